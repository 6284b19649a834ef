"""Requests that are broken by the service model: a member missing, unknown, null, of another type, out of its bounds.

Any place of a request may be the one that is broken, however deep: the walk goes down from the top and stops by
chance, so that outer members are met as often as all that is inside them. The fault is named by its place, without the
names of tables and attributes: `botocore: Key is null`.

Not all are refused: an optional member may be null, and one that nobody knows is ignored.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from conformance.scenario import JSON, JSONObject, Step
from conformance.strategies.drawing import Draw, chance, choose, pick
from conformance.strategies.members import shape, shape_of_input
from conformance.strategies.schemas import Table

PREFIX: Final = "botocore: "
_WRONG_JSON: Final[tuple[JSON, ...]] = ("text", "", 7, -1, True, False, [], {}, ["x"], {"x": 1}, 1.5, [None], [{}])
# What is longer costs more than it tells.
_LONGEST: Final = 300


@dataclass(slots=True)
class _Place:
    """A value in a request: who holds it, under what, which shape it has, and where that is."""

    holder: Any
    key: str | int
    shape: JSONObject
    path: str

    @property
    def value(self) -> JSON:
        return self.holder[self.key]

    @value.setter
    def value(self, value: JSON) -> None:
        self.holder[self.key] = value


def draw_fault(draw: Draw, step: Step, _table: Table) -> tuple[Step, str]:
    """`step` with one member broken, and how."""
    request = copy.deepcopy(step.request)
    input_shape = shape_of_input(step.operation)
    assert input_shape is not None
    if not request or chance(draw, 8):
        fault = _break_structure(draw, request, shape(input_shape), "")
    else:
        place = _draw_place(draw, request, shape(input_shape), "")
        offered = {name: 1 for name, breaks in FAULTS.items() if breaks.applies(place)}
        kind = choose(draw, "faults", offered)
        fault = FAULTS[kind].spoil(draw, place) or f"{place.path} {kind}"
    return Step(step.operation, request), PREFIX + fault


def _break_structure(draw: Draw, holder: JSONObject, described: JSONObject, path: str) -> str:
    """A required member less, or one more that nobody knows."""
    required = [member for member in described.get("required", ()) if member in holder]
    if required and chance(draw, 75):
        member = pick(draw, required)
        del holder[member]
        return f"{path}.{member} is missing".lstrip(".")
    holder["Unknown"] = pick(draw, _WRONG_JSON)
    return f"{path or 'the request'} has a member that is unknown"


def _draw_place(draw: Draw, holder: JSONObject, described: JSONObject, path: str) -> _Place:
    members = [member for member in holder if member in described["members"]]
    member = pick(draw, members or sorted(holder))
    inner = shape(described["members"][member]) if members else {"type": "string"}
    place = _Place(holder, member, inner, f"{path}.{member}".lstrip("."))
    while chance(draw, 60):
        below = _below(draw, place)
        if below is None:
            break
        place = below
    return place


def _below(draw: Draw, place: _Place) -> _Place | None:
    value, described = place.value, place.shape
    if not value or not isinstance(value, dict | list):
        return None
    if described["type"] == "structure" and isinstance(value, dict):
        known = [member for member in value if member in described["members"]]
        return _draw_place_in(draw, value, known, described, place.path) if known else None
    if described["type"] == "map" and isinstance(value, dict):
        return _Place(value, pick(draw, list(value)), shape(described["value"]), f"{place.path}.*")
    if described["type"] == "list" and isinstance(value, list):
        return _Place(value, draw.below(len(value)), shape(described["member"]), f"{place.path}[]")
    return None


def _draw_place_in(draw: Draw, value: JSONObject, known: list[str], described: JSONObject, path: str) -> _Place:
    member = pick(draw, known)
    return _Place(value, member, shape(described["members"][member]), f"{path}.{member}")


# --- the faults -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """Where it applies, and how it is made; what it returns is its name, where that is another."""

    applies: Callable[[_Place], bool]
    spoil: Callable[[Draw, _Place], str | None]


def _has(trait: str, *types: str) -> Callable[[_Place], bool]:
    return lambda place: trait in place.shape and (not types or place.shape["type"] in types)


def _set(value: Callable[[Draw, _Place], JSON]) -> Callable[[Draw, _Place], str | None]:
    def spoil(draw: Draw, place: _Place) -> None:
        place.value = value(draw, place)

    return spoil


def _of_another_type(draw: Draw, place: _Place) -> JSON:
    return pick(draw, [wrong for wrong in _WRONG_JSON if type(wrong) is not type(place.value)])


def _can_be_lengthened(place: _Place) -> bool:
    most = place.shape.get("max", 0)
    return 0 < most <= _LONGEST and place.shape["type"] in ("string", "list", "map") and bool(place.value)


def _lengthened(_draw: Draw, place: _Place) -> JSON:
    value, more = place.value, place.shape["max"] + 1
    if isinstance(value, list):
        return [*value, *[value[-1]] * (more - len(value))]
    if isinstance(value, dict):
        last = next(reversed(value.values()))
        return value | {f"Another{number}": last for number in range(more - len(value))}
    return str(value) + "x" * (more - len(str(value)))


def _can_be_shortened(place: _Place) -> bool:
    return place.shape.get("min", 0) > 0 and place.shape["type"] in ("string", "list", "map")


def _shortened(_draw: Draw, place: _Place) -> JSON:
    least = place.shape["min"] - 1
    return place.value[:least] if isinstance(place.value, str | list) else {}


def _break_inside(draw: Draw, place: _Place) -> str:
    return _break_structure(draw, place.value, place.shape, place.path)


_NUMERIC = ("integer", "long")

FAULTS: Final[Mapping[str, Fault]] = {
    "lacks a member or has one too many": Fault(
        lambda place: place.shape["type"] == "structure" and isinstance(place.value, dict), _break_inside
    ),
    "is null": Fault(lambda _: True, _set(lambda _draw, _place: None)),
    "is of another JSON type": Fault(lambda _: True, _set(_of_another_type)),
    "is below its least value": Fault(_has("min", *_NUMERIC), _set(lambda _, place: place.shape["min"] - 1)),
    "is above its greatest value": Fault(_has("max", *_NUMERIC), _set(lambda _, place: place.shape["max"] + 1)),
    "is too short": Fault(_can_be_shortened, _set(_shortened)),
    "is too long": Fault(_can_be_lengthened, _set(_lengthened)),
    "does not match its pattern": Fault(
        _has("pattern", "string"), _set(lambda draw, _: pick(draw, ("a b", "ab!c", "größe", "a/b/c")))
    ),
    "is not of its enumeration": Fault(
        _has("enum"),
        _set(lambda draw, place: pick(draw, ("NOTHING", "", str(place.shape["enum"][0]).lower(), "ALL NEW"))),
    ),
}
