"""ExportTableToPointInTime's work: what is exported, and how it is told (control-plane 13).

A full export is what the table held at one second, an incremental one what became of each item between two. Both
come from the table's journal, so they need point-in-time recovery. What an incremental export tells is the net
effect: of an item that was written several times, what it was before and what it is after; of one that came and went,
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from reference_server import limits, messages
from reference_server.attribute import Item
from reference_server.errors import ExportConflictException, ExportNotFoundException
from reference_server.expressions.conditions import Condition
from reference_server.expressions.projections import Projection
from reference_server.keys import EVERYTHING, KeyRange
from reference_server.model import shapes
from reference_server.storage.memory import OrderedMap
from reference_server.tables.backups import identifier
from reference_server.tables.journal import NetChange
from reference_server.tables.schema import KeySchema
from reference_server.tables.table import Record, Table
from reference_server.transfer import files, formats
from reference_server.transfer.files import Place
from reference_server.transfer.s3 import Bucket
from reference_server.transfer.transfers import COMPLETED, Failure, Transfer, Transfers, digest_of, echo

FULL, INCREMENTAL = "FULL_EXPORT", "INCREMENTAL_EXPORT"
NEW_IMAGE, NEW_AND_OLD_IMAGES = "NEW_IMAGE", "NEW_AND_OLD_IMAGES"

# How S3 is asked for encryption.
_ENCRYPTIONS: Final[Mapping[str, str]] = {"AES256": "AES256", "KMS": "aws:kms"}


@dataclass(frozen=True, slots=True)
class Filter:
    """What FilterSpecification leaves of a full export: items in a range that meet a condition, or parts of them."""

    within: KeyRange = EVERYTHING
    condition: Condition | None = None
    projection: Projection | None = None

    def apply(self, records: OrderedMap[Record]) -> Iterator[Item]:
        for record in records.scan(self.within):
            if self.condition is None or self.condition.holds(record.item):
                yield record.item if self.projection is None else self.projection.project(record.item)


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be exported: a write of its lines in a format, and how many bytes are billed for."""

    lines: Callable[[str], Iterable[bytes]]
    billed: int


def full(records: OrderedMap[Record], chosen: Filter) -> Content:
    """`records` must not change any more. A filter does not make it cheaper: what is read is billed."""

    def lines(format_: str) -> Iterator[bytes]:
        return (formats.write_item(format_, item) for item in chosen.apply(records))

    return Content(lines, sum(record.size for record in records.values()))


def incremental(changes: Mapping[bytes, NetChange], keys: KeySchema, view: str) -> Content:
    def lines(format_: str) -> Iterator[bytes]:
        return (formats.write_change(format_, _parts(change, keys, view)) for change in changes.values())

    records = (record for change in changes.values() for record in (change.before, change.after) if record is not None)
    return Content(lines, sum(record.size for record in records))


def _parts(change: NetChange, keys: KeySchema, view: str) -> dict[str, Item]:
    before, after = change.before, change.after
    either = after or before
    assert either is not None, "a change of nothing to nothing is none"
    parts: dict[str, Item] = {
        "Metadata": {"WriteTimestampMicros": {"N": str(round(change.at * 1_000_000))}},
        "Keys": keys.key_of(either.item),
    }
    if after is not None:
        parts["NewImage"] = after.item
    if before is not None and view == NEW_AND_OLD_IMAGES:
        parts["OldImage"] = before.item
    return parts


# --- exports ----------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Export(Transfer):
    """`moment` is the time of a full export, `since` and `until` those of an incremental one, in epoch seconds."""

    request: shapes.ExportTableToPointInTimeInput
    format: str
    moment: float | None
    since: float | None
    until: float | None
    view: str | None
    manifest: str
    billed: int
    count: int = 0

    @property
    def type(self) -> str:
        return FULL if self.moment is not None else INCREMENTAL

    def describe(self) -> dict[str, Any]:
        """ExportDescription."""
        description: dict[str, Any] = {
            "ExportArn": self.arn,
            "ExportStatus": self.status,
            "StartTime": round(self.started, 3),
            "TableArn": self.table_arn,
            "TableId": self.table_id,
            "ExportFormat": self.format,
            "ExportType": self.type,
        }
        if self.moment is not None:
            description["ExportTime"] = self.moment
        else:
            description["IncrementalExportSpecification"] = {
                "ExportFromTime": self.since,
                "ExportToTime": self.until,
                "ExportViewType": self.view,
            }
        for name in (
            "ClientToken", "S3Bucket", "S3BucketOwner", "S3Prefix", "S3SseAlgorithm", "S3SseKmsKeyId",
            "FilterSpecification",
        ):  # fmt: skip
            member = echo(getattr(self.request, name))
            if member is not None:
                description[name] = member
        if self.status == COMPLETED:
            description |= {
                "ExportManifest": self.manifest,
                "BilledSizeBytes": self.billed,
                "ItemCount": self.count,
            }
        return description | self.describe_end()

    def summarise(self) -> dict[str, Any]:
        """ExportSummary."""
        return {"ExportArn": self.arn, "ExportStatus": self.status, "ExportType": self.type}

    def manifest_summary(self, ended: float) -> dict[str, Any]:
        """The members of manifest-summary.json that do not come from the data files."""
        request = self.request
        members: dict[str, Any] = {
            "version": files.MANIFEST_VERSION,
            "exportArn": self.arn,
            "startTime": _iso(self.started),
            "endTime": _iso(ended),
            "tableArn": self.table_arn,
            "tableId": self.table_id,
            "exportTime": _iso(self.started if self.moment is None else self.moment),
            "s3Bucket": request.S3Bucket,
            "s3Prefix": request.S3Prefix,
            "s3SseAlgorithm": request.S3SseAlgorithm or "AES256",
            "s3SseKmsKeyId": request.S3SseKmsKeyId,
            "billedSizeBytes": self.billed,
            "outputFormat": self.format,
            "exportType": self.type,
        }
        if self.since is not None and self.until is not None:
            members |= {
                "exportFromTime": _iso(self.since),
                "exportToTime": _iso(self.until),
                "outputView": self.view,
            }
        return members


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Exports(Transfers[Export]):
    at_a_time = limits.EXPORTS
    too_many = messages.EXPORTS_TOO_MANY
    not_found = (ExportNotFoundException, messages.EXPORT_NOT_FOUND)
    token_of_other = (ExportConflictException, messages.EXPORT_TOKEN_OF_OTHER)

    def start(
        self,
        table: Table,
        request: shapes.ExportTableToPointInTimeInput,
        content: Content,
        *,
        moment: float | None = None,
        since: float | None = None,
        until: float | None = None,
        view: str | None = None,
    ) -> Export:
        """Begin to write the content into the request's bucket."""
        now = self.catalogue.clock()
        export_id = identifier(now)
        format_ = request.ExportFormat or formats.JSON
        place = Place(
            Bucket.of(self.catalogue, request.S3Bucket, request.S3BucketOwner),
            request.S3Prefix,
            export_id,
            formats.EXTENSIONS[format_],
            moment is None,
            _encryption_headers(request),
        )
        export = Export(
            arn=f"{table.arn}/export/{export_id}",
            table_arn=table.arn,
            table_id=table.id,
            started=now,
            token=request.ClientToken,
            digest=digest_of(request),
            request=request,
            format=format_,
            moment=moment,
            since=since,
            until=until,
            view=view,
            manifest=place.key("manifest-summary.json"),
            billed=content.billed,
        )
        clock = self.catalogue.clock

        def work() -> int:
            return files.write(place, content.lines(format_), lambda: export.manifest_summary(clock()))

        def finish(result: int | Failure) -> None:
            if not isinstance(result, Failure):
                export.count = result

        self.begin(export, work, finish)
        return export


def _encryption_headers(request: shapes.ExportTableToPointInTimeInput) -> dict[str, str]:
    headers = {}
    if request.S3SseAlgorithm is not None:
        headers["x-amz-server-side-encryption"] = _ENCRYPTIONS[request.S3SseAlgorithm]
    if request.S3SseKmsKeyId is not None:
        headers["x-amz-server-side-encryption-aws-kms-key-id"] = request.S3SseKmsKeyId
    return headers
