"""Where DynamoDB behaves otherwise than botocore's service model says. Read by `tools/generate_shapes.py` only.

An amendment changes single traits of a shape, or of one place where a shape stands; every other trait stays as the
model has it. `None` takes a trait away. Traits are the model's own (`min`, `max`, `pattern`, `enum`) and two more:

- `required`: the member is required though the model does not say so;
- `arn`: where the name is asked for, a table's ARN is taken as well (the model instead lets the name be as long as an
  ARN, without a pattern, and AWS looks at the name later).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from reference_server import limits

Traits: TypeAlias = Mapping[str, Any]

NAME_PATTERN: Final = "[a-zA-Z0-9_.-]+"

# Standard alphabet, padded, unused bits zero (data-plane 3.4). The group is possessive: nothing in it can be given
# back, and long binaries would otherwise cost memory for every four characters.
BASE64: Final = "(?:[A-Za-z0-9+/]{4})*+(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?"

# The model's patterns are Java's. Those that Python reads otherwise, or not at all:
PATTERNS: Final[Mapping[str, str]] = {
    r"\p{Print}+": r"[\x20-\x7E]+",
    # Java sees the surrogates of its UTF-16 strings here.
    r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*": (
        r"[\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF\r\n\t]*"
    ),
}

SHAPES: Final[Mapping[str, Traits]] = {
    # One or two characters are a legal name of no table (data-plane 2.1, conflict: the model's minimum is taken).
    # Longest and pattern: probes s_put_table_long, s_put_table_badchars.
    "TableArn": {"min": 1, "max": limits.TABLE_NAME_MAX, "pattern": NAME_PATTERN, "arn": True},
    # 65535 in the model. What AWS says to a longer one is not known (data-plane 3.5, thin): not refused here.
    "AttributeName": {"max": None},
    # 20 in the model, but 100 pass in one index (control-plane 3.2, 24). The sum over indexes is the table's to check.
    "NonKeyAttributeNameList": {"max": None},
    # The orders in which AWS prints these sets (data-plane 2.1, control-plane 3.2).
    "ReturnValue": {"enum": ["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]},
    "Select": {"enum": ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]},
    "ConditionalOperator": {"enum": ["OR", "AND"]},
    "ComparisonOperator": {
        "enum": [
            "IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT",
            "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS",
        ],
    },
    "ScalarAttributeType": {"enum": ["B", "N", "S"]},
    "ProjectionType": {"enum": ["ALL", "INCLUDE", "KEYS_ONLY"]},
}  # fmt: skip

# By structure and member, or by map and `key`.
MEMBERS: Final[Mapping[str, Traits]] = {
    # Probe s_ct_table_short.
    "CreateTableInput.TableName": {"min": limits.TABLE_NAME_MIN},
    # Optional in the model since a replica can be made from `GlobalTableSourceArn` alone, which is not served; else
    # both are required (control-plane 3.1).
    "CreateTableInput.AttributeDefinitions": {"required": True},
    # At most two: probe c_ct_3keys. The model has no maximum since the keys of a global index can be longer.
    "CreateTableInput.KeySchema": {"required": True, "max": 2},
    "TableCreationParameters.KeySchema": {"max": 2},  # by analogy
    "LocalSecondaryIndex.KeySchema": {"max": 2},  # by analogy
    # Control-plane 2.
    "DescribeTableInput.TableName": {"min": limits.TABLE_NAME_MIN},
    "UpdateTableInput.TableName": {"min": limits.TABLE_NAME_MIN},
    "DeleteTableInput.TableName": {"min": limits.TABLE_NAME_MIN},
    # Data-plane 2.1 prints the older minimum for the names in batches. In doubt: it may be 1 there too by now.
    "BatchGetRequestMap.key": {"min": limits.TABLE_NAME_MIN},
    "BatchWriteItemRequestMap.key": {"min": limits.TABLE_NAME_MIN},
}
