"""The time for servers in process: that at which each request was captured.

So what depends on it comes out as it did: items that expire in an hour are still there when a capture of last week is
replayed, and states and stream records are as old as they were.
"""

from __future__ import annotations

import time


class CapturedClock:
    """Goes to where it is told, and never back. Before the first time, and without any, it is now."""

    def __init__(self) -> None:
        self._at: float | None = None

    def __call__(self) -> float:
        return time.time() if self._at is None else self._at

    def go_to(self, at: float) -> None:
        """`at` in epoch seconds; 0 where it is not known: then the clock stands."""
        if at > 0:
            self._at = max(self._at or 0.0, at)
