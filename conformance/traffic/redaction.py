"""Attribute values to placeholders: a file of traffic that can leave the house.

Two ways, alike in all but the names they give:

    values   "s1", "s2", ... in the order in which values were first seen: short, and readable beside a report
    hash     a keyed hash, its key made for the capture and forgotten with it: needs no memory of what was seen

What a placeholder keeps of a value: its type; equality (equal values have one placeholder, and numbers are equal as
DynamoDB compares them: 1 and 1.0); its size class, which is the largest power of two within its bytes, or the shortest
placeholder where that is more; emptiness; that a number or a base64 text was malformed. What it does not keep: order
and prefixes (BETWEEN, <, begins_with and sort orders come out otherwise), arithmetic (ADD and SET n = n + 1), the way
in which a number was written, what an item expires at.

What is replaced: in operations on items, everything that is not known to be the API's own (`_MEMBERS`); so what stands
in a member with a misspelt name is replaced too. Operations on tables hold no attribute values and are left as they
are. Kept on purpose: names of tables, indexes and attributes (also names within maps), ARNs, true, false and null.
Statements and expressions are kept without what is quoted in them, without numbers, and without words that can be no
names. (A text between double quotes is a name in PartiQL, and stays.) A reply that is no JSON is not kept: which of it
are values cannot be told.

Texts of errors are kept without the values of the request, however they are escaped, and without what may be a stored
value: an attribute value in JSON or nearly so; a number of eight digits or more, which may be a sum; what is quoted,
unless each word of it is the API's, or stands in the request as it is written, or in an operation on tables before it.
So "Value 'INVALID' at 'returnValues' failed to satisfy constraint" stays whole. What is taken out ends where that is
sure, at worst with the text. Other stored words would stay; no server is known to tell one so.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum, StrEnum
from typing import Any, Final

from conformance.scenario import JSON, JSONObject


class Redaction(StrEnum):
    NONE = "none"
    VALUES = "values"
    HASH = "hash"


class _Member(Enum):
    KEPT = "one word or number, kept as it is"
    WHOLE = "kept as it is, whatever it holds"
    API = "holds members of the API"
    NAMED = "holds names of the application's, and under each members of the API"
    METRICS = "members of the API, or, of a batch, these under names of tables"
    EXPRESSION = "a text that should hold no values: what is quoted, and numbers, are taken out"
    STATEMENT = "PartiQL: literals are taken out"
    TOKEN = "may hold a value in disguise: replaced whole"
    MESSAGE = "a text that may quote values of the request, and stored ones"


def _all(kind: _Member, names: str) -> dict[str, _Member]:
    return dict.fromkeys(names.split(), kind)


# The members of requests and replies on items and stream records. Every other one holds attribute values.
_MEMBERS: Final[Mapping[str, _Member]] = {
    **_all(
        _Member.KEPT,
        """
        TableName IndexName Select ReturnValues ReturnConsumedCapacity
        ReturnItemCollectionMetrics ReturnValuesOnConditionCheckFailure ConditionalOperator
        ComparisonOperator Action ConsistentRead ScanIndexForward Limit Segment TotalSegments Exists
        Count ScannedCount __type code Code StreamArn ShardId ShardIterator ShardIteratorType SequenceNumber
        NextShardIterator ExclusiveStartShardId ExclusiveStartStreamArn LastEvaluatedStreamArn
        eventID eventName eventVersion eventSource awsRegion
        ApproximateCreationDateTime SizeBytes StreamViewType
        """,
    ),
    **_all(
        _Member.WHOLE,
        "ExpressionAttributeNames AttributesToGet ConsumedCapacity SizeEstimateRangeGB ShardFilter userIdentity",
    ),
    **_all(
        _Member.API,
        """
        TransactItems Put Get Delete Update ConditionCheck PutRequest DeleteRequest Statements TransactStatements
        CancellationReasons Error Records dynamodb
        """,
    ),
    **_all(
        _Member.NAMED,
        """
        RequestItems UnprocessedItems UnprocessedKeys
        AttributeUpdates Expected KeyConditions QueryFilter ScanFilter
        """,
    ),
    **_all(
        _Member.EXPRESSION,
        "KeyConditionExpression FilterExpression ProjectionExpression UpdateExpression ConditionExpression",
    ),
    "ItemCollectionMetrics": _Member.METRICS,
    "Statement": _Member.STATEMENT,
    "NextToken": _Member.TOKEN,
    "ClientRequestToken": _Member.TOKEN,
    "Message": _Member.MESSAGE,
    "message": _Member.MESSAGE,
}
# `Responses` of BatchGetItem are items under names of tables, those of transactions and statements a list.
_ITEMS_BY_TABLE: Final = "Responses"

# Only those that there are: what an operation with a misspelt name is about is not known.
_ON_TABLES: Final = """
    CreateBackup CreateGlobalTable CreateTable DeleteBackup DeleteResourcePolicy DeleteTable DescribeBackup
    DescribeContinuousBackups DescribeContributorInsights DescribeEndpoints DescribeExport DescribeGlobalTable
    DescribeGlobalTableSettings DescribeImport DescribeKinesisStreamingDestination DescribeLimits DescribeStream
    DescribeTable DescribeTableReplicaAutoScaling DescribeTimeToLive DisableKinesisStreamingDestination
    EnableKinesisStreamingDestination ExportTableToPointInTime GetResourcePolicy ImportTable ListBackups
    ListContributorInsights ListExports ListGlobalTables ListImports ListStreams ListTables ListTagsOfResource
    PutResourcePolicy RestoreTableFromBackup RestoreTableToPointInTime TagResource UntagResource
    UpdateContinuousBackups UpdateContributorInsights UpdateGlobalTable UpdateGlobalTableSettings
    UpdateKinesisStreamingDestination UpdateTable UpdateTableReplicaAutoScaling UpdateTimeToLive
"""
_OPERATIONS_ON_TABLES: Final = frozenset(_ON_TABLES.split())
_QUOTED: Final = r"'(?:[^']|'')*'?|\"(?:[^\"]|\"\")*\"?"
# Behind a name or another index; `IN [1, 2]` has a list.
_INDEX: Final = r"(?<=[\w\"\]])(?<!\b[iI][nN])\[\d{1,5}\]"
# What no name has in it, and so the whole word around it: alice@example.com.
_ODD: Final = r"(?<![^\s()<>=,\[\]{}'\"])[\w.:#+\-*?;|!/%]*+[^\s()<>=,\[\]{}'\"\w.:#+\-*?;|!/%][^\s()<>=,\[\]{}'\"]*"
# With what makes it none, as in 12ab.
_FIGURES: Final = r"-?\.?\d[\w.]*(?:(?<=[eE])[-+]\d+)?"
_IN_EXPRESSIONS: Final = re.compile(
    rf"(?P<odd>{_ODD})|(?P<kept>[#:]\w+|[A-Za-z_]\w*|{_INDEX})|(?P<quoted>{_QUOTED})|{_FIGURES}", re.ASCII
)
# In PartiQL, "..." is a name and '...' a value.
_IN_STATEMENTS: Final = re.compile(
    rf"(?P<odd>{_ODD})|(?P<kept>\"(?:[^\"]|\"\")*\"|[A-Za-z_]\w*|{_INDEX})|(?P<quoted>'(?:[^']|'')*'?)|{_FIGURES}",
    re.ASCII,
)
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
# No limit of the API has so many digits. Not within a name or an ARN.
_LONG_NUMBER: Final = re.compile(
    rf"(?<![\w@/-])(?<!\w\.)(?!(?<=:)\d+:)(?=(?:[-+.]?\d){{8}}){_NUMBER.pattern}", re.ASCII
)
# An attribute value within a text, as JSON or nearly so.
_ATTRIBUTE_VALUE: Final = re.compile(r"""\{\s*["']?(?P<datatype>[SNB]S?|M|L)["']?\s*[:=]""")
_REMOVED: Final = "<redacted>"
# How one goes on that is no JSON and has nothing left in it.
_EMPTIED: Final = re.compile(rf"\s*(?:{_REMOVED}|\w?)\}}")
_WORD: Final = re.compile(r"\w+")
_NAME: Final = re.compile(r"[^\W\d]\w*")
# Not the apostrophe of a word or of a call: size()'s.
_OPENING: Final = re.compile(r"[\"`]|(?<![\w)'])'")
_CLOSING: Final = {'"': re.compile('"'), "`": re.compile("`"), "'": re.compile(r"'(?!\w)")}
# What servers quote that is neither a name nor a value, beside members and operations.
_QUOTED_BY_SERVERS: Final = """
    redacted null true false EOF member IsArray IsBool IsObject IsString S N B SS NS BS M L BOOL
    Item Items Key Keys Value AttributeValueList ExclusiveStartKey ExpressionAttributeValues Parameters
    BatchGetItem BatchWriteItem DeleteItem GetItem GetRecords GetShardIterator PutItem Query Scan UpdateItem
    BatchExecuteStatement ExecuteStatement ExecuteTransaction TransactGetItems TransactWriteItems
    AND OR NOT IN BETWEEN SET REMOVE ADD DELETE PUT SELECT INSERT INTO UPDATE FROM WHERE VALUE EXISTS MISSING
    EQ NE LE LT GE GT NOT_NULL CONTAINS NOT_CONTAINS BEGINS_WITH
    attribute_exists attribute_not_exists attribute_type begins_with contains size if_not_exists list_append
    ALL ALL_OLD ALL_NEW UPDATED_OLD UPDATED_NEW NONE INDEXES TOTAL COUNT SPECIFIC_ATTRIBUTES
    ALL_ATTRIBUTES ALL_PROJECTED_ATTRIBUTES
"""
_API_WORDS: Final = frozenset(word.lower() for word in (*_MEMBERS, *_OPERATIONS_ON_TABLES, *_QUOTED_BY_SERVERS.split()))

_DIGEST_SIZE: Final = 8


class Redactor:
    """One capture's placeholders. Not for two threads at once."""

    def __init__(self, redaction: Redaction) -> None:
        self.redaction = redaction
        self._key = secrets.token_bytes(32)
        self._seen: dict[bytes, int] = {}
        self._replaced: set[str] = set()
        self._request: JSONObject = {}
        self._words_of_request: set[str] | None = None
        self._words_of_tables: set[str] = set()

    def redact(self, operation: str, request: JSONObject, reply: JSON) -> tuple[JSONObject, JSON]:
        """A request, as a line has it, and its reply."""
        if self.redaction is Redaction.NONE:
            return request, reply
        if operation in _OPERATIONS_ON_TABLES:
            self._words_of_tables.update(_NAME.findall(json.dumps([request, reply])))
            return request, reply
        self._replaced = set()
        if "body" in request:
            request = request | {"body": self._members(request["body"])}
        self._request, self._words_of_request = request, None
        return request, _unreadable(reply) if isinstance(reply, str) else self._members(reply)

    # --- the API's members ------------------------------------------------------------------------------------

    def _members(self, value: JSON) -> JSON:
        if isinstance(value, list):
            return [self._members(element) for element in value]
        if not isinstance(value, dict):
            return self._value(value)
        return {name: self._member(name, member) for name, member in value.items()}

    def _member(self, name: str, value: JSON) -> JSON:
        if name == _ITEMS_BY_TABLE:
            return self._members(value) if isinstance(value, list) else self._value(value)
        kind = _MEMBERS.get(name)
        return self._value(value) if kind is None else _REDACTIONS[kind](self, value)

    def _kept(self, value: JSON) -> JSON:
        return self._value(value) if isinstance(value, dict | list) else value

    def _whole(self, value: JSON) -> JSON:
        return value

    def _named(self, value: JSON) -> JSON:
        if not isinstance(value, dict):
            return self._value(value)
        return {name: self._members(member) for name, member in value.items()}

    def _metrics(self, value: JSON) -> JSON:
        is_of_one = isinstance(value, dict) and isinstance(value.get("ItemCollectionKey"), dict)
        return self._members(value) if is_of_one else self._named(value)

    def _expression(self, value: JSON) -> JSON:
        return _IN_EXPRESSIONS.sub(self._literal, value) if isinstance(value, str) else self._value(value)

    def _statement(self, value: JSON) -> JSON:
        return _IN_STATEMENTS.sub(self._literal, value) if isinstance(value, str) else self._value(value)

    def _literal(self, match: re.Match[str]) -> str:
        text = match[0]
        if match["kept"]:
            return text
        if match["odd"]:
            return f"'{self._text(text)}'" if _WORD.search(text) else text
        if match["quoted"]:
            mark = text[0]
            return f"'{self._text(text.strip(mark).replace(mark * 2, mark))}'"
        return self._number(text)

    def _message(self, value: JSON) -> JSON:
        """A text without values. It may lose a word that happens to be one of the request's.

        Values of one character stay: taking out each "1" would tell nobody less and cost the text.
        """
        if not isinstance(value, str):
            return self._value(value) if value is not None else None
        return self._without_quotations(self._without_numbers(_without_attribute_values(self._without_words(value))))

    def _without_words(self, text: str) -> str:
        written = {way for word in self._replaced if len(word) > 1 for way in _ways_to_write(word) if way in text}
        if not written:
            return text
        pattern = "|".join(map(re.escape, sorted(written, key=len, reverse=True)))
        return re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", _REMOVED, text)

    def _without_numbers(self, text: str) -> str:
        """Those of the request, however they are written, and long ones, which may be sums with stored ones."""
        amounts = {amount for word in self._replaced if len(word) > 1 and (amount := _amount(word)) is not None}
        text = _NUMBER.sub(
            lambda found: _REMOVED if len(found[0]) > 1 and _amount(found[0]) in amounts else found[0], text
        )
        return _LONG_NUMBER.sub(lambda found: found[0] if self._is_known(found[0]) else _REMOVED, text)

    def _without_quotations(self, text: str) -> str:
        """One that is taken out ends with the last mark of its kind: a value may have such marks in it."""
        kept, start = "", 0
        while opening := _OPENING.search(text, start):
            mark = opening[0]
            kept += text[start : opening.end()]
            closing = _CLOSING[mark].search(text, opening.end())
            end = closing.start() if closing else len(text)
            quoted = text[opening.end() : end]
            if not all(map(self._is_known, _WORD.findall(quoted))):
                end = max(text.rfind(mark), end) if closing else end
                quoted = _REMOVED
            kept += quoted + mark * bool(closing)
            start = end + 1
        return kept + text[start:]

    def _is_known(self, word: str) -> bool:
        """Whether it is no value, or one of one character: values are no longer in the request as it is written."""
        if self._words_of_request is None:
            self._words_of_request = set(_WORD.findall(json.dumps(self._request, ensure_ascii=False)))
        is_the_applications = word in self._words_of_request or word in self._words_of_tables
        return len(word) == 1 or is_the_applications or word.lower() in _API_WORDS

    # --- values -----------------------------------------------------------------------------------------------

    def _value(self, value: JSON) -> JSON:
        """Whatever it is: an attribute value, names with values, or what stands where one should."""
        if isinstance(value, list):
            return [self._value(element) for element in value]
        if isinstance(value, dict):
            if len(value) == 1:
                ((datatype, content),) = value.items()
                if datatype in _DATATYPES and isinstance(content, str):
                    return {datatype: _DATATYPES[datatype](self, content)}
                if datatype in _SETS and isinstance(content, list):
                    return {datatype: self._set(_SETS[datatype], content)}
            return {name: self._value(member) for name, member in value.items()}
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, bool) or value is None:
            return value
        placeholder = self._number(str(value))
        return int(placeholder) if placeholder.isdecimal() else placeholder

    def _set(self, datatype: str, elements: Sequence[JSON]) -> list[JSON]:
        redact = _DATATYPES[datatype]
        return [redact(self, element) if isinstance(element, str) else self._value(element) for element in elements]

    def _text(self, text: str) -> str:
        if not text:
            return text
        content = text.encode("utf-8", "surrogatepass")
        self._replaced.add(text)
        return _filled(f"s{self._name(b'S', content)}", len(content))

    def _number(self, text: str) -> str:
        self._replaced.add(text)
        amount = _amount(text)
        if amount is None:
            return f"no-number-{self._name(b'S', text.encode('utf-8', 'surrogatepass'))}" if text else text
        return str(int(self._name(b"N", amount.encode()), 36))

    def _binary(self, text: str) -> str:
        self._replaced.add(text)
        try:
            content = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return f"no base64 {self._name(b'S', text.encode('utf-8', 'surrogatepass'))}"
        if not content:
            return text
        return base64.b64encode(_filled(f"b{self._name(b'B', content)}", len(content)).encode()).decode()

    def _name(self, datatype: bytes, content: bytes) -> str:
        """What tells this value from every other one of its type, in the digits of base 36."""
        digest = hmac.digest(self._key, datatype + content, hashlib.sha256)[:_DIGEST_SIZE]
        if self.redaction is Redaction.HASH:
            return _in_base_36(int.from_bytes(digest))
        # A digest in the place of the value, so that a gigabyte of values is not kept in memory.
        return _in_base_36(self._seen.setdefault(datatype + digest, len(self._seen) + 1))


_REDACTIONS: Final[Mapping[_Member, Callable[[Redactor, Any], Any]]] = {
    _Member.KEPT: Redactor._kept,
    _Member.WHOLE: Redactor._whole,
    _Member.API: Redactor._members,
    _Member.NAMED: Redactor._named,
    _Member.METRICS: Redactor._metrics,
    _Member.EXPRESSION: Redactor._expression,
    _Member.STATEMENT: Redactor._statement,
    _Member.TOKEN: Redactor._value,
    _Member.MESSAGE: Redactor._message,
}
_DATATYPES: Final[Mapping[str, Callable[[Redactor, str], str]]] = {
    "S": Redactor._text,
    "N": Redactor._number,
    "B": Redactor._binary,
}
_SETS: Final[Mapping[str, str]] = {"SS": "S", "NS": "N", "BS": "B"}


def _unreadable(reply: str) -> str:
    return f"{_REMOVED}: {len(reply):,} characters that are no JSON" if reply else reply


def _amount(text: str) -> str | None:
    """What a number is worth, the same text for all ways to write it, to the last digit; None for what is none."""
    if not _NUMBER.fullmatch(text):
        return None
    try:
        sign, digits, exponent = Decimal(text).as_tuple()
    except InvalidOperation:  # an exponent that no decimal has
        return None
    significant = "".join(map(str, digits)).strip("0")
    if not significant or not isinstance(exponent, int):
        return "0"
    return f"{'-' * sign}{significant}e{exponent + len(digits) - len(''.join(map(str, digits)).rstrip('0'))}"


def _ways_to_write(word: str) -> set[str]:
    """A value as it is, and as JSON and programs have it between quotes."""
    return {word, json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1], repr(word)[1:-1]}


def _without_attribute_values(text: str) -> str:
    """What follows one that cannot be read is taken out with it: where it ends is not known."""
    kept, start = "", 0
    while match := _ATTRIBUTE_VALUE.search(text, start):
        kept += f'{text[start : match.start()]}{{"{match["datatype"]}":{_REMOVED}}}'
        if emptied := _EMPTIED.match(text, match.end()):
            start = emptied.end()
            continue
        try:
            _, start = _DECODER.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            return kept
    return kept + text[start:]


_DECODER: Final = json.JSONDecoder()


def _filled(name: str, size: int) -> str:
    """The name, up to the largest power of two within that size: never beyond a limit that the value kept."""
    return name.ljust(1 << (size.bit_length() - 1), ".")


def _in_base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits
