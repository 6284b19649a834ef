"""`touchstone dialects`: whose DynamoDB the reference server can be."""

from __future__ import annotations

import click

from conformance.commands.options import dialect_named
from conformance.commands.status import NO_DIVERGENCE


@click.group()
def dialects() -> None:
    """Whose DynamoDB the reference server can be."""


@dialects.command("list")
def list_dialects() -> int:
    """List the dialects."""
    from reference_server.protocols import DIALECTS

    for dialect in DIALECTS.values():
        click.echo(f"{dialect.name:<16} {dialect.summary}")
    return NO_DIVERGENCE


@dialects.command("diff")
@click.argument("one")
@click.argument("other")
def diff_dialects(one: str, other: str) -> int:
    """Print what differs between two dialects, as a page of Markdown."""
    from reference_server import dialect_page

    click.echo(dialect_page.render(dialect_named(one), dialect_named(other)), nl=False)
    return NO_DIVERGENCE
