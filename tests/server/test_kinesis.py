"""Changes of items arrive in a Kinesis data stream, and where they cannot, the destination says so."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from calling import Caller, Refused
from moto.server import ThreadedMotoServer

from reference_server.transfer import kinesis_destinations
from reference_server.transfer.endpoint import KINESIS, VARIABLES
from reference_server.transfer.kinesis import DataStream

NAME = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"
PATIENCE = 20.0  # seconds, for what other threads do


class Streaming(Caller):
    """A server with a table `Music`."""

    def __init__(self) -> None:
        super().__init__()
        self.create_table("Music", "pk:S")

    def ask(self, verb: str, arn: str = NAME, **more: Any) -> dict[str, Any]:
        return self.call(f"{verb}KinesisStreamingDestination", TableName="Music", StreamArn=arn, **more)

    def destinations(self) -> list[dict[str, Any]]:
        reply = self.call("DescribeKinesisStreamingDestination", TableName="Music")
        found: list[dict[str, Any]] = reply["KinesisDataStreamDestinations"]
        return found

    def settled(self) -> dict[str, Any]:
        """The one destination, once it is no longer ENABLING."""
        until = time.monotonic() + PATIENCE
        while (destination := self.destinations()[0])["DestinationStatus"] == "ENABLING":
            assert time.monotonic() < until
            time.sleep(0.01)
        return destination

    def put(self, key: str, **attributes: Any) -> None:
        self.call("PutItem", TableName="Music", Item={"pk": {"S": key}, **attributes})


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture
def data_stream(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv(VARIABLES[KINESIS], endpoint)
    client = boto3.client(
        "kinesis",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )
    client.create_stream(StreamName="changes", ShardCount=1)
    yield client
    client.delete_stream(StreamName="changes")


def arrived(client: Any, count: int) -> list[dict[str, Any]]:
    """The records of the data stream, once there are so many."""
    until = time.monotonic() + PATIENCE
    shard = client.list_shards(StreamName="changes")["Shards"][0]["ShardId"]
    while True:
        iterator = client.get_shard_iterator(StreamName="changes", ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        records = client.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
        if len(records) >= count or time.monotonic() > until:
            return [json.loads(record["Data"]) for record in records]
        time.sleep(0.02)


def test_changes_arrive_in_their_order(data_stream: Any) -> None:
    streaming = Streaming()
    assert streaming.ask("Enable") == {
        "TableName": "Music",
        "StreamArn": NAME,
        "DestinationStatus": "ENABLING",
        "EnableKinesisStreamingConfiguration": {},
    }
    assert streaming.settled() == {"StreamArn": NAME, "DestinationStatus": "ACTIVE"}
    streaming.put("a")
    streaming.put("a", n={"N": "1"})
    streaming.put("a", n={"N": "1.0"})
    streaming.call("DeleteItem", TableName="Music", Key={"pk": {"S": "a"}})
    records = arrived(data_stream, 3)
    assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
    inserted = records[0]
    assert isinstance(inserted["dynamodb"].pop("ApproximateCreationDateTime"), int)
    assert len(inserted.pop("eventID")) == 32
    assert inserted == {
        "awsRegion": "us-east-1",
        "eventName": "INSERT",
        "userIdentity": None,
        "recordFormat": "application/json",
        "tableName": "Music",
        "dynamodb": {"Keys": {"pk": {"S": "a"}}, "NewImage": {"pk": {"S": "a"}}, "SizeBytes": 6},
        "eventSource": "aws:dynamodb",
    }
    assert records[1]["dynamodb"]["OldImage"] == {"pk": {"S": "a"}}
    assert "NewImage" not in records[2]["dynamodb"]


def test_a_long_run_of_changes_keeps_its_order(data_stream: Any) -> None:
    streaming = Streaming()
    streaming.ask("Enable")
    streaming.settled()
    for n in range(60):
        streaming.put("a", n={"N": str(n)})
    told = [int(record["dynamodb"]["NewImage"]["n"]["N"]) for record in arrived(data_stream, 60)]
    assert told == list(range(60))


def test_disabled_nothing_arrives(data_stream: Any) -> None:
    streaming = Streaming()
    streaming.ask("Enable")
    streaming.settled()
    streaming.put("before")
    assert streaming.ask("Disable") == {"TableName": "Music", "StreamArn": NAME, "DestinationStatus": "DISABLING"}
    assert streaming.settled()["DestinationStatus"] == "DISABLED"
    streaming.put("meanwhile")
    streaming.ask("Enable")
    streaming.settled()
    streaming.put("after")
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in arrived(data_stream, 2)]
    assert keys == ["before", "after"]


def test_what_is_late_stays_before_what_comes_after_it_is_enabled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    go_on = threading.Event()

    def put(_stream: DataStream, record: bytes, _partition_key: str) -> None:
        key = json.loads(record)["dynamodb"]["Keys"]["pk"]["S"]
        if key == "late":
            go_on.wait(PATIENCE)
        told.append(key)

    monkeypatch.setattr(DataStream, "check", lambda _stream: None)
    monkeypatch.setattr(DataStream, "put", put)
    streaming = Streaming()
    streaming.ask("Enable")
    streaming.settled()
    streaming.put("late")
    streaming.ask("Disable")
    streaming.ask("Enable")
    streaming.settled()
    streaming.put("after")
    time.sleep(0.05)  # what is out of order would be told now
    go_on.set()
    until = time.monotonic() + PATIENCE
    while len(told) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert told == ["late", "after"]


def test_precision(data_stream: Any) -> None:
    streaming = Streaming()
    streaming.ask("Enable")
    streaming.settled()
    micro = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
    reply = streaming.ask("Update", UpdateKinesisStreamingConfiguration=micro)
    assert reply == {
        "TableName": "Music",
        "StreamArn": NAME,
        "DestinationStatus": "UPDATING",
        "UpdateKinesisStreamingConfiguration": micro,
    }
    assert streaming.settled() == {"StreamArn": NAME, "DestinationStatus": "ACTIVE", **micro}
    with pytest.raises(Refused, match="Precision is already set to the desired value of MICROSECOND for tableId: "):
        streaming.ask("Update", UpdateKinesisStreamingConfiguration=micro)
    streaming.put("a")
    (record,) = arrived(data_stream, 1)
    assert record["dynamodb"]["ApproximateCreationDateTime"] > 10**15


def test_what_is_enabled_is_not_enabled_again(data_stream: Any) -> None:
    streaming = Streaming()
    streaming.ask("Enable")
    streaming.settled()
    with pytest.raises(Refused, match="ValidationException"):
        streaming.ask("Enable")


def test_a_data_stream_that_is_not_there(data_stream: Any) -> None:
    streaming = Streaming()
    streaming.ask("Enable", NAME + "-of-others")
    destination = streaming.settled()
    assert destination["DestinationStatus"] == "ENABLE_FAILED"
    assert "ResourceNotFoundException" in destination["DestinationStatusDescription"]


def test_without_an_endpoint_enabling_fails_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLES[KINESIS], raising=False)
    streaming = Streaming()
    assert streaming.ask("Enable")["DestinationStatus"] == "ENABLING"
    assert streaming.settled() == {
        "StreamArn": NAME,
        "DestinationStatus": "ENABLE_FAILED",
        "DestinationStatusDescription": "AWS_ENDPOINT_URL_KINESIS names no Kinesis endpoint",
    }
    streaming.put("a")
    with pytest.raises(Refused, match="ValidationException"):
        streaming.ask("Disable")


def test_a_write_outlives_the_data_stream(
    data_stream: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(kinesis_destinations, "PAUSES", ())
    streaming = Streaming()
    streaming.ask("Enable")
    streaming.settled()
    data_stream.delete_stream(StreamName="changes")
    streaming.put("lost")
    until = time.monotonic() + PATIENCE
    while "are lost" not in caplog.text and time.monotonic() < until:
        time.sleep(0.01)
    assert f"1 records for {NAME} are lost" in caplog.text
    data_stream.create_stream(StreamName="changes", ShardCount=1)
    streaming.put("found")
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in arrived(data_stream, 1)] == ["found"]


def test_a_deleted_table_has_no_destinations(data_stream: Any) -> None:
    streaming = Streaming()
    streaming.ask("Enable")
    streaming.settled()
    streaming.call("DeleteTable", TableName="Music")
    streaming.create_table("Music", "pk:S")
    assert streaming.destinations() == []
