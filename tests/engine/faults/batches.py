"""Batches."""

from __future__ import annotations

from reference_server.operations import batches
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import Number, batch_write, call, delete_request, get, item, put, put_request, witness

FAULTS = (
    Fault(
        id="put-and-delete-of-one-item",
        area=Area.BATCHES,
        difficulty=Difficulty.MEDIUM,
        sentence="A batch may put and delete the same item.",
        notice="A batch that production refuses passes, with a result that depends on the order.",
        patches=(
            edit(
                batches.batch_write_item,
                (
                    "[tables[name].keys.key_of(write.key) for write in writes]",
                    "[tables[name].keys.key_of(write.key) for write in writes if isinstance(write, PlannedPut)]",
                ),
            ),
        ),
        witness=witness(batch_write({"Simple": [put_request(pk="a"), delete_request(pk="a")]})),
    ),
    Fault(
        id="unprocessed-items-missing",
        area=Area.BATCHES,
        difficulty=Difficulty.EASY,
        sentence="BatchWriteItem leaves out UnprocessedItems where there are none.",
        notice="The usual loop over UnprocessedItems fails with a KeyError.",
        patches=(edit(batches.batch_write_item, ('{"UnprocessedItems": {}}', "{}")),),
        witness=witness(batch_write({"Simple": [put_request(pk="a")]})),
    ),
    Fault(
        id="equal-number-keys-in-a-batch",
        area=Area.BATCHES,
        difficulty=Difficulty.RARE,
        sentence="BatchGetItem compares keys as they are spelt: 1 and 1.0 are no duplicates.",
        notice="An item comes twice where production refuses the request.",
        patches=(
            edit(
                batches.batch_get_item,
                (
                    """
                    for key in group.Keys:
                        values.accept_item(key)
                    _refuse_duplicates(group.Keys)
                    """,
                    """
                    _refuse_duplicates(group.Keys)
                    for key in group.Keys:
                        values.accept_item(key)
                    """,
                ),
            ),
        ),
        witness=witness(
            call(
                "BatchGetItem",
                RequestItems={"Sorted": {"Keys": [item(pk="a", sk=1), item(pk="a", sk=Number("1.0"))]}},
            )
        ),
    ),
    Fault(
        id="batch-put-merges",
        area=Area.BATCHES,
        difficulty=Difficulty.MEDIUM,
        sentence="A put in a batch keeps those attributes of the old item that the new one has not.",
        notice="Attributes that were removed come back.",
        patches=(
            edit(
                batches.batch_write_item,
                (
                    "after = write.outcome(table.schema, None)",
                    """
                    after = write.outcome(table.schema, None)
                    before = table.get(write.key)
                    if after is not None and before is not None:
                        after.item.update({**before.item, **after.item})
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=1)),
            batch_write({"Simple": [put_request(pk="a", y=2)]}),
            get("Simple", item(pk="a")),
        ),
    ),
    Fault(
        id="second-table-of-a-batch-unprojected",
        area=Area.BATCHES,
        difficulty=Difficulty.RARE,
        sentence="BatchGetItem from several tables uses the projection of the first for all.",
        notice="Attributes are missing, or there are too many, in answers from several tables.",
        patches=(
            edit(
                batches.batch_get_item,
                (
                    """
                    reading.read(
                        tables[name], group.Keys, projections[name], consumption, consistent=bool(group.ConsistentRead)
                    )
                    """,
                    """
                    reading.read(
                        tables[name],
                        group.Keys,
                        next(iter(projections.values())),
                        consumption,
                        consistent=bool(group.ConsistentRead),
                    )
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=1)),
            put("Sorted", item(pk="a", sk=1, x=1)),
            call(
                "BatchGetItem",
                RequestItems={
                    "Simple": {"Keys": [item(pk="a")], "ProjectionExpression": "pk"},
                    "Sorted": {"Keys": [item(pk="a", sk=1)]},
                },
            ),
        ),
    ),
)
