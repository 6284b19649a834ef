"""Keys held against a table's schema (dossier 7, "Missing key" to "GSI key wrong type")."""

from __future__ import annotations

from typing import Any, Final

from reference_server.alternator import keys, texts, values
from reference_server.alternator.request import as_object, as_string, printed
from reference_server.attribute import AttributeValue, Item
from reference_server.errors import InternalServerError, ValidationException
from reference_server.tables.schema import KeyAttribute, TableSchema

# What the store takes a key to be at most, of which two bytes are its own (recorded put-key-65535; dossier 3).
_KEY_BYTES: Final = 65_535
_KEY_OVERHEAD: Final = 2


def read_key(schema: TableSchema, content: Any) -> Item:
    """A Key parameter: the key's attributes, and no others."""
    key = read_key_of(schema, content)
    if len(content) > len(key):
        raise ValidationException(texts.KEY_TOO_MANY)
    return key


def read_key_of(schema: TableSchema, content: Any) -> Item:
    """The key's attributes of an item or a Key, the partition key first. Raises ValidationException."""
    given = as_object(content)
    return {attribute.name: read_attribute(attribute, given) for attribute in schema.keys.attributes}


def read_attribute(attribute: KeyAttribute, given: Item) -> AttributeValue:
    if attribute.name not in given:
        raise ValidationException(texts.KEY_MISSING, name=attribute.name)
    return check_value(attribute, given[attribute.name])


def check_value(attribute: KeyAttribute, value: Any) -> AttributeValue:
    """A value that is to be a key, of the table or of an index. Raises ValidationException, InternalServerError."""
    if not isinstance(value, dict) or len(value) != 1:
        raise ValidationException(texts.KEY_MALFORMED, name=attribute.name, value=printed(value))
    ((datatype, content),) = value.items()
    if datatype != attribute.type:
        raise ValidationException(
            texts.KEY_TYPE, name=attribute.name, expected=attribute.type, actual=printed(datatype)
        )
    text = as_string(content)
    if datatype == "N":
        values.check_number(text)
    elif not text:
        raise ValidationException(texts.KEY_EMPTY, name=attribute.name)
    elif datatype == "B":
        values.check_binary(text)
    _refuse_size(value)
    return value


def _refuse_size(value: AttributeValue) -> None:
    """rule: key-size."""
    size = len(keys.raw_bytes(value)) + _KEY_OVERHEAD
    if size > _KEY_BYTES:
        exception = f"std::runtime_error (Key size too large: {size} > {_KEY_BYTES})"
        raise InternalServerError(texts.INTERNAL, exception=exception)


def check_item(schema: TableSchema, content: Any, caller: str) -> Item:
    """An item to be put, with its key and its other values looked at; `caller` opens the texts about these.

    The key comes first. An attribute that is the key of an index is held to its type as the table's own key is.
    """
    read_key_of(schema, content)
    item: Item = content
    for name, value in item.items():
        values.check(value, caller)
        values.check_storable(value)
        check_index_key(schema, name, value)
    return item


def check_index_key(schema: TableSchema, name: str, value: AttributeValue) -> None:
    """A value of an attribute that is the key of an index, if it is."""
    if name in schema.index_key_names and name not in schema.keys.types:
        check_value(KeyAttribute(name, schema.attribute_types[name]), value)
