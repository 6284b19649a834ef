"""Locks: an owner is written where there is none, and removed by the owner alone. A fence counts both."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.linearizability import Call, call, finds, finds_other_than, swaps
from conformance.concurrency.units import Unit, unit_of
from conformance.concurrency.workloads.register import CONDITION_FAILED
from conformance.concurrency.workloads.workload import (
    TABLE,
    Conversation,
    Findings,
    Turns,
    Workload,
    as_value,
    attribute_of,
    by_key,
    check_items,
    get,
    item_of,
    key_of,
    number,
    number_in,
)

ROUND: Final = 80
FREE: Final = ""


class Lock(Workload):
    name = "lock"
    title = "clients take and release the same locks by conditional updates"
    guarantee = "a lock has one owner at a time, and only its owner releases it"

    def client(self, number: int, random: Random, turns: Turns) -> Conversation:
        while True:
            key = f"lock-{turns.round(ROUND)}"
            owner = f"{number}-{turns.value()}"
            done = yield _take(key, owner)
            if done.fate is Fate.ACKNOWLEDGED:
                if random.random() < 0.3:
                    yield get(key)
                yield _release(key, owner)

    def afterwards(self, history: History) -> Conversation:
        for key in by_key(history.operations):
            yield get(key)

    def check(self, history: History) -> Findings:
        return check_items(history, _units, _calls, FREE)


_NAMES: Final = {"#owner": "owner", "#fence": "fence"}


def _take(key: str, owner: str) -> Intention:
    request = {
        "TableName": TABLE,
        "Key": key_of(key),
        "UpdateExpression": "SET #owner = :owner ADD #fence :one",
        "ConditionExpression": "attribute_not_exists(#owner)",
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": {":owner": {"S": owner}, ":one": number(1)},
        "ReturnValues": "ALL_NEW",
    }
    return Intention("UpdateItem", request, {"do": "take", "keys": [key], "owner": owner})


def _release(key: str, owner: str) -> Intention:
    request = {
        "TableName": TABLE,
        "Key": key_of(key),
        "UpdateExpression": "REMOVE #owner ADD #fence :one",
        "ConditionExpression": "#owner = :owner",
        "ExpressionAttributeNames": _NAMES,
        "ExpressionAttributeValues": {":owner": {"S": owner}, ":one": number(1)},
        "ReturnValues": "ALL_NEW",
    }
    return Intention("UpdateItem", request, {"do": "release", "keys": [key], "owner": owner})


def _units(key: str, operations: Sequence[Operation]) -> list[Unit]:
    """The fence is the version."""
    units = []
    for operation in operations:
        if operation.fate is not Fate.ACKNOWLEDGED:
            continue
        if operation.does == "read":
            units.append(unit_of(operation, saw={key: number_in(item_of(operation), "fence")}))
        else:
            fence = number_in(operation.body.get("Attributes"), "fence")
            units.append(unit_of(operation, saw={key: fence - 1}, made={key: fence}))
    return units


def _calls(_key: str, operations: Sequence[Operation]) -> list[Call]:
    """The owner is the state."""
    calls = []
    for operation in operations:
        if operation.does == "read":
            if operation.fate is Fate.ACKNOWLEDGED:
                attribute = attribute_of(item_of(operation), "owner")
                owner = FREE if attribute is None else as_value(attribute)
                calls.append(call(operation, finds(owner), f"found it owned by {owner!r}", observes=True))
            continue
        before, after = FREE, operation.means["owner"]
        if operation.does == "release":
            before, after = after, before
        verb = "took it" if operation.does == "take" else "released it"
        if operation.fate is not Fate.REFUSED:
            calls.append(call(operation, swaps(before, after), f"{verb} as {operation.means['owner']!r}"))
        elif operation.reply.error_type == CONDITION_FAILED:
            says = f"was refused, though asking only that the owner is {before!r}"
            calls.append(call(operation, finds_other_than(before), says, observes=True))
    return calls
