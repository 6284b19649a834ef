"""Streams (dossier 11): every write leaves records in the shard that its partition's token belongs to.

What a write has changed is not what is told, but what was written (rule: stream-event-names). In 6.2 a put is two
events, the deletion of what may have been there and the new item; nothing is ever INSERTed; and a deletion tells the
old item only where the table has a sort key, since a whole partition goes at once where it has none. Later a put is one
INSERT. With the option for it (`Edition.exact_streams`) events are those of DynamoDB.

Times are not waited for: the real server shows a record when its window has passed, ten seconds by default.
"""

from __future__ import annotations

import re
import uuid
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from typing import Any, Final

from reference_server import limits
from reference_server.alternator import keys, texts, values
from reference_server.alternator.edition import Edition
from reference_server.alternator.request import JSONObject, Request, as_integer, as_string, parameter, printed
from reference_server.attribute import Item
from reference_server.errors import ResourceNotFoundException, ValidationException
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.table import Change, Origin, Record, Table


class View(StrEnum):
    KEYS_ONLY = "KEYS_ONLY"
    NEW_IMAGE = "NEW_IMAGE"
    OLD_IMAGE = "OLD_IMAGE"
    NEW_AND_OLD_IMAGES = "NEW_AND_OLD_IMAGES"


_OF_NEW: Final = frozenset({View.NEW_IMAGE, View.NEW_AND_OLD_IMAGES})
_OF_OLD: Final = frozenset({View.OLD_IMAGE, View.NEW_AND_OLD_IMAGES})

# A node of one core with 16 tokens has so many (recorded st-desc-all).
SHARDS: Final = 16
_DATA_CENTRE: Final = "datacenter1"  # a node's own name for where it is, unless it is told another

# From the first day of the Gregorian calendar, in steps of 100 ns: what the time in a UUID counts.
_EPOCH: Final = 0x01B21DD213814000
_STEPS: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class _StreamRecord:
    number: int
    at: float
    content: JSONObject


@dataclass(slots=True)
class _Shard:
    """`last_token` is the end of its share of the tokens, which belongs to it."""

    id: str
    last_token: int
    records: list[_StreamRecord] = field(default_factory=list)

    def trim(self, horizon: float) -> None:
        del self.records[: bisect_left(self.records, horizon, key=lambda record: record.at)]

    def after(self, number: int, limit: int) -> Sequence[_StreamRecord]:
        start = bisect_left(self.records, number, key=lambda record: record.number)
        return self.records[start : start + limit]


class _Stream:
    """One enabling of a table's stream."""

    def __init__(self, streams: _Streams, edition: Edition, table: Table, view: View) -> None:
        now = streams.catalogue.clock()
        self.table = table
        self.view = view
        self.disabled: float | None = None
        self.first = streams.next_number()
        self.id = _uuid(self.first)
        self._edition = edition
        self._streams = streams
        # A label is a JSON text with its quotes (recorded st-list).
        self.label = printed(datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        moment = f"{int(table.created * 1000):x}"
        width = (1 << 64) // SHARDS
        ends = [(-(1 << 63)) + width * (position + 1) - 1 for position in range(SHARDS)]
        self._shards = [_Shard(f"H {moment}:{_stream_id(end)}", end) for end in ends]

    @property
    def arn(self) -> str:
        if not self._edition.stream_arns:
            return f"S{self.id}"
        name = self.table.name
        return (
            f"arn:aws:dynamodb:us-east-1:000000000000:table/alternator_{name}@{name}_scylla_cdc_log"
            f"/stream/{datetime.fromtimestamp(self.table.created, UTC).strftime('%Y-%m-%dT%H:%M:%S')}"
        )

    def shards(self, now: float) -> list[_Shard]:
        """In the order of their ids, by which they are paged; what is older than a day is gone."""
        for shard in self._shards:
            shard.trim(now - limits.STREAM_SECONDS)
        return sorted(self._shards, key=lambda shard: shard.id)

    def shard(self, id: str, now: float) -> _Shard:
        for shard in self.shards(now):
            if shard.id == id:
                return shard
        raise ResourceNotFoundException(texts.SHARD_UNKNOWN)

    def note(
        self, event: str, key: Item, old: Item | None, new: Item | None, identity: Mapping[str, str] | None = None
    ) -> None:
        """Keep one record; the images that the view has no use for are left out of it."""
        now = self._streams.catalogue.clock()
        number = self._streams.next_number()
        shard = self._shard_of(key)
        shown = values.show(key)
        content: JSONObject = {
            "Keys": shown,
            "ApproximateCreationDateTime": int(now),
            "SequenceNumber": str(number),
            "StreamViewType": self.view.value,
        }
        if old is not None and self.view in _OF_OLD:
            content["OldImage"] = values.show(old)
        if new is not None and self.view in _OF_NEW:
            content["NewImage"] = values.show(new)
        record: JSONObject = {
            "eventID": f"E{shard.id.partition(':')[2]}:{_uuid(number)}",
            "eventName": event,
            "eventSource": "scylladb:alternator",
            "dynamodb": content,
        }
        if self._edition.stream_regions:
            record["awsRegion"] = _DATA_CENTRE
        if identity is not None and self._edition.stream_identities:
            record["userIdentity"] = identity
        shard.records.append(_StreamRecord(number, now, record))

    def listen(self, change: Change) -> None:
        """What expired is deleted by nobody's request."""
        if change.origin is Origin.TIME_TO_LIVE and change.before is not None and self.disabled is None:
            key = self.table.keys.key_of(change.before.item)
            identity = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
            self.note("REMOVE", key, self.old_of_deletion(change.before), None, identity)

    def old_of_deletion(self, before: Record | None) -> Item | None:
        """rule: stream-partition-deletion."""
        if before is None or not (self._edition.old_images_of_partitions or self.table.keys.sort):
            return None
        return before.item

    def _shard_of(self, key: Item) -> _Shard:
        partition = keys.token(keys.raw_bytes(key[self.table.keys.partition[0].name]))
        return self._shards[bisect_left(self._shards, partition, key=lambda shard: shard.last_token)]


class _Streams(Part):
    """Every stream of the server, in the order of their ids; a table's last one is its own."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self.all: list[_Stream] = []
        self._counter = count()

    def next_number(self) -> int:
        """A number that grows, and holds the time: a sequence number, a stream's id, a position."""
        return (int(self.catalogue.clock() * _STEPS) + _EPOCH) << 64 | next(self._counter)

    def of(self, table: Table) -> _Stream | None:
        return next((one for one in reversed(self.all) if one.table is table), None)

    def active(self, table: Table) -> _Stream | None:
        stream = self.of(table)
        return stream if stream is not None and stream.disabled is None else None

    def table_dropped(self, table: Table) -> None:
        """The log goes with its table."""
        self.all = [one for one in self.all if one.table is not table]


def _uuid(number: int) -> uuid.UUID:
    """A UUID of version 1 whose time and tail are a number's."""
    time, tail = number >> 64, number & (1 << 64) - 1
    low, middle, high = time & 0xFFFFFFFF, time >> 32 & 0xFFFF, time >> 48 & 0x0FFF
    return uuid.UUID(int=low << 96 | middle << 80 | 0x1000 << 64 | high << 64 | tail & ~(0xC0 << 56) | 0x80 << 56)


def _stream_id(last_token: int) -> str:
    """The first eight bytes are the token; the others tell a node's shards from each other (recorded st-desc-all)."""
    return f"{last_token & (1 << 64) - 1:016x}{(last_token >> 32) & 0xFFFFFFFF:08x}{1:08x}"


# --- what tables are told ---------------------------------------------------------------------------------


def enable(catalogue: Catalogue, edition: Edition, table: Table, view_type: str) -> None:
    """Begin a stream, or change the view of the one that is there. Raises ValidationException."""
    if view_type not in tuple(View):
        raise ValidationException(texts.MALFORMED, name="StreamViewType", value=printed(view_type))
    streams = catalogue.part(_Streams)
    active = streams.active(table)
    if active is not None:
        if edition.refuses_stream_twice:
            raise ValidationException(texts.STREAM_ENABLED, name=table.name)
        active.view = View(view_type)
        return
    stream = _Stream(streams, edition, table, View(view_type))
    streams.all.append(stream)
    table.listeners.append(stream.listen)


def disable(catalogue: Catalogue, edition: Edition, table: Table) -> None:
    """End a table's stream. What it holds can be read on."""
    stream = catalogue.part(_Streams).active(table)
    if stream is not None:
        stream.disabled = catalogue.clock()
    elif edition.refuses_stream_twice:
        raise ValidationException(texts.STREAM_DISABLED, name=table.name)


def describe(catalogue: Catalogue, table: Table) -> JSONObject:
    """What a table's description says of its stream: nothing where there is none."""
    stream = catalogue.part(_Streams).active(table)
    if stream is None:
        return {}
    return {
        "LatestStreamArn": stream.arn,
        "LatestStreamLabel": stream.label,
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": stream.view.value},
    }


# --- what writes tell -------------------------------------------------------------------------------------


def note_put(catalogue: Catalogue, edition: Edition, table: Table, before: Record | None, item: Item) -> None:
    stream = catalogue.part(_Streams).active(table)
    if stream is None:
        return
    key = table.keys.key_of(item)
    if edition.exact_streams:
        _note_exactly(stream, key, before, item)
    elif edition.puts_are_inserts:
        stream.note("INSERT", key, None if before is None else before.item, item)
    else:
        stream.note("REMOVE", key, stream.old_of_deletion(before), None)
        stream.note("MODIFY", key, None, item)


def note_update(catalogue: Catalogue, edition: Edition, table: Table, before: Record | None, item: Item) -> None:
    stream = catalogue.part(_Streams).active(table)
    if stream is None:
        return
    key = table.keys.key_of(item)
    if edition.exact_streams:
        _note_exactly(stream, key, before, item)
    else:
        stream.note("MODIFY", key, None if before is None else before.item, item)


def note_deletion(catalogue: Catalogue, edition: Edition, table: Table, before: Record | None, key: Item) -> None:
    stream = catalogue.part(_Streams).active(table)
    if stream is None:
        return
    if not edition.exact_streams or before is not None:
        stream.note("REMOVE", key, stream.old_of_deletion(before), None)


def _note_exactly(stream: _Stream, key: Item, before: Record | None, item: Item) -> None:
    if before is None:
        stream.note("INSERT", key, None, item)
    elif values.show(before.item) != values.show(item):
        stream.note("MODIFY", key, before.item, item)


# --- operations -------------------------------------------------------------------------------------------


def list_streams(catalogue: Catalogue, request: Request) -> JSONObject:
    from reference_server.alternator.tables import table_of

    limit = _limit(request, 100)
    table = table_of(catalogue, request) if "TableName" in request.body else None
    listed = [
        stream
        for stream in catalogue.part(_Streams).all
        if stream.disabled is None and (table is None or stream.table is table)
    ]
    start = request.body.get("ExclusiveStartStreamArn")
    if start is not None:
        # As of the other operations (recorded st-desc-bad); of this one it is inferred.
        _refuse_malformed(request.edition, "ExclusiveStartStreamArn", as_string(start))
        listed = _behind(listed, start)
    page = listed[:limit]
    reply: JSONObject = {
        "Streams": [
            {"StreamArn": stream.arn, "StreamLabel": stream.label, "TableName": stream.table.name} for stream in page
        ]
    }
    if page:
        # Also of the last page: the next one is empty (recorded st-list).
        reply["LastEvaluatedStreamArn"] = page[-1].arn
    return reply


def _behind(streams: list[_Stream], arn: str) -> list[_Stream]:
    arns = [stream.arn for stream in streams]
    return streams[arns.index(arn) + 1 :] if arn in arns else []


def describe_stream(catalogue: Catalogue, request: Request) -> JSONObject:
    stream = _find(catalogue, request)
    limit = _limit(request, 100)
    description: JSONObject = {
        "StreamStatus": "ENABLED" if stream.disabled is None else "DISABLED",
        "StreamArn": stream.arn,
        # A log that is ended has forgotten its images (recorded st-desc-disabled).
        "StreamViewType": (stream.view if stream.disabled is None else View.KEYS_ONLY).value,
        "TableName": stream.table.name,
        "KeySchema": [
            {"AttributeName": name, "KeyType": kind}
            for name, kind in zip(stream.table.keys.names, ("HASH", "RANGE"), strict=False)
        ],
    }
    if stream.disabled is None:
        description |= _describe_shards(stream, catalogue.clock(), request.body.get("ExclusiveStartShardId"), limit)
    return {"StreamDescription": description}


def _describe_shards(stream: _Stream, now: float, start: Any, limit: int) -> JSONObject:
    shards = [shard for shard in stream.shards(now) if start is None or shard.id > as_string(start)]
    page = shards[:limit]
    described: JSONObject = {
        "Shards": [
            {"ShardId": shard.id, "SequenceNumberRange": {"StartingSequenceNumber": str(stream.first)}}
            for shard in page
        ]
    }
    if len(shards) > limit:
        described["LastEvaluatedShardId"] = page[-1].id
    return described


_BY_NUMBER: Final = frozenset({"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"})
_NUMBER: Final = re.compile(r"[0-9]{1,39}")  # as many digits as 128 bits may need
_LAST_NUMBER: Final = (1 << 128) - 1
_TYPES: Final = _BY_NUMBER | {"TRIM_HORIZON", "LATEST"}


def get_shard_iterator(catalogue: Catalogue, request: Request) -> JSONObject:
    kind = parameter(request.body, "ShardIteratorType")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise ValidationException(texts.MALFORMED, name="ShardIteratorType", value=printed(kind))
    number = request.body.get("SequenceNumber")
    if kind in _BY_NUMBER and number is None:
        raise ValidationException(texts.SEQUENCE_NUMBER_MISSING)
    if kind not in _BY_NUMBER and number is not None:
        raise ValidationException(texts.SEQUENCE_NUMBER_SURPLUS)
    stream = _find(catalogue, request)
    shard = stream.shard(as_string(parameter(request.body, "ShardId")), catalogue.clock())
    if kind == "TRIM_HORIZON":
        position = 0
    elif kind == "LATEST":
        position = catalogue.part(_Streams).next_number()
    else:
        position = min(_read_number(number) + (kind == "AFTER_SEQUENCE_NUMBER"), _LAST_NUMBER)
    return {"ShardIterator": _iterator(stream, shard, position)}


def _read_number(text: Any) -> int:
    """That a number of more than 128 bits is malformed is inferred: it has no iterator. Raises ValidationException."""
    if not _NUMBER.fullmatch(as_string(text)) or int(text) > _LAST_NUMBER:
        raise ValidationException(texts.MALFORMED, name="SequenceNumber", value=printed(text))
    return int(text)


def get_records(catalogue: Catalogue, request: Request) -> JSONObject:
    text = parameter(request.body, "ShardIterator")
    stream, shard, position = _read_iterator(catalogue, text)
    limit = _limit(request, limits.STREAM_PAGE_RECORDS)
    if request.edition.limits_records and limit > limits.STREAM_PAGE_RECORDS:
        raise ValidationException(texts.RECORDS_LIMIT)
    page = shard.after(position, limit)
    return {
        "Records": [record.content for record in page],
        "NextShardIterator": _iterator(stream, shard, page[-1].number + 1) if page else text,
    }


def _iterator(stream: _Stream, shard: _Shard, position: int) -> str:
    return f"I{stream.id}:{uuid.UUID(int=position)}:{shard.id}"


def _read_iterator(catalogue: Catalogue, text: Any) -> tuple[_Stream, _Shard, int]:
    """Where an iterator stands. Raises ValidationException, ResourceNotFoundException."""
    try:
        stream_id, position, shard_id = as_string(text).removeprefix("I").split(":", 2)
        number = uuid.UUID(position).int
        wanted = uuid.UUID(stream_id)
    except ValueError:
        raise ValidationException(texts.MALFORMED, name="ShardIterator", value=printed(text)) from None
    for stream in catalogue.part(_Streams).all:
        if stream.id == wanted:
            return stream, stream.shard(shard_id, catalogue.clock()), number
    raise ResourceNotFoundException(texts.STREAM_UNKNOWN)


def _find(catalogue: Catalogue, request: Request) -> _Stream:
    arn = as_string(parameter(request.body, "StreamArn"))
    _refuse_malformed(request.edition, "StreamArn", arn)
    for stream in reversed(catalogue.part(_Streams).all):
        if stream.arn == arn:
            return stream
    raise ResourceNotFoundException(texts.STREAM_UNKNOWN)


def _refuse_malformed(edition: Edition, name: str, arn: str) -> None:
    if not edition.stream_arns and not _is_id(arn):
        raise ValidationException(texts.MALFORMED, name=name, value=printed(arn))


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text.removeprefix("S"))
    except ValueError:
        return False
    return text.startswith("S")


def _limit(request: Request, default: int) -> int:
    limit = as_integer(request.body.get("Limit", default))
    if limit < 1:
        raise ValidationException(texts.STREAM_LIMIT)
    return limit
