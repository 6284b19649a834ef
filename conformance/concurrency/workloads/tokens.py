"""One transaction sent several times, by several clients at once, under one ClientRequestToken."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.units import ListAccess
from conformance.concurrency.workloads.workload import (
    OTHER_TABLE,
    TABLE,
    Conversation,
    Findings,
    Turns,
    Workload,
    append_to,
    check_lists,
    items_of_snapshot,
    list_in,
    snapshot,
    table,
)
from conformance.scenario import JSONObject

SENDINGS: Final = 5  # of one token, by whoever's turn it is
ROUND: Final = 12  # tokens that write to one pair of items


class Tokens(Workload):
    name = "tokens"
    title = "clients send the same TransactWriteItems with the same ClientRequestToken at the same time"
    guarantee = "what is sent several times under one token takes effect once"

    def tables(self) -> tuple[JSONObject, ...]:
        return table(TABLE), table(OTHER_TABLE)

    def client(self, _number: int, random: Random, turns: Turns) -> Conversation:
        while True:
            token = turns.round(SENDINGS)
            yield _send(token)
            if random.random() < 0.25:
                yield snapshot(_pair(token // ROUND))

    def afterwards(self, history: History) -> Conversation:
        for number_of_pair in {operation.means["token"] // ROUND: None for operation in history.of("send")}:
            yield snapshot(_pair(number_of_pair))

    def check(self, history: History) -> Findings:
        return Findings(tuple(check_lists(list(_accesses(history)))))


def _pair(number_of_pair: int) -> dict[str, str]:
    return {f"one-{number_of_pair}": TABLE, f"two-{number_of_pair}": OTHER_TABLE}


def _send(token: int) -> Intention:
    pair = _pair(token // ROUND)
    request = {
        "TransactItems": [{"Update": append_to(key, token, table_name=name)} for key, name in pair.items()],
        "ClientRequestToken": f"touchstone-{token}",
    }
    return Intention("TransactWriteItems", request, {"do": "send", "keys": list(pair), "token": token})


def _accesses(history: History) -> Iterator[ListAccess]:
    sendings: dict[int, list[Operation]] = {}
    for operation in history.of("send"):
        sendings.setdefault(operation.means["token"], []).append(operation)
    for token, operations in sendings.items():
        yield ListAccess(tuple(operations), appended=dict.fromkeys(operations[0].keys, token))
    for operation in history.of("snapshot"):
        if operation.fate is Fate.ACKNOWLEDGED:
            items = items_of_snapshot(operation)
            yield ListAccess((operation,), read={key: list_in(item) for key, item in items.items()})
