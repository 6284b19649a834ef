"""What a near miss is, and how one is drawn for a request."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

from conformance.scenario import JSONObject, Step
from conformance.strategies.drawing import Draw, chance, choose, pick
from conformance.strategies.expressions import is_bare
from conformance.strategies.schemas import Table

T = TypeVar("T")
EXPRESSIONS = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
CONDITIONS = ("ConditionExpression", "FilterExpression")
KEYED = ("PutItem", "UpdateItem", "DeleteItem", "GetItem")
READS = ("Query", "Scan")


@dataclass(frozen=True, slots=True)
class Draft:
    """A request being spoilt, and the table that it is about."""

    draw: Draw
    request: JSONObject
    table: Table
    operation: str

    def choose(self, options: Sequence[T]) -> T:
        return pick(self.draw, options)

    def path(self, name: str) -> str:
        """An attribute's name as it may stand in an expression, its placeholder defined where it needs one."""
        if is_bare(name):
            return name
        self.request["ExpressionAttributeNames"] = {**self.request.get("ExpressionAttributeNames", {}), "#own": name}
        return "#own"

    def define(self, **values: JSONObject) -> None:
        """Values under placeholders of these names, besides those that there are."""
        added = {f":{name}": value for name, value in values.items()}
        self.request["ExpressionAttributeValues"] = {**self.request.get("ExpressionAttributeValues", {}), **added}

    def expression(self, members: Sequence[str]) -> str:
        """One of the expressions that the request has."""
        return pick(self.draw, [member for member in members if self.request.get(member)])

    def forget(self, *members: str) -> None:
        """Take out members that would be in the way, and the placeholders of all expressions."""
        for member in (*members, "ExpressionAttributeNames", "ExpressionAttributeValues"):
            self.request.pop(member, None)


Spoil: TypeAlias = Callable[[Draft], None]


@dataclass(frozen=True, slots=True)
class NearMiss:
    name: str
    spoil: Spoil
    # It applies where the request has one of these members; with none given, everywhere.
    members: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    # What else must be so of the request and its table.
    when: Callable[[Step, Table], bool] | None = None
    # What has many ways of being wrong weighs more.
    weight: int = 2

    def applies(self, step: Step, table: Table) -> bool:
        if self.operations and step.operation not in self.operations:
            return False
        if self.members and not any(step.request.get(member) for member in self.members):
            return False
        return self.when is None or self.when(step, table)


NEAR_MISSES: Final[list[NearMiss]] = []


def near_miss(
    name: str,
    *members: str,
    operations: tuple[str, ...] = (),
    when: Callable[[Step, Table], bool] | None = None,
    weight: int = 2,
) -> Callable[[Spoil], Spoil]:
    def register(spoil: Spoil) -> Spoil:
        NEAR_MISSES.append(NearMiss(name, spoil, members, operations, when, weight))
        return spoil

    return register


# The operation that a member of a transaction is like: what can be wrong with its request can be wrong with the member.
LIKE = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "DeleteItem",
    "Get": "GetItem",
}
# Except for members of the request that a member of a transaction does not have: they would be ignored.
ONLY_OF_REQUESTS = frozenset(
    {
        "ReturnValues that only UpdateItem has",
        "expressions and legacy parameters",
        "a condition of Expected that is none",
        "a ConditionalOperator that is out of place",
        "AttributesToGet that are none",
        "AttributeUpdates that are none",
    }
)


def draw_near_miss(draw: Draw, step: Step, table: Table) -> tuple[Step, str | None]:
    """`step` with one thing wrong, and what; as it is where nothing fits: a request without members."""
    spoilt = Step(step.operation, copy.deepcopy(step.request))
    within = members_of_transaction(spoilt, table)
    spoiling = pick(draw, within) if within and chance(draw, 75) else spoilt
    fitting = {
        miss.name: miss
        for miss in NEAR_MISSES
        if miss.applies(spoiling, table) and (spoiling is spoilt or miss.name not in ONLY_OF_REQUESTS)
    }
    if not fitting:
        return step, None
    name = choose(draw, f"near misses of {step.operation}", {name: miss.weight for name, miss in fitting.items()})
    fitting[name].spoil(Draft(draw, spoiling.request, table, spoiling.operation))
    return spoilt, name


def members_of_transaction(step: Step, table: Table) -> list[Step]:
    """The members that are about `table`, each as the operation that it is like; the requests are those of `step`."""
    return [
        Step(LIKE[name], member)
        for entry in step.request.get("TransactItems", ())
        for name, member in entry.items()
        if member["TableName"] == table.name
    ]
