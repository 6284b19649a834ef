"""DescribeLimits and DescribeEndpoints (control-plane 11)."""

from __future__ import annotations

from typing import Any

from reference_server import limits
from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue


def describe_limits(_catalogue: Catalogue, _request: shapes.DescribeLimitsInput) -> dict[str, Any]:
    # RESPONSE
    return {
        "AccountMaxReadCapacityUnits": limits.ACCOUNT_UNITS,
        "AccountMaxWriteCapacityUnits": limits.ACCOUNT_UNITS,
        "TableMaxReadCapacityUnits": limits.TABLE_UNITS,
        "TableMaxWriteCapacityUnits": limits.TABLE_UNITS,
    }


def describe_endpoints(catalogue: Catalogue, _request: shapes.DescribeEndpointsRequest) -> dict[str, Any]:
    """The service's own name, as AWS tells it: a client that goes there by it has asked for endpoint discovery."""
    # RESPONSE
    address = f"dynamodb.{catalogue.region}.amazonaws.com"
    return {"Endpoints": [{"Address": address, "CachePeriodInMinutes": limits.ENDPOINT_MINUTES}]}
