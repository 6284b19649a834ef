"""BatchWriteItem and BatchGetItem (dossier 3 and 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_server.alternator import capacity, item_keys, projections, storage, texts, values
from reference_server.alternator.items import read_consistency
from reference_server.alternator.placeholders import Placeholders
from reference_server.alternator.request import JSONObject, Request, as_array, as_object, printed, unasked
from reference_server.alternator.tables import open_table
from reference_server.attribute import Item
from reference_server.errors import ValidationException
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import TableSchema
from reference_server.tables.table import Table


def batch_write_item(catalogue: Catalogue, request: Request) -> JSONObject:
    """Everything is looked at before anything is written."""
    requested = as_object(unasked(request.body, "RequestItems"))
    _refuse_too_many(request, requested)
    tells_capacity = capacity.is_asked_for(request)
    writes: list[tuple[Table, str, Item]] = []
    for name, requests in requested.items():
        table = open_table(catalogue, request.edition, name)
        written: set[str] = set()
        for one in as_array(requests):
            kind, content = _read_write(one)
            item = _READERS[kind](table.schema, content)
            _refuse_duplicate(table, item, written)
            writes.append((table, kind, item))
    for table, kind, item in writes:
        if kind == "PutRequest":
            storage.put(catalogue, request.edition, table, item)
        else:
            storage.delete(catalogue, request.edition, table, item)
    reply: JSONObject = {"UnprocessedItems": {}}
    if tells_capacity:
        units: defaultdict[str, float] = defaultdict(float)
        for table, _, item in writes:
            units[table.name] += capacity.write_units(item)
        reply |= capacity.of_batch(units)
    return reply


def _refuse_too_many(request: Request, requested: Mapping[str, Any]) -> None:
    """rule: batch-write-size."""
    most = request.edition.batch_write_items
    count = sum(len(requests) for requests in requested.values() if isinstance(requests, list))
    if most is not None and count > most:
        raise ValidationException(texts.BATCH_WRITE_TOO_MANY, count=count, most=most)


def _read_write(one: Any) -> tuple[str, JSONObject]:
    if not isinstance(one, dict) or len(one) != 1:
        raise ValidationException(texts.BATCH_WRITE_INVALID, request=printed(one))
    ((kind, content),) = one.items()
    if kind not in _READERS:
        raise ValidationException(texts.BATCH_WRITE_UNKNOWN, kind=kind)
    return kind, as_object(content)


def _read_put(schema: TableSchema, content: JSONObject) -> Item:
    return item_keys.check_item(schema, unasked(content, "Item"), "PutItem")


def _read_deletion(schema: TableSchema, content: JSONObject) -> Item:
    return item_keys.read_key(schema, unasked(content, "Key"))


_READERS: Final[Mapping[str, Callable[[TableSchema, JSONObject], Item]]] = {
    "PutRequest": _read_put,
    "DeleteRequest": _read_deletion,
}


def _refuse_duplicate(table: Table, item: Item, seen: set[str]) -> None:
    """By value: `5` and `5.0` are refused even where they would be two items (recorded num-hash-batch-dup)."""
    identity = printed(values.show(table.keys.key_of(item)))
    if identity in seen:
        raise ValidationException(texts.BATCH_DUPLICATES)
    seen.add(identity)


def batch_get_item(catalogue: Catalogue, request: Request) -> JSONObject:
    """A table that was asked for keys is told of, found or not; one of no keys at all is not (recorded b-g-empty-keys).

    That the keys suffice is inferred: the source adds the table before it knows what was read. Recorded is only
    the table of no keys.
    """
    responses: dict[str, list[Item]] = {}
    units: defaultdict[str, float] = defaultdict(float)
    tells_capacity = capacity.is_asked_for(request)
    for name, content in as_object(unasked(request.body, "RequestItems")).items():
        table = open_table(catalogue, request.edition, name)
        consistent = read_consistency(as_object(content))
        # What is wrong with one of a batch is told as of GetItem (recorded b-g-both).
        placeholders = Placeholders(content, "GetItem")
        projection = projections.read(content, placeholders)
        placeholders.refuse_unused()
        seen: set[str] = set()
        for one in as_array(unasked(content, "Keys")):
            key = item_keys.read_key(table.schema, one)
            _refuse_duplicate(table, key, seen)
            found = responses.setdefault(name, [])
            item = storage.read(table, key)
            units[name] += capacity.read_units(item, consistent=consistent)
            if item is not None:
                found.append(item if projection is None else projection.project(item))
    reply: JSONObject = {"Responses": responses, "UnprocessedKeys": {}}
    return reply | capacity.of_batch(units) if tells_capacity else reply
