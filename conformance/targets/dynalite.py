"""dynalite, on Node.js."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from conformance.targets.child import PORT, ChildTarget, Command
from conformance.targets.fetching import DYNALITE
from conformance.targets.target import TargetError

# Tables come and go at once: by default each takes half a second for it.
OPTIONS: Final = ("--createTableMs", "0", "--deleteTableMs", "0", "--updateTableMs", "0")


class DynaliteTarget(ChildTarget):
    """The package's own `cli.js`, from its folder (where its package.json is) or the cache."""

    how = "dynalite --createTableMs 0 --deleteTableMs 0 --updateTableMs 0, over HTTP"

    def __init__(self, *, name: str = "dynalite", path: Path | None = None, timeout: float | None = None) -> None:
        super().__init__(name, timeout=timeout)
        self._path = path

    def command(self) -> Command:
        directory = self._directory()
        node = shutil.which("node")
        if node is None:
            raise TargetError("dynalite needs Node.js, and `node` is not installed")
        # It takes port 0 for its default port, so that a free one must be chosen for it.
        return Command((node, str(directory / "cli.js"), "--host", "127.0.0.1", "--port", PORT, *OPTIONS))

    def version(self) -> str:
        try:
            return str(json.loads((self._directory() / "package.json").read_text())["version"])
        except (OSError, ValueError, KeyError):
            return "unknown"

    def _directory(self) -> Path:
        if self._path is None:
            return DYNALITE.required() / "node_modules" / DYNALITE.name
        path = self._path.expanduser()
        for directory in (path, path / "node_modules" / DYNALITE.name):
            if (directory / "cli.js").is_file():
                return directory
        raise TargetError(f"{path}: there is no dynalite: name the folder that has its cli.js")
