"""Transactions: all or nothing, and what a token is worth. Each single rule is a case in cases/transact-*.yaml."""

from __future__ import annotations

import copy
from typing import Any, TypeAlias

import pytest
from calling import Caller, Refused, index
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server import ReferenceServer

Member: TypeAlias = dict[str, dict[str, Any]]

TABLE = "Things"
INDEXES = ("Global", "Local")
KEYS = [f"k{number}" for number in range(8)]


def new_caller() -> Caller:
    caller = Caller()
    caller.create_table(
        TABLE,
        "pk:S",
        "sk:N",
        types="g:S l:S",
        GlobalSecondaryIndexes=[index("Global", "g")],
        LocalSecondaryIndexes=[index("Local", "pk", "l")],
    )
    return caller


def key_of(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"N": "1"}}


def state(caller: Caller) -> list[list[Any]]:
    """Everything that is stored, in the table and in its indexes, in one order."""
    scans = [caller.call("Scan", TableName=TABLE)["Items"]]
    scans += [caller.call("Scan", TableName=TABLE, IndexName=name)["Items"] for name in INDEXES]
    return [sorted(items, key=repr) for items in scans]


def transact(caller: Caller, *members: Member, **options: Any) -> dict[str, Any]:
    return caller.call("TransactWriteItems", TransactItems=list(members), **options)


def put(name: str, **attributes: Any) -> Member:
    return {"Put": {"TableName": TABLE, "Item": key_of(name) | attributes}}


def update(name: str, expression: str, **values: Any) -> Member:
    action = {"TableName": TABLE, "Key": key_of(name), "UpdateExpression": expression}
    if values:
        action["ExpressionAttributeValues"] = {f":{name}": value for name, value in values.items()}
    return {"Update": action}


def delete(name: str) -> Member:
    return {"Delete": {"TableName": TABLE, "Key": key_of(name)}}


def check(name: str, condition: str) -> Member:
    return {"ConditionCheck": {"TableName": TABLE, "Key": key_of(name), "ConditionExpression": condition}}


# --- all or nothing ---------------------------------------------------------------------------------------

texts = st.sampled_from(["a", "b", "c"]).map(lambda text: {"S": text})
stored_attributes = st.fixed_dictionaries(
    {"n": st.integers(-9, 9).map(lambda number: {"N": str(number)})}, optional={"g": texts, "l": texts, "more": texts}
)


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """What is stored, by key: about half of the keys."""
    return {name: draw(stored_attributes) for name in draw(st.sets(st.sampled_from(KEYS)))}


@st.composite
def members(draw: st.DrawFn, world: dict[str, Any], name: str) -> Member:
    """An action that succeeds in this world."""
    exists = f"attribute{'' if name in world else '_not'}_exists(pk)"
    match draw(st.sampled_from(["put", "update", "delete", "check"])):
        case "put":
            member = put(name, **draw(stored_attributes))
        case "update":
            expression = draw(
                st.sampled_from(["SET g = :t, more = :t REMOVE l", "REMOVE g ADD n :n", "SET n = if_not_exists(n, :n)"])
            )
            values = {"t": draw(texts), "n": {"N": "1"}}
            member = update(name, expression, **{k: v for k, v in values.items() if f":{k}" in expression})
        case "delete":
            member = delete(name)
        case _:
            return check(name, exists)
    if draw(st.booleans()):
        next(iter(member.values()))["ConditionExpression"] = exists
    return member


# Whatever can be wrong with one member, at every stage. `{}` is the name of a key that no other member has.
FAILING: dict[str, Any] = {
    "no action": lambda _: {},
    "two actions": lambda name: put(name) | delete(name),
    "a member missing": lambda _: {"Delete": {"TableName": TABLE}},
    "an invalid value": lambda name: put(name, s={"SS": []}),
    "an invalid expression value": lambda name: update(name, "SET s = :s", s={"NS": []}),
    "an item too large": lambda name: put(name, data={"S": "x" * 409600}),
    "a syntax error": lambda name: update(name, "SET"),
    "an unused value": lambda name: update(name, "REMOVE n", unused={"S": "a"}),
    "an undefined name": lambda name: check(name, "attribute_exists(#n)"),
    "an unknown table": lambda name: {"Delete": {"TableName": "Nothing", "Key": key_of(name)}},
    "a key of another type": lambda name: {
        "Delete": {"TableName": TABLE, "Key": {"pk": {"S": name}, "sk": {"S": "1"}}}
    },
    "a key missing": lambda name: {"Put": {"TableName": TABLE, "Item": {"pk": {"S": name}}}},
    "an empty key": lambda _: delete(""),
    "a path into a key": lambda name: check(name, "attribute_exists(pk.a)"),
    "an update of a key": lambda name: update(name, "SET sk = :n", n={"N": "1"}),
    "an index key of another type": lambda name: put(name, g={"N": "1"}),
    "an empty index key": lambda name: put(name, l={"S": ""}),
    "a condition that fails": lambda name: check(name, "attribute_exists(pk) AND attribute_not_exists(pk)"),
    "a missing attribute": lambda name: update(name, "SET a = nothing"),
    "a wrong operand": lambda name: update(name, "SET a = pk + :n", n={"N": "1"}),
    "an index key of another type at run time": lambda name: update(name, "SET g = sk"),
    "an updated item too large": lambda name: update(name, "SET a = :a", a={"S": "x" * 409600}),
    "an updated item too deep": lambda name: update(name, "SET a = :a", a=nested(40)),
}


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


def fill(caller: Caller, world: dict[str, Any]) -> None:
    for name, attributes in world.items():
        caller.call("PutItem", TableName=TABLE, Item=key_of(name) | attributes)


@pytest.mark.parametrize("what", FAILING)
@settings(max_examples=25)
@given(data=st.data())
def test_one_member_that_fails_anywhere_undoes_all(what: str, data: st.DataObject) -> None:
    world = data.draw(worlds())
    names = data.draw(st.permutations(KEYS))
    failing = FAILING[what](names[0])
    others = [data.draw(members(world, name)) for name in names[1 : data.draw(st.integers(1, len(names)))]]
    position = data.draw(st.integers(0, len(others)))
    caller = new_caller()
    fill(caller, world)
    before = state(caller)
    with pytest.raises(Refused) as refused:
        transact(caller, *others[:position], failing, *others[position:], ClientRequestToken="t")
    assert state(caller) == before
    if refused.value.type_name == "TransactionCanceledException":
        reasons = refused.value.body["CancellationReasons"]
        assert [reason["Code"] == "None" for reason in reasons] == [n != position for n in range(len(others) + 1)]
        assert all(("Message" in reason) == (reason["Code"] != "None") for reason in reasons)
    # The token is free.
    transact(caller, check("new", "attribute_not_exists(pk)"), ClientRequestToken="t")


@given(data=st.data())
def test_the_same_item_twice_undoes_all(data: st.DataObject) -> None:
    world = data.draw(worlds())
    names = data.draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=7, unique=True))
    drawn = [data.draw(members(world, name)) for name in names]
    twice = data.draw(members(world, data.draw(st.sampled_from(names))))
    drawn.insert(data.draw(st.integers(0, len(drawn))), twice)
    caller = new_caller()
    fill(caller, world)
    before = state(caller)
    with pytest.raises(Refused, match="multiple operations on one item"):
        transact(caller, *drawn)
    assert state(caller) == before


SINGLE = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}


@given(data=st.data())
def test_a_transaction_does_what_its_members_do_one_by_one(data: st.DataObject) -> None:
    world = data.draw(worlds())
    names = data.draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
    drawn = [data.draw(members(world, name)) for name in names]
    together, apart = new_caller(), new_caller()
    fill(together, world)
    fill(apart, world)
    consumed = transact(together, *drawn, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"][0]
    tables = indexes = 0.0
    for member in drawn:
        ((action, request),) = member.items()
        if action == "ConditionCheck":
            tables += 1.0
            continue
        single = apart.call(SINGLE[action], **copy.deepcopy(request), ReturnConsumedCapacity="INDEXES")
        tables += single["ConsumedCapacity"]["Table"]["CapacityUnits"]
        indexes += single["ConsumedCapacity"]["CapacityUnits"] - single["ConsumedCapacity"]["Table"]["CapacityUnits"]
    assert state(together) == state(apart)
    assert consumed["Table"]["CapacityUnits"] == 2 * tables
    assert consumed["CapacityUnits"] == 2 * tables + indexes


@given(data=st.data())
def test_gets_read_what_getitem_reads(data: st.DataObject) -> None:
    world = data.draw(worlds())
    names = data.draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
    caller = new_caller()
    fill(caller, world)
    gets = [{"TableName": TABLE, "Key": key_of(name)} for name in names]
    for get in gets:
        if data.draw(st.booleans()):
            get["ProjectionExpression"] = data.draw(st.sampled_from(["n, g", "pk", "nothing"]))
    single = [caller.call("GetItem", **get) for get in gets]
    assert caller.call("TransactGetItems", TransactItems=[{"Get": get} for get in gets])["Responses"] == single


# --- tokens -----------------------------------------------------------------------------------------------


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def caller(clock: Clock) -> Caller:
    caller = Caller()
    caller.server = ReferenceServer(clock=clock)
    caller.create_table(TABLE, "pk:S", "sk:N")
    return caller


COUNT = update("a", "ADD n :one", one={"N": "1"})


def count(caller: Caller) -> int:
    item = caller.call("GetItem", TableName=TABLE, Key=key_of("a")).get("Item", {"n": {"N": "0"}})
    return int(item["n"]["N"])


@pytest.mark.parametrize(("seconds", "counted"), [(0, 1), (599.9, 1), (600, 2), (10_000, 2)])
def test_a_token_holds_for_ten_minutes(caller: Caller, clock: Clock, seconds: float, counted: int) -> None:
    transact(caller, COUNT, ClientRequestToken="t")
    clock.now += seconds
    transact(caller, COUNT, ClientRequestToken="t")
    assert count(caller) == counted


def test_a_replay_does_not_prolong_a_token(caller: Caller, clock: Clock) -> None:
    for seconds, counted in ((0, 1), (599, 1), (1, 2), (599, 2), (1, 3)):
        clock.now += seconds
        transact(caller, COUNT, ClientRequestToken="t")
        assert count(caller) == counted


def test_a_token_of_another_request_is_free_after_ten_minutes(caller: Caller, clock: Clock) -> None:
    transact(caller, COUNT, ClientRequestToken="t")
    with pytest.raises(Refused) as refused:
        transact(caller, delete("a"), ClientRequestToken="t")
    assert refused.value.type_name == "IdempotentParameterMismatchException"
    assert count(caller) == 1
    clock.now += 600
    transact(caller, delete("a"), ClientRequestToken="t")
    assert count(caller) == 0


def test_tokens_are_forgotten_one_by_one(caller: Caller, clock: Clock) -> None:
    for number in range(3):
        transact(caller, COUNT, ClientRequestToken=f"t{number}")
        clock.now += 300
    # The first is 900 seconds old, the second 600, the third 300.
    for number in (2, 1, 0):
        transact(caller, COUNT, ClientRequestToken=f"t{number}")
    assert count(caller) == 5


def test_one_number_is_one_request_however_it_is_written(caller: Caller) -> None:
    transact(caller, update("a", "ADD n :one", one={"N": "1.0"}), ClientRequestToken="t")
    transact(caller, update("a", "ADD n :one", one={"N": "1"}), ClientRequestToken="t")
    assert count(caller) == 1


def test_what_is_reported_is_no_part_of_the_request(caller: Caller) -> None:
    transact(caller, COUNT, ClientRequestToken="t")
    reply = transact(
        caller, COUNT, ClientRequestToken="t", ReturnConsumedCapacity="TOTAL", ReturnItemCollectionMetrics="SIZE"
    )
    assert reply == {"ConsumedCapacity": [{"TableName": TABLE, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]}


def test_a_replay_on_a_table_with_another_key_is_cancelled(caller: Caller) -> None:
    """The table has been made anew: there is nothing to read under the old key."""
    transact(caller, COUNT, ClientRequestToken="t")
    caller.call("DeleteTable", TableName=TABLE)
    caller.create_table(TABLE, "pk:S")
    with pytest.raises(Refused) as refused:
        transact(caller, COUNT, ClientRequestToken="t")
    assert refused.value.type_name == "TransactionCanceledException"


def test_a_reset_forgets_tokens(caller: Caller) -> None:
    transact(caller, COUNT, ClientRequestToken="t")
    caller.server.reset()
    caller.create_table(TABLE, "pk:S", "sk:N")
    transact(caller, COUNT, ClientRequestToken="t")
    assert count(caller) == 1


# --- names of tables --------------------------------------------------------------------------------------


def test_a_table_by_name_and_by_arn_is_one_table(caller: Caller) -> None:
    arn = caller.call("DescribeTable", TableName=TABLE)["Table"]["TableArn"]
    named = {"Put": put("b")["Put"] | {"TableName": arn}}
    reply = transact(caller, named, put("a"), ReturnConsumedCapacity="TOTAL")
    assert reply["ConsumedCapacity"] == [{"TableName": arn, "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}]
    with pytest.raises(Refused, match="multiple operations on one item"):
        transact(caller, named, put("b"))


# --- errors on the wire -----------------------------------------------------------------------------------


def test_the_text_is_in_a_capital_member(caller: Caller) -> None:
    with pytest.raises(Refused) as refused:
        transact(caller, check("a", "attribute_exists(pk)"))
    assert refused.value.body == {
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[ConditionalCheckFailed]",
        "CancellationReasons": [{"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}],
    }


@pytest.mark.parametrize("levels", [31, 32, 99, 100, 120])
def test_values_that_nest_deeply_are_answered(caller: Caller, levels: int) -> None:
    """How deep the value of a check may nest is not known: there is an end to it, and it is no failure."""
    member = check("a", "n <> :v")
    member["ConditionCheck"]["ExpressionAttributeValues"] = {":v": nested(levels)}
    if levels < 100:
        transact(caller, member)
    else:
        with pytest.raises(Refused, match="Nesting Levels"):
            transact(caller, member)
