"""Backups: tables as they were at one moment (control-plane 12).

Records are never changed in place, so a backup is a copy of the map that holds them, and costs no more than its keys.
It holds the table at the moment of the request; AWS promises that to a minute. It is CREATING for as long as a table
would be.

A table that is deleted while point-in-time recovery is on (`journal.py`) leaves a SYSTEM backup of its last moment,
which expires 35 days later.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from reference_server import limits, messages
from reference_server.errors import BackupInUseException, BackupNotFoundException
from reference_server.storage.memory import OrderedMap
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.schema import IndexSchema, KeySchema, ProjectionType, TableSchema, Throughput
from reference_server.tables.settings import Capacity, Settings, describe_on_demand
from reference_server.tables.streams import Streams
from reference_server.tables.table import Record, Table
from reference_server.tables.time_to_live import TimeToLive

_SYSTEM_NAME: Final = "{table}$DeletedTableBackup"


class BackupType(StrEnum):
    USER = "USER"
    SYSTEM = "SYSTEM"


# What a list of backups of each type shows. AWS Backup does not exist here, and its backups would not be listed.
LISTED: Final[Mapping[str, frozenset[str]]] = {
    "USER": frozenset({BackupType.USER}),
    "SYSTEM": frozenset({BackupType.SYSTEM}),
    "AWS_BACKUP": frozenset(),
    "ALL": frozenset(BackupType),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that is known of a table at one moment. `capacities` are its indexes', by name; `size` is in bytes."""

    table_id: str
    table_arn: str
    table_created: float
    schema: TableSchema
    settings: Settings
    capacities: Mapping[str, Capacity]
    records: OrderedMap[Record]
    size: int
    # Members of SourceTableFeatureDetails that other features tell: its stream, its time to live.
    features: Mapping[str, Any]

    @classmethod
    def of(cls, catalogue: Catalogue, table: Table, records: OrderedMap[Record] | None = None) -> Snapshot:
        """A table as it is, with the `records` that it held once; or with those that it holds."""
        if records is None:
            records = table.records.copy()
        stream = catalogue.part(Streams).describe(table).get("StreamSpecification")
        time_to_live = catalogue.part(TimeToLive).describe(table)
        features = {
            "StreamDescription": stream,
            "TimeToLiveDescription": time_to_live if "AttributeName" in time_to_live else None,
        }
        return cls(
            table_id=table.id,
            table_arn=table.arn,
            table_created=table.created,
            schema=table.schema,
            settings=_copied(table.settings),
            capacities={name: replace(index.capacity) for name, index in table.indexes.items()},
            records=records,
            size=sum(record.size for record in records.values()),
            features={name: feature for name, feature in features.items() if feature is not None},
        )


def _copied(settings: Settings) -> Settings:
    encryption = settings.encryption
    return replace(
        settings,
        capacity=replace(settings.capacity),
        encryption=None if encryption is None else replace(encryption),
        put_on_demand=list(settings.put_on_demand),
    )


@dataclass(slots=True, kw_only=True)
class Backup:
    """`created` and `expires` are in epoch seconds."""

    arn: str
    name: str
    type: BackupType
    created: float
    available: float
    snapshot: Snapshot
    expires: float | None = None
    deleted: bool = False
    # How many tables are being restored from it.
    restoring: int = 0

    @property
    def table_name(self) -> str:
        return self.snapshot.schema.name

    def is_being_created(self, now: float) -> bool:
        return now < self.available

    def status(self, now: float) -> str:
        if self.deleted:
            return "DELETED"
        return "CREATING" if self.is_being_created(now) else "AVAILABLE"

    # --- descriptions -------------------------------------------------------------------------------------

    def describe_details(self, status: str) -> dict[str, Any]:
        """BackupDetails."""
        details: dict[str, Any] = {
            "BackupArn": self.arn,
            "BackupName": self.name,
            "BackupSizeBytes": self.snapshot.size,
            "BackupStatus": status,
            "BackupType": self.type.value,
            "BackupCreationDateTime": round(self.created, 3),
        }
        if self.expires is not None:
            details["BackupExpiryDateTime"] = round(self.expires, 3)
        return details

    def summarise(self, now: float) -> dict[str, Any]:
        """BackupSummary."""
        return {
            "TableName": self.table_name,
            "TableId": self.snapshot.table_id,
            "TableArn": self.snapshot.table_arn,
            **self.describe_details(self.status(now)),
        }

    def describe(self, now: float) -> dict[str, Any]:
        """BackupDescription."""
        snapshot = self.snapshot
        schema, settings = snapshot.schema, snapshot.settings
        source: dict[str, Any] = {
            "TableName": schema.name,
            "TableId": snapshot.table_id,
            "TableArn": snapshot.table_arn,
            "TableSizeBytes": snapshot.size,
            "KeySchema": _describe_keys(schema.keys),
            "TableCreationDateTime": round(snapshot.table_created, 3),
            "ProvisionedThroughput": _describe_throughput(schema.throughput),
            "ItemCount": len(snapshot.records),
            "BillingMode": "PAY_PER_REQUEST" if schema.throughput is None else "PROVISIONED",
        }
        source |= describe_on_demand(settings.capacity)
        return {
            "BackupDetails": self.describe_details(self.status(now)),
            "SourceTableDetails": source,
            "SourceTableFeatureDetails": self._describe_features(),
        }

    def _describe_features(self) -> dict[str, Any]:
        """What the table did not have is left out (control-plane 12; the CLI's example shows an empty one)."""
        schema, encryption = self.snapshot.schema, self.snapshot.settings.encryption
        features: dict[str, Any] = {}
        if local := [_describe_index(index) for index in schema.indexes.values() if not index.is_global]:
            features["LocalSecondaryIndexes"] = local
        if global_ := [
            _describe_index(index)
            | {"ProvisionedThroughput": _describe_throughput(index.throughput)}
            | describe_on_demand(self.snapshot.capacities[index.name])
            for index in schema.indexes.values()
            if index.is_global
        ]:
            features["GlobalSecondaryIndexes"] = global_
        features |= self.snapshot.features
        if encryption is not None:
            features["SSEDescription"] = {
                "Status": encryption.status,
                "SSEType": "KMS",
                "KMSMasterKeyArn": encryption.key_arn,
            }
        return features


def _describe_keys(keys: KeySchema) -> list[dict[str, str]]:
    return [
        {"AttributeName": attribute.name, "KeyType": kind}
        for kind, attributes in (("HASH", keys.partition), ("RANGE", keys.sort))
        for attribute in attributes
    ]


def _describe_index(index: IndexSchema) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection.type.value}
    if index.projection.type is ProjectionType.INCLUDE:
        projection["NonKeyAttributes"] = list(index.projection.non_key_attributes)
    return {"IndexName": index.name, "KeySchema": _describe_keys(index.keys), "Projection": projection}


def _describe_throughput(throughput: Throughput | None) -> dict[str, int]:
    """A required member: of a table on demand it says zero, as a TableDescription does (control-plane 4)."""
    return {
        "ReadCapacityUnits": throughput.read if throughput else 0,
        "WriteCapacityUnits": throughput.write if throughput else 0,
    }


# --- all backups of a region ------------------------------------------------------------------------------


class Backups(Part):
    """All backups of an account in a region. They stay when their tables go."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._backups: dict[str, Backup] = {}  # by ARN

    def create(self, table: Table, name: str) -> Backup:
        """Raises BackupInUseException while another backup of the table is being created."""
        now = self.catalogue.clock()
        for other in self._backups.values():
            if other.snapshot.table_id == table.id and other.is_being_created(now):
                raise BackupInUseException(messages.BACKUP_OF_TABLE_IN_USE, name=table.name)
        available = now + self.catalogue.cloud.transition_seconds
        return self._keep(table, name, BackupType.USER, available)

    def keep_deleted(self, table: Table) -> None:
        """What is left of a table that is about to be deleted."""
        now = self.catalogue.clock()
        backup = self._keep(table, _SYSTEM_NAME.format(table=table.name), BackupType.SYSTEM, now)
        backup.expires = now + limits.RECOVERY_DAYS * limits.DAY_SECONDS
        self.catalogue.cloud.agenda.enter(backup.expires, lambda _due: self._forget(backup))

    def _keep(self, table: Table, name: str, type_: BackupType, available: float) -> Backup:
        # As it is told: who lists backups from that time on must find this one.
        now = round(self.catalogue.clock(), 3)
        backup = Backup(
            arn=f"{table.arn}/backup/{identifier(now)}",
            name=name,
            type=type_,
            created=now,
            available=available,
            snapshot=Snapshot.of(self.catalogue, table),
        )
        self._backups[backup.arn] = backup
        return backup

    def _forget(self, backup: Backup) -> None:
        self._backups.pop(backup.arn, None)

    def find(self, arn: str) -> Backup:
        """Raises BackupNotFoundException."""
        backup = self._backups.get(arn)
        if backup is None:
            raise BackupNotFoundException(messages.BACKUP_NOT_FOUND, arn=arn)
        return backup

    def usable(self, arn: str) -> Backup:
        """One that can be restored. Raises BackupInUseException while it is being created."""
        backup = self.find(arn)
        if backup.is_being_created(self.catalogue.clock()):
            raise BackupInUseException(messages.BACKUP_IN_USE, doing="created", arn=arn)
        return backup

    def delete(self, arn: str) -> Backup:
        """Raises BackupInUseException while it is being created, or a table restored from it."""
        backup = self.usable(arn)
        if backup.restoring:
            raise BackupInUseException(messages.BACKUP_IN_USE, doing="restored", arn=arn)
        backup.deleted = True
        self._forget(backup)
        return backup

    def listed(self, after: str | None) -> Iterator[Backup]:
        """The oldest first (AWS documents no order), from behind a backup's ARN; it need not exist any more."""
        for backup in sorted(self._backups.values(), key=lambda backup: _place(backup.arn)):
            if after is None or _place(backup.arn) > _place(after):
                yield backup


def _place(arn: str) -> tuple[str, str]:
    """ARNs in the order of their identifiers, which begin with the time."""
    return arn.rpartition("/")[2], arn


def identifier(now: float) -> str:
    """The last part of the ARN of a backup, an export or an import: `01489602797149-73d8d5bc` (control-plane 2)."""
    return f"{round(now * 1000):014d}-{secrets.token_hex(4)}"
