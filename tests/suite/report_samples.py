"""Hand-made runs: the events that tests of the report are fed with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from conformance import events
from conformance.divergence import MISSING, Difference, Divergence, Layer, Signature, Verdict
from conformance.report.record import Record
from conformance.scenario import (
    Evidence,
    EvidenceKind,
    Expectation,
    ExpectedMessage,
    JSONObject,
    Reply,
    Scenario,
    Step,
)

TABLE: JSONObject = {
    "TableName": "music",
    "AttributeDefinitions": [{"AttributeName": "artist", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "artist", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
RECORDED = Evidence(EvidenceKind.RECORDED, "aws-validation-probes: b_put_dup_ss, eu-west-2", "since May 2026")
DUPLICATES = "1 validation error detected: Input collection [a, a] contains duplicates."
VALIDATION = "com.amazon.coral.validate#ValidationException"


class SampleRule:
    name = "order inside sets"
    reason = "sets have no order; DynamoDB sorts them on its own terms"


def refusal(message: str, error: str = VALIDATION, status: int = 400) -> Reply:
    return Reply(status, {"__type": error, "message": message}, {"x-amzn-requestid": "1"})


def put(value: JSONObject) -> Step:
    return Step("PutItem", {"TableName": "music", "Item": {"artist": {"S": "a"}, "v": value}})


def duplicates_case() -> Scenario:
    expectation = Expectation(error="ValidationException", message=ExpectedMessage(DUPLICATES))
    step = Step(
        "PutItem",
        {"TableName": "music", "Item": {"artist": {"S": "a"}, "v": {"SS": ["a", "a"]}}},
        expect=expectation,
    )
    return Scenario(
        "put-item/duplicates-in-a-set",
        "put-item",
        (TABLE,),
        (step,),
        "A set with the same element twice is refused",
        RECORDED,
        frozenset({"sets"}),
        "cases/put-item.yaml:12",
    )


def passing_case(number: int = 1, feature: str = "get-item") -> Scenario:
    step = Step("GetItem", {"TableName": "music", "Key": {"artist": {"S": "a"}}}, expect=Expectation(body={}))
    return Scenario(f"{feature}/absent-{number}", feature, (TABLE,), (step,), "An absent item", RECORDED)


def divergence(
    target: str = "moto",
    operation: str = "PutItem",
    layer: Layer = Layer.OUTCOME,
    kind: str = "accepted where ValidationException was expected",
    **members: Any,
) -> Divergence:
    """A divergence of generated operations, held against the reference, where nothing else is said."""
    scenario = Scenario(
        "generated-7-3", "put-item", (TABLE,), (put({"N": "1"}), put({"SS": ["a", "a"]})), source="generated, seed 7"
    )
    made: dict[str, Any] = {
        "feature": "put-item",
        "baseline": "reference",
        "scenario": scenario,
        "step": 1,
        "difference": Difference(layer, kind, "", "refused", "accepted"),
        "replies": {"reference": refusal(DUPLICATES), target: Reply(200, {})},
        **members,
    }
    return Divergence(Signature(target, operation, layer, kind), **made)


def case_divergence(target: str = "moto") -> Divergence:
    return divergence(
        target,
        scenario=duplicates_case(),
        step=0,
        baseline="case",
        evidence=RECORDED,
        replies={"reference": refusal(DUPLICATES), target: Reply(200, {})},
    )


REFERENCE = events.TargetDescription("reference", "0.1.0", "in process")
MOTO = events.TargetDescription("moto", "5.2.5", "in process")


def started(*targets: events.TargetDescription, cases: int = 2, seed: int = 7) -> events.RunStarted:
    return events.RunStarted(targets or (REFERENCE, MOTO), cases, seed, 30.0, None)


def sample_run() -> list[events.Event]:
    """A run with a case that diverges, one that does not, and what generated operations found."""
    case, found = duplicates_case(), case_divergence()
    number = divergence(
        operation="GetItem",
        layer=Layer.DATA,
        kind="Item.*.N: another number",
        feature="numbers",
        difference=Difference(Layer.DATA, "Item.*.N: another number", "Item.v.N", "1.5", "1.50"),
        replies={
            "reference": Reply(200, {"Item": {"artist": {"S": "a"}, "v": {"N": "1.5"}}}),
            "moto": Reply(200, {"Item": {"artist": {"S": "a"}, "v": {"N": "1.50"}}}),
        },
        occurrences=41,
        minimised=True,
    )
    lacking = divergence(
        operation="UpdateItem",
        layer=Layer.DATA,
        kind="Attributes: member missing",
        feature="update-item",
        difference=Difference(Layer.DATA, "Attributes: member missing", "Attributes", {"v": {"N": "1"}}, MISSING),
        replies={"reference": Reply(200, {"Attributes": {"v": {"N": "1"}}}), "moto": Reply(200, {})},
        occurrences=3,
    )
    return [
        started(),
        events.CaseJudged(case, "reference", None),
        events.CaseJudged(case, "moto", found.difference, 0, {0: found.replies["moto"]}, Verdict.DIVERGE),
        events.DivergenceFound(found),
        events.CaseJudged(passing_case(), "reference", None),
        events.CaseJudged(passing_case(), "moto", None),
        events.ScenarioReplayed(None, {"PutItem": 12, "GetItem": 8}, 1),
        events.DivergenceFound(number),
        events.ScenarioReplayed(None, {"UpdateItem": 1500}, 1),
        events.DivergenceFound(lacking),
        events.DivergenceMinimised(number),
        events.LawChecked("pages", "Pages concatenate to the whole.", "moto", 12, 0),
        events.LawChecked("pages", "Pages concatenate to the whole.", "moto", 9, 1),
        events.CoverageMeasured(
            [{"name": "operation", "meaning": "Sent.", "reached": {"PutItem": 12, "GetItem": 8}, "never": ["Scan"]}]
        ),
        events.TimeSpent({"generate": 1.25, "reference": 0.5, "moto": 9.0}, 1520),
        events.RunFinished(True, "", 31.25),
    ]


def record_of(run: list[events.Event]) -> Record:
    record = Record(rules=[SampleRule()], started=datetime(2026, 11, 22, 9, 30, tzinfo=UTC))
    for event in run:
        record.listen(event)
    return record
