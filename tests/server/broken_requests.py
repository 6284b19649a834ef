"""Requests broken on purpose, at every level, put to a reference server: none may be answered with a 5xx.

The requests are the conformance suite's generated ones, or those of its cases, which are mostly valid and about items
that exist; most are then broken in one place, so that they come far before they are refused. Equal seeds break equally.

    python tests/server/broken_requests.py --requests 20000 --seed 1 [--corpus] [--dialect alternator-6.2]
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeAlias

from calling import HEADERS

from conformance.commands.options import load
from conformance.scenario import Scenario
from conformance.strategies.generation import generate
from conformance.strategies.scenarios import scenarios
from reference_server import ReferenceServer

Request: TypeAlias = dict[str, Any]

# Of the requests of a scenario these are left whole, so that there are items to break requests about.
WHOLE_PERCENT = 25
# As many requests as a scenario makes here on average, not much less.
REQUESTS_OF_SCENARIO = 10

# The same request as a member of a transaction; members that it does not have there are ignored.
ACTIONS = {
    "PutItem": ("TransactWriteItems", "Put"),
    "UpdateItem": ("TransactWriteItems", "Update"),
    "DeleteItem": ("TransactWriteItems", "Delete"),
    "GetItem": ("TransactGetItems", "Get"),
}
TRANSACTION_PERCENT = 10


# --- bytes and JSON: texts to texts ---------------------------------------------------------------------------

ODD_BYTES = (b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\n", b"\\", b'"', b"{", b"]", b"\xf0\x9f")


def break_bytes(random: Random, body: bytes) -> bytes:
    at = random.randrange(len(body) + 1)
    end = min(len(body), at + random.choice((1, 1, 2, 8, 60)))
    match random.randrange(5):
        case 0:
            return body[:at]
        case 1:
            return body[:at] + body[end:]
        case 2:
            return body[:at] + random.choice(ODD_BYTES) + body[at:]
        case 3:
            return body[:at] + bytes([random.randrange(256)]) + body[at + 1 :]
        case _:
            return body[:end] + body[at:]


ODD_JSON = (
    *(
        "NaN",
        "-Infinity",
        "1e999",
        "-0",
        "01",
        "9" * 400,
        "9" * 5000,
        "1E-400",
        "'x'",
        "undefined",
        "",
        "[",
        "{",
        "/**/1",
    ),
    *('"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\x"', '"\t"', "[" * 3000, "[" * 800 + "]" * 800, '{"":{}}'),
    *('{"a":1,"a":null}', "[1,]", '{"S":"a","S":1}', "\ufeff1", "tRue", "null null"),
)


def break_json(random: Random, request: Request) -> bytes:
    """One value of the request replaced by text that is hardly JSON, or not at all."""
    mark = "\u2603broken"
    broken = replace_somewhere(random, request, mark)
    return json.dumps(broken).replace(json.dumps(mark), random.choice(ODD_JSON)).encode("utf-8", "surrogatepass")


# --- types, members and values: requests to requests ----------------------------------------------------------

WRONG_TYPES: tuple[Any, ...] = (None, True, False, 0, -1, 1.5, 2**63, 1e300, "", "text", [], [[]], [None], {}, {"x": 1})


def break_types(random: Random, request: Request) -> Any:
    return replace_somewhere(random, request, copy.deepcopy(random.choice(WRONG_TYPES)))


def break_members(random: Random, request: Request) -> Any:
    request = copy.deepcopy(request)
    holders = [node for node, _ in walk(request) if isinstance(node, dict | list) and node]
    if not holders:
        return request
    holder = random.choice(holders)
    other = copy.deepcopy(random.choice([node for node, _ in walk(request)]))
    if isinstance(holder, list):
        at = random.randrange(len(holder))
        match random.randrange(3):
            case 0:
                del holder[at]
            case 1:
                holder += [copy.deepcopy(holder[at]) for _ in range(random.choice((1, 30, 110)))]
            case _:
                holder[at] = other
        return request
    name = random.choice(list(holder))
    match random.randrange(6):
        case 0:
            del holder[name]
        case 1:
            holder[name.swapcase()] = holder.pop(name)
        case 2:
            holder[random.choice(("", "S", "N", "M", "L", "x" * 70_000, "#", ":v", "Key", "Select"))] = other
        case 3:
            holder[name] = other
        case 4:
            holder[name] = None
        case _:
            holder |= {random.choice(MEMBERS): random.choice(TEXTS)}
    return request


MEMBERS = (
    *("ConditionExpression", "FilterExpression", "UpdateExpression", "ProjectionExpression", "KeyConditionExpression"),
    *("IndexName", "ReturnValues", "ConditionalOperator", "ReturnConsumedCapacity", "TableName", "ClientRequestToken"),
)
TEXTS = (
    *("", " ", "\x00", "a", "pk", "NONE", "ALL_NEW", "Things", "\U0001f600", "é" * 700, "x" * 3000, "x" * 420_000),
    *("1e126", "-1e-131", "9" * 39, "0e-999999999999", "1e2147483648", "+", ".", "1_0", "١", "Infinity", "=" * 4, "YQ"),
    *(
        "#a",
        ":v",
        "pk = :v",
        "a.b[0]",
        "a[99999999999]",
        "(((a)))",
        "NOT " * 400 + "a = b",
        "a." * 40 + "a",
        "(" * 2000,
    ),
    *("SET a = a + a", "SET a = if_not_exists(a, :v), b = list_append(b, b)", "ADD a :v DELETE a :v", "size(size(a))"),
    *("a = b OR " * 301 + "a = b", "a IN (" + ",".join(["b"] * 101) + ")", "a BETWEEN b AND", "contains(a, a)", "SET"),
    *("arn:aws:dynamodb:us-east-1:000000000000:table/Things", "arn:aws:dynamodb", "a" * 256, "Things\n"),
)
NUMBERS = (0, -1, 1, 2, 2**31 - 1, 2**31, 2**63, -(2**63), 10**400, 1_000_001, 0.1, -0.0, 1e308)


def break_values(random: Random, request: Request) -> Any:
    request = copy.deepcopy(request)
    leaves = [
        (holder, place)
        for node, _ in walk(request)
        for holder, place in _places(node)
        if isinstance(holder[place], str | int | float)
    ]
    if not leaves:
        return request
    holder, place = random.choice(leaves)
    match holder[place]:
        case bool():
            holder[place] = not holder[place]
        case str() as text if text and random.randrange(2):
            at = random.randrange(len(text))
            piece = text[at : at + random.choice((1, 1, 3, 12))]
            holder[place] = (
                text[:at] + random.choice(("", piece * 2, random.choice(" .,()[]#:=<>+-\x00é"))) + text[at + 1 :]
            )
        case str():
            holder[place] = random.choice(TEXTS)
        case _:
            holder[place] = random.choice(NUMBERS)
    return request


# --- walking requests -------------------------------------------------------------------------------------------


def walk(node: Any, depth: int = 0) -> Iterator[tuple[Any, int]]:
    yield node, depth
    if isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from walk(child, depth + 1)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, dict | list):
        for place in node if isinstance(node, dict) else range(len(node)):
            yield node, place


def replace_somewhere(random: Random, request: Request, value: Any) -> Any:
    request = copy.deepcopy(request)
    places = [place for node, _ in walk(request) for place in _places(node)]
    if not places:
        return value
    holder, place = random.choice(places)
    holder[place] = value
    return request


# --- the run ----------------------------------------------------------------------------------------------------


def _as_bytes(break_request: Callable[[Random, Request], Any]) -> Callable[[Random, Request], bytes]:
    return lambda random, request: json.dumps(break_request(random, request)).encode()


LEVELS: dict[str, Callable[[Random, Request], bytes]] = {
    "bytes": lambda random, request: break_bytes(random, json.dumps(request, ensure_ascii=False).encode()),
    "JSON": break_json,
    "types": _as_bytes(break_types),
    "members": _as_bytes(break_members),
    "values": _as_bytes(break_values),
}


@dataclass(slots=True)
class Outcome:
    """How requests were answered: counted by level, and by error's name (`accepted` for none)."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    # What was answered with a 5xx, or not as a reply is: the operation, the body, the answer.
    faults: list[tuple[str, bytes, bytes]] = field(default_factory=list)

    @property
    def requests(self) -> int:
        return self.answers.total()


def run(
    *,
    requests: int,
    seed: int,
    levels: tuple[str, ...] = tuple(LEVELS),
    dialect: str = "aws",
    corpus: Sequence[Scenario] = (),
) -> Outcome:
    """Put at least so many requests to servers, each scenario (generated, where no corpus is given) to an empty one."""
    outcome = Outcome()
    random = Random(seed)
    while outcome.requests < requests:
        wanted = min(500, (requests - outcome.requests) // REQUESTS_OF_SCENARIO + 1)
        generated = generate(scenarios(), seed=random.randrange(2**32), count=0 if corpus else wanted)
        for scenario in random.choices(corpus, k=wanted) if corpus else generated:
            _play(scenario, random, levels, outcome, ReferenceServer(dialect=dialect))
    return outcome


def _play(
    scenario: Scenario, random: Random, levels: tuple[str, ...], outcome: Outcome, server: ReferenceServer
) -> None:
    for request in scenario.tables:
        _send(server, "CreateTable", json.dumps(request).encode(), "whole", outcome)
    for step in scenario.steps:
        operation, request = step.operation, step.request
        if operation in ACTIONS and random.randrange(100) < TRANSACTION_PERCENT:
            operation, action = ACTIONS[operation]
            request = {"TransactItems": [{action: request}]}
        if random.randrange(100) < WHOLE_PERCENT:
            _send(server, operation, json.dumps(request).encode(), "whole", outcome)
        else:
            level = random.choice(levels)
            _send(server, operation, LEVELS[level](random, request), level, outcome)
    # Whatever was let in did not spoil what is stored: it can all be read.
    for request in scenario.tables:
        _send(server, "Scan", json.dumps({"TableName": request["TableName"]}).encode(), "whole", outcome)


def _send(server: ReferenceServer, operation: str, body: bytes, level: str, outcome: Outcome) -> None:
    headers = HEADERS | {"x-amz-target": f"DynamoDB_20120810.{operation}"}
    response = server.handle("POST", "/", headers, body)
    if response.status == 413:  # Alternator says so in plain text
        outcome.answers[level, "413"] += 1
        return
    reply = json.loads(response.body)
    error = reply.get("__type", "accepted").rpartition("#")[2]
    outcome.answers[level, error] += 1
    # Alternator sends no checksum.
    checksum = response.headers.get("x-amz-crc32", str(zlib.crc32(response.body)))
    is_reply = (response.status == 200) == (error == "accepted") and str(zlib.crc32(response.body)) == checksum
    if response.status >= 500 or not is_reply:
        outcome.faults.append((operation, body, response.body))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dialect", default="aws")
    parser.add_argument(
        "--corpus", action="store_true", help="break the requests of the cases instead of generated ones"
    )
    arguments = parser.parse_args()
    corpus = load(()) if arguments.corpus else ()
    outcome = run(requests=arguments.requests, seed=arguments.seed, dialect=arguments.dialect, corpus=corpus)
    for (level, error), count in sorted(outcome.answers.items()):
        print(f"{level:10}{error:36}{count:8,}")
    for operation, body, answer in outcome.faults:
        print(f"FAULT {operation}\n  {body[:2000]!r}\n  {answer[:500]!r}")
    print(f"{outcome.requests:,} requests, {len(outcome.faults)} faults (seed {arguments.seed})")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
