"""PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy (control-plane 19)."""

from __future__ import annotations

from typing import Any

from reference_server.model import shapes
from reference_server.tables.catalogue import Catalogue
from reference_server.tables.policies import Policies


def put_resource_policy(catalogue: Catalogue, request: shapes.PutResourcePolicyInput) -> dict[str, Any]:
    # PARAMETERS
    policies = catalogue.part(Policies)
    policies.check_document(request.Policy)
    # TABLE
    policies.check_resource(request.ResourceArn)
    # WRITE
    policy = policies.put(request.ResourceArn, request.Policy, request.ExpectedRevisionId)
    # RESPONSE
    return {"RevisionId": policy.revision}


def get_resource_policy(catalogue: Catalogue, request: shapes.GetResourcePolicyInput) -> dict[str, Any]:
    # TABLE
    policies = catalogue.part(Policies)
    policies.check_resource(request.ResourceArn)
    # READ
    policy = policies.get(request.ResourceArn)
    # RESPONSE
    return {"Policy": policy.document, "RevisionId": policy.revision}


def delete_resource_policy(catalogue: Catalogue, request: shapes.DeleteResourcePolicyInput) -> dict[str, Any]:
    # TABLE
    policies = catalogue.part(Policies)
    policies.check_resource(request.ResourceArn)
    # WRITE
    policy = policies.delete(request.ResourceArn, request.ExpectedRevisionId)
    # RESPONSE
    return {} if policy is None else {"RevisionId": policy.revision}
