"""Following a target's own cursor to the last page, as a client's paginator does.

The pages become one reply: lists one behind the other, counts and capacity summed, no cursor. So what is compared is
what an application sees, wherever each target ends its pages. A refusal on the way is the reply; so is, as no answer,
a cursor that does not lead on: an application would follow it for ever.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from conformance.scenario import JSON, JSONObject, Outcome, Reply, Step
from conformance.targets.target import Target, WireRequest

# The member of a reply that leads on, and the member of the next request that takes it (botocore's paginators).
CURSORS: Final[Mapping[str, Mapping[str, str]]] = {
    "Query": {"LastEvaluatedKey": "ExclusiveStartKey"},
    "Scan": {"LastEvaluatedKey": "ExclusiveStartKey"},
    "BatchGetItem": {"UnprocessedKeys": "RequestItems"},
    "ListTables": {"LastEvaluatedTableName": "ExclusiveStartTableName"},
    "ListTagsOfResource": {"NextToken": "NextToken"},
    "ListBackups": {"LastEvaluatedBackupArn": "ExclusiveStartBackupArn"},
    "ListContributorInsights": {"NextToken": "NextToken"},
    "ListExports": {"NextToken": "NextToken"},
    "ListImports": {"NextToken": "NextToken"},
    "ListGlobalTables": {"LastEvaluatedGlobalTableName": "ExclusiveStartGlobalTableName"},
    "ListStreams": {"LastEvaluatedStreamArn": "ExclusiveStartStreamArn"},
}
# More than any scenario needs: a page holds one item at least.
PAGES: Final = 1000


def follow(step: Step, first: Reply, target: Target) -> Reply:
    """All pages as one reply. `first` is the target's reply to `step`."""
    cursors = CURSORS.get(step.operation, {})
    merged, reply, seen = first, first, set()
    for _ in range(PAGES):
        cursor = _cursor(reply, cursors)
        if not cursor:
            body = merged.body
            if isinstance(body, dict):
                body = {name: value for name, value in body.items() if name not in cursors}
            return replace(merged, body=body)
        text = json.dumps(cursor, sort_keys=True)
        if text in seen:
            return Reply(0, failure="the pages do not end: a cursor came twice")
        seen.add(text)
        reply = target.send(WireRequest.of(replace(step, request=step.request | cursor)))
        if reply.outcome is not Outcome.ACCEPTED:
            return reply
        merged = replace(merged, body=_added(merged.body, reply.body))
    return Reply(0, failure=f"the pages do not end: there were {PAGES}")


def _cursor(reply: Reply, cursors: Mapping[str, str]) -> JSONObject:
    body = reply.body if isinstance(reply.body, dict) and reply.outcome is Outcome.ACCEPTED else {}
    return {member: body[name] for name, member in cursors.items() if body.get(name)}


def _added(one: JSON, other: JSON) -> JSON:
    """Two pages, or the same place of both, as one."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{name: _added(one[name], value) if name in one else value for name, value in other.items()}}
    if isinstance(one, list) and isinstance(other, list):
        return one + other
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, bool):
        return one + other
    return one
