"""A table's items and its indexes' entries, and the one place where both change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, TypeAlias

from reference_server import sizes
from reference_server.attribute import Item
from reference_server.keys import KeyRange
from reference_server.storage.memory import OrderedMap
from reference_server.tables import capacity
from reference_server.tables.schema import IndexSchema, KeySchema, TableSchema
from reference_server.tables.settings import Capacity, Settings, Status


@dataclass(frozen=True, slots=True)
class Record:
    """A stored item, or an index's entry, with its size in bytes. Never changed; replaced."""

    item: Item
    size: int


@dataclass(frozen=True, slots=True)
class Write:
    """What one write did: the records before and after, and the write units of each index it touched."""

    before: Record | None
    after: Record | None
    index_units: Mapping[str, int]

    @property
    def table_units(self) -> int:
        return capacity.write_units(self.before.size if self.before else 0, self.after.size if self.after else 0)


_NO_UNITS: Final[Mapping[str, int]] = {}


class Origin(Enum):
    """Who writes: streams and replicas tell."""

    CLIENT = "client"
    TIME_TO_LIVE = "time to live"
    REPLICATION = "replication"


@dataclass(frozen=True, slots=True)
class Change:
    """One write as it has happened. At most one of the records is None; equal items are a change of nothing."""

    before: Record | None
    after: Record | None
    origin: Origin

    @property
    def is_none(self) -> bool:
        return self.before is not None and self.after is not None and self.before.item == self.after.item


# Told of each write that has happened, in the order of the writes.
Listener: TypeAlias = Callable[[Change], None]


class Index:
    """The entries of one secondary index.

    `backfilling` is None but for a global one that UpdateTable is creating: False until it is being filled, then True.
    """

    __slots__ = ("backfilling", "capacity", "entries", "schema", "status", "total_bytes")

    def __init__(self, schema: IndexSchema) -> None:
        self.schema = schema
        self.status = Status.ACTIVE
        self.backfilling: bool | None = None
        self.capacity = Capacity()
        self.entries: OrderedMap[Record] = OrderedMap()
        self.total_bytes = 0

    @property
    def keys(self) -> KeySchema:
        return self.schema.keys

    def scan(self, within: KeyRange, *, after: bytes | None, descending: bool) -> Iterator[Record]:
        return self.entries.scan(within, after=after, descending=descending)

    def start_bytes(self, start: Item) -> bytes:
        return self.schema.key_bytes(start)

    def key_names(self) -> tuple[str, ...]:
        return self.schema.key_names

    def replace(self, before: Record | None, after: Record | None) -> int:
        """Bring the index up to date with one write of its table. Returns the write units that it costs here.

        An entry that the write leaves as it was costs nothing; a moved key costs a removal and an insertion
        (data-plane 8.3; aws-2026, capacity 2).
        """
        old, new = self._entry(before), self._entry(after)
        if old is not None and new is not None and old[0] == new[0] and old[1].item == new[1].item:
            if new[1].item is not old[1].item:
                self.entries.put(*new)
            return 0
        units = 0
        if old is not None and (new is None or old[0] != new[0]):
            self.entries.remove(old[0])
            self.total_bytes -= old[1].size
            units += capacity.write_units(old[1].size, 0)
            old = None
        if new is not None:
            self.entries.put(*new)
            old_size = old[1].size if old is not None else 0
            self.total_bytes += new[1].size - old_size
            units += capacity.write_units(old_size, new[1].size)
        return units

    def _entry(self, record: Record | None) -> tuple[bytes, Record] | None:
        if record is None or not self.schema.covers(record.item):
            return None
        key = self.schema.key_bytes(record.item)
        if self.schema.projected is None:
            return key, record
        projected = self.schema.project(record.item)
        return key, Record(projected, sizes.item_size(projected))


@dataclass(slots=True)
class Table:
    """A table that exists. `created` is in epoch seconds; `arn` and `id` are given at creation."""

    schema: TableSchema
    arn: str
    id: str
    created: float
    settings: Settings = field(default_factory=Settings)
    status: Status = Status.ACTIVE
    # Streams, journals for restoring, replicas: whoever must know of each write.
    listeners: list[Listener] = field(default_factory=list)
    records: OrderedMap[Record] = field(default_factory=OrderedMap)
    indexes: dict[str, Index] = field(init=False)
    total_bytes: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.indexes = {name: Index(schema) for name, schema in self.schema.indexes.items()}

    @property
    def name(self) -> str:
        return self.schema.name

    @property
    def keys(self) -> KeySchema:
        return self.schema.keys

    def warm_up(self) -> None:
        """What was asked to be ready is ready."""
        for one in (self.settings.capacity, *(index.capacity for index in self.indexes.values())):
            one.warming = False

    def fill(self, index: Index) -> None:
        """Enter the items that were there before the index. Those whose values cannot be its keys are left out."""
        for record in self.records.values():
            index.replace(None, record)

    def get(self, key: Item) -> Record | None:
        """The record with a primary key that matches the schema."""
        return self.records.get(self.keys.key_bytes(key))

    def scan(self, within: KeyRange, *, after: bytes | None, descending: bool) -> Iterator[Record]:
        return self.records.scan(within, after=after, descending=descending)

    def start_bytes(self, start: Item) -> bytes:
        return self.keys.key_bytes(start)

    def key_names(self) -> tuple[str, ...]:
        return self.keys.names

    def put(self, item: Item, size: int, origin: Origin = Origin.CLIENT) -> Write:
        """Store an item that has passed all checks, in place of whatever has its key. `size` is in bytes."""
        key = self.keys.key_bytes(item)
        before = self.records.get(key)
        after = Record(item, size)
        self.records.put(key, after)
        return self._written(before, after, origin)

    def delete(self, key: Item, origin: Origin = Origin.CLIENT) -> Write:
        """Remove the item with this key, if it is there."""
        key_bytes = self.keys.key_bytes(key)
        before = self.records.get(key_bytes)
        if before is None:
            return Write(None, None, _NO_UNITS)
        self.records.remove(key_bytes)
        return self._written(before, None, origin)

    def _written(self, before: Record | None, after: Record | None, origin: Origin) -> Write:
        self.total_bytes += (after.size if after else 0) - (before.size if before else 0)
        if self.listeners:
            change = Change(before, after, origin)
            for listener in self.listeners:
                listener(change)
        if not self.indexes:
            return Write(before, after, _NO_UNITS)
        # An index in allocation will be filled with what is there by then.
        units = {
            name: index.replace(before, after) for name, index in self.indexes.items() if index.backfilling is not False
        }
        return Write(before, after, {name: count for name, count in units.items() if count})
