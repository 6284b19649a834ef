"""docs/rules.md is true: the cases and tests that it names exist, a rule without says why, and its sums are right."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from conformance.cases import corpus_directory, load_cases

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rules.md"
REASONS = ("thin", "conflict", "unobservable", "unserved")
EVIDENCE = {"recorded", "documented", "agreed", "inferred", "mixed"}


class Rule(NamedTuple):
    section: str
    line: int
    text: str
    cases: tuple[str, ...]
    tests: tuple[str, ...]
    evidence: str
    remark: str

    @property
    def standing(self) -> str:
        if self.cases:
            return "with a case"
        return "with a test" if self.tests else "unsettled"


def read_rules() -> list[Rule]:
    rules = []
    section = ""
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            section = line
        if not line.startswith("| ") or line.startswith("| rule |"):
            continue
        text, shown, evidence, remark = (cell.strip() for cell in line.strip("|").split("|"))
        names = re.findall(r"`([^`]+)`", shown)
        assert not re.sub(r"`[^`]+`|,", "", shown).strip(), f"line {number}: {shown} is neither case nor test"
        tests = tuple(name for name in names if name.startswith("tests/"))
        cases = tuple(name for name in names if name not in tests)
        rules.append(Rule(section, number, text, cases, tests, evidence, remark))
    return rules


RULES = read_rules()


@pytest.fixture(scope="module")
def case_ids() -> set[str]:
    return {scenario.id.partition("[")[0] for scenario in load_cases([corpus_directory()])}


def test_every_case_that_is_named_exists(case_ids: set[str]) -> None:
    assert [(rule.line, case) for rule in RULES for case in rule.cases if case not in case_ids] == []


def test_every_test_that_is_named_exists() -> None:
    assert [(rule.line, test) for rule in RULES for test in rule.tests if not (ROOT / test).is_file()] == []


def test_every_rule_has_evidence_or_says_why_nothing_shows_it() -> None:
    for rule in RULES:
        if rule.standing == "unsettled":
            assert rule.remark.startswith(REASONS), f"line {rule.line}: {rule.text}"
            assert not rule.evidence, f"line {rule.line}: {rule.text}"
        else:
            assert rule.evidence in EVIDENCE, f"line {rule.line}: {rule.text}"


def test_no_rule_is_told_twice() -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    told = Counter(
        (next(line for line in page[rule.line :: -1] if line.startswith("## ")), rule.text) for rule in RULES
    )
    assert [rule for rule, times in told.items() if times > 1] == []


def test_the_summary_is_true() -> None:
    standing = Counter(rule.standing for rule in RULES)
    why = Counter(
        next(reason for reason in REASONS if rule.remark.startswith(reason))
        for rule in RULES
        if rule.standing == "unsettled"
    )
    reasons = ", ".join(f"{why[reason]} {reason}" for reason in REASONS)
    summary = (
        f"{len(RULES)} rules: {standing['with a case']} with a case, {standing['with a test']} held by a property "
        f"or another test alone, {standing['unsettled']} without either ({reasons})."
    )
    assert summary in PAGE.read_text(encoding="utf-8").splitlines(), f"the page should say: {summary}"
