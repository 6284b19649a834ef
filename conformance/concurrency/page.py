"""The report of a run: a page for people and a document for programs, both made from checked histories."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from conformance.concurrency import history
from conformance.concurrency.checking import Checked
from conformance.concurrency.history import Fate, Operation
from conformance.concurrency.timeline import timeline
from conformance.concurrency.violation import Violation
from conformance.concurrency.workloads import WORKLOADS
from conformance.divergence import Verdict
from conformance.scenario import JSON, JSONObject

PAGE: Final = "index.html"
DOCUMENT: Final = "concurrency.json"
LENGTH: Final = 4_000  # of a request or a reply in the page; the history has all of it


@dataclass(frozen=True, slots=True)
class Written:
    page: Path
    document: Path


def write(directory: Path, checked: Sequence[Checked]) -> Written:
    """The page and the document. Raises OSError."""
    written = Written(directory / PAGE, directory / DOCUMENT)
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"workloads": [document(each) for each in checked]}, indent=1, ensure_ascii=False)
    written.document.write_text(text + "\n", encoding="utf-8")
    written.page.write_text(render(checked), encoding="utf-8")
    return written


def document(checked: Checked) -> JSONObject:
    """What a workload came to on a target."""
    recorded = checked.history
    return {
        "workload": recorded.workload,
        "title": WORKLOADS[recorded.workload].title,
        "guarantee": WORKLOADS[recorded.workload].guarantee,
        "target": recorded.target,
        "version": recorded.version,
        "seed": recorded.seed,
        "clients": recorded.clients,
        "seconds": round(recorded.seconds, 3),
        "verdict": checked.verdict,
        "reason": checked.reason,
        "operations": len(recorded.operations),
        **{fate: recorded.count(fate) for fate in Fate},
        "contended": checked.contended,
        "answers": dict(checked.answers),
        "violations": [_violation(each) for each in checked.violations],
        "history": recorded.workload + history.SUFFIX,
    }


def _violation(violation: Violation) -> JSONObject:
    return {
        "name": violation.name,
        "meaning": violation.meaning,
        "times": violation.times,
        "sentence": violation.sentence,
        "steps": list(violation.steps),
        "operations": [each.number for each in violation.operations],
    }


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("conformance.concurrency"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    environment.filters["milliseconds"] = lambda seconds: f"{seconds * 1000:.3f}"
    environment.filters["compact"] = compact
    return environment.get_template("concurrency.html.j2")


def render(checked: Sequence[Checked]) -> str:
    found = sum(len(each.violations) for each in checked)
    return _template().render(
        workloads=checked,
        described=WORKLOADS,
        verdicts=Verdict,
        fates=Fate,
        headline=f"{found} kind{'s' * (found != 1)} of violation" if found else "No violation",
        timeline=timeline,
        suffix=history.SUFFIX,
    )


def compact(value: JSON, length: int = LENGTH) -> str:
    """JSON on one line, clipped."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= length else f"{text[:length]} … ({len(text):,} characters)"


def answer(operation: Operation) -> str:
    """What came back, on one line."""
    reply = operation.reply
    return f"{reply.status} {compact(reply.body)}" if reply.status else f"no answer: {reply.failure}"
