"""Conditions and filters: what is wrong about operands (data-plane 4.6), and what holds (4.7)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server import values
from reference_server.errors import ValidationException
from reference_server.expressions import conditions
from reference_server.expressions.conditions import Condition
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.placeholders import Placeholders

ITEM: dict[str, Any] = {
    "n": {"N": "5"},
    "s": {"S": "hello"},
    "e": {"S": ""},
    "b": {"B": "AQID"},  # 01 02 03
    "t": {"BOOL": True},
    "z": {"NULL": True},
    "ss": {"SS": ["x", "y"]},
    "ns": {"NS": ["1", "2"]},
    "bs": {"BS": ["AQ==", "Ag=="]},
    "l": {"L": [{"N": "1"}, {"S": "two"}, {"L": [{"N": "3"}]}, {"NULL": True}, {"SS": ["p", "q"]}]},
    "m": {"M": {"k": {"N": "1"}, "j": {"M": {"i": {"S": "deep"}}}}},
    "el": {"L": []},
    "em": {"M": {}},
}

VALUES: dict[str, Any] = {
    ":n4": {"N": "4"},
    ":n5": {"N": "5.0"},
    ":n6": {"N": "6"},
    ":n1": {"N": "1"},
    ":hello": {"S": "hello"},
    ":he": {"S": "he"},
    ":z": {"S": "z"},
    ":empty": {"S": ""},
    ":two": {"S": "two"},
    ":b1": {"B": "AQ=="},
    ":b12": {"B": "AQI="},
    ":b23": {"B": "AgM="},
    ":bff": {"B": "/w=="},
    ":bempty": {"B": ""},
    ":true": {"BOOL": True},
    ":null": {"NULL": True},
    ":ss": {"SS": ["y", "x"]},
    ":pq": {"SS": ["q", "p"]},
    ":ns": {"NS": ["2.0", "1e0"]},
    ":bs": {"BS": ["Ag==", "AQ=="]},
    ":l": {"L": [{"N": "3.0"}]},
    ":m": {"M": {"i": {"S": "deep"}}},
    ":emptylist": {"L": []},
    ":x": {"S": "x"},
}


def bind(text: str, kind: ExpressionKind = ExpressionKind.CONDITION) -> Condition:
    """A condition over the values above."""
    used = {name: value for name, value in VALUES.items() if name in text}
    return conditions.bind(kind, text, Placeholders(None, used or None))


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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # Number of operands.
        ("contains(s)", count("contains", 1)),
        ("attribute_exists(n, s)", count("attribute_exists", 2)),
        ("attribute_not_exists(n, s)", count("attribute_not_exists", 2)),
        ("attribute_type(n)", count("attribute_type", 1)),
        ("begins_with(s, :he, :he)", count("begins_with", 3)),
        ("size(s, s) = :n5", count("size", 2)),
        # Document paths.
        ("attribute_exists(:n5)", no_path("attribute_exists")),
        ("attribute_not_exists(size(s))", no_path("attribute_not_exists")),
        # Distinct operands.
        ("n = n", repeated("=", "[n]")),
        ("m.k <> m.k", repeated("<>", "[m, k]")),
        ("l[0] < l[0]", repeated("<", "[l, [0]]")),
        ("n BETWEEN :n4 AND n", repeated("BETWEEN", "[n]")),
        ("n in (:n4, n)", repeated("IN", "[n]")),
        ("contains(s, s)", repeated("contains", "[s]")),
        ("begins_with(s, s)", repeated("begins_with", "[s]")),
        ("attribute_type(s, s)", repeated("attribute_type", "[s]")),
        # Datatypes.
        ("z < :null", wrong_type("<", "NULL")),
        ("t <= :true", wrong_type("<=", "BOOL")),
        (":emptylist > n", wrong_type(">", "L")),
        ("ss >= :ss", wrong_type(">=", "SS")),
        ("n between :null and :n6", wrong_type("BETWEEN", "NULL")),
        (":null BETWEEN n AND s", wrong_type("BETWEEN", "NULL")),
        ("begins_with(s, :n4)", wrong_type("begins_with", "N")),
        ("begins_with(:n4, s)", wrong_type("begins_with", "N")),
        ("begins_with(size(s), :he)", wrong_type("begins_with", "N")),
        ("attribute_type(n, :n4)", wrong_type("attribute_type", "N")),
        ("attribute_type(n, s)", wrong_type("attribute_type", "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}")),
        (
            "attribute_type(n, :he)",
            "Invalid attribute type name found; type: he, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
        ),
        ("size(:n4) = :n5", wrong_type("size", "N")),
        ("size(:true) = :n5", wrong_type("size", "BOOL")),
        ("size(:null) = :n5", wrong_type("size", "NULL")),
        ("size(size(s)) = :n5", wrong_type("size", "N")),
        # Bounds.
        (
            "n BETWEEN :n6 AND :n4",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            "lower bound operand: AttributeValue: {N:6}, upper bound operand: AttributeValue: {N:4}",
        ),
        (
            "n BETWEEN :n4 AND :hello",
            "The BETWEEN operator requires same data type for lower and upper bounds; "
            "lower bound operand: AttributeValue: {N:4}, upper bound operand: AttributeValue: {S:hello}",
        ),
        # The first failing condition wins; within one, in the order of the groups above.
        ("n = n AND contains(s)", repeated("=", "[n]")),
        ("contains(s) AND n = n", count("contains", 1)),
        ("n BETWEEN n AND :null", repeated("BETWEEN", "[n]")),
        ("contains(:undefined) AND n = n", undefined(":undefined")),
        ("n = n AND contains(:undefined)", repeated("=", "[n]")),
        ("n = n AND name = :n5", "Attribute name is a reserved keyword; reserved keyword: name"),
    ],
)
def test_operands_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValidationException) as caught:
        bind(text)
    assert caught.value.message == f"Invalid ConditionExpression: {message}"


def test_paths_are_compared_as_resolved() -> None:
    """Probe b_put_contains_dup."""
    with pytest.raises(ValidationException, match=r"operator: contains, first operand: \[data\]$"):
        conditions.bind(ExpressionKind.CONDITION, "contains(#a, #a)", Placeholders({"#a": "data"}, None))
    with pytest.raises(ValidationException, match=r"operator: =, first operand: \[n\]$"):
        conditions.bind(ExpressionKind.CONDITION, "n = #a", Placeholders({"#a": "n"}, None))


@pytest.mark.parametrize(
    "text",
    [
        ":n5 = :n5",
        ":n4 < :n5",
        ":n5 IN (n, s)",
        "begins_with(:he, s)",
        "contains(:he, s)",
        "size(:hello) = :n5",
        "size(s) = size(s)",
        "size(:ss) BETWEEN n AND :n6",
        "contains(s, size(s))",
        "n IN (:n4, :hello, :ss, :null)",
        "ss = :ss AND l = :l AND z = :null AND t <> :true",
        "contains(n, :null)",
        "n BETWEEN :n5 AND :n5",
        "n BETWEEN :n6 AND s",
    ],
)
def test_operands_are_accepted(text: str) -> None:
    bind(text)


@pytest.mark.parametrize(
    "text",
    [
        # Equality.
        "n = :n5",
        ":n5 = n",
        "n <> :n4",
        "n <> :hello",
        "s = :hello",
        "b <> :b1",
        "t = :true",
        "z = :null",
        "e = :empty",
        "ss = :ss",
        "ns = :ns",
        "bs = :bs",
        "l[2] = :l",
        "l[4] = :pq",
        "m.j = :m",
        "el = :emptylist",
        "m.k = l[0]",
        "n <> s",
        # Order.
        "n < :n6",
        "n <= :n5",
        "n > :n4",
        ":n4 < n",
        ":n5 >= n",
        "n >= :n5",
        "s > :he",
        "s < :z",
        "b > :b12",
        "b < :bff",
        "n > m.k",
        "size(s) > size(m)",
        # BETWEEN and IN.
        "n BETWEEN :n4 AND :n6",
        "n BETWEEN :n5 AND :n5",
        "n BETWEEN m.k AND :n6",
        ":n5 BETWEEN m.k AND n",
        "s BETWEEN :he AND :z",
        "n IN (:n4, :n5)",
        "n IN (:hello, absent, :n5)",
        "n IN (m.k, :n5)",
        # Functions.
        "attribute_exists(z)",
        "attribute_exists(e)",
        "attribute_exists(l[2][0])",
        "attribute_exists(m.j.i)",
        "attribute_not_exists(absent)",
        "attribute_not_exists(n.a)",
        "attribute_not_exists(l[9])",
        "attribute_not_exists(m[0])",
        "attribute_not_exists(l.a)",
        "attribute_not_exists(ss[0])",
        "attribute_not_exists(absent.a[0])",
        "begins_with(s, :he)",
        "begins_with(s, :empty)",
        "begins_with(b, :b12)",
        "begins_with(b, :bempty)",
        "begins_with(:hello, s)",
        "contains(s, :he)",
        "contains(s, :empty)",
        "contains(b, :b23)",
        "contains(ss, :x)",
        "contains(ns, :n1)",
        "contains(bs, :b1)",
        "contains(l, :two)",
        "contains(l, :null)",
        "contains(l, :l)",
        "contains(l, :n1)",
        "contains(l, :pq)",
        "size(s) = :n5",
        "size(e) < :n1",
        "size(b) < :n4",
        "size(ss) > :n1",
        "size(ns) > :n1",
        "size(bs) > :n1",
        "size(l) = :n5",
        "size(m) > :n1",
        "size(el) < :n1",
        "size(em) < :n1",
        # Logic.
        "n = :n4 OR n = :n5",
        "n = :n5 OR n = :n4 AND n = :n4",
        "NOT n = :n4 AND s = :hello",
        "NOT (n = :n4 OR n = :n6)",
        "NOT NOT n = :n5",
        "n = :n5 AND s = :hello AND t = :true AND z = :null",
        "n = :n4 OR n = :n6 OR s = :he OR z = :null",
        # What is absent, or of another datatype.
        "absent <> :n5",
        "absent <> nothing",
        "NOT absent = :n5",
        "NOT absent < :n5",
        "NOT n < :he",
        "NOT size(n) < :n5",
        "size(n) <> :n5",
        "size(absent) <> :n5",
        "NOT contains(absent, :he)",
    ],
)
def test_holds(text: str) -> None:
    assert bind(text).holds(ITEM)
    # The same condition, negated, does not.
    assert not bind(f"NOT ({text})").holds(ITEM)


@pytest.mark.parametrize(
    "text",
    [
        "n <> :n5",
        "n = :hello",
        "n < :hello",
        "z = :true",
        "ns = :ss",
        "absent = :n5",
        "absent = nothing",
        "absent < :n5",
        "absent >= :n5",
        "n < absent",
        "t < n",
        "ss < s",
        "absent BETWEEN :n4 AND :n6",
        "n BETWEEN absent AND :n6",
        "n BETWEEN s AND :n6",
        "absent IN (:n4)",
        "absent IN (nothing, :n4)",
        "n IN (absent)",
        "attribute_exists(absent)",
        "attribute_exists(m.k.i)",
        "attribute_not_exists(m.k)",
        "begins_with(n, :he)",
        "begins_with(absent, :empty)",
        "begins_with(ss, :x)",
        "begins_with(b, :he)",
        "begins_with(s, absent)",
        "contains(s, :n4)",
        "contains(n, :n5)",
        "contains(t, :true)",
        "contains(m, :m)",
        "contains(ss, :n1)",
        "contains(ss, :ss)",
        "contains(s, ss)",
        "contains(l, :hello)",
        "contains(absent, :empty)",
        "contains(s, absent)",
        "contains(s, size(s))",
        "size(n) = :n5",
        "size(n) < :n5",
        "size(t) > :n5",
        "size(z) = :n1",
        "size(absent) < :n5",
        "n = :n5 AND n = :n4",
    ],
)
def test_does_not_hold(text: str) -> None:
    assert not bind(text).holds(ITEM)


@pytest.mark.parametrize("attribute", ["n", "s", "b", "t", "z", "ss", "ns", "bs", "l", "m"])
def test_attribute_type_is_the_stored_one(attribute: str) -> None:
    (stored,) = ITEM[attribute]
    for name in ("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"):
        placeholders = Placeholders(None, {":type": {"S": name}})
        condition = conditions.bind(ExpressionKind.FILTER, f"attribute_type({attribute}, :type)", placeholders)
        assert condition.holds(ITEM) is (name == stored)
        assert not condition.holds({})


def test_strings_are_ordered_by_code_points_and_measured_in_utf16() -> None:
    item = {"low": {"S": "\uffff"}, "high": {"S": "\U0001f600"}, "mixed": {"S": "héllo\U0001f600"}}
    assert bind("low < high").holds(item)
    placeholders = Placeholders(None, {":seven": {"N": "7"}})
    assert conditions.bind(ExpressionKind.FILTER, "size(mixed) = :seven", placeholders).holds(item)


def test_an_absent_item_is_an_empty_one() -> None:
    assert bind("attribute_not_exists(n)").holds({})
    assert not bind("n = :n5").holds({})


def test_what_a_condition_mentions() -> None:
    condition = bind("m.j.i = s OR size(l[0]) = :n5 AND attribute_exists(absent)")
    assert condition.attributes == {"m", "s", "l", "absent"}
    assert condition.containers == {"m", "l"}
    assert condition.is_disjunction
    assert not bind("(n = :n5 OR n = :n4) AND s = :he").is_disjunction


def test_errors_name_the_parameter() -> None:
    with pytest.raises(ValidationException, match=r"^Invalid FilterExpression: "):
        bind("n = n", ExpressionKind.FILTER)


scalars = (
    st.builds(lambda number: {"N": str(number)}, st.integers(-3, 3))
    | st.builds(lambda text: {"S": text}, st.text("ab", max_size=2))
    | st.builds(lambda flag: {"BOOL": flag}, st.booleans())
    | st.just({"NULL": True})
)
items = st.dictionaries(st.sampled_from("xyz"), scalars | st.builds(lambda each: {"L": [each]}, scalars))
leaves = st.sampled_from(
    [
        "x = y",
        "x <> z",
        "x < y",
        "y >= z",
        "x BETWEEN y AND z",
        "x IN (y, z)",
        "contains(x, y)",
        "begins_with(y, z)",
        "attribute_exists(x)",
        "size(x) = y",
        "x[0] = y",
    ]
)


@given(leaves, leaves, items)
def test_logic_is_boolean_logic(left: str, right: str, item: dict[str, Any]) -> None:
    """There is no third truth value: what is absent makes a condition false, and its negation true."""
    first, second = bind(left).holds(item), bind(right).holds(item)
    assert bind(f"NOT {left}").holds(item) is not first
    assert bind(f"{left} AND {right}").holds(item) is (first and second)
    assert bind(f"{left} OR {right}").holds(item) is (first or second)
    assert bind(f"NOT ({left} AND {right})").holds(item) is bind(f"NOT {left} OR NOT {right}").holds(item)


@given(scalars, scalars, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
def test_it_does_not_matter_which_operand_is_a_literal(
    left: dict[str, Any], right: dict[str, Any], symbol: str
) -> None:
    item = {"x": left, "y": right}
    expected = bind(f"x {symbol} y").holds(item)
    if symbol in ("=", "<>") or not {"BOOL", "NULL"} & {*left, *right}:
        for text, used in (
            (f":x {symbol} y", {":x": left}),
            (f"x {symbol} :y", {":y": right}),
            (f":x {symbol} :y", {":x": left, ":y": right}),
        ):
            assert conditions.bind(ExpressionKind.FILTER, text, Placeholders(None, used)).holds(item) is expected
    if symbol == "=":
        assert expected is values.equal(left, right)
