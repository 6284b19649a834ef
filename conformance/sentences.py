"""A divergence as one sentence, for a developer who knows DynamoDB and not us.

It says who, what operation, what happens, and what is the case, as in `moto: DeleteItem deletes the item although its
ConditionExpression does not hold`. Names and values of the request, positions and whatever else is incidental
are left out, as in a kind. Only the parameters that are left in the smallest scenario are told where nothing better is
known: without one of them it would not have shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from conformance.canonical import tables_of
from conformance.divergence import Divergence, Layer
from conformance.incidentals import Given, without_incidentals
from conformance.reasons import reason
from conformance.scenario import JSONObject, Match, Outcome, Reply, Step
from conformance.severity import PROTECTING, Effect, effect_of, outcome_of, what_was_due

LENGTH: Final = 140

# What an operation does when it is accepted, for sentences that need more than `is accepted`.
_DOES: Final[Mapping[str, str]] = {
    "PutItem": "writes the item",
    "UpdateItem": "updates the item",
    "DeleteItem": "deletes the item",
    "TransactWriteItems": "is carried out",
}
# The parameters that make a request a particular one, most telling first.
_TELLING: Final = """
    Expected ConditionExpression UpdateExpression AttributeUpdates FilterExpression ScanFilter QueryFilter
    ProjectionExpression AttributesToGet KeyConditions Select IndexName ExclusiveStartKey TotalSegments ScanIndexForward
    ReturnValues ReturnValuesOnConditionCheckFailure ClientRequestToken Limit ConsistentRead
    GlobalSecondaryIndexes LocalSecondaryIndexes StreamSpecification SSESpecification OnDemandThroughput
    ProvisionedThroughput Tags ReturnConsumedCapacity ReturnItemCollectionMetrics
""".split()  # noqa: SIM905 (it reads better in lines)
_TOLD: Final = 2

_RAISED: Final = re.compile(r"(?P<error>\w+) in [\w.<>]+")


def sentence_of(divergence: Divergence) -> str:
    """One sentence of 140 characters at most. The same divergence gives the same one."""
    told = _Told.of(divergence)
    sentences = [" ".join(f"{divergence.target}: {one}".split()) for one in _predicates(divergence, told)]
    return next((one for one in sentences if len(one) <= LENGTH), _cut(sentences[-1], LENGTH))


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A refusal that was due, or that came: its type, its text without what is incidental, and what it means."""

    error: str
    text: str
    reason: str

    @classmethod
    def of(cls, error: str | None, message: str | None, codes: Sequence[str], given: Given) -> _Refusal:
        text = without_incidentals(message, given) if message else ""
        return cls(error or "a refusal without a type", text, reason(error, message, codes))

    @property
    def quoted(self) -> str:
        return f'{self.error} "{self.text}"' if self.text else self.error


@dataclass(frozen=True, slots=True)
class _Told:
    """What sentences are made of. `due` and `came` are None where success was due, or came."""

    operation: str
    parameters: str
    due: _Refusal | None
    came: _Refusal | None
    reply: Reply

    @classmethod
    def of(cls, divergence: Divergence) -> _Told:
        steps = divergence.scenario.steps
        step = steps[divergence.step] if divergence.step < len(steps) else Step(divergence.signature.operation)
        given = Given(step, tables_of(divergence.scenario))
        reply = divergence.replies.get(divergence.target, Reply(0))
        came = None
        if reply.outcome is Outcome.REFUSED:
            came = _Refusal.of(reply.error_type, reply.message, _codes(reply.body), given)
        return cls(divergence.signature.operation, _with_parameters(step), _due(divergence, step, given), came, reply)


def _due(divergence: Divergence, step: Step, given: Given) -> _Refusal | None:
    outcome, error = what_was_due(divergence)
    if outcome is Outcome.ACCEPTED:
        return None
    baseline = divergence.replies.get(divergence.baseline)
    if baseline is not None:
        return _Refusal.of(error, baseline.message, _codes(baseline.body), given)
    expected = step.expect
    message = expected.message if expected is not None else None
    text = None if message is None else message.text
    if message is not None and message.match is Match.PATTERN:
        text = re.sub(r"\\(.)", r"\1", re.sub(r"\((?:[^()\\]|\\.)*\)\?", "", message.text))
    return _Refusal.of(error, text, _codes(expected.members if expected is not None else None), given)


def _codes(body: Any) -> tuple[str, ...]:
    reasons = body.get("CancellationReasons") if isinstance(body, dict) else None
    found = [one.get("Code") for one in reasons if isinstance(one, dict)] if isinstance(reasons, list) else []
    return tuple(code for code in found if isinstance(code, str))


# --- predicates, by layer ---------------------------------------------------------------------------------
# Each in its fullest words first, and then in fewer, for where these are too long.


def _predicates(divergence: Divergence, told: _Told) -> Iterator[str]:
    if divergence.law:
        yield f"{told.operation} breaks a law: {divergence.difference.kind.removeprefix(f'{divergence.law}: ')}"
        return
    match divergence.signature.layer:
        case Layer.OUTCOME:
            yield from _of_outcome(divergence, told)
        case Layer.ERROR_TYPE:
            yield from _of_error_type(divergence, told)
        case Layer.MESSAGE:
            yield from _of_message(divergence, told)
        case Layer.DATA:
            yield f"{told.operation}{told.parameters} {_of_data(divergence, told)}"
            yield f"{told.operation} {_of_data(divergence, told)}"
        case Layer.CAPACITY:
            yield f"{told.operation}{told.parameters} {_of_capacity(divergence)}"
            yield f"{told.operation} {_of_capacity(divergence)}"


def _of_outcome(divergence: Divergence, told: _Told) -> Iterator[str]:
    operation, due = told.operation, told.due
    came = outcome_of(divergence)
    if came is Outcome.ACCEPTED:
        if due is None:
            yield f"{operation} is answered with {divergence.difference.kind}"
        elif due.error in PROTECTING and effect_of(operation) is Effect.WRITE:
            yield f"{operation} {_DOES.get(operation, 'writes')} although {_condition(told, due)}"
        elif due.reason:
            yield f"{operation} is accepted although {due.reason}"
        else:
            yield f"{operation} is accepted where {due.quoted} is due"
    elif came is Outcome.REFUSED and told.came is not None:
        as_if = f"as if {told.came.reason}" if told.came.reason else f"with {told.came.quoted}"
        yield f"{operation}{told.parameters} is valid and is refused, {as_if}"
        yield f"{operation} is valid and is refused, {as_if}"
    elif due is None:
        yield f"{operation}{told.parameters} is valid and {_failing(told.reply)}"
        yield f"{operation} is valid and {_failing(told.reply)}"
    else:
        yield f"{operation} {_failing(told.reply)} where {due.reason or f'{due.quoted} is due'}"


def _condition(told: _Told, due: _Refusal) -> str:
    """The condition that does not hold, by the parameter that states it."""
    if due.error == "ConditionalCheckFailedException":
        for member, words in (("Expected", "Expected condition"), ("ConditionExpression", "ConditionExpression")):
            if member in told.parameters:
                return f"its {words} does not hold"
    return due.reason or "it has to be cancelled"


def _failing(reply: Reply) -> str:
    if reply.outcome is Outcome.NO_ANSWER:
        return f"gets no answer ({reply.failure})" if reply.failure else "gets no answer"
    raised = _RAISED.match(reply.failure)
    return f"fails with an internal error ({raised['error'] if raised else reply.status})"


def _of_error_type(divergence: Divergence, told: _Told) -> Iterator[str]:
    # Where no text tells what the matter is, the case may.
    why = f" where {told.due.reason}" if told.due is not None and told.due.reason else ""
    title = f": {divergence.scenario.title}" if divergence.scenario.title and not why else ""
    expected, actual = divergence.difference.expected, divergence.difference.actual
    if isinstance(expected, int):
        expected, actual = f"status {expected}", f"status {actual}"
    refused = f"{told.operation} is refused with {actual or 'no error type'}"
    yield f"{refused} instead of {expected}{why}{title}"
    yield f"{refused}{why}" if why else f"{refused} instead of {expected}"


def _of_message(divergence: Divergence, told: _Told) -> Iterator[str]:
    operation, difference = told.operation, divergence.difference
    due, came = (told.due.reason if told.due else ""), (told.came.reason if told.came else "")
    refusal = f"the refusal of {operation}"
    if difference.path:
        within = "a cancellation reason" if "CancellationReasons" in difference.path else "an error"
        refusal = f"{within} of {operation}"
        due, came = (
            reason(None, text) if isinstance(text, str) else "" for text in (difference.expected, difference.actual)
        )
    where = f" where {due}" if due else ""
    if difference.kind.endswith("with other values in it"):
        yield f"{refusal} has other values in its text{where}"
    elif "message missing" in difference.kind:
        yield f"{refusal} has no text{where}"
    elif came and due and came != due:
        yield f"{operation} is refused because {came}, not because {due}"
        yield f"{refusal} tells another reason than that {due}"
    elif due:
        yield f"{refusal} is worded otherwise{where}"
    else:
        yield f"{refusal} is worded otherwise: {_LEADING.sub('', difference.kind)}"


_LEADING: Final = re.compile(r"(?:\S+: )?message ")


# --- data and capacity ------------------------------------------------------------------------------------

# The place of a kind, from its front, and what stands there in words.
_PLACES: Final[Sequence[tuple[re.Pattern[str], str]]] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Items\[\]\.<attribute>.+", "a value within an item"),
        (r"Items\[\]\.<attribute>", "an attribute of an item"),
        (r"Items\[\]", "an item"),
        (r"Items", "items"),
        (r"(?:Responses\[\]\.)?Item\.<attribute>.+", "a value within the item"),
        (r"(?:Responses\[\]\.)?Item\.<attribute>", "an attribute of the item"),
        (r"(?:Responses\[\]\.)?Item", "the item"),
        (r"Attributes\.<attribute>.+", "a value within the returned Attributes"),
        (r"Attributes\.<attribute>", "an attribute of the returned Attributes"),
        (r"Attributes", "Attributes"),
        (r"Responses\.<table>\[\]\.<attribute>.+", "a value within an item"),
        (r"Responses\.<table>\[\]\.<attribute>", "an attribute of an item"),
        (r"Responses\.<table>\[\]", "an item"),
        (r"Responses\.<table>", "items of a table"),
        (r"LastEvaluatedKey\..+", "a key attribute of LastEvaluatedKey"),
        (r"CancellationReasons\[\]\.Code", "the code of a cancellation reason"),
        (r"CancellationReasons\[\]\.Item", "the item of a cancellation reason"),
        (r"(?P<list>\w+)\[\]", "an element of {list}"),
    )
)
# How a kind says that it differs, and a predicate of the place. `{it}` is the place in words.
_HOW: Final[Mapping[str, str]] = {
    "member missing": "leaves out {it}",
    "member not expected": "returns {it} where none is due",
    "elements missing": "returns too few {it}",
    "elements not expected": "returns too many {it}",
    "another order": "returns {it} in another order",
    "a number is written otherwise": "does not normalise how a number is written in {it}",
    "a number in a set is written otherwise": "does not normalise how numbers are written in a set of {it}",
    "another number": "returns another number for {it}",
    "another value": "returns another value for {it}",
    "another text": "returns another text for {it}",
}


def _of_data(divergence: Divergence, told: _Told) -> str:
    place, _, how = divergence.difference.kind.rpartition(": ")
    if place in ("Item", "Attributes") and how == "member missing" and told.operation in ("GetItem", "Query"):
        return "does not find the item"
    if place == "Item" and how == "member not expected" and told.operation == "GetItem":
        return "returns an item where there is none"
    return _how(how, _place(place))


def _of_capacity(divergence: Divergence) -> str:
    place, _, how = divergence.difference.kind.rpartition(": ")
    if how in ("another number", "another value"):
        inner = place.removeprefix("ConsumedCapacity").lstrip("[].")
        of_what = next((words for name, words in _CHARGED.items() if inner.startswith(name)), "")
        return f"reports another consumed capacity{of_what}"
    return _how(how, _place(place))


_CHARGED: Final[Mapping[str, str]] = {
    "Table.": " for the table",
    "GlobalSecondaryIndexes": " for a global index",
    "LocalSecondaryIndexes": " for a local index",
}


def _place(place: str) -> str:
    for pattern, words in _PLACES:
        if match := pattern.fullmatch(place):
            return words.format_map(match.groupdict())
    named = place.replace(".<table>", "").replace(".<index>", "").replace(".<attribute>", "").replace("[]", "")
    inner = named.rpartition(".")[2]
    outer = named.partition(".")[0]
    return inner if inner == outer else f"{inner} in {outer}"


def _how(how: str, place: str) -> str:
    if how in _HOW:
        return _HOW[how].format(it=place)
    # `S instead of N`, `list instead of object`, `CREATING instead of ACTIVE`
    return f"returns {how} for {place}"


# --- parts ------------------------------------------------------------------------------------------------


def _with_parameters(step: Step) -> str:
    told = [member for member in _TELLING if _is_told(member, step.request)][:_TOLD]
    return f" with {' and '.join(told)}" if told else ""


def _is_told(member: str, request: JSONObject) -> bool:
    """Parameters that are stated as what they are without are not what makes a request a particular one."""
    return member in request and (member, request[member]) not in (
        ("ScanIndexForward", True),
        ("ConsistentRead", False),
    )


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rpartition(" ")[0].rstrip(" ,:;") + "…"
