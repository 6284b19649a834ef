"""Writes that laws draw: ones that succeed on any item, and ones whose condition never holds."""

from __future__ import annotations

import re
from typing import Final

from conformance.laws.law import Item
from conformance.laws.sketch import Sketch, stripped
from conformance.scenario import JSONObject
from conformance.strategies.drawing import pick
from conformance.strategies.expressions import Placeholders
from conformance.strategies.items import ABSENT, draw_item
from conformance.strategies.values import draw_value

_NEVER: Final = f"attribute_exists({ABSENT})"


def false_condition(made: Sketch, request: JSONObject) -> JSONObject:
    """The write with a condition that nothing fulfils, behind one that may hold."""
    placeholders = Placeholders()
    condition = f"({made.condition(made.paths(), placeholders)}) AND {_NEVER}"
    guarded = dict(request)
    # Those of the update stay, and have other placeholders.
    for holder, defined in (
        ("ExpressionAttributeNames", placeholders.names),
        ("ExpressionAttributeValues", placeholders.values),
    ):
        renamed = {f"{name[0]}c{name[1:]}": value for name, value in defined.items()}
        if renamed:
            guarded[holder] = {**request.get(holder, {}), **renamed}
    guarded["ConditionExpression"] = re.sub(r"([#:])(?=[nv]\d)", r"\1c", condition)
    return guarded


def never_holds(condition: str) -> bool:
    """Whether that is still so, whatever has been taken out of the condition."""
    first = condition.removesuffix(f" AND {_NEVER}")
    return condition == _NEVER or (first != condition and stripped(first) != first)


def plain_update(made: Sketch, key: Item) -> JSONObject:
    """An UpdateItem that succeeds on any item."""
    return {
        "TableName": made.table.name,
        "Key": key,
        "UpdateExpression": "SET #u = :u REMOVE #r",
        "ExpressionAttributeNames": {"#u": "added", "#r": "title"},
        "ExpressionAttributeValues": {":u": draw_value(made.draw, "S", made.flavour)},
    }


def plain_write(made: Sketch) -> tuple[str, JSONObject]:
    table, key = made.table, made.key()
    kind = pick(made.draw, ("Put", "Update", "Delete"))
    if kind == "Put":
        return kind, {"TableName": table.name, "Item": draw_item(made.draw, table, key, made.flavour)}
    if kind == "Update":
        return kind, plain_update(made, key)
    return kind, {"TableName": table.name, "Key": key}
