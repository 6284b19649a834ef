"""Every operation that Alternator serves (dossier 1). Any other is unknown to it, whatever its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_server.alternator import (
    batches,
    endpoints,
    items,
    reads,
    streams,
    table_changes,
    tables,
    tags,
    time_to_live,
)
from reference_server.operations.registry import Handler

OPERATIONS: Final[Mapping[str, Handler]] = {
    "BatchGetItem": batches.batch_get_item,
    "BatchWriteItem": batches.batch_write_item,
    "CreateTable": tables.create_table,
    "DeleteItem": items.delete_item,
    "DeleteTable": tables.delete_table,
    "DescribeContinuousBackups": tables.describe_continuous_backups,
    "DescribeEndpoints": endpoints.describe_endpoints,
    "DescribeStream": streams.describe_stream,
    "DescribeTable": tables.describe_table,
    "DescribeTimeToLive": time_to_live.describe_time_to_live,
    "GetItem": items.get_item,
    "GetRecords": streams.get_records,
    "GetShardIterator": streams.get_shard_iterator,
    "ListStreams": streams.list_streams,
    "ListTables": tables.list_tables,
    "ListTagsOfResource": tags.list_tags_of_resource,
    "PutItem": items.put_item,
    "Query": reads.query,
    "Scan": reads.scan,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateItem": items.update_item,
    "UpdateTable": table_changes.update_table,
    "UpdateTimeToLive": time_to_live.update_time_to_live,
}
