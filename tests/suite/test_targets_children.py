"""Targets that are processes of ours: wrong servers, and what they cost the others; that no process is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance.replay import Exchange, SetupFailure, replay
from conformance.scenario import Outcome, Scenario, Step
from conformance.targets.child import Child, ChildTarget, Command, free_port
from conformance.targets.reference import ReferenceTarget
from conformance.targets.registry import open_target
from conformance.targets.target import Target, TargetError, WireRequest

LIST_TABLES = WireRequest.of(Step("ListTables"))

# A server that does what the table is called of GetItem: die, hang, talk nonsense. Everything else it answers.
WRONG_SERVER = """
import json, os, signal, socket, subprocess, sys, time

port, mood = int(sys.argv[1]), sys.argv[2]
if mood == "dies at once":
    sys.exit("ConfigurationError: there is no configuration")
if mood == "never listens":
    print("warming up", flush=True)
    time.sleep(60)
if mood == "starts slowly":
    time.sleep(1)
if mood == "is stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if mood == "has a child":
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
listener = socket.create_server(("127.0.0.1", port))
if mood == "says nothing":
    time.sleep(60)
connection = None


def receive():
    global connection
    while True:
        if connection is None:
            connection, _ = listener.accept()
        received = b""
        while b"\\r\\n\\r\\n" not in received:
            some = connection.recv(65536)
            if not some:
                break
            received += some
        else:
            head, _, body = received.partition(b"\\r\\n\\r\\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\\r\\n")[0])
            while len(body) < length:
                body += connection.recv(65536)
            return json.loads(body).get("TableName")
        connection.close()
        connection = None


while True:
    wish = receive()
    if wish == "die":
        sys.exit("TypeError: what was asked is undefined")
    if wish == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if wish == "hang":
        time.sleep(60)
    answers = {
        "nonsense": b"SSH-2.0-OpenSSH_9.9\\r\\n\\r\\n",
        "half": b"HTTP/1.1 200 OK\\r\\ncontent-length: 99\\r\\n\\r\\n{",
        "close": b"",
        "page": b"HTTP/1.1 500 Oops\\r\\ncontent-length: 6\\r\\n\\r\\n<html>",
    }
    connection.sendall(answers.get(wish, b'HTTP/1.1 200 OK\\r\\ncontent-length: 17\\r\\n\\r\\n{"TableNames":[]}'))
    if wish in ("nonsense", "half", "close"):
        connection.close()
        connection = None
"""


class WrongTarget(ChildTarget):
    def __init__(
        self, script: Path, mood: str = "", *, timeout: float = 0.5, patience: float = 10.0, restarts: int = 9
    ):
        super().__init__("wrong", timeout=timeout, patience=patience, restarts=restarts)
        self._arguments = (sys.executable, str(script), "{port}", mood)

    def command(self) -> Command:
        return Command(self._arguments)

    def version(self) -> str:
        return "0"


@pytest.fixture
def wrong(tmp_path: Path) -> Callable[..., WrongTarget]:
    script = tmp_path / "wrong_server.py"
    script.write_text(WRONG_SERVER)
    return lambda *arguments, **options: WrongTarget(script, *arguments, **options)


def wish(what: str) -> WireRequest:
    return WireRequest.of(Step("GetItem", {"TableName": what}))


# --- starting ---------------------------------------------------------------------------------------------


def test_a_server_that_starts_slowly_is_waited_for(wrong: Callable[..., WrongTarget]):
    with wrong("starts slowly") as target:
        assert target.send(LIST_TABLES).status == 200


@pytest.mark.parametrize(
    ("mood", "complaint"),
    [
        ("dies at once", r"wrong ended with status 1 before it listened \(ConfigurationError: there is no config.*\)"),
        ("never listens", r"wrong did not listen within 0.8 s \(warming up\)"),
        ("says nothing", r"wrong did not answer within 0.8 s: .*no answer within 0.5 s"),
    ],
)
def test_a_server_that_does_not_start_is_one_line_and_leaves_nothing(
    wrong: Callable[..., WrongTarget], mood: str, complaint: str
):
    target = wrong(mood, patience=0.8)
    with pytest.raises(TargetError, match=complaint) as refusal, target:
        pass
    assert "\n" not in str(refusal.value)
    assert processes_of_ours() == set()


def test_a_program_that_is_not_there_is_one_line():
    with pytest.raises(TargetError, match=r"it ended with status 127 .*nothing-here: No such file"):
        Child("it", Command(("/nothing-here", "{port}"))).start()


def test_a_port_that_somebody_took_first_is_tried_again(
    wrong: Callable[..., WrongTarget], monkeypatch: pytest.MonkeyPatch
):
    import socket

    from conformance.targets import child

    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = iter([taken.getsockname()[1], free_port()])
        monkeypatch.setattr(child, "free_port", lambda: next(ports))
        with wrong() as target:
            assert target.url == f"http://127.0.0.1:{target._child._port}"  # type: ignore[union-attr]
            assert target.send(LIST_TABLES).status == 200
    assert next(ports, None) is None


# --- in the middle ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "failure"),
    [
        ("die", "the process ended with status 1 (TypeError: what was asked is undefined)"),
        ("crash", "the process was killed by signal 11"),
        ("hang", "no answer within 0.5 s"),
    ],
)
def test_what_ends_a_server_is_an_answer_and_the_next_scenario_finds_it_running(
    wrong: Callable[..., WrongTarget], what: str, failure: str
):
    with wrong() as target:
        assert target.send(wish(what)).failure == failure
        began = time.monotonic()
        after = target.send(LIST_TABLES)
        assert (after.status, after.failure) == (0, f"not running any more: {failure}")
        assert time.monotonic() - began < 0.1, "what has ended is not waited for again"
        target.reset()
        assert target.send(LIST_TABLES).status == 200
        assert target.ends == [failure]
    assert processes_of_ours() == set()


@pytest.mark.parametrize(
    ("what", "failure"),
    [
        ("nonsense", "HTTPError: not HTTP: 'SSH-2.0-OpenSSH_9.9'"),
        ("half", "HTTPError: the connection was closed in the middle of the response"),
        ("close", "HTTPError: the connection was closed in the middle of the response"),
    ],
)
def test_a_server_that_goes_on_after_an_answer_that_is_none_is_not_restarted(
    wrong: Callable[..., WrongTarget], what: str, failure: str
):
    with wrong() as target:
        assert target.send(wish(what)).failure == failure
        assert target.send(LIST_TABLES).status == 200
        assert target.ends == []


def test_a_page_that_is_no_json_is_a_reply(wrong: Callable[..., WrongTarget]):
    with wrong() as target:
        reply = target.send(wish("page"))
    assert (reply.status, reply.body) == (500, "<html>")


def test_a_server_that_was_killed_from_outside_is_started_again(wrong: Callable[..., WrongTarget]):
    with wrong() as target:
        (server,) = {process for process in processes_of_ours() if process != leash_of(target)}
        os.kill(server, signal.SIGKILL)
        assert target.send(LIST_TABLES).failure == "the process was killed by signal 9"
        target.reset()
        assert target.send(LIST_TABLES).status == 200


def test_a_server_that_dies_again_and_again_is_given_up(wrong: Callable[..., WrongTarget]):
    with wrong(restarts=2) as target:
        for _ in range(3):
            target.reset()
            target.send(wish("die"))
        with pytest.raises(TargetError, match=r"wrong was started again 2 times, and the process ended .*: given up"):
            target.reset()


@pytest.mark.parametrize("what", ["die", "crash", "hang", "nonsense", "half", "close", "page"])
def test_what_one_target_does_leaves_the_others_as_they_are(wrong: Callable[..., WrongTarget], what: str):
    table = {
        "TableName": "Things",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    item = {"pk": {"S": "a"}}
    steps = (
        Step("CreateTable", table),
        Step("PutItem", {"TableName": "Things", "Item": item}),
        Step("GetItem", {"TableName": what, "Key": item}),
        Step("GetItem", {"TableName": "Things", "Key": item}),
    )
    scenario = Scenario("s", "f", steps=steps)

    def replies(targets: list[Target], name: str) -> list[tuple[int, object]]:
        found = []
        for exchange in replay(scenario, targets):
            assert isinstance(exchange, Exchange)
            reply = exchange.replies[name]
            found.append((reply.status, None if exchange.index == 0 else reply.body))
        return found

    with ReferenceTarget() as alone:
        undisturbed = replies([alone], "reference")
    with ReferenceTarget() as one, wrong() as bad, ReferenceTarget(name="other") as other:
        for _ in range(2):
            assert replies([one, bad, other], "other") == undisturbed
        assert replies([one, bad, other], "reference") == undisturbed


def test_a_target_that_cannot_be_started_again_fails_in_its_setup_only(wrong: Callable[..., WrongTarget]):
    scenario = Scenario("s", "f", steps=(Step("ListTables"),))
    with ReferenceTarget() as one, wrong(restarts=0) as bad:
        bad.send(wish("die"))
        failure, exchange = replay(scenario, [one, bad])
        assert isinstance(failure, SetupFailure)
        assert failure.target == "wrong"
        assert isinstance(exchange, Exchange)
        assert exchange.replies["reference"].outcome is Outcome.ACCEPTED


# --- no process is left -----------------------------------------------------------------------------------

OWN = ("reference-http", "moto-server")
FETCHED = ("dynamodb-local", "dynalite", "dynoxide", "ministack")


@pytest.fixture(params=[*OWN, *FETCHED])
def name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name in FETCHED:
        try:
            open_target(name).check()
        except TargetError as error:
            pytest.skip(f"{name}: {error}")
    return name


def test_stopping_leaves_no_process(name: str):
    with open_target(name) as target:
        assert len(processes_of_ours()) >= 2
        target.reset()
        assert target.send(LIST_TABLES).status == 200
        assert target.describe().version not in ("", "unknown")
    assert processes_of_ours() == set()
    assert target.send(LIST_TABLES).outcome is Outcome.NO_ANSWER
    target.stop()


def test_no_process_outlives_a_parent_that_is_killed(name: str):
    """The parent prints the group of its child's processes, then waits to be killed: no exit handler runs."""
    with parent_of(f"open_target({name!r})") as (parent, group):
        assert len(processes_in(group)) >= 2
        parent.kill()
        parent.wait()
        assert eventually(lambda: not processes_in(group))


@pytest.mark.parametrize("mood", ["", "is stubborn", "has a child"])
def test_stubborn_servers_and_their_children_end_too(wrong: Callable[..., WrongTarget], mood: str):
    target = wrong(mood)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("conformance.targets.child._STOPPING", 0.5)
        with target:
            assert target.send(LIST_TABLES).status == 200
            group = leash_of(target)
            assert len(processes_in(group)) == (3 if mood == "has a child" else 2)
    assert eventually(lambda: not processes_in(group))


def test_ctrl_c_is_ours_alone(wrong: Callable[..., WrongTarget]):
    """A terminal sends it to the whole group: what was started is in another."""
    with wrong() as target:
        assert os.getpgid(leash_of(target)) != os.getpgrp()


class parent_of:  # noqa: N801 (used like a function)
    """A process that starts the target and waits. As a context: the process, and the group of what it has started."""

    def __init__(self, target: str) -> None:
        self._program = (
            "import time\n"
            "from conformance.targets.registry import open_target\n"
            f"target = {target}\n"
            "target.start()\n"
            "print(target._child._process.pid, flush=True)\n"
            "time.sleep(60)\n"
        )

    def __enter__(self) -> tuple[subprocess.Popen[str], int]:
        self._parent = subprocess.Popen([sys.executable, "-c", self._program], stdout=subprocess.PIPE, text=True)
        assert self._parent.stdout is not None
        return self._parent, int(self._parent.stdout.readline())

    def __exit__(self, *_: object) -> None:
        self._parent.kill()
        self._parent.wait()
        assert self._parent.stdout is not None
        self._parent.stdout.close()


def leash_of(target: ChildTarget) -> int:
    """The process that leads the group of the target's processes."""
    assert target._child is not None
    assert target._child._process is not None
    return target._child._process.pid


def processes() -> Iterator[tuple[int, int, int]]:
    """Of each process that runs, by `ps`: its number, its parent's and its group's."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,pgid=,stat="], capture_output=True, text=True, check=True)
    for line in listed.stdout.splitlines():
        process, parent, group, state = line.split()
        if not state.startswith("Z"):
            yield int(process), int(parent), int(group)


def processes_in(group: int) -> set[int]:
    return {process for process, _, its_group in processes() if its_group == group}


def processes_of_ours() -> set[int]:
    """The processes in groups that are led by a child of this process."""
    led = {process for process, parent, group in processes() if parent == os.getpid() and group == process}
    return {process for process, _, group in processes() if group in led}


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()
