"""boto3 over HTTP: a table's life with waiters and paginators, its stream read as consumers do, time to live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

CREDENTIALS: dict[str, Any] = {"region_name": "us-east-1", "aws_access_key_id": "any", "aws_secret_access_key": "any"}


@pytest.fixture
def dynamodb(endpoint: str) -> Any:
    return boto3.client("dynamodb", endpoint_url=endpoint, **CREDENTIALS)


@pytest.fixture
def streams(endpoint: str) -> Any:
    return boto3.client("dynamodbstreams", endpoint_url=endpoint, **CREDENTIALS)


@pytest.fixture
def table(dynamodb: Any) -> Iterator[str]:
    name = "Music"
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    dynamodb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})
    yield name
    dynamodb.delete_table(TableName=name)
    dynamodb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 5})


def test_tables_are_listed_by_page(dynamodb: Any, table: str) -> None:
    pages = dynamodb.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 1})
    assert [name for page in pages for name in page["TableNames"]] == [table]


def test_a_query_by_page(dynamodb: Any, table: str) -> None:
    for number in range(25):
        dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "sk": {"N": str(number)}})
    pages = dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :a",
        ExpressionAttributeValues={":a": {"S": "a"}},
        PaginationConfig={"PageSize": 4},
    )
    assert [int(item["sk"]["N"]) for page in pages for item in page["Items"]] == list(range(25))


def test_a_stream_is_read_to_its_end(dynamodb: Any, streams: Any, table: str) -> None:
    key = {"pk": {"S": "a"}, "sk": {"N": "1"}}
    dynamodb.put_item(TableName=table, Item=key)
    dynamodb.put_item(TableName=table, Item=key | {"n": {"N": "1"}})
    dynamodb.delete_item(TableName=table, Key=key)
    arn = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    assert arn in [stream["StreamArn"] for stream in streams.list_streams(TableName=table)["Streams"]]
    events = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator: str | None = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator is not None:
            page = streams.get_records(ShardIterator=iterator, Limit=2)
            events += [(record["eventName"], record["dynamodb"]["Keys"]) for record in page["Records"]]
            iterator = page.get("NextShardIterator") if page["Records"] else None
    assert events == [("INSERT", key), ("MODIFY", key), ("REMOVE", key)]


def test_time_to_live(dynamodb: Any, table: str) -> None:
    dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    described = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "a"}, "sk": {"N": "1"}, "expires": {"N": "1790000000"}})


def test_errors_are_the_modelled_classes(dynamodb: Any, streams: Any) -> None:
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.describe_time_to_live(TableName="no-such-table")
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/no-such-table/stream/2026-01-01T00:00:00.000"
    with pytest.raises(streams.exceptions.ResourceNotFoundException):
        streams.describe_stream(StreamArn=arn)
