"""Document paths: reading along them, and putting several together that must not meet (dossier 8, "Overlapping paths").

What is stored may be anything that is JSON, so nothing is taken for granted on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reference_server.alternator import texts
from reference_server.attribute import AttributeValue, Item
from reference_server.errors import ValidationException
from reference_server.expressions.paths import Path


def attribute_of(path: Path) -> str:
    """The attribute that a path begins with."""
    return str(path[0])


def render(path: Path) -> str:
    """A path as it is written: `m.k[0]`."""
    return attribute_of(path) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[1:])


def read(path: Path, item: Item) -> AttributeValue | None:
    """What is at a path of an item; None where nothing is."""
    value: Any = item.get(attribute_of(path))
    for element in path[1:]:
        value = step(value, element)
    return value if isinstance(value, dict) else None


def step(value: Any, element: str | int) -> Any:
    """One element further into a value; None where it leads to nothing."""
    if not isinstance(value, dict):
        return None
    if isinstance(element, str):
        entries = value.get("M")
        return entries.get(element) if isinstance(entries, dict) else None
    elements = value.get("L")
    return elements[element] if isinstance(elements, list) and element < len(elements) else None


class PathMap:
    """Paths, each with something at its end: `position` of the path that ends here, or the branches below.

    A node is a leaf, or leads on by names, or by indexes.
    """

    def __init__(self) -> None:
        self.position: int | None = None
        self.branches: dict[str | int, PathMap] = {}

    @property
    def is_of_list(self) -> bool:
        return any(isinstance(element, int) for element in self.branches)

    def first_path(self) -> Path:
        """The path of the first leaf, from here on."""
        for element, branch in self.branches.items():
            return (element, *branch.first_path())
        return ()


def join(member: str, joined: Iterable[Path]) -> PathMap:
    """Paths of one expression. Raises ValidationException where two overlap, or take one value for map and list."""
    root = PathMap()
    for position, path in enumerate(joined):
        _add(member, root, path, position)
    return root


def _add(member: str, root: PathMap, path: Path, position: int) -> None:
    node = root
    for depth, element in enumerate(path):
        if node.position is not None:
            # What is told is the path, but of an attribute as a whole its name (recorded get-proj-08, -10).
            place = path[:1] if depth == 1 else path
            raise ValidationException(texts.PATHS_OVERLAP, member=member, path=render(place))
        if depth and node.branches and isinstance(element, int) is not node.is_of_list:
            raise ValidationException(texts.PATHS_CONFLICT, member=member, path=render(path))
        node = node.branches.setdefault(element, PathMap())
    if node.position is not None or node.branches:
        raise ValidationException(texts.PATHS_OVERLAP, member=member, path=render(path))
    node.position = position


def project(item: Item, tree: PathMap) -> Item:
    """The part of an item that paths name. What leads to nothing is left out, with what is left empty by that."""
    return _project_entries(item, tree.branches)


def _project_entries(entries: Mapping[str, Any], branches: Mapping[str | int, PathMap]) -> Item:
    found = {name: _project(entries.get(str(name)), branch) for name, branch in branches.items()}
    return {str(name): value for name, value in found.items() if value is not None}


def _project(value: Any, tree: PathMap) -> AttributeValue | None:
    if tree.position is not None:
        return value if isinstance(value, dict) else None
    if not isinstance(value, dict):
        return None
    if not tree.is_of_list:
        inner = value.get("M")
        entries = _project_entries(inner, tree.branches) if isinstance(inner, dict) else None
        return {"M": entries} if entries else None
    ordered = sorted(tree.branches.items(), key=lambda branch: int(branch[0]))
    elements = [_project(step(value, index), branch) for index, branch in ordered]
    found = [element for element in elements if element is not None]
    return {"L": found} if found else None
