"""The corpus: case files to scenarios, and a scenario to a case file.

`cases/README.md` says how a case is written; `case_schema.json` says the same to an editor. What is checked here
is what a person gets wrong: a misspelt key or operation, an expectation that contradicts itself or has no
evidence, a table that nobody creates, a number where the API takes text. Every such fault is a `CaseError` of
one line that names the file, the line and the case, and says what to do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from conformance.case_templates import expand, protect
from conformance.case_text import CaseError, LocatedList, LocatedMapping, Place, displayed, flow, members, plain, read
from conformance.paging import CURSORS
from conformance.references import label_of, references
from conformance.scenario import (
    Evidence,
    EvidenceKind,
    Expectation,
    ExpectedMessage,
    JSONObject,
    Match,
    Scenario,
    Step,
)

__all__ = [
    "CaseError",
    "case_files",
    "corpus_directory",
    "dump_case",
    "is_case_file",
    "load_cases",
    "read_steps",
    "write_steps",
]

FORMAT = 1

# A case with this tag may send JSON numbers and booleans where an attribute value takes text.
WRONG_JSON_TYPES = "wrong-json-types"

# The operations of the API 2012-08-10 (botocore's service models of dynamodb and dynamodbstreams, boto3 1.44).
OPERATIONS = frozenset(
    """
    BatchExecuteStatement BatchGetItem BatchWriteItem CancelBulkOperation CreateBackup CreateGlobalTable CreateTable
    DeleteBackup DeleteItem DeleteResourcePolicy DeleteTable DescribeBackup DescribeBulkOperation
    DescribeContinuousBackups DescribeContributorInsights DescribeEndpoints DescribeExport DescribeGlobalTable
    DescribeGlobalTableSettings DescribeImport DescribeKinesisStreamingDestination DescribeLimits DescribeTable
    DescribeTableReplicaAutoScaling DescribeTimeToLive DisableKinesisStreamingDestination
    EnableKinesisStreamingDestination ExecuteStatement ExecuteTransaction ExportTableToPointInTime GetItem
    GetResourcePolicy ImportTable ListBackups ListBulkOperations ListContributorInsights ListExports
    ListGlobalTables ListImports ListTables ListTagsOfResource PutItem PutResourcePolicy Query
    RestoreTableFromBackup RestoreTableToPointInTime Scan SearchVectors StartBulkPutItems TagResource
    TransactGetItems TransactWriteItems UntagResource UpdateContinuousBackups UpdateContributorInsights
    UpdateGlobalTable UpdateGlobalTableSettings UpdateItem UpdateKinesisStreamingDestination UpdateTable
    UpdateTableReplicaAutoScaling UpdateTimeToLive
    DescribeStream GetRecords GetShardIterator ListStreams
    """.split()  # noqa: SIM905 (it reads better in lines)
)

_FILE_KEYS = ("touchstone", "feature", "evidence", "tables", "cases")
_CASE_KEYS = ("id", "title", "evidence", "tables", "tags", "each", "steps")
_EVIDENCE_KEYS = ("kind", "source", "note")
_STEP_KEYS = ("expect", "raw", "headers", "as", "pages", "method", "path")
_EXPECTATION_KEYS = ("error", "message", "body", "members", "note", "alternatives")
_NO_EXPECTATION = "any"

# The header of a case file, for telling it from other YAML in the same directory.
_HEADER = re.compile(r"^touchstone:", re.MULTILINE)

_ID = re.compile(r"\S+")
_ERROR_NAME = re.compile(r"[A-Z][A-Za-z]*")


def corpus_directory() -> Path:
    """Where the corpus lies: beside the package in a checkout, within it in an installed wheel."""
    package = Path(__file__).resolve().parent
    installed = package / "_cases"
    return installed if installed.is_dir() else package.parent / "cases"


def is_case_file(path: Path) -> bool:
    """Whether the file is YAML with Touchstone's header. A file that cannot be read is none."""
    if path.suffix not in {".yaml", ".yml"}:
        return False
    try:
        return _HEADER.search(path.read_text(encoding="utf-8")) is not None
    except (OSError, UnicodeDecodeError):
        return False


def case_files(directory: Path | None = None) -> tuple[Path, ...]:
    """The case files in a directory and below it, in order of their names; those of the corpus by default."""
    root = corpus_directory() if directory is None else directory
    return tuple(path for path in sorted(root.rglob("*")) if is_case_file(path))


def load_cases(paths: Iterable[Path]) -> tuple[Scenario, ...]:
    """The cases of these files, and of the case files in and below these directories, in order.

    Raises `CaseError` for the first fault.
    """
    loader = _Loader()
    for path in paths:
        if path.is_dir():
            found = case_files(path)
            if not found:
                problem = 'holds no case file; a case file is *.yaml and begins with "touchstone: 1"'
                raise Place(displayed(path)).error(None, problem)
            for file in found:
                loader.load(file)
        else:
            loader.load(path)
    return tuple(loader.scenarios)


# --- files ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    """What a file's cases share."""

    feature: str
    evidence: Mapping[str, LocatedMapping]
    tables: Mapping[str, JSONObject]


class _Loader:
    def __init__(self) -> None:
        self.scenarios: list[Scenario] = []
        self._sources: dict[str, str] = {}  # of each case's id
        self._loaded: set[Path] = set()
        self._shared: dict[Path, Mapping[str, JSONObject]] = {}

    def load(self, path: Path) -> None:
        if (resolved := path.resolve()) in self._loaded:
            return
        self._loaded.add(resolved)
        place = Place(displayed(path))
        content = _read_file(path, place)
        if "cases" not in content:
            if "tables" in content:  # a file of shared tables
                return
            raise place.error(content.line, 'the file has no "cases"')
        header = self._header(path, content, place)
        cases = content["cases"]
        if not isinstance(cases, LocatedList) or not cases:
            raise place.error(content.lines["cases"], '"cases" must be a list with at least one case')
        for case, line in cases.located():
            for scenario in _scenarios(case, line, header, place):
                self._keep(scenario, place, line)

    def _keep(self, scenario: Scenario, place: Place, line: int) -> None:
        if first := self._sources.get(scenario.id):
            raise place.error(line, f"the id {scenario.id} is taken by {first}; ids are unique in the corpus")
        self._sources[scenario.id] = scenario.source
        self.scenarios.append(scenario)

    def _header(self, path: Path, content: LocatedMapping, place: Place) -> _Header:
        feature = content.get("feature")
        if not isinstance(feature, str) or not feature:
            raise place.error(content.line, 'the file has no "feature"; name it, like "feature: put-item"')
        evidence = content.get("evidence", {})
        if not isinstance(evidence, dict) or not all(isinstance(entry, LocatedMapping) for entry in evidence.values()):
            problem = '"evidence" of a file maps names to {kind, source}; a case refers to them by name'
            raise place.error(content.lines["evidence"], problem)
        own = _named_tables(content, place)
        return _Header(feature, evidence, {**self._shared_tables(path.resolve().parent), **own})

    def _shared_tables(self, directory: Path) -> Mapping[str, JSONObject]:
        """The tables of the nearest `tables.yaml`, in this directory or above, else of the corpus."""
        if directory not in self._shared:
            candidates = (parent / "tables.yaml" for parent in (directory, *directory.parents))
            file = next(filter(is_case_file, candidates), corpus_directory() / "tables.yaml")
            place = Place(displayed(file))
            self._shared[directory] = _named_tables(_read_file(file, place), place) if file.exists() else {}
        return self._shared[directory]


def _read_file(path: Path, place: Place) -> LocatedMapping:
    content = read(path, place)
    if not isinstance(content, LocatedMapping) or "touchstone" not in content:
        raise place.error(1, f'is no case file: it must begin with "touchstone: {FORMAT}"')
    if content["touchstone"] != FORMAT:
        problem = f"is of format {content['touchstone']}; this version reads format {FORMAT}"
        raise place.error(content.lines["touchstone"], problem)
    _check_keys(content, _FILE_KEYS, place, "of a file")
    return content


def _named_tables(content: LocatedMapping, place: Place) -> Mapping[str, JSONObject]:
    """The file's `tables`: each name is the TableName too."""
    named = content.get("tables", LocatedMapping(content.line))
    if not isinstance(named, LocatedMapping):
        raise place.error(content.lines["tables"], '"tables" of a file maps table names to CreateTable requests')
    for name, request in named.items():
        if not isinstance(request, LocatedMapping) or "KeySchema" not in request:
            raise place.error(named.lines[name], f"the table {name} is no CreateTable request: it has no KeySchema")
    return {name: {"TableName": name, **plain(request)} for name, request in named.items()}


# --- cases ------------------------------------------------------------------------------------------------


def _scenarios(case: Any, line: int, header: _Header, place: Place) -> Iterator[Scenario]:
    """The scenarios of one case: one, or one for each entry of `each`."""
    if not isinstance(case, LocatedMapping):
        raise place.error(line, "a case is a mapping with id, title, evidence, tables and steps")
    identity = case.get("id")
    if not isinstance(identity, str) or not _ID.fullmatch(identity):
        raise place.error(line, 'the case has no "id"; give it one without spaces, like "put-item/returns-old-item"')
    place = replace(place, case=identity)
    _check_keys(case, _CASE_KEYS, place, "of a case")
    template = LocatedMapping(case.line)
    for key, value in case.items():
        if key == "evidence":
            value = _looked_up_evidence(value, case.lines[key], header, place)
        if key != "each":
            template.put(key, value, case.lines[key])
    if "each" not in case:
        yield _scenario(expand(template, {}, place, line), "", header, place)
        return
    for variables in _variables(case["each"], case.lines["each"], place):
        suffix = f"[{variables['name']}]"
        instance = replace(place, case=identity + suffix)
        yield _scenario(expand(template, variables, instance, line), suffix, header, instance)


def _variables(each: Any, line: int, place: Place) -> Iterator[LocatedMapping]:
    """The entries of `each`, their templates expanded, their names checked."""
    if not isinstance(each, LocatedList) or not each:
        raise place.error(line, '"each" is a list of mappings from variables to values, each with a "name"')
    names: set[str] = set()
    for entry, entry_line in each.located():
        name = entry.get("name") if isinstance(entry, LocatedMapping) else None
        if not isinstance(name, str) or not _ID.fullmatch(name):
            raise place.error(entry_line, 'the entry of "each" has no "name"; give it a short one without spaces')
        if name in names:
            raise place.error(entry_line, f'the name {name} stands twice in "each"')
        names.add(name)
        yield expand(entry, {}, place, entry_line)


def _published(file: Path) -> str:
    """The file as a report may show it, which is read on other machines: no path of this one."""
    corpus, absolute = corpus_directory(), file.resolve()
    if absolute.is_relative_to(corpus):
        return (Path("cases") / absolute.relative_to(corpus)).as_posix()
    return file.name if file.is_absolute() else file.as_posix()


def _scenario(case: LocatedMapping, suffix: str, header: _Header, place: Place) -> Scenario:
    title = case.get("title")
    if not isinstance(title, str) or not title:
        raise place.error(case.line, 'the case has no "title"; say in a sentence what DynamoDB does')
    tags = case.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise place.error(case.lines["tags"], '"tags" is a list of words')
    steps = case.get("steps")
    if not isinstance(steps, LocatedList) or not steps:
        raise place.error(case.line, 'the case has no "steps"; list the operations to send')
    if WRONG_JSON_TYPES not in tags:
        for key in ("tables", "steps"):
            _check_attribute_values(case.get(key), place)
    scenario = Scenario(
        id=case["id"] + suffix,
        feature=header.feature,
        tables=tuple(_tables(case, header, place)),
        steps=tuple(_step(step, line, place) for step, line in steps.located()),
        title=title,
        evidence=_evidence(case, place),
        tags=frozenset(tags),
        source=f"{_published(Path(place.file))}:{case.line}",
    )
    if scenario.evidence is None and any(step.expect is not None for step in scenario.steps):
        problem = 'the case has no "evidence"; add {kind: recorded | documented | agreed | inferred, source: ...}'
        raise place.error(case.line, problem)
    _check_table_names(scenario, steps, place)
    _check_references(scenario, steps, place)
    return scenario


def _tables(case: LocatedMapping, header: _Header, place: Place) -> Iterator[JSONObject]:
    tables = case.get("tables", LocatedList(case.line))
    if not isinstance(tables, LocatedList):
        raise place.error(case.lines["tables"], '"tables" is a list of names of shared tables and CreateTable requests')
    for table, line in tables.located():
        if isinstance(table, LocatedMapping):
            if not isinstance(table.get("TableName"), str):
                raise place.error(line, "the table has no TableName")
            yield plain(table)
        elif isinstance(table, str) and table in header.tables:
            yield header.tables[table]
        else:
            raise place.error(line, f"no table {table} is defined in tables.yaml{_suggestion(table, header.tables)}")


def _looked_up_evidence(evidence: Any, line: int, header: _Header, place: Place) -> LocatedMapping:
    if isinstance(evidence, str):
        if evidence not in header.evidence:
            problem = f'no evidence {evidence} is named in the file\'s "evidence"'
            raise place.error(line, problem + _suggestion(evidence, header.evidence))
        return header.evidence[evidence]
    if not isinstance(evidence, LocatedMapping):
        raise place.error(line, '"evidence" is {kind, source}, or the name of one in the file\'s "evidence"')
    return evidence


def _evidence(case: LocatedMapping, place: Place) -> Evidence | None:
    if "evidence" not in case:
        return None
    evidence: LocatedMapping = case["evidence"]
    _check_keys(evidence, _EVIDENCE_KEYS, place, "of evidence")
    kinds = [kind.value for kind in EvidenceKind]
    if evidence.get("kind") not in kinds:
        raise place.error(evidence.line, f"the evidence's kind must be one of {', '.join(kinds)}")
    if not isinstance(evidence.get("source"), str) or not evidence["source"]:
        raise place.error(evidence.line, "the evidence has no source: a page's address, a probe, who agrees")
    if not isinstance(evidence.get("note", ""), str):
        raise place.error(evidence.lines["note"], '"note" is text')
    return Evidence(EvidenceKind(evidence["kind"]), evidence["source"], evidence.get("note", ""))


# --- steps ------------------------------------------------------------------------------------------------


def read_steps(written: LocatedMapping, line: int, place: Place) -> tuple[tuple[JSONObject, ...], tuple[Step, ...]]:
    """Tables and steps that stand in another file in a case's notation, without expectations: see `write_steps`."""
    _check_keys(written, ("tables", "steps"), place, "of a scenario")
    scenario = expand(written, {}, place, line)
    tables, steps = scenario.get("tables", LocatedList(line)), scenario.get("steps")
    if not isinstance(tables, LocatedList) or not all(isinstance(table, LocatedMapping) for table in tables):
        raise place.error(scenario.lines["tables"], '"tables" is a list of CreateTable requests')
    if not isinstance(steps, LocatedList) or not steps:
        raise place.error(line, 'the scenario has no "steps"; list the operations to send')
    return tuple(map(plain, tables)), tuple(
        replace(_step(step, step_line, place), expect=None) for step, step_line in steps.located()
    )


def _step(step: Any, line: int, place: Place) -> Step:
    if not isinstance(step, LocatedMapping):
        raise place.error(line, "a step is a mapping from an operation to its request, like PutItem: {...}")
    operations = [key for key in step if key not in _STEP_KEYS]
    for key in operations:
        if key not in OPERATIONS:
            problem = f'no operation is called "{key}"{_suggestion(key, (*OPERATIONS, *_STEP_KEYS))}'
            raise place.error(step.lines[key], problem)
    if len(operations) != 1:
        named = " and ".join(operations) or "none"
        raise place.error(line, f"a step has exactly one operation; this has {named}")
    (operation,) = operations
    request = step[operation]
    if not isinstance(request, LocatedMapping):
        raise place.error(
            step.lines[operation], f"the request of {operation} is a mapping; write {{}} for an empty one"
        )
    raw = step.get("raw")
    if "raw" in step and (not isinstance(raw, str) or request):
        problem = f'"raw" is the text to send instead of the request, which is then {{}}: {operation}: {{}}'
        raise place.error(step.lines["raw"], problem)
    headers = step.get("headers", {})
    if not isinstance(headers, dict) or not all(value is None or isinstance(value, str) for value in headers.values()):
        raise place.error(step.lines["headers"], '"headers" maps names to text, or to null to leave a usual one out')
    for key, kind, what in (
        ("as", str, "a label, by which later steps refer to this one's reply"),
        ("pages", bool, "true: the cursor is followed, and the reply is all pages as one"),
        ("method", str, "the HTTP method, POST where it is left out"),
        ("path", str, "the path, / where it is left out"),
    ):
        if key in step and (not isinstance(step[key], kind) or not step[key]):
            raise place.error(step.lines[key], f'"{key}" is {what}')
    if "pages" in step and operation not in CURSORS:
        raise place.error(step.lines["pages"], f"{operation} has no pages; these have: {', '.join(CURSORS)}")
    return Step(
        operation,
        plain(request),
        raw,
        plain(headers),
        _step_expectation(step, place),
        label=step.get("as", ""),
        pages=step.get("pages", False),
        method=step.get("method", "POST"),
        path=step.get("path", "/"),
    )


def _step_expectation(step: LocatedMapping, place: Place) -> Expectation | None:
    if "expect" not in step:
        return Expectation()  # nothing said: it must succeed
    return _expectation(step["expect"], step.lines["expect"], place)


def _expectation(expect: Any, line: int, place: Place) -> Expectation | None:
    if expect == _NO_EXPECTATION:
        return None
    if not isinstance(expect, LocatedMapping) or not expect:
        problem = '"expect" has error (and message), or body, or members; leave it out for a bare success'
        raise place.error(line, problem)
    _check_keys(expect, _EXPECTATION_KEYS, place, "of an expectation")
    error = expect.get("error")
    if error is not None and (not isinstance(error, str) or not _ERROR_NAME.fullmatch(error)):
        raise place.error(expect.lines["error"], '"error" is the name of an error, like ValidationException')
    for first, second in (("error", "body"), ("body", "members")):
        if first in expect and second in expect:
            raise place.error(expect.lines[second], f'"{first}" and "{second}" exclude each other; keep one')
    if "message" in expect and error is None:
        raise place.error(expect.lines["message"], '"message" needs "error": a success has no message')
    compared = expect.get("members")
    if "members" in expect and (not isinstance(compared, LocatedMapping) or not compared):
        raise place.error(expect.lines["members"], '"members" maps names of members of the reply to their values')
    note = expect.get("note", "")
    if not isinstance(note, str):
        raise place.error(expect.lines["note"], '"note" is text')
    return Expectation(
        error=error,
        message=_message(expect, place),
        body=plain(expect.get("body")),
        members=plain(compared),
        note=note,
        alternatives=tuple(_alternatives(expect, place)),
    )


def _message(expect: LocatedMapping, place: Place) -> ExpectedMessage | None:
    if "message" not in expect:
        return None
    message, line = expect["message"], expect.lines["message"]
    if isinstance(message, str):
        return ExpectedMessage(message)
    if isinstance(message, LocatedMapping) and len(message) == 1:
        ((match, text),) = message.items()
        if match in {Match.PREFIX, Match.PATTERN} and isinstance(text, str):
            if match == Match.PATTERN:
                try:
                    re.compile(text)
                except re.error as error:
                    raise place.error(line, f"the pattern is no regular expression: {error}") from error
            return ExpectedMessage(text, Match(match))
    raise place.error(line, '"message" is the text, or {prefix: text}, or {pattern: regular expression}')


def _alternatives(expect: LocatedMapping, place: Place) -> Iterator[Expectation]:
    alternatives = expect.get("alternatives", LocatedList(expect.line))
    if not isinstance(alternatives, LocatedList):
        raise place.error(expect.lines["alternatives"], '"alternatives" is a list of expectations')
    for alternative, line in alternatives.located():
        expectation = _expectation(alternative, line, place)
        if expectation is None or not expectation.note:
            raise place.error(line, 'the alternative has no "note"; say where and when AWS answers so')
        yield expectation


# --- checks -----------------------------------------------------------------------------------------------


def _check_keys(mapping: LocatedMapping, known: Sequence[str], place: Place, what: str) -> None:
    for key in mapping:
        if key not in known:
            advice = _suggestion(key, known) or f"; the keys {what} are {', '.join(known)}"
            raise place.error(mapping.lines[key], f'unknown key "{key}"{advice}')


def _suggestion(word: object, known: Iterable[str]) -> str:
    close = get_close_matches(str(word), list(known), 1)
    return f'; did you mean "{close[0]}"?' if close else ""


_TEXT_DATATYPES = frozenset({"S", "N", "B"})
_SET_DATATYPES = frozenset({"SS", "NS", "BS"})
_TRUTH_DATATYPES = frozenset({"BOOL", "NULL"})


def _check_attribute_values(value: Any, place: Place) -> None:
    """Refuses `{N: 1}` and its like: valid YAML, but not what the author meant to send.

    No member of the API that takes a number or a boolean is named like a datatype, so the name is enough.
    """
    if isinstance(value, LocatedList):
        for element in value:
            _check_attribute_values(element, place)
    elif isinstance(value, LocatedMapping):
        for key, member in value.items():
            if wrong := _wrong_member(key, member):
                raise place.error(
                    value.lines[key],
                    f"{key} takes {wrong}, not {flow(member)}; correct it, or tag the case {WRONG_JSON_TYPES}",
                )
            _check_attribute_values(member, place)


def _wrong_member(datatype: str, value: Any) -> str | None:
    if isinstance(value, dict) or (isinstance(value, list) and datatype not in _SET_DATATYPES):
        return None  # an attribute that happens to have this name
    if datatype in _TEXT_DATATYPES and not isinstance(value, str):
        return "text in quotes"
    if datatype in _SET_DATATYPES and not (isinstance(value, list) and all(isinstance(e, str | dict) for e in value)):
        return "a list of texts in quotes"
    if datatype in _TRUTH_DATATYPES and not isinstance(value, bool):
        return "true or false"
    return None


def _check_table_names(scenario: Scenario, steps: LocatedList, place: Place) -> None:
    """Refuses a step that must succeed on a table that the case never creates: a misspelling, most likely."""
    known = set(scenario.table_names())
    for step, line in zip(scenario.steps, steps.lines, strict=True):
        if step.expect is None or step.expect.error is not None or step.raw is not None:
            continue
        for name in _named_in(step):
            if name not in known and not name.startswith("arn:"):
                advice = _suggestion(name, known) or '; name it in "tables"'
                raise place.error(line, f"the table {name} is created nowhere in the case{advice}")


def _named_in(step: Step) -> Iterator[str]:
    if isinstance(name := step.request.get("TableName"), str):
        yield name
    if isinstance(requested := step.request.get("RequestItems"), dict):
        yield from requested


def _check_references(scenario: Scenario, steps: LocatedList, place: Place) -> None:
    labels: set[str] = set()
    for step, (_, line) in zip(scenario.steps, steps.located(), strict=True):
        for reference in references(step.request):
            if label_of(reference) not in labels:
                problem = f"no earlier step is called {label_of(reference)}{_suggestion(label_of(reference), labels)}"
                raise place.error(line, f'{{$from: {reference}}}: {problem}; name it with "as"')
        if step.label in labels:
            raise place.error(line, f"two steps are called {step.label}")
        labels |= {step.label} if step.label else set()


# --- writing ----------------------------------------------------------------------------------------------


def dump_case(scenario: Scenario) -> str:
    """The scenario as the text of a case file of its own.

    Loading it gives the scenario again, but for `source`, which says where it was loaded from. Two things are
    added where a scenario that nobody typed lacks them: a title, and the tag that wrong JSON types need.
    """
    case: JSONObject = {"id": "-".join(scenario.id.split()), "title": scenario.title or scenario.id}
    if scenario.evidence is not None:
        case["evidence"] = _without_empty(
            kind=scenario.evidence.kind.value, source=scenario.evidence.source, note=scenario.evidence.note
        )
    if scenario.tables:
        case["tables"] = list(scenario.tables)
    if tags := _dumped_tags(scenario):
        case["tags"] = tags
    steps = "".join(f"      - {members(_dumped_step(step), ' ' * 8)}" for step in scenario.steps)
    found = f"# {' '.join(scenario.source.split())}\n" if scenario.source else ""
    return (
        f"{found}touchstone: {FORMAT}\nfeature: {flow(scenario.feature)}\ncases:\n"
        f"  - {members(protect(case), ' ' * 4)}    steps:\n{steps}"
    )


def write_steps(scenario: Scenario) -> JSONObject:
    """The scenario's tables and steps in a case's notation, without expectations: see `read_steps`."""
    steps = [_dumped_step(replace(step, expect=Expectation())) for step in scenario.steps]
    return _without_empty(tables=protect(list(scenario.tables)), steps=steps)


def _dumped_tags(scenario: Scenario) -> list[str]:
    wrong = any(_sends_wrong_types(part) for part in (*scenario.tables, *(step.request for step in scenario.steps)))
    return sorted({*scenario.tags, WRONG_JSON_TYPES} if wrong else scenario.tags)


def _sends_wrong_types(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_sends_wrong_types, value))
    if isinstance(value, dict):
        return any(_wrong_member(key, member) or _sends_wrong_types(member) for key, member in value.items())
    return False


def _dumped_step(step: Step) -> JSONObject:
    dumped: JSONObject = {step.operation: {} if step.raw is not None else step.request}
    if step.raw is not None:
        dumped["raw"] = step.raw
    if step.headers:
        dumped["headers"] = dict(step.headers)
    if step.label:
        dumped["as"] = step.label
    if step.pages:
        dumped["pages"] = True
    if (step.method, step.path) != ("POST", "/"):
        dumped["method"], dumped["path"] = step.method, step.path
    if step.expect is None:
        dumped["expect"] = _NO_EXPECTATION
    elif expect := _dumped_expectation(step.expect):
        dumped["expect"] = expect
    return {key: protect(value) for key, value in dumped.items()}


def _dumped_expectation(expect: Expectation) -> JSONObject:
    message = expect.message
    return _without_empty(
        error=expect.error,
        message=message and (message.text if message.match is Match.EXACT else {message.match.value: message.text}),
        body=expect.body,
        members=expect.members,
        note=expect.note,
        alternatives=[_dumped_expectation(alternative) for alternative in expect.alternatives],
    )


def _without_empty(**members: Any) -> JSONObject:
    return {name: value for name, value in members.items() if value is not None and value not in ("", [])}
