"""Key conditions of Alternator: what is recorded (q-kc-*, le-keycond*), and what must not be a failure of ours."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused

# Recorded q-kc-09 to q-kc-33, on a table whose partition key is p and whose sort key is c, both texts.
REFUSED = [
    ("p = :p AND c <> :c", "KeyConditionExpression does not support NE operator"),
    ("p = :p OR c = :c", "KeyConditionExpression cannot use OR"),
    ("p = :p AND NOT c = :c", "KeyConditionExpression cannot use NOT"),
    ("p > :p AND c = :c", "KeyConditionExpression only '=' condition is supported on partition key p"),
    ("p = :p AND c = :c AND c = :c", "KeyConditionExpression syntax error: must have 1 or 2 conditions"),
    ("p = :p AND x = :c", "KeyConditionExpression condition on non-key attribute x"),
    ("c = :c AND c = :p", "KeyConditionExpression allows only one condition for each key"),
    ("p = :p AND c IN (:c)", "KeyConditionExpression does not support IN operator"),
    ("p = :p AND contains(c, :c)", "KeyConditionExpression function 'contains' not supported"),
    ("p = :p AND size(c) = :c", "KeyConditionExpression must compare attribute with constant"),
    ("p = :p AND c.x = :c", "KeyConditionExpression does not support nested attributes"),
    ("p = :p AND c = :p AND", "Failed parsing KeyConditionExpression 'p = :p AND c = :p AND': syntax error at char 0"),
]


@pytest.fixture
def caller() -> Caller:
    made = Caller("alternator-6.2")
    made.create_table("tab", "p:S", "c:S")
    made.create_table("numbers", "p:S", "c:N")
    for number in range(10, 20):
        made.call("PutItem", TableName="tab", Item={"p": {"S": "a"}, "c": {"S": f"c{number}"}})
    return made


def found(caller: Caller, condition: str, **values: Any) -> list[str]:
    reply = caller.call(
        "Query",
        TableName="tab",
        KeyConditionExpression=condition,
        ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()},
    )
    return [item["c"]["S"] for item in reply["Items"]]


@pytest.mark.parametrize(("condition", "message"), REFUSED)
def test_what_is_refused(caller: Caller, condition: str, message: str) -> None:
    with pytest.raises(Refused) as refused:
        found(caller, condition, p="a", c="c12")
    assert (refused.value.type_name, refused.value.message) == ("ValidationException", message)


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("p = :p AND c < :c", {"c": "c12"}, ["c10", "c11"]),
        (":p = p AND :c < c", {"c": "c17"}, ["c18", "c19"]),
        ("(p = :p) AND (c = :c)", {"c": "c12"}, ["c12"]),
        ("p = :p AND c BETWEEN :c AND :d", {"c": "c12", "d": "c14"}, ["c12", "c13", "c14"]),
        ("p = :p AND c BETWEEN :c AND :d", {"c": "c14", "d": "c12"}, []),
        ("p = :p AND begins_with(c, :c)", {"c": "c1"}, [f"c{number}" for number in range(10, 20)]),
    ],
)
def test_what_is_read(caller: Caller, condition: str, values: dict[str, str], expected: list[str]) -> None:
    assert found(caller, condition, p="a", **values) == expected


def test_a_number_has_no_beginning(caller: Caller) -> None:
    with pytest.raises(Refused, match="not supported on type N"):
        caller.call(
            "Query",
            TableName="numbers",
            KeyConditionExpression="p = :p AND begins_with(c, :c)",
            ExpressionAttributeValues={":p": {"S": "a"}, ":c": {"N": "1"}},
        )


def test_a_start_key_that_is_no_object(caller: Caller) -> None:
    with pytest.raises(Refused, match="IsObject"):
        caller.call("Scan", TableName="tab", ExclusiveStartKey="a")


def test_binaries_that_are_no_base64(caller: Caller) -> None:
    with pytest.raises(Refused) as refused:
        caller.call("PutItem", TableName="tab", Item={"p": {"S": "a"}, "c": {"S": "c"}, "b": {"B": "é"}})
    assert refused.value.type_name == "SerializationException"
