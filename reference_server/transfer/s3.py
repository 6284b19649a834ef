"""A bucket at an S3 endpoint, as far as exports and imports need it: PUT, GET and list, signed (Signature Version 4).

The bucket stands in the path, which every implementation of S3 takes. A client of its own, since boto3 is not a
dependency of the server, and would reach for AWS where no endpoint is named.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

ENDPOINT_VARIABLE: Final = "AWS_ENDPOINT_URL_S3"
TIMEOUT: Final = 60.0  # seconds

NO_SUCH_BUCKET: Final = "S3NoSuchBucket"
UNKNOWN: Final = "UNKNOWN"

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
# In the canonical form only these stay as they are.
_UNRESERVED: Final = "-_.~"


class S3Failure(Exception):  # noqa: N818 (what becomes FailureCode and FailureMessage)
    """S3 said no, or nothing. `code` is S3's own behind `S3`, as `S3NoSuchBucket`."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True, slots=True)
class Credentials:
    access_key: str
    secret_key: str = field(repr=False)
    session_token: str | None = field(repr=False)

    @classmethod
    def of_environment(cls) -> Credentials:
        """Where it names none, any will do: implementations that are run for tests ask for none."""
        return cls(
            os.environ.get("AWS_ACCESS_KEY_ID", "touchstone"),
            os.environ.get("AWS_SECRET_ACCESS_KEY", "touchstone"),
            os.environ.get("AWS_SESSION_TOKEN"),
        )


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
        sent = {"host": address.netloc, **headers}
        if self.owner is not None:
            sent["x-amz-expected-bucket-owner"] = self.owner
        signed = _sign(self.credentials, self.region, method, path, target, sent, content)
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


def _sign(
    credentials: Credentials,
    region: str,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    content: bytes,
) -> dict[str, str]:
    """The headers with a signature over all of them (AWS, "Signature Version 4"). `path` and `query` are encoded."""
    moment = time.gmtime()
    stamp, day = time.strftime("%Y%m%dT%H%M%SZ", moment), time.strftime("%Y%m%d", moment)
    digest = hashlib.sha256(content).hexdigest()
    signed = {**headers, "x-amz-date": stamp, "x-amz-content-sha256": digest}
    if credentials.session_token is not None:
        signed["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name].strip()}\n" for name in sorted(signed))
    canonical = "\n".join([method, path, query, lines, names, digest])
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join([_ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{credentials.secret_key}".encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    signed["authorization"] = (
        f"{_ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
    )
    return signed
