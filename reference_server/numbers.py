"""Numbers: decimal text in, the normal form that DynamoDB stores and prints out.

A number travels as text. It has at most 38 significant digits, and its first significant digit stands at a decimal
exponent from -130 to 125. DynamoDB prints it in one way only, plain decimal without exponent: two numbers are
equal exactly when their normal forms are the same text, which is what makes equality of stored values cheap.
(data-plane 3.2; aws-2026, sizes 8.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import Final

from reference_server import limits, messages
from reference_server.errors import ValidationException

# ASCII digits only: Java's parser would take others, AWS is not known to (data-plane 3.2, thin).
_NUMBER: Final = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<whole>[0-9]+)(?:\.(?P<part>[0-9]*))?|\.(?P<only>[0-9]+))(?:[eE](?P<exponent>[+-]?[0-9]+))?"
)

# Wide enough for the sum of any two numbers to be exact: whether it can be stored is judged afterwards.
_ARITHMETIC: Final = Context(
    prec=limits.NUMBER_EXPONENT_MAX - limits.NUMBER_EXPONENT_MIN + limits.NUMBER_DIGITS + 2,
    Emin=-999_999,
    Emax=999_999,
    traps=[Inexact],
)

# How many numbers' normal forms, decimals and key bytes are remembered: a few megabytes.
_REMEMBERED: Final = 65_536


def normalise(text: str) -> str:
    """The normal form of a number's text.

    Raises ValidationException: not a number, out of range, or more than 38 significant digits, in that order.
    """
    if text.isdecimal() and text.isascii() and len(text) <= limits.NUMBER_DIGITS and text[0] != "0":
        return text  # the common case: a positive integer is its own normal form
    return _normalise(text)


@lru_cache(_REMEMBERED)
def _normalise(text: str) -> str:
    match = _NUMBER.fullmatch(text)
    if match is None:
        if not text:
            raise ValidationException(messages.NUMBER_EMPTY)
        raise ValidationException(messages.NUMBER_UNREADABLE, text=text)
    whole = match["whole"] or ""
    part = match["part"] or match["only"] or ""
    digits = (whole + part).lstrip("0")
    exponent = _exponent(match["exponent"]) - len(part)
    # Zero is held to the range too: `0e126` overflows (aws-2026, sizes 8).
    first = exponent + max(len(digits), 1) - 1
    if first > limits.NUMBER_EXPONENT_MAX:
        raise ValidationException(messages.NUMBER_OVERFLOW)
    if first < limits.NUMBER_EXPONENT_MIN:
        raise ValidationException(messages.NUMBER_UNDERFLOW)
    significant = digits.rstrip("0")
    if len(significant) > limits.NUMBER_DIGITS:
        raise ValidationException(messages.NUMBER_DIGITS)
    if not significant:
        return "0"
    exponent += len(digits) - len(significant)
    return ("-" if match["sign"] == "-" else "") + _plain(significant, exponent)


def _exponent(text: str | None) -> int:
    """The exponent as an int; one of absurd length is merely far out of range, whatever its exact value."""
    if text is None:
        return 0
    return int(text[:12])


def _plain(digits: str, exponent: int) -> str:
    """Significant digits times a power of ten, in plain decimal."""
    if exponent >= 0:
        return digits + "0" * exponent
    point = len(digits) + exponent
    if point > 0:
        return f"{digits[:point]}.{digits[point:]}"
    return "0." + "0" * -point + digits


@lru_cache(_REMEMBERED)
def as_decimal(text: str) -> Decimal:
    """The value of a number in normal form."""
    return Decimal(text)


def add(left: str, right: str) -> str:
    """The sum of two numbers in normal form, in normal form.

    Raises ValidationException where the result is out of range or would need more than 38 digits: DynamoDB
    refuses, it does not round (data-plane 3.2).
    """
    return _calculate(_ARITHMETIC.add, left, right)


def subtract(left: str, right: str) -> str:
    """The difference of two numbers in normal form, in normal form; raises as `add` does."""
    return _calculate(_ARITHMETIC.subtract, left, right)


def _calculate(operation: Callable[[Decimal, Decimal], Decimal], left: str, right: str) -> str:
    result = operation(as_decimal(left), as_decimal(right))
    if not result:
        return "0"  # a difference of nothing may carry an exponent of its own
    if result.adjusted() > limits.NUMBER_EXPONENT_MAX:
        raise ValidationException(messages.RESULT_OVERFLOW)
    if result.adjusted() < limits.NUMBER_EXPONENT_MIN:
        raise ValidationException(messages.RESULT_UNDERFLOW)
    if len(_significant(result)) > limits.NUMBER_DIGITS:
        raise ValidationException(messages.RESULT_DIGITS)
    return normalise(str(result))


@lru_cache(_REMEMBERED)
def key_bytes(text: str) -> bytes:
    """Bytes of a number in normal form that compare as the numbers do.

    Sign, then the exponent of the first digit, then the digits, closed by a byte that sorts a shorter run of digits
    on the proper side; for negative numbers everything is complemented.
    """
    if text == "0":
        return b"\x80"
    value = as_decimal(text)
    significant = _significant(value).encode()
    first = value.adjusted() - limits.NUMBER_EXPONENT_MIN
    if value.is_signed():
        return bytes((0x7F, 0xFF - first)) + significant.translate(_COMPLEMENT) + b"\xff"
    return bytes((0x81, first)) + significant + b"\x00"


def _significant(value: Decimal) -> str:
    """The digits of a number without the zeros behind them."""
    return "".join(map(str, value.as_tuple().digits)).rstrip("0")


_COMPLEMENT: Final = bytes.maketrans(b"0123456789", b"9876543210")
