"""The catalogue is right: each fault can be seen through the API, and only where its sentence says."""

from __future__ import annotations

import pytest

from conformance.scenario import Scenario
from conformance.targets.reference import ReferenceTarget
from tests.engine.fault import Fault
from tests.engine.faults import CATALOGUE
from tests.engine.search import Answered, answer, first_difference
from tests.engine.witnesses import (
    INDEXED,
    SIMPLE,
    SORTED,
    action,
    batch_write,
    call,
    delete,
    get,
    item,
    put,
    put_if,
    put_request,
    query,
    scan,
    transaction,
    update,
    witness,
)

each_fault = pytest.mark.parametrize("fault", CATALOGUE.values(), ids=CATALOGUE.keys())

_SONG = item(pk="a", sk=1, g="rock", h=1999, x="x", tags={"p", "q"}, list=[1, "two"], map={"deep": {"deeper": 1}})
_KEY = item(pk="a", sk=1)
# What everybody does every day.
EVERYDAY = witness(
    put("Simple", item(pk="a", text="some text", number=12, yes=True)),
    get("Simple", item(pk="a")),
    get("Simple", item(pk="absent")),
    put("Indexed", _SONG),
    put("Indexed", item(pk="a", sk=2, h=2001)),
    put("Indexed", item(pk="b", sk=1, g="pop", h=2002)),
    get("Indexed", _KEY, ConsistentRead=True),
    update("Indexed", _KEY, "SET x = :x, n = if_not_exists(n, :zero) + :one", x="y", zero=0, one=1),
    update("Indexed", _KEY, "ADD n :v REMOVE nothing", v=5, ReturnValues="UPDATED_NEW"),
    query("Indexed", "pk = :p", p="a"),
    query("Indexed", "pk = :p AND sk >= :s", p="a", s=2),
    query("Indexed", "pk = :p", p="a", ScanIndexForward=False),
    query("Indexed", "g = :g", g="rock", IndexName="Global"),
    scan("Indexed"),
    scan("Indexed", "x = :x", x="y", pages=True),
    put_if("Simple", item(pk="a"), "attribute_not_exists(pk)"),
    put_if("Simple", item(pk="c"), "attribute_not_exists(pk)"),
    batch_write({"Sorted": [put_request(pk="a", sk=n) for n in range(3)]}),
    call("BatchGetItem", RequestItems={"Sorted": {"Keys": [item(pk="a", sk=n) for n in range(3)]}}),
    transaction(action("Put", "Simple", item(pk="t")), action("Delete", "Simple", item(pk="c"))),
    get("Simple", item(pk="t")),
    delete("Simple", item(pk="a"), ReturnValues="ALL_OLD"),
    get("Simple", item(pk="a")),
    get("Missing", item(pk="a")),
    call("DescribeTable", TableName="Simple"),
    call("ListTables"),
    tables=[SIMPLE, SORTED, INDEXED],
)
# These show on any use at all of the parameter or operation that they are about, which everybody uses.
SHOWN_EVERY_DAY = {
    "unprocessed-items-missing",
    "missing-table-told-by-name",
    "scanned-count-of-matches",
}


def honest(scenario: Scenario) -> Answered:
    with ReferenceTarget() as target:
        return answer(scenario, target)


@pytest.fixture(scope="module")
def everyday() -> Answered:
    return honest(EVERYDAY)


@each_fault
def test_a_fault_is_shown_by_its_witness(fault: Fault) -> None:
    expected = honest(fault.witness)
    assert not expected.failure
    with fault.applied(), ReferenceTarget() as target:
        assert first_difference(expected, target) is not None
        assert not any(reply.status >= 500 for reply in answer(fault.witness, target).replies), "too coarse"


@each_fault
def test_a_fault_is_gone_afterwards(fault: Fault) -> None:
    expected = honest(fault.witness)
    with fault.applied():
        pass
    with ReferenceTarget() as target:
        assert first_difference(expected, target) is None


@each_fault
def test_a_fault_leaves_the_common_path_alone(fault: Fault, everyday: Answered) -> None:
    with fault.applied(), ReferenceTarget() as target:
        shown = first_difference(everyday, target)
    assert (shown is not None) == (fault.id in SHOWN_EVERY_DAY), shown


def test_the_everyday_is_accepted(everyday: Answered) -> None:
    refused = [step.operation for step, reply in zip(EVERYDAY.steps, everyday.replies, strict=True) if reply.error_type]
    assert refused == ["PutItem", "GetItem"]  # the condition that fails, and the table that is missing


def test_the_catalogue_is_large_and_broad() -> None:
    assert len(CATALOGUE) >= 70
    areas = {fault.area for fault in CATALOGUE.values()}
    assert all(sum(fault.area is area for fault in CATALOGUE.values()) >= 4 for area in areas)
    assert all(fault.id == id for id, fault in CATALOGUE.items())
