"""Looking for faults with generated operations.

The scenarios are generated once, and what the honest reference answers is remembered: the patches are process-wide, so
it must have answered before any of them is applied. Then each fault's server is given the same scenarios until a reply
differs, in any layer and after canonicalisation, as in a campaign. Scenarios are independent of each other: the server
is emptied before each.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from conformance.canonical import tables_of
from conformance.compare import differences, signature
from conformance.divergence import Difference, Layer, Signature
from conformance.generator import Generator
from conformance.laws import Violation, hold
from conformance.replay import SetupFailure, replay
from conformance.scenario import JSONObject, Reply, Scenario, Step
from conformance.targets.reference import ReferenceTarget
from tests.engine.fault import Fault


@dataclass(frozen=True, slots=True)
class Answered:
    """A scenario and what the honest reference answers. `before` is how many operations were generated before it."""

    scenario: Scenario
    tables: tuple[JSONObject, ...]
    before: int
    replies: tuple[Reply, ...]
    # Why the scenario cannot begin; empty where it can.
    failure: str


@dataclass(frozen=True, slots=True)
class Found:
    """Where a fault showed first: at the how manieth operation, and as what.

    `law` is the first law that its server broke; empty where none did, or none was tried.
    """

    fault: str
    operation: int | None  # None: not at all
    scenario: str = ""
    signature: Signature | None = None
    seconds: float = 0.0
    law: str = ""

    def within(self, operations: int) -> bool:
        return self.operation is not None and self.operation <= operations


# --- the honest reference ---------------------------------------------------------------------------------


def generate(seed: int, operations: int, progress: Callable[[int], None] = lambda _operations: None) -> list[Answered]:
    """Scenarios of at least so many operations, answered. `progress` is told how many there are by now."""
    generator = Generator(seed)
    answered: list[Answered] = []
    count = 0
    with ReferenceTarget() as target:
        for plan in generator:
            if count >= operations:
                break
            answered.append(answer(plan.scenario, target, before=count))
            for step, reply, wrong in zip(plan.scenario.steps, answered[-1].replies, plan.wrong, strict=False):
                generator.observe(step, reply, wrong)
            count += len(plan.scenario.steps)
            progress(count)
    return answered


def answer(scenario: Scenario, target: ReferenceTarget, *, before: int = 0) -> Answered:
    replies: list[Reply] = []
    failure = ""
    for exchange in replay(scenario, [target]):
        if isinstance(exchange, SetupFailure):
            failure = exchange.reason
        elif exchange.replies:
            replies.append(exchange.replies[target.name])
    return Answered(scenario, tables_of(scenario), before, tuple(replies), failure)


# --- the wrong ones ---------------------------------------------------------------------------------------


def find(fault: Fault, answered: Sequence[Answered]) -> Found:
    """The first operation at which the fault shows."""
    began = time.monotonic()
    with fault.applied(), _silence(), ReferenceTarget() as target:
        for expected in answered:
            shown = first_difference(expected, target)
            if shown is not None:
                index, step, difference = shown
                return Found(
                    fault.id,
                    expected.before + index + 1,
                    expected.scenario.id,
                    signature(target.name, step, difference),
                    time.monotonic() - began,
                )
    return Found(fault.id, None, seconds=time.monotonic() - began)


def first_difference(expected: Answered, target: ReferenceTarget) -> tuple[int, Step, Difference] | None:
    """The step at which the target answers otherwise, its position, and how."""
    for exchange in replay(expected.scenario, [target]):
        if isinstance(exchange, SetupFailure):
            if exchange.reason != expected.failure:
                kind = f"the tables cannot be set up: {exchange.reason}"
                return 0, Step("CreateTable"), Difference(Layer.OUTCOME, kind, "", expected.failure, exchange.reason)
        elif exchange.replies:
            if expected.failure:
                kind = "tables are set up that cannot be"
                return 0, Step("CreateTable"), Difference(Layer.OUTCOME, kind, "", expected.failure, "")
            honest, wrong = expected.replies[exchange.index], exchange.replies[target.name]
            for difference in differences(exchange.step, honest, wrong, tables=expected.tables):
                return exchange.index, exchange.step, difference
    return None


def broken_law(fault: Fault, *, seed: int, operations: int) -> str:
    """The first law that the fault's server breaks within so many operations of the laws' own; empty for none."""
    with fault.applied(), _silence(), ReferenceTarget() as target:
        for event in hold(target, seed=seed, operations=operations):
            if isinstance(event, Violation):
                return event.law.name
    return ""


@contextmanager
def _silence() -> Iterator[None]:
    """A fault may end in an InternalServerError, whose traceback nobody needs here."""
    log = logging.getLogger("reference_server")
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = False


# --- many of them -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for, and how: the faults by id, the scenarios, and how many operations of laws besides."""

    faults: Mapping[str, Fault]
    answered: Sequence[Answered]
    seed: int = 1
    law_operations: int = 0

    def find(self, id: str) -> Found:
        fault = self.faults[id]
        found = find(fault, self.answered)
        if not self.law_operations:
            return found
        return replace(found, law=broken_law(fault, seed=self.seed, operations=self.law_operations))


def find_all(search: Search, *, jobs: int) -> Iterator[Found]:
    """Each fault as soon as it is found or given up, with so many processes at work."""
    if jobs == 1:
        yield from map(search.find, search.faults)
        return
    global _search
    _search = search  # forked processes have it without being sent it
    with multiprocessing.get_context("fork").Pool(jobs, _leave_interrupts_to_the_parent) as pool:
        yield from pool.imap_unordered(_find, search.faults)


_search = Search({}, ())


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _find(id: str) -> Found:
    return _search.find(id)
