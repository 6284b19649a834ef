"""What an expression must satisfy beyond its grammar, in DynamoDB's order (data-plane 4.5, 4.6, 4.9).

`check_text` needs the text alone and judges the whole tree from left to right before any placeholder is looked
up: the first node that is wrong decides. The other checks see operands with their placeholders resolved, one
condition or clause at a time.

Three places in the order are not known from any source: the number of operators is checked first here, because it
concerns the whole text; the depth of a path together with its elements; the operands of IN where the IN stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from reference_server import limits, messages, values
from reference_server.attribute import AttributeValue, datatype
from reference_server.errors import ValidationException
from reference_server.expressions import paths
from reference_server.expressions.functions import DATATYPES, FUNCTIONS, RESULTS, SCALARS, SETS, Place
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.reserved_words import RESERVED_WORDS
from reference_server.expressions.tree import (
    And,
    Arithmetic,
    Attribute,
    Between,
    Clause,
    Comparison,
    DocumentPath,
    Expression,
    Function,
    In,
    Literal,
    Node,
    Not,
    Operand,
    Or,
    Section,
    walk,
)

# --- the text alone ---------------------------------------------------------------------------------------


def check_text(kind: ExpressionKind, expression: Expression) -> None:
    """Everything that needs no placeholders. Raises ValidationException."""
    if kind is not ExpressionKind.UPDATE:
        # In an update no such limit was seen, though one is documented (data-plane 4.5).
        _check_operator_count(kind, expression)
    keywords: set[str] = set()
    for node, parent in walk(expression):
        match node:
            case DocumentPath():
                _check_path(kind, node)
            case Function():
                _check_function_name(kind, node.name, parent)
            case In(candidates=candidates) if len(candidates) > limits.IN_OPERANDS:
                raise ValidationException(messages.IN_OPERANDS, kind=kind.value, count=len(candidates))
            case Section(keyword=keyword):
                if keyword in keywords:
                    raise ValidationException(messages.SECTION_REPEATED, kind=kind.value, section=keyword)
                keywords.add(keyword)
            case _:
                pass


def _check_operator_count(kind: ExpressionKind, expression: Expression) -> None:
    """Each comparison, BETWEEN, IN, AND, OR, NOT and function counts; parentheses do not."""
    count = 0
    for node, _ in walk(expression):
        match node:
            case Comparison() | Between() | In() | Not() | Function():
                count += 1
            case And(conditions=conditions) | Or(conditions=conditions):
                count += len(conditions) - 1
            case _:
                pass
    if count > limits.EXPRESSION_OPERATORS:
        # Counting stops at the first one too many: that is the number printed.
        raise ValidationException(messages.OPERATOR_COUNT, kind=kind.value, count=limits.EXPRESSION_OPERATORS + 1)


def _check_path(kind: ExpressionKind, path: DocumentPath) -> None:
    if len(path.elements) > limits.PATH_ELEMENTS:
        raise ValidationException(messages.PATH_DEPTH, kind=kind.value, levels=len(path.elements))
    for element in path.elements:
        if isinstance(element, int):
            if element > limits.LIST_INDEX:
                raise ValidationException(messages.LIST_INDEX, kind=kind.value, index=element)
        elif isinstance(element, str) and element.upper() in RESERVED_WORDS:
            raise ValidationException(messages.RESERVED_WORD, kind=kind.value, word=element)


def _check_function_name(kind: ExpressionKind, name: str, parent: Node | None) -> None:
    rule = FUNCTIONS.get(name)  # function names are case-sensitive
    if rule is None:
        raise ValidationException(messages.FUNCTION_UNKNOWN, kind=kind.value, function=name)
    in_update = kind is ExpressionKind.UPDATE
    if rule.in_conditions is in_update:
        place = "an update expression" if in_update else "a condition expression"
        raise ValidationException(messages.FUNCTION_NOT_ALLOWED, kind=kind.value, place=place, function=name)
    if in_update:
        fits = rule.place is Place.SET_OPERAND or isinstance(parent, Clause)
    else:
        by_itself = parent is None or isinstance(parent, And | Or | Not)
        fits = rule.place is (Place.CONDITION if by_itself else Place.CONDITION_OPERAND)
    if not fits:
        raise ValidationException(messages.FUNCTION_MISPLACED, kind=kind.value, function=name)


# --- operands, resolved -----------------------------------------------------------------------------------

# An operand of a function is checked before the function that it is an operand of. No source shows that order,
# nor could it be told from the other one but where both are wrong.

_ORDERINGS: Final = frozenset({"<", "<=", ">", ">="})

# How a text about attribute_type names the datatypes that a document path may have (data-plane 4.6).
_ANY_DATATYPE: Final = "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"


def check_operation(kind: ExpressionKind, operation: Comparison | Between | In | Function) -> None:
    """One condition without AND, OR and NOT. Raises ValidationException."""
    match operation:
        case Function():
            check_function(kind, operation)
        case Comparison(operator=operator, left=left, right=right):
            check_nested(kind, (left, right))
            _check_distinct(kind, operator, (left, right))
            if operator in _ORDERINGS:
                _check_datatypes(kind, operator, (left, right), (SCALARS, SCALARS))
        case Between(subject=subject, lower=lower, upper=upper):
            operands = (subject, lower, upper)
            check_nested(kind, operands)
            _check_distinct(kind, "BETWEEN", operands)
            _check_datatypes(kind, "BETWEEN", operands, (SCALARS,) * 3)
            if isinstance(lower, Literal) and isinstance(upper, Literal):
                _check_bounds(kind, lower.value, upper.value)
        case In(subject=subject, candidates=candidates):
            check_nested(kind, (subject, *candidates))
            _check_distinct(kind, "IN", (subject, *candidates))


def check_set_value(kind: ExpressionKind, value: Operand) -> None:
    """What a SET assigns. Raises ValidationException."""
    check_nested(kind, (value,))
    if isinstance(value, Arithmetic):
        operands = (value.left, value.right)
        check_nested(kind, operands)
        _check_datatypes(kind, value.operator, operands, (frozenset({"N"}),) * 2)


def check_nested(kind: ExpressionKind, operands: Iterable[Operand]) -> None:
    """The functions among operands."""
    for operand in operands:
        if isinstance(operand, Function):
            check_function(kind, operand)


def check_function(kind: ExpressionKind, function: Function) -> None:
    """Number of operands, document path, distinct operands, datatypes: in this order."""
    check_nested(kind, function.operands)
    rule = FUNCTIONS[function.name]
    operands = function.operands
    if len(operands) != len(rule.operands):
        raise ValidationException(messages.OPERAND_COUNT, kind=kind.value, operator=rule.name, count=len(operands))
    if rule.takes_path and not isinstance(operands[0], Attribute):
        raise ValidationException(messages.PATH_REQUIRED, kind=kind.value, operator=rule.name)
    if rule.distinct:
        _check_distinct(kind, rule.name, operands)
    _check_datatypes(kind, rule.name, operands, rule.operands)
    if rule.name == "attribute_type":
        check_attribute_type(kind, operands[1])


def check_attribute_type(kind: ExpressionKind, operand: Operand) -> None:
    """The second operand of attribute_type: a literal that names a datatype."""
    if not isinstance(operand, Literal):
        raise ValidationException(
            messages.OPERAND_TYPE, kind=kind.value, operator="attribute_type", datatype=_ANY_DATATYPE
        )
    name = operand.value["S"]
    if name not in DATATYPES:
        raise ValidationException(messages.DATATYPE_UNKNOWN, kind=kind.value, datatype=name)


# The operands that ADD and DELETE take, and how the texts about them write datatypes: in long (data-plane 4.9).
_UPDATE_OPERANDS: Final = {"ADD": SETS | {"N"}, "DELETE": SETS}
_LONG_NAMES: Final = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
    "L": "LIST",
    "M": "MAP",
}


def check_update_operand(kind: ExpressionKind, keyword: str, value: AttributeValue) -> None:
    """The literal of an ADD or a DELETE. Raises ValidationException."""
    name = datatype(value)
    if name not in _UPDATE_OPERANDS[keyword]:
        raise ValidationException(
            messages.UPDATE_OPERAND_TYPE, kind=kind.value, operator=keyword, datatype=_LONG_NAMES[name]
        )


def _check_distinct(kind: ExpressionKind, operator: str, operands: tuple[Operand, ...]) -> None:
    """The first operand must not come again. Only paths are compared: `:v = :v` is legal."""
    first = operands[0]
    if isinstance(first, Attribute) and first in operands[1:]:
        raise ValidationException(
            messages.OPERANDS_NOT_DISTINCT, kind=kind.value, operator=operator, operand=paths.render(first.path)
        )


def _check_datatypes(
    kind: ExpressionKind, operator: str, operands: Iterable[Operand], allowed: Iterable[frozenset[str]]
) -> None:
    for operand, datatypes in zip(operands, allowed, strict=True):
        name = _known_datatype(operand)
        if name is not None and name not in datatypes:
            raise ValidationException(messages.OPERAND_TYPE, kind=kind.value, operator=operator, datatype=name)


def _known_datatype(operand: Operand) -> str | None:
    """The datatype of an operand, where no item is needed to tell."""
    match operand:
        case Literal(value=value):
            return datatype(value)
        case Function(name=name):
            return RESULTS.get(name)
        case _:
            return None


def _check_bounds(kind: ExpressionKind, lower: AttributeValue, upper: AttributeValue) -> None:
    if datatype(lower) != datatype(upper):
        message = messages.BETWEEN_DATATYPES
    elif values.compare(lower, upper) > 0:
        message = messages.BETWEEN_BOUNDS
    else:
        return
    raise ValidationException(message, kind=kind.value, lower=_render(lower), upper=_render(upper))


def _render(value: AttributeValue) -> str:
    """A scalar as the texts about BETWEEN print it. How they print a binary is not known."""
    ((name, content),) = value.items()
    return f"AttributeValue: {{{name}:{content}}}"
