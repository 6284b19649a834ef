"""Keys as Alternator lays them out: partitions in the order of their Murmur3 tokens, numbers as they were written.

A partition key's bytes are S in UTF-8, B raw, N as a decimal: four bytes of scale, then the unscaled number in as few
bytes as it needs. Nothing is normalised before, so `7` and `7.0` are two partitions (rule: partition-key-spelling;
dossier 7 and 8, recorded for 43 keys of type S and 67 of type N). A sort key is compared by its value, as elsewhere.

So that partitions are told apart by spelling, what a table stores has its numbers as written; they are
normalised when they are shown (`values.show`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from reference_server import keys
from reference_server.alternator import values
from reference_server.attribute import AttributeValue, Item
from reference_server.keys import KeyRange
from reference_server.tables.schema import KeySchema

_MASK: Final = (1 << 64) - 1
_TOKENS: Final = 1 << 64
_LEAST_TOKEN: Final = -(1 << 63)

# --- the token --------------------------------------------------------------------------------------------


def token(key: bytes) -> int:
    """Cassandra's Murmur3 of a partition key's bytes: the first half of the 128-bit hash, as a signed number.

    It is Murmur3 but for one thing: bytes of the tail are taken as signed ones, a mistake that became the standard.
    """
    h1 = h2 = 0
    blocks = len(key) // 16
    for position in range(0, blocks * 16, 16):
        h1 ^= _mix_first(int.from_bytes(key[position : position + 8], "little"))
        h1 = (_rotate(h1, 27) + h2) * 5 + 0x52DCE729 & _MASK
        h2 ^= _mix_second(int.from_bytes(key[position + 8 : position + 16], "little"))
        h2 = (_rotate(h2, 31) + h1) * 5 + 0x38495AB5 & _MASK
    tail = key[blocks * 16 :]
    h2 ^= _mix_second(_signed_bytes(tail[8:])) if len(tail) > 8 else 0
    h1 ^= _mix_first(_signed_bytes(tail[:8])) if tail else 0
    h1 ^= len(key)
    h2 ^= len(key)
    h1 = h1 + h2 & _MASK
    h2 = h2 + h1 & _MASK
    h1 = _scatter(h1) + _scatter(h2) & _MASK
    signed = h1 - _TOKENS if h1 >> 63 else h1
    # The least number stands for "before all tokens", and is none itself.
    return (1 << 63) - 1 if signed == _LEAST_TOKEN else signed


def _signed_bytes(tail: bytes) -> int:
    value = 0
    for index, byte in enumerate(tail):
        value ^= (byte - 256 if byte >= 128 else byte) << 8 * index
    return value & _MASK


def _mix_first(block: int) -> int:
    return _rotate(block * 0x87C37B91114253D5 & _MASK, 31) * 0x4CF5AD432745937F & _MASK


def _mix_second(block: int) -> int:
    return _rotate(block * 0x4CF5AD432745937F & _MASK, 33) * 0x87C37B91114253D5 & _MASK


def _rotate(number: int, bits: int) -> int:
    return (number << bits | number >> 64 - bits) & _MASK


def _scatter(number: int) -> int:
    number = (number ^ number >> 33) * 0xFF51AFD7ED558CCD & _MASK
    number = (number ^ number >> 33) * 0xC4CEB9FE1A85EC53 & _MASK
    return number ^ number >> 33


# --- key bytes --------------------------------------------------------------------------------------------


def raw_bytes(value: AttributeValue) -> bytes:
    """The bytes of one key value, as the store keeps them."""
    for datatype, content in value.items():
        if datatype == "N":
            return _decimal_bytes(content)
        return keys.raw_bytes(value)
    raise ValueError("a key value has a datatype")


def _decimal_bytes(text: str) -> bytes:
    sign, digits, exponent = Decimal(text).as_tuple()
    assert isinstance(exponent, int)  # what is no number has been refused
    unscaled = int("".join(map(str, digits))) * (-1 if sign else 1)
    return (-exponent).to_bytes(4, "big", signed=True) + unscaled.to_bytes(
        (unscaled + (unscaled < 0)).bit_length() // 8 + 1, "big", signed=True
    )


@dataclass(frozen=True)
class AlternatorKeySchema(KeySchema):
    """A key of one partition attribute and at most one sort attribute."""

    def holds(self, item: Item) -> bool:
        """No key is too long for an index (rule: key-size)."""
        return all(item.get(attribute.name, {}).get(attribute.type) for attribute in self.attributes)

    def partition_bytes(self, item: Item) -> bytes:
        raw = raw_bytes(item[self.partition[0].name])
        return _token_bytes(token(raw)) + keys.close(raw)

    def plain_bytes(self, item: Item, names: Iterable[str]) -> bytes:
        partition = self.partition[0].name
        return b"".join(
            keys.close(raw_bytes(item[name])) if name == partition else _sorting_bytes(item[name]) for name in names
        )


def _token_bytes(number: int) -> bytes:
    """In the order of the signed numbers."""
    return (number - _LEAST_TOKEN).to_bytes(keys.HASH_BYTES, "big")


def _sorting_bytes(value: AttributeValue) -> bytes:
    return keys.encode_value(values.show_value(value))


def range_of_segment(segment: int, total: int) -> KeyRange:
    """One segment of a parallel scan: an equal share of the tokens, rounded down (dossier 8, "Parallel scan").

    What the rounding leaves over belongs to the last segment.
    """
    width = (_TOKENS - 1) // total
    low = (segment * width).to_bytes(keys.HASH_BYTES, "big")
    if segment == total - 1:
        return KeyRange(low, keys.EVERYTHING.high)
    return KeyRange(low, ((segment + 1) * width).to_bytes(keys.HASH_BYTES, "big"))
