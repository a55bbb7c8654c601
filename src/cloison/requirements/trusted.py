"""Trusted access: whether the workspace comes to the cluster's API server through Azure's own gateway.

With such a binding Azure Machine Learning also manages clusters whose API server its older way in does not reach.
Sources: Azure/AML-Kubernetes, docs/azureml-aks-ta-support.md; Microsoft Learn, Get secure access to resources in AKS
using Trusted Access; checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.clouds import PUBLIC, cloud_of_region
from cloison.arm.ids import ResourceId
from cloison.kinds.trusted_access_binding.facts import facts
from cloison.model.facts import Known
from cloison.model.snapshot import Resource
from cloison.model.verdict import Fix, Safety
from cloison.requirements import say
from cloison.requirements.case import Case

BINDINGS = "Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings"
ROLE = "Microsoft.MachineLearningServices/workspaces/mlworkload"
GONE = ("failed", "canceled", "deleting")


def is_offered(case: Case) -> bool:
    """Whether Azure Machine Learning uses trusted access in the cluster's cloud; False where that is not known."""
    location = case.cluster.location
    return isinstance(location, Known) and cloud_of_region(location.value) is PUBLIC


def binding(case: Case) -> Resource | None:
    """The binding that lets the environment's workspace in. None proves nothing: it may not have been read."""
    if not is_offered(case):
        return None
    return next((one for one in case.of(BINDINGS) if _lets_in(case, one)), None)


def bind(case: Case) -> Fix:
    """A binding for the environment's workspace, which must be in the cluster's subscription."""
    cluster, workspace = case.environment.cluster, case.environment.workspace
    source = workspace.text if workspace is not None else "{workspace}"
    return Fix(
        action="create",
        target=f"{cluster.text}/trustedAccessRoleBindings/{_name(workspace)}",
        summary=f"Let {workspace.name if workspace is not None else 'the workspace'} into {cluster.name} "
        "by trusted access, then attach its computes again",
        safety=Safety.ASKS,
        why="nothing is taken away, but computes attached before the binding do not use it: until they are attached "
        "again, nobody can change what is deployed on them",
        body={"properties": {"sourceResourceId": source, "roles": [ROLE]}},
    )


def _lets_in(case: Case, resource: Resource) -> bool:
    own = facts(resource)
    return (
        resource.maybe is None
        and own.cluster == case.environment.cluster
        and say.told(own.source) == case.environment.workspace
        and ROLE.lower() in (say.told(own.roles) or ())
        and (say.told(own.state) or "") not in GONE
    )


def _name(workspace: ResourceId | None) -> str:
    # 24 letters, digits, hyphens. Source: REST reference 2024-09-01, trustedAccessRoleBindingName; checked 2026-11-24.
    return (workspace.name if workspace is not None else "workspace").replace("_", "-")[:24]
