"""The AWS CLI over HTTP: tables, items, transactions, streams, expiry, tags, backups, replicas; with its waiters."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# Beside the interpreter, where it is installed for the tests; otherwise wherever it is.
AWS = shutil.which("aws", path=str(Path(sys.executable).parent)) or shutil.which("aws")
pytestmark = pytest.mark.skipif(AWS is None, reason="the AWS CLI is not installed")

REGION = "us-east-1"
PATIENCE = 10.0  # seconds
Aws = Callable[..., Any]


@pytest.fixture(scope="module")
def run(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run it with these arguments, whatever the user's own configuration says."""
    nowhere = str(tmp_path_factory.mktemp("aws") / "none")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_PAGER": "",
    }

    def run(*words: Any, service: str = "dynamodb", region: str = REGION) -> subprocess.CompletedProcess[str]:
        texts = [word if isinstance(word, str) else json.dumps(word) for word in words]
        command = [str(AWS), "--region", region, "--output", "json", service, *texts]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=60)

    return run


@pytest.fixture(scope="module")
def aws(run: Callable[..., subprocess.CompletedProcess[str]]) -> Aws:
    """Run it, and have what it prints; it must succeed."""

    def aws(*words: Any, **where: str) -> Any:
        ran = run(*words, **where)
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout) if ran.stdout.strip() else None

    return aws


def create(aws: Aws, table: str, *more: Any, region: str = REGION) -> str:
    """A table with keys `pk` and `sk`, once the waiter has seen it. Returns its ARN."""
    made = aws(
        *("create-table", "--table-name", table, "--billing-mode", "PAY_PER_REQUEST"),
        *("--attribute-definitions", "AttributeName=pk,AttributeType=S", "AttributeName=sk,AttributeType=N"),
        *("--key-schema", "AttributeName=pk,KeyType=HASH", "AttributeName=sk,KeyType=RANGE"),
        *more,
        region=region,
    )
    aws("wait", "table-exists", "--table-name", table, region=region)
    arn: str = made["TableDescription"]["TableArn"]
    return arn


def item(pk: str, sk: int, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"N": str(sk)}, **more}


def active(ask: Callable[[], str]) -> None:
    """Until what is asked for answers ACTIVE (or AVAILABLE, as backups say it)."""
    until = time.monotonic() + PATIENCE
    while (status := ask()) not in ("ACTIVE", "AVAILABLE"):
        assert time.monotonic() < until, status
        time.sleep(0.2)


def test_a_table_lives_and_dies(aws: Aws, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    create(aws, "Lives")
    assert "Lives" in aws("list-tables")["TableNames"]
    index = {
        "IndexName": "by-n",
        "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    aws("put-item", "--table-name", "Lives", "--item", item("a", 1, n={"N": "5"}))
    aws(
        *("update-table", "--table-name", "Lives", "--attribute-definitions", "AttributeName=n,AttributeType=N"),
        *("--global-secondary-index-updates", [{"Create": index}]),
    )

    def index_status() -> str:
        described = aws("describe-table", "--table-name", "Lives")["Table"]
        status: str = described["GlobalSecondaryIndexes"][0]["IndexStatus"]
        return status

    active(index_status)
    found = aws(
        *("query", "--table-name", "Lives", "--index-name", "by-n", "--key-condition-expression", "n = :n"),
        *("--expression-attribute-values", {":n": {"N": "5"}}),
    )
    assert found["Items"] == [item("a", 1, n={"N": "5"})]
    aws("delete-table", "--table-name", "Lives")
    aws("wait", "table-not-exists", "--table-name", "Lives")
    refused = run("describe-table", "--table-name", "Lives")
    assert refused.returncode != 0
    assert "(ResourceNotFoundException)" in refused.stderr


def test_items_pages_and_transactions(aws: Aws, run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    create(aws, "Items")
    table = ("--table-name", "Items")
    puts = [{"PutRequest": {"Item": item("a", number)}} for number in range(7)]
    assert aws("batch-write-item", "--request-items", {"Items": puts})["UnprocessedItems"] == {}
    queried = aws(
        *("query", *table, "--page-size", "2", "--key-condition-expression", "pk = :a"),
        *("--expression-attribute-values", {":a": {"S": "a"}}),
    )
    assert queried["Items"] == [item("a", number) for number in range(7)]
    first = aws("scan", *table, "--max-items", "3")
    rest = aws("scan", *table, "--starting-token", first["NextToken"])
    assert first["Items"] + rest["Items"] == queried["Items"]
    updated = aws(
        *("update-item", *table, "--key", item("a", 1), "--update-expression", "ADD n :one"),
        *("--expression-attribute-values", {":one": {"N": "1"}}, "--return-values", "ALL_NEW"),
    )
    assert updated["Attributes"] == item("a", 1, n={"N": "1"})
    aws(
        "transact-write-items",
        "--transact-items",
        [
            {"Put": {"TableName": "Items", "Item": item("b", 1)}},
            {"Delete": {"TableName": "Items", "Key": item("a", 0)}},
            {
                "ConditionCheck": {
                    "TableName": "Items",
                    "Key": item("a", 1),
                    "ConditionExpression": "attribute_exists(n)",
                }
            },
        ],
    )
    got = aws(
        "transact-get-items",
        "--transact-items",
        [{"Get": {"TableName": "Items", "Key": key}} for key in (item("b", 1), item("a", 0))],
    )
    assert got["Responses"] == [{"Item": item("b", 1)}, {}]
    aws("delete-item", *table, "--key", item("b", 1))
    assert aws("get-item", *table, "--key", item("b", 1)) in (None, {})
    refused = run("put-item", *table, "--item", item("a", 1), "--condition-expression", "attribute_not_exists(pk)")
    assert refused.returncode != 0
    assert "(ConditionalCheckFailedException)" in refused.stderr


def test_a_stream_is_read(aws: Aws) -> None:
    create(aws, "Streamed", "--stream-specification", "StreamEnabled=true,StreamViewType=KEYS_ONLY")
    aws("put-item", "--table-name", "Streamed", "--item", item("a", 1))
    aws("delete-item", "--table-name", "Streamed", "--key", item("a", 1))
    service = "dynamodbstreams"
    [stream] = aws("list-streams", "--table-name", "Streamed", service=service)["Streams"]
    arn = ("--stream-arn", stream["StreamArn"])
    names = []
    for shard in aws("describe-stream", *arn, service=service)["StreamDescription"]["Shards"]:
        iterator = aws(
            *("get-shard-iterator", *arn, "--shard-id", shard["ShardId"]),
            *("--shard-iterator-type", "TRIM_HORIZON"),
            service=service,
        )["ShardIterator"]
        records = aws("get-records", "--shard-iterator", iterator, service=service)["Records"]
        names += [record["eventName"] for record in records]
    assert names == ["INSERT", "REMOVE"]


def test_time_to_live_and_tags(aws: Aws) -> None:
    arn = create(aws, "Tagged", "--tags", "Key=team,Value=blue")
    table = ("--table-name", "Tagged")
    aws("update-time-to-live", *table, "--time-to-live-specification", "Enabled=true,AttributeName=ttl")
    described = aws("describe-time-to-live", *table)["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    aws("tag-resource", "--resource-arn", arn, "--tags", "Key=stage,Value=test")
    aws("untag-resource", "--resource-arn", arn, "--tag-keys", "team")
    assert aws("list-tags-of-resource", "--resource-arn", arn)["Tags"] == [{"Key": "stage", "Value": "test"}]


def test_a_backup_is_restored(aws: Aws) -> None:
    create(aws, "Kept")
    aws("put-item", "--table-name", "Kept", "--item", item("a", 1))
    made = aws("create-backup", "--table-name", "Kept", "--backup-name", "before")["BackupDetails"]
    backup = ("--backup-arn", made["BackupArn"])
    active(lambda: aws("describe-backup", *backup)["BackupDescription"]["BackupDetails"]["BackupStatus"])
    aws("delete-item", "--table-name", "Kept", "--key", item("a", 1))
    aws("restore-table-from-backup", *backup, "--target-table-name", "Restored")
    active(lambda: aws("describe-table", "--table-name", "Restored")["Table"]["TableStatus"])
    assert aws("scan", "--table-name", "Restored")["Items"] == [item("a", 1)]
    assert aws("scan", "--table-name", "Kept")["Items"] == []
    listed = aws("list-backups", "--table-name", "Kept")["BackupSummaries"]
    assert [summary["BackupName"] for summary in listed] == ["before"]
    aws("delete-backup", *backup)
    assert aws("list-backups", "--table-name", "Kept")["BackupSummaries"] == []


def test_a_global_table_in_two_regions(aws: Aws) -> None:
    create(aws, "Everywhere", "--stream-specification", "StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES")
    table = ("--table-name", "Everywhere")
    aws("update-table", *table, "--replica-updates", [{"Create": {"RegionName": "eu-west-1"}}])
    active(lambda: aws("describe-table", *table)["Table"]["Replicas"][0]["ReplicaStatus"])
    aws("wait", "table-exists", *table, region="eu-west-1")
    aws("put-item", *table, "--item", item("a", 1))
    until = time.monotonic() + PATIENCE
    while not (found := aws("scan", *table, region="eu-west-1")["Items"]):
        assert time.monotonic() < until
    assert [(one["pk"], one["sk"]) for one in found] == [({"S": "a"}, {"N": "1"})]
