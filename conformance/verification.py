"""Reproducers verified: each is run against a server, and must show what the suite gets there for the same scenario.

That the scripts run is not enough: one that sends something else than the suite runs as well, and reproduces nothing.
So the scenario is replayed on the server first, then each reproducer is run as a person would run it, on the same
server emptied again. What it shows for the step in question is read back as a reply and compared as any two are.

A transaction's token is remembered for ten minutes, beyond the tables that it wrote to (data-plane 7.3). So each run
gets tokens of its own, and is the reproducer itself in everything else.

What a client does not show is not compared: the AWS CLI tells of a refusal its type and its text, and no more.
A finding of two or three steps takes about 2 s: boto3 0.4 s, the CLI 0.7 s a step, curl and the case next to nothing.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol, TypeAlias, runtime_checkable

from conformance.canonical import tables_of
from conformance.cases import CaseError, dump_case, load_cases
from conformance.compare import compare
from conformance.replay import Exchange, SetupFailure, replay
from conformance.reproduce import HEADING, as_aws_cli, as_boto3, as_curl
from conformance.scenario import JSON, JSONObject, Outcome, Reply, Scenario, Step
from conformance.targets.tables import delete_table
from conformance.targets.target import TargetError, WireRequest

SECONDS: Final = 300.0  # for one script; its requests have limits of their own


@runtime_checkable
class Server(Protocol):
    """A started target with an address: `reference-http`, `moto-server`, DynamoDB Local, any URL."""

    name: str
    resettable: bool

    @property
    def url(self) -> str | None: ...

    def send(self, request: WireRequest) -> Reply: ...

    def reset(self) -> None: ...


def verify(scenario: Scenario, step: int, server: Server) -> dict[str, str]:
    """Each notation by its name in a record, and what is wrong with it there: nothing where it is verified.

    A client that is not installed cannot be asked, which is said as well. Raises TargetError where the server is of no
    use.
    """
    scenario = scenario.with_steps(scenario.steps[: step + 1])
    due = _replayed(_with_own_tokens(scenario), step, server)
    return {name: _verified(show, _with_own_tokens(scenario), step, server, due) for name, show in _NOTATIONS.items()}


def _address_of(server: Server) -> str:
    if server.url is None:
        raise TargetError(f"{server.name} is not started: a client needs its address")
    return server.url


class _NotShown(Exception):  # noqa: N818
    """Why there is nothing to compare. One line."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a notation shows for the step. Of a refusal it may be `partial`: its type and its text."""

    reply: Reply
    partial: bool = False


# Runs a notation against the server.
Show: TypeAlias = Callable[[Scenario, int, Server], _Shown]


def _verified(show: Show, scenario: Scenario, step: int, server: Server, due: Reply) -> str:
    with _Emptied(server, scenario):
        try:
            shown = show(scenario, step, server)
        except _NotShown as error:
            return str(error)
    if shown.partial and due.outcome is Outcome.REFUSED:
        due = Reply(shown.reply.status, {"__type": due.error_type, "message": due.message})
    step_in_question, tables = scenario.steps[step], tables_of(scenario)
    difference = compare(step_in_question, _stripped(due), _stripped(shown.reply), tables=tables)
    return "" if difference is None else f"shows something else than the suite gets: {difference.kind}"


def _stripped(reply: Reply) -> Reply:
    """A text that is no JSON ends where it ends: a terminal shows no white space behind it."""
    return replace(reply, body=reply.body.strip()) if isinstance(reply.body, str) else reply


def _with_own_tokens(scenario: Scenario) -> Scenario:
    run = secrets.token_hex(8)

    def own(step: Step) -> Step:
        token = step.request.get("ClientRequestToken")
        if not isinstance(token, str) or not 0 < len(token) <= _LONGEST_TOKEN:
            return step  # it is what is wrong with the request
        renamed = sha256(f"{run}{token}".encode("utf-8", "surrogatepass")).hexdigest()[:_LONGEST_TOKEN]
        return replace(step, request=step.request | {"ClientRequestToken": renamed})

    return scenario.with_steps(tuple(map(own, scenario.steps)))


_LONGEST_TOKEN: Final = 36


class _Emptied:
    """The server without the scenario's tables, before and after."""

    def __init__(self, server: Server, scenario: Scenario) -> None:
        self._server, self._scenario = server, scenario

    def __enter__(self) -> None:
        self._empty()

    def __exit__(self, *_: object) -> None:
        self._empty()

    def _empty(self) -> None:
        if self._server.resettable:
            self._server.reset()
            return
        for name in self._scenario.table_names():
            if trouble := delete_table(self._server, name):  # type: ignore[arg-type]
                raise TargetError(f"{self._server.name} was not emptied: {trouble}")


def _replayed(scenario: Scenario, step: int, server: Server) -> Reply:
    with _Emptied(server, scenario):
        for exchange in replay(scenario, [server]):  # type: ignore[list-item]
            if isinstance(exchange, SetupFailure):
                raise TargetError(f"{server.name}: {exchange.reason}")
            if exchange.index == step:
                return exchange.replies[server.name]
    raise AssertionError("a scenario has its own steps")


# --- the notations ----------------------------------------------------------------------------------------


def _show_case(scenario: Scenario, step: int, server: Server) -> _Shown:
    """Loaded again from a file, and replayed."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.yaml"
        file.write_bytes(dump_case(scenario).encode("utf-8"))
        try:
            (loaded,) = load_cases([file])
        except CaseError as error:
            raise _NotShown(f"the case cannot be loaded: {error}") from None
    for exchange in replay(loaded, [server]):  # type: ignore[list-item]
        if isinstance(exchange, Exchange) and exchange.index == step:
            return _Shown(exchange.replies[server.name])
    raise _NotShown("the case does not get to the step")


def _show_boto3(scenario: Scenario, step: int, server: Server) -> _Shown:
    try:
        import boto3  # noqa: F401
    except ImportError:
        raise _NotShown("not verified: boto3 is not installed") from None
    shown = _run([sys.executable, "-"], as_boto3(scenario, step), step, _address_of(server))
    status, document = _status(shown), _document(shown)
    if not isinstance(document, dict):
        return _Shown(Reply(status, document))
    if "(no JSON object)" in document:
        return _Shown(Reply(status, document["(no JSON object)"]))
    error = document.pop("Error", None)
    if isinstance(error, dict) and status >= 400:
        # boto3 has type and text in a member of its own, and further members of an error twice.
        inner = {name: value for name, value in error.items() if name not in ("Code", "Message", "Type")}
        text = {} if not error.get("Message") else {"message": error["Message"]}
        members = {name: value for name, value in document.items() if name not in ("message", "Message")}
        document = {"__type": error.get("Code"), **text, **inner, **members}
    return _Shown(Reply(status, document))


_CLI_REFUSAL: Final = re.compile(
    r"An error occurred \((?P<error>\w+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: "
    r"(?P<message>.*?)\s*(?:\n\nAdditional error details:.*)?\Z",
    re.DOTALL,
)


def _show_aws_cli(scenario: Scenario, step: int, server: Server) -> _Shown:
    if shutil.which("aws", path=_path()) is None:
        raise _NotShown("not verified: the AWS CLI is not installed")
    if _is_version_1() and _has_binaries([*scenario.tables, *(one.request for one in scenario.steps)]):
        raise _NotShown("not verified: version 1 of the AWS CLI encodes binaries once more")
    shown = _run(["sh", "-s"], as_aws_cli(scenario, step), step, _address_of(server))
    if "HTTP " in shown:
        return _of_curl(shown)
    if refusal := _CLI_REFUSAL.search(shown):
        body = {"__type": refusal["error"], "message": refusal["message"]}
        return _Shown(Reply(400, body), partial=True)
    # An empty reply is shown as nothing.
    return _Shown(Reply(200, _document(shown) if shown.strip() else {}))


def _show_curl(scenario: Scenario, step: int, server: Server) -> _Shown:
    if shutil.which("curl") is None:
        raise _NotShown("not verified: curl is not installed")
    return _of_curl(_run(["sh", "-s"], as_curl(scenario, step), step, _address_of(server)))


def _of_curl(shown: str) -> _Shown:
    status = _status(shown)
    body = _STATUS.sub("", shown).strip()
    try:
        return _Shown(Reply(status, json.loads(body)))
    except ValueError:
        return _Shown(Reply(status, body))


_NOTATIONS: Final[Mapping[str, Show]] = {
    "yaml": _show_case,
    "boto3": _show_boto3,
    "aws_cli": _show_aws_cli,
    "curl": _show_curl,
}


# --- running ----------------------------------------------------------------------------------------------

_STATUS: Final = re.compile(r"^HTTP (?P<status>\d+)$", re.MULTILINE)


def _run(command: Sequence[str], script: str, step: int, url: str) -> str:
    """What the script shows for the step, its errors included."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "AWS_ENDPOINT_URL_DYNAMODB": url,
        "PATH": _path(),
        # Nobody's configuration or credentials are to have a part in it.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    try:
        done = subprocess.run(
            command,
            check=False,
            input=script.encode("utf-8", "surrogatepass"),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _NotShown(f"it was still running after {SECONDS:g} s") from None
    output = done.stdout.decode("utf-8", "backslashreplace")
    _, heading, shown = output.rpartition(f"{HEADING} {step + 1}: ")
    if not heading:
        last = output.strip().rpartition("\n")[2]
        raise _NotShown(f"it ends before the step, with status {done.returncode}: {last:.200}")
    return shown.partition("\n")[2]


def _path() -> str:
    """Programs of our own environment first."""
    return f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ.get('PATH', '')}"


def _status(shown: str) -> int:
    found = _STATUS.search(shown)
    if found is None:
        raise _NotShown(f"it shows no status: {' '.join(shown.split()):.200}")
    return int(found["status"])


def _document(shown: str) -> JSON:
    try:
        return json.loads(_STATUS.sub("", shown))
    except ValueError:
        raise _NotShown(f"it shows no JSON: {' '.join(shown.split()):.200}") from None


def _is_version_1() -> bool:
    asked = subprocess.run(
        ["aws", "--version"], check=False, capture_output=True, text=True, env={**os.environ, "PATH": _path()}
    )
    return asked.stdout.startswith("aws-cli/1.")


def _has_binaries(value: JSON) -> bool:
    return any(_is_binary(inside) for inside in _everything_in(value))


def _is_binary(value: JSON) -> bool:
    return isinstance(value, dict) and (isinstance(value.get("B"), str) or isinstance(value.get("BS"), list))


def _everything_in(value: JSON) -> Iterator[JSON]:
    yield value
    inside: Sequence[JSON] | JSONObject = value if isinstance(value, dict | list) else ()
    for element in inside.values() if isinstance(inside, dict) else inside:
        yield from _everything_in(element)
