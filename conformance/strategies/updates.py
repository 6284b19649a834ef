"""Update expressions: clauses that suit what is stored, gathered into sections in any order (data-plane 4.9, 4.10).

Each clause tells its effect, by which the world goes on knowing what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from conformance.strategies.drawing import Draw, chance, choose, pick, pick_some
from conformance.strategies.expressions import Found, Placeholders, draw_near, draw_path_text, draw_spaced
from conformance.strategies.items import (
    ATTRIBUTE_TYPES,
    Effect,
    Path,
    datatype_of,
    draw_key_value,
    overlap,
)
from conformance.strategies.schemas import KeyAttribute
from conformance.strategies.values import (
    ELEMENT_TYPE,
    NUMBERS,
    SET_TYPES,
    AttributeValue,
    Flavour,
    draw_any_value,
    draw_value,
    order_of,
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What an update may speak of: `paths` are offered as targets, of which `existing` resolve, with their values.

    `index_keys` are attributes that must keep their datatype.
    """

    paths: Sequence[Found]
    existing: Mapping[Path, AttributeValue]
    index_keys: Mapping[str, str]
    flavour: Flavour


@dataclass(frozen=True, slots=True)
class Clause:
    section: str
    text: str
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    text: str
    effects: tuple[Effect, ...]


def draw_update(draw: Draw, ground: Ground, placeholders: Placeholders) -> Update:
    """One to five clauses on paths none of which leads into another."""
    clauses: list[Clause] = []
    targets: list[Path] = []
    for path, value in pick_some(draw, ground.paths, 1, 5):
        if any(overlap(path, other) for other in targets):
            continue
        targets.append(path)
        if len(path) == 1 and path[0] in ground.index_keys:
            clauses.append(_draw_index_key_clause(draw, path, placeholders, ground))
        else:
            clauses.append(_draw_clause(draw, path, value, placeholders, ground))
    sections: dict[str, list[str]] = {}
    for clause in clauses:
        sections.setdefault(clause.section, []).append(clause.text)
    order = pick_some(draw, sorted(sections), len(sections), len(sections))
    lower = chance(draw, 6)
    text = " ".join(f"{section.lower() if lower else section} {', '.join(sections[section])}" for section in order)
    return Update(
        draw_spaced(draw, text, ground.flavour), tuple(effect for clause in clauses for effect in clause.effects)
    )


def _draw_index_key_clause(draw: Draw, path: Path, placeholders: Placeholders, ground: Ground) -> Clause:
    """An index key is set to another value of its type, or removed: the item enters, leaves, or moves in the index."""
    target = draw_path_text(draw, path, placeholders)
    name = str(path[0])
    if chance(draw, 25):
        return Clause("REMOVE", target, (Effect(path, None),))
    datatype = ground.index_keys[name]
    new = draw_key_value(draw, KeyAttribute(name, datatype), ground.flavour)
    if datatype == "N" and chance(draw, 20):
        one: AttributeValue = {"N": "1"}
        stored = ground.existing.get(path)
        # An index that came later may find values of another type.
        if stored is None or "N" in stored:
            return Clause("ADD", f"{target} {placeholders.value(one)}", (Effect(path, _sum(stored, one, "+")),))
    sources = [
        (other, found) for other, found in ground.existing.items() if datatype in found and found[datatype] != ""
    ]
    if sources and chance(draw, 12):
        source, copied = pick(draw, sources)
        if datatype == "N" or len(str(copied[datatype])) < 200:
            return Clause("SET", f"{target} = {draw_path_text(draw, source, placeholders)}", (Effect(path, copied),))
    if chance(draw, 10):
        kept = ground.existing.get(path, new)
        return Clause("SET", f"{target} = if_not_exists({target}, {placeholders.value(new)})", (Effect(path, kept),))
    return Clause("SET", f"{target} = {placeholders.value(new)}", (Effect(path, new),))


_ALWAYS: Final[Mapping[str, int]] = {"SET": 20, "if_not_exists": 8, "REMOVE": 12}
_COPY: Final[Mapping[str, int]] = {"copy": 10, "if_not_exists of another": 4}
# What suits an attribute of a type whether it is there or not, and what needs it to be there.
_OF_TYPE: Final[Mapping[str, Mapping[str, int]]] = {
    "SS": {"ADD": 18, "DELETE": 18},
    "NS": {"ADD": 18, "DELETE": 18},
    "BS": {"ADD": 18, "DELETE": 18},
    "N": {"ADD": 16, "counter": 10},
    "L": {"list_append to what may be missing": 8},
}
_OF_EXISTING: Final[Mapping[str, Mapping[str, int]]] = {
    "N": {"arithmetic": 14, "arithmetic of two paths": 4},
    "L": {"list_append": 14, "new element": 14, "several elements": 10},
    "M": {"new member": 16},
    "SS": {"DELETE of all": 10},
    "NS": {"DELETE of all": 10},
    "BS": {"DELETE of all": 10},
}


def _draw_clause(draw: Draw, path: Path, value: AttributeValue, placeholders: Placeholders, ground: Ground) -> Clause:
    """A clause that suits the type of what is at `path`."""
    datatype = datatype_of(value)
    stored = ground.existing.get(path)
    kinds = {**_ALWAYS, **_OF_TYPE.get(datatype, {})}
    if stored is not None:
        kinds.update(_OF_EXISTING.get(datatype, {}))
    if ground.existing:
        kinds.update(_COPY)
    kind = choose(draw, "update clauses", kinds)
    target = draw_path_text(draw, path, placeholders)
    if kind == "REMOVE":
        return Clause("REMOVE", target, (Effect(path, None),))
    if kind in ("ADD", "DELETE", "DELETE of all"):
        return _draw_of_sets_and_numbers(draw, kind, path, value, target, placeholders, ground)
    if kind in _COPY:
        return _draw_copy(draw, kind, path, target, placeholders, ground)
    if kind in ("new member", "new element", "several elements"):
        return _draw_inside(draw, kind, path, value, target, placeholders, ground)
    if "arithmetic" in kind or kind == "counter":
        return _draw_arithmetic(draw, kind, path, target, placeholders, ground)
    if "list_append" in kind:
        return _draw_list_append(draw, kind, path, target, placeholders, ground)
    new = draw_near(draw, value, ground.flavour, percent=40)
    operand = placeholders.value(new)
    if kind == "if_not_exists":
        inner = operand
        if chance(draw, 15):
            inner = f"if_not_exists(nowhere, {operand})"
        return Clause("SET", f"{target} = if_not_exists({target}, {inner})", (Effect(path, stored or new),))
    return Clause(
        "SET", f"{target} = ({operand})" if chance(draw, 5) else f"{target} = {operand}", (Effect(path, new),)
    )


def _draw_of_sets_and_numbers(
    draw: Draw, kind: str, path: Path, value: AttributeValue, target: str, placeholders: Placeholders, ground: Ground
) -> Clause:
    datatype = datatype_of(value)
    stored = ground.existing.get(path)
    if kind == "DELETE of all":
        return Clause("DELETE", f"{target} {placeholders.value(value)}", (Effect(path, None),))
    operand = draw_value(draw, datatype, ground.flavour)
    if stored is not None and datatype in SET_TYPES and chance(draw, 40):
        # Some of what is there, and perhaps what is not.
        elements = pick_some(draw, stored[datatype], 1, 2)
        operand = {datatype: list(_distinct(datatype, elements + operand[datatype] * chance(draw, 40)).values())}
    text = f"{target} {placeholders.value(operand)}"
    if datatype == "N":
        return Clause("ADD", text, (Effect(path, _sum(stored, operand, "+")),))
    before = _distinct(datatype, stored[datatype] if stored else [])
    named = _distinct(datatype, operand[datatype])
    if kind == "ADD":
        return Clause("ADD", text, (Effect(path, {datatype: list({**before, **named}.values())}),))
    left = [element for order, element in before.items() if order not in named]
    return Clause("DELETE", text, (Effect(path, {datatype: left} if left else None),))


def _distinct(datatype: str, elements: Sequence[str]) -> dict[object, str]:
    return {order_of(ELEMENT_TYPE[datatype], element): element for element in elements}


def _sum(stored: AttributeValue | None, operand: AttributeValue, sign: str) -> AttributeValue:
    """The sum where it is in the range of numbers; else what was there, as the update is refused."""
    if stored is None:
        return operand if sign == "+" else {"N": str(-Decimal(operand["N"]))}
    one, other = (NUMBERS.create_decimal(value["N"]) for value in (stored, operand))
    result = NUMBERS.add(one, other if sign == "+" else -other)
    legal = len(result.normalize(NUMBERS).as_tuple().digits) <= 38 and -130 <= result.adjusted() <= 125
    return {"N": str(result)} if legal else stored


def _draw_copy(draw: Draw, kind: str, path: Path, target: str, placeholders: Placeholders, ground: Ground) -> Clause:
    source, copied = pick(draw, list(ground.existing.items()))
    text = draw_path_text(draw, source, placeholders)
    if kind == "if_not_exists of another" and source != path:
        operand = placeholders.value(draw_any_value(draw, ground.flavour, 0))
        return Clause("SET", f"{target} = if_not_exists({text}, {operand})", (Effect(path, copied),))
    return Clause("SET", f"{target} = {text}", (Effect(path, copied),))


def _draw_inside(
    draw: Draw, kind: str, path: Path, value: AttributeValue, target: str, placeholders: Placeholders, ground: Ground
) -> Clause:
    """A member or elements of what is there; an element behind the end is appended (aws-2026, sizes 12)."""
    if kind == "several elements":
        return _draw_several(draw, path, len(value["L"]), target, placeholders)
    new = draw_any_value(draw, ground.flavour)
    operand = placeholders.value(new)
    if kind == "new member":
        return Clause("SET", f"{target}.extra = {operand}", (Effect((*path, "extra"), new),))
    length = len(value["L"])
    index = pick(draw, (0, length, length + 1, 5, 99))
    return Clause("SET", f"{target}[{index}] = {operand}", (Effect((*path, index), new),))


def _draw_several(draw: Draw, path: Path, length: int, target: str, placeholders: Placeholders) -> Clause:
    """Two or three elements are removed or set, in any order, some behind the end: all by their old places."""
    indexes = pick_some(draw, range(max(2, length + 2)), 2, 3)
    if chance(draw, 50):
        removed = tuple(Effect((*path, index), None) for index in indexes)
        return Clause("REMOVE", ", ".join(f"{target}[{index}]" for index in indexes), removed)
    texts = [f"{target}[{index}] = {placeholders.value({'N': str(index)})}" for index in indexes]
    return Clause(
        "SET", ", ".join(texts), tuple(Effect((*path, index), {"N": str(index)}) for index in sorted(indexes))
    )


_STEPS: Final[tuple[AttributeValue, ...]] = ({"N": "1"}, {"N": "-0.5"}, {"N": "0"}, {"N": "3"})


def _draw_arithmetic(
    draw: Draw, kind: str, path: Path, target: str, placeholders: Placeholders, ground: Ground
) -> Clause:
    stored = ground.existing.get(path)
    by = (
        pick(draw, _STEPS)
        if not ground.flavour.odd_numbers or chance(draw, 50)
        else draw_value(draw, "N", ground.flavour)
    )
    sign = pick(draw, "+-")
    if kind == "arithmetic of two paths":
        others = [other for other, found in ground.existing.items() if "N" in found]
        other = pick(draw, others)
        text = f"{target} = {target} {sign} {draw_path_text(draw, other, placeholders)}"
        return Clause("SET", text, (Effect(path, _sum(stored, ground.existing[other], sign)),))
    operand = placeholders.value(by)
    if kind == "counter":
        initial = stored or by
        text = f"{target} = if_not_exists({target}, {operand}) {sign} {operand}"
        return Clause("SET", text, (Effect(path, _sum(initial, by, sign)),))
    left, right = (target, operand) if chance(draw, 75) else (operand, target)
    one, other_value = (stored, by) if left == target else (by, stored or by)
    return Clause("SET", f"{target} = {left} {sign} {right}", (Effect(path, _sum(one, other_value, sign)),))


_LISTS: Final[tuple[AttributeValue, ...]] = ({"L": [{"S": "z"}]}, {"L": []}, {"L": [{"N": "1"}, {"L": [{"S": "a"}]}]})


def _draw_list_append(
    draw: Draw, kind: str, path: Path, target: str, placeholders: Placeholders, ground: Ground
) -> Clause:
    stored = ground.existing.get(path, {"L": []})["L"]
    if kind == "list_append" and chance(draw, 8):
        return Clause("SET", f"{target} = list_append({target}, {target})", (Effect(path, {"L": stored * 2}),))
    added = pick(draw, _LISTS)
    operand = placeholders.value(added)
    before = target
    if kind == "list_append to what may be missing":
        before = f"if_not_exists({target}, {placeholders.value({'L': []})})"
    if chance(draw, 60):
        text, result = f"list_append({before}, {operand})", stored + added["L"]
    else:
        text, result = f"list_append({operand}, {before})", added["L"] + stored
    return Clause("SET", f"{target} = {text}", (Effect(path, {"L": result}),))


def usual_paths(without: frozenset[str] = frozenset()) -> list[Found]:
    """The attributes of the pool as paths, each with a value of its usual type, whether or not they are stored."""
    return [((name,), _USUAL[datatype]) for name, datatype in ATTRIBUTE_TYPES.items() if name not in without]


_USUAL: Final[Mapping[str, AttributeValue]] = {
    "S": {"S": "a"},
    "N": {"N": "1"},
    "B": {"B": "YQ=="},
    "BOOL": {"BOOL": True},
    "NULL": {"NULL": True},
    "SS": {"SS": ["a"]},
    "NS": {"NS": ["1"]},
    "BS": {"BS": ["YQ=="]},
    "L": {"L": [{"S": "a"}]},
    "M": {"M": {"city": {"S": "a"}}},
}
