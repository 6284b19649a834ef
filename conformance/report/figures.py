"""Figures of a record that more than one of its renderings shows."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.scenario import JSONObject


def verdict(document: JSONObject) -> str:
    """What a run came to, in one sentence."""
    found = len(document["divergences"])
    cases = len(document["cases"]["judged"])
    operations = sum(generated_operations(document).values())
    if not cases and not operations:
        return "Nothing was asked yet" if "footer" not in document else "Nothing was asked"
    asked = " and ".join(
        part
        for part in (
            f"{cases:,} case{'s' * (cases != 1)}" if cases else "",
            f"{operations:,} generated operation{'s' * (operations != 1)}" if operations else "",
        )
        if part
    )
    if not found:
        return f"No divergence in {asked}"
    return f"{found:,} divergence{'s' * (found != 1)} in {asked}"


def generated_operations(document: JSONObject) -> dict[str, int]:
    """Generated operations by operation. In lockstep every target gets the same: the longest column counts."""
    counts: dict[str, int] = {}
    for by_target in document["generated"]["operations"].values():
        longest: Mapping[str, int] = max(by_target.values(), key=lambda column: sum(column.values()), default={})
        for operation, count in longest.items():
            counts[operation] = counts.get(operation, 0) + count
    return counts


def duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def column_totals(document: JSONObject) -> JSONObject:
    """The matrix's columns summed up: for each target a cell like those of the features."""
    columns = {
        target["name"]: [cells[target["name"]] for cells in document["features"].values()]
        for target in document["targets"]
    }
    return {
        name: {
            "passed": sum(cell["passed"] for cell in column),
            "diverged": [case for cell in column for case in cell["diverged"]],
            "operations": sum(cell["operations"] for cell in column),
            "divergences": [key for cell in column for key in cell["divergences"]],
        }
        for name, column in columns.items()
    }
