"""Drawing a law's scenario: tables with items in them, some writes, then the law's probes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Final

from conformance.laws.law import LABEL
from conformance.scenario import JSONObject, Scenario, Step
from conformance.strategies.drawing import Draw, chance, pick
from conformance.strategies.expressions import NOWHERE, Found, Placeholders, draw_condition
from conformance.strategies.items import Item, World, draw_item, draw_key, draw_keys, paths_in
from conformance.strategies.operations import OPERATIONS
from conformance.strategies.schemas import Index, Table, draw_table
from conformance.strategies.values import Flavour, draw_flavour

FEATURE: Final = "laws"
WRITES: Final = ("PutItem", "UpdateItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems")
_PLACEHOLDER: Final = re.compile(r"[#:]\w+")


@dataclass(slots=True)
class Sketch:
    """A scenario in the making. Nothing in it is wrong on purpose."""

    draw: Draw
    world: World
    tables: list[JSONObject] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def table(self) -> Table:
        return self.world.tables[0]

    @property
    def flavour(self) -> Flavour:
        return self.world.flavour

    def add_table(self, table: Table, **options: object) -> Table:
        self.world.add(table, draw_keys(self.draw, table, self.flavour))
        self.tables.append(table.create_request() | options)
        return table

    def put_items(self, table: Table, keys: Sequence[Item]) -> None:
        for key in keys:
            item = draw_item(self.draw, table, key, self.flavour)
            self.world.put(table, item)
            self.steps.append(Step("PutItem", {"TableName": table.name, "Item": item}))

    def write(self, number: int, operations: Sequence[str] = WRITES) -> None:
        """Some writes of any kind; they may fail."""
        for _ in range(number):
            table = pick(self.draw, self.world.tables)
            self.steps.append(OPERATIONS[pick(self.draw, operations)].draw(self.draw, self.world, table))

    def probe(self, role: str, operation: str, request: JSONObject | None = None, *, pages: bool = False) -> None:
        """A step of this role, whose label no other step has: those of one role are numbered from the second on."""
        known = {step.label for step in self.steps}
        numbered = (f"{LABEL}{role}:{number}" for number in count(2))
        label = next(label for label in chain([f"{LABEL}{role}"], numbered) if label not in known)
        self.steps.append(Step(operation, request or {}, label=label, pages=pages))

    def key(self, table: Table | None = None) -> Item:
        return draw_key(self.draw, self.world, table or self.table)

    def some_item(self, table: Table | None = None) -> Item:
        """An item that is stored, or a typical one."""
        table = table or self.table
        return self.world.item(table, self.key(table)) or self.world.some_item(table)

    def paths(self, without: Sequence[str] = ()) -> list[Found]:
        """Paths of a stored item, and one that leads nowhere."""
        return [*paths_in(self.some_item(), without=frozenset(without)), NOWHERE]

    def condition(self, paths: Sequence[Found], placeholders: Placeholders, depth: int = 1) -> str:
        # Parentheses in which the whole would stand are a fault once there is another pair around them.
        return stripped(draw_condition(self.draw, paths, placeholders, self.flavour, depth).text.strip())

    def scenario(self) -> Scenario:
        return Scenario("law", FEATURE, tuple(self.tables), tuple(self.steps))


def sketch(
    draw: Draw,
    *,
    writes: int = 3,
    fill: bool = True,
    wanted: Callable[[Table], bool] = lambda _: True,
    adapt: Callable[[Table], Table] = lambda table: table,
    flavour: Mapping[str, bool] | None = None,
    options: Mapping[str, object] | None = None,
) -> Sketch:
    """A table with items in it, and up to so many writes of any kind after them.

    Tables are drawn until one is `wanted`; `adapt` changes it. `flavour` is what the items have beyond the plain,
    `options` are more of CreateTable.
    """
    plain = {"near_misses": False, "large": False, "legacy": False} | dict(flavour or {})
    made = Sketch(draw, World(replace(draw_flavour(draw), **plain)))
    table = draw_table(draw, "Things")
    while not wanted(table):
        table = draw_table(draw, "Things")
    table = made.add_table(adapt(table), **(options or {}))
    if fill:
        keys = made.world.keys[table.name]
        made.put_items(table, keys[: max(2, len(keys) - draw.below(2))])
        made.write(draw.below(writes + 1))
    return made


# --- requests ---------------------------------------------------------------------------------------------


def read_of(table: Table, index: Index | None = None) -> JSONObject:
    """A Scan's request, as consistent as it can be."""
    request: JSONObject = {"TableName": table.name}
    if index is not None:
        request["IndexName"] = index.name
    return request if index is not None and index.is_global else request | {"ConsistentRead": True}


def partition_of(sketch: Sketch, index: Index | None = None) -> JSONObject:
    """A Query's request for one partition of the table or index, one that has items if that is known."""
    table = sketch.table
    keys = (index or table).keys.partition
    items = [*sketch.world.stored[table.name].values(), {}]
    item = next((one for one in items if all(key.datatype in one.get(key.name, {}) for key in keys)), {})
    if chance(sketch.draw, 50):
        item = sketch.some_item()
    values = [item.get(key.name, {}).get(key.datatype, _ANYTHING[key.datatype]) for key in keys]
    return read_of(table, index) | {
        "KeyConditionExpression": " AND ".join(f"#key{n} = :key{n}" for n in range(len(keys))),
        "ExpressionAttributeNames": {f"#key{n}": key.name for n, key in enumerate(keys)},
        "ExpressionAttributeValues": {f":key{n}": {key.datatype: values[n]} for n, key in enumerate(keys)},
    }


_ANYTHING: Final = {"S": "a", "N": "1", "B": "YQ=="}


def with_expression(request: JSONObject, member: str, text: str, placeholders: Placeholders) -> JSONObject:
    """The request with one more expression, and the placeholders that it uses."""
    result = {**request, member: text}
    for holder, defined in (
        ("ExpressionAttributeNames", placeholders.names),
        ("ExpressionAttributeValues", placeholders.values),
    ):
        if defined or holder in request:
            result[holder] = {**defined, **request.get(holder, {})}
    return with_used_placeholders(result)


def with_used_placeholders(request: JSONObject) -> JSONObject:
    """The request without the placeholders that none of its expressions uses: those are refused (data-plane 4.3)."""
    texts = (text for member, text in request.items() if member.endswith("Expression") and isinstance(text, str))
    used = {placeholder for text in texts for placeholder in _PLACEHOLDER.findall(text)}
    result = dict(request)
    for holder in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        if isinstance(result.get(holder), dict):
            kept = {name: value for name, value in result[holder].items() if name in used}
            result = {member: value for member, value in result.items() if member != holder}
            result |= {holder: kept} if kept else {}
    return result


def without(request: JSONObject, *members: str) -> JSONObject:
    """The request without these members and what only they used."""
    return with_used_placeholders({name: value for name, value in request.items() if name not in members})


def stripped(text: str) -> str:
    """The condition without parentheses around the whole of it."""
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int:
    """Where the parenthesis closes with which the text begins."""
    depth = 0
    for place, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if not depth:
            return place
    return -1
