"""A server that runs already, anywhere: an address is all that is known of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from conformance.events import TargetDescription
from conformance.scenario import Reply, Step
from conformance.signing import DUMMY_AUTHORIZATION, Credentials, sign
from conformance.targets.connection import Connection, HTTPError
from conformance.targets.target import Target, TargetError, WireRequest, parse_body

TIMEOUT: Final = 30.0  # seconds for a reply: it may be anywhere


class URLTarget(Target):
    """An implementation behind `http://` or `https://`.

    It is not ours to empty. With credentials the dummy Authorization of a request is replaced by a signature;
    one that a step sets itself, or leaves out, is the step's point and stays.
    """

    resettable = False

    def __init__(
        self,
        url: str,
        *,
        name: str | None = None,
        timeout: float | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        parts = urlsplit(url)
        try:
            port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        except (KeyError, ValueError):
            raise TargetError(f"{url!r} is no address: write http://host:port or https://host:port") from None
        if not parts.hostname:
            raise TargetError(f"{url!r} names no host: write http://host:port")
        self.url = url
        self.name = name or parts.netloc.rpartition("@")[2]
        self._host = parts.netloc.rpartition("@")[2]
        self._base = parts.path.rstrip("/")
        self._credentials = credentials
        self._connection = Connection(parts.hostname, port, tls=parts.scheme == "https", timeout=timeout or TIMEOUT)
        self._server = ""

    def describe(self) -> TargetDescription:
        """The API does not tell a server's version; what its Server header says is the next best."""
        return TargetDescription(self.name, self._server or "unknown", self.url)

    def start(self) -> None:
        reply = self.send(first_contact())
        if reply.status == 0:
            raise TargetError(f"nothing answers at {self.url} ({reply.failure}): is it running?")
        self._server = reply.headers.get("server", "")

    def stop(self) -> None:
        self._connection.close()

    def send(self, request: WireRequest) -> Reply:
        try:
            return self.ask(request)
        except (OSError, HTTPError) as error:
            return Reply(0, failure=reason_of(error, self._connection.timeout))

    def ask(self, request: WireRequest) -> Reply:
        """As `send`, but where nothing comes back, OSError or HTTPError says why."""
        path = self._base + request.path
        headers = {"host": self._host, **request.headers}
        if self._credentials is not None and request.headers.get("authorization") == DUMMY_AUTHORIZATION:
            headers = sign(
                self._credentials,
                method=request.method,
                path=path,
                headers=headers,
                body=request.body,
                now=datetime.now(UTC),
            )
        status, reply_headers, body = self._connection.exchange(request.method, path, headers, request.body)
        return Reply(status, parse_body(body), reply_headers)


def reason_of(error: Exception, timeout: float) -> str:
    """Why nothing came back, in words that are the same each time."""
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return f"no answer within {timeout:g} s"
    if isinstance(error, ConnectionError):
        return "the connection was reset"
    return f"{type(error).__name__}: {error}"


def first_contact() -> WireRequest:
    """A request that every implementation answers somehow, and that changes nothing."""
    return WireRequest.of(Step("ListTables", {"Limit": 1}))
