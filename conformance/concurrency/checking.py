"""A history to a verdict: what its workload's check finds, and whether there was anything to find it in.

A verdict is *agree* only where operations were acknowledged, some of them at the same time on the same item, and the
history is whole. Without these the check would have passed whatever the target does, so it is *indeterminate*.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from conformance.concurrency.history import Fate, History, HistoryError, Operation
from conformance.concurrency.violation import Violation
from conformance.concurrency.workloads import WORKLOADS
from conformance.concurrency.workloads.workload import by_key, merged
from conformance.divergence import Verdict

# Refusals that are the work of other clients. Any other says that the target does not serve the workload as it should.
EXPECTED_REFUSALS: Final = frozenset(
    {
        "ConditionalCheckFailedException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionCanceledException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A workload's verdict on a target. `contended` counts operations that overlapped another on the same item."""

    history: History
    verdict: Verdict
    reason: str
    violations: tuple[Violation, ...]
    contended: int
    answers: Mapping[str, int]  # failures and refusals that need a look, with how many there were

    @property
    def rate(self) -> float:
        return len(self.history.operations) / self.history.seconds if self.history.seconds else 0.0


def check(history: History) -> Checked:
    """Raises HistoryError where the history is of a workload that is not known, or not what that workload writes."""
    if history.workload not in WORKLOADS:
        known = ", ".join(WORKLOADS)
        raise HistoryError(f"no workload is called {history.workload!r}: there are {known}")
    findings = WORKLOADS[history.workload].check(history)
    violations = merged(findings.violations)
    contended = _contended(history)
    verdict, reason = _verdict(history, violations, contended, findings.undecided)
    return Checked(history, verdict, reason, violations, contended, _answers(history))


def _verdict(
    history: History, violations: tuple[Violation, ...], contended: int, undecided: int
) -> tuple[Verdict, str]:
    if violations:
        return Verdict.DIVERGE, history.reason
    if missing := {each.intention.operation for each in history.operations if each.is_unserved}:
        return Verdict.UNSUPPORTED, f"the target has no {', '.join(sorted(missing))}"
    if history.reason:
        return Verdict.INDETERMINATE, history.reason
    refusals = Counter(each.reply.error_type for each in history.operations if _is_unexpected(each))
    if refusals:
        kinds = ", ".join(f"{count} × {name}" for name, count in refusals.most_common())
        return Verdict.INDETERMINATE, f"refused for no reason of concurrency: {kinds}"
    if not history.count(Fate.ACKNOWLEDGED):
        return Verdict.INDETERMINATE, "nothing was acknowledged"
    if not contended:
        return Verdict.INDETERMINATE, "no two operations on one item took place at the same time"
    if undecided:
        return Verdict.INDETERMINATE, f"the search for an order ran out of its budget on {undecided} items"
    return Verdict.AGREE, ""


def _is_unexpected(operation: Operation) -> bool:
    return operation.fate is Fate.REFUSED and operation.reply.error_type not in EXPECTED_REFUSALS


def _answers(history: History) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for operation in history.operations:
        if operation.fate is Fate.UNKNOWN or _is_unexpected(operation):
            reply = operation.reply
            text = reply.failure or f"{reply.status} {reply.error_type or ''} {reply.message or ''}".strip()
            counts[f"{operation.intention.operation}: {text}"] += 1
    return dict(counts.most_common())


def _contended(history: History) -> int:
    found: set[int] = set()
    for operations in by_key(history.operations).values():
        under_way: list[tuple[float, int]] = []
        for operation in operations:
            while under_way and under_way[0][0] < operation.invoked:
                heapq.heappop(under_way)
            if under_way:
                found.add(operation.number)
                found.update(number for _, number in under_way)
            heapq.heappush(under_way, (operation.completed, operation.number))
    return len(found)
