"""What is not DynamoDB's: the paths under which a server with a manual clock is told the time.

    GET  /_touchstone/clock                           {"now": 1795000000.0}
    POST /_touchstone/clock    {"advance": 3600}      {"now": 1795003600.0}

`now` is in epoch seconds, `advance` in seconds. There is no signature to check. Without a manual clock there are no
such paths, and they are answered as DynamoDB answers any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import orjson

from reference_server.clock import Clock, ManualClock
from reference_server.wire import replies
from reference_server.wire.replies import Response

CLOCK_PATH: Final = "/_touchstone/clock"


def answer(method: str, path: str, headers: Mapping[str, str], body: bytes, clock: Clock) -> Response | None:
    """The answer to a request about the clock; None for any other request."""
    if path != CLOCK_PATH or not isinstance(clock, ManualClock):
        return None
    if method == "POST":
        try:
            clock.advance(orjson.loads(body)["advance"])
        except (ValueError, KeyError, TypeError):
            return replies.plain_json(headers, 400, {"message": 'write {"advance": seconds}, 0 or more'})
    elif method != "GET":
        return replies.plain_json(headers, 405, {"message": "GET tells the time, POST advances it"})
    return replies.plain_json(headers, 200, {"now": clock()})
