"""`touchstone serve`: the reference server, over HTTP."""

from __future__ import annotations

import click

from conformance.commands.options import dialect_named, duration


@click.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen; 0 is any free port.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--dialect", default="aws", show_default=True, help="Whose wording: aws, or aws-2025, the classic one.")
@click.option("--control", is_flag=True, help="Let POST /_touchstone/reset empty it.")
@click.option("--shared", is_flag=True, help="One space of tables for all accounts and regions.")
@click.option(
    "--clock",
    type=click.Choice(["real", "manual"]),
    default="real",
    show_default=True,
    help="manual: time stands still until POST /_touchstone/clock advances it.",
)
@click.option(
    "--transition-time", type=duration, default="0s", show_default=True,
    help="How long tables and indexes are CREATING, UPDATING, DELETING.",
)  # fmt: skip
def serve(port: int, host: str, dialect: str, control: bool, shared: bool, clock: str, transition_time: float) -> int:
    """Serve the reference server over HTTP until it is interrupted."""
    import time

    from reference_server.clock import ManualClock
    from reference_server.server import ReferenceServer
    from reference_server.wire import http

    server = ReferenceServer(
        clock=ManualClock() if clock == "manual" else time.time,
        dialect=dialect_named(dialect),
        shared=shared,
        transition_seconds=transition_time,
        control=control,
    )
    return http.serve(server, host=host, port=port)
