"""How the figures of targets went from one published run to the next.

`history.jsonl` has a line for each published run of each target: figures only, so that it may grow for years. A line is
appended once; publishing the same run again changes nothing. A plot has a column for each run, its findings stacked by
severity, gravest at the bottom, where columns can be compared. What cases found and what generated operations and laws
found are plotted apart: the cases are the same from run to run, and the rest is as much as time was spent on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from conformance.report.figures import CASE, SEVERITIES, by_severity, matrix, total
from conformance.report.record import RecordError
from conformance.scenario import JSONObject

HISTORY: Final = "history.jsonl"


@dataclass(frozen=True, slots=True)
class Point:
    """One run of one target, in figures."""

    target: str
    version: str
    baseline: str
    started: str
    seeds: tuple[int, ...]
    cases: Mapping[str, int]  # by outcome
    operations: int
    from_cases: Mapping[str, int]  # findings by severity
    beyond_cases: Mapping[str, int]
    laws_broken: int

    @property
    def identity(self) -> tuple[str, str, str]:
        return self.target, self.version, self.started


def points_of(document: JSONObject) -> list[Point]:
    """The figures of each target of a record but the baseline's."""
    baseline = next((f"{one['name']} {one['version']}" for one in document["targets"] if one["baseline"]), "")
    cells = matrix(document)
    points = []
    for target in document["targets"]:
        name = target["name"]
        if target["baseline"]:
            continue
        cell = total(row[name] for row in cells.values() if name in row)
        found = [one for one in document["divergences"] if one["target"] == name]
        points.append(
            Point(
                target=name,
                version=target["version"],
                baseline=baseline,
                started=document["started"],
                seeds=tuple(document["seeds"]),
                cases=dict(cell.outcomes()),
                operations=cell.operations,
                from_cases=_counts(one for one in found if one["baseline"] == CASE),
                beyond_cases=_counts(one for one in found if one["baseline"] != CASE),
                laws_broken=sum(1 for law in document["laws"] if law["target"] == name and law["violations"]),
            )
        )
    return points


def _counts(findings: Iterable[JSONObject]) -> dict[str, int]:
    return {severity: len(group) for severity, group in by_severity(findings).items()}


def joined(*parts: Iterable[Point]) -> list[Point]:
    """Each run once, oldest first."""
    known = {point.identity: point for part in parts for point in part}
    return sorted(known.values(), key=lambda point: (point.started, point.target, point.version))


# --- on disk ------------------------------------------------------------------------------------------------


def read(path: Path) -> list[Point]:
    """The history at that place; none where there is no file. Raises RecordError."""
    if not path.exists():
        return []
    points = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            members = json.loads(line)
            points.append(Point(**{**members, "seeds": tuple(members["seeds"])}))
        except (ValueError, TypeError, KeyError) as error:
            raise RecordError(f"{path}:{number}: no line of a history ({error}): take it out") from None
    return points


def append(path: Path, points: Sequence[Point]) -> int:
    """Adds the runs that the history has not got yet; says how many."""
    known = {point.identity for point in read(path)}
    new = [point for point in points if point.identity not in known]
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(point), separators=(",", ":")) + "\n" for point in new)
    return len(new)


# --- the plot -----------------------------------------------------------------------------------------------

HEIGHT: Final = 120.0
COLUMN: Final = 34.0
GAP: Final = 14.0
SHOWN: Final = 12  # the latest
LEAST_FOR_A_NUMBER: Final = 11.0  # as high must a part of a column be to have its number in it


@dataclass(frozen=True, slots=True)
class Part:
    """One severity in one column."""

    severity: str
    count: int
    y: float
    height: float

    @property
    def numbered(self) -> bool:
        return self.height >= LEAST_FOR_A_NUMBER


@dataclass(frozen=True, slots=True)
class Column:
    point: Point
    x: float
    parts: tuple[Part, ...]

    @property
    def total(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def top(self) -> float:
        return min((part.y for part in self.parts), default=HEIGHT)


@dataclass(frozen=True, slots=True)
class Plot:
    """The latest runs of one target, as far as one source of findings goes."""

    target: str
    source: str
    columns: tuple[Column, ...]
    left_out: int

    @property
    def width(self) -> float:
        return GAP + len(self.columns) * (COLUMN + GAP)


SOURCES: Final[Mapping[str, Callable[[Point], Mapping[str, int]]]] = {
    "cases": lambda point: point.from_cases,
    "generated operations and laws": lambda point: point.beyond_cases,
}


def plots(points: Sequence[Point]) -> dict[str, list[Plot]]:
    """By target, a plot for each source; those of one source are to one scale, so that targets can be compared."""
    by_target: dict[str, list[Point]] = {}
    for point in joined(points):
        by_target.setdefault(point.target, []).append(point)
    highest = {
        source: max((sum(counts(point).values()) for point in points), default=0) for source, counts in SOURCES.items()
    }
    return {
        target: [
            Plot(
                target,
                source,
                tuple(
                    _column(point, counts(point), index, highest[source]) for index, point in enumerate(runs[-SHOWN:])
                ),
                max(0, len(runs) - SHOWN),
            )
            for source, counts in SOURCES.items()
        ]
        for target, runs in sorted(by_target.items())
    }


def _column(point: Point, counts: Mapping[str, int], index: int, highest: int) -> Column:
    parts = []
    y = HEIGHT
    for severity in SEVERITIES:
        if count := counts.get(severity, 0):
            height = HEIGHT * count / highest
            y -= height
            parts.append(Part(severity, count, round(y, 2), round(height, 2)))
    return Column(point, GAP + index * (COLUMN + GAP), tuple(parts))
