"""ExpressionAttributeNames and ExpressionAttributeValues (data-plane 4.3)."""

from __future__ import annotations

from typing import Any

import pytest

from reference_server import limits
from reference_server.errors import ValidationException
from reference_server.expressions import conditions, projections
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.placeholders import Placeholders
from reference_server.messages import Family

GOOD_NAMES = {"#a": "a"}
GOOD_VALUES: dict[str, Any] = {":a": {"S": "a"}}
EMPTY_SET: dict[str, Any] = {"SS": []}
EMPTY_SET_TEXT = "One or more parameter values were invalid: An string set  may not be empty"


@pytest.mark.parametrize(
    ("names", "values", "message"),
    [
        ({}, None, "ExpressionAttributeNames must not be empty"),
        (None, {}, "ExpressionAttributeValues must not be empty"),
        ({"a": "a"}, None, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'),
        ({"#": "a"}, None, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#"'),
        ({"#a-b": "a"}, None, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"'),
        ({"#é": "a"}, None, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#é"'),
        (None, {"a": {"S": "a"}}, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "a"'),
        (None, {"#a": {"S": "a"}}, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "#a"'),
        (
            {"": "a"},
            None,
            "ExpressionAttributeNames contains invalid key: The expression attribute map contains an empty key;",
        ),
        (
            None,
            {"": {"S": "a"}},
            "ExpressionAttributeValues contains invalid key: The expression attribute map contains an empty key;",
        ),
        (
            {"#" + "a" * 255: "a"},
            None,
            "ExpressionAttributeNames contains invalid key: "
            "The expression attribute map contains a key that is too long; size of key: 256",
        ),
        (
            None,
            {":" + "a" * 255: {"S": "a"}},
            "ExpressionAttributeValues contains invalid key: "
            "The expression attribute map contains a key that is too long;",
        ),
        ({"#a": ""}, None, "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a"),
        (
            None,
            {":a": {"N": "abc"}},
            "ExpressionAttributeValues contains invalid value: "
            "The parameter cannot be converted to a numeric value: abc for key :a",
        ),
        (
            None,
            {":a": {}},
            "ExpressionAttributeValues contains invalid value: "
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :a",
        ),
        (
            None,
            {":a": {"L": [EMPTY_SET]}},
            f"ExpressionAttributeValues contains invalid value: {EMPTY_SET_TEXT} for key :a",
        ),
        # The order: no names, keys, names, no values, keys, values.
        ({}, {}, "ExpressionAttributeNames must not be empty"),
        ({"#a": "", "b": "b"}, {}, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "b"'),
        ({"#a": ""}, {}, "ExpressionAttributeNames contains invalid value: Empty attribute name for key #a"),
        (GOOD_NAMES, {}, "ExpressionAttributeValues must not be empty"),
        (
            GOOD_NAMES,
            {":a": EMPTY_SET, "b": {"S": "b"}},
            'ExpressionAttributeValues contains invalid key: Syntax error; key: "b"',
        ),
    ],
)
def test_parameters_are_refused(names: dict[str, str] | None, values: dict[str, Any] | None, message: str) -> None:
    with pytest.raises(ValidationException) as caught:
        Placeholders(names, values)
    assert caught.value.message == message


def test_keys_of_255_bytes_are_allowed() -> None:
    Placeholders({"#" + "a" * 254: "a"}, {":" + "a" * 254: {"S": "a"}})


def test_a_value_nested_too_deep_is_refused_without_its_key() -> None:
    """Probe o_upd_nested_32_eav."""
    value: dict[str, Any] = {"S": "x"}
    for _ in range(32):
        value = {"M": {"n": value}}
    with pytest.raises(ValidationException) as caught:
        Placeholders(None, {":deep": value})
    assert caught.value.message == (
        "Nesting Levels have exceeded supported limits: "
        "Attributes in the item have nested levels beyond supported limit"
    )


def test_values_of_two_megabytes_are_allowed() -> None:
    half = {"S": "a" * (limits.EXPRESSION_VALUES_BYTES // 2)}
    Placeholders(None, {":a": half, ":b": half})
    with pytest.raises(ValidationException, match=r"^ExpressionAttributeValues exceeds max size$"):
        Placeholders(None, {":a": half, ":b": half, ":c": {"S": "a"}})


def test_values_are_brought_into_normal_form() -> None:
    condition = conditions.bind(
        ExpressionKind.CONDITION, "n = :n", Placeholders(None, {":n": {"NS": ["2.0", "0.10e1"]}})
    )
    assert condition.holds({"n": {"NS": ["1", "2"]}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#x = :a", "An expression attribute name used in the document path is not defined; attribute name: #x"),
        ("m.#x = :a", "An expression attribute name used in the document path is not defined; attribute name: #x"),
        ("n = :x", "An expression attribute value used in expression is not defined; attribute value: :x"),
        # From left to right.
        ("size(:x) = #x", "An expression attribute value used in expression is not defined; attribute value: :x"),
        ("#x = :x", "An expression attribute name used in the document path is not defined; attribute name: #x"),
    ],
)
@pytest.mark.parametrize("names", [None, GOOD_NAMES])
def test_undefined_placeholders(text: str, message: str, names: dict[str, str] | None) -> None:
    with pytest.raises(ValidationException) as caught:
        conditions.bind(ExpressionKind.FILTER, text, Placeholders(names, GOOD_VALUES))
    assert caught.value.message == f"Invalid FilterExpression: {message}"


def test_unused_placeholders_names_first() -> None:
    values = {f":{letter}": {"S": "x"} for letter in "cab"}
    with pytest.raises(ValidationException) as caught:
        Placeholders({"#b": "b", "#a": "a"}, values).refuse_unused()
    assert caught.value.message == "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}"
    assert caught.value.source is not None
    assert caught.value.source.family is Family.EXPRESSION  # enveloped: probes u_upd_unused_ean, u_upd_unused_eav

    placeholders = Placeholders(None, values)
    conditions.bind(ExpressionKind.CONDITION, "x = :a", placeholders)
    with pytest.raises(ValidationException, match=r"ExpressionAttributeValues unused .* keys: \{:b, :c\}$"):
        placeholders.refuse_unused()


def test_the_expressions_of_a_request_share_placeholders() -> None:
    placeholders = Placeholders({"#a": "a", "#b": "b"}, {":v": {"S": "v"}})
    conditions.bind(ExpressionKind.FILTER, "#a = :v OR #a = :v", placeholders)
    projections.bind("#b", placeholders)
    placeholders.refuse_unused()


def test_a_name_with_dots_is_one_element() -> None:
    projection = projections.bind("#a.#a", Placeholders({"#a": "x.y"}, None))
    assert projection.project({"x.y": {"M": {"x.y": {"S": "found"}}}, "x": {"M": {"y": {"S": "not"}}}}) == {
        "x.y": {"M": {"x.y": {"S": "found"}}}
    }
    assert projection.attributes == {"x.y"}
