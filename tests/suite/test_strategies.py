"""What is generated: mostly valid, mostly colliding, and the same for the same seed."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.references import label_of, references
from conformance.replay import Exchange, replay
from conformance.scenario import JSON, Outcome, Reply, Scenario, Step
from conformance.strategies.drawing import HypothesisDraw, SeededDraw, chance, choose, pick_some
from conformance.strategies.faults import draw_fault
from conformance.strategies.items import Effect, World, changed, draw_keys, filled, overlap
from conformance.strategies.members import parameters
from conformance.strategies.near_misses import BOUNDARIES, NEAR_MISSES, draw_boundary
from conformance.strategies.near_misses.boundaries import beyond
from conformance.strategies.operations import OPERATIONS
from conformance.strategies.scenarios import Plan, draw_plan, plans, scenarios
from conformance.strategies.schemas import draw_table
from conformance.strategies.sequences import SEQUENCES
from conformance.strategies.sizes import item_size
from conformance.strategies.values import Flavour, draw_any_value, draw_set, order_of
from conformance.targets.reference import ReferenceTarget
from tools.generate_members import MEMBERS_FILE, generate

PLANS = 300


def draw_plans(seed: int, count: int, operations: frozenset[str] = frozenset(OPERATIONS)) -> list[Plan]:
    return [draw_plan(SeededDraw(f"{seed}/{number}"), operations) for number in range(count)]


@pytest.fixture(scope="module")
def drawn() -> list[Plan]:
    return draw_plans(11, PLANS)


@pytest.fixture(scope="module")
def answered(drawn: list[Plan]) -> list[tuple[Exchange, Reply, str | None]]:
    """Every exchange with the reference, and what is wrong with its step."""
    found = []
    with ReferenceTarget() as target:
        for plan in drawn:
            for exchange in replay(plan.scenario, [target]):
                assert isinstance(exchange, Exchange), exchange
                found.append((exchange, exchange.replies["reference"], plan.wrong[exchange.index]))
    return found


# --- drawing ------------------------------------------------------------------------------------------------


def test_equal_seeds_give_equal_scenarios() -> None:
    assert draw_plans(5, 10) == draw_plans(5, 10) != draw_plans(6, 10)


def test_scenarios_do_not_repeat(drawn: list[Plan]) -> None:
    assert len({json.dumps([step.request for step in plan.scenario.steps]) for plan in drawn}) == len(drawn) == PLANS


def test_a_choice_is_drawn_by_weight_and_favour() -> None:
    plain, steered = SeededDraw("1"), SeededDraw("1", {"colour": {"red": 16 * 9, "blue": 16}})
    weights = {"red": 1, "blue": 3}
    by_weight = Counter(choose(plain, "colour", weights) for _ in range(4000))
    by_favour = Counter(choose(steered, "colour", weights) for _ in range(4000))
    assert 800 <= by_weight["red"] <= 1200
    assert 2800 <= by_favour["red"] <= 3200
    assert Counter(choose(steered, "another choice", weights) for _ in range(4000))["red"] <= 1200


def test_a_chance_is_what_it_says() -> None:
    draw = SeededDraw("2")
    assert 800 <= sum(chance(draw, 20) for _ in range(5000)) <= 1200


def test_some_are_picked_once_each() -> None:
    draw = SeededDraw("3")
    for _ in range(100):
        picked = pick_some(draw, "abcdef", 2, 4)
        assert 2 <= len(picked) == len(set(picked)) <= 4


@settings(max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(plans())
def test_hypothesis_draws_the_same_kind_of_scenarios(plan: Plan) -> None:
    assert len(plan.wrong) == len(plan.scenario.steps) > 0
    assert plan.scenario.operations <= set(OPERATIONS)


@settings(max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(scenarios({"Query"}))
def test_only_what_was_asked_for_is_drawn(scenario: Scenario) -> None:
    assert scenario.operations <= {"PutItem", "Query"}


# Whose replies an operation takes something of. (DescribeTable gives ARNs, and stands where there is no stream to read
# and where a table would be deleted that is the only one.)
NEEDED = {
    "DescribeBackup": ("CreateBackup",),
    "DeleteBackup": ("CreateBackup",),
    "RestoreTableFromBackup": ("CreateBackup",),
    "ExportTableToPointInTime": ("UpdateContinuousBackups",),
    "ListExports": ("ExportTableToPointInTime", "UpdateContinuousBackups"),
    "DescribeKinesisStreamingDestination": ("EnableKinesisStreamingDestination",),
    # A legacy global table has a table of its own.
    "CreateGlobalTable": ("CreateTable",),
    "DescribeGlobalTable": ("CreateTable", "CreateGlobalTable"),
    "UpdateGlobalTable": ("CreateTable", "CreateGlobalTable"),
    "DescribeGlobalTableSettings": ("CreateTable", "CreateGlobalTable"),
    "UpdateGlobalTableSettings": ("CreateTable", "CreateGlobalTable"),
    "DescribeStream": ("DescribeStream",),
    "GetShardIterator": ("DescribeStream",),
    "GetRecords": ("DescribeStream", "GetShardIterator"),
}


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_each_operation_can_be_drawn_alone(operation: str) -> None:
    operations = {step.operation for plan in draw_plans(1, 20, frozenset({operation})) for step in plan.scenario.steps}
    assert operation in operations <= {operation, "PutItem", *NEEDED.get(operation, ()), "DescribeTable"}


# --- scenarios ----------------------------------------------------------------------------------------------


def test_every_operation_is_drawn() -> None:
    """(Some on what others must have made: they are rare.)"""
    plans = draw_plans(11, 4 * PLANS)
    assert {step.operation for plan in plans for step in plan.scenario.steps} == set(OPERATIONS)


def test_every_near_miss_is_drawn() -> None:
    """(Boundaries have a test each, and faults one of their kinds.)"""
    by_operation = [plan for name in OPERATIONS for plan in draw_plans(12, 200, frozenset({name}))]
    seen = {wrong for plan in by_operation for wrong in plan.wrong}
    assert {miss.name for miss in NEAR_MISSES} <= seen


def test_names_of_near_misses_are_their_own() -> None:
    assert len({miss.name for miss in NEAR_MISSES}) == len(NEAR_MISSES)


def test_scenarios_have_some_17_steps(drawn: list[Plan]) -> None:
    lengths = [len(plan.scenario.steps) for plan in drawn]
    assert 12 <= sum(lengths) / len(lengths) <= 22
    assert min(lengths) <= 6
    assert max(lengths) <= 90


def test_about_one_step_in_seven_is_a_near_miss_and_one_in_twenty_broken(drawn: list[Plan]) -> None:
    wrong = [miss for plan in drawn for miss in plan.wrong]
    assert 0.11 <= sum(miss is not None for miss in wrong) / len(wrong) <= 0.19
    assert 0.03 <= sum((miss or "").startswith("botocore: ") for miss in wrong) / len(wrong) <= 0.07


def test_what_is_written_is_read_at_the_end(drawn: list[Plan]) -> None:
    """Each table that was written to, but those that are gone, is scanned from end to end."""
    for plan in drawn:
        written, scanned = set(), set()
        for step, wrong in zip(plan.scenario.steps, plan.wrong, strict=True):
            if wrong is not None:
                continue
            name = step.request.get("TableName")
            if step.operation == "PutItem" and "ConditionExpression" not in step.request:
                written.add(name)
            elif step.operation == "DeleteTable":
                written.discard(name)
            elif step.operation == "Scan" and step.pages:
                scanned.add(name)
        assert written <= scanned


def test_references_are_to_labels_that_came_before(drawn: list[Plan]) -> None:
    followed = 0
    for plan in drawn:
        labels: list[str] = []
        for step in plan.scenario.steps:
            for reference in references(step.request):
                assert label_of(reference) in labels
                followed += 1
            labels += [step.label] if step.label else []
        assert len(labels) == len(set(labels))
    assert followed > PLANS / 10


def test_tokens_are_of_one_scenario(drawn: list[Plan]) -> None:
    """Some come twice within one, none in two."""
    tokens: Counter[str] = Counter()
    for plan in drawn:
        own = [step.request.get("ClientRequestToken") for step in plan.scenario.steps]
        tokens.update({token for token in own if isinstance(token, str) and len(token) == 24})
    assert len(tokens) > 10
    assert set(tokens.values()) == {1}


@pytest.mark.parametrize("name", sorted(SEQUENCES))
def test_every_sequence_is_of_the_operations_that_it_names(name: str) -> None:
    sequence = SEQUENCES[name]
    for plan in draw_plans(7, 30, sequence.operations):
        extra = {"PutItem", "DescribeTable"}
        assert plan.scenario.operations <= sequence.operations | extra


# --- what the reference says to it ---------------------------------------------------------------------------


def test_most_steps_are_accepted(answered: list[tuple[Exchange, Reply, str | None]]) -> None:
    accepted = [reply.outcome is Outcome.ACCEPTED for _, reply, _ in answered]
    assert 0.75 <= sum(accepted) / len(accepted) <= 0.88
    outcomes: dict[str, list[bool]] = {}
    for exchange, reply, _ in answered:
        outcomes.setdefault(exchange.step.operation, []).append(reply.outcome is Outcome.ACCEPTED)
    for operation, of_it in outcomes.items():
        # The rare ones prove nothing; transactions and creations are made to fail.
        least = 0.4 if operation in ("TransactWriteItems", "CreateTable") else 0.6
        assert len(of_it) < 50 or sum(of_it) / len(of_it) >= least, operation


LATE_REFUSALS = re.compile(
    "The conditional request failed|Transaction cancelled|.*already used"
    # An update that meets what the generator does not follow.
    "|The provided expression refers to an attribute that does not exist in the item"
    "|The document path provided in the update expression is invalid for update"
    "|An operand in the update expression has an incorrect data type"
    "|Attempting to store more than 38 significant digits in a Number|Number (?:over|under)flow|Type mismatch for"
    "|Item size to update|.*Nesting Levels have exceeded|.*has exceeded the (?:maximum )?size limit"
    # A condition of another key than that of the cursor, and a table that a near miss has deleted.
    "|The provided starting key|Requested resource not found|Table already exists|Cannot .*resource"
    "|Table .* can't be deleted|Resource cannot be deleted"
    # What is so already, was never so, or is so too often; an index that is gone.
    "|TimeToLive is|Time to live has been|Resource-based policy not found|The provided ExpectedRevisionId"
    "|The provisioned throughput for the|Subscriber limit exceeded|.*WarmThroughput|The table does not have"
    "|Table already has an enabled stream|Requested .* for (?:ReadUnits|WriteUnits)PerSecond"
    # What is not there, and what is no replica: of much of this nothing can be known but how it is refused.
    "|(?:Backup|Export|Import|Global table) not found|Table not found: Legacy-|Replica already exists|Global table with"
    "|Table is not in a valid state to|.*The table is no replica|.*must be specified for index: by-title"
)


def test_what_has_nothing_wrong_is_refused_only_for_what_is_stored(
    answered: list[tuple[Exchange, Reply, str | None]],
) -> None:
    refusals = Counter(
        (exchange.step.operation, reply.error_type, reply.message)
        for exchange, reply, wrong in answered
        if wrong is None and reply.outcome is not Outcome.ACCEPTED
    )
    unexpected = {refusal: n for refusal, n in refusals.items() if not LATE_REFUSALS.match(refusal[2] or "")}
    assert unexpected == {}


def test_most_near_misses_are_refused(answered: list[tuple[Exchange, Reply, str | None]]) -> None:
    refused = [reply.outcome is Outcome.REFUSED for _, reply, wrong in answered if wrong is not None]
    assert sum(refused) / len(refused) >= 0.85


def test_conditions_hold_more_often_than_not(answered: list[tuple[Exchange, Reply, str | None]]) -> None:
    conditional = [
        reply.outcome is Outcome.ACCEPTED
        for exchange, reply, wrong in answered
        if wrong is None and "ConditionExpression" in exchange.step.request
    ]
    assert 0.4 <= sum(conditional) / len(conditional) <= 0.85


def test_reads_find_something(answered: list[tuple[Exchange, Reply, str | None]]) -> None:
    queries = [reply.body["Count"] for exchange, reply, _ in answered if "Count" in (reply.body or {})]
    assert sum(count > 0 for count in queries) / len(queries) >= 0.5
    gets = [reply.body for exchange, reply, wrong in answered if exchange.step.operation == "GetItem" and wrong is None]
    assert sum("Item" in body for body in gets) / len(gets) >= 0.5


def test_pages_end_in_the_middle(answered: list[tuple[Exchange, Reply, str | None]]) -> None:
    queries = [
        reply.body for exchange, reply, _ in answered if exchange.step.operation == "Query" and reply.status == 200
    ]
    assert sum("LastEvaluatedKey" in body for body in queries) / len(queries) >= 0.06


@pytest.mark.parametrize("name", sorted(BOUNDARIES))
def test_a_limit_can_be_reached_and_not_exceeded(name: str) -> None:
    """At the limit it is accepted (or meets only what is stored), beyond it a ValidationException says so."""
    boundary = BOUNDARIES[name]
    at_limit: set[str | None] = set()
    beyond_it: set[str | None] = set()
    operations = frozenset(boundary.operations or ("PutItem", "Scan"))
    steered = SeededDraw("boundaries", {"boundaries": {other: int(other == name) for other in BOUNDARIES}})
    with ReferenceTarget() as target:
        for number in range(400):
            if at_limit and beyond_it:
                break
            plan = _with_boundaries(steered, operations, number)
            for exchange in replay(plan.scenario, [target]) if plan else ():
                assert isinstance(exchange, Exchange)
                wrong = plan.wrong[exchange.index] if plan else None
                reply = exchange.replies["reference"]
                if wrong == beyond(name):
                    beyond_it.add(reply.error_type)
                elif wrong == "at the limit" and reply.outcome is Outcome.ACCEPTED:
                    at_limit.add(None)
    assert at_limit == {None}
    assert beyond_it == {"ValidationException"}


def _with_boundaries(draw: SeededDraw, operations: frozenset[str], number: int) -> Plan | None:
    """A scenario of one step at a limit or beyond it, on a table with one item."""
    table = draw_table(draw, "Things")
    world = World(Flavour())
    world.add(table, draw_keys(draw, table, world.flavour))
    operation = sorted(operations)[number % len(operations)]
    step = OPERATIONS[operation].draw(draw, world, table)
    try:
        made, wrong = draw_boundary(draw, step, table)
    except ValueError:  # the only one that is wanted does not apply
        return None
    scenario = Scenario("boundary", "generated", (table.create_request(),), (made,))
    return Plan(scenario, (wrong or "at the limit",))


# --- tables that change ---------------------------------------------------------------------------------------


def answers_to(operations: set[str], count: int = 60) -> list[tuple[Step, Reply]]:
    found = []
    with ReferenceTarget() as target:
        for plan in draw_plans(21, count, frozenset(operations)):
            for exchange in replay(plan.scenario, [target]):
                assert isinstance(exchange, Exchange)
                if plan.wrong[exchange.index] is None:
                    found.append((exchange.step, exchange.replies["reference"]))
    return found


def test_indexes_come_over_items_that_are_there_and_are_read() -> None:
    found = answers_to({"UpdateTable", "DescribeTable", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"}, 100)
    reads = [reply for step, reply in found if str(step.request.get("IndexName", "")).startswith("new-")]
    counts = [reply.body["Count"] for reply in reads if reply.outcome is Outcome.ACCEPTED]
    assert len(counts) >= 20
    assert sum(count > 0 for count in counts) / len(counts) >= 0.4
    assert any(reply.outcome is Outcome.REFUSED for reply in reads), "none is read after its deletion"


def test_every_change_of_a_table_is_drawn() -> None:
    members = {name for step, _ in answers_to({"UpdateTable"}) for name in step.request}
    assert members >= {
        *("AttributeDefinitions", "GlobalSecondaryIndexUpdates", "BillingMode", "ProvisionedThroughput", "TableClass"),
        *("StreamSpecification", "DeletionProtectionEnabled", "OnDemandThroughput", "WarmThroughput"),
        "SSESpecification",
    }


def test_streams_are_read_with_what_was_written() -> None:
    operations = {"UpdateTable", "DescribeTable", "DescribeStream", "GetShardIterator", "GetRecords"}
    found = answers_to(operations | {"PutItem", "UpdateItem", "DeleteItem"})
    pages = [reply.body.get("Records", []) for step, reply in found if step.operation == "GetRecords"]
    assert sum(bool(records) for records in pages) / len(pages) >= 0.5
    assert {record["eventName"] for records in pages for record in records} == {"INSERT", "MODIFY", "REMOVE"}


def test_tags_and_policies_are_found_again() -> None:
    found = answers_to(
        {"TagResource", "UntagResource", "ListTagsOfResource", "PutResourcePolicy", "GetResourcePolicy"}, 30
    )
    accepted = {(step.operation, bool(reply.body)) for step, reply in found if reply.outcome is Outcome.ACCEPTED}
    assert ("GetResourcePolicy", True) in accepted
    assert any(reply.body.get("Tags") for step, reply in found if step.operation == "ListTagsOfResource")


def test_settings_are_one_step_in_twelve(drawn: list[Plan]) -> None:
    """They must not drown the rest: many a target does not know them."""
    steps = [step.operation for plan in drawn for step in plan.scenario.steps]
    data = {"PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "DescribeTable", "ListTables"}
    data |= {name for name in OPERATIONS if name.startswith(("Batch", "Transact"))} | {"CreateTable", "DeleteTable"}
    assert 0.05 <= sum(operation not in data for operation in steps) / len(steps) <= 0.11


# --- requests -----------------------------------------------------------------------------------------------


def test_what_expressions_use_is_defined_and_what_is_defined_is_used(drawn: list[Plan]) -> None:
    for plan in drawn:
        for step, wrong in zip(plan.scenario.steps, plan.wrong, strict=True):
            for holder in _objects_in(step.request) if wrong is None else ():
                used = {
                    placeholder
                    for member, text in holder.items()
                    if member.endswith("Expression")
                    for placeholder in re.findall(r"[#:]\w+", text)
                }
                defined = {*holder.get("ExpressionAttributeNames", ()), *holder.get("ExpressionAttributeValues", ())}
                if any(member.endswith("Expression") for member in holder):
                    assert used == defined, step


def _objects_in(value: JSON) -> Iterator[dict[str, JSON]]:
    if isinstance(value, dict):
        yield value
    for inside in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects_in(inside)


def test_a_fault_changes_one_place_and_names_it() -> None:
    draw = SeededDraw("faults")
    table = draw_table(draw, "Things")
    request = {"TableName": "Things", "Key": {"pk": {"S": "a"}}, "ConsistentRead": True}
    kinds = set()
    for _ in range(300):
        before = copy.deepcopy(request)
        step, wrong = draw_fault(draw, Step("GetItem", request), table)
        assert request == before != step.request, wrong
        kinds.add(wrong)
    assert {"botocore: Key is null", "botocore: Key.*.S is null", "botocore: TableName is missing"} <= kinds
    assert "botocore: TableName is too short" in kinds


def test_members_are_those_of_botocore() -> None:
    """`tools/generate_members.py` was run after the last change of what it reads, but for botocore's version."""
    written, now = json.loads(Path(MEMBERS_FILE).read_text(encoding="utf-8")), json.loads(generate())
    assert (
        written["operations"] == now["operations"] == {name: written["operations"][name] for name in sorted(OPERATIONS)}
    )
    if written["source"] == now["source"]:
        assert written == now


def test_parameters_are_members_and_those_below_them() -> None:
    assert {"Item", "Expected", "Expected.*.Exists"} <= set(parameters("PutItem"))
    assert {"TransactItems[].Put", "ClientRequestToken"} <= set(parameters("TransactWriteItems"))
    assert list(parameters("NoSuchOperation")) == []


# --- values and items ---------------------------------------------------------------------------------------

ODD = Flavour(odd_numbers=True, odd_texts=True, empty_values=True)


@settings(max_examples=50, deadline=None, database=None)
@given(st.sampled_from(("SS", "NS", "BS")), st.data())
def test_sets_have_no_equal_elements(datatype: str, data: st.DataObject) -> None:
    drawn = draw_set(HypothesisDraw(data.draw), datatype, ODD)
    elements = [order_of(datatype[0], element) for element in drawn[datatype]]
    assert len(elements) == len(set(elements)) > 0


@settings(max_examples=50, deadline=None, database=None)
@given(st.data())
def test_values_have_one_datatype_and_are_json(data: st.DataObject) -> None:
    value = draw_any_value(HypothesisDraw(data.draw), ODD, 2)
    assert len(value) == 1
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("a",), ("a",), True),
        (("a",), ("a", "b"), True),
        (("a", "b"), ("a", "c"), False),
        (("a", 0), ("a", "b"), True),
        (("a", 0), ("a", 1), False),
        (("a",), ("b", "a"), False),
    ],
)
def test_paths_overlap_or_conflict(one: tuple[str | int, ...], other: tuple[str | int, ...], expected: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is expected


def test_effects_are_followed_where_they_lead_somewhere() -> None:
    item = {"pk": {"S": "a"}, "l": {"L": [{"S": "x"}, {"S": "y"}, {"S": "z"}]}, "m": {"M": {}}}
    effects = [
        Effect(("l", 0), None),
        Effect(("l", 2), None),
        Effect(("l", 9), {"S": "new"}),
        Effect(("m", "k"), {"N": "1"}),
        Effect(("nowhere", "k"), {"N": "1"}),
        Effect(("pk", 0), None),
    ]
    assert changed(item, effects) == {
        "pk": {"S": "a"},
        "l": {"L": [{"S": "y"}, {"S": "new"}]},
        "m": {"M": {"k": {"N": "1"}}},
    }
    assert item["l"]["L"][0] == {"S": "x"}


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"pk": {"S": "é"}}, 4),
        ({"pk": {"B": "YWI="}}, 4),
        ({"pk": {"N": "0"}}, 3),
        ({"pk": {"N": "1E125"}}, 4),
        ({"pk": {"N": "-123.45"}}, 7),
        ({"pk": {"BOOL": True}}, 3),
        ({"pk": {"NS": ["1", "22"]}}, 6),
        ({"pk": {"L": [{"S": "a"}, {"NULL": True}]}}, 9),
        ({"pk": {"M": {"k": {"S": "abc"}}}}, 10),
    ],
)
def test_sizes_are_dynamodbs(item: dict[str, dict[str, JSON]], size: int) -> None:
    assert item_size(item) == size


def test_an_item_is_filled_to_the_byte() -> None:
    assert item_size(filled({"pk": {"S": "a"}}, 1024)) == 1024
    assert filled({"pk": {"S": "a" * 50}}, 20) == {"pk": {"S": "a" * 50}}
