"""How wording differs between versions of DynamoDB, as data.

A dialect says which messages come in an envelope on which operations, which is applied in one place, when a
refusal is rendered (`wire/replies.py`), and how refused members of a request are told, which the decoder is given.
No operation knows of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reference_server.errors import DynamoDBError, ValidationException
from reference_server.messages import Family
from reference_server.model.wordings import AWS_2026, Wording

ENVELOPE: Final = "1 validation error detected: "


@dataclass(frozen=True, slots=True)
class Dialect:
    name: str
    # Both must hold for a message to be enveloped: its operation is one of these, and its family one of those.
    enveloped_operations: frozenset[str]
    enveloped_families: frozenset[Family]
    # How refused members of a request are told.
    wording: Wording

    def text(self, operation: str | None, error: DynamoDBError) -> str | None:
        """The text of a refusal of `operation` (None: refused before it was known which)."""
        if (
            isinstance(error, ValidationException)
            and error.source is not None
            and error.source.family in self.enveloped_families
            and operation in self.enveloped_operations
        ):
            return f"{ENVELOPE}{error.message}"
        return error.message


# aws-2026, Wording: all regions but two answer so since October 2026. Reads, batches and transactions stay bare.
AWS: Final = Dialect(
    name="aws",
    enveloped_operations=frozenset({"PutItem", "UpdateItem", "DeleteItem"}),
    enveloped_families=frozenset({Family.VALUE, Family.EXPRESSION, Family.PARAMETERS}),
    wording=AWS_2026,
)
