"""`touchstone keep`, `touchstone replay` and `touchstone record`, as a person uses them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.cases import load_cases
from conformance.compare import compare, signature
from conformance.divergence import Divergence
from conformance.events import DivergenceFound, RunFinished, RunStarted, TargetDescription
from conformance.replay import Exchange, replay
from conformance.report.record import Record, write
from conformance.scenario import Evidence, EvidenceKind, JSONObject, Match, Reply, Scenario, Step
from conformance.targets.reference import ReferenceTarget

TABLE: JSONObject = {
    "TableName": "Things",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
THINGS = {"TableName": "Things"}
PUT = Step("PutItem", {**THINGS, "Item": {"pk": {"S": "a"}, "n": {"N": "1.50"}}})
GET = Step("GetItem", {**THINGS, "Key": {"pk": {"S": "a"}}})
WRONG = Step("PutItem", {**THINGS, "Item": {"pk": {"N": "1"}}})
FAILING = Step(
    "DeleteItem",
    {
        **THINGS,
        "Key": {"pk": {"S": "a"}},
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    },
)
INFERRED = Evidence(EvidenceKind.INFERRED, "reference")
# What a case may be about: the last step of each diverges, in what somebody answers to it.
FINDINGS: dict[str, tuple[tuple[Step, ...], Reply]] = {
    "data": ((PUT, GET), Reply(200, {"Item": {"pk": {"S": "a"}, "n": {"N": "1.50"}}})),
    "refusal": ((PUT, WRONG, FAILING), Reply(200, {})),
    "description": ((Step("DescribeTable", THINGS),), Reply(200, {"Table": {"TableName": "Things"}})),
    "wire": ((Step("PutItem", raw="{'"),), Reply(200, {})),
}


def found(name: str = "data", **members: Any) -> Divergence:
    """What the reference answers, and somebody otherwise."""
    steps, reply = FINDINGS[name]
    scenario = Scenario(f"generated-{name}", "generated", (TABLE,), steps, source="generated with seed 1")
    with ReferenceTarget() as reference:
        *_, last = (one for one in replay(scenario, [reference]) if isinstance(one, Exchange))
    difference = compare(steps[-1], last.replies["reference"], reply)
    assert difference is not None
    divergence = Divergence(
        signature=signature("somebody", steps[-1], difference),
        feature="things",
        baseline="reference",
        scenario=scenario,
        step=len(steps) - 1,
        difference=difference,
        replies={"reference": last.replies["reference"], "somebody": reply},
        evidence=INFERRED,
    )
    return replace(divergence, **members)


def report_of(*divergences: Divergence) -> Path:
    described = [TargetDescription(name, "1.2", "in process") for name in ("reference", "somebody", "else")]
    record = Record()
    record.listen(RunStarted(tuple(described), 0, 1, 1.0, None))
    for divergence in divergences:
        record.listen(DivergenceFound(divergence))
    record.listen(RunFinished(True, "finished", 1.0))
    write(record.document(), Path("reports/latest"))
    return Path("reports/latest")


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    complaint: str


Touchstone = Callable[..., Answer]


@pytest.fixture
def touchstone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Touchstone:
    """The command in this process, in a folder of its own, without colours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("TOUCHSTONE_DEBUG", raising=False)

    def run(words: str, *more: object) -> Answer:
        monkeypatch.setattr(sys, "argv", ["touchstone", *words.split(), *map(str, more)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return Answer(int(left.value.code or 0), captured.out, captured.err)

    return run


def refuses(answer: Answer, *words: str) -> None:
    assert answer.status == 2, answer
    assert answer.complaint.count("\n") == 1
    for word in words:
        assert word in answer.complaint


# --- keep -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FINDINGS)
def test_a_finding_becomes_a_case_that_the_baseline_passes(touchstone: Touchstone, name: str) -> None:
    finding = found(name)
    report_of(finding)
    key = finding.signature.key
    answer = touchstone(f"keep {key[:6]}")
    assert answer.status == 0, answer
    file = Path(f"cases/found/things-{key}.yaml")
    assert str(file) in answer.out
    (case,) = load_cases([file])
    assert [step.request for step in case.steps] == [step.request for step in finding.scenario.steps]
    assert case.id == f"things/found-{key}"
    assert touchstone(f"run --no-generate --cases {file}").status == 0


def test_what_is_expected_is_what_the_baseline_answers(touchstone: Touchstone) -> None:
    report_of(found("refusal"))
    touchstone(f"keep {found('refusal').signature.key} --to kept.yaml --title Nothing-is-deleted.")
    (case,) = load_cases([Path("kept.yaml")])
    put, wrong, failing = (step.expect for step in case.steps)
    assert put is not None
    assert (put.error, put.body) == (None, None)
    assert wrong is not None
    assert (wrong.error, wrong.message) == ("ValidationException", None)
    assert failing is not None
    assert failing.message is not None
    assert (failing.error, failing.message.match) == ("ConditionalCheckFailedException", Match.EXACT)
    assert failing.members == {"Item": {"pk": {"S": "a"}, "n": {"N": "1.5"}}}
    assert case.title == "Nothing-is-deleted."


def test_what_a_server_makes_up_is_not_kept(touchstone: Touchstone) -> None:
    report_of(found("description"))
    touchstone(f"keep {found('description').signature.key} --to kept.yaml")
    (case,) = load_cases([Path("kept.yaml")])
    assert case.steps[0].expect is not None
    table = case.steps[0].expect.body["Table"]
    assert table["TableId"] == "00000000-0000-4000-8000-000000000000"
    assert table["CreationDateTime"] == 1700000000.0


def test_the_baseline_s_word_is_weak_evidence(touchstone: Touchstone) -> None:
    report_of(found())
    touchstone(f"keep {found().signature.key} --to kept.yaml")
    (case,) = load_cases([Path("kept.yaml")])
    assert case.evidence is not None
    assert (case.evidence.kind, case.evidence.source) == (EvidenceKind.INFERRED, "reference 1.2 alone")
    assert case.evidence.note.startswith("somebody 1.2 answers otherwise: ")


def test_who_agrees_is_evidence(touchstone: Touchstone) -> None:
    agreed = Evidence(EvidenceKind.AGREED, "reference, else", "answered alike by somebody, another")
    report_of(found(evidence=agreed))
    touchstone(f"keep {found().signature.key} --to kept.yaml")
    (case,) = load_cases([Path("kept.yaml")])
    assert case.evidence is not None
    assert (case.evidence.kind, case.evidence.source) == (EvidenceKind.AGREED, "reference 1.2, else 1.2")
    assert "answered alike by" in case.evidence.note


def test_a_baseline_that_is_outvoted_is_not_taken_at_its_word(touchstone: Touchstone) -> None:
    outvoted = Evidence(EvidenceKind.INFERRED, "reference", "answered alike by a, b: they outvote the baseline")
    report_of(found(evidence=outvoted))
    refuses(touchstone(f"keep {found().signature.key} --to kept.yaml"), "outvote", "--baseline")
    assert not Path("kept.yaml").exists()
    assert touchstone(f"keep {found().signature.key} --to kept.yaml --baseline reference").status == 0


def test_a_baseline_that_answers_otherwise_by_now_is_said(touchstone: Touchstone) -> None:
    finding = found()
    finding.replies["reference"] = Reply(200, {})
    report_of(finding)
    refuses(touchstone(f"keep {finding.signature.key} --to kept.yaml"), "does not answer as in the record")


def test_nothing_is_overwritten(touchstone: Touchstone) -> None:
    report_of(found())
    Path("kept.yaml").write_text("mine")
    refuses(touchstone(f"keep {found().signature.key} --to kept.yaml"), "kept.yaml", "not overwritten")
    assert Path("kept.yaml").read_text() == "mine"


def test_a_finding_of_a_case_is_one_already(touchstone: Touchstone) -> None:
    finding = found(baseline="case")
    finding.scenario = replace(finding.scenario, source="cases/put-item.yaml:12")
    report_of(finding)
    refuses(touchstone(f"keep {finding.signature.key}"), "is a case already", "cases/put-item.yaml:12")


def test_a_key_that_is_none_or_several_is_said(touchstone: Touchstone) -> None:
    report_of(found(), found("wire"))
    refuses(touchstone("keep zz"), "no finding zz")
    refuses(touchstone("keep abc --report nowhere"), "nowhere")


# --- replay -----------------------------------------------------------------------------------------------


@pytest.fixture
def kept(touchstone: Touchstone) -> Path:
    """A file with one case, which the reference passes."""
    report_of(found("data"))
    touchstone(f"keep {found('data').signature.key} --to kept.yaml")
    return Path("kept.yaml")


def test_a_case_is_shown_step_by_step(touchstone: Touchstone, kept: Path) -> None:
    answer = touchstone(f"replay {kept}")
    assert answer.status == 0, answer
    assert '  1  PutItem {"TableName": "Things"' in answer.out
    assert '     reference: 200 {"Item":' in answer.out
    assert "1 replayed, 0 with differences" in answer.out
    assert "\x1b" not in answer.out


def test_where_an_answer_differs_both_sides_are_shown(touchstone: Touchstone, kept: Path) -> None:
    kept.write_text(kept.read_text().replace('"1.5"', '"2"'))
    answer = touchstone(f"replay {kept} --differences")
    assert answer.status == 1, answer
    assert "PutItem" not in answer.out
    assert "✗ reference: data: Item.<attribute>.N: another number" in answer.out
    assert "expected at Item.n.N: 2" in answer.out
    assert "got at Item.n.N: 1.5" in answer.out


def test_a_finding_is_replayed_on_targets(touchstone: Touchstone) -> None:
    report_of(found("data"))
    key = found("data").signature.key
    answer = touchstone(f"replay reports/latest#{key} --target reference --target other=reference")
    assert answer.status == 0, answer
    assert "     other: the same" in answer.out
    # Its own targets are asked by default, of which one is nobody.
    refuses(touchstone(f"replay reports/latest/report.json#{key}"), "no target is called 'somebody'")


def test_a_finding_of_a_law_is_judged_by_the_law(touchstone: Touchstone) -> None:
    report_of(found("data", baseline="law", law="answers"))
    answer = touchstone(f"replay reports/latest#{found('data').signature.key} --target reference")
    assert answer.status == 0, answer


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("nowhere.yaml", "there is no such file"),
        ("reports/latest", "#KEY"),
        ("reports/latest#zz", "no finding zz"),
        ("kept.yaml -k nothing", "no case has 'nothing' in its id"),
        ("kept.yaml --target nobody", "no target is called"),
    ],
)
def test_what_cannot_be_replayed_is_said_in_one_line(
    touchstone: Touchstone, kept: Path, words: str, complaint: str
) -> None:
    refuses(touchstone(f"replay {words}"), complaint)


# --- record -----------------------------------------------------------------------------------------------


def test_cases_are_recorded_and_judged_without_the_target(touchstone: Touchstone, kept: Path) -> None:
    answer = touchstone(f"record --target reference --cases {kept} --out ref.jsonl")
    assert (answer.status, answer.out) == (0, "1 recorded: ref.jsonl\n")
    again = touchstone(f"record --target reference --cases {kept} --out ref.jsonl")
    assert (again.status, again.out) == (0, "0 recorded, 1 were there before: ref.jsonl\n")
    assert touchstone("run --target recording:ref.jsonl").status == 0
    replayed = touchstone("replay ref.jsonl")
    assert replayed.status == 0, replayed
    assert "recording:ref" in replayed.out


def test_a_recorded_fault_shows_without_the_target(touchstone: Touchstone, kept: Path) -> None:
    touchstone(f"record --target reference --cases {kept} --out ref.jsonl")
    recorded = Path("ref.jsonl").read_text()
    assert '"1.5"' in recorded
    header, line = recorded.splitlines()
    exchanges = json.loads(line)
    for exchange in exchanges["exchanges"]:
        if exchange["operation"] == "GetItem":
            exchange["reply"]["Item"]["n"] = {"N": "2"}
    Path("ref.jsonl").write_text(f"{header}\n{json.dumps(exchanges)}\n")
    assert touchstone("run --target recording:ref.jsonl").status == 1
    answer = touchstone("replay ref.jsonl")
    assert answer.status == 1, answer
    assert "expected at Item.n.N: 2" in answer.out
    assert "got at Item.n.N: 1.5" in answer.out


def test_generated_scenarios_are_recorded(touchstone: Touchstone) -> None:
    answer = touchstone("record --target reference --seed 1 --operations 60 --out generated.jsonl")
    assert answer.status == 0, answer
    assert touchstone("run --target recording:generated.jsonl").status == 0
    # And asked of another server.
    other = touchstone("record --target other=reference --from generated.jsonl --out other.jsonl")
    assert other.out.split()[0] == answer.out.split()[0]
    scenarios = [json.loads(line)["scenario"] for line in Path("generated.jsonl").read_text().splitlines()[1:]]
    Path("scenarios.jsonl").write_text("".join(f"{json.dumps(scenario)}\n" for scenario in scenarios))
    third = touchstone("record --target other=reference --scenarios scenarios.jsonl --out third.jsonl")
    assert third.out.split()[0] == answer.out.split()[0]


def test_nothing_that_a_target_is_given_secretly_is_recorded(
    touchstone: Touchstone, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, f"secret-{name}")
    touchstone(f"record --target reference --cases {kept} --out ref.jsonl")
    recorded = Path("ref.jsonl").read_text().lower()
    for word in ("secret", "authorization", "signature"):
        assert word not in recorded


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("--from x.jsonl --operations 3", "exclude each other"),
        ("--cases kept.yaml --scenarios x.jsonl", "exclude each other"),
        ("--from nowhere.jsonl", "no such recording"),
        ("--scenarios nowhere.jsonl", "nowhere.jsonl"),
        ("--scenarios kept.yaml", "kept.yaml:1: no scenario"),
        ("--cases nowhere", "there is no such file or folder"),
    ],
)
def test_what_cannot_be_recorded_is_said_in_one_line(
    touchstone: Touchstone, kept: Path, words: str, complaint: str
) -> None:
    refuses(touchstone(f"record --target reference --out out.jsonl {words}"), complaint)
