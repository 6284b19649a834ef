"""The kinds of expression."""

from __future__ import annotations

from enum import Enum


class ExpressionKind(Enum):
    """Each kind by the request parameter that carries it: its name opens every error."""

    CONDITION = "ConditionExpression"
    FILTER = "FilterExpression"
    KEY_CONDITION = "KeyConditionExpression"
    PROJECTION = "ProjectionExpression"
    UPDATE = "UpdateExpression"
