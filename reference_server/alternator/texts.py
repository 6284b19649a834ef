"""Alternator's messages, once, each with its source: a section of the dossier, or the request that recorded it.

They are `str.format` templates, as in `messages.py`.
"""

from __future__ import annotations

from typing import Final

from reference_server.messages import Message

# --- the wire (dossier 2) ---------------------------------------------------------------------------------
UNSUPPORTED_OPERATION: Final = Message("Unsupported operation {operation}")  # recorded http-target-unknown-op
NOT_JSON: Final = Message("Parsing JSON failed: {reason} at {position}")  # recorded http-not-json
NESTED_TOO_DEEP: Final = Message("Max nested level reached: {levels}")  # recorded put-nest-l-40
INTERNAL: Final = Message("Internal server error: {exception}")  # recorded put-key-65535

NO_OBJECT: Final = Message("Request content must be an object")  # dossier 2, "Body not an object"
ENCODING_UNSUPPORTED: Final = Message("Unsupported Content-Encoding")  # dossier 2, "Request compression"
BODY_LENGTH: Final = Message("Content length limit ({most}) exceeded: {length}")  # dossier 2, "Body > 16 MB"
BODY_TOO_LARGE: Final = Message("Request content length limit of {most} bytes exceeded")  # dossier 2, "Body > 16 MB"

# --- members of requests (dossier 2, "Wrong JSON type of a field") ----------------------------------------
# The real text goes on with some twenty addresses on its stack, which mean nothing outside of that process.
JSON_ASSERT: Final = Message("JSON assert failed on condition '{condition}', at: 0x0")
PARAMETER_MISSING: Final = Message("JSON parameter {name} not found")  # recorded put-no-item
STRING_EXPECTED: Final = Message("Expected string value for {name}, got: {value}")  # recorded put-rv-number
TABLE_NAME_MISSING: Final = Message("Missing TableName field in request")  # recorded put-no-table
TABLE_NAME_NO_STRING: Final = Message("Non-string TableName field in request")  # dossier 3, "TableName as ARN"

# --- tables (dossier 3 and 4) -----------------------------------------------------------------------------
TABLE_NOT_FOUND: Final = Message("Requested resource not found: Table: {name} not found")  # recorded put-missing-table
TABLE_NAME_LENGTH: Final = Message("TableName must be at least 3 characters long and at most {most} characters long")
TABLE_NAME_PATTERN: Final = Message("TableName must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")

INTERNAL_PREFIX_RESERVED: Final = Message(  # recorded ct-name-reserved-prefix
    "Prefix {prefix} is reserved for accessing internal tables"
)
INTERNAL_TABLE_NOT_FOUND: Final = Message(  # recorded sc-internal-missing
    "Requested resource not found: Internal table: {name} not found"
)
INTERNAL_TABLE_FORBIDDEN: Final = Message(  # dossier 13
    "Table {name} is an internal table, and writing to it is forbidden by the alternator_allow_system_table_write "
    "configuration"
)
TABLE_EXISTS: Final = Message("Table {name} already exists")  # recorded ct-hash-again
TABLE_OF_BACKUPS_NOT_FOUND: Final = Message("Table {name} not found")  # recorded o-DescribeContinuousBackups-missing
HOST_MISSING: Final = Message("DescribeEndpoints needs a 'Host:' header in request")  # dossier 1
TABLES_LIMIT: Final = Message("Limit must be greater than 0 and no greater than 100")  # recorded lt-limit-0

# Attribute definitions and key schemas: dossier 4, recorded ct-*; those without an id are inferred.
DEFINITIONS_MISSING: Final = Message("Missing AttributeDefinitions in CreateTable request")  # dossier 4
DEFINITIONS_NO_ARRAY: Final = Message("AttributeDefinitions must be an array")
DEFINITION_NAME_MISSING: Final = Message("AttributeName missing in AttributeDefinitions")
DEFINITION_NAME_NO_STRING: Final = Message("AttributeName in AttributeDefinitions must be a string")
DEFINITION_TYPE_MISSING: Final = Message("AttributeType missing in AttributeDefinitions")
DEFINITION_TYPE_NO_STRING: Final = Message("AttributeType in AttributeDefinitions must be a string")
DEFINITION_REPEATED: Final = Message(  # recorded ct-duplicate-attrdefs
    "Duplicate AttributeName={name} in AttributeDefinitions"
)
DEFINITIONS_SPURIOUS: Final = Message(  # recorded ct-spurious-attrdefs
    "AttributeDefinitions defines spurious attributes not used by any KeySchema: {names}"
)
DEFINITION_CHANGED: Final = Message(  # dossier 5
    "AttributeDefinitions redefined {name} to {new} already a key attribute of type {old} in this table"
)
KEY_TYPE_INVALID: Final = Message("Invalid key type '{type}', can only be S, B or N.")  # recorded ct-bad-attrtype
KEY_UNDEFINED: Final = Message("KeySchema key '{name}' missing in AttributeDefinitions")  # recorded ct-keyschema-no-def
KEY_NAME_RESERVED: Final = Message("Column name '{name}' is currently reserved. FIXME.")  # recorded ct-attr-name-:attrs
KEY_NAME_EMPTY: Final = Message("Empty attribute name")  # dossier 3
KEY_NAME_LONG: Final = Message("Attribute name is too large, must be less than {less_than} bytes")  # dossier 3
KEY_SCHEMA_MISSING: Final = Message("Missing KeySchema member")  # recorded ct-no-keyschema
KEY_SCHEMA_LENGTH: Final = Message("KeySchema must list exactly one or two key columns")  # recorded ct-empty-keyschema
KEY_SCHEMA_NO_OBJECT: Final = Message("{place} element of KeySchema must be an object")
KEY_SCHEMA_KEY_TYPE: Final = Message("{place} key in KeySchema must be a {type} key")  # recorded ct-keyschema-two-hash
KEY_SCHEMA_NAME: Final = Message("{place} key in KeySchema must have string AttributeName")

# Indexes: recorded ct-gsi-*, ct-lsi-*.
INDEXES_NO_ARRAY: Final = Message("{member} must be an array.")
INDEX_NAME_NEEDED: Final = Message("{member} IndexName must be a string.")  # recorded ct-gsi-no-name
INDEX_NAME_REPEATED: Final = Message("Duplicate IndexName '{name}', ")  # recorded ct-gsi-dup-name
INDEX_NAME_PATTERN: Final = Message(  # recorded ct-gsi-bad-name
    "IndexName '{name}' must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
)
INDEX_NAME_LENGTH: Final = Message(  # recorded ct-gsi-long-name
    "The total length of TableName ('{table}') and IndexName ('{index}') cannot exceed {most} characters"
)
LOCAL_INDEX_WITHOUT_RANGE: Final = Message("LocalSecondaryIndex requires that the base table have a range key")
LOCAL_INDEX_HASH: Final = Message("LocalSecondaryIndex hash key must match the base table hash key")
LOCAL_INDEX_SORT: Final = Message("LocalSecondaryIndex must specify a sort key")
LOCAL_INDEX_SORT_IS_HASH: Final = Message("LocalSecondaryIndex sort key cannot be the same as hash key")

# How a table is paid for, encrypted and streamed: recorded ct-*billing, ct-sse*, ct-stream-*.
ON_DEMAND_WITH_THROUGHPUT: Final = Message(
    "When BillingMode=PAY_PER_REQUEST, ProvisionedThroughput cannot be specified."
)
PROVISIONED_WITHOUT_THROUGHPUT: Final = Message(
    "When BillingMode=PROVISIONED, ProvisionedThroughput must be specified."
)
# The value was to stand between the braces (recorded ct-bad-billing).
BILLING_MODE_UNKNOWN: Final = Message("Unknown BillingMode={}. Must be PAY_PER_REQUEST or PROVISIONED.")
ENCRYPTION_WITHOUT_ENABLED: Final = Message("SSESpecification needs boolean Enabled")
ENCRYPTION_ENABLED: Final = Message("SSESpecification: configuring encryption-at-rest is not yet supported.")
STREAM_WITHOUT_ENABLED: Final = Message("StreamSpecification needs boolean StreamEnabled")

# UpdateTable: dossier 5; the forms of one update are inferred.
UPDATE_UNSUPPORTED: Final = Message("{member} not supported")  # recorded ut-replicas
UPDATE_OF_NOTHING: Final = Message(
    "UpdateTable requires one of GlobalSecondaryIndexUpdates, VectorIndexUpdates, StreamSpecification or BillingMode "
    "to be specified"
)
INDEX_UPDATES_NO_ARRAY: Final = Message("GlobalSecondaryIndexUpdates must be an array")
INDEX_UPDATES_TOO_MANY: Final = Message("GlobalSecondaryIndexUpdates only allows one index creation or deletion")
INDEX_UPDATE_FORM: Final = Message(
    "GlobalSecondaryIndexUpdates array must contain one object with a GlobalSecondaryIndexUpdate operation"
)
INDEX_UPDATE_UNSUPPORTED: Final = Message("GlobalSecondaryIndexUpdates Update not yet supported")
INDEX_UPDATE_UNKNOWN: Final = Message("GlobalSecondaryIndexUpdates supports a Create or Delete operation, saw '{kind}'")
INDEX_CREATE_DEFINITIONS: Final = Message("GlobalSecondaryIndexUpdates Create needs AttributeDefinitions")
GLOBAL_INDEX_EXISTS: Final = Message("GSI {index} already exists in table {table}")
LOCAL_INDEX_EXISTS: Final = Message("LSI {index} already exists in table {table}, can't use same name for GSI")
GLOBAL_INDEX_NOT_FOUND: Final = Message("No GSI {index} in table {table}")

# --- tags, time to live, isolation (dossier 6 and 10) -----------------------------------------------------
RESOURCE_INCORRECT: Final = Message("Incorrect resource identifier")  # recorded tag-no-arn
RESOURCE_NO_ARN: Final = Message("ResourceArn: Invalid table ARN `{arn}` - missing `arn:` prefix")  # dossier 6
RESOURCE_NOT_FOUND: Final = Message("ResourceArn: Invalid table ARN `{arn}` - not found")  # dossier 6
TAGS_UNREADABLE: Final = Message("Cannot parse tags")  # recorded tag-no-tags
TAGS_NONE: Final = Message("The number of tags must be at least 1")  # recorded tag-empty-list
TAG_KEYS_UNREADABLE: Final = Message("Cannot parse tag keys")  # recorded tag-untag-no-keys
TAG_KEY_NO_STRING: Final = Message("TagKeys must be list of strings")  # read, not recorded
TAG_NO_OBJECT: Final = Message("invalid tag object")  # read, not recorded
TAG_INCOMPLETE: Final = Message("string Key and Value required")  # recorded tag-no-value
TAG_KEY_EMPTY: Final = Message("A tag Key cannot be empty")  # recorded tag-empty-key
TAG_TEXT_LENGTH: Final = Message("A tag {member} is limited to {most} characters")  # recorded tag-key-129
TAG_TEXT_CHARACTERS: Final = Message(  # recorded tag-key-chars
    "A tag {member} can only contain letters, spaces, and [+-=._:/]"
)
TAG_RESERVED: Final = Message("Tag key '{key}' is reserved for internal use")  # dossier 6
TAGS_TOO_MANY: Final = Message(  # recorded tag-51
    "Number of Tags exceed the current limit for the provided ResourceArn"
)
TIME_TO_LIVE_MISSING: Final = Message(  # recorded ttl-no-spec
    "UpdateTimeToLive missing mandatory TimeToLiveSpecification"
)
TIME_TO_LIVE_WITHOUT_ENABLED: Final = Message("UpdateTimeToLive requires boolean Enabled")  # recorded ttl-no-enabled
TIME_TO_LIVE_WITHOUT_ATTRIBUTE: Final = Message(  # recorded ttl-no-attr
    "UpdateTimeToLive requires string AttributeName"
)
TIME_TO_LIVE_ATTRIBUTE_LENGTH: Final = Message(  # recorded ttl-empty-attr
    "The length of AttributeName must be between 1 and {most}"
)
TIME_TO_LIVE_ENABLED: Final = Message("TTL is already enabled")  # recorded ttl-enable-again
TIME_TO_LIVE_DISABLED: Final = Message("TTL is already disabled")  # recorded ttl-disable-when-off
TIME_TO_LIVE_OTHER_ATTRIBUTE: Final = Message(  # recorded ttl-disable-other
    "Requested to disable TTL on attribute {asked}, but a different attribute {enabled} is enabled."
)
ISOLATION_UNKNOWN: Final = Message(  # recorded ct-tags-isolation-bad
    "Incorrect write isolation tag {value}. Allowed values: {allowed}"
)
ISOLATION_FORBIDS: Final = Message(  # dossier 10
    "Read-modify-write operations are disabled by 'forbid_rmw' write isolation policy. Refer to "
    "https://github.com/scylladb/scylla/blob/master/docs/alternator/alternator.md#write-isolation-policies for more "
    "information."
)

# --- values (dossier 7) -----------------------------------------------------------------------------------
VALUE_MALFORMED: Final = Message("{caller}: improperly formatted value '{value}'")  # recorded put-attr-two-types
VALUE_TYPE_UNKNOWN: Final = Message("{caller}: unknown type {datatype} for value {value}")  # recorded put-float32vector
NUMBER_NO_STRING: Final = Message(  # recorded put-attr-n-json-number
    "{caller}: number value must be encoded as string '{value}'"
)
BASE64: Final = Message("Invalid base64 data")  # recorded put-attr-b-bad
SET_EMPTY: Final = Message("{caller}: empty set not allowed")  # recorded put-set-empty
SET_MALFORMED: Final = Message("{caller}: improperly formatted set '{value}'")  # recorded put-set-not-list
NUMBER_UNREADABLE: Final = Message("The parameter cannot be converted to a numeric value: {text}")
NUMBER_OVERFLOW: Final = Message(  # recorded up-097
    "Number overflow: {text}. Attempting to store a number with magnitude larger than supported range."
)
NUMBER_UNDERFLOW: Final = Message(
    "Number underflow: {text}. Attempting to store a number with magnitude lower than supported range."
)
NUMBER_DIGITS: Final = Message(
    "Number too precise: {text}. Attempting to store a number with more significant digits than supported."
)

# --- keys (dossier 7) -------------------------------------------------------------------------------------
KEY_MISSING: Final = Message("Key column {name} not found")  # recorded put-no-key
KEY_TOO_MANY: Final = Message("Given key attribute not in schema")  # recorded get-key-extra
KEY_MALFORMED: Final = Message("Malformed value object for key column {name}: {value}")  # recorded get-key-plain-string
KEY_TYPE: Final = Message(  # recorded put-key-wrong-type
    "Type mismatch: expected type {expected} for key column {name}, got type {actual}"
)
KEY_EMPTY: Final = Message(  # recorded put-key-empty
    "The AttributeValue for a key attribute cannot contain an empty string value. Key: {name}"
)

# --- single items (dossier 8) -----------------------------------------------------------------------------
CONSISTENT_READ: Final = Message("ConsistentRead flag must be a boolean")  # recorded get-consistent-string
RETURN_VALUES_UNKNOWN: Final = Message("Unrecognized value for {name}: {value}")  # recorded put-rv-bad
RETURN_VALUES_OF_WRITE: Final = Message(  # recorded put-rv-all-new
    "{operation} supports only NONE or ALL_OLD for ReturnValues"
)
PLACEHOLDERS_WITHOUT_CONDITION: Final = Message(  # recorded put-names-without-expr
    "{name} cannot be used without ConditionExpression"
)
UPDATE_WITHOUT_KEY: Final = Message("UpdateItem requires a Key parameter")  # recorded up-no-key
UPDATE_BOTH: Final = Message(  # recorded up-both
    "UpdateItem does not allow both AttributeUpdates and UpdateExpression to be given together"
)

# --- batches (dossier 3 and 8) ----------------------------------------------------------------------------
BATCH_DUPLICATES: Final = Message("Provided list of item keys contains duplicates")  # recorded b-w-dup-put
BATCH_WRITE_INVALID: Final = Message("Invalid BatchWriteItem request: {request}")  # recorded b-w-both-ops
BATCH_WRITE_UNKNOWN: Final = Message("Unknown BatchWriteItem request type: {kind}")  # recorded b-w-unknown-op
BATCH_WRITE_TOO_MANY: Final = Message(
    "Invalid length of BatchWriteItem command, got {count} items, maximum is {most} "
    "(from configuration variable alternator_max_items_in_batch_write)"
)

# --- capacity (dossier 9) ---------------------------------------------------------------------------------
CAPACITY_UNKNOWN: Final = Message("Unknown consumed capacity {value}")
CAPACITY_OF_INDEXES: Final = Message("INDEXES consumed capacity is not supported")

# --- Query and Scan (dossier 8) ---------------------------------------------------------------------------
INDEX_NAME_NO_STRING: Final = Message("Non-string IndexName '{name}'")  # inferred from the source's habit
INDEX_NAME_SHORT: Final = Message("IndexName must be at least 3 characters long")  # recorded q-index-empty-name
INDEX_NOT_FOUND: Final = Message(  # recorded q-missing-index
    "Requested resource not found: Index '{index}' for table '{table}'"
)
CONSISTENT_READ_OF_INDEX: Final = Message(  # recorded q-gsi-consistent
    "Consistent reads are not allowed on global indexes (GSI)"
)
LIMIT: Final = Message("Limit must be greater than 0")  # recorded q-limit-0
BOOLEAN_EXPECTED: Final = Message(  # recorded q-scanindexforward-string
    "Expected boolean value for attribute {name}, got: {value}"
)
INTEGER_EXPECTED: Final = Message("Expected integer value for attribute {name}, got: {value}")
SEGMENT_ALONE: Final = Message(  # recorded sc-seg-only
    "Both Segment and TotalSegments attributes need to be present for a parallel scan"
)
SEGMENT_RANGE: Final = Message("Segment must be non-negative and less than TotalSegments")  # recorded sc-seg-equal
SEGMENTS_TOO_MANY: Final = Message(  # recorded sc-total-1000001
    "TotalSegments must be non-negative and less or equal to {most}"
)
START_KEY_OF_SEGMENT: Final = Message(  # recorded sc-seg-wrong-start
    "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct "
    "Segment. TotalSegments: {total} Segment: {segment}"
)
FILTER_ON_KEY: Final = Message(  # recorded q-filter-key, le-queryfilter-key
    "QueryFilter can only contain non-primary key attributes: {role} key attribute: {name}"
)
SELECT_UNKNOWN: Final = Message("Unknown Select value '{value}'. Allowed choices: {choices}")  # recorded q-select-bogus
SELECT_SPECIFIC: Final = Message(  # recorded q-select-specific_attributes
    "Select=SPECIFIC_ATTRIBUTES requires AttributesToGet or ProjectionExpression"
)
SELECT_PROJECTED: Final = Message(  # recorded q-select-all_projected_attributes
    "ALL_PROJECTED_ATTRIBUTES only allowed for indexes"
)
SELECT_WITH_PROJECTION: Final = Message(  # recorded q-select-count-proj
    "AttributesToGet or ProjectionExpression require Select to be either SPECIFIC_ATTRIBUTES or missing"
)

# Key conditions: recorded q-kc-*, q-none, le-keycond*; those on numbers of operands are read, not recorded.
KEY_CONDITIONS_BOTH: Final = Message(
    "Query does not allow both KeyConditions and KeyConditionExpression to be given together"
)
KEY_CONDITIONS_MISSING: Final = Message("Query must have one of KeyConditions or KeyConditionExpression")
KEY_CONDITION_COUNT: Final = Message("KeyConditionExpression syntax error: must have 1 or 2 conditions")
KEY_CONDITION_REPEATED: Final = Message("KeyConditionExpression allows only one condition for each key")
KEY_CONDITION_OF_PARTITION: Final = Message("KeyConditionExpression requires a condition on partition key {name}")
KEY_CONDITION_OPERATION: Final = Message("KeyConditionExpression cannot use {operation}")
KEY_CONDITION_OPERATOR: Final = Message("KeyConditionExpression does not support {operator} operator")
KEY_CONDITION_FUNCTION: Final = Message("KeyConditionExpression function '{function}' not supported")
KEY_CONDITION_BEGINS_WITH: Final = Message("KeyConditionExpression begins_with() takes attribute and constant")
KEY_CONDITION_BEGINS_WITH_TYPE: Final = Message(  # from memory of the source, not recorded
    "KeyConditionExpression begins_with() not supported on type {type}"
)
KEY_CONDITION_CONSTANT: Final = Message("KeyConditionExpression must compare attribute with constant")
KEY_CONDITION_NESTED: Final = Message("KeyConditionExpression does not support nested attributes")
KEY_CONDITION_EQUALITY: Final = Message(
    "KeyConditionExpression only '=' condition is supported on partition key {name}"
)
KEY_CONDITION_FOREIGN: Final = Message("KeyConditionExpression condition on non-key attribute {name}")
KEY_CONDITIONS_OF_PARTITION: Final = Message("Query missing condition on hash key '{name}'")
KEY_CONDITIONS_OF_SORT: Final = Message("Query missing condition on sort key '{name}'")
KEY_CONDITIONS_ONE: Final = Message("Only one condition allowed in table with only hash key")
KEY_CONDITIONS_TWO: Final = Message("Only one or two conditions allowed in KeyConditions")
KEY_CONDITIONS_EQUALITY: Final = Message(
    'Hash key can only be restricted with equality operator (EQ). "{operator}" not supported.'
)
KEY_CONDITIONS_PARTITION_OPERANDS: Final = Message(
    "Only a single attribute is allowed for a hash key restriction: {count} given"
)
KEY_CONDITIONS_SORT_OPERANDS: Final = Message("{wanted} arguments expected for a sort key restriction: {count} given")
KEY_CONDITIONS_OPERATOR: Final = Message('Operator "{operator}" not supported for sort key')
KEY_CONDITIONS_BEGINS_WITH: Final = Message("BEGINS_WITH operator cannot be applied to type {type}")

# --- streams (dossier 11) ---------------------------------------------------------------------------------
MALFORMED: Final = Message("Malformed value {name} : {value}")  # recorded st-desc-bad, st-it-bad-type, st-rec-bad
SHARD_UNKNOWN: Final = Message("Invalid ShardId")  # recorded st-it-bad-shard
STREAM_UNKNOWN: Final = Message("Invalid StreamArn")
STREAM_ENABLED: Final = Message("Table already has an enabled stream: TableName: {name}")
STREAM_DISABLED: Final = Message("Table has no stream to disable: TableName: {name}")
STREAM_LIMIT: Final = Message("Limit must be 1 or more")  # recorded st-desc-limit-0
RECORDS_LIMIT: Final = Message("Limit must be less than or equal to 1000")
SEQUENCE_NUMBER_MISSING: Final = Message('Missing required parameter "SequenceNumber"')  # recorded st-it-at-no-seq
SEQUENCE_NUMBER_SURPLUS: Final = Message(  # recorded st-it-trim-seq
    "Iterator of this type should not have sequence number"
)

# --- expressions (dossier 3 and 8; recorded co-*, up-*, get-proj-*) ---------------------------------------
EXPRESSION_NO_STRING: Final = Message("{member} must be a string")
EXPRESSION_EMPTY: Final = Message("{member} must not be empty")
EXPRESSION_SIZE: Final = Message("{member} expression size {size} exceeds allowed maximum {most}.")
EXPRESSION_UNREADABLE: Final = Message("Failed parsing {member} '{text}': {reason}")
PLACEHOLDERS_MISSING: Final = Message("{member} missing, entry '{placeholder}' required by expression")
PLACEHOLDER_MISSING: Final = Message("{member} missing entry '{placeholder}' required by expression")
PLACEHOLDER_UNUSED: Final = Message("{member} has spurious '{placeholder}', not used in {operation}")
PATHS_OVERLAP: Final = Message("Invalid {member}: two document paths overlap at {path}")
PATHS_CONFLICT: Final = Message("Invalid {member}: two document paths conflict at {path}")
FUNCTION_UNKNOWN: Final = Message("{member}: unknown function '{function}' called.")
FUNCTION_MISPLACED: Final = Message("{member}: {function}() not allowed here")
FUNCTION_PARAMETERS: Final = Message("{member}: {function}() accepts {wanted}, got {count}")
FUNCTION_PATH: Final = Message("{member}: {function}()'s parameter must be a path")
TYPE_NO_STRING: Final = Message("{member}: attribute_type() second parameter must refer to a string, got {value}")
TYPE_UNKNOWN: Final = Message("{member}: attribute_types()'s second parameter, {datatype}, is not a known type")
SIZE_OF_NOTHING: Final = Message("invalid object: {value}")
SIZE_TYPE: Final = Message("Unsupported operand type {datatype} for function size()")
ORDERING_TYPES: Final = Message("{operator} operator allow only the types String, Number, or Binary")
BETWEEN_TYPES: Final = Message(
    "BETWEEN operator requires the same type for lower and upper bound; instead got {lower} and {upper}"
)
BETWEEN_BOUNDS: Final = Message("BETWEEN operator requires lower_bound <= upper_bound, but {lower} > {upper}")
BEGINS_WITH_TYPES: Final = Message("begins_with() supports only string or binary type, got: {value}")
CONDITION_NO_BOOLEAN: Final = Message("ConditionExpression: condition results in a non-boolean value: {value}")
PROJECTION_BOTH: Final = Message(  # of any operation (recorded b-g-both)
    "GetItem does not allow both ProjectionExpression and AttributesToGet to be given together"
)
ATTRIBUTES_TO_GET_EMPTY: Final = Message("Empty AttributesToGet is not allowed. Consider using Select=COUNT instead.")
ATTRIBUTES_TO_GET_DUPLICATE: Final = Message("Invalid AttributesToGet: Duplicate attribute: {name}")
UPDATE_EMPTY: Final = Message("Empty expression in UpdateExpression is not allowed")
UPDATE_KEY: Final = Message("UpdateItem cannot update key column {name}")
UPDATE_ATTRIBUTE_MISSING: Final = Message("UpdateItem cannot update document path: missing attribute {name}")
UPDATE_PATH: Final = Message("UpdateExpression: document paths not valid for this item: {path}")
VALUE_OF_ITEM: Final = Message("An item can contain only one attribute definition: {value}")
NUMBER_ABSENT: Final = Message("UpdateExpression: invalid number object")
NUMBER_NO_TEXT: Final = Message("{caller}: improperly formatted number constant")  # read, not recorded
NUMBER_EXPECTED: Final = Message("UpdateExpression: expected number, found type '{datatype}'")
LIST_EXPECTED: Final = Message("UpdateExpression: list_append() given a non-list")
IF_NOT_EXISTS_PATH: Final = Message("{member}: if_not_exists() must include path as its first argument")
ADD_TO_TYPE: Final = Message("An operand in the update expression has an incorrect data type: {value}")
ADD_TYPE: Final = Message("Incorrect operand type for operator or function. Expected {wanted}: {value}")
DELETE_NO_SET: Final = Message("UpdateExpression: DELETE operation can only be performed on a set")
DELETE_TYPE: Final = Message("Set DELETE type mismatch: {old} and {value}")

# --- legacy parameters (recorded le-*) --------------------------------------------------------------------
OPERATOR_NO_STRING: Final = Message("Invalid comparison operator definition {value}")
OPERATOR_UNKNOWN: Final = Message("Unsupported comparison operator {operator}")
OPERANDS_MISSING: Final = Message("With ComparisonOperator, AttributeValueList must be given and an array")
OPERANDS_COUNT: Final = Message(
    '"{operator}" operator requires AttributeValueList of size {wanted}, instead found list size {count}'
)
OPERANDS_EMPTY: Final = Message(
    '"{operator}" operator requires AttributeValueList to be non-empty, instead found list size {count}'
)
OPERANDS_NOT_EMPTY: Final = Message(
    '"{operator}" operator requires AttributeValueList to be empty, instead found list size {count}'
)
IN_TYPES: Final = Message("IN operator requires all AttributeValueList elements to have the same type ")  # sic
CONTAINS_TYPE: Final = Message(  # read, not recorded
    "{operator} operator requires a single AttributeValue of type String, Number, or Binary, got {datatype} instead"
)
CONDITIONAL_OPERATOR: Final = Message("'ConditionalOperator' parameter must be AND, OR or missing. Found {operator}.")
CONDITIONAL_OPERATOR_ALONE: Final = Message(
    "'ConditionalOperator' parameter cannot be specified for missing or empty {member}"
)
FILTER_BOTH: Final = Message("FilterExpression and {other} are not allowed together")
FILTER_WITH_ATTRIBUTES: Final = Message(  # read, not recorded
    "Cannot use both old-style and new-style parameters in same request: FilterExpression and AttributesToGet"
)
EXPECTED_VALUE_OF_ABSENT: Final = Message("Cannot combine Value with Exists!=true")
EXPECTED_VALUE_AND_OPERATOR: Final = Message("Cannot combine Value with ComparisonOperator")
EXPECTED_EXISTS_AND_OPERATOR: Final = Message("Cannot combine Exists with ComparisonOperator")
EXPECTED_WITHOUT_VALUE: Final = Message("Exists!=false requires Value")
EXPECTED_EMPTY: Final = Message("Missing ComparisonOperator, Value or Exists")
UPDATE_ACTION: Final = Message("Unknown Action value '{action}' in AttributeUpdates")
UPDATE_ADD_TYPE: Final = Message("Operand type mismatch in AttributeUpdates ADD. Expected {wanted}, got {actual}")
UPDATE_ADD_TO_TYPE: Final = Message("An operand in the AttributeUpdates ADD has an incorrect data type: {value}")
UPDATE_DELETE_TYPE: Final = Message(
    "AttributeUpdates DELETE operation with Value only valid for sets, got type {datatype}"
)
