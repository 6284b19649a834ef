"""Attribute values: what is looked at when they come in, and how they are shown.

Only the value itself is looked at, never what is in it: a list or map may hold anything that is JSON, a set anything
at all and twice (rules: nested-values-unchecked, set-duplicates). A value is stored as it came. Numbers are normalised
when an item is shown, but for those inside of lists, maps and sets (rule: nested-number-text).
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from decimal import Context, Decimal, InvalidOperation
from typing import Any, Final

from reference_server import limits, numbers
from reference_server.alternator import texts
from reference_server.alternator.request import BOOLEAN, as_string, assertion, printed
from reference_server.attribute import AttributeValue, Item
from reference_server.errors import SerializationException, ValidationException

SETS: Final = frozenset({"SS", "NS", "BS"})
_DATATYPES: Final = SETS | {"S", "N", "B", "BOOL", "NULL", "L", "M"}

# Wide enough for the sum of any two numbers to be exact.
EXACT: Final = Context(prec=700, Emin=-999_999, Emax=999_999)

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")

_EXPONENT: Final = re.compile("[eE]")


def check(value: Any, caller: str) -> None:
    """Look at the form of one value of a request; `caller` opens the texts.

    Raises ValidationException or SerializationException (dossier 7, "Nested value validation"). That a number is one
    is seen when it is stored (`check_storable`).
    """
    if not isinstance(value, dict) or len(value) != 1:
        raise ValidationException(texts.VALUE_MALFORMED, caller=caller, value=printed(value))
    ((datatype, content),) = value.items()
    if datatype in SETS:
        if not isinstance(content, list):
            raise ValidationException(texts.SET_MALFORMED, caller=caller, value=printed(value))
        if not content:
            raise ValidationException(texts.SET_EMPTY, caller=caller)
    elif datatype == "BOOL":
        if not isinstance(content, bool):
            raise assertion(BOOLEAN)
    elif datatype == "N":
        if not isinstance(content, str):
            raise SerializationException(texts.NUMBER_NO_STRING, caller=caller, value=printed(value))
    elif datatype in ("S", "B"):
        if not isinstance(content, str):
            raise ValidationException(texts.VALUE_MALFORMED, caller=caller, value=printed(value))
    elif datatype not in _DATATYPES:
        raise ValidationException(texts.VALUE_TYPE_UNKNOWN, caller=caller, datatype=datatype, value=printed(value))


def check_storable(value: AttributeValue) -> None:
    """What is looked at when a value becomes an attribute (dossier 7, "Number checks"; recorded put-attr-b-bad)."""
    if "N" in value:
        check_number(as_string(value["N"]))
    elif "B" in value:
        check_binary(as_string(value["B"]))


def check_number(text: str) -> None:
    """A number that can be stored. Raises ValidationException (dossier 7, "Number error texts")."""
    if not _NUMBER.fullmatch(text):
        raise ValidationException(texts.NUMBER_UNREADABLE, text=text)
    try:
        value = Decimal(text)
    except InvalidOperation:  # an exponent beyond what Python holds
        raise ValidationException(texts.NUMBER_UNREADABLE, text=text) from None
    if not value:
        return
    if value.adjusted() > limits.NUMBER_EXPONENT_MAX:
        raise ValidationException(texts.NUMBER_OVERFLOW, text=text)
    if value.adjusted() < limits.NUMBER_EXPONENT_MIN:
        raise ValidationException(texts.NUMBER_UNDERFLOW, text=text)
    if len("".join(map(str, value.as_tuple().digits)).strip("0")) > limits.NUMBER_DIGITS:
        raise ValidationException(texts.NUMBER_DIGITS, text=text)


def check_binary(text: str) -> None:
    try:
        a2b_base64(text, strict_mode=True)
    except ValueError:  # also of what is not ASCII
        raise SerializationException(texts.BASE64) from None


def show(item: Item) -> Item:
    """A stored item as it is returned, compared and handed to streams: its own numbers in normal form."""
    return {name: show_value(value) for name, value in item.items()}


def show_value(value: AttributeValue) -> AttributeValue:
    return {"N": normal(value["N"])} if "N" in value else value


def normal(text: str) -> str:
    """A stored number in normal form. A zero has no magnitude, whatever its exponent (recorded num-put-19)."""
    return numbers.normalise(text) if any(digit in "123456789" for digit in _EXPONENT.split(text, 1)[0]) else "0"


def size(item: Item) -> int:
    """About the bytes that an item takes: what ends a page (dossier 8, "Page size"). A storage's own size is no more
    exact here."""
    return len(printed(item))
