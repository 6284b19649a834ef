"""What operands are worth on an item, and how values compare (dossier 7 and 8).

Everything is found out as it is evaluated: which function is called and with how many parameters, the types of
operands, whether a number is one. Equality is that of the JSON text, but for the order of sets (rule: number-equality);
only the orderings look at what a number is worth.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Final

from reference_server import values as ordering
from reference_server.alternator import document_paths, texts, values
from reference_server.alternator.request import printed
from reference_server.attribute import AttributeValue, Item, datatype
from reference_server.errors import ValidationException
from reference_server.expressions.tree import Arithmetic, Attribute, Function, Literal, Operand


class Place(Enum):
    """Where a function is called: by itself as a condition, as an operand of one, or in an update."""

    CONDITION = auto()
    OPERAND = auto()
    UPDATE = auto()

    @property
    def member(self) -> str:
        """What opens the texts; also of filters."""
        return "UpdateExpression" if self is Place.UPDATE else "ConditionExpression"


Value = AttributeValue | None
_DATATYPES: Final = frozenset({"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"})


def evaluate(operand: Operand, item: Item, place: Place) -> Value:
    """What an operand with its placeholders resolved is worth; None for nothing. Raises ValidationException."""
    match operand:
        case Literal(value=value):
            return value
        case Attribute(path=path):
            return document_paths.read(path, item)
        case Function():
            return _call(operand, item, place)
        case Arithmetic(operator=symbol, left=left, right=right):
            return calculate(symbol, evaluate(left, item, place), evaluate(right, item, place))
    raise AssertionError(f"an operand that is not resolved: {operand}")


def is_given(operand: Operand) -> bool:
    """Whether a value is the request's own, whose faults are told; those of attributes and functions are not."""
    return isinstance(operand, Literal)


# --- functions --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Rule:
    places: frozenset[Place]
    parameters: int
    call: Callable[[Sequence[Operand], Item, Place], Value]


def _call(function: Function, item: Item, place: Place) -> Value:
    rule = _FUNCTIONS.get(function.name)
    if rule is None:
        raise ValidationException(texts.FUNCTION_UNKNOWN, member=place.member, function=function.name)
    if place not in rule.places:
        raise ValidationException(texts.FUNCTION_MISPLACED, member=place.member, function=function.name)
    if len(function.operands) != rule.parameters:
        raise ValidationException(
            texts.FUNCTION_PARAMETERS,
            member=place.member,
            function=function.name,
            wanted=f"{rule.parameters} parameter{'s' if rule.parameters > 1 else ''}",
            count=len(function.operands),
        )
    return rule.call(function.operands, item, place)


def _truth(condition: bool) -> AttributeValue:
    return {"BOOL": condition}


def _existence(name: str, wanted: bool) -> Callable[[Sequence[Operand], Item, Place], Value]:
    def call(operands: Sequence[Operand], item: Item, place: Place) -> Value:
        if not isinstance(operands[0], Attribute):
            raise ValidationException(texts.FUNCTION_PATH, member=place.member, function=name)
        return _truth((evaluate(operands[0], item, place) is not None) is wanted)

    return call


def _attribute_type(operands: Sequence[Operand], item: Item, place: Place) -> Value:
    value, wanted = evaluate(operands[0], item, place), evaluate(operands[1], item, place)
    if wanted is None or "S" not in wanted or not isinstance(operands[1], Literal):
        raise ValidationException(texts.TYPE_NO_STRING, member=place.member, value=printed(wanted))
    if wanted["S"] not in _DATATYPES:
        raise ValidationException(texts.TYPE_UNKNOWN, member=place.member, datatype=printed(wanted["S"]))
    return _truth(value is not None and wanted["S"] in value)


def _begins_with(operands: Sequence[Operand], item: Item, place: Place) -> Value:
    first, second = (evaluate(operand, item, place) for operand in operands)
    return _truth(begins_with(first, second, is_given(operands[0]), is_given(operands[1])))


def _contains(operands: Sequence[Operand], item: Item, place: Place) -> Value:
    return _truth(contains(*(evaluate(operand, item, place) for operand in operands)))


def _size(operands: Sequence[Operand], item: Item, place: Place) -> Value:
    """Of an attribute that has no size nothing, of any other operand an error (recorded co-041, co-046, co-125)."""
    value = evaluate(operands[0], item, place)
    if value is None:
        raise ValidationException(texts.SIZE_OF_NOTHING, value="null")
    name = datatype(value)
    content = value[name]
    if name == "B":
        return {"N": str(len(ordering.decode_binary(content)))}
    if name in ("S", "L", "M", "SS", "NS", "BS") and isinstance(content, str | list | dict):
        return {"N": str(len(content.encode() if isinstance(content, str) else content))}
    if isinstance(operands[0], Attribute):
        return None
    raise ValidationException(texts.SIZE_TYPE, datatype=printed(name))


def _list_append(operands: Sequence[Operand], item: Item, place: Place) -> Value:
    first, second = (evaluate(operand, item, place) for operand in operands)
    if first is None or second is None or "L" not in first or "L" not in second:
        raise ValidationException(texts.LIST_EXPECTED)
    return {"L": [*first["L"], *second["L"]]}


def _if_not_exists(operands: Sequence[Operand], item: Item, place: Place) -> Value:
    if not isinstance(operands[0], Attribute):
        raise ValidationException(texts.IF_NOT_EXISTS_PATH, member=place.member)
    first, second = (evaluate(operand, item, place) for operand in operands)
    return second if first is None else first


_BY_ITSELF: Final = frozenset({Place.CONDITION})
_IN_UPDATE: Final = frozenset({Place.UPDATE})
_FUNCTIONS: Final[Mapping[str, _Rule]] = {
    "attribute_exists": _Rule(_BY_ITSELF, 1, _existence("attribute_exists", True)),
    "attribute_not_exists": _Rule(_BY_ITSELF, 1, _existence("attribute_not_exists", False)),
    "attribute_type": _Rule(_BY_ITSELF, 2, _attribute_type),
    "begins_with": _Rule(_BY_ITSELF, 2, _begins_with),
    "contains": _Rule(_BY_ITSELF, 2, _contains),
    "size": _Rule(frozenset({Place.OPERAND}), 1, _size),
    "list_append": _Rule(_IN_UPDATE, 2, _list_append),
    "if_not_exists": _Rule(_IN_UPDATE, 2, _if_not_exists),
}


# --- comparing --------------------------------------------------------------------------------------------


def equal(first: Value, second: Value) -> bool:
    """By the text; sets in any order. An absent attribute equals nothing, not even another."""
    if first is None or second is None:
        return False
    return _same(first, second)


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, dict) and isinstance(second, dict):
        if len(first) == 1 and first.keys() == second.keys() and (name := next(iter(first))) in values.SETS:
            one, other = first[name], second[name]
            if isinstance(one, list) and isinstance(other, list):
                return sorted(map(printed, one)) == sorted(map(printed, other))
        return first.keys() == second.keys() and all(_same(content, second[name]) for name, content in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_same, first, second))
    return type(first) is type(second) and bool(first == second)


ORDERINGS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "LT": operator.lt,
    "LE": operator.le,
    "GT": operator.gt,
    "GE": operator.ge,
}


def ordered(name: str, first: Value, second: Value, *, given: tuple[bool, bool]) -> bool:
    """Whether two values stand as LT, LE, GT or GE says; `given` says which come from the request."""
    for value, is_of_request in zip((first, second), given, strict=True):
        if is_of_request:
            _refuse_unordered(name, value)
    if first is None or second is None or first.keys() != second.keys():
        return False
    datatype_name = datatype(first)
    if datatype_name not in ordering.ORDERS:
        return False
    return ORDERINGS[name](_rank(first), _rank(second))


def _refuse_unordered(name: str, value: Value) -> None:
    if value is None or datatype(value) not in ordering.ORDERS:
        raise ValidationException(texts.ORDERING_TYPES, operator=name)


def _rank(value: AttributeValue) -> Any:
    ((name, content),) = value.items()
    if name == "N":
        values.check_number(content)
        return Decimal(content)
    if name == "B":
        values.check_binary(content)
        return ordering.decode_binary(content)
    return content.encode("utf-8", "surrogatepass")


def between(value: Value, lower: Value, upper: Value, *, given: bool) -> bool:
    """Bounds of the request must be of one type that has an order, and in order; others are merely not met."""
    if lower is None or upper is None:
        if given:
            raise ValidationException(texts.ORDERING_TYPES, operator="BETWEEN")
        return False
    if lower.keys() != upper.keys():
        if given:
            raise ValidationException(
                texts.BETWEEN_TYPES, lower=printed(datatype(lower)), upper=printed(datatype(upper))
            )
        return False
    if datatype(lower) not in ordering.ORDERS:
        if given:
            raise ValidationException(texts.ORDERING_TYPES, operator="BETWEEN")
        return False
    if _rank(lower) > _rank(upper):
        if given:
            raise ValidationException(texts.BETWEEN_BOUNDS, lower=lower[datatype(lower)], upper=upper[datatype(upper)])
        return False
    if value is None or value.keys() != lower.keys():
        return False
    return bool(_rank(lower) <= _rank(value) <= _rank(upper))


def begins_with(first: Value, second: Value, first_given: bool, second_given: bool) -> bool:
    for value, is_of_request in ((first, first_given), (second, second_given)):
        if is_of_request and (value is None or datatype(value) not in ("S", "B")):
            raise ValidationException(texts.BEGINS_WITH_TYPES, value=printed(value))
    if first is None or second is None:
        return False
    if "S" in first and "S" in second:
        return bool(first["S"].startswith(second["S"]))
    if "B" in first and "B" in second:
        values.check_binary(second["B"])
        return ordering.decode_binary(first["B"]).startswith(ordering.decode_binary(second["B"]))
    return False


# The datatype that the elements of each kind of set have.
_ELEMENTS: Final[Mapping[str, str]] = {"SS": "S", "NS": "N", "BS": "B"}


def contains(whole: Value, part: Value) -> bool:
    """Part of a text or binary; element of a set, by its text; element of a list."""
    if whole is None or part is None:
        return False
    name, part_name = datatype(whole), datatype(part)
    content = whole[name]
    if name == "S" and part_name == "S":
        return part["S"] in content
    if name == "B" and part_name == "B":
        values.check_binary(part["B"])
        return ordering.decode_binary(part["B"]) in ordering.decode_binary(content)
    if not isinstance(content, list):
        return False
    if _ELEMENTS.get(name) == part_name:
        return part[part_name] in content
    return name == "L" and any(isinstance(element, dict) and equal(element, part) for element in content)


# --- numbers ----------------------------------------------------------------------------------------------


def calculate(symbol: str, left: Value, right: Value) -> AttributeValue:
    """A sum or a difference, exactly; whether it can be stored is judged by its digits."""
    first, second = _number(left), _number(right)
    total = values.EXACT.add(first, second) if symbol == "+" else values.EXACT.subtract(first, second)
    text = format(total.normalize(values.EXACT), "f") if total else "0"
    values.check_number(text)
    return {"N": text}


def _number(value: Value) -> Decimal:
    if value is None:
        raise ValidationException(texts.NUMBER_ABSENT)
    if "N" not in value:
        raise ValidationException(texts.NUMBER_EXPECTED, datatype=printed(datatype(value)))
    values.check_number(value["N"])
    return Decimal(value["N"])
