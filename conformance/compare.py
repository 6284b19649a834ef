"""Two replies, or a reply and an expectation, to the first Difference between them.

Replies are compared in layers, gravest first, and only the first layer that differs is reported: what one target
accepts and another refuses has different bodies too, and that says nothing more.

What makes a good `kind`
------------------------
A run finds the same fault a thousand times, under other tables, keys and values. `Difference.kind` is what is left
of a difference when everything incidental is taken out, and findings of one kind are one finding: it is
reported, counted and minimised once. So a kind is judged by two questions.

*Does the same fault always give the same kind?* Whatever the generator chose must be gone: names of tables,
indexes and attributes, keys and values, pieces of expressions, positions in lists, how many elements there were.
What that is in messages, `incidentals.py` says; in paths it is the index of a list (`Items[].…`) and the name of an
attribute (`<attribute>`). So must be, where an exception left the target, what would have been due instead: the
place in its code is the fault, whatever the request was.

*Do different faults give different kinds?* What names the rule that was broken must stay. The refusal that was due
is named with its text: "accepted where a refusal was expected" would put every missing validation of an
operation into one heap, of which only the first would ever be minimised and read. So are the target's own
refusal, where success was due, and the type and place of the exception that left it. A place in the data is named
by its API members, and what is wrong there by how it is wrong: a member missing, a number spelt otherwise,
elements in another order.

Where the two questions pull apart, merging too little is the smaller evil: two findings of one fault cost a reader
a minute, a fault hidden behind another one is not found at all. But the texts of error messages are free
prose, so their part of a kind is cut after two hundred characters, by which the rule has been named.

A kind is a sentence about the target: `accepted where ValidationException "Invalid <…>: Syntax error" was
expected`, `Attributes: member missing`, `Items[]: a number is written otherwise`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from conformance.canonical import COUNT, ITEMS, UNITS, VALUE, CanonicalReply, canonicalise
from conformance.divergence import MISSING, Difference, Layer, Signature
from conformance.incidentals import Given, is_member, without_incidentals
from conformance.scenario import JSON, Expectation, ExpectedMessage, JSONObject, Match, Outcome, Reply, Step

ALL_LAYERS: frozenset[Layer] = frozenset(Layer)


def compare(
    step: Step,
    baseline: Reply,
    other: Reply,
    *,
    layers: Collection[Layer] = ALL_LAYERS,
    tables: Sequence[JSONObject] = (),
) -> Difference | None:
    """The first difference of `other` from `baseline` in those layers; None where they agree.

    `tables` are the scenario's CreateTable requests (`canonical.tables_of`): they are needed to tell which items
    of an index may change places.
    """
    return next(differences(step, baseline, other, layers=layers, tables=tables), None)


def differences(
    step: Step,
    baseline: Reply,
    other: Reply,
    *,
    layers: Collection[Layer] = ALL_LAYERS,
    tables: Sequence[JSONObject] = (),
) -> Iterator[Difference]:
    """All differences, the first of which `compare` gives: for who knows that one and looks for what is behind it.

    A member that a target always leaves out would otherwise hide every other difference of that reply.
    """
    if _identical(baseline, other):
        return
    expected = canonicalise(step, baseline, tables=tables)
    actual = canonicalise(step, other, tables=tables)
    for difference in _differences(expected, actual, Given(step, tables)):
        if difference.layer in layers:
            yield difference


def judge(
    step: Step,
    reply: Reply,
    *,
    layers: Collection[Layer] = ALL_LAYERS,
    tables: Sequence[JSONObject] = (),
) -> Difference | None:
    """The first difference of a reply from what its step expects; None where it is met, or nothing is expected.

    An alternative that is met is as good as the expectation itself; where none is, the difference is from the
    latter. A member expected to be null is expected to be absent, as the API knows no null in replies.
    """
    if step.expect is None:
        return None
    difference = _first(_unmet(step, step.expect, reply, tables), layers)
    if difference is not None:
        for alternative in step.expect.alternatives:
            if _first(_unmet(step, alternative, reply, tables), layers) is None:
                return None
    return difference


def signature(target: str, step: Step, difference: Difference) -> Signature:
    return Signature(target, step.operation, difference.layer, difference.kind)


def _first(differences: Iterator[Difference], layers: Collection[Layer]) -> Difference | None:
    return next((difference for difference in differences if difference.layer in layers), None)


def _identical(one: Reply, other: Reply) -> bool:
    """Quickly, and nearly always right: the same bytes. `==` would take 1, 1.0 and true for one another."""
    if one.status != other.status or one.status == 0:
        return False
    try:
        return orjson.dumps(one.body) == orjson.dumps(other.body)
    except TypeError:  # a number or text that is no JSON to orjson
        return False


# --- reply against reply ----------------------------------------------------------------------------------


def _differences(expected: CanonicalReply, actual: CanonicalReply, given: Given) -> Iterator[Difference]:
    """In the order of the layers. What follows an outcome or an error type that differs is not looked at."""
    if expected.outcome is not actual.outcome:
        yield _outcome(_described(expected, given), _displayed(expected), actual, given)
        return
    if expected.outcome in (Outcome.FAILED, Outcome.NO_ANSWER):
        return
    if expected.error_type != actual.error_type:
        yield _error_type(expected.error_type, _refusal(expected.error_type, expected.message, given), actual)
        return
    if expected.status != actual.status:
        kind = f"status {actual.status} instead of {expected.status}"
        layer = Layer.OUTCOME if expected.outcome is Outcome.ACCEPTED else Layer.ERROR_TYPE
        yield Difference(layer, kind, "", expected.status, actual.status)
        return
    yield from _in_data(Layer.DATA, expected.data, actual.data)
    if expected.message != actual.message:
        yield _message(expected.message, actual.message, given)
    yield from _in_inner_messages(expected.inner_messages, actual.inner_messages, given)
    yield from _in_data(Layer.CAPACITY, _capacity(expected), _capacity(actual))


def _capacity(reply: CanonicalReply) -> JSONObject:
    return {} if reply.capacity is None else {"ConsumedCapacity": reply.capacity}


def _outcome(was_expected: str, expected: JSON, actual: CanonicalReply, given: Given) -> Difference:
    happened = _described(actual, given, acceptance="accepted")
    kind = happened if _names_its_place(actual) else f"{happened} where {was_expected} was expected"
    return Difference(Layer.OUTCOME, kind, "", expected, _displayed(actual))


def _error_type(expected: str | None, due: str, actual: CanonicalReply) -> Difference:
    """`expected` is the type alone, `due` the whole refusal as a part of a kind."""
    kind = f"{actual.error_type or 'no error type'} instead of {due}"
    return Difference(Layer.ERROR_TYPE, kind, "", expected, actual.error_type)


def _message(expected: str | None, actual: str | None, given: Given, path: str = "", legible: str = "") -> Difference:
    """`legible` is the expected text as a person reads it, where that is not the text itself."""
    what = f"{_INDEX.sub('[]', path)}: message" if path else "message"
    texts = (legible or expected, actual)
    due, came = (None if text is None else f'"{without_incidentals(text, given)}"' for text in texts)
    if came is None:
        kind = f"{what} missing: {due}"
    elif due is None:
        kind = f"{what} {came} where none was expected"
    elif due == came:
        kind = f"{what} {came} with other values in it"
    else:
        kind = f"{what} {came} instead of {due}"
    return Difference(
        Layer.MESSAGE, kind, path, MISSING if expected is None else expected, MISSING if actual is None else actual
    )


def _in_inner_messages(expected: Mapping[str, str], actual: Mapping[str, str], given: Given) -> Iterator[Difference]:
    for path in sorted({*expected, *actual}):
        if expected.get(path) != actual.get(path):
            yield _message(expected.get(path), actual.get(path), given, path)


def _described(reply: CanonicalReply, given: Given, *, acceptance: str = "success") -> str:
    """A reply's outcome as a part of a kind."""
    if reply.outcome is Outcome.ACCEPTED:
        return acceptance
    if reply.outcome is Outcome.REFUSED:
        return _refusal(reply.error_type, reply.message, given)
    what = f"failure {reply.status}" if reply.outcome is Outcome.FAILED else "no answer"
    return f"{what} ({_failure(reply.failure, given)})" if reply.failure else what


def _displayed(reply: CanonicalReply) -> str:
    """A reply's outcome in full."""
    if reply.outcome is Outcome.ACCEPTED:
        return "accepted"
    if reply.outcome is Outcome.REFUSED:
        return f"{reply.error_type}: {reply.message}" if reply.message else str(reply.error_type)
    return f"{reply.outcome}: {reply.failure}" if reply.failure else f"{reply.outcome}: status {reply.status}"


def _refusal(error: str | None, message: str | None, given: Given) -> str:
    name = error or "a refusal without a type"
    return f'{name} "{without_incidentals(message, given)}"' if message else name


# An exception that came with its place: `KeyError in moto.dynamodb.parsing.take: 'price'`.
_RAISED = re.compile(r"(?P<error>\w+) in (?P<place>[\w.<>]+): ?(?P<text>.*)", re.DOTALL)
# A function that is there to raise, for whoever calls it.
_RAISER = re.compile(r"_*(?:assert|raise|fail)\w*")


def _failure(text: str, given: Given) -> str:
    """Of an exception that came with its place, the type and the place: they are its identity, its text is not.

    But where a function is there to raise, the text is all that tells one fault from another; a member of the API
    that was looked for in vain tells where in a long function; and where a stack was full is a matter of chance.
    """
    raised = _RAISED.match(text)
    if raised is None:
        return without_incidentals(text, given)
    where = f"{raised['error']} in {raised['place']}"
    if raised["error"] == "RecursionError":
        return raised["error"]
    if raised["error"] == "KeyError" and is_member(raised["text"].strip("'")):
        return f"{where}: {raised['text']}"
    if _RAISER.fullmatch(raised["place"].rpartition(".")[2]):
        return f"{where}: {without_incidentals(raised['text'], given)}"
    return where


def _names_its_place(reply: CanonicalReply) -> bool:
    """Whether a failure says enough by itself, whatever was due instead of it."""
    raised = _RAISED.match(reply.failure) if reply.outcome is Outcome.FAILED else None
    return raised is not None and raised["error"] != "RecursionError"


# --- data against data ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the data: exactly, and with everything incidental taken out; and what stands there.

    `holds` says what the members of an object here are: API (names of the API), ITEM (names of attributes), VALUE
    (a datatype), TABLES, TABLES OF ITEMS and INDEXES (names of such).
    """

    path: str = ""
    pattern: str = ""
    holds: str = "API"

    def member(self, name: str, value: JSON) -> _Place:
        known, holds = self._inside(name, value)
        return _Place(f"{self.path}.{name}".lstrip("."), f"{self.pattern}.{known}".lstrip("."), holds)

    def element(self, index: int) -> _Place:
        return _Place(f"{self.path}[{index}]", f"{self.pattern}[]", self.holds)

    def _inside(self, name: str, value: JSON) -> tuple[str, str]:
        if self.holds == "ITEM":
            return "<attribute>", "VALUE"
        if self.holds == "VALUE":
            return name, {"M": "ITEM", "L": "VALUE"}.get(name, "SCALAR")
        if self.holds == "TABLES":
            return "<table>", "API"
        if self.holds == "TABLES OF ITEMS":
            return "<table>", "ITEM"
        if self.holds == "INDEXES":
            return "<index>", "API"
        if name in _ITEMS:
            return name, "ITEM"
        if isinstance(value, dict) and name in _BY_NAME:
            # Metrics of one collection are the only ones of these that are not by table.
            return name, "API" if "ItemCollectionKey" in value else _BY_NAME[name]
        return name, "API"

    @property
    def kind(self) -> str:
        """How deep within an item is incidental; that it is deeper than its top level is not."""
        return _DEEPER.sub(".…", self.pattern) or "the body"

    @property
    def item(self) -> str:
        """The same without where it is within an item."""
        return self.pattern.partition(".<attribute>")[0]

    @property
    def is_number(self) -> bool:
        return self.holds == "SCALAR" and self.pattern.endswith((".N", ".NS[]"))


_ITEMS = frozenset(
    {"Item", "Items", "Attributes", "Key", "Keys", "LastEvaluatedKey", "ItemCollectionKey", "NewImage", "OldImage"}
)
_BY_NAME = {
    "Responses": "TABLES OF ITEMS",
    "UnprocessedKeys": "TABLES",
    "UnprocessedItems": "TABLES",
    "ItemCollectionMetrics": "TABLES",
    "GlobalSecondaryIndexes": "INDEXES",
    "LocalSecondaryIndexes": "INDEXES",
}
# Who does not normalise numbers does not do it at any depth.
_SPELLING, _SPELLING_IN_SET = "a number is written otherwise", "a number in a set is written otherwise"
_SPELLINGS = (_SPELLING, _SPELLING_IN_SET)
_DEEPER = re.compile(r"(?:\.M\.<attribute>|\.L\[\])+")
_INDEX = re.compile(r"\[\d+\]")

# What rules of pages put in the place of what they take out.
_STANDS_FOR = {COUNT: "integer", ITEMS: "list", UNITS: "decimal number", VALUE: "object"}

# Sums over what stands beside them: where that differs too, it says more.
_LAST = ("Count", "ScannedCount", "CapacityUnits", "ReadCapacityUnits", "WriteCapacityUnits")
_CONSTANT = re.compile(r"<?[A-Z][A-Z_]+>?|<created>|<updated>")


def _in_data(layer: Layer, expected: JSON, actual: JSON) -> Iterator[Difference]:
    for place, how, one, other in _in_values(_Place(), expected, actual):
        where = place.item if how in _SPELLINGS else place.kind
        yield Difference(layer, f"{where}: {how}", place.path, one, other)


_Found = tuple[_Place, str, Any, Any]


def _in_values(place: _Place, expected: JSON, actual: JSON) -> Iterator[_Found]:
    if _stands_for(place, expected, actual) or _stands_for(place, actual, expected):
        # A rule took one side out and left the other, because of what differs elsewhere: that is the difference. Of a
        # page's counts, the difference may be in themselves.
        if COUNT in (expected, actual):
            yield place, "another number", expected, actual
    elif _type(expected) != _type(actual):
        yield place, f"{_type(actual)} instead of {_type(expected)}", expected, actual
    elif isinstance(expected, dict):
        yield from _in_objects(place, expected, actual)
    elif isinstance(expected, list):
        yield from _in_lists(place, expected, actual)
    elif expected != actual:
        yield place, _how_scalars_differ(place, expected, actual), expected, actual


def _stands_for(place: _Place, one: Any, other: Any) -> bool:
    """Whether one side is what a rule put in the place of such as the other side is."""
    return place.holds != "SCALAR" and isinstance(one, str) and _type(other) == _STANDS_FOR.get(one)


def _in_objects(place: _Place, expected: dict[str, Any], actual: dict[str, Any]) -> Iterator[_Found]:
    if place.holds == "VALUE" and len(expected) == len(actual) == 1 and expected.keys() != actual.keys():
        yield place, f"{next(iter(actual))} instead of {next(iter(expected))}", expected, actual
        return
    for name in sorted(expected.keys() - actual.keys()):
        yield place.member(name, expected[name]), "member missing", expected[name], MISSING
    for name in sorted(actual.keys() - expected.keys()):
        yield place.member(name, actual[name]), "member not expected", MISSING, actual[name]
    for name in sorted(expected.keys() & actual.keys(), key=lambda name: (name in _LAST, name)):
        yield from _in_values(place.member(name, expected[name]), expected[name], actual[name])


def _in_lists(place: _Place, expected: list[Any], actual: list[Any]) -> Iterator[_Found]:
    if len(expected) != len(actual):
        how = "elements missing" if len(actual) < len(expected) else "elements not expected"
        yield place, how, expected, actual
    elif sorted(map(_text, expected)) != sorted(map(_text, actual)):
        for index, element, other in _pairs(place, expected, actual):
            yield from _in_values(place.element(index), element, other)
    elif [_text(element) for element in expected] != [_text(element) for element in actual]:
        yield place, "another order", expected, actual


def _pairs(place: _Place, expected: list[Any], actual: list[Any]) -> list[tuple[int, Any, Any]]:
    """Every expected element, by its index, with the one that came in its place; the lists are of one length.

    What is in both goes first: one element that differs must not make all others look displaced. Then, in sets of
    numbers, equal numbers that are written otherwise; and what is left, with what is most alike.
    """
    pairs: list[tuple[int, Any, Any]] = []
    unpaired, remaining = list(enumerate(expected)), actual
    for key in (_text, _numeric) if place.element(0).is_number else (_text,):
        twins: dict[Hashable, list[Any]] = {}
        for other in remaining:
            twins.setdefault(key(other), []).append(other)
        pairs += [(i, element, twins[key(element)].pop(0)) for i, element in unpaired if twins.get(key(element))]
        paired = {index for index, _, _ in pairs}
        unpaired = [(index, element) for index, element in unpaired if index not in paired]
        remaining = [other for others in twins.values() for other in others]
    for index, element in unpaired:
        nearest = max(range(len(remaining)), key=lambda n: _likeness(element, remaining[n]))
        pairs.append((index, element, remaining.pop(nearest)))
    return sorted(pairs, key=lambda pair: pair[0])


def _likeness(one: Any, other: Any) -> int:
    """How many members two objects share; any two values are alike where they are no objects."""
    if not isinstance(one, dict) or not isinstance(other, dict):
        return 0
    return sum(name in other and _text(value) == _text(other[name]) for name, value in one.items())


def _text(value: Any) -> str:
    """Two values have one text if they are equal, and neither 1 and 1.0 nor 1 and true are."""
    return json.dumps(value, sort_keys=True)


def _how_scalars_differ(place: _Place, expected: Any, actual: Any) -> str:
    if place.holds == "SCALAR" and isinstance(expected, str):
        if not place.is_number:
            return "another value"
        if _numeric(expected) != _numeric(actual):
            return "another number"
        return _SPELLING_IN_SET if place.pattern.endswith("[]") else _SPELLING
    if isinstance(expected, str):
        # The API's own constants name the fault; any other text is somebody's name or value.
        if (_CONSTANT.fullmatch(expected) and _CONSTANT.fullmatch(actual)) or place.pattern.endswith("].Code"):
            return f"{actual} instead of {expected}"
        return "another text"
    return "another value" if isinstance(expected, bool) else "another number"


def _numeric(text: Any) -> Hashable:
    """The same for two spellings of a number, and for nothing else."""
    try:
        number = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        number = None
    return number if number is not None and number.is_finite() else _text(text)


def _type(value: JSON) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "decimal number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


# --- reply against expectation ----------------------------------------------------------------------------


def _unmet(step: Step, expectation: Expectation, reply: Reply, tables: Sequence[JSONObject]) -> Iterator[Difference]:
    actual = canonicalise(step, reply, tables=tables)
    given = Given(step, tables)
    text = expectation.message.text if expectation.message else None
    legible = _legible(expectation.message) if expectation.message else ""
    due = _refusal(expectation.error, legible, given) if expectation.error else "success"
    if actual.outcome is not (Outcome.REFUSED if expectation.error else Outcome.ACCEPTED):
        in_full = f"{expectation.error}: {text}" if text else expectation.error or "accepted"
        yield _outcome(due, in_full, actual, given)
        return
    if actual.error_type != expectation.error:
        yield _error_type(expectation.error, due, actual)
        return
    if (body := _expected_body(expectation, reply)) is not None:
        expected = canonicalise(step, Reply(reply.status, body), tables=tables)
        yield from _in_data(Layer.DATA, expected.data, actual.data)
    if expectation.message is not None and not _matches(step, expectation.message, reply, actual):
        yield _message(text, actual.message, given, legible=legible)
    if body is not None:
        yield from _in_inner_messages(expected.inner_messages, actual.inner_messages, given)
        yield from _in_data(Layer.CAPACITY, _capacity(expected), _capacity(actual))


def _expected_body(expectation: Expectation, reply: Reply) -> JSON:
    """The body as it ought to be: where only some members are expected, the others are as they came.

    So both bodies go through the same rules, of which some look at one member to rewrite another.
    """
    if expectation.members is None:
        return expectation.body
    came = reply.body if isinstance(reply.body, dict) else {}
    return {name: value for name, value in {**came, **expectation.members}.items() if value is not None}


def _legible(message: ExpectedMessage) -> str:
    """The text that a message must match, without the signs of a regular expression; what is optional is left out."""
    if message.match is not Match.PATTERN:
        return message.text
    text = re.sub(r"\((?:[^()\\]|\\.)*\)\?", "", message.text)
    return re.sub(r"\\(.)", r"\1", text.replace(".*", "…"))


def _matches(step: Step, expected: ExpectedMessage, reply: Reply, actual: CanonicalReply) -> bool:
    message = reply.message or ""
    if expected.match is Match.PREFIX:
        return message.startswith(expected.text)
    if expected.match is Match.PATTERN:
        return re.fullmatch(expected.text, message, re.DOTALL) is not None
    as_it_ought_to_be = Reply(reply.status, {"__type": actual.error_type, "message": expected.text})
    return canonicalise(step, as_it_ought_to_be).message == actual.message
