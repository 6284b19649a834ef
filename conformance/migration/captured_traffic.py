"""Captured requests, read from their files each time that they are gone through.

What a day asks is more than memory holds: a request takes some fifteen times as much there as in its file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.traffic.traffic import CapturedRequest, read_traffic


class CapturedTraffic:
    """The requests of these files in the order of time. Going through them raises TrafficError.

    `cut` are the files whose last line was cut off, as far as they were read.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self.cut: dict[Path, None] = {}

    def __iter__(self) -> Iterator[CapturedRequest]:
        return read_traffic(self._paths, on_cut=self.cut.setdefault)
