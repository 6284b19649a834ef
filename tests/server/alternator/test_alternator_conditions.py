"""ConditionExpression and FilterExpression: dossier 3, 7 and 8; `co-*` are recorded requests."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from calling import Caller, Refused
from hypothesis import given
from hypothesis import strategies as st

from reference_server.alternator import conditions, values
from reference_server.alternator.conditions import Condition
from reference_server.alternator.placeholders import Placeholders
from reference_server.errors import DynamoDBError

ITEM: dict[str, Any] = {
    "p": {"S": "a"},
    "n": {"N": "5"},
    "s": {"S": "hello"},
    "b": {"B": "AQID"},
    "t": {"BOOL": True},
    "z": {"NULL": True},
    "ss": {"SS": ["x", "y"]},
    "ns": {"NS": ["1", "2.0"]},
    "l": {"L": [{"N": "1.0"}, {"S": "two"}, {"L": [{"N": "3"}]}]},
    "m": {"M": {"k": {"N": "1"}, "j": {"M": {"i": {"S": "deep"}}}}},
    "e": {"S": ""},
}

VALUES: dict[str, Any] = {
    ":n4": {"N": "4"},
    ":n5": {"N": "5"},
    ":n6": {"N": "6"},
    ":spelt": {"N": "5.0"},
    ":one": {"N": "1"},
    ":exact": {"N": "1.0"},
    ":he": {"S": "he"},
    ":hello": {"S": "hello"},
    ":umlauts": {"S": "äö"},
    ":ell": {"S": "ell"},
    ":empty": {"S": ""},
    ":b": {"B": "AQ=="},
    ":true": {"BOOL": True},
    ":false": {"BOOL": False},
    ":null": {"NULL": True},
    ":ss": {"SS": ["y", "x"]},
    ":x": {"S": "x"},
    ":two": {"S": "two"},
    ":list": {"L": []},
    ":typeN": {"S": "N"},
    ":typeQ": {"S": "Q"},
    ":bad": {"N": "abc"},
    ":badbase64": {"B": "A"},
}


def bind(text: str, member: str = "ConditionExpression", names: dict[str, str] | None = None) -> Condition:
    """A condition over the values above, each of which it may use."""
    body: dict[str, Any] = {member: text, "ExpressionAttributeValues": VALUES}
    if names is not None:
        body["ExpressionAttributeNames"] = names
    condition = conditions.read(member, body, Placeholders(body, "UpdateItem"))
    assert condition is not None
    return condition


def refusal(text: str, item: dict[str, Any] | None = None, member: str = "ConditionExpression") -> str | None:
    """What is said of a condition, be it when it is read or when it is evaluated."""
    with pytest.raises(DynamoDBError) as refused:
        bind(text, member).holds(ITEM if item is None else item)
    assert refused.value.type_name == "ValidationException"
    return refused.value.message


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("n = :n5", True),  # co-000
        ("n = :spelt", False),  # dossier 7: the text is compared
        ("n <= :spelt AND n >= :spelt", True),  # and only orderings know what a number is worth
        ("l[0] = :one", False),
        ("l[0] = :exact", True),  # dossier 7: numbers inside are as they were written
        ("l[0] <= :one", True),
        ("m.k <> :hello", True),  # co-077
        ("n <> :hello", True),  # co-010
        ("n < :hello", False),  # co-009
        ("s < :he", False),  # co-007
        ("n BETWEEN :n4 AND :n6", True),  # co-011
        ("n between :n4 and :n6", True),  # co-095
        ("z BETWEEN :n4 AND :n6", False),
        ("n BETWEEN n AND s", False),  # inferred: bounds that are no constants are merely not met
        ("n IN (:n4, :n5)", True),  # co-014
        ("n IN (:n4, :hello)", False),  # co-015
        ("n IN (:spelt)", False),  # dossier 7
        ("s IN (s, s)", True),  # co-128
        ("n = n", True),  # co-073
        ("nope = nope", False),  # co-074
        ("nope <> :n5", True),  # co-075
        (":n4 < :n5", True),  # co-081
        ("ss = :ss", True),  # co-064
        ("t = :true", True),  # co-050
        ("z = :null", True),  # co-068
        ("l[9] = :two", False),  # co-066
        ("m.j.i = :two", False),
        ("t", True),  # co-052; rule: bare-conditions
        ("NOT t", False),
        ("((n = :n5))", True),  # co-057; rule: redundant-parentheses
        ("NOT NOT n = :n5", True),  # co-061
        ("not n = :n4", True),  # co-096
        ("n = :n5 AND s = :hello OR n = :n4", True),  # co-059
        ("n = :n4 OR n = :n5 AND s = :he", False),  # co-060
        ("NOT (n = :n5 AND s = :hello)", False),  # co-055
        ("attribute_exists(m.j.i)", True),  # co-021
        ("attribute_not_exists(m.k)", False),  # co-020
        ("attribute_exists (n)", True),  # co-119
        ("attribute_exists(year)", False),  # co-117; rule: reserved-words
        ("attribute_type(n, :typeN)", True),  # co-022
        ("attribute_type(s, :typeN)", False),
        ("begins_with(s, :empty)", True),  # co-028
        ("begins_with(b, :b)", True),  # co-029
        ("begins_with(n, :he)", False),  # co-030
        ("contains(s, :ell)", True),  # co-033
        ("contains(s, s)", True),  # co-039
        ("contains(b, :b)", True),  # co-038
        ("contains(ss, :x)", True),  # co-035
        ("contains(l, :two)", True),  # co-036
        ("contains(ns, :exact)", False),
        ("contains(l, :exact)", True),
        ("contains(l, :one)", False),  # dossier 7: by the text
        ("contains(n, :n5)", False),  # co-037
        ("size(s) = :n5", True),  # co-040
        ("size(n) = :n5", False),  # co-041
        ("size(b) < :n4", True),  # co-045
        ("size(:b) = :one", True),  # no rule: the bytes that base64 stands for, as in `aws`
        ("size(:hello) = :n5", True),  # co-103
        ("size(:umlauts) = :n4", True),  # rule: size-in-bytes
        ("size = :n4", False),  # co-049: an attribute of that name
        ("n\t=\n:n5", True),  # co-120
        ("n = :bad", False),  # co-value-bad-number
    ],
)
def test_what_holds(text: str, holds: bool) -> None:
    assert bind(text).holds(ITEM) is holds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("n BETWEEN :n6 AND :n4", "BETWEEN operator requires lower_bound <= upper_bound, but 6 > 4"),  # co-012
        (
            "n BETWEEN :n4 AND :hello",  # co-013
            'BETWEEN operator requires the same type for lower and upper bound; instead got "N" and "S"',
        ),
        ("z < :null", "LT operator allow only the types String, Number, or Binary"),  # co-070
        ("t < :true", "LT operator allow only the types String, Number, or Binary"),  # co-072
        ("l >= :list", "GE operator allow only the types String, Number, or Binary"),
        ("begins_with(s, :n4)", 'begins_with() supports only string or binary type, got: {"N":"4"}'),  # co-031
        ("size(nope) < :n4", "invalid object: null"),  # co-046
        ("size(size(s)) = :n5", 'Unsupported operand type "N" for function size()'),  # co-125
        ("n", 'ConditionExpression: condition results in a non-boolean value: {"N":"5"}'),
        ("nope", "ConditionExpression: condition results in a non-boolean value: null"),
        ("size(n)", "ConditionExpression: size() not allowed here"),  # co-104
        ("contains(s, size(s))", "ConditionExpression: size() not allowed here"),  # co-126
        ("if_not_exists(n, :n5) = :n5", "ConditionExpression: if_not_exists() not allowed here"),  # co-121
        ("ATTRIBUTE_EXISTS(n)", "ConditionExpression: unknown function 'ATTRIBUTE_EXISTS' called."),  # co-097
        ("attribute_exists(n, s)", "ConditionExpression: attribute_exists() accepts 1 parameter, got 2"),  # co-101
        ("contains(s)", "ConditionExpression: contains() accepts 2 parameters, got 1"),  # co-105
        ("attribute_exists(:n5)", "ConditionExpression: attribute_exists()'s parameter must be a path"),  # co-102
        ("attribute_exists(size(s))", "ConditionExpression: attribute_exists()'s parameter must be a path"),  # co-127
        (
            "attribute_type(n, :typeQ)",  # co-024
            'ConditionExpression: attribute_types()\'s second parameter, "Q", is not a known type',
        ),
        (
            "attribute_type(n, :n4)",  # co-025
            'ConditionExpression: attribute_type() second parameter must refer to a string, got {"N":"4"}',
        ),
        ("n < :bad", "The parameter cannot be converted to a numeric value: abc"),  # dossier 7
    ],
)
def test_what_is_wrong_is_found_by_evaluating(text: str, message: str) -> None:
    assert refusal(text) == message
    bind(f"n = :n5 OR {text}").holds(ITEM)  # what is not evaluated is not looked at


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("n == :n5", "syntax error at char 3"),  # co-082
        ("n != :n5", "syntax error"),  # co-083
        ("n = :n5 AND", "syntax error at char 0"),  # co-084
        (" ", "syntax error at char 0"),  # co-089
        ("n = 5", "syntax error at char 4"),  # co-090
        ("attribute_exists()", "syntax error at char 17"),  # co-100
        ("n=:n5AND s=:h", "syntax error at char 9"),  # co-110
        ("n BETWEEN :n4 OR :n6", "syntax error at char 14"),  # co-113
        ("(n = :n5", "syntax error at char 0"),  # co-114
        ("n = :n5)", "syntax error at char 7"),  # co-115
        ("n + :n5 = :n5", "syntax error at char 2"),  # co-122
        ("n = (:n5)", "syntax error at char 4"),  # co-123
        ("(n) = :n5", "syntax error at char 4"),  # co-124
        ("(" * 500 + "n = :n5" + ")" * 500, "expression nested too deeply at char 400"),  # co-parens-500
        ("_n = :n5", "syntax error"),  # get-proj-30
    ],
)
def test_what_cannot_be_parsed(text: str, reason: str) -> None:
    assert refusal(text) == f"Failed parsing ConditionExpression '{text}': {reason}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "ConditionExpression must not be empty"),  # co-088
        (5, "ConditionExpression must be a string"),  # co-expr-number
        ("x" * 4097, "ConditionExpression expression size 4097 exceeds allowed maximum 4096."),  # dossier 3
    ],
)
def test_what_is_no_expression(content: Any, message: str) -> None:
    assert refusal(content) == message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100 + "n = :n5" + ")" * 100,  # co-parens-100
        " OR ".join(["n = :n5"] * 152),  # co-ops-302
        f"n IN ({', '.join([':n5'] * 101)})",  # co-in-101
        "NOT " * 398 + "n = :n5",
    ],
)
def test_nothing_is_counted_but_how_deep_it_nests(text: str) -> None:
    """Dossier 3."""
    assert bind(text).holds(ITEM)


def test_a_filter_is_a_condition_under_another_name() -> None:
    assert refusal("n !", member="FilterExpression") == "Failed parsing FilterExpression 'n !': syntax error"
    # The texts of what is found later keep the condition's name (inferred from the shared evaluation).
    assert refusal("foo(n)", member="FilterExpression") == "ConditionExpression: unknown function 'foo' called."


def test_of_an_absent_item_nothing_holds_but_what_is_absent() -> None:
    assert bind("attribute_not_exists(p)").holds(None)
    assert not bind("attribute_exists(p)").holds(None)
    assert bind("n <> :n5").holds({})


def test_the_attributes_that_are_mentioned() -> None:
    text = "a = :n5 AND (NOT contains(b.c[1], d) OR size(#e) IN (:n5, g)) OR h"
    assert bind(text, names={"#e": "f"}).attributes == set("abdfgh")


def read_with(text: str, **placeholders: Any) -> Placeholders:
    body = {"ConditionExpression": text, **placeholders}
    read = Placeholders(body, "PutItem")
    conditions.read("ConditionExpression", body, read)
    return read


@pytest.mark.parametrize(
    ("text", "placeholders", "message"),
    [
        ("#u = n", {}, "ExpressionAttributeNames missing, entry '#u' required by expression"),  # co-093
        (
            "#u = n",
            {"ExpressionAttributeNames": {"#v": "n"}},
            "ExpressionAttributeNames missing entry '#u' required by expression",
        ),
        (
            "n = :undef",  # co-092
            {"ExpressionAttributeValues": {":n5": {"N": "5"}}},
            "ExpressionAttributeValues missing entry ':undef' required by expression",
        ),
        (
            "attribute_not_exists(p)",  # co-unused-value
            {"ExpressionAttributeValues": {":q": {"N": "1"}}},
            "ExpressionAttributeValues has spurious ':q', not used in PutItem",
        ),
        (
            "n = q",  # co-value-bad-name
            {"ExpressionAttributeValues": {"q": {"N": "1"}}},
            "ExpressionAttributeValues has spurious 'q', not used in PutItem",
        ),
        (
            "n = :q",  # co-value-bad-type
            {"ExpressionAttributeValues": {":q": {"Q": 1}}},
            'ExpressionAttributeValues: unknown type Q for value {"Q":1}',
        ),
        (
            "n = :q",  # co-value-empty-set
            {"ExpressionAttributeValues": {":q": {"SS": []}}},
            "ExpressionAttributeValues: empty set not allowed",
        ),
    ],
)
def test_placeholders(text: str, placeholders: dict[str, Any], message: str) -> None:
    with pytest.raises(DynamoDBError) as refused:
        read_with(text, **placeholders).refuse_unused()
    assert refused.value.message == message


@pytest.mark.parametrize(
    "placeholders",
    [
        {"ExpressionAttributeNames": {}, "ExpressionAttributeValues": {}},  # co-value-empty-map
        {"ExpressionAttributeNames": {"#p": "p"}},
    ],
)
def test_placeholders_that_are_all_used(placeholders: dict[str, Any]) -> None:
    names = placeholders["ExpressionAttributeNames"]
    read_with(f"attribute_not_exists({'#p' if names else 'p'})", **placeholders).refuse_unused()


def test_a_stored_number_is_compared_as_it_is_shown_and_the_operand_as_it_is_written() -> None:
    """Dossier 7: a stored 1.0 reads as 1, so it equals 1 and not 1.0; inside of a list it stays what it was."""
    caller = Caller("alternator-6.2")
    caller.create_table("tab", "p:S")
    item = {"p": {"S": "a"}, "n": {"N": "1.0"}, "l": {"L": [{"N": "1.0"}]}}
    caller.call("PutItem", TableName="tab", Item=item)
    for text, written, holds in (("n", "1", True), ("n", "1.0", False), ("l[0]", "1.0", True), ("l[0]", "1", False)):
        values_of_request = {":v": {"N": written}}
        found = caller.call(
            "Scan", TableName="tab", FilterExpression=f"{text} = :v", ExpressionAttributeValues=values_of_request
        )
        assert found["Count"] == int(holds), (text, written)


def test_a_condition_that_does_not_hold() -> None:
    caller = Caller("alternator-6.2")
    caller.create_table("tab", "p:S")
    caller.call("PutItem", TableName="tab", Item={"p": {"S": "a"}}, ConditionExpression="attribute_not_exists(p)")
    with pytest.raises(Refused) as refused:
        caller.call("PutItem", TableName="tab", Item={"p": {"S": "a"}}, ConditionExpression="attribute_not_exists(p)")
    assert refused.value.type_name == "ConditionalCheckFailedException"
    assert refused.value.message == "The conditional request failed"


# --- what is stored below an attribute may be anything ----------------------------------------------------

STORED: dict[str, Any] = {"m": {"M": {"none": {}, "s": {"S": 5}, "n": {"N": 5}, "b": {"B": "A"}, "ss": {"SS": 5}}}}


@pytest.mark.parametrize("text", ["m.none = :n5", "m.none < :n5", "contains(m.none, :x)", "begins_with(m.none, :he)"])
def test_what_is_no_value_is_like_nothing(text: str) -> None:
    assert not bind(text).holds(STORED)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("m.s < :he", "JSON assert failed on condition 'IsString()'"),
        ("contains(m.ss, :x)", "JSON assert failed on condition 'IsArray()'"),
        ("size(m.ss) = :n5", "JSON assert failed on condition 'IsArray()'"),
        ("size(m.none) = :n5", "invalid object: {}"),
        ("m.n < :n5", "LT operator: improperly formatted number constant"),
    ],
)
def test_where_a_type_is_taken_for_granted_an_assertion_fails(text: str, message: str) -> None:
    """Inferred from how the real server reads values."""
    assert (refusal(text, STORED) or "").startswith(message)


def test_base64_is_looked_at_where_the_request_gives_it() -> None:
    assert not bind("begins_with(m.b, :b)").holds(STORED)
    with pytest.raises(DynamoDBError) as refused:
        bind("begins_with(b, :badbase64)").holds(ITEM)
    assert refused.value.type_name == "SerializationException"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "1", "1.0", "x", "AQ==", "A", "1e400"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*sorted(values.SETS), *"SNBLM", "BOOL", "NULL", "Q"]), inner, max_size=2)
    ),
    max_leaves=8,
)
CONDITIONS = [
    *(f"a {comparator} b" for comparator in ("=", "<>", "<", "<=", ">", ">=")),
    *(f"a {comparator} m.k" for comparator in ("=", "<", ">=")),
    *(f"{function}({operands})" for function in ("contains", "begins_with") for operands in ("m.k, l[0]", "a, m.k")),
    "a BETWEEN m.k AND l[0]",
    "m.k IN (a, l[0])",
    "size(m.k) = size(l[0])",
    "attribute_type(m.k, :typeN)",
    "m.k",
]


@given(st.sampled_from(CONDITIONS), ANYTHING, ANYTHING)
def test_whatever_is_stored_a_condition_holds_or_not_or_is_refused(text: str, one: Any, other: Any) -> None:
    item: dict[str, Any] = {"a": {"S": "x"}, "b": {"L": [one]}, "m": {"M": {"k": one}}, "l": {"L": [other]}}
    with contextlib.suppress(DynamoDBError):
        assert bind(text).holds(item) in (True, False)
