"""TagResource, UntagResource and ListTagsOfResource (dossier 6). Changes answer nothing (rule: tag-empty-reply)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from reference_server import limits
from reference_server.alternator import isolation, texts
from reference_server.alternator.edition import Edition
from reference_server.alternator.request import JSONObject, Request
from reference_server.alternator.table_descriptions import table_arn
from reference_server.alternator.tag_store import Tags
from reference_server.errors import AccessDeniedException, ResourceNotFoundException, ValidationException
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.table import Table

_KEY_BYTES: Final = 128
_VALUE_BYTES: Final = 256
# Of ASCII: whatever else a text has is bytes that are no letters (recorded tag-key-at, tag-key-chars).
_TEXT: Final = re.compile(r"[a-zA-Z0-9\s+\-=._:/]*", re.ASCII)

_SYSTEM: Final = "system:"
# What a client may set of them, where it is not all (dossier 6, "system:* keys").
_SETTABLE: Final = frozenset({isolation.TAG, "system:initial_tablets"})


def tag_resource(catalogue: Catalogue, request: Request) -> None:
    table = _table(catalogue, request)
    tags = request.body.get("Tags")
    if not isinstance(tags, list):
        raise ValidationException(texts.TAGS_UNREADABLE)
    if not tags:
        raise ValidationException(texts.TAGS_NONE)
    store = catalogue.part(Tags)
    store.replace(table, check(request.edition, tags, store.of(table)))


def untag_resource(catalogue: Catalogue, request: Request) -> None:
    """Keys that the table does not have are no error (recorded tag-untag)."""
    table = _table(catalogue, request)
    keys = request.body.get("TagKeys")
    if not isinstance(keys, list):
        raise ValidationException(texts.TAG_KEYS_UNREADABLE)
    store = catalogue.part(Tags)
    left = dict(store.of(table))
    for key in keys:
        if not isinstance(key, str):
            raise ValidationException(texts.TAG_KEY_NO_STRING)
        _refuse_reserved(request.edition, key)
        left.pop(key, None)
    store.replace(table, left)


def list_tags_of_resource(catalogue: Catalogue, request: Request) -> JSONObject:
    """All at once, in the order of their keys (rule: tag-pages)."""
    tags = catalogue.part(Tags).of(_table(catalogue, request))
    return {
        "Tags": [
            {"Key": key, "Value": value}
            for key, value in sorted(tags.items())
            if not _is_reserved(request.edition, key)
        ]
    }


def check(edition: Edition, tags: list[Any], present: Mapping[str, str]) -> dict[str, str]:
    """The tags that there will be. Of a key that stands twice the last value counts (recorded ct-tags-duplicate).

    Raises ValidationException (rules: tag-rules, tag-characters, system-tags).
    """
    together = dict(present)
    for tag in tags:
        key, value = _read(tag)
        if not key:
            raise ValidationException(texts.TAG_KEY_EMPTY)
        _check_text("Key", key, _KEY_BYTES)
        _refuse_reserved(edition, key)
        _check_text("Value", value, _VALUE_BYTES)
        together[key] = value
    if len(together) > limits.TAGS:
        raise ValidationException(texts.TAGS_TOO_MANY)
    for key, value in together.items():
        isolation.check_tag(key, value)
    return together


def _read(tag: Any) -> tuple[str, str]:
    if not isinstance(tag, dict):
        raise ValidationException(texts.TAG_NO_OBJECT)
    key, value = tag.get("Key"), tag.get("Value")
    if not isinstance(key, str) or not isinstance(value, str):
        raise ValidationException(texts.TAG_INCOMPLETE)
    return key, value


def _check_text(member: str, text: str, most: int) -> None:
    if len(text.encode()) > most:
        raise ValidationException(texts.TAG_TEXT_LENGTH, member=member, most=most)
    if not _TEXT.fullmatch(text):
        raise ValidationException(texts.TAG_TEXT_CHARACTERS, member=member)


def _refuse_reserved(edition: Edition, key: str) -> None:
    if _is_reserved(edition, key):
        raise ValidationException(texts.TAG_RESERVED, key=key)


def _is_reserved(edition: Edition, key: str) -> bool:
    return edition.reserves_system_tags and key.startswith(_SYSTEM) and key not in _SETTABLE


def _table(catalogue: Catalogue, request: Request) -> Table:
    """The table that ResourceArn names, if it is written as DescribeTable writes it.

    rules: tag-arn-missing, tag-arn-wrong, tag-table-missing.

    What the later source says to an ARN that begins as one and goes on as none is not known: that it is not found.
    """
    arn = request.body.get("ResourceArn")
    if not isinstance(arn, str):
        raise AccessDeniedException(texts.RESOURCE_INCORRECT)
    table = catalogue.find(arn.rpartition("/")[2])
    if table is not None and arn == table_arn(table):
        return table
    if not request.edition.explains_arns:
        raise AccessDeniedException(texts.RESOURCE_INCORRECT)
    if not arn.startswith("arn:"):
        raise AccessDeniedException(texts.RESOURCE_NO_ARN, arn=arn)
    raise ResourceNotFoundException(texts.RESOURCE_NOT_FOUND, arn=arn)
