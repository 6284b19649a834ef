"""A request broken anywhere is refused, or served, and is never the server's fault (see `broken_requests.py`)."""

from __future__ import annotations

import pytest
from broken_requests import LEVELS, run

from conformance.commands.options import load

# Enough to meet each way of breaking often; `python tests/server/broken_requests.py` does more.
REQUESTS = 800


@pytest.mark.parametrize("level", LEVELS)
def test_whatever_is_broken_is_not_the_servers_fault(level: str) -> None:
    outcome = run(requests=REQUESTS, seed=3, levels=(level,))
    assert outcome.faults == []
    assert outcome.requests >= REQUESTS
    # It did break requests, and what it left whole was served.
    refused = sum(count for (of, error), count in outcome.answers.items() if of == level and error != "accepted")
    assert refused > REQUESTS / 5
    assert outcome.answers["whole", "accepted"] > REQUESTS / 10


@pytest.mark.parametrize("dialect", ["aws", "aws-2025", "alternator-6.2", "alternator-2026-streams"])
def test_nor_are_requests_of_the_cases(dialect: str) -> None:
    """They name what generated ones never do: backups, imports, policies, streams, replicas."""
    outcome = run(requests=REQUESTS, seed=5, dialect=dialect, corpus=load(()))
    # The one that Alternator has: a key beyond 64 KiB (rule key-size, recorded).
    faults = [body for _, _, body in outcome.faults if b"Key size too large" not in body or dialect.startswith("aws")]
    assert faults == []
    assert outcome.answers["whole", "accepted"] > REQUESTS / 10
