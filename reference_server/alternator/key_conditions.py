"""KeyConditionExpression and KeyConditions, as the part of a partition that they leave (dossier 8, "Key condition").

Both say one equality on the partition key, and at most one condition on the first sort key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reference_server.alternator import expression_text, item_keys, legacy, texts, values
from reference_server.alternator.expression_tree import Combination, ConditionTree, Negation, Primitive
from reference_server.alternator.placeholders import Placeholders
from reference_server.alternator.request import JSONObject
from reference_server.errors import ValidationException
from reference_server.expressions.key_conditions import KeyOperator
from reference_server.expressions.tree import Attribute, Function, Literal, Operand
from reference_server.keys import KeyRange, range_of_prefix
from reference_server.tables import key_ranges
from reference_server.tables.schema import KeyAttribute, KeySchema


@dataclass(frozen=True, slots=True)
class QueryRange:
    """What a Query reads, and the partition that it lies in."""

    within: KeyRange
    partition: KeyRange


@dataclass(frozen=True, slots=True)
class _Clause:
    attribute: str
    operator: KeyOperator
    operands: Sequence[Any]


def read(body: JSONObject, keys: KeySchema, placeholders: Placeholders) -> QueryRange:
    """The range that a Query's key condition means on a table or an index. Raises ValidationException."""
    by_expression, by_conditions = "KeyConditionExpression" in body, "KeyConditions" in body
    if by_expression and by_conditions:
        raise ValidationException(texts.KEY_CONDITIONS_BOTH)
    if by_expression:
        return _range(keys, _read_expression(body, keys, placeholders))
    if by_conditions:
        return _range(keys, _read_conditions(body, keys))
    raise ValidationException(texts.KEY_CONDITIONS_MISSING)


def _range(keys: KeySchema, clauses: Mapping[str, _Clause]) -> QueryRange:
    partition = keys.partition[0]
    value = item_keys.check_value(partition, clauses[partition.name].operands[0])
    prefix = keys.partition_bytes({partition.name: value})
    whole = range_of_prefix(prefix)
    if not keys.sort or keys.sort[0].name not in clauses:
        return QueryRange(whole, whole)
    sort = keys.sort[0]
    clause = clauses[sort.name]
    if clause.operator is KeyOperator.BEGINS_WITH and sort.type == "N" and "N" in clause.operands[0]:
        raise ValidationException(texts.KEY_CONDITION_BEGINS_WITH_TYPE, type=sort.type)
    operands = [values.show_value(item_keys.check_value(sort, operand)) for operand in clause.operands]
    return QueryRange(key_ranges.restrict(prefix, clause.operator, operands), whole)


# --- KeyConditionExpression -------------------------------------------------------------------------------

_COMPARATORS: Final[Mapping[str, KeyOperator]] = {
    "=": KeyOperator.EQUAL,
    "<": KeyOperator.LESS,
    "<=": KeyOperator.LESS_OR_EQUAL,
    ">": KeyOperator.GREATER,
    ">=": KeyOperator.GREATER_OR_EQUAL,
}
_EXCHANGED: Final[Mapping[str, str]] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _read_expression(body: JSONObject, keys: KeySchema, placeholders: Placeholders) -> Mapping[str, _Clause]:
    condition = expression_text.read_condition("KeyConditionExpression", body["KeyConditionExpression"])
    parts = list(_conjuncts(placeholders.resolve_condition(condition)))
    if len(parts) > 2:
        raise ValidationException(texts.KEY_CONDITION_COUNT)
    clauses: dict[str, _Clause] = {}
    for part in parts:
        clause = _read_clause(part)
        _refuse_foreign(keys, clause)
        if clause.attribute in clauses:
            raise ValidationException(texts.KEY_CONDITION_REPEATED)
        clauses[clause.attribute] = clause
    if keys.partition[0].name not in clauses:
        raise ValidationException(texts.KEY_CONDITION_OF_PARTITION, name=keys.partition[0].name)
    return clauses


def _conjuncts(condition: ConditionTree) -> list[Primitive]:
    match condition:
        case Primitive():
            return [condition]
        case Combination(operator="AND", conditions=conditions):
            return [part for each in conditions for part in _conjuncts(each)]
        case Combination():
            raise ValidationException(texts.KEY_CONDITION_OPERATION, operation="OR")
        case Negation():
            raise ValidationException(texts.KEY_CONDITION_OPERATION, operation="NOT")


def _read_clause(condition: Primitive) -> _Clause:
    match condition:
        case Primitive(operator="IN"):
            raise ValidationException(texts.KEY_CONDITION_OPERATOR, operator="IN")
        case Primitive(operator="<>"):
            raise ValidationException(texts.KEY_CONDITION_OPERATOR, operator="NE")
        case Primitive(operator="BETWEEN", operands=(subject, Literal(value=lower), Literal(value=upper))):
            return _Clause(_attribute(subject), KeyOperator.BETWEEN, [lower, upper])
        case Primitive(
            operands=(Function(name="begins_with", operands=(Attribute() as attribute, Literal(value=prefix))),)
        ):
            return _Clause(_attribute(attribute), KeyOperator.BEGINS_WITH, [prefix])
        case Primitive(operands=(Function(name="begins_with"),)):
            raise ValidationException(texts.KEY_CONDITION_BEGINS_WITH)
        case Primitive(operands=(Function(name=name),)):
            raise ValidationException(texts.KEY_CONDITION_FUNCTION, function=name)
        case Primitive(operator=symbol, operands=(left, Literal(value=value))) if symbol in _COMPARATORS:
            return _Clause(_attribute(left), _COMPARATORS[symbol], [value])
        case Primitive(operator=symbol, operands=(Literal(value=value), right)) if symbol in _COMPARATORS:
            return _Clause(_attribute(right), _COMPARATORS[_EXCHANGED[symbol]], [value])
    raise ValidationException(texts.KEY_CONDITION_CONSTANT)


def _attribute(operand: Operand) -> str:
    if not isinstance(operand, Attribute):
        raise ValidationException(texts.KEY_CONDITION_CONSTANT)
    if len(operand.path) > 1:
        raise ValidationException(texts.KEY_CONDITION_NESTED)
    name = operand.path[0]
    assert isinstance(name, str)  # a path begins with a name
    return name


def _refuse_foreign(keys: KeySchema, clause: _Clause) -> None:
    if clause.attribute == keys.partition[0].name:
        if clause.operator is not KeyOperator.EQUAL:
            raise ValidationException(texts.KEY_CONDITION_EQUALITY, name=clause.attribute)
    elif not keys.sort or clause.attribute != keys.sort[0].name:
        raise ValidationException(texts.KEY_CONDITION_FOREIGN, name=clause.attribute)


# --- KeyConditions ----------------------------------------------------------------------------------------

_OPERATORS: Final[Mapping[str, KeyOperator]] = {
    "EQ": KeyOperator.EQUAL,
    "LT": KeyOperator.LESS,
    "LE": KeyOperator.LESS_OR_EQUAL,
    "GT": KeyOperator.GREATER,
    "GE": KeyOperator.GREATER_OR_EQUAL,
    "BEGINS_WITH": KeyOperator.BEGINS_WITH,
    "BETWEEN": KeyOperator.BETWEEN,
}


def _read_conditions(body: JSONObject, keys: KeySchema) -> Mapping[str, _Clause]:
    """What names no key is looked at only when the keys have been found (recorded le-keyconds-4, -5)."""
    conditions = legacy.read_key_conditions(body)
    partition, sort = keys.partition[0], keys.sort[0] if keys.sort else None
    clauses: dict[str, _Clause] = {}
    for name, operator, operands in conditions:
        if name == partition.name:
            clauses[name] = _read_partition_condition(name, operator, operands)
        elif sort is not None and name == sort.name:
            clauses[name] = _read_sort_condition(sort, operator, operands)
    if partition.name not in clauses:
        raise ValidationException(texts.KEY_CONDITIONS_OF_PARTITION, name=partition.name)
    if sort is None and len(conditions) > 1:
        raise ValidationException(texts.KEY_CONDITIONS_ONE)
    if sort is not None and len(conditions) == 2 and sort.name not in clauses:
        raise ValidationException(texts.KEY_CONDITIONS_OF_SORT, name=sort.name)
    if len(conditions) > 2:
        raise ValidationException(texts.KEY_CONDITIONS_TWO)
    return clauses


def _read_partition_condition(name: str, operator: str, operands: Sequence[Any]) -> _Clause:
    if operator != "EQ":
        raise ValidationException(texts.KEY_CONDITIONS_EQUALITY, operator=operator)
    if len(operands) != 1:
        raise ValidationException(texts.KEY_CONDITIONS_PARTITION_OPERANDS, count=len(operands))
    return _Clause(name, KeyOperator.EQUAL, operands)


def _read_sort_condition(attribute: KeyAttribute, operator: str, operands: Sequence[Any]) -> _Clause:
    wanted = 2 if operator == "BETWEEN" else 1
    if len(operands) != wanted:
        raise ValidationException(texts.KEY_CONDITIONS_SORT_OPERANDS, wanted=wanted, count=len(operands))
    if operator not in _OPERATORS:
        raise ValidationException(texts.KEY_CONDITIONS_OPERATOR, operator=operator)
    if operator == "BEGINS_WITH" and attribute.type == "N":
        raise ValidationException(texts.KEY_CONDITIONS_BEGINS_WITH, type=attribute.type)
    return _Clause(attribute.name, _OPERATORS[operator], operands)
