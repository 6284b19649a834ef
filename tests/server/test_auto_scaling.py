"""Auto scaling of replicas: settings are kept, told, and let writes be provisioned."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Refused, index
from test_global_tables import AWAY, FAR, HOME, Legacy, World

SETTINGS = {
    "MinimumUnits": 5,
    "MaximumUnits": 50,
    "ScalingPolicyUpdate": {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70.0}},
}


class Scaled(World):
    def __init__(self) -> None:
        super().__init__(
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "g")],
            GlobalSecondaryIndexes=[index("ByG", "g")],
        )
        self.spread(AWAY)

    def scale(self, **request: Any) -> dict[str, Any]:
        reply = self.call(HOME, "UpdateTableReplicaAutoScaling", TableName="Music", **request)
        description: dict[str, Any] = reply["TableAutoScalingDescription"]
        return description

    def scaling(self, region: str) -> dict[str, Any]:
        described = self.call(region, "DescribeTableReplicaAutoScaling", TableName="Music")
        description = described["TableAutoScalingDescription"]
        return {one["RegionName"]: one for one in description["Replicas"]}


def test_writes_are_scaled_everywhere_and_reads_by_region() -> None:
    world = Scaled()
    reply = world.scale(
        ProvisionedWriteCapacityAutoScalingUpdate=SETTINGS,
        GlobalSecondaryIndexUpdates=[{"IndexName": "ByG", "ProvisionedWriteCapacityAutoScalingUpdate": SETTINGS}],
        ReplicaUpdates=[{"RegionName": AWAY, "ReplicaProvisionedReadCapacityAutoScalingUpdate": SETTINGS}],
    )
    assert (reply["TableName"], reply["TableStatus"]) == ("Music", "UPDATING")
    for region in (HOME, AWAY):
        replicas = world.scaling(region)
        assert replicas.keys() == {HOME, AWAY}
        for one in (*replicas.values(), *(replica["GlobalSecondaryIndexes"][0] for replica in replicas.values())):
            prefix = "ReplicaProvisioned" if "RegionName" in one else "Provisioned"
            writes = one[f"{prefix}WriteCapacityAutoScalingSettings"]
            assert (writes["MinimumUnits"], writes["MaximumUnits"], writes["AutoScalingDisabled"]) == (5, 50, False)
            (policy,) = writes["ScalingPolicies"]
            assert policy["TargetTrackingScalingPolicyConfiguration"] == {"TargetValue": 70.0}
        reads = [
            replicas[where]["ReplicaProvisionedReadCapacityAutoScalingSettings"]["AutoScalingDisabled"]
            for where in (HOME, AWAY)
        ]
        assert reads == [True, False]


def test_what_is_not_named_stays_and_disabling_ends_it() -> None:
    world = Scaled()
    world.scale(ProvisionedWriteCapacityAutoScalingUpdate=SETTINGS)
    world.scale(ProvisionedWriteCapacityAutoScalingUpdate={"MaximumUnits": 60})
    writes = world.scaling(HOME)[HOME]["ReplicaProvisionedWriteCapacityAutoScalingSettings"]
    assert (writes["MinimumUnits"], writes["MaximumUnits"], len(writes["ScalingPolicies"])) == (5, 60, 1)
    world.scale(ProvisionedWriteCapacityAutoScalingUpdate={"AutoScalingDisabled": True})
    writes = world.scaling(HOME)[HOME]["ReplicaProvisionedWriteCapacityAutoScalingSettings"]
    assert writes == {"AutoScalingDisabled": True}


def test_writes_of_a_global_table_are_provisioned_only_where_they_are_scaled() -> None:
    world = Scaled()
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    provisioned: dict[str, Any] = {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": units,
        "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "ByG", "ProvisionedThroughput": units}}],
    }
    with pytest.raises(Refused, match="Pay-Per-Request or AutoScaled"):
        world.update(**provisioned)
    world.scale(ProvisionedWriteCapacityAutoScalingUpdate=SETTINGS)
    world.update(**provisioned)
    world.settle()
    for region in (HOME, AWAY):
        assert world.table(region)["ProvisionedThroughput"]["WriteCapacityUnits"] == 5
    world.spread(FAR, ProvisionedThroughputOverride={"ReadCapacityUnits": 9})
    assert world.table(FAR)["ProvisionedThroughput"]["ReadCapacityUnits"] == 9
    world.update(ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 8})
    world.settle()
    units_by_region = {
        region: tuple(
            world.table(region)["ProvisionedThroughput"][f"{what}CapacityUnits"] for what in ("Read", "Write")
        )
        for region in (HOME, AWAY, FAR)
    }
    assert units_by_region == {HOME: (7, 8), AWAY: (7, 8), FAR: (9, 8)}


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        ({}, "ValidationException"),
        ({"ProvisionedWriteCapacityAutoScalingUpdate": {"MinimumUnits": 9, "MaximumUnits": 8}}, "ValidationException"),
        ({"ProvisionedWriteCapacityAutoScalingUpdate": {"MinimumUnits": 9}}, "ValidationException"),
        ({"ReplicaUpdates": [{"RegionName": FAR}]}, "ValidationException"),
        (
            {
                "GlobalSecondaryIndexUpdates": [
                    {"IndexName": "nope", "ProvisionedWriteCapacityAutoScalingUpdate": SETTINGS}
                ]
            },
            "ResourceNotFoundException",
        ),
        ({"TableName": "Nobody", "ProvisionedWriteCapacityAutoScalingUpdate": SETTINGS}, "ResourceNotFoundException"),
    ],
)
def test_scaling_that_is_refused(request_: dict[str, Any], complaint: str) -> None:
    world = Scaled()
    with pytest.raises(Refused, match=complaint):
        world.call(HOME, "UpdateTableReplicaAutoScaling", **{"TableName": "Music", **request_})


def test_a_table_in_one_region_has_no_replicas_to_scale() -> None:
    world = World()
    described = world.call(HOME, "DescribeTableReplicaAutoScaling", TableName="Music")
    assert described == {"TableAutoScalingDescription": {"TableName": "Music", "TableStatus": "ACTIVE"}}
    with pytest.raises(Refused, match="ValidationException"):
        world.call(
            HOME,
            "UpdateTableReplicaAutoScaling",
            TableName="Music",
            ProvisionedWriteCapacityAutoScalingUpdate=SETTINGS,
        )


def test_legacy_settings_are_scaled_too() -> None:
    world = Legacy(units=5)
    world.create(HOME, AWAY)
    world.call(
        HOME,
        "UpdateGlobalTableSettings",
        GlobalTableName="Music",
        GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate=SETTINGS,
        ReplicaSettingsUpdate=[
            {"RegionName": AWAY, "ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate": SETTINGS}
        ],
    )
    for region, one in world.settings().items():
        assert one["ReplicaProvisionedWriteCapacityAutoScalingSettings"]["MaximumUnits"] == 50
        assert ("ReplicaProvisionedReadCapacityAutoScalingSettings" in one) is (region == AWAY)
    with pytest.raises(Refused, match="ValidationException"):
        world.call(
            HOME,
            "UpdateGlobalTableSettings",
            GlobalTableName="Music",
            GlobalTableProvisionedWriteCapacityUnits=8,
            GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate=SETTINGS,
        )
