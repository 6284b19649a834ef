"""`touchstone fuzz`: what nobody wrote down. Generated operations and laws alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.commands.carrying_out import carry_out
from conformance.commands.options import generated_operations
from conformance.commands.search import SECONDS, Search, carry_out_recorded, is_recorded, search_options

if TYPE_CHECKING:
    from conformance.report.record import Record


@click.command()
@search_options
@click.option("--verify-reproducers", is_flag=True, help="Run them all against the reference: two seconds a finding.")
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
    verify_reproducers: bool,
    operations: Sequence[str],
) -> int:
    """Generate operations, replay them on the baseline and the targets, and report what differs.

    Equal seeds give equal scenarios. Many machines share a campaign: each takes its --shard, all use one --database,
    and `touchstone merge` joins their reports. Exit status: 0 no divergence, 1 divergences, 2 could not run or not to
    the end, 130 interrupted; what was found until then is in the report.
    """
    if is_recorded(target_names):
        return carry_out_recorded(target_names, baseline, layers, directory)
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
    record = search.record()
    status = carry_out(record, search.begin, directory)
    if verify_reproducers:
        _verify(record)
    return status


def _verify(record: Record) -> None:
    """Run every reproducer against the reference over HTTP, and tell those that do not show what the suite saw."""
    from conformance.targets.reference import ReferenceServerTarget
    from conformance.targets.target import TargetError
    from conformance.verification import verify

    verified = 0
    with ReferenceServerTarget() as server:
        for divergence in record.divergences:
            try:
                problems = verify(divergence.scenario, divergence.step, server)
            except TargetError as error:
                problems = {"all": str(error)}
            told = {notation: problem for notation, problem in problems.items() if problem}
            verified += not told
            for notation, problem in told.items():
                click.echo(f"{divergence.signature.key}: the {notation} reproducer is not verified: {problem}")
    click.echo(f"{verified} of {len(list(record.divergences))} findings have reproducers that were seen to work")
