"""Walks over the API: what an application asks for and relies on, feature by feature, the same with every client.

A walk says what it calls, waits for and pages through, and `test_walks.py` holds it to that: what a walk names it has
done, and each operation of the server is in one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sdk_clients import REGION, Client, Refused

AWAY: Final = "eu-west-1"
BUCKET: Final = "clients"
PATIENCE: Final = 20.0  # seconds
STREAM: Final = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


class Walker:
    """A client, and what of it has been used: waiters and paginators by their names."""

    def __init__(self, client: Client, account: str, data_stream: str) -> None:
        self._client = client
        self.account = account
        self.data_stream = data_stream
        self.waited: set[str] = set()
        self.paged: set[str] = set()

    def ask(self, operation: str, region: str = REGION, **request: Any) -> dict[str, Any]:
        return self._client.ask(operation, request, region)

    def refusal(self, operation: str, **request: Any) -> str:
        try:
            self.ask(operation, **request)
        except Refused as refused:
            return refused.name
        raise AssertionError(f"{operation} was not refused")

    def wait(self, waiter: str, region: str = REGION, **request: Any) -> None:
        self.waited.add(waiter)
        self._client.wait(waiter, request, region)

    def pages(self, operation: str, member: str, size: int | None = None, **request: Any) -> list[Any]:
        """All of a member; with the client's paginator, where it has one for the operation."""
        self.paged.add(operation)
        if operation in self._client.paginators:
            return self._client.pages(operation, member, request, size)
        found: list[Any] = self.ask(operation, **request)[member]
        return found

    def until(self, ask: Callable[[], Any], wanted: Any) -> None:
        """For what no SDK has a waiter."""
        deadline = time.monotonic() + PATIENCE
        while (found := ask()) != wanted:
            assert time.monotonic() < deadline, f"{found} is not {wanted}"
            time.sleep(0.05)

    # --- what many walks begin with -----------------------------------------------------------------------

    def create(self, name: str, region: str = REGION, **options: Any) -> str:
        """A table with keys `pk` and `sk`. Returns its ARN."""
        definitions = [("pk", "S"), ("sk", "N"), *options.pop("definitions", [])]
        reply = self.ask(
            "CreateTable",
            region,
            TableName=name,
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in definitions],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            **{"BillingMode": "PAY_PER_REQUEST", **options},
        )
        self.wait("TableExists", region, TableName=name)
        return str(reply["TableDescription"]["TableArn"])

    def put(self, table: str, number: int, **more: Any) -> None:
        self.ask("PutItem", TableName=table, Item=item(number, **more))

    def status(self, table: str, region: str = REGION) -> str:
        return str(self.ask("DescribeTable", region, TableName=table)["Table"]["TableStatus"])

    def scanned(self, table: str, region: str = REGION) -> list[Any]:
        found: list[Any] = self.ask("Scan", region, TableName=table)["Items"]
        return found


def item(number: int, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": "a"}, "sk": {"N": str(number)}, **more}


@dataclass(frozen=True, slots=True)
class Walk:
    go: Callable[[Walker], None]
    calls: frozenset[str]
    waits: frozenset[str]
    pages: frozenset[str]

    @property
    def name(self) -> str:
        return self.go.__name__


WALKS: Final[dict[str, Walk]] = {}


def walk(*, calls: str, waits: str = "", pages: str = "") -> Callable[[Callable[[Walker], None]], Walk]:
    """Names in lists, as the API has them. What creating a table takes need not be said again."""

    def enter(go: Callable[[Walker], None]) -> Walk:
        found = WALKS[go.__name__] = Walk(
            go, frozenset(calls.split()), frozenset(waits.split()), frozenset(pages.split())
        )
        return found

    return enter


# --- tables and items -------------------------------------------------------------------------------------


@walk(
    calls="CreateTable DescribeTable ListTables UpdateTable DeleteTable",
    waits="TableExists TableNotExists",
    pages="ListTables",
)
def tables(walker: Walker) -> None:
    names = ["Albums", "Music", "Songs"]
    for name in names:
        walker.create(name)
    assert walker.pages("ListTables", "TableNames", size=1) == names
    walker.put("Music", 1, n={"N": "5"})
    index = {
        "IndexName": "ByN",
        "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    walker.ask(
        "UpdateTable",
        TableName="Music",
        AttributeDefinitions=[{"AttributeName": "n", "AttributeType": "N"}],
        GlobalSecondaryIndexUpdates=[{"Create": index}],
    )
    walker.until(
        lambda: walker.ask("DescribeTable", TableName="Music")["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"],
        "ACTIVE",
    )
    found = walker.ask(
        "Query",
        TableName="Music",
        IndexName="ByN",
        KeyConditionExpression="n = :n",
        ExpressionAttributeValues={":n": {"N": "5"}},
    )
    assert found["Items"] == [item(1, n={"N": "5"})]
    walker.ask("DeleteTable", TableName="Music")
    walker.wait("TableNotExists", TableName="Music")
    assert walker.refusal("DescribeTable", TableName="Music") == "ResourceNotFoundException"


@walk(calls="PutItem GetItem UpdateItem DeleteItem Query Scan", pages="Query Scan")
def items(walker: Walker) -> None:
    walker.create("Items")
    for number in range(5):
        walker.put("Items", number)
    condition = {"KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}
    queried = walker.pages("Query", "Items", size=2, TableName="Items", **condition)
    assert queried == walker.pages("Scan", "Items", size=2, TableName="Items") == [item(n) for n in range(5)]
    updated = walker.ask(
        "UpdateItem",
        TableName="Items",
        Key=item(1),
        UpdateExpression="ADD n :one SET #l = list_append(:l, :l), t = :t",
        ExpressionAttributeNames={"#l": "list"},
        ExpressionAttributeValues={":one": {"N": "1"}, ":l": {"L": [{"NULL": True}]}, ":t": {"BOOL": True}},
        ReturnValues="ALL_NEW",
    )
    whole = item(1, n={"N": "1"}, list={"L": [{"NULL": True}] * 2}, t={"BOOL": True})
    assert updated["Attributes"] == walker.ask("GetItem", TableName="Items", Key=item(1)).get("Item") == whole
    deleted = walker.ask("DeleteItem", TableName="Items", Key=item(1), ReturnValues="ALL_OLD")
    assert deleted["Attributes"] == whole
    assert "Item" not in walker.ask("GetItem", TableName="Items", Key=item(1))
    unmet = walker.refusal("PutItem", TableName="Items", Item=item(2), ConditionExpression="attribute_not_exists(pk)")
    assert unmet == "ConditionalCheckFailedException"


@walk(calls="BatchWriteItem BatchGetItem TransactWriteItems TransactGetItems")
def batches_and_transactions(walker: Walker) -> None:
    walker.create("Items")
    puts = [{"PutRequest": {"Item": item(number)}} for number in range(5)]
    assert walker.ask("BatchWriteItem", RequestItems={"Items": puts})["UnprocessedItems"] == {}
    keys = [item(1), item(9)]
    got = walker.ask("BatchGetItem", RequestItems={"Items": {"Keys": keys, "ConsistentRead": True}})
    assert (got["Responses"], got["UnprocessedKeys"]) == ({"Items": [item(1)]}, {})
    check = {"TableName": "Items", "Key": item(1), "ConditionExpression": "attribute_exists(pk)"}
    actions: list[dict[str, Any]] = [
        {"Put": {"TableName": "Items", "Item": item(9)}},
        {"Delete": {"TableName": "Items", "Key": item(0)}},
        {"ConditionCheck": check},
    ]
    walker.ask("TransactWriteItems", TransactItems=actions, ClientRequestToken="once")
    walker.ask("TransactWriteItems", TransactItems=actions, ClientRequestToken="once")
    gets = [{"Get": {"TableName": "Items", "Key": key}} for key in (item(9), item(0))]
    assert walker.ask("TransactGetItems", TransactItems=gets)["Responses"] == [{"Item": item(9)}, {}]
    unmet = [{"ConditionCheck": check | {"ConditionExpression": "attribute_not_exists(pk)"}}]
    assert walker.refusal("TransactWriteItems", TransactItems=unmet) == "TransactionCanceledException"


@walk(calls="ListStreams DescribeStream GetShardIterator GetRecords")
def streams(walker: Walker) -> None:
    walker.create("Streamed", StreamSpecification=STREAM)
    walker.put("Streamed", 1)
    walker.put("Streamed", 1, n={"N": "1"})
    walker.ask("DeleteItem", TableName="Streamed", Key=item(1))
    (stream,) = walker.ask("ListStreams", TableName="Streamed")["Streams"]
    arn = stream["StreamArn"]
    told = []
    for shard in walker.ask("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"]:
        start = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = walker.ask("GetShardIterator", **start)["ShardIterator"]
        while iterator is not None:
            page = walker.ask("GetRecords", ShardIterator=iterator, Limit=2)
            told += [(record["eventName"], record["dynamodb"]["Keys"]) for record in page["Records"]]
            iterator = page.get("NextShardIterator") if page["Records"] else None
    assert told == [(name, item(1)) for name in ("INSERT", "MODIFY", "REMOVE")]


# --- what belongs to a table ------------------------------------------------------------------------------


@walk(
    calls="UpdateTimeToLive DescribeTimeToLive TagResource UntagResource ListTagsOfResource",
    pages="ListTagsOfResource",
)
def time_to_live_and_tags(walker: Walker) -> None:
    arn = walker.create("Tagged", Tags=[{"Key": "team", "Value": "blue"}])
    specification = {"Enabled": True, "AttributeName": "ttl"}
    walker.ask("UpdateTimeToLive", TableName="Tagged", TimeToLiveSpecification=specification)
    described = walker.ask("DescribeTimeToLive", TableName="Tagged")["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    walker.put("Tagged", 1, ttl={"N": str(int(time.time()) - 60)})
    walker.until(lambda: walker.scanned("Tagged"), [])
    walker.ask("TagResource", ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])
    walker.ask("UntagResource", ResourceArn=arn, TagKeys=["team"])
    assert walker.pages("ListTagsOfResource", "Tags", ResourceArn=arn) == [{"Key": "stage", "Value": "test"}]


@walk(calls="PutResourcePolicy GetResourcePolicy DeleteResourcePolicy")
def policies(walker: Walker) -> None:
    arn = walker.create("Guarded")
    policy = '{"Version":"2012-10-17","Statement":[]}'
    revision = walker.ask("PutResourcePolicy", ResourceArn=arn, Policy=policy)["RevisionId"]
    got = walker.ask("GetResourcePolicy", ResourceArn=arn)
    assert (got["Policy"], got["RevisionId"]) == (policy, revision)
    walker.ask("DeleteResourcePolicy", ResourceArn=arn, ExpectedRevisionId=revision)
    assert walker.refusal("GetResourcePolicy", ResourceArn=arn) == "PolicyNotFoundException"


@walk(
    calls="UpdateContributorInsights DescribeContributorInsights ListContributorInsights",
    waits="ContributorInsightsEnabled",
    pages="ListContributorInsights",
)
def contributor_insights(walker: Walker) -> None:
    walker.create("Watched")
    walker.ask("UpdateContributorInsights", TableName="Watched", ContributorInsightsAction="ENABLE")
    walker.wait("ContributorInsightsEnabled", TableName="Watched")
    described = walker.ask("DescribeContributorInsights", TableName="Watched")
    assert described["ContributorInsightsStatus"] == "ENABLED"
    listed = walker.pages("ListContributorInsights", "ContributorInsightsSummaries", size=1, TableName="Watched")
    assert [(one["TableName"], one["ContributorInsightsStatus"]) for one in listed] == [("Watched", "ENABLED")]


@walk(calls="DescribeLimits DescribeEndpoints")
def account(walker: Walker) -> None:
    assert walker.ask("DescribeLimits")["AccountMaxReadCapacityUnits"] > 0
    (endpoint,) = walker.ask("DescribeEndpoints")["Endpoints"]
    assert endpoint["CachePeriodInMinutes"] > 0


# --- copies of tables -------------------------------------------------------------------------------------


@walk(calls="CreateBackup DescribeBackup ListBackups RestoreTableFromBackup DeleteBackup", pages="ListBackups")
def backups(walker: Walker) -> None:
    walker.create("Kept")
    walker.put("Kept", 1)
    made = [
        walker.ask("CreateBackup", TableName="Kept", BackupName=name)["BackupDetails"]["BackupArn"]
        for name in ("first", "second")
    ]

    def statuses() -> list[str]:
        described = [walker.ask("DescribeBackup", BackupArn=arn)["BackupDescription"] for arn in made]
        return [one["BackupDetails"]["BackupStatus"] for one in described]

    walker.until(statuses, ["AVAILABLE", "AVAILABLE"])
    walker.ask("DeleteItem", TableName="Kept", Key=item(1))
    walker.ask("RestoreTableFromBackup", BackupArn=made[0], TargetTableName="Restored")
    walker.wait("TableExists", TableName="Restored")
    assert (walker.scanned("Restored"), walker.scanned("Kept")) == ([item(1)], [])
    listed = walker.pages("ListBackups", "BackupSummaries", size=1, TableName="Kept")
    assert sorted(one["BackupName"] for one in listed) == ["first", "second"]
    walker.ask("DeleteBackup", BackupArn=made[0])
    assert [one["BackupArn"] for one in walker.ask("ListBackups", TableName="Kept")["BackupSummaries"]] == made[1:]


def recover(walker: Walker, table: str) -> None:
    enabled = {"PointInTimeRecoveryEnabled": True}
    walker.ask("UpdateContinuousBackups", TableName=table, PointInTimeRecoverySpecification=enabled)


@walk(calls="UpdateContinuousBackups DescribeContinuousBackups RestoreTableToPointInTime")
def point_in_time_recovery(walker: Walker) -> None:
    walker.create("Recovered")
    recover(walker, "Recovered")
    described = walker.ask("DescribeContinuousBackups", TableName="Recovered")["ContinuousBackupsDescription"]
    assert described["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    walker.put("Recovered", 1)
    latest: dict[str, Any] = {"TargetTableName": "Again", "UseLatestRestorableTime": True}
    walker.ask("RestoreTableToPointInTime", SourceTableName="Recovered", **latest)
    walker.wait("TableExists", TableName="Again")
    again = walker.refusal(
        "RestoreTableToPointInTime", SourceTableName="Again", **latest | {"TargetTableName": "Third"}
    )
    assert again == "PointInTimeRecoveryUnavailableException"


@walk(
    calls="ExportTableToPointInTime DescribeExport ListExports ImportTable DescribeImport ListImports",
    waits="ExportCompleted ImportCompleted",
    pages="ListExports ListImports",
)
def exports_and_imports(walker: Walker) -> None:
    source = walker.create("Source")
    recover(walker, "Source")
    for number in range(3):
        walker.put("Source", number)
    exported = [
        walker.ask("ExportTableToPointInTime", TableArn=source, S3Bucket=BUCKET, S3Prefix=walker.account)
        for _ in range(2)
    ]
    arns = [export["ExportDescription"]["ExportArn"] for export in exported]
    for arn in arns:
        walker.wait("ExportCompleted", ExportArn=arn)
    export = walker.ask("DescribeExport", ExportArn=arns[0])["ExportDescription"]
    assert (export["ExportStatus"], export["ItemCount"]) == ("COMPLETED", 3)
    listed = walker.pages("ListExports", "ExportSummaries", size=1, TableArn=source)
    assert sorted(one["ExportArn"] for one in listed) == sorted(arns)
    parameters: dict[str, Any] = {
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    prefix = f"{export['ExportManifest'].rpartition('/')[0]}/data/"
    imports = []
    for name in ("First", "Second"):
        reply = walker.ask(
            "ImportTable",
            S3BucketSource={"S3Bucket": BUCKET, "S3KeyPrefix": prefix},
            InputFormat="DYNAMODB_JSON",
            InputCompressionType="GZIP",
            TableCreationParameters={"TableName": name, **parameters},
        )
        imports.append(reply["ImportTableDescription"]["ImportArn"])
    for arn in imports:
        walker.wait("ImportCompleted", ImportArn=arn)
    described = walker.ask("DescribeImport", ImportArn=imports[0])["ImportTableDescription"]
    assert (described["ImportedItemCount"], described["ErrorCount"]) == (3, 0)
    assert walker.scanned("First") == walker.scanned("Source")
    listed = walker.pages("ListImports", "ImportSummaryList", size=1)
    assert sorted(one["ImportArn"] for one in listed) == sorted(imports)


@walk(
    calls="EnableKinesisStreamingDestination DescribeKinesisStreamingDestination "
    "UpdateKinesisStreamingDestination DisableKinesisStreamingDestination",
    waits="KinesisStreamingDestinationActive",
)
def kinesis_destinations(walker: Walker) -> None:
    walker.create("Told")
    request = {"TableName": "Told", "StreamArn": walker.data_stream}

    def statuses() -> list[str]:
        reply = walker.ask("DescribeKinesisStreamingDestination", TableName="Told")
        return [one["DestinationStatus"] for one in reply["KinesisDataStreamDestinations"]]

    assert walker.ask("EnableKinesisStreamingDestination", **request)["DestinationStatus"] == "ENABLING"
    walker.wait("KinesisStreamingDestinationActive", TableName="Told")
    walker.put("Told", 1)
    micro: Mapping[str, Any] = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
    walker.ask("UpdateKinesisStreamingDestination", **request, UpdateKinesisStreamingConfiguration=micro)
    walker.until(statuses, ["ACTIVE"])
    walker.ask("DisableKinesisStreamingDestination", **request)
    walker.until(statuses, ["DISABLED"])


# --- several regions --------------------------------------------------------------------------------------


@walk(calls="UpdateTable DescribeTableReplicaAutoScaling UpdateTableReplicaAutoScaling")
def global_tables(walker: Walker) -> None:
    walker.create("Everywhere", StreamSpecification=STREAM)
    walker.put("Everywhere", 1)
    walker.ask("UpdateTable", TableName="Everywhere", ReplicaUpdates=[{"Create": {"RegionName": AWAY}}])
    walker.wait("TableExists", AWAY, TableName="Everywhere")
    walker.until(lambda: walker.status("Everywhere"), "ACTIVE")
    walker.put("Everywhere", 2)
    walker.until(lambda: walker.scanned("Everywhere", AWAY), [item(1), item(2)])
    units = {"MinimumUnits": 1, "MaximumUnits": 10}
    walker.ask(
        "UpdateTableReplicaAutoScaling",
        TableName="Everywhere",
        ProvisionedWriteCapacityAutoScalingUpdate=units,
    )
    described = walker.ask("DescribeTableReplicaAutoScaling", TableName="Everywhere")["TableAutoScalingDescription"]
    assert sorted(replica["RegionName"] for replica in described["Replicas"]) == sorted([REGION, AWAY])


@walk(
    calls="CreateGlobalTable DescribeGlobalTable ListGlobalTables UpdateGlobalTable "
    "DescribeGlobalTableSettings UpdateGlobalTableSettings"
)
def legacy_global_tables(walker: Walker) -> None:
    for region in (REGION, AWAY):
        walker.create("Legacy", region, StreamSpecification=STREAM)
    name = {"GlobalTableName": "Legacy"}
    walker.ask("CreateGlobalTable", **name, ReplicationGroup=[{"RegionName": REGION}])

    def regions() -> list[str]:
        reply = walker.ask("DescribeGlobalTable", **name)["GlobalTableDescription"]
        return sorted(replica["RegionName"] for replica in reply["ReplicationGroup"])

    walker.until(regions, [REGION])
    walker.ask("UpdateGlobalTable", **name, ReplicaUpdates=[{"Create": {"RegionName": AWAY}}])
    walker.until(regions, sorted([REGION, AWAY]))
    walker.put("Legacy", 1)
    walker.until(lambda: [one["sk"] for one in walker.scanned("Legacy", AWAY)], [{"N": "1"}])
    listed = walker.ask("ListGlobalTables")["GlobalTables"]
    assert [one["GlobalTableName"] for one in listed] == ["Legacy"]
    settings = walker.ask("DescribeGlobalTableSettings", **name)
    assert sorted(replica["RegionName"] for replica in settings["ReplicaSettings"]) == sorted([REGION, AWAY])
    walker.ask("UpdateGlobalTableSettings", **name, GlobalTableBillingMode="PAY_PER_REQUEST")
