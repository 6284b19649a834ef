"""The smallest scenario that shows the same divergence.

A generated scenario that diverges has twenty steps, of which two matter. This module takes away what does not, whatever
the scenario's source: it works on the wire's JSON and knows nothing of how it was drawn. (Hypothesis would shrink only
what it generated itself, in the run that generated it, and one failure at a time.)

Invariants
----------
*The same signature.* A candidate replaces the best scenario only when `still_diverges` finds the same signature in it.
What is minimal is so for that signature and not just for "something differs": a smaller scenario with another fault
is another finding.

*No second fault.* A request that is refused for one thing would also be refused, with the same words, were other things
wrong with it that are checked later. So nobody asks whether they are, and a careless minimiser ends with a request in
which everything is wrong, and a reader who cannot tell what is meant. What a request of its kind must have is never
dropped: required members, the attributes of the key, the last element of a list, a placeholder in use. And the
text of an expression is taken apart along its grammar, unless it is itself what is wrong (`break_expressions`).

*The diverging step is the last.* What follows it cannot matter, and `still_diverges` says where it is, so whatever is
accepted is cut there. Nobody has to carry an index through the edits.

*Always smaller.* Scenarios are ordered by number of steps, number of tables, length of their JSON, and the JSON's
text. A candidate that is not smaller is not even tried. So minimising never makes a scenario worse, two passes
cannot undo each other for ever, and the end is reached even without a budget.

*Nothing is renamed.* Tables, attributes and keys keep their names: who reads the minimal scenario must find them in the
record of the run. (A `#name` may be replaced by the name that it stands for; that is one thing less.)

Passes, and why in this order
-----------------------------
Each attempt replays the scenario, so what makes all later attempts cheaper goes first:

1. `drop_steps`: a step is a request to each target. Most of them go here.
2. `drop_tables`: setting up takes longer than most steps.
3. `drop_members`: members of requests, then attributes of items, elements of lists, and so on inwards: outer before
   inner, as what is dropped whole need not be taken apart. Placeholders that an edit leaves without use go
   with it; those that were without use before stay, for they may be the fault.
4. `simplify_schemas`: edits of tables that touch several places at once: an index or a sort key, and the definitions
   and keys that belong to it.
5. `shrink_expressions`: operands of AND and OR, clauses, NOT, pairs of parentheses. Where expressions may be broken,
   also tokens, in windows from half of the text down to one.
6. `unwrap_documents`: a value for the container around it.
7. `inline_names`, 8. `simplify_values`: cosmetic, and many attempts for little, so last. A value that stands in several
   places is first changed in all of them, as a key must keep meeting itself.

They are repeated until a whole round changes nothing: dropping a condition lets its step go, and so on.

To add a pass: write a method that calls `self.attempt(candidate)` and reads `self.best` anew after a success, put it
into `PASSES` at the place where the attempts that it saves later pay for its own, and give it a test with a synthetic
predicate in `tests/suite/test_minimise.py`. It need not care for budget, order, or repetition: `attempt` does.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, ClassVar, TypeAlias, TypeVar

from conformance.scenario import JSON, JSONObject, Scenario

T = TypeVar("T")
# Where in a JSON value: `("Item", "pk", "S")`.
Place: TypeAlias = tuple[str | int, ...]
# The index of the step at which the wanted signature shows; None where it does not.
StillDiverges: TypeAlias = Callable[[Scenario], int | None]


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to try. Whichever ends first."""

    seconds: float = 10.0
    attempts: int = 2000


class _BudgetSpentError(Exception):
    pass


def minimise(
    scenario: Scenario,
    step_index: int,
    still_diverges: StillDiverges,
    budget: Budget,
    *,
    break_expressions: bool = False,
) -> Scenario:
    """The smallest scenario found with the same signature; its last step is the one that diverges.

    `step_index` is where the divergence was seen. It comes back unchanged where it cannot be seen again.
    `break_expressions` is for faults of syntax.
    """
    minimiser = _Minimiser(scenario, still_diverges, budget, break_expressions)
    with suppress(_BudgetSpentError):
        if minimiser.confirm(scenario.with_steps(scenario.steps[: step_index + 1])) or minimiser.confirm(scenario):
            minimiser.run()
    return minimiser.best


Cost: TypeAlias = tuple[int, int, int, str]


def cost(scenario: Scenario) -> Cost:
    """What orders scenarios: the fewer steps, tables and characters the better, and then the text."""
    text = json.dumps([scenario.tables, [step.raw or step.request for step in scenario.steps]])
    return len(scenario.steps), len(scenario.tables), len(text), text


class _Minimiser:
    def __init__(
        self, scenario: Scenario, still_diverges: StillDiverges, budget: Budget, break_expressions: bool
    ) -> None:
        self.best = scenario
        self._break_expressions = break_expressions
        self._cost = cost(scenario)
        self._still_diverges = still_diverges
        self._deadline = time.monotonic() + budget.seconds
        self._attempts_left = budget.attempts
        self._tried: set[str] = set()

    def attempt(self, candidate: Scenario) -> bool:
        """Take the candidate for the best one if it is smaller and shows the same divergence."""
        price = cost(candidate)
        if price >= self._cost or price[-1] in self._tried:
            return False
        self._tried.add(price[-1])
        return self.confirm(candidate)

    def confirm(self, candidate: Scenario) -> bool:
        """The same, whether or not it is smaller."""
        if self._attempts_left <= 0 or time.monotonic() > self._deadline:
            raise _BudgetSpentError
        self._attempts_left -= 1
        index = self._still_diverges(candidate)
        if index is None:
            return False
        self.best = candidate.with_steps(candidate.steps[: index + 1])
        self._cost = cost(self.best)
        return True

    def run(self) -> None:
        before = None
        while before != self._cost:
            before = self._cost
            for name in self.PASSES:
                getattr(self, name)()

    PASSES: ClassVar[tuple[str, ...]] = (
        "drop_steps",
        "drop_tables",
        "drop_members",
        "simplify_schemas",
        "shrink_expressions",
        "unwrap_documents",
        "inline_names",
        "simplify_values",
    )

    # --- steps and tables ---------------------------------------------------------------------------------

    def drop_steps(self) -> None:
        # Never the last: it is the one that diverges.
        self._drop_some(lambda: self.best.steps[:-1], lambda kept: self.best.with_steps((*kept, self.best.steps[-1])))

    def drop_tables(self) -> None:
        self._drop_some(lambda: self.best.tables, lambda kept: replace(self.best, tables=tuple(kept)))

    def _drop_some(
        self,
        elements: Callable[[], Sequence[T]],
        rebuilt: Callable[[list[T]], Scenario],
        needed: Callable[[T], bool] = lambda _: False,
        least: int = 0,
    ) -> None:
        """Drop runs of elements: half of them, a quarter, and so on to single ones, the last ones first.

        The first two callables read `self.best`, so a success is built upon at once. What is needed stays, and so
        many at least.
        """
        size = len(elements())
        while size:
            start = len(elements()) - size
            while start > -size:
                kept = [
                    element
                    for at, element in enumerate(elements())
                    if not start <= at < start + size or needed(element)
                ]
                if least <= len(kept) < len(elements()):
                    self.attempt(rebuilt(kept))
                start -= size
            size //= 2

    # --- documents: the requests of tables and steps ------------------------------------------------------

    def _documents(self) -> list[JSONObject]:
        return [*self.best.tables, *(step.request for step in self.best.steps)]

    def _with_documents(self, documents: Sequence[JSONObject]) -> Scenario:
        tables = tuple(documents[: len(self.best.tables)])
        requests = documents[len(self.best.tables) :]
        steps = tuple(replace(step, request=request) for step, request in zip(self.best.steps, requests, strict=True))
        return replace(self.best, tables=tables, steps=steps)

    def _with_document(self, index: int, document: JSONObject) -> Scenario:
        documents = self._documents()
        documents[index] = document
        return self._with_documents(documents)

    def _each_document(self) -> Iterator[int]:
        """The last first: it is the step that diverges. Its steps may be cut while this runs, never added to."""
        for index in reversed(range(len(self._documents()))):
            if index < len(self._documents()):
                yield index

    def _each_place(self, index: int, suitable: Callable[[Place, JSON], bool]) -> Iterator[Place]:
        """Every suitable place in a document, outer before inner, each once, while it is being changed."""
        seen: set[Place] = set()
        while index < len(self._documents()):
            places = _places(self._documents()[index])
            place = next((p for p, value in places if p not in seen and suitable(p, value)), None)
            if place is None:
                return
            seen.add(place)
            yield place

    def drop_members(self) -> None:
        for index in self._each_document():
            # The inside of a table to set up hangs together: `simplify_schemas` knows how.
            whole_only = index < len(self.best.tables)
            for place in self._each_place(index, lambda _, value: _is_container(value)):
                if not (whole_only and place):
                    self._drop_from(index, place)

    def _drop_from(self, index: int, place: Place) -> None:
        def members() -> list[Any]:
            container = _at(self._documents()[index], place) if index < len(self._documents()) else []
            return list(container.items()) if isinstance(container, dict) else list(container)

        def rebuilt(kept: list[Any]) -> Scenario:
            document = self._documents()[index]
            container = _at(document, place)
            if isinstance(container, dict):
                changed: JSON = _without_orphans(container, dict(kept))
            else:
                changed = kept
            return self._with_document(index, _put(document, place, changed))

        needed = self._needed(index, place)
        # Lists of requests, keys, or elements of a set must not become empty; lists of values and objects may.
        may_be_empty = place[-1:] == ("L",) or (
            isinstance(_at(self._documents()[index], place), dict) and place[-1:] != ("RequestItems",)
        )
        self._drop_some(
            members,
            rebuilt,
            lambda member: isinstance(member, tuple) and member[0] in needed,
            least=0 if may_be_empty else 1,
        )

    def _needed(self, index: int, place: Place) -> frozenset[str]:
        """The names in the object at this place without which a request is refused, whatever else is right with it."""
        document = self._documents()[index]
        if place[-1:] in (("Key",), ("Item",)) or place[-2:-1] == ("Keys",):
            return frozenset(name for table in self._documents() for name in _key_names(table))
        if place[-1:] and place[-1] in _PLACEHOLDER_MEMBERS:
            return frozenset(_used_placeholders(_at(document, place[:-1])))
        if place and _is_attribute_value(_at(document, place[:-1])):
            return frozenset()  # the names in a map are not the API's
        optional = {"IndexName"} if not place else set()
        used = _PLACEHOLDER_MEMBERS if _used_placeholders(_at(document, place)) else ()
        return (_REQUIRED | frozenset(used)) - optional

    # --- schemas ------------------------------------------------------------------------------------------

    def simplify_schemas(self) -> None:
        for index in self._each_document():
            document = self._documents()[index]
            if "KeySchema" not in document:
                continue
            for edited in _simpler_schemas(document):
                if index < len(self._documents()) and self._documents()[index] == document:
                    self.attempt(self._with_document(index, edited)) or self.attempt(self._without_keys(index, edited))

    def _without_keys(self, index: int, edited: JSONObject) -> Scenario:
        """The edited table, and its keys in all requests without the attributes that are no longer keys."""
        before, after = (_key_names(schema) for schema in (self._documents()[index], edited))
        gone = set(before) - set(after)
        documents = [
            {**document, "Key": {name: value for name, value in document["Key"].items() if name not in gone}}
            if document.get("TableName") == edited.get("TableName") and isinstance(document.get("Key"), dict)
            else document
            for document in self._documents()
        ]
        documents[index] = edited
        return self._with_documents(documents)

    # --- expressions --------------------------------------------------------------------------------------

    def shrink_expressions(self) -> None:
        for index in self._each_document():
            for place in self._each_place(index, _is_expression):
                self._drop_clauses(index, place)
                if self._break_expressions:
                    self._shrink_tokens(index, place)

    def _tokens(self, index: int, place: Place) -> list[str]:
        documents = self._documents()
        text = _at(documents[index], place) if index < len(documents) else None
        return _TOKEN.findall(text) if isinstance(text, str) else []

    def _with_tokens(self, index: int, place: Place, tokens: Sequence[str]) -> Scenario:
        document = self._documents()[index]
        holder = _at(document, place[:-1])
        changed = _without_orphans(holder, {**holder, str(place[-1]): "".join(tokens).strip()})
        return self._with_document(index, _put(document, place[:-1], changed))

    def _drop_clauses(self, index: int, place: Place) -> None:
        """Whatever leaves an expression that parses as the whole did, the longest first."""
        changed = True
        while changed:
            tokens = self._tokens(index, place)
            shorter = sorted(_shorter_expressions(tokens), key=len)
            changed = any(self.attempt(self._with_tokens(index, place, left)) for left in shorter)

    def _shrink_tokens(self, index: int, place: Place) -> None:
        length = len(self._tokens(index, place))
        halves = [length >> n for n in range(1, 12) if length >> n > _LONGEST_WINDOW]
        for size in (*halves, *range(_LONGEST_WINDOW, 0, -1)):
            start = 0
            while start + size <= len(tokens := self._tokens(index, place)) and size < len(tokens):
                if not self.attempt(self._with_tokens(index, place, _joined(tokens[:start], tokens[start + size :]))):
                    start += 1

    def inline_names(self) -> None:
        """`#n0` for the name that it stands for, where that may stand by itself."""
        for index in self._each_document():
            for place in self._each_place(index, lambda place, _: place[-2:-1] == ("ExpressionAttributeNames",)):
                placeholder = str(place[-1])
                document = self._documents()[index]
                name, holder = _at(document, place), _at(document, place[:-2])
                if isinstance(name, str) and _BARE_NAME.fullmatch(name):
                    used = re.compile(re.escape(placeholder) + r"\b")
                    texts = {
                        member: used.sub(name, text) if _is_expression((member,), text) else text
                        for member, text in holder.items()
                    }
                    changed = _without_orphans(holder, texts)
                    self.attempt(self._with_document(index, _put(document, place[:-2], changed)))

    # --- values -------------------------------------------------------------------------------------------

    def unwrap_documents(self) -> None:
        for index in self._each_document():
            for place in self._each_place(index, lambda _, value: _is_document(value)):
                document = self._documents()[index]
                for inner in _inner_values(_at(document, place)):
                    if self.attempt(self._with_document(index, _put(document, place, inner))):
                        break

    def simplify_values(self) -> None:
        for everywhere in (True, False):
            for index in self._each_document():
                for place in self._each_place(index, lambda _, value: _is_attribute_value(value)):
                    value = _at(self._documents()[index], place)
                    for simpler in _simpler_values(value):
                        documents = self._documents()
                        if everywhere:
                            candidate = self._with_documents([_replaced(d, value, simpler) for d in documents])
                        else:
                            candidate = self._with_document(index, _put(documents[index], place, simpler))
                        if self.attempt(candidate):
                            break


# --- JSON -------------------------------------------------------------------------------------------------


def _places(value: JSON, place: Place = ()) -> Iterator[tuple[Place, JSON]]:
    yield place, value
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _places(member, (*place, name))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _places(element, (*place, index))


def _at(value: JSON, place: Place) -> JSON:
    for step in place:
        value = value[step]
    return value


def _put(value: JSON, place: Place, new: JSON) -> JSON:
    """A copy of `value` with `new` at `place`; what is not on the way there is shared."""
    if not place:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = _put(copy[place[0]], place[1:], new)
    return copy


def _replaced(value: JSON, old: JSON, new: JSON) -> JSON:
    if value == old:
        return new
    if isinstance(value, dict):
        return {name: _replaced(member, old, new) for name, member in value.items()}
    if isinstance(value, list):
        return [_replaced(element, old, new) for element in value]
    return value


def _is_container(value: JSON) -> bool:
    """Something with members to drop. The one member of an attribute value is not: it is the value."""
    return isinstance(value, (dict, list)) and len(value) > 0 and not _is_attribute_value(value)


# What its objects must have, wherever the API uses these names.
_REQUIRED = frozenset(
    {"TableName", "Key", "Item", "RequestItems", "Keys", "KeyConditionExpression", "PutRequest", "DeleteRequest"}
    | {"KeySchema", "AttributeDefinitions", "AttributeName", "AttributeType", "KeyType"}
    | {"IndexName", "Projection", "ProjectionType", "NonKeyAttributes", "ReadCapacityUnits", "WriteCapacityUnits"}
)

# --- attribute values -------------------------------------------------------------------------------------

_DATATYPES = frozenset({"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"})
# The simplest of each datatype, best first. Nothing empty: as a key that would be a fault of its own.
_SIMPLEST: dict[str, tuple[JSON, ...]] = {
    "S": ("a", "b"),
    "N": ("0", "1", "2"),
    "B": ("YQ==",),
    "SS": (["a"],),
    "NS": (["0"], ["1"]),
    "BS": (["YQ=="],),
    "L": ([],),
    "M": ({},),
}


def _is_attribute_value(value: JSON) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in _DATATYPES


def _is_document(value: JSON) -> bool:
    return _is_attribute_value(value) and isinstance(next(iter(value.values())), (dict, list))


def _inner_values(value: JSON) -> list[JSON]:
    content = value.get("M", value.get("L", ()))
    inner = content.values() if isinstance(content, dict) else content
    return [found for found in inner if _is_attribute_value(found)]


def _simpler_values(value: JSON) -> Iterator[JSON]:
    ((datatype, content),) = value.items()
    for simplest in _SIMPLEST.get(datatype, ()):
        if simplest != content:
            yield {datatype: simplest}
    if datatype not in ("S", "N"):
        yield {"S": "a"}


# --- schemas ----------------------------------------------------------------------------------------------

_INDEXES = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")


def _simpler_schemas(table: JSONObject) -> Iterator[JSONObject]:
    """The table without one of its indexes, on demand, with a simpler projection, without its sort key."""
    for member in _INDEXES:
        indexes = table.get(member)
        if not isinstance(indexes, list):
            continue
        for index in range(len(indexes)):
            left = indexes[:index] + indexes[index + 1 :]
            yield _with_definitions_in_use({**table, member: left} if left else _without(table, member))
    if table.get("BillingMode") != "PAY_PER_REQUEST":
        on_demand = {**_without(table, "ProvisionedThroughput"), "BillingMode": "PAY_PER_REQUEST"}
        if "GlobalSecondaryIndexes" in table:
            indexes = [_without(index, "ProvisionedThroughput") for index in table["GlobalSecondaryIndexes"]]
            on_demand["GlobalSecondaryIndexes"] = indexes
        yield on_demand
    for place, value in _places(table):
        if place[-1:] == ("Projection",) and value != {"ProjectionType": "ALL"}:
            yield _put(table, place, {"ProjectionType": "ALL"})
        if place[-1:] == ("KeySchema",) and isinstance(value, list) and len(value) > 1:
            yield _with_definitions_in_use(_put(table, place, value[:1]))


def _with_definitions_in_use(table: JSONObject) -> JSONObject:
    """An attribute that is no longer a key must not be defined either, or CreateTable refuses it."""
    used = {value for place, value in _places(table) if place[-1:] == ("AttributeName",) and "KeySchema" in place}
    definitions = table.get("AttributeDefinitions")
    if not isinstance(definitions, list):
        return table
    kept = [one for one in definitions if not isinstance(one, dict) or one.get("AttributeName") in used]
    return {**table, "AttributeDefinitions": kept}


def _key_names(table: JSONObject) -> list[str]:
    schema = table.get("KeySchema")
    return (
        [str(key.get("AttributeName")) for key in schema if isinstance(key, dict)] if isinstance(schema, list) else []
    )


def _without(members: JSONObject, name: str) -> JSONObject:
    return {key: value for key, value in members.items() if key != name}


# --- expressions ------------------------------------------------------------------------------------------

# A token and the white space after it.
_TOKEN = re.compile(r"(?:[#:]?\w+|<=|>=|<>|\S)\s*")
_PLACEHOLDER = re.compile(r"[#:]\w+")
_BARE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# Longer windows than this are tried only at halves of the text.
_LONGEST_WINDOW = 12
_PLACEHOLDER_MEMBERS = ("ExpressionAttributeNames", "ExpressionAttributeValues")


def _is_expression(place: Place, value: JSON) -> bool:
    return bool(place) and isinstance(value, str) and isinstance(place[-1], str) and place[-1].endswith("Expression")


def _without_orphans(before: JSONObject, after: JSONObject) -> JSONObject:
    """`after` without the placeholders that an expression of `before` used and none of `after` does."""
    orphans = _used_placeholders(before) - _used_placeholders(after)
    if not orphans:
        return after
    result = dict(after)
    for member in _PLACEHOLDER_MEMBERS:
        if isinstance(result.get(member), dict):
            kept = {name: value for name, value in result[member].items() if name not in orphans}
            if kept:
                result[member] = kept
            elif result[member]:
                del result[member]
    return result


def _used_placeholders(holder: JSON) -> set[str]:
    members = holder.items() if isinstance(holder, dict) else ()
    texts = (text for member, text in members if _is_expression((member,), text))
    return {placeholder for text in texts for placeholder in _PLACEHOLDER.findall(text)}


def _shorter_expressions(tokens: Sequence[str]) -> Iterator[list[str]]:
    """The expression without one operand of an AND or OR, one clause or element of a list, a NOT, or parentheses."""
    words = [token.strip().upper() for token in tokens]
    for start, word in enumerate(words):
        if word == "NOT":
            yield _joined(tokens[:start], tokens[start + 1 :])
        if word == "(" and (end := _closing(words, start)) is not None and not _is_call(words, start):
            yield _joined(tokens[:start], tokens[start + 1 : end], tokens[end + 1 :])
    for first, last in _groups(words):
        bounds = [first - 1, *_separators(words, first, last), last]
        for before, after in pairwise(bounds):
            if after == before + 1:
                continue  # nothing between two separators, as between the start and SET
            in_section = before >= first and words[before] in _SECTIONS
            ends_section = after == last or words[after] in _SECTIONS
            if in_section and ends_section:
                dropped = (before, after)  # the only clause, with its section
            elif in_section or before < first:
                dropped = (before + 1, min(after + 1, last))
            else:
                dropped = (before, after)
            left = _joined(tokens[: dropped[0]], tokens[dropped[1] :])
            if last - first > dropped[1] - dropped[0]:
                yield left


_SECTIONS = ("SET", "REMOVE", "ADD", "DELETE")


def _groups(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The whole, and what stands in each pair of parentheses but for the arguments of functions."""
    yield 0, len(words)
    for start, word in enumerate(words):
        if word == "(" and (end := _closing(words, start)) is not None and not _is_function(words, start):
            yield start + 1, end


def _separators(words: Sequence[str], first: int, last: int) -> Iterator[int]:
    """Where a group falls into parts: AND (not BETWEEN's), OR, commas, the keywords of sections."""
    depth = 0
    between = False
    for at in range(first, last):
        word = words[at]
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(word, 0)
        if depth:
            continue
        if word == "AND" and between:
            between = False
        elif word in ("AND", "OR", ",", *_SECTIONS):
            yield at
        between = between or word == "BETWEEN"


def _is_call(words: Sequence[str], start: int) -> bool:
    """Whether the parenthesis belongs to what stands before it: a function, or IN."""
    return start > 0 and (_is_function(words, start) or words[start - 1] == "IN")


def _is_function(words: Sequence[str], start: int) -> bool:
    before = words[start - 1] if start else ""
    return bool(_BARE_NAME.fullmatch(before)) and before not in ("AND", "OR", "NOT", "IN", "BETWEEN", *_SECTIONS)


def _joined(*parts: Sequence[str]) -> list[str]:
    """The tokens one after the other, with a space where two would become one."""
    tokens: list[str] = []
    for token in (token for part in parts for token in part):
        if tokens and re.search(r"\w\Z", tokens[-1]) and re.match(r"[#:\w]", token):
            tokens[-1] += " "
        tokens.append(token)
    return tokens


def _closing(words: Sequence[str], start: int) -> int | None:
    """The index of the parenthesis that closes the one at `start`; None where there is none."""
    depth = 0
    for index in range(start, len(words)):
        depth += {"(": 1, ")": -1}.get(words[index], 0)
        if depth == 0:
            return index
    return None
