"""Deliberately wrong implementations, and honest ones that take their freedoms: they test the suite itself.

- `FREEDOMS`: for each rule of canonicalisation an honest reply, one that differs from it only in what the rule
  allows, and wrong ones that differ in the same place and must be caught.
- `FAULTS`: for each layer an honest reply and a wrong one, with the kind that the difference must have.
- `Miniature`: a whole small server with tables and items, whose tables take their time, and which can be told to
  be wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from conformance.divergence import Layer
from conformance.events import TargetDescription
from conformance.scenario import Reply, Step
from conformance.targets.target import Target, WireRequest

NAMESPACE = "com.amazonaws.dynamodb.v20120810"

TABLE = {
    "TableName": "Music",
    "KeySchema": [{"AttributeName": "artist", "KeyType": "HASH"}, {"AttributeName": "song", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "artist", "AttributeType": "S"},
        {"AttributeName": "song", "AttributeType": "S"},
        {"AttributeName": "genre", "AttributeType": "S"},
        {"AttributeName": "year", "AttributeType": "N"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "ByGenre",
            "KeySchema": [{"AttributeName": "genre", "KeyType": "HASH"}, {"AttributeName": "year", "KeyType": "RANGE"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


def accepted(**body: Any) -> Reply:
    return Reply(200, body)


def refused(error: str, message: str | None = None, *, namespace: str = NAMESPACE, **members: Any) -> Reply:
    body = {"__type": f"{namespace}#{error}", **members}
    return Reply(400, body if message is None else {**body, "message": message})


def song(title: str, year: int, **others: Any) -> dict[str, Any]:
    return {"artist": {"S": "a"}, "song": {"S": title}, "genre": {"S": "g"}, "year": {"N": str(year)}, **others}


@dataclass(frozen=True)
class Freedom:
    """What a rule allows, and what it must not hide."""

    rule: str
    step: Step
    honest: Reply
    free: Reply
    wrong: tuple[Reply, ...]


def _created(**members: Any) -> Reply:
    return accepted(TableDescription={"TableName": "Music", **members})


def _described(**members: Any) -> Reply:
    return accepted(Table={"TableName": "Music", **members})


_QUERY_INDEX = Step("Query", {"TableName": "Music", "IndexName": "ByGenre"})
_QUERY_INDEX_PAGE = Step("Query", {"TableName": "Music", "IndexName": "ByGenre", "Limit": 2})
_ARN = "arn:aws:dynamodb:{}:table/{}"
_ITERATOR = "arn:aws:dynamodb:us-east-1:0:table/Music/stream/x|1|QUJD"


def _page(*titles: str, last: str | None = None, **members: Any) -> Reply:
    items = [song(title, 1990) for title in titles]
    body: dict[str, Any] = {"Items": items, "Count": len(items), "ScannedCount": len(items), **members}
    if last is not None:
        body["LastEvaluatedKey"] = {"artist": {"S": "a"}, "song": {"S": last}}
    return Reply(200, body)


def _without(reply: Reply, member: str) -> Reply:
    return Reply(reply.status, {name: value for name, value in reply.body.items() if name != member})


def _index_page(*items: dict[str, Any], last: dict[str, Any] | None = None) -> Reply:
    body: dict[str, Any] = {"Items": list(items), "Count": len(items), "ScannedCount": len(items)}
    if last is not None:
        body["LastEvaluatedKey"] = last
    return Reply(200, body)


def _capacity(*tables: str, units: float = 1.0) -> Reply:
    entries = [{"TableName": table, "CapacityUnits": units} for table in tables]
    return accepted(Responses={}, UnprocessedKeys={}, ConsumedCapacity=entries)


def _record(key: str, event: str) -> dict[str, Any]:
    return {"eventName": event, "dynamodb": {"Keys": {"p": {"S": key}}}}


def _index(name: str, status: str = "ACTIVE") -> dict[str, Any]:
    return {"IndexName": name, "IndexStatus": status}


_DELETING = Step("UpdateTable", {"TableName": "Music", "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "b"}}]})
_KINDS = ("PKC", "SKC", "PKT", "SKT")

FREEDOMS: tuple[Freedom, ...] = (
    Freedom(
        "error namespace",
        Step("GetItem"),
        refused("ValidationException", "No", namespace="com.amazon.coral.validate"),
        refused("ValidationException", "No"),
        (refused("SerializationException", "No", namespace="com.amazon.coral.validate"),),
    ),
    Freedom(
        "member of the message",
        Step("GetItem"),
        refused("ConditionalCheckFailedException", "The conditional request failed"),
        refused("ConditionalCheckFailedException", Message="The conditional request failed"),
        (
            refused("ConditionalCheckFailedException", Message="Another text"),
            refused("ConditionalCheckFailedException"),
            refused("ConditionalCheckFailedException", msg="The conditional request failed"),
        ),
    ),
    Freedom(
        "times",
        Step("DescribeTable"),
        _described(CreationDateTime=1563738398.123),
        _described(CreationDateTime=1795366050),
        (
            _described(CreationDateTime=1563738398123),
            _described(CreationDateTime="2019-07-21T19:46:38Z"),
            _described(CreationDateTime=0.0),
            _described(),
        ),
    ),
    Freedom(
        "table ids",
        Step("DescribeTable"),
        _described(TableId="5ad8a2cf-2d4b-44be-a5be-9a4c4b4a0f5c"),
        _described(TableId="00000000-0000-4000-8000-000000000000"),
        (_described(TableId="Music"), _described()),
    ),
    Freedom(
        "regions and accounts",
        Step("DescribeTable"),
        _described(TableArn=_ARN.format("us-east-1:000000000000", "Music")),
        _described(TableArn=_ARN.format("eu-west-2:123456789012", "Music")),
        (
            _described(TableArn=_ARN.format("us-east-1:000000000000", "Other")),
            _described(TableArn="arn:scylla:alternator:ks:scylla:table/Music"),
            _described(TableArn="Music"),
        ),
    ),
    Freedom(
        "stream labels",
        Step("DescribeTable"),
        _described(LatestStreamLabel="2015-05-11T21:21:33.291"),
        _described(LatestStreamLabel="2026-11-22T16:47:36.503"),
        (_described(LatestStreamLabel='"2026-11-22T16:47:36.503"'), _described(LatestStreamLabel="1795366050.37")),
    ),
    Freedom(
        "stream ids",
        Step("GetShardIterator"),
        accepted(ShardIterator=_ITERATOR),
        accepted(ShardIterator="opaque"),
        (accepted(ShardIterator=""), accepted(), accepted(ShardIterator=1)),
    ),
    Freedom(
        "stream ids",
        Step("DescribeStream"),
        accepted(Shards=[{"ShardId": f"shardId-{1:020}-{2:08}", "SequenceNumberRange": {"SequenceNumber": "1" * 21}}]),
        accepted(Shards=[{"ShardId": f"shardId-{7:020}-{8:08}", "SequenceNumberRange": {"SequenceNumber": "2" * 25}}]),
        (
            accepted(Shards=[{"ShardId": "1", "SequenceNumberRange": {"SequenceNumber": "1" * 21}}]),
            accepted(
                Shards=[{"ShardId": f"shardId-{7:020}-{8:08}", "SequenceNumberRange": {"SequenceNumber": "1" * 20}}]
            ),
        ),
    ),
    Freedom(
        "ids of Alternator",
        Step("DescribeStream"),
        accepted(
            StreamArn="S6a4d11a0-e694-11f1-b5e5-e865cc21d507",
            StreamLabel='"2026-11-22T16:47:33Z"',
            ShardId="H 1a20427a36a:0fef6a851eb938a259b3738588000081",
            eventID="E7c09159f00b471a047269f05b8000001:6a51f53a-e694-11f1-2a6c-3729d55feeab",
        ),
        accepted(
            StreamArn="Sffffffff-e694-11f1-b5e5-e865cc21d507",
            StreamLabel='"2026-11-23T00:00:00Z"',
            ShardId="H 1:00000000000000000000000000000081",
            eventID="E00000000000000000000000000000001:6a51f53a-e694-11f1-2a6c-3729d55feeab",
        ),
        (
            accepted(
                StreamArn="arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-11-22T16:47:33.000",
                StreamLabel='"2026-11-22T16:47:33Z"',
                ShardId="H 1a20427a36a:0fef6a851eb938a259b3738588000081",
                eventID="E7c09159f00b471a047269f05b8000001:6a51f53a-e694-11f1-2a6c-3729d55feeab",
            ),
            accepted(
                StreamArn="S6a4d11a0-e694-11f1-b5e5-e865cc21d507",
                StreamLabel="2026-11-22T16:47:33Z",
                ShardId="H 1a20427a36a:0fef6a851eb938a259b3738588000081",
                eventID="E7c09159f00b471a047269f05b8000001:6a51f53a-e694-11f1-2a6c-3729d55feeab",
            ),
            accepted(
                StreamArn="S6a4d11a0-e694-11f1-b5e5-e865cc21d507",
                StreamLabel='"2026-11-22T16:47:33Z"',
                ShardId="H 1a20427a36a",
                eventID="E7c09159f00b471a047269f05b8000001:6a51f53a-e694-11f1-2a6c-3729d55feeab",
            ),
            accepted(
                StreamArn="S6a4d11a0-e694-11f1-b5e5-e865cc21d507",
                StreamLabel='"2026-11-22T16:47:33Z"',
                ShardId="H 1a20427a36a:0fef6a851eb938a259b3738588000081",
                eventID="7c09159f00b471a047269f05b8000001",
            ),
        ),
    ),
    Freedom(
        "endpoints",
        Step("DescribeEndpoints"),
        accepted(Endpoints=[{"Address": "dynamodb.us-east-1.amazonaws.com", "CachePeriodInMinutes": 1440}]),
        accepted(Endpoints=[{"Address": "127.0.0.1:8000", "CachePeriodInMinutes": 1440}]),
        (
            accepted(Endpoints=[{"Address": "", "CachePeriodInMinutes": 1440}]),
            accepted(Endpoints=[{"Address": "127.0.0.1:8000", "CachePeriodInMinutes": 1}]),
            accepted(Endpoints=[]),
        ),
    ),
    Freedom(
        "status of a created table",
        Step("CreateTable"),
        _created(TableStatus="CREATING", GlobalSecondaryIndexes=[{"IndexName": "i", "IndexStatus": "CREATING"}]),
        _created(TableStatus="ACTIVE", GlobalSecondaryIndexes=[{"IndexName": "i", "IndexStatus": "ACTIVE"}]),
        (
            _created(TableStatus="DELETING", GlobalSecondaryIndexes=[{"IndexName": "i", "IndexStatus": "ACTIVE"}]),
            _created(TableStatus="ACTIVE", GlobalSecondaryIndexes=[{"IndexName": "i"}]),
        ),
    ),
    Freedom(
        "status of an updated table",
        _DELETING,
        _created(AttributeDefinitions=["a", "b"], GlobalSecondaryIndexes=[_index("a"), _index("b", "DELETING")]),
        _created(AttributeDefinitions=["a"], GlobalSecondaryIndexes=[_index("a")]),
        (
            _created(AttributeDefinitions=["a"]),
            _created(AttributeDefinitions=["a"], GlobalSecondaryIndexes=[_index("a"), _index("b")]),
            _created(AttributeDefinitions=["a"], GlobalSecondaryIndexes=[_index("b", "DELETING")]),
        ),
    ),
    Freedom(
        "status of an updated table",
        Step("UpdateTable", {"TableName": "Music", "BillingMode": "PAY_PER_REQUEST"}),
        _created(),
        _created(BillingModeSummary={"BillingMode": "PAY_PER_REQUEST"}),
        (_created(BillingModeSummary="PAY_PER_REQUEST"),),
    ),
    Freedom(
        "status of an updated table",
        Step("UpdateTable"),
        _created(
            TableStatus="UPDATING",
            GlobalSecondaryIndexes=[{"IndexName": "i", "IndexStatus": "CREATING", "Backfilling": False}],
        ),
        _created(TableStatus="ACTIVE", GlobalSecondaryIndexes=[{"IndexName": "i", "IndexStatus": "ACTIVE"}]),
        (
            _created(TableStatus="ACTIVE", GlobalSecondaryIndexes=[{"IndexName": "i", "IndexStatus": "DELETING"}]),
            _created(TableStatus="CREATING", GlobalSecondaryIndexes=[{"IndexName": "i", "IndexStatus": "ACTIVE"}]),
        ),
    ),
    Freedom(
        "status of time to live",
        Step("DescribeTimeToLive"),
        accepted(TimeToLiveDescription={"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}),
        accepted(TimeToLiveDescription={"TimeToLiveStatus": "ENABLING", "AttributeName": "ttl"}),
        (
            accepted(TimeToLiveDescription={"TimeToLiveStatus": "DISABLED"}),
            accepted(TimeToLiveDescription={"TimeToLiveStatus": "ENABLED", "AttributeName": "other"}),
        ),
    ),
    Freedom(
        "status of time to live",
        Step("DescribeTimeToLive"),
        accepted(TimeToLiveDescription={"TimeToLiveStatus": "DISABLED"}),
        accepted(TimeToLiveDescription={"TimeToLiveStatus": "DISABLING", "AttributeName": "ttl"}),
        (accepted(TimeToLiveDescription={"TimeToLiveStatus": "DISABLED", "AttributeName": "ttl"}),),
    ),
    Freedom(
        "sizes of tables",
        Step("DescribeTable"),
        _described(ItemCount=0, TableSizeBytes=0),
        _described(ItemCount=3, TableSizeBytes=120),
        (
            _described(ItemCount=-1, TableSizeBytes=120),
            _described(ItemCount=3),
            _described(ItemCount="3", TableSizeBytes=120),
            _described(ItemCount=3.0, TableSizeBytes=120),
        ),
    ),
    Freedom(
        "order in descriptions",
        Step("DescribeTable"),
        _described(
            AttributeDefinitions=[{"AttributeName": "a"}, {"AttributeName": "b"}],
            KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "RANGE"}],
            LocalSecondaryIndexes=[{"IndexName": "i", "Projection": {"NonKeyAttributes": ["x", "y"]}}],
        ),
        _described(
            AttributeDefinitions=[{"AttributeName": "b"}, {"AttributeName": "a"}],
            KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "RANGE"}],
            LocalSecondaryIndexes=[{"IndexName": "i", "Projection": {"NonKeyAttributes": ["y", "x"]}}],
        ),
        (
            _described(
                AttributeDefinitions=[{"AttributeName": "a"}, {"AttributeName": "b"}],
                KeySchema=[{"AttributeName": "b", "KeyType": "RANGE"}, {"AttributeName": "a", "KeyType": "HASH"}],
                LocalSecondaryIndexes=[{"IndexName": "i", "Projection": {"NonKeyAttributes": ["x", "y"]}}],
            ),
            _described(
                AttributeDefinitions=[{"AttributeName": "a"}, {"AttributeName": "a"}],
                KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}, {"AttributeName": "b", "KeyType": "RANGE"}],
                LocalSecondaryIndexes=[{"IndexName": "i", "Projection": {"NonKeyAttributes": ["x", "y"]}}],
            ),
        ),
    ),
    Freedom(
        "unmodelled twin",
        Step("DescribeTable"),
        _described(BillingModeSummary={"BillingMode": "PAY_PER_REQUEST"}),
        _described(
            BillingModeSummary={"BillingMode": "PAY_PER_REQUEST"},
            TableThroughputModeSummary={"TableThroughputMode": "PAY_PER_REQUEST"},
        ),
        (_described(TableThroughputModeSummary={"TableThroughputMode": "PAY_PER_REQUEST"}),),
    ),
    Freedom(
        "order of tables",
        Step("ListTables"),
        accepted(TableNames=["a", "b"]),
        accepted(TableNames=["b", "a"]),
        (accepted(TableNames=["a"]), accepted(TableNames=["a", "a"]), accepted(TableNames=["b", "c"])),
    ),
    Freedom(
        "order of tables",
        Step("ListTables", {"Limit": 1}),
        accepted(TableNames=["a"], LastEvaluatedTableName="a"),
        accepted(TableNames=["b"], LastEvaluatedTableName="b"),
        (accepted(TableNames=["a", "b"], LastEvaluatedTableName="b"), accepted(TableNames=["a"])),
    ),
    Freedom(
        "order of tables",
        Step("ListTables", {"ExclusiveStartTableName": "a"}),
        accepted(TableNames=["b"]),
        accepted(TableNames=[]),
        (accepted(), accepted(Names=["b"])),
    ),
    Freedom(
        "order of tags",
        Step("ListTagsOfResource"),
        accepted(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]),
        accepted(Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]),
        (accepted(Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "1"}]),),
    ),
    Freedom(
        "order of tags",
        Step("ListTagsOfResource"),
        accepted(Tags=[{"Key": "a", "Value": "1"}], NextToken="a"),
        accepted(Tags=[{"Key": "b", "Value": "2"}], NextToken="AbC="),
        (
            accepted(Tags=[{"Key": "a", "Value": "1"}]),
            accepted(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}], NextToken="b"),
            accepted(Tags=[{"Key": "a", "Value": "1"}], NextToken=7),
        ),
    ),
    Freedom(
        "order of tags",
        Step("ListTagsOfResource", {"NextToken": "a"}),
        accepted(Tags=[{"Key": "b", "Value": "2"}]),
        accepted(Tags=[{"Key": "a", "Value": "1"}]),
        (accepted(Tags=[]), accepted()),
    ),
    Freedom(
        "order of streams",
        Step("ListStreams", {"TableName": "a"}),
        accepted(Streams=[{"TableName": "a", "StreamLabel": "1"}, {"TableName": "a", "StreamLabel": "2"}]),
        accepted(Streams=[{"TableName": "a", "StreamLabel": "2"}, {"TableName": "a", "StreamLabel": "1"}]),
        (accepted(Streams=[{"TableName": "a", "StreamLabel": "1"}]), accepted(Streams=[])),
    ),
    Freedom(
        "order of streams",
        Step("ListStreams", {"TableName": "a"}),
        accepted(Streams=[{"TableName": "a", "StreamLabel": "2026-01-01T00:00:00.000"}]),
        accepted(
            Streams=[
                {"TableName": "a", "StreamLabel": "2026-01-01T00:00:00.000"},
                {"TableName": "a", "StreamLabel": "2025-01-01T00:00:00.000"},
            ]
        ),
        (accepted(Streams=[]), accepted(Streams=[{"TableName": "b", "StreamLabel": "2026-01-01T00:00:00.000"}])),
    ),
    Freedom(
        "order of streams",
        Step("ListStreams"),
        accepted(Streams=[{"TableName": "a"}]),
        accepted(Streams=[{"TableName": "a"}, {"TableName": "deleted"}]),
        (accepted(), accepted(Streams="a")),
    ),
    Freedom(
        "order of records",
        Step("GetRecords"),
        accepted(Records=[_record("a", "INSERT"), _record("b", "INSERT"), _record("a", "MODIFY")]),
        accepted(Records=[_record("b", "INSERT"), _record("a", "INSERT"), _record("a", "MODIFY")]),
        (
            accepted(Records=[_record("a", "MODIFY"), _record("b", "INSERT"), _record("a", "INSERT")]),
            accepted(Records=[_record("a", "INSERT"), _record("b", "INSERT")]),
        ),
    ),
    Freedom(
        "order of records",
        Step("GetRecords", {"Limit": 1}),
        accepted(Records=[_record("a", "INSERT")]),
        accepted(Records=[_record("b", "INSERT")]),
        (accepted(Records=[]), accepted(Records=[_record("a", "INSERT"), _record("b", "INSERT")])),
    ),
    Freedom(
        "status of contributor insights",
        Step("UpdateContributorInsights"),
        accepted(TableName="a", ContributorInsightsStatus="ENABLING"),
        accepted(TableName="a", ContributorInsightsStatus="ENABLED"),
        (accepted(TableName="a", ContributorInsightsStatus="DISABLING"), accepted(TableName="a")),
    ),
    Freedom(
        "status of contributor insights",
        Step("ListContributorInsights"),
        accepted(ContributorInsightsSummaries=[{"IndexName": "a"}, {"IndexName": "b"}]),
        accepted(ContributorInsightsSummaries=[{"IndexName": "b"}, {"IndexName": "a"}]),
        (accepted(ContributorInsightsSummaries=[{"IndexName": "a"}]),),
    ),
    Freedom(
        "rules of contributor insights",
        Step("DescribeContributorInsights"),
        accepted(
            ContributorInsightsRuleList=[f"DynamoDBContributorInsights-{kind}-a-1576616055382" for kind in _KINDS]
        ),
        accepted(
            ContributorInsightsRuleList=[f"DynamoDBContributorInsights-{kind}-a-4af413d11bfcc" for kind in _KINDS]
        ),
        (
            accepted(ContributorInsightsRuleList=["DynamoDBContributorInsights-PKC-a-1576616055382"]),
            accepted(
                ContributorInsightsRuleList=[f"DynamoDBContributorInsights-{kind}-b-1576616055382" for kind in _KINDS]
            ),
            accepted(ContributorInsightsRuleList=[f"DynamoDBContributorInsights-{kind}-a" for kind in _KINDS]),
        ),
    ),
    Freedom(
        "revisions of policies",
        Step("PutResourcePolicy"),
        accepted(RevisionId="1709841168699"),
        accepted(RevisionId="1709841168700"),
        (accepted(RevisionId=""), accepted(RevisionId=1709841168699), accepted()),
    ),
    Freedom(
        "quotas",
        Step("DescribeLimits"),
        accepted(AccountMaxReadCapacityUnits=80_000),
        accepted(AccountMaxReadCapacityUnits=20_000),
        (accepted(AccountMaxReadCapacityUnits=0), accepted(AccountMaxReadCapacityUnits="80000"), accepted()),
    ),
    Freedom(
        "empty body",
        Step("TagResource"),
        Reply(200, ""),
        accepted(),
        (Reply(200, "ok"), accepted(Tags=[])),
    ),
    Freedom(
        "order in sets",
        Step("GetItem"),
        accepted(Item={"p": {"S": "a"}, "s": {"M": {"n": {"NS": ["1", "2.5"]}}}}),
        accepted(Item={"p": {"S": "a"}, "s": {"M": {"n": {"NS": ["2.5", "1"]}}}}),
        (
            accepted(Item={"p": {"S": "a"}, "s": {"M": {"n": {"NS": ["1", "2.50"]}}}}),
            accepted(Item={"p": {"S": "a"}, "s": {"M": {"n": {"NS": ["1", "1", "2.5"]}}}}),
            accepted(Item={"p": {"S": "a"}, "s": {"M": {"n": {"SS": ["1", "2.5"]}}}}),
            accepted(Item={"p": {"S": "a"}, "s": {"M": {"n": {"L": [{"N": "2.5"}, {"N": "1"}]}}}}),
        ),
    ),
    Freedom(
        "order of Scan",
        Step("Scan", {"TableName": "Music"}),
        _page("x", "y"),
        _page("y", "x"),
        (_page("x", "x"), _page("x", "z"), _page("x")),
    ),
    Freedom(
        "pages of Scan",
        Step("Scan", {"TableName": "Music", "Limit": 2}),
        _page("x", "y", last="y"),
        _page("z", "x", last="x"),
        (
            _page("x", last="x"),  # fewer than its Limit, without a filter
            _page("x", "y"),  # no key to go on from
            _page("x", "y", last="y", Count=1),
            _without(_page("x", "y", last="y"), "ScannedCount"),
            Reply(200, {**_page("x", "y").body, "LastEvaluatedKey": {"artist": {"S": "a"}}}),
        ),
    ),
    Freedom(
        "pages of Scan",
        Step("Scan", {"TableName": "Music", "Limit": 2, "FilterExpression": "#year > :year"}),
        _page("x", last="y", ScannedCount=2),
        _page(last="x", ScannedCount=2),
        (
            _page("x", last="x"),  # fewer than its Limit, even of those that the filter has seen
            _page("x", ScannedCount=2),
            _without(_page("x", last="y", ScannedCount=2), "Count"),
        ),
    ),
    Freedom(
        "pages of Scan",
        Step("Scan", {"TableName": "Music", "TotalSegments": 2, "Segment": 0}),
        _page("x", "y"),
        _page("z"),
        (accepted(Items=[]), accepted(Count=1, ScannedCount=1)),
    ),
    Freedom(
        "echoed references",
        Step("ListTagsOfResource", {"ResourceArn": {"$from": "made.TableDescription.TableId"}}),
        refused("ValidationException", "Invalid: f6dfd834-6581-4b5d-9307-bf8690aed727"),
        refused("ValidationException", "Invalid: 8633e7f3-2d3f-4312-9bce-734f8af23922"),
        (
            refused("ValidationException", "Wrong: 8633e7f3-2d3f-4312-9bce-734f8af23922"),
            refused("ValidationException", "Invalid: it"),
            refused("ValidationException"),
        ),
    ),
    Freedom(
        "capacity of followed pages",
        Step("Scan", {"TableName": "Music", "Limit": 1, "ReturnConsumedCapacity": "TOTAL"}, pages=True),
        accepted(Items=[], Count=0, ConsumedCapacity={"TableName": "Music", "CapacityUnits": 1.0}),
        accepted(Items=[], Count=0, ConsumedCapacity={"TableName": "Music", "CapacityUnits": 1.5}),
        (
            accepted(Items=[], Count=0),
            accepted(Items=[], Count=1, ConsumedCapacity={"TableName": "Music", "CapacityUnits": 1.0}),
            accepted(Items=[], Count=0, ConsumedCapacity={"TableName": "Other", "CapacityUnits": 1.0}),
        ),
    ),
    Freedom(
        "pages cut by size",
        Step("Query", {"TableName": "Music"}),
        _page("x", "y", "z", last="z"),
        _page("x", "y", last="y"),
        (
            _page("y", "z", last="z"),
            _page("x", "y", "z"),
            _without(_page("x", "y", "z", last="z"), "ScannedCount"),
            _page("x", "y", "z", last="z", Count="3"),
            accepted(Items=[], LastEvaluatedKey={"artist": {"S": "a"}}),
        ),
    ),
    Freedom(
        "ties in an index",
        _QUERY_INDEX,
        _index_page(song("x", 1990), song("y", 1990), song("z", 1991)),
        _index_page(song("y", 1990), song("x", 1990), song("z", 1991)),
        (
            _index_page(song("x", 1990), song("z", 1991), song("y", 1990)),
            _index_page(song("x", 1990), song("x", 1990), song("z", 1991)),
            _index_page(song("x", 1990), song("y", 1990)),
        ),
    ),
    Freedom(
        "ties in an index",
        Step("Query", {"TableName": _ARN.format("us-east-1:000000000000", "Music"), "IndexName": "ByGenre"}),
        _index_page(song("x", 1990), song("y", 1990)),
        _index_page(song("y", 1990), song("x", 1990)),
        (_index_page(song("x", 1990), song("x", 1990)), _index_page(song("x", 1990))),
    ),
    Freedom(
        "ties in an index",
        _QUERY_INDEX_PAGE,
        _index_page(song("w", 1989), song("x", 1990), last=song("x", 1990)),
        _index_page(song("w", 1989), song("y", 1990), last=song("y", 1990)),
        (
            _index_page(song("v", 1989), song("y", 1990), last=song("y", 1990)),
            _index_page(song("w", 1989), song("y", 1991), last=song("y", 1991)),
            _index_page(song("w", 1989), song("y", 1990)),
        ),
    ),
    Freedom(
        "order of BatchGetItem",
        Step("BatchGetItem"),
        accepted(Responses={"Music": [song("x", 1), song("y", 2)]}, UnprocessedKeys={}),
        accepted(Responses={"Music": [song("y", 2), song("x", 1)]}, UnprocessedKeys={}),
        (
            accepted(Responses={"Music": [song("x", 1), song("y", 3)]}, UnprocessedKeys={}),
            accepted(Responses={"Music": [song("x", 1)]}, UnprocessedKeys={}),
            accepted(Responses={"Music": [song("x", 1), song("y", 2)]}),
        ),
    ),
    Freedom(
        "order of BatchGetItem",
        Step("BatchGetItem"),
        accepted(Responses={"Music": [song("x", 1)]}, UnprocessedKeys={"Music": {"Keys": [{"p": {"S": "y"}}]}}),
        accepted(Responses={"Music": [song("y", 2)]}, UnprocessedKeys={"Music": {"Keys": [{"p": {"S": "x"}}]}}),
        (
            accepted(Responses={"Music": [song("x", 1)]}, UnprocessedKeys={}),
            accepted(Responses={"Music": [song("x", 1)]}, UnprocessedKeys={"Other": {"Keys": [{"p": {"S": "y"}}]}}),
        ),
    ),
    Freedom(
        "order of unprocessed items",
        Step("BatchWriteItem"),
        accepted(UnprocessedItems={"Music": [{"PutRequest": {"Item": song("x", 1)}}, {"DeleteRequest": {}}]}),
        accepted(UnprocessedItems={"Music": [{"DeleteRequest": {}}, {"PutRequest": {"Item": song("x", 1)}}]}),
        (accepted(), accepted(UnprocessedItems={}), accepted(UnprocessedItems={"Music": [{"DeleteRequest": {}}]})),
    ),
    Freedom(
        "sizes of item collections",
        Step("PutItem"),
        accepted(ItemCollectionMetrics={"ItemCollectionKey": {"p": {"S": "a"}}, "SizeEstimateRangeGB": [0, 1]}),
        accepted(ItemCollectionMetrics={"ItemCollectionKey": {"p": {"S": "a"}}, "SizeEstimateRangeGB": [0.1, 0.1]}),
        (
            accepted(ItemCollectionMetrics={"ItemCollectionKey": {"p": {"S": "a"}}, "SizeEstimateRangeGB": [1, 0]}),
            accepted(ItemCollectionMetrics={"ItemCollectionKey": {"p": {"S": "a"}}, "SizeEstimateRangeGB": [-1, 1]}),
            accepted(ItemCollectionMetrics={"ItemCollectionKey": {"p": {"S": "a"}}, "SizeEstimateRangeGB": [0]}),
            accepted(ItemCollectionMetrics={"ItemCollectionKey": {"p": {"S": "b"}}, "SizeEstimateRangeGB": [0, 1]}),
        ),
    ),
    Freedom(
        "sizes of item collections",
        Step("BatchWriteItem"),
        accepted(ItemCollectionMetrics={"Music": [{"ItemCollectionKey": 1}, {"ItemCollectionKey": 2}]}),
        accepted(ItemCollectionMetrics={"Music": [{"ItemCollectionKey": 2}, {"ItemCollectionKey": 1}]}),
        (accepted(ItemCollectionMetrics={"Music": [{"ItemCollectionKey": 1}]}),),
    ),
    Freedom(
        "capacity that was not asked for",
        Step("GetItem", {"ReturnConsumedCapacity": "NONE"}),
        accepted(),
        accepted(ConsumedCapacity={"TableName": "Music", "CapacityUnits": 0.5}),
        (accepted(Capacity={"TableName": "Music"}),),
    ),
    Freedom(
        "numbers of capacity",
        Step("GetItem", {"ReturnConsumedCapacity": "TOTAL"}),
        accepted(ConsumedCapacity={"TableName": "Music", "CapacityUnits": 1.0}),
        accepted(ConsumedCapacity={"TableName": "Music", "CapacityUnits": 1}),
        (
            accepted(ConsumedCapacity={"TableName": "Music", "CapacityUnits": 0.5}),
            accepted(ConsumedCapacity={"TableName": "Music", "CapacityUnits": "1"}),
            accepted(ConsumedCapacity={"TableName": "Music", "CapacityUnits": True}),
            accepted(),
        ),
    ),
    Freedom(
        "order of capacity",
        Step("BatchGetItem", {"ReturnConsumedCapacity": "TOTAL"}),
        _capacity("A", "B"),
        _capacity("B", "A"),
        (_capacity("A"), _capacity("A", "A"), _capacity("A", "B", units=2.0)),
    ),
    Freedom(
        "Java classes",
        Step("PutItem"),
        refused(
            "SerializationException", "Unrecognized collection type java.util.Map<java.lang.String, java.util.List>"
        ),
        refused("SerializationException", "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.Get"),
        (
            refused("SerializationException", "Unrecognized collection"),
            refused("SerializationException", "NUMBER_VALUE cannot be converted to String"),
        ),
    ),
    Freedom(
        "times",
        Step("DescribeExport"),
        accepted(ExportDescription={"ExportTime": 1_700_000_000, "StartTime": 1_700_000_001.5}),
        accepted(ExportDescription={"ExportTime": 1_800_000_000.25, "StartTime": 1_800_000_001}),
        (
            accepted(ExportDescription={"ExportTime": 1_700_000_000_000, "StartTime": 1_700_000_001.5}),
            accepted(ExportDescription={"ExportTime": "2026-01-01", "StartTime": 1_700_000_001.5}),
            accepted(ExportDescription={"StartTime": 1_700_000_001.5}),
        ),
    ),
    Freedom(
        "echoed references",
        Step("DescribeBackup", {"BackupArn": {"$from": "made.BackupDetails.BackupArn"}}),
        refused("BackupNotFoundException", "Backup not found: table/Music/backup/01489602797149-73d8d5bc"),
        refused("BackupNotFoundException", "Backup not found: table/Music/backup/01795395025466-39ce6a1b"),
        (
            refused("BackupNotFoundException", "Backup not found: table/Other/backup/01489602797149-73d8d5bc"),
            refused("BackupNotFoundException", "Backup not found: table/Music/backup/1"),
        ),
    ),
    Freedom(
        "ids of backups and transfers",
        Step("DescribeBackup"),
        accepted(BackupArn="arn:aws:dynamodb:us-east-1:0:table/Music/backup/01489602797149-73d8d5bc"),
        accepted(BackupArn="arn:aws:dynamodb:us-east-1:0:table/Music/backup/01795395025466-39ce6a1b"),
        (
            accepted(BackupArn="arn:aws:dynamodb:us-east-1:0:table/Music/backup/1"),
            accepted(BackupArn="arn:aws:dynamodb:us-east-1:0:table/Other/backup/01489602797149-73d8d5bc"),
            accepted(BackupArn="arn:aws:dynamodb:us-east-1:0:table/Music/export/01489602797149-73d8d5bc"),
        ),
    ),
    Freedom(
        "progress of a restore",
        Step("RestoreTableFromBackup"),
        _created(RestoreSummary={"RestoreInProgress": True}),
        _created(RestoreSummary={"RestoreInProgress": False}),
        (_created(RestoreSummary={}), _created(RestoreSummary={"RestoreInProgress": "true"})),
    ),
    Freedom(
        "status of a created backup",
        Step("CreateBackup"),
        accepted(BackupDetails={"BackupStatus": "CREATING"}),
        accepted(BackupDetails={"BackupStatus": "AVAILABLE"}),
        (accepted(BackupDetails={"BackupStatus": "DELETED"}), accepted(BackupDetails={})),
    ),
    Freedom(
        "sizes of backups",
        Step("DescribeBackup"),
        accepted(BackupDescription={"BackupDetails": {"BackupSizeBytes": 0}}),
        accepted(BackupDescription={"BackupDetails": {"BackupSizeBytes": 120}}),
        (
            accepted(BackupDescription={"BackupDetails": {"BackupSizeBytes": -1}}),
            accepted(BackupDescription={"BackupDetails": {"BackupSizeBytes": "0"}}),
            accepted(BackupDescription={"BackupDetails": {}}),
        ),
    ),
    Freedom(
        "echoed maps",
        Step("BatchWriteItem"),
        refused("ValidationException", "Value '{Music=[WriteRequest(a=1)]}' at 'requestItems' failed: too many"),
        refused("ValidationException", "Value '{Music=[{a: 1}]}' at 'requestItems' failed: too many"),
        (
            refused("ValidationException", "Value '{Music=[{a: 1}]}' at 'requestItems' failed: too few"),
            refused("ValidationException", "Value '{Music=[{a: 1}]}' at 'items' failed: too many"),
            refused("ValidationException", "Value 'Music' at 'requestItems' failed: too many"),
        ),
    ),
)


@dataclass(frozen=True)
class Fault:
    """A wrong reply, the layer in which it shows, and the kind that its difference must have."""

    layer: Layer
    kind: str
    step: Step
    honest: Reply
    wrong: Reply
    path: str = ""


_GET = Step("GetItem", {"TableName": "Music", "ReturnConsumedCapacity": "TOTAL"})
_SYNTAX = 'Invalid ConditionExpression: Syntax error; token: "=", near: "= ="'
_SYNTAX_KIND = 'ValidationException "Invalid ConditionExpression: Syntax error; token: "…", near: "…""'
_REASON = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}

FAULTS: tuple[Fault, ...] = (
    Fault(
        Layer.OUTCOME,
        f"accepted where {_SYNTAX_KIND} was expected",
        Step("PutItem"),
        refused("ValidationException", _SYNTAX),
        accepted(),
    ),
    Fault(
        Layer.OUTCOME,
        f"{_SYNTAX_KIND} where success was expected",
        Step("PutItem"),
        accepted(),
        refused("ValidationException", _SYNTAX),
    ),
    Fault(
        Layer.OUTCOME,
        "failure 500 (KeyError in moto.dynamodb.parsing.take)",
        Step("PutItem"),
        accepted(),
        Reply(500, failure="KeyError in moto.dynamodb.parsing.take: 'price'"),
    ),
    Fault(
        Layer.OUTCOME,
        "failure 500 (KeyError in moto.dynamodb.responses.put_item: 'TableName')",
        Step("PutItem"),
        refused("ValidationException", "Value null at 'tableName'"),
        Reply(500, failure="KeyError in moto.dynamodb.responses.put_item: 'TableName'"),
    ),
    Fault(
        Layer.OUTCOME,
        "failure 500 (ValueError in moto.dynamodb.comparisons._assert: Bad comparison …)",
        Step("PutItem", {"ConditionExpression": "size(title)<:v"}),
        accepted(),
        Reply(500, failure="ValueError in moto.dynamodb.comparisons._assert: Bad comparison ) < :v"),
    ),
    Fault(
        Layer.OUTCOME,
        "failure 500 (RecursionError) where success was expected",
        Step("PutItem"),
        accepted(),
        Reply(500, failure="RecursionError in copy.deepcopy: maximum recursion depth exceeded"),
    ),
    Fault(
        Layer.OUTCOME,
        "failure 500 where success was expected",
        Step("PutItem"),
        accepted(),
        Reply(500, "<html>Internal Server Error</html>"),
    ),
    Fault(
        Layer.OUTCOME,
        "no answer (no answer within 30 s) where success was expected",
        Step("PutItem"),
        accepted(),
        Reply(0, failure="no answer within 30 s"),
    ),
    Fault(Layer.OUTCOME, "status 204 instead of 200", Step("TagResource"), accepted(), Reply(204, {})),
    Fault(
        Layer.ERROR_TYPE,
        'ValidationException instead of ResourceNotFoundException "Requested resource not found: Table: … not found"',
        Step("DescribeTable"),
        refused("ResourceNotFoundException", "Requested resource not found: Table: Music not found"),
        refused("ValidationException", "Cannot do operations on a non-existent table"),
    ),
    Fault(
        Layer.ERROR_TYPE,
        "no error type instead of UnknownOperationException",
        Step("Nonsense"),
        refused("UnknownOperationException"),
        Reply(400, {"error": "what?"}),
    ),
    Fault(
        Layer.ERROR_TYPE,
        "status 404 instead of 400",
        Step("Nonsense"),
        refused("UnknownOperationException"),
        Reply(404, {"__type": "UnknownOperationException"}),
    ),
    Fault(Layer.DATA, "Item: member missing", _GET, accepted(Item=song("x", 1)), accepted(), "Item"),
    Fault(Layer.DATA, "Item: member not expected", _GET, accepted(), accepted(Item={}), "Item"),
    Fault(
        Layer.DATA,
        "Item: a number is written otherwise",
        _GET,
        accepted(Item={"price": {"N": "1.5"}}),
        accepted(Item={"price": {"N": "1.50"}}),
        "Item.price.N",
    ),
    Fault(
        Layer.DATA,
        "Item.<attribute>.N: another number",
        _GET,
        accepted(Item={"price": {"N": "1.5"}}),
        accepted(Item={"price": {"N": "1.6"}}),
        "Item.price.N",
    ),
    Fault(
        Layer.DATA,
        "Item.<attribute>: S instead of N",
        _GET,
        accepted(Item={"price": {"N": "1.5"}}),
        accepted(Item={"price": {"S": "1.5"}}),
        "Item.price",
    ),
    Fault(
        Layer.DATA,
        "Item: a number is written otherwise",
        _GET,
        accepted(Item={"a": {"L": [{"M": {"b": {"N": "1"}}}]}}),
        accepted(Item={"a": {"L": [{"M": {"b": {"N": "1.0"}}}]}}),
        "Item.a.L[0].M.b.N",
    ),
    Fault(
        Layer.DATA,
        "Item: a number in a set is written otherwise",
        _GET,
        accepted(Item={"a": {"NS": ["0", "3"]}}),
        accepted(Item={"a": {"NS": ["+3", "0e9"]}}),
        "Item.a.NS[0]",
    ),
    Fault(
        Layer.DATA,
        "Item.<attribute>.NS[]: another number",
        _GET,
        accepted(Item={"a": {"NS": ["0", "3"]}}),
        accepted(Item={"a": {"NS": ["4", "0"]}}),
        "Item.a.NS[1]",
    ),
    Fault(
        Layer.DATA,
        "ScannedCount: member missing",
        Step("Query", {"TableName": "Music", "Limit": 2}),
        _page("x", "y", last="y"),
        _without(_page("x", "y", last="y"), "ScannedCount"),
        "ScannedCount",
    ),
    Fault(
        Layer.DATA,
        "Count: member missing",
        Step("Scan", {"TableName": "Music", "Limit": 2, "FilterExpression": "attribute_exists(song)"}),
        _page("x", "y", last="y"),
        _without(_page("x", "y", last="y"), "Count"),
        "Count",
    ),
    Fault(
        Layer.DATA,
        "LastEvaluatedKey: member missing",
        Step("Query", {"TableName": "Music"}),
        _page("x", last="x"),
        _page("x"),
        "LastEvaluatedKey",
    ),
    Fault(
        Layer.DATA,
        "Item.<attribute>.BOOL: integer instead of boolean",
        _GET,
        accepted(Item={"a": {"BOOL": True}}),
        accepted(Item={"a": {"BOOL": 1}}),
        "Item.a.BOOL",
    ),
    Fault(
        Layer.DATA,
        "Items: another order",
        Step("Query", {"TableName": "Music"}),
        _page("x", "y"),
        _page("y", "x"),
        "Items",
    ),
    Fault(
        Layer.DATA,
        "Items[].<attribute>: member missing",
        Step("Scan", {"TableName": "Music"}),
        _index_page(song("x", 1, mark={"S": "m"}), song("y", 2)),
        _index_page(song("x", 1), song("y", 2)),
        "Items[0].mark",
    ),
    Fault(
        Layer.DATA,
        "Count: decimal number instead of integer",
        Step("Query", {"TableName": "Music"}),
        accepted(Count=1),
        accepted(Count=1.0),
        "Count",
    ),
    Fault(
        Layer.DATA,
        "TableDescription.TableStatus: ACTIVE instead of DELETING",
        Step("DeleteTable"),
        _created(TableStatus="DELETING"),
        _created(TableStatus="ACTIVE"),
        "TableDescription.TableStatus",
    ),
    Fault(
        Layer.DATA,
        "CancellationReasons[].Code: None instead of ConditionalCheckFailed",
        Step("TransactWriteItems"),
        refused("TransactionCanceledException", "Cancelled", CancellationReasons=[_REASON]),
        refused("TransactionCanceledException", "Other", CancellationReasons=[{"Code": "None"}]),
        "CancellationReasons[0].Code",
    ),
    Fault(
        Layer.DATA,
        "Item: member missing",
        Step("PutItem"),
        refused("ConditionalCheckFailedException", "The conditional request failed", Item=song("x", 1)),
        refused("ConditionalCheckFailedException", "The conditional request failed"),
        "Item",
    ),
    Fault(
        Layer.MESSAGE,
        "message \"Value '…' at 'tableName' is bad\" instead of \"Value '…' at 'tableName' is too short\"",
        _GET,
        refused("ValidationException", "Value 'ab' at 'tableName' is too short"),
        refused("ValidationException", "Value 'ab' at 'tableName' is bad"),
    ),
    Fault(
        Layer.MESSAGE,
        'message missing: "The conditional request failed"',
        _GET,
        refused("ConditionalCheckFailedException", "The conditional request failed"),
        refused("ConditionalCheckFailedException"),
    ),
    Fault(
        Layer.MESSAGE,
        'message "An unknown operation" where none was expected',
        Step("Nonsense"),
        refused("UnknownOperationException"),
        refused("UnknownOperationException", "An unknown operation"),
    ),
    Fault(
        Layer.MESSAGE,
        'message "Requested resource not found: Table: … not found" with other values in it',
        _GET,
        refused("ResourceNotFoundException", "Requested resource not found: Table: Music not found"),
        refused("ResourceNotFoundException", "Requested resource not found: Table: None not found"),
    ),
    Fault(
        Layer.MESSAGE,
        'CancellationReasons[].Message: message "Nope" instead of "The conditional request failed"',
        Step("TransactWriteItems"),
        refused("TransactionCanceledException", "Cancelled", CancellationReasons=[_REASON]),
        refused("TransactionCanceledException", "Cancelled", CancellationReasons=[{**_REASON, "Message": "Nope"}]),
        "CancellationReasons[0].Message",
    ),
    Fault(
        Layer.CAPACITY,
        "ConsumedCapacity.CapacityUnits: another number",
        _GET,
        accepted(ConsumedCapacity={"TableName": "Music", "CapacityUnits": 0.5}),
        accepted(ConsumedCapacity={"TableName": "Music", "CapacityUnits": 1.0}),
        "ConsumedCapacity.CapacityUnits",
    ),
    Fault(
        Layer.CAPACITY,
        "ConsumedCapacity.GlobalSecondaryIndexes.<index>: member missing",
        _GET,
        accepted(ConsumedCapacity={"GlobalSecondaryIndexes": {"ByGenre": {"CapacityUnits": 1.0}}}),
        accepted(ConsumedCapacity={"GlobalSecondaryIndexes": {}}),
        "ConsumedCapacity.GlobalSecondaryIndexes.ByGenre",
    ),
)


@dataclass
class Miniature(Target):
    """A server of three operations on tables and two on items, honest as far as it goes.

    `slowness` is how many DescribeTable requests a table takes from one state to the next. `wrong` gets each
    request's operation and the honest reply, and answers in its place.
    """

    name: str = "miniature"
    resettable: bool = True
    slowness: int = 0
    wrong: Callable[[str, Reply], Reply] = lambda operation, reply: reply
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    received: list[WireRequest] = field(default_factory=list)

    def describe(self) -> TargetDescription:
        return TargetDescription(self.name, "1", "in process")

    def reset(self) -> None:
        self.tables.clear()

    def send(self, request: WireRequest) -> Reply:
        self.received.append(request)
        operation = request.headers.get("x-amz-target", ".").partition(".")[2]
        try:
            body = json.loads(request.body)
        except ValueError:
            return self.wrong(operation, refused("SerializationException"))
        answer = getattr(self, f"_{operation}", None)
        reply = answer(body) if answer else refused("UnknownOperationException")
        return self.wrong(operation, reply)

    def _CreateTable(self, body: dict[str, Any]) -> Reply:
        name = body["TableName"]
        if name in self.tables:
            return refused("ResourceInUseException", f"Table already exists: {name}")
        self.tables[name] = {"status": "CREATING", "patience": self.slowness, "items": {}}
        if not self.slowness:
            self.tables[name]["status"] = "ACTIVE"
        return accepted(TableDescription={"TableName": name, "TableStatus": self.tables[name]["status"]})

    def _DescribeTable(self, body: dict[str, Any]) -> Reply:
        name = body["TableName"]
        table = self.tables.get(name)
        if table is not None and table["status"] != "ACTIVE":
            table["patience"] -= 1
            if table["patience"] <= 0 and table["status"] == "DELETING":
                table = self.tables.pop(name, None) and None
            elif table["patience"] <= 0:
                table["status"] = "ACTIVE"
        if table is None:
            return refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
        return accepted(Table={"TableName": name, "TableStatus": table["status"]})

    def _DeleteTable(self, body: dict[str, Any]) -> Reply:
        name = body["TableName"]
        if name not in self.tables:
            return refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found")
        self.tables[name].update(status="DELETING", patience=self.slowness)
        if not self.slowness:
            del self.tables[name]
        return accepted(TableDescription={"TableName": name, "TableStatus": "DELETING"})

    def _ListTables(self, body: dict[str, Any]) -> Reply:
        return accepted(TableNames=sorted(self.tables))

    def _PutItem(self, body: dict[str, Any]) -> Reply:
        table = self.tables.get(body["TableName"])
        if table is None or table["status"] != "ACTIVE":
            return refused("ResourceNotFoundException", "Requested resource not found")
        table["items"][body["Item"]["artist"]["S"]] = body["Item"]
        return accepted()

    def _GetItem(self, body: dict[str, Any]) -> Reply:
        table = self.tables.get(body["TableName"])
        if table is None or table["status"] != "ACTIVE":
            return refused("ResourceNotFoundException", "Requested resource not found")
        item = table["items"].get(body["Key"]["artist"]["S"])
        return accepted() if item is None else accepted(Item=item)
