"""Counters that several clients increase by ADD."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.linearizability import Call, call, finds, increases_to
from conformance.concurrency.units import Unit, unit_of
from conformance.concurrency.violation import Violation
from conformance.concurrency.workloads.workload import (
    TABLE,
    Conversation,
    Findings,
    Turns,
    Workload,
    by_key,
    check_items,
    get,
    item_of,
    key_of,
    number,
    number_in,
)

ROUND: Final = 60


class Counter(Workload):
    name = "counter"
    title = "clients increase the same counters by ADD and read them"
    guarantee = "each increment counts once, and no two return the same sum"

    def client(self, _number: int, random: Random, turns: Turns) -> Conversation:
        while True:
            key = f"counter-{turns.round(ROUND)}"
            yield _increase(key) if random.random() < 0.75 else get(key)

    def afterwards(self, history: History) -> Conversation:
        for key in by_key(history.operations):
            yield get(key)

    def check(self, history: History) -> Findings:
        found = check_items(history, _units, _calls, 0)
        return replace(found, violations=(*found.violations, *_wrong_counts(history)))


def _increase(key: str) -> Intention:
    request = {
        "TableName": TABLE,
        "Key": key_of(key),
        "UpdateExpression": "ADD #n :one",
        "ExpressionAttributeNames": {"#n": "n"},
        "ExpressionAttributeValues": {":one": number(1)},
        "ReturnValues": "UPDATED_NEW",
    }
    return Intention("UpdateItem", request, {"do": "increase", "keys": [key]})


def _sum(operation: Operation) -> int:
    """What an acknowledged operation says that the counter is."""
    return number_in(item_of(operation) if operation.does == "read" else operation.body.get("Attributes"), "n")


def _acknowledged(operations: Sequence[Operation]) -> Iterator[Operation]:
    return (operation for operation in operations if operation.fate is Fate.ACKNOWLEDGED)


def _units(key: str, operations: Sequence[Operation]) -> list[Unit]:
    return [
        unit_of(operation, saw={key: _sum(operation)})
        if operation.does == "read"
        else unit_of(operation, saw={key: _sum(operation) - 1}, made={key: _sum(operation)})
        for operation in _acknowledged(operations)
    ]


def _calls(_key: str, operations: Sequence[Operation]) -> list[Call]:
    calls = []
    for operation in operations:
        if operation.fate is Fate.ACKNOWLEDGED and operation.does == "read":
            calls.append(call(operation, finds(_sum(operation)), f"read {_sum(operation)}", observes=True))
        elif operation.fate is Fate.ACKNOWLEDGED:
            calls.append(call(operation, increases_to(_sum(operation)), f"increased it to {_sum(operation)}"))
        elif operation.fate is Fate.UNKNOWN and operation.does == "increase":
            calls.append(call(operation, increases_to(None), "perhaps increased it"))
    return calls


def _wrong_counts(history: History) -> Iterator[Violation]:
    """The last read of each counter against the increments: unknown ones may count or not."""
    for key, operations in by_key(history.operations).items():
        last = operations[-1]
        increments = [operation for operation in operations if operation.does == "increase"]
        if (
            last.does != "read"
            or last.fate is not Fate.ACKNOWLEDGED
            or any(last.invoked < operation.completed for operation in increments)
        ):
            continue
        least = sum(operation.fate is Fate.ACKNOWLEDGED for operation in increments)
        most = least + sum(operation.fate is Fate.UNKNOWN for operation in increments)
        if not least <= _sum(last) <= most:
            possible = f"{least}" if least == most else f"{least} to {most}"
            yield Violation.of(
                "wrong count",
                f"{last.label} read {key} when all was quiet and found {_sum(last)}; increments make it {possible}.",
                [last],
            )
