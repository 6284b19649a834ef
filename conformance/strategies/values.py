"""Attribute values: plain ones that collide, and odd ones at the borders of what is allowed.

Values are drawn from short pools and not from all strings and numbers: equal values in two places are what makes
conditions true, sets overlap and keys meet. The odd ones are allowed too, but are apt to be mistreated.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from decimal import Context
from functools import lru_cache
from typing import Any, Final, TypeAlias

from conformance.strategies.drawing import Draw, chance, pick

AttributeValue: TypeAlias = dict[str, Any]

SCALAR_KEY_TYPES = ("S", "N", "B")
SET_TYPES = ("SS", "NS", "BS")
ELEMENT_TYPE = {"SS": "S", "NS": "N", "BS": "B"}
ALL_TYPES = ("S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS")
_WITHOUT_DOCUMENTS = tuple(datatype for datatype in ALL_TYPES if datatype not in ("L", "M"))


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
    odd_keys: int = 0  # which family of keys at the borders; 0 for none
    crowd: bool = False  # a partition with many items
    sizes: bool = False  # items at the borders of capacity units
    large: bool = False  # items at the border of 400 KB, and pages that 1 MB ends
    legacy: bool = False  # parameters from before there were expressions
    spacing: bool = False  # expressions spelt unusually


def draw_flavour(draw: Draw) -> Flavour:
    large = draw.below(1000) >= 992
    return Flavour(
        odd_numbers=chance(draw, 30),
        odd_texts=chance(draw, 25),
        empty_values=chance(draw, 20),
        deep_documents=chance(draw, 15),
        near_misses=chance(draw, 65),
        odd_keys=1 + draw.below(len(ODD_KEY_VALUES)) if chance(draw, 30) else 0,
        crowd=not large and chance(draw, 25),
        sizes=not large and chance(draw, 15),
        large=large,
        legacy=chance(draw, 20),
        spacing=chance(draw, 15),
    )


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


PLAIN_TEXTS = ("a", "b", "ab", "abc", "B", "hello")
EMPTY_TEXTS = ("",)
ODD_TEXTS = (
    " ",
    "a b",
    "\x00",
    "a\x00b",
    'with "quotes" and \\',
    "Zürich",
    "\u00e9",
    "e\u0301",  # equal to é only after a normalisation that DynamoDB does not do
    "\uffff",  # sorts before the next one by UTF-8 bytes, after it by UTF-16 units
    "\U0001f600",
    "\U0010ffff",
    "\ufeffa",  # a byte order mark is a character like any other
    "\u2028",
    "\u202egnp",
    "true",
    "null",
    "10",
    "9",
    ":v0",
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
    "0.1",
    "0.30",
    "1000000000000000000000",
    "12345678901234567890123456789012345678",
    "12345678901234567890123456789012345679",  # the same to 37 digits
    "99999999999999999999999999999999999999",
    "-99999999999999999999999999999999999999",
    "0.12345678901234567890123456789012345678",
    "1.0000000000000000000000000000000000001",
    "1E125",
    "-1E125",
    "9.9999999999999999999999999999999999999E+125",
    "-9.9999999999999999999999999999999999999E+125",
    "1E-130",
    "-1E-130",
    "9007199254740992",
    "9007199254740993",  # 2**53 + 1: no double has it
    "18446744073709551616",  # 2**64
)
PLAIN_BINARIES = tuple(map(encoded, (b"a", b"b", b"ab", b"\x00", b"\xff\xfe", b"\x7f\x80")))
EMPTY_BINARIES = ("",)

# As the key of an item: never empty, and no two that are equal.
KEY_VALUES = {
    "S": ("a", "b", "ab", "Zürich", "\U0001f600", "k/1"),
    "N": ("1", "2", "10", "-5", "0", "2.5", "12345678901234567890123456789012345678"),
    "B": tuple(map(encoded, (b"a", b"b", b"ab", b"\x00", b"\xff\xfe"))),
}
# Keys that encodings mix up or sort wrongly, in families: those that are alike must meet.
ODD_KEY_VALUES = (
    {
        "S": ("a\x00", "a\x00b", "a\x00\x00", "\x00", "\x01", "a\x01"),
        "N": ("-1", "-10", "-2.5", "-0.001", "0.001", "9", "99", "-99", "100"),
        "B": tuple(map(encoded, (b"\x00\x00", b"\x00\x01", b"a\x00", b"a\x00b", b"\x01", b"a\x01"))),
    },
    {
        "S": ("\uffff", "\U0001f600", "\U0010ffff", "é", "e\u0301", "A", "Z"),
        "N": ("1E125", "-1E125", "1E-130", "-1E-130", "0", "1E-129", "9.9E+125"),
        "B": tuple(map(encoded, (b"\xff", b"\xff\x00", b"\xff\xff", b"\x80", b"\x7f", b"\xfe"))),
    },
    {
        # The longest of sort keys, and some that are nearly so.
        "S": ("s" * 1024, "s" * 1023, "s" * 1023 + "t", "s"),
        "N": (
            "9007199254740992",
            "9007199254740993",
            "12345678901234567890123456789012345677",
            "12345678901234567890123456789012345678",
            "-12345678901234567890123456789012345678",
            "1.0000000000000000000000000000000000001",
        ),
        "B": tuple(map(encoded, (b"s" * 1024, b"s" * 1023, b"s" * 1023 + b"t", b"s"))),
    },
)
LONGEST_PARTITION_KEYS = {"S": "p" * 2048, "B": encoded(b"p" * 2048)}
# Other spellings of the same key.
OTHER_SPELLINGS = {
    "1": ("1.0", "01", "1e0", "+1"),
    "10": ("1E1", "10.00"),
    "0": ("-0", "0.0", "0e5"),
    "2.5": ("2.50", "25e-1"),
    "-5": ("-5.0", "-05"),
    "100": ("1e2", "100.0"),
    "1E125": ("10E124", "1e+125"),
}


def key_values(datatype: str, flavour: Flavour) -> tuple[str, ...]:
    """What keys of this type are made from, each of its own value."""
    return _KEY_VALUES[datatype, flavour.odd_keys]


_KEY_VALUES = {
    (datatype, family): tuple(dict.fromkeys((*KEY_VALUES[datatype][:2], *ODD_KEY_VALUES[family - 1][datatype])))
    if family
    else KEY_VALUES[datatype]
    for datatype in SCALAR_KEY_TYPES
    for family in range(len(ODD_KEY_VALUES) + 1)
}


@lru_cache(maxsize=256)
def pool(datatype: str, flavour: Flavour) -> tuple[str, ...]:
    """The scalars of a type that a scenario draws from."""
    if datatype == "S":
        return PLAIN_TEXTS + ODD_TEXTS * flavour.odd_texts + EMPTY_TEXTS * flavour.empty_values
    if datatype == "N":
        return PLAIN_NUMBERS + ODD_NUMBERS * flavour.odd_numbers
    return PLAIN_BINARIES + EMPTY_BINARIES * flavour.empty_values


# Wide enough for every number that DynamoDB stores.
NUMBERS: Final = Context(prec=400)


def order_of(datatype: str, text: str) -> Any:
    """A value of `datatype` as something Python compares as DynamoDB compares the value."""
    if datatype == "N":
        return NUMBERS.create_decimal(text)
    return text.encode() if datatype == "S" else base64.b64decode(text)


def draw_scalar(draw: Draw, datatype: str, flavour: Flavour) -> str:
    """A string, number or binary, as the wire has it."""
    if datatype == "N" and flavour.odd_numbers and chance(draw, 15):
        return draw_long_number(draw)
    return pick(draw, pool(datatype, flavour))


def draw_long_number(draw: Draw) -> str:
    """Up to 38 digits, at a magnitude well within the range."""
    digits = "".join(pick(draw, "0123456789") for _ in range(pick(draw, (15, 17, 18, 28, 29, 37, 38))))
    digits = "1" + digits[1:]
    sign = pick(draw, ("", "", "-"))
    form = pick(draw, ("whole", "fraction", "point", "exponent"))
    if form == "whole":
        return sign + digits
    if form == "fraction":
        return f"{sign}0.{digits}"
    if form == "point":
        place = 1 + draw.below(len(digits) - 1)
        return f"{sign}{digits[:place]}.{digits[place:]}"
    return f"{sign}{digits[0]}.{digits[1:]}E{draw.below(180) - 80}"


_BOOLEANS: tuple[AttributeValue, ...] = ({"BOOL": True}, {"BOOL": False})
_MEMBER_NAMES = ("city", "floor", "name", "x.y")


def draw_value(draw: Draw, datatype: str, flavour: Flavour, depth: int = 1) -> AttributeValue:
    """An attribute value of one datatype; a list or map nests up to `depth` further levels."""
    if datatype == "BOOL":
        return pick(draw, _BOOLEANS)
    if datatype == "NULL":
        return {"NULL": True}
    if datatype in ELEMENT_TYPE:
        return draw_set(draw, datatype, flavour)
    if datatype in ("L", "M"):
        count = draw.below(4) if flavour.empty_values else 1 + draw.below(3)
        if datatype == "L":
            return {"L": [draw_any_value(draw, flavour, depth - 1) for _ in range(count)]}
        return {"M": {pick(draw, _MEMBER_NAMES): draw_any_value(draw, flavour, depth - 1) for _ in range(count)}}
    return {datatype: draw_scalar(draw, datatype, flavour)}


def draw_set(draw: Draw, datatype: str, flavour: Flavour) -> AttributeValue:
    """A set of one to three elements, now and then of many, no two of which are equal."""
    element = ELEMENT_TYPE[datatype]
    count = 12 if draw.below(40) == 39 else 1 + draw.below(3)
    distinct: dict[Any, str] = {}
    for _ in range(count):
        text = draw_scalar(draw, element, flavour)
        distinct.setdefault(order_of(element, text), text)
    return {datatype: list(distinct.values())}


def draw_any_value(draw: Draw, flavour: Flavour, depth: int = 1) -> AttributeValue:
    """An attribute value of any datatype."""
    return draw_value(draw, pick(draw, ALL_TYPES if depth > 0 else _WITHOUT_DOCUMENTS), flavour, depth)


def nested(value: AttributeValue, levels: int) -> AttributeValue:
    """`value` inside `levels` containers, maps and lists by turns."""
    for level in range(levels):
        value = {"M": {"deep": value}} if level % 2 else {"L": [value]}
    return value


def draw_deep_value(draw: Draw) -> AttributeValue:
    """Documents up to the deepest that is allowed: 31 containers around a scalar (aws-2026, sizes 7)."""
    return nested({"S": "bottom"}, pick(draw, (3, 8, 30, 31)))
