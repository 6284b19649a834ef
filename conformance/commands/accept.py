"""`touchstone accept`: what diverges becomes what is known to diverge."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import click

from conformance.commands.gate import extent, extent_options, hold, rules_called
from conformance.commands.options import load
from conformance.commands.status import NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from conformance.expectations import Expectations, Identity, KnownDivergence
    from conformance.scenario import JSONObject

LATEST: Final = Path("reports/latest")


@click.command()
@click.argument("keys", metavar="[KEY]...", nargs=-1)
@click.option("--target", "target_name", required=True, metavar="NAME|URL", help="Whose divergences to take in.")
@click.option(
    "--report",
    "directory",
    type=click.Path(path_type=Path),
    help="Take them from this report instead of a run of its own.",
)
@click.option(
    "--expected",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to bring up to date. [default: reports/expected/TARGET-VERSION.yaml]",
)
@click.option("--reason", default="", help="Why they are accepted; for all that have no reason yet.")
@click.option("--drop", "drops", multiple=True, metavar="KEY", help="Take this entry out of the file; may be repeated.")
@extent_options
def accept(
    keys: Sequence[str],
    target_name: str,
    directory: Path | None,
    expected: Path | None,
    reason: str,
    drops: Sequence[str],
    case_paths: Sequence[Path],
    seconds: float | None,
    count: int | None,
    seed: int,
    no_generate: bool,
) -> int:
    """Write what diverges into the target's file of known divergences: all of it, or those with these KEYs.

    Without --report there is a run first, as `touchstone gate` would make it, and what is stale is dropped. What a
    person wrote into the file is kept. Exit status: 0 written, 2 could not run.
    """
    from conformance import expectations
    from conformance.case_verdicts import CaseVerdicts
    from conformance.commands.alternator_rules import is_alternator, with_reasons
    from conformance.findings import divergence_from_json

    if drops and not keys and directory is None:
        if expected is None:
            raise Unusable("--drop alone needs --expected FILE, to know in which file the entry stands")
        before = expectations.load(expected)
        _write(before, (), _named(drops, before), expected, reason)
        return NO_DIVERGENCE
    if directory is None:
        document, stale = _run(target_name, expected, case_paths, seconds, count, seed, no_generate)
    else:
        from conformance.report.record import read

        document, stale = read(directory), None
    described = _target_in(document, target_name)
    before = _before(described, expected)
    path = expected or expectations.path_for(expectations.DIRECTORY, described["name"], described["version"])
    verdicts = CaseVerdicts.of_record(document, described["name"], load(case_paths))
    chosen = _chosen(document, described, keys, before)
    found = [expectations.KnownDivergence.of(one, verdicts.showing(_identity(one))) for one in chosen]
    if is_alternator(described["name"]):
        found = with_reasons(found, list(map(divergence_from_json, chosen)))
    refreshed = [entry for entry in before.known if not keys or entry.identity in map(_identity, chosen)]
    gone = {entry.identity: verdicts.gone(entry) for entry in refreshed if not entry.flaky}
    if stale is None:
        met = [_identity(one) for one in document["divergences"] if one["target"] == described["name"]]
        stale = [entry.identity for entry in before.known if _is_stale(entry, gone) and entry.identity not in met]
    dropped = [*_named(drops, before), *(() if keys else stale)]
    _write(replace(before, version=described["version"]), found, dropped, path, reason, gone)
    return NO_DIVERGENCE


def _run(
    target_name: str,
    expected: Path | None,
    case_paths: Sequence[Path],
    seconds: float | None,
    count: int | None,
    seed: int,
    no_generate: bool,
) -> tuple[JSONObject, list[Identity]]:
    """The record of a run, and the entries that it showed to be stale."""
    from conformance.case_verdicts import Standing

    asked = extent(case_paths, seconds, count, seed, no_generate)
    record, judgement = hold(target_name, asked, LATEST, expected=expected)
    if judgement.end is None or not judgement.end.complete:
        reason = judgement.end.reason if judgement.end else "it has not ended"
        raise Unusable(
            f"nothing was accepted: the run did not come to its end: {reason}; what it found until then "
            f"can be accepted with --report {LATEST}"
        )
    return record.document(), [judged.entry.identity for judged in judgement.standing(Standing.STALE)]


def _target_in(document: JSONObject, target_name: str) -> JSONObject:
    from conformance.targets.registry import open_target

    name = open_target(target_name).name
    for target in document["targets"]:
        if target["name"] == name:
            described: JSONObject = target
            return described
    there = ", ".join(target["name"] for target in document["targets"])
    raise Unusable(f"the report has no target {name}: it has {there or 'none'}")


def _before(described: JSONObject, expected: Path | None) -> Expectations:
    """What is known already, where it may be the nearest version's: reasons are carried over."""
    from conformance import expectations

    name, version = described["name"], described["version"]
    if expected is not None:
        return expectations.load(expected) if expected.exists() else expectations.Expectations(name, version)
    found = expectations.find(expectations.DIRECTORY, name, version)
    return found or expectations.Expectations(name, version)


def _chosen(document: JSONObject, described: JSONObject, keys: Sequence[str], before: Expectations) -> list[JSONObject]:
    """Those with the keys; without keys all but those that have no entry and need none, since a rule explains them, or
    the target was lost and did not answer.
    """
    from conformance.findings import divergence_from_json

    target, is_lost = described["name"], bool(described.get("lost"))
    found = {one["key"]: one for one in document["divergences"] if one["target"] == target}
    if unknown := [key for key in keys if key not in found]:
        raise Unusable(f"the report has no divergence {', '.join(unknown)} of {target}")
    if keys:
        return [found[key] for key in keys]
    expected, explain = before.by_identity(), rules_called(before.rules)
    return [
        one
        for one, divergence in ((one, divergence_from_json(one)) for one in found.values())
        # Of one that was lost it is not known whether it had been there to answer.
        if _identity(one) in expected or not (explain(divergence) or (is_lost and divergence.is_silence))
    ]


def _identity(found: JSONObject) -> Identity:
    from conformance.divergence import Layer
    from conformance.expectations import writable

    return found["operation"], Layer(found["layer"]), writable(found["kind"])


def _is_stale(entry: KnownDivergence, gone: Mapping[Identity, Collection[str]]) -> bool:
    """By a report alone: none of its cases shows it any more, and nothing else could."""
    return entry.scenario is None and set(entry.cases) == set(gone.get(entry.identity, ()))


def _named(keys: Sequence[str], before: Expectations) -> list[Identity]:
    known = {entry.key(before.target): entry.identity for entry in before.known}
    if unknown := [key for key in keys if key not in known]:
        raise Unusable(f"{before.path or 'the file'} has no entry {', '.join(unknown)}")
    return [known[key] for key in keys]


def _write(
    before: Expectations,
    found: Sequence[KnownDivergence],
    drop: Sequence[Identity],
    path: Path,
    reason: str,
    gone: Mapping[Identity, Collection[str]] = MappingProxyType({}),
) -> None:
    from conformance import expectations
    from conformance.case_text import displayed
    from conformance.report.figures import counted

    update = expectations.update(before, found, drop=drop, gone=gone, reason=reason)
    expectations.write(update.expectations, path)
    click.echo(
        f"{displayed(path)}: {counted(len(update.expectations.known), 'known divergence')}: "
        f"{len(update.new):,} new, {len(update.kept):,} kept, {len(update.dropped):,} dropped"
    )
    unexplained = sum(entry.reason == expectations.UNEXPLAINED for entry in update.expectations.known)
    if unexplained:
        have = "has" if unexplained == 1 else "have"
        click.echo(f"{unexplained:,} of them {have} no reason yet: write it into the file, or give --reason")
