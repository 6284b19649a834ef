"""The file of known divergences: what is written reads back, what a person wrote stays, faults are told by line."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from report_samples import TABLE, case_divergence, divergence, put, record_of, started

from conformance import events
from conformance.case_text import CaseError
from conformance.divergence import Layer, Severity
from conformance.expectations import (
    UNEXPLAINED,
    Expectations,
    KnownDivergence,
    dump,
    find,
    load,
    path_for,
    update,
    write,
)
from conformance.scenario import Scenario, Step

SCHEMA = json.loads(resources.files("conformance").joinpath("expectations_schema.json").read_text("utf-8"))
SCENARIO = Scenario("expected", "put-item", (TABLE,), (put({"N": "1"}), put({"SS": ["a", "a"]})))
BY_CASE = KnownDivergence("GetItem", Layer.DATA, "Item: member missing", cases=("get-item/absent",))
BY_SCENARIO = KnownDivergence("PutItem", Layer.OUTCOME, "accepted where a refusal was due", scenario=SCENARIO)

texts = st.text(st.characters(codec="utf-8"), max_size=30)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
steps = st.one_of(
    st.builds(
        Step, st.just("PutItem"), st.dictionaries(texts, st.recursive(texts | st.integers(), st.lists), max_size=3)
    ),
    st.builds(Step, st.just("GetItem"), st.just({"Key": {"pk": {"S": "${no variable}"}}}), label=st.just("read")),
    st.builds(Step, st.just("Scan"), raw=names),
    st.builds(Step, st.just("Query"), st.just({"TableName": "music"}), pages=st.just(True)),
)
shown = st.one_of(
    st.fixed_dictionaries({"cases": st.lists(names, min_size=1, max_size=3, unique=True).map(sorted).map(tuple)}),
    st.fixed_dictionaries({"cases": st.just(("put-item/sets",)), "scenario": st.just(SCENARIO)}),
    st.fixed_dictionaries({"scenario": steps.map(lambda step: SCENARIO.with_steps((step,)))}),
    st.fixed_dictionaries({"scenario": st.just(SCENARIO), "law": names}),
)
entries = st.builds(
    lambda shown, members: KnownDivergence(**shown, **members),
    shown,
    st.fixed_dictionaries(
        {
            "operation": names,
            "layer": st.sampled_from(Layer),
            "kind": names,
            "severity": st.sampled_from(["", *map(str, Severity)]),
            "flaky": st.booleans(),
            "reason": names,
            "link": texts,
            "effect": texts,
            "note": texts,
        }
    ),
)


def unplaced(entry: KnownDivergence) -> KnownDivergence:
    """Without what says where it was read."""
    scenario = entry.scenario and replace(entry.scenario, id="", source="", feature="")
    return replace(entry, line=0, scenario=scenario)


# --- reading and writing ----------------------------------------------------------------------------------


@given(st.lists(entries, max_size=4, unique_by=lambda entry: entry.identity), st.randoms())
def test_what_is_written_reads_back_whatever_the_order(
    tmp_path_factory: pytest.TempPathFactory, known: list[KnownDivergence], chance: random.Random
) -> None:
    path = tmp_path_factory.getbasetemp() / "expected.yaml"
    write(Expectations("moto", "5.2.5", tuple(known)), path)
    again = load(path)
    assert (again.target, again.version, again.path) == ("moto", "5.2.5", path)
    assert set(map(repr, map(unplaced, again.known))) == set(map(repr, map(unplaced, known)))
    shuffled = list(again.known)
    chance.shuffle(shuffled)
    assert dump(replace(again, known=tuple(shuffled))) == path.read_text(encoding="utf-8")
    Draft202012Validator(SCHEMA).validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_a_divergence_of_a_record_becomes_an_entry_with_the_same_key() -> None:
    found = [divergence(), case_divergence("moto")]
    found[1].signature = replace(found[1].signature, operation="Scan")
    document = record_of([started(), *map(events.DivergenceFound, found)]).document()
    by_operation = {one["operation"]: KnownDivergence.of(one) for one in document["divergences"]}
    generated, by_case = by_operation["PutItem"], by_operation["Scan"]
    assert [generated.key("moto"), by_case.key("moto")] == [one.signature.key for one in found]
    assert generated.scenario is not None
    assert [step.request for step in generated.scenario.steps] == [step.request for step in found[0].scenario.steps]
    assert all(step.expect is None for step in generated.scenario.steps)
    assert (by_case.cases, by_case.scenario) == (("put-item/duplicates-in-a-set",), None)


def test_a_kind_with_half_of_a_surrogate_pair_can_be_written_and_met_again(tmp_path: Path) -> None:
    found = divergence(kind="message \ud83d")
    (one,) = record_of([started(), events.DivergenceFound(found)]).document()["divergences"]
    entry = KnownDivergence.of(one)
    write(Expectations("moto", "1", (entry,)), tmp_path / "e.yaml")
    assert load(tmp_path / "e.yaml").known[0].identity == entry.identity


VALID = f"""\
expectations: 1
target: moto
version: "5.2.5"
divergences:
  - key: {BY_CASE.key("moto")}
    operation: GetItem
    layer: data
    kind: "Item: member missing"
    cases: [get-item/absent]
"""


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("expectations: 1", "expectation: 1"), 1, "is no file of expectations"),
        (("expectations: 1", "expectations: 2"), 1, "format 2"),
        (("target: moto\n", ""), 1, 'no "target"'),
        (('version: "5.2.5"', "version: 5.2"), 3, '"version" is text'),
        (("divergences:", "divergence:"), 4, 'unknown key "divergence"'),
        (("divergences:", "rules: mysql\ndivergences:"), 4, '"rules" is one of alternator'),
        (("    layer: data", "    layer: date"), 7, '"layer" is one of outcome'),
        (("    layer: data", "    laier: data"), 7, 'unknown key "laier"'),
        (("member missing", "member not missing"), 5, "is not that of moto's operation, layer and kind"),
        (("    cases: [get-item/absent]\n", ""), 5, "cases, or a scenario"),
        (
            ("    cases: [get-item/absent]", "    cases: [get-item/absent]\n    law: pages"),
            10,
            "no scenario that shows it",
        ),
        (
            ("    cases: [get-item/absent]", "    cases: [get-item/absent]\n    severity: bad"),
            10,
            '"severity" is one of',
        ),
        (
            ("    cases: [get-item/absent]", "    cases: [get-item/absent]\n    flaky: often"),
            10,
            '"flaky" is true or false',
        ),
        (("    cases: [get-item/absent]", "    cases: a"), 9, '"cases" is a list of texts'),
        (("    cases: [get-item/absent]", "    scenario: {tables: []}"), 9, 'no "steps"'),
        (
            ("    cases: [get-item/absent]", "    scenario:\n      steps:\n        - GetItm: {}"),
            11,
            'did you mean "GetItem"',
        ),
        (("  - key", "  -\tkey"), 5, "is not YAML"),
    ],
)
def test_what_is_wrong_is_told_in_one_line_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], line: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("e.yaml").write_text(VALID)
    assert len(load(Path("e.yaml")).known) == 1
    assert change[0] in VALID
    Path("e.yaml").write_text(VALID.replace(*change))
    with pytest.raises(CaseError) as raised:
        load(Path("e.yaml"))
    assert str(raised.value).startswith(f"e.yaml:{line}: ")
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_entry_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    path.write_text(VALID + VALID.partition("divergences:\n")[2])
    with pytest.raises(CaseError, match=r"e.yaml:10: .* stands twice; the first is in line 5"):
        load(path)


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CaseError, match="cannot be written"):
        write(Expectations("moto", "1"), tmp_path / "file" / "e.yaml")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


# --- which file -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "wanted", "used"),
    [
        (["5.1.0", "5.2.5"], "5.2.5", "5.2.5"),
        (["5.1.0", "5.2.5"], "5.2.6", "5.2.5"),
        (["5.9.0", "5.10.0"], "5.11.0", "5.10.0"),  # numbers, and not texts
        (["5.1.0", "5.2.5"], "5.2.0", "5.1.0"),  # the newest before it
        (["5.2.5", "5.3.0"], "5.2.0", "5.2.5"),  # else the oldest after it
        (["2.0.rc1", "3"], "2.0.1", "2.0.rc1"),
        (["1.9", "2.0.rc1"], "2.0.1", "2.0.rc1"),  # a candidate comes before its release
        (["1.0"], "unknown", "1.0"),
    ],
)
def test_the_nearest_version_is_used(tmp_path: Path, there: list[str], wanted: str, used: str) -> None:
    for version in there:
        write(Expectations("moto", version), path_for(tmp_path, "moto", version))
    write(Expectations("moto-server", wanted), path_for(tmp_path, "moto-server", wanted))
    found = find(tmp_path, "moto", wanted)
    assert found is not None
    assert (found.target, found.version) == ("moto", used)


def test_there_may_be_none(tmp_path: Path) -> None:
    write(Expectations("dynalite", "4.0.0"), path_for(tmp_path, "dynalite", "4.0.0"))
    assert find(tmp_path, "moto", "5.2.5") is None
    assert find(tmp_path / "nowhere", "moto", "5.2.5") is None


def test_a_name_of_a_file_has_nothing_odd_in_it() -> None:
    assert path_for(Path("d"), "127.0.0.1:8000", "Jetty(9.4) x/y") == Path("d/127.0.0.1_8000-Jetty_9.4_x_y.yaml")


# --- bringing up to date ----------------------------------------------------------------------------------

BY_HAND: dict[str, Any] = {
    "reason": "slow by design",
    "link": "https://example.org/1",
    "effect": "none",
    "note": "ask in spring",
}


def test_what_a_person_wrote_survives_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "e.yaml"
    write(Expectations("moto", "5.2.5", (replace(BY_CASE, **BY_HAND), BY_SCENARIO)), path)
    found = [replace(BY_CASE, severity=str(Severity.DATA)), BY_SCENARIO]
    write(update(load(path), found, reason="as of today").expectations, path)
    by_case, by_scenario = load(path).known
    assert {name: getattr(by_case, name) for name in BY_HAND} == BY_HAND
    assert by_case.severity == Severity.DATA
    assert by_scenario.reason == "as of today"  # nobody had given one


def test_new_kept_and_dropped_are_told_apart() -> None:
    third = KnownDivergence("Scan", Layer.CAPACITY, "too little", cases=("scan/capacity",))
    result = update(Expectations("moto", "1", (BY_CASE, third)), [BY_SCENARIO, BY_CASE], drop=[third.identity])
    assert (result.new, result.kept, result.dropped) == ((BY_SCENARIO,), (BY_CASE,), (third,))
    assert result.expectations.known == (BY_CASE, BY_SCENARIO)
    assert result.new[0].reason == UNEXPLAINED


def test_what_was_not_found_stays_unless_it_is_dropped() -> None:
    result = update(Expectations("moto", "1", (BY_CASE,)), [BY_SCENARIO])
    assert result.kept == (BY_CASE,)


def test_what_was_flaky_once_stays_so() -> None:
    flaky = replace(BY_CASE, flaky=True)
    assert update(Expectations("moto", "1", (flaky,)), [BY_CASE]).kept == (flaky,)


def test_cases_that_do_not_show_it_any_more_are_taken_out() -> None:
    both = replace(CASE, cases=("put-item/other-sets", *CASE.cases))
    gone = {both.identity: CASE.cases}
    assert update(Expectations("moto", "1", (both,)), [], gone=gone).kept[0].cases == ("put-item/other-sets",)
    assert update(Expectations("moto", "1", (both,)), [CASE], gone=gone).kept[0].cases == both.cases, "found again"


SMALLER = replace(BY_SCENARIO, scenario=SCENARIO.with_steps(SCENARIO.steps[1:]))
CASE = replace(BY_SCENARIO, scenario=None, cases=("put-item/sets",))


@pytest.mark.parametrize(
    ("earlier", "found", "kept"),
    [
        (BY_SCENARIO, SMALLER, SMALLER),
        (SMALLER, BY_SCENARIO, SMALLER),
        (BY_SCENARIO, CASE, replace(BY_SCENARIO, cases=CASE.cases)),
        (CASE, SMALLER, replace(SMALLER, cases=CASE.cases)),
        (
            CASE,
            replace(CASE, cases=("put-item/other-sets",)),
            replace(CASE, cases=("put-item/other-sets", *CASE.cases)),
        ),
    ],
)
def test_cases_are_added_and_a_scenario_gives_way_to_a_smaller_one(
    earlier: KnownDivergence, found: KnownDivergence, kept: KnownDivergence
) -> None:
    """So that the file does not change with every run."""
    assert update(Expectations("moto", "1", (earlier,)), [found]).expectations.known == (kept,)
