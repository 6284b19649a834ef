"""The bytes of a request and of its reply to a captured request.

What is never kept: the access key (an account has a label in its place), signatures, session tokens, dates, cookies,
and every header that does not change what is answered. A signature in the query string goes the same way.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from conformance.recording import TEXT_REPLY_LENGTH
from conformance.scenario import JSON, JSONObject
from conformance.traffic.anything import DEEPEST, is_deeper
from conformance.traffic.redaction import Redaction, Redactor
from conformance.traffic.traffic import SERVICES, CapturedRequest, usual_target

CONTENT_TYPE: Final = "application/x-amz-json-1.0"
CLIENT_LENGTH: Final = 120

# Headers of a request that change what is answered. No other is kept.
_REQUEST_HEADERS: Final = re.compile(r"content-type|content-encoding|origin|access-control-request-[a-z-]+")
# Those of a reply that the recordings have.
_REPLY_HEADERS: Final = re.compile(
    r"content-type|content-encoding|content-length|x-amzn-requestid|x-amzn-errortype|x-amz-crc32|server"
    r"|access-control-[a-z-]+|connection|transfer-encoding"
)
_TELLING: Final = frozenset({"x-amz-crc32", "content-length"})
_CREDENTIAL: Final = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d*/(?P<region>[^/,\s]*)/")
_DECOMPRESS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"gzip": gzip.decompress, "deflate": zlib.decompress}


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its reply as they went over the wire. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    reply_headers: Mapping[str, str]
    reply: bytes
    at: float
    seconds: float
    connection: int
    failure: str = ""
    cut_off: bool = False  # the reply came before the whole request


class Understanding:
    """Exchanges of one capture to captured requests. It remembers accounts, and what the redactor does."""

    def __init__(self, redaction: Redaction = Redaction.NONE) -> None:
        self._redactor = Redactor(redaction)
        self._accounts: dict[str, str] = {}

    def captured(self, number: int, exchange: Exchange) -> CapturedRequest:
        headers = exchange.headers
        key, region = _signer(exchange)
        target = headers.get("x-amz-target")
        prefix, _, operation = (target or "").rpartition(".")
        service = SERVICES.get(prefix, "dynamodb")
        missing = ["body: the rest of it"] if exchange.cut_off else []

        request: JSONObject = {}
        if target is None or target != usual_target(service, operation):
            request["target"] = target or ""
        kept = {
            name: value
            for name, value in headers.items()
            if _REQUEST_HEADERS.fullmatch(name) and (name, value) != ("content-type", CONTENT_TYPE)
        }
        if kept:
            request["headers"] = kept
        if exchange.method != "POST":
            request["method"] = exchange.method
        path = _without_signature(exchange.path)
        if path != "/":
            request["path"] = path
        if exchange.body or exchange.method == "POST":
            request |= self._body(decompressed(exchange.body, headers), missing)

        reply = self._reply(decompressed(exchange.reply, exchange.reply_headers))
        request, reply = self._redactor.redact(operation, request, reply)
        return CapturedRequest(
            id=f"{number:06}",
            operation=operation,
            request=request,
            status=exchange.status,
            reply=reply,
            headers={name: value for name, value in exchange.reply_headers.items() if self._is_kept(name)},
            at=round(exchange.at, 6),
            seconds=round(exchange.seconds, 6),
            region=region,
            account=self._accounts.setdefault(key, str(len(self._accounts) + 1)) if key else "",
            connection=exchange.connection,
            client=headers.get("user-agent", "")[:CLIENT_LENGTH],
            service=service,
            failure=exchange.failure,
            missing=tuple(missing),
            redaction="" if self._redactor.redaction is Redaction.NONE else self._redactor.redaction.value,
        )

    def _is_kept(self, name: str) -> bool:
        """A header of a reply. Of a short value, what its bytes come to would tell it."""
        tells = self._redactor.redaction is not Redaction.NONE and name in _TELLING
        return not tells and _REPLY_HEADERS.fullmatch(name) is not None

    def _body(self, body: bytes, missing: list[str]) -> JSONObject:
        text = body.decode("utf-8", "backslashreplace")
        if text.encode("utf-8", "surrogatepass") != body:
            missing.append("body: bytes that are no UTF-8")
        try:
            parsed = json.loads(
                text, object_pairs_hook=_without_repetition, parse_float=_finite, parse_constant=_no_constant
            )
            if isinstance(parsed, dict) and not missing and not is_deeper(parsed, DEEPEST):
                return {"body": parsed}
        except (ValueError, RecursionError):
            pass
        if self._redactor.redaction is not Redaction.NONE and text:
            # Which of it are values cannot be told.
            missing.append("raw: redacted")
            return {"raw": ""}
        return {"raw": text}

    def _reply(self, body: bytes) -> JSON:
        if not body:
            return ""
        try:
            parsed = json.loads(body)
            if not is_deeper(parsed, DEEPEST):
                return parsed
        except (ValueError, RecursionError):
            pass
        text = body.decode("utf-8", "backslashreplace")
        return text if len(text) <= TEXT_REPLY_LENGTH else text[:TEXT_REPLY_LENGTH]


def decompressed(body: bytes, headers: Mapping[str, str]) -> bytes:
    """The body without its Content-Encoding; as it is where it is not what that says."""
    decompress = _DECOMPRESS.get(headers.get("content-encoding", ""))
    try:
        return body if decompress is None else decompress(body)
    except (OSError, EOFError, zlib.error):
        return body


def _signer(exchange: Exchange) -> tuple[str, str]:
    """The access key and the region of the signature, wherever it stands; empty where there is none."""
    match = _CREDENTIAL.search(exchange.headers.get("authorization", "")) or _CREDENTIAL.search(
        unquote_plus(exchange.path).replace("X-Amz-", "")
    )
    return (match["key"], match["region"]) if match else ("", "")


def _without_signature(path: str) -> str:
    """The path without the parameters of a presigned request, all of which start alike."""
    place, question, query = path.partition("?")
    if not question or not any(name.lower().startswith("x-amz-") for name, _ in parse_qsl(query, True)):
        return path
    kept = [part for part in query.split("&") if not unquote_plus(part).lower().startswith("x-amz-")]
    return f"{place}?{'&'.join(kept)}" if kept else place


# --- is the parsed form as good as the text? ----------------------------------------------------------------


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parsed = dict(pairs)
    if len(parsed) != len(pairs):
        raise ValueError("a member stands there twice")
    return parsed


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number) or repr(number) != text:
        raise ValueError(f"{text} would be written otherwise")
    return number


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON")
