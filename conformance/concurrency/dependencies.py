"""Which unit must stand before which, and the smallest cycle where no order is left.

Four reasons why one unit comes before another (Adya's dependencies, and the clock):

    ww  it made the version from which the other made the next
    wr  it made the version that the other found
    rw  it found a version without what the other made of it
    rt  it was over before the other was asked, and both touch one item

If all units took place one after another, all four lead forward. A cycle means that there is no such order, whatever
happened inside the server. The shortest cycle is the shortest explanation, and what dependencies it has names the
anomaly: the fewer of them are `rw`, and the less the clock is needed, the graver it is.

**The clock.** `rt` joins operations on one item only, because that is what DynamoDB promises: a strongly consistent
read reflects all writes that succeeded before it. Over several items it promises an order of transactions, and not
that the order is the clock's (docs/concurrency.md). An edge for each pair would be quadratic. Instead the answers on
one key form a chain of nodes in time; an operation leads to its own answer, and the last answer before an operation
was asked leads to that operation. A way through the chain costs what one edge costs, so shortest cycles stay shortest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from conformance.concurrency.graph import Graph
from conformance.concurrency.history import FOREVER
from conformance.concurrency.units import Unit, Value, Version, parent
from conformance.concurrency.violation import Violation


class Kind(StrEnum):
    WW = "ww"
    WR = "wr"
    RW = "rw"
    RT = "rt"


# Fewer edges come first; among equals the fewest that need the clock, then the fewest `rw`.
_EDGE: Final = 1_000_000
_COSTS: Final = {Kind.WW: _EDGE, Kind.WR: _EDGE, Kind.RW: _EDGE + 1, Kind.RT: _EDGE + 1_000}

# Beyond this many edges to start from, the smallest cycle of a component is sought from a sample of them.
STARTS: Final = 3_000


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` and `target` are positions of units. `found` and `made` are what the sentence about it needs."""

    source: int
    target: int
    kind: Kind
    key: str
    found: Version | None = None
    made: Version | None = None
    unseen: Value | None = None


@dataclass(frozen=True, slots=True)
class Cycle:
    """Units, each before the next and the last before the first."""

    edges: tuple[Edge, ...]
    cost: int

    @property
    def name(self) -> str:
        """Adya's name, with ours for the two that everybody knows otherwise."""
        kinds = [edge.kind for edge in self.edges]
        if any(edge.unseen is not None for edge in self.edges):
            return "lost write"
        if len(kinds) == 2 and Kind.RT not in kinds and Kind.RW in kinds and self._from_one_version():
            return "lost update"
        name = {0: "G1c" if Kind.WR in kinds else "G0", 1: "G-single"}.get(kinds.count(Kind.RW), "G2-item")
        return f"{name}-realtime" if Kind.RT in kinds else name

    def _from_one_version(self) -> bool:
        """Did both make something of the version of one item that both found?"""
        one, other = self.edges
        return one.key == other.key and one.made is not None and other.made is not None and one.found == other.found


def dependencies(units: Sequence[Unit]) -> Iterator[Edge]:
    """Every dependency between units but the clock's."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for position, unit in enumerate(units):
        for key in unit.keys:
            by_key[key].append(position)
    for key, positions in by_key.items():
        yield from _dependencies_on(key, positions, units)


def _dependencies_on(key: str, positions: Sequence[int], units: Sequence[Unit]) -> Iterator[Edge]:
    writers: dict[Version, list[int]] = defaultdict(list)
    readers: dict[Version, list[int]] = defaultdict(list)
    for position in positions:
        if key in units[position].made:
            writers[units[position].made[key]].append(position)
        if key in units[position].saw:
            readers[units[position].saw[key]].append(position)
    children = _children({*writers, *readers})

    for version in {*writers, *readers}:
        following = _written_after(version, children, writers)
        for reader in readers[version]:
            for made, writer in following:
                if writer != reader:
                    yield Edge(reader, writer, Kind.RW, key, version, made)
            origin, makers = _made_by(version, writers)
            for writer in makers:
                if writer != reader:
                    yield Edge(writer, reader, Kind.WR, key, version, origin)
        for before in writers[version]:
            for made, writer in following:
                if writer != before:
                    yield Edge(before, writer, Kind.WW, key, version, made)

    # What was acknowledged and is in no version comes after all that were seen: each was seen without it.
    for position in positions:
        unit = units[position]
        if key not in unit.unseen:
            continue
        for other in positions:
            if other == position:
                continue
            if key in units[other].saw:
                yield Edge(other, position, Kind.RW, key, units[other].saw[key], unseen=unit.unseen[key])
            elif key in units[other].made:
                yield Edge(other, position, Kind.WW, key, units[other].made[key], unseen=unit.unseen[key])


def _children(versions: Iterable[Version]) -> dict[Version, list[Version]]:
    """The versions made from each, with those that nobody saw but that must have been."""
    children: dict[Version, list[Version]] = defaultdict(list)
    known: set[Version] = set()
    for version in versions:
        one: Version | None = version
        while one is not None and one not in known:
            known.add(one)
            before = parent(one)
            if before is not None:
                children[before].append(one)
            one = before
    return children


def _written_after(
    version: Version, children: dict[Version, list[Version]], writers: dict[Version, list[int]]
) -> list[tuple[Version, int]]:
    """The next versions that somebody is known to have made, and who: past those whose writers are unknown."""
    found: list[tuple[Version, int]] = []
    waiting = list(children.get(version, ()))
    while waiting:
        one = waiting.pop()
        if makers := writers.get(one):
            found += [(one, maker) for maker in makers]
        else:
            waiting += children.get(one, ())
    return found


def _made_by(version: Version, writers: dict[Version, list[int]]) -> tuple[Version, Sequence[int]]:
    """The last known makers of a version: its own, or those of what it was made from."""
    one: Version | None = version
    while one is not None:
        if makers := writers.get(one):
            return one, makers
        one = parent(one)
    return version, ()


# --- cycles -------------------------------------------------------------------------------------------------


def smallest_cycles(units: Sequence[Unit]) -> list[tuple[Cycle, int]]:
    """For each name the smallest cycle, and how many different ones were met; none where all can be put in order."""
    graph: Graph[Edge | None] = Graph()
    for _ in units:
        graph.add_node()
    for edge in dependencies(units):
        graph.add_edge(edge.source, edge.target, _COSTS[edge.kind], edge)
    _add_time(graph, units)

    best: dict[str, Cycle] = {}
    met: dict[str, set[frozenset[int]]] = defaultdict(set)
    for component in graph.components():
        for cycle in _cycles(graph, component, len(units)):
            met[cycle.name].add(frozenset(edge.source for edge in cycle.edges))
            if cycle.name not in best or _order(cycle) < _order(best[cycle.name]):
                best[cycle.name] = cycle
    return [(cycle, len(met[name])) for name, cycle in sorted(best.items(), key=lambda entry: _order(entry[1]))]


def _order(cycle: Cycle) -> tuple[int, list[int]]:
    return cycle.cost, sorted(edge.source for edge in cycle.edges)


def _cycles(graph: Graph[Edge | None], component: list[int], count: int) -> Iterator[Cycle]:
    """For each dependency in the component the cheapest cycle through it. The clock alone leads in no cycle."""
    within = set(component)
    starts = [
        (cost, edge)
        for node in component
        if node < count
        for target, cost, edge in graph.edges[node]
        if target in within and edge is not None and edge.kind is not Kind.RT
    ]
    starts = starts[:: 1 + len(starts) // STARTS]
    for cost, edge in starts:
        way = graph.cheapest(edge.target, edge.source, within)
        assert way is not None, "all of a component can be reached from all of it"
        yield _cycle(cost + way[0], [edge, *way[1]])


def _cycle(cost: int, labels: Sequence[Edge | None]) -> Cycle:
    """The edges in order, beginning with the unit that was asked first. The chain's own edges carry no label, and
    what leads out of it does not know where it was entered: at the end of the edge before."""
    edges: list[Edge] = []
    for label in labels:
        if label is not None:
            edges.append(label if not edges or label.kind is not Kind.RT else replace(label, source=edges[-1].target))
    first = min(range(len(edges)), key=lambda position: edges[position].source)
    return Cycle((*edges[first:], *edges[:first]), cost)


def _add_time(graph: Graph[Edge | None], units: Sequence[Unit]) -> None:
    """A chain of answers for each key: from each unit to its answer, and from the last answer before it to each."""
    by_key: dict[str, list[int]] = defaultdict(list)
    for position, unit in enumerate(units):
        if unit.real_time:
            for key in unit.keys:
                by_key[key].append(position)
    for key, positions in by_key.items():
        answered = sorted((units[position].latest, position) for position in positions)
        answered = [(time, position) for time, position in answered if time < FOREVER]
        times = [time for time, _ in answered]
        nodes: list[int] = []
        for _, position in answered:
            node = graph.add_node()
            graph.add_edge(position, node, 0, None)
            if nodes:
                graph.add_edge(nodes[-1], node, 0, None)
            nodes.append(node)
        for position in positions:
            before = bisect_left(times, units[position].invoked)
            if before:
                edge = Edge(-1, position, Kind.RT, key)
                graph.add_edge(nodes[before - 1], position, _COSTS[Kind.RT], edge)


# --- in words -----------------------------------------------------------------------------------------------


def violations_of(units: Sequence[Unit]) -> list[Violation]:
    """The smallest cycle of each name, told in words."""
    return [_told(cycle, times, units) for cycle, times in smallest_cycles(units)]


def _told(cycle: Cycle, times: int, units: Sequence[Unit]) -> Violation:
    labels = [units[edge.source].label for edge in cycle.edges]
    keys = sorted({edge.key for edge in cycle.edges})
    return replace(
        Violation.of(
            cycle.name,
            f"On {', '.join(keys)}, {_listed(labels)} can stand in no order:",
            [operation for edge in cycle.edges for operation in units[edge.source].operations],
        ),
        steps=(
            *(_sentence(edge, units) for edge in cycle.edges),
            f"So {labels[0]} would have to come before itself.",
        ),
        arrows=tuple(
            (units[edge.source].operations[0].number, units[edge.target].operations[0].number, edge.kind)
            for edge in cycle.edges
        ),
        times=times,
    )


def _sentence(edge: Edge, units: Sequence[Unit]) -> str:
    source, target = units[edge.source], units[edge.target]
    one, other, key = source.label, target.label, edge.key
    if edge.kind is Kind.RT:
        milliseconds = (target.invoked - source.latest) * 1000
        return f"{one} comes before {other}: {one} had been answered {milliseconds:.3f} ms before {other} was asked."
    found = "" if edge.found is None else say(edge.found)
    if edge.unseen is not None:
        verb = "found" if edge.kind is Kind.RW else "left"
        return (
            f"{one} comes before {other}: {one} {verb} {key} as {found}, without {edge.unseen!r}, which {other} wrote."
        )
    made = "" if edge.made is None else say(edge.made)
    if edge.kind is Kind.RW:
        return f"{one} comes before {other}: {one} found {key} as {found}, before {other} made it {made}."
    if edge.kind is Kind.WR:
        later = "" if edge.found == edge.made else f" (later {found})"
        return f"{one} comes before {other}: {one} made {key} {made}, and {other} found it so{later}."
    return f"{one} comes before {other}: {one} made {key} {found}, and {other} made that {made}."


def say(version: Version) -> str:
    """A version in words; of a long list the end."""
    if isinstance(version, int):
        return str(version)
    shown = ", ".join(map(str, version[-4:]))
    return f"[…{len(version) - 4} more, {shown}]" if len(version) > 4 else f"[{shown}]"


def _listed(labels: Sequence[str]) -> str:
    return f"{', '.join(labels[:-1])} and {labels[-1]}" if len(labels) > 1 else labels[0]
