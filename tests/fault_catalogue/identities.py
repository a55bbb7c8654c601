"""Faults of identities and their roles: the workspace's own, and those of computes on an HBI workspace."""

from __future__ import annotations

from typing import Any

from tests.faults import GONE, Fault, workspace
from tests.reference import (
    COMPUTE_PRINCIPAL,
    GROUP,
    SUBSCRIPTION,
    WORKSPACE_PRINCIPAL,
    id_of,
)

HBI = workspace("properties/hbiWorkspace", True)
COMPUTE = "workspaces/mlw/computes/aks-compute"
STORAGE = id_of("storageAccounts/mlstore")
USER = id_of("userAssignedIdentities/id-ml")
DATA = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
ACCOUNT = "17d1049b-9a84-46fb-8f53-869881c3d3ab"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


def role(name: str, role: str, principal: str, scope: str = STORAGE, **more: Any) -> dict[str, Any]:
    """One role assignment."""
    definitions = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
    properties = {
        "roleDefinitionId": f"{definitions}/{role}",
        "principalId": principal,
        "principalType": "ServicePrincipal",
        **more,
    }
    return {f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}": {"properties": properties}}


FAULTS = [
    Fault(
        name="the workspace has no identity",
        on=("peered", "hub and spoke"),
        changes=workspace("identity", {"type": "None"}),
        expects=("S16 mlw",),
    ),
    Fault(
        name="the workspace has both kinds of identity, and works as the user-assigned one",
        on=("peered", "same network"),
        changes={
            **workspace("identity/type", "SystemAssigned,UserAssigned"),
            **workspace("identity/userAssignedIdentities", {USER: {}}),
            **workspace("properties/primaryUserAssignedIdentity", USER),
        },
        expects=("S16~ mlw",),
    ),
    Fault(
        name="a workspace of high business impact, and its compute without an identity",
        on=("peered", "same network", "hub and spoke"),
        changes={**HBI, f"{COMPUTE}#/identity": GONE},
        expects=("S17 aks-compute",),
    ),
    Fault(
        name="a workspace of high business impact, and its compute with a user-assigned identity",
        on=("peered",),
        changes={
            **HBI,
            f"{COMPUTE}#/identity": {"type": "UserAssigned", "userAssignedIdentities": {USER: {}}},
            **role("data", DATA, COMPUTE_PRINCIPAL),
            **role("account", ACCOUNT, COMPUTE_PRINCIPAL),
        },
        expects=("S17 aks-compute",),
    ),
    Fault(
        name="a workspace of high business impact, and nobody but readers on its storage",
        on=("peered", "service endpoints"),
        changes={**HBI, **role("reader", READER, COMPUTE_PRINCIPAL, GROUP)},
        expects=("S17 aks-compute",),
    ),
    Fault(
        name="a workspace of high business impact, and its own identity with the roles of its compute",
        on=("peered", "same network"),
        changes={
            **HBI,
            **role("data", DATA, WORKSPACE_PRINCIPAL),
            **role("account", ACCOUNT, WORKSPACE_PRINCIPAL),
        },
        expects=("S17 aks-compute",),
    ),
    Fault(
        name="a workspace of high business impact, and its compute owns everything but data",
        on=("peered",),
        changes={**HBI, **role("owner", OWNER, COMPUTE_PRINCIPAL, GROUP)},
        expects=("S17 aks-compute",),
    ),
    Fault(
        name="a workspace of high business impact, and a group with the role on data",
        on=("peered", "hub and spoke"),
        changes={
            **HBI,
            **role("data", DATA, "00000000-0000-0000-0000-00000000ab99", principalType="Group"),
            **role("account", ACCOUNT, COMPUTE_PRINCIPAL),
        },
        expects=("S17? aks-compute",),
    ),
    Fault(
        name="a workspace of high business impact, and a role under a condition",
        on=("peered",),
        changes={
            **HBI,
            **role("data", DATA, COMPUTE_PRINCIPAL, condition="@Resource[name] StringEquals 'one'"),
            **role("account", ACCOUNT, COMPUTE_PRINCIPAL),
        },
        expects=("S17? aks-compute",),
    ),
]
