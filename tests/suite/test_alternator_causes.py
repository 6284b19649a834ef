"""Divergences from Alternator, explained by its rules. Texts and requests are recorded ones, of a real 6.2.3."""

from __future__ import annotations

from typing import Any

import pytest

from conformance import alternator_causes
from conformance.alternator_causes import cause_of
from conformance.compare import compare
from conformance.scenario import JSONObject, Reply, Step
from reference_server.alternator.rules import rules

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


def test_every_rule_that_is_named_exists() -> None:
    named = {row.rule for table in (alternator_causes._REFUSED, alternator_causes._ACCEPTED) for row in table}
    named |= {row.rule for table in (alternator_causes._IN_TABLES, alternator_causes._IN_STREAMS) for row in table}
    named |= {*alternator_causes.UNSUPPORTED.values(), *alternator_causes._DESCRIPTIONS.values()}
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
