"""TagResource, UntagResource and ListTagsOfResource (control-plane 10)."""

from __future__ import annotations

from typing import Any

from reference_server import limits, messages
from reference_server.errors import ValidationException
from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.tags import Tags


def tag_resource(catalogue: Catalogue, request: shapes.TagResourceInput) -> None:
    # PARAMETERS
    if not request.Tags:
        raise ValidationException(messages.TAGS_EMPTY)
    tags = catalogue.part(Tags)
    # TABLE
    table = tags.changeable(request.ResourceArn, messages.TAGGED_NOT_FOUND)
    # WRITE
    tags.put(table, request.Tags)
    # RESPONSE
    return  # no bytes at all


def untag_resource(catalogue: Catalogue, request: shapes.UntagResourceInput) -> None:
    # PARAMETERS
    if not request.TagKeys:
        raise ValidationException(messages.TAG_KEYS_EMPTY)
    tags = catalogue.part(Tags)
    # TABLE
    table = tags.changeable(request.ResourceArn, messages.TABLE_NOT_FOUND)
    # WRITE
    tags.remove(table, request.TagKeys)
    # RESPONSE
    return  # no bytes at all


def list_tags_of_resource(catalogue: Catalogue, request: shapes.ListTagsOfResourceInput) -> dict[str, Any]:
    # TABLE
    tags = catalogue.part(Tags)
    table = tags.table_of(request.ResourceArn, messages.TAGGED_NOT_FOUND)
    # READ
    entries = sorted(tags.of(table).items())
    # A token is the last key of the page before, as it stands: tags may change between pages.
    behind = [entry for entry in entries if request.NextToken is None or entry[0] > request.NextToken]
    page, more = behind[: limits.TAGS_PAGE], len(behind) > limits.TAGS_PAGE
    # RESPONSE
    reply: dict[str, Any] = {"Tags": [{"Key": key, "Value": value} for key, value in page]}
    if more:
        reply["NextToken"] = page[-1][0]
    return reply
