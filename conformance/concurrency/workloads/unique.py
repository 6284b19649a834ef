"""Names that only one may have: a transaction puts the name and its user, each on the condition that it is new."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.units import ListAccess, Value
from conformance.concurrency.workloads.workload import (
    OTHER_TABLE,
    TABLE,
    Conversation,
    Findings,
    Turns,
    Workload,
    as_value,
    attribute_of,
    check_lists,
    items_of_snapshot,
    key_of,
    snapshot,
    table,
)
from conformance.scenario import JSON, JSONObject

ROUND: Final = 12  # few: whoever comes later only finds that the name is taken
USERS: Final = 4  # of whom each may claim a name several times, so that claims meet on the users too


class Unique(Workload):
    name = "unique"
    title = "clients claim the same names for the same users by TransactWriteItems"
    guarantee = "of those who claim a name one gets it, and with it its user is there"

    def tables(self) -> tuple[JSONObject, ...]:
        return table(TABLE), table(OTHER_TABLE)

    def client(self, number: int, random: Random, turns: Turns) -> Conversation:
        while True:
            name, *users = items = _items(turns.round(ROUND))
            if random.random() < 0.6:
                yield _claim(name, random.choice(users), f"{number}-{turns.value()}")
            else:
                yield snapshot(items)

    def afterwards(self, history: History) -> Conversation:
        rounds = {key.rpartition("-")[2]: None for operation in history.operations for key in operation.keys}
        for number_of_round in rounds:
            yield snapshot(_items(int(number_of_round)))

    def check(self, history: History) -> Findings:
        return Findings(tuple(check_lists([each for one in history.operations for each in _accesses(one)])))


def _items(number_of_round: int) -> dict[str, str]:
    """A name, and the users who may claim it."""
    users = {f"user{number}-{number_of_round}": OTHER_TABLE for number in range(USERS)}
    return {f"name-{number_of_round}": TABLE, **users}


def _claim(name: str, user: str, claim: str) -> Intention:
    def put(table_name: str, key: str) -> JSONObject:
        return {
            "Put": {
                "TableName": table_name,
                "Item": {**key_of(key), "claim": {"S": claim}},
                "ConditionExpression": "attribute_not_exists(#key)",
                "ExpressionAttributeNames": {"#key": "key"},
            }
        }

    request = {"TransactItems": [put(TABLE, name), put(OTHER_TABLE, user)]}
    return Intention("TransactWriteItems", request, {"do": "claim", "keys": [name, user], "claim": claim})


def _accesses(operation: Operation) -> Iterator[ListAccess]:
    """An item that is created once is a list that gets its first value: whoever creates it found it empty."""
    if operation.does == "claim":
        claim = str(operation.means["claim"])
        left: dict[str, tuple[Value, ...]] = {}
        if operation.fate is Fate.ACKNOWLEDGED:
            left = dict.fromkeys(operation.keys, (claim,))
        yield ListAccess((operation,), left=left, appended=dict.fromkeys(operation.keys, claim))
    elif operation.fate is Fate.ACKNOWLEDGED:
        yield ListAccess((operation,), read={key: _claims(item) for key, item in items_of_snapshot(operation).items()})


def _claims(item: JSON) -> tuple[Value, ...]:
    claim = attribute_of(item, "claim")
    return () if claim is None else (as_value(claim),)
