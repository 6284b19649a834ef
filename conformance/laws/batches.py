"""Laws of batches and transactions: many at once are many, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from conformance.laws.law import Broken, CannotJudgeError, Law, Observed, Probe, broken, read_items
from conformance.laws.readings import MISSING_ITEM, UNDUE, creations, item_fault, key_names, row_faults
from conformance.laws.sketch import Sketch, sketch, with_expression
from conformance.scenario import JSONObject, Scenario
from conformance.strategies.drawing import Draw, chance
from conformance.strategies.expressions import Placeholders, draw_projection
from conformance.strategies.items import draw_item

Requests = Callable[[str], list[JSONObject]]


def _draw_gets(made: Sketch) -> None:
    """A Get of each key; in a third of the scenarios all of them with one projection."""
    placeholders, text = Placeholders(), ""
    if chance(made.draw, 30):
        text = draw_projection(made.draw, made.paths(), placeholders, made.flavour)
    for key in made.world.keys[made.table.name][:6]:
        request: JSONObject = {"TableName": made.table.name, "Key": key, "ConsistentRead": True}
        if text:
            request = with_expression(request, "ProjectionExpression", text, placeholders)
        made.probe("get", "GetItem", request)


_SHARED: Final = ("ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames")


def _batch_of_gets(_own: JSONObject, requests: Requests) -> JSONObject | None:
    gets = requests("get")
    if not gets:
        return None
    shared = {name: gets[0][name] for name in _SHARED if name in gets[0]}
    return {"RequestItems": {gets[0].get("TableName"): {"Keys": [get.get("Key") for get in gets], **shared}}}


def _draw_batch_get(draw: Draw) -> Scenario:
    made = sketch(draw)
    made.probe("batch", "BatchGetItem", pages=True)
    _draw_gets(made)
    return made.scenario()


def _gets(observed: Observed) -> list[Probe]:
    gets = observed.probes("get")
    if not gets or any({**get.request, "Key": 0} != {**gets[0].request, "Key": 0} for get in gets):
        raise CannotJudgeError("the Gets are not of one kind")
    return gets


def _judge_batch_get(observed: Observed) -> Iterator[Broken]:
    gets, batch = _gets(observed), observed.probe("batch")
    name = str(gets[0].request.get("TableName"))
    key = key_names(creations(observed.scenario.tables).get(name, {}))
    responses = batch.member("Responses", dict).get(name, [])
    came = read_items(responses, "BatchGetItem")
    due = [item for get in gets if (item := get.item()) is not None]
    for fault in row_faults(due, came, key):
        yield broken(batch, *gets, how=fault.how, expected=fault.expected, actual=fault.actual)


BATCH_GET = Law(
    "batch-get",
    "BatchGetItem returns what a GetItem of each of its keys returns.",
    "data-plane 7.1",
    _draw_batch_get,
    _judge_batch_get,
    {"batch": _batch_of_gets},
)


def _transaction_of_gets(_own: JSONObject, requests: Requests) -> JSONObject | None:
    # Always serialisable: a transaction knows no ConsistentRead (data-plane 7.4).
    gets = [{name: value for name, value in get.items() if name != "ConsistentRead"} for get in requests("get")]
    return {"TransactItems": [{"Get": get} for get in gets]} if gets else None


def _draw_transact_get(draw: Draw) -> Scenario:
    made = sketch(draw)
    made.probe("batch", "TransactGetItems")
    _draw_gets(made)
    return made.scenario()


def _judge_transact_get(observed: Observed) -> Iterator[Broken]:
    gets, transaction = _gets(observed), observed.probe("batch")
    responses = read_items(transaction.member("Responses", list), "TransactGetItems")
    if len(responses) != len(gets):
        how = "there is not a response for each Get"
        yield broken(transaction, *gets, how=how, expected=len(gets), actual=len(responses))
        return
    for get, response in zip(gets, responses, strict=True):
        due, came = get.item(), response.get("Item")
        if due is None or not isinstance(came, dict):
            if due is not came:
                how = MISSING_ITEM if due is not None else UNDUE
                yield broken(transaction, *gets, how=how, expected=due, actual=came)
        elif fault := item_fault(due, came):
            yield broken(transaction, *gets, how=fault, expected=due, actual=came)


TRANSACT_GET = Law(
    "transact-get",
    "TransactGetItems returns, in their order, what a GetItem of each of its keys returns.",
    "data-plane 7.4",
    _draw_transact_get,
    _judge_transact_get,
    {"batch": _transaction_of_gets},
)


# --- writes -----------------------------------------------------------------------------------------------

_MEMBERS: Final = {"Item": "PutRequest", "Key": "DeleteRequest"}


def _single_writes(requests: Requests) -> list[tuple[str, JSONObject]]:
    """The member that names the item, and its request, of each single write."""
    return [(member, one) for one in requests("single") for member in _MEMBERS if member in one]


def _batch_of_writes(_own: JSONObject, requests: Requests) -> JSONObject | None:
    writes = [{_MEMBERS[member]: {member: one[member]}} for member, one in _single_writes(requests)]
    return {"RequestItems": {_SECOND: writes}} if writes else None


def _transaction_of_writes(_own: JSONObject, requests: Requests) -> JSONObject | None:
    actions = {"Item": "Put", "Key": "Delete"}
    writes = [
        {actions[member]: {"TableName": _SECOND, member: one[member]}} for member, one in _single_writes(requests)
    ]
    return {"TransactItems": writes} if writes else None


_SECOND: Final = "Others"


def _draw_writes(operation: str) -> Callable[[Draw], Scenario]:
    def draw_scenario(draw: Draw) -> Scenario:
        made = sketch(draw, writes=0)
        # The same items in a second table of the same schema, and then the same writes.
        first = list(made.steps)
        made.add_table(replace(made.table, name=_SECOND))
        made.steps += [replace(step, request=step.request | {"TableName": _SECOND}) for step in first]
        for key in made.world.keys[made.table.name][:4]:
            if chance(draw, 35):
                made.probe("single", "DeleteItem", {"TableName": made.table.name, "Key": key})
            else:
                item = draw_item(draw, made.table, key, made.flavour)
                made.probe("single", "PutItem", {"TableName": made.table.name, "Item": item})
        made.probe("batch", operation, pages=False)
        for table, role in ((made.table.name, "one-by-one"), (_SECOND, "at-once")):
            made.probe(role, "Scan", {"TableName": table, "ConsistentRead": True}, pages=True)
        return made.scenario()

    return draw_scenario


def _judge_writes(observed: Observed) -> Iterator[Broken]:
    batch, one_by_one, at_once = (observed.probe(role) for role in ("batch", "one-by-one", "at-once"))
    singles = observed.probes("single")
    if not _had_the_same(observed):
        raise CannotJudgeError("the two tables did not hold the same before")
    for single in singles:
        _ = single.body
    if batch.body.get("UnprocessedItems"):
        raise CannotJudgeError("not all of the batch was carried out")
    name = str(at_once.request.get("TableName"))
    key = key_names(creations(observed.scenario.tables).get(name, {}))
    for fault in row_faults(one_by_one.items(), at_once.items(), key):
        yield broken(batch, *singles, one_by_one, at_once, how=fault.how, expected=fault.expected, actual=fault.actual)


def _had_the_same(observed: Observed) -> bool:
    """Whether the two tables, of one schema, got the same before the law's writes."""
    tables = [{**table, "TableName": ""} for table in observed.scenario.tables]
    unlabelled = [probe for probe in observed.steps() if not probe.step.label]
    written: dict[str, list[JSONObject]] = {}
    for probe in unlabelled:
        written.setdefault(str(probe.request.get("TableName")), []).append({**probe.request, "TableName": ""})
    writes = list(written.values())
    same = not writes or (len(writes) == 2 and writes[0] == writes[1])
    return same and len(tables) == 2 and tables[0] == tables[1] and all(probe.is_accepted for probe in unlabelled)


BATCH_WRITE = Law(
    "batch-write",
    "BatchWriteItem leaves what its Puts and Deletes leave when they are sent one by one.",
    "data-plane 7.2",
    _draw_writes("BatchWriteItem"),
    _judge_writes,
    {"batch": _batch_of_writes},
)
TRANSACT_WRITE = Law(
    "transact-write",
    "TransactWriteItems leaves what its Puts and Deletes leave when they are sent one by one.",
    "data-plane 7.3",
    _draw_writes("TransactWriteItems"),
    _judge_writes,
    {"batch": _transaction_of_writes},
)

LAWS: Final = (BATCH_GET, TRANSACT_GET, BATCH_WRITE, TRANSACT_WRITE)
