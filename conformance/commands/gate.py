"""`touchstone gate`: a run held against what is known to diverge."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from conformance.commands.carrying_out import askable, opened, see_through
from conformance.commands.options import duration, load
from conformance.commands.status import COULD_NOT_RUN, DIVERGENCES, INTERRUPTED, NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from conformance.divergence import Excuse
    from conformance.events import Event
    from conformance.expectations import Expectations
    from conformance.gate import Gate, Judgement
    from conformance.report.record import Record
    from conformance.targets.target import Target

BASELINE: Final = "reference"
# Counted and not timed where nothing else is asked for: on a slow machine the gate must not see less.
OPERATIONS: Final = 3_000
MINIMISE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a gate asks."""

    case_paths: tuple[Path, ...]
    seconds: float | None
    operations: int | None
    seed: int
    no_generate: bool


def extent_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that `gate` and `accept` share, so that what one has accepted the other one asks again."""
    for option in reversed(
        (
            click.option(
                "--cases", "case_paths", multiple=True, type=click.Path(path_type=Path),
                help="Files or folders of cases. [default: the corpus]",
            ),
            click.option(
                "--time", "seconds", type=duration, metavar="TIME", help="How long to generate operations: 60s, 10m."
            ),
            click.option(
                "--operations", "count", type=click.IntRange(min=1),
                help=f"How many operations to generate instead. [default: {OPERATIONS:,}]",
            ),
            click.option(
                "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same scenarios."
            ),
            click.option("--no-generate", is_flag=True, help="Cases and expected entries only."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def extent(
    case_paths: Sequence[Path], seconds: float | None, count: int | None, seed: int, no_generate: bool
) -> Extent:
    if no_generate and (seconds is not None or count is not None):
        raise Unusable("--no-generate goes with neither --time nor --operations: leave one of them out")
    if seconds is None and count is None and not no_generate:
        count = OPERATIONS
    return Extent(tuple(case_paths), seconds, count, seed, no_generate)


@click.command()
@click.option("--target", "target_name", required=True, metavar="NAME|URL", help="What to hold.")
@click.option(
    "--expected",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file of known divergences. [default: reports/expected/TARGET-VERSION.yaml, or the nearest version's]",
)
@extent_options
@click.option("--strict", is_flag=True, help="Fail on what is flaky, and on what could not be judged, too.")
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write the verdicts as JUnit XML.")
@click.option(
    "--annotations",
    type=click.Choice(["auto", "github", "none"]),
    default="auto",
    show_default=True,
    help="Annotations and a summary for GitHub; auto where GITHUB_ACTIONS is set.",
)
@click.option(
    "--report", "directory", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/latest"),
    show_default=True, help="Where the report of the run goes.",
)  # fmt: skip
def gate(
    target_name: str,
    expected: Path | None,
    case_paths: Sequence[Path],
    seconds: float | None,
    count: int | None,
    seed: int,
    no_generate: bool,
    strict: bool,
    junit: Path | None,
    annotations: str,
    directory: Path,
) -> int:
    """Let a target through unless it diverges where it is not known to, or is known to where it does not.

    Exit status: 0 nothing new, changed or stale, 1 something is, 2 could not run or not to the end, 130 interrupted.
    """
    from conformance.report import annotations as github
    from conformance.report import terminal
    from conformance.report.judgement import print_judgement

    if expected is not None and not expected.exists():
        raise Unusable(f"{expected}: there is no such file: `touchstone accept --expected {expected}` begins it")
    record, judgement = hold(
        target_name,
        extent(case_paths, seconds, count, seed, no_generate),
        directory,
        expected=expected,
        strict=strict,
    )
    if junit is not None:
        _write_junit(junit, record, judgement)
    if annotations == "github" or (annotations == "auto" and os.environ.get("GITHUB_ACTIONS") == "true"):
        for line in github.lines(judgement, asked_for=target_name, report=directory):
            click.echo(line)
        _append_summary(github.step_summary(judgement, asked_for=target_name, report=directory))
    print_judgement(judgement, terminal.console(), asked_for=target_name, report=directory)
    return status_of(judgement)


def status_of(judgement: Judgement) -> int:
    from conformance.gate import Passage

    return {
        Passage.PASSED: NO_DIVERGENCE,
        Passage.FAILED: DIVERGENCES,
        Passage.NOTHING_JUDGED: COULD_NOT_RUN,
        Passage.INCOMPLETE: COULD_NOT_RUN,
        Passage.INTERRUPTED: INTERRUPTED,
    }[judgement.passage]


def hold(
    target_name: str, asked: Extent, directory: Path, *, expected: Path | None = None, strict: bool = False
) -> tuple[Record, Judgement]:
    """Run, and hold the run against the target's expectations. However it ends, its report is in the directory."""
    from conformance import campaign
    from conformance.canonical import RULES
    from conformance.gate import Gate
    from conformance.report.record import Record

    corpus = load(asked.case_paths)
    record = Record(rules=RULES)
    gates: list[Gate] = []

    def begin(stack: ExitStack) -> Generator[Event, None, None]:
        targets = opened(stack, [BASELINE, target_name])
        if len(targets) < 2:
            raise Unusable(f"{BASELINE} is what targets are held against: name another one with --target")
        baseline, target = targets
        expectations = expectations_of(target, expected)
        gate = Gate(
            expectations,
            baseline,
            target,
            corpus=None if asked.case_paths else frozenset(case.id for case in corpus),
            rule=rules_called(expectations.rules),
            strict=strict,
        )
        gates.append(gate)
        return gate.follow(
            campaign.run(
                targets,
                cases=askable(corpus, targets),
                seconds=asked.seconds,
                operations=asked.operations,
                seed=asked.seed,
                minimise_seconds=MINIMISE_SECONDS,
                known=gate.excuse,
            )
        )

    see_through(record, begin, directory)
    return record, gates[0].judgement()


def expectations_of(target: Target, expected: Path | None) -> Expectations:
    """Those of the file that is named, or of the target's version, or of the nearest one; none where there are none."""
    from conformance import expectations

    if expected is not None and expected.exists():
        return expectations.load(expected)
    described = target.describe()
    found = None if expected else expectations.find(expectations.DIRECTORY, described.name, described.version)
    return found or expectations.Expectations(described.name, described.version)


def rules_called(name: str) -> Excuse:
    """What explains a generated divergence by the rules of that name; nothing does where there is none.

    Cases are another matter: there are so many and no more, and each that diverges has an entry.
    """
    from conformance.campaign import CASE
    from conformance.commands.alternator_rules import reason_of
    from conformance.divergence import not_excused

    explain: Excuse = {"": not_excused, "alternator": reason_of}[name]
    return lambda found: "" if found.baseline == CASE else explain(found)


def _write_junit(path: Path, record: Record, judgement: Judgement) -> None:
    from conformance.report import junit

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(junit.render(record.document(), judgement))
    except OSError as error:
        raise Unusable(f"the JUnit file cannot be written to {path}: {error.strerror or error}") from None


def _append_summary(text: str) -> None:
    """A summary that cannot be written costs the summary, and not the verdict."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    try:
        with open(file, "a", encoding="utf-8") as summary:
            summary.write(text)
    except OSError as error:
        click.echo(f"the summary cannot be written to {file}: {error.strerror or error}", err=True)
