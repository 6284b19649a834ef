"""A table is named by its name or by its ARN, wherever a TableName is asked for (control-plane 2)."""

from __future__ import annotations

import pytest
from calling import Caller, Refused, key_schema

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/Things"


@pytest.fixture
def caller() -> Caller:
    caller = Caller()
    caller.call(
        "CreateTable",
        TableName=ARN,
        KeySchema=key_schema("pk"),
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return caller


def test_a_table_is_created_by_its_arn_under_its_name(caller: Caller) -> None:
    assert caller.call("ListTables") == {"TableNames": ["Things"]}
    for name in ("Things", ARN):
        table = caller.call("DescribeTable", TableName=name)["Table"]
        assert (table["TableName"], table["TableArn"]) == ("Things", ARN)
    caller.call("DeleteTable", TableName=ARN)
    with pytest.raises(Refused, match="Requested resource not found: Table: Things not found"):
        caller.call("DescribeTable", TableName=ARN)


def test_items_are_the_same_by_name_and_by_arn(caller: Caller) -> None:
    item = {"pk": {"S": "a"}}
    caller.call("PutItem", TableName=ARN, Item=item)
    assert caller.call("GetItem", TableName="Things", Key=item) == {"Item": item}


def test_replies_name_the_table_as_the_request_did(caller: Caller) -> None:
    reply = caller.call("GetItem", TableName=ARN, Key={"pk": {"S": "a"}}, ReturnConsumedCapacity="TOTAL")
    assert reply["ConsumedCapacity"]["TableName"] == ARN
    assert list(caller.call("BatchGetItem", RequestItems={ARN: {"Keys": [{"pk": {"S": "a"}}]}})["Responses"]) == [ARN]
