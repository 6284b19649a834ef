"""Resource policies of tables and streams, with their revisions (control-plane 19).

They are kept and told, and the rules about revisions hold. Nobody is refused by them: whoever signs is let in here
(`wire/authentication.py`), so there is nothing that a policy could be held against.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from reference_server import limits, messages
from reference_server.errors import PolicyNotFoundException, ResourceNotFoundException, ValidationException
from reference_server.tables.catalogue import Catalogue, Part
from reference_server.tables.resources import read_resource
from reference_server.tables.streams import Streams
from reference_server.tables.table import Table

# What an ExpectedRevisionId says that wants no policy to be there.
NO_POLICY: Final = "NO_POLICY"


@dataclass(frozen=True, slots=True)
class Policy:
    document: str
    revision: str


class Policies(Part):
    """The policies of an account in a region, by the ARN of what they are for."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._policies: dict[str, Policy] = {}
        self._latest = 0

    def check_resource(self, arn: str) -> None:
        """Raises ValidationException for an ARN of neither a table nor a stream, ResourceNotFoundException."""
        resource = read_resource(arn)
        if resource is None or resource.kind == "index":
            raise ValidationException(messages.TAGGED_ARN_INVALID, arn=arn)
        if resource.kind == "stream":
            self.catalogue.part(Streams).find(arn)
        elif not self.catalogue.owns(resource) or self.catalogue.find(resource.table) is None:
            raise ResourceNotFoundException(messages.TABLE_NAMED_NOT_FOUND, name=resource.table)

    @staticmethod
    def check_document(document: str) -> None:
        """Raises ValidationException for what cannot be a policy. (Its statements are not looked into.)"""
        if len(document.encode()) > limits.POLICY_BYTES:
            raise ValidationException(messages.POLICY_SIZE)
        try:
            policy = json.loads(document)
        except (ValueError, RecursionError):
            policy = None
        if not isinstance(policy, dict) or "Statement" not in policy:
            raise ValidationException(messages.POLICY_MALFORMED)

    def put(self, arn: str, document: str, expected: str | None = None) -> Policy:
        """The policy as it is now: the same document again is the same revision. Raises PolicyNotFoundException."""
        known = self._policies.get(arn)
        self._check_revision(known, expected)
        if known is None or known.document != document:
            known = self._policies[arn] = Policy(document, self._next_revision())
        return known

    def get(self, arn: str) -> Policy:
        """Raises PolicyNotFoundException."""
        policy = self._policies.get(arn)
        if policy is None:
            raise PolicyNotFoundException(messages.POLICY_NOT_FOUND, arn=arn)
        return policy

    def delete(self, arn: str, expected: str | None) -> Policy | None:
        """The policy that was there, if one was. Raises PolicyNotFoundException."""
        self._check_revision(self._policies.get(arn), expected)
        return self._policies.pop(arn, None)

    def table_dropped(self, table: Table) -> None:
        self._policies = {
            arn: policy
            for arn, policy in self._policies.items()
            if arn != table.arn and not arn.startswith(f"{table.arn}/")
        }

    @staticmethod
    def _check_revision(known: Policy | None, expected: str | None) -> None:
        if expected is None:
            return
        there = NO_POLICY if known is None else known.revision
        if expected != there:
            raise PolicyNotFoundException(messages.POLICY_REVISION)

    def _next_revision(self) -> str:
        """Epoch milliseconds, and each one later than the one before."""
        self._latest = max(self._latest + 1, int(self.catalogue.clock() * 1000))
        return str(self._latest)
