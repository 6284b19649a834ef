"""The errors that DynamoDB answers with: their wire names, statuses and members.

Every refusal in the server is raised as a `DynamoDBError`; nothing else may leave an operation.
Texts are not written where they are raised: they stand in `messages.py`, each with its source.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any

from reference_server.messages import Message


class Namespace(Enum):
    """The prefix before `#` in an error's `__type` (data-plane dossier 1.5)."""

    CORAL_VALIDATE = "com.amazon.coral.validate"
    CORAL_SERVICE = "com.amazon.coral.service"
    CORAL_AVAILABILITY = "com.amazon.coral.availability"
    DYNAMODB = "com.amazonaws.dynamodb.v20120810"


class DynamoDBError(Exception):
    """One refusal, as it goes over the wire.

    `message` is the text, or None where DynamoDB sends none. `members` are what the error carries besides
    (`Item`, `CancellationReasons`). `source` is the entry of `messages.py` that the text was made from, `values` what
    was put into it: a dialect may have another text for that entry, and puts into it what it needs of them. An error
    among the values stands for its text.
    """

    namespace = Namespace.DYNAMODB
    status = 400
    # The member that carries the text: `message`, but `Message` for a few types.
    message_member = "message"

    def __init__(
        self,
        message: Message | None = None,
        /,
        *,
        members: Mapping[str, Any] | None = None,
        **values: object,
    ) -> None:
        self.source = message
        self.values = values
        self.message = None if message is None else fill(message.text, values)
        self.members = members or {}
        super().__init__(self.message)

    @property
    def type_name(self) -> str:
        return type(self).__name__


def fill(text: str, values: Mapping[str, object]) -> str:
    """A message's text with values in it; one that takes none may have braces of its own."""
    return text.format(**values) if values else text


class ValidationException(DynamoDBError):  # noqa: N818 (the API's own names throughout)
    namespace = Namespace.CORAL_VALIDATE


class SerializationException(DynamoDBError):  # noqa: N818
    namespace = Namespace.CORAL_SERVICE
    message_member = "Message"


class UnknownOperationException(DynamoDBError):  # noqa: N818
    namespace = Namespace.CORAL_SERVICE


class MissingAuthenticationTokenException(DynamoDBError):  # noqa: N818
    namespace = Namespace.CORAL_SERVICE


class IncompleteSignatureException(DynamoDBError):  # noqa: N818
    namespace = Namespace.CORAL_SERVICE


class InvalidSignatureException(DynamoDBError):  # noqa: N818
    namespace = Namespace.CORAL_SERVICE


class ResourceNotFoundException(DynamoDBError):  # noqa: N818
    pass


class ResourceInUseException(DynamoDBError):  # noqa: N818
    pass


class LimitExceededException(DynamoDBError):  # noqa: N818
    pass


class ConditionalCheckFailedException(DynamoDBError):  # noqa: N818
    @property
    def message_member(self) -> str:  # type: ignore[override]
        """With the old item beside it the text is in `Message` (recorded; data-plane 1.5)."""
        return "Message" if "Item" in self.members else "message"


class TransactionCanceledException(DynamoDBError):  # noqa: N818
    message_member = "Message"


class IdempotentParameterMismatchException(DynamoDBError):  # noqa: N818
    message_member = "Message"


class InternalServerError(DynamoDBError):
    status = 500


class ExpiredIteratorException(DynamoDBError):  # noqa: N818
    pass


class TrimmedDataAccessException(DynamoDBError):  # noqa: N818
    pass


class TableNotFoundException(DynamoDBError):  # noqa: N818
    pass


class TableAlreadyExistsException(DynamoDBError):  # noqa: N818
    pass


class TableInUseException(DynamoDBError):  # noqa: N818
    pass


class BackupNotFoundException(DynamoDBError):  # noqa: N818
    pass


class BackupInUseException(DynamoDBError):  # noqa: N818
    pass


class ContinuousBackupsUnavailableException(DynamoDBError):  # noqa: N818
    pass


class PointInTimeRecoveryUnavailableException(DynamoDBError):  # noqa: N818
    pass


class InvalidRestoreTimeException(DynamoDBError):  # noqa: N818
    pass


class InvalidExportTimeException(DynamoDBError):  # noqa: N818
    pass


class ExportConflictException(DynamoDBError):  # noqa: N818
    pass


class ExportNotFoundException(DynamoDBError):  # noqa: N818
    pass


class ImportConflictException(DynamoDBError):  # noqa: N818
    pass


class ImportNotFoundException(DynamoDBError):  # noqa: N818
    pass


class PolicyNotFoundException(DynamoDBError):  # noqa: N818
    pass


class GlobalTableAlreadyExistsException(DynamoDBError):  # noqa: N818
    pass


class GlobalTableNotFoundException(DynamoDBError):  # noqa: N818
    pass


class ReplicaAlreadyExistsException(DynamoDBError):  # noqa: N818
    pass


class ReplicaNotFoundException(DynamoDBError):  # noqa: N818
    pass


class AccessDeniedException(DynamoDBError):  # noqa: N818
    pass


class IndexNotFoundException(DynamoDBError):  # noqa: N818
    pass
