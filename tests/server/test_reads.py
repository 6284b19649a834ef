"""Query and Scan: ranges, order, pages, segments and indexes, as properties over generated tables."""

from __future__ import annotations

import operator
from base64 import b64encode
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from calling import Caller, Refused, index
from hypothesis import given
from hypothesis import strategies as st
from indexed import check_indexes, create_indexed_table

SORT_KEYS: dict[str, st.SearchStrategy[str]] = {
    "S": st.text(st.characters(codec="utf-8"), min_size=1, max_size=3) | st.text("ab\x00", min_size=1, max_size=3),
    "N": st.decimals(-100, 100, places=1).map(lambda value: str(value.normalize())),
    "B": st.binary(min_size=1, max_size=3).map(lambda raw: b64encode(raw).decode()),
}


def order(kind: str, text: str) -> Any:
    """What a key value is ordered by, said independently of the server."""
    from base64 import b64decode

    return {"S": str.encode, "N": Decimal, "B": b64decode}[kind](text)  # type: ignore[operator]


@st.composite
def partitions(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A type of sort key, and the distinct sort keys of one partition."""
    kind = draw(st.sampled_from("SNB"))
    return kind, draw(st.lists(SORT_KEYS[kind], max_size=12, unique_by=lambda text: order(kind, text)))


def filled(kind: str, sort_keys: list[str]) -> Caller:
    caller = Caller()
    caller.create_table("Things", "pk:S", f"sk:{kind}")
    for text in sort_keys:
        for partition in ("p", "q"):
            caller.call(
                "PutItem", TableName="Things", Item={"pk": {"S": partition}, "sk": {kind: text}, "v": {kind: text}}
            )
    return caller


COMPARISONS: dict[str, Callable[..., bool]] = {
    "sk = :a": operator.eq,
    "sk < :a": operator.lt,
    "sk <= :a": operator.le,
    "sk > :a": operator.gt,
    "sk >= :a": operator.ge,
    ":a < sk": operator.gt,
    "sk BETWEEN :a AND :b": lambda value, low, high: low <= value <= high,
}


@given(st.data(), partitions(), st.sampled_from(sorted(COMPARISONS)), st.booleans())
def test_a_query_finds_what_its_condition_says_in_order(
    data: st.DataObject, partition: tuple[str, list[str]], condition: str, forward: bool
) -> None:
    kind, sort_keys = partition
    bounds = data.draw(
        st.lists(SORT_KEYS[kind], min_size=2, max_size=2).map(lambda both: sorted(both, key=lambda t: order(kind, t)))
    )
    used = bounds[: 1 + (":b" in condition)]
    reply = filled(kind, sort_keys).call(
        "Query",
        TableName="Things",
        KeyConditionExpression=f"pk = :p AND {condition}",
        ExpressionAttributeValues={
            ":p": {"S": "p"},
            **{name: {kind: text} for name, text in zip((":a", ":b"), used, strict=False)},
        },
        ScanIndexForward=forward,
    )
    holds = COMPARISONS[condition]
    expected = [text for text in sort_keys if holds(order(kind, text), *(order(kind, bound) for bound in used))]
    expected.sort(key=lambda text: order(kind, text), reverse=not forward)
    assert [order(kind, item["sk"][kind]) for item in reply["Items"]] == [order(kind, text) for text in expected]


@given(partitions().filter(lambda partition: partition[0] != "N"), st.data())
def test_begins_with_on_a_sort_key(partition: tuple[str, list[str]], data: st.DataObject) -> None:
    kind, sort_keys = partition
    prefix = data.draw(SORT_KEYS[kind])
    reply = filled(kind, sort_keys).call(
        "Query",
        TableName="Things",
        KeyConditionExpression="pk = :p AND begins_with(sk, :a)",
        ExpressionAttributeValues={":p": {"S": "p"}, ":a": {kind: prefix}},
    )
    expected = [text for text in sort_keys if order(kind, text)[: len(order(kind, prefix))] == order(kind, prefix)]
    assert sorted(item["sk"][kind] for item in reply["Items"]) == sorted(expected)


def pages(caller: Caller, operation: str, **request: Any) -> Iterator[dict[str, Any]]:
    start = None
    while True:
        page = caller.call(operation, **request, **({"ExclusiveStartKey": start} if start else {}))
        yield page
        start = page.get("LastEvaluatedKey")
        if start is None:
            return


@given(partitions(), st.integers(1, 5), st.booleans(), st.booleans(), st.sampled_from([None, "Global", "Local"]))
def test_pages_concatenate_to_the_unpaged_answer(
    partition: tuple[str, list[str]], limit: int, forward: bool, filtered: bool, index_name: str | None
) -> None:
    kind, sort_keys = partition
    caller = Caller()
    caller.create_table(
        "Things",
        "pk:S",
        f"sk:{kind}",
        types="g:S h:N",
        GlobalSecondaryIndexes=[index("Global", "g", "h", projection="KEYS_ONLY")],
        LocalSecondaryIndexes=[index("Local", "pk", "h")],
    )
    for number, text in enumerate(sort_keys):
        item = {"pk": {"S": "p"}, "sk": {kind: text}, "g": {"S": "p"}, "h": {"N": str(number % 3)}}
        caller.call("PutItem", TableName="Things", Item=item)
    request: dict[str, Any] = {"TableName": "Things"}
    if index_name:
        request["IndexName"] = index_name
    if filtered:
        # A key of neither the table nor the index may be filtered on: `h` on the table, `sk` on the indexes.
        request["FilterExpression"] = "#f <> :f"
        request["ExpressionAttributeNames"] = {"#f": "sk" if index_name else "h"}
        request["ExpressionAttributeValues"] = {":f": {kind: sort_keys[0]} if index_name and sort_keys else {"N": "1"}}
    query = request | {
        "KeyConditionExpression": "#p = :p",
        "ExpressionAttributeNames": request.get("ExpressionAttributeNames", {})
        | {"#p": "g" if index_name == "Global" else "pk"},
        "ExpressionAttributeValues": request.get("ExpressionAttributeValues", {}) | {":p": {"S": "p"}},
        "ScanIndexForward": forward,
    }
    for operation, arguments in (("Query", query), ("Scan", request)):
        whole = caller.call(operation, **arguments)
        parts = list(pages(caller, operation, **arguments, Limit=limit))
        assert [item for part in parts for item in part["Items"]] == whole["Items"]
        assert sum(part["Count"] for part in parts) == whole["Count"] == len(whole["Items"])
        assert sum(part["ScannedCount"] for part in parts) == whole["ScannedCount"] == len(sort_keys)


@given(st.sets(st.text("abcdef", min_size=1, max_size=4), max_size=30), st.integers(1, 7))
def test_segments_of_a_parallel_scan_are_disjoint_and_make_the_whole(keys: set[str], total: int) -> None:
    caller = Caller()
    caller.create_table("Things", "pk:S")
    for key in keys:
        caller.call("PutItem", TableName="Things", Item={"pk": {"S": key}})
    found = [
        item["pk"]["S"]
        for segment in range(total)
        for page in pages(caller, "Scan", TableName="Things", Segment=segment, TotalSegments=total, Limit=2)
        for item in page["Items"]
    ]
    assert sorted(found) == sorted(keys)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["put", "delete", "update"]),
            st.sampled_from("ab"),
            st.sampled_from("12"),
            st.dictionaries(st.sampled_from("ghxy"), st.sampled_from("123")),
        ),
        max_size=25,
    )
)
def test_an_index_is_the_projection_of_its_table(writes: list[tuple[str, str, str, dict[str, str]]]) -> None:
    caller = create_indexed_table()
    for kind, pk, sk, attributes in writes:
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        values = {name: {"S": text} for name, text in attributes.items()}
        match kind:
            case "put":
                caller.call("PutItem", TableName="Things", Item=key | values)
            case "delete":
                caller.call("DeleteItem", TableName="Things", Key=key)
            case "update":
                changes = {name: {"Action": "PUT", "Value": value} for name, value in values.items()}
                removals = {name: {"Action": "DELETE"} for name in "ghxy" if name not in values}
                caller.call("UpdateItem", TableName="Things", Key=key, AttributeUpdates=changes | removals)
    items = check_indexes(caller)
    described = caller.call("DescribeTable", TableName="Things")["Table"]
    assert described["ItemCount"] == len(items)
    assert (described["TableSizeBytes"] == 0) == (not items)


def test_a_page_ends_with_the_item_that_reaches_a_megabyte() -> None:
    caller = Caller()
    caller.create_table("Things", "pk:S", "sk:N")
    for number in range(10):
        key = {"pk": {"S": "p"}, "sk": {"N": str(number)}}
        padding = 409_600 - len("pk") - 1 - len("sk") - (1 if number == 0 else 2) - len("v")
        caller.call("PutItem", TableName="Things", Item=key | {"v": {"S": "x" * padding}})
    counts = [page["Count"] for page in pages(caller, "Scan", TableName="Things")]
    assert counts == [3, 3, 3, 1]  # data-plane 6.2


@pytest.mark.parametrize(
    ("start", "condition", "message"),
    [
        ({"pk": {"S": "p"}}, "pk = :p", "The provided starting key is invalid"),
        ({"pk": {"S": "p"}, "other": {"N": "1"}}, "pk = :p", "The provided starting key is invalid"),
        ({"pk": {"S": "p"}, "sk": {"S": "1"}}, "pk = :p", "The provided key element does not match the schema"),
        (
            {"pk": {"S": "q"}, "sk": {"N": "1"}},
            "pk = :p",
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
        (
            {"pk": {"S": "p"}, "sk": {"N": "5"}},
            "pk = :p AND sk > :n",
            "The provided starting key does not match the range key predicate",
        ),
        (
            {"pk": {"S": "q"}, "sk": {"N": "6"}},
            "pk = :p AND sk > :n",
            "The query can return at most one row and cannot be restarted",
        ),
    ],
)
def test_start_keys_that_a_query_refuses(start: dict[str, Any], condition: str, message: str) -> None:
    caller = Caller()
    caller.create_table("Things", "pk:S", "sk:N")
    values = {":p": {"S": "p"}, ":n": {"N": "5"}}
    with pytest.raises(Refused) as refusal:
        caller.call(
            "Query",
            TableName="Things",
            KeyConditionExpression=condition,
            ExpressionAttributeValues={name: value for name, value in values.items() if name in condition},
            ExclusiveStartKey=start,
        )
    assert (refusal.value.type_name, refusal.value.message) == ("ValidationException", message)
