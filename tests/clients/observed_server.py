"""A reference server behind HTTP in this process, that notes what it has answered; with moto's S3 and Kinesis."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from socket import create_server
from typing import Any, Final

import boto3
import uvicorn
from walks import BUCKET

from reference_server import ReferenceServer
from reference_server.wire import http
from reference_server.wire.replies import Response

DATA_STREAM: Final = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"

_ACCOUNT: Final = re.compile(r"Credential=(\d{12})/", re.ASCII)


class Observed(ReferenceServer):
    """`answered` are the operations that have succeeded, by account."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.answered: dict[str, set[str]] = defaultdict(set)

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        response = super().handle(method, path, headers, body)
        account = _ACCOUNT.search(headers.get("authorization", ""))
        if account is not None and response.status == 200:
            self.answered[account[1]].add(headers.get("x-amz-target", "").rpartition(".")[2])
        return response


@dataclass(frozen=True, slots=True)
class ObservedServer:
    endpoint: str
    answered: Mapping[str, set[str]]
    data_stream: str


@contextmanager
def moto() -> Iterator[str]:
    """Its address. It has a process of its own: what it keeps is the process's, and tests of the server reset that."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if found := re.search(r"Running on (http://[\w.:]+)", line):
                    break
            else:
                raise AssertionError("moto has ended")
            # It tells of each request there: somebody has to take that.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            prepare(found[1])
            yield found[1]
        finally:
            process.kill()


@contextmanager
def observed_server(beside: str, **options: Any) -> Iterator[ObservedServer]:
    """`beside` is where S3 and Kinesis are; `options` are those of a ReferenceServer."""
    server = Observed(endpoints={"s3": beside, "kinesis": beside}, **options)
    http_server = uvicorn.Server(http.configuration(server))
    listener = create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=http_server.run, args=([listener],))
    thread.start()
    try:
        yield ObservedServer(f"http://127.0.0.1:{listener.getsockname()[1]}", server.answered, DATA_STREAM)
    finally:
        http_server.should_exit = True
        thread.join()
        listener.close()


def prepare(beside: str) -> None:
    """The bucket and the data stream."""
    options: dict[str, Any] = {
        "endpoint_url": beside,
        "region_name": "us-east-1",
        "aws_access_key_id": "any",
        "aws_secret_access_key": "any",
    }
    boto3.client("s3", **options).create_bucket(Bucket=BUCKET)
    boto3.client("kinesis", **options).create_stream(StreamName=DATA_STREAM.rpartition("/")[2], ShardCount=1)
