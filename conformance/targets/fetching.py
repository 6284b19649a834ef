"""Implementations that are fetched on request, by the ordinary clients of their registries, into a cache of ours.

    $TOUCHSTONE_CACHE, or $XDG_CACHE_HOME/touchstone, or ~/.cache/touchstone

Nothing is fetched unless `touchstone targets fetch` is called for it; nothing that is fetched runs before its target is
started (npm's install scripts are left out). The newest version is taken, unless one is asked for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.targets.target import TargetError

_NO_ANSWER: Final = 600.0  # seconds that a client may take


def cache_directory() -> Path:
    if own := os.environ.get("TOUCHSTONE_CACHE"):
        return Path(own).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "touchstone"


@dataclass(frozen=True, slots=True)
class Package(ABC):
    """Something to fetch for a target. `place` is the folder in the cache, `name` what the registry calls it."""

    place: str
    name: str

    @property
    def directory(self) -> Path:
        return cache_directory() / self.place

    @property
    def order(self) -> str:
        """What to type to get it."""
        return f"touchstone targets fetch {self.place}"

    @abstractmethod
    def fetched_version(self) -> str | None:
        """The version in the cache; None where there is none."""

    @abstractmethod
    def fetch_into(self, directory: Path, version: str) -> None:
        """Fetch it into an empty folder. Raises TargetError. `version` is empty for the newest."""

    def fetch(self, version: str = "") -> str:
        """Fetch it in place of what is there, and return its version. Raises TargetError, and leaves what was there."""
        new, old = self.directory.with_suffix(".new"), self.directory.with_suffix(".old")
        try:
            for left_over in (new, old):
                shutil.rmtree(left_over, ignore_errors=True)
            new.mkdir(parents=True)
            self.fetch_into(new, version)
            if self.directory.exists():
                self.directory.rename(old)
            new.rename(self.directory)
        except OSError as error:
            raise TargetError(
                f"{self.place} cannot be kept in {self.directory}: {error.strerror or error}: set TOUCHSTONE_CACHE"
            ) from None
        finally:
            for left_over in (new, old):
                shutil.rmtree(left_over, ignore_errors=True)
        found = self.fetched_version()
        if found is None:
            raise TargetError(f"{self.name} was fetched, but is not what it was: look into {self.directory}")
        return found

    def required(self) -> Path:
        """Where it is. TargetError where it has not been fetched."""
        if self.fetched_version() is None:
            raise TargetError(f"not fetched: {self.order}")
        return self.directory


class Archive(Package):
    """An npm package as it is, without what it depends on: `npm pack`, and unpack."""

    __slots__ = ()

    def fetched_version(self) -> str | None:
        return _package_version(self.directory / "package")

    def fetch_into(self, directory: Path, version: str) -> None:
        _npm("pack", f"{self.name}@{version or 'latest'}", "--pack-destination", str(directory), place=self.place)
        for archive in directory.glob("*.tgz"):
            # Not by `tarfile`, whose filter against members outside of the folder came with Python 3.11.4.
            _run(["tar", "-xzf", str(archive), "-C", str(directory)], self.place)
            archive.unlink()


class Installation(Package):
    """An npm package with what it depends on."""

    __slots__ = ()

    def fetched_version(self) -> str | None:
        return _package_version(self.directory / "node_modules" / self.name)

    def fetch_into(self, directory: Path, version: str) -> None:
        options = ("--prefix", str(directory), "--ignore-scripts", "--no-audit", "--no-fund", "--no-save")
        _npm("install", *options, f"{self.name}@{version or 'latest'}", place=self.place)


class Environment(Package):
    """A PyPI package in a virtual environment of its own: what it requires is not what we require."""

    __slots__ = ()

    @property
    def python(self) -> Path:
        return self.directory / "bin" / "python"

    def fetched_version(self) -> str | None:
        return installed_version(self.directory, self.name)

    def fetch_into(self, directory: Path, version: str) -> None:
        _run([sys.executable, "-m", "venv", str(directory)], self.place)
        wanted = f"{self.name}=={version}" if version else self.name
        options = ("--quiet", "--disable-pip-version-check", "--no-input")
        _run([str(directory / "bin" / "python"), "-m", "pip", "install", *options, wanted], self.place)


# What Amazon's Amplify ships of DynamoDB Local: the whole of Amazon's own archive.
DYNAMODB_LOCAL: Final = Archive("dynamodb-local", "amplify-dynamodb-simulator")
DYNALITE: Final = Installation("dynalite", "dynalite")
DYNOXIDE: Final = Archive("dynoxide", "@dynoxide/linux-x64")
MINISTACK: Final = Environment("ministack", "ministack")

PACKAGES: Final = {package.place: package for package in (DYNAMODB_LOCAL, DYNALITE, DYNOXIDE, MINISTACK)}


def installed_version(environment: Path, name: str) -> str | None:
    """The version of a package in a virtual environment; None where it is not there."""
    found = sorted(environment.glob(f"lib/python*/site-packages/{name}-*.dist-info"))
    return found[-1].name.removeprefix(f"{name}-").removesuffix(".dist-info") if found else None


def _package_version(directory: Path) -> str | None:
    try:
        version = json.loads((directory / "package.json").read_text())["version"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(version)


def _npm(*arguments: str, place: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise TargetError(f"{place} is fetched by npm, which is not installed: install Node.js 20 or later")
    _run([npm, *arguments], place)


def _run(command: Sequence[str], place: str) -> None:
    title = Path(command[0]).name
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_NO_ANSWER, check=False
        )
    except OSError as error:
        raise TargetError(f"{place} was not fetched: {title}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise TargetError(f"{place} was not fetched: {title} took longer than {_NO_ANSWER:g} s") from None
    if done.returncode != 0:
        raise TargetError(f"{place} was not fetched: {title}: {_complaint(done.stderr or done.stdout)}")


def _complaint(output: str) -> str:
    """The line of a failed client's output that says what is wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() and "complete log" not in line]
    return (errors or lines or ["it said nothing"])[0]
