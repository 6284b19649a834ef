"""One HTTP/1.1 connection, kept open: the client that replay can afford.

`http.client` costs three times as much a request and parses headers into an e-mail message. This one knows what
the API needs: a request with a body of known length, a response that is counted, chunked or ended by the close.

A request is never sent twice. Libraries that repeat a request on a new connection when a kept one turns out
closed would put an `ADD` to a server twice; here the connection is looked at *before* a request goes out, and
what fails after that is the answer.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Final

# Bytes of one response. The largest of the API has 16 MB of items (BatchGetItem), which escapes may lengthen.
_LARGEST: Final = 128 << 20


_HEXADECIMAL = re.compile(rb"[0-9a-fA-F]{1,16}")


class HTTPError(Exception):
    """What came back is not HTTP, or ended in the middle."""


class Connection:
    """A connection to one address, opened when needed. All failures are OSError or HTTPError."""

    def __init__(self, host: str, port: int, *, tls: bool = False, timeout: float = 30.0) -> None:
        self.host = host
        self.port = port
        self.timeout = timeout
        self._context = ssl.create_default_context() if tls else None
        self._socket: socket.socket | None = None
        self._buffer = b""
        self._deadline = 0.0
        self._received = 0

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request and read its response. `headers` must have the Host."""
        lines = [f"{method} {path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines.append(f"content-length: {len(body)}\r\n\r\n")
        head = "\r\n".join(lines).encode("utf-8", "surrogatepass")
        self._deadline = time.monotonic() + self.timeout
        self._received = 0
        try:
            self._open().sendall(head + body)
            return self._read_response(method)
        except BaseException:
            # Whatever is still on its way belongs to the request that failed.
            self.close()
            raise

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._buffer = b""

    def _open(self) -> socket.socket:
        if self._socket is not None and not _is_quiet(self._socket):
            self.close()
        if self._socket is None:
            plain = socket.create_connection((self.host, self.port), timeout=self.timeout)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = (
                plain if self._context is None else self._context.wrap_socket(plain, server_hostname=self.host)
            )
        self._socket.settimeout(self.timeout)
        return self._socket

    def _read_response(self, method: str) -> tuple[int, dict[str, str], bytes]:
        status = 100
        while 100 <= status < 200:  # interim responses come before the one that counts
            status, version, headers = self._read_head()
        keep_alive = _keeps_alive(version, headers)
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif "chunked" in headers.get("transfer-encoding", "").lower():
            body = self._read_chunks()
        elif "content-length" in headers:
            if not headers["content-length"].isdecimal():
                raise HTTPError(f"content-length is {headers['content-length']!r}")
            body = self._read_exactly(int(headers["content-length"]))
        else:
            body, keep_alive = self._read_to_end(), False
        if not keep_alive:
            self.close()
        return status, headers, body

    def _read_head(self) -> tuple[int, str, dict[str, str]]:
        first, *lines = self._read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        status = rest[:3]
        if not version.startswith("HTTP/1.") or not status.isdecimal():
            raise HTTPError(f"not HTTP: {first[:80]!r}")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        return int(status), version, headers

    def _read_chunks(self) -> bytes:
        chunks: list[bytes] = []
        while True:
            size = self._read_until(b"\r\n").partition(b";")[0]
            if not _HEXADECIMAL.fullmatch(size.strip()):
                raise HTTPError(f"not the size of a chunk: {size[:20]!r}")
            length = int(size, 16)
            if length == 0:
                while self._read_until(b"\r\n"):  # trailers, until an empty line
                    pass
                return b"".join(chunks)
            chunks.append(self._read_exactly(length))
            self._read_exactly(2)

    def _read_until(self, end: bytes) -> bytes:
        while end not in self._buffer:
            self._receive_more()
        found, _, self._buffer = self._buffer.partition(end)
        return found

    def _read_exactly(self, length: int) -> bytes:
        if len(self._buffer) < length:
            parts, missing = [self._buffer], length - len(self._buffer)
            self._buffer = b""
            while missing > 0:
                self._receive_more()
                parts.append(self._buffer)
                missing -= len(self._buffer)
                self._buffer = b""
            self._buffer = b"".join(parts)
        found, self._buffer = self._buffer[:length], self._buffer[length:]
        return found

    def _read_to_end(self) -> bytes:
        while self._receive():
            pass
        found, self._buffer = self._buffer, b""
        return found

    def _receive_more(self) -> None:
        if not self._receive():
            raise HTTPError("the connection was closed in the middle of the response")

    def _receive(self) -> bool:
        """Whether anything came; nothing does when the server has closed the connection."""
        assert self._socket is not None
        # The time is the whole exchange's: a server that sends a byte now and then does not hold us for ever.
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(remaining)
        received = self._socket.recv(65536)
        self._received += len(received)
        if self._received > _LARGEST:
            raise HTTPError(f"the response has more than {_LARGEST >> 20} MiB")
        self._buffer += received
        return bool(received)


def _is_quiet(connection: socket.socket) -> bool:
    """Open, with nothing to read: what can be read before anything was asked is the end, or talk out of turn."""
    connection.settimeout(0)
    try:
        connection.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    return False


def _keeps_alive(version: str, headers: Mapping[str, str]) -> bool:
    connection = headers.get("connection", "").lower()
    return "keep-alive" in connection if version == "HTTP/1.0" else "close" not in connection
