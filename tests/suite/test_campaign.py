"""The engine on the reference and on copies of it that are wrong on purpose."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from conformance.campaign import CASE, LAW, run
from conformance.divergence import Divergence, Layer, Verdict
from conformance.events import (
    CaseJudged,
    CoverageMeasured,
    DivergenceFound,
    DivergenceMinimised,
    Event,
    LawChecked,
    RunFinished,
    RunStarted,
    ScenarioReplayed,
    TargetLost,
    TimeSpent,
)
from conformance.scenario import Evidence, EvidenceKind, Expectation, ExpectedMessage, JSONObject, Reply, Scenario, Step
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import Target, WireRequest

# Changes a reply to an operation: gets the operation's name and the reply, in a copy of its own.
Fault = Callable[[str, Reply], Reply]


class Flawed(ReferenceTarget):
    """The reference, with a fault in its replies."""

    def __init__(self, name: str, *faults: Fault, resettable: bool = True, dialect: str = "aws") -> None:
        super().__init__(name=name, dialect=dialect)
        self.resettable = resettable
        self._faults = faults

    def send(self, request: WireRequest) -> Reply:
        reply = copy.deepcopy(super().send(request))
        for fault in self._faults:
            reply = fault(request.headers.get("x-amz-target", "").partition(".")[2], reply)
        return reply


def without(operation: str, member: str) -> Fault:
    def fault(actual: str, reply: Reply) -> Reply:
        if actual == operation and reply.status == 200:
            reply.body.pop(member, None)
        return reply

    return fault


def refusing(operation: str) -> Fault:
    def fault(actual: str, reply: Reply) -> Reply:
        return Reply(400, {"__type": "x#OddException"}) if actual == operation and reply.status == 200 else reply

    return fault


def silent_after(count: int, *, error: type[BaseException] | None = None) -> Fault:
    seen = 0

    def fault(_: str, reply: Reply) -> Reply:
        nonlocal seen
        seen += 1
        if seen <= count:
            return reply
        if error:
            raise error
        return Reply(0, failure="connection refused")

    return fault


def events_of(targets: Sequence[Target], **options: Any) -> list[Event]:
    for target in targets:
        target.start()
    try:
        return list(run(targets, **{"minimise_seconds": 0.0, "hold_laws": False, **options}))
    finally:
        for target in targets:
            target.stop()


def found_in(events: Sequence[Event]) -> list[Divergence]:
    return [event.divergence for event in events if isinstance(event, DivergenceFound)]


def titles_in(events: Sequence[Event]) -> set[str]:
    return {divergence.title for divergence in found_in(events)}


def finish_of(events: Sequence[Event]) -> RunFinished:
    finish = events[-1]
    assert isinstance(finish, RunFinished)
    return finish


def test_equals_do_not_diverge() -> None:
    events = events_of([ReferenceTarget(), ReferenceTarget(name="twin")], operations=600, seed=1)
    started = events[0]
    assert isinstance(started, RunStarted)
    assert [target.name for target in started.targets] == ["reference", "twin"]
    replayed = [event for event in events if isinstance(event, ScenarioReplayed)]
    assert sum(sum(event.operations.values()) for event in replayed) >= 600
    assert found_in(events) == []
    assert finish_of(events).complete


def test_each_fault_is_found_once_and_minimised() -> None:
    faults = (without("PutItem", "Attributes"), without("GetItem", "Item"))
    events = events_of([ReferenceTarget(), Flawed("wrong", *faults)], operations=1500, seed=2, minimise_seconds=20.0)
    found = found_in(events)
    assert {divergence.title for divergence in found} == {
        "PutItem: Attributes: member missing",
        "GetItem: Item: member missing",
    }
    assert all(divergence.occurrences > 1 for divergence in found)
    assert all(divergence.baseline == "reference" and divergence.target == "wrong" for divergence in found)
    assert {divergence.feature for divergence in found} == {"put-item", "get-item"}
    minimised = [event.divergence for event in events if isinstance(event, DivergenceMinimised)]
    assert {id(divergence) for divergence in minimised} == {id(divergence) for divergence in found}
    get, put = sorted(found, key=lambda divergence: divergence.signature.operation)
    # Whatever puts an item there for the second one to replace.
    assert [step.operation for step in put.scenario.steps][1:] == ["PutItem"]
    assert put.scenario.steps[1].request["ReturnValues"] == "ALL_OLD"
    assert [step.operation for step in get.scenario.steps] == ["PutItem", "GetItem"]
    assert get.step == 1
    assert set(get.replies) == {"reference", "wrong"}


def test_a_known_difference_does_not_hide_another_in_the_same_reply() -> None:
    faults = (without("GetItem", "Item"), without("GetItem", "ConsumedCapacity"))
    events = events_of([ReferenceTarget(), Flawed("wrong", *faults)], operations=1000, seed=3)
    assert titles_in(events) == {
        "GetItem: Item: member missing",
        "GetItem: ConsumedCapacity: member missing",
    }


def test_equal_seeds_give_equal_runs() -> None:
    def signatures(seed: int) -> tuple[list[str], list[dict[str, int]]]:
        targets = [ReferenceTarget(), Flawed("wrong", without("GetItem", "Item"))]
        events = events_of(targets, operations=400, seed=seed)
        replayed = [dict(event.operations) for event in events if isinstance(event, ScenarioReplayed)]
        return [divergence.scenario.id for divergence in found_in(events)], replayed

    assert signatures(7) == signatures(7)
    assert signatures(7) != signatures(8)


def test_after_a_write_that_differs_the_rest_is_not_compared_and_other_targets_are() -> None:
    """The one refuses what the other stores, so their reads differ; that is consequence, and not reported."""

    class Forgetful(Flawed):
        def send(self, request: WireRequest) -> Reply:
            if request.headers["x-amz-target"].endswith(".DeleteItem"):
                return Reply(400, {"__type": "x#OddException"})
            return super().send(request)

    targets = [ReferenceTarget(), Forgetful("forgetful"), Flawed("wrong", without("Scan", "Count"))]
    events = events_of(targets, operations=1200, seed=4)
    by_target = {divergence.target: set[str]() for divergence in found_in(events)}
    for divergence in found_in(events):
        by_target[divergence.target].add(divergence.signature.operation)
    assert by_target == {"forgetful": {"DeleteItem"}, "wrong": {"Scan"}}


class Tagging(ReferenceTarget):
    """Stores more than it was given, and cannot count what it scans. The second must not hide behind the first."""

    def send(self, request: WireRequest) -> Reply:
        operation = request.headers.get("x-amz-target", "").partition(".")[2]
        if operation == "UpdateItem":
            # What it stores is another thing than it was told, and it says so.
            super().send(request)
            return Reply(200, {"Attributes": {"odd": {"S": "1"}}})
        reply = super().send(request)
        if operation == "Scan" and reply.status == 200:
            return replace(reply, body={**reply.body, "Count": 77})
        return reply


def test_what_leads_astray_does_not_hide_what_follows() -> None:
    """All updates are wrong, so after the first of a scenario there would be nothing left to compare."""
    events = events_of([ReferenceTarget(), Tagging(name="tagging")], operations=1500, seed=3, minimise_seconds=20)
    found = {divergence.signature.operation: divergence for divergence in found_in(events)}
    assert {"UpdateItem", "Scan"} <= found.keys()
    # And its scenario needs nothing of what led astray.
    assert {step.operation for step in found["Scan"].scenario.steps} <= {"PutItem", "Scan"}


def test_what_several_targets_share_is_minimised_once() -> None:
    fault = without("GetItem", "Item")
    counts: dict[str, int] = {"one": 0, "two": 0}

    class Counting(Flawed):
        def send(self, request: WireRequest) -> Reply:
            counts[self.name] += 1
            return super().send(request)

    targets = [ReferenceTarget(), Counting("one", fault), Counting("two", fault)]
    before = events_of(targets, operations=300, seed=2)
    without_minimising = dict(counts)
    counts.update(one=0, two=0)
    after = events_of(targets, operations=300, seed=2, minimise_seconds=30)
    assert len(found_in(before)) == len(found_in(after)) == 2
    one, two = found_in(after)
    assert one.minimised
    assert two.minimised
    assert one.scenario == two.scenario
    more = sorted(counts[name] - without_minimising[name] for name in counts)
    # One of them had all the attempts, the other was asked once for the result.
    assert more[0] <= 2 * len(one.scenario.steps) + len(one.scenario.tables) * 2 < more[1]


def test_what_does_not_show_again_is_flaky() -> None:
    seen = 0

    def once(operation: str, reply: Reply) -> Reply:
        nonlocal seen
        if operation == "GetItem" and reply.status == 200 and "Item" in reply.body:
            seen += 1
            if seen == 3:
                return Reply(200, {})
        return reply

    events = events_of([ReferenceTarget(), Flawed("moody", once)], operations=300, seed=2, minimise_seconds=30)
    (divergence,) = found_in(events)
    assert divergence.flaky
    assert not divergence.minimised
    steady = events_of(
        [ReferenceTarget(), Flawed("wrong", without("GetItem", "Item"))], operations=300, seed=2, minimise_seconds=30
    )
    assert [found.flaky for found in found_in(steady)] == [False]


def test_what_is_expected_has_its_reason_and_is_not_minimised() -> None:
    targets = [ReferenceTarget(), Flawed("wrong", without("GetItem", "Item"), without("PutItem", "Attributes"))]
    reasons = {"GetItem": "reported to them"}
    events = events_of(
        targets,
        operations=600,
        minimise_seconds=20,
        known=lambda divergence: reasons.get(divergence.signature.operation, ""),
    )
    found = {divergence.signature.operation: divergence for divergence in found_in(events)}
    assert found["GetItem"].known == "reported to them"
    assert found["PutItem"].known == ""
    assert (found["GetItem"].minimised, found["PutItem"].minimised) == (False, True)


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        (Reply(200, {}), Verdict.AGREE),
        (Reply(200, {"Item": {}}), Verdict.DIVERGE),
        (Reply(400, {"__type": "x#UnknownOperationException"}), Verdict.UNSUPPORTED),
        (Reply(501, "not implemented"), Verdict.UNSUPPORTED),
        (Reply(500, failure="NotImplementedError in moto.x: tables"), Verdict.UNSUPPORTED),
        (Reply(400, {"__type": "x#ValidationException"}), Verdict.DIVERGE),
        (Reply(0, failure="connection refused"), Verdict.DIVERGE),
    ],
)
def test_four_verdicts_are_kept_apart(reply: Reply, verdict: Verdict) -> None:
    case = Scenario("c", "get-item", (), (Step("GetItem", {"TableName": "t"}, expect=Expectation(body={})),))
    odd = Flawed("odd", lambda operation, answer: reply if operation == "GetItem" else answer)
    judged = [event for event in events_of([odd], cases=[case]) if isinstance(event, CaseJudged)]
    assert [event.verdict for event in judged] == [verdict]


def test_a_case_that_cannot_begin_is_indeterminate() -> None:
    dead = Flawed("dead", lambda _, __: Reply(0, failure="connection refused"))
    events = events_of([dead], cases=[CASE_OF_GET])
    (judged,) = [event for event in events if isinstance(event, CaseJudged)]
    assert judged.verdict is Verdict.INDETERMINATE
    assert "connection refused" in judged.reason
    assert found_in(events) == []


def test_a_target_that_dies_in_a_scenario_takes_no_further_part_in_it() -> None:
    dying = Flawed("dying", silent_after(3))
    events = events_of([ReferenceTarget(), dying], cases=[CASE_OF_GET])
    assert len({found.signature for found in found_in(events)}) <= 1


def test_a_target_that_refuses_an_unknown_operation_supports_all_that_there_is() -> None:
    expected = Expectation(error="UnknownOperationException")
    case = Scenario("c", "wire", (), (Step("GetItem", {}, expect=expected),))
    odd = Flawed("odd", lambda _, __: Reply(400, {"__type": "x#ValidationException"}))
    (judged,) = [event for event in events_of([odd], cases=[case]) if isinstance(event, CaseJudged)]
    assert judged.verdict is Verdict.DIVERGE


def test_a_law_that_is_broken_is_a_divergence_of_its_own() -> None:
    targets = [ReferenceTarget(), Flawed("wrong", without("GetItem", "Item"))]
    events = events_of(targets, operations=1500, seed=2, hold_laws=True, minimise_seconds=20.0)
    broken = [divergence for divergence in found_in(events) if divergence.law]
    assert broken
    assert {divergence.baseline for divergence in broken} == {LAW}
    assert {divergence.target for divergence in broken} == {"wrong"}
    assert any(divergence.minimised for divergence in broken)
    held = [event for event in events if isinstance(event, LawChecked)]
    assert {event.target for event in held} == {"reference", "wrong"}
    assert sum(event.violations for event in held if event.target == "reference") == 0
    assert sum(event.violations for event in held if event.target == "wrong") > 0


def test_time_and_coverage_are_told() -> None:
    events = events_of([ReferenceTarget(), ReferenceTarget(name="twin")], operations=300, seed=1, hold_laws=True)
    assert any(isinstance(event, CoverageMeasured) and event.dimensions for event in events)
    (spent,) = [event for event in events if isinstance(event, TimeSpent)]
    assert spent.operations >= 300
    assert {"generate", "compare", "reference", "twin", "laws"} <= spent.seconds.keys()
    assert all(seconds >= 0 for seconds in spent.seconds.values())


def test_a_target_that_falls_silent_is_lost_and_the_others_go_on() -> None:
    targets = [
        ReferenceTarget(),
        Flawed("dying", silent_after(200)),
        Flawed("wrong", without("GetItem", "Item")),
    ]
    events = events_of(targets, operations=1500, seed=5)
    (lost,) = [event for event in events if isinstance(event, TargetLost)]
    assert (lost.target, lost.reason) == ("dying", "connection refused")
    assert any(divergence.target == "wrong" for divergence in found_in(events))
    replayed = [event for event in events if isinstance(event, ScenarioReplayed)]
    assert sum(sum(event.operations.values()) for event in replayed) >= 1500
    assert not finish_of(events).complete
    assert "dying" in finish_of(events).reason


def test_without_the_baseline_nothing_is_compared() -> None:
    events = events_of([Flawed("dying", silent_after(200)), ReferenceTarget()], operations=100_000, seed=5)
    assert [event.target for event in events if isinstance(event, TargetLost)] == ["dying"]
    assert found_in(events) == []
    assert not finish_of(events).complete


def test_an_interrupted_run_keeps_what_it_found() -> None:
    targets = [
        ReferenceTarget(),
        Flawed("wrong", without("GetItem", "Item"), silent_after(900, error=KeyboardInterrupt)),
    ]
    events = events_of(targets, operations=100_000, seed=6)
    assert titles_in(events) == {"GetItem: Item: member missing"}
    assert not finish_of(events).complete
    assert finish_of(events).reason == "interrupted"


def test_a_table_that_a_target_refuses_is_a_divergence_of_its_creation() -> None:
    events = events_of([ReferenceTarget(), Flawed("wrong", refusing("CreateTable"))], operations=200, seed=7)
    assert titles_in(events) == {"CreateTable: OddException where success was expected"}
    (divergence,) = found_in(events)
    assert divergence.signature.layer is Layer.OUTCOME
    assert divergence.scenario.steps[divergence.step].operation == "CreateTable"


def test_who_agrees_is_the_evidence() -> None:
    fault = without("GetItem", "Item")
    events = events_of([ReferenceTarget(), ReferenceTarget(name="twin"), Flawed("wrong", fault)], operations=300)
    (divergence,) = found_in(events)
    assert divergence.evidence == Evidence(EvidenceKind.AGREED, "reference, twin")

    events = events_of([ReferenceTarget(), Flawed("one", fault), Flawed("two", fault)], operations=300)
    evidence = found_in(events)[0].evidence
    assert evidence is not None
    assert (evidence.kind, evidence.source) == (EvidenceKind.INFERRED, "reference")
    assert "one, two" in evidence.note
    assert "outvote" in evidence.note


def test_who_does_not_have_the_operation_has_no_say() -> None:
    def fault(operation: str, reply: Reply) -> Reply:
        return Reply(400, {"__type": "x#UnknownOperationException"}) if operation == "GetItem" else reply

    events = events_of([ReferenceTarget(), Flawed("one", fault), Flawed("two", fault)], operations=300)
    divergences = found_in(events)
    assert divergences
    assert all(divergence.evidence is not None and not divergence.evidence.note for divergence in divergences)


def test_targets_that_cannot_be_emptied_get_tables_of_their_own_and_keep_none() -> None:
    lasting = Flawed("lasting", resettable=False)
    lasting.start()
    baseline = ReferenceTarget()
    baseline.start()
    assert found_in(list(run([baseline, lasting], operations=300, seed=9, minimise_seconds=0))) == []
    left = lasting.send(WireRequest.of(Step("ListTables")))
    assert left.body == {"TableNames": []}


@pytest.mark.parametrize("layers", [{Layer.MESSAGE}, {Layer.OUTCOME, Layer.CAPACITY}])
def test_only_the_layers_asked_for_are_compared(layers: set[Layer]) -> None:
    targets = [ReferenceTarget(), Flawed("wrong", without("GetItem", "Item"))]
    assert found_in(events_of(targets, operations=300, layers=layers)) == []


def test_only_the_operations_asked_for_are_generated() -> None:
    events = events_of([ReferenceTarget(), ReferenceTarget(name="twin")], operations=200, generate_operations={"Scan"})
    operations = {name for event in events if isinstance(event, ScenarioReplayed) for name in event.operations}
    assert operations == {"PutItem", "Scan"}


# --- cases ------------------------------------------------------------------------------------------------

TABLE: JSONObject = {
    "TableName": "Things",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
KEY: JSONObject = {"pk": {"S": "a"}}
RECORDED = Evidence(EvidenceKind.RECORDED, "somewhere, some day")
CASE_OF_GET = Scenario(
    "get-item/found",
    "get-item",
    (TABLE,),
    (
        Step("PutItem", {"TableName": "Things", "Item": KEY}, expect=Expectation(body={})),
        Step("GetItem", {"TableName": "Things", "Key": KEY}, expect=Expectation(body={"Item": KEY})),
    ),
    evidence=RECORDED,
)


def test_cases_are_judged_on_every_target() -> None:
    events = events_of([ReferenceTarget(), Flawed("wrong", without("GetItem", "Item"))], cases=[CASE_OF_GET])
    reference, wrong = [event for event in events if isinstance(event, CaseJudged)]
    assert (reference.target, reference.difference) == ("reference", None)
    assert (wrong.target, wrong.step) == ("wrong", 1)
    assert set(wrong.replies) == {0, 1}
    (divergence,) = found_in(events)
    assert (divergence.baseline, divergence.evidence, divergence.scenario) == (CASE, RECORDED, CASE_OF_GET)
    assert divergence.feature == "get-item"
    assert set(divergence.replies) == {"reference", "wrong"}
    assert finish_of(events).complete


def test_the_baseline_is_on_trial_too() -> None:
    impossible = replace(
        CASE_OF_GET,
        steps=(
            Step(
                "GetItem",
                {"TableName": "Things", "Key": KEY},
                expect=Expectation(error="OddException", message=ExpectedMessage("No")),
            ),
        ),
    )
    assert [divergence.target for divergence in found_in(events_of([ReferenceTarget()], cases=[impossible]))] == [
        "reference"
    ]


def test_a_case_whose_table_is_refused_fails_at_its_creation() -> None:
    events = events_of([Flawed("wrong", refusing("CreateTable"))], cases=[CASE_OF_GET])
    (judged,) = [event for event in events if isinstance(event, CaseJudged)]
    assert judged.difference is not None
    assert judged.step is None
    (divergence,) = found_in(events)
    assert divergence.signature.operation == "CreateTable"
    assert divergence.scenario.steps[divergence.step].request == TABLE


def test_cases_and_generated_scenarios_share_one_list() -> None:
    events = events_of(
        [ReferenceTarget(), Flawed("wrong", without("GetItem", "Item"))], cases=[CASE_OF_GET], operations=600
    )
    (divergence,) = found_in(events)
    assert divergence.baseline == CASE
    assert divergence.occurrences > 1
