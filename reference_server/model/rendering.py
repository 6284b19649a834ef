"""Values as DynamoDB echoes them in its refusals: as Java prints the objects that it made of the request.

`KeySchemaElement(attributeName=pk, keyType=HASH)` (probe c_ct_3keys). AWS does not hold this form stable: some hosts
print an object's address (probe c_bw_over25), so no one should rely on it.
"""

from __future__ import annotations

import math
from binascii import a2b_base64
from collections.abc import Mapping
from typing import Any, Final

from reference_server.model.types import BlobType, ListType, MapType, StructureType, Type

# Members that AWS prints and the public model does not have, or has in another order (probe c_bw_over25).
_PRINTED_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "AttributeValue": (
        "S", "N", "B", "INT", "DECIMAL", "DOUBLE", "SS", "NS", "BS", "INTSET", "DECIMALSET", "DOUBLESET",
        "M", "L", "NULL", "BOOL",
    ),
    "PutRequest": ("Item", "workloadProfileName"),
}  # fmt: skip


def lower_camel(member: str) -> str:
    """`TableName` as `tableName`, `SSESpecification` as `sSESpecification`."""
    return member[:1].lower() + member[1:]


def render(type_: Type, value: Any) -> str:
    """A value that `conversion` has made."""
    match type_, value:
        case (_, None):
            return "null"
        case (StructureType(), _):
            names = _PRINTED_MEMBERS.get(type_.name, tuple(type_.members))
            members = (f"{lower_camel(name)}={_render_member(type_, name, value)}" for name in names)
            return f"{type_.name}({', '.join(members)})"
        case (MapType(), _):
            return "{" + ", ".join(f"{key}={render(type_.value, element)}" for key, element in value.items()) + "}"
        case (ListType(), _):
            return "[" + ", ".join(render(type_.element, element) for element in value) + "]"
        case (BlobType(), _):
            length = len(a2b_base64(value))
            return f"java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]"
        case (_, bool()):
            return "true" if value else "false"
        case (_, float()) if math.isfinite(value):
            return repr(value)
        case _:
            return str(value)


def _render_member(type_: StructureType, name: str, value: Mapping[str, Any]) -> str:
    return render(type_.members[name].type, value[name]) if name in value else "null"
