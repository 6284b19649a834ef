"""What can be wrong with the members of requests of items, batches and transactions (data-plane 2, 6, 7)."""

from __future__ import annotations

import copy
from typing import Final

from conformance.scenario import JSON, JSONObject
from conformance.strategies.near_misses.registry import KEYED, READS, Draft, near_miss
from conformance.strategies.values import KEY_VALUES, OTHER_SPELLINGS

REQUIRED = ("TableName", "Key", "Item", "RequestItems", "TransactItems", "KeyConditionExpression", "KeyConditions")
_WRONG_JSON: Final[tuple[JSON, ...]] = ("text", 7, True, [], {}, ["x"], {"x": 1}, 1.5)


@near_miss("a required member is absent", *REQUIRED, weight=1)
def _member_absent(draft: Draft) -> None:
    del draft.request[draft.choose([member for member in REQUIRED if member in draft.request])]


@near_miss("a required member is null", *REQUIRED, weight=1)
def _member_null(draft: Draft) -> None:
    draft.request[draft.choose([member for member in REQUIRED if member in draft.request])] = None


@near_miss("a member of another JSON type", *REQUIRED, "Limit", "ConsistentRead", weight=1)
def _member_type(draft: Draft) -> None:
    member = draft.choose(sorted(draft.request))
    draft.request[member] = draft.choose(
        [wrong for wrong in _WRONG_JSON if type(wrong) is not type(draft.request[member])]
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


@near_miss("several members wrong at once", operations=(*KEYED, *READS))
def _several(draft: Draft) -> None:
    """The one exception to one thing wrong: how violations of the model are gathered, and in which order."""
    draft.request["ReturnConsumedCapacity"] = "SOME"
    other = {"Limit": 0} if draft.operation in READS else {"TableName": draft.choose(("", "not a name"))}
    draft.request.update(other)


@near_miss("ReturnValues that only UpdateItem has", operations=("PutItem", "DeleteItem"))
def _return_values(draft: Draft) -> None:
    draft.request["ReturnValues"] = draft.choose(("ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"))


@near_miss("an unknown table", "TableName", operations=(*KEYED, *READS))
def _unknown_table(draft: Draft) -> None:
    draft.request["TableName"] = draft.choose(
        ("Unknown", "Unknown", "ab", "", "not a name", "x" * 256, draft.table.name.lower())
    )


@near_miss("an unknown index", operations=READS)
def _unknown_index(draft: Draft) -> None:
    draft.request["IndexName"] = draft.choose(("unknown", "unknown", "ab", "", "not a name", draft.table.name))


@near_miss("a Limit that is none", operations=(*READS, "ListTables"))
def _limit(draft: Draft) -> None:
    draft.request["Limit"] = draft.choose((0, -1, "1", 1.5, 2**31))


@near_miss("a Select that does not fit", operations=READS, weight=4)
def _select(draft: Draft) -> None:
    selects = ("COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES")
    draft.request["Select"] = draft.choose([select for select in selects if select != draft.request.get("Select")])


@near_miss("a consistent read of an index", "IndexName")
def _consistent(draft: Draft) -> None:
    draft.request["ConsistentRead"] = True


@near_miss("attributes that an index does not project", "IndexName")
def _unprojected(draft: Draft) -> None:
    if "ProjectionExpression" in draft.request:
        draft.request["ProjectionExpression"] += ", unprojected"
    elif "AttributesToGet" in draft.request:
        draft.request["AttributesToGet"] = [*draft.request["AttributesToGet"], "unprojected"]
    elif "KeyConditions" in draft.request or "ScanFilter" in draft.request:
        draft.request.pop("Select", None)
        draft.request["AttributesToGet"] = ["unprojected"]
    else:
        draft.request.pop("Select", None)
        draft.request["ProjectionExpression"] = "unprojected"


@near_miss("segments that are none", operations=("Scan",))
def _segments(draft: Draft) -> None:
    segments: tuple[JSONObject, ...] = (
        {"Segment": 0},
        {"TotalSegments": 2},
        {"Segment": 2, "TotalSegments": 2},
        {"Segment": -1, "TotalSegments": 1},
        {"Segment": 0, "TotalSegments": 0},
        {"Segment": 0, "TotalSegments": 1_000_001},
        {"Segment": 1_000_000, "TotalSegments": 1_000_000},
    )
    draft.request.pop("Segment", None)
    draft.request.pop("TotalSegments", None)
    draft.request.update(draft.choose(segments))


@near_miss("a starting key that is none", operations=READS, weight=5)
def _starting_key(draft: Draft) -> None:
    keys = draft.table.keys.attributes
    index = next((i for i in draft.table.indexes if i.name == draft.request.get("IndexName")), None)
    all_keys = [*keys, *(key for key in (index.keys.attributes if index else ()) if key not in keys)]
    of_table: JSONObject = {key.name: {key.datatype: KEY_VALUES[key.datatype][0]} for key in all_keys}
    first = keys[0].name
    other = draft.choose(all_keys)
    starting_keys: tuple[JSONObject, ...] = (
        {},
        {"title": {"S": "a"}},
        {first: {"BOOL": True}},
        {first: {}},
        of_table | {"title": {"S": "a"}},
        of_table | {first: {"NULL": True}},
        of_table | {first: {keys[0].datatype: ""}},
        {keys[-1].name: of_table[keys[-1].name], "title": {"S": "a"}},
        of_table | {other.name: {"BOOL": True}},
        of_table | {other.name: {"S": "a"} if other.datatype != "S" else {"N": "1"}},
        {name: value for name, value in of_table.items() if name != other.name},
        {name if name != other.name else "title": value for name, value in of_table.items()},
    )
    draft.request["ExclusiveStartKey"] = draft.choose(starting_keys)


@near_miss(
    "a starting key outside of the query",
    operations=("Query",),
    when=lambda step, _: "IndexName" not in step.request,
    weight=4,
)
def _outside(draft: Draft) -> None:
    keys = draft.table.keys.attributes
    draft.request["ExclusiveStartKey"] = {key.name: {key.datatype: _UNLIKELY[key.datatype]} for key in keys}


_UNLIKELY: Final = {"S": "unlikely", "N": "999", "B": "enp6eg=="}


# --- batches and transactions -----------------------------------------------------------------------------


@near_miss("a batch that is none", "RequestItems", weight=4)
def _batch(draft: Draft) -> None:
    tables: JSONObject = draft.request["RequestItems"]
    name = draft.choose(sorted(tables))
    entry = tables[name]
    fault = draft.choose(("duplicate", "empty", "nothing", "unknown table", "too many", "too many in all"))
    entries: list[JSONObject] = entry["Keys"] if isinstance(entry, dict) else entry
    if fault == "duplicate":
        entries.append(entries[0])
    elif fault == "empty":
        entries.clear()
    elif fault == "nothing":
        tables.clear()
    elif fault == "unknown table":
        tables["Unknown"] = tables.pop(name)
    elif fault == "too many in all":
        # Each list is short enough; that there is no such table is found later.
        keys = [{"id": {"N": str(number)}} for number in range(100 if isinstance(entry, dict) else 25)]
        tables["Unknown"] = {"Keys": keys} if isinstance(entry, dict) else [{"DeleteRequest": {"Key": k}} for k in keys]
    else:
        entries.extend([entries[0]] * 101)


@near_miss("one key in two spellings", "RequestItems")
def _spellings(draft: Draft) -> None:
    """Equal keys are one key however they are written, also where one is put and the other deleted."""
    name = draft.choose(sorted(draft.request["RequestItems"]))
    entry = draft.request["RequestItems"][name]
    entries: list[JSONObject] = entry["Keys"] if isinstance(entry, dict) else entry
    other = copy.deepcopy(entries[0])
    for key in _keys_in(other):
        for value in key.values():
            if value.get("N") in OTHER_SPELLINGS:
                value["N"] = OTHER_SPELLINGS[value["N"]][0]
    entries.append(other)


def _keys_in(entry: JSONObject) -> list[JSONObject]:
    if "PutRequest" in entry:
        return [entry["PutRequest"]["Item"]]
    return [entry["DeleteRequest"]["Key"]] if "DeleteRequest" in entry else [entry]


@near_miss("a batch entry that is none", "RequestItems", operations=("BatchWriteItem",), weight=4)
def _batch_entry(draft: Draft) -> None:
    entries: list[JSONObject] = next(iter(draft.request["RequestItems"].values()))
    illegal: tuple[JSONObject, ...] = (
        {},
        {"PutRequest": {}},
        {"PutRequest": {"Item": {}}},
        {"DeleteRequest": {"Key": {}}},
        {"DeleteRequest": {"Key": {"title": {"S": "a"}}}},
        {"PutRequest": {"Item": {"title": {"S": "a"}}}, "DeleteRequest": {"Key": {"title": {"S": "a"}}}},
        {"PutRequest": {"Item": {key.name: {"BOOL": True} for key in draft.table.keys.attributes}}},
        {"UpdateRequest": {"Key": {}}},
    )
    entries[draft.choose(range(len(entries)))] = draft.choose(illegal)


@near_miss("a transaction that is none", "TransactItems", weight=4)
def _transaction(draft: Draft) -> None:
    entries: list[JSONObject] = draft.request["TransactItems"]
    fault = draft.choose(("same item", "same item", "nothing", "empty entry", "two actions", "too many"))
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


@near_miss("an unknown table in a transaction", "TransactItems")
def _unknown_table_in_transaction(draft: Draft) -> None:
    entry = draft.choose(draft.request["TransactItems"])
    next(iter(entry.values()))["TableName"] = draft.choose(("Unknown", "Unknown", "ab", "not a name"))


@near_miss("a token that is none", "TransactItems", operations=("TransactWriteItems",))
def _token(draft: Draft) -> None:
    draft.request["ClientRequestToken"] = draft.choose(("", "t" * 37, 7))
