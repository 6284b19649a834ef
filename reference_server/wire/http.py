"""The server behind HTTP: uvicorn, and a few lines between it and `ReferenceServer.handle`.

Why uvicorn: it is well kept, it is fast, and the application is a plain function to it. A protocol class written
by hand answers GetItem 1.1 times as fast on one connection and 1.6 times on sixteen (`benchmarks/http_stacks.py`,
November 2026), but flow control, timeouts and a clean stop would then be this project's to get right. To exchange
the one for the other, exchange `application` and `serve`.

A known limit of uvicorn: where a request offers to go on in HTTP/2 (`Upgrade: h2c`), its body is lost. No SDK of AWS
is known to send that.
"""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias

import uvicorn

from reference_server import limits
from reference_server.server import ReferenceServer

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8000

# Exit statuses.
STOPPED: Final = 0
CANNOT_LISTEN: Final = 2

# SDKs keep idle connections for long and stumble when the server has closed one.
KEEP_ALIVE_SECONDS: Final = 75
# What clients get to finish a request in when the server is told to stop.
GRACE_SECONDS: Final = 1

BACKLOG: Final = 2048

# `0.0.0.0` is where a server listens, not where a client connects to.
_CONNECTABLE: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}

_Scope: TypeAlias = Any
_Receive: TypeAlias = Callable[[], Awaitable[Any]]
_Send: TypeAlias = Callable[[Any], Awaitable[None]]
Application: TypeAlias = Callable[[_Scope, _Receive, _Send], Awaitable[None]]


def application(server: ReferenceServer) -> Application:
    """A reference server as an ASGI application."""

    async def answer(scope: _Scope, receive: _Receive, send: _Send) -> None:
        body = b""
        more = True
        # What is beyond the limit is not kept: a byte too much is enough to be refused for.
        while more and len(body) <= limits.REQUEST_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body = body + message["body"] if body else message["body"]
            more = message["more_body"]
        path = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            path = f"{path}?{scope['query_string'].decode('latin-1')}"
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        response = server.handle(scope["method"], path, headers, body)
        head = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
        head.append((b"Content-Length", b"%d" % len(response.body)))
        await send({"type": "http.response.start", "status": response.status, "headers": head})
        await send({"type": "http.response.body", "body": response.body})

    return answer


def serve(server: ReferenceServer | None = None, *, host: str = DEFAULT_HOST, port: int = DEFAULT_PORT) -> int:
    """Serve a reference server, an empty one by default, until SIGINT or SIGTERM. Returns the status to exit with.

    Port 0 is any free one. The first line printed ends with the address to connect to.
    """
    try:
        listener = _listen(host, port)
    except (OSError, OverflowError) as reason:  # OverflowError: a port that is no port
        print(f"Cannot listen on {host}:{port}: {reason}", file=sys.stderr)
        return CANNOT_LISTEN
    with listener:
        http_server = uvicorn.Server(configuration(server or ReferenceServer()))

        def stop(_signal: int, _frame: object) -> None:
            http_server.should_exit = True

        # uvicorn has handlers of its own while it serves, and raises what it caught again when it is done. These
        # here take it then, so that being stopped is a success; before, they cover the time while it starts.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, stop)
        _announce(host, listener.getsockname()[1])
        http_server.run(sockets=[listener])
    return STOPPED


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def configuration(server: ReferenceServer) -> uvicorn.Config:
    return uvicorn.Config(
        application(server),
        interface="asgi3",
        http="httptools",
        loop="auto",  # uvloop where there is one
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,  # ours says `Server: Server`
        date_header=True,  # DynamoDB sends one too
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _announce(host: str, port: int) -> None:
    name = _CONNECTABLE.get(host, f"[{host}]" if ":" in host else host)
    address = f"http://{name}:{port}"
    print(
        f"The reference server listens on {address}",
        "Any credentials and any region will do. For the AWS CLI and the SDKs:",
        f"  export AWS_ENDPOINT_URL_DYNAMODB={address}",
        "  export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=us-east-1",
        "Stop it with Ctrl-C.",
        sep="\n",
        flush=True,
    )
