"""`touchstone targets`: what can be tested here, and how to get the rest."""

from __future__ import annotations

import click

from conformance.commands.status import NO_DIVERGENCE


@click.command()
def targets() -> int:
    """List the targets, their versions, and what is missing to use them."""
    from conformance.targets.registry import TARGETS, open_target
    from conformance.targets.target import TargetError

    for name in TARGETS:
        target = open_target(name)
        try:
            target.check()
        except TargetError as error:
            click.echo(f"{name:<16} missing: {error}")
        else:
            described = target.describe()
            click.echo(f"{name:<16} {described.version}, {described.how}")
    click.echo(f"{'any URL':<16} http://127.0.0.1:8000 and the like: whatever answers there")
    click.echo(f"{'recording:PATH':<16} what a server once answered to the requests of a recording")
    return NO_DIVERGENCE
