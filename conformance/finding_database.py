"""What was found, for other machines and for the next run: scenarios in an example database of Hypothesis.

A directory serves one machine, or several that mount it; a Redis serves any number of them. A campaign replays what
is in the database first, so a fault that somebody else has found and minimised is known from the start, and all
generate round it. Scenarios are stored by the target that they were found on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase

from conformance.scenario import Scenario
from conformance.scenario_json import scenario_as_json, scenario_from_json

# A campaign may pause for longer than the week that Hypothesis keeps an example.
KEPT_FOR = timedelta(days=3650)
# A version of the stored form: what is stored under another is not seen.
_KEY = "touchstone-findings-1"


class DatabaseError(Exception):
    """The database cannot be used. One line: what, where, what to do."""


class FindingDatabase:
    """`address` is a directory, or `redis://host:port/number`."""

    def __init__(self, address: str) -> None:
        self._database = _open(address)
        self._seen: set[bytes] = set()

    def save(self, target: str, scenario: Scenario) -> None:
        stored = json.dumps(scenario_as_json(scenario), sort_keys=True).encode("ascii")
        self._seen.add(stored)
        self._database.save(_key(target), stored)

    def fetch(self, targets: Sequence[str]) -> Iterator[Scenario]:
        """The scenarios for any of these targets that were not given or saved here before."""
        for target in targets:
            for stored in sorted(self._database.fetch(_key(target))):
                if stored not in self._seen:
                    self._seen.add(stored)
                    yield scenario_from_json(json.loads(stored))


def _key(target: str) -> bytes:
    return f"{_KEY}:{target}".encode()


def _open(address: str) -> ExampleDatabase:
    if not address.startswith(("redis://", "rediss://", "unix://")):
        path = Path(address)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"--database {address}: {error.strerror or error}") from None
        return DirectoryBasedExampleDatabase(path)
    try:
        from hypothesis.extra.redis import RedisExampleDatabase
        from redis import Redis
        from redis.exceptions import RedisError
    except ImportError:
        raise DatabaseError(f"--database {address}: needs redis: pip install 'dynamodb-touchstone[redis]'") from None
    try:
        connection = Redis.from_url(address)
        connection.ping()
    except (RedisError, ValueError) as error:
        raise DatabaseError(f"--database {address}: no Redis answers there: {error}") from None
    return RedisExampleDatabase(connection, expire_after=KEPT_FOR, key_prefix=b"touchstone:")
