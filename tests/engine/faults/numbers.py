"""Precision lost, and numbers that are not what they were."""

from __future__ import annotations

from decimal import Context

from reference_server import numbers, values
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import Replacement, edit
from tests.engine.witnesses import Number, get, item, put, query, scan, update, witness

_KEY = item(pk="a")

FAULTS = (
    Fault(
        id="sum-through-double",
        area=Area.NUMBERS,
        difficulty=Difficulty.MEDIUM,
        sentence="ADD and + calculate in binary floating point.",
        notice="Prices no longer add up, and counters stand still above 2^53.",
        patches=(
            edit(
                numbers.add,
                (
                    "return _calculate(_ARITHMETIC.add, left, right)",
                    "return normalise(repr(float(left) + float(right)))",
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=Number("0.1"))),
            update("Simple", _KEY, "ADD x :v", v=Number("0.2")),
            get("Simple", _KEY),
        ),
    ),
    Fault(
        id="difference-of-17-digits",
        area=Area.NUMBERS,
        difficulty=Difficulty.RARE,
        sentence="`-` keeps 17 digits of its result.",
        notice="A balance of more than 17 digits loses its cents.",
        patches=(
            edit(
                numbers.subtract,
                (
                    "return _calculate(_ARITHMETIC.subtract, left, right)",
                    "return normalise(str(Context(prec=17).subtract(as_decimal(left), as_decimal(right))))",
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=Number("12345678901234567890"))),
            update("Simple", _KEY, "SET x = x - :v", v=1),
            get("Simple", _KEY),
        ),
    ),
    Fault(
        id="sum-of-28-digits",
        area=Area.NUMBERS,
        difficulty=Difficulty.RARE,
        sentence="Sums and differences are rounded to 28 digits, as Python's decimals are by default.",
        notice="A sum of large and small amounts silently loses the small one, where production refuses it.",
        patches=(Replacement(numbers, "_ARITHMETIC", Context(prec=28, Emin=-999_999, Emax=999_999, traps=[])),),
        witness=witness(
            put("Simple", item(pk="a", x=Number("1" + "0" * 29))),
            update("Simple", _KEY, "SET x = x + :v", v=1),
            get("Simple", _KEY),
        ),
    ),
    Fault(
        id="comparison-as-double",
        area=Area.NUMBERS,
        difficulty=Difficulty.RARE,
        sentence="Conditions and filters order numbers as binary floating point: beyond 2^53 neighbours are equal.",
        notice="`version < :v` does not hold for large versions, and an update is refused for ever.",
        patches=(Replacement(values.ORDERS, "N", float),),
        witness=witness(put("Simple", item(pk="a", x=2**53)), scan("Simple", "x < :v", v=2**53 + 1)),
    ),
    Fault(
        id="number-key-of-16-digits",
        area=Area.NUMBERS,
        difficulty=Difficulty.RARE,
        sentence="Number keys are told apart by their first 16 digits only.",
        notice="Two items with long numeric ids overwrite each other.",
        patches=(
            edit(
                numbers.key_bytes,
                ("significant = _significant(value).encode()", "significant = _significant(value).encode()[:16]"),
            ),
        ),
        witness=witness(
            put("Sorted", item(pk="a", sk=12345678901234567)),
            put("Sorted", item(pk="a", sk=12345678901234568)),
            query("Sorted", "pk = :p", p="a"),
        ),
    ),
    Fault(
        id="small-numbers-with-exponent",
        area=Area.NUMBERS,
        difficulty=Difficulty.MEDIUM,
        sentence="Numbers below 0.000001 are printed with an exponent.",
        notice="A parser of plain decimals fails, and texts that were compared as texts differ.",
        patches=(
            edit(
                numbers._plain,
                (
                    'return "0." + "0" * -point + digits',
                    'return "0." + "0" * -point + digits if point > -6 else f"{digits}E{exponent}"',
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=Number("0.00000001"))), get("Simple", _KEY)),
    ),
    Fault(
        id="minus-zero",
        area=Area.NUMBERS,
        difficulty=Difficulty.MEDIUM,
        sentence="-0 stays -0, and is another number than 0.",
        notice="A condition `x = 0` fails for a value that was calculated elsewhere.",
        patches=(
            edit(
                numbers._normalise,
                ('return "0"', 'return "-0" if match["sign"] == "-" else "0"'),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=Number("-0"))), get("Simple", _KEY)),
    ),
    Fault(
        id="numbers-in-lists-as-spelt",
        area=Area.NUMBERS,
        difficulty=Difficulty.MEDIUM,
        sentence="Numbers that are elements of a list keep their spelling: 1.0 in a list is not 1.",
        notice="`contains(list, :one)` and equality of lists fail for numbers that were written by another client.",
        patches=(
            edit(
                values._accept_list,
                (
                    "_accept(element, level + 1)",
                    """
                    spelt = element.get("N")
                    _accept(element, level + 1)
                    if spelt is not None and "N" in element:
                        element["N"] = spelt
                    """,
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=[Number("1.0")])), scan("Simple", "contains(x, :v)", v=1)),
    ),
    Fault(
        id="equal-numbers-in-a-set",
        area=Area.NUMBERS,
        difficulty=Difficulty.MEDIUM,
        sentence="A number set with two spellings of one number is accepted.",
        notice="A request that production refuses as having duplicates passes.",
        patches=(
            edit(
                values._accept_set,
                ("len(accepted) != len(elements)", 'len(accepted) != len(elements) and set_datatype != "NS"'),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=(Number("1"), Number("1.0"))))),
    ),
    Fault(
        id="sum-out-of-range-kept",
        area=Area.NUMBERS,
        difficulty=Difficulty.RARE,
        sentence="A sum with more than 38 digits is cut to 38 and not refused.",
        notice="A sum is wrong in its last digits and nobody is told.",
        patches=(
            edit(
                numbers._calculate,
                (
                    """
                    if len(_significant(result)) > limits.NUMBER_DIGITS:
                        raise ValidationException(messages.RESULT_DIGITS)
                    """,
                    "result = Context(prec=limits.NUMBER_DIGITS).plus(result)",
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=Number("1" + "0" * 38))),
            update("Simple", _KEY, "SET x = x + :v", v=Number("0.1")),
        ),
    ),
)
