"""Laws of what a write returns: it is what a read before or after it returns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from conformance.laws.law import Broken, CannotJudgeError, Item, Law, Observed, Probe, broken
from conformance.laws.readings import datatype_of, equal_to, is_part_of, item_fault, key_of
from conformance.laws.requests import false_condition, plain_write
from conformance.laws.sketch import sketch
from conformance.laws.stored import key_of_table
from conformance.scenario import JSONObject, Scenario
from conformance.strategies.drawing import Draw, pick
from conformance.strategies.operations import OPERATIONS


def _key_in(request: JSONObject, keys: Sequence[str]) -> Item:
    named = request.get("Key") or request.get("Item") or {}
    return {name: named[name] for name in keys if name in named}


def _draw_return_values(draw: Draw) -> Scenario:
    made = sketch(draw, writes=2)
    table = made.table
    keys = [key.name for key in table.keys.attributes]
    for place in range(3):
        operation = pick(draw, ("UpdateItem", "UpdateItem", "UpdateItem", "PutItem", "DeleteItem"))
        step = OPERATIONS[operation].draw(draw, made.world, table)
        values = ("ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW") if operation == "UpdateItem" else ("ALL_OLD",)
        request = step.request | {"ReturnValues": pick(draw, values)}
        get = {"TableName": table.name, "Key": _key_in(request, keys), "ConsistentRead": True}
        made.probe(f"before:{place}", "GetItem", get)
        made.probe(f"write:{place}", operation, request)
        made.probe(f"after:{place}", "GetItem", get)
    return made.scenario()


def _around(observed: Observed, write: Probe) -> tuple[Probe, Probe] | None:
    """The reads of the same item right before and after a write."""
    keys = key_of_table(observed, write.request)
    key = key_of(_key_in(write.request, keys), keys)

    def reads(role: str) -> list[Probe]:
        return [
            probe
            for probe in observed.probes(role)
            if probe.detail == write.detail
            and probe.request.get("TableName") == write.request.get("TableName")
            and key_of(probe.request.get("Key", {}), keys) == key
            and probe.request.get("ConsistentRead")
        ]

    before, after = reads("before"), reads("after")
    return (before[0], after[0]) if before and after else None


def _judge_return_values(observed: Observed) -> Iterator[Broken]:
    judged = 0
    for write in observed.probes("write"):
        around = _around(observed, write)
        asked = write.request.get("ReturnValues")
        if not write.is_accepted or around is None or asked not in _SIDES:
            continue
        before, after = around[0].item(), around[1].item()
        judged += 1
        side, whole = _SIDES[asked]
        due = before if side == "old" else after
        came = write.item("Attributes")
        check = _all_fault if whole else _updated_fault
        if fault := check(due, before if side == "new" else after, came):
            how = f"{asked}: {fault}"
            yield broken(write, *around, how=how, expected=due, actual=came)
    if not judged:
        raise CannotJudgeError("no write with ReturnValues was accepted")


_SIDES: Final = {
    "ALL_OLD": ("old", True),
    "ALL_NEW": ("new", True),
    "UPDATED_OLD": ("old", False),
    "UPDATED_NEW": ("new", False),
}


def _all_fault(due: Item | None, _other: Item | None, came: Item | None) -> str:
    if due is None or came is None:
        if due is came:
            return ""
        return "no attributes come" if came is None else "attributes come of an item that is not there"
    return item_fault(due, came)


def _updated_fault(due: Item | None, other: Item | None, came: Item | None) -> str:
    """What comes is a part of the item; and what is new or gone as a whole comes as a whole.

    Of a map or list only the updated paths come, and those may all be on the other side, so it may be left out.
    """
    for name, value in (came or {}).items():
        if name not in (due or {}):
            return f"an attribute of type {datatype_of(value)} comes that the item has not got"
        if not is_part_of(value, (due or {})[name]):
            return f"an attribute of type {datatype_of((due or {})[name])} comes with another value"
    for name, value in (due or {}).items():
        changed = name not in (other or {}) or equal_to((other or {})[name]) != equal_to(value)
        # That the item itself is new shows in its key, which is not updated.
        if changed and other is not None and name not in (came or {}) and datatype_of(value) not in ("L", "M"):
            return f"a changed attribute of type {datatype_of(value)} does not come"
    return ""


RETURN_VALUES = Law(
    "return-values",
    "What a write returns of the item (ReturnValues) is what a read before or after it returns.",
    "data-plane 4.11",
    _draw_return_values,
    _judge_return_values,
)


def _draw_failure_values(draw: Draw) -> Scenario:
    made = sketch(draw, writes=2)
    keys = [key.name for key in made.table.keys.attributes]
    for place in range(3):
        kind, request = plain_write(made)
        guarded = false_condition(made, request) | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        get = {"TableName": made.table.name, "Key": _key_in(request, keys), "ConsistentRead": True}
        made.probe(f"before:{place}", "GetItem", get)
        made.probe(f"write:{place}", f"{kind}Item", guarded)
        made.probe(f"after:{place}", "GetItem", get)
    return made.scenario()


def _judge_failure_values(observed: Observed) -> Iterator[Broken]:
    judged = 0
    for write in observed.probes("write"):
        around = _around(observed, write)
        asked = write.request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        if write.reply.error_type != "ConditionalCheckFailedException" or around is None or not asked:
            continue
        judged += 1
        came = write.reply.body.get("Item")
        due = around[0].item()
        if came is not None and not isinstance(came, dict):
            raise CannotJudgeError("the Item of the refusal is no object")
        if fault := _all_fault(due, None, came):
            yield broken(write, *around, how=fault, expected=due, actual=came)
    if not judged:
        raise CannotJudgeError("no condition failed")


FAILURE_VALUES = Law(
    "failure-values",
    "The item that comes with a failed condition (ReturnValuesOnConditionCheckFailure) is the item that is stored.",
    "data-plane 4.11",
    _draw_failure_values,
    _judge_failure_values,
)


LAWS: Final = (RETURN_VALUES, FAILURE_VALUES)
