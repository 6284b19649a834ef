"""BatchGetItem (dossier 3 and 8); `b-g-*` are recorded requests."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused


@pytest.fixture
def caller() -> Caller:
    caller = Caller("alternator-6.2")
    for name in ("one", "other"):
        caller.create_table(name, "p:S")
    caller.call("PutItem", TableName="one", Item={"p": {"S": "a"}})
    return caller


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, {}),  # b-g-empty
        ({"one": {"Keys": []}}, {}),  # b-g-empty-keys
        ({"one": {"Keys": [{"p": {"S": "a"}}, {"p": {"S": "none"}}]}}, {"one": [{"p": {"S": "a"}}]}),  # b-g-basic
        ({"one": {"Keys": [{"p": {"S": "none"}}]}, "other": {"Keys": []}}, {"one": []}),  # inferred
    ],
)
def test_each_table_that_keys_were_asked_of_is_told_of(caller: Caller, asked: Any, told: Any) -> None:
    assert caller.call("BatchGetItem", RequestItems=asked) == {"Responses": told, "UnprocessedKeys": {}}


PUT = {"PutRequest": {"Item": {"p": {"S": "a"}}}}


@pytest.mark.parametrize("requests", [{}, {"one": []}])  # b-w-empty, b-w-empty-list
def test_a_batch_of_nothing_is_accepted(caller: Caller, requests: Any) -> None:
    assert caller.call("BatchWriteItem", RequestItems=requests) == {"UnprocessedItems": {}}


def test_a_batch_may_be_larger(caller: Caller) -> None:
    """rules: batch-write-size, batch-get-size (recorded b-w-101, b-g-101)."""
    keys = [{"p": {"S": f"w{number}"}} for number in range(101)]
    caller.call("BatchWriteItem", RequestItems={"one": [{"PutRequest": {"Item": key}} for key in keys]})
    read = caller.call("BatchGetItem", RequestItems={"one": {"Keys": keys}})
    assert read == {"Responses": {"one": keys}, "UnprocessedKeys": {}}
    newer = Caller("alternator-2026")
    newer.create_table("one", "p:S")
    with pytest.raises(Refused, match="Invalid length of BatchWriteItem"):
        newer.call("BatchWriteItem", RequestItems={"one": [{"PutRequest": {"Item": key}} for key in keys]})


@pytest.mark.parametrize(
    ("requests", "type_name", "message"),
    [
        ({"one": [PUT, PUT]}, "ValidationException", "Provided list of item keys contains duplicates"),  # b-w-dup-put
        (
            {"one": [PUT, {"DeleteRequest": {"Key": {"p": {"S": "a"}}}}]},
            "ValidationException",
            "Provided list of item keys contains duplicates",
        ),
        ({"one": [{}]}, "ValidationException", "Invalid BatchWriteItem request: {}"),
        (
            {"one": [{"UpdateRequest": {}}]},
            "ValidationException",
            "Unknown BatchWriteItem request type: UpdateRequest",
        ),
        (
            {"other": [PUT], "nope": [PUT]},  # b-w-missing-table-mixed
            "ResourceNotFoundException",
            "Requested resource not found: Table: nope not found",
        ),
        (
            {"other": [PUT, {"PutRequest": {"Item": {"p": {"N": "1"}}}}]},  # b-w-bad-key
            "ValidationException",
            'Type mismatch: expected type S for key column p, got type "N"',
        ),
    ],
)
def test_a_batch_that_is_refused_writes_nothing(caller: Caller, requests: Any, type_name: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        caller.call("BatchWriteItem", RequestItems=requests)
    assert (refused.value.type_name, refused.value.message) == (type_name, message)
    assert caller.call("GetItem", TableName="other", Key={"p": {"S": "a"}}) == {}


# --- consumed capacity ------------------------------------------------------------------------------------


def test_capacity_is_not_told_and_its_choice_not_looked_at(caller: Caller) -> None:
    for choice in ("TOTAL", "INDEXES", "SOME"):  # put-cc-total, put-cc-indexes, put-cc-some
        put = caller.call("PutItem", TableName="one", Item={"p": {"S": "c"}}, ReturnConsumedCapacity=choice)
        assert put == {}


def test_later_capacity_is_told_without_the_table() -> None:
    """Read, not recorded: rules capacity-none and capacity-indexes."""
    caller = Caller("alternator-2026")
    caller.create_table("one", "p:S")
    item = {"p": {"S": "a"}, "x": {"S": "x" * 1500}}
    put = caller.call("PutItem", TableName="one", Item=item, ReturnConsumedCapacity="TOTAL")
    assert put == {"ConsumedCapacity": {"CapacityUnits": 2.0}}
    batch = caller.call(
        "BatchGetItem", RequestItems={"one": {"Keys": [{"p": {"S": "a"}}]}}, ReturnConsumedCapacity="TOTAL"
    )
    assert batch["ConsumedCapacity"] == [{"TableName": "one", "CapacityUnits": 0.5}]
    for choice in ("NONE", "INDEXES"):
        with pytest.raises(Refused):
            caller.call("PutItem", TableName="one", Item=item, ReturnConsumedCapacity=choice)
