"""The table that a request names; CreateTable, DescribeTable, DeleteTable and ListTables (dossier 3 and 4).

Nothing takes time: a table is ACTIVE when CreateTable has answered, and gone when DeleteTable has (rules:
table-synchronous, delete-table).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from reference_server import limits
from reference_server.alternator import internal_tables, keys, streams, table_descriptions, tags, texts
from reference_server.alternator.edition import Edition
from reference_server.alternator.request import JSONObject, Request, as_integer, as_string, unasked
from reference_server.alternator.table_definitions import (
    NAME,
    Definitions,
    check_billing_mode,
    read_indexes,
    read_key_names,
    read_stream,
    refuse_encryption,
)
from reference_server.alternator.tag_store import Tags
from reference_server.errors import (
    ResourceInUseException,
    ResourceNotFoundException,
    TableNotFoundException,
    ValidationException,
)
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import TableSchema
from reference_server.tables.settings import Settings, Status
from reference_server.tables.table import Table

_PAGE: Final = 100

# --- the table that is named ------------------------------------------------------------------------------

_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem"})


def table_name(body: Mapping[str, Any]) -> str:
    """The member TableName. Raises ValidationException where there is none (rule: missing-table-name)."""
    if "TableName" not in body:
        raise ValidationException(texts.TABLE_NAME_MISSING)
    name = body["TableName"]
    if not isinstance(name, str):
        raise ValidationException(texts.TABLE_NAME_NO_STRING)
    return name


def check_name(edition: Edition, name: str) -> None:
    """rule: table-name-length."""
    if not limits.TABLE_NAME_MIN <= len(name.encode()) <= edition.table_name_bytes:
        raise ValidationException(texts.TABLE_NAME_LENGTH, most=edition.table_name_bytes)
    if not NAME.fullmatch(name):
        raise ValidationException(texts.TABLE_NAME_PATTERN)


def open_table(catalogue: Catalogue, edition: Edition, name: str) -> Table:
    """The table of that name. A name that none can have is told as such (dossier 4, "Name invalid").

    An ARN is such a name (rule: table-name-arn).
    """
    table = catalogue.find(name) if not name.startswith("arn:") else None
    if table is None:
        check_name(edition, name)
        raise ResourceNotFoundException(texts.TABLE_NOT_FOUND, name=name)
    return table


def table_of(catalogue: Catalogue, request: Request) -> Table:
    """The table that a request for one item, or of one table, names."""
    name = table_name(request.body)
    if request.edition.names_internal_tables and request.operation in _WRITES and internal_tables.is_internal(name):
        raise ResourceNotFoundException(texts.INTERNAL_TABLE_FORBIDDEN, name=name)
    return open_table(catalogue, request.edition, name)


def table_to_read(catalogue: Catalogue, request: Request) -> Table:
    """The table that Query or Scan names, which may be an internal one."""
    name = table_name(request.body)
    return internal_tables.find(catalogue, name) if internal_tables.is_internal(name) else table_of(catalogue, request)


# --- operations -------------------------------------------------------------------------------------------


def create_table(catalogue: Catalogue, request: Request) -> JSONObject:
    """Everything is looked at before it is asked whether there is such a table (rule: table-exists)."""
    body, edition = request.body, request.edition
    name = table_name(body)
    check_name(edition, name)
    internal_tables.refuse_prefix(name)
    schema = _read_schema(edition, name, body)
    refuse_encryption(body)
    stream = read_stream(body)
    given = body.get("Tags")
    tagged = tags.check(edition, given, {}) if isinstance(given, list) else {}
    if catalogue.find(name) is not None:
        raise ResourceInUseException(texts.TABLE_EXISTS, name=name)
    table = catalogue.place(schema, Settings(), Status.ACTIVE)
    if tagged:
        catalogue.part(Tags).replace(table, tagged)
    if stream is not None and stream.enabled:
        streams.enable(catalogue, edition, table, stream.view_type)
    return table_descriptions.echo(catalogue, request, table)


def _read_schema(edition: Edition, name: str, body: JSONObject) -> TableSchema:
    if "AttributeDefinitions" not in body and edition.explains_wrong_json:
        raise ValidationException(texts.DEFINITIONS_MISSING)
    definitions = Definitions.read(edition, unasked(body, "AttributeDefinitions"))
    table_keys = definitions.key_schema(read_key_names(body))
    check_billing_mode(body)
    indexes = read_indexes(name, body, table_keys, definitions)
    definitions.refuse_unused()
    return TableSchema(name=name, keys=table_keys, attribute_types=definitions.types, indexes=indexes)


def describe_table(catalogue: Catalogue, request: Request) -> JSONObject:
    return {"Table": table_descriptions.describe(catalogue, request.edition, table_of(catalogue, request))}


def delete_table(catalogue: Catalogue, request: Request) -> JSONObject:
    """Nothing protects a table (rule: deletion-protection-ignored; recorded del-protected)."""
    table = table_of(catalogue, request)
    described = table_descriptions.summarise(catalogue, request.edition, table, "DELETING")
    catalogue.discard(table)
    return {"TableDescription": described}


def list_tables(catalogue: Catalogue, request: Request) -> JSONObject:
    """In no order that a client could know of: that of a hash table on the real server, here that of tokens of names.

    A page goes on behind a table that is there; behind one that is not, there is nothing (rules: list-tables-order,
    list-tables-start, list-tables-limit).
    """
    body = request.body
    start = as_string(body.get("ExclusiveStartTableName", ""))
    limit = as_integer(body.get("Limit", _PAGE))
    if not 1 <= limit <= _PAGE:
        raise ValidationException(texts.TABLES_LIMIT)
    names = sorted((table.name for table in catalogue), key=lambda name: keys.token(name.encode()))
    if start:
        names = names[names.index(start) + 1 :] if start in names else []
    reply: JSONObject = {"TableNames": names[:limit]}
    if len(names) > limit:
        reply["LastEvaluatedTableName"] = names[limit - 1]
    return reply


def describe_continuous_backups(catalogue: Catalogue, request: Request) -> JSONObject:
    """There are none. Of a missing table it is told in words of its own (rule: continuous-backups-disabled)."""
    name = table_name(request.body)
    if name.startswith("arn:") or catalogue.find(name) is None:
        check_name(request.edition, name)
        raise TableNotFoundException(texts.TABLE_OF_BACKUPS_NOT_FOUND, name=name)
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "DISABLED",
            "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
        }
    }
