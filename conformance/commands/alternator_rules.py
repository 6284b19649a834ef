"""Alternator's rules in the words of those who read reports, and as reasons of what is known to diverge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.migration.reports import Explanation
from reference_server.alternator.rules import Evidence, Rule, rules

if TYPE_CHECKING:
    from conformance.divergence import Divergence
    from conformance.expectations import KnownDivergence
    from conformance.targets.target import Target

_RULES: Final = {rule.id: rule for rule in rules()}


def is_alternator(name: str) -> bool:
    """Whether a side or a target is an Alternator, by its name."""
    return "alternator" in name


def explanations(dialect: str) -> dict[str, Explanation]:
    """Each rule by its id; what is then is that of the version that `dialect` names."""
    newest = "2026" in dialect
    return {
        rule.id: Explanation(
            title=rule.title,
            today=_begun(rule.aws),
            then=_begun(rule.newest if newest else rule.alternator_6_2),
            application=rule.application,
            advice=rule.advice,
            source=_source(rule),
            link=rule.link,
        )
        for rule in rules()
    }


def _begun(text: str) -> str:
    """As a sentence begins, unless it begins with a name of the API's."""
    return text[0].upper() + text[1:] if re.match(r"[a-z]+\b(?![_(])", text) else text


_SOURCES: Final = {
    Evidence.RECORDED: "seen on a real server.",
    Evidence.READ: "read in its source or documents.",
    Evidence.INFERRED: "inferred, and not yet checked on a real server.",
}


def _source(rule: Rule) -> str:
    return _SOURCES[rule.evidence]


def reason_of(found: Divergence) -> str:
    """The rule that explains a divergence, as the reason of what is known; empty where none does."""
    rule = _rule_of(found)
    return "" if rule is None else _reason(rule)


def with_reasons(entries: Sequence[KnownDivergence], found: Sequence[Divergence]) -> list[KnownDivergence]:
    """Entries that divergences were made into, with the reasons that rules give.

    What a person has written is not touched: it is kept by `expectations.update`.
    """
    from conformance.targets.reference import ReferenceTarget

    explained = []
    with ReferenceTarget() as reference:
        for entry, divergence in zip(entries, found, strict=True):
            rule = _rule_of(_with_baseline(divergence, reference))
            explained.append(
                entry if rule is None else replace(entry, reason=_reason(rule), link=rule.link, effect=rule.application)
            )
    return explained


def _rule_of(found: Divergence) -> Rule | None:
    from conformance.alternator_causes import cause_of_divergence

    return _RULES.get(cause_of_divergence(found) or "")


def _reason(rule: Rule) -> str:
    return f"{rule.id}: {rule.title}"


def _with_baseline(found: Divergence, reference: Target) -> Divergence:
    """With what the reference says, where a case expects an error and not its text: rules are told by texts."""
    from conformance.replay import Exchange, replay

    if found.law or found.baseline in found.replies:
        return found
    for event in replay(found.scenario, [reference]):
        if isinstance(event, Exchange) and event.index == found.step:
            return replace(found, replies={**found.replies, found.baseline: event.replies[reference.name]})
    return found
