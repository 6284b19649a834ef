"""The law of indexes: an index is its table, seen through its key and its projection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from conformance.laws.law import Broken, CannotJudgeError, Item, Law, Observed, broken
from conformance.laws.readings import (
    MISSING_ITEM,
    UNDUE,
    creations,
    datatype_of,
    indexes_of,
    is_global,
    key_datatypes,
    key_names,
    row_faults,
)
from conformance.laws.sketch import read_of, sketch
from conformance.scenario import JSONObject, Scenario
from conformance.strategies.drawing import Draw, chance


def projected(items: Sequence[Item], table: JSONObject, index: JSONObject) -> list[Item]:
    """What an index shows of these items (data-plane 6.2, sparse indexes; 6.4, projected set)."""
    keys, datatypes = key_names(index), key_datatypes(table)
    indexed = [item for item in items if all(datatype_of(item.get(name)) == datatypes.get(name) for name in keys)]
    projection = index.get("Projection", {})
    if projection.get("ProjectionType") == "ALL":
        return indexed
    shown = {*keys, *key_names(table), *projection.get("NonKeyAttributes", ())}
    return [{name: value for name, value in item.items() if name in shown} for item in indexed]


def _draw(draw: Draw) -> Scenario:
    made = sketch(draw, writes=8, wanted=lambda table: bool(table.indexes))
    if chance(draw, 30):
        # Nothing is left behind in an index of items that are gone.
        made.write(3, ("DeleteItem", "TransactWriteItems", "BatchWriteItem"))
    for index in made.table.indexes:
        made.probe(f"index:{index.name}", "Scan", read_of(made.table, index), pages=True)
    made.probe("base", "Scan", read_of(made.table), pages=True)
    return made.scenario()


def _judge(observed: Observed) -> Iterator[Broken]:
    base, probes = observed.probe("base"), observed.probes("index")
    if not probes:
        raise CannotJudgeError("the table has no index")
    table = creations(observed.scenario.tables).get(str(base.request.get("TableName")), {})
    items = base.items()
    for probe in probes:
        name = str(probe.request.get("IndexName"))
        index = indexes_of(table).get(name)
        if index is None:
            raise CannotJudgeError("the index is not one of the table")
        kind = "a global index" if is_global(table, name) else "a local index"
        for fault in row_faults(projected(items, table, index), probe.items(), key_names(table)):
            how = {
                MISSING_ITEM: f"an item that has the key of {kind} is missing in it",
                UNDUE: f"an item comes from {kind} that is not in the table, or has not its key",
            }.get(fault.how, f"in {kind}: {fault.how}")
            yield broken(probe, base, how=how, expected=fault.expected, actual=fault.actual)


PROJECTED_BASE: Final = Law(
    "index",
    "An index holds the projected attributes of exactly those items of its table that have its key.",
    "data-plane 6.2 (sparse indexes), 6.4 (projected set)",
    _draw,
    _judge,
    eventual=True,
)

LAWS: Final = (PROJECTED_BASE,)
