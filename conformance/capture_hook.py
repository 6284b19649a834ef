"""Capture what a Python process asks of DynamoDB, without a proxy:

    from conformance.capture_hook import capture

    capture(boto3.client("dynamodb"), "traffic.jsonl")

It takes a client or a resource, or a session of boto3 or botocore, whose clients made afterwards are captured. It
listens to botocore's events and changes nothing: real servers, `in_process()` and moto are captured alike. The file is
as `touchstone capture` writes it, complete when the process ends; `close()` completes it earlier.

Limits: each attempt of a retried call is a request, as on the wire. `connection` is the thread. A process that forks
captures nothing in its children: capture there. asyncio clients (aiobotocore) are not botocore's: use the proxy.
"""

from __future__ import annotations

import atexit
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from conformance.traffic.exchange import Exchange
from conformance.traffic.recorder import Receipt, Recorder
from conformance.traffic.redaction import Redaction

_SERVICES: Final = ("dynamodb", "dynamodb-streams")

_captures: dict[Path, Capture] = {}
_lock = threading.Lock()


def capture(source: Any, path: Path | str, *, redact: str = "none") -> Capture:
    """Record what `source` asks from now on into a new file. Several sources may share one.

    Raises TrafficError where the file is there already or cannot be made, TypeError where this is no source, ValueError
    where `redact` is no way to redact, or not the file's.
    """
    events = _events_of(source)
    redaction = Redaction(redact)
    with _lock:
        key = Path(path).absolute()
        if key not in _captures:
            _captures[key] = Capture(Path(path), redaction)
            atexit.register(_captures[key].close)
        found = _captures[key]
        if found.redaction is not redaction:
            raise ValueError(f"{path} is captured with redact={found.redaction.value!r}: name another file")
    found.listen(events)
    return found


class Capture:
    """A file that is being written, and what is listened to for it. A context manager that completes it."""

    def __init__(self, path: Path, redaction: Redaction) -> None:
        self.redaction = redaction
        self.recorder = Recorder(path, redaction=redaction, complain=_complain)
        self._key = path.absolute()
        self._events: list[Any] = []
        self._threads = 0
        self._lock = threading.Lock()
        self._here = threading.local()

    def listen(self, events: Any) -> None:
        self._events.append(events)
        for service in _SERVICES:
            # First, since whoever answers in the place of a server (moto does) ends the event.
            events.register_first(f"before-send.{service}", self._sending, unique_id=f"{id(self)}-sending-{service}")
            events.register_first(f"response-received.{service}", self._answered, unique_id=f"{id(self)}-{service}")

    def close(self) -> None:
        """Write everything, and listen no longer. May be called twice."""
        for events in self._events:
            for service in _SERVICES:
                events.unregister(f"before-send.{service}", unique_id=f"{id(self)}-sending-{service}")
                events.unregister(f"response-received.{service}", unique_id=f"{id(self)}-{service}")
        self._events = []
        with _lock:
            _captures.pop(self._key, None)
        atexit.unregister(self.close)
        self.recorder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # --- botocore's events ------------------------------------------------------------------------------------

    def _sending(self, request: Any, **_: Any) -> None:
        """An attempt begins. It ends in the same thread: botocore's clients wait for the answer."""
        earlier: Receipt | None = getattr(self._here, "receipt", None)
        if earlier is not None:
            self.recorder.abandon(earlier)  # its answer was lost within botocore
        self._here.receipt = self.recorder.begin()
        self._here.request = request

    def _answered(self, response_dict: Mapping[str, Any] | None = None, exception: Any = None, **_: Any) -> None:
        receipt: Receipt | None = getattr(self._here, "receipt", None)
        if receipt is None:
            return
        request, self._here.receipt, self._here.request = self._here.request, None, None
        reply = response_dict or {}
        url = urlsplit(request.url)
        exchange = Exchange(
            method=request.method,
            path=f"{url.path or '/'}?{url.query}" if url.query else url.path or "/",
            headers=_headers(request.headers),
            body=_body(request.body),
            status=int(reply.get("status_code", 0)),
            reply_headers=_headers(reply.get("headers", {})),
            reply=_body(reply.get("body")),
            at=receipt.at,
            seconds=receipt.seconds(),
            connection=self._thread(),
            failure="" if exception is None or reply else f"{type(exception).__name__}: {exception}",
        )
        self.recorder.finish(receipt, exchange)

    def _thread(self) -> int:
        number: int | None = getattr(self._here, "number", None)
        if number is None:
            with self._lock:
                self._threads += 1
                number = self._here.number = self._threads
        return number


def _complain(line: str) -> None:
    print(f"touchstone: {line}", file=sys.stderr)


def _events_of(source: Any) -> Any:
    """Where what a source does can be listened to."""
    meta = getattr(source, "meta", None)
    client = getattr(meta, "client", source)  # a resource has a client
    events = getattr(getattr(client, "meta", None), "events", None)
    if events is not None:
        return events
    session = getattr(source, "_session", source)  # boto3's session has botocore's
    if hasattr(session, "get_component"):
        return session.get_component("event_emitter")
    raise TypeError(f"capture() takes a client, a resource or a session of boto3, not {type(source).__name__}")


def _headers(headers: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(name).lower(): value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in headers.items()
    }


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)
