"""What a target that has gone astray has missed is put to it on the baseline's state, and ends."""

from __future__ import annotations

from collections.abc import Iterable

from miniatures import TABLE

from conformance.lockstep import Continuation
from conformance.replay import Exchange, SetupFailure, replay
from conformance.scenario import JSONObject, Scenario, Step
from conformance.targets.reference import ReferenceTarget

OTHER = {**TABLE, "TableName": "Other"}


def item(number: int, **more: JSONObject) -> JSONObject:
    return {"artist": {"S": f"a{number}"}, "song": {"S": "s"}, **more}


def put(number: int, table: str = "Music", **more: JSONObject) -> Step:
    return Step("PutItem", {"TableName": table, "Item": item(number, **more)})


SCAN = Step("Scan", {"TableName": "Music"})
SET = Step(
    "UpdateItem",
    {
        "TableName": "Music",
        "Key": item(1),
        "UpdateExpression": "SET v = :v",
        "ExpressionAttributeValues": {":v": {"N": "7"}},
    },
)


def following(whole: Continuation, *astray: tuple[int, str]) -> list[Continuation]:
    with ReferenceTarget() as reference:

        def put_to_it(scenario: Scenario) -> Iterable[Exchange | SetupFailure]:
            return replay(scenario, [reference])

        return list(whole.continuations(astray, put_to_it))


def whole(*steps: Step) -> Continuation:
    return Continuation(Scenario("s", "f", (TABLE,), steps), 0, frozenset({"one", "two"}))


def test_it_begins_with_the_state_that_the_baseline_has() -> None:
    [found] = following(whole(put(1), put(2), SET, SCAN, put(3)), (2, "one"))
    assert found.targets == {"one"}
    assert found.puts == 2
    assert found.scenario.tables == (TABLE,)
    assert sorted(str(step.request["Item"]) for step in found.scenario.steps[:2]) == sorted(
        str(stored) for stored in (item(1, v={"N": "7"}), item(2))
    )
    assert found.scenario.steps[2:] == (SCAN, put(3))


def test_tables_that_came_and_went_are_as_they_are_by_then() -> None:
    steps = (Step("CreateTable", OTHER), put(1, "Other"), Step("DeleteTable", {"TableName": "Music"}), put(2, "Other"))
    [found] = following(whole(*steps, SCAN), (3, "one"))
    assert found.scenario.tables == (OTHER,)
    assert {step.request["TableName"] for step in found.scenario.steps[: found.puts]} == {"Other"}
    assert found.puts == 2


def test_where_nothing_follows_there_is_none() -> None:
    assert following(whole(put(1), SET), (1, "one")) == []


def test_each_place_has_its_own() -> None:
    found = following(whole(put(1), SET, SCAN, SCAN), (0, "one"), (1, "two"))
    assert [(one.targets, len(one.scenario.steps)) for one in found] == [({"one"}, 4), ({"two"}, 3)]


def test_an_item_that_a_target_does_not_take_is_left_out_of_its_state() -> None:
    restored = Continuation(Scenario("s", "f", (TABLE,), (put(1), put(2), SCAN)), 2, frozenset({"one"}))
    [found] = following(restored, (0, "one"))
    assert found.scenario.steps == (put(2), SCAN)
    assert found.puts == 1
