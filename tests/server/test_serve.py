"""`python -m reference_server`: starting, stopping, and HTTP as clients really speak it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
from serving import address_of, serving, start

from reference_server import limits

HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.ListTables",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=00",
}


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with serving() as url:
        split = urlsplit(url)
        assert split.hostname
        assert split.port
        yield split.hostname, split.port


@pytest.fixture
def connection(address: tuple[str, int]) -> Iterator[HTTPConnection]:
    with closing(HTTPConnection(*address, timeout=20)) as connection:
        yield connection


def ask(connection: HTTPConnection, body: bytes = b"{}", headers: dict[str, str] = HEADERS) -> HTTPResponse:
    connection.request("POST", "/", body, headers)
    return connection.getresponse()


def raw(body: bytes = b"{}", **more: str) -> bytes:
    """A request as bytes, with HTTP's own headers as given."""
    headers = {"Host": "localhost", "Content-Length": str(len(body)), **HEADERS}
    headers.update((name.replace("_", "-"), value) for name, value in more.items())
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST / HTTP/1.1\r\n{head}\r\n".encode() + body


def exchange(address: tuple[str, int], *chunks: bytes) -> bytes:
    """All that comes back on a connection, until the server closes it."""
    with socket.create_connection(address, timeout=20) as connection:
        for chunk in chunks:
            connection.sendall(chunk)
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        return received


# --- HTTP ----------------------------------------------------------------------------------------------------


def test_headers_are_dynamodbs(connection: HTTPConnection) -> None:
    response = ask(connection)
    assert response.status == 200
    assert response.read() == b'{"TableNames":[]}'
    assert response.headers.get_all("Server") == ["Server"]
    assert response.headers.get_all("Content-Length") == ["17"]
    assert {name.lower() for name in response.headers} == {
        "content-length",
        "content-type",
        "date",
        "server",
        "x-amz-crc32",
        "x-amzn-requestid",
    }


def test_a_connection_is_kept(connection: HTTPConnection) -> None:
    ask(connection).read()
    first = connection.sock
    ask(connection, b"malformed").read()
    ask(connection).read()
    assert connection.sock is first is not None


def test_the_path_keeps_its_query(connection: HTTPConnection) -> None:
    connection.request("POST", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256", b"{}", HEADERS)
    assert b"Found both 'X-Amz-Algorithm'" in connection.getresponse().read()


def test_head_is_answered_without_a_body(connection: HTTPConnection) -> None:
    connection.request("HEAD", "/")
    response = connection.getresponse()
    assert response.status == 404
    assert response.read() == b""
    assert ask(connection).status == 200


def test_a_body_in_chunks(connection: HTTPConnection) -> None:
    connection.request("POST", "/", iter([b"{", b"}"]), HEADERS, encode_chunked=True)
    assert connection.getresponse().read() == b'{"TableNames":[]}'


def test_a_body_that_is_too_large(connection: HTTPConnection) -> None:
    response = ask(connection, b" " * (limits.REQUEST_BYTES + 100_000))
    assert response.status == 413
    assert response.read() == b""
    assert ask(connection).status == 200


def test_a_request_in_pieces(address: tuple[str, int]) -> None:
    request = raw(Connection="close")
    pieces = [request[at : at + 7] for at in range(0, len(request), 7)]
    assert exchange(address, *pieces).endswith(b'{"TableNames":[]}')


def test_requests_in_one_piece(address: tuple[str, int]) -> None:
    assert exchange(address, raw() + raw() + raw(Connection="close")).count(b'{"TableNames":[]}') == 3


def test_expect_100_continue(address: tuple[str, int]) -> None:
    answer = exchange(address, raw(Expect="100-continue", Connection="close"))
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")


def test_what_is_not_http(address: tuple[str, int]) -> None:
    assert exchange(address, b"\x16\x03\x01\x02\x00\x01").startswith(b"HTTP/1.1 400 ")


# --- starting and stopping -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("idle", [True, False], ids=["with an idle connection", "without a connection"])
def test_a_signal_stops_it_with_success(number: signal.Signals, idle: bool) -> None:
    with start("--port", "0") as process:
        split = urlsplit(address_of(process))
        assert split.hostname
        with closing(HTTPConnection(split.hostname, split.port, timeout=20)) as connection:
            if idle:
                ask(connection).read()
            process.send_signal(number)
            _, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert errors == ""


def test_it_says_where_it_listens_and_what_to_export() -> None:
    with start("--port", "0") as process:
        address = address_of(process)
        process.terminate()
        assert process.stdout is not None
        output = process.stdout.read()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
    assert f"export AWS_ENDPOINT_URL_DYNAMODB={address}\n" in output


def failure(*arguments: str) -> str:
    """What it prints when it cannot start: one line."""
    with start(*arguments) as process:
        output, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert output == ""
    assert errors.count("\n") == 1
    return errors


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert failure("--port", str(port)).startswith(f"Cannot listen on 127.0.0.1:{port}: ")


@pytest.mark.parametrize(("option", "value"), [("--host", "no.such.host.invalid"), ("--port", "70000")])
def test_a_place_that_is_none(option: str, value: str) -> None:
    assert value in failure(option, value)


def test_starting_imports_no_client_and_no_test_tool() -> None:
    """They would cost a second."""
    heavy = {"boto3", "botocore", "hypothesis", "pytest", "rich", "jinja2", "yaml", "jsonschema"}
    code = "import sys, reference_server.__main__; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "reference_server.server" in modules
    assert not heavy & set(modules)
