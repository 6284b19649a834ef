"""Streams of tables: listed, described, read from an iterator on (control-plane 20).

ARNs, ids of shards and iterators are each target's own: each is taken from the reply that gave it.
"""

from __future__ import annotations

from typing import Final

from conformance.references import FROM
from conformance.scenario import JSON, JSONObject, Step
from conformance.strategies.drawing import Draw, chance, draw_members, pick
from conformance.strategies.items import World
from conformance.strategies.schemas import Table

FIRST_SHARD: Final = "StreamDescription.Shards[0]"
LIMITS: Final = (1, 2, 3, 1000)


def _streamed(draw: Draw, world: World, table: Table) -> Table | None:
    """This table or another one that has a stream."""
    having = [one for one in world.tables if one.stream is not None]
    return table if table in having else pick(draw, having) if having else None


def _instead(table: Table) -> Step:
    """Where no table has a stream there is nothing to ask for but whether that is so."""
    return Step("DescribeTable", {"TableName": table.name})


def list_streams(draw: Draw, world: World, table: Table) -> Step:
    """Of one table: what there is besides hangs on all that a server has been through, as streams outlive tables."""
    found = _streamed(draw, world, table)
    if found is None:
        return _instead(table)
    request: JSONObject = {"TableName": found.name, **draw_members(draw, Limit=(30, (1, 2, 100)))}
    return Step("ListStreams", request, pages=True)


def describe_stream(draw: Draw, world: World, table: Table) -> Step:
    found = _streamed(draw, world, table)
    if found is None:
        return _instead(table)
    request: JSONObject = {"StreamArn": world.stream_arn(found), **draw_members(draw, Limit=(20, (1, 100)))}
    if chance(draw, 15):
        request["ExclusiveStartShardId"] = {FROM: f"{described(world, found)}.{FIRST_SHARD}.ShardId"}
    return Step("DescribeStream", request)


def described(world: World, table: Table) -> str:
    """The label of a DescribeStream of this table's stream, which comes first where there was none."""
    return world.prepared(table, "DescribeStream", {"StreamArn": world.stream_arn(table)})


def iterator_request(world: World, table: Table, kind: str = "TRIM_HORIZON") -> JSONObject:
    label = described(world, table)
    request: JSONObject = {
        "StreamArn": world.stream_arn(table),
        "ShardId": {FROM: f"{label}.{FIRST_SHARD}.ShardId"},
        "ShardIteratorType": kind,
    }
    if kind.endswith("SEQUENCE_NUMBER"):
        number = f"{label}.{FIRST_SHARD}.SequenceNumberRange.StartingSequenceNumber"
        request["SequenceNumber"] = {FROM: number}
    return request


def get_shard_iterator(draw: Draw, world: World, table: Table) -> Step:
    found = _streamed(draw, world, table)
    if found is None:
        return _instead(table)
    kinds = ("TRIM_HORIZON", "TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")
    return Step("GetShardIterator", iterator_request(world, found, pick(draw, kinds)))


def get_records(draw: Draw, world: World, table: Table) -> Step:
    """All records that there are so far: from an iterator that was got before some of them were written, perhaps."""
    found = _streamed(draw, world, table)
    if found is None:
        return _instead(table)
    iterator: JSON = {
        FROM: f"{world.prepared(found, 'GetShardIterator', iterator_request(world, found))}.ShardIterator"
    }
    return Step("GetRecords", {"ShardIterator": iterator, **draw_members(draw, Limit=(25, LIMITS))})
