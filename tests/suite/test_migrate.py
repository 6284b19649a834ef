"""`touchstone migrate`: what differs for captured traffic, by cause, and nothing that is only a consequence.

Traffic is made by putting requests to a server and writing down what it answers, as a capture does.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import cli
from conformance.alternator_causes import cause_of
from conformance.divergence import Difference, Layer
from conformance.migration.captured_clock import CapturedClock
from conformance.migration.captured_traffic import CapturedTraffic
from conformance.migration.findings import Cause, Effect, Migration, Occurrence
from conformance.migration.repairing import Repairs
from conformance.migration.replaying import Replay
from conformance.migration.reports import summary
from conformance.migration.reproducing import find_smallest
from conformance.migration.schemas import KnownTable, Origin, Survey, ask, inferred
from conformance.migration.sides import Side
from conformance.migration.spellings import Spellings, identity
from conformance.scenario import JSONObject, Reply, Scenario, Step
from conformance.targets.reference import ReferenceServerTarget, ReferenceTarget
from conformance.targets.target import Target, TargetError, WireRequest
from conformance.traffic.exchange import Exchange, Understanding
from conformance.traffic.redaction import Redaction
from conformance.traffic.traffic import CapturedRequest, as_line, write
from reference_server.alternator.rules import rule

Request = tuple[str, JSONObject]

START = 1_700_000_000.0


def table(name: str = "shop", type_: str = "S", **members: Any) -> JSONObject:
    return {
        "TableName": name,
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": type_}],
        "BillingMode": "PAY_PER_REQUEST",
    } | members


def put(key: JSONObject, **attributes: JSONObject) -> Request:
    return "PutItem", {"TableName": "shop", "Item": {"p": key, **attributes}}


def get(key: JSONObject, **members: Any) -> Request:
    return "GetItem", {"TableName": "shop", "Key": {"p": key}, **members}


def update(key: JSONObject, expression: str, **members: Any) -> Request:
    return "UpdateItem", {"TableName": "shop", "Key": {"p": key}, "UpdateExpression": expression, **members}


A, SEVEN, SEVEN_AND_NOTHING = {"S": "a"}, {"N": "7"}, {"N": "7.0"}
TABLE: Request = "CreateTable", table()
NUMBERED: Request = "CreateTable", table(type_="N")


def captured(requests: Iterable[Request], target: Target, *, spacing: float = 1.0) -> list[CapturedRequest]:
    """What a capture of these requests would hold."""
    traffic = []
    for number, (operation, body) in enumerate(requests, start=1):
        reply = target.send(WireRequest.of(Step(operation, body)))
        traffic.append(
            CapturedRequest(
                f"{number:06}",
                operation,
                {"body": body},
                reply.status,
                reply.body,
                at=START + number * spacing,
                region="us-east-1",
                account="1",
                source=f"/somewhere/traffic.jsonl:{number}",
            )
        )
    return traffic


def capture(*requests: Request) -> list[CapturedRequest]:
    with ReferenceTarget(clock=lambda: START) as server:
        return captured(requests, server)


def replay(
    traffic: Sequence[CapturedRequest],
    other: str | Target = "alternator-6.2",
    tables: Sequence[KnownTable] = (),
    **options: Any,
) -> Migration:
    clock = CapturedClock()
    clock.go_to(traffic[0].at)
    with ReferenceTarget(name="aws", clock=clock) as first, _started(other, clock) as second:
        explains = isinstance(other, str) and other.startswith("alternator")
        replay = Replay(
            *(Side(first), Side(second)),
            tables,
            lambda name: Effect(rule(name).effect.value),
            **{"explains": explains, "seeds": True, "clock": clock, **options},
        )
        assert list(replay.run(traffic)) == list(range(1, len(traffic) + 1))
        return replay.result


def _started(other: str | Target, clock: CapturedClock) -> Target:
    return ReferenceTarget(name="other", dialect=other, clock=clock) if isinstance(other, str) else other


def counts(found: Migration) -> dict[str, int]:
    """How often each cause was met, without what tables' descriptions tell otherwise."""
    return {
        cause.rule or cause.kind: cause.count
        for cause in found.causes.values()
        if "CreateTable" not in cause.operations and "DescribeTable" not in cause.operations
    }


def only(found: Migration, name: str) -> Cause:
    (cause,) = [each for each in found.causes.values() if each.rule == name]
    return cause


# --- causes ----------------------------------------------------------------------------------------------------------

EVERYDAY = (
    TABLE,
    *(put({"S": f"k{number}"}, n={"N": str(number)}) for number in range(5)),
    *(get({"S": f"k{number}"}) for number in range(6)),
    update({"S": "k1"}, "SET n = n + :one", ExpressionAttributeValues={":one": {"N": "1"}}, ReturnValues="ALL_NEW"),
    ("PutItem", {"TableName": "shop", "Item": {"p": A}, "ConditionExpression": "attribute_exists(p)"}),
    ("Scan", {"TableName": "shop"}),
    ("DeleteItem", {"TableName": "shop", "Key": {"p": {"S": "k1"}}, "ReturnValues": "ALL_OLD"}),
)
TRANSACTION: Request = "TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "shop", "Item": {"p": A}}}]}


def test_equal_sides_differ_in_nothing() -> None:
    found = replay(capture(*EVERYDAY, TRANSACTION, get(A)), "aws")
    assert not found.causes
    assert found.replayed == found.requests == sum(found.operations.values())
    assert not found.unchecked


def test_everyday_requests_are_the_same_on_an_alternator() -> None:
    assert counts(replay(capture(*EVERYDAY))) == {}


@pytest.mark.parametrize(
    ("requests", "rule_id", "effect"),
    [
        ((TABLE, TRANSACTION), "transactions", Effect.REFUSED),
        (
            (TABLE, ("ExecuteStatement", {"Statement": "SELECT * FROM shop"})),
            "partiql",
            Effect.REFUSED,
        ),
        (
            (TABLE, put(A, l={"L": [{"N": "1.50"}]}), get(A)),
            "nested-number-text",
            Effect.WRONG_DATA,
        ),
        (
            (TABLE, get(A, ReturnConsumedCapacity="TOTAL")),
            "consumed-capacity-absent",
            Effect.MISSING,
        ),
        ((TABLE, put(A, x={"S": "x" * 410_000})), "item-size", Effect.ACCEPTED),
        ((TABLE, get({"S": "a"}, ProjectionExpression="size")), "reserved-words", Effect.ACCEPTED),
        ((TABLE, put({"S": ""})), "empty-key", Effect.REWORDED),
    ],
)
def test_a_known_difference_is_its_cause_and_nothing_else(
    requests: Sequence[Request], rule_id: str, effect: Effect
) -> None:
    found = replay(capture(*requests))
    assert counts(found) == {rule_id: 1}
    assert only(found, rule_id).effect is effect


def test_a_cause_says_where_it_was_met_first_and_last_without_folders() -> None:
    found = replay(capture(TABLE, TRANSACTION, get(A), TRANSACTION))
    cause = only(found, "transactions")
    assert (cause.count, cause.example.source, cause.last) == (2, "traffic.jsonl:2", "traffic.jsonl:4")


def test_what_nobody_wrote_down_is_shown_as_such() -> None:
    """No rule tells of a server that loses an attribute."""
    found = replay(capture(TABLE, put(A, x=A), get(A)), Losing("x"), explains=True)
    assert [(cause.rule, cause.effect) for cause in found.causes.values()] == [("", Effect.WRONG_DATA)]


# --- consequences ----------------------------------------------------------------------------------------------------


class Broken(ReferenceTarget):
    """DynamoDB, but for what `spoil` makes of a request."""

    def __init__(self) -> None:
        super().__init__(name="broken")

    def spoil(self, body: JSONObject, operation: str) -> JSONObject:
        raise NotImplementedError

    def send(self, request: WireRequest) -> Reply:
        operation = request.headers["x-amz-target"].rpartition(".")[2]
        body = json.dumps(self.spoil(json.loads(request.body), operation)).encode()
        return super().send(WireRequest(request.method, request.path, request.headers, body))


class Losing(Broken):
    """Stores no attribute of that name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._lost = name

    def spoil(self, body: JSONObject, operation: str) -> JSONObject:
        if operation == "PutItem":
            body["Item"].pop(self._lost, None)
        return body


class Forgetting(Broken):
    """Writes its first `PutItem` under another key."""

    forgotten = 0

    def spoil(self, body: JSONObject, operation: str) -> JSONObject:
        if operation == "PutItem" and not self.forgotten:
            self.forgotten += 1
            body["Item"] |= {"p": {"S": "elsewhere"}}
        return body


class Keeping(Broken):
    """Deletes another item than it is asked to, once."""

    kept = 0

    def spoil(self, body: JSONObject, operation: str) -> JSONObject:
        if operation == "DeleteItem" and not self.kept:
            self.kept += 1
            body["Key"] = {"p": {"S": "elsewhere"}}
        return body


def test_one_item_too_many_is_one_difference() -> None:
    delete = ("DeleteItem", {"TableName": "shop", "Key": {"p": A}})
    found = replay(capture(TABLE, put(A), delete, *[get(A)] * 5), Keeping())
    assert found.differing == 1


class Careless(Broken):
    """Has no conditions, and refuses projections."""

    def spoil(self, body: JSONObject, operation: str) -> JSONObject:
        body.pop("ConditionExpression", None)
        if "ProjectionExpression" in body:
            body["Key"] = {}
        return body


def test_what_nobody_wrote_down_may_be_accepted_or_refused() -> None:
    again = ("PutItem", {"TableName": "shop", "Item": {"p": A}, "ConditionExpression": "attribute_not_exists(p)"})
    found = replay(capture(TABLE, put(A), again, get(A, ProjectionExpression="p")), Careless())
    assert {cause.example.step.operation: cause.effect for cause in found.causes.values()} == {
        "PutItem": Effect.ACCEPTED,
        "GetItem": Effect.REFUSED,
    }


class Mistaken(Broken):
    """Loses one attribute, and mistakes another."""

    def spoil(self, body: JSONObject, operation: str) -> JSONObject:
        if operation == "PutItem":
            del body["Item"]["x"]
            body["Item"]["y"] = {"S": "1"}
        return body


def test_a_request_that_differs_in_two_ways_that_nobody_wrote_down_has_two_causes() -> None:
    found = replay(capture(TABLE, put(A, x=A, y={"N": "1"}), get(A)), Mistaken(), explains=True)
    assert (found.differing, len(found.causes)) == (1, 2)


def test_a_cause_is_counted_once_for_a_request_that_shows_it_twice() -> None:
    scan = ("Scan", {"TableName": "shop"})
    found = replay(capture(TABLE, put(A, x=A), put({"S": "b"}, x=A), scan), Losing("x"), explains=True)
    assert [cause.count for cause in found.causes.values()] == [1]


class Silent(ReferenceTarget):
    """Answers no more from its first `operation` on; or, where it comes back, only that one is not answered."""

    def __init__(self, operation: str, *, comes_back: bool = False) -> None:
        super().__init__(name="other")
        self.operation = operation
        self.comes_back = comes_back
        self.is_gone = False

    def send(self, request: WireRequest) -> Reply:
        asked = request.headers["x-amz-target"].endswith(f".{self.operation}")
        self.is_gone = (self.is_gone and not self.comes_back) or asked
        return Reply(0, None, failure="connection refused") if self.is_gone else super().send(request)


def test_a_server_that_goes_in_the_middle_ends_the_replay_and_is_no_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("conformance.migration.sides._PATIENCE", (0.0,))
    found = replay(capture(TABLE, put(A, x=A), get(A), put(A), get(A)), Silent("GetItem"))
    assert (found.replayed, found.differing, dict(found.unchecked)) == (2, 0, {"a side answered no more": 3})
    assert found.lost == "The replay ended at traffic.jsonl:3: other answers no more: connection refused"
    assert summary(found)[0] == f"{found.lost}. What follows is of the requests before."


def test_a_request_that_alone_is_not_answered_is_a_difference() -> None:
    found = replay(capture(TABLE, put(A, x=A), get(A), put(A)), Silent("GetItem", comes_back=True))
    assert (found.replayed, found.differing, found.lost) == (4, 1, "")


def test_one_lost_write_is_one_difference() -> None:
    """The first read shows it; then the item is given back, and neither reads nor conditions differ any more."""
    reads = [get(A)] * 5
    condition = update(
        A, "SET y = :y", ConditionExpression="attribute_exists(p)", ExpressionAttributeValues={":y": {"N": "1"}}
    )
    found = replay(capture(TABLE, put(A, x={"S": "1"}), *reads, condition), Forgetting())
    assert found.differing == 1
    assert sum(cause.count for cause in found.causes.values()) == 1


def test_what_a_refused_transaction_wrote_is_there_for_the_next_request() -> None:
    found = replay(capture(TABLE, TRANSACTION, get(A), ("Scan", {"TableName": "shop"})))
    assert counts(found) == {"transactions": 1}


def test_an_update_that_says_nothing_of_the_item_it_did_not_make_is_found_where_it_happened() -> None:
    condition = update(
        A, "SET y = :y", ConditionExpression="attribute_exists(p)", ExpressionAttributeValues={":y": {"N": "1"}}
    )
    found = replay(capture(TABLE, update(A, "REMOVE x"), condition, get(A)))
    assert counts(found) == {"update-removes-only": 1}
    cause = only(found, "update-removes-only")
    assert (cause.operations, cause.example.source) == ({"UpdateItem": 1}, "traffic.jsonl:2")


MORE_INDEXES: JSONObject = {
    "AttributeDefinitions": [{"AttributeName": "g", "AttributeType": "S"}],
    "GlobalSecondaryIndexUpdates": [
        {
            "Create": {
                "IndexName": "by-g",
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        }
    ],
}


def test_an_index_that_could_not_be_added_is_one_difference() -> None:
    change = ("UpdateTable", {"TableName": "shop", **MORE_INDEXES})
    query = (
        "Query",
        {
            "TableName": "shop",
            "IndexName": "by-g",
            "KeyConditionExpression": "g = :g",
            "ExpressionAttributeValues": {":g": A},
        },
    )
    assert counts(replay(capture(TABLE, put(A, g=A), change, query, query))) == {"index-changes": 1}


def test_records_of_a_stream_are_not_judged_after_the_other_side_was_put_back() -> None:
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    with ReferenceTarget(clock=lambda: START) as server:
        made = captured((("CreateTable", table(StreamSpecification=stream)), TRANSACTION), server)
        arn = made[0].reply["TableDescription"]["LatestStreamArn"]
        described = captured([("DescribeStream", {"StreamArn": arn})], server)
        shard = described[0].reply["StreamDescription"]["Shards"][0]["ShardId"]
        where = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        found = captured([("GetShardIterator", where)], server)
        records = captured([("GetRecords", {"ShardIterator": found[0].reply["ShardIterator"]})], server)
    migration = replay([*made, *described, *found, *records])
    assert "GetRecords" not in {operation for cause in migration.causes.values() for operation in cause.operations}
    assert [why for why in migration.unchecked if why.startswith("stream records")]


# --- numbers in keys -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), [("7", "7.0"), ("100", "1E2"), ("0", "-0"), ("0.5", ".50")])
def test_a_key_is_its_value(one: str, other: str) -> None:
    assert identity({"p": {"N": one}}) == identity({"p": {"N": other}})
    spellings = Spellings()
    spellings.note("shop", {"p": {"N": other}})
    assert spellings.differ("shop", {"p": {"N": one}})
    assert not spellings.differ("shop", {"p": {"N": other}})


def test_keys_of_other_values_are_others() -> None:
    long = "1234567890123456789012345678901234567"
    assert identity({"p": {"N": f"{long}1"}}) != identity({"p": {"N": f"{long}2"}})
    assert identity({"p": {"S": "7"}}) != identity({"p": {"S": "7.0"}})


def test_an_item_under_another_spelling_of_its_key_is_found_and_explained_once() -> None:
    """That a reply shows it as `7` must not pass for an item that was there before the capture."""
    found = replay(
        capture(NUMBERED, put(SEVEN_AND_NOTHING, x=A), get(SEVEN), get(SEVEN), ("Scan", {"TableName": "shop"}))
    )
    assert counts(found) == {"partition-key-spelling": 1}
    assert found.seeded == 0


def test_a_number_that_is_not_found_in_a_set_is_no_matter_of_keys() -> None:
    """One item differs by its key, another by what its set holds: the filter is what explains the reading."""
    found = replay(
        capture(
            NUMBERED,
            put(SEVEN_AND_NOTHING, s={"NS": ["1.0"]}),
            put({"N": "8"}, s={"NS": ["1.0"]}),
            ("Scan", {"TableName": "shop", "FilterExpression": "contains(s, :n)",
                      "ExpressionAttributeValues": {":n": {"N": "1"}}}),
        )
    )  # fmt: skip
    assert counts(found) == {"number-membership": 1}


# --- what was there before -------------------------------------------------------------------------------------------


def test_items_that_replies_show_are_there_before_they_are_read() -> None:
    traffic = capture(TABLE, put(A, x=A), get(A), update(A, "SET y = x", ConditionExpression="attribute_exists(p)"))
    known = KnownTable(table(), Origin.FILE)
    found = replay(traffic[2:], "aws", [known])
    assert (found.seeded, dict(found.doubtful), found.causes) == (1, {}, {})
    without = replay(traffic[2:], "aws", [known], seeds=False)
    assert without.seeded == 0
    assert sum(without.doubtful.values()) == 1


def test_a_write_that_was_refused_does_not_hide_what_was_there() -> None:
    traffic = capture(
        TABLE,
        put(A, x=A),
        ("PutItem", {"TableName": "shop", "Item": {"p": A}, "ConditionExpression": "x = :x",
                     "ExpressionAttributeValues": {":x": {"S": "other"}}}),
        get(A),
    )  # fmt: skip
    assert replay(traffic[2:], "aws", [KnownTable(table(), Origin.FILE)]).seeded == 1


def test_a_write_that_only_the_captured_server_refused_does_not_hide_it_either() -> None:
    again = ("PutItem", {"TableName": "shop", "Item": {"p": A}, "ConditionExpression": "attribute_not_exists(p)"})
    traffic = capture(TABLE, put(A, x=A), again, get(A))
    assert replay(traffic[2:], "aws", [KnownTable(table(), Origin.FILE)]).seeded == 1


def test_requests_on_a_table_that_nothing_tells_of_are_not_called_the_same() -> None:
    found = replay(capture(TABLE, put(A), get(A))[1:], "aws")
    assert (found.replayed, sum(found.unchecked.values())) == (0, 2)


def test_items_expire_as_they_did_however_late_the_replay_is() -> None:
    soon = {"N": str(int(START) + 600)}
    alive = {"Enabled": True, "AttributeName": "expires"}
    traffic = capture(
        TABLE,
        ("UpdateTimeToLive", {"TableName": "shop", "TimeToLiveSpecification": alive}),
        put(A, expires=soon),
        get(A),
    )
    assert not replay(traffic, "aws", by_captured=True).causes
    late = [replace(request, at=request.at + 86_400) for request in traffic]
    assert replay(late, "aws", by_captured=True).causes


def test_a_schema_is_asked_for() -> None:
    with ReferenceTarget() as upstream:
        upstream.send(WireRequest.of(Step(*TABLE)))
        (known,) = ask(upstream, ["shop", "elsewhere"])
    assert (known.creation, known.origin) == (table(), Origin.UPSTREAM)


def test_a_schema_has_its_units() -> None:
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 2}}
    index = {
        "IndexName": "index",
        "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    asked = table() | {"BillingMode": "PROVISIONED", "GlobalSecondaryIndexes": [index | units]} | units
    with ReferenceTarget() as upstream:
        upstream.send(WireRequest.of(Step("CreateTable", asked)))
        (known,) = ask(upstream, ["shop"])
    assert known.creation == asked


def test_a_survey_tells_of_tables_and_amount() -> None:
    describe = ("DescribeTable", {"TableName": "shop"})
    traffic = capture(TABLE, put(A), describe, ("UpdateTable", {"TableName": "shop", **MORE_INDEXES}), describe, get(A))
    survey = Survey.of(traffic)
    assert (survey.requests, survey.begins, list(survey.named), list(survey.needed)) == (6, START + 1, ["shop"], [])
    assert survey.described["shop"].creation == table()
    assert list(Survey.of(traffic[1:]).needed) == ["shop"]


def test_a_table_is_needed_whatever_its_items_say() -> None:
    traffic = capture(TABLE, put({"S": "ResourceNotFoundException"}), get({"S": "ResourceNotFoundException"}))
    assert list(Survey.of(traffic[1:]).needed) == ["shop"]
    assert list(Survey.of(capture(get(A))).needed) == []


def test_a_schema_is_inferred_from_keys() -> None:
    known = inferred("shop", capture(TABLE, get(A))[1:])
    assert known is not None
    assert (known.creation["KeySchema"], known.origin) == (table()["KeySchema"], Origin.KEYS)


# --- sides -----------------------------------------------------------------------------------------------------------


def test_captured_replies_can_be_the_side_that_the_other_is_held_against() -> None:
    traffic = capture(TABLE, put(A, x=A), get(A))
    lied = [*traffic[:2], replace(traffic[2], reply={"Item": {"p": A, "x": {"S": "other"}}})]
    assert not replay(lied, "aws").causes
    assert [cause.operations for cause in replay(lied, "aws", by_captured=True).causes.values()] == [{"GetItem": 1}]


def test_an_id_is_that_of_the_same_table_in_whichever_order_a_side_lists_them() -> None:
    def listed(*streams: tuple[str, str]) -> JSONObject:
        return {"Streams": [{"TableName": name, "StreamArn": arn} for name, arn in streams]}

    with ReferenceTarget() as target:
        side = Side(target)
        side.learn(listed(("a", "1"), ("b", "2"), ("b", "3")), Reply(200, listed(("b", "5"), ("b", "6"), ("a", "4"))))
        asked = [side.translated(Step("DescribeStream", {"StreamArn": arn})) for arn in "1239"]
    assert [step.request["StreamArn"] for step in asked if step is not None] == ["4", "5", "6", "9"]


class Staying(ReferenceTarget):
    """A server that is not ours to empty."""

    resettable = False


def test_a_table_on_a_server_that_stays_is_never_written_to() -> None:
    with Staying() as target:
        side = Side(target)
        side.refuse_tables(["shop"])
        target.send(WireRequest.of(Step(*TABLE)))
        with pytest.raises(TargetError, match="has a table shop already"):
            side.refuse_tables(["shop"])


def test_tables_that_were_made_on_a_server_that_stays_are_deleted() -> None:
    with Staying() as target:
        side = Side(target)
        side.ask(*TABLE)
        side.ask("CreateTable", table("kept", DeletionProtectionEnabled=True))
        assert list(side.delete_tables()) == []
        assert side.ask("ListTables", {}).body == {"TableNames": []}


# --- the command -----------------------------------------------------------------------------------------------------

Migrate = Callable[..., tuple[int, str, str]]


@pytest.fixture
def migrate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Migrate:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TOUCHSTONE_DEBUG", raising=False)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["touchstone", "migrate", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        told = capsys.readouterr()
        return int(done.value.code or 0), told.out, told.err

    return run


def test_the_report_tells_the_cause_its_rule_and_how_to_show_it(migrate: Migrate, tmp_path: Path) -> None:
    write(tmp_path / "traffic.jsonl", capture(NUMBERED, put(SEVEN_AND_NOTHING, x=A), get(SEVEN)))
    status, out, _ = migrate("traffic.jsonl", "--report", "report")
    assert (status, "A number in a partition key is its spelling" in out) == (0, True)
    page, text = (tmp_path / "report" / f"report.{ending}" for ending in ("html", "md"))
    for content in (page.read_text(), text.read_text()):
        assert "partition-key-spelling" in content
        assert str(tmp_path) not in content
    assert "boto3.client" in page.read_text()
    record = json.loads((tmp_path / "report" / "report.json").read_text())
    assert record["touches_data"]


def smallest(found: Migration, rule: str) -> Scenario | None:
    (cause,) = (cause for cause in found.causes.values() if cause.rule == rule)
    with ReferenceTarget(name="aws") as first, ReferenceTarget(name="other", dialect="alternator-6.2") as other:
        return find_smallest(cause, first, other, lambda *one: cause_of(*one) or "")


def test_the_smallest_example_of_a_key_under_two_spellings_is_a_write_and_a_read() -> None:
    """An item is missing after a refused transaction too: that would be an example of something else."""
    transaction = {"Put": {"TableName": "shop", "Item": {"p": SEVEN_AND_NOTHING}}}
    traffic = capture(
        NUMBERED,
        ("TransactWriteItems", {"TransactItems": [transaction]}),
        put(SEVEN_AND_NOTHING, x=A),
        put(A),
        get(SEVEN_AND_NOTHING),
        get(SEVEN),
    )
    found = smallest(replay(traffic), "partition-key-spelling")
    assert found is not None
    assert [(step.operation, step.request) for step in found.steps] == [put(SEVEN_AND_NOTHING), get(SEVEN)]


def test_the_smallest_example_of_what_billing_does_has_the_units_of_its_table() -> None:
    units = {"ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 2}}
    traffic = capture(
        ("CreateTable", table() | {"BillingMode": "PROVISIONED"} | units), ("DescribeTable", {"TableName": "shop"})
    )
    found = smallest(replay(traffic), "billing-mode-ignored")
    assert found is not None
    assert found.tables[0].get("BillingMode") != "PAY_PER_REQUEST"
    assert "ProvisionedThroughput" in found.tables[0]
    assert [step.operation for step in found.steps] == ["DescribeTable"]


@pytest.mark.parametrize(
    ("requests", "status"),
    [
        ((TABLE, TRANSACTION), 1),
        ((TABLE, get(A, ReturnConsumedCapacity="TOTAL")), 0),
        (EVERYDAY, 0),
    ],
)
def test_strict_fails_where_data_is_touched(
    migrate: Migrate, tmp_path: Path, requests: Sequence[Request], status: int
) -> None:
    write(tmp_path / "traffic.jsonl", capture(*requests))
    assert migrate("traffic.jsonl", "--strict")[0] == status
    assert migrate("traffic.jsonl")[0] == 0


LINE = '{"id": "1", "operation": "GetItem", "status": 200, "reply": {}, "request": %s, "at": %s}\n'


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is empty"),
        ("no json\n{}\n", "neither captured traffic nor events"),
        ('{"id": "1", "operation": "GetItem"}\n', "request"),
        (LINE % ('{"raw": []}', 0), "`raw` is of the wrong type"),
        (LINE % ('{"headers": {"x": 1}}', 0), "the headers of `request` must be texts"),
        (LINE % ("{}", "Infinity"), "`at` and `seconds` must be times"),
    ],
)
def test_a_broken_file_is_one_line_and_status_2(migrate: Migrate, tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "traffic.jsonl").write_text(content)
    status, _, err = migrate("traffic.jsonl")
    assert status == 2
    assert err.startswith("touchstone: ")
    assert complaint in err
    assert err.count("\n") == 1


def test_a_schema_file_that_is_none_is_one_line_and_status_2(migrate: Migrate, tmp_path: Path) -> None:
    write(tmp_path / "traffic.jsonl", capture(TABLE))
    (tmp_path / "schema.json").write_text('{"Tables": []}')
    status, _, err = migrate("traffic.jsonl", "--schema", "schema.json")
    assert status == 2
    assert "schema.json: is no description of a table" in err


def test_partial_events_are_counted_and_still_tell_of_missing_operations(migrate: Migrate, tmp_path: Path) -> None:
    event = {
        "eventSource": "dynamodb.amazonaws.com",
        "eventTime": "2026-11-01T10:00:00Z",
        "awsRegion": "eu-west-1",
        "eventName": "TransactWriteItems",
        "requestParameters": {"transactItems": []},
    }
    (tmp_path / "trail.json").write_text(json.dumps({"Records": [event]}))
    status, out, _ = migrate("trail.json", "--report", "report")
    assert (status, "There are no transactions" in out) == (0, True)


def test_a_schema_can_be_given_or_asked_for(migrate: Migrate, tmp_path: Path) -> None:
    """With indexes, which no key tells of."""
    index = {
        "IndexName": "by-g",
        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    names = [{"AttributeName": name, "AttributeType": "S"} for name in "pg"]
    create = table(AttributeDefinitions=names, GlobalSecondaryIndexes=[index])
    query = {
        "TableName": "shop",
        "IndexName": "by-g",
        "KeyConditionExpression": "g = :g",
        "ExpressionAttributeValues": {":g": A},
    }
    with ReferenceTarget(clock=lambda: START) as server:
        traffic = captured([("CreateTable", create), put(A, g=A, x=A), ("Query", query)], server)
        described = server.send(WireRequest.of(Step("DescribeTable", {"TableName": "shop"})))
    write(tmp_path / "traffic.jsonl", traffic[1:])
    (tmp_path / "shop.json").write_text(json.dumps(described.body))
    assert "An index always has whole items" in migrate("traffic.jsonl", "--schema", "shop.json")[1]
    # A server of our own, which has no such table; and requests have no keys apart from items.
    status, out, err = migrate("traffic.jsonl", "--schema-from", "aws")
    assert (status, "Nothing could be checked" in out) == (2, True)
    assert err == "table shop: nothing tells its schema: give it with --schema or --schema-from\n"


def test_captured_is_a_side_of_the_command(migrate: Migrate, tmp_path: Path) -> None:
    traffic = capture(TABLE, put(A, x=A), get(A))
    lied = [*traffic[:2], replace(traffic[2], reply={"Item": {"p": A}})]
    write(tmp_path / "traffic.jsonl", lied)
    status, out, _ = migrate("traffic.jsonl", "--from", "captured", "--to", "aws", "--strict")
    assert (status, "1 operation differs, from 1 cause: 1 is answered with other data." in out) == (1, True)


@pytest.mark.parametrize("spoiled", ["repair", "repair_presence"])
def test_a_replay_that_puts_nothing_back_is_caught(monkeypatch: pytest.MonkeyPatch, spoiled: str) -> None:
    """The tests of consequences above can fail."""
    reads = (get(A), get(A), update(A, "SET y = :y", ConditionExpression="attribute_exists(p)",
             ExpressionAttributeValues={":y": {"N": "1"}}))  # fmt: skip
    traffic = capture(TABLE, *((TRANSACTION,) if spoiled == "repair" else (put(A, x=A),)), *reads)
    other: str | Target = "alternator-6.2" if spoiled == "repair" else Forgetting()
    monkeypatch.setattr(Repairs, spoiled, lambda *_: None)
    assert replay(traffic, other).differing > 1


# --- in words --------------------------------------------------------------------------------------------------------


def counted(requests: int, *, alike: int = 0, known: int = 0, unchecked: int = 0, **felt: int) -> Migration:
    """A result of so many requests; those felt are by the names of effects."""
    found = Migration("aws", "other", requests, alike + sum(felt.values()), sum(felt.values()), known)
    if known:
        felt |= {"refused": felt.get("refused", 0) + known}
    for name, count in felt.items():
        effect = Effect(name.replace("_", "-"))
        found.gravest[effect] = count
        nothing = Occurrence("1", Step("GetItem"), Difference(Layer.DATA, name), Reply(200), Reply(200))
        found.causes[name] = Cause("", name, effect, nothing, Scenario("", ""), count, usual_effect=effect)
    if unchecked:
        found.unchecked["lost"] = unchecked
    return found


@pytest.mark.parametrize(
    ("found", "lines"),
    [
        (
            counted(1, alike=1),
            (
                "In what was replayed, nothing was found that this application would feel.",
                "The captured operation was replayed on both sides, and answered alike.",
            ),
        ),
        (
            counted(1, refused=1),
            (
                "1 of 1 captured operation would be refused. The application has to change for 1 cause, "
                "or be sure that it does not rely on what differs.",
                "The captured operation was replayed on both sides, and answered otherwise.",
                "1 operation differs, from 1 cause: 1 is refused.",
            ),
        ),
        (
            counted(5, alike=1, missing=1, wrong_data=2, unchecked=1),
            (
                "2 of 5 captured operations would work on other data. The application has to change for 1 cause, "
                "or be sure that it does not rely on what differs.",
                "Of 5 captured operations, 4 were replayed on both sides; 1 was answered alike.",
                "1 could not be checked; the reasons stand at the end of the report.",
                "3 operations differ, from 2 causes: 2 are answered with other data "
                "and 1 lacks a part of the reply or has it otherwise.",
            ),
        ),
        (
            counted(3, known=2, unchecked=1),
            (
                "2 of 3 captured operations would be refused. The application has to change for 1 cause, "
                "or be sure that it does not rely on what differs.",
                "Of 3 captured operations, none was replayed on both sides.",
                "2 differ without a replay: other does not have the operation.",
                "1 could not be checked; the reasons stand at the end of the report.",
                "2 operations differ, from 1 cause: 2 are refused.",
            ),
        ),
        (
            counted(4, missing=1, unchecked=3),
            (
                "This says little: 3 captured operations could not be checked, more than could.",
                "Of 4 captured operations, 1 was replayed on both sides; none was answered alike.",
                "3 could not be checked; the reasons stand at the end of the report.",
                "1 operation differs, from 1 cause: 1 lacks a part of the reply or has it otherwise.",
            ),
        ),
        (
            counted(2, unchecked=2),
            ("Nothing could be checked: of 2 captured operations, none could be replayed.", "2: lost."),
        ),
    ],
)
def test_numbers_and_verbs_agree_and_nothing_is_said_that_was_not_seen(found: Migration, lines: Sequence[str]) -> None:
    assert tuple(summary(found)) == lines


def test_what_a_request_feels_is_told_apart_from_what_its_rule_is_about(migrate: Migrate, tmp_path: Path) -> None:
    """Both refuse a name of two letters; what the rule is about is one that is too long there."""
    traffic = capture(("CreateTable", table("x")), ("CreateTable", table("x" * 230)))
    write(tmp_path / "traffic.jsonl", traffic)
    out = migrate("traffic.jsonl")[1]
    assert "reworded    x1      Table names have another greatest length (refused by both, in other words)" in out
    assert "refused     x1      Table names have another greatest length\n" in out


@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_whole_items_of_an_index_are_seen_on_pages_too(operation: str, tmp_path: Path, migrate: Migrate) -> None:
    index = {
        "IndexName": "keys",
        "KeySchema": [{"AttributeName": "c", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    definitions = [{"AttributeName": name, "AttributeType": "S"} for name in ("p", "c")]
    made = table(AttributeDefinitions=definitions, GlobalSecondaryIndexes=[index])
    found = {"KeyConditionExpression": "c = :c", "ExpressionAttributeValues": {":c": A}} if operation == "Query" else {}
    read = operation, {"TableName": "shop", "IndexName": "keys", "Limit": 2, **found}
    items = [put({"S": str(number)}, c=A, v=A) for number in range(5)]
    write(tmp_path / "traffic.jsonl", capture(("CreateTable", made), *items, read))
    status, out, _ = migrate("traffic.jsonl", "--strict")
    assert "wrong-data  x1      An index always has whole items\n" in out
    assert status == 1


def test_what_both_refuse_is_not_what_works_today(tmp_path: Path, migrate: Migrate) -> None:
    """Both refuse the name of a table: then one says that it is not there, and the other that it cannot be."""
    write(
        tmp_path / "traffic.jsonl",
        capture(("CreateTable", table("x")), ("GetItem", {"TableName": "x", "Key": {"p": A}})),
    )
    out = migrate("traffic.jsonl")[1]
    assert "refused by both, with another type of error" in out
    assert out.startswith("No captured operation would be refused")


def test_traffic_is_read_again_each_time_and_never_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "traffic.jsonl"
    write(path, capture(TABLE, put(A), *[get(A)] * 98))
    traffic = CapturedTraffic([path])
    assert Survey.of(traffic).requests == len(list(traffic)) == 100
    gc.collect()
    before = alive()
    assert all(alive() - before < 5 for _ in traffic)


def alive() -> int:
    return sum(type(one) is CapturedRequest for one in gc.get_objects())


def test_a_last_line_that_was_cut_off_is_told(tmp_path: Path, migrate: Migrate) -> None:
    path = tmp_path / "traffic.jsonl"
    write(path, capture(TABLE, put(A), get(A)))
    path.write_bytes(path.read_bytes()[:-40])
    status, out, _ = migrate("traffic.jsonl")
    assert status == 0
    assert "The last line of traffic.jsonl is cut off: what it asked is not known." in out
    assert "cut off" in (tmp_path / "reports" / "migration" / "report.md").read_text()


# --- what a capture does not have ------------------------------------------------------------------------------------


def trail(*events: tuple[str, JSONObject]) -> str:
    """Events as CloudTrail stores them."""
    return json.dumps(
        {
            "Records": [
                {
                    "eventSource": "dynamodb.amazonaws.com",
                    "eventTime": f"2026-11-01T10:00:{number:02}Z",
                    "awsRegion": "eu-west-1",
                    "eventName": name,
                    "requestParameters": parameters,
                }
                for number, (name, parameters) in enumerate(events)
            ]
        }
    )


CREATION = {
    "tableName": "shop",
    "keySchema": [{"attributeName": "p", "keyType": "HASH"}],
    "attributeDefinitions": [{"attributeName": "p", "attributeType": "S"}],
    "billingMode": "PAY_PER_REQUEST",
}
KEY = {"tableName": "shop", "key": {"p": {"S": "a"}}}


@pytest.mark.parametrize(
    ("event", "is_replayed"),
    [
        (("GetItem", KEY), True),
        (("DeleteItem", KEY), True),
        (("DescribeTable", {"tableName": "shop"}), True),
        (("Scan", {"tableName": "shop"}), True),
        (("Query", {"tableName": "shop", "keyConditionExpression": "p = :p"}), False),
        (("UpdateItem", KEY), False),
        (("PutItem", KEY), False),
        (("BatchWriteItem", {"requestItems": {"shop": [{"putRequest": {}}]}}), False),
        (("GetRecords", {"shardIterator": "of a reply that nobody kept"}), False),
    ],
)
def test_an_event_that_lacks_only_its_reply_is_replayed(
    migrate: Migrate, tmp_path: Path, event: tuple[str, JSONObject], is_replayed: bool
) -> None:
    (tmp_path / "trail.json").write_text(trail(("CreateTable", CREATION), event))
    status, _, _ = migrate("trail.json", "--report", "report")
    record = json.loads((tmp_path / "report" / "report.json").read_text())
    assert (status, record["replayed"]) == (0, 1 + is_replayed)
    assert sum(record["unchecked"].values()) == (not is_replayed)


def test_events_of_which_none_can_be_replayed_are_no_good_news(migrate: Migrate, tmp_path: Path) -> None:
    (tmp_path / "trail.json").write_text(trail(("PutItem", KEY)))
    status, out, _ = migrate("trail.json")
    assert status == 2
    assert "Nothing could be checked: of 1 captured operation, none could be replayed." in out
    assert "1: what was asked is not all in the capture: it lacks Item." in out


def test_events_of_other_services_are_no_good_news(migrate: Migrate, tmp_path: Path) -> None:
    (tmp_path / "trail.json").write_text(trail(("GetObject", {})).replace("dynamodb.amazonaws.com", "s3.amazonaws.com"))
    status, out, _ = migrate("trail.json")
    assert (status, "the traffic has no operation of DynamoDB in it" in out) == (2, True)


@pytest.mark.parametrize("redaction", [Redaction.VALUES, Redaction.HASH, Redaction.NONE])
def test_a_redacted_capture_says_so_and_the_report_what_it_cannot_show(redaction: Redaction) -> None:
    body = json.dumps({"TableName": "shop", "Key": {"p": A}}).encode()
    headers = {"x-amz-target": "DynamoDB_20120810.GetItem", "content-type": "application/x-amz-json-1.0"}
    exchange = Exchange("POST", "/", headers, body, 200, {}, b"{}", START, 0.0, 1)
    line = as_line(Understanding(redaction).captured(1, exchange))
    assert json.loads(line).get("redaction", "none") == redaction.value
    traffic = [replace(request, redaction=json.loads(line).get("redaction", "")) for request in capture(TABLE)]
    assert bool(replay(traffic).limits) is (redaction is not Redaction.NONE)


def test_that_items_expire_is_a_limit_of_the_report(migrate: Migrate, tmp_path: Path) -> None:
    alive = {"Enabled": True, "AttributeName": "expires"}
    change = "UpdateTimeToLive", {"TableName": "shop", "TimeToLiveSpecification": alive}
    write(tmp_path / "traffic.jsonl", capture(TABLE, change))
    assert rule("ttl-delay").title in migrate("traffic.jsonl")[1]
    write(tmp_path / "traffic.jsonl", capture(TABLE))
    assert rule("ttl-delay").title not in migrate("traffic.jsonl")[1]


# --- a server at an address ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dialect", "is_known"), [("alternator-6.2", True), ("alternator-2026", True), ("aws", False)])
def test_an_alternator_is_known_by_what_it_answers(dialect: str, is_known: bool) -> None:
    with ReferenceTarget(dialect=dialect) as target:
        assert Side(target).is_alternator() is is_known


def test_a_bare_address_of_an_alternator_is_explained_by_its_rules(migrate: Migrate, tmp_path: Path) -> None:
    write(tmp_path / "traffic.jsonl", capture(TABLE, TRANSACTION))
    with ReferenceServerTarget(dialect="alternator-6.2") as server:
        status, out, _ = migrate("traffic.jsonl", "--to", server.url, "--report", "report")
    assert (status, "There are no transactions" in out) == (0, True)
    assert "is an Alternator, by what it answers" in (tmp_path / "report" / "report.md").read_text()


# --- as it was written -----------------------------------------------------------------------------------------------


def test_a_set_is_written_as_it_was_whatever_the_order_of_its_elements() -> None:
    spellings = Spellings()
    written = {"p": A, "s": {"NS": ["2.0", "1"]}}
    spellings.note_item("shop", {"p": A}, written)
    assert spellings.as_written("shop", {"p": A}, {"p": A, "s": {"NS": ["1", "2"]}}) == written


def test_the_clock_never_goes_back() -> None:
    clock = CapturedClock()
    for at in (START + 5, START, 0):
        clock.go_to(at)
    assert clock() == START + 5


def test_a_reading_that_had_ended_here_goes_on_where_it_was_begun_again() -> None:
    captured_key, own_key = {"p": {"S": "theirs"}}, {"p": {"S": "ours"}}
    onwards = Step("Scan", {"TableName": "shop", "ExclusiveStartKey": captured_key})
    side = Side(ReferenceTarget(name="other"))
    side.learn({"LastEvaluatedKey": captured_key}, Reply(200, {}))
    assert side.translated(onwards) is None
    side.learn({"LastEvaluatedKey": captured_key}, Reply(200, {"LastEvaluatedKey": own_key}))
    translated = side.translated(onwards)
    assert translated is not None
    assert translated.request["ExclusiveStartKey"] == own_key


def test_an_item_that_is_given_back_is_written_as_the_application_wrote_it() -> None:
    """A refused transaction wrote `1.50` within a list: every later read would have shown it so."""
    item = {"p": A, "l": {"L": [{"N": "1.50"}]}, "s": {"NS": ["1.0", "2"]}, "n": {"N": "3.0"}}
    puts = "TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "shop", "Item": item}}]}
    found = counts(replay(capture(TABLE, puts, get(A), get(A), update(A, "REMOVE n"), get(A))))
    assert found == {"transactions": 1, "nested-number-text": 3}


def test_what_was_changed_since_is_given_back_as_it_is_now() -> None:
    spellings = Spellings()
    written = {"p": A, "l": {"L": [{"N": "1.50"}]}, "m": {"M": {"n": {"N": "1E1"}}}}
    spellings.note_item("shop", {"p": A}, written)
    now = {"p": A, "l": {"L": [{"N": "2"}]}, "m": {"M": {"n": {"N": "10"}}}, "x": A}
    assert spellings.as_written("shop", {"p": A}, now) == {**now, "m": written["m"]}
    spellings.forget_item("shop", {"p": A})
    assert spellings.as_written("shop", {"p": A}, now) == now


@pytest.mark.parametrize("text", ["1E9999999", "NaN", "sNaN", "many", ""])
def test_a_number_that_is_none_is_a_key_all_the_same(text: str) -> None:
    assert identity({"p": {"N": text}}) == identity({"p": {"N": text}})


def test_an_item_that_is_lost_is_not_put_down_to_an_update_that_nobody_made() -> None:
    """It has a key alone, as one that such an update makes: this one was put."""
    found = replay(capture(TABLE, put(A), get(A)), Forgetting(), explains=True)
    assert [cause.rule for cause in found.causes.values()] == [""]


def test_an_update_is_looked_after_also_where_its_reply_differs() -> None:
    removing = update(A, "REMOVE x", ReturnConsumedCapacity="TOTAL")
    found = counts(replay(capture(TABLE, removing, get(A))))
    assert found == {"consumed-capacity-absent": 1, "update-removes-only": 1}


# --- whatever was captured -------------------------------------------------------------------------------------------

JSON_TEXTS = st.text(alphabet="ab:#./é", max_size=5)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | JSON_TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(JSON_TEXTS, inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["S", "N", "L", "M", "NS", "shop", "p", "Put", "PutRequest"]), inner, max_size=2
        )
        | st.fixed_dictionaries({"TableName": st.just("shop"), "Key": inner, "Item": inner})
    ),
    max_leaves=8,
)
MEMBERS = (
    *("TableName", "Key", "Item", "RequestItems", "TransactItems", "ExpressionAttributeNames", "KeyConditions"),
    *("KeyConditionExpression", "ExpressionAttributeValues", "AttributeUpdates", "UpdateExpression", "IndexName"),
    *("ReturnValues", "TimeToLiveSpecification", "ExclusiveStartKey", "AttributeDefinitions", "KeySchema", "Statement"),
)
REPLY_MEMBERS = ("Item", "Items", "Responses", "Attributes", "Table", "LastEvaluatedKey", "TableDescription", "__type")
OPERATIONS = (
    *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem"),
    *("TransactWriteItems", "TransactGetItems", "CreateTable", "UpdateTable", "DescribeTable", "UpdateTimeToLive"),
    *("ExecuteStatement", "GetRecords", "Unheard"),
)


@st.composite
def odd_requests(draw: st.DrawFn) -> CapturedRequest:
    """A line that a capture may have: an operation, any JSON in its members, any reply."""
    body = draw(st.dictionaries(st.sampled_from(MEMBERS), ANY_JSON, max_size=4))
    if draw(st.booleans()):
        body = {"TableName": "shop"} | body
    return CapturedRequest(
        "1",
        draw(st.sampled_from(OPERATIONS)),
        draw(st.sampled_from([{"body": body}, {"raw": "no json"}, {}])),
        draw(st.sampled_from([200, 200, 400, 500, 0])),
        draw(ANY_JSON | st.dictionaries(st.sampled_from(REPLY_MEMBERS), ANY_JSON, max_size=3)),
        at=START,
        missing=draw(st.sampled_from([(), (), (), ("reply",), ("Item", "reply")])),
        source="traffic.jsonl:1",
    )


def is_counted_once(found: Migration) -> bool:
    alike = sum(count for (_, feature), count in found.alike.items() if not feature)
    return (
        found.requests == found.replayed + found.known + sum(found.unchecked.values())
        and found.answered_alike == alike
        and found.differing + found.known == sum(found.gravest.values())
        and found.replayed == sum(found.operations.values())
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(odd_requests(), min_size=1, max_size=6), st.booleans())
def test_whatever_was_captured_is_counted_in_one_place(odd: list[CapturedRequest], by_captured: bool) -> None:
    traffic = [*ORDINARY, *odd]
    survey = Survey.of(traffic)
    known = [*survey.described.values(), *filter(None, (inferred(name, traffic) for name in survey.needed))]
    found = replay(traffic, tables=[each for each in known if each.name != "shop"], by_captured=by_captured)
    assert is_counted_once(found)
    assert summary(found)


ORDINARY = capture(TABLE, put(A, n={"N": "1"}))


def test_a_body_without_end_is_counted_and_not_asked() -> None:
    deep: Any = {"S": "a"}
    for _ in range(400):
        deep = {"L": [deep]}
    found = replay([*ORDINARY, replace(ORDINARY[1], request={"body": {"TableName": "shop", "Item": {"p": deep}}})])
    assert list(found.unchecked.values()) == [1]
    assert is_counted_once(found)


def test_a_count_that_forgets_is_caught() -> None:
    found = replay([*ORDINARY, *capture(TABLE, TRANSACTION)[1:]])
    assert is_counted_once(found)
    found.gravest.clear()
    assert not is_counted_once(found)
