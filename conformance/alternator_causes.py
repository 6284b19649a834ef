"""Which of Alternator's known differences explains a divergence: by the id of its rule.

The rules are in `reference_server/alternator/rules.yaml`, each with its evidence and what an application feels of it.

A divergence is told by what was said. Where Alternator refuses, its own text names the rule, since it has words of its
own for everything. Where it accepts what DynamoDB refuses, DynamoDB's text names what was not checked. Where both
accept, it is the operation, the place in the reply and the request that tell.

So there are three tables, and the first row that fits wins: particular ones stand before general ones. A divergence
that no row fits is one that nobody wrote down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance.canonical import SURPLUS
from conformance.divergence import Difference, Divergence, Layer
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Step

_UNKNOWN_OPERATION: Final = "UnknownOperationException"
_CONDITION_FAILED: Final = "ConditionalCheckFailedException"
_SIGNATURES: Final = frozenset(
    {"IncompleteSignatureException", "InvalidSignatureException", "MissingAuthenticationTokenException"}
)


def cause_of(step: Step, difference: Difference, baseline: Reply, other: Reply) -> str | None:
    """The id of the rule that explains how `other`, an Alternator, differs from `baseline`, DynamoDB; None for none."""
    if other.error_type == _UNKNOWN_OPERATION and step.operation in UNSUPPORTED:
        return UNSUPPORTED[step.operation]
    if difference.layer is Layer.CAPACITY:
        return "consumed-capacity-absent"
    if other.outcome is not Outcome.ACCEPTED and other.error_type != _CONDITION_FAILED:
        text = other.message if isinstance(other.body, dict) else str(other.body)
        return _first(_REFUSED, step, text or "")
    if baseline.error_type in _SIGNATURES:
        return "signatures-unchecked"
    if baseline.error_type == _UNKNOWN_OPERATION:
        return "target-prefix"
    if baseline.error_type is None and baseline.outcome is not Outcome.ACCEPTED and "Content-Type" in step.headers:
        return "content-type"
    if baseline.outcome is not Outcome.ACCEPTED and baseline.error_type != _CONDITION_FAILED:
        is_late = other.error_type == _CONDITION_FAILED and _AFTER_CONDITIONS.search(baseline.message or "")
        return "several-mistakes" if is_late else _first(_ACCEPTED, step, baseline.message or "")
    if baseline.outcome is not other.outcome:
        return _cause_in_values(step)  # a condition was judged otherwise
    return _cause_in_data(step, difference, baseline, other)


@dataclass(frozen=True, slots=True)
class _Row:
    """`operations` is empty for any."""

    rule: str
    pattern: re.Pattern[str]
    operations: frozenset[str] = frozenset()


def _rows(*rows: tuple[str, str] | tuple[str, str, str]) -> tuple[_Row, ...]:
    """Rule, pattern of the text, and operations between blanks."""
    return tuple(
        _Row(rule, re.compile(pattern, re.DOTALL), frozenset(" ".join(operations).split()))
        for rule, pattern, *operations in rows
    )


def _first(rows: Iterable[_Row], step: Step, text: str) -> str | None:
    for row in rows:
        if (not row.operations or step.operation in row.operations) and row.pattern.search(text):
            return row.rule
    return None


def cause_of_divergence(found: Divergence) -> str | None:
    """The same of a divergence, also by what went before it in its scenario."""
    steps = found.scenario.steps
    if found.law:
        return _LAWS.get(found.law) or _cause_in_history(steps)
    step = steps[found.step]
    baseline = found.replies.get(found.baseline) or _expected(step)
    cause = cause_of(step, found.difference, baseline, found.replies.get(found.target) or Reply(0, None))
    if cause is None and _is_of_items(step, found.difference):
        return _cause_in_history(steps[: found.step + 1])
    return cause


def _expected(step: Step) -> Reply:
    """What a case expects, as a reply."""
    expectation = step.expect
    if expectation is None or expectation.error is None:
        body = {} if expectation is None else expectation.body or expectation.members
        return Reply(200, body or {})
    message = expectation.message.text if expectation.message is not None else ""
    return Reply(400, {"__type": f"#{expectation.error}", "message": message})


# --- operations that it does not have ---------------------------------------------------------------------

UNSUPPORTED: Final[Mapping[str, str]] = {
    operation: rule
    for rule, operations in (
        ("transactions", "TransactGetItems TransactWriteItems"),
        ("partiql", "BatchExecuteStatement ExecuteStatement ExecuteTransaction"),
        (
            "backups",
            "CreateBackup DeleteBackup DescribeBackup ListBackups RestoreTableFromBackup RestoreTableToPointInTime "
            "UpdateContinuousBackups",
        ),
        (
            "export-import",
            "DescribeExport DescribeImport ExportTableToPointInTime ImportTable ListExports ListImports",
        ),
        (
            "global-tables",
            "CreateGlobalTable DescribeGlobalTable DescribeGlobalTableSettings ListGlobalTables UpdateGlobalTable "
            "UpdateGlobalTableSettings",
        ),
        (
            "kinesis",
            "DescribeKinesisStreamingDestination DisableKinesisStreamingDestination "
            "EnableKinesisStreamingDestination UpdateKinesisStreamingDestination",
        ),
        (
            "contributor-insights",
            "DescribeContributorInsights ListContributorInsights UpdateContributorInsights",
        ),
        (
            "account-operations",
            "DeleteResourcePolicy DescribeLimits DescribeTableReplicaAutoScaling GetResourcePolicy PutResourcePolicy "
            "SearchVectors UpdateTableReplicaAutoScaling",
        ),
    )
    for operation in operations.split()
}

# What a law finds broken is what some rule says; those that are not here are broken by what was written before.
_LAWS: Final[Mapping[str, str]] = {
    "capacity": "consumed-capacity-absent",
    "index": "index-projection-ignored",
    "sets": "number-membership",
}

_TAGGING: Final = "TagResource UntagResource ListTagsOfResource"

# --- what it refuses, by its own text ---------------------------------------------------------------------

_REFUSED: Final = _rows(
    # The wire.
    ("target-prefix", r"^Unsupported operation $"),
    ("unsupported-operation", r"^Unsupported operation "),
    ("malformed-json", r"^Parsing JSON failed"),
    ("value-nesting", r"^Max nested level reached"),
    ("request-size", r"^Content length limit|^Request content length limit"),
    ("other-paths", r"^Not found$"),
    ("internal-errors", r"^Internal server error(?!.*Key size too large)"),
    ("key-size", r"Key size too large"),
    ("attribute-updates-action", r"^JSON assert failed on condition 'false'", "UpdateItem"),
    (
        "json-types",
        r"^JSON assert failed|must be a string|must be a boolean|^Expected (?:string|boolean|integer) value",
    ),
    ("json-types", r"^JSON parameter |^Non-string "),
    ("body-not-object", r"^Request content must be an object"),
    ("request-compression", r"^Unsupported Content-Encoding"),
    ("describe-endpoints", r"^DescribeEndpoints needs"),
    # Tables.
    ("missing-table-name", r"^Missing TableName field|^Non-string TableName"),
    ("reserved-table-prefix", r"^Prefix .* is reserved"),
    ("internal-table-writes", r" is an internal table, and writing to it"),
    ("table-name-length", r"^TableName must be at least"),
    ("table-name-arn", r"^TableName must satisfy"),
    ("index-name-length", r"^The total length of TableName|^IndexName must be at least|^IndexName .* must satisfy"),
    ("reserved-attribute-name", r"is currently reserved\. FIXME"),
    ("multi-attribute-keys", r"^KeySchema must list exactly one or two"),
    ("key-schema-errors", r"KeySchema(?! key .* missing)"),
    ("attribute-name-length", r"^Empty attribute name|^Attribute name is too large"),
    ("attribute-definition-errors", r"AttributeDefinitions|^Invalid key type"),
    ("local-index-errors", r"^LocalSecondaryIndex"),
    ("index-changes", r"^GlobalSecondaryIndexUpdates"),
    ("index-exists", r"^[GL]SI .* already exists in table"),
    ("index-delete-missing", r"^No GSI "),
    ("local-index-errors", r"^GlobalSecondaryIndexes |^Duplicate IndexName"),
    ("billing-mode-ignored", r"BillingMode"),
    ("encryption", r"^SSESpecification(?:: configuring| needs)"),
    ("update-table-refused", r"^(?:ProvisionedThroughput|SSESpecification) not supported"),
    ("replica-updates", r"^ReplicaUpdates not supported"),
    ("stream-view-type-default", r"^StreamSpecification|^Malformed value StreamViewType"),
    ("table-exists", r"^Table .* already exists"),
    ("continuous-backups-disabled", r"^Table .* not found$"),
    ("list-tables-limit", r"^Limit must be greater than 0 and no greater than 100"),
    ("list-streams-missing-table", r"^Requested resource not found: Table", "ListStreams"),
    ("internal-table-writes", r"not found: Table: \.scylla\.alternator\."),
    ("internal-tables", r"^Requested resource not found: Internal table"),
    ("index-missing", r"^Requested resource not found: Index"),
    ("table-missing-text", r"^Requested resource not found: Table"),
    # Tags, time to live, isolation.
    ("tag-arn-missing", r"^Incorrect resource identifier"),
    ("tag-arn-wrong", r"^ResourceArn: Invalid table ARN"),
    ("tag-characters", r"can only contain letters, spaces"),
    ("isolation-tag-value", r"^Incorrect write isolation tag"),
    ("system-tags", r"is reserved for internal use"),
    ("tag-rules", r"[Tt]ags?\b|^TagKeys must|Key and Value required", _TAGGING),
    (
        "tag-rules",
        r"^A tag |^invalid tag object|^Cannot parse tags|^Number of Tags|Key and Value required",
        "CreateTable",
    ),
    ("forbid-read-modify-write", r"^Read-modify-write operations are disabled"),
    ("ttl-twice", r"^TTL is already enabled"),
    ("ttl-disable-disabled", r"^TTL is already disabled"),
    ("ttl-disable-other", r"^Requested to disable TTL"),
    ("ttl-missing-members", r"^UpdateTimeToLive |^The length of AttributeName"),
    # Values and keys.
    ("number-as-json", r"number value must be encoded as string"),
    ("number-errors", r"^Number (?:overflow|underflow|too precise)|cannot be converted to a numeric value"),
    ("float32-vectors", r"unknown type FLOAT32VECTOR"),
    ("empty-sets", r": empty set not allowed"),
    ("unknown-value-types", r": unknown type |improperly formatted|^Invalid base64 data|^Malformed value object"),
    ("empty-key", r"^The AttributeValue for a key attribute cannot contain an empty string"),
    ("key-type", r"^Type mismatch: expected type"),
    ("key-missing", r"^Key column .* not found|requires a Key parameter"),
    ("key-extra", r"^Given key attribute not in schema"),
    # Expressions.
    ("expression-size", r"expression size \d+ exceeds"),
    ("path-depth", r"Document path exceeded"),
    ("expression-operators", r"expression nested too deeply"),
    ("duplicate-clauses", r"may only appear once in UpdateExpression"),
    ("update-parentheses", r"^Failed parsing UpdateExpression '.*\(.*\).*': syntax error at"),
    ("syntax-errors", r"^Failed parsing |must not be empty$|^Empty expression"),
    ("placeholders-without-expression", r"cannot be used without ConditionExpression"),
    ("placeholders-unused", r" has spurious "),
    ("placeholders-undefined", r"missing,? entry .* required by expression"),
    ("overlapping-paths", r"two document paths (?:overlap|conflict)"),
    ("update-key", r"cannot update key column"),
    ("path-not-in-item", r"document paths not valid|cannot update document path"),
    ("path-not-in-item", r"only one attribute definition|invalid number object"),
    ("size-of-absent", r"^invalid object: "),
    ("comparison-types", r"operator allow only the types|^BETWEEN operator requires"),
    (
        "key-condition-errors",
        r"^KeyConditionExpression |^Query m|^Only one (?:or two )?condition|^Hash key can only|supported for sort key",
    ),
    ("key-condition-errors", r"operator cannot be applied to type|^Only a single attribute is|^\d+ arguments expected"),
    ("mixed-parameters", r"does not allow both|are not allowed together|old-style and new-style"),
    ("legacy-condition-errors", r"AttributeValueList|^Cannot combine|^Exists!=false|^Missing ComparisonOperator"),
    ("legacy-condition-errors", r"ConditionalOperator|^Unsupported comparison operator|^Invalid comparison operator"),
    ("legacy-condition-errors", r"AttributeUpdates|^CONTAINS operator|^NOT_CONTAINS operator"),
    (
        "function-operands",
        r"\(\) (?:accepts|not allowed|must include|second parameter|given|supports)|unknown function|must be a path"
        r"|attribute_types\(\)|for function size|incorrect data type|^Incorrect operand type|expected number"
        r"|can only be performed on a set|^Set DELETE type mismatch|non-boolean",
    ),
    # Reads.
    ("filter-on-key", r"^QueryFilter can only contain"),
    ("select-errors", r"Select|ALL_PROJECTED_ATTRIBUTES|^Empty AttributesToGet|^Invalid AttributesToGet"),
    ("index-consistent-read", r"^Consistent reads are not allowed"),
    ("total-segments", r"Segment"),
    ("get-records-limit", r"^Limit must be (?:1 or more|less than)"),
    ("limit-zero", r"^Limit must be greater than 0$"),
    ("return-values-errors", r"^Unrecognized value for ReturnValues|supports only NONE or ALL_OLD"),
    ("unknown-value-types", r"BatchWriteItem request"),
    ("several-mistakes", r"contains duplicates$", "BatchGetItem BatchWriteItem"),
    ("batch-write-size", r"^Invalid length of BatchWriteItem"),
    ("capacity-none", r"^Unknown consumed capacity"),
    ("capacity-indexes", r"^INDEXES consumed capacity"),
    # Streams.
    ("stream-enable-twice", r"^Table (?:already has an enabled|has no) stream"),
    ("iterator-errors", r"ShardIteratorType|^Missing required parameter|should not have sequence number"),
    ("stream-arn-errors", r"^Malformed value|^Invalid (?:ShardId|StreamArn)"),
    ("authentication-errors", r"mandatory for signature verification|^User not found|wrong signature"),
)

# What DynamoDB tells before a condition, and Alternator after it.
_AFTER_CONDITIONS: Final = re.compile(r"Type mismatch for Index Key")

# --- what it accepts, by DynamoDB's refusal ---------------------------------------------------------------

_ACCEPTED: Final = _rows(
    ("shard-filter", r"shardFilter", "DescribeStream"),
    ("stream-list-limits", r"Limit", "DescribeStream ListStreams"),
    ("get-records-limit", r"Limit", "GetRecords"),
    ("iterator-expiry", r"", "GetRecords"),
    ("unread-members", r"Unexpected (?:field|value) type", "CreateTable"),
    ("throughput-unchecked", r"[pP]rovisionedThroughput|out of bounds|OnDemandThroughput", "CreateTable UpdateTable"),
    ("key-schema-same-name", r"have no definition|HASH and the RANGE|have the same name", "CreateTable"),
    (
        "attribute-name-length",
        r"attributeName|Empty attribute name",
        "CreateTable GetItem PutItem UpdateItem DeleteItem Query Scan",
    ),
    ("empty-index-lists", r"List of \w+Indexes is empty"),
    ("projection-unchecked", r"projection|ProjectionType", "CreateTable"),
    ("index-counts", r"Indexe?s? (?:count )?exceeds"),
    ("table-options-ignored", r"tableClass|policy|Policy", "CreateTable"),
    ("stream-view-type-default", r"stream|StreamViewType", "CreateTable"),
    ("vector-indexes", r"vectorIndexes"),
    ("list-tables-start", r"exclusiveStartTableName"),
    ("deletion-protection-ignored", r"protected against deletion"),
    ("update-table-nothing", r"^At least one of ", "UpdateTable"),
    ("stream-enable-twice", r"stream", "UpdateTable"),
    ("update-table-options", r"", "UpdateTable"),
    ("item-collection-metrics", r"returnItemCollectionMetrics"),
    ("capacity-unchecked", r"returnConsumedCapacity|ReturnConsumedCapacity"),
    ("in-operands", r"IN operator is provided with too many"),
    ("expression-operators", r"too many operators"),
    ("null-values", r"Null attribute value types|Unexpected token received"),
    ("set-duplicates", r"contains duplicates|null string"),
    ("empty-sets", r"may not be empty|should not be empty"),
    ("nested-numbers-unchecked", r"[Nn]umber|NUMBER_VALUE|numeric value|significant digits"),
    (
        "nested-values-unchecked",
        r"Supplied AttributeValue|Base64|Start of structure|Unrecognized collection|cannot be converted|not expected"
        r"|Unexpected (?:field|value) type",
    ),
    ("key-size", r"[Ss]ize of (?:hashkey|rangekey)|Aggregated size"),
    ("item-size", r"[Ii]tem size|maximum allowed size"),
    ("value-nesting", r"Nesting Levels"),
    ("mixed-parameters-put", r"both expression and non-expression"),
    ("reserved-words", r"reserved keyword"),
    ("redundant-parentheses", r"redundant parentheses"),
    ("repeated-operands", r"must be distinct"),
    ("between-inverted", r"BETWEEN operator requires upper bound|lower bound is greater than"),
    ("placeholder-names", r"contains invalid key"),
    ("key-paths", r"^Key attributes must be scalars|: Key attributes must be scalars"),
    ("conditional-operator-alone", r"ConditionalOperator can only be used"),
    ("expected-value-and-list", r"Value and AttributeValueList cannot"),
    ("placeholders-empty", r"Expression(?:AttributeNames|AttributeValues) must not be empty"),
    ("list-index-zeros", r'Syntax error; token: "\d+", near: "0\d'),
    ("bare-conditions", r"Syntax error", "DeleteItem PutItem Query Scan UpdateItem"),
    ("start-key-unchecked", r"starting key|start key|ExclusiveStartKey|at most one row"),
    ("index-projection-ignored", r"does not project|ALL_ATTRIBUTES is not supported|[Ss]econdary index"),
    ("internal-tables", r"^Requested resource not found", "Query Scan"),
    ("batch-write-size", r"less than or equal to 25", "BatchWriteItem"),
    ("batch-write-empty", r"requestItems|RequestItems", "BatchWriteItem"),
    ("batch-get-size", r"less than or equal to 100", "BatchGetItem"),
    ("batch-get-empty", r"equestItems", "BatchGetItem"),
    ("ttl-changes", r"TimeToLive is already|multiple times within", "UpdateTimeToLive"),
    ("tag-aws-prefix", r"aws:", _TAGGING),
    ("tag-empty-requests", r"", _TAGGING),
    ("create-table-tags", r"[Tt]ag", "CreateTable"),
    ("account-limits", r"too many|Subscriber limit", "CreateTable DeleteTable UpdateTable"),
    (
        "conditions-as-needed",
        r"Incorrect operand type|[Ff]unction|attribute type name|BETWEEN operator requires same data type"
        r"|[cC]omparisonOperator|must be of same type",
        "DeleteItem PutItem Query Scan UpdateItem",
    ),
)

# --- where both accept ------------------------------------------------------------------------------------

_READS: Final = frozenset({"GetItem", "Query", "Scan", "BatchGetItem"})
_IN_TABLES: Final = _rows(
    ("table-arn", r"(?:TableArn|IndexArn)$"),
    ("creation-date", r"CreationDateTime$"),
    ("index-status", r"(?:IndexStatus|Backfilling)$"),
    ("index-projection-ignored", r"Projection(?:\.|$)"),
    ("stream-arn", r"(?:LatestStreamArn|StreamSpecification)"),
    ("stream-label", r"LatestStreamLabel$"),
    ("billing-mode-ignored", r"(?:BillingModeSummary|ProvisionedThroughput)"),
)
_IN_STREAMS: Final = _rows(
    ("stream-arn", r"StreamArn$"),
    ("stream-label", r"StreamLabel$"),
    ("shard-ids", r"ShardId$"),
    ("stream-disabled", r"^Streams$|NextShardIterator$|StreamViewType$"),
    ("stream-shards", r"(?:Shards|shards|CreationRequestDateTime|SequenceNumberRange)"),
    ("stream-event-source", r"eventSource$"),
    ("stream-region", r"(?:awsRegion|eventVersion)$"),
    ("stream-record-size", r"SizeBytes$"),
    ("ttl-stream-identity", r"userIdentity"),
    ("stream-partition-deletion", r"OldImage"),
    ("stream-event-names", r"Records|eventName"),
)
_DESCRIPTIONS: Final[Mapping[str, str]] = {
    "CreateTable": "create-table-reply",
    "DescribeTable": "describe-table-absent",
    "UpdateTable": "update-table-reply",
    "DeleteTable": "table-description-differences",
    "DescribeContinuousBackups": "continuous-backups-disabled",
    "DescribeEndpoints": "describe-endpoints",
    "ListTagsOfResource": "tags-immediate",
    "DescribeTimeToLive": "ttl-status",
    "UpdateTimeToLive": "ttl-status",
}
_STREAMS: Final = frozenset({"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"})


def _cause_in_data(step: Step, difference: Difference, baseline: Reply, other: Reply) -> str | None:
    path = difference.path
    if "ItemCollectionMetrics" in path:
        return "item-collection-metrics"
    if step.operation == "ListTables":
        return "list-tables-start" if "ExclusiveStartTableName" in step.request else "list-tables-order"
    if step.operation in _STREAMS:
        return _first(_IN_STREAMS, step, path)
    if step.operation in _DESCRIPTIONS:
        in_table = _first(_IN_TABLES, step, path) if step.operation == "DescribeTable" else None
        return in_table or _DESCRIPTIONS[step.operation]
    return _cause_in_items(step, path, baseline, other)


def _cause_in_items(step: Step, path: str, baseline: Reply, other: Reply) -> str | None:
    """Items that are there or not, and what is in them."""
    if re.search(r"\.(?:L|M|NS)\b.*(?:\.N|\.NS\[\d+\]|\.NS)$|\.NS\[?\d*\]?$", path):
        return "nested-number-text"
    if path.endswith(".N"):
        return "number-plain-notation"
    if path.endswith(".Unknown"):
        return "nested-values-unchecked"
    in_items = path.startswith(("Items[", SURPLUS)) or (path == "Items" and _count(baseline) == _count(other))
    if step.operation in ("Query", "Scan") and "IndexName" in step.request and in_items:
        return "index-projection-ignored"
    if "Segment" in step.request:
        return "parallel-scan"
    in_values = _cause_in_values(step)
    if in_values is not None:
        return in_values
    if step.operation == "Scan" and ("LastEvaluatedKey" in path or "Limit" in step.request or path == "Items"):
        return "scan-order"
    if "LastEvaluatedKey" in path:
        return "last-evaluated-key"
    if step.operation in _READS and _is_bare(baseline) and not _item(other):
        return "update-removes-only"
    if step.operation == "UpdateItem" and path == "Attributes" and not _WRITES.search(_update(step)):
        return "update-removes-only"
    if step.operation == "UpdateItem" and path.startswith("Attributes"):
        return "updated-new-paths" if str(step.request.get("ReturnValues")).startswith("UPDATED") else None
    return None


# The clauses by which an update makes an item that was not there.
_WRITES: Final = re.compile(r"\b(?:SET|ADD)\b", re.IGNORECASE)


def _update(step: Step) -> str:
    return str(step.request.get("UpdateExpression", ""))


def _cause_in_values(step: Step) -> str | None:
    """By the numbers of a request that are not written as DynamoDB would print them."""
    if any(_is_unusual(number) for holder in _keyed(step) for number in _numbers(holder, deep=False)):
        return "partition-key-spelling"
    values = {name: step.request.get(name) for name in _VALUE_PARAMETERS if name in step.request}
    text = " ".join(str(step.request.get(name, "")) for name in _EXPRESSIONS)
    if not any(_is_unusual(number) for number in _numbers(values)) and not _compares_documents(values, text):
        return "size-in-bytes" if _SIZE.search(text) else None
    if "KeyConditionExpression" in step.request and "FilterExpression" not in step.request:
        return "partition-key-spelling"
    if "contains" in text or "CONTAINS" in text or any(isinstance(each, list) for each in _contents(values)):
        return "number-membership"
    return "number-equality"


_SIZE: Final = re.compile(r"\bsize\s*\(")
_VALUE_PARAMETERS: Final = ("ExpressionAttributeValues", "Expected", "QueryFilter", "ScanFilter", "KeyConditions")
_EXPRESSIONS: Final = ("ConditionExpression", "FilterExpression", "KeyConditionExpression", *_VALUE_PARAMETERS[1:])


def _compares_documents(values: JSON, text: str) -> bool:
    """Whether numbers are looked for in sets, lists or maps, where stored ones keep their spelling."""
    holds_numbers = any(True for _ in _numbers(values))
    return holds_numbers and ("contains" in text or any(isinstance(each, list | dict) for each in _contents(values)))


def _contents(values: Any) -> Iterator[Any]:
    """What stands behind the datatypes of a request's values."""
    for value in values.values() if isinstance(values, dict) else values if isinstance(values, list) else ():
        if isinstance(value, dict) and len(value) == 1:
            ((name, content),) = value.items()
            if name in ("L", "M", "NS"):
                yield content
                continue
        yield from _contents(value)


def _numbers(value: Any, *, deep: bool = True) -> Iterator[str]:
    """The texts of all numbers within; of attributes alone where not `deep`."""
    match value:
        case {"N": str(text)}:
            yield text
        case {"NS": list(texts)}:
            yield from (text for text in texts if isinstance(text, str))
        case dict():
            for inner in value.values():
                if deep or (isinstance(inner, dict) and "N" in inner):
                    yield from _numbers(inner)
        case list() if deep:
            for inner in value:
                yield from _numbers(inner)


_PLAIN_NUMBER: Final = re.compile(r"0|-?(?:[1-9]\d*|0(?=\.))(?:\.\d*[1-9])?")


def _is_unusual(number: str) -> bool:
    return _PLAIN_NUMBER.fullmatch(number) is None


def _keyed(step: Step) -> Iterator[JSON]:
    """What holds the keys of items that a step names; all of it where the members are not known."""
    for member in ("Key", "Item"):
        yield step.request.get(member) or {}
    requested = step.request.get("RequestItems")
    for asked in requested.values() if isinstance(requested, dict) else ():
        if isinstance(asked, dict):
            keys = asked.get("Keys")
            yield from keys if isinstance(keys, list) else ()
            continue
        for write in asked if isinstance(asked, list) else ():
            for action in write.values() if isinstance(write, dict) else ():
                if isinstance(action, dict):
                    yield action.get("Key") or action.get("Item") or {}


_OF_ITEMS: Final = _READS | {"PutItem", "UpdateItem", "DeleteItem"}


def _is_of_items(step: Step, difference: Difference) -> bool:
    """Whether it may be that an item is there on one side alone."""
    return step.operation in _OF_ITEMS and difference.layer in (Layer.DATA, Layer.OUTCOME, Layer.ERROR_TYPE)


def _cause_in_history(steps: Sequence[Step]) -> str | None:
    """What parts the two without a word, in what was asked before."""
    if any(_is_unusual(number) for step in steps for each in _keyed(step) for number in _numbers(each, deep=False)):
        return "partition-key-spelling"
    return "update-removes-only" if any(map(removes_only, steps)) else None


def removes_only(step: Step) -> bool:
    """Whether it is an update that gives an item no attribute: DynamoDB makes the item all the same."""
    updates = step.request.get("AttributeUpdates")
    actions = updates.values() if isinstance(updates, dict) else ()
    gives = any(isinstance(action, dict) and action.get("Action") != "DELETE" for action in actions)
    return step.operation == "UpdateItem" and not gives and not _WRITES.search(_update(step))


def _count(reply: Reply) -> JSON:
    return reply.body.get("Count") if isinstance(reply.body, dict) else None


def _item(reply: Reply) -> JSONObject | None:
    item = reply.body.get("Item") if isinstance(reply.body, dict) else None
    return item if isinstance(item, dict) else None


def _is_bare(reply: Reply) -> bool:
    """Whether an item has no more attributes than a key can have."""
    item = _item(reply)
    return item is not None and len(item) <= 2
