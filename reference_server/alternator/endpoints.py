"""DescribeEndpoints (rule: describe-endpoints): the client is told to come where it has come."""

from __future__ import annotations

from typing import Final

from reference_server.alternator import texts
from reference_server.alternator.request import JSONObject, Request
from reference_server.errors import ValidationException
from reference_server.tables.catalogue import Catalogue

_CACHE_MINUTES: Final = 1440


def describe_endpoints(_catalogue: Catalogue, request: Request) -> JSONObject:
    if not request.host:
        raise ValidationException(texts.HOST_MISSING)
    return {"Endpoints": [{"Address": request.host, "CachePeriodInMinutes": _CACHE_MINUTES}]}
