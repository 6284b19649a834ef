"""How many of the faults does the engine find, and how soon?

    python -m tests.engine.measure --operations 5000 --seed 1
    python -m tests.engine.measure --operations 50000 --seed 1 --jobs 4 --markdown found.md
    python -m tests.engine.measure --fault half-a-transaction --fault empty-set-stays

With `--check` it is a test: exit status 1 if a fault is not found that `not_found.yaml` does not excuse.
"""

from __future__ import annotations

import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click
import yaml
from rich.console import Console
from rich.table import Table

from tests.engine.fault import Difficulty, Fault
from tests.engine.faults import CATALOGUE
from tests.engine.search import Found, Search, find_all, generate

MARKS: Final = (5_000, 50_000)
_WIDTH: Final = 200  # where nobody looks at a terminal
NOT_FOUND: Final = Path(__file__).with_name("not_found.yaml")


@click.command(help=(__doc__ or "").partition("\n")[0])
@click.option("--operations", default=5_000, show_default=True, help="At least so many generated operations.")
@click.option("--seed", default=1, show_default=True, help="Equal seeds, equal operations.")
@click.option("--fault", "ids", multiple=True, metavar="ID", help="Only this fault; may be repeated.")
@click.option("--jobs", default=2, show_default=True, help="Processes at work.")
@click.option("--laws", default=0, help="Hold each faulty server to the laws as well, for so many operations.")
@click.option("--markdown", type=click.Path(dir_okay=False, path_type=Path), help="Write the table into a file, too.")
@click.option("--check", is_flag=True, help="Fail if a fault is not found that not_found.yaml does not excuse.")
def main(
    operations: int, seed: int, ids: tuple[str, ...], jobs: int, laws: int, markdown: Path | None, check: bool
) -> None:
    if unknown := sorted(set(ids) - CATALOGUE.keys()):
        print(f"no such fault: {', '.join(unknown)}; they are in tests/engine/faults/", file=sys.stderr)
        sys.exit(2)
    faults = [CATALOGUE[id] for id in ids] or list(CATALOGUE.values())
    console = Console(stderr=True)
    found: dict[str, Found] = {}
    began = generated = time.monotonic()
    try:
        with console.status("generating") as status:
            answered = generate(
                seed, operations, lambda count: status.update(f"generating: {count:,} of {operations:,} operations")
            )
            generated = time.monotonic()
            search = Search({fault.id: fault for fault in faults}, answered, seed, laws)
            for one in find_all(search, jobs=jobs):
                found[one.fault] = one
                where = "not found" if one.operation is None else f"at {one.operation:,}"
                console.print(f"{len(found):4}/{len(faults)}  {one.seconds:6.1f} s  {one.fault}: {where}")
                status.update(f"looking: {len(found)} of {len(faults)} faults")
    except KeyboardInterrupt:
        console.print("interrupted: what follows is what was found until then")
    ended = time.monotonic()
    looked_for = [fault for fault in faults if fault.id in found]
    Console(width=None if sys.stdout.isatty() else _WIDTH).print(_table(looked_for, found))
    lines = _summary(looked_for, found, operations)
    print("\n".join(lines))
    print(f"Generated in {generated - began:.0f} s, looked for in {ended - generated:.0f} s, {jobs} processes.")
    if markdown is not None:
        markdown.write_text("\n".join([*_markdown(looked_for, found), "", *lines, ""]), encoding="utf-8")
    if check:
        sys.exit(1 if _complain(looked_for, found) else 0)


def _in_order(faults: Sequence[Fault], found: Mapping[str, Found]) -> list[Fault]:
    """Those that were not found first, then the latest found."""
    return sorted(faults, key=lambda fault: -(found[fault.id].operation or sys.maxsize))


def _cells(fault: Fault, found: Found) -> tuple[str, ...]:
    at = "not found" if found.operation is None else f"{found.operation:,}"
    operation, shown = "", ""
    if found.signature is not None:
        operation, shown = found.signature.operation, f"{found.signature.layer}: {found.signature.kind}"
    return fault.id, fault.area.value, fault.difficulty.value, at, found.law, operation, shown


_HEADINGS: Final = ("fault", "area", "difficulty", "found at", "law broken", "operation", "as")


def _table(faults: Sequence[Fault], found: Mapping[str, Found]) -> Table:
    table = Table(*_HEADINGS)
    for fault in _in_order(faults, found):
        *cells, shown = _cells(fault, found[fault.id])
        table.add_row(*cells, textwrap.shorten(shown, 80))
    return table


def _markdown(faults: Sequence[Fault], found: Mapping[str, Found]) -> list[str]:
    rows = [
        _HEADINGS,
        ("---",) * len(_HEADINGS),
        *(_cells(fault, found[fault.id]) for fault in _in_order(faults, found)),
    ]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]


def _summary(faults: Sequence[Fault], found: Mapping[str, Found], operations: int) -> list[str]:
    lines = []
    for mark in sorted({*(mark for mark in MARKS if mark < operations), operations}):
        by_difficulty = []
        for difficulty in Difficulty:
            among = [fault for fault in faults if fault.difficulty is difficulty]
            by_difficulty.append(f"{difficulty} {_count(among, found, mark)}")
        lines.append(f"Within {mark:,} operations: {_count(faults, found, mark)} ({', '.join(by_difficulty)}).")
    by_law = [fault for fault in faults if found[fault.id].law]
    if by_law:
        lines.append(f"Broke a law: {len(by_law)} of {len(faults)}.")
    missing = [fault for fault in faults if found[fault.id].operation is None]
    if missing:
        lines += ["", "Not found:", *(_missing(fault, found[fault.id]) for fault in missing)]
    return lines


def _missing(fault: Fault, found: Found) -> str:
    law = f" (But it breaks the law `{found.law}`.)" if found.law else ""
    return f"- {fault.id} ({fault.difficulty}): {fault.sentence}{law}"


def _count(faults: Sequence[Fault], found: Mapping[str, Found], mark: int) -> str:
    return f"{sum(found[fault.id].within(mark) for fault in faults)} of {len(faults)}"


# --- as a test --------------------------------------------------------------------------------------------


def excused() -> dict[str, str]:
    """Faults that are known not to be found, each with the reason."""
    known: dict[str, str] = yaml.safe_load(NOT_FOUND.read_text(encoding="utf-8")) or {}
    return known


def _complain(faults: Sequence[Fault], found: Mapping[str, Found]) -> bool:
    """Whether a fault is not found without an excuse. An excuse that is not needed is told, and no failure."""
    known = excused()
    new = [fault.id for fault in faults if found[fault.id].operation is None and fault.id not in known]
    stale = [fault.id for fault in faults if found[fault.id].operation is not None and fault.id in known]
    for id in new:
        print(f"{id} is not found any more: mend the generator, or say in {NOT_FOUND.name} why not")
    for id in stale:
        print(f"{id} is found: take it out of {NOT_FOUND.name} if that lasts")
    return bool(new)


if __name__ == "__main__":
    main()
