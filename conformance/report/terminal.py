"""What a run says on the terminal: its progress while it runs, and a summary when it has ended.

Where the output is no terminal (a log of continuous integration) the progress is a plain line now and then, and
nothing is coloured or redrawn. Progress goes to the standard error and the summary to the standard output, so
that the summary can be piped.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from conformance import events
from conformance.divergence import Severity
from conformance.report.figures import (
    LAW,
    Cell,
    counted,
    duration,
    gravest_first,
    is_new,
    matrix,
    total,
    verdict,
)
from conformance.report.html import OUTCOME_MARK, SEVERITY_MARK
from conformance.report.record import Written
from conformance.scenario import JSONObject

LISTED: Final = 20  # findings in the summary; the page has all of them
WIDTH: Final = 120  # of what is no terminal
SECONDS_BETWEEN_LINES: Final = 10.0

_STYLES: Final[Mapping[str, str]] = {
    Severity.DATA: "bold red",
    Severity.ACCEPTANCE: "yellow",
    Severity.REFUSAL: "magenta",
    Severity.ERROR_TYPE: "cyan",
    Severity.MESSAGE: "green",
    Severity.CAPACITY: "bright_black",
}


def console(*, stderr: bool = False) -> Console:
    """A console that prints texts of servers as they are, without markup in them."""
    made = Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = WIDTH
    return made


# --- progress -----------------------------------------------------------------------------------------------


class Reporter(Protocol):
    """Shows a run's events as they come."""

    def listen(self, event: events.Event) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None: ...


def reporter(where: Console) -> Reporter:
    return BarReporter(where) if where.is_terminal else LineReporter(where)


class _Counts:
    """What both reporters count."""

    def __init__(self) -> None:
        self.judged = 0
        self.to_judge = 0
        self.operations = 0
        self.laws = 0
        self.divergences = 0
        self.minimised = 0

    def count(self, event: events.Event) -> None:
        match event:
            case events.RunStarted():
                self.to_judge = event.cases * len(event.targets)
            case events.CaseJudged():
                self.judged += 1
            case events.ScenarioReplayed():
                self.operations += sum(event.operations.values())
            case events.LawChecked():
                self.laws += 1
            case events.DivergenceFound():
                self.divergences += 1
            case events.DivergenceMinimised():
                self.minimised += 1

    def __str__(self) -> str:
        parts = []
        if self.to_judge:
            parts.append(f"{self.judged:,} of {self.to_judge:,} case verdicts")
        if self.operations:
            parts.append(f"{self.operations:,} generated operations")
        if self.laws:
            parts.append(f"{self.laws:,} laws checked")
        parts.append(counted(self.divergences, "finding"))
        if self.minimised:
            parts.append(f"{self.minimised:,} made small")
        return ", ".join(parts)


def _opening(event: events.RunStarted) -> str:
    targets = ", ".join(f"{target.name} {target.version} ({target.how})" for target in event.targets)
    return f"{targets}; seed {event.seed}"


class LineReporter:
    """A line at the start, one every ten seconds, and one for what must not be missed."""

    def __init__(self, where: Console) -> None:
        self._console = where
        self._counts = _Counts()
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None

    def listen(self, event: events.Event) -> None:
        self._counts.count(event)
        match event:
            case events.RunStarted():
                self._print(_opening(event))
            case events.TargetLost(target, reason):
                self._print(f"{target} stopped answering: {reason}")
            case events.RunFinished():
                self._print(f"{self._counts}, {duration(event.seconds)}")
            case _ if time.monotonic() - self._last >= SECONDS_BETWEEN_LINES:
                self._print(str(self._counts))

    def _print(self, line: str) -> None:
        self._last = time.monotonic()
        self._console.print(printable(line), soft_wrap=True)


class BarReporter:
    """One line that is redrawn, gone when the run is over."""

    def __init__(self, where: Console) -> None:
        self._console = where
        self._counts = _Counts()
        self._started: events.RunStarted | None = None
        self._began = time.monotonic()
        self._generating: float | None = None
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TimeElapsedColumn(),
            console=where,
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("starting", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def listen(self, event: events.Event) -> None:
        self._counts.count(event)
        match event:
            case events.RunStarted():
                self._started = event
                self._console.print(printable(_opening(event)), soft_wrap=True)
            case events.TargetLost(target, reason):
                self._console.print(printable(f"{target} stopped answering: {reason}"), soft_wrap=True)
            case events.ScenarioReplayed():
                self._generating = self._generating or time.monotonic()
        completed, total = self._done()
        self._progress.update(self._task, description=str(self._counts), completed=completed, total=total)

    def _done(self) -> tuple[float | None, float | None]:
        """How far the part that runs now has come, and how far it goes: cases first, then generated operations."""
        counts, run = self._counts, self._started
        if run is None:
            return None, None
        if self._generating is None:
            return counts.judged, counts.to_judge or None
        if run.operations:
            return min(counts.operations, run.operations), run.operations
        if run.seconds:
            return min(time.monotonic() - self._generating, run.seconds), run.seconds
        return None, None


# --- summary ------------------------------------------------------------------------------------------------


def print_summary(document: JSONObject, where: Console, written: Written | None = None) -> None:
    footer = document.get("footer")
    where.print()
    where.print(Text(printable(verdict(document)), style="bold"))
    where.print(Text(_asked_of(document), style="bright_black"))
    if footer is None or not footer["complete"]:
        reason = footer["reason"] if footer else "it has not ended"
        where.print(Text(printable(f"The run did not come to its end: {reason}"), style="yellow"))
    for law in document["laws"]:
        if law["violations"]:
            broken = f"{law['target']} breaks a law {counted(law['violations'], 'time')}: {law['title']}"
            where.print(Text(printable(broken), style="bold red"))
    if document["features"]:
        where.print()
        where.print(_matrix(document))
    if document["divergences"]:
        where.print(_list(document["divergences"]))
    if written is not None:
        where.print()
        print_paths(where, page=written.page, record=written.record, JUnit=written.junit)


def print_verdict(document: JSONObject, where: Console) -> None:
    """A run in a line, where several are told of."""
    where.print(Text(printable(verdict(document))), soft_wrap=True)


def print_paths(where: Console, **paths: Path) -> None:
    for name, path in paths.items():
        where.print(Text(f"{name:<7} {path}"), soft_wrap=True)


def _asked_of(document: JSONObject) -> str:
    footer, speed = document.get("footer"), document["speed"]
    parts = [", ".join(f"{target['name']} {target['version']}" for target in document["targets"]) or "no target"]
    if document["seeds"]:
        parts.append(f"seed {', '.join(map(str, document['seeds']))}")
    if footer:
        parts.append(duration(footer["seconds"]))
    if spent := sum(speed["seconds"].values()):
        parts.append(f"{speed['operations'] / spent:,.0f} operations compared a second")
    return printable("; ".join(parts))


def _matrix(document: JSONObject) -> Table:
    """Cases and what was found beyond them stand beside each other; no number is a sum of both."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("feature", no_wrap=True)
    cells = matrix(document)
    targets = [target["name"] for target in document["targets"]]
    for target in targets:
        table.add_column(Text(f"{printable(target)}\ncases"), justify="right", no_wrap=True)
        table.add_column("\nfound", justify="right", no_wrap=True)
    table.add_column("generated\noperations", justify="right", no_wrap=True)
    rows = [(printable(feature), [by_target[target] for target in targets]) for feature, by_target in cells.items()]
    for feature, row in rows:
        table.add_row(feature, *_row(row))
    table.add_section()
    columns = zip(*(row for _, row in rows), strict=True)
    table.add_row("all", *_row([total(column) for column in columns]))
    return table


def _row(row: list[Cell]) -> Iterator[Text]:
    for cell in row:
        yield from _cell(cell)
    operations = max((cell.operations for cell in row), default=0)
    yield Text(f"{operations:,}" if operations else "-")


def _cell(cell: Cell) -> tuple[Text, Text]:
    quiet = Text("-", style="bright_black")
    found = Text(f"{cell.found:,}", style="yellow") if cell.found else Text("0", style="bright_black")
    if not cell.judged:
        return quiet, found if cell.found or cell.operations else quiet
    agree, *unlike = cell.outcomes()
    style = "blue" if cell.agree == cell.judged else "yellow"
    told = [agree, *((outcome, count) for outcome, count in unlike if count)]
    return Text("  ".join(f"{OUTCOME_MARK[outcome]} {count:,}" for outcome, count in told), style=style), found


def _list(findings: list[JSONObject]) -> Table:
    """What is new; what is known or flaky is counted."""
    new = gravest_first(filter(is_new, findings))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, title_justify="left", title_style="bold")
    table.title = f"New findings, gravest first ({len(new):,})"
    for name in ("", "target", "finding", "evidence", "met", "key"):
        table.add_column(
            name,
            justify="right" if name == "met" else "left",
            no_wrap=name != "finding",
            overflow="fold",
            header_style="bright_black",
        )
    group = ""
    for found in new[:LISTED]:
        severity = found["severity"]
        if group != (group := "broken laws" if found["baseline"] == LAW else severity):
            table.add_row("", "", Text(group, style=_STYLES.get(group, "bold red")), "", "", "")
        evidence = found["evidence"]
        table.add_row(
            Text(SEVERITY_MARK[severity], style=_STYLES[severity]),
            Text(printable(found["target"])),
            Text(printable(found["sentence"])),
            Text("law" if found["law"] else evidence["kind"] if evidence else "-"),
            Text(f"×{found['occurrences']:,}"),
            Text(found["key"], style="bright_black"),
        )
    for number, told in (
        (len(new) - LISTED, "more, in the page"),
        (sum(bool(found["known"]) for found in findings), "known, in the page"),
        (sum(found["flaky"] for found in findings), "flaky: they did not show again; in the page"),
    ):
        if number > 0:
            table.add_row("", "", Text(f"… and {number:,} {told}", style="bright_black"), "", "", "")
    return table


def printable(text: str) -> str:
    """The text without what would move the cursor or cannot be encoded: servers answer anything."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
