"""The pytest plugin, as its users have it: another pytest, in another process, with Touchstone installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.report.record import read

pytest_plugins = ["pytester"]

TABLE = """\
    tables:
      - TableName: music
        AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
        KeySchema: [{AttributeName: pk, KeyType: HASH}]
        BillingMode: PAY_PER_REQUEST
    evidence: {kind: documented, source: https://docs.aws.amazon.com/, note: since 2012}
"""
GET = f"""\
touchstone: 1
feature: get-item
cases:
  - id: get-item/absent
    title: An absent item is no member.
{TABLE}\
    steps:
      - GetItem: {{TableName: music, Key: {{pk: {{S: a}}}}}}
        expect: {{body: {{}}}}
"""
# What nobody answers: the second case is wrong.
PUT = f"""\
touchstone: 1
feature: put-item
cases:
  - id: put-item/stores
    title: What was put can be read.
{TABLE}\
    steps:
      - PutItem: {{TableName: music, Item: {{pk: {{S: a}}}}}}
      - GetItem: {{TableName: music, Key: {{pk: {{S: a}}}}}}
        expect: {{body: {{Item: {{pk: {{S: a}}}}}}}}
  - id: put-item/wrong
    title: Nobody answers so.
{TABLE}\
    steps:
      - PutItem: {{TableName: music, Item: {{pk: {{S: a}}}}}}
        expect: {{error: ValidationException}}
"""


@pytest.fixture
def corpus(pytester: pytest.Pytester) -> Path:
    folder = pytester.mkdir("corpus")
    (folder / "get.yaml").write_text(GET)
    (folder / "put.yaml").write_text(PUT)
    (folder / "other.yaml").write_text("services: [not ours]\n")
    return folder


def run(pytester: pytest.Pytester, *arguments: str | Path) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)


def test_without_a_target_nothing_is_collected_and_nothing_imported(pytester: pytest.Pytester, corpus: Path) -> None:
    pytester.makeconftest(
        """
        import sys
        def pytest_unconfigure():
            heavy = {"hypothesis", "rich", "jinja2", "yaml", "jsonschema", "orjson", "moto", "boto3"}
            print("imported:", sorted(name for name in sys.modules if name.startswith("conformance.") or name in heavy))
        """
    )
    # Other plugins that happen to be installed here import things of their own.
    result = run(pytester, "-p", "no:hypothesispytest", "-p", "no:anyio", corpus)
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "imported: ['conformance.plugin']" in result.outlines


def test_a_case_is_an_item_for_each_target(pytester: pytest.Pytester, corpus: Path) -> None:
    targets = ("--touchstone-target", "reference", "--touchstone-target", "reference-http")
    result = run(pytester, corpus, *targets, "--collect-only", "-q")
    assert [line for line in result.outlines if "::" in line] == [
        "corpus/get.yaml::get-item/absent[reference]",
        "corpus/get.yaml::get-item/absent[reference-http]",
        "corpus/put.yaml::put-item/stores[reference]",
        "corpus/put.yaml::put-item/stores[reference-http]",
        "corpus/put.yaml::put-item/wrong[reference]",
        "corpus/put.yaml::put-item/wrong[reference-http]",
    ]


@pytest.mark.parametrize(
    ("chosen", "items"),
    [
        (["-k", "put_item"], 2),
        (["-k", "put_item and stores"], 1),
        (["-k", "GetItem"], 2),
        (["-m", "feature(name='get-item')"], 1),
        (["-m", "operation(name='GetItem') and not feature(name='get-item')"], 1),
        (["-m", "operation(name='PutItem')", "--strict-markers"], 2),
    ],
)
def test_cases_are_chosen_by_feature_and_operation(
    pytester: pytest.Pytester, corpus: Path, chosen: list[str], items: int
) -> None:
    result = run(pytester, corpus, "--touchstone-target", "reference", "--collect-only", "-q", *chosen)
    assert len([line for line in result.outlines if "::" in line]) == items


def test_a_failure_shows_the_request_both_sides_and_the_evidence_and_no_traceback(
    pytester: pytest.Pytester, corpus: Path
) -> None:
    result = run(pytester, corpus, "--touchstone-target", "reference")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*put-item/wrong*reference*",
            "reference diverges in outcome: accepted where ValidationException was expected",
            "  case      Nobody answers so.",
            "  at        *put.yaml:*",
            '  step 1    PutItem {"TableName": "music", "Item": {"pk": {"S": "a"}}}',
            "  expected  ValidationException",
            "  actual    accepted",
            "  reply     200 {}",
            "  evidence  documented: https://docs.aws.amazon.com/ since 2012",
        ]
    )
    result.stdout.no_fnmatch_line("*Error*")


def test_a_large_item_does_not_bury_its_failure(pytester: pytest.Pytester, corpus: Path) -> None:
    large = f"{{S: a}}, large: {{S: {'x' * 9999}}}"
    (corpus / "put.yaml").write_text(PUT.replace("{S: a}", large))
    result = run(pytester, corpus, "--touchstone-target", "reference", "-k", "wrong")
    result.assert_outcomes(failed=1)
    assert max(map(len, result.outlines)) < 2000


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_the_report_is_of_the_whole_session(pytester: pytest.Pytester, corpus: Path, workers: list[str]) -> None:
    # A part of a session that was killed is not this one's.
    stale = pytester.path / "report" / "part-gw9"
    stale.mkdir(parents=True)
    (stale / "report.json").write_text("{")
    result = run(pytester, corpus, "--touchstone-target", "reference", "--touchstone-report", "report", *workers)
    result.assert_outcomes(passed=2, failed=1)
    record = read(pytester.path / "report")
    assert record["footer"]["complete"]
    assert [target["name"] for target in record["targets"]] == ["reference"]
    assert {case["id"]: case["verdicts"]["reference"]["verdict"] == "agree" for case in record["cases"]["judged"]} == {
        "get-item/absent": True,
        "put-item/stores": True,
        "put-item/wrong": False,
    }
    assert [found["feature"] for found in record["divergences"]] == ["put-item"]
    left = sorted(path.name for path in (pytester.path / "report").iterdir())
    assert {"index.html", "junit.xml", "report.json"} <= set(left)
    assert not [name for name in left if name.startswith("part-")]


def test_a_session_that_was_cut_short_is_reported_as_such(pytester: pytest.Pytester, corpus: Path) -> None:
    pytester.makeconftest(
        """
        def pytest_runtest_logreport(report):
            if report.when == "call":
                raise KeyboardInterrupt
        """
    )
    result = run(pytester, corpus, "--touchstone-target", "reference", "--touchstone-report", "report")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    footer = read(pytester.path / "report")["footer"]
    assert (footer["complete"], footer["reason"]) == (False, "the session of pytest was interrupted")


def test_a_worker_that_crashed_is_not_hidden(pytester: pytest.Pytester, corpus: Path) -> None:
    pytester.makeconftest(
        """
        import os
        def pytest_runtest_setup(item):
            if "wrong" in item.name and os.environ.get("PYTEST_XDIST_WORKER"):
                os._exit(3)
        """
    )
    run(pytester, corpus, "--touchstone-target", "reference", "--touchstone-report", "report", "-n", "2")
    footer = read(pytester.path / "report")["footer"]
    assert not footer["complete"]
    assert "crashed" in footer["reason"]


def test_an_unknown_target_is_a_fault_of_usage(pytester: pytest.Pytester, corpus: Path) -> None:
    result = run(pytester, corpus, "--touchstone-target", "mottto")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: no target is called 'mottto'*"])


def test_a_target_that_cannot_start_is_one_line_a_case(pytester: pytest.Pytester, corpus: Path) -> None:
    result = run(pytester, corpus / "get.yaml", "--touchstone-target", "http://127.0.0.1:1")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.fnmatch_lines(["*http://127.0.0.1:1*"])


def test_a_broken_case_file_is_one_line(pytester: pytest.Pytester, corpus: Path) -> None:
    (corpus / "put.yaml").write_text(PUT.replace("steps:", "stesp:"))
    result = run(pytester, corpus, "--touchstone-target", "reference")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*put.yaml:*put-item/stores*stesp*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_properties_hold_a_target_against_the_baseline(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        *("--pyargs", "conformance.properties", "--touchstone-target", "reference-http"),
        *("--touchstone-time", "0.5", "-k", "GetItem", "--touchstone-report", "report"),
    )
    # GetItem, BatchGetItem and TransactGetItems.
    result.assert_outcomes(passed=3, deselected=None)
    record = read(pytester.path / "report")
    assert record["targets"][0]["baseline"]
    assert record["generated"]["operations"]["get-item"]["reference-http"]["GetItem"] > 0


def test_properties_fail_with_the_list_of_what_differs(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        *("--pyargs", "conformance.properties", "--touchstone-target", "moto"),
        *("--touchstone-time", "1", "-m", "operation(name='BatchGetItem')"),
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["* divergences:", "*: BatchGetItem: *"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_baseline_is_not_held_against_itself(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--pyargs", "conformance.properties", "--touchstone-target", "reference", "-k", "Scan")
    result.assert_outcomes(skipped=1)


def test_properties_without_a_target_are_skipped(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--pyargs", "conformance.properties")
    assert result.ret == pytest.ExitCode.OK
    assert result.parseoutcomes().keys() == {"skipped"}
