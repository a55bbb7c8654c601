"""The door of a key vault.

The alias lies in the zone `vaultcore`, not in the public suffix `vault`.
Sources: Microsoft Learn, Azure Private Endpoint private DNS zone values; Virtual network service endpoints for
Azure Key Vault; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloison.arm.clouds import cloud_of_region
from cloison.kinds._services import admission, connections, host, region_word
from cloison.kinds.key_vault.facts import OPEN, facts, rules
from cloison.model.network import Door
from cloison.model.snapshot import Resource, Snapshot


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Door]:
    """The door `vault`."""
    vault = facts(resource)
    cloud = cloud_of_region(region_word(resource.body))
    # Its only member is called so. Source: recorded privateLinkResources of a vault; checked 2026-11-24.
    own = host(resource.name.lower(), cloud.vault, f"privatelink.{cloud.vault_zone}", member="default")
    yield Door(
        id=resource.id,
        maybe=resource.maybe,
        service="vault",
        subresource="vault",
        location=vault.location,
        hosts=(own,),
        admission=admission(
            vault.public, rules(resource.body), OPEN, endpoint_services=("microsoft.keyvault",)
        ),
        connections=connections(resource, snapshot),
        tag="azurekeyvault",
    )
