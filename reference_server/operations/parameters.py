"""Parameters that exclude one another: the first check of every operation on items (data-plane 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reference_server import messages
from reference_server.errors import ValidationException
from reference_server.messages import Message


@dataclass(frozen=True, slots=True)
class ParameterRules:
    """Which parameters of an operation are expressions and which are legacy, in the order the texts print them.

    `values_need` are the expressions of which ExpressionAttributeValues needs one; empty where the operation has no
    such member. `missing` is how texts call their absence, and `values_alone` the text that refuses values then.
    """

    expressions: tuple[str, ...]
    legacy: tuple[str, ...]
    values_need: tuple[str, ...] = ()
    missing: str = ""
    values_alone: Message = messages.VALUES_WITHOUT_EXPRESSION


PUT_OR_DELETE = ParameterRules(
    expressions=("ConditionExpression",),
    legacy=("Expected", "ConditionalOperator"),
    values_need=("ConditionExpression",),
    missing="ConditionExpression is null",
)
UPDATE = ParameterRules(
    expressions=("UpdateExpression", "ConditionExpression"),
    legacy=("AttributeUpdates", "Expected", "ConditionalOperator"),
    values_need=("UpdateExpression", "ConditionExpression"),
    missing="UpdateExpression and ConditionExpression are null",
)
GET = ParameterRules(expressions=("ProjectionExpression",), legacy=("AttributesToGet",))
# Members of transactions have no legacy parameters. Where a member requires an expression, there is nothing to check.
# That the text names what is missing is by analogy with reads.
TRANSACTION_PUT_OR_DELETE = ParameterRules(
    expressions=("ConditionExpression",),
    legacy=(),
    values_need=("ConditionExpression",),
    missing="ConditionExpression is null",
    values_alone=messages.VALUES_WITHOUT_EXPRESSION_IN_READ,
)
TRANSACTION_GET = ParameterRules(expressions=("ProjectionExpression",), legacy=())
QUERY = ParameterRules(
    expressions=("ProjectionExpression", "FilterExpression", "KeyConditionExpression"),
    legacy=("AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"),
    values_need=("FilterExpression", "KeyConditionExpression"),
    missing="FilterExpression and KeyConditionExpression are null",
    values_alone=messages.VALUES_WITHOUT_EXPRESSION_IN_READ,
)
# KeyConditions goes with the other expressions as long as it is not given twice over (data-plane 2.2).
QUERY_BY_KEY_CONDITIONS = ParameterRules(
    expressions=("ProjectionExpression", "FilterExpression"),
    legacy=("AttributesToGet", "QueryFilter", "ConditionalOperator"),
    values_need=QUERY.values_need,
    missing=QUERY.missing,
    values_alone=QUERY.values_alone,
)
SCAN = ParameterRules(
    expressions=("ProjectionExpression", "FilterExpression"),
    legacy=("AttributesToGet", "ScanFilter", "ConditionalOperator"),
    values_need=("FilterExpression",),
    missing="FilterExpression is null",
    values_alone=messages.VALUES_WITHOUT_EXPRESSION_IN_READ,
)


def refuse_mixture(request: Any, rules: ParameterRules) -> None:
    """Expressions and legacy parameters do not mix, and placeholders need an expression.

    An empty map counts as given. Raises ValidationException.
    """
    expressions = [name for name in rules.expressions if getattr(request, name) is not None]
    legacy = [name for name in rules.legacy if getattr(request, name) is not None]
    if expressions and legacy:
        raise ValidationException(
            messages.MIXED_PARAMETERS, legacy=", ".join(legacy), expressions=", ".join(expressions)
        )
    if request.ExpressionAttributeNames is not None and not expressions:
        raise ValidationException(messages.NAMES_WITHOUT_EXPRESSION)
    if not rules.values_need or request.ExpressionAttributeValues is None:
        return
    if not any(getattr(request, name) is not None for name in rules.values_need):
        raise ValidationException(rules.values_alone, missing=rules.missing)
