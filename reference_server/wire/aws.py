"""DynamoDB's own protocol, in one of its wordings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reference_server.dialects import Dialect
from reference_server.errors import DynamoDBError
from reference_server.model.decoder import decode
from reference_server.operations.registry import Handler
from reference_server.wire import gate, replies
from reference_server.wire.authentication import Scope
from reference_server.wire.protocol import Protocol
from reference_server.wire.replies import Response


class AWSProtocol(Protocol):
    def __init__(self, dialect: Dialect, operations: Mapping[str, Handler]) -> None:
        super().__init__(operations)
        self._dialect = dialect
        self._targets = gate.targets(operations)

    def inflate(self, headers: Mapping[str, str], body: bytes) -> bytes:
        return gate.inflate(headers, body)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response | None:
        return gate.answer(method, path, headers, body)

    def admit(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[str, Scope]:
        return gate.admit(path, headers, body, self._targets)

    def read(self, operation: str, _headers: Mapping[str, str], body: bytes) -> Any:
        return decode(operation, body, self._dialect.wording)

    def success(self, headers: Mapping[str, str], _operation: str, reply: Mapping[str, Any] | None) -> Response:
        return replies.success(headers, reply)

    def refusal(self, headers: Mapping[str, str], operation: str | None, error: DynamoDBError) -> Response:
        return replies.refusal(headers, error, operation, self._dialect)
