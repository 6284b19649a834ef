"""What can be wrong with keys, items and values (data-plane 2.3 and 3)."""

from __future__ import annotations

import base64

from conformance.strategies.drawing import chance
from conformance.strategies.near_misses.registry import Draft, near_miss
from conformance.strategies.values import AttributeValue, nested

_SCALARS: tuple[AttributeValue, ...] = (
    {"S": "a"},
    {"N": "1"},
    {"B": "YQ=="},
    {"BOOL": True},
    {"NULL": True},
    {"SS": ["a"]},
    {"L": []},
)


def _keyed(draft: Draft) -> str:
    """The member with the key in it."""
    return "Key" if "Key" in draft.request else "Item"


@near_miss("a key of the wrong type", "Key", "Item", weight=3)
def _key_type(draft: Draft) -> None:
    key = draft.choose(draft.table.keys.attributes)
    wrong = [value for value in _SCALARS if key.datatype not in value]
    draft.request[_keyed(draft)][key.name] = draft.choose(wrong)


@near_miss("an empty key value", "Key", "Item")
def _key_empty(draft: Draft) -> None:
    key = draft.choose(draft.table.keys.attributes)
    draft.request[_keyed(draft)][key.name] = {key.datatype: ""}


@near_miss("a key that lacks an attribute", "Key", "Item")
def _key_missing(draft: Draft) -> None:
    name = draft.choose([key.name for key in draft.table.keys.attributes])
    draft.request[_keyed(draft)].pop(name, None)


@near_miss("a key with an attribute too many", "Key")
def _key_surplus(draft: Draft) -> None:
    draft.request["Key"]["title"] = {"S": "a"}


@near_miss("a key with another attribute instead", "Key")
def _key_other(draft: Draft) -> None:
    name = draft.choose([key.name for key in draft.table.keys.attributes])
    draft.request["Key"]["title"] = draft.request["Key"].pop(name)


@near_miss("a key too long", "Key", "Item")
def _key_long(draft: Draft) -> None:
    key = draft.choose(draft.table.keys.attributes)
    # The shorter one is too long for a sort key only; a number is too long by its digits.
    length = draft.choose((1025, 2049))
    long = {"S": "k" * length, "B": base64.b64encode(b"k" * length).decode(), "N": "1" * 39}
    draft.request[_keyed(draft)][key.name] = {key.datatype: long[key.datatype]}


@near_miss("an index key of the wrong type or empty", "Item", weight=5)
def _index_key(draft: Draft) -> None:
    # A table without index keys has its own made wrong.
    names = draft.table.index_keys() or {key.name: key.datatype for key in draft.table.keys.attributes}
    name, datatype = draft.choose(sorted(names.items()))
    wrong: AttributeValue = {"S": "a"} if datatype != "S" else {"N": "1"}
    long = {"S": "k" * 2049, "B": base64.b64encode(b"k" * 2049).decode(), "N": "1" * 39}[datatype]
    value = draft.choose((wrong, {"NULL": True}, {"M": {}}, {datatype: ""}, {datatype: long}))
    draft.request["Item"][name] = value


@near_miss("an attribute without a name", "Item")
def _nameless(draft: Draft) -> None:
    if draft.choose((True, False)):
        draft.request["Item"][""] = {"S": "a"}
    else:
        draft.request["Item"]["details"] = {"M": {"": {"S": "a"}}}


@near_miss("an illegal value", "Item", "ExpressionAttributeValues", weight=14)
def _illegal_value(draft: Draft) -> None:
    value = draft.choose(ILLEGAL_VALUES)
    if chance(draft.draw, 25):
        value = draft.choose(({"L": [value]}, {"M": {"city": value}}, {"L": [{"S": "a"}, {"M": {"x": value}}]}))
    if "Item" in draft.request:
        draft.request["Item"]["title"] = value
    else:
        values = draft.request["ExpressionAttributeValues"]
        values[draft.choose(sorted(values))] = value


@near_miss("an illegal value in a key", "Key", weight=5)
def _illegal_key_value(draft: Draft) -> None:
    key = draft.choose(draft.table.keys.attributes)
    draft.request["Key"][key.name] = draft.choose(ILLEGAL_VALUES)


ILLEGAL_VALUES: tuple[AttributeValue, ...] = (
    {"SS": ["a", "b", "a"]},
    {"SS": ["", ""]},
    {"NS": ["1", "1.0"]},
    {"NS": ["0", "-0"]},
    {"NS": ["100", "1E2"]},
    {"BS": ["YQ==", "YQ=="]},
    {"SS": []},
    {"NS": []},
    {"BS": []},
    {"NULL": False},
    {"N": ""},
    {"N": "abc"},
    {"N": " 1"},
    {"N": "1 "},
    {"N": "1,5"},
    {"N": "0x10"},
    {"N": "1_000"},
    {"N": "--1"},
    {"N": "."},
    {"N": "1e"},
    {"N": "٣"},
    {"N": "NaN"},
    {"N": "Infinity"},
    {"N": "1E126"},
    {"N": "-1E126"},
    {"N": "1E-131"},
    {"N": "1E99999999999"},
    {"N": "123456789012345678901234567890123456789"},
    {"N": "0.123456789012345678901234567890123456789"},
    {"NS": ["x"]},
    {"NS": ["1", ""]},
    {"NS": ["1E126"]},
    {},
    {"S": "a", "N": "1"},
    {"SS": ["a"], "NS": ["1"]},
    {"X": "a"},
    {"s": "a"},
    {"S": 5},
    {"N": 5},
    {"BOOL": "true"},
    {"BOOL": "maybe"},
    {"BOOL": 1},
    {"NULL": "true"},
    {"S": None},
    {"L": {}},
    {"M": []},
    {"L": ["a"]},
    {"L": [None]},
    {"M": {"x": "a"}},
    {"SS": "a"},
    {"SS": [1]},
    {"SS": [None]},
    {"NS": [1]},
    {"B": "YQ"},
    {"B": "YR=="},
    {"B": "!!!!"},
    {"B": "YQ==YQ=="},
    nested({"S": "a"}, 32),
)
