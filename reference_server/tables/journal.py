"""Point-in-time recovery: what a table held at every second (control-plane 12).

A journal is a table's items as they were when it was begun, and each write since. The writes that are older than the
recovery period are carried out on those items, and forgotten: nobody can ask for the time before them any more.

Times of recovery are whole seconds, as AWS documents ("day:hour:minute:second") and as its SDKs send them. The state
of a second is what the table held at its end. So a client that notes the time after a write, and restores to it, gets
the write.

LatestRestorableDateTime is now. At AWS it is "typically" five minutes ago; who asks for it before restoring, or uses
UseLatestRestorableTime, works with both, and nobody has to wait here.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reference_server import limits, messages
from reference_server.errors import PointInTimeRecoveryUnavailableException
from reference_server.storage.memory import OrderedMap
from reference_server.tables.backups import Backups
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.table import Change, Record, Table


@dataclass(frozen=True, slots=True)
class Entry:
    """One write, in epoch seconds: what is at a key from then on."""

    at: float
    key: bytes
    after: Record | None


@dataclass(frozen=True, slots=True)
class NetChange:
    """What several writes of one item have come to. `at` is the last one's time."""

    before: Record | None
    after: Record | None
    at: float


class Journal:
    """One enabling of point-in-time recovery of a table."""

    def __init__(self, catalogue: Catalogue, table: Table, days: int) -> None:
        self.days = days
        self._catalogue = catalogue
        self._table = table
        # The items as they were before `_begin`, a whole second, and the writes since.
        self._begin = math.floor(catalogue.clock())
        self._items: OrderedMap[Record] = table.records.copy()
        self._entries: list[Entry] = []
        self._pruning = False
        table.listeners.append(self._listen)

    def close(self) -> None:
        self._table.listeners.remove(self._listen)

    @property
    def earliest(self) -> int:
        return max(self._begin, math.floor(self._catalogue.clock()) - self.days * limits.DAY_SECONDS)

    @property
    def latest(self) -> int:
        return math.floor(self._catalogue.clock())

    def covers(self, moment: float) -> bool:
        return self.earliest <= math.floor(moment) <= self.latest

    def state_at(self, moment: float) -> OrderedMap[Record]:
        """What the table held at the end of the second of `moment`, which the journal must cover."""
        items = self._items.copy()
        for entry in self._entries[: self._position(math.floor(moment) + 1)]:
            _carry_out(items, entry)
        return items

    def changes(self, since: float, until: float) -> Mapping[bytes, NetChange]:
        """What became, from `since` on and before `until`, of each item that was written then, by its key bytes.

        One that was not there before, and is not there after, is left out.
        """
        first = self._position(since)
        written = {entry.key: entry for entry in self._entries[first : self._position(until)]}
        before = {key: self._items.get(key) for key in written}
        before |= {entry.key: entry.after for entry in self._entries[:first] if entry.key in written}
        return {
            key: NetChange(before[key], entry.after, entry.at)
            for key, entry in written.items()
            if before[key] is not None or entry.after is not None
        }

    def prune(self) -> None:
        """Forget what is older than the recovery period."""
        horizon = self.earliest
        old = self._position(horizon)
        for entry in self._entries[:old]:
            _carry_out(self._items, entry)
        del self._entries[:old]
        self._begin = horizon
        self._enter_pruning()

    def _position(self, moment: float) -> int:
        return bisect_left(self._entries, moment, key=lambda entry: entry.at)

    def _listen(self, change: Change) -> None:
        if change.is_none:
            return
        now = self._catalogue.clock()
        if self._entries:
            now = max(now, self._entries[-1].at)  # real clocks may go back
        record = change.after or change.before
        assert record is not None, "a change has a record"
        self._entries.append(Entry(now, self._table.keys.key_bytes(record.item), change.after))
        self._enter_pruning()

    def _enter_pruning(self) -> None:
        """Once for the oldest entry, when it has outlived the period."""
        if self._pruning or not self._entries:
            return
        self._pruning = True

        def pass_over(_due: float) -> None:
            self._pruning = False
            self.prune()

        due = self._entries[0].at + self.days * limits.DAY_SECONDS + 1
        self._catalogue.cloud.agenda.enter(due, pass_over)


def _carry_out(items: OrderedMap[Record], entry: Entry) -> None:
    if entry.after is not None:
        items.put(entry.key, entry.after)
    elif items.get(entry.key) is not None:
        items.remove(entry.key)


class ContinuousBackups(Part):
    """The journals of an account's tables in a region. Backups are always on, recovery is when it is asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._journals: dict[str, Journal] = {}  # by the table's id

    def enable(self, table: Table, days: int | None) -> None:
        """Without `days` they are 35, also where recovery is on already and has fewer (control-plane 12)."""
        days = limits.RECOVERY_DAYS if days is None else days
        journal = self._journals.get(table.id)
        if journal is None:
            self._journals[table.id] = Journal(self.catalogue, table, days)
        else:
            journal.prune()  # what the old period has left is all there is
            journal.days = days
            journal.prune()

    def disable(self, table: Table) -> None:
        """The journal is gone; one that is begun later knows nothing of the time before."""
        journal = self._journals.pop(table.id, None)
        if journal is not None:
            journal.close()

    def journal(self, table: Table) -> Journal:
        """Raises PointInTimeRecoveryUnavailableException where recovery is not enabled."""
        journal = self._journals.get(table.id)
        if journal is None:
            raise PointInTimeRecoveryUnavailableException(messages.RECOVERY_NOT_ENABLED, name=table.name)
        return journal

    def describe(self, table: Table) -> dict[str, Any]:
        """ContinuousBackupsDescription."""
        journal = self._journals.get(table.id)
        recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
        if journal is not None:
            recovery = {
                "PointInTimeRecoveryStatus": "ENABLED",
                "RecoveryPeriodInDays": journal.days,
                "EarliestRestorableDateTime": float(journal.earliest),
                "LatestRestorableDateTime": float(journal.latest),
            }
        return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}

    def table_dropping(self, table: Table) -> None:
        if table.id in self._journals:
            self.catalogue.part(Backups).keep_deleted(table)

    def table_dropped(self, table: Table) -> None:
        self.disable(table)
