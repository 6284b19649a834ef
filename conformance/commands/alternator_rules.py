"""Alternator's rules in the words of those who read reports, and as reasons of what is known to diverge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from conformance.migration.reports import Explanation
from reference_server.alternator.rules import Evidence, Rule, rules

if TYPE_CHECKING:
    from conformance.expectations import KnownDivergence
    from conformance.scenario import JSONObject
    from conformance.targets.target import Target


def is_alternator(name: str) -> bool:
    """Whether a side or a target is an Alternator, by its name."""
    return "alternator" in name


def explanations(dialect: str) -> dict[str, Explanation]:
    """Each rule by its id; what is then is that of the version that `dialect` names."""
    newest = "2026" in dialect
    return {
        rule.id: Explanation(
            title=rule.title,
            today=rule.aws,
            then=rule.newest if newest else rule.alternator_6_2,
            application=rule.application,
            advice=rule.advice,
            source=_source(rule),
            link=rule.link,
        )
        for rule in rules()
    }


_SOURCES: Final = {
    Evidence.RECORDED: "seen on a real server.",
    Evidence.READ: "read in its source or documents.",
    Evidence.INFERRED: "inferred, and not yet checked on a real server.",
}


def _source(rule: Rule) -> str:
    return _SOURCES[rule.evidence]


def with_reasons(entries: Sequence[KnownDivergence], found: Sequence[JSONObject]) -> list[KnownDivergence]:
    """Entries that the divergences of a record were made into, with the reasons that rules give.

    What a person has written is not touched: it is kept by `expectations.update`.
    """
    from conformance.alternator_causes import cause_in
    from conformance.targets.reference import ReferenceTarget

    known = {rule.id: rule for rule in rules()}
    explained = []
    with ReferenceTarget() as reference:
        found = [_with_baseline(divergence, reference) for divergence in found]
    for entry, divergence in zip(entries, found, strict=True):
        rule = known.get(cause_in(divergence) or "")
        explained.append(
            entry
            if rule is None
            else replace(entry, reason=f"{rule.id}: {rule.title}", link=rule.link, effect=rule.application)
        )
    return explained


def _with_baseline(divergence: JSONObject, reference: Target) -> JSONObject:
    """With what the reference says, where a case expects an error and not its text: rules are told by texts."""
    from conformance.replay import Exchange, replay
    from conformance.scenario_json import scenario_from_json

    if divergence["law"] or divergence["baseline"] in divergence["replies"]:
        return divergence
    for event in replay(scenario_from_json(divergence["scenario"]), [reference]):
        if isinstance(event, Exchange) and event.index == divergence["step"]:
            reply = event.replies[reference.name]
            told = {"status": reply.status, "body": reply.body, "failure": reply.failure}
            return divergence | {"replies": divergence["replies"] | {divergence["baseline"]: told}}
    return divergence
