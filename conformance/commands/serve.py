"""`touchstone serve`: the reference server, over HTTP."""

from __future__ import annotations

import click

from conformance.commands.options import dialect_named


@click.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen; 0 is any free port.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--dialect", default="aws", show_default=True, help="Whose wording: aws, or aws-2025, the classic one.")
def serve(port: int, host: str, dialect: str) -> int:
    """Serve the reference server over HTTP until it is interrupted."""
    from reference_server.wire import http

    return http.serve(host=host, port=port, dialect=dialect_named(dialect))
