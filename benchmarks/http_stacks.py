"""Which HTTP server to put before `ReferenceServer.handle`: uvicorn, or a protocol class of our own?

    python -m benchmarks.http_stacks [--seconds 2] [--rounds 3]

Both are given the same handler, in a process of its own, and the same load: raw keep-alive sockets in another
process, each sending its next request when it has its answer. `fixed` answers 400 bytes and does nothing else,
so it shows the stacks' ceilings; `GetItem` is the reference server with an item of 300 bytes, so it shows what is
left of the difference in use. Rounds are interleaved and the medians' ratio is printed: the machine's noise hits both.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import httptools
import orjson
import uvicorn
import uvloop

from benchmarks import load
from reference_server import ReferenceServer
from reference_server.wire import http
from reference_server.wire.replies import Response, success

STACKS = ("uvicorn", "protocol")
HANDLERS = ("fixed", "GetItem")
CONCURRENCIES = (1, 16)

ITEM = {"pk": {"S": "key"}, "sk": {"N": "7"}, "text": {"S": "x" * 200}, "more": {"L": [{"N": "1"}, {"S": "y" * 20}]}}
GET = {"TableName": "Bench", "Key": {"pk": ITEM["pk"], "sk": ITEM["sk"]}}


# --- handlers ------------------------------------------------------------------------------------------------


class Fixed:
    """A server that parses the request and answers 400 bytes, whatever was asked."""

    def __init__(self) -> None:
        self.reply = {"Item": {"pk": {"S": "x" * 374}}}

    def handle(self, _method: str, _path: str, headers: Mapping[str, str], body: bytes) -> Response:
        orjson.loads(body)
        return success(headers, self.reply)


def with_an_item() -> ReferenceServer:
    server = ReferenceServer()
    table = {
        "TableName": "Bench",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }
    for operation, request in (("CreateTable", table), ("PutItem", {"TableName": "Bench", "Item": ITEM})):
        headers = load.HEADERS | {"x-amz-target": f"DynamoDB_20120810.{operation}"}
        response = server.handle("POST", "/", headers, orjson.dumps(request))
        if response.status != 200:
            raise SystemExit(f"{operation}: {response.body!r}")
    return server


# --- stacks --------------------------------------------------------------------------------------------------

Handle = Callable[[str, str, Mapping[str, str], bytes], Response]


class Protocol(asyncio.Protocol):
    """The rival: HTTP/1.1 with keep-alive and pipelining, without flow control, timeouts or `Expect`."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            self.transport.close()

    def on_message_begin(self) -> None:
        self.path = b""
        self.headers: dict[str, str] = {}
        self.body = b""

    def on_url(self, url: bytes) -> None:
        self.path += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        method = self.parser.get_method().decode("latin-1")
        response = self.handle(method, self.path.decode("latin-1"), self.headers, self.body)
        head = [f"HTTP/1.1 {response.status} \r\ncontent-length: {len(response.body)}"]
        head += [f"{name}: {value}" for name, value in response.headers.items()]
        keep_alive = self.parser.should_keep_alive()
        if not keep_alive:
            head.append("connection: close")
        self.transport.write("\r\n".join([*head, "", ""]).encode("latin-1") + response.body)
        if not keep_alive:
            self.transport.close()


def serve(stack: str, handler: str) -> None:
    server: Any = Fixed() if handler == "fixed" else with_an_item()
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    if stack == "uvicorn":
        uvicorn.Server(http.configuration(server)).run(sockets=[listener])
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve_protocol(server.handle, listener))


async def _serve_protocol(handle: Handle, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Protocol(handle), sock=listener)
    await server.serve_forever()


# --- load ----------------------------------------------------------------------------------------------------


def drive(port: int, concurrency: int, seconds: float) -> float:
    """Answers a second."""
    return load.rate(("127.0.0.1", port), [load.message("GetItem", GET)], concurrency=concurrency, seconds=seconds)


# --- the comparison ------------------------------------------------------------------------------------------


def measure(stack: str, handler: str, concurrency: int, seconds: float) -> float:
    me = [sys.executable, "-m", "benchmarks.http_stacks"]
    with subprocess.Popen([*me, "serve", stack, handler], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            port = server.stdout.readline().strip()
            run = [*me, "load", port, str(concurrency), str(seconds)]
            return float(subprocess.run(run, stdout=subprocess.PIPE, check=True, text=True).stdout)
        finally:
            server.kill()


def compare(seconds: float, rounds: int) -> None:
    print(f"{'handler':<10}{'concurrency':>12}{'uvicorn/s':>12}{'protocol/s':>12}{'ratio':>8}")
    for handler in HANDLERS:
        for concurrency in CONCURRENCIES:
            rates: dict[str, list[float]] = {stack: [] for stack in STACKS}
            for _ in range(rounds):
                for stack in STACKS:
                    rates[stack].append(measure(stack, handler, concurrency, seconds))
            ours, theirs = (statistics.median(rates[stack]) for stack in STACKS)
            print(f"{handler:<10}{concurrency:>12}{ours:>12.0f}{theirs:>12.0f}{theirs / ours:>8.2f}", flush=True)


def main() -> None:
    match sys.argv[1:]:
        case ["serve", stack, handler]:
            serve(stack, handler)
        case ["load", port, concurrency, seconds]:
            print(drive(int(port), int(concurrency), float(seconds)))
        case _:
            parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
            parser.add_argument("--seconds", type=float, default=2.0, help="of load for each measurement")
            parser.add_argument("--rounds", type=int, default=3)
            options = parser.parse_args()
            compare(options.seconds, options.rounds)


if __name__ == "__main__":
    main()
