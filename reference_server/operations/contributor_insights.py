"""UpdateContributorInsights, DescribeContributorInsights and ListContributorInsights (control-plane 18)."""

from __future__ import annotations

import re
from typing import Any, Final

from reference_server import limits
from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.contributor_insights import ContributorInsights

# What a token of ours looks like; from any other a list begins anew.
_PLACE: Final = re.compile(r"[0-9]{1,9}")


def update_contributor_insights(catalogue: Catalogue, request: shapes.UpdateContributorInsightsInput) -> dict[str, Any]:
    # TABLE
    table = catalogue.describe(request.TableName)
    insights = catalogue.part(ContributorInsights)
    insights.check_index(table, request.IndexName)
    # WRITE
    enabled = request.ContributorInsightsAction == "ENABLE"
    insights.change(table, request.IndexName, enabled=enabled, mode=request.ContributorInsightsMode)
    # RESPONSE
    status = "ENABLING" if enabled else "DISABLING"
    return insights.summary(table, request.IndexName) | {"ContributorInsightsStatus": status}


def describe_contributor_insights(
    catalogue: Catalogue, request: shapes.DescribeContributorInsightsInput
) -> dict[str, Any]:
    # TABLE
    table = catalogue.describe(request.TableName)
    insights = catalogue.part(ContributorInsights)
    insights.check_index(table, request.IndexName)
    # RESPONSE
    return insights.describe(table, request.IndexName)


def list_contributor_insights(catalogue: Catalogue, request: shapes.ListContributorInsightsInput) -> dict[str, Any]:
    # TABLE
    tables = [catalogue.describe(request.TableName)] if request.TableName is not None else list(catalogue)
    # READ
    insights = catalogue.part(ContributorInsights)
    known = [(table, index) for table in tables for index in insights.known_of(table)]
    # A token is the place of the next one.
    token = request.NextToken or ""
    start = int(token) if _PLACE.fullmatch(token) else 0
    end = start + min(request.MaxResults or limits.LIST_INSIGHTS, limits.LIST_INSIGHTS)
    # RESPONSE
    reply: dict[str, Any] = {
        "ContributorInsightsSummaries": [insights.summary(table, index) for table, index in known[start:end]]
    }
    if end < len(known):
        reply["NextToken"] = str(end)
    return reply
