"""MiniStack, an emulator of many services of AWS, of which only DynamoDB and its streams are started."""

from __future__ import annotations

import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from conformance.targets.child import PORT, ChildTarget, Command
from conformance.targets.fetching import MINISTACK, installed_version
from conformance.targets.target import TargetError, WireRequest

RESET = WireRequest("POST", "/_ministack/reset", {}, b"")


class MiniStackTarget(ChildTarget):
    """`python -m ministack`, from this environment where it is installed in it, or else from the cache's own.

    A path is that of another virtual environment.
    """

    how = "python -m ministack, over HTTP"

    def __init__(self, *, name: str = "ministack", path: Path | None = None, timeout: float | None = None) -> None:
        super().__init__(name, timeout=timeout)
        self._path = path
        self._files: tempfile.TemporaryDirectory[str] | None = None  # for what it writes beside its work

    def command(self) -> Command:
        python, _version = self._found()
        if self._files is None:
            self._files = tempfile.TemporaryDirectory(prefix="touchstone-", ignore_cleanup_errors=True)
        module = Command.of_module("ministack", python=python)
        environment = {
            **module.environment,
            "GATEWAY_PORT": PORT,
            "BIND_HOST": "127.0.0.1",
            "SERVICES": "dynamodb,dynamodbstreams",
            # It would open a port for MQTT, remove containers that it takes for its own, and keep what it has.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": f"unix://{self._files.name}/no-docker.sock",
            "PERSIST_STATE": "0",
            "S3_PERSIST": "0",
            "LOCALSTACK_PERSISTENCE": "0",
            "TMPDIR": self._files.name,
            "LOG_LEVEL": "ERROR",
        }
        return Command(module.arguments, environment)

    def check(self) -> None:
        self._found()

    def version(self) -> str:
        return self._found()[1]

    def empty(self) -> None:
        reply = self.send(RESET)
        if reply.status != 200:
            raise TargetError(f"{self.name} was not emptied by {RESET.path}: {reply.failure or reply.status}")

    def stop(self) -> None:
        super().stop()
        if self._files is not None:
            self._files.cleanup()
        self._files = None

    def _found(self) -> tuple[str, str]:
        """The Python that has it, and its version."""
        if self._path is not None:
            directory = self._path.expanduser().absolute()
            installed = installed_version(directory, MINISTACK.name)
            if installed is None:
                raise TargetError(f"{self._path}: there is no ministack: name a virtual environment that has it")
            return str(directory / "bin" / "python"), installed
        fetched = MINISTACK.fetched_version()
        if fetched is not None:
            return str(MINISTACK.python), fetched
        try:
            return sys.executable, version("ministack")
        except PackageNotFoundError:
            raise TargetError(f"not fetched: {MINISTACK.order}") from None
