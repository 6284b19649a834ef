"""UpdateTable: indexes that come and go, billing, streams and the rest; and what each state refuses."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused, key_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server import ReferenceServer
from reference_server.clock import ManualClock

ALL = {"ProjectionType": "ALL"}
G = [{"AttributeName": "g", "AttributeType": "S"}]


def index(name: str = "ByG", *keys: str, **more: Any) -> dict[str, Any]:
    return {"IndexName": name, "KeySchema": key_schema(*(keys or ("g",))), "Projection": ALL, **more}


class Tables(Caller):
    """A server with a manual clock and a table `Music` on demand, or with these provisioned units."""

    def __init__(self, units: tuple[int, int] | None = None, **options: Any) -> None:
        self.clock = ManualClock(1_790_000_000.0)
        self.server = ReferenceServer(clock=self.clock, **options)
        billing: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}
        if units is not None:
            billing = {"ProvisionedThroughput": throughput(*units)}
        self.call(
            "CreateTable",
            TableName="Music",
            KeySchema=key_schema("pk"),
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            **billing,
        )
        self.settle()

    def settle(self, seconds: float = 10.0) -> None:
        self.clock.advance(seconds)

    def update(self, **request: Any) -> dict[str, Any]:
        description: dict[str, Any] = self.call("UpdateTable", TableName="Music", **request)["TableDescription"]
        return description

    def change_index(self, definitions: list[dict[str, str]] | None = None, **action: Any) -> dict[str, Any]:
        more = {} if definitions is None else {"AttributeDefinitions": definitions}
        return self.update(GlobalSecondaryIndexUpdates=[action], **more)

    def table(self) -> dict[str, Any]:
        table: dict[str, Any] = self.call("DescribeTable", TableName="Music")["Table"]
        return table

    def put(self, key: str, **attributes: Any) -> None:
        self.call("PutItem", TableName="Music", Item={"pk": {"S": key}, **attributes})

    def indexed(self) -> list[str]:
        return sorted(item["pk"]["S"] for item in self.call("Scan", TableName="Music", IndexName="ByG")["Items"])


def throughput(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def test_an_index_comes_with_what_is_there() -> None:
    tables = Tables()
    tables.put("a", g={"S": "x"})
    tables.put("wrong type", g={"N": "1"})
    tables.put("empty", g={"S": ""})
    tables.put("too long", g={"S": "x" * 2049})
    tables.put("absent")
    described = tables.change_index(G, Create=index())
    assert described["TableStatus"] == "UPDATING"
    assert (
        described["GlobalSecondaryIndexes"][0]["IndexStatus"],
        described["GlobalSecondaryIndexes"][0]["Backfilling"],
    ) == (
        "CREATING",
        False,
    )
    assert {"AttributeName": "g", "AttributeType": "S"} in described["AttributeDefinitions"]
    tables.settle()
    (there,) = tables.table()["GlobalSecondaryIndexes"]
    assert there["IndexStatus"] == "ACTIVE"
    assert "Backfilling" not in there
    assert tables.indexed() == ["a"]
    for key in ("wrong type", "empty", "too long"):  # they can go, and be changed
        tables.call("DeleteItem", TableName="Music", Key={"pk": {"S": key}})
    assert tables.indexed() == ["a"]
    with pytest.raises(Refused, match="ValidationException"):
        tables.put("b", g={"N": "1"})


def test_an_index_takes_its_time() -> None:
    tables = Tables(transition_seconds=10.0)
    tables.settle()
    tables.put("a", g={"S": "x"})
    tables.change_index(G, Create=index())
    for refused, complaint in (
        (lambda: tables.change_index(Delete={"IndexName": "ByG"}), "ResourceInUseException"),
        (lambda: tables.call("DeleteTable", TableName="Music"), "Table is being updated: Music"),
        (lambda: tables.call("Scan", TableName="Music", IndexName="ByG"), "Cannot read from backfilling"),
    ):
        with pytest.raises(Refused, match=complaint):
            refused()
    tables.put("b", g={"S": "x"})
    tables.settle()
    assert tables.table()["TableStatus"] == "ACTIVE"
    (there,) = tables.table()["GlobalSecondaryIndexes"]
    assert (there["IndexStatus"], there["Backfilling"]) == ("CREATING", True)
    with pytest.raises(Refused, match="Only 1 online index can be created or deleted simultaneously per table"):
        tables.change_index(G, Create=index("Other"))
    with pytest.raises(Refused, match="Cannot delete table while indexes are being created, updated, or deleted"):
        tables.call("DeleteTable", TableName="Music")
    tables.put("c", g={"S": "x"})
    tables.settle()
    assert tables.indexed() == ["a", "b", "c"]
    tables.change_index(Delete={"IndexName": "ByG"})
    assert tables.table()["GlobalSecondaryIndexes"][0]["IndexStatus"] == "DELETING"
    with pytest.raises(Refused, match="does not have the specified index"):
        tables.indexed()
    tables.settle()
    assert "GlobalSecondaryIndexes" not in tables.table()
    assert tables.table()["AttributeDefinitions"] == [{"AttributeName": "pk", "AttributeType": "S"}]


def test_an_index_may_be_deleted_while_it_is_filled() -> None:
    tables = Tables(transition_seconds=10.0)
    tables.settle()
    tables.change_index(G, Create=index())
    tables.settle()
    tables.change_index(Delete={"IndexName": "ByG"})
    tables.settle()
    tables.settle()
    assert "GlobalSecondaryIndexes" not in tables.table()


ITEMS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from([None, {"S": "x"}, {"S": "y"}, {"S": ""}, {"N": "1"}]),
        st.sampled_from([None, {"N": "1"}, {"N": "2"}, {"S": "z"}]),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(ITEMS, st.integers(0, 12))
def test_an_index_made_later_is_the_same_index(items: list[tuple[str, Any, Any]], at: int) -> None:
    """As one that was there from the beginning, but for items that could not have been put then."""

    def put(tables: Tables, entry: tuple[str, Any, Any]) -> None:
        key, g, h = entry
        tables.put(key, **({"g": g} if g else {}), **({"h": h} if h else {}))

    definitions = [*G, {"AttributeName": "h", "AttributeType": "N"}]
    early, late = Tables(), Tables()
    early.change_index(definitions, Create=index("ByG", "g", "h"))
    for number, entry in enumerate(items):
        if number == at:
            late.change_index(definitions, Create=index("ByG", "g", "h"))
        if number < at:
            put(late, entry)
        try:
            put(early, entry)
        except Refused:
            # What is there of the key now differs: it is in no index of either.
            early.call("DeleteItem", TableName="Music", Key={"pk": {"S": entry[0]}})
        if number >= at:
            try:
                put(late, entry)
            except Refused:
                late.call("DeleteItem", TableName="Music", Key={"pk": {"S": entry[0]}})
    if at >= len(items):
        late.change_index(definitions, Create=index("ByG", "g", "h"))
    assert late.indexed() == early.indexed()


def test_billing() -> None:
    tables = Tables((5, 5))
    assert "BillingModeSummary" not in tables.table()
    assert tables.update(BillingMode="PAY_PER_REQUEST")["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    tables.settle()
    described = tables.table()
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert described["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    switched = described["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"]
    replied = tables.update(BillingMode="PROVISIONED", ProvisionedThroughput=throughput(7, 8))
    assert replied["ProvisionedThroughput"]["LastIncreaseDateTime"] == tables.clock()
    tables.settle()
    described = tables.table()
    assert described["BillingModeSummary"] == {
        "BillingMode": "PROVISIONED",
        "LastUpdateToPayPerRequestDateTime": switched,
    }
    assert described["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, **throughput(7, 8)}


def test_units_go_up_at_once_and_down_a_few_times_a_day() -> None:
    tables = Tables((50, 50))
    tables.update(ProvisionedThroughput=throughput(60, 60))
    assert tables.table()["ProvisionedThroughput"]["LastIncreaseDateTime"] == tables.clock()
    for units in (59, 58, 57, 56):
        tables.settle()
        tables.update(ProvisionedThroughput=throughput(units, 60))
    described = tables.table()["ProvisionedThroughput"]
    assert described["NumberOfDecreasesToday"] == 4
    with pytest.raises(Refused, match=r"LimitExceededException: .*Number of decreases today: 4"):
        tables.update(ProvisionedThroughput=throughput(55, 60))
    tables.settle(3600)
    tables.update(ProvisionedThroughput=throughput(55, 60))
    tables.settle(24 * 3600)
    assert tables.table()["ProvisionedThroughput"]["NumberOfDecreasesToday"] == 0


def test_on_demand_a_few_times_a_day() -> None:
    tables = Tables((5, 5))
    for _ in range(4):
        tables.update(BillingMode="PAY_PER_REQUEST")
        tables.settle()
        tables.update(BillingMode="PROVISIONED", ProvisionedThroughput=throughput(5, 5))
        tables.settle()
    with pytest.raises(Refused, match="LimitExceededException"):
        tables.update(BillingMode="PAY_PER_REQUEST")
    tables.settle(24 * 3600)
    tables.update(BillingMode="PAY_PER_REQUEST")


def test_a_stream_is_enabled_and_disabled() -> None:
    tables = Tables()
    view = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    first = tables.update(StreamSpecification=view)
    assert first["StreamSpecification"] == view
    tables.settle()
    with pytest.raises(Refused, match="ValidationException: Table already has an enabled stream: TableName: Music"):
        tables.update(StreamSpecification=view)
    tables.update(StreamSpecification={"StreamEnabled": False})
    tables.settle()
    described = tables.table()
    assert "StreamSpecification" not in described
    assert described["LatestStreamArn"] == first["LatestStreamArn"]
    with pytest.raises(Refused, match="Table has no stream to disable: TableName: Music"):
        tables.update(StreamSpecification={"StreamEnabled": False})
    again = tables.update(StreamSpecification=view)
    assert again["LatestStreamArn"] != first["LatestStreamArn"]


def test_settings() -> None:
    tables = Tables()
    assert tables.update(DeletionProtectionEnabled=True)["TableStatus"] == "ACTIVE"
    with pytest.raises(Refused, match="currently protected against deletion"):
        tables.call("DeleteTable", TableName="Music")
    assert tables.update(SSESpecification={"Enabled": True})["SSEDescription"]["Status"] == "UPDATING"
    assert tables.table()["SSEDescription"]["Status"] == "ENABLED"
    assert tables.table()["SSEDescription"]["SSEType"] == "KMS"
    tables.update(SSESpecification={"Enabled": False})
    assert "SSEDescription" not in tables.table()
    tables.update(TableClass="STANDARD_INFREQUENT_ACCESS")
    assert tables.table()["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    tables.update(OnDemandThroughput={"MaxReadRequestUnits": 10})
    assert tables.table()["OnDemandThroughput"] == {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": -1}
    tables.update(OnDemandThroughput={"MaxReadRequestUnits": -1})
    assert "OnDemandThroughput" not in tables.table()
    warm = {"ReadUnitsPerSecond": 13000, "WriteUnitsPerSecond": 4000}
    assert tables.update(WarmThroughput=warm)["WarmThroughput"] == warm | {"Status": "UPDATING"}
    assert tables.table()["WarmThroughput"] == warm | {"Status": "ACTIVE"}
    with pytest.raises(Refused, match="decreasing WarmThroughput is not supported"):
        tables.update(WarmThroughput={"ReadUnitsPerSecond": 12999})


def test_what_is_refused_changes_nothing() -> None:
    tables = Tables((5, 5))
    before = tables.table()
    with pytest.raises(Refused):
        tables.update(
            ProvisionedThroughput=throughput(6, 6), TableClass="STANDARD", StreamSpecification={"StreamEnabled": False}
        )
    assert tables.table() == before


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        ({}, "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled"),
        ({"AttributeDefinitions": G}, "At least one of"),
        ({"GlobalSecondaryIndexUpdates": []}, "At least one of"),
        ({"BillingMode": "PROVISIONED"}, "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"),
        ({"GlobalSecondaryIndexUpdates": [{}]}, "One of GlobalSecondaryIndexUpdate.Update"),
        (
            {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "ByG"}}, {"Delete": {"IndexName": "ByG"}}]},
            "Only one global secondary index update per index is allowed simultaneously. Index: ByG",
        ),
        ({"ProvisionedThroughput": throughput(5, 5)}, "The requested value equals the current value"),
        (
            {"BillingMode": "PAY_PER_REQUEST", "ProvisionedThroughput": throughput(5, 6)},
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified",
        ),
        ({"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "ByG"}}]}, "ResourceNotFoundException"),
        (
            {
                "GlobalSecondaryIndexUpdates": [
                    {"Update": {"IndexName": "ByG", "ProvisionedThroughput": throughput(1, 1)}}
                ]
            },
            "Action Blocked: IndexUpdate",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Create": index(ProvisionedThroughput=throughput(1, 1))}]},
            r"Some index key attributes are not defined in .*. Keys: \[g\], AttributeDefinitions: \[\]",
        ),
    ],
)
def test_refusals(request_: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Refused, match=complaint):
        Tables((5, 5)).update(**request_)
