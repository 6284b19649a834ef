"""The functions of expressions as a table: where each may stand and what it takes (data-plane 4.6, 4.9).

What they compute is in `conditions.py` and `updates.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

SCALARS: Final = frozenset({"S", "N", "B"})  # the datatypes that have an order
SETS: Final = frozenset({"SS", "NS", "BS"})
DATATYPES: Final = SCALARS | SETS | {"BOOL", "NULL", "L", "M"}


class Place(Enum):
    """Where a function may stand."""

    # In conditions, filters and key conditions.
    CONDITION = auto()  # by itself
    CONDITION_OPERAND = auto()  # as an operand of an operator or function
    # In updates.
    SET_VALUE = auto()  # as the whole of what is SET
    SET_OPERAND = auto()  # anywhere in what is SET


@dataclass(frozen=True, slots=True)
class FunctionRule:
    name: str
    place: Place
    # One entry for each operand: the datatypes that it may have where its datatype is known beforehand.
    operands: tuple[frozenset[str], ...]
    # Whether the first operand must be a document path.
    takes_path: bool = False
    # Whether the first operand must not come again.
    distinct: bool = False

    @property
    def in_conditions(self) -> bool:
        return self.place in (Place.CONDITION, Place.CONDITION_OPERAND)


_STRINGS: Final = frozenset({"S", "B"})

FUNCTIONS: Final[Mapping[str, FunctionRule]] = {
    rule.name: rule
    for rule in (
        FunctionRule("attribute_exists", Place.CONDITION, (DATATYPES,), takes_path=True),
        FunctionRule("attribute_not_exists", Place.CONDITION, (DATATYPES,), takes_path=True),
        # The second operand must moreover be a literal: `checks.check_attribute_type`.
        FunctionRule("attribute_type", Place.CONDITION, (DATATYPES, frozenset({"S"})), distinct=True),
        FunctionRule("begins_with", Place.CONDITION, (_STRINGS, _STRINGS), distinct=True),
        FunctionRule("contains", Place.CONDITION, (DATATYPES, DATATYPES), distinct=True),
        FunctionRule("size", Place.CONDITION_OPERAND, (DATATYPES - {"N", "BOOL", "NULL"},)),
        FunctionRule("if_not_exists", Place.SET_OPERAND, (DATATYPES, DATATYPES), takes_path=True, distinct=True),
        FunctionRule("list_append", Place.SET_VALUE, (frozenset({"L"}), frozenset({"L"}))),
    )
}

# What a function is known to return whatever it is given. The others return what their operands are.
RESULTS: Final[Mapping[str, str]] = {"size": "N"}
