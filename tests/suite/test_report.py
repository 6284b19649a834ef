"""The record of a run and its renderings."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator
from report_samples import (
    MOTO,
    REFERENCE,
    case_divergence,
    divergence,
    passing_case,
    record_of,
    refusal,
    sample_run,
    started,
)
from rich.console import Console

from conformance import events
from conformance.divergence import MISSING, Difference, Layer
from conformance.report import html, junit, terminal
from conformance.report.figures import duration, verdict
from conformance.report.record import RecordError, merge, read, schema, write
from conformance.scenario import JSON, Evidence, EvidenceKind, JSONObject, Reply, Scenario, Step

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
    assert case["verdicts"]["reference"] == {"passed": True}
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
    assert sorted(path.name for path in written.record.parent.iterdir()) == ["index.html", "junit.xml", "report.json"]


def test_a_run_that_was_killed_leaves_a_readable_report_that_says_so(tmp_path: Path) -> None:
    written = record_of(sample_run()[:-1]).write(tmp_path)
    valid(json.loads(written.record.read_text()))
    assert "This run has not ended." in written.page.read_text()
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
    assert len(list(tmp_path.iterdir())) == 3


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


# What servers answer and Hypothesis sends: markup, half a surrogate pair, control characters, other scripts.
HOSTILE = "</script><script>alert(1)</script><b> \ud800 \x00\x1b[31m ]]> & {{ 7 * 7 }} ключ"


def hostile() -> JSONObject:
    scenario = Scenario(HOSTILE, HOSTILE, (), (Step("PutItem", {HOSTILE: HOSTILE}), Step("GetItem", raw=HOSTILE)))
    found = divergence(
        kind=HOSTILE.replace("\ud800", ""),  # it comes from replies, which are strict JSON
        feature=HOSTILE,
        scenario=scenario,
        difference=Difference(Layer.OUTCOME, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        evidence=Evidence(EvidenceKind.DOCUMENTED, "javascript:alert(1)", HOSTILE),
        replies={"reference": refusal(HOSTILE), "moto": Reply(0, failure=HOSTILE), "third": Reply(200, HOSTILE)},
    )
    target = events.TargetDescription("moto", HOSTILE, HOSTILE)
    run = [started(REFERENCE, target), events.DivergenceFound(found), events.RunFinished(False, HOSTILE, 1.0)]
    return record_of(run).document()


def test_any_text_can_be_written_and_read(tmp_path: Path) -> None:
    written = write(hostile(), tmp_path)
    assert read(written.record)["divergences"][0]["feature"] == HOSTILE
    assert ElementTree.parse(written.junit).getroot().get("failures") == "1"
    page = written.page.read_text("utf-8")
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    out = StringIO()
    terminal.print_summary(hostile(), plain(out), written)
    assert "\x1b" not in out.getvalue()
    out.getvalue().encode()


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


# --- the page ---------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a browser would load, and where each element begins and ends."""

    VOID = frozenset({"meta", "input", "br", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.ids: list[str] = []
        self.marked: list[str] = []
        self._in_mark = False
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.ids += [value for name, value in attrs if name == "id" and value]
        self._in_mark = tag == "span" and "marked" in (dict(attrs).get("class") or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._in_mark = False

    def handle_data(self, data: str) -> None:
        if self._in_mark:
            self.marked.append(data.strip())


RUNS: dict[str, list[events.Event]] = {
    "nothing": [],
    "no target": [events.RunFinished(False, "interrupted", 0.1)],
    "no divergence": [started(), events.CaseJudged(passing_case(), "moto", None), FINISHED],
    "divergences": sample_run(),
    "unfinished": sample_run()[:-1],
    "sixty": [
        started(REFERENCE, MOTO, events.TargetDescription("third", "", "")),
        *(
            events.DivergenceFound(divergence(target, layer=layer, kind=f"kind {number}"))
            for target in ("moto", "third")
            for layer in Layer
            for number in range(6)
        ),
        FINISHED,
    ],
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_the_page_is_well_formed_and_loads_nothing(run: list[events.Event]) -> None:
    page = Page(html.render(record_of(run).document()))
    assert len(page.ids) == len(set(page.ids))
    assert not [one for one in page.attributes if one[1] in ("src", "srcset", "data") or one[0] == "link"]
    links = {value for tag, name, value in page.attributes if (tag, name) == ("a", "href") and value}
    assert all(link.startswith("#") for link in links)
    assert {link[1:] for link in links} <= set(page.ids)


def test_every_divergence_is_on_the_page_with_its_reproducers() -> None:
    document = record_of(RUNS["sixty"]).document()
    page = html.render(document)
    assert len(document["divergences"]) == 60
    assert all(f'id="{one["key"]}"' in page for one in document["divergences"])
    assert page.count(">AWS CLI</label>") == page.count(">copy</button>") // 3 == 60


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (RUNS["nothing"], "Nothing was asked yet"),
        (RUNS["no target"], "Nothing was asked"),
        (RUNS["no divergence"], "No divergence in 1 case"),
        (RUNS["divergences"], "3 divergences in 2 cases and 1,520 generated operations"),
    ],
)
def test_a_run_in_one_sentence(run: list[events.Event], sentence: str) -> None:
    assert verdict(record_of(run).document()) == sentence


def test_an_address_in_the_evidence_is_a_link() -> None:
    found = case_divergence()
    address = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html"
    found.evidence = Evidence(EvidenceKind.DOCUMENTED, address)
    page = Page(html.render(record_of([started(), events.DivergenceFound(found)]).document()))
    assert ("a", "href", address) in page.attributes


@pytest.mark.parametrize(
    ("difference", "replies", "marked"),
    [
        (
            Difference(Layer.OUTCOME, "accepted"),
            (refusal("no"), Reply(200, {})),
            ["HTTP 400, refused", "HTTP 200, accepted"],
        ),
        (
            Difference(Layer.MESSAGE, "other words"),
            (refusal("one"), Reply(400, {"__type": "x#ValidationException", "Message": "two"})),
            ['"message": "one"', '"Message": "two"'],
        ),
        (
            Difference(Layer.ERROR_TYPE, "another"),
            (refusal("one", "x#A"), refusal("one", "x#B")),
            ['"__type": "x#A",', '"__type": "x#B",'],
        ),
        (
            Difference(Layer.DATA, "another number", "Items[1].v.N"),
            (
                Reply(200, {"Items": [{"v": {"N": "0"}}, {"v": {"N": "1"}, "long": {"S": "x" * 80}}]}),
                Reply(200, {"Items": [{"v": {"N": "0"}}, {"v": {"N": "2"}, "long": {"S": "x" * 80}}]}),
            ),
            ['"v": {"N": "1"},', '"v": {"N": "2"},'],
        ),
        # The path is into the canonical reply and leads nowhere here: what differs is marked.
        (
            Difference(Layer.DATA, "member missing", "Items[7].v"),
            (Reply(200, {"Count": 1, "a": "x" * 80}), Reply(200, {"Count": 2, "a": "x" * 80})),
            ['"Count": 1,', '"Count": 2,'],
        ),
    ],
)
def test_what_differs_is_marked_on_both_sides(
    difference: Difference, replies: tuple[Reply, Reply], marked: list[str]
) -> None:
    # Objects that fit are on one line; these must not, for their members to be lines.
    for reply in replies:
        if isinstance(reply.body, dict) and reply.body:
            reply.body["padding"] = "x" * 80
    left, right = replies
    found = divergence(layer=difference.layer, difference=difference, replies={"reference": left, "moto": right})
    page = Page(html.render(record_of([started(), events.DivergenceFound(found)]).document()))
    assert [text.rstrip(",") for text in page.marked] == [text.rstrip(",") for text in marked]


def test_against_a_case_the_left_side_is_what_it_expects() -> None:
    document = record_of([started(), events.DivergenceFound(case_divergence())]).document()
    left, right = html.sides(document["divergences"][0])
    assert (left.name, left.headline) == ("expected", "refused")
    assert any("Input collection [a, a] contains duplicates" in line.text for line in left.lines)
    assert (right.name, right.headline) == ("moto", "HTTP 200, accepted")
    assert [side.name for side in html.other_replies(document["divergences"][0])] == ["reference"]


@pytest.mark.parametrize(
    ("value", "path", "steps"),
    [
        ({"Items": [{"price": 1}]}, "Items[0].price", ("Items", 0, "price")),
        ({"a.b": {"c[0]": 1}}, "a.b.c[0]", ("a.b", "c[0]")),
        ({"a": {"b": 1}, "a.b": 2}, "a.b", ("a.b",)),
        ([[1, 2]], "[0][1]", (0, 1)),
        ({"a": 1}, "b", None),
        ({"a": [1]}, "a[1]", None),
        ({"a": 1}, "a.b", None),
        ({"a": 1}, "", None),
        (None, "a", None),
    ],
)
def test_a_path_is_resolved_by_the_value_it_leads_into(
    value: JSON, path: str, steps: tuple[str | int, ...] | None
) -> None:
    assert html.resolve(value, path) == steps


def test_a_large_item_does_not_make_a_large_page() -> None:
    body = {"Item": {"data": {"S": "x" * 400_000}, "list": {"L": [{"N": str(number)} for number in range(5000)]}}}
    found = divergence(layer=Layer.DATA, replies={"reference": Reply(200, body), "moto": Reply(200, {})})
    page = html.render(record_of([started(), events.DivergenceFound(found)]).document())
    assert len(page) < 150_000
    assert "(400,000 characters)" in page
    assert "more lines, in report.json" in page


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


# --- the terminal -----------------------------------------------------------------------------------------


def plain(out: StringIO) -> Console:
    return Console(file=out, width=120, markup=False, highlight=False, emoji=False)


SUMMARY = """
3 divergences in 2 cases and 1,520 generated operations (reference 0.1.0, moto 5.2.5, seed 7, 31.2 s)

              reference               moto            generated
feature           cases   found      cases   found   operations
───────────────────────────────────────────────────────────────
get-item            ✓ 1       0        ✓ 1       0            8
numbers               -       -          -       1            -
put-item            ✓ 1       0   ✗ 1 of 1       1           12
update-item           -       0          -       1        1,500

all                 ✓ 2       0   ✗ 1 of 2       3        1,520

Divergences, gravest first (3)
layer    target  divergence                                                evidence  met  key
outcome  moto    PutItem: accepted where ValidationException was expected  recorded   ×1  b1c72e30b277
data     moto    GetItem: Item.*.N: another number                         -         ×41  0a81f05f763a
data     moto    UpdateItem: Attributes: member missing                    -          ×3  415103165147

page    reports/latest/index.html
record  reports/latest/report.json
JUnit   reports/latest/junit.xml
"""


def test_the_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    out = StringIO()
    terminal.print_summary(sample(), plain(out), record_of(sample_run()).write(Path("reports/latest")))
    assert packed(out.getvalue()) == packed(SUMMARY)


def packed(text: str) -> list[str]:
    """Without the margins of tables."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_the_summary_of_many_divergences_is_short_and_says_what_it_leaves_out() -> None:
    out = StringIO()
    terminal.print_summary(record_of(RUNS["sixty"]).document(), plain(out))
    assert out.getvalue().count("kind ") == terminal.LISTED
    assert "and 40 more, in the page" in out.getvalue()


def test_the_summary_says_that_a_run_was_interrupted() -> None:
    out = StringIO()
    run = [*sample_run()[:-1], events.RunFinished(False, "interrupted", 3.0)]
    terminal.print_summary(record_of(run).document(), plain(out))
    assert "The run did not come to its end: interrupted" in out.getvalue()


def test_progress_in_a_log_is_plain_lines() -> None:
    out = StringIO()
    with terminal.reporter(plain(out)) as reporter:
        for event in [*sample_run()[:-1], events.TargetLost("moto", "connection refused"), sample_run()[-1]]:
            reporter.listen(event)
    assert out.getvalue().splitlines() == [
        "reference 0.1.0 (in process), moto 5.2.5 (in process); seed 7",
        "moto stopped answering: connection refused",
        "4 of 4 case verdicts, 1,520 generated operations, 3 divergences, 1 made small, 31.2 s",
    ]


def test_progress_on_a_terminal_leaves_only_what_must_not_be_missed() -> None:
    out = StringIO()
    console = Console(file=out, width=100, force_terminal=True, markup=False, highlight=False, legacy_windows=False)
    reporter = terminal.reporter(console)
    assert isinstance(reporter, terminal.BarReporter)
    with reporter:
        for event in sample_run():
            reporter.listen(event)
    assert "reference 0.1.0 (in process), moto 5.2.5 (in process); seed 7" in out.getvalue()
    assert "4 of 4 case verdicts, 1,520 generated operations" in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1 min 0 s"), (3599.6, "1 h 0 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_layers_and_evidence_all_have_a_meaning() -> None:
    everything: list[Any] = [*Layer, *EvidenceKind]
    assert set(everything) == {*html.LAYER_MEANING, *html.EVIDENCE_MEANING}
