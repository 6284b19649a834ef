"""What stands for something else in a case: `${name}` and the few `{$template: ...}`.

=============================  ====================================================================================
`${name}`                      the variable of `each`; standing alone it keeps the type that the variable has
`${name?}`                     the same, as the whole value of a member; the member is left out where there is none
`$${name}`                     the text `${name}` itself
`{$repeat: [text, count]}`     the text, count times
`{$join: [text, ...]}`         the texts, one after the other
`{$list: [count, value]}`      a list of count values, `${i}` in them being 1, 2, 3 and so on, as text
`{$nest: [L, count, value]}`   the value within count lists; with M, within count maps under the name `n`
`{$from: step.Member[0]}`      what an earlier reply holds there; `step` is what that step's `as` is
`{$json: text}`                what the JSON text says, for what YAML cannot write, like half a surrogate pair
`{$$repeat: ...}`              a mapping whose only key really is `$repeat`
=============================  ====================================================================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from conformance.case_text import LocatedList, LocatedMapping, Place, located
from conformance.references import FROM, is_reference
from conformance.scenario import JSON

_VARIABLE = re.compile(r"(?P<escape>\$\$+(?=\{))|\$\{(?P<name>[^}]*)\}")
_OPTIONAL = re.compile(r"\$\{(?P<name>[^}?]*)\?\}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

# So many characters, elements or levels a template may make: more than any limit of the API, less than memory.
_LARGEST = 32 * 1024 * 1024


def expand(value: Any, variables: Mapping[str, Any], place: Place, line: int) -> Any:
    """The value with every variable and template replaced. What is located stays so."""
    if isinstance(value, str):
        return _substitute(value, variables, place, line)
    if isinstance(value, LocatedList):
        elements = LocatedList(value.line)
        for element, element_line in value.located():
            elements.add(expand(element, variables, place, element_line), element_line)
        return elements
    if isinstance(value, LocatedMapping):
        return _expand_mapping(value, variables, place)
    return value


def _expand_mapping(value: LocatedMapping, variables: Mapping[str, Any], place: Place) -> Any:
    if len(value) == 1:
        (name,) = value
        if name.startswith("$") and not name.startswith(("${", "$$")):
            return _expand_template(name, value[name], variables, place, value.lines[name])
    members = LocatedMapping(value.line)
    for key, member in value.items():
        line = value.lines[key]
        if isinstance(member, str) and (optional := _OPTIONAL.fullmatch(member)):
            if optional["name"] not in variables:
                continue
            member = f"${{{optional['name']}}}"
        name = key[1:] if len(value) == 1 and key.startswith("$$") else _substitute(key, variables, place, line)
        if not isinstance(name, str):
            raise place.error(line, f"{key} stands for {name!r}, which is no text and cannot be a key")
        if name in members:
            raise place.error(line, f'the key "{name}" stands twice in one mapping once {key} is replaced')
        members.put(name, expand(member, variables, place, line), line)
    return members


def _substitute(text: str, variables: Mapping[str, Any], place: Place, line: int) -> Any:
    def look_up(name: str) -> Any:
        if name in variables:
            return variables[name]
        close = get_close_matches(name, variables, 1)
        advice = f"did you mean ${{{close[0]}}}?" if close else f"define it in each, or write $${{{name}}} for the text"
        raise place.error(line, f"no variable {name} is defined; {advice}")

    def replace(match: re.Match[str]) -> str:
        if match["escape"]:
            return match["escape"][1:]
        found = look_up(match["name"])
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise place.error(line, f"${{{match['name']}}} is no text and cannot stand within one")
        return str(found)

    if "${" not in text:
        return text
    if (alone := _VARIABLE.fullmatch(text)) and alone["name"] is not None:
        return look_up(alone["name"])
    return _VARIABLE.sub(replace, text)


# --- the templates ----------------------------------------------------------------------------------------


def _expand_template(name: str, argument: Any, variables: Mapping[str, Any], place: Place, line: int) -> Any:
    template = _TEMPLATES.get(name)
    if template is None:
        close = get_close_matches(name, _TEMPLATES, 1)
        advice = f"did you mean {close[0]}?" if close else f"there are {', '.join(_TEMPLATES)}"
        raise place.error(line, f"no template {name} is known; {advice}")
    try:
        return template(argument, variables, place, line)
    except (TypeError, ValueError) as error:
        raise place.error(line, f"{name} is not given what it takes: {error}") from error


def _repeat(argument: Any, variables: Mapping[str, Any], place: Place, line: int) -> str:
    text, count = _pair(expand(argument, variables, place, line))
    return _text(text) * _count(count, len(_text(text)))


def _join(argument: Any, variables: Mapping[str, Any], place: Place, line: int) -> str:
    texts = expand(argument, variables, place, line)
    if not isinstance(texts, list):
        raise TypeError("a list of texts")
    return "".join(_text(text) for text in texts)


def _list(argument: Any, variables: Mapping[str, Any], place: Place, line: int) -> LocatedList:
    count, value = _pair(argument)
    elements = LocatedList(line)
    for i in range(1, _count(expand(count, variables, place, line)) + 1):
        elements.add(expand(value, {**variables, "i": str(i)}, place, line), line)
    return elements


def _nest(argument: Any, variables: Mapping[str, Any], place: Place, line: int) -> Any:
    expanded = expand(argument, variables, place, line)
    if not isinstance(expanded, list) or len(expanded) != 3 or expanded[0] not in {"L", "M"}:
        raise ValueError("[L or M, a count, a value]")
    container, count, value = expanded
    for _ in range(_count(count)):
        value = {"L": [value]} if container == "L" else {"M": {"n": value}}
    return located(value, line)


def _from(argument: Any, variables: Mapping[str, Any], place: Place, line: int) -> LocatedMapping:
    reference = LocatedMapping(line)
    reference.put(FROM, _text(expand(argument, variables, place, line)), line)
    return reference


def _json(argument: Any, variables: Mapping[str, Any], place: Place, line: int) -> Any:
    return located(json.loads(_text(expand(argument, variables, place, line))), line)


_TEMPLATES: Mapping[str, Callable[[Any, Mapping[str, Any], Place, int], Any]] = {
    "$repeat": _repeat,
    "$join": _join,
    "$list": _list,
    "$nest": _nest,
    "$json": _json,
    FROM: _from,
}


def _pair(argument: Any) -> tuple[Any, Any]:
    if not isinstance(argument, list) or len(argument) != 2:
        raise TypeError("a list of two")
    return argument[0], argument[1]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text, not {value!r}")
    return value


def _count(value: Any, size: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"a count, not {value!r}")
    if value * size > _LARGEST:
        raise ValueError(f"at most {_LARGEST} in all")
    return value


# --- the way back -----------------------------------------------------------------------------------------

# From this length on, a text of one repeated character is written as a template.
_LONG = 80


def protect(value: JSON) -> JSON:
    """The value as a case may hold it: expanding it gives the value again."""
    if isinstance(value, str):
        if _LONE_SURROGATE.search(value):
            return {"$json": _protect_text(json.dumps(value))}
        if len(value) >= _LONG and value == value[0] * len(value):
            return {"$repeat": [protect(value[0]), len(value)]}
        return _protect_text(value)
    if isinstance(value, list):
        return [protect(element) for element in value]
    if isinstance(value, dict):
        if any(_LONE_SURROGATE.search(key) for key in value):
            return {"$json": _protect_text(json.dumps(value))}
        if is_reference(value):
            return {FROM: _protect_text(value[FROM])}
        if len(value) == 1:
            (name,) = value
            if name.startswith("$"):
                return {"$" + name: protect(value[name])}
        return {_protect_text(key): protect(member) for key, member in value.items()}
    return value


def _protect_text(text: str) -> str:
    return re.sub(r"(\$+)(?=\{)", r"\1$", text)
