"""Scenarios without end, steered to what was reached rarely.

Equal seeds give equal scenarios on every machine, as long as the baseline answers alike: what it answered decides what
is rare. Scenarios come by the batch of 25. Before each one the weights of all named choices are computed anew, from
what was reached so far and from what is to be avoided, so within a batch nothing depends on when a reply was observed.

Shard i of n of a seed has every n-th batch, from the i-th on. Shards have no scenario in common, and together they have
the ids that one machine would have given. Each steers by itself, as it knows only its own replies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from math import sqrt
from typing import Final

from conformance.coverage import DIMENSIONS, NODES, Coverage
from conformance.scenario import Reply, Step
from conformance.strategies.drawing import NEUTRAL, SeededDraw
from conformance.strategies.faults import FAULTS, PREFIX
from conformance.strategies.near_misses import NEAR_MISSES
from conformance.strategies.near_misses.boundaries import BOUNDARIES, beyond
from conformance.strategies.scenarios import ALL_OPERATIONS, Plan, draw_plan

BATCH: Final = 25
# However rare or common something is, its weight stays within a quarter and four times of what is written.
_STRONGEST: Final = 4.0
# So much of its weight is left to what is avoided: a finding may be gone, or hide another one.
_AVOIDED: Final = 8
# Options of choices that an expression shows: the choice, what may have them, and option by node.
_OF_CONDITIONS: Final = ("ConditionExpression", "FilterExpression")
_SHOWN: Final[Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]]] = {
    "conditions": (
        _OF_CONDITIONS,
        {
            "BETWEEN": "BETWEEN",
            "IN": "IN",
            "begins_with": "begins_with",
            "contains": "contains",
            "attribute_type": "attribute_type",
            "size": "size",
            "existence": "attribute_exists",
        },
    ),
    "condition shapes": (_OF_CONDITIONS, {"NOT": "NOT", "AND": "AND", "OR": "OR", "parentheses": "parentheses"}),
    "update clauses": (
        ("UpdateExpression",),
        {
            "REMOVE": "REMOVE",
            "ADD": "ADD",
            "DELETE": "DELETE",
            "if_not_exists": "if_not_exists",
            "list_append": "list_append",
            "arithmetic": "+",
        },
    ),
    "key conditions": (
        ("KeyConditionExpression",),
        {
            node: node
            for node in NODES["KeyConditionExpression"]
            if node in ("<", "<=", ">", ">=", "BETWEEN", "begins_with")
        },
    ),
}


class Generator(Iterator[Plan]):
    """Plans: each a scenario and, for each of its steps, what is wrong with it.

    `observe` is told of every step and the baseline's reply to it. `coverage` has what was reached.
    """

    def __init__(
        self, seed: int, operations: Collection[str] = ALL_OPERATIONS, shard: tuple[int, int] = (1, 1)
    ) -> None:
        place, shards = shard
        if not 1 <= place <= shards:
            raise ValueError(f"there is no shard {place} of {shards}: the first is 1/{shards}")
        if unknown := sorted(set(operations) - ALL_OPERATIONS):
            raise ValueError(f"not generated: {', '.join(unknown)}; choose among {', '.join(sorted(ALL_OPERATIONS))}")
        self.coverage = Coverage()
        self._seed = seed
        self._operations = frozenset(operations)
        self._batch, self._shards, self._number = place - 1, shards, 0
        self._favour: dict[str, dict[str, int]] = {}
        self._avoided: frozenset[str] = frozenset()
        self._avoided_in_batch = self._avoided
        # By operation, how often each near miss was sent.
        self._misses: dict[str, Counter[str]] = {}

    def __next__(self) -> Plan:
        if self._number == BATCH:
            self._batch += self._shards
            self._number = 0
        if self._number == 0:
            self._favour = self._steered()
            self._avoided_in_batch = self._avoided
        batch, number = self._batch, self._number
        self._number += 1
        draw = SeededDraw(f"{self._seed}/{batch}/{number}", self._favour, self._avoided_in_batch)
        plan = draw_plan(draw, self._operations)
        scenario = replace(
            plan.scenario,
            id=f"generated-{self._seed}-{batch}-{number}",
            source=f"generated with seed {self._seed}: batch {batch}, scenario {number}",
        )
        self.coverage.observe_scenario(scenario)
        return replace(plan, scenario=scenario)

    def observe(self, step: Step, reply: Reply, wrong: str | None) -> None:
        """One step, the baseline's reply to it, and its place in the plan's `wrong`."""
        self.coverage.observe(step, reply, wrong)
        if wrong is not None:
            self._misses.setdefault(step.operation, Counter())[wrong] += 1

    def avoid(self, names: Iterable[str]) -> None:
        """From the next batch on, draw these rarely: what a known finding keeps hitting.

        A name is that of a near miss, as in a plan's `wrong`, or `choice: option` (`operations: Query`,
        `conditions: BETWEEN`, `update clauses: ADD`).
        """
        self._avoided |= set(names)

    # --- steering -----------------------------------------------------------------------------------------

    def _steered(self) -> dict[str, dict[str, int]]:
        favour = {"operations": self._operations_by_what_is_missing()}
        for operation, sent in self._misses.items():
            favour[f"near misses of {operation}"] = _by_rarity({miss.name: sent[miss.name] for miss in NEAR_MISSES})
        favour["boundaries"] = _by_rarity({name: self._sent(beyond(name)) for name in BOUNDARIES})
        favour["faults"] = _by_rarity({kind: self._sent(f"{PREFIX}a member {kind}") for kind in FAULTS})
        reached = self.coverage.counts["expressions"]
        for choice, (members, options) in _SHOWN.items():
            counts: Counter[str] = Counter()
            for cell, count in reached.items():
                place, _, node = cell.partition(": ")
                if place.partition(", ")[2] in members:
                    counts[node] += count
            favour[choice] = _by_rarity({option: counts[node] for option, node in options.items()})
        for name in sorted(self._avoided):
            choice, separator, option = name.partition(": ")
            if separator and choice != PREFIX.rstrip(": "):
                options_of_choice = favour.setdefault(choice, {})
                options_of_choice[option] = max(1, options_of_choice.get(option, NEUTRAL) // _AVOIDED)
        return favour

    def _sent(self, cell: str) -> int:
        return self.coverage.counts["near misses"][cell]

    def _operations_by_what_is_missing(self) -> dict[str, int]:
        """An operation weighs more the more of its cells were never reached."""
        cells: Counter[str] = Counter()
        missing: Counter[str] = Counter()
        for dimension in DIMENSIONS:
            if dimension.name in ("parameters", "outcomes", "expressions"):
                reached = self.coverage.counts[dimension.name]
                for cell in dimension.universe or ():
                    operation = cell.partition(":")[0].partition(",")[0]
                    cells[operation] += 1
                    missing[operation] += cell not in reached
        return {name: round(NEUTRAL * (1 + 2 * missing[name] / cells[name])) for name in sorted(cells)}


def _by_rarity(counts: Mapping[str, int]) -> dict[str, int]:
    """The favour of each option: the square root of how much rarer than the average it is."""
    mean = sum(counts.values()) / max(1, len(counts))
    rarity = {name: sqrt((mean + 1) / (count + 1)) for name, count in counts.items()}
    return {name: round(NEUTRAL * min(_STRONGEST, max(1 / _STRONGEST, by))) for name, by in rarity.items()}
