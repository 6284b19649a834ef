"""Small changes to the reference server at run time, and back.

An `Edit` is a difference in the text of one function, as a reader of a patch would see it: `before` and `after` are
pieces of Python, found in the function by their meaning (comments, quotes and line breaks do not matter). The function
stays the same object and gets another code, so it does not matter who holds it: a table of operations, another module,
a subclass. `before` must be there exactly once. If the server changes so that it is not, nothing is changed and
`PatchError` says which fault has to be written anew.

A `Replacement` puts another value in a constant or a member of a table.
"""

from __future__ import annotations
import __future__

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import CodeType, FunctionType
from typing import Any, Final, Protocol


class PatchError(Exception):
    """The reference server has no such place any more."""


class Patch(Protocol):
    def applied(self) -> Any:
        """A context manager, within which the server is changed."""


@contextmanager
def applied(patches: Sequence[Patch]) -> Iterator[None]:
    """The server with all the patches. What it has remembered (parsed expressions, numbers) is forgotten twice."""
    with ExitStack() as stack:
        stack.callback(_forget)
        for patch in patches:
            stack.enter_context(patch.applied())
        _forget()
        yield


def _forget() -> None:
    """Empty every cache of the server: a result of the wrong code must not outlive it, nor one of the right code."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "reference_server":
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


# --- constants --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replacement:
    """Another value for a name in a module or a class, or for a key of a dict."""

    owner: Any
    name: Any
    value: Any

    @contextmanager
    def applied(self) -> Iterator[None]:
        if isinstance(self.owner, dict):
            if self.name not in self.owner:
                raise PatchError(f"the table has no {self.name!r} any more")
            old = self.owner[self.name]
            self.owner[self.name] = self.value
        else:
            if self.name not in vars(self.owner):
                raise PatchError(f"{self.owner.__name__} has no {self.name} any more")
            old = vars(self.owner)[self.name]
            setattr(self.owner, self.name, self.value)
        try:
            yield
        finally:
            if isinstance(self.owner, dict):
                self.owner[self.name] = old
            else:
                setattr(self.owner, self.name, old)


# --- functions --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edit:
    """Another code for a function; `changes` are pairs of what stands there and what is put in its place."""

    function: Any
    changes: tuple[tuple[str, str], ...]

    @contextmanager
    def applied(self) -> Iterator[None]:
        function = plain(self.function)
        old = function.__code__
        function.__code__ = edited(function, self.changes)
        try:
            yield
        finally:
            function.__code__ = old


def edit(function: Any, *changes: tuple[str, str]) -> Edit:
    return Edit(function, changes)


def plain(function: Any) -> FunctionType:
    """The function behind a method, a property or a cache."""
    while not isinstance(function, FunctionType):
        if isinstance(function, property):
            function = function.fget
        elif isinstance(function, cached_property):
            function = function.func
        else:
            function = function.__wrapped__ if hasattr(function, "__wrapped__") else function.__func__
    return function


def edited(function: FunctionType, changes: Sequence[tuple[str, str]]) -> CodeType:
    """The function's code with its changes. Raises PatchError where one of them does not fit exactly once."""
    where = f"{function.__module__}.{function.__qualname__}"
    if function.__code__.co_filename.endswith(_EDITED):
        raise PatchError(f"{where} is edited already: all changes of a function belong into one edit")
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    definition.decorator_list = []
    for before, after in changes:
        found = _exchange(tree, _body(before), _body(after))
        if found != 1:
            raise PatchError(f"{where} has {found} places that read `{before}`, not one")
    name = inspect.getfile(function) + _EDITED
    code = compile(ast.fix_missing_locations(tree), name, "exec", _ANNOTATIONS, dont_inherit=True)
    (inner,) = (const for const in code.co_consts if isinstance(const, CodeType) and const.co_name == function.__name__)
    if inner.co_freevars != function.__code__.co_freevars:
        raise PatchError(f"{where} is a closure, or uses super(): it cannot be edited")
    return inner


_ANNOTATIONS: Final = __future__.annotations.compiler_flag
# Behind the name of the file in tracebacks, where line numbers are not the file's.
_EDITED: Final = " (edited)"


def _body(text: str) -> list[ast.stmt]:
    return ast.parse(textwrap.dedent(text).strip()).body


def _exchange(tree: ast.AST, before: list[ast.stmt], after: list[ast.stmt]) -> int:
    """Exchange an expression for an expression, or statements for statements; how often it was found."""
    if len(before) == len(after) == 1 and isinstance(before[0], ast.Expr) and isinstance(after[0], ast.Expr):
        expressions = _Expressions(before[0].value, after[0].value)
        expressions.visit(tree)
        return expressions.found
    statements = _Statements(before, after)
    statements.visit(tree)
    return statements.found


class _Expressions(ast.NodeTransformer):
    def __init__(self, before: ast.expr, after: ast.expr) -> None:
        self._before, self._after = ast.dump(before), after
        self.found = 0

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.expr) and ast.dump(node) == self._before:
            self.found += 1
            return self._after
        return self.generic_visit(node)


class _Statements(ast.NodeTransformer):
    def __init__(self, before: list[ast.stmt], after: list[ast.stmt]) -> None:
        self._before, self._after = [ast.dump(one) for one in before], after
        self.found = 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for _, block in ast.iter_fields(node):
            if isinstance(block, list):
                dumps = [ast.dump(one) if isinstance(one, ast.AST) else "" for one in block]
                length = len(self._before)
                # From the end, so that what was put in does not shift what is still looked at.
                for start in reversed(range(len(block) - length + 1)):
                    if dumps[start : start + length] == self._before:
                        self.found += 1
                        block[start : start + length] = self._after
        return node
