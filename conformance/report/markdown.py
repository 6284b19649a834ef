"""Records as a Markdown summary, for a pull request or a page of a forge: what is new, how grave, who shows it.

A forge cuts comments at 65,536 characters, and a reader stops long before. So the summary has a bound that it keeps
whatever is in the records: the gravest findings are listed, and what is left out is counted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from conformance.divergence import Verdict
from conformance.report.figures import by_severity, counted, duration, gravest_first, is_new
from conformance.report.html import OUTCOME_MARK, SEVERITY_MARK
from conformance.report.site import Site, Subject, source_of
from conformance.scenario import JSONObject

BYTES: Final = 60_000  # of the whole; a forge takes 65,536
LISTED: Final = 20  # findings of one target
TITLE_LENGTH: Final = 160
_TARGETS: Final = 40

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()<>+!|~&$-])")
# A forge makes mentions and references of these even where they are escaped; a word joiner prevents it.
_LINKING: Final = re.compile("([@#])")


def render(documents: Sequence[JSONObject], *, page: str = "", heading: str = "Touchstone") -> str:
    """The summary. `page` is where the site lies, as the summary's readers reach it."""
    site = Site(documents)
    tested = [subject for subject in site.subjects if not subject.baseline] or site.subjects
    parts = [f"## {escaped(heading)}", "", *_table(site.subjects), ""]
    parts += [f"> {line}" for subject in site.subjects for line in _warnings(subject)]
    for subject in tested:
        parts += ["", *_of_target(site, subject, page)]
    rest = ["", f"The whole: {page}"] if page else []
    return _bounded(parts, rest)


def _table(subjects: Sequence[Subject]) -> list[str]:
    """Cases and findings stand beside each other and are never summed."""
    heads = [
        *(f"{OUTCOME_MARK[verdict]} {verdict}" for verdict in Verdict),
        "generated operations",
        "found",
        "laws broken",
    ]
    rows = [f"| target | {' | '.join(heads)} |", f"|---|{'---:|' * len(heads)}"]
    for subject in subjects[:_TARGETS]:
        total = subject.total
        checked = [law for law in subject.laws if law["checked"]]
        broken = f"{sum(bool(law['violations']) for law in checked)} of {len(checked)}" if checked else "–"
        numbers = [count for _, count in total.outcomes()] + [total.operations, total.found]
        name = f"**{escaped(subject.name)}** {escaped(subject.version)}"
        rows.append(f"| {name} | {' | '.join(f'{number:,}' for number in numbers)} | {broken} |")
    return rows


def _warnings(subject: Subject) -> list[str]:
    if subject.lost:
        return [f"**{escaped(subject.name)} stopped answering:** {_line(subject.lost)}"]
    if subject.baseline:
        return []
    if subject.end is None:
        return [f"**The run of {escaped(subject.name)} has not ended, or it was killed.**"]
    if not subject.end["complete"]:
        return [f"**The run of {escaped(subject.name)} did not come to its end:** {_line(subject.end['reason'])}"]
    return []


def _of_target(site: Site, subject: Subject, page: str) -> list[str]:
    new = [found for found in subject.findings if is_new(found)]
    known = sum(bool(found["known"]) for found in subject.findings)
    flaky = sum(found["flaky"] for found in subject.findings)
    seeds = ", ".join(map(str, subject.document["seeds"]))
    took = f", {duration(subject.end['seconds'])}" if subject.end else ""
    lines = [
        f"### {escaped(subject.name)} {escaped(subject.version)}",
        "",
        f"{escaped(subject.verdict)} (seed {seeds}{took}).",
    ]
    if known or flaky:
        lines += ["", f"{known:,} of its findings {'is' if known == 1 else 'are'} known and {flaky:,} flaky; new are:"]
    on_trial = [found for found in new if not subject.baseline and site.on_trial(subject, found)]
    if on_trial:
        lines += ["", f"In {counted(len(on_trial), 'finding')} it is our own baseline that is outvoted."]
    if not new:
        return [*lines, "", "Nothing new was found."]
    groups = by_severity(new)
    lines += ["", "| severity | new by cases | new beyond them |", "|---|---:|---:|"]
    for severity, group in groups.items():
        from_cases = sum(source_of(found) == "cases" for found in group)
        lines.append(f"| {SEVERITY_MARK[severity]} {severity} | {from_cases:,} | {len(group) - from_cases:,} |")
    lines += ["", "| | finding | evidence | met |", "|---|---|---|---:|"]
    for found in gravest_first(new)[:LISTED]:
        evidence = found["evidence"]["kind"] if found["evidence"] else "baseline"
        also = ", ".join(other.subject.name for other in site.elsewhere(subject, found))
        title = _line(found["sentence"])
        if page:
            title = f"[{title}]({page.removesuffix('index.html').rstrip('/')}/{subject.slug}/{found['key']}.html)"
        told = f"{title} (also {escaped(also)})" if also else title
        mark = SEVERITY_MARK[found["severity"]]
        lines.append(f"| {mark} | {told} `{found['key']}` | {evidence} | {found['occurrences']:,} |")
    if len(new) > LISTED:
        lines += ["", f"… and {len(new) - LISTED:,} more."]
    return lines


def _line(text: str) -> str:
    """A text of a server or a generator as a part of one line."""
    text = " ".join(text.split())
    return escaped(text if len(text) <= TITLE_LENGTH else f"{text[:TITLE_LENGTH]}…")


def escaped(text: str) -> str:
    """So that it is shown as it stands: no markup, no mention, no HTML, no halves of surrogate pairs."""
    shown = "".join(character if character.isprintable() else "�" for character in text)
    return _LINKING.sub(r"\\\1" + "\u2060", _SPECIAL.sub(r"\\\1", shown))


def _bounded(lines: Sequence[str], rest: Sequence[str]) -> str:
    """As many lines as the bound allows, then the rest."""
    cut = "… the rest did not fit in here."
    left = BYTES - sum(len(line.encode()) + 1 for line in (*rest, cut))
    kept: list[str] = []
    for line in lines:
        left -= len(line.encode()) + 1
        if left < 0:
            kept += ["", cut]
            break
        kept.append(line)
    return "\n".join([*kept, *rest]) + "\n"
