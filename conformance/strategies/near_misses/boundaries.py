"""Limits of the API: what is just legal, and one more (data-plane 3 to 7; aws-2026, sizes; control-plane 3).

Each makes of a request one that has so much of something. At its limit it is accepted, as far as the check goes; beyond
it, it is refused. Which of the two is drawn evenly.
"""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from conformance.scenario import JSONObject, Step
from conformance.strategies.drawing import Draw, chance, choose
from conformance.strategies.items import FILLER, filled
from conformance.strategies.near_misses.registry import CONDITIONS, EXPRESSIONS, KEYED, READS, Draft
from conformance.strategies.schemas import KeyAttribute, Table
from conformance.strategies.sizes import ITEM_BYTES
from conformance.strategies.values import AttributeValue, nested

# Makes the request one that has `amount` of it.
Make: TypeAlias = Callable[[Draft, int], None]


@dataclass(frozen=True, slots=True)
class Boundary:
    """`beyond` is how far beyond the limit the first amount is that is not legal: -1 for a least amount."""

    limit: int
    make: Make
    operations: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    weight: int = 10
    beyond: int = 1
    when: Callable[[Table], bool] = lambda _: True

    def applies(self, step: Step, table: Table) -> bool:
        if self.operations and step.operation not in self.operations:
            return False
        return (not self.members or any(step.request.get(member) for member in self.members)) and self.when(table)


def draw_boundary(draw: Draw, step: Step, table: Table) -> tuple[Step, str | None]:
    """`step` at a limit, or beyond it and then with the name of what is wrong; as it is where none fits."""
    fitting = {name: boundary.weight for name, boundary in BOUNDARIES.items() if boundary.applies(step, table)}
    if not fitting:
        return step, None
    name = choose(draw, "boundaries", fitting)
    boundary = BOUNDARIES[name]
    made = Step(step.operation, copy.deepcopy(step.request))
    is_beyond = chance(draw, 50)
    amount = boundary.limit + boundary.beyond * is_beyond
    boundary.make(Draft(draw, made.request, table, step.operation), amount)
    return made, beyond(name) if is_beyond else None


def beyond(name: str) -> str:
    return f"beyond the limit: {name}"


# --- items and values -------------------------------------------------------------------------------------


def _plain_item(draft: Draft) -> JSONObject:
    """The item that is put, with its keys only, and without a condition."""
    keys = {key.name for key in draft.table.keys.attributes}
    draft.forget("ConditionExpression", "Expected", "ConditionalOperator")
    item = {name: value for name, value in draft.request["Item"].items() if name in keys}
    draft.request["Item"] = item
    return item


def _item_bytes(draft: Draft, amount: int) -> None:
    draft.request["Item"] = filled(_plain_item(draft), amount)


def _updated_bytes(draft: Draft, amount: int) -> None:
    """An update that writes so much: measured with 3 + 19 bytes for its SET (aws-2026, sizes 3)."""
    draft.forget("ConditionExpression", "UpdateExpression", "AttributeUpdates", "Expected", "ConditionalOperator")
    draft.request["UpdateExpression"] = f"SET {FILLER} = :f"
    draft.define(f={"S": "f" * (amount - len(FILLER) - 3 - 19)})
    draft.request.pop("ReturnValues", None)


def _nesting(draft: Draft, amount: int) -> None:
    _plain_item(draft)["deep"] = nested({"S": "bottom"}, amount)


def _updated_nesting(draft: Draft, amount: int) -> None:
    draft.forget("ConditionExpression", "UpdateExpression", "AttributeUpdates", "Expected", "ConditionalOperator")
    draft.request["UpdateExpression"] = "SET deep = :d"
    draft.define(d=nested({"S": "bottom"}, amount))


def _value(form: Callable[[int], AttributeValue]) -> Make:
    def make(draft: Draft, amount: int) -> None:
        _plain_item(draft)["price"] = form(amount)

    return make


def _long_key(key: KeyAttribute, amount: int) -> AttributeValue:
    return {"S": "k" * amount} if key.datatype == "S" else {"B": base64.b64encode(b"k" * amount).decode()}


def _key_bytes(kind: str) -> Make:
    def make(draft: Draft, amount: int) -> None:
        key = draft.table.partition_key if kind == "partition" else draft.table.keys.sort[0]
        draft.request["Key" if "Key" in draft.request else "Item"][key.name] = _long_key(key, amount)

    return make


def _index_key(table: Table, kind: str) -> KeyAttribute | None:
    """A key attribute of an index that has a length, and is of that kind in all indexes."""
    own = {key.name for key in table.keys.attributes}
    partition = {key for index in table.indexes for key in index.keys.partition if key.name not in own}
    sort = {key for index in table.indexes for key in index.keys.sort if key.name not in own}
    offered = partition - sort if kind == "partition" else sort
    return next((key for key in sorted(offered, key=lambda key: key.name) if key.datatype != "N"), None)


def _index_key_bytes(kind: str) -> Make:
    def make(draft: Draft, amount: int) -> None:
        key = _index_key(draft.table, kind)
        assert key is not None
        _plain_item(draft)[key.name] = _long_key(key, amount)

    return make


# --- expressions ------------------------------------------------------------------------------------------


def _padded(draft: Draft, amount: int) -> None:
    """White space counts: the text is measured as it is sent (aws-2026, sizes 6)."""
    member = draft.expression(EXPRESSIONS)
    draft.request[member] = draft.request[member].ljust(amount)


def _condition_instead(draft: Draft, text: str, **values: AttributeValue) -> None:
    member = draft.expression(CONDITIONS)
    # The expressions beside it stay, and with them what they use.
    draft.request[member] = f"{text} OR {draft.request[member]}"
    draft.define(**values)


def _operators(draft: Draft, amount: int) -> None:
    """NOTs, comparisons and ORs count, each as one; parentheses do not."""
    member = draft.expression(CONDITIONS)
    draft.forget(*(name for name in EXPRESSIONS if name != member and name != "KeyConditionExpression"))
    _forget_key_condition(draft)
    comparisons = amount // 2
    text = " OR ".join(["NOT price = :b"] + ["price = :b"] * (comparisons - 1)) if amount % 2 == 0 else ""
    if amount % 2:
        text = " OR ".join(["price = :b"] * (comparisons + 1))
    draft.request[member] = text
    draft.define(b={"N": "1"})


def _forget_key_condition(draft: Draft) -> None:
    """A query's own condition goes on, by a name that is free."""
    if "KeyConditionExpression" in draft.request:
        partition = draft.table.partition_key
        draft.request.pop("IndexName", None)
        draft.request.pop("Select", None)
        draft.request["KeyConditionExpression"] = f"{draft.path(partition.name)} = :p"
        draft.define(p=_some_key_value(partition, 0))


def _in_operands(draft: Draft, amount: int) -> None:
    _condition_instead(draft, f"price IN ({', '.join([':b'] * amount)})", b={"N": "1"})


def _path_elements(draft: Draft, amount: int) -> None:
    _condition_instead(draft, f"details{'.a' * (amount - 1)} = :b", b={"N": "1"})


def _list_index(draft: Draft, amount: int) -> None:
    _condition_instead(draft, f"history[{amount}] = :b", b={"N": "1"})


def _placeholder(draft: Draft, amount: int) -> None:
    # The sign counts.
    _condition_instead(draft, f"price = :{'b' * (amount - 1)}", **{"b" * (amount - 1): {"N": "1"}})


# --- batches, transactions, pages ---------------------------------------------------------------------------


def _some_key_value(key: KeyAttribute, number: int) -> AttributeValue:
    """As many different values of a key as are wanted, in the pools of nobody else."""
    text = {"S": f"many{number}", "N": str(1000 + number), "B": base64.b64encode(b"many%d" % number).decode()}
    return {key.datatype: text[key.datatype]}


def _many_keys(table: Table, amount: int) -> list[JSONObject]:
    return [{key.name: _some_key_value(key, number) for key in table.keys.attributes} for number in range(amount)]


def _batch_get(draft: Draft, amount: int) -> None:
    draft.request["RequestItems"] = {draft.table.name: {"Keys": _many_keys(draft.table, amount)}}


def _batch_write(draft: Draft, amount: int) -> None:
    puts = [{"PutRequest": {"Item": key}} for key in _many_keys(draft.table, amount)]
    draft.request["RequestItems"] = {draft.table.name: puts}


def _transact_get(draft: Draft, amount: int) -> None:
    keys = _many_keys(draft.table, amount)
    draft.request["TransactItems"] = [{"Get": {"TableName": draft.table.name, "Key": key}} for key in keys]


def _transact_write(draft: Draft, amount: int) -> None:
    keys = _many_keys(draft.table, amount)
    draft.request["TransactItems"] = [{"Delete": {"TableName": draft.table.name, "Key": key}} for key in keys]
    draft.request.pop("ClientRequestToken", None)


def _total_segments(draft: Draft, amount: int) -> None:
    draft.request.update({"Segment": 7, "TotalSegments": amount})


def _segment(draft: Draft, amount: int) -> None:
    draft.request.update({"Segment": amount, "TotalSegments": 3})


def _limit(draft: Draft, amount: int) -> None:
    draft.request["Limit"] = amount


# --- tables -----------------------------------------------------------------------------------------------


def _table_name(draft: Draft, amount: int) -> None:
    draft.request["TableName"] = "t" * amount


def _indexes(draft: Draft, *, is_global: bool, amount: int, projected: int = 0) -> None:
    keys = draft.request["KeySchema"]
    defined = {key["AttributeName"] for key in keys}
    draft.request["AttributeDefinitions"] = [
        *(d for d in draft.request["AttributeDefinitions"] if d["AttributeName"] in defined),
        {"AttributeName": "g1", "AttributeType": "S"},
    ]
    for member in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        draft.request.pop(member, None)
    draft.request["BillingMode"] = "PAY_PER_REQUEST"
    draft.request.pop("ProvisionedThroughput", None)
    own = (
        [{"AttributeName": "g1", "KeyType": "HASH"}]
        if is_global
        else [keys[0], {"AttributeName": "g1", "KeyType": "RANGE"}]
    )
    projection: JSONObject = {"ProjectionType": "ALL"}
    each = projected // amount
    indexes: list[JSONObject] = []
    for number in range(amount):
        if projected:
            count = each + (projected % amount if number == 0 else 0)
            names = [f"a{number}x{attribute}" for attribute in range(count)]
            projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": names}
        indexes.append({"IndexName": f"index-{number}", "KeySchema": own, "Projection": projection})
    draft.request["GlobalSecondaryIndexes" if is_global else "LocalSecondaryIndexes"] = indexes


def _global_indexes(draft: Draft, amount: int) -> None:
    _indexes(draft, is_global=True, amount=amount)


def _local_indexes(draft: Draft, amount: int) -> None:
    if draft.table.sort_key is None or len(draft.request["KeySchema"]) == 1:
        draft.request["KeySchema"] = [draft.request["KeySchema"][0], {"AttributeName": "more", "KeyType": "RANGE"}]
        draft.request["AttributeDefinitions"].append({"AttributeName": "more", "AttributeType": "N"})
    _indexes(draft, is_global=False, amount=amount)


def _projected(draft: Draft, amount: int) -> None:
    """Counted over all indexes of the table; one has no more than 20 by the model."""
    _indexes(draft, is_global=True, amount=10, projected=amount)


def _has_length(kind: str) -> Callable[[Table], bool]:
    return lambda table: bool(keys := getattr(table.keys, kind)) and keys[0].datatype != "N"


_DIGITS = "12345678901234567890123456789012345678901234567890"

BOUNDARIES: Final[Mapping[str, Boundary]] = {
    "bytes of an item": Boundary(ITEM_BYTES, _item_bytes, ("PutItem",), weight=4),
    "bytes of an update": Boundary(ITEM_BYTES, _updated_bytes, ("UpdateItem",), weight=4),
    "levels of a document": Boundary(31, _nesting, ("PutItem",)),
    "levels of an updated document": Boundary(31, _updated_nesting, ("UpdateItem",)),
    "digits of a number": Boundary(38, _value(lambda digits: {"N": _DIGITS[:digits]}), ("PutItem",)),
    "digits of a fraction": Boundary(38, _value(lambda digits: {"N": f"-0.{_DIGITS[:digits]}"}), ("PutItem",)),
    "magnitude of a large number": Boundary(125, _value(lambda power: {"N": f"9.99E{power}"}), ("PutItem",)),
    "magnitude of a small number": Boundary(130, _value(lambda power: {"N": f"-1E-{power}"}), ("PutItem",)),
    "bytes of a partition key": Boundary(2048, _key_bytes("partition"), KEYED, when=_has_length("partition")),
    "bytes of a sort key": Boundary(1024, _key_bytes("sort"), KEYED, when=_has_length("sort")),
    "bytes of an index's partition key": Boundary(
        2048,
        _index_key_bytes("partition"),
        ("PutItem",),
        when=lambda table: _index_key(table, "partition") is not None,
    ),
    "bytes of an index's sort key": Boundary(
        1024, _index_key_bytes("sort"), ("PutItem",), when=lambda table: _index_key(table, "sort") is not None
    ),
    "bytes of an expression": Boundary(4096, _padded, members=EXPRESSIONS),
    "operators of an expression": Boundary(300, _operators, (*READS, "PutItem", "DeleteItem"), CONDITIONS),
    "operands of IN": Boundary(100, _in_operands, members=CONDITIONS),
    "elements of a path": Boundary(32, _path_elements, members=CONDITIONS),
    "index of a list": Boundary(2**31 - 1, _list_index, members=CONDITIONS),
    "bytes of a placeholder": Boundary(255, _placeholder, members=CONDITIONS),
    "keys of BatchGetItem": Boundary(100, _batch_get, ("BatchGetItem",)),
    "requests of BatchWriteItem": Boundary(25, _batch_write, ("BatchWriteItem",)),
    "gets of a transaction": Boundary(100, _transact_get, ("TransactGetItems",)),
    "actions of a transaction": Boundary(100, _transact_write, ("TransactWriteItems",)),
    "segments of a scan": Boundary(1_000_000, _total_segments, ("Scan",)),
    "number of a segment": Boundary(2, _segment, ("Scan",)),
    "least Limit": Boundary(1, _limit, (*READS, "ListTables"), beyond=-1),
    "Limit of ListTables": Boundary(100, _limit, ("ListTables",)),
    "characters of a table's name": Boundary(255, _table_name, ("CreateTable",)),
    "fewest characters of a table's name": Boundary(3, _table_name, ("CreateTable",), beyond=-1),
    "global indexes": Boundary(20, _global_indexes, ("CreateTable",)),
    "local indexes": Boundary(5, _local_indexes, ("CreateTable",)),
    "projected attributes": Boundary(100, _projected, ("CreateTable",)),
}
