"""The record of a run and its renderings."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from report_samples import (
    REFERENCE,
    divergence,
    passing_case,
    record_of,
    sample_run,
    started,
)
from site_samples import HOSTILE, hostile

from conformance import events
from conformance.divergence import MISSING, Difference, Layer
from conformance.report import junit
from conformance.report.record import RecordError, merge, read, schema, write
from conformance.scenario import Evidence, EvidenceKind, JSONObject

FINISHED = events.RunFinished(True, "finished", 12.3)


def valid(document: JSONObject) -> JSONObject:
    """The document as it reads back from disk, held against the schema."""
    document = json.loads(json.dumps(document))
    Draft202012Validator(schema()).validate(document)
    return document


def sample() -> JSONObject:
    return valid(record_of(sample_run()).document())


# --- the record -------------------------------------------------------------------------------------------


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(dict(schema()))


@pytest.mark.parametrize("length", range(len(sample_run()) + 1))
def test_a_record_is_valid_after_every_event_and_has_a_footer_only_at_the_end(length: int) -> None:
    document = valid(record_of(sample_run()[:length]).document())
    assert ("footer" in document) == (length == len(sample_run()))


def test_the_matrix_counts_cases_and_operations_by_feature_and_target() -> None:
    features = sample()["features"]
    assert features["put-item"]["reference"]["passed"] == 1
    assert features["put-item"]["moto"]["diverged"] == ["put-item/duplicates-in-a-set"]
    assert features["update-item"]["moto"]["operations"] == 1500
    # An operation counts for the feature that is called after it, whatever scenario it was generated for.
    assert features["put-item"]["moto"]["operations"] == 12
    assert [len(cells["moto"]["divergences"]) for cells in features.values()] == [0, 1, 1, 1]


def test_a_case_that_diverges_says_what_was_sent_and_what_came() -> None:
    (case,) = (case for case in sample()["cases"]["judged"] if case["feature"] == "put-item")
    assert case["verdicts"]["reference"] == {"verdict": "agree"}
    failed = case["verdicts"]["moto"]
    assert failed["difference"]["layer"] == "outcome"
    assert failed["request"]["operation"] == "PutItem"
    assert failed["reply"] == {"status": 200, "body": {}, "outcome": "accepted"}


def test_what_is_missing_is_left_out_and_null_is_not_missing() -> None:
    found = divergence(difference=Difference(Layer.DATA, "another", "Item", None, MISSING))
    document = valid(record_of([started(), events.DivergenceFound(found)]).document())
    difference = document["divergences"][0]["difference"]
    assert difference["expected"] is None
    assert "actual" not in difference


def test_occurrences_after_the_first_are_counted() -> None:
    found = divergence()
    record = record_of([started(), events.DivergenceFound(found)])
    found.occurrences += 41
    assert record.document()["divergences"][0]["occurrences"] == 42


def test_divergences_come_gravest_first_then_best_known_then_most_frequent() -> None:
    recorded = Evidence(EvidenceKind.RECORDED, "a probe")
    found = [
        divergence(layer=Layer.CAPACITY, evidence=recorded, occurrences=99),
        divergence(operation="Scan", occurrences=5),
        divergence(operation="Query", occurrences=7),
        divergence(operation="GetItem", evidence=recorded),
    ]
    run = [started(), *map(events.DivergenceFound, found), FINISHED]
    order = [(found["operation"], found["layer"]) for found in record_of(run).document()["divergences"]]
    assert order == [("GetItem", "outcome"), ("Query", "outcome"), ("Scan", "outcome"), ("PutItem", "capacity")]


def test_a_divergence_names_the_other_targets_that_show_it() -> None:
    found = [divergence("moto"), divergence("other"), divergence("third", operation="Scan")]
    document = record_of([started(), *map(events.DivergenceFound, found)]).document()
    assert {one["target"]: one["also"] for one in document["divergences"]} == {
        "moto": ["other"],
        "other": ["moto"],
        "third": [],
    }


def test_a_lost_target_has_no_operations_from_then_on() -> None:
    replayed = events.ScenarioReplayed(None, {"PutItem": 1}, 0)
    run = [started(), replayed, events.TargetLost("moto", "connection refused"), replayed]
    document = valid(record_of(run).document())
    assert document["generated"]["operations"]["put-item"] == {"reference": {"PutItem": 2}, "moto": {"PutItem": 1}}
    assert [target["lost"] for target in document["targets"]] == [None, "connection refused"]


# --- on disk ----------------------------------------------------------------------------------------------


def test_what_was_written_reads_back(tmp_path: Path) -> None:
    written = record_of(sample_run()).write(tmp_path / "new" / "folder")
    assert read(written.record) == read(written.record.parent) == sample()
    names = sorted(path.name for path in written.record.parent.iterdir())
    site = ["assets", "coverage.html", "index.html", "moto-5.2.5", "reference-0.1.0"]
    assert names == sorted([*site, "junit.xml", "report.json"])
    assert written.page.name == "index.html"


def test_a_run_that_was_killed_leaves_a_readable_report_that_says_so(tmp_path: Path) -> None:
    written = record_of(sample_run()[:-1]).write(tmp_path)
    valid(json.loads(written.record.read_text()))
    assert "The run of moto has not ended." in written.page.read_text()
    assert ElementTree.parse(written.junit).getroot().get("errors") == "1"
    with pytest.raises(RecordError, match="has no footer: the run that wrote it was killed"):
        read(written.record)


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = record_of(sample_run()).write(tmp_path)
    before = written.record.read_bytes()

    def torn(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:100])
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", torn)
    with pytest.raises(OSError, match="No space left"):
        record_of([]).write(tmp_path)
    assert written.record.read_bytes() == before
    assert not list(tmp_path.rglob("*.partial"))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "not a record of touchstone"),
        ('{"touchstone": 2}', "not a record of touchstone"),
        (None, "No such file"),
    ],
)
def test_what_is_no_record_is_refused_in_one_line(tmp_path: Path, content: str | None, complaint: str) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(RecordError, match=complaint) as refused:
        read(path)
    assert "\n" not in str(refused.value)


def test_any_text_can_be_written_and_read(tmp_path: Path) -> None:
    written = write(hostile(), tmp_path)
    assert read(written.record)["divergences"][0]["feature"] == HOSTILE
    assert len(list(ElementTree.parse(written.junit).iter("skipped"))) == 1  # it is known
    for path in tmp_path.rglob("*.html"):
        assert "<script>alert" not in path.read_text("utf-8")


# --- merging ----------------------------------------------------------------------------------------------


def test_merging_one_record_changes_nothing() -> None:
    assert valid(merge([sample()])) == sample()


def test_parts_of_a_run_are_merged() -> None:
    third = events.TargetDescription("third", "1", "http://127.0.0.1:8000")
    other = record_of(
        [
            started(REFERENCE, third, cases=1, seed=8),
            events.CaseJudged(passing_case(2), "third", None),
            events.CaseJudged(passing_case(1), "third", None),
            events.DivergenceFound(divergence(operation="GetItem", minimised=False, occurrences=2)),
            events.ScenarioReplayed(None, {"PutItem": 100}, 1),
            events.RunFinished(True, "finished", 50.0),
        ]
    ).document()
    once = divergence(operation="GetItem", minimised=True, occurrences=5)
    first = record_of([started(), events.DivergenceFound(once), FINISHED]).document()
    merged = valid(merge([first, other, sample()]))
    assert [target["name"] for target in merged["targets"]] == ["reference", "moto", "third"]
    assert merged["seeds"] == [7, 8]
    assert merged["generated"]["operations"]["put-item"]["reference"] == {"PutItem": 112}
    assert set(merged["cases"]["judged"][0]["verdicts"]) == {"reference", "moto", "third"}
    (found,) = (one for one in merged["divergences"] if one["operation"] == "GetItem" and one["layer"] == "outcome")
    assert (found["occurrences"], found["minimised"]) == (7, True)
    assert merged["footer"] == {"complete": True, "reason": "finished", "seconds": 50.0}


def test_a_part_that_was_killed_makes_the_whole_incomplete() -> None:
    killed = record_of(sample_run()[:-1]).document()
    footer = valid(merge([sample(), killed]))["footer"]
    assert not footer["complete"]
    assert "its process was killed" in footer["reason"]


def test_records_made_by_other_rules_are_not_merged() -> None:
    other = sample()
    other["layers"] = ["outcome"]
    with pytest.raises(RecordError, match="different layers"):
        merge([sample(), other])


# --- JUnit ------------------------------------------------------------------------------------------------


def test_junit_has_a_test_case_for_each_verdict_and_each_generated_divergence() -> None:
    root = ElementTree.fromstring(junit.render(sample()))
    suites = {suite.get("name"): suite for suite in root}
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "3", "0")
    assert {name: suite.get("tests") for name, suite in suites.items()} == {"reference": "2", "moto": "4"}
    failures = [case for case in suites["moto"].iter("testcase") if case.find("failure") is not None]
    assert [case.get("classname") for case in failures] == [
        "moto.cases.put-item",
        "moto.generated.numbers",
        "moto.generated.update-item",
    ]
    failure = failures[0].find("failure")
    assert failure is not None
    assert failure.get("message") == "outcome: accepted where ValidationException was expected"
    assert failure.text is not None
    assert failure.text.startswith("recorded: aws-validation-probes: b_put_dup_ss")
