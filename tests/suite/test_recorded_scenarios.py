"""Recordings of scenarios: written as they are made, and judged later without the server."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from miniatures import TABLE, Miniature, accepted, song

from conformance import recorded_run
from conformance.divergence import Layer, Verdict
from conformance.events import CaseJudged, DivergenceFound, Event, RunFinished
from conformance.generator import Generator
from conformance.recorded_scenarios import RecordingTarget, identity, load, only, record, record_catalogue
from conformance.recording import RecordingError, load_recordings
from conformance.replay import Exchange, replay
from conformance.scenario import Evidence, EvidenceKind, Expectation, JSONObject, Outcome, Reply, Scenario, Step
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import Target, WireRequest

DATA = Path(__file__).parent / "data"
KEY = {"artist": {"S": "a"}, "song": {"S": "t"}}


def put_and_get(id_: str, year: int, *, expect: Expectation | None = None) -> Scenario:
    return Scenario(
        id_,
        "get-item",
        (TABLE,),
        (
            Step("PutItem", {"TableName": "Music", "Item": song("t", year)}),
            Step("GetItem", {"TableName": "Music", "Key": KEY}, expect=expect),
        ),
        evidence=Evidence(EvidenceKind.INFERRED, "a test"),
    )


SCENARIOS = [put_and_get("first", 1), put_and_get("second", 2), put_and_get("third", 3)]


def made(target: Target, scenarios: list[Scenario], path: Path) -> RecordingTarget:
    list(record(target, scenarios, path))
    return RecordingTarget.open(path)


def replies_of(target: Target, scenario: Scenario) -> list[JSONObject]:
    exchanges = [one for one in replay(scenario, [target]) if isinstance(one, Exchange)]
    return [exchange.replies[target.name].as_json() for exchange in exchanges]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "miniature.jsonl"


def test_a_recording_answers_as_its_server_did(path: Path) -> None:
    target = made(Miniature(slowness=3), SCENARIOS, path)
    assert target.name == "miniature"
    for scenario in reversed(SCENARIOS):
        assert replies_of(target, scenario) == replies_of(Miniature(slowness=3), scenario)


def test_generated_scenarios_are_answered_as_they_were(path: Path) -> None:
    """With references to earlier replies, pages, tokens, and whatever else is generated."""
    scenarios = [plan.scenario for plan in islice(Generator(5), 60)]
    with ReferenceTarget() as reference:
        target = made(reference, scenarios, path)
        for scenario in scenarios:
            replies = replies_of(target, scenario)
            assert len(replies) == len(scenario.steps)
            assert not [reply for reply in replies if reply["status"] == 0]


def test_what_was_not_asked_has_no_answer(path: Path) -> None:
    target = made(Miniature(), SCENARIOS[:1], path)
    assert target.has(SCENARIOS[0])
    assert not target.has(SCENARIOS[1])
    put, get = replies_of(target, SCENARIOS[0].with_steps((SCENARIOS[0].steps[0], SCENARIOS[1].steps[0])))
    assert put["status"] == 200
    assert (get["status"], get["failure"]) == (0, "this was not asked when it was recorded")


def test_what_is_expected_is_no_part_of_what_was_asked() -> None:
    case = put_and_get("case", 1, expect=Expectation(body={}))
    assert identity(case) == identity(SCENARIOS[0])
    assert identity(case) != identity(SCENARIOS[1])


def test_a_table_need_not_be_waited_for_again(path: Path) -> None:
    made(Miniature(slowness=20), SCENARIOS[:1], path)
    (recorded,) = load(path).scenarios
    assert [one.operation for one in recorded.exchanges] == ["CreateTable", "DescribeTable", "PutItem", "GetItem"]


def test_a_step_that_looks_at_a_table_is_no_wait(path: Path) -> None:
    scenario = Scenario(
        "s",
        "f",
        (),
        (
            Step("CreateTable", TABLE),
            Step("DescribeTable", {"TableName": "Music"}),
            Step("DeleteTable", {"TableName": "Music"}),
            Step("DescribeTable", {"TableName": "Music"}),
        ),
    )
    target = made(Miniature(slowness=3), [scenario], path)
    assert replies_of(target, scenario) == replies_of(Miniature(slowness=3), scenario)


def test_a_recorder_goes_on_where_it_was(path: Path) -> None:
    server = Miniature()
    made(server, SCENARIOS[:2], path)
    asked = len(server.received)
    told = list(record(server, SCENARIOS, path))
    assert [one.new for one in told] == [False, False, True]
    assert len(server.received) == asked + asked // 2
    assert [one.scenario.id for one in load(path).scenarios] == ["first", "second", "third"]


def test_what_is_asked_twice_in_one_run_was_not_there_before(path: Path) -> None:
    twin = replace(SCENARIOS[0], id="twin")
    told = list(record(Miniature(), [SCENARIOS[0], twin], path))
    assert [(one.new, one.asked_alike) for one in told] == [(True, False), (False, True)]
    again = list(record(Miniature(), [SCENARIOS[0], twin], path))
    assert [(one.new, one.asked_alike) for one in again] == [(False, False), (False, True)]


def test_a_recording_of_scenarios_is_none_of_a_catalogue(path: Path) -> None:
    made(Miniature(), SCENARIOS, path)
    with pytest.raises(RecordingError, match=r"is a recording of scenarios .*; wanted is one of a catalogue"):
        load_recordings([path])
    path.write_text('{"feature": "f"}')
    with pytest.raises(RecordingError, match=r":1: .* it has no member 'id'"):
        load_recordings([path])


def test_what_a_killed_recorder_left_is_whole_but_for_the_last_line(path: Path) -> None:
    made(Miniature(), SCENARIOS, path)
    content = path.read_bytes()
    for length in range(content.find(b"\n") + 1, len(content), 97):
        path.write_bytes(content[:length])
        whole = content[:length].count(b"\n") - 1
        assert len(load(path).scenarios) == whole
        assert [one.new for one in record(Miniature(), SCENARIOS, path)] == [i >= whole for i in range(3)]
        assert len(load(path).scenarios) == 3


def test_each_scenario_is_on_disk_before_the_next(path: Path) -> None:
    for count, _ in enumerate(record(Miniature(), SCENARIOS, path), start=1):
        assert len(load(path).scenarios) == count


def test_long_texts_take_no_room(path: Path) -> None:
    scenario = Scenario(
        "long", "f", (TABLE,), (Step("PutItem", {"TableName": "Music", "Item": song("t", 1, x={"S": "x" * 300_000})}),)
    )
    target = made(Miniature(), [scenario], path)
    assert path.stat().st_size < 5_000
    assert target.scenarios[0].steps == scenario.steps


class Silent(Miniature):
    """Answers nothing from its second scenario on."""

    resets = 0

    def reset(self) -> None:
        self.resets += 1
        super().reset()

    def send(self, request: WireRequest) -> Reply:
        return super().send(request) if self.resets < 2 else Reply(0, failure="connection refused")


def test_a_server_that_is_lost_costs_nothing_that_it_answered(path: Path) -> None:
    told = []
    with pytest.raises(RecordingError, match=r"was lost: .*connection refused") as trouble:
        told += record(Silent(), [*SCENARIOS, put_and_get("fourth", 4)], path)
    assert "\n" not in str(trouble.value)
    assert [one.scenario.id for one in load(path).scenarios] == ["first"]
    made(Miniature(), SCENARIOS, path)
    assert [one.scenario.id for one in load(path).scenarios] == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("{}\n", "no header of a recording"),
        ('{"touchstone": "recording", "format": 99}\n', "format 1"),
        ("no JSON\n", "no JSON"),
        (
            '{"touchstone": "recording", "format": 1, "target": {"name": "a", "version": "1"}, "recorded": ""}\n{}\n',
            ":2: no line of a recording",
        ),
    ],
)
def test_a_file_that_is_no_recording_is_said_in_one_line(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(content)
    with pytest.raises(RecordingError, match=message) as trouble:
        load(file)
    assert "\n" not in str(trouble.value)


def test_one_server_s_recording_is_not_continued_with_another(path: Path) -> None:
    made(Miniature(), SCENARIOS[:1], path)
    with pytest.raises(RecordingError, match="was recorded from miniature 1, not from other 1"):
        list(record(Miniature(name="other"), SCENARIOS, path))


def test_a_server_that_cannot_be_emptied_is_recorded_as_if_it_could(path: Path) -> None:
    server = Miniature(resettable=False)
    server.tables["somebody-elses"] = {"status": "ACTIVE", "items": {}}
    scenario = Scenario(
        "s", "f", (TABLE,), (*SCENARIOS[0].steps, Step("ListTables", {}), Step("PutItem", {"ClientRequestToken": "a"}))
    )
    scenario = scenario.with_steps(scenario.steps[:-1])
    target = made(server, [scenario], path)
    assert "touchstone-" not in path.read_text()
    assert "somebody-elses" not in path.read_text()
    assert replies_of(target, scenario) == replies_of(Miniature(), scenario)


class Tokens(Target):
    """Tells which of its tokens each request has, by their order."""

    name, resettable = "tokens", True

    def __init__(self) -> None:
        self._seen: list[str] = []

    def describe(self) -> Any:
        return Miniature(name=self.name).describe()

    def reset(self) -> None:
        self._seen.clear()

    def send(self, request: WireRequest) -> Reply:
        token = json.loads(request.body)["ClientRequestToken"]
        self._seen += [token] if token not in self._seen else []
        return accepted(Place=self._seen.index(token))


def transacted(*tokens: str) -> Scenario:
    return Scenario("t", "f", (), tuple(Step("TransactWriteItems", {"ClientRequestToken": token}) for token in tokens))


def test_of_tokens_it_counts_only_which_are_the_same(path: Path) -> None:
    target = made(Tokens(), [transacted("a", "b", "a")], path)
    assert [reply["body"]["Place"] for reply in replies_of(target, transacted("x", "y", "x"))] == [0, 1, 0]
    assert [reply["status"] for reply in replies_of(target, transacted("x", "y", "y"))] == [200, 200, 0]
    # One that is too long is its length's case.
    assert replies_of(target, transacted("x" * 37))[0]["status"] == 0


class MadeUp(Miniature):
    """Gives every table an id, which a later request has in it."""

    made = 0

    def _CreateTable(self, body: dict[str, Any]) -> Reply:
        self.made += 1
        super()._CreateTable(body)
        return accepted(TableDescription={"TableName": body["TableName"], "TableArn": f"arn:{self.made}"})

    def _DescribeStream(self, body: dict[str, Any]) -> Reply:
        return accepted(Of=body["StreamArn"])


def made_up(number: int) -> Scenario:
    taken = {"StreamArn": {"$from": "made.TableDescription.TableArn"}}
    steps = (Step("CreateTable", TABLE, label="made"), Step("DescribeStream", taken), Step("ListTables", {"n": number}))
    return Scenario(f"s{number}", "f", (), steps)


def test_scenarios_that_begin_alike_are_told_apart_by_their_order(path: Path) -> None:
    scenarios = [made_up(number) for number in range(4)]
    target = made(MadeUp(), scenarios, path)
    for number, scenario in enumerate([*scenarios, *scenarios]):
        replies = replies_of(target, scenario)
        assert replies[1]["body"] == {"Of": f"arn:{number % 4 + 1}"}
        assert replies[2]["status"] == 200
    last = RecordingTarget(only(load(path), lambda scenario: scenario.id == "s3"))
    assert replies_of(last, scenarios[3])[2]["status"] == 200


# --- runs -------------------------------------------------------------------------------------------------


def run(path: Path) -> list[Event]:
    with ReferenceTarget() as reference:
        events = list(recorded_run.run(reference, recorded_run.load([f"recording:{path}"])))
    assert isinstance(events[-1], RunFinished)
    assert events[-1].complete
    return events


def losing_a_year(operation: str, reply: Reply) -> Reply:
    if operation == "GetItem" and reply.outcome is Outcome.ACCEPTED:
        item = {name: value for name, value in reply.body["Item"].items() if name != "year"}
        return accepted(Item=item)
    return reply


@pytest.mark.parametrize(
    ("wrong", "verdict"), [(lambda _, reply: reply, Verdict.AGREE), (losing_a_year, Verdict.DIVERGE)]
)
def test_cases_are_judged_without_the_server(
    path: Path, wrong: Callable[[str, Reply], Reply], verdict: Verdict
) -> None:
    case = put_and_get("case", 1, expect=Expectation(body={"Item": song("t", 1)}))
    made(Miniature(wrong=wrong), [case], path)
    judged = {event.target: event.verdict for event in run(path) if isinstance(event, CaseJudged)}
    assert judged == {"reference": Verdict.AGREE, "miniature": verdict}


def test_generated_scenarios_are_compared_without_the_server(path: Path) -> None:
    made(Miniature(), SCENARIOS, path)
    assert not [event for event in run(path) if isinstance(event, DivergenceFound)]
    path.unlink()
    made(Miniature(wrong=losing_a_year), SCENARIOS, path)
    (found,) = [event.divergence for event in run(path) if isinstance(event, DivergenceFound)]
    assert (found.target, found.signature.operation, found.signature.layer) == ("miniature", "GetItem", Layer.DATA)
    assert found.occurrences == 3


def test_recordings_of_two_kinds_are_not_mixed(path: Path) -> None:
    made(Miniature(), SCENARIOS, path)
    with pytest.raises(RecordingError, match="give them apart"):
        recorded_run.load([f"recording:{path}", f"recording:{DATA / 'left-recording.jsonl'}"])


# --- catalogues -------------------------------------------------------------------------------------------


@pytest.fixture
def reference() -> Iterator[Target]:
    with ReferenceTarget() as started:
        yield started


def test_a_catalogue_is_put_to_another_server(tmp_path: Path, reference: Target) -> None:
    (catalogue,) = load_recordings([DATA / "left-recording.jsonl"])
    out = tmp_path / "reference-recording.jsonl"
    assert len(list(record_catalogue(reference, catalogue, out))) == len(catalogue.catalogue)
    # Both are of one catalogue, so they may stand side by side.
    load_recordings([DATA / "left-recording.jsonl", out])
    assert not [event for event in run(out) if isinstance(event, DivergenceFound)]


def test_a_catalogue_goes_on_where_it_was(tmp_path: Path, reference: Target) -> None:
    (catalogue,) = load_recordings([DATA / "left-recording.jsonl"])
    out = tmp_path / "reference-recording.jsonl"
    list(record_catalogue(reference, catalogue, out))
    whole = out.read_bytes()
    lines = whole.splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:2]) + lines[2][:20])
    assert len(list(record_catalogue(reference, catalogue, out))) == len(lines) - 2
    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == [r.id for r in catalogue.catalogue]
