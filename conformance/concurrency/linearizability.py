"""Is there an order of one item's operations that explains all their answers?

Each operation must seem to take place at one moment between its two times. The search is Wing and Gong's (1993) with
Lowe's memory (2017): an operation can be next if none that is still to come was over before it was asked; a set of
operations done and the state that they left is looked into once. Items are independent of each other, so each is
searched alone. An operation of unknown fate may take place at any time after it was asked, or never.

A budget bounds the search, and running out of it is a third answer.

Where there is no order, `contradiction` tells why: the history is cut off after the first answer that no order
explains. Then operations are relaxed as far as there is still none: one that only observes is left out, one that writes
becomes of unknown fate. Neither can make an explicable history inexplicable, so what remains contradicts itself,
whatever the others did.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias

from conformance.concurrency.history import FOREVER, Fate, Operation

BUDGET: Final = 200_000  # of sets of operations and states looked into, for one item
RELAXING_BUDGET: Final = 5_000


class Impossible(StrEnum):
    """What a transition leads to where the answer does not fit the state."""

    IMPOSSIBLE = "impossible"


IMPOSSIBLE: Final = Impossible.IMPOSSIBLE
State: TypeAlias = Hashable
Transition: TypeAlias = Callable[[State], State]


class Answer(StrEnum):
    LINEARIZABLE = "linearizable"
    NOT_LINEARIZABLE = "not linearizable"
    UNDECIDED = "undecided"  # the budget ran out


@dataclass(frozen=True, slots=True)
class Call:
    """An operation on the item: its times, and the state that follows a state if it takes place there.

    `says` is what it did and what it was answered, in words. `required` is whether it has taken place for certain.
    """

    operation: Operation
    transition: Transition
    says: str
    invoked: float
    latest: float
    required: bool
    observes: bool  # it changes nothing


def call(operation: Operation, transition: Transition, says: str, *, observes: bool = False) -> Call:
    unknown = operation.fate is Fate.UNKNOWN
    return Call(operation, transition, says, operation.invoked, operation.latest, not unknown, observes)


# --- transitions --------------------------------------------------------------------------------------------


def finds(value: State) -> Transition:
    """A read, or a refusal that shows the item."""
    return lambda state: state if state == value else IMPOSSIBLE


def finds_other_than(value: State) -> Transition:
    """A condition on the value that failed, and nothing more is known."""
    return lambda state: IMPOSSIBLE if state == value else state


def writes(value: State) -> Transition:
    return lambda _state: value


def swaps(expected: State, value: State) -> Transition:
    """A write on the condition that the expected value is there."""
    return lambda state: value if state == expected else IMPOSSIBLE


def increases_to(value: int | None) -> Transition:
    """An increment by one; None where its reply does not tell the sum."""

    def transition(state: State) -> State:
        assert isinstance(state, int)
        return state + 1 if value is None or value == state + 1 else IMPOSSIBLE

    return transition


# --- the search ---------------------------------------------------------------------------------------------


def search(calls: Sequence[Call], initial: State, budget: int = BUDGET) -> Answer:
    calls = sorted(calls, key=lambda each: each.invoked)
    required = sum(1 << position for position, each in enumerate(calls) if each.required)
    visited: set[tuple[int, State]] = set()
    waiting: list[tuple[int, State]] = [(0, initial)]
    while waiting:
        done, state = waiting.pop()
        if done & required == required:
            return Answer.LINEARIZABLE
        if (done, state) in visited:
            continue
        if len(visited) >= budget:
            return Answer.UNDECIDED
        visited.add((done, state))
        following = []
        for position in _next(calls, done):
            after = calls[position].transition(state)
            # One that need not take place is of no use where it changes nothing.
            if after is not IMPOSSIBLE and (calls[position].required or after != state):
                following.append((calls[position].latest, position, after))
        # The last one is looked into first: what is required, and was over soonest.
        following.sort(key=lambda each: each[:2], reverse=True)
        waiting += [(done | 1 << position, after) for _, position, after in following]
    return Answer.NOT_LINEARIZABLE


def _next(calls: Sequence[Call], done: int) -> list[int]:
    """Positions of those that can be next: asked before any other that is still to come was over."""
    found: list[int] = []
    soonest = FOREVER
    position = (~done & (done + 1)).bit_length() - 1  # the first that is not done
    while position < len(calls) and calls[position].invoked <= soonest:
        if not done >> position & 1:
            found.append(position)
            soonest = min(soonest, calls[position].latest)
        position += 1
    return [position for position in found if calls[position].invoked <= soonest]


# --- why there is no order ----------------------------------------------------------------------------------


def contradiction(calls: Sequence[Call], initial: State) -> list[Call]:
    """The calls that cannot all be true; none of them can be relaxed (as far as the budget can tell).

    Only for calls of which the search says that they are not linearizable.
    """
    kept = _until_the_first_contradiction(calls, initial)
    width = max(1, len(kept) // 2)
    while True:
        position = 0
        while position < len(kept):
            part = kept[position : position + width]
            if any(_constrains(each) for each in part):
                trial = [*kept[:position], *_relaxed(part), *kept[position + width :]]
                if search(trial, initial, RELAXING_BUDGET) is Answer.NOT_LINEARIZABLE:
                    position += len(trial) - len(kept) + len(part)
                    kept = trial
                    continue
            position += width
        if width == 1:
            return [each for each in kept if _constrains(each)]
        width //= 2


def _until_the_first_contradiction(calls: Sequence[Call], initial: State) -> list[Call]:
    """The history until the earliest answer that no order explains. What is answered later is of unknown fate."""
    times = sorted({each.latest for each in calls if each.required})
    low, high = 0, len(times) - 1
    while low < high:
        middle = (low + high) // 2
        if search(_until(calls, times[middle]), initial) is Answer.NOT_LINEARIZABLE:
            high = middle
        else:
            low = middle + 1
    return _until(calls, times[high])


def _until(calls: Sequence[Call], time: float) -> list[Call]:
    found = []
    for each in calls:
        if each.latest <= time or not _constrains(each):
            found += [each] * (each.invoked <= time)
        elif each.invoked <= time:
            found += _relaxed([each])
    return found


def _relaxed(calls: Sequence[Call]) -> list[Call]:
    return [replace(each, required=False, latest=FOREVER) for each in calls if not each.observes]


def _constrains(one: Call) -> bool:
    return one.required or one.latest < FOREVER
