"""How a refusal is rendered: members, text, dialect (data-plane 1.5; aws-2026, Wording)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reference_server.dialects import AWS
from reference_server.errors import (
    ConditionalCheckFailedException,
    DynamoDBError,
    ResourceNotFoundException,
    SerializationException,
    ValidationException,
)
from reference_server.messages import Family, Message
from reference_server.wire.replies import refusal, success


def rendered(error: DynamoDBError, operation: str | None = "PutItem") -> Any:
    response = refusal({}, error, operation, AWS)
    assert response.status == error.status
    return json.loads(response.body)


def test_type_and_message() -> None:
    error = ResourceNotFoundException(Message("Requested resource not found"))
    assert rendered(error) == {
        "__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        "message": "Requested resource not found",
    }


def test_without_a_text_there_is_no_message() -> None:
    assert rendered(SerializationException()) == {"__type": "com.amazon.coral.service#SerializationException"}


def test_a_serialization_exception_has_its_text_in_a_capital_member() -> None:
    assert rendered(SerializationException(Message("Unexpected field type")))["Message"] == "Unexpected field type"


def test_a_failed_condition_carries_the_item_and_then_has_its_text_in_a_capital_member() -> None:
    text = Message("The conditional request failed")
    kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    item = {"a": {"S": "b"}}
    assert rendered(ConditionalCheckFailedException(text)) == {"__type": kind, "message": text.text}
    assert rendered(ConditionalCheckFailedException(text, members={"Item": item})) == {
        "__type": kind,
        "Message": text.text,
        "Item": item,
    }


@pytest.mark.parametrize("family", Family)
@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem", "GetItem", "BatchWriteItem", None])
def test_the_envelope(family: Family, operation: str | None) -> None:
    enveloped = family is not Family.PLAIN and operation in {"PutItem", "UpdateItem", "DeleteItem"}
    message = rendered(ValidationException(Message("Wrong: {what}", family), what="{x}"), operation)["message"]
    assert message == ("1 validation error detected: Wrong: {x}" if enveloped else "Wrong: {x}")


def test_text_is_not_escaped_but_for_control_characters() -> None:
    assert success({}, {"S": "ä\U0001f600\x01\x7f"}).body == '{"S":"ä\U0001f600\\u0001\x7f"}'.encode()
