"""A proxy between an application and a DynamoDB that passes bytes on as they come and notes what they were.

Each connection of a client has one of its own to the upstream, opened and closed with it. Bytes are passed on as they
arrive, before a request or reply is whole, so a body of any size streams; parsers look on, and change nothing. So
what the proxy does not understand (HEAD, an upgrade, what is no HTTP) is passed on too: that connection is
followed no longer, which is counted.

AWS checks a signature over the Host header, which names the proxy. `sign` is for that: requests are then collected,
given the upstream's host and a signature by the credentials that the proxy was given, and their bodies left alone.

How exact times are: `at` is taken before the last bytes of a request are passed on, and the end when the last bytes of
the reply are there. So what the server did happened in between, and two requests that do not overlap in the file took
effect in that order.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httptools
import orjson

from conformance.signing import Credentials, sign
from conformance.traffic.exchange import CONTENT_TYPE, Exchange
from conformance.traffic.recorder import Receipt, Recorder
from conformance.traffic.traffic import TrafficError

CONNECT_SECONDS: Final = 10.0
# What requests under way get to be answered in when the proxy is told to stop.
GRACE_SECONDS: Final = 2.0
BACKLOG: Final = 2048
# No request or reply of the API is as large as this; what is, is passed on and not kept.
KEPT_BYTES: Final = 128 << 20
# How long to wait before looking whether the recorder has caught up.
CATCHING_UP_SECONDS: Final = 0.02

_BAD_GATEWAY: Final = 502
_REGION: Final = re.compile(r"(?:streams\.)?dynamodb(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com|api\.aws)")
# Headers of the connection, not of the request: a request that is sent on anew has its own.
_HOP_BY_HOP: Final = frozenset({"connection", "content-length", "expect", "keep-alive", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Upstream:
    host: str
    port: int
    tls: bool
    url: str

    @classmethod
    def named(cls, url: str) -> Upstream:
        """Raises TrafficError where this is no address of a server."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            raise TrafficError(f"{url}: is no address of a server: write http://127.0.0.1:8000, or https://")
        tls = parts.scheme == "https"
        return cls(parts.hostname, port or (443 if tls else 80), tls, url.rstrip("/"))

    @property
    def netloc(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def region(self) -> str:
        """The region of AWS that it is in; empty for any other server."""
        match = _REGION.match(self.host)
        return match["region"] if match else ""


class CapturingProxy:
    """Passes on and records. One event loop's. `unfollowed` says why connections were followed no longer."""

    def __init__(self, upstream: Upstream, recorder: Recorder, *, credentials: Credentials | None = None) -> None:
        self.upstream = upstream
        self.recorder = recorder
        self.unfollowed: list[str] = []
        if credentials is not None and upstream.region:
            credentials = replace(credentials, region=upstream.region)
        self.credentials = credentials
        self.tls = ssl.create_default_context() if upstream.tls else None
        self.connections = 0
        self._links: set[_Link] = set()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port. Raises OSError, and OverflowError where that is no port."""
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Made here, since uvloop takes a port that is none for another one that is.
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
        self._server = await loop.create_server(lambda: _ClientSide(self.link()), sock=listener, backlog=BACKLOG)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Take no more requests; see those under way to their end, for as long as the grace lasts."""
        if self._server is not None:
            self._server.close()
        end = asyncio.get_running_loop().time() + grace
        for link in list(self._links):
            link.finish_soon()
        while self._links and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.01)
        for link in list(self._links):
            link.close()
        while self._links and asyncio.get_running_loop().time() < end + GRACE_SECONDS:
            await asyncio.sleep(0.01)

    def link(self) -> _Link:
        self.connections += 1
        link = _Link(self, self.connections)
        self._links.add(link)
        return link

    def forget(self, link: _Link) -> None:
        self._links.discard(link)


@dataclass(slots=True)
class _Message:
    """A request or a reply, as much of it as there is."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    method: str = ""
    path: str = ""
    status: int = 0
    receipt: Receipt | None = None  # of a request that has been received whole, or answered before it was
    whole: bool = False

    def header(self, name: bytes, value: bytes) -> None:
        """A header that stands there twice means the list of both."""
        text, key = value.decode("latin-1"), name.decode("latin-1").lower()
        self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text


class _Link:
    """A connection of a client and its connection to the upstream."""

    def __init__(self, proxy: CapturingProxy, number: int) -> None:
        self.proxy = proxy
        self.number = number
        self.client: asyncio.Transport | None = None
        self.upstream: asyncio.Transport | None = None
        self.requests = _Requests(self)
        self.replies = _Replies(self)
        self.unanswered: deque[_Message] = deque()
        self.follows = True
        self.failure = ""
        self._finishing = False
        self._reasons_to_wait: set[str] = set()
        self._connecting: asyncio.Task[None] | None = None
        self._early = bytearray()

    # --- opening and closing ----------------------------------------------------------------------------------

    def client_made(self, transport: asyncio.Transport) -> None:
        self.client = transport
        self.wait("connecting")
        self._connecting = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        upstream = self.proxy.upstream
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await asyncio.get_running_loop().create_connection(
                    lambda: _UpstreamSide(self),
                    upstream.host,
                    upstream.port,
                    ssl=self.proxy.tls,
                    server_hostname=upstream.host if upstream.tls else None,
                )
        except TimeoutError:
            self.failure = f"{upstream.url} cannot be reached: no answer within {CONNECT_SECONDS:g} s"
        except (OSError, ssl.SSLError) as error:
            self.failure = f"{upstream.url} cannot be reached: {error.strerror or error}"
        self._early.clear()
        while self.failure and self.unanswered:
            self._answer_for_upstream()
        self.go_on("connecting")

    def upstream_made(self, transport: asyncio.Transport) -> None:
        self.upstream = transport
        if self.client is None or self.client.is_closing():
            transport.close()
        elif self._early:
            transport.write(bytes(self._early))
            self._early.clear()

    def client_lost(self) -> None:
        self._give_up_unanswered("the client closed the connection before the reply")
        self.close()
        self.proxy.forget(self)

    def upstream_lost(self) -> None:
        self.replies.ended()
        self._give_up_unanswered(f"{self.proxy.upstream.url} closed the connection before the reply")
        self.close()

    def client_has_no_more(self) -> bool:
        """The client will send nothing more. Whether it is to be kept, since it still waits for an answer."""
        if not self.unanswered:
            return False
        if self.upstream is not None and self.upstream.can_write_eof():
            self.upstream.write_eof()
        return True

    def finish_soon(self) -> None:
        self._finishing = True
        if not self.unanswered and not self.requests.under_way:
            self.close()

    def close(self) -> None:
        for transport in (self.client, self.upstream):
            if transport is not None:
                transport.close()

    def _give_up_unanswered(self, failure: str) -> None:
        while self.unanswered:
            self._record(self.unanswered.popleft(), _Message(), failure)

    # --- bytes ------------------------------------------------------------------------------------------------

    def from_client(self, data: bytes) -> None:
        if self.follows or self.failure or self.proxy.credentials is not None:
            self.requests.feed(data)
        if self.proxy.credentials is None:
            self.to_upstream(data)

    def to_upstream(self, data: bytes) -> None:
        if self.upstream is not None:
            self.upstream.write(data)
        elif not self.failure:
            # uvloop reads once more although its transport was paused while it was made.
            self._early += data

    def from_upstream(self, data: bytes) -> None:
        if self.client is not None:
            self.client.write(data)
        if self.follows:
            self.replies.feed(data)

    def follow_no_longer(self, why: str) -> None:
        """Bytes go on being passed; where nothing could be passed without understanding it, the connection ends."""
        if self.follows:
            self.follows = False
            self.proxy.unfollowed.append(f"connection {self.number}: {why}")
            for request in self.unanswered:
                if request.receipt is not None:
                    self.proxy.recorder.abandon(request.receipt)
            self.unanswered.clear()
        if self.failure or self.proxy.credentials is not None:
            self.close()

    def wait(self, reason: str) -> None:
        """Take nothing from the client until all reasons for it have gone."""
        if not self._reasons_to_wait and self.client is not None and not self.client.is_closing():
            self.client.pause_reading()
        self._reasons_to_wait.add(reason)

    def go_on(self, reason: str) -> None:
        self._reasons_to_wait.discard(reason)
        if not self._reasons_to_wait and self.client is not None and not self.client.is_closing():
            self.client.resume_reading()

    # --- requests and replies ---------------------------------------------------------------------------------

    def received(self, request: _Message) -> None:
        """A request is there, whole."""
        if request.receipt is not None:
            return  # it was answered before it was whole
        request.receipt = self.proxy.recorder.begin()
        self.unanswered.append(request)
        if self.failure:
            self._answer_for_upstream()
        elif self.proxy.credentials is not None:
            self.to_upstream(_signed(request, self.proxy.credentials, self.proxy.upstream))
        if self.proxy.recorder.is_behind:
            self.wait("recorder")
            self._look_whether_recorder_caught_up()

    def _look_whether_recorder_caught_up(self) -> None:
        if self.proxy.recorder.is_behind:
            asyncio.get_running_loop().call_later(CATCHING_UP_SECONDS, self._look_whether_recorder_caught_up)
        else:
            self.go_on("recorder")

    def asked(self) -> _Message | None:
        """The request that the reply which begins now is for."""
        if not self.unanswered:
            early = self.requests.under_way
            if early is None:
                return None
            early.receipt = self.proxy.recorder.begin()
            self.unanswered.append(early)
        return self.unanswered[0]

    def answered(self, reply: _Message) -> None:
        self._record(self.unanswered.popleft(), reply, "")
        if self._finishing and not self.unanswered:
            self.close()

    def _answer_for_upstream(self) -> None:
        text = {
            "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
            "message": f"touchstone capture: {self.failure}",
        }
        body = orjson.dumps(text)
        reply = _Message(body=bytearray(body), status=_BAD_GATEWAY)
        reply.headers = {
            "content-type": CONTENT_TYPE,
            "x-amz-crc32": str(zlib.crc32(body)),
            "content-length": str(len(body)),
            "connection": "close",
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in reply.headers.items())
        assert self.client is not None
        self.client.write(f"HTTP/1.1 {_BAD_GATEWAY} Bad Gateway\r\n{head}\r\n".encode("latin-1") + body)
        self._record(self.unanswered.popleft(), reply, self.failure)
        self.client.close()

    def _record(self, request: _Message, reply: _Message, failure: str) -> None:
        assert request.receipt is not None
        exchange = Exchange(
            method=request.method,
            path=request.path,
            headers=request.headers,
            body=bytes(request.body),
            cut_off=not request.whole,
            status=reply.status,
            reply_headers=reply.headers,
            reply=bytes(reply.body),
            at=request.receipt.at,
            seconds=request.receipt.seconds(),
            connection=self.number,
            failure=failure,
        )
        self.proxy.recorder.finish(request.receipt, exchange)


def _signed(request: _Message, credentials: Credentials, upstream: Upstream) -> bytes:
    """The request with the upstream's host and a signature. Its body is as it was."""
    headers = {name: value for name, value in request.headers.items() if name not in _HOP_BY_HOP}
    headers["host"] = upstream.netloc
    body = bytes(request.body)
    headers.pop("x-amz-security-token", None)  # the client's own
    signed = sign(
        credentials, method=request.method, path=request.path, headers=headers, body=body, now=datetime.now(UTC)
    )
    signed["content-length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
    return f"{request.method} {request.path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


# --- looking on -----------------------------------------------------------------------------------------------


class _Requests:
    """Follows what a client sends. The methods `on_...` are httptools' names."""

    def __init__(self, link: _Link) -> None:
        self._link = link
        self._parser = httptools.HttpRequestParser(self)
        self.under_way: _Message | None = None

    def feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._link.follow_no_longer("the client asks to go on in another protocol")
        except httptools.HttpParserError as error:
            self._link.follow_no_longer(f"the client sends what is no HTTP: {error}")

    def on_message_begin(self) -> None:
        self.under_way = _Message()

    def on_url(self, url: bytes) -> None:
        self._message.path += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._message.header(name, value)

    def on_headers_complete(self) -> None:
        message = self._message
        message.method = self._parser.get_method().decode("latin-1")
        if message.method == "HEAD":
            # Its reply announces a body that does not come, which the parser of replies cannot be told.
            self._link.follow_no_longer("a HEAD request")
        signs = self._link.proxy.credentials is not None
        if signs and "expect" in message.headers and self._link.client is not None:
            self._link.client.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        _keep(self._message, body, self._link)

    def on_message_complete(self) -> None:
        message, self.under_way = self._message, None
        message.whole = True
        if self._link.follows:
            self._link.received(message)

    @property
    def _message(self) -> _Message:
        assert self.under_way is not None
        return self.under_way


class _Replies:
    """Follows what the upstream answers."""

    def __init__(self, link: _Link) -> None:
        self._link = link
        self._parser = httptools.HttpResponseParser(self)
        self._message: _Message | None = None

    def feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._link.follow_no_longer("the server goes on in another protocol")
        except httptools.HttpParserError as error:
            self._link.follow_no_longer(f"the server sends what is no HTTP: {error}")

    def ended(self) -> None:
        """The connection has been closed: that ends a reply of no given length."""
        message = self._message
        if (
            message is not None
            and message.status
            and not message.headers.keys()
            & {
                "content-length",
                "transfer-encoding",
            }
        ):
            self.on_message_complete()

    def on_message_begin(self) -> None:
        self._message = _Message()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._message is not None:
            self._message.header(name, value)

    def on_headers_complete(self) -> None:
        if self._message is None:
            return
        self._message.status = self._parser.get_status_code()
        if self._message.status >= 200 and self._link.asked() is None:
            self._message = None
            self._link.follow_no_longer("the server answers what was not asked")

    def on_body(self, body: bytes) -> None:
        if self._message is not None:
            _keep(self._message, body, self._link)

    def on_message_complete(self) -> None:
        message, self._message = self._message, None
        if message is not None and message.status >= 200 and self._link.follows:
            self._link.answered(message)


def _keep(message: _Message, body: bytes, link: _Link) -> None:
    if not link.follows:
        return
    if len(message.body) + len(body) > KEPT_BYTES:
        link.follow_no_longer(f"a body of more than {KEPT_BYTES >> 20} MB")
        return
    message.body += body


# --- transports ---------------------------------------------------------------------------------------------


class _ClientSide(asyncio.Protocol):
    def __init__(self, link: _Link) -> None:
        self._link = link
        self.data_received = link.from_client  # type: ignore[method-assign]
        self.eof_received = link.client_has_no_more  # type: ignore[method-assign]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._link.client_made(cast(asyncio.Transport, transport))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        self._link.client_lost()

    def pause_writing(self) -> None:
        if self._link.upstream is not None:
            self._link.upstream.pause_reading()

    def resume_writing(self) -> None:
        if self._link.upstream is not None and not self._link.upstream.is_closing():
            self._link.upstream.resume_reading()


class _UpstreamSide(asyncio.Protocol):
    def __init__(self, link: _Link) -> None:
        self._link = link
        self.data_received = link.from_upstream  # type: ignore[method-assign]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._link.upstream_made(cast(asyncio.Transport, transport))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._link.upstream_lost()

    def pause_writing(self) -> None:
        self._link.wait("upstream")

    def resume_writing(self) -> None:
        self._link.go_on("upstream")


def run(main: Callable[[], Any]) -> Any:
    """Run a coroutine on the fastest event loop that there is."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main())
