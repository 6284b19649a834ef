"""What a law is: a sentence that any DynamoDB keeps, a scenario that tries it, and a judge of the replies.

A law needs no reference. Its scenario is an ordinary one, in which the steps that its judge reads, its *probes*, have
labels: `law:whole`, or `law:page:2` where there are several of one role. The judge is pure: it knows the scenario, the
replies and (of exports and imports, where they can be read) the files, and nothing else. So a violation is data, and
can be replayed, minimised, kept and shared.

The minimiser may drop and change any part of a scenario. So a judge takes nothing for granted that the scenario does
not show: what a probe is about stands in its request, and where a probe is missing the law says nothing. Probes that
belong together (a filter and its negation) would be torn apart by changing one of them. So those of them that follow
from another are *derived*: `aligned` writes them anew from what is left of that one, before every replay.

Three answers are kept apart: the law holds, the law is broken (in one or several ways), or it cannot be judged, and
then why. It cannot be judged where a probe was refused or answered with something unreadable: that may be wrong, but it
is for others to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from conformance.divergence import Difference, Layer, Verdict
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Scenario, Step
from conformance.strategies.drawing import Draw

Item: TypeAlias = dict[str, Any]
LABEL: Final = "law:"


class CannotJudgeError(Exception):
    """The replies do not say whether the law holds. The text is the reason, in a few words."""

    verdict = Verdict.INDETERMINATE


class UnsupportedError(CannotJudgeError):
    """The target has not got what the law is about."""

    verdict = Verdict.UNSUPPORTED


def role_of(step: Step) -> str:
    """`page` for a step that is labelled `law:page:2`; nothing for one that is no probe."""
    return step.label[len(LABEL) :].partition(":")[0] if step.label.startswith(LABEL) else ""


@dataclass(frozen=True, slots=True)
class Probe:
    """A step and the target's reply to it."""

    index: int
    step: Step
    reply: Reply

    @property
    def request(self) -> JSONObject:
        return self.step.request

    @property
    def detail(self) -> str:
        """`2` of `law:page:2`."""
        return self.step.label[len(LABEL) :].partition(":")[2]

    @property
    def is_accepted(self) -> bool:
        return self.reply.outcome is Outcome.ACCEPTED

    @property
    def is_refused(self) -> bool:
        return self.reply.outcome is Outcome.REFUSED

    @property
    def body(self) -> JSONObject:
        """What it was answered with; it cannot be judged where that is no success."""
        if self.reply.error_type == "UnknownOperationException":
            raise UnsupportedError(f"{self.step.operation} is not served")
        if not self.is_accepted:
            raise CannotJudgeError(f"{self.step.operation} was answered with {said(self.reply)}")
        if not isinstance(self.reply.body, dict):
            raise CannotJudgeError(f"{self.step.operation} was answered with no object")
        return self.reply.body

    def member(self, name: str, kind: type[Any]) -> Any:
        """A member of the body, if it is what it should be."""
        value = self.body.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise CannotJudgeError(f"the reply to {self.step.operation} has no {name} that can be read")
        return value

    def items(self, name: str = "Items") -> list[Item]:
        return read_items(self.member(name, list), self.step.operation)

    def item(self, name: str = "Item") -> Item | None:
        """The item in the body; None where there is none."""
        return read_items([self.body[name]], self.step.operation)[0] if name in self.body else None


def read_items(items: JSON, operation: str) -> list[Item]:
    """The items of a list; responses of a transaction count as such. Raises CannotJudgeError for anything else."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise CannotJudgeError(f"the reply to {operation} has items that are no objects")
    return items


def said(reply: Reply) -> str:
    """A reply that is no success, in a few words."""
    return reply.error_type or reply.failure[:100] or f"status {reply.status}"


def is_endless(reply: Reply) -> bool:
    """Whether it stands for pages that `paging.py` followed and that lead nowhere: there were answers then."""
    return reply.outcome is Outcome.NO_ANSWER and reply.failure.startswith("the pages do not end")


# By the index of a step, by key.
Objects: TypeAlias = Mapping[int, Mapping[str, bytes]]
_NO_OBJECTS: Final[Objects] = {}


@dataclass(frozen=True, slots=True)
class Observed:
    """A scenario with one target's replies, by the index of their step.

    `torn` are the derived probes that do not follow from others any more; they are probes of nothing. `objects` are the
    files that an export wrote or an import read, by the index of its step and by key, where they could be looked at.
    """

    scenario: Scenario
    replies: Mapping[int, Reply]
    torn: frozenset[int] = frozenset()
    objects: Objects = field(default_factory=dict)

    def steps(self) -> Iterator[Probe]:
        """Every step that was answered, in order."""
        for index, step in enumerate(self.scenario.steps):
            if index in self.replies:
                yield Probe(index, step, self.replies[index])

    def probes(self, role: str) -> list[Probe]:
        return [probe for probe in self.steps() if role_of(probe.step) == role and probe.index not in self.torn]

    def probe(self, role: str) -> Probe:
        found = self.probes(role)
        if not found:
            raise CannotJudgeError(f"there is no step {LABEL}{role}")
        return found[0]


@dataclass(frozen=True, slots=True)
class Broken:
    """One way in which a law is broken.

    `index` is the step whose reply is at fault, `last` the last of those that show it. `how` goes into the kind of the
    difference, so it has nothing incidental in it, no name and no value; those are in `expected` and `actual`.
    """

    index: int
    last: int
    how: str
    expected: JSON = None
    actual: JSON = None
    layer: Layer = Layer.DATA


def broken(
    at: Probe, *others: Probe, how: str, expected: JSON = None, actual: JSON = None, layer: Layer = Layer.DATA
) -> Broken:
    """`at` is whose reply is at fault; the others are what shows it."""
    return Broken(at.index, max(probe.index for probe in (at, *others)), how, expected, actual, layer)


# From its own request, and those of the other probes by role, the request of a derived probe; None leaves it as it is.
Derive: TypeAlias = Callable[[JSONObject, Callable[[str], list[JSONObject]]], JSONObject | None]


@dataclass(frozen=True, slots=True)
class Law:
    """`draw` gives a scenario, `judge` every way in which the replies break the law, or raises CannotJudgeError.

    `derived` are the probes that follow from others, by role. A law is `eventual` where what it reads may lag behind on
    a target that is distributed (global indexes, streams): there it has to hold after a while. One whose requests are
    wrong on purpose may be minimised to what is wrong in other ways; no other may. One that `needs_storage` is held
    only where exports go to an object storage that can be read.
    """

    name: str
    sentence: str
    source: str
    draw: Callable[[Draw], Scenario]
    judge: Callable[[Observed], Iterator[Broken]]
    derived: Mapping[str, Derive] = field(default_factory=dict)
    eventual: bool = False
    is_wrong_on_purpose: bool = False
    needs_storage: bool = False

    def difference(self, broken: Broken) -> Difference:
        return Difference(broken.layer, f"{self.name}: {broken.how}", "", broken.expected, broken.actual)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`reason` says why there is no verdict."""

    verdict: Verdict
    broken: tuple[Broken, ...] = ()
    reason: str = ""


def judgement(law: Law, scenario: Scenario, replies: Mapping[int, Reply], objects: Objects = _NO_OBJECTS) -> Judgement:
    """What the law says of these replies and files. Never raises, whatever was answered."""
    found: list[Broken] = []
    verdict, reason = Verdict.AGREE, ""
    try:
        for one in law.judge(Observed(scenario, replies, frozenset(_torn(law, scenario)), objects)):
            if one.how not in {other.how for other in found}:
                found.append(one)
    except CannotJudgeError as error:
        verdict, reason = error.verdict, str(error)
    except RecursionError:
        verdict, reason = Verdict.INDETERMINATE, "a reply nests too deeply to be read"
    return Judgement(Verdict.DIVERGE, tuple(found)) if found else Judgement(verdict, (), reason)


def aligned(law: Law, scenario: Scenario) -> Scenario:
    """The scenario with its derived probes written anew from those that they follow from."""
    steps = list(scenario.steps)
    for index, request in _derived(law, scenario):
        if request is not None:
            steps[index] = replace(steps[index], request=request)
    return scenario.with_steps(tuple(steps))


def _torn(law: Law, scenario: Scenario) -> Iterator[int]:
    return (index for index, request in _derived(law, scenario) if request != scenario.steps[index].request)


def _derived(law: Law, scenario: Scenario) -> Iterator[tuple[int, JSONObject | None]]:
    """The derived probes with the requests that they should have; None where there is nothing to derive from."""

    def requests(role: str) -> list[JSONObject]:
        return [step.request for step in scenario.steps if role_of(step) == role]

    for index, step in enumerate(scenario.steps):
        derive = law.derived.get(role_of(step))
        if derive is not None:
            yield index, derive(step.request, requests)
