"""The reference server, in process or as a server. The only place where the suite knows it."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from conformance.events import TargetDescription
from conformance.scenario import Reply
from conformance.targets.child import ChildTarget, Command
from conformance.targets.target import Target, TargetError, WireRequest, failure_of, parse_body

if TYPE_CHECKING:
    from conformance.storage import LocalStorage
    from reference_server import ReferenceServer


class ReferenceTarget(Target):
    """A call of the server's core: no socket, no process, thousands of operations a second more."""

    resettable = True

    def __init__(
        self, *, name: str = "reference", dialect: str = "aws", clock: Callable[[], float] = time.time
    ) -> None:
        self.name = name
        self._dialect = dialect
        self._clock = clock
        self._server: ReferenceServer | None = None
        self._storage: LocalStorage | None = None

    def describe(self) -> TargetDescription:
        return TargetDescription(self.name, reference_version(), "in process")

    def start(self) -> None:
        from reference_server import ReferenceServer

        endpoints = {"s3": self._storage.url} if self._storage is not None else None
        try:
            self._server = ReferenceServer(dialect=self._dialect, clock=self._clock, endpoints=endpoints)
        except LookupError as error:
            raise TargetError(str(error)) from None

    def stop(self) -> None:
        self._server = None
        if self._storage is not None:
            self._storage.close()
        self._storage = None

    def reset(self) -> None:
        if self._server is not None:
            self._server.reset()
        if self._storage is not None:
            self._storage.empty()

    def object_storage(self) -> LocalStorage:
        """Made when it is first asked for: most runs export nothing, and need no thread that listens."""
        from conformance.storage import LocalStorage

        if self._storage is None:
            self._storage = LocalStorage()
            self.start()
        return self._storage

    def send(self, request: WireRequest) -> Reply:
        if self._server is None:
            return Reply(0, failure="not started")
        headers = {"host": "localhost", **request.headers}
        try:
            response = self._server.handle(request.method, request.path, headers, request.body)
        except Exception as error:
            # The core must answer everything; what it raises is a failure of the implementation, like any other's.
            return Reply(500, failure=failure_of(error))
        reply_headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, parse_body(response.body), reply_headers)


RESET = WireRequest("POST", "/_touchstone/reset", {}, b"")


class ReferenceServerTarget(ChildTarget):
    """The same server as users start it, over HTTP."""

    how = "python -m reference_server, over HTTP"

    def __init__(self, *, name: str = "reference-http", dialect: str = "aws", timeout: float | None = None) -> None:
        super().__init__(name, timeout=timeout)
        self._dialect = dialect

    def command(self) -> Command:
        options = ("--host", "127.0.0.1", "--port", "0", "--dialect", self._dialect, "--control")
        return Command.of_module("reference_server", *options)

    def empty(self) -> None:
        """By its own request: backups, streams of deleted tables and tables of other regions go with it."""
        reply = self.send(RESET)
        if reply.status != 200:
            raise TargetError(f"{self.name} cannot be emptied: {reply.failure or f'status {reply.status}'}")

    def version(self) -> str:
        return reference_version()


def dialect_names() -> tuple[str, ...]:
    """Whose DynamoDB the reference server can be."""
    from reference_server.protocols import DIALECTS

    return tuple(DIALECTS)


def reference_version() -> str:
    try:
        return version("dynamodb-touchstone")
    except PackageNotFoundError:  # a checkout that is not installed
        return "unreleased"
