"""UpdateTable (dossier 5). What it does not know it ignores; what it does happens at once.

rules: update-table-billing, update-table-options, update-table-nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from reference_server.alternator import internal_tables, streams, table_descriptions, texts
from reference_server.alternator.edition import Edition
from reference_server.alternator.keys import AlternatorKeySchema
from reference_server.alternator.request import JSONObject, Request
from reference_server.alternator.table_definitions import (
    Definitions,
    check_billing_mode,
    check_index_name,
    index_schema,
    read_index_name,
    read_key_names,
    read_stream,
)
from reference_server.alternator.tables import table_name, table_of
from reference_server.errors import LimitExceededException, ResourceNotFoundException, ValidationException
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.table import Index, Table

# Refused whatever is in them (rule: update-table-refused; recorded ut-billing-prov, ut-replicas, ut-sse).
_UNSUPPORTED: Final = ("ProvisionedThroughput", "ReplicaUpdates", "SSESpecification")
_INDEX_UPDATES: Final = "GlobalSecondaryIndexUpdates"


def update_table(catalogue: Catalogue, request: Request) -> JSONObject:
    body, edition = request.body, request.edition
    unsupported = _UNSUPPORTED if edition.changes_indexes else (_INDEX_UPDATES, *_UNSUPPORTED)
    for member in unsupported:
        if member in body:
            raise ValidationException(texts.UPDATE_UNSUPPORTED, member=member)
    if "BillingMode" in body:
        check_billing_mode(body)
    internal_tables.refuse_prefix(table_name(body))
    table = table_of(catalogue, request)
    stream = read_stream(body)
    change_indexes = _read_index_update(edition, table, body) if edition.changes_indexes else None
    if edition.changes_indexes and stream is None and change_indexes is None and "BillingMode" not in body:
        raise ValidationException(texts.UPDATE_OF_NOTHING)
    if stream is not None and stream.enabled:
        streams.enable(catalogue, edition, table, stream.view_type)
    elif stream is not None:
        streams.disable(catalogue, edition, table)
    if change_indexes is not None:
        change_indexes()
    return table_descriptions.echo(catalogue, request, table)


# --- indexes ----------------------------------------------------------------------------------------------


def _read_index_update(edition: Edition, table: Table, body: JSONObject) -> Callable[[], None] | None:
    """How the indexes are to change; None where nothing is asked for. One creation or deletion at a time.

    rules: index-changes, index-throughput, index-exists, index-delete-missing, update-attribute-definitions.
    """
    if _INDEX_UPDATES not in body:
        return None
    updates = body[_INDEX_UPDATES]
    if not isinstance(updates, list):
        raise ValidationException(texts.INDEX_UPDATES_NO_ARRAY)
    if not updates:
        return None
    if len(updates) > 1:
        raise LimitExceededException(texts.INDEX_UPDATES_TOO_MANY)
    if not isinstance(updates[0], dict) or len(updates[0]) != 1:
        raise ValidationException(texts.INDEX_UPDATE_FORM)
    ((kind, content),) = updates[0].items()
    if kind not in _READERS:
        raise ValidationException(texts.INDEX_UPDATE_UNKNOWN, kind=kind)
    return _READERS[kind](edition, table, body, content)


def _read_creation(edition: Edition, table: Table, body: JSONObject, content: Any) -> Callable[[], None]:
    if "AttributeDefinitions" not in body:
        raise ValidationException(texts.INDEX_CREATE_DEFINITIONS)
    definitions = Definitions.read(edition, body["AttributeDefinitions"])
    _refuse_redefinition(table, definitions)
    name = read_index_name(_INDEX_UPDATES, content)
    check_index_name(table.name, name)
    if name in table.indexes:
        is_global = table.indexes[name].schema.is_global
        text = texts.GLOBAL_INDEX_EXISTS if is_global else texts.LOCAL_INDEX_EXISTS
        raise ValidationException(text, index=name, table=table.name)
    index_keys = definitions.key_schema(read_key_names(content))
    definitions.refuse_unused()
    schema = index_schema(name, index_keys, cast(AlternatorKeySchema, table.keys), is_global=True)

    def create() -> None:
        """The items that are there are entered, but for those whose values cannot be the index's keys.

        rule: index-backfill.
        """
        table.schema = replace(
            table.schema,
            attribute_types={**table.schema.attribute_types, **definitions.types},
            indexes={**table.schema.indexes, name: schema},
        )
        table.indexes[name] = Index(schema)
        table.fill(table.indexes[name])

    return create


def _refuse_redefinition(table: Table, definitions: Definitions) -> None:
    """An attribute that is a key already, of the table or of an index, keeps its type."""
    for name, new in definitions.types.items():
        for keys in (table.keys, *(index.schema.keys for index in table.indexes.values())):
            old = keys.types.get(name, new)
            if old != new:
                raise ValidationException(texts.DEFINITION_CHANGED, name=name, new=new, old=old)


def _read_deletion(_edition: Edition, table: Table, _body: JSONObject, content: Any) -> Callable[[], None]:
    name = read_index_name(_INDEX_UPDATES, content)
    if name not in table.indexes or not table.indexes[name].schema.is_global:
        raise ResourceNotFoundException(texts.GLOBAL_INDEX_NOT_FOUND, index=name, table=table.name)

    def delete() -> None:
        left = {other: schema for other, schema in table.schema.indexes.items() if other != name}
        table.schema = replace(table.schema, indexes=left)
        del table.indexes[name]

    return delete


def _refuse_update(_edition: Edition, _table: Table, _body: JSONObject, _content: Any) -> Callable[[], None]:
    raise ValidationException(texts.INDEX_UPDATE_UNSUPPORTED)


_READERS: Final[Mapping[str, Callable[[Edition, Table, JSONObject, Any], Callable[[], None]]]] = {
    "Create": _read_creation,
    "Delete": _read_deletion,
    "Update": _refuse_update,
}
