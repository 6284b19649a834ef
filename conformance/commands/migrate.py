"""`touchstone migrate`: what captured traffic would meet on another implementation."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.commands.status import COULD_NOT_RUN, DIVERGENCES, NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from conformance.migration.findings import Effect
    from conformance.migration.reports import Explanation
    from conformance.migration.schemas import KnownTable, Survey
    from conformance.targets.target import Target
    from conformance.traffic.traffic import CapturedRequest

# The side that answers what the captured server answered.
CAPTURED = "captured"
# How often progress is told, in requests.
_STRIDE = 500


@click.command()
@click.argument("traffic", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--from",
    "first",
    default="aws",
    show_default=True,
    help="What is used today: dialect or target; or `captured`: the captured replies themselves.",
)
@click.option(
    "--to", "other", default="alternator-6.2", show_default=True, help="What it shall use: dialect or target."
)
@click.option("--report", type=click.Path(path_type=Path), default=Path("reports/migration"), show_default=True)
@click.option("--schema", "schemas", multiple=True, type=click.Path(path_type=Path), help="A table's description.")
@click.option("--schema-from", metavar="URL", help="Ask this server for the tables' descriptions.")
@click.option("--seed-items/--no-seed-items", default=True, help="Put what captured replies show there beforehand.")
@click.option("--strict", is_flag=True, help="Exit with 1 where a difference touches data.")
def migrate(
    traffic: Sequence[Path],
    first: str,
    other: str,
    report: Path,
    schemas: Sequence[Path],
    schema_from: str | None,
    seed_items: bool,
    strict: bool,
) -> int:
    """Replay captured TRAFFIC on two sides, and report what the application would feel of the move.

    A side is a dialect (`touchstone dialects list`), in process, or any target (`touchstone targets`), on which the
    tables of the traffic are made. Exit status: 0 done, 1 with --strict where a difference touches data, 2 could not
    run, or not to the end, or found nothing in the traffic that could be checked.
    """
    from conformance.commands.alternator_rules import is_alternator
    from conformance.migration import reports
    from conformance.migration.captured_clock import CapturedClock
    from conformance.migration.captured_traffic import CapturedTraffic
    from conformance.migration.replaying import Replay
    from conformance.migration.schemas import SchemaError, Survey
    from conformance.migration.sides import Side

    requests = CapturedTraffic(traffic)
    survey = Survey.of(requests)
    with ExitStack() as stack:
        try:
            tables = list(_tables(requests, survey, schemas, schema_from, stack))
        except SchemaError as error:
            raise Unusable(str(error)) from None
        clock = CapturedClock()
        clock.go_to(survey.begins)
        sides = [Side(_opened(name, stack, clock)) for name in (first, other)]
        to_alternator = is_alternator(other) or sides[1].is_alternator()
        effect_of_rule, explanations = _rules(other) if to_alternator else (_no_rule, {})
        for side in sides:
            side.refuse_tables(survey.named)
        try:
            replay = Replay(
                sides[0],
                sides[1],
                tables,
                effect_of_rule,
                explains=to_alternator,
                seeds=seed_items,
                by_captured=first == CAPTURED,
                clock=clock,
            )
            _carry_out(replay.run(requests), survey.requests)
        finally:
            left = [trouble for side in sides for trouble in side.delete_tables()]
        replay.result.notes += left
        replay.result.limits += [
            f"The last line of {one.name} is cut off: what it asked is not known." for one in requests.cut
        ]
        if to_alternator and not is_alternator(other):
            replay.result.notes.append(f"{other} is an Alternator, by what it answers: its rules explain it.")
        _find_smallest(replay, first, other, to_alternator, stack)
        about = {
            "Traffic": ", ".join(path.name for path in traffic),
            "Today": _described(sides[0].target),
            "Then": _described(sides[1].target),
        }
    result = replay.result
    try:
        html, markdown, _ = reports.write(report, result, explanations, about=about)
    except OSError as error:
        raise Unusable(f"{report}: the report cannot be written: {error.strerror}") from None
    for line in reports.summary(result):
        click.echo(line)
    for cause in result.sorted_causes():
        click.echo(f"  {cause.effect:<11} x{cause.count:<6} {reports.title_of(cause, explanations)}")
    for limit in reports.limits(result, explanations):
        click.echo(limit)
    click.echo(f"Report: {html}, {markdown}")
    if result.tells_nothing or result.lost:
        return COULD_NOT_RUN
    return DIVERGENCES if strict and result.touches_data else NO_DIVERGENCE


def _opened(name: str, stack: ExitStack, clock: Callable[[], float] = time.time) -> Target:
    """A dialect's name is the reference server in that dialect, in process; so is what state captured replies have."""
    from conformance.targets.reference import ReferenceTarget, dialect_names
    from conformance.targets.registry import start_targets

    if name in (*dialect_names(), CAPTURED):
        target: Target = ReferenceTarget(name=name, dialect="aws" if name == CAPTURED else name, clock=clock)
        stack.callback(target.stop)
        target.start()
        return target
    return start_targets(stack, [name]).targets[0]


def _described(target: Target) -> str:
    description = target.describe()
    if target.name == CAPTURED:
        return "what the captured server answered; its state is kept by the reference server"
    return f"{description.name} {description.version}, {description.how}"


def _tables(
    requests: Iterable[CapturedRequest], survey: Survey, files: Sequence[Path], url: str | None, stack: ExitStack
) -> Iterable[KnownTable]:
    """The tables that the traffic uses without creating them; the best that is known of each."""
    from conformance.migration import schemas

    known = dict(survey.described)
    if url is not None:
        known |= {table.name: table for table in schemas.ask(_opened(url, stack), survey.needed)}
    known |= {table.name: table for table in map(schemas.read_file, files)}
    for name in survey.needed:
        table = known.get(name) or schemas.inferred(name, requests)
        if table is not None:
            yield table
        else:
            click.echo(
                f"table {name or 'without a name'}: nothing tells its schema: give it with --schema or --schema-from",
                err=True,
            )


def _rules(dialect: str) -> tuple[Callable[[str], Effect], dict[str, Explanation]]:
    from conformance.commands.alternator_rules import explanations
    from conformance.migration.findings import Effect
    from reference_server.alternator.rules import rule

    return lambda name: Effect(rule(name).effect.value), explanations(dialect)


def _no_rule(_name: str) -> Effect:
    raise LookupError("there are no rules for that side")


def _carry_out(replayed: Iterable[int], total: int) -> None:
    shows = sys.stderr.isatty()
    for done in replayed:
        if shows and (done % _STRIDE == 0 or done == total):
            click.echo(f"\r{done:,} of {total:,} requests", nl=done == total, err=True)


def _find_smallest(replay: object, first: str, other: str, explains: bool, stack: ExitStack) -> None:
    """The smallest way to show each cause, on servers of our own."""
    from conformance.alternator_causes import cause_of
    from conformance.migration.replaying import Replay
    from conformance.migration.reproducing import find_smallest
    from conformance.targets.reference import dialect_names

    assert isinstance(replay, Replay)
    if not {first, other} <= {*dialect_names(), CAPTURED} or not replay.result.causes:
        return
    shows = sys.stderr.isatty()
    targets = [_opened(name, stack) for name in (first, other)]
    for number, cause in enumerate(replay.result.causes.values(), start=1):
        if shows:
            total = len(replay.result.causes)
            click.echo(f"\rsmallest example {number} of {total}", nl=number == total, err=True)
        cause.scenario = find_smallest(
            cause, targets[0], targets[1], lambda *one: (cause_of(*one) or "") if explains else ""
        )
