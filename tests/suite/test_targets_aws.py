"""AWS, which these tests never reach: an endpoint of our own stands in for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from conformance.scenario import JSONObject, Outcome, Reply, Step
from conformance.signing import REGION
from conformance.targets.aws import AWSTarget
from conformance.targets.reference import ReferenceServerTarget
from conformance.targets.registry import open_target
from conformance.targets.spending import SpendingGuard
from conformance.targets.target import TargetError, WireRequest

ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "not-a-secret", "TOUCHSTONE_AWS_SPEND": "1"}
TABLE = "touchstone-abc123-Things"


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServerTarget]:
    with ReferenceServerTarget() as server:
        yield server


def aws(server: ReferenceServerTarget, **environment: str) -> AWSTarget:
    """In the region of the dummy signatures, so that what it does can be seen without one."""
    url = str(server.url)
    return AWSTarget(region=REGION, environment={**ENVIRONMENT, **environment}, endpoints=(url, url))


def asked(target: Any, operation: str, **request: Any) -> Reply:
    reply: Reply = target.send(WireRequest.of(Step(operation, request)))
    return reply


def creation(name: str = TABLE, **members: Any) -> JSONObject:
    return {
        "TableName": name,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        **members,
    }


# --- what it needs before it begins -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "region", "complaint"),
    [
        (ENVIRONMENT, "", "AWS needs a region: name it, as in aws:eu-west-2"),
        ({"TOUCHSTONE_AWS_SPEND": "1"}, "eu-west-2", "AWS needs credentials"),
        ({**ENVIRONMENT, "TOUCHSTONE_AWS_SPEND": ""}, "eu-west-2", "AWS costs money: set TOUCHSTONE_AWS_SPEND"),
        ({**ENVIRONMENT, "TOUCHSTONE_AWS_SPEND": "much"}, "eu-west-2", "not numbers"),
        ({**ENVIRONMENT, "TOUCHSTONE_AWS_SPEND": "0"}, "eu-west-2", "allows nothing"),
        ({**ENVIRONMENT, "TOUCHSTONE_AWS_SPEND": "nan"}, "eu-west-2", "allows nothing"),
    ],
)
def test_it_does_not_begin_without_being_told_all(environment: dict[str, str], region: str, complaint: str):
    target = AWSTarget(region=region, environment=environment, endpoints=("http://127.0.0.1:1", "http://127.0.0.1:1"))
    with pytest.raises(TargetError, match=complaint) as refusal, target:
        pass
    assert "\n" not in str(refusal.value)


def test_the_region_is_the_named_one_or_the_environments():
    assert AWSTarget(region="eu-west-2", environment={"AWS_REGION": "us-east-1"}).region == "eu-west-2"
    assert AWSTarget(environment={"AWS_DEFAULT_REGION": "us-east-1"}).region == "us-east-1"


@pytest.mark.parametrize("text", ["aws:eu-west-2", "https://dynamodb.eu-west-2.amazonaws.com", "x=aws:eu-west-2"])
def test_the_guard_cannot_be_gone_round_by_an_address(text: str):
    target = open_target(text)
    assert isinstance(target, AWSTarget)
    assert target.region == "eu-west-2"
    assert not target.resettable


# --- what it sends ----------------------------------------------------------------------------------------


def test_it_signs_answers_and_deletes_only_what_it_created(server: ReferenceServerTarget):
    server.reset()
    assert asked(server, "CreateTable", **creation("Accounts")).outcome is Outcome.ACCEPTED
    with aws(server) as target:
        assert asked(target, "CreateTable", **creation()).outcome is Outcome.ACCEPTED
        assert asked(target, "PutItem", TableName=TABLE, Item={"pk": {"S": "a"}}).outcome is Outcome.ACCEPTED
        assert sorted(asked(server, "ListTables").body["TableNames"]) == ["Accounts", TABLE]
        assert asked(target, "DeleteTable", TableName="Accounts").failure == (
            "not sent: the table 'Accounts' is not of this run"
        )
    assert asked(server, "ListTables").body["TableNames"] == ["Accounts"]


def test_beyond_the_limit_nothing_is_sent_but_what_was_created_is_deleted(server: ReferenceServerTarget):
    server.reset()
    with aws(server, TOUCHSTONE_AWS_SPEND="0.001") as target:
        assert asked(target, "CreateTable", **creation()).outcome is Outcome.ACCEPTED
        replies = [asked(target, "PutItem", TableName=TABLE, Item={"pk": {"S": str(n)}}) for n in range(30)]
        assert replies[0].outcome is Outcome.ACCEPTED
        assert replies[-1].failure.startswith("not sent: the spending limit of 0.001 USD is reached after")
        sent = sum(reply.outcome is Outcome.ACCEPTED for reply in replies)
        assert asked(server, "Scan", TableName=TABLE, Select="COUNT").body["Count"] == sent
        assert "USD at most" in target.describe().how
    assert asked(server, "ListTables").body["TableNames"] == []


def test_there_is_a_limit_of_requests_too():
    guard = SpendingGuard(limit=100, requests=2)
    request = WireRequest.of(Step("ListTables"))
    assert [guard.objection("ListTables", request) for _ in range(3)] == [
        "",
        "",
        "not sent: the limit of 2 requests is reached",
    ]


@pytest.mark.parametrize(
    ("operation", "request_", "complaint"),
    [
        ("CreateBackup", {"TableName": TABLE, "BackupName": "b"}, "not among the operations"),
        ("ExportTableToPointInTime", {}, "not among the operations"),
        ("", {}, "not among the operations"),
        ("PutItem", {"TableName": "Accounts", "Item": {}}, "the table 'Accounts'"),
        ("PutItem", {"TableName": "arn:aws:dynamodb:eu-west-2:0:table/Accounts"}, "the table 'Accounts'"),
        ("BatchWriteItem", {"RequestItems": {"Accounts": []}}, "the table 'Accounts'"),
        ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "Accounts"}}]}, "the table 'Accounts'"),
        ("ExecuteStatement", {"Statement": 'delete from "Accounts" where pk = 1'}, "the table 'Accounts'"),
        ("TagResource", {"ResourceArn": "arn:aws:dynamodb:eu-west-2:0:table/Accounts"}, "the table 'Accounts'"),
        ("CreateTable", creation("Accounts"), "the table 'Accounts'"),
        ("UpdateTable", {"TableName": TABLE, "ReplicaUpdates": []}, "ReplicaUpdates may cost"),
        ("CreateTable", creation(WarmThroughput={"ReadUnitsPerSecond": 1}), "WarmThroughput may cost"),
        (
            "CreateTable",
            creation(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}),
            "more than 5 provisioned units",
        ),
        (
            "CreateTable",
            creation(GlobalSecondaryIndexes=[{"ProvisionedThroughput": {"ReadCapacityUnits": 100}}]),
            "more than 5 provisioned units",
        ),
    ],
)
def test_what_is_not_ours_or_cannot_be_bounded_is_not_sent(operation: str, request_: JSONObject, complaint: str):
    guard = SpendingGuard(limit=100)
    assert complaint in guard.objection(operation, WireRequest.of(Step(operation, request_)))
    assert guard.sent == 0


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("PutItem", {"TableName": TABLE, "Item": {"pk": {"S": "Accounts"}}}),
        ("PutItem", {"TableName": "no/name", "Item": {}}),
        ("CreateTable", creation(ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5})),
        ("GetRecords", {"ShardIterator": "x"}),
        ("ListTables", {}),
    ],
)
def test_what_is_ours_or_must_be_refused_is_sent(operation: str, request_: JSONObject):
    assert SpendingGuard(limit=100).objection(operation, WireRequest.of(Step(operation, request_))) == ""


def test_a_change_that_cannot_be_read_is_not_sent():
    guard = SpendingGuard(limit=100)
    assert "cannot be read" in guard.objection("DeleteTable", WireRequest.of(Step("DeleteTable", raw="{TableName:x}")))
    assert guard.objection("GetItem", WireRequest.of(Step("GetItem", raw="{ nonsense"))) == ""


def test_the_estimate_is_never_less_than_the_list_price():
    """A write of 10 KB to a table with two indexes takes 30 units, of 0.625 USD a million."""
    guard = SpendingGuard(limit=100)
    item = {"pk": {"S": "a"}, "text": {"S": "x" * 10_000}}
    guard.objection("PutItem", WireRequest.of(Step("PutItem", {"TableName": TABLE, "Item": item})))
    assert guard.spent > 30 * 0.625e-6
    before = guard.spent
    guard.objection("UpdateItem", WireRequest.of(Step("UpdateItem", {"TableName": TABLE, "Key": {}})))
    assert guard.spent - before > 30 * 0.625e-6, "a small update writes a large item again"
    before = guard.spent
    guard.objection("Scan", WireRequest.of(Step("Scan", {"TableName": TABLE})))
    assert guard.spent - before > 256 * 0.125e-6
