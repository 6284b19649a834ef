"""Projections (data-plane 4.8; probes proj_*)."""

from __future__ import annotations

from typing import Any

import pytest

from reference_server.errors import ValidationException
from reference_server.expressions import projections
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.projections import Projection

ITEM: dict[str, Any] = {
    "p": {"S": "a"},
    "x": {"N": "1"},
    "s": {"SS": ["a"]},
    "l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"M": {"a": {"N": "3"}, "b": {"N": "4"}}}]},
    "m": {
        "M": {"k": {"L": [{"S": "l0"}, {"S": "l1"}, {"M": {"z": {"N": "9"}}}]}, "j": {"S": "q"}, "n": {"NULL": True}}
    },
}


def bind(text: str, names: dict[str, str] | None = None) -> Projection:
    return projections.bind(text, Placeholders(names, None))


@pytest.mark.parametrize(
    ("text", "projected"),
    [
        ("x", {"x": {"N": "1"}}),
        ("p, x, nope", {"p": {"S": "a"}, "x": {"N": "1"}}),
        ("nope", {}),
        ("m.j, m.n", {"m": {"M": {"j": {"S": "q"}, "n": {"NULL": True}}}}),
        ("m.k[1]", {"m": {"M": {"k": {"L": [{"S": "l1"}]}}}}),
        ("m.k[2].z, m.j", {"m": {"M": {"k": {"L": [{"M": {"z": {"N": "9"}}}]}, "j": {"S": "q"}}}}),
        # List elements close up, in the order of their indexes.
        ("l[2], l[0]", {"l": {"L": [{"N": "0"}, {"N": "2"}]}}),
        ("l[3].b, l[1], l[3].a", {"l": {"L": [{"N": "1"}, {"M": {"b": {"N": "4"}, "a": {"N": "3"}}}]}}),
        ("l[10], l[9], l[2]", {"l": {"L": [{"N": "2"}]}}),
        # What does not resolve goes, with parents that are left empty.
        ("m.k[9]", {}),
        ("m.k[2].nope, m.k[0]", {"m": {"M": {"k": {"L": [{"S": "l0"}]}}}}),
        ("l[3].nope", {}),
        ("x.y, p[0], s[0], l.a, m[0]", {}),
    ],
)
def test_project(text: str, projected: dict[str, Any]) -> None:
    assert bind(text).project(ITEM) == projected


def test_empty_containers_that_are_named_stay() -> None:
    assert bind("l, m.k").project({"l": {"L": []}, "m": {"M": {"k": {"M": {}}}}}) == {
        "l": {"L": []},
        "m": {"M": {"k": {"M": {}}}},
    }


@pytest.mark.parametrize(
    ("text", "relation", "one", "two"),
    [
        ("x, x", "overlap", "[x]", "[x]"),
        ("x, #x", "overlap", "[x]", "[x]"),
        ("#m.#k, #n.#j", "overlap", "[m, k]", "[m, k]"),
        ("m, m.k", "overlap", "[m]", "[m, k]"),
        ("m.k, m", "overlap", "[m, k]", "[m]"),
        ("#m, #n.#k", "overlap", "[m]", "[m, k]"),
        ("l, l[0]", "overlap", "[l]", "[l, [0]]"),
        ("l[0], l[0].a", "overlap", "[l, [0]]", "[l, [0], a]"),
        ("m, m.k.j", "overlap", "[m]", "[m, k, j]"),
        ("a, m.k, m.k.j, m", "overlap", "[m, k]", "[m, k, j]"),
        ("m.a, m[0]", "conflict", "[m, a]", "[m, [0]]"),
        ("l[0].a, l.b", "conflict", "[l, [0], a]", "[l, b]"),
        ("m.a[0], m.b, m.a.c", "conflict", "[m, a, [0]]", "[m, a, c]"),
    ],
)
def test_paths_that_are_not_clear_of_each_other(text: str, relation: str, one: str, two: str) -> None:
    names = {"#x": "x", "#m": "m", "#n": "m", "#k": "k", "#j": "k"}
    with pytest.raises(ValidationException) as caught:
        bind(text, names)
    assert caught.value.message == (
        f"Invalid ProjectionExpression: Two document paths {relation} with each other; "
        f"must remove or rewrite one of these paths; path one: {one}, path two: {two}"
    )


def test_siblings_are_clear_of_each_other() -> None:
    """Probe proj_get_a1."""
    item = {"a": {"M": {"b": {"S": "bb"}, "c": {"S": "cc"}, "d": {"S": "dd"}}}}
    assert bind("a.b, a.c").project(item) == {"a": {"M": {"b": {"S": "bb"}, "c": {"S": "cc"}}}}


def test_undefined_names_come_before_overlaps() -> None:
    with pytest.raises(ValidationException, match=r"attribute name: #u$"):
        bind("x, x, #u")


def test_what_a_projection_mentions() -> None:
    projection = bind("a, b.c, d[0]")
    assert projection.attributes == {"a", "b", "d"}
    assert projection.containers == {"b", "d"}
