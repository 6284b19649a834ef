"""How many tables there may be, how often something may change, and what a table tells of its changes."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused, key_schema

from reference_server import ReferenceServer, limits
from reference_server.clock import ManualClock

DAY = 24 * 3600
PK = [{"AttributeName": "pk", "AttributeType": "S"}]
G = {"AttributeName": "g", "AttributeType": "S"}


class Tables(Caller):
    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock(1_790_000_000.0)
        self.server = ReferenceServer(clock=self.clock, **options)

    def create(self, name: str = "Music", **more: Any) -> None:
        billing = {} if "ProvisionedThroughput" in more else {"BillingMode": "PAY_PER_REQUEST"}
        self.call(
            "CreateTable",
            **{"TableName": name, "KeySchema": key_schema("pk"), "AttributeDefinitions": PK, **billing, **more},
        )

    def update(self, **request: Any) -> dict[str, Any]:
        self.clock.advance(1)
        description: dict[str, Any] = self.call("UpdateTable", TableName="Music", **request)["TableDescription"]
        return description

    def table(self) -> dict[str, Any]:
        table: dict[str, Any] = self.call("DescribeTable", TableName="Music")["Table"]
        return table

    def index(self) -> dict[str, Any]:
        (index,) = self.table()["GlobalSecondaryIndexes"]
        assert isinstance(index, dict)
        return index


def units(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def test_so_many_tables_are_in_a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TABLES", 3)
    tables = Tables()
    for number in range(3):
        tables.create(f"Table{number}")
    with pytest.raises(Refused, match="LimitExceededException"):
        tables.create("Another")
    tables.call("DeleteTable", TableName="Table0")
    tables.create("Another")


def test_so_many_tables_change_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TABLES_UNDER_WAY", 2)
    tables = Tables(transition_seconds=10.0)
    tables.create("Music")
    tables.clock.advance(10)
    tables.create("Table1")
    tables.create("Table2")
    with pytest.raises(Refused, match="LimitExceededException"):
        tables.create("Table3")
    with pytest.raises(Refused, match="LimitExceededException"):
        tables.call("UpdateTable", TableName="Music", TableClass="STANDARD")
    with pytest.raises(Refused, match="LimitExceededException"):
        tables.call("DeleteTable", TableName="Music")
    tables.clock.advance(10)
    tables.create("Table3")


def test_the_class_changes_twice_in_thirty_days() -> None:
    tables = Tables()
    tables.create()
    assert "TableClassSummary" not in tables.table()
    tables.update(TableClass="STANDARD_INFREQUENT_ACCESS")
    assert tables.table()["TableClassSummary"] == {
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "LastUpdateDateTime": tables.clock(),
    }
    tables.update(TableClass="STANDARD_INFREQUENT_ACCESS")  # no change
    tables.update(TableClass="STANDARD")
    with pytest.raises(Refused, match="LimitExceededException"):
        tables.update(TableClass="STANDARD_INFREQUENT_ACCESS")
    tables.clock.advance(30 * DAY)
    tables.update(TableClass="STANDARD_INFREQUENT_ACCESS")


def test_a_creation_on_demand_is_no_switch() -> None:
    tables = Tables()
    tables.create()
    for _ in range(4):
        tables.update(BillingMode="PROVISIONED", ProvisionedThroughput=units(5, 5))
        tables.update(BillingMode="PAY_PER_REQUEST")
    tables.update(BillingMode="PROVISIONED", ProvisionedThroughput=units(5, 5))
    with pytest.raises(Refused, match="LimitExceededException"):
        tables.update(BillingMode="PAY_PER_REQUEST")


def test_decreases_of_an_index_are_counted_by_themselves() -> None:
    tables = Tables()
    tables.create(
        ProvisionedThroughput=units(9, 9),
        AttributeDefinitions=[*PK, G],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "ByG",
                "KeySchema": key_schema("g"),
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": units(9, 9),
            }
        ],
    )

    def change(read: int) -> None:
        action = {"IndexName": "ByG", "ProvisionedThroughput": units(read, 9)}
        tables.update(GlobalSecondaryIndexUpdates=[{"Update": action}])

    for read in (8, 7, 6, 5):
        change(read)
    assert tables.index()["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 4,
        "LastDecreaseDateTime": tables.clock(),
        **units(5, 9),
    }
    assert tables.table()["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **units(9, 9)}
    with pytest.raises(Refused, match="Number of decreases today: 4"):
        change(4)
    change(9)
    with pytest.raises(Refused, match="The provisioned throughput for the index ByG will not change"):
        change(9)
    assert tables.index()["ProvisionedThroughput"]["LastIncreaseDateTime"] == tables.clock() - 1
    tables.update(ProvisionedThroughput=units(8, 9))


def test_what_becomes_provisioned_has_no_limits_on_demand() -> None:
    tables = Tables()
    tables.create(OnDemandThroughput={"MaxReadRequestUnits": 5})
    assert tables.table()["OnDemandThroughput"] == {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": -1}
    tables.update(BillingMode="PROVISIONED", ProvisionedThroughput=units(5, 5))
    assert "OnDemandThroughput" not in tables.table()


def test_a_conflicting_definition_leaves_the_stored_one() -> None:
    tables = Tables()
    tables.create()
    create = {"IndexName": "ByG", "KeySchema": key_schema("g"), "Projection": {"ProjectionType": "ALL"}}
    described = tables.update(
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "N"}, G],
        GlobalSecondaryIndexUpdates=[{"Create": create}],
    )
    assert described["AttributeDefinitions"] == [*PK, G]


def test_encryption_is_by_kms() -> None:
    tables = Tables()
    with pytest.raises(Refused, match="ValidationException"):
        tables.create(SSESpecification={"Enabled": True, "SSEType": "AES256"})
    tables.create(SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "1234"})
    description = {
        "Status": "ENABLED",
        "SSEType": "KMS",
        "KMSMasterKeyArn": "arn:aws:kms:us-east-1:000000000000:key/1234",
    }
    assert tables.table()["SSEDescription"] == description
    tables.update(TableClass="STANDARD_INFREQUENT_ACCESS")  # left alone by other changes
    assert tables.table()["SSEDescription"] == description
    assert tables.update(SSESpecification={"Enabled": False})["SSEDescription"] == description | {"Status": "UPDATING"}
    assert "SSEDescription" not in tables.table()


def wide(**more: Any) -> dict[str, Any]:
    return {"IndexName": "ByG", "KeySchema": key_schema("g"), "Projection": {"ProjectionType": "ALL"}, **more}


def test_an_index_has_limits_and_warm_units_of_its_own() -> None:
    tables = Tables()
    limit, warm = {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6}, {"ReadUnitsPerSecond": 13_000}
    index = wide(OnDemandThroughput=limit, WarmThroughput=warm)
    tables.create(AttributeDefinitions=[*PK, G], GlobalSecondaryIndexes=[index])
    described = tables.index()
    assert described["OnDemandThroughput"] == limit
    assert described["WarmThroughput"] == warm | {"WriteUnitsPerSecond": 4_000, "Status": "ACTIVE"}
    assert "OnDemandThroughput" not in tables.table()
    action = {"IndexName": "ByG", "OnDemandThroughput": {"MaxReadRequestUnits": -1}}
    tables.update(GlobalSecondaryIndexUpdates=[{"Update": action}])
    assert tables.index()["OnDemandThroughput"] == {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": 6}


@pytest.mark.parametrize("later", [False, True])
def test_warm_units_of_an_index_begin_at_its_own_units(later: bool) -> None:
    index = wide(ProvisionedThroughput=units(1, 1), WarmThroughput={"ReadUnitsPerSecond": 2, "WriteUnitsPerSecond": 2})
    tables = Tables()
    if later:
        tables.create(ProvisionedThroughput=units(9, 9))
        tables.update(AttributeDefinitions=[G], GlobalSecondaryIndexUpdates=[{"Create": index}])
    else:
        tables.create(ProvisionedThroughput=units(9, 9), AttributeDefinitions=[*PK, G], GlobalSecondaryIndexes=[index])
    assert tables.index()["WarmThroughput"] == {
        "ReadUnitsPerSecond": 2,
        "WriteUnitsPerSecond": 2,
        "Status": "ACTIVE",
    }
    action = {"IndexName": "ByG", "ProvisionedThroughput": units(5, 1)}
    tables.update(GlobalSecondaryIndexUpdates=[{"Update": action}])
    assert tables.index()["WarmThroughput"]["ReadUnitsPerSecond"] == 5, "never less than what is provisioned"
    assert tables.index()["WarmThroughput"]["WriteUnitsPerSecond"] == 2
