"""The law of answers: whatever is asked, the answer is DynamoDB's JSON, and never a failure.

It watches over the steps of all other laws too, and has scenarios of its own with requests that are wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.canonical import WITHOUT_BODY
from conformance.compare import judge
from conformance.divergence import Layer
from conformance.laws.law import Broken, CannotJudgeError, Law, Observed, Probe, broken, is_endless, said
from conformance.laws.sketch import FEATURE
from conformance.scenario import Expectation, Outcome, Scenario
from conformance.strategies.drawing import Draw
from conformance.strategies.scenarios import draw_plan


def _draw(draw: Draw) -> Scenario:
    # The steps of a generated scenario have labels of their own, which are none of a law.
    return replace(draw_plan(draw).scenario, id="law", feature=FEATURE)


def _judge(observed: Observed) -> Iterator[Broken]:
    for probe in observed.steps():
        # Other methods and paths are answered by the web server, in its own words.
        if (probe.step.method, probe.step.path) == ("POST", "/"):
            yield from _faults(probe, observed)
        if probe.reply.outcome is Outcome.NO_ANSWER and not is_endless(probe.reply):
            raise CannotJudgeError(f"{probe.step.operation} was not answered: {said(probe.reply)}")


def _faults(probe: Probe, observed: Observed) -> Iterator[Broken]:
    reply = probe.reply
    if reply.outcome is Outcome.FAILED:
        # What a failure owes to chance is known there.
        failed = judge(replace(probe.step, expect=Expectation()), reply, tables=observed.scenario.tables)
        kind = failed.kind if failed else f"failure {reply.status}"
        yield broken(probe, how=kind, actual=reply.failure or reply.body, layer=Layer.OUTCOME)
    elif reply.outcome is not Outcome.NO_ANSWER and not isinstance(reply.body, dict) and not _is_empty(probe):
        how = f"the body of an answer that is {reply.outcome} is no JSON object"
        yield broken(probe, how=how, actual=reply.body, layer=Layer.OUTCOME)
    elif probe.is_refused:
        if reply.error_type is None:
            yield broken(probe, how="a refusal has no __type", actual=reply.body, layer=Layer.ERROR_TYPE)
        elif not reply.message and reply.error_type not in _WITHOUT_MESSAGE:
            how = f"a refusal with {reply.error_type} has no message"
            yield broken(probe, how=how, actual=reply.body, layer=Layer.MESSAGE)


def _is_empty(probe: Probe) -> bool:
    """An acceptance with no bytes at all, where AWS answers so; SDKs read {} there (control-plane 10)."""
    return probe.is_accepted and probe.step.operation in WITHOUT_BODY and probe.reply.body == ""


# It has a text only where there is one to say (data-plane 1.5); that of a mismatch is not known (7.3).
_WITHOUT_MESSAGE: Final = frozenset({"SerializationException", "IdempotentParameterMismatchException"})

ANSWERS: Final = Law(
    "answers",
    "Every request is answered with a JSON object and never with a 5xx; a refusal has its type and a message.",
    "data-plane 1.4, 1.5",
    _draw,
    _judge,
    is_wrong_on_purpose=True,
)

LAWS: Final = (ANSWERS,)
