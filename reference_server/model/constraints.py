"""Stage 3 of the slow path: what of a request violates a constraint of the model (data-plane 2.1).

How a violation is told is not known here, but for the constraint's own text: see `wordings.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from reference_server import messages
from reference_server.model.rendering import lower_camel
from reference_server.model.types import ListType, MapType, Member, NumberType, StringType, StructureType, Type
from reference_server.model.wordings import Constraint, Groups

# By the structure's name; see `wordings.Wording.groups`.
Order: TypeAlias = Mapping[str, Groups]

# A table's ARN, in any partition, region and account: which of them there are, the tables know.
_TABLE_ARN: Final = re.compile(r"arn:[^:/]+:dynamodb:[^:/]*:[^:/]*:table/[a-zA-Z0-9_.-]{3,255}")


@dataclass(frozen=True, slots=True)
class Path:
    """The way to a member, in the spellings that wordings need."""

    capital: str = ""  # RequestItems.T.member.Keys
    lower: str = ""  # requestItems.T.member.keys
    place: str = ""  # RequestItems.*.member.Keys

    def member(self, name: str) -> Path:
        return self._down(name, lower_camel(name), name)

    def element(self, key: str) -> Path:
        """What stands at an index of a list, counted from 1, or under a key of a map."""
        return self._down(key, key, "*")._down("member", "member", "member")

    def _down(self, capital: str, lower: str, place: str) -> Path:
        if not self.place:
            return Path(capital, lower, place)
        return Path(f"{self.capital}.{capital}", f"{self.lower}.{lower}", f"{self.place}.{place}")


@dataclass(frozen=True, slots=True)
class Violation:
    path: Path
    constraint: Constraint
    text: str
    # What stands at the path; None if nothing does.
    type: Type
    value: Any
    # An element of a list or map is not refused itself, but the whole for it, unless the wording knows better.
    enclosing: Violation | None = None


def find_violations(type_: StructureType, members: Mapping[str, Any], order: Order) -> Iterator[Iterator[Violation]]:
    """The violations of a request, group by group of its members; looked for as far as they are asked for."""
    for group in _order_members(type_, order):
        yield (violation for name in group for violation in _inspect_member(type_, members, name, Path(), order))


def _order_members(type_: StructureType, order: Order) -> list[list[str]]:
    groups = [list(group) for group in order.get(type_.name, ((),))]
    named = {name for group in groups for name in group}
    groups[-1] += [name for name in type_.members if name not in named]
    return groups


def _inspect_member(
    type_: StructureType, members: Mapping[str, Any], name: str, path: Path, order: Order
) -> Iterator[Violation]:
    member: Member = type_.members[name]
    value = members.get(name)
    here = path.member(name)
    for constraint, text in _own_violations(member.type, value, required=member.required):
        yield Violation(here, constraint, text, member.type, value)
    yield from _inspect_content(member.type, value, here, order)


def _inspect_content(type_: Type, value: Any, path: Path, order: Order) -> Iterator[Violation]:
    """What is in a structure, a list or a map. The content of attribute values has no constraints in the model."""
    match type_, value:
        case (_, None):
            return
        case (StructureType(is_attribute_value=False), dict()):
            for group in _order_members(type_, order):
                for name in group:
                    yield from _inspect_member(type_, value, name, path, order)
        case (ListType(), list()):
            elements = ((str(index), element) for index, element in enumerate(value, start=1))
            yield from _inspect_elements(type_, type_.element, elements, value, path, order)
        case (MapType(), dict()):
            if any(True for key in value for _ in _own_violations(type_.key, key, required=True)):
                text = messages.CONSTRAINT_MAP_KEYS.text.format(constraints=_constraint_texts(type_.key))
                yield Violation(path, Constraint.MAP_KEYS, text, type_, value)
            yield from _inspect_elements(type_, type_.value, value.items(), value, path, order)


def _inspect_elements(
    type_: ListType | MapType,
    element_type: Type,
    elements: Iterable[tuple[str, Any]],
    whole: Any,
    path: Path,
    order: Order,
) -> Iterator[Violation]:
    for key, element in elements:
        here = path.element(key)
        for constraint, text in _own_violations(element_type, element, required=True):
            enclosing = _enclosing_violation(type_, element_type, constraint, whole, path)
            yield Violation(here, constraint, text, element_type, element, enclosing)
        yield from _inspect_content(element_type, element, here, order)


def _enclosing_violation(
    type_: ListType | MapType, element_type: Type, constraint: Constraint, whole: Any, path: Path
) -> Violation:
    required = constraint is Constraint.REQUIRED
    texts = messages.CONSTRAINT_REQUIRED.text if required else _constraint_texts(element_type)
    if isinstance(type_, MapType):
        text = messages.CONSTRAINT_MAP_VALUES.text.format(constraints=texts)
        return Violation(path, Constraint.MAP_VALUES, text, type_, whole)
    text = messages.CONSTRAINT_ELEMENTS.text.format(constraints=texts)
    return Violation(path, Constraint.ELEMENTS, text, type_, whole)


def _own_violations(type_: Type, value: Any, *, required: bool) -> Iterator[tuple[Constraint, str]]:
    """What a value violates whatever is in it: the pattern before the lengths (data-plane 2.1)."""
    if value is None:
        if required:
            yield Constraint.REQUIRED, messages.CONSTRAINT_REQUIRED.text
        return
    texts = _texts(type_)
    match type_:
        case StringType():
            if type_.values is not None and value not in type_.values:
                yield Constraint.ENUM, texts[Constraint.ENUM]
            if type_.accepts_arn and _TABLE_ARN.fullmatch(value):
                return
            # Of an empty name only its length is told, where it may be of one character (probe s_put_table_empty);
            # where it may not, both are (control-plane 2).
            if type_.pattern and not re.match(type_.pattern, value) and not (value == "" and type_.min_length == 1):
                yield Constraint.PATTERN, texts[Constraint.PATTERN]
    match type_:
        case StringType() | ListType() | MapType():
            if type_.min_length is not None and len(value) < type_.min_length:
                yield Constraint.MIN_LENGTH, texts[Constraint.MIN_LENGTH]
            if type_.max_length is not None and len(value) > type_.max_length:
                yield Constraint.MAX_LENGTH, texts[Constraint.MAX_LENGTH]
        case NumberType():
            if type_.minimum is not None and value < type_.minimum:
                yield Constraint.MIN_VALUE, texts[Constraint.MIN_VALUE]
            if type_.maximum is not None and value > type_.maximum:
                yield Constraint.MAX_VALUE, texts[Constraint.MAX_VALUE]


def _constraint_texts(type_: Type) -> str:
    return ", ".join(_texts(type_).values())


def _texts(type_: Type) -> dict[Constraint, str]:
    """The constraints of a type, in the order in which DynamoDB lists them for elements (data-plane 2.1, map keys)."""
    texts = {}
    match type_:
        case StringType() | ListType() | MapType():
            if type_.max_length is not None:
                texts[Constraint.MAX_LENGTH] = messages.CONSTRAINT_MAX_LENGTH.text.format(bound=type_.max_length)
            if type_.min_length is not None:
                texts[Constraint.MIN_LENGTH] = messages.CONSTRAINT_MIN_LENGTH.text.format(bound=type_.min_length)
        case NumberType():
            if type_.maximum is not None:
                texts[Constraint.MAX_VALUE] = messages.CONSTRAINT_MAX_VALUE.text.format(bound=type_.maximum)
            if type_.minimum is not None:
                texts[Constraint.MIN_VALUE] = messages.CONSTRAINT_MIN_VALUE.text.format(bound=type_.minimum)
    if isinstance(type_, StringType):
        if type_.printed_pattern is not None:
            texts[Constraint.PATTERN] = messages.CONSTRAINT_PATTERN.text.format(pattern=type_.printed_pattern)
        if type_.values is not None:
            texts[Constraint.ENUM] = messages.CONSTRAINT_ENUM.text.format(values=", ".join(type_.values))
    return texts
