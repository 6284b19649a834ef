"""Operations as accesses to versions of items.

Every item that the workloads use tells its own version. A list that is only ever appended to shows, in one read, all
writes that led to it and their order; that is why Elle (Kingsbury and Alvaro, VLDB 2020) likes it best. A counter that
is only ever increased by one, or a version attribute that each write moves on by one, shows how many there were. So a
version is either a number or the whole list, and each but the first has one parent: the version that it was made from.

A *unit* is what must be isolated as a whole: an operation on one item, a transaction; of a batch each item for itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.concurrency.history import Fate, Operation
from conformance.concurrency.violation import Violation

Value: TypeAlias = str | int
Version: TypeAlias = int | tuple[Value, ...]


def parent(version: Version) -> Version | None:
    """The version that it was made from; None for the first."""
    if isinstance(version, int):
        return version - 1 if version > 0 else None
    return version[:-1] if version else None


@dataclass(frozen=True, slots=True)
class Unit:
    """What one operation found and left of each item, by the item's key.

    `unseen` are acknowledged writes that no version ever shows: whoever read the item, read it without them.
    `real_time` is whether it must stand where the clock says; an eventually consistent read need not.
    """

    label: str
    operations: tuple[Operation, ...]
    invoked: float
    latest: float
    saw: Mapping[str, Version] = field(default_factory=dict)
    made: Mapping[str, Version] = field(default_factory=dict)
    unseen: Mapping[str, Value] = field(default_factory=dict)
    real_time: bool = True

    @property
    def keys(self) -> set[str]:
        return {*self.saw, *self.made, *self.unseen}


def unit_of(
    operation: Operation,
    *,
    saw: Mapping[str, Version] | None = None,
    made: Mapping[str, Version] | None = None,
) -> Unit:
    return Unit(operation.label, (operation,), operation.invoked, operation.latest, saw or {}, made or {})


# --- lists --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListAccess:
    """What one unit read of lists, and what it appended to them, before it is known where its values came to stand.

    `read` is what it found, `left` what its reply says that it left, `appended` the values. Several operations are one
    access where they are one request sent several times under one token.
    """

    operations: tuple[Operation, ...]
    read: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    left: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    appended: Mapping[str, Value] = field(default_factory=dict)
    real_time: bool = True

    @property
    def label(self) -> str:
        labels = [operation.label for operation in self.operations]
        return "+".join(labels) if len(labels) < 3 else f"{labels[0]}+…+{labels[-1]}"

    @property
    def fate(self) -> Fate:
        fates = {operation.fate for operation in self.operations}
        return next(fate for fate in (Fate.ACKNOWLEDGED, Fate.UNKNOWN, Fate.REFUSED) if fate in fates)

    @property
    def invoked(self) -> float:
        return min(operation.invoked for operation in self.operations)

    @property
    def latest(self) -> float:
        """Of several requests under one token the first acknowledgement says that it has taken place."""
        return min(operation.latest for operation in self.operations if operation.fate is not Fate.REFUSED)


def place(accesses: Sequence[ListAccess]) -> tuple[list[Unit], list[Violation]]:
    """Units with versions from accesses to lists, and what is wrong with the lists before any order is thought of."""
    seen = _lists_seen(accesses)
    appenders = {(key, value): access for access in accesses for key, value in access.appended.items()}
    violations = list(_faults_of_lists(seen, appenders))
    positions = _positions(seen)
    units = []
    for access in accesses:
        if access.fate is Fate.REFUSED and not access.read:
            continue
        saw: dict[str, Version] = dict(access.read)
        made: dict[str, Version] = {}
        unseen: dict[str, Value] = {}
        for key, value in access.appended.items():
            if access.fate is Fate.REFUSED:
                break
            version = access.left.get(key) or positions.get((key, value))
            if version is not None:
                made[key] = version
                saw.setdefault(key, version[:-1])
            elif access.fate is Fate.ACKNOWLEDGED:
                unseen[key] = value
        if saw or made or unseen:
            latest = access.latest if access.fate is not Fate.REFUSED else access.operations[0].completed
            units.append(
                Unit(access.label, access.operations, access.invoked, latest, saw, made, unseen, access.real_time)
            )
    return units, violations


def _lists_seen(accesses: Iterable[ListAccess]) -> dict[str, dict[tuple[Value, ...], ListAccess]]:
    """Each list that a reply shows, by key, with the first access that saw it."""
    seen: dict[str, dict[tuple[Value, ...], ListAccess]] = defaultdict(dict)
    for access in accesses:
        for key, values in (*access.read.items(), *access.left.items()):
            seen[key].setdefault(values, access)
    return seen


def _positions(
    seen: Mapping[str, Mapping[tuple[Value, ...], ListAccess]],
) -> dict[tuple[str, Value], tuple[Value, ...]]:
    """The version that each value made: the longest list counts, where they disagree."""
    positions: dict[tuple[str, Value], tuple[Value, ...]] = {}
    for key, lists in seen.items():
        for values in sorted(lists, key=len, reverse=True):
            for index, value in enumerate(values):
                positions.setdefault((key, value), values[: index + 1])
    return positions


def _faults_of_lists(
    seen: Mapping[str, Mapping[tuple[Value, ...], ListAccess]],
    appenders: Mapping[tuple[str, Value], ListAccess],
) -> Iterator[Violation]:
    """Values that nobody wrote, that were refused, or that stand there twice; each told once, where first seen."""
    told: set[tuple[str, str, Value]] = set()
    for key, lists in seen.items():
        for values, reader in sorted(lists.items(), key=lambda entry: len(entry[0])):
            for index, value in enumerate(values):
                writer = appenders.get((key, value))
                if writer is None:
                    name, text = "phantom value", f"{reader.label} found {value!r} in {key}, which nobody wrote."
                elif value in values[:index]:
                    name = "applied twice"
                    text = f"{writer.label} put {value!r} into {key} once, and {reader.label} found it twice."
                elif writer.fate is Fate.REFUSED:
                    name = "G1a"
                    text = (
                        f"{writer.label} would have put {value!r} into {key}, was refused, and {reader.label} found it."
                    )
                else:
                    continue
                if (name, key, value) not in told:
                    told.add((name, key, value))
                    involved = (*(writer.operations if writer else ()), *reader.operations)
                    yield Violation.of(name, text, involved)
