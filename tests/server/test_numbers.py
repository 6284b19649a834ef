"""Numbers: their normal form, limits, arithmetic and key bytes, held against `decimal`."""

from __future__ import annotations

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server import messages, numbers, sizes
from reference_server.errors import ValidationException

_EXACT = Context(prec=500, Emin=-1_000_000, Emax=1_000_000)


@st.composite
def storable_decimals(draw: st.DrawFn) -> Decimal:
    """Every number that DynamoDB can store: up to 38 digits, the first at an exponent from -130 to 125."""
    digits = draw(st.text("0123456789", min_size=1, max_size=38).map(lambda text: text.strip("0")))
    if not digits:
        return Decimal(0)
    first = draw(st.one_of(st.integers(-130, 125), st.integers(-5, 40)))
    value = Decimal(int(digits)).scaleb(first - (len(digits) - 1), _EXACT)
    return value.copy_negate() if draw(st.booleans()) else value


@st.composite
def spellings(draw: st.DrawFn, value: Decimal) -> str:
    """Some of the ways to write one number."""
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(map(str, digits))
    if not value:
        return draw(st.sampled_from(["0", "-0", "0.0", "00", "0e5", "-0.00", "+0"]))
    zeros = draw(st.integers(0, 3))
    leading = "0" * draw(st.integers(0, 3))
    mark = "-" if sign else draw(st.sampled_from(["", "+"]))
    e = draw(st.sampled_from(["e", "E"]))
    form = draw(st.sampled_from(["scientific", "pointed", "plain"]))
    if form == "plain":
        return mark + leading + format(value.copy_abs(), "f")
    if form == "pointed":
        return f"{mark}{leading}.{text}{'0' * zeros}{e}{exponent + len(text)}"
    return f"{mark}{leading}{text}{'0' * zeros}{e}{exponent - zeros:+d}"


@given(st.data(), storable_decimals())
def test_normal_form_is_the_same_number_however_it_is_written(data: st.DataObject, value: Decimal) -> None:
    text = data.draw(spellings(value))
    normal = numbers.normalise(text)
    assert Decimal(normal) == value
    assert numbers.normalise(normal) == normal
    assert "e" not in normal.lower()
    assert not normal.startswith("+")
    assert "." not in normal or not normal.endswith(("0", "."))


@given(st.data(), storable_decimals())
def test_equal_numbers_have_one_normal_form(data: st.DataObject, value: Decimal) -> None:
    assert numbers.normalise(data.draw(spellings(value))) == numbers.normalise(data.draw(spellings(value)))


@given(storable_decimals(), storable_decimals())
def test_key_bytes_sort_as_the_numbers_do(left: Decimal, right: Decimal) -> None:
    a, b = numbers.key_bytes(numbers.normalise(str(left))), numbers.key_bytes(numbers.normalise(str(right)))
    assert (a < b) == (left < right)
    assert (a == b) == (left == right)


@given(storable_decimals(), storable_decimals())
def test_arithmetic_is_exact_or_refused(left: Decimal, right: Decimal) -> None:
    a, b = numbers.normalise(str(left)), numbers.normalise(str(right))
    for calculate, exact in (
        (numbers.add, _EXACT.add(left, right)),
        (numbers.subtract, _EXACT.subtract(left, right)),
    ):
        digits = len(exact.normalize(_EXACT).as_tuple().digits)
        storable = digits <= 38 and (not exact or -130 <= exact.adjusted() <= 125)
        if storable:
            assert Decimal(calculate(a, b)) == exact
        else:
            with pytest.raises(ValidationException):
                calculate(a, b)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("+1", "1"),
        ("1.", "1"),
        (".5", "0.5"),
        ("-.5", "-0.5"),
        ("00012", "12"),
        ("-007", "-7"),
        ("1.500", "1.5"),
        ("1E2", "100"),
        ("1e+2", "100"),
        ("1e-2", "0.01"),
        ("123.0001e-5", "0.001230001"),
        ("-0", "0"),
        ("0.0", "0"),
        ("1e125", "1" + "0" * 125),
        ("1e-130", "0." + "0" * 129 + "1"),
        ("1.1e-130", "0." + "0" * 129 + "11"),
        ("1234567890123456789012345678901234567800", "1234567890123456789012345678901234567800"),
    ],
)
def test_normal_forms(text: str, normal: str) -> None:
    assert numbers.normalise(text) == normal


@pytest.mark.parametrize(
    "text",
    " 1|1 |1 2|++1|--1|1-|.|-|+|1e|e1|1e1.5|1..2|1,000|1_000|0x10|1f|1d|1L|NaN|Infinity|abc|١".split("|"),  # noqa: SIM905
)
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValidationException) as refusal:
        numbers.normalise(text)
    assert refusal.value.message == f"The parameter cannot be converted to a numeric value: {text}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", messages.NUMBER_EMPTY),
        ("1e126", messages.NUMBER_OVERFLOW),
        ("-1e126", messages.NUMBER_OVERFLOW),
        ("0e126", messages.NUMBER_OVERFLOW),
        ("1e" + "9" * 400, messages.NUMBER_OVERFLOW),
        ("9e-131", messages.NUMBER_UNDERFLOW),
        ("1e-" + "9" * 400, messages.NUMBER_UNDERFLOW),
        ("1" * 39, messages.NUMBER_DIGITS),
        # The range is checked before the digits.
        ("1" * 39 + "e200", messages.NUMBER_OVERFLOW),
    ],
)
def test_numbers_out_of_bounds(text: str, message: messages.Message) -> None:
    with pytest.raises(ValidationException) as refusal:
        numbers.normalise(text)
    assert refusal.value.source is message


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 1),
        ("1", 2),
        ("12", 2),
        ("10", 2),
        ("100", 2),
        ("123", 3),
        ("1234", 3),
        ("12345", 4),
        ("0.1", 2),
        ("0.01", 2),
        ("0.12", 2),
        ("0.012", 3),
        ("0.0012", 2),
        ("0.00012", 3),
        ("120", 2),
        ("1200", 2),
        ("1.5", 3),
        ("12.5", 3),
        ("123.45", 4),
        ("-1", 3),
        ("-123", 4),
        ("9" * 38, 20),
        ("-" + "9" * 38, 21),
        (numbers.normalise("1e125"), 2),
        (numbers.normalise("1e-130"), 2),
    ],
)
def test_sizes_of_numbers(text: str, size: int) -> None:
    assert sizes.number_size(text) == size
