"""A generated scenario on several targets, with what differs at each step.

One bug must not hide the next
------------------------------
- Within one reply, differences behind the first are looked at too, but for sums over what differs.
- After a refusal, or a difference in a read, the scenario goes on.
- After a difference in outcome of what others only tell of (a backup, a tag), these are not compared any more: what was
  lost is one finding. (`CONSEQUENCES`)
- After a difference in outcome or data of a *write* the states may differ, and all that follows could be a consequence:
  that target has gone astray, and is not compared for the rest of the scenario; the others are. `Continuation` is
  what it has missed, as a scenario of its own, which begins with the baseline's state as plain puts. So what is found
  there needs nothing of what led astray.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from conformance.canonical import tables_of
from conformance.compare import differences, signature
from conformance.divergence import Difference, Layer, Signature
from conformance.replay import Exchange, SetupFailure
from conformance.scenario import JSONObject, Outcome, Reply, Scenario, Step
from conformance.table_changes import changed

WRITES = frozenset(
    {
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "BatchWriteItem",
        "TransactWriteItems",
        "CreateTable",
        "UpdateTable",
        "DeleteTable",
        "RestoreTableFromBackup",
    }
)
# What such a request changes is told by others alone: after a difference in outcome, a target is not compared in those
# for the rest of the scenario, and in all else it is.
_TAGS = frozenset({"TagResource", "UntagResource", "ListTagsOfResource"})
_TIME_TO_LIVE = frozenset({"UpdateTimeToLive", "DescribeTimeToLive"})
_POLICIES = frozenset({"PutResourcePolicy", "GetResourcePolicy", "DeleteResourcePolicy"})
_INSIGHTS = frozenset({"UpdateContributorInsights", "DescribeContributorInsights", "ListContributorInsights"})
# Of these whoever comes first tells that something was lost, whether it writes or reads.
_LOST_TOGETHER = (
    frozenset({"CreateBackup", "DescribeBackup", "DeleteBackup", "RestoreTableFromBackup"}),
    frozenset({"UpdateContinuousBackups", "DescribeContinuousBackups", "ExportTableToPointInTime", "ListExports"}),
    frozenset({"UpdateTableReplicaAutoScaling", "DescribeTableReplicaAutoScaling"}),
    frozenset(
        {
            *("CreateGlobalTable", "UpdateGlobalTable", "DescribeGlobalTable", "ListGlobalTables"),
            *("DescribeGlobalTableSettings", "UpdateGlobalTableSettings"),
        }
    ),
)
CONSEQUENCES: Mapping[str, frozenset[str]] = {
    "TagResource": _TAGS,
    "UntagResource": _TAGS,
    "UpdateTimeToLive": _TIME_TO_LIVE,
    "PutResourcePolicy": _POLICIES,
    "DeleteResourcePolicy": _POLICIES,
    "UpdateContributorInsights": _INSIGHTS,
    "EnableKinesisStreamingDestination": frozenset({"DescribeKinesisStreamingDestination"}),
    **{operation: together for together in _LOST_TOGETHER for operation in together},
}
_NONE: frozenset[str] = frozenset()
_TOLD_BESIDES = ("ItemCollectionMetrics", "TableDescription")
# A replica is told of by descriptions, and by most of what comes after it: whoever has not got it has another state.
_REPLICAS = re.compile(r"(?:Table|TableDescription|TableAutoScalingDescription)\.Replicas(?:\[\d+\])?")
SUMS = frozenset({"Count", "ScannedCount", "CapacityUnits", "ReadCapacityUnits", "WriteCapacityUnits"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference that one target showed at one exchange."""

    target: str
    scenario: Scenario
    exchange: Exchange
    difference: Difference

    @property
    def signature(self) -> Signature:
        return signature(self.target, self.exchange.step, self.difference)


@dataclass(frozen=True, slots=True)
class ComparedStep:
    """One step: what differs there, one finding at most for each signature and target, and who has gone astray."""

    scenario: Scenario
    exchange: Exchange
    findings: tuple[Finding, ...] = ()
    astray: tuple[str, ...] = ()


def compared(
    scenario: Scenario,
    exchanges: Iterable[Exchange | SetupFailure],
    baseline: str,
    layers: Collection[Layer],
    refusing: list[str] | None = None,
) -> Iterator[ComparedStep]:
    """Each exchange with what differs in it from the baseline's reply.

    Targets that refuse a table of the scenario are appended to `refusing`: what is to compare there is the creation of
    the tables itself (`with_tables_as_steps`).
    """
    tables = tables_of(scenario)
    gone: set[str] = set()
    beyond_comparison: dict[str, frozenset[str]] = {}
    for exchange in exchanges:
        if isinstance(exchange, SetupFailure):
            if refusing is not None and exchange.reply is not None:
                refusing.append(exchange.target)
            continue
        due = exchange.replies.get(baseline)
        findings: list[Finding] = []
        astray: list[str] = []
        for target, reply in exchange.replies.items():
            if due is None or due.outcome is Outcome.NO_ANSWER:
                break
            if target == baseline or target in gone:
                continue
            is_consequence = exchange.step.operation in beyond_comparison.get(target, _NONE)
            found = {
                finding.signature: finding
                for difference in _independent(differences(exchange.step, due, reply, layers=layers, tables=tables))
                for finding in [Finding(target, scenario, exchange, difference)]
            }
            findings += () if is_consequence else found.values()
            if any(finding.difference.layer is Layer.OUTCOME for finding in found.values()):
                consequences = CONSEQUENCES.get(exchange.step.operation, _NONE)
                beyond_comparison[target] = beyond_comparison.get(target, _NONE) | consequences
            if leads_astray(exchange.step, due, reply, [one.difference for one in found.values()]):
                astray.append(target)
        gone.update(astray)
        yield ComparedStep(scenario, exchange, tuple(findings), tuple(astray))


def with_tables_as_steps(scenario: Scenario) -> Scenario:
    """The creation of the tables, for a target that refuses one of them."""
    return replace(scenario, tables=(), steps=tuple(Step("CreateTable", table) for table in scenario.tables))


Replay: TypeAlias = Callable[[Scenario], Iterable[Exchange | SetupFailure]]


@dataclass(frozen=True, slots=True)
class Continuation:
    """A scenario for some targets beside the baseline; its first `puts` steps restore a state."""

    scenario: Scenario
    puts: int
    targets: frozenset[str]

    def continuations(self, astray: Sequence[tuple[int, str]], replay: Replay) -> Iterator[Continuation]:
        """What follows each place where targets have gone astray. `replay` puts a scenario to the baseline alone.

        They end: each has fewer steps of its scenario's own, or fewer puts.
        """
        steps = self.scenario.steps
        for index in sorted({index for index, _ in astray}):
            targets = frozenset(target for at, target in astray if at == index)
            if index < self.puts:
                # The state itself is what the target makes something else of: without that item.
                left = self.scenario.with_steps(steps[:index] + steps[index + 1 :])
                yield Continuation(left, self.puts - 1, targets)
            elif index + 1 < len(steps):
                state = _state_after(self.scenario, index, replay)
                if state is not None:
                    tables, puts = state
                    following = replace(
                        self.scenario,
                        id=f"{self.scenario.id}-{index + 1}",
                        source=f"{self.scenario.source}, from step {index + 2} on",
                        tables=tables,
                        steps=(*puts, *steps[index + 1 :]),
                    )
                    yield Continuation(following, len(puts), targets)


def _state_after(
    scenario: Scenario, index: int, replay: Replay
) -> tuple[tuple[JSONObject, ...], tuple[Step, ...]] | None:
    """The tables that the baseline has after that step, and its items as puts."""
    live: dict[str, JSONObject] = {str(table["TableName"]): table for table in scenario.tables}
    before = scenario.steps[: index + 1]
    for exchange in replay(scenario.with_steps(before)):
        if isinstance(exchange, SetupFailure):
            return None
        step = exchange.step
        name = str(step.request.get("TableName"))
        accepted = all(reply.outcome is Outcome.ACCEPTED for reply in exchange.replies.values())
        if accepted and step.operation == "CreateTable":
            live[name] = step.request
        elif accepted and step.operation == "UpdateTable" and name in live:
            live[name] = changed(live[name], step.request)
        elif accepted and step.operation == "DeleteTable":
            live.pop(name, None)
    scans = tuple(Step("Scan", {"TableName": name, "ConsistentRead": True}, pages=True) for name in live)
    puts: list[Step] = []
    for exchange in replay(scenario.with_steps((*before, *scans))):
        if isinstance(exchange, SetupFailure):
            return None
        for reply in exchange.replies.values() if exchange.index > index else ():
            items = reply.body.get("Items", []) if isinstance(reply.body, dict) else []
            table = exchange.step.request["TableName"]
            puts += [Step("PutItem", {"TableName": table, "Item": item}) for item in items]
    return tuple(live.values()), tuple(puts)


def _independent(found: Iterable[Difference]) -> Iterator[Difference]:
    """Without the sums that differ because something that they sum does.

    `compare` gives sums last within their object.
    """
    layers: set[Layer] = set()
    for difference in found:
        if not (difference.layer in layers and difference.path.rpartition(".")[2] in SUMS):
            yield difference
        layers.add(difference.layer)


def leads_astray(step: Step, baseline: Reply, reply: Reply, found: Sequence[Difference]) -> bool:
    """Whether the states may differ from here on.

    A refusal changes nothing, whatever its words; so two refusals leave the states as they were. And what a reply tells
    besides the item (sizes of collections, the table's description) is no part of the state that later steps meet. But
    for replicas: they are seen in descriptions alone.
    """
    if reply.outcome is Outcome.NO_ANSWER or any(_REPLICAS.fullmatch(difference.path) for difference in found):
        return True
    if step.operation not in WRITES or (baseline.outcome is Outcome.REFUSED and reply.outcome is Outcome.REFUSED):
        return False
    return any(
        difference.layer is Layer.OUTCOME
        or (difference.layer is Layer.DATA and not difference.path.startswith(_TOLD_BESIDES))
        for difference in found
    )
