"""One implementation that traffic is replayed on, with what its own ids and cursors are.

A captured request names things by what the captured server called them: stream ARNs, iterators, cursors, revision
ids. Each side has its own. So each reply is held beside the captured one, member by member, and what stands in the same
place is the same thing; later requests have that side's in the place of the captured.
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from typing import Any, Final

from conformance.scenario import JSON, JSONObject, Outcome, Reply, Step
from conformance.targets.tables import delete_table, is_on_the_way, wait_until_settled
from conformance.targets.target import Target, TargetError, WireRequest

# Members whose texts are a server's own making.
_MINTED: Final = re.compile(
    r"(?:Arn|Iterator|ShardId|SequenceNumber|NextToken|RevisionId|LastEvaluated\w+|ExclusiveStart\w+)$"
)
_NO_OPERATION: Final = "TouchstoneAsksWhoIsThere"
_TABLE: Final = "TableName"
# Seconds before each question to a server that did not answer, which may be starting again.
_PATIENCE: Final = (0.0, 0.5, 2.0)
_CURSOR: Final = "LastEvaluatedKey"
_START: Final = "ExclusiveStartKey"


class Side:
    def __init__(self, target: Target) -> None:
        self.target = target
        self.name = target.name
        self._own: dict[str, JSON] = {}
        # Cursors that were given where this side had none: it was through already.
        self._ended: set[str] = set()
        self._made: dict[str, None] = {}

    def refuse_tables(self, names: Iterable[str]) -> None:
        """Raise TargetError where a server that is not ours to empty has a table that would be written to."""
        if self.target.resettable:
            return
        for name in names:
            reply = self.ask("DescribeTable", {"TableName": name})
            if reply.outcome is Outcome.NO_ANSWER:
                raise TargetError(f"{self.name} does not answer: {reply.failure}")
            if reply.outcome is Outcome.ACCEPTED:
                raise TargetError(
                    f"{self.name} has a table {name} already, which the replay would write to: give a server without it"
                )

    def refuse_silence(self) -> None:
        """After no answer: raise TargetError unless the server answers something else, now or after a while.

        Where it does, it was the request that was not answered, which is a difference. Where it does not, the server
        is gone.
        """
        for pause in _PATIENCE:
            time.sleep(pause)
            reply = self.ask("ListTables", {"Limit": 1})
            if reply.outcome is not Outcome.NO_ANSWER:
                return
        raise TargetError(f"{self.name} answers no more: {reply.failure}")

    def is_alternator(self) -> bool:
        """By how it calls an operation that nobody has: Alternator's is the only one that names it."""
        reply = self.ask(_NO_OPERATION, {})
        return reply.message == f"Unsupported operation {_NO_OPERATION}"

    def delete_tables(self) -> Iterator[str]:
        """Delete what was made on a server that stays; yields what could not be."""
        if self.target.resettable:
            return
        for name in self._made:
            try:
                trouble = delete_table(self.target, name)
            except TargetError as error:
                trouble = str(error)
            if trouble:
                yield f"left on {self.name}: {trouble}"

    def send(self, step: Step) -> Reply:
        reply = self.target.send(WireRequest.of(step))
        name = step.request.get("TableName")
        if step.operation == "CreateTable" and reply.outcome is Outcome.ACCEPTED and isinstance(name, str):
            self._made[name] = None
        if isinstance(name, str) and is_on_the_way(reply):
            self.settle(name)
        return reply

    def settle(self, name: str) -> None:
        """Wait until a table is there, or gone: the application had waited too."""
        wait_until_settled(self.target, name)

    def ask(self, operation: str, request: JSONObject) -> Reply:
        """A request of our own."""
        return self.send(Step(operation, request))

    def translated(self, step: Step) -> Step | None:
        """The step as this side must be asked it; None where it goes on from where this side has ended."""
        start = step.request.get(_START)
        if start is not None and _text(start) in self._ended:
            return None
        request = self._translate(step.request)
        return Step(step.operation, request, step.raw, step.headers, method=step.method, path=step.path)

    def has_foreign_ids(self, step: Step) -> bool:
        """Whether the step has ids or cursors of the captured server that nothing here stands for."""
        return self._has_foreign_ids(step.request)

    def _has_foreign_ids(self, value: JSON, name: str = "") -> bool:
        if isinstance(value, dict):
            if _MINTED.search(name):
                return _text(value) not in self._own
            return any(self._has_foreign_ids(inner, key) for key, inner in value.items())
        if isinstance(value, list):
            return any(self._has_foreign_ids(inner, name) for inner in value)
        return bool(_MINTED.search(name)) and _text(value) not in self._own

    def _translate(self, value: Any, name: str = "") -> Any:
        if name == _START or _MINTED.search(name):
            own = self._own.get(_text(value))
            if own is not None:
                return own
        if isinstance(value, dict):
            return {key: self._translate(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._translate(inner, name) for inner in value]
        return value

    def learn(self, captured: JSON, reply: Reply) -> None:
        """What this side calls what the captured reply tells of."""
        if isinstance(captured, dict) and _CURSOR in captured and isinstance(reply.body, dict):
            cursor = _text(captured[_CURSOR])
            if _CURSOR in reply.body:
                self._own[cursor] = reply.body[_CURSOR]
                self._ended.discard(cursor)
            elif reply.status == 200:
                self._ended.add(cursor)
        self._learn(captured, reply.body, "")

    def _learn(self, captured: JSON, own: JSON, name: str) -> None:
        if isinstance(captured, dict) and isinstance(own, dict):
            for key in captured.keys() & own.keys():
                if key != _CURSOR:
                    self._learn(captured[key], own[key], key)
        elif isinstance(captured, list) and isinstance(own, list):
            for one, other in _paired(captured, own):
                self._learn(one, other, name)
        elif isinstance(captured, str) and isinstance(own, str) and captured != own and _MINTED.search(name):
            self._own[_text(captured)] = own


def _paired(captured: list[JSON], own: list[JSON]) -> Iterator[tuple[JSON, JSON]]:
    """Elements that are the same thing: those of one table in their order, since servers list tables as they like."""
    of_table: defaultdict[str | None, deque[JSON]] = defaultdict(deque)
    for element in own:
        of_table[_table_of(element)].append(element)
    for element in captured:
        if waiting := of_table[_table_of(element)]:
            yield element, waiting.popleft()


def _table_of(element: JSON) -> str | None:
    name = element.get(_TABLE) if isinstance(element, dict) else None
    return name if isinstance(name, str) else None


def _text(value: JSON) -> str:
    return json.dumps(value, sort_keys=True)
