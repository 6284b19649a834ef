"""What pages show: the templates, and two replies laid side by side.

What needs thought is the latter. Replies are printed as JSON, a value on one line where it fits, and the member that
differs is marked on both sides. A difference names its place by a path into the *canonical* reply, in which sets and
some lists are sorted; where that path leads nowhere in the reply as it came, all members that differ are marked
instead.

Texts come from servers and from generators, which send what they like: every template escapes, and long texts are cut.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources
from typing import Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.divergence import Layer, Severity, Verdict
from conformance.report.figures import CASE, LAW, OUTCOME_MEANING, SEVERITY_MEANING, counted, duration
from conformance.scenario import JSON, EvidenceKind, JSONObject

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
# What is told by colour is told by a mark too: pages are printed, and not everybody sees colours.
OUTCOME_MARK: Final[Mapping[str, str]] = {
    Verdict.AGREE: "✓",
    Verdict.DIVERGE: "✗",
    Verdict.UNSUPPORTED: "∅",
    Verdict.INDETERMINATE: "?",
}
SEVERITY_MARK: Final[Mapping[str, str]] = {
    Severity.DATA: "◆",
    Severity.ACCEPTANCE: "▲",
    Severity.REFUSAL: "▼",
    Severity.ERROR_TYPE: "■",
    Severity.MESSAGE: "●",
    Severity.CAPACITY: "○",
}
# What classes in the style sheet are called after.
SEVERITY_CLASS: Final[Mapping[str, str]] = {severity: severity.name.lower().replace("_", "-") for severity in Severity}

# A page must stay readable, and small, when an item of 400 KB is the point of a finding.
LINE_WIDTH: Final = 76
STRING_LENGTH: Final = 300
LINES: Final = 120
CHARACTERS: Final = 9_000
LINES_OF_A_STEP: Final = 30
REPRODUCER_LENGTH: Final = 9_000
TITLE_LENGTH: Final = 200

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
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("conformance.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["count"] = lambda number: f"{number:,}"
    environment.filters["counted"] = counted
    environment.filters["duration"] = duration
    environment.filters["compact"] = lambda value: _joined(_print(value, ()))
    environment.filters["step"] = lambda step: _joined(_print(_sent(step), ()))
    environment.filters["clip_reproducer"] = clip_reproducer
    # Inside an element quotes are quotes; escaped, they would be a third of a page of JSON.
    environment.filters["text"] = lambda text: Markup(escape(text, quote=False))
    environment.filters["clip_title"] = clip_title
    environment.filters["fragment"] = lambda members: urlencode(members, errors="replace")
    environment.globals.update(
        CASE=CASE,
        LAW=LAW,
        evidence_meaning=EVIDENCE_MEANING,
        layer_meaning=LAYER_MEANING,
        outcome_mark=OUTCOME_MARK,
        outcome_meaning=OUTCOME_MEANING,
        severity_class=SEVERITY_CLASS,
        severity_mark=SEVERITY_MARK,
        severity_meaning=SEVERITY_MEANING,
    )
    return environment


def page(template: str, **context: object) -> str:
    """The page of that template."""
    return _environment().get_template(f"{template}.html.j2").render(**context)


@cache
def asset(name: str) -> str:
    """A file that pages link to: the style sheet, the script."""
    return resources.files("conformance.report").joinpath("templates", name).read_text("utf-8")


# --- two replies side by side -------------------------------------------------------------------------------


def sides(divergence: JSONObject) -> tuple[Side, ...]:
    """What was expected and what came, the member that differs marked on both; of a broken law, what came alone."""
    target, baseline = divergence["target"], divergence["baseline"]
    actual = divergence["replies"].get(target)
    came, difference = _body(actual), divergence["difference"]
    outcome = divergence["layer"] == Layer.OUTCOME
    if baseline == LAW:
        place = resolve(came, difference["path"])
        return (Side(target, "the target", _headline(actual), outcome, _lines(came, {place} if place else set())),)
    if baseline == CASE:
        expected, headline = _expected(divergence["scenario"]["steps"][divergence["step"]].get("expect", {}))
        name, role = "expected", "by the case"
    else:
        reply = divergence["replies"].get(baseline)
        expected, headline = _body(reply), _headline(reply)
        name, role = baseline, "the baseline"
    on_left, on_right = _marks(difference, expected, came)
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
        return _first((Line(_clip(text)) for text in value.splitlines()), LINES)
    return _first(_print(value, (), marks), LINES)


def _first(lines: Iterable[Line], limit: int) -> tuple[Line, ...]:
    """So many lines, or as many as fit into a page; the last one says what is left out."""
    shown: list[Line] = []
    characters = left = 0
    for line in lines:
        characters += len(line.text)
        if len(shown) < limit and characters <= CHARACTERS:
            shown.append(line)
        else:
            left += 1
    return (*shown, Line(f"… {left:,} more lines, in the record")) if left else tuple(shown)


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
        [(name, f"{json.dumps(_clip(name), ensure_ascii=False)}: ", member) for name, member in value.items()]
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


def clip_title(text: str) -> str:
    return text if len(text) <= TITLE_LENGTH else f"{text[:TITLE_LENGTH]}…"


def clip_reproducer(text: str) -> str:
    """Cut where it is too long for a page, which it then says."""
    if len(text) <= REPRODUCER_LENGTH:
        return text
    return f"{text[:REPRODUCER_LENGTH]}\n# … cut here: the whole text is in the record"


def _joined(lines: Iterator[Line]) -> str:
    """Lines of a value that is shown beside others: the first of them."""
    return "\n".join(line.text for line in _first(lines, LINES_OF_A_STEP))


def _sent(step: JSONObject) -> JSON:
    return step["raw"] if "raw" in step else step["request"]
