"""Replays to be looked at: a scenario on some targets, step by step, and what each answer ought to have been.

Three questions can be put to an answer, and which one it is depends on where the scenario comes from. Is it what the
step expects (a case)? Is it what the first target answers (a finding, a recording)? Does it keep a law (a finding of a
law)? A case's steps that expect nothing are compared with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.canonical import tables_of
from conformance.compare import compare, judge
from conformance.divergence import Difference
from conformance.laws import LAWS
from conformance.laws.observing import Observation
from conformance.replay import SetupFailure, prefix_for, replay
from conformance.scenario import Outcome, Reply, Scenario, Step
from conformance.targets.target import Target


class Question(StrEnum):
    EXPECTED = "what is expected"
    ALIKE = "what the first target answers"


@dataclass(frozen=True, slots=True)
class Answered:
    """One step, everybody's replies, and how those differ that do, by target."""

    index: int
    step: Step
    replies: Mapping[str, Reply]
    differences: Mapping[str, Difference] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Broken:
    """A target breaks the law that the scenario is about, in these ways."""

    target: str
    ways: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """What a target's part in the replay does not say, and why."""

    target: str
    reason: str


def look(
    scenario: Scenario, targets: Sequence[Target], question: Question, *, law: str = ""
) -> Iterator[Answered | Broken | Undecided]:
    """Replay on started targets. With a `law`, it is what the answers are held against."""
    tables = tables_of(scenario)
    observations = [Observation(LAWS[law], target) for target in targets] if law in LAWS else []
    asked = [observation.target for observation in observations] or targets
    unable: set[str] = set()
    for exchange in replay(scenario, asked, prefix=prefix_for(targets)):
        if isinstance(exchange, SetupFailure):
            unable.add(exchange.target)
            yield Undecided(exchange.target, exchange.reason)
            continue
        for observation in observations:
            observation.note(exchange)
        first = next(iter(exchange.replies.values()), None)
        differences: dict[str, Difference] = {}
        for name, reply in exchange.replies.items():
            found = None
            if law:
                pass
            elif question is Question.EXPECTED:
                found = judge(exchange.step, reply, tables=tables)
            elif first is not None and reply is not first and first.outcome is not Outcome.NO_ANSWER:
                found = compare(exchange.step, first, reply, tables=tables)
            if found is not None:
                differences[name] = found
        yield Answered(exchange.index, exchange.step, exchange.replies, differences)
    for observation in observations:
        name = observation.target.name
        if name in unable:
            continue
        judged = observation.judgement(scenario)
        if judged.broken:
            yield Broken(name, tuple(LAWS[law].difference(one) for one in judged.broken))
        elif judged.reason:
            yield Undecided(name, judged.reason)
