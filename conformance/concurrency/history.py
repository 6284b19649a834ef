"""A history: every operation of a run with when it was asked, when it was answered, and what the answer was.

An operation has one of three fates. *Acknowledged*: it took place, at some moment between its two times. *Refused*: it
changed nothing. *Unknown*: no answer came, or a 5xx. It may have taken place, may not have, or may yet take place
after its client gave up. What is unknown stays unknown: checks must allow each of these.

On disk a history is a file of JSON lines: a header, a line an operation, a footer. One without its footer is no
history: something was not written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from conformance.scenario import JSONObject, Outcome, Reply, Step

VERSION: Final = 1
SUFFIX: Final = ".history.jsonl"
FOREVER: Final = float("inf")


class HistoryError(Exception):
    """A file is no history. One line: which, where, why."""


class Fate(StrEnum):
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    UNKNOWN = "unknown"


_FATES: Final = {
    Outcome.ACCEPTED: Fate.ACKNOWLEDGED,
    Outcome.REFUSED: Fate.REFUSED,
    Outcome.FAILED: Fate.UNKNOWN,
    Outcome.NO_ANSWER: Fate.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Intention:
    """What a client is about to ask. `means` says it in the workload's own terms, and is what checks read.

    It has two members at least: `do`, what the workload calls it, and `keys`, the items that it touches.
    """

    operation: str
    request: JSONObject
    means: JSONObject

    @property
    def step(self) -> Step:
        return Step(self.operation, self.request)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one client. Times are seconds since the history began, on one clock for all clients."""

    number: int  # in the order of asking
    client: int
    intention: Intention
    reply: Reply
    invoked: float
    completed: float  # when the answer came, or the client gave up

    @property
    def fate(self) -> Fate:
        return _FATES[self.reply.outcome]

    @property
    def means(self) -> JSONObject:
        return self.intention.means

    @property
    def does(self) -> str:
        """What it does, as its workload calls it."""
        return str(self.means["do"])

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.means["keys"])

    @property
    def key(self) -> str:
        """The item, of an operation on one."""
        (key,) = self.keys
        return key

    @property
    def body(self) -> JSONObject:
        """The members of the reply; none where it has no JSON object."""
        return self.reply.body if isinstance(self.reply.body, dict) else {}

    @property
    def latest(self) -> float:
        """When it has taken place at the latest, if it does at all."""
        return FOREVER if self.fate is Fate.UNKNOWN else self.completed

    @property
    def is_unserved(self) -> bool:
        """Does the target say that it has not got the operation?"""
        return self.reply.error_type == "UnknownOperationException"

    @property
    def label(self) -> str:
        return f"T{self.number}"


@dataclass(frozen=True, slots=True)
class History:
    """Operations in the order of asking. `reason` says why it is not whole: interrupted, the target was lost."""

    workload: str
    target: str
    version: str
    seed: int
    clients: int
    seconds: float
    operations: tuple[Operation, ...]
    reason: str = ""

    def of(self, *does: str) -> Iterator[Operation]:
        return (operation for operation in self.operations if operation.does in does)

    def count(self, fate: Fate) -> int:
        return sum(operation.fate is fate for operation in self.operations)


def write(history: History, path: Path) -> None:
    """The whole file or none: whoever looks while it is written sees the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("w", encoding="utf-8") as file:
        for line in _lines(history):
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _lines(history: History) -> Iterator[JSONObject]:
    yield {
        "history": VERSION,
        "workload": history.workload,
        "target": history.target,
        "version": history.version,
        "seed": history.seed,
        "clients": history.clients,
    }
    for operation in history.operations:
        yield {
            "number": operation.number,
            "client": operation.client,
            "invoked": operation.invoked,
            "completed": operation.completed,
            "fate": operation.fate,
            "means": operation.means,
            "operation": operation.intention.operation,
            "request": operation.intention.request,
            "reply": operation.reply.as_json(),
        }
    yield {"operations": len(history.operations), "seconds": history.seconds, "reason": history.reason}


def read(path: Path) -> History:
    """The history in a file. Raises HistoryError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise HistoryError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    parsed = [_parse(path, number, line) for number, line in enumerate(lines, 1)]
    if not parsed or parsed[0].get("history") != VERSION:
        raise HistoryError(f"{path} is no history of version {VERSION}: `touchstone concurrency` writes them")
    header, *middle = parsed
    footer = middle.pop() if middle else {}
    if footer.get("operations") != len(middle):
        raise HistoryError(f"{path} is cut off: its last line must count its operations, and there are {len(middle)}")
    operations = []
    for number, line in enumerate(middle, 2):
        try:
            operations.append(_operation(line))
        except (KeyError, TypeError, ValueError) as error:
            raise HistoryError(f"{path}, line {number}: no operation of a history ({error!r})") from None
    try:
        return History(
            workload=header["workload"],
            target=header["target"],
            version=header["version"],
            seed=header["seed"],
            clients=header["clients"],
            seconds=footer["seconds"],
            operations=tuple(operations),
            reason=footer["reason"],
        )
    except KeyError as error:
        raise HistoryError(f"{path}: its header or footer lacks {error}") from None


def _parse(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        parsed = json.loads(line)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise HistoryError(f"{path}, line {number}: no JSON object")
    return parsed


def _operation(line: JSONObject) -> Operation:
    reply = line["reply"]
    operation = Operation(
        number=int(line["number"]),
        client=int(line["client"]),
        intention=Intention(line["operation"], line["request"], line["means"]),
        reply=Reply(int(reply["status"]), reply["body"], failure=reply.get("failure", "")),
        invoked=float(line["invoked"]),
        completed=float(line["completed"]),
    )
    if not isinstance(operation.means["do"], str) or not isinstance(operation.means["keys"], list):
        raise ValueError("`means` does not say what it does to which items")
    return operation
