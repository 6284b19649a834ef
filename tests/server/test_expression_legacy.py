"""The parameters before expressions (data-plane 5)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import ValidationException
from reference_server.expressions import legacy
from reference_server.expressions.key_conditions import KeyClause, KeyOperator
from reference_server.messages import Family

INVALID = "One or more parameter values were invalid: "
ONE, TWO, TEXT = {"N": "1"}, {"N": "2"}, {"S": "a"}
SET: dict[str, Any] = {"SS": ["a"]}


def entry(**members: Any) -> Any:
    absent = {"Value": None, "Exists": None, "ComparisonOperator": None, "AttributeValueList": None, "Action": None}
    return SimpleNamespace(**{**absent, **members})


def comparison(operator: str, *operands: dict[str, Any]) -> Any:
    return entry(ComparisonOperator=operator, AttributeValueList=list(operands))


@pytest.mark.parametrize(
    ("given_entry", "message"),
    [
        (
            entry(Value=ONE, AttributeValueList=[ONE]),
            INVALID + "Value and AttributeValueList cannot be used together for Attribute: n",
        ),
        (
            entry(ComparisonOperator="EQ", Exists=True, Value=ONE),
            INVALID + "Exists and ComparisonOperator cannot be used together for Attribute: n",
        ),
        (
            entry(ComparisonOperator="EQ"),
            INVALID + "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: n",
        ),
        (comparison("EQ"), INVALID + "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (comparison("EQ", ONE, TWO), INVALID + "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (comparison("BETWEEN", ONE), INVALID + "Invalid number of argument(s) for the BETWEEN ComparisonOperator"),
        (comparison("IN"), INVALID + "Invalid number of argument(s) for the IN ComparisonOperator"),
        (
            entry(ComparisonOperator="NULL", Value=ONE),
            INVALID + "Invalid number of argument(s) for the NULL ComparisonOperator",
        ),
        (comparison("IN", ONE, TEXT), INVALID + "AttributeValues inside AttributeValueList must be of same type"),
        (comparison("LE", SET), INVALID + "ComparisonOperator LE is not valid for SS AttributeValue type"),
        (comparison("IN", SET), INVALID + "ComparisonOperator IN is not valid for SS AttributeValue type"),
        (
            comparison("BEGINS_WITH", ONE),
            INVALID + "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
        ),
        (comparison("CONTAINS", SET), INVALID + "ComparisonOperator CONTAINS is not valid for SS AttributeValue type"),
        (
            comparison("NOT_CONTAINS", {"L": []}),
            INVALID + "ComparisonOperator NOT_CONTAINS is not valid for L AttributeValue type",
        ),
        (
            comparison("BETWEEN", TWO, ONE),
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
        ),
        (
            entry(AttributeValueList=[ONE]),
            INVALID + "AttributeValueList can only be used with a ComparisonOperator for Attribute: n",
        ),
        (entry(), INVALID + "Value must be provided when Exists is null for Attribute: n"),
        (entry(Exists=True), INVALID + "Value must be provided when Exists is true for Attribute: n"),
        (entry(Exists=False, Value=ONE), INVALID + "Value cannot be used when Exists is false for Attribute: n"),
        (entry(Value={"N": "x"}), "The parameter cannot be converted to a numeric value: x"),
        (comparison("EQ", {"SS": []}), INVALID + "An string set  may not be empty"),
    ],
)
def test_expected_is_refused(given_entry: Any, message: str) -> None:
    with pytest.raises(ValidationException) as caught:
        legacy.bind_expected({"n": given_entry}, None)
    assert caught.value.message == message
    assert caught.value.source is not None
    assert caught.value.source.family in (Family.PARAMETERS, Family.VALUE)  # both are enveloped (aws-2026, Wording)


def test_entries_are_checked_one_after_the_other() -> None:
    with pytest.raises(ValidationException, match=r"Exists is null for Attribute: a$"):
        legacy.bind_expected({"a": entry(), "b": entry(Value=ONE, AttributeValueList=[ONE])}, None)


@pytest.mark.parametrize("bind", [legacy.bind_expected, legacy.bind_filter])
def test_conditional_operator_is_for_two_entries_or_more(bind: Any) -> None:
    nothing: tuple[dict[str, Any] | None, ...] = (None, {})
    for entries in nothing:
        assert bind(entries, None) is None
        with pytest.raises(
            ValidationException, match=r"^ConditionalOperator cannot be used without Filter or Expected$"
        ):
            bind(entries, "AND")
    with pytest.raises(
        ValidationException,
        match=r"^ConditionalOperator can only be used when Filter or Expected has two or more elements$",
    ):
        bind({"a": comparison("EQ", ONE)}, "OR")


@pytest.mark.parametrize(
    ("given_entry", "holds", "holds_on_nothing"),
    [
        (entry(Value={"N": "5.0"}), True, False),
        (entry(Value=ONE), False, False),
        (entry(Exists=True, Value={"N": "5"}), True, False),
        (entry(Exists=True, Value=ONE), False, False),
        (entry(Exists=False), False, True),
        (entry(ComparisonOperator="GT", Value=ONE), True, False),
        (entry(ComparisonOperator="NULL"), False, True),
        (entry(ComparisonOperator="NOT_NULL", AttributeValueList=[]), True, False),
    ],
)
def test_expected(given_entry: Any, holds: bool, holds_on_nothing: bool) -> None:
    condition = legacy.bind_expected({"n": given_entry}, None)
    assert condition is not None
    assert condition.holds({"n": {"N": "5"}}) is holds
    assert condition.holds({}) is holds_on_nothing


ITEM: dict[str, Any] = {
    "n": {"N": "5"},
    "s": {"S": "hello"},
    "z": {"NULL": True},
    "ss": {"SS": ["a", "b"]},
    "l": {"L": [{"N": "1"}, {"BOOL": True}]},
    "a.b": {"S": "dot"},
    "a": {"M": {"b": {"S": "nested"}}},
}


@pytest.mark.parametrize(
    ("name", "given_entry", "holds"),
    [
        ("n", comparison("EQ", {"N": "5"}), True),
        ("ss", comparison("EQ", {"SS": ["b", "a"]}), True),
        ("l", comparison("EQ", {"L": [{"N": "1.0"}, {"BOOL": True}]}), True),
        ("nope", comparison("EQ", ONE), False),
        ("n", comparison("NE", {"N": "5"}), False),
        ("n", comparison("NE", TEXT), True),
        ("nope", comparison("NE", ONE), True),
        ("n", comparison("LE", {"N": "5"}), True),
        ("n", comparison("LT", {"N": "5"}), False),
        ("n", comparison("GE", {"N": "6"}), False),
        ("n", comparison("GT", {"N": "-6"}), True),
        ("n", comparison("GT", TEXT), False),
        ("nope", comparison("LE", ONE), False),
        ("n", comparison("BETWEEN", {"N": "5"}, {"N": "5"}), True),
        ("n", comparison("BETWEEN", ONE, TWO), False),
        ("nope", comparison("BETWEEN", ONE, TWO), False),
        ("n", comparison("IN", ONE, {"N": "5"}), True),
        ("nope", comparison("IN", ONE), False),
        ("s", comparison("BEGINS_WITH", {"S": "he"}), True),
        ("n", comparison("BEGINS_WITH", {"S": "5"}), False),
        ("nope", comparison("BEGINS_WITH", {"S": ""}), False),
        ("s", comparison("CONTAINS", {"S": "ell"}), True),
        ("ss", comparison("CONTAINS", TEXT), True),
        ("l", comparison("CONTAINS", {"BOOL": True}), True),
        ("n", comparison("CONTAINS", {"N": "5"}), False),
        ("nope", comparison("CONTAINS", TEXT), False),
        ("s", comparison("NOT_CONTAINS", {"S": "ell"}), False),
        ("n", comparison("NOT_CONTAINS", {"N": "5"}), True),
        ("nope", comparison("NOT_CONTAINS", TEXT), False),
        ("z", comparison("NULL"), False),
        ("nope", comparison("NULL"), True),
        ("z", comparison("NOT_NULL"), True),
        ("nope", entry(ComparisonOperator="NOT_NULL"), False),
        # A name is one attribute, whatever it looks like.
        ("a.b", comparison("EQ", {"S": "dot"}), True),
    ],
)
def test_filters(name: str, given_entry: Any, holds: bool) -> None:
    condition = legacy.bind_filter({name: given_entry}, None)
    assert condition is not None
    assert condition.holds(ITEM) is holds
    assert condition.attributes == {name}
    assert not condition.containers


@given(st.lists(st.booleans(), min_size=2, max_size=4), st.sampled_from([None, "AND", "OR"]))
def test_conditional_operator(truths: list[bool], operator: str | None) -> None:
    entries = {str(number): comparison("NULL" if truth else "NOT_NULL") for number, truth in enumerate(truths)}
    condition = legacy.bind_filter(entries, operator)
    assert condition is not None
    assert condition.holds({}) is (any(truths) if operator == "OR" else all(truths))
    assert condition.is_disjunction is (operator == "OR")


def test_key_conditions() -> None:
    condition = legacy.bind_key_conditions({"p": comparison("EQ", TEXT), "c": comparison("BETWEEN", {"N": "1.0"}, TWO)})
    assert condition.clauses == (
        KeyClause("p", KeyOperator.EQUAL, (TEXT,)),
        KeyClause("c", KeyOperator.BETWEEN, (ONE, TWO)),
    )


@pytest.mark.parametrize(
    ("legacy_name", "operator"),
    [
        ("LE", KeyOperator.LESS_OR_EQUAL),
        ("LT", KeyOperator.LESS),
        ("GE", KeyOperator.GREATER_OR_EQUAL),
        ("GT", KeyOperator.GREATER),
        ("BEGINS_WITH", KeyOperator.BEGINS_WITH),
    ],
)
def test_key_operators(legacy_name: str, operator: KeyOperator) -> None:
    (clause,) = legacy.bind_key_conditions({"c": comparison(legacy_name, TEXT)}).clauses
    assert clause.operator is operator


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({}, "Conditions can be of length 1 or 2 only"),
        ({name: comparison("EQ", ONE) for name in "abc"}, "Conditions can be of length 1 or 2 only"),
        ({"c": comparison("NE", ONE)}, "Attempted conditional constraint is not an indexable operation"),
        ({"c": comparison("IN", ONE)}, "Attempted conditional constraint is not an indexable operation"),
        ({"c": comparison("CONTAINS", ONE)}, "Attempted conditional constraint is not an indexable operation"),
        ({"c": comparison("NOT_CONTAINS", ONE)}, "Attempted conditional constraint is not an indexable operation"),
        ({"c": comparison("NULL")}, "Attempted conditional constraint is not an indexable operation"),
        ({"c": comparison("NOT_NULL")}, "Attempted conditional constraint is not an indexable operation"),
        (
            {name: comparison("EQ") for name in "abc"},
            INVALID + "Invalid number of argument(s) for the EQ ComparisonOperator",
        ),
    ],
)
def test_key_conditions_are_refused(entries: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationException) as caught:
        legacy.bind_key_conditions(entries)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("given_entry", "before", "after"),
    [
        (entry(Value=ONE), None, ONE),
        (entry(Action="PUT", Value=TEXT), ONE, TEXT),
        (entry(Action="DELETE"), ONE, None),
        (entry(Action="DELETE"), None, None),
        (entry(Action="ADD", Value=ONE), ONE, TWO),
        (entry(Action="ADD", Value=ONE), None, ONE),
        (entry(Action="ADD", Value=SET), {"SS": ["b"]}, {"SS": ["a", "b"]}),
        (entry(Action="ADD", Value={"L": [TWO]}), {"L": [ONE]}, {"L": [ONE, TWO]}),
        (entry(Action="ADD", Value={"L": [ONE]}), None, {"L": [ONE]}),
        (entry(Action="DELETE", Value=SET), {"SS": ["a", "b"]}, {"SS": ["b"]}),
        (entry(Action="DELETE", Value=SET), SET, None),
        (entry(Action="DELETE", Value=SET), None, None),
    ],
)
def test_attribute_updates(given_entry: Any, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    update = legacy.bind_attribute_updates({"a.b": given_entry})
    assert update.apply({} if before is None else {"a.b": before}) == ({} if after is None else {"a.b": after})
    assert update.targets == (("a.b",),)
    assert not update.containers


def test_the_literals_of_attribute_updates() -> None:
    update = legacy.bind_attribute_updates(
        {"a": entry(Value=ONE), "b": entry(Action="ADD", Value=ONE), "c": entry(Action="DELETE")}
    )
    assert update.literal_assignments == {"a": ONE}
    assert [action.keyword for action in update.actions] == ["SET", "ADD", "REMOVE"]
    assert legacy.bind_attribute_updates({}).apply({"a": ONE}) == {"a": ONE}


@pytest.mark.parametrize(
    ("given_entry", "message"),
    [
        (entry(), INVALID + "Only DELETE action is allowed when no attribute value is specified"),
        (entry(Action="PUT"), INVALID + "Only DELETE action is allowed when no attribute value is specified"),
        (entry(Action="ADD"), INVALID + "Only DELETE action is allowed when no attribute value is specified"),
        (entry(Action="DELETE", Value=TEXT), INVALID + "DELETE action with value is not supported for the type S"),
        (entry(Action="ADD", Value=TEXT), INVALID + "ADD action is not supported for the type S"),
        (entry(Action="ADD", Value={"M": {}}), INVALID + "ADD action is not supported for the type M"),
        (entry(Action="ADD", Value={"SS": []}), INVALID + "An string set  may not be empty"),
    ],
)
def test_attribute_updates_are_refused(given_entry: Any, message: str) -> None:
    with pytest.raises(ValidationException) as caught:
        legacy.bind_attribute_updates({"a": given_entry})
    assert caught.value.message == message


@pytest.mark.parametrize(
    "given_entry",
    [
        entry(Action="ADD", Value=ONE),
        entry(Action="ADD", Value=SET),
        entry(Action="ADD", Value={"L": []}),
        entry(Action="DELETE", Value=SET),
    ],
)
def test_a_stored_value_of_another_type(given_entry: Any) -> None:
    update = legacy.bind_attribute_updates({"s": given_entry})
    with pytest.raises(ValidationException, match=r"^Type mismatch for attribute to update$"):
        update.apply({"s": {"S": "x"}})


def test_attributes_to_get() -> None:
    assert legacy.bind_attributes_to_get(None) is None
    projection = legacy.bind_attributes_to_get(["a.b", "n", "nope"])
    assert projection is not None
    assert projection.project(ITEM) == {"a.b": {"S": "dot"}, "n": {"N": "5"}}
    assert projection.attributes == {"a.b", "n", "nope"}
    assert not projection.containers
    with pytest.raises(ValidationException) as caught:
        legacy.bind_attributes_to_get(["a", "b", "b", "a"])
    assert caught.value.message == INVALID + "Duplicate value in attribute name: b"
