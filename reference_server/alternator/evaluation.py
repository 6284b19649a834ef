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
from reference_server.alternator.request import as_array, as_object, as_string, printed
from reference_server.attribute import AttributeValue, Item, datatype
from reference_server.errors import SerializationException, ValidationException
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


def kind(value: Value) -> str | None:
    """The datatype; None of nothing, and of what is stored below an attribute and is no value at all.

    Nobody looked at that when it came in, so any content may be of any type (rule: nested-values-unchecked). What is
    said here of such values is inferred: where a type is taken for granted, the JSON library's assertion fails.
    """
    return datatype(value) if value is not None and len(value) == 1 else None


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
    first, second = (evaluate(operand, item, place) for operand in operands)
    return _truth(contains(first, second, is_given(operands[0]), is_given(operands[1])))


def _binary_size(content: Any) -> int:
    """By the length of the base64, which need not be any."""
    text = as_string(content)
    return max(0, len(text) // 4 * 3 - text[-2:].count("="))


def _list_size(content: Any) -> int:
    return len(as_array(content))


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": lambda content: len(as_string(content).encode()),
    "B": _binary_size,
    "L": _list_size,
    "M": lambda content: len(as_object(content)),
    **dict.fromkeys(values.SETS, _list_size),
}


def _size(operands: Sequence[Operand], item: Item, place: Place) -> Value:
    """Of an attribute that has no size nothing, of any other operand an error (recorded co-041, co-046, co-125)."""
    value = evaluate(operands[0], item, place)
    name = kind(value)
    if value is None or name is None:
        raise ValidationException(texts.SIZE_OF_NOTHING, value=printed(value))
    if name in _SIZES:
        return {"N": str(_SIZES[name](value[name]))}
    if isinstance(operands[0], Attribute):
        return None
    raise ValidationException(texts.SIZE_TYPE, datatype=printed(name))


def _list_append(operands: Sequence[Operand], item: Item, place: Place) -> Value:
    first, second = (evaluate(operand, item, place) for operand in operands)
    if first is None or second is None or kind(first) != "L" or kind(second) != "L":
        raise ValidationException(texts.LIST_EXPECTED)
    return concatenate(first, second)


def concatenate(first: AttributeValue, second: AttributeValue) -> AttributeValue:
    return {"L": [*as_array(first["L"]), *as_array(second["L"])]}


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
        if is_of_request and kind(value) not in ordering.ORDERS:
            raise ValidationException(texts.ORDERING_TYPES, operator=name)
    if first is None or second is None or kind(first) != kind(second):
        return False
    rank, other = (_rank(value, name, one) for value, one in zip((first, second), given, strict=True))
    return rank is not None and other is not None and ORDERINGS[name](rank, other)


def _rank(value: AttributeValue, name: str, given: bool) -> Any:
    """What a value is ordered by; None where it has no order."""
    match kind(value):
        case "N":
            return _decimal(value["N"], f"{name} operator")
        case "B":
            return _binary(value["B"], given)
        case "S":
            return as_string(value["S"]).encode()
    return None


def _binary(content: Any, given: bool) -> bytes | None:
    """The bytes of base64. What is none is refused in a request; stored below an attribute, it is like nothing."""
    text = as_string(content)
    try:
        values.check_binary(text)
    except SerializationException:
        if given:
            raise
        return None
    return ordering.decode_binary(text)


def between(value: Value, lower: Value, upper: Value, *, given: bool) -> bool:
    """Bounds of the request must be of one type that has an order, and in order; others are merely not met."""
    try:
        name, low, high = _bounds(lower, upper, given)
    except ValidationException:
        if given:
            raise
        return False
    if value is None or kind(value) != name:
        return False
    rank = _rank(value, "BETWEEN", False)
    return rank is not None and bool(low <= rank <= high)


def _bounds(lower: Value, upper: Value, given: bool) -> tuple[str, Any, Any]:
    """Their datatype, and what they are ordered by."""
    name, other = kind(lower), kind(upper)
    if lower is None or upper is None or name is None or other is None:
        raise ValidationException(texts.ORDERING_TYPES, operator="BETWEEN")
    if name != other:
        raise ValidationException(texts.BETWEEN_TYPES, lower=printed(name), upper=printed(other))
    low, high = (_rank(bound, "BETWEEN", given) for bound in (lower, upper))
    if low is None or high is None:
        raise ValidationException(texts.ORDERING_TYPES, operator="BETWEEN")
    if low > high:
        raise ValidationException(texts.BETWEEN_BOUNDS, lower=lower[name], upper=upper[name])
    return name, low, high


def begins_with(first: Value, second: Value, first_given: bool, second_given: bool) -> bool:
    for value, is_of_request in ((first, first_given), (second, second_given)):
        if is_of_request and kind(value) not in ("S", "B"):
            raise ValidationException(texts.BEGINS_WITH_TYPES, value=printed(value))
    if first is None or second is None or kind(first) != kind(second):
        return False
    match kind(first):
        case "S":
            return as_string(first["S"]).startswith(as_string(second["S"]))
        case "B":
            whole, part = _binary(first["B"], first_given), _binary(second["B"], second_given)
            return whole is not None and part is not None and whole.startswith(part)
    return False


# The datatype that the elements of each kind of set have.
_ELEMENTS: Final[Mapping[str | None, str]] = {"SS": "S", "NS": "N", "BS": "B"}


def contains(whole: Value, part: Value, whole_given: bool, part_given: bool) -> bool:
    """Part of a text or binary; element of a set, by its text; element of a list."""
    if whole is None or part is None:
        return False
    match kind(whole), kind(part):
        case "S", "S":
            return as_string(part["S"]) in as_string(whole["S"])
        case "B", "B":
            one, other = _binary(whole["B"], whole_given), _binary(part["B"], part_given)
            return one is not None and other is not None and other in one
        case "L", _:
            return any(isinstance(element, dict) and equal(element, part) for element in as_array(whole["L"]))
        case (name, element) if name in values.SETS and element == _ELEMENTS[name]:
            return part[element] in as_array(whole[name])
    return False


# --- numbers ----------------------------------------------------------------------------------------------


def calculate(symbol: str, left: Value, right: Value) -> AttributeValue:
    """A sum or a difference, exactly; whether it can be stored is judged by its digits."""
    first, second = _number(left), _number(right)
    total = values.EXACT.add(first, second) if symbol == "+" else values.EXACT.subtract(first, second)
    text = format(total.normalize(values.EXACT), "f") if total else "0"
    values.check_number(text)
    return {"N": text}


def _number(value: Value) -> Decimal:
    name = kind(value)
    if value is None or name is None:
        raise ValidationException(texts.NUMBER_ABSENT)
    if name != "N":
        raise ValidationException(texts.NUMBER_EXPECTED, datatype=printed(name))
    return _decimal(value["N"], Place.UPDATE.member)


def _decimal(content: Any, caller: str) -> Decimal:
    if not isinstance(content, str):
        raise ValidationException(texts.NUMBER_NO_TEXT, caller=caller)
    values.check_number(content)
    return Decimal(content)
