"""Amazon's own emulator: a jar of one's own, as Amplify ships it, or in Amazon's container."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from conformance.targets.child import PORT, ChildTarget, Command
from conformance.targets.container import ContainerTarget, find_engine
from conformance.targets.fetching import DYNAMODB_LOCAL
from conformance.targets.target import Target, TargetError

TITLE: Final = "DynamoDB Local"
VARIABLE: Final = "TOUCHSTONE_DYNAMODB_LOCAL"
IMAGE: Final = "amazon/dynamodb-local"
JAR: Final = "DynamoDBLocal.jar"
CONTAINER: Final = "container"

# `-sharedDb`: without it there is a database for each access key and region, and a reset would see only one of them.
ARGUMENTS: Final = ("-jar", JAR, "-inMemory", "-sharedDb", "-disableTelemetry")
_JAVA: Final = ("java", "-Djava.library.path=./DynamoDBLocal_lib")


def open_dynamodb_local(*, name: str = "dynamodb-local", option: str = "", timeout: float | None = None) -> Target:
    """The jar, or the container, that the option or the environment names; otherwise whichever is there.

    An option is the path of the jar or of its folder, `container`, or an image with its tag.
    """
    option = option or os.environ.get(VARIABLE, "")
    if option == CONTAINER or option.startswith(IMAGE):
        return _container(name, IMAGE if option == CONTAINER else option, timeout)
    if not option and DYNAMODB_LOCAL.fetched_version() is None and _engine_runs():
        return _container(name, IMAGE, timeout)
    return DynamoDBLocalTarget(name=name, path=Path(option) if option else None, timeout=timeout)


class DynamoDBLocalTarget(ChildTarget):
    """`java -jar DynamoDBLocal.jar`, from the given path or the cache."""

    how = "java -jar DynamoDBLocal.jar -inMemory -sharedDb, over HTTP"

    def __init__(self, *, name: str = "dynamodb-local", path: Path | None = None, timeout: float | None = None) -> None:
        super().__init__(name, timeout=timeout)
        self._path = path

    def command(self) -> Command:
        directory = self._directory()
        _require_java()
        return Command((*_JAVA, *ARGUMENTS, "-port", PORT), directory=directory)

    def version(self) -> str:
        return _version_of(self._directory())

    def _directory(self) -> Path:
        if self._path is None:
            try:
                return DYNAMODB_LOCAL.required() / "package" / "emulator"
            except TargetError as error:
                raise TargetError(
                    f"{error}, or set {VARIABLE} to the folder of {JAR}, or start docker or podman for {IMAGE}"
                ) from None
        path = self._path.expanduser()
        directory = path.parent if path.is_file() else path
        if not (directory / JAR).is_file():
            raise TargetError(f"{path}: there is no {JAR}: name it or its folder, or say {CONTAINER}")
        return directory


def _container(name: str, image: str, timeout: float | None) -> ContainerTarget:
    return ContainerTarget(
        name,
        title=TITLE,
        image=image,
        port=8000,
        arguments=ARGUMENTS,
        version_command=(*_JAVA, "-jar", JAR, "-version"),
        timeout=timeout,
    )


def _engine_runs() -> bool:
    try:
        return bool(find_engine(TITLE))
    except TargetError:
        return False


def _require_java() -> None:
    if shutil.which("java") is None:
        raise TargetError(f"{TITLE} needs Java 17 or later, and `java` is not installed")


@cache
def _version_of(directory: Path) -> str:
    """What it says itself, which takes most of a second; nothing in its folder tells it."""
    _require_java()
    try:
        said = subprocess.run(
            [*_JAVA, "-jar", JAR, "-version"],
            cwd=directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    lines = said.stdout.split()
    return lines[-1] if said.returncode == 0 and lines else "unknown"
