"""The records of one or several runs as a site: files that link to each other, nothing from the network, no server.

    index.html              how each target stands, the gravest findings, features by targets, the trend
    coverage.html           what generating reached, and what it never reached
    TARGET-VERSION/         a target of a run
        index.html          all its findings; laws; cases; speed
        KEY.html            a finding
    assets/                 the style sheet and the script, which pages do without

Each run is held against its own baseline. Where several runs have the same baseline its cases are shown once. A finding
has its place by its target and key, so that a link to it stays good when the site is built anew.

A long run is written many times on its way: a page of a finding says what it was made from, and is left alone where
that has not changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from conformance.expectations import path_for
from conformance.report import html, trend
from conformance.report.figures import (
    CASE,
    LAW,
    SEVERITIES,
    Cell,
    by_severity,
    generated_operations,
    gravest_first,
    is_new,
    matrix,
    total,
    verdict_on,
)
from conformance.report.record import RecordError, replace_file, tool_version
from conformance.scenario import EvidenceKind, JSONObject

FIRST_PAGE: Final = "index.html"
GRAVEST: Final = 12  # findings on the first page
ASSETS: Final = ("site.css", "site.js")
_PAGE_OF_A_FINDING: Final = re.compile(r"[0-9a-f]{12}\.html")


@dataclass(frozen=True)
class Subject:
    """One target of one run."""

    document: JSONObject
    name: str
    version: str
    how: str
    baseline: bool
    lost: str
    slug: str

    @property
    def page(self) -> str:
        return f"{self.slug}/index.html"

    @property
    def end(self) -> JSONObject | None:
        footer: JSONObject | None = self.document.get("footer")
        return footer

    @cached_property
    def groups(self) -> dict[str, list[JSONObject]]:
        """Its findings by severity."""
        own = (found for found in self.document["divergences"] if found["target"] == self.name)
        return by_severity(gravest_first(own))

    @cached_property
    def findings(self) -> list[JSONObject]:
        """In the order in which its page lists them."""
        return [found for group in self.groups.values() for found in group]

    @cached_property
    def cells(self) -> dict[str, Cell]:
        return {name: cells[self.name] for name, cells in matrix(self.document).items() if self.name in cells}

    @cached_property
    def total(self) -> Cell:
        return total(self.cells.values())

    @cached_property
    def laws(self) -> list[JSONObject]:
        return [law for law in self.document["laws"] if law["target"] == self.name]

    @cached_property
    def severities(self) -> list[tuple[str, int, int]]:
        """Each severity with how many findings cases gave, and how many generated operations and laws."""
        return [
            (severity, from_cases, len(group) - from_cases)
            for severity, group in self.groups.items()
            for from_cases in [sum(found["baseline"] == CASE for found in group)]
        ]

    @property
    def verdict(self) -> str:
        return verdict_on(self.document, self.name)

    @cached_property
    def cases(self) -> dict[str, list[JSONObject]]:
        """The cases that do not agree, by outcome: their id, and why."""
        kinds = {(one["operation"], one["layer"], one["kind"]): one["key"] for one in self.findings}
        groups: dict[str, list[JSONObject]] = {}
        for case in self.document["cases"]["judged"]:
            verdict = case["verdicts"].get(self.name)
            if verdict is None or verdict["verdict"] == "agree":
                continue
            difference = verdict.get("difference")
            # What failed before the first step was the creation of the case's tables.
            operation = verdict["request"]["operation"] if "request" in verdict else "CreateTable"
            entry = {
                "id": case["id"],
                "why": difference["kind"] if difference else verdict.get("reason", ""),
                "operation": operation,
                "key": kinds.get((operation, difference["layer"], difference["kind"])) if difference else None,
            }
            groups.setdefault(verdict["verdict"], []).append(entry)
        return groups


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same finding on another target."""

    subject: Subject
    key: str


class Site:
    """The pages, by their paths. They are rendered when they are asked for."""

    def __init__(self, documents: Sequence[JSONObject], history: Iterable[trend.Point] = ()) -> None:
        self.documents = list(documents)
        self.subjects = list(_subjects(self.documents))
        self.points = trend.joined(history, *map(trend.points_of, self.documents))
        self._alike: dict[tuple[str, str, str], list[Elsewhere]] = {}
        for subject in self.subjects:
            for found in subject.findings:
                self._alike.setdefault(_fault(found), []).append(Elsewhere(subject, found["key"]))

    # --- who is on trial --------------------------------------------------------------------------------------

    def elsewhere(self, subject: Subject, found: JSONObject) -> list[Elsewhere]:
        """The same fault on other targets."""
        return [one for one in self._alike[_fault(found)] if one.subject is not subject]

    def on_trial(self, subject: Subject, found: JSONObject) -> str:
        """Why it is the baseline that must be looked at first; empty where it is not."""
        if subject.baseline:
            return f"{subject.name} is our own baseline, and it answers otherwise than the {found['baseline']} says."
        if found["baseline"] in (CASE, LAW):
            return ""
        alike = [subject.name, *(one.subject.name for one in self.elsewhere(subject, found))]
        evidence = found["evidence"]
        agreeing = dict.fromkeys([found["baseline"], *(evidence["source"].split(", ") if evidence else ())])
        # A target of another run that does not show it may not have been asked: in doubt it agrees with the baseline.
        agreeing |= dict.fromkeys(
            one.name for one in self.subjects if one.document is not subject.document and one.name not in alike
        )
        if len(alike) <= len(agreeing):
            return ""
        others = list(agreeing)
        return f"{_listed(alike)} answer alike; only {_listed(others)} answer{'s' * (len(others) == 1)} otherwise."

    def _gravest(self, tested: Sequence[Subject]) -> list[tuple[Subject, JSONObject]]:
        """A fault once, whoever shows it; targets take turns, so that none fills the list alone."""
        ranked = [
            (not is_new(found), found["baseline"] != LAW, SEVERITIES.index(severity), turn, number, subject, found)
            for number, subject in enumerate(tested)
            for severity, group in subject.groups.items()
            for turn, found in enumerate(group)
        ]
        ranked.sort(key=lambda entry: entry[:5])
        first = {_fault(found): (subject, found) for *_, subject, found in reversed(ranked)}
        order = dict.fromkeys(_fault(found) for *_, found in ranked)
        return [first[fault] for fault in order][:GRAVEST]

    # --- pages ------------------------------------------------------------------------------------------------

    def index(self) -> str:
        tested = [subject for subject in self.subjects if not subject.baseline] or self.subjects
        return html.page(
            "index",
            **self._common(""),
            tested=tested,
            subjects=self.subjects,
            gravest=[(subject, found, self.elsewhere(subject, found)) for subject, found in self._gravest(tested)],
            features=sorted({feature for subject in self.subjects for feature in subject.cells}),
            nothing=Cell(),
            plots=trend.plots(self.points),
            plot_height=trend.HEIGHT,
            column_width=trend.COLUMN,
        )

    def coverage(self) -> str:
        runs = [document for document in self.documents if document["coverage"]]
        return html.page(
            "coverage",
            **self._common(""),
            runs=[", ".join(one["name"] for one in run["targets"] if not one["baseline"]) for run in runs],
            operations=[sum(generated_operations(run).values()) for run in runs],
            dimensions=_dimensions(runs),
        )

    def target(self, subject: Subject) -> str:
        def told(tell: Callable[[JSONObject], str], order: Sequence[str]) -> list[str]:
            present = {tell(found) for found in subject.findings}
            return [name for name in order if name in present]

        return html.page(
            "target",
            **self._common("../"),
            subject=subject,
            document=subject.document,
            run=[other for other in self.subjects if other.document is subject.document],
            on_trial=[found for found in subject.findings if not subject.baseline and self.on_trial(subject, found)],
            choices={
                "severity": list(subject.groups),
                "feature": sorted({found["feature"] for found in subject.findings}),
                "source": told(source_of, SOURCES),
                "evidence": told(evidence_of, EVIDENCE),
                "state": told(state_of, STATES),
            },
        )

    def finding(self, subject: Subject, number: int, made_from: str = "") -> str:
        found = subject.findings[number]
        return html.page(
            "finding",
            **self._common("../"),
            subject=subject,
            found=found,
            trial=self.on_trial(subject, found),
            elsewhere=self.elsewhere(subject, found),
            sides=html.sides(found),
            others=html.other_replies(found),
            number=number,
            made_from=made_from,
        )

    def _common(self, root: str) -> dict[str, Any]:
        """`root` leads from a page to the site's folder."""
        return {
            "root": root,
            "version": tool_version(),
            "covered": any(document["coverage"] for document in self.documents),
            "source_of": source_of,
            "evidence_of": evidence_of,
            "state_of": state_of,
            "is_new": is_new,
        }

    # --- on disk ----------------------------------------------------------------------------------------------

    def write(self, directory: Path) -> Path:
        """All pages. Returns the first; pages of findings that are no longer there are taken away."""
        (directory / "assets").mkdir(parents=True, exist_ok=True)
        for name in ASSETS:
            replace_file(directory / "assets" / name, _encoded(html.asset(name)))
        for subject in self.subjects:
            folder = directory / subject.slug
            folder.mkdir(exist_ok=True)
            for number in range(len(subject.findings)):
                self._write_finding(folder, subject, number)
            keys = {found["key"] for found in subject.findings}
            for path in folder.iterdir():
                if _PAGE_OF_A_FINDING.fullmatch(path.name) and path.stem not in keys:
                    path.unlink()
            replace_file(folder / "index.html", _encoded(self.target(subject)))
        if any(document["coverage"] for document in self.documents):
            replace_file(directory / "coverage.html", _encoded(self.coverage()))
        first = directory / FIRST_PAGE
        replace_file(first, _encoded(self.index()))
        return first

    def _write_finding(self, folder: Path, subject: Subject, number: int) -> None:
        found = subject.findings[number]
        path = folder / f"{found['key']}.html"
        others = [(one.subject.name, one.subject.slug, one.key) for one in self.elsewhere(subject, found)]
        neighbours = [one["key"] for one in subject.findings[max(0, number - 1) : number + 2]]
        about = (subject.name, subject.version, number, len(subject.findings), self.on_trial(subject, found))
        made_from = hashlib.sha256(
            json.dumps([_templates(), tool_version(), about, others, neighbours, found]).encode("ascii")
        ).hexdigest()[:16]
        try:
            with path.open(encoding="utf-8") as file:
                if made_from in file.read(_HEAD):
                    return
        except (OSError, UnicodeDecodeError):
            pass
        replace_file(path, _encoded(self.finding(subject, number, made_from)))


_HEAD: Final = 400  # characters in which a page says what it was made from


@cache
def _templates() -> str:
    names = ("base.html.j2", "parts.html.j2", "finding.html.j2")
    return hashlib.sha256("".join(map(html.asset, names)).encode()).hexdigest()


def _encoded(page: str) -> bytes:
    # A scenario may hold halves of surrogate pairs, which no encoding can write.
    return page.encode("utf-8", "xmlcharrefreplace")


def write(documents: Sequence[JSONObject], directory: Path, history: Iterable[trend.Point] = ()) -> Path:
    """The site of these records. Returns the page to open."""
    return Site(documents, history).write(directory)


# --- what a finding is sorted and filtered by ---------------------------------------------------------------

SOURCES: Final = ("cases", "generated operations", "laws")
STATES: Final = ("new", "known", "flaky")
EVIDENCE: Final = (*map(str, EvidenceKind), "baseline")  # best known first


def source_of(found: JSONObject) -> str:
    return {CASE: SOURCES[0], LAW: SOURCES[2]}.get(found["baseline"], SOURCES[1])


def state_of(found: JSONObject) -> str:
    return "flaky" if found["flaky"] else "known" if found["known"] else "new"


def evidence_of(found: JSONObject) -> str:
    return found["evidence"]["kind"] if found["evidence"] else EVIDENCE[-1]


def _fault(found: JSONObject) -> tuple[str, str, str]:
    """What makes findings on two targets the same: all of a signature but its target."""
    return found["operation"], found["layer"], found["kind"]


# --- subjects -----------------------------------------------------------------------------------------------


def _subjects(documents: Sequence[JSONObject]) -> Iterator[Subject]:
    """The targets in the order of the records; a baseline that several have, once, where most cases were judged."""
    baselines: dict[tuple[str, str], Subject] = {}
    tested: dict[str, Subject] = {}
    for document in documents:
        for target in document["targets"]:
            subject = Subject(
                document,
                target["name"],
                target["version"],
                target["how"],
                target["baseline"],
                target["lost"] or "",
                slug(target["name"], target["version"]),
            )
            if subject.baseline:
                known = baselines.get((subject.name, subject.version))
                if known is None or known.total.judged < subject.total.judged:
                    baselines[subject.name, subject.version] = subject
            elif subject.slug in tested:
                raise RecordError(
                    f"two records are of {subject.name} {subject.version}: join them with `touchstone merge` first"
                )
            else:
                tested[subject.slug] = subject
    yield from tested.values()
    yield from (subject for subject in baselines.values() if subject.slug not in tested)


def slug(name: str, version: str) -> str:
    """What everything of a target is called after, `reports/expected/` included: `moto-5.2.5`."""
    return path_for(Path(), name, version).stem.rstrip("-")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- coverage -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way of looking at what was generated, over several runs. `reached` has a share for each run, in order."""

    name: str
    meaning: str
    reached: tuple[int, ...]
    cells: int  # of all runs
    counts: Mapping[str, int]  # of every cell that a run reached, rarest first
    never: tuple[str, ...]  # by no run


def _dimensions(documents: Sequence[JSONObject]) -> list[Dimension]:
    names = dict.fromkeys(one["name"] for document in documents for one in document["coverage"])
    return [_dimension(name, documents) for name in names]


def _dimension(name: str, documents: Sequence[JSONObject]) -> Dimension:
    own = [next((one for one in document["coverage"] if one["name"] == name), None) for document in documents]
    counts: Counter[str] = Counter()
    for one in own:
        counts.update(one["reached"] if one else {})
    reached = {cell: count for cell, count in sorted(counts.items(), key=lambda pair: (pair[1], pair[0])) if count}
    never = sorted({cell for one in own if one for cell in one["never"]} - set(reached))
    return Dimension(
        name,
        next(one["meaning"] for one in own if one),
        tuple(sum(bool(count) for count in one["reached"].values()) if one else 0 for one in own),
        len(reached) + len(never),
        reached,
        tuple(never),
    )
