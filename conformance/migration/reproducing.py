"""The smallest way to show a cause, found by leaving out what is not needed (`minimise.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from conformance.canonical import tables_of
from conformance.compare import differences
from conformance.divergence import Difference
from conformance.migration.findings import Cause
from conformance.minimise import Budget, minimise
from conformance.replay import Exchange, SetupFailure, replay
from conformance.scenario import Outcome, Reply, Scenario, Step
from conformance.targets.target import Target

# For one cause.
SECONDS = 4.0

# The rule that explains a difference, "" for none.
Explain = Callable[[Step, Difference, Reply, Reply], str]


def find_smallest(cause: Cause, first: Target, other: Target, explain: Explain) -> Scenario | None:
    """A scenario whose last step shows the cause on both targets, emptied before; None where it does not show there."""
    if cause.unreplayed:
        return None
    example = cause.example
    shown_alone = explain(example.step, example.difference, example.first, example.other) == cause.rule
    wanted = _Wanted(cause, first, other, explain, shown_alone=shown_alone)
    before = cause.before if shown_alone else wanted.without_refused(cause.before)
    if wanted.place(before) is None:
        return None
    return minimise(before, len(before.steps) - 1, wanted.place, Budget(SECONDS))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a scenario must show.

    Not `shown_alone` is what only requests before explain, such as a key that was written otherwise: it is known by the
    kind of the difference. A request before it that a side refuses would be another cause of the same: there is none.
    """

    cause: Cause
    first: Target
    other: Target
    explain: Explain
    shown_alone: bool

    def place(self, scenario: Scenario) -> int | None:
        """The index of the step that shows it, None for none."""
        for exchange, replies in self._exchanges(scenario):
            if exchange.step.operation == self.cause.example.step.operation and any(
                self._is_it(exchange.step, difference, replies)
                for difference in differences(exchange.step, *replies, tables=tables_of(scenario))
            ):
                return exchange.index
        return None

    def without_refused(self, scenario: Scenario) -> Scenario:
        """Without the steps before the last that a side refuses."""
        last = len(scenario.steps) - 1
        kept = {exchange.index for exchange, replies in self._exchanges(scenario) if _accepted(replies)} | {last}
        return replace(scenario, steps=tuple(step for index, step in enumerate(scenario.steps) if index in kept))

    def _exchanges(self, scenario: Scenario) -> Iterator[tuple[Exchange, tuple[Reply, Reply]]]:
        """Those that both sides answered, up to the first that one did not."""
        for exchange in replay(scenario, [self.first, self.other]):
            if isinstance(exchange, SetupFailure):
                continue
            first, other = (exchange.replies.get(target.name) for target in (self.first, self.other))
            if first is None or other is None:
                return
            yield exchange, (first, other)

    def _is_it(self, step: Step, difference: Difference, replies: tuple[Reply, Reply]) -> bool:
        if difference.layer not in self.cause.layers:
            return False
        rule = self.explain(step, difference, *replies) if self.shown_alone else ""
        return rule == self.cause.rule if rule else difference.kind == self.cause.kind


def _accepted(replies: tuple[Reply, Reply]) -> bool:
    return all(reply.outcome is Outcome.ACCEPTED for reply in replies)
