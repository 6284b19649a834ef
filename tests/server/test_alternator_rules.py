"""The table of Alternator's differences: whole, readable, and refused when it is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

import reference_server.alternator
from reference_server.alternator import page
from reference_server.alternator.edition import EDITION_6_2, EDITION_2026
from reference_server.alternator.rules import Evidence, Rule, RulesError, Section, parse, rule, rules

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(reference_server.alternator.__file__).parent
CITED = re.compile(r"\brules?:\s+([a-z0-9-]+(?:,\s+[a-z0-9-]+)*)")

# The dossier's rows that tell a difference, by section: some rows hold several rules, and the recordings gave more.
ROWS = {
    Section.OPERATIONS: 13,
    Section.WIRE: 16,
    Section.LIMITS: 21,
    Section.TABLES: 23,
    Section.UPDATE_TABLE: 13,
    Section.TAGS: 8,
    Section.TIME_TO_LIVE: 6,
    Section.VALUES: 20,
    Section.REQUESTS: 29,
    Section.CAPACITY: 7,
    Section.WRITE_ISOLATION: 3,
    Section.STREAMS: 18,
    Section.VECTOR_SEARCH: 11,
    Section.INTERNAL_TABLES: 1,
    Section.AUTHENTICATION: 6,
}

ENTRY = {
    "id": "a-rule",
    "section": "wire",
    "title": "A title",
    "aws": "one",
    "alternator-6.2": "other",
    "operations": ["all"],
    "evidence": "recorded",
    "requests": ["x-1"],
    "source": "somewhere",
    "since": "always",
    "link": "https://example.org/",
    "effect": "none",
    "application": "Nothing.",
    "advice": "Nothing.",
    "shows": "request",
    "served": True,
}


@pytest.mark.parametrize("section", Section)
def test_each_row_of_the_dossier_is_in_a_rule(section: Section) -> None:
    sources = {each.source for each in rules() if each.section is section and each.source.startswith("alternator.md")}
    # Rows of one section of the dossier may be told in another of ours: none is lost, so there are at least as many.
    assert len(sources) >= ROWS[section]


@pytest.mark.parametrize("section", Section)
def test_each_section_has_a_title_and_rules(section: Section) -> None:
    assert page.TITLES[section]
    assert any(each.section is section for each in rules())


@pytest.mark.parametrize("each", rules(), ids=lambda each: each.id)
def test_a_manager_can_read_it(each: Rule) -> None:
    assert rule(each.id) is each
    for sentence in (each.application, each.advice):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert not each.title.endswith(".")
    assert not each.title[0].islower()


def test_code_cites_rules_that_exist() -> None:
    known = {each.id for each in rules()}
    for path in SOURCES.glob("*.py"):
        for match in CITED.finditer(path.read_text(encoding="utf-8")):
            assert set(re.split(r",\s+", match[1])) <= known, path.name


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": "red"}, "unknown members: colour"),
        ({"section": "elsewhere"}, "elsewhere"),
        ({"advice": ""}, "advice"),
        ({"advice": None}, "advice"),
        ({"effect": "dire"}, "dire"),
        ({"link": "somewhere"}, "link"),
        ({"id": "A rule"}, "id"),
        ({"operations": []}, "names no operations"),
        ({"requests": []}, "names its requests"),
        ({"evidence": "read"}, "names its requests"),
        ({"served": False}, "says why"),
        ({"not_served": "it is far away"}, "says why"),
        ({"alternator-2026": "other"}, "only where it differs"),
    ],
)
def test_a_wrong_rule_is_refused(change: dict[str, object], told: str) -> None:
    with pytest.raises(RulesError, match=told) as refused:
        parse(yaml.safe_dump([ENTRY | change]))
    assert "rules.yaml" in str(refused.value)


@pytest.mark.parametrize("member", [name for name in ENTRY if name != "requests"])
def test_a_rule_that_lacks_a_member_is_refused(member: str) -> None:
    with pytest.raises(RulesError):
        parse(yaml.safe_dump([{name: value for name, value in ENTRY.items() if name != member}]))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[", "no YAML"),
        ("a: 1", "list of rules"),
        ("- 1", "number 1 is no mapping"),
        (yaml.safe_dump([ENTRY, ENTRY]), "a-rule is there 2 times"),
        (yaml.safe_dump([ENTRY, ENTRY | {"id": "b", "section": "operations"}]), "order"),
    ],
)
def test_a_wrong_file_is_refused(text: str, told: str) -> None:
    with pytest.raises(RulesError, match=told):
        parse(text)


def test_a_right_rule_is_read() -> None:
    (found,) = parse(yaml.safe_dump([ENTRY]))
    assert found.newest == found.alternator_6_2 == "other"
    assert found.evidence is Evidence.RECORDED


@pytest.mark.parametrize("name", ["alternator-6.2", "alternator-2026", "alternator-2026-streams"])
def test_the_page_has_every_rule(name: str) -> None:
    lines = page.render(name)
    assert Counter(line.split("`")[1] for line in lines if line.startswith("`")) == Counter(e.id for e in rules())


def test_the_page_says_what_the_version_does() -> None:
    change = "- Alternator: 100 writes, an option of the server"
    assert change in page.render("alternator-2026")
    assert change not in page.render("alternator-6.2")


def test_the_page_between_versions_has_only_what_differs() -> None:
    shown = {line.split("`")[1] for line in page.render_between(EDITION_6_2, EDITION_2026) if line.startswith("`")}
    assert shown == {each.id for each in rules() if each.alternator_2026 is not None}


def test_there_is_no_page_of_another_dialect() -> None:
    with pytest.raises(KeyError):
        page.render("aws")


def test_making_it_again_gives_the_page_of_documentation() -> None:
    command = [sys.executable, "-m", "tools.alternator_page", "--print"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    written = (ROOT / "docs" / "alternator.md").read_text(encoding="utf-8")
    assert made.stdout == written, "run python -m tools.alternator_page"
