"""Compressed requests and replies, where the edition has them (rules: request-compression, response-compression)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Final

from reference_server import limits
from reference_server.alternator import texts
from reference_server.errors import InternalServerError

# Replies beyond this are compressed, at this level, where the client accepts it.
_THRESHOLD_BYTES: Final = 4096
_LEVEL: Final = 6

# How zlib is told which format it is; in the order in which one is chosen where the client likes both alike (inferred).
_FORMATS: Final = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def inflate(headers: Mapping[str, str], body: bytes) -> bytes:
    """A request's body without its compression. Raises InternalServerError for one that is not known.

    What cannot be inflated stays, to be refused as malformed JSON: what the real server says is not known. What
    inflates beyond the limit is cut just behind it, to be refused as too large.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if not encoding or len(body) > limits.REQUEST_BYTES:
        return body
    if encoding not in _FORMATS:
        raise InternalServerError(texts.ENCODING_UNSUPPORTED)
    decompressor = zlib.decompressobj(_FORMATS[encoding])
    try:
        inflated = decompressor.decompress(body, limits.REQUEST_BYTES + 1)
    except zlib.error:
        return body
    return inflated if decompressor.eof or len(inflated) > limits.REQUEST_BYTES else body


def chosen(headers: Mapping[str, str], body: bytes) -> str | None:
    """The encoding of a reply with this body to a request with these headers; None to leave it as it is."""
    if len(body) <= _THRESHOLD_BYTES:
        return None
    weights = _weights(headers.get("accept-encoding", ""))
    weighed = {name: weights.get(name, weights.get("*", 0.0)) for name in _FORMATS}
    best = max(weighed, key=weighed.__getitem__)
    return best if weighed[best] > 0 else None


def _weights(accepted: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for one in accepted.split(","):
        name, _, parameter = one.partition(";")
        quality = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            weights[name.strip().lower()] = float(quality)
        except ValueError:
            continue  # what has no readable weight is not accepted
    return weights


def deflate(encoding: str, body: bytes) -> bytes:
    compressor = zlib.compressobj(_LEVEL, wbits=_FORMATS[encoding])
    return compressor.compress(body) + compressor.flush()
