"""Recordings: what other servers answered to one catalogue of requests, one JSON object a line.

Every server was sent the same requests in the order of the file, with one namespace of tables. A line has `id`,
`feature`, `operation`, `request`, the server's `status` and `reply`, and where it applies `setup` (the requests
that this one rests on, by id) and `wait_s` (slept before sending). A request has `body` (JSON) or `raw` (text);
`target`, `headers`, `method` and `path` stand in the place of the usual ones, and null leaves a header out.

Long values stand as templates, in requests:

    {"@@rep": [text, n]}, {"@@join": [text, n]}    the text, n times
    {"@@cat": [part, ...]}                         the parts, one after the other
    {"@@range": [value, a, b]}                     a list of the value with {i} = a, a + 1, ... b - 1
    {"@@nest": ["L" or "M", n]}                    an attribute value within n lists or maps
    {"@@ref": [id, "A.0.B"]}                       what stands there in this server's own reply to that request
    {"@@walk": id}                                 the whole body: read all shards of that DescribeStream reply

and in replies `{"@@rep": [c, n]}`, or `<@@rep c n>` within a text, and `<@@backtrace>` for addresses on a stack. One
that is no JSON is cut after 3,000 characters.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from conformance.references import FROM
from conformance.scenario import JSON, JSONObject, Reply, Step
from conformance.targets.target import WireRequest

_SUFFIX = "-recording.jsonl"
TEXT_REPLY_LENGTH = 3000


class RecordingError(Exception):
    """A file is no recording, or not of the same catalogue. One line: which, where, why."""


@dataclass(frozen=True, slots=True)
class CatalogueRequest:
    """A request of the catalogue as it was recorded, with its templates."""

    id: str
    feature: str
    operation: str
    request: JSONObject
    setup: tuple[str, ...] = ()
    wait: float = 0.0

    @property
    def walks(self) -> str | None:
        """The DescribeStream reply that is to be read through, where it is not one request but many."""
        body = self.request.get("body")
        return body.get("@@walk") if isinstance(body, dict) else None

    def step(self, replies: Mapping[str, Reply]) -> Step:
        """The step that it is on a server whose replies so far those are. Raises LookupError where one is missing."""
        headers = dict(self.request.get("headers", {}))
        if "target" in self.request:
            headers["X-Amz-Target"] = self.request["target"] or None
        body = fill(self.request.get("body", {}), replies)
        return Step(self.operation, body, raw=self.request.get("raw"), headers=headers)

    def scenario_step(self, step: Step) -> Step:
        """The same for a scenario: with references, by which every server is given its own (`references.py`)."""
        body = self.request.get("body")
        return replace(step, request=refer(body, step.request), label=self.id)

    def wire_request(self, step: Step) -> WireRequest:
        request = WireRequest.of(step)
        method, path = self.request.get("method", "POST"), self.request.get("path", "/")
        if method != "POST":
            # The usual headers were sent with every POST only.
            headers = {name.lower(): value for name, value in step.headers.items() if value is not None}
            return WireRequest(method, path, headers, b"" if "body" not in self.request else request.body)
        compress = _COMPRESSIONS.get(request.headers.get("content-encoding", ""))
        return replace(request, path=path, body=request.body if compress is None else compress(request.body))


_COMPRESSIONS: Mapping[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}


@dataclass(frozen=True, slots=True)
class Recording:
    """What one server answered. `name` is the file's, without `-recording.jsonl`."""

    name: str
    catalogue: tuple[CatalogueRequest, ...]
    replies: Mapping[str, Reply]


def load_recordings(paths: Sequence[Path]) -> tuple[Recording, ...]:
    """Recordings of one catalogue. Raises RecordingError."""
    recordings = tuple(_load(path) for path in paths)
    for recording, path in zip(recordings, paths, strict=True):
        if recording.catalogue != recordings[0].catalogue:
            raise RecordingError(f"{path}: recorded from other requests than {paths[0]}: compare them one by one")
    names = [recording.name for recording in recordings]
    if len(set(names)) != len(names):
        raise RecordingError(f"two recordings have one name: {', '.join(names)}")
    return recordings


def _load(path: Path) -> Recording:
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    catalogue: list[CatalogueRequest] = []
    replies: dict[str, Reply] = {}
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            if entry.get("touchstone") == "recording":
                raise RecordingError(
                    f"{path}: is a recording of scenarios (for `touchstone run --target recording:{path}`); wanted is "
                    "one of a catalogue of requests, whose lines have ids (`touchstone record --from CATALOGUE`)"
                )
            request = CatalogueRequest(
                id=entry["id"],
                feature=entry["feature"],
                operation=entry["operation"],
                request=entry["request"],
                setup=tuple(entry.get("setup") or ()),
                wait=float(entry.get("wait_s", 0.0)),
            )
            reply = Reply(entry["status"], expand(entry["reply"]), entry.get("headers", {}))
        except KeyError as missing:
            raise RecordingError(
                f"{path}:{number}: no line of a recording of a catalogue: it has no member {missing}"
            ) from None
        except (ValueError, TypeError, AttributeError) as error:
            raise RecordingError(f"{path}:{number}: no line of a recording: {type(error).__name__}: {error}") from None
        if request.id in replies:
            raise RecordingError(f"{path}:{number}: a second request is called {request.id!r}")
        catalogue.append(request)
        replies[request.id] = reply
    if not catalogue:
        raise RecordingError(f"{path}: is empty")
    return Recording(path.name.removesuffix(_SUFFIX), tuple(catalogue), replies)


# --- templates --------------------------------------------------------------------------------------------

_RUN = re.compile(r"<@@rep (.) (\d+)>", re.DOTALL)


def fill(template: JSON, replies: Mapping[str, Reply]) -> JSON:
    """A request with its templates resolved. Raises LookupError where a reply has no such place."""
    if isinstance(template, list):
        return [fill(element, replies) for element in template]
    if not isinstance(template, dict):
        return template
    if len(template) == 1:
        ((name, argument),) = template.items()
        if name in _TEMPLATES:
            return _TEMPLATES[name](argument, replies)
    return {name: fill(member, replies) for name, member in template.items()}


def refer(template: JSON, filled: JSON) -> Any:
    """A filled request with references in the place of what it took from earlier replies."""
    if isinstance(template, dict) and isinstance(filled, dict) and template.keys() == filled.keys():
        return {name: refer(template[name], filled[name]) for name in filled}
    if isinstance(template, list) and isinstance(filled, list) and len(template) == len(filled):
        return [refer(one, other) for one, other in zip(template, filled, strict=True)]
    if isinstance(template, dict) and template.keys() == {"@@ref"}:
        id_, path = template["@@ref"]
        return {FROM: f"{id_}." + re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", path)}
    return filled


def expand(value: JSON) -> JSON:
    """A recorded reply with its runs of equal letters written out."""
    if isinstance(value, str):
        return _RUN.sub(lambda run: run[1] * int(run[2]), value).replace("<@@backtrace>", "0x0")
    if isinstance(value, list):
        return [expand(element) for element in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"@@rep"}:
        letter, count = value["@@rep"]
        return letter * count
    return {expand(name): expand(member) for name, member in value.items()}


def _repeated(argument: Any, _replies: Mapping[str, Reply]) -> str:
    text, count = argument
    return str(text * count)


def _concatenated(argument: Any, replies: Mapping[str, Reply]) -> str:
    return "".join(fill(part, replies) for part in argument)


def _range(argument: Any, replies: Mapping[str, Reply]) -> list[JSON]:
    template, first, end = argument
    return [fill(_numbered(template, number), replies) for number in range(first, end)]


def _numbered(template: JSON, number: int) -> JSON:
    if isinstance(template, str):
        return template.replace("{i}", str(number))
    if isinstance(template, list):
        return [_numbered(element, number) for element in template]
    if isinstance(template, dict):
        return {_numbered(name, number): _numbered(member, number) for name, member in template.items()}
    return template


def _nested(argument: Any, _replies: Mapping[str, Reply]) -> JSON:
    datatype, levels = argument
    value: JSON = {"S": "x"}  # any scalar: none of the recorded answers shows it
    for _ in range(levels):
        value = {"L": [value]} if datatype == "L" else {"M": {"n": value}}
    return value


def _referred(argument: Any, replies: Mapping[str, Reply]) -> JSON:
    id_, path = argument
    place = replies[id_].body
    for part in path.split("."):
        if isinstance(place, list):
            place = place[int(part)]
        elif isinstance(place, dict):
            place = place[part]
        else:
            raise KeyError(part)
    return place


_TEMPLATES: Mapping[str, Callable[[Any, Mapping[str, Reply]], JSON]] = {
    "@@rep": _repeated,
    "@@join": _repeated,
    "@@cat": _concatenated,
    "@@range": _range,
    "@@nest": _nested,
    "@@ref": _referred,
}
