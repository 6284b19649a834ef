"""`touchstone report`: records rendered anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from conformance.commands.carrying_out import unwritable
from conformance.commands.status import COULD_NOT_RUN, DIVERGENCES, NO_DIVERGENCE

if TYPE_CHECKING:
    from conformance.scenario import JSONObject


@click.command()
@click.argument("records", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--report", "directory", type=click.Path(path_type=Path, file_okay=False), default=Path("reports/merged"),
    show_default=True, help="Where the report goes.",
)  # fmt: skip
@click.option(
    "--markdown", "summary", type=click.Path(path_type=Path, dir_okay=False),
    help="Write a summary for a pull request there too.",
)  # fmt: skip
@click.option(
    "--history", type=click.Path(path_type=Path, dir_okay=False),
    help="The published runs that the trend shows. [default: history.jsonl beside the first record]",
)  # fmt: skip
def report(records: Sequence[Path], directory: Path, summary: Path | None, history: Path | None) -> int:
    """Render records anew: as a site, and where they are of one run, as JSON and JUnit.

    RECORDS are report.json files, the folders they lie in, or published records. Those of the same targets (with other
    seeds or features) become one; those of different targets stand beside each other. Exit status: 0 no divergence, 1
    divergences, 2 a run did not come to its end.
    """
    from conformance.report import compact, markdown, record, site, terminal, trend

    runs = compact.runs(map(compact.read_any, records))
    where = terminal.console()
    points = trend.read(history or compact.folder_of(records[0]) / trend.HISTORY)
    try:
        if len(runs) == 1:
            written = record.write(runs[0], directory)
            terminal.print_summary(runs[0], where, written)
        else:
            for run in runs:
                terminal.print_verdict(run, where)
        # Once more with the history, which is no part of a record.
        page = site.write(runs, directory, points)
        if len(runs) > 1:
            terminal.print_paths(where, page=page)
        if summary is not None:
            record.replace_file(summary, markdown.render(runs).encode("utf-8", "replace"))
            terminal.print_paths(where, summary=summary)
    except OSError as error:
        raise unwritable(directory, error) from None
    return _status(runs)


def _status(runs: Sequence[JSONObject]) -> int:
    if not all("footer" in run and run["footer"]["complete"] for run in runs):
        return COULD_NOT_RUN
    return DIVERGENCES if any(run["divergences"] for run in runs) else NO_DIVERGENCE
