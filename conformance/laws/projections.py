"""The law of projections: a projection is a part of the item, its values unchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from conformance.laws.law import Broken, CannotJudgeError, Item, Law, Observed, broken
from conformance.laws.readings import datatype_of, is_part_of
from conformance.laws.sketch import sketch, with_expression, without
from conformance.scenario import JSONObject, Scenario
from conformance.strategies.drawing import Draw
from conformance.strategies.expressions import Placeholders, draw_projection

_PROJECTION: Final = "ProjectionExpression"


def _whole(_own: JSONObject, requests: Callable[[str], list[JSONObject]]) -> JSONObject | None:
    return next((without(one, _PROJECTION) for one in requests("part")), None)


def _draw(draw: Draw) -> Scenario:
    made = sketch(draw, writes=2)
    key = made.key()
    made.probe("whole", "GetItem")
    for _ in range(3):
        placeholders = Placeholders()
        text = draw_projection(draw, made.paths(), placeholders, made.flavour)
        request: JSONObject = {"TableName": made.table.name, "Key": key, "ConsistentRead": True}
        made.probe("part", "GetItem", with_expression(request, _PROJECTION, text, placeholders))
    return made.scenario()


def _judge(observed: Observed) -> Iterator[Broken]:
    probe, parts = observed.probe("whole"), observed.probes("part")
    if not parts:
        raise CannotJudgeError("there is no projection")
    whole = probe.item()
    for part in parts:
        if without(part.request, _PROJECTION) != probe.request or _PROJECTION not in part.request:
            continue
        came = part.item()
        if whole is None or came is None:
            if whole is not came:
                # Also where the projection matches nothing: then the item has no attributes (data-plane 1.4).
                how = "no item comes, though there is one" if came is None else "an item comes that is not there"
                yield broken(part, probe, how=how, expected=whole, actual=came)
        elif how := _fault(part.request, whole, came):
            yield broken(part, probe, how=how, expected=whole, actual=came)


def _fault(request: JSONObject, whole: Item, came: Item) -> str:
    names = request.get("ExpressionAttributeNames", {})
    # By its first name, whether an attribute is projected as a whole.
    projected: dict[str, bool] = {}
    for path in str(request[_PROJECTION]).split(","):
        first = re.split(r"[.\[]", path.strip())[0].strip()
        projected[names.get(first, first)] = not re.search(r"[.\[]", path)
    for name, value in came.items():
        if name not in projected:
            return "an attribute comes that is not projected"
        if name not in whole:
            return "an attribute comes that the item has not got"
        if not is_part_of(value, whole[name]):
            return f"an attribute of type {datatype_of(whole[name])} comes with another value"
    for name, all_of_it in projected.items():
        if name in whole and all_of_it and (name not in came or not is_part_of(whole[name], came[name])):
            return f"a projected attribute of type {datatype_of(whole[name])} does not come whole"
    return ""


PROJECTION: Final = Law(
    "projection",
    "A projection of an item is a part of it with the same values: all that it names and nothing else.",
    "data-plane 4.8, 1.4",
    _draw,
    _judge,
    {"whole": _whole},
)

LAWS: Final = (PROJECTION,)
