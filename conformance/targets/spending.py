"""What a run on AWS may cost, and what it may touch: the guard in front of every request to it.

The cost of a request is estimated before it is sent, generously: a write as the largest body that was sent so far, in
the table and in every index that a table may have; a read as the largest page. Where the sum would pass the limit,
nothing more is sent. It is an estimate: an item that grows by what it holds already (`list_append(a, a)`) costs more
than any body, and there the slack must do. Never sent are:

- an operation that is not of the data plane or of tables: backups, exports, global tables
- a table with provisioned throughput beyond what costs nothing to speak of, with replicas, or warmed up
- anything that names a table without the run's prefix, but for a name that AWS must refuse
- a write whose body we cannot read: AWS may be able to
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final

from conformance.scenario import JSON, JSONObject
from conformance.targets.target import WireRequest

PREFIX: Final = "touchstone-"  # replay puts `touchstone-` and something of the run's own before every table's name
REQUESTS: Final = 20_000  # the most of one run, whatever they cost
PROVISIONED: Final = 5  # the most units of provisioned throughput, for a table and each of its indexes

# USD for a request unit of on-demand tables. us-east-1 asked 0.625 and 0.125 for a million in 2025; regions differ, and
# the bill is AWS's: this is twice as much.
WRITE_UNIT: Final = 1.25e-6
READ_UNIT: Final = 0.25e-6
# For an hour of a provisioned unit, likewise doubled (0.00065 for writes); the table lives for minutes.
PROVISIONED_UNIT: Final = 0.0013

_INDEXES: Final = 25  # that a write may have to be repeated in (20 global ones, 5 local ones)
_PAGE: Final = 256  # read units of 1 MB, strongly consistent
_READS: Final = frozenset({"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"})
_STATEMENTS: Final = frozenset({"ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"})
_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"})
_TABLES: Final = frozenset(
    {"CreateTable", "UpdateTable", "DeleteTable", "UpdateTimeToLive", "TagResource", "UntagResource"}
)
_FREE: Final = frozenset(
    {
        "DescribeTable", "ListTables", "DescribeTimeToLive", "ListTagsOfResource", "DescribeLimits",
        "DescribeEndpoints", "ListStreams", "DescribeStream", "GetShardIterator", "GetRecords",
    }
)  # fmt: skip
_CHANGES: Final = _WRITES | _TABLES | _STATEMENTS
_ALLOWED: Final = _CHANGES | _READS | _FREE

_LEGAL_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_NAME_IN_ARN = re.compile(r"arn:[^:]*:dynamodb:[^:]*:[^:]*:table/([a-zA-Z0-9_.-]+)")
_NAME_IN_STATEMENT = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?([a-zA-Z0-9_.-]+)", re.IGNORECASE)


@dataclass(slots=True)
class SpendingGuard:
    """`limit` in USD and `requests` in number: the most that is sent."""

    limit: float
    requests: int = REQUESTS
    spent: float = 0.0
    sent: int = 0
    largest: int = 0  # bytes of a body

    def objection(self, operation: str, request: WireRequest) -> str:
        """Why the request is not to be sent; nothing where it may be, and then it is counted."""
        body = _parsed(request.body)
        if objection := _what_is_not_ours(operation, body):
            return f"not sent: {objection}"
        self.largest = max(self.largest, len(request.body))
        cost = cost_of(operation, request.body, body, self.largest)
        if self.spent + cost > self.limit:
            return f"not sent: the spending limit of {self.limit:g} USD is reached after {self.sent} requests"
        if self.sent >= self.requests:
            return f"not sent: the limit of {self.requests} requests is reached"
        self.spent += cost
        self.sent += 1
        return ""


def cost_of(operation: str, sent: bytes, body: JSONObject | None, largest: int) -> float:
    """USD. All count as transactions, which is twice; `largest` is the size of the largest body that was sent.

    A unit is 1 KB of one item, and a body has fewer items than braces.
    """
    if operation in _READS:
        return _PAGE * READ_UNIT * 2
    if operation in _WRITES or operation in _STATEMENTS:
        # A small update writes the whole of a large item again.
        units = max(ceil(largest / 1024), sent.count(b"{"))
        return units * 2 * (1 + _INDEXES) * WRITE_UNIT + (_PAGE * READ_UNIT * 2 if operation in _STATEMENTS else 0)
    if operation in _TABLES and body is not None:
        return sum(_provisioned(body)) * PROVISIONED_UNIT
    return 0.0


def _what_is_not_ours(operation: str, body: JSONObject | None) -> str:
    if operation not in _ALLOWED:
        return f"{operation} is not among the operations that are sent to AWS"
    if body is None:
        return "a change that cannot be read beforehand" if operation in _CHANGES else ""
    for name in _table_names(body):
        if not name.startswith(PREFIX) and _LEGAL_NAME.fullmatch(name):
            return f"the table {name!r} is not of this run"
    for member in ("ReplicaUpdates", "WarmThroughput", "SSESpecification", "GlobalTableWitnessUpdates"):
        if member in body:
            return f"{member} may cost more than requests do"
    if any(units > PROVISIONED for units in _provisioned(body)):
        return f"more than {PROVISIONED} provisioned units"
    return ""


def _parsed(body: bytes) -> JSONObject | None:
    try:
        parsed = json.loads(body)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _table_names(value: JSON, member: str = "") -> Iterator[str]:
    """Every name of a table, wherever a request has one. An item's attributes may look like it, which does no harm."""
    if isinstance(value, str):
        if member in ("TableName", "SourceTableName", "TargetTableName", "GlobalTableName"):
            yield value.rpartition(":table/")[2].partition("/")[0]
        elif member == "Statement":
            yield from _NAME_IN_STATEMENT.findall(value)
        else:
            yield from _NAME_IN_ARN.findall(value)
    elif isinstance(value, dict):
        if member == "RequestItems":
            yield from (name.rpartition(":table/")[2] for name in value)
        for name, below in value.items():
            yield from _table_names(below, name)
    elif isinstance(value, list):
        for element in value:
            yield from _table_names(element, member)


def _provisioned(value: JSON) -> Iterator[float]:
    """All units of provisioned throughput that a request asks for, of tables and indexes."""
    if isinstance(value, dict):
        throughput = value.get("ProvisionedThroughput")
        if isinstance(throughput, dict):
            yield from (units for units in throughput.values() if isinstance(units, int | float))
        for below in value.values():
            yield from _provisioned(below)
    elif isinstance(value, list):
        for element in value:
            yield from _provisioned(element)
