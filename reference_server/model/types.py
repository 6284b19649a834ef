"""The generated types, read back: what the slow path walks a request by.

`msgspec` decodes by the annotations in `shapes.py`; here the same annotations become a small tree of the model's own
kinds (structure, map, list, string, number, boolean, blob) with their constraints. Nothing about the API is stated
here. The annotations are read as they stand, not through `msgspec.inspect`, which sorts the values of enumerations:
DynamoDB prints them in an order of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints, is_typeddict

import msgspec
from msgspec import Meta

from reference_server import limits
from reference_server.model import shapes


@dataclass(frozen=True, slots=True)
class StringType:
    min_length: int | None = None
    max_length: int | None = None
    # Anchored, as Python reads it; and as DynamoDB prints it.
    pattern: str | None = None
    printed_pattern: str | None = None
    # An enumeration's values, in the order in which they are printed.
    values: tuple[str, ...] | None = None
    # A table's ARN is taken in place of the name.
    accepts_arn: bool = False


@dataclass(frozen=True, slots=True)
class BlobType:
    pattern: str


@dataclass(frozen=True, slots=True)
class NumberType:
    java: str  # Integer, Long, Double, Date
    whole: bool
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class BooleanType:
    pass


@dataclass(frozen=True, slots=True)
class ListType:
    element: Type
    min_length: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class MapType:
    key: StringType
    value: Type
    min_length: int | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    type: Type
    required: bool


@dataclass(frozen=True, slots=True, eq=False)
class StructureType:
    name: str
    # What the structure is built with: a Struct, or `dict` for an attribute value.
    build: type[Any]
    # Filled after it is made, as an attribute value holds attribute values.
    members: dict[str, Member] = field(default_factory=dict, repr=False)

    @property
    def is_attribute_value(self) -> bool:
        return self.build is dict


Type: TypeAlias = StringType | BlobType | NumberType | BooleanType | ListType | MapType | StructureType

# The one shape that holds itself: filled below, where its members can be read.
_ATTRIBUTE_VALUE: Final = StructureType("AttributeValue", dict)

_JAVA_NUMBERS: Final = {int: "Integer", float: "Double"}


@cache
def input_type(operation: str) -> StructureType:
    """The input of an operation. Raises KeyError for an operation that the API does not have."""
    return _read_structure(shapes.INPUTS[operation])


@cache
def _read_structure(shape: type[msgspec.Struct]) -> StructureType:
    structure = StructureType(shape.__name__, shape)
    for info in msgspec.structs.fields(shape):
        structure.members[info.name] = Member(_read(info.type), info.required)
    return structure


def _read(annotation: Any, meta: Meta | None = None) -> Type:
    origin, arguments = get_origin(annotation), get_args(annotation)
    lengths: Mapping[str, Any] = {} if meta is None else {"min_length": meta.min_length, "max_length": meta.max_length}
    if origin is Annotated:
        return _read(arguments[0], arguments[1])
    if origin in (Union, UnionType):
        (present,) = (argument for argument in arguments if argument is not NoneType)
        return _read(present)
    if origin is Literal:
        return StringType(values=arguments)
    if origin is list:
        return ListType(_read(arguments[0]), **lengths)
    if origin is dict:
        key = _read(arguments[0])
        assert isinstance(key, StringType)
        return MapType(key, _read(arguments[1]), **lengths)
    if is_typeddict(annotation):
        return _ATTRIBUTE_VALUE
    if annotation is bool:
        return BooleanType()
    extra: Mapping[str, Any] = (meta and meta.extra) or {}
    if annotation in (int, float):
        java = extra.get("java", _JAVA_NUMBERS[annotation])
        minimum, maximum = (None, None) if meta is None else (meta.ge, meta.le)
        # Java's bounds are no constraints, and nothing says that they are violated: `conversion` ends numbers there.
        minimum = None if minimum == limits.LONG_MIN else minimum
        maximum = None if maximum == limits.LONG_MAX else maximum
        return NumberType(java, annotation is int, minimum, maximum)  # type: ignore[arg-type]  # whole in the model
    if annotation is str:
        pattern = None if meta is None else meta.pattern
        if extra.get("java") == "ByteBuffer":
            assert pattern is not None
            return BlobType(pattern)
        return StringType(
            **lengths, pattern=pattern, printed_pattern=extra.get("pattern"), accepts_arn=extra.get("arn", False)
        )
    return _read_structure(annotation)


_ATTRIBUTE_VALUE.members.update(
    (name, Member(_read(hint), required=False))
    for name, hint in get_type_hints(shapes.AttributeValue, include_extras=True).items()
)
