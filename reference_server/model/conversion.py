"""Stages 1 and 2 of the slow path: bytes to JSON, JSON to the types of the model (data-plane 1.2, 1.6, 3.4).

The result is what the types ask for in plain Python values: structures and maps as dicts, of the members that the
model has; null members left out, numbers whole where the model wants them whole. Constraints come later: DynamoDB
reads the whole request by its types before it holds anything against a constraint.

More lenient than the fast path are: decimals for whole numbers, booleans as strings, null for an absent member,
`[]` for an empty request.
"""

from __future__ import annotations

import re
import sys
from enum import Enum
from typing import Any, Final

import msgspec

from reference_server import limits, messages
from reference_server.errors import SerializationException
from reference_server.messages import Message
from reference_server.model.types import (
    BlobType,
    BooleanType,
    ListType,
    MapType,
    NumberType,
    StringType,
    StructureType,
    Type,
)

# Numbers of any size are well-formed; whole ones become `int`, the others `float`, perhaps infinite.
_JSON: Final = msgspec.json.Decoder(float_hook=float)

# Strings that DynamoDB takes for a boolean, in any case (data-plane 1.6).
_BOOLEANS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

_DOUBLE_MAX: Final = sys.float_info.max

_PACKAGE: Final = "com.amazonaws.dynamodb.v20120810"


class _Position(Enum):
    """Where a value stands. DynamoDB words it differently inside lists and maps."""

    MEMBER = "member"
    ELEMENT = "element"


def read_json(body: bytes) -> Any:
    """Raises SerializationException, without a text, for what is not JSON in UTF-8."""
    try:
        body.decode()  # msgspec alone does not look into what it skips
        return _JSON.decode(body)
    except (ValueError, RecursionError):  # DecodeError and UnicodeDecodeError are ValueErrors
        raise SerializationException from None


def convert_request(type_: StructureType, content: Any) -> dict[str, Any]:
    """The members of a request by their types. Raises SerializationException for the first that has another."""
    if content == [] and isinstance(content, list):
        return {}
    converted = _convert(type_, content, _Position.MEMBER)
    assert isinstance(converted, dict)
    return converted


def _convert(type_: Type, content: Any, position: _Position) -> Any:
    match type_:
        case StructureType():
            return _convert_structure(type_, content, position)
        case MapType():
            return _convert_map(type_, content, position)
        case ListType():
            return _convert_list(type_, content, position)
        case BlobType():
            return _convert_blob(type_, content)
        case StringType() | NumberType() | BooleanType():
            return _convert_scalar(type_, content)


def _convert_structure(type_: StructureType, content: Any, position: _Position) -> dict[str, Any]:
    match content:
        case dict():
            # In the order of the request: a streaming parser meets them so (in doubt: no recording can tell).
            return {
                name: _convert(type_.members[name].type, value, _Position.MEMBER)
                for name, value in content.items()
                if value is not None and name in type_.members
            }
        case list():
            raise SerializationException(messages.JSON_ARRAY_FOR_CLASS, java=_java_class(type_))
        case _:
            raise SerializationException(_UNEXPECTED_SCALAR[position])


def _convert_map(type_: MapType, content: Any, position: _Position) -> dict[str, Any]:
    match content:
        case dict():
            return {key: _convert_element(type_.value, value) for key, value in content.items()}
        case list():
            raise SerializationException(messages.JSON_ARRAY_FOR_MAP, java=_java_class(type_))
        case _:
            raise SerializationException(_unexpected_scalar_for_collection(position))


def _convert_list(type_: ListType, content: Any, position: _Position) -> list[Any]:
    match content:
        case list():
            return [_convert_element(type_.element, element) for element in content]
        case dict():
            raise SerializationException(messages.JSON_OBJECT)
        case _:
            raise SerializationException(_unexpected_scalar_for_collection(position))


def _convert_element(type_: Type, content: Any) -> Any:
    if content is not None:
        return _convert(type_, content, _Position.ELEMENT)
    # A null value of an item is a value without a datatype: refused with the values, not here (seen on an emulator).
    # Other nulls stay, for the constraints to refuse.
    return {} if isinstance(type_, StructureType) and type_.is_attribute_value else None


def _convert_blob(type_: BlobType, content: Any) -> str:
    match content:
        case str():
            if re.match(type_.pattern, content):
                return content
            if len(content) % 4 != 0:
                raise SerializationException(messages.BASE64_LENGTH, length=len(content))
            raise SerializationException(messages.BASE64_INVALID)
        case list():
            raise SerializationException(messages.JSON_ARRAY_FOR_CLASS, java=_java_class(type_))
        case dict():
            raise SerializationException(messages.JSON_OBJECT)
        case _:
            raise SerializationException(messages.JSON_BLOB)


def _convert_scalar(type_: StringType | NumberType | BooleanType, content: Any) -> Any:
    match type_, content:
        case (_, dict()):
            raise SerializationException(messages.JSON_OBJECT)
        case (_, list()):
            raise SerializationException(messages.JSON_ARRAY_FOR_CLASS, java=_java_class(type_))
        case (StringType(), str()) | (BooleanType(), bool()):
            return content
        case (BooleanType(), str()):
            if content.lower() in _BOOLEANS:
                return _BOOLEANS[content.lower()]
            raise SerializationException(messages.JSON_TOKEN)
        case (NumberType(), int() | float()) if not isinstance(content, bool):
            return _convert_number(type_, content)
        case _:
            java = _java_class(type_).rpartition(".")[2]
            raise SerializationException(messages.JSON_SCALAR, kind=_kind(content), java=java)


def _convert_number(type_: NumberType, content: int | float) -> int | float:
    if not type_.whole:
        return float(max(-_DOUBLE_MAX, min(content, _DOUBLE_MAX)))
    return int(max(limits.LONG_MIN, min(content, limits.LONG_MAX)))  # decimals are truncated (data-plane 1.6)


def _kind(content: Any) -> str:
    match content:
        case bool():
            return "TRUE_VALUE" if content else "FALSE_VALUE"
        case str():
            return "STRING_VALUE"
        case int():
            return "NUMBER_VALUE"
        case _:
            return "DECIMAL_VALUE"


_UNEXPECTED_SCALAR: Final[dict[_Position, Message]] = {
    _Position.MEMBER: messages.JSON_FIELD,
    _Position.ELEMENT: messages.JSON_ELEMENT,
}


def _unexpected_scalar_for_collection(position: _Position) -> Message:
    return messages.JSON_FIELD if position is _Position.MEMBER else messages.JSON_ELEMENT_GENERIC


def _java_class(type_: Type) -> str:
    match type_:
        case StructureType():
            return f"{_PACKAGE}.{type_.name}"
        case MapType():
            return f"java.util.Map<java.lang.String, {_java_class(type_.value)}>"
        case ListType():
            return f"java.util.List<{_java_class(type_.element)}>"
        case StringType():
            return "java.lang.String"
        case BooleanType():
            return "java.lang.Boolean"
        case BlobType():
            return "java.nio.ByteBuffer"
        case NumberType():
            return f"java.{'util' if type_.java == 'Date' else 'lang'}.{type_.java}"
