"""What a run says on the terminal: its progress while it runs, and a summary when it has ended.

Where the output is no terminal (a log of continuous integration) the progress is a plain line now and then, and
nothing is coloured or redrawn. Progress goes to the standard error and the summary to the standard output, so
that the summary can be piped.
"""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import Final, Protocol, Self

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from conformance import events
from conformance.divergence import Layer
from conformance.report.figures import column_totals, duration, generated_operations, verdict
from conformance.report.record import Written
from conformance.scenario import JSONObject

LISTED: Final = 20  # divergences in the summary; the page has all of them
WIDTH: Final = 120  # of what is no terminal
SECONDS_BETWEEN_LINES: Final = 10.0

_STYLES: Final = {
    Layer.OUTCOME: "bold red",
    Layer.ERROR_TYPE: "yellow",
    Layer.DATA: "magenta",
    Layer.MESSAGE: "cyan",
    Layer.CAPACITY: "bright_black",
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
        parts.append(f"{self.divergences:,} divergence{'s' * (self.divergences != 1)}")
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
    where.print(Text(f"{verdict(document)}{_asked_of(document)}", style="bold"))
    if footer is None or not footer["complete"]:
        reason = footer["reason"] if footer else "it has not ended"
        where.print(Text(printable(f"The run did not come to its end: {reason}"), style="yellow"))
    if document["features"]:
        where.print()
        where.print(_matrix(document))
    if document["divergences"]:
        where.print(_list(document["divergences"]))
    if written is not None:
        where.print()
        for name, path in (("page", written.page), ("record", written.record), ("JUnit", written.junit)):
            where.print(Text(f"{name:<7} {path}"), soft_wrap=True)


def _asked_of(document: JSONObject) -> str:
    footer = document.get("footer")
    targets = ", ".join(f"{target['name']} {target['version']}" for target in document["targets"])
    took = f", {duration(footer['seconds'])}" if footer else ""
    seeds = f", seed {', '.join(map(str, document['seeds']))}" if document["seeds"] else ""
    return printable(f" ({targets or 'no target'}{seeds}{took})")


def _matrix(document: JSONObject) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("feature", no_wrap=True)
    targets = [target["name"] for target in document["targets"]]
    for target in targets:
        table.add_column(Text(f"{target}\ncases"), justify="right", no_wrap=True)
        table.add_column("\nfound", justify="right", no_wrap=True)
    table.add_column("generated\noperations", justify="right", no_wrap=True)
    for feature, cells in document["features"].items():
        row: list[Text | str] = [Text(printable(feature))]
        for target in targets:
            row += _cell(cells[target])
        operations = max((cell["operations"] for cell in cells.values()), default=0)
        table.add_row(*row, f"{operations:,}" if operations else "-")
    generated = sum(generated_operations(document).values())
    table.add_section()
    everything: list[Text | str] = ["all"]
    for cell in column_totals(document).values():
        everything += _cell(cell)
    table.add_row(*everything, f"{generated:,}" if generated else "-")
    return table


def _cell(cell: JSONObject) -> tuple[Text, Text]:
    judged = cell["passed"] + len(cell["diverged"])
    if not judged:
        cases = Text("-", style="bright_black")
    elif cell["diverged"]:
        cases = Text(f"✗ {len(cell['diverged'])} of {judged}", style="yellow")
    else:
        cases = Text(f"✓ {judged}", style="blue")
    found = len(cell["divergences"])
    if found:
        return cases, Text(f"{found:,}", style="yellow")
    return cases, Text("0" if judged or cell["operations"] else "-", style="bright_black")


def _list(divergences: list[JSONObject]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, title_justify="left", title_style="bold")
    table.title = f"Divergences, gravest first ({len(divergences):,})"
    for name in ("layer", "target", "divergence", "evidence", "met", "key"):
        table.add_column(
            name,
            justify="right" if name == "met" else "left",
            no_wrap=name != "divergence",
            overflow="fold",
            header_style="bright_black",
        )
    for divergence in divergences[:LISTED]:
        evidence = divergence["evidence"]
        table.add_row(
            Text(divergence["layer"], style=_STYLES[Layer(divergence["layer"])]),
            Text(printable(divergence["target"])),
            Text(printable(divergence["title"])),
            Text(evidence["kind"] if evidence else "-"),
            Text(f"×{divergence['occurrences']:,}"),
            Text(divergence["key"], style="bright_black"),
        )
    if len(divergences) > LISTED:
        rest = f"… and {len(divergences) - LISTED:,} more, in the page"
        table.add_row("", "", Text(rest, style="bright_black"), "", "", "")
    return table


def printable(text: str) -> str:
    """The text without what would move the cursor or cannot be encoded: servers answer anything."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
