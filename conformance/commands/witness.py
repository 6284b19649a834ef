"""`touchstone witness`: the reference on trial before recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance.commands.options import dialect_named
from conformance.commands.status import DIVERGENCES, NO_DIVERGENCE, Unusable


@click.command()
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
    with ReferenceTarget(dialect=dialect_named(dialect).name) as reference:
        hearings = list(hear(reference, loaded, features=features))
    for line in render(hearings, [recording.name for recording in loaded]):
        click.echo(line)
    return DIVERGENCES if any(hearing.alone for hearing in hearings) else NO_DIVERGENCE
