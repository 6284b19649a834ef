"""The grammar: text to tree (data-plane 4.2).

    condition   := conjunction (OR conjunction)*
    conjunction := negation (AND negation)*
    negation    := NOT negation | '(' condition ')' | comparison | between | in | function
    comparison  := operand comparator operand
    between     := operand BETWEEN operand AND operand
    in          := operand IN '(' operand (',' operand)* ')'
    operand     := '(' operand ')' | path | value | function
    function    := identifier '(' operand (',' operand)* ')'
    path        := name ('.' name | '[' index ']')*           name := identifier | #placeholder
    projection  := path (',' path)*
    update      := section+
    section     := SET path '=' set-value (',' ...)* | REMOVE path (',' ...)* | (ADD | DELETE) path value (',' ...)*
    set-value   := '(' set-value ')' | operand (('+' | '-') operand)?

Hand-written, so that an error can quote the token. It is a descent, but nothing in it recurses: 4096 bytes hold
more parentheses than Python's stack holds calls, and DynamoDB has an answer to all of them. So a parenthesis
that opens is a `_Group` on a list, a function that opens a `_Call`.

Whether a parenthesis opens a condition or an operand shows only behind it: `(a = :v)`, `(a) = :v`.

A pair of parentheses directly within another is redundant, which is an error, but only in a text without syntax
errors: so it is noted while reading and raised at the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, TypeVar

from reference_server import limits, messages
from reference_server.errors import ValidationException
from reference_server.expressions import checks, tokens
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.tokens import Token
from reference_server.expressions.tree import (
    And,
    Arithmetic,
    Between,
    Clause,
    Comparison,
    Condition,
    DocumentPath,
    Function,
    In,
    NamePlaceholder,
    Not,
    Operand,
    Or,
    Projection,
    Section,
    Update,
    ValuePlaceholder,
)

_Tree = TypeVar("_Tree", bound=Condition | Projection | Update)

_SECTIONS: Final = frozenset({"SET", "REMOVE", "ADD", "DELETE"})

# Updates and projections do not print how long they are (data-plane 4.5).
_SIZE_PRINTED: Final = frozenset({ExpressionKind.CONDITION, ExpressionKind.FILTER, ExpressionKind.KEY_CONDITION})


# How many texts are remembered, of each of the three readers below. Programs send few texts, many times.
_REMEMBERED: Final = 4096


@lru_cache(_REMEMBERED)
def read_condition(kind: ExpressionKind, text: str) -> Condition:
    """The tree of a condition whose text has passed every check that needs no placeholders.

    Raises ValidationException, as the two readers below do; a refusal is not remembered.
    """
    return _read(_Parser.condition, kind, text)


@lru_cache(_REMEMBERED)
def read_projection(text: str) -> Projection:
    return _read(_Parser.projection, ExpressionKind.PROJECTION, text)


@lru_cache(_REMEMBERED)
def read_update(text: str) -> Update:
    return _read(_Parser.update, ExpressionKind.UPDATE, text)


def _read(rule: Callable[[_Parser], _Tree], kind: ExpressionKind, text: str) -> _Tree:
    if not text:
        raise ValidationException(messages.EXPRESSION_EMPTY, kind=kind.value)
    size = len(text.encode("utf-8", "surrogatepass"))  # as sent, before placeholders are replaced (aws-2026, sizes 6)
    if size > limits.EXPRESSION_BYTES:
        tail = f" expression size: {size}" if kind in _SIZE_PRINTED else ""
        raise ValidationException(messages.EXPRESSION_SIZE, kind=kind.value, tail=tail)
    parser = _Parser(kind, text)
    tree = rule(parser)
    if parser.redundant_parentheses:
        raise ValidationException(messages.REDUNDANT_PARENTHESES, kind=kind.value)
    checks.check_text(kind, tree)
    return tree


@dataclass(slots=True)
class _Group:
    """A condition being read: the whole one, or one behind a parenthesis."""

    alternatives: list[Condition] = field(default_factory=list)  # operands of OR, complete
    conjuncts: list[Condition] = field(default_factory=list)  # operands of AND since the last OR
    negations: int = 0  # NOTs in front of what comes next
    # Whether the group is exactly one condition in parentheses, as far as it has been read.
    only_parenthesised: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.alternatives or self.conjuncts or self.negations)

    def add(self, condition: Condition, parenthesised: bool) -> None:
        self.only_parenthesised = parenthesised and self.is_empty
        for _ in range(self.negations):
            condition = Not(condition)
        self.negations = 0
        self.conjuncts.append(condition)

    def close_conjunction(self) -> None:
        self.alternatives.append(self.conjuncts[0] if len(self.conjuncts) == 1 else And(tuple(self.conjuncts)))
        self.conjuncts = []

    def condition(self) -> Condition:
        self.close_conjunction()
        return self.alternatives[0] if len(self.alternatives) == 1 else Or(tuple(self.alternatives))


@dataclass(slots=True)
class _Call:
    """A function being read."""

    name: str
    parentheses: int  # open around the call
    operands: list[Operand] = field(default_factory=list)


class _Parser:
    def __init__(self, kind: ExpressionKind, text: str) -> None:
        self._kind = kind
        self._text = text
        self._tokens = tokens.tokenise(text)
        self._position = 0
        self.redundant_parentheses = False

    # --- tokens -------------------------------------------------------------------------------------------

    @property
    def _next(self) -> str:
        """The kind of the token that comes next."""
        return self._tokens[self._position].kind

    def _take(self) -> Token:
        token = self._tokens[self._position]
        self._position += 1
        return token

    def _takes(self, kind: str) -> bool:
        """Take the next token if it is of this kind."""
        if self._next != kind:
            return False
        self._position += 1
        return True

    def _require(self, kind: str) -> Token:
        if self._next != kind:
            raise self._unexpected()
        return self._take()

    def _unexpected(self) -> ValidationException:
        return tokens.syntax_error(self._kind, self._text, self._tokens, self._position)

    def _opened(self) -> int:
        """Take parentheses that open one directly behind the other; how many."""
        count = 0
        while self._takes("("):
            count += 1
        return count

    def _close(self, count: int) -> None:
        """Require the parentheses that close so many opened ones, with nothing between them."""
        for _ in range(count):
            self._require(")")
        if count > 1:
            self.redundant_parentheses = True

    # --- conditions ---------------------------------------------------------------------------------------

    def condition(self) -> Condition:
        groups = [_Group()]
        while True:
            if self._takes("NOT"):
                groups[-1].negations += 1
                continue
            if self._takes("("):
                groups.append(_Group())
                continue
            operand = self._operand()
            parenthesised = False
            # The parentheses around an operand: `(a) = :v`.
            while len(groups) > 1 and groups[-1].is_empty and self._takes(")"):
                groups.pop()
                self.redundant_parentheses |= parenthesised
                parenthesised = True
            condition = self._operation(operand)
            if condition is not operand:
                parenthesised = False
            # The condition belongs to its group; the parentheses behind it close that group and the ones around.
            while True:
                group = groups[-1]
                group.add(condition, parenthesised)
                if len(groups) == 1 or not self._takes(")"):
                    break
                groups.pop()
                self.redundant_parentheses |= group.only_parenthesised
                condition, parenthesised = group.condition(), True
            if self._takes("OR"):
                group.close_conjunction()
            elif not self._takes("AND"):
                if len(groups) > 1:
                    raise self._unexpected()
                self._require(tokens.END)
                return group.condition()

    def _operation(self, operand: Operand) -> Condition:
        """The condition that begins with an operand; a function may be one by itself."""
        operator = self._next
        if operator in tokens.COMPARATORS:
            self._take()
            return Comparison(operator, operand, self._operand())
        if self._takes("BETWEEN"):
            lower = self._operand()
            self._require("AND")
            return Between(operand, lower, self._operand())
        if self._takes("IN"):
            self._require("(")
            candidates = [self._operand()]
            while self._takes(","):
                candidates.append(self._operand())
            self._require(")")
            return In(operand, tuple(candidates))
        if isinstance(operand, Function):
            return operand
        raise self._unexpected()

    # --- operands -----------------------------------------------------------------------------------------

    def _operand(self) -> Operand:
        calls: list[_Call] = []
        while True:
            parentheses = self._opened()
            if self._next == tokens.IDENTIFIER and self._tokens[self._position + 1].kind == "(":
                calls.append(_Call(self._take().text, parentheses))
                self._require("(")
                continue
            operand: Operand = (
                ValuePlaceholder(self._take().text) if self._next == tokens.VALUE else self._document_path()
            )
            self._close(parentheses)
            while calls:
                calls[-1].operands.append(operand)
                if self._takes(","):
                    break  # to the function's next operand
                self._require(")")
                call = calls.pop()
                operand = Function(call.name, tuple(call.operands))
                self._close(call.parentheses)
            else:
                return operand

    def _document_path(self) -> DocumentPath:
        elements: list[str | NamePlaceholder | int] = [self._name()]
        while True:
            if self._takes("."):
                elements.append(self._name())
            elif self._takes("["):
                elements.append(int(self._require(tokens.INDEX).text))
                self._require("]")
            else:
                return DocumentPath(tuple(elements))

    def _name(self) -> str | NamePlaceholder:
        if self._next == tokens.NAME:
            return NamePlaceholder(self._take().text)
        return self._require(tokens.IDENTIFIER).text

    # --- projections --------------------------------------------------------------------------------------

    def projection(self) -> Projection:
        paths = [self._document_path()]
        while self._takes(","):
            paths.append(self._document_path())
        self._require(tokens.END)
        return Projection(tuple(paths))

    # --- updates ------------------------------------------------------------------------------------------

    def update(self) -> Update:
        """Sections in the order written. That one comes twice is no matter of syntax: `checks` refuses it."""
        sections: list[Section] = []
        while not sections or self._next != tokens.END:
            keyword = self._next
            if keyword not in _SECTIONS:
                raise self._unexpected()
            self._take()
            clauses = [self._clause(keyword)]
            while self._takes(","):
                clauses.append(self._clause(keyword))
            sections.append(Section(keyword, tuple(clauses)))
        return Update(tuple(sections))

    def _clause(self, keyword: str) -> Clause:
        path = self._document_path()
        if keyword == "REMOVE":
            return Clause(path, None)
        if keyword == "SET":
            self._require("=")
            return Clause(path, self._set_value())
        return Clause(path, ValuePlaceholder(self._require(tokens.VALUE).text))

    def _set_value(self) -> Operand:
        opened = self._opened()
        value = self._operand()
        # Of the parentheses opened, the inner ones may close around the first operand: `((a) + b)`.
        inner = 0
        while inner < opened and self._takes(")"):
            inner += 1
        self.redundant_parentheses |= inner > 1
        if self._next in ("+", "-"):
            operator = self._take().text
            value = Arithmetic(operator, value, self._operand())
        self._close(opened - inner)
        return value
