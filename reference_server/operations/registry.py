"""Every operation that the server serves, by its name in the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_server.operations import batches, items, reads, tables, transactions
from reference_server.tables.catalogue import Catalogue

# A handler takes the server's tables and the typed request, and returns the reply as JSON; it refuses by
# raising a DynamoDBError.
Handler = Callable[[Catalogue, Any], dict[str, Any]]

OPERATIONS: Final[Mapping[str, Handler]] = {
    "BatchGetItem": batches.batch_get_item,
    "BatchWriteItem": batches.batch_write_item,
    "CreateTable": tables.create_table,
    "DeleteItem": items.delete_item,
    "DeleteTable": tables.delete_table,
    "DescribeTable": tables.describe_table,
    "GetItem": items.get_item,
    "ListTables": tables.list_tables,
    "PutItem": items.put_item,
    "Query": reads.query,
    "Scan": reads.scan,
    "TransactGetItems": transactions.transact_get_items,
    "TransactWriteItems": transactions.transact_write_items,
    "UpdateItem": items.update_item,
}
