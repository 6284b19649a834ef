"""Pages of Query and Scan: where they end, what they count, and how they go on."""

from __future__ import annotations

from reference_server.operations import reads
from reference_server.storage import memory
from reference_server.tables import key_ranges
from reference_server.tables.table import Index
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import delete, item, put, query, scan, witness

_read_page = reads._read_page
_report_page = reads._report_page
_THREE = [put("Sorted", item(pk="a", sk=n, x=n)) for n in (1, 2, 3)]
_TIED = [put("Indexed", item(pk=f"p{n}", sk=1, g="g", h=1)) for n in (1, 2, 3)]

FAULTS = (
    Fault(
        id="no-cursor-at-the-exact-end",
        area=Area.PAGES,
        difficulty=Difficulty.MEDIUM,
        sentence="A page whose Limit is exactly the number of items that are left has no LastEvaluatedKey.",
        notice="An application that has learnt to expect an empty last page is never tested with one.",
        patches=(edit(_read_page, ("page.last = record", "page.last = next(records, None) and record")),),
        witness=witness(*_THREE, query("Sorted", "pk = :p", p="a", Limit=3)),
    ),
    Fault(
        id="item-deleted-between-pages",
        area=Area.PAGES,
        difficulty=Difficulty.MEDIUM,
        sentence="Where the item of an ExclusiveStartKey is gone, the one behind it is skipped.",
        notice="Reading page by page while deleting leaves items behind.",
        patches=(
            edit(
                memory.OrderedMap.scan,
                (
                    "self._keys.irange(low, high, inclusive, descending)",
                    """
                    list(self._keys.irange(low, high, inclusive, descending))[
                        after is not None and after not in records :
                    ]
                    """,
                ),
            ),
        ),
        witness=witness(
            *_THREE,
            delete("Sorted", item(pk="a", sk=1)),
            query("Sorted", "pk = :p", p="a", ExclusiveStartKey=item(pk="a", sk=1)),
        ),
    ),
    Fault(
        id="no-cursor-without-matches",
        area=Area.PAGES,
        difficulty=Difficulty.MEDIUM,
        sentence="A page of which the filter has left nothing has no LastEvaluatedKey.",
        notice="A filtered Scan ends at the first page without a match.",
        patches=(edit(_read_page, ("page.last = record", "page.last = record if page.matches else None")),),
        witness=witness(*_THREE, query("Sorted", "pk = :p", p="a", v=3, Limit=1, FilterExpression="x = :v")),
    ),
    Fault(
        id="cursor-of-the-last-match",
        area=Area.PAGES,
        difficulty=Difficulty.MEDIUM,
        sentence="LastEvaluatedKey is the last item that the filter let through, not the last that was evaluated.",
        notice="Pages overlap, capacity is paid twice, and counts of what was scanned do not add up.",
        patches=(edit(_read_page, ("page.last = record", "page.last = page.matches[-1] if page.matches else record")),),
        witness=witness(*_THREE, query("Sorted", "pk = :p", p="a", v=1, Limit=2, FilterExpression="x = :v")),
    ),
    Fault(
        id="descending-pages-overlap",
        area=Area.PAGES,
        difficulty=Difficulty.MEDIUM,
        sentence="A descending Query begins with the item of its ExclusiveStartKey and not behind it.",
        notice="`Older` shows the last item of the page before again.",
        patches=(
            edit(
                memory.OrderedMap.scan,
                ("high = min(high, after)", "high, inclusive = min(high, after), (True, True)"),
            ),
        ),
        witness=witness(
            *_THREE, query("Sorted", "pk = :p", p="a", ScanIndexForward=False, ExclusiveStartKey=item(pk="a", sk=2))
        ),
    ),
    Fault(
        id="index-cursor-without-table-key",
        area=Area.PAGES,
        difficulty=Difficulty.EASY,
        sentence="The LastEvaluatedKey of an index has the index's key only.",
        notice="The second page of a Query on an index is refused.",
        patches=(edit(_report_page, ("source.key_names()", "source.keys.names")),),
        witness=witness(*_TIED, query("Indexed", "g = :g", g="g", IndexName="Global", Limit=1)),
    ),
    Fault(
        id="cursor-skips-ties",
        area=Area.PAGES,
        difficulty=Difficulty.MEDIUM,
        sentence="A cursor in an index goes behind all items with the same index key.",
        notice="Of orders with the same date only those on the first page are found.",
        patches=(
            edit(
                Index.start_bytes,
                ("return self.schema.key_bytes(start)", 'return self.schema.keys.key_bytes(start) + b"\\xff"'),
            ),
        ),
        witness=witness(*_TIED, query("Indexed", "g = :g", g="g", IndexName="Global", Limit=1, pages=True)),
    ),
    Fault(
        id="scanned-count-of-matches",
        area=Area.PAGES,
        difficulty=Difficulty.EASY,
        sentence="ScannedCount counts what the filter has left.",
        notice="Nobody sees that a filter reads a whole table for nothing.",
        patches=(edit(_report_page, ("page.evaluated", "len(page.matches)")),),
        witness=witness(*_THREE, scan("Sorted", "x = :v", v=1)),
    ),
    Fault(
        id="count-before-the-filter",
        area=Area.PAGES,
        difficulty=Difficulty.MEDIUM,
        sentence="With Select=COUNT, Count is the number of items before the filter.",
        notice="Totals are too high wherever they are counted with a filter.",
        patches=(
            edit(
                _report_page,
                (
                    '{"Count": len(page.matches), "ScannedCount": page.evaluated}',
                    """{
                        "Count": page.evaluated if request.Select == "COUNT" else len(page.matches),
                        "ScannedCount": page.evaluated,
                    }""",
                ),
            ),
        ),
        witness=witness(*_THREE, scan("Sorted", "x = :v", v=1, Select="COUNT")),
    ),
    Fault(
        id="limit-of-matches",
        area=Area.PAGES,
        difficulty=Difficulty.MEDIUM,
        sentence="Limit counts what the filter lets through, not what is evaluated.",
        notice="Pages are full here and half empty in production.",
        patches=(edit(_read_page, ("page.evaluated == limit", "len(page.matches) == limit")),),
        witness=witness(*_THREE, query("Sorted", "pk = :p", p="a", v=3, Limit=1, FilterExpression="x = :v")),
    ),
    Fault(
        id="cursor-out-of-range-accepted",
        area=Area.PAGES,
        difficulty=Difficulty.RARE,
        sentence="An ExclusiveStartKey of the right partition, but outside the range of the sort key, is accepted.",
        notice="A cursor that was kept for another Query gives nonsense and not an error.",
        patches=(
            edit(
                key_ranges.check_start_within,
                ("start in query.within", "start in query.within or start in query.partition"),
            ),
        ),
        witness=witness(
            *_THREE, query("Sorted", "pk = :p AND sk > :s", p="a", s=2, ExclusiveStartKey=item(pk="a", sk=1))
        ),
    ),
    Fault(
        id="filter-on-sort-key-accepted",
        area=Area.PAGES,
        difficulty=Difficulty.MEDIUM,
        sentence="The filter of a Query may name the sort key.",
        notice="A Query that production refuses passes all tests.",
        patches=(
            edit(
                reads._refuse_filter_on_keys,
                ("source.keys.names", "source.keys.names[:1]"),
            ),
        ),
        witness=witness(*_THREE, query("Sorted", "pk = :p", p="a", v=1, FilterExpression="sk = :v")),
    ),
    Fault(
        id="consistent-read-of-global-index",
        area=Area.PAGES,
        difficulty=Difficulty.EASY,
        sentence="ConsistentRead is accepted on a global secondary index.",
        notice="A read that production refuses passes all tests.",
        patches=(edit(reads._open_source, ("consistent and index.schema.is_global", "False")),),
        witness=witness(query("Indexed", "g = :g", g="g", IndexName="Global", ConsistentRead=True)),
    ),
)
