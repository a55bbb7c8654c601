"""What a container registry's body says, and what Azure takes where it says nothing."""

from __future__ import annotations

import msgspec

from cloison.kinds._read import lower, region
from cloison.kinds._services import addresses, bypass, open_to_all, public_access
from cloison.model.body import Body
from cloison.model.facts import Default, Fact
from cloison.model.snapshot import Resource

PUBLIC = "REST reference 2023-07-01, RegistryProperties.publicNetworkAccess: Enabled; checked 2026-11-24"
OPEN = "REST reference 2023-07-01, NetworkRuleSet: defaultAction Allow, optional; checked 2026-11-24"
BYPASS = "REST reference 2023-07-01, networkRuleBypassOptions: AzureServices; checked 2026-11-24"
NO_ADMIN = Default(False, "REST reference 2023-07-01, adminUserEnabled: default false; checked 2026-11-24")
SHARED_DATA = Default(
    False,
    "REST reference 2023-07-01, dataEndpointEnabled: off; in effect with a private endpoint; checked 2026-11-24",
)


class ContainerRegistry(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a container registry."""

    location: Fact[str]
    """Lower case without spaces."""
    sku: Fact[str]
    """`basic`, `standard`, `premium` or `classic`."""
    public: Fact[bool]
    """False: the public address refuses everybody but trusted services."""
    open_to_all: Fact[bool]
    """True: callers that no rule names are let in, if `public`."""
    addresses: Fact[tuple[str, ...]]
    """Public CIDR blocks and addresses let in."""
    bypass: Fact[tuple[str, ...]]
    """(`azureservices`,) or (): whether trusted services pass the firewall."""
    admin: Fact[bool]
    """True: the admin user is on."""
    data_endpoint: Fact[bool]
    """True: each region has a data name of its own, also without a private endpoint."""


def rules(body: Body) -> Body:
    """The firewall's block of rules."""
    return body.at("properties/networkRuleSet")


def facts(resource: Resource) -> ContainerRegistry:
    """The settings of one registry, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> ContainerRegistry:
    body = resource.body
    acls = rules(body)
    return ContainerRegistry(
        location=region(body),
        sku=lower(body.at("sku/name").text()),
        public=public_access(body.at("properties/publicNetworkAccess"), PUBLIC),
        open_to_all=open_to_all(acls, OPEN),
        addresses=addresses(acls, OPEN),
        bypass=bypass(body.at("properties/networkRuleBypassOptions"), BYPASS),
        admin=body.at("properties/adminUserEnabled").flag(NO_ADMIN),
        data_endpoint=body.at("properties/dataEndpointEnabled").flag(SHARED_DATA),
    )
