"""Recordings, read back, and the reference on trial before them.

`data/left-recording.jsonl` and `data/right-recording.jsonl` are made by hand: two servers that nobody has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance import campaign
from conformance.cli import touchstone
from conformance.divergence import Layer
from conformance.events import DivergenceFound, TargetDescription
from conformance.recording import CatalogueRequest, Recording, RecordingError, expand, fill, load_recordings
from conformance.scenario import JSON, Reply
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import Target, WireRequest
from conformance.witnesses import Hearing, Skip, hear, render

DATA = Path(__file__).parent / "data"
DIALECTS = ["aws", "aws-2025", "alternator-6.2", "alternator-2026", "alternator-2026-streams"]
NO_DIALECT = f"no dialect is called 'nope': there are {', '.join(DIALECTS)}"
LEFT, RIGHT = DATA / "left-recording.jsonl", DATA / "right-recording.jsonl"


# --- recordings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ({"@@rep": ["ab", 3]}, "ababab"),
        ({"@@join": [",:v", 2]}, ",:v,:v"),
        ({"@@cat": ["n IN (:v", {"@@join": [",:v", 2]}, ")"]}, "n IN (:v,:v,:v)"),
        ({"@@range": [{"p{i}": ["{i}"], "n": 1}, 8, 10]}, [{"p8": ["8"], "n": 1}, {"p9": ["9"], "n": 1}]),
        ({"@@range": [{"@@cat": ["k", "{i}"]}, 0, 2]}, ["k0", "k1"]),
        ({"@@nest": ["L", 2]}, {"L": [{"L": [{"S": "x"}]}]}),
        ({"@@nest": ["M", 1]}, {"M": {"n": {"S": "x"}}}),
        ({"@@ref": ["list", "Streams.1.StreamArn"]}, "arn:2"),
        ({"a": [{"@@rep": ["a", 2]}, None, True, 1]}, {"a": ["aa", None, True, 1]}),
        ({"@@rep": ["a", 2], "b": 1}, {"@@rep": ["a", 2], "b": 1}),
    ],
)  # fmt: skip
def test_templates_of_requests(template: JSON, filled: JSON) -> None:
    replies = {"list": Reply(200, {"Streams": [{"StreamArn": "arn:1"}, {"StreamArn": "arn:2"}]})}
    assert fill(template, replies) == filled


@pytest.mark.parametrize("path", ["Streams.2.StreamArn", "Streams.0.Nothing", "Streams.0.StreamArn.Deeper", "Nothing"])
def test_a_reference_to_what_is_not_there(path: str) -> None:
    with pytest.raises(LookupError):
        fill({"@@ref": ["list", path]}, {"list": Reply(200, {"Streams": [{"StreamArn": "arn:1"}]})})


def test_runs_in_replies() -> None:
    recorded = {"Item": {"x": {"S": {"@@rep": ["a", 4]}}}, "<@@rep k 2>": ["(<@@rep a 3><@@rep b 2>)", 1, None]}
    assert expand(recorded) == {"Item": {"x": {"S": "aaaa"}}, "kk": ["(aaabb)", 1, None]}


def sent(**request: Any) -> WireRequest:
    entry = CatalogueRequest("id", "feature", "ListTables", request)
    return entry.wire_request(entry.step({}))


def test_requests_on_the_wire() -> None:
    usual = sent(body={"Limit": 1})
    assert (usual.method, usual.path, usual.body) == ("POST", "/", b'{"Limit":1}')
    assert usual.headers["x-amz-target"] == "DynamoDB_20120810.ListTables"
    assert sent(raw="\ufeff{").body == "\ufeff{".encode()
    assert sent(body={}, target="Other.Thing").headers["x-amz-target"] == "Other.Thing"
    assert "x-amz-target" not in sent(body={}, target="").headers
    assert "content-type" not in sent(body={}, headers={"Content-Type": None}).headers
    assert sent(body={}, headers={"Content-Encoding": "gzip"}).body[:2] == b"\x1f\x8b"
    options = sent(method="OPTIONS", path="/x?y", headers={"Origin": "http://example.com"})
    assert options == WireRequest("OPTIONS", "/x?y", {"origin": "http://example.com"}, b"")


def test_loading() -> None:
    left, right = load_recordings([LEFT, RIGHT])
    assert (left.name, right.name) == ("left", "right")
    assert left.catalogue == right.catalogue
    assert left.catalogue[3].setup == ("create", "put-long")
    assert left.replies["get-long"].body["Item"]["x"] == {"S": "x" * 300}


def write(path: Path, *entries: dict[str, Any]) -> Path:
    complete = [
        {"feature": "f", "request": {}, "setup": None, "status": 200, "reply": {}, **entry} for entry in entries
    ]
    path.write_text("".join(json.dumps(entry) + "\n" for entry in complete))
    return path


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    scan = {"id": "a", "operation": "Scan"}
    (tmp_path / "no.jsonl").write_text("{}\n")
    with pytest.raises(RecordingError, match=r"no\.jsonl:1: .*it has no member 'id'"):
        load_recordings([tmp_path / "no.jsonl"])
    with pytest.raises(RecordingError, match=r"nowhere\.jsonl: cannot be read: No such file"):
        load_recordings([tmp_path / "nowhere.jsonl"])
    with pytest.raises(RecordingError, match="is empty"):
        load_recordings([write(tmp_path / "empty.jsonl")])
    with pytest.raises(RecordingError, match=r":2: a second request is called 'a'"):
        load_recordings([write(tmp_path / "twice.jsonl", scan, scan)])
    with pytest.raises(RecordingError, match="recorded from other requests than"):
        load_recordings([LEFT, write(tmp_path / "other.jsonl", scan)])
    with pytest.raises(RecordingError, match="two recordings have one name: left, left"):
        load_recordings([LEFT, LEFT])


# --- the reference on trial -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference() -> Iterator[Target]:
    with ReferenceTarget(dialect="aws-2025") as target:
        yield target


@pytest.fixture(scope="module")
def heard(reference: Target) -> dict[str, Hearing]:
    return {hearing.request.id: hearing for hearing in hear(reference, load_recordings([LEFT, RIGHT]))}


def test_where_the_reference_stands_alone(heard: dict[str, Hearing]) -> None:
    alone = {id_: hearing.alone.layer for id_, hearing in heard.items() if hearing.alone is not None}
    assert alone == {
        "health": Layer.DATA,
        "all-agree-on-the-type": Layer.MESSAGE,
        "all-accept": Layer.OUTCOME,
    }
    found = heard["all-agree-on-the-type"].alone
    assert found is not None
    assert found.witnesses == ("left", "right")
    assert found.difference.expected == "ReturnValues can only be ALL_OLD or NONE"
    assert found.difference.actual == "Return values set to invalid value"


@pytest.mark.parametrize("id_", ["put-long", "get-long", "by-arn"])
def test_where_all_agree(heard: dict[str, Hearing], id_: str) -> None:
    assert heard[id_].differences == {"left": None, "right": None}


def test_where_witnesses_differ_from_one_another(heard: dict[str, Hearing]) -> None:
    divided, scattered = heard["divided"].differences, heard["scattered"].differences
    assert [difference and difference.layer for difference in divided.values()] == [Layer.OUTCOME, None]
    assert [difference and difference.layer for difference in scattered.values()] == [Layer.MESSAGE, Layer.MESSAGE]


def test_who_has_no_say(heard: dict[str, Hearing]) -> None:
    assert heard["failing"].differences == {}
    assert heard["unknown-there"].differences == {"right": None}


def test_one_feature_with_what_it_rests_on(reference: Target) -> None:
    (only,) = hear(reference, load_recordings([LEFT]), features=["http"])
    assert only.request.id == "health"
    assert only.alone is None  # one witness is not enough


class Scripted(Target):
    """Answers operations by what the test says, and remembers what it was asked."""

    name = "scripted"
    resettable = True

    def __init__(self, answers: Mapping[str, Callable[[dict[str, Any]], JSON]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def describe(self) -> TargetDescription:
        return TargetDescription(self.name, "0", "in a test")

    def reset(self) -> None:
        self.asked.clear()

    def send(self, request: WireRequest) -> Reply:
        operation = request.headers["x-amz-target"].partition(".")[2]
        self.asked.append(operation)
        if operation not in self.answers:
            return Reply(400, {"__type": "com.amazon.coral.service#UnknownOperationException"})
        return Reply(200, self.answers[operation](json.loads(request.body)))


def recording(*entries: CatalogueRequest, **replies: Reply) -> Recording:
    return Recording("witness", entries, {entry.id: replies.get(entry.id, Reply(200, {})) for entry in entries})


def test_what_is_skipped() -> None:
    catalogue = [
        CatalogueRequest("unserved", "f", "ImportTable", {"body": {}}),
        CatalogueRequest("unserved-stream", "f", "ListStreams", {"target": "DynamoDBStreams_20120810.ListStreams"}),
        CatalogueRequest("resting", "f", "PutItem", {"body": {}}, setup=("unserved",)),
        CatalogueRequest("resting-on-that", "f", "PutItem", {"body": {}}, setup=("resting",)),
        CatalogueRequest("lacking", "f", "PutItem", {"body": {"TableName": {"@@ref": ["put", "Nothing"]}}}),
        CatalogueRequest("put", "f", "PutItem", {"body": {}}),
        CatalogueRequest("other-target", "f", "ImportTable", {"body": {}, "target": "Other.ImportTable"}),
        CatalogueRequest("no-operation", "f", "Frobnicate", {"body": {}}),
    ]
    target = Scripted({"PutItem": lambda request: {}})
    hearings = list(hear(target, [recording(*catalogue)]))
    assert {hearing.request.id: hearing.skipped for hearing in hearings} == {
        "unserved": Skip.UNSERVED,
        "unserved-stream": Skip.UNSERVED,
        "resting": Skip.RESTING,
        "resting-on-that": Skip.RESTING,
        "lacking": Skip.LACKING,
        "put": None,
        "other-target": None,
        "no-operation": None,
    }
    assert target.asked == ["ImportTable", "ListStreams", "PutItem", "ImportTable", "Frobnicate"]
    text = "\n".join(render(hearings, ["witness"]))
    assert "8 requests, 5 of them skipped\n" in text
    assert "  2 of operations that are not served: ImportTable 1, ListStreams 1\n" in text


def test_walking_a_stream() -> None:
    shards = {"StreamArn": "arn", "Shards": [{"ShardId": "one"}, {"ShardId": "two"}]}
    pages = {
        "one-0": {"Records": [1], "NextShardIterator": "one-1"},
        "one-1": {"Records": [2]},
        "two-0": {"Records": []},
    }
    target = Scripted(
        {
            "DescribeStream": lambda request: {"StreamDescription": shards},
            "GetShardIterator": lambda request: {"ShardIterator": f"{request['ShardId']}-0"},
            "GetRecords": lambda request: pages[request["ShardIterator"]],
        }
    )
    described = CatalogueRequest("described", "f", "DescribeStream", {"body": {}})
    walked = CatalogueRequest("walked", "f", "GetRecords", {"body": {"@@walk": "described"}}, setup=("described",))
    *_, hearing = hear(target, [recording(described, walked)])
    assert hearing.reply == Reply(
        200, {"@@walk": {"shards": 2, "shards_with_records": [{"ShardId": "one", "Records": [1, 2]}]}}
    )


# --- the command ------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(touchstone, [str(argument) for argument in arguments], standalone_mode=False)
    if result.exception is not None:
        return 2, str(result.exception)
    return int(result.return_value or 0), result.output


def test_the_command() -> None:
    status, output = run("witness", LEFT, RIGHT)
    assert status == 1
    assert "11 requests, 0 of them skipped\n" in output
    assert "\nThe reference stands alone in 3 places:\n" in output
    assert (
        "\nall-agree-on-the-type: PutItem, message, against left, right\n"
        "  reference: ReturnValues can only be ALL_OLD or NONE\n"
        "  witnesses: Return values set to invalid value\n"
    ) in output


def test_the_command_with_one_witness_finds_nobody_alone() -> None:
    status, output = run("witness", LEFT)
    assert status == 0
    assert output.endswith("\nThe reference stands alone in 0 places.\n")


def test_what_the_command_cannot_run() -> None:
    assert run("witness", DATA / "nowhere.jsonl")[0] == 2
    assert run("witness", LEFT, "--feature", "nope") == (2, "no request has the feature 'nope': there are http, things")
    assert run("serve", "--dialect", "nope") == (2, NO_DIALECT)
    assert run("witness", LEFT, "--dialect", "nope") == (2, NO_DIALECT)


def test_the_page_of_dialects() -> None:
    status, output = run("dialects", "diff", "aws", "aws-2025")
    assert status == 0
    assert output == (Path(__file__).parents[2] / "docs" / "dialect-aws-2025.md").read_text()
    assert [line.split()[0] for line in run("dialects", "list")[1].splitlines()] == DIALECTS
    assert run("dialects", "diff", "aws", "nope") == (2, NO_DIALECT)


# --- dialects, generated ----------------------------------------------------------------------------------


def test_a_dialect_is_wording_only() -> None:
    """Whatever is asked, two dialects differ in messages and in nothing else, and neither fails."""
    present, classic = ReferenceTarget(name="present"), ReferenceTarget(name="classic", dialect="aws-2025")
    with present, classic:
        divergences = [
            event.divergence
            for event in campaign.run([present, classic], operations=1500, minimise_seconds=0)
            if isinstance(event, DivergenceFound)
        ]
    assert divergences
    assert {divergence.signature.layer for divergence in divergences} == {Layer.MESSAGE}
