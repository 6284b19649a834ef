"""A server of our own: a child process, reached over HTTP, started again when it has died or hangs.

A server that dies in the middle of a run has answered: the reply is of status 0 and says how it ended, and with it
everything until the next reset, which starts it again. So a crash costs one scenario, and not the rest of the run. One
that does not answer in time hangs, is ended, and is treated alike. A server that dies again and again is given up.
"""

from __future__ import annotations

import atexit
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from conformance.events import TargetDescription
from conformance.scenario import Reply
from conformance.targets import leash
from conformance.targets.connection import HTTPError
from conformance.targets.tables import delete_every_table
from conformance.targets.target import Target, TargetError, WireRequest
from conformance.targets.url import URLTarget, reason_of

TIMEOUT: Final = 10.0  # seconds for a reply; nothing that is asked of a server on this machine takes one
STARTING: Final = 30.0  # seconds from the start of a process to its first answer
RESTARTS: Final = 100  # after crashes and hangs, in one run; minimising a crash takes many
_STOPPING: Final = 5.0  # seconds that a process may take to stop when asked
_DYING: Final = 0.25  # seconds between a process's last connection and its end
_ATTEMPTS: Final = 3  # at a free port that somebody else may take before the server does

_ADDRESS = re.compile(r"https?://(?:[\w.-]+|\[[0-9a-f:]+\]):(?P<port>\d+)")
_PORT_TAKEN = re.compile(r"EADDRINUSE|BindException|[Aa]ddress already in use|is already in use")
# How runtimes take their leave: `TypeError: ...` (node, Python), `Exception in ...` (Java), `panicked at` (Rust).
_LAST_WORDS = re.compile(r"\b[A-Z]\w*(?:Error|Exception)\b.*|panicked at .*|Segmentation fault.*")
PORT = "{port}"


@dataclass(frozen=True, slots=True)
class Command:
    """How a server is started.

    Where `{port}` stands, in an argument or in the environment, a free port goes that it is to listen on. Where it
    stands nowhere, the server takes a port of its own and names its address in its output.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None

    @classmethod
    def of_module(cls, module: str, *arguments: str, python: str = sys.executable) -> Command:
        return cls((python, "-m", module, *arguments), {"PYTHONUNBUFFERED": "1"})

    @property
    def tells_port(self) -> bool:
        return any(PORT in text for text in (*self.arguments, *self.environment.values()))

    def at(self, port: int) -> Command:
        return Command(
            tuple(text.replace(PORT, str(port)) for text in self.arguments),
            {name: text.replace(PORT, str(port)) for name, text in self.environment.items()},
            self.directory,
        )


class Child:
    """The process: started on a leash, read to the end of its output, stopped and collected.

    `title` is what messages call it.
    """

    def __init__(self, title: str, command: Command, *, patience: float = STARTING) -> None:
        self.title = title
        self._command = command
        self._patience = patience
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._last_lines: deque[str] = deque(maxlen=50)
        self._port: int | None = None
        self._heard = threading.Event()

    def start(self) -> int:
        """The port that it listens on. TargetError where it does not in time, or ends before."""
        self._port = free_port() if self._command.tells_port else None
        self._heard.clear()
        self._last_lines.clear()
        command = self._command if self._port is None else self._command.at(self._port)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", leash.__file__, *command.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=command.directory,
            env={**os.environ, **command.environment},
            # A group of its own, which is ended as one; and Ctrl-C, which means us, does not reach it.
            start_new_session=True,
        )
        atexit.register(self.stop)
        self._reader = threading.Thread(target=self._listen, args=(self._process,), daemon=True, name=self.title)
        self._reader.start()
        if self._port is None:
            self._heard.wait(self._patience)
        if self._port is None:
            raise self._not_started()
        self._wait_until_it_listens()
        return self._port

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + self._patience
        while not self.listens():
            if self.end or time.monotonic() > deadline:
                raise self._not_started()
            time.sleep(0.01)

    def stop(self) -> None:
        process, self._process = self._process, None
        atexit.unregister(self.stop)
        if process is None:
            return
        if process.poll() is None:
            # Until it is waited for, its number, which is the group's too, is nobody else's.
            for number in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_STOPPING)
                    break
        assert process.stdin is not None
        process.stdin.close()

    @property
    def end(self) -> str:
        """How it ended, or nothing while it runs."""
        status = None if self._process is None else self._process.poll()
        if status is None:
            return ""
        if status < 0:
            return f"was killed by signal {-status}"
        return f"ended with status {status}{self._last_words()}"

    def listens(self) -> bool:
        """Whether connections to it are accepted."""
        if self._port is None:
            return False
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1.0):
            return True
        return False

    def wait_for_end(self, seconds: float = _STOPPING) -> str:
        """How it ended, or nothing where it goes on for so long."""
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        return self.end

    @property
    def found_its_port_taken(self) -> bool:
        return any(_PORT_TAKEN.search(line) for line in self._last_lines)

    def _not_started(self) -> TargetError:
        """Why it could not be started; what is left of it is stopped."""
        end = self.wait_for_end() if self._heard.is_set() else self.end  # its output has ended, and so will it
        said = self._last_words() or (f" ({self._last_lines[-1]})" if self._last_lines else " (it said nothing)")
        self.stop()
        if not end:
            return TargetError(f"{self.title} did not listen within {self._patience:g} s{said}")
        return TargetError(f"{self.title} {end.partition(' (')[0]} before it listened{said}")

    def _last_words(self) -> str:
        if self._reader is not None and self._process is not None and self._process.poll() is not None:
            self._reader.join(1.0)  # which has what it printed last, unless somebody else holds its output
        for line in reversed(self._last_lines):
            if words := _LAST_WORDS.search(line):
                return f" ({words[0].rstrip()})"
        return ""

    def _listen(self, process: subprocess.Popen[str]) -> None:
        """Read what it prints to the end: a full pipe would stop it."""
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if line.strip():
                    self._last_lines.append(line.strip())
                if self._port is None and (address := _ADDRESS.search(line)):
                    self._port = int(address["port"])
                    self._heard.set()
        self._heard.set()


class ChildTarget(Target):
    """A target that is a child process. Subclasses say what is started, its version, and how it is emptied.

    `how` is what reports say of the way it runs. `ends` tells each crash and hang since the start.
    """

    resettable = True
    how = ""

    def __init__(
        self,
        name: str,
        *,
        timeout: float | None = None,
        patience: float = STARTING,
        restarts: int = RESTARTS,
    ) -> None:
        self.name = name
        self.ends: list[str] = []
        self._timeout = timeout or TIMEOUT
        self._patience = patience
        self._restarts = restarts
        self._child: Child | None = None
        self._server: URLTarget | None = None

    @property
    def url(self) -> str | None:
        """Where it listens, once it has started."""
        return self._server.url if self._server is not None else None

    @abstractmethod
    def command(self) -> Command:
        """How it is started. Raises TargetError where what is needed is missing; cheap."""

    @abstractmethod
    def version(self) -> str:
        """The version of what `command` starts."""

    def empty(self) -> None:
        """Delete what is in it; TargetError where that fails. The fastest way that it has."""
        delete_every_table(self)

    def describe(self) -> TargetDescription:
        return TargetDescription(self.name, self.version(), self.how)

    def check(self) -> None:
        self.command()

    def start(self) -> None:
        command = self.command()
        attempts = _ATTEMPTS if command.tells_port else 1
        for attempt in range(1, attempts + 1):
            try:
                return self._start(command)
            except TargetError:
                if attempt == attempts or self._child is None or not self._child.found_its_port_taken:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _start(self, command: Command) -> None:
        self._child = Child(self.name, command, patience=self._patience)
        port = self._child.start()
        # Whatever address it prints, it is the loopback that it was told to listen on.
        self._server = URLTarget(f"http://127.0.0.1:{port}", name=self.name, timeout=self._timeout)
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return self._server.start()
            except TargetError as error:
                if end := self._child.end:
                    self.stop()
                    raise TargetError(f"{self.name} {end} before it answered") from None
                if time.monotonic() > deadline:
                    self.stop()
                    raise TargetError(f"{self.name} did not answer within {self._patience:g} s: {error}") from None
                time.sleep(0.02)

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
        self._server = None
        if self._child is not None:
            self._child.stop()

    def reset(self) -> None:
        """Empty it, or start it again: it keeps everything in memory, so that a new process has no table."""
        if self._server is not None and self._is_emptied():
            return
        if len(self.ends) > self._restarts:
            raise TargetError(f"{self.name} was started again {self._restarts} times, and {self.ends[-1]}: given up")
        self.stop()
        self.start()

    def _is_emptied(self) -> bool:
        try:
            self.empty()
        except TargetError:  # a table that is protected against deletion, say; or it has died of this
            return False
        return True

    def send(self, request: WireRequest) -> Reply:
        if self._server is None:
            return Reply(0, failure=f"not running any more: {self.ends[-1]}" if self.ends else "not started")
        try:
            return self._server.ask(request)
        except (OSError, HTTPError) as error:
            return Reply(0, failure=self._failure(error))

    def _failure(self, error: OSError | HTTPError) -> str:
        """Why nothing came back. A process that has ended, or hangs, is done with until the next reset."""
        assert self._child is not None
        reason = reason_of(error, self._timeout)
        if isinstance(error, TimeoutError):
            self._give_up(reason)
        elif end := self._child.wait_for_end(_DYING):
            reason = f"the process {end}"
            self._give_up(reason)
        elif not self._child.listens():
            end = self._child.wait_for_end()
            reason = f"the process {end}" if end else f"{reason}, and nothing listens any more"
            self._give_up(reason)
        return reason

    def _give_up(self, reason: str) -> None:
        self.ends.append(reason)
        self.stop()


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
