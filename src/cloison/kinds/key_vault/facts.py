"""What a key vault's body says, and what Azure takes where it says nothing."""

from __future__ import annotations

import msgspec

from cloison.kinds._read import lower, region
from cloison.kinds._services import addresses, bypass, open_to_all, public_access, subnets
from cloison.model.body import Body
from cloison.model.facts import Default, Fact
from cloison.model.snapshot import Resource

PUBLIC = "REST reference 2023-07-01, VaultProperties.publicNetworkAccess: enabled; checked 2026-11-24"
OPEN = "Microsoft Learn, Configure Azure Key Vault networking: open without networkAcls; checked 2026-11-24"
BYPASS = "REST reference 2023-07-01, NetworkRuleSet.bypass: default AzureServices; checked 2026-11-24"
POLICIES = Default(
    False,
    "REST reference 2023-07-01, enableRbacAuthorization: access policies if left out; checked 2026-11-24",
)
RBAC_SINCE = "2026-02-01"
"""API version from which new vaults use role assignments unless told otherwise.
Source: Microsoft Learn, Key Vault access control default (API version 2026-02-01); checked 2026-11-24."""
RBAC = Default(
    True, "Microsoft Learn, Key Vault access control default (API version 2026-02-01); checked 2026-11-24"
)
NO_PURGE_PROTECTION = Default(
    False, "REST reference 2023-07-01, enablePurgeProtection: off unless set; checked 2026-11-24"
)


class KeyVault(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a key vault."""

    location: Fact[str]
    """Lower case without spaces."""
    sku: Fact[str]
    """`standard` or `premium`."""
    public: Fact[bool]
    """False: the public address refuses everybody but trusted services. Unknown under a perimeter."""
    open_to_all: Fact[bool]
    """True: callers that no rule names are let in, if `public`."""
    addresses: Fact[tuple[str, ...]]
    """Public CIDR blocks and addresses let in."""
    subnets: Fact[tuple[str, ...]]
    """Ids (lower case) of subnets let in through a service endpoint."""
    bypass: Fact[tuple[str, ...]]
    """(`azureservices`,) or ()."""
    role_based: Fact[bool]
    """True: role assignments open it; False: its access policies do."""
    purge_protected: Fact[bool]
    """True: its name stays taken after deletion."""


def rules(body: Body) -> Body:
    """The firewall's block of rules."""
    return body.at("properties/networkAcls")


def facts(resource: Resource) -> KeyVault:
    """The settings of one vault, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> KeyVault:
    body = resource.body
    acls = rules(body)
    return KeyVault(
        location=region(body),
        sku=lower(body.at("properties/sku/name").text()),
        public=public_access(body.at("properties/publicNetworkAccess"), PUBLIC),
        open_to_all=open_to_all(acls, OPEN),
        addresses=addresses(acls, OPEN),
        subnets=subnets(acls, OPEN),
        bypass=bypass(acls.at("bypass"), BYPASS),
        role_based=body.at("properties/enableRbacAuthorization").flag(_authorization(body)),
        purge_protected=body.at("properties/enablePurgeProtection").flag(NO_PURGE_PROTECTION),
    )


def _authorization(body: Body) -> Default[bool]:
    version = body.at("apiVersion").value
    newer = body.planned and isinstance(version, str) and version >= RBAC_SINCE
    return RBAC if newer else POLICIES
