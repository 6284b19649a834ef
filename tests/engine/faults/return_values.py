"""ReturnValues that tell of something else than what was written."""

from __future__ import annotations

from reference_server.operations import items, writes
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import delete, delete_if, item, put, put_if, update, witness

_returned = items._returned_attributes
_KEY = item(pk="a")

FAULTS = (
    Fault(
        id="updated-old-includes-siblings",
        area=Area.RETURN_VALUES,
        difficulty=Difficulty.MEDIUM,
        sentence="UPDATED_OLD shows the whole attribute where the update changed only something in it.",
        notice="A log of changes shows what was not changed.",
        patches=(
            edit(
                _returned,
                (
                    "update.project_targets(before.item)",
                    "{name: before.item[name] for name in update.updated_attributes if name in before.item}",
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", m={"p": 1, "q": 2})),
            update("Simple", _KEY, "SET m.p = :v", v=3, ReturnValues="UPDATED_OLD"),
        ),
    ),
    Fault(
        id="all-new-shows-what-was-removed",
        area=Area.RETURN_VALUES,
        difficulty=Difficulty.MEDIUM,
        sentence="ALL_NEW still shows attributes that the update has removed.",
        notice="A cache that is filled from replies keeps what is gone.",
        patches=(
            edit(
                _returned,
                ("return new", "return {**before.item, **new} if before is not None else new"),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", x=1)), update("Simple", _KEY, "REMOVE x", ReturnValues="ALL_NEW")),
    ),
    Fault(
        id="updated-new-is-stale",
        area=Area.RETURN_VALUES,
        difficulty=Difficulty.MEDIUM,
        sentence="UPDATED_NEW shows the old value of what lies below the top level.",
        notice="A counter in a document is returned one too low.",
        patches=(
            edit(
                _returned,
                (
                    "update.project_targets(new)",
                    "update.project_targets(before.item if before is not None and update.containers else new)",
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", m={"p": 1})),
            update("Simple", _KEY, "SET m.p = :v", v=2, ReturnValues="UPDATED_NEW"),
        ),
    ),
    Fault(
        id="nothing-deleted-returns-attributes",
        area=Area.RETURN_VALUES,
        difficulty=Difficulty.MEDIUM,
        sentence="DeleteItem with ALL_OLD returns empty Attributes where there was no item.",
        notice="`did I delete something` is always true.",
        patches=(
            edit(
                items.delete_item,
                (
                    """
                    if request.ReturnValues == "ALL_OLD" and before is not None:
                        reply["Attributes"] = before.item
                    """,
                    """
                    if request.ReturnValues == "ALL_OLD":
                        reply["Attributes"] = before.item if before is not None else {}
                    """,
                ),
            ),
        ),
        witness=witness(delete("Simple", _KEY, ReturnValues="ALL_OLD")),
    ),
    Fault(
        id="failed-delete-shows-no-item",
        area=Area.RETURN_VALUES,
        difficulty=Difficulty.MEDIUM,
        sentence="A deletion whose condition fails ignores ReturnValuesOnConditionCheckFailure.",
        notice="The item that was in the way is not told, and code that reads it fails.",
        patches=(
            edit(
                writes.PlannedWrite.check_condition,
                (
                    'self.on_failure == "ALL_OLD"',
                    'self.on_failure == "ALL_OLD" and not isinstance(self, PlannedDelete)',
                ),
            ),
        ),
        witness=witness(
            put("Simple", _KEY),
            delete_if("Simple", _KEY, "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_OLD"),
        ),
    ),
    Fault(
        id="failed-put-shows-the-new-item",
        area=Area.RETURN_VALUES,
        difficulty=Difficulty.MEDIUM,
        sentence="A PutItem whose condition fails returns the item that was to be put.",
        notice="The application takes its own item for the one that was in the way.",
        patches=(
            edit(
                writes.PlannedWrite.check_condition,
                ('{"Item": before.item}', '{"Item": self.key if isinstance(self, PlannedPut) else before.item}'),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", x=1)),
            put_if(
                "Simple",
                item(pk="a", x=2),
                "attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            ),
        ),
    ),
    Fault(
        id="put-returns-what-changed",
        area=Area.RETURN_VALUES,
        difficulty=Difficulty.MEDIUM,
        sentence="PutItem with ALL_OLD returns nothing where the new item equals the old one.",
        notice="Writing the same again looks like writing for the first time.",
        patches=(
            edit(
                items.put_item,
                (
                    'request.ReturnValues == "ALL_OLD" and before is not None',
                    'request.ReturnValues == "ALL_OLD" and before is not None and before.item != item',
                ),
            ),
        ),
        witness=witness(put("Simple", _KEY), put("Simple", _KEY, ReturnValues="ALL_OLD")),
    ),
)
