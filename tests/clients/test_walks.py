"""Every walk with every client; and the walks are over the whole API, with all that the SDKs have for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final

import pytest
from observed_server import ObservedServer, observed_server
from sdk_clients import AwsCli, Boto3, Client, JavaScript
from walks import WALKS, Walk, Walker

from reference_server.operations.registry import OPERATIONS

# Each walk has an account of its own, and so the server to itself.
_ACCOUNTS: Final = count(100_000_000_000)

# What SDKs have for operations that are not served.
UNSERVED: Final = frozenset({"BulkOperationCompleted", "ListBulkOperations"})

MakeClient = Callable[[str], Client]


@pytest.fixture(params=["boto3", "AWS CLI", "JavaScript"])
def make_client(request: pytest.FixtureRequest, observed: ObservedServer) -> MakeClient:
    """A client with the credentials of an account."""
    driver = request.getfixturevalue
    makers: Mapping[str, MakeClient] = {
        "boto3": lambda account: Boto3(observed.endpoint, account),
        "AWS CLI": lambda account: AwsCli(driver("aws_cli"), observed.endpoint, account),
        "JavaScript": lambda account: JavaScript(driver("javascript"), observed.endpoint, account),
    }
    return makers[request.param]


def carry_out(walk: Walk, make_client: MakeClient, observed: ObservedServer) -> None:
    """The walk, and that it has done what it names."""
    account = str(next(_ACCOUNTS))
    walker = Walker(make_client(account), account, observed.data_stream)
    walk.go(walker)
    assert walk.calls <= observed.answered[account], "all that it names has been called, and answered with success"
    assert walk.waits <= walker.waited
    assert walk.pages <= walker.paged


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_a_walk_does_what_it_says(walk: Walk, make_client: MakeClient, observed: ObservedServer) -> None:
    carry_out(walk, make_client, observed)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_in_a_walk(operation: str) -> None:
    """And so it is called by every client."""
    assert [walk.name for walk in WALKS.values() if operation in walk.calls], f"no walk of walks.py calls {operation}"


def test_every_waiter_and_paginator_of_a_client_is_in_a_walk(make_client: MakeClient) -> None:
    client = make_client(str(next(_ACCOUNTS)))
    waited = {name for walk in WALKS.values() for name in walk.waits}
    paged = {name for walk in WALKS.values() for name in walk.pages}
    assert client.waiters
    assert client.paginators
    assert client.waiters - UNSERVED <= waited
    assert client.paginators - UNSERVED <= paged


# --- that these tests see what is wrong -------------------------------------------------------------------


def boto3_of(observed: ObservedServer) -> MakeClient:
    return lambda account: Boto3(observed.endpoint, account)


@pytest.mark.parametrize("named", [{"calls": "ListTables"}, {"waits": "TableExists"}, {"pages": "Scan"}], ids=str)
def test_a_walk_that_names_what_it_does_not_do(named: dict[str, str], observed: ObservedServer) -> None:
    names = {"calls": frozenset[str](), "waits": frozenset[str](), "pages": frozenset[str]()}
    idle = Walk(lambda _walker: None, **names | {kind: frozenset({name}) for kind, name in named.items()})
    with pytest.raises(AssertionError):
        carry_out(idle, boto3_of(observed), observed)


@pytest.mark.parametrize(
    ("walk", "operation", "wrong"),
    [
        ("items", "GetItem", lambda _catalogue, _request: {}),
        ("backups", "DeleteBackup", lambda _catalogue, _request: {}),
        ("time_to_live_and_tags", "UntagResource", lambda _catalogue, _request: None),
        ("legacy_global_tables", "ListGlobalTables", lambda _catalogue, _request: {"GlobalTables": []}),
    ],
)
def test_a_server_that_does_not_do_what_it_answers(walk: str, operation: str, wrong: Any, beside: str) -> None:
    with (
        observed_server(beside, operations={**OPERATIONS, operation: wrong}) as observed,
        pytest.raises(AssertionError),
    ):
        carry_out(WALKS[walk], boto3_of(observed), observed)
