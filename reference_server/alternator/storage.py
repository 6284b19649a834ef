"""Items as they are stored and read: with numbers as they were written, and as they are shown."""

from __future__ import annotations

from collections.abc import Iterable

from reference_server.alternator import streams, values
from reference_server.alternator.edition import Edition
from reference_server.attribute import Item
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.table import Table


def read(table: Table, key: Item) -> Item | None:
    """The item with this key, as it is shown."""
    record = table.get(key)
    return None if record is None else values.show(record.item)


def put(catalogue: Catalogue, edition: Edition, table: Table, item: Item) -> None:
    """Store an item that has passed all checks, as it came."""
    write = table.put(item, values.size(item))
    streams.note_put(catalogue, edition, table, write.before, item)


def update(
    catalogue: Catalogue, edition: Edition, table: Table, key: Item, after: Item, updated: Iterable[str]
) -> None:
    """Store what an update has made of the item with this key. What it left alone stays as it was written."""
    record = table.get(key)
    item = dict(key if record is None else record.item)
    for name in updated:
        if name in after:
            item[name] = after[name]
        else:
            item.pop(name, None)
    table.put(item, values.size(item))
    streams.note_update(catalogue, edition, table, record, item)


def delete(catalogue: Catalogue, edition: Edition, table: Table, key: Item) -> None:
    """Remove the item with this key. That there is none is a deletion all the same, to a stream (dossier 11)."""
    write = table.delete(key)
    streams.note_deletion(catalogue, edition, table, write.before, key)
