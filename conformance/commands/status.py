"""The statuses that commands exit with, and the error that is one line and COULD_NOT_RUN."""

from __future__ import annotations

from typing import Final

NO_DIVERGENCE: Final = 0
DIVERGENCES: Final = 1
COULD_NOT_RUN: Final = 2
INTERRUPTED: Final = 130


class Unusable(Exception):  # noqa: N818
    """The run cannot begin. One line: what, where, what to do."""
