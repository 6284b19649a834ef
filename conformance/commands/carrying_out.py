"""Carrying out a run: follow its events to the end, keep the report on disk, leave the right status.

However a run ends, the report of what was found until then is written.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, Self

import click

from conformance.commands.status import COULD_NOT_RUN, DIVERGENCES, INTERRUPTED, NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from conformance.events import Event
    from conformance.report.record import Record, Written
    from conformance.report.terminal import Reporter
    from conformance.scenario import Scenario
    from conformance.targets.target import Target

SECONDS_BETWEEN_REPORTS: Final = 20.0


def carry_out(record: Record, begin: Callable[[ExitStack], Generator[Event, None, None]], directory: Path) -> int:
    """Begin a run, follow it to its end, and report. Returns the status to exit with."""
    from conformance.report import terminal

    written = see_through(record, begin, directory)
    terminal.print_summary(record.document(), terminal.console(), written)
    return status(record)


def see_through(record: Record, begin: Callable[[ExitStack], Generator[Event, None, None]], directory: Path) -> Written:
    """Begin a run and follow it to its end, showing how it goes. However it ends, its report is on disk."""
    from conformance.report import terminal

    with ExitStack() as stack:
        interruption = stack.enter_context(Interruption())
        events = begin(stack)
        write(record, directory)  # where it cannot be written, that must be known before anything is found
        reporter = stack.enter_context(terminal.reporter(terminal.console(stderr=True)))
        _follow(events, record, reporter, interruption, directory)
    return write(record, directory)


def status(record: Record) -> int:
    """A run that did not come to its end has no verdict, whatever it found: something was not asked."""
    end = record.end
    if end is None or not end.complete:
        return INTERRUPTED if end is not None and end.reason == "interrupted" else COULD_NOT_RUN
    return DIVERGENCES if any(record.divergences) else NO_DIVERGENCE


def write(record: Record, directory: Path) -> Written:
    try:
        return record.write(directory)
    except OSError as error:
        raise unwritable(directory, error) from None


def unwritable(directory: Path, error: OSError) -> Unusable:
    return Unusable(f"the report cannot be written to {directory}: {error.strerror or error}")


class Interruption:
    """Ctrl-C, or the SIGTERM that cancels a job, while the context lasts.

    Python raises KeyboardInterrupt wherever it happens to be. That may be a callback whose exceptions are only printed
    (Hypothesis has one for the garbage collector), and the run would go on; so it is noted here too, and not printed.
    """

    def __init__(self) -> None:
        self.struck = False
        self._handlers: dict[int, Any] = {}
        self._print_unraisable = sys.unraisablehook

    def __enter__(self) -> Self:
        self._print_unraisable, sys.unraisablehook = sys.unraisablehook, self._swallowed
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                self._handlers[number] = signal.signal(number, self._strike)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        sys.unraisablehook = self._print_unraisable

    def _strike(self, _number: int, _frame: FrameType | None) -> None:
        self.struck = True
        raise KeyboardInterrupt

    def _swallowed(self, unraisable: sys.UnraisableHookArgs) -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            self._print_unraisable(unraisable)


def _follow(
    events: Generator[Event, None, None],
    record: Record,
    reporter: Reporter,
    interruption: Interruption,
    directory: Path,
) -> None:
    """Listen until the run ends, writing the report now and then.

    An interruption may strike outside the engine: it is told, and ends the run as if it had been struck itself.
    """
    import time

    last = time.monotonic()
    told = False
    while record.end is None:
        try:
            if interruption.struck and not told:
                told = True
                event = events.throw(KeyboardInterrupt)
            else:
                event = next(events)
            record.listen(event)
            reporter.listen(event)
            if time.monotonic() - last >= SECONDS_BETWEEN_REPORTS:
                write(record, directory)
                last = time.monotonic()
        except KeyboardInterrupt:
            if told:  # the second time, they mean it
                raise
            interruption.struck = True


def opened(stack: ExitStack, names: Sequence[str]) -> list[Target]:
    """The targets in order, each once, started and left to the stack to stop. Raises TargetError."""
    from conformance.targets.registry import open_target

    return [stack.enter_context(target) for target in [open_target(name) for name in dict.fromkeys(names)]]


def askable(cases: Sequence[Scenario], targets: Sequence[Target]) -> list[Scenario]:
    """The cases without those that need an empty server, where a target cannot be emptied; says how many those are."""
    lasting = ", ".join(target.name for target in targets if not target.resettable)
    asked = [case for case in cases if not lasting or "empty-server" not in case.tags]
    if len(asked) < len(cases):
        left_out = len(cases) - len(asked)
        click.echo(f"left out, since {lasting} cannot be emptied: {left_out} cases tagged empty-server", err=True)
    return asked
