"""Targets: found by name, started, emptied, stopped; and never an exception out of `send`."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.scenario import Outcome, Step
from conformance.signing import DUMMY_AUTHORIZATION, Credentials, sign
from conformance.targets import connection, moto
from conformance.targets.registry import TARGETS, open_target, start_targets
from conformance.targets.target import Target, TargetError, WireRequest
from conformance.targets.url import URLTarget

LIST_TABLES = WireRequest.of(Step("ListTables"))
CREATE = WireRequest.of(
    Step(
        "CreateTable",
        {
            "TableName": "Music",
            "KeySchema": [{"AttributeName": "artist", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "artist", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
)

OK = b"HTTP/1.1 200 OK\r\nServer: fake\r\nContent-Length: 17\r\n\r\n" + b'{"TableNames":[]}'


# --- requests ---------------------------------------------------------------------------------------------


def test_a_request_is_the_steps_bytes_with_the_usual_headers():
    request = WireRequest.of(Step("GetItem", {"TableName": "é"}))
    assert request.body == b'{"TableName":"\\u00e9"}'
    assert request.headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert request.headers["content-type"] == "application/x-amz-json-1.0"
    assert WireRequest.of(Step("ListStreams")).headers["x-amz-target"] == "DynamoDBStreams_20120810.ListStreams"


def test_a_step_can_replace_headers_and_leave_them_out():
    request = WireRequest.of(
        Step("GetItem", headers={"Content-Type": "text/plain", "Authorization": None, "X-New": "1"})
    )
    assert request.headers["content-type"] == "text/plain"
    assert "authorization" not in request.headers
    assert request.headers["x-new"] == "1"


def test_raw_text_is_sent_as_it_stands():
    assert WireRequest.of(Step("GetItem", raw="{ nonsense")).body == b"{ nonsense"


# --- the registry -----------------------------------------------------------------------------------------


def test_every_name_opens_a_target_of_that_name():
    for name in TARGETS:
        assert open_target(name).name == name
        assert open_target(name, label="mine").name == "mine"
        assert open_target(f"mine={name}").name == "mine"
    assert open_target("http://127.0.0.1:8145").name == "127.0.0.1:8145"
    assert open_target("http://127.0.0.1:8145", label="ours").describe().how == "http://127.0.0.1:8145"
    assert open_target("old=http://127.0.0.1:8145/?a=b").name == "old"


def test_a_url_after_a_name_is_that_implementation_and_not_ours_to_empty():
    target = open_target("alternator:http://127.0.0.1:8145")
    assert (target.name, target.describe().how, target.resettable) == (
        "alternator",
        "http://127.0.0.1:8145",
        False,
    )
    assert open_target("new=alternator:http://127.0.0.1:8145").name == "new"


def test_two_versions_of_one_implementation_stand_side_by_side():
    with ExitStack() as stack:
        started = start_targets(stack, ["reference", "classic=reference:aws-2025"])
        nonsense = WireRequest.of(Step("GetItem", {"TableName": "a"}))
        one, other = (target.send(nonsense) for target in started.targets)
    assert [target.name for target in started.targets] == ["reference", "classic"]
    assert one != other


def test_what_cannot_be_started_costs_only_itself(tmp_path: Path):
    missing = f"dynoxide:{tmp_path}"
    with ExitStack() as stack:
        started = start_targets(stack, ["reference", missing, "moto"])
        assert [target.name for target in started.targets] == ["reference", "moto"]
        assert started.missing == {missing: f"{tmp_path / 'dynoxide'}: there is no dynoxide that can be run"}
        assert all(target.send(LIST_TABLES).status == 200 for target in started.targets)


def test_without_the_baseline_nothing_begins(tmp_path: Path):
    with ExitStack() as stack, pytest.raises(TargetError, match="there is no dynoxide"):
        start_targets(stack, [f"dynoxide:{tmp_path}", "reference"])


def test_two_targets_of_one_name_are_refused():
    with ExitStack() as stack, pytest.raises(TargetError, match=r"2 targets are called a: give one a label"):
        start_targets(stack, ["a=reference", "a=moto"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("moto:new", "nothing may follow the name moto"),
        ("dynalite:/nowhere", "/nowhere: there is no dynalite"),
        ("dynamodb-local:/nowhere", "/nowhere: there is no DynamoDBLocal.jar"),
        ("ministack:/nowhere", "/nowhere: there is no ministack"),
        ("reference:aws-1999", "aws-1999"),
    ],
)
def test_an_option_that_is_none_is_refused_in_one_line(text: str, complaint: str):
    with pytest.raises(TargetError, match=complaint) as refusal, open_target(text):
        pass
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "dynamo", "ftp://127.0.0.1", "http://", "http://127.0.0.1:port"])
def test_what_is_no_target_is_refused_in_one_line(text: str):
    with pytest.raises(TargetError) as refusal:
        open_target(text)
    assert "\n" not in str(refusal.value)


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(TargetError, match=r"no target is called 'dynamo': there are reference, .*moto.*http://"):
        open_target("dynamo")


# --- moto -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["moto", "moto-server"])
def test_moto_answers_and_is_emptied(name: str):
    with open_target(name) as target:
        target.reset()
        assert target.describe().version == moto.moto_version()
        assert target.send(CREATE).status == 200
        assert target.send(LIST_TABLES).body == {"TableNames": ["Music"]}
        target.reset()
        assert target.send(LIST_TABLES).body == {"TableNames": []}
    assert target.send(LIST_TABLES).outcome is Outcome.NO_ANSWER
    target.stop()


def test_an_exception_in_moto_is_a_failure_with_its_place():
    with open_target("moto") as target:
        target.send(CREATE)
        item = {"artist": {"S": "a"}}
        reply = target.send(
            WireRequest.of(Step("PutItem", {"TableName": "Music", "Item": item, "ConditionExpression": "artist ="}))
        )
    assert reply.outcome is Outcome.FAILED
    assert reply.failure.startswith("ValueError in moto.dynamodb.")


def test_without_moto_one_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch):
    def version(name: str) -> str:
        raise moto.PackageNotFoundError(name)

    monkeypatch.setattr(moto, "version", version)
    for name in ("moto", "moto-server"):
        with pytest.raises(TargetError, match=r"pip install 'dynamodb-touchstone\[moto\]'"), open_target(name):
            pass


def test_moto_is_in_process_once():
    with open_target("moto"):
        with pytest.raises(TargetError, match=r"moto has it: use moto-server for another"), open_target("more=moto"):
            pass
        with open_target("moto-server") as another:
            assert another.send(LIST_TABLES).status == 200
    with open_target("more=moto") as target:
        assert target.send(LIST_TABLES).status == 200


# --- the reference ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["reference", "reference-http"])
def test_the_reference_answers_and_is_emptied(name: str):
    with open_target(name) as target:
        assert target.describe().name == name
        assert target.send(CREATE).status == 200
        assert target.send(LIST_TABLES).body == {"TableNames": ["Music"]}
        target.reset()
        assert target.send(LIST_TABLES).body == {"TableNames": []}
    assert target.send(LIST_TABLES).outcome is Outcome.NO_ANSWER
    target.stop()


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


# --- URLs -------------------------------------------------------------------------------------------------


class Server:
    """Answers each request on a connection with the next of its scripted answers, then closes it."""

    def __init__(self, *connections: list[bytes]) -> None:
        self.requests: list[bytes] = []
        self._connections = connections
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        for answers in self._connections:
            connection, _ = self._listener.accept()
            with connection:
                for answer in answers:
                    self.requests.append(self._receive(connection))
                    connection.sendall(answer)

    def _receive(self, connection: socket.socket) -> bytes:
        received = b""
        while b"\r\n\r\n" not in received:
            received += connection.recv(65536)
        length = re.search(rb"content-length: (\d+)", received)
        assert length is not None
        while len(received.partition(b"\r\n\r\n")[2]) < int(length[1]):
            received += connection.recv(65536)
        return received

    def close(self) -> None:
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*connections: list[bytes]) -> Server:
        servers.append(Server(*connections))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


CHUNKED = (
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b'8;x=y\r\n{"TableN\r\n9\r\names":[]}\r\n0\r\nTrailer: t\r\n\r\n'
)
UNTIL_CLOSED = b'HTTP/1.0 200 OK\r\n\r\n{"TableNames":[]}'


@pytest.mark.parametrize("answer", [OK, CHUNKED, UNTIL_CLOSED], ids=["counted", "chunked", "until closed"])
def test_a_reply_is_read_however_it_is_framed(serve: Callable[..., Server], answer: bytes):
    with URLTarget(serve([OK], [answer]).url) as target:
        target._connection.close()
        reply = target.send(LIST_TABLES)
    assert (reply.status, reply.body) == (200, {"TableNames": []})


def test_a_connection_is_kept_and_replaced_when_the_server_has_closed_it(serve: Callable[..., Server]):
    server = serve([OK, OK], [OK])
    with URLTarget(server.url) as target:
        assert target.describe().version == "fake"
        assert target.send(LIST_TABLES).status == 200
        assert eventually(lambda: not server._thread.is_alive() or len(server.requests) == 2)
        time.sleep(0.05)
        assert target.send(LIST_TABLES).status == 200
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"", "HTTPError: the connection was closed in the middle of the response"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "HTTPError: the connection was closed in the middle"),
        (b"SSH-2.0-OpenSSH_9.9\r\n\r\n", "HTTPError: not HTTP: 'SSH-2.0-OpenSSH_9.9'"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", "HTTPError: content-length is 'many'"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "HTTPError: content-length is '-5'"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", "HTTPError: not the size of a chunk"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", "HTTPError: not the size of a chunk"),
    ],
)
def test_what_is_no_answer_is_a_reply_that_says_so(serve: Callable[..., Server], answer: bytes, failure: str):
    server = serve([answer])
    reply = URLTarget(server.url).send(LIST_TABLES)
    assert reply.outcome is Outcome.NO_ANSWER
    assert reply.failure.startswith(failure)
    assert len(server.requests) == 1, "a request is never sent twice"


def test_a_response_without_an_end_is_not_read_for_ever(serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection, "_LARGEST", 1 << 20)
    endless = b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * (1 << 18)
    reply = URLTarget(serve([endless]).url).send(LIST_TABLES)
    assert reply.failure == "HTTPError: the response has more than 1 MiB"


def test_headers_that_are_no_text_go_out_all_the_same(serve: Callable[..., Server]):
    request = WireRequest.of(Step("ListTables", headers={"X-New": "\ud800"}))
    assert URLTarget(serve([OK]).url).send(request).status == 200


def test_a_server_that_takes_too_long_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target = URLTarget(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.1)
        assert target.send(LIST_TABLES).failure == "no answer within 0.1 s"


def test_where_nothing_listens_the_first_contact_fails_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert URLTarget(url).send(LIST_TABLES).failure == "connection refused"
    with pytest.raises(TargetError, match=rf"nothing answers at {url} \(connection refused\): is it running\?"):
        URLTarget(url).start()


def test_what_is_not_ours_is_not_emptied():
    target: Target = URLTarget("http://127.0.0.1:1")
    assert not target.resettable
    with pytest.raises(TargetError, match="cannot be emptied"):
        target.reset()


# --- signatures -------------------------------------------------------------------------------------------

CREDENTIALS = Credentials("AKIDEXAMPLE", "not-a-secret", "token", "eu-west-2")


def test_a_signature_is_the_one_that_botocore_makes():
    from botocore import auth as botocore_auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials as BotocoreCredentials

    headers = {"host": "127.0.0.1:8000", **LIST_TABLES.headers}
    headers.pop("authorization")
    now = datetime(2026, 11, 22, 18, 13, 21, tzinfo=UTC)
    theirs = AWSRequest("POST", "http://127.0.0.1:8000/a/b%20c", headers=dict(headers), data=LIST_TABLES.body)
    theirs.context["timestamp"] = "20261122T181321Z"
    signer = botocore_auth.SigV4Auth(
        BotocoreCredentials(CREDENTIALS.access_key, CREDENTIALS.secret_key, CREDENTIALS.session_token),
        "dynamodb",
        CREDENTIALS.region,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore_auth, "get_current_datetime", lambda: now.replace(tzinfo=None))
        signer.add_auth(theirs)

    ours = sign(CREDENTIALS, method="POST", path="/a/b%20c", headers=headers, body=LIST_TABLES.body, now=now)
    assert ours["authorization"] == theirs.headers["Authorization"]
    assert ours["x-amz-date"] == theirs.headers["X-Amz-Date"]


def test_only_the_dummy_authorization_is_replaced_by_a_signature(serve: Callable[..., Server]):
    server = serve([OK, OK, OK])
    target = URLTarget(server.url, credentials=CREDENTIALS)
    target.send(LIST_TABLES)
    target.send(WireRequest.of(Step("ListTables", headers={"Authorization": "AWS4-mine"})))
    target.send(WireRequest.of(Step("ListTables", headers={"Authorization": None})))
    signed, kept, without = server.requests
    assert b"Credential=AKIDEXAMPLE/" in signed
    assert b"x-amz-security-token: token" in signed
    assert b"authorization: AWS4-mine" in kept
    assert b"authorization" not in without


def test_without_credentials_all_targets_get_the_same_bytes(serve: Callable[..., Server]):
    one, other = serve([OK]), serve([OK])
    for server in (one, other):
        URLTarget(server.url).send(LIST_TABLES)
    hosts = [server.url.removeprefix("http://").encode() for server in (one, other)]
    assert one.requests[0].replace(hosts[0], b"") == other.requests[0].replace(hosts[1], b"")
    assert DUMMY_AUTHORIZATION.encode() in one.requests[0]


def test_credentials_are_those_of_the_environment():
    assert Credentials.from_environment({}) is None
    environment = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_REGION": "eu-west-2"}
    found = Credentials.from_environment(environment)
    assert found == Credentials("id", "key", None, "eu-west-2")
    assert "key" not in repr(found).replace("access_key", "")
