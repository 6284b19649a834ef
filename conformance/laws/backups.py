"""The laws of backups: a restored table is the table at that time, and a deleted backup is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.laws.law import Broken, CannotJudgeError, Law, Observed, Probe, broken
from conformance.laws.moments import all_items, refuse_meddling, states_between, unlike_any
from conformance.laws.readings import creations, key_names, row_faults
from conformance.laws.requests import plain_write
from conformance.laws.sketch import Sketch, read_of, sketch
from conformance.references import FROM
from conformance.scenario import JSONObject, Scenario, Step
from conformance.strategies.drawing import Draw

RESTORED: Final = "Restored"
BACKUP: Final[JSONObject] = {FROM: "law:backup.BackupDetails.BackupArn"}


def _sketch(draw: Draw) -> Sketch:
    return sketch(draw, writes=2, adapt=lambda table: replace(table, options=()))


# --- restored ---------------------------------------------------------------------------------------------


def _draw_restored(draw: Draw) -> Scenario:
    """What is written after the backup is to be seen in the source only."""
    made = _sketch(draw)
    made.probe("before", "Scan", read_of(made.table), pages=True)
    made.probe("backup", "CreateBackup", {"TableName": made.table.name, "BackupName": "before"})
    for _ in range(1 + draw.below(4)):
        kind, request = plain_write(made)
        made.steps.append(Step(f"{kind}Item", request))
    made.probe("restore", "RestoreTableFromBackup", {"TargetTableName": RESTORED, "BackupArn": BACKUP})
    made.probe("after", "Scan", {"TableName": RESTORED, "ConsistentRead": True}, pages=True)
    # A target that cannot be emptied would keep both.
    made.steps += [Step("DeleteTable", {"TableName": RESTORED}), Step("DeleteBackup", {"BackupArn": BACKUP})]
    return made.scenario()


def _judge_restored(observed: Observed) -> Iterator[Broken]:
    before, backup, restore, after = (observed.probe(role) for role in ("before", "backup", "restore", "after"))
    source, target = str(backup.request.get("TableName")), str(restore.request.get("TargetTableName"))
    if restore.request.get("BackupArn") != BACKUP:
        raise CannotJudgeError("another backup is restored")
    if not backup.body or not restore.body:
        raise CannotJudgeError("there is no backup, or nothing came of it")
    refuse_meddling(observed, before, backup)
    refuse_meddling(observed, restore, after)
    key = key_names(creations(observed.scenario.tables).get(source, {}))
    for fault in row_faults(all_items(before, source), all_items(after, target), key):
        how = f"the restored table is not the table that was backed up: {fault.how}"
        yield broken(after, before, how=how, expected=fault.expected, actual=fault.actual)


# --- restored to a point in time --------------------------------------------------------------------------


def _draw_recovered(draw: Draw) -> Scenario:
    """The whole table is read after each write: how it was at every moment."""
    made = _sketch(draw)
    enabled = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    made.probe("enable", "UpdateContinuousBackups", {"TableName": made.table.name, **enabled})
    made.probe("state:0", "Scan", read_of(made.table), pages=True)
    for number in range(1 + draw.below(3)):
        kind, request = plain_write(made)
        made.steps.append(Step(f"{kind}Item", request))
        made.probe(f"state:{number + 1}", "Scan", read_of(made.table), pages=True)
    restore = {"SourceTableName": made.table.name, "TargetTableName": RESTORED, "UseLatestRestorableTime": True}
    made.probe("restore", "RestoreTableToPointInTime", restore)
    made.probe("after", "Scan", {"TableName": RESTORED, "ConsistentRead": True}, pages=True)
    made.steps.append(Step("DeleteTable", {"TableName": RESTORED}))
    return made.scenario()


def _judge_recovered(observed: Observed) -> Iterator[Broken]:
    """The latest restorable time is behind the present by as much as the target likes, but it is one moment's."""
    enable, restore, after = (observed.probe(role) for role in ("enable", "restore", "after"))
    source, target = str(restore.request.get("SourceTableName")), str(restore.request.get("TargetTableName"))
    if not enable.body or not restore.body or not restore.request.get("UseLatestRestorableTime"):
        raise CannotJudgeError("the table is not restored to its latest restorable time")
    states = states_between(observed, enable, restore)
    refuse_meddling(observed, restore, after)
    key = key_names(creations(observed.scenario.tables).get(source, {}))
    unlike = unlike_any(states, source, all_items(after, target), key)
    if unlike is not None:
        state, fault = unlike
        how = f"the restored table was never like that: {fault.how}"
        yield broken(after, state, how=how, expected=fault.expected, actual=fault.actual)


# --- listed, and deleted ----------------------------------------------------------------------------------


def _draw_deleted(draw: Draw) -> Scenario:
    made = _sketch(draw)
    made.probe("backup", "CreateBackup", {"TableName": made.table.name, "BackupName": "of-a-while"})
    made.probe("listed", "ListBackups", {"TableName": made.table.name})
    made.probe("delete", "DeleteBackup", {"BackupArn": BACKUP})
    made.probe("unlisted", "ListBackups", {"TableName": made.table.name})
    made.probe("restore", "RestoreTableFromBackup", {"TargetTableName": RESTORED, "BackupArn": BACKUP})
    return made.scenario()


def _judge_deleted(observed: Observed) -> Iterator[Broken]:
    backup, delete = observed.probe("backup"), observed.probe("delete")
    arn = backup.member("BackupDetails", dict).get("BackupArn")
    if delete.index < backup.index or delete.request.get("BackupArn") != BACKUP or not delete.body:
        raise CannotJudgeError("the backup is not deleted")
    for listing in observed.probes("listed"):
        if backup.index < listing.index < delete.index and arn not in _listed(listing, backup):
            yield broken(listing, backup, delete, how="a backup is not listed", expected=arn, actual=listing.body)
    for listing in observed.probes("unlisted"):
        if delete.index < listing.index and arn in _listed(listing, backup):
            yield broken(listing, delete, how="a backup is listed that was deleted", actual=listing.body)
    for restore in observed.probes("restore"):
        is_of_it = delete.index < restore.index and restore.request.get("BackupArn") == BACKUP
        if is_of_it and restore.is_accepted:
            yield broken(restore, delete, how="a backup is restored that was deleted", actual=restore.body)


def _listed(listing: Probe, backup: Probe) -> list[object]:
    summaries = listing.member("BackupSummaries", list)
    if listing.request != {"TableName": backup.request.get("TableName")} or "LastEvaluatedBackupArn" in listing.body:
        raise CannotJudgeError("not all backups of the table are listed")
    return [summary.get("BackupArn") for summary in summaries if isinstance(summary, dict)]


BACKED_UP: Final = Law(
    "backup",
    "A table that is restored from a backup holds exactly the items that its source held when it was backed up.",
    "control-plane 12",
    _draw_restored,
    _judge_restored,
)
DELETED: Final = Law(
    "deleted-backup",
    "A backup is listed until it is deleted; then it is not, and no table can be restored from it.",
    "control-plane 12",
    _draw_deleted,
    _judge_deleted,
    eventual=True,
)

RECOVERED: Final = Law(
    "recovery",
    "A table that is restored to its latest restorable time holds exactly what its source held at one moment.",
    "control-plane 12",
    _draw_recovered,
    _judge_recovered,
)

LAWS: Final = (BACKED_UP, DELETED, RECOVERED)
