"""Conditions, projections and key conditions, generated from the grammar over paths that exist (data-plane 4.2).

Every function here takes the `Placeholders` of its request and enters there the names and values that its text uses, so
what one request's expressions use is defined, and what is defined is used. Updates are in `updates.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from conformance.scenario import JSONObject
from conformance.strategies.drawing import Draw, chance, choose, pick, pick_some
from conformance.strategies.items import ABSENT, Item, Path, datatype_of, overlap
from conformance.strategies.schemas import KeyAttribute, Keys
from conformance.strategies.values import (
    ALL_TYPES,
    AttributeValue,
    Flavour,
    draw_any_value,
    draw_value,
    key_values,
    order_of,
)

# Names of this package's pools that are reserved words; the whole list is not needed to generate.
RESERVED = frozenset({"name", "status", "hash", "range"})
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


def is_bare(name: str) -> bool:
    """Whether a name may stand in an expression as it is."""
    return _BARE.match(name) is not None and name.lower() not in RESERVED


def draw_path_text(draw: Draw, path: Path, placeholders: Placeholders) -> str:
    """`details.#n0[1]`: each name bare or by placeholder, as its characters allow."""
    text = ""
    for element in path:
        if isinstance(element, int):
            text += f"[{element}]"
            continue
        name = element if is_bare(element) and not chance(draw, 25) else placeholders.name(element)
        text += f".{name}" if text else name
    return text


def draw_spaced(draw: Draw, text: str, flavour: Flavour) -> str:
    """The text, its white space perhaps of another kind: any will do between tokens (data-plane 4.1)."""
    if not flavour.spacing:
        return text
    text = re.sub(" ", lambda _: pick(draw, (" ", " ", "  ", "\n", "\t", "\r\n ")), text)
    return re.sub(r"[(),]", lambda match: pick(draw, ("{}", "{}", " {}", "{} ", " {} ")).format(match[0]), text)


# --- conditions -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """`holds` is whether it is true of the item that its paths are from; None where the generator does not know."""

    text: str
    holds: bool | None = None
    # Whether parentheses enclose it already: a directly doubled pair is an error (data-plane 4.2).
    parenthesised: bool = False


_SHAPES: Mapping[str, int] = {"single": 40, "NOT": 10, "parentheses": 10, "AND": 20, "OR": 12, "and": 4, "or": 4}
_SINGLE: Mapping[str, int] = {
    "comparison": 25,
    "existence": 14,
    "two paths": 6,
    "size": 7,
    "BETWEEN": 9,
    "IN": 10,
    "begins_with": 6,
    "contains": 12,
    "attribute_type": 6,
    "literals": 3,
    "paths as operands": 4,
}


def draw_condition(
    draw: Draw, paths: Sequence[Found], placeholders: Placeholders, flavour: Flavour, depth: int = 2
) -> Condition:
    """A condition of a few operators: single ones for the most part, with NOT, AND, OR and parentheses around."""
    drawn = _draw_tree(draw, paths, placeholders, flavour, depth)
    return Condition(draw_spaced(draw, drawn.text, flavour), drawn.holds)


def _draw_tree(
    draw: Draw, paths: Sequence[Found], placeholders: Placeholders, flavour: Flavour, depth: int
) -> Condition:
    shape = choose(draw, "condition shapes", _SHAPES) if depth else "single"
    if shape == "single":
        return draw_single_condition(draw, paths, placeholders, flavour)
    inner = _draw_tree(draw, paths, placeholders, flavour, depth - 1)
    if shape == "NOT":
        word = "not" if chance(draw, 10) else "NOT"
        # It binds what stands next to it: of `a AND b`, the `a`.
        return Condition(f"{word} {inner.text}", _not(inner.holds) if " " not in _outermost(inner.text) else None)
    if shape == "parentheses":
        if inner.parenthesised:
            return inner
        return Condition(f"({inner.text})", inner.holds, parenthesised=True)
    other = _draw_tree(draw, paths, placeholders, flavour, depth - 1)
    both = (inner.holds, other.holds)
    mixed = any(
        re.search(r"\b(AND|OR|NOT)\b", side.text, re.IGNORECASE) and not side.parenthesised for side in (inner, other)
    )
    if mixed:
        holds = None  # that depends on what binds more tightly
    elif shape.upper() == "AND":
        holds = False if False in both else None if None in both else True
    else:
        holds = True if True in both else None if None in both else False
    return Condition(f"{inner.text} {shape} {other.text}", holds)


def _outermost(text: str) -> str:
    """The text without what is in parentheses, and with comparisons as one word."""
    while "(" in text:
        text, before = re.sub(r"\([^()]*\)", "", text), text
        if text == before:
            break
    return re.sub(r" (?:=|<>|<=?|>=?|IN) ?", "", text)


def _not(holds: bool | None) -> bool | None:
    return None if holds is None else not holds


def draw_single_condition(
    draw: Draw, paths: Sequence[Found], placeholders: Placeholders, flavour: Flavour
) -> Condition:
    """A comparison, BETWEEN, IN or function whose operand types are legal (data-plane 4.6)."""
    kind = choose(draw, "conditions", _SINGLE)
    path, value = pick(draw, paths)
    datatype = datatype_of(value)
    exists = path != (ABSENT,)
    literal = placeholders.value
    if kind == "literals":
        return Condition(f"{literal(value)} {pick(draw, ('=', '<>'))} {literal(draw_near(draw, value, flavour))}")
    subject = draw_path_text(draw, path, placeholders)
    if kind == "existence":
        below = {"M": f".{ABSENT}", "L": "[7]"}.get(datatype, "") if chance(draw, 50) else ""
        exists = exists and not below
        holds = chance(draw, 85)
        return Condition(
            f"{'attribute_exists' if exists is holds else 'attribute_not_exists'}({subject}{below})", holds
        )
    if kind == "attribute_type":
        named = datatype if chance(draw, 75) else pick(draw, ALL_TYPES)
        return Condition(f"attribute_type({subject}, {literal({'S': named})})", exists and named == datatype)
    if kind == "two paths":
        other, _ = pick(draw, paths)
        if other != path:
            return Condition(f"{subject} {pick(draw, COMPARATORS)} {draw_path_text(draw, other, placeholders)}")
    if kind == "paths as operands":
        others = [other for other, _ in pick_some(draw, paths, 1, 2) if other != path]
        if len(others) == 2:
            texts = [draw_path_text(draw, other, placeholders) for other in others]
            return Condition(pick(draw, ("{} IN ({}, {})", "{} BETWEEN {} AND {}")).format(subject, *texts))
        if others:
            text = draw_path_text(draw, others[0], placeholders)
            return Condition(f"{pick(draw, ('begins_with', 'contains'))}({subject}, {text})")
    if kind == "size" and datatype in SIZED_TYPES:
        return _draw_size_condition(draw, subject, value, placeholders)
    if kind == "begins_with" and datatype in ("S", "B"):
        return Condition(f"begins_with({subject}, {literal(draw_prefix(draw, value))})")
    if kind == "contains" and datatype in ("S", "B", "SS", "NS", "BS", "L"):
        return Condition(f"contains({subject}, {literal(draw_member(draw, value, flavour))})")
    if kind == "IN":
        # 100 operands are the most (data-plane 4.5).
        count = 100 if draw.below(200) == 199 else pick(draw, (1, 2, 3, 7))
        texts = [literal(draw_near(draw, value, flavour, percent=30)) for _ in range(count)]
        texts = [f"({text})" if chance(draw, 5) else text for text in texts]
        return Condition(f"{subject} IN ({', '.join(texts)})")
    if kind == "BETWEEN" and datatype in ORDERED_TYPES:
        lower, upper = draw_bounds(draw, datatype, value[datatype], flavour)
        word = "between" if chance(draw, 10) else "BETWEEN"
        return Condition(f"{subject} {word} {literal(lower)} AND {literal(upper)}")
    return _draw_comparison(draw, subject, value, exists, placeholders, flavour)


def _draw_comparison(
    draw: Draw, subject: str, value: AttributeValue, exists: bool, placeholders: Placeholders, flavour: Flavour
) -> Condition:
    datatype = datatype_of(value)
    comparator = pick(draw, COMPARATORS if datatype in ORDERED_TYPES else ("=", "<>"))
    # An ordering takes no operand that has none.
    types = ORDERED_TYPES if comparator not in ("=", "<>") else ALL_TYPES
    compared_with = draw_near(draw, value, flavour, types)
    same = compared_with == value
    if same and comparator not in _TRUE_OF_EQUALS and chance(draw, 70):
        comparator = "="
    right = placeholders.value(compared_with)
    if exists and same:
        holds: bool | None = comparator in _TRUE_OF_EQUALS
    else:
        holds = None if exists else comparator == "<>"
    subject = f"({subject})" if chance(draw, 5) else subject
    if chance(draw, 10):
        return Condition(f"{right} {comparator} {subject}", holds if comparator in ("=", "<>") else None)
    return Condition(f"{subject} {comparator} {right}", holds)


def _draw_size_condition(draw: Draw, subject: str, value: AttributeValue, placeholders: Placeholders) -> Condition:
    """size() against the numbers around what it is, one way of counting or another."""
    datatype = datatype_of(value)
    actual = len(value[datatype]) if datatype != "B" else len(value["B"]) * 3 // 4
    sizes = [{"N": str(max(0, actual + by))} for by in (0, 0, 0, 1, -1)] + [{"N": "0"}, {"N": "2.5"}]
    literal = placeholders.value
    form = pick(draw, ("comparison", "comparison", "comparison", "BETWEEN", "IN", "two sizes"))
    if form == "BETWEEN":
        return Condition(f"size({subject}) BETWEEN {literal({'N': str(max(0, actual - 1))})} AND {literal(sizes[0])}")
    if form == "IN":
        return Condition(f"size({subject}) IN ({literal(pick(draw, sizes))}, {literal(sizes[0])})")
    if form == "two sizes":
        return Condition(f"size({subject}) {pick(draw, COMPARATORS)} size({literal(value)})")
    text = f"size({subject}) {pick(draw, COMPARATORS)} {literal(pick(draw, sizes))}"
    return Condition(text)


def draw_near(
    draw: Draw,
    value: AttributeValue,
    flavour: Flavour,
    types: Sequence[str] = ALL_TYPES,
    percent: int = 60,
) -> AttributeValue:
    """The value itself, another of its type, or now and then one of another of `types`."""
    if chance(draw, percent):
        return value
    datatype = pick(draw, types) if chance(draw, 25) else datatype_of(value)
    return draw_value(draw, datatype, flavour)


def draw_prefix(draw: Draw, value: AttributeValue) -> AttributeValue:
    datatype = datatype_of(value)
    if datatype == "B":
        return {"B": value["B"][:4]} if chance(draw, 70) else {"B": pick(draw, ("YQ==", ""))}
    return {"S": value["S"][: pick(draw, (0, 1, 2, 99))]} if chance(draw, 70) else {"S": "b"}


def draw_member(draw: Draw, value: AttributeValue, flavour: Flavour) -> AttributeValue:
    """Something that `contains(value, ...)` may find."""
    datatype = datatype_of(value)
    content = value[datatype]
    if chance(draw, 25) or not content:
        return draw_any_value(draw, flavour, 0)
    if datatype in ("S", "B"):
        return {datatype: content[:4] if datatype == "B" else content[-1:]}
    if datatype != "L" and chance(draw, 10):
        return value  # a set in a set: it is no element
    element = pick(draw, content)
    if datatype == "L":
        return dict(element)
    if datatype != "BS" and chance(draw, 12):
        # The same text as another type is another value.
        return {"S" if datatype == "NS" else pick(draw, ("N", "S")): element} if element.isdigit() else {"S": element}
    return {datatype[0]: element}


def draw_bounds(draw: Draw, datatype: str, text: str, flavour: Flavour) -> tuple[AttributeValue, AttributeValue]:
    """A lower and an upper bound of one type, not inverted, and now and then equal."""
    other = text if chance(draw, 15) else draw_value(draw, datatype, flavour)[datatype]
    return _in_order(datatype, text, other)


def _in_order(datatype: str, one: str, other: str) -> tuple[AttributeValue, AttributeValue]:
    lower, upper = sorted((one, other), key=lambda bound: order_of(datatype, bound))
    return {datatype: lower}, {datatype: upper}


# --- projections and key conditions -------------------------------------------------------------------------


def draw_projection(draw: Draw, paths: Sequence[Found], placeholders: Placeholders, flavour: Flavour) -> str:
    """One to four paths, none within another; some may not resolve."""
    chosen: list[Path] = []
    for path, value in pick_some(draw, paths, 1, 4):
        # An element or member that is not there.
        path = (*path, 9) if "L" in value and chance(draw, 5) else path
        if not any(overlap(path, other) for other in chosen):
            chosen.append(path)
    return draw_spaced(draw, ", ".join(draw_path_text(draw, path, placeholders) for path in chosen), flavour)


_KEY_OPERATORS: Mapping[str, int] = {"=": 2, "<": 2, "<=": 2, ">": 2, ">=": 2, "BETWEEN": 4, "begins_with": 3}
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def draw_key_condition(draw: Draw, keys: Keys, item: Item, placeholders: Placeholders, flavour: Flavour) -> str:
    """Equality on the partition key and, where there is a sort key, perhaps any of its conditions.

    The values are those of `item` for the most part, so that something is found. Of several sort key attributes, all
    before the last that is named are compared for equality.
    """
    clauses = [_draw_key_clause(draw, key, "=", item, placeholders, flavour) for key in keys.partition]
    if keys.sort and chance(draw, 65):
        named = keys.sort[: 1 + draw.below(len(keys.sort))]
        clauses += [_draw_key_clause(draw, key, "=", item, placeholders, flavour) for key in named[:-1]]
        operator = choose(draw, "key conditions", _KEY_OPERATORS)
        if operator == "begins_with" and named[-1].datatype == "N":
            operator = "BETWEEN"
        clauses.append(_draw_key_clause(draw, named[-1], operator, item, placeholders, flavour))
        if chance(draw, 15):
            clauses.reverse()
    if chance(draw, 10):
        clauses = [f"({clause})" for clause in clauses]
    return draw_spaced(draw, pick(draw, (" AND ", " AND ", " and ")).join(clauses), flavour)


def draw_key_bound(draw: Draw, key: KeyAttribute, item: Item, flavour: Flavour) -> str:
    """What the key is compared with: for the most part what `item` has."""
    stored = item.get(key.name)
    if stored is not None and key.datatype in stored and chance(draw, 75):
        return str(stored[key.datatype])
    return pick(draw, key_values(key.datatype, flavour))


def _draw_key_clause(
    draw: Draw, key: KeyAttribute, operator: str, item: Item, placeholders: Placeholders, flavour: Flavour
) -> str:
    subject = draw_path_text(draw, (key.name,), placeholders)
    text = draw_key_bound(draw, key, item, flavour)
    if operator == "BETWEEN":
        # Empty key values are refused, so the other bound is a key value too.
        other = text if chance(draw, 15) else pick(draw, key_values(key.datatype, flavour))
        low, high = map(placeholders.value, _in_order(key.datatype, text, other))
        return f"{subject} BETWEEN {low} AND {high}"
    if operator == "begins_with":
        prefix = text[: pick(draw, (1, 1, 2, 99))] if key.datatype == "S" else text
        return f"begins_with({subject}, {placeholders.value({key.datatype: prefix})})"
    value = placeholders.value({key.datatype: text})
    return f"{value} {_MIRRORED[operator]} {subject}" if chance(draw, 10) else f"{subject} {operator} {value}"
