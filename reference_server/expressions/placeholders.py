"""ExpressionAttributeNames and ExpressionAttributeValues of one request (data-plane 4.3).

One `Placeholders` serves all expressions of a request: what any of them uses counts as used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from reference_server import limits, messages, values
from reference_server.attribute import AttributeValue
from reference_server.errors import ValidationException
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.paths import Path
from reference_server.expressions.tree import (
    Arithmetic,
    Attribute,
    DocumentPath,
    Function,
    Literal,
    NamePlaceholder,
    Operand,
    ValuePlaceholder,
)

_NAME: Final = re.compile(r"#[A-Za-z0-9_]+")
_VALUE: Final = re.compile(r":[A-Za-z0-9_]+")


class Placeholders:
    def __init__(
        self,
        names: Mapping[str, str] | None,
        values: Mapping[str, AttributeValue] | None,
        levels: int = limits.NESTING_LEVELS,
    ) -> None:
        """Check both parameters as they came, and bring the values, at most `levels` deep, into normal form in place.

        Raises ValidationException for: no names, keys of names, names, no values, keys of values, values.
        """
        self._names = {} if names is None else names
        self._values = {} if values is None else values
        self._used: set[str] = set()
        if names is not None:
            _check_names(names)
        if values is not None:
            _check_values(values, levels)

    def refuse_unused(self) -> None:
        """To be called when every expression of the request is bound: names first, then values.

        Of several the order is not known; DynamoDB seems to print a hash set, which for short keys looks sorted.
        """
        for message, defined in (
            (messages.NAMES_UNUSED, self._names),
            (messages.VALUES_UNUSED, self._values),
        ):
            unused = sorted(key for key in defined if key not in self._used)
            if unused:
                raise ValidationException(message, keys=", ".join(unused))

    def path(self, kind: ExpressionKind, path: DocumentPath) -> Path:
        """A path with attribute names in the place of the placeholders. A name with dots stays one element."""
        if NamePlaceholder not in map(type, path.elements):
            return path.elements  # type: ignore[return-value]  # mypy does not narrow a tuple by its elements
        return tuple(
            self._name(kind, element.text) if isinstance(element, NamePlaceholder) else element
            for element in path.elements
        )

    def _name(self, kind: ExpressionKind, placeholder: str) -> str:
        name = self._names.get(placeholder)
        if name is None:
            raise ValidationException(messages.NAME_UNDEFINED, kind=kind.value, placeholder=placeholder)
        self._used.add(placeholder)
        return name

    def value(self, kind: ExpressionKind, placeholder: str) -> AttributeValue:
        value = self._values.get(placeholder)
        if value is None:
            raise ValidationException(messages.VALUE_UNDEFINED, kind=kind.value, placeholder=placeholder)
        self._used.add(placeholder)
        return value

    def resolve(self, kind: ExpressionKind, operand: Operand) -> Operand:
        """An operand with all its placeholders resolved, from left to right."""
        return self.resolve_values(kind, self.resolve_names(kind, operand))

    def resolve_names(self, kind: ExpressionKind, operand: Operand) -> Operand:
        match operand:
            case DocumentPath():
                return Attribute(self.path(kind, operand))
            case Function(name=name, operands=operands):
                return Function(name, tuple([self.resolve_names(kind, each) for each in operands]))
            case Arithmetic(operator=operator, left=left, right=right):
                return Arithmetic(operator, self.resolve_names(kind, left), self.resolve_names(kind, right))
            case _:
                return operand

    def resolve_values(self, kind: ExpressionKind, operand: Operand) -> Operand:
        match operand:
            case ValuePlaceholder(text=placeholder):
                return Literal(self.value(kind, placeholder))
            case Function(name=name, operands=operands):
                return Function(name, tuple([self.resolve_values(kind, each) for each in operands]))
            case Arithmetic(operator=operator, left=left, right=right):
                return Arithmetic(operator, self.resolve_values(kind, left), self.resolve_values(kind, right))
            case _:
                return operand


def _check_names(names: Mapping[str, str]) -> None:
    if not names:
        raise ValidationException(messages.NAMES_EMPTY)
    for key in names:
        _check_key(key, _NAME, "ExpressionAttributeNames")
    for key, name in names.items():
        if not name:
            raise ValidationException(messages.NAME_EMPTY, placeholder=key)


def _check_values(defined: Mapping[str, AttributeValue], levels: int) -> None:
    if not defined:
        raise ValidationException(messages.VALUES_EMPTY)
    for key in defined:
        _check_key(key, _VALUE, "ExpressionAttributeValues")
    size = 0
    for key, value in defined.items():
        try:
            size += values.accept(value, levels)
        except ValidationException as error:
            if error.source is messages.NESTING:
                raise  # it alone comes without saying where (probe o_upd_nested_32_eav)
            raise ValidationException(messages.VALUE_INVALID, error=error, placeholder=key) from None
    if size > limits.EXPRESSION_VALUES_BYTES:
        raise ValidationException(messages.VALUES_SIZE)


def _check_key(key: str, pattern: re.Pattern[str], parameter: str) -> None:
    if not key:
        raise ValidationException(messages.PLACEHOLDER_EMPTY, parameter=parameter)
    size = len(key.encode("utf-8", "surrogatepass"))
    if size > limits.PLACEHOLDER_BYTES:
        # Only names print how long the key is (data-plane 4.3).
        tail = f" size of key: {size}" if pattern is _NAME else ""
        raise ValidationException(messages.PLACEHOLDER_SIZE, parameter=parameter, tail=tail)
    if not pattern.fullmatch(key):
        raise ValidationException(messages.PLACEHOLDER_SYNTAX, parameter=parameter, key=key)
