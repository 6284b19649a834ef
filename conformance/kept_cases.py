"""A finding as a case: what is expected of everybody from now on, and on what evidence.

Expected is what the baseline answers. That is no evidence in itself: it is the word of one implementation. So the
evidence of a kept case is what the finding had, *agreed* where others answered as the baseline did, *inferred* where
nobody else did, and its note says who answers otherwise. A finding in which the baseline is outvoted is not kept on its
word alone.

The steps before the one that diverges only have to succeed, or to be refused with the same type of error: what they
answer is not what the case is about. A law's finding has several steps that show it, so all its replies are expected.

What a server makes up (times, ids, accounts) is written as the corpus writes it, where canonicalisation lets that pass.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from conformance.campaign import CASE
from conformance.canonical import tables_of
from conformance.cases import CaseError, dump_case, load_cases
from conformance.compare import compare, judge
from conformance.divergence import Divergence
from conformance.replay import SetupFailure, prefix_for, replay
from conformance.scenario import (
    JSON,
    Evidence,
    EvidenceKind,
    Expectation,
    ExpectedMessage,
    Outcome,
    Reply,
    Scenario,
    Step,
)
from conformance.sentences import sentence_of
from conformance.targets.target import Target


class KeepError(Exception):
    """A finding cannot be kept. One line: which, why, what to do."""


def case_of(
    divergence: Divergence, baseline: Target, versions: Mapping[str, str], *, title: str = "", trusted: bool = False
) -> Scenario:
    """The case, with what the baseline answers now. `versions` are those of the targets of the record.

    `trusted` keeps it on the baseline's word even where it is outvoted. Raises KeepError.
    """
    key = divergence.signature.key
    if divergence.baseline == CASE:
        raise KeepError(f"{key} is a case already: {divergence.scenario.id} in {divergence.scenario.source}")
    if divergence.evidence is not None and "outvote" in divergence.evidence.note and not trusted:
        raise KeepError(f"{key}: {divergence.evidence.note}: find out who is right, then name one with --baseline")
    scenario = divergence.scenario
    replies = _replies(scenario, baseline)
    if (recorded := divergence.replies.get(baseline.name)) is not None:
        step = scenario.steps[divergence.step]
        changed = compare(step, recorded, replies[divergence.step], tables=tables_of(scenario))
        if changed is not None:
            raise KeepError(
                f"{key}: {baseline.name} does not answer as in the record any more ({changed.kind}): run again"
            )
    steps = tuple(
        replace(step, expect=_expectation(step, replies[index], scenario, whole=_is_shown_by(divergence, index)))
        for index, step in enumerate(scenario.steps)
    )
    return replace(
        scenario,
        id=f"{divergence.feature}/found-{key}",
        feature=divergence.feature,
        steps=steps,
        title=title or sentence_of(divergence),
        evidence=_evidence(divergence, baseline, versions),
    )


def dump_verified(case: Scenario, baseline: Target) -> str:
    """The text of the case's file. It has been loaded, and passed on the baseline. Raises KeepError."""
    text = dump_case(case)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.yaml"
        try:
            file.write_text(text, encoding="utf-8")
            (loaded,) = load_cases([file])
        except (CaseError, ValueError) as error:
            raise KeepError(f"{case.id}: cannot be written as a case: {error}") from None
    tables = tables_of(loaded)
    for index, reply in _replies(loaded, baseline).items():
        difference = judge(loaded.steps[index], reply, tables=tables)
        if difference is not None:
            raise KeepError(f"{case.id}: step {index + 1} does not pass on {baseline.name}: {difference.kind}")
    return text


def _is_shown_by(divergence: Divergence, index: int) -> bool:
    return bool(divergence.law) or index == divergence.step


def _replies(scenario: Scenario, baseline: Target) -> dict[int, Reply]:
    replies: dict[int, Reply] = {}
    for exchange in replay(scenario, [baseline], prefix=prefix_for([baseline])):
        if isinstance(exchange, SetupFailure):
            raise KeepError(f"{scenario.id}: {baseline.name}: {exchange.reason}")
        reply = exchange.replies[baseline.name]
        if reply.outcome in (Outcome.FAILED, Outcome.NO_ANSWER):
            why = reply.failure or f"status {reply.status}"
            raise KeepError(f"{scenario.id}: {baseline.name} fails itself at step {exchange.index + 1}: {why}")
        replies[exchange.index] = reply
    return replies


# --- what is expected -------------------------------------------------------------------------------------


def _expectation(step: Step, reply: Reply, scenario: Scenario, *, whole: bool) -> Expectation:
    refused = reply.outcome is Outcome.REFUSED
    if not whole:
        return Expectation(error=reply.error_type) if refused else Expectation()
    tables = tables_of(scenario)
    for body in (_as_the_corpus_writes(reply.body), reply.body):
        expected = _refusal(reply, body) if refused else Expectation(body=body)
        if judge(replace(step, expect=expected), reply, tables=tables) is None:
            return expected
    raise KeepError(f"{scenario.id}: what the baseline answers is different each time: not a case")


def _refusal(reply: Reply, body: JSON) -> Expectation:
    further = {name: value for name, value in body.items() if name not in ("__type", "message", "Message")}
    message = None if reply.message is None else ExpectedMessage(reply.message)
    return Expectation(error=reply.error_type, message=message, members=further or None)


_ACCOUNT: Final = re.compile(r"(arn:aws:dynamodb:)[a-z0-9-]+:\d+:")


def _as_the_corpus_writes(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {name: _member(name, inside) for name, inside in value.items()}
    if isinstance(value, list):
        return [_as_the_corpus_writes(element) for element in value]
    return _ACCOUNT.sub(r"\1us-east-1:000000000000:", value) if isinstance(value, str) else value


def _member(name: str, value: JSON) -> JSON:
    if name.endswith("DateTime") and isinstance(value, float):
        return 1700000000.0
    if name == "TableId" and isinstance(value, str):
        return "00000000-0000-4000-8000-000000000000"
    return _as_the_corpus_writes(value)


# --- on what evidence -------------------------------------------------------------------------------------


def _evidence(divergence: Divergence, baseline: Target, versions: Mapping[str, str]) -> Evidence:
    known = divergence.evidence
    note = f"{_versioned(divergence.target, versions)} answers otherwise: {divergence.difference.kind}"
    if divergence.law:
        return Evidence(EvidenceKind.INFERRED, f"the law {divergence.law}", f"replies of {baseline.name}; {note}")
    if known is None or known.kind is not EvidenceKind.AGREED:
        return Evidence(EvidenceKind.INFERRED, f"{_versioned(baseline.name, versions)} alone", note)
    agreeing = ", ".join(_versioned(name, versions) for name in known.source.split(", "))
    further = f"; {known.note}" if known.note else ""
    return Evidence(EvidenceKind.AGREED, agreeing, note + further)


def _versioned(name: str, versions: Mapping[str, str]) -> str:
    return f"{name} {versions[name]}" if name in versions else name
