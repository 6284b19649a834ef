"""A reference server in a process of its own, for tests that need real HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COMMAND = [sys.executable, "-m", "reference_server"]


def start(*arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def address_of(process: subprocess.Popen[str]) -> str:
    """Where it listens, as its first line says; it waits for that line."""
    assert process.stdout is not None
    line = process.stdout.readline()
    address = re.search(r"http://\S+$", line)
    assert address, f"{line!r}, {process.communicate()}"
    return address[0]


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    with start("--port", "0", *arguments) as process:
        try:
            yield address_of(process)
        finally:
            process.kill()
