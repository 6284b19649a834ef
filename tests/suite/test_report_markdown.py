"""The summary for pull requests."""

from __future__ import annotations

import re

import pytest
from site_samples import PEERS, broken_law, five_runs, generated, hostile, run_of

from conformance.report import markdown
from conformance.report.markdown import BYTES, render


def test_what_is_new_is_listed_and_what_is_known_is_counted() -> None:
    summary = render([run_of(findings=12)])
    assert "1 of its findings is known and 1 flaky; new are:" in summary
    assert generated(0)["key"] not in summary
    assert generated(1)["key"] not in summary
    listed = re.findall(r"^\| [◆▲▼■●○] \| .*`([0-9a-f]{12})` \|", summary, re.MULTILINE)
    assert len(listed) == len(set(listed)) == 12  # ten of the twelve, the law's and the case's
    assert listed[0] == broken_law()["key"]


def test_cases_and_findings_stand_beside_each_other_and_are_not_summed() -> None:
    summary = render([run_of(findings=12)])
    assert (
        "| target | ✓ agree | ✗ diverge | ∅ unsupported | ? indeterminate | generated operations | found |" in summary
    )
    assert "| **moto** 5.2.5 | 1 | 1 | 1 | 1 | 1,520 | 13 | 1 of 2 |" in summary
    assert "| ▲ wrong acceptance | 1 | 1 |" in summary


def test_with_the_address_of_the_site_findings_are_links() -> None:
    found = generated(2)
    summary = render([run_of()], page="https://example.org/site/index.html")
    assert f"(https://example.org/site/moto-5.2.5/{found['key']}.html)" in summary
    assert summary.endswith("The whole: https://example.org/site/index.html\n")


def test_targets_of_several_runs_and_who_else_shows_it() -> None:
    summary = render(five_runs())
    for number, target in enumerate(PEERS, start=1):
        assert f"### {target.replace('-', chr(92) + '-')} {number}.0" in summary
    assert r"(also dynalite, dynamodb\-local, dynoxide, ministack)" in summary
    assert "findings it is our own baseline that is outvoted" in summary


def test_a_run_without_findings_says_so() -> None:
    document = run_of(findings=0)
    document["divergences"] = []
    assert "Nothing new was found." in render([document])


def test_an_interrupted_run_says_so() -> None:
    summary = render([run_of(footer={"complete": False, "reason": "interrupted", "seconds": 1.0})])
    assert "> **The run of moto did not come to its end:** interrupted" in summary


def test_texts_of_others_make_no_markup_no_mention_and_no_further_lines() -> None:
    summary = render([hostile()])
    table = next(line for line in summary.splitlines() if "alert" in line)
    assert not re.search(r"(?<!\\)[<>|`]", table.replace(" | ", " ").strip("| "))
    assert "\x1b" not in summary
    assert markdown.escaped("@someone #12 <b> a|b") == "\\@\u2060someone \\#\u206012 \\<b\\> a\\|b"
    summary.encode()


@pytest.mark.parametrize("findings", [0, 300])
def test_it_is_never_longer_than_a_forge_takes(findings: int) -> None:
    runs = [
        run_of(f"target-{number}" + "x" * 40, "1", findings=findings) for number in range(10 if not findings else 30)
    ]
    for run in runs:
        for found in run["divergences"]:
            found["sentence"] = "é" * (500 if findings else 5)
    summary = render(runs, page="https://example.org/")
    assert len(summary.encode()) <= BYTES
    assert ("the rest did not fit in here" in summary) == (findings > 0)
    assert summary.endswith("The whole: https://example.org/\n")
