"""What writing does and what it leaves alone: items read back exactly, replies agree with reads, indexes follow."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from decimal import Context, Decimal
from typing import Any

import pytest
from calling import Caller, Refused, index
from hypothesis import given, settings
from hypothesis import strategies as st
from indexed import check_indexes, create_indexed_table

# --- values, and the form in which they are to be read back, said independently of the server ------------------

_EXACT = Context(prec=300)


@st.composite
def number_texts(draw: st.DrawFn) -> str:
    """Numbers over the whole range that is stored, each in some spelling."""
    digits = draw(st.integers(0, 10**38 - 1) | st.integers(0, 1000))
    # Where the first digit stands: from 10**-130 to 10**125.
    exponent = draw(st.integers(-130, 125)) - (len(str(digits)) - 1)
    sign = draw(st.sampled_from(["", "-", "+"]))
    zeros = "0" * draw(st.integers(0, 2))
    if draw(st.booleans()) and -20 < exponent < 20:
        return f"{sign}{zeros}{_EXACT.create_decimal(digits).scaleb(exponent, _EXACT):f}"
    return f"{sign}{zeros}{digits}{draw(st.sampled_from(['e', 'E']))}{exponent}"


def printed(text: str) -> str:
    """A number as DynamoDB prints it: plain, without an exponent and without zeros that say nothing."""
    plain = f"{_EXACT.create_decimal(text):f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if not Decimal(plain) else plain


TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
BLOBS = st.binary(max_size=6).map(lambda raw: b64encode(raw).decode())
SCALARS = st.one_of(
    TEXTS.map(lambda text: {"S": text}),
    number_texts().map(lambda text: {"N": text}),
    BLOBS.map(lambda text: {"B": text}),
    st.booleans().map(lambda truth: {"BOOL": truth}),
    st.just({"NULL": True}),
    st.lists(TEXTS, min_size=1, max_size=4, unique=True).map(lambda texts: {"SS": texts}),
    st.lists(number_texts(), min_size=1, max_size=4, unique_by=printed).map(lambda texts: {"NS": texts}),
    st.lists(BLOBS, min_size=1, max_size=4, unique=True).map(lambda texts: {"BS": texts}),
)
VALUES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda values: {"L": values})
        | st.dictionaries(TEXTS, inner, max_size=3).map(lambda values: {"M": values})
    ),
    max_leaves=6,
)
ITEMS = st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=4), VALUES, max_size=4)


def normal(value: dict[str, Any]) -> dict[str, Any]:
    """A value as it is to be read back (data-plane 3.2; aws-2026, sizes 10)."""
    ((datatype, content),) = value.items()
    match datatype:
        case "N":
            content = printed(content)
        case "SS":
            content = sorted(content, key=str.encode)
        case "NS":
            content = sorted(map(printed, content), key=Decimal)
        case "BS":
            content = sorted(content, key=b64decode)
        case "L":
            content = [normal(element) for element in content]
        case "M":
            content = {name: normal(element) for name, element in content.items()}
    return {datatype: content}


# --- what is accepted reads back ---------------------------------------------------------------------------------

KEY = {"pk": {"S": "p"}, "sk": {"N": "1"}}


def things() -> Caller:
    """A table with an index that has everything, since everything that it projects must be there too."""
    caller = Caller()
    caller.create_table("Things", "pk:S", "sk:N", GlobalSecondaryIndexes=[index("ByKey", "sk", "pk")])
    return caller


def _setting(item: dict[str, Any]) -> dict[str, Any]:
    """An update that gives an item its attributes, whatever they are called."""
    attributes = {name: value for name, value in item.items() if name not in KEY}
    if not attributes:
        return {}
    numbered = list(enumerate(attributes.items()))
    return {
        "UpdateExpression": "SET " + ", ".join(f"#a{i} = :v{i}" for i, _ in numbered),
        "ExpressionAttributeNames": {f"#a{i}": name for i, (name, _) in numbered},
        "ExpressionAttributeValues": {f":v{i}": value for i, (_, value) in numbered},
    }


def _put(caller: Caller, item: dict[str, Any]) -> None:
    caller.call("PutItem", TableName="Things", Item=item)


def _batch(caller: Caller, item: dict[str, Any]) -> None:
    caller.call("BatchWriteItem", RequestItems={"Things": [{"PutRequest": {"Item": item}}]})


def _update(caller: Caller, item: dict[str, Any]) -> None:
    caller.call("UpdateItem", TableName="Things", Key=KEY, **_setting(item))


def _legacy_update(caller: Caller, item: dict[str, Any]) -> None:
    updates = {name: {"Value": value} for name, value in item.items() if name not in KEY}
    caller.call("UpdateItem", TableName="Things", Key=KEY, AttributeUpdates=updates)


def _transact_put(caller: Caller, item: dict[str, Any]) -> None:
    caller.call("TransactWriteItems", TransactItems=[{"Put": {"TableName": "Things", "Item": item}}])


def _transact_update(caller: Caller, item: dict[str, Any]) -> None:
    update = _setting(item) or {"UpdateExpression": "REMOVE absent"}
    caller.call("TransactWriteItems", TransactItems=[{"Update": {"TableName": "Things", "Key": KEY, **update}}])


SURFACES: dict[str, Callable[[Caller, dict[str, Any]], None]] = {
    "PutItem": _put,
    "BatchWriteItem": _batch,
    "UpdateItem": _update,
    "AttributeUpdates": _legacy_update,
    "a transaction's Put": _transact_put,
    "a transaction's Update": _transact_update,
}


@pytest.mark.parametrize("surface", SURFACES)
@given(attributes=ITEMS)
@settings(max_examples=60)
def test_what_is_written_reads_back_exactly(surface: str, attributes: dict[str, Any]) -> None:
    caller = things()
    SURFACES[surface](caller, attributes | KEY)
    expected = {name: normal(value) for name, value in (attributes | KEY).items()}
    assert caller.call("GetItem", TableName="Things", Key=KEY) == {"Item": expected}
    assert caller.call("BatchGetItem", RequestItems={"Things": {"Keys": [KEY]}})["Responses"]["Things"] == [expected]
    assert caller.call("Scan", TableName="Things")["Items"] == [expected]
    assert caller.call("Scan", TableName="Things", IndexName="ByKey")["Items"] == [expected]
    # What was read is as good as what was written.
    _put(caller, expected)
    assert caller.call("Scan", TableName="Things")["Items"] == [expected]


# --- replies agree with reads ------------------------------------------------------------------------------------

NAMES = "abcd"
CONTENTS = st.one_of(
    st.integers(-3, 3).map(lambda number: {"N": str(number)}),
    st.sampled_from([{"S": "x"}, {"SS": ["x", "y"]}, {"NS": ["1", "2"]}, {"L": [{"N": "1"}, {"S": "x"}]}]),
    st.sampled_from([{"M": {"a": {"N": "1"}, "b": {"SS": ["x"]}}}, {"NULL": True}]),
)
STORED = st.dictionaries(st.sampled_from(NAMES), CONTENTS)
# Targets of an update, no two of which overlap.
TARGETS = st.lists(
    st.sampled_from([*NAMES, "a.a", "a.b", "a.x", "b[0]", "b[1]", "b[7]"]),
    min_size=1,
    max_size=3,
    unique_by=lambda path: path[0],
)
ACTIONS = {
    "SET": ["{} = :n", "{} = c", "{} = if_not_exists({}, :n)", "{} = d + :n", "{} = list_append(b, :l)"],
    "REMOVE": ["{}"],
    "ADD": ["{} :n", "{} :s"],
    "DELETE": ["{} :s"],
}
OPERANDS = {":n": {"N": "2"}, ":l": {"L": [{"S": "new"}]}, ":s": {"SS": ["x", "z"]}}


@st.composite
def updates(draw: st.DrawFn) -> tuple[str, list[str]]:
    """An update expression, and its targets."""
    targets = draw(TARGETS)
    sections: dict[str, list[str]] = {}
    for target in targets:
        section = draw(st.sampled_from(sorted(ACTIONS)))
        sections.setdefault(section, []).append(draw(st.sampled_from(ACTIONS[section])).replace("{}", target))
    return " ".join(f"{section} {', '.join(actions)}" for section, actions in sections.items()), targets


def _read(caller: Caller, **arguments: Any) -> dict[str, Any]:
    return caller.call("GetItem", TableName="Things", Key=KEY, ConsistentRead=True, **arguments)


def _given_operands(expression: str) -> dict[str, Any]:
    values = {name: value for name, value in OPERANDS.items() if name in expression}
    return {"ExpressionAttributeValues": values} if values else {}


@given(STORED | st.none(), updates(), st.sampled_from(["ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW", "NONE"]))
@settings(max_examples=300)
def test_what_an_update_returns_is_what_a_read_before_or_after_finds(
    stored: dict[str, Any] | None, update: tuple[str, list[str]], return_values: str
) -> None:
    caller = things()
    if stored is not None:
        _put(caller, stored | KEY)
    expression, targets = update
    # What is returned of an update is a projection on its targets, of the old or of the new item (data-plane 4.11).
    wanted: dict[str, Any] = {"ProjectionExpression": ", ".join(targets)} if "UPDATED" in return_values else {}
    state, before = _state(caller), _read(caller, **wanted)
    try:
        reply = caller.call(
            "UpdateItem",
            TableName="Things",
            Key=KEY,
            UpdateExpression=expression,
            ReturnValues=return_values,
            **_given_operands(expression),
        )
    except Refused:
        # It could not run on this item: nothing has changed.
        assert _state(caller) == state
        return
    found = before if return_values.endswith("OLD") else _read(caller, **wanted)
    expected = {} if return_values == "NONE" else found.get("Item", {})
    assert reply == ({"Attributes": expected} if expected else {})


@given(STORED | st.none(), STORED, st.sampled_from(["PutItem", "DeleteItem"]), st.sampled_from(["ALL_OLD", "NONE"]))
def test_what_puts_and_deletes_return_is_what_a_read_before_finds(
    stored: dict[str, Any] | None, item: dict[str, Any], operation: str, return_values: str
) -> None:
    caller = things()
    if stored is not None:
        _put(caller, stored | KEY)
    before = _read(caller).get("Item")
    written = {"Item": item | KEY} if operation == "PutItem" else {"Key": KEY}
    reply = caller.call(operation, TableName="Things", ReturnValues=return_values, **written)
    assert reply == ({"Attributes": before} if before and return_values == "ALL_OLD" else {})
    assert _read(caller).get("Item") == (item | KEY if operation == "PutItem" else None)


# --- what is refused changes nothing -------------------------------------------------------------------------------


def _state(caller: Caller) -> list[Any]:
    """Everything that can be seen of the table."""
    return [
        caller.call("Scan", TableName="Things"),
        caller.call("Scan", TableName="Things", IndexName="ByKey"),
        caller.call("DescribeTable", TableName="Things"),
    ]


@given(STORED | st.none(), STORED, st.sampled_from(["PutItem", "DeleteItem", "UpdateItem"]), st.booleans())
def test_a_failed_condition_changes_nothing_and_shows_the_item(
    stored: dict[str, Any] | None, item: dict[str, Any], operation: str, shown: bool
) -> None:
    caller = things()
    condition = "attribute_exists(pk)"
    if stored is not None:
        _put(caller, stored | KEY)
        condition = "attribute_not_exists(pk)"
    _put(caller, {"pk": {"S": "bystander"}, "sk": {"N": "1"}})
    before, state = _read(caller).get("Item"), _state(caller)
    written: dict[str, Any] = {"Item": item | KEY} if operation == "PutItem" else {"Key": KEY}
    if operation == "UpdateItem":
        # It would not run either: the condition comes first.
        written |= {"UpdateExpression": "SET a = absent"}
    if shown:
        written["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    with pytest.raises(Refused) as refused:
        caller.call(operation, TableName="Things", ConditionExpression=condition, **written)
    assert refused.value.type_name == "ConditionalCheckFailedException"
    assert refused.value.body.get("Item") == (before if shown else None)
    assert _state(caller) == state


@given(st.lists(STORED, min_size=1, max_size=4), st.integers(0, 3))
def test_a_batch_with_one_member_that_is_refused_writes_nothing(items: list[dict[str, Any]], at: int) -> None:
    caller = things()
    _put(caller, {"pk": {"S": "0"}, "sk": {"N": "0"}, "a": {"S": "before"}})
    state = _state(caller)
    members = [{"pk": {"S": str(number)}, "sk": {"N": "0"}} | item for number, item in enumerate(items)]
    members.insert(at % (len(members) + 1), {"pk": {"S": "no sort key"}})
    with pytest.raises(Refused, match="The provided key element does not match the schema"):
        caller.call("BatchWriteItem", RequestItems={"Things": [{"PutRequest": {"Item": item}} for item in members]})
    assert _state(caller) == state


# --- indexes -------------------------------------------------------------------------------------------------------

# `g` and `h` are keys of indexes; `x` and `y` are projected by some.
ENTRIES = st.dictionaries(st.sampled_from("ghxy"), st.sampled_from("123"))
KEYS = st.tuples(st.sampled_from("ab"), st.sampled_from("12"))
CHANGES = st.one_of(
    st.tuples(st.just("batch"), st.dictionaries(KEYS, ENTRIES | st.none(), min_size=1)),
    st.tuples(st.just("update"), st.dictionaries(KEYS, ENTRIES, min_size=1, max_size=1)),
    st.tuples(st.just("append"), st.dictionaries(KEYS, ENTRIES.filter(bool), min_size=1, max_size=1)),
)


def _strings(attributes: dict[str, str]) -> dict[str, Any]:
    return {name: {"S": text} for name, text in attributes.items()}


def _change(caller: Caller, kind: str, changes: dict[tuple[str, str], dict[str, str] | None]) -> None:
    keys = {key: {"pk": {"S": key[0]}, "sk": {"S": key[1]}} for key in changes}
    if kind == "batch":
        members = [
            {"DeleteRequest": {"Key": keys[key]}}
            if entry is None
            else {"PutRequest": {"Item": keys[key] | _strings(entry)}}
            for key, entry in changes.items()
        ]
        caller.call("BatchWriteItem", RequestItems={"Things": members})
        return
    ((key, entry),) = changes.items()
    assert entry is not None
    sections = []
    if entry:
        sections.append("SET " + ", ".join(f"{name} = :{name}" for name in entry))
    removed = [name for name in "ghxy" if name not in entry] if kind == "update" else []
    if removed:
        sections.append("REMOVE " + ", ".join(removed))
    arguments = {"ExpressionAttributeValues": {f":{name}": v for name, v in _strings(entry).items()}} if entry else {}
    caller.call("UpdateItem", TableName="Things", Key=keys[key], UpdateExpression=" ".join(sections), **arguments)


@given(st.lists(CHANGES, max_size=12))
def test_indexes_follow_batches_and_updates(
    changes: list[tuple[str, dict[tuple[str, str], dict[str, str] | None]]],
) -> None:
    caller = create_indexed_table()
    for kind, changed in changes:
        _change(caller, kind, changed)
    check_indexes(caller)
