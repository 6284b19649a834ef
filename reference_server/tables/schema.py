"""What a table is, before it holds anything: its keys, its attribute definitions, its indexes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from reference_server import keys, limits, sizes
from reference_server.attribute import AttributeValue, Item
from reference_server.keys import KeyRange


@dataclass(frozen=True, slots=True)
class KeyAttribute:
    """One attribute of a key. `type` is S, N or B."""

    name: str
    type: str


@dataclass(frozen=True)
class KeySchema:
    """A primary key, of a table or of an index.

    A table and a local secondary index have one partition attribute and at most one sort attribute; a global
    secondary index may have up to four of each (control-plane 3.3).
    """

    partition: tuple[KeyAttribute, ...]
    sort: tuple[KeyAttribute, ...] = ()

    @cached_property
    def attributes(self) -> tuple[KeyAttribute, ...]:
        return self.partition + self.sort

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(attribute.name for attribute in self.attributes)

    @cached_property
    def types(self) -> Mapping[str, str]:
        return {attribute.name: attribute.type for attribute in self.attributes}

    @cached_property
    def _partition_names(self) -> tuple[str, ...]:
        return tuple(attribute.name for attribute in self.partition)

    @cached_property
    def _sort_names(self) -> tuple[str, ...]:
        return tuple(attribute.name for attribute in self.sort)

    def key_of(self, item: Item) -> Item:
        return {name: item[name] for name in self.names}

    def partition_bytes(self, item: Item) -> bytes:
        return keys.encode_partition([item[name] for name in self._partition_names])

    def partition_range(self, item: Item) -> KeyRange:
        return keys.range_of_prefix(self.partition_bytes(item))

    def key_bytes(self, item: Item) -> bytes:
        """The key bytes of an item that has all of the key's attributes."""
        return self.partition_bytes(item) + self.plain_bytes(item, self._sort_names)

    def plain_bytes(self, item: Item, names: Iterable[str]) -> bytes:
        """The values of some of the key's attributes, without the hash that goes before a partition's."""
        return keys.encode_values([item[name] for name in names])

    def holds(self, item: Item) -> bool:
        """Whether the item has a value for each attribute of the key that can be one."""
        for attribute in self.attributes:
            value = item.get(attribute.name)
            if value is None or not (content := value.get(attribute.type)):
                return False
            if len(content) > limits.SHORT_KEY and not self._is_short_enough(attribute, value):
                return False
        return True

    def _is_short_enough(self, attribute: KeyAttribute, value: AttributeValue) -> bool:
        most = limits.SORT_KEY_BYTES if attribute in self.sort else limits.PARTITION_KEY_BYTES
        return sizes.value_size(value) <= most

    def admits(self, name: str, value: AttributeValue) -> bool:
        """Whether a value has the type that the key's attribute `name` is defined with."""
        return self.types[name] in value


class ProjectionType(StrEnum):
    ALL = "ALL"
    KEYS_ONLY = "KEYS_ONLY"
    INCLUDE = "INCLUDE"


@dataclass(frozen=True)
class IndexProjection:
    """Which attributes an index carries besides its keys and the table's."""

    type: ProjectionType
    non_key_attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class IndexSchema:
    """A secondary index. `table_keys` are the keys of the table it belongs to."""

    name: str
    is_global: bool
    keys: KeySchema
    table_keys: KeySchema
    projection: IndexProjection
    # ReadCapacityUnits and WriteCapacityUnits of a global secondary index of a provisioned table.
    throughput: Throughput | None = None

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        """The attributes that tell an entry from every other: the index's key and the table's, each once."""
        return tuple(dict.fromkeys(self.keys.names + self.table_keys.names))

    @cached_property
    def projected(self) -> frozenset[str] | None:
        """The names of the attributes that the index carries; None where it carries all."""
        match self.projection.type:
            case ProjectionType.ALL:
                return None
            case ProjectionType.KEYS_ONLY:
                return frozenset(self.key_names)
            case ProjectionType.INCLUDE:
                return frozenset(self.key_names) | frozenset(self.projection.non_key_attributes)

    def project(self, item: Item) -> Item:
        names = self.projected
        if names is None:
            return item
        return {name: value for name, value in item.items() if name in names}

    def covers(self, item: Item) -> bool:
        """Whether an item has an entry: it has every attribute of the index's key (sparse indexes, data-plane 6.2).

        An item that is older than the index may have values there that cannot be keys (control-plane 5.4).
        """
        return self.keys.holds(item)

    def key_bytes(self, item: Item) -> bytes:
        return self.keys.key_bytes(item) + self.table_keys.plain_bytes(item, self.table_keys.names)


@dataclass(frozen=True, slots=True)
class Throughput:
    """Provisioned units a second."""

    read: int
    write: int


@dataclass(frozen=True)
class TableSchema:
    """A table as CreateTable described it. `attribute_types` are the attribute definitions, in the request's order."""

    name: str
    keys: KeySchema
    attribute_types: Mapping[str, str]
    indexes: Mapping[str, IndexSchema] = field(default_factory=dict)
    # None for PAY_PER_REQUEST.
    throughput: Throughput | None = None

    @cached_property
    def has_local_indexes(self) -> bool:
        return any(not index.is_global for index in self.indexes.values())

    @cached_property
    def index_key_names(self) -> frozenset[str]:
        """Attributes that are a key of some index; the table's own keys among them where an index uses them."""
        return frozenset(name for index in self.indexes.values() for name in index.keys.names)
