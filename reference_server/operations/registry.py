"""Every operation that the server serves, by its name in the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_server.operations import batches, items, reads, streams, tables, time_to_live, transactions
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
    "DescribeStream": streams.describe_stream,
    "DescribeTable": tables.describe_table,
    "DescribeTimeToLive": time_to_live.describe_time_to_live,
    "GetItem": items.get_item,
    "GetRecords": streams.get_records,
    "GetShardIterator": streams.get_shard_iterator,
    "ListStreams": streams.list_streams,
    "ListTables": tables.list_tables,
    "PutItem": items.put_item,
    "Query": reads.query,
    "Scan": reads.scan,
    "TransactGetItems": transactions.transact_get_items,
    "TransactWriteItems": transactions.transact_write_items,
    "UpdateItem": items.update_item,
    "UpdateTable": tables.update_table,
    "UpdateTimeToLive": time_to_live.update_time_to_live,
}
