"""What is each target's own: values of its earlier replies, and its cursor followed to the end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from miniatures import TABLE, Miniature, accepted, refused

from conformance import paging
from conformance.cases import CaseError, dump_case, load_cases
from conformance.paging import follow, listed
from conformance.references import references, resolve
from conformance.replay import replay
from conformance.scenario import Outcome, Reply, Scenario, Step
from conformance.targets.registry import open_target
from conformance.targets.target import WireRequest

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


class _Shared(Miniature):
    """A server with these tables, which cuts a list after three, or after `Limit`."""

    def __init__(self, names: str, *, always_leads_on: bool = False) -> None:
        super().__init__()
        self._names = names.split()
        self._always = always_leads_on

    def send(self, request: WireRequest) -> Reply:
        asked = json.loads(request.body)
        first = asked.get("ExclusiveStartTableName", "")
        left = [name for name in self._names if name > first]
        page = left[: asked.get("Limit", 3)]
        cut = len(page) < len(left) or (self._always and page)
        return accepted(TableNames=page, **({"LastEvaluatedTableName": page[-1]} if cut else {}))


@pytest.mark.parametrize(
    ("names", "limit", "page", "leads_on"),
    [
        ("", None, "", False),
        ("a b", None, "", False),
        ("a b c d e", None, "", False),
        ("r-1 r-2", None, "r-1 r-2", False),
        ("r-1 r-2 r-3 r-4", None, "r-1 r-2 r-3", True),
        ("a b c d r-1 r-2", None, "r-1 r-2", False),
        ("a r-1 r-2 s t u", None, "r-1 r-2", False),
        ("r-1 r-2 r-3 s t u v", None, "r-1 r-2 r-3", False),
        ("a b c d r-1 r-2 r-3 r-4 s", None, "r-1 r-2 r-3", True),
        ("a b r-1 r-2", 1, "r-1", True),
        ("a b r-1 s t", 1, "r-1", False),
        ("a r-1 r-2 r-3", 2, "r-1 r-2", True),
    ],
)
def test_in_a_list_only_ones_own_is_seen(names: str, limit: int | None, page: str, leads_on: bool) -> None:
    server = _Shared(names)
    step = Step("ListTables", {} if limit is None else {"Limit": limit})
    reply = listed(step, server.send(WireRequest.of(step)), server, "r-")
    assert reply.body["TableNames"] == page.split()
    assert ("LastEvaluatedTableName" in reply.body) is leads_on
    if leads_on:  # and what is left comes where it leads
        further = replace(step, request={"ExclusiveStartTableName": reply.body["LastEvaluatedTableName"]})
        rest = listed(further, server.send(WireRequest.of(further)), server, "r-").body["TableNames"]
        assert [*page.split(), *rest] == [name for name in names.split() if name.startswith("r-")]


def test_a_cursor_that_a_server_gives_for_nothing_is_still_seen() -> None:
    server, step = _Shared("r-1 r-2", always_leads_on=True), Step("ListTables")
    first = server.send(WireRequest.of(step))
    assert listed(step, first, server, "r-") == first


@pytest.mark.parametrize("reply", [refused("ValidationException"), Reply(200, "<html>"), Reply(200, {"TableNames": 1})])
def test_what_is_no_list_stays_as_it_came(reply: Reply) -> None:
    assert listed(Step("ListTables"), reply, Miniature(), "r-").body == reply.body
    assert listed(Step("Query"), PAGE, Miniature(), "r-") == PAGE


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


@pytest.mark.parametrize("operation", paging._LISTS)
def test_lists_are_called_as_the_model_calls_them(operation: str) -> None:
    botocore = pytest.importorskip("botocore.session")
    service = "dynamodbstreams" if operation == "ListStreams" else "dynamodb"
    model = botocore.get_session().get_service_model(service).operation_model(operation)
    member, limit = paging._LISTS[operation]
    assert model.output_shape.members[member].type_name == "list"
    assert limit in model.input_shape.members
