"""What can be wrong with replicas, their scaling, and legacy global tables (control-plane 14 to 16)."""

from __future__ import annotations

from typing import Final

from conformance.scenario import JSON, JSONObject
from conformance.signing import REGION
from conformance.strategies.near_misses.registry import Draft, near_miss
from conformance.strategies.replicas import AWAY, NOWHERE


@near_miss("replicas that cannot be", operations=("UpdateTable",), weight=4)
def _replicas(draft: Draft) -> None:
    """Of a table in one region alone."""
    create: JSONObject = {"Create": {"RegionName": AWAY}}
    leave: JSONObject = {"Disassociate": {"RegionName": REGION, "DisassociationMode": "WAIT_FOR_REPLICATION"}}
    wrong: tuple[JSONObject, ...] = (
        {"ReplicaUpdates": []},
        {"ReplicaUpdates": [{}]},
        {"ReplicaUpdates": [{"Create": {}}]},
        {"ReplicaUpdates": [create, create]},
        {"ReplicaUpdates": [create, {"Delete": {"RegionName": AWAY}}]},
        {"ReplicaUpdates": [create | {"Delete": {"RegionName": NOWHERE}}]},
        {"ReplicaUpdates": [{"Create": {"RegionName": REGION}}]},
        {"ReplicaUpdates": [{"Create": {"RegionName": AWAY, "TableClassOverride": "COLD"}}]},
        {"ReplicaUpdates": [{"Update": {"RegionName": AWAY, "TableClassOverride": "STANDARD"}}]},
        {"ReplicaUpdates": [{"Delete": {"RegionName": AWAY}}]},
        {"ReplicaUpdates": [{"Delete": {"RegionName": REGION}}]},
        {"ReplicaUpdates": [leave]},
        {"ReplicaUpdates": [leave, create]},
        {"MultiRegionConsistency": "EVENTUAL"},
        {"MultiRegionConsistency": "WEAK", "ReplicaUpdates": [create]},
        {"DisassociationProtectionEnabled": True},
        {"DisassociationProtectionEnabled": False, "ReplicaUpdates": [create]},
        {"GlobalTableWitnessUpdates": [{"Create": {"RegionName": AWAY}}]},
    )
    name = draft.request["TableName"]
    draft.request.clear()
    draft.request.update({"TableName": name, **draft.choose(wrong)})


@near_miss("scaling of replicas that there are not", operations=("UpdateTableReplicaAutoScaling",), weight=3)
def _scaling(draft: Draft) -> None:
    units: JSONObject = {"MinimumUnits": 1, "MaximumUnits": 5}
    of_index = "ProvisionedWriteCapacityAutoScalingUpdate"
    wrong: tuple[JSONObject, ...] = (
        {},
        {"ReplicaUpdates": []},
        {"ReplicaUpdates": [{"RegionName": NOWHERE, "ReplicaProvisionedReadCapacityAutoScalingUpdate": units}]},
        {"GlobalSecondaryIndexUpdates": []},
        {"GlobalSecondaryIndexUpdates": [{"IndexName": "unknown", of_index: units}]},
        {of_index: units | {"MinimumUnits": 0}},
        {of_index: {"MinimumUnits": 50, "MaximumUnits": 5}},
    )
    name = draft.request["TableName"]
    draft.request.clear()
    draft.request.update({"TableName": name, **draft.choose(wrong)})


@near_miss("a legacy global table that there is not", "GlobalTableName", weight=2)
def _global_table(draft: Draft) -> None:
    names: tuple[JSON, ...] = ("Nobody", "ab", "not a name", "", "x" * 256)
    draft.request["GlobalTableName"] = draft.choose(names)


_GROUPS: Final[tuple[list[JSON], ...]] = ([], [{}], [{"RegionName": AWAY}], [{"RegionName": ""}])


@near_miss("a replication group that cannot be", operations=("CreateGlobalTable",))
def _group(draft: Draft) -> None:
    draft.request["ReplicationGroup"] = draft.choose(_GROUPS)


@near_miss("updates of a replication group that cannot be", operations=("UpdateGlobalTable",), weight=3)
def _group_updates(draft: Draft) -> None:
    wrong: tuple[list[JSON], ...] = (
        [{}],
        [{"Create": {}}],
        [{"Delete": {"RegionName": NOWHERE}}],
        [{"Create": {"RegionName": AWAY}}],
        [{"Create": {"RegionName": REGION}}],
        [{"Create": {"RegionName": AWAY}, "Delete": {"RegionName": REGION}}],
    )
    draft.request["ReplicaUpdates"] = draft.choose(wrong)


@near_miss("settings of a global table that cannot be", operations=("UpdateGlobalTableSettings",), weight=3)
def _settings(draft: Draft) -> None:
    scaling: JSONObject = {"MinimumUnits": 1, "MaximumUnits": 5}
    name = draft.request["GlobalTableName"]
    units = "GlobalTableProvisionedWriteCapacityUnits"
    wrong: tuple[JSONObject, ...] = (
        {},
        {units: 0},
        {units: 5, "GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate": scaling},
        {"ReplicaSettingsUpdate": []},
        {"ReplicaSettingsUpdate": [{"RegionName": NOWHERE, "ReplicaTableClass": "STANDARD"}]},
        {"ReplicaSettingsUpdate": [{"RegionName": REGION, "ReplicaTableClass": "COLD"}]},
        {"GlobalTableGlobalSecondaryIndexSettingsUpdate": []},
        {
            "GlobalTableGlobalSecondaryIndexSettingsUpdate": [
                {"IndexName": "unknown", "ProvisionedWriteCapacityUnits": 5}
            ]
        },
        {"GlobalTableBillingMode": "ON_DEMAND"},
    )
    draft.request.clear()
    draft.request.update({"GlobalTableName": name, **draft.choose(wrong)})


@near_miss("a number of global tables that is none", operations=("ListGlobalTables",))
def _limit(draft: Draft) -> None:
    draft.request["Limit"] = draft.choose((0, -1, "1", 1.5))
