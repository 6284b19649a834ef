"""One target's part in the replay of a law's scenario: what it answered, and the files of its exports and imports."""

from __future__ import annotations

from collections.abc import Mapping

from conformance.laws.law import Judgement, Law, judgement
from conformance.laws.storing import StoringTarget, objects_of
from conformance.replay import Exchange
from conformance.scenario import Reply, Scenario
from conformance.targets.target import Target


class Observation:
    """Replay the scenario on `target`, which is the given one, or waits until its exports and imports are done."""

    def __init__(self, law: Law, target: Target) -> None:
        self._law = law
        self._storage = target.object_storage() if law.needs_storage else None
        self.target = target if self._storage is None else StoringTarget(target, self._storage)
        self.replies: dict[int, Reply] = {}
        self._objects: dict[int, Mapping[str, bytes]] = {}

    def note(self, exchange: Exchange) -> None:
        """Before the next step: it may change the files."""
        reply = exchange.replies.get(self.target.name)
        if reply is None:
            return
        self.replies[exchange.index] = reply
        files = None if self._storage is None else objects_of(self._storage, exchange.step)
        if files is not None:
            self._objects[exchange.index] = files

    def judgement(self, scenario: Scenario) -> Judgement:
        return judgement(self._law, scenario, self.replies, self._objects)
