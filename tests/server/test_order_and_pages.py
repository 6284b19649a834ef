"""The order of sort keys, and pages of a megabyte, through the server; `test_reads.py` has ranges and small pages."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from decimal import Context, Decimal
from itertools import pairwise
from typing import Any

import pytest
from calling import Caller, index
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server import limits

# Wide enough for every number that is stored, without rounding.
_EXACT = Context(prec=300)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Numbers of up to 38 digits, from both ends of the range and close to one another."""
    digits = draw(st.integers(1, 9) | st.integers(10**37, 10**38 - 1) | st.just(10**38 - 1) | st.integers(1, 10**20))
    first = draw(st.sampled_from([-130, -129, -38, -1, 0, 1, 37, 38, 124, 125]) | st.integers(-130, 125))
    sign = draw(st.sampled_from(["", "-"]))
    return draw(st.just(f"{sign}{digits}e{first - len(str(digits)) + 1}") | st.sampled_from(["0", "1", "-1", "-0"]))


KEYS: dict[str, st.SearchStrategy[str]] = {
    "N": numbers(),
    # On both sides of where UTF-16 orders otherwise than UTF-8 does, and of zero bytes.
    "S": st.text("a\x00b\x7fé\uffff\U0001f600\ue000", min_size=1, max_size=4),
    "B": st.lists(st.sampled_from([0, 1, 127, 128, 255]), min_size=1, max_size=4).map(
        lambda raw: b64encode(bytes(raw)).decode()
    ),
}
ORDERS: dict[str, Callable[[str], Any]] = {"N": _EXACT.create_decimal, "S": str.encode, "B": b64decode}


@pytest.mark.parametrize("kind", KEYS)
@given(data=st.data(), forward=st.booleans())
@settings(max_examples=120)
def test_sort_keys_of_tables_and_indexes_are_in_order(kind: str, data: st.DataObject, forward: bool) -> None:
    in_order = ORDERS[kind]
    keys = data.draw(st.lists(KEYS[kind], min_size=1, max_size=8, unique_by=in_order))
    caller = Caller()
    caller.create_table(
        "Things",
        "pk:S",
        f"sk:{kind}",
        types=f"g:{kind}",
        GlobalSecondaryIndexes=[index("Global", "pk", "g")],
        LocalSecondaryIndexes=[index("Local", "pk", "g")],
    )
    for key in keys:
        caller.call("PutItem", TableName="Things", Item={"pk": {"S": "p"}, "sk": {kind: key}, "g": {kind: key}})
    expected = sorted(map(in_order, keys), reverse=not forward)
    bound = data.draw(st.sampled_from(keys))
    for source in (None, "Global", "Local"):
        name = "g" if source else "sk"
        for condition, holds in (
            ("", lambda value: True),
            (f" AND {name} >= :b", lambda value: value >= in_order(bound)),
            (f" AND {name} < :b", lambda value: value < in_order(bound)),
        ):
            reply = caller.call(
                "Query",
                TableName="Things",
                KeyConditionExpression="pk = :p" + condition,
                ExpressionAttributeValues={":p": {"S": "p"}} | ({":b": {kind: bound}} if condition else {}),
                ScanIndexForward=forward,
                **({"IndexName": source} if source else {}),
            )
            assert [in_order(item[name][kind]) for item in reply["Items"]] == [v for v in expected if holds(v)]


@given(st.lists(numbers(), min_size=2, max_size=6))
def test_numbers_compare_in_filters_as_decimals_do(texts: list[str]) -> None:
    caller = Caller()
    caller.create_table("Things", "pk:N")
    for text in texts:
        caller.call("PutItem", TableName="Things", Item={"pk": {"N": text}, "n": {"N": text}})
    stored = {_EXACT.create_decimal(text) for text in texts}
    for text in texts:
        for operator, expected in (
            ("<", {value for value in stored if value < _EXACT.create_decimal(text)}),
            ("=", {_EXACT.create_decimal(text)}),
        ):
            reply = caller.call(
                "Scan",
                TableName="Things",
                FilterExpression=f"n {operator} :n",
                ExpressionAttributeValues={":n": {"N": text}},
            )
            found = [_EXACT.create_decimal(item["pk"]["N"]) for item in reply["Items"]]
            assert len(found) == len(set(found))
            assert set(found) == expected


# --- pages of a megabyte --------------------------------------------------------------------------------------------

# Items of about a third, of a half and of all that an item may have; ten are several pages.
SIZES = st.lists(st.sampled_from([1000, 130_000, 200_000, 262_144, 349_525, 400_000, limits.ITEM_BYTES]), max_size=10)


def _item(number: int, size: int) -> dict[str, Any]:
    """An item of exactly `size` bytes; one in three is filtered out by `keep`."""
    item = {"pk": {"S": "p"}, "sk": {"N": str(number + 1)}, "keep": {"BOOL": number % 3 != 2}, "v": {"S": ""}}
    padding = size - len("pk" + "p" + "sk") - 2 - len("keep") - 1 - len("v")
    return item | {"v": {"S": "x" * padding}}


def _pages_of(sizes: list[int], limit: int | None) -> list[int]:
    """How many items each page evaluates: up to the one that reaches a megabyte (data-plane 6.2)."""
    pages: list[int] = []
    count = total = 0
    for size in sizes:
        count, total = count + 1, total + size
        if total >= limits.PAGE_BYTES or count == limit:
            pages.append(count)
            count = total = 0
    # What ends on the very last item still has a LastEvaluatedKey, and an empty page behind it.
    return [*pages, count]


@given(
    sizes=SIZES,
    limit=st.none() | st.integers(1, 4),
    forward=st.booleans(),
    filtered=st.booleans(),
    counting=st.booleans(),
    source=st.sampled_from([None, "Global", "Local"]),
)
@settings(max_examples=40)
def test_pages_of_a_megabyte_make_the_whole(
    sizes: list[int], limit: int | None, forward: bool, filtered: bool, counting: bool, source: str | None
) -> None:
    caller = Caller()
    caller.create_table(
        "Things",
        "pk:S",
        "sk:N",
        GlobalSecondaryIndexes=[index("Global", "pk", "sk")],
        LocalSecondaryIndexes=[index("Local", "pk", "sk")],
    )
    for number, size in enumerate(sizes):
        caller.call("PutItem", TableName="Things", Item=_item(number, size))
    request: dict[str, Any] = {
        "TableName": "Things",
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "p"}},
        "ScanIndexForward": forward,
    }
    if source:
        request["IndexName"] = source
    if limit:
        request["Limit"] = limit
    if filtered:
        request["FilterExpression"] = "keep = :k"
        request["ExpressionAttributeValues"][":k"] = {"BOOL": True}
    if counting:
        request["Select"] = "COUNT"
    else:
        request["ProjectionExpression"] = "sk"
    pages = []
    while True:
        pages.append(caller.call("Query", **request))
        if "LastEvaluatedKey" not in pages[-1]:
            break
        request["ExclusiveStartKey"] = pages[-1]["LastEvaluatedKey"]
    order = list(range(len(sizes)))[:: 1 if forward else -1]
    assert [page["ScannedCount"] for page in pages] == _pages_of([sizes[number] for number in order], limit)
    kept = [number for number in order if not filtered or number % 3 != 2]
    assert sum(page["Count"] for page in pages) == len(kept)
    if counting:
        assert all("Items" not in page for page in pages)
    else:
        assert [len(page["Items"]) for page in pages] == [page["Count"] for page in pages]
        assert [item for page in pages for item in page["Items"]] == [{"sk": {"N": str(number + 1)}} for number in kept]
    # The reading goes on behind the last item evaluated, in its order.
    ends = [Decimal(page["LastEvaluatedKey"]["sk"]["N"]) for page in pages[:-1]]
    assert all((a < b) == forward for a, b in pairwise(ends))


@given(
    groups=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("123") | st.none()), max_size=14),
    limit=st.integers(1, 5),
    total=st.integers(1, 4),
    projection=st.sampled_from(["ALL", "KEYS_ONLY"]),
)
def test_pages_of_an_index_of_equal_keys_and_of_segments(
    groups: list[tuple[str, str | None]], limit: int, total: int, projection: str
) -> None:
    """Items that share a key of the index, and some that are not in it: no page loses or repeats one."""
    caller = Caller()
    caller.create_table(
        "Things", "pk:N", types="g:S", GlobalSecondaryIndexes=[index("ByG", "g", projection=projection)]
    )
    for number, (kind, group) in enumerate(groups):
        item = {"pk": {"N": str(number)}, "kind": {"S": kind}}
        caller.call("PutItem", TableName="Things", Item=item | ({"g": {"S": group}} if group else {}))
    in_index = sorted(str(number) for number, (_, group) in enumerate(groups) if group)
    found = []
    for segment in range(total):
        request: dict[str, Any] = {
            "TableName": "Things",
            "IndexName": "ByG",
            "Segment": segment,
            "TotalSegments": total,
        }
        while True:
            page = caller.call("Scan", **request, Limit=limit)
            assert page["Count"] == page["ScannedCount"] == len(page["Items"]) <= limit
            found += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            assert set(page["LastEvaluatedKey"]) == {"pk", "g"}
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    assert sorted(item["pk"]["N"] for item in found) == in_index
    assert all(("kind" in item) == (projection == "ALL") for item in found)
