"""ProjectionExpression and AttributesToGet: dossier 8; `get-*` are recorded requests."""

from __future__ import annotations

from typing import Any

import pytest

from reference_server.alternator import projections
from reference_server.alternator.placeholders import Placeholders
from reference_server.errors import DynamoDBError

Body = dict[str, Any]

LIST = [{"N": "0"}, {"N": "1"}, {"N": "2"}]
ITEM: Body = {
    "p": {"S": "a"},
    "x": {"N": "1"},
    "m": {"M": {"k": {"L": [{"S": "l0"}, {"S": "l1"}, {"M": {"z": {"N": "9"}}}]}, "j": {"S": "q"}}},
    "l": {"L": LIST},
    "s": {"SS": ["a"]},
    "size": {"N": "3"},
    "a.b": {"S": "dot"},
}


def project(**body: Any) -> Body:
    placeholders = Placeholders(body, "GetItem")
    projection = projections.read(body, placeholders)
    placeholders.refuse_unused()
    assert projection is not None
    return projection.project(ITEM)


def refusal(**body: Any) -> str | None:
    with pytest.raises(DynamoDBError) as refused:
        project(**body)
    assert refused.value.type_name == "ValidationException"
    return refused.value.message


@pytest.mark.parametrize(
    ("text", "names", "projected"),
    [
        ("p, x", None, {"p": {"S": "a"}, "x": {"N": "1"}}),  # get-proj-01
        ("m.k[1]", None, {"m": {"M": {"k": {"L": [{"S": "l1"}]}}}}),  # get-proj-02
        (
            "m.k[2].z, l[2], l[0]",  # get-proj-03: elements in their order
            None,
            {"l": {"L": [LIST[0], LIST[2]]}, "m": {"M": {"k": {"L": [{"M": {"z": {"N": "9"}}}]}}}},
        ),
        ("m.k[0], m.j", None, {"m": {"M": {"k": {"L": [{"S": "l0"}]}, "j": {"S": "q"}}}}),  # get-proj-11
        ("m.k[9]", None, {}),  # get-proj-04
        ("nope", None, {}),  # get-proj-07
        ("s[0]", None, {}),  # get-proj-26
        ("x.y", None, {}),  # get-proj-27
        ("size", None, {"size": {"N": "3"}}),  # get-proj-12; rule: reserved-words
        ("name, status, year", None, {}),  # get-proj-28
        ("#a", {"#a": "a.b"}, {"a.b": {"S": "dot"}}),  # get-proj-05: one name, whatever is in it
        ("#m.#k[0]", {"#m": "m", "#k": "k"}, {"m": {"M": {"k": {"L": [{"S": "l0"}]}}}}),  # get-proj-06
        ("#a", {"#a": ""}, {}),  # get-proj-34
        ("x", {}, {"x": {"N": "1"}}),  # get-proj-25
        ("m" + ".a" * 31, None, {}),  # get-proj-depth-32
        ("x" * 4096, None, {}),  # get-proj-4096
    ],
)
def test_what_is_projected(text: str, names: dict[str, str] | None, projected: Body) -> None:
    body: Body = {"ProjectionExpression": text}
    if names is not None:
        body["ExpressionAttributeNames"] = names
    assert project(**body) == projected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("m, m.k", "Invalid ProjectionExpression: two document paths overlap at m"),  # get-proj-08
        ("x, x", "Invalid ProjectionExpression: two document paths overlap at x"),  # get-proj-09
        ("l[0], l[0].a", "Invalid ProjectionExpression: two document paths overlap at l[0].a"),  # get-proj-10
        ("m.k, m[0]", "Invalid ProjectionExpression: two document paths conflict at m[0]"),
        ("#u", "ExpressionAttributeNames missing, entry '#u' required by expression"),  # get-proj-22
        (5, "ProjectionExpression must be a string"),
        ("x" * 4097, "ProjectionExpression expression size 4097 exceeds allowed maximum 4096."),  # get-proj-4097
    ],
)
def test_what_is_refused(text: Any, message: str) -> None:
    assert refusal(ProjectionExpression=text) == message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x,", "syntax error at char 0"),  # get-proj-14
        ("", "syntax error at char 0"),  # get-proj-15
        ("x y", "syntax error at char 2"),  # get-proj-17
        ("m.[0]", "syntax error at char 2"),  # get-proj-18
        ("l[1.5]", "syntax error at char 3"),  # get-proj-20
        ("l[99999999999]", "std::out_of_range (stoi)"),  # get-proj-21
        ("1x", "syntax error at char 0"),  # get-proj-29
        ("_x", "syntax error"),  # get-proj-30
        (":v", "syntax error at char 0"),  # get-proj-32
        ("l[#a]", "syntax error at char 2"),  # get-proj-33
        ("m" + ".a" * 32, "Document path exceeded 32 nesting levels"),  # get-proj-depth-33
    ],
)
def test_what_cannot_be_parsed(text: str, reason: str) -> None:
    assert refusal(ProjectionExpression=text) == f"Failed parsing ProjectionExpression '{text}': {reason}"


def test_names_are_told_when_nothing_uses_them() -> None:
    message = "ExpressionAttributeNames has spurious '#b', not used in GetItem"  # get-proj-24
    assert refusal(ProjectionExpression="x", ExpressionAttributeNames={"#b": "x"}) == message


@pytest.mark.parametrize(
    ("names", "projected"),
    [
        (["x", "s"], {"x": {"N": "1"}, "s": {"SS": ["a"]}}),  # get-attributes-to-get
        (["m.k", "a.b"], {"a.b": {"S": "dot"}}),  # get-attributes-to-get-path
    ],
)
def test_attributes_to_get(names: list[str], projected: Body) -> None:
    assert project(AttributesToGet=names) == projected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"AttributesToGet": []},  # get-attributes-to-get-empty
            "Empty AttributesToGet is not allowed. Consider using Select=COUNT instead.",
        ),
        (
            {"AttributesToGet": ["x", "x"]},
            "Invalid AttributesToGet: Duplicate attribute: x",
        ),  # get-attributes-to-get-dup
        (
            {"AttributesToGet": ["x"], "ProjectionExpression": "x"},  # get-both-projections
            "GetItem does not allow both ProjectionExpression and AttributesToGet to be given together",
        ),
    ],
)
def test_attributes_to_get_refused(body: Body, message: str) -> None:
    assert refusal(**body) == message


@pytest.mark.parametrize(
    ("content", "condition"), [({}, "IsArray()"), ("x", "IsArray()"), (None, "IsArray()"), ([1], "IsString()")]
)
def test_a_list_of_another_json_type(content: Any, condition: str) -> None:
    """rule: json-types."""
    assert (refusal(AttributesToGet=content) or "").startswith(f"JSON assert failed on condition '{condition}'")


def test_without_either_member_there_is_no_projection() -> None:
    assert projections.read({}, Placeholders({}, "GetItem")) is None


@pytest.mark.parametrize("stored", [None, 5, "x", [], {}, {"M": 5}, {"L": 5}, {"M": {"k": 5}}, {"L": [5]}])
@pytest.mark.parametrize("text", ["m.k", "m[0]", "m.k.z[1]", "m"])
def test_what_is_stored_may_be_anything(stored: Any, text: str) -> None:
    """rule: nested-values-unchecked."""
    body = {"ProjectionExpression": text}
    projection = projections.read(body, Placeholders(body, "GetItem"))
    assert projection is not None
    assert set(projection.project({"m": {"M": {"k": stored}}})) <= {"m"}
    assert set(projection.project({"m": stored})) <= {"m"}
