"""Several steps that belong together: what one of them alone cannot show.

A cursor that is followed page by page, a token that comes twice, a table that comes back with another schema, a
transaction that fails at one action and leaves nothing, an item that moves in its indexes. And the sweep, with which
every scenario ends: writes that nobody reads find nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from conformance.references import FROM
from conformance.scenario import JSONObject, Step
from conformance.strategies.backups import create_backup, delete_backup, restore_table_from_backup
from conformance.strategies.drawing import Draw, chance, draw_members, pick, pick_some
from conformance.strategies.expressions import Placeholders, draw_key_condition, draw_path_text
from conformance.strategies.items import Item, World, draw_item, draw_key, draw_key_value, draw_keys
from conformance.strategies.operations import (
    OPERATIONS,
    delete_at,
    draw_action,
    draw_check,
    draw_token,
    one_or_two_tables,
    put_all,
    put_at,
    query_of,
    scan_of,
    update_at,
)
from conformance.strategies.replicas import (
    BOTH_IMAGES,
    change_replica,
    create_replica,
    delete_replica,
    describe_table_replica_auto_scaling,
    protect_from_leaving,
    update_table_replica_auto_scaling,
)
from conformance.strategies.resources import (
    delete_resource_policy,
    describe_contributor_insights,
    describe_time_to_live,
    get_resource_policy,
    list_contributor_insights,
    list_tags_of_resource,
    put_resource_policy,
    tag_resource,
    untag_resource,
    update_contributor_insights,
    update_time_to_live,
)
from conformance.strategies.schemas import Index, KeyAttribute, Keys, Table, draw_table
from conformance.strategies.streams import iterator_request
from conformance.strategies.table_updates import create_index, deletion_of, switch_billing, switch_stream, updated

DrawSequence: TypeAlias = Callable[[Draw, World, Table], list[Step]]


@dataclass(frozen=True, slots=True)
class Sequence:
    weight: int
    operations: frozenset[str]  # that it is made of: it is drawn where all of them are wanted
    draw: DrawSequence


def _of(weight: int, draw: DrawSequence, *operations: str) -> Sequence:
    assert OPERATIONS.keys() >= set(operations)
    return Sequence(weight, frozenset(operations), draw)


# --- cursors ----------------------------------------------------------------------------------------------


def pages_one_by_one(draw: Draw, world: World, table: Table) -> list[Step]:
    """A page, and those that follow it, each from where the one before it ended."""
    index = pick(draw, (None, None, *table.indexes))
    step = query_of(draw, world, table, index)
    request = {name: value for name, value in step.request.items() if name != "ReturnConsumedCapacity"}
    if index is not None:
        # Which of the items with equal keys a page holds is free, so what a filter leaves of it is, too.
        _drop_filter(request)
    request["Limit"] = pick(draw, (1, 1, 2, 3))
    first = Step("Query", request, label=world.label())
    return list(_continued(draw, world, first))


def _continued(draw: Draw, world: World, first: Step) -> Iterator[Step]:
    yield first
    last = first
    for _ in range(pick(draw, (1, 1, 2, 3))):
        cursor = {FROM: f"{last.label}.LastEvaluatedKey"}
        last = replace(first, request=first.request | {"ExclusiveStartKey": cursor}, label=world.label())
        yield last


def _drop_filter(request: JSONObject) -> None:
    """Also the placeholders that only the filter used."""
    if "FilterExpression" not in request:
        request.pop("QueryFilter", None)
        request.pop("ConditionalOperator", None)
        return
    del request["FilterExpression"]
    texts = " ".join(value for name, value in request.items() if name.endswith("Expression"))
    for member in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        used = {name: value for name, value in request.get(member, {}).items() if _uses(texts, name)}
        request.pop(member, None)
        if used:
            request[member] = used


def _uses(texts: str, placeholder: str) -> bool:
    after = texts.partition(placeholder)
    while after[1]:
        if not after[2][:1].isalnum():
            return True
        after = after[2].partition(placeholder)
    return False


def start_at_a_key(draw: Draw, world: World, table: Table) -> list[Step]:
    """A Query from a key that was not given out: one that exists, one that does not any more, the first, the last."""
    key = draw_key(draw, world, table)
    placeholders = Placeholders()
    partition = Keys(table.keys.partition)
    request: JSONObject = {
        "TableName": table.name,
        "KeyConditionExpression": draw_key_condition(draw, partition, key, placeholders, world.flavour),
        "ExclusiveStartKey": key,
        **draw_members(draw, ScanIndexForward=(50, (False, True)), Limit=(40, (1, 2, 3))),
    }
    if chance(draw, 85):
        # The condition is met by the key that it starts from, or the query is refused (data-plane 6.3).
        name = next(iter(placeholders.values))
        placeholders.values[name] = key[table.partition_key.name]
    placeholders.enter(request)
    query = Step("Query", request, pages=chance(draw, 30))
    if not chance(draw, 40):
        return [query]
    world.delete(table, key)
    return [Step("DeleteItem", {"TableName": table.name, "Key": key}), query]


def segments(draw: Draw, world: World, table: Table) -> list[Step]:
    """All segments of a parallel scan. (That they make up the whole is a law; here, that each has an answer.)"""
    step = scan_of(draw, world, table, pick(draw, (None, None, *table.indexes)))
    total = pick(draw, (2, 3, 4, 7))
    requests = [step.request | {"Segment": number, "TotalSegments": total} for number in range(total)]
    return [replace(step, request=request, pages=True) for request in requests]


def all_pages(draw: Draw, world: World, table: Table) -> list[Step]:
    """Everything in pages of one or two: of a table, an index, forwards and backwards, counted."""
    index = pick(draw, (None, *table.indexes))
    step = pick(draw, (query_of, query_of, scan_of))(draw, world, table, index)
    return [replace(step, request=step.request | {"Limit": pick(draw, (1, 2, 3))}, pages=True)]


# --- indexes ----------------------------------------------------------------------------------------------


def query_whole_partition(draw: Draw, table: Table, index: Index | None, item: Item) -> Step | None:
    """All items that have this item's partition key there, or None where it has none."""
    keys = (index or table).keys
    if not all(key.name in item and key.datatype in item[key.name] for key in keys.partition):
        return None
    placeholders = Placeholders()
    clauses = [
        f"{draw_path_text(draw, (key.name,), placeholders)} = {placeholders.value(item[key.name])}"
        for key in keys.partition
    ]
    request: JSONObject = {"TableName": table.name, "KeyConditionExpression": " AND ".join(clauses)}
    if index:
        request["IndexName"] = index.name
    placeholders.enter(request)
    return Step("Query", request | draw_members(draw, ScanIndexForward=(25, (False,))))


def move_in_index(draw: Draw, world: World, table: Table) -> list[Step]:
    """An item's index keys change, by whatever kind of write; what is in the index where it was, and where it is."""
    if not table.indexes:
        return pages_one_by_one(draw, world, table)
    index = pick(draw, table.indexes)
    key = draw_key(draw, world, table)
    before = world.item(table, key) or {}
    write = pick(draw, (put_at, update_at, update_at, delete_at, _set_index_key, _set_index_key))
    steps = [write(draw, world, table, key)]
    for item in (before, world.item(table, key) or {}):
        read = query_whole_partition(draw, table, index, item)
        if read is not None and read not in steps:
            steps.append(read)
    if len(steps) == 1:
        steps.append(Step("Scan", {"TableName": table.name, "IndexName": index.name}))
    return steps


def _set_index_key(draw: Draw, world: World, table: Table, key: Item) -> Step:
    """One of its index keys is given another value, or taken away."""
    names = table.index_keys()
    if not names:
        return put_at(draw, world, table, key)
    name, datatype = pick(draw, sorted(names.items()))
    item = dict(world.item(table, key) or key)
    placeholders = Placeholders()
    path = draw_path_text(draw, (name,), placeholders)
    request: JSONObject = {"TableName": table.name, "Key": key}
    if name in item and chance(draw, 30):
        del item[name]
        request["UpdateExpression"] = f"REMOVE {path}"
    else:
        item[name] = draw_key_value(draw, KeyAttribute(name, datatype), world.flavour)
        request["UpdateExpression"] = f"SET {path} = {placeholders.value(item[name])}"
    request |= draw_members(
        draw, ReturnValues=(50, ("ALL_NEW", "UPDATED_OLD")), ReturnConsumedCapacity=(50, ("INDEXES",))
    )
    placeholders.enter(request)
    world.put(table, item)
    return Step("UpdateItem", request)


# --- transactions -----------------------------------------------------------------------------------------


def failing_transaction(draw: Draw, world: World, table: Table) -> list[Step]:
    """Some actions that would succeed and one that fails, at any place; then all items that it names are read."""
    trial = world.copy()
    entries: list[JSONObject] = []
    involved: list[tuple[Table, Item]] = []
    for named in one_or_two_tables(draw, world, table):
        for key in pick_some(draw, world.keys[named.name], 2, 3):
            action = pick(draw, ("Put", "Put", "Update", "Update", "Delete"))
            entries.append({action: _unconditional(draw_action(draw, trial, named, key, action))})
            involved.append((named, key))
    failing = draw.below(len(entries))
    failing_table, failing_key = involved[failing]
    check = draw_check(draw, world, failing_table, failing_key, holds=False)
    (action,) = entries[failing]
    if chance(draw, 50):
        entries[failing] = {"ConditionCheck": check}
    else:
        changed = entries[failing][action]
        names = {**changed.get("ExpressionAttributeNames", {})}
        # The check names no value, and its name's placeholder must not meet one of the action's.
        for placeholder, name in check.get("ExpressionAttributeNames", {}).items():
            names[f"{placeholder}c"] = name
            check["ConditionExpression"] = check["ConditionExpression"].replace(placeholder, f"{placeholder}c")
        changed["ConditionExpression"] = check["ConditionExpression"]
        if names:
            changed["ExpressionAttributeNames"] = names
    reads = {
        named.name: {"Keys": [key for other, key in involved if other == named], "ConsistentRead": True}
        for named, _ in involved
    }
    return [
        Step("TransactWriteItems", {"TransactItems": entries}),
        Step("BatchGetItem", {"RequestItems": reads}),
    ]


def _unconditional(action: JSONObject) -> JSONObject:
    """An action without its condition, and without the placeholders that only that one used."""
    action = copy.deepcopy(action)
    action.pop("ReturnValuesOnConditionCheckFailure", None)
    if action.pop("ConditionExpression", None) is not None:
        text = action.get("UpdateExpression", "")
        for member in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            used = {name: value for name, value in action.pop(member, {}).items() if _uses(text, name)}
            if used:
                action[member] = used
    return action


def same_token(draw: Draw, world: World, table: Table) -> list[Step]:
    """A transaction twice with one token: the same again changes nothing, another is refused."""
    key = draw_key(draw, world, table)
    token = draw_token(draw)
    kind = pick(draw, ("Put", "Update", "Update"))
    entry = {kind: _unconditional(draw_action(draw, world, table, key, kind))}
    first: JSONObject = {"TransactItems": [entry], "ClientRequestToken": token}
    first |= draw_members(draw, ReturnConsumedCapacity=(60, ("TOTAL", "INDEXES")))
    steps = [Step("TransactWriteItems", first)]
    if chance(draw, 50):
        # What came between is not undone by a transaction that is only answered again.
        between = update_at(draw, world, table, key)
        steps.append(between)
    again = copy.deepcopy(first)
    if chance(draw, 40):
        other = draw_item(draw, table, key, world.flavour)
        again["TransactItems"] = [{"Put": {"TableName": table.name, "Item": other}}]
    elif chance(draw, 15):
        again["ReturnConsumedCapacity"] = "NONE"
    steps.append(Step("TransactWriteItems", again))
    steps.append(Step("GetItem", {"TableName": table.name, "Key": key, "ConsistentRead": True}))
    return steps


# --- tables -----------------------------------------------------------------------------------------------


def recreate_table(draw: Draw, world: World, table: Table) -> list[Step]:
    """A table is deleted and comes back under its name, empty, and half of the time with another schema."""
    if table.protected:
        return [Step("DeleteTable", {"TableName": table.name}), Step("DescribeTable", {"TableName": table.name})]
    created, keys = table, world.keys[table.name]
    if chance(draw, 50):
        created = draw_table(draw, table.name)
        keys = draw_keys(draw, created, world.flavour)
    world.remove(table)
    world.add(created, keys)
    steps = [Step("DeleteTable", {"TableName": table.name})]
    if chance(draw, 30):
        steps.append(pick(draw, (Step("DescribeTable", {"TableName": table.name}), Step("ListTables", {}))))
    steps += [Step("CreateTable", created.create_request()), Step("Scan", {"TableName": table.name})]
    return [*steps, put_all(draw, world, created, world.keys[created.name][:3])]


def index_comes_and_goes(draw: Draw, world: World, table: Table) -> list[Step]:
    """An index over items that are there; what is in it then, and after writes; and, perhaps, that it is gone."""
    change = create_index(draw, world, table)
    if change is None:
        return move_in_index(draw, world, table)
    steps = [updated(world, table, change)]
    made = change[1]
    index = made.indexes[-1]
    steps.append(_whole(draw, made, index))
    if chance(draw, 40):
        steps.append(Step("DescribeTable", {"TableName": made.name}))
    for _ in range(pick(draw, (1, 1, 2, 3))):
        key = draw_key(draw, world, made)
        steps.append(pick(draw, (put_at, update_at, delete_at))(draw, world, made, key))
    read = query_whole_partition(draw, made, index, world.some_item(made))
    steps.append(_whole(draw, made, index) if read is None or chance(draw, 50) else read)
    if chance(draw, 30):
        # Its entries are charged while it is there, and not any more.
        steps.append(updated(world, made, switch_billing(draw, world, made)))
        made = replace(made, provisioned=not made.provisioned)
    if chance(draw, 50):
        deletion = deletion_of(made, index)
        steps.append(updated(world, made, deletion))
        if chance(draw, 50):
            steps.append(Step("Scan", {"TableName": made.name, "IndexName": index.name}))
        steps.append(put_at(draw, world, deletion[1], draw_key(draw, world, deletion[1])))
    return steps


def stream_from_its_beginning(draw: Draw, world: World, table: Table) -> list[Step]:
    """Writes to a table with a stream, and all its records; then perhaps some more, from where that page ended."""
    steps: list[Step] = []
    if table.stream is None:
        change = switch_stream(draw, world, table)
        steps.append(updated(world, table, change))
        table = change[1]
    steps += [_stream_write(draw, world, table) for _ in range(pick(draw, (2, 3, 4)))]
    request = iterator_request(world, table)
    steps = [*steps, *world.after_preparations(Step("GetShardIterator", request, label=(iterator := world.label())))]
    page = Step("GetRecords", {"ShardIterator": {FROM: f"{iterator}.ShardIterator"}}, label=world.label())
    if chance(draw, 30):
        page = replace(page, request=page.request | {"Limit": pick(draw, (1, 2))})
    steps.append(page)
    kind = pick(draw, ("next", "next", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "none"))
    if kind == "next":
        steps += [_stream_write(draw, world, table) for _ in range(pick(draw, (1, 2)))]
        following: JSONObject = {FROM: f"{page.label}.NextShardIterator"}
        steps.append(Step("GetRecords", {"ShardIterator": following}))
    elif kind != "none":
        number: JSONObject = {FROM: f"{page.label}.Records[0].dynamodb.SequenceNumber"}
        positioned = request | {"ShardIteratorType": kind, "SequenceNumber": number}
        steps.append(Step("GetShardIterator", positioned, label=(second := world.label())))
        steps.append(Step("GetRecords", {"ShardIterator": {FROM: f"{second}.ShardIterator"}}))
    if chance(draw, 20):
        steps.append(updated(world, table, switch_stream(draw, world, table)))
        closed: JSONObject = {FROM: f"{page.label}.NextShardIterator"}
        steps.append(Step("GetRecords", {"ShardIterator": closed}))
        steps.append(Step("DescribeStream", {"StreamArn": request["StreamArn"]}))
    return steps


def _stream_write(draw: Draw, world: World, table: Table) -> Step:
    write = pick(draw, (put_at, update_at, update_at, delete_at))
    return write(draw, world, table, draw_key(draw, world, table))


# --- what tables have besides -----------------------------------------------------------------------------


def tags_come_and_go(draw: Draw, world: World, table: Table) -> list[Step]:
    steps = [tag_resource(draw, world, table), list_tags_of_resource(draw, world, table)]
    steps += [pick(draw, (untag_resource, tag_resource))(draw, world, table), list_tags_of_resource(draw, world, table)]
    return steps


def policy_and_its_revisions(draw: Draw, world: World, table: Table) -> list[Step]:
    steps = [put_resource_policy(draw, world, table), get_resource_policy(draw, world, table)]
    steps.append(pick(draw, (put_resource_policy, delete_resource_policy))(draw, world, table))
    return [*steps, get_resource_policy(draw, world, table)]


def backup_and_restore(draw: Draw, world: World, table: Table) -> list[Step]:
    """What is written in between is not in the table that is restored."""
    steps = [create_backup(draw, world, table), _stream_write(draw, world, table)]
    restored = restore_table_from_backup(draw, world, table)
    read: JSONObject = {"TableName": restored.request["TargetTableName"]}
    steps += [restored, Step("DescribeTable", read), Step("Scan", read | {"ConsistentRead": True}, pages=True)]
    return [*steps, delete_backup(draw, world, table)]


def replica_comes_and_goes(draw: Draw, world: World, table: Table) -> list[Step]:
    """A table gets a replica in another region, is written to and changed, and loses it again.

    It must be on demand, and have no stream but one of both images: it is made so first.
    """
    steps: list[Step] = []
    if table.provisioned:
        steps.append(updated(world, table, switch_billing(draw, world, table)))
        table = replace(table, provisioned=False)
    if table.stream not in (None, BOTH_IMAGES):
        change = switch_stream(draw, world, table)
        steps.append(updated(world, table, change))
        table = change[1]
    change = create_replica(draw, table)
    steps.append(updated(world, table, change))
    table = change[1]
    described = Step("DescribeTable", {"TableName": table.name})
    steps.append(described)
    for _ in range(pick(draw, (1, 2, 3))):
        kind = pick(draw, ("write", "scaling", "scaling", "overrides", "protection"))
        if kind == "write":
            steps.append(_stream_write(draw, world, table))
        elif kind == "scaling":
            steps.append(update_table_replica_auto_scaling(draw, world, table))
            steps.append(describe_table_replica_auto_scaling(draw, world, table))
        else:
            changed = change_replica(draw, table) if kind == "overrides" else protect_from_leaving(draw, table)
            steps += [updated(world, table, changed), described]
    return [*steps, updated(world, table, delete_replica(table)), described, _stream_write(draw, world, table)]


def time_to_live_and_what_is_told(draw: Draw, world: World, table: Table) -> list[Step]:
    return [update_time_to_live(draw, world, table), describe_time_to_live(draw, world, table)]


def insights_and_what_is_told(draw: Draw, world: World, table: Table) -> list[Step]:
    steps = [update_contributor_insights(draw, world, table), describe_contributor_insights(draw, world, table)]
    return [*steps, list_contributor_insights(draw, world, table)]


# --- items ------------------------------------------------------------------------------------------------


def write_and_read(draw: Draw, world: World, table: Table) -> list[Step]:
    """A write, and the item right after it."""
    key = draw_key(draw, world, table)
    write = pick(draw, (update_at, update_at, update_at, put_at, delete_at))(draw, world, table, key)
    return [write, Step("GetItem", {"TableName": table.name, "Key": key, "ConsistentRead": True})]


SEQUENCES: Final[Mapping[str, Sequence]] = {
    "pages one by one": _of(20, pages_one_by_one, "Query"),
    "start at a key": _of(8, start_at_a_key, "Query", "DeleteItem"),
    "segments": _of(4, segments, "Scan"),
    "all pages": _of(14, all_pages, "Query", "Scan"),
    "move in an index": _of(26, move_in_index, "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
    "failing transaction": _of(12, failing_transaction, "TransactWriteItems", "BatchGetItem"),
    "same token": _of(7, same_token, "TransactWriteItems", "UpdateItem", "GetItem"),
    "recreate table": _of(
        3, recreate_table, "CreateTable", "DeleteTable", "DescribeTable", "ListTables", "BatchWriteItem", "Scan"
    ),
    "index comes and goes": _of(
        8, index_comes_and_goes, "UpdateTable", "DescribeTable", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"
    ),
    "stream from its beginning": _of(
        8,
        stream_from_its_beginning,
        *("UpdateTable", "DescribeTable", "DescribeStream", "GetShardIterator", "GetRecords"),
        *("PutItem", "UpdateItem", "DeleteItem"),
    ),
    "tags": _of(2, tags_come_and_go, "TagResource", "UntagResource", "ListTagsOfResource"),
    "backup and restore": _of(
        3,
        backup_and_restore,
        *("CreateBackup", "RestoreTableFromBackup", "DeleteBackup", "DescribeTable", "Scan"),
        *("PutItem", "UpdateItem", "DeleteItem"),
    ),
    "replica": _of(
        1,
        replica_comes_and_goes,
        *("UpdateTable", "DescribeTable", "DescribeTableReplicaAutoScaling", "UpdateTableReplicaAutoScaling"),
        *("PutItem", "UpdateItem", "DeleteItem"),
    ),
    "policy": _of(2, policy_and_its_revisions, "PutResourcePolicy", "GetResourcePolicy", "DeleteResourcePolicy"),
    "time to live": _of(2, time_to_live_and_what_is_told, "UpdateTimeToLive", "DescribeTimeToLive"),
    "insights": _of(
        1,
        insights_and_what_is_told,
        *("UpdateContributorInsights", "DescribeContributorInsights", "ListContributorInsights"),
    ),
    "write and read": _of(16, write_and_read, "PutItem", "UpdateItem", "DeleteItem", "GetItem"),
}


def sweep(draw: Draw, world: World) -> list[Step]:
    """What has become of all that was written: each table and index from end to end.

    A table is scanned whole, or in pages; an index as well, or queried by one of its items' keys.
    """
    steps: list[Step] = []
    for table in world.tables:
        if table.name not in world.written:
            continue
        steps.append(_whole(draw, table, None))
        # Of several indexes, some: reads must not be the bulk.
        for index in pick_some(draw, table.indexes, 1, 2):
            item = world.some_item(table)
            read = query_whole_partition(draw, table, index, item) if chance(draw, 40) else None
            steps.append(read or _whole(draw, table, index))
    return steps


def _whole(draw: Draw, table: Table, index: Index | None) -> Step:
    request: JSONObject = {"TableName": table.name}
    if index is None:
        request["ConsistentRead"] = True
    else:
        request["IndexName"] = index.name
    if chance(draw, 40):
        request["Limit"] = pick(draw, (2, 3, 5))
    return Step("Scan", request | draw_members(draw, ReturnConsumedCapacity=(20, ("TOTAL", "INDEXES"))), pages=True)
