"""ExportTableToPointInTime, DescribeExport and ListExports (control-plane 13)."""

from __future__ import annotations

import math
from typing import Any

from reference_server import keys, limits, messages
from reference_server.errors import InvalidExportTimeException, ValidationException
from reference_server.expressions import conditions, key_conditions, projections
from reference_server.expressions.conditions import Condition
from reference_server.expressions.key_conditions import KeyCondition
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.projections import Projection
from reference_server.model import shapes
from reference_server.operations.backups import find_source
from reference_server.operations.writes import refuse_keys_as_containers
from reference_server.tables import key_ranges
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.journal import ContinuousBackups, Journal
from reference_server.tables.schema import TableSchema
from reference_server.transfer import exports
from reference_server.transfer.exports import Exports, Filter
from reference_server.transfer.transfers import digest_of


def export_table_to_point_in_time(
    catalogue: Catalogue, request: shapes.ExportTableToPointInTimeInput
) -> dict[str, Any]:
    # PARAMETERS
    _check_type(request)
    # EXPRESSIONS
    key_condition, condition, projection = _bind_filter(request.FilterSpecification)
    # TABLE
    known = catalogue.part(Exports)
    export = known.repeated(request.ClientToken, digest_of(request))
    if export is not None:
        return {"ExportDescription": export.describe()}
    table = find_source(catalogue, request.TableArn)
    journal = catalogue.part(ContinuousBackups).journal(table)
    # KEYS
    chosen = _choose(table.schema, key_condition, condition, projection)
    # WRITE
    known.refuse_too_many()
    increment = request.IncrementalExportSpecification
    if increment is None:
        moment = catalogue.clock() if request.ExportTime is None else request.ExportTime
        _refuse_outside(journal, moment, "ExportTime", table.name)
        content = exports.full(journal.state_at(moment), chosen)
        export = known.start(table, request, content, moment=moment)
    else:
        since, until = _read_increment(journal, increment, table.name, catalogue.clock())
        view = increment.ExportViewType or exports.NEW_AND_OLD_IMAGES
        content = exports.incremental(journal.changes(since, until), table.keys, view)
        export = known.start(table, request, content, since=since, until=until, view=view)
    # RESPONSE
    return {"ExportDescription": export.describe()}


def describe_export(catalogue: Catalogue, request: shapes.DescribeExportInput) -> dict[str, Any]:
    # TABLE
    export = catalogue.part(Exports).find(request.ExportArn)
    # RESPONSE
    return {"ExportDescription": export.describe()}


def list_exports(catalogue: Catalogue, request: shapes.ListExportsInput) -> dict[str, Any]:
    # READ
    limit = request.MaxResults or limits.LIST_TRANSFERS
    page, following = catalogue.part(Exports).listed(request.TableArn, limit, request.NextToken)
    # RESPONSE
    reply: dict[str, Any] = {"ExportSummaries": [export.summarise() for export in page]}
    if following is not None:
        reply["NextToken"] = following
    return reply


# --- times ------------------------------------------------------------------------------------------------


def _check_type(request: shapes.ExportTableToPointInTimeInput) -> None:
    """What the two types of exports have apart. Raises ValidationException."""
    increment = request.IncrementalExportSpecification
    if request.ExportType != exports.INCREMENTAL:
        if increment is not None:
            raise ValidationException(messages.EXPORT_INCREMENT_SURPLUS)
        return
    if increment is None or increment.ExportFromTime is None:
        raise ValidationException(messages.EXPORT_INCREMENT_MISSING)
    if request.ExportTime is not None:
        raise ValidationException(messages.EXPORT_TIME_OF_INCREMENT)
    if request.FilterSpecification is not None:
        # What a filter would be held against, the item before or after, no source says.
        raise ValidationException(messages.EXPORT_FILTER_OF_INCREMENT)


def _refuse_outside(journal: Journal, moment: float, member: str, table: str) -> None:
    if not journal.covers(moment):
        raise InvalidExportTimeException(messages.EXPORT_TIME_OUTSIDE, member=member, name=table)


def _read_increment(
    journal: Journal, increment: shapes.IncrementalExportSpecification, table: str, now: float
) -> tuple[float, float]:
    """From when, and until when; that is now, where nothing is said."""
    since = increment.ExportFromTime or 0.0
    until = now if increment.ExportToTime is None else increment.ExportToTime
    _refuse_outside(journal, since, "ExportFromTime", table)
    _refuse_outside(journal, until, "ExportToTime", table)
    if not limits.INCREMENT_SECONDS_MIN <= math.ceil(until - since) <= limits.INCREMENT_SECONDS_MAX:
        raise ValidationException(messages.EXPORT_INCREMENT_LENGTH)
    return since, until


# --- filters ----------------------------------------------------------------------------------------------


def _bind_filter(
    specification: shapes.FilterSpecification | None,
) -> tuple[KeyCondition | None, Condition | None, Projection | None]:
    """The expressions of a filter, as Query has them."""
    if specification is None:
        return None, None, None
    placeholders = Placeholders(specification.ExpressionAttributeNames, specification.ExpressionAttributeValues)
    condition = projection = key_condition = None
    if specification.FilterExpression is not None:
        condition = conditions.bind(ExpressionKind.FILTER, specification.FilterExpression, placeholders)
    if specification.ProjectionExpression is not None:
        projection = projections.bind(specification.ProjectionExpression, placeholders)
    key_expression = None
    if specification.KeyConditionExpression is not None:
        key_expression = key_conditions.resolve(specification.KeyConditionExpression, placeholders)
    placeholders.refuse_unused()
    if key_expression is not None:
        key_condition = key_conditions.read(key_expression)
    return key_condition, condition, projection


def _choose(
    schema: TableSchema, key_condition: KeyCondition | None, condition: Condition | None, projection: Projection | None
) -> Filter:
    """With a key condition, the filter may not name keys (botocore's model says so)."""
    within = keys.EVERYTHING
    if key_condition is not None:
        within = key_ranges.read_range(schema.keys, key_condition, None).within
        for name in schema.keys.names:
            if condition is not None and name in condition.attributes:
                raise ValidationException(messages.FILTER_ON_KEY, name=name)
    refuse_keys_as_containers(schema, condition, projection)
    return Filter(within, condition, projection)
