"""Keys of items, whichever way their numbers are written.

`7` and `7.0` are one item to DynamoDB; an Alternator keeps two partitions. So what a key is for us is its value, and
the ways it was written in are remembered, to explain what is missing later by a write before.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Context, InvalidOperation

from conformance.scenario import JSON, JSONObject

# As many digits as a number may have (data-plane 3.2), so that no two numbers become one.
_CONTEXT = Context(prec=40)


def identity(key: JSONObject) -> str:
    """The same text for all ways to write a key."""
    return json.dumps({name: _value(value) for name, value in key.items()}, sort_keys=True)


def _value(value: JSON) -> JSON:
    match value:
        case {"N": str(text)}:
            try:
                # Adding nothing makes -0 to 0.
                return {"N": str(_CONTEXT.add(_CONTEXT.create_decimal(text), 0).normalize(_CONTEXT))}
            except InvalidOperation:
                return value
    return value


class Spellings:
    """The ways in which keys were written, by table and key."""

    def __init__(self) -> None:
        self._written: defaultdict[tuple[str, str], dict[str, JSONObject]] = defaultdict(dict)

    def note(self, table: str, key: JSONObject) -> None:
        self._written[table, identity(key)].setdefault(json.dumps(key, sort_keys=True), key)

    def of(self, table: str, key: JSONObject) -> Iterator[JSONObject]:
        """Every way in which this key was written so far."""
        yield from self._written.get((table, identity(key)), {}).values()

    def differ(self, table: str, key: JSONObject) -> bool:
        """Whether the key was written in another way than here."""
        return any(written != key for written in self.of(table, key))
