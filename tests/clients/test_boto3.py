"""What boto3 has beyond a method for each operation: tables as objects, batches, expressions, types and errors."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

CREDENTIALS: dict[str, Any] = {"region_name": "us-east-1", "aws_access_key_id": "any", "aws_secret_access_key": "any"}


@pytest.fixture
def table(endpoint: str) -> Iterator[Any]:
    resource = boto3.resource("dynamodb", endpoint_url=endpoint, **CREDENTIALS)
    table = resource.create_table(
        TableName="Music",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait_until_exists()
    yield table
    table.delete()
    table.wait_until_not_exists()


def test_values_of_every_type_come_back(table: Any) -> None:
    item = {
        "pk": "a",
        "sk": Decimal("1.5"),
        "binary": Binary(b"\x00\xff"),
        "list": ["x", Decimal(1), None, True, {"inner": []}],
        "strings": {"x", "y"},
        "numbers": {Decimal(1), Decimal("2.5")},
        "binaries": {Binary(b"a"), Binary(b"b")},
    }
    table.put_item(Item=item)
    assert table.get_item(Key={"pk": "a", "sk": Decimal("1.5")})["Item"] == item


def test_a_batch_writer_and_expressions_that_are_built(table: Any) -> None:
    with table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
        for number in range(60):
            batch.put_item(Item={"pk": "a", "sk": number % 40, "n": number, "tags": [str(number % 3)]})
        batch.delete_item(Key={"pk": "a", "sk": 0})
    assert table.item_count == 0  # as the object remembers it
    table.reload()
    assert table.item_count == 39
    queried = table.query(
        KeyConditionExpression=Key("pk").eq("a") & Key("sk").between(10, 30),
        FilterExpression=Attr("tags").contains("1") & ~Attr("n").lt(45) | Attr("n").is_in([20]),
        ScanIndexForward=False,
    )
    # Up to 19 the second round has overwritten the first: there n is the sort key and 40 more.
    wanted = [sk for sk in range(10, 31) for n in [sk + 40 if sk < 20 else sk] if (n % 3 == 1 and n >= 45) or n == 20]
    assert [int(item["sk"]) for item in queried["Items"]] == wanted[::-1]
    assert table.scan(FilterExpression=Attr("n").attribute_type("S"), Select="COUNT")["Count"] == 0


def test_errors_are_the_modelled_classes(table: Any, endpoint: str) -> None:
    exceptions = table.meta.client.exceptions
    table.put_item(Item={"pk": "a", "sk": 1, "n": 1})
    with pytest.raises(exceptions.ConditionalCheckFailedException) as refused:
        table.update_item(
            Key={"pk": "a", "sk": 1},
            UpdateExpression="REMOVE n",
            ConditionExpression=Attr("n").gt(5),
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refused.value.response["Item"] == {"pk": {"S": "a"}, "sk": {"N": "1"}, "n": {"N": "1"}}
    check = {"TableName": "Music", "Key": {"pk": "a", "sk": 1}, "ConditionExpression": "attribute_not_exists(n)"}
    with pytest.raises(exceptions.TransactionCanceledException) as cancelled:
        table.meta.client.transact_write_items(TransactItems=[{"ConditionCheck": check}])
    assert cancelled.value.response["CancellationReasons"][0]["Code"] == "ConditionalCheckFailed"
    streams = boto3.client("dynamodbstreams", endpoint_url=endpoint, **CREDENTIALS)
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.describe_stream(StreamArn=f"{table.table_arn}/stream/2026-01-01T00:00:00.000")
