"""Projections that leave out, or let through."""

from __future__ import annotations

from reference_server.expressions import projections
from reference_server.operations import batches
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import call, get, item, put, witness

_KEY = item(pk="a")

FAULTS = (
    Fault(
        id="projected-elements-as-written",
        area=Area.PROJECTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="Elements of a list come in the order in which the projection names them.",
        notice="`l[2], l[0]` gives another list than in production.",
        patches=(edit(projections._project_elements, ("tree.in_order()", "list(tree.branches.items())")),),
        witness=witness(
            put("Simple", item(pk="a", l=[0, 1, 2])), get("Simple", _KEY, ProjectionExpression="l[2], l[0]")
        ),
    ),
    Fault(
        id="two-entries-give-the-whole-map",
        area=Area.PROJECTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="A projection to two entries of one map gives the whole map.",
        notice="More data than was asked for: what should have been hidden is sent.",
        patches=(
            edit(
                projections._project,
                (
                    'return {"M": entries} if entries else None',
                    'return (value if len(tree.branches) > 1 else {"M": entries}) if entries else None',
                ),
            ),
        ),
        witness=witness(
            put("Simple", item(pk="a", m={"p": 1, "q": 2, "r": 3})),
            get("Simple", _KEY, ProjectionExpression="m.p, m.q"),
        ),
    ),
    Fault(
        id="unresolved-path-leaves-a-map",
        area=Area.PROJECTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="A path that leads to nothing leaves an empty map.",
        notice="`is it there` is true although it is not.",
        patches=(edit(projections._project, ('{"M": entries} if entries else None', '{"M": entries}')),),
        witness=witness(put("Simple", item(pk="a", m={"p": 1})), get("Simple", _KEY, ProjectionExpression="m.q")),
    ),
    Fault(
        id="element-of-element-lost",
        area=Area.PROJECTIONS,
        difficulty=Difficulty.RARE,
        sentence="A projection to an element of a list within a list gives nothing.",
        notice="A cell of a table is missing from the answer.",
        patches=(
            edit(
                projections._project_elements,
                ("part is not None", "part is not None and not (branch.position is None and branch.is_of_list)"),
            ),
        ),
        witness=witness(put("Simple", item(pk="a", l=[[1]])), get("Simple", _KEY, ProjectionExpression="l[0][0]")),
    ),
    Fault(
        id="projected-null-left-out",
        area=Area.PROJECTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="A projection leaves out attributes whose value is NULL.",
        notice="A null cannot be told from an attribute that is not there.",
        patches=(
            edit(projections._project_entries, ("value is not None", 'value is not None and "NULL" not in value')),
        ),
        witness=witness(put("Simple", item(pk="a", x=None)), get("Simple", _KEY, ProjectionExpression="x")),
    ),
    Fault(
        id="batch-drops-items-without-projection",
        area=Area.PROJECTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="BatchGetItem leaves out items of which the projection shows nothing.",
        notice="An item seems not to exist because it has not the attribute that was asked for.",
        patches=(
            edit(
                batches._Reading.read,
                (
                    """
                    if record is not None:
                        items.append(record.item if projection is None else projection.project(record.item))
                    """,
                    """
                    if record is not None and (projection is None or projection.project(record.item)):
                        items.append(record.item if projection is None else projection.project(record.item))
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Simple", _KEY),
            call("BatchGetItem", RequestItems={"Simple": {"Keys": [_KEY], "ProjectionExpression": "x"}}),
        ),
    ),
)
