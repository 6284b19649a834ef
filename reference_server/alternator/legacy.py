"""Expected, QueryFilter, ScanFilter, KeyConditions and AttributeUpdates (recorded le-*)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from reference_server.alternator import evaluation, texts, updates, values
from reference_server.alternator.conditions import Condition
from reference_server.alternator.evaluation import ORDERINGS, Value, contains, equal
from reference_server.alternator.request import JSONObject, as_array, as_object, as_string, parameter, printed, unasked
from reference_server.alternator.updates import Action, Effect, Update
from reference_server.attribute import AttributeValue, Item, datatype
from reference_server.errors import ValidationException

# --- comparison operators ---------------------------------------------------------------------------------

_Operands = Sequence[Any]


def _one(test: Callable[[Value, AttributeValue], bool]) -> Callable[[str, Value, _Operands], bool]:
    def holds(operator: str, value: Value, operands: _Operands) -> bool:
        _require_count(operator, operands, 1)
        return test(value, operands[0])

    return holds


def _none(test: Callable[[Value], bool]) -> Callable[[str, Value, _Operands], bool]:
    def holds(operator: str, value: Value, operands: _Operands) -> bool:
        if operands:
            raise ValidationException(texts.OPERANDS_NOT_EMPTY, operator=operator, count=len(operands))
        return test(value)

    return holds


def _require_count(operator: str, operands: _Operands, count: int) -> None:
    if len(operands) != count:
        raise ValidationException(texts.OPERANDS_COUNT, operator=operator, wanted=count, count=len(operands))


def _ordering(operator: str, value: Value, operands: _Operands) -> bool:
    _require_count(operator, operands, 1)
    return evaluation.ordered(operator, value, operands[0], given=(False, True))


def _between(operator: str, value: Value, operands: _Operands) -> bool:
    _require_count(operator, operands, 2)
    return evaluation.between(value, operands[0], operands[1], given=True)


def _in(operator: str, value: Value, operands: _Operands) -> bool:
    if not operands:
        raise ValidationException(texts.OPERANDS_EMPTY, operator=operator, count=0)
    if len({datatype(as_object(operand)) for operand in operands}) > 1:
        raise ValidationException(texts.IN_TYPES)
    return any(equal(value, operand) for operand in operands)


def _containing(wanted: bool) -> Callable[[str, Value, _Operands], bool]:
    def holds(operator: str, value: Value, operands: _Operands) -> bool:
        _require_count(operator, operands, 1)
        name = datatype(as_object(operands[0]))
        if name not in ("S", "N", "B"):
            raise ValidationException(texts.CONTAINS_TYPE, operator=operator, datatype=printed(name))
        return value is not None and contains(value, operands[0], False, True) is wanted

    return holds


_OPERATORS: Final[Mapping[str, Callable[[str, Value, _Operands], bool]]] = {
    "EQ": _one(equal),
    "NE": _one(lambda value, operand: not equal(value, operand)),
    **dict.fromkeys(ORDERINGS, _ordering),
    "BETWEEN": _between,
    "IN": _in,
    "BEGINS_WITH": _one(lambda value, operand: evaluation.begins_with(value, operand, False, True)),
    "CONTAINS": _containing(True),
    "NOT_CONTAINS": _containing(False),
    "NULL": _none(lambda value: value is None),
    "NOT_NULL": _none(lambda value: value is not None),
}


def _operator(content: Any) -> str:
    if not isinstance(content, str):
        raise ValidationException(texts.OPERATOR_NO_STRING, value=printed(content))
    if content not in _OPERATORS:
        raise ValidationException(texts.OPERATOR_UNKNOWN, operator=content)
    return content


def _compared(condition: JSONObject, value: Value) -> bool:
    operands = condition.get("AttributeValueList")
    if not isinstance(operands, list):
        raise ValidationException(texts.OPERANDS_MISSING)
    operator = _operator(condition["ComparisonOperator"])
    for operand in operands:
        values.check(operand, "AttributeValueList")
    return _OPERATORS[operator](operator, value, operands)


# --- conditions -------------------------------------------------------------------------------------------


def read_expected(body: JSONObject) -> Condition | None:
    """The condition of Expected; None where there is none."""
    return _read(body, "Expected", "Expression", _is_expected)


def read_filter(body: JSONObject, member: str) -> Condition | None:
    """The condition of QueryFilter or ScanFilter; it excludes expressions. Raises ValidationException."""
    if "FilterExpression" in body:
        for other in (member, "ConditionalOperator"):
            if other in body:
                raise ValidationException(texts.FILTER_BOTH, other=other)
        if "AttributesToGet" in body:
            raise ValidationException(texts.FILTER_WITH_ATTRIBUTES)
        return None
    return _read(body, member, member, _passes)


def _read(body: JSONObject, member: str, called: str, test: Callable[[JSONObject, Value], bool]) -> Condition | None:
    is_disjunction = _is_disjunction(body, member, called)
    if not body.get(member):
        return None
    conditions = {name: as_object(condition) for name, condition in as_object(body[member]).items()}
    # One after the other, until the result is known: what is wrong behind that is not seen.
    combine = any if is_disjunction else all
    return Condition(
        lambda item: combine(test(condition, _attribute(item, name)) for name, condition in conditions.items()),
        frozenset(conditions),
    )


def _attribute(item: Item, name: str) -> Value:
    return item.get(name)


def _is_disjunction(body: JSONObject, member: str, called: str) -> bool:
    if "ConditionalOperator" not in body:
        return False
    operator = body["ConditionalOperator"]
    if operator not in ("AND", "OR"):
        shown = operator if isinstance(operator, str) else printed(operator)
        raise ValidationException(texts.CONDITIONAL_OPERATOR, operator=shown)
    if not body.get(member):
        raise ValidationException(texts.CONDITIONAL_OPERATOR_ALONE, member=called)
    return bool(operator == "OR")


def _is_expected(condition: JSONObject, value: Value) -> bool:
    """One attribute by Value, by Exists, or by ComparisonOperator, which exclude one another."""
    if "Value" in condition:
        if condition.get("Exists", True) is not True:
            raise ValidationException(texts.EXPECTED_VALUE_OF_ABSENT)
        if "ComparisonOperator" in condition:
            raise ValidationException(texts.EXPECTED_VALUE_AND_OPERATOR)
        return equal(value, condition["Value"])
    if "Exists" in condition:
        if "ComparisonOperator" in condition:
            raise ValidationException(texts.EXPECTED_EXISTS_AND_OPERATOR)
        if condition["Exists"] is not False:
            raise ValidationException(texts.EXPECTED_WITHOUT_VALUE)
        return value is None
    if "ComparisonOperator" not in condition:
        raise ValidationException(texts.EXPECTED_EMPTY)
    return _compared(condition, value)


def _passes(condition: JSONObject, value: Value) -> bool:
    parameter(condition, "ComparisonOperator")
    return _compared(condition, value)


def read_key_conditions(body: JSONObject) -> list[tuple[str, str, Sequence[Any]]]:
    """Attribute, operator and operands of each of KeyConditions, in the order of the request."""
    return [
        (
            name,
            _operator(parameter(as_object(condition), "ComparisonOperator")),
            as_array(parameter(condition, "AttributeValueList")),
        )
        for name, condition in as_object(body["KeyConditions"]).items()
    ]


# --- AttributeUpdates -------------------------------------------------------------------------------------


def read_attribute_updates(body: JSONObject) -> Update | None:
    """The update of AttributeUpdates; None where there is none. Raises ValidationException."""
    if "AttributeUpdates" not in body:
        return None
    return Update([_action(name, as_object(one)) for name, one in as_object(body["AttributeUpdates"]).items()])


def _action(name: str, one: JSONObject) -> Action:
    """One attribute's; an Action is asked for (rule: attribute-updates-action)."""
    action = as_string(unasked(one, "Action"))
    if action == "DELETE" and "Value" not in one:
        return Action((name,), updates.remove, Effect.TAKES_AWAY, reads=False)
    if action not in ("PUT", "ADD", "DELETE"):
        raise ValidationException(texts.UPDATE_ACTION, action=action)
    value = unasked(one, "Value")
    values.check(value, "AttributeUpdates")
    if action == "PUT":
        return Action((name,), lambda _item, _old: value, Effect.WRITES, reads=False)
    if action == "ADD":
        return Action((name,), _adding(value), Effect.WRITES, reads=True)
    return Action((name,), _deleting(value), Effect.TAKES_AWAY, reads=True)


# That nothing else can be added to an absent attribute is recalled from the source; the recording does not hold it.
_ADDED: Final = frozenset({"N", "L", *values.SETS})


def _adding(value: AttributeValue) -> updates.Change:
    def change(_item: Item, old: Value) -> AttributeValue:
        if old is None:
            if datatype(value) not in _ADDED:
                raise ValidationException(texts.UPDATE_ADD_TO_TYPE, value=printed(value))
            return value
        name = datatype(old)
        if name not in value:
            raise ValidationException(texts.UPDATE_ADD_TYPE, wanted=name, actual=datatype(value))
        if name == "N":
            return evaluation.calculate("+", old, value)
        if name in values.SETS:
            return updates.unite(name, old[name], value[name])
        if name == "L":
            return evaluation.concatenate(old, value)
        raise ValidationException(texts.UPDATE_ADD_TO_TYPE, value=printed(old))

    return change


def _deleting(value: AttributeValue) -> updates.Change:
    def change(_item: Item, old: Value) -> Value:
        if datatype(value) not in values.SETS:
            raise ValidationException(texts.UPDATE_DELETE_TYPE, datatype=datatype(value))
        return None if old is None else updates.subtract(old, value)

    return change
