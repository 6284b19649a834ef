"""ImportTable, DescribeImport and ListImports (control-plane 13)."""

from __future__ import annotations

from typing import Any

from reference_server import limits, messages
from reference_server.errors import ValidationException
from reference_server.model import shapes
from reference_server.tables import creation
from reference_server.tables.catalogue import Catalogue
from reference_server.transfer import formats
from reference_server.transfer.imports import Imports, csv_headers
from reference_server.transfer.transfers import digest_of


def import_table(catalogue: Catalogue, request: shapes.ImportTableInput) -> dict[str, Any]:
    # PARAMETERS
    _check_options(request)
    described = _table_described(request.TableCreationParameters)
    schema = creation.read_schema(described)
    settings = creation.read_settings(catalogue, described, schema)
    by_index = creation.read_index_settings(described, schema)
    # TABLE
    imports = catalogue.part(Imports)
    importing = imports.repeated(request.ClientToken, digest_of(request))
    if importing is not None:
        return {"ImportTableDescription": importing.describe()}
    imports.refuse_too_many()
    table = catalogue.add(schema, settings)
    for name, capacity in by_index.items():
        table.indexes[name].capacity = capacity
    # WRITE
    importing = imports.start(table, request)
    # RESPONSE
    return {"ImportTableDescription": importing.describe()}


def describe_import(catalogue: Catalogue, request: shapes.DescribeImportInput) -> dict[str, Any]:
    # TABLE
    importing = catalogue.part(Imports).find(request.ImportArn)
    # RESPONSE
    return {"ImportTableDescription": importing.describe()}


def list_imports(catalogue: Catalogue, request: shapes.ListImportsInput) -> dict[str, Any]:
    # READ
    limit = request.PageSize or limits.LIST_TRANSFERS
    page, following = catalogue.part(Imports).listed(request.TableArn, limit, request.NextToken)
    # RESPONSE
    reply: dict[str, Any] = {"ImportSummaryList": [importing.summarise() for importing in page]}
    if following is not None:
        reply["NextToken"] = following
    return reply


def _check_options(request: shapes.ImportTableInput) -> None:
    options = request.InputFormatOptions
    if options is not None and options.Csv is not None and request.InputFormat != formats.CSV:
        raise ValidationException(messages.IMPORT_OPTIONS_OF_OTHER)
    seen: set[str] = set()
    for name in csv_headers(request):
        if name in seen:
            raise ValidationException(messages.IMPORT_HEADERS_REPEATED, name=name)
        seen.add(name)


def _table_described(parameters: shapes.TableCreationParameters) -> shapes.CreateTableInput:
    """The CreateTable request that would make the same table: its rules are this one's."""
    return shapes.CreateTableInput(
        **{name: getattr(parameters, name) for name in shapes.TableCreationParameters.__struct_fields__}
    )
