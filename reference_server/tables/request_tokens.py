"""ClientRequestToken: requests that have been carried out and are not to be again (data-plane 7.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reference_server import limits, messages
from reference_server.errors import IdempotentParameterMismatchException


@dataclass(frozen=True, slots=True)
class _Completion:
    digest: bytes
    time: float


class RequestTokens:
    """Tokens of completed requests, each with a digest of what was asked; one is held for ten minutes.

    A replay does not prolong that. TransactionInProgressException, which is about a request that is still running, does
    not occur: requests are carried out one at a time.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        # In the order of completion, so that the oldest are first.
        self._completions: dict[str, _Completion] = {}

    def is_replay(self, token: str, digest: bytes) -> bool:
        """Whether that has been done. Raises IdempotentParameterMismatchException where something else has."""
        self._forget_the_oldest()
        completion = self._completions.get(token)
        if completion is None:
            return False
        if completion.digest != digest:
            raise IdempotentParameterMismatchException(messages.TOKEN_OF_OTHER_REQUEST)
        return True

    def complete(self, token: str, digest: bytes) -> None:
        self._completions[token] = _Completion(digest, self._clock())

    def _forget_the_oldest(self) -> None:
        begin = self._clock() - limits.TOKEN_SECONDS
        expired = []
        for token, completion in self._completions.items():
            if completion.time > begin:
                break
            expired.append(token)
        for token in expired:
            del self._completions[token]
