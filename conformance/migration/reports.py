"""A migration report: what differs for this application, as a page, as Markdown, as JSON.

One that decides reads the summary; one that programs goes on to the causes. Both get the same words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from conformance.cases import dump_case
from conformance.migration.findings import TOUCHING_DATA, Cause, Effect, Migration
from conformance.report.figures import counted
from conformance.reproduce import as_aws_cli, as_boto3, as_curl
from conformance.scenario import JSON, Reply

# What each effect is called, and what it means for a reader.
EFFECTS: Final[dict[Effect, tuple[str, str]]] = {
    Effect.WRONG_DATA: ("Other data", "answers or stores other data, and nothing tells of it"),
    Effect.REFUSED: ("Refused", "refuses what works today"),
    Effect.ACCEPTED: ("Accepted", "does what is refused today"),
    Effect.ERROR_TYPE: (
        "Another error",
        "refuses with another type of error, which code may look at",
    ),
    Effect.MISSING: ("Missing", "leaves out or describes otherwise a part of the reply"),
    Effect.SLOWER: ("Slower", "does the same, later or with more work"),
    Effect.REWORDED: ("Other words", "refuses the same in another text"),
    Effect.NONE: ("Not felt", "differs in a way that applications do not feel"),
}
# How they look on the page.
TONES: Final[dict[Effect, str]] = {
    Effect.WRONG_DATA: "data",
    Effect.REFUSED: "refused",
    Effect.ACCEPTED: "warn",
    Effect.ERROR_TYPE: "warn",
    Effect.MISSING: "calm",
    Effect.SLOWER: "calm",
    Effect.REWORDED: "faint",
    Effect.NONE: "faint",
}
# What a request feels of a rule where that is not what the rule is about.
_UNUSUALLY: Final[dict[Effect, str]] = {
    Effect.WRONG_DATA: "with other data",
    Effect.REFUSED: "refused where it is accepted today",
    Effect.ACCEPTED: "accepted where it is refused today",
    Effect.ERROR_TYPE: "refused by both, with another type of error",
    Effect.MISSING: "in how a table is described",
    Effect.SLOWER: "slower",
    Effect.REWORDED: "refused by both, in other words",
    Effect.NONE: "not felt",
}
# Those that are told in full; the others are lists at the end.
_IN_FULL: Final = (Effect.WRONG_DATA, Effect.REFUSED, Effect.ACCEPTED, Effect.ERROR_TYPE, Effect.MISSING, Effect.SLOWER)
_LONGEST_EXAMPLE: Final = 1200


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule, in words for readers."""

    title: str
    today: str
    then: str
    application: str
    advice: str
    source: str
    link: str


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cause as a template shows it."""

    cause: Cause
    anchor: str
    tone: str
    title: str
    explanation: Explanation | None
    effect: str
    meaning: str
    operations: str
    places: str
    request: str
    today: str
    then: str
    reproducers: tuple[tuple[str, str], ...]


def write(
    folder: Path, migration: Migration, explanations: dict[str, Explanation], *, about: dict[str, str]
) -> tuple[Path, Path, Path]:
    """Write report.html, report.md and report.json into a folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = [_show(cause, explanations) for cause in migration.sorted_causes()]
    values = {
        "migration": migration,
        "about": about,
        "summary": summary(migration),
        "parts": _parts(migration),
        "limits": limits(migration, explanations),
        "grave": [one for one in shown if one.cause.effect in TOUCHING_DATA],
        "other": [one for one in shown if one.cause.effect in _IN_FULL and one.cause.effect not in TOUCHING_DATA],
        "minor": [one for one in shown if one.cause.effect not in _IN_FULL],
        "alike": _alike_rows(migration),
    }
    paths = (folder / "report.html", folder / "report.md", folder / "report.json")
    environment = Environment(
        loader=PackageLoader("conformance.migration", "templates"),
        autoescape=select_autoescape(["html.j2"], default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = _marked
    environment.filters["flat"] = lambda text: " ".join(text.split())
    for path, template in zip(paths, ("migration.html.j2", "migration.md.j2"), strict=False):
        path.write_text(environment.get_template(template).render(values), encoding="utf-8")
    record = _as_json(migration, shown, about) | {"limits": values["limits"]}
    paths[2].write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return paths


_CODE: Final = re.compile(r"`([^`]+)`")


def _marked(text: str) -> Markup:
    """Escaped, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


# --- in words ---------------------------------------------------------------------------------------------


def summary(migration: Migration) -> list[str]:
    """The result in a few sentences. The first is the verdict."""
    if migration.tells_nothing:
        return [*([migration.lost] if migration.lost else []), *_nothing(migration)]
    lines = [_verdict(migration), _replayed(migration)]
    if migration.lost:
        lines.insert(0, f"{migration.lost}. What follows is of the requests before.")
    if migration.known:
        differs = "differs" if migration.known == 1 else "differ"
        lines.append(f"{migration.known:,} {differs} without a replay: {migration.other} does not have the operation.")
    if unchecked := sum(migration.unchecked.values()):
        lines.append(f"{unchecked:,} could not be checked; the reasons stand at the end of the report.")
    if migration.causes:
        differing = migration.differing + migration.known
        lines.append(
            f"{counted(differing, 'operation')} {'differs' if differing == 1 else 'differ'}, "
            f"from {counted(len(migration.causes), 'cause')}: {_listed(_felt(migration))}."
        )
    return lines


def _verdict(migration: Migration) -> str:
    data = [cause for cause in migration.causes.values() if cause.effect in TOUCHING_DATA]
    if data:
        count = sum(migration.gravest[effect] for effect in TOUCHING_DATA)
        what = _listed([text for effect, text in _TOUCHED.items() if migration.gravest[effect]], "or")
        return (
            f"{count:,} of {counted(migration.requests, 'captured operation')} would {what}. The application has to "
            f"change for {counted(len(data), 'cause')}, or be sure that it does not rely on what differs."
        )
    unchecked = sum(migration.unchecked.values())
    if unchecked > migration.replayed:
        return f"This says little: {counted(unchecked, 'captured operation')} could not be checked, more than could."
    if not migration.causes:
        return "In what was replayed, nothing was found that this application would feel."
    return (
        "No captured operation would be refused or work on other data: as far as this traffic shows, "
        "the application can move as it is. What differs is worth reading."
    )


_TOUCHED: Final = {
    Effect.REFUSED: "be refused",
    Effect.WRONG_DATA: "work on other data",
    Effect.ACCEPTED: "be accepted though refused today",
}


def _felt(migration: Migration) -> list[str]:
    """What is felt of the operations that differ, each counted by the gravest; for one or for more of them."""
    texts = {
        Effect.WRONG_DATA: ("is answered with other data", "are answered with other data"),
        Effect.REFUSED: ("is refused", "are refused"),
        Effect.ACCEPTED: ("is accepted though refused today", "are accepted though refused today"),
        Effect.ERROR_TYPE: ("is refused with another type of error", "are refused with another type of error"),
        Effect.MISSING: (
            "lacks a part of the reply or has it otherwise",
            "lack a part of the reply or have it otherwise",
        ),
        Effect.SLOWER: ("is slower", "are slower"),
        Effect.REWORDED: ("is refused in other words", "are refused in other words"),
        Effect.NONE: ("differs in what is not felt", "differ in what is not felt"),
    }
    return [
        f"{count:,} {texts[effect][0 if count == 1 else 1]}"
        for effect in EFFECTS
        if (count := migration.gravest[effect])
    ]


def _nothing(migration: Migration) -> list[str]:
    if not migration.requests:
        return ["Nothing could be checked: the traffic has no operation of DynamoDB in it."]
    reasons = [f"{_number(count)}: {why}." for why, count in migration.unchecked.most_common()]
    captured = counted(migration.requests, "captured operation")
    return [f"Nothing could be checked: of {captured}, none could be replayed.", *reasons]


def _replayed(migration: Migration) -> str:
    alike = migration.answered_alike
    if migration.requests == migration.replayed == 1:
        return f"The captured operation was replayed on both sides, and answered {'alike' if alike else 'otherwise'}."
    captured = f"Of {counted(migration.requests, 'captured operation')}, {_number(migration.replayed)}"
    answered = f"; {_number(alike)} {_were(alike)} answered alike" if migration.replayed else ""
    return f"{captured} {_were(migration.replayed)} replayed on both sides{answered}."


def _number(count: int) -> str:
    return f"{count:,}" if count else "none"


def _were(count: int) -> str:
    return "were" if count > 1 else "was"


def _listed(parts: Sequence[str], last: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}"


# The rule of what happens after hours, when no replay looks.
_EXPIRY: Final = "ttl-delay"


def limits(migration: Migration, explanations: dict[str, Explanation]) -> list[str]:
    """What this traffic cannot show, each in a line."""
    expiry = explanations.get(_EXPIRY)
    if not migration.expires or expiry is None:
        return migration.limits
    text = f"{expiry.title}: {expiry.application} {expiry.advice}"
    return [*migration.limits, f"Items of this application expire, and a replay does not show when they go. {text}"]


@dataclass(frozen=True, slots=True)
class _Part:
    """Of the captured operations, those of one fate. Each is in one part."""

    tone: str
    name: str
    meaning: str
    operations: int
    causes: int | None = None


def _parts(migration: Migration) -> list[_Part]:
    parts = [_Part("alike", "Alike", "answers the same", migration.answered_alike)]
    for effect, (name, meaning) in reversed(EFFECTS.items()):
        causes = sum(cause.effect is effect for cause in migration.causes.values())
        parts.append(_Part(TONES[effect], name, meaning, migration.gravest[effect], causes))
    parts.append(_Part("unchecked", "Not checked", "was not asked", sum(migration.unchecked.values())))
    return [part for part in parts if part.operations or part.causes]


def _alike_rows(migration: Migration) -> list[tuple[str, int, int, str]]:
    """By operation: how many were replayed, how many were the same, and with what in them."""
    rows = []
    for operation, total in sorted(migration.operations.items(), key=lambda one: -one[1]):
        features = [
            f"{feature} {count:,}"
            for (name, feature), count in sorted(migration.alike.items(), key=lambda one: -one[1])
            if name == operation and feature
        ]
        rows.append((operation, total, migration.alike[operation, ""], ", ".join(features)))
    return rows


# --- one cause --------------------------------------------------------------------------------------------


def title_of(cause: Cause, explanations: dict[str, Explanation]) -> str:
    """That of its rule, and, where requests feel something else of it, what they do."""
    explanation = explanations.get(cause.rule)
    if explanation is None:
        return f"A difference that nobody wrote down: {cause.kind}"
    if cause.effect is cause.usual_effect:
        return explanation.title
    return f"{explanation.title} ({_UNUSUALLY[cause.effect]})"


def _show(cause: Cause, explanations: dict[str, Explanation]) -> _Shown:
    explanation = explanations.get(cause.rule)
    name, meaning = EFFECTS[cause.effect]
    title = title_of(cause, explanations)
    return _Shown(
        cause=cause,
        anchor=f"{cause.rule or 'unexplained'}-{cause.effect}-{sha256(cause.kind.encode()).hexdigest()[:6]}",
        tone=TONES[cause.effect],
        title=title,
        explanation=explanation,
        effect=name,
        meaning=meaning,
        operations=_often(cause.operations.most_common()),
        places=_often(cause.places.most_common(8)),
        request=_pretty(cause.example.step.request if cause.example.step.raw is None else cause.example.step.raw),
        today=_reply(cause.example.first),
        then=_reply(cause.example.other),
        reproducers=_reproducers(cause, title),
    )


def _reproducers(cause: Cause, title: str) -> tuple[tuple[str, str], ...]:
    if cause.scenario is None:
        return ()
    scenario = replace(cause.scenario, id=f"migration/{cause.rule or 'unexplained'}", title=title)
    step = len(scenario.steps) - 1
    return (
        ("as a case", dump_case(scenario)),
        ("boto3", as_boto3(scenario, step)),
        ("AWS CLI", as_aws_cli(scenario, step)),
        ("curl", as_curl(scenario, step)),
    )


def _reply(reply: Reply) -> str:
    if reply.error_type is not None:
        return f"{reply.status} {reply.error_type}: {reply.message or ''}".rstrip(": ")
    if reply.body is None:
        return f"{reply.status}; the reply itself is not in the capture"
    return f"{reply.status} {_pretty(reply.body)}"


def _often(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(name if count == 1 else f"{name} ×{count:,}" for name, count in counts)


# An attribute value, laid out over three lines.
_SCALAR: Final = re.compile(r'\{\s+("(?:S|N|B|BOOL|NULL)": [^\n]*)\n\s*\}')


def _pretty(value: JSON | str | None) -> str:
    laid_out = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    text = _SCALAR.sub(r"{\1}", laid_out)
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[:_LONGEST_EXAMPLE]} …"


def _as_json(migration: Migration, shown: Sequence[_Shown], about: dict[str, str]) -> dict[str, Any]:
    return {
        "about": about,
        "first": migration.first,
        "other": migration.other,
        "requests": migration.requests,
        "replayed": migration.replayed,
        "alike": migration.answered_alike,
        "differing": migration.differing + migration.known,
        "known": migration.known,
        "by_effect": {effect.value: count for effect, count in migration.gravest.items()},
        "touches_data": migration.touches_data,
        "causes": [
            {
                "rule": one.cause.rule,
                "kind": one.cause.kind,
                "title": one.title,
                "effect": one.cause.effect.value,
                "count": one.cause.count,
                "operations": dict(one.cause.operations),
                "places": dict(one.cause.places),
                "first": one.cause.example.source,
                "last": one.cause.last,
                "explained": one.explanation is not None,
            }
            for one in shown
        ],
        "operations": dict(migration.operations),
        "unchecked": dict(migration.unchecked),
        "doubtful": dict(migration.doubtful),
        "tables": migration.tables,
        "failed": migration.failed,
        "lost": migration.lost,
        "seeded": migration.seeded,
        "seconds": round(migration.seconds, 3),
    }
