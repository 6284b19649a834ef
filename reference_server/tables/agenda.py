"""What is to happen later: each action with the time at which it is due.

Nothing runs in the background. Before a request is looked at, everything that has become due happens, in order of its
time; so nobody can see that it did not happen when it was due, and a manual clock needs no waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from reference_server.clock import Clock

# Gets the time at which it was due, in epoch seconds. It may enter further actions.
Action: TypeAlias = Callable[[float], None]


class Agenda:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._entries: list[tuple[float, int, Action]] = []
        self._order = count()

    def enter(self, due: float, action: Action) -> None:
        """`due` is in epoch seconds. Actions of one time happen in the order in which they were entered."""
        heappush(self._entries, (due, next(self._order), action))

    def settle(self) -> None:
        """Carry out what is due by now."""
        entries = self._entries
        if not entries or entries[0][0] > (now := self.clock()):
            return
        while entries and entries[0][0] <= now:
            due, _, action = heappop(entries)
            action(due)
