"""What is each target's own: values of its earlier replies, and its cursor followed to the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from miniatures import TABLE, Miniature, accepted, refused

from conformance.cases import CaseError, dump_case, load_cases
from conformance.paging import follow
from conformance.references import references, resolve
from conformance.replay import replay
from conformance.scenario import Outcome, Reply, Scenario, Step
from conformance.targets.registry import open_target

PAGE = accepted(LastEvaluatedKey={"pk": {"S": "a"}}, Items=[{"pk": {"S": "a"}}, {"pk": {"S": "b"}}])


@pytest.mark.parametrize(
    ("request_", "resolved"),
    [
        ({"ExclusiveStartKey": {"$from": "page.LastEvaluatedKey"}}, {"ExclusiveStartKey": {"pk": {"S": "a"}}}),
        ({"Key": {"pk": {"S": {"$from": "page.Items[1].pk.S"}}}}, {"Key": {"pk": {"S": "b"}}}),
        ({"Keys": [{"$from": "page.Items[0]"}, {"$from": "page.Items[7]"}]}, {"Keys": [{"pk": {"S": "a"}}]}),
        ({"Limit": 1, "ExclusiveStartKey": {"$from": "page.Nothing.There"}}, {"Limit": 1}),
        ({"Limit": 1, "ExclusiveStartKey": {"$from": "nobody.Items"}}, {"Limit": 1}),
        # An attribute called so holds a value, which is no text.
        ({"Item": {"$from": {"S": "x"}}}, {"Item": {"$from": {"S": "x"}}}),
    ],
)
def test_references(request_: dict[str, object], resolved: dict[str, object]) -> None:
    assert resolve(request_, {"page": PAGE}) == resolved
    assert any(references(request_)) == (request_ != resolved)


def _pages(*replies: Reply) -> Reply:
    """What following the first of them leads to, on a target that gives the others one after the other."""
    left = list(replies[1:])
    target = Miniature(wrong=lambda _operation, _reply: left.pop(0))
    reply = follow(Step("Query", {"TableName": "Music", "Limit": 1}, pages=True), replies[0], target)
    for before, request in zip(replies, target.received, strict=False):
        assert json.loads(request.body)["ExclusiveStartKey"] == before.body["LastEvaluatedKey"]
    return reply


def _page(number: int, **members: object) -> Reply:
    return accepted(Items=[number], Count=1, ConsumedCapacity={"TableName": "Music", "CapacityUnits": 0.5}, **members)


def test_pages_become_one() -> None:
    whole = _pages(_page(1, LastEvaluatedKey={"n": 1}), _page(2, LastEvaluatedKey={"n": 2}), _page(3))
    assert whole.body == {
        "Items": [1, 2, 3],
        "Count": 3,
        "ConsumedCapacity": {"TableName": "Music", "CapacityUnits": 1.5},
    }


def test_a_page_that_is_refused_is_the_reply() -> None:
    refusal = refused("ValidationException", "no such cursor")
    assert _pages(_page(1, LastEvaluatedKey={"n": 1}), refusal) == refusal


def test_a_cursor_that_leads_nowhere_is_no_answer() -> None:
    stuck = _page(1, LastEvaluatedKey={"n": 1})
    assert _pages(stuck, stuck, stuck).outcome is Outcome.NO_ANSWER


CASE = """
touchstone: 1
feature: query
cases:
  - id: query/by-its-own-cursor
    title: A cursor is handed back.
    evidence: {kind: inferred, source: a test}
    tables: [Music]
    steps:
      - Scan: {TableName: Music, Limit: 1}
        as: page
      - Scan: {TableName: Music, ExclusiveStartKey: {$from: page.LastEvaluatedKey}}
      - Scan: {TableName: Music, Limit: 1}
        pages: true
      - ListTables: {}
        method: GET
        path: /elsewhere
tables:
  Music:
    KeySchema: [{AttributeName: pk, KeyType: HASH}]
    AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
"""


def test_cases_say_it_and_are_written_again(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(CASE)
    [case] = load_cases([file])
    first, second, third, fourth = case.steps
    assert (first.label, third.pages, fourth.method, fourth.path) == ("page", True, "GET", "/elsewhere")
    assert second.request["ExclusiveStartKey"] == {"$from": "page.LastEvaluatedKey"}
    again = tmp_path / "again.yaml"
    again.write_text(dump_case(case))
    assert load_cases([again])[0].steps == case.steps


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("$from: page.", "$from: pagg.", "no earlier step is called pagg"),
        ("pages: true", "pages: false", '"pages" is true'),
        ("as: page", "as: 5", '"as" is a label'),
        ("ListTables: {}", "DescribeTable: {TableName: Music}\n        pages: true", "DescribeTable has no pages"),
    ],
)
def test_mistakes_are_told(old: str, new: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(CASE.replace(old, new))
    with pytest.raises(CaseError, match=complaint):
        load_cases([file])


def test_each_target_follows_its_own_cursor() -> None:
    puts = [
        Step("PutItem", {"TableName": "Music", "Item": {"artist": {"S": f"a{n}"}, "song": {"S": "s"}}})
        for n in range(5)
    ]
    steps = (
        *puts,
        Step("Scan", {"TableName": "Music", "Limit": 2}, label="page"),
        Step("Scan", {"TableName": "Music", "ExclusiveStartKey": {"$from": "page.LastEvaluatedKey"}}),
        Step("Scan", {"TableName": "Music", "Limit": 2}, pages=True),
    )
    with open_target("reference") as reference, open_target("moto") as moto:
        exchanges = list(replay(Scenario("s", "f", (TABLE,), steps), [reference, moto]))
    rest, whole = exchanges[-2], exchanges[-1]
    assert [reply.body["Count"] for reply in rest.replies.values()] == [3, 3]
    assert [reply.body["Count"] for reply in whole.replies.values()] == [5, 5]
    assert all("LastEvaluatedKey" not in reply.body for reply in whole.replies.values())
    assert set(whole.seconds) == {"reference", "moto"}
