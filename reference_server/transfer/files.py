"""The files of an export (developer guide, "DynamoDB table export output format").

    AWSDynamoDB/<export>/_started                empty: that it can be written shows that all can
    AWSDynamoDB/<export>/data/<name>.json.gz     a full export's items; an incremental one's are in AWSDynamoDB/data/
    AWSDynamoDB/<export>/manifest-files.json     a line for each of those: how many items, checksums, key
    AWSDynamoDB/<export>/manifest-summary.json   what was asked for, and what came of it
    AWSDynamoDB/<export>/manifest-*.md5          the checksums of these two, in base64

All of it stands under the request's prefix, if there is one. Written last, the summary shows that the export is whole.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import orjson

from reference_server.transfer.s3 import Bucket

ROOT: Final = "AWSDynamoDB"
MANIFEST_VERSION: Final = "2023-08-01"
# AWS writes a file for each partition of the table; here one holds so many items.
ITEMS_OF_FILE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where one export's files stand. `extension` is that of its format; `headers` ask S3 for encryption."""

    bucket: Bucket
    prefix: str | None
    export_id: str
    extension: str
    is_incremental: bool
    headers: Mapping[str, str]

    @property
    def root(self) -> str:
        return f"{self.prefix.rstrip('/')}/{ROOT}" if self.prefix else ROOT

    @property
    def data(self) -> str:
        return f"{self.root}/data" if self.is_incremental else f"{self.root}/{self.export_id}/data"

    def key(self, name: str) -> str:
        return f"{self.root}/{self.export_id}/{name}"

    def put(self, key: str, content: bytes) -> str:
        return self.bucket.put(key, content, self.headers)


def write(place: Place, lines: Iterable[bytes], summarise: Callable[[], Mapping[str, Any]]) -> int:
    """Write all files. Returns how many items there were. Raises S3Failure.

    `summarise` gives those of the manifest's members that the request, the table and the time give; it is asked when
    the data files are written.
    """
    place.put(place.key("_started"), b"")
    files = [_write_data(place, part) for part in _parts(lines)]
    count: int = sum(file["itemCount"] for file in files)
    _write_with_checksum(place, "manifest-files", b"".join(orjson.dumps(file) + b"\n" for file in files))
    members = {**summarise(), "itemCount": count, "manifestFilesS3Key": place.key("manifest-files.json")}
    _write_with_checksum(place, "manifest-summary", orjson.dumps(members))
    return count


def _parts(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """An empty table has a file too."""
    remaining = iter(lines)
    part = list(islice(remaining, ITEMS_OF_FILE))
    while True:
        yield part
        part = list(islice(remaining, ITEMS_OF_FILE))
        if not part:
            return


def _write_data(place: Place, lines: list[bytes]) -> dict[str, Any]:
    """A data file. Returns its line of manifest-files.json."""
    content = gzip.compress(b"".join(lines), mtime=0)
    key = f"{place.data}/{secrets.token_hex(13)}.{place.extension}.gz"
    tag = place.put(key, content)
    return {"itemCount": len(lines), "md5Checksum": _checksum(content), "etag": tag, "dataFileS3Key": key}


def _write_with_checksum(place: Place, name: str, content: bytes) -> None:
    place.put(place.key(f"{name}.json"), content)
    place.put(place.key(f"{name}.md5"), _checksum(content).encode())


def _checksum(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
