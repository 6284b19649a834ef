"""The other side brought back to the first one's state, where a step has parted them.

Otherwise one lost write would be found again at every read after it. What is copied is what the step touched: the items
whose keys it names or whose being there it showed, or, where it was about a table, the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from conformance.migration.schemas import creation_of
from conformance.migration.sides import Side
from conformance.migration.spellings import Spellings
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Step
from conformance.targets.tables import delete_table
from conformance.traffic.anything import elements, members

_TABLES = frozenset({"CreateTable", "UpdateTable", "DeleteTable"})


class Repairs:
    """Copies from one side to the other; `creations` are the tables as the first side has them."""

    def __init__(self, first: Side, other: Side) -> None:
        self._first = first
        self._other = other
        self.creations: dict[str, JSONObject] = {}
        self.spellings = Spellings()
        # Whether a table with a stream was written to: its records tell of our writes since.
        self.in_streams = False
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

    def repair_presence(self, shown: Iterable[tuple[str, JSONObject]]) -> None:
        """Copy those items that are there on one side alone; what both have, in whichever form, stays."""
        for name, key in shown:
            if self.is_parted(name, key):
                self._copy_item(name, key)

    def is_parted(self, name: str, key: JSONObject) -> bool:
        """Whether one side has the item and the other has not."""
        request = {"TableName": name, "Key": key, "ConsistentRead": True}
        first, other = self._first.ask("GetItem", request), self._other.ask("GetItem", request)
        answered = all(reply.outcome is Outcome.ACCEPTED for reply in (first, other))
        return answered and (item_of(first) is None) is not (item_of(other) is None)

    def note_writes(self, step: Step) -> None:
        for name, holder in _named(step):
            key = self.key_in(name, holder.content)
            if key is None:
                continue
            self.spellings.note(name, key)
            if holder.is_item:
                self.spellings.note_item(name, key, members(holder.content))
            elif holder.is_deleted:
                self.spellings.forget_item(name, key)

    def keys_of(self, step: Step) -> Iterator[tuple[str, JSONObject]]:
        """The items that a write, or a GetItem, names, by table and key."""
        for name, holder in _named(step):
            key = self.key_in(name, holder.content)
            if key is not None:
                yield name, key

    def keys_shown(self, step: Step, reply: Reply) -> Iterator[tuple[str, JSONObject]]:
        """The items that a reply to a read shows, by table and key."""
        body = members(reply.body)
        by_table = dict(members(body.get("Responses")))
        by_table.setdefault(str(step.request.get("TableName")), body.get("Items"))
        for name, shown in by_table.items():
            for item in elements(shown):
                key = self.key_in(name, item)
                if key is not None:
                    yield name, key

    def key_in(self, name: str, holder: JSON) -> JSONObject | None:
        """The key of an item of that table; None where it is not all there."""
        creation = self.creations.get(name)
        if creation is None or not isinstance(holder, dict):
            return None
        names = [str(element["AttributeName"]) for element in creation["KeySchema"]]
        return {each: holder[each] for each in names} if all(each in holder for each in names) else None

    def _copy_item(self, name: str, key: JSONObject) -> None:
        reply = self._first.ask("GetItem", {"TableName": name, "Key": key, "ConsistentRead": True})
        if reply.outcome is not Outcome.ACCEPTED:
            return
        item = item_of(reply)
        # Where the other keeps each spelling apart, the one that the application has just used is the one that stays.
        spelled = [each for each in self.spellings.of(name, key) if each != key]
        for each in spelled if item is not None else [key, *spelled]:
            self._write(name, "DeleteItem", {"TableName": name, "Key": each})
        if item is not None:
            written = self.spellings.as_written(name, key, item)
            self._write(name, "PutItem", {"TableName": name, "Item": written | key})
            self.spellings.note(name, key)

    def _write(self, name: str, operation: str, request: JSONObject) -> None:
        done = self._other.ask(operation, request)
        specification = self.creations.get(name, {}).get("StreamSpecification")
        if isinstance(specification, dict) and specification.get("StreamEnabled"):
            self.in_streams = True
        if done.outcome is not Outcome.ACCEPTED:
            self.failed.append(f"an item of {name}: {done.message or done.failure}")

    def _copy_table(self, name: str) -> None:
        """Made anew as the first side has it, with its items; or gone, where it has none."""
        if trouble := delete_table(self._other.target, name):
            self.failed.append(trouble)
        creation = self.creations.get(name)
        if creation is None:
            return
        made = self._other.ask("CreateTable", creation)
        if made.outcome is not Outcome.ACCEPTED:
            self.failed.append(f"table {name}: {made.message or made.failure}")
            return
        self._other.settle(name)
        for item in items_of(self._first, name):
            self._write(name, "PutItem", {"TableName": name, "Item": item})


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


def item_of(reply: Reply) -> JSONObject | None:
    item = reply.body.get("Item") if isinstance(reply.body, dict) else None
    return item if isinstance(item, dict) else None


@dataclass(frozen=True, slots=True)
class _Holder:
    """What holds the key of an item: the item as it is put, or its key, by which it may be deleted."""

    content: JSON
    is_item: bool = False
    is_deleted: bool = False


def _named(step: Step) -> Iterator[tuple[str, _Holder]]:
    """Tables, and what holds the key of an item that the step writes or gets. Requests may hold any JSON."""
    request = step.request
    match step.operation:
        case "PutItem":
            yield str(request.get("TableName")), _Holder(request.get("Item"), is_item=True)
        case "UpdateItem" | "DeleteItem" | "GetItem" as operation:
            holder = _Holder(request.get("Key"), is_deleted=operation == "DeleteItem")
            yield str(request.get("TableName")), holder
        case "BatchWriteItem":
            for name, writes in members(request.get("RequestItems")).items():
                for write in elements(writes):
                    for kind, action in members(write).items():
                        yield name, _held(kind, members(action))
        case "TransactWriteItems":
            for member in elements(request.get("TransactItems")):
                for kind, action in members(member).items():
                    yield str(members(action).get("TableName")), _held(kind, members(action))


def _held(kind: str, action: JSONObject) -> _Holder:
    """Of one write of a batch (PutRequest, DeleteRequest) or of a transaction (Put, Update, Delete, ConditionCheck)."""
    is_item = kind.startswith("Put")
    return _Holder(action.get("Item" if is_item else "Key"), is_item, is_deleted=kind.startswith("Delete"))
