"""Updates: what is wrong before any item is looked at (data-plane 4.9), and what becomes of one (4.10, 4.11)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import ValidationException
from reference_server.expressions import updates
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.updates import Update
from reference_server.messages import Family

ITEM: dict[str, Any] = {
    "n": {"N": "5"},
    "a": {"N": "1"},
    "b": {"N": "2"},
    "s": {"S": "x"},
    "z": {"NULL": True},
    "l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]},
    "m": {"M": {"a": {"N": "1"}, "b": {"M": {"c": {"N": "2"}}}, "l": {"L": [{"S": "p"}, {"M": {"q": {"S": "r"}}}]}}},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2"]},
    "bs": {"BS": ["AQ=="]},
}

VALUES: dict[str, Any] = {
    ":n": {"N": "1"},
    ":half": {"N": "0.5"},
    ":s": {"S": "v"},
    ":w": {"S": "w"},
    ":l": {"L": [{"S": "z"}]},
    ":none": {"L": []},
    ":m": {"M": {}},
    ":b": {"B": "AQ=="},
    ":t": {"BOOL": True},
    ":null": {"NULL": True},
    ":ss": {"SS": ["c", "a"]},
    ":sa": {"SS": ["a"]},
    ":sab": {"SS": ["b", "a"]},
    ":ns": {"NS": ["3", "1.0", "10"]},
    ":bs": {"BS": ["Ag==", "AQ=="]},
    ":big": {"N": "9E+125"},
}

INVALID_PATH = "The document path provided in the update expression is invalid for update"
MISSING = "The provided expression refers to an attribute that does not exist in the item"
WRONG_TYPE = "An operand in the update expression has an incorrect data type"


def bind(text: str) -> Update:
    used = {name: value for name, value in VALUES.items() if name in text}
    return updates.bind(text, Placeholders(None, deepcopy(used) or None))


def refusal(text: str) -> str:
    with pytest.raises(ValidationException) as caught:
        bind(text)
    assert caught.value.message is not None
    prefix = "Invalid UpdateExpression: "
    assert caught.value.message.startswith(prefix)
    return caught.value.message.removeprefix(prefix)


# The texts, short of what differs. They are written out here, not taken from `messages`: what is tested is the wire.


def count(operator: str, number: int) -> str:
    return (
        "Incorrect number of operands for operator or function; "
        f"operator or function: {operator}, number of operands: {number}"
    )


def no_path(operator: str) -> str:
    return f"Operator or function requires a document path; operator or function: {operator}"


def repeated(operator: str, operand: str) -> str:
    return (
        "The first operand must be distinct from the remaining operands for this operator or function; "
        f"operator: {operator}, first operand: {operand}"
    )


def wrong_type(operator: str, datatype: str) -> str:
    return (
        f"Incorrect operand type for operator or function; operator or function: {operator}, operand type: {datatype}"
    )


def undefined(placeholder: str) -> str:
    what = "name used in the document path" if placeholder.startswith("#") else "value used in expression"
    return f"An expression attribute {what} is not defined; attribute {what.split()[0]}: {placeholder}"


def clash(relation: str, one: str, two: str) -> str:
    return (
        f"Two document paths {relation} with each other; "
        f"must remove or rewrite one of these paths; path one: {one}, path two: {two}"
    )


def wrong_update_type(operator: str, datatype: str) -> str:
    return (
        "Incorrect operand type for operator or function; "
        f"operator: {operator}, operand type: {datatype}, typeSet: ALLOWED_FOR_{operator}_OPERAND"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # Targets.
        ("SET m.a = :n, m.a = :n", clash("overlap", "[m, a]", "[m, a]")),
        ("SET m = :n, m.a = :n", clash("overlap", "[m]", "[m, a]")),
        ("SET n = :n ADD n :n", clash("overlap", "[n]", "[n]")),
        ("REMOVE a, a", clash("overlap", "[a]", "[a]")),
        ("SET m.a = :n, m[0] = :n", clash("conflict", "[m, a]", "[m, [0]]")),
        # Operands.
        ("SET a = if_not_exists(a)", count("if_not_exists", 1)),
        ("SET a = list_append(l)", count("list_append", 1)),
        ("SET a = if_not_exists(:n, :n)", no_path("if_not_exists")),
        ("SET a = if_not_exists(if_not_exists(a, :n), :n)", no_path("if_not_exists")),
        ("SET a = if_not_exists(n, n)", repeated("if_not_exists", "[n]")),
        ("SET a = :s + :n", wrong_type("+", "S")),
        ("SET a = a - :l", wrong_type("-", "L")),
        ("SET l = list_append(l, :n)", wrong_type("list_append", "N")),
        ("SET l = list_append(:s, l)", wrong_type("list_append", "S")),
        ("ADD n :s", wrong_update_type("ADD", "STRING")),
        ("ADD n :l", wrong_update_type("ADD", "LIST")),
        ("ADD n :m", wrong_update_type("ADD", "MAP")),
        ("ADD n :b", wrong_update_type("ADD", "BINARY")),
        ("ADD n :t", wrong_update_type("ADD", "BOOLEAN")),
        ("ADD n :null", wrong_update_type("ADD", "NULL")),
        ("DELETE n :n", wrong_update_type("DELETE", "NUMBER")),
        ("DELETE n :l", wrong_update_type("DELETE", "LIST")),
        # The order: text alone, undefined names, targets, undefined values, operands.
        ("SET a = #u REMOVE name", "Attribute name is a reserved keyword; reserved keyword: name"),
        ("SET a = #u, a = :undefined", undefined("#u")),
        ("SET a = :undefined, a = :n", clash("overlap", "[a]", "[a]")),
        ("SET a = if_not_exists(a), b = :undefined", undefined(":undefined")),
        ("ADD a :undefined", undefined(":undefined")),
        ("DELETE a :n SET b = if_not_exists(b)", count("if_not_exists", 1)),
    ],
)
def test_updates_are_refused(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        # SET.
        ("SET a = :s", {"a": {"S": "v"}}),
        ("SET new1 = :null", {"new1": {"NULL": True}}),
        ("SET a = b, b = a", {"a": {"N": "2"}, "b": {"N": "1"}}),
        ("SET fresh = n REMOVE n", {"fresh": {"N": "5"}, "n": None}),
        ("SET a = a + :n", {"a": {"N": "2"}}),
        ("SET a = a - :half", {"a": {"N": "0.5"}}),
        ("SET a = :n - a", {"a": {"N": "0"}}),
        ("SET a = (b + n)", {"a": {"N": "7"}}),
        ("SET a = m.b", {"a": {"M": {"c": {"N": "2"}}}}),
        ("SET a = l[1]", {"a": {"N": "1"}}),
        ("SET a = if_not_exists(nope, :s)", {"a": {"S": "v"}}),
        ("SET a = if_not_exists(z, :s)", {"a": {"NULL": True}}),
        ("SET a = if_not_exists(a, :n) + if_not_exists(nope, if_not_exists(b, :n))", {"a": {"N": "3"}}),
        ("SET l = list_append(l, :l)", {"l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"S": "z"}]}}),
        ("SET l = list_append(:l, l)", {"l": {"L": [{"S": "z"}, {"N": "0"}, {"N": "1"}, {"N": "2"}]}}),
        ("SET fresh = list_append(if_not_exists(fresh, :none), :l)", {"fresh": {"L": [{"S": "z"}]}}),
        ("SET m.a = :s", {"m": {"M": {**ITEM["m"]["M"], "a": {"S": "v"}}}}),
        ("SET m.fresh = :s", {"m": {"M": {**ITEM["m"]["M"], "fresh": {"S": "v"}}}}),
        (
            "SET m.b.c = m.a, m.a = m.b",
            {"m": {"M": {**ITEM["m"]["M"], "a": {"M": {"c": {"N": "2"}}}, "b": {"M": {"c": {"N": "1"}}}}}},
        ),
        ("SET m.l[1].q = :s", {"m": {"M": {**ITEM["m"]["M"], "l": {"L": [{"S": "p"}, {"M": {"q": {"S": "v"}}}]}}}}),
        ("SET l[0] = :s", {"l": {"L": [{"S": "v"}, {"N": "1"}, {"N": "2"}]}}),
        ("SET l[99] = :s", {"l": {"L": [*ITEM["l"]["L"], {"S": "v"}]}}),
        ("SET l[50] = :s, l[40] = :w, l[3] = :n", {"l": {"L": [*ITEM["l"]["L"], {"N": "1"}, {"S": "w"}, {"S": "v"}]}}),
        # REMOVE.
        ("REMOVE a", {"a": None}),
        ("REMOVE nope, l[99], m.nope", {}),
        ("REMOVE l[0]", {"l": {"L": [{"N": "1"}, {"N": "2"}]}}),
        ("REMOVE l[0], l[1]", {"l": {"L": [{"N": "2"}]}}),
        ("REMOVE l[0], l[1], l[2], m.b.c", {"l": {"L": []}, "m": {"M": {**ITEM["m"]["M"], "b": {"M": {}}}}}),
        ("REMOVE l[0] SET l[1] = :s", {"l": {"L": [{"S": "v"}, {"N": "2"}]}}),
        ("REMOVE l[1] SET l[7] = l[0]", {"l": {"L": [{"N": "0"}, {"N": "2"}, {"N": "0"}]}}),
        # ADD.
        ("ADD n :n", {"n": {"N": "6"}}),
        ("ADD fresh :n", {"fresh": {"N": "1"}}),
        ("ADD ss :ss", {"ss": {"SS": ["a", "b", "c"]}}),
        ("ADD ns :ns", {"ns": {"NS": ["1", "2", "3", "10"]}}),
        ("ADD bs :bs", {"bs": {"BS": ["AQ==", "Ag=="]}}),
        ("ADD fresh :ss", {"fresh": {"SS": ["a", "c"]}}),
        ("ADD m.a :n, m.fresh :n", {"m": {"M": {**ITEM["m"]["M"], "a": {"N": "2"}, "fresh": {"N": "1"}}}}),
        ("ADD l[2] :n, l[9] :n", {"l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "3"}, {"N": "1"}]}}),
        # DELETE.
        ("DELETE ss :sa", {"ss": {"SS": ["b"]}}),
        ("DELETE ss :sab", {"ss": None}),
        ("DELETE ss :ss", {"ss": {"SS": ["b"]}}),
        ("DELETE ns :ns", {"ns": {"NS": ["2"]}}),
        ("DELETE bs :bs", {"bs": None}),
        ("DELETE nope :sa, m.nope :sa", {}),
        # All together, in any order.
        (
            "SET a = :n REMOVE b ADD n :n DELETE ss :sa",
            {"a": {"N": "1"}, "b": None, "n": {"N": "6"}, "ss": {"SS": ["b"]}},
        ),
        ("DELETE ss :sa REMOVE b SET a = n", {"a": {"N": "5"}, "b": None, "ss": {"SS": ["b"]}}),
    ],
)
def test_apply(text: str, changes: dict[str, Any]) -> None:
    before = deepcopy(ITEM)
    expected = {name: value for name, value in {**ITEM, **changes}.items() if value is not None}
    assert bind(text).apply(ITEM) == expected
    assert before == ITEM


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET nope.a = :n", INVALID_PATH),
        ("SET nope[0] = :n", INVALID_PATH),
        ("SET s.a = :n", INVALID_PATH),
        ("SET s[0] = :n", INVALID_PATH),
        ("SET ss[0] = :n", INVALID_PATH),
        ("SET m[0] = :n", INVALID_PATH),
        ("SET l.a = :n", INVALID_PATH),
        ("SET m.nope.a = :n", INVALID_PATH),
        ("SET l[9].a = :n", INVALID_PATH),
        ("SET l[0][0] = :n", INVALID_PATH),
        ("REMOVE nope.a", INVALID_PATH),
        ("REMOVE n.a", INVALID_PATH),
        ("REMOVE m.a.b", INVALID_PATH),
        ("REMOVE l[9].a", INVALID_PATH),
        ("REMOVE l.a", INVALID_PATH),
        ("REMOVE m[0]", INVALID_PATH),
        ("REMOVE s[0]", INVALID_PATH),
        ("ADD nope.a :n", INVALID_PATH),
        ("DELETE nope.a :sa", INVALID_PATH),
        ("SET a = nope", MISSING),
        ("SET a = s.a", MISSING),
        ("SET a = l[9]", MISSING),
        ("SET a = nope + :n", MISSING),
        ("SET l = list_append(nope, :l)", MISSING),
        ("SET a = if_not_exists(nope, nothing)", MISSING),
        ("SET a = if_not_exists(a, nothing)", MISSING),
        ("SET a = s + :n", WRONG_TYPE),
        ("SET a = :n - l", WRONG_TYPE),
        ("SET l = list_append(l, s)", WRONG_TYPE),
        ("SET l = list_append(ss, l)", WRONG_TYPE),
        ("ADD s :n", WRONG_TYPE),
        ("ADD ss :ns", WRONG_TYPE),
        ("ADD n :ss", WRONG_TYPE),
        ("ADD l :n", WRONG_TYPE),
        ("DELETE ss :ns", WRONG_TYPE),
        ("DELETE s :sa", WRONG_TYPE),
        (
            "SET a = :big + :big",
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        ("ADD n :big", "Attempting to store more than 38 significant digits in a Number"),
    ],
)
def test_what_only_the_item_shows(text: str, message: str) -> None:
    update = bind(text)
    with pytest.raises(ValidationException) as caught:
        update.apply(ITEM)
    assert caught.value.message == message


def test_run_time_errors_are_never_enveloped() -> None:
    for text in ("SET nope.a = :n", "SET a = nope", "ADD s :n"):
        with pytest.raises(ValidationException) as caught:
            bind(text).apply(ITEM)
        assert caught.value.source is not None
        assert caught.value.source.family is Family.PLAIN


def test_an_absent_item_is_an_empty_one() -> None:
    assert bind("SET a = :s ADD c :n REMOVE d DELETE e :sa").apply({}) == {"a": {"S": "v"}, "c": {"N": "1"}}


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("SET a = :s", {"a": {"N": "1"}}, {"a": {"S": "v"}}),
        ("SET fresh = :s", {}, {"fresh": {"S": "v"}}),
        ("REMOVE a", {"a": {"N": "1"}}, {}),
        ("SET m.a = :s", {"m": {"M": {"a": {"N": "1"}}}}, {"m": {"M": {"a": {"S": "v"}}}}),
        ("SET l[2] = :s, l[0] = :w", {"l": {"L": [{"N": "0"}, {"N": "2"}]}}, {"l": {"L": [{"S": "w"}, {"S": "v"}]}}),
        ("ADD ss :ss", {"ss": {"SS": ["a", "b"]}}, {"ss": {"SS": ["a", "b", "c"]}}),
        ("DELETE ss :sab", {"ss": {"SS": ["a", "b"]}}, {}),
    ],
)
def test_targets_are_projected(text: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    update = bind(text)
    assert update.project_targets(ITEM) == old
    assert update.project_targets(update.apply(ITEM)) == new


def test_what_an_update_mentions() -> None:
    update = bind("SET a = if_not_exists(m.b, :n), c.d = :s, e = (:n) REMOVE f ADD g :n")
    assert update.targets == (("a",), ("c", "d"), ("e",), ("f",), ("g",))
    assert [(action.keyword, action.path) for action in update.actions][3:] == [("REMOVE", ("f",)), ("ADD", ("g",))]
    assert update.updated_attributes == {"a", "c", "e", "f", "g"}
    assert update.attributes == {"a", "m", "c", "e", "f", "g"}
    assert update.containers == {"m", "c"}
    assert update.literal_assignments == {"e": {"N": "1"}}


clauses = st.lists(
    st.sampled_from(
        [
            "SET l[0] = l[2]",
            "SET l[3] = :s",
            "REMOVE l[1]",
            "ADD l[2] :n",
            "SET m.a = m.b",
            "SET m.c = :s",
            "REMOVE m.b",
            "SET x = :s",
            "REMOVE s",
            "ADD n :n",
            "DELETE ss :sa",
            "SET b = a",
        ]
    ),
    min_size=1,
    unique=True,
)


@given(clauses)
def test_untouched_attributes_are_shared_and_the_old_item_stays(chosen: list[str]) -> None:
    sections: dict[str, list[str]] = {}
    for clause in chosen:
        keyword, _, rest = clause.partition(" ")
        sections.setdefault(keyword, []).append(rest)
    update = bind(" ".join(f"{keyword} {', '.join(rest)}" for keyword, rest in sections.items()))
    before = deepcopy(ITEM)
    after = update.apply(ITEM)
    assert before == ITEM
    for name, value in ITEM.items():
        if name not in update.updated_attributes:
            assert after[name] is value
    # Clauses on different paths do not disturb each other: one after the other they do the same, but for what reads
    # or moves what another one writes or removes.
    if not {"REMOVE l[1]", "REMOVE m.b", "ADD l[2] :n"} & set(chosen):
        step = ITEM
        for clause in chosen:
            step = bind(clause).apply(step)
        assert step == after
