"""Attribute values: bringing what a request holds into normal form, and comparing what is in normal form.

Normal form (see `attribute.py`) is chosen so that DynamoDB's equality is Python's `==`: numbers are printed in one
way only, sets are sorted and free of duplicates, maps are dicts.
"""

from __future__ import annotations

import json
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from reference_server import limits, messages, numbers, sizes
from reference_server.attribute import AttributeValue, Item, datatype
from reference_server.errors import ValidationException
from reference_server.messages import Message


def accept(value: AttributeValue, levels: int = limits.NESTING_LEVELS) -> int:
    """Check one value of a request and bring it into normal form, in place. Returns its size in bytes.

    Raises ValidationException for what its JSON types do not show: no datatype or several, numbers, empty sets and
    duplicates, `NULL: false`, nesting. Values within values are checked depth first, and the first error wins
    (data-plane 3.1). `levels` is how deep it may nest.
    """
    _accept(value, 1 + limits.NESTING_LEVELS - levels)
    return sizes.value_size(value)


def accept_item(item: Item) -> int:
    """Check an item or a key of a request and bring its values into normal form, in place. Returns its bytes."""
    for value in item.values():
        _accept(value, 1)
    return sizes.item_size(item)


def _accept(value: AttributeValue, level: int) -> None:
    """`level` counts the value itself: an attribute of the item is at level 1."""
    if level > limits.NESTING_LEVELS:
        raise ValidationException(messages.NESTING)
    if len(value) != 1:
        _accept_each(value, level)
        return
    for name, content in value.items():
        acceptance = _ACCEPTANCES.get(name)
        if acceptance is None:
            raise ValidationException(messages.VALUE_EMPTY)
        value[name] = acceptance(content, level)


def _accept_each(value: AttributeValue, level: int) -> None:
    """No datatype, or several: what is wrong inside one of them is reported first (data-plane 3.1)."""
    for name in list(value):
        acceptance = _ACCEPTANCES.get(name)
        if acceptance is None:
            del value[name]  # an unknown member beside a known one is ignored
        else:
            value[name] = acceptance(value[name], level)
    if not value:
        raise ValidationException(messages.VALUE_EMPTY)
    if len(value) > 1:
        raise ValidationException(messages.VALUE_AMBIGUOUS)


def refuse_deep_nesting(item: Item) -> None:
    """An item put together from parts may nest deeper than any of them did. Raises ValidationException."""
    for value in item.values():
        _refuse_deep_nesting(value, 1)


def _refuse_deep_nesting(value: AttributeValue, level: int) -> None:
    if level > limits.NESTING_LEVELS:
        raise ValidationException(messages.NESTING)
    if "M" in value:
        for element in value["M"].values():
            _refuse_deep_nesting(element, level + 1)
    elif "L" in value:
        for element in value["L"]:
            _refuse_deep_nesting(element, level + 1)


def _accept_null(content: bool, _level: int) -> bool:
    if not content:
        raise ValidationException(messages.NULL_FALSE)
    return True


def _accept_list(content: list[AttributeValue], level: int) -> list[AttributeValue]:
    for element in content:
        _accept(element, level + 1)
    return content


def _accept_map(content: dict[str, AttributeValue], level: int) -> dict[str, AttributeValue]:
    for element in content.values():
        _accept(element, level + 1)
    return content


def _accept_set(elements: list[str], set_datatype: str, empty: Message, duplicates: Message) -> list[str]:
    if not elements:
        raise ValidationException(empty)
    accepted = sorted_set(set_datatype, elements)
    if len(accepted) != len(elements):
        # The elements as they came, in the ways in which they are echoed (aws-2026, Wording).
        bare = f"[{', '.join(elements)}]"
        raise ValidationException(duplicates, quoted=json.dumps(elements, ensure_ascii=False), bare=bare)
    return accepted


def _accept_number_set(elements: list[str], _level: int) -> list[str]:
    normal = [numbers.normalise(element) for element in elements]
    return _accept_set(normal, "NS", messages.NUMBER_SET_EMPTY, messages.NUMBER_SET_DUPLICATES)


def _accept_string_set(elements: list[str], _level: int) -> list[str]:
    return _accept_set(elements, "SS", messages.STRING_SET_EMPTY, messages.STRING_SET_DUPLICATES)


def _accept_binary_set(elements: list[str], _level: int) -> list[str]:
    return _accept_set(elements, "BS", messages.BINARY_SET_EMPTY, messages.BINARY_SET_DUPLICATES)


# What each datatype's content must pass; it returns the content in normal form.
_ACCEPTANCES: Final[Mapping[str, Callable[[Any, int], Any]]] = {
    "S": lambda content, _level: content,
    "N": lambda content, _level: numbers.normalise(content),
    "B": lambda content, _level: content,
    "BOOL": lambda content, _level: content,
    "NULL": _accept_null,
    "L": _accept_list,
    "M": _accept_map,
    "SS": _accept_string_set,
    "NS": _accept_number_set,
    "BS": _accept_binary_set,
}


@lru_cache(4096)
def decode_binary(text: str) -> bytes:
    """The bytes that base64 text stands for."""
    return a2b_base64(text)


# What scalars of each datatype are ordered by. Python orders text by code points, which is the order of
# their UTF-8 bytes (data-plane 4.7).
ORDERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "S": str,
    "N": numbers.as_decimal,
    "B": decode_binary,
}


def sorted_set(set_datatype: str, elements: Iterable[str]) -> list[str]:
    """The elements of a set, each in normal form, without duplicates and in the order they are stored in.

    Sets read back sorted: strings and binaries bytewise, numbers by value (aws-2026, sizes 10).
    """
    return sorted(set(elements), key=ORDERS[set_datatype[0]])


def equal(left: AttributeValue, right: AttributeValue) -> bool:
    """DynamoDB's equality: same datatype and same value, deeply (data-plane 4.7)."""
    return left == right


def compare(left: AttributeValue, right: AttributeValue) -> int:
    """Negative, zero or positive, for two values of one datatype among S, N and B.

    Strings and binaries compare bytewise, numbers by value (data-plane 4.7).
    """
    order = ORDERS[datatype(left)]
    (a,), (b,) = left.values(), right.values()
    first, second = order(a), order(b)
    return int(first > second) - int(first < second)
