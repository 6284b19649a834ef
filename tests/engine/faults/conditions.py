"""Conditions and filters that hold where they should not, or the other way round."""

from __future__ import annotations

from reference_server import sizes, values
from reference_server.expressions import conditions, grammar, paths
from reference_server.operations import items, transactions
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import Replacement, edit
from tests.engine.witnesses import action, delete_if, item, put, scan, transaction, update, witness

_KEY = item(pk="a")

FAULTS = (
    Fault(
        id="delete-of-nothing-needs-no-condition",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="DeleteItem does not look at its condition where there is no item.",
        notice="`delete if still mine` succeeds although somebody else was faster.",
        patches=(
            edit(
                items.delete_item,
                (
                    "deletion.check_condition(before)",
                    "if before is not None:\n    deletion.check_condition(before)",
                ),
            ),
        ),
        witness=witness(delete_if("Simple", _KEY, "attribute_exists(pk)")),
    ),
    Fault(
        id="check-of-nothing-passes",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="A ConditionCheck of an item that is not there passes.",
        notice="A transaction that requires a user goes through without one.",
        patches=(
            edit(
                transactions.transact_write_items,
                (
                    "member.write.check_condition(before)",
                    """
                    if before is not None or not isinstance(member.write, PlannedCheck):
                        member.write.check_condition(before)
                    """,
                ),
            ),
        ),
        witness=witness(
            transaction(action("ConditionCheck", "Simple", _KEY, ConditionExpression="attribute_exists(pk)"))
        ),
    ),
    Fault(
        id="contains-fails-on-binary-sets",
        area=Area.CONDITIONS,
        difficulty=Difficulty.RARE,
        sentence="contains() never finds an element of a binary set.",
        notice="A filter by a hash in a set of hashes finds nothing.",
        patches=(
            edit(
                conditions._contains,
                ("part[part_name] in content", 'name != "BS" and part[part_name] in content'),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x={b"p", b"q"})), scan("Simple", "contains(x, :v)", v=b"p")),
    ),
    Fault(
        id="contains-looks-deeper",
        area=Area.CONDITIONS,
        difficulty=Difficulty.RARE,
        sentence="contains() looks into lists within the list.",
        notice="A filter finds items whose nested lists have the value.",
        patches=(
            edit(
                conditions._contains,
                ("part in content", 'part in content or any(part in each["L"] for each in content if "L" in each)'),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=[[1]])), scan("Simple", "contains(x, :v)", v=1)),
    ),
    Fault(
        id="contains-in-maps",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="contains() of a map holds where the map has an entry of that name.",
        notice="A filter works in tests and never holds in production.",
        patches=(
            edit(
                conditions._contains,
                (
                    "if name != part_name:\n    return False",
                    'if name != part_name:\n    return name == "M" and part.get("S") in content',
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x={"p": 1})), scan("Simple", "contains(x, :v)", v="p")),
    ),
    Fault(
        id="size-of-maps-in-bytes",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="size() of a map is its bytes, not the number of its entries.",
        notice="A limit on the number of entries hits far too early.",
        patches=(Replacement(conditions._SIZES, "M", sizes.item_size),),
        witness=witness(put("Simple", item(pk="a", x={"p": "q"})), scan("Simple", "size(x) = :v", v=1)),
    ),
    Fault(
        id="size-of-binary-in-base64",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="size() of a binary is the length of its base64 text.",
        notice="A limit on the bytes of a thumbnail hits a third too early.",
        patches=(Replacement(conditions._SIZES, "B", len),),
        witness=witness(put("Simple", item(pk="a", x=b"p")), scan("Simple", "size(x) = :v", v=1)),
    ),
    Fault(
        id="size-of-text-in-bytes",
        area=Area.CONDITIONS,
        difficulty=Difficulty.RARE,
        sentence="size() of a text is the number of its bytes in UTF-8.",
        notice="A limit on the length of a name hits too early where names have accents.",
        patches=(Replacement(conditions._SIZES, "S", sizes.string_size),),
        witness=witness(put("Simple", item(pk="a", x="é")), scan("Simple", "size(x) = :v", v=1)),
    ),
    Fault(
        id="not-takes-the-whole-conjunction",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="`NOT a AND b` is read as `NOT (a AND b)`.",
        notice="A filter lets through what both its parts exclude.",
        patches=(
            edit(
                grammar._Group.close_conjunction,
                (
                    "And(tuple(self.conjuncts))",
                    """(
                        Not(And((self.conjuncts[0].condition, *self.conjuncts[1:])))
                        if isinstance(self.conjuncts[0], Not)
                        else And(tuple(self.conjuncts))
                    )""",
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=1, y=2)), scan("Simple", "NOT x = :v AND y = :w", v=2, w=1)),
    ),
    Fault(
        id="or-binds-like-and",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="`a OR b AND c` is read from left to right, as `(a OR b) AND c`.",
        notice="A filter excludes what its first part allows.",
        patches=(
            edit(
                grammar._Group.condition,
                (
                    "return self.alternatives[0] if len(self.alternatives) == 1 else Or(tuple(self.alternatives))",
                    """
                    last = self.alternatives[-1]
                    if len(self.alternatives) > 1 and isinstance(last, And):
                        first = Or((*self.alternatives[:-1], last.conditions[0]))
                        return And((first, *last.conditions[1:]))
                    return self.alternatives[0] if len(self.alternatives) == 1 else Or(tuple(self.alternatives))
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=1, y=2, z=3)),
            scan("Simple", "x = :v OR y = :v AND z = :v", v=1),
        ),
    ),
    Fault(
        id="null-has-no-type",
        area=Area.CONDITIONS,
        difficulty=Difficulty.RARE,
        sentence="attribute_type(x, NULL) does not hold of a NULL.",
        notice="A filter for unset values finds none.",
        patches=(edit(conditions._has_datatype, ('name["S"] in value', 'name["S"] in value and name["S"] != "NULL"')),),
        witness=witness(put("Simple", item(pk="a", x=None)), scan("Simple", "attribute_type(x, :v)", v="NULL")),
    ),
    Fault(
        id="in-looks-at-five",
        area=Area.CONDITIONS,
        difficulty=Difficulty.RARE,
        sentence="IN looks at the first five of its operands only.",
        notice="A filter by more than five ids misses some.",
        patches=(edit(conditions.is_among, ("read(item) in literals", "read(item) in literals[:5]")),),
        witness=witness(
            put("Simple", item(pk="a", x=6)),
            scan("Simple", "x IN (:a, :b, :c, :d, :e, :f)", a=1, b=2, c=3, d=4, e=5, f=6),
        ),
    ),
    Fault(
        id="absent-is-not-unequal",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="`x <> :v` does not hold where x is not there.",
        notice="Items without the attribute are missing from an exclusion.",
        patches=(
            edit(
                conditions._compile_comparison,
                (
                    'test if symbol == "=" else negation(test)',
                    'test if symbol == "=" else conjunction([exists(_reader(left)), negation(test)])',
                ),
            ),
        ),
        witness=witness(put("Simple", _KEY), scan("Simple", "x <> :v", v=1)),
    ),
    Fault(
        id="number-compared-with-text",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="A number is compared with a text by its digits, where nothing should hold.",
        notice="A filter with a text where a number was meant seems to work.",
        patches=(
            edit(
                conditions.is_ordered,
                (
                    """
                    if value is None or name not in value:
                        return False
                    """,
                    """
                    if value is not None and name == "S" and "N" in value:
                        return compare(value["N"], bound)
                    if value is None or name not in value:
                        return False
                    """,
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=1)), scan("Simple", "x < :v", v="2")),
    ),
    Fault(
        id="binary-prefix-by-its-base64",
        area=Area.CONDITIONS,
        difficulty=Difficulty.RARE,
        sentence="begins_with compares the base64 texts of binaries.",
        notice="A prefix is found only where its length is a multiple of three.",
        patches=(
            edit(
                conditions.begins_with,
                (
                    'values.decode_binary(value["B"]).startswith(values.decode_binary(prefix["B"]))',
                    'value["B"].startswith(prefix["B"].rstrip("="))',
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=b"pq")), scan("Simple", "begins_with(x, :v)", v=b"p")),
    ),
    Fault(
        id="sets-equal-by-their-order",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="Two sets of texts are equal only if they were written in the same order.",
        notice="A condition on a set fails by chance.",
        patches=(
            edit(
                values.sorted_set,
                (
                    "return sorted(set(elements), key=ORDERS[set_datatype[0]])",
                    """
                    if set_datatype == "SS":
                        return list(dict.fromkeys(elements))
                    return sorted(set(elements), key=ORDERS[set_datatype[0]])
                    """,
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=("q", "p"))), scan("Simple", "x = :v", v=("p", "q"))),
    ),
    Fault(
        id="empty-text-does-not-exist",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="attribute_exists does not hold of an empty text.",
        notice="A field that was emptied counts as never filled in.",
        patches=(edit(conditions.exists, ("read(item) is not None", 'read(item) not in (None, {"S": ""})')),),
        witness=witness(put("Simple", item(pk="a", x="")), scan("Simple", "attribute_exists(x)")),
    ),
    Fault(
        id="one-beyond-the-end-is-the-last",
        area=Area.CONDITIONS,
        difficulty=Difficulty.RARE,
        sentence="An index one beyond the end of a list leads to its last element.",
        notice="attribute_not_exists(list[n]) fails for the next free place.",
        patches=(
            edit(
                paths._element,
                (
                    "elements[index] if index < len(elements) else None",
                    "elements[min(index, len(elements) - 1)] if index <= len(elements) and elements else None",
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=[1])), scan("Simple", "attribute_exists(x[1])")),
    ),
    Fault(
        id="condition-after-the-update",
        area=Area.CONDITIONS,
        difficulty=Difficulty.RARE,
        sentence="UpdateItem carries out the update before it looks at the condition.",
        notice="An update that cannot be carried out is told so although its condition fails.",
        patches=(
            edit(
                items.update_item,
                (
                    "planned.check_condition(before)\nafter = planned.outcome(table.schema, before)",
                    "after = planned.outcome(table.schema, before)\nplanned.check_condition(before)",
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x="text")),
            update("Simple", _KEY, "ADD x :v", v=1, ConditionExpression="attribute_not_exists(pk)"),
        ),
    ),
    Fault(
        id="absent-has-size-zero",
        area=Area.CONDITIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="size() of an attribute that is not there is 0.",
        notice="`fewer than ten` holds of items that have no list at all, and production disagrees.",
        patches=(
            edit(
                conditions._size_reader,
                ("if value is None:\n    return None", 'if value is None:\n    return {"N": "0"}'),
            ),
        ),
        witness=witness(put("Simple", _KEY), scan("Simple", "size(x) < :v", v=10)),
    ),
)
