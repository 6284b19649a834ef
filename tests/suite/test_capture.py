"""The capturing proxy: what it passes on, what it writes, and that it can be stopped and broken."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest

from conformance.signing import Credentials
from conformance.targets.target import WireRequest
from conformance.traffic import recorder as recorder_module
from conformance.traffic.proxy import CapturingProxy, Upstream, run
from conformance.traffic.recorder import Receipt, Recorder
from conformance.traffic.traffic import CapturedRequest, TrafficError, read_traffic
from reference_server import ReferenceServer

TABLE = {
    "TableName": "music",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ACCESS_KEY = "AKIAVERYSECRETKEY"
PATIENCE = 20.0

Make = Callable[..., CapturingProxy]


@contextmanager
def listening(start: Callable[[], Any]) -> Iterator[tuple[Any, int]]:
    """Something with `start(host, port)` and `stop()`, on an event loop in a thread."""
    made: list[Any] = []
    ready = threading.Event()

    async def serve() -> None:
        server = start()
        stopped = asyncio.Event()
        made.extend((server, await server.start("127.0.0.1", 0), asyncio.get_running_loop(), stopped))
        ready.set()
        await stopped.wait()
        await server.stop()

    thread = threading.Thread(target=run, args=(serve,), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    server, port, loop, stopped = made
    try:
        yield server, port
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(PATIENCE)


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    server = subprocess.Popen(
        [sys.executable, "-m", "reference_server", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    yield server.stdout.readline().split()[-1]
    server.terminate()
    server.wait(PATIENCE)


@contextmanager
def capturing(upstream: str, path: Path, make: Make = CapturingProxy, **options: Any) -> Iterator[int]:
    """The port of a proxy. What it recorded is in the file at the end."""
    credentials = options.pop("credentials", None)
    recorder = Recorder(path, **options)
    where = Upstream.named(upstream)
    try:
        with listening(lambda: make(where, recorder, credentials=credentials)) as (_, port):
            yield port
    finally:
        recorder.close()


def message(operation: str, body: bytes, *, key: str = ACCESS_KEY, more: str = "") -> bytes:
    return (
        f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"X-Amz-Target: DynamoDB_20120810.{operation}\r\nX-Amz-Date: 20260101T000000Z\r\nUser-Agent: test/1\r\n{more}"
        f"Authorization: AWS4-HMAC-SHA256 Credential={key}/20260101/eu-west-1/dynamodb/aws4_request, "
        f"SignedHeaders=host, Signature={'ab' * 32}\r\nX-Amz-Security-Token: TOKENOFSESSION\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


class Client:
    """A raw connection that is kept open."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.received = b""

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self) -> bytes:
        """The bytes of one whole reply."""
        while b"\r\n\r\n" not in self.received:
            self._more()
        head, _, _ = self.received.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        size = len(head) + 4 + int(lengths[0].split(b":")[1])
        while len(self.received) < size:
            self._more()
        reply, self.received = self.received[:size], self.received[size:]
        return reply

    def ask(self, operation: str, request: Any, **options: str) -> Any:
        self.send(message(operation, orjson.dumps(request), **options))
        return json.loads(self.reply().partition(b"\r\n\r\n")[2])

    def read_to_the_end(self) -> None:
        while data := self.socket.recv(1 << 18):
            self.received += data

    def _more(self) -> None:
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("closed")
        self.received += data


def captured(path: Path) -> list[CapturedRequest]:
    return list(read_traffic(path))


@pytest.fixture
def table(upstream: str) -> Iterator[None]:
    port = int(upstream.rpartition(":")[2])
    Client(port).ask("CreateTable", TABLE)
    yield
    Client(port).ask("DeleteTable", {"TableName": "music"})


# --- bytes ------------------------------------------------------------------------------------------------


class Echo:
    """An upstream that notes the bytes that it gets and sends the bytes that it was given, however they come."""

    def __init__(self, reply: bytes, *, expects: int) -> None:
        self.reply, self.expects, self.received = reply, expects, bytearray()

    async def start(self, host: str, port: int) -> int:
        self.server = await asyncio.start_server(self._serve, host, port)
        return int(self.server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        self.server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while len(self.received) < self.expects:
            data = await reader.read(1 << 16)
            if not data:
                break
            self.received += data
        for part in (self.reply[:7], self.reply[7:]):
            writer.write(part)
            await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()


@pytest.mark.parametrize(
    "reply",
    [
        b'HTTP/1.1 200 OK\r\nX-Amz-Crc32:  123 \r\nSERVER: odd\r\nContent-Length: 9\r\n\r\n{"a" : 1}',
        b'HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n5;x=y\r\n : 1}\r\n0\r\n\r\n',
        b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{"a" : 1}',
    ],
    ids=["length", "chunked", "ended by the close"],
)
def test_not_a_byte_is_changed(tmp_path: Path, reply: bytes) -> None:
    sent = message(
        "PutItem", b'{"Item" :\t{"pk":{"S":"\\u00e9\xc3\xa9"}}}', more="x-ODD:   spaces  \r\nX-Odd: twice\r\n"
    )
    with (
        listening(lambda: Echo(reply, expects=len(sent))) as (echo, port),
        capturing(f"http://127.0.0.1:{port}", tmp_path / "t.jsonl") as proxy,
    ):
        client = Client(proxy)
        client.send(sent)
        client.read_to_the_end()
    assert bytes(echo.received) == sent
    assert client.received == reply
    (request,) = captured(tmp_path / "t.jsonl")
    assert (request.operation, request.status, request.reply) == ("PutItem", 200, {"a": 1})
    assert request.body == {"Item": {"pk": {"S": "éé"}}}


def test_replies_are_those_of_the_server_itself(upstream: str, table: None, tmp_path: Path) -> None:
    asked = [
        ("PutItem", b'{"TableName":"music","Item":{"pk":{"S":"a"}}}'),
        ("GetItem", b'{"TableName":"music","Key":{"pk":{"S":"a"}}}'),
        ("GetItem", b"{no json"),
        ("PutItem", b'{"TableName":"music","Item":{"pk":{"N":"1"}}}'),
    ]

    def replies(port: int) -> list[list[bytes]]:
        client = Client(port)
        return [_lasting(client, *one) for one in asked]

    with capturing(upstream, tmp_path / "t.jsonl") as proxy:
        assert replies(proxy) == replies(int(upstream.rpartition(":")[2]))
    lines = captured(tmp_path / "t.jsonl")
    assert [(line.operation, line.status) for line in lines] == [
        ("PutItem", 200), ("GetItem", 200), ("GetItem", 400), ("PutItem", 400),
    ]  # fmt: skip
    assert lines[2].request["raw"] == "{no json"
    assert lines[1].reply == {"Item": {"pk": {"S": "a"}}}
    assert all("x-amz-crc32" in line.headers for line in lines)


def _lasting(client: Client, operation: str, body: bytes) -> list[bytes]:
    """The lines of a reply but those that are another each time."""
    client.send(message(operation, body))
    lines = client.reply().split(b"\r\n")
    return [line for line in lines if not line.lower().startswith((b"x-amzn-requestid", b"date"))]


def test_large_bodies_pass_and_too_large_ones_are_refused(upstream: str, table: None, tmp_path: Path) -> None:
    with capturing(upstream, tmp_path / "t.jsonl") as port:
        client = Client(port)
        for number in range(5):
            client.ask("PutItem", {"TableName": "music", "Item": {"pk": {"S": str(number)}, "x": {"S": "y" * 390_000}}})
        page = client.ask("Scan", {"TableName": "music"})
        assert "LastEvaluatedKey" in page
        assert len(orjson.dumps(page)) > 1_000_000
        huge = Client(port)
        sender = threading.Thread(target=_send_what_is_taken, args=(huge, message("PutItem", b" " * (17 << 20))))
        sender.start()
        assert huge.reply().startswith(b"HTTP/1.1 4")
        sender.join(PATIENCE)
    lines = captured(tmp_path / "t.jsonl")
    assert [line.operation for line in lines] == [*["PutItem"] * 5, "Scan", "PutItem"]
    assert lines[5].reply == page
    assert 400 <= lines[-1].status < 500


def _send_what_is_taken(client: Client, data: bytes) -> None:
    try:
        client.send(data)
    except OSError:
        return  # refused before it was whole


# --- order and concurrency --------------------------------------------------------------------------------


def out_of_order(lines: Sequence[CapturedRequest], clients: int, each: int) -> list[str]:
    """What is wrong with the capture of clients that counted a number of their own up, one request at a time."""
    faults = []
    if [line.at for line in lines] != sorted(line.at for line in lines):
        faults.append("lines are not in the order of their times")
    if [line.id for line in lines] != sorted({line.id for line in lines}):
        faults.append("ids are not in order")
    by_client: dict[str, list[CapturedRequest]] = {}
    for line in lines:
        assert line.body is not None
        by_client.setdefault(line.body["Key"]["pk"]["S"], []).append(line)
    if {name: len(own) for name, own in by_client.items()} != {f"c{number}": each for number in range(clients)}:
        faults.append("requests are missing")
    for own in by_client.values():
        if [line.reply.get("Attributes", {}).get("n", {}).get("N") for line in own] != [
            str(number + 1) for number in range(each)
        ]:
            faults.append("replies are not those of their requests")
        if len({line.connection for line in own}) != 1:
            faults.append("a connection has several numbers")
        if any(one.overlaps(next_one) for one, next_one in itertools.pairwise(own)):
            faults.append("requests of one client overlap")
    return faults


def count_up(upstream: str, path: Path, make: Make, clients: int = 32, each: int = 10) -> list[CapturedRequest]:
    def work(number: int, port: int, together: threading.Barrier) -> None:
        client = Client(port)
        together.wait(PATIENCE)
        for _ in range(each):
            client.ask(
                "UpdateItem",
                {
                    "TableName": "music",
                    "Key": {"pk": {"S": f"c{number}"}},
                    "UpdateExpression": "ADD n :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                    "ReturnValues": "UPDATED_NEW",
                },
            )

    together = threading.Barrier(clients)
    with capturing(upstream, path, make) as port, ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(work, number, port, together) for number in range(clients)]:
            done.result(PATIENCE)
    return captured(path)


def test_32_clients_at_once_keep_their_order(upstream: str, table: None, tmp_path: Path) -> None:
    lines = count_up(upstream, tmp_path / "t.jsonl", CapturingProxy)
    assert out_of_order(lines, 32, 10) == []
    assert any(one.overlaps(other) for one, other in itertools.pairwise(lines))


class Backwards(Recorder):
    """A recorder that gives what is received later the lower number."""

    def begin(self) -> Receipt:
        receipt = super().begin()
        return Receipt(100_000 - receipt.number, receipt.at, receipt.monotonic)


class Late(Recorder):
    """A recorder whose requests last longer than they did."""

    def begin(self) -> Receipt:
        receipt = super().begin()
        return Receipt(receipt.number, receipt.at, receipt.monotonic - 1.0)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (Backwards, "lines are not in the order of their times"),
        (Late, "requests of one client overlap"),
    ],
)
def test_a_proxy_that_reorders_is_caught(
    upstream: str, table: None, tmp_path: Path, wrong: type[Recorder], fault: str
) -> None:
    def make(where: Upstream, recorder: Recorder, **options: Any) -> CapturingProxy:
        wrong_one = wrong(tmp_path / "wrong.jsonl", patience=PATIENCE)
        made.append(wrong_one)
        return CapturingProxy(where, wrong_one, **options)

    made: list[Recorder] = []
    with pytest.raises(TrafficError, match="is empty"):
        count_up(upstream, tmp_path / "t.jsonl", make, clients=4, each=5)
    made[0].close()
    assert fault in out_of_order(captured(tmp_path / "wrong.jsonl"), 4, 5)


def test_pipelined_requests_have_their_replies(upstream: str, table: None, tmp_path: Path) -> None:
    with capturing(upstream, tmp_path / "t.jsonl") as port:
        client = Client(port)
        bodies = [orjson.dumps({"TableName": name}) for name in ("music", "absent", "music")]
        client.send(b"".join(message("DescribeTable", body) for body in bodies))
        for _ in bodies:
            client.reply()
    assert [(line.body, line.status) for line in captured(tmp_path / "t.jsonl")] == [
        ({"TableName": "music"}, 200),
        ({"TableName": "absent"}, 400),
        ({"TableName": "music"}, 200),
    ]


def test_a_request_that_takes_long_does_not_hold_the_others_back(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "t.jsonl", patience=0.05)
    recorder.begin()
    second = recorder.begin()
    recorder.finish(second, _exchange(second))
    end = time.monotonic() + PATIENCE
    while not recorder.recorded and time.monotonic() < end:
        time.sleep(0.01)
    assert recorder.recorded == 1
    recorder.close()


def test_much_that_waits_is_written_and_what_comes_late_changes_no_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "HELD_BYTES", 4096)
    recorder = Recorder(tmp_path / "t.jsonl", patience=1_000.0)
    first, *others = (recorder.begin() for _ in range(4))

    def finish(receipt: Receipt, body: bytes, recorded: int) -> None:
        recorder.finish(receipt, _exchange(receipt, body))
        end = time.monotonic() + PATIENCE
        while recorder.recorded < recorded and time.monotonic() < end:
            time.sleep(0.01)
        assert recorder.recorded == recorded

    finish(others[0], b"{}" + b" " * 8192, 1)
    finish(first, b"{}", 2)
    finish(others[1], b"{}", 3)
    finish(others[2], b"{}", 4)
    recorder.close()
    assert [line.id for line in captured(tmp_path / "t.jsonl")] == ["000002", "000001", "000003", "000004"]


class Slow(Echo):
    """Thinks for a while before each reply."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while len(self.received) < self.expects:
            self.received += await reader.read(1 << 16)
        for _ in range(2):
            await asyncio.sleep(0.4)
            writer.write(self.reply)
            await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()


def test_what_is_under_way_when_the_proxy_is_stopped_has_its_replies(tmp_path: Path) -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    both = message("ListTables", b"{}") * 2
    with listening(lambda: Slow(reply, expects=len(both))) as (_, port):
        with capturing(f"http://127.0.0.1:{port}", tmp_path / "t.jsonl") as proxy:
            client = Client(proxy)
            client.send(both)
            time.sleep(0.2)
        assert [client.reply(), client.reply()] == [reply, reply]
    assert [line.status for line in captured(tmp_path / "t.jsonl")] == [200, 200]


def _exchange(receipt: Receipt, body: bytes = b"{}") -> Any:
    from conformance.traffic.exchange import Exchange

    return Exchange("POST", "/", {}, body, 200, {}, b"{}", receipt.at, 0.0, 1)


# --- what is written --------------------------------------------------------------------------------------


def test_no_credential_is_written_and_accounts_are_told_apart(upstream: str, tmp_path: Path) -> None:
    with capturing(upstream, tmp_path / "t.jsonl") as port:
        client = Client(port)
        for key in (ACCESS_KEY, "AKIAANOTHER", ACCESS_KEY):
            client.ask("ListTables", {}, key=key)
    text = (tmp_path / "t.jsonl").read_text()
    for secret in (ACCESS_KEY, "AKIAANOTHER", "TOKENOFSESSION", "ab" * 32):
        assert secret not in text
    lines = captured(tmp_path / "t.jsonl")
    assert [line.account for line in lines] == ["1", "2", "1"]
    assert {(line.region, line.client, line.service) for line in lines} == {("eu-west-1", "test/1", "dynamodb")}


@pytest.mark.parametrize("compress", [False, True], ids=["plain", "gzip"])
def test_files_rotate_and_are_read_as_one(upstream: str, tmp_path: Path, compress: bool) -> None:
    with capturing(upstream, tmp_path / "t.jsonl", rotate_bytes=2000, compress=compress) as port:
        client = Client(port)
        for _ in range(20):
            client.ask("ListTables", {})
    files = sorted(tmp_path.iterdir())
    ending = ".gz" if compress else ""
    assert [file.name for file in files[:2]] == [f"t.000002.jsonl{ending}", f"t.000003.jsonl{ending}"]
    first = tmp_path / f"t.jsonl{ending}"
    ids = [f"{number:06}" for number in range(1, 21)]
    assert [line.id for line in read_traffic(first)] == ids
    assert [line.id for line in read_traffic(files)] == ids, "each file once, though all are named"


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text("precious")
    with pytest.raises(TrafficError, match="is there already"):
        Recorder(tmp_path / "t.jsonl")
    assert (tmp_path / "t.jsonl").read_text() == "precious"


# --- when something breaks --------------------------------------------------------------------------------


def test_an_upstream_that_is_not_there_is_answered_for(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with capturing(address, tmp_path / "t.jsonl") as port:
        client = Client(port)
        client.send(message("ListTables", b"{}"))
        head, _, body = client.reply().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 502 ")
    assert json.loads(body)["__type"].endswith("#InternalServerError")
    (line,) = captured(tmp_path / "t.jsonl")
    assert line.status == 502
    assert "cannot be reached" in line.failure
    assert line.reply == json.loads(body)


def test_an_upstream_that_breaks_off_is_recorded(tmp_path: Path) -> None:
    sent = message("PutItem", b"{}")
    with (
        listening(lambda: Echo(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", expects=len(sent))) as (_, there),
        capturing(f"http://127.0.0.1:{there}", tmp_path / "t.jsonl") as port,
    ):
        client = Client(port)
        client.send(sent)
        with pytest.raises(ConnectionError):
            client.reply()
    (line,) = captured(tmp_path / "t.jsonl")
    assert (line.status, line.operation) == (0, "PutItem")
    assert "closed the connection before the reply" in line.failure
    assert line.answer.outcome == "no answer"


def test_what_is_no_http_ends_the_following_and_is_counted(upstream: str, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "t.jsonl")
    with listening(lambda: CapturingProxy(Upstream.named(upstream), recorder)) as (proxy, port):
        client = Client(port)
        client.send(b"\x16\x03\x01 what TLS sends\r\n\r\n")
        assert client.reply().startswith(b"HTTP/1.1 400 "), "the server's own answer"
    recorder.close()
    assert len(proxy.unfollowed) == 1
    assert "no HTTP" in proxy.unfollowed[0]


def test_a_full_disk_stops_the_recording_and_not_the_serving(
    upstream: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = recorder_module.Files.write
    lines: list[bytes] = []

    def full(self: recorder_module.Files, line: bytes) -> None:
        if len(lines) == 2:
            self._file.write(line[:10])
            raise OSError(28, "No space left on device")
        lines.append(line)
        write(self, line)

    monkeypatch.setattr(recorder_module.Files, "write", full)
    complaints: list[str] = []
    recorder = Recorder(tmp_path / "t.jsonl", complain=complaints.append)
    with listening(lambda: CapturingProxy(Upstream.named(upstream), recorder)) as (_, port):
        client = Client(port)
        for _ in range(5):
            assert "TableNames" in client.ask("ListTables", {})
    recorder.close()
    assert (recorder.recorded, recorder.lost) == (2, 3)
    assert len(complaints) == 1
    assert "No space left on device" in complaints[0]
    assert len(captured(tmp_path / "t.jsonl")) == 2
    assert (tmp_path / "t.jsonl").read_bytes().endswith(b"\n")


def test_a_recorder_whom_nobody_hears_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: recorder_module.Files, _line: bytes) -> None:
        raise OSError(28, "No space left on device")

    def deaf(_line: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(recorder_module.Files, "write", full)
    recorder = Recorder(tmp_path / "t.jsonl", complain=deaf)
    for _ in range(3):
        receipt = recorder.begin()
        recorder.finish(receipt, _exchange(receipt))
    recorder.close()
    assert (recorder.recorded, recorder.lost, recorder.is_behind) == (0, 3, False)


def test_a_closed_terminal_ends_neither_the_capture_nor_its_file(upstream: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HASTY, "capture", "--port", "0", "--upstream", upstream]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "t.jsonl")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as proxy:
        assert proxy.stdout is not None
        assert proxy.stderr is not None
        port = int(proxy.stdout.readline().split()[1].rpartition(":")[2])
        proxy.stdout.close()
        proxy.stderr.close()
        client = Client(port)
        for _ in range(6):
            client.ask("ListTables", {})
            time.sleep(0.05)
        proxy.send_signal(signal.SIGHUP)
        client.ask("ListTables", {})
        proxy.send_signal(signal.SIGTERM)
        proxy.wait(PATIENCE)
    assert proxy.returncode == 0
    assert len(captured(tmp_path / "t.jsonl")) == 7


# It tells how many there are all the time.
HASTY = """
from conformance import cli
from conformance.commands import capture
capture._SECONDS_BETWEEN_COUNTS = 0.01
cli.main()
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_writes_all_and_says_how_many(upstream: str, tmp_path: Path, stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "conformance.cli", "capture", "--port", "0", "--upstream", upstream]
    with subprocess.Popen(
        [*command, "--out", str(tmp_path / "t.jsonl")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as proxy:
        assert proxy.stdout is not None
        port = int(proxy.stdout.readline().split()[1].rpartition(":")[2])
        client = Client(port)
        for _ in range(7):
            client.ask("ListTables", {})
        proxy.send_signal(stop)
        out, complaint = proxy.communicate(timeout=PATIENCE)
    assert (proxy.returncode, complaint) == (0, "")
    assert "7 requests of 1 connection in" in out
    assert len(captured(tmp_path / "t.jsonl")) == 7


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--upstream", "nonsense", "--out", "t.jsonl"], "is no address of a server"),
        (["--upstream", "http://127.0.0.1:1", "--out", "no/such/folder.jsonl"], "cannot be written"),
        (["--upstream", "http://127.0.0.1:1", "--out", "t.jsonl", "--port", "99999"], "cannot listen on"),
        (["--upstream", "http://127.0.0.1:1", "--out", "t.jsonl", "--host", "ü..b"], "cannot listen on"),
        (["--upstream", "http://127.0.0.1:1", "--out", "t.jsonl", "--rotate", "much"], "is no size"),
        (["--upstream", "http://127.0.0.1:1", "--out", "t.jsonl", "--sign"], "--sign needs credentials"),
    ],
)
def test_what_cannot_begin_says_so_in_one_line(tmp_path: Path, words: list[str], complaint: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-m", "conformance.cli", "capture", *words],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_signed_anew_a_request_has_the_upstreams_host(upstream: str, tmp_path: Path) -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    with (
        listening(lambda: Echo(reply, expects=100)) as (echo, there),
        capturing(
            f"http://127.0.0.1:{there}", tmp_path / "t.jsonl", credentials=Credentials("AKIAMINE", "hidden")
        ) as port,
    ):
        client = Client(port)
        client.send(message("PutItem", b'{"a" : 1}'))
        assert client.reply() == reply
    head, _, body = bytes(echo.received).partition(b"\r\n\r\n")
    assert body == b'{"a" : 1}'
    assert f"host: 127.0.0.1:{there}".encode() in head
    assert b"Credential=AKIAMINE/" in head
    assert b"TOKENOFSESSION" not in head
    assert ACCESS_KEY.encode() not in head


def test_a_boto3_application_works_through_it(upstream: str, tmp_path: Path) -> None:
    boto3 = pytest.importorskip("boto3")
    with capturing(upstream, tmp_path / "t.jsonl") as port:
        client = boto3.client(
            "dynamodb", endpoint_url=f"http://127.0.0.1:{port}", region_name="eu-west-1",
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key="x",
        )  # fmt: skip
        client.create_table(**TABLE | {"TableName": "by-boto3"})
        client.put_item(TableName="by-boto3", Item={"pk": {"S": "a"}})
        assert client.get_item(TableName="by-boto3", Key={"pk": {"S": "a"}})["Item"] == {"pk": {"S": "a"}}
        client.delete_table(TableName="by-boto3")
    lines = captured(tmp_path / "t.jsonl")
    assert [line.operation for line in lines] == ["CreateTable", "PutItem", "GetItem", "DeleteTable"]
    again = ReferenceServer()
    for line in lines:
        request = WireRequest.of(line.step)
        response = again.handle(request.method, request.path, request.headers, request.body)
        assert response.status == line.status, "what was captured can be sent again"
