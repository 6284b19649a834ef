"""Query and Scan (dossier 8): pages of a partition, or of everything in the order of tokens.

An index returns whole items whatever its projection was to be (rule: index-projection-ignored).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from reference_server import keys, limits
from reference_server.alternator import (
    conditions,
    item_keys,
    key_conditions,
    legacy,
    projections,
    texts,
    values,
)
from reference_server.alternator.conditions import Condition
from reference_server.alternator.items import read_consistency
from reference_server.alternator.keys import range_of_segment
from reference_server.alternator.placeholders import Placeholders
from reference_server.alternator.projections import Projection
from reference_server.alternator.request import JSONObject, Request, as_object, as_unsigned, printed, string_attribute
from reference_server.alternator.tables import table_to_read
from reference_server.attribute import Item
from reference_server.errors import ValidationException
from reference_server.keys import KeyRange
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.schema import KeyAttribute, KeySchema
from reference_server.tables.table import Index, Record, Table

_SEGMENTS: Final = 1_000_000


def query(catalogue: Catalogue, request: Request) -> JSONObject:
    body = request.body
    source = _source(catalogue, request)
    _refuse_consistency(source, body)
    limit = _limit(body)
    descending = not _boolean(request, "ScanIndexForward", default=True)
    placeholders = Placeholders(body, request.operation)
    query_range = key_conditions.read(body, source.keys, placeholders)
    query_filter = _read_filter(body, "QueryFilter", placeholders)
    _refuse_filter_on_keys(source, query_filter)
    select = _Select.read(source, body, placeholders)
    placeholders.refuse_unused()
    after = _start(source, body)
    if after is not None and after not in query_range.partition:
        return select.report(_Page())
    records = source.scan(query_range.within, after=after, descending=descending)
    return select.report(_read_page(source, records, query_filter, limit, select))


def scan(catalogue: Catalogue, request: Request) -> JSONObject:
    body = request.body
    source = _source(catalogue, request)
    within, segment = _segment(request)
    _refuse_consistency(source, body)
    limit = _limit(body)
    placeholders = Placeholders(body, request.operation)
    select = _Select.read(source, body, placeholders)
    scan_filter = _read_filter(body, "ScanFilter", placeholders)
    placeholders.refuse_unused()
    after = _start(source, body)
    if after is not None and segment is not None and after not in within:
        raise ValidationException(texts.START_KEY_OF_SEGMENT, segment=segment[0], total=segment[1])
    records = source.scan(within, after=after, descending=False)
    return select.report(_read_page(source, records, scan_filter, limit, select))


# --- what is read -----------------------------------------------------------------------------------------


def _source(catalogue: Catalogue, request: Request) -> Table | Index:
    """The table, or the index of it that IndexName names."""
    table = table_to_read(catalogue, request)
    if "IndexName" not in request.body:
        return table
    name = request.body["IndexName"]
    if not isinstance(name, str):
        raise ValidationException(texts.INDEX_NAME_NO_STRING, name=printed(name))
    if len(name) < limits.TABLE_NAME_MIN:
        raise ValidationException(texts.INDEX_NAME_SHORT)
    if name not in table.indexes:
        raise ValidationException(texts.INDEX_NOT_FOUND, index=name, table=table.name)
    return table.indexes[name]


def _refuse_consistency(source: Table | Index, body: JSONObject) -> None:
    if read_consistency(body) and isinstance(source, Index) and source.schema.is_global:
        raise ValidationException(texts.CONSISTENT_READ_OF_INDEX)


def _limit(body: JSONObject) -> int | None:
    if "Limit" not in body:
        return None
    limit = as_unsigned(body["Limit"])
    if limit < 1:
        raise ValidationException(texts.LIMIT)
    return limit


def _boolean(request: Request, name: str, *, default: bool) -> bool:
    content = request.body.get(name, default)
    if not isinstance(content, bool):
        # It is the whole request that is printed (recorded q-scanindexforward-string).
        raise ValidationException(texts.BOOLEAN_EXPECTED, name=name, value=printed(request.body))
    return content


def _integer(request: Request, name: str) -> int | None:
    content = request.body.get(name)
    if name not in request.body:
        return None
    if not isinstance(content, int) or isinstance(content, bool):
        raise ValidationException(texts.INTEGER_EXPECTED, name=name, value=printed(request.body))
    return content


def _segment(request: Request) -> tuple[KeyRange, tuple[int, int] | None]:
    segment, total = _integer(request, "Segment"), _integer(request, "TotalSegments")
    if segment is None and total is None:
        return keys.EVERYTHING, None
    if segment is None or total is None:
        raise ValidationException(texts.SEGMENT_ALONE)
    if not 0 <= segment < total:
        raise ValidationException(texts.SEGMENT_RANGE)
    if total > _SEGMENTS:
        raise ValidationException(texts.SEGMENTS_TOO_MANY, most=_SEGMENTS)
    return range_of_segment(segment, total), (segment, total)


def _start(source: Table | Index, body: JSONObject) -> bytes | None:
    """Where ExclusiveStartKey stands. The key's attributes are read, others do not matter (recorded q-page-extra)."""
    if "ExclusiveStartKey" not in body:
        return None
    start = as_object(body["ExclusiveStartKey"])
    return source.start_bytes({name: item_keys.read_attribute(attribute, start) for name, attribute in _key(source)})


def _key(source: Table | Index) -> Iterator[tuple[str, KeyAttribute]]:
    """The attributes that tell an entry from every other."""
    schemas: list[KeySchema] = [source.keys]
    if isinstance(source, Index):
        schemas.append(source.schema.table_keys)
    yield from {attribute.name: attribute for schema in schemas for attribute in schema.attributes}.items()


# --- filters ----------------------------------------------------------------------------------------------


def _read_filter(body: JSONObject, legacy_member: str, placeholders: Placeholders) -> Condition | None:
    by_conditions = legacy.read_filter(body, legacy_member)
    by_expression = conditions.read("FilterExpression", body, placeholders)
    return by_expression if by_conditions is None else by_conditions


def _refuse_filter_on_keys(source: Table | Index, query_filter: Condition | None) -> None:
    """The partition key, and what the entries of a partition are first ordered by.

    That in an index without a sort key this is the table's partition key is inferred from the order of its columns.
    """
    if query_filter is None:
        return
    names = list(source.key_names())
    for name, role in zip(names, ("Partition", "Sort"), strict=False):
        if name in query_filter.attributes:
            raise ValidationException(texts.FILTER_ON_KEY, role=role, name=name)


# --- what is returned -------------------------------------------------------------------------------------

_CHOICES: Final = ("ALL_ATTRIBUTES", "SPECIFIC_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT")


@dataclass(frozen=True, slots=True)
class _Select:
    counts_only: bool
    projection: Projection | None

    @classmethod
    def read(cls, source: Table | Index, body: JSONObject, placeholders: Placeholders) -> _Select:
        """Select and the projection, which must go together (recorded q-select-*)."""
        is_specific = "AttributesToGet" in body or "ProjectionExpression" in body
        choice = string_attribute(body, "Select", "SPECIFIC_ATTRIBUTES" if is_specific else "ALL_ATTRIBUTES")
        if choice not in _CHOICES:
            raise ValidationException(texts.SELECT_UNKNOWN, value=choice, choices=", ".join(_CHOICES))
        if choice == "SPECIFIC_ATTRIBUTES" and not is_specific:
            raise ValidationException(texts.SELECT_SPECIFIC)
        if choice == "ALL_PROJECTED_ATTRIBUTES" and isinstance(source, Table):
            raise ValidationException(texts.SELECT_PROJECTED)
        if choice != "SPECIFIC_ATTRIBUTES" and is_specific:
            raise ValidationException(texts.SELECT_WITH_PROJECTION)
        return cls(choice == "COUNT", projections.read(body, placeholders))

    def show(self, item: Item) -> Item:
        return item if self.projection is None else self.projection.project(item)

    def report(self, page: _Page) -> JSONObject:
        reply: JSONObject = {"Count": page.count, "ScannedCount": page.scanned}
        if not self.counts_only:
            reply["Items"] = page.items
        if page.last is not None:
            reply["LastEvaluatedKey"] = page.last
        return reply


@dataclass(slots=True)
class _Page:
    items: list[Item] = field(default_factory=list)
    scanned: int = 0
    last: Item | None = None
    count: int = 0


def _read_page(
    source: Table | Index,
    records: Iterator[Record],
    test: Condition | None,
    limit: int | None,
    select: _Select,
) -> _Page:
    """A page ends with the item that fills it: by number, or by size (rule: page-size; recorded sc-1mb-query)."""
    page = _Page()
    size = 0
    for record in records:
        item = values.show(record.item)
        page.scanned += 1
        size += record.size
        if test is None or test.holds(item):
            page.count += 1
            if not select.counts_only:
                page.items.append(select.show(item))
        if page.scanned == limit or size >= limits.PAGE_BYTES:
            page.last = {name: item[name] for name in source.key_names()}
            break
    return page
