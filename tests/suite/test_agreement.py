"""How well a dialect agrees with a recorded server: degrees, notes, and dialects that are wrong on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.agreement import AgreementError, Degree, Notes, judge, load_notes, render, rows, stale
from conformance.cli import touchstone
from conformance.recording import load_recordings
from conformance.scenario import Reply, Step
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import WireRequest

TABLE = {
    "TableName": "tab",
    "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
KEY = {"p": {"S": "a"}}
NOTES = """
texts:
- name: where it stands
  pattern: " at [0-9]+$"
reasons:
- requests: [get]
  reason: it counts otherwise
- requests: [nobody]
  reason: long gone
"""


def line(id_: str, operation: str, body: Any, status: int, reply: Any) -> str:
    request = {"body": body}
    return json.dumps(
        {"id": id_, "feature": "one", "operation": operation, "request": request, "status": status, "reply": reply}
    )


def refused(text: str, type_name: str = "ValidationException") -> dict[str, str]:
    return {"__type": f"com.amazon.coral.validate#{type_name}", "message": text}


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """What the reference answers too, word for word."""
    path = tmp_path / "somebody-recording.jsonl"
    described = {"TableDescription": {"TableName": "tab", "TableStatus": "CREATING"}}
    with ReferenceTarget() as reference:
        made = reference.send(WireRequest.of(_step("CreateTable", TABLE)))
    assert isinstance(made.body, dict)
    path.write_text(
        "\n".join(
            (
                line("make", "CreateTable", TABLE, 200, described | made.body),
                line("put", "PutItem", {"TableName": "tab", "Item": KEY | {"n": {"N": "1"}}}, 200, {}),
                line("get", "GetItem", {"TableName": "tab", "Key": KEY}, 200, {"Item": KEY | {"n": {"N": "1"}}}),
                line(
                    "refused",
                    "GetItem",
                    {"TableName": "tab", "Key": {}},
                    400,
                    refused("The provided key element does not match the schema"),
                ),
            )
        )
        + "\n"
    )
    return path


def _step(operation: str, body: Any) -> Step:
    return Step(operation, body)


class Wrong(ReferenceTarget):
    """A dialect that answers otherwise than it should."""

    def __init__(self, spoil: Callable[[Reply], Reply]) -> None:
        super().__init__()
        self._spoil = spoil

    def send(self, request: WireRequest) -> Reply:
        return self._spoil(super().send(request))


def degrees(recording: Path, spoil: Callable[[Reply], Reply], notes: Notes | None = None) -> dict[str, Degree]:
    (loaded,) = load_recordings([recording])
    with Wrong(spoil) as target:
        return {one.id: one.degree for one in judge(target, loaded, notes or Notes())}


def test_equal_replies_agree_in_everything(recording: Path) -> None:
    assert set(degrees(recording, lambda reply: reply).values()) == {Degree.TEXT}


def other_message(reply: Reply) -> Reply:
    return replace(reply, body=reply.body | {"message": "No"}) if reply.status == 400 else reply  # type: ignore[operator]


def other_data(reply: Reply) -> Reply:
    return replace(reply, body={"Item": KEY | {"n": {"N": "2"}}}) if "Item" in (reply.body or {}) else reply  # type: ignore[operator]


def other_type(reply: Reply) -> Reply:
    return replace(reply, body=refused("x", "ThrottlingException")) if reply.status == 400 else reply


def other_status(reply: Reply) -> Reply:
    return replace(reply, status=413) if reply.status == 400 else reply


@pytest.mark.parametrize(
    ("spoil", "request_id", "degree"),
    [
        (other_message, "refused", Degree.DATA),
        (other_data, "get", Degree.TYPE),
        (other_type, "refused", Degree.NONE),
        (other_status, "refused", Degree.NONE),
    ],
)
def test_a_wrong_dialect_is_caught_where_it_is_wrong(
    recording: Path, spoil: Callable[[Reply], Reply], request_id: str, degree: Degree
) -> None:
    found = degrees(recording, spoil)
    assert found.pop(request_id) is degree
    assert set(found.values()) == {Degree.TEXT}


def test_what_a_text_cannot_share_is_taken_out(recording: Path, tmp_path: Path) -> None:
    def at_a_place(reply: Reply) -> Reply:
        if reply.status != 400 or not isinstance(reply.body, dict):
            return reply
        return replace(reply, body=reply.body | {"message": f"{reply.body['message']} at 17"})

    (tmp_path / "notes.yaml").write_text(NOTES)
    assert degrees(recording, at_a_place)["refused"] is Degree.DATA
    assert degrees(recording, at_a_place, load_notes(tmp_path / "notes.yaml"))["refused"] is Degree.TEXT


def test_figures_reasons_and_stale_ones(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.yaml").write_text(NOTES)
    notes = load_notes(tmp_path / "notes.yaml")
    (loaded,) = load_recordings([recording])
    with Wrong(other_data) as target:
        judgements = list(judge(target, loaded, notes))
    total = rows(judgements)[-1]
    assert (total.requests, total.share(Degree.TYPE), total.share(Degree.DATA)) == (4, 100, 75)
    assert [reason.requests for reason in stale(judgements, notes)] == [("nobody",)]
    page = list(render("title", judgements, notes))
    assert "### it counts otherwise" in page
    assert "### Not explained yet" not in page
    assert "### Not explained yet" in list(render("title", [replace(one, reason="") for one in judgements], notes))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("texts: [", "cannot be read"),
        ("text: []", "no others"),
        ("texts: [{name: a}]\nreasons: []", "a name and a pattern"),
        ("texts: [{name: a, pattern: '('}]\nreasons: []", "a name and a pattern"),
    ],
)
def test_broken_notes_get_one_line(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "notes.yaml"
    path.write_text(content)
    with pytest.raises(AgreementError, match=complaint) as caught:
        load_notes(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_the_command(recording: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    result = CliRunner().invoke(
        touchstone,
        ["agreement", str(recording), "--dialect", "aws", "--markdown", str(page), "--at-least-text", "100"],
        standalone_mode=False,
    )
    assert result.return_value == 0
    assert "| all | 4 | 4 (100.0 %) | 4 (100.0 %) | 4 (100.0 %) |" in result.output
    assert page.read_text().startswith("# aws and somebody")
    other = CliRunner().invoke(
        touchstone,
        ["agreement", str(recording), "--dialect", "alternator-6.2", "--at-least-data", "100"],
        standalone_mode=False,
    )
    assert other.return_value == 1
