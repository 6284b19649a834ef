"""The AWS CLI in its own notations, as people type them; `walks.py` says what else it is asked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sdk_clients import Driver, environment_without_aws

Run = Callable[..., dict[str, Any]]
Aws = Callable[..., Any]


@pytest.fixture
def run(endpoint: str, aws_cli: Driver) -> Run:
    """What it exits with, and what it prints."""
    environment = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_ENDPOINT_URL": endpoint}

    def run(*words: Any) -> dict[str, Any]:
        texts = [word if isinstance(word, str) else json.dumps(word) for word in words]
        arguments = ["--region", "us-east-1", "--output", "json", "dynamodb", *texts]
        ran: dict[str, Any] = aws_cli.ask(arguments=arguments, environment=environment)
        return ran

    return run


@pytest.fixture
def aws(run: Run) -> Aws:
    """What it prints; it must succeed."""

    def aws(*words: Any) -> Any:
        ran = run(*words)
        assert ran["status"] == 0, ran["err"]
        return json.loads(ran["out"]) if ran["out"].strip() else None

    return aws


def create(aws: Aws, table: str, *more: Any) -> str:
    """A table with keys `pk` and `sk`, once the waiter has seen it. Returns its ARN."""
    made = aws(
        *("create-table", "--table-name", table, "--billing-mode", "PAY_PER_REQUEST"),
        *("--attribute-definitions", "AttributeName=pk,AttributeType=S", "AttributeName=sk,AttributeType=N"),
        *("--key-schema", "AttributeName=pk,KeyType=HASH", "AttributeName=sk,KeyType=RANGE"),
        *more,
    )
    aws("wait", "table-exists", "--table-name", table)
    arn: str = made["TableDescription"]["TableArn"]
    return arn


def item(pk: str, sk: int, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"N": str(sk)}, **more}


def test_the_program_itself(endpoint: str, tmp_path: Path) -> None:
    """Once in a process of its own, as a shell starts it."""
    # Beside the interpreter, where it is installed for the tests; otherwise wherever it is.
    program = shutil.which("aws", path=str(Path(sys.executable).parent)) or shutil.which("aws")
    if program is None:
        pytest.skip("the AWS CLI is not installed")
    environment = environment_without_aws() | {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_PAGER": "",
    }
    command = [program, "--output", "text", "dynamodb", "describe-limits", "--query", "TableMaxReadCapacityUnits"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) > 0


def test_tables_and_their_settings_in_shorthand(aws: Aws) -> None:
    arn = create(
        aws,
        "Short",
        *("--stream-specification", "StreamEnabled=true,StreamViewType=KEYS_ONLY"),
        *("--tags", "Key=team,Value=blue", "Key=stage,Value=test"),
        *("--local-secondary-indexes",),
        "IndexName=ByT,KeySchema=[{AttributeName=pk,KeyType=HASH},{AttributeName=sk,KeyType=RANGE}],"
        "Projection={ProjectionType=INCLUDE,NonKeyAttributes=[a,b]}",
    )
    table = ("--table-name", "Short")
    described = aws("describe-table", *table)["Table"]
    assert described["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    assert described["LocalSecondaryIndexes"][0]["Projection"]["NonKeyAttributes"] == ["a", "b"]
    aws("update-time-to-live", *table, "--time-to-live-specification", "Enabled=true,AttributeName=ttl")
    assert aws("describe-time-to-live", *table)["TimeToLiveDescription"]["AttributeName"] == "ttl"
    aws("untag-resource", "--resource-arn", arn, "--tag-keys", "team")
    assert aws("list-tags-of-resource", "--resource-arn", arn)["Tags"] == [{"Key": "stage", "Value": "test"}]
    aws("update-table", *table, "--deletion-protection-enabled")
    aws("update-table", *table, "--no-deletion-protection-enabled")
    aws("delete-table", *table)
    aws("wait", "table-not-exists", *table)


def test_items_and_pages(aws: Aws, run: Run) -> None:
    create(aws, "Items")
    table = ("--table-name", "Items")
    puts = [{"PutRequest": {"Item": item("a", number)}} for number in range(7)]
    assert aws("batch-write-item", "--request-items", {"Items": puts})["UnprocessedItems"] == {}
    first = aws("scan", *table, "--max-items", "3", "--page-size", "2")
    rest = aws("scan", *table, "--starting-token", first["NextToken"])
    assert first["Items"] + rest["Items"] == [item("a", number) for number in range(7)]
    counted = aws(
        *("query", *table, "--key-condition-expression", "pk = :a AND sk > :n", "--no-scan-index-forward"),
        *("--expression-attribute-values", '{":a": {"S": "a"}, ":n": {"N": "2"}}', "--query", "Items[0].sk.N"),
    )
    assert counted == "6"
    aws("put-item", *table, "--item", "pk={S=b},sk={N=1},list={L=[{S=x},{NULL=true}]},set={NS=[1,2]}")
    got = aws("get-item", *table, "--key", "pk={S=b},sk={N=1}", "--consistent-read")["Item"]
    got["set"]["NS"].sort()
    assert got == item("b", 1, list={"L": [{"S": "x"}, {"NULL": True}]}, set={"NS": ["1", "2"]})
    refused = run("put-item", *table, "--item", item("a", 1), "--condition-expression", "attribute_not_exists(pk)")
    assert refused["status"] != 0
    assert "(ConditionalCheckFailedException)" in refused["err"]
