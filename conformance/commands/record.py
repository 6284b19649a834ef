"""`touchstone record`: what a target answers, written down for runs without it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.commands.carrying_out import Interruption, askable
from conformance.commands.options import load, select
from conformance.commands.status import COULD_NOT_RUN, INTERRUPTED, NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from conformance.recorded_scenarios import Recorded
    from conformance.scenario import Scenario
    from conformance.targets.target import Target

SECONDS_BETWEEN_LINES: Final = 10.0


@click.command()
@click.option("--target", "target_name", required=True, metavar="NAME|URL", help="Whose replies to record.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The file, FILE.jsonl.")
@click.option(
    "--cases", "case_paths", multiple=True, type=click.Path(path_type=Path),
    help="Files or folders of cases. [default: the corpus]",
)  # fmt: skip
@click.option("-k", "keyword", default="", help="Cases whose id contains this.")
@click.option("--feature", "features", multiple=True, help="Cases of this feature, as the corpus names it.")
@click.option("--operations", "count", type=click.IntRange(min=1), help="So many generated operations instead.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same scenarios.")
@click.option(
    "--from", "source", type=click.Path(path_type=Path), help="Ask what another recording was made of instead."
)
@click.option(
    "--scenarios", "scenario_file", type=click.Path(path_type=Path), help="Scenarios as JSON, one a line, instead."
)
def record(
    target_name: str,
    out: Path,
    case_paths: Sequence[Path],
    keyword: str,
    features: Sequence[str],
    count: int | None,
    seed: int,
    source: Path | None,
    scenario_file: Path | None,
) -> int:
    """Record what a target answers, once, to be judged without it for ever: --target recording:FILE.

    Every scenario is on disk as soon as it has been answered. The same command goes on where it was interrupted. No
    credentials are recorded. Exit status: 0 all is recorded, 2 something is not, or could not run, 130 interrupted.
    """
    from conformance.recorded_scenarios import is_of_scenarios, record_catalogue
    from conformance.recording import RecordingError, load_recordings
    from conformance.targets.registry import open_target

    chosen = [
        name for name, given in _sources(case_paths or keyword or features, count, source, scenario_file) if given
    ]
    if len(chosen) > 1:
        raise Unusable(f"{' and '.join(chosen)} exclude each other: record one kind of scenarios at a time")
    if source is not None and not source.exists():
        raise Unusable(f"{source}: there is no such recording")
    catalogue = load_recordings([source])[0] if source is not None and not is_of_scenarios(source) else None
    interrupted = False
    counts = {"new": 0, "known": 0, "asked alike": 0, "left out": 0}
    with open_target(target_name) as target, Interruption() as interruption:
        try:
            if catalogue is not None:
                if not target.resettable:
                    raise Unusable(f"{target.name} cannot be emptied: a catalogue begins on an empty server")
                with _progress("requests") as progress:
                    for done, _ in enumerate(record_catalogue(target, catalogue, out), start=1):
                        counts["new"] = done
                        progress(done)
                counts["known"] = len(catalogue.catalogue) - counts["new"]
            else:
                scenarios = _scenarios(target, case_paths, keyword, features, count, seed, source, scenario_file)
                _record(target, scenarios, out, counts)
        except OSError as error:
            raise Unusable(f"the recording cannot be written to {out}: {error.strerror or error}") from None
        except RecordingError as error:
            click.echo(_told(counts, out))
            raise error
        except KeyboardInterrupt:
            interrupted = True
        interrupted = interrupted or interruption.struck
    click.echo(_told(counts, out))
    if interrupted:
        return INTERRUPTED
    return COULD_NOT_RUN if counts["left out"] else NO_DIVERGENCE


def _sources(
    cases: object, count: int | None, source: Path | None, scenario_file: Path | None
) -> Iterator[tuple[str, bool]]:
    yield "cases (--cases, --feature, -k)", bool(cases)
    yield "--operations", count is not None
    yield "--from", source is not None
    yield "--scenarios", scenario_file is not None


def _scenarios(
    target: Target,
    case_paths: Sequence[Path],
    keyword: str,
    features: Sequence[str],
    count: int | None,
    seed: int,
    source: Path | None,
    scenario_file: Path | None,
) -> Iterator[Scenario]:
    if source is not None:
        from conformance.recorded_scenarios import load as load_recording

        yield from (one.scenario for one in load_recording(source).scenarios)
    elif scenario_file is not None:
        yield from _read(scenario_file)
    elif count is not None:
        yield from _generated(seed, count)
    else:
        cases = select(load(case_paths), features, (), keyword)
        yield from askable(cases, [target])


def _generated(seed: int, count: int) -> Iterator[Scenario]:
    """Those of the seed up to so many operations. Nothing steers them, so they are the same each time."""
    from conformance.generator import Generator

    for plan in Generator(seed):
        yield plan.scenario
        count -= len(plan.scenario.steps)
        if count <= 0:
            return


def _read(file: Path) -> Iterator[Scenario]:
    import json

    from conformance.scenario_json import scenario_from_json

    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    for number, line in enumerate(lines, start=1):
        try:
            yield scenario_from_json(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unusable(f"{file}:{number}: no scenario: {type(error).__name__}: {error}") from None


def _record(target: Target, scenarios: Iterator[Scenario], out: Path, counts: dict[str, int]) -> None:
    from conformance.recorded_scenarios import record as recorded

    with _progress("scenarios") as progress:
        for done, one in enumerate(recorded(target, scenarios, out), start=1):
            counts[_outcome(one)] += 1
            if one.left_out:
                click.echo(f"{one.scenario.id}: left out: {one.left_out}", err=True)
            progress(done)


def _outcome(one: Recorded) -> str:
    if one.left_out:
        return "left out"
    return "new" if one.new else "asked alike" if one.asked_alike else "known"


def _told(counts: dict[str, int], out: Path) -> str:
    before = f", {counts['known']:,} were there before" if counts["known"] else ""
    alike = f", {counts['asked alike']:,} asked by another scenario too" if counts["asked alike"] else ""
    left = f", {counts['left out']:,} left out: the same command asks again" if counts["left out"] else ""
    return f"{counts['new']:,} recorded{before}{alike}{left}: {out}"


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """A line that is redrawn on a terminal; elsewhere one now and then."""
    from conformance.report.terminal import console

    where = console(stderr=True)
    if where.is_terminal:
        with where.status("recording") as status:
            yield lambda count: status.update(f"recording: {count:,} {what}")
        return
    last = time.monotonic()

    def tell(count: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            where.print(f"recording: {count:,} {what}", soft_wrap=True)

    yield tell
