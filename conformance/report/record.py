"""The record of a run: what was asked, of whom, and what was found, as one JSON document.

`Record` listens to the events of a run and can say at any moment what is known so far. Everything else in
`conformance.report` renders that document and knows nothing of the run: a page made from a record on disk is the
page that the run itself made.

Two rules make a record trustworthy:

- **A record has a footer only when the run came to its end**, or to an end that it could still report (Ctrl-C, a
  target that was lost). What is written on the way has none, so a record of a run that was killed is recognised
  by what it lacks, and is never taken for a run that found nothing.
- **A file is replaced as a whole or not at all.** A reader, or a run killed while writing, sees the old one.

`schema.json` says what a record looks like; every record in the tests is held against it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final, Protocol

from conformance import events
from conformance.coverage import merge as merge_coverage
from conformance.divergence import MISSING, Difference, Divergence, Layer, Severity, Verdict
from conformance.scenario import (
    JSON,
    EvidenceKind,
    JSONObject,
    Reply,
    Scenario,
    feature_of,
)
from conformance.scenario_json import evidence_as_json, scenario_as_json, step_as_json
from conformance.sentences import sentence_of
from conformance.severity import severity_of

FORMAT = 2

# What a divergence is sorted by: its gravity, then how well it is known, then how often it was met.
_LAYERS = tuple(Layer)
_SEVERITIES = tuple(Severity)
_EVIDENCE = (*EvidenceKind, None)


class RecordError(Exception):
    """A file that is no record, or the record of a run that did not come to its end: one clear line."""


class Rule(Protocol):
    """A rule of canonicalisation as a report lists it (`conformance.canonical.RULES`)."""

    @property
    def name(self) -> str: ...

    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Written:
    """Where the renderings of a record lie."""

    record: Path
    page: Path
    junit: Path


class Record:
    """Listens to a run. `document()` is what is known so far; `write()` puts it, and its renderings, on disk.

    A divergence goes on counting its occurrences after it was found, so the record keeps the divergence itself
    and reads it when the document is made.
    """

    def __init__(
        self,
        *,
        layers: Iterable[Layer] = _LAYERS,
        rules: Iterable[Rule] = (),
        selection: Sequence[str] = (),
        started: datetime | None = None,
    ) -> None:
        self._layers = tuple(layers)
        self._rules = tuple(rules)
        self._selection = tuple(selection)
        self._started = started or datetime.now(UTC)
        self._run: events.RunStarted | None = None
        self._lost: dict[str, str] = {}
        self._cases: dict[str, JSONObject] = {}
        self._scenarios = 0
        self._operations: dict[str, dict[str, dict[str, int]]] = {}  # feature, target, operation
        self._divergences: dict[str, Divergence] = {}
        self._reproducers: dict[str, tuple[Scenario, JSONObject]] = {}
        self._laws: dict[tuple[str, str], JSONObject] = {}  # by law and target
        self._coverage: JSON = []
        self._speed: JSONObject = {"operations": 0, "seconds": {}}
        self._finished: events.RunFinished | None = None

    # --- listening ------------------------------------------------------------------------------------------

    def listen(self, event: events.Event) -> None:
        match event:
            case events.RunStarted():
                self._run = event
            case events.CaseJudged():
                self._judged(event)
            case events.ScenarioReplayed():
                self._replayed(event)
            case events.DivergenceFound(divergence) | events.DivergenceMinimised(divergence):
                self._found(divergence)
            case events.LawChecked():
                self._held(event)
            case events.CoverageMeasured(dimensions):
                self._coverage = dimensions
            case events.TimeSpent(seconds, operations):
                rounded = {what: round(spent, 3) for what, spent in seconds.items()}
                self._speed = {"operations": operations, "seconds": rounded}
            case events.TargetLost(target, reason):
                self._lost[target] = reason
            case events.RunFinished():
                self._finished = event

    def _found(self, divergence: Divergence) -> None:
        """One signature may be found by several campaigns, where each item of pytest is one."""
        known = self._divergences.get(divergence.signature.key)
        if known is not None and known is not divergence:
            divergence.occurrences += known.occurrences
            if known.minimised and not divergence.minimised:
                divergence.scenario, divergence.step = known.scenario, known.step
                divergence.difference, divergence.replies = known.difference, known.replies
                divergence.minimised = True
        self._divergences[divergence.signature.key] = divergence

    def _held(self, event: events.LawChecked) -> None:
        entry = self._laws.setdefault((event.law, event.target), _law(event))
        entry["operations"] += event.operations
        entry["violations"] += event.violations
        entry[_LAW_COUNTS[event.verdict]] += 1
        entry["reason"] = event.reason or entry["reason"]

    def _judged(self, event: events.CaseJudged) -> None:
        case = event.case
        entry = self._cases.setdefault(
            case.id,
            {
                "id": case.id,
                "title": case.title,
                "feature": case.feature,
                "source": case.source,
                "evidence": evidence_as_json(case.evidence),
                "verdicts": {},
            },
        )
        verdict: JSONObject = {"verdict": str(event.verdict)}
        if event.reason:
            verdict["reason"] = event.reason
        if event.difference is not None:
            verdict["difference"] = difference_as_json(event.difference)
            if event.step is not None:
                verdict["step"] = event.step
                verdict["request"] = step_as_json(case.steps[event.step])
                reply = event.replies.get(event.step)
                if reply is not None:
                    verdict["reply"] = reply_as_json(reply)
        entry["verdicts"][event.target] = verdict

    def _replayed(self, event: events.ScenarioReplayed) -> None:
        self._scenarios += 1
        targets = self._run.targets if self._run else ()
        for operation, count in event.operations.items():
            by_target = self._operations.setdefault(event.feature or feature_of(operation), {})
            for target in targets:
                if target.name not in self._lost:
                    counts = by_target.setdefault(target.name, {})
                    counts[operation] = counts.get(operation, 0) + count

    # --- telling --------------------------------------------------------------------------------------------

    @property
    def end(self) -> events.RunFinished | None:
        """How the run ended; None while it has not."""
        return self._finished

    @property
    def divergences(self) -> Iterator[Divergence]:
        yield from self._divergences.values()

    def document(self) -> JSONObject:
        """What is known so far, as `schema.json` describes it. Without `footer` unless the run has ended."""
        run = self._run
        document: JSONObject = {
            "touchstone": FORMAT,
            "version": tool_version(),
            "started": self._started.isoformat(timespec="seconds"),
            "seeds": [run.seed] if run else [],
            "budget": {
                "seconds": run.seconds if run else None,
                "operations": run.operations if run else None,
            },
            "selection": list(self._selection),
            "targets": [
                {
                    "name": target.name,
                    "version": target.version,
                    "how": target.how,
                    "baseline": index == 0,
                    "lost": self._lost.get(target.name),
                }
                for index, target in enumerate(run.targets if run else ())
            ],
            "layers": [str(layer) for layer in self._layers],
            "canonicalisation": [{"name": rule.name, "reason": rule.reason} for rule in self._rules],
            "cases": {
                "expected": run.cases if run else 0,
                "judged": sorted(self._cases.values(), key=lambda case: (case["feature"], case["id"])),
            },
            "generated": {"scenarios": self._scenarios, "operations": self._operations},
            "coverage": self._coverage,
            "laws": list(self._laws.values()),
            "speed": self._speed,
            "divergences": [self._divergence_as_json(divergence) for divergence in self._divergences.values()],
        }
        if self._finished is not None:
            document["footer"] = {
                "complete": self._finished.complete,
                "reason": self._finished.reason,
                "seconds": round(self._finished.seconds, 3),
            }
        return _summed_up(document)

    def write(self, directory: Path) -> Written:
        """Writes the record and its renderings; safe to call at any time of a run, and often."""
        return write(self.document(), directory)

    def _divergence_as_json(self, divergence: Divergence) -> JSONObject:
        signature = divergence.signature
        return {
            "key": signature.key,
            "title": divergence.title,
            "sentence": sentence_of(divergence),
            "severity": str(severity_of(divergence)),
            "operation": signature.operation,
            "layer": str(signature.layer),
            "kind": signature.kind,
            "feature": divergence.feature,
            "target": signature.target,
            "baseline": divergence.baseline,
            "evidence": evidence_as_json(divergence.evidence),
            "occurrences": divergence.occurrences,
            "minimised": divergence.minimised,
            "law": divergence.law,
            "flaky": divergence.flaky,
            "known": divergence.known,
            "difference": difference_as_json(divergence.difference),
            "step": divergence.step,
            "scenario": scenario_as_json(divergence.scenario),
            "replies": {name: reply_as_json(reply) for name, reply in divergence.replies.items()},
            "reproducers": self._reproducers_of(divergence),
        }

    def _reproducers_of(self, divergence: Divergence) -> JSONObject:
        """Rendered once a scenario: the record is written many times in a run."""
        key = divergence.signature.key
        rendered = self._reproducers.get(key)
        if rendered is None or rendered[0] is not divergence.scenario:
            rendered = (divergence.scenario, reproducers(divergence.scenario, divergence.step))
            self._reproducers[key] = rendered
        return rendered[1]


# --- the parts of the document ------------------------------------------------------------------------------


def difference_as_json(difference: Difference) -> JSONObject:
    """A side that is missing in the reply is missing here: `null` is a value that a reply can have."""
    record: JSONObject = {"layer": str(difference.layer), "kind": difference.kind, "path": difference.path}
    for side, value in (("expected", difference.expected), ("actual", difference.actual)):
        if value is not MISSING:
            record[side] = value
    return record


def reply_as_json(reply: Reply) -> JSONObject:
    record = reply.as_json()
    record["outcome"] = str(reply.outcome)
    return record


def reproducers(scenario: Scenario, step: int) -> JSONObject:
    """The scenario as a case, as a boto3 script and as AWS CLI lines, each as text."""
    from conformance.cases import dump_case
    from conformance.reproduce import as_aws_cli, as_boto3, as_curl

    def rendered(render: Any, *arguments: Any) -> str:
        # A scenario may be anything that Hypothesis can think of. That one of its three notations cannot say it
        # must not cost the finding, nor the report it stands in.
        try:
            return str(render(*arguments))
        except Exception as error:
            return f"# cannot be written in this notation: {type(error).__name__}: {error}"

    return {
        "yaml": rendered(dump_case, scenario),
        "boto3": rendered(as_boto3, scenario, step),
        "aws_cli": rendered(as_aws_cli, scenario, step),
        "curl": rendered(as_curl, scenario, step),
    }


def _summed_up(document: JSONObject) -> JSONObject:
    """Adds `features`, the matrix of a report, and sorts the divergences, gravest first."""
    names = [target["name"] for target in document["targets"]]
    features: dict[str, dict[str, JSONObject]] = {}

    def cell(feature: str, target: str) -> JSONObject:
        row = features.setdefault(feature, {name: _empty_cell() for name in names})
        return row.setdefault(target, _empty_cell())

    for case in document["cases"]["judged"]:
        for target, verdict in case["verdicts"].items():
            if verdict["verdict"] == Verdict.AGREE:
                cell(case["feature"], target)["passed"] += 1
            else:
                cell(case["feature"], target)[_CELLS[verdict["verdict"]]].append(case["id"])
    for feature, by_target in document["generated"]["operations"].items():
        for target, counts in by_target.items():
            cell(feature, target)["operations"] += sum(counts.values())
    divergences = document["divergences"]
    divergences.sort(key=_gravity)
    alike: dict[tuple[str, str, str], list[str]] = {}
    for divergence in divergences:
        cell(divergence["feature"], divergence["target"])["divergences"].append(divergence["key"])
        targets = alike.setdefault((divergence["operation"], divergence["layer"], divergence["kind"]), [])
        if divergence["target"] not in targets:
            targets.append(divergence["target"])
    for divergence in divergences:
        targets = alike[divergence["operation"], divergence["layer"], divergence["kind"]]
        # Where several targets answer alike and unlike the baseline, it is the baseline that is on trial.
        divergence["also"] = [target for target in targets if target != divergence["target"]]
    document["features"] = {name: features[name] for name in sorted(features)}
    return document


def _empty_cell() -> JSONObject:
    return {"passed": 0, "diverged": [], "unsupported": [], "indeterminate": [], "operations": 0, "divergences": []}


# Where a cell of the matrix counts the verdicts other than `agree`.
_CELLS: Final[Mapping[str, str]] = {
    Verdict.DIVERGE: "diverged",
    Verdict.UNSUPPORTED: "unsupported",
    Verdict.INDETERMINATE: "indeterminate",
}


def _law(event: events.LawChecked) -> JSONObject:
    return {
        "name": event.law,
        "title": event.title,
        "target": event.target,
        "checked": 0,
        "unsupported": 0,
        "indeterminate": 0,
        "operations": 0,
        "violations": 0,
        "reason": "",
    }


# What a law's verdict is counted as: whether it was broken, its violations say.
_LAW_COUNTS: Final[Mapping[str, str]] = {
    Verdict.AGREE: "checked",
    Verdict.DIVERGE: "checked",
    Verdict.UNSUPPORTED: "unsupported",
    Verdict.INDETERMINATE: "indeterminate",
}


def _gravity(divergence: JSONObject) -> tuple[bool, int, int, int, str, str]:
    """A violated law is worse than a divergence from us."""
    evidence = divergence["evidence"]
    return (
        not divergence["law"],
        _SEVERITIES.index(divergence["severity"]),
        _EVIDENCE.index(evidence and evidence["kind"]),
        -divergence["occurrences"],
        divergence["title"],
        divergence["target"],
    )


@cache
def tool_version() -> str:
    try:
        return metadata.version("dynamodb-touchstone")
    except metadata.PackageNotFoundError:
        return "unknown (run from a source tree)"


# --- records on disk ----------------------------------------------------------------------------------------


def write(document: JSONObject, directory: Path) -> Written:
    """The document as `report.json`, and its renderings beside it."""
    from conformance.report import junit, site

    directory.mkdir(parents=True, exist_ok=True)
    written = Written(directory / "report.json", directory / site.FIRST_PAGE, directory / "junit.xml")
    # Escaped to ASCII: a scenario may hold halves of surrogate pairs, which no encoding can write.
    replace_file(written.record, json.dumps(document, indent=2).encode("ascii") + b"\n")
    site.write([document], directory)
    replace_file(written.junit, junit.render(document))
    return written


def replace_file(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema of a record."""
    text = resources.files("conformance.report").joinpath("schema.json").read_text("utf-8")
    loaded: JSONObject = json.loads(text)
    return loaded


def read(path: Path) -> JSONObject:
    """A record from disk, whole and valid; `RecordError` says in one line why it is not."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    if path.is_dir():
        path = path / "report.json"
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise RecordError(f"{path}: {error.strerror or error}") from None
    except ValueError as error:
        raise RecordError(f"{path}: not JSON ({error}); a record is a report.json") from None
    fault = best_match(Draft202012Validator(schema()).iter_errors(document))
    if fault is not None:
        raise RecordError(f"{path}: not a record of touchstone: {fault.json_path}: {fault.message:.200}")
    if "footer" not in document:
        raise RecordError(f"{path}: has no footer: the run that wrote it was killed, or is still running")
    return dict(document)


def merge(documents: Sequence[JSONObject]) -> JSONObject:
    """Records of parts of one run (shards, workers of pytest-xdist) as one record.

    A part without footer makes the whole incomplete. What was run with other rules is not comparable, so parts
    must agree on layers and rules.
    """
    if not documents:
        raise RecordError("no record to merge")
    first = documents[0]
    for part in documents:
        if strange := _strange(first, part):
            raise RecordError(f"the records do not belong together: {strange}")
    targets: dict[str, JSONObject] = {}
    cases: dict[str, JSONObject] = {}
    operations: dict[str, dict[str, dict[str, int]]] = {}
    divergences: dict[str, JSONObject] = {}
    laws: dict[tuple[str, str], JSONObject] = {}
    speed: JSONObject = {"operations": 0, "seconds": {}}
    for part in documents:
        for law in part["laws"]:
            known = laws.get((law["name"], law["target"]))
            laws[law["name"], law["target"]] = law if known is None else _added(known, law)
        speed["operations"] += part["speed"]["operations"]
        for what, spent in part["speed"]["seconds"].items():
            speed["seconds"][what] = round(speed["seconds"].get(what, 0.0) + spent, 3)
        for target in part["targets"]:
            known = targets.setdefault(target["name"], dict(target))
            known["baseline"] = known["baseline"] or target["baseline"]
            known["lost"] = known["lost"] or target["lost"]
        for case in part["cases"]["judged"]:
            verdicts = cases.setdefault(case["id"], {**case, "verdicts": {}})["verdicts"]
            verdicts.update(case["verdicts"])
        for feature, by_target in part["generated"]["operations"].items():
            for name, counts in by_target.items():
                total = operations.setdefault(feature, {}).setdefault(name, {})
                for operation, count in counts.items():
                    total[operation] = total.get(operation, 0) + count
        for divergence in part["divergences"]:
            before = divergences.get(divergence["key"])
            if before is None:
                divergences[divergence["key"]] = dict(divergence)
            else:
                # The one with the smaller scenario stays; all occurrences count.
                better = divergence if divergence["minimised"] and not before["minimised"] else before
                occurrences = before["occurrences"] + divergence["occurrences"]
                divergences[divergence["key"]] = {**better, "occurrences": occurrences}
    ends = [part.get("footer") for part in documents]
    reasons = ["a part has no end: its process was killed" if end is None else end["reason"] for end in ends]
    return _summed_up(
        {
            **first,
            "started": min(part["started"] for part in documents),
            "seeds": sorted({seed for part in documents for seed in part["seeds"]}),
            "budget": {unit: _total(part["budget"][unit] for part in documents) for unit in ("seconds", "operations")},
            "targets": list(targets.values()),
            "cases": {
                "expected": max(len(cases), *(part["cases"]["expected"] for part in documents)),
                "judged": sorted(cases.values(), key=lambda case: (case["feature"], case["id"])),
            },
            "generated": {
                "scenarios": sum(part["generated"]["scenarios"] for part in documents),
                "operations": operations,
            },
            "coverage": merge_coverage([part["coverage"] for part in documents]),
            "laws": list(laws.values()),
            "speed": speed,
            "divergences": list(divergences.values()),
            "footer": {
                "complete": all(end is not None and end["complete"] for end in ends),
                "reason": "; ".join(dict.fromkeys(reason for reason in reasons if reason)),
                "seconds": max((end["seconds"] for end in ends if end is not None), default=0.0),
            },
        }
    )


def _total(amounts: Iterable[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _added(one: JSONObject, other: JSONObject) -> JSONObject:
    """The figures of one law on one target, summed."""
    counts = ("checked", "unsupported", "indeterminate", "operations", "violations")
    return {**one, **{name: one[name] + other[name] for name in counts}, "reason": one["reason"] or other["reason"]}


def _strange(one: JSONObject, other: JSONObject) -> str:
    """Why the two are no parts of one campaign; empty where they are. Workers of pytest need not share all targets."""
    for member, what in (
        ("version", "versions of Touchstone"),
        ("layers", "layers"),
        ("canonicalisation", "canonicalisation rules"),
    ):
        if one[member] != other[member]:
            return f"they were made with different {what}"
    versions = {target["name"]: target["version"] for target in one["targets"]}
    for target in other["targets"]:
        if versions.get(target["name"], target["version"]) != target["version"]:
            return f"{target['name']} is {versions[target['name']]} in one and {target['version']} in another"
    baselines = {target["name"] for part in (one, other) for target in part["targets"] if target["baseline"]}
    return f"their baselines differ: {', '.join(sorted(baselines))}" if len(baselines) > 1 else ""
