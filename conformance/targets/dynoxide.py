"""Dynoxide, a single binary."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path

from conformance.targets.child import PORT, ChildTarget, Command
from conformance.targets.fetching import DYNOXIDE
from conformance.targets.target import TargetError


class DynoxideTarget(ChildTarget):
    """The binary at the given path, or of the cache; without a file for its database it keeps everything in memory."""

    how = "dynoxide serve, over HTTP"

    def __init__(self, *, name: str = "dynoxide", path: Path | None = None, timeout: float | None = None) -> None:
        super().__init__(name, timeout=timeout)
        self._path = path

    def command(self) -> Command:
        # On port 0 it does listen, but says that it listens on port 0.
        return Command((str(self._binary()), "serve", "--host", "127.0.0.1", "--port", PORT))

    def version(self) -> str:
        return _version_of(self._binary())

    def _binary(self) -> Path:
        if self._path is None:
            if DYNOXIDE.fetched_version() is None and (sys.platform, platform.machine()) != ("linux", "x86_64"):
                raise TargetError("dynoxide is fetched for Linux on x86-64 only: name a binary, as in dynoxide:PATH")
            return DYNOXIDE.required() / "package" / "dynoxide"
        path = self._path.expanduser()
        binary = path / "dynoxide" if path.is_dir() else path
        if not (binary.is_file() and os.access(binary, os.X_OK)):
            raise TargetError(f"{binary}: there is no dynoxide that can be run")
        return binary.absolute()


@cache
def _version_of(binary: Path) -> str:
    try:
        said = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return said.split()[-1] if said.split() else "unknown"
