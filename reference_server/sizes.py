"""Bytes: what attributes, values and items count for limits and capacity (data-plane 3.6; aws-2026, sizes 1 and 5)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from reference_server.attribute import AttributeValue, Item

# A document costs 3 bytes, and 1 more for each element or entry (aws-2026, sizes 5).
_DOCUMENT: Final = 3
_ENTRY: Final = 1


def item_size(item: Item) -> int:
    """Bytes of an item, or of any of its parts: the names in UTF-8 and the values."""
    return sum(string_size(name) + value_size(value) for name, value in item.items())


def value_size(value: AttributeValue) -> int:
    """Bytes of a value in normal form."""
    for datatype, content in value.items():
        match datatype:
            case "S":
                return string_size(content)
            case "N":
                return number_size(content)
            case "B":
                return binary_size(content)
            case "BOOL" | "NULL":
                return 1
            case "M":
                return _DOCUMENT + _ENTRY * len(content) + item_size(content)
            case "L":
                return _DOCUMENT + _ENTRY * len(content) + sum(map(value_size, content))
            case "SS":
                return sum(map(string_size, content))
            case "NS":
                return sum(map(number_size, content))
            case "BS":
                return sum(map(binary_size, content))
    raise ValueError(f"not a value in normal form: {value}")


def string_size(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode())


def binary_size(text: str) -> int:
    """Bytes that base64 text stands for."""
    return len(text) // 4 * 3 - text.count("=", -2)


@lru_cache(65_536)
def number_size(text: str) -> int:
    """Bytes of a number in normal form: one, one for each two digits before and after the point, one for a minus.

    Zeros in front and behind cost nothing, so 1E125 costs 2 and 0 costs 1 (aws-2026, sizes 1). Of the zeros right
    behind the point of a fraction, which that does not speak of, those cost nothing that come in pairs: 0.012 costs
    3, 0.0012 and 1E-130 cost 2 (data-plane 3.6).
    """
    whole, _, part = text.lstrip("-").partition(".")
    whole = whole.lstrip("0")
    part = part.rstrip("0")
    if not part:
        whole = whole.rstrip("0")
    elif not whole:
        digits = part.lstrip("0")
        part = part[-(len(digits) + (len(part) - len(digits)) % 2) :]
    return 1 + (len(whole) + 1) // 2 + (len(part) + 1) // 2 + text.startswith("-")
