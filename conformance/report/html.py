"""The record as one HTML page: no other file, nothing from the network, readable without JavaScript.

What needs thought is how two replies are laid side by side. They are printed as JSON, a value on one line where it
fits, and the member that differs is marked on both sides. A difference names its place by a path into the
*canonical* reply, in which sets and some lists are sorted; where that path leads nowhere in the reply as it came, all
members that differ are marked instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from conformance.divergence import Layer
from conformance.report.figures import column_totals, duration, generated_operations, verdict
from conformance.scenario import JSON, EvidenceKind, JSONObject

# What a report says of each layer, where a list of divergences is grouped by it.
LAYER_MEANING: Final[Mapping[str, str]] = {
    Layer.OUTCOME: "one accepts what the other refuses, or fails",
    Layer.ERROR_TYPE: "both refuse, with different errors",
    Layer.DATA: "both answer, with different data",
    Layer.MESSAGE: "the same error, in other words",
    Layer.CAPACITY: "other capacity units",
}
EVIDENCE_MEANING: Final[Mapping[str, str]] = {
    EvidenceKind.RECORDED: "AWS was seen answering so",
    EvidenceKind.DOCUMENTED: "the documentation of AWS says so",
    EvidenceKind.AGREED: "independent implementations agree on it",
    EvidenceKind.INFERRED: "follows from other rules; nobody was seen doing it",
}

# A page must stay readable, and small enough to be mailed, when an item of 400 KB is the point of a case.
LINE_WIDTH: Final = 76
STRING_LENGTH: Final = 400
LINES: Final = 300
REPRODUCER_LENGTH: Final = 40_000

_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two answers that are laid side by side."""

    name: str
    role: str
    headline: str
    headline_marked: bool
    lines: tuple[Line, ...]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("conformance.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    environment.filters["duration"] = duration
    environment.filters["compact"] = lambda value: "\n".join(line.text for line in _print(value, ()))
    environment.filters["clip"] = _clip_text
    return environment.get_template("report.html.j2")


def render(document: JSONObject) -> str:
    """The page for a record, whether or not its run has ended."""
    divergences = document["divergences"]
    targets = [target["name"] for target in document["targets"]]
    by_layer = [
        (layer, LAYER_MEANING[layer], [found for found in divergences if found["layer"] == layer])
        for layer in map(str, Layer)
    ]
    return _template().render(
        record=document,
        footer=document.get("footer"),
        verdict=verdict(document),
        targets=document["targets"],
        baseline=next((target["name"] for target in document["targets"] if target["baseline"]), None),
        features=[_row(name, cells, targets) for name, cells in document["features"].items()],
        totals=_row("all", column_totals(document), targets),
        layers=[group for group in by_layer if group[2]],
        sides={found["key"]: sides(found) for found in divergences},
        others={found["key"]: other_replies(found) for found in divergences},
        evidence_meaning=EVIDENCE_MEANING,
        operations=sum(generated_operations(document).values()),
        choices={
            "target": sorted({found["target"] for found in divergences}),
            "layer": [group[0] for group in by_layer if group[2]],
            "feature": sorted({found["feature"] for found in divergences}),
            "evidence": [
                kind for kind in (*map(str, EvidenceKind), "none") if kind in {_kind(found) for found in divergences}
            ],
        },
    )


def _kind(divergence: JSONObject) -> str:
    return divergence["evidence"]["kind"] if divergence["evidence"] else "none"


def _row(name: str, cells: JSONObject, targets: list[str]) -> JSONObject:
    return {
        "name": name,
        "cells": [cells[target] for target in targets],
        "operations": max((cell["operations"] for cell in cells.values()), default=0),
    }


# --- two replies side by side -------------------------------------------------------------------------------


def sides(divergence: JSONObject) -> tuple[Side, Side]:
    """What was expected and what came, the member that differs marked on both."""
    target, baseline = divergence["target"], divergence["baseline"]
    actual = divergence["replies"].get(target)
    if baseline == "case":
        expected, headline = _expected(divergence["scenario"]["steps"][divergence["step"]].get("expect", {}))
        name, role = "expected", "by the case"
    else:
        reply = divergence["replies"].get(baseline)
        expected, headline = _body(reply), _headline(reply)
        name, role = baseline, "the baseline"
    came = _body(actual)
    on_left, on_right = _marks(divergence["difference"], expected, came)
    outcome = divergence["layer"] == Layer.OUTCOME
    return (
        Side(name, role, headline, outcome, _lines(expected, on_left)),
        Side(target, "the target", _headline(actual), outcome, _lines(came, on_right)),
    )


def other_replies(divergence: JSONObject) -> list[Side]:
    """The answers of everybody else to the same bytes."""
    shown = {divergence["target"], divergence["baseline"]}
    return [
        Side(name, "", _headline(reply), False, _lines(_body(reply), set()))
        for name, reply in divergence["replies"].items()
        if name not in shown
    ]


def _headline(reply: JSONObject | None) -> str:
    if reply is None:
        return "no reply was kept"
    if not reply["status"]:
        return "no answer"
    return f"HTTP {reply['status']}, {reply['outcome']}"


def _body(reply: JSONObject | None) -> JSON:
    if reply is None:
        return None
    return reply.get("failure") or reply["body"]


def _expected(expectation: JSONObject) -> tuple[JSON, str]:
    """An expectation in the form of the reply it expects."""
    if "error" in expectation:
        body: JSONObject = {"__type": expectation["error"]}
        message = expectation.get("message")
        if message:
            member = "message" if message["match"] == "exact" else f"message ({message['match']})"
            body[member] = message["text"]
        return body, "refused"
    if "body" in expectation:
        return expectation["body"], "accepted, with exactly"
    if "members" in expectation:
        return expectation["members"], "accepted, with these members"
    return None, "accepted"


def _marks(difference: JSONObject, left: JSON, right: JSON) -> tuple[set[_Path], set[_Path]]:
    """The paths to mark on either side."""
    match difference["layer"]:
        case Layer.OUTCOME:
            return set(), set()
        case Layer.ERROR_TYPE:
            return _members(left, "__type", "code"), _members(right, "__type", "code")
        case Layer.MESSAGE:
            return _members(left, "message"), _members(right, "message")
    on_left, on_right = resolve(left, difference["path"]), resolve(right, difference["path"])
    if on_left or on_right:
        return {on_left} if on_left else set(), {on_right} if on_right else set()
    return set(_unlike(left, right)), set(_unlike(right, left))


def _members(body: JSON, *names: str) -> set[_Path]:
    if not isinstance(body, dict):
        return set()
    return {(name,) for name in body if name.lower().startswith(names)}


def resolve(value: JSON, path: str) -> _Path | None:
    """`Items[0].price` as steps into `value`, or None where it leads nowhere.

    Attribute names may themselves have dots and brackets, so it is the value that decides where a name ends.
    """
    steps: list[str | int] = []
    while path:
        if isinstance(value, list):
            index = re.match(r"\[(\d+)\]", path)
            if not index or int(index[1]) >= len(value):
                return None
            steps.append(int(index[1]))
            value, path = value[int(index[1])], path[index.end() :]
        elif isinstance(value, dict):
            path = path.removeprefix(".")
            names = [name for name in value if path == name or path.startswith((f"{name}.", f"{name}["))]
            if not names:
                return None
            name = max(names, key=len)
            steps.append(name)
            value, path = value[name], path[len(name) :]
        else:
            return None
    return tuple(steps) or None


def _unlike(value: JSON, other: JSON, path: _Path = ()) -> Iterator[_Path]:
    """The paths of the smallest parts of `value` that `other` does not have in the same place."""
    if isinstance(value, dict) and isinstance(other, dict):
        for name, member in value.items():
            if name not in other:
                yield (*path, name)
            else:
                yield from _unlike(member, other[name], (*path, name))
    elif isinstance(value, list) and isinstance(other, list):
        for index, element in enumerate(value):
            if index >= len(other):
                yield (*path, index)
            else:
                yield from _unlike(element, other[index], (*path, index))
    elif value != other:
        yield path


def _lines(value: JSON, marks: set[_Path]) -> tuple[Line, ...]:
    if value is None:
        return ()
    if isinstance(value, str):  # not JSON: an HTML page of a proxy, a traceback
        texts = value.splitlines()
        return tuple(Line(_clip(text)) for text in texts[:LINES]) + _rest(len(texts))
    lines = list(_print(value, (), marks))
    return tuple(lines[:LINES]) + _rest(len(lines))


def _rest(count: int) -> tuple[Line, ...]:
    return (Line(f"… {count - LINES:,} more lines, in report.json"),) if count > LINES else ()


def _print(
    value: JSON, path: _Path, marks: set[_Path] | None = None, *, indent: int = 0, before: str = "", after: str = ""
) -> Iterator[Line]:
    """JSON in lines: a value stands on one line where it fits. Marked is what lies on the way to a mark or below."""
    marks = marks or set()
    below = any(path[: len(mark)] == mark for mark in marks)
    margin = "  " * indent
    short = _short(value, LINE_WIDTH - len(margin) - len(before))
    if short is not None or not isinstance(value, (dict, list)) or not value:
        towards = any(mark[: len(path)] == path for mark in marks)
        text = short if short is not None else json.dumps(_clipped(value), ensure_ascii=False)
        yield Line(f"{margin}{before}{text}{after}", below or towards)
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    members = (
        [(name, f"{json.dumps(name, ensure_ascii=False)}: ", member) for name, member in value.items()]
        if isinstance(value, dict)
        else [(index, "", element) for index, element in enumerate(value)]
    )
    yield Line(f"{margin}{before}{opening}", below)
    for position, (step, name, member) in enumerate(members, start=1):
        comma = "," if position < len(members) else ""
        yield from _print(member, (*path, step), marks, indent=indent + 1, before=name, after=comma)
    yield Line(f"{margin}{closing}{after}", below)


def _short(value: JSON, width: int) -> str | None:
    """The value on one line, or None where it does not fit."""
    if isinstance(value, str) and len(value) > width:
        return None
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= width else None


def _clipped(value: JSON) -> JSON:
    return _clip(value) if isinstance(value, str) else value


def _clip(text: str) -> str:
    return text if len(text) <= STRING_LENGTH else f"{text[:STRING_LENGTH]}… ({len(text):,} characters)"


def _clip_text(text: str) -> str:
    """A reproducer: cut where it is too long for a page, which it then says."""
    if len(text) <= REPRODUCER_LENGTH:
        return text
    return f"{text[:REPRODUCER_LENGTH]}\n# … cut here: the whole text is in report.json"
