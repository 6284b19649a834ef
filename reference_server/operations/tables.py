"""CreateTable, DescribeTable, ListTables and DeleteTable (control-plane 3 to 7)."""

from __future__ import annotations

from typing import Any

from reference_server import limits, messages
from reference_server.errors import ValidationException
from reference_server.model import shapes
from reference_server.tables import creation, description
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.streams import Streams


def create_table(catalogue: Catalogue, request: shapes.CreateTableInput) -> dict[str, Any]:
    # PARAMETERS
    schema = creation.read_schema(request)
    view_type = creation.read_stream_specification(request)
    # TABLE
    table = catalogue.create(
        schema,
        deletion_protection=bool(request.DeletionProtectionEnabled),
        table_class=request.TableClass,
    )
    if view_type is not None:
        catalogue.part(Streams).enable(table, view_type)
    # RESPONSE
    return {"TableDescription": description.describe_created(table) | catalogue.part(Streams).describe(table)}


def describe_table(catalogue: Catalogue, request: shapes.DescribeTableInput) -> dict[str, Any]:
    # TABLE
    table = catalogue.describe(request.TableName)
    # RESPONSE
    return {"Table": description.describe(table) | catalogue.part(Streams).describe(table)}


def list_tables(catalogue: Catalogue, request: shapes.ListTablesInput) -> dict[str, Any]:
    # READ
    names, more = catalogue.names(
        after=request.ExclusiveStartTableName, limit=request.Limit or limits.LIST_TABLES_DEFAULT
    )
    # RESPONSE
    reply: dict[str, Any] = {"TableNames": names}
    if more:
        reply["LastEvaluatedTableName"] = names[-1]
    return reply


def delete_table(catalogue: Catalogue, request: shapes.DeleteTableInput) -> dict[str, Any]:
    # TABLE
    table = catalogue.changeable(request.TableName)
    if table.deletion_protection:
        raise ValidationException(messages.TABLE_PROTECTED)
    # WRITE
    catalogue.drop(table)
    # RESPONSE
    return {"TableDescription": description.describe_deleted(table)}
