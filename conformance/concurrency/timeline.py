"""A violation as a picture: its operations as bars in time, a lane a client, and the cycle drawn between them.

Time runs to the right, but not to scale: each beginning and each end has the same distance to the next. What overlaps
what is the point, and milliseconds would press the bars of a long run to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from conformance.concurrency.history import Operation
from conformance.concurrency.violation import Violation

STEP: Final = 132  # pixels from one beginning or end to the next
LEFT: Final = 76  # for the names of clients
TOP: Final = 44
LANE: Final = 96
BAR: Final = 30
RIGHT: Final = 24


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    text: str
    fate: str
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Arrow:
    kind: str
    path: str
    x: float  # of its label
    y: float


@dataclass(frozen=True, slots=True)
class Lane:
    name: str
    y: float


@dataclass(frozen=True, slots=True)
class Timeline:
    width: float
    height: float
    lanes: tuple[Lane, ...]
    bars: tuple[Bar, ...]
    arrows: tuple[Arrow, ...]


def timeline(violation: Violation) -> Timeline:
    operations = violation.operations
    moments = sorted({moment for each in operations for moment in (each.invoked, each.completed)})
    places = {moment: LEFT + STEP * index for index, moment in enumerate(moments)}
    clients = sorted({each.client for each in operations})
    rows = {client: TOP + LANE * index for index, client in enumerate(clients)}
    bars = {each.number: _bar(each, places, rows) for each in operations}
    return Timeline(
        width=LEFT + STEP * max(1, len(moments) - 1) + RIGHT,
        height=TOP + LANE * (len(clients) - 1) + BAR + 8,
        lanes=tuple(Lane(f"client {client}", rows[client] + BAR / 2) for client in clients),
        bars=tuple(bars.values()),
        arrows=tuple(_arrow(bars[source], bars[target], kind) for source, target, kind in violation.arrows),
    )


def _bar(operation: Operation, places: Mapping[float, float], rows: Mapping[int, float]) -> Bar:
    x = places[operation.invoked]
    return Bar(
        label=operation.label,
        text=operation.does,
        fate=operation.fate,
        x=x,
        y=rows[operation.client],
        width=places[operation.completed] - x,
    )


def _arrow(source: Bar, target: Bar, kind: str) -> Arrow:
    """From the right part of one bar to the left part of the other, so that a pair that points both ways is told apart.

    Within a lane it bows over the bars.
    """
    start, end = source.x + source.width * 0.7, target.x + target.width * 0.3
    if source.y == target.y:
        top = source.y - 34
        return Arrow(
            kind, f"M{start:g},{source.y:g} C{start:g},{top:g} {end:g},{top:g} {end:g},{target.y - 3:g}",
            (start + end) / 2, source.y - 26,
        )  # fmt: skip
    down = target.y > source.y
    y1, y2 = (source.y + BAR, target.y - 3) if down else (source.y, target.y + BAR + 3)
    middle = (y1 + y2) / 2
    # The label stands nearer to where the arrow begins: two that cross have theirs apart.
    return Arrow(
        kind, f"M{start:g},{y1:g} C{start:g},{middle:g} {end:g},{middle:g} {end:g},{y2:g}",
        start + (end - start) * 0.3, y1 + (y2 - y1) * 0.34,
    )  # fmt: skip
