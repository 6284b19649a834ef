"""DynamoDB Streams: what became of each item, kept for a day (control-plane 20).

A stream belongs to one enabling of one table. It is a chain of shards: one is open, and takes the records; after four
hours it is closed, and a child of it is open. Everything is cut off a day later. A stream that was disabled, or whose
table was deleted, takes no more records, and can be read until its last one is gone.

Sequence numbers are counted over all streams of an account in a region, so they grow along every stream.
"""

from __future__ import annotations

import base64
import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

import msgspec

from reference_server import limits, messages, sizes
from reference_server.attribute import Item
from reference_server.errors import (
    ExpiredIteratorException,
    ResourceNotFoundException,
    TrimmedDataAccessException,
    ValidationException,
)
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.schema import KeySchema
from reference_server.tables.table import Change, Origin, Table

KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES = "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"
VIEWS_OF_NEW: Final = frozenset({NEW_IMAGE, NEW_AND_OLD_IMAGES})
VIEWS_OF_OLD: Final = frozenset({OLD_IMAGE, NEW_AND_OLD_IMAGES})

# Who deleted an expired item (control-plane 20.3; the members' names are the model's).
SERVICE_IDENTITY: Final = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}

# 21 digits from the first on, the fewest that a sequence number may have (control-plane 20.1).
_FIRST_NUMBER: Final = 100_000_000_000_000_000_001


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """`at` is in epoch seconds."""

    number: int
    at: float
    content: dict[str, Any]

    @property
    def size(self) -> int:
        size: int = self.content["dynamodb"]["SizeBytes"]
        return size


@dataclass(slots=True)
class Shard:
    """`first` and `last` are the ends of its range of sequence numbers; an open one has no last."""

    id: str
    parent: str | None
    opened: float
    first: int
    closed: float | None = None
    last: int | None = None
    records: list[StreamRecord] = field(default_factory=list)
    # Records up to this number have been cut off.
    trimmed: int = 0

    def position_of(self, number: int) -> int:
        """Where the first record with this number, or a later one, stands."""
        return bisect_left(self.records, number, key=lambda record: record.number)

    def holds(self, number: int) -> bool:
        return self.first <= number and (self.last is None or number <= self.last)

    def trim(self, horizon: float) -> None:
        """Cut off what is older."""
        old = bisect_left(self.records, horizon, key=lambda record: record.at)
        if old:
            self.trimmed = self.records[old - 1].number
            del self.records[:old]


class Stream:
    """One enabling of a table's stream."""

    def __init__(self, streams: Streams, table: Table, view_type: str, label: str, enabled: float) -> None:
        self.table_name = table.name
        self.keys: KeySchema = table.keys
        self.view_type = view_type
        self.label = label
        self.arn = f"{table.arn}/stream/{label}"
        self.enabled = enabled
        self.disabled: float | None = None
        self._streams = streams
        self._shards = [self._opened_shard(None, enabled)]

    def listen(self, change: Change) -> None:
        """Keep the record of a write, if it has changed anything."""
        if change.is_none:
            return
        now = self._streams.catalogue.clock()
        shard = self.shards(now)[-1]
        shard.records.append(
            StreamRecord(number := self._streams.next_number(), now, self._content(change, number, now))
        )

    def close(self, now: float) -> None:
        self._close(self.shards(now)[-1], now)
        self.disabled = now

    def status(self, now: float) -> str:
        transition = self._streams.catalogue.cloud.transition_seconds
        if self.disabled is not None:
            return "DISABLING" if now < self.disabled + transition else "DISABLED"
        return "ENABLING" if now < self.enabled + transition else "ENABLED"

    def shards(self, now: float) -> Sequence[Shard]:
        """The shards as they are by now, oldest first: none older than the horizon, and, while enabled, one open."""
        last = self._shards[-1] if self._shards else None
        while last is not None and last.closed is None and last.opened + limits.SHARD_SECONDS <= now:
            turned = last.opened + limits.SHARD_SECONDS
            self._close(last, turned)
            last = self._opened_shard(last.id, turned)
            self._shards.append(last)
        horizon = now - limits.STREAM_SECONDS
        for shard in self._shards:
            shard.trim(horizon)
        self._shards = [shard for shard in self._shards if shard.closed is None or shard.closed > horizon]
        return self._shards

    def is_gone(self, now: float) -> bool:
        return self.disabled is not None and not self.shards(now)

    def shard(self, id: str, now: float) -> Shard:
        for shard in self.shards(now):
            if shard.id == id:
                return shard
        raise ResourceNotFoundException(messages.SHARD_NOT_FOUND, shard=id, stream=self.arn)

    def _opened_shard(self, parent: str | None, opened: float) -> Shard:
        first = self._streams.next_number()
        name = hashlib.sha256(f"{self.arn} {first}".encode()).hexdigest()[:8]
        return Shard(f"shardId-{int(opened * 1000):020d}-{name}", parent, opened, first)

    def _close(self, shard: Shard, now: float) -> None:
        shard.closed = now
        shard.last = self._streams.next_number()

    def _content(self, change: Change, number: int, now: float) -> dict[str, Any]:
        """A record as GetRecords shows it (control-plane 20.3)."""
        old = change.before.item if change.before else None
        new = change.after.item if change.after else None
        images: dict[str, Item] = {"Keys": self.keys.key_of(new if new is not None else old or {})}
        if new is not None and self.view_type in VIEWS_OF_NEW:
            images["NewImage"] = new
        if old is not None and self.view_type in VIEWS_OF_OLD:
            images["OldImage"] = old
        record: dict[str, Any] = {
            "eventID": hashlib.md5(f"{self.arn} {number}".encode(), usedforsecurity=False).hexdigest(),
            "eventName": event_name(old, new),
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": self._streams.catalogue.region,
            "dynamodb": {
                "ApproximateCreationDateTime": int(now),
                **images,
                "SequenceNumber": str(number),
                # Without the 100 bytes that an item is stored with.
                "SizeBytes": sum(sizes.item_size(image) for image in images.values()),
                "StreamViewType": self.view_type,
            },
        }
        if change.origin is Origin.TIME_TO_LIVE:
            record["userIdentity"] = SERVICE_IDENTITY
        return record


def event_name(old: Item | None, new: Item | None) -> str:
    """What happened to an item. An implementation that tells it otherwise (Alternator does) differs here."""
    if old is None:
        return "INSERT"
    return "REMOVE" if new is None else "MODIFY"


class Streams(Part):
    """All streams of an account in a region."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._streams: dict[str, Stream] = {}  # by ARN, in the order in which they were enabled
        self._latest: dict[str, Stream] = {}  # by the table's id
        self._numbers = count(_FIRST_NUMBER)

    def next_number(self) -> int:
        return next(self._numbers)

    def enable(self, table: Table, view_type: str) -> None:
        """From now on, each write to the table is told. What must hold before that is the caller's to check."""
        now = self.catalogue.clock()
        moment, arns = now, {stream.arn for stream in self._streams.values()}
        while f"{table.arn}/stream/{(label := _label(moment))}" in arns:
            moment += 0.001  # disabled and enabled again within a millisecond
        stream = Stream(self, table, view_type, label, now)
        self._streams[stream.arn] = self._latest[table.id] = stream
        table.listeners.append(stream.listen)

    def disable(self, table: Table) -> None:
        """The stream goes on for a day, without new records."""
        stream = self._latest[table.id]
        table.listeners.remove(stream.listen)
        stream.close(self.catalogue.clock())

    def is_enabled(self, table: Table) -> bool:
        stream = self._latest.get(table.id)
        return stream is not None and stream.disabled is None

    def describe(self, table: Table) -> dict[str, Any]:
        """What a TableDescription says: the latest stream is named after it was disabled too (control-plane 4)."""
        stream = self._latest.get(table.id)
        if stream is None:
            return {}
        latest = {"LatestStreamArn": stream.arn, "LatestStreamLabel": stream.label}
        if stream.disabled is not None:
            return latest
        return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": stream.view_type}} | latest

    def table_dropped(self, table: Table) -> None:
        if self.is_enabled(table):
            self.disable(table)

    # --- reading ------------------------------------------------------------------------------------------

    def find(self, arn: str) -> Stream:
        stream = self._streams.get(arn)
        if stream is None or stream.is_gone(self.catalogue.clock()):
            raise ResourceNotFoundException(messages.STREAM_NOT_FOUND, stream=arn)
        return stream

    def listed(self, table_name: str | None) -> Iterator[Stream]:
        """By table, the newest of each first."""
        now = self.catalogue.clock()
        self._streams = {arn: stream for arn, stream in self._streams.items() if not stream.is_gone(now)}
        found = [stream for stream in self._streams.values() if table_name in (None, stream.table_name)]
        found.sort(key=lambda stream: stream.label, reverse=True)
        found.sort(key=lambda stream: stream.table_name)
        yield from found


def _label(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]


# --- iterators --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShardIterator:
    """A place in a shard: before the record with this number, or the next one after it. `made` is in epoch seconds."""

    stream: str
    shard: str
    number: int
    made: float

    def text(self) -> str:
        place = json.dumps([self.shard, self.number, self.made])
        return f"{self.stream}|1|{base64.b64encode(place.encode()).decode()}"

    @classmethod
    def read(cls, text: str, now: float) -> ShardIterator:
        """Raises ValidationException for what is none, ExpiredIteratorException for one that is too old."""
        stream, _, rest = text.partition("|")
        version, _, place = rest.partition("|")
        try:
            shard, number, made = msgspec.json.decode(
                base64.b64decode(place, validate=True), type=tuple[str, int, float]
            )
            iterator = cls(stream, shard, number, made)
        except (ValueError, msgspec.MsgspecError):
            raise ValidationException(messages.SHARD_ITERATOR_INVALID) from None
        if version != "1":
            raise ValidationException(messages.SHARD_ITERATOR_INVALID)
        if made + limits.SHARD_ITERATOR_SECONDS < now:
            raise ExpiredIteratorException(messages.SHARD_ITERATOR_EXPIRED)
        return iterator


def read_page(shard: Shard, number: int, limit: int) -> list[StreamRecord]:
    """The records from this number on that one page holds: at most `limit`, and, but for the first, a megabyte."""
    if number <= shard.trimmed:
        raise TrimmedDataAccessException(messages.STREAM_TRIMMED)
    page: list[StreamRecord] = []
    left = limits.STREAM_PAGE_BYTES
    for record in shard.records[shard.position_of(number) :]:
        if len(page) == limit or (page and record.size > left):
            break
        page.append(record)
        left -= record.size
    return page
