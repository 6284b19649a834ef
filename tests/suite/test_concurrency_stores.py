"""Every check lets an honest store pass, and finds what a store with a deliberate race does wrong."""

from __future__ import annotations

import pytest
from concurrency_stores import (
    ChecksEarly,
    DropsPuts,
    ForgetsTokens,
    LeavesIndexBehind,
    LosesReplies,
    ReadsThenWrites,
    RefusesAtRandom,
    RestoresEverything,
    Retries,
    RollsBack,
    StaleReads,
    Store,
    TearsItems,
    WritesOneByOne,
    simulate,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.concurrency.checking import check
from conformance.concurrency.history import Fate
from conformance.concurrency.workloads import WORKLOADS, index
from conformance.divergence import Verdict

SLOW = settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "PATIENCE", 0.0)


@pytest.mark.parametrize("name", WORKLOADS)
@SLOW
@given(seed=st.integers(0, 2**32), clients=st.integers(2, 6))
def test_an_honest_store_passes(name: str, seed: int, clients: int):
    workload = WORKLOADS[name]
    checked = check(simulate(workload, Store(workload), seed=seed, clients=clients, operations=120))
    assert (checked.verdict, checked.reason) == (Verdict.AGREE, "")


# A write that takes place between the last look at a table and that at its index makes them differ for a moment, which
# `index` waits out; here no time passes.
@pytest.mark.parametrize("name", [name for name in WORKLOADS if name != "index"])
@SLOW
@given(seed=st.integers(0, 2**32))
def test_lost_replies_are_no_violations(name: str, seed: int):
    """What is unknown may have taken place, or not, or later: each is allowed for."""
    workload = WORKLOADS[name]
    history = simulate(workload, LosesReplies(workload, seed), seed=seed, operations=150)
    assert history.count(Fate.UNKNOWN)
    assert check(history).violations == ()


WRONG = [
    (ReadsThenWrites, "counter", {"lost update"}),
    (ReadsThenWrites, "append", {"lost update"}),
    (ReadsThenWrites, "register", {"lost update"}),
    (ReadsThenWrites, "lock", {"lost update"}),
    (WritesOneByOne, "transfer", {"G-single", "wrong sum"}),
    (WritesOneByOne, "transactions", {"G-single"}),
    (WritesOneByOne, "unique", {"G-single"}),
    (RollsBack, "transactions", {"G1a"}),
    (RestoresEverything, "transactions", {"lost write"}),
    (RestoresEverything, "transfer", {"lost write"}),
    (ChecksEarly, "transactions", {"G2-item"}),
    (ChecksEarly, "unique", {"lost update"}),
    (StaleReads, "append", {"G-single-realtime"}),
    (StaleReads, "counter", {"G-single-realtime"}),
    (StaleReads, "register", {"G-single-realtime"}),
    (StaleReads, "batch", {"not linearizable"}),
    (Retries, "counter", {"wrong count", "not linearizable"}),
    (Retries, "append", {"applied twice"}),
    (ForgetsTokens, "tokens", {"applied twice"}),
    (TearsItems, "batch", {"torn item"}),
    (DropsPuts, "batch", {"not linearizable"}),
    (RefusesAtRandom, "register", {"wrong refusal"}),
    (RefusesAtRandom, "lock", {"not linearizable"}),
    (LeavesIndexBehind, "index", {"no convergence"}),
]


@pytest.mark.parametrize(("store", "name", "names"), WRONG)
def test_a_wrong_store_is_caught(store: type[Store], name: str, names: set[str]):
    workload = WORKLOADS[name]
    checked = check(simulate(workload, store(workload), seed=7))
    assert checked.verdict is Verdict.DIVERGE
    assert names <= {violation.name for violation in checked.violations}
    for violation in checked.violations:
        assert violation.meaning
        assert violation.operations


RACES = {ReadsThenWrites, WritesOneByOne, RollsBack, RestoresEverything, ChecksEarly, TearsItems}


@pytest.mark.parametrize(("store", "name"), [(store, name) for store, name, _ in WRONG if store in RACES])
def test_with_one_client_nothing_races_and_there_is_no_verdict(store: type[Store], name: str):
    workload = WORKLOADS[name]
    checked = check(simulate(workload, store(workload), seed=7, clients=1))
    assert checked.violations == ()
    assert checked.verdict is Verdict.INDETERMINATE
    assert "at the same time" in checked.reason


def test_the_same_seed_gives_the_same_history():
    workload = WORKLOADS["append"]
    one, other = (simulate(workload, ReadsThenWrites(workload), seed=3) for _ in range(2))
    assert one == other
    assert one != simulate(workload, ReadsThenWrites(workload), seed=4)
