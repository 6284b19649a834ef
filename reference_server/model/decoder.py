"""A request's bytes to a typed request: the fast path, and the way to the slow one."""

from __future__ import annotations

from functools import cache

import msgspec

from reference_server.model.explanation import explain
from reference_server.model.shapes import INPUTS
from reference_server.model.wordings import AWS_2026, Wording


def decode(operation: str, body: bytes, wording: Wording = AWS_2026) -> msgspec.Struct:
    """The request, of the type that `INPUTS` has for the operation.

    Raises SerializationException or ValidationException as DynamoDB does; KeyError if the API has no such operation.
    """
    decoder = _decoder(operation)
    try:
        if not body.isascii():
            body.decode()  # msgspec does not look into what it skips, DynamoDB does
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return explain(operation, body, wording)


@cache
def _decoder(operation: str) -> msgspec.json.Decoder[msgspec.Struct]:
    return msgspec.json.Decoder(INPUTS[operation])
