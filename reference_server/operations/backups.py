"""On-demand backups, point-in-time recovery, and tables restored from either (control-plane 12)."""

from __future__ import annotations

import math
from typing import Any

from reference_server import limits, messages
from reference_server.errors import (
    ContinuousBackupsUnavailableException,
    InvalidRestoreTimeException,
    TableInUseException,
    TableNotFoundException,
    ValidationException,
)
from reference_server.model import shapes
from reference_server.tables import description, restoring
from reference_server.tables.backups import LISTED, Backups, Snapshot
from reference_server.tables.catalogue import Catalogue, short_name
from reference_server.tables.journal import ContinuousBackups
from reference_server.tables.restoring import Restorations
from reference_server.tables.settings import Status
from reference_server.tables.table import Table

# --- on-demand backups ------------------------------------------------------------------------------------


def create_backup(catalogue: Catalogue, request: shapes.CreateBackupInput) -> dict[str, Any]:
    # TABLE
    table = find_source(catalogue, request.TableName)
    if table.status is Status.CREATING:
        raise TableInUseException(messages.BACKUP_SOURCE_IN_USE, doing="created", name=table.name)
    # WRITE
    backup = catalogue.part(Backups).create(table, request.BackupName)
    # RESPONSE
    # However short the time, the reply still shows the state.
    return {"BackupDetails": backup.describe_details("CREATING")}


def describe_backup(catalogue: Catalogue, request: shapes.DescribeBackupInput) -> dict[str, Any]:
    # TABLE
    backup = catalogue.part(Backups).find(request.BackupArn)
    # RESPONSE
    return {"BackupDescription": backup.describe(catalogue.clock())}


def delete_backup(catalogue: Catalogue, request: shapes.DeleteBackupInput) -> dict[str, Any]:
    # WRITE
    backup = catalogue.part(Backups).delete(request.BackupArn)
    # RESPONSE
    return {"BackupDescription": backup.describe(catalogue.clock())}


def list_backups(catalogue: Catalogue, request: shapes.ListBackupsInput) -> dict[str, Any]:
    # READ
    name = None if request.TableName is None else short_name(request.TableName)
    lower, upper = request.TimeRangeLowerBound, request.TimeRangeUpperBound
    listed = [
        backup
        for backup in catalogue.part(Backups).listed(request.ExclusiveStartBackupArn)
        if backup.type in LISTED[request.BackupType or "USER"]
        and name in (None, backup.table_name)
        and (lower is None or lower <= backup.created)
        and (upper is None or backup.created < upper)
    ]
    limit = request.Limit or limits.LIST_BACKUPS
    # RESPONSE
    now = catalogue.clock()
    reply: dict[str, Any] = {"BackupSummaries": [backup.summarise(now) for backup in listed[:limit]]}
    if len(listed) > limit:
        reply["LastEvaluatedBackupArn"] = listed[limit - 1].arn
    return reply


def restore_table_from_backup(catalogue: Catalogue, request: shapes.RestoreTableFromBackupInput) -> dict[str, Any]:
    # TABLE
    backup = home(catalogue, request.BackupArn).part(Backups).usable(request.BackupArn)
    restorations = catalogue.part(Restorations)
    restorations.refuse_target(request.TargetTableName)
    plan = restoring.plan(catalogue, request, backup.snapshot)
    # WRITE
    table = restorations.begin(plan, backup.created, backup)
    # RESPONSE
    return {"TableDescription": description.describe(catalogue, table)}


# --- point-in-time recovery -------------------------------------------------------------------------------


def describe_continuous_backups(catalogue: Catalogue, request: shapes.DescribeContinuousBackupsInput) -> dict[str, Any]:
    # TABLE
    table = find_source(catalogue, request.TableName)
    # RESPONSE
    return {"ContinuousBackupsDescription": catalogue.part(ContinuousBackups).describe(table)}


def update_continuous_backups(catalogue: Catalogue, request: shapes.UpdateContinuousBackupsInput) -> dict[str, Any]:
    # TABLE
    table = find_source(catalogue, request.TableName)
    if table.status is Status.CREATING:
        raise ContinuousBackupsUnavailableException(messages.CONTINUOUS_BACKUPS_COMING, name=table.name)
    # WRITE
    backups = catalogue.part(ContinuousBackups)
    specification = request.PointInTimeRecoverySpecification
    if specification.PointInTimeRecoveryEnabled:
        backups.enable(table, specification.RecoveryPeriodInDays)
    else:
        backups.disable(table)
    # RESPONSE
    return {"ContinuousBackupsDescription": backups.describe(table)}


def restore_table_to_point_in_time(
    catalogue: Catalogue, request: shapes.RestoreTableToPointInTimeInput
) -> dict[str, Any]:
    # PARAMETERS
    source_name = request.SourceTableArn or request.SourceTableName
    if source_name is None:
        raise ValidationException(messages.RESTORE_SOURCE_MISSING)
    if request.UseLatestRestorableTime and request.RestoreDateTime is not None:
        raise ValidationException(messages.RESTORE_TIME_TWICE)
    if not request.UseLatestRestorableTime and request.RestoreDateTime is None:
        raise ValidationException(messages.RESTORE_TIME_MISSING)
    # TABLE
    source_catalogue = home(catalogue, source_name)
    source = find_source(source_catalogue, source_name)
    journal = source_catalogue.part(ContinuousBackups).journal(source)
    moment = journal.latest if request.RestoreDateTime is None else math.floor(request.RestoreDateTime)
    if not journal.covers(moment):
        raise InvalidRestoreTimeException(messages.RESTORE_TIME_OUTSIDE, name=source.name)
    restorations = catalogue.part(Restorations)
    restorations.refuse_target(request.TargetTableName)
    snapshot = Snapshot.of(source_catalogue, source, journal.state_at(moment))
    plan = restoring.plan(catalogue, request, snapshot)
    # WRITE
    table = restorations.begin(plan, moment)
    # RESPONSE
    return {"TableDescription": description.describe(catalogue, table)}


# --- what they are about ----------------------------------------------------------------------------------


def find_source(catalogue: Catalogue, name: str) -> Table:
    """The table that a backup is of. Raises TableNotFoundException, also while it is being deleted."""
    table = catalogue.find(short_name(name))
    if table is None or table.status is Status.DELETING:
        raise TableNotFoundException(messages.SOURCE_TABLE_NOT_FOUND, name=name)
    return table


def home(catalogue: Catalogue, arn: str) -> Catalogue:
    """Where an ARN's resource is: tables are restored into other regions by their ARNs. A name's is here."""
    parts = arn.split(":")
    if len(parts) < 6 or parts[3] == catalogue.region:
        return catalogue
    return catalogue.cloud.catalogue(catalogue.account, parts[3])
