"""`touchstone run`: cases and generated operations against targets."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.commands.carrying_out import carry_out, opened
from conformance.commands.options import duration, generated_operations, layers_named, load, select
from conformance.commands.status import Unusable

if TYPE_CHECKING:
    from conformance.events import Event


SECONDS: Final = 30.0  # of generating, where nothing else is asked for; as many again for minimising at most


@click.command()
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

    compared = layers_named(layers)
    recordings = recorded_run.load(target_names)
    if recordings:
        if len(recordings) < len(target_names):
            raise Unusable("a recording answers its own requests only: give recordings and other targets apart")
        return carry_out(
            Record(layers=compared, rules=RULES),
            lambda stack: recorded_run.run(opened(stack, [baseline])[0], recordings, layers=compared),
            directory,
        )
    generated = generated_operations(features, operations)
    corpus = () if no_cases else select(load(case_paths), features, operations, keyword)
    if seconds is None and count is None and not no_generate:
        seconds = SECONDS
    if no_generate or not generated or keyword:
        seconds = count = None
    selection = [f"feature {name}" for name in features] + [f"operation {name}" for name in operations]

    def begin(stack: ExitStack) -> Generator[Event, None, None]:
        targets = opened(stack, [baseline, *target_names])
        emptied = all(target.resettable for target in targets)
        cases = [case for case in corpus if emptied or "empty-server" not in case.tags]
        if not cases and seconds is None and count is None:
            raise Unusable("nothing to do: no case is left by --feature, --operation and -k, and nothing is generated")
        return campaign.run(
            targets,
            cases=cases,
            seconds=seconds,
            operations=count,
            seed=seed,
            layers=compared,
            minimise_seconds=seconds or SECONDS,
            generate_operations=generated,
        )

    record = Record(layers=compared, rules=RULES, selection=[*selection, *([f"id {keyword}"] if keyword else [])])
    return carry_out(record, begin, directory)
