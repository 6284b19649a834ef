"""Write `docs/operations.md`: each operation of the API, whether it is served, and how much holds it.

    python -m tools.operations_table            writes the page
    python -m tools.operations_table --print    prints it

The operations are those of botocore's service models; what is served is the registry's, cases are counted in the
corpus, what is generated is what `conformance/strategies` draws, and what laws read is seen in their scenarios. Run it
after a case, an operation or botocore has changed.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import botocore

from conformance.cases import corpus_directory, load_cases
from conformance.laws.holding import ALL_LAWS
from conformance.laws.law import LABEL
from conformance.scenario import Scenario
from conformance.strategies.drawing import SeededDraw
from conformance.strategies.scenarios import ALL_OPERATIONS
from reference_server.operations import registry

PAGE: Final = Path(__file__).parent.parent / "docs" / "operations.md"
# The services, as botocore names them, each with the version of its model.
SERVICES: Final = {"dynamodb": "2012-08-10", "dynamodbstreams": "2012-08-10"}

HEADER: Final = """# The operations

All operations of botocore {botocore}'s service models, and what there is of each here. Written by
`python -m tools.operations_table`: do not edit.

- *served*: the reference server carries it out;
- *cases*, *steps*: how many cases of the corpus use it, and in how many steps (a case that is there once for each set
  of variables counts as often; tables that a case begins with do not count);
- *generated*: the suite draws requests of it, and compares the answers of targets;
- *laws*: how many of the [laws](laws.md) read its answers, and hold them to others of the same target. What hangs on
  all that a server has been through, or on its clock, is not compared, and is asked by laws alone.
"""
ERRORS_HEADER: Final = """## The errors that the models list

Of the operations that are served: how many list the error, for how many of them a case expects it, and why the others
have none.

| error | operations | with cases | the others |
|---|---|---|---|"""
_LOAD: Final = "of load: nothing is throttled here, and no case can bring another server to it"
_MOMENT: Final = "two requests at one moment, which cases cannot send: see [concurrency](concurrency.md)"
_STATE: Final = "of something that is being made, changed or deleted; cases wait for it, `tests/server` does not"
_TIME: Final = "a quarter of an hour, or a day, must pass: `tests/server` tells the clock so"
WITHOUT_CASES: Final = {
    "BackupInUseException": _STATE,
    "ContinuousBackupsUnavailableException": _STATE,
    "ExpiredIteratorException": _TIME,
    "InternalServerError": "a fault of the server itself, which no request asks for",
    "ItemCollectionSizeLimitExceededException": "ten gigabytes of items with one key",
    "LimitExceededException": "of how many there may be, or be under way at once: `tests/server` counts so far where "
    "the server does; the others are not known to answer it",
    "ProvisionedThroughputExceededException": _LOAD,
    "ReplicatedWriteConflictException": "two regions that write one item at once, with strong consistency: one process "
    "has no such moment",
    "RequestLimitExceeded": _LOAD,
    "ResourceInUseException": _STATE,
    "ResourceNotFoundException": "an unknown table has no streams, which is an empty list; a stream is gone a day "
    "after its table, which is later than its iterators",
    "TableInUseException": _STATE,
    "ThrottlingException": _LOAD,
    "TransactionConflictException": _MOMENT,
    "TransactionInProgressException": _MOMENT,
    "TrimmedDataAccessException": _TIME,
}
# Scenarios of each law, to see what it reads.
DRAWN: Final = 40


def read_operations(service: str) -> dict[str, tuple[str, ...]]:
    """The operations of a service, each with the errors that its model lists."""
    folder = Path(botocore.__file__).parent / "data" / service / SERVICES[service]
    packed = folder / "service-2.json.gz"
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else (folder / "service-2.json").read_bytes()
    operations = json.loads(content)["operations"]
    return {
        name: tuple(sorted(error["shape"] for error in operations[name].get("errors", ())))
        for name in sorted(operations)
    }


def tabulate(cases: Iterable[Scenario]) -> str:
    """The page."""
    cases = tuple(cases)
    users = Counter(operation for case in cases for operation in case.operations)
    steps = Counter(step.operation for case in cases for step in case.steps)
    laws = count_laws()
    lines = [HEADER.format(botocore=botocore.__version__)]
    known = [operation for service in SERVICES for operation in read_operations(service)]
    lines.append(_summary(known, users, laws))
    for service in SERVICES:
        lines += [
            "",
            f"## {service}",
            "",
            "| operation | served | cases | steps | generated | laws |",
            "|---|---|---|---|---|---|",
        ]
        lines += _rows(read_operations(service), users, steps, laws)
    lines += ["", ERRORS_HEADER, *_error_rows(errors_expected(cases))]
    return "\n".join(lines) + "\n"


def count_laws() -> Counter[str]:
    """By operation: the laws whose judges read its answers."""
    counts: Counter[str] = Counter()
    for law in ALL_LAWS:
        drawn = (law.draw(SeededDraw(f"{law.name} {number}")) for number in range(DRAWN))
        steps = (step for scenario in drawn for step in scenario.steps)
        counts.update({step.operation for step in steps if step.label.startswith(LABEL)})
    return counts


def _rows(operations: Iterable[str], users: Counter[str], steps: Counter[str], laws: Counter[str]) -> Iterator[str]:
    for name in operations:
        served = "yes" if name in registry.OPERATIONS else "no"
        generated = "yes" if name in ALL_OPERATIONS else ""
        yield f"| {name} | {served} | {users[name] or ''} | {steps[name] or ''} | {generated} | {laws[name] or ''} |"


def errors_expected(cases: Iterable[Scenario]) -> Counter[tuple[str, str]]:
    """By operation and error: the cases that expect it."""
    counts: Counter[tuple[str, str]] = Counter()
    for case in cases:
        counts.update({(step.operation, step.expect.error) for step in case.steps if step.expect and step.expect.error})
    return counts


def _error_rows(expected: Counter[tuple[str, str]]) -> Iterator[str]:
    listed = defaultdict(list)
    for service in SERVICES:
        for operation, errors in read_operations(service).items():
            for error in errors if operation in registry.OPERATIONS else ():
                listed[error].append(operation)
    for error, operations in sorted(listed.items()):
        without = [operation for operation in operations if not expected[operation, error]]
        why = ""
        if without:
            named = f" ({', '.join(without)})" if len(without) < len(operations) else ""
            why = WITHOUT_CASES.get(error, "**not yet**") + named
        yield f"| {error} | {len(operations)} | {len(operations) - len(without)} | {why} |"


def _summary(known: list[str], users: Counter[str], laws: Counter[str]) -> str:
    served = [name for name in known if name in registry.OPERATIONS]
    with_cases = [name for name in known if users[name]]
    generated = [name for name in known if name in ALL_OPERATIONS]
    by_laws = ", ".join(name for name in known if laws[name] and name not in ALL_OPERATIONS) or "none"
    unserved = ", ".join(name for name in known if name not in registry.OPERATIONS) or "none"
    return (
        f"{len(known)} operations: {len(served)} served, {len(with_cases)} with cases, {len(generated)} generated.\n\n"
        f"Asked by laws alone: {by_laws}.\n\n"
        f"Not served: {unserved}."
    )


def main(arguments: list[str]) -> None:
    page = tabulate(load_cases([corpus_directory()]))
    if "--print" in arguments:
        sys.stdout.write(page)
    else:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
