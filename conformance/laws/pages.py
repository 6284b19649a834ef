"""Laws of pages and order: however a read is cut, turned round or shared out, it reads the same items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from conformance.divergence import Layer
from conformance.laws.law import Broken, CannotJudgeError, Item, Law, Observed, Probe, broken, is_endless, said
from conformance.laws.readings import (
    creations,
    indexes_of,
    item_equal_to,
    key_datatypes,
    key_names,
    key_of,
    order_of,
    row_faults,
)
from conformance.laws.sketch import Sketch, partition_of, read_of, sketch, with_expression
from conformance.scenario import JSONObject, Scenario
from conformance.strategies.drawing import Draw, chance, pick
from conformance.strategies.expressions import Placeholders

Requests = Callable[[str], list[JSONObject]]
_CROWD: Final = {"crowd": True}


def _table(observed: Observed, probe: Probe) -> JSONObject:
    return creations(observed.scenario.tables).get(str(probe.request.get("TableName")), {})


def _whole(probe: Probe) -> list[Item]:
    """The items of a read that was meant to be complete."""
    items = probe.items()
    if "LastEvaluatedKey" in probe.body:
        raise CannotJudgeError("the whole is more than a page")
    return items


def _draw_read(made: Sketch, *, query: bool | None = None, filtered: int = 40) -> tuple[str, JSONObject]:
    """A Query or Scan of the table or an index, perhaps with a filter."""
    query = chance(made.draw, 60) if query is None else query
    index = pick(made.draw, (None, None, *made.table.indexes))
    request = partition_of(made, index) if query else read_of(made.table, index)
    if chance(made.draw, filtered) and (index is None or index.projection == "ALL"):
        keys = [key.name for key in (index or made.table).keys.attributes] if query else []
        placeholders = Placeholders()
        text = made.condition(made.paths(keys), placeholders)
        request = with_expression(request, "FilterExpression", text, placeholders)
    return "Query" if query else "Scan", request


def _where(probe: Probe) -> str:
    """A part of the kind: an index is another path through an implementation."""
    return " of an index" if "IndexName" in probe.request else ""


# --- pages ------------------------------------------------------------------------------------------------


def _page(own: JSONObject, requests: Requests) -> JSONObject | None:
    return next(({**one, "Limit": own.get("Limit", 1)} for one in requests("whole")), None)


def _draw_pages(draw: Draw) -> Scenario:
    made = sketch(draw, flavour=_CROWD if chance(draw, 30) else None)
    operation, request = _draw_read(made)
    made.probe("whole", operation, request)
    stored = len(made.world.stored[made.table.name])
    # One more than there is, and few of a crowd: each of them reads it all.
    limits = range(1, stored + 2) if stored <= 6 else (1, 2, 3, 2 + draw.below(stored), stored, stored + 1)
    for limit in limits:
        made.probe(f"page:{limit}", operation, {"Limit": limit}, pages=True)
    return made.scenario()


def _judge_pages(observed: Observed) -> Iterator[Broken]:
    whole = observed.probe("whole")
    items = _whole(whole)
    key = key_names(_table(observed, whole))
    for page in observed.probes("page"):
        where = _where(page)
        if is_endless(page.reply):
            yield broken(page, whole, how=f"the pages{where} do not end", layer=Layer.OUTCOME)
            continue
        if page.is_refused:
            how = f"what is read{where} in one page is refused in several: {said(page.reply)}"
            yield broken(page, whole, how=how, actual=page.reply.message, layer=Layer.OUTCOME)
            continue
        came = page.items()
        faults = list(row_faults(items, came, key))
        for fault in faults:
            how = f"of the pages{where}: {fault.how}"
            yield broken(page, whole, how=how, expected=fault.expected, actual=fault.actual)
        # Ties of an index come in any order (data-plane 6.2), and a Scan's order is nobody's business.
        if not faults and not where and page.step.operation == "Query" and _sequence(items) != _sequence(came):
            yield broken(page, whole, how="the pages are in another order", expected=items, actual=came)
        for member in ("Count", "ScannedCount"):
            if not faults and page.body.get(member) != whole.body.get(member):
                how = f"{member} of all pages{where} is another than that of the whole"
                yield broken(page, whole, how=how, expected=whole.body.get(member), actual=page.body.get(member))


def _sequence(items: Sequence[Item]) -> list[Any]:
    return [item_equal_to(item) for item in items]


PAGES = Law(
    "pages",
    "The pages of a Query or Scan, whatever their Limit, one behind the other are the unpaged answer.",
    "data-plane 6.2, 6.3",
    _draw_pages,
    _judge_pages,
    {"page": _page},
    eventual=True,
)


# --- the other way round ----------------------------------------------------------------------------------


def _backward(_own: JSONObject, requests: Requests) -> JSONObject | None:
    return next(({**one, "ScanIndexForward": False} for one in requests("forward")), None)


def _draw_reverse(draw: Draw) -> Scenario:
    made = sketch(draw, flavour=_CROWD if chance(draw, 30) else None)
    operation, request = _draw_read(made, query=True, filtered=20)
    made.probe("backward", operation)
    made.probe("forward", operation, request)
    return made.scenario()


def _judge_reverse(observed: Observed) -> Iterator[Broken]:
    forward, backward = observed.probe("forward"), observed.probe("backward")
    one, other, where = _whole(forward), _whole(backward), _where(forward)
    faults = list(row_faults(one, other, key_names(_table(observed, forward))))
    for fault in faults:
        how = f"read backward{where}: {fault.how}"
        yield broken(backward, forward, how=how, expected=fault.expected, actual=fault.actual)
    if faults:
        return
    names = _sort_key(observed, forward) if where else key_names(_table(observed, forward))
    if [key_of(item, names) for item in one] != [key_of(item, names) for item in reversed(other)]:
        how = f"the order backward{where} is not the order forward turned round"
        yield broken(backward, forward, how=how, expected=list(reversed(one)), actual=other)


REVERSE = Law(
    "reverse",
    "A Query with ScanIndexForward=false returns the same items in the opposite order.",
    "data-plane 6.2",
    _draw_reverse,
    _judge_reverse,
    {"backward": _backward},
    eventual=True,
)


# --- order ------------------------------------------------------------------------------------------------


def _sort_key(observed: Observed, probe: Probe) -> tuple[str, ...]:
    table = _table(observed, probe)
    index = probe.request.get("IndexName")
    return key_names(indexes_of(table).get(str(index), {}) if index else table, "RANGE")


def _draw_order(draw: Draw) -> Scenario:
    made = sketch(
        draw,
        flavour={"crowd": True, "odd_keys": chance(draw, 60)},
        wanted=lambda table: bool(table.keys.sort) or any(index.keys.sort for index in table.indexes),
    )
    for index in (None, *made.table.indexes):
        if (index or made.table).keys.sort:
            request = partition_of(made, index) | ({"ScanIndexForward": False} if chance(draw, 40) else {})
            made.probe("ordered", "Query", request, pages=chance(draw, 30))
    return made.scenario()


def _judge_order(observed: Observed) -> Iterator[Broken]:
    probes = observed.probes("ordered")
    if not probes:
        raise CannotJudgeError("nothing here has a sort key")
    for probe in probes:
        names = _sort_key(observed, probe)
        orders = [[order_of(item.get(name)) for name in names] for item in probe.items()]
        if any(None in order for order in orders):
            continue  # that an item of an index lacks its key is for another law
        if probe.request.get("ScanIndexForward") is False:
            orders.reverse()
        datatypes = key_datatypes(_table(observed, probe))
        for before, after in pairwise(orders):
            if not _in_order(before, after):
                kinds = "+".join(datatypes.get(name, "?") for name in names)
                how = f"sort keys of type {kinds}{_where(probe)} are not in their order"
                yield broken(probe, how=how, expected="in order", actual=probe.items())
                break


def _in_order(before: Sequence[Any], after: Sequence[Any]) -> bool:
    try:
        return list(before) <= list(after)
    except TypeError:  # values of two types: that an index has them is for another law
        return True


ORDER = Law(
    "order",
    "A Query returns its items by their sort key: numbers by value, strings and binaries by their bytes.",
    "data-plane 6.2",
    _draw_order,
    _judge_order,
    eventual=True,
)


# --- segments ---------------------------------------------------------------------------------------------


def _segment(own: JSONObject, requests: Requests) -> JSONObject | None:
    parts = {name: own[name] for name in ("Segment", "TotalSegments", "Limit") if name in own}
    return next(({**one, **parts} for one in requests("whole")), None)


def _draw_segments(draw: Draw) -> Scenario:
    made = sketch(draw, flavour=_CROWD if chance(draw, 50) else None)
    operation, request = _draw_read(made, query=False, filtered=25)
    made.probe("whole", operation, request)
    total = pick(draw, (1, 2, 3, 4, 7))
    limit = {"Limit": 1 + draw.below(3)} if chance(draw, 40) else {}
    for segment in range(total):
        request = {"Segment": segment, "TotalSegments": total, **limit}
        made.probe(f"segment:{segment}", operation, request, pages=True)
    return made.scenario()


def _judge_segments(observed: Observed) -> Iterator[Broken]:
    whole, segments = observed.probe("whole"), observed.probes("segment")
    totals = {probe.request.get("TotalSegments") for probe in segments}
    if len(totals) != 1 or {probe.request.get("Segment") for probe in segments} != set(range(len(segments))):
        raise CannotJudgeError("the segments are not all there")
    if totals != {len(segments)}:
        raise CannotJudgeError("the segments are not all there")
    where = _where(whole)
    refused = next((probe for probe in segments if probe.is_refused), None)
    if refused and whole.is_accepted:
        how = f"what is read{where} as a whole is refused as a segment: {said(refused.reply)}"
        yield broken(refused, whole, how=how, actual=refused.reply.message, layer=Layer.OUTCOME)
        return
    together = [item for probe in segments for item in probe.items()]
    for fault in row_faults(_whole(whole), together, key_names(_table(observed, whole))):
        how = f"of all segments{where}: {fault.how}"
        yield broken(segments[-1], whole, *segments, how=how, expected=fault.expected, actual=fault.actual)


SEGMENTS = Law(
    "segments",
    "The segments of a parallel Scan, however many, share the table out: every item is in one and no item in two.",
    "data-plane 6.5",
    _draw_segments,
    _judge_segments,
    {"segment": _segment},
    eventual=True,
)


# --- counts -----------------------------------------------------------------------------------------------


def _counted(_own: JSONObject, requests: Requests) -> JSONObject | None:
    return next(({**one, "Select": "COUNT"} for one in requests("items")), None)


def _draw_counts(draw: Draw) -> Scenario:
    made = sketch(draw)
    operation, request = _draw_read(made, filtered=60)
    request |= {"Limit": 1 + draw.below(6)} if chance(draw, 40) else {}
    made.probe("count", operation)
    made.probe("items", operation, request)
    return made.scenario()


def _judge_counts(observed: Observed) -> Iterator[Broken]:
    items = observed.probe("items")
    count, scanned = items.member("Count", int), items.member("ScannedCount", int)
    where = _where(items)
    if count != len(items.items()):
        how = f"Count{where} is not the number of items"
        yield broken(items, how=how, expected=len(items.items()), actual=count)
    if scanned < count:
        yield broken(items, how=f"ScannedCount{where} is less than Count", expected=count, actual=scanned)
    if scanned > count and "FilterExpression" not in items.request:
        how = f"ScannedCount{where} is more than Count, without a filter"
        yield broken(items, how=how, expected=count, actual=scanned)
    if "Limit" in items.request and scanned > items.request["Limit"]:
        how = f"ScannedCount{where} is more than Limit"
        yield broken(items, how=how, expected=items.request["Limit"], actual=scanned)
    counted = observed.probe("count")
    for member in ("Count", "ScannedCount"):
        if counted.body.get(member) != items.body.get(member):
            how = f"{member}{where} with Select=COUNT is another than with the items"
            yield broken(counted, items, how=how, expected=items.body.get(member), actual=counted.body.get(member))
    if "Items" in counted.body:
        yield broken(counted, items, how="Items come with Select=COUNT", actual=counted.body["Items"])


COUNTS = Law(
    "counts",
    "Count is the number of items, ScannedCount at least that and at most Limit; Select=COUNT gives the same two.",
    "data-plane 6.2, 6.4",
    _draw_counts,
    _judge_counts,
    {"count": _counted},
    eventual=True,
)


# --- partitions -------------------------------------------------------------------------------------------


def _all_of(_own: JSONObject, requests: Requests) -> JSONObject | None:
    kept = ("TableName", "IndexName", "ConsistentRead")
    return next(({name: one[name] for name in kept if name in one} for one in requests("query")), None)


def _draw_partition(draw: Draw) -> Scenario:
    made = sketch(draw)
    index = pick(draw, (None, *made.table.indexes))
    made.probe("scan", "Scan", pages=True)
    made.probe("query", "Query", partition_of(made, index), pages=True)
    return made.scenario()


def _judge_partition(observed: Observed) -> Iterator[Broken]:
    query, scan = observed.probe("query"), observed.probe("scan")
    wanted = _wanted(query)
    due = [item for item in scan.items() if all(key_of(item, [name]) == key_of(wanted, [name]) for name in wanted)]
    for fault in row_faults(due, query.items(), key_names(_table(observed, query))):
        how = f"of the partition{_where(query)}: {fault.how}"
        yield broken(query, scan, how=how, expected=fault.expected, actual=fault.actual)


def _wanted(query: Probe) -> Item:
    """The attributes that a key condition of nothing but equalities asks for."""
    names, values = (
        query.request.get("ExpressionAttributeNames", {}),
        query.request.get("ExpressionAttributeValues", {}),
    )
    clauses = [clause.split(" = ") for clause in str(query.request.get("KeyConditionExpression")).split(" AND ")]
    if not all(len(clause) == 2 and clause[1] in values for clause in clauses):
        raise CannotJudgeError("the key condition is not what the law draws")
    return {names.get(name, name): values[value] for name, value in clauses}


PARTITION = Law(
    "partition",
    "A Query for a partition of a table or index returns exactly those items of its Scan that have this key.",
    "data-plane 6.1, 6.2",
    _draw_partition,
    _judge_partition,
    {"scan": _all_of},
    eventual=True,
)

LAWS: Final = (PAGES, REVERSE, ORDER, SEGMENTS, COUNTS, PARTITION)
