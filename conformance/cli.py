"""`touchstone`: the friendly front.

Exit statuses: 0 no divergence, 1 divergences, 2 could not run or not to the end (one line says why), 130 interrupted by
Ctrl-C or SIGTERM. However a run ends, the report of what was found until then is written. No traceback reaches a user
unless TOUCHSTONE_DEBUG is set.

Nothing heavy is imported before it is needed: `touchstone serve` must start as fast as the server itself.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, Self

import click

if TYPE_CHECKING:
    from conformance.divergence import Layer
    from conformance.events import Event
    from conformance.report.record import Record, Written
    from conformance.report.terminal import Reporter
    from conformance.scenario import Scenario
    from conformance.targets.target import Target
    from reference_server.dialects import Dialect

NO_DIVERGENCE: Final = 0
DIVERGENCES: Final = 1
COULD_NOT_RUN: Final = 2
INTERRUPTED: Final = 130

SECONDS: Final = 30.0  # of generating, where nothing else is asked for; as many again for minimising at most
SECONDS_BETWEEN_REPORTS: Final = 20.0

_DURATION = re.compile(r"(?P<count>\d+(?:\.\d+)?)(?P<unit>s|m|h)?")
_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}


class Unusable(Exception):  # noqa: N818
    """The run cannot begin. One line: what, where, what to do."""


def main() -> None:
    """The entry point: every way out is a status, and every failure one line."""
    try:
        status = touchstone.main(standalone_mode=False)
    except click.exceptions.Abort:
        status = INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = COULD_NOT_RUN
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more when it closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = COULD_NOT_RUN
    except Exception as error:
        if os.environ.get("TOUCHSTONE_DEBUG"):
            raise
        print(f"touchstone: {_one_line(error)}", file=sys.stderr)
        status = COULD_NOT_RUN
    sys.exit(status)


def _one_line(error: Exception) -> str:
    """What went wrong. An error of our own is its text; any other is a fault of ours, and says how to see more."""
    from conformance.cases import CaseError
    from conformance.recording import RecordingError
    from conformance.report.record import RecordError
    from conformance.targets.target import TargetError

    text = " ".join(str(error).split())
    if isinstance(error, Unusable | CaseError | TargetError | RecordError | RecordingError):
        return text
    return f"a fault of Touchstone's own: {type(error).__name__}: {text} (TOUCHSTONE_DEBUG=1 shows the traceback)"


# --- what options are made of -----------------------------------------------------------------------------


def duration(text: str) -> float:
    """`90`, `90s`, `10m`, `1h` in seconds."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text!r} is no time: write 60s, 10m or 1h")
    return float(match["count"]) * _UNITS[match["unit"]]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dynamodb-touchstone", prog_name="touchstone")
def touchstone() -> None:
    """A reference server for the DynamoDB API, and a suite that holds any implementation against it."""


# --- serve ------------------------------------------------------------------------------------------------


@touchstone.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen; 0 is any free port.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--dialect", default="aws", show_default=True, help="Whose wording: aws, or aws-2025, the classic one.")
def serve(port: int, host: str, dialect: str) -> int:
    """Serve the reference server over HTTP until it is interrupted."""
    from reference_server.wire import http

    return http.serve(host=host, port=port, dialect=_dialect(dialect))


# --- dialects ---------------------------------------------------------------------------------------------


@touchstone.group()
def dialects() -> None:
    """The wordings that the reference server can answer in."""


@dialects.command("list")
def list_dialects() -> int:
    """List the dialects."""
    from reference_server.dialects import DIALECTS

    for dialect in DIALECTS.values():
        click.echo(f"{dialect.name:<10} {dialect.summary}")
    return NO_DIVERGENCE


@dialects.command("diff")
@click.argument("one")
@click.argument("other")
def diff_dialects(one: str, other: str) -> int:
    """Print what differs between two dialects, as a page of Markdown."""
    from reference_server import dialect_page

    click.echo(dialect_page.render(_dialect(one), _dialect(other)), nl=False)
    return NO_DIVERGENCE


def _dialect(name: str) -> Dialect:
    from reference_server.dialects import UnknownDialect, named

    try:
        return named(name)
    except UnknownDialect as error:
        raise Unusable(str(error)) from None


# --- witness ----------------------------------------------------------------------------------------------


@touchstone.command()
@click.argument("recordings", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--dialect", default="aws-2025", show_default=True, help="Whose wording the reference speaks: that of the recorded."
)
@click.option("--feature", "features", multiple=True, help="Requests of this feature, as the recording names it.")
def witness(recordings: Sequence[Path], dialect: str, features: Sequence[str]) -> int:
    """Put the requests of recordings to the reference, and show where it stands alone against what was recorded.

    RECORDINGS are of one catalogue of requests (docs/witnesses.md). Exit status: 0 the reference stands alone nowhere,
    1 somewhere, 2 could not run.
    """
    from conformance.recording import load_recordings
    from conformance.targets.reference import ReferenceTarget
    from conformance.witnesses import hear, render

    loaded = load_recordings(recordings)
    known = sorted({request.feature for request in loaded[0].catalogue})
    for name in features:
        if name not in known:
            raise Unusable(f"no request has the feature {name!r}: there are {', '.join(known)}")
    with ReferenceTarget(dialect=_dialect(dialect).name) as reference:
        hearings = list(hear(reference, loaded, features=features))
    for line in render(hearings, [recording.name for recording in loaded]):
        click.echo(line)
    return DIVERGENCES if any(hearing.alone for hearing in hearings) else NO_DIVERGENCE


# --- targets ----------------------------------------------------------------------------------------------


@touchstone.command()
def targets() -> int:
    """List the targets, their versions, and what is missing to use them."""
    from conformance.targets.registry import TARGETS, open_target
    from conformance.targets.target import TargetError

    for name in TARGETS:
        target = open_target(name)
        try:
            target.check()
        except TargetError as error:
            click.echo(f"{name:<16} missing: {error}")
        else:
            described = target.describe()
            click.echo(f"{name:<16} {described.version}, {described.how}")
    click.echo(f"{'any URL':<16} http://127.0.0.1:8000 and the like: whatever answers there")
    click.echo(f"{'recording:PATH':<16} what a server once answered to the requests of a recording")
    return NO_DIVERGENCE


# --- run --------------------------------------------------------------------------------------------------


@touchstone.command()
@click.option(
    "--target", "target_names", multiple=True, metavar="NAME|URL|recording:PATH", help="What to test; may be repeated."
)
@click.option("--baseline", default="reference", show_default=True, help="What generated operations are held against.")
@click.option(
    "--cases", "case_paths", multiple=True, type=click.Path(path_type=Path), help="Files or folders of cases."
)
@click.option("--no-cases", is_flag=True, help="Generated operations only.")
@click.option("--no-generate", is_flag=True, help="Cases only.")
@click.option(
    "--time", "seconds", type=duration, metavar="TIME", help=f"Of generating: 60s, 10m. [default: {SECONDS:g}s]"
)
@click.option("--operations", "count", type=click.IntRange(min=1), help="How many operations to generate instead.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same scenarios.")
@click.option("--feature", "features", multiple=True, help="Cases of this feature, as the corpus names it.")
@click.option(
    "--operation", "operations", multiple=True, help="Cases that use it; generate no other. As the API has it."
)
@click.option("-k", "keyword", default="", help="Cases whose id contains this.")
@click.option("--layers", default="", help="What to compare, separated by commas. [default: all]")
@click.option(
    "--report", "directory", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/latest"),
    show_default=True, help="Where the report goes.",
)  # fmt: skip
def run(
    target_names: Sequence[str],
    baseline: str,
    case_paths: Sequence[Path],
    no_cases: bool,
    no_generate: bool,
    seconds: float | None,
    count: int | None,
    seed: int,
    features: Sequence[str],
    operations: Sequence[str],
    keyword: str,
    layers: str,
    directory: Path,
) -> int:
    """Put cases and generated operations to the baseline and the targets, and report where they differ.

    Exit status: 0 no divergence, 1 divergences, 2 could not run or not to the end, 130 interrupted.
    """
    from conformance import campaign, recorded_run
    from conformance.canonical import RULES
    from conformance.report.record import Record

    compared = _layers(layers)
    recordings = recorded_run.load(target_names)
    if recordings:
        if len(recordings) < len(target_names):
            raise Unusable("a recording answers its own requests only: give recordings and other targets apart")
        return _carry_out(
            Record(layers=compared, rules=RULES),
            lambda stack: recorded_run.run(_opened(stack, [baseline])[0], recordings, layers=compared),
            directory,
        )
    generated = _generated_operations(features, operations)
    corpus = () if no_cases else _select(_load(case_paths), features, operations, keyword)
    if seconds is None and count is None and not no_generate:
        seconds = SECONDS
    if no_generate or not generated or keyword:
        seconds = count = None
    selection = [f"feature {name}" for name in features] + [f"operation {name}" for name in operations]

    def begin(stack: ExitStack) -> Generator[Event, None, None]:
        opened = _opened(stack, [baseline, *target_names])
        emptied = all(target.resettable for target in opened)
        cases = [case for case in corpus if emptied or "empty-server" not in case.tags]
        if not cases and seconds is None and count is None:
            raise Unusable("nothing to do: no case is left by --feature, --operation and -k, and nothing is generated")
        return campaign.run(
            opened,
            cases=cases,
            seconds=seconds,
            operations=count,
            seed=seed,
            layers=compared,
            minimise_seconds=seconds or SECONDS,
            generate_operations=generated,
        )

    record = Record(layers=compared, rules=RULES, selection=[*selection, *([f"id {keyword}"] if keyword else [])])
    return _carry_out(record, begin, directory)


def _carry_out(record: Record, begin: Callable[[ExitStack], Generator[Event, None, None]], directory: Path) -> int:
    """Begin a run, follow it to its end, and report. Returns the status to exit with."""
    from conformance.report import terminal

    with ExitStack() as stack:
        interruption = stack.enter_context(Interruption())
        events = begin(stack)
        _write(record, directory)  # where it cannot be written, that must be known before anything is found
        reporter = stack.enter_context(terminal.reporter(terminal.console(stderr=True)))
        _follow(events, record, reporter, interruption, directory)
    written = _write(record, directory)
    terminal.print_summary(record.document(), terminal.console(), written)
    return _status(record)


def _status(record: Record) -> int:
    """A run that did not come to its end has no verdict, whatever it found: something was not asked."""
    end = record.end
    if end is None or not end.complete:
        return INTERRUPTED if end is not None and end.reason == "interrupted" else COULD_NOT_RUN
    return DIVERGENCES if any(record.divergences) else NO_DIVERGENCE


def _write(record: Record, directory: Path) -> Written:
    try:
        return record.write(directory)
    except OSError as error:
        raise _unwritable(directory, error) from None


def _unwritable(directory: Path, error: OSError) -> Unusable:
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
                _write(record, directory)
                last = time.monotonic()
        except KeyboardInterrupt:
            if told:  # the second time, they mean it
                raise
            interruption.struck = True


def _opened(stack: ExitStack, names: Sequence[str]) -> list[Target]:
    """The targets in order, each once, started and left to the stack to stop. Raises TargetError."""
    from conformance.targets.registry import open_target

    return [stack.enter_context(target) for target in [open_target(name) for name in dict.fromkeys(names)]]


def _load(paths: Sequence[Path]) -> tuple[Scenario, ...]:
    from conformance.cases import case_files, load_cases

    for path in paths:
        if not path.exists():
            raise Unusable(f"{path}: there is no such file or folder: --cases names files or folders of cases")
    return load_cases(paths or case_files())


def _select(
    cases: Sequence[Scenario], features: Sequence[str], operations: Sequence[str], keyword: str
) -> tuple[Scenario, ...]:
    known = {case.feature for case in cases}
    for name in features:
        if name not in known:
            raise Unusable(f"no case has the feature {name!r}: there are {', '.join(sorted(known))}")
    return tuple(
        case
        for case in cases
        if (not features or case.feature in features)
        and (not operations or not case.operations.isdisjoint(operations))
        and keyword in case.id
    )


def _generated_operations(features: Sequence[str], operations: Sequence[str]) -> frozenset[str]:
    """The operations to generate: the ones asked for, the ones that the features are called after, or all."""
    from conformance.scenario import feature_of
    from conformance.strategies.scenarios import ALL_OPERATIONS

    unknown = set(operations) - ALL_OPERATIONS
    if unknown:
        raise Unusable(f"no operation {', '.join(sorted(unknown))}: there are {', '.join(sorted(ALL_OPERATIONS))}")
    if operations:
        return frozenset(operations)
    if features:
        return frozenset(name for name in ALL_OPERATIONS if feature_of(name) in features)
    return ALL_OPERATIONS


def _layers(text: str) -> tuple[Layer, ...]:
    from conformance.divergence import Layer

    if not text:
        return tuple(Layer)
    try:
        return tuple(Layer(name.strip()) for name in text.split(","))
    except ValueError:
        raise Unusable(f"--layers {text!r}: there are {', '.join(Layer)}") from None


# --- report -----------------------------------------------------------------------------------------------


@touchstone.command()
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--report", "directory", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/merged"),
    show_default=True, help="Where the report goes.",
)  # fmt: skip
def report(records: Sequence[Path], directory: Path) -> int:
    """Render records anew; several, of runs with other seeds or features, become one report.

    RECORDS are report.json files, or the folders they lie in. Exit status: 0 no divergence, 1 divergences, 2 a run did
    not come to its end.
    """
    from conformance.report import terminal
    from conformance.report.record import merge, read, write

    merged = merge([read(path) for path in records])
    try:
        written = write(merged, directory)
    except OSError as error:
        raise _unwritable(directory, error) from None
    terminal.print_summary(merged, terminal.console(), written)
    if not merged["footer"]["complete"]:
        return COULD_NOT_RUN
    return DIVERGENCES if merged["divergences"] else NO_DIVERGENCE


if __name__ == "__main__":
    main()
