"""Near misses: a valid request with one thing wrong.

Each entry of `NEAR_MISSES` says to which requests it applies and how it spoils one. A request is wrong in one place
only, so that what is compared is one check and not the order of two. That it is refused is likely and not certain: an
operand of another type may be legal where it stands. To add one: a function that changes the request, decorated with
the members or operations to which it applies.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hypothesis.strategies import DrawFn

from conformance.scenario import JSON, JSONObject, Step
from conformance.strategies.schemas import Table
from conformance.strategies.values import KEY_VALUES, AttributeValue, chance, nested, pick

EXPRESSIONS = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
CONDITIONS = ("ConditionExpression", "FilterExpression")
WRONG_JSON: tuple[JSON, ...] = ("text", 7, True, [], {}, ["x"], {"x": 1}, 1.5)


@dataclass(frozen=True, slots=True)
class Draft:
    """A request being spoilt, the table that it is about, and Hypothesis's choices."""

    draw: DrawFn
    request: JSONObject
    table: Table

    def choose(self, options: Sequence[Any]) -> Any:
        return pick(self.draw, options)


Spoil: TypeAlias = Callable[[Draft], None]


@dataclass(frozen=True, slots=True)
class NearMiss:
    name: str
    spoil: Spoil
    # It applies where the request has one of these members; with none given, everywhere.
    members: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()

    @property
    def weight(self) -> int:
        return (
            3 if any(member.endswith("Expression") or member.startswith("Expression") for member in self.members) else 1
        )

    def applies(self, step: Step) -> bool:
        if self.operations and step.operation not in self.operations:
            return False
        return not self.members or any(step.request.get(member) for member in self.members)


NEAR_MISSES: list[NearMiss] = []


def near_miss(name: str, *members: str, operations: tuple[str, ...] = ()) -> Callable[[Spoil], Spoil]:
    def register(spoil: Spoil) -> Spoil:
        NEAR_MISSES.append(NearMiss(name, spoil, members, operations))
        return spoil

    return register


# The operation that a member of a transaction is like: what can be wrong with its request can be wrong with the member.
LIKE = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "DeleteItem",
    "Get": "GetItem",
}
# Except for members of the request that a member of a transaction does not have.
ONLY_OF_REQUESTS = ("ReturnValues that only UpdateItem has",)


def draw_near_miss(draw: DrawFn, step: Step, table: Table) -> tuple[Step, str]:
    """`step` with one thing wrong, and what."""
    spoilt = Step(step.operation, copy.deepcopy(step.request))
    within = _members_of_transaction(spoilt, table)
    spoiling = pick(draw, within) if within and chance(draw, 75) else spoilt
    # What only some requests can get wrong weighs more: expressions, most of all, have many ways.
    fitting = [
        miss
        for miss in NEAR_MISSES
        if miss.applies(spoiling) and (spoiling is spoilt or miss.name not in ONLY_OF_REQUESTS)
        for _ in range(miss.weight)
    ]
    chosen = pick(draw, fitting)
    chosen.spoil(Draft(draw, spoiling.request, table))
    return spoilt, chosen.name


def _members_of_transaction(step: Step, table: Table) -> list[Step]:
    """The members that are about `table`, each as the operation that it is like; the requests are those of `step`."""
    return [
        Step(LIKE[name], member)
        for entry in step.request.get("TransactItems", ())
        for name, member in entry.items()
        if member["TableName"] == table.name
    ]


# --- placeholders -----------------------------------------------------------------------------------------


@near_miss("a value is not used", *EXPRESSIONS)
def _unused_value(draft: Draft) -> None:
    draft.request["ExpressionAttributeValues"] = draft.request.get("ExpressionAttributeValues", {}) | {
        ":unused": {"S": "a"}
    }


@near_miss("a name is not used", *EXPRESSIONS)
def _unused_name(draft: Draft) -> None:
    draft.request["ExpressionAttributeNames"] = draft.request.get("ExpressionAttributeNames", {}) | {"#unused": "title"}


@near_miss("a value is not defined", "ExpressionAttributeValues")
def _undefined_value(draft: Draft) -> None:
    _drop_one(draft, "ExpressionAttributeValues")


@near_miss("a name is not defined", "ExpressionAttributeNames")
def _undefined_name(draft: Draft) -> None:
    _drop_one(draft, "ExpressionAttributeNames")


@near_miss("names or values are empty", *EXPRESSIONS)
def _empty_placeholders(draft: Draft) -> None:
    draft.request[draft.choose(("ExpressionAttributeNames", "ExpressionAttributeValues"))] = {}


@near_miss("values without an expression", operations=("PutItem", "DeleteItem", "Scan"))
def _values_alone(draft: Draft) -> None:
    for member in EXPRESSIONS:
        draft.request.pop(member, None)
    draft.request.pop("ExpressionAttributeNames", None)
    draft.request["ExpressionAttributeValues"] = {":v0": {"S": "a"}}


def _drop_one(draft: Draft, member: str) -> None:
    del draft.request[member][draft.choose(sorted(draft.request[member]))]
    if not draft.request[member]:
        del draft.request[member]


# --- expressions ------------------------------------------------------------------------------------------


@near_miss("an operand of another type", "ExpressionAttributeValues")
def _operand_type(draft: Draft) -> None:
    values = draft.request["ExpressionAttributeValues"]
    other: tuple[AttributeValue, ...] = (
        {"S": "a"},
        {"N": "1"},
        {"BOOL": True},
        {"NULL": True},
        {"L": []},
        {"SS": ["a"]},
    )
    values[draft.choose(sorted(values))] = draft.choose(other)


@near_miss("a token too many or too few", *EXPRESSIONS)
def _syntax(draft: Draft) -> None:
    member = _expression(draft, EXPRESSIONS)
    words = draft.request[member].split(" ")
    place = draft.choose(range(len(words)))
    token = draft.choose(("", "", "=", ")", ",", "AND", "SET", "5", "!"))
    words[place : place + 1] = [words[place], token] if token else []
    draft.request[member] = " ".join(words)


@near_miss("an empty expression", *EXPRESSIONS)
def _empty_expression(draft: Draft) -> None:
    draft.request[_expression(draft, EXPRESSIONS)] = draft.choose(("", " "))


@near_miss("redundant parentheses", *CONDITIONS)
def _parentheses(draft: Draft) -> None:
    member = _expression(draft, CONDITIONS)
    draft.request[member] = f"(({draft.request[member]}))"


@near_miss("an illegal condition", *CONDITIONS)
def _illegal_condition(draft: Draft) -> None:
    member = _expression(draft, CONDITIONS)
    illegal = (
        "name = title",  # a reserved word
        "title = title",  # operands not distinct
        "title",  # a path is no condition
        "size(title)",
        "attribute_exists(title) = price",
        "Attribute_Exists(title)",
        "contains(title)",
        "list_append(history, history) = history",
        "unknown(title)",
        "title NOT IN (price)",
        "_title = price",
        "history[01] = price",
    )
    draft.request[member] = f"{draft.request[member]} AND {draft.choose(illegal)}"


@near_miss("an inverted or mixed BETWEEN", *CONDITIONS)
def _bounds(draft: Draft) -> None:
    member = _expression(draft, CONDITIONS)
    draft.request[member] += " OR price BETWEEN :lower AND :upper"
    upper = draft.choose(({"N": "1"}, {"S": "b"}))
    added = {":lower": {"N": "2"}, ":upper": upper}
    draft.request["ExpressionAttributeValues"] = draft.request.get("ExpressionAttributeValues", {}) | added


@near_miss("paths that overlap or conflict", "ProjectionExpression")
def _overlapping_projection(draft: Draft) -> None:
    added = draft.choose(("details, details.city", "details.city, details[0]", "title, title"))
    draft.request["ProjectionExpression"] += f", {added}"


@near_miss("updates that overlap, conflict or are not allowed", "UpdateExpression")
def _illegal_update(draft: Draft) -> None:
    illegal = (
        "REMOVE details, details.city",
        "REMOVE details.city, details[0]",
        "SET title = price SET price = title",
        "SET status = title",
        "SET title = size(price)",
        "SET price = price + price + price",
        "SET price = if_not_exists(price)",
        "SET price = if_not_exists(price, price)",
        "SET history = list_append(history, list_append(history, history))",
        "SET title = attribute_exists(price)",
        "REMOVE title.",
        "ADD price price",
        f"SET {draft.table.partition_key.name} = title",
        f"REMOVE {draft.table.partition_key.name}",
    )
    draft.request["UpdateExpression"] = draft.choose(illegal)
    _forget_placeholders(draft)


@near_miss("an update that meets a wrong type or nothing", "UpdateExpression")
def _failing_update(draft: Draft) -> None:
    failing = (
        "SET price = nowhere",
        "SET nowhere.city = title",
        "SET nowhere[0] = :v0",
        "SET price = title + price",
        "SET history = list_append(title, history)",
        "REMOVE nowhere.city",
        "ADD title :v0",
        "DELETE price :v1",
    )
    draft.request["UpdateExpression"] = chosen = draft.choose(failing)
    _forget_placeholders(draft)
    values = {":v0": {"N": "1"}, ":v1": {"SS": ["a"]}}
    used = {name: value for name, value in values.items() if name in chosen}
    if used:
        draft.request["ExpressionAttributeValues"] = used


@near_miss("key conditions that are none", "KeyConditionExpression")
def _key_condition(draft: Draft) -> None:
    partition = draft.table.partition_key.name
    illegal = (
        ":key = :key",
        f"{partition} > :key",
        f"{partition} <> :key",
        f"{partition} IN (:key)",
        f"{partition} = :key OR {partition} = :key",
        f"NOT {partition} = :key",
        f"{partition} = :key AND {partition} = :key",
        f"{partition} = :key AND title = :key",
        f"{partition} = :key AND size({partition}) = :key",
        f"attribute_exists({partition})",
        f"contains({partition}, :key)",
        f"{partition}.city = :key",
        "title = :key",
    )
    draft.request.pop("FilterExpression", None)
    draft.request.pop("ProjectionExpression", None)
    if draft.request.get("Select") == "SPECIFIC_ATTRIBUTES":
        del draft.request["Select"]
    _forget_placeholders(draft)
    draft.request["KeyConditionExpression"] = chosen = draft.choose(illegal)
    if ":key" in chosen:
        datatype = draft.table.partition_key.datatype
        draft.request["ExpressionAttributeValues"] = {":key": {datatype: KEY_VALUES[datatype][0]}}


@near_miss("a filter on a key attribute", operations=("Query",))
def _filter_on_key(draft: Draft) -> None:
    name = draft.choose([key.name for key in draft.table.key_attributes()])
    present = f" AND {draft.request['FilterExpression']}" if "FilterExpression" in draft.request else ""
    draft.request["FilterExpression"] = f"attribute_exists({name}){present}"


def _expression(draft: Draft, members: tuple[str, ...]) -> str:
    return str(draft.choose([member for member in members if draft.request.get(member)]))


def _forget_placeholders(draft: Draft) -> None:
    """The expression that is replaced takes the others and all placeholders with it."""
    for member in ("ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"):
        draft.request.pop(member, None)


# --- keys and items ---------------------------------------------------------------------------------------


def _keyed(draft: Draft) -> str:
    """The member with the key in it."""
    return "Key" if "Key" in draft.request else "Item"


@near_miss("a key of the wrong type", "Key", "Item")
def _key_type(draft: Draft) -> None:
    key = draft.choose(draft.table.key_attributes())
    wrong = [value for value in _SCALARS if key.datatype not in value]
    draft.request[_keyed(draft)][key.name] = draft.choose(wrong)


@near_miss("an empty key value", "Key", "Item")
def _key_empty(draft: Draft) -> None:
    key = draft.choose(draft.table.key_attributes())
    draft.request[_keyed(draft)][key.name] = {key.datatype: ""}


@near_miss("a key that lacks an attribute", "Key", "Item")
def _key_missing(draft: Draft) -> None:
    name = draft.choose([key.name for key in draft.table.key_attributes()])
    draft.request[_keyed(draft)].pop(name, None)


@near_miss("a key with an attribute too many", "Key")
def _key_surplus(draft: Draft) -> None:
    draft.request["Key"]["title"] = {"S": "a"}


@near_miss("a key too long", "Key", "Item")
def _key_long(draft: Draft) -> None:
    key = draft.choose(draft.table.key_attributes())
    # The shorter one is too long for a sort key only; a number is too long by its digits.
    length = draft.choose((1025, 2049))
    long = {"S": "k" * length, "B": base64.b64encode(b"k" * length).decode(), "N": "1" * 39}
    draft.request[_keyed(draft)][key.name] = {key.datatype: long[key.datatype]}


@near_miss("an index key of the wrong type or empty", "Item")
def _index_key(draft: Draft) -> None:
    # A table without index keys has its own made wrong.
    names = draft.table.index_keys() or {key.name: key.datatype for key in draft.table.key_attributes()}
    name, datatype = draft.choose(sorted(names.items()))
    wrong: AttributeValue = {"S": "a"} if datatype != "S" else {"N": "1"}
    draft.request["Item"][name] = draft.choose((wrong, {"NULL": True}, {datatype: ""}))


@near_miss("an illegal value", "Item", "ExpressionAttributeValues")
def _illegal_value(draft: Draft) -> None:
    value = draft.choose(ILLEGAL_VALUES)
    if chance(draft.draw, 25):
        value = {"L": [value]}
    if "Item" in draft.request:
        draft.request["Item"]["title"] = value
    else:
        values = draft.request["ExpressionAttributeValues"]
        values[draft.choose(sorted(values))] = value


_SCALARS: tuple[AttributeValue, ...] = ({"S": "a"}, {"N": "1"}, {"B": "YQ=="}, {"BOOL": True}, {"SS": ["a"]}, {"L": []})
ILLEGAL_VALUES: tuple[AttributeValue, ...] = (
    {"SS": ["a", "b", "a"]},
    {"NS": ["1", "1.0"]},
    {"BS": ["YQ==", "YQ=="]},
    {"SS": []},
    {"NS": []},
    {"BS": []},
    {"NULL": False},
    {"N": ""},
    {"N": "abc"},
    {"N": " 1"},
    {"N": "NaN"},
    {"N": "1E126"},
    {"N": "1E-131"},
    {"N": "123456789012345678901234567890123456789"},
    {"NS": ["x"]},
    {},
    {"S": "a", "N": "1"},
    {"X": "a"},
    {"S": 5},
    {"N": 5},
    {"BOOL": "true"},
    {"S": None},
    {"L": {}},
    {"M": []},
    {"SS": "a"},
    {"SS": [1]},
    {"B": "YQ"},
    {"B": "YR=="},
    {"B": "!!!!"},
    nested({"S": "a"}, 32),
)


# --- members ----------------------------------------------------------------------------------------------

REQUIRED = ("TableName", "Key", "Item", "RequestItems", "TransactItems", "KeyConditionExpression")


@near_miss("a required member is absent", *REQUIRED)
def _member_absent(draft: Draft) -> None:
    del draft.request[draft.choose([member for member in REQUIRED if member in draft.request])]


@near_miss("a required member is null", *REQUIRED)
def _member_null(draft: Draft) -> None:
    draft.request[draft.choose([member for member in REQUIRED if member in draft.request])] = None


@near_miss("a member of another JSON type", *REQUIRED, "Limit", "ConsistentRead")
def _member_type(draft: Draft) -> None:
    member = draft.choose(sorted(draft.request))
    draft.request[member] = draft.choose(
        [wrong for wrong in WRONG_JSON if type(wrong) is not type(draft.request[member])]
    )


ENUMERATIONS = {
    "ReturnConsumedCapacity": ("SOME", "total", ""),
    "ReturnItemCollectionMetrics": ("SOME", "size", "TOTAL"),
    "ReturnValues": ("SOME", "all_old", ""),
    "ReturnValuesOnConditionCheckFailure": ("SOME", "ALL_NEW"),
    "Select": ("SOME", "count", ""),
}


@near_miss("an enumeration's member that it has not", *ENUMERATIONS)
def _enumeration(draft: Draft) -> None:
    member = draft.choose([member for member in ENUMERATIONS if member in draft.request])
    draft.request[member] = draft.choose(ENUMERATIONS[member])


@near_miss("ReturnValues that only UpdateItem has", operations=("PutItem", "DeleteItem"))
def _return_values(draft: Draft) -> None:
    draft.request["ReturnValues"] = draft.choose(("ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"))


@near_miss(
    "an unknown table", "TableName", operations=("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan")
)
def _unknown_table(draft: Draft) -> None:
    draft.request["TableName"] = draft.choose(("Unknown", "Unknown", "ab", "", "not a name", "x" * 256))


@near_miss("an unknown index", operations=("Query", "Scan"))
def _unknown_index(draft: Draft) -> None:
    draft.request["IndexName"] = draft.choose(("unknown", "unknown", "ab", "", "not a name"))


@near_miss("a Limit that is none", operations=("Query", "Scan", "ListTables"))
def _limit(draft: Draft) -> None:
    draft.request["Limit"] = draft.choose((0, -1, "1", 1.5, 2**31))


@near_miss("a Select that does not fit", operations=("Query", "Scan"))
def _select(draft: Draft) -> None:
    selects = ("COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES")
    draft.request["Select"] = draft.choose([select for select in selects if select != draft.request.get("Select")])


@near_miss("a consistent read of an index", "IndexName")
def _consistent(draft: Draft) -> None:
    draft.request["ConsistentRead"] = True


@near_miss("segments that are none", operations=("Scan",))
def _segments(draft: Draft) -> None:
    segments: tuple[JSONObject, ...] = (
        {"Segment": 0},
        {"TotalSegments": 2},
        {"Segment": 2, "TotalSegments": 2},
        {"Segment": -1, "TotalSegments": 1},
        {"Segment": 0, "TotalSegments": 0},
        {"Segment": 0, "TotalSegments": 1_000_001},
    )
    draft.request.pop("Segment", None)
    draft.request.pop("TotalSegments", None)
    draft.request.update(draft.choose(segments))


@near_miss("a starting key that is none", operations=("Query", "Scan"))
def _starting_key(draft: Draft) -> None:
    starting_keys: tuple[JSONObject, ...] = ({}, {"title": {"S": "a"}}, {"pk": {"BOOL": True}}, {"pk": {}})
    draft.request["ExclusiveStartKey"] = draft.choose(starting_keys)


# --- batches and tables -----------------------------------------------------------------------------------


@near_miss("a batch that is none", "RequestItems")
def _batch(draft: Draft) -> None:
    tables: JSONObject = draft.request["RequestItems"]
    name = draft.choose(sorted(tables))
    entry = tables[name]
    fault = draft.choose(("duplicate", "empty", "nothing", "unknown table", "too many"))
    entries: list[JSONObject] = entry["Keys"] if isinstance(entry, dict) else entry
    if fault == "duplicate":
        entries.append(entries[0])
    elif fault == "empty":
        entries.clear()
    elif fault == "nothing":
        tables.clear()
    elif fault == "unknown table":
        tables["Unknown"] = tables.pop(name)
    else:
        entries.extend([entries[0]] * 101)


@near_miss("a batch entry that is none", "RequestItems", operations=("BatchWriteItem",))
def _batch_entry(draft: Draft) -> None:
    entries: list[JSONObject] = next(iter(draft.request["RequestItems"].values()))
    illegal: tuple[JSONObject, ...] = (
        {},
        {"PutRequest": {}},
        {"PutRequest": {"Item": {}}},
        {"DeleteRequest": {"Key": {}}},
        {"DeleteRequest": {"Key": {"title": {"S": "a"}}}},
        {"PutRequest": {"Item": {"title": {"S": "a"}}}, "DeleteRequest": {"Key": {"title": {"S": "a"}}}},
    )
    entries[0] = draft.choose(illegal)


@near_miss("a transaction that is none", "TransactItems")
def _transaction(draft: Draft) -> None:
    entries: list[JSONObject] = draft.request["TransactItems"]
    fault = draft.choose(("same item", "nothing", "empty entry", "two actions", "too many"))
    if fault == "same item":
        entries.append(entries[0])
    elif fault == "nothing":
        entries.clear()
    elif fault == "empty entry":
        entries[-1] = {}
    elif fault == "two actions":
        ((name, member),) = entries[0].items()
        # Beside a Get, which is the only one of its kind, another is ignored.
        entries[0] = {name: member, "Delete" if name == "Put" else "Put": member}
    else:
        entries.extend([entries[0]] * 101)


@near_miss("a table that exists, or exists not", operations=("CreateTable", "DescribeTable", "DeleteTable"))
def _table_name(draft: Draft) -> None:
    names = (draft.table.name, "ab", "") if "KeySchema" in draft.request else ("Unknown", "Unknown", "ab", "not a name")
    draft.request["TableName"] = draft.choose(names)


@near_miss("a schema that is none", operations=("CreateTable",))
def _schema(draft: Draft) -> None:
    definitions = draft.request["AttributeDefinitions"]
    fault = draft.choose(
        (
            "undefined",
            "unused",
            "no hash",
            "same name",
            "no throughput",
            "both",
            "no schema",
            "empty indexes",
            "type",
        )
    )
    if fault == "undefined":
        definitions.pop()
    elif fault == "unused":
        definitions.append({"AttributeName": "title", "AttributeType": "S"})
    elif fault == "no hash":
        draft.request["KeySchema"][0]["KeyType"] = "RANGE"
    elif fault == "same name":
        draft.request["KeySchema"] = [
            draft.request["KeySchema"][0],
            draft.request["KeySchema"][0] | {"KeyType": "RANGE"},
        ]
    elif fault == "no throughput":
        draft.request["BillingMode"] = "PROVISIONED"
        draft.request.pop("ProvisionedThroughput", None)
    elif fault == "both":
        draft.request["BillingMode"] = "PAY_PER_REQUEST"
        draft.request["ProvisionedThroughput"] = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    elif fault == "no schema":
        del draft.request["KeySchema"]
    elif fault == "empty indexes":
        draft.request[draft.choose(("GlobalSecondaryIndexes", "LocalSecondaryIndexes"))] = []
    else:
        definitions[0]["AttributeType"] = draft.choose(("BOOL", "s", ""))
