"""`touchstone fuzz`: what nobody wrote down. Generated operations and laws alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance.commands.carrying_out import carry_out
from conformance.commands.options import generated_operations
from conformance.commands.search import SECONDS, Search, search_options


@click.command()
@search_options
@click.option("--operation", "operations", multiple=True, help="Generate no other. As the API has it.")
def fuzz(
    target_names: Sequence[str],
    baseline: str,
    seconds: float | None,
    count: int | None,
    seed: int,
    shard: str,
    database: str | None,
    laws: bool,
    timeout: float | None,
    layers: str,
    directory: Path,
    operations: Sequence[str],
) -> int:
    """Generate operations, replay them on the baseline and the targets, and report what differs.

    Equal seeds give equal scenarios. Many machines share a campaign: each takes its --shard, all use one --database,
    and `touchstone merge` joins their reports. Exit status: 0 no divergence, 1 divergences, 2 could not run or not to
    the end, 130 interrupted; what was found until then is in the report.
    """
    search = Search(
        targets=target_names,
        baseline=baseline,
        seconds=SECONDS if seconds is None and count is None else seconds,
        operations=count,
        seed=seed,
        shard=shard,
        database=database,
        laws=laws,
        timeout=timeout,
        layers=layers,
        generate_operations=generated_operations((), operations),
        selection=[f"operation {name}" for name in operations],
    )
    return carry_out(search.record(), search.begin, directory)
