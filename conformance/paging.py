"""Following a target's own cursor to the last page, as a client's paginator does.

The pages become one reply: lists one behind the other, counts and capacity summed, no cursor. So what is compared is
what an application sees, wherever each target ends its pages. A refusal on the way is the reply; so is, as no answer,
a cursor that does not lead on: an application would follow it for ever.

`listed` follows cursors for another reason: the lists of an account hold what is others', too, on a server that is not
ours. What is ours is picked out, page after page, as if it were alone there.
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


# --- what is ours in a list -------------------------------------------------------------------------------

# Lists of an account: their member, and what limits a page of them.
_LISTS: Final[Mapping[str, tuple[str, str]]] = {
    "ListTables": ("TableNames", "Limit"),
    "ListBackups": ("BackupSummaries", "Limit"),
    "ListContributorInsights": ("ContributorInsightsSummaries", "MaxResults"),
    "ListExports": ("ExportSummaries", "MaxResults"),
    "ListGlobalTables": ("GlobalTables", "Limit"),
    "ListImports": ("ImportSummaryList", "PageSize"),
    "ListStreams": ("Streams", "Limit"),
}


def listed(step: Step, first: Reply, target: Target, prefix: str) -> Reply:
    """Such a page as would have come if only what is named with the prefix were there; `first` is the one that came.

    It is as long as that one, if there is so much, and leads on only if there is more. Where nothing else was met, it
    is that one: a cursor that leads nowhere is the target's own.
    """
    if step.operation not in _LISTS or first.outcome is not Outcome.ACCEPTED or not isinstance(first.body, dict):
        return first
    member, limit = _LISTS[step.operation]
    cursors = CURSORS[step.operation]
    length = len(_elements(first, member))
    ours: list[JSON] = []
    alone = True
    page, leads_on = first, dict[str, JSON]()
    for _ in range(PAGES):
        elements = _elements(page, member)
        own = [element for element in elements if prefix in json.dumps(element)]
        alone = alone and len(own) == len(elements)
        if own and len(ours) >= length:
            return first if alone else replace(first, body={**first.body, member: ours, **leads_on})
        ours += own
        cursor = _cursor(page, cursors)
        if not cursor:
            whole = {name: value for name, value in first.body.items() if name not in cursors}
            return first if alone else replace(first, body={**whole, member: ours})
        leads_on = {name: page.body[name] for name in cursors if name in page.body}
        most = {} if len(ours) >= length else {limit: length - len(ours)}  # its cursor is where the page ends
        page = target.send(WireRequest.of(replace(step, request=step.request | most | cursor)))
        if page.outcome is not Outcome.ACCEPTED:
            return page
    return Reply(0, failure=f"the pages do not end: there were {PAGES}")


def _elements(reply: Reply, member: str) -> list[JSON]:
    elements = reply.body.get(member) if isinstance(reply.body, dict) else None
    return elements if isinstance(elements, list) else []
