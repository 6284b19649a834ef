"""The parameters that came before expressions."""

from __future__ import annotations

from dataclasses import replace

from reference_server.expressions import conditions, legacy, updates
from reference_server.operations import batches, reads
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import Replacement, edit
from tests.engine.witnesses import call, delete, get, item, put, update, wire, witness

_KEY = item(pk="a")
_GET = get("Simple", _KEY)

FAULTS = (
    Fault(
        id="expected-or-as-and",
        area=Area.LEGACY,
        difficulty=Difficulty.MEDIUM,
        sentence="ConditionalOperator OR is taken for AND in Expected.",
        notice="Conditional writes of old code fail.",
        patches=(
            edit(
                legacy.bind_expected,
                ("_combine(list(expected), tests, conditional_operator)", "_combine(list(expected), tests, None)"),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=1)),
            put(
                "Simple",
                _KEY,
                Expected={"x": {"Value": wire(1)}, "y": {"Value": wire(1)}},
                ConditionalOperator="OR",
            ),
        ),
    ),
    Fault(
        id="delete-without-value-ignored",
        area=Area.LEGACY,
        difficulty=Difficulty.MEDIUM,
        sentence="AttributeUpdates with DELETE and no value leaves the attribute there.",
        notice="Old code cannot remove attributes.",
        patches=(
            edit(
                legacy._read_update,
                ('Action("REMOVE", (name,), updates.remove)', 'Action("REMOVE", (name,), lambda _item, old: old)'),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=1)), update("Simple", _KEY, AttributeUpdates={"x": {"Action": "DELETE"}}), _GET
        ),
    ),
    Fault(
        id="expected-absent-ignored",
        area=Area.LEGACY,
        difficulty=Difficulty.MEDIUM,
        sentence="Exists=false in Expected is ignored.",
        notice="`create, do not overwrite` overwrites.",
        patches=(
            edit(
                legacy._expect,
                ('operator, operands = "NULL", []', "return lambda _item: True"),
            ),
        ),
        witness=witness(put("Simple", _KEY), put("Simple", _KEY, Expected={"pk": {"Exists": False}})),
    ),
    Fault(
        id="ne-of-absent-fails",
        area=Area.LEGACY,
        difficulty=Difficulty.MEDIUM,
        sentence="NE does not hold of an attribute that is not there.",
        notice="Items without the attribute are missing from an exclusion.",
        patches=(
            Replacement(
                legacy.COMPARISONS,
                "NE",
                replace(
                    legacy.COMPARISONS["NE"],
                    test=lambda read, operands: conditions.conjunction(
                        [conditions.exists(read), conditions.negation(conditions.equals(read, operands[0]))]
                    ),
                ),
            ),
        ),
        witness=witness(
            put("Simple", _KEY),
            delete("Simple", _KEY, Expected={"x": {"ComparisonOperator": "NE", "AttributeValueList": [wire(1)]}}),
        ),
    ),
    Fault(
        id="not-contains-of-absent-holds",
        area=Area.LEGACY,
        difficulty=Difficulty.MEDIUM,
        sentence="NOT_CONTAINS holds of an attribute that is not there.",
        notice="Items without the attribute come through a filter.",
        patches=(
            edit(
                legacy._not_contains,
                (
                    "conditions.conjunction([conditions.exists(read), conditions.negation(_contains(read, operands))])",
                    "conditions.negation(_contains(read, operands))",
                ),
            ),
        ),
        witness=witness(
            put("Simple", _KEY),
            call(
                "Scan",
                TableName="Simple",
                ScanFilter={"x": {"ComparisonOperator": "NOT_CONTAINS", "AttributeValueList": [wire("p")]}},
            ),
        ),
    ),
    Fault(
        id="query-filter-ignored-on-indexes",
        area=Area.LEGACY,
        difficulty=Difficulty.RARE,
        sentence="QueryFilter is ignored where an index is read.",
        notice="Old code gets items that it has filtered out.",
        patches=(
            edit(
                reads.query,
                (
                    """_read_page(
                        records, query_filter, request.Limit, _fetching(table, index, request.Select, projection)
                    )""",
                    """_read_page(
                        records,
                        None if index is not None and request.QueryFilter is not None else query_filter,
                        request.Limit,
                        _fetching(table, index, request.Select, projection),
                    )""",
                ),
            ),
        ),
        witness=witness(
            put("Indexed", item(pk="a", sk=1, g="g", h=1)),
            call(
                "Query",
                TableName="Indexed",
                IndexName="Global",
                KeyConditions={"g": {"ComparisonOperator": "EQ", "AttributeValueList": [wire("g")]}},
                QueryFilter={"x": {"ComparisonOperator": "NOT_NULL"}},
            ),
        ),
    ),
    Fault(
        id="attributes-to-get-ignored-in-batches",
        area=Area.LEGACY,
        difficulty=Difficulty.MEDIUM,
        sentence="BatchGetItem ignores AttributesToGet.",
        notice="Answers are larger than they were asked to be.",
        patches=(
            edit(
                batches.batch_get_item,
                (
                    "bind_projection(group)",
                    "None if group.AttributesToGet is not None else bind_projection(group)",
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=1)),
            call("BatchGetItem", RequestItems={"Simple": {"Keys": [_KEY], "AttributesToGet": ["pk"]}}),
        ),
    ),
    Fault(
        id="attributes-to-get-as-paths",
        area=Area.LEGACY,
        difficulty=Difficulty.RARE,
        sentence="AttributesToGet does not find attributes whose name has a dot.",
        notice="An attribute called `a.b` is missing from the answers of old code.",
        patches=(
            edit(
                legacy.bind_attributes_to_get,
                (
                    "projections.of_attributes(names)",
                    'projections.of_attributes([name for name in names if "." not in name])',
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", **{"x.y": 1})), get("Simple", _KEY, AttributesToGet=["pk", "x.y"])),
    ),
    Fault(
        id="list-addition-in-front",
        area=Area.LEGACY,
        difficulty=Difficulty.RARE,
        sentence="ADD of AttributeUpdates puts the elements in front of the list.",
        notice="Logs that old code writes are in the wrong order.",
        patches=(
            edit(
                updates.add,
                (
                    "joined = [*old[name], *content]",
                    'joined = [*content, *old[name]] if name == "L" else [*old[name], *content]',
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", l=[1])),
            update("Simple", _KEY, AttributeUpdates={"l": {"Action": "ADD", "Value": wire([2])}}),
            _GET,
        ),
    ),
    Fault(
        id="key-conditions-between-as-greater",
        area=Area.LEGACY,
        difficulty=Difficulty.MEDIUM,
        sentence="BETWEEN in KeyConditions looks at its lower bound only.",
        notice="Old code reads more than the range that it asked for.",
        patches=(
            edit(
                legacy.bind_key_conditions,
                (
                    "clauses.append(KeyClause(name, operator, tuple(entry.AttributeValueList or [])))",
                    """
                    bounds = tuple(entry.AttributeValueList or [])
                    if operator is KeyOperator.BETWEEN:
                        operator, bounds = KeyOperator.GREATER_OR_EQUAL, bounds[:1]
                    clauses.append(KeyClause(name, operator, bounds))
                    """,
                ),
            ),
        ),
        witness=witness(
            *[put("Sorted", item(pk="a", sk=n)) for n in (1, 2, 3)],
            call(
                "Query",
                TableName="Sorted",
                KeyConditions={
                    "pk": {"ComparisonOperator": "EQ", "AttributeValueList": [wire("a")]},
                    "sk": {"ComparisonOperator": "BETWEEN", "AttributeValueList": [wire(1), wire(2)]},
                },
            ),
        ),
    ),
)
