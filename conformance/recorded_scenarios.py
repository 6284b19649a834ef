"""Recordings of scenarios: what one server answered to cases and generated scenarios, judged later without it.

A file is JSON lines. The first is a header, then there is one line a scenario:

    {"touchstone": "recording", "format": 1, "target": {"name": ..., "version": ...}, "recorded": "2026-11-22T..."}
    {"scenario": {...}, "exchanges": [{"operation": "PutItem", "request": "5f1c...", "status": 200, "reply": {}}]}

A scenario's line is written when it has been replayed to its end, so a recorder that is killed loses the scenario in
hand and no other; started again, it goes on behind the last one. (Recordings of one catalogue of requests, which all
servers got in one order, are another format: `recording.py`.)

`RecordingTarget` serves the replies as a target. What was recorded is every exchange of a replay: creating the
tables, waiting for them, steps, the pages of a cursor, and each is found by its place and its request. So the same
replay gives the same replies, and what was asked otherwise has none: a case that was changed since, or what a minimiser
tries, is indeterminate and no divergence. Requests are compared by digest, with two things taken out: the prefix of
tables on a server that could not be emptied, and the text of a transaction's token, of which only counts whether it is
the same as another one's.

Nothing secret is in a file: what is recorded is what the suite wrote, before a target signs it, and no header of a
reply.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from conformance.events import TargetDescription
from conformance.paging import listed
from conformance.recording import TEXT_REPLY_LENGTH, CatalogueRequest, Recording, RecordingError, load_recordings
from conformance.replay import SetupFailure, as_read, prefix_for, replay
from conformance.scenario import JSON, JSONObject, Reply, Scenario, Step
from conformance.scenario_json import scenario_as_json, scenario_from_json
from conformance.targets.tables import is_on_the_way
from conformance.targets.target import Target, WireRequest
from conformance.witnesses import Hearing, hear

FORMAT: Final = 1
# So many scenarios in a row without an answer, and the server is given up.
LOST_AFTER: Final = 3


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """A request by its digest, and the reply."""

    operation: str
    request: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class RecordedScenario:
    scenario: Scenario
    exchanges: tuple[RecordedExchange, ...]


@dataclass(frozen=True, slots=True)
class ScenarioRecording:
    """What one server answered. `name` is the file's, without its ending."""

    name: str
    target: str
    version: str
    recorded: str
    scenarios: tuple[RecordedScenario, ...]


def identity(scenario: Scenario) -> str:
    """What a scenario asks, whatever it is called and expects."""
    asked = scenario_as_json(scenario)
    steps = [{name: value for name, value in step.items() if name != "expect"} for step in asked["steps"]]
    return _digest(json.dumps([asked["tables"], steps], sort_keys=True))


def is_of_scenarios(path: Path) -> bool:
    """Whether the file is such a recording, by its first line."""
    try:
        with path.open(encoding="utf-8") as file:
            header = json.loads(file.readline())
    except (OSError, ValueError):
        return False
    return isinstance(header, dict) and header.get("touchstone") == "recording"


def load(path: Path) -> ScenarioRecording:
    """Raises RecordingError. A last line that was cut off by the end of a recorder is no fault."""
    header, *lines = _lines(path)
    try:
        if header["touchstone"] != "recording" or header["format"] != FORMAT:
            raise RecordingError(f"{path}:1: is no recording of scenarios in format {FORMAT}")
        name, version, recorded = header["target"]["name"], header["target"]["version"], header["recorded"]
    except (KeyError, TypeError) as error:
        raise RecordingError(f"{path}:1: no header of a recording: {type(error).__name__}: {error}") from None
    scenarios = []
    for number, line in enumerate(lines, start=2):
        try:
            line = _unfolded(line)
            exchanges = tuple(_exchange(one) for one in line["exchanges"])
            scenarios.append(RecordedScenario(scenario_from_json(line["scenario"]), exchanges))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RecordingError(f"{path}:{number}: no line of a recording: {type(error).__name__}: {error}") from None
    return ScenarioRecording(path.name.removesuffix(".jsonl"), name, version, recorded, tuple(scenarios))


def only(recording: ScenarioRecording, wanted: Callable[[Scenario], bool]) -> ScenarioRecording:
    """The recording with some of its scenarios."""
    return replace(recording, scenarios=tuple(one for one in recording.scenarios if wanted(one.scenario)))


def _lines(path: Path) -> list[Any]:
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    *whole, _cut_off = text.split("\n")
    if not whole:
        raise RecordingError(f"{path}: is empty")
    lines = []
    for number, line in enumerate(whole, start=1):
        try:
            lines.append(json.loads(line))
        except ValueError as error:
            raise RecordingError(f"{path}:{number}: no JSON: {error}") from None
    return lines


def _exchange(document: JSONObject) -> RecordedExchange:
    reply = Reply(int(document["status"]), document["reply"], failure=document.get("failure", ""))
    return RecordedExchange(document["operation"], document["request"], reply)


# Items are filled up to their limit with one letter; a text of one letter is folded: {"$run": ["x", 409600]}. Nobody
# else's object has this one member with a list of a letter and a number in it.
_RUN: Final = "$run"
_SHORTEST_RUN: Final = 200


def _folded(value: JSON) -> JSON:
    if isinstance(value, str):
        if len(value) >= _SHORTEST_RUN and value == value[0] * len(value):
            return {_RUN: [value[0], len(value)]}
        return value
    if isinstance(value, list):
        return [_folded(element) for element in value]
    return {name: _folded(member) for name, member in value.items()} if isinstance(value, dict) else value


def _unfolded(value: JSON) -> JSON:
    if isinstance(value, list):
        return [_unfolded(element) for element in value]
    if not isinstance(value, dict):
        return value
    match value.get(_RUN):
        case [str(letter), int(count)] if len(value) == 1:
            return letter * count
    return {name: _unfolded(member) for name, member in value.items()}


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


# --- requests as they are told from one another -----------------------------------------------------------


class _Digests:
    """Digests of the requests of one replay, in their order."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._tokens: dict[str, str] = {}

    def of(self, request: WireRequest) -> str:
        usual = WireRequest.of(Step(""))
        headers = sorted((name, value) for name, value in request.headers.items() if usual.headers.get(name) != value)
        left_out = sorted(usual.headers.keys() - request.headers.keys())
        return _digest(json.dumps([request.method, request.path, headers, left_out, self._body(request)]))

    def _body(self, request: WireRequest) -> str:
        text = request.body.decode("utf-8", "surrogateescape")
        if self._prefix:
            text = text.replace(self._prefix, "")
        try:
            body = json.loads(text)
        except ValueError:
            return text
        if not isinstance(body, dict) or not isinstance(token := body.get("ClientRequestToken"), str):
            return text
        # With a prefix every token that may be one is another (`replay.py`); an illegal one is its own case.
        named = (
            self._tokens.setdefault(token, f"token {len(self._tokens)}") if 0 < len(token) <= _TOKEN_LENGTH else token
        )
        return json.dumps({**body, "ClientRequestToken": named})


_TOKEN_LENGTH: Final = 36  # data-plane 2.1


# --- as a target ------------------------------------------------------------------------------------------


class RecordingTarget(Target):
    """A recording that answers as its server did. `scenarios` is what it can answer, in the order of the file.

    Nobody tells a target which scenario comes. So all are considered that fit what was asked since the last `reset`.
    Several may begin alike and differ in what the server made up (ARNs, iterators), which later requests have in them:
    then the one behind the last that was served goes first, so that a replay of the file in its order is exact.
    """

    resettable = True

    def __init__(self, recording: ScenarioRecording, *, name: str | None = None) -> None:
        self.name = name or recording.name
        self._recording = recording
        self._identities = frozenset(identity(one.scenario) for one in recording.scenarios)
        self._order = list(recording.scenarios)
        self._candidates = self._order
        self._place = 0
        self._digests = _Digests()

    @classmethod
    def open(cls, path: Path, *, name: str | None = None) -> RecordingTarget:
        return cls(load(path), name=name)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        return tuple(one.scenario for one in self._recording.scenarios)

    def has(self, scenario: Scenario) -> bool:
        """Whether the scenario was recorded as it is now."""
        return identity(scenario) in self._identities

    def describe(self) -> TargetDescription:
        return TargetDescription(self.name, self._recording.version, f"recorded {self._recording.recorded[:10]}")

    def reset(self) -> None:
        if self._place and self._candidates:
            served = self._order.index(self._candidates[0])
            self._order = self._order[served + 1 :] + self._order[: served + 1]
        self._candidates = self._order
        self._place = 0
        self._digests = _Digests()

    def send(self, request: WireRequest) -> Reply:
        digest, place = self._digests.of(request), self._place
        self._candidates = [
            one for one in self._candidates if len(one.exchanges) > place and one.exchanges[place].request == digest
        ]
        self._place += 1
        if not self._candidates:
            return Reply(0, failure="this was not asked when it was recorded")
        return self._candidates[0].exchanges[place].reply


# --- recording --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recorded:
    """A scenario was recorded, or was in the file already (`new` is false), or was left out, and why.

    `asked_alike`: an earlier one of the same run asks the same, so its answers are this one's too.
    """

    scenario: Scenario
    new: bool = True
    asked_alike: bool = False
    left_out: str = ""


def record(target: Target, scenarios: Iterable[Scenario], path: Path) -> Iterator[Recorded]:
    """Replay each scenario on a started target and write it down, but for those that are in the file already.

    What a server did not answer is not written, so that it is asked again the next time. Raises RecordingError where
    the file is another server's, and where the server has stopped answering.
    """
    described = target.describe()
    known = _begun(path, described)
    met: set[str] = set()
    silent = 0
    with path.open("a", encoding="ascii", newline="\n") as file:
        for scenario in scenarios:
            asked = identity(scenario)
            if asked in known:
                yield Recorded(scenario, new=False, asked_alike=asked in met)
                met.add(asked)
                continue
            exchanges, trouble = _replayed(target, scenario)
            if trouble:
                silent += 1
                yield Recorded(scenario, left_out=trouble)
                if silent >= LOST_AFTER:
                    raise RecordingError(
                        f"{target.name} was lost: {trouble}; {path} has what it answered, and the same command goes on"
                    )
                continue
            silent = 0
            known.add(asked)
            met.add(asked)
            # Escaped to ASCII: a scenario may hold halves of surrogate pairs, which no encoding can write.
            line = {"scenario": scenario_as_json(scenario), "exchanges": exchanges}
            file.write(json.dumps(_folded(line)) + "\n")
            file.flush()
            yield Recorded(scenario)


def _begun(path: Path, described: TargetDescription) -> set[str]:
    """The identities of what is in the file, which is made where there is none, and trimmed of a line cut off."""
    _trim(path)
    if path.exists() and path.stat().st_size:
        if not is_of_scenarios(path):
            raise RecordingError(f"{path}: exists, and is no recording of scenarios: give another --out")
        begun = load(path)
        if (begun.target, begun.version) != (described.name, described.version):
            raise RecordingError(
                f"{path}: was recorded from {begun.target} {begun.version}, not from "
                f"{described.name} {described.version}: give another --out"
            )
        return {identity(one.scenario) for one in begun.scenarios}
    header = {
        "touchstone": "recording",
        "format": FORMAT,
        "target": {"name": described.name, "version": described.version},
        "recorded": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(header) + "\n", encoding="ascii", newline="\n")
    return set()


def _trim(path: Path) -> None:
    """Take off a last line that was cut off by the end of a recorder."""
    content = path.read_bytes() if path.exists() else b""
    if not content.endswith(b"\n") and content:
        os.truncate(path, content.rfind(b"\n") + 1)


def _replayed(target: Target, scenario: Scenario) -> tuple[list[JSONObject], str]:
    """Every exchange of a replay; or why there is nothing to record."""
    listening = _Listening(target, prefix_for([target]))
    exchanges: list[JSONObject] = []
    for one in replay(scenario, [listening], prefix=listening.prefix):
        if isinstance(one, SetupFailure) and one.reply is None:
            return [], one.reason
        exchanges += _without_waiting(listening.heard)
        listening.heard.clear()
    for exchange in exchanges:
        if exchange["status"] == 0:
            return [], f"{exchange['operation']}: {exchange['failure']}"
    return exchanges, ""


def _without_waiting(heard: Sequence[JSONObject]) -> list[JSONObject]:
    """Of a table that was waited for, the last look only: who replays it later need not wait.

    The first exchange is a table's creation or a step, and never a look.
    """
    return [
        exchange
        for position, exchange in enumerate(heard)
        if not (
            0 < position < len(heard) - 1
            and exchange["operation"] == "DescribeTable"
            and heard[position + 1]["operation"] == "DescribeTable"
            and is_on_the_way(Reply(exchange["status"], exchange["reply"]))
        )
    ]


class _Listening(Target):
    """A target that notes what it is asked and answers, without the prefix of tables."""

    def __init__(self, target: Target, prefix: str) -> None:
        self.name, self.resettable = target.name, target.resettable
        self.prefix = prefix
        self.heard: list[JSONObject] = []
        self._target = target
        self._digests = _Digests(prefix)

    def describe(self) -> TargetDescription:
        return self._target.describe()

    def reset(self) -> None:
        self._target.reset()

    def send(self, request: WireRequest) -> Reply:
        reply = self._target.send(request)
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        if self.prefix:
            # What else is on a server that is not ours is nobody's business.
            asked = as_read(Step(operation, raw=request.body.decode("utf-8", "replace")))
            reply = listed(asked, reply, self._target, self.prefix)
        exchange: JSONObject = {
            "operation": operation,
            "request": self._digests.of(request),
            "status": reply.status,
            "reply": self._unprefixed(reply.body),
        }
        if reply.failure:
            exchange["failure"] = reply.failure
        self.heard.append(exchange)
        return reply

    def _unprefixed(self, body: JSON) -> JSON:
        if not self.prefix:
            return body
        return json.loads(json.dumps(body).replace(self.prefix, ""))


# --- a catalogue of requests ------------------------------------------------------------------------------


def record_catalogue(target: Target, catalogue: Recording, path: Path) -> Iterator[str]:
    """Put the requests of a recorded catalogue to a started target that can be emptied, and write its replies likewise.

    Yields the id of each that is written. What is in the file already is asked again, since later requests rest on it,
    and is not written again.
    """
    written = _catalogue_begun(path, catalogue)
    listening = _Listening(target, "")
    with path.open("a", encoding="ascii", newline="\n") as file:
        for hearing in hear(listening, [catalogue]):
            request = hearing.request
            if request.id not in written:
                file.write(json.dumps(_catalogue_line(request, hearing, listening.heard)) + "\n")
                file.flush()
                yield request.id
            listening.heard.clear()


def _catalogue_begun(path: Path, catalogue: Recording) -> set[str]:
    if not path.exists() or not path.stat().st_size:
        path.parent.mkdir(parents=True, exist_ok=True)
        return set()
    _trim(path)
    begun = load_recordings([path])[0].catalogue if path.stat().st_size else ()
    if begun != catalogue.catalogue[: len(begun)]:
        raise RecordingError(f"{path}: exists, and is no recording of these requests: give another --out")
    return {request.id for request in begun}


def _catalogue_line(request: CatalogueRequest, hearing: Hearing, heard: Sequence[JSONObject]) -> JSONObject:
    line: JSONObject = {
        "id": request.id,
        "feature": request.feature,
        "operation": request.operation,
        "request": request.request,
        "setup": list(request.setup) or None,
    }
    if request.wait:
        line["wait_s"] = request.wait
    if hearing.reply is not None:
        return line | {"status": hearing.reply.status, "reply": hearing.reply.body}
    if heard:
        body = heard[0]["reply"]
        return line | {
            "status": heard[0]["status"],
            "reply": body[:TEXT_REPLY_LENGTH] if isinstance(body, str) else body,
        }
    return line | {"status": 0, "reply": None, "not_sent": str(hearing.skipped)}
