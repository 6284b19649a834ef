"""`touchstone run`: cases, generated operations and laws, put to targets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance.commands.carrying_out import carry_out
from conformance.commands.options import generated_operations, load, select
from conformance.commands.search import SECONDS, Search, carry_out_recorded, is_recorded, search_options


@click.command()
@search_options
@click.option(
    "--cases", "case_paths", multiple=True, type=click.Path(path_type=Path), help="Files or folders of cases."
)
@click.option("--no-cases", is_flag=True, help="Generated operations only.")
@click.option("--no-generate", is_flag=True, help="Cases only.")
@click.option("--feature", "features", multiple=True, help="Cases of this feature, as the corpus names it.")
@click.option(
    "--operation", "operations", multiple=True, help="Cases that use it; generate no other. As the API has it."
)
@click.option("-k", "keyword", default="", help="Cases whose id contains this.")
def run(
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
    case_paths: Sequence[Path],
    no_cases: bool,
    no_generate: bool,
    features: Sequence[str],
    operations: Sequence[str],
    keyword: str,
) -> int:
    """Put cases, generated operations and laws to the baseline and the targets, and report what differs.

    Exit status: 0 no divergence, 1 divergences, 2 could not run or not to the end, 130 interrupted.
    """
    if is_recorded(target_names):
        return carry_out_recorded(target_names, baseline, layers, directory)
    generated = generated_operations(features, operations)
    corpus = () if no_cases else select(load(case_paths), features, operations, keyword)
    if seconds is None and count is None and not no_generate:
        seconds = SECONDS
    if no_generate or not generated or keyword:
        seconds = count = None
    selection = [f"feature {name}" for name in features] + [f"operation {name}" for name in operations]
    search = Search(
        targets=target_names,
        baseline=baseline,
        cases=corpus,
        seconds=seconds,
        operations=count,
        seed=seed,
        shard=shard,
        database=database,
        laws=laws,
        timeout=timeout,
        layers=layers,
        generate_operations=generated,
        selection=[*selection, *([f"id {keyword}"] if keyword else [])],
    )
    return carry_out(search.record(), search.begin, directory)
