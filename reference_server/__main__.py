"""`python -m reference_server`: serve an empty reference server over HTTP."""

from __future__ import annotations

import argparse
import sys
import time

from reference_server.clock import ManualClock
from reference_server.dialects import AWS
from reference_server.protocols import DIALECTS
from reference_server.server import ReferenceServer
from reference_server.transfer.endpoint import KINESIS, NAMES, S3, VARIABLES, fault_of
from reference_server.wire.http import DEFAULT_HOST, DEFAULT_PORT, serve


def _address(text: str) -> str:
    fault = fault_of(text)
    if fault is not None:
        raise argparse.ArgumentTypeError(fault)
    return text


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m reference_server", description="Serve the DynamoDB API from memory, until stopped."
    )
    parser.add_argument("--host", default=DEFAULT_HOST, help="where to listen (default: %(default)s)")
    parser.add_argument("--port", default=DEFAULT_PORT, type=int, help="0 for any free one (default: %(default)s)")
    parser.add_argument("--dialect", default=AWS.name, choices=DIALECTS, help="whose DynamoDB (default: %(default)s)")
    parser.add_argument("--shared", action="store_true", help="one space of tables for all accounts and regions")
    parser.add_argument("--clock", default="real", choices=("real", "manual"), help="manual: see wire/control.py")
    parser.add_argument(
        "--transition-seconds", default=0.0, type=float, help="how long tables are CREATING and the like (default: 0)"
    )
    parser.add_argument("--control", action="store_true", help="let requests empty it: see wire/control.py")
    for service, name in NAMES.items():
        parser.add_argument(
            f"--{service}-endpoint",
            metavar="URL",
            type=_address,
            help=f"where {name} is (default: what {VARIABLES[service]} says)",
        )
    options = parser.parse_args(arguments)
    server = ReferenceServer(
        clock=ManualClock() if options.clock == "manual" else time.time,
        dialect=options.dialect,
        shared=options.shared,
        transition_seconds=options.transition_seconds,
        control=options.control,
        endpoints={S3: options.s3_endpoint, KINESIS: options.kinesis_endpoint},
    )
    return serve(server, host=options.host, port=options.port)


if __name__ == "__main__":
    sys.exit(main())
