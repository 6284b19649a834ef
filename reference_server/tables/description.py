"""TableDescription: a table as CreateTable, DescribeTable and DeleteTable tell of it (control-plane 4 and 6)."""

from __future__ import annotations

from typing import Any, Final

from reference_server.tables.schema import IndexSchema, KeySchema, ProjectionType, Throughput
from reference_server.tables.table import Table

# WarmThroughput of an active table without any of its own (control-plane 4, recorded).
_ON_DEMAND_WARM: Final = {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000}


def describe(table: Table) -> dict[str, Any]:
    """A table as DescribeTable shows it.

    ItemCount and TableSizeBytes are live, where AWS refreshes them every six hours: a count that is always 0
    would be true to AWS and useless to everybody.
    """
    description = _describe_whole(table, warm=True)
    if table.schema.throughput is None:
        description["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] = _seconds(table.created)
    return description


def describe_created(table: Table) -> dict[str, Any]:
    """A table as CreateTable answers: CREATING, and so are its global indexes."""
    return _describe_whole(table, warm=False)


def describe_deleted(table: Table) -> dict[str, Any]:
    """A table as DeleteTable answers: without keys, definitions and creation time (control-plane 6, recorded)."""
    return _describe_facts(table)


def _describe_facts(table: Table) -> dict[str, Any]:
    return {
        "TableName": table.name,
        "TableStatus": table.status.value,
        "TableArn": table.arn,
        "TableId": table.id,
        "TableSizeBytes": table.total_bytes,
        "ItemCount": len(table.records),
        "ProvisionedThroughput": _describe_throughput(table.schema.throughput),
        "DeletionProtectionEnabled": table.deletion_protection,
    }


def _describe_whole(table: Table, *, warm: bool) -> dict[str, Any]:
    schema = table.schema
    description = _describe_facts(table) | {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": type_} for name, type_ in schema.attribute_types.items()
        ],
        "KeySchema": _describe_keys(schema.keys),
        "CreationDateTime": _seconds(table.created),
    }
    if schema.throughput is None:
        description["BillingModeSummary"] = {"BillingMode": "PAY_PER_REQUEST"}
    if table.table_class is not None:
        description["TableClassSummary"] = {"TableClass": table.table_class}
    if warm:
        description["WarmThroughput"] = _describe_warm_throughput(schema.throughput)
    local = [_describe_index(table, index) for index in schema.indexes.values() if not index.is_global]
    if local:
        description["LocalSecondaryIndexes"] = local
    global_ = [_describe_global_index(table, index, warm=warm) for index in schema.indexes.values() if index.is_global]
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


def _describe_global_index(table: Table, index: IndexSchema, *, warm: bool) -> dict[str, Any]:
    description = _describe_index(table, index) | {
        "IndexStatus": table.status.value,
        "ProvisionedThroughput": _describe_throughput(index.throughput),
    }
    if warm:
        description["WarmThroughput"] = _describe_warm_throughput(index.throughput)
    return description


def _describe_keys(keys: KeySchema) -> list[dict[str, str]]:
    return [{"AttributeName": attribute.name, "KeyType": "HASH"} for attribute in keys.partition] + [
        {"AttributeName": attribute.name, "KeyType": "RANGE"} for attribute in keys.sort
    ]


def _describe_throughput(throughput: Throughput | None) -> dict[str, int]:
    """A table on demand reports zero units (control-plane 4)."""
    return {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": throughput.read if throughput else 0,
        "WriteCapacityUnits": throughput.write if throughput else 0,
    }


def _describe_warm_throughput(throughput: Throughput | None) -> dict[str, Any]:
    units = (
        _ON_DEMAND_WARM
        if throughput is None
        else {"ReadUnitsPerSecond": throughput.read, "WriteUnitsPerSecond": throughput.write}
    )
    return {**units, "Status": "ACTIVE"}


def _seconds(moment: float) -> float:
    """Epoch seconds with milliseconds, as timestamps are written (control-plane 1)."""
    return round(moment, 3)
