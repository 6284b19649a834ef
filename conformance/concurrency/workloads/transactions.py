"""Transactions that append to lists of several items in two tables, some on the condition of what others hold.

The condition is that another item's list is as long as the client last saw it. A list is only appended to, so this is a
read of the version: what makes write skew visible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.units import ListAccess, Value
from conformance.concurrency.workloads import append
from conformance.concurrency.workloads.workload import (
    OTHER_TABLE,
    TABLE,
    Conversation,
    Findings,
    Turns,
    Workload,
    append_to,
    check_lists,
    get,
    items_of_snapshot,
    key_of,
    list_in,
    number,
    snapshot,
    table,
)
from conformance.scenario import JSONObject

ROUND: Final = 80
ITEMS: Final = {"p": TABLE, "q": TABLE, "r": OTHER_TABLE, "s": OTHER_TABLE}


class Transactions(Workload):
    name = "transactions"
    title = "clients append to lists of several items by TransactWriteItems, with conditions on other items"
    guarantee = (
        "transactions are serializable with each other and with reads and writes of one item; what is read of one item "
        "shows all writes that succeeded before"
    )

    def tables(self) -> tuple[JSONObject, ...]:
        return table(TABLE), table(OTHER_TABLE)

    def client(self, _number: int, random: Random, turns: Turns) -> Conversation:
        while True:
            items = _items(turns.round(ROUND))
            chance = random.random()
            if chance < 0.25:
                values = {key: turns.value() for key in random.sample(sorted(items), random.randint(2, 3))}
                yield _transaction(values, {}, items)
            elif chance < 0.4:
                key = random.choice(sorted(items))
                yield append.appending(key, turns.value(), told=random.random() < 0.5, table_name=items[key])
            elif chance < 0.5:
                key = random.choice(sorted(items))
                yield get(key, table_name=items[key])
            else:
                looked = yield snapshot({key: items[key] for key in random.sample(sorted(items), random.randint(2, 3))})
                if looked.fate is Fate.ACKNOWLEDGED and random.random() < 0.7:
                    lists = {key: list_in(item) for key, item in items_of_snapshot(looked).items()}
                    written, *checked = random.sample(sorted(lists), 2)
                    expected = {key: lists[key] for key in checked}
                    yield _transaction({written: turns.value()}, expected, items)

    def afterwards(self, history: History) -> Conversation:
        rounds = {key.rpartition("-")[2]: None for operation in history.operations for key in operation.keys}
        for number_of_round in rounds:
            yield snapshot(_items(int(number_of_round)))

    def check(self, history: History) -> Findings:
        return Findings(tuple(check_lists([each for one in history.operations for each in _accesses(one)])))


def _items(number_of_round: int) -> dict[str, str]:
    return {f"{name}-{number_of_round}": table_name for name, table_name in ITEMS.items()}


def _transaction(
    values: Mapping[str, int], expected: Mapping[str, tuple[Value, ...]], tables: Mapping[str, str]
) -> Intention:
    actions: list[JSONObject] = [
        {"Update": append_to(key, value, table_name=tables[key])} for key, value in values.items()
    ]
    for key, values_seen in expected.items():
        check: JSONObject = {
            "TableName": tables[key],
            "Key": key_of(key),
            "ConditionExpression": "attribute_not_exists(#list)",
            "ExpressionAttributeNames": {"#list": "list"},
        }
        if values_seen:
            check["ConditionExpression"] = "size(#list) = :length"
            check["ExpressionAttributeValues"] = {":length": number(len(values_seen))}
        actions.append({"ConditionCheck": check})
    means = {
        "do": "transact",
        "keys": [*values, *expected],
        "append": dict(values),
        "expect": {key: list(values_seen) for key, values_seen in expected.items()},
    }
    return Intention("TransactWriteItems", {"TransactItems": actions}, means)


def _accesses(operation: Operation) -> Iterator[ListAccess]:
    if operation.does == "transact":
        expected = {key: tuple(values) for key, values in operation.means["expect"].items()}
        # The conditions were met where it is known to have taken place; otherwise nothing is known of them.
        read = expected if operation.fate is Fate.ACKNOWLEDGED else {}
        yield ListAccess((operation,), read=read, appended=operation.means["append"])
    elif operation.does == "snapshot":
        if operation.fate is Fate.ACKNOWLEDGED:
            items = items_of_snapshot(operation)
            yield ListAccess((operation,), read={key: list_in(item) for key, item in items.items()})
    else:
        yield from append.accesses(operation)
