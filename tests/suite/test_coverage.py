"""Coverage counts what was reached, once for each time, and lists what was not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.coverage import DIMENSIONS, NODES, NOT_GENERATED, Coverage, merge, near_miss_cell, nodes, value_cells
from conformance.generator import Generator
from conformance.replay import Exchange, replay
from conformance.scenario import JSONObject, Reply, Scenario, Step
from conformance.strategies.drawing import SeededDraw
from conformance.strategies.members import parameters
from conformance.strategies.operations import OPERATIONS
from conformance.strategies.schemas import draw_table
from conformance.targets.reference import ReferenceTarget

ACCEPTED = Reply(200, {})
REFUSED = Reply(400, {"__type": "com.amazon.coral.validate#ValidationException", "message": "No item a of b"})
PUT = Step(
    "PutItem",
    {
        "TableName": "Things",
        "Item": {"pk": {"S": "a"}, "n": {"N": "-1.50"}, "s": {"SS": [""]}, "l": {"L": [{"M": {}}]}},
        "ConditionExpression": "attribute_not_exists(#p) AND NOT size(details.city) < :v",
        "ExpressionAttributeNames": {"#p": "pk"},
        "ExpressionAttributeValues": {":v": {"N": "0"}},
    },
)


def reached(coverage: Coverage, dimension: str) -> dict[str, int]:
    (found,) = (entry for entry in coverage.as_json() if entry["name"] == dimension)
    return dict(found["reached"])


def never(coverage: Coverage, dimension: str) -> list[str]:
    (found,) = (entry for entry in coverage.as_json() if entry["name"] == dimension)
    return list(found["never"])


def check(coverage_of: Callable[[], Coverage]) -> None:
    """What any coverage must count of three steps."""
    coverage = coverage_of()
    coverage.observe(PUT, ACCEPTED)
    coverage.observe(PUT, ACCEPTED)
    coverage.observe(PUT, REFUSED, "an illegal condition")
    assert reached(coverage, "operations") == {"PutItem": 3}
    assert reached(coverage, "outcomes") == {"PutItem: accepted": 2, "PutItem: ValidationException": 1}
    assert reached(coverage, "near misses") == {"an illegal condition": 1}
    assert reached(coverage, "parameters")["PutItem: Item"] == 3
    assert reached(coverage, "expressions") == {
        f"PutItem, ConditionExpression: {node}": 2
        for node in ("attribute_not_exists", "AND", "NOT", "size", "<", "member of a map", "name by placeholder")
    }
    assert set(reached(coverage, "values").values()) == {2}
    assert "PutItem" not in never(coverage, "operations")
    assert "Query" in never(coverage, "operations")
    (refusal,) = reached(coverage, "refusals")
    assert refusal.startswith("ValidationException: ")


def test_it_counts() -> None:
    check(Coverage)


class CountsRefusals(Coverage):
    """Takes what was refused for reached."""

    def observe(self, step: Step, reply: Reply, wrong: str | None = None) -> None:
        super().observe(step, ACCEPTED, wrong)


class CountsOnce(Coverage):
    """Knows that, and not how often."""

    def as_json(self) -> list[JSONObject]:
        return [entry | {"reached": dict.fromkeys(entry["reached"], 1)} for entry in super().as_json()]


class ForgetsNearMisses(Coverage):
    def observe(self, step: Step, reply: Reply, wrong: str | None = None) -> None:
        super().observe(step, reply)


class MixesUpOperations(Coverage):
    def observe(self, step: Step, reply: Reply, wrong: str | None = None) -> None:
        super().observe(Step("DeleteItem", step.request), reply, wrong)


class LeavesNothingUnreached(Coverage):
    def as_json(self) -> list[JSONObject]:
        return [entry | {"never": []} for entry in super().as_json()]


@pytest.mark.parametrize(
    "wrong", [CountsRefusals, CountsOnce, ForgetsNearMisses, MixesUpOperations, LeavesNothingUnreached]
)
def test_one_that_counts_wrongly_is_caught(wrong: type[Coverage]) -> None:
    with pytest.raises(AssertionError):
        check(wrong)


def test_of_what_is_wrong_only_what_is_certain_counts() -> None:
    coverage = Coverage()
    coverage.observe(
        Step("PutItem", {"TableName": "Things", "Item": {"pk": {"S": "a", "N": None}}}), ACCEPTED, "a fault"
    )
    coverage.observe(Step("TransactWriteItems", {"TransactItems": [None, 5]}), ACCEPTED, "a fault")
    coverage.observe(Step("CreateTable", {"AttributeDefinitions": None}), ACCEPTED, "a fault")
    assert reached(coverage, "values") == reached(coverage, "schemas") == {}
    assert reached(coverage, "operations") == {"PutItem": 1, "TransactWriteItems": 1, "CreateTable": 1}


def test_expressions_of_a_failed_condition_count() -> None:
    coverage = Coverage()
    coverage.observe(PUT, Reply(400, {"__type": "a#ConditionalCheckFailedException", "message": "The conditional ..."}))
    assert "PutItem, ConditionExpression: size" in reached(coverage, "expressions")
    assert reached(coverage, "values") == {}


def test_tables_that_scenarios_begin_with_count() -> None:
    coverage = Coverage()
    table = draw_table(SeededDraw("7"), "Things")
    coverage.observe_scenario(Scenario("s", "generated", (table.create_request(),)))
    assert f"table {table.keys.shape()}" in reached(coverage, "schemas")


def test_merging_adds_up_and_keeps_what_nobody_reached() -> None:
    one, other = Coverage(), Coverage()
    one.observe(PUT, ACCEPTED)
    other.observe(PUT, REFUSED)
    other.observe(Step("Scan", {"TableName": "Things"}), ACCEPTED)
    both = Coverage()
    both.observe(PUT, ACCEPTED)
    both.observe(PUT, REFUSED)
    both.observe(Step("Scan", {"TableName": "Things"}), ACCEPTED)
    assert merge([one.as_json(), other.as_json()]) == both.as_json()
    assert merge([both.as_json()]) == both.as_json()
    assert merge([]) == []


@pytest.mark.parametrize(
    ("member", "text", "expected"),
    [
        ("ConditionExpression", "(a = :v)", {"=", "parentheses"}),
        ("ConditionExpression", "a in (:v, :w)", {"IN", "keyword in lower case"}),
        ("FilterExpression", "a.b[0] <> :v", {"<>", "member of a map", "element of a list"}),
        ("FilterExpression", "not contains(a, :v)", {"NOT", "contains", "keyword in lower case"}),
        ("UpdateExpression", "SET a = list_append(a, b) ADD b :v", {"SET", "ADD", "list_append", "several sections"}),
        ("UpdateExpression", "SET a = a - :v", {"SET", "-"}),
        ("ProjectionExpression", "a, b", {"several paths"}),
        ("KeyConditionExpression", "a = :v AND b BETWEEN :v AND :w", {"=", "AND", "BETWEEN"}),
    ],
)  # fmt: skip
def test_nodes_of_expressions(member: str, text: str, expected: set[str]) -> None:
    assert nodes(member, text) == expected <= set(NODES[member])


@pytest.mark.parametrize(
    ("value", "cells"),
    [
        ({"S": ""}, {"S", "S: empty"}),
        ({"S": "\U0001f600"}, {"S", "S: beyond the BMP"}),
        ({"N": "0"}, {"N", "N: zero"}),
        ({"N": "1.50"}, {"N", "N: fraction", "N: spelt unusually"}),
        ({"N": "-9007199254740993"}, {"N", "N: negative", "N: beyond 2**53"}),
        ({"N": "1E125"}, {"N", "N: spelt unusually", "N: 1E100 or more"}),
        ({"B": "/w=="}, {"B", "B: high bytes"}),
        ({"SS": ["a"]}, {"SS", "SS: one"}),
        ({"L": [{"M": {}}]}, {"L", "M", "M: empty", "levels: 2"}),
    ],
)
def test_borders_of_values(value: JSONObject, cells: set[str]) -> None:
    assert set(value_cells({"Item": {"a": value}})) == cells


def test_faults_by_the_model_count_by_their_kind() -> None:
    assert near_miss_cell("botocore: Key.*.S is null") == "botocore: a member is null"
    assert near_miss_cell("botocore: TableName is missing") == "botocore: a member is missing"
    assert near_miss_cell("an illegal value") == "an illegal value"


def test_what_is_not_generated_says_why_and_is_a_parameter() -> None:
    cells = {f"{operation}: {parameter}" for operation in OPERATIONS for parameter in parameters(operation)}
    universe = next(dimension.universe for dimension in DIMENSIONS if dimension.name == "parameters")
    assert universe is not None
    for beginning, reason in NOT_GENERATED.items():
        assert reason
        assert any(cell.startswith(beginning) for cell in cells), beginning
        assert not any(cell.startswith(beginning) for cell in universe)


# What takes longer to be met than a test may take.
RARE = {"pages ended by 1 MB", "item: 256 KB", "item: 400 KB", "index with several key attributes of a kind"}


def test_the_universe_is_reached_but_for_what_is_rare_and_nothing_is_outside_of_it() -> None:
    """12,000 operations reach most cells, so none of them is unreachable by construction for long."""
    generator, operations = Generator(2), 0
    with ReferenceTarget() as target:
        for plan in generator:
            for exchange in replay(plan.scenario, [target]):
                assert isinstance(exchange, Exchange)
                generator.observe(exchange.step, exchange.replies["reference"], plan.wrong[exchange.index])
                operations += 1
            if operations >= 12000:
                break
    for dimension, entry in zip(DIMENSIONS, generator.coverage.as_json(), strict=True):
        if dimension.universe is not None:
            assert set(entry["reached"]) <= dimension.universe, dimension.name
            unreached = set(entry["never"]) - RARE
            assert len(unreached) <= len(dimension.universe) * 0.3, (dimension.name, unreached)
