"""Keys held against the schema: of items to be stored, of Key parameters, of index keys (data-plane 2.3)."""

from __future__ import annotations

from reference_server import limits, messages, sizes
from reference_server.attribute import AttributeValue, Item, datatype
from reference_server.errors import ValidationException
from reference_server.messages import Message
from reference_server.tables.schema import IndexSchema, KeyAttribute, KeySchema, TableSchema

# What an empty key value is called in the texts. A number is never empty.
_EMPTY_KINDS = {"S": "string", "B": "binary"}


def check_item(schema: TableSchema, item: Item) -> None:
    """An item to be stored: it has the table's key, and index keys, where it has them, are of their types.

    Raises ValidationException. One attribute after the other, the partition key first: present, type, empty, size.
    """
    for attribute in schema.keys.attributes:
        value = item.get(attribute.name)
        if value is None:
            raise ValidationException(messages.KEY_MISSING, name=attribute.name)
        if attribute.type not in value:
            raise ValidationException(
                messages.KEY_TYPE, name=attribute.name, expected=attribute.type, actual=datatype(value)
            )
        _check_value(schema.keys, attribute, value)
    _check_index_keys(schema, item)


def _check_index_keys(schema: TableSchema, item: Item) -> None:
    """The index keys among an item's attributes: type, then empty, then size.

    Where several indexes share an attribute, the first is named: global ones before local ones, as declared
    (data-plane 2.3, thin).
    """
    for index in schema.indexes.values():
        for attribute in index.keys.attributes:
            value = item.get(attribute.name)
            if value is None:
                continue
            refuse_index_key_type(index, attribute, value)
            kind = empty_kind(value)
            if kind is not None:
                raise ValidationException(messages.INDEX_KEY_EMPTY, kind=kind, index=index.name, name=attribute.name)
            too_long = excess(index.keys, attribute, value)
            if too_long is not None:
                raise ValidationException(too_long)


def refuse_index_key_type(index: IndexSchema, attribute: KeyAttribute, value: AttributeValue) -> None:
    """Raises ValidationException for a value that the index's key attribute cannot have."""
    if attribute.type not in value:
        raise ValidationException(
            messages.INDEX_KEY_TYPE,
            name=attribute.name,
            expected=attribute.type,
            actual=datatype(value),
            index=index.name,
        )


def check_key(keys: KeySchema, key: Item) -> None:
    """A Key parameter: exactly the attributes of the schema, of their types, not empty, not too long."""
    if len(key) != len(keys.names):
        raise ValidationException(messages.KEY_SCHEMA_MISMATCH)
    for attribute in keys.attributes:
        value = key.get(attribute.name)
        if value is None or attribute.type not in value:
            raise ValidationException(messages.KEY_SCHEMA_MISMATCH)
        _check_value(keys, attribute, value)


def _check_value(keys: KeySchema, attribute: KeyAttribute, value: AttributeValue) -> None:
    kind = empty_kind(value)
    if kind is not None:
        raise ValidationException(messages.KEY_EMPTY, kind=kind, name=attribute.name)
    too_long = excess(keys, attribute, value)
    if too_long is not None:
        raise ValidationException(too_long)


def empty_kind(value: AttributeValue) -> str | None:
    """`string` or `binary` for a value of that type that is empty; None for any other."""
    for name, content in value.items():
        return None if content else _EMPTY_KINDS.get(name)
    return None


def excess(keys: KeySchema, attribute: KeyAttribute, value: AttributeValue) -> Message | None:
    """The text that refuses a key value as too long; None where it is not."""
    size = sizes.value_size(value)
    if size <= limits.SORT_KEY_BYTES:
        return None
    if attribute in keys.sort:
        return messages.SORT_KEY_SIZE
    return messages.PARTITION_KEY_SIZE if size > limits.PARTITION_KEY_BYTES else None
