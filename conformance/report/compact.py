"""A record as it is committed: what rendering needs, small, a line for each case and each finding.

A record of a minute is tens of megabytes: each finding with its replies and four reproducers, some with an item of
400 KB. A repository should keep what was found, not that. So what follows from the rest is left out (keys, titles,
reproducers, the matrix) and made again when the record is read; tables that many scenarios share stand once; long texts
are cut. A finding whose scenario is too long to be kept says where to get it from.

`read` gives a whole record again, of the same format: all renderings take both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from conformance.divergence import Layer, Signature, Verdict
from conformance.report import record
from conformance.report.figures import CASE, LAW
from conformance.report.record import RecordError, merge, reproducers
from conformance.scenario import JSON, JSONObject
from conformance.scenario_json import scenario_from_json

FORMAT: Final = 1

STRING_LENGTH: Final = 240
ELEMENTS: Final = (20, 6, 3)  # of a list or an object: as many as the reply's length allows
REPLY_LENGTH: Final = 1_500  # of its JSON
SCENARIO_LENGTH: Final = 12_000  # of its JSON: a longer one is not kept

# Members of a finding that are mostly empty, and what they are then.
_EMPTY: Final[Mapping[str, JSON]] = {"law": "", "flaky": False, "known": "", "minimised": False}
# What is written as it is.
_KEPT: Final = (
    *("operation", "layer", "kind", "severity", "sentence", "feature", "target", "baseline"),
    *("occurrences", "step"),
)
# Layers whose difference is plain to see in the replies.
_SEEN_IN_REPLIES: Final = frozenset({Layer.OUTCOME, Layer.ERROR_TYPE, Layer.MESSAGE})


# --- making it small ----------------------------------------------------------------------------------------


def compacted(document: JSONObject) -> JSONObject:
    """The record in its compact form. It must have come to an end: what is published was run to a verdict."""
    if "footer" not in document:
        raise RecordError("the run has not come to an end: there is nothing to publish")
    tables, evidence = _Once(), _Once()
    names = [target["name"] for target in document["targets"]]
    keys = {
        (found["target"], found["operation"], found["layer"], found["kind"]): found["key"]
        for found in document["divergences"]
    }
    compact = {name: value for name, value in document.items() if name not in ("touchstone", "features")}
    compact["touchstone_compact"] = FORMAT
    compact["cases"] = {
        "expected": document["cases"]["expected"],
        "judged": [_case(case, keys, names) for case in document["cases"]["judged"]],
    }
    compact["divergences"] = [_finding(found, tables, evidence) for found in document["divergences"]]
    compact |= {"tables": tables.values, "evidence": evidence.values}
    return compact


class _Once:
    """What many findings share (definitions of tables, evidence), each once, and called by its number."""

    def __init__(self) -> None:
        self.values: list[JSONObject] = []
        self._numbers: dict[str, int] = {}

    def number(self, value: JSONObject) -> int:
        text = json.dumps(value, sort_keys=True)
        if text not in self._numbers:
            self._numbers[text] = len(self.values)
            self.values.append(value)
        return self._numbers[text]


def _case(case: JSONObject, keys: Mapping[tuple[str, str, str, str], str], targets: Sequence[str]) -> JSONObject:
    """Who agrees is left out, and so is a feature that the id begins with. Null is a target that was not asked."""
    verdicts: dict[str, JSON] = {name: None for name in targets if name not in case["verdicts"]}
    for target, verdict in case["verdicts"].items():
        said = verdict["verdict"]
        if said == Verdict.AGREE:
            continue
        difference = verdict.get("difference")
        # What failed before the first step was the creation of the case's tables.
        operation = verdict["request"]["operation"] if "request" in verdict else "CreateTable"
        key = keys.get((target, operation, difference["layer"], difference["kind"])) if difference else None
        if said == Verdict.DIVERGE and key:
            verdicts[target] = [key, verdict.get("step")]
            continue
        told: JSONObject = {"verdict": said}
        if difference:
            told |= {"layer": difference["layer"], "kind": difference["kind"]}
        if verdict.get("reason"):
            told["reason"] = _clipped(verdict["reason"])
        if "step" in verdict:
            told |= {"step": verdict["step"], "operation": operation}
        verdicts[target] = told
    compact: JSONObject = {"id": case["id"]}
    if case["feature"] != _feature_in(case["id"]):
        compact["feature"] = case["feature"]
    if verdicts:
        compact["verdicts"] = verdicts
    return compact


def _feature_in(case: str) -> str:
    return case.partition("/")[0]


def _finding(found: JSONObject, tables: _Once, evidence: _Once) -> JSONObject:
    compact = {name: found[name] for name in _KEPT}
    if compact["sentence"] == found["title"]:
        del compact["sentence"]
    compact |= {name: found[name] for name, empty in _EMPTY.items() if found[name] != empty}
    if found["layer"] not in _SEEN_IN_REPLIES or found["baseline"] == LAW:
        difference = found["difference"]
        members = ("path", "expected", "actual")
        compact["difference"] = {name: _clipped(difference[name]) for name in members if name in difference}
    if found["evidence"] is not None:
        compact["evidence"] = evidence.number(found["evidence"])
    # Against a case it is the case that the reply is held against, and not what the others answered.
    shown = [found["target"]] if found["baseline"] == CASE else list(found["replies"])
    compact["replies"] = {name: _reply(found["replies"][name]) for name in shown if name in found["replies"]}
    compact["scenario"] = _scenario(found, tables)
    return compact


def _reply(reply: JSONObject) -> JSONObject:
    for elements in ELEMENTS:
        compact = {name: _clipped(value, elements) for name, value in reply.items()}
        if len(json.dumps(compact)) <= REPLY_LENGTH:
            break
    return compact


def _scenario(found: JSONObject, tables: _Once) -> JSONObject:
    """Up to the step that shows it; what comes after it in a case shows nothing of it."""
    scenario = found["scenario"]
    compact = {name: scenario[name] for name in ("id", "title", "feature", "source")}
    for name, follows in (("title", scenario["id"]), ("feature", found["feature"])):
        if compact.get(name) == follows:
            del compact[name]
    steps = scenario["steps"][: found["step"] + 1]
    length = len(json.dumps([scenario["tables"], steps]))
    if length > SCENARIO_LENGTH:
        compact["cut"] = length
        steps, definitions = _clipped(steps), _clipped(scenario["tables"])
    else:
        definitions = scenario["tables"]
    compact["tables"] = [tables.number(table) for table in definitions]
    compact["steps"] = steps
    return compact


def _clipped(value: Any, elements: int = ELEMENTS[0]) -> Any:
    """Long texts, lists and objects cut; texts and objects say so."""
    if isinstance(value, str):
        return value if len(value) <= STRING_LENGTH else f"{value[:STRING_LENGTH]}… ({len(value):,} characters)"
    if isinstance(value, dict):
        members = list(value.items())
        kept = {_clipped(name): _clipped(member, elements) for name, member in members[:elements]}
        return kept | ({"…": f"{len(members) - elements:,} more members"} if len(members) > elements else {})
    if isinstance(value, list):
        # No element says that others were left out: a list of objects stays one.
        return [_clipped(element, elements) for element in value[:elements]]
    return value


# --- making it whole ----------------------------------------------------------------------------------------


def expanded(compact: JSONObject) -> JSONObject:
    """The record, with all that was left out because it follows from the rest."""
    findings = [_whole_finding(found, compact["tables"], compact["evidence"]) for found in compact["divergences"]]
    by_key = {found["key"]: found for found in findings}
    names = [target["name"] for target in compact["targets"]]
    document = {
        name: value for name, value in compact.items() if name not in ("touchstone_compact", "tables", "evidence")
    }
    document["touchstone"] = record.FORMAT
    document["divergences"] = findings
    document["cases"] = {
        "expected": compact["cases"]["expected"],
        "judged": [_whole_case(case, by_key, names) for case in compact["cases"]["judged"]],
    }
    return merge([document])


def _whole_case(case: JSONObject, findings: Mapping[str, JSONObject], targets: Sequence[str]) -> JSONObject:
    told = {**dict.fromkeys(targets, str(Verdict.AGREE)), **case.get("verdicts", {})}
    return {
        "id": case["id"],
        "title": "",
        "feature": case.get("feature", _feature_in(case["id"])),
        "source": "",
        "evidence": None,
        "verdicts": {target: _whole_verdict(one, findings) for target, one in told.items() if one is not None},
    }


def _whole_verdict(told: Any, findings: Mapping[str, JSONObject]) -> JSONObject:
    match told:
        case str():
            return {"verdict": told}
        case [key, step]:
            found = findings[key]
            told = {"verdict": str(Verdict.DIVERGE), "layer": found["layer"], "kind": found["kind"]}
            told |= {} if step is None else {"step": step, "operation": found["operation"]}
    verdict: JSONObject = {"verdict": told["verdict"]}
    if "kind" in told:
        verdict["difference"] = {"layer": told["layer"], "kind": told["kind"], "path": ""}
    if "reason" in told:
        verdict["reason"] = told["reason"]
    if "step" in told:
        verdict |= {"step": told["step"], "request": {"operation": told["operation"], "request": {}}}
    return verdict


def _whole_finding(compact: JSONObject, tables: list[JSONObject], evidence: list[JSONObject]) -> JSONObject:
    signature = Signature(compact["target"], compact["operation"], Layer(compact["layer"]), compact["kind"])
    title = f"{signature.operation}: {signature.kind}"
    kept = compact["scenario"]
    scenario: JSONObject = {
        "id": kept["id"],
        "title": kept.get("title", kept["id"]),
        "feature": kept.get("feature", compact["feature"]),
        "source": kept["source"],
        "tables": [tables[number] for number in kept["tables"]],
        "steps": kept["steps"],
    }
    return {
        "sentence": title,
        **_EMPTY,
        **compact,
        "key": signature.key,
        "title": title,
        "evidence": evidence[compact["evidence"]] if "evidence" in compact else None,
        "difference": {"layer": compact["layer"], "kind": compact["kind"], "path": "", **compact.get("difference", {})},
        "scenario": scenario,
        "reproducers": _reproducers(compact, scenario),
        "also": [],
    }


def _reproducers(compact: JSONObject, scenario: JSONObject) -> JSONObject:
    length = compact["scenario"].get("cut")
    if length is None:
        return reproducers(scenario_from_json(scenario), compact["step"])
    where = scenario["source"] or scenario["id"]
    text = f"# Not kept in this record, for its {length:,} characters. It is from {where}.\n"
    return dict.fromkeys(("yaml", "boto3", "aws_cli", "curl"), text)


# --- on disk ------------------------------------------------------------------------------------------------


def dumps(compact: JSONObject) -> bytes:
    """A line for each member, and for each element of long lists: what changes from run to run is seen in a diff."""
    return "".join(_lines(compact)).encode("ascii")


# What a file of this form begins with.
_BEGINNING: Final = b'{\n"touchstone_compact"'


def _lines(compact: JSONObject) -> Iterator[str]:
    yield "{\n"
    members = sorted(compact, key=lambda name: (name != "touchstone_compact", name in ("cases", "divergences"), name))
    for position, name in enumerate(members, start=1):
        comma = "," if position < len(members) else ""
        value = compact[name]
        if name == "cases":
            yield f'"cases": {{"expected": {value["expected"]}, "judged": {_listed(value["judged"])}}}{comma}\n'
        elif name in ("divergences", "tables", "evidence"):
            yield f'"{name}": {_listed(value)}{comma}\n'
        else:
            yield f'"{name}": {_line(value)}{comma}\n'
    yield "}\n"


def _listed(values: list[JSONObject]) -> str:
    return "[\n" + ",\n".join(map(_line, values)) + "\n]" if values else "[]"


def _line(value: JSON) -> str:
    return json.dumps(value, separators=(",", ":"))


def read(path: Path) -> JSONObject:
    """A compact record as a whole one; `RecordError` where it is none."""
    try:
        compact = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise RecordError(f"{path}: not JSON ({error})") from None
    if not isinstance(compact, dict) or compact.get("touchstone_compact") != FORMAT:
        raise RecordError(f"{path}: not a compact record of touchstone")
    try:
        return expanded(compact)
    except (KeyError, TypeError, IndexError, ValueError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise RecordError(f"{path}: not a whole compact record ({problem}): publish it anew") from None


def read_any(path: Path) -> JSONObject:
    """A record of either form: a file, or the folder in which a run left its report.json."""
    try:
        with path.open("rb") as file:
            small = file.read(len(_BEGINNING)) == _BEGINNING
    except OSError:
        small = False  # a folder; or what record.read has the words for
    return read(path) if small else record.read(path)


def folder_of(path: Path) -> Path:
    return path if path.is_dir() else path.parent


def runs(documents: Iterable[JSONObject]) -> list[JSONObject]:
    """One record for each set of targets: parts of a run are merged, different runs stand beside each other."""
    by_targets: dict[tuple[tuple[str, str], ...], list[JSONObject]] = {}
    for document in documents:
        targets = tuple(sorted((target["name"], target["version"]) for target in document["targets"]))
        by_targets.setdefault(targets, []).append(document)
    return [merge(parts) for parts in by_targets.values()]
