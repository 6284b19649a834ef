"""Recording, history files, the command and its page."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from concurrency_stores import ReadsThenWrites, RestoresEverything, Store, simulate

from conformance import cli
from conformance.commands import concurrency as command
from conformance.concurrency import page
from conformance.concurrency.checking import check
from conformance.concurrency.history import Fate, History, HistoryError, Intention, Operation, read, write
from conformance.concurrency.recording import SILENCE, NotAvailable, connections_to, record
from conformance.concurrency.timeline import timeline
from conformance.concurrency.workloads import WORKLOADS
from conformance.divergence import Verdict
from conformance.events import TargetDescription
from conformance.scenario import Reply
from conformance.targets import registry
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import Target, WireRequest
from conformance.targets.url import URLTarget


class Meddled(Target):
    """The reference, with something in between."""

    resettable = True

    def __init__(self, meddle: Callable[[str, int], Reply | None]) -> None:
        self.name = "meddled"
        self._server = ReferenceTarget()
        self._meddle = meddle
        self._count = 0

    def describe(self) -> TargetDescription:
        return TargetDescription(self.name, "1", "in process")

    def start(self) -> None:
        self._server.start()

    def reset(self) -> None:
        self._server.reset()

    def send(self, request: WireRequest) -> Reply:
        operation = request.headers["x-amz-target"].partition(".")[2]
        if not operation.endswith("Table"):
            self._count += 1
        return self._meddle(operation, self._count) or self._server.send(request)


def honest(_operation: str, _count: int) -> None:
    return None


def recorded(workload: str, meddle: Callable[[str, int], Reply | None] = honest, operations: int = 120) -> History:
    with Meddled(meddle) as target:
        return record(target, WORKLOADS[workload], clients=4, seconds=20, seed=1, operations=operations)


# --- recording ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_recording_has_every_operation_of_every_client(workload: str):
    history = recorded(workload)
    assert len(history.operations) >= 120
    assert [each.number for each in history.operations] == list(range(len(history.operations)))
    assert {each.client for each in history.operations} == {0, 1, 2, 3}
    assert all(each.invoked <= each.completed <= history.seconds for each in history.operations)
    assert check(history).violations == ()


def test_a_client_asks_one_thing_at_a_time():
    for client in range(4):
        asked = [each for each in recorded("counter").operations if each.client == client]
        assert all(one.completed <= other.invoked for one, other in pairwise(asked))


def test_what_gets_no_answer_is_unknown_and_no_violation():
    lost = Reply(0, failure="the connection was reset")
    history = recorded("counter", lambda operation, count: lost if count % 10 == 5 else None)
    assert history.count(Fate.UNKNOWN) > 5
    checked = check(history)
    assert checked.violations == ()
    assert sum(checked.answers.values()) == history.count(Fate.UNKNOWN)


def test_a_target_that_falls_silent_ends_the_run_and_leaves_no_verdict():
    gone = Reply(0, failure="connection refused")
    history = recorded("append", lambda operation, count: gone if count > 40 else None, operations=10_000)
    assert history.reason == "the target stopped answering: connection refused"
    assert 40 < len(history.operations) <= 40 + 4 * (SILENCE + 1)
    assert check(history).verdict is Verdict.INDETERMINATE


def test_a_target_without_an_operation_is_unsupported():
    unknown = Reply(400, {"__type": "com.amazon.coral.service#UnknownOperationException"})
    history = recorded("transfer", lambda operation, count: unknown if operation.startswith("Transact") else None)
    checked = check(history)
    assert checked.verdict is Verdict.UNSUPPORTED
    assert checked.reason.startswith("the target has no Transact")
    assert len(history.operations) < 20  # it is not asked for ever


def test_other_refusals_leave_no_verdict():
    invalid = Reply(400, {"__type": "com.amazon.coral.validate#ValidationException", "message": "No."})
    checked = check(recorded("counter", lambda operation, count: invalid if count % 50 == 5 else None))
    assert checked.verdict is Verdict.INDETERMINATE
    assert re.fullmatch(r"refused for no reason of concurrency: \d × ValidationException", checked.reason)


def test_a_target_that_cannot_create_the_tables_says_why():
    refusal = Reply(400, {"__type": "x#LimitExceededException", "message": "Too many."})
    with pytest.raises(NotAvailable, match=r"table touchstone-concurrency cannot be created: Too many\."):
        recorded("counter", lambda operation, count: refusal if operation == "CreateTable" else None)


def test_a_fault_in_a_client_is_not_swallowed(monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(type(WORKLOADS["counter"]), "client", lambda *_: (broken() for _ in range(1)))
    with pytest.raises(ZeroDivisionError):
        recorded("counter")


def test_an_interruption_keeps_what_was_recorded():
    def strike(_count: int) -> None:
        raise KeyboardInterrupt

    with Meddled(honest) as target:
        history = record(target, WORKLOADS["counter"], clients=2, seconds=20, seed=1, progress=strike)
    assert history.reason == "interrupted"
    assert history.operations
    assert threading.active_count() < 20


def test_clients_of_an_address_have_connections_of_their_own():
    clients = connections_to(URLTarget("http://127.0.0.1:1", name="far"), 3)
    assert len({id(client) for client in clients}) == 3
    assert all(type(client) is URLTarget and client.name == "far" for client in clients)


def test_a_target_in_process_serves_one_client_at_a_time():
    inside, most = 0, 0

    def watch(_operation: str, _count: int) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threading.Event().wait(0.0005)
        inside -= 1

    history = recorded("counter", watch, operations=60)
    assert most == 1
    assert check(history).contended > 0


# --- files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_history_comes_back_as_it_was_written(workload: str, tmp_path: Path):
    history = recorded(workload, operations=60)
    path = tmp_path / "deep" / "one.history.jsonl"
    write(history, path)
    assert read(path) == history
    assert check(read(path)) == check(history)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_write_that_fails_leaves_the_history_before(tmp_path: Path):
    path = tmp_path / "one.history.jsonl"
    history = recorded("counter", operations=20)
    write(history, path)
    before = path.read_bytes()
    broken = Operation(0, 0, Intention("GetItem", {"no": object()}, {"do": "read", "keys": []}), Reply(200, {}), 0, 1)
    with pytest.raises(TypeError):
        write(replace(history, operations=(*history.operations, broken)), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda lines: lines[:-1], "is cut off"),
        (lambda lines: lines[:3] + lines[4:], "is cut off"),
        (lambda lines: [], "is no history of version 1"),
        (lambda lines: ["{}", *lines[1:]], "is no history of version 1"),
        (lambda lines: [*lines[:2], "{", *lines[3:]], "line 3: no JSON object"),
        (lambda lines: [*lines[:2], '{"number": 1}', *lines[3:]], "line 3: no operation of a history"),
    ],
)
def test_a_file_that_is_no_history_is_told(spoil: Callable[[list[str]], list[str]], complaint: str, tmp_path: Path):
    path = tmp_path / "one.history.jsonl"
    write(recorded("counter", operations=20), path)
    path.write_text("\n".join(spoil(path.read_text().splitlines())))
    with pytest.raises(HistoryError, match=re.escape(complaint)) as told:
        read(path)
    assert str(path) in str(told.value)
    assert "\n" not in str(told.value)


def test_an_unknown_workload_is_told():
    with pytest.raises(HistoryError, match="no workload is called 'dance'"):
        check(replace(recorded("counter", operations=20), workload="dance"))


# --- the command --------------------------------------------------------------------------------------------


@pytest.fixture
def touchstone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOUCHSTONE_DEBUG", raising=False)

    def run(words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["touchstone", *words.split()])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return int(left.value.code or 0), captured.out, captured.err

    return run


def test_a_run_without_violations(touchstone, tmp_path: Path):
    status, out, _ = touchstone("concurrency --target reference --operations 80 --clients 3 --report found")
    assert status == 0, out
    assert all(re.search(rf"^{name} +agree", out, re.MULTILINE) for name in WORKLOADS)
    document = json.loads((tmp_path / "found" / "concurrency.json").read_text())
    assert [each["workload"] for each in document["workloads"]] == list(WORKLOADS)
    for each in document["workloads"]:
        assert each["acknowledged"] + each["refused"] + each["unknown"] == each["operations"]
        assert read(tmp_path / "found" / each["history"]).workload == each["workload"]


def test_a_recorded_violation_is_checked_again(touchstone, tmp_path: Path):
    workload = WORKLOADS["counter"]
    write(simulate(workload, ReadsThenWrites(workload), seed=7), tmp_path / "counter.history.jsonl")
    status, out, _ = touchstone("concurrency check counter.history.jsonl --report again")
    assert status == 1
    assert "lost update" in out
    assert re.search(r"T\d+ comes before T\d+: T\d+ found counter-\d+ as \d+, before T\d+ made it \d+\.", out)
    assert "UpdateItem {" in out
    assert (tmp_path / "again" / "index.html").exists()


def test_what_could_not_be_judged_is_status_2(touchstone):
    status, out, _ = touchstone("concurrency --target reference --operations 20 --clients 1 --workload counter")
    assert status == 2
    assert "no two operations on one item took place at the same time" in out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("concurrency", "name a target"),
        ("concurrency --target nowhere", "no target is called 'nowhere'"),
        ("concurrency --target http://127.0.0.1:1", "nothing answers at http://127.0.0.1:1"),
        ("concurrency --target reference --workload dance", "no workload is called 'dance'"),
        ("concurrency check absent.jsonl", "absent.jsonl cannot be read"),
    ],
)
def test_what_cannot_run_is_one_line_and_status_2(touchstone, words: str, complaint: str):
    status, _, err = touchstone(words)
    assert status == 2
    assert complaint in err
    assert len(err.strip().splitlines()) == 1


def test_a_target_that_fails_at_one_workload_costs_that_one_only(touchstone, monkeypatch: pytest.MonkeyPatch):
    refusal = Reply(400, {"__type": "x#LimitExceededException", "message": "Too many."})
    tables = iter([refusal])
    meddle = lambda operation, count: next(tables, None) if operation == "CreateTable" else None  # noqa: E731
    monkeypatch.setattr(registry, "open_target", lambda *_, **__: Meddled(meddle))
    status, out, _ = touchstone("concurrency --target any --operations 60 --workload counter --workload append")
    assert status == 2
    assert "cannot be created: Too many." in out
    assert re.search(r"^append +agree", out, re.MULTILINE)


def test_an_interrupted_run_reports_what_it_has(touchstone, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    checks = iter([False, True])

    def check_or_strike(history: History):
        if next(checks):
            raise KeyboardInterrupt
        return check(history)

    monkeypatch.setattr("conformance.concurrency.checking.check", check_or_strike)
    status, out, _ = touchstone("concurrency --target reference --operations 60 --report found")
    assert status == 130
    assert re.search(r"^counter +agree", out, re.MULTILINE)
    assert (tmp_path / "found" / "index.html").exists()
    assert read(tmp_path / "found" / "append.history.jsonl").operations  # recorded, though it was not checked


# --- the page -----------------------------------------------------------------------------------------------


def test_the_page_shows_each_violation_with_its_picture():
    workload = WORKLOADS["transactions"]
    checked = check(simulate(workload, RestoresEverything(workload), seed=7))
    shown = page.render([checked])
    assert len(checked.violations) == shown.count("<svg")
    for violation in checked.violations:
        assert f"<h3>{violation.name}" in shown
        for operation in violation.operations:
            assert f">{operation.label}</tspan>" in shown
    assert "http" not in re.sub(r"http-equiv", "", shown)  # nothing from the network


def test_a_picture_keeps_the_order_of_time_and_draws_the_whole_cycle():
    workload = WORKLOADS["counter"]
    (violation, *_) = check(simulate(workload, ReadsThenWrites(workload), seed=7)).violations
    picture = timeline(violation)
    by_label = {bar.label: bar for bar in picture.bars}
    for one in violation.operations:
        for other in violation.operations:
            before = by_label[one.label].x + by_label[one.label].width < by_label[other.label].x
            assert before == (one.completed < other.invoked)
    assert [arrow.kind for arrow in picture.arrows] == [kind for _, _, kind in violation.arrows]
    assert all(bar.x + bar.width <= picture.width and bar.y < picture.height for bar in picture.bars)


def test_texts_of_servers_are_escaped():
    workload = WORKLOADS["counter"]
    history = simulate(workload, Store(workload), operations=40)
    spoilt = replace(history.operations[0], reply=Reply(500, None, failure="<script>alert(1)</script>"))
    shown = page.render([check(replace(history, operations=(spoilt, *history.operations[1:])))])
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_the_command_is_in_the_help_of_its_group():
    assert set(command.concurrency.commands) == {"check"}
