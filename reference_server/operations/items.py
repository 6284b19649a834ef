"""PutItem, GetItem, UpdateItem and DeleteItem.

Every handler reads in the same order of stages: PARAMETERS, VALUES, EXPRESSIONS, TABLE, KEYS, CONDITION, WRITE or READ,
RESPONSE. It is DynamoDB's (data-plane 2.2): what needs no table is checked before the table is looked up, and a
condition that fails hides what the write itself would have run into.
"""

from __future__ import annotations

from typing import Any

from reference_server import messages, values
from reference_server.attribute import Item
from reference_server.errors import ValidationException
from reference_server.expressions import conditions, legacy, projections, updates
from reference_server.expressions.conditions import Condition
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.projections import Projection
from reference_server.expressions.updates import Update
from reference_server.model import shapes
from reference_server.operations.parameters import GET, PUT_OR_DELETE, UPDATE, refuse_mixture
from reference_server.operations.writes import (
    PlannedDelete,
    PlannedPut,
    PlannedUpdate,
    collection_metrics,
    refuse_item_size,
    refuse_keys_as_containers,
)
from reference_server.tables import capacity, item_keys
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.table import Record, Table, Write


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
    put = PlannedPut(
        key=item,
        size=size,
        condition=_bind_condition(request, placeholders),
        on_failure=request.ReturnValuesOnConditionCheckFailure,
    )
    placeholders.refuse_unused()
    # TABLE
    table = catalogue.open(request.TableName)
    # KEYS
    put.check_keys(table.schema)
    # CONDITION
    before = table.get(item)
    put.check_condition(before)
    # WRITE
    write = put.perform(table, put.outcome(table.schema, before))
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
    deletion = PlannedDelete(
        key=request.Key,
        condition=_bind_condition(request, placeholders),
        on_failure=request.ReturnValuesOnConditionCheckFailure,
    )
    placeholders.refuse_unused()
    _refuse_return_values(request.ReturnValues)
    # TABLE
    table = catalogue.open(request.TableName)
    # KEYS
    deletion.check_keys(table.schema)
    # CONDITION
    before = table.get(request.Key)
    deletion.check_condition(before)
    # WRITE
    write = deletion.perform(table, None)
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
    planned = PlannedUpdate(
        key=request.Key,
        update=update,
        condition=_bind_condition(request, placeholders),
        on_failure=request.ReturnValuesOnConditionCheckFailure,
        limits_bytes_written=True,
    )
    placeholders.refuse_unused()
    # TABLE
    table = catalogue.open(request.TableName)
    # KEYS
    planned.check_keys(table.schema)
    # CONDITION
    before = table.get(request.Key)
    planned.check_condition(before)
    # WRITE
    after = planned.outcome(table.schema, before)
    write = planned.perform(table, after)
    # RESPONSE
    reply: dict[str, Any] = {}
    attributes = _returned_attributes(request.ReturnValues, before, after.item, update)
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


# --- expressions ------------------------------------------------------------------------------------------


def _bind_condition(request: Any, placeholders: Placeholders) -> Condition | None:
    """The condition of a write, from ConditionExpression or from Expected."""
    if request.ConditionExpression is not None:
        return conditions.bind(ExpressionKind.CONDITION, request.ConditionExpression, placeholders)
    return legacy.bind_expected(request.Expected, request.ConditionalOperator)


def bind_projection(request: Any) -> Projection | None:
    """The projection of a read that has no other expression, from ProjectionExpression or AttributesToGet."""
    attributes = legacy.bind_attributes_to_get(request.AttributesToGet)
    projection = bind_projection_expression(request)
    return attributes if projection is None else projection


def bind_projection_expression(request: Any) -> Projection | None:
    """The same where the request has no legacy parameters."""
    placeholders = Placeholders(request.ExpressionAttributeNames, None)
    projection = None
    if request.ProjectionExpression is not None:
        projection = projections.bind(request.ProjectionExpression, placeholders)
    placeholders.refuse_unused()
    return projection


# --- responses --------------------------------------------------------------------------------------------


def _refuse_return_values(return_values: str | None) -> None:
    if return_values not in (None, "NONE", "ALL_OLD"):
        raise ValidationException(messages.WRITE_RETURN_VALUES)


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
