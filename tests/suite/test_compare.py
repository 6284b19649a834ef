"""Differences are found in the right layer, at the right place, and called by the right kind."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniatures import FAULTS, Fault, accepted, refused, song

from conformance.compare import compare, differences, judge, signature
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


# --- the same fault, and different ones ---


def kind_of(step: Step, honest: Reply, wrong: Reply) -> str:
    difference = compare(step, honest, wrong)
    assert difference is not None
    return difference.kind


def failure(text: str) -> Reply:
    return Reply(500, failure=text)


def no(message: str) -> Reply:
    return refused("ValidationException", message)


def numbers(*spelt: str) -> Reply:
    return accepted(Item={"a": {"NS": list(spelt)}})


GET = Step("GetItem", {"TableName": "Music"})
FILTER = Step("Scan", {"TableName": "Music", "FilterExpression": "tags IN (x.y, NOT a.b)"})
TAKE, PUT, ASSERT = "KeyError in m.take: ", "KeyError in m.put_item: ", "ValueError in m.Parser._assert: "
NOT_CONVERTED = "{}_VALUE cannot be converted to {}"


@pytest.mark.parametrize(
    ("step", "one", "other"),
    [
        # Where it fails, not what would have been due.
        (GET, (accepted(), failure(f"{TAKE}'a'")), (no("Member must not be null"), failure(f"{TAKE}'b'"))),
        (
            FILTER,
            (accepted(), failure(f"{ASSERT}Bad IN tags IN (")),
            (no("No"), failure(f"{ASSERT}Bad IN x . y , NOT")),
        ),
        (GET, (accepted(), failure("RecursionError in a.b: x")), (accepted(), failure("RecursionError in c.d: x"))),
        # Names, values and expressions of the request.
        (FILTER, (accepted(), no("Invalid attribute name tags")), (accepted(), no("Invalid attribute name x.y"))),
        # Which number; depth.
        (
            GET,
            (no(NOT_CONVERTED.format("NUMBER", "String")), accepted()),
            (no("DECIMAL_VALUE cannot be converted to String"), accepted()),
        ),
        (
            GET,
            (numbers("1"), numbers("1.0")),
            (accepted(Item={"a": {"M": {"b": {"NS": ["5"]}}}}), accepted(Item={"a": {"M": {"b": {"NS": ["05"]}}}})),
        ),
        (GET, (numbers("0", "3"), numbers("+3", "0e9")), (numbers("1"), numbers("1.0"))),
        # Lists in lists.
        (
            GET,
            (no("path one: [l, [0]], path two: [l, [0], [1]]"), accepted()),
            (no("path one: [l], path two: [l]"), accepted()),
        ),
    ],
)
def test_the_same_fault_has_the_same_kind(step: Step, one: tuple[Reply, Reply], other: tuple[Reply, Reply]):
    assert kind_of(step, *one) == kind_of(step, *other)


@pytest.mark.parametrize(
    ("step", "one", "other"),
    [
        (GET, (accepted(), failure(f"{TAKE}'a'")), (accepted(), failure("KeyError in m.give: 'a'"))),
        (GET, (accepted(), failure(f"{TAKE}'a'")), (accepted(), failure("TypeError in m.take: 'a'"))),
        (GET, (accepted(), failure(f"{PUT}'TableName'")), (accepted(), failure(f"{PUT}'Item'"))),
        (GET, (accepted(), failure("no place")), (no("No"), failure("no place"))),
        (
            FILTER,
            (accepted(), failure(f"{ASSERT}Bad IN tags IN (")),
            (accepted(), failure(f"{ASSERT}Bad NOT tags IN (")),
        ),
        (FILTER, (accepted(), no("Bad IN expression tags IN (")), (accepted(), no("Bad NOT expression NOT a"))),
        # Keywords, functions, parameters, datatypes and the words of the texts stay, though the request has them.
        (FILTER, (no("operator: IN"), accepted()), (no("operator: NOT"), accepted())),
        (FILTER, (no("Invalid FilterExpression"), accepted()), (no("Invalid ProjectionExpression"), accepted())),
        (
            GET,
            (no(NOT_CONVERTED.format("NUMBER", "String")), accepted()),
            (no("TRUE_VALUE cannot be converted to String"), accepted()),
        ),
        # Numbers that are not the request's.
        (
            GET,
            (no("1 validation error detected: No"), accepted()),
            (no("2 validation errors detected: No"), accepted()),
        ),
        (
            GET,
            (no("Member must have length less than or equal to 255"), accepted()),
            (no("Member must have length less than or equal to 1024"), accepted()),
        ),
        # Another number is not another spelling; a number alone is not one in a set.
        (GET, (numbers("0", "3"), numbers("0", "4")), (numbers("0", "3"), numbers("0", "3.0"))),
        (GET, (numbers("1"), numbers("1.0")), (accepted(Item={"a": {"N": "1"}}), accepted(Item={"a": {"N": "1.0"}}))),
        (
            GET,
            (accepted(Item={"a": {"N": "1"}}), accepted(Item={"a": {"N": "1.0"}})),
            (accepted(Attributes={"a": {"N": "1"}}), accepted(Attributes={"a": {"N": "1.0"}})),
        ),
    ],
)
def test_different_faults_have_different_kinds(step: Step, one: tuple[Reply, Reply], other: tuple[Reply, Reply]):
    assert kind_of(step, *one) != kind_of(step, *other)


def test_numbers_of_a_set_are_paired_by_their_value_to_the_last_digit():
    near = "1234567890123456789012345678901234567"
    [difference] = differences(GET, numbers("1", f"{near}8", f"{near}9"), numbers(f"{near}9", f"{near}8", "1.0"))
    assert difference.kind == "Item: a number in a set is written otherwise"
    kinds = {found.kind for found in differences(GET, numbers("1", "2"), numbers("02", "3"))}
    assert kinds == {"Item.<attribute>.NS[]: another number", "Item: a number in a set is written otherwise"}


KEY = {"artist": {"S": "a"}, "song": {"S": "y"}}


@pytest.mark.parametrize(
    ("step", "honest", "wrong", "kinds"),
    [
        pytest.param(
            Step("Query", {"TableName": "Music", "ReturnConsumedCapacity": "TOTAL"}),
            {"LastEvaluatedKey": KEY, "ConsumedCapacity": {"CapacityUnits": 128.5}},
            {"ConsumedCapacity": {"CapacityUnits": 128.5}},
            ["LastEvaluatedKey: member missing", "Count: another number", "ScannedCount: another number"],
            id="no page where one was cut by its size",
        ),
        pytest.param(
            Step("Query", {"TableName": "Music", "Limit": 1, "ReturnConsumedCapacity": "TOTAL"}),
            {"LastEvaluatedKey": KEY, "ConsumedCapacity": {"CapacityUnits": 0.5}},
            {"LastEvaluatedKey": KEY, "ConsumedCapacity": {"CapacityUnits": 0.5}, "ScannedCount": 9},
            ["Count: another number", "ScannedCount: another number"],
            id="another count than the Limit",
        ),
        pytest.param(
            Step("Scan", {"TableName": "Music"}),
            {},
            {"LastEvaluatedKey": KEY},
            ["LastEvaluatedKey: member not expected", "Count: another number", "ScannedCount: another number"],
            id="a page where all should be",
        ),
        pytest.param(
            Step("Query", {"TableName": "Music", "Limit": 1}),
            {"LastEvaluatedKey": KEY},
            {"LastEvaluatedKey": KEY, "ScannedCount": None, "Count": None},
            ["Count: member missing", "ScannedCount: member missing"],
            id="no counts",
        ),
    ],
)
def test_what_is_taken_out_on_one_side_is_no_difference(
    step: Step, honest: dict[str, object], wrong: dict[str, object], kinds: list[str]
):
    page = {"Items": [song("x", 1)], "Count": 1, "ScannedCount": 1}
    replies = [
        Reply(200, {name: value for name, value in {**page, **members}.items() if value is not None})
        for members in (honest, wrong)
    ]
    assert [difference.kind for difference in differences(step, *replies)] == kinds


def test_a_kind_shows_an_expected_pattern_as_a_text():
    text = r"(1 validation error detected: )?Value '\{.*\}' is bad; operand type: LIST.*"
    step = expecting(error="ValidationException", message=ExpectedMessage(text, Match.PATTERN))
    difference = judge(step, refused("ValidationException", "No"))
    assert difference is not None
    assert difference.kind == 'message "No" instead of "Value \'…\' is bad; operand type: LIST…"'
    assert difference.expected == text


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
            expecting(error="ConditionalCheckFailedException", members={"Item": {"n": {"N": "1"}}}),
            refused("ConditionalCheckFailedException", "Failed", Item={"n": {"N": "1"}}),
            refused("ConditionalCheckFailedException", "Failed"),
            Layer.DATA,
        ),
        (
            expecting(error="TransactionCanceledException", members={"CancellationReasons": [{"Message": "No"}]}),
            refused("TransactionCanceledException", "No", CancellationReasons=[{"Message": "No"}]),
            refused("TransactionCanceledException", "No", CancellationReasons=[{"Message": "Yes"}]),
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
