"""Keys of several attributes: an index of them is what a sort over its items says, page by page (control-plane 3.3)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from calling import Caller, Refused
from hypothesis import given, settings
from hypothesis import strategies as st

Item = dict[str, dict[str, str]]

PARTITION = ("a", "b")
SORT = ("c", "d", "e")
TYPES = {"pk": "S", "a": "S", "b": "N", "c": "S", "d": "N", "e": "B"}
KEYS = [{"AttributeName": name, "KeyType": "HASH"} for name in PARTITION] + [
    {"AttributeName": name, "KeyType": "RANGE"} for name in SORT
]
# Values whose text sorts otherwise than they do, and texts that begin with one another.
VALUES = {
    "a": ["x", "xx"],
    "b": ["1", "10"],
    "c": ["s", "st", "t"],
    "d": ["-1", "2", "10"],
    "e": ["AA==", "AAA=", "/w=="],
}


def values(name: str) -> st.SearchStrategy[dict[str, str] | None]:
    return st.one_of(st.none(), *[st.just({TYPES[name]: text}) for text in VALUES[name] * 3])


ITEMS = st.lists(st.tuples(st.sampled_from("pqrstuvw"), *[values(name) for name in (*PARTITION, *SORT)]), max_size=14)


def make_item(key: str, *given_: dict[str, str] | None) -> Item:
    present = {name: value for name, value in zip((*PARTITION, *SORT), given_, strict=True) if value is not None}
    return {"pk": {"S": key}, **present}


def caller() -> Caller:
    caller = Caller()
    caller.call(
        "CreateTable",
        TableName="Things",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": type_} for name, type_ in TYPES.items()],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[{"IndexName": "wide", "KeySchema": KEYS, "Projection": {"ProjectionType": "ALL"}}],
    )
    return caller


def sort_key(item: Item) -> tuple[Any, ...]:
    return (item["c"]["S"].encode(), float(item["d"]["N"]), base64.b64decode(item["e"]["B"]))


@settings(max_examples=80)
@given(ITEMS, st.integers(1, 4), st.booleans(), st.integers(0, 3))
def test_a_query_is_the_sorted_partition_cut_by_its_conditions(
    drawn: list[tuple[Any, ...]], limit: int, forward: bool, depth: int
) -> None:
    things = caller()
    stored: dict[str, Item] = {}
    for one in drawn:
        item = make_item(*one)
        things.call("PutItem", TableName="Things", Item=item)
        stored[item["pk"]["S"]] = item
    indexed = [item for item in stored.values() if all(name in item for name in (*PARTITION, *SORT))]
    assert things.call("Scan", TableName="Things", IndexName="wide", Select="COUNT")["Count"] == len(indexed)
    for chosen in indexed:
        named = (*PARTITION, *SORT[:depth])
        found: list[Item] = []
        request: dict[str, Any] = {}
        while True:
            reply = things.call(
                "Query",
                TableName="Things",
                IndexName="wide",
                KeyConditionExpression=" AND ".join(f"{name} = :{name}" for name in reversed(named)),
                ExpressionAttributeValues={f":{name}": chosen[name] for name in named},
                ScanIndexForward=forward,
                Limit=limit,
                **request,
            )
            found += reply["Items"]
            if "LastEvaluatedKey" not in reply:
                break
            assert set(reply["LastEvaluatedKey"]) == set(TYPES)
            request = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}
        expected = [item for item in indexed if all(item[name] == chosen[name] for name in named)]
        keys = [sort_key(item) for item in found]
        assert keys == sorted(keys, reverse=not forward)
        assert sorted(item["pk"]["S"] for item in found) == sorted(item["pk"]["S"] for item in expected)


def test_four_and_four_are_asked_from_left_to_right() -> None:
    names = [*"hijk", *"rstu"]
    things = Caller()
    things.call(
        "CreateTable",
        TableName="Things",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ["pk", *names]],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {
                "IndexName": "wide",
                "KeySchema": [
                    {"AttributeName": name, "KeyType": "HASH" if name in "hijk" else "RANGE"} for name in names
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    for number in range(8):
        item = {"pk": {"S": str(number)}, **{name: {"S": name} for name in names}, "u": {"S": f"u{number}"}}
        things.call("PutItem", TableName="Things", Item=item)

    def ask(*conditions: str, **values_: str) -> list[str]:
        named = {f":{name}": {"S": values_.get(name, name)} for name in names if f":{name}" in " ".join(conditions)}
        reply = things.call(
            "Query",
            TableName="Things",
            IndexName="wide",
            KeyConditionExpression=" AND ".join(conditions),
            ExpressionAttributeValues=named,
        )
        return [item["pk"]["S"] for item in reply["Items"]]

    partition = [f"{name} = :{name}" for name in "hijk"]
    sort = [f"{name} = :{name}" for name in "rst"]
    for depth in range(4):
        assert ask(*partition, *sort[:depth]) == list("01234567")
    assert ask(*partition, *sort, "u >= :u", u="u5") == list("567")
    assert ask(*partition, *sort, "u = :u", u="u5") == ["5"]
    for incomplete, missing in ((partition[:3], "k"), (partition[1:], "h")):
        with pytest.raises(Refused, match=f"Query condition missed key schema element: {missing}"):
            ask(*incomplete)
    with pytest.raises(Refused, match="ValidationException"):
        ask(*partition, *sort[1:])
    with pytest.raises(Refused, match="ValidationException"):
        ask(*partition, "r > :r", "s = :s")
