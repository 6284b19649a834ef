"""How well a dialect agrees with the server that it stands for: `touchstone agreement RECORDING --dialect NAME`.

The requests of a recording (`recording.py`) are put to the reference server in a dialect, in their order, and each
reply is held against the recorded one, in the layers in which all replies are compared. Agreement has three degrees,
each including the ones before: *type*, the same status and error type; *data*, the same content too; *text*, the same
message too.

Some texts hold what no two servers can share, such as addresses on a stack. Which, a file of notes says by name, as
patterns whose matches are taken out on both sides. The same file gives the reasons for what else differs, and one that
explains nothing any more is reported as stale.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from conformance.divergence import Layer
from conformance.recording import Recording
from conformance.scenario import Reply
from conformance.targets.target import Target
from conformance.witnesses import Hearing, hear


class AgreementError(Exception):
    """A file of notes cannot be read. One line: which, where, why."""


class Degree(StrEnum):
    NONE = "nothing"
    TYPE = "type"
    DATA = "data"
    TEXT = "text"


_BEFORE: Mapping[Layer, Degree] = {
    Layer.OUTCOME: Degree.NONE,
    Layer.ERROR_TYPE: Degree.NONE,
    Layer.DATA: Degree.TYPE,
    Layer.MESSAGE: Degree.DATA,
    Layer.CAPACITY: Degree.TYPE,
}
_DEGREES = tuple(Degree)


@dataclass(frozen=True, slots=True)
class IncidentalText:
    """What is taken out of messages before they are compared."""

    name: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the requests that these patterns name differ."""

    requests: tuple[str, ...]
    reason: str

    def explains(self, request: str) -> bool:
        return any(fnmatchcase(request, pattern) for pattern in self.requests)


@dataclass(frozen=True, slots=True)
class Notes:
    texts: tuple[IncidentalText, ...] = ()
    reasons: tuple[Reason, ...] = ()

    def reason_for(self, request: str) -> str:
        return next((one.reason for one in self.reasons if one.explains(request)), "")


@dataclass(frozen=True, slots=True)
class Judgement:
    """One request: how far the replies agree, and why no further."""

    id: str
    feature: str
    operation: str
    degree: Degree
    ours: str = ""
    theirs: str = ""
    where: str = ""
    reason: str = ""


def load_notes(path: Path) -> Notes:
    """Read a file of notes. Raises AgreementError."""
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise AgreementError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict) or set(content) - {"texts", "reasons"}:
        raise AgreementError(f"{path}: notes have the members `texts` and `reasons`, and no others")
    try:
        return Notes(
            tuple(IncidentalText(one["name"], re.compile(one["pattern"], re.DOTALL)) for one in content["texts"]),
            tuple(Reason(tuple(one["requests"]), " ".join(one["reason"].split())) for one in content["reasons"]),
        )
    except (KeyError, TypeError, AttributeError, re.error) as error:
        raise AgreementError(f"{path}: a text has a name and a pattern, a reason its requests: {error!r}") from None


def judge(target: Target, recording: Recording, notes: Notes, *, features: Sequence[str] = ()) -> Iterator[Judgement]:
    """Judge each request of a recording on a target that has been started. A request that cannot be put agrees in
    nothing: what it rests on is missing.
    """
    for hearing in hear(target, [recording], features=features, judges_unserved=True):
        yield _judge_one(hearing, recording.replies[hearing.request.id], notes)


def _judge_one(hearing: Hearing, said: Reply, notes: Notes) -> Judgement:
    request = hearing.request
    reply = hearing.reply
    if reply is None:
        why = "" if hearing.skipped is None else hearing.skipped.value
        return Judgement(request.id, request.feature, request.operation, Degree.NONE, ours=f"requests that {why}")
    difference = next(iter(hearing.differences.values()), None)
    degree = Degree.TEXT if difference is None else _BEFORE[difference.layer]
    if degree is Degree.DATA and _text(reply, notes) == _text(said, notes):
        degree = Degree.TEXT
    if reply.status != said.status:
        degree = Degree.NONE
    if degree is Degree.TEXT:
        return Judgement(request.id, request.feature, request.operation, degree)
    return Judgement(
        request.id,
        request.feature,
        request.operation,
        degree,
        ours=_shown(reply, None if difference is None else difference.expected),
        theirs=_shown(said, None if difference is None else difference.actual),
        where="" if difference is None else difference.path,
        reason=notes.reason_for(request.id),
    )


def _text(reply: Reply, notes: Notes) -> str:
    text = str(reply.message if isinstance(reply.body, dict) else reply.body)
    for incidental in notes.texts:
        text = incidental.pattern.sub("", text)
    return text


def _shown(reply: Reply, difference: Any) -> str:
    if reply.error_type is not None:
        return f"{reply.status} {reply.error_type}: {reply.message}"
    return f"{reply.status} {difference if difference is not None else ''}".strip()


# --- figures ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A feature, or all of them: of so many requests, how many agree to each degree at least."""

    feature: str
    requests: int
    agreeing: Mapping[Degree, int]

    def share(self, degree: Degree) -> float:
        """In per cent."""
        return 100 * self.agreeing[degree] / self.requests if self.requests else 100.0


def rows(judgements: Sequence[Judgement]) -> list[Row]:
    """One row a feature in the order of the recording, and one of all."""
    features = list(dict.fromkeys(one.feature for one in judgements))
    return [
        *(_row(feature, [one for one in judgements if one.feature == feature]) for feature in features),
        _row("all", judgements),
    ]


def _row(feature: str, judgements: Sequence[Judgement]) -> Row:
    counts = Counter(one.degree for one in judgements)
    agreeing = {degree: sum(counts[other] for other in _DEGREES[_DEGREES.index(degree) :]) for degree in _DEGREES[1:]}
    return Row(feature, len(judgements), agreeing)


def stale(judgements: Sequence[Judgement], notes: Notes) -> list[Reason]:
    """Reasons for requests all of which agree by now, or that are not in the recording."""
    differing = [one.id for one in judgements if one.degree is not Degree.TEXT]
    return [reason for reason in notes.reasons if not any(reason.explains(id_) for id_ in differing)]


# --- as Markdown ------------------------------------------------------------------------------------------


def render(title: str, judgements: Sequence[Judgement], notes: Notes) -> Iterator[str]:
    """The page, line by line: the table by feature, what is taken out of texts, and what differs with its reason."""
    yield from (f"# {title}", "")
    yield "Per feature: requests, and how many of the replies agree in status and error type, in data too, in text too."
    yield from ("", "| feature | requests | type | data | text |", "|---|---:|---:|---:|---:|")
    for row in rows(judgements):
        cells = " | ".join(
            f"{row.agreeing[degree]} ({row.share(degree):.1f} %)" for degree in (Degree.TYPE, Degree.DATA, Degree.TEXT)
        )
        yield f"| {row.feature} | {row.requests} | {cells} |"
    if notes.texts:
        yield from ("", "Taken out of both texts before they are compared:", "")
        yield from (f"- {one.name}: `{one.pattern.pattern}`" for one in notes.texts)
    differing = [one for one in judgements if one.degree is not Degree.TEXT]
    yield from ("", "## What differs", "")
    yield f"{len(differing)} replies, by reason."
    for reason, group in _by_reason(differing).items():
        yield from ("", f"### {reason or 'Not explained yet'}", "")
        for one in group:
            where = f" at `{one.where}`" if one.where else ""
            yield f"- `{one.id}` ({one.operation}), agrees in {one.degree}{where}"
            yield f"  - recorded: {_code(one.theirs)}"
            yield f"  - here: {_code(one.ours)}"


def _by_reason(judgements: Sequence[Judgement]) -> Mapping[str, list[Judgement]]:
    groups: dict[str, list[Judgement]] = {}
    for one in sorted(judgements, key=lambda judgement: _DEGREES.index(judgement.degree)):
        groups.setdefault(one.reason, []).append(one)
    return groups


def _code(text: str) -> str:
    shown = " ".join(text.replace("`", "'").split())
    return f"`{shown[:300]}{'…' if len(shown) > 300 else ''}`"
