"""What lies between a request's bytes and an operation, and between its reply and bytes: one protocol a dialect.

The server knows a protocol and nothing of what it says: which paths are answered, which operations are served, how a
request is read, how a refusal is rendered. `wire/aws.py` is DynamoDB's; `alternator/protocol.py` Alternator's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from reference_server.errors import DynamoDBError
from reference_server.operations.registry import Handler
from reference_server.wire.authentication import Scope
from reference_server.wire.replies import Response


class Protocol(ABC):
    """The steps of one request, in the order in which the server takes them. Names in `headers` are in lower case."""

    def __init__(self, operations: Mapping[str, Handler]) -> None:
        self.operations = operations

    @abstractmethod
    def inflate(self, headers: Mapping[str, str], body: bytes) -> bytes:
        """The body without its compression; what cannot be inflated stays, to be refused later."""

    @abstractmethod
    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response | None:
        """The answer to whatever is not a request of the API; None for a request of the API."""

    @abstractmethod
    def admit(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[str, Scope]:
        """The operation that a request of the API asks for, and in whose name. Raises DynamoDBError."""

    @abstractmethod
    def read(self, operation: str, headers: Mapping[str, str], body: bytes) -> Any:
        """The request as the operation's handler takes it. Raises DynamoDBError."""

    @abstractmethod
    def success(self, headers: Mapping[str, str], operation: str, reply: Mapping[str, Any] | None) -> Response:
        """A handler's reply."""

    @abstractmethod
    def refusal(self, headers: Mapping[str, str], operation: str | None, error: DynamoDBError) -> Response:
        """An error; `operation` is None where it was raised before it was known which."""
