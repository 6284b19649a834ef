"""The other side brought back to the first one's state, where a step has parted them.

Otherwise one lost write would be found again at every read after it. What is copied is what the step touched: the items
whose keys it names, or, where it was about a table, the table.
"""

from __future__ import annotations

from collections.abc import Iterator

from conformance.migration.schemas import creation_of
from conformance.migration.sides import Side
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Step

_TABLES = frozenset({"CreateTable", "UpdateTable", "DeleteTable"})


class Repairs:
    """Copies from one side to the other; `creations` are the tables as the first side has them."""

    def __init__(self, first: Side, other: Side) -> None:
        self._first = first
        self._other = other
        self.creations: dict[str, JSONObject] = {}
        # Tables and items that the other side would not take.
        self.failed: list[str] = []

    def note_table(self, step: Step, reply: Reply) -> None:
        """Learn of a table from what the first side answered to its creation, change or deletion."""
        if step.operation not in _TABLES or reply.outcome is not Outcome.ACCEPTED:
            return
        name = str(step.request.get("TableName"))
        if step.operation == "DeleteTable":
            self.creations.pop(name, None)
        else:
            self.learn(name)

    def learn(self, name: str) -> None:
        reply = self._first.ask("DescribeTable", {"TableName": name})
        if reply.outcome is Outcome.ACCEPTED and isinstance(reply.body, dict):
            self.creations[name] = creation_of(reply.body["Table"])

    def repair(self, step: Step) -> None:
        """After a step that the sides have carried out differently."""
        if step.operation in _TABLES:
            self._copy_table(str(step.request.get("TableName")))
            return
        for name, key in self.keys_of(step):
            self._copy_item(name, key)

    def keys_of(self, step: Step) -> Iterator[tuple[str, JSONObject]]:
        """The items that a write names, by table and key."""
        for name, holder in _writes(step):
            creation = self.creations.get(name)
            if creation is None or not isinstance(holder, dict):
                continue
            names = [str(element["AttributeName"]) for element in creation["KeySchema"]]
            if all(attribute in holder for attribute in names):
                yield name, {attribute: holder[attribute] for attribute in names}

    def _copy_item(self, name: str, key: JSONObject) -> None:
        reply = self._first.ask("GetItem", {"TableName": name, "Key": key, "ConsistentRead": True})
        if reply.outcome is not Outcome.ACCEPTED or not isinstance(reply.body, dict):
            return
        item = reply.body.get("Item")
        if item is None:
            done = self._other.ask("DeleteItem", {"TableName": name, "Key": key})
        else:
            done = self._other.ask("PutItem", {"TableName": name, "Item": item})
        if done.outcome is not Outcome.ACCEPTED:
            self.failed.append(f"an item of {name}: {done.message}")

    def _copy_table(self, name: str) -> None:
        """Made anew as the first side has it, with its items; or gone, where it has none."""
        self._other.ask("DeleteTable", {"TableName": name})
        creation = self.creations.get(name)
        if creation is None:
            return
        made = self._other.ask("CreateTable", creation)
        if made.outcome is not Outcome.ACCEPTED:
            self.failed.append(f"table {name}: {made.message}")
            return
        for item in items_of(self._first, name):
            self._other.ask("PutItem", {"TableName": name, "Item": item})


def items_of(side: Side, table: str) -> Iterator[JSONObject]:
    """All items that a side has in a table."""
    start: JSONObject = {}
    while True:
        reply = side.ask("Scan", {"TableName": table, "ConsistentRead": True, **start})
        if reply.outcome is not Outcome.ACCEPTED or not isinstance(reply.body, dict):
            return
        yield from reply.body.get("Items", [])
        if "LastEvaluatedKey" not in reply.body:
            return
        start = {"ExclusiveStartKey": reply.body["LastEvaluatedKey"]}


def _writes(step: Step) -> Iterator[tuple[str, JSON]]:
    """Tables, and what holds the key of an item that the step writes."""
    request = step.request
    match step.operation:
        case "PutItem":
            yield str(request.get("TableName")), request.get("Item", {})
        case "UpdateItem" | "DeleteItem":
            yield str(request.get("TableName")), request.get("Key", {})
        case "BatchWriteItem":
            for name, writes in (request.get("RequestItems") or {}).items():
                for write in writes if isinstance(writes, list) else ():
                    for action in write.values() if isinstance(write, dict) else ():
                        if isinstance(action, dict):
                            yield name, action.get("Item", action.get("Key", {}))
        case "TransactWriteItems":
            for member in request.get("TransactItems") or ():
                for action in member.values() if isinstance(member, dict) else ():
                    if isinstance(action, dict):
                        yield str(action.get("TableName")), action.get("Item", action.get("Key", {}))
