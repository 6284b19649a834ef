"""Drawing from a strategy by seed, evenly and without repetition.

Under `@given` Hypothesis looks for failures cleverly: it prefers small choices and the first of the options, and
builds many examples from pieces of earlier ones. To tell implementations apart on a budget the opposite is wanted:
each option as often as the strategy says, and no scenario twice. So the examples come from an alternative backend of
Hypothesis (its documentation, "Alternative backends") whose choices are uniform, from one seeded source: equal seeds
give equal examples on every machine.
"""

from __future__ import annotations

from random import Random
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, PrimitiveProvider
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
BACKEND = "touchstone-uniform"


class UniformProvider(PrimitiveProvider):
    """Uniform choices out of `random`, which `generate` seeds."""

    lifetime = "test_function"
    random: ClassVar[Random] = Random(0)

    def draw_boolean(self, p: float = 0.5) -> bool:
        return self.random.random() < p

    def draw_integer(
        self,
        min_value: int | None = None,
        max_value: int | None = None,
        *,
        weights: dict[int, float] | None = None,
        shrink_towards: int = 0,
    ) -> int:
        if weights:
            # What the weights leave of 1 goes to all integers alike.
            options: list[int | None] = [*weights, None]
            chosen = self.random.choices(options, [*weights.values(), max(0.0, 1 - sum(weights.values()))])[0]
            if chosen is not None:
                return chosen
        low = min_value if min_value is not None else (shrink_towards if max_value is None else max_value) - 2**32
        high = max_value if max_value is not None else low + 2**33
        return self.random.randint(low, high)

    def draw_float(self, *, min_value: float = -1e9, max_value: float = 1e9, **_constraints: Any) -> float:
        return self.random.uniform(max(min_value, -1e300), min(max_value, 1e300))

    def draw_string(self, intervals: Any, *, min_size: int = 0, max_size: int = 10**10) -> str:
        size = self.random.randint(min_size, min(max_size, min_size + 20))
        return "".join(chr(intervals[self.random.randrange(len(intervals))]) for _ in range(size))

    def draw_bytes(self, min_size: int = 0, max_size: int = 10**10) -> bytes:
        return self.random.randbytes(self.random.randint(min_size, min(max_size, min_size + 20)))


def generate(strategy: SearchStrategy[T], *, seed: int, count: int) -> list[T]:
    """`count` examples at most, fewer where Hypothesis discards some; equal for equal seeds."""
    AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{UniformProvider.__qualname__}"
    UniformProvider.random = Random(seed)
    drawn: list[T] = []

    # One more: the first example is always the simplest one that there is, and not ours.
    @settings(
        max_examples=count + 1,
        backend=BACKEND,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(example: T) -> None:
        drawn.append(example)

    draw()
    return drawn[1:]
