"""The catalogue: every fault, by area.

To add one, write a `Fault` in the module of its area. `test_faults.py` then holds it to three things: its patch fits,
its witness shows it, and what everybody does every day is answered as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tests.engine.fault import Fault
from tests.engine.faults import (
    batches,
    boundaries,
    capacity,
    conditions,
    indexes,
    legacy,
    numbers,
    order,
    pages,
    projections,
    refusals,
    return_values,
    streams,
    tables,
    transactions,
    updates,
)

_AREAS: Final = (
    boundaries,
    numbers,
    order,
    pages,
    indexes,
    updates,
    conditions,
    projections,
    return_values,
    capacity,
    transactions,
    batches,
    legacy,
    refusals,
    tables,
    streams,
)

CATALOGUE: Final[Mapping[str, Fault]] = {fault.id: fault for area in _AREAS for fault in area.FAULTS}
