"""Holding a target to the laws.

Every law in turn, each with a scenario of its own, over and over: equal seeds give equal scenarios on every machine.
One law, `answers`, watches over the steps of all of them.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from conformance.divergence import Difference, Divergence, Signature, Verdict
from conformance.events import LawChecked, TargetDescription
from conformance.laws import (
    answers,
    backups,
    batches,
    capacity,
    filters,
    indexes,
    pages,
    projections,
    refusals,
    returned,
    streams,
    tables,
    transfers,
    writes,
)
from conformance.laws.law import Broken, Judgement, Law, aligned, is_endless, judgement
from conformance.laws.observing import Observation
from conformance.laws.readings import keys_fit
from conformance.minimise import Budget, minimise
from conformance.replay import SetupFailure, prefix_for, replay
from conformance.scenario import Evidence, EvidenceKind, Outcome, Reply, Scenario, Step, feature_of
from conformance.strategies.drawing import SeededDraw
from conformance.targets.target import Target, WireRequest

ALL_LAWS: Final[tuple[Law, ...]] = (
    *filters.LAWS,
    *pages.LAWS,
    *indexes.LAWS,
    *writes.LAWS,
    *refusals.LAWS,
    *returned.LAWS,
    *projections.LAWS,
    *batches.LAWS,
    *capacity.LAWS,
    *tables.LAWS,
    *streams.LAWS,
    *backups.LAWS,
    *transfers.LAWS,
    *answers.LAWS,
)
LAWS: Final[Mapping[str, Law]] = {law.name: law for law in ALL_LAWS}
MONITOR: Final = answers.ANSWERS
# What a divergence from a law is held against.
BASELINE: Final = "law"
# What is eventual has to hold after such pauses on a target that may lag behind.
PAUSES: Final = (1.0, 5.0)
# So many scenarios in a row without an answer, and the target is given up.
LOST_AFTER: Final = 3


@dataclass(frozen=True, slots=True)
class Violation:
    """A law broken by one target: the scenario up to where it shows, and its replies by the index of their step.

    `step` is the one whose reply is at fault, not always the last.
    """

    law: Law
    target: str
    scenario: Scenario
    step: int
    difference: Difference
    replies: Mapping[int, Reply]


@dataclass(frozen=True, slots=True)
class LawUnjudged:
    """A law could not be held against the target this time: unsupported, or indeterminate, and why."""

    law: str
    title: str
    target: str
    verdict: Verdict
    reason: str
    operations: int


def hold(
    target: Target,
    *,
    seed: int,
    seconds: float | None = None,
    operations: int | None = None,
    only: Collection[str] = (),
) -> Iterator[Violation | LawChecked | LawUnjudged]:
    """Hold a target that was started to the laws.

    That goes on until the time or the operations are spent; where neither is given, each law is tried once. A
    scenario ends with LawChecked or LawUnjudged, and before that come its violations, one for each way in which the law
    is broken. All ends early where the target does not answer any more. A law that the target has not got what it needs
    for is named once.
    """
    laws = [law for law in ALL_LAWS if not only or law.name in only]
    if any(law.needs_storage for law in laws) and target.object_storage() is None:
        for law in [law for law in laws if law.needs_storage]:
            reason = "the files of its exports and imports cannot be read"
            yield LawUnjudged(law.name, law.sentence, target.name, Verdict.UNSUPPORTED, reason, 0)
            laws.remove(law)
    deadline = None if seconds is None else time.monotonic() + seconds
    done, round_number, silent = 0, 0, 0
    while laws:
        for law in laws:
            scenario = scenario_of(law, seed, round_number)
            tried = attempt(law, scenario, target)
            done += tried.operations
            if law is not MONITOR and (not only or MONITOR.name in only):
                yield from _concluded(MONITOR, target, _watched(tried, target))
            yield from _concluded(law, target, tried)
            silent = silent + 1 if tried.is_silent else 0
            spent = (deadline is not None and time.monotonic() >= deadline) or (
                operations is not None and done >= operations
            )
            if spent or silent >= LOST_AFTER:
                return
        if seconds is None and operations is None:
            return
        round_number += 1


def scenario_of(law: Law, seed: int, number: int) -> Scenario:
    """The law's scenario of this number, equal for equal seeds."""
    scenario = aligned(law, law.draw(SeededDraw(f"law {law.name} {seed} {number}")))
    source = f"law {law.name}, drawn with seed {seed}: number {number}"
    return replace(scenario, id=f"law-{law.name}-{seed}-{number}", title=law.sentence, source=source)


def still_violated(law: Law, scenario: Scenario, target: Target, kind: str = "") -> int | None:
    """The step at which the violation shows, if the scenario still has one: of this kind, where one is named.

    For `minimise`. The scenario's derived probes are written anew before it is replayed: `aligned` gives what was sent.
    With keys that do not fit their table it is another matter, and no violation of this law.
    """
    scenario = aligned(law, scenario)
    if not law.is_wrong_on_purpose and not keys_fit(scenario):
        return None
    found = _found(attempt(law, scenario, target), kind, law)
    return None if found is None else found.last


def smallest(violation: Violation, target: Target, budget: Budget) -> Violation:
    """The violation with the smallest scenario that was found to show it; unchanged where it does not show again."""
    law, kind = violation.law, violation.difference.kind
    scenario = aligned(
        law,
        minimise(
            violation.scenario,
            len(violation.scenario.steps) - 1,
            lambda candidate: still_violated(law, candidate, target, kind),
            budget,
        ),
    )
    tried = attempt(law, scenario, target)
    found = _found(tried, kind, law)
    return violation if found is None else _violation(law, target, tried, found)


def as_divergence(violation: Violation) -> Divergence:
    step = violation.scenario.steps[violation.step]
    difference = violation.difference
    return Divergence(
        signature=Signature(violation.target, step.operation, difference.layer, difference.kind),
        feature=feature_of(step.operation),
        baseline=BASELINE,
        scenario=violation.scenario,
        step=violation.step,
        difference=difference,
        replies={violation.target: violation.replies[violation.step]},
        evidence=Evidence(EvidenceKind.DOCUMENTED, violation.law.source, violation.law.sentence),
        law=violation.law.name,
    )


def _concluded(law: Law, target: Target, tried: Attempt) -> Iterator[Violation | LawChecked | LawUnjudged]:
    """What one scenario says of the law."""
    verdict, found = tried.judgement.verdict, tried.judgement.broken
    for one in found:
        yield _violation(law, target, tried, one)
    if verdict in (Verdict.UNSUPPORTED, Verdict.INDETERMINATE):
        yield LawUnjudged(law.name, law.sentence, target.name, verdict, tried.judgement.reason, tried.operations)
    else:
        yield LawChecked(law.name, law.sentence, target.name, tried.operations, int(bool(found)))


def _violation(law: Law, target: Target, tried: Attempt, found: Broken) -> Violation:
    steps = tried.scenario.steps[: found.last + 1]
    replies = {index: reply for index, reply in tried.replies.items() if index <= found.last}
    return Violation(law, target.name, tried.scenario.with_steps(steps), found.index, law.difference(found), replies)


# --- one scenario -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempt:
    """A scenario, what was answered, and what the law says of that.

    Where its tables could not be created, `replies` is empty and `refused` is who says so.
    """

    scenario: Scenario
    replies: Mapping[int, Reply]
    judgement: Judgement
    operations: int
    refused: Reply | None = None

    @property
    def is_silent(self) -> bool:
        last = self.replies[max(self.replies)] if self.replies else self.refused
        return last is not None and last.outcome is Outcome.NO_ANSWER and not is_endless(last)


def attempt(law: Law, scenario: Scenario, target: Target) -> Attempt:
    """Replay the scenario and judge it; where the target may lag behind, once more with each pause."""
    tried = _replayed(law, scenario, target)
    for pause in PAUSES if law.eventual and not target.resettable else ():
        if tried.judgement.verdict is not Verdict.DIVERGE:
            break
        tried = _replayed(law, scenario, _Patient(target, pause))
    return tried


def _replayed(law: Law, scenario: Scenario, target: Target) -> Attempt:
    observation = Observation(law, target)
    for exchange in replay(scenario, [observation.target], prefix=prefix_for([target])):
        if isinstance(exchange, SetupFailure):
            unjudged = Judgement(Verdict.INDETERMINATE, (), exchange.reason)
            return Attempt(scenario, {}, unjudged, 0, exchange.reply or Reply(0, failure=exchange.reason))
        observation.note(exchange)
    replies = observation.replies
    return Attempt(scenario, replies, observation.judgement(scenario), len(replies))


def _watched(tried: Attempt, target: Target) -> Attempt:
    """What the monitor says of another law's scenario; of the creation of its tables, where that went wrong."""
    if tried.refused is not None:
        creations = tuple(Step("CreateTable", table) for table in tried.scenario.tables)
        return _replayed(MONITOR, replace(tried.scenario, tables=(), steps=creations), target)
    return replace(tried, judgement=judgement(MONITOR, tried.scenario, tried.replies), operations=0)


def _found(tried: Attempt, kind: str, law: Law) -> Broken | None:
    return next((one for one in tried.judgement.broken if kind in ("", law.difference(one).kind)), None)


class _Patient(Target):
    """A target that is given time after each write, before it is read again."""

    resettable = False

    def __init__(self, target: Target, pause: float) -> None:
        self.name = target.name
        self._target = target
        self._pause = pause
        self._is_written = False

    def describe(self) -> TargetDescription:
        return self._target.describe()

    def send(self, request: WireRequest) -> Reply:
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        if operation in _LAGGING and self._is_written:
            time.sleep(self._pause)
        self._is_written = operation not in _LAGGING
        return self._target.send(request)


_LAGGING: Final = frozenset({"Query", "Scan", "GetRecords"})
