"""Items, and values, in another order than DynamoDB's."""

from __future__ import annotations

from reference_server import keys, numbers, values
from reference_server.operations import reads
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import Replacement, edit
from tests.engine.witnesses import Number, item, put, query, scan, witness

_PRIVATE_USE, _BEYOND_THE_BASIC_PLANE = "\ue000", "\U0001f600"

FAULTS = (
    Fault(
        id="negative-keys-by-their-digits",
        area=Area.ORDER,
        difficulty=Difficulty.MEDIUM,
        sentence="Negative number keys of one magnitude are sorted by their digits: -1 before -2.",
        notice="A ranking with negative scores is upside down within each power of ten.",
        patches=(edit(numbers.key_bytes, ("significant.translate(_COMPLEMENT)", "significant")),),
        witness=witness(
            put("Sorted", item(pk="a", sk=-1)), put("Sorted", item(pk="a", sk=-2)), query("Sorted", "pk = :p", p="a")
        ),
    ),
    Fault(
        id="negative-keys-by-their-magnitude",
        area=Area.ORDER,
        difficulty=Difficulty.MEDIUM,
        sentence="Negative number keys of different magnitudes are sorted the wrong way: -1 before -10.",
        notice="A range of negative numbers finds the wrong items.",
        patches=(edit(numbers.key_bytes, ("0xFF - first", "first")),),
        witness=witness(
            put("Sorted", item(pk="a", sk=-1)), put("Sorted", item(pk="a", sk=-10)), query("Sorted", "pk = :p", p="a")
        ),
    ),
    Fault(
        id="number-keys-by-their-length",
        area=Area.ORDER,
        difficulty=Difficulty.MEDIUM,
        sentence="Fractions below one are sorted as if they were between one and ten.",
        notice="0.5 comes behind 2 in a sorted table.",
        patches=(edit(numbers.key_bytes, ("bytes((0x81, first))", "bytes((0x81, max(first, 130)))")),),
        witness=witness(
            put("Sorted", item(pk="a", sk=Number("0.5"))),
            put("Sorted", item(pk="a", sk=2)),
            query("Sorted", "pk = :p", p="a"),
        ),
    ),
    Fault(
        id="signed-bytes",
        area=Area.ORDER,
        difficulty=Difficulty.MEDIUM,
        sentence="Binary sort keys are compared as signed bytes: 0x80 before 0x00.",
        notice="Time-ordered binary ids come in another order as soon as their first byte is large.",
        patches=(
            edit(
                keys.raw_bytes,
                ("values.decode_binary(content)", "bytes(byte ^ 0x80 for byte in values.decode_binary(content))"),
            ),
        ),
        witness=witness(
            put("SortedByBinary", item(pk="a", sk=b"\x01")),
            put("SortedByBinary", item(pk="a", sk=b"\x80")),
            query("SortedByBinary", "pk = :p", p="a"),
        ),
    ),
    Fault(
        id="binary-filter-by-its-base64",
        area=Area.ORDER,
        difficulty=Difficulty.MEDIUM,
        sentence="Conditions and filters order binaries by their base64 text.",
        notice="A filter by a binary range finds the wrong items.",
        patches=(Replacement(values.ORDERS, "B", str),),
        witness=witness(put("Simple", item(pk="a", x=b"\xff")), scan("Simple", "x > :v", v=b"\xd0")),
    ),
    Fault(
        id="sort-keys-by-utf-16",
        area=Area.ORDER,
        difficulty=Difficulty.RARE,
        sentence="Text sort keys are sorted by UTF-16 code units, not by UTF-8 bytes.",
        notice="Names with emoji stand at another place of a list than in production.",
        patches=(edit(keys.raw_bytes, ("content.encode()", 'content.encode("utf-16-be")')),),
        witness=witness(
            put("SortedByText", item(pk="a", sk=_PRIVATE_USE)),
            put("SortedByText", item(pk="a", sk=_BEYOND_THE_BASIC_PLANE)),
            query("SortedByText", "pk = :p", p="a"),
        ),
    ),
    Fault(
        id="filter-by-utf-16",
        area=Area.ORDER,
        difficulty=Difficulty.RARE,
        sentence="Conditions and filters order texts by UTF-16 code units.",
        notice="A range over names with emoji finds others than in production.",
        patches=(Replacement(values.ORDERS, "S", lambda text: text.encode("utf-16-be", "surrogatepass")),),
        witness=witness(
            put("Simple", item(pk="a", x=_PRIVATE_USE)), scan("Simple", "x < :v", v=_BEYOND_THE_BASIC_PLANE)
        ),
    ),
    Fault(
        id="filter-without-case",
        area=Area.ORDER,
        difficulty=Difficulty.MEDIUM,
        sentence="Conditions and filters order texts without regard to upper and lower case.",
        notice="A range from A to Z finds lower-case names.",
        patches=(Replacement(values.ORDERS, "S", str.lower),),
        witness=witness(put("Simple", item(pk="a", x="b")), scan("Simple", "x < :v", v="C")),
    ),
    Fault(
        id="descending-page-from-the-wrong-end",
        area=Area.ORDER,
        difficulty=Difficulty.MEDIUM,
        sentence="A descending Query with a Limit takes the first items, and turns the page round afterwards.",
        notice="`the latest five` are the oldest five.",
        patches=(
            edit(
                reads.query,
                (
                    "request.ScanIndexForward is False",
                    "request.ScanIndexForward is False and request.Limit is None",
                ),
                (
                    "return _report_page(request, source, page, projection)",
                    """
                    if request.ScanIndexForward is False and request.Limit is not None:
                        page.matches.reverse()
                    return _report_page(request, source, page, projection)
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Sorted", item(pk="a", sk=1)),
            put("Sorted", item(pk="a", sk=2)),
            query("Sorted", "pk = :p", p="a", ScanIndexForward=False, Limit=1),
        ),
    ),
    Fault(
        id="descending-ignored-in-a-range",
        area=Area.ORDER,
        difficulty=Difficulty.MEDIUM,
        sentence="ScanIndexForward=false is ignored where the key condition restricts the sort key.",
        notice="`the latest before noon` come oldest first.",
        patches=(
            edit(
                reads.query,
                (
                    "request.ScanIndexForward is False",
                    "request.ScanIndexForward is False and not query_range.restricted",
                ),
            ),
        ),
        witness=witness(
            put("Sorted", item(pk="a", sk=1)),
            put("Sorted", item(pk="a", sk=2)),
            query("Sorted", "pk = :p AND sk > :s", p="a", s=0, ScanIndexForward=False),
        ),
    ),
    Fault(
        id="descending-forgotten-on-the-second-page",
        area=Area.ORDER,
        difficulty=Difficulty.MEDIUM,
        sentence="A descending Query goes on ascending from its ExclusiveStartKey.",
        notice="The second page of `latest first` shows what was on the first, or nothing.",
        patches=(
            edit(
                reads.query,
                (
                    "request.ScanIndexForward is False",
                    "request.ScanIndexForward is False and after is None",
                ),
            ),
        ),
        witness=witness(
            *[put("Sorted", item(pk="a", sk=n)) for n in (1, 2, 3)],
            query("Sorted", "pk = :p", p="a", ScanIndexForward=False, ExclusiveStartKey=item(pk="a", sk=2)),
        ),
    ),
)
