"""The law of streams: what the records tell, carried out in their order, is the table."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any, Final

from conformance.laws.law import (
    Broken,
    CannotJudgeError,
    Item,
    Law,
    Observed,
    Probe,
    UnsupportedError,
    broken,
    read_items,
)
from conformance.laws.readings import (
    MISSING_ITEM,
    UNDUE,
    creations,
    item_equal_to,
    item_fault,
    key_names,
    key_of,
    row_faults,
)
from conformance.laws.sketch import read_of, sketch
from conformance.scenario import Scenario
from conformance.strategies.drawing import Draw

VIEW: Final = "NEW_AND_OLD_IMAGES"
# A small table has one shard, on demand four (control-plane 20.3). One page of records is not always all of them.
SHARDS: Final = 4
CALLS: Final = 2


def _draw(draw: Draw) -> Scenario:
    stream = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": VIEW}}
    made = sketch(draw, writes=8, adapt=lambda table: replace(table, options=()), options=stream)
    made.probe("table", "DescribeTable", {"TableName": made.table.name})
    arn = {"$from": "law:table.Table.LatestStreamArn"}
    made.probe("stream", "DescribeStream", {"StreamArn": arn})
    for shard in range(SHARDS):
        shard_id = {"$from": f"law:stream.StreamDescription.Shards[{shard}].ShardId"}
        request = {"StreamArn": arn, "ShardId": shard_id, "ShardIteratorType": "TRIM_HORIZON"}
        made.probe(f"iterator:{shard}", "GetShardIterator", request)
        after = f"law:iterator:{shard}.ShardIterator"
        for call in range(CALLS):
            made.probe(f"records:{shard}:{call}", "GetRecords", {"ShardIterator": {"$from": after}})
            after = f"law:records:{shard}:{call}.NextShardIterator"
    made.probe("scan", "Scan", read_of(made.table), pages=True)
    return made.scenario()


def _records(observed: Observed) -> Iterator[tuple[Probe, dict[str, Any]]]:
    """What the records say, shard by shard: of one item all are in one shard."""
    stream = observed.probe("stream").member("StreamDescription", dict)
    shards = stream.get("Shards")
    if not isinstance(shards, list) or len(shards) > SHARDS or "LastEvaluatedShardId" in stream:
        raise CannotJudgeError("the shards are not there, or more than the law reads")
    probes = {probe.detail: probe for probe in observed.probes("records")}
    for shard in range(len(shards)):
        for call in range(CALLS):
            probe = probes.get(f"{shard}:{call}")
            if probe is None or f"law:iterator:{shard}" not in {one.step.label for one in observed.steps()}:
                raise CannotJudgeError("not all records were read")
            if call and "NextShardIterator" not in probes[f"{shard}:{call - 1}"].body:
                break
            for record in read_items(probe.member("Records", list), "GetRecords"):
                if not isinstance(record.get("dynamodb"), dict):
                    raise CannotJudgeError("a record says nothing of an item")
                yield probe, record


def _judge(observed: Observed) -> Iterator[Broken]:
    table = observed.probe("table").member("Table", dict)
    if not isinstance(table.get("LatestStreamArn"), str):
        raise UnsupportedError("the table has no stream, though it was created with one")
    scan = observed.probe("scan")
    key = key_names(creations(observed.scenario.tables).get(str(scan.request.get("TableName")), {}))
    if any(probe.index > scan.index or probe.step.operation not in _WRITES for probe in _others(observed)):
        raise CannotJudgeError("more happened than writes before the reads")
    state: dict[Hashable, Item] = {}
    for probe, record in _records(observed):
        data = record["dynamodb"]
        named, old, new = data.get("Keys"), data.get("OldImage"), data.get("NewImage")
        if not isinstance(named, dict) or not all(image is None or isinstance(image, dict) for image in (old, new)):
            raise CannotJudgeError("a record cannot be read")
        before = state.get(key_of(named, key))
        for how in _faults(record.get("eventName"), key_of(named, key), key, before, old, new):
            yield broken(probe, scan, how=how, expected=before, actual=record)
        if new is None:
            state.pop(key_of(named, key), None)
        else:
            state[key_of(named, key)] = new
    items = scan.items()
    for fault in row_faults(items, list(state.values()), key):
        how = {
            MISSING_ITEM: "an item of the table is in no record",
            UNDUE: "an item that is gone is not removed by any record",
        }.get(fault.how, f"the last image of an item is not the item: {fault.how}")
        yield broken(observed.probes("records")[-1], scan, how=how, expected=fault.expected, actual=fault.actual)


def _faults(
    event: Any, named: Hashable, key: tuple[str, ...], before: Item | None, old: Item | None, new: Item | None
) -> Iterator[str]:
    if any(image is not None and key_of(image, key) != named for image in (old, new)):
        yield "the Keys of a record are not those of its image"
    if item_equal_to(old) != item_equal_to(before):
        wrong = item_fault(before, old) if before is not None and old is not None else _one_sided(before)
        yield f"an OldImage is not the NewImage before it: {wrong}"
    if old is not None and item_equal_to(old) == item_equal_to(new):
        yield "there is a record though nothing changed"
    due = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    if event != due and not (old is None and new is None):
        yield f"the event of a record with {_IMAGES[due]} is not {due}"


_IMAGES: Final = {"INSERT": "only a NewImage", "REMOVE": "only an OldImage", "MODIFY": "both images"}


def _one_sided(before: Item | None) -> str:
    return "there was none" if before is None else "it is missing"


_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})


def _others(observed: Observed) -> list[Probe]:
    return [probe for probe in observed.steps() if not probe.step.label]


RECORDS: Final = Law(
    "stream",
    "The records of a stream, carried out in order, give the table; each OldImage is the NewImage before it.",
    "control-plane 20.3",
    _draw,
    _judge,
    eventual=True,
)

LAWS: Final = (RECORDS,)
