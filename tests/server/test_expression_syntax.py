"""What is an expression at all: tokens, grammar, limits, reserved words (data-plane 4.1, 4.2, 4.4, 4.5)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server import limits
from reference_server.errors import ValidationException
from reference_server.expressions import grammar
from reference_server.expressions.kinds import ExpressionKind
from reference_server.expressions.reserved_words import RESERVED_WORDS
from reference_server.expressions.tree import Expression

CONDITION, PROJECTION, UPDATE = ExpressionKind.CONDITION, ExpressionKind.PROJECTION, ExpressionKind.UPDATE
MISPLACED = "The function is not allowed to be used this way in an expression; function: "
CONDITIONS = (ExpressionKind.CONDITION, ExpressionKind.FILTER, ExpressionKind.KEY_CONDITION)


def read(kind: ExpressionKind, text: str) -> Expression:
    if kind is UPDATE:
        return grammar.read_update(text)
    return grammar.read_projection(text) if kind is PROJECTION else grammar.read_condition(kind, text)


def refusal(kind: ExpressionKind, text: str) -> str:
    """The text that an expression is refused with, without the kind that it begins with."""
    with pytest.raises(ValidationException) as caught:
        read(kind, text)
    message = caught.value.message
    assert message is not None
    prefix = f"Invalid {kind.value}: "
    assert message.startswith(prefix)
    return message.removeprefix(prefix)


@pytest.mark.parametrize(
    ("kind", "text", "token", "near"),
    [
        # A token that no rule can take; what is near reaches from the token before to the one behind.
        (CONDITION, "n == :n", "=", "== :n"),
        (CONDITION, "n  =  =  :n", "=", "=  =  :n"),
        (CONDITION, "= n", "=", "= n"),
        (CONDITION, "AND n = :n", "AND", "AND n"),
        (CONDITION, "n = :n :n", ":n", ":n :n"),
        (CONDITION, "n=:n5AND s=:h", "s", ":n5AND s="),
        (CONDITION, "n BETWEEN :a OR :b", "OR", ":a OR :b"),
        (CONDITION, "n NOT IN (:n)", "NOT", "n NOT IN"),
        (CONDITION, "n NOT BETWEEN :a AND :b", "NOT", "n NOT BETWEEN"),
        (CONDITION, "n IN ()", ")", "()"),
        (CONDITION, "n IN :n", ":n", "IN :n"),
        (CONDITION, "attribute_exists()", ")", "()"),
        (CONDITION, "n = :n)", ")", ":n)"),
        (CONDITION, "(n = :n) = :m", "=", ") = :m"),
        (CONDITION, "(m).k = :n", ".", ").k"),
        (CONDITION, "n + :a = :b", "+", "n + :a"),
        (CONDITION, "(a AND b = :b)", "AND", "a AND b"),
        # The end.
        (CONDITION, "n =", "<EOF>", "="),
        (CONDITION, "p = ", "<EOF>", "= "),
        (CONDITION, "t", "<EOF>", "t"),
        (CONDITION, "(t)", "<EOF>", ")"),
        (CONDITION, "NOT", "<EOF>", "NOT"),
        (CONDITION, "(n = :n", "<EOF>", ":n"),
        (CONDITION, "n = :n AND", "<EOF>", "AND"),
        (CONDITION, "n IN (:a,:b", "<EOF>", ":b"),
        (CONDITION, " ", "<EOF>", " "),
        # Characters that begin no token, and what are not tokens here.
        (CONDITION, "n != :n", "!", "n !="),
        (CONDITION, "n = :n && s", "&", ":n &&"),
        (CONDITION, "n = 'x'", "'", "= 'x"),
        (CONDITION, "n = 5", "5", "= 5"),
        (CONDITION, "n = :n : s", ":", ":n : s"),
        (CONDITION, "_a = :n", "_", "_a"),
        (CONDITION, "1x = :n", "1", "1x"),
        (CONDITION, "é = :n", "é", "é ="),
        (CONDITION, "n\u00a0= :n", "\u00a0", "n\u00a0="),
        # The nine keywords are no names, in any expression, anywhere in a path, in any case.
        (CONDITION, "set = :n", "set", "set ="),
        (CONDITION, "m.remove = :n", "remove", ".remove ="),
        (PROJECTION, "In", "In", "In"),
        (UPDATE, "REMOVE between", "between", "REMOVE between"),
        # Paths.
        (PROJECTION, "x,", "<EOF>", ","),
        (PROJECTION, "a, ,b", ",", ", ,b"),
        (PROJECTION, "x y", "y", "x y"),
        (PROJECTION, "(x)", "(", "(x"),
        (PROJECTION, "size(x)", "(", "size(x"),
        (PROJECTION, ":v", ":v", ":v"),
        (PROJECTION, "m.[0]", "[", ".[0"),
        (PROJECTION, "l[-1]", "-", "[-1"),
        (PROJECTION, "l[1.5]", ".", "1.5"),
        (PROJECTION, "l[00]", "0", "00]"),
        (PROJECTION, "l[#a]", "#a", "[#a]"),
        (PROJECTION, "l[]", "]", "[]"),
        # Updates.
        (UPDATE, "SET", "<EOF>", "SET"),
        (UPDATE, "FOO a", "FOO", "FOO a"),
        (UPDATE, "INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX"),  # probe u_upd_syntax
        (UPDATE, "SET n = :n,", "<EOF>", ","),
        (UPDATE, "SET a = :v, REMOVE b", "REMOVE", ", REMOVE b"),
        (UPDATE, "SET a :v", ":v", "a :v"),
        (UPDATE, "SET a == :v", "=", "== :v"),
        (UPDATE, "SET n = n * :n", "*", "n * :n"),
        (UPDATE, "SET a = -:v", "-", "= -:v"),
        (UPDATE, "SET a = :v + :v - :v", "-", ":v - :v"),
        (UPDATE, "SET a = :v + (:v - :v)", "-", ":v - :v"),
        (UPDATE, "SET a = (:v + :v) + :v", "+", ") + :v"),
        (UPDATE, "SET a = (:v + :v", "<EOF>", ":v"),
        (UPDATE, "SET a = ((:v) + :v", "<EOF>", ":v"),
        (UPDATE, "SET f(a) = :v", "(", "f(a"),
        (UPDATE, "SET a = :v;", ";", ":v;"),
        (UPDATE, "REMOVE n = :n", "=", "n = :n"),
        (UPDATE, "ADD n n", "n", "n n"),
        (UPDATE, "ADD n (:n)", "(", "n (:n"),
        (UPDATE, "DELETE n = :n", "=", "n = :n"),
    ],
)
def test_a_syntax_error_quotes_the_token_and_what_is_near(
    kind: ExpressionKind, text: str, token: str, near: str
) -> None:
    assert refusal(kind, text) == f'Syntax error; token: "{token}", near: "{near}"'


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (CONDITION, "n=:n"),
        (CONDITION, "\r n\t=\n:n "),
        (CONDITION, "m . k [ 0 ] . #j = :n"),
        (CONDITION, "attribute_exists ( n )"),
        (CONDITION, "#1 = :_ and #_ = :1"),
        (CONDITION, "not Not NOT n = :n"),
        (CONDITION, "n between :a and :b oR n in (:c)"),
        (CONDITION, "(n) = (:n)"),
        (CONDITION, "((n) = :n)"),
        (CONDITION, "(n = :n)"),
        (CONDITION, "((a = :a) AND (b = :b))"),
        (CONDITION, "(NOT (a = :a))"),
        (CONDITION, "NOT (a = :a)"),
        (CONDITION, "(attribute_exists(a))"),
        (CONDITION, "(size(a)) > (size((b)))"),
        (CONDITION, "n IN ((:n), (:m))"),
        (CONDITION, "contains((s), (:s))"),
        (CONDITION, "a = :a AND (b = :b OR (c = :c AND NOT (d = :d)))"),
        (CONDITION, "l[2147483647] = :n"),
        (PROJECTION, "a, m.k[1][2].j, #p . #q"),
        (PROJECTION, "settings, android, ordinal"),  # keywords inside of longer words
        (UPDATE, "remove b set a = :v delete s :s add n :n"),
        (UPDATE, "SET a = (b + :v), c = (d), e = (f) - (g), h = ((i) + j)"),
        (UPDATE, "SET a = if_not_exists(a, (:v)) + if_not_exists(b, if_not_exists(c, :v))"),
        (UPDATE, "SET a = list_append(if_not_exists(a, :v), :w)"),
        (UPDATE, "SET a = (list_append(a, b))"),
    ],
)
def test_what_the_grammar_takes(kind: ExpressionKind, text: str) -> None:
    read(kind, text)


@pytest.mark.parametrize("kind", ExpressionKind)
def test_an_empty_expression(kind: ExpressionKind) -> None:
    assert refusal(kind, "") == "The expression can not be empty;"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (CONDITION, "((n = :n))"),
        (CONDITION, "(((n = :n) OR (n = :m)))"),
        (CONDITION, "((n)) = :n"),
        (CONDITION, "n = ((:n))"),
        (CONDITION, "((attribute_exists(n)))"),  # probe b_put_redundant_parens has three pairs
        (CONDITION, "attribute_exists(((n)))"),
        (CONDITION, "NOT ((n = :n))"),
        (CONDITION, "n IN (((:n)))"),
        (CONDITION, "n BETWEEN ((:a)) AND :b"),
        (CONDITION, "(" * 2000 + "n=:n" + ")" * 2000),
        (UPDATE, "SET a = ((b))"),
        (UPDATE, "SET a = ((b + c))"),
        (UPDATE, "SET a = ((b)) + c"),
        (UPDATE, "SET a = b + ((c))"),
        # It wins over everything but syntax.
        (CONDITION, "foo(name) = ((:n))"),
    ],
)
def test_redundant_parentheses(kind: ExpressionKind, text: str) -> None:
    assert refusal(kind, text) == "The expression has redundant parentheses;"


def test_a_syntax_error_wins_over_redundant_parentheses() -> None:
    assert refusal(CONDITION, "((a = :a)) AND") == 'Syntax error; token: "<EOF>", near: "AND"'


@pytest.mark.parametrize("kind", CONDITIONS)
def test_the_size_of_a_condition(kind: ExpressionKind) -> None:
    text = f"{'a' * 4090} = :v"
    read(kind, f" {text}")
    assert refusal(kind, f"  {text}") == (
        "Expression size has exceeded the maximum allowed size; expression size: 4097"
    )


def test_size_counts_bytes() -> None:
    assert refusal(CONDITION, "é" * 2048 + " ").startswith("Expression size")


@pytest.mark.parametrize(("kind", "text"), [(PROJECTION, "a" * 4097), (UPDATE, "REMOVE " + "a" * 4090)])
def test_the_size_of_other_expressions_is_not_printed(kind: ExpressionKind, text: str) -> None:
    read(kind, text[:-1])
    assert refusal(kind, text) == "Expression size has exceeded the maximum allowed size;"


@pytest.mark.parametrize(
    "text",
    [
        "n=:v" + " OR n=:v" * 149 + " OR NOT n=:v",
        "NOT " * 300 + "n=:v",
        "size(n)=:v" + " AND size(n)=:v" * 100,
        "n=:v" + " OR n=:v" * 400,
        "f(" * 301 + "n" + ")" * 301,
    ],
)
def test_the_number_of_operators(text: str) -> None:
    assert refusal(CONDITION, text) == "The expression contains too many operators; operator count: 301"


@pytest.mark.parametrize("text", ["n=:v" + " OR n=:v" * 149, "NOT " * 299 + "n=:v", "(NOT " * 299 + "n=:v" + ")" * 299])
def test_300_operators_are_allowed(text: str) -> None:
    read(CONDITION, text)


def test_updates_have_no_limit_of_operators() -> None:
    read(UPDATE, "SET " + ",".join(f"a{number}=b+c" for number in range(400)))


def test_the_operands_of_in() -> None:
    read(CONDITION, "n IN (:v" + ",:v" * 99 + ")")
    assert refusal(CONDITION, "n IN (:v" + ",:v" * 100 + ")") == (
        "The IN operator is provided with too many operands; number of operands: 101"
    )


@pytest.mark.parametrize("length", [33, 34])
def test_the_depth_of_a_path(length: int) -> None:
    read(PROJECTION, "m" + ".a" * (limits.PATH_ELEMENTS - 1))
    assert refusal(PROJECTION, "m" + ".a" * (length - 1)) == (
        f"The document path has too many nesting levels; nesting levels: {length}"
    )


@pytest.mark.parametrize("index", ["2147483648", "99999999999"])
def test_the_range_of_a_list_index(index: str) -> None:
    assert refusal(PROJECTION, f"l[{index}]") == f"List index is not within the allowable range; index: [{index}]"


@pytest.mark.parametrize(
    ("kind", "text", "word"),
    [
        (CONDITION, "name = :v", "name"),
        (CONDITION, "attribute_exists(year)", "year"),
        (CONDITION, "m.Name = :v", "Name"),
        (CONDITION, "size = :v", "size"),
        (PROJECTION, "a, l[0].STATUS, year", "STATUS"),
        (UPDATE, "SET a = b + data", "data"),
        (UPDATE, "REMOVE year", "year"),
    ],
)
def test_reserved_words(kind: ExpressionKind, text: str, word: str) -> None:
    assert refusal(kind, text) == f"Attribute name is a reserved keyword; reserved keyword: {word}"


def test_reserved_words_are_the_guides() -> None:
    assert len(RESERVED_WORDS) == 573
    assert {"SIZE", "AND", "NAME", "TTL"} <= RESERVED_WORDS
    assert not {"REMOVE", "CONTAINS", "ID"} & RESERVED_WORDS


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (CONDITION, "foo(n)", "Invalid function name; function: foo"),
        (CONDITION, "ATTRIBUTE_EXISTS(n)", "Invalid function name; function: ATTRIBUTE_EXISTS"),
        (CONDITION, "Size(n) = :v", "Invalid function name; function: Size"),
        (UPDATE, "SET a = LIST_APPEND(l, l)", "Invalid function name; function: LIST_APPEND"),
        (
            CONDITION,
            "if_not_exists(n, :v) = :v",
            "The function is not allowed in a condition expression; function: if_not_exists",
        ),
        (
            CONDITION,
            "list_append(a, b)",
            "The function is not allowed in a condition expression; function: list_append",
        ),
        (UPDATE, "SET a = size(l)", "The function is not allowed in an update expression; function: size"),
        (
            UPDATE,
            "SET a = attribute_exists(l)",
            "The function is not allowed in an update expression; function: attribute_exists",
        ),
        # Used otherwise than it may be.
        (CONDITION, "size(n)", MISPLACED + "size"),
        (CONDITION, "NOT size(n)", MISPLACED + "size"),
        (
            CONDITION,
            "attribute_exists(n) = :v",
            MISPLACED + "attribute_exists",
        ),
        (
            CONDITION,
            "size(contains(a, b)) = :v",
            MISPLACED + "contains",
        ),
        (
            UPDATE,
            "SET a = list_append(list_append(a, b), c)",
            MISPLACED + "list_append",
        ),
        (
            UPDATE,
            "SET a = list_append(a, b) + :v",
            MISPLACED + "list_append",
        ),
        (
            UPDATE,
            "SET a = if_not_exists(a, list_append(a, b))",
            MISPLACED + "list_append",
        ),
        (UPDATE, "SET a = :v SET b = :v", 'The "SET" section can only be used once in an update expression;'),
        (UPDATE, "REMOVE a ADD n :v remove b", 'The "REMOVE" section can only be used once in an update expression;'),
        # All of these are one pass, from left to right.
        (CONDITION, "foo(n) AND name = :v", "Invalid function name; function: foo"),
        (CONDITION, "name = :v AND foo(n)", "Attribute name is a reserved keyword; reserved keyword: name"),
        (
            CONDITION,
            "size(n) AND foo(n)",
            MISPLACED + "size",
        ),
        (UPDATE, "SET a = :v SET name = :v", 'The "SET" section can only be used once in an update expression;'),
        (UPDATE, "SET name = :v SET a = :v", "Attribute name is a reserved keyword; reserved keyword: name"),
        (PROJECTION, "l[2147483648], name", "List index is not within the allowable range; index: [2147483648]"),
    ],
)
def test_functions_and_sections(kind: ExpressionKind, text: str, message: str) -> None:
    assert refusal(kind, text) == message


@given(st.sampled_from(ExpressionKind), st.text(alphabet="ab(),.[]01=<> +-#:ANDORTSEInsize_", max_size=40))
def test_any_text_is_read_or_refused_as_an_expression(kind: ExpressionKind, text: str) -> None:
    try:
        read(kind, text)
    except ValidationException as error:
        message = error.message
    else:
        return
    assert message is not None
    assert message.startswith(f"Invalid {kind.value}: ")
