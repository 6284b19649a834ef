"""The size of an item in bytes, as DynamoDB counts it (aws-2026, sizes 1 and 5; data-plane 3.6).

The generator needs it to aim at borders: 1 KB of a write unit, 4 KB of a read unit, 400 KB of an item.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from decimal import Context
from typing import Any, Final

ITEM_BYTES: Final = 409_600  # the most that an item may have
CONTAINER_BYTES: Final = 3  # of a list or map, besides 1 for each element
_NUMBERS: Final = Context(prec=400)


def item_size(item: Mapping[str, Mapping[str, Any]]) -> int:
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Mapping[str, Any]) -> int:
    ((datatype, content),) = value.items()
    if datatype == "S":
        return len(content.encode())
    if datatype == "B":
        return len(base64.b64decode(content))
    if datatype == "N":
        return number_size(content)
    if datatype in ("SS", "NS", "BS"):
        return sum(value_size({datatype[0]: element}) for element in content)
    if datatype == "L":
        return CONTAINER_BYTES + sum(1 + value_size(element) for element in content)
    if datatype == "M":
        return CONTAINER_BYTES + sum(1 + len(name.encode()) + value_size(inner) for name, inner in content.items())
    return 1


def number_size(text: str) -> int:
    """1, and 1 for each two digits on either side of the point, zeros at the ends trimmed; 1 more for a sign."""
    number = _NUMBERS.create_decimal(text).normalize(_NUMBERS)
    if not number:
        return 1
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    whole = max(0, min(len(digits), len(digits) + exponent))
    fraction = len(digits) - whole
    return 1 + (whole + 1) // 2 + (fraction + 1) // 2 + sign
