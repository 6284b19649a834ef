"""What a fault is: a sentence, a patch, and a witness that shows it through the API."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum

from conformance.scenario import Scenario
from tests.engine.patch import Patch, applied


class Area(StrEnum):
    BOUNDARIES = "boundaries"
    NUMBERS = "numbers"
    ORDER = "order"
    PAGES = "pages"
    INDEXES = "indexes"
    UPDATES = "updates"
    CONDITIONS = "conditions"
    PROJECTIONS = "projections"
    RETURN_VALUES = "return values"
    SIZES_AND_CAPACITY = "sizes and capacity"
    TRANSACTIONS = "transactions"
    BATCHES = "batches"
    LEGACY = "legacy parameters"
    REFUSALS = "refusals"
    TABLES = "tables"
    STREAMS = "streams and expiry"


class Difficulty(StrEnum):
    """How much has to come together before the fault shows, as judged when it was written."""

    EASY = "easy"  # one parameter, or one usual circumstance
    MEDIUM = "medium"  # two circumstances at once
    RARE = "rare"  # a boundary value, or three circumstances


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which the server is wrong. All that is not in `sentence` stays right.

    `notice` is how an application would come to know. `witness` is the smallest scenario that shows the fault, written
    by hand: it proves that the fault can be seen at all, and is never shown to a generator.
    """

    id: str
    area: Area
    difficulty: Difficulty
    sentence: str
    notice: str
    patches: tuple[Patch, ...]
    witness: Scenario

    def applied(self) -> AbstractContextManager[None]:
        """The reference server with this fault, in this process."""
        return applied(self.patches)
