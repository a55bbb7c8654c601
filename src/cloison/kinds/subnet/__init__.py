"""Microsoft.Network/virtualNetworks/subnets: a subnet with the filter, routes and policies that hang on it."""

from __future__ import annotations

from collections.abc import Iterable

from cloison.kinds._read import gathered, lower_all, reference
from cloison.kinds.subnet import facts
from cloison.model.kind import Kind
from cloison.model.network import Subnet
from cloison.model.snapshot import Resource, Snapshot


def facets(resource: Resource, snapshot: Snapshot) -> Iterable[Subnet]:
    """The subnet."""
    body = resource.body
    delegated = gathered(body.at("properties/delegations"), "properties/serviceName", facts.NONE)
    yield Subnet(
        id=resource.id,
        maybe=resource.maybe,
        network=resource.id.parent,
        prefixes=facts.prefixes(body),
        filter=reference(body, "properties/networkSecurityGroup", facts.NOTHING_ASSOCIATED),
        routes=reference(body, "properties/routeTable", facts.NOTHING_ASSOCIATED),
        nat=reference(body, "properties/natGateway", facts.NOTHING_ASSOCIATED),
        service_endpoints=facts.service_endpoints(body),
        endpoint_policies=facts.endpoint_policies(body),
        delegations=lower_all(delegated),
        default_outbound=facts.default_outbound(body),
    )


KIND = Kind(type="Microsoft.Network/virtualNetworks/subnets", facets=facets, title="subnet")
