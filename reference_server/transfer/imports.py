"""ImportTable's work: a new table from objects in S3 (control-plane 13).

The table is CREATING until its items are there. A line that is no item, or one that the table could not hold (its key
missing or of another type, too large), is an error: it is counted, told in the log `reference_server.transfer`, and
the import goes on. Where S3 does not give the objects, or they are not compressed as the request says, the import has
failed, and the table goes again.

Of two items with one key the later one stays; both have been imported.
"""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Final

from reference_server import limits, messages, values
from reference_server.attribute import Item
from reference_server.errors import (
    DynamoDBError,
    ImportConflictException,
    ImportNotFoundException,
    ValidationException,
)
from reference_server.model import shapes
from reference_server.tables import item_keys
from reference_server.tables.backups import identifier
from reference_server.tables.schema import TableSchema
from reference_server.tables.settings import Status
from reference_server.tables.table import Table
from reference_server.transfer import formats
from reference_server.transfer.formats import CsvRules, Unreadable
from reference_server.transfer.s3 import UNKNOWN, Bucket, S3Failure
from reference_server.transfer.transfers import Failure, Transfer, Transfers, digest_of, echo

_log: Final = logging.getLogger("reference_server.transfer")


@dataclass(slots=True)
class Tally:
    """How much the objects held: items, what was not one, and bytes."""

    imported: int = 0
    errors: int = 0
    size: int = 0


@dataclass(slots=True)
class Harvest:
    """What the objects held: items in normal form, with their sizes."""

    items: list[tuple[Item, int]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def harvest(
    bucket: Bucket, prefix: str, schema: TableSchema, format_: str, compression: str, rules: CsvRules
) -> Harvest:
    """Read all objects whose keys begin with `prefix`. Raises S3Failure."""
    found = Harvest()
    for key in bucket.keys(prefix):
        content = _decompressed(key, bucket.get(key), compression)
        found.tally.size += len(content)
        for item in formats.read_items(format_, content, rules):
            reason = item.reason if isinstance(item, Unreadable) else _take(found, schema, item)
            if reason is not None:
                found.tally.errors += 1
                _log.warning("%s: an item cannot be imported: %s", key, reason)
    return found


def _take(found: Harvest, schema: TableSchema, item: Item) -> str | None:
    """Take an item that the table can hold; else, why it cannot."""
    try:
        size = values.accept_item(item)
        if size > limits.ITEM_BYTES:
            raise ValidationException(messages.ITEM_SIZE)
        item_keys.check_item(schema, item)
    except DynamoDBError as error:
        return error.message or error.type_name
    found.items.append((item, size))
    found.tally.imported += 1
    return None


def _decompress_zstd(content: bytes) -> bytes:
    """Python has it since 3.14."""
    try:
        zstd = import_module("compression.zstd")
    except ImportError:
        raise S3Failure(UNKNOWN, "ZSTD needs a server that runs on Python 3.14 or later") from None
    decompressed: bytes = zstd.decompress(content)
    return decompressed


_DECOMPRESSIONS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "NONE": lambda content: content,
    "GZIP": gzip.decompress,
    "ZSTD": _decompress_zstd,
}


def _decompressed(key: str, content: bytes, compression: str) -> bytes:
    try:
        return _DECOMPRESSIONS[compression](content)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise S3Failure(UNKNOWN, f"{key} is not compressed with {compression}: {error}") from error


# --- imports ----------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Import(Transfer):
    request: shapes.ImportTableInput
    # The items themselves are the table's alone.
    tally: Tally = field(default_factory=Tally)

    def describe(self) -> dict[str, Any]:
        """ImportTableDescription. There is no CloudWatchLogGroupArn: nothing is logged there."""
        description: dict[str, Any] = {
            "ImportArn": self.arn,
            "ImportStatus": self.status,
            "TableArn": self.table_arn,
            "TableId": self.table_id,
            "StartTime": round(self.started, 3),
            "ErrorCount": self.tally.errors,
            "ProcessedSizeBytes": self.tally.size,
            "ProcessedItemCount": self.tally.imported + self.tally.errors,
            "ImportedItemCount": self.tally.imported,
        }
        for name in (
            "ClientToken", "S3BucketSource", "InputFormat", "InputFormatOptions", "InputCompressionType",
            "TableCreationParameters",
        ):  # fmt: skip
            member = echo(getattr(self.request, name))
            if member is not None:
                description[name] = member
        return description | self.describe_end()

    def summarise(self) -> dict[str, Any]:
        """ImportSummary."""
        summary = {
            "ImportArn": self.arn,
            "ImportStatus": self.status,
            "TableArn": self.table_arn,
            "S3BucketSource": echo(self.request.S3BucketSource),
            "InputFormat": self.request.InputFormat,
            "StartTime": round(self.started, 3),
        }
        if self.ended is not None:
            summary["EndTime"] = round(self.ended, 3)
        return summary


class Imports(Transfers[Import]):
    at_a_time = limits.IMPORTS
    too_many = messages.IMPORTS_TOO_MANY
    not_found = (ImportNotFoundException, messages.IMPORT_NOT_FOUND)
    token_of_other = (ImportConflictException, messages.IMPORT_TOKEN_OF_OTHER)

    def start(self, table: Table, request: shapes.ImportTableInput) -> Import:
        """Begin to fill a table that has been added to the catalogue, and is CREATING."""
        now = self.catalogue.clock()
        source = request.S3BucketSource
        bucket = Bucket.of(self.catalogue, source.S3Bucket, source.S3BucketOwner)
        schema = table.schema
        rules = _csv_rules(request, schema)
        compression = request.InputCompressionType or "NONE"
        importing = Import(
            arn=f"{table.arn}/import/{identifier(now)}",
            table_arn=table.arn,
            table_id=table.id,
            started=now,
            token=request.ClientToken,
            digest=digest_of(request),
            request=request,
        )

        def work() -> Harvest:
            return harvest(bucket, source.S3KeyPrefix or "", schema, request.InputFormat, compression, rules)

        def finish(result: Harvest | Failure) -> None:
            if isinstance(result, Failure):
                self.catalogue.drop(table)
                return
            importing.tally = result.tally
            for item, size in result.items:
                table.put(item, size)
            table.warm_up()
            table.status = Status.ACTIVE

        self.begin(importing, work, finish)
        return importing


def _csv_rules(request: shapes.ImportTableInput, schema: TableSchema) -> CsvRules:
    options = request.InputFormatOptions.Csv if request.InputFormatOptions is not None else None
    delimiter = options.Delimiter if options is not None else None
    return CsvRules(delimiter or ",", options.HeaderList if options is not None else None, schema.attribute_types)


def csv_headers(request: shapes.ImportTableInput) -> Iterator[str]:
    """The columns that the request names."""
    options = request.InputFormatOptions.Csv if request.InputFormatOptions is not None else None
    if options is not None:
        yield from options.HeaderList or ()
