"""What the gate has found, on the terminal, and the words that its other renderings share with it."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

from conformance.case_text import displayed
from conformance.case_verdicts import Standing
from conformance.divergence import Divergence, Verdict
from conformance.expectations import UNEXPLAINED, Expectations, identity_of, path_for
from conformance.gate import Judged, Judgement, Passage
from conformance.report.figures import counted
from conformance.report.terminal import printable

NAMED: Final = 12  # keys in a command
LISTED: Final = 20  # of each sort; the report and the JUnit file have all of them


def heading(judgement: Judgement) -> str:
    target, expectations = judgement.target, judgement.expectations
    against = displayed(expectations.path) if expectations.path else "no expectations"
    return f"The gate: {target.name} {target.version} against {against}"


def remark(judgement: Judgement) -> str:
    """What must be known of the file that was used: that there is none, or that it is another version's."""
    target, expectations = judgement.target, judgement.expectations
    if expectations.path is None:
        return (
            "There are no expectations for it, so every divergence is new; `touchstone accept` begins a file of them."
        )
    if expectations.version != target.version and _tells(expectations.version) and _tells(target.version):
        return (
            f"These are the expectations for {expectations.target} {expectations.version}, which is another version; "
            f"`touchstone accept` makes them those for {target.version}."
        )
    return ""


def _tells(version: str) -> bool:
    """A server at an address is known by its `Server` header alone, which may name no version."""
    return any(character.isdigit() for character in version)


def conclusion(judgement: Judgement) -> str:
    passage = judgement.passage
    if passage is Passage.NOTHING_JUDGED:
        return "Nothing was judged: no case was answered and nothing was generated. This is no pass."
    if passage in (Passage.INCOMPLETE, Passage.INTERRUPTED):
        reason = judgement.end.reason if judgement.end else "it has not ended"
        return f"No verdict: the run did not come to its end: {reason}"
    changed, stale, unjudged = (
        judgement.standing(standing) for standing in (Standing.CHANGED, Standing.STALE, Standing.UNJUDGED)
    )
    faults = [
        (len(judgement.new), "new divergence", "new divergences"),
        (len(changed), "changed entry", "changed entries"),
        (len(stale), "stale entry", "stale entries"),
    ]
    if judgement.strict:
        faults += [
            (len(judgement.flaky), "flaky divergence", "flaky divergences"),
            (len(unjudged), "entry not judged", "entries not judged"),
            (judgement.cases[Verdict.INDETERMINATE], "indeterminate case", "indeterminate cases"),
        ]
    told = ", ".join(counted(count, one, many) for count, one, many in faults if count)
    return f"Failed: {told}" if passage is Passage.FAILED else "Passed: nothing new, changed or stale"


def figures(judgement: Judgement) -> Iterator[tuple[str, str]]:
    """What was counted, each sort for itself."""
    yield "cases", ", ".join(f"{judgement.cases[verdict]:,} {verdict}" for verdict in Verdict)
    yield "operations", f"{judgement.operations:,} generated or of entries"
    standings = {standing: len(judgement.standing(standing)) for standing in Standing}
    unexplained = sum(judged.entry.reason == UNEXPLAINED for judged in judgement.entries)
    without = f"; {unexplained:,} without a reason" if unexplained else ""
    yield "entries", ", ".join(f"{standings[standing]:,} {standing}" for standing in Standing) + without
    explained = f", {len(judgement.explained):,} explained by a rule" if judgement.expectations.rules else ""
    yield "divergences", f"{len(judgement.new):,} new, {len(judgement.flaky):,} flaky{explained}"


def by_rule(judgement: Judgement) -> list[tuple[str, int]]:
    """The rules that explain what has no entry, and how many divergences each; the most frequent first."""
    return Counter(found.known for found in judgement.explained).most_common()


def shown_by(divergence: Divergence, cases: Collection[str] = ()) -> str:
    """`cases` are all that show it, where that is known."""
    if divergence.baseline == "case":
        others = len({*cases} - {divergence.scenario.id})
        return f"case {divergence.scenario.id}" + (f" and {counted(others, 'other')}" if others else "")
    operations = " → ".join(step.operation for step in divergence.scenario.steps[: divergence.step + 1])
    return f"law {divergence.law}: {operations}" if divergence.law else operations


def where(judgement: Judgement, judged: Judged) -> str:
    path = judgement.expectations.path
    return f"{displayed(path)}:{judged.entry.line}" if path else ""


def keys_of(judgement: Judgement, entries: Sequence[Judged]) -> list[str]:
    return [judged.entry.key(judgement.expectations.target) for judged in entries]


def acceptance(target: str, expectations: Expectations, report: Path, keys: Collection[str]) -> str:
    """The command that takes new divergences in: these, or all of the report where they are too many to name."""
    keys = keys if len(keys) <= NAMED else ()
    expected = _option_of(expectations)
    return shlex.join(["touchstone", "accept", "--target", target, *expected, "--report", str(report), *keys])


def removal(target: str, expectations: Expectations, keys: Collection[str]) -> str:
    """The command that takes stale entries out: these, or by a run of its own where they are too many to name."""
    if len(keys) > NAMED:
        return shlex.join(["touchstone", "accept", "--target", target, *_option_of(expectations)])
    drops = [word for key in keys for word in ("--drop", key)]
    path = expectations.path or path_for(Path(), expectations.target, expectations.version)
    return shlex.join(["touchstone", "accept", "--target", target, "--expected", displayed(path), *drops])


def _option_of(expectations: Expectations) -> list[str]:
    """Only where the file is not found by the target's name and version."""
    usual = expectations.path is None or expectations.path == path_for(
        expectations.path.parent, expectations.target, expectations.version
    )
    return [] if usual or expectations.path is None else ["--expected", displayed(expectations.path)]


# --- the terminal -----------------------------------------------------------------------------------------


def print_judgement(judgement: Judgement, console: Console, *, asked_for: str, report: Path) -> None:
    """`asked_for` is what the user called the target, `report` where the run's report lies."""

    def line(text: str, style: str = "") -> None:
        console.print(Text(printable(text), style=style), soft_wrap=True)

    line("")
    line(heading(judgement), "bold")
    if note := remark(judgement):
        line(note, "yellow")
    for name, text in figures(judgement):
        line(f"  {name:<12}{text}")
    expectations, stale = judgement.expectations, judgement.standing(Standing.STALE)
    changed = judgement.standing(Standing.CHANGED)
    new, unanswered = (
        [
            f"{found.signature.key}  {found.title} "
            f"({shown_by(found, judgement.cases_of[identity_of(found.signature)])})"
            for found in divergences
        ]
        for divergences in (judgement.new, judgement.unanswered)
    )
    for title, texts, advice, style in (
        (
            "New: mend them, or take them in and say why",
            new,
            acceptance(asked_for, expectations, report, [found.signature.key for found in judgement.new]),
            "red",
        ),
        (
            "Not answered before the target was lost: it died of this, or was gone by then",
            unanswered,
            "",
            "yellow",
        ),
        (
            "Changed: known, but in other cases than the entries name; mend them, or take that in",
            list(_told(judgement, changed)),
            acceptance(asked_for, expectations, report, keys_of(judgement, changed)),
            "red",
        ),
        (
            "Stale: what these entries describe has gone; take them out",
            list(_told(judgement, stale)),
            removal(asked_for, expectations, keys_of(judgement, stale)),
            "red",
        ),
        (
            "Flaky: seen once, and not again when replayed",
            [f"{found.signature.key}  {found.title} ({shown_by(found)})" for found in judgement.flaky],
            "",
            "yellow",
        ),
        (
            f"Not new: {len(judgement.explained):,} divergences that the file's rules explain, by rule",
            [f"{count:>5,}  {reason}" for reason, count in by_rule(judgement)],
            "",
            "",
        ),
        (
            "Not judged in this run, so neither known nor stale",
            list(_told(judgement, judgement.standing(Standing.UNJUDGED))),
            "",
            "yellow",
        ),
        (
            "The baseline breaks its own cases, which is our fault and not the target's",
            [f"{found.signature.key}  {found.title} ({shown_by(found)})" for found in judgement.ours],
            "",
            "yellow",
        ),
    ):
        if not texts:
            continue
        line("")
        line(f"{title} ({len(texts):,})", style)
        for text in texts[:LISTED]:
            line(f"  {text}")
        if len(texts) > LISTED:
            line(f"  … and {len(texts) - LISTED:,} more")
        if advice:
            line(f"  $ {advice}")
    line("")
    line(conclusion(judgement), "bold green" if judgement.passage is Passage.PASSED else "bold red")


def _told(judgement: Judgement, entries: Sequence[Judged]) -> Iterator[str]:
    for judged, key in zip(entries, keys_of(judgement, entries), strict=True):
        yield f"{where(judgement, judged)}  {key}  {judged.entry.title}: {judged.reason}"
