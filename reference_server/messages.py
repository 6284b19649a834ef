"""Every text that the server answers with, once, each with its source.

A message is a `str.format` template. Its family says what kind of check it belongs to: AWS's wording of 2026
puts `1 validation error detected: ` before the texts of some families on some operations, and a dialect
(`dialects.py`) states which.

Sources are sections of the fact dossier that this project was given: `data-plane` and `control-plane` restate
the AWS documentation and what independent implementations agree on; `aws-2026` restates captures of AWS of June
to October 2026; `probe ID` is an answer of AWS recorded word for word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Family(Enum):
    """What a message is about, where the wording of a whole group changes together."""

    # Never enveloped: keys against the schema, run-time errors, sizes, whatever no other family claims.
    PLAIN = "plain"
    # Sets, duplicates, numbers, `NULL: false`, nesting.
    VALUE = "value"
    # Syntax, operands, unused or undefined placeholders.
    EXPRESSION = "expression"
    # Expression and legacy parameters in one request; `Expected`.
    PARAMETERS = "parameters"


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """A message is itself and no other, even one of the same text: dialects tell them apart."""

    text: str
    family: Family = Family.PLAIN


def _value(text: str) -> Message:
    return Message(text, Family.VALUE)


def _expression(text: str) -> Message:
    return Message(text, Family.EXPRESSION)


def _parameters(text: str) -> Message:
    return Message(text, Family.PARAMETERS)


# --- attribute values (data-plane 3) ----------------------------------------------------------------------
INVALID = "One or more parameter values were invalid: "
NOT_VALID = "One or more parameter values are not valid. "

# Not enveloped: aws-2026 does not name these two among the errors that are, and the emulator that follows the wording
# of 2026 leaves them bare (data-plane 0).
VALUE_EMPTY = Message("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
VALUE_AMBIGUOUS = Message(
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
)
NULL_FALSE = _value(INVALID + "Null attribute value types must have the value of true")  # probe null_round_trip
NUMBER_EMPTY = _value("The parameter cannot be converted to a numeric value")
NUMBER_UNREADABLE = _value("The parameter cannot be converted to a numeric value: {text}")
NUMBER_OVERFLOW = _value("Number overflow. Attempting to store a number with magnitude larger than supported range")
NUMBER_UNDERFLOW = _value("Number underflow. Attempting to store a number with magnitude smaller than supported range")
NUMBER_DIGITS = _value("Attempting to store more than 38 significant digits in a Number")
# The same, of a result: found when an update runs, where nothing is enveloped (data-plane 4.10).
RESULT_OVERFLOW = Message(NUMBER_OVERFLOW.text)
RESULT_UNDERFLOW = Message(NUMBER_UNDERFLOW.text)
RESULT_DIGITS = Message(NUMBER_DIGITS.text)
STRING_SET_EMPTY = _value(INVALID + "An string set  may not be empty")  # probe b_put_empty_ss
NUMBER_SET_EMPTY = _value(INVALID + "An number set  may not be empty")  # probe b_put_empty_ns
BINARY_SET_EMPTY = _value(INVALID + "Binary sets should not be empty")
STRING_SET_DUPLICATES = _value(INVALID + "Input collection {quoted} contains duplicates.")  # probe b_put_dup_ss
NUMBER_SET_DUPLICATES = _value("Input collection contains duplicates")
BINARY_SET_DUPLICATES = _value(INVALID + "Input collection {bare}of type BS contains duplicates.")  # sic
NESTING = _value(  # probe o_upd_nested_32_eav
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)

# --- expressions (data-plane 4) ---------------------------------------------------------------------------
# All that begin with the kind are data-plane 4.1 to 4.9; what is cited besides are recorded answers.
EXPRESSION_EMPTY = _expression("Invalid {kind}: The expression can not be empty;")  # probe u_upd_empty
EXPRESSION_SIZE = _expression("Invalid {kind}: Expression size has exceeded the maximum allowed size;{tail}")
SYNTAX = _expression('Invalid {kind}: Syntax error; token: "{token}", near: "{near}"')  # probe u_upd_syntax
REDUNDANT_PARENTHESES = _expression(  # probe b_put_redundant_parens
    "Invalid {kind}: The expression has redundant parentheses;"
)
OPERATOR_COUNT = _expression("Invalid {kind}: The expression contains too many operators; operator count: {count}")
IN_OPERANDS = _expression(
    "Invalid {kind}: The IN operator is provided with too many operands; number of operands: {count}"
)
PATH_DEPTH = _expression("Invalid {kind}: The document path has too many nesting levels; nesting levels: {levels}")
LIST_INDEX = _expression("Invalid {kind}: List index is not within the allowable range; index: [{index}]")
RESERVED_WORD = _expression("Invalid {kind}: Attribute name is a reserved keyword; reserved keyword: {word}")
FUNCTION_UNKNOWN = _expression("Invalid {kind}: Invalid function name; function: {function}")
FUNCTION_NOT_ALLOWED = _expression("Invalid {kind}: The function is not allowed in {place}; function: {function}")
FUNCTION_MISPLACED = _expression(
    "Invalid {kind}: The function is not allowed to be used this way in an expression; function: {function}"
)
SECTION_REPEATED = _expression('Invalid {kind}: The "{section}" section can only be used once in an update expression;')
NAME_UNDEFINED = _expression(
    "Invalid {kind}: An expression attribute name used in the document path is not defined; "
    "attribute name: {placeholder}"
)
VALUE_UNDEFINED = _expression(  # probe u_upd_missing_eav
    "Invalid {kind}: An expression attribute value used in expression is not defined; attribute value: {placeholder}"
)
OPERAND_COUNT = _expression(
    "Invalid {kind}: Incorrect number of operands for operator or function; "
    "operator or function: {operator}, number of operands: {count}"
)
PATH_REQUIRED = _expression(
    "Invalid {kind}: Operator or function requires a document path; operator or function: {operator}"
)
OPERANDS_NOT_DISTINCT = _expression(  # probe b_put_contains_dup
    "Invalid {kind}: The first operand must be distinct from the remaining operands for this operator or function; "
    "operator: {operator}, first operand: {operand}"
)
OPERAND_TYPE = _expression(
    "Invalid {kind}: Incorrect operand type for operator or function; "
    "operator or function: {operator}, operand type: {datatype}"
)
# The order within the braces differs between emulators; AWS's is not known.
DATATYPE_UNKNOWN = _expression(
    "Invalid {kind}: Invalid attribute type name found; type: {datatype}, valid types: {{N,BS,L,B,NULL,M,S,SS,NS,BOOL}}"
)
BETWEEN_DATATYPES = _expression(
    "Invalid {kind}: The BETWEEN operator requires same data type for lower and upper bounds; "
    "lower bound operand: {lower}, upper bound operand: {upper}"
)
BETWEEN_BOUNDS = _expression(
    "Invalid {kind}: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
    "lower bound operand: {lower}, upper bound operand: {upper}"
)
PATHS_OVERLAP = _expression(  # probes proj_get_d1 to proj_get_o6
    "Invalid {kind}: Two document paths overlap with each other; "
    "must remove or rewrite one of these paths; path one: {one}, path two: {two}"
)
PATHS_CONFLICT = _expression(
    "Invalid {kind}: Two document paths conflict with each other; "
    "must remove or rewrite one of these paths; path one: {one}, path two: {two}"
)
UPDATE_OPERAND_TYPE = _expression(
    "Invalid {kind}: Incorrect operand type for operator or function; "
    "operator: {operator}, operand type: {datatype}, typeSet: ALLOWED_FOR_{operator}_OPERAND"
)

# Placeholders (data-plane 4.3).
NAMES_EMPTY = _expression("ExpressionAttributeNames must not be empty")
VALUES_EMPTY = _expression("ExpressionAttributeValues must not be empty")
PLACEHOLDER_EMPTY = _expression("{parameter} contains invalid key: The expression attribute map contains an empty key;")
PLACEHOLDER_SIZE = _expression(
    "{parameter} contains invalid key: The expression attribute map contains a key that is too long;{tail}"
)
PLACEHOLDER_SYNTAX = _expression('{parameter} contains invalid key: Syntax error; key: "{key}"')
NAME_EMPTY = _expression("ExpressionAttributeNames contains invalid value: Empty attribute name for key {placeholder}")
VALUE_INVALID = _value("ExpressionAttributeValues contains invalid value: {error} for key {placeholder}")
VALUES_SIZE = _expression("ExpressionAttributeValues exceeds max size")
NAMES_UNUSED = _expression(  # probe u_upd_unused_ean
    "Value provided in ExpressionAttributeNames unused in expressions: keys: {{{keys}}}"
)
VALUES_UNUSED = _expression(  # probe u_upd_unused_eav
    "Value provided in ExpressionAttributeValues unused in expressions: keys: {{{keys}}}"
)

# The structure of key conditions (data-plane 6.1).
KEY_CONDITION_OPERATOR = Message("Invalid operator used in KeyConditionExpression: {operator}")
KEY_CONDITION_NESTED_OPERATION = Message("KeyConditionExpressions cannot contain nested operations")
KEY_CONDITION_FIRST_OPERAND = Message(
    "Invalid condition in KeyConditionExpression: {operator} operator must have the key attribute as its first operand"
)
KEY_CONDITION_TWO_ATTRIBUTES = Message(
    "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"
)
KEY_CONDITION_NO_ATTRIBUTE = Message("Invalid condition in KeyConditionExpression: No key attribute specified")
KEY_CONDITION_NESTED_ATTRIBUTE = Message("KeyConditionExpressions cannot have conditions on nested attributes")
KEY_CONDITION_REPEATED = Message("KeyConditionExpressions must only contain one condition per key")

# While an update runs: bare, whatever the operation (data-plane 4.10).
UPDATE_PATH = Message("The document path provided in the update expression is invalid for update")
UPDATE_ATTRIBUTE_MISSING = Message("The provided expression refers to an attribute that does not exist in the item")
UPDATE_OPERAND = Message("An operand in the update expression has an incorrect data type")

# --- parameters that exclude one another (data-plane 2.2) -------------------------------------------------
MIXED_PARAMETERS = _parameters(  # probes b_put_mix_expr, u_upd_mix
    "Can not use both expression and non-expression parameters in the same request: "
    "Non-expression parameters: {{{legacy}}} Expression parameters: {{{expressions}}}"
)
# Enveloped by analogy with its twin below: no source shows this one in the wording of 2026.
NAMES_WITHOUT_EXPRESSION = _parameters("ExpressionAttributeNames can only be specified when using expressions")
VALUES_WITHOUT_EXPRESSION = _parameters(  # probe b_put_eav_no_expr
    "ExpressionAttributeValues can only be specified when using expressions"
)
# Reads still say which expression is missing (aws-2026, Wording speaks of the writes alone).
VALUES_WITHOUT_EXPRESSION_IN_READ = _parameters(
    "ExpressionAttributeValues can only be specified when using expressions: {missing}"
)
WRITE_RETURN_VALUES = _parameters("ReturnValues can only be ALL_OLD or NONE")

# --- legacy parameters (data-plane 5) ---------------------------------------------------------------------
# Conditions: Expected (5.1), and KeyConditions, QueryFilter, ScanFilter (5.3).
CONDITION_TWO_OPERANDS = _parameters(
    INVALID + "Value and AttributeValueList cannot be used together for Attribute: {name}"
)
CONDITION_TWO_OPERATORS = _parameters(
    INVALID + "Exists and ComparisonOperator cannot be used together for Attribute: {name}"
)
CONDITION_WITHOUT_OPERAND = _parameters(
    INVALID + "Value or AttributeValueList must be used with ComparisonOperator: {operator} for Attribute: {name}"
)
CONDITION_OPERAND_COUNT = _parameters(INVALID + "Invalid number of argument(s) for the {operator} ComparisonOperator")
CONDITION_OPERANDS_DIFFER = _parameters(INVALID + "AttributeValues inside AttributeValueList must be of same type")
CONDITION_OPERAND_TYPE = _parameters(
    INVALID + "ComparisonOperator {operator} is not valid for {datatype} AttributeValue type"
)
CONDITION_BOUNDS = _parameters(
    "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"
)
CONDITION_WITHOUT_OPERATOR = _parameters(
    INVALID + "AttributeValueList can only be used with a ComparisonOperator for Attribute: {name}"
)
CONDITION_WITHOUT_VALUE = _parameters(INVALID + "Value must be provided when Exists is {exists} for Attribute: {name}")
CONDITION_ABSENT_WITH_VALUE = _parameters(INVALID + "Value cannot be used when Exists is false for Attribute: {name}")
CONDITIONAL_OPERATOR_ALONE = _parameters("ConditionalOperator cannot be used without Filter or Expected")
CONDITIONAL_OPERATOR_OF_ONE = _parameters(
    "ConditionalOperator can only be used when Filter or Expected has two or more elements"
)
KEY_CONDITIONS_COUNT = Message("Conditions can be of length 1 or 2 only")
# AttributeUpdates (5.2): not among what aws-2026 found enveloped.
UPDATE_WITHOUT_VALUE = Message(INVALID + "Only DELETE action is allowed when no attribute value is specified")
UPDATE_DELETE_TYPE = Message(INVALID + "DELETE action with value is not supported for the type {datatype}")
UPDATE_ADD_TYPE = Message(INVALID + "ADD action is not supported for the type {datatype}")
UPDATE_TYPE_MISMATCH = Message("Type mismatch for attribute to update")
# AttributesToGet (5.5).
ATTRIBUTES_TO_GET_DUPLICATE = Message(INVALID + "Duplicate value in attribute name: {name}")

# --- request members (data-plane 2.1) ---------------------------------------------------------------------

# What is wrong with the members of a request, all in one text.
MEMBER_VIOLATED = Message("1 validation error detected: {violations}")
MEMBERS_VIOLATED = Message("{count} validation errors detected: {violations}")
# One violation of those, in the ways in which AWS words it.
MEMBER = Message("Value '{value}' at '{path}' failed to satisfy constraint: {constraint}")
MEMBER_NULL = Message("Value null at '{path}' failed to satisfy constraint: {constraint}")
MEMBER_SILENT = Message("Value at '{path}' failed to satisfy constraint: {constraint}")  # aws-2026, Wording
# Probes o_put_three_bad_enums, o_upd_two_bad_enums: the set is the same on every operation, with AWS's misspelling.
RETURN_VALUES = Message(
    "Failed to satisfy constraint: "
    "Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"
)
CONSTRAINT_REQUIRED = Message("Member must not be null")
CONSTRAINT_MIN_LENGTH = Message("Member must have length greater than or equal to {bound}")
CONSTRAINT_MAX_LENGTH = Message("Member must have length less than or equal to {bound}")
CONSTRAINT_MIN_VALUE = Message("Member must have value greater than or equal to {bound}")
CONSTRAINT_MAX_VALUE = Message("Member must have value less than or equal to {bound}")
CONSTRAINT_PATTERN = Message("Member must satisfy regular expression pattern: {pattern}")
CONSTRAINT_ENUM = Message("Member must satisfy enum value set: [{values}]")
CONSTRAINT_ELEMENTS = Message("Member must satisfy constraint: [{constraints}]")  # not recorded
CONSTRAINT_MAP_KEYS = Message("Map keys must satisfy constraint: [{constraints}]")
CONSTRAINT_MAP_VALUES = Message("Map value must satisfy constraint: [{constraints}]")  # probe c_bw_over25
CONSTRAINT_TOTAL_SEGMENTS = Message("Member must have value between 1 and 1000000")  # data-plane 0, new wording
# Checked apart from the members, and worded apart (control-plane 2 and 10; probe o_bw_empty_requestitems).
TABLE_NAME_REQUIRED = Message("The parameter 'TableName' is required but was not present in the request")
TABLE_NAME_LENGTH = Message("TableName must be at least 3 characters long and at most 255 characters long")
TABLE_ARN_INVALID = Message("Invalid TableArn")
BATCH_WRITE_EMPTY = Message("The requestItems parameter is required for BatchWriteItem")
BATCH_GET_EMPTY = Message("The requestItems parameter is required for BatchGetItem")  # older: o_bg_empty_requestitems
# DynamoDB Local's, which carries AWS's texts about values; on number and binary sets nobody was asked.
SET_ELEMENT_NULL = _value(INVALID + "An string set may not have a null string as a member")

# SerializationException (data-plane 1.6).
JSON_SCALAR = Message("{kind} cannot be converted to {java}")  # `NUMBER_VALUE cannot be converted to String`
JSON_TOKEN = Message("Unexpected token received from parser")
JSON_FIELD = Message("Unexpected field type")
JSON_ELEMENT = Message("Unexpected value type in payload")
JSON_OBJECT = Message("Start of structure or map found where not expected")
JSON_ARRAY_FOR_CLASS = Message("Unrecognized collection type class {java}")
JSON_ARRAY_FOR_MAP = Message("Unrecognized collection type {java}")
JSON_ELEMENT_GENERIC = Message(
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
    "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class "
    "are in module java.base of loader 'bootstrap')"
)
JSON_BLOB = Message("only base-64-encoded strings are convertible to bytes")
BASE64_LENGTH = Message("Base64 encoded length is expected a multiple of 4 bytes but found: {length}")  # data-plane 3.4
BASE64_INVALID = Message("Invalid last non-pad Base64 character dectected")  # sic

# --- keys and items against the schema (data-plane 2.3) ---------------------------------------------------
KEY_MISSING = Message(INVALID + "Missing the key {name} in the item")
KEY_TYPE = Message(INVALID + "Type mismatch for key {name} expected: {expected} actual: {actual}")
KEY_EMPTY = Message(  # probes get_key_empty, del_key_empty
    NOT_VALID + "The AttributeValue for a key attribute cannot contain an empty {kind} value. Key: {name}"
)
KEY_SCHEMA_MISMATCH = Message("The provided key element does not match the schema")  # probe get_key_wrongtype
PARTITION_KEY_SIZE = Message(
    INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes"  # sic: no space
)
SORT_KEY_SIZE = Message(INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
INDEX_KEY_TYPE = Message(
    INVALID + "Type mismatch for Index Key {name} Expected: {expected} Actual: {actual} IndexName: {index}"
)
INDEX_KEY_EMPTY = Message(
    NOT_VALID + "A value specified for a secondary index key is not supported. The AttributeValue for a key "
    "attribute cannot contain an empty {kind} value. IndexName: {index}, IndexKey: {name}"
)
KEY_UPDATED = Message(  # probes u_upd_hashkey, u_upd_rangekey
    INVALID + "Cannot update attribute {name}. This attribute is part of the key"
)
INDEX_KEY_UPDATED_TO_TYPE = Message(
    "The update expression attempted to update the secondary index key to unsupported type"
)
INDEX_KEY_UPDATED_TO_EMPTY = Message(
    NOT_VALID + "The update expression attempted to update a secondary index key to a value that is not supported. "
    "The AttributeValue for a key attribute cannot contain an empty {kind} value."
)
INDEX_KEY_UPDATED_TO_SIZE = Message(
    "The update expression attempted to update the secondary index key beyond allowed size limits."
)
KEY_NOT_SCALAR = Message(
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: {role}: {name}"
)
ITEM_SIZE = Message("Item size has exceeded the maximum allowed size")
ITEM_SIZE_UPDATE = Message("Item size to update has exceeded the maximum allowed size")
TABLE_NOT_FOUND = Message("Requested resource not found")
CONDITION_FAILED = Message("The conditional request failed")

# --- reads (data-plane 6) ---------------------------------------------------------------------------------
INDEX_UNKNOWN = Message("The table does not have the specified index")  # aws-2026, keys 4
INDEX_CONSISTENT = Message("Consistent reads are not supported on global secondary indexes")
KEY_CONDITIONS_MISSING = Message(
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
)
KEY_CONDITION_MISSING = Message("Query condition missed key schema element: {name}")
KEY_CONDITION_UNSUPPORTED = Message("Query key condition not supported")
KEY_CONDITION_TYPE = Message(INVALID + "Condition parameter type does not match schema type")
KEY_CONDITION_NOT_INDEXABLE = Message("Attempted conditional constraint is not an indexable operation")
FILTER_ON_KEY = Message("Filter Expression can only contain non-primary key attributes: Primary key attribute: {name}")
QUERY_FILTER_ON_KEY = Message("QueryFilter can only contain non-primary key attributes: Primary key attribute: {name}")
SELECT_SPECIFIC = Message(  # probe scan_specific_attributes
    "1 validation error detected: "
    "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"
)
SELECT_COUNT_WITH_PROJECTION = Message("Cannot specify the {parameter} when choosing to get only the Count")
SELECT_ALL_WITH_PROJECTION = Message("Cannot specify the {parameter} when choosing to get {select}")
SELECT_PROJECTED_WITHOUT_INDEX = Message("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
SELECT_ALL_NOT_PROJECTED = Message(
    INVALID + "Select type ALL_ATTRIBUTES is not supported for global secondary index {index} "
    "because its projection type is not ALL"
)
PROJECTION_NOT_PROJECTED = Message(INVALID + "Global secondary index {index} does not project [{names}]")
FILTER_NOT_PROJECTED = Message(
    INVALID + "Secondary index {index} does not project one or more filter attributes: [{names}]"
)
START_KEY = Message("The provided starting key is invalid")
# The same where a Scan reads a table: it has lost its tail (probe scan_bad_start_key).
START_KEY_OF_TABLE_SCAN = Message(START_KEY.text)
START_KEY_VALUE = Message("The provided starting key is invalid: {error}")
# What is wrong with these values is said without the introduction (data-plane 6.3).
BARE_IN_START_KEY = frozenset(
    {
        NUMBER_EMPTY,
        NUMBER_UNREADABLE,
        NUMBER_OVERFLOW,
        NUMBER_UNDERFLOW,
        NUMBER_DIGITS,
        NUMBER_SET_EMPTY,
        NUMBER_SET_DUPLICATES,
        STRING_SET_DUPLICATES,
        BINARY_SET_DUPLICATES,
    }
)
START_KEY_SCHEMA = Message("The provided starting key is invalid: The provided key element does not match the schema")
START_KEY_OUTSIDE = Message("The provided starting key is outside query boundaries based on provided conditions")
START_KEY_RANGE = Message("The provided starting key does not match the range key predicate")
START_KEY_OTHER_PARTITION = Message("The query can return at most one row and cannot be restarted")
START_KEY_SEGMENT = Message(
    "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct "
    "Segment. TotalSegments: {total} Segment: {segment}"
)
TOTAL_SEGMENTS_MISSING = Message(
    "The TotalSegments parameter is required but was not present in the request when Segment parameter is present"
)
SEGMENT_MISSING = Message(
    "The Segment parameter is required but was not present in the request when parameter TotalSegments is present"
)
SEGMENT_RANGE = Message(  # probe scan_segment_out_of_range
    "The Segment parameter is zero-based and must be less than parameter TotalSegments"
)

# --- batches (data-plane 7) -------------------------------------------------------------------------------
BATCH_DUPLICATES = Message("Provided list of item keys contains duplicates")
# Over all tables of the call; of several the first is named (data-plane 0: seen on an emulator only).
BATCH_GET_TOO_MANY = Message(
    "1 validation error detected: Value at 'RequestItems.{table}.member.Keys' failed to satisfy constraint: "
    "Member must have length less than or equal to 100"
)
BATCH_WRITE_TOO_MANY = Message("Too many items requested for the BatchWriteItem call")  # over several tables; thin

# --- transactions (data-plane 7.3, 7.4) -------------------------------------------------------------------
TRANSACTION_CANCELED = Message(  # probes twi_*_key_wrongtype
    "Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
)
TRANSACTION_ACTIONS_MISSING = Message(  # DynamoDB Local alone
    "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"
)
TRANSACTION_ACTIONS_SEVERAL = Message("TransactItems can only contain one of Check, Put, Update or Delete")
TRANSACTION_SAME_ITEM = Message("Transaction request cannot include multiple operations on one item")
TRANSACTION_SIZE = Message(  # DynamoDB Local alone
    "Transaction payload size cannot exceed 4MB. Payload Size: {size}"
)
# AWS's text is not known: this is what the documentation says of the error.
TOKEN_OF_OTHER_REQUEST = Message(
    "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token "
    "that was already used."
)

# --- tables (control-plane 2 to 7) ------------------------------------------------------------------------
TABLE_EXISTS = Message("Table already exists: {name}")
TABLE_NAMED_NOT_FOUND = Message("Requested resource not found: Table: {name} not found")
TABLE_PROTECTED = Message(
    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
)
# That these are limited is documented, the texts are not known (control-plane 3.4).
TABLES_TOO_MANY = Message("Subscriber limit exceeded: There is a limit of {count} tables per subscriber")
TABLES_UNDER_WAY = Message(
    "Subscriber limit exceeded: Only {count} tables can be created, updated, or deleted simultaneously"
)
SSE_TYPE_UNSUPPORTED = Message(INVALID + "Unsupported SSEType: {type}")  # documented; the text is not known
UNITS_WITH_ON_DEMAND = Message(
    INVALID + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
)
UNITS_MISSING = Message(
    INVALID + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
)
UNITS_OUT_OF_BOUNDS = Message("Given value {value} for {name} is out of bounds")
KEYS_WITHOUT_DEFINITION = Message("Invalid KeySchema: Some index key attribute have no definition")
KEYS_NOT_DEFINED = Message(
    INVALID + "Some index key attributes are not defined in AttributeDefinitions. "
    "Keys: [{keys}], AttributeDefinitions: [{definitions}]"
)
KEYS_OF_ONE_NAME = Message("Both the Hash Key and the Range Key element in the KeySchema have the same name")
KEY_FIRST_NOT_HASH = Message("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
KEY_SECOND_NOT_RANGE = Message("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
DEFINITIONS_NUMBER = Message(
    INVALID + "Number of attributes in KeySchema does not exactly match number of attributes "
    "defined in AttributeDefinitions"
)
DEFINITIONS_UNUSED = Message(
    INVALID + "Some AttributeDefinitions are not used. AttributeDefinitions: [{definitions}], keys used: [{keys}]"
)
INDEX_LIST_EMPTY = Message(INVALID + "List of {member} is empty")
LOCAL_INDEX_WITHOUT_TABLE_SORT_KEY = Message(
    INVALID + "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"
)
LOCAL_INDEX_WITHOUT_SORT_KEY = Message(INVALID + "Index KeySchema does not have a range key for index: {index}")
LOCAL_INDEX_PARTITION_KEY = Message(
    INVALID + "Index KeySchema does not have the same leading hash key as table KeySchema for index: {index}. "
    "index hash key: {index_key}, table hash key: {table_key}"
)
PROJECTION_TYPE_MISSING = Message(INVALID + "Unknown ProjectionType: null")
PROJECTION_WITH_ATTRIBUTES = Message(INVALID + "ProjectionType is {type}, but NonKeyAttributes is specified")
PROJECTION_WITHOUT_ATTRIBUTES = Message(INVALID + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
INDEX_NAME_DUPLICATE = Message(INVALID + "Duplicate index name: {index}")
LOCAL_INDEXES_TOO_MANY = Message(INVALID + "Number of LocalSecondaryIndexes exceeds per-table limit of 5")
GLOBAL_INDEXES_TOO_MANY = Message(INVALID + "GlobalSecondaryIndex count exceeds the per-table limit of 20")
INDEX_UNITS_WITH_ON_DEMAND = Message(
    INVALID + "ProvisionedThroughput should not be specified for index: {index} when BillingMode is PAY_PER_REQUEST"
)
INDEX_UNITS_MISSING = Message(INVALID + "ProvisionedThroughput must be specified for index: {index}")
NON_KEY_ATTRIBUTES_TOO_MANY = Message(INVALID + "Number of NonKeyAttributes exceeds the limit of 100")

STREAM_VIEW_SURPLUS = Message(
    INVALID + "Table is being {doing} with a stream disabled, UpdateViewType should not be specified"
)
# Thin: its counterpart's wording (control-plane 3.2, 28).
STREAM_VIEW_MISSING = Message(
    INVALID + "Table is being {doing} with a stream enabled, UpdateViewType should be specified"
)
ON_DEMAND_LIMIT_OF_PROVISIONED = Message(
    INVALID + "MaxReadRequestUnits for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED."
)
ON_DEMAND_LIMIT_OUT_OF_RANGE = Message(
    INVALID + "Requested {name} for OnDemandThroughput for {what} is outside of valid range"
)
# AWS's text is not known.
WARM_UNITS_DECREASED = Message(
    INVALID + "Requested {name} for WarmThroughput for {what} is lower than current WarmThroughput, "
    "decreasing WarmThroughput is not supported"
)

# --- UpdateTable (control-plane 5.2, 5.4) -----------------------------------------------------------------
UPDATE_NOTHING = Message(
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
    "SSESpecification or ReplicaUpdates is required"
)
UPDATE_UNITS_MISSING = Message(INVALID + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
INDEX_UPDATE_EMPTY = Message(
    INVALID + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
    "GlobalSecondaryIndexUpdate.Delete must not be null"
)
INDEX_UPDATED_TWICE = Message(
    INVALID + "Only one global secondary index update per index is allowed simultaneously. Index: {index}"
)
UNITS_UNCHANGED = Message(
    "The provisioned throughput for the {what} will not change. The requested value equals the current value. "
    "Current ReadCapacityUnits provisioned for the {named}: {read}. Requested ReadCapacityUnits: {read}. "
    "Current WriteCapacityUnits provisioned for the {named}: {write}. Requested WriteCapacityUnits: {write}. "
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
)
ON_DEMAND_SWITCHES = Message(
    "Subscriber limit exceeded: Update to PayPerRequest mode are limited to 4 times in 24 hours."  # as far as known
)
UNITS_DECREASED_TOO_OFTEN = Message(
    "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first 4 "
    "decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. Number "
    "of decreases today: {count}. Last decrease at {last}. Next decrease can be made at {following}"
)
# That there is a limit is known, its text is not.
TABLE_CLASS_CHANGES = Message(
    "Subscriber limit exceeded: Updates to TableClass are limited to 2 times in a trailing 30 day window."
)
INDEX_ONLINE_LIMIT = Message(
    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
)
INDEX_EXISTS = Message("Attempting to create an index which already exists")
INDEX_UPDATE_UNKNOWN = Message(
    "This operation cannot be performed with given input values. Please contact DynamoDB service team for more info: "
    "Action Blocked: IndexUpdate"
)
INDEX_IN_ALLOCATION = Message(
    "Attempt to change a resource which is still in use: Index creation is in resource allocation phase. Retry "
    "deletion during backfilling phase or when the index is active. Table: {table} Index: {index}"
)
INDEXES_IN_USE = Message(
    "Attempt to change a resource which is still in use: Cannot delete table while indexes are being created, updated, "
    "or deleted."
)
INDEX_BACKFILLING = Message("Cannot read from backfilling global secondary index: {index}")
STREAM_ENABLED = Message("Table already has an enabled stream: TableName: {table}")
STREAM_NOT_ENABLED = Message("Table has no stream to disable: TableName: {table}")
TABLE_IN_USE = Message("Attempt to change a resource which is still in use: Table is being {doing}: {name}")

# --- time to live (control-plane 9) -----------------------------------------------------------------------
TIME_TO_LIVE_ENABLED = Message("TimeToLive is already enabled")
TIME_TO_LIVE_DISABLED = Message("TimeToLive is already disabled")
TIME_TO_LIVE_OTHER_ATTRIBUTE = Message(
    "TimeToLive is active on a different AttributeName: current AttributeName is {attribute}"
)
TIME_TO_LIVE_HASTE = Message("Time to live has been modified multiple times within a fixed interval")

# --- Kinesis streaming destinations (control-plane 17) ----------------------------------------------------
KINESIS_UPDATE_NOTHING = Message(
    "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null "
    "or contain only null values"
)
KINESIS_UNKNOWN = Message(
    "Table is not in a valid state to enable Kinesis Streaming Destination: No streaming destination with streamArn: "
    "{arn} found for table with tableName: {table}"
)
KINESIS_PRECISION = Message(
    "Invalid Request: Precision is already set to the desired value of {precision} for tableId: {id}, kdsArn: {arn}"
)
# The dossier does not tell the texts of these two.
KINESIS_ENABLED = Message(
    "Table is not in a valid state to enable Kinesis Streaming Destination: EnableKinesisStreamingDestination must be "
    "DISABLED or ENABLE_FAILED to perform ENABLE operation."
)
KINESIS_NOT_ACTIVE = Message(
    "Table is not in a valid state to {verb} Kinesis Streaming Destination: it must be ACTIVE to perform {doing} "
    "operation."
)

# --- tags (control-plane 10) ------------------------------------------------------------------------------
TAGGED_ARN_INVALID = Message("Invalid TableArn: Invalid ResourceArn provided as input {arn}")
TAGGED_NOT_FOUND = Message("Requested resource not found: ResourcArn: {arn} not found")  # sic
TAGS_EMPTY = Message("Atleast one Tag needs to be provided as Input.")  # sic
TAG_KEYS_EMPTY = Message("Atleast one Tag Key needs to be provided as Input.")
TAGS_TOO_MANY = Message(INVALID + "Too many tags: tag limit is {limit}")  # thin: Dynoxide's
# That the prefix is reserved is documented, the text is not known.
TAG_CHARACTERS = Message(INVALID + "A tag has a character that is not allowed: {text}")
TAG_RESERVED = Message(INVALID + "Tag keys that begin with aws: are reserved: {key}")

# --- resource policies (control-plane 19): their types are documented, no text is known ---------------------
POLICY_NOT_FOUND = Message("Resource-based policy not found for the provided ResourceArn: {arn}")
POLICY_REVISION = Message("The provided ExpectedRevisionId does not match the current revision of the policy")
POLICY_SIZE = Message(INVALID + "The policy is larger than 20 KB")
POLICY_MALFORMED = Message(INVALID + "The policy is no policy document")

# --- global tables (control-plane 14, 15) -----------------------------------------------------------------
# The first three are AWS's as far as anybody remembers them. Of the others the types are documented at most.
REPLICA_EXISTS_AS_TABLE = Message(
    "Failed to create a the new replica of table with name: '{table}' because one or more replicas already existed as "
    "tables."
)
REPLICA_IS_SOURCE = Message(
    "Replica cannot be deleted because it has acted as a source region for new replica(s) being added to the table in "
    "the last 24 hours."
)
REPLICATED_WRITES_UNSCALED = Message("Table write capacity should either be Pay-Per-Request or AutoScaled.")
REPLICA_UPDATE_ONE_ACTION = Message(
    INVALID + "Exactly one of ReplicationGroupUpdate.Create, ReplicationGroupUpdate.Update, "
    "ReplicationGroupUpdate.Delete, ReplicationGroupUpdate.Disassociate must be specified"
)
REPLICA_UPDATED_TWICE = Message(INVALID + "Only one replica update per Region is allowed. Region: {region}")
REPLICA_REGION = Message(INVALID + "Unsupported Region: {region}")
REPLICA_UNKNOWN = Message("Table {table} has no replica in Region: {region}")
REPLICA_DELETES_ITSELF = Message(INVALID + "The replica of the request's own Region cannot be deleted: {region}")
REPLICA_INDEX_UNKNOWN = Message(INVALID + "The table has no global secondary index: {index}")
REPLICA_OF_LEGACY = Message("The table is a replica of a global table of version 2017.11.29")
REPLICA_STREAM = Message("The stream of a global table's replica cannot be disabled: TableName: {table}")
REPLICA_STREAM_VIEW = Message(
    "Table must have a stream of NEW_AND_OLD_IMAGES, or none, to be replicated: TableName: {table}"
)
REPLICAS_WITH_INDEXES = Message(
    INVALID + "ReplicaUpdates and GlobalSecondaryIndexUpdates cannot be specified in one request"
)
DISASSOCIATION_ALONE = Message(INVALID + "Disassociate must be the only update in the request")
DISASSOCIATION_OF_OTHER = Message(INVALID + "Only the replica of the request's own Region can be disassociated")
DISASSOCIATION_PROTECTED = Message(
    "Replica cannot be disassociated as it is currently protected against disassociation"
)
DISASSOCIATION_PROTECTION_ALONE = Message(
    INVALID + "DisassociationProtectionEnabled must be the only change in the request"
)
DISASSOCIATION_OF_NO_REPLICA = Message(
    INVALID + "DisassociationProtectionEnabled is of replicas with eventual consistency only. Table: {table}"
)
SETTINGS_MODE_OF_REPLICA = Message(
    INVALID + "GlobalTableSettingsReplicationMode cannot be changed on a global table's replica: {table}"
)
CONSISTENCY_WITHOUT_CREATION = Message(INVALID + "MultiRegionConsistency can only be specified when creating replicas")
WITNESS_ONE_ACTION = Message(
    INVALID + "Exactly one of GlobalTableWitnessGroupUpdate.Create, GlobalTableWitnessGroupUpdate.Delete must be "
    "specified"
)
WITNESS_OF_EVENTUAL = Message(INVALID + "Only a global table with strong consistency has a witness")
STRONG_REGIONS = Message(
    INVALID + "A global table with strong consistency has three replicas, or two replicas and a witness; they are "
    "created and deleted together"
)
STRONG_LOCAL_INDEX = Message(INVALID + "A table with local secondary indexes cannot have strong consistency")
STRONG_NOT_EMPTY = Message(INVALID + "A table that is to have strong consistency must be empty")
STRONG_TIME_TO_LIVE = Message(INVALID + "A table with time to live cannot have strong consistency")
STRONG_WITHOUT_TIME_TO_LIVE = Message("Time to live is not supported for a table with strong consistency")
STRONG_WITHOUT_TRANSACTIONS = Message("Transactions are not supported for a table with strong consistency")
REPLICA_OF_STRONG = Message("A replica of a global table with strong consistency cannot be removed on its own")
GLOBAL_TABLE_EXISTS = Message("Global table with name: '{name}' already exists.")
GLOBAL_TABLE_NOT_FOUND = Message("Global table not found: Global table with name: '{name}' does not exist.")
REPLICATED_TABLE_NOT_FOUND = Message("Table not found: {name} in Region: {region}")
REPLICA_EXISTS = Message("Replica already exists in Region: {region} for global table: {name}")
REPLICA_NOT_FOUND = Message("Replica not found in Region: {region} for global table: {name}")
REPLICA_ACTION_MISSING = Message(
    INVALID + "Exactly one of ReplicaUpdate.Create, ReplicaUpdate.Delete must be specified"
)
REPLICA_OF_CURRENT = Message("Table is already a replica of a global table: {name} in Region: {region}")
REPLICAS_DIFFER = Message("The tables of a global table must have the same {what}. Table: {name}, Region: {region}")
REPLICA_NOT_EMPTY = Message("The tables of a global table must be empty. Table: {name}, Region: {region}")
REPLICA_WITHOUT_STREAM = Message(
    "The tables of a global table must have a stream of NEW_AND_OLD_IMAGES. Table: {name}, Region: {region}"
)
REPLICA_REGION_MISSING = Message(INVALID + "RegionName must be specified")
SETTINGS_INDEX_NOT_FOUND = Message("Index not found: {index}")
SETTINGS_EMPTY = Message(INVALID + "At least one setting must be specified")
SETTING_TWICE = Message(INVALID + "Units and auto scaling of them cannot be specified in one request")

# --- auto scaling of replicas (control-plane 16): types documented, texts not known -------------------------
SCALING_OF_NO_REPLICA = Message(INVALID + "The table is no replica of a global table of version 2019.11.21: {table}")
SCALING_NOTHING = Message(INVALID + "At least one auto scaling update must be specified")
SCALING_RANGE = Message(INVALID + "MinimumUnits must be less than or equal to MaximumUnits")
SCALING_UNITS_MISSING = Message(INVALID + "MinimumUnits and MaximumUnits must be specified")

# --- streams (control-plane 20.2) -------------------------------------------------------------------------
STREAM_NOT_FOUND = Message("Requested resource not found: Stream: {stream} not found")
# AWS's text is not known; DynamoDB Local says this one, without the rest.
SHARD_NOT_FOUND = Message("Requested resource not found: Shard: {shard} in stream: {stream} not found")
LIST_STREAMS_LIMIT = Message(INVALID + "Limit cannot be greater than the maximum allowed size: {limit}")
DESCRIBE_STREAM_LIMIT = Message(INVALID + "Limit cannot be greater than the maximum: {limit}")
GET_RECORDS_LIMIT = Message(INVALID + "Limit should be less than or equal to {limit}")
SEQUENCE_NUMBER_MISSING = Message(INVALID + "Invalid SequenceNumber")
SEQUENCE_NUMBER_SURPLUS = Message(INVALID + "SequenceNumber should not be passed for this iterator type")
SEQUENCE_NUMBER_FOREIGN = Message("Invalid SequenceNumber for the shard")
SHARD_ITERATOR_INVALID = Message("Invalid ShardIterator")
# The texts of the following are not known, their types are documented.
SHARD_ITERATOR_EXPIRED = Message("The shard iterator has expired. Shard iterators are valid for 15 minutes")
STREAM_TRIMMED = Message("The data you are trying to access has been trimmed")
STREAM_TIMESTAMP = Message(INVALID + "Timestamp must be given, and not be in the future, for this iterator type")

# --- backups and restoring (control-plane 12) -------------------------------------------------------------
# Several of moto's texts, which agree with what the dossier knows.
SOURCE_TABLE_NOT_FOUND = Message("Table not found: {name}")
BACKUP_NOT_FOUND = Message("Backup not found: {arn}")
RECOVERY_NOT_ENABLED = Message("Point in time recovery is not enabled for table '{name}'")
CONTINUOUS_BACKUPS_COMING = Message("Backups are being enabled for the table: {name}. Please retry later")
# The texts of the following are not known, their types are documented.
BACKUP_SOURCE_IN_USE = Message("Table is being {doing}: {name}")
BACKUP_IN_USE = Message("Backup is being {doing}: {arn}")
BACKUP_OF_TABLE_IN_USE = Message("A backup of the table is being created: {name}")
RESTORE_TARGET_IN_USE = Message("Target table is being {doing}: {name}")
RESTORES_TOO_MANY = Message("Subscriber limit exceeded: Only {count} restores can run at a time")
RESTORE_SOURCE_MISSING = Message(INVALID + "Either SourceTableName or SourceTableArn must be specified")
RESTORE_TIME_MISSING = Message(INVALID + "Either RestoreDateTime or UseLatestRestorableTime must be specified")
RESTORE_TIME_TWICE = Message(
    INVALID + "RestoreDateTime and UseLatestRestorableTime cannot be specified at the same time"
)
RESTORE_TIME_OUTSIDE = Message(
    "The specified restore time is outside of the point in time recovery window of table '{name}'"
)
RESTORE_INDEX_UNKNOWN = Message(INVALID + "The index {index} does not match an index of the source table")
RESTORE_INDEX_WARM = Message(INVALID + "WarmThroughput cannot be specified for index {index} of a table to be restored")

# --- export and import (control-plane 13): types documented, texts not known --------------------------------
EXPORT_NOT_FOUND = Message("Export not found: {arn}")
EXPORT_TIME_OUTSIDE = Message(
    "The specified {member} is outside of the point in time recovery window of table '{name}'"
)
EXPORT_TOKEN_OF_OTHER = Message("The client token was used for an export with other parameters: {token}")
EXPORTS_TOO_MANY = Message("Subscriber limit exceeded: Only {count} exports can run at a time")
EXPORT_INCREMENT_MISSING = Message(
    INVALID + "IncrementalExportSpecification with ExportFromTime must be specified when ExportType is "
    "INCREMENTAL_EXPORT"
)
EXPORT_INCREMENT_SURPLUS = Message(
    INVALID + "IncrementalExportSpecification can only be specified when ExportType is INCREMENTAL_EXPORT"
)
EXPORT_TIME_OF_INCREMENT = Message(INVALID + "ExportTime cannot be specified when ExportType is INCREMENTAL_EXPORT")
EXPORT_INCREMENT_LENGTH = Message(
    INVALID + "The time between ExportFromTime and ExportToTime must be between 15 minutes and 24 hours"
)
EXPORT_FILTER_OF_INCREMENT = Message(
    INVALID + "FilterSpecification cannot be specified when ExportType is INCREMENTAL_EXPORT"
)
NEXT_TOKEN_INVALID = Message(INVALID + "Invalid NextToken")
IMPORT_NOT_FOUND = Message("Import not found: {arn}")
IMPORT_TOKEN_OF_OTHER = Message("The client token was used for an import with other parameters: {token}")
IMPORTS_TOO_MANY = Message("Subscriber limit exceeded: Only {count} imports can run at a time")
IMPORT_OPTIONS_OF_OTHER = Message(INVALID + "InputFormatOptions.Csv can only be specified when InputFormat is CSV")
IMPORT_HEADERS_REPEATED = Message(INVALID + "HeaderList names a column twice: {name}")

# --- wire (data-plane 1) ----------------------------------------------------------------------------------
INTERNAL_SERVER_ERROR = Message("Internal server error")  # data-plane 1.5

# Authentication: all of data-plane 1.3. Sentences ending in a space are strung together.
AUTHENTICATION_MISSING = Message("Request is missing Authentication Token")
AUTHENTICATION_TWICE = Message(
    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
)
AUTHENTICATION_HEADER_INCOMPLETE = Message("{missing}Authorization={header}")
AUTHENTICATION_HEADER_REQUIRES = "Authorization header requires '{parameter}' parameter. "
AUTHENTICATION_HEADER_REQUIRES_DATE = (
    "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
)
AUTHENTICATION_QUERY_INCOMPLETE = Message("{missing}Re-examine the query-string parameters.")
AUTHENTICATION_QUERY_REQUIRES = "AWS query-string parameters must include '{parameter}'. "
AUTHENTICATION_DATE_MALFORMED = Message(
    "Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
)
AUTHENTICATION_HOST_UNSIGNED = Message("'Host' must be a 'SignedHeader' in the AWS Authorization.")
AUTHENTICATION_ALGORITHM = Message("Unsupported AWS 'algorithm': '{algorithm}' (only AWS4-HMAC-SHA256 for now). ")
AUTHENTICATION_CREDENTIAL = Message(
    "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
)
AUTHENTICATION_SCOPE = Message("{sentences}")
AUTHENTICATION_SCOPE_SERVICE = "Credential should be scoped to correct service: 'dynamodb'."
AUTHENTICATION_SCOPE_TERMINATOR = (
    "Credential should be scoped with a valid terminator: 'aws4_request', not '{terminator}'."
)
AUTHENTICATION_SCOPE_DATE = (
    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
    "'{scope_date}' != '{day}', from '{date}'."
)
