"""Every operation reads in the same order of named stages, and does in each what belongs there.

A stage is a comment of one word in capitals at the level of the handler's own statements. The order is DynamoDB's
(docs/validation-order.md), so what is held here is more than looks: a check that moves to another stage makes another
error win. A stage that an operation does not have is left out, never moved.
"""

from __future__ import annotations

import ast
import inspect
import io
import textwrap
import tokenize
from collections.abc import Iterator
from itertools import pairwise

import pytest

from reference_server.operations import registry

# One after the other; of READ and WRITE an operation has one at most.
ORDER = ("PARAMETERS", "VALUES", "EXPRESSIONS", "TABLE", "KEYS", "CONDITION", "READ", "WRITE", "RESPONSE")
EITHER = ("READ", "WRITE")

# Where a call stands, by how it is written at its end.
PLACES = {
    "refuse_mixture": "PARAMETERS",
    "creation.read_schema": "PARAMETERS",
    "updating.check": "PARAMETERS",
    "values.accept_item": "VALUES",
    "refuse_item_size": "VALUES",
    "Placeholders": "EXPRESSIONS",
    "bind_projection": "EXPRESSIONS",
    "conditions.bind": "EXPRESSIONS",
    "updates.bind": "EXPRESSIONS",
    "projections.bind": "EXPRESSIONS",
    "placeholders.refuse_unused": "EXPRESSIONS",
    "catalogue.open": "TABLE",
    "_open": "TABLE",
    "catalogue.describe": "TABLE",
    "catalogue.changeable": "TABLE",
    "catalogue.deletable": "TABLE",
    "catalogue.create": "TABLE",
    "catalogue.add": "TABLE",
    "find_source": "TABLE",
    "restoring.plan": "TABLE",
    "restorations.refuse_target": "TABLE",
    "check_keys": "KEYS",
    "item_keys.check_key": "KEYS",
    "refuse_keys_as_containers": "KEYS",
    "check_condition": "CONDITION",
    "source.scan": "READ",
    "perform": "WRITE",
    "check_changes": "TABLE",
    "carry_out": "WRITE",
    "catalogue.drop": "WRITE",
    "restorations.begin": "WRITE",
    "imports.start": "WRITE",
    "capacity.Consumption": "RESPONSE",
}
# A batch accounts for each table as it goes.
EXCEPTIONS = {
    ("batch_get_item", "capacity.Consumption"): "READ",
    ("batch_write_item", "capacity.Consumption"): "WRITE",
}


def find_faults(source: str, *, whole: bool = True) -> list[str]:
    """What is wrong with the stages of one function; a part of an operation (not `whole`) has no RESPONSE."""
    source = textwrap.dedent(source)
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    stages = list(_stages(source, function.body[0].col_offset))
    return [
        *_faults_of_order([name for _, name in stages], whole=whole),
        *_faults_of_bounds(function, stages),
        *_faults_of_place(function, stages),
    ]


def _stages(source: str, column: int) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#"):
            word = token.string.removeprefix("#").strip()
            if word.isupper() and word.isalpha():
                yield token.start[0], word if token.start[1] == column else f"{word} (indented)"


def _faults_of_order(names: list[str], *, whole: bool) -> Iterator[str]:
    for name in names:
        if name not in ORDER:
            yield f"{name} is no stage"
    known = [name for name in names if name in ORDER]
    for before, after in pairwise(known):
        if ORDER.index(before) >= ORDER.index(after):
            yield f"{after} behind {before}"
    if all(name in known for name in EITHER):
        yield "READ and WRITE"
    if whole and (not known or known[-1] != "RESPONSE"):
        yield "no RESPONSE at the end"


def _faults_of_bounds(function: ast.FunctionDef, stages: list[tuple[int, str]]) -> Iterator[str]:
    """Each statement is in a stage, each stage has a statement."""
    statements = [statement.lineno for statement in function.body if not _is_text(statement)]
    if stages and statements[0] < stages[0][0]:
        yield "a statement before the first stage"
    for position, (line, name) in enumerate(stages):
        ends = [end for end, _ in stages[position + 1 :]][:1]
        if not any(line < statement and not any(end < statement for end in ends) for statement in statements):
            yield f"{name} is empty"


def _faults_of_place(function: ast.FunctionDef, stages: list[tuple[int, str]]) -> Iterator[str]:
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        written = ast.unparse(call.func)
        stage = next((name for line, name in reversed(stages) if line < call.lineno), None)
        for end, usual in PLACES.items():
            if written == end or written.endswith(f".{end}"):
                place = EXCEPTIONS.get((function.name, end), usual)
                if stage != place:
                    yield f"{written} in {stage}, not in {place}"


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


HANDLERS = {handler.__name__: handler for handler in registry.OPERATIONS.values()}
MODULES = {inspect.getmodule(handler) for handler in HANDLERS.values()}
# What handlers call that has stages of its own.
PARTS = {
    name: function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if inspect.getmodule(function) is module and name not in HANDLERS
    if any(f"    # {stage}\n" in inspect.getsource(function) for stage in ORDER)
}


@pytest.mark.parametrize("handler", sorted(HANDLERS))
def test_an_operation_reads_in_stages(handler: str) -> None:
    assert find_faults(inspect.getsource(HANDLERS[handler])) == []


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_part_of_an_operation_reads_in_stages(part: str) -> None:
    assert find_faults(inspect.getsource(PARTS[part]), whole=False) == []


def test_every_place_is_of_a_call_that_there_is() -> None:
    written = "".join(map(inspect.getsource, [*HANDLERS.values(), *PARTS.values()]))
    assert [call for call in PLACES if f"{call}(" not in written] == []


# --- the lint itself ----------------------------------------------------------------------------------------

RIGHT = '''
def put(catalogue, request):
    """What it does."""
    # VALUES
    values.accept_item(request.Item)  # VALUES of the item
    # NOT A STAGE, since it has several words
    # TABLE
    table = catalogue.open(request.TableName)
    # WRITE
    for item in request.Items:
        put.perform(item)
    # RESPONSE
    return {}
'''


def test_stages_in_order_pass() -> None:
    assert find_faults(RIGHT) == []


@pytest.mark.parametrize(
    ("right", "wrong", "faults"),
    [
        ("# VALUES\n", "# WORTH\n", ["WORTH is no stage", "values.accept_item in WORTH, not in VALUES"]),
        ("# VALUES\n", "# KEYS\n", ["TABLE behind KEYS", "values.accept_item in KEYS, not in VALUES"]),
        ("# VALUES\n", "# TABLE\n", ["TABLE behind TABLE", "values.accept_item in TABLE, not in VALUES"]),
        ("    # RESPONSE\n", "", ["no RESPONSE at the end"]),
        ("# TABLE\n", "# READ\n", ["READ and WRITE", "catalogue.open in READ, not in TABLE"]),
        ("# WRITE\n", "# KEYS\n    # WRITE\n", ["KEYS is empty"]),
        ("    # VALUES\n", "    x = 1\n    # VALUES\n", ["a statement before the first stage"]),
        (
            "    # TABLE\n",
            "",
            ["catalogue.open in VALUES, not in TABLE"],
        ),
        ("        put.perform", "        # KEYS\n        put.perform", ["KEYS (indented)"]),
        ("    return {}\n", "    put.perform(1)\n    return {}\n", ["put.perform in RESPONSE, not in WRITE"]),
    ],
)
def test_stages_out_of_order_are_found(right: str, wrong: str, faults: list[str]) -> None:
    assert right in RIGHT
    found = find_faults(RIGHT.replace(right, wrong, 1))
    assert len(found) >= len(faults)
    for fault in faults:
        assert any(fault in one for one in found), found


def test_a_function_without_stages_is_found() -> None:
    assert find_faults("def put(catalogue, request):\n    return {}\n") == ["no RESPONSE at the end"]
