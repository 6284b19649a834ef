"""Which error wins where a request has several (data-plane 2.2, control-plane 3.2)."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused, index, key_schema

from reference_server import limits

STRING = {"S": "a"}
TOO_LARGE = {"S": "x" * limits.ITEM_BYTES}


@pytest.fixture(scope="module")
def caller() -> Caller:
    caller = Caller()
    caller.create_table("Things", "pk:S", "sk:S", types="g:S", GlobalSecondaryIndexes=[index("ByG", "g")])
    return caller


def refusal(caller: Caller, operation: str, **request: Any) -> str:
    with pytest.raises(Refused) as refused:
        caller.call(operation, **request)
    return f"{refused.value.type_name}: {refused.value.message}"


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (
            {"Item": {"v": {"SS": []}}, "ReturnValues": "ALL_NEW", "ConditionExpression": "no"},
            "An string set  may not be empty",
        ),
        (
            {"Item": {"v": TOO_LARGE}, "ReturnValues": "ALL_NEW", "ConditionExpression": "no"},
            "ReturnValues can only be ALL_OLD or NONE",
        ),
        ({"Item": {"v": TOO_LARGE}, "ConditionExpression": "no"}, "Item size has exceeded"),
        ({"Item": {}, "ConditionExpression": "no"}, "Syntax error"),
        ({"Item": {}, "TableName": "Absent"}, "ResourceNotFoundException"),
        ({"Item": {}}, "Missing the key pk in the item"),
    ],
)
def test_put_item(caller: Caller, request_: dict[str, Any], text: str) -> None:
    assert text in refusal(caller, "PutItem", **({"TableName": "Things"} | request_))


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ({"ExpressionAttributeValues": {":v": STRING, ":u": STRING}}, "unused in expressions: keys: {:u}"),
        ({"TableName": "Absent"}, "Invalid operator used in KeyConditionExpression: OR"),
        ({"TableName": "Absent", "KeyConditionExpression": "x = :v"}, "ResourceNotFoundException"),
        (
            {"IndexName": "None", "ConsistentRead": True, "KeyConditionExpression": "x = :v"},
            "The table does not have the specified index",
        ),
        (
            {"IndexName": "ByG", "ConsistentRead": True, "KeyConditionExpression": "x = :v"},
            "Consistent reads are not supported on global secondary indexes",
        ),
        (
            {"KeyConditionExpression": "x = :v", "ExclusiveStartKey": {"pk": STRING}},
            "The provided starting key is invalid",
        ),
        (
            {"KeyConditionExpression": "x = :v", "ExclusiveStartKey": {"pk": STRING, "sk": {"N": "1"}}},
            "Query condition missed key schema element: pk",
        ),
        (
            {
                "KeyConditionExpression": "pk = :v",
                "ExclusiveStartKey": {"pk": STRING, "sk": {"N": "1"}},
                "FilterExpression": "sk = :v",
            },
            "The provided key element does not match the schema",
        ),
        (
            {"KeyConditionExpression": "pk = :v", "FilterExpression": "sk = :v"},
            "Filter Expression can only contain non-primary key attributes",
        ),
    ],
)
def test_query(caller: Caller, request_: dict[str, Any], text: str) -> None:
    request = {
        "TableName": "Things",
        "KeyConditionExpression": "pk = :v OR sk = :v",
        "ExpressionAttributeValues": {":v": STRING},
    }
    assert text in refusal(caller, "Query", **(request | request_))


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (
            {
                "LocalSecondaryIndexes": [index(f"Local{i}", "pk", "sk") for i in range(6)],
                "GlobalSecondaryIndexes": [],
            },
            "Number of LocalSecondaryIndexes exceeds per-table limit of 5",
        ),
        (
            {
                "LocalSecondaryIndexes": [index("Same", "pk", "sk"), index("Same", "pk", "sk")],
                "GlobalSecondaryIndexes": [],
            },
            "Duplicate index name: Same",
        ),
        (
            {"LocalSecondaryIndexes": [index("Same", "pk", "sk")], "GlobalSecondaryIndexes": [index("Same", "sk")]},
            "Duplicate index name: Same",
        ),
    ],
)
def test_create_table(caller: Caller, request_: dict[str, Any], text: str) -> None:
    definitions = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
    request = {
        "TableName": "Made",
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": definitions,
        "BillingMode": "PAY_PER_REQUEST",
    }
    assert text in refusal(caller, "CreateTable", **(request | request_))


def test_too_many_keys_over_several_tables_are_told_of_the_first(caller: Caller) -> None:
    keys = {"Keys": [{"pk": {"S": str(i)}} for i in range(60)]}
    text = refusal(caller, "BatchGetItem", RequestItems={"Absent": keys, "Things": keys})
    assert text == (
        "ValidationException: 1 validation error detected: Value at 'RequestItems.Absent.member.Keys' failed to "
        "satisfy constraint: Member must have length less than or equal to 100"
    )
