"""Conditions as Alternator reads them: its grammar knows one kind of primitive condition, with one value or several.

Operands are those of all expressions (`expressions/tree.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from reference_server.expressions.tree import Operand

# An operand by itself, which must be true: a function, or any attribute (rule: bare-conditions).
VALUE: Final = "value"


@dataclass(frozen=True, slots=True)
class Primitive:
    """`operator` is VALUE, a comparator, BETWEEN or IN."""

    operator: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    condition: ConditionTree


@dataclass(frozen=True, slots=True)
class Combination:
    """`operator` is AND or OR."""

    operator: str
    conditions: tuple[ConditionTree, ...]


ConditionTree: TypeAlias = Primitive | Negation | Combination
