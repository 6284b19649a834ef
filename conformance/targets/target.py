"""What every target is: something that answers requests, and never raises when it does not.

A target that cannot be used at all (not installed, not reachable, no container engine) says so with a
`TargetError`, whose text is one line: what, where, what to do. It may come from opening, starting or resetting,
never from `send`: an implementation that refuses connections, dies or takes for ever has given an answer too,
and it is the one that a report must show.
"""

from __future__ import annotations

import traceback
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

import orjson

from conformance.events import TargetDescription
from conformance.scenario import JSON, Reply, Step
from conformance.signing import DUMMY_AUTHORIZATION, DUMMY_DATE

if TYPE_CHECKING:
    from conformance.storage import ObjectStorage

# The operations of the streams service, which has its own prefix of X-Amz-Target (control-plane 20).
STREAMS_OPERATIONS = frozenset({"ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"})


class TargetError(Exception):
    """A target cannot be used. One line: what, where, what to do about it."""


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request as it goes out: built once for a step and sent to every target byte for byte.

    `headers` have lower-case names and are all but Host (which differs by nature) and Content-Length.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, step: Step) -> WireRequest:
        service = "DynamoDBStreams_20120810" if step.operation in STREAMS_OPERATIONS else "DynamoDB_20120810"
        headers: dict[str, str] = {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"{service}.{step.operation}",
            "x-amz-date": DUMMY_DATE,
            "authorization": DUMMY_AUTHORIZATION,
        }
        for name, value in step.headers.items():
            if value is None:
                headers.pop(name.lower(), None)
            else:
                headers[name.lower()] = value
        return cls(step.method, step.path, headers, step.body())


class Target(ABC):
    """An implementation of the DynamoDB API under test.

    `name` is what reports call it. `resettable` says whether it can be emptied at will, by `reset`; on one that
    cannot, replay renames tables and deletes those that it created. Use it as a context manager.
    """

    name: str
    resettable: bool

    @abstractmethod
    def describe(self) -> TargetDescription:
        """What a report says of the target; its version is known once it has started."""

    @abstractmethod
    def send(self, request: WireRequest) -> Reply:
        """Never raises: what does not answer is a reply of status 0, with the reason in `failure`."""

    def check(self) -> None:  # noqa: B027 (a target that needs nothing has nothing to check)
        """Raise TargetError where what it needs to start is missing. Cheap: it starts nothing."""

    def start(self) -> None:  # noqa: B027 (a target that runs already has nothing to start)
        """Make it answer, or raise TargetError."""

    def stop(self) -> None:  # noqa: B027
        """Leave nothing behind. May be called twice, and without a start."""

    def reset(self) -> None:
        """Empty it: no table is left."""
        raise TargetError(f"{self.name} cannot be emptied at will")

    def object_storage(self) -> ObjectStorage | None:
        """Where it exports tables to and imports them from, if the suite can read that; a reset empties it as well.

        Asked for once the target has started; what was in the target may be gone then.
        """
        return None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def failure_of(error: Exception) -> str:
    """An exception that left an implementation in process: its type, where it was raised, its text.

    The place is what tells one fault from another; texts of exceptions carry whatever the request had in it.
    """
    frames = [frame for frame, _line in traceback.walk_tb(error.__traceback__)]
    code = frames[-1].f_code if frames else None
    place = f" in {frames[-1].f_globals.get('__name__')}.{code.co_qualname}" if code else ""
    return f"{type(error).__name__}{place}: {error}"


def parse_body(body: bytes) -> JSON:
    """The JSON in the body; the text where it is not JSON, so that a report can show what came instead.

    Strict on purpose: NaN, or a lone surrogate, is not JSON to the callers of the API either.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode("utf-8", "backslashreplace")
