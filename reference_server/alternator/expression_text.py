"""Alternator's grammar of expressions: text to tree (dossier 3 and 8, "Syntax error").

    condition   := conjunction (OR conjunction)*
    conjunction := negation (AND negation)*
    negation    := NOT negation | '(' condition ')' | primitive
    primitive   := value (comparator value | BETWEEN value AND value | IN '(' value, ... ')')?
    value       := :placeholder | path | name '(' value, ... ')'
    update      := section*
    section     := SET path "=" value (("+" | "-") value)?, ... | REMOVE path, ... | (ADD | DELETE) path :value, ...
    projection  := path, ...

It is smaller than DynamoDB's: parentheses stand around conditions only, as many as there are; no word is reserved but
the keywords; nothing is counted but how deep it nests (rules: reserved-words, redundant-parentheses).
Which function is called, and with what, is seen when it is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

from reference_server.alternator import texts
from reference_server.alternator.expression_tree import VALUE, Combination, ConditionTree, Negation, Primitive
from reference_server.errors import ValidationException
from reference_server.expressions.tree import (
    Arithmetic,
    Clause,
    DocumentPath,
    Function,
    NamePlaceholder,
    Operand,
    Projection,
    Section,
    Update,
    ValuePlaceholder,
)

EXPRESSION_BYTES: Final = 4096
PATH_ELEMENTS: Final = 32
NESTING: Final = 400  # of parentheses and NOT (recorded co-parens-500)
FUNCTION_NESTING: Final = 100  # of calls; what the real server takes is not known, Python's stack takes this
_INT_MAX: Final = 2**31 - 1

_KEYWORDS: Final = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "SET", "REMOVE", "ADD", "DELETE"})
_COMPARATORS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
_TOKEN: Final = re.compile(
    r"[ \t\r\n]*(?:(?P<name>[A-Za-z][A-Za-z0-9_]*)|(?P<nameref>#[A-Za-z0-9_]+)|(?P<valref>:[A-Za-z0-9_]+)"
    r"|(?P<integer>[0-9]+)|(?P<symbol><>|<=|>=|[=<>+\-,.()\[\]])|(?P<unknown>[^ \t\r\n]))"
)
_END: Final = "end"

_Tree = TypeVar("_Tree")


class _Token(NamedTuple):
    kind: str
    text: str
    # In characters; 0 of the end, wherever that is (recorded co-084).
    position: int


class _SyntaxError(Exception):
    """What stands behind `Failed parsing <member> '<text>': `."""


# --- reading ----------------------------------------------------------------------------------------------


def read_condition(member: str, content: Any) -> ConditionTree:
    """The tree of ConditionExpression, FilterExpression or KeyConditionExpression. Raises ValidationException."""
    text = _text(member, content)
    if not text:
        raise ValidationException(texts.EXPRESSION_EMPTY, member=member)
    return _read_condition(member, text)


def read_update(content: Any) -> Update:
    text = _text("UpdateExpression", content)
    tree = _read_update(text)
    if not tree.sections:
        raise ValidationException(texts.UPDATE_EMPTY)
    return tree


def read_projection(content: Any) -> Projection:
    return _read_projection(_text("ProjectionExpression", content))


def _text(member: str, content: Any) -> str:
    if not isinstance(content, str):
        raise ValidationException(texts.EXPRESSION_NO_STRING, member=member)
    return content


# Programs send few texts, many times.
_REMEMBERED: Final = 4096


@lru_cache(_REMEMBERED)
def _read_condition(member: str, text: str) -> ConditionTree:
    return _read(member, text, _Parser.whole_condition)


@lru_cache(_REMEMBERED)
def _read_update(text: str) -> Update:
    return _read("UpdateExpression", text, _Parser.update)


@lru_cache(_REMEMBERED)
def _read_projection(text: str) -> Projection:
    return _read("ProjectionExpression", text, _Parser.projection)


def _read(member: str, text: str, rule: Callable[[_Parser], _Tree]) -> _Tree:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > EXPRESSION_BYTES:
        raise ValidationException(texts.EXPRESSION_SIZE, member=member, size=size, most=EXPRESSION_BYTES)
    try:
        return rule(_Parser(text))
    except _SyntaxError as error:
        raise ValidationException(texts.EXPRESSION_UNREADABLE, member=member, text=text, reason=error) from None


def _tokenise(text: str) -> list[_Token]:
    tokens = []
    for match in _TOKEN.finditer(text, 0, len(text.rstrip(" \t\r\n"))):
        kind = match.lastgroup or _END
        token = match[kind]
        if kind == "unknown":
            raise _SyntaxError("syntax error")  # of what begins no token no place is told (recorded co-083)
        if kind == "name" and token.upper() in _KEYWORDS:
            kind = token.upper()
        elif kind == "symbol":
            kind = token
        tokens.append(_Token(kind, token, match.start(match.lastgroup or 0)))
    return [*tokens, _Token(_END, "", 0)]


@dataclass(slots=True)
class _Group:
    """A condition being read: the whole one, or one behind a parenthesis."""

    alternatives: list[ConditionTree] = field(default_factory=list)
    conjuncts: list[ConditionTree] = field(default_factory=list)
    negations: int = 0  # NOTs in front of what comes next

    def add(self, condition: ConditionTree) -> None:
        self.conjuncts.append(Negation(condition) if self.negations % 2 else condition)
        self.negations = 0

    def close_conjunction(self) -> None:
        self.alternatives.append(_combined("AND", self.conjuncts))
        self.conjuncts = []

    def condition(self) -> ConditionTree:
        self.close_conjunction()
        return _combined("OR", self.alternatives)


def _combined(operator: str, conditions: Sequence[ConditionTree]) -> ConditionTree:
    return conditions[0] if len(conditions) == 1 else Combination(operator, tuple(conditions))


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokenise(text)
        self._next = 0
        self._depth = 0

    # --- tokens -------------------------------------------------------------------------------------------

    @property
    def _kind(self) -> str:
        return self._tokens[self._next].kind

    def _take(self) -> _Token:
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _takes(self, kind: str) -> bool:
        if self._kind != kind:
            return False
        self._next += 1
        return True

    def _require(self, kind: str) -> _Token:
        if self._kind != kind:
            raise self._unexpected()
        return self._take()

    def _unexpected(self) -> _SyntaxError:
        return _SyntaxError(f"syntax error at char {self._tokens[self._next].position}")

    # --- conditions ---------------------------------------------------------------------------------------

    def whole_condition(self) -> ConditionTree:
        condition = self._condition()
        self._require(_END)
        return condition

    def _condition(self) -> ConditionTree:
        """Without recursion: 4096 bytes hold more parentheses than Python's stack holds calls."""
        groups = [_Group()]
        while True:
            if self._takes("NOT"):
                self._descend(groups)
                groups[-1].negations += 1
                continue
            if self._takes("("):
                self._descend(groups)
                groups.append(_Group())
                continue
            condition: ConditionTree = self._primitive()
            while True:
                groups[-1].add(condition)
                if len(groups) == 1 or not self._takes(")"):
                    break
                condition = groups.pop().condition()
            if self._takes("OR"):
                groups[-1].close_conjunction()
            elif not self._takes("AND"):
                if len(groups) > 1:
                    raise self._unexpected()
                return groups[0].condition()

    def _descend(self, groups: Sequence[_Group]) -> None:
        if sum(group.negations for group in groups) + len(groups) > NESTING:
            raise _SyntaxError(f"expression nested too deeply at char {self._tokens[self._next - 1].position}")

    def _primitive(self) -> Primitive:
        subject = self._value()
        if self._kind in _COMPARATORS:
            return Primitive(self._take().kind, (subject, self._value()))
        if self._takes("BETWEEN"):
            lower = self._value()
            self._require("AND")
            return Primitive("BETWEEN", (subject, lower, self._value()))
        if self._takes("IN"):
            self._require("(")
            candidates = self._values()
            self._require(")")
            return Primitive("IN", (subject, *candidates))
        return Primitive(VALUE, (subject,))

    # --- values -------------------------------------------------------------------------------------------

    def _values(self) -> list[Operand]:
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        return values

    def _value(self) -> Operand:
        if self._kind == "valref":
            return ValuePlaceholder(self._take().text)
        if self._kind == "name" and self._tokens[self._next + 1].kind == "(":
            self._depth += 1
            if self._depth > FUNCTION_NESTING:
                raise _SyntaxError(f"expression nested too deeply at char {self._tokens[self._next].position}")
            name = self._take().text
            self._require("(")
            operands = self._values()
            self._require(")")
            self._depth -= 1
            return Function(name, tuple(operands))
        return self._path()

    def _path(self) -> DocumentPath:
        elements: list[str | NamePlaceholder | int] = [self._component()]
        while True:
            if self._takes("."):
                elements.append(self._component())
            elif self._takes("["):
                elements.append(self._index())
                self._require("]")
            else:
                break
        if len(elements) > PATH_ELEMENTS:
            raise _SyntaxError(f"Document path exceeded {PATH_ELEMENTS} nesting levels")
        return DocumentPath(tuple(elements))

    def _index(self) -> int:
        index = int(self._require("integer").text)
        if index > _INT_MAX:
            raise _SyntaxError("std::out_of_range (stoi)")
        return index

    def _component(self) -> str | NamePlaceholder:
        if self._kind == "nameref":
            return NamePlaceholder(self._take().text)
        return self._require("name").text

    # --- projections and updates --------------------------------------------------------------------------

    def projection(self) -> Projection:
        paths = [self._path()]
        while self._takes(","):
            paths.append(self._path())
        self._require(_END)
        return Projection(tuple(paths))

    def update(self) -> Update:
        sections: dict[str, Section] = {}
        while self._kind != _END:
            keyword = self._kind
            if keyword not in ("SET", "REMOVE", "ADD", "DELETE"):
                raise self._unexpected()
            self._take()
            clauses = [self._clause(keyword)]
            while self._takes(","):
                clauses.append(self._clause(keyword))
            if keyword in sections:
                raise _SyntaxError("Each of SET, REMOVE, ADD, DELETE may only appear once in UpdateExpression")
            sections[keyword] = Section(keyword, tuple(clauses))
        return Update(tuple(sections.values()))

    def _clause(self, keyword: str) -> Clause:
        path = self._path()
        if keyword == "REMOVE":
            return Clause(path, None)
        if keyword == "SET":
            self._require("=")
            return Clause(path, self._sum())
        return Clause(path, ValuePlaceholder(self._require("valref").text))

    def _sum(self) -> Operand:
        left = self._value()
        if self._kind in ("+", "-"):
            return Arithmetic(self._take().kind, left, self._value())
        return left
