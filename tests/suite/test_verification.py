"""Reproducers are run, and what they show is held against what the suite gets: `verification.py`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from conformance import verification
from conformance.scenario import JSONObject, Scenario, Step
from conformance.targets.reference import ReferenceServerTarget
from conformance.verification import verify

pytest.importorskip("boto3")
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="the shell scripts need curl")

TABLE: JSONObject = {
    "TableName": "Things",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
THINGS = {"TableName": "Things"}


def key(number: int) -> JSONObject:
    return {"pk": {"S": "it's"}, "sk": {"N": str(number)}}


def put(number: int, **attributes: Any) -> Step:
    return Step("PutItem", {**THINGS, "Item": {**key(number), **attributes}})


PUTS = tuple(put(number, größe={"N": "1.50"}, text={"S": '"quoted" $HOME `x` \\n %s'}) for number in range(2))
QUERY: JSONObject = {
    **THINGS,
    "KeyConditionExpression": "pk = :p",
    "ExpressionAttributeValues": {":p": {"S": "it's"}},
    "Limit": 1,
}
CANCELLED = {
    "TransactItems": [
        {"Put": {**THINGS, "Item": key(7)}},
        {"ConditionCheck": {**THINGS, "Key": key(0), "ConditionExpression": "attribute_not_exists(pk)"}},
    ]
}
TOKEN = {"TransactItems": [{"Put": {**THINGS, "Item": key(7)}}], "ClientRequestToken": "once"}

SCENARIOS = {
    "an item": (put(1, b={"B": "/w=="}, s={"BS": ["YQ=="]}), Step("GetItem", {**THINGS, "Key": key(1)})),
    "a page": (*PUTS, Step("Query", QUERY)),
    "pages": (*PUTS, Step("Query", QUERY, pages=True)),
    "pages with what they cost": (*PUTS, Step("Query", {**QUERY, "ReturnConsumedCapacity": "TOTAL"}, pages=True)),
    "the next page": (
        *PUTS,
        Step("Query", QUERY, label="page"),
        Step("Query", {**QUERY, "ExclusiveStartKey": {"$from": "page.LastEvaluatedKey"}}),
    ),
    "from a page that has no next": (
        Step("Query", QUERY, label="page"),
        Step("Query", {**QUERY, "ExclusiveStartKey": {"$from": "page.LastEvaluatedKey"}}),
    ),
    "a refusal": (Step("PutItem", {**THINGS, "Item": {"pk": {"S": ""}, "sk": {"N": "1"}}}),),
    "a failed condition with its item": (
        put(1),
        Step(
            "PutItem",
            {
                **THINGS,
                "Item": key(1),
                "ConditionExpression": "attribute_not_exists(pk)",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            },
        ),
    ),
    "a cancelled transaction": (put(0), Step("TransactWriteItems", CANCELLED)),
    "a token twice": (Step("TransactWriteItems", TOKEN), Step("TransactWriteItems", TOKEN)),
    "a batch": (
        Step("BatchWriteItem", {"RequestItems": {"Things": [{"PutRequest": {"Item": key(n)}} for n in range(3)]}}),
        Step("BatchGetItem", {"RequestItems": {"Things": {"Keys": [key(0), key(9)]}}}),
    ),
    "JSON of another type": (Step("PutItem", {**THINGS, "Item": {"pk": {"S": 5}, "sk": None}}),),
    "bytes that are no JSON": (Step("PutItem", raw="{not 'json' \\ %s \0"),),
    "no signature": (Step("ListTables", headers={"authorization": None}),),
    "no target": (Step("ListTables", headers={"x-amz-target": None}),),
    "another path": (Step("ListTables", method="PUT", path="/nowhere"),),
    "a table that goes": (Step("DeleteTable", THINGS), Step("DescribeTable", THINGS)),
    "a table that cannot be": (Step("CreateTable", {**TABLE, "TableName": "Others", "KeySchema": []}),),
    "a table taken from": (
        Step("CreateTable", {**TABLE, "TableName": "Others"}, label="made"),
        Step("DescribeTable", {"TableName": {"$from": "made.TableDescription.TableArn"}}),
    ),
    "a table described": (Step("DescribeTable", THINGS),),
    "an operation that clients have and our model has not": (Step("DescribeLimits", {}),),
}


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServerTarget]:
    with ReferenceServerTarget() as started:
        yield started


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_notation_shows_what_the_suite_gets(server: ReferenceServerTarget, name: str) -> None:
    scenario = Scenario("s", "generated", (TABLE,), SCENARIOS[name], name)
    verdicts = verify(scenario, len(scenario.steps) - 1, server)
    if "version 1" in verdicts["aws_cli"]:
        assert name == "an item"  # the only one with binaries
        verdicts["aws_cli"] = ""
    assert verdicts == {"yaml": "", "boto3": "", "aws_cli": "", "curl": ""}


def wrong(render: Callable[[Scenario, int], str], old: str, new: str) -> Callable[[Scenario, int], str]:
    def rendered(scenario: Scenario, step: int) -> str:
        text = render(scenario, step)
        assert old in text
        return text.replace(old, new)

    return rendered


@pytest.mark.parametrize(
    ("old", "new", "trouble"),
    [
        ("3.5", "3.6", "shows something else than the suite gets: Item"),
        ("GetItem'", "GetItm'", "shows something else"),  # in the target too
        ("| send DynamoDB_20120810.GetItem", "", "shows no status"),
        ("echo '--- step 1", "exit 3; echo '--- step 1", "ends before the step, with status 3"),
    ],
)
def test_a_script_that_shows_something_else_is_caught(
    server: ReferenceServerTarget, monkeypatch: pytest.MonkeyPatch, old: str, new: str, trouble: str
) -> None:
    scenario = Scenario(
        "s", "generated", (TABLE,), (put(1, n={"N": "3.5"}), Step("GetItem", {**THINGS, "Key": key(1)}))
    )
    if "Itm" in new:
        old, new = "DynamoDB_20120810.GetItem", "DynamoDB_20120810.GetItm"
    monkeypatch.setattr(verification, "as_curl", wrong(verification.as_curl, old, new))
    verdicts = verify(scenario, 1, server)
    assert trouble in verdicts.pop("curl")
    assert set(verdicts.values()) == {""}


def test_a_client_that_is_not_installed_is_said(server: ReferenceServerTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification.shutil, "which", lambda *_arguments, **_options: None)
    verdicts = verify(Scenario("s", "generated", (), (Step("ListTables", {}),)), 0, server)
    assert "not installed" in verdicts["aws_cli"]
    assert "not installed" in verdicts["curl"]
