"""Transfers between accounts in two tables, and snapshots of all of them.

An account is a balance and the list of its transfers, which one update changes together. The list tells the account's
version; the balance must be what the list makes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.units import ListAccess
from conformance.concurrency.violation import Violation
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
    item_of,
    items_of_snapshot,
    list_in,
    number,
    number_in,
    snapshot,
    table,
)
from conformance.scenario import JSON, JSONObject

ROUND: Final = 60
START: Final = 100  # what an account has that nobody has touched
ACCOUNTS: Final = {"cash": TABLE, "bank": TABLE, "loan": OTHER_TABLE, "gold": OTHER_TABLE}


class Transfer(Workload):
    name = "transfer"
    title = "clients move money between accounts in two tables by TransactWriteItems, and look at all of them at once"
    guarantee = "TransactWriteItems and TransactGetItems are serializable: no snapshot shows half a transfer"

    def tables(self) -> tuple[JSONObject, ...]:
        return table(TABLE), table(OTHER_TABLE)

    def client(self, _number: int, random: Random, turns: Turns) -> Conversation:
        while True:
            accounts = _accounts(turns.round(ROUND))
            chance = random.random()
            if chance < 0.5:
                payer, payee = random.sample(sorted(accounts), 2)
                yield _transfer(turns.value(), payer, payee, random.randint(1, 50), accounts)
            elif chance < 0.9:
                yield snapshot(accounts)
            else:
                key = random.choice(sorted(accounts))
                yield get(key, table_name=accounts[key])

    def afterwards(self, history: History) -> Conversation:
        rounds = {key.rpartition("-")[2]: None for operation in history.operations for key in operation.keys}
        for number_of_round in rounds:
            yield snapshot(_accounts(int(number_of_round)))

    def check(self, history: History) -> Findings:
        return Findings((*check_lists(list(_accesses(history))), *_wrong_balances(history)))


def _accounts(number_of_round: int) -> dict[str, str]:
    return {f"{name}-{number_of_round}": table_name for name, table_name in ACCOUNTS.items()}


def _transfer(transfer: int, payer: str, payee: str, amount: int, tables: Mapping[str, str]) -> Intention:
    actions = []
    for key, sign in ((payer, "-"), (payee, "+")):
        update = append_to(key, transfer, table_name=tables[key])
        update["UpdateExpression"] += f", #balance = if_not_exists(#balance, :start) {sign} :amount"
        update["ExpressionAttributeNames"]["#balance"] = "balance"
        update["ExpressionAttributeValues"] |= {":start": number(START), ":amount": number(amount)}
        if sign == "-":
            update["ConditionExpression"] = "attribute_not_exists(#balance) OR #balance >= :amount"
        actions.append({"Update": update})
    means = {"do": "transfer", "keys": [payer, payee], "transfer": transfer, "amount": amount}
    return Intention("TransactWriteItems", {"TransactItems": actions}, means)


def _accesses(history: History) -> Iterator[ListAccess]:
    for operation in history.operations:
        if operation.does == "transfer":
            transfer = int(operation.means["transfer"])
            yield ListAccess((operation,), appended=dict.fromkeys(operation.keys, transfer))
        elif operation.fate is Fate.ACKNOWLEDGED:
            yield ListAccess((operation,), read={key: list_in(item) for key, item in _seen(operation).items()})


def _seen(operation: Operation) -> dict[str, JSON]:
    """The accounts that an acknowledged read shows."""
    return items_of_snapshot(operation) if operation.does == "snapshot" else {operation.key: item_of(operation)}


def _wrong_balances(history: History) -> Iterator[Violation]:
    transfers = {operation.means["transfer"]: operation for operation in history.of("transfer")}
    for operation in history.of("snapshot", "read"):
        if operation.fate is not Fate.ACKNOWLEDGED:
            continue
        balances = {key: number_in(item, "balance", START) for key, item in _seen(operation).items()}
        if operation.does == "snapshot" and sum(balances.values()) != START * len(balances):
            text = f"{operation.label} found {_words(balances)}, {sum(balances.values())} in all instead of "
            yield Violation.of("wrong sum", f"{text}{START * len(balances)}.", [operation])
        for key, item in _seen(operation).items():
            made = [transfers[transfer] for transfer in list_in(item) if transfer in transfers]
            expected = START + sum(_change(key, transfer) for transfer in made)
            if balances[key] != expected:
                text = f"{operation.label} found {balances[key]} in {key}, which its own transfers make {expected}."
                yield Violation.of("torn item", text, [operation])


def _change(key: str, transfer: Operation) -> int:
    amount = int(transfer.means["amount"])
    return -amount if key == transfer.keys[0] else amount


def _words(balances: Mapping[str, int]) -> str:
    parts: Sequence[str] = [f"{balance} in {key}" for key, balance in balances.items()]
    return ", ".join(parts)
