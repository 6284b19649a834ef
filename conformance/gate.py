"""The gate: a run held against what is known of an implementation.

The engine says what diverges. Here that is compared with the entries of a file of expectations, in both directions:

- A divergence without an entry is *new*. Where replaying did not show it again it is *flaky*, and counted apart.
- One that was generated, and that one of the rules explains which the file asks for, is *explained*, and not new.
- An entry whose divergence was met is *known*. Where cases show it that the entry does not name, or cases that it names
  do not any more, it is *changed*: a fault that spreads is no less news than a new one.
- An entry whose divergence was not met is *stale* only where that was asked and answered: its case was judged and says
  otherwise, or its scenario was replayed and does not show it. Everything else (its case was not selected, the target
  was lost, it is known to be flaky) leaves it *unjudged*. Not seeing something is no evidence that it has gone.

`Gate.follow` passes the events of a campaign through, so that a report is kept as for any run, and replays before the
last one what was not met on the way. Such a scenario may show something else instead: what differs first in it, and has
no entry, is a divergence like any other. What differs behind that may be its consequence.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Generator, Mapping, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum

from conformance.campaign import LOST_AFTER
from conformance.canonical import tables_of
from conformance.case_verdicts import CaseVerdicts, Standing
from conformance.compare import differences, signature
from conformance.divergence import Difference, Divergence, Excuse, Layer, Verdict, not_excused
from conformance.events import (
    CaseJudged,
    DivergenceFound,
    Event,
    LawChecked,
    RunFinished,
    ScenarioReplayed,
    TargetDescription,
    TargetLost,
)
from conformance.expectations import Expectations, Identity, KnownDivergence, identity_of, writable
from conformance.replay import Exchange, SetupFailure, prefix_for, replay
from conformance.scenario import Outcome, Scenario, feature_of
from conformance.targets.target import Target

_LAYERS = tuple(Layer)  # gravest first


@dataclass(frozen=True, slots=True)
class Judged:
    """An entry with its standing, and why it is so where it is not simply met.

    `spread` are cases that show it and are none of the entry's, `gone` those of the entry's that do not.
    """

    entry: KnownDivergence
    standing: Standing
    reason: str = ""
    spread: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


class Passage(StrEnum):
    """What the gate says in the end."""

    PASSED = "passed"
    FAILED = "failed"
    NOTHING_JUDGED = "nothing was judged"
    INCOMPLETE = "the run did not come to its end"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the gate has found. Cases and divergences are counted apart: no sum of them means anything."""

    target: TargetDescription
    expectations: Expectations
    cases: Mapping[Verdict, int]
    operations: int  # generated, and of entries' scenarios and laws
    new: tuple[Divergence, ...]
    unanswered: tuple[Divergence, ...]  # by a target that was lost: it died of these requests, or before them
    flaky: tuple[Divergence, ...]
    explained: tuple[Divergence, ...]  # by the rules that the expectations ask for
    entries: tuple[Judged, ...]
    ours: tuple[Divergence, ...]  # of the baseline from its own cases
    end: RunFinished | None
    strict: bool = False
    # By divergence that is new: the cases that show it.
    cases_of: Mapping[Identity, Set[str]] = field(default_factory=dict)

    def standing(self, standing: Standing) -> tuple[Judged, ...]:
        return tuple(judged for judged in self.entries if judged.standing is standing)

    @property
    def passage(self) -> Passage:
        """The gate opens only to a run that came to its end and judged something."""
        if self.end is None or not self.end.complete:
            interrupted = self.end is not None and self.end.reason == "interrupted"
            return Passage.INTERRUPTED if interrupted else Passage.INCOMPLETE
        if self.new or self.standing(Standing.STALE) or self.standing(Standing.CHANGED):
            return Passage.FAILED
        if not (self.cases[Verdict.AGREE] or self.cases[Verdict.DIVERGE] or self.operations):
            return Passage.NOTHING_JUDGED
        unsure = self.flaky or self.standing(Standing.UNJUDGED) or self.cases[Verdict.INDETERMINATE]
        return Passage.FAILED if self.strict and unsure else Passage.PASSED


@dataclass(slots=True)
class _Replayed:
    """What one replay of an entry's scenario came to: it showed it, or why it did not or could not."""

    standing: Standing
    reason: str = ""
    silent: bool = False  # the target did not answer
    operations: Counter[str] = field(default_factory=Counter)
    other: Divergence | None = None


_NOT_REPLAYED = _Replayed(Standing.UNJUDGED, "its scenario was not replayed")


class Gate:
    """Follows one run of one target.

    `corpus` has the id of every case there is, where the whole corpus is judged: then an entry of a case that does not
    exist any more is stale. `rule` gives the reason of the rule that explains a divergence, where the file asks for
    rules.
    """

    def __init__(
        self,
        expectations: Expectations,
        baseline: Target,
        target: Target,
        *,
        corpus: Collection[str] | None = None,
        rule: Excuse = not_excused,
        strict: bool = False,
    ) -> None:
        self._expectations = expectations
        self._expected = expectations.by_identity()
        self._baseline = baseline
        self._target = target
        self._description = target.describe()  # of a target that has stopped nobody knows the version
        self._rule = rule
        self._strict = strict
        self._found: dict[Identity, Divergence] = {}
        self._ours: list[Divergence] = []
        self._cases = CaseVerdicts(corpus)
        self._replayed: dict[Identity, _Replayed] = {}
        self._operations = 0
        self._end: RunFinished | None = None
        self._is_lost = False

    def excuse(self, divergence: Divergence) -> str:
        """The reason of its entry, or of the rule that explains it; empty for what is new."""
        entry = self._expected.get(identity_of(divergence.signature))
        if entry is not None:
            return entry.reason
        return self._rule(divergence)

    # --- following the run ----------------------------------------------------------------------------------

    def follow(self, events: Generator[Event, None, None]) -> Generator[Event, None, None]:
        """The events of the campaign, then those of replaying what was not met in it; the last is RunFinished."""
        began = time.monotonic()
        finished = yield from self._listen_to(events)
        if finished.complete:
            try:
                reason = yield from self._replay_the_unmet()
            except KeyboardInterrupt:
                reason = "interrupted"
            if reason:
                finished = RunFinished(False, reason, finished.seconds)
        self._end = replace(finished, seconds=max(finished.seconds, time.monotonic() - began))
        yield self._end

    def _listen_to(self, events: Generator[Event, None, None]) -> Generator[Event, None, RunFinished]:
        """Passes on all but the last, and an interruption the other way: the campaign ends the run in order."""
        interrupted = False
        while True:
            event = events.throw(KeyboardInterrupt) if interrupted else next(events)
            if isinstance(event, RunFinished):
                return event
            self._listen(event)
            try:
                yield event
                interrupted = False
            except KeyboardInterrupt:
                interrupted = True

    def _listen(self, event: Event) -> None:
        match event:
            case CaseJudged() if event.target == self._target.name:
                self._cases.hear(event)
            case DivergenceFound(divergence):
                self._note(divergence)
            case ScenarioReplayed(operations=operations):
                self._operations += sum(operations.values())
            case LawChecked() if event.target == self._target.name:
                self._operations += event.operations
            case TargetLost() if event.target == self._target.name:
                self._is_lost = True

    def _note(self, divergence: Divergence) -> None:
        if divergence.target != self._target.name:
            self._ours.append(divergence)
            return
        self._found[identity_of(divergence.signature)] = divergence
        divergence.known = self.excuse(divergence)

    # --- replaying ------------------------------------------------------------------------------------------

    def _replay_the_unmet(self) -> Generator[Event, None, str]:
        """Every entry with a scenario that nothing has shown yet. Returns why it could not go on, or nothing."""
        silent = 0
        for entry in self._expected.values():
            if entry.scenario is None or entry.identity in self._found:
                continue
            replayed = self._replay(entry, entry.scenario)
            self._replayed[entry.identity] = replayed
            if replayed.other is not None:
                self._note(replayed.other)
                yield DivergenceFound(replayed.other)
            event = ScenarioReplayed(None, replayed.operations, int(replayed.other is not None))
            self._listen(event)
            yield event
            silent = silent + 1 if replayed.silent else 0
            if silent >= LOST_AFTER:
                lost = TargetLost(self._target.name, replayed.reason)
                self._listen(lost)
                yield lost
                return f"{self._target.name} was lost: {replayed.reason}"
        return ""

    def _replay(self, entry: KnownDivergence, scenario: Scenario) -> _Replayed:
        return self._held(entry, scenario) if entry.law else self._compared(entry, scenario)

    def _held(self, entry: KnownDivergence, scenario: Scenario) -> _Replayed:
        """The scenario's replies, judged by the law. What cannot be judged by it is not gone."""
        from conformance.laws import LAWS, aligned, attempt

        law = LAWS.get(entry.law)
        if law is None:
            return _Replayed(Standing.STALE, f"no law is called {entry.law} any more")
        tried = attempt(law, aligned(law, scenario), self._target)
        result = _Replayed(
            Standing.STALE,
            f"the law {entry.law} holds in its scenario now",
            operations=Counter(scenario.steps[index].operation for index in tried.replies),
        )
        if any(writable(law.difference(broken).kind) == entry.kind for broken in tried.judgement.broken):
            return replace(result, standing=Standing.KNOWN, reason="")
        if tried.judgement.verdict in (Verdict.UNSUPPORTED, Verdict.INDETERMINATE):
            reason = tried.judgement.reason
            return replace(result, standing=Standing.UNJUDGED, reason=reason, silent=tried.is_silent)
        return result

    def _compared(self, entry: KnownDivergence, scenario: Scenario) -> _Replayed:
        """Every difference of the scenario is looked at for the entry's; the first one also for itself."""
        tables = tables_of(scenario)
        result = _Replayed(Standing.STALE, "its scenario shows it no more")
        first = ""
        both = (self._baseline, self._target)
        for exchange in replay(scenario, both, prefix=prefix_for(both)):
            if isinstance(exchange, SetupFailure):
                return _unprepared(exchange)
            baseline, actual = (exchange.replies[one.name] for one in both)
            result.operations[exchange.step.operation] += 1
            if baseline.outcome is Outcome.NO_ANSWER:
                return replace(result, standing=Standing.UNJUDGED, reason=f"{self._baseline.name}: {baseline.failure}")
            for difference in differences(exchange.step, baseline, actual, tables=tables):
                identity = identity_of(signature(self._target.name, exchange.step, difference))
                if identity == entry.identity:
                    return _Replayed(Standing.KNOWN, operations=result.operations, other=result.other)
                if not first:
                    first = f"{exchange.step.operation}: {difference.kind}"
                    if identity not in self._expected and identity not in self._found:
                        result.other = self._divergence(scenario, exchange, difference)
            if actual.outcome is Outcome.NO_ANSWER:
                return replace(result, standing=Standing.UNJUDGED, reason=actual.failure, silent=True)
        return replace(result, reason=f"its scenario shows another: {first}") if first else result

    def _divergence(self, scenario: Scenario, exchange: Exchange, difference: Difference) -> Divergence:
        return Divergence(
            signature=signature(self._target.name, exchange.step, difference),
            feature=feature_of(exchange.step.operation),
            baseline=self._baseline.name,
            scenario=scenario.with_steps(scenario.steps[: exchange.index + 1]),
            step=exchange.index,
            difference=difference,
            replies=dict(exchange.replies),
        )

    # --- judging --------------------------------------------------------------------------------------------

    def judgement(self) -> Judgement:
        unexpected = [found for identity, found in self._found.items() if identity not in self._expected]
        unexpected.sort(key=lambda found: (_LAYERS.index(found.signature.layer), found.title))
        new = [found for found in unexpected if not found.flaky and not found.known]
        verdicts = Counter(self._cases.counted())
        return Judgement(
            target=self._description,
            expectations=self._expectations,
            cases={verdict: verdicts[verdict] for verdict in Verdict},
            operations=self._operations,
            new=tuple(found for found in new if not (self._is_lost and found.is_silence)),
            unanswered=tuple(found for found in new if self._is_lost and found.is_silence),
            flaky=tuple(found for found in unexpected if found.flaky),
            explained=tuple(found for found in unexpected if found.known),
            entries=tuple(map(self._judged, self._expectations.known)),
            ours=tuple(self._ours),
            end=self._end,
            strict=self._strict,
            cases_of={identity_of(found.signature): self._cases.showing(identity_of(found.signature)) for found in new},
        )

    def _judged(self, entry: KnownDivergence) -> Judged:
        standing, reason = self._standing(entry)
        if entry.flaky:
            unseen = standing is Standing.STALE
            return (
                Judged(entry, Standing.UNJUDGED, "it is flaky, and was not seen")
                if unseen
                else Judged(entry, standing, reason)
            )
        spread, gone = self._cases.showing(entry.identity) - {*entry.cases}, self._cases.gone(entry)
        if standing is Standing.STALE or not (spread or gone):
            return Judged(entry, standing, reason)
        return Judged(entry, Standing.CHANGED, _change(spread, gone), frozenset(spread), gone)

    def _standing(self, entry: KnownDivergence) -> tuple[Standing, str]:
        """By what was met; else by its scenario and its cases together: it is stale where all of them say so."""
        if entry.identity in self._found:
            return Standing.KNOWN, ""
        asked = [self._cases.standing(entry, id) for id in entry.cases]
        if entry.scenario is not None:
            replayed = self._replayed.get(entry.identity, _NOT_REPLAYED)
            asked.append((replayed.standing, replayed.reason))
        order = (Standing.KNOWN, Standing.UNJUDGED, Standing.STALE)
        return min(asked, key=lambda one: order.index(one[0]))


def _change(spread: Collection[str], gone: Collection[str]) -> str:
    """In which cases it shows now, and in which it does not any more."""
    told = [("now also in", spread), ("no longer in", gone)]
    return "; ".join(f"{how} {', '.join(sorted(ids))}" for how, ids in told if ids)


def _unprepared(failure: SetupFailure) -> _Replayed:
    silent = failure.reply is None or failure.reply.outcome is Outcome.NO_ANSWER
    return _Replayed(Standing.UNJUDGED, f"{failure.target}: {failure.reason}", silent)
