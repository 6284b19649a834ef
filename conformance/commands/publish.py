"""`touchstone publish`: the peers, each in a run of its own, as records to commit and a site to read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from conformance.commands.carrying_out import see_through, unwritable
from conformance.commands.options import duration, load
from conformance.commands.search import Search
from conformance.commands.status import COULD_NOT_RUN, INTERRUPTED, NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from rich.console import Console

    from conformance.report.publishing import Publication
    from conformance.scenario import JSONObject

PEERS: Final = ("moto", "dynamodb-local", "dynalite", "dynoxide", "ministack")
SECONDS: Final = 120.0  # of generating, for each


@click.command()
@click.option(
    "--target", "names", multiple=True, metavar="NAME|URL",
    help=f"Whom to publish; may be repeated. [default: {', '.join(PEERS)}]",
)  # fmt: skip
@click.option("--time", "seconds", type=duration, default=f"{SECONDS:g}s", show_default=True, help="Of generating.")
@click.option("--operations", "count", type=click.IntRange(min=1), help="How many operations to generate instead.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Same seed, same scenarios.")
@click.option(
    "--out", "directory", type=click.Path(path_type=Path, file_okay=False), default=Path("reports"),
    show_default=True, help="Where the records, their history and the site go.",
)  # fmt: skip
@click.option(
    "--from", "records", multiple=True, type=click.Path(path_type=Path),
    help="Publish this record of a run, and run nothing; may be repeated.",
)  # fmt: skip
def publish(
    names: Sequence[str],
    seconds: float,
    count: int | None,
    seed: int,
    directory: Path,
    records: Sequence[Path],
) -> int:
    """Run each peer against the reference, keep what was found, and build the site of all published records.

    Written are TARGET-VERSION.json (a compact record, to be committed), history.jsonl (a line for each run),
    README.md (a summary) and site/ (made from the records, and not to be committed). A target that is missing is left
    out. Exit status: 0 published, 2 something could not be, 130 interrupted.
    """
    from conformance.report import terminal
    from conformance.report.publishing import Publication
    from conformance.report.record import read

    where = terminal.console()
    publication = Publication(directory)
    try:
        publication.prepare()
        if records:
            documents = [read(path) for path in records]
            statuses = [_publish(publication, document, where) for document in documents]
        else:
            wanted = _present(names or PEERS, where)
            statuses = _run_each(wanted, publication, where, seconds=None if count else seconds, count=count, seed=seed)
        page = publication.build()
    except OSError as error:
        raise unwritable(directory, error) from None
    terminal.print_paths(where, page=page, summary=publication.summary)
    return max(statuses, default=COULD_NOT_RUN)


def _present(names: Sequence[str], where: Console) -> list[str]:
    """Those that can be started here; of the others a line says how to get them."""
    from conformance.targets.registry import open_target
    from conformance.targets.target import TargetError

    present = []
    for name in dict.fromkeys(names):
        target = open_target(name)
        try:
            target.check()
        except TargetError as error:
            where.print(f"{name} is left out: {error}", soft_wrap=True)
        else:
            present.append(name)
    return present


def _run_each(
    names: Sequence[str],
    publication: Publication,
    where: Console,
    *,
    seconds: float | None,
    count: int | None,
    seed: int,
) -> list[int]:
    """One after the other: each has the machine to itself, and what one of them does costs no other."""
    from conformance.targets.target import TargetError

    cases = load(())
    statuses = []
    for name in names:
        search = Search(targets=[name], cases=cases, seconds=seconds, operations=count, seed=seed)
        record = search.record()
        try:
            see_through(record, search.begin, publication.report_of(name))
        except (TargetError, Unusable) as error:
            where.print(f"{name} is left out: {error}", soft_wrap=True)
            statuses.append(COULD_NOT_RUN)
            continue
        statuses.append(_publish(publication, record.document(), where))
        if record.end is not None and record.end.reason == "interrupted":
            statuses.append(INTERRUPTED)
            break
    return statuses


def _publish(publication: Publication, document: JSONObject, where: Console) -> int:
    """What did not come to its end is no verdict on anybody: it is told, and not kept."""
    from conformance.report import terminal

    terminal.print_verdict(document, where)
    if not document["footer"]["complete"]:
        reason = document["footer"]["reason"]
        where.print(f"It is not published, because it did not come to its end: {reason}", soft_wrap=True)
        return COULD_NOT_RUN
    path, size = publication.keep(document)
    where.print(f"{path}: {size / 1e6:.2f} MB", soft_wrap=True)
    return NO_DIVERGENCE
