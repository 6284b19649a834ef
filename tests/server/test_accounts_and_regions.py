"""Whose tables they are: those of the credential scope's account and region, or everybody's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference_server import ReferenceServer

TABLE = {
    "TableName": "Music",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def call(server: ReferenceServer, operation: str, request: Any, *, key: str = "any", region: str = "us-east-1") -> Any:
    response = server.handle(
        "POST",
        "/",
        {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"DynamoDB_20120810.{operation}",
            "x-amz-date": "20260101T000000Z",
            "authorization": f"AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/dynamodb/aws4_request,"
            " SignedHeaders=host, Signature=0",
        },
        json.dumps(request).encode(),
    )
    return json.loads(response.body)


def tables(server: ReferenceServer, **who: str) -> list[str]:
    names: list[str] = call(server, "ListTables", {}, **who)["TableNames"]
    return names


def test_a_table_is_its_accounts_and_regions() -> None:
    server = ReferenceServer()
    arn = call(server, "CreateTable", TABLE, key="123456789012", region="eu-west-1")["TableDescription"]["TableArn"]
    assert arn == "arn:aws:dynamodb:eu-west-1:123456789012:table/Music"
    assert tables(server, key="123456789012", region="eu-west-1") == ["Music"]
    assert tables(server, key="123456789012", region="us-east-1") == []
    assert tables(server, key="210987654321", region="eu-west-1") == []
    assert "Item" not in call(server, "CreateTable", TABLE, key="210987654321", region="eu-west-1")


def test_a_key_that_is_no_account_is_everybodys() -> None:
    server = ReferenceServer()
    call(server, "CreateTable", TABLE, key="AKIDONE")
    assert tables(server, key="AKIDOTHER") == ["Music"]


@pytest.mark.parametrize("region", ["None", "local", "ddblocal", "US-EAST-1", "us-east-1"])
def test_what_is_no_region_is_the_default_one(region: str) -> None:
    server = ReferenceServer()
    call(server, "CreateTable", TABLE)
    assert tables(server, region=region) == ["Music"]


def test_one_space_for_all() -> None:
    server = ReferenceServer(shared=True)
    call(server, "CreateTable", TABLE, key="123456789012", region="eu-west-1")
    assert tables(server, key="AKID", region="ap-southeast-2") == ["Music"]


def test_tables_go_with_a_reset() -> None:
    server = ReferenceServer()
    call(server, "CreateTable", TABLE, region="eu-west-1")
    server.reset()
    assert tables(server, region="eu-west-1") == []
