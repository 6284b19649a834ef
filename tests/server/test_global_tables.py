"""Global tables of both versions: what is written in one region is everywhere, and the last writer wins."""

from __future__ import annotations

import json
from typing import Any

import pytest
from calling import HEADERS, Refused, index, key_schema
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server import ReferenceServer, limits
from reference_server.clock import ManualClock

HOME, AWAY, FAR = "us-east-1", "eu-west-1", "ap-south-1"
DAY = 24 * 3600
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


class World:
    """A server with a manual clock, and a table `Music` in `HOME`, on demand or with provisioned units."""

    def __init__(self, units: int | None = None, *, server: dict[str, Any] | None = None, **options: Any) -> None:
        self.clock = ManualClock(1_790_000_000.0)
        self.server = ReferenceServer(clock=self.clock, **(server or {}))
        billing: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}
        if units is not None:
            billing = {"ProvisionedThroughput": {"ReadCapacityUnits": units, "WriteCapacityUnits": units}}
        self.options = {
            "TableName": "Music",
            "KeySchema": key_schema("pk"),
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            **billing,
            **options,
        }
        self.call(HOME, "CreateTable", **self.options)
        self.settle()

    def call(self, region: str, operation: str, *, target: str = "DynamoDB_20120810", **request: Any) -> dict[str, Any]:
        headers = HEADERS | {
            "x-amz-target": f"{target}.{operation}",
            "authorization": HEADERS["authorization"].replace("us-east-1", region),
        }
        response = self.server.handle("POST", "/", headers, json.dumps(request).encode())
        assert response.status < 500, response.body
        body: dict[str, Any] = json.loads(response.body or b"{}")
        if response.status != 200:
            raise Refused(body)
        return body

    def settle(self, seconds: float = 10.0) -> None:
        self.clock.advance(seconds)

    def update(self, *replica_updates: dict[str, Any], region: str = HOME, **request: Any) -> dict[str, Any]:
        more: dict[str, Any] = {"ReplicaUpdates": list(replica_updates)} if replica_updates else {}
        reply: dict[str, Any] = self.call(region, "UpdateTable", TableName="Music", **more, **request)
        description: dict[str, Any] = reply["TableDescription"]
        return description

    def spread(self, *regions: str, **more: Any) -> None:
        for region in regions:
            self.update({"Create": {"RegionName": region, **more}})
            self.settle()

    def table(self, region: str = HOME) -> dict[str, Any]:
        table: dict[str, Any] = self.call(region, "DescribeTable", TableName="Music")["Table"]
        return table

    def replicas(self, region: str = HOME) -> dict[str, str]:
        return {one["RegionName"]: one["ReplicaStatus"] for one in self.table(region).get("Replicas", [])}

    def put(self, region: str, key: str, value: str = "", **more: Any) -> None:
        self.call(region, "PutItem", TableName="Music", Item={"pk": {"S": key}, "v": {"S": value}, **more})

    def delete(self, region: str, key: str) -> None:
        self.call(region, "DeleteItem", TableName="Music", Key={"pk": {"S": key}})

    def items(self, region: str, **more: Any) -> dict[str, str]:
        found = self.call(region, "Scan", TableName="Music", **more)["Items"]
        return {item["pk"]["S"]: item["v"]["S"] for item in found}

    def records(self, region: str) -> list[dict[str, Any]]:
        streams = {"target": "DynamoDBStreams_20120810"}
        arn = self.table(region)["LatestStreamArn"]
        (shard,) = self.call(region, "DescribeStream", StreamArn=arn, **streams)["StreamDescription"]["Shards"]
        iterator = self.call(
            region,
            "GetShardIterator",
            StreamArn=arn,
            ShardId=shard["ShardId"],
            ShardIteratorType="TRIM_HORIZON",
            **streams,
        )["ShardIterator"]
        records: list[dict[str, Any]] = self.call(region, "GetRecords", ShardIterator=iterator, **streams)["Records"]
        return records


# --- version 2019.11.21: replicas come and go ---------------------------------------------------------------


def test_a_replica_comes_with_all_items_and_indexes() -> None:
    world = World(
        server={"transition_seconds": 5.0},
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "g")],
        GlobalSecondaryIndexes=[index("ByG", "g")],
    )
    world.put(HOME, "a", "one", g={"S": "x"})
    description = world.update({"Create": {"RegionName": AWAY}})
    assert description["TableStatus"] == "UPDATING"
    assert [one["ReplicaStatus"] for one in description["Replicas"]] == ["CREATING"]
    assert world.table(AWAY)["TableStatus"] == "CREATING"
    world.put(HOME, "b", "two", g={"S": "x"})  # while the replica is being made
    world.settle()
    assert world.replicas() == {AWAY: "ACTIVE"}
    assert world.replicas(AWAY) == {HOME: "ACTIVE"}
    away = world.table(AWAY)
    assert away["TableArn"] == "arn:aws:dynamodb:eu-west-1:000000000000:table/Music"
    assert away["TableId"] != world.table()["TableId"]
    assert world.items(AWAY) == {"a": "one", "b": "two"}
    assert world.items(AWAY, IndexName="ByG") == {"a": "one", "b": "two"}


def test_streams_are_enabled_and_each_region_has_its_own() -> None:
    world = World()
    world.spread(AWAY)
    home, away = world.table(), world.table(AWAY)
    assert home["StreamSpecification"] == away["StreamSpecification"] == STREAM
    assert home["LatestStreamArn"].startswith("arn:aws:dynamodb:us-east-1:")
    assert away["LatestStreamArn"].startswith("arn:aws:dynamodb:eu-west-1:")
    world.put(AWAY, "a")
    world.delete(HOME, "a")
    for region in (HOME, AWAY):
        assert [record["eventName"] for record in world.records(region)] == ["INSERT", "REMOVE"]


def test_a_stream_of_another_view_keeps_a_table_from_being_replicated() -> None:
    world = World(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    with pytest.raises(Refused, match="ValidationException"):
        world.spread(AWAY)


def test_the_stream_of_a_replica_stays() -> None:
    world = World()
    world.spread(AWAY)
    with pytest.raises(Refused, match="ValidationException"):
        world.update(StreamSpecification={"StreamEnabled": False})


def test_writes_and_deletions_spread_from_everywhere() -> None:
    world = World()
    world.spread(AWAY, FAR)
    for region in (HOME, AWAY, FAR):
        world.put(region, region, "new")
    world.delete(FAR, HOME)
    for region in (HOME, AWAY, FAR):
        assert world.items(region) == {AWAY: "new", FAR: "new"}


def test_writes_take_their_time_and_the_last_writer_wins() -> None:
    world = World(server={"transition_seconds": 5.0})
    world.spread(AWAY)
    world.put(HOME, "a", "first")
    assert world.items(AWAY) == {}
    world.settle(1.0)
    world.put(AWAY, "a", "last")
    world.settle(4.5)  # the first has arrived where the last was written
    assert (world.items(HOME), world.items(AWAY)) == ({"a": "first"}, {"a": "last"})
    world.settle(4.5)
    assert world.items(HOME) == world.items(AWAY) == {"a": "last"}
    world.put(HOME, "a", "written")
    world.delete(AWAY, "a")
    world.settle()
    assert world.items(HOME) == world.items(AWAY) == {}


def test_a_replica_that_is_made_meanwhile_misses_nothing_and_does_not_go_back() -> None:
    world = World(server={"transition_seconds": 5.0})
    world.spread(AWAY)
    world.update({"Create": {"RegionName": FAR}})
    world.settle(4.0)
    world.put(HOME, "a", "first")
    world.put(AWAY, "b", "away")
    world.settle(0.5)
    world.put(HOME, "a", "second")
    world.settle(1.0)  # the replica is there, and both writes are on their way
    assert world.items(FAR) == {"a": "second"}
    world.settle(3.7)  # the first has arrived
    assert world.items(FAR) == {"a": "second", "b": "away"}
    world.settle()
    assert world.items(FAR) == world.items(HOME) == world.items(AWAY) == {"a": "second", "b": "away"}


def test_a_replica_is_deleted() -> None:
    world = World(server={"transition_seconds": 5.0})
    world.spread(AWAY, FAR)
    description = world.update({"Delete": {"RegionName": AWAY}})
    assert [one["ReplicaStatus"] for one in description["Replicas"]] == ["DELETING", "ACTIVE"]
    world.settle()
    assert world.replicas() == {FAR: "ACTIVE"}
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        world.table(AWAY)
    world.put(HOME, "a")
    world.settle()
    assert world.items(FAR) == {"a": ""}
    world.update({"Delete": {"RegionName": FAR}})
    world.settle()
    # A table in one region is no global table.
    assert {"GlobalTableVersion", "Replicas", "MultiRegionConsistency"} & world.table().keys() == set()
    world.put(HOME, "b")


def test_all_replicas_may_be_deleted_while_others_still_are_being() -> None:
    world = World(server={"transition_seconds": 10.0})
    world.spread(AWAY, FAR)
    world.settle(DAY)
    for region in (AWAY, FAR, HOME):
        world.call(region, "DeleteTable", TableName="Music")
        world.settle(1)
    world.settle()
    for region in (AWAY, FAR, HOME):
        assert world.call(region, "ListTables")["TableNames"] == []


def test_a_replica_may_be_deleted_as_a_table_but_not_the_source_of_another_for_a_day() -> None:
    world = World()
    world.spread(AWAY)
    with pytest.raises(Refused, match="acted as a source region"):
        world.call(HOME, "DeleteTable", TableName="Music")
    world.settle(DAY)
    world.call(HOME, "DeleteTable", TableName="Music")
    assert "Replicas" not in world.table(AWAY)
    world = World()
    world.spread(AWAY)
    world.put(AWAY, "a")
    world.call(AWAY, "DeleteTable", TableName="Music")
    assert world.items(HOME) == {"a": ""}  # nobody deletes items with it
    world.call(HOME, "DeleteTable", TableName="Music")


@pytest.mark.parametrize(
    ("update", "complaint"),
    [
        ({"ReplicaUpdates": [{}]}, "ValidationException"),
        ({"ReplicaUpdates": [{"Create": {"RegionName": FAR}, "Delete": {"RegionName": FAR}}]}, "ValidationException"),
        ({"ReplicaUpdates": [{"Create": {"RegionName": FAR}}] * 2}, "ValidationException"),
        ({"ReplicaUpdates": [{"Create": {"RegionName": "nowhere"}}]}, "ValidationException"),
        ({"ReplicaUpdates": [{"Create": {"RegionName": AWAY}}]}, "replicas already existed as tables"),
        ({"ReplicaUpdates": [{"Create": {"RegionName": HOME}}]}, "replicas already existed as tables"),
        ({"ReplicaUpdates": [{"Update": {"RegionName": FAR}}]}, "ValidationException"),
        ({"ReplicaUpdates": [{"Delete": {"RegionName": FAR}}]}, "ValidationException"),
        ({"MultiRegionConsistency": "STRONG"}, "ValidationException"),
        ({"GlobalTableWitnessUpdates": [{"Create": {"RegionName": FAR}}]}, "ValidationException"),
        ({"GlobalTableSettingsReplicationMode": "ENABLED"}, "ValidationException"),
        (
            {"ReplicaUpdates": [{"Create": {"RegionName": FAR, "GlobalSecondaryIndexes": [{"IndexName": "nope"}]}}]},
            "ValidationException",
        ),
        (
            {
                "ReplicaUpdates": [
                    {"Create": {"RegionName": FAR, "ProvisionedThroughputOverride": {"ReadCapacityUnits": 1}}}
                ]
            },
            "ValidationException",
        ),
        ({"DisassociationProtectionEnabled": False, "DeletionProtectionEnabled": True}, "ValidationException"),
    ],
)
def test_replica_updates_that_are_refused_change_nothing(update: dict[str, Any], complaint: str) -> None:
    world = World()
    world.spread(AWAY)
    before = world.table()
    with pytest.raises(Refused, match=complaint):
        world.update(**update)
    assert world.table() == before
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        world.table(FAR)


def test_a_region_without_room_refuses_all_replicas_of_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for name in ("Other", "Third"):
        world.call(FAR, "CreateTable", **world.options | {"TableName": name})
    world.settle()
    monkeypatch.setattr(limits, "TABLES", 2)
    before = world.table()
    with pytest.raises(Refused, match="LimitExceededException"):
        world.update(*({"Create": {"RegionName": region}} for region in (AWAY, FAR)))
    assert world.table() == before
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        world.table(AWAY)


def test_a_replica_that_is_protected_is_not_deleted() -> None:
    world = World()
    world.spread(AWAY)
    world.update(region=AWAY, DeletionProtectionEnabled=True)
    assert world.table()["DeletionProtectionEnabled"] is False
    with pytest.raises(Refused, match="protected against deletion"):
        world.update({"Delete": {"RegionName": AWAY}})


def test_provisioned_writes_that_nobody_scales_are_not_replicated() -> None:
    world = World(units=5)
    with pytest.raises(Refused, match="Pay-Per-Request or AutoScaled"):
        world.spread(AWAY)


def test_where_there_is_one_region_only_there_are_no_replicas() -> None:
    world = World(server={"shared": True})
    with pytest.raises(Refused, match="Unsupported Region: eu-west-1"):
        world.spread(AWAY)


def test_a_replica_goes_its_own_way() -> None:
    world = World()
    world.spread(AWAY)
    world.put(HOME, "a")
    leave = {"Disassociate": {"RegionName": AWAY, "DisassociationMode": "WAIT_FOR_REPLICATION"}}
    assert world.table(AWAY)["DisassociationProtectionEnabled"] is True
    with pytest.raises(Refused, match="protected against disassociation"):
        world.update(leave, region=AWAY)
    world.update(region=AWAY, DisassociationProtectionEnabled=False)
    world.settle()
    world.update(region=AWAY, DeletionProtectionEnabled=False)
    assert world.table(AWAY)["DisassociationProtectionEnabled"] is False
    for wrong in ({"region": HOME}, {"region": AWAY, "DeletionProtectionEnabled": True}):
        with pytest.raises(Refused, match="ValidationException"):
            world.update(leave, **wrong)
    world.update(leave, region=AWAY)
    assert "Replicas" not in world.table() | world.table(AWAY)
    world.put(AWAY, "b")
    assert (world.items(HOME), world.items(AWAY)) == ({"a": ""}, {"a": "", "b": ""})


# --- settings -----------------------------------------------------------------------------------------------


def test_overrides_are_told_and_hold() -> None:
    world = World()
    limit = {"OnDemandThroughputOverride": {"MaxReadRequestUnits": 7}}
    world.spread(AWAY, TableClassOverride="STANDARD_INFREQUENT_ACCESS", KMSMasterKeyId="alias/mine", **limit)
    (replica,) = world.table()["Replicas"]
    assert replica["KMSMasterKeyId"] == "alias/mine"
    assert replica["OnDemandThroughputOverride"] == {"MaxReadRequestUnits": 7}
    assert replica["ReplicaTableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert "ProvisionedThroughputOverride" not in replica
    away = world.table(AWAY)
    assert away["OnDemandThroughput"]["MaxReadRequestUnits"] == 7
    assert away["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert away["SSEDescription"]["KMSMasterKeyArn"] == "arn:aws:kms:eu-west-1:000000000000:alias/mine"
    assert "SSEDescription" not in world.table()
    world.update({"Update": {"RegionName": AWAY, "OnDemandThroughputOverride": {"MaxReadRequestUnits": 9}}})
    world.update(OnDemandThroughput={"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 50})
    assert world.table(AWAY)["OnDemandThroughput"] == {"MaxReadRequestUnits": 9, "MaxWriteRequestUnits": 50}


def test_indexes_have_overrides_of_their_own_and_each_stays_until_it_is_changed() -> None:
    world = World(
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "g")],
        GlobalSecondaryIndexes=[index("ByG", "g")],
    )
    own = {"IndexName": "ByG", "OnDemandThroughputOverride": {"MaxReadRequestUnits": 4}}
    world.spread(AWAY, GlobalSecondaryIndexes=[own])
    assert world.table()["Replicas"][0]["GlobalSecondaryIndexes"] == [own]
    world.update({"Update": {"RegionName": AWAY, "KMSMasterKeyId": "alias/mine"}})
    world.settle()
    world.update({"Update": {"RegionName": AWAY, "GlobalSecondaryIndexes": [{"IndexName": "ByG"}]}})
    world.settle()
    assert world.table()["Replicas"][0]["GlobalSecondaryIndexes"] == [own]
    (indexed,) = world.table(AWAY)["GlobalSecondaryIndexes"]
    assert indexed["OnDemandThroughput"]["MaxReadRequestUnits"] == 4


@pytest.mark.parametrize(
    ("override", "followed"),
    [({}, "STANDARD_INFREQUENT_ACCESS"), ({"TableClassOverride": "STANDARD"}, "STANDARD")],
)
def test_the_class_of_a_table_follows_where_it_is_not_overridden(override: dict[str, str], followed: str) -> None:
    world = World()
    world.spread(AWAY, **override)
    world.update(TableClass="STANDARD_INFREQUENT_ACCESS")
    world.settle()
    assert world.table(AWAY).get("TableClassSummary", {"TableClass": "STANDARD"})["TableClass"] == followed


def test_a_replica_is_updating_while_its_table_is() -> None:
    world = World(server={"transition_seconds": 5.0})
    world.spread(AWAY)
    assert world.replicas() == {AWAY: "ACTIVE"}
    world.update(
        AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": index("ByG", "g")}],
    )
    assert world.replicas() == {AWAY: "UPDATING"}
    world.settle(60)
    assert world.replicas() == {AWAY: "ACTIVE"}


def test_indexes_and_encryption_follow_and_protection_and_tags_do_not() -> None:
    world = World()
    world.spread(AWAY)
    world.put(HOME, "a", "one", g={"S": "x"})
    world.update(
        AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": index("ByG", "g")}],
        SSESpecification={"Enabled": True},
        DeletionProtectionEnabled=True,
    )
    world.settle()
    world.settle()
    assert world.items(AWAY, IndexName="ByG") == {"a": "one"}
    away = world.table(AWAY)
    assert away["SSEDescription"]["KMSMasterKeyArn"].startswith("arn:aws:kms:eu-west-1:")
    assert away["DeletionProtectionEnabled"] is False
    world.update(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "ByG"}}], region=AWAY)
    world.settle()
    assert "GlobalSecondaryIndexes" not in world.table()


def test_time_to_live_comes_with_a_replica_and_its_deletions_spread() -> None:
    world = World()
    world.call(
        HOME,
        "UpdateTimeToLive",
        TableName="Music",
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"},
    )
    world.spread(AWAY)
    described = world.call(AWAY, "DescribeTimeToLive", TableName="Music")["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    world.put(HOME, "a", ttl={"N": str(int(world.clock()) + 5)})
    world.settle()
    assert world.items(HOME) == world.items(AWAY) == {}


def test_settings_replication_of_a_regional_table_is_kept() -> None:
    world = World()
    world.update(GlobalTableSettingsReplicationMode="ENABLED")
    assert world.table()["GlobalTableSettingsReplicationMode"] == "ENABLED"


# --- strong consistency -------------------------------------------------------------------------------------

WITNESS = [{"Create": {"RegionName": FAR}}]


def test_strong_consistency_has_no_transactions_and_no_time_to_live() -> None:
    world = World()
    world.update({"Create": {"RegionName": AWAY}}, MultiRegionConsistency="STRONG", GlobalTableWitnessUpdates=WITNESS)
    world.settle()
    item = {"pk": {"S": "a"}}
    for operation, request in (
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "Music", "Item": item}}]}),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "Music", "Key": item}}]}),
        (
            "UpdateTimeToLive",
            {"TableName": "Music", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "ttl"}},
        ),
    ):
        with pytest.raises(Refused, match="ValidationException"):
            world.call(AWAY, operation, **request)
    assert world.items(HOME) == {}


def test_time_to_live_follows_to_the_other_regions() -> None:
    world = World()
    world.update({"Create": {"RegionName": AWAY}})
    world.settle()
    specification = {"Enabled": True, "AttributeName": "ttl"}
    world.call(AWAY, "UpdateTimeToLive", TableName="Music", TimeToLiveSpecification=specification)
    for region in (HOME, AWAY):
        described = world.call(region, "DescribeTimeToLive", TableName="Music")["TimeToLiveDescription"]
        assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}


def test_strong_consistency_is_everywhere_at_once() -> None:
    world = World(server={"transition_seconds": 5.0})
    world.update({"Create": {"RegionName": AWAY}}, MultiRegionConsistency="STRONG", GlobalTableWitnessUpdates=WITNESS)
    world.settle()
    for region in (HOME, AWAY):
        table = world.table(region)
        assert table["MultiRegionConsistency"] == "STRONG"
        assert table["GlobalTableWitnesses"] == [{"RegionName": FAR, "WitnessStatus": "ACTIVE"}]
        assert "StreamSpecification" not in table
    with pytest.raises(Refused, match="ResourceNotFoundException"):
        world.table(FAR)
    world.put(AWAY, "a")
    assert world.items(HOME) == {"a": ""}
    for wrong in ({"region": HOME}, {"region": AWAY}):
        with pytest.raises(Refused, match="ValidationException"):
            world.call(wrong["region"], "DeleteTable", TableName="Music")
    with pytest.raises(Refused, match="ValidationException"):
        world.update({"Delete": {"RegionName": AWAY}})
    world.update({"Delete": {"RegionName": AWAY}}, GlobalTableWitnessUpdates=[{"Delete": {"RegionName": FAR}}])
    world.settle()
    assert "MultiRegionConsistency" not in world.table()
    world.call(HOME, "DeleteTable", TableName="Music")


@pytest.mark.parametrize(
    ("regions", "more"),
    [
        ([AWAY], {}),
        ([AWAY, FAR, "us-west-2"], {}),
        ([AWAY, FAR], {"GlobalTableWitnessUpdates": [{"Create": {"RegionName": "us-west-2"}}]}),
        ([AWAY], {"GlobalTableWitnessUpdates": [{"Create": {"RegionName": AWAY}}]}),
    ],
)
def test_strong_consistency_takes_three_regions(regions: list[str], more: dict[str, Any]) -> None:
    world = World()
    with pytest.raises(Refused, match="ValidationException"):
        world.update(
            *({"Create": {"RegionName": region}} for region in regions), MultiRegionConsistency="STRONG", **more
        )
    assert "Replicas" not in world.table()


def test_strong_consistency_begins_with_an_empty_table() -> None:
    world = World()
    world.put(HOME, "a")
    with pytest.raises(Refused, match="must be empty"):
        world.update(
            {"Create": {"RegionName": AWAY}}, MultiRegionConsistency="STRONG", GlobalTableWitnessUpdates=WITNESS
        )


# --- version 2017.11.29 -------------------------------------------------------------------------------------


class Legacy(World):
    """Tables in `HOME` and `AWAY`, not yet one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"StreamSpecification": STREAM, **options})
        self.call(AWAY, "CreateTable", **self.options)
        self.settle()

    def create(self, *regions: str, name: str = "Music") -> dict[str, Any]:
        group = [{"RegionName": region} for region in regions]
        reply = self.call(HOME, "CreateGlobalTable", GlobalTableName=name, ReplicationGroup=group)
        description: dict[str, Any] = reply["GlobalTableDescription"]
        return description

    def change(self, **update: Any) -> dict[str, Any]:
        reply = self.call(HOME, "UpdateGlobalTable", GlobalTableName="Music", ReplicaUpdates=[update])
        description: dict[str, Any] = reply["GlobalTableDescription"]
        return description

    def settings(self) -> dict[str, dict[str, Any]]:
        found = self.call(AWAY, "DescribeGlobalTableSettings", GlobalTableName="Music")["ReplicaSettings"]
        return {one["RegionName"]: one for one in found}


def test_a_legacy_global_table_is_made_of_tables() -> None:
    world = Legacy()
    created = world.create(HOME, AWAY)
    assert created["GlobalTableStatus"] == "CREATING"
    assert created["GlobalTableArn"] == "arn:aws:dynamodb::000000000000:global-table/Music"
    for region in (HOME, AWAY):
        described = world.call(region, "DescribeGlobalTable", GlobalTableName="Music")["GlobalTableDescription"]
        assert described["GlobalTableStatus"] == "ACTIVE"
        assert [one["RegionName"] for one in described["ReplicationGroup"]] == [HOME, AWAY]
        assert world.table(region)["GlobalTableVersion"] == "2017.11.29"
    world.put(AWAY, "a", "one")
    world.settle(0.0)
    for region in (HOME, AWAY):
        (item,) = world.call(region, "Scan", TableName="Music")["Items"]
        assert item == {
            "pk": {"S": "a"},
            "v": {"S": "one"},
            "aws:rep:deleting": {"BOOL": False},
            "aws:rep:updatetime": {"N": "1790000020"},
            "aws:rep:updateregion": {"S": AWAY},
        }
    world.delete(HOME, "a")
    assert world.items(AWAY) == {}


def test_a_legacy_replica_leaves_and_its_table_stays() -> None:
    world = Legacy()
    world.create(HOME, AWAY)
    world.put(HOME, "a")
    with pytest.raises(Refused, match="ReplicaAlreadyExistsException"):
        world.change(Create={"RegionName": AWAY})
    with pytest.raises(Refused, match="ReplicaNotFoundException"):
        world.change(Delete={"RegionName": FAR})
    with pytest.raises(Refused, match="TableNotFoundException"):
        world.change(Create={"RegionName": FAR})
    assert world.change(Delete={"RegionName": AWAY})["GlobalTableStatus"] == "UPDATING"
    world.put(HOME, "b")
    assert world.items(AWAY) == {"a": ""}
    with pytest.raises(Refused, match="ValidationException"):
        world.change(Create={"RegionName": AWAY})  # it is not empty
    world.change(Delete={"RegionName": HOME})
    with pytest.raises(Refused, match="GlobalTableNotFoundException"):
        world.call(HOME, "DescribeGlobalTable", GlobalTableName="Music")


@pytest.mark.parametrize(
    "options",
    [
        {"StreamSpecification": {"StreamEnabled": False}},
        {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}},
        {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "N"}]},
        {
            "KeySchema": key_schema("pk", "sk"),
            "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        },
        {
            "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "g")],
            "GlobalSecondaryIndexes": [index("ByG", "g")],
        },
        {
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        },
    ],
)
def test_tables_that_do_not_become_a_legacy_global_table(options: dict[str, Any]) -> None:
    world = Legacy()
    world.call(FAR, "CreateTable", **(world.options | options))
    with pytest.raises(Refused, match="ValidationException"):
        world.create(HOME, FAR)
    with pytest.raises(Refused, match="GlobalTableNotFoundException"):
        world.call(HOME, "DescribeGlobalTable", GlobalTableName="Music")


def test_a_legacy_global_table_is_made_once() -> None:
    world = Legacy()
    with pytest.raises(Refused, match="TableNotFoundException"):
        world.create(HOME, FAR)
    world.create(HOME)
    with pytest.raises(Refused, match="GlobalTableAlreadyExistsException"):
        world.create(AWAY)
    assert [one["RegionName"] for one in world.change(Create={"RegionName": AWAY})["ReplicationGroup"]] == [HOME, AWAY]


def test_legacy_global_tables_are_listed_by_page_and_region() -> None:
    world = Legacy()
    for name in ("Art", "Books"):
        world.call(HOME, "CreateTable", **(world.options | {"TableName": name}))
        world.create(HOME, name=name)
    world.create(AWAY)
    first = world.call(AWAY, "ListGlobalTables", Limit=2)
    assert [one["GlobalTableName"] for one in first["GlobalTables"]] == ["Art", "Books"]
    start = {"ExclusiveStartGlobalTableName": first["LastEvaluatedGlobalTableName"]}
    rest = world.call(AWAY, "ListGlobalTables", Limit=2, **start)
    assert rest == {"GlobalTables": [{"GlobalTableName": "Music", "ReplicationGroup": [{"RegionName": AWAY}]}]}
    there = world.call(HOME, "ListGlobalTables", RegionName=HOME)["GlobalTables"]
    assert [one["GlobalTableName"] for one in there] == ["Art", "Books"]


def test_settings_of_a_legacy_global_table() -> None:
    world = Legacy(units=5)
    world.create(HOME, AWAY)
    world.call(
        HOME,
        "UpdateGlobalTableSettings",
        GlobalTableName="Music",
        GlobalTableProvisionedWriteCapacityUnits=8,
        ReplicaSettingsUpdate=[
            {
                "RegionName": AWAY,
                "ReplicaProvisionedReadCapacityUnits": 9,
                "ReplicaTableClass": "STANDARD_INFREQUENT_ACCESS",
            }
        ],
    )
    units = {
        region: (one["ReplicaProvisionedReadCapacityUnits"], one["ReplicaProvisionedWriteCapacityUnits"])
        for region, one in world.settings().items()
    }
    assert units == {HOME: (5, 8), AWAY: (9, 8)}
    assert world.table(AWAY)["ProvisionedThroughput"]["ReadCapacityUnits"] == 9
    assert world.settings()[AWAY]["ReplicaTableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    world.call(HOME, "UpdateGlobalTableSettings", GlobalTableName="Music", GlobalTableBillingMode="PAY_PER_REQUEST")
    assert world.settings()[HOME]["ReplicaBillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert "BillingModeSummary" in world.table(AWAY)


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        ({}, "ValidationException"),
        ({"ReplicaSettingsUpdate": [{"RegionName": FAR}]}, "ReplicaNotFoundException"),
        ({"GlobalTableGlobalSecondaryIndexSettingsUpdate": [{"IndexName": "nope"}]}, "IndexNotFoundException"),
        ({"GlobalTableName": "Nobody", "GlobalTableBillingMode": "PAY_PER_REQUEST"}, "GlobalTableNotFoundException"),
    ],
)
def test_settings_that_are_refused(request_: dict[str, Any], complaint: str) -> None:
    world = Legacy()
    world.create(HOME, AWAY)
    with pytest.raises(Refused, match=complaint):
        world.call(HOME, "UpdateGlobalTableSettings", **{"GlobalTableName": "Music", **request_})


# --- convergence --------------------------------------------------------------------------------------------

REGIONS = (HOME, AWAY, FAR)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(REGIONS), st.sampled_from("abc"), st.floats(0.0, 3.0)),
        st.tuples(st.just("delete"), st.sampled_from(REGIONS), st.sampled_from("abc"), st.floats(0.0, 3.0)),
        st.tuples(st.just("leave or come"), st.just(FAR), st.just(""), st.floats(0.0, 12.0)),
    ),
    max_size=30,
)


@settings(max_examples=100)
@given(steps=STEPS, seconds=st.sampled_from([0.0, 2.0, 5.0]))
def test_replicas_converge_to_the_last_writes(steps: list[tuple[str, str, str, float]], seconds: float) -> None:
    world = World(server={"transition_seconds": seconds})
    world.spread(AWAY)
    last: dict[str, str] = {}
    for number, (what, region, key, pause) in enumerate(steps):
        try:
            if what != "leave or come" and world.table(region)["TableStatus"] == "DELETING":
                continue  # what is written to it now is lost with it
            match what:
                case "put":
                    world.put(region, key, str(number))
                    last[key] = str(number)
                case "delete":
                    # Of an absent item nothing is told: AWS's deletion does not spread either.
                    if key in world.items(region):
                        last.pop(key, None)
                    world.delete(region, key)
                case _:
                    change = "Delete" if FAR in world.replicas() else "Create"
                    world.update({change: {"RegionName": FAR}})
        except Refused as refused:
            # The far region is not always there, nor the table always ACTIVE.
            if refused.type_name not in ("ResourceNotFoundException", "ResourceInUseException"):
                raise
        world.settle(pause)
    world.settle(20.0)
    for region in (HOME, *world.replicas()):
        assert world.items(region) == last
