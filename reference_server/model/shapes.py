"""The input of every operation of the API, as types.

Generated from botocore 1.44.5 (DynamoDB and its streams, 2012-08-10) and `amendments.py` by
`tools/generate_shapes.py`: do not edit.

A type that has the name of a member beside it is called with an underscore there: `Update_` is `Update`.
An attribute value is decoded into a plain mapping, with its members checked; to the type checker it is what the rest of
the server takes it for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypedDict

from msgspec import Meta, Struct

PartiQLStatement = Annotated[str, Meta(min_length=1, max_length=8192)]
BinaryAttributeValue = Annotated[str, Meta(pattern='^(?a:(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?)\\Z', extra={'java': 'ByteBuffer'})]


if TYPE_CHECKING:
    from reference_server.attribute import AttributeValue as AttributeValue
else:

    class AttributeValue(TypedDict, total=False):
        S: str
        N: str
        B: BinaryAttributeValue
        SS: list[str]
        NS: list[str]
        BS: list[BinaryAttributeValue]
        M: dict[str, AttributeValue]
        L: list[AttributeValue]
        NULL: bool
        BOOL: bool


PreparedStatementParameters = Annotated[list[AttributeValue], Meta(min_length=1)]
ReturnValuesOnConditionCheckFailure = Literal["ALL_OLD", "NONE"]
ReturnValuesOnConditionCheckFailure_ = ReturnValuesOnConditionCheckFailure


class BatchStatementRequest(Struct, kw_only=True):
    Statement: PartiQLStatement
    Parameters: PreparedStatementParameters | None = None
    ConsistentRead: bool | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


PartiQLBatchRequest = Annotated[list[BatchStatementRequest], Meta(min_length=1, max_length=25)]
ReturnConsumedCapacity = Literal["INDEXES", "TOTAL", "NONE"]
ReturnConsumedCapacity_ = ReturnConsumedCapacity


class BatchExecuteStatementInput(Struct, kw_only=True):
    Statements: PartiQLBatchRequest
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None


KeyList = Annotated[list[dict[str, AttributeValue]], Meta(min_length=1, max_length=100)]
AttributeNameList = Annotated[list[str], Meta(min_length=1)]


class KeysAndAttributes(Struct, kw_only=True):
    Keys: KeyList
    AttributesToGet: AttributeNameList | None = None
    ConsistentRead: bool | None = None
    ProjectionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None


BatchGetRequestMap = Annotated[dict[Annotated[str, Meta(min_length=3, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+', 'arn': True})], KeysAndAttributes], Meta(min_length=1, max_length=100)]


class BatchGetItemInput(Struct, kw_only=True):
    RequestItems: BatchGetRequestMap
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None


class PutRequest(Struct, kw_only=True):
    Item: dict[str, AttributeValue]


PutRequest_ = PutRequest


class DeleteRequest(Struct, kw_only=True):
    Key: dict[str, AttributeValue]


DeleteRequest_ = DeleteRequest


class WriteRequest(Struct, kw_only=True):
    PutRequest: PutRequest_ | None = None
    DeleteRequest: DeleteRequest_ | None = None


WriteRequests = Annotated[list[WriteRequest], Meta(min_length=1, max_length=25)]
BatchWriteItemRequestMap = Annotated[dict[Annotated[str, Meta(min_length=3, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+', 'arn': True})], WriteRequests], Meta(min_length=1, max_length=25)]
ReturnItemCollectionMetrics = Literal["SIZE", "NONE"]
ReturnItemCollectionMetrics_ = ReturnItemCollectionMetrics


class BatchWriteItemInput(Struct, kw_only=True):
    RequestItems: BatchWriteItemRequestMap
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    ReturnItemCollectionMetrics: ReturnItemCollectionMetrics_ | None = None


BulkOperationArn = Annotated[str, Meta(min_length=37, max_length=1024)]
BulkOperationArn_ = BulkOperationArn


class CancelBulkOperationInput(Struct, kw_only=True):
    BulkOperationArn: BulkOperationArn_


TableArn = Annotated[str, Meta(min_length=1, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+', 'arn': True})]
BackupName = Annotated[str, Meta(min_length=3, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+'})]
BackupName_ = BackupName


class CreateBackupInput(Struct, kw_only=True):
    TableName: TableArn
    BackupName: BackupName_


TableName = Annotated[str, Meta(min_length=3, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+'})]


class Replica(Struct, kw_only=True):
    RegionName: str | None = None


class CreateGlobalTableInput(Struct, kw_only=True):
    GlobalTableName: TableName
    ReplicationGroup: list[Replica]


KeySchemaAttributeName = Annotated[str, Meta(min_length=1, max_length=255)]
ScalarAttributeType = Literal["B", "N", "S"]


class AttributeDefinition(Struct, kw_only=True):
    AttributeName: KeySchemaAttributeName
    AttributeType: ScalarAttributeType


KeyType = Literal["HASH", "RANGE"]
KeyType_ = KeyType


class KeySchemaElement(Struct, kw_only=True):
    AttributeName: KeySchemaAttributeName
    KeyType: KeyType_


IndexName = Annotated[str, Meta(min_length=3, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+'})]
IndexName_ = IndexName
ProjectionType = Literal["ALL", "INCLUDE", "KEYS_ONLY"]
ProjectionType_ = ProjectionType
NonKeyAttributeName = Annotated[str, Meta(min_length=1, max_length=255)]
NonKeyAttributeNameList = Annotated[list[NonKeyAttributeName], Meta(min_length=1)]


class Projection(Struct, kw_only=True):
    ProjectionType: ProjectionType_ | None = None
    NonKeyAttributes: NonKeyAttributeNameList | None = None


Projection_ = Projection


class LocalSecondaryIndex(Struct, kw_only=True):
    IndexName: IndexName_
    KeySchema: Annotated[list[KeySchemaElement], Meta(min_length=1, max_length=2)]
    Projection: Projection_


KeySchema = Annotated[list[KeySchemaElement], Meta(min_length=1)]
KeySchema_ = KeySchema
PositiveLongObject = Annotated[int, Meta(ge=1, le=9223372036854775807, extra={'java': 'Long'})]


class ProvisionedThroughput(Struct, kw_only=True):
    ReadCapacityUnits: PositiveLongObject
    WriteCapacityUnits: PositiveLongObject


ProvisionedThroughput_ = ProvisionedThroughput
LongObject = Annotated[int, Meta(ge=-9223372036854775808, le=9223372036854775807, extra={'java': 'Long'})]


class OnDemandThroughput(Struct, kw_only=True):
    MaxReadRequestUnits: LongObject | None = None
    MaxWriteRequestUnits: LongObject | None = None


OnDemandThroughput_ = OnDemandThroughput


class WarmThroughput(Struct, kw_only=True):
    ReadUnitsPerSecond: LongObject | None = None
    WriteUnitsPerSecond: LongObject | None = None


WarmThroughput_ = WarmThroughput


class GlobalSecondaryIndex(Struct, kw_only=True):
    IndexName: IndexName_
    KeySchema: KeySchema_
    Projection: Projection_
    ProvisionedThroughput: ProvisionedThroughput_ | None = None
    OnDemandThroughput: OnDemandThroughput_ | None = None
    WarmThroughput: WarmThroughput_ | None = None


BillingMode = Literal["PROVISIONED", "PAY_PER_REQUEST"]
BillingMode_ = BillingMode
StreamViewType = Literal["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"]
StreamViewType_ = StreamViewType


class StreamSpecification(Struct, kw_only=True):
    StreamEnabled: bool
    StreamViewType: StreamViewType_ | None = None


StreamSpecification_ = StreamSpecification
SSEType = Literal["AES256", "KMS"]
SSEType_ = SSEType


class SSESpecification(Struct, kw_only=True):
    Enabled: bool | None = None
    SSEType: SSEType_ | None = None
    KMSMasterKeyId: str | None = None


SSESpecification_ = SSESpecification
TagKeyString = Annotated[str, Meta(min_length=1, max_length=128)]
TagValueString = Annotated[str, Meta(max_length=256)]


class Tag(Struct, kw_only=True):
    Key: TagKeyString
    Value: TagValueString


TableClass = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]
TableClass_ = TableClass
GlobalTableSettingsReplicationMode = Literal["ENABLED", "DISABLED", "ENABLED_WITH_OVERRIDES"]
GlobalTableSettingsReplicationMode_ = GlobalTableSettingsReplicationMode
VectorAttributeName = Annotated[str, Meta(min_length=1, max_length=255)]


class VectorAttributeDefinition(Struct, kw_only=True):
    AttributeName: VectorAttributeName


SearchSchemaElementType = Literal["HASH", "INLINE_FILTER"]
SearchSchemaElementType_ = SearchSchemaElementType


class SearchSchemaElement(Struct, kw_only=True):
    AttributeName: str
    SearchSchemaElementType: SearchSchemaElementType_


SearchSchema = Annotated[list[SearchSchemaElement], Meta(min_length=1)]
SearchSchema_ = SearchSchema
VectorDistanceFunction = Literal["COSINE", "DOT_PRODUCT", "EUCLIDEAN"]


class VectorIndex(Struct, kw_only=True):
    IndexName: IndexName_
    VectorAttribute: VectorAttributeDefinition
    SearchSchema: SearchSchema_ | None = None
    Projection: Projection_
    Dimensions: PositiveLongObject
    DistanceFunction: VectorDistanceFunction


class CreateTableInput(Struct, kw_only=True):
    AttributeDefinitions: list[AttributeDefinition]
    TableName: Annotated[str, Meta(min_length=3, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+', 'arn': True})]
    KeySchema: Annotated[list[KeySchemaElement], Meta(min_length=1, max_length=2)]
    LocalSecondaryIndexes: list[LocalSecondaryIndex] | None = None
    GlobalSecondaryIndexes: list[GlobalSecondaryIndex] | None = None
    BillingMode: BillingMode_ | None = None
    ProvisionedThroughput: ProvisionedThroughput_ | None = None
    StreamSpecification: StreamSpecification_ | None = None
    SSESpecification: SSESpecification_ | None = None
    Tags: list[Tag] | None = None
    TableClass: TableClass_ | None = None
    DeletionProtectionEnabled: bool | None = None
    WarmThroughput: WarmThroughput_ | None = None
    ResourcePolicy: str | None = None
    OnDemandThroughput: OnDemandThroughput_ | None = None
    GlobalTableSourceArn: TableArn | None = None
    GlobalTableSettingsReplicationMode: GlobalTableSettingsReplicationMode_ | None = None
    VectorIndexes: list[VectorIndex] | None = None


BackupArn = Annotated[str, Meta(min_length=37, max_length=1024)]
BackupArn_ = BackupArn


class DeleteBackupInput(Struct, kw_only=True):
    BackupArn: BackupArn_


ComparisonOperator = Literal["IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS"]
ComparisonOperator_ = ComparisonOperator


class ExpectedAttributeValue(Struct, kw_only=True):
    Value: AttributeValue | None = None
    Exists: bool | None = None
    ComparisonOperator: ComparisonOperator_ | None = None
    AttributeValueList: list[AttributeValue] | None = None


ConditionalOperator = Literal["OR", "AND"]
ConditionalOperator_ = ConditionalOperator
ReturnValue = Literal["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]


class DeleteItemInput(Struct, kw_only=True):
    TableName: TableArn
    Key: dict[str, AttributeValue]
    Expected: dict[str, ExpectedAttributeValue] | None = None
    ConditionalOperator: ConditionalOperator_ | None = None
    ReturnValues: ReturnValue | None = None
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    ReturnItemCollectionMetrics: ReturnItemCollectionMetrics_ | None = None
    ConditionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


ResourceArnString = Annotated[str, Meta(min_length=1, max_length=1283)]
PolicyRevisionId = Annotated[str, Meta(min_length=1, max_length=255)]


class DeleteResourcePolicyInput(Struct, kw_only=True):
    ResourceArn: ResourceArnString
    ExpectedRevisionId: PolicyRevisionId | None = None


class DeleteTableInput(Struct, kw_only=True):
    TableName: Annotated[str, Meta(min_length=3, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+', 'arn': True})]


class DescribeBackupInput(Struct, kw_only=True):
    BackupArn: BackupArn_


class DescribeBulkOperationInput(Struct, kw_only=True):
    BulkOperationArn: BulkOperationArn_


class DescribeContinuousBackupsInput(Struct, kw_only=True):
    TableName: TableArn


class DescribeContributorInsightsInput(Struct, kw_only=True):
    TableName: TableArn
    IndexName: IndexName_ | None = None


class DescribeEndpointsRequest(Struct, kw_only=True):
    pass


ExportArn = Annotated[str, Meta(min_length=37, max_length=1024)]
ExportArn_ = ExportArn


class DescribeExportInput(Struct, kw_only=True):
    ExportArn: ExportArn_


class DescribeGlobalTableInput(Struct, kw_only=True):
    GlobalTableName: TableName


class DescribeGlobalTableSettingsInput(Struct, kw_only=True):
    GlobalTableName: TableName


ImportArn = Annotated[str, Meta(min_length=37, max_length=1024)]
ImportArn_ = ImportArn


class DescribeImportInput(Struct, kw_only=True):
    ImportArn: ImportArn_


class DescribeKinesisStreamingDestinationInput(Struct, kw_only=True):
    TableName: TableArn


class DescribeLimitsInput(Struct, kw_only=True):
    pass


StreamArn = Annotated[str, Meta(min_length=37, max_length=1024)]
StreamArn_ = StreamArn
PositiveIntegerObject = Annotated[int, Meta(ge=1, le=9223372036854775807)]
ShardId = Annotated[str, Meta(min_length=28, max_length=65)]
ShardFilterType = Literal["CHILD_SHARDS"]
ShardId_ = ShardId


class ShardFilter(Struct, kw_only=True):
    Type: ShardFilterType | None = None
    ShardId: ShardId_ | None = None


ShardFilter_ = ShardFilter


class DescribeStreamInput(Struct, kw_only=True):
    StreamArn: StreamArn_
    Limit: PositiveIntegerObject | None = None
    ExclusiveStartShardId: ShardId | None = None
    ShardFilter: ShardFilter_ | None = None


class DescribeTableInput(Struct, kw_only=True):
    TableName: Annotated[str, Meta(min_length=3, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+', 'arn': True})]


class DescribeTableReplicaAutoScalingInput(Struct, kw_only=True):
    TableName: TableArn


class DescribeTimeToLiveInput(Struct, kw_only=True):
    TableName: TableArn


ApproximateCreationDateTimePrecision = Literal["MILLISECOND", "MICROSECOND"]
ApproximateCreationDateTimePrecision_ = ApproximateCreationDateTimePrecision


class EnableKinesisStreamingConfiguration(Struct, kw_only=True):
    ApproximateCreationDateTimePrecision: ApproximateCreationDateTimePrecision_ | None = None


EnableKinesisStreamingConfiguration_ = EnableKinesisStreamingConfiguration


class KinesisStreamingDestinationInput(Struct, kw_only=True):
    TableName: TableArn
    StreamArn: StreamArn_
    EnableKinesisStreamingConfiguration: EnableKinesisStreamingConfiguration_ | None = None


PartiQLNextToken = Annotated[str, Meta(min_length=1, max_length=32768)]


class ExecuteStatementInput(Struct, kw_only=True):
    Statement: PartiQLStatement
    Parameters: PreparedStatementParameters | None = None
    ConsistentRead: bool | None = None
    NextToken: PartiQLNextToken | None = None
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    Limit: PositiveIntegerObject | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


class ParameterizedStatement(Struct, kw_only=True):
    Statement: PartiQLStatement
    Parameters: PreparedStatementParameters | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


ParameterizedStatements = Annotated[list[ParameterizedStatement], Meta(min_length=1, max_length=100)]
ClientRequestToken = Annotated[str, Meta(min_length=1, max_length=36)]
ClientRequestToken_ = ClientRequestToken


class ExecuteTransactionInput(Struct, kw_only=True):
    TransactStatements: ParameterizedStatements
    ClientRequestToken: ClientRequestToken_ | None = None
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None


TableArn_ = TableArn
ExportTime = Annotated[float, Meta(extra={'java': 'Date'})]
ExportTime_ = ExportTime
ClientToken = Annotated[str, Meta(pattern='^(?a:^[^\\$]+$)\\Z', extra={'pattern': '^[^\\$]+$'})]
ClientToken_ = ClientToken
S3Bucket = Annotated[str, Meta(max_length=255, pattern='^(?a:^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$)\\Z', extra={'pattern': '^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$'})]
S3Bucket_ = S3Bucket
S3BucketOwner = Annotated[str, Meta(pattern='^(?a:[0-9]{12})\\Z', extra={'pattern': '[0-9]{12}'})]
S3BucketOwner_ = S3BucketOwner
S3Prefix = Annotated[str, Meta(max_length=1024)]
S3Prefix_ = S3Prefix
S3SseAlgorithm = Literal["AES256", "KMS"]
S3SseAlgorithm_ = S3SseAlgorithm
S3SseKmsKeyId = Annotated[str, Meta(min_length=1, max_length=2048)]
S3SseKmsKeyId_ = S3SseKmsKeyId
ExportFormat = Literal["DYNAMODB_JSON", "ION"]
ExportFormat_ = ExportFormat
ExportType = Literal["FULL_EXPORT", "INCREMENTAL_EXPORT"]
ExportType_ = ExportType
ExportFromTime = Annotated[float, Meta(extra={'java': 'Date'})]
ExportFromTime_ = ExportFromTime
ExportToTime = Annotated[float, Meta(extra={'java': 'Date'})]
ExportToTime_ = ExportToTime
ExportViewType = Literal["NEW_IMAGE", "NEW_AND_OLD_IMAGES"]
ExportViewType_ = ExportViewType


class IncrementalExportSpecification(Struct, kw_only=True):
    ExportFromTime: ExportFromTime_ | None = None
    ExportToTime: ExportToTime_ | None = None
    ExportViewType: ExportViewType_ | None = None


IncrementalExportSpecification_ = IncrementalExportSpecification


class FilterSpecification(Struct, kw_only=True):
    FilterExpression: str | None = None
    ProjectionExpression: str | None = None
    KeyConditionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None


FilterSpecification_ = FilterSpecification


class ExportTableToPointInTimeInput(Struct, kw_only=True):
    TableArn: TableArn_
    ExportTime: ExportTime_ | None = None
    ClientToken: ClientToken_ | None = None
    S3Bucket: S3Bucket_
    S3BucketOwner: S3BucketOwner_ | None = None
    S3Prefix: S3Prefix_ | None = None
    S3SseAlgorithm: S3SseAlgorithm_ | None = None
    S3SseKmsKeyId: S3SseKmsKeyId_ | None = None
    ExportFormat: ExportFormat_ | None = None
    ExportType: ExportType_ | None = None
    IncrementalExportSpecification: IncrementalExportSpecification_ | None = None
    FilterSpecification: FilterSpecification_ | None = None


class GetItemInput(Struct, kw_only=True):
    TableName: TableArn
    Key: dict[str, AttributeValue]
    AttributesToGet: AttributeNameList | None = None
    ConsistentRead: bool | None = None
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    ProjectionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None


ShardIterator = Annotated[str, Meta(min_length=1, max_length=2048)]
ShardIterator_ = ShardIterator


class GetRecordsInput(Struct, kw_only=True):
    ShardIterator: ShardIterator_
    Limit: PositiveIntegerObject | None = None


class GetResourcePolicyInput(Struct, kw_only=True):
    ResourceArn: ResourceArnString


ShardIteratorType = Literal["TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP"]
ShardIteratorType_ = ShardIteratorType
SequenceNumber = Annotated[str, Meta(min_length=21, max_length=40)]
SequenceNumber_ = SequenceNumber
Timestamp = Annotated[float, Meta(extra={'java': 'Date'})]
Timestamp_ = Timestamp


class GetShardIteratorInput(Struct, kw_only=True):
    StreamArn: StreamArn_
    ShardId: ShardId_
    ShardIteratorType: ShardIteratorType_
    SequenceNumber: SequenceNumber_ | None = None
    Timestamp: Timestamp_ | None = None


class S3BucketSource(Struct, kw_only=True):
    S3BucketOwner: S3BucketOwner_ | None = None
    S3Bucket: S3Bucket_
    S3KeyPrefix: S3Prefix | None = None


S3BucketSource_ = S3BucketSource
InputFormat = Literal["DYNAMODB_JSON", "ION", "CSV"]
InputFormat_ = InputFormat
CsvDelimiter = Annotated[str, Meta(min_length=1, max_length=1, pattern='^(?a:[,;:|\\t ])\\Z', extra={'pattern': '[,;:|\\t ]'})]
CsvHeader = Annotated[str, Meta(min_length=1, max_length=65536, pattern='^(?a:[\\x20-\\x21\\x23-\\x2B\\x2D-\\x7E]*)\\Z', extra={'pattern': '[\\x20-\\x21\\x23-\\x2B\\x2D-\\x7E]*'})]
CsvHeaderList = Annotated[list[CsvHeader], Meta(min_length=1, max_length=255)]


class CsvOptions(Struct, kw_only=True):
    Delimiter: CsvDelimiter | None = None
    HeaderList: CsvHeaderList | None = None


class InputFormatOptions(Struct, kw_only=True):
    Csv: CsvOptions | None = None


InputFormatOptions_ = InputFormatOptions
InputCompressionType = Literal["GZIP", "ZSTD", "NONE"]
InputCompressionType_ = InputCompressionType
TableName_ = TableName


class TableCreationParameters(Struct, kw_only=True):
    TableName: TableName_
    AttributeDefinitions: list[AttributeDefinition]
    KeySchema: Annotated[list[KeySchemaElement], Meta(min_length=1, max_length=2)]
    BillingMode: BillingMode_ | None = None
    ProvisionedThroughput: ProvisionedThroughput_ | None = None
    OnDemandThroughput: OnDemandThroughput_ | None = None
    SSESpecification: SSESpecification_ | None = None
    GlobalSecondaryIndexes: list[GlobalSecondaryIndex] | None = None
    VectorIndexes: list[VectorIndex] | None = None


TableCreationParameters_ = TableCreationParameters


class ImportTableInput(Struct, kw_only=True):
    ClientToken: ClientToken_ | None = None
    S3BucketSource: S3BucketSource_
    InputFormat: InputFormat_
    InputFormatOptions: InputFormatOptions_ | None = None
    InputCompressionType: InputCompressionType_ | None = None
    TableCreationParameters: TableCreationParameters_


BackupsInputLimit = Annotated[int, Meta(ge=1, le=100)]
TimeRangeLowerBound = Annotated[float, Meta(extra={'java': 'Date'})]
TimeRangeLowerBound_ = TimeRangeLowerBound
TimeRangeUpperBound = Annotated[float, Meta(extra={'java': 'Date'})]
TimeRangeUpperBound_ = TimeRangeUpperBound
BackupTypeFilter = Literal["USER", "SYSTEM", "AWS_BACKUP", "ALL"]


class ListBackupsInput(Struct, kw_only=True):
    TableName: TableArn | None = None
    Limit: BackupsInputLimit | None = None
    TimeRangeLowerBound: TimeRangeLowerBound_ | None = None
    TimeRangeUpperBound: TimeRangeUpperBound_ | None = None
    ExclusiveStartBackupArn: BackupArn | None = None
    BackupType: BackupTypeFilter | None = None


ListBulkOperationsMaxLimit = Annotated[int, Meta(ge=1, le=25)]
BulkOperationNextToken = Annotated[str, Meta(min_length=1, max_length=1024, pattern='^(?a:([0-9a-f]{16})+)\\Z', extra={'pattern': '([0-9a-f]{16})+'})]


class ListBulkOperationsInput(Struct, kw_only=True):
    MaxResults: ListBulkOperationsMaxLimit | None = None
    NextToken: BulkOperationNextToken | None = None


ListContributorInsightsLimit = Annotated[int, Meta(ge=-9223372036854775808, le=100)]


class ListContributorInsightsInput(Struct, kw_only=True):
    TableName: TableArn | None = None
    NextToken: str | None = None
    MaxResults: ListContributorInsightsLimit | None = None


ListExportsMaxLimit = Annotated[int, Meta(ge=1, le=25)]


class ListExportsInput(Struct, kw_only=True):
    TableArn: TableArn_ | None = None
    MaxResults: ListExportsMaxLimit | None = None
    NextToken: str | None = None


class ListGlobalTablesInput(Struct, kw_only=True):
    ExclusiveStartGlobalTableName: TableName | None = None
    Limit: PositiveIntegerObject | None = None
    RegionName: str | None = None


ListImportsMaxLimit = Annotated[int, Meta(ge=1, le=25)]
ImportNextToken = Annotated[str, Meta(min_length=112, max_length=1024, pattern='^(?a:([0-9a-f]{16})+)\\Z', extra={'pattern': '([0-9a-f]{16})+'})]


class ListImportsInput(Struct, kw_only=True):
    TableArn: TableArn_ | None = None
    PageSize: ListImportsMaxLimit | None = None
    NextToken: ImportNextToken | None = None


class ListStreamsInput(Struct, kw_only=True):
    TableName: TableName_ | None = None
    Limit: PositiveIntegerObject | None = None
    ExclusiveStartStreamArn: StreamArn | None = None


ListTablesInputLimit = Annotated[int, Meta(ge=1, le=100)]


class ListTablesInput(Struct, kw_only=True):
    ExclusiveStartTableName: TableName | None = None
    Limit: ListTablesInputLimit | None = None


class ListTagsOfResourceInput(Struct, kw_only=True):
    ResourceArn: ResourceArnString
    NextToken: str | None = None


class PutItemInput(Struct, kw_only=True):
    TableName: TableArn
    Item: dict[str, AttributeValue]
    Expected: dict[str, ExpectedAttributeValue] | None = None
    ReturnValues: ReturnValue | None = None
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    ReturnItemCollectionMetrics: ReturnItemCollectionMetrics_ | None = None
    ConditionalOperator: ConditionalOperator_ | None = None
    ConditionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


class PutResourcePolicyInput(Struct, kw_only=True):
    ResourceArn: ResourceArnString
    Policy: str
    ExpectedRevisionId: PolicyRevisionId | None = None
    ConfirmRemoveSelfResourceAccess: bool | None = None


Select = Literal["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]
Select_ = Select


class Condition(Struct, kw_only=True):
    AttributeValueList: list[AttributeValue] | None = None
    ComparisonOperator: ComparisonOperator_


class QueryInput(Struct, kw_only=True):
    TableName: TableArn
    IndexName: IndexName_ | None = None
    Select: Select_ | None = None
    AttributesToGet: AttributeNameList | None = None
    Limit: PositiveIntegerObject | None = None
    ConsistentRead: bool | None = None
    KeyConditions: dict[str, Condition] | None = None
    QueryFilter: dict[str, Condition] | None = None
    ConditionalOperator: ConditionalOperator_ | None = None
    ScanIndexForward: bool | None = None
    ExclusiveStartKey: dict[str, AttributeValue] | None = None
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    ProjectionExpression: str | None = None
    FilterExpression: str | None = None
    KeyConditionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None


class RestoreTableFromBackupInput(Struct, kw_only=True):
    TargetTableName: TableName
    BackupArn: BackupArn_
    BillingModeOverride: BillingMode | None = None
    GlobalSecondaryIndexOverride: list[GlobalSecondaryIndex] | None = None
    LocalSecondaryIndexOverride: list[LocalSecondaryIndex] | None = None
    ProvisionedThroughputOverride: ProvisionedThroughput | None = None
    OnDemandThroughputOverride: OnDemandThroughput | None = None
    SSESpecificationOverride: SSESpecification | None = None
    VectorIndexOverride: list[VectorIndex] | None = None


Date = Annotated[float, Meta(extra={'java': 'Date'})]


class RestoreTableToPointInTimeInput(Struct, kw_only=True):
    SourceTableArn: TableArn | None = None
    SourceTableName: TableName | None = None
    TargetTableName: TableName
    UseLatestRestorableTime: bool | None = None
    RestoreDateTime: Date | None = None
    BillingModeOverride: BillingMode | None = None
    GlobalSecondaryIndexOverride: list[GlobalSecondaryIndex] | None = None
    LocalSecondaryIndexOverride: list[LocalSecondaryIndex] | None = None
    ProvisionedThroughputOverride: ProvisionedThroughput | None = None
    OnDemandThroughputOverride: OnDemandThroughput | None = None
    SSESpecificationOverride: SSESpecification | None = None
    VectorIndexOverride: list[VectorIndex] | None = None


ScanTotalSegments = Annotated[int, Meta(ge=1, le=1000000)]
ScanSegment = Annotated[int, Meta(ge=0, le=999999)]


class ScanInput(Struct, kw_only=True):
    TableName: TableArn
    IndexName: IndexName_ | None = None
    AttributesToGet: AttributeNameList | None = None
    Limit: PositiveIntegerObject | None = None
    Select: Select_ | None = None
    ScanFilter: dict[str, Condition] | None = None
    ConditionalOperator: ConditionalOperator_ | None = None
    ExclusiveStartKey: dict[str, AttributeValue] | None = None
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    TotalSegments: ScanTotalSegments | None = None
    Segment: ScanSegment | None = None
    ProjectionExpression: str | None = None
    FilterExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None
    ConsistentRead: bool | None = None


SearchVectorList = Annotated[list[AttributeValue], Meta(min_length=1, max_length=4096)]
TopKInteger = Annotated[int, Meta(ge=1, le=9223372036854775807)]


class SearchVectorsInput(Struct, kw_only=True):
    TableName: TableArn
    IndexName: IndexName_
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None
    ProjectionExpression: str | None = None
    SearchVector: SearchVectorList
    SearchConditionExpression: str | None = None
    TopK: TopKInteger


BulkOperationInputFormat = Literal["DYNAMODB_JSON", "ION"]


class InputS3Configuration(Struct, kw_only=True):
    S3BucketOwner: S3BucketOwner_ | None = None
    S3Bucket: S3Bucket_
    S3KeyPrefix: S3Prefix | None = None
    InputFormat: BulkOperationInputFormat
    InputCompressionType: InputCompressionType_ | None = None


InputS3Configuration_ = InputS3Configuration
OutputTypeEnum = Literal["ERROR", "CONDITION_CHECK_FAILURE"]


class OutputS3Configuration(Struct, kw_only=True):
    S3BucketOwner: S3BucketOwner_ | None = None
    S3Bucket: S3Bucket_ | None = None
    S3KeyPrefix: S3Prefix | None = None
    S3SseAlgorithm: S3SseAlgorithm_ | None = None
    S3SseKmsKeyId: S3SseKmsKeyId_ | None = None
    OutputType: list[OutputTypeEnum]


OutputS3Configuration_ = OutputS3Configuration
BulkOperationMaxWriteRequestUnits = Annotated[int, Meta(ge=1024, le=9223372036854775807, extra={'java': 'Long'})]
BulkOperationPerformanceTier = Literal["STANDARD", "ACCELERATED"]


class StartBulkPutItemsInput(Struct, kw_only=True):
    ClientToken: ClientToken_ | None = None
    InputS3Configuration: InputS3Configuration_
    OutputS3Configuration: OutputS3Configuration_
    TableName: TableArn
    MaxWriteRequestUnits: BulkOperationMaxWriteRequestUnits | None = None
    PerformanceTier: BulkOperationPerformanceTier | None = None


class TagResourceInput(Struct, kw_only=True):
    ResourceArn: ResourceArnString
    Tags: list[Tag]


class Get(Struct, kw_only=True):
    Key: dict[str, AttributeValue]
    TableName: TableArn
    ProjectionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None


Get_ = Get


class TransactGetItem(Struct, kw_only=True):
    Get: Get_


TransactGetItemList = Annotated[list[TransactGetItem], Meta(min_length=1, max_length=100)]


class TransactGetItemsInput(Struct, kw_only=True):
    TransactItems: TransactGetItemList
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None


class ConditionCheck(Struct, kw_only=True):
    Key: dict[str, AttributeValue]
    TableName: TableArn
    ConditionExpression: str
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


ConditionCheck_ = ConditionCheck


class Put(Struct, kw_only=True):
    Item: dict[str, AttributeValue]
    TableName: TableArn
    ConditionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


Put_ = Put


class Delete(Struct, kw_only=True):
    Key: dict[str, AttributeValue]
    TableName: TableArn
    ConditionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


Delete_ = Delete


class Update(Struct, kw_only=True):
    Key: dict[str, AttributeValue]
    UpdateExpression: str
    TableName: TableArn
    ConditionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


Update_ = Update


class TransactWriteItem(Struct, kw_only=True):
    ConditionCheck: ConditionCheck_ | None = None
    Put: Put_ | None = None
    Delete: Delete_ | None = None
    Update: Update_ | None = None


TransactWriteItemList = Annotated[list[TransactWriteItem], Meta(min_length=1, max_length=100)]


class TransactWriteItemsInput(Struct, kw_only=True):
    TransactItems: TransactWriteItemList
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    ReturnItemCollectionMetrics: ReturnItemCollectionMetrics_ | None = None
    ClientRequestToken: ClientRequestToken_ | None = None


class UntagResourceInput(Struct, kw_only=True):
    ResourceArn: ResourceArnString
    TagKeys: list[TagKeyString]


RecoveryPeriodInDays = Annotated[int, Meta(ge=1, le=35)]
RecoveryPeriodInDays_ = RecoveryPeriodInDays


class PointInTimeRecoverySpecification(Struct, kw_only=True):
    PointInTimeRecoveryEnabled: bool
    RecoveryPeriodInDays: RecoveryPeriodInDays_ | None = None


PointInTimeRecoverySpecification_ = PointInTimeRecoverySpecification


class UpdateContinuousBackupsInput(Struct, kw_only=True):
    TableName: TableArn
    PointInTimeRecoverySpecification: PointInTimeRecoverySpecification_


ContributorInsightsAction = Literal["ENABLE", "DISABLE"]
ContributorInsightsAction_ = ContributorInsightsAction
ContributorInsightsMode = Literal["ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"]
ContributorInsightsMode_ = ContributorInsightsMode


class UpdateContributorInsightsInput(Struct, kw_only=True):
    TableName: TableArn
    IndexName: IndexName_ | None = None
    ContributorInsightsAction: ContributorInsightsAction_
    ContributorInsightsMode: ContributorInsightsMode_ | None = None


class CreateReplicaAction(Struct, kw_only=True):
    RegionName: str


class DeleteReplicaAction(Struct, kw_only=True):
    RegionName: str


class ReplicaUpdate(Struct, kw_only=True):
    Create: CreateReplicaAction | None = None
    Delete: DeleteReplicaAction | None = None


class UpdateGlobalTableInput(Struct, kw_only=True):
    GlobalTableName: TableName
    ReplicaUpdates: list[ReplicaUpdate]


AutoScalingRoleArn = Annotated[str, Meta(min_length=1, max_length=1600, pattern='^(?a:[\\u0020-\\uD7FF\\uE000-\\uFFFD\\U00010000-\\U0010FFFF\\r\\n\\t]*)\\Z', extra={'pattern': '[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*'})]
AutoScalingRoleArn_ = AutoScalingRoleArn
AutoScalingPolicyName = Annotated[str, Meta(min_length=1, max_length=256, pattern='^(?a:[\\x20-\\x7E]+)\\Z', extra={'pattern': '\\p{Print}+'})]
IntegerObject = Annotated[int, Meta(ge=-9223372036854775808, le=9223372036854775807)]


class AutoScalingTargetTrackingScalingPolicyConfigurationUpdate(Struct, kw_only=True):
    DisableScaleIn: bool | None = None
    ScaleInCooldown: IntegerObject | None = None
    ScaleOutCooldown: IntegerObject | None = None
    TargetValue: float


class AutoScalingPolicyUpdate(Struct, kw_only=True):
    PolicyName: AutoScalingPolicyName | None = None
    TargetTrackingScalingPolicyConfiguration: AutoScalingTargetTrackingScalingPolicyConfigurationUpdate


class AutoScalingSettingsUpdate(Struct, kw_only=True):
    MinimumUnits: PositiveLongObject | None = None
    MaximumUnits: PositiveLongObject | None = None
    AutoScalingDisabled: bool | None = None
    AutoScalingRoleArn: AutoScalingRoleArn_ | None = None
    ScalingPolicyUpdate: AutoScalingPolicyUpdate | None = None


class GlobalTableGlobalSecondaryIndexSettingsUpdate(Struct, kw_only=True):
    IndexName: IndexName_
    ProvisionedWriteCapacityUnits: PositiveLongObject | None = None
    ProvisionedWriteCapacityAutoScalingSettingsUpdate: AutoScalingSettingsUpdate | None = None


GlobalTableGlobalSecondaryIndexSettingsUpdateList = Annotated[list[GlobalTableGlobalSecondaryIndexSettingsUpdate], Meta(min_length=1, max_length=20)]


class ReplicaGlobalSecondaryIndexSettingsUpdate(Struct, kw_only=True):
    IndexName: IndexName_
    ProvisionedReadCapacityUnits: PositiveLongObject | None = None
    ProvisionedReadCapacityAutoScalingSettingsUpdate: AutoScalingSettingsUpdate | None = None


ReplicaGlobalSecondaryIndexSettingsUpdateList = Annotated[list[ReplicaGlobalSecondaryIndexSettingsUpdate], Meta(min_length=1, max_length=20)]


class ReplicaSettingsUpdate(Struct, kw_only=True):
    RegionName: str
    ReplicaProvisionedReadCapacityUnits: PositiveLongObject | None = None
    ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate: AutoScalingSettingsUpdate | None = None
    ReplicaGlobalSecondaryIndexSettingsUpdate: ReplicaGlobalSecondaryIndexSettingsUpdateList | None = None
    ReplicaTableClass: TableClass | None = None


ReplicaSettingsUpdateList = Annotated[list[ReplicaSettingsUpdate], Meta(min_length=1, max_length=50)]


class UpdateGlobalTableSettingsInput(Struct, kw_only=True):
    GlobalTableName: TableName
    GlobalTableBillingMode: BillingMode | None = None
    GlobalTableProvisionedWriteCapacityUnits: PositiveLongObject | None = None
    GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate: AutoScalingSettingsUpdate | None = None
    GlobalTableGlobalSecondaryIndexSettingsUpdate: GlobalTableGlobalSecondaryIndexSettingsUpdateList | None = None
    ReplicaSettingsUpdate: ReplicaSettingsUpdateList | None = None


AttributeAction = Literal["ADD", "PUT", "DELETE"]


class AttributeValueUpdate(Struct, kw_only=True):
    Value: AttributeValue | None = None
    Action: AttributeAction | None = None


class UpdateItemInput(Struct, kw_only=True):
    TableName: TableArn
    Key: dict[str, AttributeValue]
    AttributeUpdates: dict[str, AttributeValueUpdate] | None = None
    Expected: dict[str, ExpectedAttributeValue] | None = None
    ConditionalOperator: ConditionalOperator_ | None = None
    ReturnValues: ReturnValue | None = None
    ReturnConsumedCapacity: ReturnConsumedCapacity_ | None = None
    ReturnItemCollectionMetrics: ReturnItemCollectionMetrics_ | None = None
    UpdateExpression: str | None = None
    ConditionExpression: str | None = None
    ExpressionAttributeNames: dict[str, str] | None = None
    ExpressionAttributeValues: dict[str, AttributeValue] | None = None
    ReturnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure_ | None = None


class UpdateKinesisStreamingConfiguration(Struct, kw_only=True):
    ApproximateCreationDateTimePrecision: ApproximateCreationDateTimePrecision_ | None = None


UpdateKinesisStreamingConfiguration_ = UpdateKinesisStreamingConfiguration


class UpdateKinesisStreamingDestinationInput(Struct, kw_only=True):
    TableName: TableArn
    StreamArn: StreamArn_
    UpdateKinesisStreamingConfiguration: UpdateKinesisStreamingConfiguration_ | None = None


class UpdateGlobalSecondaryIndexAction(Struct, kw_only=True):
    IndexName: IndexName_
    ProvisionedThroughput: ProvisionedThroughput_ | None = None
    OnDemandThroughput: OnDemandThroughput_ | None = None
    WarmThroughput: WarmThroughput_ | None = None


class CreateGlobalSecondaryIndexAction(Struct, kw_only=True):
    IndexName: IndexName_
    KeySchema: KeySchema_
    Projection: Projection_
    ProvisionedThroughput: ProvisionedThroughput_ | None = None
    OnDemandThroughput: OnDemandThroughput_ | None = None
    WarmThroughput: WarmThroughput_ | None = None


class DeleteGlobalSecondaryIndexAction(Struct, kw_only=True):
    IndexName: IndexName_


class GlobalSecondaryIndexUpdate(Struct, kw_only=True):
    Update: UpdateGlobalSecondaryIndexAction | None = None
    Create: CreateGlobalSecondaryIndexAction | None = None
    Delete: DeleteGlobalSecondaryIndexAction | None = None


class ProvisionedThroughputOverride(Struct, kw_only=True):
    ReadCapacityUnits: PositiveLongObject | None = None


ProvisionedThroughputOverride_ = ProvisionedThroughputOverride


class OnDemandThroughputOverride(Struct, kw_only=True):
    MaxReadRequestUnits: LongObject | None = None


OnDemandThroughputOverride_ = OnDemandThroughputOverride


class ReplicaGlobalSecondaryIndex(Struct, kw_only=True):
    IndexName: IndexName_
    ProvisionedThroughputOverride: ProvisionedThroughputOverride_ | None = None
    OnDemandThroughputOverride: OnDemandThroughputOverride_ | None = None


ReplicaGlobalSecondaryIndexList = Annotated[list[ReplicaGlobalSecondaryIndex], Meta(min_length=1)]


class CreateReplicationGroupMemberAction(Struct, kw_only=True):
    RegionName: str
    KMSMasterKeyId: str | None = None
    ProvisionedThroughputOverride: ProvisionedThroughputOverride_ | None = None
    OnDemandThroughputOverride: OnDemandThroughputOverride_ | None = None
    GlobalSecondaryIndexes: ReplicaGlobalSecondaryIndexList | None = None
    TableClassOverride: TableClass | None = None


class UpdateReplicationGroupMemberAction(Struct, kw_only=True):
    RegionName: str
    KMSMasterKeyId: str | None = None
    ProvisionedThroughputOverride: ProvisionedThroughputOverride_ | None = None
    OnDemandThroughputOverride: OnDemandThroughputOverride_ | None = None
    GlobalSecondaryIndexes: ReplicaGlobalSecondaryIndexList | None = None
    TableClassOverride: TableClass | None = None


class DeleteReplicationGroupMemberAction(Struct, kw_only=True):
    RegionName: str


DisassociationMode = Literal["WAIT_FOR_REPLICATION"]
DisassociationMode_ = DisassociationMode


class DisassociateReplicationGroupMemberAction(Struct, kw_only=True):
    RegionName: str
    DisassociationMode: DisassociationMode_


class ReplicationGroupUpdate(Struct, kw_only=True):
    Create: CreateReplicationGroupMemberAction | None = None
    Update: UpdateReplicationGroupMemberAction | None = None
    Delete: DeleteReplicationGroupMemberAction | None = None
    Disassociate: DisassociateReplicationGroupMemberAction | None = None


ReplicationGroupUpdateList = Annotated[list[ReplicationGroupUpdate], Meta(min_length=1)]
MultiRegionConsistency = Literal["EVENTUAL", "STRONG"]
MultiRegionConsistency_ = MultiRegionConsistency


class CreateGlobalTableWitnessGroupMemberAction(Struct, kw_only=True):
    RegionName: str


class DeleteGlobalTableWitnessGroupMemberAction(Struct, kw_only=True):
    RegionName: str


class GlobalTableWitnessGroupUpdate(Struct, kw_only=True):
    Create: CreateGlobalTableWitnessGroupMemberAction | None = None
    Delete: DeleteGlobalTableWitnessGroupMemberAction | None = None


GlobalTableWitnessGroupUpdateList = Annotated[list[GlobalTableWitnessGroupUpdate], Meta(min_length=1, max_length=1)]


class CreateVectorIndexAction(Struct, kw_only=True):
    IndexName: IndexName_
    VectorAttribute: VectorAttributeDefinition
    SearchSchema: SearchSchema_ | None = None
    Projection: Projection_
    Dimensions: PositiveLongObject
    DistanceFunction: VectorDistanceFunction


class DeleteVectorIndexAction(Struct, kw_only=True):
    IndexName: IndexName_


class VectorIndexUpdate(Struct, kw_only=True):
    Create: CreateVectorIndexAction | None = None
    Delete: DeleteVectorIndexAction | None = None


class UpdateTableInput(Struct, kw_only=True):
    AttributeDefinitions: list[AttributeDefinition] | None = None
    TableName: Annotated[str, Meta(min_length=3, max_length=255, pattern='^(?a:[a-zA-Z0-9_.-]+)\\Z', extra={'pattern': '[a-zA-Z0-9_.-]+', 'arn': True})]
    BillingMode: BillingMode_ | None = None
    ProvisionedThroughput: ProvisionedThroughput_ | None = None
    GlobalSecondaryIndexUpdates: list[GlobalSecondaryIndexUpdate] | None = None
    StreamSpecification: StreamSpecification_ | None = None
    SSESpecification: SSESpecification_ | None = None
    ReplicaUpdates: ReplicationGroupUpdateList | None = None
    TableClass: TableClass_ | None = None
    DeletionProtectionEnabled: bool | None = None
    MultiRegionConsistency: MultiRegionConsistency_ | None = None
    GlobalTableWitnessUpdates: GlobalTableWitnessGroupUpdateList | None = None
    OnDemandThroughput: OnDemandThroughput_ | None = None
    WarmThroughput: WarmThroughput_ | None = None
    GlobalTableSettingsReplicationMode: GlobalTableSettingsReplicationMode_ | None = None
    DisassociationProtectionEnabled: bool | None = None
    VectorIndexUpdates: list[VectorIndexUpdate] | None = None


class GlobalSecondaryIndexAutoScalingUpdate(Struct, kw_only=True):
    IndexName: IndexName_ | None = None
    ProvisionedWriteCapacityAutoScalingUpdate: AutoScalingSettingsUpdate | None = None


GlobalSecondaryIndexAutoScalingUpdateList = Annotated[list[GlobalSecondaryIndexAutoScalingUpdate], Meta(min_length=1)]


class ReplicaGlobalSecondaryIndexAutoScalingUpdate(Struct, kw_only=True):
    IndexName: IndexName_ | None = None
    ProvisionedReadCapacityAutoScalingUpdate: AutoScalingSettingsUpdate | None = None


class ReplicaAutoScalingUpdate(Struct, kw_only=True):
    RegionName: str
    ReplicaGlobalSecondaryIndexUpdates: list[ReplicaGlobalSecondaryIndexAutoScalingUpdate] | None = None
    ReplicaProvisionedReadCapacityAutoScalingUpdate: AutoScalingSettingsUpdate | None = None


ReplicaAutoScalingUpdateList = Annotated[list[ReplicaAutoScalingUpdate], Meta(min_length=1)]


class UpdateTableReplicaAutoScalingInput(Struct, kw_only=True):
    GlobalSecondaryIndexUpdates: GlobalSecondaryIndexAutoScalingUpdateList | None = None
    TableName: TableArn
    ProvisionedWriteCapacityAutoScalingUpdate: AutoScalingSettingsUpdate | None = None
    ReplicaUpdates: ReplicaAutoScalingUpdateList | None = None


TimeToLiveAttributeName = Annotated[str, Meta(min_length=1, max_length=255)]


class TimeToLiveSpecification(Struct, kw_only=True):
    Enabled: bool
    AttributeName: TimeToLiveAttributeName


TimeToLiveSpecification_ = TimeToLiveSpecification


class UpdateTimeToLiveInput(Struct, kw_only=True):
    TableName: TableArn
    TimeToLiveSpecification: TimeToLiveSpecification_


INPUTS: dict[str, type[Struct]] = {
    "BatchExecuteStatement": BatchExecuteStatementInput,
    "BatchGetItem": BatchGetItemInput,
    "BatchWriteItem": BatchWriteItemInput,
    "CancelBulkOperation": CancelBulkOperationInput,
    "CreateBackup": CreateBackupInput,
    "CreateGlobalTable": CreateGlobalTableInput,
    "CreateTable": CreateTableInput,
    "DeleteBackup": DeleteBackupInput,
    "DeleteItem": DeleteItemInput,
    "DeleteResourcePolicy": DeleteResourcePolicyInput,
    "DeleteTable": DeleteTableInput,
    "DescribeBackup": DescribeBackupInput,
    "DescribeBulkOperation": DescribeBulkOperationInput,
    "DescribeContinuousBackups": DescribeContinuousBackupsInput,
    "DescribeContributorInsights": DescribeContributorInsightsInput,
    "DescribeEndpoints": DescribeEndpointsRequest,
    "DescribeExport": DescribeExportInput,
    "DescribeGlobalTable": DescribeGlobalTableInput,
    "DescribeGlobalTableSettings": DescribeGlobalTableSettingsInput,
    "DescribeImport": DescribeImportInput,
    "DescribeKinesisStreamingDestination": DescribeKinesisStreamingDestinationInput,
    "DescribeLimits": DescribeLimitsInput,
    "DescribeStream": DescribeStreamInput,
    "DescribeTable": DescribeTableInput,
    "DescribeTableReplicaAutoScaling": DescribeTableReplicaAutoScalingInput,
    "DescribeTimeToLive": DescribeTimeToLiveInput,
    "DisableKinesisStreamingDestination": KinesisStreamingDestinationInput,
    "EnableKinesisStreamingDestination": KinesisStreamingDestinationInput,
    "ExecuteStatement": ExecuteStatementInput,
    "ExecuteTransaction": ExecuteTransactionInput,
    "ExportTableToPointInTime": ExportTableToPointInTimeInput,
    "GetItem": GetItemInput,
    "GetRecords": GetRecordsInput,
    "GetResourcePolicy": GetResourcePolicyInput,
    "GetShardIterator": GetShardIteratorInput,
    "ImportTable": ImportTableInput,
    "ListBackups": ListBackupsInput,
    "ListBulkOperations": ListBulkOperationsInput,
    "ListContributorInsights": ListContributorInsightsInput,
    "ListExports": ListExportsInput,
    "ListGlobalTables": ListGlobalTablesInput,
    "ListImports": ListImportsInput,
    "ListStreams": ListStreamsInput,
    "ListTables": ListTablesInput,
    "ListTagsOfResource": ListTagsOfResourceInput,
    "PutItem": PutItemInput,
    "PutResourcePolicy": PutResourcePolicyInput,
    "Query": QueryInput,
    "RestoreTableFromBackup": RestoreTableFromBackupInput,
    "RestoreTableToPointInTime": RestoreTableToPointInTimeInput,
    "Scan": ScanInput,
    "SearchVectors": SearchVectorsInput,
    "StartBulkPutItems": StartBulkPutItemsInput,
    "TagResource": TagResourceInput,
    "TransactGetItems": TransactGetItemsInput,
    "TransactWriteItems": TransactWriteItemsInput,
    "UntagResource": UntagResourceInput,
    "UpdateContinuousBackups": UpdateContinuousBackupsInput,
    "UpdateContributorInsights": UpdateContributorInsightsInput,
    "UpdateGlobalTable": UpdateGlobalTableInput,
    "UpdateGlobalTableSettings": UpdateGlobalTableSettingsInput,
    "UpdateItem": UpdateItemInput,
    "UpdateKinesisStreamingDestination": UpdateKinesisStreamingDestinationInput,
    "UpdateTable": UpdateTableInput,
    "UpdateTableReplicaAutoScaling": UpdateTableReplicaAutoScalingInput,
    "UpdateTimeToLive": UpdateTimeToLiveInput,
}
