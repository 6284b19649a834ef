"""What is too large: items at the exact byte on each surface that writes them, and what an update writes."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused

from reference_server import limits

# The items of these tests: `pk` with a value of one byte, `s` and a string.
STRING_OF_LARGEST = limits.ITEM_BYTES - len("pk" + "a" + "s")
UPDATE_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"


@pytest.fixture
def caller() -> Caller:
    caller = Caller()
    caller.create_table("Things", "pk:S")
    return caller


def update(caller: Caller, expression: str, **values: Any) -> None:
    request: dict[str, Any] = {"UpdateExpression": expression}
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": value for name, value in values.items()}
    caller.call("UpdateItem", TableName="Things", Key={"pk": {"S": "a"}}, **request)


def put(caller: Caller, **attributes: Any) -> None:
    caller.call("PutItem", TableName="Things", Item={"pk": {"S": "a"}} | attributes)


@pytest.mark.parametrize("operation", ["PutItem", "BatchWriteItem"])
def test_an_item_of_the_largest_size_can_be_put_and_no_larger_one(caller: Caller, operation: str) -> None:
    def write(length: int) -> None:
        item = {"pk": {"S": "a"}, "s": {"S": "x" * length}}
        if operation == "PutItem":
            caller.call("PutItem", TableName="Things", Item=item)
        else:
            caller.call("BatchWriteItem", RequestItems={"Things": [{"PutRequest": {"Item": item}}]})

    write(STRING_OF_LARGEST)
    with pytest.raises(Refused, match="Item size has exceeded the maximum allowed size"):
        write(STRING_OF_LARGEST + 1)


def test_an_update_can_grow_an_item_to_the_largest_size_and_no_further(caller: Caller) -> None:
    put(caller, s={"S": "x" * (STRING_OF_LARGEST - len("t") - 1000)})
    update(caller, "SET t = :t", t={"S": "x" * 1000})
    with pytest.raises(Refused, match=UPDATE_TOO_LARGE):
        update(caller, "SET t = :t", t={"S": "x" * 1001})


# The bytes that an update writes besides names and values (aws-2026, sizes 3).
@pytest.mark.parametrize(
    ("expression", "beside"),
    [
        ("SET s = :v", 3 + 19),
        ("SET s = :v REMOVE t", 3 + 19 + 2),
        ("SET s = :v REMOVE t, u", 3 + 19 + 2 + 2),
        ("SET s = :v, n = :n", 3 + 19 + 19 + len("n") + 2),
        ("SET s = :v ADD n :n", 3 + 19 + 19 + len("n") + 2),
        # An element of a list: the names, 3 for the list and 1 for its element, and 1 more for a SET there.
        ("SET s = :v, l[0] = :n", 3 + 19 + 19 + 1 + len("l") + 3 + 1 + 2),
    ],
)
def test_what_an_update_writes_is_limited(caller: Caller, expression: str, beside: int) -> None:
    largest = limits.ITEM_BYTES - beside - len("s")
    values = {"n": {"N": "1"}} if ":n" in expression else {}
    put(caller, l={"L": [{"N": "0"}]})
    update(caller, expression, v={"S": "x" * largest}, **values)
    put(caller, l={"L": [{"N": "0"}]})
    with pytest.raises(Refused, match=UPDATE_TOO_LARGE):
        update(caller, expression, v={"S": "x" * (largest + 1)}, **values)


def test_an_update_of_a_large_item_writes_only_what_it_changes(caller: Caller) -> None:
    put(caller, s={"S": "x" * (STRING_OF_LARGEST - 10)})
    update(caller, "SET t = :t", t={"S": "x"})
    update(caller, "REMOVE t")


def test_what_attribute_updates_write_is_limited_too(caller: Caller) -> None:
    largest = limits.ITEM_BYTES - 3 - 19 - len("s")

    def put_attribute(length: int) -> None:
        updates = {"s": {"Action": "PUT", "Value": {"S": "x" * length}}}
        caller.call("UpdateItem", TableName="Things", Key={"pk": {"S": "a"}}, AttributeUpdates=updates)

    put_attribute(largest)
    with pytest.raises(Refused, match=UPDATE_TOO_LARGE):
        put_attribute(largest + 1)
