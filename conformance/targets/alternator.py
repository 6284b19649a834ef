"""ScyllaDB Alternator in a container of our own. One that runs already is reached by its URL."""

from __future__ import annotations

from typing import Final

from conformance.targets.container import PATIENCE, ContainerTarget

IMAGE: Final = "scylladb/scylla"
PORT: Final = 8000
TIMEOUT: Final = 30.0  # seconds for a reply: creating a table changes a schema, which takes seconds

# A server for one client on a shared machine: one core, a gigabyte, no tuning of the host. The isolation has no
# default and must be chosen; this is the one that the lab of Alternator's own documentation uses.
OPTIONS: Final = (
    f"--alternator-port={PORT}",
    "--alternator-write-isolation=only_rmw_uses_lwt",
    # Records at once, and expiry soon: the defaults are ten seconds and a day.
    "--alternator-streams-time-window-s=0",
    "--alternator-ttl-period-in-seconds=0.5",
    "--smp=1",
    "--memory=1G",
    "--overprovisioned=1",
    "--developer-mode=1",
)


class AlternatorTarget(ContainerTarget):
    """Emptied by deleting its tables: it has no other way."""

    def __init__(
        self,
        *,
        name: str = "alternator",
        image: str = IMAGE,
        timeout: float | None = None,
        patience: float = PATIENCE,
    ) -> None:
        super().__init__(
            name,
            title="Alternator",
            image=image,
            port=PORT,
            arguments=OPTIONS,
            version_command=("scylla", "--version"),
            timeout=timeout or TIMEOUT,
            patience=patience,
        )
