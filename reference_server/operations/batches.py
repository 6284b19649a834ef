"""BatchGetItem and BatchWriteItem (data-plane 7.1, 7.2).

Stages as in `items.py`. A batch is refused as a whole: nothing is read or written before every member has passed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from reference_server import limits, messages, values
from reference_server.attribute import Item
from reference_server.errors import ValidationException
from reference_server.expressions.projections import Projection
from reference_server.model import shapes
from reference_server.operations.items import bind_projection
from reference_server.operations.parameters import GET, refuse_mixture
from reference_server.operations.writes import (
    PlannedDelete,
    PlannedPut,
    PlannedWrite,
    collections,
    refuse_item_size,
    refuse_keys_as_containers,
)
from reference_server.tables import capacity, item_keys
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import TableSchema
from reference_server.tables.table import Table


def batch_get_item(catalogue: Catalogue, request: shapes.BatchGetItemInput) -> dict[str, Any]:
    # PARAMETERS
    wanted = request.RequestItems
    for group in wanted.values():
        refuse_mixture(group, GET)
    if sum(len(group.Keys) for group in wanted.values()) > limits.BATCH_GET_KEYS:
        raise ValidationException(messages.BATCH_GET_TOO_MANY, table=next(iter(wanted)))
    # VALUES
    for group in wanted.values():
        for key in group.Keys:
            values.accept_item(key)
        _refuse_duplicates(group.Keys)
    # EXPRESSIONS
    projections = {name: bind_projection(group) for name, group in wanted.items()}
    # TABLE
    tables = {name: catalogue.open(name) for name in wanted}
    # KEYS
    for name, group in wanted.items():
        for key in group.Keys:
            item_keys.check_key(tables[name].keys, key)
        refuse_keys_as_containers(tables[name].schema, projections[name])
    # READ
    reading = _Reading(limits.BATCH_GET_BYTES)
    responses: dict[str, list[Item]] = {}
    unprocessed: dict[str, shapes.KeysAndAttributes] = {}
    consumptions = []
    for name, group in wanted.items():
        consumption = capacity.Consumption(name)
        responses[name], unread = reading.read(
            tables[name], group.Keys, projections[name], consumption, consistent=bool(group.ConsistentRead)
        )
        consumptions.append(consumption)
        if unread:
            unprocessed[name] = msgspec.structs.replace(group, Keys=unread)
    # RESPONSE
    reply: dict[str, Any] = {
        "Responses": responses,
        "UnprocessedKeys": {name: _given_members(group) for name, group in unprocessed.items()},
    }
    return capacity.add_reports(reply, consumptions, request.ReturnConsumedCapacity)


@dataclass(slots=True)
class _Reading:
    """Items read until a reply holds 16 MB; the keys from there on are left unprocessed."""

    remaining_bytes: int

    def read(
        self,
        table: Table,
        keys: list[Item],
        projection: Projection | None,
        consumption: capacity.Consumption,
        *,
        consistent: bool,
    ) -> tuple[list[Item], list[Item]]:
        """The items found, and the keys not read any more."""
        items: list[Item] = []
        for position, key in enumerate(keys):
            record = table.get(key)
            size = record.size if record is not None else 0
            if size > self.remaining_bytes:
                self.remaining_bytes = 0
                return items, keys[position:]
            self.remaining_bytes -= size
            consumption.table += capacity.read_units(size, consistent=consistent)
            if record is not None:
                items.append(record.item if projection is None else projection.project(record.item))
        return items, []


def batch_write_item(catalogue: Catalogue, request: shapes.BatchWriteItemInput) -> dict[str, Any]:
    # PARAMETERS
    wanted = request.RequestItems
    if sum(map(len, wanted.values())) > limits.BATCH_WRITE_REQUESTS:
        raise ValidationException(messages.BATCH_WRITE_TOO_MANY)
    for group in wanted.values():
        for member in group:
            # The text speaks of an AttributeValue, and AWS means a write request (data-plane 2.2).
            if (member.PutRequest is None) == (member.DeleteRequest is None):
                raise ValidationException(messages.VALUE_AMBIGUOUS)
    # VALUES
    planned = {name: [_plan(member) for member in group] for name, group in wanted.items()}
    # TABLE
    tables = {name: catalogue.open(name) for name in wanted}
    # KEYS
    for name, writes in planned.items():
        for write in writes:
            write.check_keys(tables[name].schema)
        _refuse_duplicates([tables[name].keys.key_of(write.key) for write in writes])
    # WRITE
    consumptions = []
    for name, writes in planned.items():
        table = tables[name]
        consumption = capacity.Consumption(name)
        for write in writes:
            after = write.outcome(table.schema, None)  # neither a put nor a deletion depends on what was there
            consumption.add_write(table, write.perform(table, after))
        consumptions.append(consumption)
    # RESPONSE
    reply: dict[str, Any] = {"UnprocessedItems": {}}
    if request.ReturnItemCollectionMetrics == "SIZE":
        metrics = {
            name: list(collections(tables[name], (write.key for write in writes)))
            for name, writes in planned.items()
            if tables[name].schema.has_local_indexes
        }
        if metrics:
            reply["ItemCollectionMetrics"] = metrics
    return capacity.add_reports(reply, consumptions, request.ReturnConsumedCapacity)


@dataclass(slots=True, kw_only=True)
class _BatchPut(PlannedPut):
    def check_keys(self, schema: TableSchema) -> None:
        """A batch says the same of a missing and of a mistyped key (probe bw_table_wrongtype; recorded for missing)."""
        if not all(attribute.type in self.key.get(attribute.name, ()) for attribute in schema.keys.attributes):
            raise ValidationException(messages.KEY_SCHEMA_MISMATCH)
        PlannedPut.check_keys(self, schema)  # bare super() does not find a class with slots of a dataclass


def _plan(member: shapes.WriteRequest) -> PlannedWrite:
    """A batch has no conditions."""
    if member.PutRequest is not None:
        item = member.PutRequest.Item
        size = values.accept_item(item)
        refuse_item_size(size)
        return _BatchPut(key=item, size=size, condition=None, on_failure=None)
    assert member.DeleteRequest is not None
    values.accept_item(member.DeleteRequest.Key)
    return PlannedDelete(key=member.DeleteRequest.Key, condition=None, on_failure=None)


def _refuse_duplicates(keys: Iterable[Item]) -> None:
    """Keys in normal form: two that are numerically equal are duplicates (data-plane 7.1, thin)."""
    seen: list[Item] = []
    for key in keys:
        if key in seen:
            raise ValidationException(messages.BATCH_DUPLICATES)
        seen.append(key)


def _given_members(group: shapes.KeysAndAttributes) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(group).items() if value is not None}
