"""Agent pools: shaped alike inside a cluster's body and as resources of their own.

Source: REST reference 2024-09-01, ManagedClusterAgentPoolProfile; checked 2026-11-24.
"""

from __future__ import annotations

import msgspec

from cloison.arm.ids import ResourceId
from cloison.kinds._read import lower, lower_all, mapped
from cloison.model.body import Body
from cloison.model.facts import Default, Fact

REFERENCE = "REST reference 2024-09-01, ManagedClusterAgentPoolProfile; checked 2026-11-24"
NO_SUBNET: Default[ResourceId | None] = Default(
    None,
    "REST reference 2024-09-01, vnetSubnetID: left out, Azure makes a network; podSubnetID: left out, "
    "pods share the node subnet; checked 2026-11-24",
)
NO_GROUPS: Default[tuple[str, ...]] = Default((), REFERENCE)


class AgentPool(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of an agent pool."""

    name: str
    mode: Fact[str]
    """`system`, `user` or `gateway`."""
    os: Fact[str]
    """`linux` or `windows`."""
    node_subnet: Fact[ResourceId | None]
    """Known(None): a subnet that Azure makes when the cluster is deployed."""
    pod_subnet: Fact[ResourceId | None]
    """Known(None): pods have no subnet of their own."""
    security_groups: Fact[tuple[str, ...]]
    """Application security groups of the nodes, ids in lower case."""
    count: Fact[int]
    """Nodes."""
    public_nodes: Fact[bool]
    """True: each node has a public address."""
    state: Fact[str | None]
    """Provisioning state in lower case; Known(None) while only planned."""


def agent_pool(name: str, place: Body) -> AgentPool:
    """The settings at one place: an item of `agentPoolProfiles`, or the `properties` of a pool's own body."""
    return AgentPool(
        name=name,
        mode=lower(place.at("mode").text(Default("User", REFERENCE))),
        os=lower(place.at("osType").text(Default("Linux", REFERENCE))),
        node_subnet=place.at("vnetSubnetID").id(NO_SUBNET),
        pod_subnet=place.at("podSubnetID").id(NO_SUBNET),
        security_groups=lower_all(place.at("networkProfile/applicationSecurityGroups").texts(NO_GROUPS)),
        count=place.at("count").number(),
        public_nodes=place.at("enableNodePublicIP").flag(Default(False, REFERENCE)),
        state=mapped(place.at("provisioningState").settled(), lambda text: text.lower() if text else None),
    )
