"""`touchstone concurrency`: several clients at once, recorded, and checked after."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.commands.carrying_out import Interruption, unwritable
from conformance.commands.options import duration
from conformance.commands.status import COULD_NOT_RUN, DIVERGENCES, INTERRUPTED, NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from conformance.concurrency.checking import Checked
    from conformance.concurrency.history import History
    from conformance.concurrency.recording import Progress
    from conformance.targets.target import Target

SECONDS: Final = 30.0
SECONDS_BETWEEN_LINES: Final = 10.0
REQUEST_LENGTH: Final = 240  # on the terminal


@click.group(invoke_without_command=True)
@click.option("--target", "target_name", metavar="NAME|URL", help="What to test.")
@click.option(
    "--time", "seconds", type=duration, metavar="TIME", help=f"For all workloads together. [default: {SECONDS:g}s]"
)
@click.option("--operations", type=click.IntRange(min=1), help="How many for each workload, instead of a time.")
@click.option("--clients", type=click.IntRange(min=1, max=256), default=8, show_default=True, help="At the same time.")
@click.option("--workload", "names", multiple=True, help="Only these; may be repeated. [default: all]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of what clients choose to do.")
@click.option("--timeout", type=duration, metavar="TIME", help="For a reply. [default: each target's own]")
@click.option(
    "--report", "directory", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/concurrency"),
    show_default=True, help="Where the page and the histories go.",
)  # fmt: skip
@click.pass_context
def concurrency(
    context: click.Context,
    target_name: str | None,
    seconds: float | None,
    operations: int | None,
    clients: int,
    names: Sequence[str],
    seed: int,
    timeout: float | None,
    directory: Path,
) -> int:
    """Let several clients work on the same items at once, record what they are answered, and check it after.

    Exit status: 0 no violation, 1 violations, 2 could not run, or nothing can be said of a workload, 130 interrupted.
    """
    if context.invoked_subcommand is not None:
        return NO_DIVERGENCE
    from conformance.concurrency.checking import check
    from conformance.concurrency.workloads import WORKLOADS
    from conformance.targets.registry import open_target

    if target_name is None:
        raise Unusable(
            "name a target: touchstone concurrency --target reference-http (`touchstone targets` lists them)"
        )
    for name in names:
        if name not in WORKLOADS:
            raise Unusable(f"no workload is called {name!r}: there are {', '.join(WORKLOADS)}")
    chosen = list(dict.fromkeys(names)) or list(WORKLOADS)
    each = 3600.0 if operations is not None and seconds is None else (seconds or SECONDS) / len(chosen)
    checked: list[Checked] = []
    interrupted = False
    with open_target(target_name, timeout=timeout) as target, Interruption() as interruption:
        try:
            for name in chosen:
                checked.append(check(_recorded(target, name, each, operations, clients, seed, directory)))
                _print(checked[-1])
                if interruption.struck:
                    break
        except KeyboardInterrupt:  # outside the recording, which ends by itself
            interruption.struck = True
        interrupted = interruption.struck
    return _report(checked, directory, interrupted)


@concurrency.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--report", "directory", type=click.Path(path_type=Path, file_okay=False), help="Write the page there too."
)
def check_files(files: Sequence[Path], directory: Path | None) -> int:
    """Check recorded histories again. FILES are what `touchstone concurrency` left in its report."""
    from conformance.concurrency.checking import check
    from conformance.concurrency.history import HistoryError, read

    checked = []
    for file in dict.fromkeys(files):
        try:
            checked.append(check(read(file)))
        except HistoryError as error:
            raise Unusable(str(error)) from None
        _print(checked[-1])
    return _report(checked, directory, interrupted=False)


def _recorded(
    target: Target, name: str, seconds: float, operations: int | None, clients: int, seed: int, directory: Path
) -> History:
    """The history, on disk before it is checked."""
    from conformance.concurrency import history as histories
    from conformance.concurrency.history import History
    from conformance.concurrency.recording import NotAvailable, record
    from conformance.concurrency.workloads import WORKLOADS
    from conformance.targets.target import TargetError

    with _progress(name) as progress:
        try:
            history = record(
                target, WORKLOADS[name], clients=clients, seconds=seconds, seed=seed, operations=operations,
                progress=progress,
            )  # fmt: skip
        except (NotAvailable, TargetError) as error:  # it costs this workload only
            history = History(name, target.name, target.describe().version, seed, clients, 0.0, (), str(error))
    try:
        histories.write(history, directory / f"{name}{histories.SUFFIX}")
    except OSError as error:
        raise unwritable(directory, error) from None
    return history


@contextmanager
def _progress(name: str) -> Iterator[Progress]:
    """A line that is redrawn on a terminal; elsewhere one now and then."""
    from conformance.report.terminal import console

    where = console(stderr=True)
    if where.is_terminal:
        with where.status(name) as status:
            yield lambda count: status.update(f"{name}: {count:,} operations")
        return
    last = time.monotonic()

    def tell(count: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            where.print(f"{name}: {count:,} operations", soft_wrap=True)

    yield tell


def _print(checked: Checked) -> None:
    from conformance.concurrency.history import Fate
    from conformance.concurrency.page import answer, compact
    from conformance.report.terminal import printable

    recorded = checked.history
    fates = ", ".join(f"{recorded.count(fate):,} {fate}" for fate in Fate)
    click.echo(
        f"{recorded.workload:<13} {checked.verdict:<13} {len(recorded.operations):>7,} operations "
        f"({checked.rate:,.0f}/s): {fates}; {checked.contended:,} contended"
    )
    if checked.reason:
        click.echo(f"    {printable(checked.reason)}")
    for text, times in list(checked.answers.items())[:3]:
        click.echo(f"    {times:,} × {printable(text)[:REQUEST_LENGTH]}")
    for violation in checked.violations:
        click.echo(f"  ✗ {violation.name} ×{violation.times:,}: {violation.meaning}")
        for line in (violation.sentence, *(f"  {step}" for step in violation.steps)):
            click.echo(f"    {printable(line)}")
        for operation in violation.operations:
            request = printable(compact(operation.intention.request, REQUEST_LENGTH))
            click.echo(f"      {operation.label} {operation.intention.operation} {request}")
            click.echo(f"        → {printable(answer(operation))[:REQUEST_LENGTH]}")


def _report(checked: Sequence[Checked], directory: Path | None, interrupted: bool) -> int:
    from conformance.concurrency.page import write
    from conformance.divergence import Verdict

    if directory is not None:
        try:
            written = write(directory, checked)
        except OSError as error:
            raise unwritable(directory, error) from None
        click.echo(f"page    {written.page}")
        click.echo(f"record  {written.document}")
    if interrupted:
        return INTERRUPTED
    verdicts = {each.verdict for each in checked}
    if Verdict.DIVERGE in verdicts:
        return DIVERGENCES
    return COULD_NOT_RUN if Verdict.INDETERMINATE in verdicts else NO_DIVERGENCE
