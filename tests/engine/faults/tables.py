"""Tables themselves."""

from __future__ import annotations

from reference_server.tables import description
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.tags import Tags
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import INDEXED, SIMPLE, call, get, item, put, table, witness

_KEY = item(pk="a")
_PROTECTED = table("Protected", "pk:S", DeletionProtectionEnabled=True)

FAULTS = (
    Fault(
        id="recreated-table-has-the-old-items",
        area=Area.TABLES,
        difficulty=Difficulty.MEDIUM,
        sentence="A table that is deleted and created again still has its items.",
        notice="Tests that recreate their tables see what earlier ones left.",
        patches=(
            edit(
                Catalogue._take_leave,
                ("table.status = Status.DELETING", 'table.status = Status.DELETING\nself.__dict__["left"] = table'),
            ),
            edit(
                Catalogue.place,
                (
                    "self._tables[schema.name] = table",
                    """
                    self._tables[schema.name] = table
                    left = self.__dict__.get("left")
                    if left is not None and left.schema == schema:
                        table.records = left.records
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Simple", _KEY),
            call("DeleteTable", TableName="Simple"),
            call("CreateTable", **SIMPLE),
            get("Simple", _KEY),
            tables=[SIMPLE],
        ),
    ),
    Fault(
        id="index-keys-the-wrong-way-round",
        area=Area.TABLES,
        difficulty=Difficulty.EASY,
        sentence="DescribeTable shows the sort key of an index before its partition key.",
        notice="Tools that take the first key for the partition key query by the wrong one.",
        patches=(
            edit(
                description._describe_index,
                ("_describe_keys(index.keys)", "_describe_keys(index.keys)[::-1]"),
            ),
        ),
        witness=witness(call("DescribeTable", TableName="Indexed"), tables=[INDEXED]),
    ),
    Fault(
        id="list-of-tables-goes-on-at-its-end",
        area=Area.TABLES,
        difficulty=Difficulty.MEDIUM,
        sentence="ListTables has a LastEvaluatedTableName where its Limit is exactly the number of tables left.",
        notice="One request more than is needed; a test for the last page fails.",
        patches=(edit(Catalogue.names, ("start + limit < len(names)", "start + limit <= len(names)")),),
        witness=witness(call("ListTables", Limit=1), tables=[SIMPLE]),
    ),
    Fault(
        id="protected-table-deleted",
        area=Area.TABLES,
        difficulty=Difficulty.MEDIUM,
        sentence="DeletionProtectionEnabled does not keep a table from being deleted.",
        notice="A safeguard that was tested does not exist.",
        patches=(edit(Catalogue.deletable, ("table.settings.deletion_protection", "False")),),
        witness=witness(call("DeleteTable", TableName="Protected"), tables=[_PROTECTED]),
    ),
    Fault(
        id="tables-of-one-name-in-another-case",
        area=Area.TABLES,
        difficulty=Difficulty.RARE,
        sentence="A name that differs from a table's only in case is taken.",
        notice="Two tables that production can hold side by side cannot be created.",
        patches=(
            edit(
                Catalogue.add,
                ("schema.name in self._tables", "schema.name.lower() in map(str.lower, self._tables)"),
            ),
        ),
        witness=witness(call("CreateTable", **table("SIMPLE", "pk:S")), tables=[SIMPLE]),
    ),
    Fault(
        id="second-tag-stays",
        area=Area.TABLES,
        difficulty=Difficulty.MEDIUM,
        sentence="UntagResource removes the first of its keys only.",
        notice="Costs are booked under tags that were removed.",
        patches=(
            edit(
                Tags.remove,
                (
                    "for key in keys:\n    self._tags.get(table.id, {}).pop(key, None)",
                    "for key in keys[:1]:\n    self._tags.get(table.id, {}).pop(key, None)",
                ),
            ),
        ),
        witness=witness(
            call("CreateTable", label="made", **SIMPLE, Tags=[{"Key": key, "Value": "v"} for key in "pq"]),
            call("UntagResource", ResourceArn={"$from": "made.TableDescription.TableArn"}, TagKeys=["p", "q"]),
            call("ListTagsOfResource", ResourceArn={"$from": "made.TableDescription.TableArn"}),
            tables=[],
        ),
    ),
    Fault(
        id="table-not-found-by-its-arn",
        area=Area.TABLES,
        difficulty=Difficulty.MEDIUM,
        sentence="Operations on items do not take a table's ARN for its name.",
        notice="Clients that use ARNs get ResourceNotFoundException.",
        patches=(edit(Catalogue.open, ("table = self.find(name)", "table = self._tables.get(name)")),),
        witness=witness(
            call("CreateTable", label="made", **SIMPLE),
            call("GetItem", TableName={"$from": "made.TableDescription.TableArn"}, Key=_KEY),
            tables=[],
        ),
    ),
)
