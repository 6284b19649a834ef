"""ConditionExpression and FilterExpression: bound to a request, then asked of one item after the other.

Binding compiles the tree to nested closures over the item: what depends on the request alone (paths, literals, the
order key of a bound) is computed once. Nothing is evaluated that could fail: an attribute that is absent, or of
another datatype than an operator works on, makes a condition false, not an error (data-plane 4.7).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from reference_server import sizes, values
from reference_server.attribute import AttributeValue, Item, datatype
from reference_server.expressions import checks, grammar, paths
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.paths import Reader
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.tree import (
    And,
    Attribute,
    Between,
    Comparison,
    Function,
    In,
    Literal,
    Not,
    Operand,
    Or,
    walk,
)
from reference_server.expressions.tree import Condition as ConditionTree

Test: TypeAlias = Callable[[Item], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    # Whether an item meets the condition. An absent item is `{}`.
    holds: Test
    # The attributes mentioned, and of these the ones that a path looks into.
    attributes: frozenset[str]
    containers: frozenset[str]
    # Whether it is an OR: an index lets such a filter name what it does not project (aws-2026, keys 3).
    is_disjunction: bool = False


def bind(kind: ExpressionKind, text: str, placeholders: Placeholders) -> Condition:
    """The condition that a text states, with this request's placeholders. Raises ValidationException."""
    condition = resolve(kind, text, placeholders)
    mentioned = [node.path for node, _ in walk(condition) if isinstance(node, Attribute)]
    return Condition(
        _compile(condition), paths.attributes(mentioned), paths.containers(mentioned), isinstance(condition, Or)
    )


# --- binding ----------------------------------------------------------------------------------------------


def resolve(kind: ExpressionKind, text: str, placeholders: Placeholders) -> ConditionTree:
    """The tree of a condition's text with its placeholders resolved and every check of operands passed."""
    tree = grammar.read_condition(kind, text)
    return _resolve(kind, tree, placeholders)


def _resolve(kind: ExpressionKind, condition: ConditionTree, placeholders: Placeholders) -> ConditionTree:
    """Condition by condition from left to right, each resolved and then checked (data-plane 4.6, second pass)."""
    match condition:
        case And(conditions=conditions):
            return And(tuple([_resolve(kind, each, placeholders) for each in conditions]))
        case Or(conditions=conditions):
            return Or(tuple([_resolve(kind, each, placeholders) for each in conditions]))
        case Not(condition=negated):
            return Not(_resolve(kind, negated, placeholders))
    operands = [placeholders.resolve(kind, operand) for operand in condition.children]
    resolved: Comparison | Between | In | Function
    match condition:
        case Comparison(operator=symbol):
            resolved = Comparison(symbol, *operands)
        case Between():
            resolved = Between(*operands)
        case In():
            resolved = In(operands[0], tuple(operands[1:]))
        case Function(name=name):
            resolved = Function(name, tuple(operands))
    checks.check_operation(kind, resolved)
    return resolved


# --- compiling --------------------------------------------------------------------------------------------


def _compile(condition: ConditionTree) -> Test:
    match condition:
        case And(conditions=conditions):
            return conjunction([_compile(each) for each in conditions])
        case Or(conditions=conditions):
            return disjunction([_compile(each) for each in conditions])
        case Not(condition=negated):
            return negation(_compile(negated))
        case Comparison(operator=symbol, left=left, right=right):
            return _compile_comparison(symbol, left, right)
        case Between(subject=subject, lower=lower, upper=upper):
            # As two comparisons: bounds given as paths may be absent or of different datatypes.
            return conjunction([_compile_comparison(">=", subject, lower), _compile_comparison("<=", subject, upper)])
        case In(subject=subject, candidates=candidates):
            if all(isinstance(candidate, Literal) for candidate in candidates):
                return is_among(_reader(subject), [each.value for each in candidates if isinstance(each, Literal)])
            return disjunction([_compile_comparison("=", subject, candidate) for candidate in candidates])
        case Function(name=name, operands=operands):
            return _TESTS[name](*map(_reader, operands))


def conjunction(tests: list[Test]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda item: first(item) and second(item)
    return lambda item: all(test(item) for test in tests)


def disjunction(tests: list[Test]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda item: first(item) or second(item)
    return lambda item: any(test(item) for test in tests)


def negation(test: Test) -> Test:
    return lambda item: not test(item)


def _reader(operand: Operand) -> Reader:
    match operand:
        case Attribute(path=path):
            return paths.reader(path)
        case Literal(value=value):
            return lambda _item: value
        case Function(name="size", operands=(subject,)):
            return _size_reader(_reader(subject))
    raise AssertionError(f"no operand of a condition: {operand}")


# --- comparisons ------------------------------------------------------------------------------------------

_ORDERINGS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
# What is the same ordering with its operands exchanged.
EXCHANGED: Final[Mapping[str, str]] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _compile_comparison(symbol: str, left: Operand, right: Operand) -> Test:
    if symbol in ("=", "<>"):
        if isinstance(left, Literal):
            left, right = right, left
        test = equals(_reader(left), right.value) if isinstance(right, Literal) else _equal(left, right)
        # `<>` is the negation of `=` for absent attributes too: two absent ones are unequal.
        return test if symbol == "=" else negation(test)
    if isinstance(left, Literal) and not isinstance(right, Literal):
        left, right, symbol = right, left, EXCHANGED[symbol]
    if isinstance(right, Literal):
        return is_ordered(symbol, _reader(left), right.value)
    return _ordered(_ORDERINGS[symbol], _reader(left), _reader(right))


def equals(read: Reader, literal: AttributeValue) -> Test:
    """Whether what is read equals a literal. In normal form that is Python's equality (`values.equal`)."""
    return lambda item: read(item) == literal


def _equal(left: Operand, right: Operand) -> Test:
    read_left, read_right = _reader(left), _reader(right)

    def test(item: Item) -> bool:
        value = read_left(item)
        return value is not None and value == read_right(item)

    return test


def is_among(read: Reader, literals: list[AttributeValue]) -> Test:
    return lambda item: read(item) in literals


def is_ordered(symbol: str, read: Reader, literal: AttributeValue) -> Test:
    """Whether what is read has a literal's datatype and stands before or behind it."""
    compare = _ORDERINGS[symbol]
    name = datatype(literal)
    order_key = values.ORDERS[name]  # a literal's is computed once for all items
    bound = order_key(literal[name])

    def test(item: Item) -> bool:
        value = read(item)
        if value is None or name not in value:
            return False
        return compare(order_key(value[name]), bound)

    return test


def _ordered(compare: Callable[[Any, Any], bool], read_left: Reader, read_right: Reader) -> Test:
    def test(item: Item) -> bool:
        left, right = read_left(item), read_right(item)
        if left is None or right is None:
            return False
        name = datatype(left)
        return name in right and name in values.ORDERS and compare(values.compare(left, right), 0)

    return test


# --- functions --------------------------------------------------------------------------------------------


def exists(read: Reader) -> Test:
    return lambda item: read(item) is not None


def not_exists(read: Reader) -> Test:
    return lambda item: read(item) is None


def _has_datatype(read: Reader, read_name: Reader) -> Test:
    def test(item: Item) -> bool:
        value, name = read(item), read_name(item)
        return value is not None and name is not None and name["S"] in value

    return test


def begins_with(read: Reader, read_prefix: Reader) -> Test:
    def test(item: Item) -> bool:
        value, prefix = read(item), read_prefix(item)
        if value is None or prefix is None:
            return False
        if "S" in value and "S" in prefix:
            text: str = value["S"]
            return text.startswith(prefix["S"])
        if "B" in value and "B" in prefix:
            return values.decode_binary(value["B"]).startswith(values.decode_binary(prefix["B"]))
        return False

    return test


def contains(read: Reader, read_part: Reader) -> Test:
    def test(item: Item) -> bool:
        value, part = read(item), read_part(item)
        return value is not None and part is not None and _contains(value, part)

    return test


# The datatype that the elements of each kind of set have.
_SET_ELEMENTS: Final[Mapping[str, str]] = {"SS": "S", "NS": "N", "BS": "B"}


def _contains(value: AttributeValue, part: AttributeValue) -> bool:
    """Part of a text or binary, or element of a set or list. Elements are equal or not: `contains` looks no deeper."""
    name = datatype(value)
    content = value[name]
    if name == "L":
        return part in content
    part_name = datatype(part)
    if name in _SET_ELEMENTS:
        return part_name == _SET_ELEMENTS[name] and part[part_name] in content
    if name != part_name:
        return False
    if name == "S":
        return part["S"] in content
    return name == "B" and values.decode_binary(part["B"]) in values.decode_binary(content)


def _size_reader(read: Reader) -> Reader:
    """What size() returns: a number, or nothing for what has no size, so that every comparison but <> is false."""

    def read_size(item: Item) -> AttributeValue | None:
        value = read(item)
        if value is None:
            return None
        name = datatype(value)
        size = _SIZES.get(name)
        return None if size is None else {"N": str(size(value[name]))}

    return read_size


def _text_size(text: str) -> int:
    """UTF-16 code units: a character outside the basic plane counts two (data-plane 4.7, thin)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


_SIZES: Final[Mapping[str, Callable[[Any], int]]] = {
    "S": _text_size,
    "B": sizes.binary_size,
    "SS": len,
    "NS": len,
    "BS": len,
    "L": len,
    "M": len,
}

_TESTS: Final[Mapping[str, Callable[..., Test]]] = {
    "attribute_exists": exists,
    "attribute_not_exists": not_exists,
    "attribute_type": _has_datatype,
    "begins_with": begins_with,
    "contains": contains,
}
