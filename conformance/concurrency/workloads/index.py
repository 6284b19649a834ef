"""A global secondary index while its table is written, and when all is quiet.

Nothing is promised of the index while writes go on, but that it shows what once was. When they have ended it must come
to show what the table holds.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.violation import Violation
from conformance.concurrency.workloads.workload import (
    TABLE,
    Conversation,
    Findings,
    Turns,
    Workload,
    as_value,
    attribute_of,
    key_of,
    number,
    number_in,
    table,
)
from conformance.scenario import JSONObject

KEYS: Final = 12
GROUPS: Final = ("east", "west", "south")
INDEX: Final = "by-group"
PATIENCE: Final = 10.0  # seconds that the index may take when all is quiet
_PAUSE: Final = 0.1

Row = tuple[str, str, int]  # key, group, and the value that is written once


class Index(Workload):
    name = "index"
    title = "clients put, move and delete items that stand in a global secondary index, and query it"
    guarantee = "the index shows only what once was written, and comes to show its table when writes have ended"

    def tables(self) -> tuple[JSONObject, ...]:
        indexed = table(TABLE)
        indexed["AttributeDefinitions"].append({"AttributeName": "group", "AttributeType": "S"})
        indexed["GlobalSecondaryIndexes"] = [
            {
                "IndexName": INDEX,
                "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ]
        return (indexed,)

    def client(self, _number: int, random: Random, turns: Turns) -> Conversation:
        while True:
            key, group = f"item-{random.randrange(KEYS)}", random.choice(GROUPS)
            chance = random.random()
            if chance < 0.35:
                yield _put(key, group, turns.value())
            elif chance < 0.7:
                yield _move(key, group, turns.value())
            elif chance < 0.8:
                yield Intention("DeleteItem", {"TableName": TABLE, "Key": key_of(key)}, {"do": "delete", "keys": [key]})
            else:
                yield _query(group)

    def afterwards(self, _history: History) -> Conversation:
        deadline = time.monotonic() + PATIENCE
        while True:
            scanned = yield _SCAN
            indexed: set[Row] = set()
            for group in GROUPS:
                queried = yield _query(group)
                indexed |= _rows(queried)
            if _rows(scanned) == indexed or time.monotonic() > deadline:
                return
            time.sleep(_PAUSE)

    def check(self, history: History) -> Findings:
        return Findings((*_phantoms(history), *_differences(history)))


def _put(key: str, group: str, value: int) -> Intention:
    item = {**key_of(key), "group": {"S": group}, "value": number(value)}
    means = {"do": "write", "keys": [key], "group": group, "value": value}
    return Intention("PutItem", {"TableName": TABLE, "Item": item}, means)


def _move(key: str, group: str, value: int) -> Intention:
    request = {
        "TableName": TABLE,
        "Key": key_of(key),
        "UpdateExpression": "SET #group = :group, #value = :value",
        "ExpressionAttributeNames": {"#group": "group", "#value": "value"},
        "ExpressionAttributeValues": {":group": {"S": group}, ":value": number(value)},
    }
    return Intention("UpdateItem", request, {"do": "write", "keys": [key], "group": group, "value": value})


def _query(group: str) -> Intention:
    request = {
        "TableName": TABLE,
        "IndexName": INDEX,
        "KeyConditionExpression": "#group = :group",
        "ExpressionAttributeNames": {"#group": "group"},
        "ExpressionAttributeValues": {":group": {"S": group}},
    }
    return Intention("Query", request, {"do": "query", "keys": [], "group": group})


_SCAN: Final = Intention("Scan", {"TableName": TABLE, "ConsistentRead": True}, {"do": "scan", "keys": []})


def _rows(operation: Operation) -> frozenset[Row]:
    items = operation.body.get("Items")
    return frozenset(
        (str(as_value(item.get("key"))), str(as_value(attribute_of(item, "group"))), number_in(item, "value"))
        for item in (items if isinstance(items, list) else ())
    )


def _phantoms(history: History) -> Iterator[Violation]:
    """Rows that nobody ever wrote: a key of one write in the group of another."""
    written = {
        (operation.key, operation.means["group"], operation.means["value"]): operation
        for operation in history.of("write")
        if operation.fate is not Fate.REFUSED
    }
    for operation in history.of("query", "scan"):
        for key, group, value in sorted(_rows(operation) - written.keys()):
            text = f"{operation.label} found {key} in {group} with the value {value}, which nobody wrote."
            yield Violation.of("phantom value", text, [operation])


def _differences(history: History) -> Iterator[Violation]:
    """The last look: all that was asked after the last scan, and the scan."""
    scans = list(history.of("scan"))
    if not scans:
        return
    last = [operation for operation in history.of("scan", "query") if operation.number >= scans[-1].number]
    if len(last) <= len(GROUPS) or any(operation.fate is not Fate.ACKNOWLEDGED for operation in last):
        return
    rows, indexed = _rows(last[0]), frozenset[Row]().union(*map(_rows, last[1:]))
    for key, group, value in sorted(rows ^ indexed):
        where, other = ("table", "index") if (key, group, value) in rows else ("index", "table")
        text = (
            f"All was quiet for {PATIENCE:g} s, and {key} ({group}, {value}) is in the {where} and not in the {other}."
        )
        yield Violation.of("no convergence", text, last)
