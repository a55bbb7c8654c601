"""What a deployment's body says."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower, mapped
from cloison.model.facts import Default, Fact
from cloison.model.snapshot import Resource

NO_MODEL = Default("", "REST reference 2024-10-01, OnlineDeployment.model: optional; checked 2026-11-24")


class MlOnlineDeployment(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a deployment."""

    endpoint: ResourceId
    type: Fact[str]
    """`kubernetes` or `managed`."""
    model: Fact[str]
    """Id or URI of its model, as given; '' where the image holds it."""
    state: Fact[str | None]
    """Provisioning state in lower case; Known(None) while only planned."""


def facts(resource: Resource) -> MlOnlineDeployment:
    """The settings of one deployment, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> MlOnlineDeployment:
    own = resource.body.at("properties")
    return MlOnlineDeployment(
        endpoint=resource.id.parent,
        type=lower(own.at("endpointComputeType").text()),
        model=own.at("model").text(NO_MODEL),
        state=mapped(own.at("provisioningState").settled(), lambda text: text.lower() if text else None),
    )
