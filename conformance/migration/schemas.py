"""The tables that captured traffic is about.

Where the traffic does not show how a table was made, its schema is taken from what else is known, best first: a file
that was given (`aws dynamodb describe-table` prints it), the upstream itself, a DescribeTable reply in the traffic, and
at last the keys of requests.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from conformance.scenario import JSONObject, Outcome, Step
from conformance.targets.target import Target, WireRequest
from conformance.traffic.anything import elements, members
from conformance.traffic.traffic import CapturedRequest


class SchemaError(Exception):
    """A file describes no table. One line: which, why."""


class Origin(StrEnum):
    FILE = "given"
    UPSTREAM = "asked for"
    TRAFFIC = "described in the traffic"
    KEYS = "inferred from keys in requests"


@dataclass(frozen=True, slots=True)
class KnownTable:
    """How to make a table, as a CreateTable request, and how that is known."""

    creation: JSONObject
    origin: Origin

    @property
    def name(self) -> str:
        return str(self.creation["TableName"])


# What an operation on a table that is not there is answered with.
NOT_FOUND: Final = "ResourceNotFoundException"
_INDEX_MEMBERS: Final = ("IndexName", "KeySchema", "Projection")


def creation_of(description: JSONObject) -> JSONObject:
    """The CreateTable request that makes such a table as a description tells of. Raises KeyError."""
    creation: JSONObject = {
        "TableName": description["TableName"],
        "KeySchema": description["KeySchema"],
        "AttributeDefinitions": description["AttributeDefinitions"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    provisioned = _provisioned(description)
    if provisioned:
        creation |= {"BillingMode": "PROVISIONED"} | provisioned
    for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if description.get(member):
            creation[member] = [
                {name: index[name] for name in _INDEX_MEMBERS if name in index}
                | (_provisioned(index) if provisioned else {})
                for index in description[member]
            ]
    if description.get("DeletionProtectionEnabled"):
        creation["DeletionProtectionEnabled"] = True
    specification = description.get("StreamSpecification") or {}
    if specification.get("StreamEnabled"):
        creation["StreamSpecification"] = specification
    return creation


def _provisioned(description: JSONObject) -> JSONObject:
    """The units of a table or of an index as it is created with; nothing where it has none: on demand they are zero."""
    units = description.get("ProvisionedThroughput") or {}
    asked = {name: units[name] for name in ("ReadCapacityUnits", "WriteCapacityUnits") if units.get(name)}
    return {"ProvisionedThroughput": asked} if asked else {}


def read_file(path: Path) -> KnownTable:
    """A table's description as the AWS CLI prints it. Raises SchemaError."""
    try:
        content = json.loads(path.read_text())
        return KnownTable(creation_of(content.get("Table", content)), Origin.FILE)
    except (OSError, ValueError) as error:
        raise SchemaError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except (KeyError, TypeError, AttributeError) as error:
        lacks = f": it has no {error.args[0]}" if isinstance(error, KeyError) else ""
        problem = "is no description of a table, as `aws dynamodb describe-table` prints it"
        raise SchemaError(f"{path}: {problem}{lacks}") from None


def ask(upstream: Target, names: Iterable[str]) -> Iterator[KnownTable]:
    """The tables of these names that the upstream has."""
    for name in names:
        reply = upstream.send(WireRequest.of(Step("DescribeTable", {"TableName": name})))
        if reply.outcome is Outcome.ACCEPTED and isinstance(reply.body, dict):
            yield KnownTable(creation_of(reply.body["Table"]), Origin.UPSTREAM)


# --- from the traffic -------------------------------------------------------------------------------------


def tables_of_step(step: Step) -> Iterator[str]:
    """The tables that a request names, also those of a batch or a transaction."""
    name = step.request.get("TableName")
    if isinstance(name, str):
        yield name
    yield from members(step.request.get("RequestItems"))
    for action in _actions(step.request):
        if isinstance(action.get("TableName"), str):
            yield action["TableName"]


def _actions(body: JSONObject) -> Iterator[JSONObject]:
    """What stands behind Put, Get and the rest in a transaction."""
    for member in elements(body.get("TransactItems")):
        yield from map(members, members(member).values())


@dataclass(slots=True)
class Survey:
    """What traffic tells of its tables, and how much it is; `begins` at this time, 0 where that is not known.

    `named` are all tables, in order. `needed` are those that are used before the traffic creates them; of what names
    none that was there, there is none. Of several descriptions of a table the first counts: it grows its indexes later.
    """

    requests: int = 0
    begins: float = 0.0
    named: dict[str, None] = field(default_factory=dict)
    needed: dict[str, None] = field(default_factory=dict)
    described: dict[str, KnownTable] = field(default_factory=dict)
    _created: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, traffic: Iterable[CapturedRequest]) -> Survey:
        survey = cls()
        for captured in traffic:
            survey._add(captured)
        return survey

    def _add(self, captured: CapturedRequest) -> None:
        self.begins = self.begins if self.requests else captured.at
        self.requests += 1
        names = tuple(tables_of_step(captured.step))
        self.named.update(dict.fromkeys(names))
        if captured.operation == "CreateTable":
            self._created.update(names if captured.status == 200 else ())
        elif captured.answer.error_type != NOT_FOUND and captured.is_whole:
            self.needed.update(dict.fromkeys(name for name in names if name not in self._created))
        if captured.operation == "DescribeTable":
            try:
                known = KnownTable(creation_of(members(captured.reply)["Table"]), Origin.TRAFFIC)
            except (KeyError, TypeError, AttributeError):  # a refusal, or no description
                return
            self.described.setdefault(known.name, known)


_KEY_TYPES: Final = frozenset("SNB")
_EQUALITY: Final = re.compile(r"\s*(?P<left>[#\w]+)\s*=\s*(?P<right>:\w+)")


def inferred(name: str, traffic: Iterable[CapturedRequest]) -> KnownTable | None:
    """A table by the keys that requests have for it; None where no request has one.

    Of two attributes the one that a Query compares with `=` is the partition key; without a Query the first one is.
    """
    types: dict[str, str] = {}
    partition: str | None = None
    indexed = False
    for captured in traffic:
        body = captured.body or {}
        if body.get("TableName") == name and "IndexName" not in body and captured.operation == "Query":
            partition = partition or _partition_of(body)
        indexed = indexed or (body.get("TableName") == name and "IndexName" in body)
        for key in _keys(name, body):
            for attribute, value in key.items():
                if isinstance(value, dict) and value.keys() <= _KEY_TYPES and len(value) == 1:
                    types.setdefault(attribute, next(iter(value)))
    if not types or len(types) > 2:
        return None
    names = sorted(types, key=lambda attribute: attribute != partition) if partition in types else list(types)
    return KnownTable(
        {
            "TableName": name,
            "KeySchema": [
                {"AttributeName": attribute, "KeyType": kind}
                for attribute, kind in zip(names, ("HASH", "RANGE"), strict=False)
            ],
            "AttributeDefinitions": [
                {"AttributeName": attribute, "AttributeType": types[attribute]} for attribute in names
            ],
            "BillingMode": "PAY_PER_REQUEST",
        },
        Origin.KEYS,
    )


def _partition_of(body: JSONObject) -> str | None:
    names = members(body.get("ExpressionAttributeNames"))
    for match in _EQUALITY.finditer(str(body.get("KeyConditionExpression", ""))):
        return str(names.get(match["left"], match["left"]))
    for attribute, condition in members(body.get("KeyConditions")).items():
        if members(condition).get("ComparisonOperator") == "EQ":
            return str(attribute)
    return None


def _keys(name: str, body: JSONObject) -> Iterator[JSONObject]:
    """The Key parameters that a request has for a table."""
    if body.get("TableName") == name and isinstance(body.get("Key"), dict):
        yield body["Key"]
    for key in elements(members(members(body.get("RequestItems")).get(name)).get("Keys")):
        yield members(key)
    for action in _actions(body):
        if action.get("TableName") == name:
            yield members(action.get("Key"))
