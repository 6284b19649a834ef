"""What a run says on the terminal."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from report_samples import divergence, passing_case, record_of, sample_run, started
from rich.console import Console
from site_samples import FINISHED, hostile, law, run_of

from conformance import events
from conformance.divergence import Layer
from conformance.report import terminal
from conformance.report.figures import duration, verdict
from conformance.report.record import write
from conformance.scenario import JSONObject


def plain(out: StringIO) -> Console:
    return Console(file=out, width=120, markup=False, highlight=False, emoji=False)


SUMMARY = """
moto: 1 of 2 cases agree, 1 diverge; 1 of 1 law broken; 2 findings beyond them in 1,520 generated operations
reference 0.1.0, moto 5.2.5; seed 7; 31.2 s; 141 operations compared a second
moto breaks a law 1 time: Pages concatenate to the whole.

              reference               moto            generated
feature           cases   found      cases   found   operations
───────────────────────────────────────────────────────────────
get-item            ✓ 1       0        ✓ 1       0            8
numbers               -       -          -       1            -
put-item            ✓ 1       0   ✓ 0  ✗ 1       0           12
update-item           -       0          -       1        1,500

all                 ✓ 2       0   ✓ 1  ✗ 1       2        1,520

New findings, gravest first (3)
   target  finding                                                   evidence  met  key
           data loss or wrong data
◆  moto    GetItem: Item.*.N: another number                         -         ×41  0a81f05f763a
◆  moto    UpdateItem: Attributes: member missing                    -          ×3  415103165147
           wrong acceptance
▲  moto    PutItem: accepted where ValidationException was expected  recorded   ×1  b1c72e30b277

page    reports/latest/index.html
record  reports/latest/report.json
JUnit   reports/latest/junit.xml
"""


def test_the_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = record_of(sample_run()).document()
    for found in document["divergences"]:
        found["sentence"] = found["title"]
    out = StringIO()
    terminal.print_summary(document, plain(out), write(document, Path("reports/latest")))
    assert packed(out.getvalue()) == packed(SUMMARY)


def packed(text: str) -> list[str]:
    """Without the margins of tables."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def summary(document: JSONObject) -> str:
    out = StringIO()
    terminal.print_summary(document, plain(out))
    return " ".join(out.getvalue().split())


def test_the_summary_of_many_findings_is_short_and_says_what_it_leaves_out() -> None:
    told = summary(run_of(findings=60))
    assert told.count("does thing") + 2 == terminal.LISTED  # beside the law's and the case's
    assert "… and 40 more, in the page" in told
    assert "… and 1 known, in the page … and 1 flaky: they did not show again; in the page" in told
    assert "moto does thing 0 " not in told  # the flaky one
    assert "moto does thing 1 " not in told  # the known one


def test_a_broken_law_comes_before_what_only_we_say() -> None:
    told = summary(run_of(findings=60))
    assert "moto breaks a law 2 times: The law of pages-concatenate" in told
    assert told.index("Pages of a Scan do not concatenate") < told.index("moto does thing 6")


def test_the_four_outcomes_are_told_apart() -> None:
    told = summary(run_of())
    assert "1 of 4 cases agree, 1 diverge, 1 unsupported, 1 indeterminate; 1 of 2 laws broken" in told
    assert "get-item ✓ 3 0 ✓ 1 ∅ 1 ? 1 0 8" in told
    assert "127 operations compared a second" in told


def test_whatever_servers_answer_the_terminal_shows_text() -> None:
    out = StringIO()
    terminal.print_summary(hostile(), plain(out))
    assert "\x1b" not in out.getvalue()
    out.getvalue().encode()


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
        "4 of 4 case verdicts, 1,520 generated operations, 2 laws checked, 3 findings, 1 made small, 31.2 s",
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


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (record_of([]).document(), "Nothing was asked yet"),
        (record_of([events.RunFinished(False, "interrupted", 0.1)]).document(), "Nothing was asked"),
        (
            record_of([started(), events.CaseJudged(passing_case(), "moto", None), FINISHED]).document(),
            "moto: 1 case agrees",
        ),
        (
            record_of(sample_run()).document(),
            "moto: 1 of 2 cases agree, 1 diverge; 1 of 1 law broken; "
            "2 findings beyond them in 1,520 generated operations",
        ),
        (
            {**run_of(findings=0), "laws": [law("one"), law("two")]},
            "moto: 1 of 4 cases agree, 1 diverge, 1 unsupported, 1 indeterminate; all 2 laws hold; "
            "nothing found beyond them in 1,520 generated operations",
        ),
        (
            record_of([started(), events.DivergenceFound(divergence(layer=Layer.DATA)), FINISHED]).document(),
            "moto: 1 finding",
        ),
    ],
)
def test_a_run_in_one_sentence(document: JSONObject, sentence: str) -> None:
    assert verdict(document) == sentence
