"""Alternator over HTTP (dossier 2).

    length, 413 -> path and method, 404 -> compression -> operation, by what stands behind the first dot of the target
    -> JSON, and that it is an object -> the operation

Whoever asks is let in: authorization is an option of the real server, off by default. All accounts and regions are one.
What else DynamoDB looks at, such as the content type, does not matter (recorded http-content-type-text).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from reference_server import limits
from reference_server.alternator import compression, json_text, operations, texts
from reference_server.alternator.edition import Edition
from reference_server.alternator.internal_tables import DATA_CENTER, RACK
from reference_server.alternator.request import Request, as_object
from reference_server.errors import DynamoDBError, UnknownOperationException, ValidationException, fill
from reference_server.operations.registry import Handler
from reference_server.tables.catalogue import ACCOUNT, REGION
from reference_server.wire.authentication import Scope
from reference_server.wire.protocol import Protocol
from reference_server.wire.replies import AMAZON_JSON, PLAIN_JSON, Response

_PORT: Final = re.compile(r":\d*$")

_PLAIN_TEXT: Final = "text/plain"
_EXPOSED: Final = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"
_NOT_FOUND: Final = {"message": "Not found", "code": 404}

# Where the node is, by the options of `/localnodes`.
_PLACE: Final = {"dc": DATA_CENTER, "rack": RACK}


class PayloadTooLarge(DynamoDBError):  # noqa: N818
    """Alternator's own (dossier 2, "Body > 16 MB")."""

    status = 413


class AlternatorProtocol(Protocol):
    def __init__(self, edition: Edition, handlers: Mapping[str, Handler] | None = None) -> None:
        super().__init__(operations.OPERATIONS if handlers is None else handlers)
        self._edition = edition

    def inflate(self, headers: Mapping[str, str], body: bytes) -> bytes:
        return compression.inflate(headers, body) if self._edition.compresses else body

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response | None:
        if len(body) > limits.REQUEST_BYTES:
            return self._too_large(headers, body)
        path, _, query = path.partition("?")
        if method == "OPTIONS" and path == "/":
            return self._preflight(headers)
        if method == "GET" and path == "/":
            return self._response(headers, 200, f"healthy: {headers.get('host', '')}".encode(), _PLAIN_TEXT)
        if method == "GET" and path == "/localnodes":
            return self._response(headers, 200, orjson.dumps(self._local_nodes(headers, query)), PLAIN_JSON)
        if method != "POST" or path != "/":
            return self._response(headers, 404, orjson.dumps(_NOT_FOUND), PLAIN_JSON)
        return None

    def admit(self, _path: str, headers: Mapping[str, str], _body: bytes) -> tuple[str, Scope]:
        operation = headers.get("x-amz-target", "").partition(".")[2]
        if operation not in self.operations:
            raise UnknownOperationException(texts.UNSUPPORTED_OPERATION, operation=operation)
        return operation, Scope(ACCOUNT, REGION)

    def read(self, operation: str, headers: Mapping[str, str], body: bytes) -> Request:
        content = json_text.read(body)
        if not isinstance(content, dict) and self._edition.explains_wrong_json:
            raise ValidationException(texts.NO_OBJECT)
        return Request(self._edition, operation, as_object(content), headers.get("host"))

    def success(self, headers: Mapping[str, str], _operation: str, reply: Mapping[str, Any] | None) -> Response:
        """None is a reply of no bytes at all (dossier 6, "Tag rules")."""
        body = b"" if reply is None else json.dumps(reply, ensure_ascii=False, separators=(",", ":")).encode()
        return self._compressed(headers, self._response(headers, 200, body, AMAZON_JSON))

    def refusal(self, headers: Mapping[str, str], _operation: str | None, error: DynamoDBError) -> Response:
        """Every error is of one namespace, and says so in `message` (rule: error-namespace)."""
        body = {
            **error.members,
            "__type": f"com.amazonaws.dynamodb.v20120810#{error.type_name}",
            "message": error.message or "",
        }
        return self._response(headers, error.status, orjson.dumps(body), AMAZON_JSON)

    def _too_large(self, headers: Mapping[str, str], body: bytes) -> Response:
        """rule: request-size. No more of the body may have been read than tells it, so its length is the header's."""
        if self._edition.refuses_size_in_json:
            return self.refusal(headers, None, PayloadTooLarge(texts.BODY_TOO_LARGE, most=limits.REQUEST_BYTES))
        length = headers.get("content-length", len(body))
        text = fill(texts.BODY_LENGTH.text, {"most": limits.REQUEST_BYTES, "length": length})
        return self._response(headers, 413, text.encode(), _PLAIN_TEXT)

    def _local_nodes(self, headers: Mapping[str, str], query: str) -> list[str]:
        """rule: local-nodes. The nodes of a data centre and a rack; those of this server's own, where nothing is asked.

        There is one, where the client has come: so it finds it again, from whatever network.
        """
        if self._edition.selects_local_nodes:
            asked = parse_qs(query)
            if any(option in asked and asked[option] != [place] for option, place in _PLACE.items()):
                return []
        return [_PORT.sub("", headers.get("host", "127.0.0.1")).strip("[]")]

    def _compressed(self, request_headers: Mapping[str, str], response: Response) -> Response:
        encoding = compression.chosen(request_headers, response.body) if self._edition.compresses else None
        if encoding is None:
            return response
        headers = {**response.headers, "Content-Encoding": encoding}
        return Response(response.status, headers, compression.deflate(encoding, response.body))

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
