"""A request broken anywhere is refused, or served, and is never the server's fault (see `broken_requests.py`)."""

from __future__ import annotations

import pytest
from broken_requests import LEVELS, run

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
