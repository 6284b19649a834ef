"""ListStreams, DescribeStream, GetShardIterator and GetRecords (control-plane 20)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_server import limits, messages
from reference_server.errors import TrimmedDataAccessException, ValidationException
from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.streams import Shard, ShardIterator, Streams, read_page


def list_streams(catalogue: Catalogue, request: shapes.ListStreamsInput) -> dict[str, Any]:
    # PARAMETERS
    limit = request.Limit or limits.LIST_STREAMS
    if limit > limits.LIST_STREAMS:
        raise ValidationException(messages.LIST_STREAMS_LIMIT, limit=limits.LIST_STREAMS)
    # READ
    streams = list(catalogue.part(Streams).listed(request.TableName))
    start = request.ExclusiveStartStreamArn
    if start is not None:
        # What has gone meanwhile leaves no place to go on from but its name's.
        arns = [stream.arn for stream in streams]
        streams = streams[arns.index(start) + 1 :] if start in arns else [s for s in streams if s.arn > start]
    page, more = streams[:limit], len(streams) > limit
    # RESPONSE
    reply: dict[str, Any] = {
        "Streams": [
            {"StreamArn": stream.arn, "TableName": stream.table_name, "StreamLabel": stream.label} for stream in page
        ]
    }
    if more:
        reply["LastEvaluatedStreamArn"] = page[-1].arn
    return reply


def describe_stream(catalogue: Catalogue, request: shapes.DescribeStreamInput) -> dict[str, Any]:
    # PARAMETERS
    limit = request.Limit or limits.DESCRIBE_STREAM_SHARDS
    if limit > limits.DESCRIBE_STREAM_SHARDS:
        raise ValidationException(messages.DESCRIBE_STREAM_LIMIT, limit=limits.DESCRIBE_STREAM_SHARDS)
    # TABLE
    stream = catalogue.part(Streams).find(request.StreamArn)
    # READ
    now = catalogue.clock()
    shards = list(stream.shards(now))
    if request.ShardFilter is not None and request.ShardFilter.Type == "CHILD_SHARDS":
        shards = [shard for shard in shards if shard.parent == request.ShardFilter.ShardId]
    if request.ExclusiveStartShardId is not None:
        # By order: it need not be one of them (control-plane 20.2).
        shards = [shard for shard in shards if shard.id > request.ExclusiveStartShardId]
    page, more = shards[:limit], len(shards) > limit
    # RESPONSE
    description: dict[str, Any] = {
        "StreamArn": stream.arn,
        "StreamLabel": stream.label,
        "StreamStatus": stream.status(now),
        "StreamViewType": stream.view_type,
        "CreationRequestDateTime": round(stream.enabled, 3),
        "TableName": stream.table_name,
        "KeySchema": [
            {"AttributeName": name, "KeyType": kind}
            for name, kind in zip(stream.keys.names, ("HASH", "RANGE"), strict=False)
        ],
        "Shards": [_describe_shard(shard) for shard in page],
    }
    if more:
        description["LastEvaluatedShardId"] = page[-1].id
    return {"StreamDescription": description}


def _describe_shard(shard: Shard) -> dict[str, Any]:
    range_ = {"StartingSequenceNumber": str(shard.first)}
    if shard.last is not None:
        range_["EndingSequenceNumber"] = str(shard.last)
    description: dict[str, Any] = {"ShardId": shard.id, "SequenceNumberRange": range_}
    if shard.parent is not None:
        description["ParentShardId"] = shard.parent
    return description


def get_shard_iterator(catalogue: Catalogue, request: shapes.GetShardIteratorInput) -> dict[str, Any]:
    # PARAMETERS
    kind = request.ShardIteratorType
    by_number = kind in _BY_NUMBER
    if by_number and request.SequenceNumber is None:
        raise ValidationException(messages.SEQUENCE_NUMBER_MISSING)
    if not by_number and request.SequenceNumber is not None:
        raise ValidationException(messages.SEQUENCE_NUMBER_SURPLUS)
    now = catalogue.clock()
    if kind == "AT_TIMESTAMP" and (request.Timestamp is None or request.Timestamp > now):
        raise ValidationException(messages.STREAM_TIMESTAMP)
    # TABLE
    stream = catalogue.part(Streams).find(request.StreamArn)
    shard = stream.shard(request.ShardId, now)
    # READ
    number = _POSITIONS[kind](shard, request)
    # RESPONSE
    return {"ShardIterator": ShardIterator(stream.arn, shard.id, number, now).text()}


def _at_number(shard: Shard, request: shapes.GetShardIteratorInput) -> int:
    text = request.SequenceNumber or ""
    if not (text.isascii() and text.isdecimal()) or not shard.holds(int(text)):
        raise ValidationException(messages.SEQUENCE_NUMBER_FOREIGN)
    if int(text) <= shard.trimmed:
        raise TrimmedDataAccessException(messages.STREAM_TRIMMED)
    return int(text)


def _at_time(shard: Shard, request: shapes.GetShardIteratorInput) -> int:
    """Before the first record of that second or a later one: a record tells whole seconds."""
    moment = request.Timestamp or 0.0
    return next((record.number for record in shard.records if int(record.at) >= moment), _behind_all(shard))


def _behind_all(shard: Shard) -> int:
    newest = shard.records[-1].number if shard.records else shard.trimmed
    return max(newest, shard.first) + 1


_BY_NUMBER: Final = frozenset({"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"})
# From which number on an iterator of each type reads.
_POSITIONS: Final[Mapping[str, Callable[[Shard, shapes.GetShardIteratorInput], int]]] = {
    "TRIM_HORIZON": lambda shard, _: max(shard.trimmed + 1, shard.first),
    "LATEST": lambda shard, _: _behind_all(shard),
    "AT_SEQUENCE_NUMBER": _at_number,
    "AFTER_SEQUENCE_NUMBER": lambda shard, request: _at_number(shard, request) + 1,
    "AT_TIMESTAMP": _at_time,
}


def get_records(catalogue: Catalogue, request: shapes.GetRecordsInput) -> dict[str, Any]:
    # PARAMETERS
    limit = request.Limit or limits.STREAM_PAGE_RECORDS
    if limit > limits.STREAM_PAGE_RECORDS:
        raise ValidationException(messages.GET_RECORDS_LIMIT, limit=limits.STREAM_PAGE_RECORDS)
    now = catalogue.clock()
    iterator = ShardIterator.read(request.ShardIterator, now)
    # TABLE
    shard = catalogue.part(Streams).find(iterator.stream).shard(iterator.shard, now)
    # READ
    page = read_page(shard, iterator.number, limit)
    following = page[-1].number + 1 if page else iterator.number
    # RESPONSE
    reply: dict[str, Any] = {"Records": [record.content for record in page]}
    if shard.last is None or shard.position_of(following) < len(shard.records):
        reply["NextShardIterator"] = ShardIterator(iterator.stream, shard.id, following, now).text()
    return reply
