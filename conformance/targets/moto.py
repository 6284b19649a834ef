"""moto, in process or as a server."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar, TypeAlias

from conformance.events import TargetDescription
from conformance.scenario import Reply
from conformance.storage import BUCKET, ObjectStorage
from conformance.targets.child import ChildTarget, Command
from conformance.targets.target import Target, TargetError, WireRequest, failure_of, parse_body

WSGIApplication: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

RESET = WireRequest("POST", "/moto-api/reset", {}, b"")


class MotoTarget(Target):
    """moto's WSGI application called directly: what its server does, without the server.

    Its server answers an exception with a page of HTML and status 500; here the exception itself arrives, and
    is the better answer: its type and text tell one bug from the next.

    Its state is the process's: there is one at a time, and what else uses moto in this process is emptied with it.
    """

    resettable = True
    _running: ClassVar[str] = ""

    def __init__(self, *, name: str = "moto") -> None:
        self.name = name
        self._application: WSGIApplication | None = None
        self._hook = threading.excepthook
        self._storage: _MotoStorage | None = None

    def describe(self) -> TargetDescription:
        return TargetDescription(self.name, moto_version(), "in process")

    def check(self) -> None:
        moto_version()

    def start(self) -> None:
        moto_version()
        try:
            from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        except ImportError as error:
            raise _not_installed(str(error)) from None
        if MotoTarget._running:
            raise TargetError(
                f"moto keeps its state once a process, and {MotoTarget._running} has it: use moto-server for another"
            )
        MotoTarget._running = self.name
        self._application = application = DomainDispatcherApplication(create_backend_app)
        # To find the backend it lists its own folder, on every request: a quarter of all the time that it takes.
        find = lru_cache(256)(application.get_backend_for_host)
        application.get_backend_for_host = find  # type: ignore[method-assign]
        # It imports tables in threads: what goes wrong there shows in the replies that follow, and needs no traceback.
        self._hook = threading.excepthook
        threading.excepthook = self._hear_of_failure
        self.reset()

    def stop(self) -> None:
        if self._application is not None:
            self.reset()
            MotoTarget._running = ""
            threading.excepthook = self._hook
        self._application = None

    def _hear_of_failure(self, failed: threading.ExceptHookArgs) -> None:
        if not type(failed.thread).__module__.startswith("moto."):
            self._hook(failed)

    def reset(self) -> None:
        """Empties every backend that was used."""
        from moto.core.base_backend import BackendDict

        BackendDict.reset()
        if self._storage is not None:
            self._storage.make_bucket()

    def object_storage(self) -> ObjectStorage:
        """Its own S3, which it exports to and imports from."""
        if self._storage is None:
            self._storage = _MotoStorage()
            self._storage.make_bucket()
        return self._storage

    def send(self, request: WireRequest) -> Reply:
        if self._application is None:
            return Reply(0, failure="not started")
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            started.append((status, headers))

        try:
            body = b"".join(self._application(_environment(request), start_response))
        except Exception as error:
            return Reply(500, failure=failure_of(error))
        status, headers = started[-1]
        return Reply(int(status[:3]), parse_body(body), {name.lower(): value for name, value in headers})


class _MotoStorage(ObjectStorage):
    """moto's S3, by its backend: the account of requests without keys that it knows."""

    @property
    def _backend(self) -> Any:
        from moto.core.models import DEFAULT_ACCOUNT_ID
        from moto.s3.models import s3_backends

        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]

    def make_bucket(self) -> None:
        self._backend.create_bucket(BUCKET, "us-east-1")

    def objects(self, bucket: str, prefix: str) -> Mapping[str, bytes]:
        made = self._backend.buckets.get(bucket)
        keys = {} if made is None else dict(made.keys.items())
        return {name: keys[name].value for name in sorted(keys) if name.startswith(prefix)}

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self._backend.put_object(bucket, key, content)


class MotoServerTarget(ChildTarget):
    """`moto_server`, as most users of other languages run it."""

    how = "python -m moto.server, over HTTP"

    def command(self) -> Command:
        moto_version()
        return Command.of_module("moto.server", "--host", "127.0.0.1", "--port", "0")

    def version(self) -> str:
        return moto_version()

    def empty(self) -> None:
        reply = self.send(RESET)
        if reply.status != 200:
            raise TargetError(f"{self.name} was not emptied by {RESET.path}: {reply.failure or reply.status}")


def moto_version() -> str:
    try:
        return version("moto")
    except PackageNotFoundError:
        raise _not_installed("no such package") from None


def _not_installed(reason: str) -> TargetError:
    return TargetError(f"moto is not installed ({reason}): pip install 'dynamodb-touchstone[moto]'")


def _environment(request: WireRequest) -> dict[str, Any]:
    environment: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_HOST": "localhost",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environment[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environment
