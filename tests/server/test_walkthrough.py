"""What a newcomer to ScyllaDB Alternator is shown to do, unchanged but for the address; then what SDKs do besides.

The AWS CLI and boto3 are the real ones, over real HTTP; what is boto3's runs in process too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from serving import serving

from reference_server import in_process

AWS = str(Path(sys.executable).with_name("aws"))
NONE = {"region_name": "None", "aws_access_key_id": "None", "aws_secret_access_key": "None"}
# A fault in the server must be seen, not retried.
CONFIG = Config(retries={"max_attempts": 0})

pytestmark = pytest.mark.skipif(not Path(AWS).exists(), reason="the AWS CLI is not installed beside Python")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(params=["http", "in process"])
def resource(request: pytest.FixtureRequest) -> Iterator[Any]:
    """As the lab makes it."""
    if request.param == "http":
        yield boto3.resource("dynamodb", endpoint_url=request.getfixturevalue("address"), config=CONFIG, **NONE)
    else:
        with in_process():
            yield boto3.resource("dynamodb", endpoint_url="http://localhost:8000", config=CONFIG, **NONE)


@pytest.fixture
def table(resource: Any) -> Iterator[Any]:
    """A table with a sort key, and twenty-five items of one partition in it."""
    table = resource.create_table(
        TableName="Numbers",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait_until_exists()
    with table.batch_writer() as batch:
        for number in range(30):
            batch.put_item(Item={"pk": "p", "sk": number})
    with table.batch_writer() as batch:
        for number in range(25, 30):
            batch.delete_item(Key={"pk": "p", "sk": number})
    yield table
    table.delete()
    table.wait_until_not_exists()


@pytest.fixture
def aws(address: str, tmp_path: Path) -> Callable[..., Any]:
    """The AWS CLI. Returns what it prints, read as JSON."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "AWS_ACCESS_KEY_ID": "None",
        "AWS_SECRET_ACCESS_KEY": "None",
        "AWS_DEFAULT_REGION": "None",
        "AWS_MAX_ATTEMPTS": "1",
        "HOME": str(tmp_path),  # nobody's configuration
    }

    def run(*arguments: str) -> Any:
        command = [AWS, "--output", "json", "dynamodb", "--endpoint-url", address, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    return run


def test_the_command_line(aws: Callable[..., Any]) -> None:
    created = aws(
        "create-table",
        *("--table-name", "MusicCollection"),
        "--attribute-definitions",
        "AttributeName=Artist,AttributeType=S",
        "AttributeName=SongTitle,AttributeType=S",
        "--key-schema",
        "AttributeName=Artist,KeyType=HASH",
        "AttributeName=SongTitle,KeyType=RANGE",
        *("--provisioned-throughput", "ReadCapacityUnits=1,WriteCapacityUnits=1"),
    )
    assert created["TableDescription"]["TableName"] == "MusicCollection"
    assert created["TableDescription"]["ProvisionedThroughput"]["ReadCapacityUnits"] == 1

    item = {
        "Artist": {"S": "No One You Know"},
        "SongTitle": {"S": "Call Me Today"},
        "AlbumTitle": {"S": "Somewhat Famous"},
    }
    aws("put-item", "--table-name", "MusicCollection", "--item", json.dumps(item))

    found = aws(
        "query",
        *("--table-name", "MusicCollection"),
        *("--key-condition-expression", "Artist = :v1 AND SongTitle = :v2"),
        "--expression-attribute-values",
        json.dumps({":v1": item["Artist"], ":v2": item["SongTitle"]}),
    )
    assert found["Items"] == [item]
    assert (found["Count"], found["ScannedCount"]) == (1, 1)

    aws("delete-table", "--table-name", "MusicCollection")
    assert aws("list-tables")["TableNames"] == []


def test_the_resource(resource: Any) -> None:
    table = resource.create_table(
        BillingMode="PAY_PER_REQUEST",
        TableName="mutant_data",
        KeySchema=[
            {"AttributeName": "last_name", "KeyType": "HASH"},
            {"AttributeName": "first_name", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "last_name", "AttributeType": "S"},
            {"AttributeName": "first_name", "AttributeType": "S"},
        ],
    )
    mutants = [
        {"last_name": "Loblaw", "first_name": "Bob", "address": "1313 Mockingbird Lane"},
        {"last_name": "Jeffries", "first_name": "Jim", "address": "1211 Hollywood Lane"},
    ]
    written = resource.batch_write_item(
        RequestItems={"mutant_data": [{"PutRequest": {"Item": mutant}} for mutant in mutants]}
    )
    assert written["UnprocessedItems"] == {}
    keys = [{name: mutant[name] for name in ("last_name", "first_name")} for mutant in mutants]
    read = resource.batch_get_item(RequestItems={"mutant_data": {"Keys": keys}})
    assert read["UnprocessedKeys"] == {}
    by_name = sorted(read["Responses"]["mutant_data"], key=lambda mutant: mutant["last_name"])
    assert by_name == [mutants[1], mutants[0]]
    table.delete()
    table.wait_until_not_exists()


def test_waiters_and_the_batch_writer(table: Any) -> None:
    client = table.meta.client
    client.get_waiter("table_exists").wait(TableName=table.name)
    assert table.scan()["Count"] == 25


@pytest.mark.parametrize("page_size", [1, 7, 25, 100])
def test_pages_of_items(table: Any, page_size: int) -> None:
    client = table.meta.client
    condition = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": "p"}}
    for operation, arguments in (("query", condition), ("scan", {})):
        pages = client.get_paginator(operation).paginate(
            TableName=table.name, PaginationConfig={"PageSize": page_size}, **arguments
        )
        assert [int(item["sk"]) for page in pages for item in page["Items"]] == list(range(25))


def test_pages_of_tables(resource: Any) -> None:
    client = resource.meta.client
    names = [f"Table-{number}" for number in range(5)]
    for name in names:
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    pages = client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
    assert [name for page in pages for name in page["TableNames"]] == names
    for name in names:
        client.delete_table(TableName=name)
        client.get_waiter("table_not_exists").wait(TableName=name)
