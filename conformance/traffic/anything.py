"""Captured JSON may be anything, whatever the API's shapes say: an application may have sent it by mistake."""

from __future__ import annotations

from typing import Final

from conformance.scenario import JSON, JSONObject

# What is nested deeper is kept as text and not taken apart. DynamoDB refuses what is deeper than 32 levels.
DEEPEST: Final = 150


def members(value: JSON) -> JSONObject:
    """Those of an object; of anything else none."""
    return value if isinstance(value, dict) else {}


def elements(value: JSON) -> list[JSON]:
    """Those of a list; of anything else none."""
    return value if isinstance(value, list) else []


def is_deeper(value: JSON, levels: int) -> bool:
    """Whether lists and objects are nested in more than so many levels. Looks without recursion."""
    level = [value]
    for _ in range(levels):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else elements(each))
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
