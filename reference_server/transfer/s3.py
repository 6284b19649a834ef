"""A bucket at an S3 endpoint, as far as exports and imports need it: PUT, GET and list.

The bucket stands in the path, which every implementation of S3 takes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from reference_server.tables.catalogue import Catalogue
from reference_server.transfer.endpoint import S3, VARIABLES, Answer, Endpoint, NoAnswer
from reference_server.transfer.signing import digest_of

# Pauses before a request is sent again, in seconds: where there was no answer, or S3 says that the fault is its own.
PAUSES: Final = (0.1, 0.3)

NO_SUCH_BUCKET: Final = "S3NoSuchBucket"
UNKNOWN: Final = "UNKNOWN"


class S3Failure(Exception):  # noqa: N818 (what becomes FailureCode and FailureMessage)
    """S3 said no, or nothing. `code` is S3's own behind `S3`, as `S3NoSuchBucket`."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True, slots=True)
class Bucket:
    """`owner` is the account that it must belong to, or None; S3 refuses another's."""

    endpoint: Endpoint
    name: str
    owner: str | None = None

    @classmethod
    def of(cls, catalogue: Catalogue, name: str, owner: str | None) -> Bucket:
        return cls(Endpoint.of(catalogue.cloud, S3, catalogue.region), name, owner)

    def put(self, key: str, content: bytes, headers: Mapping[str, str] | None = None) -> str:
        """Write an object. Returns its entity tag. Raises S3Failure, as do the others."""
        tag = self._send("PUT", key, {}, headers or {}, content).headers.get("etag")
        if tag is None:
            # Something else answers so to everything.
            raise S3Failure(UNKNOWN, f"{self.endpoint.address} does not answer as S3 does: {key} has no ETag")
        return tag.strip('"')

    def get(self, key: str) -> bytes:
        return self._send("GET", key, {}, {}, b"").body

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys of all objects that begin so, in S3's order; but for what stands for folders."""
        query = {"list-type": "2", "prefix": prefix}
        while True:
            page = _read_xml(self._send("GET", "", query, {}, b"").body)
            for key in page.findall("{*}Contents/{*}Key"):
                if key.text and not key.text.endswith("/"):
                    yield key.text
            following = page.findtext("{*}NextContinuationToken")
            if page.findtext("{*}IsTruncated") != "true" or not following:
                return
            if following == query.get("continuation-token"):
                raise S3Failure(UNKNOWN, "S3 lists the same page again and again")
            query["continuation-token"] = following

    def _send(
        self, method: str, key: str, query: Mapping[str, str], headers: Mapping[str, str], content: bytes
    ) -> Answer:
        if self.endpoint.address is None:
            raise S3Failure(
                NO_SUCH_BUCKET, f"The specified bucket does not exist: {VARIABLES[S3]} names no S3 endpoint"
            )
        path = f"/{self.name}/{key}" if key else f"/{self.name}"
        sent = {"x-amz-content-sha256": digest_of(content), **headers}
        if self.owner is not None:
            sent["x-amz-expected-bucket-owner"] = self.owner
        for pause in (*PAUSES, None):
            try:
                answer = self.endpoint.ask(method, path, query, sent, content)
            except NoAnswer as error:
                failure = S3Failure(UNKNOWN, str(error))
            else:
                if answer.status < 300:
                    return answer
                failure = _failure(answer.status, answer.body)
                if answer.status < 500:
                    break
            if pause is not None:
                time.sleep(pause)
        raise failure


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
