"""Divergences from Alternator, explained by its rules. Texts and requests are recorded ones, of a real 6.2.3."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from conformance import alternator_causes
from conformance.alternator_causes import cause_of, cause_of_divergence
from conformance.commands.alternator_rules import with_reasons
from conformance.compare import compare
from conformance.divergence import Difference, Divergence, Layer, Signature
from conformance.expectations import KnownDivergence
from conformance.scenario import Expectation, JSONObject, Reply, Scenario, Step
from reference_server.alternator import texts
from reference_server.alternator.rules import rules
from reference_server.messages import Message

KEY = {"p": {"S": "a"}}


def refused(text: str, type_name: str = "ValidationException") -> Reply:
    return Reply(400, {"__type": f"com.amazonaws.dynamodb.v20120810#{type_name}", "message": text})


def accepted(**members: Any) -> Reply:
    return Reply(200, members)


def explained(operation: str, request: JSONObject, baseline: Reply, other: Reply) -> str | None:
    step = Step(operation, request)
    difference = compare(step, baseline, other)
    assert difference is not None
    return cause_of(step, difference, baseline, other)


MEMBERS = {"member": "GlobalSecondaryIndexUpdates", "operator": "CONTAINS", "name": "ReturnValues"}
ALL_TEXTS = {name: text for name, text in vars(texts).items() if isinstance(text, Message)}


@pytest.mark.parametrize("name", ALL_TEXTS)
def test_every_text_of_the_dialect_has_a_rule(name: str) -> None:
    """A text without one would be a difference that nobody wrote down."""
    text = re.sub(r"\{(\w+)\}", lambda field: MEMBERS.get(field[1], "1"), ALL_TEXTS[name].text)
    assert any(row.pattern.search(text) for row in alternator_causes._REFUSED), text


def test_every_rule_that_is_named_exists() -> None:
    named = {row.rule for table in (alternator_causes._REFUSED, alternator_causes._ACCEPTED) for row in table}
    named |= {row.rule for table in (alternator_causes._IN_TABLES, alternator_causes._IN_STREAMS) for row in table}
    named |= {*alternator_causes.UNSUPPORTED.values(), *alternator_causes._DESCRIPTIONS.values()}
    named |= {*alternator_causes._LAWS.values()}
    assert named <= {rule.id for rule in rules()}


@pytest.mark.parametrize(
    ("operation", "text", "type_name", "rule"),
    [
        ("TransactWriteItems", "Unsupported operation TransactWriteItems", "UnknownOperationException", "transactions"),
        ("ExecuteStatement", "Unsupported operation ExecuteStatement", "UnknownOperationException", "partiql"),
        ("UpdateTable", "GlobalSecondaryIndexUpdates not supported", "ValidationException", "index-changes"),
        ("UpdateTable", "ProvisionedThroughput not supported", "ValidationException", "update-table-refused"),
        (
            "UpdateItem",
            "JSON assert failed on condition 'false', at: 0x0",
            "ValidationException",
            "attribute-updates-action",
        ),
        ("UpdateItem", "invalid object: null", "ValidationException", "size-of-absent"),
        (
            "CreateTable",
            "SSESpecification: configuring encryption-at-rest is not yet supported.",
            "ValidationException",
            "encryption",
        ),
        (
            "PutItem",
            "Read-modify-write operations are disabled by 'forbid_rmw' write isolation policy.",
            "ValidationException",
            "forbid-read-modify-write",
        ),
        ("CreateTable", "TableName must be at least 3 characters long", "ValidationException", "table-name-length"),
    ],
)
def test_what_it_refuses(operation: str, text: str, type_name: str, rule: str) -> None:
    assert explained(operation, {}, accepted(), refused(text, type_name)) == rule


@pytest.mark.parametrize(
    ("operation", "text", "rule"),
    [
        ("PutItem", "Item size has exceeded the maximum allowed size", "item-size"),
        ("UpdateItem", "Invalid UpdateExpression: Attribute name is a reserved keyword", "reserved-words"),
        ("PutItem", "Input collection contains duplicates", "set-duplicates"),
        ("Query", "The provided starting key is invalid", "start-key-unchecked"),
        ("DeleteTable", "Resource is currently protected against deletion.", "deletion-protection-ignored"),
        ("UpdateItem", "The IN operator is provided with too many operands", "in-operands"),
        ("GetRecords", "Limit should be less than or equal to 1000", "get-records-limit"),
        ("Scan", "Invalid FilterExpression: Invalid function name; function: foo", "conditions-as-needed"),
        ("GetItem", 'Invalid ProjectionExpression: Syntax error; token: "1", near: "01]"', "list-index-zeros"),
        ("Query", "The query can return at most one row and cannot be restarted", "start-key-unchecked"),
    ],
)  # fmt: skip
def test_what_it_accepts(operation: str, text: str, rule: str) -> None:
    assert explained(operation, {}, refused(text), accepted()) == rule


@pytest.mark.parametrize(
    ("operation", "request_", "baseline", "other", "rule"),
    [
        (
            "GetItem",
            {"TableName": "t", "Key": {"p": {"N": "7.0"}}},
            accepted(Item={"p": {"N": "7"}, "x": {"S": "long enough"}, "y": {"S": "z"}}),
            accepted(),
            "partition-key-spelling",
        ),
        (
            "GetItem",
            {"TableName": "t", "Key": KEY},
            accepted(Item=KEY | {"l": {"L": [{"N": "1.5"}]}}),
            accepted(Item=KEY | {"l": {"L": [{"N": "1.50"}]}}),
            "nested-number-text",
        ),
        (
            "Query",
            {
                "TableName": "t",
                "KeyConditionExpression": "p = :p",
                "FilterExpression": "v = :a",
                "ExpressionAttributeValues": {":p": {"S": "a"}, ":a": {"N": "1.00"}},
            },
            accepted(Items=[KEY], Count=1, ScannedCount=1),
            accepted(Items=[], Count=0, ScannedCount=1),
            "number-equality",
        ),
        (
            "Query",
            {"TableName": "t", "IndexName": "i", "KeyConditionExpression": "g = :g"},
            accepted(Items=[KEY], Count=1, ScannedCount=1),
            accepted(Items=[KEY | {"y": {"S": "y"}}], Count=1, ScannedCount=1),
            "index-projection-ignored",
        ),
        (
            "PutItem",
            {"TableName": "t", "Item": KEY, "ReturnConsumedCapacity": "TOTAL"},
            accepted(ConsumedCapacity={"TableName": "t", "CapacityUnits": 1.0}),
            accepted(),
            "consumed-capacity-absent",
        ),
        (
            "GetItem",
            {"TableName": "t", "Key": KEY},
            accepted(Item=KEY),
            accepted(),
            "update-removes-only",
        ),
        (
            "BatchGetItem",
            {"RequestItems": {"t": {"Keys": [{"p": {"N": "7.0"}}]}}},
            accepted(Responses={"t": [{"p": {"N": "7"}}]}, UnprocessedKeys={}),
            accepted(Responses={"t": []}, UnprocessedKeys={}),
            "partition-key-spelling",
        ),
        (
            "PutItem",
            {
                "TableName": "t",
                "Item": KEY,
                "ConditionExpression": "size(x) > :n",
                "ExpressionAttributeValues": {":n": {"N": "4"}},
            },
            refused("The conditional request failed", "ConditionalCheckFailedException"),
            accepted(),
            "size-in-bytes",
        ),
        (
            "UpdateItem",
            {"TableName": "t", "Key": KEY, "UpdateExpression": "SET g = :g"},
            refused("One or more parameter values were invalid: Type mismatch for Index Key g"),
            refused("The conditional request failed", "ConditionalCheckFailedException"),
            "several-mistakes",
        ),
        (
            "PutItem",
            {"TableName": "t", "Item": {"p": {"N": "1e3"}}, "ConditionExpression": "attribute_not_exists(p)"},
            refused("The conditional request failed", "ConditionalCheckFailedException"),
            accepted(),
            "partition-key-spelling",
        ),
    ],
)
def test_where_both_accept(operation: str, request_: JSONObject, baseline: Reply, other: Reply, rule: str) -> None:
    assert explained(operation, request_, baseline, other) == rule


def test_what_nobody_wrote_down_is_not_explained() -> None:
    lost = explained(
        "GetItem", {"TableName": "t", "Key": KEY}, accepted(Item=KEY | {"x": {"S": "1"}, "y": {"S": "2"}}), accepted()
    )
    assert lost is None
    assert explained("PutItem", {}, accepted(), refused("The moon is in the wrong phase")) is None
    late = refused("The conditional request failed", "ConditionalCheckFailedException")
    assert explained("PutItem", {}, refused("The moon is in the wrong phase"), late) is None


# --- by what was asked before -----------------------------------------------------------------------------


def found(steps: list[tuple[str, JSONObject]], law: str = "") -> Divergence:
    """The last step is answered with an item by one side alone."""
    scenario = Scenario("x", "x", (), tuple(Step(operation, request) for operation, request in steps))
    item = KEY | {"x": {"S": "1"}, "y": {"S": "2"}}
    return Divergence(
        Signature("other", steps[-1][0], Layer.DATA, "Item: member missing"),
        "x",
        "reference",
        scenario,
        len(steps) - 1,
        Difference(Layer.DATA, "Item: member missing", "Item"),
        {"reference": accepted(Item=item), "other": accepted()},
        law=law,
    )


READ = ("GetItem", {"TableName": "t", "Key": {"p": {"N": "7"}}})


@pytest.mark.parametrize(
    ("before", "rule"),
    [
        (("PutItem", {"TableName": "t", "Item": {"p": {"N": "7.0"}}}), "partition-key-spelling"),
        (
            ("BatchWriteItem", {"RequestItems": {"t": [{"DeleteRequest": {"Key": {"p": {"N": "7.0"}}}}]}}),
            "partition-key-spelling",
        ),
        (
            ("UpdateItem", {"TableName": "t", "Key": {"p": {"N": "7"}}, "UpdateExpression": "REMOVE x"}),
            "update-removes-only",
        ),
        (
            (
                "UpdateItem",
                {"TableName": "t", "Key": {"p": {"N": "7"}}, "AttributeUpdates": {"x": {"Action": "DELETE"}}},
            ),
            "update-removes-only",
        ),
        (("UpdateItem", {"TableName": "t", "Key": {"p": {"N": "7"}}, "UpdateExpression": "SET x = y"}), None),
        (("PutItem", {"TableName": "t", "Item": {"p": {"N": "7"}}}), None),
    ],
)
def test_what_was_written_before(before: tuple[str, JSONObject], rule: str | None) -> None:
    assert cause_of_divergence(found([before, READ])) == rule
    assert cause_of_divergence(found([before, READ], law="last-write")) == rule


def test_a_broken_law_that_is_a_rule() -> None:
    assert cause_of_divergence(found([READ], law="index")) == "index-projection-ignored"


def test_where_a_case_does_not_say_the_text_the_reference_is_asked() -> None:
    step = Step("BatchGetItem", {"RequestItems": {}}, expect=Expectation(error="ValidationException"))
    divergence = replace(
        found([READ]),
        baseline="case",
        scenario=Scenario("x", "x", (), (step,)),
        difference=Difference(Layer.OUTCOME, "accepted"),
        replies={"other": accepted()},
    )
    entry = KnownDivergence("BatchGetItem", Layer.OUTCOME, "accepted", cases=("x",))
    (explained_entry,) = with_reasons([entry], [divergence])
    assert explained_entry.reason.startswith("batch-get-empty: ")
