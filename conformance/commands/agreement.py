"""`touchstone agreement`: how well a dialect agrees with the server that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance.commands.options import dialect_named
from conformance.commands.status import DIVERGENCES, NO_DIVERGENCE, Unusable


@click.command()
@click.argument("recording", type=click.Path(path_type=Path))
@click.option("--dialect", required=True, help="The dialect that is judged: `touchstone dialects list`.")
@click.option("--feature", "features", multiple=True, help="Requests of this feature, as the recording names it.")
@click.option("--notes", type=click.Path(path_type=Path), help="Reasons for what differs: YAML.")
@click.option("--markdown", type=click.Path(path_type=Path), help="Write the page here.")
@click.option("--at-least-data", type=float, default=0.0, help="Per cent that must agree in status, type and data.")
@click.option("--at-least-text", type=float, default=0.0, help="Per cent that must agree in text too.")
def agreement(
    recording: Path,
    dialect: str,
    features: Sequence[str],
    notes: Path | None,
    markdown: Path | None,
    at_least_data: float,
    at_least_text: float,
) -> int:
    """Put the requests of RECORDING to the reference server in a dialect, and count what agrees.

    Exit status: 0 as much agrees as was asked for, 1 less, 2 could not run.
    """
    from conformance.agreement import AgreementError, Degree, Notes, judge, load_notes, render, rows, stale
    from conformance.recording import load_recordings
    from conformance.targets.reference import ReferenceTarget

    name = dialect_named(dialect).name
    try:
        known = load_notes(notes) if notes is not None else Notes()
    except AgreementError as error:
        raise Unusable(str(error)) from None
    (loaded,) = load_recordings([recording])
    with ReferenceTarget(dialect=name) as target:
        judgements = list(judge(target, loaded, known, features=features))
    page = list(render(f"{name} and {loaded.name}", judgements, known))
    if markdown is not None:
        markdown.write_text("\n".join(page) + "\n")
    for line in page if markdown is None else page[: page.index("## What differs")]:
        click.echo(line)
    if not features:
        for reason in stale(judgements, known):
            click.echo(f"Stale: no request that differs is named by {', '.join(reason.requests)}", err=True)
    total = rows(judgements)[-1]
    reached = total.share(Degree.DATA) >= at_least_data and total.share(Degree.TEXT) >= at_least_text
    return NO_DIVERGENCE if reached else DIVERGENCES
