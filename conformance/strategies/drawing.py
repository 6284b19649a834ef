"""Where choices come from.

All that strategies ask for is a number below a limit. So there are two sources: a seeded one, whose choices are even
and which costs next to nothing, and Hypothesis, which keeps an example database and can shrink. To tell
implementations apart on a budget the first is wanted: each option as often as it is meant to be, and no scenario twice.
Equal seeds give equal choices on every machine.

Choices that have a name can be *steered*: a source may favour some of their options (`generator.py` does, by what was
reached so far). All others are as likely as they are written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, Final, TypeAlias, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from conformance.scenario import JSONObject

T = TypeVar("T")

# By the name of a choice and of its option, how much it is favoured; NEUTRAL is as it stands.
Favour: TypeAlias = Mapping[str, Mapping[str, int]]
NEUTRAL: Final = 16
_EVEN: Final[Mapping[str, int]] = {}
_NOT_STEERED: Final[Favour] = {}


class Draw(ABC):
    """A source of choices."""

    favour: Favour = _NOT_STEERED
    # Names of near misses that are to be rare.
    avoided: frozenset[str] = frozenset()

    @abstractmethod
    def below(self, limit: int) -> int:
        """A number from 0 up to and without `limit`. 0 is the simplest."""


class SeededDraw(Draw):
    """Even choices from a seed: any text."""

    def __init__(self, seed: str, favour: Favour = _NOT_STEERED, avoided: frozenset[str] = frozenset()) -> None:
        # Seeded with a text, Random hashes it: seeds that look alike have nothing in common.
        self._next = Random(seed).random
        self.favour = favour
        self.avoided = avoided

    def below(self, limit: int) -> int:
        return int(self._next() * limit)


class HypothesisDraw(Draw):
    """Hypothesis's choices, which it records and shrinks."""

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def below(self, limit: int) -> int:
        return self._draw(_below(limit))


# Built once: what costs Hypothesis most is making a strategy, and a scenario makes hundreds of choices.
@cache
def _below(limit: int) -> SearchStrategy[int]:
    return st.integers(0, limit - 1)


def pick(draw: Draw, options: Sequence[T]) -> T:
    """One of the options, each as likely as any other."""
    return options[draw.below(len(options))]


def pick_some(draw: Draw, options: Sequence[T], least: int, most: int) -> list[T]:
    """Between `least` and `most` different options, in any order; all of them where there are fewer."""
    left = list(options)
    count = min(least + draw.below(most - least + 1), len(left))
    return [left.pop(draw.below(len(left))) for _ in range(count)]


def chance(draw: Draw, percent: int) -> bool:
    """True in `percent` of a hundred draws. False is the simpler."""
    return draw.below(100) >= 100 - percent


def draw_members(draw: Draw, /, **offered: tuple[int, tuple[Any, ...]]) -> JSONObject:
    """Optional members: each is offered as its chance in a hundred and its values."""
    return {name: pick(draw, values) for name, (percent, values) in offered.items() if chance(draw, percent)}


def choose(draw: Draw, choice: str, weights: Mapping[str, int]) -> str:
    """One of the options by its weight; what the source favours is more likely."""
    favour = draw.favour.get(choice, _EVEN)
    steered = [weight * favour.get(option, NEUTRAL) for option, weight in weights.items()]
    place = draw.below(sum(steered))
    for option, weight in zip(weights, steered, strict=True):
        place -= weight
        if place < 0:
            return option
    raise ValueError(f"nothing to choose from for {choice}")
