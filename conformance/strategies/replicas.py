"""Tables in several regions: global tables of both versions, and the scaling of replicas (control-plane 14 to 16).

All requests are the first region's: one that is signed for another would reach no target that checks signatures, and
what it made there would stay. So a replica of version 2019.11.21 is seen by what its source tells of it. It comes and
goes within one sequence, as the source of a replica cannot be deleted.

A legacy global table (2017.11.29) is made of a table of its own, which nobody writes to: items of such tables bear the
time of their writing.
"""

from __future__ import annotations

from typing import Final

from conformance.scenario import JSON, JSONObject, Step
from conformance.signing import REGION
from conformance.strategies.drawing import Draw, chance, draw_members, pick
from conformance.strategies.items import World
from conformance.strategies.schemas import Table
from conformance.strategies.table_updates import Change

# Where a replica is made, and a region where nothing is.
AWAY: Final = "eu-west-1"
NOWHERE: Final = "ap-south-1"
BOTH_IMAGES: Final = "NEW_AND_OLD_IMAGES"
_CLASSES: Final = ("STANDARD", "STANDARD_INFREQUENT_ACCESS")


# --- replicas (control-plane 15) --------------------------------------------------------------------------


def _overrides(draw: Draw, table: Table) -> JSONObject:
    """What the replica of a table on demand has otherwise than its source."""
    limit = {"MaxReadRequestUnits": pick(draw, (10, 100))}
    members = draw_members(draw, OnDemandThroughputOverride=(30, (limit,)), TableClassOverride=(25, _CLASSES))
    names = [index.name for index in table.indexes if index.is_global]
    if names and chance(draw, 30):
        of_index = draw_members(draw, OnDemandThroughputOverride=(80, (limit,)))
        members["GlobalSecondaryIndexes"] = [{"IndexName": pick(draw, names), **of_index}]
    return members


def create_replica(draw: Draw, table: Table) -> Change:
    """Of a table on demand. A stream of both images comes with it, where there is none."""
    create: JSONObject = {"RegionName": AWAY, **_overrides(draw, table)}
    members: JSONObject = {"ReplicaUpdates": [{"Create": create}]}
    members |= draw_members(draw, MultiRegionConsistency=(25, ("EVENTUAL",)))
    stream = {"StreamEnabled": True, "StreamViewType": BOTH_IMAGES}
    return members, table.with_option("StreamSpecification", stream)


def change_replica(draw: Draw, table: Table) -> Change:
    overrides = _overrides(draw, table) or {"TableClassOverride": pick(draw, _CLASSES)}
    return {"ReplicaUpdates": [{"Update": {"RegionName": AWAY, **overrides}}]}, table


def delete_replica(table: Table) -> Change:
    return {"ReplicaUpdates": [{"Delete": {"RegionName": AWAY}}]}, table


def protect_from_leaving(draw: Draw, table: Table) -> Change:
    return {"DisassociationProtectionEnabled": chance(draw, 50)}, table


# --- the scaling of replicas (control-plane 16) -----------------------------------------------------------


def draw_scaling(draw: Draw) -> JSONObject:
    """Settings of one dimension. Without a policy there is the one by default, or the one that there is."""
    settings: JSONObject = {"MinimumUnits": pick(draw, (1, 5)), "MaximumUnits": pick(draw, (5, 50))}
    settings |= draw_members(
        draw,
        AutoScalingDisabled=(20, (True, False)),
        AutoScalingRoleArn=(15, ("arn:aws:iam::000000000000:role/scaling",)),
    )
    if chance(draw, 40):
        tracking: JSONObject = {"TargetValue": pick(draw, (50.0, 70.5))}
        tracking |= draw_members(
            draw, DisableScaleIn=(20, (True, False)), ScaleInCooldown=(20, (0, 60)), ScaleOutCooldown=(20, (0, 60))
        )
        policy: JSONObject = draw_members(draw, PolicyName=(60, ("mine",)))
        settings["ScalingPolicyUpdate"] = {**policy, "TargetTrackingScalingPolicyConfiguration": tracking}
    return settings


def describe_table_replica_auto_scaling(_draw: Draw, _world: World, table: Table) -> Step:
    return Step("DescribeTableReplicaAutoScaling", {"TableName": table.name})


def update_table_replica_auto_scaling(draw: Draw, _world: World, table: Table) -> Step:
    """Of all replicas at once the writes, of one the reads. A table without replicas has nothing to be scaled."""
    request: JSONObject = {"TableName": table.name}
    names = [index.name for index in table.indexes if index.is_global]
    if names and chance(draw, 30):
        of_index = {"IndexName": pick(draw, names), "ProvisionedWriteCapacityAutoScalingUpdate": draw_scaling(draw)}
        request["GlobalSecondaryIndexUpdates"] = [of_index]
    if chance(draw, 40):
        replica: JSONObject = {"RegionName": pick(draw, (AWAY, REGION))}
        if chance(draw, 80):
            replica["ReplicaProvisionedReadCapacityAutoScalingUpdate"] = draw_scaling(draw)
        if names and chance(draw, 40):
            reads = {"IndexName": pick(draw, names), "ProvisionedReadCapacityAutoScalingUpdate": draw_scaling(draw)}
            replica["ReplicaGlobalSecondaryIndexUpdates"] = [reads]
        request["ReplicaUpdates"] = [replica]
    if len(request) == 1 or chance(draw, 50):
        request["ProvisionedWriteCapacityAutoScalingUpdate"] = draw_scaling(draw)
    return Step("UpdateTableReplicaAutoScaling", request)


# --- legacy global tables (control-plane 14) --------------------------------------------------------------

LEGACY_INDEX: Final = "by-title"


def _add_member(world: World) -> str:
    """A table that can be the member of a legacy global table, made first; its name."""
    name = f"Legacy-{world.label()}"
    member: JSONObject = {
        "TableName": name,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in ("id", "title")],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": LEGACY_INDEX,
                "KeySchema": [{"AttributeName": "title", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": BOTH_IMAGES},
    }
    world.preparations.append(Step("CreateTable", member))
    return name


def _creation(name: str, *regions: str) -> Step:
    group: list[JSON] = [{"RegionName": region} for region in regions]
    return Step("CreateGlobalTable", {"GlobalTableName": name, "ReplicationGroup": group})


def _legacy(draw: Draw, world: World) -> str | None:
    """The name of the scenario's legacy global table. Where there is none, it is made first, or (None) is yet to be."""
    if world.legacy is None and chance(draw, 40):
        world.legacy = _add_member(world)
        world.preparations.append(_creation(world.legacy, REGION))
    return world.legacy


def create_global_table(draw: Draw, world: World, _table: Table) -> Step:
    """Of a table that is there, or, seldom, also of one in another region that is not; or one that is there already."""
    if world.legacy is not None and chance(draw, 30):
        return _creation(world.legacy, REGION)
    name = _add_member(world)
    if chance(draw, 20):
        return _creation(name, REGION, NOWHERE)
    world.legacy = name
    return _creation(name, REGION)


def describe_global_table(draw: Draw, world: World, table: Table) -> Step:
    name = _legacy(draw, world)
    if name is None:
        return create_global_table(draw, world, table)
    return Step("DescribeGlobalTable", {"GlobalTableName": name})


def list_global_tables(draw: Draw, _world: World, _table: Table) -> Step:
    """From where ours begin on, and one of them: a server that is not ours may have others."""
    request: JSONObject = {"ExclusiveStartGlobalTableName": "Legacy", "Limit": 1}
    return Step("ListGlobalTables", request | draw_members(draw, RegionName=(50, (REGION, REGION, AWAY))))


def update_global_table(draw: Draw, world: World, table: Table) -> Step:
    """It loses its only replica, for the most part, and is gone. Where it would get one, the table is not there."""
    name = _legacy(draw, world)
    if name is None:
        return create_global_table(draw, world, table)
    updates: list[JSON] = [{"Delete": {"RegionName": REGION}}]
    if chance(draw, 30):
        updates = [pick(draw, ({"Create": {"RegionName": NOWHERE}}, {"Create": {"RegionName": REGION}}))]
    else:
        world.legacy = None
    return Step("UpdateGlobalTable", {"GlobalTableName": name, "ReplicaUpdates": updates})


def describe_global_table_settings(draw: Draw, world: World, table: Table) -> Step:
    name = _legacy(draw, world)
    if name is None:
        return create_global_table(draw, world, table)
    return Step("DescribeGlobalTableSettings", {"GlobalTableName": name})


def update_global_table_settings(draw: Draw, world: World, table: Table) -> Step:
    """It becomes provisioned, with its index; of units that may be scaled, either are given."""
    name = _legacy(draw, world)
    if name is None:
        return create_global_table(draw, world, table)
    request: JSONObject = {"GlobalTableName": name}
    if chance(draw, 50):
        request["ReplicaSettingsUpdate"] = [
            {"RegionName": REGION, "ReplicaTableClass": pick(draw, _CLASSES), **_reads(draw)}
        ]
    if chance(draw, 50):
        return Step("UpdateGlobalTableSettings", request | {"GlobalTableBillingMode": "PAY_PER_REQUEST"})
    units = pick(draw, (1, 5, 7))
    request["GlobalTableBillingMode"] = "PROVISIONED"
    of_index: JSONObject = {"IndexName": LEGACY_INDEX, "ProvisionedWriteCapacityUnits": units}
    if chance(draw, 30):
        request["GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate"] = draw_scaling(draw)
    else:
        request["GlobalTableProvisionedWriteCapacityUnits"] = units
    if chance(draw, 30):
        del of_index["ProvisionedWriteCapacityUnits"]
        of_index["ProvisionedWriteCapacityAutoScalingSettingsUpdate"] = draw_scaling(draw)
    request["GlobalTableGlobalSecondaryIndexSettingsUpdate"] = [of_index]
    return Step("UpdateGlobalTableSettings", request)


def _reads(draw: Draw) -> JSONObject:
    """The scaling of a replica's reads, which may be set whatever the billing mode."""
    members: JSONObject = {}
    if chance(draw, 30):
        members["ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate"] = draw_scaling(draw)
    if chance(draw, 30):
        scaling = {"IndexName": LEGACY_INDEX, "ProvisionedReadCapacityAutoScalingSettingsUpdate": draw_scaling(draw)}
        members["ReplicaGlobalSecondaryIndexSettingsUpdate"] = [scaling]
    return members
