"""Constraints beyond what the probes recorded (data-plane 2.1, control-plane 1 to 3 and 7)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference_server.errors import ValidationException
from reference_server.model import explanation
from reference_server.model.decoder import decode

PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
NULL = "Member must not be null"


def at(path: str, value: str | None, constraint: str) -> str:
    echo = "null" if value is None else f"'{value}'"
    return f"Value {echo} at '{path}' failed to satisfy constraint: {constraint}"


def refusal(operation: str, request: dict[str, Any]) -> str | None:
    with pytest.raises(ValidationException) as refused:
        decode(operation, json.dumps(request).encode())
    return refused.value.message


def enveloped(*violations: str) -> str:
    errors = "error" if len(violations) == 1 else "errors"
    return f"{len(violations)} validation {errors} detected: {'; '.join(violations)}"


TABLE = {
    "TableName": "table",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
}


@pytest.mark.parametrize(
    ("operation", "request_", "violations"),
    [
        ("GetItem", {}, [at("key", None, NULL), at("tableName", None, NULL)]),
        ("PutItem", {}, [at("tableName", None, NULL)]),
        ("PutItem", {"TableName": "table", "Item": None}, [at("item", None, NULL)]),
        (
            "UpdateItem",
            {"ReturnValues": "SOME", "ReturnConsumedCapacity": "ALL"},
            [
                at("returnConsumedCapacity", "ALL", "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"),
                at("tableName", None, NULL),
                at(
                    "returnValues",
                    "SOME",
                    "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
                ),
                at("key", None, NULL),
            ],
        ),
        (
            "UpdateItem",
            {"TableName": "t", "Key": {}, "AttributeUpdates": {"s": {"Action": "FOO"}}},
            [at("attributeUpdates.s.member.action", "FOO", "Member must satisfy enum value set: [ADD, PUT, DELETE]")],
        ),
        (
            "Scan",
            {"TableName": "table", "Segment": 0, "TotalSegments": 0},
            ["Value at 'totalSegments' failed to satisfy constraint: Member must have value between 1 and 1000000"],
        ),
        (
            "Query",
            {"TableName": "table", "KeyConditions": {"a": {}}},
            [at("keyConditions.a.member.comparisonOperator", None, NULL)],
        ),
        (
            "ListTables",
            {"ExclusiveStartTableName": "a!"},
            [
                at("exclusiveStartTableName", "a!", PATTERN),
                at("exclusiveStartTableName", "a!", "Member must have length greater than or equal to 3"),
            ],
        ),
        ("ListTables", {"Limit": 101}, [at("limit", "101", "Member must have value less than or equal to 100")]),
        (
            "BatchGetItem",
            {"RequestItems": {"a!": {"Keys": [{}]}}, "ReturnConsumedCapacity": "X"},
            [
                at("returnConsumedCapacity", "X", "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"),
                at(
                    "requestItems",
                    "{a!=KeysAndAttributes(keys=[{}], attributesToGet=null, consistentRead=null, "
                    "projectionExpression=null, expressionAttributeNames=null)}",
                    "Map keys must satisfy constraint: [Member must have length less than or equal to 255, "
                    f"Member must have length greater than or equal to 3, {PATTERN}]",
                ),
            ],
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"a!": []}, "ReturnConsumedCapacity": "X"},
            [at("returnConsumedCapacity", "X", "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]")],
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"table": [{"DeleteRequest": {}}, {"PutRequest": {}}]}},
            [
                at("requestItems.table.member.1.member.deleteRequest.key", None, NULL),
                at("requestItems.table.member.2.member.putRequest.item", None, NULL),
            ],
        ),
        (
            "BatchWriteItem",
            {"RequestItems": {"table": []}},
            [
                "Value at 'requestItems.table.member' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1"
            ],
        ),
        (
            "BatchGetItem",
            {"RequestItems": {"table": {"Keys": [{"p": {"S": str(n)}} for n in range(101)]}}},
            [
                "Value at 'RequestItems.table.member.Keys' failed to satisfy constraint: "
                "Member must have length less than or equal to 100"
            ],
        ),
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"Item": {}}}]},
            [at("transactItems.1.member.put.tableName", None, NULL)],
        ),
        (
            "CreateTable",
            {**TABLE, "ProvisionedThroughput": {"ReadCapacityUnits": 0}},
            [
                at("provisionedThroughput.writeCapacityUnits", None, NULL),
                at("provisionedThroughput.readCapacityUnits", "0", "Member must have value greater than or equal to 1"),
            ],
        ),
        (
            "CreateTable",
            {**TABLE, "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "Q"}]},
            [
                at(
                    "attributeDefinitions.1.member.attributeType",
                    "Q",
                    "Member must satisfy enum value set: [B, N, S]",
                )
            ],
        ),
        (
            "CreateTable",
            {"TableName": "t_1", "KeySchema": TABLE["KeySchema"]},
            [at("attributeDefinitions", None, NULL)],
        ),
        (
            "SearchVectors",
            {"TableName": "table"},
            [at("indexName", None, NULL), at("searchVector", None, NULL), at("topK", None, NULL)],
        ),
        (
            "TagResource",
            {"ResourceArn": "arn", "Tags": [None]},
            [at("tags", "[null]", f"Member must satisfy constraint: [{NULL}]")],
        ),
    ],
)
def test_violations_are_told_in_order(operation: str, request_: dict[str, Any], violations: list[str]) -> None:
    assert refusal(operation, request_) == enveloped(*violations)


def test_at_most_ten_violations_are_told() -> None:
    message = refusal("TransactGetItems", {"TransactItems": [{} for _ in range(12)]})
    assert message == enveloped(*(at(f"transactItems.{n}.member.get", None, NULL) for n in range(1, 11)))


def test_what_is_told_once_is_printed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the time that a refusal takes grows with the square of the list, and a small request holds the server up."""
    printed: list[Any] = []
    monkeypatch.setattr(explanation, "render", lambda _, value: printed.append(value) or "[...]")
    message = refusal("TagResource", {"ResourceArn": "arn", "Tags": [None] * 50})
    assert message == enveloped(at("tags", "[...]", f"Member must satisfy constraint: [{NULL}]"))
    assert len(printed) == 1


@pytest.mark.parametrize("operation", ["CreateTable", "DescribeTable", "UpdateTable", "DeleteTable"])
def test_a_table_operation_asks_for_its_table_before_all_else(operation: str) -> None:
    message = "The parameter 'TableName' is required but was not present in the request"
    assert refusal(operation, {"BillingMode": "FREE"}) == message
    assert refusal(operation, {"TableName": None}) == message


@pytest.mark.parametrize("operation", ["DescribeTable", "UpdateTable", "DeleteTable"])
@pytest.mark.parametrize("name", ["", "ab", "a!", "a" * 256])
def test_a_table_operation_checks_the_length_of_the_name_first(operation: str, name: str) -> None:
    message = "TableName must be at least 3 characters long and at most 255 characters long"
    assert refusal(operation, {"TableName": name}) == message


def test_a_name_of_bad_characters_is_a_violation_like_others() -> None:
    assert refusal("DescribeTable", {"TableName": "a b!"}) == enveloped(at("tableName", "a b!", PATTERN))


@pytest.mark.parametrize("name", ["a", "a" * 255, "arn:aws:dynamodb:us-east-1:000000000000:table/table"])
def test_names_and_arns_of_tables_are_taken(name: str) -> None:
    assert decode("GetItem", json.dumps({"TableName": name, "Key": {}}).encode()).TableName == name  # type: ignore[attr-defined]


def test_arns_are_taken_as_keys_of_a_batch() -> None:
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/table"
    request = decode("BatchGetItem", json.dumps({"RequestItems": {arn: {"Keys": [{}]}}}).encode())
    assert list(request.RequestItems) == [arn]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name", ["arn:aws:dynamodb:us-east-1:000000000000:table/table/index/index", "arn:aws:s3:::bucket"]
)
def test_other_arns_are_bad_names(name: str) -> None:
    assert refusal("GetItem", {"TableName": name, "Key": {}}) == enveloped(at("tableName", name, PATTERN))
