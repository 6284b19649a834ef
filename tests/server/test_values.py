"""Attribute values: what is accepted, in which normal form, and how values compare."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server import messages, values
from reference_server.errors import ValidationException


def accepted(value: dict[str, Any]) -> dict[str, Any]:
    values.accept(value)
    return value


@pytest.mark.parametrize(
    ("given_value", "normal"),
    [
        ({"N": "1.50"}, {"N": "1.5"}),
        ({"NS": ["10", "9", "1e0"]}, {"NS": ["1", "9", "10"]}),
        ({"SS": ["b", "", "a"]}, {"SS": ["", "a", "b"]}),
        ({"SS": ["\U0001f600", "\uffff"]}, {"SS": ["\uffff", "\U0001f600"]}),
        ({"BS": ["/w==", "AA=="]}, {"BS": ["AA==", "/w=="]}),
        (
            {"L": [{"N": "007"}, {"M": {"a": {"NS": ["2", "1"]}}}]},
            {"L": [{"N": "7"}, {"M": {"a": {"NS": ["1", "2"]}}}]},
        ),
        ({"S": "", "X": "unknown"}, {"S": ""}),
    ],
)
def test_normal_form(given_value: dict[str, Any], normal: dict[str, Any]) -> None:
    assert accepted(given_value) == normal


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, messages.VALUE_EMPTY),
        ({"X": "unknown"}, messages.VALUE_EMPTY),
        ({"S": "a", "N": "1"}, messages.VALUE_AMBIGUOUS),
        ({"S": "a", "N": "one"}, messages.NUMBER_UNREADABLE),  # what is wrong inside comes first
        ({"NULL": False}, messages.NULL_FALSE),
        ({"SS": []}, messages.STRING_SET_EMPTY),
        ({"NS": []}, messages.NUMBER_SET_EMPTY),
        ({"BS": []}, messages.BINARY_SET_EMPTY),
        ({"NS": ["1", "1.0"]}, messages.NUMBER_SET_DUPLICATES),
        ({"NS": ["0", "-0"]}, messages.NUMBER_SET_DUPLICATES),
        ({"L": [{"S": "a"}, {}]}, messages.VALUE_EMPTY),
        ({"M": {"a": {"L": [{"SS": []}]}}}, messages.STRING_SET_EMPTY),
    ],
)
def test_refusals(value: dict[str, Any], message: messages.Message) -> None:
    with pytest.raises(ValidationException) as refusal:
        values.accept(value)
    assert refusal.value.source is message


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"SS": ["b", "a", "b"]}, 'Input collection ["b", "a", "b"] contains duplicates.'),
        ({"BS": ["YQ==", "YQ=="]}, "Input collection [YQ==, YQ==]of type BS contains duplicates."),
    ],
)
def test_duplicates_are_echoed_in_the_order_of_the_request(value: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationException) as refusal:
        values.accept(value)
    assert refusal.value.message == "One or more parameter values were invalid: " + text


@pytest.mark.parametrize("container", ["L", "M"])
def test_thirty_one_containers_pass_and_thirty_two_do_not(container: str) -> None:
    def nest(levels: int) -> dict[str, Any]:
        value: dict[str, Any] = {"S": "core"}
        for _ in range(levels):
            value = {"L": [value]} if container == "L" else {"M": {"a": value}}
        return value

    values.accept(nest(31))
    values.refuse_deep_nesting({"a": nest(31)})
    with pytest.raises(ValidationException):
        values.accept(nest(32))
    with pytest.raises(ValidationException):
        values.refuse_deep_nesting({"a": nest(32)})


@given(st.text(), st.text())
def test_strings_compare_by_their_utf8_bytes(left: str, right: str) -> None:
    expected = (left.encode("utf-8", "surrogatepass") > right.encode("utf-8", "surrogatepass")) - (
        left.encode("utf-8", "surrogatepass") < right.encode("utf-8", "surrogatepass")
    )
    assert values.compare({"S": left}, {"S": right}) == expected


def test_numbers_compare_by_value_and_binaries_as_unsigned_bytes() -> None:
    assert values.compare({"N": "10"}, {"N": "9"}) > 0
    assert values.compare({"N": "-1"}, {"N": "-1"}) == 0
    assert values.compare({"B": "/w=="}, {"B": "AA=="}) > 0
    assert values.compare({"B": "AA=="}, {"B": "AAA="}) < 0
