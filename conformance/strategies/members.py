"""The members of requests, as botocore's service model describes them (`members.json`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from conformance.scenario import JSONObject


@cache
def _model() -> Mapping[str, Any]:
    text = resources.files("conformance.strategies").joinpath("members.json").read_text(encoding="utf-8")
    model: Mapping[str, Any] = json.loads(text)
    return model


def shape(name: str) -> JSONObject:
    """A shape: its type, its traits, and the names of the shapes that it is made of."""
    found: JSONObject = _model()["shapes"][name]
    return found


def shape_of_input(operation: str) -> str | None:
    """The name of an operation's input shape; None for an operation that is not generated."""
    name: str | None = _model()["operations"].get(operation)
    return name


def parameters(operation: str) -> Iterator[str]:
    """The members of the input, and those one level below it: `Expected`, `Expected.*.Exists`, `Keys[]`."""
    name = shape_of_input(operation)
    if name is None:
        return
    for member, member_shape in shape(name)["members"].items():
        yield member
        yield from (f"{member}{below}" for below in _members_below(member_shape))


def _members_below(name: str, *, within: str = "") -> Iterator[str]:
    described = shape(name)
    if described["type"] == "structure":
        # What is in an attribute value is a matter of values.
        if name != "AttributeValue":
            yield from (f"{within}.{member}" for member in described["members"])
    elif described["type"] == "list" and not within:
        yield from _members_below(described["member"], within="[]")
    elif described["type"] == "map" and not within:
        yield from _members_below(described["value"], within=".*")


def given_parameters(operation: str, request: JSONObject) -> set[str]:
    """Those of `parameters` that a request gives."""
    found: set[str] = set()
    for member, value in request.items():
        found.add(member)
        if isinstance(value, dict):
            inner = [(".*", element) for element in value.values()]
            found.update(f"{member}.{name}" for name in value)
        else:
            inner = [("[]", element) for element in value] if isinstance(value, list) else []
        for within, element in inner:
            if isinstance(element, dict):
                found.update(f"{member}{within}.{name}" for name in element)
    return found.intersection(_parameters(operation))


@cache
def _parameters(operation: str) -> frozenset[str]:
    return frozenset(parameters(operation))
