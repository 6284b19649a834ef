"""The operations on Kinesis streaming destinations: Enable, Update, Disable, Describe (control-plane 17)."""

from __future__ import annotations

from typing import Any

from reference_server import messages
from reference_server.errors import ValidationException
from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue
from reference_server.transfer.kinesis_destinations import Destination, KinesisDestinations


def enable_kinesis_streaming_destination(
    catalogue: Catalogue, request: shapes.KinesisStreamingDestinationInput
) -> dict[str, Any]:
    # TABLE
    table = catalogue.changeable(catalogue.present(request.TableName).name)
    # WRITE
    asked = request.EnableKinesisStreamingConfiguration
    precision = None if asked is None else asked.ApproximateCreationDateTimePrecision
    destination = catalogue.part(KinesisDestinations).enable(table, request.StreamArn, precision)
    # RESPONSE
    return _told(destination) | {"EnableKinesisStreamingConfiguration": _configuration(precision)}


def update_kinesis_streaming_destination(
    catalogue: Catalogue, request: shapes.UpdateKinesisStreamingDestinationInput
) -> dict[str, Any]:
    # PARAMETERS
    asked = request.UpdateKinesisStreamingConfiguration
    precision = None if asked is None else asked.ApproximateCreationDateTimePrecision
    if precision is None:
        raise ValidationException(messages.KINESIS_UPDATE_NOTHING)
    # TABLE
    table = catalogue.changeable(catalogue.present(request.TableName).name)
    # WRITE
    destination = catalogue.part(KinesisDestinations).update(table, request.StreamArn, precision)
    # RESPONSE
    return _told(destination) | {"UpdateKinesisStreamingConfiguration": _configuration(precision)}


def disable_kinesis_streaming_destination(
    catalogue: Catalogue, request: shapes.KinesisStreamingDestinationInput
) -> dict[str, Any]:
    # TABLE
    table = catalogue.changeable(catalogue.present(request.TableName).name)
    # WRITE
    destination = catalogue.part(KinesisDestinations).disable(table, request.StreamArn)
    # RESPONSE
    return _told(destination)


def describe_kinesis_streaming_destination(
    catalogue: Catalogue, request: shapes.DescribeKinesisStreamingDestinationInput
) -> dict[str, Any]:
    # TABLE
    table = catalogue.describe(request.TableName)
    # RESPONSE
    destinations = catalogue.part(KinesisDestinations).of(table)
    return {
        "TableName": table.name,
        "KinesisDataStreamDestinations": [destination.describe() for destination in destinations],
    }


def _told(destination: Destination) -> dict[str, Any]:
    return {
        "TableName": destination.table.name,
        "StreamArn": destination.arn,
        "DestinationStatus": destination.status,
    }


def _configuration(precision: str | None) -> dict[str, Any]:
    return {} if precision is None else {"ApproximateCreationDateTimePrecision": precision}
