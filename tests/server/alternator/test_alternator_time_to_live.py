"""Time to live: dossier 6; `ttl-*` are recorded requests."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Caller, Refused

from reference_server import ReferenceServer
from reference_server.clock import ManualClock

NOW = 1_800_000_000
ARN = "arn:scylla:alternator:alternator_tab:scylla:table/tab"


class Waiter(Caller):
    """With a table, and a clock of its own."""

    def __init__(self, dialect: str) -> None:
        super().__init__(dialect)
        self.clock = ManualClock(NOW)
        self.server = ReferenceServer(dialect=dialect, clock=self.clock)
        self.create_table("tab", "p:S")


@pytest.fixture
def caller() -> Waiter:
    return Waiter("alternator-6.2")


def update(caller: Caller, specification: Any) -> Any:
    return caller.call("UpdateTimeToLive", TableName="tab", TimeToLiveSpecification=specification)


def refused(caller: Caller, specification: Any) -> str:
    with pytest.raises(Refused) as refusal:
        update(caller, specification)
    assert refusal.value.type_name == "ValidationException"
    return str(refusal.value.message)


def by(attribute: str, *, enabled: bool = True) -> dict[str, Any]:
    return {"Enabled": enabled, "AttributeName": attribute}


def described(caller: Caller) -> dict[str, str]:
    description: dict[str, str] = caller.call("DescribeTimeToLive", TableName="tab")["TimeToLiveDescription"]
    return description


LENGTH = "The length of AttributeName must be between 1 and 255"


@pytest.mark.parametrize(
    ("specification", "message"),
    [
        (None, "UpdateTimeToLive missing mandatory TimeToLiveSpecification"),  # ttl-no-spec
        ({"AttributeName": "e"}, "UpdateTimeToLive requires boolean Enabled"),  # ttl-no-enabled
        ({"AttributeName": "e", "Enabled": "true"}, "UpdateTimeToLive requires boolean Enabled"),
        ({"Enabled": True}, "UpdateTimeToLive requires string AttributeName"),  # ttl-no-attr
        (by(""), LENGTH),  # ttl-empty-attr
        (by("e" * 256), LENGTH),  # ttl-long-attr
        (by("e", enabled=False), "TTL is already disabled"),  # ttl-disable-when-off
    ],
)
def test_what_is_refused(caller: Caller, specification: Any, message: str) -> None:
    assert refused(caller, specification) == message
    assert described(caller) == {"TimeToLiveStatus": "DISABLED"}  # ttl-desc-disabled


def test_it_takes_effect_at_once_and_may_be_changed_at_once(caller: Caller) -> None:
    assert update(caller, by("e")) == {"TimeToLiveSpecification": by("e")}  # ttl-enable
    assert described(caller) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "e"}  # ttl-desc
    assert refused(caller, by("e")) == refused(caller, by("f")) == "TTL is already enabled"  # ttl-enable-other
    message = "Requested to disable TTL on attribute f, but a different attribute e is enabled."
    assert refused(caller, by("f", enabled=False)) == message  # ttl-disable-other
    update(caller, by("e", enabled=False))
    assert described(caller) == {"TimeToLiveStatus": "DISABLED"}
    update(caller, by("f"))


def test_it_is_a_tag(caller: Caller) -> None:
    """Read from the source, not recorded; later it is hidden."""
    later = Waiter("alternator-2026")
    for one, tags in ((caller, [{"Key": "system:ttl_attribute", "Value": "e"}]), (later, [])):
        update(one, by("e"))
        assert one.call("ListTagsOfResource", ResourceArn=ARN) == {"Tags": tags}


@pytest.mark.parametrize("dialect", ["alternator-6.2", "alternator-2026"])
def test_items_expire(dialect: str) -> None:
    """ttl-scan-after: not those of five years ago, nor those whose value is no number."""
    caller = Waiter(dialect)
    for key, value in (
        ("old", {"N": "1000"}),
        ("recent", {"N": f"{NOW - 5}.0"}),
        ("text", {"S": "1000"}),
        ("later", {"N": f"{NOW + 60}"}),
    ):
        caller.call("PutItem", TableName="tab", Item={"p": {"S": key}, "e": value})
    update(caller, by("e"))
    assert keys(caller) == {"old", "text", "later"}
    caller.clock.advance(61)
    assert keys(caller) == {"old", "text"}
    update(caller, by("e", enabled=False))
    caller.call("PutItem", TableName="tab", Item={"p": {"S": "kept"}, "e": {"N": f"{NOW}"}})
    assert keys(caller) == {"old", "text", "kept"}


def keys(caller: Caller) -> set[str]:
    return {item["p"]["S"] for item in caller.call("Scan", TableName="tab")["Items"]}
