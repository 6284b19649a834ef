"""What streams tell of writes (dossier 11). `st-*` are recorded requests of a real 6.2.3; later editions are read."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused

Event = tuple[str, Any, Any]  # name, old image, new image

KEY = {"p": {"S": "a"}, "c": {"N": "1"}}
ALONE = {"p": {"S": "a"}}


def with_stream(dialect: str, view: str = "NEW_AND_OLD_IMAGES", *keys: str) -> Caller:
    caller = Caller(dialect)
    specification = {"StreamEnabled": True, "StreamViewType": view}
    caller.create_table("tab", *(keys or ("p:S", "c:N")), StreamSpecification=specification)
    return caller


def stream_of(caller: Caller) -> str:
    arn: str = caller.call("DescribeTable", TableName="tab")["Table"]["LatestStreamArn"]
    return arn


def shards(caller: Caller, arn: str) -> list[str]:
    return [shard["ShardId"] for shard in caller.call("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"]]


def iterator(caller: Caller, arn: str, shard: str, kind: str = "TRIM_HORIZON", **more: str) -> str:
    reply = caller.call("GetShardIterator", StreamArn=arn, ShardId=shard, ShardIteratorType=kind, **more)
    text: str = reply["ShardIterator"]
    return text


def events(caller: Caller) -> list[Event]:
    arn = stream_of(caller)
    found = []
    for shard in shards(caller, arn):
        for record in caller.call("GetRecords", ShardIterator=iterator(caller, arn, shard))["Records"]:
            told = record["dynamodb"]
            found.append((record["eventName"], told.get("OldImage"), told.get("NewImage")))
    return found


def put(caller: Caller, **attributes: str) -> None:
    item = KEY | {name: {"N": text} for name, text in attributes.items()}
    caller.call("PutItem", TableName="tab", Item=item)


def test_a_put_is_a_removal_and_a_modification() -> None:
    caller = with_stream("alternator-6.2")
    put(caller, v="1.50")
    put(caller, v="2")
    put(caller, v="2")
    first, second = KEY | {"v": {"N": "1.5"}}, KEY | {"v": {"N": "2"}}
    assert events(caller) == [  # st-put, st-put-over, st-put-same
        *(("REMOVE", None, None), ("MODIFY", None, first)),
        *(("REMOVE", first, None), ("MODIFY", None, second)),
        *(("REMOVE", second, None), ("MODIFY", None, second)),
    ]


def test_updates_and_deletions_are_told_even_if_they_change_nothing() -> None:
    caller = with_stream("alternator-6.2")
    put(caller, v="2")
    caller.call("UpdateItem", TableName="tab", Key=KEY, UpdateExpression="REMOVE zz")
    caller.call("DeleteItem", TableName="tab", Key=KEY)
    caller.call("DeleteItem", TableName="tab", Key=KEY)
    item = KEY | {"v": {"N": "2"}}
    assert events(caller)[2:] == [("MODIFY", item, item), ("REMOVE", item, None), ("REMOVE", None, None)]


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ("KEYS_ONLY", [("REMOVE", 0, 0), ("MODIFY", 0, 0), ("MODIFY", 0, 0), ("REMOVE", 0, 0)]),
        ("NEW_IMAGE", [("REMOVE", 0, 0), ("MODIFY", 0, 1), ("MODIFY", 0, 2), ("REMOVE", 0, 0)]),
        ("OLD_IMAGE", [("REMOVE", 0, 0), ("MODIFY", 0, 0), ("MODIFY", 1, 0), ("REMOVE", 0, 0)]),
    ],
)
def test_the_views_of_a_table_without_a_sort_key(view: str, told: list[tuple[str, int, int]]) -> None:
    """Of a deletion the old item is not told: a whole partition goes at once (recorded st-*-walk)."""
    caller = with_stream("alternator-6.2", view, "p:S")
    images = [None, *(ALONE | {"v": {"N": text}} for text in "12")]
    caller.call("PutItem", TableName="tab", Item=images[1])
    set_it = {"UpdateExpression": "SET v = :v", "ExpressionAttributeValues": {":v": {"N": "2"}}}
    caller.call("UpdateItem", TableName="tab", Key=ALONE, **set_it)
    caller.call("DeleteItem", TableName="tab", Key=ALONE)
    assert events(caller) == [(name, images[old], images[new]) for name, old, new in told]


def test_later_a_put_is_one_insertion() -> None:
    caller = with_stream("alternator-2026")
    put(caller, v="1")
    put(caller, v="2")
    first, second = KEY | {"v": {"N": "1"}}, KEY | {"v": {"N": "2"}}
    assert events(caller) == [("INSERT", None, first), ("INSERT", first, second)]


def test_with_the_option_events_are_those_of_dynamodb() -> None:
    caller = with_stream("alternator-2026-streams")
    put(caller, v="1")
    put(caller, v="1")
    put(caller, v="2")
    caller.call("UpdateItem", TableName="tab", Key=KEY, UpdateExpression="REMOVE zz")
    caller.call("DeleteItem", TableName="tab", Key=KEY)
    caller.call("DeleteItem", TableName="tab", Key=KEY)
    first, second = KEY | {"v": {"N": "1"}}, KEY | {"v": {"N": "2"}}
    assert events(caller) == [("INSERT", None, first), ("MODIFY", first, second), ("REMOVE", second, None)]


def test_there_are_sixteen_shards_from_the_beginning() -> None:
    caller = with_stream("alternator-6.2")
    arn = stream_of(caller)
    assert arn.startswith("S")
    everything = shards(caller, arn)
    assert len(everything) == 16
    page = caller.call("DescribeStream", StreamArn=arn, Limit=2)["StreamDescription"]  # st-desc
    assert [shard["ShardId"] for shard in page["Shards"]] == everything[:2]
    assert page["LastEvaluatedShardId"] == everything[1]
    rest = caller.call("DescribeStream", StreamArn=arn, ExclusiveStartShardId=everything[1], Limit=101)
    assert [shard["ShardId"] for shard in rest["StreamDescription"]["Shards"]] == everything[2:]


def test_a_stream_that_has_ended_keeps_its_records_and_not_its_view() -> None:
    caller = with_stream("alternator-6.2")
    put(caller)
    arn = stream_of(caller)
    (shard,) = (
        s for s in shards(caller, arn) if caller.call("GetRecords", ShardIterator=iterator(caller, arn, s))["Records"]
    )
    caller.call("UpdateTable", TableName="tab", StreamSpecification={"StreamEnabled": False})
    described = caller.call("DescribeStream", StreamArn=arn)["StreamDescription"]  # st-desc-disabled
    assert (described["StreamStatus"], described["StreamViewType"]) == ("DISABLED", "KEYS_ONLY")
    assert "Shards" not in described
    assert caller.call("ListStreams", TableName="tab") == {"Streams": []}  # st-list-disabled
    assert len(caller.call("GetRecords", ShardIterator=iterator(caller, arn, shard))["Records"]) == 2


def test_the_last_page_of_streams_says_that_there_may_be_more() -> None:
    caller = with_stream("alternator-6.2")
    arn = stream_of(caller)
    listed = caller.call("ListStreams", TableName="tab")  # st-list
    assert listed["LastEvaluatedStreamArn"] == listed["Streams"][0]["StreamArn"] == arn
    assert caller.call("ListStreams", ExclusiveStartStreamArn=arn) == {"Streams": []}


def test_records_are_read_on_from_where_one_stopped() -> None:
    caller = with_stream("alternator-6.2")
    put(caller, v="1")
    arn = stream_of(caller)
    for shard in shards(caller, arn):
        latest = iterator(caller, arn, shard, "LATEST")
        first = caller.call("GetRecords", ShardIterator=iterator(caller, arn, shard), Limit=1)
        assert caller.call("GetRecords", ShardIterator=latest)["Records"] == []
        if not first["Records"]:
            continue
        (one,) = first["Records"]
        (other,) = caller.call("GetRecords", ShardIterator=first["NextShardIterator"])["Records"]
        number = one["dynamodb"]["SequenceNumber"]
        at = iterator(caller, arn, shard, "AT_SEQUENCE_NUMBER", SequenceNumber=number)
        after = iterator(caller, arn, shard, "AFTER_SEQUENCE_NUMBER", SequenceNumber=number)
        assert caller.call("GetRecords", ShardIterator=at)["Records"] == [one, other]
        assert caller.call("GetRecords", ShardIterator=after)["Records"] == [other]


@pytest.mark.parametrize(
    ("operation", "request_", "type_name", "message"),
    [
        ("DescribeStream", {"StreamArn": "foo"}, "ValidationException", 'Malformed value StreamArn : "foo"'),
        ("DescribeStream", {}, "ValidationException", "JSON parameter StreamArn not found"),
        (
            "DescribeStream",
            {"StreamArn": "S6a4d11a0-e694-11f1-b5e5-e865cc21d507"},
            "ResourceNotFoundException",
            None,
        ),
        ("ListStreams", {"Limit": 0}, "ValidationException", "Limit must be 1 or more"),
        (
            "ListStreams",
            {"TableName": "nope"},
            "ResourceNotFoundException",
            "Requested resource not found: Table: nope not found",
        ),
        (
            "ListStreams",
            {"ExclusiveStartStreamArn": "short"},  # inferred from the others
            "ValidationException",
            'Malformed value ExclusiveStartStreamArn : "short"',
        ),
        ("GetRecords", {}, "ValidationException", "JSON parameter ShardIterator not found"),
        (
            "GetRecords",
            {"ShardIterator": "garbage"},
            "ValidationException",
            'Malformed value ShardIterator : "garbage"',
        ),
        ("GetShardIterator", {}, "ValidationException", "JSON parameter ShardIteratorType not found"),
    ],
)
def test_what_is_refused(operation: str, request_: Any, type_name: str, message: str | None) -> None:
    with pytest.raises(Refused) as refused:
        with_stream("alternator-6.2").call(operation, **request_)
    assert refused.value.type_name == type_name
    assert message in (None, refused.value.message)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"ShardIteratorType": "FOO"}, 'Malformed value ShardIteratorType : "FOO"'),
        ({"ShardIteratorType": "AT_SEQUENCE_NUMBER"}, 'Missing required parameter "SequenceNumber"'),
        (
            {"ShardIteratorType": "TRIM_HORIZON", "SequenceNumber": "1"},
            "Iterator of this type should not have sequence number",
        ),
        ({"ShardIteratorType": "LATEST", "ShardId": "shardId-00000001500000000000-abcdefab"}, "Invalid ShardId"),
    ],
)
def test_iterators_that_are_refused(request_: Any, message: str) -> None:
    caller = with_stream("alternator-6.2")
    arn = stream_of(caller)
    with pytest.raises(Refused) as refused:
        caller.call("GetShardIterator", **({"StreamArn": arn, "ShardId": shards(caller, arn)[0]} | request_))
    assert refused.value.message == message


MOST = 2**128 - 1  # a position is a UUID


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
@pytest.mark.parametrize("dialect", ["alternator-6.2", "alternator-2026-streams"])
@pytest.mark.parametrize("number", ["", "x", "-1", "1_0", "\u0661", "\u00b2", str(MOST + 1), "9" * 39, "9" * 5000])
def test_a_sequence_number_that_is_none_is_malformed(dialect: str, kind: str, number: str) -> None:
    """Inferred from the other members whose values are malformed (st-it-bad-type, st-it-bad-arn)."""
    caller = with_stream(dialect)
    arn = stream_of(caller)
    with pytest.raises(Refused) as refused:
        iterator(caller, arn, shards(caller, arn)[0], kind, SequenceNumber=number)
    assert refused.value.type_name == "ValidationException"
    assert refused.value.message == f'Malformed value SequenceNumber : "{number}"'


@pytest.mark.parametrize("kind", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
def test_behind_the_highest_sequence_number_there_are_no_records(kind: str) -> None:
    caller = with_stream("alternator-6.2")
    put(caller)
    arn = stream_of(caller)
    for shard in shards(caller, arn):
        behind_all = iterator(caller, arn, shard, kind, SequenceNumber=str(MOST))
        assert caller.call("GetRecords", ShardIterator=behind_all)["Records"] == []
