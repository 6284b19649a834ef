"""The peers side by side: operations a second, and their ratio to the reference.

    tox -e bench                                    the reference over HTTP and moto's server
    tox -e bench -- --peer http://127.0.0.1:4567    and whatever listens there

Every target gets the same messages, in interleaved rounds, and the median of the rounds counts: noise
hits all. The load is single-threaded and runs in this process; give it a core of its own. Ratios carry over to other
machines, figures do not.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from benchmarks import load
from conformance.scenario import Outcome, Step
from conformance.targets.registry import open_target
from conformance.targets.tables import delete_table
from conformance.targets.target import Target, TargetError, WireRequest

TABLE = "Benchmark"
ITEMS = 1000  # in the table before anything is measured: 100 partitions of 10
CONCURRENCIES = (1, 16)

CREATE = {
    "TableName": TABLE,
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
    ],
    "BillingMode": "PAY_PER_REQUEST",
}


def key(number: int) -> dict[str, Any]:
    return {"pk": {"S": f"partition-{number // 10 % 100}"}, "sk": {"N": str(number % 10)}}


def item(number: int) -> dict[str, Any]:
    """About 300 bytes."""
    return key(number) | {
        "count": {"N": str(number)},
        "text": {"S": "x" * 180},
        "tags": {"SS": ["blue", "green", "red"]},
        "document": {"M": {"list": {"L": [{"N": "1"}, {"S": "two"}]}, "flag": {"BOOL": True}}},
    }


def put(number: int) -> dict[str, Any]:
    return {"TableName": TABLE, "Item": item(number)}


def get(number: int) -> dict[str, Any]:
    return {"TableName": TABLE, "Key": key(number)}


def update(number: int) -> dict[str, Any]:
    return get(number) | {
        "UpdateExpression": "SET #c = if_not_exists(#c, :zero) + :one, document.flag = :flag",
        "ExpressionAttributeNames": {"#c": "count"},
        "ExpressionAttributeValues": {":zero": {"N": "0"}, ":one": {"N": "1"}, ":flag": {"BOOL": False}},
    }


def query_ten(number: int) -> dict[str, Any]:
    return {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": key(number * 10)["pk"]},
    }


def batch_of_25(number: int) -> dict[str, Any]:
    return {"RequestItems": {TABLE: [{"PutRequest": {"Item": item(number * 25 + n)}} for n in range(25)]}}


def scan_hundred(_number: int) -> dict[str, Any]:
    return {
        "TableName": TABLE,
        "Limit": 100,
        "FilterExpression": "#c > :low AND contains(tags, :tag)",
        "ExpressionAttributeNames": {"#c": "count"},
        "ExpressionAttributeValues": {":low": {"N": "500"}, ":tag": {"S": "blue"}},
    }


WORKLOADS: dict[str, tuple[str, Callable[[int], dict[str, Any]]]] = {
    "PutItem": ("PutItem", put),
    "GetItem": ("GetItem", get),
    "UpdateItem, expression": ("UpdateItem", update),
    "Query of 10": ("Query", query_ten),
    "BatchWriteItem of 25": ("BatchWriteItem", batch_of_25),
    "Scan of 100, filter": ("Scan", scan_hundred),
}


def prepare(target: Target) -> None:
    delete_table(target, TABLE)  # a peer that runs already may have it from the last time
    for step in _preparation():
        reply = target.send(WireRequest.of(step))
        if reply.outcome is not Outcome.ACCEPTED:
            raise TargetError(f"{target.name}: {step.operation} was answered {reply.status} {reply.message}")


def _preparation() -> Iterator[Step]:
    yield Step("CreateTable", CREATE)
    for start in range(0, ITEMS, 25):
        yield Step("BatchWriteItem", batch_of_25(start // 25))


def address(target: Target) -> tuple[str, int]:
    url = urlsplit(getattr(target, "url", None) or "")
    if url.hostname is None or url.port is None:
        raise TargetError(f"{target.name} is not reached over HTTP")
    return url.hostname, url.port


def compare(targets: list[Target], *, seconds: float, rounds: int) -> None:
    names = [target.name for target in targets]
    width = max(14, *(len(name) + 2 for name in names))
    for concurrency in CONCURRENCIES:
        print(f"\n{f'concurrency {concurrency}':<26}" + "".join(f"{name:>{width}}" for name in names))
        for workload, (operation, build) in WORKLOADS.items():
            messages = [load.message(operation, build(number)) for number in range(200)]
            rates: dict[str, list[float]] = {name: [] for name in names}
            for _ in range(rounds):
                for target in targets:
                    rate = load.rate(address(target), messages, concurrency=concurrency, seconds=seconds)
                    rates[target.name].append(rate)
            medians = [statistics.median(rates[name]) for name in names]
            cells = [f"{medians[0]:.0f}/s"] + [f"x{median / medians[0]:.3g}" for median in medians[1:]]
            print(f"{workload:<26}" + "".join(f"{cell:>{width}}" for cell in cells), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--peer", action="append", help="a target's name or URL; may be repeated (default: moto-server)"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="of load for each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    targets: list[Target] = []
    try:
        for name in ["reference-http", *(options.peer or ["moto-server"])]:
            target = open_target(name)
            targets.append(target)
            target.start()
            prepare(target)
        compare(targets, seconds=options.seconds, rounds=options.rounds)
    except (TargetError, RuntimeError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    finally:
        for target in targets:
            target.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
