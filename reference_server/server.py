"""The server without its sockets: bytes in, bytes out.

    gate -> decode -> operation -> encode

Whatever happens is an answer: a refusal by DynamoDB's rules, or, where the fault is this server's own,
InternalServerError with the traceback in the log `reference_server`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from threading import Lock

from reference_server import dialects, messages
from reference_server.dialects import AWS, Dialect
from reference_server.errors import DynamoDBError, InternalServerError
from reference_server.model.decoder import decode
from reference_server.operations.registry import OPERATIONS, Handler
from reference_server.tables.catalogue import Catalogue
from reference_server.wire import gate, replies
from reference_server.wire.replies import Response

_log = logging.getLogger("reference_server")


class ReferenceServer:
    """Tables and their items, and the operations on them, as one account in one region.

    Safe to call from any thread: requests are decoded and encoded side by side, and carried out one at a time.
    An item in a reply may be encoded while another request replaces it, since what is stored is never changed
    in place (`attribute.py`).
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        dialect: str | Dialect = AWS,
        operations: Mapping[str, Handler] = OPERATIONS,
    ) -> None:
        self._clock = clock
        self._dialect = dialects.named(dialect)
        self._operations = operations
        self._targets = gate.targets(operations)
        self._lock = Lock()
        self._catalogue = Catalogue(clock)

    def reset(self) -> None:
        """Drop every table, as if the server had just been started."""
        with self._lock:
            self._catalogue = Catalogue(self._clock)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Answer one request. `path` is with its query; the names in `headers` are in lower case."""
        operation: str | None = None
        try:
            body = gate.inflate(headers, body)
            response = gate.answer(method, path, headers, body)
            if response is not None:
                return response
            operation = gate.admit(path, headers, body, self._targets)
            request = decode(operation, body, self._dialect.wording)
            with self._lock:
                reply = self._operations[operation](self._catalogue, request)
            return replies.success(headers, reply)
        except DynamoDBError as error:
            return replies.refusal(headers, error, operation, self._dialect)
        except Exception:
            _log.exception("%s failed", operation or "a request")
            return replies.refusal(
                headers, InternalServerError(messages.INTERNAL_SERVER_ERROR), operation, self._dialect
            )
