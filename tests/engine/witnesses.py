"""Scenarios written by hand, in few words: values as Python has them, operations as functions.

`item(pk="a", n=1)` is an item; a text is an S, an int or a `Number` an N, bytes are a B, a set is an SS, NS or BS.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.scenario import JSONObject, Scenario, Step


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is spelt."""

    text: str


Value = Any  # what `wire` takes


def wire(value: Value) -> JSONObject:
    """An attribute value."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case Number(text=text):
            return {"N": text}
        case str():
            return {"S": value}
        case bytes():
            return {"B": _base64(value)}
        case list():
            return {"L": [wire(element) for element in value]}
        case dict():
            return {"M": {name: wire(entry) for name, entry in value.items()}}
        case set() | frozenset() | tuple():
            return _set(value)
    raise TypeError(f"no attribute value: {value!r}")


def _set(elements: Any) -> JSONObject:
    """A tuple is a set whose order is told."""
    contents = [wire(element) for element in elements]
    (datatype,) = {name for content in contents for name in content}
    in_order = [content[datatype] for content in contents]
    return {f"{datatype}S": in_order if isinstance(elements, tuple) else sorted(in_order)}


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def item(**attributes: Value) -> JSONObject:
    return {name: wire(value) for name, value in attributes.items()}


def values(**named: Value) -> JSONObject:
    """ExpressionAttributeValues: `values(v=1)` is `{":v": {"N": "1"}}`."""
    return {f":{name}": wire(value) for name, value in named.items()}


# --- tables -----------------------------------------------------------------------------------------------


def table(
    name: str, keys: str, *, local: Sequence[JSONObject] = (), global_: Sequence[JSONObject] = (), **members: Any
) -> JSONObject:
    """`keys` as `pk:S sk:N`, and behind a semicolon the attributes that only indexes use."""
    own, _, others = keys.partition(";")
    request: JSONObject = {
        "TableName": name,
        "KeySchema": key_schema(*(one.partition(":")[0] for one in own.split())),
        "AttributeDefinitions": [
            {"AttributeName": one.partition(":")[0], "AttributeType": one.partition(":")[2]}
            for one in (own + " " + others).split()
        ],
        "BillingMode": "PAY_PER_REQUEST",
        **members,
    }
    if local:
        request["LocalSecondaryIndexes"] = list(local)
    if global_:
        request["GlobalSecondaryIndexes"] = list(global_)
    return request


def key_schema(*names: str) -> list[JSONObject]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(names, ("HASH", "RANGE"), strict=False)]


def index(name: str, *keys: str, projection: str = "ALL", include: Sequence[str] = ()) -> JSONObject:
    described: JSONObject = {"ProjectionType": projection}
    if include:
        described["NonKeyAttributes"] = list(include)
    return {"IndexName": name, "KeySchema": key_schema(*keys), "Projection": described}


SIMPLE = table("Simple", "pk:S")
SORTED = table("Sorted", "pk:S sk:N")
SORTED_BY_TEXT = table("SortedByText", "pk:S sk:S")
SORTED_BY_BINARY = table("SortedByBinary", "pk:S sk:B")
INDEXED = table(
    "Indexed",
    "pk:S sk:N; g:S h:N",
    local=[
        index("Local", "pk", "h"),
        index("LocalKeys", "pk", "h", projection="KEYS_ONLY"),
    ],
    global_=[
        index("Global", "g", "h"),
        index("GlobalKeys", "g", projection="KEYS_ONLY"),
        index("GlobalSome", "g", projection="INCLUDE", include=["x"]),
    ],
)
TABLES = {str(request["TableName"]): request for request in (SIMPLE, SORTED, SORTED_BY_TEXT, SORTED_BY_BINARY, INDEXED)}


# --- steps ------------------------------------------------------------------------------------------------


def call(operation: str, /, *, label: str = "", pages: bool = False, **request: Any) -> Step:
    return Step(operation, request, label=label, pages=pages)


def put(table_name: str, item_: JSONObject, **members: Any) -> Step:
    return call("PutItem", TableName=table_name, Item=item_, **members)


def get(table_name: str, key: JSONObject, **members: Any) -> Step:
    return call("GetItem", TableName=table_name, Key=key, **members)


def delete(table_name: str, key: JSONObject, **members: Any) -> Step:
    return call("DeleteItem", TableName=table_name, Key=key, **members)


def update(table_name: str, key: JSONObject, expression: str | None = None, **members: Any) -> Step:
    """Named in capitals are members of the request, in small letters values of the expression."""
    given, own = _values_and_members(members)
    if expression is not None:
        own["UpdateExpression"] = expression
    return call("UpdateItem", TableName=table_name, Key=key, **given, **own)


def query(table_name: str, condition: str, *, pages: bool = False, **members: Any) -> Step:
    given, own = _values_and_members(members)
    return call("Query", TableName=table_name, KeyConditionExpression=condition, pages=pages, **given, **own)


def scan(table_name: str, filter_: str | None = None, *, pages: bool = False, **members: Any) -> Step:
    given, own = _values_and_members(members)
    if filter_ is not None:
        own["FilterExpression"] = filter_
    return call("Scan", TableName=table_name, pages=pages, **given, **own)


def put_if(table_name: str, item_: JSONObject, condition: str, **members: Any) -> Step:
    given, own = _values_and_members(members)
    return put(table_name, item_, ConditionExpression=condition, **given, **own)


def delete_if(table_name: str, key: JSONObject, condition: str, **members: Any) -> Step:
    given, own = _values_and_members(members)
    return delete(table_name, key, ConditionExpression=condition, **given, **own)


def _values_and_members(members: Mapping[str, Any]) -> tuple[JSONObject, JSONObject]:
    own = {name: member for name, member in members.items() if name[0].isupper()}
    named = {name: member for name, member in members.items() if name not in own}
    return ({"ExpressionAttributeValues": values(**named)} if named else {}), own


def action(kind: str, table_name: str, what: JSONObject, **members: Any) -> JSONObject:
    """A member of TransactWriteItems; `what` is its item or its key."""
    given, own = _values_and_members(members)
    return {kind: {"TableName": table_name, "Item" if kind == "Put" else "Key": what, **given, **own}}


def transaction(*actions: JSONObject, **members: Any) -> Step:
    return call("TransactWriteItems", TransactItems=list(actions), **members)


def batch_write(requests: Mapping[str, Sequence[JSONObject]], **members: Any) -> Step:
    return call("BatchWriteItem", RequestItems={name: list(members_) for name, members_ in requests.items()}, **members)


def put_request(**attributes: Value) -> JSONObject:
    return {"PutRequest": {"Item": item(**attributes)}}


def delete_request(**attributes: Value) -> JSONObject:
    return {"DeleteRequest": {"Key": item(**attributes)}}


# --- scenarios --------------------------------------------------------------------------------------------


def witness(*steps: Step, tables: Sequence[JSONObject] | None = None) -> Scenario:
    """The tables are those of `TABLES` that the steps name, where nothing else is said."""
    if tables is None:
        text = repr([step.request for step in steps])
        created = {step.request.get("TableName") for step in steps if step.operation == "CreateTable"}
        tables = [request for name, request in TABLES.items() if repr(name) in text and name not in created]
    return Scenario("witness", "", tuple(tables), steps)
