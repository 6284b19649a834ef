"""Key bytes sort as DynamoDB sorts, and ranges of them hold exactly what they say."""

from __future__ import annotations

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from reference_server import keys
from reference_server.attribute import AttributeValue
from reference_server.storage.memory import OrderedMap

texts = st.text(st.characters(codec="utf-8"), max_size=6) | st.text("a\x00\x01\xff", max_size=4)
blobs = st.binary(max_size=5) | st.lists(st.sampled_from([0, 1, 255]), max_size=4).map(bytes)


def binary(raw: bytes) -> AttributeValue:
    return {"B": b64encode(raw).decode()}


@given(texts, texts)
def test_strings_sort_by_utf8_bytes(left: str, right: str) -> None:
    a, b = keys.encode_value({"S": left}), keys.encode_value({"S": right})
    assert (a < b) == (left.encode() < right.encode())


@given(blobs, blobs)
def test_binaries_sort_as_unsigned_bytes(left: bytes, right: bytes) -> None:
    assert (keys.encode_value(binary(left)) < keys.encode_value(binary(right))) == (left < right)


@given(blobs, blobs, blobs, blobs)
def test_a_key_of_two_values_sorts_by_the_first_then_the_second(a: bytes, b: bytes, c: bytes, d: bytes) -> None:
    left = keys.encode_values([binary(a), binary(b)])
    right = keys.encode_values([binary(c), binary(d)])
    assert (left < right) == ((a, b) < (c, d))


@given(blobs, blobs)
def test_a_prefix_range_holds_what_begins_with_it(prefix: bytes, value: bytes) -> None:
    within = keys.range_of_prefix(b"hash" + keys.encode_prefix(binary(prefix)))
    assert (b"hash" + keys.encode_value(binary(value)) in within) == value.startswith(prefix)


@given(st.integers(1, 50), st.binary(min_size=8, max_size=8))
def test_segments_part_the_hashes_without_gap_or_overlap(total: int, hashed: bytes) -> None:
    assert sum(hashed in keys.range_of_segment(segment, total) for segment in range(total)) == 1


@given(
    st.sets(st.binary(min_size=1, max_size=3)),
    st.binary(max_size=3),
    st.binary(max_size=3),
    st.none() | st.binary(max_size=3),
    st.booleans(),
)
def test_the_ordered_map_scans_as_a_sorted_list_would(
    stored: set[bytes], low: bytes, high: bytes, after: bytes | None, descending: bool
) -> None:
    held: OrderedMap[bytes] = OrderedMap()
    for key in stored:
        held.put(key, key)
    expected = [key for key in sorted(stored, reverse=descending) if low <= key < high]
    if after is not None:
        expected = [key for key in expected if (key < after if descending else key > after)]
    assert list(held.scan(keys.KeyRange(low, high), after=after, descending=descending)) == expected


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=2))))
def test_the_ordered_map_forgets_what_is_removed_and_copies_are_apart(changes: list[tuple[bool, bytes]]) -> None:
    held: OrderedMap[int] = OrderedMap()
    model: dict[bytes, int] = {}
    for number, (put, key) in enumerate(changes):
        if put:
            held.put(key, number)
            model[key] = number
        elif key in model:
            held.remove(key)
            del model[key]
    twin = held.copy()
    held.put(b"later", -1)
    assert list(twin.scan(keys.EVERYTHING)) == [model[key] for key in sorted(model)]
    assert len(twin) == len(model)
