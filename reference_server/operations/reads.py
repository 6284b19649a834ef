"""Query and Scan: the same reading of pages, from one partition or from everything.

Stages as in `items.py`: PARAMETERS, VALUES, EXPRESSIONS, TABLE, KEYS, READ, RESPONSE (data-plane 2.2 and 6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from reference_server import keys, limits, messages, values
from reference_server.attribute import Item
from reference_server.errors import ValidationException
from reference_server.expressions import conditions, key_conditions, legacy, projections
from reference_server.expressions.conditions import Condition
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.projections import Projection
from reference_server.model import shapes
from reference_server.operations.parameters import QUERY, QUERY_BY_KEY_CONDITIONS, SCAN, refuse_mixture
from reference_server.operations.writes import refuse_keys_as_containers
from reference_server.tables import capacity, key_ranges
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import IndexSchema
from reference_server.tables.settings import Status
from reference_server.tables.table import Index, Record, Table


def query(catalogue: Catalogue, request: shapes.QueryInput) -> dict[str, Any]:
    # PARAMETERS
    refuse_mixture(request, QUERY_BY_KEY_CONDITIONS if request.KeyConditionExpression is None else QUERY)
    # VALUES
    query_filter = legacy.bind_filter(request.QueryFilter, request.ConditionalOperator)
    projection = legacy.bind_attributes_to_get(request.AttributesToGet)
    _accept_start_key(request.ExclusiveStartKey)
    if request.KeyConditionExpression is None and request.KeyConditions is None:
        raise ValidationException(messages.KEY_CONDITIONS_MISSING)
    _check_select(request)
    # EXPRESSIONS
    placeholders = Placeholders(request.ExpressionAttributeNames, request.ExpressionAttributeValues)
    if request.FilterExpression is not None:
        query_filter = conditions.bind(ExpressionKind.FILTER, request.FilterExpression, placeholders)
    if request.ProjectionExpression is not None:
        projection = projections.bind(request.ProjectionExpression, placeholders)
    key_expression = None
    if request.KeyConditionExpression is not None:
        key_expression = key_conditions.resolve(request.KeyConditionExpression, placeholders)
    placeholders.refuse_unused()
    if key_expression is not None:
        key_condition = key_conditions.read(key_expression)
    else:
        key_condition = legacy.bind_key_conditions(request.KeyConditions or {})
    # TABLE
    table = catalogue.open(request.TableName)
    source = _open_source(table, request.IndexName, consistent=bool(request.ConsistentRead))
    index = source.schema if isinstance(source, Index) else None
    # KEYS
    if request.ExclusiveStartKey is not None:
        key_ranges.check_start_size(source.key_names(), request.ExclusiveStartKey, table_scan=False)
    query_range = key_ranges.read_range(source.keys, key_condition, index)
    after = None
    if request.ExclusiveStartKey is not None:
        key_ranges.check_start_key(table.keys, index, request.ExclusiveStartKey, table_scan=False)
        after = source.start_bytes(request.ExclusiveStartKey)
        key_ranges.check_start_within(query_range, after)
    refuse_keys_as_containers(table.schema, query_filter, projection)
    _refuse_filter_on_keys(source, query_filter, by_expression=request.FilterExpression is not None)
    _refuse_unprojected(index, request.Select, projection, query_filter)
    # READ
    records = source.scan(query_range.within, after=after, descending=request.ScanIndexForward is False)
    page = _read_page(records, query_filter, request.Limit, _fetching(table, index, request.Select, projection))
    # RESPONSE
    return _report_page(request, source, page, projection)


def scan(catalogue: Catalogue, request: shapes.ScanInput) -> dict[str, Any]:
    # PARAMETERS
    refuse_mixture(request, SCAN)
    # VALUES
    projection = legacy.bind_attributes_to_get(request.AttributesToGet)
    scan_filter = legacy.bind_filter(request.ScanFilter, request.ConditionalOperator)
    _accept_start_key(request.ExclusiveStartKey)
    _check_select(request)
    within = _segment(request)
    # EXPRESSIONS
    placeholders = Placeholders(request.ExpressionAttributeNames, request.ExpressionAttributeValues)
    if request.ProjectionExpression is not None:
        projection = projections.bind(request.ProjectionExpression, placeholders)
    if request.FilterExpression is not None:
        scan_filter = conditions.bind(ExpressionKind.FILTER, request.FilterExpression, placeholders)
    placeholders.refuse_unused()
    # TABLE
    table = catalogue.open(request.TableName)
    source = _open_source(table, request.IndexName, consistent=bool(request.ConsistentRead))
    index = source.schema if isinstance(source, Index) else None
    # KEYS
    after = None
    if request.ExclusiveStartKey is not None:
        table_scan = index is None
        key_ranges.check_start_size(source.key_names(), request.ExclusiveStartKey, table_scan=table_scan)
        key_ranges.check_start_key(table.keys, index, request.ExclusiveStartKey, table_scan=table_scan)
        after = source.start_bytes(request.ExclusiveStartKey)
        if after not in within:
            raise ValidationException(messages.START_KEY_SEGMENT, total=request.TotalSegments, segment=request.Segment)
    refuse_keys_as_containers(table.schema, scan_filter, projection)
    # A filter of a Scan may name what the index does not carry (aws-2026, keys 3); it then finds nothing there.
    _refuse_unprojected(index, request.Select, projection, None)
    # READ
    records = source.scan(within, after=after, descending=False)
    page = _read_page(records, scan_filter, request.Limit, _fetching(table, index, request.Select, projection))
    # RESPONSE
    return _report_page(request, source, page, projection)


# --- parameters -------------------------------------------------------------------------------------------


def _check_select(request: Any) -> None:
    """Select against the other parameters (data-plane 6.4)."""
    select = request.Select
    if select is None:
        return
    parameter = next(
        (name for name in ("ProjectionExpression", "AttributesToGet") if getattr(request, name) is not None), None
    )
    if select == "SPECIFIC_ATTRIBUTES":
        if parameter is None:
            raise ValidationException(messages.SELECT_SPECIFIC)
        return
    if parameter is not None:
        message = messages.SELECT_COUNT_WITH_PROJECTION if select == "COUNT" else messages.SELECT_ALL_WITH_PROJECTION
        raise ValidationException(message, parameter=parameter, select=select)
    if select == "ALL_PROJECTED_ATTRIBUTES" and request.IndexName is None:
        raise ValidationException(messages.SELECT_PROJECTED_WITHOUT_INDEX)


def _accept_start_key(start: Item | None) -> None:
    if start is None:
        return
    try:
        values.accept_item(start)
    except ValidationException as error:
        if error.source in messages.BARE_IN_START_KEY:
            raise
        raise ValidationException(messages.START_KEY_VALUE, error=error) from None


def _segment(request: shapes.ScanInput) -> keys.KeyRange:
    """The key bytes that a Scan reads: everything, or one segment of a parallel scan (data-plane 6.5)."""
    segment, total = request.Segment, request.TotalSegments
    if segment is None and total is None:
        return keys.EVERYTHING
    if total is None:
        raise ValidationException(messages.TOTAL_SEGMENTS_MISSING)
    if segment is None:
        raise ValidationException(messages.SEGMENT_MISSING)
    if segment >= total:
        raise ValidationException(messages.SEGMENT_RANGE, segment=segment, total=total)
    return keys.range_of_segment(segment, total)


# --- what is read -----------------------------------------------------------------------------------------


def _open_source(table: Table, index_name: str | None, *, consistent: bool) -> Table | Index:
    if index_name is None:
        return table
    index = table.indexes.get(index_name)
    if index is None or index.status is Status.DELETING:
        raise ValidationException(messages.INDEX_UNKNOWN, index=index_name)
    if index.backfilling is not None:
        raise ValidationException(messages.INDEX_BACKFILLING, index=index_name)
    if consistent and index.schema.is_global:
        raise ValidationException(messages.INDEX_CONSISTENT)
    return index


def _refuse_filter_on_keys(source: Table | Index, condition: Condition | None, *, by_expression: bool) -> None:
    """A Query's filter is for what its key condition cannot say: it may not name the keys of what is read."""
    if condition is None:
        return
    for name in source.keys.names:
        if name in condition.attributes:
            message = messages.FILTER_ON_KEY if by_expression else messages.QUERY_FILTER_ON_KEY
            raise ValidationException(message, name=name)


def _refuse_unprojected(
    index: IndexSchema | None, select: str | None, projection: Projection | None, condition: Condition | None
) -> None:
    """What an index does not carry cannot be asked of it, but a local index fetches it (data-plane 6.4)."""
    if index is None or index.projected is None:
        return
    if index.is_global:
        if select == "ALL_ATTRIBUTES":
            raise ValidationException(messages.SELECT_ALL_NOT_PROJECTED, index=index.name)
        unprojected = projection.attributes - index.projected if projection is not None else None
        if unprojected:
            names = ", ".join(sorted(unprojected))
            raise ValidationException(messages.PROJECTION_NOT_PROJECTED, index=index.name, names=names)
    # An OR at the top of the filter is let through (aws-2026, keys 3).
    if condition is not None and not condition.is_disjunction:
        unfiltered = condition.attributes - index.projected
        if unfiltered:
            names = ", ".join(sorted(unfiltered))
            raise ValidationException(messages.FILTER_NOT_PROJECTED, index=index.name, names=names)


# --- pages ------------------------------------------------------------------------------------------------


# From an entry of an index to its table's record.
_Fetch: TypeAlias = Callable[[Record], Record]


@dataclass(slots=True)
class _Page:
    """What one request has evaluated. `last` is the last record evaluated, where the page stopped before the end."""

    evaluated: int = 0
    total_bytes: int = 0
    matches: list[Record] = field(default_factory=list)
    last: Record | None = None
    # Bytes of each item that a local index has fetched from its table.
    fetched: list[int] = field(default_factory=list)


def _read_page(
    records: Iterator[Record], condition: Condition | None, limit: int | None, fetch: _Fetch | None
) -> _Page:
    """Evaluate records until `limit` of them or a megabyte, the record that reaches it included; then filter.

    What is fetched is fetched before the filter: reads are charged so (aws-2026, capacity 1). A page that stopped has
    a LastEvaluatedKey even where nothing follows (data-plane 6.2).
    """
    page = _Page()
    for record in records:
        page.evaluated += 1
        page.total_bytes += record.size
        whole = record
        if fetch is not None:
            whole = fetch(record)
            page.fetched.append(whole.size)
        if condition is None or condition.holds(record.item):
            page.matches.append(whole)
        if page.evaluated == limit or page.total_bytes >= limits.PAGE_BYTES:
            page.last = record
            break
    return page


def _report_page(request: Any, source: Table | Index, page: _Page, projection: Projection | None) -> dict[str, Any]:
    consistent = bool(request.ConsistentRead)
    consumption = capacity.Consumption(request.TableName)
    units = capacity.read_units(page.total_bytes, consistent=consistent)
    if isinstance(source, Table):
        consumption.table = units
    else:
        consumption.add_index(source.schema, units)
        # Each fetched item is read for itself, rounded up by itself (data-plane 8.2).
        consumption.table = sum((capacity.read_units(size, consistent=consistent) for size in page.fetched), start=0.0)
    reply: dict[str, Any] = {"Count": len(page.matches), "ScannedCount": page.evaluated}
    if request.Select != "COUNT":
        items = [record.item for record in page.matches]
        reply["Items"] = items if projection is None else [projection.project(item) for item in items]
    if page.last is not None:
        reply["LastEvaluatedKey"] = {name: page.last.item[name] for name in source.key_names()}
    return consumption.add_to(reply, request.ReturnConsumedCapacity)


def _fetching(
    table: Table, index: IndexSchema | None, select: str | None, projection: Projection | None
) -> _Fetch | None:
    """How the items of entries are fetched, where a read of a local index asks for what only the table has."""
    if index is None or index.is_global or index.projected is None:
        return None
    wants_more = select == "ALL_ATTRIBUTES" if projection is None else not projection.attributes <= index.projected
    if not wants_more:
        return None

    def fetch(entry: Record) -> Record:
        record = table.get(entry.item)
        assert record is not None, "an index entry has an item"
        return record

    return fetch
