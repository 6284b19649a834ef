"""A table is named by its name or by its ARN, wherever a TableName is asked for (control-plane 2)."""

from __future__ import annotations

import pytest
from calling import Caller, Refused, key_schema

from reference_server import ReferenceServer

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


@pytest.mark.parametrize(
    "elsewhere", [ARN.replace("us-east-1", "eu-west-1"), ARN.replace("000000000000", "123456789012")]
)
def test_an_arn_of_elsewhere_is_no_table_here(caller: Caller, elsewhere: str) -> None:
    with pytest.raises(Refused, match="Requested resource not found: Table: Things not found"):
        caller.call("DescribeTable", TableName=elsewhere)
    with pytest.raises(Refused, match="Requested resource not found: Table: Things not found"):
        caller.call("DeleteTable", TableName=elsewhere)
    with pytest.raises(Refused, match=r"Requested resource not found$"):
        caller.call("PutItem", TableName=elsewhere, Item={"pk": {"S": "a"}})
    with pytest.raises(Refused, match="ValidationException: Invalid TableArn"):
        caller.call(
            "CreateTable",
            TableName=elsewhere.replace("Things", "Other"),
            KeySchema=key_schema("pk"),
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


def test_where_all_share_one_space_every_arn_is_of_it() -> None:
    caller = Caller()
    caller.server = ReferenceServer(shared=True)
    caller.create_table("Things", "pk:S")
    elsewhere = ARN.replace("us-east-1", "eu-west-1").replace("000000000000", "123456789012")
    caller.call("PutItem", TableName=elsewhere, Item={"pk": {"S": "a"}})
    assert caller.call("Scan", TableName="Things", Select="COUNT")["Count"] == 1


@pytest.mark.parametrize("tail", ["/index/ByG", "/stream/2015-05-11T21:21:33.291", "/"])
def test_an_arn_of_what_is_in_a_table_is_refused(caller: Caller, tail: str) -> None:
    with pytest.raises(Refused, match="ValidationException"):
        caller.call("GetItem", TableName=ARN + tail, Key={"pk": {"S": "a"}})
