"""What can be wrong with the parameters from before there were expressions (data-plane 5)."""

from __future__ import annotations

from conformance.scenario import JSONObject
from conformance.strategies.near_misses.registry import EXPRESSIONS, Draft, near_miss

_WRITES = ("PutItem", "UpdateItem", "DeleteItem")


def _compared(operator: str, *operands: JSONObject) -> JSONObject:
    return {"ComparisonOperator": operator, "AttributeValueList": list(operands)}


_S, _N, _SS = {"S": "a"}, {"N": "1"}, {"SS": ["a"]}

# Wrong in filters and key conditions as well as in Expected.
ILLEGAL_COMPARISONS: tuple[JSONObject, ...] = (
    _compared("EQ"),
    _compared("EQ", _S, _S),
    _compared("BETWEEN", _S),
    _compared("BETWEEN", _N, _N, _N),
    _compared("BETWEEN", {"N": "2"}, {"N": "1"}),
    _compared("BETWEEN", _S, _N),
    _compared("IN"),
    _compared("IN", _S, _N),
    _compared("IN", _SS),
    _compared("NULL", _S),
    _compared("NOT_NULL", _S),
    _compared("LT", _SS),
    _compared("GE", {"BOOL": True}),
    _compared("BETWEEN", _SS, _SS),
    _compared("BEGINS_WITH", _N),
    _compared("CONTAINS", _SS),
    _compared("NOT_CONTAINS", {"L": []}),
    _compared("EQ", {"SS": []}),
    _compared("EQ", {}),
    _compared("EQ", {"N": "x"}),
    _compared("LIKE", _S),
    {"ComparisonOperator": "EQ"},
    {"AttributeValueList": [_S]},
)
ILLEGAL_EXPECTATIONS: tuple[JSONObject, ...] = (
    *ILLEGAL_COMPARISONS,
    {},
    {"Exists": True},
    {"Exists": False, "Value": _S},
    {"Value": _S, "AttributeValueList": [_S]},
    {"Exists": True, "ComparisonOperator": "EQ", "Value": _S},
    {"Exists": False, "ComparisonOperator": "NULL"},
    {"Value": _S, "ComparisonOperator": "BETWEEN"},
    {"Value": {"NULL": False}},
)


@near_miss("a condition of Expected that is none", operations=_WRITES, weight=8)
def _illegal_expected(draft: Draft) -> None:
    draft.forget(*EXPRESSIONS)
    draft.request["Expected"] = {"price": draft.choose(ILLEGAL_EXPECTATIONS)}
    draft.request.pop("ConditionalOperator", None)


@near_miss("a filter that is none", operations=("Query", "Scan"), weight=8)
def _illegal_filter(draft: Draft) -> None:
    draft.forget("FilterExpression", "ProjectionExpression")
    draft.request.pop("ConditionalOperator", None)
    if draft.request.get("Select") == "SPECIFIC_ATTRIBUTES":
        del draft.request["Select"]
    if draft.operation == "Query":
        partition = draft.table.partition_key
        draft.request.pop("IndexName", None)
        draft.request.pop("KeyConditionExpression", None)
        value = {"S": {"S": "a"}, "N": {"N": "1"}, "B": {"B": "YQ=="}}[partition.datatype]
        draft.request["KeyConditions"] = {partition.name: _compared("EQ", value)}
        names = ("price", "price", "price", partition.name)
        draft.request["QueryFilter"] = {draft.choose(names): draft.choose(ILLEGAL_COMPARISONS)}
    else:
        draft.request["ScanFilter"] = {"price": draft.choose(ILLEGAL_COMPARISONS)}


@near_miss("KeyConditions that are none", operations=("Query",), weight=6)
def _illegal_key_conditions(draft: Draft) -> None:
    for member in ("QueryFilter", "ConditionalOperator", "IndexName", "AttributesToGet", "Select"):
        draft.request.pop(member, None)
    draft.forget("KeyConditionExpression", "FilterExpression", "ProjectionExpression")
    partition = draft.table.partition_key
    sort = draft.table.sort_key.name if draft.table.sort_key else "title"
    value = {"S": {"S": "a"}, "N": {"N": "1"}, "B": {"B": "YQ=="}}[partition.datatype]
    of_partition = {partition.name: _compared("EQ", value)}
    illegal: tuple[JSONObject, ...] = (
        {},
        {partition.name: _compared("GT", value)},
        {partition.name: _compared("NE", value)},
        {partition.name: _compared("EQ", {"BOOL": True})},
        {partition.name: draft.choose(ILLEGAL_COMPARISONS)},
        {"title": _compared("EQ", {"S": "a"})},
        {sort: _compared("EQ", value)},
        of_partition | {sort: _compared("NE", value)},
        of_partition | {sort: _compared("IN", value)},
        of_partition | {sort: _compared("CONTAINS", value)},
        of_partition | {sort: {"ComparisonOperator": "NOT_NULL"}},
        of_partition | {"title": _compared("EQ", {"S": "a"})},
        of_partition | {sort: _compared("EQ", value), "title": _compared("EQ", {"S": "a"})},
    )
    draft.request["KeyConditions"] = draft.choose(illegal)


@near_miss("a ConditionalOperator that is out of place", operations=(*_WRITES, "Query", "Scan"))
def _conditional_operator(draft: Draft) -> None:
    operator = draft.choose(("AND", "OR"))
    draft.request["ConditionalOperator"] = operator
    # Beside none, or beside one: it takes two.
    if draft.operation in _WRITES and draft.choose((True, False)):
        draft.forget(*EXPRESSIONS)
        draft.request["Expected"] = {"price": {"Exists": False}}


@near_miss("AttributeUpdates that are none", operations=("UpdateItem",), weight=6)
def _illegal_attribute_updates(draft: Draft) -> None:
    draft.forget("UpdateExpression", "ConditionExpression")
    illegal: tuple[JSONObject, ...] = (
        {"title": {}},
        {"title": {"Action": "PUT"}},
        {"title": {"Action": "ADD"}},
        {"title": {"Action": "ADD", "Value": _S}},
        {"title": {"Action": "ADD", "Value": {"BOOL": True}}},
        {"title": {"Action": "DELETE", "Value": _S}},
        {"title": {"Action": "DELETE", "Value": {"L": []}}},
        {"title": {"Action": "SET", "Value": _S}},
        {"title": {"Value": {"SS": []}}},
        {"title": {"Value": {"N": "x"}}},
        {draft.table.partition_key.name: {"Value": _S}},
        {draft.table.partition_key.name: {"Action": "DELETE"}},
        {"": {"Value": _S}},
        *({name: {"Value": {"BOOL": True}}} for name in draft.table.index_keys()),
    )
    draft.request["AttributeUpdates"] = draft.choose(illegal)


@near_miss("AttributesToGet that are none", operations=("GetItem", "Query", "Scan"))
def _illegal_attributes_to_get(draft: Draft) -> None:
    if "KeyConditionExpression" not in draft.request and "FilterExpression" not in draft.request:
        draft.forget("ProjectionExpression")
    draft.request["AttributesToGet"] = draft.choose((["title", "title"], [], ["title", "price", "title"], [""]))


_LEGACY: dict[str, JSONObject] = {
    "PutItem": {"Expected": {"title": {"Exists": False}}},
    "DeleteItem": {"Expected": {"title": {"Exists": False}}},
    "UpdateItem": {"AttributeUpdates": {"price": {"Value": {"N": "1"}}}, "Expected": {"title": {"Exists": False}}},
    "GetItem": {"AttributesToGet": ["title"]},
    "Query": {
        "AttributesToGet": ["title"],
        "QueryFilter": {"price": {"ComparisonOperator": "NOT_NULL"}},
        "KeyConditions": {"pk": _compared("EQ", _S)},
    },
    "Scan": {"AttributesToGet": ["title"], "ScanFilter": {"price": {"ComparisonOperator": "NOT_NULL"}}},
}


@near_miss("expressions and legacy parameters", *EXPRESSIONS, operations=tuple(_LEGACY))
def _mixed(draft: Draft) -> None:
    member, value = draft.choose(sorted(_LEGACY[draft.operation].items()))
    draft.request[member] = value
