"""How grave a divergence is, and the sentence that tells it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.divergence import MISSING, Difference, Divergence, Layer, Severity, Signature
from conformance.reasons import reason
from conformance.scenario import Expectation, ExpectedMessage, JSONObject, Match, Outcome, Reply, Scenario, Step
from conformance.sentences import LENGTH, sentence_of
from conformance.severity import Effect, effect_of, severity_of

REPLIES = {
    Outcome.ACCEPTED: Reply(200, {}),
    Outcome.REFUSED: Reply(400, {"__type": "ValidationException", "message": "No"}),
    Outcome.FAILED: Reply(500, failure="KeyError in moto.x: 'a'"),
    Outcome.NO_ANSWER: Reply(0, failure="no answer within 10 s"),
}
OPERATIONS = {"PutItem": Effect.WRITE, "Query": Effect.READ, "CreateTable": Effect.OTHER}
A, R = Outcome.ACCEPTED, Outcome.REFUSED


def divergence(
    operation: str = "PutItem",
    layer: Layer = Layer.OUTCOME,
    kind: str = "a kind",
    *,
    due: Reply = REPLIES[A],
    came: Reply = REPLIES[A],
    request: JSONObject | None = None,
    expect: Expectation | None = None,
    law: str = "",
    **difference: Any,
) -> Divergence:
    """From a target's reply, where there is no expectation and no law."""
    baseline = "law" if law else "reference" if expect is None else "case"
    return Divergence(
        signature=Signature("moto", operation, layer, kind),
        feature="f",
        baseline=baseline,
        scenario=Scenario("s", "f", (), (Step(operation, request or {}, expect=expect),)),
        step=0,
        difference=Difference(layer, kind, **difference),
        replies={"moto": came, **({"reference": due} if baseline == "reference" else {})},
        law=law,
    )


def refused(error: str, message: str = "", **members: Any) -> Reply:
    return Reply(400, {"__type": f"x#{error}", "message": message, **members})


# --- severity ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("operation", "effect"), OPERATIONS.items())
def test_operations_are_told_apart_by_what_they_do(operation: str, effect: Effect) -> None:
    assert effect_of(operation) is effect


@pytest.mark.parametrize(
    ("due", "came", "severity"),
    [
        (A, A, Severity.ERROR_TYPE),
        (A, R, Severity.REFUSAL),
        (A, Outcome.FAILED, Severity.REFUSAL),
        (A, Outcome.NO_ANSWER, Severity.REFUSAL),
        (R, A, Severity.ACCEPTANCE),
        (R, R, Severity.ERROR_TYPE),
        (R, Outcome.FAILED, Severity.ERROR_TYPE),
        (R, Outcome.NO_ANSWER, Severity.ERROR_TYPE),
        # A baseline that fails itself says nothing of what is due; least of all that it is success.
        (Outcome.FAILED, A, Severity.ACCEPTANCE),
        (Outcome.FAILED, R, Severity.ERROR_TYPE),
        (Outcome.FAILED, Outcome.FAILED, Severity.ERROR_TYPE),
        (Outcome.FAILED, Outcome.NO_ANSWER, Severity.ERROR_TYPE),
        (Outcome.NO_ANSWER, A, Severity.ACCEPTANCE),
        (Outcome.NO_ANSWER, R, Severity.ERROR_TYPE),
        (Outcome.NO_ANSWER, Outcome.FAILED, Severity.ERROR_TYPE),
        (Outcome.NO_ANSWER, Outcome.NO_ANSWER, Severity.ERROR_TYPE),
    ],
)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_of_outcomes(operation: str, due: Outcome, came: Outcome, severity: Severity) -> None:
    assert severity_of(divergence(operation, due=REPLIES[due], came=REPLIES[came])) is severity


@pytest.mark.parametrize(
    ("layer", "severity"),
    [
        (Layer.ERROR_TYPE, Severity.ERROR_TYPE),
        (Layer.DATA, Severity.DATA),
        (Layer.MESSAGE, Severity.MESSAGE),
        (Layer.CAPACITY, Severity.CAPACITY),
    ],
)
@pytest.mark.parametrize(("operation", "due", "came"), list(product(OPERATIONS, Outcome, Outcome)))
def test_of_the_other_layers_the_layer_decides(
    layer: Layer, severity: Severity, operation: str, due: Outcome, came: Outcome
) -> None:
    assert severity_of(divergence(operation, layer, due=REPLIES[due], came=REPLIES[came])) is severity


@pytest.mark.parametrize("error", ["ConditionalCheckFailedException", "TransactionCanceledException"])
@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"])
def test_a_write_that_its_condition_forbids_is_loss_of_data(operation: str, error: str) -> None:
    assert severity_of(divergence(operation, due=refused(error))) is Severity.DATA
    assert severity_of(divergence(operation, due=refused(error), came=REPLIES[Outcome.FAILED])) is Severity.ERROR_TYPE
    assert severity_of(divergence("TransactGetItems", due=refused(error))) is Severity.ACCEPTANCE


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("CancellationReasons[].Code: A instead of B", Severity.ERROR_TYPE),
        ("CancellationReasons[].Item: member missing", Severity.DATA),
        ("ItemCollectionMetrics: member missing", Severity.CAPACITY),
        ("Items: elements missing", Severity.DATA),
    ],
)
def test_some_data_are_something_else(kind: str, severity: Severity) -> None:
    assert severity_of(divergence("TransactWriteItems", Layer.DATA, kind)) is severity


@pytest.mark.parametrize(
    ("layer", "severity"),
    [
        (Layer.DATA, Severity.DATA),
        (Layer.OUTCOME, Severity.REFUSAL),
        (Layer.ERROR_TYPE, Severity.ERROR_TYPE),
        (Layer.MESSAGE, Severity.MESSAGE),
        (Layer.CAPACITY, Severity.CAPACITY),
    ],
)
def test_of_laws(layer: Layer, severity: Severity) -> None:
    assert severity_of(divergence(layer=layer, kind="pages: x", law="pages")) is severity


def test_a_case_says_what_was_due() -> None:
    refusal = Expectation(error="ConditionalCheckFailedException")
    assert severity_of(divergence(expect=refusal)) is Severity.DATA
    assert severity_of(divergence(expect=Expectation(), came=REPLIES[R])) is Severity.REFUSAL


# --- sentences --------------------------------------------------------------------------------------------

EXISTS = {"ConditionExpression": "attribute_exists(pk)"}


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            divergence(
                "DeleteItem",
                due=refused("ConditionalCheckFailedException", "The conditional request failed"),
                request={"Expected": {"a": {"Exists": False}}, "Key": {}},
            ),
            "moto: DeleteItem deletes the item although its Expected condition does not hold",
        ),
        (
            divergence("UpdateItem", due=refused("ConditionalCheckFailedException"), request=EXISTS),
            "moto: UpdateItem updates the item although its ConditionExpression does not hold",
        ),
        (
            divergence(
                "TransactWriteItems",
                due=refused(
                    "TransactionCanceledException",
                    "...",
                    CancellationReasons=[{"Code": "None"}, {"Code": "ConditionalCheckFailed"}],
                ),
            ),
            "moto: TransactWriteItems is carried out although the condition of one of its actions does not hold",
        ),
        (
            divergence(
                due=refused(
                    "ValidationException",
                    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain"
                    " an empty string value. Key: pk",
                )
            ),
            "moto: PutItem is accepted although a key attribute is an empty string",
        ),
        (
            divergence(due=refused("ValidationException", "Nobody has heard of this")),
            'moto: PutItem is accepted where ValidationException "Nobody has heard of this" is due',
        ),
        (
            divergence(
                "Scan",
                expect=Expectation(
                    error="ValidationException",
                    message=ExpectedMessage(r"(1 .*: )?Invalid FilterExpression: Syntax error; .*", Match.PATTERN),
                ),
            ),
            "moto: Scan is accepted although the FilterExpression has a syntax error",
        ),
        (
            divergence("Query", came=REPLIES[Outcome.FAILED], request={"IndexName": "i", "Limit": 1}),
            "moto: Query with IndexName and Limit is valid and fails with an internal error (KeyError)",
        ),
        (
            divergence("Query", came=refused("ResourceNotFoundException", "x"), request={"ScanIndexForward": True}),
            "moto: Query is valid and is refused, as if there is no such table or index",
        ),
        (
            divergence(
                "Query", due=refused("ValidationException", "Number overflow."), came=REPLIES[Outcome.NO_ANSWER]
            ),
            "moto: Query gets no answer (no answer within 10 s) where a number is too large",
        ),
        (
            divergence(
                "Query",
                Layer.ERROR_TYPE,
                due=refused("ValidationException", "Attempting to store more than 38 significant digits in a Number"),
                came=refused("SerializationException"),
                expected="ValidationException",
                actual="SerializationException",
            ),
            "moto: Query is refused with SerializationException instead of ValidationException where a number has more"
            " than 38 digits",
        ),
        (
            divergence("Query", Layer.ERROR_TYPE, expected=400, actual=413, due=refused("X"), came=refused("X")),
            "moto: Query is refused with status 413 instead of status 400",
        ),
        (
            divergence(
                "Scan",
                Layer.MESSAGE,
                due=refused("V", "Invalid FilterExpression: The expression can not be empty;"),
                came=refused("V", "Bad"),
                expected="a",
                actual="b",
            ),
            "moto: the refusal of Scan is worded otherwise where the FilterExpression is empty",
        ),
        (
            divergence(
                "Scan",
                Layer.MESSAGE,
                due=refused("V", "Invalid FilterExpression: The expression can not be empty;"),
                came=refused("V", "Number overflow."),
                expected="a",
                actual="b",
            ),
            "moto: Scan is refused because a number is too large, not because the FilterExpression is empty",
        ),
        (
            divergence("Query", Layer.DATA, "Items: elements missing", request={"FilterExpression": "a = b"}),
            "moto: Query with FilterExpression returns too few items",
        ),
        (
            divergence("GetItem", Layer.DATA, "Item: member missing", expected={}, actual=MISSING),
            "moto: GetItem does not find the item",
        ),
        (
            divergence("DescribeTable", Layer.DATA, "Table.TableId: member missing"),
            "moto: DescribeTable leaves out TableId in Table",
        ),
        (
            divergence("Query", Layer.CAPACITY, "ConsumedCapacity.Table.CapacityUnits: another number"),
            "moto: Query reports another consumed capacity for the table",
        ),
        (
            divergence("Query", Layer.DATA, "pages: an item is missing from the pages", law="pages"),
            "moto: Query breaks a law: an item is missing from the pages",
        ),
    ],
)
def test_a_sentence_says_what_happens_and_what_is_the_case(found: Divergence, sentence: str) -> None:
    assert sentence_of(found) == sentence


TEXTS = st.text(st.characters(codec="utf-8"), max_size=400)
SOME_REPLIES = st.one_of(
    st.sampled_from(list(REPLIES.values())),
    st.builds(refused, st.sampled_from(["ValidationException", "ConditionalCheckFailedException", "Other"]), TEXTS),
)


@given(
    st.sampled_from(list(Layer)), SOME_REPLIES, SOME_REPLIES, TEXTS, TEXTS, st.sampled_from([*OPERATIONS, "DeleteItem"])
)
def test_any_divergence_has_a_short_sentence(
    layer: Layer, due: Reply, came: Reply, kind: str, path: str, operation: str
) -> None:
    found = divergence(operation, layer, kind, due=due, came=came, path=path, expected=kind, actual=path)
    sentence = sentence_of(found)
    assert sentence == sentence_of(found)
    assert sentence.startswith("moto: ")
    assert len(sentence) <= LENGTH
    assert "\n" not in sentence


@pytest.mark.parametrize("name", ["Grüße", "no-such-name"])
def test_names_and_values_of_the_request_are_left_out(name: str) -> None:
    message = f"Something about the attribute {name} is unheard of"
    found = divergence(due=refused("ValidationException", message), request={"Item": {name: {"S": "x"}}})
    assert name not in sentence_of(found)


AT = "Value '' at '{}' failed to satisfy constraint: Member must "


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (AT.format("tableName") + "have length greater than or equal to 1", "TableName is too short"),
        (AT.format("transactItems.1.member.put.item") + "not be null", "Item is missing"),
        (AT.format("item.a-name") + "not be null", "a member is missing"),
        (
            "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: size,"
            " operand type: N",
            "size has an operand of type N in the ConditionExpression",
        ),
        (
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}",
            "ExpressionAttributeNames has an unused placeholder",
        ),
        ("STRING_VALUE cannot be converted to Integer", "a member is not of the type Integer"),
        ("One or more parameter values were invalid: An number set  may not be empty", "a number set is empty"),
        ("", ""),
        ("Nobody has heard of this", ""),
    ],
)
def test_texts_of_refusals_in_words(message: str, words: str) -> None:
    assert reason("ValidationException", message) == words


def test_a_text_that_quotes_the_whole_request_is_looked_at_from_both_ends() -> None:
    """On such a text of half a megabyte, as ministack sends them, the patterns would not come to an end."""
    quoted = '{"a": {"S": "type: operator: operand "}}, ' * 12_000
    assert reason(
        "ValidationException", f"Value '{quoted}' at 'key' failed to satisfy constraint: Member must not be null"
    )
