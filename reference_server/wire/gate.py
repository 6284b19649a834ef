"""What a request must pass before it is an operation, in DynamoDB's order (data-plane 1.2).

    size, 413 -> CORS preflight -> GET, health -> method, path and content type, 404
    -> JSON is well-formed -> target -> authentication -> the operation

The order decides which fault is reported where a request has several. One step is not taken where it stands:
JSON is read once, by the decoder behind the gate; only when the target or the authentication is about to be
refused does the gate read it, because malformed JSON would have been refused before.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Final

from reference_server import limits
from reference_server.errors import DynamoDBError, UnknownOperationException
from reference_server.model.conversion import read_json
from reference_server.wire import authentication, replies
from reference_server.wire.replies import Response

SERVICE: Final = "DynamoDB_20120810"
STREAMS_SERVICE: Final = "DynamoDBStreams_20120810"
# Served from an endpoint of their own at AWS, from the same one here (data-plane 1.1).
STREAMS_OPERATIONS: Final = frozenset({"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"})

HEALTH_PATHS: Final = frozenset({"/", "/ping"})
CONTENT_TYPES: Final = frozenset({replies.AMAZON_JSON, replies.PLAIN_JSON})

_GZIP: Final = 16 + zlib.MAX_WBITS  # zlib's way to say: gzip's header and trailer, and no other


def inflate(headers: Mapping[str, str], body: bytes) -> bytes:
    """The body without its compression.

    AWS is said to accept gzip, though its model does not tell clients to send it (data-plane 1.1, thin). What
    cannot be inflated is left as it is, to be refused as malformed JSON; what inflates beyond the limit is cut
    just behind it, to be refused as too large.
    """
    if headers.get("content-encoding", "").strip().lower() != "gzip" or len(body) > limits.REQUEST_BYTES:
        return body
    decompressor = zlib.decompressobj(_GZIP)
    try:
        inflated = decompressor.decompress(body, limits.REQUEST_BYTES + 1)
    except zlib.error:
        return body
    return inflated if decompressor.eof or len(inflated) > limits.REQUEST_BYTES else body


def answer(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response | None:
    """The answer to whatever is not a request of the API, by HTTP's own terms; None for a request of the API."""
    if len(body) > limits.REQUEST_BYTES:
        return replies.too_large(headers)
    if method == "OPTIONS" and "origin" in headers:
        return replies.preflight(headers)
    path = path.partition("?")[0]
    if method == "GET" and path in HEALTH_PATHS:
        return replies.healthy(headers)
    if method != "POST" or path != "/":
        return replies.not_found(headers)
    # Without a body the content type does not matter; what does is that nothing is not JSON.
    if body and replies.content_type(headers) not in CONTENT_TYPES:
        return replies.not_found(headers)
    return None


def targets(operations: Iterable[str]) -> dict[str, str]:
    """The values of `X-Amz-Target` under which operations are served."""
    return {f"{STREAMS_SERVICE if name in STREAMS_OPERATIONS else SERVICE}.{name}": name for name in operations}


def admit(
    path: str, headers: Mapping[str, str], body: bytes, targets: Mapping[str, str]
) -> tuple[str, authentication.Scope]:
    """The operation that a request of the API asks for, and in whose name; or the refusal to let it in."""
    try:
        operation = targets.get(headers.get("x-amz-target", ""))
        if operation is None:
            raise UnknownOperationException
        scope = authentication.check(path, headers)
    except DynamoDBError:
        read_json(body)
        raise
    return operation, scope
