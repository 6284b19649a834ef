"""The migration reports in reports/examples: whole, of rules that exist, and as their README says."""

from __future__ import annotations

import base64
import binascii
import json
import re
from pathlib import Path
from typing import Any

import pytest

from conformance.migration.findings import TOUCHING_DATA, Effect
from reference_server.alternator.rules import rules

EXAMPLES = Path(__file__).parent.parent.parent / "reports" / "examples"
APPLICATIONS = EXAMPLES.parent.parent / "examples" / "applications"
NAMES = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())
KINDS = ("report.html", "report.md", "report.json")

# What begins a path of whoever made the reports, on any usual machine.
MACHINE_PATH = re.compile(r"(?:/(?:home|root|work|tmp|Users|usr|opt|var)/|[A-Z]:\\)[\w.]+")
# What may be base64 of something longer than a word: items hold bytes so.
BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")


def record(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((EXAMPLES / name / "report.json").read_text())
    return content


def rows() -> dict[str, list[str]]:
    """The columns of the README's table by application, without the last one."""
    lines = [line for line in (EXAMPLES / "README.md").read_text().splitlines() if line.startswith("| [")]
    columns = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {cells[0].partition("[")[2].partition("]")[0]: cells[2:6] for cells in columns}


def machine_paths(text: str) -> list[str]:
    """Paths of a machine, also such as are hidden in base64."""
    hidden = []
    for match in BASE64.finditer(text):
        try:
            hidden.append(base64.b64decode(match[0] + "=" * (-len(match[0]) % 4)).decode("utf-8", "replace"))
        except binascii.Error:
            continue
    return [found[0] for each in (text, *hidden) for found in MACHINE_PATH.finditer(each)]


def test_every_application_has_its_reports_and_its_row() -> None:
    programs = {path.stem for path in APPLICATIONS.glob("*.py")} - {"connecting", "make_reports"}
    assert set(NAMES) == programs == rows().keys()
    assert all((EXAMPLES / name / kind).is_file() for name in NAMES for kind in KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_rules_that_are_named_exist(name: str) -> None:
    named = {cause["rule"] for cause in record(name)["causes"]}
    assert named <= {rule.id for rule in rules()}


@pytest.mark.parametrize("name", NAMES)
def test_each_operation_is_counted_once(name: str) -> None:
    found = record(name)
    unchecked = sum(found["unchecked"].values())
    assert found["requests"] == found["replayed"] + found["known"] + unchecked
    assert found["requests"] == found["alike"] + found["differing"] + unchecked
    assert found["differing"] == sum(found["by_effect"].values())
    assert found["requests"] > 20


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_has_the_numbers_of_the_report(name: str) -> None:
    found = record(name)
    touching = sum(count for effect, count in found["by_effect"].items() if Effect(effect) in TOUCHING_DATA)
    assert rows()[name] == [str(found["requests"]), str(found["alike"]), str(found["differing"]), str(touching)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_no_report_tells_of_a_machine(name: str, kind: str) -> None:
    assert machine_paths((EXAMPLES / name / kind).read_text()) == []


@pytest.mark.parametrize(
    "text", ['File "/home/ann/x.py"', base64.b64encode(b'{"at": "/root/venv/lib/x.py", 12}').decode()]
)
def test_a_path_is_found_also_in_base64(text: str) -> None:
    assert machine_paths(text)
