"""Key conditions, as far as no schema is needed (data-plane 6.1)."""

from __future__ import annotations

import pytest

from reference_server.errors import ValidationException
from reference_server.expressions import key_conditions
from reference_server.expressions.key_conditions import KeyClause, KeyOperator
from reference_server.expressions.placeholders import Placeholders

VALUES = {":p": {"S": "a"}, ":c": {"S": "c"}, ":d": {"S": "d"}, ":n": {"N": "1"}}


def bind(text: str) -> tuple[KeyClause, ...]:
    return key_conditions.read(key_conditions.resolve(text, Placeholders({"#p": "p"}, VALUES))).clauses


P = KeyClause("p", KeyOperator.EQUAL, ({"S": "a"},))


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("c = :c", KeyClause("c", KeyOperator.EQUAL, ({"S": "c"},))),
        ("c < :c", KeyClause("c", KeyOperator.LESS, ({"S": "c"},))),
        ("c <= :c", KeyClause("c", KeyOperator.LESS_OR_EQUAL, ({"S": "c"},))),
        ("c > :c", KeyClause("c", KeyOperator.GREATER, ({"S": "c"},))),
        ("c >= :c", KeyClause("c", KeyOperator.GREATER_OR_EQUAL, ({"S": "c"},))),
        (":c = c", KeyClause("c", KeyOperator.EQUAL, ({"S": "c"},))),
        (":c < c", KeyClause("c", KeyOperator.GREATER, ({"S": "c"},))),
        (":c >= c", KeyClause("c", KeyOperator.LESS_OR_EQUAL, ({"S": "c"},))),
        ("(c) = (:c)", KeyClause("c", KeyOperator.EQUAL, ({"S": "c"},))),
        ("c between :c and :d", KeyClause("c", KeyOperator.BETWEEN, ({"S": "c"}, {"S": "d"}))),
        ("begins_with(c, :c)", KeyClause("c", KeyOperator.BEGINS_WITH, ({"S": "c"},))),
    ],
)
def test_clauses(text: str, clause: KeyClause) -> None:
    assert bind(f"p = :p AND {text}") == (P, clause)
    assert bind(f"({text}) AND (:p = #p)") == (clause, P)


def test_there_may_be_more_than_two_clauses() -> None:
    assert [clause.attribute for clause in bind("a = :p AND (b = :p AND c = :p) AND d > :p")] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p = :p OR c = :c", "Invalid operator used in KeyConditionExpression: OR"),
        ("p = :p AND NOT c = :c", "Invalid operator used in KeyConditionExpression: NOT"),
        ("p = :p AND c IN (:c)", "Invalid operator used in KeyConditionExpression: IN"),
        ("p = :p AND c <> :c", "Invalid operator used in KeyConditionExpression: <>"),
        ("p = :p AND attribute_exists(c)", "Invalid operator used in KeyConditionExpression: attribute_exists"),
        ("attribute_not_exists(c)", "Invalid operator used in KeyConditionExpression: attribute_not_exists"),
        ("p = :p AND contains(c, :c)", "Invalid operator used in KeyConditionExpression: contains"),
        ("p = :p AND size(c) = :n", "KeyConditionExpressions cannot contain nested operations"),
        ("p = :p AND size(c) BETWEEN :n AND :n", "KeyConditionExpressions cannot contain nested operations"),
        (
            "p = :p AND :c BETWEEN c AND :d",
            "Invalid condition in KeyConditionExpression: "
            "BETWEEN operator must have the key attribute as its first operand",
        ),
        (
            "p = :p AND begins_with(:c, c)",
            "Invalid condition in KeyConditionExpression: "
            "begins_with operator must have the key attribute as its first operand",
        ),
        ("p = c", "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"),
        (
            "p = :p AND begins_with(c, p)",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        ),
        (":p = :p", "Invalid condition in KeyConditionExpression: No key attribute specified"),
        ("p = :p AND c.x = :c", "KeyConditionExpressions cannot have conditions on nested attributes"),
        ("p = :p AND p = :p", "KeyConditionExpressions must only contain one condition per key"),
        ("p = :p AND (c > :c AND c < :d)", "KeyConditionExpressions must only contain one condition per key"),
        # What is wrong with it as an expression comes first, and says so.
        (
            "p <> :p AND begins_with(c, :n)",
            "Invalid KeyConditionExpression: Incorrect operand type for operator or function; "
            "operator or function: begins_with, operand type: N",
        ),
        (
            "p = :p AND c BETWEEN :d AND :c",
            "Invalid KeyConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to "
            "lower bound; lower bound operand: AttributeValue: {S:d}, upper bound operand: AttributeValue: {S:c}",
        ),
        ("", "Invalid KeyConditionExpression: The expression can not be empty;"),
        ("p = ", 'Invalid KeyConditionExpression: Syntax error; token: "<EOF>", near: "= "'),
    ],
)
def test_conditions_that_cannot_be_looked_up(text: str, message: str) -> None:
    with pytest.raises(ValidationException) as caught:
        bind(text)
    assert caught.value.message == message
