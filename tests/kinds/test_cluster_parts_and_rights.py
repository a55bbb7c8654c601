"""Extensions, trusted access, roles, identities, locks and monitoring: facts that requirements ask."""

from __future__ import annotations

from typing import Any

import pytest

from cloison.kinds.agent_pool.facts import facts as pool_of
from cloison.kinds.app_insights.facts import facts as insights_of
from cloison.kinds.kubernetes_extension.facts import facts as extension_of
from cloison.kinds.kubernetes_extension.facts import is_machine_learning
from cloison.kinds.lock.facts import facts as lock_of
from cloison.kinds.managed_identity.facts import facts as identity_of
from cloison.kinds.monitor_private_link_scope.facts import facts as scope_of
from cloison.kinds.monitor_scoped_resource.facts import facts as scoped_of
from cloison.kinds.role_assignment.facts import RoleAssignment
from cloison.kinds.role_assignment.facts import facts as role_of
from cloison.kinds.trusted_access_binding.facts import facts as binding_of
from cloison.model.body import Open
from cloison.model.facts import Unknown
from cloison.model.snapshot import Resource
from tests.kinds.azure import ASKED, id_of, made

AKS = "Microsoft.ContainerService/managedClusters/scorers"
STORE = "Microsoft.Storage/storageAccounts/store"
CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"


def extension(**settings: Any) -> Resource:
    told = {"extensionType": "Microsoft.AzureML.Kubernetes", "configurationSettings": settings}
    return made(f"{AKS}/providers/Microsoft.KubernetesConfiguration/extensions/azureml", told)


def role(**properties: Any) -> RoleAssignment:
    return role_of(made(f"{STORE}/providers/Microsoft.Authorization/roleAssignments/one", properties))


def test_an_extension_belongs_to_its_cluster() -> None:
    """The id says which; its settings are texts."""
    found = extension_of(extension(enableInference="True", allowInsecureConnections="False"))

    assert id_of(AKS) == found.cluster
    assert True is found.inference.value
    assert False is found.insecure_connections.value
    assert False is found.training.value
    assert True is is_machine_learning(extension()).value


def test_on_aks_an_extension_tells_its_identity_in_a_place_of_its_own() -> None:
    """An extension on AKS has a system-assigned identity though its body has no `identity`."""
    told = {"aksAssignedIdentity": {"principalId": "D4F3D837-0136-47D0-93F4-284C95BEF7AA", "type": None}}
    found = extension_of(made(f"{AKS}/providers/Microsoft.KubernetesConfiguration/extensions/azureml", told))
    assert ("systemassigned",) == found.identity.value
    assert "d4f3d837-0136-47d0-93f4-284c95bef7aa" == found.principal.value


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"internalLoadBalancerProvider": "azure"}, True),
        ({"internalLoadBalancerProvider": "Azure"}, True),
        ({"scoringFe.serviceType.internalLoadBalancer": "true"}, True),
        ({"inferenceRouterServiceType": "LoadBalancer"}, False),
        ({"internalLoadBalancerProvider": ""}, False),
    ],
)
def test_the_router_has_a_private_address_only_when_asked(settings: dict[str, Any], expected: bool) -> None:
    """By the setting of people, or by the one that the command line makes of it."""
    assert expected is extension_of(extension(**settings)).internal_load_balancer.value


def test_settings_that_a_parameter_decides_are_unknown() -> None:
    """One setting, or all."""
    whole = made(
        f"{AKS}/providers/Microsoft.KubernetesConfiguration/extensions/azureml",
        {"configurationSettings": ASKED},
    )

    assert isinstance(extension_of(extension(enableInference=ASKED)).inference, Unknown)
    assert isinstance(extension_of(whole).internal_load_balancer, Unknown)


@pytest.mark.parametrize("prefix", ["/subscriptions/1", ""])
def test_a_role_is_its_guid(prefix: str) -> None:
    """Ids of a subscription and of the tenant name one role."""
    found = role(
        roleDefinitionId=f"{prefix}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR.upper()}",
        principalId="ABC",
    )

    assert CONTRIBUTOR == found.role.value
    assert "abc" == found.principal.value
    assert id_of(STORE) == found.scope


def test_a_role_is_known_by_the_end_of_its_id_or_its_name() -> None:
    """A template may leave the id's beginning open; Terraform and `az` tell names."""
    ends = Open(
        "{subscriptionResourceId(…)}", "give the subscription", suffix=f"/roleDefinitions/{CONTRIBUTOR}"
    )

    assert CONTRIBUTOR == role(roleDefinitionId=ends).role.value
    assert CONTRIBUTOR == role(roleDefinitionName="Storage Blob Data Contributor").role.value
    assert isinstance(role(roleDefinitionName="Our own").role, Unknown)
    assert isinstance(role(roleDefinitionId=ASKED).role, Unknown)
    assert isinstance(role().role, Unknown)


def test_a_principal_to_come_is_shown_as_written() -> None:
    """An expression that names the identity is kept for those who can match it."""
    found = role(principalId=ASKED)

    assert isinstance(found.principal, Unknown)
    assert ASKED.text == found.principal_text


def test_roles_of_a_group_and_of_a_subscription() -> None:
    """The scope is what stands before the assignment in its id."""
    group = Resource(
        (one := id_of(STORE).parent).child("providers/Microsoft.Authorization/roleAssignments", "x"),
        "microsoft.authorization/roleassignments",
        lambda: {"properties": {}},
    )

    assert one == role_of(group).scope


def test_a_binding_lets_a_workspace_in() -> None:
    """Roles are lower case."""
    workspace = id_of("Microsoft.MachineLearningServices/workspaces/scores")
    roles = ["Microsoft.MachineLearningServices/workspaces/mlworkload"]
    found = binding_of(
        made(f"{AKS}/trustedAccessRoleBindings/b", {"sourceResourceId": workspace.text, "roles": roles})
    )

    assert workspace == found.source.value
    assert ("microsoft.machinelearningservices/workspaces/mlworkload",) == found.roles.value
    assert id_of(AKS) == found.cluster


def test_identities_have_an_object_once_they_exist() -> None:
    """Planned ones do not yet."""
    tail = "Microsoft.ManagedIdentity/userAssignedIdentities/scorer"

    assert "abc" == identity_of(made(tail, {"principalId": "ABC"})).principal.value
    assert None is identity_of(made(tail, {}, planned=True)).principal.value
    assert isinstance(identity_of(made(tail, {})).principal, Unknown)


def test_a_lock_keeps_from_deletion_or_from_any_change() -> None:
    """Any other level is not guessed."""
    tail = f"{AKS}/providers/Microsoft.Authorization/locks/keep"

    assert id_of(AKS) == lock_of(made(tail, {"level": "ReadOnly"})).scope
    assert True is lock_of(made(tail, {"level": "ReadOnly"})).read_only.value
    assert False is lock_of(made(tail, {"level": "CanNotDelete"})).read_only.value
    assert isinstance(lock_of(made(tail, {"level": "NotSpecified"})).read_only, Unknown)


def test_monitoring_says_who_may_reach_it() -> None:
    """A component is public unless shut; a scope must say its modes."""
    component = made("Microsoft.Insights/components/log", {"publicNetworkAccessForQuery": "Disabled"})
    modes = {"ingestionAccessMode": "PrivateOnly", "queryAccessMode": "Open"}
    scope = "Microsoft.Insights/privateLinkScopes/company"
    linked = made(f"{scope}/scopedResources/log", {"linkedResourceId": component.id.text})

    assert True is insights_of(component).public_ingestion.value
    assert False is insights_of(component).public_query.value
    assert True is scope_of(made(scope, {"accessModeSettings": modes})).ingestion_private_only.value
    assert isinstance(scope_of(made(scope, {})).query_private_only, Unknown)
    assert component.id == scoped_of(linked).linked.value


def test_a_pool_on_its_own_says_what_one_inside_a_cluster_says() -> None:
    """Linux and for users unless it says otherwise."""
    found = pool_of(made(f"{AKS}/agentPools/work", {"count": 3}))

    assert ("work", "user", "linux", 3) == (found.name, found.mode.value, found.os.value, found.count.value)
    assert False is found.public_nodes.value
