"""Findings read back from a record: the inverse of what `report.record` writes.

So what a run found can be kept as a case, replayed and verified later and elsewhere. What a record leaves out is not
there again: the tags of a scenario, the evidence of one that is no case, and the headers of replies.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from conformance.campaign import CASE
from conformance.divergence import MISSING, Difference, Divergence, Layer, Signature
from conformance.report import record
from conformance.scenario import JSONObject, Reply
from conformance.scenario_json import evidence_from_json, scenario_from_json

# Of a key that is spelt out only in part, so much at least: less is a slip of the pen.
SHORTEST_PREFIX: Final = 2


class FindingError(record.RecordError):
    """There is no such finding, or several. One line: which, where, what to do."""


def finding_from_record(path: Path, key: str) -> Divergence:
    """The finding of a record (`report.json`, or its folder) with this key, or the only one whose key begins so.

    Raises FindingError, or RecordError where the file is no record.
    """
    return divergence_from_json(found_in(record.read(path), key, path))


def found_in(document: JSONObject, key: str, path: Path) -> JSONObject:
    """The same as it stands in the record."""
    found = [one for one in document["divergences"] if one["key"].startswith(key)]
    exact = [one for one in found if one["key"] == key]
    if len(exact) == 1 or (len(found) == 1 and len(key) >= SHORTEST_PREFIX):
        chosen: JSONObject = (exact or found)[0]
        return chosen
    if not found:
        count = len(document["divergences"])
        raise FindingError(
            f"{path}: no finding {key}: give the key of one of its {count} divergences, as its page shows it"
        )
    keys = ", ".join(one["key"] for one in found[:4])
    raise FindingError(f"{path}: {len(found)} findings begin with {key!r}: {keys}{', …' * (len(found) > 4)}")


def divergence_from_json(document: JSONObject) -> Divergence:
    difference, evidence = difference_from_json(document["difference"]), evidence_from_json(document["evidence"])
    scenario = scenario_from_json(document["scenario"])
    if document["baseline"] == CASE:
        scenario = replace(scenario, evidence=evidence)
    return Divergence(
        signature=Signature(document["target"], document["operation"], Layer(document["layer"]), document["kind"]),
        feature=document["feature"],
        baseline=document["baseline"],
        scenario=scenario,
        step=document["step"],
        difference=difference,
        replies={name: reply_from_json(reply) for name, reply in document["replies"].items()},
        evidence=evidence,
        occurrences=document["occurrences"],
        minimised=document["minimised"],
        # Records of earlier versions have none of these.
        law=document.get("law", ""),
        flaky=document.get("flaky", False),
        known=document.get("known", ""),
    )


def difference_from_json(document: JSONObject) -> Difference:
    return Difference(
        Layer(document["layer"]),
        document["kind"],
        document["path"],
        document.get("expected", MISSING),
        document.get("actual", MISSING),
    )


def reply_from_json(document: JSONObject) -> Reply:
    return Reply(document["status"], document["body"], failure=document.get("failure", ""))
