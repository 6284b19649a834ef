"""`touchstone targets`: what can be tested here, and how to get the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from conformance.commands.status import NO_DIVERGENCE, Unusable

if TYPE_CHECKING:
    from conformance.targets.registry import Kind


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="For machines: one object a target.")
@click.pass_context
def targets(context: click.Context, as_json: bool) -> int:
    """List the targets, their versions, and what is missing to use them; fetch the ones that are fetched.

    Targets are named NAME, NAME:OPTION or by a URL, with LABEL= before it where reports are to call it otherwise.
    """
    if context.invoked_subcommand is not None:
        return NO_DIVERGENCE

    from conformance.targets.registry import TARGETS

    found = [_looked_up(name, kind) for name, kind in TARGETS.items()]
    if as_json:
        import json

        click.echo(json.dumps(found, indent=2))
        return NO_DIVERGENCE
    for target in found:
        if target["installed"]:
            click.echo(f"{target['name']:<16} {target['version']}, {target['how']}")
        else:
            click.echo(f"{target['name']:<16} missing: {target['missing']}")
    click.echo(f"{'any URL':<16} http://127.0.0.1:8000 and the like: whatever answers there")
    click.echo(f"{'recording:PATH':<16} what a server once answered to the requests of a recording")
    return NO_DIVERGENCE


def _looked_up(name: str, kind: Kind) -> dict[str, Any]:
    from conformance.targets.registry import open_target
    from conformance.targets.target import TargetError

    found: dict[str, Any] = {"name": name, "about": kind.about, "option": kind.option, "get": kind.get}
    try:
        target = open_target(name)
        target.check()
        described = target.describe()
    except TargetError as error:
        return {**found, "installed": False, "version": None, "how": None, "missing": str(error)}
    return {**found, "installed": True, "version": described.version, "how": described.how, "missing": None}


@targets.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME[@VERSION]...")
def fetch(names: tuple[str, ...]) -> int:
    """Fetch implementations with npm or pip, into the cache ($TOUCHSTONE_CACHE, or ~/.cache/touchstone).

    The newest version is taken where none is given. What is there already is replaced.
    """
    from conformance.targets.fetching import PACKAGES

    wanted = [name.partition("@") for name in names]
    for name, _, _ in wanted:
        if name not in PACKAGES:
            raise Unusable(f"{name} is none of those that are fetched: there are {', '.join(PACKAGES)}")
    for name, _, version in wanted:
        package = PACKAGES[name]
        click.echo(f"{name:<16} fetching {package.name}", err=True)
        fetched = package.fetch(version)
        click.echo(f"{name:<16} {package.name} {fetched} is in {package.directory}")
    return NO_DIVERGENCE
