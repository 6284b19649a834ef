"""Write isolation (dossier 10): how a table's writes that need a read are carried out, by a tag of the table.

One server that does one thing at a time is isolated whatever the mode. What is left to see of it is that one mode
forbids such writes.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from reference_server.alternator import texts
from reference_server.alternator.tag_store import Tags
from reference_server.errors import ValidationException
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.table import Table

TAG: Final = "system:write_isolation"


class Mode(Enum):
    """Each with the values of the tag that stand for it."""

    ALWAYS = ("a", "always", "always_use_lwt")
    FORBID = ("f", "forbid", "forbid_rmw")
    ONLY_READ_MODIFY_WRITE = ("o", "only_rmw_uses_lwt")
    UNSAFE = ("u", "unsafe", "unsafe_rmw")


# The start-up option has no default on the real server; this is what the recorded one was started with.
DEFAULT: Final = Mode.ONLY_READ_MODIFY_WRITE

_MODES: Final = {value: mode for mode in Mode for value in mode.value}

# In the order in which the recorded server has them in its hash table.
_ALLOWED: Final = (
    '{"unsafe_rmw", "unsafe", "u", "o", "always_use_lwt", "always", "only_rmw_uses_lwt", "a", "forbid_rmw", '
    '"forbid", "f"}'
)


def check_tag(key: str, value: str) -> None:
    """A tag that a table is to have. Raises ValidationException (rule: isolation-tag-value)."""
    if key == TAG and value not in _MODES:
        raise ValidationException(texts.ISOLATION_UNKNOWN, value=value, allowed=_ALLOWED)


def mode_of(catalogue: Catalogue, table: Table) -> Mode:
    tagged = catalogue.part(Tags).of(table).get(TAG)
    return DEFAULT if tagged is None else _MODES[tagged]


def refuse_read_modify_write(catalogue: Catalogue, table: Table) -> None:
    """A write of this table is about to need what is there already. rule: write-isolation."""
    if mode_of(catalogue, table) is Mode.FORBID:
        raise ValidationException(texts.ISOLATION_FORBIDS)
