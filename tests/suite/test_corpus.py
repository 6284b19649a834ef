"""The reference server answers every case as the case expects: nobody could believe it otherwise."""

from __future__ import annotations

import pytest

from conformance import campaign
from conformance.cases import corpus_directory, load_cases
from conformance.divergence import Verdict
from conformance.events import CaseJudged
from conformance.scenario import Reply
from conformance.targets.reference import ReferenceServerTarget, ReferenceTarget
from conformance.targets.target import Target, WireRequest


class Forgetful(ReferenceTarget):
    """Finds no item by its key."""

    def send(self, request: WireRequest) -> Reply:
        return Reply(200, {}) if request.headers.get("x-amz-target", "").endswith(".GetItem") else super().send(request)


def judged(target: Target) -> list[CaseJudged]:
    with target:
        events = campaign.run([target], cases=load_cases([corpus_directory()]), minimise_seconds=0.0)
        return [event for event in events if isinstance(event, CaseJudged)]


@pytest.mark.parametrize("target", [ReferenceTarget, ReferenceServerTarget], ids=["in process", "over HTTP"])
def test_the_reference_answers_every_case_as_it_expects(target: type[Target]) -> None:
    found = judged(target())
    assert {event.case.id: event.difference for event in found if event.verdict is not Verdict.AGREE} == {}
    assert len(found) > 2_600


def test_a_server_that_does_not_is_caught() -> None:
    assert sum(event.verdict is Verdict.DIVERGE for event in judged(Forgetful())) > 100
