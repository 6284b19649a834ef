"""Laws of writing: what is written is what is read, and only once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from conformance.divergence import Layer
from conformance.laws.law import Broken, CannotJudgeError, Item, Law, Observed, Probe, broken, said
from conformance.laws.readings import (
    MISSING_ITEM,
    UNDUE,
    datatype_of,
    equal_to,
    item_equal_to,
    item_fault,
    key_of,
    row_faults,
)
from conformance.laws.requests import plain_update
from conformance.laws.sketch import Sketch, read_of, sketch
from conformance.laws.stored import key_of_table, stored_before
from conformance.scenario import JSONObject, Scenario, Step
from conformance.strategies.drawing import Draw, chance, pick
from conformance.strategies.items import draw_item
from conformance.strategies.values import draw_long_number, draw_set, draw_value

Requests = Callable[[str], list[JSONObject]]
_ODD: Final = {"odd_numbers": True, "odd_texts": True, "empty_values": True}


# --- what was written last is read ------------------------------------------------------------------------


def _read_all(made: Sketch, keys: Sequence[Item]) -> None:
    for key in keys:
        request = {"TableName": made.table.name, "Key": key, "ConsistentRead": True}
        made.probe("get", "GetItem", request)
    made.probe("scan", "Scan", read_of(made.table), pages=True)


def _draw_last_write(draw: Draw) -> Scenario:
    made = sketch(draw, writes=0, flavour=_ODD if chance(draw, 50) else None)
    made.write(draw.below(5), ("PutItem", "PutItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"))
    _read_all(made, made.world.keys[made.table.name][:3])
    return made.scenario()


def _draw_numbers(draw: Draw) -> Scenario:
    made = sketch(draw, fill=False, flavour=_ODD)
    for key in made.world.keys[made.table.name][:3]:
        numbers = {f"n{place}": {"N": draw_long_number(draw)} for place in range(5)}
        listed = {"list": {"L": [draw_value(draw, "N", made.flavour) for _ in range(3)]}}
        made.steps.append(Step("PutItem", {"TableName": made.table.name, "Item": {**key, **numbers, **listed}}))
    _read_all(made, made.world.keys[made.table.name][:3])
    return made.scenario()


def _draw_sets(draw: Draw) -> Scenario:
    made = sketch(draw, fill=False, flavour=_ODD)
    for key in made.world.keys[made.table.name][:3]:
        sets = {f"{datatype}{place}": draw_set(draw, datatype, made.flavour) for datatype in _SETS for place in "12"}
        made.steps.append(Step("PutItem", {"TableName": made.table.name, "Item": {**key, **sets}}))
        datatype = pick(draw, _SETS)
        # Of the sum of two sets nobody here knows the elements, but that none is in it twice.
        request = {
            "TableName": made.table.name,
            "Key": key,
            "UpdateExpression": "ADD #a :a",
            "ExpressionAttributeNames": {"#a": f"{datatype}1"},
            "ExpressionAttributeValues": {":a": sets[f"{datatype}2"]},
        }
        made.steps.append(Step("UpdateItem", request))
    _read_all(made, made.world.keys[made.table.name][:3])
    return made.scenario()


_SETS: Final = ("SS", "NS", "BS")


def _judge_last_write(observed: Observed) -> Iterator[Broken]:
    for probe in observed.probes("get"):
        stored = stored_before(observed, str(probe.request.get("TableName")), probe.index)
        key = key_of(probe.request.get("Key", {}), stored.key)
        due, came = stored.items.get(key), probe.item()
        yield from _duplicates(probe, [came] if came else [])
        if key in stored.unknown:
            continue
        if came is None or due is None:
            if came is not due:
                how = MISSING_ITEM if came is None else UNDUE
                yield broken(probe, how=f"{how}: read by its key", expected=due, actual=came)
        elif wrong := item_fault(due, came, typed=True):
            yield broken(probe, how=wrong, expected=due, actual=came)
    for probe in observed.probes("scan"):
        stored = stored_before(observed, str(probe.request.get("TableName")), probe.index)
        items = probe.items()
        yield from _duplicates(probe, items)
        known = [item for item in items if key_of(item, stored.key) not in stored.unknown]
        for fault in row_faults(list(stored.items.values()), known, stored.key, typed=True):
            # That a value comes back otherwise is the same fault however it is read.
            how = f"{fault.how}: read by a Scan" if fault.how in (MISSING_ITEM, UNDUE) else fault.how
            yield broken(probe, how=how, expected=fault.expected, actual=fault.actual)


def _duplicates(probe: Probe, items: Sequence[Item]) -> Iterator[Broken]:
    for item in items:
        for value in item.values():
            datatype = datatype_of(value)
            if datatype in _SETS and isinstance(value[datatype], list):
                elements = [equal_to({datatype[0]: element}) for element in value[datatype]]
                if len(set(elements)) < len(elements):
                    yield broken(probe, how=f"a value of type {datatype} has an element twice", actual=value)


LAST_WRITE = Law(
    "last-write",
    "A consistent read sees the last write: the item that was put, equal in every value, or none where it was deleted.",
    "data-plane 4.7 (equality), 3.2, 3.3; developer guide, Read consistency",
    _draw_last_write,
    _judge_last_write,
)
NUMBERS = Law(
    "numbers",
    "A number that was written comes back equal in value, to the last of its 38 digits.",
    "data-plane 3.2",
    _draw_numbers,
    _judge_last_write,
)
SETS = Law(
    "sets",
    "A set that was written comes back with the same elements, and never has one of them twice.",
    "data-plane 3.3; aws-2026, sizes 9 and 10",
    _draw_sets,
    _judge_last_write,
)


# --- a table anew -----------------------------------------------------------------------------------------


def _draw_recreated(draw: Draw) -> Scenario:
    # Without protection against deletion.
    made = sketch(draw, writes=2, adapt=lambda table: replace(table, options=()))
    made.steps.append(Step("DeleteTable", {"TableName": made.table.name}))
    made.steps.append(Step("CreateTable", made.table.create_request()))
    for index in made.table.indexes:
        made.probe("index", "Scan", read_of(made.table, index), pages=True)
    _read_all(made, made.world.keys[made.table.name][:1])
    return made.scenario()


def _judge_recreated(observed: Observed) -> Iterator[Broken]:
    create = next((probe for probe in observed.steps() if probe.step.operation == "CreateTable"), None)
    if create is None or not create.is_accepted:
        raise CannotJudgeError("the table was not created again")
    for probe in observed.probes("index"):
        if probe.index > create.index and probe.items():
            yield broken(probe, create, how="an index of a table that was created anew has items", actual=probe.items())
    yield from _judge_last_write(observed)


RECREATED = Law(
    "recreated",
    "A table that was deleted and created again is empty, and so are its indexes.",
    "control-plane 6",
    _draw_recreated,
    _judge_recreated,
    eventual=True,
)


# --- repetition -------------------------------------------------------------------------------------------


def _again(_own: JSONObject, requests: Requests) -> JSONObject | None:
    return next((dict(one) for one in requests("write")), None)


def _draw_repetition(draw: Draw) -> Scenario:
    made = sketch(draw, writes=2)
    key = made.key()
    kind = pick(draw, ("Put", "Update", "Delete", "transaction"))
    if kind == "transaction":
        operation = "TransactWriteItems"
        counted = {
            "TableName": made.table.name,
            "Key": made.world.keys[made.table.name][-1],
            "UpdateExpression": "ADD #u :u",
            "ExpressionAttributeNames": {"#u": "counted"},
            "ExpressionAttributeValues": {":u": {"N": "1"}},
        }
        item = draw_item(draw, made.table, made.world.keys[made.table.name][0], made.flavour)
        token = "".join(pick(draw, "abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(24))
        put = {"TableName": made.table.name, "Item": item}
        request: JSONObject = {"TransactItems": [{"Update": counted}, {"Put": put}], "ClientRequestToken": token}
    else:
        operation = f"{kind}Item"
        request = {"TableName": made.table.name, "Key": key}
        if kind == "Put":
            request = {"TableName": made.table.name, "Item": draw_item(draw, made.table, key, made.flavour)}
        elif kind == "Update":
            request = plain_update(made, key)
    made.probe("write", operation, request)
    made.probe("once", "Scan", read_of(made.table), pages=True)
    made.probe("again", operation)
    made.probe("twice", "Scan", read_of(made.table), pages=True)
    return made.scenario()


# Clauses that leave the same behind however often they are carried out.
_SAME_AGAIN: Final = re.compile(r"(?:SET [#\w]+ = :\w+ ?)?(?:REMOVE [#\w]+)?")


def _is_idempotent(write: Probe) -> bool:
    if write.step.operation == "TransactWriteItems":
        return "ClientRequestToken" in write.request
    update = write.request.get("UpdateExpression", "")
    return "ConditionExpression" not in write.request and _SAME_AGAIN.fullmatch(str(update)) is not None


def _judge_repetition(observed: Observed) -> Iterator[Broken]:
    write, again = observed.probe("write"), observed.probe("again")
    once, twice = observed.probe("once"), observed.probe("twice")
    order = [write.index, once.index, again.index, twice.index]
    if not _is_idempotent(write) or order != sorted(order) or once.request != twice.request:
        raise CannotJudgeError("the write is not one that may be repeated")
    _ = write.body
    if again.is_refused:
        how = f"a repetition is refused: {said(again.reply)}"
        yield broken(again, write, how=how, actual=again.reply.message, layer=Layer.OUTCOME)
        return
    _ = again.body
    for fault in islice(row_faults(once.items(), twice.items(), key_of_table(observed, once.request)), 1):
        how = "a repetition changes the table"
        yield broken(again, write, once, twice, how=how, expected=fault.expected, actual=fault.actual)


REPETITION = Law(
    "repetition",
    "To repeat a Put, a Delete, a SET, or a transaction with its token, changes nothing more.",
    "data-plane 7.3 (idempotency); developer guide, TransactWriteItems",
    _draw_repetition,
    _judge_repetition,
    {"again": _again},
)


# --- there and back ---------------------------------------------------------------------------------------


def _back(_own: JSONObject, requests: Requests) -> JSONObject | None:
    for one in requests("there"):
        operand = one.get("ExpressionAttributeValues", {}).get(":n", {})
        if datatype_of(operand) == "N":
            return {**one, "ExpressionAttributeValues": {":n": {"N": _negative(operand["N"])}}}
    return None


def _negative(text: str) -> str:
    return text[1:] if text.startswith("-") else f"-{text.removeprefix('+')}"


_SUM: Final = re.compile(r"ADD \S+ :n|SET (\S+) = \1 \+ :n")


def _draw_there_and_back(draw: Draw) -> Scenario:
    made = sketch(draw, fill=False, flavour={"odd_numbers": chance(draw, 60)})
    key = made.world.keys[made.table.name][0]
    number = draw_value(draw, "N", made.flavour)
    made.steps.append(Step("PutItem", {"TableName": made.table.name, "Item": {**key, "counter": number}}))
    get = {"TableName": made.table.name, "Key": key, "ConsistentRead": True}
    made.probe("before", "GetItem", get)
    request = {
        "TableName": made.table.name,
        "Key": key,
        "UpdateExpression": pick(draw, ("ADD #n :n", "SET #n = #n + :n")),
        "ExpressionAttributeNames": {"#n": "counter"},
        "ExpressionAttributeValues": {":n": draw_value(draw, "N", made.flavour)},
    }
    made.probe("there", "UpdateItem", request)
    made.probe("back", "UpdateItem")
    made.probe("after", "GetItem", get)
    return made.scenario()


def _judge_there_and_back(observed: Observed) -> Iterator[Broken]:
    there, back = observed.probe("there"), observed.probe("back")
    before, after = observed.probe("before"), observed.probe("after")
    order = [before.index, there.index, back.index, after.index]
    text = str(there.request.get("UpdateExpression"))
    if order != sorted(order) or before.request != after.request or not _SUM.fullmatch(text):
        raise CannotJudgeError("the updates are not there and back")
    name = there.request.get("ExpressionAttributeNames", {}).get("#n", "counter")
    _ = there.body  # it may be refused: the sum has more than 38 digits
    old = before.item()
    if old is None or name not in old:
        raise CannotJudgeError("there is no number to begin with")
    if back.is_refused:
        how = f"the way back to a number that was stored is refused: {said(back.reply)}"
        yield broken(back, there, before, how=how, actual=back.reply.message, layer=Layer.OUTCOME)
        return
    _ = back.body
    new = after.item()
    if item_equal_to(old) != item_equal_to(new):
        yield broken(back, there, before, after, how="the number is another afterwards", expected=old, actual=new)


THERE_AND_BACK = Law(
    "there-and-back",
    "To add a number and then its negative restores the value exactly.",
    "data-plane 3.2 (results are exact or refused), 4.10",
    _draw_there_and_back,
    _judge_there_and_back,
    {"back": _back},
)

LAWS: Final = (LAST_WRITE, NUMBERS, SETS, RECREATED, REPETITION, THERE_AND_BACK)
