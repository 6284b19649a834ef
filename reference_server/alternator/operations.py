"""Every operation that Alternator serves (dossier 1). Any other is unknown to it, whatever its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_server.alternator import tables
from reference_server.operations.registry import Handler

OPERATIONS: Final[Mapping[str, Handler]] = {
    "CreateTable": tables.create_table,
}
