"""Alternator over HTTP (dossier 2).

    length, 413 -> path and method, 404 -> operation, by what stands behind the first dot of the target
    -> JSON, and that it is an object -> the operation

Whoever asks is let in: authorization is an option of the real server, off by default. All accounts and regions are one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import orjson

from reference_server.alternator import json_text, operations, texts
from reference_server.alternator.edition import Edition
from reference_server.alternator.request import Request, as_object
from reference_server.errors import DynamoDBError, UnknownOperationException
from reference_server.operations.registry import Handler
from reference_server.tables.catalogue import ACCOUNT, REGION
from reference_server.wire.authentication import Scope
from reference_server.wire.protocol import Protocol
from reference_server.wire.replies import AMAZON_JSON, PLAIN_JSON, Response

REQUEST_BYTES: Final = 16 * 1024 * 1024

# The node that `/localnodes` lists: there is one, and it is here.
NODE: Final = "127.0.0.1"

_PLAIN_TEXT: Final = "text/plain"
_EXPOSED: Final = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
_NOT_FOUND: Final = {"message": "Not found", "code": 404}


class AlternatorProtocol(Protocol):
    def __init__(self, edition: Edition, handlers: Mapping[str, Handler] | None = None) -> None:
        super().__init__(operations.OPERATIONS if handlers is None else handlers)
        self._edition = edition

    def inflate(self, _headers: Mapping[str, str], body: bytes) -> bytes:
        return body

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response | None:
        if len(body) > REQUEST_BYTES:
            text = f"Content length limit ({REQUEST_BYTES}) exceeded: {len(body)}"
            return self._response(headers, 413, text.encode(), _PLAIN_TEXT)
        path = path.partition("?")[0]
        if method == "OPTIONS" and path == "/":
            return self._preflight(headers)
        if method == "GET" and path == "/":
            return self._response(headers, 200, f"healthy: {headers.get('host', '')}".encode(), _PLAIN_TEXT)
        if method == "GET" and path == "/localnodes":
            return self._response(headers, 200, orjson.dumps([NODE]), PLAIN_JSON)
        if method != "POST" or path != "/":
            return self._response(headers, 404, orjson.dumps(_NOT_FOUND), PLAIN_JSON)
        return None

    def admit(self, _path: str, headers: Mapping[str, str], _body: bytes) -> tuple[str, Scope]:
        operation = headers.get("x-amz-target", "").partition(".")[2]
        if operation not in self.operations:
            raise UnknownOperationException(texts.UNSUPPORTED_OPERATION, operation=operation)
        return operation, Scope(ACCOUNT, REGION)

    def read(self, operation: str, headers: Mapping[str, str], body: bytes) -> Request:
        return Request(self._edition, operation, as_object(json_text.read(body)), headers.get("host"))

    def success(self, headers: Mapping[str, str], _operation: str, reply: Mapping[str, Any] | None) -> Response:
        """None is a reply of no bytes at all (dossier 6, "Tag rules")."""
        body = b"" if reply is None else json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode()
        return self._response(headers, 200, body, AMAZON_JSON)

    def refusal(self, headers: Mapping[str, str], _operation: str | None, error: DynamoDBError) -> Response:
        """Every error is of one namespace, and says so in `message` (rule: error-namespace)."""
        body = {
            **error.members,
            "__type": f"com.amazonaws.dynamodb.v20120810#{error.type_name}",
            "message": error.message or "",
        }
        return self._response(headers, error.status, orjson.dumps(body), AMAZON_JSON)

    def _preflight(self, headers: Mapping[str, str]) -> Response:
        response = self._response(headers, 200, b"", _PLAIN_TEXT)
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Max-Age"] = "7200"
        return response

    def _response(self, request_headers: Mapping[str, str], status: int, body: bytes, content_type: str) -> Response:
        headers = {"Content-Type": content_type}
        if self._edition.server_header is not None:
            headers["Server"] = self._edition.server_header
        if "origin" in request_headers:
            headers["Access-Control-Allow-Origin"] = "*"
            headers["Access-Control-Expose-Headers"] = _EXPOSED
        return Response(status, headers, body)


