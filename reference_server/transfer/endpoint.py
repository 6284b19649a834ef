"""The services beside DynamoDB that tables go to and come from, S3 and Kinesis: where they are, and a request to them.

An endpoint is the one that the server was started with (`--s3-endpoint`, `--kinesis-endpoint`), or else the one that
the environment names (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL_KINESIS`), with the credentials that it names. Where
there is none, what needs it fails, and says so: nothing is pretended, and AWS is never called unasked. (That is why
this is a client of its own; nor is boto3 a dependency of the server.)
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from reference_server.tables.cloud import Cloud
from reference_server.transfer.signing import Credentials, digest_of, sign

S3, KINESIS = "s3", "kinesis"
VARIABLES: Final[Mapping[str, str]] = {S3: "AWS_ENDPOINT_URL_S3", KINESIS: "AWS_ENDPOINT_URL_KINESIS"}
NAMES: Final[Mapping[str, str]] = {S3: "S3", KINESIS: "Kinesis"}

TIMEOUT: Final = 20.0  # seconds, for a connection and for each part of an answer

# In the canonical form only these stay as they are.
_UNRESERVED: Final = "-_.~"


class NoAnswer(Exception):  # noqa: N818
    """There is no endpoint, or none that answers in HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` have names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`address` is such as `http://localhost:9000`; None where nobody has named one."""

    service: str
    address: str | None
    region: str
    credentials: Credentials

    @classmethod
    def of(cls, cloud: Cloud, service: str, region: str) -> Endpoint:
        address = cloud.endpoints.get(service) or os.environ.get(VARIABLES[service]) or None
        return cls(service, address, region, Credentials.of_environment())

    def ask(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], content: bytes
    ) -> Answer:
        """A signed request; `path` begins with a slash, and is not encoded. Raises NoAnswer."""
        address = self._address()
        path = quote(f"{address.path.rstrip('/')}{path}", safe=f"/{_UNRESERVED}")
        target = urlencode(sorted(query.items()), quote_via=quote, safe=_UNRESERVED)
        sent = {"host": address.netloc.rpartition("@")[2], **headers}
        digest = digest_of(content)
        signed = sign(self.credentials, self.service, self.region, method, path, target, sent, digest)
        connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = connect(address.hostname or "", address.port, timeout=TIMEOUT)
        try:
            connection.request(method, f"{path}?{target}" if target else path, body=content, headers=signed)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"{self.address} cannot be reached: {error}") from error
        finally:
            connection.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)

    def _address(self) -> SplitResult:
        if self.address is None:
            raise NoAnswer(f"{VARIABLES[self.service]} names no {NAMES[self.service]} endpoint")
        fault = fault_of(self.address)
        if fault is not None:
            raise NoAnswer(fault)
        return urlsplit(self.address)


def fault_of(address: str) -> str | None:
    """Why this cannot be an endpoint; None where it can."""
    try:
        split = urlsplit(address)
        is_one = split.scheme in ("http", "https") and bool(split.hostname)
        _ = split.port  # raises for what is no port
    except ValueError as error:
        return f"{address!r} is no address: {error}"
    return None if is_one else f"{address!r} is no address: write http:// or https:// and a host"
