"""TableDescription: a table as CreateTable, DescribeTable and the others tell of it (control-plane 4 and 6)."""

from __future__ import annotations

from typing import Any

from reference_server.tables.catalogue import Catalogue
from reference_server.tables.creation import warm_units
from reference_server.tables.global_tables import GlobalTables
from reference_server.tables.restoring import Restorations
from reference_server.tables.schema import IndexSchema, KeySchema, ProjectionType, Throughput
from reference_server.tables.settings import Capacity, Status, describe_on_demand
from reference_server.tables.streams import Streams
from reference_server.tables.table import Table


def describe(catalogue: Catalogue, table: Table) -> dict[str, Any]:
    """A table as DescribeTable shows it.

    ItemCount and TableSizeBytes are live, where AWS refreshes them every six hours: a count that is always 0
    would be true to AWS and useless to everybody.
    """
    if table.status is Status.DELETING:
        return describe_deleted(catalogue, table)
    settled = table.status is not Status.CREATING
    description = _describe_whole(catalogue, table, warm=settled)
    if settled and table.settings.put_on_demand:
        latest = table.settings.put_on_demand[-1]
        description["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] = _seconds(latest)
    return description


def describe_deleted(catalogue: Catalogue, table: Table) -> dict[str, Any]:
    """A table as DeleteTable answers: without keys, definitions and creation time (control-plane 6, recorded)."""
    return _describe_facts(catalogue, table)


def _describe_facts(catalogue: Catalogue, table: Table) -> dict[str, Any]:
    return {
        "TableName": table.name,
        "TableStatus": table.status.value,
        "TableArn": table.arn,
        "TableId": table.id,
        "TableSizeBytes": table.total_bytes,
        "ItemCount": len(table.records),
        "ProvisionedThroughput": _describe_throughput(
            table.schema.throughput, table.settings.capacity, catalogue.clock()
        ),
        "DeletionProtectionEnabled": table.settings.deletion_protection,
    }


def _describe_whole(catalogue: Catalogue, table: Table, *, warm: bool) -> dict[str, Any]:
    schema, settings = table.schema, table.settings
    description = _describe_facts(catalogue, table) | {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": type_} for name, type_ in schema.attribute_types.items()
        ],
        "KeySchema": _describe_keys(schema.keys),
        "CreationDateTime": _seconds(table.created),
    }
    description |= catalogue.part(Restorations).describe(table)
    # A table that has always been provisioned has none. One that is being put on demand says so at once, and when only
    # once it is ACTIVE (dynalite 4.0; DynamoDB Local and moto say so at once too).
    if settings.put_on_demand or schema.throughput is None:
        mode = "PAY_PER_REQUEST" if schema.throughput is None else "PROVISIONED"
        description["BillingModeSummary"] = {"BillingMode": mode}
    if settings.table_class is not None:
        description["TableClassSummary"] = {"TableClass": settings.table_class}
        if settings.table_class_changes:
            description["TableClassSummary"]["LastUpdateDateTime"] = _seconds(settings.table_class_changes[-1])
    if settings.encryption is not None:
        description["SSEDescription"] = {
            "Status": settings.encryption.status,
            "SSEType": "KMS",
            "KMSMasterKeyArn": settings.encryption.key_arn,
        }
    description |= catalogue.part(Streams).describe(table)
    description |= catalogue.part(GlobalTables).describe(table)
    description |= _describe_limits(settings.capacity, schema.throughput, warm=warm)
    local = [_describe_index(table, index) for index in schema.indexes.values() if not index.is_global]
    if local:
        description["LocalSecondaryIndexes"] = local
    global_ = [
        _describe_global_index(catalogue, table, index, warm=warm)
        for index in schema.indexes.values()
        if index.is_global
    ]
    if global_:
        description["GlobalSecondaryIndexes"] = global_
    return description


def _describe_index(table: Table, index: IndexSchema) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection.type.value}
    if index.projection.type is ProjectionType.INCLUDE:
        projection["NonKeyAttributes"] = list(index.projection.non_key_attributes)
    state = table.indexes[index.name]
    return {
        "IndexName": index.name,
        "KeySchema": _describe_keys(index.keys),
        "Projection": projection,
        "IndexSizeBytes": state.total_bytes,
        "ItemCount": len(state.entries),
        "IndexArn": f"{table.arn}/index/{index.name}",
    }


def _describe_global_index(catalogue: Catalogue, table: Table, index: IndexSchema, *, warm: bool) -> dict[str, Any]:
    state = table.indexes[index.name]
    # Until the table is, no index is ACTIVE.
    status = Status.CREATING if table.status is Status.CREATING else state.status
    description = _describe_index(table, index) | {
        "IndexStatus": status.value,
        "ProvisionedThroughput": _describe_throughput(index.throughput, state.capacity, catalogue.clock()),
    }
    if state.backfilling is not None:
        description["Backfilling"] = state.backfilling
    return description | _describe_limits(state.capacity, index.throughput, warm=warm)


def _describe_keys(keys: KeySchema) -> list[dict[str, str]]:
    return [{"AttributeName": attribute.name, "KeyType": "HASH"} for attribute in keys.partition] + [
        {"AttributeName": attribute.name, "KeyType": "RANGE"} for attribute in keys.sort
    ]


def _describe_throughput(throughput: Throughput | None, capacity: Capacity, now: float) -> dict[str, Any]:
    """A table on demand reports zero units (control-plane 4)."""
    description: dict[str, Any] = {
        "NumberOfDecreasesToday": len(capacity.decreases_of_day(now)),
        "ReadCapacityUnits": throughput.read if throughput else 0,
        "WriteCapacityUnits": throughput.write if throughput else 0,
    }
    if capacity.increased is not None:
        description["LastIncreaseDateTime"] = _seconds(capacity.increased)
    if capacity.decreased:
        description["LastDecreaseDateTime"] = _seconds(capacity.decreased[-1])
    return description


def _describe_limits(capacity: Capacity, throughput: Throughput | None, *, warm: bool) -> dict[str, Any]:
    """OnDemandThroughput, where there is a limit; WarmThroughput, where it was asked for or `warm` says so."""
    description = describe_on_demand(capacity)
    if warm or capacity.warm is not None:
        units = warm_units(capacity, throughput)
        description["WarmThroughput"] = {
            "ReadUnitsPerSecond": units.read,
            "WriteUnitsPerSecond": units.write,
            "Status": "UPDATING" if capacity.warming else "ACTIVE",
        }
    return description


def _seconds(moment: float) -> float:
    """Epoch seconds with milliseconds, as timestamps are written (control-plane 1)."""
    return round(moment, 3)
