"""How wording differs between versions of DynamoDB, as data.

A dialect of AWS says which messages come in an envelope on which operations, which messages have another text than the
present one, and how refused members of a request are told. The first two are applied in one place, when a refusal is
rendered (`wire/replies.py`); the third is what the decoder is given. No operation knows of it: an operation says
what is wrong, by an entry of `messages.py`, and gives it whatever values any dialect's text takes.

Such a dialect is wording only. Where versions of DynamoDB *do* different things, the server does what the present one
does. What another implementation does is written elsewhere (`alternator/`); `protocols.py` names all dialects, and
`dialect_page.py` prints what differs between two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reference_server import messages
from reference_server.errors import DynamoDBError, ValidationException, fill
from reference_server.messages import Family, Message
from reference_server.model.wordings import AWS_2025, AWS_2026, Wording

ENVELOPE: Final = "1 validation error detected: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    name: str
    # A sentence: whose wording it is.
    summary: str
    # Both must hold for a message to be enveloped: its operation is one of these, and its family one of those.
    enveloped_operations: frozenset[str]
    enveloped_families: frozenset[Family]
    # In place of the text in `messages.py`, which is the present one.
    texts: Mapping[Message, str]
    # How refused members of a request are told.
    wording: Wording

    def text(self, operation: str | None, error: DynamoDBError) -> str | None:
        """The text of a refusal of `operation` (None: refused before it was known which)."""
        text = self._bare_text(error)
        if (
            isinstance(error, ValidationException)
            and error.source is not None
            and error.source.family in self.enveloped_families
            and operation in self.enveloped_operations
        ):
            return f"{ENVELOPE}{text}"
        return text

    def _bare_text(self, error: DynamoDBError) -> str | None:
        if error.source is None:
            return None
        values = {
            name: self._bare_text(value) if isinstance(value, DynamoDBError) else value
            for name, value in error.values.items()
        }
        return fill(self.texts.get(error.source, error.source.text), values)


# aws-2026, Wording: all regions but two answer so since October 2026. Reads, batches and transactions stay bare.
AWS: Final = Dialect(
    name="aws",
    summary="The present wording of AWS: all regions but two since October 2026.",
    enveloped_operations=frozenset({"PutItem", "UpdateItem", "DeleteItem"}),
    enveloped_families=frozenset({Family.VALUE, Family.EXPRESSION, Family.PARAMETERS}),
    texts={},
    wording=AWS_2026,
)

CLASSIC: Final = Dialect(
    name="aws-2025",
    summary="The classic wording of AWS: everywhere until mid-2026, in eu-south-2 and me-central-1 after October 2026.",
    enveloped_operations=frozenset(),
    enveloped_families=frozenset(),
    texts={
        messages.STRING_SET_DUPLICATES: (  # probe b_put_dup_ss
            messages.INVALID + "Input collection {bare} contains duplicates."
        ),
        messages.VALUES_WITHOUT_EXPRESSION: (  # probe b_put_eav_no_expr
            "ExpressionAttributeValues can only be specified when using expressions: {missing}"
        ),
        messages.INDEX_UNKNOWN: "The table does not have the specified index: {index}",  # data-plane 6.1
        messages.SELECT_SPECIFIC: (  # probe scan_specific_attributes
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
        ),
        messages.START_KEY_OF_TABLE_SCAN: messages.START_KEY_SCHEMA.text,  # probe scan_bad_start_key
        messages.SEGMENT_RANGE: (  # probe scan_segment_out_of_range
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            "Segment: {segment} is not less than TotalSegments: {total}"
        ),
        messages.BATCH_GET_TOO_MANY: "Too many items requested for the BatchGetItem call",  # data-plane 0
    },
    wording=AWS_2025,
)

DIALECTS: Final[Mapping[str, Dialect]] = {dialect.name: dialect for dialect in (AWS, CLASSIC)}
