"""What a storage account's body says, and what Azure takes where it says nothing."""

from __future__ import annotations

import msgspec

from cloison.kinds._read import gathered, lower, lower_all, region
from cloison.kinds._services import addresses, bypass, first, open_to_all, public_access, subnets
from cloison.model.body import Body
from cloison.model.facts import Default, Fact
from cloison.model.snapshot import Resource

PUBLIC = "Microsoft Learn, Azure Storage network security: enabled unless changed; checked 2026-11-24"
OPEN = "REST reference 2023-05-01, NetworkRuleSet: defaultAction Allow, lists optional; checked 2026-11-24"
BYPASS = "REST reference 2023-05-01, NetworkRuleSet.bypass: AzureServices; checked 2026-11-24"
SHARED_KEY = Default(
    True, "REST reference 2023-05-01, allowSharedKeyAccess: null is equivalent to true; checked 2026-11-24"
)
FLAT = Default(False, "REST reference 2023-05-01, isHnsEnabled: false unless set; checked 2026-11-24")


class StorageAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a storage account."""

    location: Fact[str]
    """Lower case without spaces."""
    sku: Fact[str]
    """`standard_lrs`, `premium_zrs`, … in lower case."""
    kind: Fact[str]
    """`storagev2`, `blobstorage`, `blockblobstorage`, `filestorage`, `storage` in lower case."""
    hierarchical: Fact[bool]
    """True: a data lake, asked at `dfs` as well."""
    public: Fact[bool]
    """False: the public address refuses everybody but trusted services. Unknown under a perimeter."""
    open_to_all: Fact[bool]
    """True: callers that no rule names are let in, if `public`."""
    addresses: Fact[tuple[str, ...]]
    """Public CIDR blocks and addresses let in."""
    subnets: Fact[tuple[str, ...]]
    """Ids (lower case) of subnets let in through a service endpoint."""
    bypass: Fact[tuple[str, ...]]
    """`azureservices`, `logging`, `metrics`: who passes the firewall; () for none."""
    access_rules: Fact[tuple[str, ...]]
    """Ids (lower case) of resources whose system-assigned identity passes the firewall; may hold `*`."""
    shared_key: Fact[bool]
    """True: account keys open the account."""


def rules(body: Body) -> Body:
    """The firewall's block of rules."""
    return first(body, "properties/networkAcls", "properties/networkRuleSet")


def facts(resource: Resource) -> StorageAccount:
    """The settings of one account, read once."""
    return resource.once(_read)


def _read(resource: Resource) -> StorageAccount:
    body = resource.body
    acls = rules(body)
    return StorageAccount(
        location=region(body),
        sku=lower(body.at("sku/name").text()),
        kind=lower(body.at("kind").text()),
        hierarchical=body.at("properties/isHnsEnabled").flag(FLAT),
        public=public_access(body.at("properties/publicNetworkAccess"), PUBLIC),
        open_to_all=open_to_all(acls, OPEN),
        addresses=addresses(acls, OPEN),
        subnets=subnets(acls, OPEN),
        bypass=bypass(acls.at("bypass"), BYPASS),
        access_rules=lower_all(gathered(acls.at("resourceAccessRules"), "resourceId", Default((), OPEN))),
        shared_key=body.at("properties/allowSharedKeyAccess").flag(SHARED_KEY),
    )
