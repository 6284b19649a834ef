"""What commands that look for divergences have in common: their options, and the campaign that these ask for."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from conformance.commands.carrying_out import askable, carry_out, opened
from conformance.commands.options import duration, layers_named, shard_of
from conformance.commands.status import Unusable

if TYPE_CHECKING:
    from conformance.events import Event
    from conformance.report.record import Record
    from conformance.scenario import Scenario

SECONDS: Final = 30.0  # of generating, where nothing else is asked for; as many again for minimising at most

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS: Final = (
    click.option(
        "--target", "target_names", multiple=True, metavar="NAME|URL|recording:PATH", help="What to test; repeatable."
    ),
    click.option(
        "--baseline", default="reference", show_default=True, help="What generated operations are held against."
    ),
    click.option(
        "--time", "seconds", type=duration, metavar="TIME", help=f"Of generating: 60s, 10m. [default: {SECONDS:g}s]"
    ),
    click.option("--operations", "count", type=click.IntRange(min=1), help="How many operations to generate instead."),
    click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same scenarios."),
    click.option("--shard", default="1/1", metavar="I/N", help="The part of the whole that this machine takes."),
    click.option(
        "--database", metavar="DIR|redis://...", help="Findings shared with other machines and runs; replayed first."
    ),
    click.option("--laws/--no-laws", default=True, show_default=True, help="Hold laws on each target by itself."),
    click.option(
        "--timeout", type=duration, metavar="TIME", help="What a target may take to answer. [default: 10s, a URL 30s]"
    ),
    click.option("--layers", default="", help="What to compare, separated by commas. [default: all]"),
    click.option(
        "--report", "directory", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/latest"),
        show_default=True, help="Where the report goes.",
    ),
)  # fmt: skip


def search_options(command: Command) -> Command:
    """The options by name: `target_names`, `baseline`, `seconds`, `count`, `seed`, `shard`, `database`, ..."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A campaign to be: what to ask, of whom, for how long. `seconds` and `operations` None: nothing is generated."""

    targets: Sequence[str]
    baseline: str = "reference"
    cases: Sequence[Scenario] = ()
    seconds: float | None = None
    operations: int | None = None
    minimise_seconds: float | None = None  # as long as generating, where nothing is said
    seed: int = 0
    shard: str = "1/1"
    database: str | None = None
    laws: bool = True
    layers: str = ""
    timeout: float | None = None  # seconds that a target may take to answer; its own where nothing is said
    generate_operations: frozenset[str] | None = None  # None for all
    selection: Sequence[str] = ()  # the options that chose cases or operations, for the record

    def record(self) -> Record:
        """What is to listen to the campaign."""
        from conformance.canonical import RULES
        from conformance.report.record import Record

        shard = [f"shard {self.shard}"] if self.shard != "1/1" else []
        return Record(layers=layers_named(self.layers), rules=RULES, selection=[*self.selection, *shard])

    def begin(self, stack: ExitStack) -> Generator[Event, None, None]:
        """Start the targets, which the stack stops again, and the campaign on them."""
        from conformance import campaign
        from conformance.finding_database import FindingDatabase
        from conformance.strategies.scenarios import ALL_OPERATIONS
        from conformance.targets.registry import start_targets

        part, parts = shard_of(self.shard)
        layers = layers_named(self.layers)
        remembered = FindingDatabase(self.database) if self.database else None
        started = start_targets(stack, [self.baseline, *self.targets], timeout=self.timeout)
        if started.missing and len(started.targets) == 1:
            raise Unusable("; ".join(started.missing.values()))
        targets = started.targets
        cases = askable(self.cases, targets)
        if not cases and self.seconds is None and self.operations is None:
            raise Unusable("nothing to do: no case is left by --feature, --operation and -k, and nothing is generated")
        return campaign.run(
            targets,
            cases=cases[part - 1 :: parts],
            seconds=self.seconds,
            operations=self.operations,
            seed=self.seed,
            shard=(part, parts),
            layers=layers,
            minimise_seconds=SECONDS if (given := self.minimise_seconds or self.seconds) is None else given,
            generate_operations=ALL_OPERATIONS if self.generate_operations is None else self.generate_operations,
            hold_laws=self.laws,
            remembered=remembered,
            missing=started.missing,
        )


def is_recorded(targets: Sequence[str]) -> bool:
    """Whether recordings are among the targets."""
    from conformance import recorded_run

    return any(name.startswith(recorded_run.PREFIX) for name in targets)


def carry_out_recorded(targets: Sequence[str], baseline: str, layers: str, directory: Path) -> int:
    """A run against recordings: what they hold is asked, and nothing else. Returns the status to exit with."""
    from conformance import recorded_run
    from conformance.canonical import RULES
    from conformance.report.record import Record

    recordings = recorded_run.load(targets)
    if len(recordings) < len(targets):
        raise Unusable("a recording answers its own requests only: give recordings and other targets apart")
    compared = layers_named(layers)
    return carry_out(
        Record(layers=compared, rules=RULES),
        lambda stack: recorded_run.run(opened(stack, [baseline])[0], recordings, layers=compared),
        directory,
    )
