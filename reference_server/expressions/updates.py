"""UpdateExpression: bound to a request, then applied to an item (data-plane 4.9, 4.10).

Every right-hand side, and every path, refers to the item as it was: `SET a = b, b = a` exchanges, and list indexes
count the old elements whatever the update removes. So an update is applied in two steps. First each action says
what will be at its path, from the old item alone. Then the containers along the changed paths are copied with that
put in; everything else is shared with the old item, which stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from reference_server import limits, messages, numbers, sizes, values
from reference_server.attribute import AttributeValue, Item
from reference_server.errors import ValidationException
from reference_server.expressions import checks, grammar, paths, projections
from reference_server.expressions.functions import SETS
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.paths import Path, PathTree
from reference_server.expressions.placeholders import Placeholders
from reference_server.expressions.tree import Arithmetic, Attribute, Function, Literal, Operand, walk

# From the old item and what is at the action's path in it (None: nothing) to what will be there (None: nothing).
Change: TypeAlias = Callable[[Item, AttributeValue | None], AttributeValue | None]

_KIND: Final = ExpressionKind.UPDATE


@dataclass(frozen=True, slots=True)
class Action:
    keyword: str  # SET, REMOVE, ADD or DELETE
    path: Path
    change: Change


class Update:
    """Actions on paths that are clear of each other."""

    def __init__(
        self,
        actions: Sequence[Action],
        tree: PathTree,
        mentioned: Sequence[Path],
        literal_assignments: Mapping[str, AttributeValue],
    ) -> None:
        self.actions = tuple(actions)
        # The paths that are updated, in the order written; the attributes that these begin with.
        self.targets = tuple(action.path for action in actions)
        self.updated_attributes = paths.attributes(self.targets)
        # The attributes mentioned, read or updated, and of these the ones that a path looks into.
        self.attributes = paths.attributes(mentioned)
        self.containers = paths.containers(mentioned)
        # Attributes SET to a literal as a whole: what they will be is known before the item is.
        self.literal_assignments = literal_assignments
        self._tree = tree
        self._changes = [(paths.reader(action.path), action.change) for action in actions]
        self._projection = projections.of_paths(self.targets, tree)
        # The bytes that the actions are written with, besides what they write (aws-2026, sizes 3).
        self._action_bytes = limits.UPDATE_BYTES + sum(map(_action_bytes, self.actions))

    def apply(self, item: Item) -> Item:
        """The item as the update leaves it; `{}` is an absent one. Raises ValidationException.

        Which error wins where an operand is wrong and a path too is not known: operands first, in the order written.
        """
        results = [change(item, read(item)) for read, change in self._changes]
        return _rebuild_entries(item, self._tree, results)

    def writes_too_much(self, item: Item, size: int) -> bool:
        """Whether the update that has led to `item`, of `size` bytes, writes more than an item may hold.

        What SET and ADD have put there counts, and something for each action; the key and what is left as it was
        do not (aws-2026, sizes 3). How a path below an attribute is counted is not said there: here as in an item of
        these paths alone. Such an item is no larger than the whole one, so that most often nothing need be counted.
        """
        if size + self._action_bytes <= limits.ITEM_BYTES:
            return False
        written = [action.path for action in self.actions if action.keyword in ("SET", "ADD")]
        projection = projections.of_paths(written, paths.join(_KIND, written))
        return sizes.item_size(projection.project(item)) + self._action_bytes > limits.ITEM_BYTES

    def project_targets(self, item: Item) -> Item:
        """What is at the updated paths of the old or the new item: UPDATED_OLD, UPDATED_NEW (data-plane 4.11)."""
        return self._projection.project(item)


def _action_bytes(action: Action) -> int:
    is_element = action.keyword == "SET" and isinstance(action.path[-1], int)
    return limits.UPDATE_BYTES_OF_ACTION[action.keyword] + (limits.UPDATE_BYTES_OF_ELEMENT if is_element else 0)


def bind(text: str, placeholders: Placeholders) -> Update:
    """The update that a text states, with this request's placeholders.

    Raises ValidationException: undefined names, then paths that are not clear of each other, then undefined values,
    then what is wrong about operands, those of SET before those of ADD and DELETE (data-plane 4.9).
    """
    written = [
        (section.keyword, clause) for section in grammar.read_update(text).sections for clause in section.clauses
    ]
    named = [
        (
            keyword,
            placeholders.path(_KIND, clause.path),
            None if clause.operand is None else placeholders.resolve_names(_KIND, clause.operand),
        )
        for keyword, clause in written
    ]
    tree = paths.join(_KIND, [path for _, path, _ in named])
    clauses = [
        (keyword, path, None if operand is None else placeholders.resolve_values(_KIND, operand))
        for keyword, path, operand in named
    ]
    for keyword, _, operand in clauses:
        if keyword == "SET" and operand is not None:
            checks.check_set_value(_KIND, operand)
    for keyword, _, operand in clauses:
        if keyword != "SET" and isinstance(operand, Literal):
            checks.check_update_operand(_KIND, keyword, operand.value)

    mentioned = [path for _, path, _ in clauses]
    for _, _, operand in clauses:
        if operand is not None:
            mentioned += [node.path for node, _ in walk(operand) if isinstance(node, Attribute)]
    return Update(
        actions=[Action(keyword, path, _compile(keyword, operand)) for keyword, path, operand in clauses],
        tree=tree,
        mentioned=mentioned,
        literal_assignments={
            paths.attribute_name(path): operand.value
            for keyword, path, operand in clauses
            if keyword == "SET" and len(path) == 1 and isinstance(operand, Literal)
        },
    )


# --- what will be at a path -------------------------------------------------------------------------------

# A right-hand side: a value, from the old item. Raises ValidationException.
_Value: TypeAlias = Callable[[Item], AttributeValue]


def _compile(keyword: str, operand: Operand | None) -> Change:
    if operand is None:
        return remove
    if keyword == "SET":
        return assign(_compile_value(operand))
    assert isinstance(operand, Literal)  # the grammar gives ADD and DELETE nothing else
    if keyword == "ADD":
        return add(operand.value, messages.UPDATE_OPERAND)
    return delete(operand.value, messages.UPDATE_OPERAND)


def assign(value: _Value) -> Change:
    return lambda item, _old: value(item)


def remove(_item: Item, _old: AttributeValue | None) -> None:
    return None


def add(literal: AttributeValue, mismatch: messages.Message) -> Change:
    """ADD: a number to a number, elements to a set, elements behind a list's (AttributeUpdates only).

    Where nothing is, the literal will be. `mismatch` is what is raised for a stored value of another datatype.
    """
    ((name, content),) = literal.items()

    def change(_item: Item, old: AttributeValue | None) -> AttributeValue:
        if old is None:
            return literal
        if name not in old:
            raise ValidationException(mismatch)
        if name == "N":
            return {"N": numbers.add(old["N"], content)}
        joined = [*old[name], *content]
        return {name: values.sorted_set(name, joined) if name in SETS else joined}

    return change


def delete(literal: AttributeValue, mismatch: messages.Message) -> Change:
    """DELETE: elements from a set. A set that has lost its last element is gone."""
    ((name, content),) = literal.items()
    deleted = frozenset(content)

    def change(_item: Item, old: AttributeValue | None) -> AttributeValue | None:
        if old is None:
            return None
        if name not in old:
            raise ValidationException(mismatch)
        remaining = [element for element in old[name] if element not in deleted]
        return {name: remaining} if remaining else None

    return change


def _compile_value(operand: Operand) -> _Value:
    match operand:
        case Literal(value=value):
            return lambda _item: value
        case Attribute(path=path):
            return _existing(path)
        case Arithmetic(operator=symbol, left=left, right=right):
            return _arithmetic(
                numbers.add if symbol == "+" else numbers.subtract, _compile_value(left), _compile_value(right)
            )
        case Function(name="if_not_exists", operands=(Attribute(path=path), default)):
            return _if_not_exists(path, _compile_value(default))
        case Function(name="list_append", operands=(first, second)):
            return _list_append(_compile_value(first), _compile_value(second))
    raise AssertionError(f"no operand of an update: {operand}")


def _existing(path: Path) -> _Value:
    read = paths.reader(path)

    def value(item: Item) -> AttributeValue:
        found = read(item)
        if found is None:
            raise ValidationException(messages.UPDATE_ATTRIBUTE_MISSING)
        return found

    return value


def _arithmetic(calculate: Callable[[str, str], str], left: _Value, right: _Value) -> _Value:
    def value(item: Item) -> AttributeValue:
        first, second = left(item), right(item)
        if "N" not in first or "N" not in second:
            raise ValidationException(messages.UPDATE_OPERAND)
        return {"N": calculate(first["N"], second["N"])}

    return value


def _if_not_exists(path: Path, default: _Value) -> _Value:
    read = paths.reader(path)

    def value(item: Item) -> AttributeValue:
        # Evaluated even where it is not needed: a default that refers to nothing is an error (data-plane 4.10, thin).
        otherwise = default(item)
        found = read(item)
        return otherwise if found is None else found

    return value


def _list_append(first: _Value, second: _Value) -> _Value:
    def value(item: Item) -> AttributeValue:
        front, back = first(item), second(item)
        if "L" not in front or "L" not in back:
            raise ValidationException(messages.UPDATE_OPERAND)
        return {"L": [*front["L"], *back["L"]]}

    return value


# --- putting it there -------------------------------------------------------------------------------------

# By position of the action: what will be at its path.
_Results: TypeAlias = Sequence[AttributeValue | None]


def _rebuild(value: AttributeValue | None, tree: PathTree, results: _Results) -> AttributeValue:
    """A container that actions lead into, with their results in it.

    It must be there and be of the type that the paths take it for, even if there is nothing to remove in it.
    """
    name = "L" if tree.is_of_list else "M"
    if value is None or name not in value:
        raise ValidationException(messages.UPDATE_PATH)
    if name == "L":
        return {"L": _rebuild_elements(value["L"], tree, results)}
    return {"M": _rebuild_entries(value["M"], tree, results)}


def _rebuild_entries(entries: Item, tree: PathTree, results: _Results) -> Item:
    rebuilt = dict(entries)
    for name, branch in tree.branches.items():
        assert isinstance(name, str)
        if branch.position is None:
            rebuilt[name] = _rebuild(entries.get(name), branch, results)
            continue
        result = results[branch.position]
        if result is not None:
            rebuilt[name] = result
        else:
            rebuilt.pop(name, None)
    return rebuilt


def _rebuild_elements(elements: list[AttributeValue], tree: PathTree, results: _Results) -> list[AttributeValue]:
    """Behind the end, results are appended in the order of their indexes, without padding (aws-2026, sizes 12)."""
    rebuilt: list[AttributeValue | None] = [*elements]
    for index, branch in tree.in_order():
        assert isinstance(index, int)
        exists = index < len(elements)
        if branch.position is None:
            result: AttributeValue | None = _rebuild(elements[index] if exists else None, branch, results)
        else:
            result = results[branch.position]
        if exists:
            rebuilt[index] = result
        else:
            rebuilt.append(result)
    return [element for element in rebuilt if element is not None]
