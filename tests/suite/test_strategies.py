"""What is generated: mostly valid, mostly colliding, and the same for the same seed."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.replay import Exchange, replay
from conformance.scenario import JSON, Outcome, Reply
from conformance.strategies.generation import generate
from conformance.strategies.items import overlap
from conformance.strategies.near_misses import NEAR_MISSES
from conformance.strategies.operations import OPERATIONS
from conformance.strategies.scenarios import Plan, plans, scenarios
from conformance.strategies.values import Flavour, any_values, order_of, sets_of
from conformance.targets.reference import ReferenceTarget

PLANS = 300


@pytest.fixture(scope="module")
def drawn() -> list[Plan]:
    return generate(plans(), seed=11, count=PLANS)


@pytest.fixture(scope="module")
def answered(drawn: list[Plan]) -> list[tuple[Exchange, Reply, str | None]]:
    """Every exchange with the reference, and what is wrong with its step."""
    found = []
    with ReferenceTarget() as target:
        for plan in drawn:
            for exchange in replay(plan.scenario, [target]):
                assert isinstance(exchange, Exchange), exchange
                found.append((exchange, exchange.replies["reference"], plan.wrong[exchange.index]))
    return found


def test_equal_seeds_give_equal_scenarios() -> None:
    assert generate(scenarios(), seed=5, count=10) == generate(scenarios(), seed=5, count=10)
    assert generate(scenarios(), seed=5, count=10) != generate(scenarios(), seed=6, count=10)


def test_scenarios_do_not_repeat(drawn: list[Plan]) -> None:
    assert len({json.dumps([step.request for step in plan.scenario.steps]) for plan in drawn}) == len(drawn) == PLANS


def test_every_operation_and_every_near_miss_is_drawn(drawn: list[Plan]) -> None:
    operations = Counter(step.operation for plan in drawn for step in plan.scenario.steps)
    assert set(operations) == set(OPERATIONS)
    by_operation = [plan for name in OPERATIONS for plan in generate(plans({name}), seed=12, count=50)]
    seen = {wrong for plan in by_operation for wrong in plan.wrong}
    assert seen == {None, *(miss.name for miss in NEAR_MISSES)}


def test_scenarios_have_up_to_some_25_steps(drawn: list[Plan]) -> None:
    lengths = [len(plan.scenario.steps) for plan in drawn]
    assert min(lengths) <= 4
    assert 20 <= max(lengths) <= 30


def test_about_one_step_in_eight_is_a_near_miss(drawn: list[Plan]) -> None:
    wrong = [miss is not None for plan in drawn for miss in plan.wrong]
    assert 0.10 <= sum(wrong) / len(wrong) <= 0.16


def test_most_steps_are_accepted(answered: list[tuple[Exchange, Reply, str | None]]) -> None:
    accepted = [reply.outcome is Outcome.ACCEPTED for _, reply, _ in answered]
    assert 0.78 <= sum(accepted) / len(accepted) <= 0.92
    outcomes: dict[str, list[bool]] = {}
    for exchange, reply, _ in answered:
        outcomes.setdefault(exchange.step.operation, []).append(reply.outcome is Outcome.ACCEPTED)
    for operation, of_it in outcomes.items():
        # The rare ones prove nothing.
        assert len(of_it) < 50 or sum(of_it) / len(of_it) >= 0.65, operation


def test_what_has_nothing_wrong_is_refused_only_for_what_is_stored(
    answered: list[tuple[Exchange, Reply, str | None]],
) -> None:
    """A condition that fails, or an update that meets what the generator does not follow."""
    refusals = Counter(
        (exchange.step.operation, reply.error_type, reply.message)
        for exchange, reply, wrong in answered
        if wrong is None and reply.outcome is not Outcome.ACCEPTED
    )
    of_updates = (
        "The provided expression refers to an attribute that does not exist in the item",
        "The document path provided in the update expression is invalid for update",
        "An operand in the update expression has an incorrect data type",
        "Attempting to store more than 38 significant digits in a Number",
    )
    for (operation, error, message), count in refusals.items():
        if error != "ConditionalCheckFailedException":
            nested = "Nesting Levels have exceeded" in (message or "")
            assert operation in ("UpdateItem", "TransactWriteItems"), (operation, error, message, count)
            cancelled = error == "TransactionCanceledException"
            assert cancelled or message in of_updates or nested, (operation, error, message, count)


def test_most_near_misses_are_refused(answered: list[tuple[Exchange, Reply, str | None]]) -> None:
    refused = [reply.outcome is Outcome.REFUSED for _, reply, wrong in answered if wrong is not None]
    assert sum(refused) / len(refused) >= 0.85


def test_conditions_hold_about_as_often_as_not(answered: list[tuple[Exchange, Reply, str | None]]) -> None:
    conditional = [
        reply.outcome is Outcome.ACCEPTED
        for exchange, reply, wrong in answered
        if wrong is None and "ConditionExpression" in exchange.step.request
    ]
    assert 0.4 <= sum(conditional) / len(conditional) <= 0.85


def test_reads_find_something(answered: list[tuple[Exchange, Reply, str | None]]) -> None:
    queries = [reply.body["Count"] for exchange, reply, _ in answered if "Count" in (reply.body or {})]
    assert sum(count > 0 for count in queries) / len(queries) >= 0.4
    gets = [reply.body for exchange, reply, wrong in answered if exchange.step.operation == "GetItem" and wrong is None]
    assert sum("Item" in body for body in gets) / len(gets) >= 0.5


def test_what_expressions_use_is_defined_and_what_is_defined_is_used(drawn: list[Plan]) -> None:
    for plan in drawn:
        for step, wrong in zip(plan.scenario.steps, plan.wrong, strict=True):
            for holder in _objects_in(step.request) if wrong is None else ():
                used = {
                    placeholder
                    for member, text in holder.items()
                    if member.endswith("Expression")
                    for placeholder in re.findall(r"[#:]\w+", text)
                }
                defined = {*holder.get("ExpressionAttributeNames", ()), *holder.get("ExpressionAttributeValues", ())}
                if any(member.endswith("Expression") for member in holder):
                    assert used == defined, step


def _objects_in(value: JSON) -> Iterator[dict[str, JSON]]:
    if isinstance(value, dict):
        yield value
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects_in(inside)


def test_only_what_was_asked_for_is_drawn() -> None:
    found = generate(scenarios({"Query"}), seed=1, count=20)
    assert {step.operation for scenario in found for step in scenario.steps} == {"PutItem", "Query"}


@settings(max_examples=50, deadline=None, database=None)
@given(st.sampled_from(("SS", "NS", "BS")), st.data())
def test_sets_have_no_equal_elements(datatype: str, data: st.DataObject) -> None:
    drawn = data.draw(sets_of(datatype, Flavour(odd_numbers=True, odd_texts=True, empty_values=True)))
    elements = [order_of(datatype[0], element) for element in drawn[datatype]]
    assert len(elements) == len(set(elements)) > 0


@settings(max_examples=50, deadline=None, database=None)
@given(any_values(Flavour(odd_numbers=True, odd_texts=True, empty_values=True), 2))
def test_values_have_one_datatype_and_are_json(value: dict[str, JSON]) -> None:
    assert len(value) == 1
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("a",), ("a",), True),
        (("a",), ("a", "b"), True),
        (("a", "b"), ("a", "c"), False),
        (("a", 0), ("a", "b"), True),
        (("a", 0), ("a", 1), False),
        (("a",), ("b", "a"), False),
    ],
)
def test_paths_overlap_or_conflict(one: tuple[str | int, ...], other: tuple[str | int, ...], expected: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is expected
