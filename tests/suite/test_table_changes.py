"""A table that UpdateTable has changed can be created anew as it is now, and is so where a state is restored."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from miniatures import TABLE

from conformance.canonical import tables_of
from conformance.divergence import Layer
from conformance.lockstep import Continuation, compared
from conformance.replay import Exchange, replay
from conformance.scenario import JSONObject, Outcome, Reply, Scenario, Step
from conformance.strategies.drawing import SeededDraw
from conformance.strategies.scenarios import draw_plan
from conformance.table_changes import changed
from conformance.targets.reference import ReferenceTarget

Change: TypeAlias = Callable[[JSONObject, JSONObject], JSONObject]

BY_TITLE = {
    "AttributeDefinitions": [{"AttributeName": "title", "AttributeType": "S"}],
    "GlobalSecondaryIndexUpdates": [
        {
            "Create": {
                "IndexName": "ByTitle",
                "KeySchema": [{"AttributeName": "title", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        }
    ],
}


def answers(target: ReferenceTarget, scenario: Scenario) -> list[tuple[Step, Reply]]:
    exchanges = list(replay(scenario, [target]))
    return [(one.step, one.replies["reference"]) for one in exchanges if isinstance(one, Exchange)]


def what_counts(described: dict[str, Any]) -> dict[str, Any]:
    """Of a table, what answers about items hang on."""

    def units(holder: dict[str, Any]) -> tuple[int, int]:
        throughput = holder["ProvisionedThroughput"]
        return throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]

    return {
        "definitions": sorted(described["AttributeDefinitions"], key=str),
        "stream": described.get("StreamSpecification"),
        "protected": described["DeletionProtectionEnabled"],
        "units": units(described),
        "indexes": {
            index["IndexName"]: (index["KeySchema"], index["Projection"], units(index))
            for index in described.get("GlobalSecondaryIndexes", ())
        },
    }


def check(change: Change) -> None:
    """Tables are updated at random, and each is created anew as `change` makes it."""
    updates = 0
    with ReferenceTarget() as target:
        for number in range(60):
            scenario = draw_plan(SeededDraw(f"changes/{number}"), frozenset({"UpdateTable"})).scenario
            live = {table["TableName"]: table for table in scenario.tables}
            reads = tuple(Step("DescribeTable", {"TableName": name}) for name in live)
            found = answers(target, scenario.with_steps((*scenario.steps, *reads)))
            for step, reply in found[: len(scenario.steps)]:
                if step.operation == "UpdateTable" and reply.outcome is Outcome.ACCEPTED:
                    name = step.request["TableName"]
                    before = copy.deepcopy((live[name], step.request))
                    after = change(live[name], step.request)
                    assert (live[name], step.request) == before, "what is given is not changed in place"
                    live[name] = after
                    updates += 1
            updated = [what_counts(reply.body["Table"]) for _, reply in found[len(scenario.steps) :]]
            anew = answers(target, Scenario("anew", "tests", tuple(live.values()), reads))
            assert [what_counts(reply.body["Table"]) for _, reply in anew] == updated
    assert updates > 100


def test_a_table_is_created_anew_as_it_is_now() -> None:
    check(changed)


def forgets_indexes(table: JSONObject, update: JSONObject) -> JSONObject:
    return changed(table, {name: value for name, value in update.items() if name != "GlobalSecondaryIndexUpdates"})


def forgets_the_stream(table: JSONObject, update: JSONObject) -> JSONObject:
    return changed(table, {name: value for name, value in update.items() if name != "StreamSpecification"})


def changes_what_it_is_given(table: JSONObject, update: JSONObject) -> JSONObject:
    table.update(changed(table, update))
    return table


def forgets_everything(table: JSONObject, _update: JSONObject) -> JSONObject:
    return table


@pytest.mark.parametrize("wrong", [forgets_indexes, forgets_the_stream, forgets_everything, changes_what_it_is_given])
def test_one_that_forgets_is_caught(wrong: Change) -> None:
    with pytest.raises(AssertionError):
        check(wrong)


def test_a_state_is_restored_with_the_indexes_that_came_later() -> None:
    put = Step("PutItem", {"TableName": "Music", "Item": {"artist": {"S": "a"}, "song": {"S": "s"}}})
    steps = (Step("UpdateTable", {"TableName": "Music", **BY_TITLE}), put, Step("Scan", {"TableName": "Music"}))
    whole = Continuation(Scenario("s", "f", (TABLE,), steps), 0, frozenset({"one"}))
    with ReferenceTarget() as reference:
        [following] = whole.continuations([(1, "one")], lambda scenario: replay(scenario, [reference]))
    [table] = following.scenario.tables
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["ByGenre", "ByTitle"]


def test_what_later_indexes_are_sorted_by_is_known() -> None:
    scenario = Scenario("s", "f", (TABLE,), (Step("UpdateTable", {"TableName": "Music", **BY_TITLE}),))
    assert [index["IndexName"] for table in tables_of(scenario) for index in table["GlobalSecondaryIndexes"]] == [
        "ByGenre",
        "ByTitle",
    ]


TAGGED = Step("TagResource", {"ResourceArn": "a"})
TAGS = Step("ListTagsOfResource", {"ResourceArn": "a"})
GOT = Step("GetItem", {"TableName": "Music"})
LACKING = Reply(400, {"__type": "a#UnknownOperationException", "message": "No"})


def test_what_was_not_tagged_is_not_missed_again_and_all_else_is_compared() -> None:
    exchanges = [
        Exchange(number, step, {"reference": Reply(200, due), "one": reply})
        for number, (step, due, reply) in enumerate(
            [
                (TAGS, {"Tags": []}, Reply(200, {"Tags": [{"Key": "a", "Value": ""}]})),
                (TAGGED, {}, LACKING),
                (TAGS, {"Tags": [{"Key": "a", "Value": ""}]}, Reply(200, {"Tags": []})),
                (GOT, {"Item": {"p": {"S": "a"}}}, Reply(200, {})),
            ]
        )
    ]
    steps = list(compared(Scenario("s", "f", (TABLE,), (TAGS, TAGGED, TAGS, GOT)), exchanges, "reference", list(Layer)))
    assert [len(step.findings) for step in steps] == [1, 1, 0, 1]
    assert not any(step.astray for step in steps)
