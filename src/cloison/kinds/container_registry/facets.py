"""The door of a container registry: one name to log in, and one for the layers in each of its regions.

Sources: Microsoft Learn, Set up private endpoint with private link for Azure Container Registry; members
`registry` and `registry_data_<region>` in answers recorded by azure-cli; checked 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cloison.arm.clouds import cloud_of_region
from cloison.kinds._index import children
from cloison.kinds._services import admission, connections, host, region_word
from cloison.kinds.container_registry.facts import OPEN, facts, rules
from cloison.model.network import Door, Host
from cloison.model.snapshot import Resource, Snapshot

REPLICATIONS = "microsoft.containerregistry/registries/replications"


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Door]:
    """The door `registry`."""
    registry = facts(resource)
    yield Door(
        id=resource.id,
        maybe=resource.maybe,
        service="registry",
        subresource="registry",
        location=registry.location,
        hosts=tuple(_hosts(resource, snapshot)),
        admission=admission(
            registry.public,
            rules(resource.body),
            OPEN,
            endpoint_services=("microsoft.containerregistry",),
        ),
        connections=connections(resource, snapshot),
        tag="azurecontainerregistry",
    )


def _hosts(resource: Resource, snapshot: Snapshot) -> Iterator[Host]:
    name, home = resource.name.lower(), region_word(resource.body)
    public = cloud_of_region(home).registry
    zone = f"privatelink.{public}"
    yield host(name, public, zone, member="registry")
    replicas = children(snapshot, REPLICATIONS).get(resource.id, [])
    for region in dict.fromkeys([home, *(region_word(one.body) for one in replicas)]):
        # Azure answers from the region that is quickest at the time, so every one of them may be asked.
        yield host(f"{name}.{region}.data", public, zone, member=f"registry_data_{region}")
