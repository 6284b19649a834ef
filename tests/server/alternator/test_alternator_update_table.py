"""UpdateTable: dossier 5; `ut-*` are recorded requests. What changes indexes is later than 6.2."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused, index

Body = dict[str, Any]
DEFINED = [{"AttributeName": "g", "AttributeType": "S"}]


@pytest.fixture(params=["alternator-6.2", "alternator-2026"])
def either(request: pytest.FixtureRequest) -> Caller:
    return with_table(request.param)


@pytest.fixture
def caller() -> Caller:
    return with_table("alternator-6.2")


@pytest.fixture
def later() -> Caller:
    return with_table("alternator-2026")


def with_table(dialect: str) -> Caller:
    caller = Caller(dialect)
    caller.create_table("tab", "p:S", "c:S", types="l:S", LocalSecondaryIndexes=[index("li1", "p", "l")])
    return caller


def refused(caller: Caller, **members: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        caller.call("UpdateTable", TableName="tab", **members)
    return refusal.value.type_name, refusal.value.message


@pytest.mark.parametrize("member", ["ProvisionedThroughput", "ReplicaUpdates", "SSESpecification"])
@pytest.mark.parametrize("content", [None, {}, []])
def test_what_is_not_supported(either: Caller, member: str, content: Any) -> None:
    """ut-billing-prov, ut-replicas, ut-sse."""
    assert refused(either, **{member: content}) == ("ValidationException", f"{member} not supported")


def test_the_answer_is_the_request(either: Caller) -> None:
    body = {"TableName": "tab", "BillingMode": "PAY_PER_REQUEST", "Bogus": 1}
    described = either.call("UpdateTable", **body)["TableDescription"]  # ut-billing-ppr
    assert set(described) - set(body) == {"CreationDateTime", "TableStatus", "TableId"}
    assert described["TableStatus"] == "ACTIVE"


@pytest.mark.parametrize("members", [{}, {"TableClass": "GOLD"}, {"DeletionProtectionEnabled": True}])
def test_to_change_nothing_is_refused_later(caller: Caller, later: Caller, members: Body) -> None:
    caller.call("UpdateTable", TableName="tab", **members)  # ut-nothing, ut-table-class, ut-deletion-protection
    type_name, message = refused(later, **members)
    assert (type_name, message[:29]) == ("ValidationException", "UpdateTable requires one of G")


def test_an_internal_table_is_not_updated(either: Caller) -> None:
    with pytest.raises(Refused, match="is reserved for accessing internal tables"):
        either.call("UpdateTable", TableName=".scylla.alternator.system.local", BillingMode="PAY_PER_REQUEST")


def test_streams_go_on_and_off(either: Caller) -> None:
    on = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}
    off = {"StreamSpecification": {"StreamEnabled": False}}
    assert "LatestStreamArn" in either.call("UpdateTable", TableName="tab", **on)["TableDescription"]  # ut-stream-on
    assert "LatestStreamArn" in either.call("DescribeTable", TableName="tab")["Table"]
    assert "LatestStreamArn" not in either.call("UpdateTable", TableName="tab", **off)["TableDescription"]
    bad = {"StreamEnabled": True, "StreamViewType": 5}
    assert refused(either, StreamSpecification=bad)[1] == "Malformed value StreamViewType : 5"


@pytest.mark.parametrize("updates", [[], [{}], [{"Delete": {"IndexName": "nope"}}], 5])
def test_indexes_cannot_be_changed(caller: Caller, updates: Any) -> None:
    """ut-gsi-*."""
    message = "GlobalSecondaryIndexUpdates not supported"
    assert refused(caller, GlobalSecondaryIndexUpdates=updates) == ("ValidationException", message)


def create(name: str, *keys: str, defined: list[Body] | None = DEFINED) -> Body:
    body: Body = {"GlobalSecondaryIndexUpdates": [{"Create": index(name, *keys)}]}
    return body if defined is None else body | {"AttributeDefinitions": defined}


def delete(name: str) -> Body:
    return {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}


def test_an_index_is_created_and_filled_later(later: Caller) -> None:
    items = [
        {"p": {"S": "a"}, "c": {"S": "1"}, "g": {"S": "x"}},
        {"p": {"S": "a"}, "c": {"S": "2"}, "g": {"N": "5"}},
        {"p": {"S": "a"}, "c": {"S": "3"}},
    ]
    for item in items:
        later.call("PutItem", TableName="tab", Item=item)
    later.call("UpdateTable", TableName="tab", **create("gi1", "g"))
    assert later.call("Scan", TableName="tab", IndexName="gi1")["Items"] == items[:1]
    with pytest.raises(Refused, match="g"):
        later.call("PutItem", TableName="tab", Item=items[1])
    later.call("UpdateTable", TableName="tab", **delete("gi1"))
    assert "GlobalSecondaryIndexes" not in later.call("DescribeTable", TableName="tab")["Table"]
    later.call("PutItem", TableName="tab", Item=items[1])


SPURIOUS = 'AttributeDefinitions defines spurious attributes not used by any KeySchema: {"z"}'


@pytest.mark.parametrize(
    ("members", "type_name", "message"),
    [
        (create("gi0", "g"), "ValidationException", "GSI gi0 already exists in table tab"),
        (
            create("li1", "g"),
            "ValidationException",
            "LSI li1 already exists in table tab, can't use same name for GSI",
        ),
        (
            create("gi1", "g", defined=None),
            "ValidationException",
            "GlobalSecondaryIndexUpdates Create needs AttributeDefinitions",
        ),
        (create("gi1", "g", defined=[*DEFINED, {"AttributeName": "z", "AttributeType": "S"}]), None, SPURIOUS),
        (
            create("gi1", "p", defined=[{"AttributeName": "p", "AttributeType": "N"}]),
            None,
            "AttributeDefinitions redefined p to N already a key attribute of type S in this table",
        ),
        (
            create("gi1", "g", defined=[{"AttributeName": "g", "AttributeType": "N"}]),  # the key of an index
            None,
            "AttributeDefinitions redefined g to N already a key attribute of type S in this table",
        ),
        (delete("nope"), "ResourceNotFoundException", "No GSI nope in table tab"),
        (delete("li1"), "ResourceNotFoundException", "No GSI li1 in table tab"),
        (
            {"GlobalSecondaryIndexUpdates": [{"Update": {}}]},
            None,
            "GlobalSecondaryIndexUpdates Update not yet supported",
        ),
        (
            {"GlobalSecondaryIndexUpdates": [{"Delete": {}}, {"Delete": {}}]},
            "LimitExceededException",
            "GlobalSecondaryIndexUpdates only allows one index creation or deletion",
        ),
    ],
)
def test_changes_of_indexes_that_are_refused(later: Caller, members: Body, type_name: str | None, message: str) -> None:
    later.call("UpdateTable", TableName="tab", **create("gi0", "g"))
    assert refused(later, **members) == (type_name or "ValidationException", message)
