"""Managers: whether something outside a network connects or filters it, by settings that no network shows.

Source: Microsoft Learn, "Security admin rules in Azure Virtual Network Manager" (asked before security groups),
"Connectivity configuration in Azure Virtual Network Manager" (connected groups have no peerings); checked 2026-11-24.
"""

from __future__ import annotations

from cloison.arm.ids import ResourceId
from cloison.model.facts import Cite, Unknown
from cloison.model.network import NetworkManager
from cloison.model.verdict import HopKind, Outcome, Step
from cloison.reach.fabric import Fabric


def filtering(fabric: Fabric, network: ResourceId) -> list[Step]:
    """A doubt when security admin rules may decide about packets of a network before its security groups do."""
    what = "security admin rules of network manager {manager} hold for {network}"
    return _doubt(fabric, network, "securityadmin", HopKind.FILTER, what, "security-admin-rules")


def connecting(fabric: Fabric, network: ResourceId) -> list[Step]:
    """A doubt when a network may be connected to others without a peering."""
    what = "network manager {manager} connects {network} to others"
    return _doubt(fabric, network, "connectivity", HopKind.ROUTE, what, "connectivity-config")


def _doubt(
    fabric: Fabric, network: ResourceId, access: str, hop: HopKind, what: str, listed: str
) -> list[Step]:
    """Whether so is not known; nothing where no manager has that access."""
    manager = _over(fabric, network, access)
    if manager is None:
        return []
    name = manager.id.name
    text = f"whether {what.format(manager=name, network=network.name)} is not known"
    ask = (
        f"see `az network manager list-effective-{listed}`; leave {name} out of the input where it lists none"
    )
    return [Step(hop, Outcome.UNKNOWN, text, (Cite(manager.id),), ask)]


def _over(fabric: Fabric, network: ResourceId, access: str) -> NetworkManager | None:
    """A manager with that access whose scope holds, or may hold, a network."""
    for manager in fabric.all(NetworkManager):
        if isinstance(manager.accesses, Unknown) or access in manager.accesses.value:
            if _holds(manager, network):
                return manager
    return None


def _holds(manager: NetworkManager, network: ResourceId) -> bool:
    wide, narrow = manager.management_groups, manager.subscriptions
    # Which subscriptions a management group has is not in the input.
    if isinstance(wide, Unknown) or wide.value or isinstance(narrow, Unknown):
        return True
    return any(text.rpartition("/")[2] == network.subscription for text in narrow.value)
