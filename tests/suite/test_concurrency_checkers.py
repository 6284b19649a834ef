"""The two searches against plain enumeration: for an order of one item's operations, and for the smallest cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.concurrency.dependencies import Edge, Kind, dependencies, smallest_cycles, violations_of
from conformance.concurrency.graph import Graph
from conformance.concurrency.history import FOREVER, Intention, Operation
from conformance.concurrency.linearizability import (
    IMPOSSIBLE,
    Answer,
    Call,
    State,
    call,
    contradiction,
    finds,
    finds_other_than,
    increases_to,
    search,
    swaps,
    writes,
)
from conformance.concurrency.units import ListAccess, Unit, Version, place
from conformance.scenario import Reply


def operation(number: int, invoked: float = 0, completed: float = 1, status: int = 200) -> Operation:
    intention = Intention("GetItem", {}, {"do": "read", "keys": ["a"]})
    return Operation(number, number, intention, Reply(status, {}), invoked, completed)


# --- an order of one item's operations ----------------------------------------------------------------------


@st.composite
def calls(draw: st.DrawFn, largest: int = 5) -> list[Call]:
    """Calls on one register at any times: some histories of it are possible, most are not."""
    drawn = []
    for number in range(draw(st.integers(1, largest))):
        invoked = draw(st.integers(0, 6))
        completed = invoked + draw(st.integers(0, 4))
        value, other = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        transition, observes = draw(
            st.sampled_from(
                [
                    (finds(value), True),
                    (finds_other_than(value), True),
                    (writes(value), False),
                    (swaps(other, value), False),
                ]
            )
        )
        unknown = not observes and draw(st.booleans())
        done = operation(number, invoked, completed, status=500 if unknown else 200)
        drawn.append(call(done, transition, "", observes=observes))
    return drawn


def is_possible(calls: Sequence[Call]) -> bool:
    """By trying every order of every choice of what took place."""
    certain = [each for each in calls if each.required]
    perhaps = [each for each in calls if not each.required]
    chosen = chain.from_iterable(combinations(perhaps, count) for count in range(len(perhaps) + 1))
    return any(fits(order) for some in chosen for order in permutations([*certain, *some]))


def fits(order: Sequence[Call]) -> bool:
    state: State = 0
    for position, each in enumerate(order):
        if any(later.latest < each.invoked for later in order[position + 1 :]):
            return False
        state = each.transition(state)
        if state is IMPOSSIBLE:
            return False
    return True


@settings(max_examples=400)
@given(calls())
def test_the_search_finds_an_order_where_there_is_one(drawn: list[Call]):
    assert search(drawn, 0) is (Answer.LINEARIZABLE if is_possible(drawn) else Answer.NOT_LINEARIZABLE)


@settings(max_examples=300)
@given(calls(largest=6))
def test_a_contradiction_holds_and_nothing_in_it_can_be_spared(drawn: list[Call]):
    if search(drawn, 0) is not Answer.NOT_LINEARIZABLE:
        return
    kept = contradiction(drawn, 0)
    assert kept
    numbers = {each.operation.number for each in kept}
    rest = [relaxed for each in drawn if each.operation.number not in numbers for relaxed in relax(each)]
    assert not is_possible([*kept, *rest])
    for spared in kept:
        others = [each for each in kept if each is not spared]
        assert is_possible([*others, *relax(spared), *rest])


def relax(one: Call) -> list[Call]:
    return [] if one.observes else [replace(one, required=False, latest=FOREVER)]


@st.composite
def honest_counter(draw: st.DrawFn) -> list[Call]:
    """Increments one after another, each somewhere within its times; some without an answer, carried out or not."""
    found, sum_ = [], 0
    for number in range(draw(st.integers(1, 40))):
        invoked, completed = number - draw(st.floats(0, 8)), number + draw(st.floats(0, 8))
        fortune = draw(st.sampled_from(["answered", "answered", "answered", "lost reply", "lost request"]))
        sum_ += fortune != "lost request"
        status = 200 if fortune == "answered" else 500
        transition = increases_to(sum_ if status == 200 else None)
        found.append(call(operation(number, invoked, completed, status), transition, ""))
    return found


@settings(max_examples=100)
@given(honest_counter())
def test_an_honest_counter_is_linearizable(drawn: list[Call]):
    assert search(drawn, 0) is Answer.LINEARIZABLE


def test_a_search_beyond_its_budget_is_undecided():
    drawn = [call(operation(number, 0, 100), writes(number), "") for number in range(12)]
    assert search([*drawn, call(operation(12, 0, 100), finds(-1), "", observes=True)], 0, budget=50) is Answer.UNDECIDED


# --- cycles -------------------------------------------------------------------------------------------------


@st.composite
def units(draw: st.DrawFn) -> list[Unit]:
    """Units that saw and made any versions of two items at any times."""
    found = []
    for number in range(draw(st.integers(2, 6))):
        invoked = draw(st.integers(0, 8))
        latest = invoked + draw(st.integers(0, 5))
        saw: dict[str, Version] = draw(st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), max_size=2))
        made: dict[str, Version] = draw(st.dictionaries(st.sampled_from("ab"), st.integers(1, 4), max_size=1))
        saw |= {key: version - 1 for key, version in made.items() if isinstance(version, int)}
        done = operation(number, invoked, latest)
        found.append(Unit(f"T{number}", (done,), invoked, latest, saw, made, real_time=draw(st.booleans())))
    return found


def every_edge(drawn: Sequence[Unit]) -> list[Edge]:
    """All dependencies, and the clock's for every pair."""
    edges = list(dependencies(drawn))
    for one, first in enumerate(drawn):
        for other, second in enumerate(drawn):
            if first.latest < second.invoked and first.real_time and second.real_time:
                edges += [Edge(one, other, Kind.RT, key) for key in first.keys & second.keys]
    return edges


def shortest(drawn: Sequence[Unit]) -> int | None:
    """The length of the shortest cycle, by trying all cycles of each length."""
    pairs = {(edge.source, edge.target) for edge in every_edge(drawn)}
    for length in range(2, len(drawn) + 1):
        for cycle in permutations(range(len(drawn)), length):
            if all(pair in pairs for pair in zip(cycle, (*cycle[1:], cycle[0]), strict=True)):
                return length
    return None


@settings(max_examples=400)
@given(units())
def test_the_smallest_cycle_is_the_smallest(drawn: list[Unit]):
    cycles = smallest_cycles(drawn)
    length = shortest(drawn)
    assert bool(cycles) is (length is not None)
    if cycles:
        assert min(len(cycle.edges) for cycle, _ in cycles) == length
    known = {(edge.source, edge.target, edge.kind, edge.key) for edge in every_edge(drawn)}
    for cycle, times in cycles:
        assert times >= 1
        assert {(edge.source, edge.target, edge.kind, edge.key) for edge in cycle.edges} <= known
        targets = [edge.target for edge in cycle.edges]
        assert [edge.source for edge in cycle.edges] == [targets[-1], *targets[:-1]]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_components_are_those_that_reach_each_other(pairs: list[tuple[int, int]]):
    graph: Graph[None] = Graph()
    for _ in range(10):
        graph.add_node()
    for source, target in pairs:
        graph.add_edge(source, target, 1, None)
    everywhere = set(range(10))
    reached = {
        (one, other)
        for one in everywhere
        for other in everywhere
        if one != other and graph.cheapest(one, other, everywhere) is not None
    }
    expected = {
        frozenset({one, *(other for other in everywhere if {(one, other), (other, one)} <= reached)})
        for one in everywhere
    }
    assert {frozenset(found) for found in graph.components()} == {each for each in expected if len(each) > 1}


def unit(label: str, invoked: float, latest: float, *, saw: dict[str, Version], made: dict[str, Version]) -> Unit:
    return Unit(label, (operation(int(label[1:]), invoked, latest),), invoked, latest, saw, made)


ANOMALIES = {
    "G0": [
        unit("T1", 0, 9, saw={}, made={"a": 1, "b": 2}),
        unit("T2", 0, 9, saw={}, made={"a": 2, "b": 1}),
    ],
    "G1c": [
        unit("T1", 0, 9, saw={"b": 1}, made={"a": 1}),
        unit("T2", 0, 9, saw={"a": 1}, made={"b": 1}),
    ],
    "G-single": [
        unit("T1", 0, 9, saw={}, made={"a": 1, "b": 1}),
        unit("T2", 0, 9, saw={"a": 1, "b": 0}, made={}),
    ],
    "G2-item": [
        unit("T1", 0, 9, saw={"a": 0}, made={"b": 1}),
        unit("T2", 0, 9, saw={"b": 0}, made={"a": 1}),
    ],
    "lost update": [
        unit("T1", 0, 9, saw={"a": 0}, made={"a": 1}),
        unit("T2", 0, 9, saw={"a": 0}, made={"a": 1}),
    ],
    "G-single-realtime": [
        unit("T1", 0, 1, saw={"a": 0}, made={"a": 1}),
        unit("T2", 2, 3, saw={"a": 0}, made={}),
    ],
    "G1c-realtime": [
        unit("T1", 0, 1, saw={"a": 1}, made={}),
        unit("T2", 2, 3, saw={"a": 0}, made={"a": 1}),
    ],
    "G0-realtime": [
        unit("T1", 0, 1, saw={}, made={"a": 2}),
        unit("T2", 2, 3, saw={}, made={"a": 1}),
    ],
}


@pytest.mark.parametrize("name", ANOMALIES)
def test_a_cycle_has_the_name_of_its_anomaly(name: str):
    (violation,) = violations_of(ANOMALIES[name])
    assert violation.name == name
    assert len(violation.steps) == 3
    assert violation.steps[-1] == "So T1 would have to come before itself."


def test_a_cycle_is_told_in_words():
    (violation,) = violations_of(ANOMALIES["G-single-realtime"])
    assert violation.sentence == "On a, T1 and T2 can stand in no order:"
    assert violation.steps == (
        "T1 comes before T2: T1 had been answered 1000.000 ms before T2 was asked.",
        "T2 comes before T1: T2 found a as 0, before T1 made it 1.",
        "So T1 would have to come before itself.",
    )
    assert violation.arrows == ((1, 2, "rt"), (2, 1, "rw"))


def test_an_eventually_consistent_read_may_be_stale():
    write, read = ANOMALIES["G-single-realtime"]
    assert violations_of([write, replace(read, real_time=False)]) == []


def test_over_two_items_the_clock_orders_nothing():
    """DynamoDB promises an order of transactions, and not that it is the clock's."""
    drawn = [
        unit("T1", 0, 1, saw={}, made={"a": 1}),
        unit("T2", 2, 3, saw={}, made={"b": 1}),
        unit("T3", 0, 9, saw={"b": 1, "a": 0}, made={}),
    ]
    assert violations_of(drawn) == []


# --- lists --------------------------------------------------------------------------------------------------


def test_a_list_tells_who_wrote_each_version():
    writer = ListAccess((operation(1),), appended={"a": 7})
    reader = ListAccess((operation(2),), read={"a": (5, 7)})
    first = ListAccess((operation(3),), appended={"a": 5}, left={"a": (5,)})
    placed, violations = place([writer, reader, first])
    assert violations == []
    assert [(dict(each.saw), dict(each.made)) for each in placed] == [
        ({"a": (5,)}, {"a": (5, 7)}),
        ({"a": (5, 7)}, {}),
        ({"a": ()}, {"a": (5,)}),
    ]


@pytest.mark.parametrize(
    ("name", "accesses"),
    [
        ("phantom value", [ListAccess((operation(1),), read={"a": (9,)})]),
        (
            "applied twice",
            [ListAccess((operation(1),), appended={"a": 9}), ListAccess((operation(2),), read={"a": (9, 9)})],
        ),
        (
            "G1a",
            [ListAccess((operation(1, status=400),), appended={"a": 9}), ListAccess((operation(2),), read={"a": (9,)})],
        ),
    ],
)
def test_faults_that_need_no_order(name: str, accesses: list[ListAccess]):
    _, violations = place(accesses)
    assert [each.name for each in violations] == [name]


def test_an_unknown_write_that_nobody_saw_is_nothing():
    unknown = ListAccess((operation(1, status=500),), appended={"a": 9})
    placed, violations = place([unknown, ListAccess((operation(2, 5, 6),), read={"a": ()})])
    assert violations == []
    assert violations_of(placed) == []


def test_an_acknowledged_write_that_nobody_saw_is_lost():
    lost = ListAccess((operation(1, 0, 1),), appended={"a": 9})
    placed, _ = place([lost, ListAccess((operation(2, 5, 6),), read={"a": ()})])
    (violation,) = violations_of(placed)
    assert violation.name == "lost write"
    assert "without 9, which T1 wrote" in violation.steps[1]
