"""`python -m reference_server`: serve an empty reference server over HTTP."""

from __future__ import annotations

import argparse
import sys

from reference_server.dialects import AWS, DIALECTS
from reference_server.wire.http import DEFAULT_HOST, DEFAULT_PORT, serve


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m reference_server", description="Serve the DynamoDB API from memory, until stopped."
    )
    parser.add_argument("--host", default=DEFAULT_HOST, help="where to listen (default: %(default)s)")
    parser.add_argument("--port", default=DEFAULT_PORT, type=int, help="0 for any free one (default: %(default)s)")
    parser.add_argument("--dialect", default=AWS.name, choices=DIALECTS, help="whose wording (default: %(default)s)")
    options = parser.parse_args(arguments)
    return serve(host=options.host, port=options.port, dialect=options.dialect)


if __name__ == "__main__":
    sys.exit(main())
