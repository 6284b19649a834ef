"""Every operation that the server serves, by its name in the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from reference_server.operations import (
    account,
    backups,
    batches,
    contributor_insights,
    items,
    policies,
    reads,
    streams,
    tables,
    tags,
    time_to_live,
    transactions,
)
from reference_server.tables.catalogue import Catalogue

# A handler takes the server's tables and the typed request, and returns the reply as JSON, or None for a reply
# without a body; it refuses by raising a DynamoDBError.
Handler = Callable[[Catalogue, Any], dict[str, Any] | None]

OPERATIONS: Final[Mapping[str, Handler]] = {
    "BatchGetItem": batches.batch_get_item,
    "BatchWriteItem": batches.batch_write_item,
    "CreateBackup": backups.create_backup,
    "CreateTable": tables.create_table,
    "DeleteBackup": backups.delete_backup,
    "DeleteItem": items.delete_item,
    "DeleteResourcePolicy": policies.delete_resource_policy,
    "DeleteTable": tables.delete_table,
    "DescribeBackup": backups.describe_backup,
    "DescribeContinuousBackups": backups.describe_continuous_backups,
    "DescribeContributorInsights": contributor_insights.describe_contributor_insights,
    "DescribeEndpoints": account.describe_endpoints,
    "DescribeLimits": account.describe_limits,
    "DescribeStream": streams.describe_stream,
    "DescribeTable": tables.describe_table,
    "DescribeTimeToLive": time_to_live.describe_time_to_live,
    "GetItem": items.get_item,
    "GetRecords": streams.get_records,
    "GetResourcePolicy": policies.get_resource_policy,
    "GetShardIterator": streams.get_shard_iterator,
    "ListBackups": backups.list_backups,
    "ListContributorInsights": contributor_insights.list_contributor_insights,
    "ListStreams": streams.list_streams,
    "ListTables": tables.list_tables,
    "ListTagsOfResource": tags.list_tags_of_resource,
    "PutItem": items.put_item,
    "PutResourcePolicy": policies.put_resource_policy,
    "Query": reads.query,
    "RestoreTableFromBackup": backups.restore_table_from_backup,
    "RestoreTableToPointInTime": backups.restore_table_to_point_in_time,
    "Scan": reads.scan,
    "TagResource": tags.tag_resource,
    "TransactGetItems": transactions.transact_get_items,
    "TransactWriteItems": transactions.transact_write_items,
    "UntagResource": tags.untag_resource,
    "UpdateContinuousBackups": backups.update_continuous_backups,
    "UpdateContributorInsights": contributor_insights.update_contributor_insights,
    "UpdateItem": items.update_item,
    "UpdateTable": tables.update_table,
    "UpdateTimeToLive": time_to_live.update_time_to_live,
}
