"""Whole scenarios: one or two tables, a few items to begin with, then operations on them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.scenario import Scenario, Step
from conformance.strategies.items import World, draw_item, draw_keys
from conformance.strategies.near_misses import draw_near_miss
from conformance.strategies.operations import OPERATIONS
from conformance.strategies.schemas import draw_table
from conformance.strategies.values import chance, draw_flavour, pick

FEATURE = "generated"
ALL_OPERATIONS = frozenset(OPERATIONS)
# In a scenario that has near misses at all, of its steps after the first few; together about one step in eight.
NEAR_MISS_PERCENT = 25
LONGEST = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """A scenario, and for each of its steps what is wrong with it: None for nothing."""

    scenario: Scenario
    wrong: tuple[str | None, ...]


def scenarios(operations: Collection[str] = ALL_OPERATIONS) -> SearchStrategy[Scenario]:
    """Scenarios of these operations (and of PutItem, to have something to begin with)."""
    return plans(operations).map(lambda plan: plan.scenario)


@st.composite
def plans(draw: DrawFn, operations: Collection[str] = ALL_OPERATIONS) -> Plan:
    world = World(draw_flavour(draw))
    for name in ("Things", "Others")[: pick(draw, (1, 1, 2))]:
        table = draw_table(draw, name)
        world.add(table, draw_keys(draw, table))
    created = tuple(table.create_request() for table in world.tables)

    steps: list[Step] = []
    wrong: list[str | None] = []
    for table in world.tables:
        for key in world.keys[table.name][: pick(draw, (1, 2, 3))]:
            item = draw_item(draw, table, key, world.flavour)
            world.put(table, item)
            steps.append(Step("PutItem", {"TableName": table.name, "Item": item}))
            wrong.append(None)

    weighted = [name for name, (weight, _) in OPERATIONS.items() if name in operations for _ in range(weight)]
    for _ in range(pick(draw, range(1, LONGEST + 1))):
        table = pick(draw, world.tables)
        _, draw_operation = OPERATIONS[pick(draw, weighted)]
        miss = None
        if world.flavour.near_misses and chance(draw, NEAR_MISS_PERCENT):
            # It will be refused, so the world stays as it was.
            step, miss = draw_near_miss(draw, draw_operation(draw, world.copy(), table), table)
        else:
            step = draw_operation(draw, world, table)
        steps.append(step)
        wrong.append(miss)
    return Plan(Scenario("generated", FEATURE, created, tuple(steps)), tuple(wrong))
