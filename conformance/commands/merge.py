"""`touchstone merge`: the reports of one campaign's machines, joined."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance.commands.carrying_out import unwritable
from conformance.commands.status import COULD_NOT_RUN, DIVERGENCES, NO_DIVERGENCE, Unusable


@click.command()
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--report", "directory", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/merged"),
    show_default=True, help="Where the report goes.",
)  # fmt: skip
def merge(records: Sequence[Path], directory: Path) -> int:
    """Join the reports of shards, seeds or features into one.

    RECORDS are report.json files, or the folders they lie in. They must belong together: one version of Touchstone, one
    baseline, the same versions of targets, the same layers and rules. Exit status: 0 no divergence, 1 divergences, 2
    they do not belong together, or a run among them did not come to its end.
    """
    from conformance.report import terminal
    from conformance.report.record import merge as merged_records
    from conformance.report.record import read, write

    parts = [read(path) for path in records]
    asked = {tuple(target["name"] for target in part["targets"]) for part in parts}
    if len(asked) > 1:
        of = "; ".join(", ".join(names) for names in sorted(asked))
        raise Unusable(f"the records do not belong together: they are of other targets: {of}")
    merged = merged_records(parts)
    try:
        written = write(merged, directory)
    except OSError as error:
        raise unwritable(directory, error) from None
    terminal.print_summary(merged, terminal.console(), written)
    if not merged["footer"]["complete"]:
        return COULD_NOT_RUN
    return DIVERGENCES if merged["divergences"] else NO_DIVERGENCE
