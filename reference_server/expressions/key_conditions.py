"""KeyConditionExpression: a condition that a Query can look up, as clauses on key attributes (data-plane 6.1).

It is read and checked as any condition, and then held against what a key condition may be. All that needs no
schema is judged here. Which attributes are keys, and of which type, is the table's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reference_server import messages
from reference_server.attribute import AttributeValue
from reference_server.errors import ValidationException
from reference_server.expressions import conditions
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.tree import (
    And,
    Attribute,
    Between,
    Comparison,
    Condition,
    Function,
    In,
    Literal,
    Not,
    Operand,
    Or,
)


class KeyOperator(StrEnum):
    EQUAL = "="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    BETWEEN = "BETWEEN"
    BEGINS_WITH = "begins_with"


@dataclass(frozen=True, slots=True)
class KeyClause:
    """`attribute operator operands`, with the attribute in front whichever way round it was written."""

    attribute: str
    operator: KeyOperator
    operands: tuple[AttributeValue, ...]  # two for BETWEEN, else one


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """Clauses that must all hold, in the order written, each on another attribute."""

    clauses: tuple[KeyClause, ...]


def resolve(text: str, placeholders: Placeholders) -> Condition:
    """The condition that a text states, with this request's placeholders. Raises ValidationException."""
    return conditions.resolve(ExpressionKind.KEY_CONDITION, text, placeholders)


def read(condition: Condition) -> KeyCondition:
    """The clauses of a resolved condition; unused placeholders are refused before these are (data-plane 2.2).

    How many clauses there may be depends on the schema (aws-2026, keys 1). Raises ValidationException.
    """
    clauses: dict[str, KeyClause] = {}
    for conjunct in _conjuncts(condition):
        clause = _read_clause(conjunct)
        if clause.attribute in clauses:
            raise ValidationException(messages.KEY_CONDITION_REPEATED)
        clauses[clause.attribute] = clause
    return KeyCondition(tuple(clauses.values()))


def _conjuncts(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, And):
        for each in condition.conditions:
            yield from _conjuncts(each)
    else:
        yield condition


_BY_SYMBOL: Final = {operator.value: operator for operator in KeyOperator}


def _read_clause(condition: Condition) -> KeyClause:
    match condition:
        case Comparison(operator=symbol, left=left, right=right) if symbol in _BY_SYMBOL:
            attribute, operands = _split((left, right))
            if isinstance(left, Literal):
                symbol = conditions.EXCHANGED[symbol]
            return KeyClause(attribute, _BY_SYMBOL[symbol], operands)
        case Between(subject=subject, lower=lower, upper=upper):
            return _read_prefix_clause(KeyOperator.BETWEEN, (subject, lower, upper))
        case Function(name="begins_with", operands=operands):
            return _read_prefix_clause(KeyOperator.BEGINS_WITH, operands)
        case Comparison(operator=refused) | Function(name=refused):
            pass
        case In():
            refused = "IN"
        case Not():
            refused = "NOT"
        case Or():
            refused = "OR"
        case And():
            raise AssertionError("taken apart by _conjuncts")
    raise ValidationException(messages.KEY_CONDITION_OPERATOR, operator=refused)


def _read_prefix_clause(operator: KeyOperator, operands: tuple[Operand, ...]) -> KeyClause:
    """A clause whose operator stands behind or in front of the attribute: no exchanging of operands here."""
    _refuse_nested_operations(operands)
    if not isinstance(operands[0], Attribute):
        raise ValidationException(messages.KEY_CONDITION_FIRST_OPERAND, operator=operator)
    attribute, literals = _split(operands)
    return KeyClause(attribute, operator, literals)


def _split(operands: tuple[Operand, ...]) -> tuple[str, tuple[AttributeValue, ...]]:
    """The one attribute among operands, and the literals."""
    _refuse_nested_operations(operands)
    attributes = [operand for operand in operands if isinstance(operand, Attribute)]
    if len(attributes) > 1:
        raise ValidationException(messages.KEY_CONDITION_TWO_ATTRIBUTES)
    if not attributes:
        raise ValidationException(messages.KEY_CONDITION_NO_ATTRIBUTE)
    name, *nested = attributes[0].path
    if nested:
        # DynamoDB Local answers for a path below a key attribute that keys are scalars; the other emulators
        # that answer so for every nested path (data-plane 6.1, thin).
        raise ValidationException(messages.KEY_CONDITION_NESTED_ATTRIBUTE)
    assert isinstance(name, str)
    return name, tuple(operand.value for operand in operands if isinstance(operand, Literal))


def _refuse_nested_operations(operands: tuple[Operand, ...]) -> None:
    if any(isinstance(operand, Function) for operand in operands):
        raise ValidationException(messages.KEY_CONDITION_NESTED_OPERATION)
