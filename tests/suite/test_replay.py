"""Lockstep: the same bytes to every target, tables that are ready, and nothing left behind."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from miniatures import TABLE, Miniature, accepted, refused

from conformance.compare import compare
from conformance.replay import Exchange, SetupFailure, _Renaming, prefix_for, replay
from conformance.scenario import Outcome, Reply, Scenario, Step
from conformance.targets.registry import open_target
from conformance.targets.target import WireRequest

ITEM = {"artist": {"S": "a"}, "song": {"S": "s"}}
PUT = Step("PutItem", {"TableName": "Music", "Item": ITEM})
GET = Step("GetItem", {"TableName": "Music", "Key": ITEM})


def scenario(*steps: Step, tables: tuple[dict[str, object], ...] = (TABLE,)) -> Scenario:
    return Scenario("s", "f", tables, steps)


def exchanges(*arguments: object, **options: object) -> list[Exchange]:
    found = list(replay(*arguments, **options))  # type: ignore[arg-type]
    assert all(isinstance(one, Exchange) for one in found), found
    return found  # type: ignore[return-value]


def test_every_target_gets_the_same_requests_in_lockstep():
    order: list[str] = []
    targets = [
        Miniature(name, wrong=lambda operation, reply, name=name: (order.append(f"{name} {operation}"), reply)[1])  # type: ignore[misc]
        for name in ("one", "two")
    ]
    found = exchanges(scenario(PUT, GET), targets)
    assert [one.index for one in found] == [0, 1]
    assert list(found[1].replies) == ["one", "two"]
    assert found[1].replies["one"] == found[1].replies["two"] == accepted(Item=ITEM)
    assert targets[0].received == targets[1].received
    assert order[-4:] == ["one PutItem", "two PutItem", "one GetItem", "two GetItem"]


def test_what_can_be_emptied_is_emptied_before():
    target = Miniature()
    exchanges(scenario(PUT), [target])
    [found] = exchanges(scenario(GET), [target])
    assert found.replies["miniature"] == accepted()


def test_raw_text_is_sent_as_it_stands():
    target = Miniature()
    [found] = exchanges(scenario(Step("GetItem", raw="{ nonsense"), tables=()), [target], prefix="run1_")
    assert target.received[-1].body == b"{ nonsense"
    assert found.replies["miniature"].error_type == "SerializationException"


def test_who_falls_silent_takes_no_further_part():
    def dies(operation: str, reply: Reply) -> Reply:
        return Reply(0, failure="the process ended") if operation == "GetItem" else reply

    honest, dying = Miniature("honest"), Miniature("dying", wrong=dies)
    found = exchanges(scenario(PUT, GET, PUT), [honest, dying])
    assert [sorted(one.replies) for one in found] == [["dying", "honest"], ["dying", "honest"], ["honest"]]
    assert [one.index for one in exchanges(scenario(PUT, GET, PUT), [dying])] == [0, 1]


@pytest.mark.parametrize("slowness", [0, 1, 4])
def test_tables_are_waited_for(slowness: int):
    [found] = exchanges(scenario(PUT), [Miniature(slowness=slowness)])
    assert found.replies["miniature"].outcome is Outcome.ACCEPTED


def test_tables_that_steps_create_and_delete_are_waited_for():
    create, delete = Step("CreateTable", TABLE), Step("DeleteTable", {"TableName": "Music"})
    fast, slow = Miniature("fast"), Miniature("slow", slowness=3)
    found = exchanges(scenario(create, PUT, delete, create, GET, tables=()), [fast, slow])
    assert [one.replies["slow"].outcome for one in found] == [Outcome.ACCEPTED] * 5
    assert found[4].replies["fast"] == found[4].replies["slow"] == accepted()


def test_a_setup_that_fails_is_reported_once_and_the_others_go_on():
    def refuse(operation: str, reply: Reply) -> Reply:
        return refused("ValidationException", "No indexes") if operation == "CreateTable" else reply

    failure, *found = replay(scenario(PUT, GET), [Miniature("good"), Miniature("bad", wrong=refuse)])
    assert isinstance(failure, SetupFailure)
    assert (failure.target, failure.table) == ("bad", "Music")
    assert failure.reason == "CreateTable Music: ValidationException: No indexes"
    assert [list(one.replies) for one in found if isinstance(one, Exchange)] == [["good"], ["good"]]


def test_a_target_that_is_gone_is_reported_as_a_failed_setup():
    gone = Miniature("gone", wrong=lambda operation, reply: Reply(0, failure="connection refused"))
    [failure] = replay(scenario(), [gone])
    assert isinstance(failure, SetupFailure)
    assert "connection refused" in failure.reason


def test_a_table_that_never_becomes_active_is_a_failed_setup(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("conformance.targets.tables.PATIENCE", 0.0)
    [failure] = replay(scenario(), [Miniature(slowness=1000)])
    assert isinstance(failure, SetupFailure)
    assert failure.reason.startswith("table Music was still CREATING")


def test_a_target_that_dies_in_the_middle_is_an_answer():
    def die(operation: str, reply: Reply) -> Reply:
        return Reply(0, failure="connection refused") if operation == "GetItem" else reply

    [_, found] = exchanges(scenario(PUT, GET), [Miniature(resettable=False, wrong=die)], prefix="run1_")
    assert found.replies["miniature"].outcome is Outcome.NO_ANSWER


def test_two_targets_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two targets have one name"):
        list(replay(scenario(), [Miniature(), Miniature()]))


# --- what cannot be emptied -------------------------------------------------------------------------------


def test_only_what_the_scenario_created_is_deleted_afterwards():
    target = Miniature(resettable=False, slowness=2)
    target.tables["Precious"] = {"status": "ACTIVE", "items": {}}
    create = Step("CreateTable", {**TABLE, "TableName": "Other"})
    exchanges(scenario(PUT, create), [target])
    assert set(target.tables) == {"Precious"}


def test_a_table_that_is_there_already_is_a_failed_setup_and_stays():
    target = Miniature(resettable=False)
    target.tables["Music"] = {"status": "ACTIVE", "items": {}}
    [failure] = replay(scenario(), [target])
    assert isinstance(failure, SetupFailure)
    assert "ResourceInUseException" in failure.reason
    assert set(target.tables) == {"Music"}


def test_what_was_created_is_deleted_even_if_nobody_reads_to_the_end():
    target = Miniature(resettable=False)
    iterator = replay(scenario(PUT, GET), [target])
    next(iterator)
    assert target.tables
    iterator.close()  # type: ignore[attr-defined]
    assert not target.tables


# --- prefixes ---------------------------------------------------------------------------------------------


def sent(step: Step, prefix: str = "run1_") -> dict[str, object]:
    target = Miniature()
    [found] = exchanges(scenario(step, tables=()), [target], prefix=prefix)
    assert found.step == step, "an exchange has the step as it was written"
    body: dict[str, object] = json.loads(target.received[-1].body)
    return body


@pytest.mark.parametrize(
    ("request_", "renamed"),
    [
        ({"TableName": "Music"}, {"TableName": "run1_Music"}),
        ({"ExclusiveStartTableName": "Music"}, {"ExclusiveStartTableName": "run1_Music"}),
        (
            {"TransactItems": [{"Put": {"TableName": "Music", "Item": {"TableName": {"S": "Music"}}}}]},
            {"TransactItems": [{"Put": {"TableName": "run1_Music", "Item": {"TableName": {"S": "Music"}}}}]},
        ),
        (
            {"RequestItems": {"Music": {"Keys": [{"RequestItems": {"S": "Music"}}]}}},
            {"RequestItems": {"run1_Music": {"Keys": [{"RequestItems": {"S": "Music"}}]}}},
        ),
        (
            {"ResourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/Music/index/i", "Tags": []},
            {"ResourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/run1_Music/index/i", "Tags": []},
        ),
        (
            {"Item": {"a": {"S": "arn:aws:dynamodb:::table/Music"}}},
            {"Item": {"a": {"S": "arn:aws:dynamodb:::table/Music"}}},
        ),
        ({"Statement": 'SELECT * FROM "Music"."i"'}, {"Statement": 'SELECT * FROM "run1_Music"."i"'}),
        ({"Statement": "INSERT INTO Music VALUE {}"}, {"Statement": "INSERT INTO run1_Music VALUE {}"}),
        # What is illegal stays so, and what would become illegal keeps its name.
        ({"TableName": "ab"}, {"TableName": "ab"}),
        ({"TableName": "Mu sic"}, {"TableName": "Mu sic"}),
        ({"TableName": "m" * 253}, {"TableName": "m" * 253}),
        # So does what Alternator reserves for its own.
        ({"TableName": ".scylla.alternator.system.clients"}, {"TableName": ".scylla.alternator.system.clients"}),
        ({"TableName": ".scylla"}, {"TableName": "run1_.scylla"}),
        # Tokens of exports and imports outlive tables; those that are illegal stay so.
        ({"ClientToken": "one"}, {"ClientToken": "run1_one"}),
        ({"ClientToken": "a$b"}, {"ClientToken": "a$b"}),
        ({"TableName": None}, {"TableName": None}),
        ({"TableName": 1}, {"TableName": 1}),
    ],
)
def test_tables_are_renamed_where_they_are_named(request_: dict[str, object], renamed: dict[str, object]):
    assert sent(Step("Nonsense", request_)) == renamed


@pytest.mark.parametrize(
    ("raw", "renamed"),
    [
        ('{"TableName": "hash", "Item": {"n": 1, "n": 2}}', '{"TableName": "run1_hash", "Item": {"n": 1, "n": 2}}'),
        ('\t{"TableName"\n:"hash" } x', '\t{"TableName"\n:"run1_hash" } x'),
        (r'{"Table\u004eame": "h\u0061sh", "a": "\u00e9"}', r'{"Table\u004eame": "run1_hash", "a": "\u00e9"}'),
        ('{"TableName": "one", "TableName": "two"}', '{"TableName": "run1_one", "TableName": "run1_two"}'),
        (
            '{"RequestItems": {"hash": [{"RequestItems": {"BOOL": 1}}]}}',
            '{"RequestItems": {"run1_hash": [{"RequestItems": {"BOOL": 1}}]}}',
        ),
        ('{"Item": {"TableName": {"S": "hash"}}}', '{"Item": {"TableName": {"S": "hash"}}}'),
        ('{"Item": {"a": {"S": "arn:a:b:c:d:table/hash"}}}', '{"Item": {"a": {"S": "arn:a:b:c:d:table/hash"}}}'),
        ('{"ResourceArn": "arn:a:b:c:d:table/hash"}', '{"ResourceArn": "arn:a:b:c:d:table/run1_hash"}'),
        ('{"Statement": "SELECT * FROM \\"hash\\""}', '{"Statement": "SELECT * FROM \\"run1_hash\\""}'),
        ('["TableName", "hash"]', '["TableName", "hash"]'),
        ('}],{"TableName": "hash"', '}],{"TableName": "run1_hash"'),
        ('{"TableName": "hash', '{"TableName": "hash'),
    ],
)
def test_in_raw_text_only_the_names_of_tables_change(raw: str, renamed: str):
    """Somebody's own table may be called as a case's is."""
    target = Miniature()
    exchanges(scenario(Step("Nonsense", raw=raw), tables=()), [target], prefix="run1_")
    assert target.received[-1].body.decode() == renamed
    exchanges(scenario(Step("Nonsense", raw=raw), tables=()), [target])
    assert target.received[-1].body.decode() == raw


@given(
    st.dictionaries(
        st.text(), st.recursive(st.text() | st.integers(), lambda one: st.lists(one) | st.dictionaries(st.text(), one))
    )
)
def test_raw_text_is_renamed_as_its_request_is(request_: dict[str, object]):
    renaming = _Renaming("run1_")
    request_ = {"TableName": "Music", **request_}
    raw = renaming.step(Step("Nonsense", raw=json.dumps(request_))).raw
    assert raw is not None
    assert json.loads(raw) == renaming.step(Step("Nonsense", request_)).request  # type: ignore[arg-type]


def test_what_raw_text_creates_is_deleted_too():
    target = Miniature(resettable=False)
    exchanges(scenario(Step("CreateTable", raw=json.dumps(TABLE)), tables=()), [target], prefix="run1_")
    assert not target.tables


def test_a_prefix_is_not_seen_in_replies():
    target = Miniature(resettable=False)
    target.tables["Precious"] = {"status": "ACTIVE", "items": {}}
    steps = (
        Step("ListTables"),
        Step("DescribeTable", {"TableName": "Nope"}),
        Step("DescribeTable", {"TableName": "Music"}),
    )
    found = exchanges(scenario(*steps), [target], prefix="run1_")
    names, missing, described = (one.replies["miniature"] for one in found)
    assert names.body == {"TableNames": ["Music"]}
    assert missing.message == "Requested resource not found: Table: Nope not found"
    assert described.body["Table"]["TableName"] == "Music"
    assert b'"TableName":"run1_Music"' in target.received[0].body
    assert set(target.tables) == {"Precious"}


@pytest.mark.parametrize("prefix", ["a", "run", "run 1", "run1/"])
def test_a_prefix_must_be_one_that_stands_nowhere_by_chance(prefix: str):
    with pytest.raises(ValueError, match="is no prefix"):
        list(replay(scenario(), [Miniature()], prefix=prefix))


# --- real ones --------------------------------------------------------------------------------------------


def test_moto_in_process_and_over_http_agree():
    with open_target("moto") as one, open_target("moto-server") as other:
        steps = (
            PUT,
            GET,
            Step("ListTables"),
            Step("DescribeTable", {"TableName": "Music"}),
            Step("Scan", {"TableName": "x"}),
        )
        for found in exchanges(scenario(*steps), [one, other]):
            assert compare(found.step, found.replies["moto"], found.replies["moto-server"]) is None


def test_the_reference_in_process_and_over_http_agree_under_a_prefix():
    with open_target("reference") as one, open_target("reference-http") as other:
        steps = (PUT, GET, Step("ListTables"), Step("DescribeTable", {"TableName": "Music"}))
        for found in exchanges(scenario(*steps), [one, other], prefix="run1_"):
            replies = found.replies
            assert compare(found.step, replies["reference"], replies["reference-http"]) is None
            assert replies["reference"].outcome is Outcome.ACCEPTED


def test_what_is_left_on_a_server_changes_nothing_of_the_next_replay():
    """Backups are deleted; streams and exports outlive their tables, and are another replay's."""
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Music"
    steps = (
        Step("ListExports"),
        Step("ListStreams"),
        Step("ListBackups"),
        Step(
            "UpdateContinuousBackups",
            {"TableName": "Music", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
        ),
        Step("ExportTableToPointInTime", {"TableArn": arn, "S3Bucket": "touchstone-exports", "ClientToken": "one"}),
        Step("CreateBackup", {"TableName": "Music", "BackupName": "one"}),
    )
    table = {**TABLE, "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
    asked = scenario(*steps, tables=(table,))
    with open_target("reference-http") as server:
        server.resettable = False
        for _ in range(2):
            found = [one.replies[server.name] for one in exchanges(asked, [server], prefix=prefix_for([server]))]
            exports, streams, backups, _enabled, exported, backed_up = found
            assert exports.body == {"ExportSummaries": []}
            assert [one["TableName"] for one in streams.body["Streams"]] == ["Music"]
            assert backups.body == {"BackupSummaries": []}
            assert exported.body["ExportDescription"]["ClientToken"] == "one"
            assert backed_up.outcome is Outcome.ACCEPTED
        listed = server.send(WireRequest.of(Step("ListBackups", {"BackupType": "USER"})))
        assert listed.body == {"BackupSummaries": []}


@pytest.mark.parametrize("token", ["t", "x" * 36])
def test_tokens_of_transactions_are_each_replays_own(token: str) -> None:
    step = Step("TransactWriteItems", {"ClientRequestToken": token, "TransactItems": []})
    renaming = _Renaming("")
    ours = renaming.step(step).request["ClientRequestToken"]
    theirs = _Renaming("").step(step).request["ClientRequestToken"]
    assert len({ours, theirs, token}) == 3
    assert max(len(ours), len(theirs)) <= 36
    assert renaming.step(step).request["ClientRequestToken"] == ours


@pytest.mark.parametrize("token", ["", "x" * 37])
def test_tokens_that_are_wrong_stay_wrong(token: str) -> None:
    step = Step("TransactWriteItems", {"ClientRequestToken": token})
    assert _Renaming("ours-").step(step).request["ClientRequestToken"] == token
