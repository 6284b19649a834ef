"""A run against recordings: `touchstone run --target recording:PATH`.

A recording answers its own requests only, once, in the order of its file. So the run is made of these requests: each is
put to the baseline, and held against what was recorded. Nothing is generated, no case is judged, and nothing is
shrunk, since the recorded server cannot be asked again. `witnesses.py` turns the question round.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Mapping, Sequence
from pathlib import Path

from conformance.canonical import tables_of
from conformance.compare import ALL_LAYERS, differences, signature
from conformance.divergence import Divergence, Layer, Signature
from conformance.events import DivergenceFound, Event, RunFinished, RunStarted, ScenarioReplayed, TargetDescription
from conformance.recording import Recording, load_recordings
from conformance.scenario import Evidence, EvidenceKind, Scenario, Step
from conformance.targets.target import Target
from conformance.witnesses import Hearing, hear

PREFIX = "recording:"


def load(names: Sequence[str]) -> tuple[Recording, ...]:
    """The recordings among the names of targets. Raises RecordingError."""
    paths = [Path(name.removeprefix(PREFIX)) for name in names if name.startswith(PREFIX)]
    return load_recordings(paths) if paths else ()


def run(
    baseline: Target, recordings: Sequence[Recording], *, layers: Collection[Layer] = ALL_LAYERS
) -> Generator[Event, None, None]:
    """Replay recordings of one catalogue against a baseline that has been started.

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
            sent[hearing.request.id] = hearing.step
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
    before = [sent[id_] for id_ in request.setup if id_ in sent]
    scenario = Scenario(
        id=request.id,
        feature=request.feature,
        steps=(*before, step),
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
