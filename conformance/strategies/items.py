"""Items, the paths into them, and what the generator knows to be stored."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final, TypeAlias

from conformance.references import FROM
from conformance.scenario import JSONObject, Step
from conformance.strategies.drawing import Draw, chance, pick, pick_some
from conformance.strategies.schemas import KeyAttribute, Table
from conformance.strategies.sizes import ITEM_BYTES, item_size
from conformance.strategies.values import (
    ALL_TYPES,
    LONGEST_PARTITION_KEYS,
    OTHER_SPELLINGS,
    AttributeValue,
    Flavour,
    draw_deep_value,
    draw_value,
    encoded,
    key_values,
    order_of,
)

Item: TypeAlias = dict[str, AttributeValue]
# `details.stops[0]` is `("details", "stops", 0)`.
Path: TypeAlias = tuple[str | int, ...]
# A primary key as Python compares it.
Identity: TypeAlias = tuple[Any, ...]

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
_NAMES = tuple(ATTRIBUTE_TYPES)
# The name of what nothing has, neither an item nor a document in it.
ABSENT = "nowhere"
# What makes an item as large as it is to be.
FILLER = "filler"
# Sizes around which capacity is charged: 1 KB a write unit, 4 KB a read unit; half as much for transactions.
CHARGED_SIZES: Final = (1024, 1024, 2048, 3072, 4096, 4096, 8192)
# Items of which a few make a page of 1 MB, and the largest that there are.
LARGE_SIZES: Final = (ITEM_BYTES, ITEM_BYTES - 1, 300_000, 360_000)


def datatype_of(value: AttributeValue) -> str:
    return next(iter(value))


def draw_item(draw: Draw, table: Table, key: Item, flavour: Flavour) -> Item:
    """An item with this key, the index keys for the most part, and two to five attributes."""
    item = dict(key)
    index_keys = table.index_keys()
    for name, datatype in index_keys.items():
        if chance(draw, 80):
            item[name] = draw_key_value(draw, KeyAttribute(name, datatype), flavour)
    # An index that came later may have any attribute for its key.
    for name in pick_some(draw, [name for name in _NAMES if name not in index_keys], 2, 5):
        usual = ATTRIBUTE_TYPES[name]
        if name == "details":
            item[name] = draw_document(draw, flavour)
        elif chance(draw, 90):
            item[name] = draw_value(draw, usual, flavour)
        else:
            item[name] = draw_value(draw, pick(draw, ALL_TYPES), flavour)
    if flavour.deep_documents and chance(draw, 30):
        item["deep"] = draw_deep_value(draw)
    if flavour.large and chance(draw, 85):
        return filled(item, pick(draw, LARGE_SIZES))
    if flavour.sizes and chance(draw, 60):
        return filled(item, pick(draw, CHARGED_SIZES) + draw.below(3) - 1)
    return item


def filled(item: Item, size: int) -> Item:
    """The item made so many bytes large, where it is not larger already."""
    missing = size - item_size(item) - len(FILLER)
    return item | {FILLER: {"S": "f" * missing}} if missing >= 0 else item


def draw_document(draw: Draw, flavour: Flavour) -> AttributeValue:
    """A map with something to reach at every level: `details.city`, `details.stops[0]`, `details.annex.marks`."""
    return {
        "M": {
            "city": draw_value(draw, "S", flavour),
            "floor": draw_value(draw, "N", flavour),
            "stops": draw_value(draw, "L", flavour),
            "annex": {"M": {"name": draw_value(draw, "S", flavour), "marks": draw_value(draw, "NS", flavour)}},
        }
    }


def draw_key_value(draw: Draw, key: KeyAttribute, flavour: Flavour) -> AttributeValue:
    """What may stand in a key of an index, or be looked for in one."""
    return {key.datatype: pick(draw, key_values(key.datatype, flavour))}


def draw_keys(draw: Draw, table: Table, flavour: Flavour) -> tuple[Item, ...]:
    """Three to five keys, or a crowd. With a sort key they share one or two partitions."""
    most = pick(draw, (10, 15, 25)) if flavour.crowd else 5
    partition_key, sort_key = table.partition_key, table.sort_key
    partitions: Sequence[str] = key_values(partition_key.datatype, flavour)
    if flavour.odd_keys and partition_key.datatype in LONGEST_PARTITION_KEYS and chance(draw, 10):
        partitions = (*partitions, LONGEST_PARTITION_KEYS[partition_key.datatype])
    if sort_key is None:
        chosen = pick_some(draw, partitions, 3, most)
        return tuple({partition_key.name: {partition_key.datatype: value}} for value in chosen)
    few = pick_some(draw, partitions, 1, pick(draw, (1, 1, 2)))
    sorts = key_values(sort_key.datatype, flavour)
    if flavour.crowd:
        sorts = tuple(dict.fromkeys((*sorts, *_MANY_SORTS[sort_key.datatype])))
    pairs = pick_some(draw, [(partition, sort) for partition in few for sort in sorts], max(3, most - 5), most)
    return tuple(
        {
            partition_key.name: {partition_key.datatype: partition},
            sort_key.name: {sort_key.datatype: sort},
        }
        for partition, sort in pairs
    )


_MANY_SORTS = {
    "S": tuple(f"k{number}" for number in range(15)),
    "N": tuple(str(number) for number in (*range(3, 9), *range(-9, -5), 11, 12, 20, 21, 101, 1.5, 1.25)),
    "B": tuple(encoded(bytes((number,))) for number in range(1, 255, 17)),
}


def draw_spelling(draw: Draw, key: Item) -> Item:
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


# --- what an update does ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Effect:
    """What a clause of an update does to the item: a path is given a value, or removed where that is None."""

    path: Path
    value: AttributeValue | None


def changed(item: Item, effects: Sequence[Effect]) -> Item:
    """The item after these effects, as far as their paths lead somewhere. Elements go last, the rearmost first."""
    result = copy.deepcopy(item)
    for effect in (effect for effect in effects if effect.value is not None):
        _put_at(result, effect.path, effect.value)
    removals = (effect.path for effect in effects if effect.value is None)
    for path in sorted(removals, key=_place_of_removal, reverse=True):
        _remove_at(result, path)
    return result


def _place_of_removal(path: Path) -> list[tuple[str, int]]:
    return [(part, 0) if isinstance(part, str) else ("", part) for part in path]


def _container(item: Item, path: Path) -> AttributeValue | None:
    """The attribute value that holds the last element of a path."""
    value: AttributeValue = {"M": item}
    for part in path[:-1]:
        holder = value.get("M" if isinstance(part, str) else "L")
        if holder is None or (part not in holder if isinstance(part, str) else part >= len(holder)):
            return None
        value = holder[part]
    return value


def _put_at(item: Item, path: Path, value: AttributeValue | None) -> None:
    holder, last = _container(item, path), path[-1]
    if holder is None:
        return
    if isinstance(last, str) and "M" in holder:
        holder["M"][last] = value
    elif isinstance(last, int) and "L" in holder:
        holder["L"][last : last + 1] = [value]


def _remove_at(item: Item, path: Path) -> None:
    holder, last = _container(item, path), path[-1]
    if holder is None:
        return
    if isinstance(last, str) and "M" in holder:
        holder["M"].pop(last, None)
    elif isinstance(last, int) and "L" in holder:
        del holder["L"][last : last + 1]


# --- the world --------------------------------------------------------------------------------------------

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
    """What the generator knows: the tables, their pools of keys, and what is stored there.

    It is a guide and not a model of DynamoDB: a condition whose truth it does not know is taken to hold. It is right
    often enough for expressions to speak of attributes that exist.
    """

    flavour: Flavour
    tables: list[Table] = field(default_factory=list)
    keys: dict[str, tuple[Item, ...]] = field(default_factory=dict)
    stored: dict[str, dict[Identity, Item]] = field(default_factory=dict)
    # Tables that were written to so far.
    written: set[str] = field(default_factory=set)
    # By table: the attribute of its time to live, and the labels of the steps that gave it its latest policy and made
    # its latest backup.
    expiry: dict[str, str | None] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)
    backups: dict[str, str] = field(default_factory=dict)
    # The name of the legacy global table that there is.
    legacy: str | None = None
    # By name, tables of which an export may be under way, or the enabling of a Kinesis destination. Forgotten never: it
    # is not known when that ends, and what was refused in a copy of this world may have been accepted.
    exported: set[str] = field(default_factory=set)
    delivering: set[str] = field(default_factory=set)
    # Steps that must come before the one that is drawn, as it takes something of their replies. By the names of table
    # and operation, the labels of those that there were.
    preparations: list[Step] = field(default_factory=list)
    labels_of: dict[tuple[str, str], str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def copy(self) -> World:
        """What is done to the copy does not reach this one, but for labels, the steps that prepare for others, and what
        goes on behind replies.
        """
        return replace(
            self,
            tables=list(self.tables),
            keys=dict(self.keys),
            stored={name: dict(items) for name, items in self.stored.items()},
            written=set(self.written),
            expiry=dict(self.expiry),
            revisions=dict(self.revisions),
            backups=dict(self.backups),
        )

    def add(self, table: Table, keys: tuple[Item, ...]) -> None:
        self.tables.append(table)
        self.keys[table.name] = keys
        self.stored[table.name] = {}

    def remove(self, table: Table) -> None:
        self.tables.remove(table)
        self.written.discard(table.name)
        self.expiry.pop(table.name, None)
        self.revisions.pop(table.name, None)
        self.backups.pop(table.name, None)
        self._forget_labels(table)

    def replace(self, table: Table, changed: Table) -> None:
        """The table is from now on as an UpdateTable has made it."""
        self.tables[self.tables.index(table)] = changed
        if changed.stream != table.stream:
            self._forget_labels(table)

    def _forget_labels(self, table: Table) -> None:
        for known in [known for known in self.labels_of if known[0] == table.name]:
            del self.labels_of[known]

    def put(self, table: Table, item: Item) -> None:
        self.written.add(table.name)
        self.stored[table.name][identity(table, item)] = item

    def delete(self, table: Table, key: Item) -> None:
        self.written.add(table.name)
        self.stored[table.name].pop(identity(table, key), None)

    def update(self, table: Table, key: Item, effects: Sequence[Effect]) -> None:
        self.put(table, changed(self.item(table, key) or key, effects))

    def item(self, table: Table, key: Item) -> Item | None:
        return self.stored[table.name].get(identity(table, key))

    def some_item(self, table: Table) -> Item:
        return next(iter(self.stored[table.name].values()), TYPICAL)

    def label(self) -> str:
        """One that no other step of the scenario has."""
        return f"step{next(self._numbers)}"

    def prepared(self, table: Table, operation: str, request: JSONObject) -> str:
        """The label of a step of this operation, which comes first where there was none for the table."""
        if (table.name, operation) not in self.labels_of:
            label = self.labels_of[table.name, operation] = self.label()
            self.preparations.append(Step(operation, request, label=label))
        return self.labels_of[table.name, operation]

    def table_arn(self, table: Table) -> JSONObject:
        return {FROM: f"{self.prepared(table, 'DescribeTable', {'TableName': table.name})}.Table.TableArn"}

    def stream_arn(self, table: Table) -> JSONObject:
        return {FROM: f"{self.prepared(table, 'DescribeTable', {'TableName': table.name})}.Table.LatestStreamArn"}

    def after_preparations(self, *steps: Step) -> list[Step]:
        """These steps, behind those that they need."""
        needed = [*self.preparations]
        self.preparations.clear()
        return [*needed, *steps]


def identity(table: Table, item: Item) -> Identity:
    """The same for two spellings of one key."""
    return tuple(order_of(key.datatype, item[key.name][key.datatype]) for key in table.keys.attributes)


def draw_key(draw: Draw, world: World, table: Table) -> Item:
    """A key of the table's pool: one at which something is stored, for the most part."""
    keys = world.keys[table.name]
    stored = [key for key in keys if world.item(table, key)] if chance(draw, 60) else []
    return pick(draw, stored or keys)


def draw_spelt(draw: Draw, world: World, key: Item) -> Item:
    return draw_spelling(draw, key) if world.flavour.odd_numbers and chance(draw, 30) else key
