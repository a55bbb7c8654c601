"""What the body of a workspace's compute says, and what Azure takes where it says nothing."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import gathered, lower, mapped
from cloison.kinds._services import first, identity_types, principal, user_identities
from cloison.model.body import Body
from cloison.model.facts import Default, Fact, Known
from cloison.model.snapshot import Resource

NAMESPACE = Default(
    "default", "REST reference 2024-10-01, KubernetesProperties.namespace; checked 2026-11-24"
)
NO_SUBNET: Default[ResourceId | None] = Default(
    None, "REST reference 2024-10-01, AmlComputeProperties.subnet: optional; checked 2026-11-24"
)
NO_ERRORS: Default[tuple[str, ...]] = Default((), "REST reference 2024-10-01, read-only; checked 2026-11-24")
NOT_ATTACHED: Default[ResourceId | None] = Default(
    None, "REST reference 2024-10-01, Compute.resourceId: only of attached computes; checked 2026-11-24"
)


class MlCompute(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a compute."""

    workspace: ResourceId
    type: Fact[str]
    """`kubernetes`, `aks` (the older generation), `amlcompute`, `computeinstance`, … in lower case."""
    cluster: Fact[ResourceId | None]
    """What it is attached to; Known(None) for computes that Azure makes itself."""
    namespace: Fact[str]
    """Kubernetes namespace of its workloads."""
    identity: Fact[tuple[str, ...]]
    """`systemassigned`, `userassigned` or both; () for none."""
    principal: Fact[str | None]
    """Object id of the system-assigned identity, lower case; Known(None) while planned or without one."""
    user_identities: Fact[tuple[str, ...]]
    """Ids (lower case) of user-assigned identities."""
    subnet: Fact[ResourceId | None]
    """Subnet of the machines of a compute that Azure makes."""
    state: Fact[str | None]
    """Provisioning state in lower case; Known(None) while only planned."""
    errors: Fact[tuple[str, ...]]
    """Codes of provisioning errors."""
    created: Fact[str | None]
    """When it was attached, RFC 3339; Known(None) while only planned."""


def facts(resource: Resource) -> MlCompute:
    """The settings of one compute, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> MlCompute:
    body = resource.body
    type = lower(_own(body, "computeType").text())
    inner = body.at("properties/properties")
    return MlCompute(
        workspace=resource.id.parent,
        type=type,
        cluster=_cluster(_own(body, "resourceId"), type),
        namespace=inner.at("namespace").text(NAMESPACE),
        identity=identity_types(body),
        principal=principal(body),
        user_identities=user_identities(body),
        subnet=inner.at("subnet/id").id(NO_SUBNET),
        state=mapped(_own(body, "provisioningState").settled(), lambda text: text.lower() if text else None),
        errors=gathered(_own(body, "provisioningErrors"), "error/code", NO_ERRORS),
        created=first(
            body, "properties/createdOn", "createdOn", "systemData/createdAt", "creation_context/created_at"
        ).settled(),
    )


def _own(body: Body, name: str) -> Body:
    """A setting of the compute itself. Printed flat, it stands beside the inner `properties`, not above them."""
    return first(body, f"properties/{name}", name)


def _cluster(place: Body, type: Fact[str]) -> Fact[ResourceId | None]:
    """A compute of type `kubernetes` always names its cluster; one of type `aks` may have made its own."""
    named = isinstance(type, Known) and type.value == "kubernetes"
    return place.id(None if named else NOT_ATTACHED)
