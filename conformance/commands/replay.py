"""`touchstone replay`: a case, a finding or a recording once more, to be looked at step by step."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.commands.carrying_out import opened
from conformance.commands.status import COULD_NOT_RUN, DIVERGENCES, NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from rich.console import Console

    from conformance.divergence import Difference
    from conformance.recording import Recording
    from conformance.replaying import Answered, Broken, Question, Undecided
    from conformance.scenario import JSON, Reply, Scenario, Step
    from conformance.targets.target import Target

# Of a request or an answer so much is shown: a reader looks at the small ones, and the large ones have 400 KB.
SHOWN: Final = 1500


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--target", "target_names", multiple=True, metavar="NAME|URL",
    help="On what; repeatable. [default: a finding's own targets, else the reference]",
)  # fmt: skip
@click.option("-k", "keyword", default="", help="Cases, or recorded scenarios, whose id contains this.")
@click.option("--differences", is_flag=True, help="Only the steps that differ. So it is with recordings anyway.")
def replay(files: Sequence[str], target_names: Sequence[str], keyword: str, differences: bool) -> int:
    """Replay cases, findings and recordings, and show every request, every answer, and where they differ.

    FILE is a file of cases, a recording, or a finding as RECORD#KEY: a report.json, or its folder, and the key of a
    divergence (its beginning will do). Exit status: 0 no difference, 1 differences, 2 could not run.
    """
    from conformance.report.terminal import console

    where = console()
    found: set[int] = set()
    for file in files:
        source = _source(file, keyword)
        with ExitStack() as stack:
            targets = opened(stack, target_names or source.targets)
            for status in _shown(where, source, targets, differences_only=differences):
                found.add(status)
    return max(found, default=NO_DIVERGENCE)


# --- what is replayed -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Source:
    """Scenarios with the question that they put; or a recorded catalogue. `recorded` answers before the targets do."""

    scenarios: tuple[Scenario, ...]
    question: Question
    targets: tuple[str, ...] = ("reference",)
    law: str = ""
    recorded: Target | None = None
    catalogue: Recording | None = None


def _source(file: str, keyword: str) -> _Source:
    path, separator, key = file.rpartition("#")
    if separator:
        return _finding(Path(path), key)
    if not Path(file).exists():
        raise Unusable(f"{file}: there is no such file: give a file of cases, a recording, or report.json#KEY")
    if Path(file).is_dir() or Path(file).suffix == ".json":
        raise Unusable(f"{file}: a record has many findings: name one, as {file}#KEY")
    if Path(file).suffix == ".jsonl":
        return _recording(Path(file), keyword)
    from conformance.cases import load_cases
    from conformance.replaying import Question

    cases = tuple(case for case in load_cases([Path(file)]) if keyword in case.id)
    if not cases:
        raise Unusable(f"{file}: no case has {keyword!r} in its id" if keyword else f"{file}: has no cases")
    return _Source(cases, Question.EXPECTED)


def _finding(path: Path, key: str) -> _Source:
    from conformance.campaign import CASE, LAW
    from conformance.findings import finding_from_record
    from conformance.replaying import Question

    found = finding_from_record(path, key)
    if found.baseline == CASE:
        return _Source((found.scenario,), Question.EXPECTED, (found.target,))
    if found.baseline == LAW:
        return _Source((found.scenario,), Question.ALIKE, (found.target,), law=found.law)
    return _Source((found.scenario,), Question.ALIKE, (found.baseline, found.target))


def _recording(path: Path, keyword: str) -> _Source:
    from conformance.recorded_scenarios import RecordingTarget, is_of_scenarios, load, only
    from conformance.recording import load_recordings
    from conformance.replaying import Question

    if not is_of_scenarios(path):
        return _Source((), Question.ALIKE, catalogue=load_recordings([path])[0])
    recording = only(load(path), lambda scenario: keyword in scenario.id)
    if not recording.scenarios:
        raise Unusable(f"{path}: no scenario has {keyword!r} in its id" if keyword else f"{path}: has no scenarios yet")
    target = RecordingTarget(recording, name=f"recording:{recording.name}")
    return _Source(target.scenarios, Question.ALIKE, recorded=target)


# --- showing ----------------------------------------------------------------------------------------------


def _shown(where: Console, source: _Source, targets: Sequence[Target], *, differences_only: bool) -> Iterator[int]:
    from conformance.replaying import look

    asked = [*([source.recorded] if source.recorded is not None else []), *targets]
    for target in asked:
        described = target.describe()
        _line(where, f"{described.name} {described.version} ({described.how})", "bright_black")
    if source.catalogue is not None:
        for target in targets:
            yield from _catalogue_shown(where, source.catalogue, target)
        return
    differing = 0
    for scenario in source.scenarios:
        heading = [scenario.id if not scenario.title else f"{scenario.id}: {scenario.title}"]
        heading += [f"   table  {_shortened(table)}" for table in scenario.tables]
        quiet = differences_only or source.recorded is not None
        statuses: set[int] = set()
        for one in look(scenario, asked, source.question, law=source.law):
            status = _status(one)
            statuses.add(status)
            if quiet and status == NO_DIVERGENCE:
                continue
            for line in heading:
                _line(where, line, "bold")
            heading = []
            _show(where, one, source)
        differing += DIVERGENCES in statuses
        yield max(statuses, default=NO_DIVERGENCE)
    _line(where, f"{len(source.scenarios):,} replayed, {differing:,} with differences", "bold")


def _status(one: Answered | Broken | Undecided) -> int:
    from conformance.replaying import Answered, Broken

    match one:
        case Answered():
            return DIVERGENCES if one.differences else NO_DIVERGENCE
        case Broken():
            return DIVERGENCES
    return COULD_NOT_RUN


def _show(where: Console, one: Answered | Broken | Undecided, source: _Source) -> None:
    from conformance.replaying import Answered, Broken

    match one:
        case Answered():
            _show_step(where, one, source)
        case Broken():
            for way in one.ways:
                _line(where, f"   ✗ {one.target} breaks the law {way.kind}", "bold red")
                _show_sides(where, way)
        case _:
            _line(where, f"   ? {one.target}: {one.reason}", "yellow")


def _show_step(where: Console, answered: Answered, source: _Source) -> None:
    from conformance.scenario import Outcome

    step = answered.step
    _line(where, f"{answered.index + 1:>3}  {step.operation} {_sent(step)}")
    first: Reply | None = None
    for name, reply in answered.replies.items():
        difference = answered.differences.get(name)
        alike = first is not None and difference is None and source.law == "" and source.recorded is None
        same = alike and first is not None and (first.status, first.body) == (reply.status, reply.body)
        colour = {Outcome.ACCEPTED: "green", Outcome.REFUSED: "yellow"}.get(reply.outcome, "red")
        _line(where, f"     {name}: {'the same' if same else _answer(reply)}", colour)
        if difference is not None:
            _line(where, f"   ✗ {name}: {difference.layer}: {difference.kind}", "bold red")
            _show_sides(where, difference)
        first = first or reply


def _show_sides(where: Console, difference: Difference) -> None:
    at = f" at {difference.path}" if difference.path else ""
    for side, value in ((f"expected{at}", difference.expected), (f"got{at}", difference.actual)):
        if value is not None:
            _line(where, f"       {side}: {_shortened(value)}")


def _catalogue_shown(where: Console, recording: Recording, target: Target) -> Iterator[int]:
    from conformance.witnesses import hear

    differing = heard = 0
    for hearing in hear(target, [recording]):
        if hearing.step is None or hearing.reply is None:
            continue
        heard += 1
        difference = hearing.differences.get(recording.name)
        if difference is None:
            continue
        differing += 1
        _line(where, f"{hearing.request.id}: {hearing.step.operation} {_sent(hearing.step)}", "bold")
        _line(where, f"     {recording.name}: {_answer(recording.replies[hearing.request.id])}")
        _line(where, f"     {target.name}: {_answer(hearing.reply)}")
        _line(where, f"   ✗ {recording.name}: {difference.layer}: {difference.kind}", "bold red")
    _line(where, f"{heard:,} requests put to {target.name}, {differing:,} with differences", "bold")
    yield DIVERGENCES if differing else NO_DIVERGENCE


def _sent(step: Step) -> str:
    unusual = "" if (step.method, step.path) == ("POST", "/") else f"{step.method} {step.path} "
    headers = f" headers {_shortened(dict(step.headers))}" if step.headers else ""
    pages = " (all pages)" if step.pages else ""
    return f"{unusual}{_shortened(step.request if step.raw is None else step.raw)}{headers}{pages}"


def _answer(reply: Reply) -> str:
    if reply.failure:
        return f"{reply.outcome}: {reply.failure}"
    return f"{reply.status} {_shortened(reply.body)}"


def _shortened(value: JSON) -> str:
    """On one line."""
    from conformance.divergence import MISSING

    text = str(value) if isinstance(value, str) or value is MISSING else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text):,} characters)"


def _line(where: Console, text: str, style: str = "") -> None:
    from rich.text import Text

    from conformance.report.terminal import printable

    where.print(Text(printable(text), style=style), soft_wrap=True)
