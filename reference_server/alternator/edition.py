"""Versions of Alternator, as data: what one says or does otherwise than another.

A handler asks its request's edition for what it needs to know. What all versions do alike is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    name: str
    # A sentence: which servers it stands for.
    summary: str
    # The longest name of a table, in bytes (dossier 3, "Table name").
    table_name_bytes: int
    # The value of the header `Server`; None for no header (dossier 2, "Server header").
    server_header: str | None


EDITION_6_2: Final = Edition(
    name="alternator-6.2",
    summary="ScyllaDB Alternator 6.2, as a real 6.2.3 was recorded.",
    table_name_bytes=222,
    server_header="Seastar httpd",
)

EDITION_2026: Final = Edition(
    name="alternator-2026",
    summary="ScyllaDB Alternator 2026.4, as its source and documents say; where they say nothing else, as 6.2.",
    table_name_bytes=192,
    server_header=None,
)

EDITIONS: Final = (EDITION_6_2, EDITION_2026)
