"""What one account has in one region: tables, the tokens of requests not to be carried out twice, and whatever else
an operation keeps there.
"""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, TypeVar, cast

from reference_server import limits, messages
from reference_server.errors import (
    LimitExceededException,
    ResourceInUseException,
    ResourceNotFoundException,
    ValidationException,
)
from reference_server.tables.request_tokens import RequestTokens
from reference_server.tables.resources import Resource, read_resource
from reference_server.tables.schema import TableSchema
from reference_server.tables.settings import Settings, Status
from reference_server.tables.table import Table

if TYPE_CHECKING:
    from reference_server.tables.cloud import Cloud

REGION = "us-east-1"
ACCOUNT = "000000000000"

# What is being done to a table in each of its states (control-plane 5.2 and 6).
_DOING: Final[Mapping[Status, str]] = {
    Status.CREATING: "created",
    Status.UPDATING: "updated",
    Status.DELETING: "deleted",
}


class Part:
    """What a feature keeps for an account in a region: streams, backups, tags."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def table_deletable(self, table: Table) -> None:
        """Raises what DynamoDB says where this feature keeps a table from being deleted."""

    def table_dropped(self, table: Table) -> None:
        """A table is being deleted: what belongs to it goes with it, or goes on without it."""

    def table_dropping(self, table: Table) -> None:
        """A table is about to be deleted, and all that belongs to it is still there."""


_Part = TypeVar("_Part", bound=Part)


class Catalogue:
    """All tables of an account in a region, by name."""

    def __init__(self, cloud: Cloud, account: str, region: str) -> None:
        self.cloud = cloud
        self.account = account
        self.region = region
        self.clock = cloud.clock
        self.tokens = RequestTokens(cloud.clock)
        self._tables: dict[str, Table] = {}
        self._parts: dict[type[Part], Part] = {}

    def part(self, kind: type[_Part]) -> _Part:
        """The one object of this class that belongs here, made when it is first asked for."""
        found = self._parts.get(kind)
        if found is None:
            found = self._parts[kind] = kind(self)
        return cast(_Part, found)

    def arn(self, resource: str) -> str:
        return f"arn:aws:dynamodb:{self.region}:{self.account}:{resource}"

    def create(self, schema: TableSchema, settings: Settings) -> Table:
        """Raises ResourceInUseException where the name is taken."""
        table = self.add(schema, settings)
        self.change(table, Status.CREATING, table.warm_up)
        return table

    def add(self, schema: TableSchema, settings: Settings) -> Table:
        """A table that is CREATING until its maker says otherwise (`change`), for as long as filling it takes."""
        if schema.name in self._tables:
            raise ResourceInUseException(messages.TABLE_EXISTS, name=schema.name)
        self.refuse_one_more()
        return self.place(schema, settings, Status.CREATING)

    def refuse_one_more(self) -> None:
        """Raise LimitExceededException where there is no room for another table."""
        if len(self._tables) >= limits.TABLES:
            raise LimitExceededException(messages.TABLES_TOO_MANY, count=limits.TABLES)
        self._refuse_too_many_under_way()

    def place(self, schema: TableSchema, settings: Settings, status: Status) -> Table:
        """A table of a name that is free, in a state that is its maker's matter; no limit is asked."""
        table = Table(
            schema=schema,
            arn=self.arn(f"table/{schema.name}"),
            id=str(uuid.uuid4()),
            created=self.clock(),
            settings=settings,
            status=status,
        )
        self._tables[schema.name] = table
        return table

    def change(self, table: Table, status: Status, then: Callable[[], None] | None = None) -> None:
        """Bring the table into a state that passes into ACTIVE by itself; `then` is what has been brought about then.

        However short the time, the reply to the request that began it still shows the state.
        """
        table.status = status

        def pass_over(_due: float) -> None:
            if then is not None:
                then()
            table.status = Status.ACTIVE

        self.cloud.agenda.enter(self.clock() + self.cloud.transition_seconds, pass_over)

    def __iter__(self) -> Iterator[Table]:
        """The tables in order of their names."""
        for name in sorted(self._tables):
            yield self._tables[name]

    def find(self, name: str) -> Table | None:
        """The table of this name or ARN in whatever state, for operations that have errors of their own.

        By the ARN of another account or region there is none here, even if a table of its name is.
        """
        if not name.startswith("arn:"):
            return self._tables.get(name)
        resource = read_resource(name)
        return self._tables.get(resource.table) if resource is not None and self.owns(resource) else None

    def open(self, name: str) -> Table:
        """The table that an item operation names, by its name or its ARN. Raises ResourceNotFoundException."""
        table = self.find(name)
        if table is None or table.status is Status.CREATING:
            raise ResourceNotFoundException(messages.TABLE_NOT_FOUND)
        return table

    def describe(self, name: str) -> Table:
        """The table that an operation on tables names: the same, but its error tells the name (data-plane 1.5)."""
        table = self.find(name)
        if table is None:
            raise ResourceNotFoundException(messages.TABLE_NAMED_NOT_FOUND, name=short_name(name))
        return table

    def owns(self, resource: Resource) -> bool:
        """Whether an ARN is of this account and region; everybody's are where all share one."""
        return self.cloud.shared or (resource.account, resource.region) == (self.account, self.region)

    def present(self, name: str) -> Table:
        """The table, unless it is DELETING: what belongs to it cannot be changed any more (control-plane 8)."""
        table = self.describe(name)
        if table.status is Status.DELETING:
            raise ResourceNotFoundException(messages.TABLE_NAMED_NOT_FOUND, name=table.name)
        return table

    def refuse_foreign(self, name: str) -> None:
        """A table is made where the request is made. What AWS says to an ARN of elsewhere is not known."""
        resource = read_resource(name)
        if resource is not None and not self.owns(resource):
            raise ValidationException(messages.TAGGED_ARN_INVALID, arn=name)

    def _refuse_too_many_under_way(self) -> None:
        if sum(table.status in _DOING for table in self._tables.values()) >= limits.TABLES_UNDER_WAY:
            raise LimitExceededException(messages.TABLES_UNDER_WAY, count=limits.TABLES_UNDER_WAY)

    def changeable(self, name: str) -> Table:
        """The table that an operation is to change. Raises ResourceInUseException where it is not ACTIVE."""
        table = self.describe(name)
        doing = _DOING.get(table.status)
        if doing is not None:
            raise ResourceInUseException(messages.TABLE_IN_USE, doing=doing, name=table.name)
        self._refuse_too_many_under_way()
        return table

    def deletable(self, name: str) -> Table:
        """The table that is to be deleted; of one that is DELETING already no error is told (control-plane 6)."""
        table = self.describe(name)
        if table.status is Status.DELETING:
            return table
        table = self.changeable(name)
        if any(index.status is not Status.ACTIVE for index in table.indexes.values()):
            raise ResourceInUseException(messages.INDEXES_IN_USE)
        if table.settings.deletion_protection:
            raise ValidationException(messages.TABLE_PROTECTED)
        for part in self._parts.values():
            part.table_deletable(table)
        return table

    def drop(self, table: Table) -> None:
        """The table is DELETING from here on, and gone when that has taken its time."""
        if table.status is Status.DELETING:
            return
        self._take_leave(table)

        def pass_over(_due: float) -> None:
            del self._tables[table.name]

        self.cloud.agenda.enter(self.clock() + self.cloud.transition_seconds, pass_over)

    def discard(self, table: Table) -> None:
        """The table is gone at once."""
        self._take_leave(table)
        del self._tables[table.name]

    def _take_leave(self, table: Table) -> None:
        for part in list(self._parts.values()):
            part.table_dropping(table)
        table.status = Status.DELETING
        for part in list(self._parts.values()):
            part.table_dropped(table)

    def names(self, *, after: str | None, limit: int) -> tuple[list[str], bool]:
        """At most `limit` names behind `after`, ascending, and whether there are more (control-plane 7)."""
        names = sorted(self._tables)
        start = 0 if after is None else bisect_right(names, after)
        return names[start : start + limit], start + limit < len(names)


def short_name(name: str) -> str:
    """The name in a table's ARN; any other text as it is."""
    return name.rpartition(":table/")[2] if name.startswith("arn:") else name
