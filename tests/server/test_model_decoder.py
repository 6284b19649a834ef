"""The fast path and the slow one: what both accept, and that neither fails otherwise than DynamoDB does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server import messages
from reference_server.errors import DynamoDBError, ValidationException
from reference_server.model.decoder import decode
from reference_server.model.explanation import explain
from reference_server.model.shapes import INPUTS, PutItemInput, QueryInput
from reference_server.model.types import (
    BlobType,
    BooleanType,
    ListType,
    MapType,
    NumberType,
    StringType,
    StructureType,
    Type,
    input_type,
)
from reference_server.model.wordings import AWS_2026

JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda content: st.lists(content, max_size=3) | st.dictionaries(st.text(max_size=5), content, max_size=3),
    max_leaves=8,
)
NAMES: Final = st.sampled_from(["abc", "a-b_c.d", "a" * 255, "", "ab", "a!", "é", "arn:aws:dynamodb:r:0:table/abc"])


def near(type_: Type, depth: int = 4) -> st.SearchStrategy[Any]:
    """Values that mostly are of the type and mostly keep its constraints."""
    right = _of_type(type_, depth)
    return st.integers(0, 29).flatmap(lambda roll: JSON if roll == 0 else right)


def _of_type(type_: Type, depth: int) -> st.SearchStrategy[Any]:
    match type_:
        case StringType(values=None):
            return NAMES
        case StringType(values=values):
            return st.sampled_from(values)
        case BlobType():
            return st.sampled_from(["", "YQ==", "YWI=", "YWJj", "YQ", "YR=="])
        case NumberType():
            return st.integers(-1, 30) | st.sampled_from([1.0, 1e2, 1.5])
        case BooleanType():
            return st.booleans()
        case ListType():
            return st.lists(near(type_.element, depth - 1), max_size=min(depth, 2))
        case MapType():
            return st.dictionaries(NAMES, near(type_.value, depth - 1), max_size=min(depth, 2))
        case StructureType() if depth <= 0:
            return st.just({})
        case StructureType():
            required = {name: member for name, member in type_.members.items() if member.required}
            others = {name: member for name, member in type_.members.items() if not member.required}
            return st.fixed_dictionaries(
                {
                    name: st.deferred(lambda member=member: near(member.type, depth - 1))
                    for name, member in required.items()
                },
                optional={
                    name: st.deferred(lambda member=member: near(member.type, depth - 1))
                    for name, member in others.items()
                },
            )


def requests() -> st.SearchStrategy[tuple[str, bytes]]:
    """An operation, and a body that is nearly a request of it."""
    return st.sampled_from(sorted(INPUTS)).flatmap(
        lambda operation: st.tuples(
            st.just(operation), near(input_type(operation)).map(lambda r: json.dumps(r).encode())
        )
    )


@given(request=requests())
def test_a_body_becomes_a_request_or_a_refusal(request: tuple[str, bytes]) -> None:
    _decode_or_refuse(*request)


@given(
    operation=st.sampled_from(sorted(INPUTS)), body=st.binary(max_size=40) | JSON.map(lambda j: json.dumps(j).encode())
)
def test_anything_becomes_a_request_or_a_refusal(operation: str, body: bytes) -> None:
    _decode_or_refuse(operation, body)


def _decode_or_refuse(operation: str, body: bytes) -> None:
    try:
        request = decode(operation, body)
    except DynamoDBError:
        return
    assert type(request) is INPUTS[operation]


@given(request=requests())
def test_the_slow_path_accepts_what_the_fast_path_does(request: tuple[str, bytes]) -> None:
    operation, body = request
    try:
        fast = msgspec.json.decode(body, type=INPUTS[operation])
    except msgspec.MsgspecError:
        return
    assert explain(operation, body, AWS_2026) == fast


@given(request=requests())
def test_what_was_decoded_decodes_to_itself(request: tuple[str, bytes]) -> None:
    operation, body = request
    try:
        decoded = decode(operation, body)
    except DynamoDBError:
        return
    assert decode(operation, msgspec.json.encode(decoded)) == decoded


def test_nothing_but_known_operations_is_decoded() -> None:
    with pytest.raises(KeyError):
        decode("Frobnicate", b"{}")


def query(**members: Any) -> QueryInput:
    request = decode("Query", json.dumps({"TableName": "table", **members}).encode())
    assert isinstance(request, QueryInput)
    return request


def put(item: dict[str, Any]) -> PutItemInput:
    request = decode("PutItem", json.dumps({"TableName": "table", "Item": item}).encode())
    assert isinstance(request, PutItemInput)
    return request


@pytest.mark.parametrize(("given_", "read"), [(1.0, 1), (1.9, 1), (1e2, 100)])
def test_decimals_are_truncated_to_whole_numbers(given_: float, read: int) -> None:
    assert query(Limit=given_).Limit == read


@pytest.mark.parametrize("given_", [2**63, 10**400, 1e30, 1e300])
@pytest.mark.parametrize("operation", ["CreateTable", "UpdateTable"])
def test_whole_numbers_end_where_javas_do(operation: str, given_: float) -> None:
    table = {"TableName": "table", "AttributeDefinitions": [], "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}]}
    for sign, end in ((1, 2**63 - 1), (-1, -(2**63))):
        throughput = {"MaxReadRequestUnits": sign * given_}
        request: Any = decode(operation, json.dumps(table | {"OnDemandThroughput": throughput}).encode())
        assert request.OnDemandThroughput.MaxReadRequestUnits == end


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "yes", "Yes"])
def test_strings_for_true(text: str) -> None:
    assert query(ConsistentRead=text).ConsistentRead is True


@pytest.mark.parametrize("text", ["false", "False", "0", "no"])
def test_strings_for_false(text: str) -> None:
    assert query(ConsistentRead=text).ConsistentRead is False


def test_null_is_absent_and_unknown_members_are_ignored() -> None:
    assert query(Limit=None, Select=None, limit=0, Unknown=[{}]) == query()


def test_an_empty_list_is_an_empty_request() -> None:
    assert decode("ListTables", b"[]") == decode("ListTables", b"{}")


def test_of_members_given_twice_the_last_counts() -> None:
    body = b'{"TableName": "table", "Limit": 0, "Limit": 1.0}'
    request = decode("Query", body)
    assert isinstance(request, QueryInput)
    assert request.Limit == 1


@pytest.mark.parametrize(
    "wrap",
    [lambda value: value, lambda value: {"L": [value]}, lambda value: {"M": {"m": value}}],
    ids=["alone", "in a list", "in a map"],
)
@pytest.mark.parametrize("value", [{"S": None}, {"Unknown": 1}, {"S": None, "Unknown": 1}, None])
def test_a_value_of_nulls_has_no_datatype(wrap: Callable[[Any], Any], value: Any) -> None:
    """`values.accept` refuses it."""
    assert put({"a": wrap(value)}).Item == {"a": wrap({})}


def test_a_null_beside_a_datatype_is_absent() -> None:
    assert put({"a": {"S": "x", "N": None}}).Item == {"a": {"S": "x"}}


@pytest.mark.parametrize("datatype", ["SS", "NS", "BS"])
def test_sets_hold_no_null(datatype: str) -> None:
    with pytest.raises(ValidationException) as refusal:
        put({"a": {datatype: [None]}})
    assert refusal.value.source is messages.SET_ELEMENT_NULL
