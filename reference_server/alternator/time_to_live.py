"""UpdateTimeToLive and DescribeTimeToLive (dossier 6). What they set takes effect at once, and may be set again.

rules: ttl-twice, ttl-disable-other, ttl-changes, ttl-status, ttl-missing-members.
"""

from __future__ import annotations

from typing import Any, Final

from reference_server.alternator import texts
from reference_server.alternator.request import JSONObject, Request
from reference_server.alternator.tables import table_of
from reference_server.alternator.tag_store import TIME_TO_LIVE, Tags
from reference_server.errors import ValidationException
from reference_server.tables.catalogue import Catalogue

_ATTRIBUTE_NAME_BYTES: Final = 255


def update_time_to_live(catalogue: Catalogue, request: Request) -> JSONObject:
    table = table_of(catalogue, request)
    specification = request.body.get("TimeToLiveSpecification")
    enabled, attribute = _read(specification)
    store = catalogue.part(Tags)
    tags = dict(store.of(table))
    present = tags.get(TIME_TO_LIVE)
    if enabled:
        if present is not None:
            raise ValidationException(texts.TIME_TO_LIVE_ENABLED)
        tags[TIME_TO_LIVE] = attribute
    else:
        if present is None:
            raise ValidationException(texts.TIME_TO_LIVE_DISABLED)
        if present != attribute:
            raise ValidationException(texts.TIME_TO_LIVE_OTHER_ATTRIBUTE, asked=attribute, enabled=present)
        del tags[TIME_TO_LIVE]
    store.replace(table, tags)
    return {"TimeToLiveSpecification": specification}


def _read(specification: Any) -> tuple[bool, str]:
    if not isinstance(specification, dict):
        raise ValidationException(texts.TIME_TO_LIVE_MISSING)
    enabled, attribute = specification.get("Enabled"), specification.get("AttributeName")
    if not isinstance(enabled, bool):
        raise ValidationException(texts.TIME_TO_LIVE_WITHOUT_ENABLED)
    if not isinstance(attribute, str):
        raise ValidationException(texts.TIME_TO_LIVE_WITHOUT_ATTRIBUTE)
    if not 1 <= len(attribute.encode()) <= _ATTRIBUTE_NAME_BYTES:
        raise ValidationException(texts.TIME_TO_LIVE_ATTRIBUTE_LENGTH, most=_ATTRIBUTE_NAME_BYTES)
    return enabled, attribute


def describe_time_to_live(catalogue: Catalogue, request: Request) -> JSONObject:
    attribute = catalogue.part(Tags).of(table_of(catalogue, request)).get(TIME_TO_LIVE)
    described = {"TimeToLiveStatus": "DISABLED" if attribute is None else "ENABLED"}
    if attribute is not None:
        described["AttributeName"] = attribute
    return {"TimeToLiveDescription": described}
