"""Updates that lose something on a rare path."""

from __future__ import annotations

from reference_server.expressions import updates
from reference_server.operations import items
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import get, item, put, update, witness

_KEY = item(pk="a")
_GET = get("Simple", _KEY)
_rebuild_elements = updates._rebuild_elements

FAULTS = (
    Fault(
        id="add-of-a-new-set-keeps-one-element",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="ADD of a set to an attribute that is not there stores its first element only.",
        notice="The first tags of an item get lost, later ones do not.",
        patches=(edit(updates.add, ("return literal", 'return literal if name == "N" else {name: content[:1]}')),),
        witness=witness(put("Simple", _KEY), update("Simple", _KEY, "ADD x :v", v={"p", "q"}), _GET),
    ),
    Fault(
        id="second-element-removed-is-the-wrong-one",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="Where an update removes two elements of a list, the second index counts what the first has left.",
        notice="The wrong element is gone.",
        patches=(
            edit(
                _rebuild_elements,
                (
                    "rebuilt[index] = result",
                    """
                    if result is not None:
                        rebuilt[index] = result
                    elif index < len(rebuilt):
                        del rebuilt[index]
                    """,
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", l=[0, 1, 2, 3])), update("Simple", _KEY, "REMOVE l[0], l[1]"), _GET),
    ),
    Fault(
        id="empty-set-stays",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="A set that has lost its last element stays, empty.",
        notice="A reply has an empty set, which no client can have written; attribute_not_exists does not hold.",
        patches=(edit(updates.delete, ("{name: remaining} if remaining else None", "{name: remaining}")),),
        witness=witness(put("Simple", item(pk="a", x={"p"})), update("Simple", _KEY, "DELETE x :v", v={"p"}), _GET),
    ),
    Fault(
        id="if-not-exists-overwrites-null",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="if_not_exists takes a stored NULL for an attribute that is not there.",
        notice="A value that was set to null on purpose is overwritten by the default.",
        patches=(
            edit(
                updates._if_not_exists,
                ("found is None", 'found is None or "NULL" in found'),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=None)), update("Simple", _KEY, "SET x = if_not_exists(x, :v)", v=1), _GET
        ),
    ),
    Fault(
        id="appended-in-the-order-written",
        area=Area.UPDATES,
        difficulty=Difficulty.RARE,
        sentence="Elements that are SET beyond the end of a list are appended as written, not by their indexes.",
        notice="Two appended elements stand in the other order.",
        patches=(edit(_rebuild_elements, ("tree.in_order()", "list(tree.branches.items())")),),
        witness=witness(
            put("Simple", item(pk="a", l=[0])), update("Simple", _KEY, "SET l[9] = :n, l[7] = :s", n=9, s=7), _GET
        ),
    ),
    Fault(
        id="list-padded-with-null",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="SET of an element beyond the end of a list fills the gap with NULLs.",
        notice="Lists have holes, and another length than in production.",
        patches=(
            edit(
                _rebuild_elements,
                (
                    "rebuilt.append(result)",
                    'rebuilt.extend({"NULL": True} for _ in range(len(rebuilt), index))\nrebuilt.append(result)',
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", l=[0])), update("Simple", _KEY, "SET l[3] = :v", v=3), _GET),
    ),
    Fault(
        id="map-in-a-list-loses-its-siblings",
        area=Area.UPDATES,
        difficulty=Difficulty.RARE,
        sentence="A SET into a map that is an element of a list drops the map's other entries.",
        notice="Changing the quantity of one order line loses its price.",
        patches=(
            edit(
                updates._rebuild,
                (
                    'value["M"]',
                    '{} if isinstance(tree.path[-2], int) else value["M"]',
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", l=[{"p": 1, "q": 2}])), update("Simple", _KEY, "SET l[0].q = :v", v=3), _GET
        ),
    ),
    Fault(
        id="set-sees-earlier-sets",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="The right-hand side of a SET sees what actions before it have put there.",
        notice="`SET a = b, b = a` does not exchange the two, but makes them equal.",
        patches=(
            edit(
                updates.Update.apply,
                (
                    "results = [change(item, read(item)) for read, change in self._changes]",
                    """
                    results, seen = [], item
                    for action, (read, change) in zip(self.actions, self._changes):
                        results.append(change(seen, read(item)))
                        if len(action.path) == 1 and results[-1] is not None:
                            seen = {**seen, action.path[0]: results[-1]}
                    """,
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=1, y=2)), update("Simple", _KEY, "SET x = y, y = x"), _GET),
    ),
    Fault(
        id="prepended-is-appended",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="list_append(:new, list) appends.",
        notice="`newest first` lists grow at the wrong end.",
        patches=(
            edit(
                updates._compile_value,
                (
                    "_list_append(_compile_value(first), _compile_value(second))",
                    """_list_append(
                        *map(_compile_value, (second, first) if isinstance(first, Literal) else (first, second))
                    )""",
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", l=[1])), update("Simple", _KEY, "SET l = list_append(:v, l)", v=[0]), _GET
        ),
    ),
    Fault(
        id="update-of-nothing-creates-nothing",
        area=Area.UPDATES,
        difficulty=Difficulty.RARE,
        sentence="UpdateItem without any update does not create an item that is not there.",
        notice="An item that was to be claimed by its key alone is not there afterwards.",
        patches=(
            edit(
                items.update_item,
                (
                    "planned.perform(table, after)",
                    "planned.perform(table, after if update is not None or before is not None else None)",
                ),
            ),
        ),
        witness=witness(update("Simple", _KEY), _GET),
    ),
    Fault(
        id="number-minus-missing",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="In `SET x = x - :v` an attribute that is not there counts as 0.",
        notice="A stock that was never entered becomes negative, where production refuses the update.",
        patches=(
            edit(
                updates._compile_value,
                (
                    """_arithmetic(
                        numbers.add if symbol == '+' else numbers.subtract, _compile_value(left), _compile_value(right)
                    )""",
                    """_arithmetic(
                        numbers.add if symbol == '+' else numbers.subtract,
                        _if_not_exists(left.path, lambda _item: {"N": "0"})
                        if symbol == "-" and isinstance(left, Attribute)
                        else _compile_value(left),
                        _compile_value(right),
                    )""",
                ),
            ),
        ),
        witness=witness(put("Simple", _KEY), update("Simple", _KEY, "SET x = x - :v", v=1)),
    ),
    Fault(
        id="delete-of-absent-elements-empties",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="DELETE of elements from a set empties it where none of them was in it.",
        notice="Removing a tag that an item has not got removes all its tags.",
        patches=(
            edit(
                updates.delete,
                (
                    "{name: remaining} if remaining else None",
                    "{name: remaining} if 0 < len(remaining) < len(old[name]) else None",
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x={"p"})), update("Simple", _KEY, "DELETE x :v", v={"q"}), _GET),
    ),
    Fault(
        id="nested-remove-leaves-null",
        area=Area.UPDATES,
        difficulty=Difficulty.MEDIUM,
        sentence="REMOVE of an entry of a map within a map leaves a NULL in its place.",
        notice="Removed settings are still there, as null.",
        patches=(
            edit(
                updates._rebuild_entries,
                (
                    "rebuilt.pop(name, None)",
                    """
                    if rebuilt.pop(name, None) is not None and len(branch.path) > 2:
                        rebuilt[name] = {"NULL": True}
                    """,
                ),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", m={"n": {"p": 1}})), update("Simple", _KEY, "REMOVE m.n.p"), _GET),
    ),
)
