"""The slow path: why a request could not be decoded, in DynamoDB's words, or the request after all.

Three stages, each over the whole request before the next (data-plane 1.2): it is JSON, its values have the model's
types, they keep the model's constraints. The decoder is stricter than DynamoDB in a few places (see `conversion.py`;
ARNs for names in `constraints.py`), so a request may pass all three; then it is built here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from reference_server import messages
from reference_server.errors import SerializationException, ValidationException
from reference_server.model.constraints import Path, Violation, find_violations
from reference_server.model.conversion import convert_request, read_json
from reference_server.model.rendering import render
from reference_server.model.types import ListType, MapType, StructureType, Type, input_type
from reference_server.model.wordings import Constraint, Phrase, Style, Wording

# So many violations are told at most (data-plane 2.1).
VIOLATIONS_TOLD: Final = 10


def explain(operation: str, body: bytes, wording: Wording) -> msgspec.Struct:
    """Raises SerializationException or ValidationException, or returns the request."""
    type_ = input_type(operation)
    try:
        members = convert_request(type_, read_json(body))
        _refuse_violations(operation, type_, members, wording)
        request = _build(type_, members)
    except RecursionError:
        # Deeper than this process can read. AWS reads to more than 62 levels (aws-2026, sizes 7); its end is not known.
        raise SerializationException from None
    assert isinstance(request, msgspec.Struct)
    return request


def _refuse_violations(operation: str, type_: StructureType, members: dict[str, Any], wording: Wording) -> None:
    for (affected, member), earlier in wording.without.items():
        if affected == operation and member not in members:
            wording = earlier
    for group in find_violations(type_, members, wording.groups):
        refusal = _refusal(_choose_phrase(operation, violation, wording) for violation in group)
        if refusal is not None:
            raise refusal


def _choose_phrase(operation: str, violation: Violation, wording: Wording) -> tuple[Violation, Phrase]:
    phrase = wording.phrases.get((operation, violation.path.place, violation.constraint))
    if phrase is None and violation.enclosing is not None:
        return _choose_phrase(operation, violation.enclosing, wording)
    return violation, phrase or Phrase()


def _refusal(violations: Iterable[tuple[Violation, Phrase]]) -> ValidationException | None:
    """Bare texts are checks of their own, made when their member's turn comes: before or after all others' is told."""
    first_member: str | None = None
    reasons: set[tuple[Path, Constraint, str]] = set()
    told: list[str] = []
    for violation, phrase in violations:
        first_member = first_member or _top_member(violation)
        if phrase.style is Style.BARE:
            if _top_member(violation) == first_member:
                return ValidationException(phrase.constraint)
            continue
        # The whole of a list or map is told once, however many elements are the reason; it is printed once, too.
        reason = (violation.path, violation.constraint, violation.text)
        if reason not in reasons:
            reasons.add(reason)
            text = _tell(violation, phrase)
            if text not in told:
                told.append(text)
            # What a member itself violates comes before what is in it: nothing bare can follow so many.
            if len(told) == VIOLATIONS_TOLD:
                break
    if not told:
        return None
    if len(told) == 1:
        return ValidationException(messages.MEMBER_VIOLATED, violations=told[0])
    return ValidationException(messages.MEMBERS_VIOLATED, count=len(told), violations="; ".join(told))


def _top_member(violation: Violation) -> str:
    return violation.path.place.partition(".")[0]


def _tell(violation: Violation, phrase: Phrase) -> str:
    constraint = violation.text if phrase.constraint is None else phrase.constraint.text
    path = violation.path
    match phrase.style:
        case Style.ALONE:
            return constraint
        case Style.SILENT:
            return messages.MEMBER_SILENT.text.format(path=path.capital, constraint=constraint)
        case Style.SILENT_LOWER:
            return messages.MEMBER_SILENT.text.format(path=path.lower, constraint=constraint)
        case _ if violation.value is None:
            return messages.MEMBER_NULL.text.format(path=path.lower, constraint=constraint)
        case _:
            value = render(violation.type, violation.value)
            return messages.MEMBER.text.format(value=value, path=path.lower, constraint=constraint)


def _build(type_: Type, value: Any) -> Any:
    match type_, value:
        case (StructureType(is_attribute_value=True), dict()):
            return {name: _build_content(type_.members[name].type, content) for name, content in value.items()}
        case (StructureType(), dict()):
            return type_.build(**{name: _build(type_.members[name].type, member) for name, member in value.items()})
        case (ListType(), list()):
            return [_build(type_.element, element) for element in value]
        case (MapType(), dict()):
            return {key: _build(type_.value, element) for key, element in value.items()}
        case _:
            return value


def _build_content(type_: Type, content: Any) -> Any:
    """The content of an attribute value: nulls of lists and maps are gone by now, those of sets are not."""
    if isinstance(content, list) and None in content:
        raise ValidationException(messages.SET_ELEMENT_NULL)
    return _build(type_, content)
