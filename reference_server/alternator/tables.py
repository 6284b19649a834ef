"""CreateTable and the other operations on tables (dossier 3, 4 and 5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from reference_server.alternator import texts
from reference_server.alternator.edition import Edition
from reference_server.alternator.keys import AlternatorKeySchema
from reference_server.alternator.request import JSONObject, Request, as_object, as_string, unasked
from reference_server.errors import ResourceNotFoundException, ValidationException
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import IndexProjection, IndexSchema, KeyAttribute, ProjectionType, TableSchema
from reference_server.tables.settings import Settings, Status
from reference_server.tables.table import Table

_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]+")


def table_name(body: Mapping[str, Any]) -> str:
    """The member TableName. Raises ValidationException where there is none."""
    name = body.get("TableName")
    if "TableName" not in body:
        raise ValidationException(texts.TABLE_NAME_MISSING)
    if not isinstance(name, str):
        raise ValidationException(texts.TABLE_NAME_NO_STRING)
    return name


def check_name(edition: Edition, name: str) -> None:
    if not 3 <= len(name.encode()) <= edition.table_name_bytes:
        raise ValidationException(texts.TABLE_NAME_LENGTH, most=edition.table_name_bytes)
    if not _NAME.fullmatch(name):
        raise ValidationException(texts.TABLE_NAME_PATTERN)


def open_table(catalogue: Catalogue, edition: Edition, name: str) -> Table:
    """The table of that name. A name that none can have is told as such (dossier 4, "Name invalid")."""
    table = catalogue.find(name) if not name.startswith("arn:") else None
    if table is None:
        check_name(edition, name)
        raise ResourceNotFoundException(texts.TABLE_NOT_FOUND, name=name)
    return table


def table_of(catalogue: Catalogue, request: Request) -> Table:
    """The table that a request names."""
    return open_table(catalogue, request.edition, table_name(request.body))


def create_table(catalogue: Catalogue, request: Request) -> JSONObject:
    body = request.body
    name = table_name(body)
    check_name(request.edition, name)
    types = {
        as_string(one["AttributeName"]): as_string(one["AttributeType"])
        for one in unasked(body, "AttributeDefinitions")
    }
    keys = _read_keys(body["KeySchema"], types)
    indexes = {}
    for member, is_global in (("GlobalSecondaryIndexes", True), ("LocalSecondaryIndexes", False)):
        for one in body.get(member, ()):
            index = as_object(one)
            indexes[index["IndexName"]] = IndexSchema(
                name=index["IndexName"],
                is_global=is_global,
                keys=_read_keys(index["KeySchema"], types),
                table_keys=keys,
                projection=IndexProjection(ProjectionType.ALL),
            )
    schema = TableSchema(name=name, keys=keys, attribute_types=types, indexes=indexes)
    table = catalogue.add(schema, Settings())
    table.status = Status.ACTIVE
    return {
        "TableDescription": {
            **body,
            "CreationDateTime": int(table.created),
            "TableStatus": "ACTIVE",
            "TableId": table.id,
        }
    }


def _read_keys(schema: Any, types: Mapping[str, str]) -> AlternatorKeySchema:
    attributes = [KeyAttribute(one["AttributeName"], types[one["AttributeName"]]) for one in schema]
    return AlternatorKeySchema(tuple(attributes[:1]), tuple(attributes[1:]))
