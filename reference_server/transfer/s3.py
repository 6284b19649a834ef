"""A bucket at an S3 endpoint, as far as exports and imports need it: PUT, GET and list, signed (Signature Version 4).

The bucket stands in the path, which every implementation of S3 takes. A client of its own, since boto3 is not a
dependency of the server, and would reach for AWS where no endpoint is named.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

from reference_server.transfer.signing import Credentials, digest_of, sign

ENDPOINT_VARIABLE: Final = "AWS_ENDPOINT_URL_S3"
TIMEOUT: Final = 60.0  # seconds

NO_SUCH_BUCKET: Final = "S3NoSuchBucket"
UNKNOWN: Final = "UNKNOWN"

# In the canonical form only these stay as they are.
_UNRESERVED: Final = "-_.~"


class S3Failure(Exception):  # noqa: N818 (what becomes FailureCode and FailureMessage)
    """S3 said no, or nothing. `code` is S3's own behind `S3`, as `S3NoSuchBucket`."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True, slots=True)
class Bucket:
    """`endpoint` is an address such as `http://localhost:9000`; None where nobody has named one."""

    endpoint: str | None
    name: str
    region: str
    # The account that the bucket must belong to; S3 refuses another's.
    owner: str | None
    credentials: Credentials

    @classmethod
    def of_environment(cls, name: str, region: str, owner: str | None) -> Bucket:
        endpoint = os.environ.get(ENDPOINT_VARIABLE) or None
        return cls(endpoint, name, region, owner, Credentials.of_environment())

    def put(self, key: str, content: bytes, headers: Mapping[str, str] | None = None) -> str:
        """Write an object. Returns its entity tag. Raises S3Failure, as do the others."""
        _, answered = self._send("PUT", key, {}, headers or {}, content)
        return answered.get("etag", "").strip('"')

    def get(self, key: str) -> bytes:
        body, _ = self._send("GET", key, {}, {}, b"")
        return body

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys of all objects that begin so, in S3's order; but for what stands for folders."""
        query = {"list-type": "2", "prefix": prefix}
        while True:
            body, _ = self._send("GET", "", query, {}, b"")
            page = _read_xml(body)
            for key in page.findall("{*}Contents/{*}Key"):
                if key.text and not key.text.endswith("/"):
                    yield key.text
            following = page.findtext("{*}NextContinuationToken")
            if page.findtext("{*}IsTruncated") != "true" or not following:
                return
            query["continuation-token"] = following

    def _send(
        self, method: str, key: str, query: Mapping[str, str], headers: Mapping[str, str], content: bytes
    ) -> tuple[bytes, Mapping[str, str]]:
        if self.endpoint is None:
            raise S3Failure(
                NO_SUCH_BUCKET, f"The specified bucket does not exist: {ENDPOINT_VARIABLE} names no S3 endpoint"
            )
        address = urlsplit(self.endpoint)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise S3Failure(UNKNOWN, f"{ENDPOINT_VARIABLE} is no address: {self.endpoint}")
        base = f"{address.path.rstrip('/')}/{self.name}"
        path = quote(f"{base}/{key}" if key else base, safe=f"/{_UNRESERVED}")
        target = urlencode(sorted(query.items()), quote_via=quote, safe=_UNRESERVED)
        digest = digest_of(content)
        sent = {"host": address.netloc, "x-amz-content-sha256": digest, **headers}
        if self.owner is not None:
            sent["x-amz-expected-bucket-owner"] = self.owner
        signed = sign(self.credentials, "s3", self.region, method, path, target, sent, digest)
        connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        connection = connect(address.hostname, address.port, timeout=TIMEOUT)
        try:
            connection.request(method, f"{path}?{target}" if target else path, body=content, headers=signed)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise S3Failure(UNKNOWN, f"{self.endpoint} cannot be reached: {error}") from error
        finally:
            connection.close()
        if answer.status >= 300:
            raise _failure(answer.status, body)
        return body, {name.lower(): value for name, value in answer.getheaders()}


def _failure(status: int, body: bytes) -> S3Failure:
    """What S3 says is wrong, or only its status where it does not say it as S3 does."""
    try:
        error = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return S3Failure(UNKNOWN, f"S3 answered with status {status}")
    code, message = error.findtext("{*}Code"), error.findtext("{*}Message")
    return S3Failure(f"S3{code}" if code else UNKNOWN, message or f"S3 answered with status {status}")


def _read_xml(body: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise S3Failure(UNKNOWN, f"S3 answered with no XML: {error}") from error
