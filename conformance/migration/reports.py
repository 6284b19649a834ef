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
        "effects": _effect_rows(migration),
        "causes": [one for one in shown if one.cause.effect in _IN_FULL],
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
    for path, template in zip(paths, ("migration.html.j2", "migration.md.j2"), strict=False):
        path.write_text(environment.get_template(template).render(values), encoding="utf-8")
    paths[2].write_text(json.dumps(_as_json(migration, shown, about), indent=1) + "\n", encoding="utf-8")
    return paths


_CODE: Final = re.compile(r"`([^`]+)`")


def _marked(text: str) -> Markup:
    """Escaped, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


# --- in words ---------------------------------------------------------------------------------------------


def summary(migration: Migration) -> list[str]:
    """The result in a few sentences."""
    data = [cause for cause in migration.causes.values() if cause.effect in TOUCHING_DATA]
    alike = migration.replayed - _replayed_differing(migration)
    lines = [
        f"Of {_count(migration.requests, 'captured operation')}, {migration.replayed:,} were replayed on both sides; "
        f"{alike:,} {'was' if alike == 1 else 'were'} answered alike."
    ]
    if not migration.causes:
        lines.append("In what was replayed, nothing was found that this application would feel.")
        return lines
    verb = "differs" if migration.differing == 1 else "differ"
    causes = _count(len(migration.causes), "cause")
    lines.append(f"{_count(migration.differing, 'operation')} {verb}, from {causes}.")
    if data:
        refused = sum(cause.count for cause in data if cause.effect is Effect.REFUSED)
        wrong = sum(cause.count for cause in data if cause.effect is Effect.WRONG_DATA)
        accepted = sum(cause.count for cause in data if cause.effect is Effect.ACCEPTED)
        parts = [
            f"{count:,} {'are' if count > 1 else 'is'} {text}"
            for count, text in (
                (wrong, "answered with other data"),
                (refused, "refused"),
                (accepted, "accepted though it is refused today"),
            )
            if count
        ]
        lines.append(f"Of these, {_listed(parts)}. The application has to change for {_these(data)}.")
    else:
        lines.append(
            "None of them touches data: as far as this traffic shows, the application can move as it is. "
            "What follows is worth reading."
        )
    return lines


def _replayed_differing(migration: Migration) -> int:
    unreplayed = sum(cause.count for cause in migration.causes.values() if cause.unreplayed)
    return migration.differing - unreplayed


def _these(causes: Sequence[Cause]) -> str:
    return "this cause" if len(causes) == 1 else f"these {len(causes)} causes, or be sure that it does not rely on them"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _effect_rows(migration: Migration) -> list[tuple[str, str, int, int]]:
    rows = []
    for effect, (name, meaning) in EFFECTS.items():
        causes = [cause for cause in migration.causes.values() if cause.effect is effect]
        if causes:
            rows.append((name, meaning, len(causes), sum(cause.count for cause in causes)))
    return rows


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


def _show(cause: Cause, explanations: dict[str, Explanation]) -> _Shown:
    explanation = explanations.get(cause.rule)
    name, meaning = EFFECTS[cause.effect]
    title = explanation.title if explanation else f"A difference that nobody wrote down: {cause.kind}"
    return _Shown(
        cause=cause,
        anchor=f"{cause.rule or 'unexplained'}-{cause.effect}-{sha256(cause.kind.encode()).hexdigest()[:6]}",
        title=title,
        explanation=explanation,
        effect=name,
        meaning=meaning,
        operations=", ".join(f"{operation} {count:,}" for operation, count in cause.operations.most_common()),
        places=", ".join(f"{place} {count:,}" for place, count in cause.places.most_common(8)),
        request=_pretty(cause.example.step.request or cause.example.step.raw),
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
    return f"{reply.status} {_pretty(reply.body)}"


def _pretty(value: JSON | str | None) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[:_LONGEST_EXAMPLE]} …"


def _as_json(migration: Migration, shown: Sequence[_Shown], about: dict[str, str]) -> dict[str, Any]:
    return {
        "about": about,
        "first": migration.first,
        "other": migration.other,
        "requests": migration.requests,
        "replayed": migration.replayed,
        "differing": migration.differing,
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
        "tables": migration.tables,
        "failed": migration.failed,
        "seeded": migration.seeded,
        "seconds": round(migration.seconds, 3),
    }
