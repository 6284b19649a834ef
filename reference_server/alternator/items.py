"""PutItem, GetItem, UpdateItem and DeleteItem (dossier 7 and 8).

A handler reads its request in Alternator's order: the table, what is to be returned, the key and the values, then
expressions. Capacity is read by none in 6.2 (rule: consumed-capacity-absent).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from reference_server.alternator import (
    capacity,
    conditions,
    isolation,
    item_keys,
    legacy,
    projections,
    storage,
    texts,
    updates,
    values,
)
from reference_server.alternator.conditions import Condition
from reference_server.alternator.placeholders import Placeholders
from reference_server.alternator.request import JSONObject, Request, parameter, string_attribute, unasked
from reference_server.alternator.tables import table_of
from reference_server.attribute import Item
from reference_server.errors import ConditionalCheckFailedException, ValidationException
from reference_server.messages import CONDITION_FAILED
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.table import Table


class ReturnValues(StrEnum):
    NONE = "NONE"
    ALL_OLD = "ALL_OLD"
    UPDATED_OLD = "UPDATED_OLD"
    ALL_NEW = "ALL_NEW"
    UPDATED_NEW = "UPDATED_NEW"


_OF_PUT_AND_DELETE: Final = frozenset({ReturnValues.NONE, ReturnValues.ALL_OLD})
# What of an old item is needed to answer; only its own update tells (dossier 10, "RMW").
_READING: Final = frozenset({ReturnValues.ALL_OLD, ReturnValues.UPDATED_OLD, ReturnValues.ALL_NEW})


def put_item(catalogue: Catalogue, request: Request) -> JSONObject:
    table, returned, on_failure = _opening(catalogue, request)
    tells_capacity = capacity.is_asked_for(request)
    item = item_keys.check_item(table.schema, parameter(request.body, "Item"), request.operation)
    _refuse_return_values(request, returned)
    test = _read_test(request)
    before = _before(catalogue, table, item, test, needs_item=returned is ReturnValues.ALL_OLD)
    _check(test, before, on_failure)
    storage.put(catalogue, request.edition, table, item)
    return _reply(before if returned is ReturnValues.ALL_OLD else None, item if tells_capacity else None)


def delete_item(catalogue: Catalogue, request: Request) -> JSONObject:
    table, returned, on_failure = _opening(catalogue, request)
    tells_capacity = capacity.is_asked_for(request)
    key = item_keys.read_key(table.schema, parameter(request.body, "Key"))
    _refuse_return_values(request, returned)
    test = _read_test(request)
    before = _before(catalogue, table, key, test, needs_item=returned is ReturnValues.ALL_OLD)
    _check(test, before, on_failure)
    storage.delete(catalogue, request.edition, table, key)
    return _reply(before if returned is ReturnValues.ALL_OLD else None, key if tells_capacity else None)


def update_item(catalogue: Catalogue, request: Request) -> JSONObject:
    table, returned, on_failure = _opening(catalogue, request)
    tells_capacity = capacity.is_asked_for(request)
    if "Key" not in request.body:
        raise ValidationException(texts.UPDATE_WITHOUT_KEY)
    key = item_keys.read_key(table.schema, request.body["Key"])
    update, test = _read_update(request, table)
    needs_item = returned in _READING or (update is not None and update.needs_read)
    before = _before(catalogue, table, key, test, needs_item=needs_item)
    _check(test, before, on_failure)
    after = _updated(catalogue, request, table, key, before, update)
    return _reply(_returned(returned, update, before, after), (after or key) if tells_capacity else None)


def get_item(catalogue: Catalogue, request: Request) -> JSONObject:
    table = table_of(catalogue, request)
    key = item_keys.read_key(table.schema, unasked(request.body, "Key"))
    consistent = read_consistency(request.body)
    tells_capacity = capacity.is_asked_for(request)
    placeholders = Placeholders(request.body, request.operation)
    projection = projections.read(request.body, placeholders)
    placeholders.refuse_unused()
    item = storage.read(table, key)
    reply: JSONObject = {}
    if item is not None:
        reply["Item"] = item if projection is None else projection.project(item)
    if tells_capacity:
        reply |= capacity.of_one(capacity.read_units(item, consistent=consistent))
    return reply


def read_consistency(body: JSONObject) -> bool:
    """Whether ConsistentRead is asked for; null is as if it were absent (recorded get-consistent-null)."""
    consistent = body.get("ConsistentRead")
    if consistent is None:
        return False
    if not isinstance(consistent, bool):
        raise ValidationException(texts.CONSISTENT_READ)
    return consistent


# --- what the three writes have in common -----------------------------------------------------------------


def _opening(catalogue: Catalogue, request: Request) -> tuple[Table, ReturnValues, bool]:
    """The table, and what is to be returned: of a write, and whether the old item of a condition that fails."""
    table = table_of(catalogue, request)
    returned = _return_values(request.body, "ReturnValues")
    on_failure = string_attribute(request.body, "ReturnValuesOnConditionCheckFailure", ReturnValues.NONE)
    if on_failure not in _OF_PUT_AND_DELETE:
        raise ValidationException(
            texts.RETURN_VALUES_UNKNOWN, name="ReturnValuesOnConditionCheckFailure", value=on_failure
        )
    return table, returned, on_failure == ReturnValues.ALL_OLD


def _return_values(body: JSONObject, name: str) -> ReturnValues:
    text = string_attribute(body, name, ReturnValues.NONE)
    try:
        return ReturnValues(text)
    except ValueError:
        raise ValidationException(texts.RETURN_VALUES_UNKNOWN, name=name, value=text) from None


def _refuse_return_values(request: Request, returned: ReturnValues) -> None:
    if returned not in _OF_PUT_AND_DELETE:
        raise ValidationException(texts.RETURN_VALUES_OF_WRITE, operation=request.operation)


def _read_test(request: Request) -> list[Condition]:
    """The conditions of a put or a deletion: by expression and by Expected. Both may be given, and both must hold."""
    placeholders = Placeholders(request.body, request.operation)
    condition = conditions.read("ConditionExpression", request.body, placeholders)
    if condition is not None:
        placeholders.refuse_unused()
    else:
        for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            if name in request.body:
                raise ValidationException(texts.PLACEHOLDERS_WITHOUT_CONDITION, name=name)
    return [one for one in (legacy.read_expected(request.body), condition) if one is not None]


def _read_update(request: Request, table: Table) -> tuple[updates.Update | None, list[Condition]]:
    placeholders = Placeholders(request.body, request.operation)
    by_expression = updates.read(request.body, placeholders)
    by_attributes = legacy.read_attribute_updates(request.body)
    if by_expression is not None and by_attributes is not None:
        raise ValidationException(texts.UPDATE_BOTH)
    condition = conditions.read("ConditionExpression", request.body, placeholders)
    expected = legacy.read_expected(request.body)
    placeholders.refuse_unused()
    update = by_expression if by_attributes is None else by_attributes
    if update is not None:
        updates.refuse_key(update, table.keys.names)
    return update, [one for one in (expected, condition) if one is not None]


def _before(catalogue: Catalogue, table: Table, key: Item, test: list[Condition], *, needs_item: bool) -> Item | None:
    """The old item; where it is needed, the table's isolation may refuse that it is read."""
    if needs_item or test:
        isolation.refuse_read_modify_write(catalogue, table)
    return storage.read(table, key)


def _check(test: list[Condition], before: Item | None, on_failure: bool) -> None:
    if all(condition.holds(before) for condition in test):
        return
    members = {"Item": before} if on_failure and before is not None else None
    raise ConditionalCheckFailedException(CONDITION_FAILED, members=members)


def _updated(
    catalogue: Catalogue, request: Request, table: Table, key: Item, before: Item | None, update: updates.Update | None
) -> Item | None:
    """Store what the update makes of the item; None where it makes none (rule: update-removes-only)."""
    if update is None:
        if before is None:
            storage.put(catalogue, request.edition, table, dict(key))
        return before or dict(key)
    after = update.apply(before if before is not None else dict(key))
    for name in update.attributes_updated:
        if name in after:
            values.check_storable(after[name])
            item_keys.check_index_key(table.schema, name, after[name])
    if before is None and not update.creates:
        return None
    storage.update(catalogue, request.edition, table, key, after, update.attributes_updated)
    return after


def _returned(
    returned: ReturnValues, update: updates.Update | None, before: Item | None, after: Item | None
) -> Item | None:
    match returned:
        case ReturnValues.ALL_OLD:
            return before
        case ReturnValues.ALL_NEW:
            return after
        case ReturnValues.UPDATED_OLD | ReturnValues.UPDATED_NEW if update is not None:
            return update.returned(before or {}, after or {}, returned.value)
    return None


def _reply(attributes: Item | None, written: Item | None) -> JSONObject:
    """`written` is the item that capacity is told of, where it is."""
    reply: JSONObject = {"Attributes": attributes} if attributes else {}
    if written is not None:
        reply |= capacity.of_one(capacity.write_units(written))
    return reply
