"""Object storage beside a target: where the files of its exports are, and from where it imports.

A reply says that a table was exported, not what. So a target may have an `ObjectStorage` that the suite can read
(`Target.object_storage`); laws then look at the files. `LocalStorage` is one that a server is told to use: the three
requests of S3 that exports and imports need (PutObject, GetObject, ListObjectsV2), in memory, on a port of this
machine. Every bucket that is asked for is there. It checks no signature.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree

# The suite's own bucket: a target that has an object storage has it there.
BUCKET: Final = "touchstone-exports"
_NAMESPACE: Final = "http://s3.amazonaws.com/doc/2006-03-01/"


class ObjectStorage(ABC):
    """Objects by bucket and key."""

    @abstractmethod
    def objects(self, bucket: str, prefix: str) -> Mapping[str, bytes]:
        """Those whose keys begin so, in the order of their keys."""

    @abstractmethod
    def put(self, bucket: str, key: str, content: bytes) -> None: ...


class LocalStorage(ObjectStorage):
    """Serves from its construction on, until it is closed."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str], bytes] = {}
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        serve = Thread(target=self._server.serve_forever, args=(0.05,), name="object storage", daemon=True)
        serve.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def objects(self, bucket: str, prefix: str) -> Mapping[str, bytes]:
        with self._lock:
            found = {key: content for (where, key), content in self._objects.items() if where == bucket}
        return {key: found[key] for key in sorted(found) if key.startswith(prefix)}

    def put(self, bucket: str, key: str, content: bytes) -> None:
        with self._lock:
            self._objects[bucket, key] = content

    def empty(self) -> None:
        with self._lock:
            self._objects.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        storage = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self) -> None:
                content = self.rfile.read(int(self.headers.get("content-length", 0)))
                bucket, key = self._place()
                storage.put(bucket, key, content)
                self._answer(200, b"", ETag=f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"')

            def do_GET(self) -> None:
                bucket, key = self._place()
                if not key:
                    prefix = parse_qs(urlsplit(self.path).query).get("prefix", [""])[0]
                    return self._answer(200, _listing(bucket, storage.objects(bucket, prefix)))
                content = storage.objects(bucket, key).get(key)
                if content is None:
                    return self._answer(
                        404, b"<Error><Code>NoSuchKey</Code><Message>There is no such key</Message></Error>"
                    )
                return self._answer(200, content)

            def _place(self) -> tuple[str, str]:
                bucket, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
                return bucket, key

            def _answer(self, status: int, content: bytes, **headers: str) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments: Any) -> None:
                """Nothing: what a target does with its storage is seen in the storage."""

        return Handler


def _listing(bucket: str, objects: Mapping[str, bytes]) -> bytes:
    """ListBucketResult, always in one page."""
    result = ElementTree.Element("ListBucketResult", xmlns=_NAMESPACE)
    ElementTree.SubElement(result, "Name").text = bucket
    ElementTree.SubElement(result, "IsTruncated").text = "false"
    for key, content in objects.items():
        entry = ElementTree.SubElement(result, "Contents")
        ElementTree.SubElement(entry, "Key").text = key
        ElementTree.SubElement(entry, "Size").text = str(len(content))
    return ElementTree.tostring(result)
