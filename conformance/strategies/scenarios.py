"""Whole scenarios: one or two tables, some items to begin with, operations on them, and what has become of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.scenario import Scenario, Step
from conformance.strategies.drawing import Draw, HypothesisDraw, chance, choose, pick
from conformance.strategies.faults import draw_fault
from conformance.strategies.items import World, draw_item, draw_keys
from conformance.strategies.near_misses import draw_boundary, draw_near_miss
from conformance.strategies.operations import OPERATIONS, put_all
from conformance.strategies.schemas import Table, draw_table
from conformance.strategies.sequences import SEQUENCES, sweep
from conformance.strategies.values import draw_flavour

FEATURE = "generated"
ALL_OPERATIONS = frozenset(OPERATIONS)
# Of a hundred steps after the first few, in a scenario that has near misses at all.
NEAR_MISS_PERCENT = 24
FAULT_PERCENT = 13
BOUNDARY_PERCENT = 8
# Of a hundred steps, those that begin a sequence.
SEQUENCE_PERCENT = 9
LONGEST = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario, and for each of its steps what is wrong with it: None for nothing."""

    scenario: Scenario
    wrong: tuple[str | None, ...]


def scenarios(operations: Collection[str] = ALL_OPERATIONS) -> SearchStrategy[Scenario]:
    """Scenarios of these operations, of PutItem, to begin with, and of those that give ARNs and the like."""
    return plans(operations).map(lambda plan: plan.scenario)


@st.composite
def plans(draw: DrawFn, operations: Collection[str] = ALL_OPERATIONS) -> Plan:
    return draw_plan(HypothesisDraw(draw), frozenset(operations))


@dataclass(slots=True)
class _Steps:
    steps: list[Step]
    wrong: list[str | None]

    def add(self, step: Step, wrong: str | None = None) -> None:
        self.steps.append(step)
        self.wrong.append(wrong)


def draw_plan(draw: Draw, operations: frozenset[str] = ALL_OPERATIONS) -> Plan:
    world = World(draw_flavour(draw))
    for name in ("Things", "Others")[: pick(draw, (1, 1, 2))]:
        table = draw_table(draw, name)
        world.add(table, draw_keys(draw, table, world.flavour))
    created = tuple(table.create_request() for table in world.tables)
    drawn = _Steps([], [])
    _draw_beginning(draw, world, drawn, operations)
    weights, sequence_weights = _weights(operations)
    for _ in range(pick(draw, range(1, LONGEST + 1))):
        if sequence_weights and chance(draw, SEQUENCE_PERCENT):
            sequence = SEQUENCES[choose(draw, "sequences", sequence_weights)]
            for step in world.after_preparations(*sequence.draw(draw, world, pick(draw, world.tables))):
                drawn.add(step)
        else:
            _draw_step(draw, world, drawn, choose(draw, "operations", weights))
    if "Scan" in operations and "Query" in operations:
        for step in sweep(draw, world):
            drawn.add(step)
    return Plan(Scenario("generated", FEATURE, created, tuple(drawn.steps)), tuple(drawn.wrong))


@lru_cache(maxsize=64)
def _weights(operations: frozenset[str]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    return (
        {name: operation.weight for name, operation in OPERATIONS.items() if name in operations},
        {name: sequence.weight for name, sequence in SEQUENCES.items() if sequence.operations <= operations},
    )


def _draw_beginning(draw: Draw, world: World, drawn: _Steps, operations: frozenset[str]) -> None:
    """A few items one by one; of a crowd and of large ones, all of them, perhaps at once."""
    for table in world.tables:
        keys = world.keys[table.name]
        if world.flavour.crowd and "BatchWriteItem" in operations and chance(draw, 50):
            drawn.add(put_all(draw, world, table, keys))
            continue
        for key in keys if world.flavour.crowd or world.flavour.large else keys[: pick(draw, (1, 2, 3, 5))]:
            item = draw_item(draw, table, key, world.flavour)
            world.put(table, item)
            drawn.add(Step("PutItem", {"TableName": table.name, "Item": item}))


def _draw_step(draw: Draw, world: World, drawn: _Steps, operation: str) -> None:
    step, wrong = _draw_sound_or_spoilt(draw, world, operation)
    for needed in world.after_preparations():
        drawn.add(needed)
    drawn.add(step, wrong)


def _draw_sound_or_spoilt(draw: Draw, world: World, operation: str) -> tuple[Step, str | None]:
    if world.flavour.near_misses:
        # Of the few creations, more are to be wrong: what goes right with them is seen in every scenario.
        kind = draw.below(50 if operation == "CreateTable" else 100)
        for spoil, percent in _SPOILING:
            kind -= percent
            if kind < 0:
                return _draw_spoilt(draw, world, operation, spoil)
    return OPERATIONS[operation].draw(draw, world, pick(draw, world.tables)), None


_Spoil: TypeAlias = Callable[[Draw, Step, Table], tuple[Step, str | None]]
_SPOILING: tuple[tuple[_Spoil, int], ...] = (
    (draw_near_miss, NEAR_MISS_PERCENT),
    (draw_fault, FAULT_PERCENT),
    (draw_boundary, BOUNDARY_PERCENT),
)
# An avoided near miss is drawn again, but not always: its weight is never nothing.
_TRIES = 3


def _draw_spoilt(draw: Draw, world: World, operation: str, spoil: _Spoil) -> tuple[Step, str | None]:
    """It will be refused, for the most part, so the world stays as it was."""
    for _ in range(_TRIES):
        table = pick(draw, world.tables)
        step, wrong = spoil(draw, OPERATIONS[operation].draw(draw, world.copy(), table), table)
        if wrong not in draw.avoided or chance(draw, 10):
            break
    return step, wrong
