"""How refusals of request members are ordered, grouped and worded, as data: one `Wording` for each way AWS has had.

The constraints are the model's and the same in every wording. A wording says what is told of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from reference_server import messages
from reference_server.messages import Message


class Constraint(Enum):
    """What a member can violate. The last three say of a whole list or map what one of its elements violates."""

    REQUIRED = "required"
    ENUM = "enum"
    PATTERN = "pattern"
    MIN_LENGTH = "min length"
    MAX_LENGTH = "max length"
    MIN_VALUE = "min value"
    MAX_VALUE = "max value"
    ELEMENTS = "elements"
    MAP_KEYS = "map keys"
    MAP_VALUES = "map values"


class Style(Enum):
    # `Value 'v' at 'tableName'`
    ECHO = "echo"
    # `Value at 'TableName'`: the value is not repeated, and the path is spelled as in the request.
    SILENT = "silent"
    # `Value at 'totalSegments'`
    SILENT_LOWER = "silent lower"
    # Only the constraint's own text.
    ALONE = "alone"
    # Only that text, and outside the envelope: it is the whole answer, if no other member is refused before.
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class Phrase:
    style: Style = Style.ECHO
    # In place of the constraint's usual text.
    constraint: Message | None = None


# Where: the operation, the path as in the request with `*` for each index and map key, the constraint.
Place: TypeAlias = tuple[str, str, Constraint]

# Members by name. Groups are checked one after the other, and one refused ends it; what is refused within a group is
# told together. Members that are not named belong to the last group, after those named, in the model's order.
Groups: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    name: str
    # By the structure's name.
    groups: Mapping[str, Groups]
    phrases: Mapping[Place, Phrase]
    # Where the member of this operation is absent, an earlier wording answers.
    without: Mapping[tuple[str, str], Wording]


def _everywhere(
    operations: Iterable[str], path: str, constraints: Iterable[Constraint], phrase: Phrase
) -> Mapping[Place, Phrase]:
    return {(operation, path, constraint): phrase for operation in operations for constraint in constraints}


_LENGTHS: Final = (Constraint.MIN_LENGTH, Constraint.MAX_LENGTH)
_VALUES: Final = (Constraint.MIN_VALUE, Constraint.MAX_VALUE)
_SILENT: Final = Phrase(Style.SILENT)
_WITH_RETURN_VALUES: Final = ("PutItem", "UpdateItem", "DeleteItem")

# Older and newer alike: the control plane (control-plane 2 and 10); probe o_bw_empty_requestitems.
_COMMON_PHRASES: Final[Mapping[Place, Phrase]] = {
    **_everywhere(
        ("CreateTable", "DescribeTable", "UpdateTable", "DeleteTable"),
        "TableName",
        (Constraint.REQUIRED,),
        Phrase(Style.BARE, messages.TABLE_NAME_REQUIRED),
    ),
    **_everywhere(
        ("DescribeTable", "UpdateTable", "DeleteTable"),
        "TableName",
        _LENGTHS,
        Phrase(Style.BARE, messages.TABLE_NAME_LENGTH),
    ),
    **_everywhere(
        ("TagResource", "UntagResource", "ListTagsOfResource"),
        "ResourceArn",
        (Constraint.REQUIRED,),
        Phrase(Style.BARE, messages.TABLE_ARN_INVALID),
    ),
    ("BatchWriteItem", "RequestItems", Constraint.MIN_LENGTH): Phrase(Style.BARE, messages.BATCH_WRITE_EMPTY),
}
_COMMON_GROUPS: Final[Mapping[str, Groups]] = {
    # What is paid for comes before keys and indexes: Dynoxide 1.2.1 and dynalite 4.0, which disagree about definitions.
    "CreateTableInput": (("TableName",), ("AttributeDefinitions", "BillingMode", "ProvisionedThroughput")),
    "UpdateTableInput": (("TableName",),),
    "ProvisionedThroughput": (("WriteCapacityUnits", "ReadCapacityUnits"),),  # control-plane 3.2, below the table
}

# The classic wording: whatever is refused is told together and echoed.
AWS_2025: Final = Wording(
    name="aws-2025",
    groups={
        **_COMMON_GROUPS,
        # Orders of members: data-plane 2.1, classic. The older answers of AWS to the probes go before it: ReturnValues
        # opens PutItem and DeleteItem (o_put_empty_table_bad_rv, o_put_three_bad_enums, o_del_two_bad_enums), but
        # not UpdateItem (o_upd_two_bad_enums; aws-2026, Wording, UpdateItem without Key).
        "PutItemInput": (
            (
                "ReturnValues", "ReturnConsumedCapacity", "TableName", "Item", "ConditionalOperator", "Expected",
                "ReturnItemCollectionMetrics",
            ),
        ),
        "UpdateItemInput": (
            (
                "ReturnConsumedCapacity", "TableName", "ReturnItemCollectionMetrics", "ReturnValues", "Key",
                "ConditionalOperator", "Expected",
            ),
        ),
        "DeleteItemInput": (
            (
                "ReturnValues", "ReturnConsumedCapacity", "TableName", "ReturnItemCollectionMetrics", "Key",
                "ConditionalOperator", "Expected",
            ),
        ),
        "GetItemInput": (("ReturnConsumedCapacity", "AttributesToGet", "TableName", "Key"),),
        "QueryInput": (
            (
                "Select", "IndexName", "ReturnConsumedCapacity", "QueryFilter", "TableName", "ConditionalOperator",
                "AttributesToGet", "Limit", "KeyConditions",
            ),
        ),
        "ScanInput": (
            (
                "Select", "IndexName", "TotalSegments", "ReturnConsumedCapacity", "TableName", "ConditionalOperator",
                "ScanFilter", "Segment", "Limit", "AttributesToGet",
            ),
        ),
        "BatchGetItemInput": (("ReturnConsumedCapacity", "RequestItems"),),
        "BatchWriteItemInput": (("ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "RequestItems"),),
        # By analogy: no source has the classic order of these two.
        "TransactGetItemsInput": (("ReturnConsumedCapacity",),),
        "TransactWriteItemsInput": (("ReturnConsumedCapacity", "ReturnItemCollectionMetrics"),),
    },
    phrases={
        **_COMMON_PHRASES,
        ("BatchGetItem", "RequestItems", Constraint.MIN_LENGTH): Phrase(Style.BARE, messages.BATCH_GET_EMPTY),
    },
    without={},
)  # fmt: skip

AWS_2026: Final = Wording(
    name="aws-2026",
    groups={
        **_COMMON_GROUPS,
        # Alone the table's name, then all others together: probes o_put_empty_table_bad_rv, o_put_three_bad_enums.
        "PutItemInput": (
            ("TableName",),
            ("ReturnConsumedCapacity", "Item", "ReturnValues", "ReturnItemCollectionMetrics"),
        ),
        # The first refused ends it: probe o_upd_two_bad_enums, which ReturnValues opens.
        "UpdateItemInput": (
            ("TableName",),
            ("ReturnValues",),
            ("ReturnConsumedCapacity",),
            ("ReturnItemCollectionMetrics",),
            (),
        ),
        # Enums: probe o_del_two_bad_enums; name and key before them: data-plane 2.1, thin.
        "DeleteItemInput": (
            ("TableName", "Key", "ReturnConsumedCapacity", "ReturnValues", "ReturnItemCollectionMetrics"),
        ),
        # Data-plane 2.1, New: thin.
        "GetItemInput": (("Key", "TableName", "ReturnConsumedCapacity"),),
        "QueryInput": (("TableName", "ReturnConsumedCapacity", "Select", "Limit"),),
        "ScanInput": (("TableName", "ReturnConsumedCapacity", "Select", "Limit", "Segment"),),
        # aws-2026, Wording: enums first; in BatchWriteItem a bad one hides a bad name.
        "BatchGetItemInput": (("ReturnConsumedCapacity", "RequestItems"),),
        "BatchWriteItemInput": (("ReturnConsumedCapacity", "ReturnItemCollectionMetrics"), ("RequestItems",)),
        "TransactGetItemsInput": (("ReturnConsumedCapacity",),),
        "TransactWriteItemsInput": (("ReturnConsumedCapacity", "ReturnItemCollectionMetrics"),),
    },
    phrases={
        **_COMMON_PHRASES,
        # Only the empty name (aws-2026, Wording; probes s_put_table_empty, o_del_empty_table, o_upd_empty_table; on
        # reads by analogy).
        **_everywhere(
            ("PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "Scan"),
            "TableName",
            (Constraint.MIN_LENGTH,),
            _SILENT,
        ),
        **_everywhere(("Query", "Scan"), "Limit", _VALUES, _SILENT),  # probe scan_limit_zero
        **_everywhere(("Scan",), "Segment", _VALUES, _SILENT),  # probe scan_segment_negative
        **_everywhere(
            ("Scan",), "TotalSegments", _VALUES, Phrase(Style.SILENT_LOWER, messages.CONSTRAINT_TOTAL_SEGMENTS)
        ),
        **_everywhere(("BatchGetItem",), "RequestItems", _LENGTHS, _SILENT),  # probe o_bg_empty_requestitems
        # Data-plane 0, new wording: seen on an emulator only.
        ("BatchGetItem", "RequestItems.*.member.Keys", Constraint.MAX_LENGTH): _SILENT,
        ("BatchGetItem", "RequestItems.*.member.Keys", Constraint.MIN_LENGTH): Phrase(Style.SILENT_LOWER),
        ("BatchWriteItem", "RequestItems.*.member", Constraint.MIN_LENGTH): Phrase(Style.SILENT_LOWER),
        # Probe tw_empty. TransactGetItems still echoes: probe tg_empty.
        **_everywhere(("TransactWriteItems",), "TransactItems", _LENGTHS, _SILENT),
        # Control-plane 1, the newer members.
        **_everywhere(("SearchVectors",), "IndexName", (Constraint.MIN_LENGTH,), _SILENT),
        **_everywhere(("SearchVectors",), "SearchVector", (Constraint.MIN_LENGTH,), _SILENT),
        # Probes o_put_three_bad_enums, o_upd_two_bad_enums, o_del_two_bad_enums.
        **_everywhere(
            _WITH_RETURN_VALUES,
            "ReturnValues",
            (Constraint.ENUM,),
            Phrase(Style.ALONE, messages.RETURN_VALUES),
        ),
    },
    without={("UpdateItem", "Key"): AWS_2025},
)
