"""Records with everything that a site shows: all outcomes, severities, laws, coverage, speed, flaky and known findings.

They are documents, as `record.schema()` describes them with the members of today, made by hand so that a test can
count what must be on a page.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from report_samples import (
    RECORDED,
    REFERENCE,
    TABLE,
    divergence,
    duplicates_case,
    passing_case,
    record_of,
    refusal,
    started,
)

from conformance import events
from conformance.divergence import Difference, Layer, Severity, Verdict
from conformance.report.record import Record
from conformance.scenario import Evidence, EvidenceKind, JSONObject, Reply, Scenario, Step

FINISHED = events.RunFinished(True, "finished", 12.3)

# What servers answer and Hypothesis sends: markup, half a surrogate pair, control characters, other scripts.
HOSTILE = "</script><script>alert(1)</script><b \"'> \ud800 \x00\x1b[31m ]]> & {{ 7 * 7 }} ключ"

COVERAGE: list[JSONObject] = [
    {
        "name": "operation",
        "meaning": "which operations were sent",
        "reached": {"PutItem": 120, "GetItem": 3},
        "never": ["BatchGetItem", "<b>Odd</b>"],
    },
    {"name": "values", "meaning": "which values were stored", "reached": {"S": 9}, "never": []},
]
SPEED: JSONObject = {
    "operations": 1520,
    "seconds": {"generate": 1.0, "reference": 2.0, "moto": 4.0, "compare": 1.5, "minimise": 3.0, "laws": 0.5},
}


def law(
    name: str, *, target: str = "moto", checked: int = 40, violations: int = 0, unsupported: int = 0, reason: str = ""
) -> JSONObject:
    title = f"The law of {name}"
    return {
        "name": name,
        "title": title,
        "target": target,
        "checked": checked,
        "unsupported": unsupported,
        "indeterminate": 0,
        "operations": checked * 9,
        "violations": violations,
        "reason": reason,
    }


def generated(number: int, target: str = "moto", **members: Any) -> JSONObject:
    """A finding of generated operations, as a record has it. The same number is the same fault on any target."""
    layer = list(Layer)[number % len(Layer)]
    found = divergence(target, layer=layer, kind=f"kind {number}", occurrences=number + 1, minimised=True)
    (document,) = record_of([started(), events.DivergenceFound(found)]).document()["divergences"]
    severity = list(Severity)[number % len(Severity)]
    curl = {"curl": f"curl http://127.0.0.1:8000  # {number}\n"}
    return {
        **document,
        "severity": str(severity),
        "sentence": f"{target} does thing {number} wrong",
        "reproducers": {**document["reproducers"], **curl},
        **members,
    }


def broken_law(target: str = "moto") -> JSONObject:
    found = divergence(
        target,
        operation="Scan",
        layer=Layer.DATA,
        kind="pages lose an item",
        baseline="law",
        law="pages-concatenate",
        difference=Difference(Layer.DATA, "pages lose an item", "Items", 3, 2),
    )
    del found.replies["reference"]
    (document,) = record_of([started(), events.DivergenceFound(found)]).document()["divergences"]
    sentence = "Pages of a Scan do not concatenate to the whole"
    return {**document, "severity": str(Severity.DATA), "sentence": sentence}


def run_of(
    target: str = "moto",
    version: str = "5.2.5",
    *,
    findings: int = 12,
    started_on: datetime = datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    **members: Any,
) -> JSONObject:
    """A run of one target: four cases with the four outcomes, and so many findings of generated operations."""
    described = events.TargetDescription(target, version, "in process")
    found = divergence(target, scenario=duplicates_case(), step=0, baseline="case", evidence=RECORDED)
    lacking = Difference(Layer.OUTCOME, "refused: UnknownOperationException")
    agreeing, unsupported, silent = (passing_case(number) for number in (1, 2, 3))
    record = Record(started=started_on)
    for event in [
        started(REFERENCE, described, cases=4),
        *(events.CaseJudged(case, "reference", None) for case in (found.scenario, agreeing, unsupported, silent)),
        events.CaseJudged(found.scenario, target, found.difference, 0, {0: found.replies[target]}, Verdict.DIVERGE),
        events.DivergenceFound(found),
        events.CaseJudged(agreeing, target, None),
        events.CaseJudged(unsupported, target, lacking, 0, {}, Verdict.UNSUPPORTED),
        events.CaseJudged(silent, target, None, verdict=Verdict.INDETERMINATE, reason="it did not answer"),
        events.ScenarioReplayed(None, {"PutItem": 12, "GetItem": 8, "UpdateItem": 1500}, 1),
        FINISHED,
    ]:
        record.listen(event)
    document = record.document()
    (from_case,) = document["divergences"]
    from_case |= {
        "severity": str(Severity.ACCEPTANCE),
        "sentence": f"{target} takes a set with the same element twice",
    }
    more = [generated(number, target) for number in range(findings)]
    if findings >= 3:
        more[0]["flaky"], more[1]["known"] = True, "it has always been so"
        more.append(broken_law(target))
    document["divergences"] += more
    for one in more:
        document["features"]["put-item"][target]["divergences"].append(one["key"])
    laws = [law("pages-concatenate", target=target, violations=2), law("no-5xx", target=target)]
    laws.append(law("streams-replay", target=target, checked=0, unsupported=3, reason="it has no streams"))
    return {**document, "coverage": COVERAGE, "laws": laws, "speed": SPEED, **members}


def hostile() -> JSONObject:
    """A run in which every text that somebody else wrote is markup."""
    scenario = Scenario(HOSTILE, HOSTILE, (TABLE,), (Step("PutItem", {HOSTILE: HOSTILE}), Step("GetItem", raw=HOSTILE)))
    found = divergence(
        kind=HOSTILE.replace("\ud800", ""),  # it comes from replies, which are strict JSON
        feature=HOSTILE,
        scenario=scenario,
        difference=Difference(Layer.OUTCOME, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        evidence=Evidence(EvidenceKind.DOCUMENTED, "javascript:alert(1)", HOSTILE),
        replies={"reference": refusal(HOSTILE), "moto": Reply(0, failure=HOSTILE), "third": Reply(200, HOSTILE)},
    )
    target = events.TargetDescription("moto", HOSTILE, HOSTILE)
    run = [started(REFERENCE, target), events.DivergenceFound(found), events.RunFinished(False, HOSTILE, 1.0)]
    document = record_of(run).document()
    document["divergences"][0] |= {"sentence": HOSTILE, "known": HOSTILE}
    coverage = [{"name": HOSTILE, "meaning": HOSTILE, "reached": {HOSTILE: 1}, "never": [HOSTILE + "2"]}]
    return {**document, "coverage": coverage, "laws": [{**law(HOSTILE), "title": HOSTILE}]}


PEERS = ("dynalite", "dynamodb-local", "dynoxide", "ministack", "moto")


def five_runs(findings: int = 12) -> list[JSONObject]:
    return [run_of(target, f"{number}.0", findings=findings) for number, target in enumerate(PEERS, start=1)]
