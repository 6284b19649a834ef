"""The reference on trial: its answers to the requests that other servers were recorded on.

A recorded server is a witness, not the truth. What witnesses can show is where the reference stands *alone*: where none
of them sides with it, and at least two of them say the same. Each such place is to be looked into: who is right?

Why this is a command of its own (`touchstone witness`). `touchstone run --target recording:PATH` (`recorded_run.py`)
holds a recording against the reference, as any target; here it is the reference that is held against all of them at
once. Both share what a difference is (`compare.py`, `canonical.py`). Neither generates or shrinks: a recording
answers its own requests only, once, in the order of its file.

Agreement is judged layer by layer (`Layer`), as replies are compared: the witnesses that agree with the reference in
all graver layers are asked about the next one. So a reference that refuses as everybody does, but in a text
of its own, stands alone in the layer of messages.

A write that the reference and a witness answered differently leaves them with different items, and what they say
later may differ as a consequence. Nothing is done about that here: the catalogue's requests have items of their own
nearly everywhere.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import combinations

from conformance.cases import OPERATIONS
from conformance.compare import compare
from conformance.divergence import Difference, Layer
from conformance.recording import TEXT_REPLY_LENGTH, CatalogueRequest, Recording
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Step
from conformance.targets.tables import is_on_the_way, wait_until_settled
from conformance.targets.target import STREAMS_OPERATIONS, Target, TargetError, WireRequest

# How often a shard is read before it is taken for read through: as in the recordings.
READS_OF_A_SHARD = 6
_UNKNOWN = "UnknownOperationException"
_LAYERS = tuple(Layer)


class Skip(StrEnum):
    """Why a request says nothing about the reference."""

    UNSERVED = "of operations that are not served"
    RESTING = "rest on one that was skipped"
    LACKING = "need what the reference's replies do not have"


@dataclass(frozen=True, slots=True)
class Alone:
    """Nobody sides with the reference in this layer, and these witnesses say the same.

    `difference` is the first one's from the reference.
    """

    layer: Layer
    witnesses: tuple[str, ...]
    difference: Difference


@dataclass(frozen=True, slots=True)
class Hearing:
    """One request of the catalogue, the reference's reply to it, and what the witnesses say of that.

    Where it was `skipped`, there is nothing else.
    `differences` are the witnesses' from the reference, None where there is none. A witness that failed, or does
    not have the operation, has no say and is not among them.
    """

    request: CatalogueRequest
    skipped: Skip | None = None
    step: Step | None = None
    reply: Reply | None = None
    differences: Mapping[str, Difference | None] = field(default_factory=dict)
    alone: Alone | None = None


def hear(
    reference: Target,
    recordings: Sequence[Recording],
    *,
    features: Collection[str] = (),
    judges_unserved: bool = False,
) -> Iterator[Hearing]:
    """Put the catalogue to a reference that has been started, in order, and hear the witnesses on each answer.

    With `features`, only their requests are heard; what those rest on is sent all the same. `judges_unserved`: that an
    operation is not served is an answer as any other.
    """
    reference.reset()
    catalogue = recordings[0].catalogue
    wanted = _with_setup(catalogue, features) if features else {request.id for request in catalogue}
    replies: dict[str, Reply] = {}
    tables: list[JSONObject] = []
    skipped: set[str] = set()
    for request in catalogue:
        if request.id not in wanted:
            continue
        hearing = _hear_one(reference, request, recordings, replies, tables, skipped, judges_unserved)
        if hearing.skipped is not None:
            skipped.add(request.id)
        if not features or request.feature in features:
            yield hearing


def _with_setup(catalogue: Sequence[CatalogueRequest], features: Collection[str]) -> set[str]:
    # What a request rests on comes before it in the file.
    wanted: set[str] = set()
    for request in reversed(catalogue):
        if request.feature in features or request.id in wanted:
            wanted.update((request.id, *request.setup))
    return wanted


def _hear_one(
    reference: Target,
    request: CatalogueRequest,
    recordings: Sequence[Recording],
    replies: dict[str, Reply],
    tables: list[JSONObject],
    skipped: Collection[str],
    judges_unserved: bool,
) -> Hearing:
    if any(id_ in skipped for id_ in request.setup):
        return Hearing(request, Skip.RESTING)
    time.sleep(request.wait)
    if request.walks is not None:
        step, reply = Step(request.operation), _walk(reference, replies[request.walks])
    else:
        try:
            step = request.step(replies)
        except LookupError:
            return Hearing(request, Skip.LACKING)
        reply = reference.send(request.wire_request(step))
    if not judges_unserved and _is_unserved(request, reply):
        return Hearing(request, Skip.UNSERVED)
    replies[request.id] = reply
    if step.operation == "CreateTable":
        tables.append(step.request)
    _settle(reference, step, reply)
    witnesses = {recording.name: recording.replies[request.id] for recording in recordings}
    heard = {name: said for name, said in witnesses.items() if judges_unserved or _has_a_say(said, reply)}
    reply = _shortened(reply)
    differences = {name: compare(step, reply, said, tables=tables) for name, said in heard.items()}
    return Hearing(request, None, step, reply, differences, _alone(step, heard, differences, tables))


def _is_unserved(request: CatalogueRequest, reply: Reply) -> bool:
    """An operation of the API, asked for properly, that is not known here. Others are unknown to everybody."""
    if reply.error_type != _UNKNOWN or request.operation not in OPERATIONS | STREAMS_OPERATIONS:
        return False
    usual = WireRequest.of(Step(request.operation)).headers["x-amz-target"]
    return bool(request.request.get("target", usual) == usual)


def _has_a_say(said: Reply, reply: Reply) -> bool:
    if said.outcome in (Outcome.FAILED, Outcome.NO_ANSWER):
        return False
    return said.error_type != _UNKNOWN or reply.error_type == _UNKNOWN


def _settle(reference: Target, step: Step, reply: Reply) -> None:
    name = step.request.get("TableName")
    if isinstance(name, str) and is_on_the_way(reply):
        with suppress(TargetError):
            wait_until_settled(reference, name)


def _shortened(reply: Reply) -> Reply:
    return replace(reply, body=reply.body[:TEXT_REPLY_LENGTH]) if isinstance(reply.body, str) else reply


def _alone(
    step: Step,
    witnesses: Mapping[str, Reply],
    differences: Mapping[str, Difference | None],
    tables: Sequence[JSONObject],
) -> Alone | None:
    asked = set(differences)
    for depth, layer in enumerate(_LAYERS, start=1):
        against = [
            name
            for name, difference in differences.items()
            if name in asked and difference is not None and difference.layer is layer
        ]
        if len(against) == len(asked):
            agreeing = _largest_agreement(step, {name: witnesses[name] for name in against}, _LAYERS[:depth], tables)
            if not agreeing:
                return None
            difference = differences[agreeing[0]]
            assert difference is not None
            return Alone(layer, agreeing, difference)
        asked.difference_update(against)
    return None


def _largest_agreement(
    step: Step, witnesses: Mapping[str, Reply], layers: Sequence[Layer], tables: Sequence[JSONObject]
) -> tuple[str, ...]:
    """The most witnesses that say the same in those layers, two at least; none where no two do."""
    for size in range(len(witnesses), 1, -1):
        for names in combinations(witnesses, size):
            first, *others = (witnesses[name] for name in names)
            if all(compare(step, first, other, layers=layers, tables=tables) is None for other in others):
                return names
    return ()


def _walk(reference: Target, described: Reply) -> Reply:
    """Every shard of a stream from its beginning, as the recordings put it."""
    description = described.body.get("StreamDescription", {}) if isinstance(described.body, dict) else {}
    shards = description.get("Shards", [])
    with_records: list[JSON] = []
    for shard in shards:
        of_shard = {"StreamArn": description["StreamArn"], "ShardId": shard["ShardId"]}
        reply = _send(reference, "GetShardIterator", {**of_shard, "ShardIteratorType": "TRIM_HORIZON"})
        records: list[JSON] = []
        for _ in range(READS_OF_A_SHARD):
            iterator = _member(reply, "ShardIterator") or _member(reply, "NextShardIterator")
            if iterator is None:
                break
            reply = _send(reference, "GetRecords", {"ShardIterator": iterator})
            records += _member(reply, "Records") or []
        if records:
            with_records.append({"ShardId": shard["ShardId"], "Records": records})
    return Reply(200, {"@@walk": {"shards": len(shards), "shards_with_records": with_records}})


def _send(reference: Target, operation: str, request: JSONObject) -> Reply:
    return reference.send(WireRequest.of(Step(operation, request)))


def _member(reply: Reply, name: str) -> JSON:
    return reply.body.get(name) if isinstance(reply.body, dict) else None


# --- as text ----------------------------------------------------------------------------------------------


def render(hearings: Sequence[Hearing], names: Sequence[str]) -> Iterator[str]:
    """What was heard, line by line: what was skipped, how each witness differs, where the reference stands alone."""
    asked = [hearing for hearing in hearings if hearing.skipped is None]
    yield f"{len(hearings)} requests, {len(hearings) - len(asked)} of them skipped"
    for reason in Skip:
        operations = Counter(hearing.request.operation for hearing in hearings if hearing.skipped is reason)
        if operations:
            named = ", ".join(f"{operation} {count}" for operation, count in operations.most_common())
            yield f"  {operations.total()} {reason}: {named}"
    yield ""
    heads = (*Layer, "nothing", "no say")
    yield f"{'differs from the reference in':<30}{''.join(f'{head:>12}' for head in heads)}"
    for name in names:
        told = [hearing.differences[name] for hearing in asked if name in hearing.differences]
        in_layers = Counter(difference.layer for difference in told if difference is not None)
        counts = (*(in_layers[layer] for layer in Layer), told.count(None), len(asked) - len(told))
        yield f"{name:<30}{''.join(f'{count:>12}' for count in counts)}"
    yield ""
    lonely = [(hearing, hearing.alone) for hearing in hearings if hearing.alone is not None]
    yield f"The reference stands alone in {len(lonely)} places" + (":" if lonely else ".")
    for hearing, alone in lonely:
        yield ""
        yield f"{hearing.request.id}: {hearing.request.operation}, {alone.layer}, against {', '.join(alone.witnesses)}"
        where = f" at {alone.difference.path}" if alone.difference.path else ""
        yield f"  reference{where}: {alone.difference.expected}"
        yield f"  witnesses{where}: {alone.difference.actual}"
