"""Expected, filters, KeyConditions and AttributeUpdates: `le-*` are recorded requests."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from calling import Caller, Refused
from hypothesis import given
from hypothesis import strategies as st

from reference_server.alternator import legacy
from reference_server.errors import DynamoDBError

Body = dict[str, Any]

ITEM: Body = {
    "x": {"N": "20"},
    "s": {"S": "v3"},
    "b": {"B": "AQID"},
    "ss": {"SS": ["q", "r"]},
    "l": {"L": [{"N": "1.0"}]},
}


def told(refused: pytest.ExceptionInfo[DynamoDBError]) -> str:
    assert refused.value.type_name == "ValidationException"
    return refused.value.message or ""


# --- filters ----------------------------------------------------------------------------------------------


def compared(name: str, operator: Any, *operands: Any) -> Body:
    return {"ScanFilter": {name: {"ComparisonOperator": operator, "AttributeValueList": [*operands]}}}


def passes(body: Body) -> bool:
    condition = legacy.read_filter(body, "ScanFilter")
    assert condition is not None
    return condition.holds(ITEM)


def filter_refusal(body: Body) -> str:
    with pytest.raises(DynamoDBError) as refused:
        passes(body)
    return told(refused)


@pytest.mark.parametrize(
    ("name", "operator", "operands", "holds"),
    [
        ("x", "EQ", [{"N": "20"}], True),  # le-scanfilter-00
        ("x", "EQ", [{"N": "20.0"}], False),  # rule: number-equality
        ("x", "NE", [{"N": "20"}], False),  # le-scanfilter-01
        ("nope", "NE", [{"N": "20"}], True),
        ("nope", "EQ", [{"N": "20"}], False),
        ("x", "LT", [{"N": "20"}], False),  # le-scanfilter-02
        ("x", "LE", [{"N": "20.0"}], True),  # le-scanfilter-03
        ("x", "GT", [{"N": "1e1"}], True),  # le-scanfilter-04
        ("x", "GE", [{"S": "a"}], False),
        ("x", "BETWEEN", [{"N": "10"}, {"N": "30"}], True),  # le-scanfilter-06
        ("x", "IN", [{"N": "20"}, {"N": "40"}], True),  # le-scanfilter-08
        ("x", "NULL", [], False),  # le-scanfilter-10
        ("x", "NOT_NULL", [], True),  # le-scanfilter-11
        ("x", "CONTAINS", [{"N": "20"}], False),  # le-scanfilter-13
        ("x", "NOT_CONTAINS", [{"N": "20"}], True),  # le-scanfilter-14
        ("nope", "NOT_CONTAINS", [{"N": "20"}], False),  # le-scanfilter-14: four of five items
        ("ss", "CONTAINS", [{"S": "q"}], True),  # le-scanfilter-contains-set
        ("l", "CONTAINS", [{"N": "1"}], False),  # rule: number-membership
        ("l", "CONTAINS", [{"N": "1.0"}], True),
        ("x", "BEGINS_WITH", [{"S": "v"}], False),  # le-scanfilter-15
        ("s", "BEGINS_WITH", [{"S": "v"}], True),  # le-scanfilter-begins-s
        ("b", "BEGINS_WITH", [{"B": "AQ=="}], True),
    ],
)
def test_comparison_operators(name: str, operator: str, operands: list[Any], holds: bool) -> None:
    assert passes(compared(name, operator, *operands)) is holds


@pytest.mark.parametrize(
    ("operator", "operands", "message"),
    [
        (
            "BETWEEN",  # le-scanfilter-07
            [{"N": "10"}],
            '"BETWEEN" operator requires AttributeValueList of size 2, instead found list size 1',
        ),
        ("IN", [], '"IN" operator requires AttributeValueList to be non-empty, instead found list size 0'),  # -09
        ("NULL", [{"N": "1"}], '"NULL" operator requires AttributeValueList to be empty, instead found list size 1'),
        ("EQ", [], '"EQ" operator requires AttributeValueList of size 1, instead found list size 0'),  # -18
        (
            "EQ",  # -19
            [{"N": "1"}, {"N": "2"}],
            '"EQ" operator requires AttributeValueList of size 1, instead found list size 2',
        ),
        ("BEGINS_WITH", [{"N": "1"}], 'begins_with() supports only string or binary type, got: {"N":"1"}'),  # -16
        ("FOO", [{"N": "1"}], "Unsupported comparison operator FOO"),  # -17
        (7, [{"N": "1"}], "Invalid comparison operator definition 7"),
        ("LT", [{"SS": ["a"]}], "LT operator allow only the types String, Number, or Binary"),  # -21
        (
            "IN",  # -22, with the blank at its end
            [{"N": "1"}, {"S": "a"}],
            "IN operator requires all AttributeValueList elements to have the same type ",
        ),
        (
            "BETWEEN",
            [{"N": "30"}, {"N": "10"}],
            "BETWEEN operator requires lower_bound <= upper_bound, but 30 > 10",
        ),
        ("EQ", [{"Q": 1}], 'AttributeValueList: unknown type Q for value {"Q":1}'),
    ],
)
def test_what_is_wrong_about_operands(operator: Any, operands: list[Any], message: str) -> None:
    """rule: legacy-condition-errors."""
    assert filter_refusal(compared("x", operator, *operands)) == message


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"ComparisonOperator": "EQ"}, "With ComparisonOperator, AttributeValueList must be given and an array"),  # -20
        (
            {"ComparisonOperator": "EQ", "AttributeValueList": {}},
            "With ComparisonOperator, AttributeValueList must be given and an array",
        ),
        ({"AttributeValueList": []}, "JSON parameter ComparisonOperator not found"),
    ],
)
def test_a_filter_is_made_of_operators(condition: Body, message: str) -> None:
    assert filter_refusal({"ScanFilter": {"x": condition}}) == message


TWO = {
    "x": {"ComparisonOperator": "EQ", "AttributeValueList": [{"N": "0"}]},
    "s": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "v3"}]},
}


@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        ({}, False),
        ({"ConditionalOperator": "AND"}, False),
        ({"ConditionalOperator": "OR"}, True),  # le-scanfilter-or
    ],
)
def test_all_conditions_must_hold_or_one(operator: Body, holds: bool) -> None:
    assert passes({"ScanFilter": TWO, **operator}) is holds


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"ScanFilter": TWO, "ConditionalOperator": "XOR"},  # le-scanfilter-xor
            "'ConditionalOperator' parameter must be AND, OR or missing. Found XOR.",
        ),
        (
            {"ConditionalOperator": "OR"},  # le-condop-without-filter
            "'ConditionalOperator' parameter cannot be specified for missing or empty ScanFilter",
        ),
        (
            {"ScanFilter": TWO, "FilterExpression": "attribute_exists(x)"},  # le-scanfilter-and-expr
            "FilterExpression and ScanFilter are not allowed together",
        ),
        (
            {"ConditionalOperator": "OR", "FilterExpression": "attribute_exists(x)"},
            "FilterExpression and ConditionalOperator are not allowed together",
        ),
    ],
)
def test_what_does_not_go_together(body: Body, message: str) -> None:
    assert filter_refusal(body) == message


@pytest.mark.parametrize("body", [{}, {"ScanFilter": {}}, {"FilterExpression": "attribute_exists(x)"}])
def test_no_filter(body: Body) -> None:
    assert legacy.read_filter(body, "ScanFilter") is None


def test_the_attributes_that_are_mentioned() -> None:
    condition = legacy.read_filter({"QueryFilter": TWO}, "QueryFilter")
    assert condition is not None
    assert condition.attributes == {"x", "s"}


# --- Expected ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "holds"),
    [
        ({"x": {"Value": {"N": "20"}}}, True),  # le-expected-0
        ({"x": {"Value": {"N": "21"}}}, False),  # le-expected-1
        ({"x": {"Exists": False}}, False),  # le-expected-3
        ({"q": {"Exists": False}}, True),  # le-expected-5
        ({"x": {"Exists": True, "Value": {"N": "20"}}}, True),
        ({"x": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "1"}]}}, True),  # le-expected-7
        ({"x": {"Value": {"N": "20"}}, "q": {"Exists": True, "Value": {"N": "1"}}}, False),  # le-expected-9
        # What comes behind the first that fails is not looked at.
        ({"q": {"Value": {"N": "1"}}, "x": {}}, False),
    ],
)
def test_what_is_expected(expected: Body, holds: bool) -> None:
    condition = legacy.read_expected({"Expected": expected})
    assert condition is not None
    assert condition.holds(ITEM) is holds


def test_one_expectation_may_be_enough() -> None:
    expected = {"x": {"Value": {"N": "1"}}, "s": {"Value": {"S": "v3"}}}
    condition = legacy.read_expected({"Expected": expected, "ConditionalOperator": "OR"})  # le-expected-or
    assert condition is not None
    assert condition.holds(ITEM)


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"Exists": True}, "Exists!=false requires Value"),  # le-expected-2
        ({"Exists": False, "Value": {"N": "1"}}, "Cannot combine Value with Exists!=true"),  # le-expected-4
        ({}, "Missing ComparisonOperator, Value or Exists"),  # le-expected-6
        ({"ComparisonOperator": "GE", "Value": {"N": "1"}}, "Cannot combine Value with ComparisonOperator"),  # -8
        ({"ComparisonOperator": "GE", "Exists": False}, "Cannot combine Exists with ComparisonOperator"),
    ],
)
def test_an_expectation_in_itself(expected: Body, message: str) -> None:
    condition = legacy.read_expected({"Expected": {"x": expected}})
    assert condition is not None
    with pytest.raises(DynamoDBError) as refused:
        condition.holds(ITEM)
    assert told(refused) == message


def test_expected_and_an_expression_may_both_be_given() -> None:
    """Dossier 8, "Old+new parameters mixed": PutItem takes both, and both must hold."""
    caller = Caller("alternator-6.2")
    caller.create_table("tab", "p:S")
    put = {"TableName": "tab", "Item": {"p": {"S": "a"}}, "Expected": {"q": {"Exists": False}}}
    assert caller.call("PutItem", ConditionExpression="attribute_not_exists(p)", **put) == {}
    with pytest.raises(Refused) as refused:
        caller.call("PutItem", ConditionExpression="attribute_not_exists(p)", **put)
    assert refused.value.type_name == "ConditionalCheckFailedException"


# --- AttributeUpdates -------------------------------------------------------------------------------------

BEFORE: Body = {"x": {"N": "1"}, "s": {"S": "v1"}, "ss": {"SS": ["q", "r"]}, "l": {"L": [{"N": "1"}]}}


def update(action: Any) -> Body:
    read = legacy.read_attribute_updates({"AttributeUpdates": action})
    assert read is not None
    after = read.apply(BEFORE)
    return {name: after.get(name) for name in {*BEFORE, *after} if BEFORE.get(name) != after.get(name)}


@pytest.mark.parametrize(
    ("updates", "changed"),
    [
        ({"x": {"Action": "PUT", "Value": {"S": "y"}}}, {"x": {"S": "y"}}),  # le-upd-00
        ({"x": {"Action": "ADD", "Value": {"N": "5"}}}, {"x": {"N": "6"}}),  # le-upd-02
        ({"new": {"Action": "ADD", "Value": {"L": [{"N": "5"}]}}}, {"new": {"L": [{"N": "5"}]}}),  # recalled
        ({"x": {"Action": "DELETE"}}, {"x": None}),  # le-upd-03
        ({"ss": {"Action": "ADD", "Value": {"SS": ["z", "q"]}}}, {"ss": {"SS": ["q", "r", "z"]}}),  # le-upd-04
        ({"ss": {"Action": "DELETE", "Value": {"SS": ["z"]}}}, {}),  # le-upd-05
        ({"ss": {"Action": "DELETE", "Value": {"SS": ["r"]}}}, {"ss": {"SS": ["q"]}}),
        ({"l": {"Action": "ADD", "Value": {"L": [{"N": "2"}]}}}, {"l": {"L": [{"N": "1"}, {"N": "2"}]}}),  # le-upd-07
        ({"m.k": {"Action": "PUT", "Value": {"S": "q"}}}, {"m.k": {"S": "q"}}),  # le-upd-15
        ({}, {}),  # le-upd-16
    ],
)
def test_attribute_updates(updates: Body, changed: Body) -> None:
    assert update(updates) == changed


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"Value": {"N": "2"}}, "JSON assert failed on condition 'false'"),  # le-upd-01; rule: attribute-updates-action
        ({"Action": "PUT"}, "JSON assert failed on condition 'false'"),  # le-upd-12
        (
            {"Action": "ADD", "Value": {"N": "1"}},  # le-upd-08
            "Operand type mismatch in AttributeUpdates ADD. Expected S, got N",
        ),
        (
            {"Action": "ADD", "Value": {"S": "x"}},  # le-upd-09
            'An operand in the AttributeUpdates ADD has an incorrect data type: {"S":"v1"}',
        ),
        (
            {"Action": "DELETE", "Value": {"S": "x"}},  # le-upd-10
            "AttributeUpdates DELETE operation with Value only valid for sets, got type S",
        ),
        ({"Action": "DELETE", "Value": {"SS": ["x"]}}, "Set DELETE type mismatch: S and SS"),
        ({"Action": "FOO", "Value": {"S": "x"}}, "Unknown Action value 'FOO' in AttributeUpdates"),  # le-upd-11
        ({"Action": "PUT", "Value": {"Q": 1}}, 'AttributeUpdates: unknown type Q for value {"Q":1}'),
    ],
)
def test_attribute_updates_refused(action: Body, message: str) -> None:
    with pytest.raises(DynamoDBError) as refused:
        update({"s": action})
    assert told(refused).startswith(message)


def test_only_numbers_sets_and_lists_are_added_to_nothing() -> None:
    with pytest.raises(DynamoDBError) as refused:
        update({"new": {"Action": "ADD", "Value": {"S": "y"}}})
    assert told(refused) == 'An operand in the AttributeUpdates ADD has an incorrect data type: {"S":"y"}'


@pytest.mark.parametrize(
    ("action", "needs_read", "creates"),
    [
        ({"Action": "PUT", "Value": {"N": "1"}}, False, True),
        ({"Action": "ADD", "Value": {"N": "1"}}, True, True),
        ({"Action": "DELETE", "Value": {"SS": ["a"]}}, True, False),
        ({"Action": "DELETE"}, False, False),  # dossier 7: legacy DELETE-only updates create nothing
    ],
)
def test_whether_the_old_item_is_needed(action: Body, needs_read: bool, creates: bool) -> None:
    read = legacy.read_attribute_updates({"AttributeUpdates": {"x": action}})
    assert read is not None
    assert (read.needs_read, read.creates) == (needs_read, creates)


# --- KeyConditions ----------------------------------------------------------------------------------------


def test_key_conditions_in_the_order_of_the_request() -> None:
    conditions = {
        "c": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [{"N": "1"}, {"N": "3"}]},
        "p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]},
    }
    assert legacy.read_key_conditions({"KeyConditions": conditions}) == [
        ("c", "BETWEEN", [{"N": "1"}, {"N": "3"}]),
        ("p", "EQ", [{"S": "a"}]),
    ]


# --- anything ---------------------------------------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "1", "x", "AQ==", "A", "1e400", "ADD", "EQ"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*"SNBLM", "SS", "NS", "BOOL", "Value", "Exists"]), inner, max_size=2)
    ),
    max_leaves=8,
)
OPERATORS = [
    *("EQ", "NE", "LT", "LE", "GT", "GE", "BETWEEN", "IN", "BEGINS_WITH", "CONTAINS", "NOT_CONTAINS"),
    *("NULL", "NOT_NULL", "X"),
]
CONDITION = ANYTHING | st.fixed_dictionaries(
    {"ComparisonOperator": st.sampled_from(OPERATORS), "AttributeValueList": st.lists(ANYTHING, max_size=2) | ANYTHING}
)
ACTION = ANYTHING | st.fixed_dictionaries({"Action": st.sampled_from(["PUT", "ADD", "DELETE"]), "Value": ANYTHING})


@given(st.sampled_from([*ITEM, "nope"]), CONDITION, ACTION)
def test_whatever_is_asked_it_is_answered_or_refused(name: str, condition: Any, action: Any) -> None:
    with contextlib.suppress(DynamoDBError):
        assert passes({"ScanFilter": {name: condition}}) in (True, False)
    with contextlib.suppress(DynamoDBError):
        expected = legacy.read_expected({"Expected": {name: condition}})
        assert expected is not None
        assert expected.holds(ITEM) in (True, False)
    with contextlib.suppress(DynamoDBError):
        update({name: action})
    with contextlib.suppress(DynamoDBError):
        legacy.read_key_conditions({"KeyConditions": {name: condition}})
