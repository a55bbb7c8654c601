"""What a trusted access binding's body says. Source: REST reference 2024-09-01; checked 2026-11-24."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower_all, mapped
from cloison.model.facts import Fact
from cloison.model.snapshot import Resource


class TrustedAccessBinding(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a binding."""

    cluster: ResourceId
    source: Fact[ResourceId | None]
    """The resource that is let in, such as a workspace."""
    roles: Fact[tuple[str, ...]]
    """`microsoft.machinelearningservices/workspaces/mlworkload`, … in lower case."""
    state: Fact[str | None]
    """Provisioning state in lower case; Known(None) while only planned."""


def facts(resource: Resource) -> TrustedAccessBinding:
    """The settings of one binding, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> TrustedAccessBinding:
    own = resource.body.at("properties")
    return TrustedAccessBinding(
        cluster=resource.id.parent,
        source=own.at("sourceResourceId").id(),
        roles=lower_all(own.at("roles").texts()),
        state=mapped(own.at("provisioningState").settled(), lambda text: text.lower() if text else None),
    )
