"""The record as JUnit XML, for readers of continuous integration.

One suite for each target. In it, one test case for each case that was judged, and one for each divergence that
generated operations found; a divergence found by a case is told by the case and not twice. A run that did not
come to its end has an error of its own: no reader must take what it lacks for success.
"""

from __future__ import annotations

import json
import re
from typing import Final
from xml.etree import ElementTree

from conformance.scenario import JSONObject

LENGTH: Final = 8_000  # of what a failure shows: an item of 400 KB may be in it

# What XML 1.0 cannot hold, not even escaped (https://www.w3.org/TR/xml/#charsets).
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(document: JSONObject) -> bytes:
    root = ElementTree.Element("testsuites", name="touchstone")
    for target in document["targets"]:
        _add_target(root, document, target)
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


def _add_target(root: ElementTree.Element, document: JSONObject, target: JSONObject) -> None:
    name = target["name"]
    suite = ElementTree.SubElement(root, "testsuite", name=_text(name), timestamp=document["started"])
    properties = ElementTree.SubElement(suite, "properties")
    for key in ("version", "how"):
        ElementTree.SubElement(properties, "property", name=key, value=_text(target[key]))
    for case in document["cases"]["judged"]:
        verdict = case["verdicts"].get(name)
        if verdict is None:
            continue
        element = ElementTree.SubElement(
            suite, "testcase", classname=_text(f"{name}.cases.{case['feature']}"), name=_text(case["id"])
        )
        if not verdict["passed"]:
            difference = verdict["difference"]
            text = {"request": verdict.get("request"), "difference": difference, "reply": verdict.get("reply")}
            _fail(element, difference, text, case["evidence"])
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
        _fail(element, divergence["difference"], text, divergence["evidence"])


def _fail(element: ElementTree.Element, difference: JSONObject, text: JSONObject, evidence: JSONObject | None) -> None:
    failure = ElementTree.SubElement(
        element, "failure", type=difference["layer"], message=_text(f"{difference['layer']}: {difference['kind']}")
    )
    known = f"{evidence['kind']}: {evidence['source']}\n" if evidence else ""
    shown = json.dumps(text, indent=2, ensure_ascii=False)
    if len(shown) > LENGTH:
        shown = f"{shown[:LENGTH]}\n… cut here: the whole of it is in report.json"
    failure.text = _text(known + shown)


def _count(element: ElementTree.Element) -> None:
    for tag, attribute in (("testcase", "tests"), ("failure", "failures"), ("error", "errors")):
        element.set(attribute, str(len(element.findall(f".//{tag}"))))
    if element.tag == "testsuite":
        element.set("skipped", "0")


def _text(text: str) -> str:
    return _UNWRITABLE.sub("�", text)
