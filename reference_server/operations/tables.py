"""CreateTable, DescribeTable, ListTables, UpdateTable and DeleteTable (control-plane 3 to 8)."""

from __future__ import annotations

from typing import Any

from reference_server import limits
from reference_server.model import shapes
from reference_server.tables import creation, description, updating
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.policies import Policies
from reference_server.tables.streams import Streams
from reference_server.tables.tags import Tags


def create_table(catalogue: Catalogue, request: shapes.CreateTableInput) -> dict[str, Any]:
    # PARAMETERS
    catalogue.refuse_foreign(request.TableName)
    schema = creation.read_schema(request)
    view_type = creation.read_stream_specification(request.StreamSpecification)
    settings = creation.read_settings(catalogue, request, schema)
    by_index = creation.read_index_settings(request, schema)
    tags, policies = catalogue.part(Tags), catalogue.part(Policies)
    tags.check(request.Tags or ())
    if request.ResourcePolicy is not None:
        policies.check_document(request.ResourcePolicy)
    # TABLE
    table = catalogue.create(schema, settings)
    for name, capacity in by_index.items():
        table.indexes[name].capacity = capacity
    if view_type is not None:
        catalogue.part(Streams).enable(table, view_type)
    tags.put(table, request.Tags or ())
    if request.ResourcePolicy is not None:
        policies.put(table.arn, request.ResourcePolicy)
    # RESPONSE
    return {"TableDescription": description.describe(catalogue, table)}


def describe_table(catalogue: Catalogue, request: shapes.DescribeTableInput) -> dict[str, Any]:
    # TABLE
    table = catalogue.describe(request.TableName)
    # RESPONSE
    return {"Table": description.describe(catalogue, table)}


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


def update_table(catalogue: Catalogue, request: shapes.UpdateTableInput) -> dict[str, Any]:
    # PARAMETERS
    updating.check(request)
    # TABLE
    updating.refuse_deletion_in_allocation(catalogue.describe(request.TableName), request)
    table = catalogue.changeable(request.TableName)
    update = updating.Updating(catalogue, table, request)
    update.plan()
    # WRITE
    update.begin()
    # RESPONSE
    return {"TableDescription": description.describe(catalogue, table)}


def delete_table(catalogue: Catalogue, request: shapes.DeleteTableInput) -> dict[str, Any]:
    # TABLE
    table = catalogue.deletable(request.TableName)
    # WRITE
    catalogue.drop(table)
    # RESPONSE
    return {"TableDescription": description.describe_deleted(catalogue, table)}
