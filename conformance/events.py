"""What happens in a run, told as it happens.

The engine (`campaign.py`) yields these; the terminal, the pytest plugin and the record of the report listen. The
engine knows none of them, so a run that is interrupted leaves whatever its listeners have kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.divergence import Difference, Divergence, Verdict
from conformance.scenario import JSON, Reply, Scenario


@dataclass(frozen=True, slots=True)
class TargetDescription:
    """A target as a report names it. `how` is in process, a URL, a container."""

    name: str
    version: str
    how: str


@dataclass(frozen=True, slots=True)
class RunStarted:
    """`targets[0]` is the baseline that generated operations are held against."""

    targets: tuple[TargetDescription, ...]
    cases: int
    seed: int
    seconds: float | None  # the budget of the generated part
    operations: int | None


@dataclass(frozen=True, slots=True)
class CaseJudged:
    """One case replayed on one target. `difference` is the first that its expectations show, at `step`.

    There is one with the verdicts `diverge` and `unsupported`; with `indeterminate`, `reason` says why.
    """

    case: Scenario
    target: str
    difference: Difference | None
    step: int | None = None
    replies: Mapping[int, Reply] = field(default_factory=dict)
    verdict: Verdict = Verdict.AGREE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioReplayed:
    """One scenario replayed in lockstep; counts are of this scenario alone.

    `feature` is None for a generated one: each of its operations counts for the feature that is called after it.
    """

    feature: str | None
    operations: Mapping[str, int]
    divergences: int


@dataclass(frozen=True, slots=True)
class LawChecked:
    """A law held against one target once more: `violations` is 0 or 1.

    Where the target's replies did not say whether it holds, `verdict` is `unsupported` or `indeterminate`, and `reason`
    says why.
    """

    law: str
    title: str  # the law in a sentence
    target: str
    operations: int  # that it took
    violations: int
    verdict: Verdict = Verdict.AGREE
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CoverageMeasured:
    """How much of the API the generated operations have reached so far: `coverage.Coverage.as_json()`."""

    dimensions: JSON


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """Seconds so far, by what they went into: generate, compare, minimise, laws, and each target by its name."""

    seconds: Mapping[str, float]
    operations: int  # generated ones that were compared


@dataclass(frozen=True, slots=True)
class DivergenceFound:
    """The first occurrence of a signature; not minimised yet."""

    divergence: Divergence


@dataclass(frozen=True, slots=True)
class DivergenceMinimised:
    divergence: Divergence


@dataclass(frozen=True, slots=True)
class TargetLost:
    """A target stopped answering in mid-run. The run goes on with the others."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The last event. `complete` is false where the run was interrupted or a target was lost."""

    complete: bool
    reason: str
    seconds: float


Event: TypeAlias = (
    RunStarted
    | CaseJudged
    | ScenarioReplayed
    | LawChecked
    | DivergenceFound
    | DivergenceMinimised
    | CoverageMeasured
    | TimeSpent
    | TargetLost
    | RunFinished
)
