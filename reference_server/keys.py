"""Key bytes: primary keys as bytes that sort as DynamoDB sorts.

Everything is stored in ordered maps from key bytes (`storage/`). The bytes of a key are

    hash of the partition key (8) | partition key | sort key

each value in an encoding whose byte order is DynamoDB's order within one datatype: numbers by value, strings by
their UTF-8 bytes, binaries as unsigned bytes (data-plane 6.2). A table's items thus lie in the order of a Scan, the
items of one partition lie together in the order of a Query, and a Query is a range of bytes. An index appends the
table's own key, since several items may share one key of the index.

The hash only has to spread partitions and to be stable: the order of a Scan is not contractual.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from reference_server import numbers, values
from reference_server.attribute import AttributeValue

HASH_BYTES: Final = 8
HASHES: Final = 1 << (8 * HASH_BYTES)

# Closes a string or binary; a zero byte inside is escaped so that it sorts behind the close.
_CLOSE: Final = b"\x00\x00"
_ESCAPED_ZERO: Final = b"\x00\xff"


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Key bytes from `low` up to but not including `high`."""

    low: bytes
    high: bytes

    def __contains__(self, key: bytes) -> bool:
        return self.low <= key < self.high


def encode_partition(partition_key: Iterable[AttributeValue]) -> bytes:
    """The hash and the values of a partition key: the prefix of all key bytes of the partition."""
    encoded = encode_values(partition_key)
    return blake2b(encoded, digest_size=HASH_BYTES).digest() + encoded


def encode_values(key: Iterable[AttributeValue]) -> bytes:
    return b"".join(map(encode_value, key))


def encode_value(value: AttributeValue) -> bytes:
    """One key value, closed, so that what follows it cannot disturb the order."""
    for datatype, content in value.items():
        if datatype == "N":
            return numbers.key_bytes(content)
        return close(raw_bytes(value))
    raise ValueError("a key value has a datatype")


def encode_prefix(value: AttributeValue) -> bytes:
    """A string or binary, left open: the bytes that every value beginning with it begins with."""
    return _escape(raw_bytes(value))


def raw_bytes(value: AttributeValue) -> bytes:
    """A string's or binary's own bytes."""
    for datatype, content in value.items():
        return content.encode() if datatype == "S" else values.decode_binary(content)
    raise ValueError("a key value has a datatype")


def close(raw: bytes) -> bytes:
    """Bytes of any length, so that they sort as they are and what follows them cannot disturb that."""
    return _escape(raw) + _CLOSE


def _escape(raw: bytes) -> bytes:
    return raw.replace(b"\x00", _ESCAPED_ZERO) if b"\x00" in raw else raw


def following(prefix: bytes) -> bytes:
    """The least key bytes beyond all that begin with `prefix`."""
    trimmed = prefix.rstrip(b"\xff")
    if not trimmed:
        return _BEYOND_ALL
    return trimmed[:-1] + bytes((trimmed[-1] + 1,))


# Longer than any run of 0xFF that a hash can begin with.
_BEYOND_ALL: Final = b"\xff" * (HASH_BYTES + 1)

EVERYTHING: Final = KeyRange(b"", _BEYOND_ALL)


def range_of_prefix(prefix: bytes) -> KeyRange:
    return KeyRange(prefix, following(prefix))


def range_of_segment(segment: int, total: int) -> KeyRange:
    """The key bytes of one segment of a parallel scan: an equal share of the hashes."""
    return KeyRange(_hash_bound(segment, total), _hash_bound(segment + 1, total))


def _hash_bound(segment: int, total: int) -> bytes:
    if segment == total:
        return _BEYOND_ALL
    # Rounded up, so that a hash lies in the segment whose share it falls in.
    return (-(-HASHES * segment // total)).to_bytes(HASH_BYTES, "big")
