"""`touchstone serve`: the reference server, over HTTP."""

from __future__ import annotations

import click

from conformance.commands.options import dialect_named, duration


def _address(text: str) -> str:
    """The address of an endpoint, as it is written."""
    from reference_server.transfer.endpoint import fault_of

    fault = fault_of(text)
    if fault is not None:
        raise click.BadParameter(fault)
    return text


@click.command()
@click.option("--port", default=8000, show_default=True, help="Where to listen; 0 is any free port.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option(
    "--dialect",
    default="aws",
    show_default=True,
    help="Whose DynamoDB: aws, aws-2025 (its classic wording), or Alternator: alternator-6.2, alternator-2026, "
    "alternator-2026-streams.",
)
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
@click.option(
    "--s3-endpoint", type=_address, metavar="URL",
    help="Where exports go and imports come from. [default: what AWS_ENDPOINT_URL_S3 says]",
)  # fmt: skip
@click.option(
    "--kinesis-endpoint", type=_address, metavar="URL",
    help="Where the data streams of streaming destinations are. [default: what AWS_ENDPOINT_URL_KINESIS says]",
)  # fmt: skip
def serve(
    port: int,
    host: str,
    dialect: str,
    control: bool,
    shared: bool,
    clock: str,
    transition_time: float,
    s3_endpoint: str | None,
    kinesis_endpoint: str | None,
) -> int:
    """Serve the reference server over HTTP until it is interrupted.

    Without an S3 or Kinesis endpoint, exports, imports and streaming destinations fail and say so; AWS is never called.
    """
    import time

    from reference_server.clock import ManualClock
    from reference_server.server import ReferenceServer
    from reference_server.transfer.endpoint import KINESIS, S3
    from reference_server.wire import http

    server = ReferenceServer(
        clock=ManualClock() if clock == "manual" else time.time,
        dialect=dialect_named(dialect),
        shared=shared,
        transition_seconds=transition_time,
        control=control,
        endpoints={S3: s3_endpoint, KINESIS: kinesis_endpoint},
    )
    return http.serve(server, host=host, port=port)
