"""A Kinesis data stream at an endpoint, as far as streaming destinations need it: does it exist, and PutRecord.

The endpoint is the one that the environment names (`AWS_ENDPOINT_URL_KINESIS`). A client of its own, for the reasons
that `s3.py` gives; AWS is never called unasked.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from reference_server.transfer.signing import Credentials, digest_of, sign

ENDPOINT_VARIABLE: Final = "AWS_ENDPOINT_URL_KINESIS"
TIMEOUT: Final = 10.0  # seconds

_CONTENT_TYPE: Final = "application/x-amz-json-1.1"


class KinesisFailure(Exception):  # noqa: N818 (what becomes DestinationStatusDescription)
    """Kinesis said no, or nothing."""


@dataclass(frozen=True, slots=True)
class DataStream:
    """`endpoint` is an address such as `http://localhost:4567`; None where nobody has named one."""

    endpoint: str | None
    arn: str
    credentials: Credentials

    @classmethod
    def of_environment(cls, arn: str) -> DataStream:
        return cls(os.environ.get(ENDPOINT_VARIABLE) or None, arn, Credentials.of_environment())

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def region(self) -> str:
        parts = self.arn.split(":")
        return parts[3] if len(parts) > 3 else ""

    def check(self) -> None:
        """Raises KinesisFailure where it is not there, as does `put`."""
        self._send("DescribeStreamSummary", {"StreamName": self.name})

    def put(self, record: bytes, partition_key: str) -> None:
        data = base64.b64encode(record).decode()
        self._send("PutRecord", {"StreamName": self.name, "Data": data, "PartitionKey": partition_key})

    def _send(self, operation: str, request: Mapping[str, Any]) -> None:
        if self.endpoint is None:
            raise KinesisFailure(f"{ENDPOINT_VARIABLE} names no Kinesis endpoint")
        address = urlsplit(self.endpoint)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise KinesisFailure(f"{ENDPOINT_VARIABLE} is no address: {self.endpoint}")
        body = json.dumps(request).encode()
        headers = {
            "content-type": _CONTENT_TYPE,
            "host": address.netloc,
            "x-amz-target": f"Kinesis_20131202.{operation}",
        }
        path = address.path or "/"
        signed = sign(self.credentials, "kinesis", self.region, "POST", path, "", headers, digest_of(body))
        connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = connect(address.hostname, address.port, timeout=TIMEOUT)
        try:
            connection.request("POST", path, body=body, headers=signed)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise KinesisFailure(f"{self.endpoint} cannot be reached: {error}") from error
        finally:
            connection.close()
        if answer.status >= 300:
            raise KinesisFailure(f"Kinesis answered with status {answer.status}: {said[:500].decode(errors='replace')}")
