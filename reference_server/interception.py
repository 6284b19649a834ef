"""boto3 without a socket: every DynamoDB request of the process, answered here.

    with in_process() as dynamodb:
        dynamodb.client().list_tables()

    @in_process()
    def test_something():
        boto3.client("dynamodb").list_tables()

Inside, a request of boto3 or botocore that is for DynamoDB is answered by a `ReferenceServer`, whichever client
makes it (one that existed before too), in whichever thread, and whatever its endpoint. Requests for other
services go where they would have gone.

**Where it holds on to botocore.** `botocore.httpsession.URLLib3Session.send` is replaced while at least one
`InProcess` is entered: a public method, the last thing that every botocore request passes, and a class's, so
it reaches clients that exist already. The event `before-send`, which moto answers, can only be listened to for
clients made afterwards, or one at a time. What this costs: another library that answers earlier wins, so
inside moto's `mock_aws` it is moto that answers.
"""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator
from functools import cache, partial
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar
from urllib.parse import urlsplit

from reference_server.clock import Clock
from reference_server.dialects import AWS
from reference_server.protocols import AnyDialect
from reference_server.server import ReferenceServer
from reference_server.tables.catalogue import REGION
from reference_server.wire import gate

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.httpsession import URLLib3Session
    from mypy_boto3_dynamodb import DynamoDBClient, DynamoDBServiceResource

_Function = TypeVar("_Function", bound=Callable[..., Any])

ACCESS_KEY: Final = "touchstone"
SECRET_KEY: Final = "touchstone"

# Put into the environment where it says nothing, so that clients made inside find credentials and a region.
# Files such as ~/.aws/credentials are not asked: no test should reach a real account because of them.
ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_DEFAULT_REGION": REGION,
}


_TARGETS: Final = (f"{gate.SERVICE}.", f"{gate.STREAMS_SERVICE}.")


class InProcess(ContextDecorator):
    """A reference server in place of DynamoDB, as a context manager or a decorator of functions.

    It is empty whenever it is entered. Nested ones are separate: the innermost answers. `server` is the
    reference server that answers; `dialect`, `clock` and `shared` are as it has them.
    """

    def __init__(self, *, dialect: str | AnyDialect = AWS, clock: Clock = time.time, shared: bool = False) -> None:
        self._make_server = partial(ReferenceServer, dialect=dialect, clock=clock, shared=shared)
        self.server = self._make_server()
        self._environment: dict[str, str] = {}
        self._keeps_default_session = True

    def __call__(self, function: _Function) -> _Function:
        # Either would be called with nothing diverted: a class is called before its methods, and a coroutine
        # or generator runs after the call that made it.
        if isinstance(function, type) or inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
            raise TypeError(f"InProcess decorates plain functions; within {function.__qualname__}, use it in a `with`")
        return super().__call__(function)

    def _recreate_cm(self) -> InProcess:
        # What `ContextDecorator` enters, for each call of a decorated function.
        return InProcess(**self._make_server.keywords)

    def __enter__(self) -> InProcess:
        boto3 = _boto3()
        _divert_to(self.server)
        self.server.reset()
        self._environment = {name: value for name, value in ENVIRONMENT.items() if name not in os.environ}
        os.environ.update(self._environment)
        # A default session that is made inside would carry the credentials from above outside.
        self._keeps_default_session = boto3.DEFAULT_SESSION is not None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for name in self._environment:
            os.environ.pop(name, None)
        if not self._keeps_default_session:
            _boto3().DEFAULT_SESSION = None
        _divert_from(self.server)

    def client(self, **arguments: Any) -> DynamoDBClient:
        """A boto3 client. `arguments` are those of `boto3.client`; region and credentials have defaults."""
        with _lock:
            return _session().client("dynamodb", **_with_defaults(arguments))

    def resource(self, **arguments: Any) -> DynamoDBServiceResource:
        """A boto3 resource, likewise."""
        with _lock:
            return _session().resource("dynamodb", **_with_defaults(arguments))


def _with_defaults(arguments: dict[str, Any]) -> dict[str, Any]:
    """Region and credentials are those that clients made without this would have: tables belong to them."""
    return {
        "region_name": os.environ.get("AWS_DEFAULT_REGION", REGION),
        "aws_access_key_id": os.environ.get("AWS_ACCESS_KEY_ID", ACCESS_KEY),
        "aws_secret_access_key": os.environ.get("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
    } | arguments


def _boto3() -> Any:
    try:
        import boto3
    except ImportError as reason:
        raise ImportError("InProcess needs boto3: pip install 'dynamodb-touchstone[boto3]'") from reason
    return boto3


@cache
def _session() -> Session:
    """One session for all clients: it caches the service's model, and a client takes 3 ms instead of 60 to make."""
    session: Session = _boto3().session.Session()
    return session


# --- the diversion ------------------------------------------------------------------------------------------

_Sender: TypeAlias = "Callable[[URLLib3Session, AWSPreparedRequest], AWSResponse]"

_lock = Lock()  # over both of these, and over `_session()`, which makes one client at a time
_servers: list[ReferenceServer] = []  # those entered; the last one answers
_undiverted: list[_Sender] = []  # botocore's own way to send, while it is replaced


def _divert_to(server: ReferenceServer) -> None:
    from botocore.httpsession import URLLib3Session

    with _lock:
        if server in _servers:
            raise RuntimeError("this InProcess is entered already")
        if not _servers:
            _undiverted.append(URLLib3Session.send)
            setattr(URLLib3Session, "send", _diverted(URLLib3Session.send))  # noqa: B010 (a method, replaced)
        _servers.append(server)


def _divert_from(server: ReferenceServer) -> None:
    from botocore.httpsession import URLLib3Session

    with _lock:
        _servers.remove(server)
        if not _servers:
            setattr(URLLib3Session, "send", _undiverted.pop())  # noqa: B010


def _diverted(send: _Sender) -> _Sender:
    """`send`, but for requests for DynamoDB."""

    def answer_or_send(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        innermost = _servers[-1:]  # none, where the last one was left while a request was on its way here
        if innermost and _text(request.headers.get("X-Amz-Target", "")).startswith(_TARGETS):
            return _answer(innermost[0], request)
        return send(session, request)

    return answer_or_send


def _answer(server: ReferenceServer, request: AWSPreparedRequest) -> AWSResponse:
    from botocore.awsrequest import AWSResponse
    from botocore.compat import HTTPHeaders

    url = urlsplit(request.url)
    path = f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    body: Any = request.body  # bytes, or None: the protocol's serializer makes nothing else
    response = server.handle(request.method, path, headers, body or b"")
    return AWSResponse(request.url, response.status, HTTPHeaders.from_dict(response.headers), _Body(response.body))


def _text(header: str | bytes) -> str:
    return header.decode("latin-1") if isinstance(header, bytes) else header


class _Body:
    """As much of a urllib3 response as botocore reads."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content
