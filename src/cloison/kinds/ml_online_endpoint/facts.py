"""What an online endpoint's body says."""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower, mapped
from cloison.kinds._services import public_access
from cloison.model.facts import Default, Fact
from cloison.model.snapshot import Resource

MANAGED: Default[ResourceId | None] = Default(
    None, "REST reference 2024-10-01, OnlineEndpoint.compute: none for managed ones; checked 2026-11-24"
)
PUBLIC = "REST reference 2024-10-01, publicNetworkAccess: Enabled; no effect on clusters; checked 2026-11-24"


class MlOnlineEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of an online endpoint."""

    workspace: ResourceId
    compute: Fact[ResourceId | None]
    """The compute it answers on; Known(None) for one that Azure manages."""
    auth: Fact[str]
    """`key`, `amltoken` or `aadtoken`."""
    public: Fact[bool]
    """Of managed endpoints only: False refuses callers without a private endpoint."""
    state: Fact[str | None]
    """Provisioning state in lower case; Known(None) while only planned."""


def facts(resource: Resource) -> MlOnlineEndpoint:
    """The settings of one endpoint, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> MlOnlineEndpoint:
    own = resource.body.at("properties")
    return MlOnlineEndpoint(
        workspace=resource.id.parent,
        compute=own.at("compute").id(MANAGED),
        auth=lower(own.at("authMode").text()),
        public=public_access(own.at("publicNetworkAccess"), PUBLIC),
        state=mapped(own.at("provisioningState").settled(), lambda text: text.lower() if text else None),
    )
