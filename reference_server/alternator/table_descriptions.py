"""What is told of a table: DescribeTable and DeleteTable say what it is, CreateTable and UpdateTable what was asked.

What DynamoDB tells beside, such as ItemCount, is not there (rule: describe-table-absent).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reference_server.alternator import streams
from reference_server.alternator.edition import Edition
from reference_server.alternator.request import JSONObject, Request
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import KeyAttribute
from reference_server.tables.table import Index, Table


def table_arn(table: Table) -> str:
    """rule: table-arn."""
    return f"arn:scylla:alternator:alternator_{table.name}:scylla:table/{table.name}"


def echo(catalogue: Catalogue, request: Request, table: Table) -> JSONObject:
    """The request, and what the table has that it could not say (rules: create-table-reply, update-table-reply)."""
    described = {
        **request.body,
        "CreationDateTime": _creation(catalogue, request.edition, table),
        "TableStatus": "ACTIVE",
        "TableId": table.id,
    }
    return {"TableDescription": described | streams.describe(catalogue, table)}


def summarise(catalogue: Catalogue, edition: Edition, table: Table, status: str) -> JSONObject:
    """What DeleteTable tells (recorded del-protected); DescribeTable goes on from there.

    Whatever CreateTable was told of billing, a table is paid for by the request (recorded dt-prov).
    """
    return {
        "TableName": table.name,
        "TableStatus": status,
        "TableArn": table_arn(table),
        "TableId": table.id,
        "BillingModeSummary": {
            "BillingMode": "PAY_PER_REQUEST",
            "LastUpdateToPayPerRequestDateTime": _creation(catalogue, edition, table),
        },
        "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0},
    }


def describe(catalogue: Catalogue, edition: Edition, table: Table) -> JSONObject:
    """What DescribeTable tells (rule: table-description-differences; recorded dt-hash, dt-gsi, dt-lsi, dt-stream)."""
    described = summarise(catalogue, edition, table, "ACTIVE")
    described["CreationDateTime"] = _creation(catalogue, edition, table)
    if edition.describes_states:
        described["TableSizeBytes"] = table.total_bytes
    described["KeySchema"] = _key_schema(table.keys.attributes)
    for member, is_global in (("GlobalSecondaryIndexes", True), ("LocalSecondaryIndexes", False)):
        indexes = [
            _describe_index(edition, table, index)
            for index in table.indexes.values()
            if index.schema.is_global is is_global
        ]
        if indexes:
            described[member] = indexes
    described["AttributeDefinitions"] = _definitions(table)
    streaming = streams.describe(catalogue, table)
    if not streaming and edition.describes_states:
        streaming = {"StreamSpecification": {"StreamEnabled": False}}
    return described | streaming


def _creation(catalogue: Catalogue, edition: Edition, table: Table) -> int:
    """rule: creation-date."""
    return int(catalogue.clock() if edition.dates_tables_by_the_call else table.created)


def _describe_index(edition: Edition, table: Table, index: Index) -> JSONObject:
    """rules: index-projection-ignored, index-status."""
    keys = index.schema.keys
    attributes = keys.attributes
    if not keys.sort and edition.describes_added_sort_keys:
        attributes += tuple(one for one in table.keys.attributes if one.name not in keys.types)[:1]
    described: dict[str, Any] = {
        "IndexName": index.schema.name,
        "IndexArn": f"{table_arn(table)}/index/{index.schema.name}",
        "KeySchema": _key_schema(attributes),
        "Projection": {"ProjectionType": "ALL"},
    }
    if edition.describes_states:
        described["IndexStatus"] = "ACTIVE"
    return described


def _key_schema(attributes: Iterable[KeyAttribute]) -> list[JSONObject]:
    return [
        {"AttributeName": attribute.name, "KeyType": kind}
        for attribute, kind in zip(attributes, ("HASH", "RANGE"), strict=False)
    ]


def _definitions(table: Table) -> list[JSONObject]:
    """In the order of a hash table on the real server: here the last one first, as it is there for a few."""
    types = dict(table.keys.types)
    for index in table.indexes.values():
        types |= index.keys.types
    return [{"AttributeName": name, "AttributeType": type_} for name, type_ in reversed(types.items())]
