"""On-demand backups: what is kept, how it is told, and tables restored from it."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused, index
from hypothesis import given
from hypothesis import strategies as st

from reference_server import ReferenceServer
from reference_server.clock import ManualClock

NOW = 1_790_000_000.0
DAY = 24 * 3600.0
TABLE_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table"


class Keeper(Caller):
    """A server with a manual clock, and what tests of backups ask of it."""

    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock(NOW)
        self.server = ReferenceServer(clock=self.clock, **options)

    def put(self, table: str = "Music", key: str = "a", **attributes: Any) -> None:
        self.call("PutItem", TableName=table, Item={"pk": {"S": key}, **attributes})

    def items(self, table: str, **request: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.call("Scan", TableName=table, **request)["Items"]
        return sorted(items, key=str)

    def table(self, name: str) -> dict[str, Any]:
        table: dict[str, Any] = self.call("DescribeTable", TableName=name)["Table"]
        return table

    def back_up(self, table: str = "Music", name: str = "nightly") -> str:
        return str(self.call("CreateBackup", TableName=table, BackupName=name)["BackupDetails"]["BackupArn"])

    def listed(self, **request: Any) -> list[str]:
        return [one["BackupName"] for one in self.call("ListBackups", **request)["BackupSummaries"]]

    def restore(self, backup: str, target: str = "Restored", **overrides: Any) -> dict[str, Any]:
        reply = self.call("RestoreTableFromBackup", BackupArn=backup, TargetTableName=target, **overrides)
        description: dict[str, Any] = reply["TableDescription"]
        return description

    def refusal(self, operation: str, **request: Any) -> str:
        with pytest.raises(Refused) as refused:
            self.call(operation, **request)
        return refused.value.type_name


def test_a_limit_that_is_none_is_minus_one() -> None:
    keeper = Keeper()
    keeper.create_table("Music", "pk:S", OnDemandThroughput={"MaxReadRequestUnits": 5})
    described = keeper.call("DescribeBackup", BackupArn=keeper.back_up())["BackupDescription"]["SourceTableDetails"]
    assert described["OnDemandThroughput"] == {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": -1}


def test_what_a_backup_says() -> None:
    keeper = Keeper()
    keeper.create_table("Music", "pk:S")
    keeper.put(n={"N": "1"})
    details = keeper.call("CreateBackup", TableName="Music", BackupName="nightly")["BackupDetails"]
    arn = details["BackupArn"]
    assert details == {
        "BackupArn": arn,
        "BackupName": "nightly",
        "BackupSizeBytes": 6,
        "BackupStatus": "CREATING",
        "BackupType": "USER",
        "BackupCreationDateTime": NOW,
    }
    # 14 digits of milliseconds, and 8 hexadecimal ones.
    assert arn.startswith(f"{TABLE_ARN}/Music/backup/01790000000000-")
    assert len(arn.rpartition("-")[2]) == 8
    keeper.clock.advance(60)
    keeper.put(key="b")
    assert keeper.call("DescribeBackup", BackupArn=arn)["BackupDescription"] == {
        "BackupDetails": details | {"BackupStatus": "AVAILABLE"},
        "SourceTableDetails": {
            "TableName": "Music",
            "TableId": keeper.table("Music")["TableId"],
            "TableArn": f"{TABLE_ARN}/Music",
            "TableSizeBytes": 6,
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "TableCreationDateTime": NOW,
            "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
            "ItemCount": 1,
            "BillingMode": "PAY_PER_REQUEST",
        },
        "SourceTableFeatureDetails": {},
    }


def test_what_a_backup_says_of_features() -> None:
    keeper = Keeper()
    keeper.call(
        "CreateTable",
        TableName="Music",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "g")],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
        GlobalSecondaryIndexes=[
            index("by-g", "g", projection="INCLUDE", include=["x"])
            | {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}}
        ],
        LocalSecondaryIndexes=[index("by-pk", "pk", "g", projection="KEYS_ONLY")],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "alias/music"},
    )
    keeper.call(
        "UpdateTimeToLive",
        TableName="Music",
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"},
    )
    description = keeper.call("DescribeBackup", BackupArn=keeper.back_up())["BackupDescription"]
    assert description["SourceTableDetails"]["ProvisionedThroughput"] == {
        "ReadCapacityUnits": 5,
        "WriteCapacityUnits": 6,
    }
    assert description["SourceTableDetails"]["BillingMode"] == "PROVISIONED"
    assert description["SourceTableFeatureDetails"] == {
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "by-g",
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2},
            }
        ],
        "LocalSecondaryIndexes": [
            {
                "IndexName": "by-pk",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "g", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        "StreamDescription": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"},
        "SSEDescription": {
            "Status": "ENABLED",
            "SSEType": "KMS",
            "KMSMasterKeyArn": "arn:aws:kms:us-east-1:000000000000:alias/music",
        },
    }


def test_a_backup_outlives_its_table_and_ends_when_it_is_deleted() -> None:
    keeper = Keeper()
    keeper.create_table("Music", "pk:S")
    arn = keeper.back_up()
    keeper.call("DeleteTable", TableName="Music")
    assert keeper.listed(TableName="Music") == ["nightly"]
    described = keeper.call("DescribeBackup", BackupArn=arn)["BackupDescription"]
    deleted = keeper.call("DeleteBackup", BackupArn=arn)["BackupDescription"]
    assert deleted["BackupDetails"]["BackupStatus"] == "DELETED"
    deleted["BackupDetails"]["BackupStatus"] = "AVAILABLE"
    assert deleted == described
    assert keeper.listed() == []
    for operation in ("DescribeBackup", "DeleteBackup"):
        assert keeper.refusal(operation, BackupArn=arn) == "BackupNotFoundException"


def test_lists_by_table_time_and_type() -> None:
    keeper = Keeper()
    keeper.create_table("Music", "pk:S")
    keeper.create_table("Books", "pk:S")
    for name, table in (("one", "Music"), ("two", "Books"), ("three", "Music")):
        keeper.back_up(table, name)
        keeper.clock.advance(10)
    assert keeper.listed() == ["one", "two", "three"]
    assert keeper.listed(TableName="Music") == keeper.listed(TableName=f"{TABLE_ARN}/Music") == ["one", "three"]
    assert keeper.listed(TableName="Missing") == []
    # The lower bound is in, the upper one is out.
    assert keeper.listed(TimeRangeLowerBound=NOW + 10, TimeRangeUpperBound=NOW + 20) == ["two"]
    assert keeper.listed(BackupType="USER") == keeper.listed(BackupType="ALL") == ["one", "two", "three"]
    assert keeper.listed(BackupType="SYSTEM") == keeper.listed(BackupType="AWS_BACKUP") == []


def test_pages_go_on_behind_a_backup_that_was_deleted() -> None:
    keeper = Keeper()
    keeper.create_table("Music", "pk:S")
    for name in ("one", "two", "three"):
        keeper.back_up(name=name)
        keeper.clock.advance(1)
    page = keeper.call("ListBackups", Limit=2)
    assert [one["BackupName"] for one in page["BackupSummaries"]] == ["one", "two"]
    last = page["LastEvaluatedBackupArn"]
    keeper.call("DeleteBackup", BackupArn=last)
    rest = keeper.call("ListBackups", Limit=2, ExclusiveStartBackupArn=last)
    assert [one["BackupName"] for one in rest["BackupSummaries"]] == ["three"]
    assert "LastEvaluatedBackupArn" not in rest


def test_backups_belong_to_a_region() -> None:
    keeper = Keeper()
    keeper.create_table("Music", "pk:S")
    arn = keeper.back_up()
    elsewhere = arn.replace("us-east-1", "eu-west-1")
    assert keeper.refusal("DescribeBackup", BackupArn=elsewhere) == "BackupNotFoundException"


# --- restoring --------------------------------------------------------------------------------------------


def test_a_restored_table() -> None:
    keeper = Keeper(transition_seconds=5.0)
    keeper.create_table("Music", "pk:S", types="g:S", GlobalSecondaryIndexes=[index("by-g", "g")])
    keeper.clock.advance(5)
    keeper.put(g={"S": "x"})
    arn = keeper.back_up()
    keeper.clock.advance(5)
    keeper.put(g={"S": "y"})
    keeper.put(key="b")
    description = keeper.restore(arn)
    summary = {
        "SourceBackupArn": arn,
        "SourceTableArn": f"{TABLE_ARN}/Music",
        "RestoreDateTime": NOW + 5,
        "RestoreInProgress": True,
    }
    assert description["RestoreSummary"] == summary
    assert (description["TableStatus"], description["ItemCount"], description["TableSizeBytes"]) == ("CREATING", 0, 0)
    assert description["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    assert keeper.refusal("GetItem", TableName="Restored", Key={"pk": {"S": "a"}}) == "ResourceNotFoundException"
    assert keeper.refusal("DeleteBackup", BackupArn=arn) == "BackupInUseException"
    keeper.clock.advance(5)
    restored = keeper.table("Restored")
    assert restored["RestoreSummary"] == summary | {"RestoreInProgress": False}
    assert (restored["TableStatus"], restored["ItemCount"]) == ("ACTIVE", 1)
    assert restored["TableId"] != keeper.table("Music")["TableId"]
    old = [{"pk": {"S": "a"}, "g": {"S": "x"}}]
    assert keeper.items("Restored") == keeper.items("Restored", IndexName="by-g") == old
    # What is written to one is not seen in the other.
    keeper.put("Restored", "c")
    assert [item["pk"]["S"] for item in keeper.items("Music")] == ["a", "b"]
    keeper.call("DeleteBackup", BackupArn=arn)


def test_states_of_a_backup() -> None:
    keeper = Keeper(transition_seconds=5.0)
    keeper.create_table("Music", "pk:S")
    assert keeper.refusal("CreateBackup", TableName="Music", BackupName="nightly") == "TableInUseException"
    keeper.clock.advance(5)
    arn = keeper.back_up()
    described = keeper.call("DescribeBackup", BackupArn=arn)["BackupDescription"]
    assert described["BackupDetails"]["BackupStatus"] == "CREATING"
    assert keeper.refusal("CreateBackup", TableName="Music", BackupName="another") == "BackupInUseException"
    assert keeper.refusal("DeleteBackup", BackupArn=arn) == "BackupInUseException"
    assert keeper.refusal("RestoreTableFromBackup", BackupArn=arn, TargetTableName="New") == "BackupInUseException"
    keeper.clock.advance(5)
    assert keeper.call("ListBackups")["BackupSummaries"][0]["BackupStatus"] == "AVAILABLE"
    keeper.restore(arn)
    # The target is being created, then it is there, then it is being deleted.
    taken = {"BackupArn": arn, "TargetTableName": "Restored"}
    assert keeper.refusal("RestoreTableFromBackup", **taken) == "TableInUseException"
    keeper.clock.advance(5)
    assert keeper.refusal("RestoreTableFromBackup", **taken) == "TableAlreadyExistsException"
    keeper.call("DeleteTable", TableName="Restored")
    assert keeper.refusal("RestoreTableFromBackup", **taken) == "TableInUseException"
    keeper.call("DeleteTable", TableName="Music")
    assert keeper.refusal("CreateBackup", TableName="Music", BackupName="late") == "TableNotFoundException"


def test_fifty_restores_at_a_time() -> None:
    keeper = Keeper(transition_seconds=5.0)
    keeper.create_table("Music", "pk:S")
    keeper.clock.advance(5)
    arn = keeper.back_up()
    keeper.clock.advance(5)
    for number in range(50):
        keeper.restore(arn, f"Restored{number}")
    too_many = {"BackupArn": arn, "TargetTableName": "Restored50"}
    assert keeper.refusal("RestoreTableFromBackup", **too_many) == "LimitExceededException"
    keeper.clock.advance(5)
    keeper.restore(arn, "Restored50")


def test_what_is_not_restored() -> None:
    keeper = Keeper()
    keeper.create_table(
        "Music",
        "pk:S",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        DeletionProtectionEnabled=True,
    )
    keeper.call(
        "UpdateTimeToLive", TableName="Music", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    keeper.call(
        "UpdateContinuousBackups",
        TableName="Music",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    keeper.restore(keeper.back_up())
    restored = keeper.table("Restored")
    assert "StreamSpecification" not in restored
    assert "LatestStreamArn" not in restored
    assert restored["DeletionProtectionEnabled"] is False
    time_to_live = keeper.call("DescribeTimeToLive", TableName="Restored")["TimeToLiveDescription"]
    assert time_to_live == {"TimeToLiveStatus": "DISABLED"}
    backups = keeper.call("DescribeContinuousBackups", TableName="Restored")["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"] == {"PointInTimeRecoveryStatus": "DISABLED"}


PROVISIONED = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


def provisioned_keeper() -> tuple[Keeper, str]:
    keeper = Keeper()
    keeper.call(
        "CreateTable",
        TableName="Music",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "g", "h", "l")],
        ProvisionedThroughput=PROVISIONED,
        GlobalSecondaryIndexes=[index(f"by-{n}", n) | {"ProvisionedThroughput": PROVISIONED} for n in ("g", "h")],
        LocalSecondaryIndexes=[index("by-l", "pk", "l")],
    )
    item = {name: {"S": "x"} for name in ("pk", "sk", "g", "h", "l")}
    keeper.call("PutItem", TableName="Music", Item=item)
    return keeper, keeper.back_up()


def names(description: dict[str, Any], kind: str) -> list[str]:
    return [one["IndexName"] for one in description.get(f"{kind}SecondaryIndexes", [])]


def test_indexes_may_be_left_out() -> None:
    keeper, arn = provisioned_keeper()
    keeper.restore(arn, "All")
    keeper.restore(arn, "One", GlobalSecondaryIndexOverride=[index("by-h", "h")])
    keeper.restore(arn, "Bare", GlobalSecondaryIndexOverride=[], LocalSecondaryIndexOverride=[])
    everything, one, bare = (keeper.table(name) for name in ("All", "One", "Bare"))
    assert (names(everything, "Global"), names(everything, "Local")) == (["by-g", "by-h"], ["by-l"])
    assert (names(one, "Global"), names(one, "Local")) == (["by-h"], ["by-l"])
    assert (names(bare, "Global"), names(bare, "Local")) == ([], [])
    # What defines no key any more is gone, and so is its type.
    assert [one["AttributeName"] for one in bare["AttributeDefinitions"]] == ["pk", "sk"]
    keeper.call("PutItem", TableName="Bare", Item={"pk": {"S": "y"}, "sk": {"S": "y"}, "g": {"N": "1"}})
    assert len(keeper.items("All", IndexName="by-l")) == len(keeper.items("One", IndexName="by-h")) == 1
    assert one["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 5


@pytest.mark.parametrize(
    "override",
    [
        {"GlobalSecondaryIndexOverride": [index("by-x", "g")]},
        {"GlobalSecondaryIndexOverride": [index("by-g", "h")]},
        {"GlobalSecondaryIndexOverride": [index("by-g", "g", projection="KEYS_ONLY")]},
        {"GlobalSecondaryIndexOverride": [index("by-l", "pk", "l")]},
        {"LocalSecondaryIndexOverride": [index("by-l", "pk", "g")]},
        {"GlobalSecondaryIndexOverride": [index("by-g", "g"), index("by-g", "g")]},
        {
            "GlobalSecondaryIndexOverride": [
                index("by-g", "g") | {"WarmThroughput": {"ReadUnitsPerSecond": 1, "WriteUnitsPerSecond": 1}}
            ]
        },
        {"BillingModeOverride": "PAY_PER_REQUEST", "ProvisionedThroughputOverride": PROVISIONED},
        {
            "BillingModeOverride": "PAY_PER_REQUEST",
            "GlobalSecondaryIndexOverride": [index("by-g", "g") | {"ProvisionedThroughput": PROVISIONED}],
        },
        {"OnDemandThroughputOverride": {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 10}},
    ],
)
def test_overrides_that_do_not_fit(override: dict[str, Any]) -> None:
    keeper, arn = provisioned_keeper()
    request = {"BackupArn": arn, "TargetTableName": "Restored", **override}
    assert keeper.refusal("RestoreTableFromBackup", **request) == "ValidationException"
    # Nothing has happened.
    assert keeper.call("ListTables")["TableNames"] == ["Music"]
    keeper.call("DeleteBackup", BackupArn=arn)


def test_billing_may_change() -> None:
    keeper, arn = provisioned_keeper()
    kept = keeper.restore(arn, "Kept")
    assert kept["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert kept["BillingModeSummary"] == {"BillingMode": "PROVISIONED"}
    units = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 8}
    keeper.restore(
        arn,
        "More",
        ProvisionedThroughputOverride=units,
        GlobalSecondaryIndexOverride=[index("by-g", "g") | {"ProvisionedThroughput": units}],
    )
    more = keeper.table("More")
    for described in (more, more["GlobalSecondaryIndexes"][0]):
        assert described["ProvisionedThroughput"] == units | {"NumberOfDecreasesToday": 0}
    keeper.restore(
        arn,
        "OnDemand",
        BillingModeOverride="PAY_PER_REQUEST",
        OnDemandThroughputOverride={"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20},
    )
    on_demand = keeper.table("OnDemand")
    assert on_demand["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert on_demand["OnDemandThroughput"] == {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20}
    arn = keeper.back_up("OnDemand")
    units_missing = {"BackupArn": arn, "TargetTableName": "Back", "BillingModeOverride": "PROVISIONED"}
    assert keeper.refusal("RestoreTableFromBackup", **units_missing) == "ValidationException"
    # Its indexes had none to fall back upon either.
    assert (
        keeper.refusal("RestoreTableFromBackup", **units_missing, ProvisionedThroughputOverride=units)
        == "ValidationException"
    )
    keeper.restore(
        arn,
        "Back",
        BillingModeOverride="PROVISIONED",
        ProvisionedThroughputOverride=units,
        GlobalSecondaryIndexOverride=[],
    )
    assert keeper.table("Back")["ProvisionedThroughput"]["WriteCapacityUnits"] == 8


def test_encryption_may_change() -> None:
    keeper = Keeper()
    keeper.create_table("Music", "pk:S", SSESpecification={"Enabled": True, "KMSMasterKeyId": "alias/music"})
    arn = keeper.back_up()
    keeper.restore(arn, "Kept")
    keeper.restore(arn, "Bare", SSESpecificationOverride={"Enabled": False})
    keeper.restore(arn, "Other", SSESpecificationOverride={"Enabled": True, "KMSMasterKeyId": "alias/other"})
    assert keeper.table("Kept")["SSEDescription"]["KMSMasterKeyArn"].endswith("alias/music")
    assert "SSEDescription" not in keeper.table("Bare")
    assert keeper.table("Other")["SSEDescription"]["KMSMasterKeyArn"].endswith("alias/other")
    # Changing the one that was restored leaves the backup as it was.
    keeper.call("UpdateTable", TableName="Kept", SSESpecification={"Enabled": False})
    features = keeper.call("DescribeBackup", BackupArn=arn)["BackupDescription"]["SourceTableFeatureDetails"]
    assert features["SSEDescription"]["Status"] == "ENABLED"


# --- the law ----------------------------------------------------------------------------------------------

WRITES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from("abc"), st.integers(0, 3)),
        st.tuples(st.just("delete"), st.sampled_from("abc"), st.just(0)),
        st.tuples(st.just("back up"), st.just(""), st.just(0)),
    ),
    max_size=25,
)


@given(WRITES)
def test_a_restored_table_is_the_table_as_it_was(writes: list[tuple[str, str, int]]) -> None:
    keeper = Keeper()
    keeper.create_table("Music", "pk:S", types="g:N", GlobalSecondaryIndexes=[index("by-g", "g")])
    held: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = []
    for kind, key, number in writes:
        if kind == "put":
            keeper.put(key=key, g={"N": str(number)})
        elif kind == "delete":
            keeper.call("DeleteItem", TableName="Music", Key={"pk": {"S": key}})
        else:
            held.append((keeper.back_up(), keeper.items("Music"), keeper.table("Music")))
    for position, (arn, items, described) in enumerate(held):
        target = f"Restored{position}"
        keeper.restore(arn, target)
        assert keeper.items(target) == keeper.items(target, IndexName="by-g") == items
        restored = keeper.table(target)
        for name in ("KeySchema", "AttributeDefinitions", "ItemCount", "TableSizeBytes"):
            assert restored[name] == described[name]
        assert (
            restored["GlobalSecondaryIndexes"][0]["IndexSizeBytes"]
            == (described["GlobalSecondaryIndexes"][0]["IndexSizeBytes"])
        )
