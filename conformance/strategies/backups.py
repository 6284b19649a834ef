"""Backups on demand, tables restored from them, and continuous backups (control-plane 12).

Backups outlive their tables, so what ListBackups tells hangs on all that a server has been through: it is not drawn
here but held to a law. A restore to a point in time gives what was there at a full second, and no two clocks agree on
where that lies between two steps.
"""

from __future__ import annotations

from conformance.references import FROM
from conformance.scenario import JSON, JSONObject, Step
from conformance.strategies.drawing import Draw, chance, draw_members, pick
from conformance.strategies.items import World
from conformance.strategies.schemas import Table


def _request(draw: Draw, table: Table) -> JSONObject:
    return {"TableName": table.name, "BackupName": pick(draw, ("nightly", "Before.1", "a_b-c"))}


def create_backup(draw: Draw, world: World, table: Table) -> Step:
    label = world.backups[table.name] = world.label()
    return Step("CreateBackup", _request(draw, table), label=label)


def _backup_arn(draw: Draw, world: World, table: Table) -> JSON:
    """Of the table's latest backup, which is made first where there was none."""
    label = world.backups.get(table.name) or world.prepared(table, "CreateBackup", _request(draw, table))
    return {FROM: f"{label}.BackupDetails.BackupArn"}


def describe_backup(draw: Draw, world: World, table: Table) -> Step:
    return Step("DescribeBackup", {"BackupArn": _backup_arn(draw, world, table)})


def delete_backup(draw: Draw, world: World, table: Table) -> Step:
    """It stays the latest, perhaps: then what comes later is refused."""
    request: JSONObject = {"BackupArn": _backup_arn(draw, world, table)}
    if chance(draw, 60):
        world.backups.pop(table.name, None)
        world.labels_of.pop((table.name, "CreateBackup"), None)
    return Step("DeleteBackup", request)


def restore_table_from_backup(draw: Draw, world: World, table: Table) -> Step:
    """Into a table of its own, or, seldom, over one that is there."""
    arn = _backup_arn(draw, world, table)
    name = table.name if chance(draw, 10) else f"Restored-{world.label()}"
    request: JSONObject = {"TargetTableName": name, "BackupArn": arn}
    request |= draw_members(draw, BillingModeOverride=(15, ("PAY_PER_REQUEST",)))
    return Step("RestoreTableFromBackup", request)


def update_continuous_backups(draw: Draw, world: World, table: Table) -> Step:
    """Enabled they may stay for an export; disabled they must be enabled again for it."""
    enabled = chance(draw, 70)
    if not enabled:
        world.labels_of.pop((table.name, "UpdateContinuousBackups"), None)
    specification: JSONObject = {"PointInTimeRecoveryEnabled": enabled}
    if enabled:
        specification |= draw_members(draw, RecoveryPeriodInDays=(40, (1, 7, 35)))
    request = {"TableName": table.name, "PointInTimeRecoverySpecification": specification}
    return Step("UpdateContinuousBackups", request)


def describe_continuous_backups(_draw: Draw, _world: World, table: Table) -> Step:
    return Step("DescribeContinuousBackups", {"TableName": table.name})
