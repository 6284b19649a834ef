"""A scenario to several targets in lockstep: each step to every target in turn, the same bytes.

(Where a step takes something from an earlier reply, or follows a cursor, each target gets back what is its own.)

The targets are emptied, the scenario's tables are created and waited for, then the steps follow one by one. Two
things are done between steps, on each target for itself, because they are a matter of time and not of answers:
a table that a step's reply shows in the making is waited for, and so is one that is being deleted, so that the
next step finds the same state everywhere however slow a target is about it.

A target that cannot be emptied is given tables of other names: `prefix` goes before every table's name, in
requests to all targets, and is taken out of the replies again, so that nobody downstream sees it. What outlives a
table there (streams, exports, tokens, the backups that deleting one makes) goes by its name, so each replay needs a
prefix of its own: `prefix_for`. (The tokens of transactions do not, and are made each replay's own.) What cannot keep
its meaning with a prefix keeps its name: a name that is illegal, or would become so, or is reserved. In a body given
as raw text only the names of tables are changed, to the byte. Lists of an account are read as if nothing else were
there. Afterwards the tables and backups that were created there are deleted, and no others.

Setting up is not what a scenario is about: where it fails on a target, that target is left out of the steps and a
`SetupFailure` says so, once, instead of a divergence at every step.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from conformance.paging import follow, listed
from conformance.references import references, resolve
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Scenario, Step, created_table
from conformance.targets.tables import ask, delete_table, is_on_the_way, wait_until_settled
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


@dataclass(slots=True)
class _Created:
    """What a scenario has brought into being on one target."""

    tables: list[str] = field(default_factory=list)
    backups: list[str] = field(default_factory=list)


def prefix_for(targets: Iterable[Target]) -> str:
    """A prefix for one replay on these targets: none where all of them can be emptied."""
    return "" if all(target.resettable for target in targets) else f"touchstone-{secrets.token_hex(4)}-"


def replay(scenario: Scenario, targets: Sequence[Target], *, prefix: str = "") -> Iterator[Exchange | SetupFailure]:
    """Replay the scenario. Failures of the setup come first, then the exchanges in the order of the steps.

    The iterator may be abandoned at any point (`close`): what was created is deleted all the same.
    """
    if len({target.name for target in targets}) != len(targets):
        raise ValueError("two targets have one name: give one of them a label")
    renaming = _Renaming(prefix)
    created = {target.name: _Created() for target in targets}
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
                if prefix and not target.resettable:
                    reply = listed(as_read(own), reply, target, prefix)
                seconds[target.name] = time.perf_counter() - began
                _settle(target, own, reply, created[target.name])
                if step.label:
                    kept[target.name][step.label] = reply
                replies[target.name] = renaming.undo(reply)
            yield Exchange(index, step, replies, seconds)
            # Who fell silent may have lost its state, and may be started again; it has no part in what follows.
            taking_part = [t for t in taking_part if replies[t.name].outcome is not Outcome.NO_ANSWER]
            if not taking_part:
                return
    finally:
        for target in targets:
            if not target.resettable:
                _clean_up(target, created[target.name])


def _set_up(target: Target, scenario: Scenario, renaming: _Renaming, created: _Created) -> SetupFailure | None:
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
            return SetupFailure(target.name, reason, str(table.get("TableName")), renaming.undo(reply))
        created.tables.append(name)
        try:
            trouble = wait_until_settled(target, name) if is_on_the_way(reply) else ""
        except TargetError as error:
            trouble = str(error)
        if trouble:
            return SetupFailure(target.name, trouble, str(table.get("TableName")))
    return None


def _settle(target: Target, sent: Step, reply: Reply, created: _Created) -> None:
    """Remember what a step created, and wait for what it set going.

    Waiting in vain is not reported: the replies to the steps that follow show it.
    """
    if reply.outcome is not Outcome.ACCEPTED:
        return
    sent = as_read(sent)
    if (backup := _created_backup(sent, reply)) is not None:
        created.backups.append(backup)
    made = created_table(sent)
    name = made or sent.request.get("TableName")
    if not isinstance(name, str):
        return
    if made is not None and made not in created.tables:
        created.tables.append(made)
    if is_on_the_way(reply):
        with suppress(TargetError):
            wait_until_settled(target, name)


def as_read(step: Step) -> Step:
    """The step with the request that its raw text holds, if it holds one."""
    if step.raw is None:
        return step
    try:
        request = json.loads(step.raw)
    except ValueError:
        return step
    return replace(step, request=request, raw=None) if isinstance(request, dict) else step


def _created_backup(sent: Step, reply: Reply) -> str | None:
    details = reply.body.get("BackupDetails") if isinstance(reply.body, dict) else None
    arn = details.get("BackupArn") if sent.operation == "CreateBackup" and isinstance(details, dict) else None
    return arn if isinstance(arn, str) else None


def _clean_up(target: Target, created: _Created) -> None:
    # What stays behind is in nobody's way: the next replay has another prefix. A target that does not answer is not
    # asked again for each of them.
    with suppress(TargetError):
        for arn in created.backups:
            ask(target, "DeleteBackup", {"BackupArn": arn})
        for name in created.tables:
            delete_table(target, name)


# --- renaming ---------------------------------------------------------------------------------------------

_LEGAL_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_TABLE_IN_ARN = re.compile(r"(?P<arn>arn:[^:\s]*:[^:\s]*:[^:\s]*:[^:\s]*:table/)(?P<name>[a-zA-Z0-9_.-]+)")
# `FROM "Music"."Index"`, `INSERT INTO Music`, `UPDATE "Music"`: PartiQL names tables in its text.
_TABLE_IN_STATEMENT = re.compile(r"(?P<before>\b(?:FROM|INTO|UPDATE)\s+\"?)(?P<name>[a-zA-Z0-9_.-]+)", re.IGNORECASE)

_TABLE_MEMBERS = frozenset(
    {"TableName", "ExclusiveStartTableName", "GlobalTableName", "SourceTableName", "TargetTableName"}
)
# Alternator shows the tables of its system under such names, and no others may begin so (alternator 12).
_RESERVED = ".scylla.alternator."

_TOKEN = "ClientRequestToken"
_TOKEN_LENGTH = 36  # the most that a ClientRequestToken may have (data-plane 2.1)
# Those of exports and imports, which replies tell: no `$`, says the model.
_TRANSFER_TOKEN, _LEGAL_TRANSFER_TOKEN = "ClientToken", re.compile(r"[^$]+")

# What tells the members of an object from their values, wherever the text is JSON.
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],]', re.DOTALL)


@dataclass(slots=True)
class _Opened:
    """An object or array of a text that has not ended yet, and the member of the object that is being read."""

    is_object: bool
    member: str | None = None


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
            return replace(step, raw=self._text(step.raw)) if self._prefix else step
        if isinstance(token := step.request.get(_TOKEN), str):
            step = replace(step, request=step.request | {_TOKEN: self._token(token)})
        if not self._prefix:
            return step
        request = self._members(step.request)
        if isinstance(request.get("RequestItems"), dict):
            request["RequestItems"] = {self._name(table): items for table, items in request["RequestItems"].items()}
        return replace(step, request=request)

    def undo(self, reply: Reply) -> Reply:
        if not self._prefix:
            return reply
        return replace(reply, body=self._removed(reply.body), failure=reply.failure.replace(self._prefix, ""))

    def _name(self, name: str) -> str:
        if name.startswith("arn:"):
            return _TABLE_IN_ARN.sub(lambda match: match["arn"] + self._name(match["name"]), name)
        if name.startswith(_RESERVED):
            return name
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
            if name == _TRANSFER_TOKEN and _LEGAL_TRANSFER_TOKEN.fullmatch(value):
                return self._prefix + value
            return value
        return self._value(value)

    def _value(self, value: JSON) -> JSON:
        if isinstance(value, dict):
            # The members of an attribute value are text too, and never a table's name: `{"S": "arn:..."}`.
            return value if _is_attribute_value(value) else self._members(value)
        if isinstance(value, list):
            return [self._value(element) for element in value]
        return value

    def _text(self, text: str) -> str:
        """Raw text with its tables renamed and every other character as it was: twice the same member, white space,
        escapes, what is no JSON at all."""
        parts: list[str] = []
        end = 0
        opened: list[_Opened] = []
        for token in _JSON_TOKEN.finditer(text):
            if token[0] in ("{", "["):
                opened.append(_Opened(token[0] == "{"))
            elif token[0] in ("}", "]"):
                del opened[-1:]
            elif token[0] == "," and opened:
                opened[-1].member = None
            elif opened and opened[-1].is_object:
                try:
                    string = json.loads(token[0], strict=False)
                except ValueError:
                    continue
                renamed = self._string(string, opened)
                if opened[-1].member is None:
                    opened[-1].member = string
                if renamed != string:
                    parts += [text[end : token.start()], json.dumps(renamed)]
                    end = token.end()
        return "".join([*parts, text[end:]])

    def _string(self, string: str, opened: Sequence[_Opened]) -> JSON:
        """A name or value in the object that was opened last, as it is sent."""
        member = opened[-1].member
        if member is None:
            of_tables = len(opened) == 2 and opened[0].member == "RequestItems"
            return self._name(string) if of_tables else string
        return string if member in _DATATYPES else self._member(member, string)

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
