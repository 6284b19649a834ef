"""Parameters from before there were expressions (data-plane 5): the same rules in another form.

Expected, KeyConditions, QueryFilter, ScanFilter with all comparison operators, AttributeUpdates with its three actions,
AttributesToGet. Names are those of whole attributes: there are no paths.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from conformance.scenario import JSONObject
from conformance.strategies.drawing import Draw, chance, choose, pick, pick_some
from conformance.strategies.expressions import (
    ORDERED_TYPES,
    Found,
    draw_bounds,
    draw_key_bound,
    draw_member,
    draw_near,
    draw_prefix,
)
from conformance.strategies.items import Effect, Item, datatype_of
from conformance.strategies.schemas import KeyAttribute, Keys
from conformance.strategies.updates import Ground
from conformance.strategies.values import (
    ALL_TYPES,
    SET_TYPES,
    AttributeValue,
    Flavour,
    draw_value,
    key_values,
    order_of,
)

_OPERATORS: Final[Mapping[str, int]] = {
    "EQ": 6,
    "NE": 4,
    "LT": 2,
    "LE": 2,
    "GT": 2,
    "GE": 2,
    "BETWEEN": 3,
    "IN": 3,
    "BEGINS_WITH": 3,
    "CONTAINS": 3,
    "NOT_CONTAINS": 3,
    "NULL": 2,
    "NOT_NULL": 2,
}
# The types that an operator takes (data-plane 5.4).
_OF_CONTENT = ("S", "N", "B", "BOOL", "NULL")
_TYPES: Final[Mapping[str, Sequence[str]]] = {
    "EQ": ALL_TYPES,
    "NE": ALL_TYPES,
    "BEGINS_WITH": ("S", "B"),
    "CONTAINS": _OF_CONTENT,
    "NOT_CONTAINS": _OF_CONTENT,
}


def top_level(paths: Sequence[Found]) -> list[tuple[str, AttributeValue]]:
    return [(str(path[0]), value) for path, value in paths if len(path) == 1]


def draw_comparison(draw: Draw, value: AttributeValue, flavour: Flavour) -> JSONObject:
    """A ComparisonOperator with its AttributeValueList, over an attribute that has this value."""
    operator = choose(draw, "comparison operators", _OPERATORS)
    if operator in ("NULL", "NOT_NULL"):
        return {"ComparisonOperator": operator}
    return {"ComparisonOperator": operator, "AttributeValueList": _draw_operands(draw, operator, value, flavour)}


def _draw_operands(draw: Draw, operator: str, value: AttributeValue, flavour: Flavour) -> list[AttributeValue]:
    types = _TYPES.get(operator, ORDERED_TYPES)
    datatype = datatype_of(value)
    if operator in ("CONTAINS", "NOT_CONTAINS"):
        member = draw_member(draw, value, flavour) if datatype in ("S", "B", "L", *SET_TYPES) else {"S": "a"}
        return [member if datatype_of(member) in types else {"S": "a"}]
    if datatype not in types:
        datatype = pick(draw, types)
        value = draw_value(draw, datatype, flavour)
    if operator == "BETWEEN":
        return list(draw_bounds(draw, datatype, value[datatype], flavour))
    if operator == "BEGINS_WITH":
        return [draw_prefix(draw, value)]
    if operator == "IN":
        return [draw_near(draw, value, flavour, (datatype,), 40) for _ in range(pick(draw, (1, 2, 3)))]
    return [draw_near(draw, value, flavour, types)]


def draw_filter(draw: Draw, paths: Sequence[Found], flavour: Flavour) -> JSONObject:
    """The value of QueryFilter or ScanFilter: one to three attributes."""
    offered = dict(top_level(paths))
    names = pick_some(draw, sorted(offered), 1, 3)
    return {name: draw_comparison(draw, offered[name], flavour) for name in names}


def draw_expected(draw: Draw, stored: Item | None, paths: Sequence[Found], flavour: Flavour) -> JSONObject:
    """Expected, and perhaps a ConditionalOperator."""
    offered = dict(top_level(paths))
    expected: JSONObject = {}
    for name in pick_some(draw, sorted(offered), 1, 3):
        present = stored is not None and name in stored
        form = pick(draw, ("value", "value", "absent", "comparison", "comparison"))
        if form == "comparison":
            expected[name] = draw_comparison(draw, offered[name], flavour)
            if len(expected[name].get("AttributeValueList", ())) == 1 and chance(draw, 25):
                # One operand may stand in Value just as well.
                (only,) = expected[name].pop("AttributeValueList")
                expected[name]["Value"] = only
        elif form == "absent" or not present:
            expected[name] = {"Exists": False}
        else:
            expected[name] = {"Value": draw_near(draw, offered[name], flavour)}
            if chance(draw, 25):
                expected[name]["Exists"] = True
    request: JSONObject = {"Expected": expected}
    return request | draw_conditional_operator(draw, len(expected))


def draw_conditional_operator(draw: Draw, count: int) -> JSONObject:
    """It may be given for two conditions or more."""
    return {"ConditionalOperator": pick(draw, ("OR", "OR", "AND"))} if count > 1 and chance(draw, 40) else {}


def draw_key_conditions(draw: Draw, keys: Keys, item: Item, flavour: Flavour) -> JSONObject:
    """The value of KeyConditions. An index with several attributes of a kind cannot be queried so."""
    conditions = {keys.partition[0].name: _comparison("EQ", _bound(draw, keys.partition[0], item, flavour))}
    if keys.sort and chance(draw, 65):
        sort_key = keys.sort[0]
        operators = ("EQ", "LT", "LE", "GT", "GE", "BETWEEN", "BEGINS_WITH")
        operator = pick(draw, operators if sort_key.datatype != "N" else operators[:-1])
        value = _bound(draw, sort_key, item, flavour)
        if operator == "BETWEEN":
            other = {sort_key.datatype: pick(draw, key_values(sort_key.datatype, flavour))}
            bounds = sorted((value, other), key=lambda bound: order_of(sort_key.datatype, bound[sort_key.datatype]))
            conditions[sort_key.name] = _comparison(operator, *bounds)
        else:
            prefix = operator == "BEGINS_WITH" and sort_key.datatype == "S"
            conditions[sort_key.name] = _comparison(operator, {"S": value["S"][:1]} if prefix else value)
    return conditions


def _bound(draw: Draw, key: KeyAttribute, item: Item, flavour: Flavour) -> AttributeValue:
    return {key.datatype: draw_key_bound(draw, key, item, flavour)}


def _comparison(operator: str, *operands: AttributeValue) -> JSONObject:
    return {"ComparisonOperator": operator, "AttributeValueList": list(operands)}


def draw_attributes_to_get(draw: Draw, paths: Sequence[Found]) -> list[str]:
    return pick_some(draw, sorted(dict(top_level(paths))), 1, 4)


def draw_attribute_updates(draw: Draw, ground: Ground) -> tuple[JSONObject, tuple[Effect, ...]]:
    """AttributeUpdates of one to three attributes, and what they do."""
    updates: JSONObject = {}
    effects: list[Effect] = []
    for name, value in pick_some(draw, top_level(ground.paths), 1, 3):
        if name in updates:
            continue
        if name in ground.index_keys:
            datatype = ground.index_keys[name]
            value = {datatype: pick(draw, key_values(datatype, ground.flavour))}
            actions: tuple[str, ...] = ("PUT", "PUT", "DELETE")
        else:
            datatype = datatype_of(value)
            value = draw_near(draw, value, ground.flavour, percent=40)
            addable = datatype == datatype_of(value) and datatype in ("N", "L", *SET_TYPES)
            actions = ("PUT", "PUT", "DELETE", *("ADD", "ADD", "DELETE of elements") * addable)
        action = pick(draw, actions)
        if action == "DELETE of elements" and datatype not in SET_TYPES:
            action = "ADD"
        updates[name] = _attribute_update(draw, action, value)
        if action == "DELETE":
            effects.append(Effect((name,), None))
        elif action == "PUT" or (name,) not in ground.existing:
            effects.append(Effect((name,), value))
    return updates, tuple(effects)


def _attribute_update(draw: Draw, action: str, value: AttributeValue) -> dict[str, Any]:
    if action == "DELETE":
        return {"Action": "DELETE"}
    if action == "DELETE of elements":
        return {"Action": "DELETE", "Value": value}
    if action == "PUT" and chance(draw, 20):
        return {"Value": value}  # PUT is what is meant where nothing is said
    return {"Action": action, "Value": value}
