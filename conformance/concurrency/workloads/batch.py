"""Batches that put several items, and batches that read them: each item is atomic, the batch is not."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.linearizability import Call, call, finds, writes
from conformance.concurrency.violation import Violation
from conformance.concurrency.workloads.workload import (
    TABLE,
    Conversation,
    Findings,
    Turns,
    Workload,
    by_key,
    check_order,
    get,
    item_of,
    key_of,
    number,
    number_in,
)
from conformance.scenario import JSON

ROUND: Final = 40
ITEMS: Final = ("a", "b", "c", "d", "e")


class Batch(Workload):
    name = "batch"
    title = "clients put and read several items by BatchWriteItem and BatchGetItem"
    guarantee = "each item of a batch is written whole and read whole, and consistent reads of it are linearizable"

    def client(self, _number: int, random: Random, turns: Turns) -> Conversation:
        while True:
            number_of_round = turns.round(ROUND)
            keys = [f"{name}-{number_of_round}" for name in random.sample(ITEMS, random.randint(2, 4))]
            chance = random.random()
            if chance < 0.4:
                yield _put(keys, turns.value())
            elif chance < 0.8:
                yield _read(keys)
            else:
                yield get(keys[0])

    def afterwards(self, history: History) -> Conversation:
        for key in by_key(history.operations):
            yield get(key)

    def check(self, history: History) -> Findings:
        violations: list[Violation] = list(_torn(history))
        undecided = 0
        for key, operations in by_key(history.operations).items():
            found = check_order(key, list(_calls(key, operations)), 0)
            violations += found.violations
            undecided += found.undecided
        return Findings(tuple(violations), undecided)


def _put(keys: list[str], value: int) -> Intention:
    """Items that say the same twice, so that halves of two can be told."""
    puts = [{"PutRequest": {"Item": {**key_of(key), "left": number(value), "right": number(value)}}} for key in keys]
    return Intention("BatchWriteItem", {"RequestItems": {TABLE: puts}}, {"do": "put", "keys": keys, "value": value})


def _read(keys: list[str]) -> Intention:
    request = {"RequestItems": {TABLE: {"Keys": [key_of(key) for key in keys], "ConsistentRead": True}}}
    return Intention("BatchGetItem", request, {"do": "read batch", "keys": keys})


def _seen(operation: Operation) -> dict[str, JSON]:
    """The items that an acknowledged read shows by key, None where there is none. Unprocessed keys are not in it."""
    if operation.does == "read":
        return {operation.key: item_of(operation)}
    found: dict[str, JSON] = dict.fromkeys(operation.keys)
    for key in (_of_table(operation, "UnprocessedKeys") or {}).get("Keys", []):
        found.pop(key["key"]["S"], None)
    for item in _of_table(operation, "Responses") or []:
        found[item["key"]["S"]] = item
    return found


def _unwritten(operation: Operation) -> set[str]:
    """The keys that an acknowledged BatchWriteItem gave back."""
    requests = _of_table(operation, "UnprocessedItems") or []
    return {request["PutRequest"]["Item"]["key"]["S"] for request in requests}


def _of_table(operation: Operation, member: str) -> JSON:
    """What a member of the reply says of the table; None where it says nothing."""
    by_table = operation.body.get(member)
    return by_table.get(TABLE) if isinstance(by_table, dict) else None


def _calls(key: str, operations: list[Operation]) -> Iterator[Call]:
    for operation in operations:
        if operation.does == "put":
            if operation.fate is not Fate.REFUSED and key not in _unwritten(operation):
                value = operation.means["value"]
                yield call(operation, writes(value), f"put {value}")
        elif operation.fate is Fate.ACKNOWLEDGED and key in (seen := _seen(operation)):
            value = number_in(seen[key], "left")
            yield call(operation, finds(value), f"found {value or 'nothing'}", observes=True)


def _torn(history: History) -> Iterator[Violation]:
    for operation in history.of("read", "read batch"):
        if operation.fate is not Fate.ACKNOWLEDGED:
            continue
        for key, item in _seen(operation).items():
            left, right = number_in(item, "left"), number_in(item, "right")
            if left != right:
                text = f"{operation.label} found {left} on the left of {key} and {right} on the right."
                yield Violation.of("torn item", text, [operation])
