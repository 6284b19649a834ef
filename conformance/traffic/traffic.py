"""Captured traffic: one JSON object a line, in the format of recordings (`conformance.recording`) with more members.

    id          "000001", "000002", ... in the order in which the requests were received
    feature     "" in a capture
    operation   "PutItem"; "" where the request named none
    request     {"body": {...}} as sent, or {"raw": text} where that is no JSON object that could be sent again from
                its parsed form; and, where they are not the usual ones, "target", "headers", "method", "path"
    status      of the reply; 0 where none came
    reply       its JSON, or its text
    headers     of the reply: type, request id, CRC, server, CORS, connection and transfer
    at          when the whole request had been received: seconds since 1970, a float
    seconds     from then until the whole reply had been passed on
    region      of the signature; "" where there was none
    account     "1", "2", ... in the place of the access key, which is never written
    connection  the number of the client's connection
    client      the user agent, shortened
    service     "dynamodb" or "dynamodbstreams"
    failure     (only where there was one) why no reply came, or that the proxy had to answer itself
    missing     (only of partial requests) what is not known of the request or its reply
    redaction   (only of redacted captures) in which way values were replaced: "values" or "hash"

Two requests overlapped where one was received before the other's reply had been passed on: `at` and `seconds` say so.
Lines stand in the order of `at` as far as replies allow: one that takes very long is written later than those
received after it. Nothing is abbreviated: templates are read in recordings, which have no `at`, and never written.
"""

from __future__ import annotations

import gzip
import heapq
import json
import re
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedIOBase
from pathlib import Path
from typing import Any, Final, TypeAlias

from conformance.recording import expand, fill
from conformance.scenario import JSON, JSONObject, Reply, Step
from conformance.traffic import cloudtrail

# The services, by the beginning of X-Amz-Target.
SERVICES: Final[Mapping[str, str]] = {
    "DynamoDB_20120810": "dynamodb",
    "DynamoDBStreams_20120810": "dynamodbstreams",
}
_PREFIXES: Final = {service: prefix for prefix, service in SERVICES.items()}

_GZIP: Final = b"\x1f\x8b"
# `traffic.jsonl` goes on in `traffic.000002.jsonl`.
_FOLLOWER: Final = re.compile(r"(?P<stem>.+)\.(?P<number>\d{6})(?P<endings>(\.jsonl|\.json)?(\.gz)?)")


class TrafficError(Exception):
    """A file is no captured traffic, or cannot be written. One line: which, where, why."""


@dataclass(frozen=True, slots=True)
class CapturedRequest:
    """A request, its reply, and when. The module says what the members are.

    `source` is the file and line that it was read from.
    """

    id: str
    operation: str
    request: JSONObject
    status: int
    reply: JSON = None
    headers: Mapping[str, str] = field(default_factory=dict)
    at: float = 0.0
    seconds: float = 0.0
    region: str = ""
    account: str = ""
    connection: int = 0
    client: str = ""
    service: str = "dynamodb"
    feature: str = ""
    failure: str = ""
    missing: tuple[str, ...] = ()
    redaction: str = ""
    source: str = field(default="", compare=False)

    @property
    def partial(self) -> bool:
        """Whether something of it, or of its reply, is not known."""
        return bool(self.missing)

    @property
    def is_whole(self) -> bool:
        """Whether the request is all there, so that it can be sent again as it was."""
        return set(self.missing) <= {"reply"}

    @property
    def body(self) -> JSONObject | None:
        """The request's JSON object; None where it was none."""
        body = self.request.get("body")
        return body if isinstance(body, dict) else None

    @property
    def step(self) -> Step:
        """What was sent, to be sent again."""
        headers: dict[str, str | None] = dict(self.request.get("headers", {}))
        if "target" in self.request:
            headers["X-Amz-Target"] = self.request["target"] or None
        return Step(
            self.operation,
            self.body or {},
            raw=self.request.get("raw"),
            headers=headers,
            method=self.request.get("method", "POST"),
            path=self.request.get("path", "/"),
        )

    @property
    def answer(self) -> Reply:
        """What the application got."""
        return Reply(self.status, self.reply, self.headers, self.failure if self.status == 0 else "")

    def overlaps(self, other: CapturedRequest) -> bool:
        return self.at < other.at + other.seconds and other.at < self.at + self.seconds

    def as_json(self) -> JSONObject:
        line: JSONObject = {
            "id": self.id,
            "feature": self.feature,
            "operation": self.operation,
            "request": self.request,
            "status": self.status,
            "reply": self.reply,
            "headers": dict(self.headers),
            "at": self.at,
            "seconds": self.seconds,
            "region": self.region,
            "account": self.account,
            "connection": self.connection,
            "client": self.client,
            "service": self.service,
        }
        if self.failure:
            line["failure"] = self.failure
        if self.missing:
            line |= {"partial": True, "missing": list(self.missing)}
        if self.redaction:
            line["redaction"] = self.redaction
        return line


def usual_target(service: str, operation: str) -> str:
    """The X-Amz-Target that goes without saying."""
    return f"{_PREFIXES[service]}.{operation}"


# --- writing ----------------------------------------------------------------------------------------------


def as_line(request: CapturedRequest) -> bytes:
    """One line of a file. What is not ASCII is escaped, so that lone surrogates survive too."""
    return json.dumps(request.as_json(), separators=(",", ":")).encode("ascii") + b"\n"


def write(path: Path, requests: Iterable[CapturedRequest]) -> int:
    """Write a whole file, compressed where its name ends in `.gz`. Returns how many. Raises TrafficError."""
    count = 0
    try:
        with _opened_to_write(path) as file:
            for request in requests:
                file.write(as_line(request))
                count += 1
    except OSError as error:
        raise TrafficError(f"{path}: cannot be written: {error.strerror or error}") from None
    return count


def _opened_to_write(path: Path) -> BufferedIOBase:
    return gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb")


def follower(path: Path, number: int) -> Path:
    """The `number`th file of a capture into `path`, which is the first: `traffic.000002.jsonl` for `traffic.jsonl`."""
    if number == 1:
        return path
    endings = [suffix for suffix in path.suffixes[-2:] if suffix in (".gz", ".json", ".jsonl")]
    ending = "".join(endings)
    return path.with_name(f"{path.name.removesuffix(ending)}.{number:06}{ending}")


def files_of(path: Path) -> tuple[Path, ...]:
    """The file and those that it goes on in, in order."""
    files = [path]
    while (following := follower(path, len(files) + 1)).exists():
        files.append(following)
    return tuple(files)


# --- reading ----------------------------------------------------------------------------------------------

# The requests of a file, and in the end whether anything stood in it.
_Read: TypeAlias = Generator[CapturedRequest, None, bool]


def read_traffic(
    paths: Path | str | Iterable[Path | str], *, on_cut: Callable[[Path], None] = lambda _path: None
) -> Iterator[CapturedRequest]:
    """What files hold: captured traffic, recordings, CloudTrail's events; compressed or not; known by their content.

    A file that goes on in others (`--rotate`) is read with them. Several captures are put together by time. A last
    line that was cut off is no fault (the capture was killed), and `on_cut` is told of its file. Raises TrafficError.
    """
    given = [Path(paths)] if isinstance(paths, Path | str) else [Path(path) for path in paths]
    captures: dict[Path, tuple[Path, ...]] = {}
    for path in given:
        captures.setdefault(first := _first(path), files_of(first))
    if len(captures) == 1:
        (files,) = captures.values()
        return _read_series(files, on_cut)
    return heapq.merge(*(_read_series(files, on_cut) for files in captures.values()), key=lambda request: request.at)


def _first(path: Path) -> Path:
    """The file that this one is a follower of, where that is there: so `traffic*.jsonl` names no file twice."""
    match = _FOLLOWER.fullmatch(path.name)
    if match is None:
        return path
    first = path.with_name(match["stem"] + match["endings"])
    return first if path in files_of(first)[1:] and first.exists() else path


def _read_series(files: Sequence[Path], on_cut: Callable[[Path], None]) -> Iterator[CapturedRequest]:
    """A capture may be killed when it has begun another file and written nothing to it yet."""
    *whole, last = files
    any_line = False
    for path in whole:
        any_line |= yield from _read(path, None)
    if not (yield from _read(last, on_cut)):
        if not any_line:
            raise TrafficError(f"{files[0]}: is empty: nothing was captured")
        on_cut(last)


def _read(path: Path, on_cut: Callable[[Path], None] | None) -> _Read:
    """`on_cut` is None for a file that others follow: in it nothing may be cut off."""
    try:
        with _opened(path) as file:
            return (yield from _read_lines(path, file, on_cut))
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise TrafficError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _opened(path: Path) -> BufferedIOBase:
    file = path.open("rb")
    compressed = file.read(2) == _GZIP
    file.seek(0)
    return gzip.open(file) if compressed else file


def _read_lines(path: Path, file: BufferedIOBase, on_cut: Callable[[Path], None] | None) -> _Read:
    replies: dict[str, Reply] = {}
    any_line = False
    for number, line in enumerate(_lines(path, file, on_cut), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            if not any_line:
                # Not one object a line: CloudTrail's file may be laid out over many.
                with _explained(f"{path}:{number}"):
                    yield from _read_whole(path, line + file.read(), number)
                return True
            if on_cut is not None and not line.endswith(b"\n"):
                on_cut(path)
                return True
            raise TrafficError(f"{path}:{number}: no line of captured traffic: {error}") from None
        any_line = True
        with _explained(f"{path}:{number}"):
            if cloudtrail.is_log(entry):
                yield from _from_events(cloudtrail.events_of(entry), f"{path}:{number}")
            else:
                yield _from_line(entry, f"{path}:{number}", replies)
    return any_line


@contextmanager
def _explained(place: str) -> Iterator[None]:
    """What is wrong with JSON that was to be traffic, in one line."""
    try:
        yield
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise TrafficError(f"{place}: no line of captured traffic: {why}") from None


def _lines(path: Path, file: BufferedIOBase, on_cut: Callable[[Path], None] | None) -> Iterator[bytes]:
    """The lines. What a killed capture left of a compressed file is read as far as it goes."""
    while True:
        try:
            line = file.readline()
        except EOFError:
            if on_cut is None:
                raise TrafficError(f"{path}: is cut off, and others follow it") from None
            on_cut(path)
            return
        if not line:
            return
        yield line


def _read_whole(path: Path, text: bytes, number: int) -> Iterator[CapturedRequest]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not cloudtrail.is_log(document):
        raise TrafficError(f"{path}:{number}: neither captured traffic nor events of CloudTrail") from None
    yield from _from_events(cloudtrail.events_of(document), f"{path}:{number}")


def _from_events(events: Sequence[JSONObject], source: str) -> Iterator[CapturedRequest]:
    """In the order of their times: CloudTrail promises none."""
    found = [_from_line(line, source, {}) for line in map(cloudtrail.captured, events) if line is not None]
    yield from sorted(found, key=lambda request: request.at)


_NUMBER: Final = (int, float)
_MEMBERS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "operation": str,
    "request": dict,
    "status": int,
    "headers": (dict, type(None)),
    "at": _NUMBER,
    "seconds": _NUMBER,
    "region": str,
    "account": str,
    "connection": int,
    "client": str,
    "service": str,
    "feature": str,
    "failure": str,
    "missing": (list, type(None)),
    "redaction": str,
}
_REQUEST_MEMBERS: Final = {"raw": str, "target": str, "method": str, "path": str, "headers": dict}
_LATEST: Final = 1e11  # seconds since 1970


def _check(members: Mapping[str, Any], types: Mapping[str, type | tuple[type, ...]]) -> None:
    """Raise TypeError where a member is there and of another type."""
    for name, type_ in types.items():
        if name in members and not isinstance(members[name], type_):
            raise TypeError(f"`{name}` is of the wrong type")


def _from_line(entry: Any, source: str, replies: dict[str, Reply]) -> CapturedRequest:
    request, reply, missing = entry["request"], entry["reply"], tuple(entry.get("missing") or ())
    _check(entry, _MEMBERS)
    _check(request, _REQUEST_MEMBERS)
    if not all(isinstance(value, str | None) for value in request.get("headers", {}).values()):
        raise TypeError("the headers of `request` must be texts")
    if not all(isinstance(name, str) for name in missing):
        raise TypeError("`missing` must be a list of texts")
    if not all(0 <= entry.get(member, 0) < _LATEST for member in ("at", "seconds")):
        raise ValueError("`at` and `seconds` must be times")
    if "at" not in entry:
        request, reply, missing = _without_templates(entry["id"], request, reply, entry, replies)
    return CapturedRequest(
        id=str(entry["id"]),
        operation=entry["operation"],
        request=request,
        status=int(entry["status"]),
        reply=reply,
        headers=entry.get("headers") or {},
        at=float(entry.get("at", 0.0)),
        seconds=float(entry.get("seconds", 0.0)),
        region=entry.get("region", ""),
        account=entry.get("account", ""),
        connection=int(entry.get("connection", 0)),
        client=entry.get("client", ""),
        service=entry.get("service", "dynamodb"),
        feature=entry.get("feature", ""),
        failure=entry.get("failure", ""),
        missing=missing,
        redaction=entry.get("redaction", ""),
        source=source,
    )


def _without_templates(
    id_: str, request: JSONObject, reply: JSON, entry: Mapping[str, Any], replies: dict[str, Reply]
) -> tuple[JSONObject, JSON, tuple[str, ...]]:
    """A recording's request and reply, written out. What rests on a reply that is not in the file is missing."""
    reply = expand(reply)
    replies[id_] = Reply(entry["status"], reply)
    body = request.get("body")
    if isinstance(body, dict) and "@@walk" in body:
        return request, reply, ("body",)
    try:
        return (request if body is None else request | {"body": fill(body, replies)}), reply, ()
    except (LookupError, ValueError):
        return request, reply, ("body",)
