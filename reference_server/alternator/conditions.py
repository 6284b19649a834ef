"""ConditionExpression and FilterExpression, bound to a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from reference_server.alternator import document_paths, expression_text, texts
from reference_server.alternator.evaluation import Place, between, equal, evaluate, is_given, ordered
from reference_server.alternator.expression_tree import VALUE, Combination, ConditionTree, Negation, Primitive
from reference_server.alternator.placeholders import Placeholders
from reference_server.alternator.request import JSONObject, printed
from reference_server.attribute import Item
from reference_server.errors import ValidationException
from reference_server.expressions.tree import Attribute, Function, Operand


@dataclass(frozen=True, slots=True)
class Condition:
    """`test` says whether it holds of an item as it is shown, `{}` for an absent one. It may raise ValidationException.

    `attributes` are those that it mentions.
    """

    test: Callable[[Item], bool]
    attributes: frozenset[str]

    def holds(self, item: Item | None) -> bool:
        return self.test(item or {})


def read(member: str, body: JSONObject, placeholders: Placeholders) -> Condition | None:
    """The condition that a member of a request states; None where there is none. Raises ValidationException."""
    if member not in body:
        return None
    tree = placeholders.resolve_condition(expression_text.read_condition(member, body[member]))
    return Condition(lambda item: _holds(tree, item), frozenset(_attributes(tree)))


def _attributes(tree: ConditionTree) -> Iterator[str]:
    match tree:
        case Primitive(operands=operands):
            yield from attributes_of(operands)
        case Negation(condition=negated):
            yield from _attributes(negated)
        case Combination(conditions=conditions):
            for each in conditions:
                yield from _attributes(each)


def attributes_of(operands: tuple[Operand, ...]) -> Iterator[str]:
    for operand in operands:
        if isinstance(operand, Attribute):
            yield document_paths.attribute_of(operand.path)
        elif isinstance(operand, Function):
            yield from attributes_of(operand.operands)


def _holds(tree: ConditionTree, item: Item) -> bool:
    match tree:
        case Negation(condition=negated):
            return not _holds(negated, item)
        case Combination(operator="AND", conditions=conditions):
            return all(_holds(each, item) for each in conditions)
        case Combination(conditions=conditions):
            return any(_holds(each, item) for each in conditions)
        case Primitive():
            return _primitive_holds(tree, item)


_COMPARATORS: Final = {"<": "LT", "<=": "LE", ">": "GT", ">=": "GE"}


def _primitive_holds(primitive: Primitive, item: Item) -> bool:
    operands = primitive.operands
    if primitive.operator == VALUE:
        return _is_true(operands[0], item)
    worth = [evaluate(operand, item, Place.OPERAND) for operand in operands]
    match primitive.operator:
        case "=":
            return equal(worth[0], worth[1])
        case "<>":
            return not equal(worth[0], worth[1])
        case "BETWEEN":
            return between(worth[0], worth[1], worth[2], given=is_given(operands[1]) and is_given(operands[2]))
        case "IN":
            return any(equal(worth[0], candidate) for candidate in worth[1:])
        case comparator:
            given = (is_given(operands[0]), is_given(operands[1]))
            return ordered(_COMPARATORS[comparator], worth[0], worth[1], given=given)


def _is_true(operand: Operand, item: Item) -> bool:
    """rule: bare-conditions."""
    value = evaluate(operand, item, Place.CONDITION)
    if value is None or not isinstance(value.get("BOOL"), bool):
        raise ValidationException(texts.CONDITION_NO_BOOLEAN, value=printed(value))
    return bool(value["BOOL"])
