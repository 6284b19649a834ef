"""Capacity units: what reads and writes cost, and how it is reported (data-plane 8; aws-2026, capacity)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reference_server import limits

if TYPE_CHECKING:  # a table counts its writes in these units
    from reference_server.tables.schema import IndexSchema
    from reference_server.tables.table import Table, Write


def write_units(before: int, after: int) -> int:
    """Units of a write that leaves `after` bytes where `before` bytes were: the larger counts, at least one."""
    return max(1, _rounded_up(max(before, after), limits.WRITE_UNIT_BYTES))


def read_units(size: int, *, consistent: bool) -> float:
    """Units of reading `size` bytes: reading nothing costs what the smallest item does (data-plane 8.2)."""
    units = max(1, _rounded_up(size, limits.READ_UNIT_BYTES))
    return float(units) if consistent else units / 2


def _rounded_up(size: int, unit: int) -> int:
    return -(-size // unit)


@dataclass(slots=True)
class Consumption:
    """What one request has consumed on one table and its indexes.

    A transaction tells of what kind the units are, in `units_member` beside each CapacityUnits (data-plane 8.1).
    """

    table_name: str
    units_member: str | None = None
    table: float = 0.0
    local_indexes: dict[str, float] = field(default_factory=dict)
    global_indexes: dict[str, float] = field(default_factory=dict)

    def add_write(self, table: Table, write: Write) -> None:
        """A transaction doubles the units of the table, and not those of indexes (data-plane 8.3, thin)."""
        self.table += write.table_units * (limits.TRANSACTION_UNITS if self.units_member else 1)
        for name, units in write.index_units.items():
            self.add_index(table.schema.indexes[name], units)

    def add_index(self, index: IndexSchema, units: float) -> None:
        group = self.global_indexes if index.is_global else self.local_indexes
        group[index.name] = group.get(index.name, 0.0) + units

    def add_to(self, reply: dict[str, Any], detail: str | None) -> dict[str, Any]:
        """Put the report into a reply, where ReturnConsumedCapacity `detail` asks for one; the reply is returned."""
        report = self.report(detail)
        if report is not None:
            reply["ConsumedCapacity"] = report
        return reply

    def report(self, detail: str | None) -> dict[str, Any] | None:
        """The ConsumedCapacity member for ReturnConsumedCapacity `detail`; None where none was asked for.

        TOTAL gives the sum alone, INDEXES the table and each index touched besides (data-plane 8.1).
        """
        if detail is None or detail == "NONE":
            return None
        total = self.table + sum(self.local_indexes.values()) + sum(self.global_indexes.values())
        report: dict[str, Any] = {"TableName": self.table_name, **self._entry(total)}
        if detail == "INDEXES":
            report["Table"] = self._entry(self.table)
            for member, group in (
                ("LocalSecondaryIndexes", self.local_indexes),
                ("GlobalSecondaryIndexes", self.global_indexes),
            ):
                if group:
                    report[member] = {name: self._entry(units) for name, units in group.items()}
        return report

    def _entry(self, units: float) -> dict[str, float]:
        entry = {"CapacityUnits": float(units)}
        if self.units_member is not None:
            entry[self.units_member] = float(units)
        return entry


def add_reports(reply: dict[str, Any], consumptions: Iterable[Consumption], detail: str | None) -> dict[str, Any]:
    """Put the reports of a batch or a transaction into a reply: a list, one entry a table (data-plane 8.1)."""
    reports = [report for consumption in consumptions if (report := consumption.report(detail)) is not None]
    if reports:
        reply["ConsumedCapacity"] = reports
    return reply
