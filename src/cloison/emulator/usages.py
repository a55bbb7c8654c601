"""How much of what there may be there is: addresses in subnets, quotas of a region, role assignments; and policies.

Sources: Microsoft Learn, REST reference of Network 2024-05-01, "Virtual Networks - List Usage" and "Usages - List"; of
Authorization 2019-08-01-preview, "Role Assignment Metrics", and 2022-06-01, "Policy Assignments - List"; checked
2026-11-25.
"""

from __future__ import annotations

from collections.abc import Mapping

from cloison.arm.ids import ResourceId
from cloison.emulator.access import holds_at
from cloison.emulator.paging import page
from cloison.emulator.resources import within
from cloison.emulator.routing import route
from cloison.emulator.wire import Answer, Asked
from cloison.emulator.world import World
from cloison.kinds import _addresses
from cloison.model.behaviour import Json, Refused

KEPT = 5
"""Addresses of each prefix that Azure keeps."""
REGIONAL = {
    "VirtualNetworks": ("microsoft.network/virtualnetworks", 1_000),
    "NetworkInterfaces": ("microsoft.network/networkinterfaces", 65_536),
    "NetworkSecurityGroups": ("microsoft.network/networksecuritygroups", 5_000),
    "RouteTables": ("microsoft.network/routetables", 200),
    "PrivateEndpoints": ("microsoft.network/privateendpoints", 64_000),
}
"""By the name of a usage: what it counts, and how many there may be."""
ASSIGNMENTS = "microsoft.authorization/roleassignments"
ASSIGNMENTS_MAX = 4_000
POLICIES = "microsoft.authorization/policyassignments"


def _of_network(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """How full each subnet of a network is."""
    id = ResourceId(asked.path.rpartition("/")[0])
    if world.state.get(id) is None:
        raise Refused(404, "ResourceNotFound", f"The Resource '{id.text}' was not found.")
    return Answer(body={"value": [_of_subnet(world, one) for one in world.state.children(id, "subnets")]})


def _of_subnet(world: World, id: ResourceId) -> Json:
    size = sum(max(0, one.num_addresses - KEPT) for one in _addresses.prefixes(world.state, id))
    return {
        "currentValue": float(len(_addresses.taken(world.state, id))),
        "id": id.text,
        "limit": float(size),
        "name": {"localizedValue": "Subnet size and usage", "value": "SubnetSpace"},
        "unit": "Count",
    }


def _of_region(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    subscription = world.subscription(parts["subscription"])
    at = f"/subscriptions/{subscription.id}/providers/Microsoft.Network/locations/{parts['location']}/usages"
    told = [
        {
            "id": f"{at}/{name}",
            "name": {"value": name, "localizedValue": name},
            "currentValue": sum(id.subscription == subscription.id for id in world.state.of(type)),
            "limit": limit,
            "unit": "Count",
        }
        for name, (type, limit) in REGIONAL.items()
    ]
    return Answer(body={"value": told})


def _of_roles(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    subscription = world.subscription(parts["subscription"])
    count = sum(id.subscription == subscription.id for id in world.state.of(ASSIGNMENTS))
    told = {
        "subscriptionId": subscription.id,
        "roleAssignmentsLimit": ASSIGNMENTS_MAX,
        "roleAssignmentsCurrentCount": count,
        "roleAssignmentsRemainingCount": ASSIGNMENTS_MAX - count,
    }
    return Answer(body=told)


def _policies(world: World, asked: Asked, parts: Mapping[str, str]) -> Answer:
    """Policies that are assigned at a scope, above it and below."""
    scope = ResourceId(parts["scope"])

    def show(id: ResourceId) -> Json | None:
        at = id.parent
        above = not at.startswith("/subscriptions/") or holds_at(at, scope)
        return world.operations.show(id) if above or within(at, scope) else None

    return page(asked, world.state.of(POLICIES), show)


_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"
_REGION = "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}"
_ROLES = "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignmentsUsageMetrics"
ROUTES = (
    route("GET", _GROUP + "/providers/Microsoft.Network/virtualNetworks/{network}/usages", _of_network),
    route("GET", _REGION + "/usages", _of_region),
    route("GET", _ROLES, _of_roles),
    route("GET", "/{scope*}/providers/Microsoft.Authorization/policyAssignments", _policies),
)
