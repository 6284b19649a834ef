"""The types that the whole server speaks.

An attribute value keeps the wire's own form, a mapping with exactly one member: `{"S": "a"}`, `{"N": "12"}`,
`{"L": [{"S": "a"}]}`. So what was decoded from a request is what is stored, and what is stored is encoded into
a reply, with no conversion between. Two rules make that safe:

- A value that has passed `values.accept` is in **normal form**: exactly one datatype, numbers as DynamoDB
  prints them, sets sorted and without duplicates. Everything behind the request's validation relies on it.
- A value in normal form is **never changed in place**. An update copies the containers along the changed path
  and shares the rest, so an item can be handed out, kept as the old image or snapshotted without a copy.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

Datatype: TypeAlias = Literal["S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"]

# `{"N": "12"}`: one member, named by its datatype.
AttributeValue: TypeAlias = dict[str, Any]

# Attribute names to values; a whole item, a primary key, or the content of an `M`.
Item: TypeAlias = dict[str, AttributeValue]


def datatype(value: AttributeValue) -> str:
    """The datatype of a value in normal form: the name of its only member."""
    for name in value:
        return name
    raise ValueError("an attribute value has exactly one member")
