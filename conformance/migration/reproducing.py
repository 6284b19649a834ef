"""The smallest way to show a cause, found by leaving out what is not needed (`minimise.py`)."""

from __future__ import annotations

from collections.abc import Callable

from conformance.canonical import tables_of
from conformance.compare import differences
from conformance.divergence import Difference
from conformance.migration.findings import Cause
from conformance.minimise import Budget, minimise
from conformance.replay import SetupFailure, replay
from conformance.scenario import Reply, Scenario, Step
from conformance.targets.target import Target

# For one cause.
SECONDS = 4.0

# The rule that explains a difference, "" for none.
Explain = Callable[[Step, Difference, Reply, Reply], str]


def find_smallest(cause: Cause, first: Target, other: Target, explain: Explain) -> Scenario | None:
    """A scenario whose last step shows the cause on both targets, emptied before; None where it does not show there."""

    def shows(scenario: Scenario) -> int | None:
        return _place(scenario, cause, first, other, explain)

    if cause.unreplayed or shows(cause.before) is None:
        return None
    return minimise(cause.before, len(cause.before.steps) - 1, shows, Budget(SECONDS))


def _place(scenario: Scenario, cause: Cause, first: Target, other: Target, explain: Explain) -> int | None:
    tables = tables_of(scenario)
    for exchange in replay(scenario, [first, other]):
        if isinstance(exchange, SetupFailure) or exchange.step.operation != cause.example.step.operation:
            continue
        replies = (exchange.replies.get(first.name), exchange.replies.get(other.name))
        if replies[0] is None or replies[1] is None:
            return None
        for difference in differences(exchange.step, replies[0], replies[1], tables=tables):
            rule = explain(exchange.step, difference, replies[0], replies[1])
            if difference.layer not in cause.layers:
                continue
            # What only earlier requests explain has no rule of its own here.
            if rule == cause.rule if rule else difference.kind == cause.kind:
                return exchange.index
    return None
