"""What goes back over the wire: statuses, headers, and the rendering of refusals (data-plane 1.4 and 1.5)."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import orjson

from reference_server.dialects import Dialect
from reference_server.errors import DynamoDBError

AMAZON_JSON: Final = "application/x-amz-json-1.0"
PLAIN_JSON: Final = "application/json"

# GET / and GET /ping. The region is a part of the text and nothing else depends on it.
HEALTHY: Final = b"healthy: dynamodb.us-east-1.amazonaws.com "
NOT_FOUND: Final = b"<UnknownOperationException/>\n"
PREFLIGHT_MAX_AGE: Final = "172800"  # seconds


class Response(NamedTuple):
    """An answer. Length, date and connection headers are the HTTP server's."""

    status: int
    headers: dict[str, str]
    body: bytes


def success(request_headers: Mapping[str, str], reply: Mapping[str, Any] | None) -> Response:
    """None is a reply of no bytes at all, as some operations have it (control-plane 10)."""
    body = b"" if reply is None else orjson.dumps(reply)
    return _response(200, body, request_headers, content_type=_echoed_content_type(request_headers))


def refusal(
    request_headers: Mapping[str, str], error: DynamoDBError, operation: str | None, dialect: Dialect
) -> Response:
    body: dict[str, Any] = {"__type": f"{error.namespace.value}#{error.type_name}"}
    text = dialect.text(operation, error)
    if text is not None:
        body[error.message_member] = text
    body |= error.members
    return _response(
        error.status, orjson.dumps(body), request_headers, content_type=_echoed_content_type(request_headers)
    )


def healthy(request_headers: Mapping[str, str]) -> Response:
    return _response(200, HEALTHY, request_headers)


def not_found(request_headers: Mapping[str, str]) -> Response:
    """What is no API request at all. Not JSON: the body is a remnant of an XML protocol."""
    return _response(404, NOT_FOUND, request_headers)


def too_large(request_headers: Mapping[str, str]) -> Response:
    # The body is thin: dynalite sends none, DynamoDB Local `{"Message":""}` (data-plane 1.1).
    return _response(413, b"", request_headers)


def preflight(request_headers: Mapping[str, str]) -> Response:
    """The answer to a browser's `OPTIONS`: whatever it asks to send is allowed."""
    response = _response(200, b"", request_headers)
    response.headers["Access-Control-Max-Age"] = PREFLIGHT_MAX_AGE
    for asked, allowed in (
        ("access-control-request-headers", "Access-Control-Allow-Headers"),
        ("access-control-request-method", "Access-Control-Allow-Methods"),
    ):
        if asked in request_headers:
            response.headers[allowed] = request_headers[asked]
    return response


def content_type(request_headers: Mapping[str, str]) -> str:
    """The request's content type, without parameters such as `; charset=utf-8`."""
    return request_headers.get("content-type", "").partition(";")[0].strip().lower()


def plain_json(request_headers: Mapping[str, str], status: int, body: Mapping[str, Any]) -> Response:
    """What this server says on its own account (`control.py`)."""
    return _response(status, orjson.dumps(body), request_headers, content_type=PLAIN_JSON)


def _response(
    status: int, body: bytes, request_headers: Mapping[str, str], *, content_type: str | None = None
) -> Response:
    headers = {
        "Server": "Server",
        "x-amzn-RequestId": _request_id(),
        "x-amz-crc32": str(zlib.crc32(body)),
    }
    if content_type is not None:
        headers["Content-Type"] = content_type
    if "origin" in request_headers:
        headers["Access-Control-Allow-Origin"] = "*"
    return Response(status, headers, body)


def _echoed_content_type(request_headers: Mapping[str, str]) -> str:
    return AMAZON_JSON if content_type(request_headers) == AMAZON_JSON else PLAIN_JSON


def _request_id() -> str:
    """52 characters out of A-Z and 0-9. AWS's look random; nothing is known to read them."""
    return f"{random.getrandbits(208):052X}"
