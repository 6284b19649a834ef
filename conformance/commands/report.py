"""`touchstone report`: records rendered anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance.commands.carrying_out import unwritable
from conformance.commands.status import COULD_NOT_RUN, DIVERGENCES, NO_DIVERGENCE


@click.command()
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
        raise unwritable(directory, error) from None
    terminal.print_summary(merged, terminal.console(), written)
    if not merged["footer"]["complete"]:
        return COULD_NOT_RUN
    return DIVERGENCES if merged["divergences"] else NO_DIVERGENCE
