"""Microsoft.Network/privateEndpoints: a door in a subnet to one sub-resource of a service."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import ids, lower_all, ready, reference, region
from cloison.kinds.private_endpoint.addresses import addresses
from cloison.kinds.private_endpoint.facts import NO_GROUPS, NO_SECURITY_GROUPS, NO_SUBNET, connection, status
from cloison.kinds.private_endpoint.zones import zones, zones_known
from cloison.model.kind import Kind
from cloison.model.network import Endpoint
from cloison.model.snapshot import Resource, Snapshot


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Endpoint]:
    """The endpoint, with the addresses of its network interface and the zones of its zone group where read."""
    body = resource.body
    held = connection(body)
    yield Endpoint(
        id=resource.id,
        maybe=resource.maybe,
        subnet=reference(body, "properties/subnet", NO_SUBNET),
        target=held.place.at("properties/privateLinkServiceId").id(),
        groups=lower_all(held.place.at("properties/groupIds").texts(NO_GROUPS)),
        status=status(held),
        ready=ready(body),
        addresses=addresses(resource, snapshot),
        zones=zones(resource, snapshot),
        zones_known=zones_known(resource, snapshot),
        location=region(body),
        security_groups=ids(body.at("properties/applicationSecurityGroups"), NO_SECURITY_GROUPS),
        planned=resource.planned,
    )


KIND = Kind(
    type="Microsoft.Network/privateEndpoints",
    facets=facets,
    # ARM never answers this list; sources that know it (an empty one too) may put it there.
    nested={"properties/privateDnsZoneGroups": "privateDnsZoneGroups"},
    title="private endpoint",
)
