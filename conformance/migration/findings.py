"""What differs, by cause: the rule that explains it, or, where none does, the kind of the difference."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.divergence import Difference, Layer
from conformance.scenario import Reply, Scenario, Step


class Effect(StrEnum):
    """What an application feels, gravest first. The names are those of the rules' effects but for two."""

    WRONG_DATA = "wrong-data"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    ERROR_TYPE = "error-type"
    MISSING = "missing"
    SLOWER = "slower"
    REWORDED = "reworded"
    NONE = "none"


# Those by which `--strict` fails.
TOUCHING_DATA = frozenset({Effect.WRONG_DATA, Effect.REFUSED, Effect.ACCEPTED})


@dataclass(slots=True)
class Occurrence:
    """One request that was answered differently; `source` is the line of the traffic.

    `operation` is the captured one, where `step` only shows what it did (a read of an item that was written otherwise).
    """

    source: str
    step: Step
    difference: Difference
    first: Reply
    other: Reply
    operation: str = ""


@dataclass(slots=True)
class Cause:
    """All occurrences of one cause.

    `rule` is the id of what explains it, "" for nothing that is written down; `kind` is what is left of a difference
    without what is incidental. `example` is the first occurrence, `scenario` the smallest way found to show it.
    """

    rule: str
    kind: str
    effect: Effect
    example: Occurrence
    # What showed it first: the tables, the writes to them before, and the request.
    before: Scenario
    count: int = 0
    last: str = ""
    operations: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    layers: Counter[Layer] = field(default_factory=Counter)
    scenario: Scenario | None = None
    # Known of the operation, though it could not be replayed.
    unreplayed: bool = False
    # That of the rule itself; a request may feel another: an error that has another type too, not only other words.
    usual_effect: Effect | None = None

    def add(self, occurrence: Occurrence) -> None:
        self.count += 1
        self.last = occurrence.source
        self.operations[occurrence.operation or occurrence.step.operation] += 1
        self.layers[occurrence.difference.layer] += 1
        table = occurrence.step.request.get("TableName")
        index = occurrence.step.request.get("IndexName")
        if isinstance(table, str):
            self.places[f"{table}, index {index}" if index else table] += 1


@dataclass(slots=True)
class Migration:
    """What a replay has found: `first` and `other` name the sides.

    Each request is counted in one place: `requests` are those replayed, known and unchecked; of those replayed, what is
    not differing was answered alike.
    """

    first: str
    other: str
    requests: int = 0
    replayed: int = 0
    differing: int = 0
    # Not replayed, and known to differ: the other side does not have the operation.
    known: int = 0
    seconds: float = 0.0
    causes: dict[str, Cause] = field(default_factory=dict)
    # By operation and what the requests had in them: how many were answered alike.
    alike: Counter[tuple[str, str]] = field(default_factory=Counter)
    # By operation: all that were replayed.
    operations: Counter[str] = field(default_factory=Counter)
    # Why requests were not replayed: how many.
    unchecked: Counter[str] = field(default_factory=Counter)
    # Why some of those replayed say little: how many.
    doubtful: Counter[str] = field(default_factory=Counter)
    # What this traffic cannot show at all.
    limits: list[str] = field(default_factory=list)
    # Why the replay ended before the traffic did; "" where it went to the end.
    lost: str = ""
    # Whether the traffic lets items expire: when they are gone is told by no replay.
    expires: bool = False
    # Requests that differ, known ones with them, by the gravest of what is felt of each.
    gravest: Counter[Effect] = field(default_factory=Counter)
    # How the tables are known that the traffic does not create; what could not be copied; what was put there before.
    tables: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    seeded: int = 0
    # What else a reader should know of how it was replayed.
    notes: list[str] = field(default_factory=list)

    def sorted_causes(self) -> list[Cause]:
        """Gravest first, then by how often."""
        order = list(Effect)
        return sorted(self.causes.values(), key=lambda cause: (order.index(cause.effect), -cause.count, cause.rule))

    @property
    def answered_alike(self) -> int:
        return self.replayed - self.differing

    @property
    def tells_nothing(self) -> bool:
        """Whether there was nothing to judge by."""
        return not self.replayed and not self.known

    @property
    def touches_data(self) -> bool:
        return any(cause.effect in TOUCHING_DATA for cause in self.causes.values())
