"""Global tables of version 2017.11.29: CreateGlobalTable, DescribeGlobalTable, ListGlobalTables, UpdateGlobalTable, and
their settings (control-plane 14). Those of version 2019.11.21 are made with UpdateTable.

A legacy global table is made of tables that are there already, and leaves them there when it loses them. It is
known in the whole account: every region answers for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reference_server import limits, messages
from reference_server.errors import (
    GlobalTableAlreadyExistsException,
    GlobalTableNotFoundException,
    IndexNotFoundException,
    ReplicaAlreadyExistsException,
    ReplicaNotFoundException,
    TableNotFoundException,
    ValidationException,
)
from reference_server.model import shapes
from reference_server.operations.auto_scaling import Change, carry_out, check_changes
from reference_server.tables import updating
from reference_server.tables.auto_scaling import AutoScaling, Dimension
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.global_tables import LEGACY, GlobalTables, Group, LegacyGlobalTables, Replica, region_of
from reference_server.tables.schema import TableSchema, Throughput
from reference_server.tables.streams import NEW_AND_OLD_IMAGES, Streams
from reference_server.tables.table import Table


def create_global_table(catalogue: Catalogue, request: shapes.CreateGlobalTableInput) -> dict[str, Any]:
    # PARAMETERS
    regions = [_region(replica.RegionName) for replica in request.ReplicationGroup]
    if not regions:
        raise ValidationException(messages.REPLICA_REGION_MISSING)
    # TABLE
    name = request.GlobalTableName
    known = LegacyGlobalTables.of(catalogue)
    if known.find(name) is not None:
        raise GlobalTableAlreadyExistsException(messages.GLOBAL_TABLE_EXISTS, name=name)
    members = _members(catalogue, name, regions)
    # WRITE
    group = Group(catalogue, name, LEGACY)
    known.enter(group)
    for where, table in members:
        group.add(where, table)
    # RESPONSE
    return {"GlobalTableDescription": _describe(group, "CREATING")}


def describe_global_table(catalogue: Catalogue, request: shapes.DescribeGlobalTableInput) -> dict[str, Any]:
    # TABLE
    group = _group(catalogue, request.GlobalTableName)
    # RESPONSE
    return {"GlobalTableDescription": _describe(group)}


def list_global_tables(catalogue: Catalogue, request: shapes.ListGlobalTablesInput) -> dict[str, Any]:
    # READ
    start = request.ExclusiveStartGlobalTableName or ""
    limit = request.Limit or limits.LIST_GLOBAL_TABLES
    groups = [
        group
        for group in LegacyGlobalTables.of(catalogue)
        if group.name > start and (request.RegionName is None or request.RegionName in group.replicas)
    ]
    page, more = groups[:limit], len(groups) > limit
    # RESPONSE
    reply: dict[str, Any] = {
        "GlobalTables": [
            {
                "GlobalTableName": group.name,
                "ReplicationGroup": [{"RegionName": region} for region in group.replicas],
            }
            for group in page
        ]
    }
    if more:
        reply["LastEvaluatedGlobalTableName"] = page[-1].name
    return reply


def update_global_table(catalogue: Catalogue, request: shapes.UpdateGlobalTableInput) -> dict[str, Any]:
    # PARAMETERS
    if any((update.Create is None) == (update.Delete is None) for update in request.ReplicaUpdates):
        raise ValidationException(messages.REPLICA_ACTION_MISSING)
    created = [update.Create.RegionName for update in request.ReplicaUpdates if update.Create is not None]
    deleted = [update.Delete.RegionName for update in request.ReplicaUpdates if update.Delete is not None]
    # TABLE
    group = _group(catalogue, request.GlobalTableName)
    for region in created:
        if region in group.replicas:
            raise ReplicaAlreadyExistsException(messages.REPLICA_EXISTS, region=region, name=group.name)
    leaving = [_replica(group, region) for region in deleted]
    joining = _members(catalogue, group.name, created, group)
    # WRITE
    for replica in leaving:
        group.leave(replica)
    for where, table in joining:
        group.add(where, table)
    # RESPONSE
    return {"GlobalTableDescription": _describe(group, "UPDATING")}


def describe_global_table_settings(
    catalogue: Catalogue, request: shapes.DescribeGlobalTableSettingsInput
) -> dict[str, Any]:
    # TABLE
    group = _group(catalogue, request.GlobalTableName)
    # RESPONSE
    return _describe_settings(group)


def update_global_table_settings(
    catalogue: Catalogue, request: shapes.UpdateGlobalTableSettingsInput
) -> dict[str, Any]:
    # PARAMETERS
    _refuse_settings(request)
    # TABLE
    group = _group(catalogue, request.GlobalTableName)
    changes = list(_scaling_changes(group, request))
    check_changes(changes)
    updates = list(_planned(group, request))
    # WRITE
    carry_out(changes)
    for update in updates:
        update.begin()
    # RESPONSE
    return _describe_settings(group)


# --- the group --------------------------------------------------------------------------------------------


def _region(region: str | None) -> str:
    """The model does not require it where a global table is created."""
    if region is None:
        raise ValidationException(messages.REPLICA_REGION_MISSING)
    return region


def _group(catalogue: Catalogue, name: str) -> Group:
    group = LegacyGlobalTables.of(catalogue).find(name)
    if group is None:
        raise GlobalTableNotFoundException(messages.GLOBAL_TABLE_NOT_FOUND, name=name)
    return group


def _replica(group: Group, region: str) -> Replica:
    replica = group.replicas.get(region)
    if replica is None:
        raise ReplicaNotFoundException(messages.REPLICA_NOT_FOUND, region=region, name=group.name)
    return replica


def _members(
    catalogue: Catalogue, name: str, regions: list[str], group: Group | None = None
) -> list[tuple[Catalogue, Table]]:
    """The tables that become replicas. Raises what DynamoDB says where one of them cannot (control-plane 14)."""
    members: list[tuple[Catalogue, Table]] = []
    model = None if group is None else next((replica.table for replica in group.replicas.values()), None)
    for region in dict.fromkeys(regions):
        where = region_of(catalogue, region)
        if where is None:
            raise ValidationException(messages.REPLICA_REGION, region=region)
        table = where.find(name)
        if table is None:
            raise TableNotFoundException(messages.REPLICATED_TABLE_NOT_FOUND, name=name, region=region)
        _refuse_member(where, table, model or table)
        model = model or table
        members.append((where, table))
    return members


def _refuse_member(where: Catalogue, table: Table, model: Table) -> None:
    at: dict[str, Any] = {"name": table.name, "region": where.region}
    if where.part(GlobalTables).group(table) is not None:
        raise ValidationException(messages.REPLICA_OF_CURRENT, **at)
    specification = where.part(Streams).describe(table).get("StreamSpecification", {})
    if specification.get("StreamViewType") != NEW_AND_OLD_IMAGES:
        raise ValidationException(messages.REPLICA_WITHOUT_STREAM, **at)
    if table.records:
        raise ValidationException(messages.REPLICA_NOT_EMPTY, **at)
    for what, aspect in (("key schema", _keys), ("indexes", _indexes), ("write capacity", _write_units)):
        if aspect(table.schema) != aspect(model.schema):
            raise ValidationException(messages.REPLICAS_DIFFER, what=what, **at)


def _keys(schema: TableSchema) -> object:
    return schema.keys


def _indexes(schema: TableSchema) -> object:
    return {name: (index.is_global, index.keys) for name, index in schema.indexes.items()}


def _write_units(schema: TableSchema) -> object:
    throughputs = [schema.throughput, *(index.throughput for index in schema.indexes.values())]
    return [_units_of(throughput, "write") for throughput in throughputs]


def _units_of(throughput: Throughput | None, dimension: str) -> int:
    """On demand there are none, which is told as 0."""
    return 0 if throughput is None else int(getattr(throughput, dimension))


def _describe(group: Group, status: str = "ACTIVE") -> dict[str, Any]:
    return {
        "ReplicationGroup": [
            {"RegionName": replica.region, "ReplicaStatus": replica.status.value} for replica in group.replicas.values()
        ],
        "GlobalTableArn": group.arn,
        "CreationDateTime": round(group.created, 3),
        "GlobalTableStatus": status,
        "GlobalTableName": group.name,
    }


# --- its settings -----------------------------------------------------------------------------------------


def _refuse_settings(request: shapes.UpdateGlobalTableSettingsInput) -> None:
    """Raises ValidationException for a request that asks for nothing, or for units and their scaling at once."""
    if all(
        getattr(request, name) is None
        for name in shapes.UpdateGlobalTableSettingsInput.__struct_fields__
        if name != "GlobalTableName"
    ):
        raise ValidationException(messages.SETTINGS_EMPTY)
    pairs: list[tuple[object, object]] = [
        (
            request.GlobalTableProvisionedWriteCapacityUnits,
            request.GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate,
        )
    ]
    pairs += [
        (one.ProvisionedWriteCapacityUnits, one.ProvisionedWriteCapacityAutoScalingSettingsUpdate)
        for one in request.GlobalTableGlobalSecondaryIndexSettingsUpdate or ()
    ]
    for replica in request.ReplicaSettingsUpdate or ():
        pairs.append(
            (
                replica.ReplicaProvisionedReadCapacityUnits,
                replica.ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate,
            )
        )
        pairs += [
            (one.ProvisionedReadCapacityUnits, one.ProvisionedReadCapacityAutoScalingSettingsUpdate)
            for one in replica.ReplicaGlobalSecondaryIndexSettingsUpdate or ()
        ]
    if any(units is not None and scaling is not None for units, scaling in pairs):
        raise ValidationException(messages.SETTING_TWICE)


def _scaling_changes(group: Group, request: shapes.UpdateGlobalTableSettingsInput) -> Iterator[Change]:
    """What is to be scaled, of writes everywhere, of reads where it is said. Names are checked."""
    for replica in group.replicas.values():
        if (update := request.GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate) is not None:
            yield Change(replica, None, Dimension.WRITE, update)
        for one in request.GlobalTableGlobalSecondaryIndexSettingsUpdate or ():
            name = _index(replica.table, one.IndexName)
            if (update := one.ProvisionedWriteCapacityAutoScalingSettingsUpdate) is not None:
                yield Change(replica, name, Dimension.WRITE, update)
    for settings in request.ReplicaSettingsUpdate or ():
        replica = _replica(group, settings.RegionName)
        if (update := settings.ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate) is not None:
            yield Change(replica, None, Dimension.READ, update)
        for of_index in settings.ReplicaGlobalSecondaryIndexSettingsUpdate or ():
            name = _index(replica.table, of_index.IndexName)
            if (update := of_index.ProvisionedReadCapacityAutoScalingSettingsUpdate) is not None:
                yield Change(replica, name, Dimension.READ, update)


def _index(table: Table, name: str) -> str:
    index = table.indexes.get(name)
    if index is None or not index.schema.is_global:
        raise IndexNotFoundException(messages.SETTINGS_INDEX_NOT_FOUND, index=name)
    return name


def _planned(group: Group, request: shapes.UpdateGlobalTableSettingsInput) -> Iterator[updating.Updating]:
    """What becomes of the replicas' tables. Raises what UpdateTable would say."""
    for replica in group.replicas.values():
        asked = _update_of(replica, request)
        if asked is not None:
            table = replica.catalogue.changeable(group.name)
            update = updating.Updating(replica.catalogue, table, asked)
            update.plan()
            yield update


def _update_of(replica: Replica, request: shapes.UpdateGlobalTableSettingsInput) -> shapes.UpdateTableInput | None:
    """The UpdateTable request that brings one replica to its settings; None where it has them already."""
    schema = replica.table.schema
    own = next((one for one in request.ReplicaSettingsUpdate or () if one.RegionName == replica.region), None)
    asked = shapes.UpdateTableInput(TableName=replica.group.name, BillingMode=request.GlobalTableBillingMode)
    if own is not None:
        asked.TableClass = own.ReplicaTableClass
    units = _changed_units(
        schema.throughput,
        own.ReplicaProvisionedReadCapacityUnits if own is not None else None,
        request.GlobalTableProvisionedWriteCapacityUnits,
    )
    if units is not None and units != schema.throughput:
        asked.ProvisionedThroughput = _shape(units)
    asked.GlobalSecondaryIndexUpdates = _index_updates(schema, own, request) or None
    wanted = ("BillingMode", "TableClass", "ProvisionedThroughput", "GlobalSecondaryIndexUpdates")
    return asked if any(getattr(asked, name) is not None for name in wanted) else None


def _index_updates(
    schema: TableSchema, own: shapes.ReplicaSettingsUpdate | None, request: shapes.UpdateGlobalTableSettingsInput
) -> list[shapes.GlobalSecondaryIndexUpdate]:
    writes = {
        one.IndexName: one.ProvisionedWriteCapacityUnits
        for one in request.GlobalTableGlobalSecondaryIndexSettingsUpdate or ()
    }
    reads = {
        one.IndexName: one.ProvisionedReadCapacityUnits
        for one in (own.ReplicaGlobalSecondaryIndexSettingsUpdate if own is not None else None) or ()
    }
    updates = []
    for name in dict.fromkeys([*writes, *reads]):
        there = schema.indexes[name].throughput
        units = _changed_units(there, reads.get(name), writes.get(name))
        if units is not None and units != there:
            action = shapes.UpdateGlobalSecondaryIndexAction(IndexName=name, ProvisionedThroughput=_shape(units))
            updates.append(shapes.GlobalSecondaryIndexUpdate(Update=action))
    return updates


def _changed_units(there: Throughput | None, read: int | None, write: int | None) -> Throughput | None:
    """None where nothing is asked for. A table that was on demand gets of the other as much."""
    if read is None and write is None:
        return None
    if there is None:
        return Throughput(read or write or 1, write or read or 1)
    return Throughput(read or there.read, write or there.write)


def _shape(units: Throughput) -> shapes.ProvisionedThroughput:
    return shapes.ProvisionedThroughput(ReadCapacityUnits=units.read, WriteCapacityUnits=units.write)


def _describe_settings(group: Group) -> dict[str, Any]:
    return {
        "GlobalTableName": group.name,
        "ReplicaSettings": [_describe_settings_of(replica) for replica in group.replicas.values()],
    }


def _describe_settings_of(replica: Replica) -> dict[str, Any]:
    table, scaling = replica.table, replica.catalogue.part(AutoScaling)
    schema, settings = table.schema, table.settings
    description: dict[str, Any] = {
        "RegionName": replica.region,
        "ReplicaStatus": replica.status.value,
        "ReplicaProvisionedReadCapacityUnits": _units_of(schema.throughput, "read"),
        "ReplicaProvisionedWriteCapacityUnits": _units_of(schema.throughput, "write"),
    }
    if settings.put_on_demand:
        mode = "PAY_PER_REQUEST" if schema.throughput is None else "PROVISIONED"
        description["ReplicaBillingModeSummary"] = {"BillingMode": mode}
    if settings.table_class is not None:
        description["ReplicaTableClassSummary"] = {"TableClass": settings.table_class}
    for dimension in Dimension:
        if scaling.is_scaled(table, dimension):
            member = f"ReplicaProvisioned{dimension.value}CapacityAutoScalingSettings"
            description[member] = scaling.describe(table, None, dimension)
    indexes = [_describe_index_of(replica, name) for name, index in schema.indexes.items() if index.is_global]
    if indexes:
        description["ReplicaGlobalSecondaryIndexSettings"] = indexes
    return description


def _describe_index_of(replica: Replica, name: str) -> dict[str, Any]:
    table, scaling = replica.table, replica.catalogue.part(AutoScaling)
    units = table.schema.indexes[name].throughput
    description: dict[str, Any] = {"IndexName": name, "IndexStatus": table.indexes[name].status.value}
    if units is not None:
        # On demand there are none, and the model lets these not be 0.
        description["ProvisionedReadCapacityUnits"] = units.read
        description["ProvisionedWriteCapacityUnits"] = units.write
    for dimension in Dimension:
        if scaling.is_scaled(table, dimension, name):
            member = f"Provisioned{dimension.value}CapacityAutoScalingSettings"
            description[member] = scaling.describe(table, name, dimension)
    return description
