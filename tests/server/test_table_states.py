"""What each operation that names a table says while the table is CREATING, UPDATING or DELETING (control-plane 8)."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused, key_schema

from reference_server import ReferenceServer
from reference_server.clock import ManualClock

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/Music"
KEY = {"pk": {"S": "a"}}
BY_G = {"IndexName": "ByG", "KeySchema": key_schema("g"), "Projection": {"ProjectionType": "ALL"}}
G = [{"AttributeName": "g", "AttributeType": "S"}]

IN_USE = "ResourceInUseException: Attempt to change a resource which is still in use: Table is being {doing}: Music"
NOT_FOUND = "ResourceNotFoundException: Requested resource not found$"
NAMED_NOT_FOUND = "ResourceNotFoundException: Requested resource not found: Table: Music not found"
EXISTS = "ResourceInUseException: Table already exists: Music"
TAGS_NOT_FOUND = "ResourceNotFoundException: Requested resource not found"

CREATE: dict[str, Any] = {
    "TableName": "Music",
    "KeySchema": key_schema("pk"),
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
QUERY = {"KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}

ON_ITEMS: list[tuple[str, dict[str, Any]]] = [
    ("PutItem", {"TableName": "Music", "Item": KEY}),
    ("GetItem", {"TableName": "Music", "Key": KEY}),
    ("UpdateItem", {"TableName": "Music", "Key": KEY}),
    ("DeleteItem", {"TableName": "Music", "Key": KEY}),
    ("Query", {"TableName": "Music", **QUERY}),
    ("Scan", {"TableName": "Music"}),
    ("BatchGetItem", {"RequestItems": {"Music": {"Keys": [KEY]}}}),
    ("BatchWriteItem", {"RequestItems": {"Music": [{"PutRequest": {"Item": KEY}}]}}),
    ("TransactGetItems", {"TransactItems": [{"Get": {"TableName": "Music", "Key": KEY}}]}),
    ("TransactWriteItems", {"TransactItems": [{"Put": {"TableName": "Music", "Item": KEY}}]}),
]
TIME_TO_LIVE = {"TableName": "Music", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "t"}}
# Operation, request, and what is said in each state: None where it is accepted.
ON_TABLES: list[tuple[str, dict[str, Any], str | None, str | None, str | None]] = [
    ("DescribeTable", {"TableName": "Music"}, None, None, None),
    ("DescribeTimeToLive", {"TableName": "Music"}, None, None, None),
    ("ListTables", {}, None, None, None),
    ("ListTagsOfResource", {"ResourceArn": ARN}, None, None, None),
    ("CreateTable", CREATE, EXISTS, EXISTS, EXISTS),
    (
        "UpdateTable",
        {"TableName": "Music", "TableClass": "STANDARD"},
        IN_USE.format(doing="created"),
        IN_USE.format(doing="updated"),
        IN_USE.format(doing="deleted"),
    ),
    ("DeleteTable", {"TableName": "Music"}, IN_USE.format(doing="created"), IN_USE.format(doing="updated"), None),
    (
        "UpdateTimeToLive",
        TIME_TO_LIVE,
        IN_USE.format(doing="created"),
        IN_USE.format(doing="updated"),
        NAMED_NOT_FOUND,
    ),
    (
        "TagResource",
        {"ResourceArn": ARN, "Tags": [{"Key": "k", "Value": "v"}]},
        IN_USE.format(doing="created"),
        None,
        TAGS_NOT_FOUND,
    ),
    ("UntagResource", {"ResourceArn": ARN, "TagKeys": ["k"]}, IN_USE.format(doing="created"), None, TAGS_NOT_FOUND),
]


class Slow(Caller):
    """A server on which every change of state takes ten seconds, with a table `Music` that is being created."""

    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock(1_790_000_000.0)
        self.server = ReferenceServer(clock=self.clock, transition_seconds=10.0)
        self.call("CreateTable", **CREATE | options)

    def settle(self) -> None:
        self.clock.advance(10.0)

    def update(self, **request: Any) -> dict[str, Any]:
        description: dict[str, Any] = self.call("UpdateTable", TableName="Music", **request)["TableDescription"]
        return description

    def index(self) -> dict[str, Any]:
        (index,) = self.call("DescribeTable", TableName="Music")["Table"]["GlobalSecondaryIndexes"]
        assert isinstance(index, dict)
        return index

    def try_(self, operation: str, request: dict[str, Any], complaint: str | None) -> None:
        if complaint is None:
            self.call(operation, **request)
            return
        with pytest.raises(Refused, match=complaint):
            self.call(operation, **request)


def in_state(state: str) -> Slow:
    slow = Slow()
    if state != "CREATING":
        slow.settle()
        if state == "UPDATING":
            slow.update(TableClass="STANDARD_INFREQUENT_ACCESS")
        else:
            slow.call("DeleteTable", TableName="Music")
    assert slow.call("DescribeTable", TableName="Music")["Table"]["TableStatus"] == state
    return slow


@pytest.mark.parametrize(("operation", "request_"), ON_ITEMS, ids=[operation for operation, _ in ON_ITEMS])
def test_items_wait_for_the_table_alone(operation: str, request_: dict[str, Any]) -> None:
    """AWS may serve a table that is DELETING for a while; this server does so until it is gone."""
    in_state("CREATING").try_(operation, request_, NOT_FOUND)
    in_state("UPDATING").try_(operation, request_, None)
    slow = in_state("DELETING")
    slow.try_(operation, request_, None)
    slow.settle()
    slow.try_(operation, request_, NOT_FOUND)


@pytest.mark.parametrize(
    ("operation", "request_", "creating", "updating", "deleting"), ON_TABLES, ids=[row[0] for row in ON_TABLES]
)
def test_tables_are_refused_by_their_state(
    operation: str, request_: dict[str, Any], creating: str | None, updating: str | None, deleting: str | None
) -> None:
    for state, complaint in (("CREATING", creating), ("UPDATING", updating), ("DELETING", deleting)):
        in_state(state).try_(operation, request_, complaint)


def test_a_table_that_goes_is_described_without_its_keys_and_listed() -> None:
    slow = in_state("DELETING")
    described = slow.call("DescribeTable", TableName="Music")["Table"]
    assert "KeySchema" not in described
    assert "AttributeDefinitions" not in described
    assert "CreationDateTime" not in described
    again = slow.call("DeleteTable", TableName="Music")["TableDescription"]
    assert again == described
    assert slow.call("ListTables") == {"TableNames": ["Music"]}
    slow.settle()
    assert slow.call("ListTables") == {"TableNames": []}
    slow.call("CreateTable", **CREATE)


def test_deleting_twice_deletes_once() -> None:
    slow = in_state("DELETING")
    slow.call("DeleteTable", TableName="Music")
    slow.settle()
    slow.call("CreateTable", **CREATE)
    slow.settle()
    assert slow.call("DescribeTable", TableName="Music")["Table"]["TableStatus"] == "ACTIVE"


def test_indexes_of_a_new_table_are_creating_with_it() -> None:
    slow = Slow(AttributeDefinitions=CREATE["AttributeDefinitions"] + G, GlobalSecondaryIndexes=[BY_G])
    assert slow.index()["IndexStatus"] == "CREATING"
    assert "Backfilling" not in slow.index()
    slow.settle()
    assert slow.index()["IndexStatus"] == "ACTIVE"


def test_an_index_in_allocation_cannot_be_given_up() -> None:
    slow = Slow()
    slow.settle()
    slow.update(AttributeDefinitions=G, GlobalSecondaryIndexUpdates=[{"Create": BY_G}])
    with pytest.raises(
        Refused,
        match=r"ResourceInUseException: Attempt to change a resource which is still in use: Index creation is in "
        r"resource allocation phase. Retry deletion during backfilling phase or when the index is active. "
        r"Table: Music Index: ByG",
    ):
        slow.update(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "ByG"}}])
    with pytest.raises(Refused, match=IN_USE.format(doing="updated")):
        slow.update(TableClass="STANDARD_INFREQUENT_ACCESS")


@pytest.mark.parametrize("at", [0, 5])
def test_units_of_an_index_that_is_being_filled_can_be_changed(at: int) -> None:
    """It is UPDATING meanwhile and Backfilling still, and does not become ACTIVE before it is filled."""
    slow = Slow(BillingMode="PROVISIONED", ProvisionedThroughput=units(5))
    slow.settle()
    create = {**BY_G, "ProvisionedThroughput": units(1)}
    slow.update(AttributeDefinitions=G, GlobalSecondaryIndexUpdates=[{"Create": create}])
    slow.settle()
    slow.clock.advance(at)
    slow.update(GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "ByG", "ProvisionedThroughput": units(2)}}])
    assert (slow.index()["IndexStatus"], slow.index()["Backfilling"]) == ("UPDATING", True)
    with pytest.raises(Refused, match="Cannot read from backfilling global secondary index: ByG"):
        slow.call("Scan", TableName="Music", IndexName="ByG")
    slow.settle()
    described = slow.index()
    assert described["IndexStatus"] == "ACTIVE"
    assert "Backfilling" not in described
    assert described["ProvisionedThroughput"]["ReadCapacityUnits"] == 2
    slow.call("Scan", TableName="Music", IndexName="ByG")


def test_other_changes_are_allowed_while_an_index_is_filled() -> None:
    slow = Slow()
    slow.settle()
    slow.update(AttributeDefinitions=G, GlobalSecondaryIndexUpdates=[{"Create": BY_G}])
    slow.settle()
    slow.update(TableClass="STANDARD_INFREQUENT_ACCESS")
    slow.settle()
    assert slow.index()["IndexStatus"] == "ACTIVE"


def test_the_mode_of_billing_tells_its_time_when_the_table_is_active() -> None:
    slow = Slow()
    creating = slow.call("DescribeTable", TableName="Music")["Table"]
    assert creating["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    assert "WarmThroughput" not in creating
    slow.settle()
    active = slow.call("DescribeTable", TableName="Music")["Table"]
    assert active["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"] == active["CreationDateTime"]
    assert active["WarmThroughput"]["Status"] == "ACTIVE"


def units(count: int) -> dict[str, int]:
    return {"ReadCapacityUnits": count, "WriteCapacityUnits": count}
