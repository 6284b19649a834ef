"""Items expire when the clock passes their time, and everybody knows of it."""

from __future__ import annotations

from typing import Any

import pytest
from calling import Refused
from hypothesis import given, settings
from hypothesis import strategies as st
from test_streams import HOUR, Reader

START = 1_790_000_000
TTL = {"Enabled": True, "AttributeName": "ttl"}


class Expiring(Reader):
    """A server whose table `Music` has a stream, an index, and items that expire."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.clock.advance(options.get("transition_seconds", 0.0))
        self.change(True)

    def change(self, enabled: bool, attribute: str = "ttl") -> dict[str, Any]:
        specification = {"Enabled": enabled, "AttributeName": attribute}
        return self.call("UpdateTimeToLive", TableName="Music", TimeToLiveSpecification=specification)

    def status(self) -> dict[str, Any]:
        description: dict[str, Any] = self.call("DescribeTimeToLive", TableName="Music")["TimeToLiveDescription"]
        return description

    def keys(self) -> list[str]:
        return sorted(item["pk"]["S"] for item in self.call("Scan", TableName="Music")["Items"])


def test_an_item_is_gone_once_its_time_has_passed() -> None:
    expiring = Expiring()
    expiring.put("soon", ttl={"N": str(START + 10)})
    expiring.put("later", ttl={"N": str(START + 100)})
    expiring.put("never")
    expiring.clock.advance(10)
    assert expiring.keys() == ["later", "never", "soon"]  # the value must be less than now
    expiring.clock.advance(0.001)
    assert expiring.keys() == ["later", "never"]
    assert expiring.call("GetItem", TableName="Music", Key={"pk": {"S": "soon"}}) == {}
    expiring.clock.advance(100)
    assert expiring.keys() == ["never"]


@pytest.mark.parametrize(
    "value",
    [
        {"S": str(START - 10)},
        {"NS": [str(START - 10)]},
        {"L": [{"N": "5"}]},
        {"N": str(START - 6 * 365 * 86400)},
        {"N": "0"},
        {"N": str(START * 1000)},  # milliseconds, the usual mistake
        {"NULL": True},
    ],
)
def test_what_is_no_time_or_too_old_does_not_expire(value: dict[str, Any]) -> None:
    expiring = Expiring()
    expiring.put("a", ttl=value)
    expiring.clock.advance(1000)
    assert expiring.keys() == ["a"]


def test_what_had_expired_before_is_gone_with_the_enabling() -> None:
    reader = Reader()
    reader.put("a", ttl={"N": str(START - 5)})
    reader.put("b", ttl={"N": str(START + 5)})
    reader.clock.advance(6)
    reader.call("UpdateTimeToLive", TableName="Music", TimeToLiveSpecification=TTL)
    assert reader.call("Scan", TableName="Music")["Count"] == 0


def test_the_time_of_an_item_may_be_changed() -> None:
    expiring = Expiring()
    for key, first, second in (("put off", 10, 50), ("brought forward", 50, 10), ("taken back", 10, None)):
        expiring.put(key, ttl={"N": str(START + first)})
        expiring.put(key, **({} if second is None else {"ttl": {"N": str(START + second)}}))
    expiring.clock.advance(20)
    assert expiring.keys() == ["put off", "taken back"]
    expiring.clock.advance(40)
    assert expiring.keys() == ["taken back"]


def test_the_stream_tells_who_deleted() -> None:
    expiring = Expiring()
    expiring.put("a", ttl={"N": str(START + 1)})
    expiring.put("b")
    expiring.clock.advance(2)
    expiring.call("DeleteItem", TableName="Music", Key={"pk": {"S": "b"}})
    removed = [record for record in expiring.records() if record["eventName"] == "REMOVE"]
    assert [(r["dynamodb"]["Keys"]["pk"]["S"], r.get("userIdentity")) for r in removed] == [
        ("a", {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}),
        ("b", None),
    ]


def test_indexes_lose_it_too() -> None:
    expiring = Expiring()
    keys = [{"AttributeName": "g", "KeyType": "HASH"}]
    expiring.create_table(
        "Art",
        "pk:S",
        types="g:S",
        GlobalSecondaryIndexes=[{"IndexName": "ByG", "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}],
    )
    expiring.call("UpdateTimeToLive", TableName="Art", TimeToLiveSpecification=TTL)
    item = {"pk": {"S": "a"}, "g": {"S": "g"}, "ttl": {"N": str(START + 1)}}
    expiring.call("PutItem", TableName="Art", Item=item)
    assert expiring.call("Scan", TableName="Art", IndexName="ByG")["Count"] == 1
    expiring.clock.advance(2)
    assert expiring.call("Scan", TableName="Art", IndexName="ByG")["Count"] == 0


def test_disabled_nothing_expires() -> None:
    expiring = Expiring()
    expiring.put("a", ttl={"N": str(START + 2 * HOUR)})
    expiring.clock.advance(HOUR)
    expiring.change(False)
    expiring.clock.advance(2 * HOUR)
    assert expiring.keys() == ["a"]
    assert expiring.status() == {"TimeToLiveStatus": "DISABLED"}


def test_states_and_refusals() -> None:
    reader = Reader()
    assert reader.call("DescribeTimeToLive", TableName="Music") == {
        "TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}
    }
    expiring = Expiring(transition_seconds=5.0)
    assert expiring.status() == {"TimeToLiveStatus": "ENABLING", "AttributeName": "ttl"}
    expiring.clock.advance(5)
    assert expiring.status() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    for enabled, attribute, complaint in (
        (True, "ttl", "^ValidationException: TimeToLive is already enabled$"),
        (True, "other", "TimeToLive is active on a different AttributeName: current AttributeName is ttl"),
        (False, "other", "TimeToLive is active on a different AttributeName: current AttributeName is ttl"),
        (False, "ttl", "Time to live has been modified multiple times within a fixed interval"),
    ):
        with pytest.raises(Refused, match=complaint):
            expiring.change(enabled, attribute)
    expiring.clock.advance(HOUR)
    assert expiring.change(False) == {"TimeToLiveSpecification": {"Enabled": False, "AttributeName": "ttl"}}
    assert expiring.status()["TimeToLiveStatus"] == "DISABLING"
    with pytest.raises(Refused, match="TimeToLive is already disabled"):
        expiring.change(False)


def test_a_new_table_of_the_name_has_none() -> None:
    expiring = Expiring()
    expiring.put("a", ttl={"N": str(START + 1)})
    expiring.call("DeleteTable", TableName="Music")
    expiring.create_table("Music", "pk:S")
    expiring.put("a", ttl={"N": str(START + 1)})
    expiring.clock.advance(10)
    assert expiring.keys() == ["a"]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.one_of(st.none(), st.integers(-20, 60)), st.integers(0, 9)), max_size=25
    )
)
def test_any_history(writes: list[tuple[str, int | None, int]]) -> None:
    """At any moment the table holds what was written last and has not expired since."""
    expiring = Expiring()
    expected: dict[str, int | None] = {}
    for key, expiry, pause in writes:
        expiring.put(key, **({} if expiry is None else {"ttl": {"N": str(START + expiry)}}))
        expected[key] = expiry
        expiring.clock.advance(pause)
        elapsed = expiring.clock() - START
        expected = {key: at for key, at in expected.items() if at is None or at >= elapsed}
        assert expiring.keys() == sorted(expected)
