"""UpdateTable: one change of a table, which it has from then on (control-plane 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from conformance.scenario import JSONObject, Step
from conformance.strategies.drawing import Draw, chance, choose, draw_members, pick
from conformance.strategies.items import ATTRIBUTE_TYPES, World
from conformance.strategies.schemas import (
    INDEX_KEY_TYPES,
    MOST_GLOBAL_INDEXES,
    STREAM_VIEW_TYPES,
    THROUGHPUT,
    Index,
    KeyAttribute,
    Keys,
    Table,
    draw_projection_type,
)
from conformance.strategies.values import SCALAR_KEY_TYPES

# Members of the request, and the table as it is afterwards; None where the table has nothing to be changed so.
Change: TypeAlias = tuple[JSONObject, Table]
DrawChange: TypeAlias = Callable[[Draw, World, Table], Change | None]

_UNITS: Final = (1, 5, 6, 20, 40_000)


def update_table(draw: Draw, world: World, table: Table) -> Step:
    weights = {name: weight for name, (weight, _) in CHANGES.items()}
    while True:
        change = CHANGES[choose(draw, "changes of tables", weights)][1](draw, world, table)
        if change is not None:
            return updated(world, table, change)


def updated(world: World, table: Table, change: Change) -> Step:
    members, after = change
    world.replace(table, after)
    return Step("UpdateTable", {"TableName": table.name, **members})


# --- indexes ----------------------------------------------------------------------------------------------


def create_index(draw: Draw, world: World, table: Table) -> Change | None:
    """A global index over what is there. Its keys are attributes that items have, some of them of another type."""
    if sum(index.is_global for index in table.indexes) >= MOST_GLOBAL_INDEXES:
        return None
    own = table.keys.attributes
    scalars = [KeyAttribute(name, kind) for name, kind in ATTRIBUTE_TYPES.items() if kind in SCALAR_KEY_TYPES]
    usual = [KeyAttribute(name, datatype) for name, datatype in INDEX_KEY_TYPES.items()]
    candidates = [*scalars, *usual, *own]
    stored = world.stored[table.name].values()
    present = [key for key in candidates if any(key.name in item for item in stored)]
    partition_key = pick(draw, present if present and chance(draw, 70) else candidates)
    others = [key for key in candidates if key != partition_key]
    sort_key = (pick(draw, others),) if chance(draw, 60) else ()
    # A name that no other index of the scenario has or had: what an index is sorted by is known by its name.
    index = Index(f"new-{world.label()}", True, Keys((partition_key,), sort_key), *draw_projection_type(draw))
    definitions = [{"AttributeName": key.name, "AttributeType": key.datatype} for key in index.keys.attributes]
    members: JSONObject = {
        "AttributeDefinitions": definitions,
        "GlobalSecondaryIndexUpdates": [{"Create": index.create_member(provisioned=table.provisioned)}],
    }
    return members, replace(table, indexes=(*table.indexes, index))


def delete_index(draw: Draw, _world: World, table: Table) -> Change | None:
    having = [index for index in table.indexes if index.is_global]
    return deletion_of(table, pick(draw, having)) if having else None


def deletion_of(table: Table, index: Index) -> Change:
    left = tuple(one for one in table.indexes if one != index)
    return {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": index.name}}]}, replace(table, indexes=left)


# --- what it costs ----------------------------------------------------------------------------------------


def switch_billing(_draw: Draw, _world: World, table: Table) -> Change:
    if table.provisioned:
        return {"BillingMode": "PAY_PER_REQUEST"}, replace(table, provisioned=False)
    members: JSONObject = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": THROUGHPUT}
    updates = [
        {"Update": {"IndexName": index.name, "ProvisionedThroughput": THROUGHPUT}}
        for index in table.indexes
        if index.is_global
    ]
    if updates:
        members["GlobalSecondaryIndexUpdates"] = updates
    return members, replace(table, provisioned=True)


def change_throughput(draw: Draw, _world: World, table: Table) -> Change | None:
    """Of the table, or of one of its indexes. It may be what it is already, which is refused."""
    if not table.provisioned:
        return None
    units: JSONObject = {"ReadCapacityUnits": pick(draw, _UNITS), "WriteCapacityUnits": pick(draw, _UNITS)}
    having = [index for index in table.indexes if index.is_global]
    if having and chance(draw, 40):
        update = {"IndexName": pick(draw, having).name, "ProvisionedThroughput": units}
        return {"GlobalSecondaryIndexUpdates": [{"Update": update}]}, table
    return {"ProvisionedThroughput": units, **draw_members(draw, BillingMode=(20, ("PROVISIONED",)))}, table


def limit_on_demand(draw: Draw, _world: World, table: Table) -> Change | None:
    if table.provisioned:
        return None
    read, write = pick(draw, (1, 100, -1)), pick(draw, (1, 100, -1))
    return {"OnDemandThroughput": {"MaxReadRequestUnits": read, "MaxWriteRequestUnits": write}}, table


def warm(draw: Draw, _world: World, table: Table) -> Change:
    """More than there is by itself, and more again each time or less, which is refused."""
    read, write = pick(draw, (12_001, 15_000, 40_000)), pick(draw, (4_001, 6_000, 40_000))
    return {"WarmThroughput": {"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write}}, table


# --- the rest ---------------------------------------------------------------------------------------------


def switch_stream(draw: Draw, _world: World, table: Table) -> Change:
    if table.stream is not None:
        specification: JSONObject = {"StreamEnabled": False}
    else:
        specification = {"StreamEnabled": True, "StreamViewType": pick(draw, STREAM_VIEW_TYPES)}
    return {"StreamSpecification": specification}, table.with_option("StreamSpecification", specification)


def protect(draw: Draw, _world: World, table: Table) -> Change:
    protection = table.protected is chance(draw, 20)
    members = {"DeletionProtectionEnabled": protection}
    return members, table.with_option("DeletionProtectionEnabled", protection)


def change_class(draw: Draw, _world: World, table: Table) -> Change:
    return {"TableClass": pick(draw, ("STANDARD", "STANDARD_INFREQUENT_ACCESS"))}, table


def encrypt(draw: Draw, _world: World, table: Table) -> Change:
    specifications: tuple[JSONObject, ...] = (
        {"Enabled": True},
        {"Enabled": False},
        {"Enabled": True, "SSEType": "KMS"},
    )
    return {"SSESpecification": pick(draw, specifications)}, table


CHANGES: Final[Mapping[str, tuple[int, DrawChange]]] = {
    "an index more": (12, create_index),
    "an index less": (8, delete_index),
    "the other billing mode": (6, switch_billing),
    "another throughput": (6, change_throughput),
    "a stream, or none": (6, switch_stream),
    "protection": (4, protect),
    "the table class": (3, change_class),
    "limits on demand": (2, limit_on_demand),
    "warm throughput": (2, warm),
    "encryption": (2, encrypt),
}
