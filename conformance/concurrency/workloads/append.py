"""Lists that several clients append to with list_append, one item at a time."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.units import ListAccess
from conformance.concurrency.workloads.workload import (
    Conversation,
    Findings,
    Turns,
    Workload,
    append_to,
    by_key,
    check_lists,
    get,
    item_of,
    list_in,
)

ROUND: Final = 60


class Append(Workload):
    name = "append"
    title = "clients append values of their own to the same lists by list_append and read them"
    guarantee = (
        "updates of one item take place one after another, and a strongly consistent read shows all that succeeded "
        "before it; an eventually consistent read shows some state that there was"
    )

    def client(self, _number: int, random: Random, turns: Turns) -> Conversation:
        while True:
            key = f"list-{turns.round(ROUND)}"
            chance = random.random()
            if chance < 0.6:
                yield appending(key, turns.value(), told=random.random() < 0.5)
            else:
                yield get(key, consistent=chance < 0.9)

    def afterwards(self, history: History) -> Conversation:
        for key in by_key(history.operations):
            yield get(key)

    def check(self, history: History) -> Findings:
        return Findings(tuple(check_lists([access for each in history.operations for access in accesses(each)])))


def appending(key: str, value: int, *, told: bool, table_name: str | None = None) -> Intention:
    """UpdateItem with list_append; `told` is whether the reply is to show the list."""
    request = append_to(key, value) if table_name is None else append_to(key, value, table_name=table_name)
    if told:
        request["ReturnValues"] = "UPDATED_NEW"
    return Intention("UpdateItem", request, {"do": "append", "keys": [key], "value": value, "told": told})


def accesses(operation: Operation) -> Iterator[ListAccess]:
    """What a read of a list, or an append to one, accesses."""
    key = operation.key
    if operation.does == "append":
        left = {}
        if operation.means["told"] and operation.fate is Fate.ACKNOWLEDGED:
            left[key] = list_in(operation.body.get("Attributes"))
        yield ListAccess((operation,), left=left, appended={key: operation.means["value"]})
    elif operation.fate is Fate.ACKNOWLEDGED:
        read = {key: list_in(item_of(operation))}
        yield ListAccess((operation,), read=read, real_time=operation.means["consistent"])
