"""The syntax tree of expressions: what `grammar` writes and everything else reads.

A tree is immutable and knows no request: it is shared by all requests with the same text. Operands come in two
states. As read they are `DocumentPath` and `ValuePlaceholder`; `Placeholders` puts in their place the `Attribute`
and the `Literal` that they stand for in one request. Conditions and functions are the same classes in both states.

Every node has `children`: what stands directly under it, as it is read from left to right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from reference_server.attribute import AttributeValue
from reference_server.expressions.paths import Path

# --- operands ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NamePlaceholder:
    text: str  # with its `#`


class _Leaf:
    """A node with nothing under it."""

    __slots__ = ()

    @property
    def children(self) -> tuple[Operand, ...]:
        return ()


@dataclass(frozen=True, slots=True)
class DocumentPath(_Leaf):
    """A path as written. An int is a list index."""

    elements: tuple[str | NamePlaceholder | int, ...]


@dataclass(frozen=True, slots=True)
class ValuePlaceholder(_Leaf):
    text: str  # with its `:`


@dataclass(frozen=True, slots=True)
class Attribute(_Leaf):
    """A path with its placeholders resolved."""

    path: Path


@dataclass(frozen=True, slots=True)
class Literal(_Leaf):
    """A value placeholder resolved."""

    value: AttributeValue


@dataclass(frozen=True, slots=True)
class Function:
    """A function call: an operand, or by itself a condition."""

    name: str
    operands: tuple[Operand, ...]

    @property
    def children(self) -> tuple[Operand, ...]:
        return self.operands


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left + right` or `left - right`, which only a SET may hold."""

    operator: str
    left: Operand
    right: Operand

    @property
    def children(self) -> tuple[Operand, ...]:
        return (self.left, self.right)


Operand: TypeAlias = DocumentPath | ValuePlaceholder | Attribute | Literal | Function | Arithmetic

# --- conditions -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str
    left: Operand
    right: Operand

    @property
    def children(self) -> tuple[Operand, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Between:
    subject: Operand
    lower: Operand
    upper: Operand

    @property
    def children(self) -> tuple[Operand, ...]:
        return (self.subject, self.lower, self.upper)


@dataclass(frozen=True, slots=True)
class In:
    subject: Operand
    candidates: tuple[Operand, ...]

    @property
    def children(self) -> tuple[Operand, ...]:
        return (self.subject, *self.candidates)


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition

    @property
    def children(self) -> tuple[Condition, ...]:
        return (self.condition,)


@dataclass(frozen=True, slots=True)
class And:
    conditions: tuple[Condition, ...]

    @property
    def children(self) -> tuple[Condition, ...]:
        return self.conditions


@dataclass(frozen=True, slots=True)
class Or:
    conditions: tuple[Condition, ...]

    @property
    def children(self) -> tuple[Condition, ...]:
        return self.conditions


Condition: TypeAlias = Comparison | Between | In | Function | Not | And | Or

# --- projections and updates ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Projection:
    paths: tuple[DocumentPath, ...]

    @property
    def children(self) -> tuple[Operand, ...]:
        return self.paths


@dataclass(frozen=True, slots=True)
class Clause:
    """One entry of a section of an update. REMOVE has no operand."""

    path: DocumentPath
    operand: Operand | None

    @property
    def children(self) -> tuple[Operand, ...]:
        return (self.path,) if self.operand is None else (self.path, self.operand)


@dataclass(frozen=True, slots=True)
class Section:
    keyword: str
    clauses: tuple[Clause, ...]

    @property
    def children(self) -> tuple[Clause, ...]:
        return self.clauses


@dataclass(frozen=True, slots=True)
class Update:
    sections: tuple[Section, ...]

    @property
    def children(self) -> tuple[Section, ...]:
        return self.sections


Expression: TypeAlias = Condition | Projection | Update
Node: TypeAlias = Expression | Section | Clause | Operand


def walk(node: Node) -> Iterator[tuple[Node, Node | None]]:
    """Every node with its parent, from left to right, a node before what stands under it.

    Not recursive: the text `f(f(f(...` may nest deeper than Python's stack.
    """
    pending: list[tuple[Node, Node | None]] = [(node, None)]
    while pending:
        node, parent = pending.pop()
        yield node, parent
        children: tuple[Node, ...] = node.children
        pending += [(child, node) for child in reversed(children)]
