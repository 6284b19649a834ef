"""A request's members, read one by one, as a handler comes to them: the first that is wrong is the refusal.

Nothing looks at a request as a whole: what no handler reads may be anything. What AWS's model knows of types and
constraints does not exist here; a member of a wrong JSON type mostly runs into an assertion of the JSON library, whose
text names the library's own condition (rule: json-types).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson

from reference_server.alternator import texts
from reference_server.alternator.edition import Edition
from reference_server.errors import ValidationException

JSONObject: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """`host` is the header of that name, which DescribeEndpoints echoes."""

    edition: Edition
    operation: str
    body: JSONObject
    host: str | None


def is_object(content: Any) -> bool:
    return isinstance(content, dict)


def assertion(condition: str) -> ValidationException:
    """What the JSON library's failed assertion becomes."""
    return ValidationException(texts.JSON_ASSERT, condition=condition)


# The library's conditions, as they are quoted.
ANY_MEMBER: Final = "false"  # a member that is not there, read without asking
OBJECT: Final = "IsObject()"
ARRAY: Final = "IsArray()"
STRING: Final = "IsString()"
BOOLEAN: Final = "IsBool()"
INTEGER: Final = "data_.f.flags & kIntFlag"
UNSIGNED: Final = "data_.f.flags & kUint64Flag"


def as_object(content: Any) -> JSONObject:
    if not isinstance(content, dict):
        raise assertion(OBJECT)
    return content


def as_array(content: Any) -> list[Any]:
    if not isinstance(content, list):
        raise assertion(ARRAY)
    return content


def as_string(content: Any) -> str:
    if not isinstance(content, str):
        raise assertion(STRING)
    return content


def as_boolean(content: Any) -> bool:
    if not isinstance(content, bool):
        raise assertion(BOOLEAN)
    return content


def as_integer(content: Any) -> int:
    """A number that a C `int` holds (recorded lt-limit-fraction, lt-limit-big)."""
    if not isinstance(content, int) or isinstance(content, bool) or not -(2**31) <= content < 2**31:
        raise assertion(INTEGER)
    return content


def as_unsigned(content: Any) -> int:
    if not isinstance(content, int) or isinstance(content, bool) or not 0 <= content < 2**64:
        raise assertion(UNSIGNED)
    return content


def parameter(body: Mapping[str, Any], name: str) -> Any:
    """A member that must be there, where its absence is told by its name."""
    if name not in body:
        raise ValidationException(texts.PARAMETER_MISSING, name=name)
    return body[name]


def unasked(body: Mapping[str, Any], name: str) -> Any:
    """A member that is read as if it must be there, so that its absence is the library's failed assertion."""
    if name not in body:
        raise assertion(ANY_MEMBER)
    return body[name]


def string_attribute(body: Mapping[str, Any], name: str, default: str = "") -> str:
    """A text that may be absent, and whose wrong type is told in words (recorded put-rv-number)."""
    if name not in body:
        return default
    content = body[name]
    if not isinstance(content, str):
        raise ValidationException(texts.STRING_EXPECTED, name=name, value=printed(content))
    return content


def printed(content: Any) -> str:
    """A JSON value as messages print it: without blanks, in the order of the request."""
    return orjson.dumps(content).decode()
