"""Captured traffic on two sides, request by request, and what differs between their answers.

Each request is put to the first side and to the other, with each one's own ids and cursors in it. Where a write has
parted the sides, the other is brought back (`repairing.py`), so that what follows is no consequence. An update may part
them and say nothing: the item is looked for after each one. What the first side is held against is its own answer, or,
where it was asked so, what the captured server had answered (`--from captured`).

What was there before the capture began is not known. Items that the captured replies show, and that the traffic itself
has not written, are put on both sides before they are read (`seed`). Where the first side still answers otherwise than
the captured server did, that is counted, and said in the report: there the replay shows less than it seems to.
"""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from conformance.alternator_causes import UNSUPPORTED, cause_of, removes_only
from conformance.compare import differences
from conformance.divergence import Difference, Layer
from conformance.lockstep import SUMS, WRITES, leads_astray
from conformance.migration.captured_clock import CapturedClock
from conformance.migration.findings import Cause, Effect, Migration, Occurrence
from conformance.migration.repairing import Repairs
from conformance.migration.schemas import NOT_FOUND, KnownTable, tables_of_step
from conformance.migration.sides import Side
from conformance.migration.spellings import identity
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Scenario, Step
from conformance.targets.target import TargetError
from conformance.traffic.anything import DEEPEST, elements, is_deeper, members
from conformance.traffic.traffic import CapturedRequest

_UNKNOWN = "UnknownOperationException"
# The rule by which what was written before explains what differs now.
_SPELLING = "partition-key-spelling"
# The rule by which an update alone explains that an item is missing: every one is looked after.
_REMOVING = "update-removes-only"
# How many writes to a table are remembered, to show a cause by.
HISTORY = 200
# What a request may have in it, that is worth saying it was the same with.
FEATURES = (
    *("ConditionExpression", "UpdateExpression", "FilterExpression", "ProjectionExpression", "KeyConditionExpression"),
    *("IndexName", "ReturnValues", "Expected", "AttributeUpdates", "ScanFilter", "QueryFilter", "KeyConditions"),
    *("ExclusiveStartKey", "Limit", "Select", "TotalSegments", "ConsistentRead"),
)
READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
# What these answer is about tables, and no data of an application's.
DESCRIPTIONS = frozenset({"CreateTable", "DescribeTable", "UpdateTable", "DeleteTable"})
_LAYER_EFFECTS = {
    Layer.OUTCOME: Effect.REFUSED,
    Layer.ERROR_TYPE: Effect.ERROR_TYPE,
    Layer.DATA: Effect.WRONG_DATA,
    Layer.MESSAGE: Effect.REWORDED,
    Layer.CAPACITY: Effect.MISSING,
}


class Replay:
    """`effect_of_rule` tells what an application feels of a rule; `clock` is that of sides in process."""

    def __init__(
        self,
        first: Side,
        other: Side,
        tables: Sequence[KnownTable],
        effect_of_rule: Callable[[str], Effect],
        *,
        explains: bool,
        seeds: bool,
        by_captured: bool = False,
        clock: CapturedClock | None = None,
    ) -> None:
        self._clock = clock or CapturedClock()
        self._by_captured = by_captured
        self._first = first
        self._other = other
        self._effect_of_rule = effect_of_rule
        self._explains = explains
        self._seeds = seeds
        self._repairs = Repairs(first, other)
        self._touched: set[tuple[str, str]] = set()
        self._history: dict[str, deque[Step]] = defaultdict(lambda: deque(maxlen=HISTORY))
        self.result = Migration(first.name, other.name)
        for table in tables:
            self._make(table)

    def _make(self, table: KnownTable) -> None:
        self.result.tables[table.name] = table.origin.value
        for side in (self._first, self._other):
            made = side.ask("CreateTable", table.creation)
            if made.outcome is not Outcome.ACCEPTED:
                self.result.failed.append(f"table {table.name} on {side.name}: {made.message or made.failure}")
            side.settle(table.name)
        self._repairs.learn(table.name)

    def run(self, traffic: Iterable[CapturedRequest]) -> Iterator[int]:
        """Replay all; yields how many requests are done, after each."""
        started = time.monotonic()
        places: set[tuple[str, str]] = set()
        redacted = False
        for number, captured in enumerate(traffic, start=1):
            self.result.requests = number
            if captured.region:
                places.add((captured.account, captured.region))
            redacted = redacted or bool(captured.redaction)
            self.result.expires = self.result.expires or _lets_items_expire(captured)
            if self.result.lost:
                self._leave_out(captured, _AFTER_THE_END)
            else:
                self._replay_while_it_lasts(captured)
            yield number
        if len(places) > 1:
            self.result.notes.append(
                f"The traffic is of {len(places)} accounts or regions, and was replayed in one: "
                "tables of the same name became one."
            )
        if redacted:
            self.result.limits.append(_REDACTED)
        self.result.failed += _counted(self._repairs.failed)
        self.result.seconds = time.monotonic() - started

    # --- one request --------------------------------------------------------------------------------------

    def _replay_while_it_lasts(self, captured: CapturedRequest) -> None:
        """A side that is gone answers nothing, which is no difference: there the replay ends."""
        try:
            self._replay(captured)
        except TargetError as error:
            self.result.lost = f"The replay ended at {_line(captured)}: {error}"
            self._leave_out(captured, _AFTER_THE_END)

    def _replay(self, captured: CapturedRequest) -> None:
        self._clock.go_to(captured.at)
        why_not = self._why_not(captured)
        if why_not:
            self._leave_out(captured, why_not)
            return
        if self._seeds:
            self._seed(captured)
        asked_first, asked_other = self._first.translated(captured.step), self._other.translated(captured.step)
        if asked_first is None or asked_other is None:
            self.result.unchecked["a page of a reading that one side had ended before: its pages were larger"] += 1
            return
        first, other = self._first.send(asked_first), self._other.send(asked_other)
        for side, reply in ((self._first, first), (self._other, other)):
            if reply.outcome is Outcome.NO_ANSWER:
                side.refuse_silence()
        self._first.learn(captured.reply, first)
        self._other.learn(captured.reply, other)
        if captured.status == 200:
            self._touch(asked_first)
        if first.outcome is Outcome.ACCEPTED and asked_first.operation in WRITES:
            self._repairs.note_writes(asked_first)
        self._repairs.note_table(asked_first, first)
        if first.error_type == _UNKNOWN and captured.operation in UNSUPPORTED and self._explains:
            self._known(captured, asked_first)
            return
        if first.outcome is not Outcome.ACCEPTED and captured.answer.outcome is Outcome.ACCEPTED:
            if first.error_type == NOT_FOUND:
                self.result.unchecked["about something that is not known here, such as a table without a schema"] += 1
                return
            if self._first.has_foreign_ids(captured.step):
                self.result.unchecked["goes on from a reply that is not in the capture"] += 1
                return
            if captured.partial:
                self._leave_out(
                    captured, "what was asked is not all in the capture: it was accepted, and is refused here"
                )
                return
        told = captured.answer if self._by_captured else first
        asked = captured.step if self._by_captured else asked_first
        if asked.operation == "GetRecords" and self._repairs.in_streams and self._differ(asked, told, other):
            self.result.unchecked["stream records, which tell of items that the other side was given back too"] += 1
            return
        self.result.replayed += 1
        self.result.operations[captured.operation] += 1
        if first.outcome is not captured.answer.outcome:
            self.result.doubtful[
                f"{self._first.name} answered otherwise here than the captured server: what was there is not known"
            ] += 1
        self._compare(captured, asked, told, other)
        if asked_first.operation in WRITES and first.outcome is Outcome.ACCEPTED:
            self._remember(asked_first)

    def _why_not(self, captured: CapturedRequest) -> str:
        if not captured.is_whole:
            return f"what was asked is not all in the capture: it lacks {_listed_members(captured)}"
        if self._by_captured and captured.partial:
            return "what was answered is not in the capture"
        if captured.status == 0 or captured.failure:
            return "never answered by the captured server"
        if captured.body is None and "raw" not in captured.request:
            return "without a body"
        if is_deeper(captured.body, DEEPEST) or is_deeper(captured.reply, DEEPEST):
            return f"nested in more than {DEEPEST} levels"
        return ""

    def _remember(self, step: Step) -> None:
        if step.operation in ("CreateTable", "DeleteTable"):
            self._history.pop(str(step.request.get("TableName")), None)
        elif step.operation != "UpdateTable":
            for name in tables_of_step(step):
                self._history[name].append(step)

    def _leave_out(self, captured: CapturedRequest, why: str) -> None:
        if self._explains and captured.operation in UNSUPPORTED:
            self._known(captured, captured.step)
        else:
            self.result.unchecked[why] += 1

    def _known(self, captured: CapturedRequest, step: Step) -> None:
        """An operation that the other does not have, known without a replay."""
        difference = Difference(Layer.OUTCOME, f"{step.operation} is not served")
        occurrence = Occurrence(_line(captured), step, difference, captured.answer, Reply(400, {"__type": _UNKNOWN}))
        rule = UNSUPPORTED[captured.operation]
        effect = self._effect_of_rule(rule)
        self._add(rule, difference.kind, effect, occurrence, asked=step).unreplayed = True
        self.result.known += 1
        self.result.gravest[effect] += 1

    def _differ(self, step: Step, first: Reply, other: Reply) -> list[Difference]:
        tables = list(self._repairs.creations.values())
        return list(_independent(differences(step, first, other, tables=tables)))

    def _compare(self, captured: CapturedRequest, step: Step, first: Reply, other: Reply) -> None:
        found = self._differ(step, first, other)
        astray = leads_astray(step, first, other, found)
        told = [Occurrence(_line(captured), step, difference, first, other) for difference in found]
        silent = [] if astray else self._parted_in_silence(captured, step, first, other)
        if not told and not silent:
            for feature in ("", *(name for name in FEATURES if name in step.request)):
                self.result.alike[step.operation, feature] += 1
            return
        self.result.differing += 1
        seen: set[str] = set()
        felt: list[Effect] = []
        for occurrence in (*told, *silent):
            difference = occurrence.difference
            rule = self._rule_of(occurrence, asked=step)
            if (rule or difference.kind) in seen:
                continue
            seen.add(rule or difference.kind)
            felt.append(self._effect(rule, occurrence.step, difference, occurrence.first))
            self._add(rule, difference.kind, felt[-1], occurrence, asked=step)
        self.result.gravest[min(felt, key=list(Effect).index)] += 1
        if astray or silent:
            self._repairs.repair(step)
        elif step.operation in READS:
            self._repairs.repair_presence(self._unshared(step, first, other))

    def _parted_in_silence(self, captured: CapturedRequest, step: Step, first: Reply, other: Reply) -> list[Occurrence]:
        """What shows that an update that both accepted has made an item on one side alone."""
        if step.operation != "UpdateItem" or {first.outcome, other.outcome} != {Outcome.ACCEPTED}:
            return []
        found = []
        for name, key in self._repairs.keys_of(step):
            if self._repairs.is_parted(name, key):
                look = Step("GetItem", {"TableName": name, "Key": key, "ConsistentRead": True})
                shown, lacking = self._first.send(look), self._other.send(look)
                found += [
                    Occurrence(_line(captured), look, difference, shown, lacking, operation=step.operation)
                    for difference in self._differ(look, shown, lacking)
                ]
        return found

    def _rule_of(self, occurrence: Occurrence, *, asked: Step) -> str:
        """The rule that explains a difference; also by how the keys of its items were written before. "" for none.

        `asked` is what the application did, where the occurrence only shows what came of it.
        """
        step, difference, first, other = occurrence.step, occurrence.difference, occurrence.first, occurrence.other
        if not self._explains:
            return ""
        cause = cause_of(step, difference, first, other) or ""
        if cause == _REMOVING and not removes_only(asked):
            cause = ""
        if difference.layer not in (Layer.OUTCOME, Layer.DATA):
            return cause
        spellings = self._repairs.spellings
        unshared = self._unshared(step, first, other)
        if unshared and all(spellings.differ(*one) and self._repairs.is_parted(*one) for one in unshared):
            return _SPELLING
        named = (*self._repairs.keys_of(step), *unshared)
        return cause or (_SPELLING if any(spellings.differ(*one) for one in named) else "")

    def _unshared(self, step: Step, first: Reply, other: Reply) -> list[tuple[str, JSONObject]]:
        """The items that one of two replies to a read shows and the other does not; of a GetItem, what it asks for."""
        if step.operation == "GetItem":
            return list(self._repairs.keys_of(step))
        shown, lacking = (
            {(name, _text(key)): key for name, key in self._repairs.keys_shown(step, reply)} for reply in (first, other)
        )
        return [(name, (shown | lacking)[name, text]) for name, text in shown.keys() ^ lacking.keys()]

    def _effect(self, rule: str, step: Step, difference: Difference, first: Reply) -> Effect:
        """That of the rule; but what both refuse is no more than told otherwise, by another type or in other words."""
        effect = self._effect_of_rule(rule) if rule else _LAYER_EFFECTS[difference.layer]
        if not rule and difference.layer is Layer.OUTCOME and first.outcome is not Outcome.ACCEPTED:
            return Effect.ACCEPTED
        if difference.layer is Layer.ERROR_TYPE:
            return Effect.ERROR_TYPE
        if effect is Effect.REWORDED and difference.layer is Layer.OUTCOME:
            return Effect.REFUSED if first.outcome is Outcome.ACCEPTED else Effect.ACCEPTED
        if difference.layer is Layer.MESSAGE:
            return Effect.REWORDED
        if effect is Effect.WRONG_DATA and step.operation in DESCRIPTIONS:
            return Effect.MISSING
        return effect

    def _add(self, rule: str, kind: str, effect: Effect, occurrence: Occurrence, *, asked: Step) -> Cause:
        name = f"{rule or kind} {effect}"
        cause = self.result.causes.get(name)
        if cause is None:
            cause = self.result.causes[name] = Cause(
                rule,
                kind,
                effect,
                occurrence,
                before=self._before(occurrence.step, asked),
                usual_effect=self._effect_of_rule(rule) if rule else effect,
            )
        cause.add(occurrence)
        return cause

    def _before(self, step: Step, asked: Step) -> Scenario:
        """The tables that a step is about, the writes to them before it, and what was asked where that is another."""
        names = [name for name in dict.fromkeys(tables_of_step(step)) if name in self._repairs.creations]
        tables = () if step.operation == "CreateTable" else tuple(self._repairs.creations[name] for name in names)
        steps = [earlier for name in names for earlier in self._history[name]]
        return Scenario("migration", "migration", tables, (*steps, *(() if step is asked else (asked,)), step))

    # --- what was there before ----------------------------------------------------------------------------

    def _seed(self, captured: CapturedRequest) -> None:
        for table, item in _items_shown(captured):
            of_item = self._repairs.key_in(table, item)
            if of_item is None:
                continue
            key = (table, identity(of_item))
            if key in self._touched:
                continue
            self._touched.add(key)
            put = Step("PutItem", {"TableName": table, "Item": item})
            if self._first.send(put).outcome is not Outcome.ACCEPTED:
                continue
            self._other.send(put)
            self.result.seeded += 1
            self._remember(put)
            self._repairs.spellings.note(table, of_item)

    def _touch(self, step: Step) -> None:
        if step.operation not in WRITES:
            return
        for table, key in self._repairs.keys_of(step):
            self._touched.add((table, identity(key)))


def _line(captured: CapturedRequest) -> str:
    """File and line, without the folders of this machine."""
    return Path(captured.source).name


# Why what comes after it is not replayed.
_AFTER_THE_END = "a side answered no more"

# What a redacted capture cannot show, in the terms of docs/migrating.md.
_REDACTED = (
    "The capture is redacted: placeholders stand for values. How numbers were written, ranges and orders of values, "
    "counters and times to live are not the application's own, so what depends on them cannot be seen."
)


def _lets_items_expire(captured: CapturedRequest) -> bool:
    specification = members((captured.body or {}).get("TimeToLiveSpecification"))
    return captured.operation == "UpdateTimeToLive" and specification.get("Enabled") is True


def _listed_members(captured: CapturedRequest) -> str:
    """The members of the request that are missing: not each value within them."""
    names = dict.fromkeys(missing.partition(".")[0] for missing in captured.missing if missing != "reply")
    return ", ".join(names)


def _items_shown(captured: CapturedRequest) -> Iterator[tuple[str, JSON]]:
    """What a captured reply shows of whole items as they were before the request."""
    body, reply = captured.body or {}, members(captured.reply)
    if captured.status != 200:
        return
    is_projected = any(name in body for name in ("ProjectionExpression", "AttributesToGet", "IndexName"))
    table = str(body.get("TableName"))
    match captured.operation:
        case "GetItem" if not is_projected:
            yield table, reply.get("Item")
        case "Query" | "Scan" if not is_projected:
            yield from ((table, item) for item in elements(reply.get("Items")))
        case "PutItem" | "DeleteItem" | "UpdateItem" if body.get("ReturnValues") == "ALL_OLD":
            yield table, reply.get("Attributes")
        case "BatchGetItem":
            asked = members(body.get("RequestItems"))
            for name, items in members(reply.get("Responses")).items():
                if not {"ProjectionExpression", "AttributesToGet"} & members(asked.get(name)).keys():
                    yield from ((name, item) for item in elements(items))


def _independent(found: Iterator[Difference]) -> Iterator[Difference]:
    """Without sums that differ because something that they sum does, and with one difference a layer in words."""
    layers: set[Layer] = set()
    for difference in found:
        if difference.layer in layers and (
            difference.path.rpartition(".")[2] in SUMS or difference.layer is not Layer.DATA
        ):
            continue
        layers.add(difference.layer)
        yield difference


def _counted(texts: Sequence[str]) -> list[str]:
    """Each text once, with how often."""
    return [text if count == 1 else f"{text} ({count:,} times)" for text, count in Counter(texts).items()]


def _text(value: JSON) -> str:
    return json.dumps(value, sort_keys=True)
