"""The tags of tables, and what follows from them: time to live is a tag too.

That the attribute by which items expire is kept as a tag, and so is listed among the others by 6.2, is read from the
source, not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.table import Table
from reference_server.tables.time_to_live import Expirations

# Its value is the attribute by which items expire.
TIME_TO_LIVE: Final = "system:ttl_attribute"

_NONE: Final[Mapping[str, str]] = {}


class Tags(Part):
    """The tags of all tables, by the table's id."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._tags: dict[str, Mapping[str, str]] = {}
        self._expirations: dict[str, Expirations] = {}

    def of(self, table: Table) -> Mapping[str, str]:
        return self._tags.get(table.id, _NONE)

    def replace(self, table: Table, tags: Mapping[str, str]) -> None:
        self._tags[table.id] = tags
        self._expire_by(table, tags.get(TIME_TO_LIVE))

    def table_dropped(self, table: Table) -> None:
        self._tags.pop(table.id, None)
        self._expire_by(table, None)

    def _expire_by(self, table: Table, attribute: str | None) -> None:
        """Here items expire at once (`tables/time_to_live.py`), on the real server once a period (rule: ttl-delay)."""
        known = self._expirations.get(table.id)
        if known is not None:
            if known.attribute == attribute:
                return
            known.stop()
            del self._expirations[table.id]
        if attribute is not None:
            expirations = Expirations(table, attribute, self.catalogue, self.catalogue.clock())
            self._expirations[table.id] = expirations
            expirations.watch()
