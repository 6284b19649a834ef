"""Laws of refusals: what is refused changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from conformance.divergence import Layer
from conformance.laws.law import Broken, CannotJudgeError, Law, Observed, broken, said
from conformance.laws.readings import row_faults
from conformance.laws.requests import false_condition, never_holds, plain_update, plain_write
from conformance.laws.sketch import Sketch, read_of, sketch
from conformance.laws.stored import key_of_table
from conformance.scenario import JSONObject, Scenario, Step
from conformance.strategies.drawing import Draw, chance, pick
from conformance.strategies.items import draw_item
from conformance.strategies.near_misses import draw_near_miss
from conformance.strategies.operations import OPERATIONS


def _states(made: Sketch, place: int) -> None:
    for table in made.world.tables:
        made.probe(f"state:{place}", "Scan", read_of(table), pages=True)


def _draw_refusals(made: Sketch, writes: Sequence[Step]) -> Scenario:
    _states(made, 0)
    for place, step in enumerate(writes):
        made.steps.append(replace(step, label=f"law:write:{place}"))
        _states(made, place + 1)
    return made.scenario()


def _judge_refusals(observed: Observed) -> Iterator[Broken]:
    states = observed.probes("state")
    judged = 0
    for write in observed.probes("write"):
        if not write.is_refused:
            continue
        for table in {str(probe.request.get("TableName")) for probe in states}:
            of_table = [probe for probe in states if probe.request.get("TableName") == table]
            before = [probe for probe in of_table if probe.index < write.index][-1:]
            after = [probe for probe in of_table if probe.index > write.index][:1]
            if not (before and after) or _writes_between(observed, before[0].index, after[0].index, write.index):
                continue
            judged += 1
            key = key_of_table(observed, after[0].request)
            for fault in islice(row_faults(before[0].items(), after[0].items(), key), 1):
                # How it changed is what the write would have done.
                how = f"refused with {said(write.reply)}, and yet the table has changed"
                yield broken(write, before[0], after[0], how=how, expected=fault.expected, actual=fault.actual)
    if not judged:
        raise CannotJudgeError("nothing was refused")


_READS: Final = frozenset({"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems", "DescribeTable"})


def _writes_between(observed: Observed, first: int, last: int, but: int) -> bool:
    return any(
        first < probe.index < last and probe.index != but and probe.step.operation not in _READS
        for probe in observed.steps()
    )


def _draw_failed_condition(draw: Draw) -> Scenario:
    made = sketch(draw)
    writes = []
    for _ in range(3):
        kind, request = plain_write(made)
        writes.append(Step(f"{kind}Item", false_condition(made, request)))
    return _draw_refusals(made, writes)


def _judge_failed_condition(observed: Observed) -> Iterator[Broken]:
    for write in observed.probes("write"):
        if write.is_accepted and never_holds(str(write.request.get("ConditionExpression", ""))):
            how = "a write is accepted though its condition holds for no item"
            yield broken(write, how=how, actual=write.reply.body, layer=Layer.OUTCOME)
    yield from _judge_refusals(observed)


FAILED_CONDITION = Law(
    "failed-condition",
    "A write whose condition fails changes nothing.",
    "data-plane 2.2 (condition, then write), 4.10",
    _draw_failed_condition,
    _judge_failed_condition,
)


def _with_second_table(made: Sketch) -> None:
    table = replace(made.table, name="Others", options=())
    made.add_table(table)
    made.put_items(table, made.world.keys["Others"][:2])


def _draw_cancelled(draw: Draw) -> Scenario:
    made = sketch(draw, writes=1)
    if chance(draw, 50):
        _with_second_table(made)
    writes = []
    for _ in range(2):
        entries = []
        for table in made.world.tables:
            keys = made.world.keys[table.name][:3]
            for key in keys:
                kind = pick(draw, ("Put", "Update", "Delete"))
                request: JSONObject = {"TableName": table.name, "Key": key}
                if kind == "Put":
                    request = {"TableName": table.name, "Item": draw_item(draw, table, key, made.flavour)}
                elif kind == "Update":
                    request = plain_update(made, key) | {"TableName": table.name}
                entries.append({kind: request})
        place = draw.below(len(entries))
        ((kind, request),) = entries[place].items()
        if kind == "Delete" and chance(draw, 40):
            kind = "ConditionCheck"
        # Any of them, so that some come before the one that fails and some after.
        entries[place] = {kind: false_condition(made, request)}
        writes.append(Step("TransactWriteItems", {"TransactItems": entries}))
    return _draw_refusals(made, writes)


CANCELLED_TRANSACTION = Law(
    "cancelled-transaction",
    "A transaction that is cancelled changes nothing, on none of its tables.",
    "data-plane 7.3",
    _draw_cancelled,
    _judge_refusals,
)


def _draw_refused(draw: Draw) -> Scenario:
    made = sketch(draw, writes=1)
    writes = []
    for _ in range(3):
        operation = pick(draw, ("BatchWriteItem", "BatchWriteItem", "UpdateItem", "PutItem", "TransactWriteItems"))
        world = made.world.copy()
        step, _ = draw_near_miss(draw, OPERATIONS[operation].draw(draw, world, made.table), made.table)
        if operation == "BatchWriteItem" and chance(draw, 50):
            step = _with_fault_behind(made)
        writes.append(step)
    return _draw_refusals(made, writes)


def _with_fault_behind(made: Sketch) -> Step:
    """A batch whose first requests are right and whose last is not: all of it is refused (data-plane 7.2)."""
    table, keys = made.table, made.world.keys[made.table.name]
    requests = [{"PutRequest": {"Item": draw_item(made.draw, table, key, made.flavour)}} for key in keys[:2]]
    name, datatype = table.partition_key.name, table.partition_key.datatype
    other = {"S": {"N": "1"}, "N": {"S": "a"}, "B": {"S": "a"}}[datatype]
    faults: tuple[JSONObject, ...] = (
        {"PutRequest": {"Item": {"title": {"S": "a"}}}},
        {"PutRequest": {"Item": {**keys[2], name: other}}},
        {"DeleteRequest": {"Key": {name: other}}},
        {"DeleteRequest": {"Key": keys[0]}},
    )
    return Step("BatchWriteItem", {"RequestItems": {table.name: [*requests, pick(made.draw, faults)]}})


REFUSED = Law(
    "refused",
    "A write that is refused, for whatever reason, changes nothing: of a batch no part of it.",
    "data-plane 7.2 (invalid anything rejects all), 2.2",
    _draw_refused,
    _judge_refusals,
    is_wrong_on_purpose=True,
)


LAWS: Final = (FAILED_CONDITION, CANCELLED_TRANSACTION, REFUSED)
