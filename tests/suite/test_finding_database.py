"""Findings that machines share: what one has found, another replays first."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.campaign import run
from conformance.divergence import Divergence
from conformance.events import DivergenceFound
from conformance.finding_database import DatabaseError, FindingDatabase
from conformance.scenario import Reply, Scenario, Step
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import WireRequest

SCENARIO = Scenario("s", "get-item", (), (Step("ListTables", {"Limit": 5}), Step("GetItem", {"TableName": "t"})))


class Forgetful(ReferenceTarget):
    """Finds nothing that was put."""

    def send(self, request: WireRequest) -> Reply:
        reply = super().send(request)
        found = request.headers["x-amz-target"].endswith(".GetItem") and reply.status == 200 and "Item" in reply.body
        return (
            replace(reply, body={name: reply.body[name] for name in reply.body if name != "Item"}) if found else reply
        )


@pytest.fixture
def redis() -> Iterator[str]:
    """A real Redis of our own, as Debian's package has it."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed: apt install redis-server")
    pytest.importorskip("redis", reason="the Python package redis is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [program, "--port", str(port), "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(params=["directory", "redis"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "found") if request.param == "directory" else str(request.getfixturevalue("redis"))


def test_what_one_has_saved_another_fetches_once(address: str) -> None:
    one, other = FindingDatabase(address), FindingDatabase(address)
    one.save("moto", SCENARIO)
    assert list(one.fetch(["moto"])) == []  # its own
    assert list(other.fetch(["dynalite"])) == []
    assert list(other.fetch(["dynalite", "moto"])) == [SCENARIO]
    assert list(other.fetch(["moto"])) == []


def test_a_campaign_begins_with_what_was_found_before(address: str) -> None:
    def found(seed: int, operations: int, minimise_seconds: float = 0) -> list[Divergence]:
        with ReferenceTarget() as reference, Forgetful(name="forgetful") as forgetful:
            events = run(
                [reference, forgetful],
                operations=operations,
                seed=seed,
                minimise_seconds=minimise_seconds,
                hold_laws=False,
                remembered=FindingDatabase(address),
            )
            return [event.divergence for event in events if isinstance(event, DivergenceFound)]

    (first,) = found(seed=1, operations=400, minimise_seconds=20)
    assert first.minimised
    (again,) = found(seed=99, operations=1)
    assert again.signature == first.signature
    assert (again.scenario.tables, again.scenario.steps) == (first.scenario.tables, first.scenario.steps)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("redis://127.0.0.1:1/0", "no Redis answers"),
        ("redis://[", "no Redis answers"),
        ("/dev/null/found", "Not a directory"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(address: str, complaint: str) -> None:
    if address.startswith("redis"):
        pytest.importorskip("redis", reason="the Python package redis is not installed")
    with pytest.raises(DatabaseError, match=complaint) as raised:
        FindingDatabase(address)
    assert "\n" not in str(raised.value)
