"""Keys and items, whichever way their numbers are written.

`7` and `7.0` are one item to DynamoDB; an Alternator keeps two partitions. So what a key is for us is its value, and
the ways it was written in are remembered, to explain what is missing later by a write before. DynamoDB rewrites numbers
within lists, maps and sets too, where an Alternator keeps them: so is how an application wrote them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from decimal import Context

from conformance.scenario import JSON, JSONObject

# As many digits as a number may have (data-plane 3.2), so that no two numbers become one.
_CONTEXT = Context(prec=40)


def identity(key: JSONObject) -> str:
    """The same text for all ways to write a key."""
    return _text({name: _value(value) for name, value in key.items()})


def _value(value: JSON) -> JSON:
    match value:
        case {"N": str(text)}:
            try:
                # Adding nothing makes -0 to 0.
                return {"N": str(_CONTEXT.add(_CONTEXT.create_decimal(text), 0).normalize(_CONTEXT))}
            except ArithmeticError:  # no number, or beyond what decimals can be
                return value
        case {"NS": list(numbers)}:
            return {"NS": sorted((_value({"N": number}) for number in numbers), key=_text)}
        case {"SS": list(texts)}:
            return {"SS": sorted(texts, key=_text)}
        case {"BS": list(texts)}:
            return {"BS": sorted(texts, key=_text)}
        case {"L": list(elements)}:
            return {"L": [_value(element) for element in elements]}
        case {"M": dict(attributes)}:
            return {"M": {name: _value(attribute) for name, attribute in attributes.items()}}
    return value


def _text(value: JSON) -> str:
    return json.dumps(value, sort_keys=True)


class Spellings:
    """The ways in which keys and items were written, by table and key."""

    def __init__(self) -> None:
        self._written: defaultdict[tuple[str, str], dict[str, JSONObject]] = defaultdict(dict)
        self._items: dict[tuple[str, str], JSONObject] = {}

    def note(self, table: str, key: JSONObject) -> None:
        self._written[table, identity(key)].setdefault(_text(key), key)

    def note_item(self, table: str, key: JSONObject, item: JSONObject) -> None:
        self._items[table, identity(key)] = item

    def forget_item(self, table: str, key: JSONObject) -> None:
        self._items.pop((table, identity(key)), None)

    def as_written(self, table: str, key: JSONObject, item: JSONObject) -> JSONObject:
        """The item, its attributes as they were written where they have that value still."""
        written = self._items.get((table, identity(key)), {})
        return {
            name: written[name] if name in written and _value(written[name]) == _value(value) else value
            for name, value in item.items()
        }

    def of(self, table: str, key: JSONObject) -> Iterator[JSONObject]:
        """Every way in which this key was written so far."""
        yield from self._written.get((table, identity(key)), {}).values()

    def differ(self, table: str, key: JSONObject) -> bool:
        """Whether the key was written in another way than here."""
        return any(written != key for written in self.of(table, key))
