"""Tables of the database itself, read as `.scylla.alternator.KEYSPACE.TABLE` by Scan and Query (rule: internal-tables).

Those that say something true of this server too, with some of their columns. A column whose type is not one of
DynamoDB's is shown as S. What is in them is made when they are read.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from reference_server.alternator import texts, values
from reference_server.alternator.keys import AlternatorKeySchema
from reference_server.attribute import Item
from reference_server.errors import ResourceNotFoundException, ValidationException
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import KeyAttribute, TableSchema
from reference_server.tables.table import Table

PREFIX: Final = ".scylla.alternator."

# What a single node says of itself, where the recorded one has a name.
DATA_CENTER: Final = "datacenter1"
RACK: Final = "rack1"


def is_internal(name: str) -> bool:
    return name.startswith(PREFIX)


def refuse_prefix(name: str) -> None:
    """rule: reserved-table-prefix."""
    if is_internal(name):
        raise ValidationException(texts.INTERNAL_PREFIX_RESERVED, prefix=PREFIX)


def find(catalogue: Catalogue, name: str) -> Table:
    """The internal table of that name, as it is now.

    Raises ResourceNotFoundException (recorded sc-internal-missing).
    """
    inner = name.removeprefix(PREFIX)
    kind = _TABLES.get(inner)
    if kind is None:
        raise ResourceNotFoundException(texts.INTERNAL_TABLE_NOT_FOUND, name=inner)
    keys = AlternatorKeySchema(kind.keys[:1], kind.keys[1:])
    table = Table(
        schema=TableSchema(name=name, keys=keys, attribute_types=keys.types),
        arn="",
        id=str(uuid.UUID(int=0)),
        created=catalogue.clock(),
    )
    for row in kind.rows(catalogue):
        table.put(row, values.size(row))
    return table


@dataclass(frozen=True, slots=True)
class _InternalTable:
    keys: tuple[KeyAttribute, ...]
    rows: Callable[[Catalogue], Iterable[Item]]


def _text(columns: Mapping[str, str]) -> Item:
    return {name: {"S": text} for name, text in columns.items()}


def _local(_catalogue: Catalogue) -> Iterable[Item]:
    yield _text(
        {
            "key": "local",
            "bootstrapped": "COMPLETED",
            "data_center": DATA_CENTER,
            "partitioner": "org.apache.cassandra.dht.Murmur3Partitioner",
            "rack": RACK,
        }
    )


def _keyspaces(catalogue: Catalogue) -> Iterable[Item]:
    """Each table has one of its own."""
    for table in catalogue:
        yield _text({"keyspace_name": f"alternator_{table.name}"}) | {"durable_writes": {"BOOL": True}}


def _schema_tables(catalogue: Catalogue) -> Iterable[Item]:
    for table in catalogue:
        yield _text({"keyspace_name": f"alternator_{table.name}", "table_name": table.name, "id": table.id})


def _nothing(_catalogue: Catalogue) -> Iterable[Item]:
    """No table here is made of tablets."""
    return ()


_TABLES: Final[Mapping[str, _InternalTable]] = {
    "system.local": _InternalTable((KeyAttribute("key", "S"),), _local),
    "system.tablets": _InternalTable((KeyAttribute("table_id", "S"), KeyAttribute("last_token", "N")), _nothing),
    "system_schema.keyspaces": _InternalTable((KeyAttribute("keyspace_name", "S"),), _keyspaces),
    "system_schema.tables": _InternalTable(
        (KeyAttribute("keyspace_name", "S"), KeyAttribute("table_name", "S")), _schema_tables
    ),
}
