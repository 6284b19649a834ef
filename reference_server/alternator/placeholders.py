"""ExpressionAttributeNames and ExpressionAttributeValues of one request (dossier 8, "Unused", "Undefined").

They are looked at as expressions ask for them: what no expression uses is told as spurious, whatever it is.
"""

from __future__ import annotations

from typing import Any, Final

from reference_server.alternator import texts, values
from reference_server.alternator.expression_tree import Combination, ConditionTree, Negation, Primitive
from reference_server.alternator.request import JSONObject, as_object, as_string
from reference_server.attribute import AttributeValue
from reference_server.errors import ValidationException
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

NAMES: Final = "ExpressionAttributeNames"
VALUES: Final = "ExpressionAttributeValues"


class Placeholders:
    def __init__(self, body: JSONObject, operation: str) -> None:
        self._body = body
        self._operation = operation
        self._used: set[str] = set()

    def refuse_unused(self) -> None:
        """Names first, then values, in the order of the request."""
        for member in (NAMES, VALUES):
            if member not in self._body:
                continue
            for placeholder in as_object(self._body[member]):
                if placeholder not in self._used:
                    raise ValidationException(
                        texts.PLACEHOLDER_UNUSED, member=member, placeholder=placeholder, operation=self._operation
                    )

    def _entry(self, member: str, placeholder: str) -> Any:
        if member not in self._body:
            raise ValidationException(texts.PLACEHOLDERS_MISSING, member=member, placeholder=placeholder)
        defined = as_object(self._body[member])
        if placeholder not in defined:
            raise ValidationException(texts.PLACEHOLDER_MISSING, member=member, placeholder=placeholder)
        self._used.add(placeholder)
        return defined[placeholder]

    def path(self, path: DocumentPath) -> Path:
        """A path with attribute names in the place of the placeholders."""
        return tuple(
            as_string(self._entry(NAMES, element.text)) if isinstance(element, NamePlaceholder) else element
            for element in path.elements
        )

    def value(self, placeholder: str) -> AttributeValue:
        """A value, of which only the form is looked at: `{"N": "abc"}` is one (recorded co-value-bad-number)."""
        content: AttributeValue = self._entry(VALUES, placeholder)
        values.check(content, VALUES)
        return content

    def resolve(self, operand: Operand) -> Operand:
        match operand:
            case DocumentPath():
                return Attribute(self.path(operand))
            case ValuePlaceholder(text=placeholder):
                return Literal(self.value(placeholder))
            case Function(name=name, operands=operands):
                return Function(name, tuple([self.resolve(each) for each in operands]))
            case Arithmetic(operator=operator, left=left, right=right):
                return Arithmetic(operator, self.resolve(left), self.resolve(right))
            case _:
                return operand

    def resolve_condition(self, condition: ConditionTree) -> ConditionTree:
        match condition:
            case Primitive(operator=operator, operands=operands):
                return Primitive(operator, tuple([self.resolve(each) for each in operands]))
            case Negation(condition=negated):
                return Negation(self.resolve_condition(negated))
            case Combination(operator=operator, conditions=conditions):
                return Combination(operator, tuple([self.resolve_condition(each) for each in conditions]))
