"""Optimistic locking: items with a version attribute, which each write expects and moves on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from conformance.concurrency.history import Fate, History, Intention, Operation
from conformance.concurrency.linearizability import IMPOSSIBLE, Call, State, Transition, call, finds
from conformance.concurrency.units import Unit, unit_of
from conformance.concurrency.violation import Violation
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

ROUND: Final = 60
CONDITION_FAILED: Final = "ConditionalCheckFailedException"


class Register(Workload):
    name = "register"
    title = "clients create items by attribute_not_exists and replace them on the condition of their version"
    guarantee = "of the writes that expect one version one succeeds, and reads show the last that did"

    def client(self, number: int, random: Random, turns: Turns) -> Conversation:
        version: dict[str, int] = {}
        while True:
            key = f"register-{turns.round(ROUND)}"
            if key in version and random.random() < 0.7:
                done = yield _replace(key, version.pop(key), f"{number}-{turns.value()}")
                if done.fate is Fate.REFUSED:
                    version[key] = number_in(item_of(done), "version")
            elif key not in version and random.random() < 0.3:
                version[key] = 0  # whoever has not looked tries to create it
            else:
                done = yield get(key)
                if done.fate is Fate.ACKNOWLEDGED:
                    version[key] = number_in(item_of(done), "version")

    def afterwards(self, history: History) -> Conversation:
        for key in by_key(history.operations):
            yield get(key)

    def check(self, history: History) -> Findings:
        found = check_items(history, _units, _calls, (0, ""))
        return replace(found, violations=(*found.violations, *_wrong_refusals(history)))


def _replace(key: str, version: int, writer: str) -> Intention:
    """PutItem where there is no item yet, UpdateItem on the condition of its version where there is one."""
    means = {"do": "replace", "keys": [key], "version": version, "writer": writer}
    common = {"TableName": TABLE, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if version == 0:
        item = {**key_of(key), "version": number(1), "writer": {"S": writer}}
        condition = {"ConditionExpression": "attribute_not_exists(#key)", "ExpressionAttributeNames": {"#key": "key"}}
        return Intention("PutItem", {**common, "Item": item, **condition}, means)
    request = {
        **common,
        "Key": key_of(key),
        "UpdateExpression": "SET #version = :next, #writer = :writer",
        "ConditionExpression": "#version = :expected",
        "ExpressionAttributeNames": {"#version": "version", "#writer": "writer"},
        "ExpressionAttributeValues": {
            ":expected": number(version),
            ":next": number(version + 1),
            ":writer": {"S": writer},
        },
    }
    return Intention("UpdateItem", request, means)


def _state(operation: Operation) -> tuple[int, str] | None:
    """The version and its writer that an answer shows, of a read or a refusal; None where it shows nothing.

    A refusal without an item tells nothing: not every implementation returns it, though it was asked for.
    """
    item = item_of(operation)
    read = operation.does == "read" and operation.fate is Fate.ACKNOWLEDGED
    refused = operation.reply.error_type == CONDITION_FAILED and isinstance(item, dict)
    if not read and not refused:
        return None
    if not item:
        return 0, ""
    return number_in(item, "version"), str(as_value(attribute_of(item, "writer")))


def _units(key: str, operations: Sequence[Operation]) -> list[Unit]:
    units = []
    for operation in operations:
        state = _state(operation)
        if state is not None:
            units.append(unit_of(operation, saw={key: state[0]}))
        elif operation.does == "replace" and operation.fate is Fate.ACKNOWLEDGED:
            version = operation.means["version"]
            units.append(unit_of(operation, saw={key: version}, made={key: version + 1}))
    return units


def _calls(_key: str, operations: Sequence[Operation]) -> list[Call]:
    calls = []
    for operation in operations:
        state = _state(operation)
        if state is not None:
            calls.append(call(operation, finds(state), f"found version {state[0]} of {state[1]!r}", observes=True))
        elif operation.does == "replace":
            version, writer = operation.means["version"], operation.means["writer"]
            if operation.reply.error_type == CONDITION_FAILED:
                calls.append(call(operation, _is_not(version), f"was refused version {version + 1}", observes=True))
            elif operation.fate is not Fate.REFUSED:
                calls.append(call(operation, _follows(version, writer), f"wrote version {version + 1} as {writer!r}"))
    return calls


def _follows(version: int, writer: str) -> Transition:
    def transition(state: State) -> State:
        assert isinstance(state, tuple)
        return (version + 1, writer) if state[0] == version else IMPOSSIBLE

    return transition


def _is_not(version: int) -> Transition:
    def transition(state: State) -> State:
        assert isinstance(state, tuple)
        return IMPOSSIBLE if state[0] == version else state

    return transition


def _wrong_refusals(history: History) -> Iterator[Violation]:
    for operation in history.of("replace"):
        state = _state(operation)
        if state is not None and state[0] == operation.means["version"]:
            text = f"{operation.label} expected version {state[0]} of {operation.key}, was refused, and was shown it."
            yield Violation.of("wrong refusal", text, [operation])
