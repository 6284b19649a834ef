"""What a table, or a global index, is besides its schema: how it is paid for, encrypted, kept (control-plane 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """The states of a table, and of an index (control-plane 4)."""

    CREATING = "CREATING"
    UPDATING = "UPDATING"
    DELETING = "DELETING"
    ACTIVE = "ACTIVE"
    ARCHIVING = "ARCHIVING"
    ARCHIVED = "ARCHIVED"
    INACCESSIBLE_ENCRYPTION_CREDENTIALS = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"


@dataclass(frozen=True, slots=True)
class OnDemandLimits:
    """The most that an on-demand table or index takes a second; None for no limit."""

    read: int | None = None
    write: int | None = None


@dataclass(frozen=True, slots=True)
class WarmUnits:
    """What is ready at once, a second."""

    read: int
    write: int


@dataclass(slots=True)
class Capacity:
    """How a table or a global index is paid for, but for its provisioned units. Times are in epoch seconds."""

    on_demand: OnDemandLimits | None = None
    warm: WarmUnits | None = None
    # Whether the warm units are on their way; they are told so once, in the reply that asks for them.
    warming: bool = False
    increased: float | None = None
    decreased: list[float] = field(default_factory=list)

    def decreases_of_day(self, now: float) -> list[float]:
        """When units were decreased on the UTC day of `now`."""
        day = datetime.fromtimestamp(now, UTC).date()
        return [moment for moment in self.decreased if datetime.fromtimestamp(moment, UTC).date() == day]


@dataclass(slots=True)
class Encryption:
    """Encryption with a key of KMS. (With AWS's own key, a table tells nothing.)"""

    key_arn: str
    status: str = "ENABLED"


@dataclass(slots=True)
class Settings:
    """`table_class` is None until it is given or changed. Times are in epoch seconds."""

    capacity: Capacity = field(default_factory=Capacity)
    deletion_protection: bool = False
    encryption: Encryption | None = None
    table_class: str | None = None
    table_class_changes: list[float] = field(default_factory=list)
    # When the table was put on demand: at its creation, or later.
    put_on_demand: list[float] = field(default_factory=list)
    # When UpdateTable was asked to put it on demand; a table's creation is no switch.
    switched_on_demand: list[float] = field(default_factory=list)


def describe_on_demand(capacity: Capacity) -> dict[str, Any]:
    """OnDemandThroughput, where there is a limit; -1 for the side that has none (control-plane 4)."""
    if capacity.on_demand is None:
        return {}
    read, write = capacity.on_demand.read, capacity.on_demand.write
    units = {"MaxReadRequestUnits": read, "MaxWriteRequestUnits": write}
    return {"OnDemandThroughput": {name: -1 if value is None else value for name, value in units.items()}}
