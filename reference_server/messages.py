"""Every text that the server answers with, once, each with its source.

A message is a `str.format` template. Its family says what kind of check it belongs to: AWS's wording of 2026
puts `1 validation error detected: ` before the texts of some families on some operations, and a dialect
(`dialects.py`) states which.

Sources are sections of the fact dossier that this project was given: `data-plane` and `control-plane` restate
the AWS documentation and what independent implementations agree on; `aws-2026` restates captures of AWS of June
to October 2026; `probe ID` is an answer of AWS recorded word for word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """What a message is about, where the wording of a whole group changes together."""

    # Never enveloped: keys against the schema, run-time errors, sizes, whatever no other family claims.
    PLAIN = "plain"
    # Sets, duplicates, numbers, `NULL: false`, nesting.
    VALUE = "value"
    # Syntax, operands, unused or undefined placeholders.
    EXPRESSION = "expression"
    # Expression and legacy parameters in one request; `Expected`.
    PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    family: Family = Family.PLAIN


def _value(text: str) -> Message:
    return Message(text, Family.VALUE)


def _expression(text: str) -> Message:
    return Message(text, Family.EXPRESSION)


def _parameters(text: str) -> Message:
    return Message(text, Family.PARAMETERS)


# --- attribute values (data-plane 3) ----------------------------------------------------------------------

# --- expressions (data-plane 4) ---------------------------------------------------------------------------

# --- legacy parameters (data-plane 5) ---------------------------------------------------------------------

# --- request members (data-plane 2.1) ---------------------------------------------------------------------

# --- keys and items against the schema (data-plane 2.3) ---------------------------------------------------

# --- reads (data-plane 6) ---------------------------------------------------------------------------------

# --- batches (data-plane 7) -------------------------------------------------------------------------------

# --- tables (control-plane 2 to 7) ------------------------------------------------------------------------

# --- wire (data-plane 1) ----------------------------------------------------------------------------------
