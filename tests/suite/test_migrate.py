"""`touchstone migrate`: what differs for captured traffic, by cause, and nothing that is only a consequence.

Traffic is made by putting requests to a server and writing down what it answers, as a capture does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.migration.captured_clock import CapturedClock
from conformance.migration.findings import Cause, Effect, Migration
from conformance.migration.repairing import Repairs
from conformance.migration.replaying import Replay
from conformance.migration.schemas import KnownTable, Origin, ask, inferred
from conformance.migration.sides import Side
from conformance.migration.spellings import Spellings, identity
from conformance.scenario import JSONObject, Reply, Step
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import Target, TargetError, WireRequest
from conformance.traffic.traffic import CapturedRequest, write
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


def test_an_index_that_could_not_be_added_is_one_difference() -> None:
    change = (
        "UpdateTable",
        {
            "TableName": "shop",
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
        },
    )
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
    assert (found.seeded, dict(found.unchecked), found.causes) == (1, {}, {})
    without = replay(traffic[2:], "aws", [known], seeds=False)
    assert without.seeded == 0
    assert sum(without.unchecked.values()) == 1


def test_a_write_that_was_refused_does_not_hide_what_was_there() -> None:
    traffic = capture(
        TABLE,
        put(A, x=A),
        ("PutItem", {"TableName": "shop", "Item": {"p": A}, "ConditionExpression": "x = :x",
                     "ExpressionAttributeValues": {":x": {"S": "other"}}}),
        get(A),
    )  # fmt: skip
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


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is empty"),
        ("no json\n{}\n", "neither captured traffic nor events"),
        ('{"id": "1", "operation": "GetItem"}\n', "request"),
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
    assert (status, "An index always has whole items" in out) == (0, False)
    assert err == "table shop: nothing tells its schema: give it with --schema or --schema-from\n"


def test_captured_is_a_side_of_the_command(migrate: Migrate, tmp_path: Path) -> None:
    traffic = capture(TABLE, put(A, x=A), get(A))
    lied = [*traffic[:2], replace(traffic[2], reply={"Item": {"p": A}})]
    write(tmp_path / "traffic.jsonl", lied)
    status, out, _ = migrate("traffic.jsonl", "--from", "captured", "--to", "aws", "--strict")
    assert (status, "1 operation differs, from 1 cause." in out) == (1, True)


@pytest.mark.parametrize("spoiled", ["repair", "repair_presence"])
def test_a_replay_that_puts_nothing_back_is_caught(monkeypatch: pytest.MonkeyPatch, spoiled: str) -> None:
    """The tests of consequences above can fail."""
    reads = (get(A), get(A), update(A, "SET y = :y", ConditionExpression="attribute_exists(p)",
             ExpressionAttributeValues={":y": {"N": "1"}}))  # fmt: skip
    traffic = capture(TABLE, *((TRANSACTION,) if spoiled == "repair" else (put(A, x=A),)), *reads)
    other: str | Target = "alternator-6.2" if spoiled == "repair" else Forgetting()
    monkeypatch.setattr(Repairs, spoiled, lambda *_: None)
    assert replay(traffic, other).differing > 1
