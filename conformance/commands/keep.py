"""`touchstone keep`: a finding becomes a case."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from conformance.commands.status import NO_DIVERGENCE, Unusable

FOLDER: Final = Path("cases/found")


@click.command()
@click.argument("finding")
@click.option(
    "--report", "directory", type=click.Path(path_type=Path), default=Path("reports/latest"), show_default=True,
    help="The report that has it: its folder, or its report.json.",
)  # fmt: skip
@click.option("--to", "file", type=click.Path(path_type=Path, dir_okay=False), help=f"The file. [default: in {FOLDER}]")
@click.option("--title", default="", help="What DynamoDB does, in a sentence. [default: the finding's]")
@click.option("--baseline", metavar="NAME|URL", help="Whose answers to expect. [default: the finding's baseline]")
def keep(finding: str, directory: Path, file: Path | None, title: str, baseline: str | None) -> int:
    """Write a finding as a case file of its own, to be judged from now on.

    FINDING is the key of a divergence, as reports show it, or the beginning of one. What is expected is what the
    baseline answers, so its evidence is weak; look for a better one, and write it into the file. Nothing is
    overwritten. Exit status: 0 the case is kept, 2 it is not, and why.
    """
    from conformance.findings import divergence_from_json, found_in
    from conformance.kept_cases import KeepError, case_of, dump_verified
    from conformance.report.record import read
    from conformance.targets.registry import open_target

    record = read(directory)
    divergence = divergence_from_json(found_in(record, finding, directory))
    versions = {target["name"]: target["version"] for target in record["targets"]}
    name = baseline or (divergence.baseline if divergence.baseline in versions else "reference")
    file = file or FOLDER / f"{divergence.feature}-{divergence.signature.key}.yaml"
    if file.exists():
        raise Unusable(f"{file}: exists already, and is not overwritten: give another --to")
    try:
        with open_target(name) as target:
            case = case_of(divergence, target, versions, title=title, trusted=baseline is not None)
            text = dump_verified(case, target)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except KeepError as error:
        raise Unusable(str(error)) from None
    except OSError as error:
        raise Unusable(f"the case cannot be written to {file}: {error.strerror or error}") from None
    click.echo(f"{case.id}: {file}")
    return NO_DIVERGENCE
