"""The clock: one that is told, what happens when it is advanced past something, and states that take their time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from test_accounts_and_regions import TABLE, call

from reference_server import ReferenceServer
from reference_server.clock import ManualClock
from reference_server.tables.agenda import Agenda


def test_a_manual_clock_stands_still_and_goes_forward_only() -> None:
    clock = ManualClock(1_000.0)
    assert (clock(), clock()) == (1_000.0, 1_000.0)
    assert clock.advance(0.5) == clock() == 1_000.5
    for wrong in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="forward"):
            clock.advance(wrong)
    assert clock() == 1_000.5


def test_what_is_due_happens_in_its_order_and_not_before() -> None:
    clock = ManualClock(0.0)
    agenda = Agenda(clock)
    happened: list[tuple[str, float]] = []

    def enter(name: str, due: float) -> None:
        agenda.enter(due, lambda at: happened.append((name, at)))

    enter("later", 5.0)
    enter("soon", 1.0)
    enter("soon too", 1.0)
    agenda.enter(2.0, lambda at: enter("entered on the way", at + 1.0))
    agenda.settle()
    assert happened == []
    clock.advance(3.0)
    agenda.settle()
    assert happened == [("soon", 1.0), ("soon too", 1.0), ("entered on the way", 3.0)]
    clock.advance(10.0)
    agenda.settle()
    assert happened[3:] == [("later", 5.0)]


def status(server: ReferenceServer) -> str:
    reply = call(server, "DescribeTable", {"TableName": "Music"})
    return str(reply.get("Table", reply).get("TableStatus", reply.get("__type")))


def test_states_take_the_time_that_they_are_given() -> None:
    clock = ManualClock()
    server = ReferenceServer(clock=clock, transition_seconds=10.0)
    assert call(server, "CreateTable", TABLE)["TableDescription"]["TableStatus"] == "CREATING"
    get = {"TableName": "Music", "Key": {"pk": {"S": "a"}}}
    assert status(server) == "CREATING"
    assert call(server, "GetItem", get)["__type"].endswith("ResourceNotFoundException")
    clock.advance(10.0)
    assert status(server) == "ACTIVE"
    assert call(server, "GetItem", get) == {}
    assert call(server, "DeleteTable", {"TableName": "Music"})["TableDescription"]["TableStatus"] == "DELETING"
    assert status(server) == "DELETING"
    clock.advance(9.9)
    assert status(server) == "DELETING"
    clock.advance(0.2)
    assert status(server).endswith("ResourceNotFoundException")


def test_without_time_only_the_reply_shows_them() -> None:
    server = ReferenceServer()
    assert call(server, "CreateTable", TABLE)["TableDescription"]["TableStatus"] == "CREATING"
    assert status(server) == "ACTIVE"
    assert call(server, "DeleteTable", {"TableName": "Music"})["TableDescription"]["TableStatus"] == "DELETING"
    assert call(server, "CreateTable", TABLE)["TableDescription"]["TableStatus"] == "CREATING"


def ask(server: ReferenceServer, method: str, body: bytes = b"") -> tuple[int, Any]:
    response = server.handle(method, "/_touchstone/clock", {}, body)
    return response.status, json.loads(response.body)


def test_the_clock_is_told_over_the_wire() -> None:
    server = ReferenceServer(clock=ManualClock(1_000.0))
    assert ask(server, "GET") == (200, {"now": 1_000.0})
    assert ask(server, "POST", b'{"advance": 3600}') == (200, {"now": 4_600.0})
    assert ask(server, "PUT")[0] == 405
    for wrong in (b"", b"[]", b"{}", b'{"advance": -1}', b'{"advance": "1"}', b'{"advance": null}'):
        assert ask(server, "POST", wrong)[0] == 400
    assert ask(server, "GET") == (200, {"now": 4_600.0})


def test_a_real_clock_has_no_such_path() -> None:
    assert ReferenceServer().handle("POST", "/_touchstone/clock", {}, b'{"advance": 1}').status == 404


def test_a_server_is_emptied_by_request_only_where_it_was_told_so() -> None:
    for control, status, tables in ((True, 200, []), (False, 404, ["Music"])):
        server = ReferenceServer(control=control)
        call(server, "CreateTable", TABLE)
        assert server.handle("POST", "/_touchstone/reset", {}, b"").status == status
        assert call(server, "ListTables", {})["TableNames"] == tables
