"""Updates of an item: UpdateExpression, and what AttributeUpdates (`legacy.py`) makes of the same kind (dossier 7, 8).

Every right-hand side refers to the item as it was. Of a path below an attribute, the attribute is copied and changed
on the way; its list indexes count the old elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, TypeAlias

from reference_server.alternator import document_paths, expression_text, texts
from reference_server.alternator.document_paths import PathMap
from reference_server.alternator.evaluation import Place, Value, calculate, evaluate, kind
from reference_server.alternator.placeholders import Placeholders
from reference_server.alternator.request import JSONObject, as_array, printed
from reference_server.alternator.values import SETS
from reference_server.attribute import AttributeValue, Item, datatype
from reference_server.errors import ValidationException
from reference_server.expressions.paths import Path
from reference_server.expressions.tree import Attribute, Literal, Operand, walk

# From the old item and what is at the action's path in it to what will be there; None for nothing.
Change: TypeAlias = Callable[[Item, Value], Value]


class Effect(Enum):
    WRITES = auto()
    TAKES_AWAY = auto()


@dataclass(frozen=True, slots=True)
class Action:
    path: Path
    change: Change
    effect: Effect
    # Whether the old item is needed (dossier 10, "RMW").
    reads: bool


class Update:
    def __init__(self, actions: Sequence[Action]) -> None:
        """Raises ValidationException where paths meet."""
        self._actions = actions
        self._tree = document_paths.join("UpdateExpression", [action.path for action in actions])
        self.attributes_updated = frozenset(document_paths.attribute_of(action.path) for action in actions)
        self.needs_read = any(action.reads or len(action.path) > 1 for action in actions)
        # Whether an item comes into being by it (rule: update-removes-only); one of no actions makes its key.
        self.creates = not actions or any(action.effect is Effect.WRITES for action in actions)

    def apply(self, item: Item) -> Item:
        """The item as the update leaves it. Raises ValidationException."""
        results = [action.change(item, document_paths.read(action.path, item)) for action in self._actions]
        updated = dict(item)
        for name, branch in self._tree.branches.items():
            attribute = str(name)
            if branch.position is not None:
                _assign(updated, attribute, results[branch.position])
            elif attribute not in item:
                raise ValidationException(texts.UPDATE_ATTRIBUTE_MISSING, name=attribute)
            else:
                updated[attribute] = _rebuild(item[attribute], branch, results, (attribute,))
        return updated

    def returned(self, old: Item, new: Item, return_values: str) -> Item:
        """What is at the updated paths: UPDATED_OLD, UPDATED_NEW (recorded up-rv-updated_old)."""
        return document_paths.project(old if return_values == "UPDATED_OLD" else new, self._tree)


def refuse_key(update: Update, names: Iterable[str]) -> None:
    """An update leaves the key alone. Raises ValidationException."""
    for name in names:
        if name in update.attributes_updated:
            raise ValidationException(texts.UPDATE_KEY, name=name)


def _assign(entries: dict[str, Any], name: str, result: Value) -> None:
    if result is None:
        entries.pop(name, None)
    else:
        entries[name] = result


def _rebuild(value: Any, tree: PathMap, results: Sequence[Value], place: Path) -> AttributeValue:
    """A container with the results of the actions that lead into it. Raises ValidationException."""
    name = "L" if tree.is_of_list else "M"
    content = value.get(name) if isinstance(value, dict) else None
    if name == "M" and isinstance(content, dict):
        return {"M": _rebuild_entries(content, tree, results, place)}
    if name == "L" and isinstance(content, list):
        return {"L": _rebuild_elements(content, tree, results, place)}
    raise ValidationException(texts.UPDATE_PATH, path=document_paths.render((*place, *tree.first_path())))


def _rebuild_entries(entries: dict[str, Any], tree: PathMap, results: Sequence[Value], place: Path) -> dict[str, Any]:
    rebuilt = dict(entries)
    for name, branch in tree.branches.items():
        if branch.position is not None:
            _assign(rebuilt, str(name), results[branch.position])
        else:
            rebuilt[str(name)] = _rebuild(entries.get(str(name)), branch, results, (*place, name))
    return rebuilt


def _rebuild_elements(elements: list[Any], tree: PathMap, results: Sequence[Value], place: Path) -> list[Any]:
    """Behind the end, results are appended in the order of their indexes (recorded up-018)."""
    rebuilt: list[Any] = [*elements]
    removed: set[int] = set()
    for index, branch in sorted(tree.branches.items(), key=lambda one: int(one[0])):
        position = int(index)
        if branch.position is None:
            inside = elements[position] if position < len(elements) else None
            result: Value = _rebuild(inside, branch, results, (*place, index))
        else:
            result = results[branch.position]
        if position >= len(elements):
            rebuilt += [] if result is None else [result]
        elif result is None:
            removed.add(position)
        else:
            rebuilt[position] = result
    return [element for position, element in enumerate(rebuilt) if position not in removed]


# --- UpdateExpression -------------------------------------------------------------------------------------


def read(body: JSONObject, placeholders: Placeholders) -> Update | None:
    """The update that UpdateExpression states; None where there is none. Raises ValidationException."""
    if "UpdateExpression" not in body:
        return None
    tree = expression_text.read_update(body["UpdateExpression"])
    return Update(
        [
            _action(
                section.keyword,
                placeholders.path(clause.path),
                None if clause.operand is None else placeholders.resolve(clause.operand),
            )
            for section in tree.sections
            for clause in section.clauses
        ]
    )


def _action(keyword: str, path: Path, operand: Operand | None) -> Action:
    if operand is None:
        return Action(path, remove, Effect.TAKES_AWAY, reads=False)
    if keyword == "SET":
        reads = any(isinstance(node, Attribute) for node, _ in walk(operand))
        return Action(path, assign(operand), Effect.WRITES, reads)
    assert isinstance(operand, Literal)  # the grammar gives ADD and DELETE nothing else
    if keyword == "ADD":
        return Action(path, add(operand.value), Effect.WRITES, reads=True)
    return Action(path, delete(operand.value), Effect.TAKES_AWAY, reads=True)


def assign(operand: Operand) -> Change:
    def change(item: Item, _old: Value) -> AttributeValue:
        value = evaluate(operand, item, Place.UPDATE)
        if value is None or kind(value) is None:
            raise ValidationException(texts.VALUE_OF_ITEM, value=printed(value))
        return value

    return change


def remove(_item: Item, _old: Value) -> None:
    return None


def add(value: AttributeValue) -> Change:
    """To nothing, the value itself; to a number or a set, one of its kind.

    That nothing else can be added to nothing is recalled from the source; the recording does not hold it.
    """

    def change(_item: Item, old: Value) -> AttributeValue:
        if old is None:
            if datatype(value) != "N" and datatype(value) not in SETS:
                raise ValidationException(texts.ADD_TO_TYPE, value=printed(value))
            return value
        name = kind(old)
        if name is None:
            raise ValidationException(texts.VALUE_OF_ITEM, value=printed(old))
        if name != "N" and name not in SETS:
            raise ValidationException(texts.ADD_TO_TYPE, value=printed(old))
        if name not in value:
            raise ValidationException(texts.ADD_TYPE, wanted=name, value=printed(value))
        return calculate("+", old, value) if name == "N" else unite(name, old[name], value[name])

    return change


def delete(value: AttributeValue) -> Change:
    name = datatype(value)

    def change(_item: Item, old: Value) -> Value:
        if name not in SETS:
            raise ValidationException(texts.DELETE_NO_SET)
        return None if old is None else subtract(old, value)

    return change


def unite(name: str, old: Any, added: Any) -> AttributeValue:
    """New elements stand behind the old ones, by their texts (recorded up-053)."""
    present = set(map(printed, as_array(old)))
    new = {printed(element): element for element in as_array(added)}
    return {name: [*old, *(element for text, element in new.items() if text not in present)]}


def subtract(old: AttributeValue, value: AttributeValue) -> Value:
    """What is left is sorted, and nothing where nothing is (dossier 7, "Set order on read")."""
    name = datatype(value)
    if kind(old) != name:
        raise ValidationException(texts.DELETE_TYPE, old=kind(old) or "", value=name)
    taken = set(map(printed, value[name]))
    left = [element for element in as_array(old[name]) if printed(element) not in taken]
    return {name: sorted(left, key=printed)} if left else None
