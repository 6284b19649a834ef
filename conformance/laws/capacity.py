"""The law of capacity: nothing costs less than the size of what was read or written demands.

Only a lower bound: what an operation costs beyond that, in indexes for instance, is for comparing with the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from decimal import InvalidOperation
from typing import Any, Final

from conformance.divergence import Layer
from conformance.laws.law import Broken, CannotJudgeError, Item, Law, Observed, Probe, broken, read_items
from conformance.laws.sketch import partition_of, read_of, sketch
from conformance.scenario import JSONObject, Scenario
from conformance.strategies.drawing import Draw, chance, pick
from conformance.strategies.items import draw_item
from conformance.strategies.sizes import item_size

READ_UNIT: Final = 4096  # bytes (data-plane 8.2)
WRITE_UNIT: Final = 1024  # bytes (data-plane 8.3)


def _draw(draw: Draw) -> Scenario:
    made = sketch(draw, writes=0, flavour={"sizes": True})
    name = made.table.name
    item = draw_item(draw, made.table, made.key(), made.flavour)
    keys = made.world.keys[name]
    offered: tuple[tuple[str, JSONObject], ...] = (
        ("GetItem", {"TableName": name, "Key": made.key(), "ConsistentRead": chance(draw, 50)}),
        ("Query", partition_of(made) | {"ConsistentRead": chance(draw, 50)}),
        ("Scan", read_of(made.table) | {"ConsistentRead": chance(draw, 50)}),
        ("BatchGetItem", {"RequestItems": {name: {"Keys": list(keys[:4]), "ConsistentRead": chance(draw, 50)}}}),
        ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": name, "Key": key}} for key in keys[:3]]}),
        ("PutItem", {"TableName": name, "Item": item, "ReturnValues": "ALL_OLD"}),
        ("DeleteItem", {"TableName": name, "Key": made.key(), "ReturnValues": "ALL_OLD"}),
        (
            "UpdateItem",
            {
                "TableName": name,
                "Key": made.key(),
                "ReturnValues": pick(draw, ("ALL_OLD", "ALL_NEW")),
                "UpdateExpression": "SET #u = :u",
                "ExpressionAttributeNames": {"#u": "added"},
                "ExpressionAttributeValues": {":u": {"S": "a"}},
            },
        ),
        ("BatchWriteItem", {"RequestItems": {name: [{"PutRequest": {"Item": item}}]}}),
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": name, "Item": item}}]}),
    )
    for _ in range(5):
        operation, request = pick(draw, offered)
        asked = {"ReturnConsumedCapacity": pick(draw, ("TOTAL", "INDEXES"))}
        made.probe("charged", operation, {**request, **asked})
    return made.scenario()


def _units(sizes: list[int], unit: int) -> int:
    """Each item for itself, an absent one as one unit."""
    return sum(max(1, -(-size // unit)) for size in sizes)


def _read_factor(request: JSONObject) -> float:
    return 1 if request.get("ConsistentRead") is True else 0.5


def _of_item(probe: Probe) -> float:
    return _units([_size(probe.item())], READ_UNIT) * _read_factor(probe.request)


def _of_page(probe: Probe) -> float:
    """Sizes are summed, then rounded (data-plane 8.2). What a filter left out was read too, and is not seen here."""
    return _units([sum(map(_size, probe.items()))], READ_UNIT) * _read_factor(probe.request)


def _of_batch(probe: Probe) -> float:
    units = 0.0
    for table, entry in probe.request.get("RequestItems", {}).items():
        items = read_items(probe.member("Responses", dict).get(table, []), probe.step.operation)
        absent = max(0, len(entry.get("Keys", ())) - len(items)) * [0]
        units += _units([*map(_size, items), *absent], READ_UNIT) * _read_factor(entry)
    return 0.0 if probe.body.get("UnprocessedKeys") else units


def _of_transaction(probe: Probe) -> float:
    responses = probe.items("Responses")
    return 2.0 * _units([_size(response.get("Item")) for response in responses], READ_UNIT)


def _of_write(probe: Probe) -> float:
    """The larger of the item before and after, of which what is known is seen in the request and the reply."""
    seen = [_size(probe.item("Attributes")), _size(probe.request.get("Item"))]
    return float(_units([max(seen)], WRITE_UNIT))


def _of_batch_write(probe: Probe) -> float:
    writes = [write for each in probe.request.get("RequestItems", {}).values() for write in each]
    if probe.body.get("UnprocessedItems"):
        return 0.0
    return float(_units([_size(write.get("PutRequest", {}).get("Item")) for write in writes], WRITE_UNIT))


def _of_transact_write(probe: Probe) -> float:
    actions = [action for entry in probe.request.get("TransactItems", ()) for action in entry.values()]
    return 2.0 * _units([_size(action.get("Item")) for action in actions], WRITE_UNIT)


# The least that an operation costs (data-plane 8.2, 8.3).
LEAST: Final[Mapping[str, Callable[[Probe], float]]] = {
    "GetItem": _of_item,
    "Query": _of_page,
    "Scan": _of_page,
    "BatchGetItem": _of_batch,
    "TransactGetItems": _of_transaction,
    "PutItem": _of_write,
    "UpdateItem": _of_write,
    "DeleteItem": _of_write,
    "BatchWriteItem": _of_batch_write,
    "TransactWriteItems": _of_transact_write,
}


def _size(item: Item | None) -> int:
    try:
        return item_size(item or {})
    except (ValueError, TypeError, AttributeError, KeyError, InvalidOperation):
        raise CannotJudgeError("an item cannot be read, so its size is not known") from None


def _charged(probe: Probe) -> float | None:
    """The units of all tables; None where there are none, or they are no numbers."""
    consumed: Any = probe.body.get("ConsumedCapacity")
    reports = consumed if isinstance(consumed, list) else [consumed]
    with suppress(KeyError, TypeError):
        return float(sum(report["CapacityUnits"] for report in reports)) if reports else None
    return None


def _judge(observed: Observed) -> Iterator[Broken]:
    judged = 0
    for probe in observed.probes("charged"):
        asked = probe.request.get("ReturnConsumedCapacity") in ("TOTAL", "INDEXES")
        if not asked or not probe.is_accepted or probe.step.operation not in LEAST:
            continue
        judged += 1
        least, charged = LEAST[probe.step.operation](probe), _charged(probe)
        kind = "a consistent" if probe.request.get("ConsistentRead") is True else "a"
        if charged is None:
            how = "no capacity is reported, though it was asked for"
            yield broken(
                probe, how=how, expected=least, actual=probe.body.get("ConsumedCapacity"), layer=Layer.CAPACITY
            )
        elif charged < least:
            how = f"{kind} {probe.step.operation} costs less than its size demands"
            yield broken(probe, how=how, expected=least, actual=charged, layer=Layer.CAPACITY)
    if not judged:
        raise CannotJudgeError("nothing was charged")


CAPACITY: Final = Law(
    "capacity",
    "The capacity that is reported is at least what the size of the items that were read or written demands.",
    "data-plane 8.2, 8.3; aws-2026, sizes 1 and 5, capacity 1 to 3",
    _draw,
    _judge,
)

LAWS: Final = (CAPACITY,)
