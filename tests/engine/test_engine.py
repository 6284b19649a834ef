"""The engine finds what is wrong: a sample of the catalogue, within few operations.

All of it is looked for by `tox -e engine`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest
from click.testing import CliRunner

from conformance.scenario import Scenario
from conformance.targets.reference import ReferenceTarget
from tests.engine import measure
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.faults import CATALOGUE
from tests.engine.search import Answered, Search, answer, broken_law, find, find_all, generate
from tests.engine.witnesses import Number, get, item, put, witness

# A search is luck, and each change of the generator deals other cards: a fault counts as missed where none of the seeds
# finds it. All but three of the sample are found within 1,700 operations of each of them.
SEEDS, OPERATIONS = (1, 2, 3), 4_000

# One or two of each area that is generated at all.
SAMPLE = (
    "filter-between-without-its-upper-end",
    "31-levels-refused",
    "sum-through-double",
    "signed-bytes",
    "no-cursor-without-matches",
    "item-deleted-between-pages",
    "moved-within-partition-stays",
    "transaction-update-misses-indexes",
    "delete-of-absent-elements-empties",
    "set-sees-earlier-sets",
    "absent-has-size-zero",
    "two-entries-give-the-whole-map",
    "updated-new-is-stale",
    "shrinking-costs-what-is-left",
    "half-a-transaction",
    "batch-put-merges",
    "expected-or-as-and",
    "bounds-told-the-wrong-way-round",
    "index-keys-the-wrong-way-round",
)
NOTHING_WRONG = Fault("nothing", Area.PAGES, Difficulty.EASY, "", "", (), Scenario("", ""))


@cache
def generated(seed: int) -> Sequence[Answered]:
    return generate(seed, OPERATIONS)


@pytest.fixture(scope="module")
def answered() -> Sequence[Answered]:
    return generated(SEEDS[0])


@pytest.mark.parametrize("id", SAMPLE)
def test_a_fault_is_found(id: str) -> None:
    searches = (find(CATALOGUE[id], generated(seed)) for seed in SEEDS)
    found = next((found for found in searches if found.within(OPERATIONS)), None)
    assert found is not None, f"not within {OPERATIONS} operations of any seed: {CATALOGUE[id].sentence}"
    assert found.signature is not None
    assert found.scenario


def test_nothing_is_found_where_nothing_is_wrong(answered: Sequence[Answered]) -> None:
    assert find(NOTHING_WRONG, answered).operation is None


def test_equal_seeds_give_equal_operations() -> None:
    def scenarios(seed: int) -> list[Scenario]:
        return [one.scenario for one in generate(seed, 300)]

    assert scenarios(1) == scenarios(1) != scenarios(2)


def test_where_a_fault_is_found_is_counted_in_operations() -> None:
    fault = CATALOGUE["minus-zero"]
    harmless = witness(put("Simple", item(pk="a")), get("Simple", item(pk="a")))
    telling = witness(
        get("Simple", item(pk="a")), put("Simple", item(pk="a", x=Number("-0"))), get("Simple", item(pk="a"))
    )
    answered = [_answered(harmless, 0), _answered(telling, 2)]
    assert find(fault, answered).operation == 5
    assert find(fault, answered[:1]).operation is None


def test_tables_that_cannot_be_made_are_a_difference() -> None:
    fault = CATALOGUE["tables-of-one-name-in-another-case"]
    both = [{**witness(get("Simple", {})).tables[0], "TableName": name} for name in ("Name", "NAME")]
    found = find(fault, [_answered(witness(get("Name", item(pk="a")), tables=both), 0)])
    assert found.operation == 1
    assert found.signature is not None
    assert found.signature.operation == "CreateTable"


def _answered(scenario: Scenario, before: int) -> Answered:
    with ReferenceTarget() as target:
        return answer(scenario, target, before=before)


def test_several_processes_find_the_same(answered: Sequence[Answered]) -> None:
    faults = {id: CATALOGUE[id] for id in SAMPLE[:3]}
    alone = {found.fault: found.operation for found in find_all(Search(faults, answered), jobs=1)}
    together = {found.fault: found.operation for found in find_all(Search(faults, answered), jobs=2)}
    assert alone == together


def test_a_law_that_is_broken_is_named() -> None:
    assert broken_law(CATALOGUE["half-a-transaction"], seed=1, operations=3_000)
    assert not broken_law(NOTHING_WRONG, seed=1, operations=500)


def test_excuses_are_for_faults_that_there_are_and_give_reasons() -> None:
    excused = measure.excused()
    assert excused.keys() <= CATALOGUE.keys()
    assert all(excused.values())
    assert not excused.keys() & set(SAMPLE)


# --- the command ------------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(measure.main, ["--operations", "300", "--jobs", "1", *arguments])
    return result.exit_code, result.output


def test_what_was_found_and_what_was_not_is_told() -> None:
    status, output = run("--fault", "moved-within-partition-stays", "--fault", "second-tag-stays")
    assert status == 0
    assert "Within 300 operations: 1 of 2 (easy 0 of 0, medium 1 of 2, rare 0 of 0)." in output
    assert "- second-tag-stays (medium): UntagResource removes" in output


def test_an_unknown_fault_is_refused_in_one_line() -> None:
    assert run("--fault", "none-such") == (2, "no such fault: none-such; they are in tests/engine/faults/\n")


def test_the_check_fails_for_what_is_not_found_without_excuse(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--fault", "second-tag-stays", "--check")
    monkeypatch.setattr(measure, "excused", lambda: {"second-tag-stays": "a reason"})
    assert run(*arguments)[0] == 0
    monkeypatch.setattr(measure, "excused", dict)
    status, output = run(*arguments)
    assert status == 1
    assert "second-tag-stays is not found any more" in output


def test_the_check_tells_of_an_excuse_that_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "excused", lambda: {"moved-within-partition-stays": "a reason"})
    status, output = run("--fault", "moved-within-partition-stays", "--check")
    assert status == 0
    assert "moved-within-partition-stays is found: take it out" in output
