"""The engine: cases, generated scenarios and laws, put to targets, to a short list of divergences.

A run has four parts. *Cases* are judged by their expectations on every target, the baseline included: the reference is
on trial too. *Generated scenarios* are replayed in lockstep, and each target is held against the first, the baseline
(`lockstep.py`). *Laws* are held on each target by itself (`laws/`). Then each divergence that nobody wrote down is
*minimised*. What happens is told as events.

One bug must not hide the next
------------------------------
- Divergences are merged by signature. A known one is counted and the run goes on.
- What a target could not be compared on, having gone astray, is put to it again on the baseline's state.
- What a known divergence keeps spoiling is generated more rarely.

Who is minimised where
----------------------
The same difference on several targets is one fault to look into, so it is minimised once: between the baseline and the
fastest target that shows it. What comes out is put to all targets, and those that show it too have it from there. One
that does not show again, however often its whole scenario is replayed, is flaky, and said to be.

Equal seeds give equal scenarios, on every machine, for equal targets; how many of them fit into a time does not repeat,
of course.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from conformance import laws
from conformance.canonical import tables_of
from conformance.compare import ALL_LAYERS, judge
from conformance.divergence import Difference, Divergence, Excuse, Layer, Signature, Verdict, not_excused
from conformance.events import (
    CaseJudged,
    CoverageMeasured,
    DivergenceFound,
    DivergenceMinimised,
    Event,
    LawChecked,
    RunFinished,
    RunStarted,
    ScenarioReplayed,
    TargetLost,
    TimeSpent,
)
from conformance.finding_database import FindingDatabase
from conformance.generator import Generator as ScenarioGenerator
from conformance.lockstep import ComparedStep, Continuation, Finding, compared, with_tables_as_steps
from conformance.minimise import Budget, cost, minimise
from conformance.replay import Exchange, SetupFailure, prefix_for, replay
from conformance.scenario import (
    Evidence,
    EvidenceKind,
    Expectation,
    Outcome,
    Reply,
    Scenario,
    Step,
    feature_of,
)
from conformance.strategies.scenarios import ALL_OPERATIONS, Plan
from conformance.targets.target import Target

# What the expectations of cases, and laws, are called where a target is held against them.
CASE = "case"
LAW = "law"
# So many scenarios in a row without any answer, and a target is given up.
LOST_AFTER = 3
# Of the time for generating, what laws get.
LAWS_SHARE = 0.2
# So often a scenario is replayed before a divergence that does not show again is called flaky.
FLAKY_AFTER = 3
SECONDS_BETWEEN_MEASURES = 5.0
# Errors by which a target says that it has not got an operation at all.
UNSUPPORTED = frozenset({"UnknownOperationException", "NotImplementedError", "NotImplementedException"})


def run(
    targets: Sequence[Target],
    *,
    cases: Sequence[Scenario] = (),
    seconds: float | None = None,
    operations: int | None = None,
    seed: int = 0,
    shard: tuple[int, int] = (1, 1),
    layers: Collection[Layer] = ALL_LAYERS,
    minimise_seconds: float = 60.0,
    generate_operations: Collection[str] = ALL_OPERATIONS,
    hold_laws: bool = True,
    known: Excuse = not_excused,
    remembered: FindingDatabase | None = None,
    missing: Mapping[str, str] | None = None,
) -> Generator[Event, None, None]:
    """Run a campaign on targets that have been started; the first one is the baseline.

    Generates until `seconds` have passed or so many `operations` were replayed; not at all where neither is given. Laws
    are held in a share of that, or of as many operations. `known` says why a divergence is expected: such a one is
    counted and not minimised. `remembered` are scenarios that showed divergences before, on this machine or another:
    they are replayed first. `missing` are targets that could not be started, with the reason. The last event is always
    RunFinished, also after Ctrl-C.
    """
    campaign = _Campaign(targets, seed, layers, known, remembered, missing or {})
    return campaign.run(
        cases,
        seconds,
        operations,
        shard=shard,
        minimise_seconds=minimise_seconds,
        generate_operations=generate_operations,
        hold_laws=hold_laws,
    )


class _Campaign:
    def __init__(
        self,
        targets: Sequence[Target],
        seed: int,
        layers: Collection[Layer],
        known: Excuse,
        remembered: FindingDatabase | None,
        missing: Mapping[str, str],
    ) -> None:
        self._targets = list(targets)
        self._baseline = targets[0].name
        self._seed = seed
        self._layers = frozenset(layers)
        self._known = known
        self._remembered = remembered
        self._divergences: dict[Signature, Divergence] = {}
        self._silent: Counter[str] = Counter()  # scenarios in a row without an answer, by target
        self._lost: dict[str, str] = dict(missing)
        self._violations: dict[Signature, laws.Violation] = {}
        self._silence: dict[str, str] = {}
        self._spent: defaultdict[str, float] = defaultdict(float)  # seconds, by what they went into
        self._asked: defaultdict[str, float] = defaultdict(float)  # and by target
        self._answered: Counter[str] = Counter()  # by target, for its speed
        self._compared_operations = 0
        self._measured = time.monotonic()

    def run(
        self,
        cases: Sequence[Scenario],
        seconds: float | None,
        operations: int | None,
        *,
        shard: tuple[int, int],
        minimise_seconds: float,
        generate_operations: Collection[str],
        hold_laws: bool,
    ) -> Generator[Event, None, None]:
        started = time.monotonic()
        reason = ""
        generator = ScenarioGenerator(self._seed, generate_operations, shard)
        generating = seconds is not None or operations is not None
        try:
            descriptions = tuple(target.describe() for target in self._targets)
            yield RunStarted(descriptions, len(cases), self._seed, seconds, operations)
            for target, why in self._lost.items():
                yield TargetLost(target, why)
            yield from self._judge_cases(cases)
            yield from self._replay_remembered()
            if generating:
                share = LAWS_SHARE if hold_laws else 0.0
                yield from self._compare_generated(generator, seconds and seconds * (1 - share), operations)
                if hold_laws:
                    yield from self._hold_laws(seconds and seconds * share, operations and int(operations * share))
            yield from self._minimise(minimise_seconds)
        except KeyboardInterrupt:
            reason = "interrupted"
        measures: list[Event] = [CoverageMeasured(generator.coverage.as_json())] if generating else []
        for event in [*measures, self._time_spent()]:
            try:
                yield event
            except KeyboardInterrupt:  # told once more, by whoever does not know that it was heard
                reason = "interrupted"
        for target, why in self._lost.items():
            reason = reason or f"{target} was lost: {why}"
        yield RunFinished(not reason, reason or "finished", time.monotonic() - started)

    # --- cases --------------------------------------------------------------------------------------------

    def _judge_cases(self, cases: Sequence[Scenario]) -> Iterator[Event]:
        for case in cases:
            yield from self._judge_case(case)
            yield from self._drop_the_lost()

    def _judge_case(self, case: Scenario) -> Iterator[Event]:
        tables = tables_of(case)
        findings: dict[str, Finding] = {}
        trouble: dict[str, str] = {}
        replies: dict[str, dict[int, Reply]] = {target.name: {} for target in self._targets}
        for exchange in self._exchanges(case, self._targets):
            if isinstance(exchange, SetupFailure):
                if exchange.reply is None or exchange.reply.outcome is Outcome.NO_ANSWER:
                    trouble[exchange.target] = exchange.reason
                else:
                    findings[exchange.target] = _setup_finding(case, exchange)
                continue
            for target, reply in exchange.replies.items():
                replies[target][exchange.index] = reply
                if target not in findings:
                    difference = judge(exchange.step, reply, layers=self._layers, tables=tables)
                    if difference is not None:
                        findings[target] = Finding(target, case, exchange, difference)
        for target in replies:
            finding = findings.get(target)
            if target in trouble:
                verdict = Verdict.INDETERMINATE
                yield CaseJudged(case, target, None, verdict=verdict, reason=trouble[target])
                continue
            if finding is None:
                yield CaseJudged(case, target, None, replies=replies[target])
                continue
            unsupported = _is_unsupported(finding)
            step = finding.exchange.index if finding.scenario is case else None
            verdict = Verdict.UNSUPPORTED if unsupported else Verdict.DIVERGE
            yield CaseJudged(case, target, finding.difference, step, replies[target], verdict)
            yield from self._record(finding, baseline=CASE, evidence=case.evidence)

    # --- generated scenarios ------------------------------------------------------------------------------

    def _compare_generated(
        self, generator: ScenarioGenerator, seconds: float | None, operations: int | None
    ) -> Iterator[Event]:
        deadline = None if seconds is None else time.monotonic() + seconds
        left = operations
        plans = iter(generator)
        while len(self._targets) > 1 and self._baseline not in self._lost:
            if (left is not None and left <= 0) or (deadline is not None and time.monotonic() >= deadline):
                return
            asked = sum(self._asked.values())
            with self._timed("generate"):
                plan = next(plans)
            generated = time.perf_counter()
            counts: Counter[str] = Counter()
            found = 0
            for step in self._compare_everything(plan.scenario):
                counts[step.exchange.step.operation] += 1
                found += len(step.findings)
                self._steer(generator, plan, step)
                yield from self._record_all(step)
            yield ScenarioReplayed(None, counts, found)
            yield from self._drop_the_lost()
            self._spent["compare"] += time.perf_counter() - generated - (sum(self._asked.values()) - asked)
            self._compared_operations += counts.total()
            if left is not None:
                left -= counts.total()
            yield from self._measure(generator)

    def _steer(self, generator: ScenarioGenerator, plan: Plan, step: ComparedStep) -> None:
        """Towards what is rare, and round what a known divergence keeps spoiling."""
        exchange = step.exchange
        baseline = exchange.replies.get(self._baseline)
        if step.scenario is not plan.scenario or baseline is None:
            return
        label = plan.wrong[exchange.index]
        generator.observe(exchange.step, baseline, label)
        if label is not None and any(finding.signature in self._divergences for finding in step.findings):
            generator.avoid([label])

    def _replay_remembered(self) -> Iterator[Event]:
        """What showed divergences before, on any machine of the campaign."""
        if self._remembered is None:
            return
        for scenario in self._remembered.fetch([target.name for target in self._targets]):
            counts: Counter[str] = Counter()
            found = 0
            for step in self._compare_everything(scenario):
                counts[step.exchange.step.operation] += 1
                found += len(step.findings)
                yield from self._record_all(step)
            yield ScenarioReplayed(None, counts, found)
            yield from self._drop_the_lost()

    def _compare_everything(self, scenario: Scenario) -> Iterator[ComparedStep]:
        """The scenario on all targets, then what those that went astray have missed."""
        waiting = [Continuation(scenario, 0, frozenset(target.name for target in self._targets))]
        while waiting:
            current = waiting.pop()
            targets = [target for target in self._targets if target.name in current.targets | {self._baseline}]
            astray: list[tuple[int, str]] = []
            for step in self._compared(current.scenario, targets):
                astray += [(step.exchange.index, target) for target in step.astray]
                yield step
            waiting += current.continuations(astray, self._on_the_baseline)

    def _on_the_baseline(self, scenario: Scenario) -> Iterator[Exchange | SetupFailure]:
        return self._exchanges(scenario, [target for target in self._targets if target.name == self._baseline])

    def _compared(self, scenario: Scenario, targets: Sequence[Target]) -> Iterator[ComparedStep]:
        """Each step with what differs there; then the tables that a target refuses, as steps."""
        refusing: list[str] = []
        yield from compared(scenario, self._exchanges(scenario, targets), self._baseline, self._layers, refusing)
        if refusing:
            involved = [target for target in targets if target.name == self._baseline or target.name in refusing]
            yield from self._compared(with_tables_as_steps(scenario), involved)

    # --- laws ---------------------------------------------------------------------------------------------

    def _hold_laws(self, seconds: float | None, operations: int | None) -> Iterator[Event]:
        """On each target by itself, for an equal share of the time; the baseline is on trial too."""
        with self._timed("laws"):
            for position, target in enumerate(list(self._targets)):
                share = seconds and seconds / len(self._targets)
                for event in laws.hold(target, seed=self._seed + position, seconds=share, operations=operations):
                    yield from self._hear_of_law(event)

    def _hear_of_law(self, event: laws.Violation | laws.LawUnjudged | LawChecked) -> Iterator[Event]:
        match event:
            case LawChecked():
                yield event
            case laws.LawUnjudged():
                yield LawChecked(event.law, event.title, event.target, event.operations, 0, event.verdict, event.reason)
            case laws.Violation():
                divergence = laws.as_divergence(event)
                # A failure that was found as a divergence needs no law to be one.
                how = divergence.signature.kind.removeprefix(f"{divergence.law}: ")
                known = self._divergences.get(replace(divergence.signature, kind=how))
                if known is not None:
                    known.occurrences += 1
                    return
                self._violations.setdefault(divergence.signature, event)
                yield from self._keep(divergence)

    # --- divergences --------------------------------------------------------------------------------------

    def _record_all(self, step: ComparedStep) -> Iterator[Event]:
        for finding in step.findings:
            evidence = self._evidence(finding, step.findings)
            yield from self._record(finding, baseline=self._baseline, evidence=evidence)

    def _evidence(self, finding: Finding, findings: Sequence[Finding]) -> Evidence:
        """Who says so: the baseline, with the targets that agree with it, against those that do not.

        A target that does not have the operation has no say.
        """
        replies = finding.exchange.replies
        differing = {other.target for other in findings}
        agreeing = [name for name in replies if name not in differing]
        same = sorted(
            other.target
            for other in findings
            if other.difference.kind == finding.difference.kind and replies[other.target].error_type not in UNSUPPORTED
        )
        note = f"answered alike by {', '.join(same)}" if len(same) > 1 else ""
        if len(same) > len(agreeing):
            note += ": they outvote the baseline"
        kind = EvidenceKind.AGREED if len(agreeing) > 1 else EvidenceKind.INFERRED
        return Evidence(kind, ", ".join(agreeing), note)

    def _record(self, finding: Finding, *, baseline: str, evidence: Evidence | None) -> Iterator[Event]:
        step = finding.exchange.step
        yield from self._keep(
            Divergence(
                signature=finding.signature,
                feature=finding.scenario.feature if baseline == CASE else feature_of(step.operation),
                baseline=baseline,
                scenario=finding.scenario,
                step=finding.exchange.index,
                difference=finding.difference,
                replies=dict(finding.exchange.replies),
                evidence=evidence,
            )
        )

    def _keep(self, divergence: Divergence) -> Iterator[Event]:
        """A signature is told once, and counted from then on."""
        before = self._divergences.get(divergence.signature)
        if before is not None:
            before.occurrences += 1
            return
        divergence.known = self._known(divergence)
        self._divergences[divergence.signature] = divergence
        yield DivergenceFound(divergence)

    # --- minimising ---------------------------------------------------------------------------------------

    def _minimise(self, seconds: float) -> Iterator[Event]:
        """The smallest first: they take the least, and what they leave of their time the others have."""
        deadline = time.monotonic() + seconds
        with self._timed("minimise"):
            waiting = sorted((group for group in self._faults()), key=lambda group: _cost_of(group[0]))
            for position, group in enumerate(waiting):
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return
                yield from self._minimise_fault(group, remaining / (len(waiting) - position))
                yield from self._drop_the_lost()

    def _faults(self) -> list[list[Divergence]]:
        """What is to be minimised: by what differs, the fastest target that shows it first."""
        faults: defaultdict[tuple[str, str, str, str], list[Divergence]] = defaultdict(list)
        for found in self._divergences.values():
            if found.baseline != CASE and not found.known and not found.minimised:
                one = found.signature
                faults[one.operation, one.layer, one.kind, found.law].append(found)
        for group in faults.values():
            group.sort(key=lambda found: self._seconds_per_answer(found.target))
        return list(faults.values())

    def _seconds_per_answer(self, target: str) -> float:
        return self._asked[target] / max(1, self._answered[target])

    def _minimise_fault(self, group: Sequence[Divergence], seconds: float) -> Iterator[Event]:
        """Once, and what comes out is put to the others; those that do not show it there have a turn of their own."""
        deadline = time.monotonic() + seconds
        for position, divergence in enumerate(group):
            remaining = deadline - time.monotonic()
            if divergence.minimised or remaining <= 0:
                continue
            budget = Budget(seconds=remaining / (len(group) - position))
            if divergence.law:
                self._minimise_violation(divergence, budget)
            else:
                self._minimise_one(divergence, group, budget)
        for divergence in group:
            if divergence.minimised or divergence.flaky:
                yield DivergenceMinimised(divergence)
            if divergence.minimised and self._remembered is not None:
                self._remembered.save(divergence.target, divergence.scenario)

    def _minimise_one(self, divergence: Divergence, group: Sequence[Divergence], budget: Budget) -> None:
        involved = [target for target in self._targets if target.name in (self._baseline, divergence.target)]
        if len(involved) < 2:
            return

        def still_diverges(candidate: Scenario) -> int | None:
            found = self._seen(candidate, involved, [divergence.signature])
            return found[0].exchange.index if found else None

        if not any(still_diverges(divergence.scenario) is not None for _ in range(FLAKY_AFTER)):
            divergence.flaky = True
            return
        baseline = divergence.replies[self._baseline]
        # What the baseline accepts must go on being accepted; what it refuses for its syntax may become any nonsense.
        fault_of_syntax = re.search("Syntax error|redundant parentheses", baseline.message or "") is not None
        smallest = minimise(
            divergence.scenario,
            divergence.step,
            still_diverges,
            budget,
            break_expressions=fault_of_syntax or baseline.outcome is Outcome.ACCEPTED,
        )
        # Once more, on all targets, for what everybody answers to it.
        waiting = {other.signature: other for other in group if not other.minimised}
        for finding in self._seen(smallest, self._targets, list(waiting)):
            found = waiting[finding.signature]
            found.scenario = smallest.with_steps(smallest.steps[: finding.exchange.index + 1])
            found.step = finding.exchange.index
            found.difference = finding.difference
            found.replies = dict(finding.exchange.replies)
            found.minimised = True

    def _minimise_violation(self, divergence: Divergence, budget: Budget) -> None:
        """On its target alone."""
        violation = self._violations[divergence.signature]
        targets = [target for target in self._targets if target.name == divergence.target]
        for target in targets:
            if laws.still_violated(violation.law, violation.scenario, target, divergence.signature.kind) is None:
                divergence.flaky = True
                return
            smallest = laws.as_divergence(laws.smallest(violation, target, budget))
            divergence.scenario, divergence.step = smallest.scenario, smallest.step
            divergence.difference, divergence.replies = smallest.difference, smallest.replies
            divergence.minimised = True

    def _seen(self, scenario: Scenario, involved: Sequence[Target], wanted: Sequence[Signature]) -> list[Finding]:
        """The first finding of each of these signatures in the scenario."""
        found: dict[Signature, Finding] = {}
        for step in self._compared(scenario, involved):
            for finding in step.findings:
                if finding.signature in wanted:
                    found.setdefault(finding.signature, finding)
            if len(found) == len(wanted):
                break
        return list(found.values())

    # --- targets ------------------------------------------------------------------------------------------

    def _exchanges(self, scenario: Scenario, targets: Sequence[Target]) -> Iterator[Exchange | SetupFailure]:
        """Replay, and note who does not answer and how long the others take."""
        silent: dict[str, str] = {}
        heard: set[str] = set()
        for exchange in replay(scenario, targets, prefix=prefix_for(self._targets)):
            if isinstance(exchange, SetupFailure):
                if exchange.reply is None or exchange.reply.outcome is Outcome.NO_ANSWER:
                    silent[exchange.target] = exchange.reason
            else:
                for target, reply in exchange.replies.items():
                    self._asked[target] += exchange.seconds.get(target, 0.0)
                    self._answered[target] += 1
                    if reply.outcome is Outcome.NO_ANSWER:
                        silent.setdefault(target, reply.failure)
                    else:
                        heard.add(target)
            yield exchange
        for target in heard:
            self._silent[target] = 0
        for target, why in silent.items():
            if target not in heard:
                self._silent[target] += 1
                self._silence[target] = why

    def _drop_the_lost(self) -> Iterator[Event]:
        for target in list(self._targets):
            if self._silent[target.name] >= LOST_AFTER:
                self._targets.remove(target)
                self._lost[target.name] = self._silence[target.name]
                yield TargetLost(target.name, self._silence[target.name])

    # --- measuring ----------------------------------------------------------------------------------------

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self._spent[what] += time.perf_counter() - began

    def _measure(self, generator: ScenarioGenerator) -> Iterator[Event]:
        """Now and then, so that the report of a run that is killed has it too."""
        if time.monotonic() - self._measured >= SECONDS_BETWEEN_MEASURES:
            yield CoverageMeasured(generator.coverage.as_json())
            yield self._time_spent()
            yield from self._replay_remembered()  # what others have found meanwhile
            self._measured = time.monotonic()

    def _time_spent(self) -> TimeSpent:
        return TimeSpent({**self._spent, **self._asked}, self._compared_operations)


def _cost_of(divergence: Divergence) -> tuple[int, int, int, str]:
    return cost(divergence.scenario.with_steps(divergence.scenario.steps[: divergence.step + 1]))


def _is_unsupported(finding: Finding) -> bool:
    """Whether the target says that it has not got the operation. An unknown one is refused so by everybody."""
    reply = finding.exchange.replies[finding.target]
    expected = finding.exchange.step.expect
    if expected is not None and expected.error in UNSUPPORTED:
        return False
    raised = reply.failure.partition(" ")[0]
    return reply.error_type in UNSUPPORTED or raised in UNSUPPORTED or reply.status == 501


def _setup_finding(case: Scenario, failure: SetupFailure) -> Finding:
    """A case that cannot begin is a finding about its table's creation."""
    creations = with_tables_as_steps(case)
    names = [step.request.get("TableName") for step in creations.steps]
    index = names.index(failure.table) if failure.table in names else 0
    step = creations.steps[index] if creations.steps else Step("CreateTable")
    reply = failure.reply or Reply(0, failure=failure.reason)
    difference = judge(replace(step, expect=Expectation()), reply)
    if difference is None:  # created, but never became usable
        difference = Difference(Layer.OUTCOME, "the table does not become usable", "", "usable", failure.reason)
    return Finding(failure.target, creations, Exchange(index, step, {failure.target: reply}), difference)
