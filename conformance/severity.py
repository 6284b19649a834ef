"""How grave a divergence is: what it does to an application that trusts the target.

Gravest is what an application cannot notice: other data than DynamoDB would have, stored or read. Then what it notices
late (a request passes here that fails in production), then what stops it at once (a request fails here that would
pass), and then what it handles in the wrong branch, logs in other words, or is charged otherwise.

The table is made of the layer, of what was due, of what came, and of what the operation does. Four rules are behind it:

- An answer of 5xx, an exception and no answer at all are a refusal where success was due. Where a refusal was due they
  are one of the wrong type, since an application retries them.
- A write that goes through although its condition fails, or its transaction must be cancelled, is no mere acceptance:
  it overwrites what the condition was there to protect. Other requests that ought to be refused are wrong in
  themselves, and no data of anybody's depend on them.
- Data within a refusal are data too (the item that failed the condition), but the codes of cancellation reasons are
  types of errors. Estimates of sizes, like capacity, are for accounting.
- Of a law it is not known what was due. It is broken where an answer contradicts another one of the same server. So a
  contradiction in data is the gravest there is, and where a law says that a step had to be answered, it was refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from conformance.divergence import Divergence, Layer, Severity
from conformance.scenario import Outcome


class Effect(StrEnum):
    """What an operation does when it is accepted."""

    WRITE = "writes items"
    READ = "reads items"
    OTHER = "is about tables and what belongs to them"


_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})
# PartiQL's may do either; what may write is taken for a write.
_STATEMENTS: Final = frozenset({"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"})
_READS: Final = frozenset({"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "GetRecords"})

# What was due, and what came.
_BY_OUTCOME: Final[Mapping[tuple[Outcome, Outcome], Severity]] = {
    (Outcome.ACCEPTED, Outcome.ACCEPTED): Severity.ERROR_TYPE,  # another status of success
    (Outcome.ACCEPTED, Outcome.REFUSED): Severity.REFUSAL,
    (Outcome.ACCEPTED, Outcome.FAILED): Severity.REFUSAL,
    (Outcome.ACCEPTED, Outcome.NO_ANSWER): Severity.REFUSAL,
    (Outcome.REFUSED, Outcome.ACCEPTED): Severity.ACCEPTANCE,
    (Outcome.REFUSED, Outcome.REFUSED): Severity.ERROR_TYPE,
    (Outcome.REFUSED, Outcome.FAILED): Severity.ERROR_TYPE,
    (Outcome.REFUSED, Outcome.NO_ANSWER): Severity.ERROR_TYPE,
}
_BY_LAYER: Final[Mapping[Layer, Severity]] = {
    Layer.ERROR_TYPE: Severity.ERROR_TYPE,
    Layer.DATA: Severity.DATA,
    Layer.MESSAGE: Severity.MESSAGE,
    Layer.CAPACITY: Severity.CAPACITY,
}
# Refusals that protect data, and not the API from nonsense.
PROTECTING: Final = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})
# Of the layer of data, the members that are something else.
_BY_MEMBER: Final[tuple[tuple[re.Pattern[str], Severity], ...]] = (
    (re.compile(r"CancellationReasons\[\]\.Code\b"), Severity.ERROR_TYPE),
    (re.compile(r"ItemCollectionMetrics\b"), Severity.CAPACITY),
)


def effect_of(operation: str) -> Effect:
    if operation in _WRITES | _STATEMENTS:
        return Effect.WRITE
    return Effect.READ if operation in _READS else Effect.OTHER


def severity_of(divergence: Divergence) -> Severity:
    layer = divergence.signature.layer
    if layer is Layer.DATA:
        found = (severity for member, severity in _BY_MEMBER if member.match(divergence.difference.kind))
        return next(found, Severity.DATA)
    if layer is not Layer.OUTCOME:
        return _BY_LAYER[layer]
    if divergence.law:
        return Severity.REFUSAL
    due, error = what_was_due(divergence)
    came = outcome_of(divergence)
    if came is Outcome.ACCEPTED and error in PROTECTING and effect_of(divergence.signature.operation) is Effect.WRITE:
        return Severity.DATA
    return _BY_OUTCOME[due, came]


def what_was_due(divergence: Divergence) -> tuple[Outcome, str | None]:
    """Accepted or refused, and the type of the error: of the case's expectation, or of the baseline's reply.

    A baseline that fails itself has nothing to say of what is due; that it ought not to have been accepted is the
    safest reading. The scenario of a table that could not be created has no expectation: it had to be.
    """
    baseline = divergence.replies.get(divergence.baseline)
    if baseline is not None:
        accepted = baseline.outcome is Outcome.ACCEPTED
        return (Outcome.ACCEPTED if accepted else Outcome.REFUSED), baseline.error_type
    steps = divergence.scenario.steps
    expected = steps[divergence.step].expect if divergence.step < len(steps) else None
    error = expected.error if expected is not None else None
    return (Outcome.ACCEPTED if error is None else Outcome.REFUSED), error


def outcome_of(divergence: Divergence) -> Outcome:
    """What came from the target. A target without a reply did not answer."""
    reply = divergence.replies.get(divergence.target)
    return Outcome.NO_ANSWER if reply is None else reply.outcome
