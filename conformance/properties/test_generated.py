"""Generated operations, byte for byte the same, are answered alike by the baseline and by the target."""

from __future__ import annotations

import pytest

from conformance.pytest_run import PytestRun
from conformance.strategies.scenarios import ALL_OPERATIONS


@pytest.mark.parametrize(
    "operation",
    [pytest.param(name, marks=pytest.mark.operation(name=name)) for name in sorted(ALL_OPERATIONS)],
)
def test_generated_operations(touchstone_run: PytestRun, touchstone_target: str, operation: str) -> None:
    if touchstone_target == touchstone_run.baseline:
        pytest.skip("the baseline is not held against itself")
    found = touchstone_run.compare(touchstone_target, {operation})
    if found:
        lines = [f"{divergence.signature.layer}: {divergence.title} ({divergence.occurrences})" for divergence in found]
        pytest.fail("\n".join([f"{len(found)} divergences:", *lines]), pytrace=False)
