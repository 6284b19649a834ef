"""Each law accepts the reference and catches what breaks it, and no reply, however odd, makes a judge raise."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Context
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.cases import dump_case, load_cases
from conformance.divergence import Layer, Verdict
from conformance.events import LawChecked, TargetDescription
from conformance.laws import (
    ALL_LAWS,
    LAWS,
    Law,
    LawUnjudged,
    Violation,
    aligned,
    as_divergence,
    hold,
    holding,
    judgement,
    smallest,
    still_violated,
)
from conformance.laws.holding import scenario_of
from conformance.laws.readings import keys_fit
from conformance.laws.storing import is_data_file
from conformance.minimise import Budget, minimise
from conformance.replay import Exchange, replay
from conformance.scenario import Outcome, Reply, Scenario, Step
from conformance.storage import ObjectStorage
from conformance.targets.reference import ReferenceTarget
from conformance.targets.target import Target, WireRequest

EVERY_LAW = pytest.mark.parametrize("law", ALL_LAWS, ids=lambda law: law.name)
Ask = Callable[[str, dict[str, Any]], Reply]
# From how the honest server answers, the operation and its request, what the wrong one answers.
Wrong = Callable[[Ask, str, dict[str, Any]], Reply]


Items = list[dict[str, Any]]
# From the items in a data file of an export, what is written there instead.
Rewrite = Callable[[Items], Items]


class WrongFiles:
    """A server that answers well and exports something else."""

    def __init__(self, rewrite: Rewrite) -> None:
        self.rewrite = rewrite

    def __call__(self, ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        return ask(operation, request)


class WrongStorage(ObjectStorage):
    """What such a server's files are."""

    def __init__(self, storage: ObjectStorage, rewrite: Rewrite) -> None:
        self._storage = storage
        self._rewrite = rewrite

    def objects(self, bucket: str, prefix: str) -> dict[str, bytes]:
        found = self._storage.objects(bucket, prefix)
        return {key: self._wrong(content) if is_data_file(key) else content for key, content in found.items()}

    def put(self, bucket: str, key: str, content: bytes) -> None:
        self._storage.put(bucket, key, content)

    def _wrong(self, content: bytes) -> bytes:
        items = [json.loads(line)["Item"] for line in gzip.decompress(content).splitlines()]
        return gzip.compress(b"".join(json.dumps({"Item": item}).encode() + b"\n" for item in self._rewrite(items)))


class Faulty(Target):
    """The reference, with one fault in front of it."""

    name = "faulty"

    def __init__(self, wrong: Wrong, *, resettable: bool = True) -> None:
        self._reference = ReferenceTarget()
        self._wrong = wrong
        self.resettable = resettable

    def describe(self) -> TargetDescription:
        return self._reference.describe()

    def start(self) -> None:
        self._reference.start()

    def reset(self) -> None:
        self._reference.reset()

    def stop(self) -> None:
        self._reference.stop()

    def object_storage(self) -> ObjectStorage:
        storage = self._reference.object_storage()
        return WrongStorage(storage, self._wrong.rewrite) if isinstance(self._wrong, WrongFiles) else storage

    def ask(self, operation: str, request: dict[str, Any]) -> Reply:
        return self._reference.send(WireRequest.of(Step(operation, request)))

    def send(self, request: WireRequest) -> Reply:
        operation = request.headers["x-amz-target"].rpartition(".")[2]
        try:
            body = json.loads(request.body)
            assert isinstance(body, dict)
        except (ValueError, AssertionError):
            return self._reference.send(request)
        return self._wrong(self.ask, operation, body)


def honest(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    return ask(operation, request)


def with_body(reply: Reply, **members: Any) -> Reply:
    return replace(reply, body={**reply.body, **members})


# --- wrong servers ----------------------------------------------------------------------------------------


def loses_an_item(operations: str, when: Callable[[dict[str, Any]], bool], at: int = -1) -> Wrong:
    def wrong(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        reply = ask(operation, request)
        if (
            operation in operations.split()
            and when(request)
            and isinstance(reply.body, dict)
            and reply.body.get("Items")
        ):
            items = list(reply.body["Items"])
            del items[at]
            return with_body(reply, Items=items, Count=len(items))
        return reply

    return wrong


def filtered_by(text: str) -> Callable[[dict[str, Any]], bool]:
    return lambda request: text in str(request.get("FilterExpression", ""))


def asks_with(operations: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Wrong:
    """Carries out another request than the one that came."""

    def wrong(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        return ask(operation, change(request) if operation in operations.split() else request)

    return wrong


def answers_with(operations: str, change: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]) -> Wrong:
    """Carries out what came, and changes the body of a success: a function of the request and the body."""

    def wrong(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        reply = ask(operation, request)
        if operation in operations.split() and reply.outcome is Outcome.ACCEPTED:
            return replace(reply, body=change(request, reply.body))
        return reply

    return wrong


def without(request: dict[str, Any], *members: str) -> dict[str, Any]:
    return {name: value for name, value in request.items() if name not in members}


def in_values(change: Callable[[str, Any], Any], operations: str = "GetItem Scan") -> Wrong:
    """Changes every attribute value that is read, however deep: a function of its datatype and content."""

    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return [changed(element) for element in value]
        if isinstance(value, dict):
            return {name: change(name, changed(content)) for name, content in value.items()}
        return value

    return answers_with(operations, lambda _request, body: changed(body))


def rounded(datatype: str, content: Any) -> Any:
    if datatype == "N" and isinstance(content, str):
        return str(Context(prec=15).create_decimal(content))
    return content


def twice_the_first(datatype: str, content: Any) -> Any:
    return [content[0], *content] if datatype in ("SS", "NS", "BS") else content


def reverses(request: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "Items": body["Items"][::-1]} if "Items" in body else body


def keeps_its_order(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    return ask(operation, without(request, "ScanIndexForward") if operation == "Query" else request)


def forgets_to_delete_from_indexes() -> Wrong:
    """What a single Delete removed is still in every index that had it."""
    ghosts: list[dict[str, Any]] = []

    def wrong(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        if operation == "CreateTable":
            ghosts.clear()
        if operation == "DeleteItem":
            reply = ask(operation, {**request, "ReturnValues": "ALL_OLD"})
            if isinstance(reply.body, dict) and "Attributes" in reply.body:
                ghosts.append(reply.body["Attributes"])
            return reply
        reply = ask(operation, request)
        if operation == "Scan" and "IndexName" in request and ghosts and reply.outcome is Outcome.ACCEPTED:
            return with_body(reply, Items=reply.body["Items"] + ghosts)
        return reply

    return wrong


def keeps_deleted_tables(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    if operation == "DeleteTable":
        return Reply(200, {"TableDescription": {"TableName": request.get("TableName")}})
    reply = ask(operation, request)
    if operation == "CreateTable" and reply.error_type == "ResourceInUseException":
        return Reply(200, {"TableDescription": {"TableName": request.get("TableName")}})
    return reply


def writes_before_it_checks(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    reply = ask(operation, request)
    if reply.error_type == "ConditionalCheckFailedException":
        guard = ("ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues")
        ask(operation, without(request, "ReturnValuesOnConditionCheckFailure", *guard))
    return reply


def ignores_conditions(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    reply = ask(operation, request)
    return Reply(200, {}) if reply.error_type == "ConditionalCheckFailedException" else reply


def half_applies_transactions(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    reply = ask(operation, request)
    if operation == "TransactWriteItems" and reply.outcome is Outcome.REFUSED:
        for entry in request.get("TransactItems", ()):
            for action, member in entry.items():
                if action in ("Put", "Delete") and "ConditionExpression" not in member:
                    ask(f"{action}Item", member)
    return reply


def half_applies_batches(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    reply = ask(operation, request)
    if (
        operation == "BatchWriteItem"
        and reply.outcome is Outcome.REFUSED
        and isinstance(request.get("RequestItems"), dict)
    ):
        for table, writes in request["RequestItems"].items():
            for write in writes[:1] if isinstance(writes, list) else ():
                ask("BatchWriteItem", {"RequestItems": {table: [write]}})
    return reply


def loses_precision_once_added(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    reply = ask(operation, request)
    if operation == "UpdateItem" and reply.outcome is Outcome.ACCEPTED:
        name = request.get("ExpressionAttributeNames", {}).get("#n")
        item = ask("GetItem", {"TableName": request["TableName"], "Key": request["Key"]}).body["Item"]
        if name in item:
            ask(
                "PutItem",
                {"TableName": request["TableName"], "Item": {**item, name: {"N": rounded("N", item[name]["N"])}}},
            )
    return reply


def loses_the_last_action(request: dict[str, Any]) -> dict[str, Any]:
    if "RequestItems" in request:
        tables = request["RequestItems"]
        return {**request, "RequestItems": {name: writes[:-1] or writes for name, writes in tables.items()}}
    actions = request.get("TransactItems")
    return {**request, "TransactItems": actions[:-1]} if isinstance(actions, list) and len(actions) > 1 else request


def charges_a_half(request: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "ConsumedCapacity": {"CapacityUnits": 0.5}} if "ConsumedCapacity" in body else body


def changes_records(change: Callable[[list[Any]], list[Any]]) -> Wrong:
    return answers_with("GetRecords", lambda _request, body: {**body, "Records": change(body["Records"])})


def _without_old_image(records: list[Any]) -> list[Any]:
    return [{**record, "dynamodb": without(record["dynamodb"], "OldImage")} for record in records]


def _with_events_of_inserts(records: list[Any]) -> list[Any]:
    return [{**record, "eventName": "INSERT"} for record in records]


def on_reads(reply: Reply) -> Wrong:
    return lambda ask, operation, request: reply if operation == "GetItem" else ask(operation, request)


def without_in_refusals(*members: str) -> Wrong:
    def wrong(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        reply = ask(operation, request)
        return replace(reply, body=without(reply.body, *members)) if reply.outcome is Outcome.REFUSED else reply

    return wrong


def drops_projected_members(request: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    if "ProjectionExpression" not in request or not body.get("Item"):
        return body
    return {**body, "Item": dict(list(body["Item"].items())[:-1])}


def of_the_restored(request: dict[str, Any]) -> bool:
    return request.get("TableName") == "Restored"


def restores_what_is_there_now(request: dict[str, Any]) -> dict[str, Any]:
    return {**request, "TableName": "Things"} if of_the_restored(request) else request


def restores_nothing(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    """A table that is there, and empty."""
    reply = ask(operation, request)
    if operation == "Scan" and of_the_restored(request) and reply.outcome is Outcome.ACCEPTED:
        return replace(reply, body={"Items": [], "Count": 0, "ScannedCount": 0})
    return reply


def exports_a_stale_item() -> Wrong:
    """One item of an export is as it was before the last write, though not the others."""
    states: list[Items] = []
    key: list[str] = []

    def rewrite(items: Items) -> Items:
        stale = list(items)
        for place, item in enumerate(items):
            for state in states:
                for old in state:
                    if all(old[name] == item[name] for name in key) and old != item:
                        stale[place] = old
                        return stale
        return stale

    class Remembering(WrongFiles):
        def __call__(self, ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
            reply = ask(operation, request)
            if operation == "CreateTable":
                states.clear()
                key[:] = [element["AttributeName"] for element in request["KeySchema"]]
            elif operation == "Scan" and reply.outcome is Outcome.ACCEPTED:
                states.append(reply.body["Items"])
            return reply

    return Remembering(rewrite)


def with_other_numbers(items: Items) -> Items:
    """What comes of numbers that go through a double."""
    return [{name: with_other_number(value) for name, value in item.items()} for item in items]


def with_other_number(value: Any) -> Any:
    return {"N": rounded("N", value["N"])} if "N" in value else value


def of_the_imported(request: dict[str, Any]) -> bool:
    return request.get("TableName") == "Imported"


def imports(change: Rewrite) -> Wrong:
    def changed(request: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "Items": change(body["Items"])} if of_the_imported(request) else body

    return answers_with("Scan", changed)


def keeps_deleted_backups(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    return ask("DescribeBackup" if operation == "DeleteBackup" else operation, request)


def fails_to_list_the_rest(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
    reply = ask(operation, request)
    if operation == "ListTables" and "ExclusiveStartTableName" in request:
        return Reply(200, {"TableNames": []})
    return reply


@dataclass(frozen=True)
class Fault:
    law: str
    name: str
    wrong: Callable[[], Wrong]
    kind: str  # a part of the kind that must come


def _fault(law: str, name: str, wrong: Wrong, kind: str) -> Fault:
    return Fault(law, name, lambda: wrong, kind)


FAULTS = (
    _fault("complement", "a negation loses an item", loses_an_item("Scan Query", filtered_by("NOT (")), "neither by"),
    _fault(
        "complement",
        "NOT is ignored",
        asks_with(
            "Scan Query",
            lambda request: (
                {**request, "FilterExpression": request["FilterExpression"].removeprefix("NOT ")}
                if "FilterExpression" in request and "#key" not in request
                else request
            ),
        ),
        "and by its negation",
    ),
    _fault("connectives", "OR loses an item", loses_an_item("Scan Query", filtered_by(") OR (")), "OR does not select"),
    _fault(
        "connectives",
        "AND is OR",
        asks_with(
            "Scan Query",
            lambda request: (
                {**request, "FilterExpression": request["FilterExpression"].replace(") AND (", ") OR (")}
                if "FilterExpression" in request
                else request
            ),
        ),
        "AND selects an item",
    ),
    _fault("self-match", "contains finds nothing", loses_an_item("Scan", filtered_by("contains(")), "contains of type"),
    _fault("self-match", "BETWEEN is exclusive", loses_an_item("Scan", filtered_by("BETWEEN")), "BETWEEN of type"),
    _fault(
        "pages",
        "the last item of a second page is lost",
        loses_an_item("Query Scan", lambda request: "ExclusiveStartKey" in request),
        "an item is missing",
    ),
    _fault(
        "pages",
        "pages overlap",
        asks_with("Scan Query", lambda request: without(request, "ExclusiveStartKey")),
        "the pages do not end",
    ),
    _fault("reverse", "ScanIndexForward is ignored", keeps_its_order, "turned round"),
    _fault("order", "items come backward", answers_with("Query", reverses), "not in their order"),
    _fault(
        "segments",
        "Segment is ignored",
        asks_with("Scan", lambda request: without(request, "Segment", "TotalSegments")),
        "comes twice",
    ),
    _fault(
        "segments",
        "the first segment loses an item",
        loses_an_item("Scan", lambda request: request.get("Segment") == 0),
        "an item is missing",
    ),
    _fault(
        "counts",
        "Count is of what was scanned",
        answers_with("Scan Query", lambda _request, body: {**body, "Count": body["ScannedCount"]}),
        "Count is not the number",
    ),
    _fault(
        "counts",
        "Select=COUNT counts what was scanned",
        answers_with(
            "Scan Query",
            lambda request, body: {**body, "Count": body["ScannedCount"]} if "Select" in request else body,
        ),
        "with Select=COUNT is another",
    ),
    _fault("partition", "a Query loses an item", loses_an_item("Query", lambda _: True, 0), "an item is missing"),
    Fault("index", "a Delete leaves the index alone", forgets_to_delete_from_indexes, "that is not in the table"),
    _fault(
        "index", "the index lags", loses_an_item("Scan", lambda request: "IndexName" in request), "is missing in it"
    ),
    _fault(
        "last-write",
        "empty values are not kept",
        asks_with(
            "PutItem",
            lambda request: {
                **request,
                "Item": {name: value for name, value in request["Item"].items() if value != {"NULL": True}},
            },
        ),
        "of type NULL is missing",
    ),
    _fault("numbers", "numbers are doubles", in_values(rounded), "a value of type N is another"),
    _fault("sets", "a set is a list", in_values(twice_the_first), "has an element twice"),
    _fault("recreated", "DeleteTable does nothing", keeps_deleted_tables, "an item comes that should not"),
    _fault("failed-condition", "it is written all the same", writes_before_it_checks, "and yet"),
    _fault("failed-condition", "conditions are ignored", ignores_conditions, "holds for no item"),
    _fault("cancelled-transaction", "half of it is applied", half_applies_transactions, "and yet"),
    _fault("refused", "half of a batch is applied", half_applies_batches, "ValidationException, and yet"),
    _fault(
        "return-values",
        "ALL_NEW is the item before",
        asks_with(
            "UpdateItem",
            lambda request: (
                {**request, "ReturnValues": "ALL_OLD"} if request.get("ReturnValues") == "ALL_NEW" else request
            ),
        ),
        "ALL_NEW: ",
    ),
    _fault(
        "return-values",
        "UPDATED_NEW is empty",
        asks_with(
            "UpdateItem",
            lambda request: (
                {**request, "ReturnValues": "NONE"} if request.get("ReturnValues") == "UPDATED_NEW" else request
            ),
        ),
        "UPDATED_NEW: a changed attribute",
    ),
    _fault("failure-values", "no item comes", without_in_refusals("Item"), "no attributes come"),
    _fault(
        "repetition",
        "tokens are ignored",
        asks_with("TransactWriteItems", lambda request: without(request, "ClientRequestToken")),
        "a repetition changes the table",
    ),
    _fault("there-and-back", "sums are doubles", loses_precision_once_added, "is another afterwards"),
    _fault(
        "projection",
        "the projection is ignored",
        asks_with("GetItem", lambda request: without(request, "ProjectionExpression", "ExpressionAttributeNames")),
        "that is not projected",
    ),
    _fault(
        "projection", "an attribute is lost", answers_with("GetItem", drops_projected_members), "does not come whole"
    ),
    _fault(
        "batch-get",
        "an item is lost",
        answers_with(
            "BatchGetItem",
            lambda _request, body: {**body, "Responses": {name: all_[1:] for name, all_ in body["Responses"].items()}},
        ),
        "an item is missing",
    ),
    _fault(
        "transact-get",
        "the responses are in another order",
        answers_with("TransactGetItems", lambda _request, body: {**body, "Responses": body["Responses"][::-1]}),
        "transact-get: ",
    ),
    _fault(
        "batch-write", "the last write is lost", asks_with("BatchWriteItem", loses_the_last_action), "batch-write: "
    ),
    _fault(
        "transact-write",
        "the last write is lost",
        asks_with("TransactWriteItems", loses_the_last_action),
        "transact-write: ",
    ),
    _fault("capacity", "all costs a half", answers_with("GetItem PutItem Query", charges_a_half), "costs less"),
    _fault(
        "capacity",
        "capacity is not reported",
        answers_with("GetItem PutItem", lambda _request, body: without(body, "ConsumedCapacity")),
        "no capacity is reported",
    ),
    _fault("listed", "the second page is empty", fails_to_list_the_rest, "is not listed"),
    _fault(
        "backup",
        "what is there now is restored",
        asks_with("Scan", restores_what_is_there_now),
        "not the table that was backed up",
    ),
    _fault("backup", "an item is lost", loses_an_item("Scan", of_the_restored), "an item is missing"),
    _fault("recovery", "an item is lost", loses_an_item("Scan", of_the_restored), "never like that"),
    _fault("recovery", "nothing is restored", restores_nothing, "never like that"),
    _fault("deleted-backup", "nothing is deleted: restored", keeps_deleted_backups, "restored that was deleted"),
    _fault("deleted-backup", "nothing is deleted: listed", keeps_deleted_backups, "listed that was deleted"),
    _fault(
        "deleted-backup",
        "none is listed",
        answers_with("ListBackups", lambda _request, body: {**body, "BackupSummaries": []}),
        "a backup is not listed",
    ),
    _fault("export", "an item is missing", WrongFiles(lambda items: items[1:]), "an item is missing"),
    _fault("export", "an item is there twice", WrongFiles(lambda items: [*items, *items[:1]]), "an item comes twice"),
    _fault("export", "numbers are doubles", WrongFiles(with_other_numbers), "a value is another"),
    _fault("export", "a line is no item", WrongFiles(lambda items: [*items, 0]), "a line that is no item"),  # type: ignore[list-item]
    Fault("export", "an item is stale", exports_a_stale_item, "never as it was exported"),
    _fault("import", "an item is missing", loses_an_item("Scan", of_the_imported), "an item is missing"),
    _fault("import", "an item is there twice", imports(lambda items: [*items, *items[:1]]), "an item comes twice"),
    _fault("import", "numbers are doubles", imports(with_other_numbers), "a value is another"),
    _fault("export-and-import", "an item is missing", loses_an_item("Scan", of_the_imported), "an item is missing"),
    _fault("export-and-import", "numbers are doubles", imports(with_other_numbers), "a value is another"),
    _fault("stream", "the last record is lost", changes_records(lambda records: records[:-1]), "stream: "),
    _fault("stream", "there are no old images", changes_records(_without_old_image), "an OldImage is not"),
    _fault("stream", "every event is an INSERT", changes_records(_with_events_of_inserts), "is not MODIFY"),
    _fault(
        "answers", "it fails", on_reads(Reply(500, failure="KeyError in server.get: 'a'")), "KeyError in server.get"
    ),
    _fault("answers", "it answers with HTML", on_reads(Reply(200, "<html>")), "is no JSON object"),
    _fault("answers", "it answers with nothing", on_reads(Reply(200, "")), "is no JSON object"),
    _fault("answers", "refusals have no type", without_in_refusals("__type"), "has no __type"),
    _fault("answers", "refusals have no message", without_in_refusals("message", "Message"), "has no message"),
)


def held(
    target: Target, law: str, seed: int = 0, operations: int = 2500
) -> Iterator[Violation | LawChecked | LawUnjudged]:
    return hold(target, seed=seed, operations=operations, only=[law])


def violations(target: Target, law: str, **budget: int) -> Iterator[Violation]:
    return (found for found in held(target, law, **budget) if isinstance(found, Violation))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.law}: {fault.name}")
def test_a_law_catches_what_breaks_it(fault: Fault) -> None:
    with Faulty(fault.wrong()) as target:
        found = next((one for one in violations(target, fault.law) if fault.kind in one.difference.kind), None)
        assert found is not None
        assert found.law.name == fault.law
        small = smallest(found, target, Budget(seconds=1.5, attempts=150))
    # The steps up to where it shows are enough to show it again.
    with Faulty(fault.wrong()) as target:
        assert still_violated(found.law, found.scenario, target, found.difference.kind) is not None
    # What it was reduced to shows the same, and nothing else is wrong with it.
    assert small.law.is_wrong_on_purpose or keys_fit(small.scenario)
    assert small.difference.kind == found.difference.kind
    assert len(small.scenario.steps) <= len(found.scenario.steps)
    assert small.scenario.steps[small.step].operation == found.scenario.steps[found.step].operation


def test_every_law_has_a_fault_that_it_catches() -> None:
    assert {fault.law for fault in FAULTS} == set(LAWS)


@EVERY_LAW
def test_the_reference_keeps_every_law(law: Law) -> None:
    with ReferenceTarget() as target:
        for seed in range(3):
            for outcome in held(target, law.name, seed, operations=150):
                assert not isinstance(outcome, Violation), outcome.difference


@EVERY_LAW
def test_most_scenarios_of_a_law_can_be_judged(law: Law) -> None:
    """A law that never applies would hold for anybody."""
    with ReferenceTarget() as target:
        outcomes = list(held(target, law.name, operations=400))
    checked = [outcome for outcome in outcomes if isinstance(outcome, LawChecked)]
    assert len(checked) > len(outcomes) / 2


@EVERY_LAW
def test_no_edit_of_a_scenario_makes_the_reference_break_the_law(law: Law) -> None:
    """The minimiser takes scenarios apart. Were a judge to find fault with what is left, it would invent violations."""
    decide = Random(law.name)
    with ReferenceTarget() as target:

        def follow(candidate: Scenario) -> int | None:
            sent = aligned(law, candidate)
            tried = holding._replayed(law, sent, target)
            assert not tried.judgement.broken, sent
            # What can still be judged is taken further, though not always by the shortest way.
            goes_on = tried.judgement.verdict is Verdict.AGREE and decide.random() < 0.8
            return len(candidate.steps) - 1 if goes_on else None

        for number in range(3):
            scenario = scenario_of(law, 7, number)
            minimise(scenario, len(scenario.steps) - 1, follow, Budget(seconds=1.0, attempts=250))


# --- odd replies ------------------------------------------------------------------------------------------

_ODD_TEXTS = st.sampled_from(["", "a", "1", "1E400", "NaN", "YQ==", "Y", "<html>", "ACTIVE"])
_ODD_NAMES = st.sampled_from(
    ["S", "N", "B", "SS", "NS", "BS", "L", "M", "BOOL", "NULL", "pk", "sk", "title", "Things", "Item", "Keys"]
)
_ODD_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | st.floats(allow_nan=False) | _ODD_TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_ODD_NAMES, inner, max_size=3),
    max_leaves=8,
)
_ODD_MEMBERS = st.sampled_from(
    [
        "Items",
        "Item",
        "Attributes",
        "Count",
        "ScannedCount",
        "LastEvaluatedKey",
        "Responses",
        "UnprocessedKeys",
        "UnprocessedItems",
        "Table",
        "ConsumedCapacity",
        "TableNames",
        "StreamDescription",
        "Records",
        "ShardIterator",
        "__type",
        "message",
        "CancellationReasons",
    ]
)
_ODD_REPLIES = st.builds(
    Reply,
    st.sampled_from([0, 200, 200, 200, 200, 204, 302, 400, 413, 500, 503]),
    _ODD_JSON | st.dictionaries(_ODD_MEMBERS, _ODD_JSON, max_size=5),
)


@settings(max_examples=300)
@given(law=st.sampled_from(ALL_LAWS), number=st.integers(0, 5), data=st.data())
def test_no_reply_makes_a_judge_raise(law: Law, number: int, data: st.DataObject) -> None:
    scenario = scenario_of(law, 3, number)
    pool = data.draw(st.lists(_ODD_REPLIES, min_size=1, max_size=4))
    chosen = Random(data.draw(st.integers(0, 1000)))
    replies = {index: chosen.choice(pool) for index in range(len(scenario.steps))}
    assert isinstance(judgement(law, scenario, replies).verdict, Verdict)


@EVERY_LAW
def test_one_odd_reply_among_good_ones_makes_no_judge_raise(law: Law) -> None:
    """Near what is right there is more to stumble over than far from it."""
    odd = ({"Items": [{"pk": {"N": "x"}}, {"pk": 1}]}, {"Items": [3]}, {"Item": []}, {}, [], None, "<html>")
    with ReferenceTarget() as target:
        scenario = scenario_of(law, 1, 0)
        replies = {
            exchange.index: exchange.replies[target.name]
            for exchange in replay(scenario, [target])
            if isinstance(exchange, Exchange)
        }
    for index in replies:
        for body in odd:
            for status in (200, 400):
                assert judgement(law, scenario, {**replies, index: Reply(status, body)}).verdict is not None


# --- holding ----------------------------------------------------------------------------------------------


@EVERY_LAW
def test_equal_seeds_give_equal_scenarios(law: Law) -> None:
    assert scenario_of(law, 5, 2) == scenario_of(law, 5, 2)
    assert scenario_of(law, 5, 2).steps != scenario_of(law, 6, 2).steps


@EVERY_LAW
def test_a_drawn_scenario_is_aligned_and_has_probes(law: Law) -> None:
    scenario = scenario_of(law, 0, 0)
    assert aligned(law, scenario) == scenario
    assert law.name == "answers" or any(step.label.startswith("law:") for step in scenario.steps)


@pytest.mark.parametrize("law", ALL_LAWS, ids=lambda law: law.name)
def test_a_laws_scenario_can_be_kept_as_a_case(law: Law, tmp_path: Path) -> None:
    """With its labels, so that what is loaded again can be judged again."""
    for number in range(3):
        scenario = scenario_of(law, 4, number)
        file = tmp_path / f"{number}.yaml"
        file.write_text(dump_case(scenario), encoding="utf-8")
        (loaded,) = load_cases([file])
        assert loaded.steps == scenario.steps
        assert loaded.tables == scenario.tables


def test_without_a_budget_every_law_is_held_once_and_watched_by_one() -> None:
    with ReferenceTarget() as target:
        outcomes = list(hold(target, seed=0))
    names = [outcome.law for outcome in outcomes if isinstance(outcome, LawChecked | LawUnjudged)]
    assert {name: names.count(name) for name in LAWS} == dict.fromkeys(LAWS, 1) | {"answers": len(LAWS)}


def test_a_violation_becomes_a_divergence() -> None:
    with Faulty(FAULTS[0].wrong()) as target:
        found = next(violations(target, "complement"))
    divergence = as_divergence(found)
    assert divergence.baseline == "law"
    assert divergence.law == "complement"
    assert divergence.signature.target == "faulty"
    assert divergence.signature.layer is Layer.DATA
    assert divergence.signature.kind.startswith("complement: ")
    assert divergence.replies.keys() == {"faulty"}
    assert divergence.scenario.steps[divergence.step].operation == divergence.signature.operation


def test_a_kind_names_nothing_of_the_scenario() -> None:
    """One law broken one way is one signature, whatever was drawn."""
    with Faulty(loses_an_item("Query", lambda _: True, 0)) as target:
        kinds = {found.difference.kind for found in violations(target, "partition")}
    assert kinds == {
        "partition: of the partition: an item is missing",
        "partition: of the partition of an index: an item is missing",
    }


def test_what_a_target_has_not_got_is_unsupported() -> None:
    def without_streams(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        if operation in ("DescribeStream", "GetShardIterator", "GetRecords"):
            return Reply(400, {"__type": "com.amazon.coral.service#UnknownOperationException"})
        return ask(operation, request)

    with Faulty(without_streams) as target:
        outcomes = list(held(target, "stream", operations=30))
    assert {outcome.verdict for outcome in outcomes if isinstance(outcome, LawUnjudged)} == {Verdict.UNSUPPORTED}
    assert not [outcome for outcome in outcomes if not isinstance(outcome, LawUnjudged)]


@pytest.mark.parametrize("law", ["export", "import", "export-and-import"])
def test_where_files_cannot_be_read_nothing_is_exported(law: str) -> None:
    sent: list[str] = []

    def noted(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        sent.append(operation)
        return ask(operation, request)

    class WithoutStorage(Faulty):
        def object_storage(self) -> None:  # type: ignore[override]
            return None

    with WithoutStorage(noted) as target:
        [outcome] = held(target, law)
    assert isinstance(outcome, LawUnjudged)
    assert outcome.verdict is Verdict.UNSUPPORTED
    assert sent == []


def test_the_folder_of_the_data_files_is_none_of_them() -> None:
    """Some stores list it among its files. It must not be copied for an import to read."""
    assert is_data_file("exported/AWSDynamoDB/01/data/a.json.gz")
    assert not is_data_file("exported/AWSDynamoDB/01/data/")


def restores_the_first_state() -> Wrong:
    """The latest restorable time is that of the first Scan: as far behind the present as it may be."""
    first: list[str] = []

    def answer(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        if operation == "CreateTable":
            first.clear()
        elif operation == "Scan" and not first:
            backup = ask("CreateBackup", {"TableName": request["TableName"], "BackupName": "first"})
            first.append(backup.body["BackupDetails"]["BackupArn"])
        elif operation == "RestoreTableToPointInTime":
            target = request["TargetTableName"]
            return ask("RestoreTableFromBackup", {"TargetTableName": target, "BackupArn": first[0]})
        return ask(operation, request)

    return answer


def test_a_table_may_be_restored_as_it_was_at_any_moment_since_recovery_is_possible() -> None:
    with Faulty(restores_the_first_state()) as target:
        outcomes = list(held(target, "recovery", operations=200))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Violation)]
    assert [outcome for outcome in outcomes if isinstance(outcome, LawChecked)]


def test_a_stream_that_was_not_made_is_unsupported() -> None:
    def without_arn(_request: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        return {"Table": without(body["Table"], "LatestStreamArn")}

    with Faulty(answers_with("DescribeTable", without_arn)) as target:
        outcomes = list(held(target, "stream", operations=30))
    assert {getattr(outcome, "verdict", None) for outcome in outcomes} == {Verdict.UNSUPPORTED}


def test_what_is_refused_cannot_be_judged_and_says_why() -> None:
    def refuses(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        if operation == "Scan":
            return Reply(400, {"__type": "x#ProvisionedThroughputExceededException", "message": "Slow down"})
        return ask(operation, request)

    with Faulty(refuses) as target:
        outcomes = list(held(target, "segments", operations=30))
    assert {(outcome.verdict, outcome.reason) for outcome in outcomes if isinstance(outcome, LawUnjudged)} == {
        (Verdict.INDETERMINATE, "Scan was answered with ProvisionedThroughputExceededException")
    }


def test_a_target_that_does_not_answer_is_given_up() -> None:
    with Faulty(lambda *_: Reply(0, failure="connection refused")) as target:
        outcomes = list(islice(hold(target, seed=0, seconds=30), 50))
    assert len(outcomes) < 50
    assert all(isinstance(outcome, LawUnjudged) for outcome in outcomes)


def test_a_table_that_cannot_be_created_for_a_failure_is_a_violation_of_answers() -> None:
    def fails(ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        if operation == "CreateTable":
            return Reply(500, failure="TypeError in server.create: None")
        return ask(operation, request)

    with Faulty(fails) as target:
        outcomes = list(hold(target, seed=0, only=["counts", "answers"]))
    found = [outcome for outcome in outcomes if isinstance(outcome, Violation)]
    assert [(one.law.name, one.scenario.steps[one.step].operation) for one in found][:1] == [("answers", "CreateTable")]


class Lagging(Faulty):
    """Not to be emptied, and its indexes show a write only after they have been left alone for a moment."""

    def __init__(self, moment: float) -> None:
        super().__init__(self._lag, resettable=False)
        self._moment = moment
        self._written = 0.0

    def _lag(self, ask: Ask, operation: str, request: dict[str, Any]) -> Reply:
        import time

        reply = ask(operation, request)
        if operation not in ("Scan", "Query", "GetItem"):
            self._written = time.monotonic()
        late = time.monotonic() - self._written < self._moment
        if operation == "Scan" and "IndexName" in request and late and reply.outcome is Outcome.ACCEPTED:
            return with_body(reply, Items=[], Count=0)
        return reply


@pytest.mark.parametrize(("moment", "is_kept"), [(0.02, True), (60.0, False)])
def test_what_is_eventual_only_has_to_hold_after_a_while(
    moment: float, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "PAUSES", (0.001, 0.05))
    with Lagging(moment) as target:
        found = list(violations(target, "index", operations=60))
    assert not found if is_kept else found


def test_laws_are_held_on_a_target_that_cannot_be_emptied() -> None:
    with Faulty(honest, resettable=False) as target:
        outcomes = list(hold(target, seed=1, operations=600))
        left = target.ask("ListTables", {}).body["TableNames"]
    assert not [outcome for outcome in outcomes if isinstance(outcome, Violation)]
    # Tables whose deletion is forbidden are allowed again, so nothing stays behind.
    assert left == []


def test_the_documentation_has_a_row_for_every_law() -> None:
    page = (Path(__file__).parents[2] / "docs" / "laws.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(" `"): line for line in page.splitlines() if line.startswith("| `")}
    assert list(rows) == [law.name for law in ALL_LAWS]
    for law in ALL_LAWS:
        assert law.sentence in rows[law.name]
        assert law.source in rows[law.name]
