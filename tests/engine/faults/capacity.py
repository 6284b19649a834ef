"""What things weigh, and what they cost."""

from __future__ import annotations

from reference_server import sizes
from reference_server.operations import batches, reads
from reference_server.tables import capacity
from reference_server.tables.table import Index
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import Number, action, call, get, item, put, query, transaction, update, witness

_KEY = item(pk="a")

FAULTS = (
    Fault(
        id="names-in-maps-weigh-nothing",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.RARE,
        sentence="The names of a map's entries do not count for its size.",
        notice="Documents with long names cost less here than in production.",
        patches=(
            edit(
                sizes.value_size,
                (
                    "_DOCUMENT + _ENTRY * len(content) + item_size(content)",
                    "_DOCUMENT + _ENTRY * len(content) + sum(map(value_size, content.values()))",
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", m={"n" * 1100: 1}), ReturnConsumedCapacity="TOTAL")),
    ),
    Fault(
        id="digits-weigh-a-byte-each",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.RARE,
        sentence="A number weighs a byte for each digit.",
        notice="Items with many numbers cost more here than in production.",
        patches=(
            edit(
                sizes.number_size,
                (
                    "1 + (len(whole) + 1) // 2 + (len(part) + 1) // 2 + text.startswith('-')",
                    "1 + len(whole) + len(part) + text.startswith('-')",
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", l=[Number("1" * 38)] * 45), ReturnConsumedCapacity="TOTAL")),
    ),
    Fault(
        id="text-weighs-its-characters",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.RARE,
        sentence="A text weighs its characters, not its bytes in UTF-8.",
        notice="Texts that are not English cost less here than in production, and longer keys are accepted.",
        patches=(edit(sizes.string_size, ("len(text.encode())", "len(text)")),),
        witness=witness(put("Simple", item(pk="a", x="é" * 600), ReturnConsumedCapacity="TOTAL")),
    ),
    Fault(
        id="absent-item-costs-nothing",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.MEDIUM,
        sentence="Reading an item that is not there costs nothing.",
        notice="Costs of lookups that mostly miss are underestimated.",
        patches=(
            edit(
                capacity.read_units,
                ("max(1, _rounded_up(size, limits.READ_UNIT_BYTES))", "_rounded_up(size, limits.READ_UNIT_BYTES)"),
            ),
        ),
        witness=witness(get("Simple", _KEY, ReturnConsumedCapacity="TOTAL")),
    ),
    Fault(
        id="transactions-not-doubled",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.MEDIUM,
        sentence="Writes in a transaction cost as much as others.",
        notice="Costs of transactions are underestimated by half.",
        patches=(edit(capacity.Consumption.add_write, ("limits.TRANSACTION_UNITS if self.units_member else 1", "1")),),
        witness=witness(transaction(action("Put", "Simple", _KEY), ReturnConsumedCapacity="TOTAL")),
    ),
    Fault(
        id="moved-entry-costs-one-unit",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.RARE,
        sentence="An entry that moves in an index costs its insertion, and not its removal.",
        notice="Costs of changing an index key are underestimated by half.",
        patches=(edit(Index.replace, ("units += capacity.write_units(old[1].size, 0)", "units += new is None")),),
        witness=witness(
            put("Indexed", item(pk="a", sk=1, g="g", h=1)),
            update("Indexed", item(pk="a", sk=1), "SET h = :h", h=2, ReturnConsumedCapacity="INDEXES"),
        ),
    ),
    Fault(
        id="shrinking-costs-what-is-left",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.RARE,
        sentence="A write costs by the new item, also where the old one was larger.",
        notice="Costs of shrinking and deleting large items are underestimated.",
        patches=(edit(capacity.write_units, ("max(before, after)", "after or before")),),
        witness=witness(put("Simple", item(pk="a", x="x" * 3000)), put("Simple", _KEY, ReturnConsumedCapacity="TOTAL")),
    ),
    Fault(
        id="count-costs-its-matches",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.RARE,
        sentence="A filtered read costs what the filter has left, not what was read.",
        notice="A filter seems to save money.",
        patches=(
            edit(
                reads._report_page,
                (
                    "capacity.read_units(page.total_bytes, consistent=consistent)",
                    "capacity.read_units(sum(record.size for record in page.matches), consistent=consistent)",
                ),
            ),
        ),
        witness=witness(
            *[put("Sorted", item(pk="a", sk=n, x="x" * 5000)) for n in (1, 2)],
            query("Sorted", "pk = :p", p="a", v=0, FilterExpression="x = :v", ReturnConsumedCapacity="TOTAL"),
        ),
    ),
    Fault(
        id="local-indexes-left-out-of-the-report",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.MEDIUM,
        sentence="ReturnConsumedCapacity=INDEXES leaves out local indexes where there are global ones.",
        notice="A report of costs by index has gaps.",
        patches=(
            edit(
                capacity.Consumption.report,
                (
                    """
                    if group:
                        report[member] = {name: self._entry(units) for name, units in group.items()}
                    """,
                    """
                    if group and not (member == "LocalSecondaryIndexes" and self.global_indexes):
                        report[member] = {name: self._entry(units) for name, units in group.items()}
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Indexed", item(pk="a", sk=1, g="g", h=1), ReturnConsumedCapacity="INDEXES"),
        ),
    ),
    Fault(
        id="consistent-batch-at-half-price",
        area=Area.SIZES_AND_CAPACITY,
        difficulty=Difficulty.MEDIUM,
        sentence="BatchGetItem costs half a unit an item, also with ConsistentRead.",
        notice="Costs of consistent batches are underestimated by half.",
        patches=(
            edit(
                batches.batch_get_item,
                ("bool(group.ConsistentRead)", "False"),
            ),
        ),
        witness=witness(
            call(
                "BatchGetItem",
                RequestItems={"Simple": {"Keys": [_KEY], "ConsistentRead": True}},
                ReturnConsumedCapacity="TOTAL",
            )
        ),
    ),
)
