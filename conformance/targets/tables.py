"""Tables as a client sees them come and go: waiting for them, deleting them.

What is asked here is no step of a scenario, so it goes to one target alone and is compared with nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from conformance.scenario import JSONObject, Outcome, Reply, Step
from conformance.targets.target import Target, TargetError, WireRequest

PATIENCE = 60.0  # seconds that a table may take from one state to the next

_ON_THE_WAY = frozenset({"CREATING", "UPDATING", "DELETING"})


def ask(target: Target, operation: str, request: JSONObject) -> Reply:
    """The target's answer; TargetError where there is none."""
    reply = target.send(WireRequest.of(Step(operation, request)))
    if reply.outcome is Outcome.NO_ANSWER:
        raise TargetError(f"{target.name} does not answer {operation}: {reply.failure}")
    return reply


def wait_until_settled(target: Target, name: str) -> str:
    """Wait until the table and all its indexes are ACTIVE, or it is gone.

    Says what it waited for in vain, or nothing.
    """
    deadline = time.monotonic() + PATIENCE
    for pause in _pauses():
        reply = ask(target, "DescribeTable", {"TableName": name})
        if reply.outcome is not Outcome.ACCEPTED:
            # Gone; or the target does not describe tables, and waiting longer would not tell us more.
            return "" if reply.outcome is Outcome.REFUSED else f"DescribeTable {name}: {reply.failure or reply.status}"
        states = set(table_states(reply))
        if not states & _ON_THE_WAY:
            return ""
        if time.monotonic() > deadline:
            return f"table {name} was still {', '.join(sorted(states & _ON_THE_WAY))} after {PATIENCE:g} s"
        time.sleep(pause)
    raise AssertionError("the pauses never end")


def is_on_the_way(reply: Reply) -> bool:
    """Does the reply to an operation on a table say that it is not done yet?"""
    return reply.outcome is Outcome.ACCEPTED and bool(set(table_states(reply)) & _ON_THE_WAY)


def table_states(reply: Reply) -> Iterator[str]:
    """The state of the table that a reply describes, and those of its indexes."""
    body = reply.body if isinstance(reply.body, dict) else {}
    for member in ("Table", "TableDescription"):
        description = body.get(member)
        if not isinstance(description, dict):
            continue
        if isinstance(description.get("TableStatus"), str):
            yield description["TableStatus"]
        indexes = description.get("GlobalSecondaryIndexes")
        for index in indexes if isinstance(indexes, list) else ():
            if isinstance(index, dict) and isinstance(index.get("IndexStatus"), str):
                yield index["IndexStatus"]


def delete_table(target: Target, name: str) -> str:
    """Delete the table and wait until it is gone. Says why it is not, or nothing."""
    reply = ask(target, "DeleteTable", {"TableName": name})
    if reply.error_type == "ValidationException":
        # Perhaps it is protected against deletion (control-plane 6).
        ask(target, "UpdateTable", {"TableName": name, "DeletionProtectionEnabled": False})
        wait_until_settled(target, name)
        reply = ask(target, "DeleteTable", {"TableName": name})
    if reply.outcome is Outcome.ACCEPTED:
        return wait_until_settled(target, name)
    if reply.error_type == "ResourceNotFoundException":
        return ""
    return f"DeleteTable {name}: {reply.failure or reply.message or reply.status}"


def delete_every_table(target: Target) -> None:
    """Empty a server that is ours but knows no other way."""
    while True:
        reply = ask(target, "ListTables", {})
        names = reply.body.get("TableNames") if isinstance(reply.body, dict) else None
        if reply.outcome is not Outcome.ACCEPTED or not isinstance(names, list):
            raise TargetError(f"{target.name} was not emptied: ListTables: {reply.failure or reply.status}")
        for name in names:
            if trouble := delete_table(target, name):
                raise TargetError(f"{target.name} was not emptied: {trouble}")
        if not names or "LastEvaluatedTableName" not in reply.body:
            return


def _pauses() -> Iterator[float]:
    """Short at first: what runs on this machine is ready at once. Up to half a second."""
    pause = 0.001
    while True:
        yield pause
        pause = min(0.5, pause * 2)
