"""DescribeTableReplicaAutoScaling and UpdateTableReplicaAutoScaling (control-plane 16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reference_server import messages
from reference_server.errors import ResourceNotFoundException, ValidationException
from reference_server.model import shapes
from reference_server.tables.auto_scaling import AutoScaling, Dimension
from reference_server.tables.catalogue import Catalogue, short_name
from reference_server.tables.global_tables import CURRENT, GlobalTables, Replica
from reference_server.tables.settings import Status
from reference_server.tables.table import Table


@dataclass(frozen=True, slots=True)
class Change:
    """New settings of one dimension of a replica, or of an index of it."""

    replica: Replica
    index: str | None
    dimension: Dimension
    update: shapes.AutoScalingSettingsUpdate


def describe_table_replica_auto_scaling(
    catalogue: Catalogue, request: shapes.DescribeTableReplicaAutoScalingInput
) -> dict[str, Any]:
    # TABLE
    table = catalogue.describe(request.TableName)
    # RESPONSE
    return {"TableAutoScalingDescription": _describe(catalogue, table)}


def update_table_replica_auto_scaling(
    catalogue: Catalogue, request: shapes.UpdateTableReplicaAutoScalingInput
) -> dict[str, Any]:
    # PARAMETERS
    if not (
        request.GlobalSecondaryIndexUpdates
        or request.ReplicaUpdates
        or request.ProvisionedWriteCapacityAutoScalingUpdate
    ):
        raise ValidationException(messages.SCALING_NOTHING)
    # TABLE
    table = catalogue.changeable(request.TableName)
    replicas = _replicas(catalogue, table)
    if not replicas:
        raise ValidationException(messages.SCALING_OF_NO_REPLICA, table=table.name)
    changes = list(_changes(replicas, request))
    check_changes(changes)
    # WRITE
    carry_out(changes)
    catalogue.change(table, Status.UPDATING)
    # RESPONSE
    return {"TableAutoScalingDescription": _describe(catalogue, table)}


def check_changes(changes: list[Change]) -> None:
    """Before any is carried out."""
    for change in changes:
        scaling = change.replica.catalogue.part(AutoScaling)
        scaling.check(change.replica.table, change.index, change.dimension, change.update)


def carry_out(changes: list[Change]) -> None:
    for change in changes:
        scaling = change.replica.catalogue.part(AutoScaling)
        scaling.change(change.replica.table, change.index, change.dimension, change.update)


def _replicas(catalogue: Catalogue, table: Table) -> dict[str, Replica]:
    """By region, the table's own first; of a legacy global table none."""
    part = catalogue.part(GlobalTables)
    own = part.replica(table)
    if own is None or own.group.version != CURRENT:
        return {}
    return {replica.region: replica for replica in (own, *part.siblings(table))}


def _changes(replicas: dict[str, Replica], request: shapes.UpdateTableReplicaAutoScalingInput) -> Iterator[Change]:
    """Writes are scaled alike in all regions, reads in each by itself."""
    for replica in replicas.values():
        if request.ProvisionedWriteCapacityAutoScalingUpdate is not None:
            yield Change(replica, None, Dimension.WRITE, request.ProvisionedWriteCapacityAutoScalingUpdate)
        for update in request.GlobalSecondaryIndexUpdates or ():
            if update.ProvisionedWriteCapacityAutoScalingUpdate is not None:
                index = _index(replica.table, update.IndexName)
                yield Change(replica, index, Dimension.WRITE, update.ProvisionedWriteCapacityAutoScalingUpdate)
    for one in request.ReplicaUpdates or ():
        found = replicas.get(one.RegionName)
        if found is None:
            raise ValidationException(
                messages.REPLICA_UNKNOWN, region=one.RegionName, table=short_name(request.TableName)
            )
        if one.ReplicaProvisionedReadCapacityAutoScalingUpdate is not None:
            yield Change(found, None, Dimension.READ, one.ReplicaProvisionedReadCapacityAutoScalingUpdate)
        for of_index in one.ReplicaGlobalSecondaryIndexUpdates or ():
            if of_index.ProvisionedReadCapacityAutoScalingUpdate is not None:
                index = _index(found.table, of_index.IndexName)
                yield Change(found, index, Dimension.READ, of_index.ProvisionedReadCapacityAutoScalingUpdate)


def _index(table: Table, name: str | None) -> str:
    index = None if name is None else table.indexes.get(name)
    if name is None or index is None or not index.schema.is_global:
        raise ResourceNotFoundException(messages.TABLE_NOT_FOUND)
    return name


def _describe(catalogue: Catalogue, table: Table) -> dict[str, Any]:
    description: dict[str, Any] = {"TableName": table.name, "TableStatus": table.status.value}
    replicas = _replicas(catalogue, table)
    if replicas:
        description["Replicas"] = [_describe_replica(replica) for replica in replicas.values()]
    return description


def _describe_replica(replica: Replica) -> dict[str, Any]:
    table, scaling = replica.table, replica.catalogue.part(AutoScaling)
    description: dict[str, Any] = {
        "RegionName": replica.region,
        "ReplicaStatus": replica.status.value,
        "ReplicaProvisionedReadCapacityAutoScalingSettings": scaling.describe(table, None, Dimension.READ),
        "ReplicaProvisionedWriteCapacityAutoScalingSettings": scaling.describe(table, None, Dimension.WRITE),
    }
    indexes = [
        {
            "IndexName": name,
            "IndexStatus": index.status.value,
            "ProvisionedReadCapacityAutoScalingSettings": scaling.describe(table, name, Dimension.READ),
            "ProvisionedWriteCapacityAutoScalingSettings": scaling.describe(table, name, Dimension.WRITE),
        }
        for name, index in table.indexes.items()
        if index.schema.is_global
    ]
    if indexes:
        description["GlobalSecondaryIndexes"] = indexes
    return description
