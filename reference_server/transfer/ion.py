"""Attribute values as text in Amazon Ion, as far as exports and imports need it (amazon-ion.github.io/ion-docs).

How DynamoDB's datatypes are written there (its developer guide, "DynamoDB table export output format"):

    S  string                    L   list                      SS  $dynamodb_SS::[string, ...]
    N  decimal                   M   struct                    NS  $dynamodb_NS::[decimal, ...]
    B  blob                      NULL, BOOL  null, bool        BS  $dynamodb_BS::[blob, ...]

What has no counterpart (symbols, timestamps, clobs, s-expressions, other annotations) cannot be read, and is refused.
So is Ion's binary form: files of exports are text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Final

from reference_server.attribute import AttributeValue

VERSION: Final = "$ion_1_0"
SETS: Final[Mapping[str, str]] = {"$dynamodb_SS": "S", "$dynamodb_NS": "N", "$dynamodb_BS": "B"}


class IonError(ValueError):
    """The text is no Ion, or none that stands for attribute values."""


# --- writing ----------------------------------------------------------------------------------------------

_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)
# These are no symbols when they stand bare.
_KEYWORDS: Final = frozenset({"null", "true", "false", "nan"})
_SYMBOL_ID: Final = re.compile(r"\$\d+", re.ASCII)
_ESCAPED: Final = re.compile(r"[\x00-\x1f\x7f\\]")


def write(value: AttributeValue) -> str:
    """A value in normal form, on one line."""
    for datatype, content in value.items():
        return _WRITERS[datatype](content)
    raise ValueError("an attribute value has a datatype")


def _write_number(text: str) -> str:
    """A decimal has a point: without it, it would be an int."""
    return text if "." in text else f"{text}."


def _write_binary(text: str) -> str:
    return f"{{{{{text}}}}}"


def _write_string(text: str) -> str:
    escaped = _ESCAPED.sub(_escape, text).replace('"', r"\"")
    return f'"{escaped}"'


def _write_symbol(text: str) -> str:
    if _IDENTIFIER.fullmatch(text) and text not in _KEYWORDS and not _SYMBOL_ID.fullmatch(text):
        return text
    escaped = _ESCAPED.sub(_escape, text).replace("'", r"\'")
    return f"'{escaped}'"


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return r"\\" if character == "\\" else f"\\x{ord(character):02x}"


def _write_set(datatype: str, elements: list[str]) -> str:
    write_element = _WRITERS[datatype[0]]
    return f"$dynamodb_{datatype}::[{','.join(map(write_element, elements))}]"


_WRITERS: Final[Mapping[str, Callable[..., str]]] = {
    "S": _write_string,
    "N": _write_number,
    "B": _write_binary,
    "BOOL": lambda content: "true" if content else "false",
    "NULL": lambda _content: "null",
    "L": lambda elements: f"[{','.join(map(write, elements))}]",
    "M": lambda entries: f"{{{','.join(f'{_write_symbol(name)}:{write(value)}' for name, value in entries.items())}}}",
    "SS": lambda elements: _write_set("SS", elements),
    "NS": lambda elements: _write_set("NS", elements),
    "BS": lambda elements: _write_set("BS", elements),
}


# --- reading ----------------------------------------------------------------------------------------------

_SPACE: Final = re.compile(r"(?:[ \t\r\n\f\v]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_BLOB: Final = re.compile(r"\{\{([A-Za-z0-9+/=\s]*)\}\}", re.ASCII)
_NUMBER: Final = re.compile(
    r"(?P<sign>-?)(?:0[xX](?P<hex>[0-9a-fA-F_]+)|0[bB](?P<bin>[01_]+)|"
    r"(?P<decimal>(?:0|[1-9](?:_?\d)*)(?:\.(?:\d(?:_?\d)*)?)?(?:[dDeE][+-]?\d+)?))(?=[\s,\]}/]|$)",
    re.ASCII,
)
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r\n|.|\n))", re.DOTALL)
_ESCAPES: Final[Mapping[str, str]] = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "v": "\v",
    '"': '"', "'": "'", "?": "?", "\\": "\\", "/": "/", "\n": "", "\r\n": "", "\r": "",
}  # fmt: skip
_QUOTED: Final = {
    '"': re.compile(r'"((?:[^"\\\r\n]|\\(?:\r\n|.|\n))*)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\\r\n]|\\(?:\r\n|.|\n))*)'", re.DOTALL),
    "'''": re.compile(r"'''((?:[^'\\]|\\(?:\r\n|.|\n)|'(?!''))*)'''", re.DOTALL),
}
_TYPED_NULL: Final = re.compile(
    r"null(?:\.(?:null|bool|int|float|decimal|timestamp|string|symbol|blob|clob|struct|list|sexp))?(?![\w$.])", re.ASCII
)
_TRUTH: Final = re.compile(r"(true|false)(?![\w$])", re.ASCII)

# Deeper than items may be: what is wrong there, they say.
_DEEPEST: Final = 200


def read(text: str) -> AttributeValue:
    """The one value of a text, behind the version if that is told. Raises IonError."""
    reader = _Reader(text)
    reader.skip()
    if reader.take(VERSION):
        reader.skip()
    value = reader.value(0)
    reader.skip()
    if reader.place != len(text):
        raise reader.error("there is more than one value")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.place = 0

    def error(self, problem: str) -> IonError:
        return IonError(f"at character {self.place}: {problem}")

    def skip(self) -> None:
        match = _SPACE.match(self._text, self.place)
        assert match is not None, "it matches nothing as well"
        self.place = match.end()

    def take(self, token: str) -> bool:
        if not self._text.startswith(token, self.place):
            return False
        self.place += len(token)
        return True

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        match = pattern.match(self._text, self.place)
        if match is not None:
            self.place = match.end()
        return match

    def value(self, level: int) -> AttributeValue:
        if level > _DEEPEST:
            raise self.error("values nest too deep")
        text, place = self._text, self.place
        if text.startswith("{{", place):
            return {"B": self._blob()}
        if self.take("{"):
            return {"M": self._struct(level)}
        if self.take("["):
            return {"L": self._list(level)}
        if text.startswith("'''", place):
            return {"S": self._long_string()}
        if text.startswith('"', place):
            return {"S": self._quoted('"')}
        if self._match(_TYPED_NULL):
            return {"NULL": True}
        if match := self._match(_TRUTH):
            return {"BOOL": match[1] == "true"}
        if match := self._match(_NUMBER):
            return {"N": _read_number(match)}
        return self._set(level)

    def _set(self, level: int) -> AttributeValue:
        symbol = self._symbol()
        self.skip()
        if symbol not in SETS or not self.take("::"):
            raise self.error(f"{symbol} is no attribute value")
        self.skip()
        if not self.take("["):
            raise self.error(f"{symbol} is before what is no list")
        datatype = SETS[symbol]
        elements = self._list(level)
        if any(datatype not in element for element in elements):
            raise self.error(f"an element of {symbol} is of another type")
        return {f"{datatype}S": [element[datatype] for element in elements]}

    def _struct(self, level: int) -> dict[str, AttributeValue]:
        entries: dict[str, AttributeValue] = {}
        while not self._ends("}", separated=bool(entries)):
            name = self._field_name()
            self.skip()
            if not self.take(":") or self._text.startswith(":", self.place):
                raise self.error(f"{name} has no value")
            self.skip()
            if name in entries:
                raise self.error(f"{name} stands twice")
            entries[name] = self.value(level + 1)
        return entries

    def _list(self, level: int) -> list[AttributeValue]:
        elements: list[AttributeValue] = []
        while not self._ends("]", separated=bool(elements)):
            elements.append(self.value(level + 1))
        return elements

    def _ends(self, bracket: str, *, separated: bool) -> bool:
        """Whether the container ends here; a comma in front of its end is Ion too."""
        self.skip()
        if self.take(bracket):
            return True
        if separated:
            if not self.take(","):
                raise self.error(f"there is neither a comma nor a {bracket}")
            self.skip()
            return self.take(bracket)
        return False

    def _field_name(self) -> str:
        if self._text.startswith("'''", self.place):
            return self._long_string()
        if self._text.startswith('"', self.place):
            return self._quoted('"')
        return self._symbol()

    def _symbol(self) -> str:
        if self._text.startswith("'", self.place):
            return self._quoted("'")
        match = self._match(_IDENTIFIER)
        if match is None:
            raise self.error("this is no Ion")
        if match[0] in _KEYWORDS or _SYMBOL_ID.fullmatch(match[0]):
            raise self.error(f"{match[0]} is no name")
        return match[0]

    def _quoted(self, quote: str) -> str:
        match = self._match(_QUOTED[quote])
        if match is None:
            raise self.error("a text does not end")
        return _ESCAPE.sub(self._unescape, match[1])

    def _long_string(self) -> str:
        parts = []
        while self._text.startswith("'''", self.place):
            parts.append(self._quoted("'''"))
            self.skip()
        return "".join(parts)

    def _unescape(self, match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code is not None:
            try:
                return chr(int(code, 16))
            except (ValueError, OverflowError):
                raise self.error(f"there is no character {match[0]}") from None
        if match[4] not in _ESCAPES:
            raise self.error(f"{match[0]} is no escape")
        return _ESCAPES[match[4]]

    def _blob(self) -> str:
        match = self._match(_BLOB)
        if match is None:
            raise self.error("a blob does not end, or is a clob")
        try:
            return base64.b64encode(base64.b64decode("".join(match[1].split()), validate=True)).decode()
        except binascii.Error:
            raise self.error("a blob is not in base64") from None


def _read_number(match: re.Match[str]) -> str:
    """Ints, decimals and floats as the text of a number; whether one is in range, the item will say."""
    if match["decimal"] is not None:
        mantissa, _, exponent = re.sub("[dDeE]", "E", match["decimal"].replace("_", "")).partition("E")
        text = mantissa.rstrip(".") if mantissa.endswith(".") else mantissa
        return f"{match['sign']}{text}" + (f"E{exponent}" if exponent else "")
    digits, base = (match["hex"], 16) if match["hex"] is not None else (match["bin"], 2)
    try:
        return f"{match['sign']}{int(digits, base)}"
    except ValueError:
        raise IonError(f"{match[0]} is no number") from None
