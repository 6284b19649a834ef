"""A table with indexes of every projection, and the law that holds of them."""

from __future__ import annotations

from typing import Any

from calling import Caller, index

# By index: the attributes that an item must have to be in it, and those that it carries besides pk and sk.
INDEXES = {"All": ("g", "ghxy"), "Keys": ("gh", "gh"), "Some": ("gh", "ghx"), "Local": ("h", "hy")}


def create_indexed_table() -> Caller:
    """A server with the table Things: pk and sk, and the attributes g, h, x, y in its indexes."""
    caller = Caller()
    caller.create_table(
        "Things",
        "pk:S",
        "sk:S",
        types="g:S h:S",
        GlobalSecondaryIndexes=[
            index("All", "g"),
            index("Keys", "g", "h", projection="KEYS_ONLY"),
            index("Some", "h", "g", projection="INCLUDE", include=["x"]),
        ],
        LocalSecondaryIndexes=[index("Local", "pk", "h", projection="INCLUDE", include=["y"])],
    )
    return caller


def check_indexes(caller: Caller) -> list[dict[str, Any]]:
    """Every index is the projection of the table's items, no entry missing, none too many. Returns the items."""
    items: list[dict[str, Any]] = caller.call("Scan", TableName="Things")["Items"]
    for index_name, (keys, carried) in INDEXES.items():
        reply = caller.call("Scan", TableName="Things", IndexName=index_name)
        expected = [
            {name: value for name, value in item.items() if name in ("pk", "sk", *carried)}
            for item in items
            if all(key in item for key in keys)
        ]
        assert sorted(reply["Items"], key=str) == sorted(expected, key=str)
        assert reply["Count"] == len(expected)
    return items
