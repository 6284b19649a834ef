"""PynamoDB, a library above botocore, used as its documentation shows: without a socket and over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reference_server import in_process

pytest.importorskip("pynamodb", reason="PynamoDB is not installed")

from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, TransactWriteError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, LocalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite

HTTP = {"region": "us-east-1", "aws_access_key_id": "any", "aws_secret_access_key": "any"}


@pytest.fixture(params=["in process", "HTTP"])
def meta(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    """What a model's `Meta` says of where it is kept."""
    if request.param == "HTTP":
        yield {"host": request.getfixturevalue("endpoint"), **HTTP}
    else:
        with in_process():
            yield {"region": "us-east-1"}


@pytest.fixture
def song(meta: dict[str, Any]) -> Iterator[Any]:
    def keep(name: str, **more: Any) -> type:
        return type("Meta", (), {**more, **({"table_name": name} if name else {})})

    class ByYear(GlobalSecondaryIndex[Any]):
        Meta = keep("", index_name="by-year", projection=AllProjection())
        year = NumberAttribute(hash_key=True)

    class ByPlays(LocalSecondaryIndex[Any]):
        Meta = keep("", index_name="by-plays", projection=AllProjection())
        artist = UnicodeAttribute(hash_key=True)
        plays = NumberAttribute(range_key=True)

    class Song(Model, discriminator="song"):
        Meta = keep("Songs", billing_mode="PAY_PER_REQUEST", **meta)
        artist = UnicodeAttribute(hash_key=True)
        title = UnicodeAttribute(range_key=True)
        year = NumberAttribute(null=True)
        plays = NumberAttribute(default=0)
        kind = DiscriminatorAttribute()
        version = VersionAttribute()
        by_year = ByYear()
        by_plays = ByPlays()

    class Live(Song, discriminator="live"):
        place = UnicodeAttribute()

    Song.live = Live
    Song.create_table(wait=True)
    yield Song
    Song.delete_table()


def fill(song: Any) -> None:
    with song.batch_write() as batch:
        for number in range(30):
            batch.save(song("a", f"t{number:02}", year=2000 + number % 3, plays=30 - number))


def test_queries_scans_and_indexes(song: Any) -> None:
    fill(song)
    assert song.count("a") == len(list(song.scan())) == 30
    found = song.query("a", song.title.startswith("t1"), filter_condition=song.plays < 15)
    assert [one.title for one in found] == ["t16", "t17", "t18", "t19"]
    assert len(list(song.by_year.query(2001))) == 10
    assert [one.plays for one in song.by_plays.query("a", song.plays <= 3)] == [1, 2, 3]
    page = song.query("a", limit=12)
    titles = [one.title for one in page]
    rest = song.query("a", last_evaluated_key=page.last_evaluated_key)
    assert titles + [one.title for one in rest] == [f"t{number:02}" for number in range(30)]
    assert sum(len(list(song.scan(segment=segment, total_segments=3))) for segment in range(3)) == 30


def test_updates_conditions_and_versions(song: Any) -> None:
    one = song("a", "t")
    one.save()
    stale = song.get("a", "t")
    one.update(actions=[song.plays.add(5), song.year.set(1999)])
    assert (one.plays, one.year, one.version) == (5, 1999, 2)
    with pytest.raises(PutError):
        stale.save()
    with pytest.raises(PutError):
        song("a", "t").save(song.artist.does_not_exist())
    one.delete(song.plays == 5)
    with pytest.raises(song.DoesNotExist):
        song.get("a", "t")


def test_polymorphism(song: Any) -> None:
    song.live("a", "t", place="Oslo").save()
    assert [type(one) for one in song.query("a")] == [song.live]


def test_transactions(song: Any, meta: dict[str, Any]) -> None:
    connection = Connection(**meta)
    song("a", "1").save()
    for _ in range(2):  # the second is the first again
        with TransactWrite(connection=connection, client_request_token="once") as write:
            write.condition_check(song, "a", "1", condition=song.plays == 0)
            write.update(song("a", "2"), actions=[song.plays.add(1)], add_version_condition=False)
    with TransactGet(connection=connection) as read:
        got = read.get(song, "a", "2")
    assert got.get().plays == 1
    write = TransactWrite(connection=connection)
    write.condition_check(song, "a", "1", condition=song.plays == 9)
    write.delete(song("a", "2"), add_version_condition=False)
    with pytest.raises(TransactWriteError), write:
        pass
    assert song.get("a", "2").plays == 1
