"""An item of 400 KB to the byte is stored, one of a byte more is not: whatever it is made of, however it is written."""

from __future__ import annotations

import math
import re
from base64 import b64encode
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

import pytest
from calling import Caller, Refused
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from reference_server import limits

KEY = {"pk": {"S": "p"}}
TOO_LARGE = "Item size has exceeded the maximum allowed size"
UPDATE_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"
_EXACT = Context(prec=300)


# --- sizes, said independently of the server (data-plane 3.6; aws-2026, sizes 1 and 5) ---------------------------


def number_size(text: str) -> int:
    whole, _, part = f"{_EXACT.create_decimal(text).copy_abs():f}".partition(".")
    whole, part = whole.lstrip("0"), part.rstrip("0")
    if not part:
        whole = whole.rstrip("0")
    if not whole:
        part = re.sub("^(00)+", "", part)
    negative = text.startswith("-") and (whole or part) != ""
    return 1 + math.ceil(len(whole) / 2) + math.ceil(len(part) / 2) + negative


def value_size(value: dict[str, Any]) -> int:
    ((datatype, content),) = value.items()
    match datatype:
        case "S":
            return len(content.encode())
        case "N":
            return number_size(content)
        case "B":
            return len(content.rstrip("=")) * 3 // 4
        case "BOOL" | "NULL":
            return 1
        case "SS" | "NS" | "BS":
            return sum(value_size({datatype[0]: element}) for element in content)
        case "L":
            return 3 + sum(1 + value_size(element) for element in content)
        case _:
            return 3 + sum(1 + len(name.encode()) + value_size(element) for name, element in content.items())


def item_size(item: dict[str, Any]) -> int:
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


# --- items of a size ----------------------------------------------------------------------------------------------

# Items this large are not made smaller in search of the simplest that fails: each attempt takes long.
LARGE = settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])

TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)
BLOBS = st.binary(max_size=5).map(lambda raw: b64encode(raw).decode())
NUMBERS = st.one_of(
    st.integers(-(10**38) + 1, 10**38 - 1).map(str),
    st.builds(lambda digits, zeros: f"{digits}e{zeros}", st.integers(-(10**20), 10**20), st.integers(0, 100)),
    st.builds(lambda digits: f"{Decimal(digits).scaleb(-20):f}", st.integers(-(10**30), 10**30)),
)
SCALARS = st.one_of(
    TEXTS.map(lambda text: {"S": text}),
    NUMBERS.map(lambda text: {"N": text}),
    BLOBS.map(lambda text: {"B": text}),
    st.sampled_from([{"BOOL": True}, {"NULL": True}]),
    st.sets(TEXTS, min_size=1, max_size=3).map(lambda texts: {"SS": sorted(texts)}),
    st.sets(st.integers(-(10**9), 10**9), min_size=1, max_size=3).map(lambda numbers: {"NS": [*map(str, numbers)]}),
    st.sets(BLOBS, min_size=1, max_size=3).map(lambda texts: {"BS": sorted(texts)}),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: {"L": values})
        | st.dictionaries(TEXTS, inner, max_size=3).map(lambda values: {"M": values})
    ),
    max_leaves=6,
)
ITEMS = st.dictionaries(st.text("abcé", min_size=1, max_size=3), VALUES, max_size=5)


def _number_set(size: int) -> dict[str, Any]:
    """Different numbers of 20 bytes, all 38 digits long, and one of 2 to 21 bytes."""
    count = (size - 2) // 20
    rest = size - 20 * count
    last = "-" + "9" * 38 if rest == 21 else "9" * (2 * (rest - 1))
    return {"NS": [*(f"1{position:035}11" for position in range(count)), last]}


# Values of a number of bytes, at least 50: the size is made of what each datatype counts.
FILLERS: dict[str, Callable[[int], dict[str, Any]]] = {
    "S": lambda size: {"S": "x" * size},
    "S beyond ASCII": lambda size: {"S": "é" * (size // 2) + "x" * (size % 2)},
    "B": lambda size: {"B": b64encode(bytes(size)).decode()},
    "SS": lambda size: {"SS": ["x" * 20, "é" * ((size - 20) // 2) + "x" * (size % 2)]},
    "BS": lambda size: {"BS": [b64encode(bytes(20)).decode(), b64encode(bytes(size - 20)).decode()]},
    "L": lambda size: {"L": [{"BOOL": True}, {"S": "x" * (size - 3 - 2 - 1)}]},
    "L of many": lambda size: {
        "L": [{"S": "x" * 99}] * (count := max(0, (size - 3) // 100 - 1)) + [{"S": "x" * (size - 3 - 100 * count - 1)}]
    },
    "M": lambda size: {"M": {"ab": {"NULL": True}, "é": {"S": "x" * (size - 3 - 4 - 3)}}},
    "NS": _number_set,
}


def filled(attributes: dict[str, Any], filler: str, size: int) -> dict[str, Any]:
    """An item of exactly so many bytes."""
    item = attributes | KEY
    item["filler"] = FILLERS[filler](size - item_size(item) - len("filler"))
    assert item_size(item) == size
    return item


# --- the surfaces that write items ----------------------------------------------------------------------------------

SURFACES: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    "PutItem": lambda item: ("PutItem", {"TableName": "Things", "Item": item}),
    "BatchWriteItem": lambda item: (
        "BatchWriteItem",
        {"RequestItems": {"Things": [{"PutRequest": {"Item": item}}]}},
    ),
    "a transaction's Put": lambda item: (
        "TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "Things", "Item": item}}]},
    ),
}


def things() -> Caller:
    caller = Caller()
    caller.create_table("Things", "pk:S")
    return caller


@pytest.mark.parametrize("surface", SURFACES)
@given(attributes=ITEMS, filler=st.sampled_from(sorted(FILLERS)))
@LARGE
def test_an_item_is_put_up_to_the_byte(surface: str, attributes: dict[str, Any], filler: str) -> None:
    caller = things()
    operation, request = SURFACES[surface](filled(attributes, filler, limits.ITEM_BYTES + 1))
    with pytest.raises(Refused, match=TOO_LARGE):
        caller.call(operation, **request)
    operation, request = SURFACES[surface](filled(attributes, filler, limits.ITEM_BYTES))
    caller.call(operation, **request)
    table = caller.call("DescribeTable", TableName="Things")["Table"]
    assert (table["ItemCount"], table["TableSizeBytes"]) == (1, limits.ITEM_BYTES)


@given(
    attributes=ITEMS, filler=st.sampled_from(sorted(FILLERS)), room=st.integers(50, 200), kind=st.sampled_from("SBL")
)
@LARGE
def test_an_item_is_updated_up_to_the_byte(attributes: dict[str, Any], filler: str, room: int, kind: str) -> None:
    _grow("UpdateItem", attributes, filler, room, kind)


@given(
    attributes=ITEMS, filler=st.sampled_from(sorted(FILLERS)), room=st.integers(50, 200), kind=st.sampled_from("SBL")
)
@LARGE
def test_an_item_is_updated_in_a_transaction_up_to_the_byte(
    attributes: dict[str, Any], filler: str, room: int, kind: str
) -> None:
    _grow("TransactWriteItems", attributes, filler, room, kind)


def _grow(operation: str, attributes: dict[str, Any], filler: str, room: int, kind: str) -> None:
    """An item that has a little room is given an attribute that fills it, or a byte more."""
    caller = things()
    caller.call("PutItem", TableName="Things", Item=filled(attributes, filler, limits.ITEM_BYTES - room))

    def grow(by: int) -> None:
        update = {
            "TableName": "Things",
            "Key": KEY,
            "UpdateExpression": "SET grown = :v",
            "ExpressionAttributeValues": {":v": FILLERS[kind](by - len("grown"))},
        }
        if operation == "UpdateItem":
            caller.call(operation, **update)
        else:
            caller.call(operation, TransactItems=[{"Update": update}])

    # In a transaction it is the one member that fails, and the text is its reason's (aws-2026, sizes 4).
    with pytest.raises(Refused) as refused:
        grow(room + 1)
    assert UPDATE_TOO_LARGE in str(refused.value.body)
    grow(room)
    assert caller.call("DescribeTable", TableName="Things")["Table"]["TableSizeBytes"] == limits.ITEM_BYTES


def test_the_sizes_of_this_file_are_the_documented_ones() -> None:
    sizes = {"0": 1, "1": 2, "10": 2, "100": 2, "123": 3, "1234": 3, "120": 2, "0.1": 2, "0.012": 3, "12.5": 3}
    sizes |= {"123.45": 4, "-1": 3, "-123": 4, "1e125": 2, "9" * 38: 20}
    assert {text: number_size(text) for text in sizes} == sizes
    for filler in FILLERS:
        for size in range(60, 120):
            assert value_size(FILLERS[filler](size)) == size, (filler, size)
    assert limits.ITEM_BYTES == 400 * 1024
