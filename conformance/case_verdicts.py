"""What the cases of one run say of an implementation's known divergences, whether the run goes on or is on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Set
from dataclasses import dataclass
from enum import StrEnum

from conformance.divergence import Layer, Signature, Verdict
from conformance.events import CaseJudged
from conformance.expectations import Identity, KnownDivergence, identity_of
from conformance.scenario import JSONObject, Outcome, Scenario


class Standing(StrEnum):
    """What has become of an entry, or of one of its cases."""

    KNOWN = "known"
    # Met, and in other cases than those that it names.
    CHANGED = "changed"
    STALE = "stale"
    UNJUDGED = "unjudged"


@dataclass(frozen=True, slots=True)
class _Judged:
    """One case. `identity` is what it shows, as `kind`; `behind` are the operations that were not judged then."""

    verdict: Verdict
    identity: Identity | None = None
    kind: str = ""
    reason: str = ""
    behind: frozenset[str] = frozenset()
    answered: bool = True

    def hides(self, operation: str) -> bool:
        """Whether it went wrong before all its steps of that operation had been judged, or without an answer."""
        return not self.answered or operation in self.behind


class CaseVerdicts:
    """The cases that were judged, of one target.

    `corpus` has the id of every case there is, where the whole corpus is judged: then a case that it has not does not
    exist any more.
    """

    def __init__(self, corpus: Collection[str] | None = None) -> None:
        self._corpus = corpus
        self._judged: dict[str, _Judged] = {}
        self._shown: defaultdict[Identity, set[str]] = defaultdict(set)

    def hear(self, event: CaseJudged) -> None:
        if event.difference is None:
            self._add(event.case.id, _Judged(event.verdict, reason=event.reason))
            return
        replies = event.replies.values()
        self._add(
            event.case.id,
            _shown(
                event.verdict,
                event.target,
                "" if event.step is None else event.case.steps[event.step].operation,
                event.difference.layer,
                event.difference.kind,
                _behind(event.case, event.step),
                answered=event.step is not None and all(reply.outcome is not Outcome.NO_ANSWER for reply in replies),
            ),
        )

    @classmethod
    def of_record(cls, document: JSONObject, target: str, cases: Collection[Scenario]) -> CaseVerdicts:
        """Those of a record. `cases` are those that it may name: without a case nobody knows its steps."""
        known, verdicts = {case.id: case for case in cases}, cls()
        for judged in document["cases"]["judged"]:
            told = judged["verdicts"].get(target)
            if told is None:
                continue
            verdict, difference, step = Verdict(told["verdict"]), told.get("difference"), told.get("step")
            if difference is None:
                verdicts._add(judged["id"], _Judged(verdict, reason=told.get("reason", "")))
                continue
            case = known.get(judged["id"])
            verdicts._add(
                judged["id"],
                _shown(
                    verdict,
                    target,
                    told["request"]["operation"] if "request" in told else "",
                    Layer(difference["layer"]),
                    difference["kind"],
                    frozenset() if case is None else _behind(case, step),
                    answered=case is not None and step is not None and told.get("reply", {}).get("status", 0) != 0,
                ),
            )
        return verdicts

    def _add(self, id: str, judged: _Judged) -> None:
        self._judged[id] = judged
        if judged.identity is not None:
            self._shown[judged.identity].add(id)

    def counted(self) -> Iterator[Verdict]:
        """The verdict of each case."""
        return (judged.verdict for judged in self._judged.values())

    def showing(self, identity: Identity) -> Set[str]:
        """The ids of the cases that show it."""
        return self._shown.get(identity, set())

    def standing(self, entry: KnownDivergence, id: str) -> tuple[Standing, str]:
        """Whether one of the entry's cases shows it, and why it does not or cannot be told to."""
        case = self._judged.get(id)
        if case is None:
            if self._exists(id):
                return Standing.UNJUDGED, f"its case {id} was not judged in this run"
            return Standing.STALE, f"no case is called {id} any more"
        if case.identity == entry.identity:
            return Standing.KNOWN, ""
        match case.verdict:
            case Verdict.AGREE:
                return Standing.STALE, f"its case {id} agrees now"
            case Verdict.DIVERGE if case.hides(entry.operation):
                return Standing.UNJUDGED, f"its case {id} shows another before it: {case.kind}"
            case Verdict.DIVERGE:
                return Standing.STALE, f"its case {id} shows another: {case.kind}"
            case Verdict.UNSUPPORTED:
                return Standing.UNJUDGED, f"its case {id} is not supported there"
        return Standing.UNJUDGED, f"its case {id} could not be judged: {case.reason}"

    def gone(self, entry: KnownDivergence) -> frozenset[str]:
        """The entry's cases that do not show it any more. That one does not exist any more is no evidence of it."""
        return frozenset(id for id in entry.cases if self._exists(id) and self.standing(entry, id)[0] is Standing.STALE)

    def _exists(self, id: str) -> bool:
        return self._corpus is None or id in self._corpus


def _shown(
    verdict: Verdict, target: str, operation: str, layer: Layer, kind: str, behind: frozenset[str], *, answered: bool
) -> _Judged:
    """Without an operation it is the creation of a table that failed."""
    identity = identity_of(Signature(target, operation or "CreateTable", layer, kind))
    return _Judged(verdict, identity, kind, behind=behind, answered=answered)


def _behind(case: Scenario, step: int | None) -> frozenset[str]:
    return frozenset() if step is None else frozenset(one.operation for one in case.steps[step + 1 :])
