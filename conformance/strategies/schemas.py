"""Tables and their indexes.

The attributes that may be keys have one name and type each in a table (its own of drawn names and types; `g1` S, `g2`
N, `g3` B), so that two indexes may share one and an item may lack any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from conformance.scenario import JSONObject
from conformance.strategies.drawing import Draw, chance, draw_members, pick, pick_some
from conformance.strategies.values import SCALAR_KEY_TYPES

INDEX_KEY_TYPES = {"g1": "S", "g2": "N", "g3": "B"}
PROJECTION_TYPES = ("ALL", "KEYS_ONLY", "INCLUDE")
# What an INCLUDE projection takes in.
NON_KEY_ATTRIBUTES = (("title",), ("price", "details"), ("title", "tags", "history"), ("x.y", "name"))
THROUGHPUT = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
# Names of a table's own key: plain, a reserved word, and one that needs a placeholder for its characters.
PARTITION_KEY_NAMES = ("pk", "pk", "pk", "pk", "hash", "p.k")
SORT_KEY_NAMES = ("sk", "sk", "sk", "sk", "range", "s-k")
STREAM_VIEW_TYPES = ("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "NEW_AND_OLD_IMAGES")
MOST_LOCAL_INDEXES: Final = 5
MOST_GLOBAL_INDEXES: Final = 20


@dataclass(frozen=True, slots=True)
class KeyAttribute:
    name: str
    datatype: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The key of a table or an index. Only a global index may have more than one attribute of a kind."""

    partition: tuple[KeyAttribute, ...]
    sort: tuple[KeyAttribute, ...] = ()

    @property
    def attributes(self) -> tuple[KeyAttribute, ...]:
        return (*self.partition, *self.sort)

    def schema(self) -> list[JSONObject]:
        kinds = [(key, "HASH") for key in self.partition] + [(key, "RANGE") for key in self.sort]
        return [{"AttributeName": key.name, "KeyType": kind} for key, kind in kinds]

    def shape(self) -> str:
        """`S`, `N+B`: the types of the partition key and, behind a plus, of the sort key."""
        kinds = ["".join(key.datatype for key in keys) for keys in (self.partition, self.sort)]
        return "+".join(kind for kind in kinds if kind)


@dataclass(frozen=True, slots=True)
class Index:
    name: str
    is_global: bool
    keys: Keys
    projection: str
    non_key_attributes: tuple[str, ...] = ()

    def create_member(self, *, provisioned: bool) -> JSONObject:
        projection: JSONObject = {"ProjectionType": self.projection}
        if self.non_key_attributes:
            projection["NonKeyAttributes"] = list(self.non_key_attributes)
        member = {"IndexName": self.name, "KeySchema": self.keys.schema(), "Projection": projection}
        return member | ({"ProvisionedThroughput": THROUGHPUT} if provisioned and self.is_global else {})


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    keys: Keys
    indexes: tuple[Index, ...] = ()
    provisioned: bool = False
    options: tuple[tuple[str, Any], ...] = ()  # of CreateTable, besides

    @property
    def partition_key(self) -> KeyAttribute:
        return self.keys.partition[0]

    @property
    def sort_key(self) -> KeyAttribute | None:
        return self.keys.sort[0] if self.keys.sort else None

    @property
    def protected(self) -> bool:
        return ("DeletionProtectionEnabled", True) in self.options

    @property
    def stream(self) -> str | None:
        """Its view type, or None where there is none."""
        specification = dict(self.options).get("StreamSpecification", {})
        return specification.get("StreamViewType") if specification.get("StreamEnabled") else None

    def with_option(self, name: str, value: Any) -> Table:
        return replace(self, options=(*(option for option in self.options if option[0] != name), (name, value)))

    def index_keys(self) -> dict[str, str]:
        """The attributes that are keys of an index and not of the table, with their datatypes."""
        own = {key.name for key in self.keys.attributes}
        keys = (key for index in self.indexes for key in index.keys.attributes)
        return {key.name: key.datatype for key in keys if key.name not in own}

    def projects(self, index: Index, attribute: str) -> bool:
        keys = {key.name for key in (*self.keys.attributes, *index.keys.attributes)}
        return index.projection == "ALL" or attribute in keys or attribute in index.non_key_attributes

    def create_request(self) -> JSONObject:
        """The CreateTable request."""
        definitions = dict(self._definitions())
        request: JSONObject = {
            "TableName": self.name,
            "KeySchema": self.keys.schema(),
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": datatype} for name, datatype in definitions.items()
            ],
            "BillingMode": "PROVISIONED" if self.provisioned else "PAY_PER_REQUEST",
        }
        if self.provisioned:
            request["ProvisionedThroughput"] = THROUGHPUT
        for member, is_global in (("GlobalSecondaryIndexes", True), ("LocalSecondaryIndexes", False)):
            indexes = [i.create_member(provisioned=self.provisioned) for i in self.indexes if i.is_global is is_global]
            if indexes:
                request[member] = indexes
        return request | dict(self.options)

    def _definitions(self) -> Iterator[tuple[str, str]]:
        for keys in (self.keys, *(index.keys for index in self.indexes)):
            for key in keys.attributes:
                yield key.name, key.datatype


def draw_table(draw: Draw, name: str) -> Table:
    """A table with or without sort key, keys of every type, none to three indexes of either kind."""
    partition_key = KeyAttribute(pick(draw, PARTITION_KEY_NAMES), pick(draw, SCALAR_KEY_TYPES))
    sort_key = KeyAttribute(pick(draw, SORT_KEY_NAMES), pick(draw, SCALAR_KEY_TYPES)) if chance(draw, 65) else None
    keys = Keys((partition_key,), (sort_key,) if sort_key else ())
    global_count = MOST_GLOBAL_INDEXES if draw.below(300) == 299 else pick(draw, (0, 0, 1, 1, 2, 3))
    indexes = [draw_global_index(draw, keys, f"gsi-{n}") for n in range(global_count)]
    if sort_key:
        local_count = MOST_LOCAL_INDEXES if draw.below(200) == 199 else pick(draw, (0, 0, 1, 2))
        indexes += [draw_local_index(draw, keys, f"lsi-{n}") for n in range(local_count)]
    provisioned = chance(draw, 30)
    options = draw_members(draw, **_OPTIONS, **({} if provisioned else _OPTIONS_ON_DEMAND))
    return Table(name, keys, tuple(indexes), provisioned=provisioned, options=tuple(options.items()))


# What CreateTable has besides. Streams are often wanted; of the rest, what not every target knows is rare: one that
# refuses such a table has nothing to say to its scenario.
_OPTIONS: Final[dict[str, tuple[int, tuple[Any, ...]]]] = {
    "StreamSpecification": (
        20,
        ({"StreamEnabled": False}, *({"StreamEnabled": True, "StreamViewType": kind} for kind in STREAM_VIEW_TYPES)),
    ),
    "DeletionProtectionEnabled": (4, (True, False)),
    "TableClass": (3, ("STANDARD", "STANDARD_INFREQUENT_ACCESS")),
    "Tags": (3, ([{"Key": "team", "Value": "core"}], [{"Key": "a", "Value": ""}, {"Key": "b", "Value": "1"}])),
    "SSESpecification": (2, ({"Enabled": True}, {"Enabled": False}, {"Enabled": True, "SSEType": "KMS"})),
    "WarmThroughput": (
        2,
        ({"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5_000}, {"ReadUnitsPerSecond": 20_000}),
    ),
}
_OPTIONS_ON_DEMAND: Final[dict[str, tuple[int, tuple[Any, ...]]]] = {
    "OnDemandThroughput": (
        2,
        ({"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20}, {"MaxWriteRequestUnits": 5}),
    ),
}


def draw_global_index(draw: Draw, table_keys: Keys, name: str) -> Index:
    """A GSI; its keys may be the table's own, the other way round, or (since November 2025) several of a kind."""
    candidates = [*_index_keys(), *table_keys.attributes]
    if draw.below(50) == 49:
        several = pick_some(draw, candidates, 3, 4)
        partitions = 1 + draw.below(2)
        return Index(
            name, True, Keys(tuple(several[:partitions]), tuple(several[partitions:])), *draw_projection_type(draw)
        )
    partition_key = pick(draw, candidates)
    others = [key for key in candidates if key != partition_key]
    sort_key = (pick(draw, others),) if chance(draw, 60) else ()
    return Index(name, True, Keys((partition_key,), sort_key), *draw_projection_type(draw))


def draw_local_index(draw: Draw, table_keys: Keys, name: str) -> Index:
    """An LSI, sorted by an attribute that is no key of the table."""
    return Index(name, False, Keys(table_keys.partition, (pick(draw, _index_keys()),)), *draw_projection_type(draw))


def draw_projection_type(draw: Draw) -> tuple[str, tuple[str, ...]]:
    projection = pick(draw, PROJECTION_TYPES)
    return projection, pick(draw, NON_KEY_ATTRIBUTES) if projection == "INCLUDE" else ()


def _index_keys() -> list[KeyAttribute]:
    return [KeyAttribute(name, datatype) for name, datatype in INDEX_KEY_TYPES.items()]
