"""The gate: what it lets through and what it does not, with servers that are wrong on purpose.

Each test of a verdict has a gate beside it that is easily written and wrong: one that takes what it has not seen for
gone, one that passes where nothing was asked, one that sums what must be kept apart.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from miniatures import TABLE, Miniature, refused
from report_samples import divergence
from test_campaign import Fault, Flawed, without

from conformance import campaign, cli, laws
from conformance.commands.gate import rules_called
from conformance.divergence import Divergence, Excuse, Layer, Verdict, not_excused
from conformance.events import CaseJudged, DivergenceFound, Event, LawChecked, RunFinished, ScenarioReplayed
from conformance.expectations import UNEXPLAINED, Expectations, KnownDivergence, load, path_for, write
from conformance.gate import Gate, Judgement, Passage, Standing
from conformance.replaying import Answered, Broken, Question, look
from conformance.report import annotations, junit
from conformance.report.judgement import acceptance, by_rule, conclusion, figures, remark, removal
from conformance.report.record import Record
from conformance.scenario import Evidence, EvidenceKind, Expectation, Reply, Scenario, Step
from conformance.storage import ObjectStorage
from conformance.targets import registry
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import Target

ROOT = Path(__file__).resolve().parents[2]
EVIDENCE = Evidence(EvidenceKind.DOCUMENTED, "https://docs.aws.amazon.com/")
KEY = {"artist": {"S": "a"}, "song": {"S": "s"}}
PUT = Step("PutItem", {"TableName": "Music", "Item": KEY})
GET = Step("GetItem", {"TableName": "Music", "Key": KEY})
ABSENT = Scenario(
    "get-item/absent", "get-item", (TABLE,), (replace(GET, expect=Expectation(body={})),), "Absent", EVIDENCE
)
STORED = Scenario(
    "get-item/stored",
    "get-item",
    (TABLE,),
    (replace(PUT, expect=Expectation()), replace(GET, expect=Expectation(body={"Item": KEY}))),
    "Stored",
    EVIDENCE,
)
CASES = (ABSENT, STORED)
CORPUS = frozenset(case.id for case in CASES)

Wrong = Callable[[str, Reply], Reply]


def forgetful(operation: str, reply: Reply) -> Reply:
    """Never finds an item."""
    return Reply(200, {}) if operation == "GetItem" else reply


def nameless(operation: str, reply: Reply) -> Reply:
    """Calls what it does not find by another name: wrong in another way, in the same case."""
    return refused("OddException") if operation == "GetItem" else reply


def honest(_: str, reply: Reply) -> Reply:
    return reply


def silent(_: str, reply: Reply) -> Reply:
    return Reply(0, failure="connection refused")


NOTHING = Expectations("mini", "1", (), None)
LOST_ITEM = KnownDivergence("GetItem", Layer.DATA, "Item: member missing", cases=(STORED.id,), reason="known")
LOST_ITEM_GENERATED = replace(LOST_ITEM, cases=(), scenario=Scenario("e", "get-item", (TABLE,), (PUT, GET)))


def expecting(*known: KnownDivergence) -> Expectations:
    return Expectations("mini", "1", known, Path("reports/expected/mini-1.yaml"))


@dataclass
class Held:
    judgement: Judgement
    events: list[Event]
    record: Record

    @property
    def standings(self) -> list[Standing]:
        return [judged.standing for judged in self.judgement.entries]

    @property
    def reasons(self) -> list[str]:
        return [judged.reason for judged in self.judgement.entries]


def followed(gate: Gate, run: Generator[Event, None, None]) -> Held:
    record = Record()
    events = list(gate.follow(run))
    for event in events:
        record.listen(event)
    return Held(gate.judgement(), events, record)


def held(
    wrong: Wrong,
    expectations: Expectations = NOTHING,
    *,
    cases: Sequence[Scenario] = CASES,
    corpus: Iterable[str] | None = CORPUS,
    strict: bool = False,
) -> Held:
    baseline, target = Miniature(name="reference"), Miniature(name="mini", wrong=wrong)
    gate = Gate(expectations, baseline, target, corpus=None if corpus is None else frozenset(corpus), strict=strict)
    return followed(gate, campaign.run([baseline, target], cases=cases, minimise_seconds=0.0))


def told(
    *events: Event, known: Sequence[KnownDivergence] = (), rule: Excuse = not_excused, strict: bool = False
) -> Held:
    """A run that is made up."""

    def run() -> Generator[Event, None, None]:
        yield from events
        yield RunFinished(True, "finished", 1.0)

    expectations = replace(expecting(*known), target="moto")
    gate = Gate(
        expectations, Miniature(name="reference"), Miniature(name="moto"), corpus=CORPUS, rule=rule, strict=strict
    )
    return followed(gate, run())


# --- new, known, stale ------------------------------------------------------------------------------------


def test_nothing_new_and_nothing_known_passes() -> None:
    result = held(honest)
    assert result.judgement.passage is Passage.PASSED
    assert result.judgement.cases == {
        Verdict.AGREE: 2, Verdict.DIVERGE: 0, Verdict.UNSUPPORTED: 0, Verdict.INDETERMINATE: 0
    }  # fmt: skip


def test_what_has_no_entry_is_new() -> None:
    judgement = held(forgetful).judgement
    assert [found.title for found in judgement.new] == ["GetItem: Item: member missing"]
    assert judgement.passage is Passage.FAILED
    assert judgement.cases[Verdict.DIVERGE] == 1


@pytest.mark.parametrize("entry", [LOST_ITEM, replace(LOST_ITEM, scenario=LOST_ITEM_GENERATED.scenario)])
def test_what_has_an_entry_is_known(entry: KnownDivergence) -> None:
    result = held(forgetful, expecting(entry))
    assert result.judgement.passage is Passage.PASSED
    assert (result.standings, result.judgement.new) == ([Standing.KNOWN], ())
    (found,) = [event.divergence for event in result.events if isinstance(event, DivergenceFound)]
    assert found.known == "known"


def test_a_known_divergence_does_not_excuse_another_of_the_same_operation() -> None:
    judgement = held(nameless, expecting(LOST_ITEM)).judgement
    assert [found.signature.layer for found in judgement.new] == [Layer.OUTCOME]
    assert judgement.passage is Passage.FAILED


def test_an_entry_of_a_target_of_another_name_is_the_same_entry() -> None:
    """The file says `mydb`, the run was told an address."""
    result = held(forgetful, replace(expecting(LOST_ITEM), target="mydb"))
    assert result.standings == [Standing.KNOWN]
    assert result.judgement.new == ()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (LOST_ITEM, "its case get-item/stored agrees now"),
        (LOST_ITEM_GENERATED, "its scenario shows it no more"),
        (replace(LOST_ITEM, cases=("get-item/renamed",)), "no case is called get-item/renamed any more"),
    ],
)
def test_an_entry_whose_divergence_has_gone_is_stale(entry: KnownDivergence, why: str) -> None:
    result = held(honest, expecting(entry))
    assert (result.standings, result.reasons) == ([Standing.STALE], [why])
    assert result.judgement.passage is Passage.FAILED


@pytest.mark.parametrize(
    ("entry", "why"),
    [(LOST_ITEM, "its case get-item/stored shows another: "), (LOST_ITEM_GENERATED, "its scenario shows another: ")],
)
def test_an_entry_that_shows_another_divergence_is_stale_and_the_other_is_new(entry: KnownDivergence, why: str) -> None:
    result = held(nameless, expecting(entry), cases=CASES if entry.cases else (ABSENT.with_steps((PUT,)),))
    assert result.standings == [Standing.STALE]
    assert result.reasons[0].startswith(why)
    assert {found.signature.operation for found in result.judgement.new} == {"GetItem"}
    assert result.record.document()["divergences"], "what is found in replaying is in the report too"


def test_what_two_entries_show_in_the_place_of_theirs_is_told_once() -> None:
    known = [replace(LOST_ITEM_GENERATED, kind=f"kind {number}") for number in range(2)]
    baseline, target = Miniature(name="reference"), Miniature(name="mini", wrong=nameless)
    events = list(Gate(expecting(*known), baseline, target).follow(campaign.run([baseline, target])))
    assert [event.divergence.signature.operation for event in events if isinstance(event, DivergenceFound)] == [
        "GetItem"
    ]


def test_an_entry_that_the_run_has_shown_is_not_asked_again() -> None:
    """One whose own scenario shows nothing, but which was met elsewhere."""
    entry = replace(LOST_ITEM, scenario=Scenario("e", "get-item", (TABLE,), (GET,)))
    result = held(forgetful, expecting(entry))
    assert result.standings == [Standing.KNOWN]
    assert not [event for event in result.events if isinstance(event, ScenarioReplayed)]
    assert held(forgetful, expecting(replace(entry, cases=())), cases=(ABSENT,)).standings == [Standing.STALE]


def test_an_entry_is_stale_where_its_scenario_and_its_cases_say_so() -> None:
    entry = replace(LOST_ITEM, scenario=LOST_ITEM_GENERATED.scenario)
    assert held(honest, expecting(entry)).standings == [Standing.STALE]
    assert held(honest, expecting(entry), cases=(ABSENT,)).standings == [Standing.UNJUDGED]
    assert held(forgetful, expecting(entry), cases=(ABSENT,)).standings == [Standing.KNOWN]


# --- in other cases than before ---------------------------------------------------------------------------

OTHER = replace(STORED, id="get-item/other")


def test_a_known_divergence_in_another_case_is_news() -> None:
    """A gate that only looks at what kinds there are lets a fault spread as far as it will."""
    result = held(forgetful, expecting(LOST_ITEM), cases=(*CASES, OTHER))
    assert (result.standings, result.reasons) == ([Standing.CHANGED], ["now also in get-item/other"])
    assert result.judgement.passage is Passage.FAILED
    assert "1 changed entry" in conclusion(result.judgement)
    both = replace(LOST_ITEM, cases=(OTHER.id, STORED.id))
    assert held(forgetful, expecting(both), cases=(*CASES, OTHER)).judgement.passage is Passage.PASSED


def test_a_known_divergence_that_has_gone_from_one_of_its_cases_is_news() -> None:
    """Or it would hide the fault when it comes back there."""
    result = held(forgetful, expecting(replace(LOST_ITEM, cases=(ABSENT.id, STORED.id))))
    assert (result.standings, result.reasons) == ([Standing.CHANGED], ["no longer in get-item/absent"])
    assert result.judgement.passage is Passage.FAILED


def test_a_case_that_was_not_selected_or_is_gone_changes_nothing() -> None:
    for other in (ABSENT.id, "get-item/renamed"):
        entry = replace(LOST_ITEM, cases=(other, STORED.id))
        assert held(forgetful, expecting(entry), cases=(STORED,)).standings == [Standing.KNOWN]


def test_an_entry_that_is_flaky_may_show_where_it_likes() -> None:
    entry = replace(LOST_ITEM, flaky=True)
    assert held(forgetful, expecting(entry), cases=(*CASES, OTHER)).standings == [Standing.KNOWN]


def test_a_case_that_a_known_divergence_has_spread_to_fails_in_junit() -> None:
    result = held(forgetful, expecting(LOST_ITEM), cases=(*CASES, OTHER))
    root = ElementTree.fromstring(junit.render(result.record.document(), result.judgement))
    failed = {case.get("name") for case in root.iter("testcase") if case.find("failure") is not None}
    assert failed == {OTHER.id, f"{LOST_ITEM.title} [{LOST_ITEM.key('mini')}]"}


# --- what a rule explains ---------------------------------------------------------------------------------


def of_items(found: Divergence) -> str:
    """A rule: everything that is about items is by design."""
    return "items: by design" if "Item" in found.signature.kind else ""


def test_what_a_rule_explains_is_not_new_and_is_told_apart() -> None:
    judged, found = CaseJudged(ABSENT, "moto", None), divergence(kind="Item: member missing")
    assert told(judged, DivergenceFound(found)).judgement.passage is Passage.FAILED
    result = told(judged, DivergenceFound(found), rule=of_items)
    assert (result.judgement.new, result.judgement.explained) == ((), (found,))
    assert (result.judgement.passage, found.known) == (Passage.PASSED, "items: by design")
    assert by_rule(result.judgement) == [("items: by design", 1)]


def test_a_rule_excuses_nothing_else() -> None:
    """A rule that excuses whatever comes is caught by this."""
    found = DivergenceFound(divergence(kind="Count: 1 instead of 2"))
    judgement = told(CaseJudged(ABSENT, "moto", None), found, rule=of_items).judgement
    assert (len(judgement.new), judgement.explained, judgement.passage) == (1, (), Passage.FAILED)


def test_an_entry_says_more_than_a_rule() -> None:
    found = divergence(kind="Item: member missing")
    entry = KnownDivergence(
        found.signature.operation, found.signature.layer, found.signature.kind, cases=("x",), reason="r"
    )
    judgement = told(CaseJudged(ABSENT, "moto", None), DivergenceFound(found), known=[entry], rule=of_items).judgement
    assert (judgement.new, judgement.explained, found.known) == ((), (), "r")


def test_rules_are_for_what_is_generated_and_not_for_cases() -> None:
    """There are so many cases and no more: one that diverges anew is news, whatever explains it."""
    explain = rules_called("alternator")
    transaction = divergence(
        step=0,
        scenario=Scenario("x", "x", (), (Step("TransactGetItems", {}),)),
        replies={"reference": Reply(200, {}), "moto": refused("UnknownOperationException")},
    )
    assert explain(transaction).startswith("transactions: ")
    assert explain(replace(transaction, baseline="case")) == ""
    assert rules_called("")(transaction) == ""


# --- what cannot be judged --------------------------------------------------------------------------------


def test_an_entry_behind_another_divergence_of_its_case_is_not_stale() -> None:
    """A case is judged up to the first difference: what would have come behind it nobody knows."""

    def refusing(operation: str, reply: Reply) -> Reply:
        return refused("OddException") if operation == "PutItem" else forgetful(operation, reply)

    result = held(refusing, expecting(LOST_ITEM))
    assert result.standings == [Standing.UNJUDGED]
    assert [found.signature.operation for found in result.judgement.new] == ["PutItem"]


def test_an_entry_whose_case_cannot_begin_is_not_stale() -> None:
    def tableless(operation: str, reply: Reply) -> Reply:
        return refused("LimitExceededException", "no") if operation == "CreateTable" else reply

    assert held(tableless, expecting(LOST_ITEM)).standings == [Standing.UNJUDGED]


@pytest.mark.parametrize("corpus", [CORPUS, None])
def test_an_entry_whose_case_was_not_selected_is_not_stale(corpus: frozenset[str] | None) -> None:
    result = held(honest, expecting(LOST_ITEM), cases=(ABSENT,), corpus=corpus)
    assert result.standings == [Standing.UNJUDGED]
    assert result.judgement.passage is Passage.PASSED
    assert held(honest, expecting(LOST_ITEM), cases=(ABSENT,), strict=True).judgement.passage is Passage.FAILED


def test_a_case_that_is_unknown_is_not_gone_where_only_some_cases_were_loaded() -> None:
    entry = replace(LOST_ITEM, cases=("somewhere/else",))
    assert held(honest, expecting(entry), corpus=None).standings == [Standing.UNJUDGED]


@pytest.mark.parametrize("verdict", [Verdict.UNSUPPORTED, Verdict.INDETERMINATE])
def test_an_entry_whose_case_has_no_verdict_is_not_stale(verdict: Verdict) -> None:
    judged = CaseJudged(STORED, "moto", None, verdict=verdict, reason="it slept")
    result = told(judged, CaseJudged(ABSENT, "moto", None), known=[LOST_ITEM])
    assert result.standings == [Standing.UNJUDGED]
    assert result.judgement.cases[verdict] == 1
    assert result.judgement.cases[Verdict.AGREE] == 1
    assert result.judgement.passage is Passage.PASSED


def test_a_known_flaky_divergence_is_never_stale() -> None:
    entry = replace(LOST_ITEM, flaky=True)
    assert held(honest, expecting(entry)).standings == [Standing.UNJUDGED]
    assert held(forgetful, expecting(entry)).standings == [Standing.KNOWN]


def test_a_new_flaky_divergence_is_shown_and_fails_only_where_that_is_asked_for() -> None:
    found = DivergenceFound(divergence(flaky=True))
    judged = CaseJudged(ABSENT, "moto", None)
    judgement = told(judged, found).judgement
    assert (judgement.new, len(judgement.flaky)) == ((), 1)
    assert judgement.passage is Passage.PASSED
    assert told(judged, found, strict=True).judgement.passage is Passage.FAILED


def test_one_that_is_found_to_be_flaky_later_is_flaky() -> None:
    """The engine replays when it minimises, long after it has told of the divergence."""
    found = divergence()

    def run() -> Generator[Event, None, None]:
        yield CaseJudged(ABSENT, "moto", None)
        yield DivergenceFound(found)
        found.flaky = True
        yield RunFinished(True, "finished", 1.0)

    gate = Gate(NOTHING, Miniature(name="reference"), Miniature(name="moto"))
    assert followed(gate, run()).judgement.passage is Passage.PASSED


def test_where_nothing_was_judged_nothing_passes() -> None:
    assert told().judgement.passage is Passage.NOTHING_JUDGED
    unsupported = CaseJudged(ABSENT, "moto", None, verdict=Verdict.UNSUPPORTED)
    assert told(unsupported).judgement.passage is Passage.NOTHING_JUDGED
    # What the baseline answers is no verdict on the target.
    assert told(CaseJudged(ABSENT, "reference", None)).judgement.passage is Passage.NOTHING_JUDGED
    assert told(ScenarioReplayed(None, {"GetItem": 3}, 0)).judgement.passage is Passage.PASSED
    assert told(LawChecked("pages", "Pages.", "moto", 3, 0)).judgement.passage is Passage.PASSED


def test_a_divergence_of_the_baseline_is_told_and_is_not_the_target_s() -> None:
    judgement = told(CaseJudged(ABSENT, "moto", None), DivergenceFound(divergence("reference"))).judgement
    assert (judgement.new, len(judgement.ours)) == ((), 1)
    assert judgement.passage is Passage.PASSED


# --- runs that do not come to their end -------------------------------------------------------------------


def test_a_target_that_is_lost_gives_no_verdict_and_nothing_stale() -> None:
    cases = (*CASES, replace(ABSENT, id="get-item/third"), replace(ABSENT, id="get-item/fourth"))
    result = held(silent, expecting(LOST_ITEM, LOST_ITEM_GENERATED), cases=cases)
    assert result.judgement.passage is Passage.INCOMPLETE
    assert Standing.STALE not in result.standings


def test_a_target_that_is_lost_in_replaying_gives_no_verdict() -> None:
    """It falls silent after the cases; whoever takes silence for agreement finds everything stale."""
    known = [replace(LOST_ITEM_GENERATED, kind=f"kind {number}") for number in range(5)]
    answered = 0

    def tired(_: str, reply: Reply) -> Reply:
        nonlocal answered
        answered += 1
        return reply if answered <= 5 else silent("", reply)

    result = held(tired, expecting(*known))
    assert result.judgement.passage is Passage.INCOMPLETE
    assert set(result.standings) == {Standing.UNJUDGED}
    assert result.judgement.end is not None
    assert "mini was lost: " in result.judgement.end.reason


def test_a_target_that_answers_now_and_then_is_not_lost() -> None:
    known = [replace(LOST_ITEM_GENERATED, kind=f"kind {number}") for number in range(5)]
    asked = 0

    def moody(operation: str, reply: Reply) -> Reply:
        nonlocal asked
        asked += operation == "GetItem"
        return reply if operation != "GetItem" or asked == 3 else silent("", reply)

    result = held(moody, expecting(*known), cases=(ABSENT.with_steps((PUT,)),))
    assert result.standings == [Standing.UNJUDGED] * 2 + [Standing.STALE] + [Standing.UNJUDGED] * 2
    assert result.judgement.passage is Passage.FAILED, "the silence itself is new"


def test_a_silence_that_is_known_is_known() -> None:
    known = KnownDivergence(
        "GetItem",
        Layer.OUTCOME,
        "no answer (connection refused) where success was expected",
        scenario=LOST_ITEM_GENERATED.scenario,
    )

    def mute(operation: str, reply: Reply) -> Reply:
        return silent(operation, reply) if operation == "GetItem" else reply

    assert held(mute, expecting(known), cases=(ABSENT.with_steps((PUT,)),)).standings == [Standing.KNOWN]


def test_a_scenario_that_gets_no_answer_says_nothing() -> None:
    def mute(operation: str, reply: Reply) -> Reply:
        return silent(operation, reply) if operation == "GetItem" else reply

    result = held(mute, expecting(LOST_ITEM_GENERATED), cases=(ABSENT.with_steps((PUT,)),))
    assert (result.standings, result.reasons) == ([Standing.UNJUDGED], ["connection refused"])
    assert result.judgement.passage is Passage.FAILED, "the silence itself is new"


def test_a_scenario_that_cannot_begin_says_nothing() -> None:
    def tableless(operation: str, reply: Reply) -> Reply:
        return refused("LimitExceededException", "no") if operation == "CreateTable" else reply

    result = held(tableless, expecting(LOST_ITEM_GENERATED), cases=())
    assert result.standings == [Standing.UNJUDGED]
    assert "CreateTable" in result.reasons[0]


def test_a_baseline_that_does_not_answer_says_nothing_of_the_target() -> None:
    baseline, target = Miniature(name="reference", wrong=silent), Miniature(name="mini")
    baseline.wrong = lambda operation, reply: silent("", reply) if operation == "GetItem" else reply
    gate = Gate(expecting(LOST_ITEM_GENERATED), baseline, target)
    result = followed(gate, campaign.run([baseline, target], minimise_seconds=0.0))
    assert result.standings == [Standing.UNJUDGED]


@pytest.mark.parametrize("moment", [0, 2])
def test_an_interruption_ends_the_run_in_order_wherever_it_strikes(moment: int) -> None:
    baseline, target = Miniature(name="reference"), Miniature(name="mini")
    gate = Gate(expecting(LOST_ITEM_GENERATED), baseline, target)
    events = gate.follow(campaign.run([baseline, target], cases=CASES, minimise_seconds=0.0))
    for _ in range(moment + 1):
        next(events)
    last = [events.throw(KeyboardInterrupt), *events][-1]
    assert isinstance(last, RunFinished)
    assert (last.complete, last.reason) == (False, "interrupted")
    assert gate.judgement().passage is Passage.INTERRUPTED
    assert gate.judgement().entries[0].standing is Standing.UNJUDGED


def test_an_interruption_while_replaying_ends_the_run_too() -> None:
    def struck(operation: str, reply: Reply) -> Reply:
        raise KeyboardInterrupt

    baseline, target = Miniature(name="reference"), Miniature(name="mini", wrong=struck)
    gate = Gate(expecting(LOST_ITEM_GENERATED), baseline, target)
    result = followed(gate, campaign.run([baseline, target], minimise_seconds=0.0))
    assert result.judgement.passage is Passage.INTERRUPTED


# --- generated operations, and the loop from accepting to holding -----------------------------------------


def generated(expectations: Expectations, *faults: Fault) -> Held:
    baseline, target = ReferenceTarget(), Flawed("wrong", *faults)
    with baseline, target:
        gate = Gate(expectations, baseline, target)
        return followed(gate, campaign.run([baseline, target], operations=300, seed=1, minimise_seconds=2.0))


def test_what_was_accepted_passes_what_is_mended_is_stale_and_what_breaks_is_new(tmp_path: Path) -> None:
    lost_item, lost_count = without("GetItem", "Item"), without("Scan", "Count")
    before = generated(Expectations("wrong", "1"), lost_item)
    assert [found.title for found in before.judgement.new] == ["GetItem: Item: member missing"]
    accepted = tuple(map(KnownDivergence.of, before.record.document()["divergences"]))
    write(Expectations("wrong", "1", accepted), tmp_path / "e.yaml")
    expectations = load(tmp_path / "e.yaml")

    assert generated(expectations, lost_item).judgement.passage is Passage.PASSED
    mended = generated(expectations).judgement
    assert (mended.passage, len(mended.standing(Standing.STALE))) == (Passage.FAILED, 1)
    broken = generated(expectations, lost_item, lost_count).judgement
    assert (broken.passage, [found.title for found in broken.new]) == (Passage.FAILED, ["Scan: Count: member missing"])
    assert len(broken.standing(Standing.KNOWN)) == 1


def test_a_violation_of_a_law_is_replayed_and_judged_by_the_law() -> None:
    broken = Flawed("wrong", without("GetItem", "Item"))
    with broken:
        violations = (one for one in laws.hold(broken, seed=1, operations=2_000) if isinstance(one, laws.Violation))
        found = laws.as_divergence(next(violations))
    record = Record()
    record.listen(DivergenceFound(found))
    entry = KnownDivergence.of({**record.document()["divergences"][0], "law": found.law})
    assert entry.law == found.law

    def standing(entry: KnownDivergence, *faults: Fault) -> Standing:
        baseline, target = ReferenceTarget(), Flawed("wrong", *faults)
        with baseline, target:
            gate = Gate(Expectations("wrong", "1", (entry,)), baseline, target)
            return followed(gate, campaign.run([baseline, target], minimise_seconds=0.0)).standings[0]

    assert standing(entry, without("GetItem", "Item")) is Standing.KNOWN
    assert standing(entry) is Standing.STALE
    assert standing(replace(entry, law="of the jungle")) is Standing.STALE


class LossyStorage(ObjectStorage):
    """Shows no file that has items in it."""

    def __init__(self, storage: ObjectStorage) -> None:
        self._storage = storage

    def objects(self, bucket: str, prefix: str) -> Mapping[str, bytes]:
        return dict.fromkeys(self._storage.objects(bucket, prefix), b"")

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self._storage.put(bucket, key, content)


class Exporting(ReferenceTarget):
    """A server whose exports are well, or hold nothing."""

    def __init__(self, *, loses: bool = False) -> None:
        super().__init__(name="exporting")
        self._loses = loses

    def object_storage(self) -> ObjectStorage:  # type: ignore[override]
        storage = super().object_storage()
        return LossyStorage(storage) if self._loses else storage


def test_a_violation_of_a_law_on_files_is_judged_by_the_files() -> None:
    with Exporting(loses=True) as broken:
        held = laws.hold(broken, seed=1, operations=500, only=["export"])
        found = laws.as_divergence(next(one for one in held if isinstance(one, laws.Violation)))
    record = Record()
    record.listen(DivergenceFound(found))
    entry = KnownDivergence.of({**record.document()["divergences"][0], "law": found.law})

    def standing(target: Target) -> Standing:
        with ReferenceTarget() as baseline, target:
            gate = Gate(Expectations("exporting", "1", (entry,)), baseline, target)
            return followed(gate, campaign.run([baseline, target], minimise_seconds=0.0)).standings[0]

    assert standing(Exporting(loses=True)) is Standing.KNOWN
    assert standing(Exporting()) is Standing.STALE
    for target, expected in ((Exporting(loses=True), Broken), (Exporting(), Answered)):
        with target:
            *_, last = look(found.scenario, [target], Question.ALIKE, law=found.law)
            assert isinstance(last, expected)


# --- JUnit ------------------------------------------------------------------------------------------------


def outcomes(result: Held) -> dict[str, str]:
    """What each test case of the target has become."""
    root = ElementTree.fromstring(junit.render(result.record.document(), result.judgement))
    (suite,) = (one for one in root if one.get("name") == result.judgement.target.name)
    for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        assert suite.get(attribute) == str(len(suite.findall(f"testcase/{tag}")))
    return {
        case.get("name", ""): next((child.tag for child in case if child.tag != "properties"), "passed")
        for case in suite.findall("testcase")
    }


def test_junit_has_new_and_stale_as_failures_and_known_as_skipped() -> None:
    stale = replace(LOST_ITEM, kind="gone")
    assert outcomes(held(forgetful)) == {ABSENT.id: "passed", STORED.id: "failure"}
    found = outcomes(held(forgetful, expecting(LOST_ITEM, stale)))
    assert found == {ABSENT.id: "passed", STORED.id: "skipped", f"GetItem: gone [{stale.key('mini')}]": "failure"}
    unjudged = outcomes(held(honest, expecting(LOST_ITEM), cases=(ABSENT,)))
    assert unjudged == {ABSENT.id: "passed", f"{LOST_ITEM.title} [{LOST_ITEM.key('mini')}]": "skipped"}


def test_junit_says_in_a_property_why_a_divergence_is_known() -> None:
    result = held(forgetful, expecting(LOST_ITEM))
    text = junit.render(result.record.document(), result.judgement)
    (found,) = ElementTree.fromstring(text).findall(".//testcase/properties/property")
    assert (found.get("name"), found.get("value")) == ("known", "known")


@pytest.mark.parametrize(
    ("verdict", "tag"),
    [("agree", None), ("diverge", "failure"), ("unsupported", "skipped"), ("indeterminate", "error")],
)
def test_junit_keeps_the_four_verdicts_apart(verdict: str, tag: str | None) -> None:
    document = held(forgetful).record.document()
    (judged,) = (case for case in document["cases"]["judged"] if case["id"] == STORED.id)
    judged["verdicts"]["mini"]["verdict"] = verdict
    root = ElementTree.fromstring(junit.render(document))
    (case,) = root.findall(f"testsuite[@name='mini']/testcase[@name='{STORED.id}']")
    assert [child.tag for child in case if child.tag != "properties"] == ([tag] if tag else [])


# --- GitHub -----------------------------------------------------------------------------------------------


def lines_of(judgement: Judgement) -> list[str]:
    return list(annotations.lines(judgement, asked_for="moto", report=Path("reports/latest")))


def test_an_annotation_stands_at_the_entry_and_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = path_for(Path("reports/expected"), "mini", "1")
    write(expecting(LOST_ITEM, replace(LOST_ITEM, operation="Scan")), path)
    (new, first, second) = lines_of(held(nameless, load(path)).judgement)
    assert new.startswith(f"::error file={path},line=1,title=New divergence ")
    assert "touchstone accept --target moto --report reports/latest" in new
    number = path.read_text().splitlines().index("    operation: Scan")
    assert second.startswith(f"::error file={path},line={number},title=Stale entry ")
    assert f"--expected {path} --drop" in first
    assert lines_of(held(honest).judgement) == []


def test_there_are_no_more_annotations_than_github_shows() -> None:
    found = [DivergenceFound(divergence(kind=f"kind {number}")) for number in range(12)]
    lines = lines_of(told(*found).judgement)
    assert len(lines) == 10
    assert "and 3 more" in lines[-1]


def test_what_a_server_says_cannot_become_a_command_or_markup() -> None:
    found = divergence(kind="<b>|x|\n::error::50%, `a`")
    judgement = told(DivergenceFound(found)).judgement
    (line,) = lines_of(judgement)
    assert "\n" not in line
    assert "%0A::error::50%25" in line
    summary = annotations.step_summary(judgement, asked_for="moto", report=Path("r"))
    assert "<b>" not in summary
    assert "\\|x\\| ::error::50%, \\`a\\`" in summary


def test_a_new_divergence_tells_in_how_many_cases_it_shows() -> None:
    judgement = held(forgetful, cases=(*CASES, replace(STORED, id="get-item/again"))).judgement
    (line,) = lines_of(judgement)
    assert "Shown by case get-item/stored and 1 other." in line
    assert "case get-item/stored and 1 other" in annotations.step_summary(judgement, asked_for="m", report=Path("r"))


def test_a_version_that_nobody_knows_is_not_called_another() -> None:
    expectations = replace(expecting(LOST_ITEM), path=Path("e.yaml"), version="unknown")
    assert remark(held(forgetful, expectations).judgement) == ""
    assert "another version" in remark(held(forgetful, replace(expectations, version="0.9")).judgement)


def test_entries_without_a_reason_are_counted() -> None:
    entries = [LOST_ITEM, replace(LOST_ITEM, operation="Scan", reason=UNEXPLAINED)]
    assert dict(figures(held(forgetful, expecting(*entries)).judgement))["entries"].endswith("; 1 without a reason")
    assert "reason" not in dict(figures(held(forgetful, expecting(LOST_ITEM)).judgement))["entries"]


def test_the_summary_of_a_pass_and_of_a_failure() -> None:
    def summary(result: Held) -> str:
        return annotations.step_summary(result.judgement, asked_for="mini", report=Path("r"))

    assert summary(held(honest)).startswith("## ✅ ")
    failed = summary(held(nameless, expecting(LOST_ITEM)))
    assert failed.startswith("## ❌ ")
    assert "### New divergences (1)" in failed
    assert "### Stale entries (1)" in failed
    assert "| cases | 1 agree, 1 diverge, 0 unsupported, 0 indeterminate |" in summary(held(forgetful))
    many = [DivergenceFound(divergence(kind=f"kind {number}" * 20)) for number in range(3_000)]
    assert len(summary(told(*many)).encode()) < 1024 * 1024


# --- the commands -----------------------------------------------------------------------------------------

TYPED = """\
touchstone: 1
feature: get-item
evidence: {e: {kind: documented, source: https://docs.aws.amazon.com/}}
tables:
  Music:
    AttributeDefinitions: [{AttributeName: artist, AttributeType: S}]
    KeySchema: [{AttributeName: artist, KeyType: HASH}]
    BillingMode: PAY_PER_REQUEST
cases:
  - id: get-item/absent
    title: Absent.
    evidence: e
    tables: [Music]
    steps:
      - GetItem: {TableName: Music, Key: {artist: {S: a}}}
        expect: {body: {}}
  - id: get-item/stored
    title: Stored.
    evidence: e
    tables: [Music]
    steps:
      - PutItem: {TableName: Music, Item: {artist: {S: a}}}
      - GetItem: {TableName: Music, Key: {artist: {S: a}}}
        expect: {body: {Item: {artist: {S: a}}}}
"""
EXPECTED = Path("reports/expected/mini-1.yaml")


@dataclass
class Touchstone:
    """The command in this process, with a miniature as its target `mini`."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    wrong: Wrong = honest
    status: int = 0
    out: str = ""
    complaint: str = ""

    def __call__(self, words: str) -> Touchstone:
        self.monkeypatch.setattr(sys, "argv", ["touchstone", *words.split()])
        with pytest.raises(SystemExit) as left:
            cli.main()
        self.status = int(left.value.code or 0)
        self.out, self.complaint = self.capsys.readouterr()
        return self

    def open(self, text: str, **_: Any) -> Target:
        return Miniature(name=text, wrong=honest if text == "reference" else self.wrong)


@pytest.fixture
def touchstone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Touchstone:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "TOUCHSTONE_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "cases.yaml").write_text(TYPED)
    command = Touchstone(monkeypatch, capsys)
    monkeypatch.setattr(registry, "open_target", command.open)
    return command


GATE = "gate --target mini --cases cases.yaml --no-generate"
ACCEPT = "accept --target mini --cases cases.yaml --no-generate"


def test_from_nothing_to_a_gate_and_round_again(touchstone: Touchstone) -> None:
    touchstone.wrong = forgetful
    assert touchstone(GATE).status == 1
    assert "There are no expectations for it" in touchstone.out
    assert "Failed: 1 new divergence" in touchstone.out
    assert touchstone(f"{ACCEPT} --reason slow").status == 0
    assert "1 known divergence: 1 new, 0 kept, 0 dropped" in touchstone.out
    (entry,) = load(EXPECTED).known
    assert (entry.reason, entry.cases) == ("slow", (STORED.id,))
    assert touchstone(GATE).status == 0
    assert "Passed: nothing new, changed or stale" in touchstone.out

    touchstone.wrong = honest
    assert touchstone(GATE).status == 1
    assert "Failed: 1 stale entry" in touchstone.out
    assert f"{EXPECTED}:{entry.line}  {entry.key('mini')}" in touchstone.out
    assert touchstone(ACCEPT).status == 0
    assert load(EXPECTED).known == ()
    assert touchstone(GATE).status == 0


def command_in(out: str) -> str:
    """What the gate advises to type."""
    (line,) = re.findall(r"^ *\$ touchstone (.*)$", out, re.MULTILINE)
    return line


def test_the_commands_that_it_advises_do_what_it_says(touchstone: Touchstone) -> None:
    touchstone.wrong = forgetful
    advised = command_in(touchstone(GATE).out)
    assert touchstone(advised).status == 0, touchstone.complaint
    assert len(load(EXPECTED).known) == 1
    touchstone.wrong = honest
    advised = command_in(touchstone(GATE).out)
    assert touchstone(advised).status == 0, touchstone.complaint
    assert load(EXPECTED).known == ()


def test_with_a_file_of_another_name_the_advice_names_it(touchstone: Touchstone) -> None:
    touchstone.wrong = forgetful
    assert touchstone(f"{ACCEPT} --expected mine.yaml").status == 0
    assert touchstone(f"{GATE} --expected mine.yaml").status == 0
    touchstone.wrong = nameless
    advised = re.findall(r"\$ touchstone (.*)", touchstone(f"{GATE} --expected mine.yaml").out)
    for words in advised:
        assert "--expected mine.yaml" in words
        assert touchstone(words).status == 0, touchstone.complaint
    assert touchstone(f"{GATE} --expected mine.yaml").status == 0
    assert not EXPECTED.exists()


def test_accepting_leaves_a_flaky_entry_its_cases(touchstone: Touchstone) -> None:
    write(Expectations("mini", "1", (replace(LOST_ITEM, flaky=True),)), EXPECTED)
    for words in (ACCEPT, "accept --target mini --cases cases.yaml --report reports/latest"):
        assert touchstone(words).status == 0
        assert [entry.cases for entry in load(EXPECTED).known] == [LOST_ITEM.cases]


def test_what_has_spread_is_taken_in_by_the_command_that_the_gate_advises(touchstone: Touchstone) -> None:
    touchstone.wrong = forgetful
    touchstone(f"{ACCEPT} --reason slow")
    Path("cases.yaml").write_text(TYPED + TYPED[TYPED.index("  - id: get-item/stored") :].replace("stored", "again"))
    gated = touchstone(GATE)
    assert (gated.status, "now also in get-item/again" in gated.out) == (1, True), gated.out
    assert touchstone(command_in(gated.out)).status == 0
    (entry,) = load(EXPECTED).known
    assert (entry.cases, entry.reason) == (("get-item/again", STORED.id), "slow")
    assert touchstone(GATE).status == 0

    def half(operation: str, reply: Reply) -> Reply:
        """It is mended for one of them."""
        nonlocal seen
        seen += operation == "GetItem"
        return reply if seen == 2 else forgetful(operation, reply)

    seen, touchstone.wrong = 0, half
    gated = touchstone(GATE)
    assert "no longer in get-item/stored" in gated.out, gated.out
    assert (
        touchstone(f"accept --target mini --cases cases.yaml {command_in(gated.out).partition('mini')[2]}").status == 0
    )
    assert load(EXPECTED).known[0].cases == ("get-item/again",)


def test_cases_that_cannot_be_asked_there_are_counted(touchstone: Touchstone) -> None:
    Path("cases.yaml").write_text(TYPED + "    tags: [empty-server]\n")
    assert "left out" not in touchstone(GATE).complaint
    touchstone.monkeypatch.setattr(registry, "open_target", lambda text, **_: Miniature(name=text, resettable=False))
    gated = touchstone(GATE)
    assert "left out, since reference, mini cannot be emptied: 1 cases tagged empty-server" in gated.complaint
    assert "1 agree" in gated.out


def test_accepting_a_report_takes_in_the_keys_that_are_named_and_keeps_the_rest(touchstone: Touchstone) -> None:
    touchstone.wrong = forgetful
    touchstone(ACCEPT)
    first = load(EXPECTED).known[0].key("mini")
    touchstone.wrong = nameless
    touchstone(GATE)
    keys = re.findall(r"^  ([0-9a-f]{12})  ", touchstone.out, re.MULTILINE)
    assert len(keys) == 1
    assert touchstone(f"accept --target mini --report reports/latest {keys[0]}").status == 0
    assert {entry.key("mini") for entry in load(EXPECTED).known} == {first, keys[0]}


def test_accepting_keys_that_are_named_drops_nothing(touchstone: Touchstone) -> None:
    def inventive(operation: str, reply: Reply) -> Reply:
        absent = operation == "GetItem" and reply == Reply(200, {})
        return Reply(200, {"Item": {"artist": {"S": "b"}}}) if absent else reply

    touchstone.wrong = forgetful
    touchstone(ACCEPT)
    touchstone.wrong = inventive
    touchstone(GATE)
    (key,) = re.findall(r"^  ([0-9a-f]{12})  ", touchstone.out, re.MULTILINE)
    assert "1 new, 1 kept, 0 dropped" in touchstone(f"accept --target mini --report reports/latest {key}").out


def test_a_report_alone_shows_what_has_gone_where_a_case_agrees(touchstone: Touchstone) -> None:
    touchstone.wrong = forgetful
    touchstone(ACCEPT)
    generated_one = replace(LOST_ITEM_GENERATED, kind="seen in generated operations")
    write(replace(load(EXPECTED), known=(*load(EXPECTED).known, generated_one)), EXPECTED)
    touchstone.wrong = honest
    touchstone(f"{GATE} --report here")
    assert "0 new, 1 kept, 1 dropped" in touchstone("accept --target mini --report here").out
    assert [entry.kind for entry in load(EXPECTED).known] == [generated_one.kind]


def test_what_rules_explain_is_not_accepted_unless_it_is_named(touchstone: Touchstone) -> None:
    """An Alternator without transactions: no entry is needed for what is generated, and cases have theirs."""

    def transactionless(operation: str, reply: Reply) -> Reply:
        return refused("UnknownOperationException") if operation == "TransactWriteItems" else reply

    def opened(text: str, **_: Any) -> Target:
        return ReferenceTarget() if text == "reference" else Flawed("mini", transactionless)

    touchstone.monkeypatch.setattr(registry, "open_target", opened)
    write(Expectations("mini", "1", rules="alternator"), EXPECTED)
    words = f"--cases cases.yaml --operations 400 --seed 1 --expected {EXPECTED}"
    gated = touchstone(f"gate --target mini {words}")
    assert re.search(r"[1-9]\d* explained by a rule", gated.out), gated.out
    assert "transactions: There are no transactions" in gated.out
    assert gated.status == 0
    assert touchstone(f"accept --target mini {words}").status == 0
    assert (load(EXPECTED).known, load(EXPECTED).rules) == ((), "alternator")
    write(Expectations("mini", "1"), EXPECTED)
    assert touchstone(f"gate --target mini {words}").status == 1


def test_another_version_s_file_is_used_and_said_to_be(touchstone: Touchstone) -> None:
    old = Path("reports/expected/mini-0.9.yaml")
    touchstone.wrong = forgetful
    touchstone(f"{ACCEPT} --reason old")
    write(replace(load(EXPECTED), version="0.9"), old)
    EXPECTED.unlink()
    assert touchstone(GATE).status == 0
    assert "the expectations for mini 0.9, which is another version" in touchstone.out
    assert touchstone(ACCEPT).status == 0
    assert [entry.reason for entry in load(EXPECTED).known] == ["old"]
    assert load(EXPECTED).version == "1"
    assert old.exists()


def test_a_lost_target_is_status_2_and_nothing_is_accepted(touchstone: Touchstone) -> None:
    touchstone.wrong = silent
    third, fourth = (TYPED[TYPED.index("  - id") :].replace("get-item/", f"get-item/{name}-") for name in ("c", "d"))
    Path("cases.yaml").write_text(TYPED + third + fourth)
    assert touchstone(GATE).status == 2
    assert "No verdict" in touchstone.out
    assert touchstone(ACCEPT).status == 2
    assert "nothing was accepted" in touchstone.complaint
    assert not EXPECTED.exists()


def test_what_a_lost_target_did_not_answer_is_told_apart_and_not_taken_in_by_itself(touchstone: Touchstone) -> None:
    calls = 0

    def dying(operation: str, reply: Reply) -> Reply:
        """Forgets an item, and is gone after that."""
        nonlocal calls
        calls += operation == "GetItem"
        return silent(operation, reply) if calls > 2 else forgetful(operation, reply)

    case = TYPED[TYPED.index("  - id") :]
    Path("cases.yaml").write_text(TYPED + "".join(case.replace("get-item/", f"get-item/{name}-") for name in "cdef"))
    touchstone.wrong = dying
    assert touchstone(f"{GATE} --report gone").status == 2
    assert "Not answered before the target was lost: it died of this, or was gone by then (1)" in touchstone.out
    assert touchstone("accept --target mini --report gone --cases cases.yaml").status == 0
    assert [entry.kind for entry in load(EXPECTED).known] == ["Item: member missing"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("gate --target reference --cases cases.yaml --no-generate", "name another one with --target"),
        (f"{GATE} --expected nowhere.yaml", "there is no such file: `touchstone accept --expected nowhere.yaml`"),
        (f"{GATE} --operations 5", "--no-generate goes with neither --time nor --operations"),
        (f"{GATE} --expected cases.yaml", "cases.yaml:1: is no file of expectations"),
        (f"{GATE} --junit cases.yaml/j.xml", "the JUnit file cannot be written"),
        ("accept --target mini --drop 0123456789ab", "--drop alone needs --expected FILE"),
        ("accept --target mini --report nowhere", "nowhere"),
        ("accept --target other --report there", "the report has no target other: it has reference, mini"),
        ("accept --target mini --report there 0123456789ab", "the report has no divergence 0123456789ab of mini"),
        ("accept --target mini --report there --drop 0123456789ab", "has no entry 0123456789ab"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(touchstone: Touchstone, words: str, complaint: str) -> None:
    touchstone(f"{GATE} --report there")
    touchstone(words)
    assert touchstone.status == 2
    assert complaint in touchstone.complaint
    assert complaint in touchstone.complaint.splitlines()[-1]
    assert "Traceback" not in touchstone.complaint


def test_github_gets_its_annotations_and_its_summary(touchstone: Touchstone, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    touchstone.monkeypatch.setenv("GITHUB_ACTIONS", "true")
    touchstone.monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    summary.write_text("of an earlier step\n")
    touchstone.wrong = forgetful
    touchstone(f"{GATE} --junit j.xml")
    assert "::error title=New divergence " in touchstone.out
    assert summary.read_text().startswith("of an earlier step\n## ❌ ")
    assert "<failure" in Path("j.xml").read_text()
    touchstone(f"{GATE} --annotations none")
    assert "::error" not in touchstone.out


def test_many_divergences_are_accepted_by_a_command_that_can_be_typed() -> None:
    keys = [f"{number:012x}" for number in range(500)]
    assert acceptance("moto", NOTHING, Path("r"), keys) == "touchstone accept --target moto --report r"
    assert removal("moto", expecting(), keys) == "touchstone accept --target moto"


def test_the_conclusion_names_what_made_it_fail() -> None:
    assert conclusion(held(nameless, expecting(LOST_ITEM)).judgement) == "Failed: 1 new divergence, 1 stale entry"
    strict = held(honest, expecting(LOST_ITEM), cases=(ABSENT,), strict=True)
    assert conclusion(strict.judgement) == "Failed: 1 entry not judged"


# --- workflows --------------------------------------------------------------------------------------------

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"


def steps_of(path: Path) -> list[dict[str, Any]]:
    content = yaml.safe_load(path.read_text())
    if "runs" in content:
        return list(content["runs"]["steps"])
    return [step for job in content["jobs"].values() for step in job["steps"]]


def options_of(command: str) -> set[str]:
    found = cli.touchstone.get_command(None, command)  # type: ignore[arg-type]
    assert found is not None, f"touchstone has no command {command}"
    return {name for parameter in found.params for name in parameter.opts}


def test_there_are_workflows() -> None:
    assert {path.name for path in WORKFLOWS} >= {"ci.yml", "nightly.yml"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_one(path: Path) -> None:
    content = yaml.safe_load(path.read_text())
    assert content["permissions"] == {"contents": "read"}
    assert content[True], "YAML 1.1 reads the key `on` as true"
    for job in content["jobs"].values():
        assert job["runs-on"]
        assert job["steps"]


@pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.name)
def test_each_step_runs_something_that_is_there(path: Path) -> None:
    inputs = yaml.safe_load(ACTION.read_text())["inputs"]
    environments = set(re.findall(r"^\[testenv:([\w-]+)\]", (ROOT / "tox.ini").read_text(), re.MULTILINE))
    for step in steps_of(path):
        assert ("run" in step) != ("uses" in step)
        if step.get("uses") == "./":
            assert step["with"].keys() <= inputs.keys()
            assert {name for name, one in inputs.items() if one.get("required")} <= step["with"].keys()
        elif "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"])
        text = step.get("run", "")
        for environment in re.findall(r"tox -e ([\w-]+)", text):
            assert environment in environments
        for command in re.findall(r"touchstone\"? ([a-z]+) \"\$\{arguments", text):
            options = set(re.findall(r"(?<=[ (])--[a-z-]+", text))
            assert options
            assert options <= options_of(command)


def test_the_action_passes_on_every_input() -> None:
    """And nothing of an input is pasted into a script, where it could be a command."""
    action = yaml.safe_load(ACTION.read_text())
    assert action["runs"]["using"] == "composite"
    text = ACTION.read_text()
    for name in action["inputs"]:
        assert f"inputs.{name}" in text
    for step in steps_of(ACTION):
        assert "${{" not in step.get("run", "")
        assert "shell" in step or "uses" in step
        for variable in step.get("env", {}):
            assert f"${variable}" in step["run"] or f"${{{variable}" in step["run"]


def test_the_walk_through_names_options_that_exist() -> None:
    text = (ROOT / "docs" / "gate.md").read_text().replace("\\\n", " ")
    commands = re.findall(r"^touchstone (\w+) (.*)$", text, re.MULTILINE)
    assert {name for name, _ in commands} == {"run", "accept", "gate"}
    for name, words in commands:
        assert set(re.findall(r"--[a-z-]+", words)) <= options_of(name)
    (example,) = re.findall(r"```yaml\n(expectations: 1\n.*?)```", text, re.DOTALL)
    assert yaml.safe_load(example)["divergences"][0].keys() >= {"reason", "link", "effect", "note"}
