"""What exports and imports have in common: work beside the server, requests not to be repeated, lists in pages.

**Threads.** What reaches over the network runs in a thread of its own, and touches nothing that requests touch: it is
given copies, and its result is entered into the agenda. There it happens as everything else that happens later: before
the next request is looked at, one thing at a time. (Entering is one `heappush` of a tuple that no other equals,
which is atomic; so no lock is needed for it.) For the cloud's transition time at least it is IN_PROGRESS.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Any, Final, Generic, TypeVar

import msgspec

from reference_server import limits, messages
from reference_server.errors import DynamoDBError, LimitExceededException, ValidationException
from reference_server.messages import Message
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.transfer.s3 import UNKNOWN, S3Failure

_log: Final = logging.getLogger("reference_server.transfer")

IN_PROGRESS, COMPLETED, FAILED = "IN_PROGRESS", "COMPLETED", "FAILED"


@dataclass(frozen=True, slots=True)
class Failure:
    """FailureCode and FailureMessage."""

    code: str
    message: str


@dataclass(slots=True, kw_only=True)
class Transfer:
    """One export or import. `started` and `ended` are in epoch seconds; `digest` is of what was asked."""

    arn: str
    table_arn: str
    table_id: str
    started: float
    token: str | None
    digest: bytes
    ended: float | None = None
    failure: Failure | None = None

    @property
    def status(self) -> str:
        if self.ended is None:
            return IN_PROGRESS
        return COMPLETED if self.failure is None else FAILED

    def describe_end(self) -> dict[str, Any]:
        """EndTime, once there is one, and what went wrong."""
        members: dict[str, Any] = {}
        if self.ended is not None:
            members["EndTime"] = round(self.ended, 3)
        if self.failure is not None:
            members |= {"FailureCode": self.failure.code, "FailureMessage": self.failure.message}
        return members


_Transfer = TypeVar("_Transfer", bound=Transfer)
_Result = TypeVar("_Result")


class Transfers(Part, Generic[_Transfer]):
    """All exports, or all imports, of an account in a region. Subclasses say how they are refused."""

    at_a_time: int
    too_many: Message
    not_found: tuple[type[DynamoDBError], Message]
    token_of_other: tuple[type[DynamoDBError], Message]

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._transfers: dict[str, _Transfer] = {}  # by ARN
        self._by_token: dict[str, _Transfer] = {}

    def find(self, arn: str) -> _Transfer:
        found = self._transfers.get(arn)
        if found is None:
            error, message = self.not_found
            raise error(message, arn=arn)
        return found

    def repeated(self, token: str | None, digest: bytes) -> _Transfer | None:
        """The transfer that an earlier request with this token has begun; tokens count for eight hours from its end.

        Raises what DynamoDB says where that request asked for something else.
        """
        found = None if token is None else self._by_token.get(token)
        if found is None:
            return None
        if found.ended is not None and self.catalogue.clock() > found.ended + limits.TRANSFER_TOKEN_SECONDS:
            return None
        if found.digest != digest:
            error, message = self.token_of_other
            raise error(message, token=token)
        return found

    def refuse_too_many(self) -> None:
        if sum(transfer.ended is None for transfer in self._transfers.values()) >= self.at_a_time:
            raise LimitExceededException(self.too_many, count=self.at_a_time)

    def begin(
        self, transfer: _Transfer, work: Callable[[], _Result], finish: Callable[[_Result | Failure], None]
    ) -> None:
        """Have the work done in a thread. `finish` gets its result between two requests."""
        self._transfers[transfer.arn] = transfer
        if transfer.token is not None:
            self._by_token[transfer.token] = transfer
        cloud = self.catalogue.cloud
        earliest = transfer.started + cloud.transition_seconds

        def run() -> None:
            result = _attempt(work)
            cloud.agenda.enter(max(cloud.clock(), earliest), lambda due: end(due, result))

        def end(due: float, result: _Result | Failure) -> None:
            transfer.ended = due
            if isinstance(result, Failure):
                transfer.failure = result
            finish(result)

        Thread(target=run, name=transfer.arn, daemon=True).start()

    def listed(self, table_arn: str | None, limit: int, token: str | None) -> tuple[list[_Transfer], str | None]:
        """A page: those of the last 90 days in reverse order of their ARNs (control-plane 13), and what leads on."""
        since = self.catalogue.clock() - limits.TRANSFER_LISTED_SECONDS
        after = None if token is None else _read_token(token)
        found = sorted(
            (
                transfer
                for transfer in self._transfers.values()
                if transfer.started >= since
                and table_arn in (None, transfer.table_arn)
                and (after is None or transfer.arn < after)
            ),
            key=lambda transfer: transfer.arn,
            reverse=True,
        )
        page = found[:limit]
        return page, _write_token(page[-1].arn) if len(found) > limit else None


def _attempt(work: Callable[[], _Result]) -> _Result | Failure:
    """Whatever happens is a result."""
    try:
        return work()
    except S3Failure as failure:
        return Failure(failure.code, failure.message)
    except Exception as error:
        _log.exception("an export or import failed")
        return Failure(UNKNOWN, str(error) or type(error).__name__)


# --- what was asked ---------------------------------------------------------------------------------------


def digest_of(request: msgspec.Struct) -> bytes:
    """What tells a request from another with the same token."""
    return msgspec.json.encode(request)


def echo(value: Any) -> Any:
    """Members of a request as a description repeats them: those that were given."""
    if isinstance(value, msgspec.Struct):
        members = ((name, getattr(value, name)) for name in value.__struct_fields__)
        return {name: echo(member) for name, member in members if member is not None}
    if isinstance(value, list):
        return [echo(element) for element in value]
    return value


# --- tokens of pages --------------------------------------------------------------------------------------

# Groups of 16 hexadecimal digits, 112 at least (the model's constraint of ImportNextToken).
_GROUP: Final = 8
_SHORTEST: Final = 56
_PADDING: Final = b"\0"


def _write_token(arn: str) -> str:
    place = arn.encode()
    length = max(_SHORTEST, -(-len(place) // _GROUP) * _GROUP)
    return place.ljust(length, _PADDING).hex()


def _read_token(token: str) -> str:
    try:
        return bytes.fromhex(token).rstrip(_PADDING).decode()
    except ValueError:
        raise ValidationException(messages.NEXT_TOKEN_INVALID) from None
