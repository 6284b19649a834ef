"""Near misses: a valid request with one thing wrong.

Each says to which requests it applies and how it spoils one. A request is wrong in one place only, so that what is
compared is one check and not the order of two. That it is refused is likely and not certain: an operand of another
type may be legal where it stands. To add one: a function that changes the request, decorated with the members or
operations to which it applies, in the module of its subject. `boundaries.py` has the limits: what is just legal, and
one more. What only the service model forbids is in `faults.py`, and is found there by itself.
"""

from __future__ import annotations

from conformance.strategies.near_misses import (
    expressions,
    items,
    legacy,
    replicas,
    requests,
    settings,
    streams,
    tables,
    transfers,
)
from conformance.strategies.near_misses.boundaries import BOUNDARIES, draw_boundary
from conformance.strategies.near_misses.registry import NEAR_MISSES, NearMiss, draw_near_miss

__all__ = [
    "BOUNDARIES",
    "NEAR_MISSES",
    "NearMiss",
    "draw_boundary",
    "draw_near_miss",
    "expressions",
    "items",
    "legacy",
    "replicas",
    "requests",
    "settings",
    "streams",
    "tables",
    "transfers",
]
