"""Items, the paths into them, and what the generator knows to be stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis.strategies import DrawFn

from conformance.strategies.schemas import Table
from conformance.strategies.values import (
    ALL_TYPES,
    KEY_VALUES,
    OTHER_SPELLINGS,
    AttributeValue,
    Flavour,
    chance,
    deep_values,
    pick,
    pick_some,
    values_of,
)

Item: TypeAlias = dict[str, AttributeValue]
# `details.stops[0]` is `("details", "stops", 0)`.
Path: TypeAlias = tuple[str | int, ...]

# The attributes besides keys, each with the datatype that it usually has. `name` and `status` are reserved words;
# the last two names need a placeholder for their characters.
ATTRIBUTE_TYPES = {
    "title": "S",
    "price": "N",
    "photo": "B",
    "flag": "BOOL",
    "nothing": "NULL",
    "tags": "SS",
    "scores": "NS",
    "chunks": "BS",
    "history": "L",
    "details": "M",
    "name": "S",
    "status": "S",
    "x.y": "N",
    "größe": "N",
}
# The name of what nothing has, neither an item nor a document in it.
ABSENT = "nowhere"


def datatype_of(value: AttributeValue) -> str:
    return next(iter(value))


def draw_item(draw: DrawFn, table: Table, key: Item, flavour: Flavour) -> Item:
    """An item with this key, the index keys for the most part, and two to five attributes."""
    item = dict(key)
    for name, datatype in table.index_keys().items():
        if chance(draw, 80):
            item[name] = {datatype: pick(draw, KEY_VALUES[datatype])}
    for name in pick_some(draw, tuple(ATTRIBUTE_TYPES), 2, 5):
        usual = ATTRIBUTE_TYPES[name]
        if name == "details":
            item[name] = draw_document(draw, flavour)
        elif chance(draw, 90):
            item[name] = draw(values_of(usual, flavour))
        else:
            item[name] = draw(values_of(pick(draw, ALL_TYPES), flavour))
    if flavour.deep_documents and chance(draw, 30):
        item["deep"] = draw(deep_values())
    return item


def draw_document(draw: DrawFn, flavour: Flavour) -> AttributeValue:
    """A map with something to reach at every level: `details.city`, `details.stops[0]`, `details.annex.marks`."""
    return {
        "M": {
            "city": draw(values_of("S", flavour)),
            "floor": draw(values_of("N", flavour)),
            "stops": draw(values_of("L", flavour)),
            "annex": {"M": {"name": draw(values_of("S", flavour)), "marks": draw(values_of("NS", flavour))}},
        }
    }


def draw_keys(draw: DrawFn, table: Table) -> tuple[Item, ...]:
    """Three to five keys. With a sort key they share one or two partitions."""
    partitions = KEY_VALUES[table.partition_key.datatype]
    if table.sort_key is None:
        chosen = pick_some(draw, partitions, 3, 5)
        return tuple({table.partition_key.name: {table.partition_key.datatype: value}} for value in chosen)
    few = pick_some(draw, partitions, 1, 2)
    sorts = KEY_VALUES[table.sort_key.datatype]
    pairs = pick_some(draw, [(partition, sort) for partition in few for sort in sorts], 3, 5)
    return tuple(
        {
            table.partition_key.name: {table.partition_key.datatype: partition},
            table.sort_key.name: {table.sort_key.datatype: sort},
        }
        for partition, sort in pairs
    )


def draw_spelling(draw: DrawFn, key: Item) -> Item:
    """The same key, its numbers perhaps written another way."""
    return {
        name: {"N": pick(draw, OTHER_SPELLINGS[value["N"]])} if value.get("N") in OTHER_SPELLINGS else value
        for name, value in key.items()
    }


def paths_in(item: Item, *, without: frozenset[str] = frozenset()) -> list[tuple[Path, AttributeValue]]:
    """Every path that resolves in `item`, with the value there; top-level attributes `without` are left out."""
    return [found for name, value in item.items() if name not in without for found in _paths_at((name,), value)]


def _paths_at(path: Path, value: AttributeValue) -> Iterator[tuple[Path, AttributeValue]]:
    yield path, value
    if len(path) > 4:
        return
    if "M" in value:
        for name, inner in value["M"].items():
            yield from _paths_at((*path, name), inner)
    elif "L" in value:
        for index, inner in enumerate(value["L"]):
            yield from _paths_at((*path, index), inner)


def overlap(one: Path, other: Path) -> bool:
    """Whether one path is the other or leads into it, or both use one parent as a map and as a list."""
    for left, right in zip(one, other, strict=False):
        if left != right:
            return isinstance(left, int) is not isinstance(right, int)
    return True


# What conditions and updates speak of where nothing is known to be stored.
TYPICAL: Item = {
    "title": {"S": "a"},
    "price": {"N": "1"},
    "flag": {"BOOL": True},
    "tags": {"SS": ["a", "b"]},
    "scores": {"NS": ["1"]},
    "history": {"L": [{"S": "a"}]},
    "name": {"S": "b"},
}


@dataclass(slots=True)
class World:
    """What the generator knows: the tables, their pools of keys, and what was put there last.

    It is a guide and not a model of DynamoDB: conditions may have failed and updates are not followed. It is right
    often enough for expressions to speak of attributes that exist.
    """

    flavour: Flavour
    tables: list[Table] = field(default_factory=list)
    keys: dict[str, tuple[Item, ...]] = field(default_factory=dict)
    stored: dict[str, dict[str, Item]] = field(default_factory=dict)

    def copy(self) -> World:
        """What is done to the copy does not reach this one."""
        stored = {name: dict(items) for name, items in self.stored.items()}
        return World(self.flavour, list(self.tables), dict(self.keys), stored)

    def add(self, table: Table, keys: tuple[Item, ...]) -> None:
        self.tables.append(table)
        self.keys[table.name] = keys
        self.stored[table.name] = {}

    def remove(self, table: Table) -> None:
        self.tables.remove(table)

    def put(self, table: Table, item: Item) -> None:
        self.stored[table.name][self._identity(table, item)] = item

    def delete(self, table: Table, key: Item) -> None:
        self.stored[table.name].pop(self._identity(table, key), None)

    def item(self, table: Table, key: Item) -> Item | None:
        return self.stored[table.name].get(self._identity(table, key))

    def some_item(self, table: Table) -> Item:
        return next(iter(self.stored[table.name].values()), TYPICAL)

    @staticmethod
    def _identity(table: Table, item: Item) -> str:
        return json.dumps([item[key.name] for key in table.key_attributes()])
