"""The parameters that came before expressions, translated to the same bound objects (data-plane 5).

Expected, QueryFilter and ScanFilter become a `Condition`, KeyConditions a `KeyCondition`, AttributeUpdates an
`Update`, AttributesToGet a `Projection`. Their attribute names are literal: `a.b` is one attribute, not a path.

Entries are checked one after the other in the order of the map, each by all its checks; then the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from reference_server import messages, values
from reference_server.attribute import AttributeValue, datatype
from reference_server.errors import ValidationException
from reference_server.expressions import conditions, paths, projections, updates
from reference_server.expressions.conditions import Condition, Test
from reference_server.expressions.functions import DATATYPES, SCALARS, SETS
from reference_server.expressions.key_conditions import KeyClause, KeyCondition, KeyOperator
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.paths import Reader
from reference_server.expressions.projections import Projection
from reference_server.expressions.updates import Action, Update


class FilterCondition(Protocol):
    """The API's `Condition`. Absent members are None."""

    @property
    def ComparisonOperator(self) -> str: ...  # noqa: N802 (the API's own names)
    @property
    def AttributeValueList(self) -> Any: ...  # noqa: N802


class ExpectedAttributeValue(Protocol):
    @property
    def Value(self) -> Any: ...  # noqa: N802
    @property
    def Exists(self) -> bool | None: ...  # noqa: N802
    @property
    def ComparisonOperator(self) -> str | None: ...  # noqa: N802
    @property
    def AttributeValueList(self) -> Any: ...  # noqa: N802


class AttributeValueUpdate(Protocol):
    @property
    def Value(self) -> Any: ...  # noqa: N802
    @property
    def Action(self) -> str | None: ...  # noqa: N802


# --- comparison operators (data-plane 5.4) ----------------------------------------------------------------

_STRINGS: Final = frozenset({"S", "B"})
# What can be an element of something; the other emulators stop at S, N and B.
_ELEMENTS: Final = SCALARS | {"BOOL", "NULL"}


@dataclass(frozen=True, slots=True)
class ComparisonRule:
    fewest: int  # how many values it takes
    most: int | None
    datatypes: frozenset[str]
    test: Callable[[Reader, Sequence[AttributeValue]], Test]
    # The same in a key condition, where it can be looked up.
    key_operator: KeyOperator | None = None


def _ordering(symbol: str) -> Callable[[Reader, Sequence[AttributeValue]], Test]:
    return lambda read, operands: conditions.is_ordered(symbol, read, operands[0])


def _contains(read: Reader, operands: Sequence[AttributeValue]) -> Test:
    return conditions.contains(read, lambda _item: operands[0])


def _not_contains(read: Reader, operands: Sequence[AttributeValue]) -> Test:
    """Of an absent attribute neither CONTAINS nor NOT_CONTAINS holds."""
    return conditions.conjunction([conditions.exists(read), conditions.negation(_contains(read, operands))])


def _between(read: Reader, operands: Sequence[AttributeValue]) -> Test:
    lower, upper = operands
    return conditions.conjunction([conditions.is_ordered(">=", read, lower), conditions.is_ordered("<=", read, upper)])


COMPARISONS: Final[Mapping[str, ComparisonRule]] = {
    "EQ": ComparisonRule(
        1, 1, DATATYPES, lambda read, operands: conditions.equals(read, operands[0]), KeyOperator.EQUAL
    ),
    "NE": ComparisonRule(
        1, 1, DATATYPES, lambda read, operands: conditions.negation(conditions.equals(read, operands[0]))
    ),
    "LE": ComparisonRule(1, 1, SCALARS, _ordering("<="), KeyOperator.LESS_OR_EQUAL),
    "LT": ComparisonRule(1, 1, SCALARS, _ordering("<"), KeyOperator.LESS),
    "GE": ComparisonRule(1, 1, SCALARS, _ordering(">="), KeyOperator.GREATER_OR_EQUAL),
    "GT": ComparisonRule(1, 1, SCALARS, _ordering(">"), KeyOperator.GREATER),
    "BETWEEN": ComparisonRule(2, 2, SCALARS, _between, KeyOperator.BETWEEN),
    "IN": ComparisonRule(1, None, SCALARS, lambda read, operands: conditions.is_among(read, list(operands))),
    "BEGINS_WITH": ComparisonRule(
        1,
        1,
        _STRINGS,
        lambda read, operands: conditions.begins_with(read, lambda _item: operands[0]),
        KeyOperator.BEGINS_WITH,
    ),
    "CONTAINS": ComparisonRule(1, 1, _ELEMENTS, _contains),
    "NOT_CONTAINS": ComparisonRule(1, 1, _ELEMENTS, _not_contains),
    # Whether the attribute is there; a stored NULL is.
    "NULL": ComparisonRule(0, 0, frozenset(), lambda read, _operands: conditions.not_exists(read)),
    "NOT_NULL": ComparisonRule(0, 0, frozenset(), lambda read, _operands: conditions.exists(read)),
}


def _accept_operands(operator: str, operands: Sequence[AttributeValue]) -> None:
    """Values, their number, that they are of one type, which the operator takes, and bounds in order (5.3, 5.1).

    For Expected the values themselves are given as the last check; but bounds cannot be compared before, so the
    order of 5.3 is taken for both.
    """
    for operand in operands:
        values.accept(operand)
    rule = COMPARISONS[operator]
    if len(operands) < rule.fewest or (rule.most is not None and len(operands) > rule.most):
        raise ValidationException(messages.CONDITION_OPERAND_COUNT, operator=operator)
    names = [datatype(operand) for operand in operands]
    if len(set(names)) > 1:
        raise ValidationException(messages.CONDITION_OPERANDS_DIFFER)
    for name in names[:1]:
        if name not in rule.datatypes:
            raise ValidationException(messages.CONDITION_OPERAND_TYPE, operator=operator, datatype=name)
    if operator == "BETWEEN" and values.compare(operands[0], operands[1]) > 0:
        raise ValidationException(messages.CONDITION_BOUNDS)


# --- conditions -------------------------------------------------------------------------------------------


def bind_expected(
    expected: Mapping[str, ExpectedAttributeValue] | None, conditional_operator: str | None
) -> Condition | None:
    """The condition of Expected; None where there is none. Raises ValidationException."""
    _check_conditional_operator(expected, conditional_operator)
    if not expected:
        return None
    tests = [_expect(name, entry) for name, entry in expected.items()]
    return _combine(list(expected), tests, conditional_operator)


def _expect(name: str, entry: ExpectedAttributeValue) -> Test:
    """One entry of Expected, by the checks of data-plane 5.1 in their order."""
    value, exists, operator, given = entry.Value, entry.Exists, entry.ComparisonOperator, entry.AttributeValueList
    if value is not None and given is not None:
        raise ValidationException(messages.CONDITION_TWO_OPERANDS, name=name)
    if operator is not None:
        if exists is not None:
            raise ValidationException(messages.CONDITION_TWO_OPERATORS, name=name)
        if value is None and given is None and COMPARISONS[operator].fewest > 0:
            raise ValidationException(messages.CONDITION_WITHOUT_OPERAND, operator=operator, name=name)
        operands = (given or []) if value is None else [value]
    elif given is not None:
        raise ValidationException(messages.CONDITION_WITHOUT_OPERATOR, name=name)
    elif exists is False:
        if value is not None:
            raise ValidationException(messages.CONDITION_ABSENT_WITH_VALUE, name=name)
        operator, operands = "NULL", []
    else:
        if value is None:
            raise ValidationException(
                messages.CONDITION_WITHOUT_VALUE, exists="null" if exists is None else "true", name=name
            )
        operator, operands = "EQ", [value]
    _accept_operands(operator, operands)
    return COMPARISONS[operator].test(paths.reader((name,)), operands)


def bind_filter(entries: Mapping[str, FilterCondition] | None, conditional_operator: str | None) -> Condition | None:
    """The condition of QueryFilter or ScanFilter; None where there is none. Raises ValidationException."""
    _check_conditional_operator(entries, conditional_operator)
    if not entries:
        return None
    tests = []
    for name, entry in entries.items():
        operands = entry.AttributeValueList or []
        _accept_operands(entry.ComparisonOperator, operands)
        tests.append(COMPARISONS[entry.ComparisonOperator].test(paths.reader((name,)), operands))
    return _combine(list(entries), tests, conditional_operator)


def _check_conditional_operator(entries: Mapping[str, object] | None, conditional_operator: str | None) -> None:
    """ConditionalOperator is for two entries or more. That this comes before the entries' own checks is a guess."""
    if conditional_operator is None:
        return
    if not entries:
        raise ValidationException(messages.CONDITIONAL_OPERATOR_ALONE)
    if len(entries) == 1:
        raise ValidationException(messages.CONDITIONAL_OPERATOR_OF_ONE)


def _combine(names: list[str], tests: list[Test], conditional_operator: str | None) -> Condition:
    is_disjunction = conditional_operator == "OR"
    if len(tests) == 1:
        holds = tests[0]
    else:
        holds = conditions.disjunction(tests) if is_disjunction else conditions.conjunction(tests)
    return Condition(holds, frozenset(names), frozenset(), is_disjunction)


def bind_key_conditions(entries: Mapping[str, FilterCondition]) -> KeyCondition:
    """The key condition of KeyConditions. Raises ValidationException.

    More than two entries are refused, although an index may have more key attributes since (aws-2026, keys 1):
    nothing says that KeyConditions learnt of it.
    """
    for entry in entries.values():
        _accept_operands(entry.ComparisonOperator, entry.AttributeValueList or [])
    if len(entries) not in (1, 2):
        raise ValidationException(messages.KEY_CONDITIONS_COUNT)
    clauses = []
    for name, entry in entries.items():
        operator = COMPARISONS[entry.ComparisonOperator].key_operator
        if operator is None:
            raise ValidationException(messages.KEY_CONDITION_NOT_INDEXABLE)
        clauses.append(KeyClause(name, operator, tuple(entry.AttributeValueList or [])))
    return KeyCondition(tuple(clauses))


# --- updates and projections ------------------------------------------------------------------------------

# What AttributeUpdates can ADD: to lists too, which an expression cannot (data-plane 5.2).
_ADDED: Final = SETS | {"N", "L"}


def bind_attribute_updates(entries: Mapping[str, AttributeValueUpdate]) -> Update:
    """The update of AttributeUpdates. Raises ValidationException."""
    actions = [_read_update(name, entry) for name, entry in entries.items()]
    targets = [action.path for action in actions]
    return Update(
        actions=actions,
        tree=paths.join(ExpressionKind.UPDATE, targets),
        mentioned=targets,
        literal_assignments={name: entry.Value for name, entry in entries.items() if entry.Action in (None, "PUT")},
    )


def _read_update(name: str, entry: AttributeValueUpdate) -> Action:
    """One entry of AttributeUpdates as what an expression would do: PUT is SET, DELETE without a value REMOVE."""
    value, action = entry.Value, entry.Action or "PUT"
    if value is None:
        if action != "DELETE":
            raise ValidationException(messages.UPDATE_WITHOUT_VALUE)
        return Action("REMOVE", (name,), updates.remove)
    values.accept(value)
    type_name = datatype(value)
    if action == "PUT":
        return Action("SET", (name,), updates.assign(lambda _item: value))
    if action == "DELETE":
        if type_name not in SETS:
            raise ValidationException(messages.UPDATE_DELETE_TYPE, datatype=type_name)
        return Action("DELETE", (name,), updates.delete(value, messages.UPDATE_TYPE_MISMATCH))
    if type_name not in _ADDED:
        raise ValidationException(messages.UPDATE_ADD_TYPE, datatype=type_name)
    return Action("ADD", (name,), updates.add(value, messages.UPDATE_TYPE_MISMATCH))


def bind_attributes_to_get(names: Sequence[str] | None) -> Projection | None:
    """The projection of AttributesToGet; None where there is none. Raises ValidationException."""
    if names is None:
        return None
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValidationException(messages.ATTRIBUTES_TO_GET_DUPLICATE, name=name)
        seen.add(name)
    return projections.of_attributes(names)
