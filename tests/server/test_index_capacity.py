"""What writes and reads cost on a table with indexes of every kind (data-plane 8.2, 8.3)."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, index

KEY = {"pk": {"S": "a"}, "sk": {"S": "1"}}
ITEM = KEY | {name: {"S": name} for name in ("g1", "g2", "l1", "l2", "l3", "c", "d")}


@pytest.fixture
def caller() -> Caller:
    caller = Caller()
    caller.create_table(
        "Things",
        "pk:S",
        "sk:S",
        types="g1:S g2:S l1:S l2:S l3:S",
        GlobalSecondaryIndexes=[
            index("GKeys", "g1", projection="KEYS_ONLY"),
            index("GInc", "g1", "g2", projection="INCLUDE", include=["c"]),
            index("GAll", "g2"),
        ],
        LocalSecondaryIndexes=[
            index("LKeys", "pk", "l1", projection="KEYS_ONLY"),
            index("LInc", "pk", "l2", projection="INCLUDE", include=["c"]),
            index("LAll", "pk", "l3"),
        ],
    )
    return caller


def units(caller: Caller, operation: str, **request: Any) -> dict[str, float]:
    """The units of one operation: the sum under `""`, the table's under `Table`, each index's under its name."""
    reply = caller.call(operation, TableName="Things", ReturnConsumedCapacity="INDEXES", **request)
    report = reply["ConsumedCapacity"]
    counted = {"": report["CapacityUnits"], "Table": report["Table"]["CapacityUnits"]}
    for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        counted |= {name: entry["CapacityUnits"] for name, entry in report.get(member, {}).items()}
    return counted


def update(caller: Caller, attribute: str, value: str) -> dict[str, float]:
    return units(
        caller,
        "UpdateItem",
        Key=KEY,
        UpdateExpression=f"SET {attribute} = :v",
        ExpressionAttributeValues={":v": {"S": value}},
    )


def test_a_write_costs_one_unit_for_each_index_that_it_changes(caller: Caller) -> None:
    everywhere = {"Table": 1, "GKeys": 1, "GInc": 1, "GAll": 1, "LKeys": 1, "LInc": 1, "LAll": 1}
    assert units(caller, "PutItem", Item=ITEM) == {"": 7, **everywhere}
    assert units(caller, "PutItem", Item=ITEM) == {"": 1, "Table": 1}
    assert update(caller, "d", "changed") == {"": 3, "Table": 1, "GAll": 1, "LAll": 1}
    # The sort key of GInc, the partition key of GAll: each entry is removed and put. LAll carries it.
    assert update(caller, "g2", "changed") == {"": 6, "Table": 1, "GInc": 2, "GAll": 2, "LAll": 1}
    assert units(caller, "DeleteItem", Key=KEY) == {"": 7, **everywhere}
    assert units(caller, "DeleteItem", Key=KEY) == {"": 1, "Table": 1}


def test_what_a_local_index_fetches_is_charged_before_the_filter(caller: Caller) -> None:
    for number in range(3):
        caller.call("PutItem", TableName="Things", Item=ITEM | {"sk": {"S": str(number)}, "c": {"S": str(number)}})

    def read(**request: Any) -> dict[str, float]:
        values = {":p": {"S": "a"}} | ({":c": {"S": "0"}} if "FilterExpression" in request else {})
        return units(
            caller,
            "Query",
            IndexName="LInc",
            KeyConditionExpression="pk = :p",
            ExpressionAttributeValues=values,
            **request,
        )

    assert read() == {"": 0.5, "Table": 0, "LInc": 0.5}
    assert read(ProjectionExpression="c") == {"": 0.5, "Table": 0, "LInc": 0.5}
    assert read(ProjectionExpression="d") == {"": 2, "Table": 1.5, "LInc": 0.5}
    assert read(Select="ALL_ATTRIBUTES") == {"": 2, "Table": 1.5, "LInc": 0.5}
    assert read(Select="ALL_ATTRIBUTES", FilterExpression="c = :c") == {"": 2, "Table": 1.5, "LInc": 0.5}
