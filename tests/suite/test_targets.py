"""Targets: found by name, started, emptied, stopped; and never an exception out of `send`."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.scenario import Outcome, Step
from conformance.signing import DUMMY_AUTHORIZATION, Credentials, sign
from conformance.targets import alternator, moto
from conformance.targets.alternator import AlternatorTarget, find_engine
from conformance.targets.registry import TARGETS, open_target
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
    assert open_target("http://127.0.0.1:8145").name == "127.0.0.1:8145"
    assert open_target("http://127.0.0.1:8145", label="ours").describe().how == "http://127.0.0.1:8145"


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


# --- child processes --------------------------------------------------------------------------------------


def test_a_child_that_dies_is_an_answer():
    with open_target("moto-server") as target:
        assert target.send(LIST_TABLES).status == 200
        process = target._child._process  # type: ignore[attr-defined]
        process.kill()
        process.wait()
        reply = target.send(LIST_TABLES)
        assert (reply.status, reply.failure) == (0, "the process killed by signal 9")


def test_no_child_outlives_a_parent_that_is_killed(tmp_path: Path):
    """The parent prints its child's process id, then waits to be killed: no exit handler runs."""
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time\n"
            "from conformance.targets.registry import open_target\n"
            "target = open_target('moto-server')\n"
            "target.start()\n"
            "print(target._child._process.pid, flush=True)\n"
            "time.sleep(60)\n",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert eventually(lambda: not is_running(child))


def test_a_child_that_does_not_listen_is_reported_with_what_it_said():
    from conformance.targets.child import Child

    with pytest.raises(TargetError, match=r"no_such_module ended with status 1 .*No module named"):
        Child("no_such_module").start()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A process that has ended but that nobody has waited for is still there in name.
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


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
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", "HTTPError: not the size of a chunk"),
    ],
)
def test_what_is_no_answer_is_a_reply_that_says_so(serve: Callable[..., Server], answer: bytes, failure: str):
    server = serve([answer])
    reply = URLTarget(server.url).send(LIST_TABLES)
    assert reply.outcome is Outcome.NO_ANSWER
    assert reply.failure.startswith(failure)
    assert len(server.requests) == 1, "a request is never sent twice"


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


# --- containers -------------------------------------------------------------------------------------------

ENGINE = """#!/bin/sh
echo "$*" >> "$0.log"
case "$1" in
  info) exit {info} ;;
  run) echo pulling; echo 0123456789abcdef ;;
  port) echo 127.0.0.1:{port} ;;
  exec) echo 2026.1.0 ;;
esac
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A container engine that does nothing but keep a log, and is the only one on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def install(name: str = "docker", *, info: int = 0, port: int = 1) -> Path:
        script = tmp_path / name
        script.write_text(ENGINE.format(info=info, port=port))
        script.chmod(0o755)
        return Path(f"{script}.log")

    return install


def test_alternator_is_started_asked_and_removed(engine: Callable[..., Path], serve: Callable[..., Server]):
    server = serve([OK])
    log = engine(port=int(server.url.rpartition(":")[2]))
    with AlternatorTarget() as target:
        assert target.describe().version == "2026.1.0"
    target.stop()
    commands = log.read_text().splitlines()
    assert [command.split()[0] for command in commands] == ["info", "run", "port", "exec", "rm"]
    assert "--rm" in commands[1]
    assert "--publish=127.0.0.1::8000 scylladb/scylla --alternator-port=8000" in commands[1]
    assert commands[-1] == "rm --force 0123456789abcdef"


def test_a_container_that_does_not_answer_is_removed(engine: Callable[..., Path]):
    log = engine(port=1)
    with (
        pytest.raises(TargetError, match=r"did not answer within 0.1 s: look at `docker logs 0123456789ab`"),
        AlternatorTarget(patience=0.1),
    ):
        pass
    assert log.read_text().splitlines()[-1] == "rm --force 0123456789abcdef"


def test_podman_does_as_well(engine: Callable[..., Path]):
    engine("docker", info=1)
    engine("podman")
    assert find_engine() == "podman"


def test_without_an_engine_one_is_told_what_is_missing(engine: Callable[..., Path]):
    with pytest.raises(TargetError, match=r"docker is not installed, podman is not installed.*URL of a running"):
        AlternatorTarget().start()
    engine("docker", info=1)
    with pytest.raises(TargetError, match="docker is installed but not running") as refusal:
        AlternatorTarget().start()
    assert "\n" not in str(refusal.value)


def test_the_lab_options_are_given():
    assert "--alternator-write-isolation=only_rmw_uses_lwt" in alternator.OPTIONS
