"""What can be wrong with reads of streams (control-plane 20)."""

from __future__ import annotations

from conformance.references import FROM
from conformance.scenario import JSON
from conformance.strategies.near_misses.registry import Draft, near_miss


def _label(draft: Draft) -> str:
    """That of the reply which the request takes its iterator, or its shard, from."""
    member = "ShardIterator" if draft.operation == "GetRecords" else "ShardId"
    return str(draft.request[member][FROM]).partition(".")[0]


@near_miss("a Limit of streams that is none", operations=("ListStreams", "DescribeStream", "GetRecords"))
def _limit(draft: Draft) -> None:
    most = 1000 if draft.operation == "GetRecords" else 100
    draft.request["Limit"] = draft.choose((0, -1, most + 1, "1", 1.5))


@near_miss("an iterator that is none", "ShardIterator", weight=3)
def _iterator(draft: Draft) -> None:
    iterator: tuple[JSON, ...] = ("", "x", "0" * 200, "x" * 2049, 7, {"S": "x"})
    draft.request["ShardIterator"] = draft.choose(iterator)


@near_miss("a shard that is none", operations=("GetShardIterator",), weight=3)
def _shard(draft: Draft) -> None:
    unknown = "shardId-00000000000000000000-00000000"
    draft.request["ShardId"] = draft.choose(("", "x", unknown, "shardId", "x" * 66))


@near_miss("a place in a shard that is none", operations=("GetShardIterator",), weight=4)
def _place(draft: Draft) -> None:
    kind = draft.choose(("FIRST", "trim_horizon", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "TRIM_HORIZON"))
    draft.request["ShardIteratorType"] = kind
    draft.request.pop("SequenceNumber", None)
    known = {FROM: f"{_label(draft)}.StreamDescription.Shards[0].SequenceNumberRange.StartingSequenceNumber"}
    if kind == "TRIM_HORIZON":
        draft.request["SequenceNumber"] = known
    elif kind.endswith("SEQUENCE_NUMBER"):
        draft.request.update(draft.choose(({}, {"SequenceNumber": "x" * 21}, {"SequenceNumber": "1"})))
