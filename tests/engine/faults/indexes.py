"""Indexes that one way of writing does not reach, or that carry what they should not."""

from __future__ import annotations

from reference_server.operations import batches, reads, writes
from reference_server.tables.schema import IndexSchema
from reference_server.tables.table import Index, Table
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import (
    SORTED,
    action,
    batch_write,
    call,
    delete_request,
    index,
    item,
    put,
    query,
    scan,
    transaction,
    update,
    witness,
)

_KEY = item(pk="a", sk=1)
_ITEM = item(pk="a", sk=1, g="g", h=1, x="x")
_ON_GLOBAL = query("Indexed", "g = :g", g="g", IndexName="Global")
_ON_LOCAL = query("Indexed", "pk = :p", p="a", IndexName="Local")

FAULTS = (
    Fault(
        id="removed-index-key-stays",
        area=Area.INDEXES,
        difficulty=Difficulty.MEDIUM,
        sentence="An item that loses an index's key attribute stays in the index.",
        notice="A sparse index of open orders still shows those that were closed.",
        patches=(
            edit(
                Index.replace,
                ("new is None or old[0] != new[0]", "after is None or (new is not None and old[0] != new[0])"),
            ),
        ),
        witness=witness(put("Indexed", _ITEM), update("Indexed", _KEY, "REMOVE g"), _ON_GLOBAL),
    ),
    Fault(
        id="batch-delete-leaves-entries",
        area=Area.INDEXES,
        difficulty=Difficulty.MEDIUM,
        sentence="A deletion in BatchWriteItem does not reach the indexes.",
        notice="What was cleaned up in batches is still found by its index.",
        patches=(
            edit(
                batches.batch_write_item,
                (
                    "consumption.add_write(table, write.perform(table, after))",
                    """
                    reached = table.indexes
                    if after is None:
                        table.indexes = {}
                    performed = write.perform(table, after)
                    table.indexes = reached
                    consumption.add_write(table, performed)
                    """,
                ),
            ),
        ),
        witness=witness(put("Indexed", _ITEM), batch_write({"Indexed": [delete_request(pk="a", sk=1)]}), _ON_GLOBAL),
    ),
    Fault(
        id="transaction-update-misses-indexes",
        area=Area.INDEXES,
        difficulty=Difficulty.RARE,
        sentence="An Update in a transaction does not reach the indexes.",
        notice="A status that was changed in a transaction is found under its old value.",
        patches=(
            edit(
                writes.PlannedWrite.perform,
                (
                    "return table.delete(self.key) if after is None else table.put(after.item, after.size)",
                    """
                    reached = table.indexes
                    if getattr(self, "limits_bytes_written", None) is False:
                        table.indexes = {}
                    performed = table.delete(self.key) if after is None else table.put(after.item, after.size)
                    table.indexes = reached
                    return performed
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Indexed", _ITEM),
            transaction(action("Update", "Indexed", _KEY, UpdateExpression="SET h = :h", h=2)),
            _ON_GLOBAL,
        ),
    ),
    Fault(
        id="moved-within-partition-stays",
        area=Area.INDEXES,
        difficulty=Difficulty.MEDIUM,
        sentence="Where only the sort key of an index changes, the old entry stays beside the new one.",
        notice="An item that was rescheduled appears at both dates.",
        patches=(edit(Index.replace, ("new is None or old[0] != new[0]", "new is None or old[0][:8] != new[0][:8]")),),
        witness=witness(put("Indexed", _ITEM), update("Indexed", _KEY, "SET h = :h", h=2), _ON_GLOBAL),
    ),
    Fault(
        id="local-index-keeps-replaced-item",
        area=Area.INDEXES,
        difficulty=Difficulty.MEDIUM,
        sentence="Local indexes are not brought up to date when an item replaces another.",
        notice="A Query by a local index shows the item as it was first written.",
        patches=(
            edit(
                Table.__dict__["_written"],
                (
                    "index.backfilling is not False",
                    "index.backfilling is not False and (index.schema.is_global or before is None or after is None)",
                ),
            ),
        ),
        witness=witness(put("Indexed", _ITEM), put("Indexed", item(pk="a", sk=1, h=2)), _ON_LOCAL),
    ),
    Fault(
        id="included-attribute-not-refreshed",
        area=Area.INDEXES,
        difficulty=Difficulty.MEDIUM,
        sentence="An index that includes some attributes keeps their old values as long as the keys stay.",
        notice="A list that is read from an index shows yesterday's price.",
        patches=(
            edit(
                Index.replace,
                (
                    """
                    if old is not None and new is not None and old[0] == new[0] and old[1].item == new[1].item:
                        if new[1].item is not old[1].item:
                            self.entries.put(*new)
                        return 0
                    """,
                    """
                    if old is not None and new is not None and old[0] == new[0]:
                        if self.schema.projected is not None:
                            return 0
                        if old[1].item == new[1].item:
                            if new[1].item is not old[1].item:
                                self.entries.put(*new)
                            return 0
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Indexed", _ITEM),
            update("Indexed", _KEY, "SET x = :x", x="y"),
            query("Indexed", "g = :g", g="g", IndexName="GlobalSome"),
        ),
    ),
    Fault(
        id="local-keys-only-carries-all",
        area=Area.INDEXES,
        difficulty=Difficulty.MEDIUM,
        sentence="A local index of KEYS_ONLY carries whole items.",
        notice="An application relies on attributes that the index does not give in production.",
        patches=(
            edit(
                IndexSchema.project,
                (
                    "names is None",
                    "names is None or (not self.is_global and self.projection.type is ProjectionType.KEYS_ONLY)",
                ),
            ),
        ),
        witness=witness(put("Indexed", _ITEM), query("Indexed", "pk = :p", p="a", IndexName="LocalKeys")),
    ),
    Fault(
        id="included-booleans-left-out",
        area=Area.INDEXES,
        difficulty=Difficulty.MEDIUM,
        sentence="An index that includes some attributes leaves out those that hold a boolean.",
        notice="Attributes are missing from a list although the index includes them.",
        patches=(
            edit(
                IndexSchema.project,
                (
                    "{name: value for name, value in item.items() if name in names}",
                    """{
                        name: value
                        for name, value in item.items()
                        if name in names and ("BOOL" not in value or name in self.key_names)
                    }""",
                ),
            ),
        ),
        witness=witness(
            put("Indexed", item(pk="a", sk=1, g="g", x=True)), query("Indexed", "g = :g", g="g", IndexName="GlobalSome")
        ),
    ),
    Fault(
        id="local-index-does-not-fetch",
        area=Area.INDEXES,
        difficulty=Difficulty.RARE,
        sentence="A local index does not fetch from its table what a ProjectionExpression asks for beyond it.",
        notice="Attributes are missing from the answers of a local index.",
        patches=(
            edit(
                reads._fetching,
                ("not projection.attributes <= index.projected", "False"),
            ),
        ),
        witness=witness(
            put("Indexed", _ITEM),
            query("Indexed", "pk = :p", p="a", IndexName="LocalKeys", ProjectionExpression="x"),
        ),
    ),
    Fault(
        id="index-key-of-wrong-type-by-path",
        area=Area.INDEXES,
        difficulty=Difficulty.RARE,
        sentence="An update may give an index key a value of a wrong type, if it is copied from another attribute.",
        notice="An item that production would refuse is stored, and silently leaves the index.",
        patches=(
            edit(
                writes._check_updated_index_keys,
                ("attribute.type not in value", "False"),
            ),
        ),
        witness=witness(put("Indexed", item(pk="a", sk=1, x=5)), update("Indexed", _KEY, "SET g = x")),
    ),
    Fault(
        id="backfill-misses-the-last-item",
        area=Area.INDEXES,
        difficulty=Difficulty.MEDIUM,
        sentence="A global index that is added to a table is not given the last of the items that were there.",
        notice="One old item in the table is never found by its new index.",
        patches=(edit(Table.fill, ("self.records.values()", "list(self.records.values())[:-1]")),),
        witness=witness(
            put("Sorted", _ITEM),
            call(
                "UpdateTable",
                TableName="Sorted",
                AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}],
                GlobalSecondaryIndexUpdates=[{"Create": index("Late", "g")}],
            ),
            scan("Sorted", IndexName="Late"),
            tables=[SORTED],
        ),
    ),
)
