"""UpdateExpression: dossier 7 and 8; `up-*` are recorded requests."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from calling import Caller, Refused
from hypothesis import given
from hypothesis import strategies as st

from reference_server.alternator import updates, values
from reference_server.alternator.placeholders import Placeholders
from reference_server.alternator.updates import Update
from reference_server.errors import DynamoDBError

Body = dict[str, Any]

NUMBERS = [{"N": "0"}, {"N": "1"}, {"N": "2"}]
ITEM: Body = {
    "n": {"N": "5"},
    "a": {"N": "1"},
    "b": {"N": "2"},
    "s": {"S": "x"},
    "l": {"L": NUMBERS},
    "m": {"M": {"a": {"N": "1"}, "b": {"M": {"c": {"N": "2"}}}}},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2"]},
    "bs": {"BS": ["AQ=="]},
}

VALUES: Body = {
    ":one": {"N": "1"},
    ":half": {"N": "0.5"},
    ":big": {"N": "1E200"},
    ":bad": {"N": "abc"},
    ":many": {"N": "1234567890123456789012345678901234567890"},
    ":x": {"S": "x"},
    ":y": {"S": "y"},
    ":list": {"L": [{"S": "z"}]},
    ":none": {"L": []},
    ":ss": {"SS": ["c", "a"]},
    ":sa": {"SS": ["a"]},
    ":sab": {"SS": ["b", "a"]},
    ":ns": {"NS": ["3", "1.0"]},
    ":bs": {"BS": ["Ag=="]},
}


def read(text: Any) -> Update:
    body: Body = {"UpdateExpression": text, "ExpressionAttributeValues": VALUES}
    update = updates.read(body, Placeholders(body, "UpdateItem"))
    assert update is not None
    return update


def changes(text: str, item: Body = ITEM) -> Body:
    """What an update makes different: the attributes that are new, with None for those that are gone."""
    updated = read(text).apply(item)
    names = {*item, *updated}
    return {name: updated.get(name) for name in names if item.get(name) != updated.get(name)}


def refusal(text: Any, item: Body = ITEM) -> str | None:
    with pytest.raises(DynamoDBError) as refused:
        read(text).apply(item)
    assert refused.value.type_name == "ValidationException"
    return refused.value.message


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("SET a = :one, b = :one", {"b": {"N": "1"}}),  # up-001
        ("set a = :x", {"a": {"S": "x"}}),  # up-002
        ("SET a = a + :one", {"a": {"N": "2"}}),  # up-003
        ("SET a = a - :half", {"a": {"N": "0.5"}}),  # up-005
        ("SET a = a - :one", {"a": {"N": "0"}}),
        ("SET c = if_not_exists(nope, :one)", {"c": {"N": "1"}}),  # up-009
        ("SET a = if_not_exists(a, :one) + :one", {"a": {"N": "2"}}),  # up-010
        ("SET l = list_append(l, :list)", {"l": {"L": [*NUMBERS, {"S": "z"}]}}),  # up-011
        ("SET l = list_append(:list, l)", {"l": {"L": [{"S": "z"}, *NUMBERS]}}),  # up-012
        ("SET k = list_append(if_not_exists(k, :none), :list)", {"k": {"L": [{"S": "z"}]}}),  # up-015
        ("SET l[0] = :x", {"l": {"L": [{"S": "x"}, *NUMBERS[1:]]}}),  # up-016
        ("SET l[99] = :x", {"l": {"L": [*NUMBERS, {"S": "x"}]}}),  # up-017
        ("SET l[50] = :x, l[40] = :y", {"l": {"L": [*NUMBERS, {"S": "y"}, {"S": "x"}]}}),  # up-018
        ("SET l[10] = :x, l[9] = :y", {"l": {"L": [*NUMBERS, {"S": "y"}, {"S": "x"}]}}),  # by their worth
        ("SET m.new = :x", {"m": {"M": {**ITEM["m"]["M"], "new": {"S": "x"}}}}),  # up-020
        ("SET m.b.c = m.a", {"m": {"M": {"a": {"N": "1"}, "b": {"M": {"c": {"N": "1"}}}}}}),  # up-021
        ("SET a = b, b = a", {"a": {"N": "2"}, "b": {"N": "1"}}),  # up-033
        ("SET m.b = m, m.q = m.a", {"m": {"M": {"a": {"N": "1"}, "b": ITEM["m"], "q": {"N": "1"}}}}),  # up-102
        ("SET name = :x", {"name": {"S": "x"}}),  # up-093; rule: reserved-words
        ("REMOVE a", {"a": None}),  # up-039
        ("REMOVE nope", {}),  # up-040
        ("REMOVE l[0], l[1]", {"l": {"L": [{"N": "2"}]}}),  # up-042
        ("REMOVE l[99]", {}),  # up-043
        ("REMOVE l[0] SET l[1] = :x", {"l": {"L": [{"S": "x"}, {"N": "2"}]}}),  # inferred: indexes are the old ones
        ("REMOVE m.a", {"m": {"M": {"b": ITEM["m"]["M"]["b"]}}}),  # up-044
        ("ADD n :one", {"n": {"N": "6"}}),  # up-048
        ("ADD new :one", {"new": {"N": "1"}}),  # up-049
        ("ADD ss :ss", {"ss": {"SS": ["a", "b", "c"]}}),  # up-052
        ("ADD ns :ns", {"ns": {"NS": ["1", "2", "3", "1.0"]}}),  # up-053
        ("ADD bs :bs", {"bs": {"BS": ["AQ==", "Ag=="]}}),  # up-059
        ("ADD m.count :one", {"m": {"M": {**ITEM["m"]["M"], "count": {"N": "1"}}}}),  # up-058
        ("DELETE ss :sa", {"ss": {"SS": ["b"]}}),  # up-060
        ("DELETE ss :sab", {"ss": None}),  # up-062
        ("DELETE nope :sa", {}),  # up-063
        ("DELETE m.nope :sa", {}),  # up-105
        (
            "SET a = :x REMOVE b ADD n :one DELETE ss :sa",  # up-067
            {"a": {"S": "x"}, "b": None, "n": {"N": "6"}, "ss": {"SS": ["b"]}},
        ),
    ],
)
def test_what_an_update_changes(text: str, changed: Body) -> None:
    assert changes(text) == changed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET a = s + :one", "UpdateExpression: expected number, found type '\"S\"'"),  # up-007
        ("SET a = nope + :one", "UpdateExpression: invalid number object"),  # up-008
        ("SET a = :many + :one", "Number too precise: {}. ".format(VALUES[":many"]["N"])),
        ("SET a = :bad + :one", "The parameter cannot be converted to a numeric value: abc"),
        ("SET a = list_append(l, :one)", "UpdateExpression: list_append() given a non-list"),  # up-013
        ("SET a = list_append(nope, :list)", "UpdateExpression: list_append() given a non-list"),  # up-014
        ("SET m.x.y = :one", "UpdateExpression: document paths not valid for this item: m.x.y"),  # up-022
        ("SET s[0] = :one", "UpdateExpression: document paths not valid for this item: s[0]"),  # up-026
        ("SET m[0] = :one", "UpdateExpression: document paths not valid for this item: m[0]"),  # up-027
        ("SET l.x = :one", "UpdateExpression: document paths not valid for this item: l.x"),  # up-028
        ("SET l[0][0] = :one", "UpdateExpression: document paths not valid for this item: l[0][0]"),  # up-106
        ("REMOVE s.x", "UpdateExpression: document paths not valid for this item: s.x"),  # up-046
        ("SET nope.x = :one", "UpdateItem cannot update document path: missing attribute nope"),  # up-024
        ("REMOVE nope.x", "UpdateItem cannot update document path: missing attribute nope"),  # up-045
        ("SET a = nope", "An item can contain only one attribute definition: null"),  # up-034
        ("SET a = if_not_exists(nope, no)", "An item can contain only one attribute definition: null"),  # up-092
        ("SET m.a = :one, m.a = :one", "Invalid UpdateExpression: two document paths overlap at m.a"),  # up-030
        ("SET m = :one, m.a = :one", "Invalid UpdateExpression: two document paths overlap at m"),  # up-031
        ("SET m.a = :one, m[0] = :one", "Invalid UpdateExpression: two document paths conflict at m[0]"),  # up-032
        ("SET n = :one ADD n :one", "Invalid UpdateExpression: two document paths overlap at n"),  # up-100
        ("REMOVE a, a", "Invalid UpdateExpression: two document paths overlap at a"),  # up-047
        ("SET a = size(l)", "UpdateExpression: size() not allowed here"),  # up-083
        ("SET a = attribute_exists(l)", "UpdateExpression: attribute_exists() not allowed here"),  # up-084
        ("SET a = if_not_exists(a)", "UpdateExpression: if_not_exists() accepts 2 parameters, got 1"),  # up-085
        (
            "SET a = if_not_exists(:one, :one)",  # up-086
            "UpdateExpression: if_not_exists() must include path as its first argument",
        ),
        ("SET a = LIST_APPEND(l, l)", "UpdateExpression: unknown function 'LIST_APPEND' called."),  # up-088
        ("ADD s :one", 'An operand in the update expression has an incorrect data type: {"S":"x"}'),  # up-050
        ("ADD new :x", 'An operand in the update expression has an incorrect data type: {"S":"x"}'),  # recalled
        ("ADD n :x", 'Incorrect operand type for operator or function. Expected N: {"S":"x"}'),  # up-051
        ("ADD ss :ns", 'Incorrect operand type for operator or function. Expected SS: {"NS":["3","1.0"]}'),  # up-054
        ("DELETE n :one", "UpdateExpression: DELETE operation can only be performed on a set"),  # up-064
        ("DELETE ss :ns", "Set DELETE type mismatch: SS and NS"),  # up-065
        ("DELETE s :sa", "Set DELETE type mismatch: S and SS"),  # up-066
    ],
)
def test_what_an_update_cannot_do(text: str, message: str) -> None:
    told = refusal(text) or ""
    assert told.startswith(message) if message.endswith(" ") else told == message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SET a = :v + :v - :v", "syntax error at char 16"),  # up-004
        ("SET a = (a + :v)", "syntax error at char 8"),  # up-006; rule: update-parentheses
        ("SET a = :v, REMOVE b", "syntax error at char 12"),  # up-070
        ("SET a :v", "syntax error at char 6"),  # up-071
        ("SET a = ", "syntax error at char 0"),  # up-072
        ("FOO a", "syntax error at char 0"),  # up-076
        ("SET a = -:v", "syntax error at char 8"),  # up-090
        ("SET a = :v * :v", "syntax error"),  # up-091
        ("ADD n n", "syntax error at char 6"),  # up-101
        (
            "SET a = :v SET b = :v",  # up-069
            "Each of SET, REMOVE, ADD, DELETE may only appear once in UpdateExpression",
        ),
    ],
)
def test_what_cannot_be_parsed(text: str, reason: str) -> None:
    assert refusal(text) == f"Failed parsing UpdateExpression '{text}': {reason}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "Empty expression in UpdateExpression is not allowed"),  # up-074
        (" ", "Empty expression in UpdateExpression is not allowed"),  # up-075
        (7, "UpdateExpression must be a string"),
        ("SET " + "a" * 4088 + " = :v", "UpdateExpression expression size 4097 exceeds allowed maximum 4096."),
    ],
)
def test_what_is_no_expression(content: Any, message: str) -> None:
    assert refusal(content) == message


RETURNED = {"m": {"M": {"a": {"S": "x"}}}, "l": {"L": [{"S": "x"}]}, "r": {"S": "x"}}


@pytest.mark.parametrize(
    ("text", "return_values", "returned"),
    [
        ("SET r = :x, m.a = :x, l[1] = :x REMOVE q", "UPDATED_NEW", RETURNED),  # up-rv-updated_new
        ("SET m.a = :x REMOVE l[1]", "UPDATED_OLD", {"m": {"M": {"a": {"N": "1"}}}, "l": {"L": [{"N": "1"}]}}),
        ("REMOVE n", "UPDATED_NEW", {}),  # up-rv-updated-new-remove
        ("SET fresh = :one", "UPDATED_OLD", {}),  # up-rv-updated-old-absent
    ],
)
def test_what_is_returned_of_it(text: str, return_values: str, returned: Body) -> None:
    """rule: updated-new-paths."""
    update = read(text)
    assert update.returned(ITEM, update.apply(ITEM), return_values) == returned


@pytest.mark.parametrize(
    ("text", "needs_read", "creates"),
    [
        ("SET a = :one", False, True),
        ("SET a = b", True, True),
        ("SET a = if_not_exists(a, :one)", True, True),
        ("SET m.a = :one", True, True),
        ("ADD n :one", True, True),
        ("DELETE ss :sa", True, False),  # up-delete-creates
        ("REMOVE a", False, False),  # up-remove-creates
        ("REMOVE a SET b = :one", False, True),
        ("REMOVE l[0]", True, False),
    ],
)
def test_whether_the_old_item_is_needed_and_whether_one_comes_into_being(
    text: str, needs_read: bool, creates: bool
) -> None:
    """Dossier 10, "RMW"; rule: update-removes-only."""
    update = read(text)
    assert (update.needs_read, update.creates) == (needs_read, creates)


def test_the_key_is_left_alone() -> None:
    update = read("SET p.x = :one, a = :one")
    assert update.attributes_updated == {"p", "a"}
    updates.refuse_key(update, ["q", "c"])
    with pytest.raises(DynamoDBError) as refused:
        updates.refuse_key(update, ["p", "c"])
    assert refused.value.message == "UpdateItem cannot update key column p"  # up-038


def test_the_old_item_stays_as_it_was() -> None:
    text = "SET m.b.c = :x, l[0] = :x REMOVE m.a ADD ns :ns DELETE ss :sa"
    before = repr(ITEM)
    read(text).apply(ITEM)
    assert repr(ITEM) == before


@pytest.fixture
def caller() -> Caller:
    caller = Caller("alternator-6.2")
    caller.create_table("tab", "p:S")
    return caller


KEY = {"p": {"S": "a"}}


@pytest.mark.parametrize(
    ("update", "found"),
    [
        ({"UpdateExpression": "REMOVE x"}, {}),  # up-remove-creates-get
        (
            {"UpdateExpression": "DELETE x :v", "ExpressionAttributeValues": {":v": {"SS": ["a"]}}},
            {},
        ),  # up-delete-creates-get
        ({}, {"Item": KEY}),  # up-create-empty-get
    ],
)
def test_updates_of_an_absent_item(caller: Caller, update: Body, found: Body) -> None:
    """rule: update-removes-only."""
    assert caller.call("UpdateItem", TableName="tab", Key=KEY, **update) == {}
    assert caller.call("GetItem", TableName="tab", Key=KEY) == found


def test_a_number_is_looked_at_when_it_becomes_an_attribute(caller: Caller) -> None:
    """up-097; dossier 7: inside of a list nothing is looked at."""
    update = {"TableName": "tab", "Key": KEY, "ExpressionAttributeValues": {":v": {"N": "1E200"}}}
    with pytest.raises(Refused) as refused:
        caller.call("UpdateItem", UpdateExpression="SET a = :v", **update)
    assert refused.value.message == (
        "Number overflow: 1E200. Attempting to store a number with magnitude larger than supported range."
    )
    update["ExpressionAttributeValues"] = {":v": {"L": [{"N": "1E200"}]}}
    caller.call("UpdateItem", UpdateExpression="SET a = :v", **update)
    assert caller.call("GetItem", TableName="tab", Key=KEY)["Item"]["a"] == {"L": [{"N": "1E200"}]}


# --- what is stored below an attribute may be anything ----------------------------------------------------

STORED: Body = {"m": {"M": {"none": {}, "l": {"L": 5}, "ss": {"SS": 5}, "kept": {"SS": ["b", None, {"a": 1}, "b"]}}}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET a = list_append(m.l, :list)", "JSON assert failed on condition 'IsArray()'"),
        ("SET a = list_append(m.none, :list)", "UpdateExpression: list_append() given a non-list"),
        ("SET a = m.none", "An item can contain only one attribute definition: {}"),
        ("SET a = m.none + :one", "UpdateExpression: invalid number object"),
        ("ADD m.none :one", "An item can contain only one attribute definition: {}"),
        ("ADD m.ss :ss", "JSON assert failed on condition 'IsArray()'"),
        ("DELETE m.ss :ss", "JSON assert failed on condition 'IsArray()'"),
        ("DELETE m.none :ss", "Set DELETE type mismatch:  and SS"),
    ],
)
def test_what_is_no_value_is_refused(text: str, message: str) -> None:
    """Inferred from how the real server reads values."""
    assert (refusal(text, STORED) or "").startswith(message)


def test_elements_of_a_set_are_added_whatever_they_are() -> None:
    """rule: set-duplicates."""
    (changed,) = changes("ADD m.kept :ss", STORED).values()
    assert changed["M"]["kept"] == {"SS": ["b", None, {"a": 1}, "b", "c", "a"]}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "1", "1.0", "x", "AQ==", "A", "1e400"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*sorted(values.SETS), *"SNBLM", "BOOL", "NULL", "Q"]), inner, max_size=2)
    ),
    max_leaves=8,
)
UPDATES = [
    "SET a = m.k",
    "SET a = m.k + l[0]",
    "SET a = list_append(m.k, l[0])",
    "SET m.k.x = l[0]",
    "SET m.k[1] = l[0]",
    "SET l[0] = if_not_exists(m.k, l[0])",
    "REMOVE m.k.x, l[0][1]",
    *(f"{keyword} m.k {value}" for keyword in ("ADD", "DELETE") for value in (":one", ":ss", ":ns", ":list")),
]


@given(st.sampled_from(UPDATES), ANYTHING, ANYTHING)
def test_whatever_is_stored_an_update_is_applied_or_refused(text: str, one: Any, other: Any) -> None:
    update = read(text)
    item: Body = {"m": {"M": {"k": one}}, "l": {"L": [other]}}
    with contextlib.suppress(DynamoDBError):
        updated = update.apply(item)
        update.returned(item, updated, "UPDATED_NEW")
