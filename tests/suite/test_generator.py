"""Scenarios without end: the same for the same seed, split into shards, steered to what is rare."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from conformance.generator import BATCH, Generator
from conformance.replay import Exchange, replay
from conformance.scenario import Reply
from conformance.strategies.scenarios import Plan
from conformance.targets.reference import ReferenceTarget

ACCEPTED = Reply(200, {})


def run(generator: Generator, count: int) -> list[Plan]:
    """So many plans, each answered by the reference."""
    plans = []
    with ReferenceTarget() as target:
        for plan in islice(generator, count):
            plans.append(plan)
            for exchange in replay(plan.scenario, [target]):
                assert isinstance(exchange, Exchange)
                generator.observe(exchange.step, exchange.replies["reference"], plan.wrong[exchange.index])
    return plans


def test_equal_seeds_and_replies_give_equal_scenarios() -> None:
    assert run(Generator(3), 3 * BATCH) == run(Generator(3), 3 * BATCH)


def test_other_replies_steer_elsewhere_from_the_second_batch_on() -> None:
    steered, unsteered = run(Generator(3), 2 * BATCH), list(islice(Generator(3), 2 * BATCH))
    assert steered[:BATCH] == unsteered[:BATCH]
    assert steered[BATCH:] != unsteered[BATCH:]


def test_other_seeds_give_other_scenarios() -> None:
    one, other = (list(islice(Generator(seed), 5)) for seed in (1, 2))
    assert all(left.scenario.steps != right.scenario.steps for left, right in zip(one, other, strict=True))


def test_scenarios_are_named_by_seed_batch_and_number() -> None:
    plans = list(islice(Generator(9), BATCH + 1))
    assert plans[0].scenario.id == "generated-9-0-0"
    assert plans[BATCH].scenario.id == "generated-9-1-0"
    assert plans[BATCH].scenario.source == "generated with seed 9: batch 1, scenario 0"


def test_shards_have_nothing_in_common_and_all_together() -> None:
    whole = {plan.scenario.id for plan in islice(Generator(4), 4 * BATCH)}
    shards = [{plan.scenario.id for plan in islice(Generator(4, shard=(i, 2)), 2 * BATCH)} for i in (1, 2)]
    assert shards[0] & shards[1] == set()
    assert shards[0] | shards[1] == whole


@pytest.mark.parametrize("shard", [(0, 1), (2, 1), (-1, 3)])
def test_a_shard_that_there_is_not(shard: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="there is no shard"):
        Generator(1, shard=shard)


def test_an_operation_that_is_not_generated() -> None:
    with pytest.raises(ValueError, match="not generated: ExecuteStatement"):
        Generator(1, {"Query", "ExecuteStatement"})


def test_only_the_operations_that_are_wanted() -> None:
    plans = islice(Generator(1, {"GetItem"}), 20)
    assert {step.operation for plan in plans for step in plan.scenario.steps} == {"GetItem", "PutItem"}


def misses(plans: list[Plan]) -> Counter[str | None]:
    return Counter(wrong for plan in plans for wrong in plan.wrong)


def test_what_is_avoided_becomes_rare_and_does_not_vanish() -> None:
    avoided = "an illegal value"
    generator = Generator(6, {"PutItem", "GetItem"})
    before = misses(list(islice(generator, 20 * BATCH)))
    generator.avoid({avoided})
    after = misses(list(islice(generator, 20 * BATCH)))
    assert 0 < after[avoided] < before[avoided] / 3


def test_an_option_can_be_avoided_too() -> None:
    plain, other = Generator(6), Generator(6)
    other.avoid({"operations: Query"})
    counts = [
        Counter(step.operation for plan in islice(generator, 8 * BATCH) for step in plan.scenario.steps)["Query"]
        for generator in (plain, other)
    ]
    # Sequences and the sweep go on asking.
    assert 0 < counts[1] < counts[0] * 0.8


def test_steering_draws_what_was_rare_more_often() -> None:
    """Told that a near miss was sent a thousand times, it sends the others."""
    generator = Generator(8, {"PutItem"})
    often = "an illegal value"
    first = misses(list(islice(generator, BATCH)))
    step = next(generator).scenario.steps[0]
    for _ in range(1000):
        generator.observe(step, ACCEPTED, often)
    list(islice(generator, BATCH - 1))
    steered = misses(list(islice(generator, 8 * BATCH)))
    plain = misses(list(islice(Generator(8, {"PutItem"}), 8 * BATCH)))
    assert first[often] > 0
    assert 0 < steered[often] < plain[often] * 0.6


def test_coverage_includes_the_tables_of_scenarios() -> None:
    generator = Generator(1)
    list(islice(generator, 5))
    assert generator.coverage.counts["schemas"].total() >= 5
