"""The dialects by their names, and the protocol in which the server speaks each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from reference_server import dialects
from reference_server.alternator.edition import EDITIONS, Edition
from reference_server.alternator.protocol import AlternatorProtocol
from reference_server.dialects import Dialect
from reference_server.operations.registry import OPERATIONS, Handler
from reference_server.wire.aws import AWSProtocol
from reference_server.wire.protocol import Protocol

# A wording of AWS, or an edition of Alternator. Both have a name and a summary.
AnyDialect: TypeAlias = Dialect | Edition

DIALECTS: Final[Mapping[str, AnyDialect]] = {
    **dialects.DIALECTS,
    **{edition.name: edition for edition in EDITIONS},
}


class UnknownDialect(LookupError):  # noqa: N818
    """No dialect has that name. One line: which there are."""


def named(dialect: str | AnyDialect) -> AnyDialect:
    """The dialect of that name, or the one that was given. Raises UnknownDialect."""
    if not isinstance(dialect, str):
        return dialect
    if dialect not in DIALECTS:
        raise UnknownDialect(f"no dialect is called {dialect!r}: there are {', '.join(DIALECTS)}")
    return DIALECTS[dialect]


def protocol_of(dialect: str | AnyDialect, operations: Mapping[str, Handler] | None = None) -> Protocol:
    """How the server speaks in that dialect; `operations` in place of its own. Raises UnknownDialect."""
    match named(dialect):
        case Edition() as edition:
            return AlternatorProtocol(edition, operations)
        case Dialect() as wording:
            return AWSProtocol(wording, OPERATIONS if operations is None else operations)
