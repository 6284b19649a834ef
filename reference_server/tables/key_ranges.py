"""A key condition held against a key schema, and turned into the range of key bytes to read (data-plane 6.1, 6.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from reference_server import keys, messages
from reference_server.attribute import AttributeValue, Item
from reference_server.errors import ValidationException
from reference_server.expressions.key_conditions import KeyClause, KeyCondition, KeyOperator
from reference_server.keys import KeyRange
from reference_server.tables import item_keys
from reference_server.tables.schema import IndexSchema, KeyAttribute, KeySchema


@dataclass(frozen=True, slots=True)
class QueryRange:
    """What a Query reads: one partition, or the part of it that the sort key conditions leave."""

    within: KeyRange
    partition: KeyRange
    # Whether anything is said about the sort key: ExclusiveStartKey's errors depend on it.
    restricted: bool


def read_range(schema: KeySchema, condition: KeyCondition, index: IndexSchema | None) -> QueryRange:
    """The range that a key condition means on a table (`index` None) or an index.

    Raises ValidationException: every partition attribute must have an equality; sort attributes may have conditions
    from the left, equalities but for the last (aws-2026, keys 1).
    """
    clauses = {clause.attribute: clause for clause in condition.clauses}
    for attribute in schema.partition:
        clause = clauses.get(attribute.name)
        if clause is None:
            raise ValidationException(messages.KEY_CONDITION_MISSING, name=attribute.name)
        if clause.operator is not KeyOperator.EQUAL:
            raise ValidationException(messages.KEY_CONDITION_UNSUPPORTED)
    sort_clauses = _sort_clauses(schema, clauses)
    for clause in condition.clauses:
        _check_operands(schema.types[clause.attribute], clause, index)

    prefix = keys.encode_partition([clauses[attribute.name].operands[0] for attribute in schema.partition])
    partition = keys.range_of_prefix(prefix)
    within = partition
    for clause in sort_clauses:
        within = restrict(prefix, clause.operator, clause.operands)
        prefix += keys.encode_value(clause.operands[0])
    return QueryRange(within, partition, restricted=bool(sort_clauses))


def _sort_clauses(schema: KeySchema, clauses: Mapping[str, KeyClause]) -> list[KeyClause]:
    """The clauses on sort attributes, in the schema's order. Raises ValidationException for any other clause left."""
    remaining = len(clauses) - len(schema.partition)
    found: list[KeyClause] = []
    for attribute in schema.sort:
        if len(found) == remaining:
            break
        clause = clauses.get(attribute.name)
        # A gap, or a condition on what is no key at all: the attribute that should have come is named.
        if clause is None or (found and found[-1].operator is not KeyOperator.EQUAL):
            raise ValidationException(messages.KEY_CONDITION_MISSING, name=attribute.name)
        found.append(clause)
    if len(found) != remaining:
        raise ValidationException(messages.KEY_CONDITION_UNSUPPORTED)
    return found


def _check_operands(key_type: str, clause: KeyClause, index: IndexSchema | None) -> None:
    for operand in clause.operands:
        if key_type not in operand:
            raise ValidationException(messages.KEY_CONDITION_TYPE)
        kind = item_keys.empty_kind(operand)
        if kind is None or clause.operator is KeyOperator.BEGINS_WITH:
            continue
        if index is None:
            raise ValidationException(messages.KEY_EMPTY, kind=kind, name=clause.attribute)
        raise ValidationException(messages.INDEX_KEY_EMPTY, kind=kind, index=index.name, name=clause.attribute)


def restrict(prefix: bytes, operator: KeyOperator, operands: Sequence[AttributeValue]) -> KeyRange:
    """The part of the key bytes behind `prefix` that a condition on the next key attribute leaves."""
    return _RANGES[operator](prefix, *operands)


def _equal(prefix: bytes, operand: AttributeValue) -> KeyRange:
    return keys.range_of_prefix(prefix + keys.encode_value(operand))


def _less(prefix: bytes, operand: AttributeValue) -> KeyRange:
    return KeyRange(prefix, prefix + keys.encode_value(operand))


def _less_or_equal(prefix: bytes, operand: AttributeValue) -> KeyRange:
    return KeyRange(prefix, keys.following(prefix + keys.encode_value(operand)))


def _greater(prefix: bytes, operand: AttributeValue) -> KeyRange:
    return KeyRange(keys.following(prefix + keys.encode_value(operand)), keys.following(prefix))


def _greater_or_equal(prefix: bytes, operand: AttributeValue) -> KeyRange:
    return KeyRange(prefix + keys.encode_value(operand), keys.following(prefix))


def _between(prefix: bytes, low: AttributeValue, high: AttributeValue) -> KeyRange:
    return KeyRange(prefix + keys.encode_value(low), keys.following(prefix + keys.encode_value(high)))


def _begins_with(prefix: bytes, operand: AttributeValue) -> KeyRange:
    return keys.range_of_prefix(prefix + keys.encode_prefix(operand))


_RANGES: Final[Mapping[KeyOperator, Callable[..., KeyRange]]] = {
    KeyOperator.EQUAL: _equal,
    KeyOperator.LESS: _less,
    KeyOperator.LESS_OR_EQUAL: _less_or_equal,
    KeyOperator.GREATER: _greater,
    KeyOperator.GREATER_OR_EQUAL: _greater_or_equal,
    KeyOperator.BETWEEN: _between,
    KeyOperator.BEGINS_WITH: _begins_with,
}


def check_start_size(names: tuple[str, ...], start: Item, *, table_scan: bool) -> None:
    """An ExclusiveStartKey has as many attributes as there are `names` of what is read; which they are is seen later.

    `table_scan`: a table itself is read, by Scan. Raises ValidationException.
    """
    if len(start) != len(names):
        raise ValidationException(messages.START_KEY_OF_TABLE_SCAN if table_scan else messages.START_KEY)


def check_start_key(table_keys: KeySchema, index: IndexSchema | None, start: Item, *, table_scan: bool) -> None:
    """An ExclusiveStartKey of the right size: the key attributes of what is read, of their types (data-plane 6.3).

    `start` of an index holds the index's key and the table's. Raises ValidationException.
    """
    schema = table_keys if index is None else index.keys
    if any(name not in start for name in schema.names):
        raise ValidationException(messages.START_KEY_OF_TABLE_SCAN if table_scan else messages.START_KEY)
    if not all(_fits(attribute, start) for attribute in schema.attributes):
        raise ValidationException(messages.START_KEY_OF_TABLE_SCAN if table_scan else messages.KEY_SCHEMA_MISMATCH)
    if not all(_fits(attribute, start) for attribute in table_keys.attributes):
        raise ValidationException(messages.START_KEY_SCHEMA)


def _fits(attribute: KeyAttribute, key: Item) -> bool:
    value = key.get(attribute.name)
    return value is not None and attribute.type in value and item_keys.empty_kind(value) is None


def check_start_within(query: QueryRange, start: bytes) -> None:
    """An ExclusiveStartKey of a Query lies where the key condition reads. Raises ValidationException."""
    if start in query.within:
        return
    if not query.restricted:
        raise ValidationException(messages.START_KEY_OUTSIDE)
    if start in query.partition:
        raise ValidationException(messages.START_KEY_RANGE)
    raise ValidationException(messages.START_KEY_OTHER_PARTITION)
