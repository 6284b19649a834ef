"""The law of tables: they are listed as long as they are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from conformance.laws.law import Broken, CannotJudgeError, Law, Observed, Probe, broken
from conformance.laws.sketch import Sketch, sketch
from conformance.scenario import JSONObject, Scenario, Step
from conformance.strategies.drawing import Draw, chance, pick


def _draw(draw: Draw) -> Scenario:
    made = sketch(draw, fill=False, adapt=lambda table: replace(table, options=()))
    names = ["Aaa", "Zzz", "things", "Things-2", "Things.3", "_under"]
    for name in names[: 1 + draw.below(len(names))]:
        if chance(draw, 50):
            made.add_table(replace(made.table, name=name))
        else:
            made.steps.append(Step("CreateTable", replace(made.table, name=name).create_request()))
        if chance(draw, 30):
            made.steps.append(Step("DeleteTable", {"TableName": name}))
        if chance(draw, 30):
            _list(made)
    _list(made)
    return made.scenario()


def _list(made: Sketch) -> None:
    request: JSONObject = {"Limit": pick(made.draw, (1, 2, 3, 100))} if chance(made.draw, 60) else {}
    made.probe("list", "ListTables", request, pages=True)


def _judge(observed: Observed) -> Iterator[Broken]:
    probes = observed.probes("list")
    if not probes:
        raise CannotJudgeError("the tables are not listed")
    for probe in probes:
        names = [str(name) for name in probe.member("TableNames", list)]
        due = _there(observed, probe)
        for how, which in (
            ("a table is listed twice", {name for name in names if names.count(name) > 1}),
            ("a table is not listed", due - set(names)),
            ("a table is listed that is not there", set(names) - due),
        ):
            if which:
                yield broken(probe, how=how, expected=sorted(due), actual=names)


def _there(observed: Observed, before: Probe) -> set[str]:
    names = {str(table.get("TableName")) for table in observed.scenario.tables}
    for probe in observed.steps():
        if probe.index >= before.index:
            break
        name = str(probe.request.get("TableName"))
        if probe.step.operation == "CreateTable" and probe.is_accepted:
            names.add(name)
        elif probe.step.operation == "DeleteTable" and probe.is_accepted:
            names.discard(name)
    return names


LISTED: Final = Law(
    "listed",
    "ListTables lists exactly the tables that were created and not deleted, whatever the size of its pages.",
    "control-plane 7",
    _draw,
    _judge,
)

LAWS: Final = (LISTED,)
