"""Kinesis streaming destinations: each change of an item, put into a data stream (control-plane 17).

**Delivery.** A write leaves its record in the destination's queue and goes on; it neither waits nor fails. A thread
puts the records into the data stream one after the other, in the order of the writes, and ends when there are no more.
When the process ends, it waits a moment for these threads: what is not delivered by then is lost, and told in the log.

A record that is refused is tried again, a few times with growing pauses. If it is refused all the same, it is lost
with all that wait behind it (that keeps an item's records in order), and the log `reference_server.transfer` says how
many they were. The next write tries again. AWS goes on trying for a day.

**Enabling.** That the data stream exists is asked in a thread too, and until it is known the status is ENABLING. Where
it does not, or no endpoint is named, the status is ENABLE_FAILED, and its description says why. How many destinations a
table may have, no source says: here as many as one likes.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any, Final

from reference_server import messages, sizes
from reference_server.attribute import Item
from reference_server.errors import ValidationException
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.streams import event_name
from reference_server.tables.table import Change, Origin, Table
from reference_server.transfer.kinesis import DataStream, KinesisFailure

ENABLING, ACTIVE, UPDATING = "ENABLING", "ACTIVE", "UPDATING"
DISABLING, DISABLED, ENABLE_FAILED = "DISABLING", "DISABLED", "ENABLE_FAILED"
MILLISECOND, MICROSECOND = "MILLISECOND", "MICROSECOND"

# As docs and Lambda show it, other than in GetRecords (control-plane 20.3).
SERVICE_IDENTITY: Final = {"principalId": "dynamodb.amazonaws.com", "type": "Service"}

# How long the end of the process waits for records to be delivered, in seconds.
GRACE: Final = 1.0

# Pauses before a record is tried again, in seconds.
PAUSES: Final = (0.1, 0.3, 1.0)

_UNITS: Final = {MILLISECOND: 1_000, MICROSECOND: 1_000_000}

_log: Final = logging.getLogger("reference_server.transfer")


@dataclass(frozen=True, slots=True)
class Delivery:
    content: bytes
    partition_key: str


@dataclass(slots=True)
class Courier:
    """Puts what it is given into a data stream, in that order, in a thread that lives while there is something.

    A destination keeps its courier for good: with a second one, what the first has not delivered yet might arrive late.
    """

    stream: DataStream
    _waiting: deque[Delivery] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)
    _under_way: bool = False

    @property
    def waiting(self) -> int:
        """How many records have still to be begun with."""
        return len(self._waiting)

    def take(self, delivery: Delivery) -> None:
        with self._lock:
            self._waiting.append(delivery)
            if self._under_way:
                return
            self._under_way = True
        Round(self).start()

    def deliver(self) -> None:
        for delivery in self._next():
            try:
                self._put(delivery)
            except Exception as error:  # whatever it was, the thread must not die with _under_way set
                with self._lock:
                    lost = 1 + len(self._waiting)
                    self._waiting.clear()
                _log.error("%d records for %s are lost: %s", lost, self.stream.arn, error)

    def _next(self) -> Iterator[Delivery]:
        while True:
            with self._lock:
                if not self._waiting:
                    self._under_way = False
                    return
                delivery = self._waiting.popleft()
            yield delivery

    def _put(self, delivery: Delivery) -> None:
        for pause in PAUSES:
            try:
                self.stream.put(delivery.content, delivery.partition_key)
                return
            except KinesisFailure:
                time.sleep(pause)
        self.stream.put(delivery.content, delivery.partition_key)


class Round(Thread):
    """A courier's way, until it has nothing more to deliver."""

    def __init__(self, courier: Courier) -> None:
        super().__init__(name=courier.stream.arn, daemon=True)
        self.courier = courier

    def run(self) -> None:
        self.courier.deliver()


@atexit.register
def _wait_for_rounds() -> None:
    until = time.monotonic() + GRACE
    for thread in threading.enumerate():
        if isinstance(thread, Round):
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                lost = 1 + thread.courier.waiting
                _log.error("%d records for %s are lost: the process ends", lost, thread.courier.stream.arn)


class Destination:
    """A table's data stream. `precision` is None until somebody has asked for one."""

    def __init__(self, catalogue: Catalogue, table: Table, arn: str) -> None:
        self.catalogue = catalogue
        self.table = table
        self.arn = arn
        self.status = DISABLED
        self.description: str | None = None
        self.precision: str | None = None
        self._courier: Courier | None = None
        self._is_listening = False
        # How often the status was begun to change: what an earlier change left in the agenda is void.
        self._changes = 0
        self._told = 0

    def enable(self, precision: str | None) -> None:
        self.precision = precision
        self.description = None
        stream = DataStream.of(self.catalogue.cloud, self.arn)
        change = self._begin(ENABLING)
        earliest = self.catalogue.clock() + self.catalogue.cloud.transition_seconds

        def run() -> None:
            failure: str | None = None
            try:
                stream.check()
            except Exception as error:
                failure = str(error)
            cloud = self.catalogue.cloud
            cloud.agenda.enter(max(cloud.clock(), earliest), lambda _due: end(failure))

        def end(failure: str | None) -> None:
            if change != self._changes:
                return
            if failure is not None:
                self.status, self.description = ENABLE_FAILED, failure
                return
            self.status = ACTIVE
            if self._courier is None:
                self._courier = Courier(stream)
            self._courier.stream = stream
            self._is_listening = True
            self.table.listeners.append(self._listen)

        Thread(target=run, name=self.arn, daemon=True).start()

    def update(self, precision: str) -> None:
        self.precision = precision
        self._pass(UPDATING, ACTIVE)

    def disable(self) -> None:
        self.stop()
        self._pass(DISABLING, DISABLED)

    def stop(self) -> None:
        """Take no more records. Those that were taken are still delivered."""
        self._changes += 1
        if self._is_listening:
            self._is_listening = False
            self.table.listeners.remove(self._listen)

    def describe(self) -> dict[str, Any]:
        """A KinesisDataStreamDestination."""
        members: dict[str, Any] = {"StreamArn": self.arn, "DestinationStatus": self.status}
        if self.description is not None:
            members["DestinationStatusDescription"] = self.description
        if self.precision is not None:
            members["ApproximateCreationDateTimePrecision"] = self.precision
        return members

    def _begin(self, status: str) -> int:
        self.status = status
        self._changes += 1
        return self._changes

    def _pass(self, status: str, then: str) -> None:
        change = self._begin(status)

        def pass_over(_due: float) -> None:
            if change == self._changes:
                self.status = then

        self.catalogue.cloud.agenda.enter(self.catalogue.clock() + self.catalogue.cloud.transition_seconds, pass_over)

    def _listen(self, change: Change) -> None:
        if change.is_none or self._courier is None:
            return
        old = change.before.item if change.before else None
        new = change.after.item if change.after else None
        key = self.table.keys.key_of(new if new is not None else old or {})
        content = json.dumps(self._content(change, key, old, new), separators=(",", ":")).encode()
        # The same for the same item, so that its records stay in one shard of the data stream.
        partition_key = hashlib.md5(json.dumps(key, sort_keys=True).encode(), usedforsecurity=False).hexdigest()
        self._courier.take(Delivery(content, partition_key))

    def _content(self, change: Change, key: Item, old: Item | None, new: Item | None) -> dict[str, Any]:
        """A record as it stands in the data stream (control-plane 17). Both images, whatever the table's stream has."""
        images: dict[str, Item] = {"Keys": key}
        if new is not None:
            images["NewImage"] = new
        if old is not None:
            images["OldImage"] = old
        now = self.catalogue.clock()
        told: dict[str, Any] = {
            "ApproximateCreationDateTime": int(now * _UNITS[self.precision or MILLISECOND]),
            **images,
            "SizeBytes": sum(sizes.item_size(image) for image in images.values()),
        }
        if self.precision is not None:
            told["ApproximateCreationDateTimePrecision"] = self.precision
        self._told += 1
        id_ = f"{self.table.id} {self.arn} {self._told}"
        return {
            "awsRegion": self.catalogue.region,
            "eventID": hashlib.md5(id_.encode(), usedforsecurity=False).hexdigest(),
            "eventName": event_name(old, new),
            "userIdentity": SERVICE_IDENTITY if change.origin is Origin.TIME_TO_LIVE else None,
            "recordFormat": "application/json",
            "tableName": self.table.name,
            "dynamodb": told,
            "eventSource": "aws:dynamodb",
        }


class KinesisDestinations(Part):
    """The destinations of all tables of an account in a region."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._destinations: dict[str, dict[str, Destination]] = {}  # by the table's id and the data stream's ARN

    def of(self, table: Table) -> list[Destination]:
        return list(self._destinations.get(table.id, {}).values())

    def enable(self, table: Table, arn: str, precision: str | None) -> Destination:
        destinations = self._destinations.setdefault(table.id, {})
        found = destinations.get(arn)
        if found is not None and found.status not in (DISABLED, ENABLE_FAILED):
            raise ValidationException(messages.KINESIS_ENABLED)
        destination = found or destinations.setdefault(arn, Destination(self.catalogue, table, arn))
        destination.enable(precision)
        return destination

    def update(self, table: Table, arn: str, precision: str) -> Destination:
        destination = self._destinations.get(table.id, {}).get(arn)
        if destination is None:
            raise ValidationException(messages.KINESIS_UNKNOWN, arn=arn, table=table.name)
        if destination.status != ACTIVE:
            raise ValidationException(messages.KINESIS_NOT_ACTIVE, verb="update", doing="UPDATE")
        if precision == (destination.precision or MILLISECOND):
            raise ValidationException(messages.KINESIS_PRECISION, precision=precision, id=table.id, arn=arn)
        destination.update(precision)
        return destination

    def disable(self, table: Table, arn: str) -> Destination:
        destination = self._destinations.get(table.id, {}).get(arn)
        if destination is None or destination.status != ACTIVE:
            raise ValidationException(messages.KINESIS_NOT_ACTIVE, verb="disable", doing="DISABLE")
        destination.disable()
        return destination

    def table_dropped(self, table: Table) -> None:
        for destination in self._destinations.pop(table.id, {}).values():
            destination.stop()
