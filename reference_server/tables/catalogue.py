"""What a server holds: the tables, and the tokens of requests not to be carried out twice."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Callable

from reference_server import messages
from reference_server.errors import ResourceInUseException, ResourceNotFoundException
from reference_server.tables.request_tokens import RequestTokens
from reference_server.tables.schema import TableSchema
from reference_server.tables.table import Table

REGION = "us-east-1"
ACCOUNT = "000000000000"


class Catalogue:
    """All tables, by name. `clock` gives epoch seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.tokens = RequestTokens(clock)
        self._tables: dict[str, Table] = {}

    def create(
        self, schema: TableSchema, *, deletion_protection: bool = False, table_class: str | None = None
    ) -> Table:
        """Raises ResourceInUseException where the name is taken."""
        if schema.name in self._tables:
            raise ResourceInUseException(messages.TABLE_EXISTS, name=schema.name)
        table = Table(
            schema=schema,
            arn=f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{schema.name}",
            id=str(uuid.uuid4()),
            created=self.clock(),
            deletion_protection=deletion_protection,
            table_class=table_class,
        )
        self._tables[schema.name] = table
        return table

    def open(self, name: str) -> Table:
        """The table that an item operation names, by its name or its ARN. Raises ResourceNotFoundException."""
        table = self._tables.get(short_name(name))
        if table is None:
            raise ResourceNotFoundException(messages.TABLE_NOT_FOUND)
        return table

    def describe(self, name: str) -> Table:
        """The table that an operation on tables names: the same, but its error tells the name (data-plane 1.5)."""
        table = self._tables.get(short_name(name))
        if table is None:
            raise ResourceNotFoundException(messages.TABLE_NAMED_NOT_FOUND, name=short_name(name))
        return table

    def drop(self, table: Table) -> None:
        del self._tables[table.name]

    def names(self, *, after: str | None, limit: int) -> tuple[list[str], bool]:
        """At most `limit` names behind `after`, ascending, and whether there are more (control-plane 7)."""
        names = sorted(self._tables)
        start = 0 if after is None else bisect_right(names, after)
        return names[start : start + limit], start + limit < len(names)

    def clear(self) -> None:
        self._tables.clear()


def short_name(name: str) -> str:
    """The name in a table's ARN; any other text as it is."""
    return name.rpartition(":table/")[2] if name.startswith("arn:") else name
