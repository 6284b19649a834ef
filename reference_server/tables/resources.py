"""What an ARN names: a table, an index or a stream of it (control-plane 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_ARN: Final = re.compile(
    r"arn:[^:/]+:dynamodb:(?P<region>[^:/]*):(?P<account>[^:/]*):table/(?P<table>[a-zA-Z0-9_.-]{3,255})"
    r"(?:/(?P<kind>index|stream)/(?P<name>[^/]+))?"
)


@dataclass(frozen=True, slots=True)
class Resource:
    """`kind` is `table`, `index` or `stream`; `name` is that of an index, or the label of a stream."""

    arn: str
    region: str
    account: str
    table: str
    kind: str
    name: str | None


def read_resource(arn: str) -> Resource | None:
    """What the ARN names; None where it is no ARN of a table or of what belongs to one."""
    match = _ARN.fullmatch(arn)
    if match is None:
        return None
    return Resource(arn, match["region"], match["account"], match["table"], match["kind"] or "table", match["name"])
