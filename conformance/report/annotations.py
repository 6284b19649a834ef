"""What the gate has found, as GitHub shows it: annotations of a workflow's log, and the summary of a job.

An annotation is a line on the standard output (`::error file=...,line=...,title=...::message`) that GitHub shows in the
pull request. It shows no more than ten errors of a step, so the tenth says how many there are besides. The summary is
Markdown that is appended to the file named by GITHUB_STEP_SUMMARY, of one MiB at most for a step.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from conformance.case_text import displayed
from conformance.case_verdicts import Standing
from conformance.divergence import Divergence
from conformance.expectations import identity_of
from conformance.gate import Judged, Judgement, Passage
from conformance.report.judgement import (
    acceptance,
    by_rule,
    conclusion,
    figures,
    heading,
    keys_of,
    remark,
    removal,
    shown_by,
)

SHOWN: Final = 10
LISTED: Final = 50  # of each sort, in the summary


def lines(judgement: Judgement, *, asked_for: str, report: Path) -> Iterator[str]:
    """The lines to print, the gravest first. None where the gate is passed."""
    errors = list(_errors(judgement, asked_for, report))
    yield from errors[:SHOWN] if len(errors) <= SHOWN else errors[: SHOWN - 1]
    if len(errors) > SHOWN:
        yield _command("error", f"and {len(errors) - SHOWN + 1} more: see the job's summary", title="The gate")


def _errors(judgement: Judgement, asked_for: str, report: Path) -> Iterator[str]:
    expectations = judgement.expectations
    file = displayed(expectations.path) if expectations.path else ""
    for found in judgement.new:
        advice = acceptance(asked_for, expectations, report, [found.signature.key])
        message = f"{found.title}\nShown by {_shown_by(found, judgement)}. Mend it, or: {advice}"
        yield _command("error", message, file=file, line=1, title=f"New divergence {found.signature.key}")
    changed, stale = judgement.standing(Standing.CHANGED), judgement.standing(Standing.STALE)
    for judged, key in zip(changed, keys_of(judgement, changed), strict=True):
        advice = acceptance(asked_for, expectations, report, [key])
        message = f"{judged.entry.title}\n{judged.reason}. Mend it, or: {advice}"
        yield _command("error", message, file=file, line=judged.entry.line, title=f"Changed entry {key}")
    for judged, key in zip(stale, keys_of(judgement, stale), strict=True):
        advice = removal(asked_for, expectations, [key])
        message = f"{judged.entry.title}\n{judged.reason}. Remove the entry, or: {advice}"
        yield _command("error", message, file=file, line=judged.entry.line, title=f"Stale entry {key}")
    if judgement.passage not in (Passage.PASSED, Passage.FAILED) or (
        judgement.passage is Passage.FAILED and not judgement.new and not changed and not stale
    ):
        yield _command("error", conclusion(judgement), title="The gate")


def _shown_by(found: Divergence, judgement: Judgement) -> str:
    return shown_by(found, judgement.cases_of[identity_of(found.signature)])


def _command(name: str, message: str, *, file: str = "", line: int = 0, title: str = "") -> str:
    properties = {"file": file, "line": line if file else 0, "title": title}
    written = ",".join(f"{key}={_escaped(str(value), ',:')}" for key, value in properties.items() if value)
    return f"::{name} {written}::{_escaped(message)}"


def _escaped(text: str, also: str = "") -> str:
    for character in f"%\r\n{also}":
        text = text.replace(character, f"%{ord(character):02X}")
    return "".join(one if one.isprintable() else "�" for one in text)


# --- the summary of a job -----------------------------------------------------------------------------------


def step_summary(judgement: Judgement, *, asked_for: str, report: Path) -> str:
    expectations, stale = judgement.expectations, judgement.standing(Standing.STALE)
    unjudged = judgement.standing(Standing.UNJUDGED)
    mark = "✅" if judgement.passage is Passage.PASSED else "❌"
    parts = [f"## {mark} {_plain(heading(judgement))}", _plain(conclusion(judgement)), _plain(remark(judgement))]
    parts.append(_table(("", ""), list(figures(judgement))))
    if judgement.new:
        keys = [found.signature.key for found in judgement.new]
        rows = [(f"`{found.signature.key}`", found.title, _shown_by(found, judgement)) for found in judgement.new]
        parts += [_section("New divergences", rows, ("key", "divergence", "shown by"))]
        parts += [_to_do("Mend them, or take them in and say why:", acceptance(asked_for, expectations, report, keys))]
    if changed := judgement.standing(Standing.CHANGED):
        keys = keys_of(judgement, changed)
        parts += [_section("Changed entries", _rows(judgement, changed), ("key", "entry", "where"))]
        parts += [_to_do("Mend them, or take that in:", acceptance(asked_for, expectations, report, keys))]
    if stale:
        parts += [_section("Stale entries", _rows(judgement, stale), ("key", "entry", "why"))]
        keys = keys_of(judgement, stale)
        parts += [_to_do("What they describe has gone; take them out:", removal(asked_for, expectations, keys))]
    if judgement.flaky:
        rows = [(f"`{found.signature.key}`", found.title, shown_by(found)) for found in judgement.flaky]
        parts += [_section("Flaky", rows, ("key", "divergence", "shown by"))]
    if judgement.explained:
        ruled = [(f"{count:,}", reason) for reason, count in by_rule(judgement)]
        parts += [_section("Explained by rules", ruled, ("divergences", "rule"))]
    if unjudged:
        parts += [_section("Not judged in this run", _rows(judgement, unjudged), ("key", "entry", "why"))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _rows(judgement: Judgement, entries: Sequence[Judged]) -> list[tuple[str, str, str]]:
    keys = keys_of(judgement, entries)
    return [(f"`{key}`", one.entry.title, one.reason) for one, key in zip(entries, keys, strict=True)]


def _section(title: str, rows: Sequence[tuple[str, ...]], columns: tuple[str, ...]) -> str:
    rest = f"\n\n… and {len(rows) - LISTED:,} more" if len(rows) > LISTED else ""
    return f"### {title} ({len(rows):,})\n\n{_table(columns, rows[:LISTED])}{rest}"


def _to_do(sentence: str, command: str) -> str:
    return f"{sentence}\n\n```sh\n{command}\n```"


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [columns, tuple("---" for _ in columns), *(tuple(map(_plain, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _plain(text: str) -> str:
    """Text of servers as text: no markup of Markdown or HTML, no end of a cell."""
    on_one_line = " ".join(text.split())
    if on_one_line.startswith("`") and on_one_line.endswith("`"):
        return on_one_line
    for character, instead in (("\\", "\\\\"), ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        on_one_line = on_one_line.replace(character, instead)
    for character in "|*_`[]~":
        on_one_line = on_one_line.replace(character, f"\\{character}")
    return on_one_line
