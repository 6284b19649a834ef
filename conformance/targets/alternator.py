"""ScyllaDB Alternator in a container of our own. One that runs already is reached by its URL."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import time

from conformance.events import TargetDescription
from conformance.scenario import Reply
from conformance.targets.tables import delete_every_table
from conformance.targets.target import Target, TargetError, WireRequest
from conformance.targets.url import URLTarget

IMAGE = "scylladb/scylla"
PORT = 8000
ENGINES = ("docker", "podman")
BY_URL = "start one, or give the URL of a running Alternator"

# A server for one client on a shared machine: one core, a gigabyte, no tuning of the host. The isolation has no
# default and must be chosen; this is the one that the lab of Alternator's own documentation uses.
OPTIONS = (
    f"--alternator-port={PORT}",
    "--alternator-write-isolation=only_rmw_uses_lwt",
    "--smp=1",
    "--memory=1G",
    "--overprovisioned=1",
    "--developer-mode=1",
)


class AlternatorTarget(Target):
    """One container, removed when we stop and when Python exits.

    A process that is killed leaves its container behind: it has the label `touchstone`.
    """

    resettable = True

    def __init__(self, *, name: str = "alternator", image: str = IMAGE, patience: float = 120.0) -> None:
        self.name = name
        self._image = image
        self._patience = patience  # seconds from the container's start to its first answer
        self._engine = ""
        self._container = ""
        self._version = ""
        self._server: URLTarget | None = None

    def describe(self) -> TargetDescription:
        return TargetDescription(self.name, self._version or "unknown", f"container of {self._image}")

    def check(self) -> None:
        find_engine()

    def start(self) -> None:
        self._engine = find_engine()
        atexit.register(self.stop)
        self._container = self._run(
            "run", "--detach", "--rm", "--label=touchstone", f"--publish=127.0.0.1::{PORT}", self._image, *OPTIONS
        ).splitlines()[-1]
        published = self._run("port", self._container, f"{PORT}/tcp").splitlines()[0]
        self._server = URLTarget(f"http://127.0.0.1:{published.rpartition(':')[2]}", name=self.name)
        self._wait_for_answer(self._server)
        self._version = self._run("exec", self._container, "scylla", "--version")

    def stop(self) -> None:
        atexit.unregister(self.stop)
        if self._server is not None:
            self._server.stop()
        self._server = None
        container, self._container = self._container, ""
        if container:
            subprocess.run([self._engine, "rm", "--force", container], capture_output=True, check=False)

    def reset(self) -> None:
        """Alternator has no reset; the container is ours, so every table in it may go."""
        delete_every_table(self)

    def send(self, request: WireRequest) -> Reply:
        if self._server is None:
            return Reply(0, failure="not started")
        return self._server.send(request)

    def _wait_for_answer(self, server: URLTarget) -> None:
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return server.start()
            except TargetError:
                if time.monotonic() > deadline:
                    raise TargetError(
                        f"{self._image} did not answer within {self._patience:g} s: "
                        f"look at `{self._engine} logs {self._container[:12]}`"
                    ) from None
            time.sleep(min(0.5, self._patience / 20))

    def _run(self, *arguments: str) -> str:
        done = subprocess.run([self._engine, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or ["it said nothing"]
            raise TargetError(f"`{self._engine} {arguments[0]}` failed ({said[-1]}): {BY_URL}")
        return done.stdout.strip()


def find_engine() -> str:
    """The first container engine that runs: an installed client without its daemon is none."""
    missing = []
    for engine in ENGINES:
        if shutil.which(engine) is None:
            missing.append(f"{engine} is not installed")
        elif subprocess.run([engine, "info"], capture_output=True, check=False).returncode == 0:
            return engine
        else:
            missing.append(f"{engine} is installed but not running")
    raise TargetError(f"Alternator needs a container engine ({', '.join(missing)}): {BY_URL}")
