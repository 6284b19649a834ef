"""ProjectionExpression: the part of an item that it names (data-plane 4.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reference_server.attribute import AttributeValue, Item
from reference_server.expressions import grammar, paths
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.paths import Path, PathTree
from reference_server.expressions.placeholders import Placeholders


@dataclass(frozen=True, slots=True)
class Projection:
    # The named part of an item: maps keep their nesting, list elements close up in the order of their indexes.
    # What does not resolve is left out, with its parents if nothing is left of them; keys are not added.
    project: Callable[[Item], Item]
    # The attributes mentioned, and of these the ones that a path looks into.
    attributes: frozenset[str]
    containers: frozenset[str]


def bind(text: str, placeholders: Placeholders) -> Projection:
    """The projection that a text states, with this request's placeholders. Raises ValidationException."""
    kind = ExpressionKind.PROJECTION
    tree = grammar.read_projection(text)
    projected = [placeholders.path(kind, path) for path in tree.paths]
    return of_paths(projected, paths.join(kind, projected))


def of_paths(projected: Sequence[Path], tree: PathTree) -> Projection:
    """The projection to paths that are clear of each other."""
    return Projection(
        lambda item: _project_entries(item, tree), paths.attributes(projected), paths.containers(projected)
    )


def of_attributes(names: Sequence[str]) -> Projection:
    """The projection to whole attributes."""

    def project(item: Item) -> Item:
        return {name: item[name] for name in names if name in item}

    return Projection(project, frozenset(names), frozenset())


def _project_entries(entries: Item, tree: PathTree) -> Item:
    projected = {}
    for name, branch in tree.branches.items():
        assert isinstance(name, str)
        value = entries.get(name)
        if value is not None:
            part = _project(value, branch)
            if part is not None:
                projected[name] = part
    return projected


def _project(value: AttributeValue, tree: PathTree) -> AttributeValue | None:
    """What a tree names of a value; None where that is nothing."""
    if tree.position is not None:
        return value
    if tree.is_of_list:
        elements = _project_elements(value.get("L", []), tree)
        return {"L": elements} if elements else None
    entries = _project_entries(value.get("M", {}), tree)
    return {"M": entries} if entries else None


def _project_elements(elements: list[AttributeValue], tree: PathTree) -> list[AttributeValue]:
    projected = []
    for index, branch in tree.in_order():
        assert isinstance(index, int)
        if index < len(elements):
            part = _project(elements[index], branch)
            if part is not None:
                projected.append(part)
    return projected
