"""Auto scaling of provisioned units: the settings of each replica, of its reads and its writes (control-plane 16).

AWS hands them to Application Auto Scaling, which changes units as the load goes. Nothing loads this server, so nothing
scales: the settings are kept, told, and they are what makes a table's writes "auto scaled" where that is required.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from reference_server import messages
from reference_server.errors import ValidationException
from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.table import Table

SERVICE: Final = "dynamodb.application-autoscaling.amazonaws.com"


class Dimension(Enum):
    """What is scaled."""

    READ = "Read"
    WRITE = "Write"


@dataclass(slots=True)
class Scaling:
    """Settings of one dimension of one table or index. `role` is None for the service's own."""

    minimum: int
    maximum: int
    role: str | None = None
    policies: dict[str, shapes.AutoScalingTargetTrackingScalingPolicyConfigurationUpdate] = field(default_factory=dict)


class AutoScaling(Part):
    """All such settings of an account in a region."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        # By the table's id, the index's name (None for the table itself) and the dimension.
        self._scalings: dict[tuple[str, str | None, Dimension], Scaling] = {}

    def check(
        self, table: Table, index: str | None, dimension: Dimension, update: shapes.AutoScalingSettingsUpdate
    ) -> None:
        """Raises ValidationException for settings that are not whole, or no range."""
        if update.AutoScalingDisabled:
            return
        known = self._scalings.get((table.id, index, dimension))
        least = update.MinimumUnits or (known.minimum if known else None)
        most = update.MaximumUnits or (known.maximum if known else None)
        if least is None or most is None:
            raise ValidationException(messages.SCALING_UNITS_MISSING)
        if least > most:
            raise ValidationException(messages.SCALING_RANGE)

    def change(
        self, table: Table, index: str | None, dimension: Dimension, update: shapes.AutoScalingSettingsUpdate
    ) -> None:
        """Settings that have passed `check`; what an update does not name stays."""
        key = (table.id, index, dimension)
        if update.AutoScalingDisabled:
            self._scalings.pop(key, None)
            return
        known = self._scalings.setdefault(key, Scaling(update.MinimumUnits or 0, update.MaximumUnits or 0))
        known.minimum = update.MinimumUnits or known.minimum
        known.maximum = update.MaximumUnits or known.maximum
        known.role = update.AutoScalingRoleArn or known.role
        policy = update.ScalingPolicyUpdate
        if policy is not None:
            known.policies[policy.PolicyName or _policy_name(table, index, dimension)] = (
                policy.TargetTrackingScalingPolicyConfiguration
            )

    def is_scaled(self, table: Table, dimension: Dimension, index: str | None = None) -> bool:
        return (table.id, index, dimension) in self._scalings

    def describe(self, table: Table, index: str | None, dimension: Dimension) -> dict[str, Any]:
        """AutoScalingSettingsDescription."""
        known = self._scalings.get((table.id, index, dimension))
        if known is None:
            return {"AutoScalingDisabled": True}
        description: dict[str, Any] = {
            "MinimumUnits": known.minimum,
            "MaximumUnits": known.maximum,
            "AutoScalingDisabled": False,
            "AutoScalingRoleArn": known.role or self._role,
        }
        if known.policies:
            description["ScalingPolicies"] = [
                {
                    "PolicyName": name,
                    "TargetTrackingScalingPolicyConfiguration": _describe_policy(configuration),
                }
                for name, configuration in known.policies.items()
            ]
        return description

    @property
    def _role(self) -> str:
        """The role that the service makes for itself in every account."""
        name = "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
        return f"arn:aws:iam::{self.catalogue.account}:role/aws-service-role/{SERVICE}/{name}"

    def table_dropped(self, table: Table) -> None:
        self._scalings = {key: scaling for key, scaling in self._scalings.items() if key[0] != table.id}


def _policy_name(table: Table, index: str | None, dimension: Dimension) -> str:
    """One that AWS's console would give; the API's own choice is not known."""
    subject = f"table/{table.name}" if index is None else f"table/{table.name}/index/{index}"
    return f"DynamoDB{dimension.value}CapacityUtilization:{subject}"


_MEMBERS: Final = ("DisableScaleIn", "ScaleInCooldown", "ScaleOutCooldown", "TargetValue")


def _describe_policy(configuration: shapes.AutoScalingTargetTrackingScalingPolicyConfigurationUpdate) -> dict[str, Any]:
    return {name: value for name in _MEMBERS if (value := getattr(configuration, name)) is not None}
