"""docs/operations.md is what its command makes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.strategies.scenarios import ALL_OPERATIONS
from reference_server.operations import registry
from tools.operations_table import WITHOUT_CASES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "operations.md"
ROW = re.compile(r"^\| (\w+) \| (yes|no) \| (\d*) \| (\d*) \| (yes|) \| (\d*) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_making_it_again_gives_the_page(page: str) -> None:
    botocore = pytest.importorskip("botocore")
    made_from = re.search(r"botocore ([\d.]+)'s", page)
    assert made_from is not None
    if made_from[1] != botocore.__version__:
        pytest.skip(f"made from botocore {made_from[1]}, this is {botocore.__version__}")
    command = [sys.executable, "-m", "tools.operations_table", "--print"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    assert made.stdout == page, "run python -m tools.operations_table"


def test_what_is_served_and_generated_is_an_operation_of_the_api(page: str) -> None:
    rows = {match[1]: match for match in ROW.finditer(page)}
    assert {name for name, row in rows.items() if row[2] == "yes"} == set(registry.OPERATIONS)
    assert {name for name, row in rows.items() if row[5] == "yes"} == set(ALL_OPERATIONS)
    for name, row in rows.items():
        assert bool(row[3]) == bool(row[4]), name
        assert not row[3] or int(row[3]) <= int(row[4]), name


def test_every_served_operation_is_asked_by_the_generator_or_by_a_law(page: str) -> None:
    rows = {match[1]: match for match in ROW.finditer(page)}
    unasked = [name for name, row in rows.items() if row[2] == "yes" and not row[5] and not row[6]]
    assert unasked == []
    assert rows["RestoreTableToPointInTime"][6] == "1"
    assert rows["DescribeLimits"][6] == ""


def test_every_error_that_a_model_lists_has_cases_or_a_reason(page: str) -> None:
    errors = page.partition("## The errors that the models list")[2]
    assert "| ConditionalCheckFailedException | 3 | 3 |  |" in errors
    assert "not yet" not in errors
    for error, why in WITHOUT_CASES.items():
        assert why in errors, f"{error} needs its reason no more"
