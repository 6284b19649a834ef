"""Clients side by side against a target: a thread each, with a connection of its own.

A target in process has no connections: its clients share it, and a lock lets one request in at a time. Their times
overlap all the same, so it is a subject like others, though its own code cannot race.

A client that got no answer goes on with the next operation. What it asked may still be carried out, which its unknown
fate allows for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from random import Random
from typing import Final, TypeAlias

from conformance.concurrency.history import History, Intention, Operation
from conformance.concurrency.workloads.workload import Conversation, Turns, Workload
from conformance.events import TargetDescription
from conformance.scenario import Outcome, Reply, Step
from conformance.signing import Credentials
from conformance.targets.child import ChildTarget
from conformance.targets.tables import delete_table, wait_until_settled
from conformance.targets.target import Target, TargetError, WireRequest
from conformance.targets.url import URLTarget

# After so many operations in a row without any answer the target is lost; the client stops.
SILENCE: Final = 5
_GLANCE: Final = 0.2  # seconds between reports of progress

Progress: TypeAlias = Callable[[int], None]  # told the number of operations so far
Send: TypeAlias = Callable[[WireRequest], Reply]


class NotAvailable(Exception):  # noqa: N818
    """The target has not got what the workload needs. One line."""


class _Log:
    """Every operation of a run: numbered when asked, kept when answered."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._lock = threading.Lock()
        self._asked = 0
        self.operations: list[Operation] = []

    def ask(self, client: int, send: Send, intention: Intention) -> Operation:
        request = WireRequest.of(intention.step)
        with self._lock:
            number = self._asked
            self._asked += 1
            invoked = self.elapsed()
        reply = send(request)
        completed = self.elapsed()
        kept = Reply(reply.status, reply.body, failure=reply.failure)  # no check reads headers, and no file has them
        operation = Operation(number, client, intention, kept, invoked, completed)
        with self._lock:
            self.operations.append(operation)
        return operation

    def converse(self, client: int, send: Send, conversation: Conversation) -> Iterator[Operation]:
        """Ask what the conversation wants, and tell it what became of it."""
        try:
            intention = next(conversation)
            while True:
                operation = self.ask(client, send, intention)
                yield operation
                intention = conversation.send(operation)
        except StopIteration:
            return

    def elapsed(self) -> float:
        return time.perf_counter() - self._began


def record(
    target: Target,
    workload: Workload,
    *,
    clients: int,
    seconds: float,
    seed: int,
    operations: int | None = None,
    progress: Progress = lambda _count: None,
) -> History:
    """Let the clients work for so long, or until so many operations, then take the last look.

    Ctrl-C ends the work; what was recorded is returned, and its `reason` says so. Raises TargetError, and NotAvailable
    where the tables of the workload cannot be created.
    """
    version = target.describe().version
    with _tables(target, workload), ExitStack() as stack:
        log = _Log()

        def history(reason: str) -> History:
            done = tuple(sorted(log.operations, key=lambda operation: operation.number))
            return History(workload.name, target.name, version, seed, clients, log.elapsed(), done, reason)

        connections = [stack.enter_context(connection) for connection in connections_to(target, clients)]
        crew = _Crew(log, workload, connections, seed, operations)
        try:
            crew.work(seconds, progress)
            if not crew.trouble:
                for _ in log.converse(0, connections[0].send, workload.afterwards(history(""))):
                    progress(len(log.operations))
        except KeyboardInterrupt:
            crew.stop()
            return history("interrupted")
        return history(crew.trouble)


class _Crew:
    """The clients at work."""

    def __init__(
        self, log: _Log, workload: Workload, connections: Sequence[Target], seed: int, operations: int | None
    ) -> None:
        self.trouble = ""
        self._log = log
        self._operations = operations
        self._over = threading.Event()
        self._faults: list[Exception] = []  # of ours: a client that fails must not just fall silent
        turns = Turns()
        self._threads = [
            threading.Thread(
                target=self._client,
                args=(number, connection, workload.client(number, Random(f"{seed}/{workload.name}/{number}"), turns)),
                name=f"client {number}",
                daemon=True,
            )
            for number, connection in enumerate(connections)
        ]

    def work(self, seconds: float, progress: Progress) -> None:
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.start()
        while not self._over.wait(min(_GLANCE, max(0.0, deadline - time.monotonic()))) and time.monotonic() < deadline:
            progress(len(self._log.operations))
        self.stop()
        if self._faults:
            raise self._faults[0]

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def _client(self, number: int, connection: Target, conversation: Conversation) -> None:
        try:
            silent = 0
            for operation in self._log.converse(number, connection.send, conversation):
                silent = silent + 1 if operation.reply.outcome is Outcome.NO_ANSWER else 0
                if silent == SILENCE:
                    self.trouble = f"the target stopped answering: {operation.reply.failure}"
                if operation.is_unserved:
                    self.trouble = f"the target has no {operation.intention.operation}"
                if self.trouble or (self._operations and len(self._log.operations) >= self._operations):
                    self._over.set()
                if self._over.is_set():
                    return
        except Exception as fault:
            self._faults.append(fault)
            self._over.set()


# --- connections --------------------------------------------------------------------------------------------


def connections_to(target: Target, count: int) -> list[Target]:
    """As many clients of the target's own address; or, where it has none to share, the target itself, under a lock."""
    if isinstance(target, ChildTarget) and target.url is not None:
        return [URLTarget(target.url, name=target.name) for _ in range(count)]
    if type(target) is URLTarget:
        credentials = Credentials.from_environment()
        return [URLTarget(target.url, name=target.name, credentials=credentials) for _ in range(count)]
    lock = threading.Lock()
    return [_Shared(target, lock) for _ in range(count)]


class _Shared(Target):
    """One of several clients of a target that can serve only one at a time. It starts and stops nothing."""

    resettable = False

    def __init__(self, target: Target, lock: threading.Lock) -> None:
        self.name = target.name
        self._target = target
        self._lock = lock

    def describe(self) -> TargetDescription:
        return self._target.describe()

    def send(self, request: WireRequest) -> Reply:
        # Asked is what is asked now: without this pause one thread would go on for milliseconds, operation after
        # operation, and the others would never have anything under way at the same time.
        time.sleep(0)
        with self._lock:
            return self._target.send(request)


# --- tables -------------------------------------------------------------------------------------------------


@contextmanager
def _tables(target: Target, workload: Workload) -> Iterator[None]:
    """The workload's tables, empty; gone afterwards. What an earlier run left of the same names is ours, and goes."""
    names = [str(request["TableName"]) for request in workload.tables()]
    if target.resettable:
        target.reset()
    else:
        _delete(target, names)
    try:
        for request in workload.tables():
            reply = target.send(WireRequest.of(Step("CreateTable", request)))
            if reply.outcome is not Outcome.ACCEPTED:
                why = reply.failure or reply.message or reply.status
                raise NotAvailable(f"table {request['TableName']} cannot be created: {why}")
            if trouble := wait_until_settled(target, request["TableName"]):
                raise NotAvailable(trouble)
        yield
    finally:
        # A target that has died in the meantime has nothing left to tidy up, and its history is worth more.
        with suppress(TargetError):
            _delete(target, names)


def _delete(target: Target, names: Sequence[str]) -> None:
    for name in names:
        if trouble := delete_table(target, name):
            raise TargetError(f"{target.name} cannot be tidied up: {trouble}")
