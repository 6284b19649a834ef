"""Servers with deliberate races, and a scheduler that decides who runs when.

Each store carries out real requests with the reference server, and is wrong in how it puts them together: it reads and
writes at different moments, shows what it should not show yet, forgets what it acknowledged. Where others may come in
between, it yields. The scheduler picks who goes on by a seed, so a race that is found is found every time.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Generator, Iterator
from random import Random
from typing import Any

from conformance.concurrency.history import History, Intention, Operation
from conformance.concurrency.workloads.workload import TABLE, Turns, Workload
from conformance.scenario import Reply, Step
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import WireRequest

Work = Generator[None, None, Reply]
Place = tuple[str, str]  # a table and a key in it


class Store:
    """Honest: each request takes place at one moment, between two at which others may come in."""

    def __init__(self, workload: Workload) -> None:
        self.server = _server(workload)
        self.scratch = _server(workload)
        self._tables = workload.tables()

    def perform(self, intention: Intention) -> Work:
        yield
        reply = self.carry_out(intention)
        yield
        return reply

    def carry_out(self, intention: Intention) -> Reply:
        return _send(self.server, intention.operation, intention.request)

    # --- tools of the wrong ones

    def item(self, place: Place) -> dict[str, Any] | None:
        table, key = place
        reply = _send(self.server, "GetItem", {"TableName": table, "Key": {"key": {"S": key}}, "ConsistentRead": True})
        found = reply.body.get("Item")
        return copy.deepcopy(found)

    def put(self, place: Place, item: dict[str, Any] | None) -> None:
        table, key = place
        if item is None:
            _send(self.server, "DeleteItem", {"TableName": table, "Key": {"key": {"S": key}}})
        else:
            _send(self.server, "PutItem", {"TableName": table, "Item": item})

    def elsewhere(
        self, intention: Intention, items: dict[Place, dict[str, Any] | None]
    ) -> tuple[Reply, dict[Place, dict[str, Any] | None]]:
        """What the request would be answered if only these items were there, and what would become of them."""
        self.scratch.reset()
        for request in self._tables:
            _send(self.scratch, "CreateTable", request)
        here, self.server = self.server, self.scratch
        try:
            for place, item in items.items():
                self.put(place, item)
            reply = self.carry_out_alone(intention)
            return reply, {place: self.item(place) for place in items}
        finally:
            self.server = here

    def carry_out_alone(self, intention: Intention) -> Reply:
        return _send(self.server, intention.operation, intention.request)


class LosesReplies(Store):
    """Honest, behind a bad network: requests or replies are lost, and what was lost may take place much later."""

    def __init__(self, workload: Workload, seed: int = 0) -> None:
        super().__init__(workload)
        self._random = Random(seed)
        self._late: list[Intention] = []

    def perform(self, intention: Intention) -> Work:
        yield
        if self._late and self._random.random() < 0.3:
            self.carry_out(self._late.pop(0))
        fortune = self._random.random()
        if fortune < 0.05:
            return Reply(0, failure="the connection was reset")
        if fortune < 0.1:
            self._late.append(intention)
            return Reply(500, {"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"})
        reply = self.carry_out(intention)
        yield
        return Reply(0, failure="no answer within 30 s") if fortune < 0.15 else reply


class ReadsThenWrites(Store):
    """A write reads its item, thinks, and writes the result back whole."""

    def perform(self, intention: Intention) -> Work:
        yield
        if intention.operation not in ("UpdateItem", "PutItem"):
            return self.carry_out(intention)
        before = {place: self.item(place) for place in places(intention)}
        yield
        reply, after = self.elsewhere(intention, before)
        if reply.status == 200:
            for place, item in after.items():
                self.put(place, item)
        return reply


class WritesOneByOne(Store):
    """A transaction's items are written one after another, for all to see."""

    def perform(self, intention: Intention) -> Work:
        yield
        if intention.operation != "TransactWriteItems":
            return self.carry_out(intention)
        reply, _ = self.elsewhere(intention, {place: self.item(place) for place in places(intention)})
        if reply.status != 200:
            return reply
        for action in intention.request["TransactItems"]:
            if "ConditionCheck" not in action:
                _send(self.server, "TransactWriteItems", {"TransactItems": [_unconditional(action)]})
                yield
        return reply


class RollsBack(Store):
    """A transaction is written first; where a condition fails, what was there before is put back later."""

    def perform(self, intention: Intention) -> Work:
        yield
        if intention.operation != "TransactWriteItems":
            return self.carry_out(intention)
        before = {place: self.item(place) for place in places(intention)}
        reply, _ = self.elsewhere(intention, before)
        actions = [_unconditional(a) for a in intention.request["TransactItems"] if "ConditionCheck" not in a]
        _send(self.server, "TransactWriteItems", {"TransactItems": actions})
        yield
        if reply.status != 200:
            for place, item in before.items():
                self.put(place, item)
        return reply


class RestoresEverything(Store):
    """A refused transaction puts back a copy of all that was there when it began, whoever has written since."""

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        self._places: set[Place] = set()

    def perform(self, intention: Intention) -> Work:
        self._places.update(places(intention))
        if intention.operation != "TransactWriteItems":
            yield
            return self.carry_out(intention)
        before = {place: self.item(place) for place in sorted(self._places)}
        yield
        reply = self.carry_out(intention)
        if reply.status != 200:
            for place, item in before.items():
                self.put(place, item)
        return reply


class ChecksEarly(Store):
    """A transaction's conditions on other items are looked at before its writes take place."""

    def perform(self, intention: Intention) -> Work:
        yield
        if intention.operation != "TransactWriteItems":
            return self.carry_out(intention)
        reply, _ = self.elsewhere(intention, {place: self.item(place) for place in places(intention)})
        if reply.status != 200:
            return reply
        yield
        actions = [_unconditional(a) for a in intention.request["TransactItems"] if "ConditionCheck" not in a]
        return _send(self.server, "TransactWriteItems", {"TransactItems": actions})


class StaleReads(Store):
    """Every fifth GetItem shows the item as it was before its last write."""

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        self._before: dict[Place, dict[str, Any] | None] = {}
        self._reads = 0

    def carry_out(self, intention: Intention) -> Reply:
        if intention.operation == "GetItem":
            (place,) = places(intention)
            self._reads += 1
            if self._reads % 5 == 0 and place in self._before:
                item = self._before[place]
                return Reply(200, {} if item is None else {"Item": item})
            return super().carry_out(intention)
        before = {place: self.item(place) for place in places(intention)}
        reply = super().carry_out(intention)
        if reply.status == 200:
            self._before |= {place: item for place, item in before.items() if item != self.item(place)}
        return reply


class Retries(Store):
    """Every tenth update is carried out twice, as by a client library that sends again what was slow."""

    updates = 0

    def carry_out(self, intention: Intention) -> Reply:
        reply = super().carry_out(intention)
        if intention.operation == "UpdateItem" and reply.status == 200:
            self.updates += 1
            if self.updates % 10 == 0:
                return super().carry_out(intention)
        return reply


class ForgetsTokens(Store):
    """A ClientRequestToken is taken for decoration."""

    def carry_out(self, intention: Intention) -> Reply:
        request = {name: value for name, value in intention.request.items() if name != "ClientRequestToken"}
        return _send(self.server, intention.operation, request)


class TearsItems(Store):
    """A batch's item is written attribute by attribute."""

    def perform(self, intention: Intention) -> Work:
        yield
        if intention.operation != "BatchWriteItem":
            return self.carry_out(intention)
        for place in places(intention):
            item = self.item(place) or {"key": {"S": place[1]}}
            new = next(
                request["PutRequest"]["Item"]
                for request in intention.request["RequestItems"][place[0]]
                if request["PutRequest"]["Item"]["key"]["S"] == place[1]
            )
            for name in ("left", "right"):
                item[name] = new[name]
                self.put(place, item)
                yield
        return Reply(200, {"UnprocessedItems": {}})


class DropsPuts(Store):
    """Every tenth batch is acknowledged and its last item forgotten."""

    batches = 0

    def carry_out(self, intention: Intention) -> Reply:
        if intention.operation == "BatchWriteItem":
            self.batches += 1
            if self.batches % 10 == 0:
                request = copy.deepcopy(intention.request)
                request["RequestItems"][TABLE].pop()
                return _send(self.server, "BatchWriteItem", request)
        return super().carry_out(intention)


class RefusesAtRandom(Store):
    """Every tenth conditional write is refused, whatever the item is."""

    writes = 0

    def carry_out(self, intention: Intention) -> Reply:
        if "ConditionExpression" in intention.request:
            self.writes += 1
            if self.writes % 10 == 0:
                body: dict[str, Any] = {"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"}
                item = self.item(places(intention)[0])
                return Reply(400, body if item is None else {**body, "Item": item})
        return super().carry_out(intention)


class LeavesIndexBehind(Store):
    """An item that moves to another group stays in the index where it was put."""

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        self._groups: dict[str, str] = {}

    def carry_out(self, intention: Intention) -> Reply:
        if intention.operation == "PutItem":
            item = intention.request["Item"]
            self._groups[item["key"]["S"]] = item["group"]["S"]
        if intention.operation != "Query":
            return super().carry_out(intention)
        group = intention.request["ExpressionAttributeValues"][":group"]["S"]
        scanned = _send(self.server, "Scan", {"TableName": TABLE})
        shown = [item for item in scanned.body["Items"] if self._groups.get(item["key"]["S"]) == group]
        return Reply(200, {"Items": [{**item, "group": {"S": group}} for item in shown]})


# --- the scheduler --------------------------------------------------------------------------------------------


def simulate(workload: Workload, store: Store, *, seed: int = 0, clients: int = 4, operations: int = 300) -> History:
    """A history of the workload on the store: at each tick one client, by the seed, goes one stretch further."""
    random = Random(seed)
    turns = Turns()
    conversations = [workload.client(number, Random(f"{seed}/{number}"), turns) for number in range(clients)]
    wanted = [next(conversation) for conversation in conversations]
    under_way: dict[int, tuple[int, int, Work]] = {}
    done: list[Operation] = []
    tick = asked = 0
    while asked < operations or under_way:
        tick += 1
        client = random.choice(sorted(under_way) if asked >= operations else range(clients))
        if client not in under_way:
            under_way[client] = (asked, tick, store.perform(wanted[client]))
            asked += 1
            continue
        number, invoked, work = under_way[client]
        reply = _advance(work)
        if reply is not None:
            del under_way[client]
            done.append(Operation(number, client, wanted[client], reply, invoked / 1000, tick / 1000))
            wanted[client] = conversations[client].send(done[-1])
    history = _history(workload, clients, seed, tick, done)
    done += _last_look(workload, store, history, asked, tick)
    return _history(workload, clients, seed, tick, done)


def _last_look(workload: Workload, store: Store, history: History, number: int, tick: int) -> Iterator[Operation]:
    conversation = workload.afterwards(history)
    try:
        intention = next(conversation)
        while True:
            work = store.perform(intention)
            tick += 2
            reply = _advance(work)
            while reply is None:
                reply = _advance(work)
            operation = Operation(number, 0, intention, reply, (tick - 1) / 1000, tick / 1000)
            number += 1
            yield operation
            intention = conversation.send(operation)
    except StopIteration:
        return


def _advance(work: Work) -> Reply | None:
    try:
        next(work)
    except StopIteration as end:
        reply: Reply = end.value
        # What a store answers must not change afterwards, as what came over a wire would not.
        return Reply(reply.status, json.loads(json.dumps(reply.body)), failure=reply.failure)
    return None


def _history(workload: Workload, clients: int, seed: int, tick: int, done: list[Operation]) -> History:
    operations = tuple(sorted(done, key=lambda operation: operation.number))
    return History(workload.name, "store", "1", seed, clients, tick / 1000, operations)


# --- requests -------------------------------------------------------------------------------------------------


def places(intention: Intention) -> list[Place]:
    """The items that a request names."""
    request = intention.request
    if "TransactItems" in request:
        return [_place(action) for entry in request["TransactItems"] for action in entry.values()]
    if intention.operation == "BatchWriteItem":
        return [
            (table, entry["PutRequest"]["Item"]["key"]["S"])
            for table, entries in request["RequestItems"].items()
            for entry in entries
        ]
    return [_place(request)] if "Key" in request or "Item" in request else []


def _place(action: dict[str, Any]) -> Place:
    return action["TableName"], (action.get("Key") or action["Item"])["key"]["S"]


def _unconditional(entry: dict[str, Any]) -> dict[str, Any]:
    ((kind, action),) = entry.items()
    action = {name: value for name, value in action.items() if name != "ConditionExpression"}
    if kind == "Put":
        action.pop("ExpressionAttributeNames", None)
    return {kind: action}


def _server(workload: Workload) -> ReferenceTarget:
    server = ReferenceTarget()
    server.start()
    for request in workload.tables():
        assert _send(server, "CreateTable", request).status == 200
    return server


def _send(server: ReferenceTarget, operation: str, request: dict[str, Any]) -> Reply:
    return server.send(WireRequest.of(Step(operation, request)))
