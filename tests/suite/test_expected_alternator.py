"""What is known to diverge in Alternator 6.2.3, and the dialect that stands for it, must not drift apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from test_campaign import Flawed, without
from test_gate import TYPED

from conformance import expectations
from conformance.cli import touchstone
from conformance.targets import registry
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import Target
from reference_server.alternator.rules import rules
from tools import alternator_expectations

EXPECTED = Path(__file__).parents[2] / "reports" / "expected" / "alternator-6.2.3.yaml"


def gate(*options: object) -> tuple[int, str]:
    """The command's status and what it says."""
    arguments = ["gate", "--expected", str(EXPECTED), *map(str, options)]
    result = CliRunner().invoke(touchstone, arguments, catch_exceptions=False, standalone_mode=False)
    return result.return_value, result.output


def test_the_dialect_passes_its_gate(tmp_path: Path) -> None:
    """When it fails: `python -m tools.alternator_expectations` tells how the file is made again."""
    status, output = gate("--target", "alternator=reference:alternator-6.2", "--no-generate", "--report", tmp_path)
    assert status == 0, output


@pytest.mark.parametrize(("loses", "status"), [(False, 0), (True, 1)])
def test_what_is_generated_is_explained_by_rules_and_a_fault_is_not(
    loses: bool, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An Alternator that loses an item is no Alternator: the rules must not excuse that."""
    faults = [without("GetItem", "Item")] if loses else []

    def opened(text: str, **_: Any) -> Target:
        return ReferenceTarget() if text == "reference" else Flawed(text, *faults, dialect="alternator-6.2")

    monkeypatch.setattr(registry, "open_target", opened)
    cases = tmp_path / "cases.yaml"
    cases.write_text(TYPED)
    asked = ("--cases", cases, "--operations", 600, "--seed", 3)
    told, output = gate("--target", "alternator", *asked, "--report", tmp_path / "report")
    assert told == status, output
    assert ("now also in get-item/stored" in output) == loses


def test_every_entry_has_a_rule_that_exists_or_says_that_none_does() -> None:
    names = {rule.id for rule in rules()}
    for entry in expectations.load(EXPECTED).known:
        rule = entry.reason.partition(":")[0]
        assert rule in names or entry.reason == alternator_expectations.UNKNOWN, entry.title
        assert (entry.reason == alternator_expectations.UNKNOWN) or (entry.link and entry.effect), entry.title


def test_what_rests_on_the_dialect_alone_says_so() -> None:
    for entry in expectations.load(EXPECTED).known:
        assert (entry.scenario is None) == (entry.note == alternator_expectations.PREDICTED), entry.title
