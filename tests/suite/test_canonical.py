"""Each rule takes away its freedom, and nothing that it does not name."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from miniatures import FREEDOMS, TABLE, Freedom, accepted, refused, song

from conformance import canonical
from conformance.canonical import RULES, canonicalise, tables_of
from conformance.compare import compare
from conformance.divergence import Layer
from conformance.scenario import JSONObject, Outcome, Reply, Scenario, Step

_every_freedom = pytest.mark.parametrize("freedom", FREEDOMS, ids=lambda freedom: freedom.rule)
_every_wrong_reply = pytest.mark.parametrize(
    ("freedom", "wrong"),
    [
        pytest.param(freedom, wrong, id=f"{freedom.rule}-{n}")
        for freedom in FREEDOMS
        for n, wrong in enumerate(freedom.wrong)
    ],
)


def test_every_rule_has_its_miniatures():
    assert {freedom.rule for freedom in FREEDOMS} == {rule.name for rule in RULES}


def test_rules_can_be_listed():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.reason.endswith(".") for rule in RULES)


@_every_freedom
def test_a_freedom_is_no_divergence(freedom: Freedom):
    assert compare(freedom.step, freedom.honest, freedom.free, tables=[TABLE]) is None
    assert compare(freedom.step, freedom.free, freedom.honest, tables=[TABLE]) is None


@_every_freedom
def test_it_is_the_rule_that_allows_it(freedom: Freedom, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(canonical, "RULES", [rule for rule in RULES if rule.name != freedom.rule])
    assert compare(freedom.step, freedom.honest, freedom.free, tables=[TABLE]) is not None


@_every_wrong_reply
def test_a_wrong_reply_is_caught_all_the_same(freedom: Freedom, wrong: Reply):
    assert compare(freedom.step, freedom.honest, wrong, tables=[TABLE]) is not None
    assert compare(freedom.step, freedom.free, wrong, tables=[TABLE]) is not None


@_every_freedom
def test_replies_are_left_as_they_came(freedom: Freedom):
    before = copy.deepcopy(freedom.honest)
    canonicalise(freedom.step, freedom.honest, tables=[TABLE])
    assert freedom.honest == before


def test_an_index_that_nobody_has_described_is_compared_strictly():
    step = Step("Query", {"TableName": "Music", "IndexName": "ByGenre"})
    one, other = (accepted(Items=items) for items in ([song("x", 1), song("y", 1)], [song("y", 1), song("x", 1)]))
    assert compare(step, one, other) is not None
    assert compare(step, one, other, tables=[TABLE]) is None


@pytest.mark.parametrize("operation", ["Query", "Scan"])
@pytest.mark.parametrize("whole", [{"Limit": 2}, {}])
def test_an_index_shows_no_more_than_it_has_whichever_items_are_on_a_page(operation: str, whole: JSONObject) -> None:
    """Of a page of ties, or of a Scan, the items are free; that they are not whole ones is not."""
    index = {
        "IndexName": "Keys",
        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["v"]},
    }
    key_schema = [{"AttributeName": "p", "KeyType": "HASH"}]
    table = {"TableName": "Things", "KeySchema": key_schema, "GlobalSecondaryIndexes": [index]}
    step = Step(operation, {"TableName": "Things", "IndexName": "Keys", **whole})
    paged = {"LastEvaluatedKey": {"p": {"S": "b"}, "g": {"S": "x"}}} if whole else {}

    def page(*names: str, **more: Any) -> Reply:
        items = [{"p": {"S": name}, "g": {"S": "x"}, "v": {"S": name}, **more} for name in names]
        return accepted(Items=items, Count=2, ScannedCount=2, **paged)

    assert compare(step, page("a", "b"), page("b", "a"), tables=[table]) is None
    assert (compare(step, page("a", "b"), page("c", "b"), tables=[table]) is None) == bool(whole)
    surplus = compare(step, page("a", "b"), page("a", "b", w={"S": "w"}), tables=[table])
    assert surplus is not None
    assert surplus.layer is Layer.DATA
    # Of one that was made twice nobody knows which it is.
    wider = {**table, "GlobalSecondaryIndexes": [{**index, "Projection": {"ProjectionType": "ALL"}}]}
    assert not whole or compare(step, page("a", "b"), page("a", "b", w={"S": "w"}), tables=[table, wider]) is None


def test_the_tables_of_a_scenario_are_those_that_its_steps_create_too():
    other = {**TABLE, "TableName": "Other"}
    scenario = Scenario("s", "f", (TABLE,), (Step("CreateTable", other), Step("ListTables")))
    assert tables_of(scenario) == (TABLE, other)


def test_what_has_its_own_layer_is_taken_out_of_the_data():
    step = Step("TransactWriteItems", {"ReturnConsumedCapacity": "TOTAL"})
    reasons = [{"Code": "None"}, {"Code": "ValidationError", "Message": "Too large"}]
    reply = canonicalise(step, refused("TransactionCanceledException", "Cancelled", CancellationReasons=reasons))
    assert reply.error_type == "TransactionCanceledException"
    assert reply.message == "Cancelled"
    assert reply.data == {"CancellationReasons": [{"Code": "None"}, {"Code": "ValidationError"}]}
    assert reply.inner_messages == {"CancellationReasons[1].Message": "Too large"}

    reply = canonicalise(step, accepted(ConsumedCapacity=[{"TableName": "t", "CapacityUnits": 2}]))
    assert reply.data == {}
    assert reply.capacity == [{"TableName": "t", "CapacityUnits": 2.0}]


@pytest.mark.parametrize("reply", [Reply(500, "<html>"), Reply(0, failure="connection refused")])
def test_of_a_failure_only_the_failure_is_kept(reply: Reply):
    found = canonicalise(Step("GetItem"), reply)
    assert found.outcome in (Outcome.FAILED, Outcome.NO_ANSWER)
    assert (found.data, found.message, found.capacity) == (None, None, None)
    assert found.failure == reply.failure


@pytest.mark.parametrize("body", [None, [], "text", 1, {"Items": 1, "TableNames": {}}, {"Responses": {"t": 1}}])
@pytest.mark.parametrize("operation", sorted({name for rule in RULES for name in rule.operations}))
def test_no_body_is_too_strange(operation: str, body: object):
    canonicalise(Step(operation), Reply(200, body))
    canonicalise(Step(operation), Reply(400, body))
