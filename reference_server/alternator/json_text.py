"""JSON as Alternator's parser reads it: of a member that comes twice the first counts, and nesting has an end.

Its reasons are rapidjson's. The number behind a reason varies from call to call on the real server (dossier 2,
"Malformed JSON"); here it is the position in the text.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

from reference_server.alternator import texts
from reference_server.errors import ValidationException

# Objects and arrays within each other, of a whole request (recorded put-nest-l-36, -40: 37 containers of an attribute
# value, of which each is two, in the item, in the request).
LEVELS: Final = 78

# More digits than this are no integer of 64 bits, and a text of very many is none that Python would read.
_INTEGER_LENGTH: Final = 20
_TOO_BIG: Final = "Number too big to be stored in double."
_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")

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
    (_TOO_BIG, _TOO_BIG),
    ("Extra data", "The document root must not be followed by other values."),
)


def read(body: bytes) -> Any:
    """The content of a JSON text. Raises ValidationException."""
    # Bytes that are no UTF-8 are told where they stand in a string; anywhere else they are no JSON (recorded
    # http-gzip-request).
    text = body.decode(errors="surrogateescape")
    if not text.strip():
        raise ValidationException(texts.NOT_JSON, reason="The document is empty.", position=len(text))
    try:
        content = json.loads(
            text,
            object_pairs_hook=_first_of_each,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except json.JSONDecodeError as error:
        raise ValidationException(texts.NOT_JSON, reason=_reason(error.msg), position=error.pos) from None
    except RecursionError:
        raise ValidationException(texts.NESTED_TOO_DEEP, levels=LEVELS) from None
    _refuse_deep_nesting(content)
    _refuse_surrogates(text, content)
    return content


def _first_of_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(members)
    if len(content) < len(members):
        content = dict(reversed(members))
    return content


def _refuse_constant(_name: str) -> NoReturn:
    raise json.JSONDecodeError("Expecting value", "", 0)


def _integer(text: str) -> int | float:
    """What 64 bits do not hold is a number with a fraction."""
    if len(text) <= _INTEGER_LENGTH and -(1 << 63) <= (number := int(text)) < 1 << 64:
        return number
    return _float(text)


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise json.JSONDecodeError(_TOO_BIG, text, 0)
    return number


def _refuse_surrogates(text: str, content: Any) -> None:
    """Strings with half of a pair that was escaped, or with bytes that are no text."""
    if text.isascii() and not _ESCAPED_SURROGATE.search(text):
        return
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        is_text = all(not "\ud800" <= character <= "\udfff" for character in text)
        reason = "The surrogate pair in string is invalid." if is_text else "Invalid encoding in string."
        raise ValidationException(texts.NOT_JSON, reason=reason, position=len(text)) from None


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
