"""JSON and its types: SerializationException (data-plane 1.2, 1.6, 3.4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference_server.errors import SerializationException, ValidationException
from reference_server.model.decoder import decode

PACKAGE = "com.amazonaws.dynamodb.v20120810"
OBJECT = "Start of structure or map found where not expected"
FIELD = "Unexpected field type"
ELEMENT = "Unexpected value type in payload"
BLOB = "only base-64-encoded strings are convertible to bytes"
BASE64 = "Invalid last non-pad Base64 character dectected"


def refusal(operation: str, body: bytes) -> str | None:
    with pytest.raises(SerializationException) as refused:
        decode(operation, body)
    return refused.value.message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b'{"Limit": 1',
        b'{"Limit": 1} x',
        b'{"Limit": 1,}',
        b'{/* c */"Limit": 1}',
        b'{"Limit": NaN}',
        b"\xef\xbb\xbf{}",
        b'{"Unknown": "\xff"}',
        b'{"\xff": 1}',
        b'{"Unknown": "\\ud800"}',
        b'{"ExclusiveStartTableName": "\\ud800"}',
        b'{"Unknown": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"Limit": ' + b"1" * 5000 + b"}",
    ],
)
def test_what_is_not_json_is_refused_without_a_text(body: bytes) -> None:
    assert refusal("ListTables", body) is None


@pytest.mark.parametrize(
    ("body", "message"),
    [('"x"', FIELD), ("1", FIELD), ("[{}]", f"Unrecognized collection type class {PACKAGE}.ListTablesInput")],
)
def test_a_request_is_an_object(body: str, message: str) -> None:
    assert refusal("ListTables", body.encode()) == message


# The members to put a wrong value into, each with what is said of a number, a boolean, a string, a list and a map.
# None: that JSON type is right.
KINDS: dict[str, tuple[str, Any, tuple[str | None, str | None, str | None, str | None, str | None]]] = {
    "string": (
        "PutItem",
        lambda value: {"TableName": value},
        (
            "NUMBER_VALUE cannot be converted to String",
            "TRUE_VALUE cannot be converted to String",
            None,
            "Unrecognized collection type class java.lang.String",
            OBJECT,
        ),
    ),
    "boolean": (
        "GetItem",
        lambda value: {"ConsistentRead": value},
        (
            "NUMBER_VALUE cannot be converted to Boolean",
            None,
            "Unexpected token received from parser",
            "Unrecognized collection type class java.lang.Boolean",
            OBJECT,
        ),
    ),
    "integer": (
        "Query",
        lambda value: {"Limit": value},
        (
            None,
            "TRUE_VALUE cannot be converted to Integer",
            "STRING_VALUE cannot be converted to Integer",
            "Unrecognized collection type class java.lang.Integer",
            OBJECT,
        ),
    ),
    "long": (
        "CreateTable",
        lambda value: {"ProvisionedThroughput": {"ReadCapacityUnits": value}},
        (
            None,
            "TRUE_VALUE cannot be converted to Long",
            "STRING_VALUE cannot be converted to Long",
            "Unrecognized collection type class java.lang.Long",
            OBJECT,
        ),
    ),
    "blob": (
        "PutItem",
        lambda value: {"Item": {"a": {"B": value}}},
        (
            BLOB,
            BLOB,
            "Base64 encoded length is expected a multiple of 4 bytes but found: 1",
            "Unrecognized collection type class java.nio.ByteBuffer",
            OBJECT,
        ),
    ),
    "list": ("GetItem", lambda value: {"AttributesToGet": value}, (FIELD, FIELD, FIELD, None, OBJECT)),
    "map": (
        "GetItem",
        lambda value: {"Key": value},
        (
            FIELD,
            FIELD,
            FIELD,
            f"Unrecognized collection type java.util.Map<java.lang.String, {PACKAGE}.AttributeValue>",
            None,
        ),
    ),
    "map of strings": (
        "GetItem",
        lambda value: {"ExpressionAttributeNames": value},
        (
            FIELD,
            FIELD,
            FIELD,
            "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>",
            None,
        ),
    ),
    "map of lists": (
        "BatchWriteItem",
        lambda value: {"RequestItems": value},
        (
            FIELD,
            FIELD,
            FIELD,
            f"Unrecognized collection type java.util.Map<java.lang.String, java.util.List<{PACKAGE}.WriteRequest>>",
            None,
        ),
    ),
    "structure in a map": (
        "PutItem",
        lambda value: {"Item": {"a": value}},
        (ELEMENT, ELEMENT, ELEMENT, f"Unrecognized collection type class {PACKAGE}.AttributeValue", None),
    ),
    "structure in a list": (
        "PutItem",
        lambda value: {"Item": {"a": {"L": [value]}}},
        (ELEMENT, ELEMENT, ELEMENT, f"Unrecognized collection type class {PACKAGE}.AttributeValue", None),
    ),
    "structure as a member": (
        "PutItem",
        lambda value: {"Expected": {"a": {"Value": value}}},
        (FIELD, FIELD, FIELD, f"Unrecognized collection type class {PACKAGE}.AttributeValue", None),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("column", "value"), list(enumerate([5, True, "x", ["x"], {}])))
def test_a_wrong_json_type_is_named(kind: str, column: int, value: Any) -> None:
    operation, request, messages = KINDS[kind]
    body = json.dumps(request(value)).encode()
    if messages[column] is None:
        with pytest.raises(ValidationException):  # type right: only now are absent members missed
            decode(operation, body)
    else:
        assert refusal(operation, body) == messages[column]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.5, "DECIMAL_VALUE cannot be converted to String"),
        (False, "FALSE_VALUE cannot be converted to String"),
    ],
)
def test_decimals_and_false_have_names_of_their_own(value: object, message: str) -> None:
    assert refusal("PutItem", json.dumps({"TableName": value}).encode()) == message


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("BatchGetItem", {"RequestItems": {"table": {"Keys": ["x"]}}}),
        ("BatchWriteItem", {"RequestItems": {"table": "x"}}),
    ],
)
def test_a_scalar_for_a_nested_list_or_map_shows_java(operation: str, request_: dict[str, Any]) -> None:
    message = refusal(operation, json.dumps(request_).encode())
    assert message is not None
    assert message.startswith("class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to")


@pytest.mark.parametrize("place", [lambda text: {"B": text}, lambda text: {"BS": ["", text]}])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("YQ", "Base64 encoded length is expected a multiple of 4 bytes but found: 2"),
        ("aaaa\n", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
        ("aa==", BASE64),  # of the second character only the first two bits are used, and the others not zero
        ("ab==", BASE64),
        ("aaa=", BASE64),
        ("a-_a", BASE64),
        ("YQ==YQ==", BASE64),
        ("====", BASE64),
        ("YQ==", None),
        ("", None),
    ],
)
def test_binaries_are_canonical_base64(place: Any, text: str, message: str | None) -> None:
    body = json.dumps({"TableName": "table", "Item": {"a": place(text)}}).encode()
    if message is None:
        decode("PutItem", body)
    else:
        assert refusal("PutItem", body) == message


def test_types_are_checked_over_the_whole_request_before_constraints() -> None:
    body = b'{"TableName": "", "ReturnValues": "INVALID", "Item": {"a": {"L": [{"S": 1}]}}}'
    assert refusal("PutItem", body) == "NUMBER_VALUE cannot be converted to String"
