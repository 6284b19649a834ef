"""`touchstone run --target recording:PATH`: the recorded replies held against a baseline's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance import recorded_run
from conformance.divergence import Layer
from conformance.events import DivergenceFound, RunFinished, RunStarted
from conformance.recording import RecordingError
from conformance.targets.reference import ReferenceTarget

TABLE = {
    "TableName": "Music",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def write_recording(file: Path, item: dict[str, Any]) -> Path:
    """What a server answered that returns `item` for what was put."""
    put = {"TableName": "Music", "Item": {"pk": {"S": "a"}, "n": {"N": "1.50"}}}
    get = {"TableName": "Music", "Key": {"pk": {"S": "a"}}}
    requests = [
        ("create", "CreateTable", TABLE, {"TableDescription": {"TableName": "Music", "TableStatus": "CREATING"}}),
        ("put", "PutItem", put, {}),
        ("get", "GetItem", get, {"Item": item}),
    ]
    earlier: list[str] = []
    lines = []
    for name, operation, body, reply in requests:
        lines.append(
            json.dumps(
                {
                    "id": name,
                    "feature": "get-item",
                    "operation": operation,
                    "request": {"body": body},
                    "setup": list(earlier),
                    "status": 200,
                    "reply": reply,
                    "headers": {},
                }
            )
        )
        earlier.append(name)
    file.write_text("\n".join(lines) + "\n")
    return file


def divergences(file: Path) -> list[Any]:
    with ReferenceTarget() as reference:
        events = list(recorded_run.run(reference, recorded_run.load([f"recording:{file}"])))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    assert events[-1].complete
    return [event.divergence for event in events if isinstance(event, DivergenceFound)]


def test_a_recorded_fault_is_a_divergence_with_the_steps_before_it(tmp_path: Path) -> None:
    found = divergences(write_recording(tmp_path / "careless-recording.jsonl", {"pk": {"S": "a"}, "n": {"N": "1.50"}}))
    (of_get,) = [divergence for divergence in found if divergence.signature.operation == "GetItem"]
    assert of_get.signature.layer is Layer.DATA
    assert of_get.target == "careless"
    assert [step.operation for step in of_get.scenario.steps] == ["CreateTable", "PutItem", "GetItem"]
    assert of_get.replies["careless"].body == {"Item": {"pk": {"S": "a"}, "n": {"N": "1.50"}}}


def test_a_recorded_answer_that_is_right_is_none(tmp_path: Path) -> None:
    found = divergences(write_recording(tmp_path / "right-recording.jsonl", {"pk": {"S": "a"}, "n": {"N": "1.5"}}))
    assert not [divergence for divergence in found if divergence.signature.operation == "GetItem"]


def test_layers_that_were_not_asked_for_are_not_reported(tmp_path: Path) -> None:
    file = write_recording(tmp_path / "careless-recording.jsonl", {"pk": {"S": "a"}, "n": {"N": "1.50"}})
    recordings = recorded_run.load([f"recording:{file}"])
    with ReferenceTarget() as reference:
        events = list(recorded_run.run(reference, recordings, layers=[Layer.OUTCOME]))
    assert not [event for event in events if isinstance(event, DivergenceFound)]


def test_a_missing_recording_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as trouble:
        recorded_run.load([f"recording:{tmp_path / 'none.jsonl'}"])
    assert "\n" not in str(trouble.value)
