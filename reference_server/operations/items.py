"""PutItem, GetItem, UpdateItem and DeleteItem.

Every handler reads in the same order of stages: PARAMETERS, VALUES, EXPRESSIONS, TABLE, KEYS, CONDITION, WRITE or READ,
RESPONSE. It is DynamoDB's (data-plane 2.2): what needs no table is checked before the table is looked up, and a
condition that fails hides what the write itself would have run into.
"""

from __future__ import annotations

from typing import Any

from reference_server import limits, messages, sizes, values
from reference_server.attribute import Item
from reference_server.errors import ConditionalCheckFailedException, ValidationException
from reference_server.expressions import conditions, legacy, projections, updates
from reference_server.expressions.conditions import Condition
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.projections import Projection
from reference_server.expressions.updates import Update
from reference_server.model import shapes
from reference_server.operations.parameters import GET, PUT_OR_DELETE, UPDATE, refuse_mixture
from reference_server.tables import capacity, item_keys
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import TableSchema
from reference_server.tables.table import Index, Record, Table, Write


def put_item(catalogue: Catalogue, request: shapes.PutItemInput) -> dict[str, Any]:
    # PARAMETERS
    refuse_mixture(request, PUT_OR_DELETE)
    # VALUES
    item = request.Item
    size = values.accept_item(item)
    _refuse_return_values(request.ReturnValues)  # after the values and before their size (data-plane 2.2)
    refuse_item_size(size)
    # EXPRESSIONS
    placeholders = Placeholders(request.ExpressionAttributeNames, request.ExpressionAttributeValues)
    condition = bind_condition(request, placeholders)
    placeholders.refuse_unused()
    # TABLE
    table = catalogue.open(request.TableName)
    # KEYS
    item_keys.check_item(table.schema, item)
    refuse_keys_as_containers(table.schema, condition)
    # CONDITION
    before = table.get(item)
    check_condition(condition, before, request.ReturnValuesOnConditionCheckFailure)
    # WRITE
    write = table.put(item, size)
    # RESPONSE
    reply: dict[str, Any] = {}
    if request.ReturnValues == "ALL_OLD" and before is not None:
        reply["Attributes"] = before.item
    return _report_write(reply, request, table, write, item)


def delete_item(catalogue: Catalogue, request: shapes.DeleteItemInput) -> dict[str, Any]:
    # PARAMETERS
    refuse_mixture(request, PUT_OR_DELETE)
    # VALUES
    values.accept_item(request.Key)
    # EXPRESSIONS
    placeholders = Placeholders(request.ExpressionAttributeNames, request.ExpressionAttributeValues)
    condition = bind_condition(request, placeholders)
    placeholders.refuse_unused()
    _refuse_return_values(request.ReturnValues)
    # TABLE
    table = catalogue.open(request.TableName)
    # KEYS
    item_keys.check_key(table.keys, request.Key)
    refuse_keys_as_containers(table.schema, condition)
    # CONDITION
    before = table.get(request.Key)
    check_condition(condition, before, request.ReturnValuesOnConditionCheckFailure)
    # WRITE
    write = table.delete(request.Key)
    # RESPONSE
    reply: dict[str, Any] = {}
    if request.ReturnValues == "ALL_OLD" and before is not None:
        reply["Attributes"] = before.item
    return _report_write(reply, request, table, write, request.Key)


def update_item(catalogue: Catalogue, request: shapes.UpdateItemInput) -> dict[str, Any]:
    # PARAMETERS
    refuse_mixture(request, UPDATE)
    # VALUES
    values.accept_item(request.Key)
    # EXPRESSIONS
    update = None
    if request.AttributeUpdates is not None:
        update = legacy.bind_attribute_updates(request.AttributeUpdates)
    placeholders = Placeholders(request.ExpressionAttributeNames, request.ExpressionAttributeValues)
    if request.UpdateExpression is not None:
        update = updates.bind(request.UpdateExpression, placeholders)
    condition = bind_condition(request, placeholders)
    placeholders.refuse_unused()
    # TABLE
    table = catalogue.open(request.TableName)
    # KEYS
    item_keys.check_key(table.keys, request.Key)
    if update is not None:
        _refuse_key_updates(table.schema, update)
    refuse_keys_as_containers(table.schema, update, condition)
    # CONDITION
    before = table.get(request.Key)
    check_condition(condition, before, request.ReturnValuesOnConditionCheckFailure)
    # WRITE
    old = before.item if before is not None else dict(request.Key)
    new = old if update is None else update.apply(old)
    write = table.put(new, _accept_updated_item(table.schema, new, update))
    # RESPONSE
    reply: dict[str, Any] = {}
    attributes = _returned_attributes(request.ReturnValues, before, new, update)
    if attributes:
        reply["Attributes"] = attributes
    return _report_write(reply, request, table, write, request.Key)


def get_item(catalogue: Catalogue, request: shapes.GetItemInput) -> dict[str, Any]:
    # PARAMETERS
    refuse_mixture(request, GET)
    # VALUES
    values.accept_item(request.Key)
    # EXPRESSIONS
    projection = bind_projection(request)
    # TABLE
    table = catalogue.open(request.TableName)
    # KEYS
    item_keys.check_key(table.keys, request.Key)
    refuse_keys_as_containers(table.schema, projection)
    # READ
    record = table.get(request.Key)
    # RESPONSE
    reply: dict[str, Any] = {}
    if record is not None:
        reply["Item"] = record.item if projection is None else projection.project(record.item)
    consumption = capacity.Consumption(request.TableName)
    consumption.table = capacity.read_units(record.size if record else 0, consistent=bool(request.ConsistentRead))
    return consumption.add_to(reply, request.ReturnConsumedCapacity)


# --- values -----------------------------------------------------------------------------------------------


def refuse_item_size(size: int) -> None:
    """Raises ValidationException for an item to be put that is beyond the limit."""
    if size > limits.ITEM_BYTES:
        raise ValidationException(messages.ITEM_SIZE)


def _accept_updated_item(schema: TableSchema, item: Item, update: Update | None) -> int:
    """An item as an update leaves it: index keys, nesting and size are judged on the result. Returns its size."""
    if update is not None:
        _check_updated_index_keys(schema, item, update)
        values.refuse_deep_nesting(item)
    size = sizes.item_size(item)
    # What the update writes is limited as the item is (aws-2026, sizes 3).
    if size > limits.ITEM_BYTES or (update is not None and update.writes_too_much(item, size)):
        raise ValidationException(messages.ITEM_SIZE_UPDATE)
    return size


# --- expressions ------------------------------------------------------------------------------------------


def bind_condition(request: Any, placeholders: Placeholders) -> Condition | None:
    """The condition of a write, from ConditionExpression or from Expected."""
    if request.ConditionExpression is not None:
        return conditions.bind(ExpressionKind.CONDITION, request.ConditionExpression, placeholders)
    return legacy.bind_expected(request.Expected, request.ConditionalOperator)


def bind_projection(request: Any) -> Projection | None:
    """The projection of a read that has no other expression, from ProjectionExpression or AttributesToGet."""
    projection = legacy.bind_attributes_to_get(request.AttributesToGet)
    placeholders = Placeholders(request.ExpressionAttributeNames, None)
    if request.ProjectionExpression is not None:
        projection = projections.bind(request.ProjectionExpression, placeholders)
    placeholders.refuse_unused()
    return projection


# --- keys -------------------------------------------------------------------------------------------------


def refuse_keys_as_containers(schema: TableSchema, *bound: Condition | Projection | Update | None) -> None:
    """No expression may look inside a key: keys are scalars (data-plane 2.3, last rows)."""
    for expression in bound:
        if expression is None or not expression.containers:
            continue
        for name in schema.keys.names:
            if name in expression.containers:
                raise ValidationException(messages.KEY_NOT_SCALAR, role="Key", name=name)
        for name in expression.containers:
            if name in schema.index_key_names:
                raise ValidationException(messages.KEY_NOT_SCALAR, role="IndexKey", name=name)


def _refuse_key_updates(schema: TableSchema, update: Update) -> None:
    """An update leaves the key alone, and gives index keys no literal that they cannot hold."""
    for name in schema.keys.names:
        if name in update.updated_attributes:
            raise ValidationException(messages.KEY_UPDATED, name=name)
    literals = update.literal_assignments
    for index in schema.indexes.values():
        for attribute in index.keys.attributes:
            value = literals.get(attribute.name)
            if value is not None and attribute.type not in value:
                raise ValidationException(
                    messages.INDEX_KEY_TYPE,
                    name=attribute.name,
                    expected=attribute.type,
                    actual=next(iter(value)),
                    index=index.name,
                )


def _check_updated_index_keys(schema: TableSchema, item: Item, update: Update) -> None:
    """Index keys that the update has written, where only running it tells their value."""
    for index in schema.indexes.values():
        for attribute in index.keys.attributes:
            value = item.get(attribute.name)
            if value is None or attribute.name not in update.updated_attributes:
                continue
            if attribute.type not in value:
                raise ValidationException(messages.INDEX_KEY_UPDATED_TO_TYPE)
            kind = item_keys.empty_kind(value)
            if kind is not None:
                raise ValidationException(messages.INDEX_KEY_UPDATED_TO_EMPTY, kind=kind)
            if item_keys.excess(index.keys, attribute, value) is not None:
                raise ValidationException(messages.INDEX_KEY_UPDATED_TO_SIZE)


# --- conditions -------------------------------------------------------------------------------------------


def check_condition(condition: Condition | None, before: Record | None, return_values: str | None) -> None:
    """Raises ConditionalCheckFailedException where the condition does not hold; an absent item is an empty one."""
    if condition is None or condition.holds(before.item if before is not None else {}):
        return
    members = {"Item": before.item} if return_values == "ALL_OLD" and before is not None else None
    raise ConditionalCheckFailedException(messages.CONDITION_FAILED, members=members)


# --- responses --------------------------------------------------------------------------------------------


def _refuse_return_values(return_values: str | None) -> None:
    if return_values not in (None, "NONE", "ALL_OLD"):
        raise ValidationException(messages.PUT_RETURN_VALUES)


def _returned_attributes(
    return_values: str | None, before: Record | None, new: Item, update: Update | None
) -> Item | None:
    """The Attributes of UpdateItem's reply (data-plane 4.11)."""
    match return_values:
        case "ALL_OLD":
            return before.item if before is not None else None
        case "ALL_NEW":
            return new
        case "UPDATED_OLD" if update is not None and before is not None:
            return update.project_targets(before.item)
        case "UPDATED_NEW" if update is not None:
            return update.project_targets(new)
    return None


def _report_write(reply: dict[str, Any], request: Any, table: Table, write: Write, key: Item) -> dict[str, Any]:
    consumption = capacity.Consumption(request.TableName)
    consumption.add_write(table, write)
    consumption.add_to(reply, request.ReturnConsumedCapacity)
    if request.ReturnItemCollectionMetrics == "SIZE" and table.schema.has_local_indexes:
        reply["ItemCollectionMetrics"] = collection_metrics(table, key)
    return reply


def collection_metrics(table: Table, key: Item) -> dict[str, Any]:
    """The item collection that a write belongs to; its size in whole gigabytes around it (data-plane 8.4)."""
    partition = table.keys.partition[0].name
    # A local index has the table's partitions, so a collection is a partition of each of them.
    within = table.keys.partition_range(key)
    sources: list[Table | Index] = [table, *(index for index in table.indexes.values() if not index.schema.is_global)]
    collected = sum(record.size for source in sources for record in source.scan(within, after=None, descending=False))
    gigabytes = float(collected // limits.GIGABYTE)
    return {
        "ItemCollectionKey": {partition: key[partition]},
        "SizeEstimateRangeGB": [gigabytes, gigabytes + 1.0],
    }
