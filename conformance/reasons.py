"""Why a request is refused, in words: what is the matter with it, as half a sentence.

DynamoDB's messages are for whoever sent the request: they repeat its names and values and leave out what its author
knows. A title is read by somebody who has not seen the request. So each text has a clause here that says what is the
case with the request, to follow `although`, `where` or `as if`: `a key attribute is an empty string`.

The table is read from the top and the first pattern that stands in the text decides. So what comes first is more
particular, and faults within expressions say whose expression it is. `{name}` in a clause is a group of the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

# The types of errors that need no text to be understood.
_BY_TYPE: Final[Mapping[str, str]] = {
    "ConditionalCheckFailedException": "its condition does not hold",
    "TransactionConflictException": "another transaction is under way on the item",
    "IdempotentParameterMismatchException": "its token was used with other parameters before",
    "ResourceInUseException": "the table exists already or is being changed",
    "ResourceNotFoundException": "there is no such table or index",
    "TableNotFoundException": "there is no such table",
    "TableAlreadyExistsException": "the table exists already",
    "BackupNotFoundException": "there is no such backup",
    "IndexNotFoundException": "there is no such index",
    "LimitExceededException": "a limit is exceeded",
    "ItemCollectionSizeLimitExceededException": "the item collection would grow beyond 10 GB",
    "ProvisionedThroughputExceededException": "the provisioned throughput is used up",
    "TransactionInProgressException": "a transaction with its token is under way",
    "DuplicateItemException": "the item exists already",
    "ExpiredIteratorException": "the iterator has expired",
    "TrimmedDataAccessException": "the records have been trimmed",
    "UnknownOperationException": "there is no such operation",
    "MissingAuthenticationTokenException": "the request is not signed",
    "IncompleteSignatureException": "the signature is incomplete",
    "UnrecognizedClientException": "the credentials are unknown",
    "InvalidSignatureException": "the signature is not valid",
    "AccessDeniedException": "access is denied",
}
# The codes of cancellation reasons.
_BY_CODE: Final[Mapping[str, str]] = {
    "ConditionalCheckFailed": "the condition of one of its actions does not hold",
    "ValidationError": "one of its actions is not valid",
    "ItemCollectionSizeLimitExceeded": "an item collection would grow beyond 10 GB",
    "TransactionConflict": "another transaction is under way on an item",
    "DuplicateItem": "an item exists already",
}


def _rules(text: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    lines = [line.strip() for line in text.splitlines() if " => " in line]
    return tuple(
        (re.compile(pattern.strip(), re.IGNORECASE | re.DOTALL), clause.strip())
        for pattern, _, clause in (line.rpartition(" => ") for line in lines)
    )


# What a text says, and what is the case then. Sources of the texts: data-plane 1.5 to 5.9, control-plane 1 to 6.
_BY_TEXT: Final[Sequence[tuple[re.Pattern[str], str]]] = _rules(
    r"""
    # keys
    key attribute cannot contain an empty (?P<what>string|binary) value => a key attribute is an empty {what}
    update a secondary index key to a value that is not supported => a key attribute of an index would become empty
    secondary index key to unsupported type => a key attribute of an index would get another type
    Type mismatch for Index Key => a key attribute of an index has another type
    Type mismatch for key => a key attribute has another type
    Missing the key => the item lacks a key attribute
    starting key does not match => the ExclusiveStartKey does not match the key condition
    Duplicate value in attribute name => a list of names has a name twice
    provided key element does not match the schema => the key does not match the table's key schema
    (?:starting key|exclusive ?start ?key) is (?:invalid|outside) => the ExclusiveStartKey is not one of this request's
    Exclusive Start Key must have same size => the ExclusiveStartKey does not match the key schema
    Cannot update attribute => a key attribute would be changed
    Size of hashkey => the partition key is longer than 2048 bytes
    Aggregated size of all range keys => the sort key is longer than 1024 bytes
    Key attributes must be scalars => the path leads into a key attribute
    list of item keys contains duplicates => a key stands twice in the batch
    multiple operations on one item => two actions are about the same item

    # attribute values
    Supplied AttributeValue has more than one => an attribute value has two datatypes
    Supplied AttributeValue is empty => an attribute value has no datatype
    (?P<type>string|number|binary) sets? +(?:may|should) not be empty => a {type} set is empty
    Input collection.*contains? duplicates => a set has an element twice
    Null attribute value types must => a NULL is not true
    cannot be converted to a numeric value => an attribute value of type N is no number
    Number overflow => a number is too large
    Number underflow => a number is too close to zero
    more than 38 significant digits => a number has more than 38 digits
    Nesting Levels have exceeded => a document is nested too deeply
    Item size => the item would be larger than 400 KB
    Item collection size => the item collection would be too large
    Base64 => a binary is no valid base64

    # JSON
    cannot be converted to (?P<type>\w+) => a member is not of the type {type}
    Start of (?P<what>structure|list) => a JSON {what} stands where something else is due
    Unrecognized collection type => a member is no JSON object or list where one is due
    Unexpected (?:field type|value type|token)|Expected (?:list|map|string) or null => a member is of a wrong JSON type

    # expressions and placeholders
    ExpressionAttributeNames must not be empty => ExpressionAttributeNames is empty
    ExpressionAttributeValues must not be empty => ExpressionAttributeValues is empty
    unused in expressions => {placeholders} has an unused placeholder
    ExpressionAttributeNames can only be specified => ExpressionAttributeNames is given without an expression
    ExpressionAttributeValues can only be specified => ExpressionAttributeValues is given without an expression
    ExpressionAttributeNames contains invalid key => a placeholder in ExpressionAttributeNames is not spelt as one
    ExpressionAttributeValues contains invalid key => a placeholder in ExpressionAttributeValues is not spelt as one
    Empty attribute name => an attribute's name is empty
    expression and non-expression parameters => it mixes expressions with legacy parameters
    expression can not be empty => the {where} is empty
    redundant parentheses => the {where} has redundant parentheses
    Syntax error => the {where} has a syntax error
    Invalid function name => the {where} calls an unknown function
    function is not allowed to be used this way => the {where} uses a function in the wrong place
    function is not allowed in a(?P<what> \w+)? expression => the {where} uses a function that it may not use
    reserved keyword => the {where} uses a reserved word as a name
    attribute name used in (?:the|expression).*not defined => the {where} uses a name that is not defined
    attribute value used in expression is not defined => the {where} uses a value that is not defined
    number of operands for.*function: (?P<operator>\S+), => {operator} has a wrong number of operands in the {where}
    (?P<operator>\S+), operand type: (?P<type>\w+) => {operator} has an operand of type {type} in the {where}
    Operator or function requires a document path => the {where} has a value where a path is due
    first operand must be distinct.*operator: (?P<operator>[\w<>=]+) => {operator} has one operand twice in the {where}
    upper bound to be greater => the {where} has a BETWEEN whose bounds are the wrong way round
    range where the lower bound is greater => a BETWEEN has its bounds the wrong way round
    same data type for lower and upper => the {where} has a BETWEEN whose bounds are of two types
    Invalid attribute type name => the {where} asks for a datatype that does not exist
    IN operator is provided with too many => the {where} has an IN with more than 100 values
    too many operators => the {where} has more than 300 operators
    Expression size has exceeded => the {where} is longer than 4 KB
    too many nesting levels => the {where} has a path of more than 32 steps
    List index is not within => the {where} has a list index that is too large
    document paths (?P<what>overlap|conflict) => the {where} names two paths that {what}
    section can only be used once => the {where} has a section twice
    document path provided in the update expression is invalid => the updated path does not lead through the item
    refers to an attribute that does not exist => the {where} reads an attribute that is not there
    incorrect data type => the {where} works on an attribute of a wrong type
    Type mismatch for attribute to update => an attribute to update is of another type

    # key conditions
    missed key schema element => the key condition leaves out the partition key
    Query key condition not supported => the key condition is not one that an index can answer
    Conditions can be of length => the key condition has more than two conditions
    only contain one condition per key => the key condition has two conditions on one key
    cannot contain nested operations => the key condition is about an element within an attribute
    Multiple attribute names used in one condition => the key condition compares two attributes
    Condition parameter type does not match => the key condition has a value of another type than the key
    Invalid operator used in KeyConditionExpression => the key condition uses an operator not allowed there
    Invalid condition in KeyConditionExpression: (?:No|\w+ operator must) => a condition in it is about no key
    not an indexable operation => the key condition uses an operator not allowed there
    can only contain non-primary key attributes => the filter is about a key attribute
    Either the KeyConditions or KeyConditionExpression => it has no key condition
    does not project => it asks for attributes that the index does not project

    # legacy parameters
    ComparisonOperator (?P<operator>\w+) is not valid for => {operator} has a value of a type that it does not take
    Invalid number of argument\(s\) for the (?P<operator>\w+) => {operator} has a wrong number of values
    AttributeValues inside AttributeValueList => an AttributeValueList mixes datatypes
    AttributeValueList must be used => a ComparisonOperator has no value
    AttributeValueList can only be used => an AttributeValueList has no ComparisonOperator
    cannot be used together for Attribute => one condition is stated in two ways
    Value must be provided => a legacy condition has no Value
    Value cannot be used when Exists is false => a legacy condition has a Value though Exists is false
    ConditionalOperator c => a ConditionalOperator has nothing to combine
    Only DELETE action is allowed => an action other than DELETE has no value

    # choices
    when choosing to get => its Select contradicts its projection
    ALL_PROJECTED_ATTRIBUTES can be used only => it selects what an index projects, without an index
    ReturnValues can only be => its ReturnValues is none that this operation takes
    Consistent ?reads? (?:are|is) not supported => it reads a global index consistently
    does not have the specified index => there is no such index
    one row and cannot be restarted => a query for one whole key has an ExclusiveStartKey

    # tables
    Number of attributes in KeySchema => AttributeDefinitions has other attributes than the keys
    (?:Some index|Some) key attributes? (?:are not|have no) => a key attribute is not defined
    KeySchemaElement is not a => the elements of the key schema are in the wrong order
    have the same name => partition key and sort key have one name
    Index KeySchema does not have a range => the key schema of a local index has no sort key
    does not have the same leading hash => a local index has another partition key than its table
    required when specifying a LocalSecondaryIndex => a table without a sort key has a local index
    Duplicate index name => two indexes have one name
    exceeds (?:the )?per-table limit => the table has too many indexes
    but NonKeyAttributes is specified => an index that does not project INCLUDE names attributes
    NonKeyAttributes is not specified => an index that projects INCLUDE names no attributes
    Unknown ProjectionType => an index has no ProjectionType
    List of (?P<what>\w+) is empty => the list of {what} is empty
    BillingMode is PAY_PER_REQUEST => an on-demand table is given a provisioned throughput
    ProvisionedThroughput (?:should not|must) be specified => the throughput does not fit the billing mode
    ReadCapacityUnits and WriteCapacityUnits must both => a provisioned table has no throughput
    is out of bounds => a throughput is out of bounds
    protected against deletion => the table is protected against deletion
    TableName must be at least => the table's name is too short or too long
    Table (?:is being created|already exists) => the table exists already

    # constraints of the model
    at '(?P<member>[^']+)' failed to satisfy constraint: Member must not be null => {member} is missing
    at '(?P<member>[^']+)' failed to satisfy constraint: Member must satisfy enum => {member} is none of its constants
    at '(?P<member>[^']+)' failed to satisfy constraint: Member must satisfy regular => {member} has illegal characters
    at '(?P<member>[^']+)' failed to satisfy constraint: Member must have length greater => {member} is too short
    at '(?P<member>[^']+)' failed to satisfy constraint: Member must have length less => {member} is too long
    at '(?P<member>[^']+)' failed to satisfy constraint: Member must have value greater => {member} is too small
    at '(?P<member>[^']+)' failed to satisfy constraint: Member must have value less => {member} is too large
    at '(?P<member>[^']+)' failed to satisfy constraint => {member} breaks a constraint
    Value null at => a required member is missing
    failed to satisfy constraint => a member breaks a constraint
    parameter '?(?P<member>\w+)?'? ?is required => {member} is missing

    # the wire
    Authentication Token => the request is not signed
    Authorization header requires => the Authorization header is incomplete
    Credential|AWS4-HMAC-SHA256 => the Authorization header is not well formed
    Requested resource not found => there is no such table or index
    """
)


# Of a text, so much is looked at: the patterns are slow on long ones.
_LONGEST: Final = 1_000


def reason(error: str | None, message: str | None, codes: Sequence[str] = ()) -> str:
    """What is the case with a request that is refused so; nothing where that is not known.

    `codes` are those of the cancellation reasons, for a transaction.
    """
    for code in codes:
        if code in _BY_CODE:
            return _BY_CODE[code]
    if message and len(message) > _LONGEST:
        # Some servers quote the whole request. What rule was broken stands in front of that or behind it.
        message = f"{message[: _LONGEST // 2]} {message[-_LONGEST // 2 :]}"
    for pattern, clause in _BY_TEXT:
        if message and (match := pattern.search(message)):
            return _filled(clause, match, message)
    return _BY_TYPE.get(error or "", "")


_EXPRESSION: Final = re.compile(r"(\w+Expression|QueryFilter|ScanFilter)\b")


def _filled(clause: str, match: re.Match[str], message: str) -> str:
    """The clause with the pattern's groups, which are words of the API's."""
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    expression = _EXPRESSION.search(message)
    placeholders = re.search(r"ExpressionAttribute(?:Names|Values)", message)
    known = {
        "where": expression[1] if expression else "expression",
        "placeholders": placeholders[0] if placeholders else "it",
        "member": "a member",
        **groups,
    }
    if "member" in groups:
        known["member"] = _member(groups["member"])
    return clause.format_map(known)


def _member(path: str) -> str:
    """A member of the request as the API names it: `transactItems.1.member.put.item` is `Item`.

    A path may lead through names that are the request's own, so what is not spelt as a member is left out.
    """
    last = path.rpartition(".")[2]
    return last[:1].upper() + last[1:] if last.isidentifier() else "a member"
