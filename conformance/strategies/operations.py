"""One function an operation: a request that DynamoDB accepts, on a table of the world.

Whether it is accepted also depends on what is stored (a condition may fail, an update may meet another type), which
`World` follows roughly. A write is entered there.

To add an operation: a function here, a line in `OPERATIONS`; `coverage.py` and `faults.py` know its members from
`members.json`, which `tools/generate_members.py` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from conformance.scenario import JSONObject, Step
from conformance.strategies.backups import (
    create_backup,
    delete_backup,
    describe_backup,
    describe_continuous_backups,
    restore_table_from_backup,
    update_continuous_backups,
)
from conformance.strategies.drawing import Draw, chance, draw_members, pick, pick_some
from conformance.strategies.expressions import (
    NOWHERE,
    Found,
    Placeholders,
    draw_condition,
    draw_key_condition,
    draw_path_text,
    draw_projection,
)
from conformance.strategies.items import (
    ABSENT,
    TYPICAL,
    Effect,
    Item,
    Path,
    World,
    draw_item,
    draw_key,
    draw_keys,
    draw_spelt,
    paths_in,
)
from conformance.strategies.legacy import (
    draw_attribute_updates,
    draw_attributes_to_get,
    draw_conditional_operator,
    draw_expected,
    draw_filter,
    draw_key_conditions,
    top_level,
)
from conformance.strategies.replicas import (
    create_global_table,
    describe_global_table,
    describe_global_table_settings,
    describe_table_replica_auto_scaling,
    list_global_tables,
    update_global_table,
    update_global_table_settings,
    update_table_replica_auto_scaling,
)
from conformance.strategies.resources import (
    delete_resource_policy,
    describe_contributor_insights,
    describe_endpoints,
    describe_limits,
    describe_time_to_live,
    draw_policy,
    get_resource_policy,
    list_contributor_insights,
    list_tags_of_resource,
    put_resource_policy,
    tag_resource,
    untag_resource,
    update_contributor_insights,
    update_time_to_live,
)
from conformance.strategies.schemas import Index, Table, draw_table
from conformance.strategies.streams import describe_stream, get_records, get_shard_iterator, list_streams
from conformance.strategies.table_updates import update_table
from conformance.strategies.transfers import (
    describe_export,
    describe_import,
    describe_kinesis_streaming_destination,
    disable_kinesis_streaming_destination,
    enable_kinesis_streaming_destination,
    export_table_to_point_in_time,
    import_table,
    list_exports,
    list_imports,
    update_kinesis_streaming_destination,
)
from conformance.strategies.updates import Ground, draw_update, usual_paths
from conformance.strategies.values import KEY_VALUES, Flavour

CAPACITIES = ("NONE", "TOTAL", "TOTAL", "INDEXES", "INDEXES")
METRICS = ("NONE", "SIZE", "SIZE")
UPDATE_RETURN_VALUES = ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
ON_FAILURE = ("ALL_OLD", "ALL_OLD", "NONE")

DrawOperation: TypeAlias = Callable[[Draw, World, Table], Step]


def _capacity(draw: Draw, world: World) -> JSONObject:
    return draw_members(draw, ReturnConsumedCapacity=(70 if world.flavour.sizes else 25, CAPACITIES))


# --- writes -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Guard:
    """The condition of a write: its members, and whether it holds as far as the generator knows."""

    members: JSONObject
    holds: bool = True
    legacy: bool = False


def _is_legacy(draw: Draw, world: World) -> bool:
    return world.flavour.legacy and chance(draw, 50)


def _draw_guard(
    draw: Draw, world: World, table: Table, key: Item, placeholders: Placeholders, *, legacy: bool, percent: int = 35
) -> _Guard:
    """Perhaps a condition over what is stored at the key, and what to return if it fails."""
    if not chance(draw, percent):
        return _Guard({}, legacy=legacy)
    stored = world.item(table, key)
    paths = [*paths_in(stored or TYPICAL), NOWHERE]
    holds: bool | None
    if legacy:
        members, holds = draw_expected(draw, stored, paths, world.flavour), None
    elif stored is None and chance(draw, 85):
        subject = draw_path_text(draw, (table.partition_key.name,), placeholders)
        members, holds = {"ConditionExpression": f"attribute_not_exists({subject})"}, True
    else:
        condition = draw_condition(draw, paths, placeholders, world.flavour)
        members = {"ConditionExpression": condition.text}
        holds = condition.holds if stored is not None else None
    members |= draw_members(draw, ReturnValuesOnConditionCheckFailure=(50, ON_FAILURE))
    return _Guard(members, holds is not False, legacy)


def put_item(draw: Draw, world: World, table: Table) -> Step:
    return put_at(draw, world, table, draw_key(draw, world, table))


def put_at(draw: Draw, world: World, table: Table, key: Item, *, legacy: bool | None = None) -> Step:
    item = draw_item(draw, table, key, world.flavour)
    placeholders = Placeholders()
    request: JSONObject = {"TableName": table.name, "Item": item | draw_spelt(draw, world, key)}
    legacy = _is_legacy(draw, world) if legacy is None else legacy
    guard = _draw_guard(draw, world, table, key, placeholders, legacy=legacy)
    request |= guard.members
    request |= draw_members(draw, ReturnValues=(40, ("ALL_OLD", "ALL_OLD", "NONE")))
    request |= _capacity(draw, world) | draw_members(draw, ReturnItemCollectionMetrics=(15, METRICS))
    placeholders.enter(request)
    if guard.holds:
        world.put(table, item)
    return Step("PutItem", request)


def update_item(draw: Draw, world: World, table: Table) -> Step:
    return update_at(draw, world, table, draw_key(draw, world, table))


def update_at(draw: Draw, world: World, table: Table, key: Item, *, legacy: bool | None = None) -> Step:
    placeholders = Placeholders()
    request: JSONObject = {"TableName": table.name, "Key": draw_spelt(draw, world, key)}
    ground = _ground(world, table, key)
    legacy = _is_legacy(draw, world) if legacy is None else legacy
    effects: tuple[Effect, ...] = ()
    if chance(draw, 97):
        if legacy:
            request["AttributeUpdates"], effects = draw_attribute_updates(draw, ground)
        else:
            update = draw_update(draw, ground, placeholders)
            request["UpdateExpression"], effects = update.text, update.effects
    guard = _draw_guard(draw, world, table, key, placeholders, legacy=legacy)
    request |= guard.members
    request |= draw_members(draw, ReturnValues=(70, UPDATE_RETURN_VALUES))
    request |= _capacity(draw, world) | draw_members(draw, ReturnItemCollectionMetrics=(15, METRICS))
    placeholders.enter(request)
    if guard.holds:
        world.update(table, key, effects)
    return Step("UpdateItem", request)


def _ground(world: World, table: Table, key: Item) -> Ground:
    """What an update of this item may speak of."""
    stored = world.item(table, key)
    own_keys = frozenset(key)
    existing: list[Found] = paths_in(stored, without=own_keys) if stored else []
    index_keys = {name: datatype for name, datatype in table.index_keys().items() if name not in own_keys}
    known = {path[0] for path, _ in existing}
    absent = [found for found in usual_paths(own_keys) if found[0][0] not in known]
    keys: list[Found] = [((name,), {type_: KEY_VALUES[type_][0]}) for name, type_ in index_keys.items()]
    reached: dict[Path, Any] = dict(existing)
    # What exists comes first and weighs more; what does not can be set, added to, or removed for nothing. Keys of
    # indexes are named often: by them items enter an index, leave it and move in it.
    return Ground([*existing, *existing, *absent, *keys, *keys], reached, index_keys, world.flavour)


def delete_item(draw: Draw, world: World, table: Table) -> Step:
    return delete_at(draw, world, table, draw_key(draw, world, table))


def delete_at(draw: Draw, world: World, table: Table, key: Item, *, legacy: bool | None = None) -> Step:
    placeholders = Placeholders()
    request: JSONObject = {"TableName": table.name, "Key": draw_spelt(draw, world, key)}
    legacy = _is_legacy(draw, world) if legacy is None else legacy
    guard = _draw_guard(draw, world, table, key, placeholders, legacy=legacy)
    request |= guard.members
    request |= draw_members(draw, ReturnValues=(50, ("ALL_OLD", "ALL_OLD", "NONE")))
    request |= _capacity(draw, world) | draw_members(draw, ReturnItemCollectionMetrics=(15, METRICS))
    placeholders.enter(request)
    if guard.holds:
        world.delete(table, key)
    return Step("DeleteItem", request)


def batch_write_item(draw: Draw, world: World, table: Table) -> Step:
    request_items: JSONObject = {}
    for named in one_or_two_tables(draw, world, table):
        keys = world.keys[named.name]
        # 25 requests are the most (data-plane 7.2), and a crowd has no more.
        most = 12 if world.flavour.crowd else 3
        request_items[named.name] = [
            _draw_write_request(draw, world, named, key) for key in pick_some(draw, keys, 1, most)
        ]
    request: JSONObject = {"RequestItems": request_items}
    request |= _capacity(draw, world) | draw_members(draw, ReturnItemCollectionMetrics=(15, METRICS))
    return Step("BatchWriteItem", request)


def _draw_write_request(draw: Draw, world: World, table: Table, key: Item) -> JSONObject:
    if chance(draw, 30):
        world.delete(table, key)
        return {"DeleteRequest": {"Key": draw_spelt(draw, world, key)}}
    item = draw_item(draw, table, key, world.flavour)
    world.put(table, item)
    return {"PutRequest": {"Item": item}}


def put_all(draw: Draw, world: World, table: Table, keys: tuple[Item, ...]) -> Step:
    """Up to 25 items at once."""
    items = [draw_item(draw, table, key, world.flavour) for key in keys[:25]]
    for item in items:
        world.put(table, item)
    return Step("BatchWriteItem", {"RequestItems": {table.name: [{"PutRequest": {"Item": item}} for item in items]}})


# --- transactions -----------------------------------------------------------------------------------------

# What the single operations have besides, and their counterparts in a transaction have not.
_SINGLE_ONLY = ("ReturnValues", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics")
_DRAW_ACTION: Final[Mapping[str, Callable[..., Step]]] = {"Put": put_at, "Update": update_at, "Delete": delete_at}


def transact_write_items(draw: Draw, world: World, table: Table) -> Step:
    """A few actions on as many items. Few, since one that fails cancels them all."""
    entries: list[JSONObject] = []
    for named in one_or_two_tables(draw, world, table):
        for key in pick_some(draw, world.keys[named.name], 1, 2):
            action = pick(draw, ("Put", "Put", "Update", "Update", "Delete", "ConditionCheck"))
            entries.append({action: draw_action(draw, world, named, key, action)})
    request: JSONObject = {"TransactItems": entries}
    request |= _capacity(draw, world) | draw_members(draw, ReturnItemCollectionMetrics=(15, METRICS))
    if chance(draw, 15):
        request["ClientRequestToken"] = draw_token(draw)
    return Step("TransactWriteItems", request)


def draw_action(draw: Draw, world: World, table: Table, key: Item, action: str) -> JSONObject:
    if action == "ConditionCheck":
        return draw_check(draw, world, table, key)
    step = _DRAW_ACTION[action](draw, world, table, key, legacy=False)
    request = {name: value for name, value in step.request.items() if name not in _SINGLE_ONLY}
    if action == "Update" and "UpdateExpression" not in request:
        request["UpdateExpression"] = f"REMOVE {ABSENT}"  # required here
    return request


def draw_check(draw: Draw, world: World, table: Table, key: Item, *, holds: bool = True) -> JSONObject:
    """A condition that holds, or fails, as far as the world knows, for the most part."""
    stored = world.item(table, key)
    placeholders = Placeholders()
    if not holds or stored is None or chance(draw, 75):
        absent = (stored is None) is holds
        subject = draw_path_text(draw, (table.partition_key.name,), placeholders)
        text = f"attribute{'_not' if absent else ''}_exists({subject})"
    else:
        text = draw_condition(draw, [*paths_in(stored), NOWHERE], placeholders, world.flavour).text
    request: JSONObject = {
        "TableName": table.name,
        "Key": draw_spelt(draw, world, key),
        "ConditionExpression": text,
        **draw_members(draw, ReturnValuesOnConditionCheckFailure=(50, ON_FAILURE)),
    }
    placeholders.enter(request)
    return request


_TOKEN_CHARACTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


def draw_token(draw: Draw) -> str:
    """A ClientRequestToken that no other scenario has: it is remembered beyond the tables, for ten minutes."""
    return "".join(pick(draw, _TOKEN_CHARACTERS) for _ in range(24))


def transact_get_items(draw: Draw, world: World, table: Table) -> Step:
    entries: list[JSONObject] = []
    for named in one_or_two_tables(draw, world, table):
        for key in pick_some(draw, world.keys[named.name], 1, 5):
            placeholders = Placeholders()
            get: JSONObject = {"TableName": named.name, "Key": draw_spelt(draw, world, key)}
            if chance(draw, 40):
                paths = [*paths_in(world.item(named, key) or world.some_item(named)), NOWHERE]
                get["ProjectionExpression"] = draw_projection(draw, paths, placeholders, world.flavour)
            placeholders.enter(get)
            entries.append({"Get": get})
    return Step("TransactGetItems", {"TransactItems": entries, **_capacity(draw, world)})


# --- reads ------------------------------------------------------------------------------------------------


def get_item(draw: Draw, world: World, table: Table) -> Step:
    return get_at(draw, world, table, draw_key(draw, world, table))


def get_at(draw: Draw, world: World, table: Table, key: Item) -> Step:
    placeholders = Placeholders()
    request: JSONObject = {"TableName": table.name, "Key": draw_spelt(draw, world, key)}
    if chance(draw, 40):
        paths = [*paths_in(world.item(table, key) or world.some_item(table)), NOWHERE]
        request |= _draw_projection(draw, world, paths, placeholders)
    request |= draw_members(draw, ConsistentRead=(40, (True, True, False))) | _capacity(draw, world)
    placeholders.enter(request)
    return Step("GetItem", request)


def _draw_projection(draw: Draw, world: World, paths: list[Found], placeholders: Placeholders) -> JSONObject:
    if _is_legacy(draw, world):
        return {"AttributesToGet": draw_attributes_to_get(draw, paths)}
    return {"ProjectionExpression": draw_projection(draw, paths, placeholders, world.flavour)}


def batch_get_item(draw: Draw, world: World, table: Table) -> Step:
    request_items: JSONObject = {}
    for named in one_or_two_tables(draw, world, table):
        keys = world.keys[named.name]
        chosen = [draw_spelt(draw, world, key) for key in pick_some(draw, keys, 1, len(keys))]
        entry: JSONObject = {"Keys": chosen}
        placeholders = Placeholders()
        if chance(draw, 40):
            entry |= _draw_projection(draw, world, [*paths_in(world.some_item(named)), NOWHERE], placeholders)
        entry |= draw_members(draw, ConsistentRead=(30, (True, False)))
        placeholders.enter(entry)
        request_items[named.name] = entry
    return Step("BatchGetItem", {"RequestItems": request_items, **_capacity(draw, world)}, pages=world.flavour.large)


def query(draw: Draw, world: World, table: Table) -> Step:
    return query_of(draw, world, table, pick(draw, (None, *table.indexes, *table.indexes)))


def query_of(draw: Draw, world: World, table: Table, index: Index | None) -> Step:
    """A Query: of a table or an index, one page or all of them."""
    keys = (index or table).keys
    placeholders = Placeholders()
    item = world.item(table, draw_key(draw, world, table)) or world.some_item(table)
    legacy = _is_legacy(draw, world) and len(keys.attributes) <= 2 and len(keys.partition) == 1
    request: JSONObject = {"TableName": table.name}
    if index:
        request["IndexName"] = index.name
    if legacy:
        request["KeyConditions"] = draw_key_conditions(draw, keys, item, world.flavour)
    else:
        request["KeyConditionExpression"] = draw_key_condition(draw, keys, item, placeholders, world.flavour)
    readable = _readable(table, index, item)
    # The filter may not name the keys of what is queried.
    own = {key.name for key in keys.attributes}
    filterable = [found for found in readable if found[0][0] not in own]
    if chance(draw, 40):
        request |= _draw_filter(draw, world, "QueryFilter", filterable, placeholders, legacy=legacy)
    request |= _draw_selection(draw, world.flavour, index, readable, placeholders, legacy)
    request |= draw_members(draw, ScanIndexForward=(45, (False, False, True)))
    if not (index and index.is_global):
        request |= draw_members(draw, ConsistentRead=(30, (True, False)))
    pages = False
    if chance(draw, 50):
        request["Limit"] = pick(draw, (1, 1, 1, 2, 2, 3, 5, 100))
        # Of an index, items with equal keys come in any order. What of them a page holds can only be compared without
        # a filter (and the sum of their sizes not at all); all pages together are the same in any order.
        tied = index is not None and bool({"FilterExpression", "QueryFilter"} & request.keys())
        pages = tied or chance(draw, 35)
    if index is None or pages or "Limit" not in request:
        request |= _capacity(draw, world)
    placeholders.enter(request)
    return Step("Query", request, pages=pages or (world.flavour.large and chance(draw, 50)))


def _readable(table: Table, index: Index | None, item: Item) -> list[Found]:
    """The paths of `item` that a read of the index may name: those it projects (aws-2026, keys 3)."""
    return [found for found in [*paths_in(item), NOWHERE] if index is None or table.projects(index, str(found[0][0]))]


def _draw_filter(
    draw: Draw, world: World, member: str, paths: list[Found], placeholders: Placeholders, *, legacy: bool
) -> JSONObject:
    if not paths:
        return {}
    if not legacy:
        return {"FilterExpression": draw_condition(draw, paths, placeholders, world.flavour).text}
    if not top_level(paths):
        return {}
    conditions = draw_filter(draw, paths, world.flavour)
    return {member: conditions, **draw_conditional_operator(draw, len(conditions))}


def _draw_selection(
    draw: Draw, flavour: Flavour, index: Index | None, readable: list[Found], placeholders: Placeholders, legacy: bool
) -> JSONObject:
    """Perhaps a Select, perhaps a projection, as they may be combined (data-plane 6.4)."""
    kind = pick(draw, ("default", "default", "projection", "projection", "select"))
    if kind == "projection" and readable:
        if legacy:
            projection: JSONObject = {"AttributesToGet": draw_attributes_to_get(draw, readable)}
        else:
            projection = {"ProjectionExpression": draw_projection(draw, readable, placeholders, flavour)}
        return projection | draw_members(draw, Select=(30, ("SPECIFIC_ATTRIBUTES",)))
    if kind == "default" or kind == "projection":
        return {}
    selects = ["COUNT"]
    if index is None or not index.is_global or index.projection == "ALL":
        selects.append("ALL_ATTRIBUTES")
    if index is not None:
        selects.append("ALL_PROJECTED_ATTRIBUTES")
    return {"Select": pick(draw, selects)}


def scan(draw: Draw, world: World, table: Table) -> Step:
    return scan_of(draw, world, table, pick(draw, (None, None, *table.indexes)))


def scan_of(draw: Draw, world: World, table: Table, index: Index | None) -> Step:
    """A Scan: its order is free, so it is compared whole, or by all its pages together, or by what a page must have."""
    placeholders = Placeholders()
    item = world.item(table, draw_key(draw, world, table)) or world.some_item(table)
    legacy = _is_legacy(draw, world)
    request: JSONObject = {"TableName": table.name}
    if index:
        request["IndexName"] = index.name
    readable = _readable(table, index, item)
    if chance(draw, 50):
        request |= _draw_filter(draw, world, "ScanFilter", readable, placeholders, legacy=legacy)
    request |= _draw_selection(draw, world.flavour, index, readable, placeholders, legacy)
    if not (index and index.is_global):
        request |= draw_members(draw, ConsistentRead=(30, (True, False)))
    pages = False
    if chance(draw, 35):
        request["Limit"] = pick(draw, (1, 2, 3, 100))
        pages = chance(draw, 75)
    request |= _capacity(draw, world)
    if chance(draw, 8):
        request |= {"Segment": 0, "TotalSegments": 1}
    placeholders.enter(request)
    return Step("Scan", request, pages=pages or (world.flavour.large and chance(draw, 50)))


def one_or_two_tables(draw: Draw, world: World, table: Table) -> list[Table]:
    others = [other for other in world.tables if other != table]
    another = chance(draw, 30)
    return [table, pick(draw, others)] if others and another else [table]


# --- tables -----------------------------------------------------------------------------------------------


def describe_table(draw: Draw, world: World, table: Table) -> Step:
    """By its name, or by its ARN."""
    return Step("DescribeTable", {"TableName": world.table_arn(table) if chance(draw, 10) else table.name})


def list_tables(draw: Draw, _world: World, table: Table) -> Step:
    request = draw_members(draw, Limit=(40, (1, 1, 2, 100)), ExclusiveStartTableName=(20, (table.name,)))
    return Step("ListTables", request, pages=chance(draw, 40))


def create_table(draw: Draw, world: World, _table: Table) -> Step:
    """A further table, which later steps use. It may come with a policy, and comes back without one."""
    created = draw_table(draw, f"Later{len(world.stored)}")
    world.add(created, draw_keys(draw, created, world.flavour))
    return Step("CreateTable", created.create_request() | draw_members(draw, ResourcePolicy=(5, (draw_policy(draw),))))


def delete_table(draw: Draw, world: World, table: Table) -> Step:
    """The last table is kept: most operations need one."""
    if len(world.tables) == 1 or table.protected:
        return describe_table(draw, world, table)
    world.remove(table)
    return Step("DeleteTable", {"TableName": table.name})


@dataclass(frozen=True, slots=True)
class Operation:
    """How often it is drawn, in about nine hundred, and how."""

    weight: int
    draw: DrawOperation


# What settings of tables there are changes few answers, and not every target knows them: they are one step in twelve.
OPERATIONS: Final[Mapping[str, Operation]] = {
    "PutItem": Operation(111, put_item),
    "GetItem": Operation(60, get_item),
    "UpdateItem": Operation(195, update_item),
    "DeleteItem": Operation(51, delete_item),
    "Query": Operation(135, query),
    "Scan": Operation(60, scan),
    "BatchGetItem": Operation(36, batch_get_item),
    "BatchWriteItem": Operation(45, batch_write_item),
    "TransactWriteItems": Operation(51, transact_write_items),
    "TransactGetItems": Operation(21, transact_get_items),
    "DescribeTable": Operation(15, describe_table),
    "ListTables": Operation(15, list_tables),
    "CreateTable": Operation(15, create_table),
    "DeleteTable": Operation(6, delete_table),
    "UpdateTable": Operation(18, update_table),
    "DescribeTimeToLive": Operation(3, describe_time_to_live),
    "UpdateTimeToLive": Operation(3, update_time_to_live),
    "ListTagsOfResource": Operation(3, list_tags_of_resource),
    "TagResource": Operation(3, tag_resource),
    "UntagResource": Operation(3, untag_resource),
    "ListStreams": Operation(3, list_streams),
    "DescribeStream": Operation(3, describe_stream),
    "GetShardIterator": Operation(3, get_shard_iterator),
    "GetRecords": Operation(6, get_records),
    "GetResourcePolicy": Operation(2, get_resource_policy),
    "PutResourcePolicy": Operation(2, put_resource_policy),
    "DeleteResourcePolicy": Operation(2, delete_resource_policy),
    "DescribeContributorInsights": Operation(2, describe_contributor_insights),
    "UpdateContributorInsights": Operation(2, update_contributor_insights),
    "ListContributorInsights": Operation(2, list_contributor_insights),
    "CreateBackup": Operation(2, create_backup),
    "DeleteBackup": Operation(2, delete_backup),
    "DescribeBackup": Operation(2, describe_backup),
    "DescribeContinuousBackups": Operation(2, describe_continuous_backups),
    "DescribeKinesisStreamingDestination": Operation(1, describe_kinesis_streaming_destination),
    "RestoreTableFromBackup": Operation(2, restore_table_from_backup),
    "UpdateContinuousBackups": Operation(2, update_continuous_backups),
    "CreateGlobalTable": Operation(1, create_global_table),
    "DescribeGlobalTable": Operation(1, describe_global_table),
    "ListGlobalTables": Operation(1, list_global_tables),
    "UpdateGlobalTable": Operation(1, update_global_table),
    "DescribeGlobalTableSettings": Operation(1, describe_global_table_settings),
    "UpdateGlobalTableSettings": Operation(1, update_global_table_settings),
    "DescribeTableReplicaAutoScaling": Operation(1, describe_table_replica_auto_scaling),
    "UpdateTableReplicaAutoScaling": Operation(1, update_table_replica_auto_scaling),
    "ExportTableToPointInTime": Operation(1, export_table_to_point_in_time),
    "DescribeExport": Operation(1, describe_export),
    "ListExports": Operation(1, list_exports),
    "ImportTable": Operation(1, import_table),
    "DescribeImport": Operation(1, describe_import),
    "ListImports": Operation(1, list_imports),
    "EnableKinesisStreamingDestination": Operation(1, enable_kinesis_streaming_destination),
    "UpdateKinesisStreamingDestination": Operation(1, update_kinesis_streaming_destination),
    "DisableKinesisStreamingDestination": Operation(1, disable_kinesis_streaming_destination),
    "DescribeLimits": Operation(1, describe_limits),
    "DescribeEndpoints": Operation(1, describe_endpoints),
}
