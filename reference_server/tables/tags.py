"""Tags of tables (control-plane 10)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from reference_server import limits, messages
from reference_server.errors import ResourceInUseException, ResourceNotFoundException, ValidationException
from reference_server.messages import Message
from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.resources import read_resource
from reference_server.tables.settings import Status
from reference_server.tables.table import Table

RESERVED_PREFIX: Final = "aws:"
# Letters and digits of any language, spaces, and a few signs (control-plane 10).
_TEXT: Final = re.compile(r"[\w\s+\-=.:/@]*")


class Tags(Part):
    """The tags of all tables of an account in a region, by the table's id."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._tags: dict[str, dict[str, str]] = {}

    def table_of(self, arn: str, unknown: Message) -> Table:
        """The table that is tagged. Raises ValidationException for what is no ARN of one, ResourceNotFoundException."""
        resource = read_resource(arn)
        if resource is None or resource.kind != "table":
            raise ValidationException(messages.TAGGED_ARN_INVALID, arn=arn)
        table = self.catalogue.find(resource.table) if self.catalogue.owns(resource) else None
        if table is None:
            raise ResourceNotFoundException(unknown, arn=arn)
        return table

    def changeable(self, arn: str, unknown: Message) -> Table:
        """The table whose tags are to change: it must be there already, and still (control-plane 8)."""
        table = self.table_of(arn, unknown)
        if table.status is Status.DELETING:
            raise ResourceNotFoundException(unknown, arn=arn)
        if table.status is Status.CREATING:
            raise ResourceInUseException(messages.TABLE_IN_USE, doing="created", name=table.name)
        return table

    def check(self, tags: Sequence[shapes.Tag], present: Mapping[str, str] | None = None) -> dict[str, str]:
        """The tags that there will be. Raises ValidationException.

        Of a key that stands twice the last value counts: AWS is said to refuse it, in words that nobody has told.
        """
        for tag in tags:
            if tag.Key.startswith(RESERVED_PREFIX):
                raise ValidationException(messages.TAG_RESERVED, key=tag.Key)
            for text in (tag.Key, tag.Value):
                if not _TEXT.fullmatch(text):
                    raise ValidationException(messages.TAG_CHARACTERS, text=text)
        together = {**(present or {}), **{tag.Key: tag.Value for tag in tags}}
        if len(together) > limits.TAGS:
            raise ValidationException(messages.TAGS_TOO_MANY, limit=limits.TAGS)
        return together

    def put(self, table: Table, tags: Sequence[shapes.Tag]) -> None:
        self._tags[table.id] = self.check(tags, self._tags.get(table.id))

    def remove(self, table: Table, keys: Sequence[str]) -> None:
        """Absent keys are no error."""
        for key in keys:
            self._tags.get(table.id, {}).pop(key, None)

    def of(self, table: Table) -> Mapping[str, str]:
        return self._tags.get(table.id, {})

    def table_dropped(self, table: Table) -> None:
        self._tags.pop(table.id, None)
