"""A Kinesis data stream at an endpoint, as far as streaming destinations need it: does it exist, and PutRecord."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reference_server.tables.cloud import Cloud
from reference_server.transfer.endpoint import KINESIS, Endpoint, NoAnswer

_CONTENT_TYPE: Final = "application/x-amz-json-1.1"


class KinesisFailure(Exception):  # noqa: N818 (what becomes DestinationStatusDescription)
    """Kinesis said no, or nothing."""


@dataclass(frozen=True, slots=True)
class DataStream:
    endpoint: Endpoint
    arn: str

    @classmethod
    def of(cls, cloud: Cloud, arn: str) -> DataStream:
        """It is in the region that its ARN names."""
        parts = arn.split(":")
        return cls(Endpoint.of(cloud, KINESIS, parts[3] if len(parts) > 3 else ""), arn)

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    def check(self) -> None:
        """Raises KinesisFailure where it is not there, as does `put`."""
        answer = self._send("DescribeStreamSummary", {"StreamName": self.name})
        if b"StreamDescriptionSummary" not in answer:
            raise KinesisFailure(f"{self.endpoint.address} does not answer as Kinesis does: {_told(answer)}")

    def put(self, record: bytes, partition_key: str) -> None:
        data = base64.b64encode(record).decode()
        self._send("PutRecord", {"StreamName": self.name, "Data": data, "PartitionKey": partition_key})

    def _send(self, operation: str, request: Mapping[str, Any]) -> bytes:
        headers = {"content-type": _CONTENT_TYPE, "x-amz-target": f"Kinesis_20131202.{operation}"}
        try:
            answer = self.endpoint.ask("POST", "/", {}, headers, json.dumps(request).encode())
        except NoAnswer as error:
            raise KinesisFailure(str(error)) from error
        if answer.status >= 300:
            raise KinesisFailure(f"Kinesis answered with status {answer.status}: {_told(answer.body)}")
        return answer.body


def _told(body: bytes) -> str:
    return body[:500].decode(errors="replace")
