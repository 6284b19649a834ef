"""What a target that has gone astray has missed is put to it on the baseline's state, and ends."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from miniatures import TABLE

from conformance import lockstep
from conformance.divergence import Layer
from conformance.lockstep import Continuation, Finding, compared
from conformance.references import FROM
from conformance.replay import Exchange, SetupFailure, replay
from conformance.scenario import JSONObject, Outcome, Reply, Scenario, Step
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import WireRequest

OTHER = {**TABLE, "TableName": "Other"}


def item(number: int, **more: JSONObject) -> JSONObject:
    return {"artist": {"S": f"a{number}"}, "song": {"S": "s"}, **more}


def put(number: int, table: str = "Music", **more: JSONObject) -> Step:
    return Step("PutItem", {"TableName": table, "Item": item(number, **more)})


SCAN = Step("Scan", {"TableName": "Music"})
SET = Step(
    "UpdateItem",
    {
        "TableName": "Music",
        "Key": item(1),
        "UpdateExpression": "SET v = :v",
        "ExpressionAttributeValues": {":v": {"N": "7"}},
    },
)


def following(whole: Continuation, *astray: tuple[int, str]) -> list[Continuation]:
    with ReferenceTarget() as reference:

        def put_to_it(scenario: Scenario) -> Iterable[Exchange | SetupFailure]:
            return replay(scenario, [reference])

        return list(whole.continuations(astray, put_to_it))


def whole(*steps: Step) -> Continuation:
    return Continuation(Scenario("s", "f", (TABLE,), steps), 0, frozenset({"one", "two"}))


def test_it_begins_with_the_state_that_the_baseline_has() -> None:
    [found] = following(whole(put(1), put(2), SET, SCAN, put(3)), (2, "one"))
    assert found.targets == {"one"}
    assert found.puts == 2
    assert found.scenario.tables == (TABLE,)
    assert sorted(str(step.request["Item"]) for step in found.scenario.steps[:2]) == sorted(
        str(stored) for stored in (item(1, v={"N": "7"}), item(2))
    )
    assert found.scenario.steps[2:] == (SCAN, put(3))


def test_tables_that_came_and_went_are_as_they_are_by_then() -> None:
    steps = (Step("CreateTable", OTHER), put(1, "Other"), Step("DeleteTable", {"TableName": "Music"}), put(2, "Other"))
    [found] = following(whole(*steps, SCAN), (3, "one"))
    assert found.scenario.tables == (OTHER,)
    assert {step.request["TableName"] for step in found.scenario.steps[: found.puts]} == {"Other"}
    assert found.puts == 2


def test_where_nothing_follows_there_is_none() -> None:
    assert following(whole(put(1), SET), (1, "one")) == []


def test_each_place_has_its_own() -> None:
    found = following(whole(put(1), SET, SCAN, SCAN), (0, "one"), (1, "two"))
    assert [(one.targets, len(one.scenario.steps)) for one in found] == [({"one"}, 4), ({"two"}, 3)]


def test_an_item_that_a_target_does_not_take_is_left_out_of_its_state() -> None:
    restored = Continuation(Scenario("s", "f", (TABLE,), (put(1), put(2), SCAN)), 2, frozenset({"one"}))
    [found] = following(restored, (0, "one"))
    assert found.scenario.steps == (put(2), SCAN)
    assert found.puts == 1


# --- what is lost is one finding ----------------------------------------------------------------------------

BACKUP: JSONObject = {"BackupArn": {FROM: "backup.BackupDetails.BackupArn"}}
RESTORED: JSONObject = {"TableName": "Restored"}
OF_BACKUPS = (
    put(1),
    Step("CreateBackup", {"TableName": "Music", "BackupName": "nightly"}, label="backup"),
    Step("DescribeBackup", BACKUP),
    Step("RestoreTableFromBackup", BACKUP | {"TargetTableName": "Restored"}),
    Step("DescribeTable", RESTORED),
    Step("Scan", RESTORED),
    Step("DeleteBackup", BACKUP),
)
MUSIC: JSONObject = {"TableName": "Music"}
SCALED: JSONObject = {"ProvisionedWriteCapacityAutoScalingUpdate": {"MinimumUnits": 1, "MaximumUnits": 5}}


def replica(action: str, region: str = "eu-west-1") -> Step:
    return Step("UpdateTable", MUSIC | {"ReplicaUpdates": [{action: {"RegionName": region}}]})


OF_REPLICAS = (
    replica("Create"),
    Step("DescribeTable", MUSIC),
    Step("UpdateTableReplicaAutoScaling", MUSIC | SCALED),
    Step("DescribeTableReplicaAutoScaling", MUSIC),
    replica("Delete"),
)


class Losing(ReferenceTarget):
    """Makes backups and replicas and does not keep them."""

    def send(self, request: WireRequest) -> Reply:
        reply = super().send(request)
        operation = request.headers["x-amz-target"].partition(".")[2]
        if reply.outcome is Outcome.ACCEPTED and operation == "CreateBackup":
            arn = reply.body["BackupDetails"]["BackupArn"]
            super().send(WireRequest.of(Step("DeleteBackup", {"BackupArn": arn})))
        elif reply.outcome is Outcome.ACCEPTED and b'"Create"' in request.body:
            super().send(WireRequest.of(replica("Delete")))
        return reply


def found_of_losing(steps: tuple[Step, ...]) -> list[Finding]:
    scenario = Scenario("s", "f", (TABLE,), steps)
    with ReferenceTarget() as reference, Losing(name="losing") as losing:
        exchanges = list(replay(scenario, [reference, losing]))
    seen = compared(scenario, exchanges, "reference", frozenset(Layer))
    return [finding for step in seen for finding in step.findings]


@pytest.mark.parametrize(
    ("steps", "operation"),
    [
        (OF_BACKUPS, "DescribeBackup"),
        ((*OF_BACKUPS[:2], *OF_BACKUPS[3:]), "RestoreTableFromBackup"),
        ((*OF_BACKUPS[:2], *reversed(OF_BACKUPS[2:])), "DeleteBackup"),
    ],
)
def test_a_lost_backup_is_found_once(steps: tuple[Step, ...], operation: str) -> None:
    found = found_of_losing(steps)
    assert [one.exchange.step.operation for one in found] == [operation]


@pytest.mark.parametrize(
    ("steps", "operation"),
    [
        (OF_REPLICAS, "DescribeTable"),
        ((*OF_REPLICAS[:1], *OF_REPLICAS[3:]), "DescribeTableReplicaAutoScaling"),
        ((OF_REPLICAS[0], OF_REPLICAS[-1]), "UpdateTable"),
    ],
)
def test_a_lost_replica_is_found_once(steps: tuple[Step, ...], operation: str) -> None:
    found = found_of_losing(steps)
    assert len({one.exchange.index for one in found}) == 1
    assert found[0].exchange.step.operation == operation


@pytest.mark.parametrize("steps", [OF_BACKUPS, OF_REPLICAS])
def test_without_that_it_would_be_found_again_and_again(
    steps: tuple[Step, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lockstep, "CONSEQUENCES", {})
    monkeypatch.setattr(lockstep, "leads_astray", lambda *_: False)
    found = found_of_losing(steps)
    assert len({one.exchange.index for one in found}) >= 3
