"""What can be wrong with exports, imports and Kinesis destinations (control-plane 13, 17)."""

from __future__ import annotations

from typing import Final

from conformance.scenario import JSON, JSONObject
from conformance.strategies.near_misses.registry import Draft, near_miss

# A moment long before any table of ours, in epoch seconds.
_BEFORE: Final = 1_500_000_000
_QUARTER: Final = 900


@near_miss("an export that cannot be", operations=("ExportTableToPointInTime",), weight=5)
def _export(draft: Draft) -> None:
    increment: JSONObject = {"ExportFromTime": _BEFORE, "ExportToTime": _BEFORE + _QUARTER}
    views: JSONObject = {"ExportViewType": draft.choose(("NEW_IMAGE", "NEW_AND_OLD_IMAGES"))}
    wrong: tuple[JSONObject, ...] = (
        {"ExportTime": _BEFORE},
        {"ExportType": "INCREMENTAL_EXPORT"},
        {"ExportType": "FULL_EXPORT", "IncrementalExportSpecification": increment},
        {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": increment | views},
        {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": views},
        {"FilterSpecification": {"FilterExpression": "attribute_exists("}},
        {"FilterSpecification": {"KeyConditionExpression": "title = :x"}},
        {"FilterSpecification": {"FilterExpression": "title = :x"}},
        {"S3Bucket": "b" * 256},
        {"S3SseAlgorithm": "KMS-256"},
        {"ExportFormat": "CSV"},
    )
    draft.request.pop("FilterSpecification", None)
    draft.request.update(draft.choose(wrong))


@near_miss("an import that cannot be", operations=("ImportTable",), weight=4)
def _import(draft: Draft) -> None:
    csv: JSONObject = {"InputFormat": "CSV"}
    wrong: tuple[JSONObject, ...] = (
        {"S3BucketSource": {}},
        {"S3BucketSource": {"S3Bucket": ""}},
        {"InputFormat": "PARQUET"},
        {"InputCompressionType": "BZIP2"},
        {"InputFormat": "ION", "InputFormatOptions": {"Csv": {"Delimiter": ","}}},
        csv | {"InputFormatOptions": {"Csv": {"Delimiter": ".."}}},
        csv | {"InputFormatOptions": {"Csv": {"HeaderList": ["pk", "pk"]}}},
        csv | {"InputFormatOptions": {"Csv": {"HeaderList": []}}},
        {"TableCreationParameters": {"TableName": draft.table.name}},
        {"TableCreationParameters": draft.request["TableCreationParameters"] | {"KeySchema": []}},
    )
    draft.request.update(draft.choose(wrong))


_NO_ARNS: Final[tuple[JSON, ...]] = ("", "arn", "x" * 37, "x" * 1025)


@near_miss("an ARN of an export or import that is none", "ExportArn", "ImportArn")
def _arn(draft: Draft) -> None:
    member = "ExportArn" if "ExportArn" in draft.request else "ImportArn"
    draft.request[member] = draft.choose(_NO_ARNS)


@near_miss("a number of exports or imports that is none", operations=("ListExports", "ListImports"))
def _results(draft: Draft) -> None:
    member = "MaxResults" if draft.operation == "ListExports" else "PageSize"
    draft.request[member] = draft.choose((0, 26, "1", 1.5))


_DESTINATIONS: Final = (
    "EnableKinesisStreamingDestination",
    "UpdateKinesisStreamingDestination",
    "DisableKinesisStreamingDestination",
)


@near_miss("a data stream that is none", operations=_DESTINATIONS)
def _data_stream(draft: Draft) -> None:
    draft.request["StreamArn"] = draft.choose(("", "arn", "x" * 1025))


@near_miss("a precision that is none", operations=_DESTINATIONS[:2])
def _precision(draft: Draft) -> None:
    verb = draft.operation.removesuffix("KinesisStreamingDestination")
    wrong: tuple[JSON, ...] = ("SECOND", "millisecond", "")
    draft.request[f"{verb}KinesisStreamingConfiguration"] = {
        "ApproximateCreationDateTimePrecision": draft.choose(wrong)
    }


@near_miss("an update that changes nothing", operations=("UpdateKinesisStreamingDestination",))
def _no_change(draft: Draft) -> None:
    nothing: tuple[JSON, ...] = (None, {}, {"ApproximateCreationDateTimePrecision": None})
    draft.request["UpdateKinesisStreamingConfiguration"] = draft.choose(nothing)
