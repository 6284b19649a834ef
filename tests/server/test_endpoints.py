"""Where S3 and Kinesis are, and what comes of it where they do not answer as they should."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import pytest
from calling import HEADERS, key_schema
from serving import address_of, start
from test_backups import TABLE_ARN, Keeper

from reference_server.transfer import endpoint, s3
from reference_server.transfer.endpoint import KINESIS, S3, VARIABLES, Endpoint, fault_of

PATIENCE = 20.0  # seconds, for what other threads do
STREAM_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"

# What is done with a connection; the number says which of them it is.
Answer = Callable[[socket.socket, int], None]


def reply(status: str, body: bytes = b"", more: str = "") -> Answer:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n".encode()

    def answer(connection: socket.socket, _number: int) -> None:
        connection.recv(65536)
        connection.sendall(head + body)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """Each once, and the last for all that come after."""
    return lambda connection, number: answers[min(number, len(answers) - 1)](connection, number)


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """A server that answers so. It gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            number = 0
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    answer(connection, number)
                number += 1

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def close_at_once(_connection: socket.socket, _number: int) -> None:
    """Without a word."""


def say_nothing(connection: socket.socket, _number: int) -> None:
    while connection.recv(65536):
        pass


def no_http(connection: socket.socket, _number: int) -> None:
    connection.recv(65536)
    connection.sendall(b"SSH-2.0-nonsense\r\n")


SAME_PAGE = b"<R><IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken></R>"

ANSWERS: dict[str, Answer] = {
    "closes at once": close_at_once,
    "says nothing": say_nothing,
    "is not HTTP": no_http,
    "fails": reply("500 Internal Server Error", b"<html>"),
    "sends elsewhere": reply("307 Temporary Redirect", more="Location: http://127.0.0.1:9/\r\n"),
    "breaks off": reply("200 OK", b"", "Transfer-Encoding: chunked\r\n"),
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "TIMEOUT", 0.3)
    monkeypatch.setattr(s3, "PAUSES", (0.0,))
    for variable in VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


class Transferring(Keeper):
    """A server that knows an endpoint for both, and a table with point-in-time recovery."""

    def __init__(self, address: str) -> None:
        super().__init__(endpoints={S3: address, KINESIS: address})
        self.create_table("Music", "pk:S")
        recovery = {"PointInTimeRecoveryEnabled": True}
        self.call("UpdateContinuousBackups", TableName="Music", PointInTimeRecoverySpecification=recovery)
        self.put()

    def ended(self, ask: Callable[[], dict[str, Any]], member: str, passing: str) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while (description := ask())[member] == passing:
            assert time.monotonic() < until
            time.sleep(0.01)
        return description

    def export(self) -> dict[str, Any]:
        reply = self.call("ExportTableToPointInTime", TableArn=f"{TABLE_ARN}/Music", S3Bucket="exports")
        arn = reply["ExportDescription"]["ExportArn"]
        return self.ended(
            lambda: self.call("DescribeExport", ExportArn=arn)["ExportDescription"], "ExportStatus", "IN_PROGRESS"
        )

    def bring_in(self) -> dict[str, Any]:
        parameters = {
            "TableName": "Brought",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": key_schema("pk"),
            "BillingMode": "PAY_PER_REQUEST",
        }
        reply = self.call(
            "ImportTable",
            S3BucketSource={"S3Bucket": "imports"},
            InputFormat="CSV",
            TableCreationParameters=parameters,
        )
        arn = reply["ImportTableDescription"]["ImportArn"]
        return self.ended(
            lambda: self.call("DescribeImport", ImportArn=arn)["ImportTableDescription"], "ImportStatus", "IN_PROGRESS"
        )

    def enable(self) -> dict[str, Any]:
        self.call("EnableKinesisStreamingDestination", TableName="Music", StreamArn=STREAM_ARN)

        def ask() -> dict[str, Any]:
            reply = self.call("DescribeKinesisStreamingDestination", TableName="Music")
            destination: dict[str, Any] = reply["KinesisDataStreamDestinations"][0]
            return destination

        return self.ended(ask, "DestinationStatus", "ENABLING")


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_endpoint_that_does_not_do_its_part_is_a_failure_and_no_more(answer: Answer) -> None:
    with answering(answer) as address:
        server = Transferring(address)
        exported = server.export()
        assert (exported["ExportStatus"], exported["FailureCode"]) == ("FAILED", "UNKNOWN")
        brought = server.bring_in()
        assert (brought["ImportStatus"], brought["FailureCode"]) == ("FAILED", "UNKNOWN")
        enabled = server.enable()
        assert enabled["DestinationStatus"] == "ENABLE_FAILED"
        assert exported["FailureMessage"]
        assert brought["FailureMessage"]
        assert enabled["DestinationStatusDescription"]
    assert server.call("ListTables")["TableNames"] == ["Music"]
    server.put(key="b")
    assert len(server.items("Music")) == 2


@pytest.mark.parametrize("body", [b"<html>Welcome", b"hello", SAME_PAGE])
def test_what_answers_but_is_neither_s3_nor_kinesis(body: bytes) -> None:
    with answering(reply("200 OK", body)) as address:
        server = Transferring(address)
        assert server.export()["ExportStatus"] == "FAILED"
        assert server.bring_in()["ImportStatus"] == "FAILED"
        assert server.enable()["DestinationStatus"] == "ENABLE_FAILED"


def test_what_s3_fails_with_once_is_asked_again() -> None:
    fault = reply("503 Slow Down", b"<Error><Code>SlowDown</Code></Error>")
    written = reply("200 OK", more="ETag: tag\r\n")
    with answering(in_turn(fault, written, close_at_once, written)) as address:
        assert Transferring(address).export()["ExportStatus"] == "COMPLETED"


def test_what_s3_refuses_is_not_asked_again() -> None:
    refusal = reply("403 Forbidden", b"<Error><Code>AccessDenied</Code><Message>No.</Message></Error>")
    with answering(in_turn(refusal, reply("200 OK"))) as address:
        failed = Transferring(address).export()
    assert (failed["FailureCode"], failed["FailureMessage"]) == ("S3AccessDenied", "No.")


def test_the_servers_own_endpoint_goes_before_the_environments(monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Keeper(endpoints={S3: "http://own:1"})
    (catalogue,) = [keeper.server._cloud.catalogue("000000000000", "us-east-1")]
    for service, variable in VARIABLES.items():
        monkeypatch.setenv(variable, f"http://{service}.environment:2")
    assert Endpoint.of(catalogue.cloud, S3, "us-east-1").address == "http://own:1"
    assert Endpoint.of(catalogue.cloud, KINESIS, "us-east-1").address == "http://kinesis.environment:2"


# --- options ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["nonsense", "ftp://here", "http://", "http://here:port", "http://[::1", ""])
def test_what_is_no_address(address: str) -> None:
    assert fault_of(address) is not None


@pytest.mark.parametrize("address", ["http://localhost:9000", "https://s3.example", "http://[::1]:9/path"])
def test_what_is_an_address(address: str) -> None:
    assert fault_of(address) is None


@pytest.mark.parametrize("program", [["reference_server"], ["conformance", "serve"]], ids=" ".join)
@pytest.mark.parametrize("option", ["--s3-endpoint", "--kinesis-endpoint"])
def test_an_option_that_is_no_address(program: list[str], option: str) -> None:
    code = "import sys; from conformance.cli import main; sys.exit(main())"
    command = ["-m", *program] if program == ["reference_server"] else ["-c", code, *program[1:]]
    ran = subprocess.run(
        [sys.executable, *command, option, "nonsense"], check=False, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 2
    assert "'nonsense' is no address: write http:// or https://" in ran.stderr
    assert option in ran.stderr
    assert "Traceback" not in ran.stderr


# --- the end of the process -------------------------------------------------------------------------------


def test_the_process_ends_without_what_kinesis_does_not_take() -> None:
    """It would take minutes: each record is tried again, and each try waits for an answer."""
    described = reply("200 OK", b'{"StreamDescriptionSummary": {}}')
    with (
        answering(in_turn(described, say_nothing)) as address,
        start("--port", "0", "--kinesis-endpoint", address) as process,
    ):
        server = address_of(process)

        def call(operation: str, **request: Any) -> dict[str, Any]:
            headers = HEADERS | {"x-amz-target": f"DynamoDB_20120810.{operation}"}
            with urlopen(Request(server, json.dumps(request).encode(), headers)) as answer:
                told: dict[str, Any] = json.loads(answer.read())
            return told

        call(
            "CreateTable",
            TableName="Music",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=key_schema("pk"),
            BillingMode="PAY_PER_REQUEST",
        )
        call("EnableKinesisStreamingDestination", TableName="Music", StreamArn=STREAM_ARN)
        until = time.monotonic() + PATIENCE
        while "ACTIVE" not in str(call("DescribeKinesisStreamingDestination", TableName="Music")):
            assert time.monotonic() < until
        for number in range(3):
            call("PutItem", TableName="Music", Item={"pk": {"S": str(number)}})
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert f"3 records for {STREAM_ARN} are lost: the process ends" in errors
