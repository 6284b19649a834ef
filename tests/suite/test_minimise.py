"""Minimising by synthetic predicates: no server, and known minima."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from conformance.minimise import Budget, cost, minimise
from conformance.scenario import JSONObject, Scenario, Step
from conformance.strategies.scenarios import scenarios

PLENTY = Budget(seconds=60, attempts=20_000)


def table(**members: object) -> JSONObject:
    return {
        "TableName": "Things",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
            {"AttributeName": "g1", "AttributeType": "N"},
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "gsi-0",
                "KeySchema": [{"AttributeName": "g1", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
            }
        ],
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        **members,
    }


def put(text: str, **attributes: JSONObject) -> Step:
    key = {"pk": {"S": text}, "sk": {"S": "x"}}
    return Step("PutItem", {"TableName": "Things", "Item": {**key, **attributes}, "ReturnValues": "ALL_OLD"})


def step_where(holds: Callable[[Step], bool]) -> Callable[[Scenario], int | None]:
    """Diverges at the first step for which it holds."""

    def still_diverges(scenario: Scenario) -> int | None:
        return next((index for index, step in enumerate(scenario.steps) if holds(step)), None)

    return still_diverges


def minimal(scenario: Scenario, holds: Callable[[Step], bool]) -> Scenario:
    predicate = step_where(holds)
    index = predicate(scenario)
    assert index is not None
    return minimise(scenario, index, predicate, PLENTY)


def test_steps_tables_and_members_without_part_in_it_go() -> None:
    steps = (*[put(text) for text in "abcdef"], Step("Scan", {"TableName": "Things", "Limit": 5, "Select": "COUNT"}))
    steps += tuple(put(text) for text in "gh")
    found = minimal(
        Scenario("s", "generated", (table(), table(TableName="Others")), steps), lambda step: step.operation == "Scan"
    )
    assert found.tables == ()
    assert found.steps == (Step("Scan", {"TableName": "Things"}),)


def test_an_earlier_step_that_matters_stays() -> None:
    def still_diverges(scenario: Scenario) -> int | None:
        seen = False
        for index, step in enumerate(scenario.steps if scenario.tables else ()):
            seen = seen or (step.operation == "PutItem" and "tags" in step.request.get("Item", {}))
            if seen and step.operation == "Scan":
                return index
        return None

    steps = (put("a"), put("b", tags={"SS": ["x", "y"]}), put("c"), Step("Scan", {"TableName": "Things"}))
    found = minimise(Scenario("s", "generated", (table(),), steps), 3, still_diverges, PLENTY)
    assert [step.operation for step in found.steps] == ["PutItem", "Scan"]
    assert set(found.steps[0].request["Item"]) == {"pk", "tags"}


def test_an_expression_is_reduced_to_the_part_that_matters_and_loses_its_placeholders() -> None:
    request = {
        "ConditionExpression": "attribute_exists(#n0) AND (price BETWEEN :v0 AND :v1 OR NOT size(title) > :v2)",
        "ExpressionAttributeNames": {"#n0": "name"},
        "ExpressionAttributeValues": {":v0": {"N": "1"}, ":v1": {"N": "2"}, ":v2": {"N": "7"}},
    }

    def holds(step: Step) -> bool:
        text = step.request.get("ConditionExpression", "")
        return "size(title) > :v2" in text and ":v2" in step.request.get("ExpressionAttributeValues", {})

    found = minimal(Scenario("s", "generated", (), (Step("PutItem", request),)), holds)
    (step,) = found.steps
    assert step.request["ConditionExpression"] == "size(title) > :v2"
    assert "ExpressionAttributeNames" not in step.request
    assert list(step.request["ExpressionAttributeValues"]) == [":v2"]


def test_a_placeholder_that_was_unused_before_stays_where_it_is_the_fault() -> None:
    request = {
        "ConditionExpression": "price = :v0 AND title = :v1",
        "ExpressionAttributeValues": {":v0": {"N": "1"}, ":v1": {"S": "x"}, ":unused": {"S": "a"}},
    }

    def holds(step: Step) -> bool:
        values = step.request.get("ExpressionAttributeValues", {})
        return ":unused" in values and bool(step.request.get("ConditionExpression"))

    found = minimal(Scenario("s", "generated", (), (Step("PutItem", request),)), holds)
    assert list(found.steps[0].request["ExpressionAttributeValues"]) == [":v1", ":unused"]
    assert found.steps[0].request["ConditionExpression"] == "title = :v1"


@pytest.mark.parametrize(
    ("text", "wanted", "smallest"),
    [
        ("SET a = :v0, b = list_append(b, :v1) REMOVE c, d ADD e :v2", "REMOVE", "REMOVE d"),
        ("SET a = :v0, b = list_append(b, :v1) REMOVE c, d ADD e :v2", "list_append", "SET b = list_append(b, :v1)"),
        ("a.b[0], #c, d", "#c", "#c"),
        ("a BETWEEN :v0 AND :v1 AND (b = :v2 OR NOT size(c) IN (:v0, :v1))", "BETWEEN", "a BETWEEN :v0 AND :v1"),
        ("a BETWEEN :v0 AND :v1 AND (b = :v2 OR NOT size(c) IN (:v0, :v1))", "IN (", "size(c) IN (:v1)"),
        ("a BETWEEN :v0 AND :v1 AND (b = :v2 OR NOT size(c) IN (:v0, :v1))", "NOT", "NOT size(c) IN (:v1)"),
        ("contains(a, :v0) AND ((b = :v1) OR (c = :v2))", "contains", "contains(a, :v0)"),
    ],
)
def test_an_expression_stays_one_that_parses(text: str, wanted: str, smallest: str) -> None:
    found = minimal(
        Scenario("s", "generated", (), (Step("UpdateItem", {"SomeExpression": text}),)),
        lambda step: wanted in step.request.get("SomeExpression", ""),
    )
    assert found.steps[0].request["SomeExpression"] == smallest


def test_where_expressions_may_be_broken_tokens_go_one_by_one() -> None:
    text = "attribute_exists(title) AND price = = :v0 OR NOT size(tags) > :v1"
    scenario = Scenario("s", "generated", (), (Step("PutItem", {"ConditionExpression": text}),))
    predicate = step_where(lambda step: "= =" in step.request.get("ConditionExpression", ""))
    found = minimise(scenario, 0, predicate, PLENTY, break_expressions=True)
    assert found.steps[0].request["ConditionExpression"] == "= ="


def test_what_a_request_must_have_is_not_taken_from_it() -> None:
    request = {
        "RequestItems": {
            "Things": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "x"}}, {"pk": {"S": "b"}, "sk": {"S": "x"}}]},
            "Others": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "x"}}], "ConsistentRead": True},
        },
        "ReturnConsumedCapacity": "TOTAL",
    }

    def still_diverges(scenario: Scenario) -> int | None:
        with_sort_key = "sk" in json.dumps(scenario.tables)
        return 0 if with_sort_key and scenario.steps[0].operation == "BatchGetItem" else None

    scenario = Scenario("s", "generated", (table(),), (Step("BatchGetItem", request),))
    found = minimise(scenario, 0, still_diverges, PLENTY)
    (entry,) = found.steps[0].request["RequestItems"].values()
    assert found.steps[0].request.keys() == {"RequestItems"}
    assert entry.keys() == {"Keys"}
    assert [set(key) for key in entry["Keys"]] == [{"pk", "sk"}]


def test_a_name_placeholder_that_is_not_needed_is_replaced_by_the_name() -> None:
    request = {
        "UpdateExpression": "REMOVE #n0, #n1",
        "ExpressionAttributeNames": {"#n0": "title", "#n1": "with.dot"},
    }

    def removes_both(step: Step) -> bool:
        text = step.request.get("UpdateExpression", "")
        names = step.request.get("ExpressionAttributeNames", {})
        for placeholder, name in names.items():
            text = text.replace(placeholder, name)
        return "title" in text and "with.dot" in text

    found = minimal(Scenario("s", "generated", (), (Step("UpdateItem", request),)), removes_both)
    assert found.steps[0].request["ExpressionAttributeNames"] == {"#n1": "with.dot"}
    assert "title" in found.steps[0].request["UpdateExpression"]


def test_equal_values_are_simplified_together() -> None:
    """A read must still name the key that was written."""

    def still_diverges(scenario: Scenario) -> int | None:
        written = [step.request.get("Item", {}).get("pk") for step in scenario.steps]
        for index, step in enumerate(scenario.steps):
            key = step.request.get("Key", {}).get("pk")
            if key and key.get("S") and key in written:
                return index
        return None

    steps = (put("a long key"), Step("GetItem", {"TableName": "Things", "Key": {"pk": {"S": "a long key"}}}))
    found = minimise(Scenario("s", "generated", (), steps), 1, still_diverges, PLENTY)
    assert [step.request for step in found.steps] == [
        {"TableName": "Things", "Item": {"pk": {"S": "a"}}},
        {"TableName": "Things", "Key": {"pk": {"S": "a"}}},
    ]


def test_a_document_is_unwrapped_down_to_what_matters() -> None:
    deep: JSONObject = {"BOOL": True}
    for _ in range(20):
        deep = {"M": {"x": {"L": [{"S": "beside"}, deep]}}}
    found = minimal(
        Scenario("s", "generated", (), (put("a", deep=deep),)),
        lambda step: '{"BOOL": true}' in json.dumps(step.request) and "deep" in step.request.get("Item", {}),
    )
    assert found.steps[0].request["Item"]["deep"] == {"BOOL": True}


def test_a_table_loses_its_index_sort_key_and_throughput_where_they_do_not_matter() -> None:
    get = Step("GetItem", {"TableName": "Things", "Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}})

    def still_diverges(scenario: Scenario) -> int | None:
        """Only with a table that CreateTable accepts, and its whole key."""
        for created in scenario.tables:
            names = [key.get("AttributeName") for key in created.get("KeySchema", [])]
            defined = [one.get("AttributeName") for one in created.get("AttributeDefinitions", [])]
            indexed = [i["KeySchema"][0]["AttributeName"] for i in created.get("GlobalSecondaryIndexes", [])]
            throughput = "ProvisionedThroughput" in created
            legal = (
                "pk" in names
                and set(defined) == {*names, *indexed}
                and created.get("BillingMode") == ("PROVISIONED" if throughput else "PAY_PER_REQUEST")
            )
            last = scenario.steps[-1] if scenario.steps else None
            if legal and last and set(last.request.get("Key", {})) == set(names):
                return len(scenario.steps) - 1
        return None

    found = minimise(Scenario("s", "generated", (table(),), (get,)), 0, still_diverges, PLENTY)
    (created,) = found.tables
    assert created["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert [one["AttributeName"] for one in created["AttributeDefinitions"]] == ["pk"]
    assert "GlobalSecondaryIndexes" not in created
    assert created["BillingMode"] == "PAY_PER_REQUEST"
    assert set(found.steps[0].request["Key"]) == {"pk"}


def test_what_cannot_be_seen_again_comes_back_unchanged() -> None:
    scenario = Scenario("s", "generated", (table(),), (put("a"), put("b")))
    assert minimise(scenario, 1, lambda _: None, PLENTY) == scenario


def test_the_budget_of_attempts_is_kept() -> None:
    attempts = 0

    def still_diverges(scenario: Scenario) -> int | None:
        nonlocal attempts
        attempts += 1
        return len(scenario.steps) - 1 if scenario.steps else None

    scenario = Scenario("s", "generated", (table(),), tuple(put(text) for text in "abcdefgh"))
    found = minimise(scenario, 7, still_diverges, Budget(seconds=60, attempts=3))
    assert attempts == 3
    assert len(found.steps) < 8


@pytest.mark.parametrize("budget", [Budget(0, 100), Budget(60, 0)])
def test_without_any_budget_it_comes_back_unchanged(budget: Budget) -> None:
    scenario = Scenario("s", "generated", (table(),), (put("a"), put("b")))
    assert minimise(scenario, 1, lambda found: len(found.steps) - 1, budget) == scenario


@settings(max_examples=15, database=None, suppress_health_check=list(HealthCheck))
@given(scenarios())
def test_it_ends_never_grows_and_keeps_the_divergence(scenario: Scenario) -> None:
    """For a divergence that many steps of many scenarios show: the text of the last step's operation and a letter."""
    wanted = scenario.steps[-1].operation

    def still_diverges(candidate: Scenario) -> int | None:
        assert cost(candidate) <= cost(scenario), "a larger candidate was tried"
        for index, step in enumerate(candidate.steps):
            if step.operation == wanted and ("Things" in json.dumps(step.request) or wanted == "ListTables"):
                return index
        return None

    index = still_diverges(scenario)
    if index is None:
        return
    found = minimise(scenario, index, still_diverges, PLENTY)
    assert still_diverges(found) == len(found.steps) - 1 == 0
    assert found.tables == ()
    assert cost(found) <= cost(scenario)
