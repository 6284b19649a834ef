"""Tables and their indexes.

The attributes that may be keys have one name and type each in a table (`pk` and `sk` of drawn types; `g1` S, `g2` N,
`g3` B), so that two indexes may share one and an item may lack any.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis.strategies import DrawFn

from conformance.scenario import JSONObject
from conformance.strategies.values import SCALAR_KEY_TYPES, chance, pick

INDEX_KEY_TYPES = {"g1": "S", "g2": "N", "g3": "B"}
PROJECTION_TYPES = ("ALL", "KEYS_ONLY", "INCLUDE")
# What an INCLUDE projection takes in.
NON_KEY_ATTRIBUTES = (("title",), ("price", "details"), ("title", "tags", "history"))
THROUGHPUT = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


@dataclass(frozen=True, slots=True)
class KeyAttribute:
    name: str
    datatype: str


@dataclass(frozen=True, slots=True)
class Index:
    name: str
    is_global: bool
    partition_key: KeyAttribute
    sort_key: KeyAttribute | None
    projection: str
    non_key_attributes: tuple[str, ...] = ()

    def key_attributes(self) -> tuple[KeyAttribute, ...]:
        return (self.partition_key, self.sort_key) if self.sort_key else (self.partition_key,)

    def create_member(self, *, provisioned: bool) -> JSONObject:
        projection: JSONObject = {"ProjectionType": self.projection}
        if self.non_key_attributes:
            projection["NonKeyAttributes"] = list(self.non_key_attributes)
        member = {"IndexName": self.name, "KeySchema": _key_schema(self.key_attributes()), "Projection": projection}
        return member | ({"ProvisionedThroughput": THROUGHPUT} if provisioned and self.is_global else {})


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    partition_key: KeyAttribute
    sort_key: KeyAttribute | None
    indexes: tuple[Index, ...] = ()
    provisioned: bool = False

    def key_attributes(self) -> tuple[KeyAttribute, ...]:
        return (self.partition_key, self.sort_key) if self.sort_key else (self.partition_key,)

    def index_keys(self) -> dict[str, str]:
        """The attributes that are keys of an index and not of the table, with their datatypes."""
        own = {key.name for key in self.key_attributes()}
        keys = (key for index in self.indexes for key in index.key_attributes())
        return {key.name: key.datatype for key in keys if key.name not in own}

    def projects(self, index: Index, attribute: str) -> bool:
        keys = {key.name for key in (*self.key_attributes(), *index.key_attributes())}
        return index.projection == "ALL" or attribute in keys or attribute in index.non_key_attributes

    def create_request(self) -> JSONObject:
        """The CreateTable request."""
        definitions = dict(self._definitions())
        request: JSONObject = {
            "TableName": self.name,
            "KeySchema": _key_schema(self.key_attributes()),
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
        return request

    def _definitions(self) -> Iterator[tuple[str, str]]:
        for keys in (self.key_attributes(), *(index.key_attributes() for index in self.indexes)):
            for key in keys:
                yield key.name, key.datatype


def _key_schema(keys: tuple[KeyAttribute, ...]) -> list[JSONObject]:
    return [{"AttributeName": key.name, "KeyType": role} for key, role in zip(keys, ("HASH", "RANGE"), strict=False)]


def draw_table(draw: DrawFn, name: str) -> Table:
    """A table with or without sort key, keys of every type, none to two indexes of either kind."""
    partition_key = KeyAttribute("pk", pick(draw, SCALAR_KEY_TYPES))
    sort_key = KeyAttribute("sk", pick(draw, SCALAR_KEY_TYPES)) if chance(draw, 60) else None
    table = Table(name, partition_key, sort_key)
    indexes = [draw_global_index(draw, table, f"gsi-{n}") for n in range(pick(draw, (0, 0, 1, 1, 2)))]
    if sort_key:
        indexes += [draw_local_index(draw, table, f"lsi-{n}") for n in range(pick(draw, (0, 0, 1, 2)))]
    return Table(name, partition_key, sort_key, tuple(indexes), provisioned=chance(draw, 30))


def draw_global_index(draw: DrawFn, table: Table, name: str) -> Index:
    """A GSI; its keys may be the table's own, the other way round."""
    candidates = [*_index_keys(), *table.key_attributes()]
    partition_key = pick(draw, candidates)
    others = [key for key in candidates if key != partition_key]
    sort_key = pick(draw, others) if chance(draw, 60) else None
    return Index(name, True, partition_key, sort_key, *draw_projection_type(draw))


def draw_local_index(draw: DrawFn, table: Table, name: str) -> Index:
    return Index(name, False, table.partition_key, pick(draw, _index_keys()), *draw_projection_type(draw))


def draw_projection_type(draw: DrawFn) -> tuple[str, tuple[str, ...]]:
    projection = pick(draw, PROJECTION_TYPES)
    return projection, pick(draw, NON_KEY_ATTRIBUTES) if projection == "INCLUDE" else ()


def _index_keys() -> list[KeyAttribute]:
    return [KeyAttribute(name, datatype) for name, datatype in INDEX_KEY_TYPES.items()]
