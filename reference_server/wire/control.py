"""What is not DynamoDB's: the paths by which a test tells the server the time, or empties it.

    GET  /_touchstone/clock                           {"now": 1795000000.0}
    POST /_touchstone/clock    {"advance": 3600}      {"now": 1795003600.0}
    POST /_touchstone/reset                           {}

`now` is in epoch seconds, `advance` in seconds. There is no signature to check, so they are there only where they were
asked for: the clock where it is a manual one, the reset where the server was told to take it (`--control`). Elsewhere
these paths are answered as DynamoDB answers any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import orjson

from reference_server.clock import Clock, ManualClock
from reference_server.wire import replies
from reference_server.wire.replies import Response

CLOCK_PATH: Final = "/_touchstone/clock"
RESET_PATH: Final = "/_touchstone/reset"


def answer(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    clock: Clock,
    reset: Callable[[], None] | None,
) -> Response | None:
    """The answer to a request about the server itself; None for any other request."""
    if path == CLOCK_PATH and isinstance(clock, ManualClock):
        return _about_the_clock(method, headers, body, clock)
    if path == RESET_PATH and method == "POST" and reset is not None:
        reset()
        return replies.plain_json(headers, 200, {})
    return None


def _about_the_clock(method: str, headers: Mapping[str, str], body: bytes, clock: ManualClock) -> Response:
    if method == "POST":
        try:
            clock.advance(orjson.loads(body)["advance"])
        except (ValueError, KeyError, TypeError):
            return replies.plain_json(headers, 400, {"message": 'write {"advance": seconds}, 0 or more'})
    elif method != "GET":
        return replies.plain_json(headers, 405, {"message": "GET tells the time, POST advances it"})
    return replies.plain_json(headers, 200, {"now": clock()})
