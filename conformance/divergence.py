"""A divergence: where two answers to the same bytes differ, and what is known about it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Final, TypeAlias

from conformance.scenario import JSON, Evidence, Outcome, Reply, Scenario


class Missing(Enum):
    """What stands where there is no member: no JSON value can be mistaken for it."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "(missing)"

    __str__ = __repr__


MISSING: Final = Missing.MISSING


class Layer(StrEnum):
    """The layers in which replies are compared, gravest first.

    The first layer that differs is the one that is reported: where one target accepts and the other refuses,
    their bodies differ too, and that says nothing more.
    """

    OUTCOME = "outcome"  # accepted, refused, failed
    ERROR_TYPE = "error type"
    DATA = "data"
    MESSAGE = "message"
    CAPACITY = "capacity"


class Severity(StrEnum):
    """What a divergence does to an application, gravest first. `severity.py` says which one it is."""

    DATA = "data loss or wrong data"
    ACCEPTANCE = "wrong acceptance"
    REFUSAL = "wrong refusal"
    ERROR_TYPE = "wrong error type"
    MESSAGE = "wrong message"
    CAPACITY = "wrong capacity"


class Verdict(StrEnum):
    """What one case says of one target. The four are counted apart and never summed."""

    AGREE = "agree"
    DIVERGE = "diverge"
    UNSUPPORTED = "unsupported"  # the target says that it has not got the operation
    INDETERMINATE = "indeterminate"  # it did not answer, or could not be brought to where the case begins


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in one layer where two canonical replies differ.

    `path` is where (`Items[0].price`, empty for the layer as a whole), `expected` and `actual` what stands
    there; a missing member is `MISSING`. `kind` is the difference with everything incidental taken out (names,
    values, positions), so that the same fault found twice gives the same kind.
    """

    layer: Layer
    kind: str
    path: str = ""
    expected: JSON = None
    actual: JSON = None


@dataclass(frozen=True, slots=True)
class Signature:
    """The identity of a divergence: operation, layer, and the difference with everything incidental taken out."""

    target: str
    operation: str
    layer: Layer
    kind: str

    @property
    def key(self) -> str:
        """Twelve hexadecimal digits, stable between runs and machines."""
        text = "\n".join((self.target, self.operation, self.layer, self.kind))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(slots=True)
class Divergence:
    """A divergence as it is reported: merged over all its occurrences, with its smallest scenario.

    `step` is the index in `scenario.steps` of the step whose replies differ; `replies` has every target's reply
    to it, the baseline's included. `baseline` is the name of what the target is held against: a target's name,
    `case` where the expectation of a case is, or `law`: then `law` is that law's name, `scenario` has the law's own
    steps, and no other target was asked.

    A `flaky` one did not show again when the same scenario was replayed. `known` is the reason that the file of
    expectations gives for it, or that a rule does.
    """

    signature: Signature
    feature: str
    baseline: str
    scenario: Scenario
    step: int
    difference: Difference
    replies: dict[str, Reply] = field(default_factory=dict)
    evidence: Evidence | None = None
    occurrences: int = 1
    minimised: bool = False
    law: str = ""
    flaky: bool = False
    known: str = ""

    @property
    def target(self) -> str:
        return self.signature.target

    @property
    def title(self) -> str:
        return f"{self.signature.operation}: {self.signature.kind}"

    @property
    def is_silence(self) -> bool:
        """Whether the target did not answer: it may have been gone by then, whatever it was asked."""
        reply = self.replies.get(self.target)
        return reply is not None and reply.outcome is Outcome.NO_ANSWER


# Why a divergence is expected; empty where it is not.
Excuse: TypeAlias = Callable[[Divergence], str]


def not_excused(_: Divergence) -> str:
    return ""
