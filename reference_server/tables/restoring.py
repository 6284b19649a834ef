"""New tables from what old ones were: RestoreTableFromBackup and RestoreTableToPointInTime (control-plane 12).

A restored table has the keys, the indexes, the billing, the encryption and the class of its source, where the request
does not say otherwise. It has no stream, no time to live, no tags, no policies, no recovery and no protection: these
are for the caller to set up. Indexes are built anew from the items.

It is CREATING, and empty, until it is restored; ever after its description says what it was restored from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeAlias

from reference_server import limits, messages
from reference_server.errors import (
    LimitExceededException,
    TableAlreadyExistsException,
    TableInUseException,
    ValidationException,
)
from reference_server.model import shapes
from reference_server.tables import creation
from reference_server.tables.backups import Backup, Snapshot
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.schema import IndexSchema, TableSchema, Throughput
from reference_server.tables.settings import Capacity, Settings, Status
from reference_server.tables.table import Table

_IndexRequest: TypeAlias = shapes.GlobalSecondaryIndex | shapes.LocalSecondaryIndex


class Overrides(Protocol):
    """What both requests may say about the table that is to be."""

    TargetTableName: str
    BillingModeOverride: shapes.BillingMode | None
    GlobalSecondaryIndexOverride: list[shapes.GlobalSecondaryIndex] | None
    LocalSecondaryIndexOverride: list[shapes.LocalSecondaryIndex] | None
    ProvisionedThroughputOverride: shapes.ProvisionedThroughput | None
    OnDemandThroughputOverride: shapes.OnDemandThroughput | None
    SSESpecificationOverride: shapes.SSESpecification | None
    VectorIndexOverride: list[shapes.VectorIndex] | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The table that is to be: what it is, how it and its global indexes are paid for, and what it will hold."""

    schema: TableSchema
    settings: Settings
    capacities: Mapping[str, Capacity]
    source: Snapshot


def plan(catalogue: Catalogue, request: Overrides, source: Snapshot) -> Plan:
    """The source with the request's overrides. Raises ValidationException for those that do not fit it."""
    throughput = _read_throughput(request, source.schema.throughput)
    overriding = request.GlobalSecondaryIndexOverride
    if request.VectorIndexOverride:
        # No source has one: vector indexes are not served yet.
        raise ValidationException(messages.RESTORE_INDEX_UNKNOWN, index=request.VectorIndexOverride[0].IndexName)
    chosen = [
        *_choose(source.schema, overriding, is_global=True),
        *_choose(source.schema, request.LocalSecondaryIndexOverride, is_global=False),
    ]
    units = {index.IndexName: index.ProvisionedThroughput for index in overriding or ()}
    indexes = {index.name: _with_throughput(index, units.get(index.name), throughput) for index in chosen}
    used = {*source.schema.keys.names, *(name for index in indexes.values() for name in index.keys.names)}
    schema = TableSchema(
        name=request.TargetTableName,
        keys=source.schema.keys,
        attribute_types={name: type_ for name, type_ in source.schema.attribute_types.items() if name in used},
        indexes=indexes,
        throughput=throughput,
    )
    settings = Settings(
        capacity=_read_capacity(schema, source.settings.capacity, request.OnDemandThroughputOverride, None),
        encryption=None if source.settings.encryption is None else replace(source.settings.encryption),
        table_class=source.settings.table_class,
        put_on_demand=[catalogue.clock()] if throughput is None else [],
    )
    if request.SSESpecificationOverride is not None:
        settings.encryption = creation.read_encryption(catalogue, request.SSESpecificationOverride)
    limits_of = {index.IndexName: index.OnDemandThroughput for index in overriding or ()}
    capacities = {
        name: _read_capacity(schema, source.capacities[name], limits_of.get(name), name)
        for name, index in indexes.items()
        if index.is_global
    }
    return Plan(schema, settings, capacities, source)


def _read_throughput(request: Overrides, source: Throughput | None) -> Throughput | None:
    given = request.ProvisionedThroughputOverride
    on_demand = source is None if request.BillingModeOverride is None else request.BillingModeOverride != "PROVISIONED"
    if on_demand:
        if given is not None:
            raise ValidationException(messages.UNITS_WITH_ON_DEMAND)
        return None
    if given is not None:
        return creation.accept_throughput(given)
    if source is None:
        raise ValidationException(messages.UNITS_MISSING)
    return source


def _choose(schema: TableSchema, requests: Iterable[_IndexRequest] | None, *, is_global: bool) -> Iterable[IndexSchema]:
    """All indexes of a kind, or those that are named; one that is named must be as it was."""
    known = {index.name: index for index in schema.indexes.values() if index.is_global is is_global}
    if requests is None:
        return known.values()
    chosen: dict[str, IndexSchema] = {}
    for request in requests:
        index = known.get(request.IndexName)
        if index is None or not _is_described_by(index, request):
            raise ValidationException(messages.RESTORE_INDEX_UNKNOWN, index=request.IndexName)
        if index.name in chosen:
            raise ValidationException(messages.INDEX_NAME_DUPLICATE, index=index.name)
        if isinstance(request, shapes.GlobalSecondaryIndex) and request.WarmThroughput is not None:
            raise ValidationException(messages.RESTORE_INDEX_WARM, index=index.name)
        chosen[index.name] = index
    return chosen.values()


def _is_described_by(index: IndexSchema, request: _IndexRequest) -> bool:
    kinds = [(name.name, "HASH") for name in index.keys.partition] + [(name.name, "RANGE") for name in index.keys.sort]
    projection = request.Projection
    return (
        [(element.AttributeName, element.KeyType) for element in request.KeySchema] == kinds
        and projection.ProjectionType == index.projection.type
        and set(projection.NonKeyAttributes or ()) == set(index.projection.non_key_attributes)
    )


def _with_throughput(
    index: IndexSchema, given: shapes.ProvisionedThroughput | None, table: Throughput | None
) -> IndexSchema:
    """A global index of a provisioned table has units of its own: those given, or those it had."""
    if not index.is_global:
        return index
    if table is None:
        if given is not None:
            raise ValidationException(messages.INDEX_UNITS_WITH_ON_DEMAND, index=index.name)
        return replace(index, throughput=None)
    units = index.throughput if given is None else creation.accept_throughput(given)
    if units is None:
        raise ValidationException(messages.INDEX_UNITS_MISSING, index=index.name)
    return replace(index, throughput=units)


def _read_capacity(
    schema: TableSchema, source: Capacity, given: shapes.OnDemandThroughput | None, index: str | None
) -> Capacity:
    """Limits on demand go along where the table stays on demand; warm units do not."""
    capacity = Capacity(on_demand=source.on_demand if schema.throughput is None else None)
    creation.set_capacity(capacity, given, None, schema.throughput, index)
    return capacity


# --- restored tables --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Restoration:
    """Where a table comes from. `moment` is in epoch seconds."""

    source_arn: str
    backup_arn: str | None
    moment: float
    in_progress: bool = True


class Restorations(Part):
    """The restored tables of an account in a region."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._restorations: dict[str, Restoration] = {}  # by the table's id

    def refuse_target(self, name: str) -> None:
        """Raises what DynamoDB says of a name that is taken, or that there are too many restores."""
        table = self.catalogue.find(name)
        if table is not None:
            if table.status in (Status.CREATING, Status.DELETING):
                doing = "created" if table.status is Status.CREATING else "deleted"
                raise TableInUseException(messages.RESTORE_TARGET_IN_USE, doing=doing, name=name)
            raise TableAlreadyExistsException(messages.TABLE_EXISTS, name=name)
        if sum(restoration.in_progress for restoration in self._restorations.values()) >= limits.RESTORES:
            raise LimitExceededException(messages.RESTORES_TOO_MANY, count=limits.RESTORES)

    def begin(self, plan: Plan, moment: float, backup: Backup | None = None) -> Table:
        """A table that will hold what was planned when it has been CREATING for its time."""
        table = self.catalogue.add(plan.schema, plan.settings)
        for name, capacity in plan.capacities.items():
            table.indexes[name].capacity = capacity
        restoration = Restoration(plan.source.table_arn, backup.arn if backup else None, moment)
        self._restorations[table.id] = restoration
        if backup is not None:
            backup.restoring += 1

        def finish() -> None:
            restoration.in_progress = False
            if backup is not None:
                backup.restoring -= 1
            table.records = plan.source.records.copy()
            table.total_bytes = plan.source.size
            for index in table.indexes.values():
                table.fill(index)

        self.catalogue.change(table, Status.CREATING, finish)
        return table

    def describe(self, table: Table) -> dict[str, Any]:
        """What a TableDescription says: RestoreSummary, and always how it is paid for (the CLI's examples show it)."""
        restoration = self._restorations.get(table.id)
        if restoration is None:
            return {}
        summary: dict[str, Any] = {
            "SourceTableArn": restoration.source_arn,
            "RestoreDateTime": round(restoration.moment, 3),
            "RestoreInProgress": restoration.in_progress,
        }
        if restoration.backup_arn is not None:
            summary["SourceBackupArn"] = restoration.backup_arn
        mode = "PAY_PER_REQUEST" if table.schema.throughput is None else "PROVISIONED"
        return {"RestoreSummary": summary, "BillingModeSummary": {"BillingMode": mode}}

    def table_dropped(self, table: Table) -> None:
        self._restorations.pop(table.id, None)
