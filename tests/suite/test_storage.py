"""The object storage that the reference exports to: the three requests of S3 that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import pytest

from conformance.laws import LawUnjudged, Violation, hold
from conformance.storage import BUCKET, LocalStorage
from conformance.targets.moto import MotoTarget

KEYS = "{http://s3.amazonaws.com/doc/2006-03-01/}Contents/{http://s3.amazonaws.com/doc/2006-03-01/}Key"


@pytest.fixture
def storage() -> Iterator[LocalStorage]:
    storage = LocalStorage()
    yield storage
    storage.close()


def ask(storage: LocalStorage, path: str, content: bytes | None = None) -> bytes:
    request = Request(f"{storage.url}/{BUCKET}{path}", data=content, method="GET" if content is None else "PUT")
    with urlopen(request, timeout=5) as response:
        answer: bytes = response.read()
    return answer


def test_what_is_put_is_there_for_both_sides(storage: LocalStorage) -> None:
    ask(storage, "/a/b%20c.gz", b"\x00\xff")
    assert storage.objects(BUCKET, "") == {"a/b c.gz": b"\x00\xff"}
    storage.put(BUCKET, "a/d", b"mine")
    assert ask(storage, "/a/d") == b"mine"


def test_a_listing_has_the_keys_that_begin_so_in_order(storage: LocalStorage) -> None:
    for key in ("a/2", "b/1", "a/1"):
        storage.put(BUCKET, key, b"")
    storage.put("another", "a/3", b"")
    found = ElementTree.fromstring(ask(storage, "?list-type=2&prefix=a%2F"))
    assert [key.text for key in found.findall(KEYS)] == ["a/1", "a/2"]


def test_what_is_not_there_is_not_found(storage: LocalStorage) -> None:
    storage.put(BUCKET, "a/longer", b"")
    with pytest.raises(HTTPError) as error:
        ask(storage, "/a")
    assert error.value.code == 404


def test_it_can_be_emptied_and_closed(storage: LocalStorage) -> None:
    storage.put(BUCKET, "a", b"")
    storage.empty()
    assert storage.objects(BUCKET, "") == {}
    storage.close()
    with pytest.raises(URLError):
        ask(storage, "/a")


def test_moto_exports_to_its_own() -> None:
    with MotoTarget() as target:
        storage = target.object_storage()
        storage.put(BUCKET, "a/b", b"mine")
        assert storage.objects(BUCKET, "a/") == {"a/b": b"mine"}
        target.reset()
        assert storage.objects(BUCKET, "") == {}
        events = list(hold(target, seed=1, operations=200, only=["export"]))
    assert events
    assert not any(isinstance(event, Violation | LawUnjudged) for event in events)
