"""What an Alternator does otherwise than DynamoDB, as the part of a page in Markdown.

    touchstone dialects diff aws alternator-6.2

Of every rule it says what each side does, what an application feels of it and what to change. It is a list and no
table, so that it can be read on paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Final

from reference_server.alternator.edition import Edition
from reference_server.alternator.rules import Effect, Evidence, Rule, Section, rules

TITLES: Final = {
    Section.OPERATIONS: "Operations",
    Section.WIRE: "HTTP and errors",
    Section.LIMITS: "Names, sizes and limits",
    Section.TABLES: "Tables",
    Section.UPDATE_TABLE: "UpdateTable",
    Section.TAGS: "Tags",
    Section.TIME_TO_LIVE: "Time to live",
    Section.VALUES: "Values and keys",
    Section.REQUESTS: "Requests and expressions",
    Section.CAPACITY: "Consumed capacity",
    Section.WRITE_ISOLATION: "Write isolation",
    Section.STREAMS: "Streams",
    Section.VECTOR_SEARCH: "Vector search",
    Section.INTERNAL_TABLES: "Internal tables",
    Section.AUTHENTICATION: "Authentication",
}
EFFECTS: Final = {
    Effect.WRONG_DATA: "wrong data",
    Effect.REFUSED: "refused",
    Effect.ACCEPTED: "accepted",
    Effect.MISSING: "missing or described otherwise",
    Effect.REWORDED: "reworded",
    Effect.SLOWER: "slower",
    Effect.NONE: "not felt",
}
# What the dialects say, by the first words of their names: `alternator-2026-streams` is an edition of the newest.
_OLDER: Final = "alternator-6.2"
_NEWEST: Final = "alternator-2026"
# What `alternator-2026-streams` is there for.
_OPTION: Final = "stream-event-names"


def render(dialect_name: str) -> list[str]:
    """All rules, against AWS. Raises KeyError for what is no dialect of Alternator."""
    behaviour = _behaviour(dialect_name)
    return _page(rules(), lambda rule: (("AWS", rule.aws), ("Alternator", behaviour(rule))))


def render_between(one: Edition, other: Edition) -> list[str]:
    """The rules in which two versions differ; of one version with and without its option, what the option does."""
    if _OLDER not in (one.name, other.name):
        return [] if one == other else ["", f"They differ in the events of streams alone: rule `{_OPTION}`."]
    changed = [] if one == other else [rule for rule in rules() if rule.alternator_2026 is not None]
    return _page(changed, lambda rule: (("AWS", rule.aws), (_OLDER, rule.alternator_6_2), (_NEWEST, rule.newest)))


def _behaviour(dialect_name: str) -> Callable[[Rule], str]:
    if dialect_name == _OLDER:
        return attrgetter("alternator_6_2")
    if dialect_name.startswith(_NEWEST):
        return attrgetter("newest")
    raise KeyError(dialect_name)


_Sides = Callable[[Rule], tuple[tuple[str, str], ...]]


def _page(shown: Iterable[Rule], sides: _Sides) -> list[str]:
    shown = tuple(shown)
    counts = Counter(rule.effect for rule in shown)
    lines = [
        "",
        "## Summary",
        "",
        f"{len(shown)} rules, by what an application feels:",
        "",
        "| effect | rules |",
        "|---|---|",
        *(f"| {text} | {counts[effect]} |" for effect, text in EFFECTS.items()),
    ]
    for section, members in groupby(shown, attrgetter("section")):
        lines += ["", f"## {TITLES[section]}"]
        for rule in members:
            lines += _rule(rule, sides(rule))
    return lines


def _rule(rule: Rule, sides: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield from ("", f"### {rule.title}", "")
    yield f"`{rule.id}` · {EFFECTS[rule.effect]} · {', '.join(rule.operations)}"
    yield ""
    yield from (f"- {side}: {text}" for side, text in sides)
    yield f"- Effect: {rule.application}"
    yield f"- Advice: {rule.advice}"
    yield f"- Evidence: {_evidence(rule)} Since: {rule.since}. [More]({rule.link})"
    if rule.not_served is not None:
        yield f"- Not in the dialect: {rule.not_served}."


def _evidence(rule: Rule) -> str:
    if rule.evidence is Evidence.RECORDED:
        return f"recorded on 6.2.3 ({', '.join(f'`{each}`' for each in rule.requests)})."
    if rule.evidence is Evidence.INFERRED:
        return f"to be checked on a real server ({rule.source})."
    return f"read ({rule.source})."
