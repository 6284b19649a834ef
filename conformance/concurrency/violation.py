"""A violation of a guarantee: its name, what happened in a sentence, and why it cannot be, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from conformance.concurrency.history import Operation

# What each name means. Those with a G are Adya's (Weak Consistency, MIT 1999), as Elle spells them; `-realtime` is
# added where the clock, too, is needed to close the cycle.
MEANINGS: Final[Mapping[str, str]] = {
    "G0": "dirty write: writes of two transactions lie over each other",
    "G1a": "aborted read: somebody saw what was refused",
    "G1c": "circular information flow: each saw what the other wrote",
    "G-single": "read skew: one saw a part of what the other wrote, and not the rest",
    "G2-item": "write skew: each decided on what the other was about to change",
    "G0-realtime": "writes lie in another order than they took place",
    "G1c-realtime": "somebody saw a write before it was asked for",
    "G-single-realtime": "stale read: what had been acknowledged was not there",
    "G2-item-realtime": "no order of the operations fits both what they saw and when they took place",
    "lost update": "two writes were made from the same version (P4)",
    "lost write": "what was acknowledged is nowhere to be found",
    "phantom value": "somebody saw what nobody wrote",
    "applied twice": "one request had its effect twice",
    "not linearizable": "no order of one item's operations explains their answers",
    "wrong count": "a counter says another number than there were increments",
    "wrong sum": "money was made or lost",
    "torn item": "half of one write, half of another, in one item",
    "half a transaction": "a part of a transaction is there, and the rest is not",
    "wrong refusal": "a condition failed though the item that came with the refusal meets it",
    "no convergence": "an index did not come to show its table",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """`steps` lead round the cycle, where there is one; `operations` are those that it takes, and no others.

    `times` counts what else was found under the same name; the one that is told is the smallest.
    """

    name: str
    sentence: str
    operations: tuple[Operation, ...]
    steps: tuple[str, ...] = ()
    arrows: tuple[tuple[int, int, str], ...] = ()  # from operation number to operation number, and why
    times: int = 1

    @classmethod
    def of(cls, name: str, sentence: str, operations: Iterable[Operation]) -> Violation:
        distinct = {operation.number: operation for operation in operations}
        return cls(name, sentence, tuple(distinct[number] for number in sorted(distinct)))

    @property
    def meaning(self) -> str:
        return MEANINGS[self.name]
