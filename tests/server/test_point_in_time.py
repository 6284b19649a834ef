"""Point-in-time recovery: the journal of a table, for as long as it reaches back."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from calling import HEADERS, Refused, index
from hypothesis import given
from hypothesis import strategies as st
from test_backups import DAY, NOW, TABLE_ARN, Keeper


class Recoverer(Keeper):
    def enable(self, table: str = "Music", *, on: bool = True, **specification: Any) -> dict[str, Any]:
        reply = self.call(
            "UpdateContinuousBackups",
            TableName=table,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on, **specification},
        )
        description: dict[str, Any] = reply["ContinuousBackupsDescription"]
        return description

    def recovery(self, table: str = "Music") -> dict[str, Any]:
        reply = self.call("DescribeContinuousBackups", TableName=table)
        description: dict[str, Any] = reply["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        return description

    def recover(self, target: str = "Restored", at: float | None = None, **more: Any) -> dict[str, Any]:
        time = {"UseLatestRestorableTime": True} if at is None else {"RestoreDateTime": at}
        reply = self.call("RestoreTableToPointInTime", SourceTableName="Music", TargetTableName=target, **time, **more)
        description: dict[str, Any] = reply["TableDescription"]
        return description

    def keys(self, table: str) -> list[str]:
        return [item["pk"]["S"] for item in self.items(table)]


def enabled() -> Recoverer:
    recoverer = Recoverer()
    recoverer.create_table("Music", "pk:S")
    recoverer.enable()
    return recoverer


def test_it_is_off_until_it_is_asked_for() -> None:
    recoverer = Recoverer()
    recoverer.create_table("Music", "pk:S")
    disabled = {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
    }
    assert recoverer.call("DescribeContinuousBackups", TableName="Music") == {"ContinuousBackupsDescription": disabled}
    assert recoverer.enable() == {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": 35,
            "EarliestRestorableDateTime": NOW,
            "LatestRestorableDateTime": NOW,
        },
    }
    assert recoverer.enable(on=False) == recoverer.enable(on=False) == disabled


def test_the_window_grows_to_the_recovery_period() -> None:
    recoverer = enabled()
    recoverer.clock.advance(3 * DAY + 0.5)
    recovery = recoverer.recovery()
    # Whole seconds.
    assert (recovery["EarliestRestorableDateTime"], recovery["LatestRestorableDateTime"]) == (NOW, NOW + 3 * DAY)
    recoverer.clock.advance(40 * DAY)
    recovery = recoverer.recovery()
    assert recovery["EarliestRestorableDateTime"] == NOW + 8 * DAY


def test_a_shorter_period_forgets_and_a_longer_one_does_not_bring_back() -> None:
    recoverer = enabled()
    recoverer.clock.advance(10 * DAY)
    recoverer.put()
    assert recoverer.enable(RecoveryPeriodInDays=2)["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 2
    assert recoverer.recovery()["EarliestRestorableDateTime"] == NOW + 8 * DAY
    # Nothing said is 35 days.
    recoverer.enable()
    assert recoverer.recovery()["RecoveryPeriodInDays"] == 35
    recoverer.clock.advance(DAY)
    assert recoverer.recovery()["EarliestRestorableDateTime"] == NOW + 8 * DAY


def test_disabling_forgets() -> None:
    recoverer = enabled()
    recoverer.put()
    recoverer.clock.advance(100)
    recoverer.enable(on=False)
    recoverer.enable()
    assert recoverer.recovery()["EarliestRestorableDateTime"] == NOW + 100
    with pytest.raises(Refused, match="InvalidRestoreTimeException"):
        recoverer.recover(at=NOW)
    recoverer.recover(at=NOW + 100)
    assert recoverer.keys("Restored") == ["a"]


def test_a_table_that_is_being_created() -> None:
    recoverer = Recoverer(transition_seconds=5.0)
    recoverer.create_table("Music", "pk:S")
    request = {"TableName": "Music", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    assert recoverer.refusal("UpdateContinuousBackups", **request) == "ContinuousBackupsUnavailableException"
    recoverer.clock.advance(5)
    recoverer.call("UpdateContinuousBackups", **request)
    recoverer.call("DeleteTable", TableName="Music")
    for operation in ("UpdateContinuousBackups", "DescribeContinuousBackups"):
        assert recoverer.refusal(operation, **request) == "TableNotFoundException"


def test_a_second_is_restored_as_it_was_at_its_end() -> None:
    recoverer = enabled()
    recoverer.clock.advance(10.4)
    recoverer.put(key="a")
    recoverer.clock.advance(0.5)  # in the same second
    recoverer.put(key="b")
    recoverer.clock.advance(0.1)  # at the beginning of the next one
    recoverer.put(key="c")
    recoverer.clock.advance(1)
    for position, (at, keys) in enumerate(
        [(NOW, []), (NOW + 9, []), (NOW + 10, ["a", "b"]), (NOW + 10.4, ["a", "b"]), (NOW + 11, ["a", "b", "c"])]
    ):
        description = recoverer.recover(f"Restored{position}", at)
        assert description["RestoreSummary"] == {
            "SourceTableArn": f"{TABLE_ARN}/Music",
            "RestoreDateTime": int(at),
            "RestoreInProgress": True,
        }
        assert recoverer.keys(f"Restored{position}") == keys


def test_the_latest_time_is_now() -> None:
    recoverer = enabled()
    recoverer.clock.advance(10)
    recoverer.put()
    recoverer.recover()
    assert recoverer.keys("Restored") == ["a"]


def test_times_outside_the_window() -> None:
    recoverer = enabled()
    recoverer.clock.advance(10)
    for at in (NOW - 1, NOW + 11, 0.0):
        request = {"SourceTableName": "Music", "TargetTableName": "Restored", "RestoreDateTime": at}
        assert recoverer.refusal("RestoreTableToPointInTime", **request) == "InvalidRestoreTimeException"


def test_writes_that_are_too_old_are_forgotten_and_the_items_are_not() -> None:
    recoverer = enabled()
    recoverer.enable(RecoveryPeriodInDays=1)
    recoverer.put(key="a")
    recoverer.clock.advance(DAY / 2)
    recoverer.put(key="b")
    recoverer.call("DeleteItem", TableName="Music", Key={"pk": {"S": "a"}})
    recoverer.clock.advance(DAY / 2 + 10)
    earliest = recoverer.recovery()["EarliestRestorableDateTime"]
    assert earliest == NOW + 10
    recoverer.recover("Early", earliest)
    assert recoverer.keys("Early") == ["a"]
    recoverer.clock.advance(DAY)
    recoverer.recover("Late", recoverer.recovery()["EarliestRestorableDateTime"])
    assert recoverer.keys("Late") == ["b"]


def test_settings_are_those_of_the_table_now() -> None:
    recoverer = Recoverer()
    recoverer.create_table("Music", "pk:S", types="g:S", GlobalSecondaryIndexes=[index("by-g", "g")])
    recoverer.enable()
    recoverer.put(g={"S": "x"})
    recoverer.clock.advance(10)
    recoverer.call("UpdateTable", TableName="Music", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-g"}}])
    recoverer.call(
        "UpdateTable",
        TableName="Music",
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4},
    )
    recoverer.recover(at=NOW)
    restored = recoverer.table("Restored")
    assert "GlobalSecondaryIndexes" not in restored
    assert restored["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    assert recoverer.keys("Restored") == ["a"]


def test_overrides() -> None:
    recoverer = Recoverer()
    recoverer.create_table("Music", "pk:S", types="g:S", GlobalSecondaryIndexes=[index("by-g", "g")])
    recoverer.enable()
    recoverer.recover(GlobalSecondaryIndexOverride=[], SSESpecificationOverride={"Enabled": True})
    restored = recoverer.table("Restored")
    assert "GlobalSecondaryIndexes" not in restored
    assert restored["SSEDescription"]["Status"] == "ENABLED"


def test_a_table_is_restored_into_another_region_by_its_arn() -> None:
    recoverer = enabled()
    recoverer.put()
    headers = HEADERS | {
        "authorization": HEADERS["authorization"].replace("us-east-1", "eu-west-1"),
        "x-amz-target": "DynamoDB_20120810.RestoreTableToPointInTime",
    }
    request = {"SourceTableArn": f"{TABLE_ARN}/Music", "TargetTableName": "Music", "UseLatestRestorableTime": True}
    response = recoverer.server.handle("POST", "/", headers, orjson.dumps(request))
    description = orjson.loads(response.body)["TableDescription"]
    assert description["TableArn"] == f"{TABLE_ARN}/Music".replace("us-east-1", "eu-west-1")
    assert description["RestoreSummary"]["SourceTableArn"] == f"{TABLE_ARN}/Music"
    headers["x-amz-target"] = "DynamoDB_20120810.Scan"
    response = recoverer.server.handle("POST", "/", headers, orjson.dumps({"TableName": "Music"}))
    assert orjson.loads(response.body)["Count"] == 1


# --- deleted tables ---------------------------------------------------------------------------------------


def test_a_deleted_table_leaves_a_system_backup_for_35_days() -> None:
    recoverer = Recoverer()
    recoverer.create_table("Music", "pk:S", StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    recoverer.enable(RecoveryPeriodInDays=1)
    recoverer.put()
    recoverer.clock.advance(10)
    recoverer.call("DeleteTable", TableName="Music")
    assert recoverer.listed() == []
    (summary,) = recoverer.call("ListBackups", BackupType="SYSTEM")["BackupSummaries"]
    assert recoverer.listed(BackupType="ALL", TableName="Music") == ["Music$DeletedTableBackup"]
    assert (summary["BackupType"], summary["BackupStatus"]) == ("SYSTEM", "AVAILABLE")
    assert summary["BackupExpiryDateTime"] - summary["BackupCreationDateTime"] == 35 * DAY
    # It is the table as it was just before, with what belonged to it.
    description = recoverer.call("DescribeBackup", BackupArn=summary["BackupArn"])["BackupDescription"]
    assert description["SourceTableFeatureDetails"]["StreamDescription"]["StreamViewType"] == "KEYS_ONLY"
    recoverer.restore(summary["BackupArn"], "Music")
    assert recoverer.keys("Music") == ["a"]
    recoverer.clock.advance(35 * DAY - 11)
    assert recoverer.listed(BackupType="SYSTEM") == ["Music$DeletedTableBackup"]
    recoverer.clock.advance(11)
    assert recoverer.listed(BackupType="SYSTEM") == []
    assert recoverer.refusal("DescribeBackup", BackupArn=summary["BackupArn"]) == "BackupNotFoundException"


def test_without_recovery_a_deleted_table_leaves_nothing() -> None:
    recoverer = Recoverer()
    recoverer.create_table("Music", "pk:S")
    recoverer.call("DeleteTable", TableName="Music")
    assert recoverer.listed(BackupType="ALL") == []


def test_a_table_of_the_same_name_is_another() -> None:
    recoverer = enabled()
    recoverer.call("DeleteTable", TableName="Music")
    recoverer.create_table("Music", "pk:S")
    assert recoverer.recovery() == {"PointInTimeRecoveryStatus": "DISABLED"}
    request = {"SourceTableName": "Music", "TargetTableName": "New", "UseLatestRestorableTime": True}
    assert recoverer.refusal("RestoreTableToPointInTime", **request) == "PointInTimeRecoveryUnavailableException"


def test_expired_items_are_gone_from_the_time_when_they_expired() -> None:
    recoverer = enabled()
    recoverer.call(
        "UpdateTimeToLive", TableName="Music", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    recoverer.put(expires={"N": str(int(NOW) + 5)})
    for _ in range(10):
        recoverer.clock.advance(1)
        recoverer.call("ListTables")
    recoverer.recover("Before", NOW + 4)
    recoverer.recover("After", NOW + 7)
    assert (recoverer.keys("Before"), recoverer.keys("After")) == (["a"], [])


# --- the law ----------------------------------------------------------------------------------------------

HISTORY = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abcd"), st.integers(0, 9)),
        st.tuples(st.just("delete"), st.sampled_from("abcd"), st.just(0)),
        st.tuples(st.just("wait"), st.just(""), st.sampled_from([0, 1, 2, 3600, 43200])),
    ),
    max_size=30,
)


@given(HISTORY, st.sampled_from([1, 35]))
def test_a_restore_equals_the_table_at_every_second(history: list[tuple[str, str, int]], days: int) -> None:
    recoverer = enabled()
    recoverer.enable(RecoveryPeriodInDays=days)
    states: dict[float, list[dict[str, Any]]] = {NOW: []}
    for kind, key, number in history:
        if kind == "put":
            recoverer.put(key=key, n={"N": str(number)})
        elif kind == "delete":
            recoverer.call("DeleteItem", TableName="Music", Key={"pk": {"S": key}})
        else:
            recoverer.clock.advance(number)
        states[recoverer.clock()] = recoverer.items("Music")
    earliest = recoverer.recovery()["EarliestRestorableDateTime"]
    # Between two of these seconds it was as in the first.
    states |= {second + 1: items for second, items in states.items() if recoverer.clock() > second + 1 not in states}
    for position, (second, items) in enumerate(states.items()):
        if second >= earliest:
            recoverer.recover(f"Restored{position}", second)
            assert recoverer.items(f"Restored{position}") == items
        else:
            with pytest.raises(Refused, match="InvalidRestoreTimeException"):
                recoverer.recover(f"Restored{position}", second)
