"""DynamoDB Streams: what is told of a write, to whom, and for how long."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import orjson
import pytest
from calling import HEADERS, Caller, Refused
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server import ReferenceServer
from reference_server.clock import ManualClock

HOUR = 3600.0


class Reader(Caller):
    """A server with a manual clock, and a table whose stream is read as consumers do."""

    def __init__(self, view: str = "NEW_AND_OLD_IMAGES", **options: Any) -> None:
        self.clock = ManualClock(1_790_000_000.0)
        self.server = ReferenceServer(clock=self.clock, **options)
        self.create_table("Music", "pk:S", StreamSpecification={"StreamEnabled": True, "StreamViewType": view})
        self.arn = self.table()["LatestStreamArn"]

    def table(self) -> dict[str, Any]:
        table: dict[str, Any] = self.call("DescribeTable", TableName="Music")["Table"]
        return table

    def ask(self, operation: str, **request: Any) -> dict[str, Any]:
        headers = HEADERS | {"x-amz-target": f"DynamoDBStreams_20120810.{operation}"}
        response = self.server.handle("POST", "/", headers, orjson.dumps(request))
        body: dict[str, Any] = orjson.loads(response.body)
        assert response.status < 500, body
        if response.status != 200:
            raise Refused(body)
        return body

    def shards(self) -> list[dict[str, Any]]:
        shards: list[dict[str, Any]] = self.ask("DescribeStream", StreamArn=self.arn)["StreamDescription"]["Shards"]
        return shards

    def iterator(self, kind: str = "TRIM_HORIZON", shard: int = 0, **more: Any) -> str:
        shard_id = self.shards()[shard]["ShardId"]
        reply = self.ask("GetShardIterator", StreamArn=self.arn, ShardId=shard_id, ShardIteratorType=kind, **more)
        return str(reply["ShardIterator"])

    def pages(self, iterator: str | None, **request: Any) -> Iterator[list[dict[str, Any]]]:
        """Until a page is empty, or the last."""
        while iterator is not None:
            page = self.ask("GetRecords", ShardIterator=iterator, **request)
            yield page["Records"]
            iterator = page.get("NextShardIterator") if page["Records"] else None

    def records(self, iterator: str | None = None, **request: Any) -> list[dict[str, Any]]:
        return [record for page in self.pages(iterator or self.iterator(), **request) for record in page]

    def put(self, key: str = "a", **attributes: Any) -> None:
        self.call("PutItem", TableName="Music", Item={"pk": {"S": key}, **attributes})


def names(records: list[dict[str, Any]]) -> list[str]:
    return [record["eventName"] for record in records]


def test_what_a_record_says() -> None:
    reader = Reader()
    reader.put("Fred", n={"N": "1.0"})
    reader.put("Fred", n={"N": "2"}, s={"S": "x"})
    reader.call("DeleteItem", TableName="Music", Key={"pk": {"S": "Fred"}})
    insert, modify, remove = reader.records()
    key, one, two = {"pk": {"S": "Fred"}}, {"n": {"N": "1"}}, {"n": {"N": "2"}, "s": {"S": "x"}}
    assert names([insert, modify, remove]) == ["INSERT", "MODIFY", "REMOVE"]
    assert insert == {
        "eventID": insert["eventID"],
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_790_000_000,
            "Keys": key,
            "NewImage": key | one,
            "SequenceNumber": insert["dynamodb"]["SequenceNumber"],
            "SizeBytes": 6 + 6 + 3,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }
    assert len({record["eventID"] for record in (insert, modify, remove)}) == 3
    assert (modify["dynamodb"]["OldImage"], modify["dynamodb"]["NewImage"]) == (key | one, key | two)
    assert remove["dynamodb"]["OldImage"] == key | two
    assert "NewImage" not in remove["dynamodb"]
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in (insert, modify, remove)]
    assert numbers == sorted(numbers)
    assert all(21 <= len(str(number)) <= 40 for number in numbers)


@pytest.mark.parametrize(
    ("view", "images"),
    [
        ("KEYS_ONLY", (set(), set(), set())),
        ("NEW_IMAGE", ({"NewImage"}, {"NewImage"}, set())),
        ("OLD_IMAGE", (set(), {"OldImage"}, {"OldImage"})),
        ("NEW_AND_OLD_IMAGES", ({"NewImage"}, {"NewImage", "OldImage"}, {"OldImage"})),
    ],
)
def test_views(view: str, images: tuple[set[str], ...]) -> None:
    reader = Reader(view)
    reader.put("a")
    reader.put("a", n={"N": "1"})
    reader.call("DeleteItem", TableName="Music", Key={"pk": {"S": "a"}})
    records = reader.records()
    assert tuple(record["dynamodb"].keys() & {"NewImage", "OldImage"} for record in records) == images
    assert {record["dynamodb"]["StreamViewType"] for record in records} == {view}


def test_a_write_that_changes_nothing_is_not_told() -> None:
    reader = Reader()
    key = {"pk": {"S": "a"}}
    reader.call("UpdateItem", TableName="Music", Key=key)
    reader.call("UpdateItem", TableName="Music", Key=key)
    reader.put("a", n={"N": "1"}, s={"SS": ["x", "y"]})
    reader.put("a", n={"N": "1.0"}, s={"SS": ["y", "x"]})
    reader.call("UpdateItem", TableName="Music", Key=key, UpdateExpression="REMOVE nowhere")
    reader.call("DeleteItem", TableName="Music", Key={"pk": {"S": "other"}})
    delete = {"DeleteRequest": {"Key": {"pk": {"S": "other"}}}}
    reader.call("BatchWriteItem", RequestItems={"Music": [delete]})
    with pytest.raises(Refused):
        reader.call("PutItem", TableName="Music", Item=key, ConditionExpression="attribute_not_exists(pk)")
    assert names(reader.records()) == ["INSERT", "MODIFY"]


def test_every_way_to_write_is_told() -> None:
    reader = Reader()
    put = {"PutRequest": {"Item": {"pk": {"S": "b"}}}}
    reader.call("BatchWriteItem", RequestItems={"Music": [put]})
    actions = [
        {"Put": {"TableName": "Music", "Item": {"pk": {"S": "c"}}}},
        {"Update": {"TableName": "Music", "Key": {"pk": {"S": "b"}}, "UpdateExpression": "SET n = pk"}},
    ]
    reader.call("TransactWriteItems", TransactItems=actions)
    with pytest.raises(Refused):
        reader.call(
            "TransactWriteItems",
            TransactItems=[
                {"Put": {"TableName": "Music", "Item": {"pk": {"S": "d"}}}},
                {
                    "Delete": {
                        "TableName": "Music",
                        "Key": {"pk": {"S": "x"}},
                        "ConditionExpression": "attribute_exists(pk)",
                    }
                },
            ],
        )
    assert [(r["eventName"], r["dynamodb"]["Keys"]["pk"]["S"]) for r in reader.records()] == [
        ("INSERT", "b"),
        ("INSERT", "c"),
        ("MODIFY", "b"),
    ]


WRITES = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, "1", "1.0", "2"])), max_size=30)


@settings(max_examples=60)
@given(WRITES, st.integers(1, 5))
def test_records_replay_to_the_table(writes: list[tuple[str, str | None]], limit: int) -> None:
    reader = Reader()
    for key, number in writes:
        if number is None:
            reader.call("DeleteItem", TableName="Music", Key={"pk": {"S": key}})
        else:
            reader.put(key, n={"N": number})
    state: dict[str, Any] = {}
    for record in reader.records(Limit=limit):
        content = record["dynamodb"]
        key = json.dumps(content["Keys"])
        assert state.get(key) == content.get("OldImage")
        state[key] = content.get("NewImage")
    items = reader.call("Scan", TableName="Music")["Items"]
    assert sorted(map(str, items)) == sorted(str(item) for item in state.values() if item is not None)


def test_iterators() -> None:
    reader = Reader()
    for key in "abc":
        reader.put(key)
        reader.clock.advance(10)
    records = reader.records()
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    assert names(reader.records(reader.iterator("LATEST"))) == []
    assert reader.records(reader.iterator("AT_SEQUENCE_NUMBER", SequenceNumber=numbers[1])) == records[1:]
    assert reader.records(reader.iterator("AFTER_SEQUENCE_NUMBER", SequenceNumber=numbers[1])) == records[2:]
    assert reader.records(reader.iterator("AT_TIMESTAMP", Timestamp=1_790_000_010)) == records[1:]
    assert reader.records(reader.iterator("AT_TIMESTAMP", Timestamp=1_790_000_011)) == records[2:]
    assert reader.records(reader.iterator("AT_TIMESTAMP", Timestamp=5)) == records
    latest = reader.iterator("LATEST")
    reader.put("d")
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in reader.records(latest)] == ["d"]


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_a_sequence_number_is_written_in_the_digits_that_records_have(kind: str) -> None:
    reader = Reader()
    reader.put("a")
    (record,) = reader.records()
    number = record["dynamodb"]["SequenceNumber"]
    arabic = number.translate({ord("0") + digit: 0x660 + digit for digit in range(10)})
    with pytest.raises(Refused, match="Invalid SequenceNumber for the shard"):
        reader.iterator(kind, SequenceNumber=arabic)
    with pytest.raises(Refused, match="length less than or equal to 40"):
        reader.iterator(kind, SequenceNumber="9" * 5000)


@pytest.mark.parametrize(
    "place",
    ["", "null", "[]", '["s", 1]', '["s", "1", 1]', '["s", 1e999, 1]', '["s", 1, ' + "9" * 400 + "]", "[" * 1400],
)
def test_an_iterator_that_nobody_gave_is_refused(place: str) -> None:
    reader = Reader()
    reader.put("a")
    stream, version, _ = reader.iterator("TRIM_HORIZON").split("|")
    with pytest.raises(Refused, match=r"ValidationException|ExpiredIteratorException"):
        reader.records(f"{stream}|{version}|{base64.b64encode(place.encode()).decode()}")


def test_an_iterator_lives_for_a_quarter_of_an_hour() -> None:
    reader = Reader()
    iterator = reader.iterator()
    reader.clock.advance(15 * 60)
    assert reader.ask("GetRecords", ShardIterator=iterator)["Records"] == []
    reader.clock.advance(1)
    with pytest.raises(Refused, match="ExpiredIteratorException"):
        reader.ask("GetRecords", ShardIterator=iterator)


def test_a_shard_is_closed_after_four_hours_and_has_a_child() -> None:
    reader = Reader()
    reader.put("a")
    reader.clock.advance(4 * HOUR)
    reader.put("b")
    parent, child = reader.shards()
    assert child["ParentShardId"] == parent["ShardId"] < child["ShardId"]
    assert "ParentShardId" not in parent
    assert parent["SequenceNumberRange"].keys() == {"StartingSequenceNumber", "EndingSequenceNumber"}
    assert child["SequenceNumberRange"].keys() == {"StartingSequenceNumber"}
    assert int(parent["SequenceNumberRange"]["EndingSequenceNumber"]) < int(
        child["SequenceNumberRange"]["StartingSequenceNumber"]
    )
    first = reader.ask("GetRecords", ShardIterator=reader.iterator())
    assert names(first["Records"]) == ["INSERT"]
    assert "NextShardIterator" not in first  # closed, and read to its end
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in reader.records(reader.iterator(shard=1))] == ["b"]
    children = reader.ask(
        "DescribeStream", StreamArn=reader.arn, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": parent["ShardId"]}
    )
    assert children["StreamDescription"]["Shards"] == [child]


def test_shards_have_pages() -> None:
    reader = Reader()
    reader.clock.advance(13 * HOUR)
    shards = reader.shards()
    assert len(shards) == 4
    paged: list[Any] = []
    more: dict[str, Any] = {}
    while True:
        page = reader.ask("DescribeStream", StreamArn=reader.arn, Limit=3, **more)["StreamDescription"]
        paged += page["Shards"]
        if "LastEvaluatedShardId" not in page:
            break
        more = {"ExclusiveStartShardId": page["LastEvaluatedShardId"]}
    assert paged == shards
    assert all(child["ParentShardId"] == parent["ShardId"] for parent, child in pairwise(shards))


def test_records_are_kept_for_a_day() -> None:
    reader = Reader()
    reader.put("old")
    (old,) = reader.records()
    kept = old["dynamodb"]["SequenceNumber"]
    reader.clock.advance(3 * HOUR)
    reader.put("new")
    reader.clock.advance(22 * HOUR)
    horizon = reader.records()
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in horizon] == ["new"]
    with pytest.raises(Refused, match="TrimmedDataAccessException"):
        reader.iterator("AT_SEQUENCE_NUMBER", SequenceNumber=kept)
    reader.clock.advance(24 * HOUR)
    assert reader.records() == []
    assert all(shard["ShardId"] for shard in reader.shards())


def test_a_disabled_stream_can_be_read_for_a_day() -> None:
    reader = Reader()
    reader.put("a")
    reader.call("DeleteTable", TableName="Music")
    described = reader.ask("DescribeStream", StreamArn=reader.arn)["StreamDescription"]
    assert described["StreamStatus"] == "DISABLED"
    assert all("EndingSequenceNumber" in shard["SequenceNumberRange"] for shard in described["Shards"])
    assert names(reader.records()) == ["INSERT"]
    assert "NextShardIterator" not in reader.ask("GetRecords", ShardIterator=reader.iterator("LATEST"))
    assert [stream["StreamArn"] for stream in reader.ask("ListStreams")["Streams"]] == [reader.arn]
    reader.clock.advance(24 * HOUR + 1)
    assert reader.ask("ListStreams") == {"Streams": []}
    with pytest.raises(Refused, match=f"Requested resource not found: Stream: {reader.arn} not found"):
        reader.ask("DescribeStream", StreamArn=reader.arn)


def test_states_take_their_time() -> None:
    reader = Reader(transition_seconds=5.0)
    assert reader.ask("DescribeStream", StreamArn=reader.arn)["StreamDescription"]["StreamStatus"] == "ENABLING"
    reader.clock.advance(5)
    assert reader.ask("DescribeStream", StreamArn=reader.arn)["StreamDescription"]["StreamStatus"] == "ENABLED"


def test_streams_are_listed_by_page() -> None:
    reader = Reader()
    view = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    for name in ("Zoo", "Art"):
        reader.create_table(name, "pk:S", StreamSpecification=view)
    streams = reader.ask("ListStreams")["Streams"]
    assert [stream["TableName"] for stream in streams] == ["Art", "Music", "Zoo"]
    assert all(stream["StreamArn"].endswith(f"/stream/{stream['StreamLabel']}") for stream in streams)
    first = reader.ask("ListStreams", Limit=2)
    rest = reader.ask("ListStreams", Limit=2, ExclusiveStartStreamArn=first["LastEvaluatedStreamArn"])
    assert first["Streams"] + rest["Streams"] == streams
    assert "LastEvaluatedStreamArn" not in rest
    assert reader.ask("ListStreams", TableName="Zoo")["Streams"] == streams[2:]
    assert reader.ask("ListStreams", TableName="Nobody") == {"Streams": []}


def test_pages_of_records_hold_a_megabyte() -> None:
    reader = Reader("NEW_IMAGE")
    for key in "abcd":
        reader.put(key, big={"S": "x" * 390_000})
    assert [len(page) for page in reader.pages(reader.iterator())] == [2, 2, 0]
    assert [len(page) for page in reader.pages(reader.iterator(), Limit=1)] == [1, 1, 1, 1, 0]
