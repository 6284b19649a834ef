"""Streams, and items that expire."""

from __future__ import annotations

from reference_server.tables import streams, time_to_live
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import call, delete, get, item, put, table, witness

_KEY = item(pk="a")
_STREAMED = table(
    "Streamed", "pk:S", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
)
_ARN = {"$from": "listed.Streams[0].StreamArn"}
_READ_ALL = (
    call("ListStreams", label="listed", TableName="Streamed"),
    call("DescribeStream", label="described", StreamArn=_ARN),
    call(
        "GetShardIterator",
        label="begun",
        StreamArn=_ARN,
        ShardId={"$from": "described.StreamDescription.Shards[0].ShardId"},
        ShardIteratorType="TRIM_HORIZON",
    ),
    call("GetRecords", ShardIterator={"$from": "begun.ShardIterator"}),
)
_EXPIRING = call(
    "UpdateTimeToLive", TableName="Simple", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"}
)

FAULTS = (
    Fault(
        id="writing-the-same-is-told",
        area=Area.STREAMS,
        difficulty=Difficulty.MEDIUM,
        sentence="A write that changes nothing has a stream record.",
        notice="A consumer that writes back what it reads never comes to an end.",
        patches=(edit(streams.Stream.listen, ("if change.is_none:\n    return", "pass")),),
        witness=witness(put("Streamed", _KEY), put("Streamed", _KEY), *_READ_ALL, tables=[_STREAMED]),
    ),
    Fault(
        id="removal-without-old-image",
        area=Area.STREAMS,
        difficulty=Difficulty.MEDIUM,
        sentence="The stream record of a deletion has no OldImage.",
        notice="An archive of deleted items stays empty.",
        patches=(
            edit(
                streams.Stream.__dict__["_content"],
                (
                    "old is not None and self.view_type in VIEWS_OF_OLD",
                    "old is not None and new is not None and self.view_type in VIEWS_OF_OLD",
                ),
            ),
        ),
        witness=witness(put("Streamed", _KEY), delete("Streamed", _KEY), *_READ_ALL, tables=[_STREAMED]),
    ),
    Fault(
        id="replacement-told-as-insertion",
        area=Area.STREAMS,
        difficulty=Difficulty.MEDIUM,
        sentence="An item that replaces another with no attribute in common but the key is told as INSERT.",
        notice="Counters of new items count replaced ones.",
        patches=(
            edit(
                streams.event_name,
                (
                    'if old is None:\n    return "INSERT"',
                    """
                    if old is None or (new is not None and len(old.keys() & new.keys()) == 1 < len(new)):
                        return "INSERT"
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Streamed", item(pk="a", x=1)), put("Streamed", item(pk="a", y=1)), *_READ_ALL, tables=[_STREAMED]
        ),
    ),
    Fault(
        id="very-old-items-expire",
        area=Area.STREAMS,
        difficulty=Difficulty.RARE,
        sentence="Items expire also where the time of their expiry is more than five years ago.",
        notice="Items with a small number in that attribute (a duration, a count) are deleted.",
        patches=(
            edit(
                time_to_live.Expirations.__dict__["_expiry"],
                ("if seconds < self.catalogue.clock() - limits.TIME_TO_LIVE_OLDEST_SECONDS:\n    return None", "pass"),
            ),
        ),
        witness=witness(_EXPIRING, put("Simple", item(pk="a", ends=5)), get("Simple", _KEY)),
    ),
)
