"""What leaves a table and comes to one: exports, imports (control-plane 13), Kinesis destinations (control-plane 17).

All three go on behind their replies, and need a service beside: how far they are when the next request comes is
chance. So what is drawn are replies that do not hang on that. An export that was begun is neither described nor
listed, a destination that was enabled not described, updated or disabled; imports are refused. What comes of exports
and imports is for laws, where their files can be read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from conformance.scenario import JSON, JSONObject, Step
from conformance.storage import BUCKET
from conformance.strategies.drawing import Draw, chance, draw_members, pick
from conformance.strategies.items import World, draw_key
from conformance.strategies.schemas import Table

# --- exports ----------------------------------------------------------------------------------------------


def export_table_to_point_in_time(draw: Draw, world: World, table: Table) -> Step:
    """Of a table that can be restored to points in time, which is made so first. (No token: one that comes again is
    answered with how far the first export is.)
    """
    enabled: JSONObject = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    world.prepared(table, "UpdateContinuousBackups", {"TableName": table.name, **enabled})
    world.exported.add(table.name)
    request: JSONObject = {"TableArn": world.table_arn(table), "S3Bucket": BUCKET}
    request |= draw_members(
        draw,
        S3Prefix=(30, ("nightly", "a/b")),
        S3BucketOwner=(10, ("000000000000",)),
        ExportFormat=(40, ("DYNAMODB_JSON", "ION")),
        ExportType=(20, ("FULL_EXPORT",)),
        S3SseAlgorithm=(20, ("AES256",)),
    )
    if chance(draw, 20):
        request["FilterSpecification"] = _draw_export_filter(draw, world, table)
    return Step("ExportTableToPointInTime", request)


def _draw_export_filter(draw: Draw, world: World, table: Table) -> JSONObject:
    """What Query's expressions say, of one partition or of all."""
    filter_: JSONObject = draw_members(
        draw,
        FilterExpression=(60, ("attribute_exists(title)", "attribute_not_exists(price)")),
        ProjectionExpression=(40, ("title, price", "details.city")),
    )
    if chance(draw, 50):
        key = table.partition_key.name
        filter_["KeyConditionExpression"] = "#key = :key"
        filter_["ExpressionAttributeNames"] = {"#key": key}
        filter_["ExpressionAttributeValues"] = {":key": draw_key(draw, world, table)[key]}
    return filter_ or {"FilterExpression": "attribute_exists(title)"}


def describe_export(draw: Draw, _world: World, table: Table) -> Step:
    """There is none of that name."""
    return Step("DescribeExport", {"ExportArn": _no_transfer(draw, table, "export")})


def _no_transfer(draw: Draw, table: Table, kind: str) -> str:
    number = pick(draw, ("01234567890123-a1b2c3d4", "01658528578619-c4d4e311"))
    return f"arn:aws:dynamodb:us-east-1:000000000000:table/{table.name}/{kind}/{number}"


def list_exports(draw: Draw, world: World, table: Table) -> Step:
    """Where nothing was exported yet; where something was, another export. (A near miss may list all there are.)"""
    if world.exported:
        return export_table_to_point_in_time(draw, world, table)
    request: JSONObject = {"TableArn": world.table_arn(table), **draw_members(draw, MaxResults=(40, (1, 25)))}
    return Step("ListExports", request)


# --- imports ----------------------------------------------------------------------------------------------


def import_table(draw: Draw, _world: World, table: Table) -> Step:
    """Into a table that is there, which is refused: an import makes its table."""
    indexes = tuple(index for index in table.indexes if index.is_global)
    parameters = replace(table, indexes=indexes, options=()).create_request()
    parameters |= draw_members(draw, SSESpecification=(10, ({"Enabled": True},)))
    if not table.provisioned:
        parameters |= draw_members(draw, OnDemandThroughput=(10, ({"MaxReadRequestUnits": 10},)))
    source: JSONObject = {"S3Bucket": BUCKET, **draw_members(draw, S3KeyPrefix=(50, ("in/",)))}
    source |= draw_members(draw, S3BucketOwner=(15, ("000000000000",)))
    format_ = pick(draw, ("DYNAMODB_JSON", "DYNAMODB_JSON", "ION", "CSV"))
    request: JSONObject = {"S3BucketSource": source, "InputFormat": format_, "TableCreationParameters": parameters}
    request |= draw_members(draw, InputCompressionType=(50, ("GZIP", "ZSTD", "NONE")), ClientToken=(10, ("once",)))
    if format_ == "CSV":
        csv: JSONObject = draw_members(draw, Delimiter=(50, (",", ";", "|", "\t")), HeaderList=(40, (["pk", "title"],)))
        request["InputFormatOptions"] = {"Csv": csv}
    return Step("ImportTable", request)


def describe_import(draw: Draw, _world: World, table: Table) -> Step:
    """There is none of that name."""
    return Step("DescribeImport", {"ImportArn": _no_transfer(draw, table, "import")})


def list_imports(draw: Draw, world: World, table: Table) -> Step:
    """There are none: no table here was imported."""
    request: JSONObject = {"TableArn": world.table_arn(table), **draw_members(draw, PageSize=(40, (1, 25)))}
    return Step("ListImports", request)


# --- Kinesis ----------------------------------------------------------------------------------------------

_PRECISIONS: Final = ("MILLISECOND", "MICROSECOND")


def _data_stream(name: str) -> str:
    return f"arn:aws:kinesis:us-east-1:000000000000:stream/{name}"


def _configuration(draw: Draw) -> JSONObject:
    return {"ApproximateCreationDateTimePrecision": pick(draw, _PRECISIONS)}


def enable_kinesis_streaming_destination(draw: Draw, world: World, table: Table) -> Step:
    """Once for each data stream: a second time it is refused, or not, by how far the first is."""
    world.delivering.add(table.name)
    request: JSONObject = {"TableName": table.name, "StreamArn": _data_stream(world.label())}
    configurations: tuple[JSON, ...] = ({}, _configuration(draw))
    request |= draw_members(draw, EnableKinesisStreamingConfiguration=(50, configurations))
    return Step("EnableKinesisStreamingDestination", request)


def update_kinesis_streaming_destination(draw: Draw, _world: World, table: Table) -> Step:
    """Of a data stream that is no destination."""
    request: JSONObject = {"TableName": table.name, "StreamArn": _data_stream("none")}
    request["UpdateKinesisStreamingConfiguration"] = _configuration(draw)
    return Step("UpdateKinesisStreamingDestination", request)


def disable_kinesis_streaming_destination(_draw: Draw, _world: World, table: Table) -> Step:
    """Of a data stream that is no destination."""
    return Step("DisableKinesisStreamingDestination", {"TableName": table.name, "StreamArn": _data_stream("none")})


def describe_kinesis_streaming_destination(draw: Draw, world: World, table: Table) -> Step:
    """Of a table that has none; where it has one, another is enabled."""
    if table.name in world.delivering:
        return enable_kinesis_streaming_destination(draw, world, table)
    return Step("DescribeKinesisStreamingDestination", {"TableName": table.name})
