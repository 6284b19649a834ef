"""What a scenario's accepted writes leave in a table, as far as that can be said without a reference.

A Put and a Delete say themselves what is at their key afterwards. What an Update leaves there is for the target to say,
so its key is unknown from then on, until the next Put or Delete of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.laws.law import Item, Observed, Probe
from conformance.laws.readings import creations, key_names, key_of
from conformance.scenario import JSON, JSONObject

# A table's name, the item or key that is named, and the item that is there afterwards: None where it is unknown,
# no attributes where there is none.
_Write: TypeAlias = tuple[str, Item, Item | None]


@dataclass(slots=True)
class Stored:
    """The items of one table by key; those at `unknown` keys may be anything."""

    key: tuple[str, ...]
    items: dict[Hashable, Item] = field(default_factory=dict)
    unknown: set[Hashable] = field(default_factory=set)

    def write(self, named: Item, left: Item | None) -> None:
        key = key_of(named, self.key)
        self.items.pop(key, None)
        self.unknown.discard(key)
        if left is None:
            self.unknown.add(key)
        elif left:
            self.items[key] = left

    def clear(self) -> None:
        self.items.clear()
        self.unknown.clear()


def key_of_table(observed: Observed, request: JSONObject) -> tuple[str, ...]:
    """The attributes of the key of the table that a request names."""
    return key_names(creations(observed.scenario.tables).get(str(request.get("TableName")), {}))


def stored_before(observed: Observed, table: str, index: int) -> Stored:
    """What is in the table when the step of this index is asked."""
    tables = creations(observed.scenario.tables)
    stored = Stored(key_names(tables.get(table, {})))
    for probe in observed.steps():
        if probe.index >= index:
            break
        if probe.step.operation in ("CreateTable", "DeleteTable") and probe.request.get("TableName") == table:
            if probe.is_accepted:
                stored.clear()
                stored.key = key_names(probe.request) or stored.key
            continue
        for name, named, left in _writes(probe):
            if name == table:
                stored.write(named, left if probe.is_accepted else None)
    return stored


def _writes(probe: Probe) -> Iterator[_Write]:
    """What a step may have written. A refusal changes nothing, but that is another law: here it is not known."""
    request, operation = probe.request, probe.step.operation
    if operation == "BatchWriteItem":
        left_over = isinstance(probe.reply.body, dict) and bool(probe.reply.body.get("UnprocessedItems"))
        for table, writes in _pairs(request.get("RequestItems")):
            for action, member in (pair for write in _list(writes) for pair in _pairs(write)):
                for named, left in _single(action.removesuffix("Request") + "Item", member):
                    yield table, named, None if left_over else left
    elif operation == "TransactWriteItems":
        # With a token the same transaction may have been there before, and this time nothing is written.
        repeated = "ClientRequestToken" in request
        for action, member in (pair for entry in _list(request.get("TransactItems")) for pair in _pairs(entry)):
            for named, left in _single(f"{action}Item", member):
                yield str(member.get("TableName")), named, None if repeated else left
    else:
        for named, left in _single(operation, request):
            yield str(request.get("TableName")), named, left


def _single(operation: str, request: JSON) -> Iterator[tuple[Item, Item | None]]:
    """The item or key that is named, and what is there afterwards."""
    member = {"PutItem": "Item", "DeleteItem": "Key", "UpdateItem": "Key"}.get(operation)
    named = request.get(member) if isinstance(request, dict) and member else None
    if isinstance(named, dict):
        yield named, {"PutItem": named, "DeleteItem": {}}.get(operation)


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _pairs(value: JSON) -> list[tuple[str, JSON]]:
    return list(value.items()) if isinstance(value, dict) else []
