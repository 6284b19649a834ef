"""Partitions lie in the order of their tokens, and numbers are partitioned by the way they are written (dossier 7, 8).

The orders are those of a real 6.2.3: recorded sc-all, sc-seg-0 to sc-seg-2, num-hash-scan.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from calling import Caller
from hypothesis import given
from hypothesis import strategies as st

from reference_server import keys
from reference_server.alternator.keys import AlternatorKeySchema, range_of_segment, raw_bytes, token
from reference_server.tables.schema import KeyAttribute

RECORDED = [
    *("k28", "k12", "k26", "k14", "k25", "k21", "k29", "k22", "k15", "k16"),
    *("k13", "k17", "k20", "k23", "k19", "k24", "k10", "k11", "k27", "k18"),
]
SEGMENTS = (RECORDED[:13], RECORDED[13:17], RECORDED[17:])

KEYS = AlternatorKeySchema((KeyAttribute("p", "N"),), (KeyAttribute("c", "N"),))


def partition(item: dict[str, Any]) -> str:
    text: str = item["p"]["S"]
    return text


@pytest.fixture
def twenty() -> Caller:
    caller = Caller("alternator-6.2")
    caller.create_table("tab", "p:S")
    for number in range(10, 30):
        caller.call("PutItem", TableName="tab", Item={"p": {"S": f"k{number}"}})
    return caller


def test_a_scan_is_in_the_order_of_tokens(twenty: Caller) -> None:
    assert [*map(partition, twenty.call("Scan", TableName="tab")["Items"])] == RECORDED


@pytest.mark.parametrize("segment", [0, 1, 2])
def test_a_segment_is_a_share_of_the_tokens(twenty: Caller, segment: int) -> None:
    items = twenty.call("Scan", TableName="tab", Segment=segment, TotalSegments=3)["Items"]
    assert [*map(partition, items)] == SEGMENTS[segment]


def test_numbers_are_laid_out_as_they_are_written() -> None:
    written = sorted(["1e3", "1000", "1.50", "7"], key=lambda text: token(raw_bytes({"N": text})))
    assert written == ["1000", "1.50", "1e3", "7"]  # recorded num-hash-scan
    assert raw_bytes({"N": "1.50"}) == b"\x00\x00\x00\x02\x00\x96"  # scale 2, 150 in two bytes: the first is its sign
    assert raw_bytes({"N": "-1e2"}) == b"\xff\xff\xff\xfe\xff"


def test_a_partition_key_is_its_spelling_and_a_sort_key_its_value() -> None:
    caller = Caller("alternator-6.2")
    caller.create_table("tab", "p:N", "c:N")
    for p, c in (("7", "1"), ("7.0", "1"), ("7", "1.0")):
        caller.call("PutItem", TableName="tab", Item={"p": {"N": p}, "c": {"N": c}, "as": {"S": f"{p} {c}"}})
    found = caller.call("Scan", TableName="tab")["Items"]
    assert sorted(item["as"]["S"] for item in found) == ["7 1.0", "7.0 1"]
    assert all((item["p"], item["c"]) == ({"N": "7"}, {"N": "1"}) for item in found)
    assert caller.call("GetItem", TableName="tab", Key={"p": {"N": "7.00"}, "c": {"N": "1"}}) == {}


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-99, max_value=99), min_size=2))
def test_key_bytes_of_one_partition_sort_by_value(numbers: list[Any]) -> None:
    items = [{"p": {"N": "1"}, "c": {"N": str(number)}} for number in numbers]
    by_bytes = sorted(items, key=KEYS.key_bytes)
    assert [float(item["c"]["N"]) for item in by_bytes] == sorted(map(float, numbers))


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_different_partition_keys_have_key_bytes_of_which_none_begins_the_other(one: bytes, other: bytes) -> None:
    first, second = keys.close(one), keys.close(other)
    assert (first == second) == (one == other)
    assert one == other or not first.startswith(second)


@given(st.integers(1, 1000))
def test_segments_share_all_tokens_out(total: int) -> None:
    ranges = [range_of_segment(segment, total) for segment in range(total)]
    assert ranges[0].low == bytes(8)
    assert ranges[-1].high == keys.EVERYTHING.high
    assert all(one.high == following.low for one, following in pairwise(ranges))


@given(st.binary(max_size=64))
def test_a_token_is_a_signed_number_of_64_bits(key: bytes) -> None:
    assert -(2**63) < token(key) < 2**63
