"""Query and Scan (dossier 8). `q-*` are recorded requests of a real 6.2.3, on these items."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused, key_schema


@pytest.fixture(scope="module")
def caller() -> Caller:
    caller = Caller("alternator-6.2")
    caller.create_table(
        "tab",
        "p:S",
        "c:S",
        types="l:N g:S",
        GlobalSecondaryIndexes=[
            {"IndexName": "gkeys", "KeySchema": key_schema("g"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
        LocalSecondaryIndexes=[
            {"IndexName": "lkeys", "KeySchema": key_schema("p", "l"), "Projection": {"ProjectionType": "KEYS_ONLY"}}
        ],
    )
    for number in range(10, 20):
        text = str(number)
        item = {"p": {"S": "a"}, "c": {"S": f"c{text}"}, "g": {"S": "g"}, "l": {"N": text}, "x": {"N": text}}
        caller.call("PutItem", TableName="tab", Item=item | {"y": {"S": "y"}})
    return caller


def query(caller: Caller, condition: str = "p = :p", **more: Any) -> dict[str, Any]:
    values = {":p": {"S": "a"}} | more.pop("values", {})
    return caller.call(
        "Query", TableName="tab", KeyConditionExpression=condition, ExpressionAttributeValues=values, **more
    )


@pytest.mark.parametrize(
    ("condition", "value", "found"),
    [
        ("p = :p AND c = :c", "c12", "12"),  # q-kc-00
        ("p = :p AND c < :c", "c12", "10 11"),
        ("p = :p AND c <= :c", "c12", "10 11 12"),
        ("p = :p AND c > :c", "c17", "18 19"),
        ("p = :p AND c >= :c", "c17", "17 18 19"),
        ("c = :c AND p = :p", "c12", "12"),  # q-kc-06
        ("(p = :p) AND (c = :c)", "c12", "12"),
        (":p = p AND :c < c", "c17", "18 19"),  # q-kc-08
    ],
)
def test_key_conditions(caller: Caller, condition: str, value: str, found: str) -> None:
    items = query(caller, condition, values={":c": {"S": value}})["Items"]
    assert [item["c"]["S"] for item in items] == [f"c{number}" for number in found.split()]


@pytest.mark.parametrize(
    ("condition", "value", "message"),
    [
        ("p = :p AND c <> :c", {"S": "c"}, "KeyConditionExpression does not support NE operator"),  # q-kc-09
        ("p = :p OR c = :c", {"S": "c"}, "KeyConditionExpression cannot use OR"),
        ("p = :p AND NOT c = :c", {"S": "c"}, "KeyConditionExpression cannot use NOT"),
        (
            "p > :p AND c = :c",
            {"S": "c"},
            "KeyConditionExpression only '=' condition is supported on partition key p",
        ),
        (
            "p = :p AND c = :c AND c = :c",
            {"S": "c"},
            "KeyConditionExpression syntax error: must have 1 or 2 conditions",
        ),
        ("p = :p AND x = :c", {"N": "1"}, "KeyConditionExpression condition on non-key attribute x"),
        ("p = :p AND c IN (:c)", {"S": "c"}, "KeyConditionExpression does not support IN operator"),
        ("p = :p AND contains(c, :c)", {"S": "c"}, "KeyConditionExpression function 'contains' not supported"),
        ("p = :p AND size(c) = :c", {"N": "3"}, "KeyConditionExpression must compare attribute with constant"),
        ("p = :p AND c = :c", {"N": "12"}, 'Type mismatch: expected type S for key column c, got type "N"'),
        ("p = :p AND c.x = :c", {"S": "c"}, "KeyConditionExpression does not support nested attributes"),  # q-kc-22
    ],
)
def test_key_conditions_that_are_refused(caller: Caller, condition: str, value: Any, message: str) -> None:
    with pytest.raises(Refused) as refused:
        query(caller, condition, values={":c": value})
    assert (refused.value.type_name, refused.value.message) == ("ValidationException", message)


def test_the_projection_of_an_index_does_not_count(caller: Caller) -> None:
    """rule: index-projection-ignored (recorded q-gsi-keys, q-lsi-keys, q-gsi-keys-project-unprojected)."""
    by_global = query(caller, "g = :p", IndexName="gkeys", values={":p": {"S": "g"}})
    assert {frozenset(item) for item in by_global["Items"]} == {frozenset("pcglxy")}
    by_local = query(
        caller, "p = :p AND l > :l", IndexName="lkeys", values={":l": {"N": "17"}}, ProjectionExpression="y"
    )
    assert by_local["Items"] == [{"y": {"S": "y"}}] * 2


def test_pages(caller: Caller) -> None:
    first = query(caller, Limit=3, FilterExpression="x > :x", values={":x": {"N": "15"}})  # q-filter-limit
    assert (first["Count"], first["ScannedCount"]) == (0, 3)
    assert first["LastEvaluatedKey"] == {"p": {"S": "a"}, "c": {"S": "c12"}}
    # rule: start-key-unchecked: other attributes are tolerated, another partition is the end.
    start = first["LastEvaluatedKey"] | {"z": {"S": "z"}}
    assert query(caller, Limit=1, ExclusiveStartKey=start)["Items"][0]["c"] == {"S": "c13"}  # q-page-extra
    other = query(caller, ExclusiveStartKey={"p": {"S": "b"}, "c": {"S": "c1"}})  # q-page-other-partition
    assert (other["Count"], other["Items"]) == (0, [])


def test_a_start_key_outside_the_range_of_the_sort_key_is_no_end(caller: Caller) -> None:
    start = {"p": {"S": "a"}, "c": {"S": "c12"}}
    page = query(caller, "p = :p AND c > :c", values={":c": {"S": "c15"}}, Limit=1, ExclusiveStartKey=start)
    assert [item["c"]["S"] for item in page["Items"]] == ["c16"]  # q-page-out-of-range
    assert page["LastEvaluatedKey"] == {"p": {"S": "a"}, "c": {"S": "c16"}}


def test_items_that_a_filter_leaves_out_fill_a_page_as_well() -> None:
    """rule: page-size: a page may be empty and yet have a LastEvaluatedKey. The items are those of sc-1mb-query."""
    caller = Caller("alternator-6.2")
    caller.create_table("tab", "p:S", "c:N")
    for number in "0123":
        item = {"p": {"S": "a"}, "c": {"N": number}, "x": {"S": "x" * 350_000}}
        caller.call("PutItem", TableName="tab", Item=item)
    page = query(caller, FilterExpression="attribute_not_exists(x)")
    assert (page["Items"], page["ScannedCount"]) == ([], 3)
    assert page["LastEvaluatedKey"] == {"p": {"S": "a"}, "c": {"N": "2"}}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"FilterExpression": "c > :p"},  # q-filter-key
            "QueryFilter can only contain non-primary key attributes: Sort key attribute: c",
        ),
        ({"FilterExpression": ""}, "FilterExpression must not be empty"),
        (
            {"Select": "SPECIFIC_ATTRIBUTES"},
            "Select=SPECIFIC_ATTRIBUTES requires AttributesToGet or ProjectionExpression",
        ),
        ({"Select": "ALL_PROJECTED_ATTRIBUTES"}, "ALL_PROJECTED_ATTRIBUTES only allowed for indexes"),
        (
            {"Select": "BOGUS"},
            "Unknown Select value 'BOGUS'. Allowed choices: ALL_ATTRIBUTES, SPECIFIC_ATTRIBUTES, "
            "ALL_PROJECTED_ATTRIBUTES, COUNT",
        ),
        (
            {"Select": "COUNT", "ProjectionExpression": "c"},
            "AttributesToGet or ProjectionExpression require Select to be either SPECIFIC_ATTRIBUTES or missing",
        ),
        ({"IndexName": "gkeys", "ConsistentRead": True}, "Consistent reads are not allowed on global indexes (GSI)"),
        ({"ExpressionAttributeNames": {"#x": "x"}}, "ExpressionAttributeNames has spurious '#x', not used in Query"),
        ({"Limit": 0}, "Limit must be greater than 0"),
    ],
)
def test_queries_that_are_refused(caller: Caller, request_: Any, message: str) -> None:
    condition = "g = :p" if "IndexName" in request_ else "p = :p"
    with pytest.raises(Refused) as refused:
        query(caller, condition, **request_)
    assert (refused.value.type_name, refused.value.message) == ("ValidationException", message)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"g": {"N": "1"}}, 'Type mismatch: expected type S for key column g, got type "N"'),  # q-gsi-write-wrong-type
        ({"l": {"S": "x"}}, 'Type mismatch: expected type N for key column l, got type "S"'),
        (
            {"g": {"S": ""}},
            "The AttributeValue for a key attribute cannot contain an empty string value. Key: g",
        ),
    ],
)
def test_items_that_an_index_cannot_hold(caller: Caller, item: Any, message: str) -> None:
    with pytest.raises(Refused) as refused:
        caller.call("PutItem", TableName="tab", Item={"p": {"S": "w"}, "c": {"S": "w"}} | item)
    assert refused.value.message == message
