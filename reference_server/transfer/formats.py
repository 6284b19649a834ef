"""Items as lines of files: DynamoDB JSON, Ion and CSV (control-plane 13; the developer guide's pages on both formats).

Each item stands on a line of its own:

    DYNAMODB_JSON   {"Item":{"pk":{"S":"a"},"n":{"N":"1"}}}
    ION             $ion_1_0 {Item:{pk:"a",n:1.}}
    CSV             a,1          (imports only; a first line or the request's HeaderList names the columns)

A CSV has no datatypes: keys of the table and of its indexes have those of their definitions (a binary one in base64),
everything else is a string. What an empty field stands for is not documented: here, for an empty string.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec
import orjson

from reference_server import limits
from reference_server.attribute import AttributeValue, Item
from reference_server.model import shapes
from reference_server.transfer import ion

JSON, ION, CSV = "DYNAMODB_JSON", "ION", "CSV"
# A field may be as long as an item's value; the module's own limit is less.
csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.ITEM_BYTES))

EXTENSIONS: Final[Mapping[str, str]] = {JSON: "json", ION: "ion"}


# --- writing ----------------------------------------------------------------------------------------------

# The parts of a line by name: images of items, and for the changes of an incremental export what is said of them.
Parts: TypeAlias = Mapping[str, Item]


def write_item(format_: str, item: Item) -> bytes:
    """A line of a full export."""
    return _WRITERS[format_]("Item", item)


def write_change(format_: str, parts: Parts) -> bytes:
    """A line of an incremental export: `Metadata`, `Keys`, `NewImage`, `OldImage`, as far as there are any."""
    if format_ == ION:
        return _write_ion("Record", {name: {"M": part} for name, part in parts.items()})
    return orjson.dumps(parts) + b"\n"


def _write_json(name: str, item: Item) -> bytes:
    return orjson.dumps({name: item}) + b"\n"


def _write_ion(name: str, item: Item) -> bytes:
    return f"{ion.VERSION} {ion.write({'M': {name: {'M': item}}})}\n".encode()


_WRITERS: Final[Mapping[str, Callable[[str, Item], bytes]]] = {JSON: _write_json, ION: _write_ion}


# --- reading ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no item."""

    reason: str


@dataclass(frozen=True, slots=True)
class CsvRules:
    """`headers` are None where each file's first line names the columns; `types` are the keys', by name."""

    delimiter: str
    headers: Sequence[str] | None
    types: Mapping[str, str]


class _Line(msgspec.Struct):
    Item: dict[str, shapes.AttributeValue]


_LINE: Final = msgspec.json.Decoder(_Line)


def read_items(format_: str, content: bytes, rules: CsvRules) -> Iterator[Item | Unreadable]:
    """The items of a file, not yet in normal form. Lines that are empty are none."""
    if format_ == CSV:
        yield from _read_csv(content, rules)
        return
    read = _read_json if format_ == JSON else _read_ion
    for line in content.split(b"\n"):
        if line.strip():
            try:
                yield read(line)
            except (ValueError, msgspec.MsgspecError, RecursionError) as error:
                yield Unreadable(str(error))


def _read_json(line: bytes) -> Item:
    return _LINE.decode(line).Item


def _read_ion(line: bytes) -> Item:
    item: Any = ion.read(line.decode()).get("M", {}).get("Item", {}).get("M")
    if item is None:
        raise ValueError("there is no Item")
    return msgspec.convert(item, dict[str, shapes.AttributeValue])


def _read_csv(content: bytes, rules: CsvRules) -> Iterator[Item | Unreadable]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Unreadable(str(error))
        return
    # The module's own limit is less than what an item may hold. It is the process's: nobody's is made smaller.
    csv.field_size_limit(max(csv.field_size_limit(), 2 * limits.ITEM_BYTES))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=rules.delimiter, strict=True)
    headers = rules.headers
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Unreadable(str(error))
            continue
        if not row:
            continue
        if headers is None:
            headers = row
        elif len(row) != len(headers):
            yield Unreadable(f"there are {len(row)} fields under {len(headers)} headers")
        else:
            try:
                fields = zip(headers, row, strict=True)
                yield {name: _read_field(rules.types.get(name, "S"), field) for name, field in fields}
            except ValueError as error:
                yield Unreadable(str(error))


def _read_field(datatype: str, field: str) -> AttributeValue:
    if datatype == "B":
        try:
            field = base64.b64encode(base64.b64decode(field, validate=True)).decode()
        except binascii.Error as error:
            raise ValueError(f"{field} is not in base64: {error}") from None
    return {datatype: field}
