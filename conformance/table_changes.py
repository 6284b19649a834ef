"""A CreateTable request for a table that UpdateTable has changed since.

It has what other answers hang on: indexes and the attributes that are their keys, what is paid, the stream, the
protection. What a table has besides stays as it was created: it changes no answer about items, and to ask for it is to
risk that a target refuses the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from conformance.scenario import JSONObject

_KEPT = ("DeletionProtectionEnabled", "TableClass")


def changed(table: JSONObject, update: JSONObject) -> JSONObject:
    """The request `table`, after an UpdateTable of it that was accepted."""
    after = {**table, **{name: update[name] for name in _KEPT if update.get(name) is not None}}
    indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes") or ()}
    for action in update.get("GlobalSecondaryIndexUpdates") or ():
        if created := action.get("Create"):
            indexes[created["IndexName"]] = created
        if deleted := action.get("Delete"):
            indexes.pop(deleted["IndexName"], None)
        if (altered := action.get("Update")) and altered.get("ProvisionedThroughput"):
            name = altered["IndexName"]
            indexes[name] = {**indexes[name], "ProvisionedThroughput": altered["ProvisionedThroughput"]}
    after["GlobalSecondaryIndexes"] = list(indexes.values())
    if update.get("BillingMode"):
        after["BillingMode"] = update["BillingMode"]
    if update.get("ProvisionedThroughput"):
        after["ProvisionedThroughput"] = update["ProvisionedThroughput"]
    if after.get("BillingMode") == "PAY_PER_REQUEST":
        after.pop("ProvisionedThroughput", None)
        after["GlobalSecondaryIndexes"] = [
            {name: value for name, value in index.items() if name != "ProvisionedThroughput"}
            for index in indexes.values()
        ]
    else:
        after.pop("OnDemandThroughput", None)
    specification = update.get("StreamSpecification") or {}
    if specification.get("StreamEnabled") is True:
        after["StreamSpecification"] = specification
    elif specification.get("StreamEnabled") is False:
        after.pop("StreamSpecification", None)
    defined = (*(table.get("AttributeDefinitions") or ()), *(update.get("AttributeDefinitions") or ()))
    after["AttributeDefinitions"] = list(_used(defined, after))
    return {name: value for name, value in after.items() if value != []}


def _used(definitions: Iterable[Any], table: JSONObject) -> Iterator[JSONObject]:
    """Those of the table's keys, and of its indexes', once each: the first one of a name counts."""
    holders = (table, *table["GlobalSecondaryIndexes"], *(table.get("LocalSecondaryIndexes") or ()))
    missing = {key["AttributeName"] for holder in holders for key in holder["KeySchema"]}
    for definition in definitions:
        if definition["AttributeName"] in missing:
            missing.discard(definition["AttributeName"])
            yield definition


def created_indexes(update: JSONObject) -> JSONObject:
    """An UpdateTable request's new global indexes, as a CreateTable request would have them."""
    updates = update.get("GlobalSecondaryIndexUpdates")
    actions = [action for action in updates if isinstance(action, dict)] if isinstance(updates, list) else []
    created = [action["Create"] for action in actions if isinstance(action.get("Create"), dict)]
    return {"TableName": update.get("TableName"), "GlobalSecondaryIndexes": created}
