"""The members that CreateTable and UpdateTable define a table with, each checked as Alternator reads it (dossier 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reference_server import limits
from reference_server.alternator import texts
from reference_server.alternator.edition import Edition
from reference_server.alternator.keys import AlternatorKeySchema
from reference_server.alternator.request import JSONObject, printed, string_attribute
from reference_server.alternator.streams import View
from reference_server.errors import ValidationException
from reference_server.messages import Message
from reference_server.tables.schema import IndexProjection, IndexSchema, KeyAttribute, ProjectionType

NAME: Final = re.compile(r"[a-zA-Z0-9_.-]+")

# The column that holds whatever is no key.
_ATTRIBUTES_COLUMN: Final = ":attrs"
_KEY_DATATYPES: Final = frozenset({"S", "B", "N"})

# A table and its index make one name of a file: with a sign between the two, and with two for a local index.
_INDEX_FILE_NAME: Final = 222
_GLOBAL_SEPARATOR: Final = 1
_LOCAL_SEPARATOR: Final = 2


@dataclass(slots=True)
class Definitions:
    """AttributeDefinitions, and which of them no key has asked for yet. Their types are looked at when a key asks.

    rule: attribute-definition-errors.
    """

    edition: Edition
    types: Mapping[str, str]
    unused: dict[str, None] = field(init=False)

    def __post_init__(self) -> None:
        self.unused = dict.fromkeys(self.types)

    @classmethod
    def read(cls, edition: Edition, content: Any) -> Definitions:
        if not isinstance(content, list):
            raise ValidationException(texts.DEFINITIONS_NO_ARRAY)
        types: dict[str, str] = {}
        for one in content:
            definition = one if isinstance(one, dict) else {}
            name = _text(definition, "AttributeName", texts.DEFINITION_NAME_MISSING, texts.DEFINITION_NAME_NO_STRING)
            if name in types:
                raise ValidationException(texts.DEFINITION_REPEATED, name=name)
            types[name] = _text(
                definition, "AttributeType", texts.DEFINITION_TYPE_MISSING, texts.DEFINITION_TYPE_NO_STRING
            )
        return cls(edition, types)

    def key(self, name: str) -> KeyAttribute:
        """The key attribute of that name (rules: attribute-name-length, reserved-attribute-name)."""
        if self.edition.key_name_bytes is not None:
            if not name:
                raise ValidationException(texts.KEY_NAME_EMPTY)
            if len(name.encode()) > self.edition.key_name_bytes:
                raise ValidationException(texts.KEY_NAME_LONG, less_than=self.edition.key_name_bytes + 1)
        if name == _ATTRIBUTES_COLUMN:
            raise ValidationException(texts.KEY_NAME_RESERVED, name=name)
        if name not in self.types:
            raise ValidationException(texts.KEY_UNDEFINED, name=name)
        if self.types[name] not in _KEY_DATATYPES:
            raise ValidationException(texts.KEY_TYPE_INVALID, type=self.types[name])
        self.unused.pop(name, None)
        return KeyAttribute(name, self.types[name])

    def key_schema(self, names: tuple[str, ...]) -> AlternatorKeySchema:
        attributes = tuple(map(self.key, names))
        return AlternatorKeySchema(attributes[:1], attributes[1:])

    def refuse_unused(self) -> None:
        if self.unused:
            names = "{" + ", ".join(map(printed, self.unused)) + "}"
            raise ValidationException(texts.DEFINITIONS_SPURIOUS, names=names)


def _text(definition: JSONObject, member: str, missing: Message, no_string: Message) -> str:
    if member not in definition:
        raise ValidationException(missing)
    content = definition[member]
    if not isinstance(content, str):
        raise ValidationException(no_string)
    return content


# --- keys -------------------------------------------------------------------------------------------------


def read_key_names(content: Any) -> tuple[str, ...]:
    """The names in the member KeySchema of a table or an index, one or two.

    HASH and RANGE of one name are accepted (rules: key-schema-errors, key-schema-same-name, multi-attribute-keys).
    """
    if not isinstance(content, dict) or "KeySchema" not in content:
        raise ValidationException(texts.KEY_SCHEMA_MISSING)
    elements = content["KeySchema"]
    if not isinstance(elements, list) or not 1 <= len(elements) <= 2:
        raise ValidationException(texts.KEY_SCHEMA_LENGTH)
    places = zip(("First", "Second"), ("HASH", "RANGE"), elements, strict=False)
    return tuple(_read_key_name(place, kind, element) for place, kind, element in places)


def _read_key_name(place: str, kind: str, element: Any) -> str:
    if not isinstance(element, dict):
        raise ValidationException(texts.KEY_SCHEMA_NO_OBJECT, place=place)
    if element.get("KeyType") != kind:
        raise ValidationException(texts.KEY_SCHEMA_KEY_TYPE, place=place, type=kind)
    name = element.get("AttributeName")
    if not isinstance(name, str):
        raise ValidationException(texts.KEY_SCHEMA_NAME, place=place)
    return name


# --- indexes ----------------------------------------------------------------------------------------------


def read_indexes(
    table: str, body: JSONObject, table_keys: AlternatorKeySchema, definitions: Definitions
) -> dict[str, IndexSchema]:
    """GlobalSecondaryIndexes, then LocalSecondaryIndexes. Both may be long or empty.

    rules: index-counts, empty-index-lists.
    """
    indexes: dict[str, IndexSchema] = {}
    for content in _elements(body, "GlobalSecondaryIndexes"):
        name = _index_name("GlobalSecondaryIndexes", content, indexes)
        check_index_name(table, name, _GLOBAL_SEPARATOR)
        keys = definitions.key_schema(read_key_names(content))
        indexes[name] = index_schema(name, keys, table_keys, is_global=True)
    for content in _elements(body, "LocalSecondaryIndexes"):
        name = _index_name("LocalSecondaryIndexes", content, indexes)
        check_index_name(table, name, _LOCAL_SEPARATOR)
        keys = _local_keys(content, table_keys, definitions)
        indexes[name] = index_schema(name, keys, table_keys, is_global=False)
    return indexes


def index_schema(
    name: str, keys: AlternatorKeySchema, table_keys: AlternatorKeySchema, *, is_global: bool
) -> IndexSchema:
    """Projection is not even read: an index has whole items (rules: index-projection-ignored, projection-unchecked)."""
    return IndexSchema(
        name=name,
        is_global=is_global,
        keys=keys,
        table_keys=table_keys,
        projection=IndexProjection(ProjectionType.ALL),
    )


def _elements(body: JSONObject, member: str) -> list[Any]:
    content = body.get(member, [])
    if not isinstance(content, list):
        raise ValidationException(texts.INDEXES_NO_ARRAY, member=member)
    return content


def _index_name(member: str, content: Any, present: Mapping[str, IndexSchema]) -> str:
    name = read_index_name(member, content)
    if name in present:
        raise ValidationException(texts.INDEX_NAME_REPEATED, name=name)
    return name


def read_index_name(member: str, content: Any) -> str:
    name = content.get("IndexName") if isinstance(content, dict) else None
    if not isinstance(name, str):
        raise ValidationException(texts.INDEX_NAME_NEEDED, member=member)
    return name


def check_index_name(table: str, name: str, separator: int = _GLOBAL_SEPARATOR) -> None:
    """rule: index-name-length."""
    if len(name.encode()) < limits.TABLE_NAME_MIN:
        raise ValidationException(texts.INDEX_NAME_SHORT)
    if not NAME.fullmatch(name):
        raise ValidationException(texts.INDEX_NAME_PATTERN, name=name)
    most = _INDEX_FILE_NAME - separator
    if len(table) + len(name) > most:
        raise ValidationException(texts.INDEX_NAME_LENGTH, table=table, index=name, most=most)


def _local_keys(content: Any, table_keys: AlternatorKeySchema, definitions: Definitions) -> AlternatorKeySchema:
    """rule: local-index-errors (recorded ct-lsi-no-range, -other-hash, -no-sort, -sort-is-hash)."""
    if not table_keys.sort:
        raise ValidationException(texts.LOCAL_INDEX_WITHOUT_RANGE)
    names = read_key_names(content)
    if names[0] != table_keys.partition[0].name:
        raise ValidationException(texts.LOCAL_INDEX_HASH)
    if len(names) == 1:
        raise ValidationException(texts.LOCAL_INDEX_SORT)
    if names[1] == names[0]:
        raise ValidationException(texts.LOCAL_INDEX_SORT_IS_HASH)
    return definitions.key_schema(names)


# --- settings ---------------------------------------------------------------------------------------------


def check_billing_mode(body: JSONObject) -> None:
    """It must be right, and does nothing (rules: billing-mode-ignored, throughput-unchecked)."""
    mode = string_attribute(body, "BillingMode", "PROVISIONED")
    match mode, "ProvisionedThroughput" in body:
        case ("PAY_PER_REQUEST", True):
            raise ValidationException(texts.ON_DEMAND_WITH_THROUGHPUT)
        case ("PROVISIONED", False):
            raise ValidationException(texts.PROVISIONED_WITHOUT_THROUGHPUT)
        case ("PAY_PER_REQUEST" | "PROVISIONED", _):
            pass
        case _:
            raise ValidationException(texts.BILLING_MODE_UNKNOWN)


def refuse_encryption(body: JSONObject) -> None:
    """What is no object is not looked at (rule: encryption)."""
    specification = body.get("SSESpecification")
    if not isinstance(specification, dict):
        return
    enabled = specification.get("Enabled")
    if not isinstance(enabled, bool):
        raise ValidationException(texts.ENCRYPTION_WITHOUT_ENABLED)
    if enabled:
        raise ValidationException(texts.ENCRYPTION_ENABLED)


@dataclass(frozen=True, slots=True)
class StreamChange:
    """What StreamSpecification asks for. `view_type` counts only where it is enabled."""

    enabled: bool
    view_type: str


def read_stream(body: JSONObject) -> StreamChange | None:
    """None where nothing is asked for; what is no object is not looked at (rule: stream-view-type-default)."""
    specification = body.get("StreamSpecification")
    if not isinstance(specification, dict):
        return None
    enabled = specification.get("StreamEnabled")
    if not isinstance(enabled, bool):
        raise ValidationException(texts.STREAM_WITHOUT_ENABLED)
    view_type = specification.get("StreamViewType", View.KEYS_ONLY)
    if enabled and view_type not in [*View]:
        raise ValidationException(texts.MALFORMED, name="StreamViewType", value=printed(view_type))
    return StreamChange(enabled, view_type if enabled else View.KEYS_ONLY)
