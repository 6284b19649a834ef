"""Document paths: finding what one leads to, and joining several into one tree of what they touch.

A path is the name of an attribute, then names of map entries and indexes of list elements. It leads to nothing
where something on the way is absent or is of another type than the path takes it for (data-plane 4.7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TypeAlias

from reference_server import messages
from reference_server.attribute import AttributeValue, Item
from reference_server.errors import ValidationException
from reference_server.expressions.kinds import ExpressionKind

# Resolved: a str is a name, an int a list index. The first is always a name.
Path: TypeAlias = tuple[str | int, ...]

Reader: TypeAlias = Callable[[Item], AttributeValue | None]


def render(path: Path) -> str:
    """A path as error texts print it: `[m, k, [0]]`."""
    return f"[{', '.join(f'[{step}]' if isinstance(step, int) else step for step in path)}]"


def attribute_name(path: Path) -> str:
    """The name of the attribute that a path begins with."""
    name = path[0]
    assert isinstance(name, str)
    return name


def attributes(mentioned: Iterable[Path]) -> frozenset[str]:
    """The attributes that paths begin with."""
    return frozenset(map(attribute_name, mentioned))


def containers(mentioned: Iterable[Path]) -> frozenset[str]:
    """The attributes that paths look into, with `.` or `[]`."""
    return frozenset(attribute_name(path) for path in mentioned if len(path) > 1)


def reader(path: Path) -> Reader:
    """A function from an item to the value that the path leads to, None where it leads to nothing."""
    name = attribute_name(path)
    steps = path[1:]
    if not steps:
        return lambda item: item.get(name)

    def read(item: Item) -> AttributeValue | None:
        value = item.get(name)
        for step in steps:
            if value is None:
                return None
            value = _element(value, step) if isinstance(step, int) else _entry(value, step)
        return value

    return read


def _element(value: AttributeValue, index: int) -> AttributeValue | None:
    elements: list[AttributeValue] = value.get("L", ())
    return elements[index] if index < len(elements) else None


def _entry(value: AttributeValue, name: str) -> AttributeValue | None:
    entries: Item | None = value.get("M")
    return None if entries is None else entries.get(name)


@dataclass(slots=True)
class PathTree:
    """Several paths joined: what they touch in an item, a map or a list.

    A tree that one of the paths ends at has its `position` among them, and nothing below it; any other tree has
    branches, all by name or all by index.
    """

    # The first of the paths to come through here: what an error names as path one.
    path: Path
    position: int | None = None
    branches: dict[str | int, PathTree] = field(default_factory=dict)

    @property
    def is_of_list(self) -> bool:
        """Whether the branches are list elements. An item's attributes are never."""
        return isinstance(next(iter(self.branches)), int)

    def in_order(self) -> list[tuple[str | int, PathTree]]:
        """The branches, list elements by ascending index."""
        return sorted(self.branches.items(), key=itemgetter(0)) if self.is_of_list else list(self.branches.items())


def join(kind: ExpressionKind, paths: Iterable[Path]) -> PathTree:
    """The tree of all paths, each with its position in the order given.

    Raises ValidationException for the first path that is not clear of one before it: the two overlap where one is
    the other or leads on from it, and conflict where one takes for a map what the other takes for a list
    (data-plane 4.8, 4.9).
    """
    root = PathTree(())
    for position, path in enumerate(paths):
        tree = root
        for step in path:
            if tree.position is not None:
                raise _clash(messages.PATHS_OVERLAP, kind, tree.path, path)
            if tree.branches and tree.is_of_list is not isinstance(step, int):
                raise _clash(messages.PATHS_CONFLICT, kind, tree.path, path)
            tree = tree.branches.setdefault(step, PathTree(path))
        if tree.position is not None or tree.branches:
            raise _clash(messages.PATHS_OVERLAP, kind, tree.path, path)
        tree.position = position
    return root


def _clash(message: messages.Message, kind: ExpressionKind, one: Path, two: Path) -> ValidationException:
    return ValidationException(message, kind=kind.value, one=render(one), two=render(two))
