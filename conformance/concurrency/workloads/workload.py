"""What every workload is: clients that ask, and a check of what they were answered.

A client is a conversation: it yields what it asks next and is sent the operation that this became. So it can go by what
it was answered, and whoever drives it decides what happens at the same time: threads against a server, or, in tests,
a scheduler that leaves nothing to chance.

Contention is the point, so all clients work on the same few items. They move on to fresh ones every some operations: a
search for an order gets slower with every operation on an item.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import ClassVar, Final, TypeAlias

from conformance.concurrency.dependencies import violations_of
from conformance.concurrency.history import History, Intention, Operation
from conformance.concurrency.linearizability import Answer, Call, State, contradiction, search
from conformance.concurrency.units import ListAccess, Unit, Value, place
from conformance.concurrency.violation import Violation
from conformance.scenario import JSON, JSONObject

Conversation: TypeAlias = Generator[Intention, Operation, None]

# The names are ours: on a server that is not, nobody else's table is touched.
TABLE: Final = "touchstone-concurrency"
OTHER_TABLE: Final = "touchstone-concurrency-other"


class Turns:
    """What the clients of a workload share: whose turn it is, and values that nobody else writes."""

    def __init__(self) -> None:
        self._tickets = itertools.count()
        self._values = itertools.count(1)

    def round(self, operations: int) -> int:
        """The number of the round, each of which lasts for so many turns of all clients together."""
        return next(self._tickets) // operations

    def value(self) -> int:
        return next(self._values)


@dataclass(frozen=True, slots=True)
class Findings:
    """`undecided` counts the items for which the search ran out of its budget."""

    violations: tuple[Violation, ...] = ()
    undecided: int = 0


class Workload(ABC):
    name: ClassVar[str]
    title: ClassVar[str]  # what the clients do
    guarantee: ClassVar[str]  # what must hold, in a sentence

    def tables(self) -> tuple[JSONObject, ...]:
        """CreateTable requests."""
        return (table(TABLE),)

    @abstractmethod
    def client(self, number: int, random: Random, turns: Turns) -> Conversation:
        """What one client asks, without end."""

    @abstractmethod
    def afterwards(self, history: History) -> Conversation:
        """What is asked when all clients have ended: a last look at everything."""

    @abstractmethod
    def check(self, history: History) -> Findings: ...


# --- requests -----------------------------------------------------------------------------------------------


def table(name: str) -> JSONObject:
    return {
        "TableName": name,
        "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    }


def key_of(key: str) -> JSONObject:
    return {"key": {"S": key}}


def number(value: int) -> JSONObject:
    return {"N": str(value)}


def get(key: str, *, consistent: bool = True, table_name: str = TABLE) -> Intention:
    """GetItem."""
    request = {"TableName": table_name, "Key": key_of(key), "ConsistentRead": consistent}
    return Intention("GetItem", request, {"do": "read", "keys": [key], "consistent": consistent})


def append_to(key: str, value: Value, *, table_name: str = TABLE) -> JSONObject:
    """The members of an Update that append a value to the item's list."""
    return {
        "TableName": table_name,
        "Key": key_of(key),
        "UpdateExpression": "SET #list = list_append(if_not_exists(#list, :empty), :new)",
        "ExpressionAttributeNames": {"#list": "list"},
        "ExpressionAttributeValues": {":empty": {"L": []}, ":new": {"L": [as_attribute(value)]}},
    }


def snapshot(tables: Mapping[str, str]) -> Intention:
    """TransactGetItems of items, by key with the name of their tables."""
    gets = [{"Get": {"TableName": name, "Key": key_of(key)}} for key, name in tables.items()]
    return Intention("TransactGetItems", {"TransactItems": gets}, {"do": "snapshot", "keys": list(tables)})


# --- replies ------------------------------------------------------------------------------------------------


def as_attribute(value: Value) -> JSONObject:
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


def as_value(attribute: JSON) -> Value:
    """The number or string in an attribute value; the whole in words where it is neither."""
    if isinstance(attribute, dict) and isinstance(attribute.get("N"), str):
        try:
            return int(attribute["N"])
        except ValueError:
            pass
    if isinstance(attribute, dict) and isinstance(attribute.get("S"), str):
        return str(attribute["S"])
    return repr(attribute)


def attribute_of(item: JSON, name: str) -> JSON:
    return item.get(name) if isinstance(item, dict) else None


def number_in(item: JSON, name: str, absent: int = 0) -> int:
    """A number of an item; `absent` where the item has no such attribute, -1 where it is no number."""
    attribute = attribute_of(item, name)
    if attribute is None:
        return absent
    value = as_value(attribute)
    return value if isinstance(value, int) else -1


def list_in(item: JSON) -> tuple[Value, ...]:
    attribute = attribute_of(item, "list")
    elements = attribute.get("L") if isinstance(attribute, dict) else None
    return tuple(as_value(element) for element in elements) if isinstance(elements, list) else ()


def item_of(operation: Operation) -> JSON:
    return operation.body.get("Item")


def items_of_snapshot(operation: Operation) -> dict[str, JSON]:
    """The items of an acknowledged TransactGetItems by key, None where there is none."""
    responses = operation.body.get("Responses")
    entries = responses if isinstance(responses, list) else []
    return {key: attribute_of(entry, "Item") for key, entry in zip(operation.keys, entries, strict=False)}


# --- checks -------------------------------------------------------------------------------------------------


def by_key(operations: Iterable[Operation]) -> dict[str, list[Operation]]:
    found: dict[str, list[Operation]] = {}
    for operation in operations:
        for key in operation.keys:
            found.setdefault(key, []).append(operation)
    return found


def check_lists(accesses: Sequence[ListAccess]) -> list[Violation]:
    units, violations = place(accesses)
    return [*violations, *violations_of(units)]


def check_items(
    history: History,
    units: Callable[[str, Sequence[Operation]], Sequence[Unit]],
    calls: Callable[[str, Sequence[Operation]], Sequence[Call]],
    initial: State,
) -> Findings:
    """Each item for itself: first its versions, then, where they show no cycle, the search for an order."""
    violations: list[Violation] = []
    undecided = 0
    for key, operations in by_key(history.operations).items():
        cycles = violations_of(units(key, operations))
        violations += cycles
        if not cycles:
            found = check_order(key, calls(key, operations), initial)
            violations += found.violations
            undecided += found.undecided
    return Findings(tuple(violations), undecided)


def check_order(key: str, calls: Sequence[Call], initial: State) -> Findings:
    answer = search(calls, initial)
    if answer is not Answer.NOT_LINEARIZABLE:
        return Findings(undecided=int(answer is Answer.UNDECIDED))
    kept = contradiction(calls, initial)
    violation = Violation.of(
        "not linearizable",
        f"On {key}, no order of these is possible, whatever the others did:",
        [each.operation for each in kept],
    )
    steps = [f"{each.operation.label} {each.says}, {_when(each)}." for each in kept]
    return Findings((replace(violation, steps=tuple(steps)),))


def _when(one: Call) -> str:
    return f"from {one.invoked * 1000:.3f} to {one.latest * 1000:.3f} ms"


def merged(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """One for each name, the smallest, with how many there were."""
    best: dict[str, Violation] = {}
    times: dict[str, int] = {}
    for violation in violations:
        name = violation.name
        times[name] = times.get(name, 0) + violation.times
        if name not in best or len(violation.operations) < len(best[name].operations):
            best[name] = violation
    return tuple(replace(violation, times=times[name]) for name, violation in best.items())
