"""Contributor insights: of which table or index they are wanted (control-plane 18).

AWS feeds rules of CloudWatch with them, and nothing in DynamoDB's own API tells what these find. So here it is kept
and told whether they are enabled, in which mode, and by which rules; keys are not counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from reference_server import messages
from reference_server.errors import ResourceNotFoundException
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.table import Table

ACCESSED_AND_THROTTLED: Final = "ACCESSED_AND_THROTTLED_KEYS"
# The rules of each mode: partition and sort keys, accessed (C) and throttled (T).
RULES: Final = {ACCESSED_AND_THROTTLED: ("PKC", "SKC", "PKT", "SKT"), "THROTTLED_KEYS": ("PKT", "SKT")}


@dataclass(slots=True)
class Insights:
    """`changed` is in epoch seconds."""

    enabled: bool
    mode: str
    changed: float


class ContributorInsights(Part):
    """Of each table, and each index, that was ever asked about."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._insights: dict[tuple[str, str | None], Insights] = {}  # by the table's id and the index's name

    @staticmethod
    def check_index(table: Table, index: str | None) -> None:
        if index is not None and index not in table.indexes:
            raise ResourceNotFoundException(messages.TABLE_NOT_FOUND)

    def change(self, table: Table, index: str | None, *, enabled: bool, mode: str | None) -> None:
        known = self._insights.get((table.id, index))
        mode = mode or (known.mode if known else ACCESSED_AND_THROTTLED)
        self._insights[table.id, index] = Insights(enabled, mode, self.catalogue.clock())

    def status(self, table: Table, index: str | None) -> str:
        """ENABLING and DISABLING last as long as other states do."""
        known = self._insights.get((table.id, index))
        if known is None:
            return "DISABLED"
        passing = self.catalogue.clock() < known.changed + self.catalogue.cloud.transition_seconds
        return ("ENABLING" if passing else "ENABLED") if known.enabled else ("DISABLING" if passing else "DISABLED")

    def summary(self, table: Table, index: str | None) -> dict[str, Any]:
        """What every reply about it tells."""
        known = self._insights.get((table.id, index))
        summary: dict[str, Any] = {"TableName": table.name}
        if index is not None:
            summary["IndexName"] = index
        summary["ContributorInsightsStatus"] = self.status(table, index)
        if known is not None and known.enabled:
            summary["ContributorInsightsMode"] = known.mode
        return summary

    def describe(self, table: Table, index: str | None) -> dict[str, Any]:
        known = self._insights.get((table.id, index))
        description = self.summary(table, index)
        if known is None:
            return description
        description["LastUpdateDateTime"] = round(known.changed, 3)
        if known.enabled:
            subject = table.name if index is None else f"{table.name}-{index}"
            suffix = hashlib.sha256(f"{table.id}{index}".encode()).hexdigest()[:13]
            description["ContributorInsightsRuleList"] = [
                f"DynamoDBContributorInsights-{rule}-{subject}-{suffix}" for rule in RULES[known.mode]
            ]
        return description

    def known_of(self, table: Table) -> Iterator[str | None]:
        """The table itself, and its indexes, as far as they were ever changed."""
        for id_, index in sorted(self._insights, key=lambda key: key[1] or ""):
            if id_ == table.id:
                yield index

    def table_dropped(self, table: Table) -> None:
        self._insights = {key: insights for key, insights in self._insights.items() if key[0] != table.id}
