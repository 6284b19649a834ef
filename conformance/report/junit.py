"""The record as JUnit XML, for readers of continuous integration.

One suite for each target. In it, one test case for each case that was judged, and one for each divergence that
generated operations found; a divergence found by a case is told by the case and not twice. A run that did not
come to its end has an error of its own: no reader must take what it lacks for success.

The verdicts become what JUnit has: a divergence is a failure, unless it is known or flaky: then it is skipped, and a
property says why. Unsupported is skipped, indeterminate is an error. Of a run that was held against expectations, each
entry that was not met has a test case as well: stale is a failure, not judged is skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from conformance.case_verdicts import Standing
from conformance.divergence import Verdict
from conformance.gate import Judgement
from conformance.scenario import JSONObject

LENGTH: Final = 8_000  # of what a failure shows: an item of 400 KB may be in it

# What XML 1.0 cannot hold, not even escaped (https://www.w3.org/TR/xml/#charsets).
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Excuse:
    """Why a divergence is skipped: a property's name, and what it says."""

    name: str
    reason: str


# A divergence as a case's verdict and the list of divergences both tell it: target, operation, layer, kind.
_Excuses = Mapping[tuple[str, str, str, str], _Excuse]


def render(document: JSONObject, judgement: Judgement | None = None) -> bytes:
    root = ElementTree.Element("testsuites", name="touchstone")
    excuses = _excuses(document, judgement)
    spread = {id for judged in judgement.entries for id in judged.spread} if judgement is not None else set()
    for target in document["targets"]:
        suite = _add_target(root, document, target, excuses, spread)
        if judgement is not None and target["name"] == judgement.target.name:
            _add_entries(suite, judgement)
    footer = document.get("footer")
    if footer is None or not footer["complete"]:
        suite = ElementTree.SubElement(root, "testsuite", name="touchstone")
        case = ElementTree.SubElement(suite, "testcase", classname="touchstone", name="the run came to its end")
        reason = footer["reason"] if footer else "the run has not ended, or was killed"
        ElementTree.SubElement(case, "error", type="incomplete", message=_text(reason))
    for suite in root:
        _count(suite)
    _count(root)
    if footer is not None:
        root.set("time", f"{footer['seconds']:.3f}")
    ElementTree.indent(root)
    page: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return page + b"\n"


def _excuses(document: JSONObject, judgement: Judgement | None) -> _Excuses:
    excuses = {}
    for found in document["divergences"]:
        place = (found["target"], found["operation"], found["layer"], found["kind"])
        if found.get("known"):
            excuses[place] = _Excuse("known", found["known"])
        elif found.get("flaky"):
            excuses[place] = _Excuse("flaky", "it did not show again when it was replayed")
    if judgement is not None:
        for judged in judgement.entries:
            if judged.standing in (Standing.KNOWN, Standing.CHANGED):
                operation, layer, kind = judged.entry.identity
                excuses[judgement.target.name, operation, str(layer), kind] = _Excuse("known", judged.entry.reason)
    return excuses


def _add_target(
    root: ElementTree.Element, document: JSONObject, target: JSONObject, excuses: _Excuses, spread: Set[str]
) -> ElementTree.Element:
    name = target["name"]
    suite = ElementTree.SubElement(root, "testsuite", name=_text(name), timestamp=document["started"])
    properties = ElementTree.SubElement(suite, "properties")
    for key in ("version", "how"):
        ElementTree.SubElement(properties, "property", name=key, value=_text(target[key]))
    for case in document["cases"]["judged"]:
        if name in case["verdicts"]:
            _add_case(suite, name, case, {} if case["id"] in spread else excuses)
    for divergence in document["divergences"]:
        if divergence["target"] != name or divergence["baseline"] == "case":
            continue
        element = ElementTree.SubElement(
            suite,
            "testcase",
            classname=_text(f"{name}.generated.{divergence['feature']}"),
            name=_text(f"{divergence['title']} [{divergence['key']}]"),
        )
        text = {
            "scenario": divergence["scenario"],
            "step": divergence["step"],
            "difference": divergence["difference"],
            "replies": divergence["replies"],
        }
        excuse = excuses.get((name, divergence["operation"], divergence["layer"], divergence["kind"]))
        _fail(element, divergence["difference"], text, divergence["evidence"], excuse)
    return suite


def _add_case(suite: ElementTree.Element, target: str, case: JSONObject, excuses: _Excuses) -> None:
    element = ElementTree.SubElement(
        suite, "testcase", classname=_text(f"{target}.cases.{case['feature']}"), name=_text(case["id"])
    )
    verdict = case["verdicts"][target]
    match Verdict(verdict["verdict"]):
        case Verdict.UNSUPPORTED:
            _skip(element, "unsupported", verdict.get("reason") or "the target has not got the operation")
        case Verdict.INDETERMINATE:
            reason = verdict.get("reason") or "it could not be judged"
            ElementTree.SubElement(element, "error", type="indeterminate", message=_text(reason))
        case Verdict.DIVERGE:
            difference = verdict["difference"]
            text = {"request": verdict.get("request"), "difference": difference, "reply": verdict.get("reply")}
            # Without a step it is the creation of a table that failed.
            operation = verdict["request"]["operation"] if "request" in verdict else "CreateTable"
            excuse = excuses.get((target, operation, difference["layer"], difference["kind"]))
            _fail(element, difference, text, case["evidence"], excuse)


def _add_entries(suite: ElementTree.Element, judgement: Judgement) -> None:
    for standing in (Standing.CHANGED, Standing.STALE, Standing.UNJUDGED):
        for judged in judgement.standing(standing):
            key = judged.entry.key(judgement.expectations.target)
            element = ElementTree.SubElement(
                suite,
                "testcase",
                classname=_text(f"{judgement.target.name}.expectations"),
                name=_text(f"{judged.entry.title} [{key}]"),
            )
            if standing is Standing.UNJUDGED:
                _skip(element, "not judged", judged.reason)
            else:
                message = _text(f"{standing}: {judged.reason}")
                ElementTree.SubElement(element, "failure", type=str(standing), message=message)


def _fail(
    element: ElementTree.Element,
    difference: JSONObject,
    text: JSONObject,
    evidence: JSONObject | None,
    excuse: _Excuse | None,
) -> None:
    message = f"{difference['layer']}: {difference['kind']}"
    if excuse is not None:
        _skip(element, excuse.name, excuse.reason, message)
        return
    failure = ElementTree.SubElement(element, "failure", type=difference["layer"], message=_text(message))
    known = f"{evidence['kind']}: {evidence['source']}\n" if evidence else ""
    shown = json.dumps(text, indent=2, ensure_ascii=False)
    if len(shown) > LENGTH:
        shown = f"{shown[:LENGTH]}\n… cut here: the whole of it is in report.json"
    failure.text = _text(known + shown)


def _skip(element: ElementTree.Element, name: str, reason: str, what: str = "") -> None:
    properties = ElementTree.SubElement(element, "properties")
    ElementTree.SubElement(properties, "property", name=name, value=_text(reason))
    message = f"{name}: {reason}" + (f" ({what})" if what else "")
    ElementTree.SubElement(element, "skipped", message=_text(message))


def _count(element: ElementTree.Element) -> None:
    for tag, attribute in (("testcase", "tests"), ("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        if attribute != "skipped" or element.tag == "testsuite":
            element.set(attribute, str(len(element.findall(f".//{tag}"))))


def _text(text: str) -> str:
    return _UNWRITABLE.sub("�", text)
