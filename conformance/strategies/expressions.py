"""Expressions, generated from the grammar over paths that exist (data-plane 4.2).

Every strategy here takes the `Placeholders` of its request and enters there the names and values that its text uses, so
what one request's expressions use is defined, and what is defined is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from hypothesis.strategies import DrawFn

from conformance.scenario import JSONObject
from conformance.strategies.items import ABSENT, ATTRIBUTE_TYPES, Item, Path, datatype_of, overlap
from conformance.strategies.schemas import KeyAttribute
from conformance.strategies.values import (
    ALL_TYPES,
    KEY_VALUES,
    AttributeValue,
    Flavour,
    any_values,
    chance,
    order_of,
    pick,
    pick_some,
    values_of,
)

# Names of this package's pools that are reserved words; the whole list is not needed to generate.
RESERVED = frozenset({"name", "status"})
_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
_TRUE_OF_EQUALS = ("=", "<=", ">=")
ORDERED_TYPES = ("S", "N", "B")
SIZED_TYPES = ("S", "B", "SS", "NS", "BS", "L", "M")

# A path that resolves, and the value there.
Found: TypeAlias = tuple[Path, AttributeValue]
# One that does not, offered among the others where naming it is legal.
NOWHERE: Found = ((ABSENT,), {"S": "a"})


@dataclass(slots=True)
class Placeholders:
    """The ExpressionAttributeNames and ExpressionAttributeValues of one request."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, AttributeValue] = field(default_factory=dict)

    def name(self, name: str) -> str:
        for placeholder, known in self.names.items():
            if known == name:
                return placeholder
        placeholder = f"#n{len(self.names)}"
        self.names[placeholder] = name
        return placeholder

    def value(self, value: AttributeValue) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder

    def enter(self, request: JSONObject) -> None:
        """Put into `request` what its expressions use."""
        if self.names:
            request["ExpressionAttributeNames"] = self.names
        if self.values:
            request["ExpressionAttributeValues"] = self.values


def draw_path_text(draw: DrawFn, path: Path, placeholders: Placeholders) -> str:
    """`details.#n0[1]`: each name bare or by placeholder, as its characters allow."""
    text = ""
    for element in path:
        if isinstance(element, int):
            text += f"[{element}]"
            continue
        bare = _BARE.match(element) and element.lower() not in RESERVED
        name = element if bare and not chance(draw, 25) else placeholders.name(element)
        text += f".{name}" if text else name
    return text


@dataclass(frozen=True, slots=True)
class Condition:
    text: str
    # Whether parentheses enclose it already: a directly doubled pair is an error (data-plane 4.2).
    parenthesised: bool = False


def draw_condition(
    draw: DrawFn, paths: Sequence[Found], placeholders: Placeholders, flavour: Flavour, depth: int = 2
) -> Condition:
    """A condition of a few operators: single ones for the most part, with NOT, AND, OR and parentheses around."""
    shape = pick(draw, _SHAPES) if depth else "single"
    if shape == "single":
        return Condition(draw_single_condition(draw, paths, placeholders, flavour))
    inner = draw_condition(draw, paths, placeholders, flavour, depth - 1)
    if shape == "NOT":
        return Condition(f"NOT {inner.text}")
    if shape == "parentheses":
        return inner if inner.parenthesised else Condition(f"({inner.text})", parenthesised=True)
    other = draw_condition(draw, paths, placeholders, flavour, depth - 1)
    return Condition(f"{inner.text} {shape} {other.text}")


_SHAPES = ("single", "single", "single", "single", "NOT", "parentheses", "AND", "AND", "OR", "and", "or")
_SINGLE = (
    *("comparison",) * 5,
    *("existence",) * 3,
    "two paths",
    "size",
    "BETWEEN",
    "BETWEEN",
    "IN",
    "IN",
    "begins_with",
    "contains",
    "contains",
    "attribute_type",
    "literals",
)


def draw_single_condition(draw: DrawFn, paths: Sequence[Found], placeholders: Placeholders, flavour: Flavour) -> str:
    """A comparison, BETWEEN, IN or function whose operand types are legal (data-plane 4.6)."""
    kind = pick(draw, _SINGLE)
    path, value = pick(draw, paths)
    datatype = datatype_of(value)
    literal = placeholders.value
    if kind == "literals":
        return f"{literal(value)} {pick(draw, ('=', '<>'))} {literal(draw_near(draw, value, flavour))}"
    subject = draw_path_text(draw, path, placeholders)
    if kind == "existence":
        below = {"M": f".{ABSENT}", "L": "[7]"}.get(datatype, "") if chance(draw, 50) else ""
        exists = path != (ABSENT,) and not below
        holds = chance(draw, 85)
        return f"{'attribute_exists' if exists is holds else 'attribute_not_exists'}({subject}{below})"
    if kind == "attribute_type":
        named = datatype if chance(draw, 75) else pick(draw, ALL_TYPES)
        return f"attribute_type({subject}, {literal({'S': named})})"
    if kind == "two paths":
        other, _ = pick(draw, paths)
        if other != path:
            return f"{subject} {pick(draw, COMPARATORS)} {draw_path_text(draw, other, placeholders)}"
    if kind == "size" and datatype in SIZED_TYPES:
        size = {"N": pick(draw, ("0", "1", "2", "3", "5"))}
        return f"size({subject}) {pick(draw, COMPARATORS)} {literal(size)}"
    if kind == "begins_with" and datatype in ("S", "B"):
        return f"begins_with({subject}, {literal(draw_prefix(draw, value))})"
    if kind == "contains" and datatype in ("S", "B", "SS", "NS", "BS", "L"):
        return f"contains({subject}, {literal(draw_member(draw, value, flavour))})"
    if kind == "IN":
        others = [draw_near(draw, value, flavour) for _ in range(pick(draw, (1, 2, 3)))]
        return f"{subject} IN ({', '.join(map(literal, others))})"
    if kind == "BETWEEN" and datatype in ORDERED_TYPES:
        lower, upper = draw_bounds(draw, datatype, value[datatype], flavour)
        return f"{subject} BETWEEN {literal(lower)} AND {literal(upper)}"
    comparator = pick(draw, COMPARATORS if datatype in ORDERED_TYPES else ("=", "<>"))
    # An ordering takes no operand that has none.
    types = ORDERED_TYPES if comparator not in ("=", "<>") else ALL_TYPES
    compared_with = draw_near(draw, value, flavour, types)
    if compared_with == value and comparator not in _TRUE_OF_EQUALS and chance(draw, 70):
        comparator = "="
    right = literal(compared_with)
    subject = f"({subject})" if chance(draw, 5) else subject
    return f"{right} {comparator} {subject}" if chance(draw, 10) else f"{subject} {comparator} {right}"


def draw_near(
    draw: DrawFn, value: AttributeValue, flavour: Flavour, types: Sequence[str] = ALL_TYPES
) -> AttributeValue:
    """The value itself, another of its type, or now and then one of another of `types`."""
    if chance(draw, 60):
        return value
    datatype = pick(draw, types) if chance(draw, 25) else datatype_of(value)
    return draw(values_of(datatype, flavour))


def draw_prefix(draw: DrawFn, value: AttributeValue) -> AttributeValue:
    datatype = datatype_of(value)
    if datatype == "B":
        return {"B": value["B"][:4]} if chance(draw, 70) else {"B": "YQ=="}
    return {"S": value["S"][: pick(draw, (0, 1, 2))]} if chance(draw, 70) else {"S": "b"}


def draw_member(draw: DrawFn, value: AttributeValue, flavour: Flavour) -> AttributeValue:
    """Something that `contains(value, ...)` may find."""
    datatype = datatype_of(value)
    content = value[datatype]
    if chance(draw, 30) or not content:
        return draw(any_values(flavour, 0))
    if datatype in ("S", "B"):
        return {datatype: content[:4] if datatype == "B" else content[-1:]}
    element = pick(draw, content)
    return {datatype[0]: element} if datatype != "L" else dict(element)


def draw_bounds(draw: DrawFn, datatype: str, text: str, flavour: Flavour) -> tuple[AttributeValue, AttributeValue]:
    """A lower and an upper bound of one type, not inverted."""
    other = draw(values_of(datatype, flavour))[datatype]
    lower, upper = sorted((text, other), key=lambda bound: order_of(datatype, bound))
    return {datatype: lower}, {datatype: upper}


def draw_projection(draw: DrawFn, paths: Sequence[Found], placeholders: Placeholders) -> str:
    """One to four paths, none within another; some may not resolve."""
    chosen: list[Path] = []
    for path, _ in pick_some(draw, paths, 1, 4):
        if not any(overlap(path, other) for other in chosen):
            chosen.append(path)
    return ", ".join(draw_path_text(draw, path, placeholders) for path in chosen)


def draw_key_condition(draw: DrawFn, keys: tuple[KeyAttribute, ...], item: Item, placeholders: Placeholders) -> str:
    """Equality on the partition key and, where there is a sort key, perhaps any of its conditions.

    The values are those of `item` for the most part, so that something is found.
    """
    clauses = [draw_key_clause(draw, keys[0], "=", item, placeholders)]
    if len(keys) > 1 and chance(draw, 65):
        operators = ("=", "<", "<=", ">", ">=", "BETWEEN", "BETWEEN", "begins_with")
        allowed = operators if keys[1].datatype != "N" else operators[:-1]
        operator = pick(draw, allowed)
        clauses.append(draw_key_clause(draw, keys[1], operator, item, placeholders))
        if chance(draw, 15):
            clauses.reverse()
    if chance(draw, 10):
        clauses = [f"({clause})" for clause in clauses]
    return " AND ".join(clauses)


def draw_key_clause(draw: DrawFn, key: KeyAttribute, operator: str, item: Item, placeholders: Placeholders) -> str:
    subject = draw_path_text(draw, (key.name,), placeholders)
    stored = item.get(key.name)
    known = stored is not None and key.datatype in stored and chance(draw, 75)
    text = stored[key.datatype] if stored and known else pick(draw, KEY_VALUES[key.datatype])
    value: AttributeValue = {key.datatype: text}
    if operator == "BETWEEN":
        # Empty key values are refused, so the other bound is a key value too.
        other = pick(draw, KEY_VALUES[key.datatype])
        lower, upper = sorted((text, other), key=lambda bound: order_of(key.datatype, bound))
        low, high = placeholders.value({key.datatype: lower}), placeholders.value({key.datatype: upper})
        return f"{subject} BETWEEN {low} AND {high}"
    if operator == "begins_with":
        prefix = text[:1] if key.datatype == "S" else text
        return f"begins_with({subject}, {placeholders.value({key.datatype: prefix})})"
    return f"{subject} {operator} {placeholders.value(value)}"


def draw_update(
    draw: DrawFn,
    paths: Sequence[Found],
    existing: frozenset[Path],
    placeholders: Placeholders,
    flavour: Flavour,
    index_keys: dict[str, str],
) -> str:
    """One to four clauses on paths none of which leads into another, gathered into sections in any order.

    `existing` are those of `paths` that are known to resolve: only they are read.
    """
    sections: dict[str, list[str]] = {}
    targets: list[Path] = []
    for path, value in pick_some(draw, paths, 1, 4):
        if any(overlap(path, other) for other in targets):
            continue
        targets.append(path)
        if str(path[0]) in index_keys:
            section, clause = draw_index_key_clause(draw, path, value, placeholders)
        else:
            section, clause = draw_update_clause(draw, path, value, paths, existing, placeholders, flavour)
        sections.setdefault(section, []).append(clause)
    order = pick_some(draw, sorted(sections), len(sections), len(sections))
    return " ".join(f"{section} {', '.join(sections[section])}" for section in order)


def draw_index_key_clause(
    draw: DrawFn, path: Path, value: AttributeValue, placeholders: Placeholders
) -> tuple[str, str]:
    """An index key is set to another value of its type, or removed: it leaves the index or moves in it."""
    target = draw_path_text(draw, path, placeholders)
    if chance(draw, 25):
        return "REMOVE", target
    datatype = datatype_of(value)
    return "SET", f"{target} = {placeholders.value({datatype: pick(draw, KEY_VALUES[datatype])})}"


def draw_update_clause(
    draw: DrawFn,
    path: Path,
    value: AttributeValue,
    paths: Sequence[Found],
    existing: frozenset[Path],
    placeholders: Placeholders,
    flavour: Flavour,
) -> tuple[str, str]:
    """A section and a clause of it that suits the type of what is at `path`."""
    datatype = datatype_of(value)
    exists = path in existing
    kinds = ["SET", "SET", "if_not_exists", "REMOVE"]
    kinds += ["ADD", "DELETE"] * (datatype in ("SS", "NS", "BS"))
    kinds += ["ADD", "counter"] + ["arithmetic"] * exists if datatype == "N" else []
    kinds += ["list_append", "list_append"] * (exists and datatype == "L")
    kinds += ["new member"] * (exists and datatype == "M")
    kinds += ["new element"] * (exists and datatype == "L")
    kinds += ["copy"] * any(other in existing for other, _ in paths)
    kind = pick(draw, kinds)

    target = draw_path_text(draw, path, placeholders)
    if kind == "REMOVE":
        return "REMOVE", target
    if kind in ("ADD", "DELETE"):
        return kind, f"{target} {placeholders.value(draw(values_of(datatype, flavour)))}"
    if kind == "copy":
        source = pick(draw, [other for other, _ in paths if other in existing])
        return "SET", f"{target} = {draw_path_text(draw, source, placeholders)}"

    if kind in ("SET", "if_not_exists"):
        operand = placeholders.value(draw_near(draw, value, flavour))
    else:
        operand = placeholders.value(draw_operand(draw, datatype))
    if kind == "if_not_exists":
        return "SET", f"{target} = if_not_exists({target}, {operand})"
    if kind == "counter":
        sign = pick(draw, "+-")
        return "SET", f"{target} = if_not_exists({target}, {operand}) {sign} {operand}"
    if kind == "arithmetic":
        left, right = (target, operand) if chance(draw, 75) else (operand, target)
        return "SET", f"{target} = {left} {pick(draw, '+-')} {right}"
    if kind == "list_append":
        first, second = (target, operand) if chance(draw, 60) else (operand, target)
        return "SET", f"{target} = list_append({first}, {second})"
    if kind == "new member":
        return "SET", f"{target}.extra = {operand}"
    if kind == "new element":
        return "SET", f"{target}[{pick(draw, (0, 5, 99))}] = {operand}"
    return "SET", f"{target} = ({operand})" if chance(draw, 5) else f"{target} = {operand}"


def draw_operand(draw: DrawFn, datatype: str) -> AttributeValue:
    """What list_append, and arithmetic, combine with."""
    lists: tuple[AttributeValue, ...] = ({"L": [{"S": "z"}]}, {"L": []})
    numbers: tuple[AttributeValue, ...] = ({"N": "1"}, {"N": "-0.5"})
    return pick(draw, lists if datatype == "L" else numbers)


def usual_paths(without: frozenset[str] = frozenset()) -> list[Found]:
    """The attributes of the pool as paths, each with a value of its usual type, whether or not they are stored."""
    return [((name,), _USUAL[datatype]) for name, datatype in ATTRIBUTE_TYPES.items() if name not in without]


_USUAL: dict[str, AttributeValue] = {
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
