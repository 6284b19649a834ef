"""The database's own tables: dossier 13; `sc-internal*` are recorded requests."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused

PREFIX = ".scylla.alternator."


@pytest.fixture(params=["alternator-6.2", "alternator-2026"])
def caller(request: pytest.FixtureRequest) -> Caller:
    return Caller(request.param)


def refused(caller: Caller, operation: str, **body: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        caller.call(operation, **body)
    return refusal.value.type_name, refusal.value.message


def test_a_page_of_the_node(caller: Caller) -> None:
    page = caller.call(
        "Scan",
        TableName=f"{PREFIX}system.local",
        Limit=1,
        ProjectionExpression="#k",
        ExpressionAttributeNames={"#k": "key"},
    )  # sc-internal
    key = {"key": {"S": "local"}}
    assert page == {"Count": 1, "ScannedCount": 1, "Items": [key], "LastEvaluatedKey": key}


def test_tables_are_listed_as_they_are_now(caller: Caller) -> None:
    def names() -> list[str]:
        items = caller.call("Scan", TableName=f"{PREFIX}system_schema.tables")["Items"]
        return [item["table_name"]["S"] for item in items]

    assert names() == []
    caller.create_table("tab", "p:S")
    assert names() == ["tab"]
    queried = caller.call(
        "Query",
        TableName=f"{PREFIX}system_schema.tables",
        KeyConditionExpression="keyspace_name = :k",
        ExpressionAttributeValues={":k": {"S": "alternator_tab"}},
    )
    assert queried["Count"] == 1
    assert caller.call("Scan", TableName=f"{PREFIX}system.tablets")["Items"] == []


def test_a_table_that_is_not_there(caller: Caller) -> None:
    message = "Requested resource not found: Internal table: system.nope not found"  # sc-internal-missing
    assert refused(caller, "Scan", TableName=f"{PREFIX}system.nope") == ("ResourceNotFoundException", message)


def test_nothing_is_written() -> None:
    name = f"{PREFIX}system.local"
    body = {"TableName": name, "Item": {"key": {"S": "x"}}}
    missing = f"Requested resource not found: Table: {name} not found"  # sc-internal-write
    assert refused(Caller("alternator-6.2"), "PutItem", **body) == ("ResourceNotFoundException", missing)
    forbidden = (
        f"Table {name} is an internal table, and writing to it is forbidden by the "
        "alternator_allow_system_table_write configuration"
    )
    assert refused(Caller("alternator-2026"), "PutItem", **body) == ("ResourceNotFoundException", forbidden)


def test_a_single_item_is_not_read(caller: Caller) -> None:
    name = f"{PREFIX}system.local"
    message = f"Requested resource not found: Table: {name} not found"
    key = {"key": {"S": "local"}}
    assert refused(caller, "GetItem", TableName=name, Key=key) == ("ResourceNotFoundException", message)
