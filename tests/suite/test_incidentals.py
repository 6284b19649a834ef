"""What stands in the request goes out of a text, and no more than that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.incidentals import Given, without_incidentals
from conformance.scenario import Step


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 3",
            "1 validation error detected: Value '…' at 'tableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 3",
        ),
        (
            "Value '[]' at 'globalSecondaryIndexes.7.member.projection.nonKeyAttributes' failed",
            "Value '…' at 'globalSecondaryIndexes.….member.projection.nonKeyAttributes' failed",
        ),
        (
            "Value 'x' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [NONE, ALL]",
            "Value '…' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [NONE, ALL]",
        ),
        ("Requested resource not found: Table: Music.1 not found", "Requested resource not found: Table: … not found"),
        ("Query condition missed key schema element: pk", "Query condition missed key schema element: …"),
        ("Input collection [a, b, a] contains duplicates.", "Input collection […] contains duplicates."),
        (
            "An expression attribute value used in expression is not defined; attribute value: :v1",
            "An expression attribute value used in expression is not defined; attribute value: …",
        ),
        (
            "Cannot update attribute pk. This attribute is part of the key",
            "Cannot update attribute …. This attribute is part of the key",
        ),
        ("Missing the key pk in the item", "Missing the key … in the item"),
        (
            "Type mismatch for key pk expected: S actual: N",
            "Type mismatch for key … expected: S actual: N",
        ),
        ("The table does not have the specified index: ByYear", "The table does not have the specified index: …"),
        ("Invalid function name; function: siz", "Invalid function name; function: …"),
        (
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
        (
            "ResourcArn: arn:aws:dynamodb:us-east-1:000000000000:table/Music not found",
            "ResourcArn: arn:… not found",
        ),
        (
            "JSON assert failed on condition 'IsObject()', at: 0x5f2 0x7aa",
            "JSON assert failed on condition 'IsObject()' …",
        ),
        ("KeyError: 'price'", "KeyError: '…'"),
        ("exists with revision id 1795400123059.", "exists with revision id …."),
        ("exists since 1795400123059, or so", "exists since …, or so"),
        ("1234567890.5 and a1234567890", "1234567890.5 and a1234567890"),
        (
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError]",
            "Transaction cancelled, please refer cancellation reasons for specific reasons […]",
        ),
    ],
)
def test_what_is_incidental_in_a_message(text: str, kept: str):
    assert without_incidentals(text) == kept


@given(st.text(max_size=300))
def test_any_text_can_be_part_of_a_kind(text: str):
    kept = without_incidentals(text)
    assert len(kept) <= 201
    assert "\n" not in kept


REQUEST = {
    "TableName": "Music",
    "IndexName": "by year",
    "Item": {"artist": {"S": "a"}, "name": {"S": "Marías"}, "m": {"M": {"deep": {"N": "12.50"}}}, "one": {"N": "1"}},
    "ConditionExpression": "size(title)<:v AND NOT tags[0].x = :w",
    "ExpressionAttributeValues": {":v": {"N": "3"}, ":w": {"SS": ["KEYS_ONLY", "red"]}},
    "ReturnValues": "ALL_OLD",
}
CREATION = {"TableName": "Albums", "KeySchema": [{"AttributeName": "GSI1PK", "KeyType": "HASH"}]}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no such table Music here", "no such table … here"),
        ("bad index by year", "bad index …"),
        ("bad artist, bad deep", "bad …, bad …"),
        ("what is Marías, what 12.50", "what is …, what …"),
        ("red is no set", "… is no set"),
        ("GSI1PK is no key of Albums", "… is no key of …"),
        # Expressions as they were cut and spaced by others.
        ("Bad comparison ) < :v", "Bad comparison …"),
        ("Bad NOT expression NOT tags", "Bad NOT expression …"),
        ("stopped at: :v AND NOT tags [ 0 ]", "stopped at: …"),
        # Parts of words are not names.
        ("Musical artistry", "Musical artistry"),
        # Words of the texts, although an attribute is called so; small numbers, although the request has them.
        ("An attribute name; 1 error, 3 operands", "An attribute name; 1 error, 3 operands"),
        # Datatypes, functions, operators, parameters, constants.
        ("operator: NOT, function size, type S", "operator: NOT, function size, type S"),
        (
            "ConditionExpression and HASH and KEYS_ONLY and ALL_OLD",
            "ConditionExpression and HASH and KEYS_ONLY and ALL_OLD",
        ),
    ],
)
def test_what_was_given_is_incidental(text: str, kept: str):
    assert without_incidentals(text, Given(Step("PutItem", REQUEST), [CREATION])) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("operator count: 301", "operator count: …"),
        ("bad JSON: line 1 column 14 (char 13)", "bad JSON: line … column … (char …)"),
        ("connect to 127.0.0.1:40123 failed", "connect to … failed"),
        ("at most 400 KB, or 16777216 bytes, 38 digits", "at most 400 KB, or 16777216 bytes, 38 digits"),
        ("between 1 and 1000000", "between 1 and 1000000"),
        ("[Member must have length less than or equal to 25]", "[…]"),
        ("value must satisfy constraint: [Member must be 25]", "value must satisfy constraint: [Member must be 25]"),
    ],
)
def test_numbers_are_incidental_where_they_measure_the_request(text: str, kept: str):
    assert without_incidentals(text) == kept


def test_without_a_request_only_places_tell():
    assert without_incidentals("bad artist in key: artist", Given()) == "bad artist in key: …"


@given(st.text(max_size=60), st.dictionaries(st.text(max_size=8), st.text(max_size=8)), st.text(max_size=40))
def test_any_request_can_be_taken_out_of_any_text(text: str, names: dict[str, str], expression: str):
    request = {"TableName": text[:5], "ExpressionAttributeNames": names, "FilterExpression": expression}
    kept = without_incidentals(text, Given(Step("Scan", request)))
    assert len(kept) <= 201
