"""What can be wrong with requests of tables (control-plane 3)."""

from __future__ import annotations

import copy

from conformance.scenario import JSONObject
from conformance.strategies.near_misses.registry import Draft, near_miss

_NAMED = (
    *("CreateTable", "DescribeTable", "DeleteTable", "UpdateTable", "UpdateTimeToLive", "DescribeTimeToLive"),
    *("UpdateContributorInsights", "DescribeContributorInsights", "ListContributorInsights"),
    *("CreateBackup", "UpdateContinuousBackups", "DescribeContinuousBackups"),
    *("EnableKinesisStreamingDestination", "UpdateKinesisStreamingDestination"),
    *("DisableKinesisStreamingDestination", "DescribeKinesisStreamingDestination"),
    *("UpdateTableReplicaAutoScaling", "DescribeTableReplicaAutoScaling"),
)


@near_miss("a table that exists, or exists not", operations=_NAMED)
def _table_name(draft: Draft) -> None:
    names = (draft.table.name, "ab", "") if "KeySchema" in draft.request else ("Unknown", "Unknown", "ab", "not a name")
    draft.request["TableName"] = draft.choose(names)


@near_miss("a schema that is none", operations=("CreateTable",), weight=4)
def _schema(draft: Draft) -> None:
    definitions = draft.request["AttributeDefinitions"]
    keys = draft.request["KeySchema"]
    fault = draft.choose(
        (
            "undefined",
            "unused",
            "no hash",
            "same name",
            "no schema",
            "empty schema",
            "three",
            "type",
            "redefined",
            "order",
        )
    )
    if fault == "undefined":
        definitions.pop()
    elif fault == "unused":
        definitions.append({"AttributeName": "title", "AttributeType": "S"})
    elif fault == "no hash":
        keys[0]["KeyType"] = "RANGE"
    elif fault == "same name":
        draft.request["KeySchema"] = [keys[0], keys[0] | {"KeyType": "RANGE"}]
    elif fault == "no schema":
        del draft.request["KeySchema"]
    elif fault == "empty schema":
        keys.clear()
    elif fault == "three":
        keys += [{"AttributeName": name, "KeyType": "RANGE"} for name in ("a", "b")][: 3 - len(keys)]
    elif fault == "redefined":
        definitions.append(definitions[0] | {"AttributeType": "S" if definitions[0]["AttributeType"] != "S" else "N"})
    elif fault == "order":
        keys.reverse()
    else:
        definitions[0]["AttributeType"] = draft.choose(("BOOL", "s", ""))


@near_miss("a throughput that does not fit", operations=("CreateTable",))
def _throughput(draft: Draft) -> None:
    fault = draft.choose(("none", "both", "zero", "half", "huge", "negative", "mode"))
    units: JSONObject = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    if fault == "none":
        draft.request["BillingMode"] = "PROVISIONED"
        draft.request.pop("ProvisionedThroughput", None)
        return
    if fault == "mode":
        draft.request["BillingMode"] = draft.choose(("ON_DEMAND", "", "provisioned"))
        return
    draft.request["BillingMode"] = "PAY_PER_REQUEST" if fault == "both" else "PROVISIONED"
    amended: dict[str, JSONObject] = {
        "both": units,
        "zero": units | {"ReadCapacityUnits": 0},
        "half": {"ReadCapacityUnits": 1},
        "huge": units | {"WriteCapacityUnits": 10**12 + 1},
        "negative": units | {"WriteCapacityUnits": -1},
    }
    draft.request["ProvisionedThroughput"] = amended[fault]


@near_miss("indexes that are none", operations=("CreateTable",), weight=6)
def _indexes(draft: Draft) -> None:
    """One index with a fault, in the place of those that there are; the definitions are those of its keys."""
    provisioned = draft.request["BillingMode"] == "PROVISIONED"
    throughput = {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}} if provisioned else {}
    definitions = {
        definition["AttributeName"]: definition
        for definition in draft.request["AttributeDefinitions"]
        if definition["AttributeName"] in {key["AttributeName"] for key in draft.request["KeySchema"]}
    }
    definitions["g1"] = {"AttributeName": "g1", "AttributeType": "S"}
    draft.request["AttributeDefinitions"] = list(definitions.values())
    is_global = draft.choose((True, True, False))
    member = "GlobalSecondaryIndexes" if is_global else "LocalSecondaryIndexes"
    for name in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        draft.request.pop(name, None)
    by_g1 = [{"AttributeName": "g1", "KeyType": "HASH"}]
    keys = by_g1 if is_global else [draft.request["KeySchema"][0], {"AttributeName": "g1", "KeyType": "RANGE"}]
    index: JSONObject = {"IndexName": "one", "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}
    index |= throughput if is_global else {}
    draft.request[member] = _spoilt_indexes(draft, index, by_g1)


def _spoilt_indexes(draft: Draft, index: JSONObject, by_g1: list[JSONObject]) -> list[JSONObject]:
    projections: tuple[JSONObject, ...] = (
        {},
        {"ProjectionType": "SOME"},
        {"ProjectionType": "INCLUDE"},
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": []},
        {"ProjectionType": "ALL", "NonKeyAttributes": ["title"]},
        {"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["title"]},
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title", "title"]},
        {"NonKeyAttributes": ["title"]},
    )
    unknown = [{"AttributeName": "unknown", "KeyType": "HASH"}]
    wrong: tuple[list[JSONObject], ...] = (
        [],
        [index, copy.deepcopy(index)],
        [index | {"IndexName": "ab"}],
        [index | {"IndexName": "not a name"}],
        [index | {"KeySchema": unknown}],
        [index | {"KeySchema": []}],
        [index | {"KeySchema": [by_g1[0] | {"KeyType": "RANGE"}]}],
        [index | {"KeySchema": [*by_g1, by_g1[0] | {"KeyType": "RANGE"}]}],
        # Of a global index, a throughput where there is none, or none where there is one; a local one has no sort key.
        [{name: value for name, value in index.items() if name != "ProvisionedThroughput"} | {"KeySchema": by_g1}],
        [index | {"KeySchema": index["KeySchema"][:1]}],
        [index | {"KeySchema": by_g1, "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}}],
        [index | {"KeySchema": by_g1, "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 1}}],
        *([index | {"Projection": projection}] for projection in projections),
    )
    return draft.choose(wrong)
