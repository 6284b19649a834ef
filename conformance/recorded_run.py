"""A run against recordings: `touchstone run --target recording:PATH`.

A recording answers what it was asked when it was made, and nothing is shrunk, since the recorded server cannot be asked
again. There are two kinds.

A recording of one catalogue of requests (`recording.py`) answers them once, in the order of its file. So the run is
made of these requests: each is put to the baseline, and held against what was recorded. `witnesses.py` turns the
question round.

A recording of scenarios (`recorded_scenarios.py`) is a target for just these. Cases are judged by what they expect
today, where the corpus still asks the same; generated scenarios are replayed on the baseline, and compared.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from conformance import campaign
from conformance.canonical import tables_of
from conformance.cases import case_files, load_cases
from conformance.compare import ALL_LAYERS, differences, signature
from conformance.divergence import Divergence, Layer, Signature
from conformance.events import DivergenceFound, Event, RunFinished, RunStarted, ScenarioReplayed, TargetDescription
from conformance.lockstep import compared
from conformance.recorded_scenarios import RecordingTarget, identity, is_of_scenarios
from conformance.recording import CatalogueRequest, Recording, RecordingError, load_recordings
from conformance.replay import replay
from conformance.scenario import Evidence, EvidenceKind, Scenario, Step, feature_of
from conformance.targets.target import Target
from conformance.witnesses import Hearing, hear

PREFIX = "recording:"


# All of one kind.
Recordings: TypeAlias = tuple[Recording, ...] | tuple[RecordingTarget, ...]


def load(names: Sequence[str]) -> Recordings:
    """The recordings among the names of targets. Raises RecordingError."""
    paths = [Path(name.removeprefix(PREFIX)) for name in names if name.startswith(PREFIX)]
    of_scenarios = [path for path in paths if is_of_scenarios(path)]
    if not of_scenarios:
        return load_recordings(paths) if paths else ()
    if len(of_scenarios) < len(paths):
        other = next(path for path in paths if path not in of_scenarios)
        raise RecordingError(f"{of_scenarios[0]} has scenarios, and {other} a catalogue of requests: give them apart")
    targets = tuple(RecordingTarget.open(path) for path in paths)
    if len({target.name for target in targets}) < len(targets):
        raise RecordingError(f"two recordings have one name: {', '.join(target.name for target in targets)}")
    return targets


def run(
    baseline: Target, recordings: Recordings, *, layers: Collection[Layer] = ALL_LAYERS
) -> Generator[Event, None, None]:
    """Hold recordings against a baseline that has been started."""
    catalogues = [one for one in recordings if isinstance(one, Recording)]
    targets = [one for one in recordings if isinstance(one, RecordingTarget)]
    if targets:
        yield from _run_scenarios(baseline, targets, layers)
    else:
        yield from _run_catalogue(baseline, catalogues, layers)


# --- scenarios --------------------------------------------------------------------------------------------


def _run_scenarios(
    baseline: Target, targets: Sequence[RecordingTarget], layers: Collection[Layer]
) -> Generator[Event, None, None]:
    """Those that all recordings have; RunFinished says how many were left out."""
    started = time.monotonic()
    if not baseline.resettable:
        raise RecordingError(f"{baseline.name} cannot be emptied, so it cannot be held against recordings of scenarios")
    scenarios = [one for one in targets[0].scenarios if all(target.has(one) for target in targets)]
    cases, generated = _as_they_are_today(scenarios)
    left_out = max(len(target.scenarios) for target in targets) - len(scenarios)
    yield RunStarted(tuple(target.describe() for target in (baseline, *targets)), len(cases), 0, None, None)
    try:
        judging = campaign.run([baseline, *targets], cases=cases, layers=layers, hold_laws=False, minimise_seconds=0)
        for event in judging:
            if not isinstance(event, RunStarted | RunFinished):
                yield event
        yield from _compare(baseline, targets, generated, layers)
    except KeyboardInterrupt:
        yield RunFinished(False, "interrupted", time.monotonic() - started)
        return
    reason = f"finished; {left_out} scenarios left out, which not all recordings have" if left_out else "finished"
    yield RunFinished(True, reason, time.monotonic() - started)


def _as_they_are_today(scenarios: Sequence[Scenario]) -> tuple[list[Scenario], list[Scenario]]:
    """Cases and generated scenarios. A case that still asks the same is judged by what the corpus expects now."""
    corpus: dict[str, list[Scenario]] = {}
    for case in load_cases(case_files()):
        corpus.setdefault(identity(case), []).append(case)  # two may ask the same, and expect other parts of the answer
    cases: list[Scenario] = []
    generated: list[Scenario] = []
    for scenario in scenarios:
        if today := corpus.get(identity(scenario)):
            cases += today
        elif any(step.expect is not None for step in scenario.steps):
            cases.append(scenario)
        else:
            generated.append(scenario)
    return cases, generated


def _compare(
    baseline: Target, targets: Sequence[Target], scenarios: Sequence[Scenario], layers: Collection[Layer]
) -> Iterator[Event]:
    known: dict[Signature, Divergence] = {}
    for scenario in scenarios:
        counts: Counter[str] = Counter()
        found = 0
        for step in compared(scenario, replay(scenario, [baseline, *targets]), baseline.name, layers):
            counts[step.exchange.step.operation] += 1
            found += len(step.findings)
            for finding in step.findings:
                if finding.signature in known:
                    known[finding.signature].occurrences += 1
                    continue
                known[finding.signature] = Divergence(
                    signature=finding.signature,
                    feature=feature_of(step.exchange.step.operation),
                    baseline=baseline.name,
                    scenario=scenario.with_steps(scenario.steps[: step.exchange.index + 1]),
                    step=step.exchange.index,
                    difference=finding.difference,
                    replies=dict(step.exchange.replies),
                    evidence=Evidence(EvidenceKind.INFERRED, baseline.name),
                )
                yield DivergenceFound(known[finding.signature])
        yield ScenarioReplayed(None, counts, found)


# --- a catalogue ------------------------------------------------------------------------------------------


def _run_catalogue(
    baseline: Target, recordings: Sequence[Recording], layers: Collection[Layer]
) -> Generator[Event, None, None]:
    """Replay recordings of one catalogue against a baseline.

    Requests that the baseline does not serve, or that rest on such, are left out; RunFinished says how many.
    """
    started = time.monotonic()
    described = [TargetDescription(recording.name, "recorded", f"{PREFIX}{recording.name}") for recording in recordings]
    yield RunStarted((baseline.describe(), *described), 0, 0, None, None)
    reason, skipped = "finished", 0
    known: dict[Signature, Divergence] = {}
    sent: dict[str, Step] = {}
    try:
        for hearing in hear(baseline, recordings):
            if hearing.skipped is not None or hearing.step is None:
                skipped += 1
                continue
            sent[hearing.request.id] = hearing.request.scenario_step(hearing.step)
            count = 0
            for found in _found(baseline, recordings, hearing, sent, layers):
                count += 1
                if found.signature in known:
                    known[found.signature].occurrences += 1
                else:
                    known[found.signature] = found
                    yield DivergenceFound(found)
            yield ScenarioReplayed(hearing.request.feature, {hearing.step.operation: 1}, count)
    except KeyboardInterrupt:
        yield RunFinished(False, "interrupted", time.monotonic() - started)
        return
    if skipped:
        reason = f"finished; {skipped} requests left out, whose operations {baseline.name} does not serve"
    yield RunFinished(True, reason, time.monotonic() - started)


def _found(
    baseline: Target,
    recordings: Sequence[Recording],
    hearing: Hearing,
    sent: Mapping[str, Step],
    layers: Collection[Layer],
) -> list[Divergence]:
    """What was recorded otherwise than the baseline answers: one divergence for each signature and recording."""
    request, step, reply = hearing.request, hearing.step, hearing.reply
    assert step is not None
    assert reply is not None
    before = _before(request, sent)
    scenario = Scenario(
        id=request.id,
        feature=request.feature,
        steps=(*before, sent[request.id]),
        source=f"request {request.id} of the recordings",
    )
    tables = tables_of(scenario)
    found: dict[Signature, Divergence] = {}
    for recording in recordings:
        said = recording.replies[request.id]
        for difference in differences(step, reply, said, layers=layers, tables=tables):
            identity = signature(recording.name, step, difference)
            found[identity] = Divergence(
                signature=identity,
                feature=request.feature,
                baseline=baseline.name,
                scenario=scenario,
                step=len(before),
                difference=difference,
                replies={baseline.name: reply, recording.name: said},
                evidence=Evidence(EvidenceKind.INFERRED, baseline.name),
            )
    return list(found.values())


def _before(request: CatalogueRequest, sent: Mapping[str, Step]) -> list[Step]:
    """What a request rests on, and the creation of its table, where that is another feature's (file order counts)."""
    before = [sent[id_] for id_ in request.setup if id_ in sent]
    name = sent[request.id].request.get("TableName")
    if name is None or any(
        step.operation == "CreateTable" and step.request.get("TableName") == name for step in before
    ):
        return before
    made = [
        step
        for id_, step in sent.items()
        if id_ != request.id and step.operation == "CreateTable" and step.request.get("TableName") == name
    ]
    return [*made[:1], *before]
