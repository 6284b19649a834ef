"""The server without its sockets: bytes in, bytes out.

    gate -> read -> what has become due -> operation -> encode

How each step but the middle ones is done is a protocol's (`wire/protocol.py`), which a dialect chooses. Whatever
happens is an answer: a refusal by the dialect's rules, or, where the fault is this server's own, InternalServerError
with the traceback in the log `reference_server`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from threading import Lock

from reference_server import messages, protocols
from reference_server.clock import Clock
from reference_server.dialects import AWS
from reference_server.errors import DynamoDBError, InternalServerError
from reference_server.operations.registry import Handler
from reference_server.protocols import AnyDialect
from reference_server.tables.cloud import Cloud
from reference_server.wire import control
from reference_server.wire.replies import Response

_log = logging.getLogger("reference_server")


class ReferenceServer:
    """Tables and their items, and the operations on them, for any account in any region (`tables/cloud.py`).

    `clock` gives epoch seconds (`clock.py`; one that is manual may be advanced, also by a request, `wire/control.py`);
    `shared` makes one space of all accounts and regions; `transition_seconds` is how long tables stay in states such as
    CREATING; with `control` a request can empty it; `endpoints` are where "s3" and "kinesis" are, if not where the
    environment says (`transfer/endpoint.py`). `operations` stand in the place of the dialect's own, in tests.

    Safe to call from any thread: requests are decoded and encoded side by side, and carried out one at a time.
    An item in a reply may be encoded while another request replaces it, since what is stored is never changed
    in place (`attribute.py`).
    """

    def __init__(
        self,
        *,
        clock: Clock = time.time,
        dialect: str | AnyDialect = AWS,
        shared: bool = False,
        transition_seconds: float = 0.0,
        control: bool = False,
        endpoints: Mapping[str, str | None] | None = None,
        operations: Mapping[str, Handler] | None = None,
    ) -> None:
        self._clock = clock
        self._protocol = protocols.protocol_of(dialect, operations)
        self._lock = Lock()
        self._shared = shared
        self._control = control
        self._transition_seconds = transition_seconds
        self._endpoints = endpoints
        self._cloud = self._empty_cloud()

    def reset(self) -> None:
        """Drop every table, as if the server had just been started."""
        with self._lock:
            self._cloud = self._empty_cloud()

    def _empty_cloud(self) -> Cloud:
        return Cloud(
            self._clock,
            shared=self._shared,
            transition_seconds=self._transition_seconds,
            endpoints=self._endpoints,
        )

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Answer one request. `path` is with its query; the names in `headers` are in lower case."""
        protocol = self._protocol
        operation: str | None = None
        try:
            body = protocol.inflate(headers, body)
            reset = self.reset if self._control else None
            response = control.answer(method, path, headers, body, clock=self._clock, reset=reset) or protocol.answer(
                method, path, headers, body
            )
            if response is not None:
                return response
            operation, scope = protocol.admit(path, headers, body)
            request = protocol.read(operation, headers, body)
            with self._lock:
                self._cloud.agenda.settle()
                catalogue = self._cloud.catalogue_of(scope.access_key, scope.region)
                reply = protocol.operations[operation](catalogue, request)
            return protocol.success(headers, operation, reply)
        except DynamoDBError as error:
            return protocol.refusal(headers, operation, error)
        except Exception:
            _log.exception("%s failed", operation or "a request")
            return protocol.refusal(headers, operation, InternalServerError(messages.INTERNAL_SERVER_ERROR))
