"""What time it is, for everything that has to do with time: epoch seconds, from a function that can be exchanged.

With a manual clock, hours pass in no time: what is due (states of tables, expiry of items, retention of streams,
tokens) happens when the clock is advanced past it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

# Gives epoch seconds.
Clock: TypeAlias = Callable[[], float]


class ManualClock:
    """A clock that stands still until it is told to go on. It never goes back."""

    def __init__(self, start: float | None = None) -> None:
        self._now = time.time() if start is None else start

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> float:
        """Raises ValueError for less than nothing, or what is no number."""
        if not 0 <= seconds < float("inf"):
            raise ValueError("a clock goes forward: seconds is a number, 0 or more")
        self._now += seconds
        return self._now
