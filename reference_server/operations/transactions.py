"""TransactWriteItems and TransactGetItems (data-plane 7.3, 7.4; aws-2026, transactions).

Stages as in `items.py`, for several items at once. A problem is met with in one of two ways. What can be told from the
request refuses it, as ever, and the first problem wins. What takes the table to tell cancels the transaction: every
member is looked at, and all that fail are listed as reasons, each in the place of its member. In between are the
problems of `_REFUSING`: they take the table to tell, and refuse the request all the same.

All or nothing holds because nothing is written before every member has an outcome, and writing one cannot fail.
Every condition sees the items as they were before: no two members have the same item. Conflicts between transactions
(TransactionConflict among the reasons, TransactionConflictException) cannot occur, since requests are carried out one
at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from reference_server import limits, messages, sizes, values
from reference_server.attribute import Item
from reference_server.errors import (
    ConditionalCheckFailedException,
    DynamoDBError,
    TransactionCanceledException,
    ValidationException,
)
from reference_server.expressions import conditions, updates
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.projections import Projection
from reference_server.model import shapes
from reference_server.operations.items import bind_projection_expression
from reference_server.operations.parameters import TRANSACTION_GET, TRANSACTION_PUT_OR_DELETE, refuse_mixture
from reference_server.operations.writes import (
    PlannedCheck,
    PlannedDelete,
    PlannedPut,
    PlannedUpdate,
    PlannedWrite,
    collections,
    refuse_item_size,
    refuse_keys_as_containers,
)
from reference_server.tables import capacity, item_keys
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.global_tables import GlobalTables
from reference_server.tables.table import Record, Table


def transact_write_items(catalogue: Catalogue, request: shapes.TransactWriteItemsInput) -> dict[str, Any]:
    # PARAMETERS
    # And VALUES and EXPRESSIONS: all of one action before the next is looked at (aws-2026, transactions 1).
    actions = [_plan(entry) for entry in request.TransactItems]
    _refuse_size(sum(action.size for action in actions))
    # TABLE
    members = [_Write(action.table_name, _open(catalogue, action.table_name), action.write) for action in actions]
    # KEYS
    reasons = _Reasons(len(members))
    items = _DistinctItems()
    for position, member in enumerate(members):
        with reasons.collect(position):
            member.write.check_keys(member.table.schema)
            items.add(member.table, member.write.key)
    # CONDITION
    digest = _digest(request.TransactItems)
    if request.ClientRequestToken is not None and catalogue.tokens.is_replay(request.ClientRequestToken, digest):
        reasons.cancel_if_any()
        return _report_replay(members, request.ReturnConsumedCapacity)
    outcomes: list[Record | None] = [None] * len(members)
    for position, member in enumerate(members):
        if position in reasons:
            continue
        with reasons.collect(position):
            before = member.table.get(member.write.key)
            member.write.check_condition(before)
            outcomes[position] = member.write.outcome(member.table.schema, before)
    reasons.cancel_if_any()
    # WRITE
    performed = [member.write.perform(member.table, outcome) for member, outcome in zip(members, outcomes, strict=True)]
    if request.ClientRequestToken is not None:
        catalogue.tokens.complete(request.ClientRequestToken, digest)
    # RESPONSE
    consumptions = _Consumptions("WriteCapacityUnits")
    for member, write in zip(members, performed, strict=True):
        consumptions.of(member.table_name, member.table).add_write(member.table, write)
    reply = consumptions.add_to({}, request.ReturnConsumedCapacity)
    if request.ReturnItemCollectionMetrics == "SIZE":
        metrics = _collection_metrics(members)
        if metrics:
            reply["ItemCollectionMetrics"] = metrics
    return reply


def transact_get_items(catalogue: Catalogue, request: shapes.TransactGetItemsInput) -> dict[str, Any]:
    # PARAMETERS
    # And VALUES and EXPRESSIONS: all of one member before the next is looked at, as in writes.
    gets = [entry.Get for entry in request.TransactItems]
    projections = [_accept_get(get) for get in gets]
    # TABLE
    tables = [_open(catalogue, get.TableName) for get in gets]
    # KEYS
    reasons = _Reasons(len(gets))
    items = _DistinctItems()
    for position, (get, table, projection) in enumerate(zip(gets, tables, projections, strict=True)):
        with reasons.collect(position):
            item_keys.check_key(table.keys, get.Key)
            refuse_keys_as_containers(table.schema, projection)
            items.add(table, get.Key)
    reasons.cancel_if_any()
    # READ
    records = [table.get(get.Key) for get, table in zip(gets, tables, strict=True)]
    _refuse_size(sum(record.size for record in records if record is not None))
    # RESPONSE
    consumptions = _Consumptions("ReadCapacityUnits")
    for get, table, record in zip(gets, tables, records, strict=True):
        consumptions.of(get.TableName, table).table += _read_units(record)
    responses = [
        {} if record is None else {"Item": record.item if projection is None else projection.project(record.item)}
        for record, projection in zip(records, projections, strict=True)
    ]
    return consumptions.add_to({"Responses": responses}, request.ReturnConsumedCapacity)


# --- one member -------------------------------------------------------------------------------------------

_Action: TypeAlias = shapes.ConditionCheck | shapes.Put | shapes.Delete | shapes.Update


class _Planned(NamedTuple):
    """An action that may go on to its table. `size` is the bytes that it adds to the transaction."""

    table_name: str
    write: PlannedWrite
    size: int


class _Write(NamedTuple):
    """An action with its table, and the name by which the request calls that."""

    table_name: str
    table: Table
    write: PlannedWrite


def _plan(entry: shapes.TransactWriteItem) -> _Planned:
    # PARAMETERS
    given = [action for action in (entry.ConditionCheck, entry.Put, entry.Delete, entry.Update) if action is not None]
    if not given:
        raise ValidationException(messages.TRANSACTION_ACTIONS_MISSING)
    if len(given) > 1:
        raise ValidationException(messages.TRANSACTION_ACTIONS_SEVERAL)
    action: _Action = given[0]
    is_put_or_delete = isinstance(action, shapes.Put | shapes.Delete)
    if is_put_or_delete:
        refuse_mixture(action, TRANSACTION_PUT_OR_DELETE)
    # VALUES
    key = action.Item if isinstance(action, shapes.Put) else action.Key
    size = values.accept_item(key)
    if isinstance(action, shapes.Put):
        refuse_item_size(size)
    # EXPRESSIONS
    placeholders = Placeholders(
        action.ExpressionAttributeNames,
        action.ExpressionAttributeValues,
        # The values of the others may nest (aws-2026, sizes 7): an update of them is judged by what it leads to.
        limits.NESTING_LEVELS if is_put_or_delete else limits.NESTING_LEVELS_UNCHECKED,
    )
    update = None
    if isinstance(action, shapes.Update):
        update = updates.bind(action.UpdateExpression, placeholders)
    condition = None
    if action.ConditionExpression is not None:
        condition = conditions.bind(ExpressionKind.CONDITION, action.ConditionExpression, placeholders)
    placeholders.refuse_unused()
    on_failure = action.ReturnValuesOnConditionCheckFailure
    write: PlannedWrite
    match action:
        case shapes.Put():
            write = PlannedPut(key=key, size=size, condition=condition, on_failure=on_failure)
        case shapes.Delete():
            write = PlannedDelete(key=key, condition=condition, on_failure=on_failure)
        case shapes.Update():
            write = PlannedUpdate(
                key=key, update=update, condition=condition, on_failure=on_failure, limits_bytes_written=False
            )
        case shapes.ConditionCheck():
            write = PlannedCheck(key=key, condition=condition, on_failure=on_failure)
    # What a transaction's size is made of is not known but for the items of its puts: here all that it brings.
    return _Planned(action.TableName, write, size + sizes.item_size(action.ExpressionAttributeValues or {}))


def _accept_get(get: shapes.Get) -> Projection | None:
    # PARAMETERS
    refuse_mixture(get, TRANSACTION_GET)
    # VALUES
    values.accept_item(get.Key)
    # EXPRESSIONS
    return bind_projection_expression(get)


def _refuse_size(size: int) -> None:
    if size > limits.TRANSACTION_BYTES:
        raise ValidationException(messages.TRANSACTION_SIZE, size=size)


class _DistinctItems:
    """The items of a transaction. Keys in normal form: two that are numerically equal are one item's."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, bytes]] = set()

    def add(self, table: Table, key: Item) -> None:
        """Raises ValidationException for an item that is there."""
        item = (table.name, table.keys.key_bytes(key))
        if item in self._seen:
            raise ValidationException(messages.TRANSACTION_SAME_ITEM)
        self._seen.add(item)


# --- cancellation -----------------------------------------------------------------------------------------

# Met with when the table is known, and refusing the request nevertheless: probes twi_*_key_empty; the rest data-plane
# 7.3, thin. An empty index key by analogy.
_REFUSING: Final = frozenset(
    {messages.KEY_EMPTY, messages.INDEX_KEY_EMPTY, messages.KEY_NOT_SCALAR, messages.TRANSACTION_SAME_ITEM}
)


class _Reasons:
    """Why members cancel a transaction, each by its position."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._reasons: dict[int, dict[str, Any]] = {}

    def __contains__(self, position: int) -> bool:
        return position in self._reasons

    @contextmanager
    def collect(self, position: int) -> Iterator[None]:
        """What the member at `position` is refused with becomes its reason, unless it refuses the request."""
        try:
            yield
        except ConditionalCheckFailedException as error:
            self._add(position, "ConditionalCheckFailed", error)
        except ValidationException as error:
            if error.source in _REFUSING:
                raise
            self._add(position, "ValidationError", error)

    def _add(self, position: int, code: str, error: DynamoDBError) -> None:
        self._reasons[position] = {"Code": code, "Message": error.message, **error.members}

    def cancel_if_any(self) -> None:
        """Raises TransactionCanceledException where a member has failed. One that has not says `None`."""
        if not self._reasons:
            return
        reasons = [self._reasons.get(position, {"Code": "None"}) for position in range(self._count)]
        raise TransactionCanceledException(
            messages.TRANSACTION_CANCELED,
            codes=", ".join(reason["Code"] for reason in reasons),
            members={"CancellationReasons": reasons},
        )


# --- replays ----------------------------------------------------------------------------------------------


def _digest(entries: Sequence[shapes.TransactWriteItem]) -> bytes:
    """What tells requests with one token apart: the actions, in normal form, and not what is to be reported."""
    return hashlib.sha256(msgspec.json.encode(entries, order="deterministic")).digest()


def _report_replay(members: Sequence[_Write], detail: str | None) -> dict[str, Any]:
    """The reply to a request that has been carried out before: it costs reading its items (aws-2026, capacity 3)."""
    consumptions = _Consumptions("ReadCapacityUnits")
    for member in members:
        record = member.table.get(member.write.key)
        consumptions.of(member.table_name, member.table).table += _read_units(record)
    return consumptions.add_to({}, detail)


# --- responses --------------------------------------------------------------------------------------------


def _read_units(record: Record | None) -> float:
    size = record.size if record is not None else 0
    return limits.TRANSACTION_UNITS * capacity.read_units(size, consistent=True)


class _Consumptions:
    """What a transaction consumes: one report a table, under the name that the request has for it first."""

    def __init__(self, units_member: str) -> None:
        self._units_member = units_member
        self._by_table: dict[str, capacity.Consumption] = {}

    def of(self, table_name: str, table: Table) -> capacity.Consumption:
        consumption = self._by_table.get(table.name)
        if consumption is None:
            consumption = self._by_table[table.name] = capacity.Consumption(table_name, self._units_member)
        return consumption

    def add_to(self, reply: dict[str, Any], detail: str | None) -> dict[str, Any]:
        return capacity.add_reports(reply, self._by_table.values(), detail)


def _collection_metrics(members: Sequence[_Write]) -> dict[str, list[dict[str, Any]]]:
    """By table, the item collections that were written to; a check writes to none."""
    written: dict[str, list[_Write]] = {}
    for member in members:
        if member.table.schema.has_local_indexes and not isinstance(member.write, PlannedCheck):
            written.setdefault(member.table.name, []).append(member)
    return {
        group[0].table_name: list(collections(group[0].table, (member.write.key for member in group)))
        for group in written.values()
    }


def _open(catalogue: Catalogue, name: str) -> Table:
    """The table of a member: one with strong consistency over regions takes no transactions."""
    table = catalogue.open(name)
    catalogue.part(GlobalTables).refuse_strong(table, messages.STRONG_WITHOUT_TRANSACTIONS)
    return table
