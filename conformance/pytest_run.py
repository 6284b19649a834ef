"""A session of pytest as a run: its targets, started when they are first needed, and its record."""

from __future__ import annotations

import shutil
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from conformance import campaign
from conformance.canonical import RULES
from conformance.divergence import Divergence
from conformance.events import CaseJudged, DivergenceFound, DivergenceMinimised, Event, RunFinished, RunStarted
from conformance.report import record
from conformance.scenario import Scenario
from conformance.targets.registry import open_target
from conformance.targets.target import Target


class PytestRun:
    """What the items of one process share.

    Each item is a campaign of its own, on its own targets; the record hears all of them as one run.
    """

    def __init__(self, *, seed: int, seconds: float, baseline: str) -> None:
        self.seed = seed
        self.seconds = seconds
        self.baseline = baseline
        self._targets: dict[str, Target] = {}
        self._running = ExitStack()
        self._record = record.Record(rules=RULES)
        self._started = time.monotonic()
        self._cases = 0

    def open(self, name: str) -> Target:
        """The target of that name, started. Raises TargetError."""
        if name not in self._targets:
            self._targets[name] = self._running.enter_context(open_target(name))
            self._tell_what_runs()
        return self._targets[name]

    def judge(self, case: Scenario, name: str) -> CaseJudged:
        """One case on one target. Raises TargetError where the target cannot be started."""
        self._cases += 1
        verdict = None
        for event in self._heard(campaign.run([self.open(name)], cases=[case])):
            if isinstance(event, CaseJudged):
                verdict = event
        assert verdict is not None, "a campaign of one case judges it"
        return verdict

    def compare(self, name: str, operations: Collection[str]) -> list[Divergence]:
        """Generated operations on the baseline and one target, for the session's seconds; what was found."""
        targets = [self.open(self.baseline), self.open(name)]
        found: dict[str, Divergence] = {}
        for event in self._heard(
            campaign.run(
                targets,
                seconds=self.seconds,
                seed=self.seed,
                minimise_seconds=self.seconds,
                generate_operations=operations,
            )
        ):
            if isinstance(event, DivergenceFound | DivergenceMinimised):
                found[event.divergence.signature.key] = event.divergence
        return list(found.values())

    def stop(self, reason: str = "") -> None:
        """Stop the targets. `reason` is why not everything was run, where that is so."""
        self._tell_what_runs()
        self._record.listen(RunFinished(not reason, reason or "finished", time.monotonic() - self._started))
        self._running.close()

    def write(self, directory: Path) -> None:
        self._record.write(directory)

    def _tell_what_runs(self) -> None:
        descriptions = tuple(target.describe() for target in self._targets.values())
        self._record.listen(RunStarted(descriptions, self._cases, self.seed, self.seconds, None))

    def _heard(self, events: Iterator[Event]) -> Iterator[Event]:
        """The events, which the record hears too; that each campaign starts and ends is not the run's."""
        for event in events:
            if not isinstance(event, RunStarted | RunFinished):
                self._record.listen(event)
            yield event


def merge_parts(directory: Path, *, crashed: Sequence[str]) -> None:
    """The parts that the workers of pytest-xdist wrote, as one report. There are none where nothing was run."""
    parts = sorted(directory.glob("part-*/report.json"))
    if not parts:
        return
    merged = record.merge([record.read(part) for part in parts])
    if crashed:
        reason = f"workers crashed, and what they had found is lost: {', '.join(crashed)}"
        merged["footer"].update(complete=False, reason=reason)
    record.write(merged, directory)
    forget_parts(directory)


def forget_parts(directory: Path) -> None:
    """Parts of an earlier session that was killed must not be taken for this one's."""
    for part in directory.glob("part-*/report.json"):
        shutil.rmtree(part.parent)
