"""AWS's recorded answers (the dossier's probes) that are decided by a request's members alone, word for word."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference_server.errors import ValidationException
from reference_server.model.decoder import decode

ITEM = {"pk": {"S": "test"}}
ONE = "1 validation error detected: "
SILENT_NAME = (
    ONE + "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1"
)
CAPACITY = (
    "Value 'INVALID' at 'returnConsumedCapacity' failed to satisfy constraint: "
    "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
)
RETURN_VALUES = (
    "Failed to satisfy constraint: "
    "Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"
)
KEY_SCHEMA = [
    {"AttributeName": "pk", "KeyType": "HASH"},
    {"AttributeName": "sk", "KeyType": "RANGE"},
    {"AttributeName": "extra", "KeyType": "RANGE"},
]
DEFINITIONS = [{"AttributeName": element["AttributeName"], "AttributeType": "S"} for element in KEY_SCHEMA]
WRITE_ECHO = (
    "WriteRequest(putRequest=PutRequest(item={pk=AttributeValue(s=bw-%d, n=null, b=null, iNT=null, dECIMAL=null, "
    "dOUBLE=null, sS=null, nS=null, bS=null, iNTSET=null, dECIMALSET=null, dOUBLESET=null, m=null, l=null, "
    "nULL=null, bOOL=null)}, workloadProfileName=null), deleteRequest=null)"
)

PROBES: dict[str, tuple[str, dict[str, Any], str]] = {
    "s_put_table_null": (
        "PutItem",
        {"Item": ITEM},
        ONE + "Value null at 'tableName' failed to satisfy constraint: Member must not be null",
    ),
    "s_put_table_empty": ("PutItem", {"TableName": "", "Item": ITEM}, SILENT_NAME),
    "s_put_table_long": (
        "PutItem",
        {"TableName": "a" * 256, "Item": ITEM},
        f"{ONE}Value '{'a' * 256}' at 'tableName' failed to satisfy constraint: "
        "Member must have length less than or equal to 255",
    ),
    "s_put_table_badchars": (
        "PutItem",
        {"TableName": "bad table!@#", "Item": ITEM},
        ONE + "Value 'bad table!@#' at 'tableName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ),
    "s_ct_table_short": (
        "CreateTable",
        {"TableName": "ab", "KeySchema": KEY_SCHEMA[:1], "AttributeDefinitions": DEFINITIONS[:1]},
        ONE + "Value 'ab' at 'tableName' failed to satisfy constraint: "
        "Member must have length greater than or equal to 3",
    ),
    "c_bw_over25": (
        "BatchWriteItem",
        {"RequestItems": {"table": [{"PutRequest": {"Item": {"pk": {"S": f"bw-{n}"}}}} for n in range(26)]}},
        f"{ONE}Value '{{table=[{', '.join(WRITE_ECHO % n for n in range(26))}]}}' at 'requestItems' "
        "failed to satisfy constraint: Map value must satisfy constraint: "
        "[Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
    ),
    "c_ct_3keys": (
        "CreateTable",
        {"TableName": "table", "KeySchema": KEY_SCHEMA, "AttributeDefinitions": DEFINITIONS},
        ONE + "Value '[KeySchemaElement(attributeName=pk, keyType=HASH), "
        "KeySchemaElement(attributeName=sk, keyType=RANGE), KeySchemaElement(attributeName=extra, keyType=RANGE)]' "
        "at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
    ),
    "o_put_empty_table_empty_item": ("PutItem", {"TableName": "", "Item": {}}, SILENT_NAME),
    "o_put_empty_table_bad_rv": ("PutItem", {"TableName": "", "ReturnValues": "INVALID", "Item": {}}, SILENT_NAME),
    "o_put_three_bad_enums": (
        "PutItem",
        {
            "TableName": "table",
            "Item": ITEM,
            "ReturnConsumedCapacity": "INVALID",
            "ReturnItemCollectionMetrics": "INVALID",
            "ReturnValues": "INVALID",
        },
        f"3 validation errors detected: {CAPACITY}; {RETURN_VALUES}; Value 'INVALID' at 'returnItemCollectionMetrics' "
        "failed to satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]",
    ),
    "o_del_empty_table": ("DeleteItem", {"TableName": "", "Key": {}}, SILENT_NAME),
    "o_del_two_bad_enums": (
        "DeleteItem",
        {"TableName": "table", "Key": ITEM, "ReturnValues": "INVALID", "ReturnConsumedCapacity": "INVALID"},
        f"2 validation errors detected: {CAPACITY}; {RETURN_VALUES}",
    ),
    "o_upd_empty_table": ("UpdateItem", {"TableName": "", "Key": {}}, SILENT_NAME),
    "o_upd_two_bad_enums": (
        "UpdateItem",
        {"TableName": "table", "Key": ITEM, "ReturnValues": "INVALID", "ReturnConsumedCapacity": "INVALID"},
        ONE + RETURN_VALUES,
    ),
    "o_bg_empty_requestitems": (
        "BatchGetItem",
        {"RequestItems": {}},
        ONE + "Value at 'RequestItems' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ),
    "o_bw_empty_requestitems": (
        "BatchWriteItem",
        {"RequestItems": {}},
        "The requestItems parameter is required for BatchWriteItem",
    ),
    "scan_limit_zero": (
        "Scan",
        {"TableName": "table", "Limit": 0},
        ONE + "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ),
    "scan_segment_negative": (
        "Scan",
        {"TableName": "table", "Segment": -1, "TotalSegments": 4},
        ONE + "Value at 'Segment' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ),
    "tw_empty": (
        "TransactWriteItems",
        {"TransactItems": []},
        ONE + "Value at 'TransactItems' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ),
    "tg_empty": (
        "TransactGetItems",
        {"TransactItems": []},
        ONE + "Value '[]' at 'transactItems' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    ),
}

# Refused by AWS too, but for more than their members: they come through here.
LEFT_TO_THE_OPERATION: dict[str, tuple[str, dict[str, Any]]] = {
    "scan_segment_out_of_range": ("Scan", {"TableName": "table", "Segment": 5, "TotalSegments": 5}),
    "scan_bad_start_key": ("Scan", {"TableName": "table", "ExclusiveStartKey": {"bad": {"S": "p"}}}),
    "scan_specific_attributes": ("Scan", {"TableName": "table", "Select": "SPECIFIC_ATTRIBUTES"}),
    "b_put_empty_ss": ("PutItem", {"TableName": "table", "Item": {**ITEM, "bad": {"SS": []}}}),
    "null_round_trip": ("PutItem", {"TableName": "table", "Item": {**ITEM, "attr1": {"NULL": False}}}),
}


@pytest.mark.parametrize("probe", PROBES)
def test_answers_with_the_recorded_text(probe: str) -> None:
    operation, request, message = PROBES[probe]
    with pytest.raises(ValidationException) as refusal:
        decode(operation, json.dumps(request).encode())
    assert refusal.value.message == message


@pytest.mark.parametrize("probe", LEFT_TO_THE_OPERATION)
def test_leaves_the_rest_to_the_operation(probe: str) -> None:
    operation, request = LEFT_TO_THE_OPERATION[probe]
    decoded = decode(operation, json.dumps(request).encode())
    assert {name: getattr(decoded, name) for name in request} == request
