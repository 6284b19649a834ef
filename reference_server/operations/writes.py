"""One item's write, from what a request asks for to what the table holds.

PutItem, UpdateItem and DeleteItem carry out one write, BatchWriteItem and TransactWriteItems several. What needs no
table (the stages VALUES and EXPRESSIONS) makes a request into a planned write, in whatever order and words the
operation has for that. A planned write then knows the stages that do need one, and none of them changes anything but
the last:

    check_keys        KEYS       what the schema says about the key, index keys and the paths in expressions
    check_condition   CONDITION  against the item as it is
    outcome           WRITE      the item as it will be, or the error that making it runs into
    perform           WRITE      puts it there; nothing is refused any more
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reference_server import limits, messages, sizes, values
from reference_server.attribute import Item
from reference_server.errors import ConditionalCheckFailedException, ValidationException
from reference_server.expressions.conditions import Condition
from reference_server.expressions.projections import Projection
from reference_server.expressions.updates import Update
from reference_server.tables import item_keys
from reference_server.tables.schema import TableSchema
from reference_server.tables.table import Index, Record, Table, Write

# --- planned writes ---------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class PlannedWrite(ABC):
    """`key` has the key's attributes; of a put, it is the whole item."""

    key: Item
    condition: Condition | None
    # ReturnValuesOnConditionCheckFailure.
    on_failure: str | None

    def check_keys(self, schema: TableSchema) -> None:
        item_keys.check_key(schema.keys, self.key)
        refuse_keys_as_containers(schema, self.condition)

    def check_condition(self, before: Record | None) -> None:
        """Raises ConditionalCheckFailedException where the condition does not hold; an absent item is an empty one."""
        if self.condition is None or self.condition.holds(before.item if before is not None else {}):
            return
        members = {"Item": before.item} if self.on_failure == "ALL_OLD" and before is not None else None
        raise ConditionalCheckFailedException(messages.CONDITION_FAILED, members=members)

    @abstractmethod
    def outcome(self, schema: TableSchema, before: Record | None) -> Record | None:
        """What will be in the place of `before`. Raises ValidationException."""

    def perform(self, table: Table, after: Record | None) -> Write:
        """Bring the outcome about."""
        return table.delete(self.key) if after is None else table.put(after.item, after.size)


@dataclass(slots=True, kw_only=True)
class PlannedPut(PlannedWrite):
    """An item with its size, which has been held against the limit already: it depends on no table."""

    size: int

    def check_keys(self, schema: TableSchema) -> None:
        item_keys.check_item(schema, self.key)
        refuse_keys_as_containers(schema, self.condition)

    def outcome(self, _schema: TableSchema, _before: Record | None) -> Record:
        return Record(self.key, self.size)


@dataclass(slots=True, kw_only=True)
class PlannedDelete(PlannedWrite):
    def outcome(self, _schema: TableSchema, _before: Record | None) -> None:
        return None


@dataclass(slots=True, kw_only=True)
class PlannedUpdate(PlannedWrite):
    """No update at all puts the key there and changes nothing else."""

    update: Update | None
    # Whether what the update writes is limited as the item is: UpdateItem's alone (aws-2026, sizes 3).
    limits_bytes_written: bool

    def check_keys(self, schema: TableSchema) -> None:
        item_keys.check_key(schema.keys, self.key)
        if self.update is not None:
            _refuse_key_updates(schema, self.update)
        refuse_keys_as_containers(schema, self.update, self.condition)

    def outcome(self, schema: TableSchema, before: Record | None) -> Record:
        """Index keys, nesting and size are judged on the result."""
        old = before.item if before is not None else dict(self.key)
        update = self.update
        if update is None:
            return Record(old, sizes.item_size(old))
        new = update.apply(old)
        _check_updated_index_keys(schema, new, update)
        values.refuse_deep_nesting(new)
        size = sizes.item_size(new)
        if size > limits.ITEM_BYTES or (self.limits_bytes_written and update.writes_too_much(new, size)):
            raise ValidationException(messages.ITEM_SIZE_UPDATE)
        return Record(new, size)


@dataclass(slots=True, kw_only=True)
class PlannedCheck(PlannedWrite):
    """A ConditionCheck: a write that leaves the item as it is, and costs what writing that costs."""

    def outcome(self, _schema: TableSchema, before: Record | None) -> Record | None:
        return before

    def perform(self, _table: Table, after: Record | None) -> Write:
        return Write(after, after, {})


# --- values -----------------------------------------------------------------------------------------------


def refuse_item_size(size: int) -> None:
    """Raises ValidationException for an item to be put that is beyond the limit."""
    if size > limits.ITEM_BYTES:
        raise ValidationException(messages.ITEM_SIZE)


# --- keys -------------------------------------------------------------------------------------------------


def refuse_keys_as_containers(schema: TableSchema, *bound: Condition | Projection | Update | None) -> None:
    """No expression may look inside a key: keys are scalars (data-plane 2.3, last rows)."""
    for expression in bound:
        if expression is None or not expression.containers:
            continue
        for name in schema.keys.names:
            if name in expression.containers:
                raise ValidationException(messages.KEY_NOT_SCALAR, role="Key", name=name)
        for name in expression.containers:
            if name in schema.index_key_names:
                raise ValidationException(messages.KEY_NOT_SCALAR, role="IndexKey", name=name)


def _refuse_key_updates(schema: TableSchema, update: Update) -> None:
    """An update leaves the key alone, and gives index keys no literal that they cannot hold."""
    for name in schema.keys.names:
        if name in update.updated_attributes:
            raise ValidationException(messages.KEY_UPDATED, name=name)
    literals = update.literal_assignments
    for index in schema.indexes.values():
        for attribute in index.keys.attributes:
            value = literals.get(attribute.name)
            if value is not None:
                item_keys.refuse_index_key_type(index, attribute, value)


def _check_updated_index_keys(schema: TableSchema, item: Item, update: Update) -> None:
    """Index keys that the update has written, where only running it tells their value."""
    for index in schema.indexes.values():
        for attribute in index.keys.attributes:
            value = item.get(attribute.name)
            if value is None or attribute.name not in update.updated_attributes:
                continue
            if attribute.type not in value:
                raise ValidationException(messages.INDEX_KEY_UPDATED_TO_TYPE)
            kind = item_keys.empty_kind(value)
            if kind is not None:
                raise ValidationException(messages.INDEX_KEY_UPDATED_TO_EMPTY, kind=kind)
            if item_keys.excess(index.keys, attribute, value) is not None:
                raise ValidationException(messages.INDEX_KEY_UPDATED_TO_SIZE)


# --- responses --------------------------------------------------------------------------------------------


def collection_metrics(table: Table, key: Item) -> dict[str, Any]:
    """The item collection that a write belongs to; its size in whole gigabytes around it (data-plane 8.4)."""
    partition = table.keys.partition[0].name
    # A local index has the table's partitions, so a collection is a partition of each of them.
    within = table.keys.partition_range(key)
    sources: list[Table | Index] = [table, *(index for index in table.indexes.values() if not index.schema.is_global)]
    collected = sum(record.size for source in sources for record in source.scan(within, after=None, descending=False))
    gigabytes = float(collected // limits.GIGABYTE)
    return {
        "ItemCollectionKey": {partition: key[partition]},
        "SizeEstimateRangeGB": [gigabytes, gigabytes + 1.0],
    }


def collections(table: Table, keys: Iterable[Item]) -> Iterator[dict[str, Any]]:
    """The metrics of each item collection that the keys belong to, once."""
    seen: set[bytes] = set()
    for key in keys:
        partition = table.keys.partition_bytes(key)
        if partition not in seen:
            seen.add(partition)
            yield collection_metrics(table, key)
