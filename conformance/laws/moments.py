"""How a whole table was from moment to moment: what restores and exports are held against.

A scenario reads the whole table, its *states*, after each of its writes. No clock is trusted, the suite's or a
target's: a copy of the table is right if it is the table as it was at any of these moments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from conformance.laws.law import CannotJudgeError, Item, Observed, Probe
from conformance.laws.readings import Fault, row_faults

# These change no item.
_HARMLESS: Final = frozenset({"Scan", "DescribeTable", "DescribeExport", "DescribeImport"})


def all_items(scan: Probe, table: str) -> list[Item]:
    """What a Scan of the whole table gave; it cannot be judged where it was none."""
    if scan.request != {"TableName": table, "ConsistentRead": True} or "LastEvaluatedKey" in scan.body:
        raise CannotJudgeError("a table was not read as a whole")
    return scan.items()


def refuse_meddling(observed: Observed, first: Probe, second: Probe) -> None:
    """They come in this order, and nothing between them that could change an item, or it cannot be judged."""
    if second.index < first.index or any(_writes_between(observed, first, second)):
        raise CannotJudgeError("something happened between the reads and what they are to show")


def states_between(observed: Observed, first: Probe, last: Probe) -> list[Probe]:
    """Reads that show the table at every moment between two steps: of the table, one for each that it was."""
    states = [state for state in observed.probes("state") if first.index < state.index < last.index]
    read = {state.index for state in states}
    # Written to twice between two reads, or after the last one, or before the first, it was as nobody saw it.
    if not states or any(one.index + 1 not in read for one in _writes_between(observed, first, last)):
        raise CannotJudgeError("how the table was at every moment is not known")
    return states


def unlike_any(
    states: Sequence[Probe], table: str, rows: Sequence[Item], key: Sequence[str]
) -> tuple[Probe, Fault] | None:
    """How the rows differ from the last of the states; None where they are one of them."""
    found = [next(row_faults(all_items(state, table), rows, key), None) for state in states]
    fault = found[-1]
    return None if fault is None or None in found else (states[-1], fault)


def _writes_between(observed: Observed, first: Probe, last: Probe) -> Iterator[Probe]:
    return (
        one for one in observed.steps() if first.index < one.index < last.index and one.step.operation not in _HARMLESS
    )
