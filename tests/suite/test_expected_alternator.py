"""What is known to diverge in Alternator 6.2.3, and the dialect that stands for it, must not drift apart."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from conformance import expectations
from conformance.cli import touchstone
from reference_server.alternator.rules import rules
from tools import alternator_expectations

EXPECTED = Path(__file__).parents[2] / "reports" / "expected" / "alternator-6.2.3.yaml"


def test_the_dialect_passes_its_gate(tmp_path: Path) -> None:
    """When it fails: `python -m tools.alternator_expectations` tells how the file is made again."""
    arguments = ["gate", "--target", "alternator=reference:alternator-6.2", "--no-generate"]
    result = CliRunner().invoke(
        touchstone, [*arguments, "--expected", str(EXPECTED), "--report", str(tmp_path)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output


def test_every_entry_has_a_rule_that_exists_or_says_that_none_does() -> None:
    names = {rule.id for rule in rules()}
    for entry in expectations.load(EXPECTED).known:
        rule = entry.reason.partition(":")[0]
        assert rule in names or entry.reason == alternator_expectations.UNKNOWN, entry.title
        assert (entry.reason == alternator_expectations.UNKNOWN) or (entry.link and entry.effect), entry.title


def test_what_rests_on_the_dialect_alone_says_so() -> None:
    for entry in expectations.load(EXPECTED).known:
        assert bool(entry.case) == (entry.note == alternator_expectations.PREDICTED), entry.title
