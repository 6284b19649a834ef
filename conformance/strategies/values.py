"""Attribute values: plain ones that collide, and odd ones at the borders of what is allowed.

Values are drawn from short pools and not from all strings and numbers: equal values in two places are what makes
conditions true, sets overlap and keys meet. The odd ones are allowed too, but are apt to be mistreated.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import cache, lru_cache
from typing import Any, TypeAlias, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

AttributeValue: TypeAlias = dict[str, Any]
T = TypeVar("T")

SCALAR_KEY_TYPES = ("S", "N", "B")
SET_TYPES = ("SS", "NS", "BS")
ELEMENT_TYPE = {"SS": "S", "NS": "N", "BS": "B"}
ALL_TYPES = ("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS")


@dataclass(frozen=True, slots=True)
class Flavour:
    """What a scenario has beyond the plain.

    Drawn once a scenario (swarm testing): were every oddity in every scenario, an implementation that mistreats one
    of them would differ in every reply, and that one fault would hide all the others.
    """

    odd_numbers: bool = False
    odd_texts: bool = False
    empty_values: bool = False
    deep_documents: bool = False
    near_misses: bool = False


# Built once: what costs Hypothesis most is making a strategy, and a scenario makes hundreds of choices.
@cache
def _below(limit: int) -> SearchStrategy[int]:
    return st.integers(0, limit - 1)


def pick(draw: DrawFn, options: Sequence[T]) -> T:
    """One of the options, each as likely as any other."""
    return options[draw(_below(len(options)))]


def pick_some(draw: DrawFn, options: Sequence[T], least: int, most: int) -> list[T]:
    """Between `least` and `most` different options, in any order; all of them where there are fewer."""
    left = list(options)
    count = min(least + draw(_below(most - least + 1)), len(left))
    return [left.pop(draw(_below(len(left)))) for _ in range(count)]


def chance(draw: DrawFn, percent: int) -> bool:
    """True in `percent` of a hundred draws. False is the simpler."""
    return draw(_below(100)) >= 100 - percent


def draw_flavour(draw: DrawFn) -> Flavour:
    return Flavour(
        odd_numbers=chance(draw, 25),
        odd_texts=chance(draw, 25),
        empty_values=chance(draw, 20),
        deep_documents=chance(draw, 20),
        near_misses=chance(draw, 65),
    )


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


PLAIN_TEXTS = ("a", "b", "ab", "abc", "B", "hello")
EMPTY_TEXTS = ("",)
ODD_TEXTS = (
    " ",
    "a b",
    "\x00",
    'with "quotes" and \\',
    "Zürich",
    "e\u0301",  # equal to é only after a normalisation that DynamoDB does not do
    "\uffff",  # sorts before the next one by UTF-8 bytes, after it by UTF-16 units
    "\U0001f600",
    "x" * 300,
)
PLAIN_NUMBERS = ("0", "1", "-1", "2", "5", "10", "2.5", "-7", "100")
ODD_NUMBERS = (
    "1.50",
    "1E2",
    "00012",
    "-0",
    "+3",
    ".5",
    "5.",
    "1e-2",
    "0e9",
    "12345678901234567890123456789012345678",
    "0.12345678901234567890123456789012345678",
    "1E125",
    "-9.9999999999999999999999999999999999999E+125",
    "1E-130",
    "9007199254740993",  # 2**53 + 1: no double has it
)
PLAIN_BINARIES = tuple(map(_base64, (b"a", b"b", b"ab", b"\x00", b"\xff\xfe", b"\x7f\x80")))
EMPTY_BINARIES = ("",)

# As the key of an item: never empty, and no two that are equal.
KEY_VALUES = {
    "S": ("a", "b", "ab", "Zürich", "\U0001f600", "k/1"),
    "N": ("1", "2", "10", "-5", "0", "2.5", "12345678901234567890123456789012345678"),
    "B": tuple(map(_base64, (b"a", b"b", b"ab", b"\x00", b"\xff\xfe"))),
}
# Other spellings of the same key.
OTHER_SPELLINGS = {"1": ("1.0", "01", "1e0"), "10": ("1E1", "10.00"), "0": ("-0", "0.0"), "2.5": ("2.50", "25e-1")}


def texts(flavour: Flavour) -> SearchStrategy[str]:
    pool = PLAIN_TEXTS + ODD_TEXTS * flavour.odd_texts + EMPTY_TEXTS * flavour.empty_values
    return st.sampled_from(pool)


def numbers(flavour: Flavour) -> SearchStrategy[str]:
    return st.sampled_from(PLAIN_NUMBERS + ODD_NUMBERS * flavour.odd_numbers)


def binaries(flavour: Flavour) -> SearchStrategy[str]:
    return st.sampled_from(PLAIN_BINARIES + EMPTY_BINARIES * flavour.empty_values)


# Wide enough for every number that DynamoDB stores.
_NUMBERS = Context(prec=400)


def order_of(datatype: str, text: str) -> Any:
    """A value of `datatype` as something Python compares as DynamoDB compares the value."""
    if datatype == "N":
        return _NUMBERS.create_decimal(text) + Decimal(0)
    return text.encode() if datatype == "S" else base64.b64decode(text)


@lru_cache(maxsize=512)
def values_of(datatype: str, flavour: Flavour, depth: int = 1) -> SearchStrategy[AttributeValue]:
    """Attribute values of one datatype; a list or map nests up to `depth` further levels."""
    if datatype == "BOOL":
        return st.sampled_from(({"BOOL": True}, {"BOOL": False}))
    if datatype == "NULL":
        return st.just({"NULL": True})
    if datatype in ELEMENT_TYPE:
        return sets_of(datatype, flavour)
    if datatype == "L":
        element = any_values(flavour, depth - 1)
        return st.lists(element, min_size=1 - flavour.empty_values, max_size=3).map(lambda v: {"L": v})
    if datatype == "M":
        element = any_values(flavour, depth - 1)
        names = st.sampled_from(("city", "floor", "name", "x.y"))
        return st.dictionaries(names, element, min_size=1 - flavour.empty_values, max_size=3).map(lambda v: {"M": v})
    scalars = {"S": texts, "N": numbers, "B": binaries}[datatype](flavour)
    return scalars.map(lambda text: {datatype: text})


def sets_of(datatype: str, flavour: Flavour) -> SearchStrategy[AttributeValue]:
    """Sets of one to three elements, no two of which are equal."""
    element = ELEMENT_TYPE[datatype]
    elements = {"S": texts, "N": numbers, "B": binaries}[element](flavour)
    distinct = st.lists(elements, min_size=1, max_size=3, unique_by=lambda text: order_of(element, text))
    return distinct.map(lambda chosen: {datatype: chosen})


@lru_cache(maxsize=64)
def any_values(flavour: Flavour, depth: int = 1) -> SearchStrategy[AttributeValue]:
    """Attribute values of any datatype."""
    datatypes = ALL_TYPES if depth > 0 else tuple(t for t in ALL_TYPES if t not in ("L", "M"))
    return st.sampled_from(datatypes).flatmap(lambda datatype: values_of(datatype, flavour, depth))


def nested(value: AttributeValue, levels: int) -> AttributeValue:
    """`value` inside `levels` containers, maps and lists by turns."""
    for level in range(levels):
        value = {"M": {"deep": value}} if level % 2 else {"L": [value]}
    return value


def deep_values() -> SearchStrategy[AttributeValue]:
    """Documents up to the deepest that is allowed: 31 containers around a scalar (aws-2026, sizes 7)."""
    return st.sampled_from((3, 8, 30, 31)).map(lambda levels: nested({"S": "bottom"}, levels))
