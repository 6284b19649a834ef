"""JSON as Alternator's parser reads it: of a member that comes twice the first counts, and nesting has an end.

Its reasons are rapidjson's. The number behind a reason varies from call to call on the real server (dossier 2,
"Malformed JSON"); here it is the position in the text.
"""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

from reference_server.alternator import texts
from reference_server.errors import ValidationException

# Objects and arrays within each other, of a whole request (recorded put-nest-l-36, -40: 37 containers of an attribute
# value, of which each is two, in the item, in the request).
LEVELS: Final = 78

# How Python's parser says it, by the beginning, and how rapidjson does.
_REASONS: Final = (
    ("Expecting property name", "Missing a name for object member."),
    ("Illegal trailing comma before end of object", "Missing a name for object member."),
    ("Expecting ':' delimiter", "Missing a colon after a name of object member."),
    ("Expecting ',' delimiter", "Missing a comma or '}' after an object member."),
    ("Unterminated string", "Missing a closing quotation mark in string."),
    ("Invalid control character", "Invalid encoding in string."),
    ("Invalid \\escape", "Invalid escape character in string."),
    ("Invalid \\uXXXX escape", "Incorrect hex digit after \\u escape in string."),
    ("Extra data", "The document root must not be followed by other values."),
)


def read(body: bytes) -> Any:
    """The content of a JSON text. Raises ValidationException."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise ValidationException(
            texts.NOT_JSON, reason="Invalid encoding in string.", position=error.start
        ) from None
    if not text.strip():
        raise ValidationException(texts.NOT_JSON, reason="The document is empty.", position=len(text))
    try:
        content = json.loads(text, object_pairs_hook=_first_of_each, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ValidationException(texts.NOT_JSON, reason=_reason(error.msg), position=error.pos) from None
    except RecursionError:
        raise ValidationException(texts.NESTED_TOO_DEEP, levels=LEVELS) from None
    _refuse_deep_nesting(content)
    return content


def _first_of_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(members)
    if len(content) < len(members):
        content = dict(reversed(members))
    return content


def _refuse_constant(_name: str) -> NoReturn:
    raise json.JSONDecodeError("Expecting value", "", 0)


def _reason(message: str) -> str:
    return next((reason for beginning, reason in _REASONS if message.startswith(beginning)), "Invalid value.")


def _refuse_deep_nesting(content: Any) -> None:
    level = [content]
    for _ in range(LEVELS):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    if any(isinstance(one, dict | list) for one in level):
        raise ValidationException(texts.NESTED_TOO_DEEP, levels=LEVELS)
