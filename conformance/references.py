"""What a request takes from an earlier reply: `{"$from": "made.TableDescription.LatestStreamArn"}`.

Cursors, ARNs of backups and shard iterators are each target's own, so they cannot stand in a scenario. A step is given
a label (`as` in a case), and later requests name what they want of its reply: the label, then members and positions,
as `page.LastEvaluatedKey` or `stream.StreamDescription.Shards[0].ShardId`. Where the reply has no such thing, the
member that should have held it is left out, as the client of a last page would do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from conformance.divergence import MISSING
from conformance.scenario import JSON, JSONObject, Reply

FROM: Final = "$from"
_PART: Final = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


def is_reference(value: JSON) -> bool:
    """An attribute that is called `$from` holds an attribute value, which is no text."""
    return isinstance(value, dict) and value.keys() == {FROM} and isinstance(value[FROM], str)


def references(request: JSON) -> Iterator[str]:
    """Every reference in a request: its text."""
    if is_reference(request):
        yield request[FROM]
    elif isinstance(request, dict):
        for member in request.values():
            yield from references(member)
    elif isinstance(request, list):
        for element in request:
            yield from references(element)


def label_of(reference: str) -> str:
    return reference.partition(".")[0]


def resolve(request: JSONObject, replies: Mapping[str, Reply]) -> JSONObject:
    """The request with each reference replaced, or its member left out. `replies` are one target's, by label."""
    resolved = _resolved(request, replies)
    return resolved if isinstance(resolved, dict) else {}


def _resolved(value: JSON, replies: Mapping[str, Reply]) -> JSON:
    if is_reference(value):
        return _look_up(value[FROM], replies)
    if isinstance(value, dict):
        members = ((name, _resolved(member, replies)) for name, member in value.items())
        return {name: member for name, member in members if member is not MISSING}
    if isinstance(value, list):
        return [element for element in (_resolved(element, replies) for element in value) if element is not MISSING]
    return value


def _look_up(reference: str, replies: Mapping[str, Reply]) -> JSON:
    label, _, path = reference.partition(".")
    reply = replies.get(label)
    found: JSON = MISSING if reply is None else reply.body
    for name, index in _PART.findall(path):
        if name:
            found = found.get(name, MISSING) if isinstance(found, dict) else MISSING
        else:
            position = int(index)
            found = found[position] if isinstance(found, list) and position < len(found) else MISSING
    return found
