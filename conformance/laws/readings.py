"""What a law reads in items: equal values, keys, order, and how two sets of items differ.

The values come from any implementation, so anything may stand in them. What is no attribute value is read as itself,
and is equal to nothing else.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Context, InvalidOperation
from typing import Any, Final

from conformance.laws.law import Item
from conformance.scenario import JSON, JSONObject, Scenario

# Every number that DynamoDB stores, exactly.
_NUMBERS: Final = Context(prec=400)
SCALARS: Final = ("S", "N", "B")


def _number(text: str) -> Hashable:
    number = _NUMBERS.create_decimal(text)
    if not isinstance(text, str) or not number.is_finite():
        raise ValueError(text)
    return number


def _text(text: str) -> Hashable:
    return text.encode("utf-8", "surrogatepass")


def _binary(text: str) -> Hashable:
    return base64.b64decode(text, validate=True)


def _elements(read: Callable[[str], Hashable]) -> Callable[[Any], Hashable]:
    """A set: its order is free (data-plane 3.3), but an element that came twice is not forgotten."""
    return lambda content: frozenset(Counter(map(read, content)).items())


def _flag(content: Any) -> Hashable:
    if not isinstance(content, bool):
        raise ValueError(content)
    return content


# What the content of an attribute value is equal to (data-plane 4.7).
_READ: Final[Mapping[str, Callable[[Any], Hashable]]] = {
    "S": _text,
    "N": _number,
    "B": _binary,
    "BOOL": _flag,
    "NULL": _flag,
    "SS": _elements(_text),
    "NS": _elements(_number),
    "BS": _elements(_binary),
    "L": lambda content: tuple(map(equal_to, content)),
    "M": lambda content: frozenset((name, equal_to(value)) for name, value in content.items()),
}


def datatype_of(value: JSON) -> str:
    """`S`; or what stands there instead of an attribute value, in words."""
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _READ:
        return str(next(iter(value)))
    return "no attribute value"


def equal_to(value: JSON) -> Hashable:
    """The same for two attribute values that are equal, and for no others."""
    datatype = datatype_of(value)
    if datatype in _READ:
        with suppress(ValueError, TypeError, AttributeError, InvalidOperation):
            return datatype, _READ[datatype](value[datatype])
    return "unreadable", json.dumps(value, sort_keys=True)


def item_equal_to(item: Item | None) -> Hashable:
    return None if item is None else frozenset((name, equal_to(value)) for name, value in item.items())


def order_of(value: JSON) -> Any:
    """A scalar as Python compares it as DynamoDB does: numerically, or by bytes (data-plane 6.2). None for others."""
    read = equal_to(value)
    assert isinstance(read, tuple)
    return read[1] if read[0] in SCALARS else None


# --- tables -----------------------------------------------------------------------------------------------


def creations(tables: Iterable[JSONObject]) -> dict[str, JSONObject]:
    return {str(table.get("TableName")): table for table in tables}


def key_names(description: JSONObject, kind: str = "") -> tuple[str, ...]:
    """The attributes of a table's or an index's key, those of one kind (HASH, RANGE) or all."""
    schema = description.get("KeySchema")
    keys = schema if isinstance(schema, list) else []
    return tuple(str(key["AttributeName"]) for key in keys if not kind or key.get("KeyType") == kind)


def indexes_of(table: JSONObject, *, local: bool = True) -> dict[str, JSONObject]:
    members = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")[: 1 + local]
    return {str(index["IndexName"]): index for member in members for index in table.get(member, ())}


def is_global(table: JSONObject, index: str) -> bool:
    return index in indexes_of(table, local=False)


def key_datatypes(table: JSONObject) -> dict[str, str]:
    definitions = table.get("AttributeDefinitions", ())
    return {definition["AttributeName"]: definition["AttributeType"] for definition in definitions}


def key_of(item: Item, names: Sequence[str]) -> Hashable:
    return tuple(equal_to(item.get(name)) for name in names)


def keys_fit(scenario: Scenario) -> bool:
    """Whether every key and item in the requests has its table's key, by name and datatype.

    Where no baseline would refuse it, the minimiser makes a value simpler by giving it another type.
    """
    tables = creations(scenario.tables)
    return all(
        all(datatype_of(named.get(name)) == key_datatypes(tables[table]).get(name) for name in key_names(tables[table]))
        for step in scenario.steps
        for table, named in _named(step.request, None)
        if table in tables
    )


def _named(request: JSON, table: JSON) -> Iterator[tuple[JSON, Item]]:
    """Every key and item in a request, with its table; in batches that is a member's name."""
    if isinstance(request, list):
        for element in request:
            yield from _named(element, table)
    elif isinstance(request, dict):
        table = request.get("TableName", table)
        for name, member in request.items():
            if name == "RequestItems" and isinstance(member, dict):
                for of_table, inner in member.items():
                    yield from _named(inner, of_table)
            elif name in ("Key", "Item"):
                yield table, member if isinstance(member, dict) else {}
            elif name == "Keys" and isinstance(member, list):
                yield from ((table, key if isinstance(key, dict) else {}) for key in member)
            elif name in _HOLDERS:
                yield from _named(member, table)


# Between a request and its keys and items.
_HOLDERS: Final = frozenset(
    {"TransactItems", "Put", "Update", "Delete", "Get", "ConditionCheck", "PutRequest", "DeleteRequest"}
)


# --- items against items ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """How items differ from those that were due, in words that name none of them."""

    how: str
    expected: JSON = None
    actual: JSON = None


MISSING_ITEM: Final = "an item is missing"
TWICE: Final = "an item comes twice"
UNDUE: Final = "an item comes that should not"


def item_fault(expected: Item, actual: Item, *, typed: bool = False) -> str:
    """How an item differs from that which was due; nothing where it does not.

    `typed` names the datatype, for laws in which it may be what matters. Elsewhere it is incidental.
    """
    for name, value in expected.items():
        if name not in actual:
            return f"an attribute of type {datatype_of(value)} is missing" if typed else "an attribute is missing"
        if equal_to(value) != equal_to(actual[name]):
            return value_fault(value, actual[name]) if typed else "a value is another"
    if actual.keys() - expected.keys():
        return "an attribute comes that should not"
    return ""


def value_fault(expected: JSON, actual: JSON) -> str:
    datatype, came = datatype_of(expected), datatype_of(actual)
    if datatype != came:
        return f"a value of type {datatype} is one of type {came}"
    if datatype in ("SS", "NS", "BS") and _has_duplicates(actual):
        return f"a value of type {datatype} has an element twice"
    return f"a value of type {datatype} is another"


def _has_duplicates(value: JSON) -> bool:
    ((_, content),) = value.items()
    return isinstance(content, list) and len({equal_to({"SS": [element]}) for element in content}) < len(content)


def row_faults(
    expected: Sequence[Item], actual: Sequence[Item], key: Sequence[str], *, typed: bool = False
) -> Iterator[Fault]:
    """How two lists of items differ, their order left out: each way once.

    `key` are the attributes of the table's key, by which items are told apart; `typed` as in `item_fault`.
    """
    due, came = Counter(map(item_equal_to, expected)), Counter(map(item_equal_to, actual))
    if due == came:
        return
    missing = {key_of(item, key): item for item in expected if came[item_equal_to(item)] < due[item_equal_to(item)]}
    undue = {key_of(item, key): item for item in actual if came[item_equal_to(item)] > due[item_equal_to(item)]}
    present = {key_of(item, key) for item in actual}
    known = {key_of(item, key) for item in expected}
    seen: set[str] = set()
    for fault in _row_faults(missing, undue, present, known, typed):
        if fault.how not in seen:
            seen.add(fault.how)
            yield fault


def _row_faults(
    missing: Mapping[Hashable, Item],
    undue: Mapping[Hashable, Item],
    present: set[Hashable],
    known: set[Hashable],
    typed: bool,
) -> Iterator[Fault]:
    for key, item in missing.items():
        if key not in present:
            yield Fault(MISSING_ITEM, item, None)
    for key, item in undue.items():
        if key not in known:
            yield Fault(UNDUE, None, item)
        elif key in missing:
            yield Fault(item_fault(missing[key], item, typed=typed), missing[key], item)
        else:
            yield Fault(TWICE, None, item)


def is_part_of(part: JSON, whole: JSON) -> bool:
    """Whether a projected value is the value, or a map or list of parts of it, its lists closed up (data-plane 4.8)."""
    if equal_to(part) == equal_to(whole):
        return True
    datatype = datatype_of(part)
    if datatype != datatype_of(whole):
        return False
    inner, outer = part[datatype], whole[datatype]
    if datatype == "M" and isinstance(inner, dict) and isinstance(outer, dict):
        return all(name in outer and is_part_of(value, outer[name]) for name, value in inner.items())
    if datatype == "L" and isinstance(inner, list) and isinstance(outer, list):
        left = iter(outer)
        return all(any(is_part_of(element, other) for other in left) for element in inner)
    return False
