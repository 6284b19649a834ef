"""A load of raw requests over sockets that stay open: what replaying costs least."""

from __future__ import annotations

import itertools
import selectors
import socket
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import orjson

_PATIENCE = 10.0  # seconds without any answer

HEADERS = {
    "host": "localhost",
    "content-type": "application/x-amz-json-1.0",
    "x-amz-date": "20260101T000000Z",
    "authorization": "AWS4-HMAC-SHA256 Credential=touchstone/20260101/us-east-1/dynamodb/aws4_request, "
    f"SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={'0' * 64}",
    "user-agent": "Boto3/1.44 md/Botocore#1.44 ua/2.1 os/linux lang/python",
    "amz-sdk-invocation-id": "3c9aef5b-28f9-4ab7-a2a5-3a2a0ee9a4a0",
    "amz-sdk-request": "attempt=1",
}


def message(operation: str, request: dict[str, Any]) -> bytes:
    """An HTTP request as bytes, with the headers that an SDK would send."""
    body = orjson.dumps(request)
    head = HEADERS | {"x-amz-target": f"DynamoDB_20120810.{operation}", "content-length": str(len(body))}
    lines = ["POST / HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in head.items()), "\r\n"]
    return "".join(lines).encode() + body


def rate(address: tuple[str, int], messages: Sequence[bytes], *, concurrency: int, seconds: float) -> float:
    """Answers a second: each of `concurrency` connections sends its next message when it has its answer.

    Raises RuntimeError where an answer is not 200: a benchmark of refusals would say nothing.
    """
    selector = selectors.DefaultSelector()
    endless = itertools.cycle(messages)
    for _ in range(concurrency):
        _open(selector, address).sendall(next(endless))
    answers = 0
    start = time.perf_counter()
    try:
        while (elapsed := time.perf_counter() - start) < seconds:
            for key, _ in selector.select(_PATIENCE) or _silent():
                connection: Any = key.fileobj
                received: bytearray = key.data
                chunk = connection.recv(1 << 18)
                if not chunk:
                    raise RuntimeError("the server closed a connection")
                received += chunk
                head = _head_of_whole(received)
                if head is None:
                    continue
                if b" 200" not in head[:13]:
                    raise RuntimeError(bytes(received).decode(errors="replace"))
                answers += 1
                if b"connection: close" in head:
                    selector.unregister(connection)
                    connection.close()
                    connection = _open(selector, address)
                received.clear()
                connection.sendall(next(endless))
    finally:
        for key in list(selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
    return answers / elapsed


def _open(selector: selectors.BaseSelector, address: tuple[str, int]) -> socket.socket:
    connection = socket.create_connection(address)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    selector.register(connection, selectors.EVENT_READ, bytearray())
    return connection


def _silent() -> NoReturn:
    raise RuntimeError(f"no answer within {_PATIENCE:g} s")


def _head_of_whole(received: bytearray) -> bytes | None:
    """The head of an answer in lower case, once the whole of it is there."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(received[:end]).lower()
    at = head.find(b"content-length:")
    if at < 0:  # chunked
        return head if received.endswith(b"0\r\n\r\n") else None
    length = int(head[at + 15 :].split(b"\r\n", 1)[0])
    return head if len(received) - end - 4 >= length else None
