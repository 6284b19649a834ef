"""Alternator's messages, once, each with its source: a section of the dossier, or the request that recorded it.

They are `str.format` templates, as in `messages.py`.
"""

from __future__ import annotations

from typing import Final

from reference_server.messages import Message

# --- the wire (dossier 2) ---------------------------------------------------------------------------------
UNSUPPORTED_OPERATION: Final = Message("Unsupported operation {operation}")  # recorded http-target-unknown-op
NOT_JSON: Final = Message("Parsing JSON failed: {reason} at {position}")  # recorded http-not-json
NESTED_TOO_DEEP: Final = Message("Max nested level reached: {levels}")  # recorded put-nest-l-40
INTERNAL: Final = Message("Internal server error: {exception}")  # recorded put-key-65535

# --- members of requests (dossier 2, "Wrong JSON type of a field") ----------------------------------------
# The real text goes on with addresses on its stack, which mean nothing outside of that process.
JSON_ASSERT: Final = Message("JSON assert failed on condition '{condition}', at: <stack addresses>")
PARAMETER_MISSING: Final = Message("JSON parameter {name} not found")  # recorded put-no-item
STRING_EXPECTED: Final = Message("Expected string value for {name}, got: {value}")  # recorded put-rv-number
TABLE_NAME_MISSING: Final = Message("Missing TableName field in request")  # recorded put-no-table
TABLE_NAME_NO_STRING: Final = Message("Non-string TableName field in request")  # dossier 3, "TableName as ARN"

# --- tables (dossier 3 and 4) -----------------------------------------------------------------------------
TABLE_NOT_FOUND: Final = Message("Requested resource not found: Table: {name} not found")  # recorded put-missing-table
TABLE_NAME_LENGTH: Final = Message(
    "TableName must be at least 3 characters long and at most {most} characters long"
)
TABLE_NAME_PATTERN: Final = Message("TableName must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")

# --- values (dossier 7) -----------------------------------------------------------------------------------
VALUE_MALFORMED: Final = Message("{caller}: improperly formatted value '{value}'")  # recorded put-attr-two-types
VALUE_TYPE_UNKNOWN: Final = Message("{caller}: unknown type {datatype} for value {value}")  # recorded put-float32vector
NUMBER_NO_STRING: Final = Message(  # recorded put-attr-n-json-number
    "{caller}: number value must be encoded as string '{value}'"
)
BASE64: Final = Message("Invalid base64 data")  # recorded put-attr-b-bad
SET_EMPTY: Final = Message("{caller}: empty set not allowed")  # recorded put-set-empty
SET_MALFORMED: Final = Message("{caller}: improperly formatted set '{value}'")  # recorded put-set-not-list
NUMBER_UNREADABLE: Final = Message("The parameter cannot be converted to a numeric value: {text}")
NUMBER_OVERFLOW: Final = Message(  # recorded up-097
    "Number overflow: {text}. Attempting to store a number with magnitude larger than supported range."
)
NUMBER_UNDERFLOW: Final = Message(
    "Number underflow: {text}. Attempting to store a number with magnitude lower than supported range."
)
NUMBER_DIGITS: Final = Message(
    "Number too precise: {text}. Attempting to store a number with more significant digits than supported."
)
