"""What the options of commands are made of: times, layers, dialects, selections of cases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.commands.status import Unusable

if TYPE_CHECKING:
    from conformance.divergence import Layer
    from conformance.scenario import Scenario
    from reference_server.protocols import AnyDialect

_DURATION = re.compile(r"(?P<count>\d+(?:\.\d+)?)(?P<unit>s|m|h)?")
_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}


def duration(text: str) -> float:
    """`90`, `90s`, `10m`, `1h` in seconds."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"{text!r} is no time: write 60s, 10m or 1h")
    return float(match["count"]) * _UNITS[match["unit"]]


def dialect_named(name: str) -> AnyDialect:
    from reference_server.protocols import UnknownDialect, named

    try:
        return named(name)
    except UnknownDialect as error:
        raise Unusable(str(error)) from None


def load(paths: Sequence[Path]) -> tuple[Scenario, ...]:
    from conformance.cases import case_files, load_cases

    for path in paths:
        if not path.exists():
            raise Unusable(f"{path}: there is no such file or folder: --cases names files or folders of cases")
    return load_cases(paths or case_files())


def select(
    cases: Sequence[Scenario], features: Sequence[str], operations: Sequence[str], keyword: str
) -> tuple[Scenario, ...]:
    known = {case.feature for case in cases}
    for name in features:
        if name not in known:
            raise Unusable(f"no case has the feature {name!r}: there are {', '.join(sorted(known))}")
    return tuple(
        case
        for case in cases
        if (not features or case.feature in features)
        and (not operations or not case.operations.isdisjoint(operations))
        and keyword in case.id
    )


def generated_operations(features: Sequence[str], operations: Sequence[str]) -> frozenset[str]:
    """The operations to generate: the ones asked for, the ones that the features are called after, or all."""
    from conformance.scenario import feature_of
    from conformance.strategies.scenarios import ALL_OPERATIONS

    unknown = set(operations) - ALL_OPERATIONS
    if unknown:
        raise Unusable(f"no operation {', '.join(sorted(unknown))}: there are {', '.join(sorted(ALL_OPERATIONS))}")
    if operations:
        return frozenset(operations)
    if features:
        return frozenset(name for name in ALL_OPERATIONS if feature_of(name) in features)
    return ALL_OPERATIONS


def layers_named(text: str) -> tuple[Layer, ...]:
    from conformance.divergence import Layer

    if not text:
        return tuple(Layer)
    try:
        return tuple(Layer(name.strip()) for name in text.split(","))
    except ValueError:
        raise Unusable(f"--layers {text!r}: there are {', '.join(Layer)}") from None


def shard_of(text: str) -> tuple[int, int]:
    """`2/4` as (2, 4): the second of four parts."""
    part, slash, parts = text.partition("/")
    if not (slash and part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise Unusable(f"--shard {text!r}: write I/N, the part of the parts: 2/4")
    return int(part), int(parts)
