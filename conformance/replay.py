"""A scenario to several targets in lockstep: each step to every target in turn, the same bytes.

(Where a step takes something from an earlier reply, or follows a cursor, each target gets back what is its own.)

The targets are emptied, the scenario's tables are created and waited for, then the steps follow one by one. Two
things are done between steps, on each target for itself, because they are a matter of time and not of answers:
a table that a step's reply shows in the making is waited for, and so is one that is being deleted, so that the
next step finds the same state everywhere however slow a target is about it.

A target that cannot be emptied is given tables of other names: `prefix` goes before every table's name, in
requests to all targets, and is taken out of the replies again, so that nobody downstream sees it. (The tokens of
transactions, which outlive tables wherever these are only deleted, are made each replay's own.) What cannot keep its
meaning with a prefix keeps its name: a name that is illegal, or would become so. Bodies given as raw
text are sent as they stand. Afterwards the tables that were created there are deleted, and no others.

Setting up is not what a scenario is about: where it fails on a target, that target is left out of the steps and a
`SetupFailure` says so, once, instead of a divergence at every step.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from conformance.paging import follow
from conformance.references import references, resolve
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Scenario, Step, created_table
from conformance.targets.tables import delete_table, is_on_the_way, wait_until_settled
from conformance.targets.target import Target, TargetError, WireRequest


@dataclass(frozen=True, slots=True)
class Exchange:
    """One step and every target's reply to it, by the targets' names, in their order.

    `seconds` is how long each took to answer, waiting for tables left out.
    """

    index: int
    step: Step
    replies: dict[str, Reply]
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetupFailure:
    """A target could not be brought to where the scenario begins; it takes no part in the steps.

    `reply` is what it answered to the creation of `table`; there is none where emptying or waiting failed.
    """

    target: str
    reason: str
    table: str = ""
    reply: Reply | None = None


def replay(scenario: Scenario, targets: Sequence[Target], *, prefix: str = "") -> Iterator[Exchange | SetupFailure]:
    """Replay the scenario. Failures of the setup come first, then the exchanges in the order of the steps.

    The iterator may be abandoned at any point (`close`): what was created is deleted all the same.
    """
    if len({target.name for target in targets}) != len(targets):
        raise ValueError("two targets have one name: give one of them a label")
    renaming = _Renaming(prefix)
    created: dict[str, list[str]] = {target.name: [] for target in targets}
    taking_part: list[Target] = []
    try:
        for target in targets:
            failure = _set_up(target, scenario, renaming, created[target.name])
            if failure is None:
                taking_part.append(target)
            else:
                yield failure
        kept: dict[str, dict[str, Reply]] = {target.name: {} for target in targets}
        for index, step in enumerate(scenario.steps):
            sent = renaming.step(step)
            request = None if any(references(step.request)) else WireRequest.of(sent)
            replies, seconds = {}, {}
            for target in taking_part:
                began = time.perf_counter()
                own = sent if request else replace(sent, request=resolve(sent.request, kept[target.name]))
                reply = target.send(request or WireRequest.of(own))
                if step.pages:
                    reply = follow(own, reply, target)
                seconds[target.name] = time.perf_counter() - began
                _settle(target, own, reply, created[target.name])
                if step.label:
                    kept[target.name][step.label] = reply
                replies[target.name] = renaming.undo(step, reply)
            yield Exchange(index, step, replies, seconds)
            # Who fell silent may have lost its state, and may be started again; it has no part in what follows.
            taking_part = [t for t in taking_part if replies[t.name].outcome is not Outcome.NO_ANSWER]
            if not taking_part:
                return
    finally:
        for target in targets:
            if not target.resettable:
                _clean_up(target, created[target.name])


def _set_up(target: Target, scenario: Scenario, renaming: _Renaming, created: list[str]) -> SetupFailure | None:
    if target.resettable:
        try:
            target.reset()
        except TargetError as error:
            return SetupFailure(target.name, str(error))
    for table in scenario.tables:
        step = renaming.step(Step("CreateTable", table))
        name = str(step.request.get("TableName"))
        reply = target.send(WireRequest.of(step))
        if reply.outcome is not Outcome.ACCEPTED:
            why = reply.message or reply.failure or f"status {reply.status}"
            reason = f"CreateTable {table.get('TableName')}: {reply.error_type or reply.outcome}: {why}"
            return SetupFailure(target.name, reason, str(table.get("TableName")), renaming.undo(step, reply))
        created.append(name)
        try:
            trouble = wait_until_settled(target, name) if is_on_the_way(reply) else ""
        except TargetError as error:
            trouble = str(error)
        if trouble:
            return SetupFailure(target.name, trouble, str(table.get("TableName")))
    return None


def _settle(target: Target, sent: Step, reply: Reply, created: list[str]) -> None:
    """Remember what a step created, and wait for what it set going.

    Waiting in vain is not reported: the replies to the steps that follow show it.
    """
    made = created_table(sent)
    name = made or sent.request.get("TableName")
    if not isinstance(name, str) or reply.outcome is not Outcome.ACCEPTED:
        return
    if made is not None and made not in created:
        created.append(made)
    if is_on_the_way(reply):
        with suppress(TargetError):
            wait_until_settled(target, name)


def _clean_up(target: Target, created: Sequence[str]) -> None:
    # A table that stays behind harms only the next run with this prefix, whose setup will say so. A target that
    # does not answer is not asked again for each table.
    with suppress(TargetError):
        for name in created:
            delete_table(target, name)


# --- renaming ---------------------------------------------------------------------------------------------

_LEGAL_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_TABLE_IN_ARN = re.compile(r"(?P<arn>arn:[^:\s]*:[^:\s]*:[^:\s]*:[^:\s]*:table/)(?P<name>[a-zA-Z0-9_.-]+)")
# `FROM "Music"."Index"`, `INSERT INTO Music`, `UPDATE "Music"`: PartiQL names tables in its text.
_TABLE_IN_STATEMENT = re.compile(r"(?P<before>\b(?:FROM|INTO|UPDATE)\s+\"?)(?P<name>[a-zA-Z0-9_.-]+)", re.IGNORECASE)

_TABLE_MEMBERS = frozenset(
    {"TableName", "ExclusiveStartTableName", "GlobalTableName", "SourceTableName", "TargetTableName"}
)


_TOKEN = "ClientRequestToken"
_TOKEN_LENGTH = 36  # the most that a ClientRequestToken may have (data-plane 2.1)


class _Renaming:
    """A prefix before every table's name in requests, and out of replies again."""

    def __init__(self, prefix: str) -> None:
        if prefix and (len(prefix) < 4 or not _LEGAL_NAME.fullmatch(prefix)):
            # It is taken out of replies wherever it stands, so it must not stand there by chance.
            raise ValueError(f"{prefix!r} is no prefix: at least four of the characters of a table's name")
        self._prefix = prefix
        self._nonce = secrets.token_hex(8)

    def step(self, step: Step) -> Step:
        if step.raw is not None:
            return step
        if isinstance(token := step.request.get(_TOKEN), str):
            step = replace(step, request=step.request | {_TOKEN: self._token(token)})
        if not self._prefix:
            return step
        request = self._members(step.request)
        if isinstance(request.get("RequestItems"), dict):
            request["RequestItems"] = {self._name(table): items for table, items in request["RequestItems"].items()}
        return replace(step, request=request)

    def undo(self, step: Step, reply: Reply) -> Reply:
        if not self._prefix:
            return reply
        body = reply.body
        if step.operation == "ListTables" and isinstance(body, dict) and isinstance(body.get("TableNames"), list):
            # The other tables of a server that is not ours are not the scenario's.
            names = [name for name in body["TableNames"] if str(name).startswith(self._prefix)]
            body = {**body, "TableNames": names}
        return replace(reply, body=self._removed(body))

    def _name(self, name: str) -> str:
        if name.startswith("arn:"):
            return _TABLE_IN_ARN.sub(lambda match: match["arn"] + self._name(match["name"]), name)
        renamed = self._prefix + name
        return renamed if _LEGAL_NAME.fullmatch(name) and _LEGAL_NAME.fullmatch(renamed) else name

    def _token(self, token: str) -> str:
        """A token is remembered for ten minutes, beyond the tables and their deletion: an earlier replay's, perhaps of
        this very scenario, must not meet it.

        Not to be undone: no reply tells a token. One that is too long is its length's case, and stays.
        """
        renamed = sha256((self._nonce + token).encode("utf-8", "surrogatepass")).hexdigest()[:_TOKEN_LENGTH]
        return renamed if 0 < len(token) <= _TOKEN_LENGTH else token

    def _members(self, members: Mapping[str, JSON]) -> JSONObject:
        return {name: self._member(name, value) for name, value in members.items()}

    def _member(self, name: str, value: JSON) -> JSON:
        if isinstance(value, str):
            if name in _TABLE_MEMBERS or value.startswith("arn:"):
                return self._name(value)
            if name == "Statement":
                return _TABLE_IN_STATEMENT.sub(lambda match: match["before"] + self._name(match["name"]), value)
            return value
        return self._value(value)

    def _value(self, value: JSON) -> JSON:
        if isinstance(value, dict):
            # The members of an attribute value are text too, and never a table's name: `{"S": "arn:..."}`.
            return value if _is_attribute_value(value) else self._members(value)
        if isinstance(value, list):
            return [self._value(element) for element in value]
        return value

    def _removed(self, value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(self._prefix, "")
        if isinstance(value, dict):
            return {key.replace(self._prefix, ""): self._removed(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self._removed(element) for element in value]
        return value


_DATATYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"})


def _is_attribute_value(value: Mapping[str, JSON]) -> bool:
    return len(value) == 1 and next(iter(value)) in _DATATYPES
