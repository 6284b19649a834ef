"""Scenario, Step and Reply: the one data model that everything in the suite speaks.

A YAML case is a scenario with expected replies; Hypothesis generates scenarios; a recording is a scenario with
somebody's replies; a minimal reproduction is a scenario. So what was found one way can be kept, shared and
replayed every other way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

# What `json.loads` returns. Requests and replies are kept as the wire's JSON, not as SDK types: attribute
# values are `{"S": "a"}`, binaries are base64 text.
JSON: TypeAlias = Any
JSONObject: TypeAlias = dict[str, Any]


def feature_of(operation: str) -> str:
    """The feature that is called after an operation: `put-item` for `PutItem`, as the corpus names it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", operation).lower()


class EvidenceKind(StrEnum):
    """How an expectation is known, strongest first."""

    RECORDED = "recorded"  # AWS answered so: when and where is in the source
    DOCUMENTED = "documented"  # a page of AWS says so: its address is the source
    AGREED = "agreed"  # independent implementations agree
    INFERRED = "inferred"  # follows from other rules, nobody was seen doing it


@dataclass(frozen=True, slots=True)
class Evidence:
    kind: EvidenceKind
    source: str  # a URL, a probe's id, or the implementations that agree
    note: str = ""


class Match(StrEnum):
    """How an expected message is compared with the one that came."""

    EXACT = "exact"
    PREFIX = "prefix"
    PATTERN = "pattern"  # a regular expression that must match the whole text


@dataclass(frozen=True, slots=True)
class ExpectedMessage:
    text: str
    match: Match = Match.EXACT


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a step of a case must be answered with.

    A success has `body` (the whole reply after canonicalisation) or, where the whole is not the point,
    `members` (these members of the reply, each compared whole). A refusal has `error`, the type's name without
    its namespace, and may have `message`, and `members` besides. `alternatives` lists further acceptable answers,
    where AWS itself answers differently by region or date; each says so in its `note`.
    """

    error: str | None = None
    message: ExpectedMessage | None = None
    body: JSON | None = None
    members: JSONObject | None = None
    note: str = ""
    alternatives: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One operation and its request.

    `request` is the JSON object to send. `raw` replaces it where the bytes themselves are the point (malformed
    JSON): the text is sent as it stands. `headers` are added to the usual ones; None leaves a usual one out.
    `method` and `path` are other than the API's only where that is the point; `operation` then says whose X-Amz-Target
    is sent along.

    Two things make a step each target's own. A request may take values from earlier replies of the same target
    (`references.py`), which name their step by its `label`. And with `pages` a cursor is followed to its end
    (`paging.py`): the reply is all pages as one.
    """

    operation: str
    request: JSONObject = field(default_factory=dict)
    raw: str | None = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    expect: Expectation | None = None
    label: str = ""
    pages: bool = False
    method: str = "POST"
    path: str = "/"

    def body(self) -> bytes:
        """The bytes to send: the same for every target."""
        if self.raw is not None:
            return self.raw.encode("utf-8", "surrogatepass")
        # `surrogatepass` is not needed here: `json.dumps` escapes what is not ASCII.
        return json.dumps(self.request, separators=(",", ":")).encode("ascii")


@dataclass(frozen=True, slots=True)
class Scenario:
    """Tables to create, then steps, on an empty server.

    `tables` are CreateTable requests; they must succeed and are not themselves compared, but for a scenario
    whose subject is CreateTable: that one creates its tables in its steps.
    """

    id: str
    feature: str
    tables: tuple[JSONObject, ...] = ()
    steps: tuple[Step, ...] = ()
    title: str = ""
    evidence: Evidence | None = None
    tags: frozenset[str] = frozenset()
    source: str = ""  # the case file and line, or the generator and its seed

    @property
    def operations(self) -> frozenset[str]:
        return frozenset(step.operation for step in self.steps)

    def with_steps(self, steps: tuple[Step, ...]) -> Scenario:
        return replace(self, steps=steps)

    def table_names(self) -> Iterator[str]:
        """Every table that the scenario may have created, for cleaning up."""
        seen: set[str] = set()
        names = [table.get("TableName") for table in self.tables]
        for name in [*names, *(created_table(step) for step in self.steps)]:
            if isinstance(name, str) and name not in seen:
                seen.add(name)
                yield name


# Where the name of the table stands that an operation creates.
_CREATIONS = {
    "CreateTable": ("TableName",),
    "RestoreTableFromBackup": ("TargetTableName",),
    "RestoreTableToPointInTime": ("TargetTableName",),
    "ImportTable": ("TableCreationParameters", "TableName"),
}


def created_table(step: Step) -> str | None:
    """The name of the table that a step creates, if it is accepted; None where it creates none."""
    named: JSON = step.request if step.operation in _CREATIONS else None
    for member in _CREATIONS.get(step.operation, ()):
        named = named.get(member) if isinstance(named, dict) else None
    return named if isinstance(named, str) else None


class Outcome(StrEnum):
    """The coarsest view of a reply."""

    ACCEPTED = "accepted"  # 2xx
    REFUSED = "refused"  # 4xx
    FAILED = "failed"  # 5xx, or an exception that left the target
    NO_ANSWER = "no answer"  # connection refused or reset, timed out, not HTTP


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one step from one target.

    `body` is the parsed JSON, or the text where it is not JSON. `status` is 0 and `failure` says why where
    nothing came back. `headers` have lower-case names.
    """

    status: int
    body: JSON = None
    headers: Mapping[str, str] = field(default_factory=dict)
    failure: str = ""

    @property
    def outcome(self) -> Outcome:
        if self.status == 0:
            return Outcome.NO_ANSWER
        if 200 <= self.status < 300:
            return Outcome.ACCEPTED
        if 400 <= self.status < 500:
            return Outcome.REFUSED
        return Outcome.FAILED

    @property
    def error_type(self) -> str | None:
        """The error's name as SDKs read it: what follows `#` in `__type`. None for a success."""
        if self.outcome is Outcome.ACCEPTED or not isinstance(self.body, dict):
            return None
        name = self.body.get("__type") or self.body.get("code")
        return name.rpartition("#")[2] if isinstance(name, str) else None

    @property
    def message(self) -> str | None:
        """The error's text: SDKs accept `message` and `Message` alike. None for a success."""
        if self.outcome is Outcome.ACCEPTED or not isinstance(self.body, dict):
            return None
        for member in ("message", "Message"):
            if isinstance(self.body.get(member), str):
                return str(self.body[member])
        return None

    def as_json(self) -> JSONObject:
        record: JSONObject = {"status": self.status, "body": self.body}
        if self.failure:
            record["failure"] = self.failure
        return record
