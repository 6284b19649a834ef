"""The tokens of all five kinds of expression (data-plane 4.1), and the error that quotes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from reference_server import messages
from reference_server.errors import ValidationException
from reference_server.expressions.kinds import ExpressionKind

# The kinds of token that stand for many texts. Operators, punctuation and keywords are a kind each, by themselves.
IDENTIFIER: Final = "identifier"  # an attribute's or a function's name
NAME: Final = "#"  # a placeholder for a name
VALUE: Final = ":"  # a placeholder for a value
INDEX: Final = "index"
UNKNOWN: Final = "unknown"  # a character that begins no token: a syntax error wherever it stands
END: Final = "<EOF>"

# Keywords in any case, in every kind of expression, wherever they stand.
KEYWORDS: Final = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "SET", "REMOVE", "ADD", "DELETE"})
COMPARATORS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})

_BLANKS: Final = " \t\r\n"
_TOKEN: Final = re.compile(
    r"""[ \t\r\n]*(?:
        (?P<identifier>[A-Za-z][A-Za-z0-9_]*)  # not `_a`, though some emulators take it
      | (?P<name>\#[A-Za-z0-9_]+)
      | (?P<value>:[A-Za-z0-9_]+)
      | (?P<index>0|[1-9][0-9]*)
      | (?P<symbol><>|<=|>=|[=<>+\-,.()\[\]])
      | (?P<unknown>[^ \t\r\n])
    )""",
    re.VERBOSE,
)
_KINDS: Final = {"name": NAME, "value": VALUE, "index": INDEX, "unknown": UNKNOWN}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


def tokenise(text: str) -> list[Token]:
    """All tokens of an expression, closed by one of kind END, to which the blanks at the end belong."""
    tokens: list[Token] = []
    # Behind the last token blanks lead to none: the pattern would try them from each of them anew, which takes a second
    # for four thousand.
    written = len(text.rstrip(_BLANKS))
    for match in _TOKEN.finditer(text, 0, written):
        group = match.lastgroup
        assert group is not None  # every alternative of the pattern is a named group
        token = match[group]
        if group == "identifier":
            keyword = token.upper()
            kind = keyword if keyword in KEYWORDS else IDENTIFIER
        else:
            kind = _KINDS.get(group, token)
        tokens.append(Token(kind, token, match.start(group), match.end(group)))
    tokens.append(Token(END, END, tokens[-1].end if tokens else 0, len(text)))
    return tokens


def syntax_error(kind: ExpressionKind, text: str, tokens: list[Token], position: int) -> ValidationException:
    """The error for the token at `position`, which no rule of the grammar can take.

    What is `near` reaches from the token before to the token behind, in the spelling of the text; the end counts as
    a token, which is how blanks at the end come into it (data-plane 4.1).
    """
    first = tokens[max(position - 1, 0)]
    last = tokens[min(position + 1, len(tokens) - 1)]
    return ValidationException(
        messages.SYNTAX, kind=kind.value, token=tokens[position].text, near=text[first.start : last.end]
    )
