"""One strategy an operation: a request that DynamoDB accepts, on a table of the world.

Whether it is accepted also depends on what is stored (a condition may fail, an update may meet another type), which
`World` follows roughly. A successful write is entered there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from hypothesis.strategies import DrawFn

from conformance.scenario import JSONObject, Step
from conformance.strategies.expressions import (
    NOWHERE,
    Found,
    Placeholders,
    draw_condition,
    draw_key_condition,
    draw_projection,
    draw_update,
    usual_paths,
)
from conformance.strategies.items import ABSENT, TYPICAL, Item, World, draw_item, draw_keys, draw_spelling, paths_in
from conformance.strategies.schemas import Index, Table, draw_table
from conformance.strategies.values import KEY_VALUES, chance, pick, pick_some

CAPACITIES = ("NONE", "TOTAL", "TOTAL", "INDEXES", "INDEXES")
METRICS = ("NONE", "SIZE", "SIZE")
UPDATE_RETURN_VALUES = ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")

DrawOperation: TypeAlias = Callable[[DrawFn, World, Table], Step]


def _draw_members(draw: DrawFn, /, **offered: tuple[int, tuple[Any, ...]]) -> JSONObject:
    """Optional members: each is offered as its chance in a hundred and its values."""
    return {name: pick(draw, values) for name, (percent, values) in offered.items() if chance(draw, percent)}


def _draw_key(draw: DrawFn, world: World, table: Table) -> Item:
    """A key of the table's pool: one at which something is stored, for the most part."""
    pool = world.keys[table.name]
    stored = [key for key in pool if world.item(table, key)]
    prefer_stored = chance(draw, 60)
    return pick(draw, stored if stored and prefer_stored else pool)


def _draw_spelt(draw: DrawFn, world: World, key: Item) -> Item:
    return draw_spelling(draw, key) if world.flavour.odd_numbers and chance(draw, 30) else key


def _draw_write_condition(
    draw: DrawFn, world: World, table: Table, key: Item, placeholders: Placeholders
) -> JSONObject:
    """Perhaps a ConditionExpression over what is stored at the key, and what to return if it fails."""
    if not chance(draw, 35):
        return {}
    stored = world.item(table, key)
    if stored is None and chance(draw, 85):
        text = f"attribute_not_exists({table.partition_key.name})"
    else:
        text = draw_condition(draw, [*paths_in(stored or TYPICAL), NOWHERE], placeholders, world.flavour).text
    return {
        "ConditionExpression": text,
        **_draw_members(draw, ReturnValuesOnConditionCheckFailure=(50, ("ALL_OLD", "ALL_OLD", "NONE"))),
    }


def put_item(draw: DrawFn, world: World, table: Table) -> Step:
    return _put_at(draw, world, table, _draw_key(draw, world, table))


def _put_at(draw: DrawFn, world: World, table: Table, key: Item) -> Step:
    item = draw_item(draw, table, key, world.flavour)
    placeholders = Placeholders()
    request: JSONObject = {"TableName": table.name, "Item": item | _draw_spelt(draw, world, key)}
    request |= _draw_write_condition(draw, world, table, key, placeholders)
    request |= _draw_members(
        draw,
        ReturnValues=(40, ("ALL_OLD", "ALL_OLD", "NONE")),
        ReturnConsumedCapacity=(25, CAPACITIES),
        ReturnItemCollectionMetrics=(15, METRICS),
    )
    placeholders.enter(request)
    world.put(table, item)
    return Step("PutItem", request)


def get_item(draw: DrawFn, world: World, table: Table) -> Step:
    key = _draw_key(draw, world, table)
    placeholders = Placeholders()
    request: JSONObject = {"TableName": table.name, "Key": _draw_spelt(draw, world, key)}
    if chance(draw, 40):
        paths = [*paths_in(world.item(table, key) or world.some_item(table)), NOWHERE]
        request["ProjectionExpression"] = draw_projection(draw, paths, placeholders)
    request |= _draw_members(draw, ConsistentRead=(40, (True, True, False)), ReturnConsumedCapacity=(25, CAPACITIES))
    placeholders.enter(request)
    return Step("GetItem", request)


def update_item(draw: DrawFn, world: World, table: Table) -> Step:
    return _update_at(draw, world, table, _draw_key(draw, world, table))


def _update_at(draw: DrawFn, world: World, table: Table, key: Item) -> Step:
    placeholders = Placeholders()
    request: JSONObject = {"TableName": table.name, "Key": _draw_spelt(draw, world, key)}
    stored = world.item(table, key)
    own_keys = frozenset(key)
    if chance(draw, 97):
        existing = paths_in(stored, without=own_keys) if stored else []
        index_keys = {name: type_ for name, type_ in table.index_keys().items() if name not in own_keys}
        known = {path[0] for path, _ in existing}
        absent: list[Found] = [found for found in usual_paths(own_keys) if found[0][0] not in known]
        absent += [((name,), {type_: KEY_VALUES[type_][0]}) for name, type_ in index_keys.items()]
        reached = frozenset(path for path, _ in existing)
        # What exists comes first and weighs more; what does not can be set, added to, or removed for nothing.
        offered = existing * 2 + absent
        request["UpdateExpression"] = draw_update(draw, offered, reached, placeholders, world.flavour, index_keys)
    request |= _draw_write_condition(draw, world, table, key, placeholders)
    request |= _draw_members(
        draw,
        ReturnValues=(70, UPDATE_RETURN_VALUES),
        ReturnConsumedCapacity=(25, CAPACITIES),
        ReturnItemCollectionMetrics=(15, METRICS),
    )
    placeholders.enter(request)
    if stored is None and "ConditionExpression" not in request:
        world.put(table, key)
    return Step("UpdateItem", request)


def delete_item(draw: DrawFn, world: World, table: Table) -> Step:
    return _delete_at(draw, world, table, _draw_key(draw, world, table))


def _delete_at(draw: DrawFn, world: World, table: Table, key: Item) -> Step:
    placeholders = Placeholders()
    request: JSONObject = {"TableName": table.name, "Key": _draw_spelt(draw, world, key)}
    request |= _draw_write_condition(draw, world, table, key, placeholders)
    request |= _draw_members(
        draw,
        ReturnValues=(50, ("ALL_OLD", "ALL_OLD", "NONE")),
        ReturnConsumedCapacity=(25, CAPACITIES),
        ReturnItemCollectionMetrics=(15, METRICS),
    )
    placeholders.enter(request)
    world.delete(table, key)
    return Step("DeleteItem", request)


def _readable(table: Table, index: Index | None, item: Item) -> list[Found]:
    """The paths of `item` that a read of the index may name: those it projects (aws-2026, keys 3)."""
    return [found for found in [*paths_in(item), NOWHERE] if index is None or table.projects(index, str(found[0][0]))]


def _draw_selection(draw: DrawFn, index: Index | None, readable: list[Found], placeholders: Placeholders) -> JSONObject:
    """Perhaps a Select, perhaps a ProjectionExpression, as they may be combined (data-plane 6.4)."""
    kind = pick(draw, ("default", "default", "projection", "projection", "select"))
    if kind == "default":
        return {}
    if kind == "projection":
        projection = {"ProjectionExpression": draw_projection(draw, readable, placeholders)}
        return projection | _draw_members(draw, Select=(30, ("SPECIFIC_ATTRIBUTES",)))
    selects = ["COUNT"]
    if index is None or not index.is_global or index.projection == "ALL":
        selects.append("ALL_ATTRIBUTES")
    if index is not None:
        selects.append("ALL_PROJECTED_ATTRIBUTES")
    return {"Select": pick(draw, selects)}


def query(draw: DrawFn, world: World, table: Table) -> Step:
    index = pick(draw, (None, *table.indexes, *table.indexes))
    schema = (index or table).key_attributes()
    placeholders = Placeholders()
    item = world.item(table, _draw_key(draw, world, table)) or world.some_item(table)
    request: JSONObject = {"TableName": table.name}
    if index:
        request["IndexName"] = index.name
    request["KeyConditionExpression"] = draw_key_condition(draw, schema, item, placeholders)
    readable = _readable(table, index, item)
    # The filter may not name the keys of what is queried.
    keys = {key.name for key in schema}
    filterable = [found for found in readable if found[0][0] not in keys]
    filtered = chance(draw, 40)
    if filterable and filtered:
        request["FilterExpression"] = draw_condition(draw, filterable, placeholders, world.flavour).text
    request |= _draw_selection(draw, index, readable or [(("pk",), {"S": "a"})], placeholders)
    request |= _draw_members(draw, ScanIndexForward=(45, (False, False, True)), ReturnConsumedCapacity=(25, CAPACITIES))
    if not (index and index.is_global):
        request |= _draw_members(draw, ConsistentRead=(30, (True, False)))
    # On an index the order of items with equal keys is free, so which of them a small page holds is too.
    request |= _draw_members(draw, Limit=(30, (1, 2, 3, 100) if index is None else (100, 1000)))
    placeholders.enter(request)
    return Step("Query", request)


def scan(draw: DrawFn, world: World, table: Table) -> Step:
    index = pick(draw, (None, None, *table.indexes))
    placeholders = Placeholders()
    item = world.item(table, _draw_key(draw, world, table)) or world.some_item(table)
    request: JSONObject = {"TableName": table.name}
    if index:
        request["IndexName"] = index.name
    readable = _readable(table, index, item)
    filtered = chance(draw, 50)
    if readable and filtered:
        request["FilterExpression"] = draw_condition(draw, readable, placeholders, world.flavour).text
    request |= _draw_selection(draw, index, readable or [(("pk",), {"S": "a"})], placeholders)
    if not (index and index.is_global):
        request |= _draw_members(draw, ConsistentRead=(30, (True, False)))
    # Scan's order is free, so a Limit never cuts; and one segment of one is everything.
    request |= _draw_members(draw, Limit=(15, (100, 1000)), ReturnConsumedCapacity=(25, CAPACITIES))
    if chance(draw, 10):
        request |= {"Segment": 0, "TotalSegments": 1}
    placeholders.enter(request)
    return Step("Scan", request)


def batch_get_item(draw: DrawFn, world: World, table: Table) -> Step:
    request_items: JSONObject = {}
    for named in _draw_one_or_two_tables(draw, world, table):
        pool = world.keys[named.name]
        entry: JSONObject = {"Keys": pick_some(draw, pool, 1, len(pool))}
        placeholders = Placeholders()
        if chance(draw, 40):
            entry["ProjectionExpression"] = draw_projection(
                draw, [*paths_in(world.some_item(named)), NOWHERE], placeholders
            )
        entry |= _draw_members(draw, ConsistentRead=(30, (True, False)))
        placeholders.enter(entry)
        request_items[named.name] = entry
    request: JSONObject = {"RequestItems": request_items}
    return Step("BatchGetItem", request | _draw_members(draw, ReturnConsumedCapacity=(25, CAPACITIES)))


def batch_write_item(draw: DrawFn, world: World, table: Table) -> Step:
    request_items: JSONObject = {}
    for named in _draw_one_or_two_tables(draw, world, table):
        pool = world.keys[named.name]
        entries: list[JSONObject] = []
        for key in pick_some(draw, pool, 1, 3):
            if chance(draw, 30):
                entries.append({"DeleteRequest": {"Key": key}})
                world.delete(named, key)
            else:
                item = draw_item(draw, named, key, world.flavour)
                entries.append({"PutRequest": {"Item": item}})
                world.put(named, item)
        request_items[named.name] = entries
    request: JSONObject = {"RequestItems": request_items}
    request |= _draw_members(draw, ReturnConsumedCapacity=(25, CAPACITIES), ReturnItemCollectionMetrics=(15, METRICS))
    return Step("BatchWriteItem", request)


# What the single operations have besides, and their counterparts in a transaction have not.
_SINGLE_ONLY = ("ReturnValues", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics")


def transact_write_items(draw: DrawFn, world: World, table: Table) -> Step:
    """A few actions on as many items. Few, since one that fails cancels them all.

    No token: a target may remember it beyond the scenario, for ten minutes.
    """
    entries: list[JSONObject] = []
    for named in _draw_one_or_two_tables(draw, world, table):
        for key in pick_some(draw, world.keys[named.name], 1, 2):
            action = pick(draw, ("Put", "Put", "Update", "Update", "Delete", "ConditionCheck"))
            entries.append({action: _draw_action(draw, world, named, key, action)})
    request: JSONObject = {"TransactItems": entries}
    request |= _draw_members(draw, ReturnConsumedCapacity=(25, CAPACITIES), ReturnItemCollectionMetrics=(15, METRICS))
    return Step("TransactWriteItems", request)


def _draw_action(draw: DrawFn, world: World, table: Table, key: Item, action: str) -> JSONObject:
    if action == "ConditionCheck":
        return _draw_check(draw, world, table, key)
    step = {"Put": _put_at, "Update": _update_at, "Delete": _delete_at}[action](draw, world, table, key)
    request = {name: value for name, value in step.request.items() if name not in _SINGLE_ONLY}
    if action == "Update" and "UpdateExpression" not in request:
        request["UpdateExpression"] = f"REMOVE {ABSENT}"  # required here
    return request


def _draw_check(draw: DrawFn, world: World, table: Table, key: Item) -> JSONObject:
    """A condition that holds as far as the world knows, for the most part."""
    stored = world.item(table, key)
    placeholders = Placeholders()
    if stored is None or chance(draw, 75):
        text = f"attribute{'_not' if stored is None else ''}_exists({table.partition_key.name})"
    else:
        text = draw_condition(draw, [*paths_in(stored), NOWHERE], placeholders, world.flavour).text
    request: JSONObject = {
        "TableName": table.name,
        "Key": _draw_spelt(draw, world, key),
        "ConditionExpression": text,
        **_draw_members(draw, ReturnValuesOnConditionCheckFailure=(50, ("ALL_OLD", "ALL_OLD", "NONE"))),
    }
    placeholders.enter(request)
    return request


def transact_get_items(draw: DrawFn, world: World, table: Table) -> Step:
    entries: list[JSONObject] = []
    for named in _draw_one_or_two_tables(draw, world, table):
        pool = world.keys[named.name]
        for key in pick_some(draw, pool, 1, len(pool)):
            placeholders = Placeholders()
            get: JSONObject = {"TableName": named.name, "Key": _draw_spelt(draw, world, key)}
            if chance(draw, 40):
                paths = [*paths_in(world.item(named, key) or world.some_item(named)), NOWHERE]
                get["ProjectionExpression"] = draw_projection(draw, paths, placeholders)
            placeholders.enter(get)
            entries.append({"Get": get})
    request: JSONObject = {"TransactItems": entries}
    return Step("TransactGetItems", request | _draw_members(draw, ReturnConsumedCapacity=(25, CAPACITIES)))


def _draw_one_or_two_tables(draw: DrawFn, world: World, table: Table) -> list[Table]:
    others = [other for other in world.tables if other != table]
    another = chance(draw, 30)
    return [table, pick(draw, others)] if others and another else [table]


def describe_table(_draw: DrawFn, _world: World, table: Table) -> Step:
    return Step("DescribeTable", {"TableName": table.name})


def list_tables(draw: DrawFn, _world: World, table: Table) -> Step:
    return Step("ListTables", _draw_members(draw, Limit=(30, (1, 2, 100)), ExclusiveStartTableName=(20, (table.name,))))


def create_table(draw: DrawFn, world: World, _table: Table) -> Step:
    """A further table, which later steps use."""
    created = draw_table(draw, f"Later{len(world.stored)}")
    world.add(created, draw_keys(draw, created))
    return Step("CreateTable", created.create_request())


def delete_table(draw: DrawFn, world: World, table: Table) -> Step:
    """The last table is kept: most operations need one."""
    if len(world.tables) == 1:
        return describe_table(draw, world, table)
    world.remove(table)
    return Step("DeleteTable", {"TableName": table.name})


# How often each operation is drawn, in about a hundred.
OPERATIONS: Mapping[str, tuple[int, DrawOperation]] = {
    "PutItem": (16, put_item),
    "GetItem": (10, get_item),
    "UpdateItem": (24, update_item),
    "DeleteItem": (7, delete_item),
    "Query": (18, query),
    "Scan": (9, scan),
    "BatchGetItem": (5, batch_get_item),
    "BatchWriteItem": (5, batch_write_item),
    "TransactWriteItems": (5, transact_write_items),
    "TransactGetItems": (3, transact_get_items),
    "DescribeTable": (2, describe_table),
    "ListTables": (2, list_tables),
    "CreateTable": (1, create_table),
    "DeleteTable": (1, delete_table),
}
