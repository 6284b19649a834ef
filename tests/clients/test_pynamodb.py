"""PynamoDB, a library above botocore, used as its documentation shows: without a socket and over HTTP.

What is not in the documentation's chapters (queries, updates, indexes, attributes, conditional operations, batches,
transactions, polymorphism, optimistic locking, rate limits, dictionaries, time to live, streams) is not here either.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest

from reference_server import in_process

pytest.importorskip("pynamodb", reason="PynamoDB is not installed")

from pynamodb.attributes import (
    BinaryAttribute,
    BinarySetAttribute,
    BooleanAttribute,
    DiscriminatorAttribute,
    DynamicMapAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    NumberSetAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.constants import STREAM_NEW_AND_OLD_IMAGE
from pynamodb.exceptions import DeleteError, PutError, TransactGetError, TransactWriteError, UpdateError
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


def test_the_table_is_as_the_model_says(song: Any) -> None:
    described = song.describe_table()
    assert [key["AttributeName"] for key in described["KeySchema"]] == ["artist", "title"]
    assert {one["IndexName"] for one in described["GlobalSecondaryIndexes"]} == {"by-year"}
    assert song.exists()


def test_batches(song: Any) -> None:
    with song.batch_write() as batch:
        for number in range(120):  # more than a request may have, written and read
            batch.save(song("a", f"t{number:03}"))
    keys = [("a", f"t{number:03}") for number in range(150)]
    assert len(list(song.batch_get(keys))) == 120
    assert [one.title for one in song.batch_get([("a", "t007")], attributes_to_get=["title"])] == ["t007"]
    with song.batch_write() as batch:
        for one in song.query("a", song.title >= "t010"):
            batch.delete(one)
    assert song.count("a") == 10


def test_conditional_operations(song: Any) -> None:
    one = song("a", "t", year=1999)
    one.save(song.title.does_not_exist() | (song.year < 1990))
    for condition in (song.year.between(2000, 2010), song.year.is_in(1, 2), ~song.kind.exists(), song.kind != song):
        with pytest.raises(UpdateError) as refused:
            one.update(actions=[song.plays.set(9)], condition=condition)
        assert refused.value.cause_response_code == "ConditionalCheckFailedException"
    one.update(actions=[song.plays.set(song.plays + 2), song.year.remove()], condition=song.artist.startswith("a"))
    assert (one.plays, one.year) == (2, None)
    with pytest.raises(DeleteError):
        one.delete(song.year.exists())


def test_versions_in_transactions(song: Any, meta: dict[str, Any]) -> None:
    connection = Connection(**meta)
    song("a", "1").save()
    one, stale = song.get("a", "1"), song.get("a", "1")
    with TransactWrite(connection=connection) as write:
        write.update(one, actions=[song.plays.set(3)])
        write.save(song("a", "2"))
    assert song.get("a", "1").version == 2
    write = TransactWrite(connection=connection)
    write.update(stale, actions=[song.plays.set(4)])
    write.delete(song.get("a", "2"))
    with pytest.raises(TransactWriteError) as refused, write:
        pass
    # PynamoDB sends deletions before updates.
    assert [reason and reason.code for reason in refused.value.cancellation_reasons] == [None, "ConditionalCheckFailed"]
    with pytest.raises(DeleteError):
        stale.delete()
    song.get("a", "1").delete()
    with TransactGet(connection=connection) as read:
        missing = read.get(song, "a", "1")
    with pytest.raises(song.DoesNotExist):
        missing.get()
    with pytest.raises(TransactGetError), TransactGet(connection=connection) as read:
        read.get(song, "", "1")


def test_scans_with_a_rate_limit(song: Any) -> None:
    fill(song)
    assert len(list(song.scan(rate_limit=1000, page_size=7))) == 30
    assert len(list(song.query("a", rate_limit=1000, page_size=7, limit=20))) == 20
    begun = time.monotonic()
    assert len(list(song.scan(rate_limit=5, limit=3, page_size=1))) == 3
    assert time.monotonic() > begun  # how long it takes is PynamoDB's doing, from the capacity that is told


def test_subclasses_are_found_by_an_index_too(song: Any) -> None:
    song("a", "1", year=2000).save()
    song.live("a", "2", year=2000, place="Oslo").save()
    assert sorted((type(one).__name__, one.title) for one in song.by_year.query(2000)) == [("Live", "2"), ("Song", "1")]
    assert [one.title for one in song.live.scan()] == ["2"]


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class ColourAttribute(UnicodeAttribute):
    """A type of the user's own, as the documentation has it."""

    def serialize(self, value: Any) -> str:
        return str(value.value)

    def deserialize(self, value: Any) -> Any:
        return Colour(value)


class Address(MapAttribute[Any, Any]):
    street = UnicodeAttribute()
    number = NumberAttribute(attr_name="no")


@pytest.fixture
def thing(meta: dict[str, Any]) -> Iterator[Any]:
    options = {"table_name": "Things", "stream_view_type": STREAM_NEW_AND_OLD_IMAGE}

    class Thing(Model):
        Meta = type("Meta", (), {**options, "read_capacity_units": 5, "write_capacity_units": 6, **meta})
        id = NumberAttribute(hash_key=True)
        text = UnicodeAttribute(null=True)
        binary = BinaryAttribute(null=True, legacy_encoding=False)
        truth = BooleanAttribute(null=True)
        texts = UnicodeSetAttribute(null=True)
        numbers = NumberSetAttribute(null=True)
        binaries = BinarySetAttribute(null=True, legacy_encoding=False)
        made = UTCDateTimeAttribute(null=True)
        json = JSONAttribute(null=True)
        colour = ColourAttribute(null=True)
        address = Address(null=True)
        addresses: ListAttribute[Any] = ListAttribute(of=Address, null=True)
        mixed: ListAttribute[Any] = ListAttribute(null=True)
        open_map = DynamicMapAttribute(null=True)
        expires = TTLAttribute(null=True)

    Thing.create_table(wait=True)
    yield Thing
    Thing.delete_table()


def test_attributes_of_every_type(thing: Any) -> None:
    values: dict[str, Any] = {
        "text": "",
        "binary": b"\x00\xff",
        "truth": False,
        "texts": {"x", "y"},
        "numbers": {1, 2.5, -3},
        "binaries": {b"a", b"\xfe"},
        "made": datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        "json": {"a": [1, None]},
        "colour": Colour.BLUE,
        "address": Address(street="High", number=1),
        "addresses": [Address(street="High", number=1), Address(street="Low", number=2)],
        "mixed": ["x", 1, True, None, {"deep": [b"y"]}],
        "expires": datetime(2036, 1, 1, tzinfo=UTC),
    }
    thing(1, **values, open_map={"any": {"thing": 1}, "list": [1, "2"]}).save()
    kept = dict(thing.get(1, consistent_read=True).attribute_values)
    assert kept.pop("id") == 1
    open_map = kept.pop("open_map")
    assert (open_map["any"]["thing"], open_map["list"]) == (1, [1, "2"])
    assert {name: plain(value) for name, value in kept.items()} == {
        name: plain(value) for name, value in values.items()
    }


def plain(value: Any) -> Any:
    """Maps and lists of PynamoDB's as Python's own."""
    if isinstance(value, MapAttribute):
        return value.as_dict()
    return [plain(one) for one in value] if isinstance(value, list) else value


def test_items_as_dynamodb_has_them(song: Any) -> None:
    song("a", "t", year=1999).save()
    kept = song.get("a", "t").to_dynamodb_dict()
    assert kept["year"] == {"N": "1999"}
    again = song()
    again.from_dynamodb_dict(kept)
    assert again.attribute_values == song.get("a", "t").attribute_values


def test_updates_inside_of_attributes(thing: Any) -> None:
    one = thing(1, address=Address(street="High", number=1), texts={"x"}, numbers={1}, mixed=[1])
    one.save()
    one.update(
        actions=[
            thing.address.street.set("Low"),
            thing.texts.add({"y"}),
            thing.numbers.delete({1}),
            thing.mixed.set(thing.mixed.append([2])),
            thing.text.set(thing.text | "default"),
            thing.colour.set(Colour.RED),
        ],
        condition=(thing.address.number == 1) & thing.texts.contains("x") & (thing.mixed[0] == 1),
    )
    one.refresh()
    assert (one.address.street, one.texts, one.numbers, one.mixed) == ("Low", {"x", "y"}, None, [1, 2])
    assert (one.text, one.colour) == ("default", Colour.RED)
    assert [found.id for found in thing.scan(thing.address.street.startswith("L") & (thing.mixed[1] == 2))] == [1]


def test_items_expire(thing: Any) -> None:
    thing(1, expires=timedelta(hours=1)).save()
    thing(2, expires=datetime.now(UTC) - timedelta(minutes=1)).save()
    left = {one.id for one in thing.scan()}
    until = time.monotonic() + 10
    while left != {1} and time.monotonic() < until:
        left = {one.id for one in thing.scan()}
    assert left == {1}


def test_units_and_streams_of_a_model(thing: Any) -> None:
    described = thing.describe_table()
    assert described["ProvisionedThroughput"]["WriteCapacityUnits"] == 6
    assert described["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
