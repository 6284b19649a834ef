"""How much of the API the generated operations have reached: counts of cells, in dimensions.

A dimension is one way of looking at a step and its answer: which operation, which parameters, which expression nodes,
which refusals. Its universe, where it has one, is stated here as data, so that what was never reached can be listed:
those are the places where a divergence could not have been found. What the generator does not draw, on purpose, is in
`NOT_GENERATED` with the reason, and in no universe.

Coverage of generation says nothing about a target. It is never summed with divergences.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from conformance.incidentals import Given, without_incidentals
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Scenario, Step
from conformance.strategies.faults import FAULTS, PREFIX
from conformance.strategies.members import given_parameters, parameters
from conformance.strategies.near_misses import BOUNDARIES, NEAR_MISSES
from conformance.strategies.near_misses.boundaries import beyond
from conformance.strategies.operations import OPERATIONS
from conformance.strategies.sizes import ITEM_BYTES, item_size
from conformance.strategies.values import ALL_TYPES, SCALAR_KEY_TYPES

# --- the dimensions -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dimension:
    """`universe` has every cell that can be reached; None where that is not known beforehand."""

    name: str
    meaning: str
    universe: frozenset[str] | None


# Parameters that no strategy draws, by the beginning of their cell.
NOT_GENERATED: Final[Mapping[str, str]] = {
    "CreateTable: GlobalTable": "of global tables of several accounts, which are not served",
    "CreateTable: SSESpecification.KMSMasterKeyId": "keys are the account's own",
    "CreateTable: VectorIndexes": "vector indexes are not served",
    "CreateTable: GlobalSecondaryIndexes[].OnDemandThroughput": "as of the table",
    "CreateTable: GlobalSecondaryIndexes[].WarmThroughput": "as of the table",
    "UpdateTable: SSESpecification.KMSMasterKeyId": "keys are the account's own",
    "UpdateTable: GlobalTableSettingsReplicationMode": "of global tables of several accounts, which are not served",
    "UpdateTable: GlobalTableWitnessUpdates[].Delete": "of strong consistency, which takes three regions",
    "DisableKinesisStreamingDestination: EnableKinesisStreamingConfiguration": "the model lends it another's input",
    "RestoreTableFromBackup: VectorIndexOverride": "vector indexes are not served",
    "UpdateTable: VectorIndexUpdates": "vector indexes are not served",
    "ListStreams: ExclusiveStartStreamArn": "followed as pages: what it is depends on the streams that there were",
    "ListContributorInsights: NextToken": "followed as pages",
    "ListTagsOfResource: NextToken": "followed as pages",
    "DescribeStream: ShardFilter": "a stream of ours has one shard: without children there is nothing to filter",
    "RestoreTableFromBackup: GlobalSecondaryIndexOverride": "restored as they were: cases have the overrides",
    "RestoreTableFromBackup: LocalSecondaryIndexOverride": "as global indexes",
    "RestoreTableFromBackup: ProvisionedThroughputOverride": "as global indexes",
    "RestoreTableFromBackup: OnDemandThroughputOverride": "as global indexes",
    "RestoreTableFromBackup: SSESpecificationOverride": "keys are the account's own",
    "ExportTableToPointInTime: ClientToken": "a second time it is told how far the first export is: chance",
    "ExportTableToPointInTime: S3SseKmsKeyId": "keys are the account's own",
    "ImportTable: TableCreationParameters.VectorIndexes": "vector indexes are not served",
    "ListExports: NextToken": "of many exports, and how far they are is chance: cases have it",
    "ListImports: NextToken": "no import is begun: cases have it",
    "UpdateGlobalTableSettings: ReplicaSettingsUpdate[].ReplicaProvisionedReadCapacityUnits": "as the units of writes",
    "GetShardIterator: Timestamp": "only moments that have passed are legal, and clocks differ",
}

_COMPARATORS: Final = ("=", "<>", "<", "<=", ">", ">=")
_PATHS: Final = ("member of a map", "element of a list", "name by placeholder")
_CONDITION: Final = (
    *_COMPARATORS,
    *("AND", "OR", "NOT", "BETWEEN", "IN", "parentheses", "keyword in lower case"),
    *("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size"),
    *_PATHS,
)
# What an expression of each kind may be made of.
NODES: Final[Mapping[str, tuple[str, ...]]] = {
    "ConditionExpression": _CONDITION,
    "FilterExpression": _CONDITION,
    "KeyConditionExpression": (
        *("=", "<", "<=", ">", ">=", "AND", "BETWEEN", "begins_with", "parentheses", "name by placeholder"),
        "keyword in lower case",
    ),
    "ProjectionExpression": ("several paths", *_PATHS),
    "UpdateExpression": (
        *("SET", "REMOVE", "ADD", "DELETE", "several sections", "if_not_exists", "list_append", "+", "-"),
        *("parentheses", "keyword in lower case", *_PATHS),
    ),
}
# Which operations have which, themselves or in their members.
_HOLDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "PutItem": ("ConditionExpression",),
    "DeleteItem": ("ConditionExpression",),
    "UpdateItem": ("ConditionExpression", "UpdateExpression"),
    "TransactWriteItems": ("ConditionExpression", "UpdateExpression"),
    "Query": ("FilterExpression", "KeyConditionExpression", "ProjectionExpression"),
    "Scan": ("FilterExpression", "ProjectionExpression"),
    "GetItem": ("ProjectionExpression",),
    "BatchGetItem": ("ProjectionExpression",),
    "TransactGetItems": ("ProjectionExpression",),
}
_ACCEPTED: Final = "accepted"
_ANY: Final = (_ACCEPTED, "SerializationException", "ValidationException")
_ITEMS: Final = (*_ANY, "ResourceNotFoundException")
_WRITES: Final = (*_ITEMS, "ConditionalCheckFailedException")
# How each operation can be answered. Throttling, conflicts and quotas need load, or time.
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "PutItem": _WRITES,
    "UpdateItem": _WRITES,
    "DeleteItem": _WRITES,
    "GetItem": _ITEMS,
    "Query": _ITEMS,
    "Scan": _ITEMS,
    "BatchGetItem": _ITEMS,
    "BatchWriteItem": _ITEMS,
    "TransactGetItems": (*_ITEMS, "TransactionCanceledException"),
    "TransactWriteItems": (*_ITEMS, "TransactionCanceledException", "IdempotentParameterMismatchException"),
    "CreateTable": (*_ANY, "ResourceInUseException"),
    "DeleteTable": _ITEMS,
    "DescribeTable": _ITEMS,
    "ListTables": _ANY,
    "UpdateTable": (*_ITEMS, "LimitExceededException"),
    "UpdateTimeToLive": _ITEMS,
    "DescribeTimeToLive": _ITEMS,
    "TagResource": _ITEMS,
    "UntagResource": _ITEMS,
    "ListTagsOfResource": _ITEMS,
    "ListStreams": _ITEMS,
    "DescribeStream": _ITEMS,
    "GetShardIterator": _ITEMS,
    "GetRecords": _ANY,
    "PutResourcePolicy": (*_ITEMS, "PolicyNotFoundException"),
    "GetResourcePolicy": (*_ITEMS, "PolicyNotFoundException"),
    "DeleteResourcePolicy": (*_ITEMS, "PolicyNotFoundException"),
    "UpdateContributorInsights": _ITEMS,
    "DescribeContributorInsights": _ITEMS,
    "ListContributorInsights": _ITEMS,
    "CreateBackup": (*_ANY, "TableNotFoundException"),
    "DescribeBackup": (*_ANY, "BackupNotFoundException"),
    "DeleteBackup": (*_ANY, "BackupNotFoundException"),
    "RestoreTableFromBackup": (*_ANY, "BackupNotFoundException", "TableAlreadyExistsException"),
    "UpdateContinuousBackups": (*_ANY, "TableNotFoundException"),
    "DescribeContinuousBackups": (*_ANY, "TableNotFoundException"),
    "DescribeKinesisStreamingDestination": _ITEMS,
    "EnableKinesisStreamingDestination": _ITEMS,
    # What would be accepted hangs on how far the enabling is.
    "UpdateKinesisStreamingDestination": _ITEMS[1:],
    "DisableKinesisStreamingDestination": _ITEMS[1:],
    "CreateGlobalTable": (*_ANY, "TableNotFoundException", "GlobalTableAlreadyExistsException"),
    "DescribeGlobalTable": (*_ANY, "GlobalTableNotFoundException"),
    "ListGlobalTables": _ANY,
    "UpdateGlobalTable": (
        *_ANY,
        *("GlobalTableNotFoundException", "TableNotFoundException"),
        *("ReplicaAlreadyExistsException", "ReplicaNotFoundException"),
    ),
    "DescribeGlobalTableSettings": (*_ANY, "GlobalTableNotFoundException"),
    "UpdateGlobalTableSettings": (
        *_ANY,
        *("GlobalTableNotFoundException", "ReplicaNotFoundException", "IndexNotFoundException"),
    ),
    "DescribeTableReplicaAutoScaling": _ITEMS,
    "UpdateTableReplicaAutoScaling": _ITEMS,
    "ExportTableToPointInTime": (*_ANY, "TableNotFoundException", "InvalidExportTimeException"),
    "ListExports": _ANY,
    "ListImports": _ANY,
    # None is described that there is, and none is begun.
    "DescribeExport": ("SerializationException", "ValidationException", "ExportNotFoundException"),
    "DescribeImport": ("SerializationException", "ValidationException", "ImportNotFoundException"),
    "ImportTable": ("SerializationException", "ValidationException", "ResourceInUseException"),
    "DescribeLimits": (_ACCEPTED,),
    "DescribeEndpoints": (_ACCEPTED,),
}
VALUES: Final = (
    *ALL_TYPES,
    *("S: empty", "S: NUL", "S: beyond the BMP", "S: combining character", "S: 1 KB or more"),
    *("N: zero", "N: negative", "N: fraction", "N: spelt unusually", "N: 38 digits", "N: beyond 2**53"),
    *("N: 1E100 or more", "N: 1E-100 or less"),
    *("B: empty", "B: high bytes", "SS: one", "SS: ten or more", "NS: one", "BS: one"),
    *("L: empty", "M: empty", "levels: 2", "levels: 8", "levels: 30"),
    *("item: 1 KB", "item: 4 KB", "item: 256 KB", "item: 400 KB"),
)
_KEYS: Final = (
    *SCALAR_KEY_TYPES,
    *(f"{partition}+{sort}" for partition in SCALAR_KEY_TYPES for sort in SCALAR_KEY_TYPES),
)
_PROJECTIONS: Final = ("ALL", "KEYS_ONLY", "INCLUDE")
SCHEMAS: Final = (
    *(f"table {keys}" for keys in _KEYS),
    *(f"global index {keys}" for keys in _KEYS),
    *(f"local index {keys}" for keys in _KEYS if "+" in keys),
    *(f"{kind} index {projection}" for kind in ("global", "local") for projection in _PROJECTIONS),
    "index with several key attributes of a kind",
    *("PROVISIONED", "PAY_PER_REQUEST"),
)
_PAGES: Final = ("a page ended by its Limit", "a last page", "a page that goes on", "all pages", "counted", "filtered")
_OF: Final = ("table", "global index", "local index")
PAGING: Final = (
    *(f"Query of a {of}: {form}" for of in _OF for form in (*_PAGES, "backwards", "empty")),
    *(f"Scan of a {of}: {form}" for of in _OF for form in (*_PAGES[:2], *_PAGES[3:], "a segment")),
    "Query from a key that was not given out",
    *("ListTables: a page ended by its Limit", "ListTables: all pages", "ListTables: from a name"),
    *("BatchGetItem: all pages", "pages ended by 1 MB"),
)


def _parameter_cells() -> Iterator[str]:
    for operation in OPERATIONS:
        for parameter in parameters(operation):
            cell = f"{operation}: {parameter}"
            if not any(cell.startswith(beginning) for beginning in NOT_GENERATED):
                yield cell


def _expression_cells() -> Iterator[str]:
    for operation, members in _HOLDERS.items():
        yield from (f"{operation}, {member}: {node}" for member in members for node in NODES[member])


_FAULT_KINDS: Final = tuple(kind for kind in FAULTS if kind != "lacks a member or has one too many")
_OTHER_FAULTS: Final = ("is missing", "has a member that is unknown")


def _near_miss_cells() -> Iterator[str]:
    yield from (miss.name for miss in NEAR_MISSES)
    yield from (beyond(name) for name in BOUNDARIES)
    yield from (f"{PREFIX}a member {kind}" for kind in (*_FAULT_KINDS, *_OTHER_FAULTS))


DIMENSIONS: Final[tuple[Dimension, ...]] = (
    Dimension("operations", "operations that were sent", frozenset(OPERATIONS)),
    Dimension(
        "parameters",
        "members of requests, and those one level below them, that were given",
        frozenset(_parameter_cells()),
    ),
    Dimension(
        "outcomes",
        "how each operation was answered: accepted, or which error",
        frozenset(f"{operation}: {outcome}" for operation, outcomes in OUTCOMES.items() for outcome in outcomes),
    ),
    Dimension("refusals", "errors by their texts, names and values taken out; nobody knows all of them", None),
    Dimension(
        "expressions",
        "what expressions were made of that were not refused for their form",
        frozenset(_expression_cells()),
    ),
    Dimension("values", "datatypes and borders among the values that were accepted", frozenset(VALUES)),
    Dimension("schemas", "keys, indexes and projections of the tables that were created", frozenset(SCHEMAS)),
    Dimension("paging", "kinds of pages that were asked for and came", frozenset(PAGING)),
    Dimension("near misses", "what was wrong with requests on purpose", frozenset(_near_miss_cells())),
)


# --- counting -----------------------------------------------------------------------------------------------


class Coverage:
    """Counts what it observes. One object for a campaign; several are merged as JSON."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {dimension.name: Counter() for dimension in DIMENSIONS}

    def observe_scenario(self, scenario: Scenario) -> None:
        """The tables that a scenario begins with: their creation is no step."""
        for table in scenario.tables:
            self._count("schemas", schema_cells(table))

    def observe(self, step: Step, reply: Reply, wrong: str | None = None) -> None:
        """One step, the baseline's reply to it, and what was wrong with it on purpose."""
        operation, request = step.operation, step.request
        accepted = reply.outcome is Outcome.ACCEPTED
        self._count("operations", (operation,))
        self._count("parameters", (f"{operation}: {name}" for name in given_parameters(operation, request)))
        self._count("outcomes", (f"{operation}: {_ACCEPTED if accepted else reply.error_type or reply.outcome}",))
        if wrong is not None:
            self._count("near misses", (near_miss_cell(wrong),))
        if not accepted:
            text = without_incidentals(reply.message or reply.failure, Given(step, ()))
            self._count("refusals", (f"{reply.error_type or reply.outcome}: {text}",))
        # What is wrong somewhere proves nothing of the rest, and may have any form.
        if wrong is None and (accepted or reply.error_type in _REFUSED_LATE):
            self._count("expressions", _expressions_in(operation, request))
        if wrong is None and accepted:
            self._count("values", set(value_cells(request)))
            self._count("paging", paging_cells(step, reply))
            if operation == "CreateTable":
                self._count("schemas", schema_cells(request))

    def _count(self, dimension: str, cells: Iterable[str]) -> None:
        self.counts[dimension].update(cells)

    def as_json(self) -> list[JSONObject]:
        return [
            _described(dimension.name, dimension.meaning, self.counts[dimension.name], dimension.universe or ())
            for dimension in DIMENSIONS
        ]


def merge(coverages: Iterable[list[JSONObject]]) -> list[JSONObject]:
    """What several campaigns reached together, from what `Coverage.as_json` gave for each."""
    meanings: dict[str, str] = {}
    counts: dict[str, Counter[str]] = {}
    universes: dict[str, set[str]] = {}
    for dimension in (dimension for coverage in coverages for dimension in coverage):
        name = dimension["name"]
        meanings[name] = dimension["meaning"]
        counts.setdefault(name, Counter()).update(dimension["reached"])
        universes.setdefault(name, set()).update(dimension["never"])
    return [_described(name, meaning, counts[name], universes[name]) for name, meaning in meanings.items()]


def _described(name: str, meaning: str, counts: Mapping[str, int], universe: Iterable[str]) -> JSONObject:
    never = sorted(cell for cell in universe if not counts.get(cell))
    return {"name": name, "meaning": meaning, "reached": dict(sorted(counts.items())), "never": never}


# These come after everything that is wrong with an expression's form.
_REFUSED_LATE: Final = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})


def near_miss_cell(wrong: str) -> str:
    """A fault by the model is counted by its kind, wherever it was."""
    if not wrong.startswith(PREFIX):
        return wrong
    kinds = (*_FAULT_KINDS, *_OTHER_FAULTS)
    return next((f"{PREFIX}a member {kind}" for kind in kinds if wrong.endswith(kind)), wrong)


# --- expressions ------------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(r"[#:]\w+|[A-Za-z]\w*|<>|<=|>=|[=<>+\-(),.]|\[\d+\]")
_KEYWORDS: Final = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN", "SET", "REMOVE", "ADD", "DELETE"})
_SECTIONS: Final = frozenset({"SET", "REMOVE", "ADD", "DELETE"})
_SIGNS: Final[Mapping[str, str]] = {".": "member of a map", "(": "parentheses", "[": "element of a list"}


def _expressions_in(operation: str, request: JSONObject) -> Iterator[str]:
    for holder in _holders(request):
        for member, text in holder.items():
            if member in NODES and isinstance(text, str):
                yield from (f"{operation}, {member}: {node}" for node in nodes(member, text))


def _holders(request: JSONObject) -> Iterator[JSONObject]:
    """The request and the members of it that have expressions of their own."""
    yield request
    transaction = request.get("TransactItems")
    for entry in transaction if isinstance(transaction, list) else ():
        yield from (member for member in entry.values() if isinstance(member, dict))
    batch = request.get("RequestItems")
    yield from (entry for entry in batch.values() if isinstance(entry, dict)) if isinstance(batch, dict) else ()


@cache
def _known(member: str) -> frozenset[str]:
    return frozenset(NODES[member])


def nodes(member: str, text: str) -> set[str]:
    """What an expression is made of."""
    tokens: list[str] = _TOKEN.findall(text)
    found: set[str] = set()
    before = ""
    for token in tokens:
        upper = token.upper()
        if token == "(":
            # After a name they are a function's, and after IN its operands'.
            if not before.isidentifier() or before.upper() in ("AND", "OR", "NOT", "BETWEEN"):
                found.add("parentheses")
        elif token[0] in "#":
            found.add("name by placeholder")
        elif token[0] in _SIGNS:
            found.add(_SIGNS[token[0]])
        elif upper in _KEYWORDS:
            found.add(upper)
            if token != upper:
                found.add("keyword in lower case")
        elif token == "," and member == "ProjectionExpression":
            found.add("several paths")
        else:
            found.add(token)
        before = token
    if member == "UpdateExpression" and len(found & _SECTIONS) > 1:
        found.add("several sections")
    return found & _known(member)


# --- values -----------------------------------------------------------------------------------------------

_HOLD_ITEMS: Final = frozenset({"Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey"})
_USUAL_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?\Z")


def value_cells(request: JSON) -> Iterator[str]:
    """Datatypes and borders among the values of a request."""
    if isinstance(request, list):
        for element in request:
            yield from value_cells(element)
    elif isinstance(request, dict):
        for member, value in request.items():
            if member in _HOLD_ITEMS and isinstance(value, dict):
                for attribute in value.values():
                    yield from _cells_of_value(attribute, 0)
                if member == "Item":
                    yield from _cells_of_size(value)
            elif isinstance(value, dict | list):
                yield from value_cells(value)


def _cells_of_value(value: Any, level: int) -> Iterator[str]:
    if not isinstance(value, dict) or len(value) != 1:
        return  # a reference to an earlier reply, or what an implementation accepts that is no value
    ((datatype, content),) = value.items()
    if datatype in _CELLS_OF:
        yield datatype
        yield from _CELLS_OF[datatype](content)
    if datatype in ("L", "M") and isinstance(content, list | dict):
        if level + 1 in (2, 8, 30):
            yield f"levels: {level + 1}"
        for inner in content.values() if isinstance(content, dict) else content:
            yield from _cells_of_value(inner, level + 1)


def _cells_of_text(text: Any) -> Iterator[str]:
    text = str(text)
    if not text:
        yield "S: empty"
    elif len(text) >= 1024:
        yield "S: 1 KB or more"
    elif not text.isascii():
        if any(ord(character) > 0xFFFF for character in text):
            yield "S: beyond the BMP"
        if "\u0301" in text:
            yield "S: combining character"
    elif "\x00" in text:
        yield "S: NUL"


def _cells_of_number(text: Any) -> Iterator[str]:
    text = str(text)
    if text == "0":
        yield "N: zero"
    if text.startswith("-"):
        yield "N: negative"
    if not _USUAL_NUMBER.match(text):
        yield "N: spelt unusually"
    mantissa, _, exponent = text.upper().partition("E")
    digits = mantissa.lstrip("+-").replace(".", "").lstrip("0")
    if "." in mantissa and not exponent:
        yield "N: fraction"
    if len(digits) == 38:
        yield "N: 38 digits"
    if len(digits) >= 16 and "." not in mantissa:
        yield "N: beyond 2**53"
    if exponent and re.fullmatch(r"[+]?1\d\d", exponent):
        yield "N: 1E100 or more"
    if exponent and re.fullmatch(r"-1\d\d", exponent):
        yield "N: 1E-100 or less"


def _cells_of_binary(text: Any) -> Iterator[str]:
    if not text:
        yield "B: empty"
    elif len(text) < 200 and any(byte > 0x7F for byte in base64.b64decode(str(text))):
        yield "B: high bytes"


def _cells_of_set(datatype: str) -> Any:
    def cells(elements: Any) -> Iterator[str]:
        if len(elements) == 1:
            yield f"{datatype}: one"
        elif len(elements) >= 10 and datatype == "SS":
            yield "SS: ten or more"

    return cells


def _cells_of_container(datatype: str) -> Any:
    return lambda content: iter(() if content else (f"{datatype}: empty",))


_CELLS_OF: Final[Mapping[str, Any]] = {
    "S": _cells_of_text,
    "N": _cells_of_number,
    "B": _cells_of_binary,
    "BOOL": lambda _: iter(()),
    "NULL": lambda _: iter(()),
    **{datatype: _cells_of_set(datatype) for datatype in ("SS", "NS", "BS")},
    **{datatype: _cells_of_container(datatype) for datatype in ("L", "M")},
}


def _cells_of_size(item: JSONObject) -> Iterator[str]:
    # Nothing else makes an item large.
    if not any(len(str(value.get("S", ""))) > 500 for value in item.values()):
        return
    size = item_size(item)
    for name, least in (("1 KB", 1024), ("4 KB", 4096), ("256 KB", 2**18), ("400 KB", ITEM_BYTES - 1)):
        if size >= least:
            yield f"item: {name}"


# --- schemas and pages ------------------------------------------------------------------------------------


def schema_cells(table: JSONObject) -> Iterator[str]:
    """Of a CreateTable request that was accepted."""
    types = {entry["AttributeName"]: entry["AttributeType"] for entry in table["AttributeDefinitions"]}
    yield f"table {_shape(table['KeySchema'], types)}"
    yield str(table.get("BillingMode", "PROVISIONED"))
    for member, kind in (("GlobalSecondaryIndexes", "global"), ("LocalSecondaryIndexes", "local")):
        for index in table.get(member) or ():
            shape = _shape(index["KeySchema"], types)
            several = len(index["KeySchema"]) > 2 or shape not in _KEYS
            yield "index with several key attributes of a kind" if several else f"{kind} index {shape}"
            yield f"{kind} index {index['Projection'].get('ProjectionType')}"


def _shape(key_schema: list[JSONObject], types: Mapping[str, str]) -> str:
    kinds = (
        "".join(types[e["AttributeName"]] for e in key_schema if e["KeyType"] == kind) for kind in ("HASH", "RANGE")
    )
    return "+".join(kind for kind in kinds if kind)


def paging_cells(step: Step, reply: Reply) -> Iterator[str]:
    """Of a page that came, what it was a page of and how it was asked for."""
    request, body = step.request, reply.body if isinstance(reply.body, dict) else {}
    operation = step.operation
    if operation == "ListTables":
        if "LastEvaluatedTableName" in body:
            yield "ListTables: a page ended by its Limit"
        if step.pages and "Limit" in request:
            yield "ListTables: all pages"
        if "ExclusiveStartTableName" in request:
            yield "ListTables: from a name"
    elif operation == "BatchGetItem" and step.pages:
        yield "BatchGetItem: all pages"
    elif operation in ("Query", "Scan"):
        name = str(request.get("IndexName", ""))
        of = "table" if not name else "local index" if name.startswith("lsi") else "global index"
        yield from (f"{operation} of a {of}: {form}" for form in _page_forms(step, body))
        start = request.get("ExclusiveStartKey")
        if operation == "Query" and isinstance(start, dict) and "$from" not in start:
            yield "Query from a key that was not given out"
        if "LastEvaluatedKey" in body and body.get("ScannedCount") != request.get("Limit"):
            yield "pages ended by 1 MB"


def _page_forms(step: Step, body: JSONObject) -> Iterator[str]:
    request = step.request
    if step.pages:
        if "Limit" in request:
            yield "all pages"
    elif "LastEvaluatedKey" in body:
        yield "a page ended by its Limit"
    elif "Limit" in request or "ExclusiveStartKey" in request:
        yield "a last page"
    if step.operation == "Query":
        start = request.get("ExclusiveStartKey")
        if isinstance(start, dict) and "$from" in start:
            yield "a page that goes on"
        if request.get("ScanIndexForward") is False:
            yield "backwards"
        if body.get("Count") == 0:
            yield "empty"
    elif "Segment" in request:
        yield "a segment"
    if request.get("Select") == "COUNT":
        yield "counted"
    if {"FilterExpression", "QueryFilter", "ScanFilter"} & request.keys():
        yield "filtered"
