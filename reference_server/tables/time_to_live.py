"""Time to live: items that expire, and are deleted then (control-plane 9).

AWS deletes an expired item within days, and until then it is still read. Here it is deleted as soon as it has expired:
the first request after that does not see it any more. So what a test waits for does happen, and an application that
works here works wherever the deletion comes later, if it does not rely on the item's being gone.

A deletion goes the way of every write: indexes, streams (with the service's identity) and replicas know of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from reference_server import limits, messages
from reference_server.attribute import Item
from reference_server.errors import ValidationException
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.table import Change, Origin, Record, Table


@dataclass(slots=True)
class Expirations:
    """A table whose items expire by `attribute`. `changed` is when that was last changed, in epoch seconds."""

    table: Table
    attribute: str
    catalogue: Catalogue
    changed: float
    enabled: bool = True
    # When the agenda next looks at an item, by its key bytes: one entry an item, however often it is written.
    _waiting: dict[bytes, float] = field(default_factory=dict)

    def watch(self) -> None:
        for record in self.table.records.values():
            self._enter(record)
        self.table.listeners.append(self._listen)

    def stop(self) -> None:
        self.enabled = False
        self.table.listeners.remove(self._listen)

    def _listen(self, change: Change) -> None:
        if change.after is not None:
            self._enter(change.after)

    def _enter(self, record: Record) -> None:
        expiry = self._expiry(record.item)
        if expiry is None:
            return
        key = self.table.keys.key_bytes(record.item)
        if expiry >= self._waiting.get(key, math.inf):
            return  # it is looked at before that anyhow
        self._waiting[key] = expiry
        self.catalogue.cloud.agenda.enter(expiry, lambda due: self._expire(key, due))

    def _expire(self, key: bytes, due: float) -> None:
        """Delete the item if it is as old as that by now; it may have been changed, or be gone."""
        if self._waiting.get(key) != due:
            return  # an earlier look has taken this one's place
        del self._waiting[key]
        record = self.table.records.get(key)
        if not self.enabled or record is None:
            return
        expiry = self._expiry(record.item)
        if expiry is not None and expiry <= due:
            self.table.delete(self.table.keys.key_of(record.item), Origin.TIME_TO_LIVE)
        else:
            self._enter(record)

    def _expiry(self, item: Item) -> float | None:
        """The first moment at which the item has expired; None for one that does not expire.

        That is one without a number of epoch seconds, or with one of more than five years ago.
        """
        text = item.get(self.attribute, {}).get("N")
        if not isinstance(text, str):
            return None
        seconds = float(text)
        if seconds < self.catalogue.clock() - limits.TIME_TO_LIVE_OLDEST_SECONDS:
            return None
        return math.nextafter(seconds, math.inf)  # the value must be less than now


class TimeToLive(Part):
    """Which tables of an account in a region have items that expire."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._tables: dict[str, Expirations] = {}  # by the table's id

    def enable(self, table: Table, attribute: str) -> None:
        """Raises ValidationException where it is enabled already, or was changed within the hour."""
        known = self._tables.get(table.id)
        if known is not None and known.enabled:
            if known.attribute != attribute:
                raise ValidationException(messages.TIME_TO_LIVE_OTHER_ATTRIBUTE, attribute=known.attribute)
            raise ValidationException(messages.TIME_TO_LIVE_ENABLED)
        self._refuse_haste(known)
        self._tables[table.id] = Expirations(table, attribute, self.catalogue, self.catalogue.clock())
        self._tables[table.id].watch()

    def disable(self, table: Table, attribute: str) -> None:
        """Raises ValidationException where it is not enabled, by another attribute, or was changed within the hour."""
        known = self._tables.get(table.id)
        if known is None or not known.enabled:
            raise ValidationException(messages.TIME_TO_LIVE_DISABLED)
        if known.attribute != attribute:
            raise ValidationException(messages.TIME_TO_LIVE_OTHER_ATTRIBUTE, attribute=known.attribute)
        self._refuse_haste(known)
        known.stop()
        known.changed = self.catalogue.clock()

    def describe(self, table: Table) -> dict[str, Any]:
        """A TimeToLiveDescription."""
        known = self._tables.get(table.id)
        if known is None:
            return {"TimeToLiveStatus": "DISABLED"}
        passing = self.catalogue.clock() < known.changed + self.catalogue.cloud.transition_seconds
        if known.enabled:
            status = "ENABLING" if passing else "ENABLED"
            return {"TimeToLiveStatus": status, "AttributeName": known.attribute}
        if passing:
            return {"TimeToLiveStatus": "DISABLING", "AttributeName": known.attribute}
        return {"TimeToLiveStatus": "DISABLED"}

    def table_dropped(self, table: Table) -> None:
        known = self._tables.pop(table.id, None)
        if known is not None and known.enabled:
            known.stop()

    def _refuse_haste(self, known: Expirations | None) -> None:
        if known is not None and self.catalogue.clock() < known.changed + limits.TIME_TO_LIVE_CHANGE_SECONDS:
            raise ValidationException(messages.TIME_TO_LIVE_HASTE)
