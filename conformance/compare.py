"""Two replies, or a reply and an expectation, to the first Difference between them.

Replies are compared in layers, gravest first, and only the first layer that differs is reported: what one target
accepts and another refuses has different bodies too, and that says nothing more.

What makes a good `kind`
------------------------
A run finds the same fault a thousand times, under other tables, keys and values. `Difference.kind` is what is left
of a difference when everything incidental is taken out, and findings of one kind are one finding: it is
reported, counted and minimised once. So a kind is judged by two questions.

*Does the same fault always give the same kind?* Whatever the generator chose must be gone: names of tables,
indexes and attributes, keys and values, numbers, positions in lists, how many elements there were. In
messages that is what stands between quotes, after a colon where DynamoDB puts a name, in brackets, and every
digit; in paths, the index of a list (`Items[].…`) and the name of an attribute (`<attribute>`).

*Do different faults give different kinds?* What names the rule that was broken must stay. The refusal that was due
is named with its text: "accepted where a refusal was expected" would put every missing validation of an
operation into one heap, of which only the first would ever be minimised and read. So are the target's own
refusal, where success was due, and the type of the exception that left it. A place in the data is named by its
API members, and what is wrong there by how it is wrong: a member missing, a number spelt otherwise, elements in
another order.

Where the two questions pull apart, merging too little is the smaller evil: two findings of one fault cost a reader
a minute, a fault hidden behind another one is not found at all. But the texts of error messages are free
prose, so their part of a kind is cut after two hundred characters, by which the rule has been named.

A kind is a sentence about the target: `accepted where ValidationException "Invalid <…>: Syntax error" was
expected`, `Attributes: member missing`, `Items[].<attribute>.N: the number is written otherwise`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson

from conformance.canonical import CanonicalReply, canonicalise
from conformance.divergence import MISSING, Difference, Layer, Signature
from conformance.scenario import JSON, Expectation, ExpectedMessage, JSONObject, Match, Outcome, Reply, Step

ALL_LAYERS: frozenset[Layer] = frozenset(Layer)

_LONGEST_TEXT = 200


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
    for difference in _differences(expected, actual):
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


def _differences(expected: CanonicalReply, actual: CanonicalReply) -> Iterator[Difference]:
    """In the order of the layers. What follows an outcome or an error type that differs is not looked at."""
    if expected.outcome is not actual.outcome:
        yield _outcome(_described(expected), _displayed(expected), actual)
        return
    if expected.outcome in (Outcome.FAILED, Outcome.NO_ANSWER):
        return
    if expected.error_type != actual.error_type:
        yield _error_type(expected.error_type, expected.message, actual)
        return
    if expected.status != actual.status:
        kind = f"status {actual.status} instead of {expected.status}"
        layer = Layer.OUTCOME if expected.outcome is Outcome.ACCEPTED else Layer.ERROR_TYPE
        yield Difference(layer, kind, "", expected.status, actual.status)
        return
    yield from _in_data(Layer.DATA, expected.data, actual.data)
    if expected.message != actual.message:
        yield _message(expected.message, actual.message)
    yield from _in_inner_messages(expected.inner_messages, actual.inner_messages)
    yield from _in_data(Layer.CAPACITY, _capacity(expected), _capacity(actual))


def _capacity(reply: CanonicalReply) -> JSONObject:
    return {} if reply.capacity is None else {"ConsumedCapacity": reply.capacity}


def _outcome(was_expected: str, expected: JSON, actual: CanonicalReply) -> Difference:
    happened = _described(actual, acceptance="accepted")
    return Difference(Layer.OUTCOME, f"{happened} where {was_expected} was expected", "", expected, _displayed(actual))


def _error_type(error: str | None, message: str | None, actual: CanonicalReply) -> Difference:
    due = _refusal(error, message)
    return Difference(
        Layer.ERROR_TYPE, f"{actual.error_type or 'no error type'} instead of {due}", "", error, actual.error_type
    )


def _message(expected: str | None, actual: str | None, path: str = "") -> Difference:
    what = f"{_INDEX.sub('[]', path)}: message" if path else "message"
    due, came = (None if text is None else f'"{without_incidentals(text)}"' for text in (expected, actual))
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


def _in_inner_messages(expected: Mapping[str, str], actual: Mapping[str, str]) -> Iterator[Difference]:
    for path in sorted({*expected, *actual}):
        if expected.get(path) != actual.get(path):
            yield _message(expected.get(path), actual.get(path), path)


def _described(reply: CanonicalReply, *, acceptance: str = "success") -> str:
    """A reply's outcome as a part of a kind."""
    if reply.outcome is Outcome.ACCEPTED:
        return acceptance
    if reply.outcome is Outcome.REFUSED:
        return _refusal(reply.error_type, reply.message)
    if reply.outcome is Outcome.FAILED:
        return f"failure {reply.status} ({_failure(reply.failure)})" if reply.failure else f"failure {reply.status}"
    return f"no answer ({_failure(reply.failure)})"


def _displayed(reply: CanonicalReply) -> str:
    """A reply's outcome in full."""
    if reply.outcome is Outcome.ACCEPTED:
        return "accepted"
    if reply.outcome is Outcome.REFUSED:
        return f"{reply.error_type}: {reply.message}" if reply.message else str(reply.error_type)
    return f"{reply.outcome}: {reply.failure}" if reply.failure else f"{reply.outcome}: status {reply.status}"


def _refusal(error: str | None, message: str | None) -> str:
    name = error or "a refusal without a type"
    return f'{name} "{without_incidentals(message)}"' if message else name


def _failure(text: str) -> str:
    """Of an exception that came with its place, the type and the place: they are its identity, its text is not."""
    place = _RAISED.match(text)
    return place[0] if place else without_incidentals(text)


_RAISED = re.compile(r"\w+ in [\w.<>]+(?=:)")


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
_DEEPER = re.compile(r"(?:\.M\.<attribute>|\.L\[\])+")
_INDEX = re.compile(r"\[\d+\]")

# Sums over what stands beside them: where that differs too, it says more.
_LAST = ("Count", "ScannedCount", "CapacityUnits", "ReadCapacityUnits", "WriteCapacityUnits")
_CONSTANT = re.compile(r"<?[A-Z][A-Z_]+>?|<created>|<updated>")


def _in_data(layer: Layer, expected: JSON, actual: JSON) -> Iterator[Difference]:
    for place, how, one, other in _in_values(_Place(), expected, actual):
        yield Difference(layer, f"{place.kind}: {how}", place.path, one, other)


_Found = tuple[_Place, str, Any, Any]


def _in_values(place: _Place, expected: JSON, actual: JSON) -> Iterator[_Found]:
    if _type(expected) != _type(actual):
        yield place, f"{_type(actual)} instead of {_type(expected)}", expected, actual
    elif isinstance(expected, dict):
        yield from _in_objects(place, expected, actual)
    elif isinstance(expected, list):
        yield from _in_lists(place, expected, actual)
    elif expected != actual:
        yield place, _how_scalars_differ(place, expected, actual), expected, actual


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
    """What is in both is taken off first: one element that differs must not make all others look displaced."""
    if len(expected) != len(actual):
        how = "elements missing" if len(actual) < len(expected) else "elements not expected"
        yield place, how, expected, actual
        return
    remaining = [(_text(element), element) for element in actual]
    unmatched = []
    for index, element in enumerate(expected):
        twin = next((twin for twin in remaining if twin[0] == _text(element)), None)
        if twin is None:
            unmatched.append((index, element))
        else:
            remaining.remove(twin)
    if not unmatched and [_text(element) for element in expected] != [_text(element) for element in actual]:
        yield place, "another order", expected, actual
    for index, element in unmatched:
        nearest = max(remaining, key=lambda other: _likeness(element, other[1]))
        remaining.remove(nearest)
        yield from _in_values(place.element(index), element, nearest[1])


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
        if not place.pattern.endswith((".N", ".NS[]")):
            return "another value"
        return "the number is written otherwise" if _same_number(expected, actual) else "another number"
    if isinstance(expected, str):
        # The API's own constants name the fault; any other text is somebody's name or value.
        if (_CONSTANT.fullmatch(expected) and _CONSTANT.fullmatch(actual)) or place.pattern.endswith("].Code"):
            return f"{actual} instead of {expected}"
        return "another text"
    return "another value" if isinstance(expected, bool) else "another number"


def _same_number(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


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
    text = expectation.message.text if expectation.message else None
    due = Outcome.ACCEPTED if expectation.error is None else Outcome.REFUSED
    if actual.outcome is not due:
        if expectation.error is None:
            yield _outcome("success", "accepted", actual)
        else:
            in_full = f"{expectation.error}: {text}" if text else expectation.error
            yield _outcome(_refusal(expectation.error, text), in_full, actual)
        return
    if actual.error_type != expectation.error:
        yield _error_type(expectation.error, text, actual)
        return
    if (body := _expected_body(expectation, reply)) is not None:
        expected = canonicalise(step, Reply(reply.status, body), tables=tables)
        yield from _in_data(Layer.DATA, expected.data, actual.data)
    if expectation.message is not None and not _matches(step, expectation.message, reply, actual):
        yield _message(text, actual.message)
    if body is not None:
        yield from _in_inner_messages(expected.inner_messages, actual.inner_messages)
        yield from _in_data(Layer.CAPACITY, _capacity(expected), _capacity(actual))


def _expected_body(expectation: Expectation, reply: Reply) -> JSON:
    """The body as it ought to be: where only some members are expected, the others are as they came.

    So both bodies go through the same rules, of which some look at one member to rewrite another.
    """
    if expectation.members is None:
        return expectation.body
    came = reply.body if isinstance(reply.body, dict) else {}
    return {name: value for name, value in {**came, **expectation.members}.items() if value is not None}


def _matches(step: Step, expected: ExpectedMessage, reply: Reply, actual: CanonicalReply) -> bool:
    message = reply.message or ""
    if expected.match is Match.PREFIX:
        return message.startswith(expected.text)
    if expected.match is Match.PATTERN:
        return re.fullmatch(expected.text, message, re.DOTALL) is not None
    as_it_ought_to_be = Reply(reply.status, {"__type": actual.error_type, "message": expected.text})
    return canonicalise(step, as_it_ought_to_be).message == actual.message


# --- texts without what is incidental ---------------------------------------------------------------------

# Applied in this order. What is replaced becomes `…`, which none of them matches.
_INCIDENTALS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # Addresses of a stack, and whatever they stand among: `at: 0x5f3a 0x5f3b`.
        (r"(?:,? at:)?(?:\s*(?:\S+\+)?0x[0-9a-f]+\)?)+", " …"),
        (r"arn:[^\s,\]]+", "arn:…"),
        # `Value '...' at 'member.1.member.name'`: the value goes, the member stays, but for positions and keys in it.
        (r"Value '.*?' at '", "Value '…' at '"),
        (r"(?<=[.'])[^.']+(?=\.member\b)", "…"),
        # Quoted values, names and tokens, but for the member after `at`, and conditions of a program (`IsString()`).
        (r"(?<![\w…])(?<!\bat )'(?!…')(?!\w+\(\)').*?'(?!\w)", "'…'"),
        (r'(?<![\w…])"(?!…").*?"(?!\w)', '"…"'),
        # Lists: of names and values. The sets of an enumeration and the patterns of names are the API's.
        (r"(?<!set: )(?<!pattern: )\[[^\]]*\]", "[…]"),
        (r"\{.*\}", "{…}"),
        # Placeholders, as they are named without quotes: `:v`, `#n`.
        (r"(?<![\w.])([:#])\w+", r"\1…"),
        # Names where DynamoDB puts them: after a noun and a colon ...
        (
            r"\b(Tables?|TableName|Stream|[Ii]ndex|IndexName|Index ?[Kk]ey|[Kk]eys?|AttributeName|[Aa]ttribute"
            r"|attribute name|[Ee]lement|keyword|(?<!operator or )function|path|[Nn]ame"
            r"|numeric value)([:=]) ?(?!…)[^\s,;]+?(?=[.,;]?(?:\s|$))",
            r"\1\2 …",
        ),
        # ... or after a noun alone.
        (
            r"\b(the key|for key|Index Key|[Ss]econdary index|update attribute|[Tt]he attribute|hash key"
            r"|range key|key column|overlap at|[Tt]he table|[Ff]or table)"
            r" (?!…|(?:attribute|cannot|does|element|for|has|is|key|must|not|schema|to)\b)[\w-]+(?:\.[\w-]+)*",
            r"\1 …",
        ),
        (r"(?<![\w…-])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)", "N"),
        (r"\s+", " "),
    )
)


def without_incidentals(text: str) -> str:
    """A message as it is part of a kind: names, values, positions and numbers replaced, and cut."""
    for pattern, replacement in _INCIDENTALS:
        text = pattern.sub(replacement, text)
    text = text.strip()
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT].rstrip(" …") + "…"
