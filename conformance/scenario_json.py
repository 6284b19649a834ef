"""A scenario as JSON and back: what records, databases of findings and recordings of generated scenarios hold."""

from __future__ import annotations

from conformance.scenario import Evidence, EvidenceKind, Expectation, ExpectedMessage, JSONObject, Match, Scenario, Step


def evidence_as_json(evidence: Evidence | None) -> JSONObject | None:
    if evidence is None:
        return None
    return {"kind": str(evidence.kind), "source": evidence.source, "note": evidence.note}


def expectation_as_json(expectation: Expectation) -> JSONObject:
    record: JSONObject = {}
    if expectation.error is not None:
        record["error"] = expectation.error
    if expectation.message is not None:
        record["message"] = {"text": expectation.message.text, "match": str(expectation.message.match)}
    if expectation.body is not None:
        record["body"] = expectation.body
    if expectation.members is not None:
        record["members"] = expectation.members
    if expectation.note:
        record["note"] = expectation.note
    if expectation.alternatives:
        record["alternatives"] = [expectation_as_json(other) for other in expectation.alternatives]
    return record


def step_as_json(step: Step) -> JSONObject:
    record: JSONObject = {"operation": step.operation}
    if step.raw is None:
        record["request"] = step.request
    else:
        record["raw"] = step.raw
    if step.headers:
        record["headers"] = dict(step.headers)
    if step.label:
        record["as"] = step.label
    if step.pages:
        record["pages"] = True
    if (step.method, step.path) != ("POST", "/"):
        record["method"], record["path"] = step.method, step.path
    if step.expect is not None:
        record["expect"] = expectation_as_json(step.expect)
    return record


def scenario_as_json(scenario: Scenario) -> JSONObject:
    return {
        "id": scenario.id,
        "title": scenario.title,
        "feature": scenario.feature,
        "source": scenario.source,
        "tables": list(scenario.tables),
        "steps": [step_as_json(step) for step in scenario.steps],
    }


def scenario_from_json(document: JSONObject) -> Scenario:
    """What `scenario_as_json` was made from, but for its evidence and tags."""
    return Scenario(
        id=document["id"],
        feature=document["feature"],
        tables=tuple(document["tables"]),
        steps=tuple(step_from_json(step) for step in document["steps"]),
        title=document["title"],
        source=document["source"],
    )


def step_from_json(document: JSONObject) -> Step:
    return Step(
        document["operation"],
        document.get("request", {}),
        document.get("raw"),
        document.get("headers", {}),
        expectation_from_json(document["expect"]) if "expect" in document else None,
        label=document.get("as", ""),
        pages=document.get("pages", False),
        method=document.get("method", "POST"),
        path=document.get("path", "/"),
    )


def expectation_from_json(document: JSONObject) -> Expectation:
    message = document.get("message")
    return Expectation(
        error=document.get("error"),
        message=None if message is None else ExpectedMessage(message["text"], Match(message["match"])),
        body=document.get("body"),
        members=document.get("members"),
        note=document.get("note", ""),
        alternatives=tuple(expectation_from_json(other) for other in document.get("alternatives", ())),
    )


def evidence_from_json(document: JSONObject | None) -> Evidence | None:
    if document is None:
        return None
    return Evidence(EvidenceKind(document["kind"]), document["source"], document["note"])
