"""Published runs: compact records, their history, the trend, and the command that makes them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from report_samples import record_of, sample_run
from site_samples import HOSTILE, broken_law, five_runs, generated, run_of

from conformance import cli
from conformance.divergence import Severity
from conformance.report import compact, html, trend
from conformance.report.publishing import Publication
from conformance.report.record import RecordError, merge, schema, write
from conformance.report.site import Site
from conformance.scenario import JSONObject
from conformance.scenario_json import scenario_from_json


def through(document: JSONObject, tmp_path: Path) -> JSONObject:
    """The record as it is after it was made compact, written, and read."""
    path = tmp_path / "compact.json"
    path.write_bytes(compact.dumps(compact.compacted(document)))
    return compact.read(path)


# --- compact records ----------------------------------------------------------------------------------------


def test_what_pages_show_of_a_small_run_survives(tmp_path: Path) -> None:
    document = merge([run_of()])  # in a record's order
    before, after = Site([document]), Site([through(document, tmp_path)])
    for old, new in zip(before.subjects, after.subjects, strict=True):
        assert (new.verdict, new.cells, new.severities, new.laws) == (old.verdict, old.cells, old.severities, old.laws)
        assert new.cases == old.cases
        assert [found["sentence"] for found in new.findings] == [found["sentence"] for found in old.findings]
        for one, other in zip(old.findings, new.findings, strict=True):
            for member in ("known", "flaky", "law", "evidence", "occurrences", "feature", "minimised"):
                assert other[member] == one[member], member
            assert html.sides(other) == html.sides(one)
    assert after.documents[0]["coverage"] == document["coverage"]
    assert after.documents[0]["speed"] == document["speed"]


def test_keys_and_titles_are_made_again(tmp_path: Path) -> None:
    document = merge([record_of(sample_run()).document()])
    after = through(document, tmp_path)
    for one, other in zip(document["divergences"], after["divergences"], strict=True):
        assert (other["key"], other["title"], other["layer"]) == (one["key"], one["title"], one["layer"])
    assert after["features"] == document["features"]


def test_reproducers_are_made_again_and_say_the_same(tmp_path: Path) -> None:
    document = merge([record_of(sample_run()).document()])
    after = through(document, tmp_path)
    for one, other in zip(document["divergences"], after["divergences"], strict=True):
        if one["step"] + 1 == len(one["scenario"]["steps"]):
            assert other["reproducers"]["boto3"] == one["reproducers"]["boto3"]
        (*_, last) = scenario_from_json(other["scenario"]).steps
        assert last.operation == one["scenario"]["steps"][one["step"]]["operation"]


def test_a_scenario_that_is_too_long_is_told_and_not_kept(tmp_path: Path) -> None:
    document = run_of(findings=1)
    found = document["divergences"][-1]
    found["scenario"]["steps"][1]["request"]["Item"]["v"] = {"S": "x" * 400_000}
    size = len(compact.dumps(compact.compacted(document)))
    assert size < 20_000
    after = through(document, tmp_path)["divergences"]
    texts = [one["reproducers"]["yaml"] for one in after if "Not kept in this record" in one["reproducers"]["yaml"]]
    assert len(texts) == 1
    assert "generated, seed 7" in texts[0]
    Site([{**document, "divergences": after}]).finding(Site([through(document, tmp_path)]).subjects[0], 0)


@pytest.mark.parametrize(
    "body",
    ["x" * 400_000, [{"N": "1"}] * 10_000, {str(number): "x" for number in range(10_000)}, HOSTILE],
    ids=["text", "list", "members", "hostile"],
)
def test_long_replies_are_cut(tmp_path: Path, body: Any) -> None:
    document = run_of(findings=1)
    document["divergences"][-1]["replies"]["moto"]["body"] = body
    assert len(compact.dumps(compact.compacted(document))) < 20_000
    through(document, tmp_path)


def test_a_record_of_300_findings_is_small_and_a_line_is_a_finding(tmp_path: Path) -> None:
    content = compact.dumps(compact.compacted(run_of(findings=300)))
    assert len(content) < 1_500_000 / 794 * 300  # as moto's, which has the most
    assert sum(line.startswith(b'{"operation":') for line in content.splitlines()) == 302


def test_what_has_not_ended_is_not_published() -> None:
    with pytest.raises(RecordError, match="has not come to an end"):
        compact.compacted(record_of(sample_run()[:-1]).document())


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "not JSON"),
        ("[]", "not a compact record"),
        ('{"touchstone": 1}', "not a compact record"),
        ('{"touchstone_compact": 1}', "not a whole compact record"),
        ('{"touchstone_compact": 1, "divergences": [{}], "tables": []}', "publish it anew"),
    ],
)
def test_what_is_no_compact_record_is_refused_in_one_line(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "moto-1.json"
    path.write_text(content)
    with pytest.raises(RecordError, match=complaint) as refused:
        compact.read(path)
    assert "\n" not in str(refused.value)


def test_records_of_both_forms_are_read(tmp_path: Path) -> None:
    document = record_of(sample_run()).document()
    written = write(document, tmp_path / "whole")
    small = tmp_path / "moto-5.2.5.json"
    small.write_bytes(compact.dumps(compact.compacted(document)))
    assert compact.read_any(written.record) == compact.read_any(tmp_path / "whole") == document
    assert len(compact.read_any(small)["divergences"]) == 3
    with pytest.raises(RecordError, match="No such file"):
        compact.read_any(tmp_path / "nowhere.json")


def test_parts_of_one_run_are_merged_and_different_runs_are_not() -> None:
    one, two = record_of(sample_run()).document(), record_of(sample_run()).document()
    other = run_of("dynalite", "4.0")
    assert len(compact.runs([one, other, two])) == 2


# --- history and trend --------------------------------------------------------------------------------------


def test_a_run_stands_in_the_history_once(tmp_path: Path) -> None:
    path = tmp_path / trend.HISTORY
    points = trend.points_of(run_of())
    assert trend.read(path) == []
    assert [trend.append(path, points), trend.append(path, points)] == [1, 0]
    assert trend.read(path) == points
    assert len(path.read_text().splitlines()) == 1


def test_a_point_keeps_cases_and_what_lies_beyond_them_apart() -> None:
    (point,) = trend.points_of(run_of(findings=12))
    assert (point.target, point.version, point.baseline) == ("moto", "5.2.5", "reference 0.1.0")
    assert point.cases == {"agree": 1, "diverge": 1, "unsupported": 1, "indeterminate": 1}
    assert point.from_cases == {str(Severity.ACCEPTANCE): 1}
    assert sum(point.beyond_cases.values()) == 13
    assert point.beyond_cases[Severity.DATA] == 3
    assert point.laws_broken == 1


@pytest.mark.parametrize("line", ["{", "[]", '{"target": "moto"}'])
def test_a_broken_line_of_the_history_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / trend.HISTORY
    trend.append(path, trend.points_of(run_of()))
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(RecordError, match=r"history\.jsonl:2: no line of a history .*: take it out"):
        trend.read(path)


def test_the_columns_of_a_plot_are_the_runs_in_their_order_to_one_scale() -> None:
    first = run_of(findings=24, started_on=datetime(2026, 1, 1, tzinfo=UTC))
    second = run_of(version="5.3", findings=6, started_on=datetime(2026, 2, 1, tzinfo=UTC))
    points = [point for document in (second, first) for point in trend.points_of(document)]
    ((_, (_, beyond)),) = trend.plots(points).items()
    assert [column.point.version for column in beyond.columns] == ["5.2.5", "5.3"]
    high, low = beyond.columns
    assert (high.total, low.total) == (25, 7)
    assert high.top == pytest.approx(0, abs=0.1)
    assert sum(part.height for part in low.parts) == pytest.approx(trend.HEIGHT * 7 / 25, abs=0.1)
    for column in beyond.columns:
        edges = [(part.y, part.y + part.height) for part in column.parts]
        assert all(above[1] == pytest.approx(below[0], abs=0.02) for below, above in pairwise(edges))


def test_a_plot_shows_the_latest_runs_and_counts_the_others() -> None:
    days = [run_of(started_on=datetime(2026, 1, day, tzinfo=UTC)) for day in range(1, 21)]
    ((_, (plot, _)),) = trend.plots([point for day in days for point in trend.points_of(day)]).items()
    assert len(plot.columns) == trend.SHOWN
    assert plot.left_out == 8
    assert plot.columns[-1].point.started.startswith("2026-01-20")


# --- the folder ---------------------------------------------------------------------------------------------


def published(directory: Path, *documents: JSONObject) -> Publication:
    publication = Publication(directory)
    publication.prepare()
    for document in documents:
        publication.keep(document)
    return publication


def test_publishing_leaves_records_a_history_a_summary_and_a_site(tmp_path: Path) -> None:
    page = published(tmp_path, *five_runs()).build()
    assert page == tmp_path / "site" / "index.html"
    names = {path.name for path in tmp_path.iterdir()}
    assert {"moto-5.0.json", "dynalite-1.0.json", "history.jsonl", "README.md", "site"} <= names
    assert len((tmp_path / "history.jsonl").read_text().splitlines()) == 5
    assert (tmp_path / "site" / "moto-5.0" / f"{generated(2)['key']}.html").exists()
    assert "| **moto** 5.0 |" in (tmp_path / "README.md").read_text()


def test_publishing_the_same_again_changes_no_file(tmp_path: Path) -> None:
    published(tmp_path, run_of()).build()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    published(tmp_path, run_of()).build()
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_site_has_the_newest_run_of_each_target_and_the_plot_all(tmp_path: Path) -> None:
    old = run_of(started_on=datetime(2026, 1, 1, tzinfo=UTC))
    new = run_of(version="5.3", started_on=datetime(2026, 2, 1, tzinfo=UTC))
    page = published(tmp_path, new, old).build()
    assert (page.parent / "moto-5.3").exists()
    assert not (page.parent / "moto-5.2.5").exists()
    assert page.read_text().count('<text class="total"') == 4  # two runs, by cases and beyond them


def test_a_run_of_several_targets_is_not_published(tmp_path: Path) -> None:
    document = run_of()
    document["targets"].append({**document["targets"][1], "name": "other"})
    with pytest.raises(RecordError, match="is of one target, and this one is of moto, other"):
        published(tmp_path, document)


def test_a_law_finding_survives(tmp_path: Path) -> None:
    after = through(run_of(), tmp_path)
    (found,) = [one for one in after["divergences"] if one["law"]]
    assert found["difference"]["expected"] == broken_law()["difference"]["expected"]
    assert found["baseline"] == "law"


def test_an_expanded_record_is_a_record(tmp_path: Path) -> None:
    for document in (run_of(), record_of(sample_run()).document()):
        whole = json.loads(json.dumps(through(document, tmp_path)))
        Draft202012Validator(schema()).validate(whole)


# --- the command --------------------------------------------------------------------------------------------


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], int]:
    """`touchstone publish` in a folder of its own; returns its status."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("conformance.commands.publish.load", lambda _paths: ())

    def run(words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["touchstone", "publish", *words.split()])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return int(left.value.code or 0)

    return run


def test_a_target_is_run_against_the_reference_and_published(publish: Callable[[str], int]) -> None:
    assert publish("--target reference-http --operations 40 --seed 5") == 0
    (path,) = Path("reports").glob("*.json")
    document = compact.read(path)
    assert [target["name"] for target in document["targets"]] == ["reference", "reference-http"]
    assert document["seeds"] == [5]
    assert "nothing found in" in Path("reports/README.md").read_text()
    assert Path("reports/latest/reference-http/report.json").exists()
    assert Path("reports/site/index.html").exists()


def test_a_target_that_is_missing_is_left_out_in_a_line(
    publish: Callable[[str], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish("--target dynalite:/nowhere --target reference-http --operations 20") == 0
    assert "dynalite:/nowhere is left out: " in capsys.readouterr().out
    assert len(list(Path("reports").glob("*.json"))) == 1
    assert publish("--target dynalite:/nowhere") == 2


def test_what_is_no_target_is_a_slip_of_the_pen(
    publish: Callable[[str], int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish("--target nope") == 2
    assert "no target is called 'nope'" in capsys.readouterr().err


def test_records_of_runs_are_published_and_nothing_is_run(publish: Callable[[str], int]) -> None:
    write(run_of(), Path("there"))
    assert publish("--from there --out elsewhere") == 0
    assert Path("elsewhere/moto-5.2.5.json").exists()


def test_a_run_that_did_not_come_to_its_end_is_told_and_not_published(
    publish: Callable[[str], int], capsys: pytest.CaptureFixture[str]
) -> None:
    footer = {"complete": False, "reason": "moto was lost: it crashed", "seconds": 1.0}
    write(run_of(footer=footer), Path("there"))
    assert publish("--from there") == 2
    assert "It is not published, because it did not come to its end: moto was lost" in capsys.readouterr().out
    assert not list(Path("reports").glob("*.json"))


def test_where_it_cannot_be_written_nothing_is_run(
    publish: Callable[[str], int], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("taken").write_text("")
    assert publish("--target reference-http --out taken/reports") == 2
    assert "the report cannot be written to taken/reports" in capsys.readouterr().err
