"""A limit that stands one off."""

from __future__ import annotations

from typing import Any

from reference_server import keys, limits, numbers, values
from reference_server.expressions import conditions
from reference_server.tables import item_keys, key_ranges
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import Replacement, edit
from tests.engine.witnesses import (
    Number,
    batch_write,
    call,
    item,
    put,
    put_request,
    query,
    scan,
    witness,
)

_HUNDRED: dict[str, Any] = {f"v{n}": n for n in range(100)}
_SORTED_BY_NUMBER = [item(pk="a", sk=n) for n in (1, 2, 3)]


def _nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


FAULTS = (
    Fault(
        id="item-of-exactly-400-kb-refused",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="An item of exactly 409,600 bytes is refused, although the limit is inclusive.",
        notice="The largest document that production takes cannot be stored in tests.",
        patches=(Replacement(limits, "ITEM_BYTES", limits.ITEM_BYTES - 1),),
        witness=witness(put("Simple", item(pk="a", x="x" * (409_600 - 4)))),
    ),
    Fault(
        id="partition-key-of-2048-bytes-refused",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="A partition key of exactly 2,048 bytes is refused.",
        notice="Long identifiers work in production and fail here.",
        patches=(Replacement(limits, "PARTITION_KEY_BYTES", limits.PARTITION_KEY_BYTES - 1),),
        witness=witness(put("Simple", item(pk="k" * 2048))),
    ),
    Fault(
        id="sort-key-of-1025-bytes-accepted",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="A sort key may have one byte more than 1,024.",
        notice="A path that is too long as a sort key passes all tests and is refused in production.",
        patches=(Replacement(limits, "SORT_KEY_BYTES", limits.SORT_KEY_BYTES + 1),),
        witness=witness(put("SortedByText", item(pk="a", sk="k" * 1025))),
    ),
    Fault(
        id="batch-write-of-26-accepted",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="A BatchWriteItem over several tables may have 26 requests.",
        notice="A batch that is one too large passes all tests.",
        patches=(Replacement(limits, "BATCH_WRITE_REQUESTS", limits.BATCH_WRITE_REQUESTS + 1),),
        witness=witness(
            batch_write(
                {
                    "Simple": [put_request(pk=f"a{n}") for n in range(13)],
                    "Sorted": [put_request(pk="a", sk=n) for n in range(13)],
                }
            )
        ),
    ),
    Fault(
        id="batch-get-of-101-accepted",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="A BatchGetItem over several tables may have 101 keys.",
        notice="A batch that is one too large passes all tests.",
        patches=(Replacement(limits, "BATCH_GET_KEYS", limits.BATCH_GET_KEYS + 1),),
        witness=witness(
            call(
                "BatchGetItem",
                RequestItems={
                    "Simple": {"Keys": [item(pk=f"a{n}") for n in range(51)]},
                    "Sorted": {"Keys": [item(pk="a", sk=n) for n in range(50)]},
                },
            )
        ),
    ),
    Fault(
        id="number-of-39-digits-accepted",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.MEDIUM,
        sentence="A number may have 39 significant digits.",
        notice="A number that production refuses is stored.",
        patches=(Replacement(limits, "NUMBER_DIGITS", limits.NUMBER_DIGITS + 1),),
        witness=witness(put("Simple", item(pk="a", x=Number("1" * 39)))),
    ),
    Fault(
        id="number-of-exponent-126-accepted",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.MEDIUM,
        sentence="A number may be as large as 9.9E+126.",
        notice="A number that overflows in production is stored.",
        patches=(Replacement(limits, "NUMBER_EXPONENT_MAX", limits.NUMBER_EXPONENT_MAX + 1),),
        witness=witness(put("Simple", item(pk="a", x=Number("1E126")))),
    ),
    Fault(
        id="smallest-number-refused",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="Numbers whose first digit stands at the exponent -130, the smallest legal one, underflow.",
        notice="The smallest positive number of the documentation cannot be stored.",
        patches=(
            edit(
                numbers._normalise,
                ("first < limits.NUMBER_EXPONENT_MIN", "first <= limits.NUMBER_EXPONENT_MIN"),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=Number("1E-130")))),
    ),
    Fault(
        id="31-levels-refused",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="A scalar in 31 containers is refused: the last legal level of nesting is missing.",
        notice="The deepest document that production takes cannot be stored.",
        patches=(
            edit(
                values._accept,
                ("level > limits.NESTING_LEVELS", "level >= limits.NESTING_LEVELS"),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=_nested(31)))),
    ),
    Fault(
        id="filter-between-without-its-upper-end",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.MEDIUM,
        sentence="BETWEEN in conditions and filters leaves out its upper bound.",
        notice="What lies exactly on the upper bound is missing: the last day of a month, the last page of a book.",
        patches=(
            edit(
                conditions._compile,
                ('_compile_comparison("<=", subject, upper)', '_compile_comparison("<", subject, upper)'),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=3)), scan("Simple", "x BETWEEN :l AND :u", l=1, u=3)),
    ),
    Fault(
        id="key-between-without-its-upper-end",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.MEDIUM,
        sentence="BETWEEN in key conditions leaves out its upper bound.",
        notice="A Query by a range of dates loses its last day.",
        patches=(
            edit(
                key_ranges._between,
                ("keys.following(prefix + keys.encode_value(high))", "prefix + keys.encode_value(high)"),
            ),
        ),
        witness=witness(
            *[put("Sorted", each) for each in _SORTED_BY_NUMBER],
            query("Sorted", "pk = :p AND sk BETWEEN :l AND :u", p="a", l=1, u=3),
        ),
    ),
    Fault(
        id="key-less-takes-equal",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.MEDIUM,
        sentence="`<` in a key condition is taken for `<=`.",
        notice="What is read page by page with `sk < :last` comes twice.",
        patches=(
            edit(
                key_ranges._less,
                ("prefix + keys.encode_value(operand)", "keys.following(prefix + keys.encode_value(operand))"),
            ),
        ),
        witness=witness(
            *[put("Sorted", each) for each in _SORTED_BY_NUMBER], query("Sorted", "pk = :p AND sk < :s", p="a", s=2)
        ),
    ),
    Fault(
        id="in-of-100-operands-refused",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="IN with exactly 100 operands is refused.",
        notice="A filter by a full list of a hundred ids fails.",
        patches=(Replacement(limits, "IN_OPERANDS", limits.IN_OPERANDS - 1),),
        witness=witness(
            put("Simple", item(pk="a", x=7)),
            scan("Simple", f"x IN ({', '.join(f':{name}' for name in _HUNDRED)})", **_HUNDRED),
        ),
    ),
    Fault(
        id="expression-of-4096-bytes-refused",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="An expression of exactly 4,096 bytes is refused.",
        notice="A generated filter that just fits in production fails here.",
        patches=(Replacement(limits, "EXPRESSION_BYTES", limits.EXPRESSION_BYTES - 1),),
        witness=witness(put("Simple", item(pk="a")), scan("Simple", "attribute_exists(pk)".ljust(4096))),
    ),
    Fault(
        id="page-of-a-million-bytes",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="A page of Query and Scan ends at 1,000,000 bytes and not at 1,048,576.",
        notice="An answer that fits on one page in production comes in two, and the second is forgotten.",
        patches=(Replacement(limits, "PAGE_BYTES", 1_000_000),),
        witness=witness(
            *[put("SortedByText", item(pk="a", sk=str(n), x="x" * 340_000)) for n in range(3)],
            query("SortedByText", "pk = :p", p="a", Select="COUNT"),
        ),
    ),
    Fault(
        id="empty-binary-key-accepted",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.MEDIUM,
        sentence="A binary key attribute may be empty.",
        notice="An item with an empty key is stored, and production refuses it.",
        patches=(Replacement(item_keys._EMPTY_KINDS, "B", None),),
        witness=witness(put("SortedByBinary", item(pk="a", sk=b""))),
    ),
    Fault(
        id="binary-prefix-of-ff-cut-short",
        area=Area.BOUNDARIES,
        difficulty=Difficulty.RARE,
        sentence="A range that begins with a prefix ends where the next byte is 0xFF.",
        notice="A Query does not find items whose binary sort key begins with, or goes on with, the byte 0xFF.",
        patches=(
            edit(
                keys.following,
                ("return trimmed[:-1] + bytes((trimmed[-1] + 1,))", "return prefix + bytes((255,))"),
            ),
        ),
        witness=witness(
            put("SortedByBinary", item(pk="a", sk=b"\x01\xff")),
            query("SortedByBinary", "pk = :p AND begins_with(sk, :s)", p="a", s=b"\x01"),
        ),
    ),
)
