"""Events of AWS CloudTrail as lines of traffic, as far as they carry what was asked.

CloudTrail logs the control plane always and the data plane where somebody switched data events on. It is no capture:
it never holds a reply but for errors, its time is whole seconds, and of items it keeps keys at most.

In doubt, all of it from memory of AWS's documents, none of it seen (the dossiers that we were given are silent):
members of `requestParameters` are the API's with a small first letter (`tableName`); data events of single items
have the key and leave out the item and the values of expressions, or write `HIDDEN_DUE_TO_SECURITY_REASONS` or
asterisks in their place; `errorCode` is the error's name, with or without a namespace; streams log GetRecords under the
source `dynamodb.amazonaws.com` as well. So nothing is taken for granted here: what an operation needs and the event
does not have is listed as missing, and values are taken as they are only where they have an attribute value's form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from conformance.scenario import JSON, JSONObject

SOURCES: Final = ("dynamodb.amazonaws.com", "streams.dynamodb.amazonaws.com")

_STREAMS: Final = frozenset({"ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"})

_MASKED: Final = re.compile(r"HIDDEN_DUE_TO_SECURITY_REASONS|\*+")

# What each operation of the data plane cannot be sent again without. Members that an operation may have, such as
# conditions, cannot be told to be missing: see VALUES.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "GetItem": ("TableName", "Key"),
    "PutItem": ("TableName", "Item"),
    "UpdateItem": ("TableName", "Key"),
    "DeleteItem": ("TableName", "Key"),
    "Query": ("TableName",),
    "Scan": ("TableName",),
    "BatchGetItem": ("RequestItems",),
    "BatchWriteItem": ("RequestItems",),
    "TransactGetItems": ("TransactItems",),
    "TransactWriteItems": ("TransactItems",),
    "ExecuteStatement": ("Statement",),
    "BatchExecuteStatement": ("Statements",),
    "ExecuteTransaction": ("TransactStatements",),
    "GetRecords": ("ShardIterator",),
}
_EXPRESSIONS: Final = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
# Members whose own members have names of the application's, not of the API's.
_NAMED: Final = frozenset(
    {
        "Item",
        "Key",
        "ExclusiveStartKey",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "RequestItems",
        "Expected",
        "AttributeUpdates",
        "KeyConditions",
        "QueryFilter",
        "ScanFilter",
    }
)
_DATATYPES: Final = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL"})
_KEYS: Final = frozenset({"Item", "Key", "ExclusiveStartKey", "ExpressionAttributeValues"})


def is_log(document: JSON) -> bool:
    """Whether this is a file of CloudTrail's, or one event of it."""
    if not isinstance(document, dict):
        return False
    records = document.get("Records")
    if isinstance(records, list):
        return all(_is_event(record) for record in records)
    return _is_event(document)


def _is_event(record: JSON) -> bool:
    return isinstance(record, dict) and "eventSource" in record and "eventName" in record


def events_of(document: JSONObject) -> Sequence[JSONObject]:
    records: list[JSONObject] = document.get("Records", [document])
    return [record for record in records if record["eventSource"] in SOURCES]


def captured(event: JSONObject) -> JSONObject:
    """An event as a line of traffic, with what is missing. Raises KeyError, ValueError."""
    operation = event["eventName"]
    missing: list[str] = []
    body = _parameters(event.get("requestParameters") or {}, missing, "")
    missing += [name for name in _NEEDED.get(operation, ()) if name not in body and name not in missing]
    if operation == "UpdateItem" and not {"UpdateExpression", "AttributeUpdates"} & body.keys():
        missing.append("UpdateExpression")  # legal without, but nobody would ask so
    missing += _unexplained_values(body)
    error = event.get("errorCode")
    reply: JSON = None
    if error:
        reply = {"__type": str(error), "message": event.get("errorMessage", "")}
    else:
        missing.append("reply")
    return {
        "id": str(event.get("requestID") or event.get("eventID") or ""),
        "feature": "",
        "operation": operation,
        "request": {"body": body},
        # In doubt: an error of the server is not told from a refusal but by its name.
        "status": 200 if not error else 500 if "InternalServerError" in str(error) else 400,
        "reply": reply,
        "headers": {},
        "at": datetime.fromisoformat(event["eventTime"]).timestamp(),
        "seconds": 0.0,
        "region": event.get("awsRegion", ""),
        "account": "",
        "connection": 0,
        "client": str(event.get("userAgent", ""))[:120],
        "service": "dynamodbstreams" if operation in _STREAMS else "dynamodb",
        "partial": True,
        "missing": list(dict.fromkeys(missing)),
    }


def _parameters(parameters: JSON, missing: list[str], path: str) -> Any:
    """The API's names for CloudTrail's, through the whole request. What is masked is left out, and noted."""
    if isinstance(parameters, list):
        return [_parameters(element, missing, path) for element in parameters]
    if not isinstance(parameters, dict):
        return parameters
    body: JSONObject = {}
    for theirs, value in parameters.items():
        name = theirs[:1].upper() + theirs[1:]
        where = f"{path}.{name}" if path else name
        if _is_masked(value):
            missing.append(where)
        elif name in _KEYS and isinstance(value, dict):
            body[name] = _values(value, missing, where)
        elif name in _NAMED and isinstance(value, dict):
            body[name] = {key: _parameters(member, missing, f"{where}.{key}") for key, member in value.items()}
        else:
            body[name] = _parameters(value, missing, where)
    return body


def _values(members: JSONObject, missing: list[str], where: str) -> JSONObject:
    """Attribute values by their names, those that are there. A value without its type is as good as masked."""
    values: JSONObject = {}
    for name, value in members.items():
        typed = isinstance(value, dict) and len(value) == 1 and value.keys() <= _DATATYPES
        if typed and not _is_masked(next(iter(value.values()))):
            values[name] = value
        else:
            missing.append(f"{where}.{name}")
    return values


def _is_masked(value: JSON) -> bool:
    return isinstance(value, str) and _MASKED.fullmatch(value) is not None


def _unexplained_values(body: JSONObject) -> list[str]:
    """The values and names that expressions speak of and the event does not have."""
    text = " ".join(str(body.get(name, "")) for name in _EXPRESSIONS)
    given = body.get("ExpressionAttributeValues", {}), body.get("ExpressionAttributeNames", {})
    members = ("ExpressionAttributeValues", ":"), ("ExpressionAttributeNames", "#")
    return [
        f"{member}.{placeholder}"
        for (member, sign), known in zip(members, given, strict=True)
        for placeholder in dict.fromkeys(re.findall(rf"{sign}\w+", text))
        if placeholder not in known
    ]
