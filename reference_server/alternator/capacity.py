"""ConsumedCapacity (dossier 9): nothing of it in 6.2; later of single items and batches, the table's units alone.

The units are those of the item that was read or written; what it replaced and its indexes cost nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reference_server.alternator import texts, values
from reference_server.alternator.request import JSONObject, Request
from reference_server.attribute import Item
from reference_server.errors import ValidationException

_READ_BYTES: Final = 4096
_WRITE_BYTES: Final = 1024


def is_asked_for(request: Request) -> bool:
    """Whether the reply is to tell it. Raises ValidationException (rules: capacity-none, capacity-indexes)."""
    if not request.edition.tells_capacity or "ReturnConsumedCapacity" not in request.body:
        return False
    asked = request.body["ReturnConsumedCapacity"]
    if asked == "TOTAL":
        return True
    if asked == "INDEXES":
        raise ValidationException(texts.CAPACITY_OF_INDEXES)
    raise ValidationException(texts.CAPACITY_UNKNOWN, value=asked)


def read_units(item: Item | None, *, consistent: bool) -> float:
    units = max(1, -(-(0 if item is None else values.size(item)) // _READ_BYTES))
    return float(units) if consistent else units / 2


def write_units(item: Item) -> float:
    return float(max(1, -(-values.size(item) // _WRITE_BYTES)))


def of_one(units: float) -> JSONObject:
    """What a single item's operation tells: the table is not named."""
    return {"ConsumedCapacity": {"CapacityUnits": units}}


def of_batch(units: Mapping[str, float]) -> JSONObject:
    """What a batch tells, by the tables' names."""
    return {"ConsumedCapacity": [{"TableName": name, "CapacityUnits": count} for name, count in units.items()]}
