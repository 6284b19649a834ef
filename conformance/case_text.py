"""YAML that a person typed, to values that know their lines; and values back to such YAML.

A case file is YAML, but a case is about JSON on the wire, and YAML 1.1 reads some plain words as something that
nobody meant: `no` is a boolean, `2024-01-01` a date, `010` the number eight, `1_000` a thousand, and an empty
value null. Here a plain word is what JSON makes of it, or text; where YAML 1.1 would say otherwise it is refused
with the advice to quote it, so that a file means the same to every reader. Double keys are refused as well.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from conformance.scenario import JSON, JSONObject

# libyaml's parser where PyYAML was built with it: ten times as fast, the same marks.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_TAG = "tag:yaml.org,2002:"
# What YAML 1.1 makes of plain words by their looks alone.
_IMPLICIT_KINDS = frozenset({"bool", "int", "float", "null", "timestamp", "merge", "value"})
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?P<fraction>\.[0-9]+)?(?P<exponent>[eE][+-]?[0-9]+)?")


class CaseError(Exception):
    """A case file is wrong. The text is one line: file, line, case, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the corpus a problem is; the line comes with the problem."""

    file: str
    case: str = ""

    def error(self, line: int | None, problem: str) -> CaseError:
        place = self.file if line is None else f"{self.file}:{line}"
        return CaseError(f"{place}: {self.case}: {problem}" if self.case else f"{place}: {problem}")


class LocatedMapping(dict[str, Any]):
    """A mapping with the line that it begins in (`line`) and the line of each of its keys (`lines`)."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def put(self, key: str, value: Any, line: int) -> None:
        self[key] = value
        self.lines[key] = line


class LocatedList(list[Any]):
    """A list with the line that it begins in and the line of each of its elements."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []

    def add(self, value: Any, line: int) -> None:
        self.append(value)
        self.lines.append(line)

    def located(self) -> Iterator[tuple[Any, int]]:
        return zip(self, self.lines, strict=True)


def located(value: JSON, line: int) -> Any:
    """JSON as if it had been read from that line."""
    if isinstance(value, dict):
        mapping = LocatedMapping(line)
        for key, member in value.items():
            mapping.put(key, located(member, line), line)
        return mapping
    if isinstance(value, list):
        elements = LocatedList(line)
        for element in value:
            elements.add(located(element, line), line)
        return elements
    return value


def plain(value: Any) -> JSON:
    """A located value as JSON's own types, copied throughout."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [plain(element) for element in value]
    return value


def displayed(path: Path) -> str:
    """The path as messages show it: relative where the working directory holds it."""
    absolute = path.resolve()
    here = Path.cwd()
    return os.fspath(absolute.relative_to(here)) if absolute.is_relative_to(here) else os.fspath(path)


# --- reading ----------------------------------------------------------------------------------------------


def read(path: Path, place: Place) -> Any:
    """What the file says, as located mappings and lists of text, numbers, booleans and None."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise place.error(None, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise place.error(None, f"is not UTF-8: byte {error.start}; save it as UTF-8") from error
    return parse(text, place)


def parse(text: str, place: Place) -> Any:
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        line = None if mark is None else mark.line + 1
        raise place.error(line, f"is not YAML: {problem}") from error
    return None if node is None else _construct(node, place, ())


def _construct(node: yaml.Node, place: Place, within: tuple[yaml.Node, ...]) -> Any:
    line = node.start_mark.line + 1
    if any(node is outer for outer in within):
        raise place.error(line, "an alias contains itself")
    if isinstance(node, yaml.MappingNode):
        return _construct_mapping(node, place, (*within, node))
    if isinstance(node, yaml.SequenceNode):
        _refuse_tag(node, "seq", place)
        elements = LocatedList(line)
        for element in node.value:
            elements.add(_construct(element, place, (*within, node)), element.start_mark.line + 1)
        return elements
    assert isinstance(node, yaml.ScalarNode)
    return _construct_scalar(node, place)


def _construct_mapping(node: yaml.MappingNode, place: Place, within: tuple[yaml.Node, ...]) -> LocatedMapping:
    _refuse_tag(node, "map", place)
    mapping = LocatedMapping(node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _construct(key_node, place, within)
        if not isinstance(key, str):
            written = getattr(key_node, "value", "a structure")
            raise place.error(line, f"the key {written!r} is not text; write it in quotes")
        if key in mapping:
            first = mapping.lines[key]
            raise place.error(line, f'the key "{key}" stands twice in one mapping; the first is in line {first}')
        mapping.put(key, _construct(value_node, place, within), line)
    return mapping


def _construct_scalar(node: yaml.ScalarNode, place: Place) -> JSON:
    text: str = node.value
    line = node.start_mark.line + 1
    if node.style:  # quoted, or a block of text
        _refuse_tag(node, "str", place)
        return text
    if text in {"true", "false"}:
        return text == "true"
    if text == "null":
        return None
    if number := _JSON_NUMBER.fullmatch(text):
        # YAML 1.1 takes 1e5 for text; JSON and YAML 1.2 for a number.
        return float(text) if number["fraction"] or number["exponent"] else int(text)
    if node.tag == _TAG + "str":
        return text
    if text == "":
        raise place.error(line, "a value is missing; write null or {}, and quotes around text with a comma")
    kind = node.tag.removeprefix(_TAG)
    if kind not in _IMPLICIT_KINDS:
        _refuse_tag(node, "str", place)
    if kind == "merge":
        raise place.error(line, 'merge keys ("<<") are not supported; write the members out')
    raise place.error(line, f"the plain word {text} is a {kind} to some readers of YAML; write it in quotes")


def _refuse_tag(node: yaml.Node, kind: str, place: Place) -> None:
    if node.tag != _TAG + kind:
        tag = node.tag.removeprefix(_TAG)
        raise place.error(node.start_mark.line + 1, f"the tag {tag} is not supported; leave it out")


# --- writing ----------------------------------------------------------------------------------------------

_WIDTH = 100  # of a value; the key before it comes on top
_INDENT = "  "

# Words that are plain text to every reader of YAML, in a flow collection too.
_PLAIN = re.compile(r"\$?[A-Za-z][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*")
_NOT_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})

# What YAML may not hold as it stands, beside what JSON must escape. Surrogates cannot be written at all.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def members(mapping: JSONObject, indent: str) -> str:
    """The mapping as YAML, one member a line, each value on that line where it fits, else in lines of its own.

    The text begins at once, for what stands before it on its line; all further lines are indented by `indent`.
    """
    return indent.join(f"{_written(key)}:{_after_colon(value, indent)}" for key, value in mapping.items())


def _after_colon(value: JSON, indent: str) -> str:
    """What stands after a key: on its line where it fits, else indented under it."""
    if _fits(value, indent):
        return f" {flow(value)}\n"
    deeper = indent + _INDENT
    return f"\n{deeper}{_block(value, deeper)}"


def _block(value: JSON, indent: str) -> str:
    """The value in as many lines as it needs, ended by a newline."""
    if _fits(value, indent):
        return f"{flow(value)}\n"
    if isinstance(value, list):
        return indent.join(f"- {_block(element, indent + _INDENT)}" for element in value)
    return members(value, indent)


def _fits(value: JSON, indent: str) -> bool:
    return not isinstance(value, dict | list) or not value or len(indent) + len(flow(value)) <= _WIDTH


def flow(value: JSON) -> str:
    """The value as YAML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_written(key)}: {flow(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(element) for element in value) + "]"
    return _written(value) if isinstance(value, str) else json.dumps(value)


def _written(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))
