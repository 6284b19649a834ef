"""Differences are found in the right layer, at the right place, and called by the right kind."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniatures import FAULTS, Fault, accepted, refused, song

from conformance.compare import compare, differences, judge, signature, without_incidentals
from conformance.divergence import MISSING, Layer
from conformance.scenario import Expectation, ExpectedMessage, Match, Reply, Step


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind[:60])
def test_a_fault_is_found_and_named(fault: Fault):
    difference = compare(fault.step, fault.honest, fault.wrong)
    assert difference is not None
    assert (difference.layer, difference.kind, difference.path) == (fault.layer, fault.kind, fault.path)
    assert compare(fault.step, fault.honest, fault.honest) is None


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.kind[:60])
def test_layers_can_be_left_out(fault: Fault):
    others = set(Layer) - {fault.layer}
    difference = compare(fault.step, fault.honest, fault.wrong, layers=others)
    assert difference is None or difference.layer is not fault.layer


def test_every_layer_has_a_fault():
    assert {fault.layer for fault in FAULTS} == set(Layer)


def test_only_the_gravest_layer_is_reported():
    honest = refused("ValidationException", "One", Item={"a": {"S": "x"}})
    wrong = refused("SerializationException", "Two", Item={"a": {"S": "y"}})
    difference = compare(Step("PutItem"), honest, wrong)
    assert difference is not None
    assert difference.layer is Layer.ERROR_TYPE


def test_one_difference_does_not_hide_the_next():
    step = Step("DescribeTable")
    honest = accepted(Table={"TableId": "00000000-0000-4000-8000-000000000000", "TableStatus": "ACTIVE", "Name": "t"})
    wrong = accepted(Table={"TableStatus": "CREATING", "Name": "t", "Extra": 1})
    assert [difference.kind for difference in differences(step, honest, wrong)] == [
        "Table.TableId: member missing",
        "Table.Extra: member not expected",
        "Table.TableStatus: CREATING instead of ACTIVE",
    ]


def test_a_missing_member_is_told_from_null():
    difference = compare(Step("GetItem"), accepted(Item={"a": {"S": "x"}}), accepted())
    assert difference is not None
    assert difference.expected == {"a": {"S": "x"}}
    assert difference.actual is MISSING


def test_one_item_that_differs_does_not_displace_the_others():
    items = [song(title, year) for title, year in (("x", 1), ("y", 2), ("z", 3))]
    changed = [song("x", 1), song("y", 2), song("z", 3, genre={"S": "another"})]
    # Another genre sorts elsewhere in a Scan.
    random.Random(1).shuffle(changed)
    step = Step("Scan", {"TableName": "Music"})
    [difference] = differences(step, accepted(Items=items), accepted(Items=changed))
    assert difference.kind == "Items[].<attribute>.S: another value"
    assert difference.expected == "g"


def test_two_failures_are_no_difference_and_neither_are_two_silences():
    assert compare(Step("PutItem"), Reply(500, "<html>"), Reply(500, failure="KeyError: x")) is None
    assert compare(Step("PutItem"), Reply(0, failure="refused"), Reply(0, failure="timed out")) is None


def test_equal_in_python_is_not_equal_in_json():
    step = Step("GetItem")
    assert compare(step, accepted(Item={"a": {"BOOL": True}}), accepted(Item={"a": {"BOOL": 1}})) is not None
    assert compare(step, accepted(Count=1), accepted(Count=1.0)) is not None


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-1, 1) | st.text("abN", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abLMNS"), inner, max_size=3),
    max_leaves=8,
)
_item = st.dictionaries(st.sampled_from(["a", "b"]), st.dictionaries(st.sampled_from(["S", "N", "M"]), _json))


@given(_item, _item)
def test_differences_are_symmetric_and_empty_only_for_equals(one: dict[str, object], other: dict[str, object]):
    step = Step("GetItem")
    there = compare(step, accepted(Item=one), accepted(Item=other))
    back = compare(step, accepted(Item=other), accepted(Item=one))
    assert (there is None) == (back is None)
    assert compare(step, accepted(Item=one), accepted(Item=one)) is None
    if one != other:
        assert there is not None


def test_a_signature_is_the_same_for_other_names_and_values():
    def found(table: str, attribute: str, value: str) -> str:
        step = Step("PutItem", {"TableName": table})
        text = f"Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: {attribute}"
        difference = compare(step, refused("ValidationException", text), accepted(Attributes={attribute: {"S": value}}))
        assert difference is not None
        return signature("moto", step, difference).key

    assert found("Music", "name", "x") == found("Other", "status", "y")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 3",
            "N validation error detected: Value '…' at 'tableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to N",
        ),
        (
            "Value '[]' at 'globalSecondaryIndexes.7.member.projection.nonKeyAttributes' failed",
            "Value '…' at 'globalSecondaryIndexes.….member.projection.nonKeyAttributes' failed",
        ),
        (
            "Value 'x' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [NONE, ALL]",
            "Value '…' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [NONE, ALL]",
        ),
        ("Requested resource not found: Table: Music.1 not found", "Requested resource not found: Table: … not found"),
        ("Query condition missed key schema element: pk", "Query condition missed key schema element: …"),
        ("Input collection [a, b, a] contains duplicates.", "Input collection […] contains duplicates."),
        (
            "An expression attribute value used in expression is not defined; attribute value: :v1",
            "An expression attribute value used in expression is not defined; attribute value: :…",
        ),
        (
            "Cannot update attribute pk. This attribute is part of the key",
            "Cannot update attribute …. This attribute is part of the key",
        ),
        ("Missing the key pk in the item", "Missing the key … in the item"),
        (
            "Type mismatch for key pk expected: S actual: N",
            "Type mismatch for key … expected: S actual: N",
        ),
        ("The table does not have the specified index: ByYear", "The table does not have the specified index: …"),
        ("Invalid function name; function: siz", "Invalid function name; function: …"),
        (
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
        (
            "ResourcArn: arn:aws:dynamodb:us-east-1:000000000000:table/Music not found",
            "ResourcArn: arn:… not found",
        ),
        (
            "JSON assert failed on condition 'IsObject()', at: 0x5f2 0x7aa",
            "JSON assert failed on condition 'IsObject()' …",
        ),
        ("KeyError: 'price'", "KeyError: '…'"),
        (
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError]",
            "Transaction cancelled, please refer cancellation reasons for specific reasons […]",
        ),
    ],
)
def test_what_is_incidental_in_a_message(text: str, kept: str):
    assert without_incidentals(text) == kept


@given(st.text(max_size=300))
def test_any_text_can_be_part_of_a_kind(text: str):
    kept = without_incidentals(text)
    assert len(kept) <= 201
    assert "\n" not in kept


# --- against expectations ---------------------------------------------------------------------------------


def expecting(**expectation: object) -> Step:
    return Step("GetItem", {"TableName": "Music"}, expect=Expectation(**expectation))  # type: ignore[arg-type]


def test_nothing_expected_is_met_by_anything():
    assert judge(Step("GetItem"), Reply(0, failure="gone")) is None


@pytest.mark.parametrize(
    ("step", "met", "unmet", "layer"),
    [
        (expecting(), accepted(), refused("ValidationException", "No"), Layer.OUTCOME),
        (expecting(error="ValidationException"), refused("ValidationException", "No"), accepted(), Layer.OUTCOME),
        (expecting(error="ValidationException"), refused("ValidationException"), Reply(500, "x"), Layer.OUTCOME),
        (
            expecting(error="ValidationException"),
            refused("ValidationException", namespace="com.amazon.coral.validate"),
            refused("SerializationException"),
            Layer.ERROR_TYPE,
        ),
        (
            expecting(error="ValidationException", message=ExpectedMessage("No")),
            refused("ValidationException", Message="No"),
            refused("ValidationException", "No!"),
            Layer.MESSAGE,
        ),
        (
            expecting(error="ValidationException", message=ExpectedMessage("No", Match.PREFIX)),
            refused("ValidationException", "No, thanks"),
            refused("ValidationException", "Oh no"),
            Layer.MESSAGE,
        ),
        (
            expecting(error="ValidationException", message=ExpectedMessage("N.*s", Match.PATTERN)),
            refused("ValidationException", "No,\nthanks"),
            refused("ValidationException", "No, thanks!"),
            Layer.MESSAGE,
        ),
        (
            expecting(error="ValidationException", message=ExpectedMessage("No")),
            refused("ValidationException", "No"),
            refused("ValidationException"),
            Layer.MESSAGE,
        ),
        (
            expecting(body={"Item": {"s": {"SS": ["a", "b"]}}}),
            accepted(Item={"s": {"SS": ["b", "a"]}}),
            accepted(Item={"s": {"SS": ["a"]}}),
            Layer.DATA,
        ),
        (expecting(body={}), accepted(), accepted(Item={}), Layer.DATA),
        (
            expecting(members={"Count": 1}),
            accepted(Count=1, Items=[{}]),
            accepted(Count=2, Items=[{}]),
            Layer.DATA,
        ),
        (
            expecting(members={"LastEvaluatedKey": None, "Count": 1}),
            accepted(Count=1),
            accepted(Count=1, LastEvaluatedKey={"p": {"S": "a"}}),
            Layer.DATA,
        ),
        (
            Step("GetItem", {"ReturnConsumedCapacity": "TOTAL"}, expect=Expectation(members={"ConsumedCapacity": 1})),
            accepted(ConsumedCapacity=1),
            accepted(ConsumedCapacity=2),
            Layer.CAPACITY,
        ),
    ],
)
def test_an_expectation_is_met_or_not(step: Step, met: Reply, unmet: Reply, layer: Layer):
    assert judge(step, met) is None
    difference = judge(step, unmet)
    assert difference is not None
    assert difference.layer is layer
    assert judge(step, unmet, layers=set(Layer) - {layer}) is None


def test_an_alternative_that_is_met_is_good_enough():
    older = Expectation(error="ValidationException", message=ExpectedMessage("Older"), note="eu-south-2")
    step = expecting(error="ValidationException", message=ExpectedMessage("Newer"), alternatives=(older,))
    assert judge(step, refused("ValidationException", "Newer")) is None
    assert judge(step, refused("ValidationException", "Older")) is None
    difference = judge(step, refused("ValidationException", "Neither"))
    assert difference is not None
    assert difference.kind == 'message "Neither" instead of "Newer"'
    assert (difference.expected, difference.actual) == ("Newer", "Neither")


def test_a_missing_refusal_is_named_by_what_was_due():
    step = expecting(error="ValidationException", message=ExpectedMessage('Syntax error; token: "="'))
    difference = judge(step, accepted())
    assert difference is not None
    assert difference.kind == 'accepted where ValidationException "Syntax error; token: "…"" was expected'


def test_expected_members_go_through_the_rules_with_the_rest_of_the_reply():
    """A page of a Scan is compared by what does not hang on its order, in the expectation as in the reply."""
    scan = Step(
        "Scan", {"TableName": "t", "Limit": 1}, expect=Expectation(members={"Items": [song("x", 1)], "Count": 1})
    )
    key = {"artist": {"S": "a"}, "song": {"S": "y"}}
    page = {"Items": [song("y", 2)], "Count": 1, "ScannedCount": 1, "LastEvaluatedKey": key}
    assert judge(scan, accepted(**page)) is None
    assert judge(scan, accepted(**{**page, "Count": 0})) is not None
