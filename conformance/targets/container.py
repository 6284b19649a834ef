"""A server in a container of our own: a child process like any other, whose program is the container engine.

The engine's client runs in the foreground, on the leash: when it is told to end it ends the container too, and `--rm`
removes that. Only where the client itself is killed does its container stay behind; it has the label `touchstone`.
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Sequence
from typing import Final

from conformance.targets.child import PORT, ChildTarget, Command
from conformance.targets.target import TargetError

ENGINES: Final = ("docker", "podman")
PATIENCE: Final = 120.0  # seconds from the container's start to its first answer


class ContainerTarget(ChildTarget):
    """An image that listens on `port`.

    `title` is what messages call it; `version_command` is what tells the version, within the running container.
    """

    def __init__(
        self,
        name: str,
        *,
        title: str,
        image: str,
        port: int,
        arguments: Sequence[str] = (),
        version_command: Sequence[str] = (),
        timeout: float | None = None,
        patience: float = PATIENCE,
    ) -> None:
        super().__init__(name, timeout=timeout, patience=patience)
        self.how = f"container of {image}"
        self._title = title
        self._image = image
        self._container_port = port
        self._arguments = tuple(arguments)
        self._version_command = tuple(version_command)
        self._engine = ""
        self._container = ""
        self._version = ""

    def check(self) -> None:
        find_engine(self._title)

    def command(self) -> Command:
        self._engine = find_engine(self._title)
        self._container = f"touchstone-{secrets.token_hex(6)}"
        published = f"--publish=127.0.0.1:{PORT}:{self._container_port}"
        options = ("--rm", "--init", "--label=touchstone", f"--name={self._container}", published)
        return Command((self._engine, "run", *options, self._image, *self._arguments))

    def version(self) -> str:
        return self._version or "unknown"

    def start(self) -> None:
        engine = find_engine(self._title)
        if _run(engine, "image", "inspect", self._image).returncode != 0:
            _checked(engine, "pull", self._image)  # which may take longer than any server's start
        super().start()
        if self._version_command and not self._version:
            self._version = _checked(self._engine, "exec", self._container, *self._version_command)

    def stop(self) -> None:
        super().stop()
        container, self._container = self._container, ""
        if container:
            _run(self._engine, "rm", "--force", container)


def find_engine(title: str) -> str:
    """The first container engine that runs: an installed client without its daemon is none."""
    missing = []
    for engine in ENGINES:
        if shutil.which(engine) is None:
            missing.append(f"{engine} is not installed")
        elif _run(engine, "info").returncode == 0:
            return engine
        else:
            missing.append(f"{engine} is installed but not running")
    raise TargetError(
        f"{title} needs a container engine ({', '.join(missing)}): start one, or give the URL of a running {title}"
    )


def _checked(engine: str, *arguments: str) -> str:
    done = _run(engine, *arguments)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise TargetError(f"`{engine} {arguments[0]}` failed ({said[-1]})")
    return done.stdout.strip()


def _run(engine: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([engine, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
