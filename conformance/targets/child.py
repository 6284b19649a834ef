"""A server written in Python, started as a child process and reached over HTTP."""

from __future__ import annotations

import atexit
import re
import subprocess
import sys
import threading
import time
from abc import abstractmethod
from collections import deque
from contextlib import suppress

from conformance.events import TargetDescription
from conformance.scenario import Reply
from conformance.targets.target import Target, TargetError, WireRequest
from conformance.targets.url import URLTarget

_STARTING = 30.0  # seconds until the child must have said where it listens
_STOPPING = 5.0  # seconds that it may take to stop when asked
_ADDRESS = re.compile(r"https?://(?P<host>[\w.-]+|\[[0-9a-f:]+\]):(?P<port>\d+)")


class Child:
    """The process: started on a leash, read until it names its address, stopped and collected."""

    def __init__(self, module: str, *arguments: str) -> None:
        self.module = module
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self._last_lines: deque[str] = deque(maxlen=20)
        self._port: int | None = None
        self._heard = threading.Event()

    def start(self) -> int:
        """The port that it listens on."""
        self._forget()
        command = [sys.executable, "-m", "conformance.targets.leash", self.module, *self._arguments]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        atexit.register(self.stop)
        threading.Thread(target=self._listen, args=(self._process,), daemon=True, name=self.module).start()
        heard = self._heard.wait(_STARTING)
        if self._port is None:
            if heard:  # its output has ended, and so will it, if it has not yet
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(_STOPPING)
            ended = self._process.poll()
            said = self._last_lines[-1] if self._last_lines else "it said nothing"
            self.stop()
            if ended is None:
                raise TargetError(f"{self.module} named no address within {_STARTING:g} s ({said})")
            raise TargetError(f"{self.module} ended with status {ended} before it listened ({said})")
        return self._port

    def _forget(self) -> None:
        """Where an earlier process listened."""
        self._port = None
        self._heard.clear()

    def stop(self) -> None:
        process, self._process = self._process, None
        atexit.unregister(self.stop)
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOPPING)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdin is not None
        process.stdin.close()

    @property
    def end(self) -> str:
        """How it ended, or nothing while it runs."""
        status = None if self._process is None else self._process.poll()
        if status is None:
            return ""
        return f"killed by signal {-status}" if status < 0 else f"ended with status {status}"

    def _listen(self, process: subprocess.Popen[str]) -> None:
        """Read what it prints to the end: a full pipe would stop it."""
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self._last_lines.append(line.rstrip())
                if self._port is None and (address := _ADDRESS.search(line)):
                    self._port = int(address["port"])
                    self._heard.set()
        self._heard.set()


class ChildTarget(Target):
    """A target that is a child process; subclasses say which module, and how it is emptied."""

    resettable = True

    def __init__(self, name: str, child: Child, *, timeout: float = 30.0) -> None:
        self.name = name
        self._child = child
        self._timeout = timeout
        self._server: URLTarget | None = None

    @property
    def url(self) -> str | None:
        """Where it listens, once it has started."""
        return self._server.url if self._server is not None else None

    @abstractmethod
    def version(self) -> str:
        """The version of what is installed, which is what runs."""

    def describe(self) -> TargetDescription:
        return TargetDescription(self.name, self.version(), f"python -m {self._child.module}, over HTTP")

    def check(self) -> None:
        self.version()

    def start(self) -> None:
        # Whatever address it prints, it is the loopback that it was told to listen on.
        port = self._child.start()
        self._server = URLTarget(f"http://127.0.0.1:{port}", name=self.name, timeout=self._timeout)
        deadline = time.monotonic() + _STARTING
        while True:
            try:
                return self._server.start()
            except TargetError:
                if self._child.end or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
        self._server = None
        self._child.stop()

    def send(self, request: WireRequest) -> Reply:
        if self._server is None:
            return Reply(0, failure="not started")
        reply = self._server.send(request)
        if reply.status == 0 and (end := self._child.end):
            return Reply(0, failure=f"the process {end}")
        return reply
